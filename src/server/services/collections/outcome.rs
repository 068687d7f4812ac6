//! What a collection's outcome leads to, in the transaction that records it: the next try, its end, and what the customer is
//! told.

use super::facts::{self, Facts};
use super::told;
use crate::domain::collecting::{Failed, Obstacle, ends_the_mandate, retry_on};
use crate::domain::format;
use crate::domain::mandate::EndReason;
use crate::domain::money::Money;
use crate::domain::payment::{DeclineReason, Payment, PaymentState, Purpose};
use crate::server::clock::{self, Millis};
use crate::server::notify::letters::Template;
use crate::server::services::{Failure, mandates};
use crate::server::state::AppState;
use crate::server::store::Tx;
use crate::server::store::collections::{self, Try, TryState};

/// The instalment a payment was collected for; `None` for a payment its customer made.
pub(in crate::server::services) async fn of_which_instalment(tx: &mut Tx, payment: &Payment) -> Result<Option<u32>, Failure> {
    if payment.purpose != Purpose::Collection {
        return Ok(None);
    }
    let this = collections::of_payment(tx, &payment.id).await?;
    Ok(this.and_then(|this| u32::try_from(this.key.number).ok()))
}

/// Called for a payment that has just moved to another state.
pub(in crate::server::services) async fn note_outcome(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    at: Millis,
) -> Result<(), Failure> {
    if payment.purpose != Purpose::Collection {
        return Ok(());
    }
    let this = collections::of_payment(tx, &payment.id).await?.ok_or(Failure::Missing("try of a collection"))?;
    match &payment.state {
        PaymentState::Created
        | PaymentState::Submitted { .. }
        | PaymentState::NeedsCustomer { .. }
        | PaymentState::Processing
        | PaymentState::Unknown => Ok(()),
        PaymentState::Succeeded { .. } => succeeded(state, tx, payment, &this, at).await,
        PaymentState::Declined { reason, .. } => declined(state, tx, payment, &this, *reason, at).await,
        PaymentState::Cancelled { .. } => declined(state, tx, payment, &this, DeclineReason::NotAccepted, at).await,
        PaymentState::Abandoned { .. } => abandoned(state, tx, &this, at).await,
        // What goes back after it was collected opens the instalment again; a person looks at it before it is collected anew.
        PaymentState::PartlyRefunded(_)
        | PaymentState::Refunded(_)
        | PaymentState::Returned(_)
        | PaymentState::ChargedBack(_) => Ok(()),
    }
}

async fn facts_of(state: &AppState, tx: &mut Tx, this: &Try) -> Result<Facts, Failure> {
    let agreement =
        collections::agreement(tx, &this.key.agreement_id).await?.ok_or(Failure::Missing("agreement of a collection"))?;
    facts::read(state, tx, agreement, &this.key).await?.ok_or(Failure::Missing("instalment of a collection"))
}

async fn succeeded(state: &AppState, tx: &mut Tx, payment: &Payment, this: &Try, at: Millis) -> Result<(), Failure> {
    collections::update(tx, &Try { state: TryState::Collected, reason: None, ..this.clone() }, this.state, at).await?;
    let facts = facts_of(state, tx, this).await?;
    // Something was on its way when it was collected, and went elsewhere: the rest of what was announced.
    let rest = Money::new(this.amount.minor().saturating_sub(payment.amount.minor()), this.amount.currency());
    let is_last = facts.last_try().is_none_or(|last| last.attempt == this.attempt);
    if rest.is_positive() && !facts.instalment.is_covered() && is_last && facts.obstacle.is_none() {
        let look_on = facts.today.tomorrow().unwrap_or(facts.today);
        collections::insert(tx, &next_try(this, TryState::Announced, |next| Try { amount: rest, look_on, ..next }), at).await?;
    }
    let collected_on = clock::date_of(payment.created_at, &facts.zone);
    if collected_on <= this.day {
        return Ok(());
    }
    let language = told::language(tx, &payment.customer_id).await?;
    let values = [
        ("amount", format::money(payment.amount, language)),
        ("day", format::long_date(this.day, language)),
        ("collected_on", format::long_date(collected_on, language)),
    ];
    told::enqueue(state, tx, &facts, Template::CollectionLate, language, &values, &format!("collection_late:{}", payment.id))
        .await
}

