//! What money that went back changes, and money that came again, in the transaction in which it becomes known: the books, what
//! the payment was applied to, a discount it had earned, the agreement, and the letter that says so.

use super::held::Held;
use super::read::read_owed;
use super::settle::{apply_money, complete_if_covered, granted};
use crate::domain::components as parts_of_debt;
use crate::domain::going_back::{TakenFrom, spread_again};
use crate::domain::ids::{AccountId, AgreementId};
use crate::domain::ledger::{self as rules, Allocation, AppliedTo, Entry};
use crate::domain::mandate::EndReason;
use crate::domain::money::Money;
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::reversal::{Reversal, ReversalKind, ReversalReason, ReversalState};
use crate::server::clock::{self, Millis};
use crate::server::services::{Failure, mandates, reversal_notes};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::ledger::{EntryContext, Explained};
use crate::server::store::shares::Share;
use crate::server::store::{self, Tx, components, covered, facts, payments, reversals, shares};
use serde_json::json;

/// Money went back: what the payment had paid is owed again, on each account that it had paid.
pub(super) async fn take_back(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    at: Millis,
) -> Result<(), Failure> {
    let after = move_payment(tx, payment, at).await?;
    let held = Held::read(tx, payment).await?;
    let ends_discount = match (reversal.kind, reversal.reason) {
        // A bank that takes a payment back ends what a discount was given for, and so does giving all of it back; a part that is
        // given back by decision does not.
        (ReversalKind::Return | ReversalKind::Chargeback, _) => true,
        // What was beyond everything owed is no part of what the discount was given for.
        (ReversalKind::Refund, ReversalReason::Overpaid) => false,
        (ReversalKind::Refund, _) => left_of(&after).is_zero(),
    };
    for (share, part, amount) in held.given_by(reversal)? {
        let back = Back { share, accounts: held.shares.len(), amount, ends_discount };
        take_back_from(state, tx, payment, reversal, &back, &part.applied, at).await?;
    }
    Ok(())
}

/// What goes back, or comes again, of one account's part of a payment.
struct Back<'a> {
    share: &'a Share,
    /// How many the payment is over.
    accounts: usize,
    amount: Money,
    ends_discount: bool,
}

impl Back<'_> {
    /// The key of an entry about it.
    fn key(&self, kind: &str, reversal: &Reversal) -> String {
        once_key(kind, reversal, &self.share.account_id, self.accounts)
    }
}

/// The key of an entry about a reversal: of a payment over several accounts each has its own.
fn once_key(kind: &str, reversal: &Reversal, account: &AccountId, accounts: usize) -> String {
    if accounts == 1 { format!("{kind}:{}", reversal.id) } else { format!("{kind}:{}:{account}", reversal.id) }
}

async fn take_back_from(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    back: &Back<'_>,
    applied: &[Allocation],
    at: Millis,
) -> Result<(), Failure> {
    let part = back.share.part_of(payment);
    let (id, account_id, currency) = (part.id.as_str(), part.account_id.as_str(), part.amount.currency());
    let granted = shares::discount(tx, &part.id, &part.account_id, currency).await?;
    let withdrawn = if back.ends_discount { granted } else { Money::zero(currency) };
    if !back.amount.is_positive() && !withdrawn.is_positive() {
        return Ok(());
    }
    let account = account_of(tx, &part).await?;
    let key = back.key(reversal.kind.code(), reversal);
    let context = context(&part, reversal, &account, &key, at);
    let undone = rules::undo(applied, back.amount)?;
    if back.amount.is_positive() {
        store::ledger::append(tx, &Entry::reversal(reversal.kind, back.amount), &context).await?;
        let explained = Explained { payment_id: id, account_id, entry_key: &key, reversal_id: Some(reversal.id.as_str()) };
        store::ledger::append_allocations(tx, explained, &undone).await?;
        let (paid, order) = components::of_share(tx, id, account_id).await?;
        let parts = parts_of_debt::undo(paid, sum(&undone, part.amount)?.negated(), order)?;
        components::append(tx, explained, parts.lines(order, currency), None).await?;
    }
    if withdrawn.is_positive() {
        let key = back.key("discount_withdrawn", reversal);
        let context = EntryContext { once_key: &key, actor: "policy", reason: "prompt_payment", ..context };
        store::ledger::append(tx, &Entry::discount_withdrawn(withdrawn), &context).await?;
    }
    let balance = store::ledger::balance(tx, account_id, currency).await?;
    let reopened = reopen(state, tx, &part, &undone, balance, at).await?;
    let details = json!({
        "reversal": reversal.id, "lines": told(&undone), "discount_minor": -withdrawn.minor(),
        "balance_after_minor": balance.minor(), "reopened": reopened,
    });
    note(tx, &part, "payment.undone", details, at).await?;
    if !back.amount.is_positive() {
        return Ok(());
    }
    let (account, here) = (account_of(tx, &part).await?, Reversal { amount: back.amount, ..reversal.clone() });
    reversal_notes::issue(state, tx, &reversal_notes::Happened { payment: &part, reversal: &here, account: &account, at }).await
}

