//! What money that went back changes, and money that came again, in the transaction in which it becomes known: the books, what
//! the payment was applied to, a discount it had earned, the agreement, and the letter that says so.

use super::read::read_owed;
use super::settle::{apply_money, complete_if_covered, granted};
use crate::domain::components as parts_of_debt;
use crate::domain::ids::AgreementId;
use crate::domain::ledger::{self as rules, Allocation, AppliedTo, Entry};
use crate::domain::money::Money;
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::reversal::{Reversal, ReversalKind};
use crate::server::clock::{self, Millis};
use crate::server::services::{Failure, policies, reversal_notes};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::ledger::EntryContext;
use crate::server::store::{self, Tx, components, covered, facts, payments, reversals};
use serde_json::json;

/// Money went back: what the payment had paid is owed again.
pub(super) async fn take_back(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    at: Millis,
) -> Result<(), Failure> {
    let account = account_of(tx, payment).await?;
    let (id, account_id) = (payment.id.as_str(), payment.account_id.as_str());
    let key = format!("{}:{}", reversal.kind.code(), reversal.id);
    let context = context(payment, reversal, &account, &key, at);
    store::ledger::append(tx, &Entry::reversal(reversal.kind, reversal.amount), &context).await?;

    let after = move_payment(tx, payment, at).await?;
    let applied = rules::net(store::ledger::allocations(tx, id, payment.amount.currency()).await?)?;
    let too_much = sum(&applied, payment.amount)?.checked_sub(left_of(&after))?;
    let undone = rules::undo(&applied, too_much)?;
    store::ledger::undo_allocations(tx, id, account_id, &undone, reversal.id.as_str()).await?;
    let order = policies::current(state).policy.allocation;
    let paid = components::of_payment(tx, id).await?;
    let parts = parts_of_debt::undo(paid, too_much, order)?;
    components::append(tx, id, parts, order, payment.amount.currency(), Some(reversal.id.as_str())).await?;

    let withdrawn = discount_to_withdraw(tx, &after, reversal).await?;
    if withdrawn.is_positive() {
        let key = format!("discount_withdrawn:{}", reversal.id);
        let context = EntryContext { once_key: &key, actor: "policy", reason: "prompt_payment", ..context };
        store::ledger::append(tx, &Entry::discount_withdrawn(withdrawn), &context).await?;
    }
    let balance = store::ledger::balance(tx, account_id, payment.amount.currency()).await?;
    let reopened = reopen(tx, payment, &undone, balance, at).await?;
    let details = json!({
        "reversal": reversal.id, "lines": told(&undone), "discount_minor": -withdrawn.minor(),
        "balance_after_minor": balance.minor(), "reopened": reopened,
    });
    note(tx, payment, "payment.undone", details, at).await?;
    let account = account_of(tx, payment).await?;
    reversal_notes::issue(state, tx, &reversal_notes::Happened { payment, reversal, account: &account, at }).await
}

/// Money that had gone back came again: it is applied to what is owed now, as a payment is.
pub(super) async fn bring_back(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    at: Millis,
) -> Result<(), Failure> {
    let account = account_of(tx, payment).await?;
    let (owed, agreement_id) = read_owed(tx, &account).await?;
    let (id, account_id) = (payment.id.as_str(), payment.account_id.as_str());
    let after = move_payment(tx, payment, at).await?;
    let applied = rules::net(store::ledger::allocations(tx, id, payment.amount.currency()).await?)?;
    let missing = left_of(&after).checked_sub(sum(&applied, payment.amount)?)?;
    let lines = apply_money(state, tx, payment, &owed, missing).await?.lines;

    let key = format!("reinstatement:{}", reversal.id);
    let context = context(payment, reversal, &account, &key, at);
    store::ledger::append(tx, &Entry::reinstatement(reversal.amount), &context).await?;
    let discount = granted(payment, &owed, missing);
    let has_discount = store::ledger::discount_of(tx, id, payment.amount.currency()).await?.is_positive();
    let again = matches!(after.state, PaymentState::Succeeded { .. }) && !has_discount && discount.is_positive();
    if again {
        let key = format!("discount_again:{}", reversal.id);
        let context = EntryContext { once_key: &key, actor: "policy", reason: "prompt_payment", ..context };
        store::ledger::append(tx, &Entry::discount(discount), &context).await?;
    }
    let balance = store::ledger::balance(tx, account_id, payment.amount.currency()).await?;
    if let Some(agreement_id) = &agreement_id {
        complete_if_covered(tx, payment, agreement_id, &owed.instalments, balance, at).await?;
    }
    let details = json!({
        "reversal": reversal.id, "lines": told(&lines), "discount_minor": if again { discount.minor() } else { 0 },
        "balance_after_minor": balance.minor(),
    });
    note(tx, payment, "payment.reinstated", details, at).await?;
    let account = account_of(tx, payment).await?;
    reversal_notes::issue(state, tx, &reversal_notes::Happened { payment, reversal, account: &account, at }).await
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

/// A discount stands for a payment of everything. A bank that takes the payment back ends it, and so does giving all of it back;
/// a part that is given back by decision does not.
async fn discount_to_withdraw(tx: &mut Tx, after: &Payment, reversal: &Reversal) -> Result<Money, Failure> {
    let granted = store::ledger::discount_of(tx, after.id.as_str(), after.amount.currency()).await?;
    let ends = match reversal.kind {
        ReversalKind::Return | ReversalKind::Chargeback => true,
        ReversalKind::Refund => left_of(after).is_zero(),
    };
    Ok(if ends { granted } else { Money::zero(after.amount.currency()) })
}

/// An agreement that this payment had completed is active again, if something of it is open and owed, and its accounts are under
/// no other. Says which.
async fn reopen(
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