/// The try after this one: the same announcement, nothing asked yet.
fn next_try(this: &Try, state: TryState, change: impl FnOnce(Try) -> Try) -> Try {
    change(Try { attempt: this.attempt + 1, state, payment_id: None, reason: None, ..this.clone() })
}

async fn declined(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    this: &Try,
    reason: DeclineReason,
    at: Millis,
) -> Result<(), Failure> {
    let declined = Try { state: TryState::Declined, reason: Some(reason.code().to_owned()), ..this.clone() };
    collections::update(tx, &declined, this.state, at).await?;
    let facts = facts_of(state, tx, this).await?;
    if ends_the_mandate(reason) {
        end_permission(state, tx, &facts, at).await?;
    }
    match facts.obstacle {
        // What ended it was told already; there is nothing to try or to ask for.
        Some(Obstacle::AgreementEnded | Obstacle::AccountNotOpen) => return Ok(()),
        Some(Obstacle::MandateGone | Obstacle::PaidBack | Obstacle::Held) | None => {}
    }
    let failed_tries = facts.tries.iter().filter(|one| one.state == TryState::Declined).count();
    let failed = Failed {
        reason,
        attempt: u32::try_from(failed_tries).unwrap_or(u32::MAX),
        next_due_on: facts.next_due_on,
        payday: facts::payday(tx, &facts.agreement).await?,
        holidays: &state.policy.policy.holidays,
        today: facts.today,
    };
    let language = told::language(tx, &payment.customer_id).await?;
    let reason_words = told::decline_words(reason, language);
    let may_retry = facts.obstacle.is_none_or(|obstacle| obstacle == Obstacle::Held);
    let Some(day) = retry_on(&failed).filter(|_| may_retry) else {
        let once = format!("collection_stopped:{}", payment.id);
        let values = told::stopped_values(&facts, reason_words, language);
        return told::enqueue(state, tx, &facts, Template::CollectionStopped, language, &values, &once).await;
    };
    let once = format!("collection_retry:{}", payment.id);
    let values = [
        ("amount", format::money(payment.amount, language)),
        ("reason", reason_words.to_owned()),
        ("day", format::long_date(day, language)),
        ("stop_until", format::long_date(day.yesterday().unwrap_or(day), language)),
    ];
    told::enqueue(state, tx, &facts, Template::CollectionRetry, language, &values, &once).await?;
    let amount = payment.amount;
    let next = next_try(this, TryState::Planned, |next| Try { day, look_on: day, amount, notice_key: Some(once), ..next });
    Ok(collections::insert(tx, &next, at).await?)
}

/// The processor never got it and it could not be asked again when that was found out. Decided anew, under another key; the
/// one before can no longer be on its way.
async fn abandoned(state: &AppState, tx: &mut Tx, this: &Try, at: Millis) -> Result<(), Failure> {
    collections::update(tx, &Try { state: TryState::Abandoned, ..this.clone() }, this.state, at).await?;
    let facts = facts_of(state, tx, this).await?;
    let was_retry = facts.tries.iter().any(|one| one.state == TryState::Declined);
    let as_before = if was_retry { TryState::Planned } else { TryState::Announced };
    let next = next_try(this, as_before, |next| Try { look_on: facts.today, ..next });
    Ok(collections::insert(tx, &next, at).await?)
}

/// The bank says that the permission is worth nothing.
async fn end_permission(state: &AppState, tx: &mut Tx, facts: &Facts, at: Millis) -> Result<(), Failure> {
    let Some(permission) = &facts.permission else { return Ok(()) };
    mandates::end(state, tx, &permission.mandate_id, EndReason::Processor, at).await
}
