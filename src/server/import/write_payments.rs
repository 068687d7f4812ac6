//! Payments a creditor took itself into the books, one by one: each is applied, counts for its agreement and has a receipt. The
//! same payment again changes nothing, and what we took ourselves is known by our reference.

use super::faults::Reason;
use super::mapping::Field;
use super::payments::PaymentRow;
use super::run::{ImportError, Mode, Outcome};
use super::write_accounts::difference;
use crate::domain::ids::AccountId;
use crate::server::clock;
use crate::server::services::payments::{Elsewhere, record_elsewhere};
use crate::server::state::AppState;
use crate::server::store::elsewhere::{self, KnownElsewhere, TakenElsewhere};
use crate::server::store::facts;
use crate::server::store::import::{self as store, KnownAccount, Lock};
use crate::server::store::{StoreError, Tx};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

pub struct PaymentWriter {
    pub state: AppState,
    pub run_id: String,
    pub now: Timestamp,
}

impl PaymentWriter {
    /// Writes one chunk, or only looks what it would do.
    pub async fn write(&self, tx: &mut Tx, rows: &[(usize, &PaymentRow)], mode: Mode) -> Result<Outcome, ImportError> {
        let mut outcome = Outcome::default();
        let mut references: Vec<&str> = rows.iter().map(|(_, row)| row.reference_normalised.as_str()).collect();
        references.sort_unstable();
        references.dedup();
        let lock = if mode == Mode::Write { Lock::Rows } else { Lock::Nothing };
        let accounts = store::accounts_by_reference(tx, self.state.db.dialect(), &references, lock).await?;
        let accounts: HashMap<&str, &KnownAccount> =
            accounts.iter().map(|account| (account.reference_normalised.as_str(), account)).collect();
        let ours: Vec<&str> = rows.iter().filter_map(|(_, row)| row.payment_reference.as_deref()).collect();
        let ours: HashSet<String> = store::our_payments(tx, &ours).await?.into_iter().collect();
        let ids: Vec<&str> = rows.iter().map(|(_, row)| row.id.as_str()).collect();
        let known = elsewhere::known(tx, &ids).await?;

        for (index, row) in rows {
            let Some(account) = accounts.get(row.reference_normalised.as_str()) else {
                outcome.rejected.push((*index, Field::AccountReference, Reason::UnknownAccount));
                continue;
            };
            if account.currency != row.currency.code() {
                outcome.rejected.push((*index, Field::Currency, Reason::CurrencyChanged { known: account.currency.clone() }));
                continue;
            }
            if row.payment_reference.as_ref().is_some_and(|reference| ours.contains(reference)) {
                // Made here and reported back: what became of it the processor tells us.
                outcome.unchanged += 1;
                continue;
            }
            if row.payment_reference.as_deref().is_some_and(is_like_ours) {
                // A reference that was cut or mistyped: booked as one of theirs, the payment would count twice.
                outcome.rejected.push((*index, Field::PaymentReference, Reason::NotOurPayment));
                continue;
            }
            let is_same_id =
                |known: &&KnownElsewhere| known.creditor_id == account.creditor_id && known.creditor_payment_id == row.id;
            match known.iter().find(is_same_id) {
                Some(known) if is_same(known, account, row) => outcome.unchanged += 1,
                Some(_) => outcome.rejected.push((*index, Field::TransactionId, Reason::OtherPayment)),
                None => match self.book(tx, account, row, mode).await? {
                    Ok(()) => outcome.new += 1,
                    Err((field, reason)) => outcome.rejected.push((*index, field, reason)),
                },
            }
        }
        Ok(outcome)
    }

    /// Books a payment nobody has told us of before, or says why not.
    async fn book(
        &self,
        tx: &mut Tx,
        account: &KnownAccount,
        row: &PaymentRow,
        mode: Mode,
    ) -> Result<Result<(), (Field, Reason)>, ImportError> {
        let Some(facts) = facts::by_id(&mut **tx, &account.id).await? else {
            return Err(StoreError::Unreadable("account").into());
        };
        let zone = clock::zone(&facts.time_zone);
        if row.paid_on > zone.to_datetime(self.now).date() {
            return Ok(Err((Field::PostedOn, Reason::NotYetPaid)));
        }
        // The creditor's figures of a day hold what was paid up to it. If the books explain them, the payment is in the books.
        let report = &account.report;
        if row.paid_on.to_string() <= report.balance_date {
            let booked = store::booked_entries(tx, &[&account.id]).await?;
            if difference(&booked, report.balance_minor, &report.balance_date).is_none() {
                let reason = Reason::InFiguresAlready { balance_date: report.balance_date.clone() };
                return Ok(Err((Field::PostedOn, reason)));
            }
        }
        if mode == Mode::Look {
            return Ok(Ok(()));
        }
        let told = Elsewhere {
            customer: facts.customer_id,
            account: AccountId(account.id.clone()),
            creditor_id: account.creditor_id.clone(),
            time_zone: zone,
            amount: row.amount,
            taken: TakenElsewhere { creditor_payment_id: row.id.clone(), paid_on: row.paid_on, method: row.method.clone() },
            import_id: self.run_id.clone(),
        };
        record_elsewhere(&self.state, tx, &told, self.now.as_millisecond()).await?;
        Ok(Ok(()))
    }
}

/// Whether it says what was said before.
fn is_same(known: &KnownElsewhere, account: &KnownAccount, row: &PaymentRow) -> bool {
    known.account_id == account.id && known.amount_minor == row.amount.minor() && known.paid_on == row.paid_on.to_string()
}

/// Whether a reference begins as those of payments made here do.
fn is_like_ours(reference: &str) -> bool {
    reference.to_uppercase().starts_with("EK-")
}
