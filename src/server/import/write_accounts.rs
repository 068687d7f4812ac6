//! Accounts into the database, a few hundred at a time: what is new, what a creditor may change, and what it may not.
//!
//! A newer file may change contact details (what its customer corrected only if it knows better: `domain/details`), product, status and
//! what is reported. It never changes an account's creditor,
//! currency or opening itemization, and nothing here reaches drafts or payments. An account that is taken back or closed ends its
//! agreement (`services::recalls`), and one on which nothing is owed any more completes it (`services::completions`, in a job).

use super::accounts::{self, AccountRow, Parts, Sent};
use super::faults::Reason;
use super::mapping::{BalanceLeads, Field};
use super::run::{Mode, Outcome};
use crate::domain::account::TimeBarred;
use crate::domain::details::{self, Verdict};
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::services::recalls;
use crate::server::store::dialect::Dialect;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::import::{
    self as store, BookedEntry, CustomerRow, Entry, KnownAccount, KnownCustomer, Lock, NewAccount,
};
use crate::server::store::own_details::{self, EndedBecause, OwnDetail};
use crate::server::store::{StoreResult, Tx, jobs};
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashMap;

/// What every chunk of one run shares.
pub struct AccountWriter {
    pub dialect: Dialect,
    pub run_id: String,
    pub now: Timestamp,
    pub sent: Sent,
    pub leads: BalanceLeads,
    /// Ids by name, of the creditors met so far.
    pub creditors: HashMap<String, String>,
}

