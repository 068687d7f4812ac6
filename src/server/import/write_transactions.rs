//! The creditor's history into the database. These lines are shown; they are not entries in the books.

use super::faults::Reason;
use super::mapping::Field;
use super::run::{Mode, Outcome};
use super::transactions::TransactionRow;
use crate::server::clock::Millis;
use crate::server::store::dialect::Dialect;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::import::{self as store, HistoryRow, KnownAccount, Lock};
use crate::server::store::{StoreResult, Tx};
use serde_json::json;
use std::collections::{HashMap, HashSet};

pub struct TransactionWriter {
    pub dialect: Dialect,
    pub run_id: String,
    pub now: Millis,
}

impl TransactionWriter {
    /// Writes one chunk, or only looks what it would do. Each row comes with its identity.
    pub async fn write(&self, tx: &mut Tx, rows: &[(usize, &TransactionRow, &str)], mode: Mode) -> StoreResult<Outcome> {
        let mut outcome = Outcome::default();
        let mut references: Vec<&str> = rows.iter().map(|(_, row, _)| row.reference_normalised.as_str()).collect();
        references.sort_unstable();
        references.dedup();
        let known = store::accounts_by_reference(tx, self.dialect, &references, Lock::Nothing).await?;
        let known: HashMap<&str, &KnownAccount> =
            known.iter().map(|account| (account.reference_normalised.as_str(), account)).collect();
        let payments: Vec<&str> = rows.iter().filter_map(|(_, row, _)| row.payment_reference.as_deref()).collect();
        let ours: HashSet<String> = store::our_payments(tx, &payments).await?.into_iter().collect();

        let mut by_content = Vec::new();
        let mut by_id = Vec::new();
        for (index, row, fingerprint) in rows {
            let Some(account) = known.get(row.reference_normalised.as_str()) else {
                outcome.rejected.push((*index, Field::AccountReference, Reason::UnknownAccount));
                continue;
            };
            if account.currency != row.currency.code() {
                outcome.rejected.push((*index, Field::Currency, Reason::CurrencyChanged { known: account.currency.clone() }));
                continue;
            }
            if row.payment_reference.as_ref().is_some_and(|reference| ours.contains(reference)) {
                // A payment made here, reported back: it is in the books already and shown from there.
                outcome.unchanged += 1;
                continue;
            }
            let history = HistoryRow {
                account_id: account.id.clone(),
                fingerprint: (*fingerprint).to_owned(),
                posted_on: row.posted_on.clone(),
                kind: row.kind,
                amount_minor: row.amount_minor,
                description: row.description.clone(),
            };
            if row.id.is_some() { by_id.push(history) } else { by_content.push(history) }
        }
        match mode {
            Mode::Write => {
                // Equal content is equal identity: what is there already is right as it is.
                let new = i64::try_from(store::insert_history(tx, &by_content).await?).unwrap_or(0);
                outcome.new += new;
                outcome.unchanged += i64::try_from(by_content.len()).unwrap_or(0) - new;
            }
            Mode::Look => {
                self.compare(tx, &by_content, &mut outcome).await?;
            }
        }
        let to_write = self.compare(tx, &by_id, &mut outcome).await?;
        if mode == Mode::Write {
            store::correct_history(tx, &to_write).await?;
            if outcome.new + outcome.updated > 0 {
                events::append(tx, &self.event(&outcome)).await?;
            }
        }
        Ok(outcome)
    }

    /// Counts what is new, changed or there already; returns what is to be written.
    async fn compare(&self, tx: &mut Tx, rows: &[HistoryRow], outcome: &mut Outcome) -> StoreResult<Vec<HistoryRow>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut stored = HashMap::new();
        for (account_id, fingerprint, posted_on, kind, amount_minor, description) in store::history_by_identity(tx, rows).await? {
            stored.insert((account_id, fingerprint), (posted_on, kind, amount_minor, description));
        }
        let mut to_write = Vec::new();
        for row in rows {
            match stored.get(&(row.account_id.clone(), row.fingerprint.clone())) {
                None => outcome.new += 1,
                Some((posted_on, kind, amount_minor, description))
                    if (posted_on.as_str(), kind.as_str(), *amount_minor, description.as_str())
                        == (row.posted_on.as_str(), row.kind, row.amount_minor, row.description.as_str()) =>
                {
                    outcome.unchanged += 1;
                    continue;
                }
                Some(_) => outcome.updated += 1,
            }
            to_write.push(row.clone());
        }
        Ok(to_write)
    }

    fn event(&self, outcome: &Outcome) -> Event {
        Event {
            at: self.now,
            actor: Actor::Operator,
            action: "history.imported",
            customer_id: None,
            account_id: None,
            subject_id: Some(self.run_id.clone()),
            details: json!({ "new": outcome.new, "updated": outcome.updated }),
        }
    }
}
