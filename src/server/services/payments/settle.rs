//! What a payment that succeeded changes, in the transaction of its success: the books, what it is applied to, the agreement,
//! and the receipt.

use super::read::read_owed;
use crate::domain::components::{self as parts_of_debt, Parts, PartsOrder};
use crate::domain::ids::AgreementId;
use crate::domain::ledger::{self as rules, Allocation, Entry, OpenInstalment, Owed};
use crate::domain::money::Money;
use crate::domain::payment::{ELSEWHERE, Payment};
use crate::server::clock::{self, Millis};
use crate::server::services::completions::{self, CompletedBy};
use crate::server::services::{Failure, accounts_receipts, collections, policies, receipts};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::ledger::{EntryContext, Explained};
use crate::server::store::{self, Tx, components, covered, facts, shares};
use serde_json::json;

/// Posts the payment, each share to its account, and issues its receipt. The unique keys of the entries make a second posting
/// impossible, whatever calls this.
pub(super) async fn post(state: &AppState, tx: &mut Tx, payment: &Payment, at: Millis) -> Result<(), Failure> {
    let shares = shares::of_payment(tx, payment).await?;
    let mut booked = Vec::with_capacity(shares.len());
    for share in &shares {
        booked.push(post_share(state, tx, &share.part_of(payment), shares.len(), at).await?);
    }
    match booked.as_slice() {
        [only] if payment.processor != ELSEWHERE => receipts::issue(state, tx, &only.for_receipt(at)).await,
        several => {
            let several: Vec<_> = several.iter().map(|share| share.for_receipt(at)).collect();
            accounts_receipts::issue(state, tx, payment, &several, at).await
        }
    }
}

/// What the books hold of one account's part of a payment.
struct BookedShare {
    /// The payment as this account sees it.
    part: Payment,
    account: AccountRecord,
    owed: Owed,
    lines: Vec<Allocation>,
    parts: Parts,
    order: PartsOrder,
    discount: Money,
    balance_after: Money,
}

impl BookedShare {
    fn for_receipt(&self, at: Millis) -> receipts::Booked<'_> {
        receipts::Booked {
            payment: &self.part,
            account: &self.account,
            owed: &self.owed,
            lines: &self.lines,
            parts: self.parts,
            order: self.order,
            discount: self.discount,
            balance_after: self.balance_after,
            at,
        }
    }
}

/// Posts one account's part of a payment over so many accounts.
async fn post_share(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    accounts: usize,
    at: Millis,
) -> Result<BookedShare, Failure> {
    let account =
        facts::one_of_customer(&mut **tx, &payment.customer_id, &payment.account_id).await?.ok_or(Failure::Missing("account"))?;
    let (owed, agreement_id) = read_owed(tx, &account).await?;
    // What was collected for an instalment goes to that one.
    let owed = match collections::of_which_instalment(tx, payment).await? {
        Some(number) => owed.with_first(number),
        None => owed,
    };
    let once = if accounts == 1 { payment.id.to_string() } else { format!("{}:{}", payment.id, payment.account_id) };
    let paid_key = format!("payment:{once}");
    let Applied { lines, parts, order } = apply_money(state, tx, payment, &owed, payment.amount, &paid_key).await?;
    let posted_on = clock::date_of(at, &clock::zone(&account.time_zone));
    let context = EntryContext {
        account_id: payment.account_id.as_str(),
        payment_id: Some(payment.id.as_str()),
        posted_at: at,
        posted_on,
        reason: payment.purpose.code(),
        actor: if payment.processor == ELSEWHERE { "creditor" } else { "processor" },
        once_key: &paid_key,
    };
    let entry = if payment.processor == ELSEWHERE { Entry::payment_elsewhere } else { Entry::payment };
    store::ledger::append(tx, &entry(payment.amount), &context).await?;

    let discount = granted(payment, &owed, payment.amount);
    if discount.is_positive() {
        let discount_key = format!("discount:{once}");
        let context = EntryContext { once_key: &discount_key, actor: "policy", reason: "prompt_payment", ..context };
        store::ledger::append(tx, &Entry::discount(discount), &context).await?;
    }
    let balance = store::ledger::balance(tx, payment.account_id.as_str(), payment.amount.currency()).await?;
    if let Some(agreement_id) = &agreement_id {
        complete_if_covered(state, tx, payment, agreement_id, &owed.instalments, balance, at).await?;
    }
    note_applied(tx, payment, &lines, discount, balance, at).await?;
    Ok(BookedShare { part: payment.clone(), account, owed, lines, parts, order, discount, balance_after: balance })
}

/// What the payment was applied to, for the trail.
async fn note_applied(
    tx: &mut Tx,
    payment: &Payment,
    lines: &[Allocation],
    discount: Money,
    balance: Money,
    at: Millis,
) -> Result<(), Failure> {
    let lines: Vec<_> =
        lines.iter().map(|line| json!({ "to": line.applied_to.code(), "amount_minor": line.amount.minor() })).collect();
    let event = Event {
        at,
        actor: Actor::System,
        action: "payment.applied",
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details: json!({
            "lines": lines, "discount_minor": discount.minor(), "balance_after_minor": balance.minor(),
        }),
    };
    Ok(events::append(tx, &event).await?)
}

/// What money of a payment went to.
pub(super) struct Applied {
    pub lines: Vec<Allocation>,
    pub parts: Parts,
    /// In which the parts were paid.
    pub order: PartsOrder,
}

/// Applies so much of a payment to what is owed, and writes down to what: by due dates, and by the parts of the debt in the order
/// of the policy. Called before the entry itself is written, which will have this key.
pub(super) async fn apply_money(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    owed: &Owed,
    amount: Money,
    entry_key: &str,
) -> Result<Applied, Failure> {
    let (payment_id, account_id) = (payment.id.as_str(), payment.account_id.as_str());
    let explained = Explained { payment_id, account_id, entry_key, reversal_id: None };
    let lines = rules::allocate(amount, owed, payment.purpose.order())?;
    store::ledger::append_allocations(tx, explained, &lines).await?;
    let order = policies::current(state).policy.allocation;
    let books = components::of_account(tx, account_id).await?;
    let open = parts_of_debt::outstanding(books.charged, books.settled, books.unassigned, order)?;
    let parts = parts_of_debt::split(amount, open, order)?;
    components::append(tx, explained, parts.lines(order, amount.currency()), Some(order)).await?;
    Ok(Applied { lines, parts, order })
}

/// The discount that was promised, but never more than is still owed after so much of the payment.
pub(super) fn granted(payment: &Payment, owed: &Owed, amount: Money) -> Money {
    let left = owed.balance.minor().saturating_sub(amount.minor()).max(0);
    Money::new(payment.discount.minor().min(left), payment.discount.currency())
}

/// Ends an agreement of which nothing is open any more, or under which nothing is owed any more.
pub(super) async fn complete_if_covered(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    agreement_id: &AgreementId,
    before: &[OpenInstalment],
    balance: Money,
    at: Millis,
) -> Result<(), Failure> {
    let open = covered::open_instalments(tx, agreement_id, payment.amount.currency()).await?;
    if (!open.is_empty() && balance.is_positive()) || (before.is_empty() && open.is_empty()) {
        return Ok(());
    }
    completions::complete(state, tx, agreement_id, CompletedBy::Payment(&payment.id), at).await
}