/// Everything that one chunk will write for one creditor.
#[derive(Default)]
struct Plan {
    customers: Customers,
    accounts: Vec<NewAccount>,
    /// The account, what is reported of it, and the instant of its figures if they are new.
    reports: Vec<(String, store::Report, Option<Millis>)>,
    entries: Vec<Entry>,
    held: Vec<(String, &'static str)>,
    released: Vec<String>,
    /// Accounts whose open payment pages must close.
    closing: Vec<String>,
    /// Accounts on which nothing is owed after this file.
    settled: Vec<String>,
    /// Accounts that were open until now, and the status that ends their agreements.
    taken_back: Vec<(String, &'static str)>,
    events: Vec<Event>,
}

/// The customers a chunk speaks of, found by id and by the creditor's reference.
#[derive(Default)]
struct Customers {
    slots: Vec<Slot>,
    by_id: HashMap<String, usize>,
    by_reference: HashMap<String, usize>,
}

struct Slot {
    id: String,
    row: CustomerRow,
    leading_reference: Option<String>,
    state: SlotState,
    /// What the customer corrected.
    own: Vec<Own>,
}

/// A correction of the customer's, and what this file made of it.
struct Own {
    known: OwnDetail,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotState {
    New,
    Known,
    Changed,
}

impl Customers {
    fn add(&mut self, slot: Slot) -> usize {
        let index = self.slots.len();
        self.by_id.insert(slot.id.clone(), index);
        if let Some(reference) = &slot.row.customer_reference {
            self.by_reference.insert(reference.clone(), index);
        }
        self.slots.push(slot);
        index
    }

    fn add_known(&mut self, known: KnownCustomer) {
        if !self.by_id.contains_key(&known.id) {
            let KnownCustomer { id, row, leading_reference } = known;
            self.add(Slot { id, row, leading_reference, state: SlotState::Known, own: Vec::new() });
        }
    }

    /// Puts what they corrected beside what is known of them.
    async fn read_own(&mut self, tx: &mut Tx) -> StoreResult<()> {
        let ids: Vec<&str> = self.slots.iter().map(|slot| slot.id.as_str()).collect();
        for known in own_details::live(tx, &ids).await? {
            if let Some(index) = self.by_id.get(known.customer_id.as_str()) {
                self.slots[*index].own.push(Own { known, verdict: Verdict::Keep });
            }
        }
        Ok(())
    }
}

impl Slot {
    /// Takes over contact details if this row speaks for the customer: of several accounts, the one whose reference comes
    /// first. Otherwise two accounts of one customer with different addresses would change them back and forth at every
    /// import. Returns whether anything changed.
    fn hear(&mut self, account: &AccountRow, sent: Sent) -> bool {
        if self.leading_reference.as_ref().is_some_and(|leading| account.reference_normalised > *leading) {
            return false;
        }
        let mut after = sent.onto(&self.row, &account.customer);
        // What has given way to something newer is no longer theirs.
        for own in self.own.iter_mut().filter(|own| own.verdict != Verdict::Newer) {
            let OwnDetail { detail, value, known_before, .. } = &own.known;
            own.verdict = match details::judge(*detail, value, known_before, &sent.of(*detail, &account.customer)) {
                Verdict::Newer => Verdict::Newer,
                verdict @ (Verdict::Keep | Verdict::HasIt) => {
                    accounts::put(*detail, value, &mut after);
                    // Of two accounts that speak one after the other, one is enough.
                    if own.verdict == Verdict::HasIt { Verdict::HasIt } else { verdict }
                }
            };
        }
        let changes = after != self.row;
        if changes {
            self.row = after;
            if self.state == SlotState::Known {
                self.state = SlotState::Changed;
            }
        }
        changes
    }
}

impl AccountWriter {
    /// Writes one chunk, or only looks what it would do. `rows` are those without a fault of their own.
    pub async fn write(&mut self, tx: &mut Tx, rows: &[(usize, &AccountRow)], mode: Mode) -> StoreResult<Outcome> {
        let mut outcome = Outcome::default();
        let references: Vec<&str> = rows.iter().map(|(_, row)| row.reference_normalised.as_str()).collect();
        let lock = if mode == Mode::Write { Lock::Rows } else { Lock::Nothing };
        let known = store::accounts_by_reference(tx, self.dialect, &references, lock).await?;
        let known: HashMap<&str, &KnownAccount> =
            known.iter().map(|account| (account.reference_normalised.as_str(), account)).collect();
        let mut names: Vec<&str> = rows.iter().map(|(_, row)| row.creditor.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let creditor_id = self.creditor(tx, name, mode).await?;
            let of_creditor: Vec<_> = rows.iter().filter(|(_, row)| row.creditor == name).copied().collect();
            let plan = self.plan(tx, creditor_id.as_deref(), (&of_creditor, lock), &known, &mut outcome).await?;
            if let (Mode::Write, Some(creditor_id)) = (mode, creditor_id) {
                self.apply(tx, &creditor_id, plan).await?;
            }
        }
        Ok(outcome)
    }

    async fn creditor(&mut self, tx: &mut Tx, name: &str, mode: Mode) -> StoreResult<Option<String>> {
        if let Some(id) = self.creditors.get(name) {
            return Ok(Some(id.clone()));
        }
        let found = store::creditors_by_name(tx, &[name]).await?.pop().map(|(_, id)| id);
        let id = match (found, mode) {
            (Some(id), _) => id,
            (None, Mode::Look) => return Ok(None),
            (None, Mode::Write) => store::add_creditor(tx, name, self.now.as_millisecond()).await?,
        };
        self.creditors.insert(name.to_owned(), id.clone());
        Ok(Some(id))
    }

    async fn plan(
        &self,
        tx: &mut Tx,
        creditor_id: Option<&str>,
        (rows, lock): (&[(usize, &AccountRow)], Lock),
        known: &HashMap<&str, &KnownAccount>,
        outcome: &mut Outcome,
    ) -> StoreResult<Plan> {
        let mut plan = Plan::default();
        let ours = |row: &AccountRow| {
            let account = known.get(row.reference_normalised.as_str())?;
            (Some(account.creditor_id.as_str()) == creditor_id).then_some(*account)
        };
        if let Some(creditor_id) = creditor_id {
            let mut references: Vec<&str> =
                rows.iter().filter_map(|(_, row)| row.customer.customer_reference.as_deref()).collect();
            references.sort_unstable();
            references.dedup();
            for customer in store::customers_by_reference(tx, creditor_id, &references, (self.dialect, lock)).await? {
                plan.customers.add_known(customer);
            }
            let mut ids: Vec<&str> =
                rows.iter().filter_map(|(_, row)| ours(row)).map(|account| account.customer_id.as_str()).collect();
            ids.retain(|id| !plan.customers.by_id.contains_key(*id));
            for customer in store::customers_by_id(tx, &ids, (self.dialect, lock)).await? {
                plan.customers.add_known(customer);
            }
            plan.customers.read_own(tx).await?;
        }
        let reported_anew: Vec<&str> = rows
            .iter()
            .filter_map(|(_, row)| ours(row).filter(|account| reports_another_balance(account, row)))
            .map(|account| account.id.as_str())
            .collect();
        let mut books: HashMap<String, Vec<BookedEntry>> = HashMap::new();
        for entry in store::booked_entries(tx, &reported_anew).await? {
            books.entry(entry.account_id.clone()).or_default().push(entry);
        }
        for (index, row) in rows {
            match known.get(row.reference_normalised.as_str()) {
                None => self.plan_new(&mut plan, row, outcome),
                Some(account) if Some(account.creditor_id.as_str()) != creditor_id => {
                    outcome.rejected.push((*index, Field::AccountReference, Reason::OtherCreditors));
                }
                Some(account) if account.currency != row.currency.code() => {
                    let reason = Reason::CurrencyChanged { known: account.currency.clone() };
                    outcome.rejected.push((*index, Field::Currency, reason));
                }
                Some(account) => {
                    let entries = books.get(&account.id).map_or(&[][..], Vec::as_slice);
                    self.plan_known(&mut plan, row, account, entries, outcome);
                }
            }
        }
        Ok(plan)
    }

    fn plan_new(&self, plan: &mut Plan, row: &AccountRow, outcome: &mut Outcome) {
        let now = self.now.as_millisecond();
        let known = row.customer.customer_reference.as_ref().and_then(|reference| plan.customers.by_reference.get(reference));
        let index = match known {
            Some(index) => {
                let slot = &mut plan.customers.slots[*index];
                if slot.hear(row, self.sent) && slot.state == SlotState::Changed {
                    plan.events.push(self.event("customer.updated", &slot.id, None, json!({})));
                }
                *index
            }
            None => plan.customers.add(Slot {
                id: ids::new_id(),
                row: row.customer.clone(),
                leading_reference: None,
                state: SlotState::New,
                own: Vec::new(),
            }),
        };
        let slot = &mut plan.customers.slots[index];
        if slot.leading_reference.as_ref().is_none_or(|leading| row.reference_normalised < *leading) {
            slot.leading_reference = Some(row.reference_normalised.clone());
        }
        let zone = clock::zone(&slot.row.time_zone);
        let account = NewAccount {
            id: ids::new_id(),
            customer_id: slot.id.clone(),
            reference: row.reference.clone(),
            reference_normalised: row.reference_normalised.clone(),
            currency: row.currency.code(),
            itemization_date: row.itemization_date.clone(),
            balance_at_itemization_minor: row.parts.principal,
            interest_since_minor: row.parts.interest,
            fees_since_minor: row.parts.fees,
            payments_since_minor: row.parts.payments,
            credits_since_minor: row.parts.credits,
            report: row.report.clone(),
            reported_at: self.reported_at(row),
            posted_on: zone.to_datetime(self.now).date().to_string(),
        };
        plan.entries.push(Entry {
            kind: "opening",
            account_id: account.id.clone(),
            posted_on: account.posted_on.clone(),
            reason: "imported",
            once_key: format!("opening:{}", account.id),
            currency: account.currency,
            lines: opening_lines(row.parts),
        });
        if row.report.status != "open" {
            plan.held.push((account.id.clone(), row.report.status));
        }
        let details = json!({ "import_id": self.run_id, "balance_minor": row.report.balance_minor, "status": row.report.status });
        plan.events.push(Event { at: now, ..self.event("account.imported", &slot.id, Some(&account.id), details) });
        plan.accounts.push(account);
        outcome.new += 1;
    }

    fn plan_known(
        &self,
        plan: &mut Plan,
        row: &AccountRow,
        account: &KnownAccount,
        booked: &[BookedEntry],
        outcome: &mut Outcome,
    ) {
        let mut changed = false;
        if let Some(index) = plan.customers.by_id.get(&account.customer_id) {
            let slot = &mut plan.customers.slots[*index];
            if slot.hear(row, self.sent) {
                changed = true;
                plan.events.push(self.event("customer.updated", &account.customer_id, Some(&account.id), json!({})));
            }
        }
        let report = self.sent.report_onto(&account.report, &row.report);
        if account.report != report {
            changed = true;
            // The figures known already stand for the instant they stood for: what was paid here since is not in them.
            let reported_at = (!account.report.has_figures_of(&report)).then(|| self.reported_at(row));
            let details = json!({
                "import_id": self.run_id,
                "reported_balance_minor": row.report.balance_minor,
                "reported_past_due_minor": row.report.past_due_minor,
                "balance_date": row.report.balance_date,
                "status": row.report.status,
                "time_barred": report.time_barred,
            });
            if report.time_barred == TimeBarred::Yes && account.report.time_barred != TimeBarred::Yes {
                plan.closing.push(account.id.clone());
            }
            plan.reports.push((account.id.clone(), report, reported_at));
            plan.events.push(self.event("account.reported", &account.customer_id, Some(&account.id), details));
        }
        match (account.report.status, row.report.status) {
            ("open", "open") => {}
            (_, "open") => plan.released.push(account.id.clone()),
            ("open", status) => {
                plan.held.push((account.id.clone(), status));
                plan.closing.push(account.id.clone());
                plan.taken_back.push((account.id.clone(), status));
            }
            (_, _) => {}
        }
        if reports_another_balance(account, row)
            && let Some(difference) = difference(booked, row.report.balance_minor, &row.report.balance_date)
        {
            outcome.balance_differs += 1;
            let owed_after = booked.iter().map(|entry| entry.amount_minor).sum::<i64>().saturating_add(difference);
            if self.leads == BalanceLeads::Creditor && owed_after <= 0 {
                plan.settled.push(account.id.clone());
            }
            self.plan_difference(plan, row, account, difference);
        }
        if changed {
            outcome.updated += 1;
        } else {
            outcome.unchanged += 1;
        }
    }

    fn plan_difference(&self, plan: &mut Plan, row: &AccountRow, account: &KnownAccount, difference_minor: i64) {
        let adjusted = self.leads == BalanceLeads::Creditor;
        let details = json!({
            "import_id": self.run_id,
            "reported_minor": row.report.balance_minor,
            "difference_minor": difference_minor,
            "balance_date": row.report.balance_date,
            "adjusted": adjusted,
        });
        plan.events.push(self.event("import.balance_differs", &account.customer_id, Some(&account.id), details));
        if adjusted {
            let zone = clock::zone(&row.customer.time_zone);
            plan.entries.push(Entry {
                kind: "adjustment",
                account_id: account.id.clone(),
                posted_on: zone.to_datetime(self.now).date().to_string(),
                reason: "balance reported by the creditor",
                once_key: format!("adjustment:{}:{}", self.run_id, account.id),
                currency: row.currency.code(),
                lines: vec![("customer", "principal", difference_minor), ("adjustment", "principal", -difference_minor)],
            });
        }
    }

    async fn apply(&self, tx: &mut Tx, creditor_id: &str, plan: Plan) -> StoreResult<()> {
        let now = self.now.as_millisecond();
        let mut new_customers = Vec::new();
        let mut newer = Vec::new();
        for slot in plan.customers.slots {
            for Own { known, verdict } in slot.own {
                match verdict {
                    Verdict::HasIt if known.confirmed_at.is_none() => own_details::confirm(tx, &known.id, now).await?,
                    Verdict::Keep | Verdict::HasIt => {}
                    Verdict::Newer => {
                        own_details::end(tx, &known.id, EndedBecause::Newer, now).await?;
                        let details = json!({ "detail": known.detail.code(), "import_id": self.run_id });
                        newer.push(self.event("details.creditor_sent_newer", &slot.id, None, details));
                    }
                }
            }
            match slot.state {
                SlotState::New => new_customers.push((slot.id, slot.row)),
                SlotState::Changed => store::update_customer(tx, &slot.id, &slot.row, now).await?,
                SlotState::Known => {}
            }
        }
        store::insert_customers(tx, creditor_id, &new_customers, now).await?;
        store::insert_accounts(tx, creditor_id, &plan.accounts, now).await?;
        for (account_id, report, reported_at) in &plan.reports {
            store::update_account(tx, account_id, report, *reported_at, now).await?;
        }
        store::insert_entries(tx, &plan.entries, now).await?;
        store::hold_recalled(tx, &plan.held, now).await?;
        for (account_id, status) in &plan.taken_back {
            recalls::end_agreement(tx, account_id, status, &self.run_id, now).await?;
        }
        for account_id in &plan.released {
            store::release_recalled(tx, account_id, now).await?;
        }
        for account_id in &plan.closing {
            let once_key = format!("{}:{}:{account_id}", jobs::CLOSE_PAGES, self.run_id);
            // Work is due in real time, whatever the day of the portal is.
            jobs::ask(tx, jobs::CLOSE_PAGES, account_id, &once_key, 0, now).await?;
        }
        for account_id in &plan.settled {
            let once_key = format!("{}:{}:{account_id}", jobs::REVIEW_SETTLED, self.run_id);
            jobs::ask(tx, jobs::REVIEW_SETTLED, account_id, &once_key, 0, now).await?;
        }
        events::append_many(tx, &plan.events).await?;
        events::append_many(tx, &newer).await
    }

    /// The instant a report stands for: the end of its balance date where the customer lives, but not in the future. What
    /// is paid here later is not in it.
    fn reported_at(&self, row: &AccountRow) -> Millis {
        let end = clock::end_of_day(row.balance_date, &clock::zone(&row.customer.time_zone));
        end.min(self.now).as_millisecond()
    }

    fn event(&self, action: &'static str, customer_id: &str, account_id: Option<&str>, details: serde_json::Value) -> Event {
        Event {
            at: self.now.as_millisecond(),
            actor: Actor::Operator,
            action,
            customer_id: Some(customer_id.to_owned()),
            account_id: account_id.map(str::to_owned),
            subject_id: Some(self.run_id.clone()),
            details,
        }
    }
}

fn reports_another_balance(account: &KnownAccount, row: &AccountRow) -> bool {
    (account.report.balance_minor, &account.report.balance_date) != (row.report.balance_minor, &row.report.balance_date)
}

/// The lines of an opening entry: a line for each part that is not zero, and what balances them.
fn opening_lines(parts: Parts) -> Vec<(&'static str, &'static str, i64)> {
    let of_customer = [
        ("principal", parts.principal),
        ("interest", parts.interest),
        ("fees", parts.fees),
        ("payments", -parts.payments),
        ("credits", -parts.credits),
    ];
    let mut lines: Vec<_> = of_customer
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(component, amount)| ("customer", component, amount))
        .collect();
    if lines.is_empty() {
        lines.push(("customer", "principal", 0));
    }
    let sum: i64 = lines.iter().map(|(_, _, amount)| amount).sum();
    lines.push(("creditor", "principal", -sum));
    lines
}

/// What the creditor says beyond what the books explain; `None` where they agree.
///
/// A creditor books our payments when it hears of them, one after the other. So its balance agrees if it is what was handed
/// over (with adjustments) and any number of our later entries, oldest first. If none fits, the difference is taken
/// against the books as of the balance date. What it took itself by that day, it knows of.
pub(super) fn difference(booked: &[BookedEntry], reported: i64, balance_date: &str) -> Option<i64> {
    let is_creditors = |entry: &BookedEntry| match entry.kind.as_str() {
        "opening" | "adjustment" => true,
        "payment_elsewhere" => entry.posted_on.as_str() <= balance_date,
        _ => false,
    };
    let mut sum: i64 = booked.iter().filter(|entry| is_creditors(entry)).map(|entry| entry.amount_minor).sum();
    let mut as_of_balance_date = sum;
    let mut agrees = sum == reported;
    for entry in booked.iter().filter(|entry| !is_creditors(entry)) {
        sum += entry.amount_minor;
        agrees |= sum == reported;
        if entry.posted_on.as_str() <= balance_date {
            as_of_balance_date += entry.amount_minor;
        }
    }
    (!agrees).then_some(reported - as_of_balance_date)
}