/// Money that had gone back came again, all of it or a part: it is applied to what is owed now, as a payment is, on the accounts
/// it was taken from.
pub(super) async fn bring_back(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    at: Millis,
) -> Result<(), Failure> {
    let after = move_payment(tx, payment, at).await?;
    let currency = payment.amount.currency();
    let coming = match reversal.state {
        ReversalState::PartlyUndone { again, .. } => again,
        ReversalState::Created
        | ReversalState::Pending
        | ReversalState::Succeeded { .. }
        | ReversalState::Failed { .. }
        | ReversalState::Undone { .. }
        | ReversalState::Unknown => reversal.amount,
    };
    let shares = shares::of_payment(tx, payment).await?;
    let mut parts = Vec::with_capacity(shares.len());
    for share in &shares {
        let taken_key = once_key(reversal.kind.code(), reversal, &share.account_id, shares.len());
        let taken = store::ledger::amount_of(tx, &taken_key, currency).await?;
        let left = shares::left_in_books(tx, &payment.id, &share.account_id, currency).await?;
        parts.push(TakenFrom { taken, beyond: Money::new(left.minor().saturating_neg().max(0), currency) });
    }
    for ((share, part), amount) in shares.iter().zip(&parts).zip(spread_again(&parts, coming)?) {
        if !amount.is_positive() {
            continue;
        }
        // Less than came again where more had gone back of the account than it got.
        let left = shares::left_in_books(tx, &payment.id, &share.account_id, currency).await?.checked_add(amount)?;
        let applied = shares::allocations(tx, &payment.id, &share.account_id, currency).await?;
        let again = left.checked_sub(sum(&applied, payment.amount)?)?;
        let again = Money::new(again.minor().max(0), currency);
        // As in `take_back`: what a bank still holds ends a discount, and so does a refund of all of it.
        let ends_discount = match after.state {
            PaymentState::Returned(_) | PaymentState::ChargedBack(_) | PaymentState::Refunded(_) => true,
            PaymentState::Created
            | PaymentState::Submitted { .. }
            | PaymentState::NeedsCustomer { .. }
            | PaymentState::Processing
            | PaymentState::Succeeded { .. }
            | PaymentState::Declined { .. }
            | PaymentState::Cancelled { .. }
            | PaymentState::Abandoned { .. }
            | PaymentState::Unknown
            | PaymentState::PartlyRefunded(_) => false,
        };
        let back = Back { share, accounts: shares.len(), amount, ends_discount };
        bring_back_to(state, tx, payment, &here(reversal, part.taken, amount), &back, again, at).await?;
    }
    Ok(())
}

/// A reversal as one account sees it, of which so much was taken from it and so much came again.
fn here(reversal: &Reversal, taken: Money, again: Money) -> Reversal {
    let state = match reversal.state {
        ReversalState::PartlyUndone { settled_at, undone_at, .. } if again == taken => {
            ReversalState::Undone { settled_at, undone_at }
        }
        ReversalState::PartlyUndone { settled_at, undone_at, .. } => ReversalState::PartlyUndone { settled_at, undone_at, again },
        _ => reversal.state.clone(),
    };
    Reversal { amount: taken, state, ..reversal.clone() }
}

async fn bring_back_to(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    back: &Back<'_>,
    applied: Money,
    at: Millis,
) -> Result<(), Failure> {
    let part = back.share.part_of(payment);
    let account = account_of(tx, &part).await?;
    let (owed, agreement_id) = read_owed(tx, &account).await?;
    let (account_id, currency) = (part.account_id.as_str(), part.amount.currency());
    let key = back.key("reinstatement", reversal);
    let lines = apply_money(state, tx, &part, &owed, applied, &key).await?.lines;
    let context = context(&part, reversal, &account, &key, at);
    store::ledger::append(tx, &Entry::reinstatement(back.amount), &context).await?;
    let discount = granted(&part, &owed, applied);
    let has_discount = shares::discount(tx, &part.id, &part.account_id, currency).await?.is_positive();
    let again = !back.ends_discount && !has_discount && discount.is_positive();
    if again {
        let key = back.key("discount_again", reversal);
        let context = EntryContext { once_key: &key, actor: "policy", reason: "prompt_payment", ..context };
        store::ledger::append(tx, &Entry::discount(discount), &context).await?;
    }
    let balance = store::ledger::balance(tx, account_id, currency).await?;
    if let Some(agreement_id) = &agreement_id {
        complete_if_covered(state, tx, &part, agreement_id, &owed.instalments, balance, at).await?;
    }
    let details = json!({
        "reversal": reversal.id, "lines": told(&lines), "discount_minor": if again { discount.minor() } else { 0 },
        "balance_after_minor": balance.minor(),
    });
    note(tx, &part, "payment.reinstated", details, at).await?;
    let account = account_of(tx, &part).await?;
    reversal_notes::issue(state, tx, &reversal_notes::Happened { payment: &part, reversal, account: &account, at }).await
}

async fn account_of(tx: &mut Tx, payment: &Payment) -> Result<AccountRecord, Failure> {
    facts::one_of_customer(&mut **tx, &payment.customer_id, &payment.account_id).await?.ok_or(Failure::Missing("account"))
}

fn context<'a>(
    payment: &'a Payment,
    reversal: &'a Reversal,
    account: &AccountRecord,
    once_key: &'a str,
    at: Millis,
) -> EntryContext<'a> {
    EntryContext {
        account_id: payment.account_id.as_str(),
        payment_id: Some(payment.id.as_str()),
        posted_at: at,
        posted_on: clock::date_of(at, &clock::zone(&account.time_zone)),
        reason: reversal.reason.code(),
        actor: "processor",
        once_key,
    }
}

/// The payment with what its reversals add up to now.
async fn move_payment(tx: &mut Tx, payment: &Payment, at: Millis) -> Result<Payment, Failure> {
    let settled_at = payment.state.settled_at().ok_or(Failure::Missing("payment's success"))?;
    let all = reversals::of_payment(tx, &payment.id).await?;
    let after = Payment { state: payment.after(settled_at, &all)?, ..payment.clone() };
    payments::set_state(tx, &after, &payment.state, at).await?;
    note(tx, payment, "payment.moved", json!({ "to": after.state.code(), "heard_by": "reversal" }), at).await?;
    Ok(after)
}

/// What of a payment has not gone back; zero where more went back than it was.
fn left_of(payment: &Payment) -> Money {
    let reversed = payment.state.reversed().map_or(0, |settled| settled.reversed.minor());
    Money::new(payment.amount.minor().saturating_sub(reversed).max(0), payment.amount.currency())
}

fn sum(lines: &[Allocation], like: Money) -> Result<Money, Failure> {
    Ok(lines.iter().try_fold(Money::zero(like.currency()), |sum, line| sum.checked_add(line.amount))?)
}

/// An agreement that this payment had completed is active again, if something of it is open and owed, and its accounts are under
/// no other. Says which.
async fn reopen(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    undone: &[Allocation],
    balance: Money,
    at: Millis,
) -> Result<Option<AgreementId>, Failure> {
    if !balance.is_positive() {
        return Ok(None);
    }
    let touched = undone.iter().filter_map(|line| match &line.applied_to {
        AppliedTo::Instalment { agreement_id, .. } => Some(agreement_id.clone()),
        AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => None,
    });
    for agreement_id in touched.chain(payment.agreement_id.clone()) {
        let open = covered::open_instalments(tx, &agreement_id, payment.amount.currency()).await?;
        if open.is_empty() || !covered::reopen_agreement(tx, &agreement_id).await? {
            continue;
        }
        // It is not collected by itself until its customer allows it anew, whoever completed it and forgot the permission.
        mandates::end_of_agreement(state, tx, &agreement_id, EndReason::AgreementEnded, at).await?;
        let event = Event {
            at,
            actor: Actor::System,
            action: "agreement.reopened",
            customer_id: Some(payment.customer_id.to_string()),
            account_id: Some(payment.account_id.to_string()),
            subject_id: Some(agreement_id.to_string()),
            details: json!({ "payment": payment.id, "balance_minor": balance.minor() }),
        };
        events::append(tx, &event).await?;
        return Ok(Some(agreement_id));
    }
    Ok(None)
}

fn told(lines: &[Allocation]) -> Vec<serde_json::Value> {
    lines.iter().map(|line| json!({ "to": line.applied_to.code(), "amount_minor": line.amount.minor() })).collect()
}

async fn note(
    tx: &mut Tx,
    payment: &Payment,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor: Actor::System,
        action,
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details,
    };
    Ok(events::append(tx, &event).await?)
}
