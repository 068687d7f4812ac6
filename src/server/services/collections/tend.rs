//! What is to be done about one instalment today, done: announced, collected, closed.

use super::facts::{self, Facts};
use super::{ask, read_subject, told};
use crate::domain::calendar::Date;
use crate::domain::collecting::{Notice, ToDo, WhyNot, decide, notice_known_on};
use crate::domain::format;
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::payment::{Payment, PaymentState, Purpose};
use crate::server::crash_point::{self, CrashPoint};
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::services::Failure;
use crate::server::services::payments::{RECONCILE_JOB, wait_before_check};
use crate::server::state::AppState;
use crate::server::store::collections::{self, InstalmentKey, Permission, Try, TryState};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, jobs, outbox, payments};
use serde_json::json;
use sha2::{Digest, Sha256};

/// What became of looking at an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tended {
    Done,
    /// Something is under way that decides.
    LookAgain,
}

/// What one transaction came to.
enum Step {
    Over,
    LookAgain,
    /// Recorded and to be asked for.
    Recorded(Box<Payment>, Permission),
}

/// Longer than the commit of a try may take before the processor is asked: who slept longer leaves it to the reconcile job, which
/// first looks whether it may still be collected.
const FRESH_FOR_MILLIS: i64 = 10_000;

/// Looks at an instalment and does what is to be done about it today. Safe to repeat, and for several at once.
pub async fn tend(state: &AppState, subject: &str) -> Result<Tended, Failure> {
    let Some(key) = read_subject(subject) else { return Ok(Tended::Done) };
    let begun_at = state.clock.real_now_millis();
    let (payment, permission) = match step(state, &key).await? {
        Step::Over => return Ok(Tended::Done),
        Step::LookAgain => return Ok(Tended::LookAgain),
        Step::Recorded(payment, permission) => (payment, permission),
    };
    crash_point::pass(&state.config, CrashPoint::AfterCollectionRecorded);
    if state.clock.real_now_millis() - begun_at <= FRESH_FOR_MILLIS {
        ask::ask(state, &payment, &permission.mandate).await?;
    }
    Ok(Tended::Done)
}

async fn step(state: &AppState, key: &InstalmentKey) -> Result<Step, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = collections::agreement(&mut tx, &key.agreement_id).await? else { return Ok(Step::Over) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    // Read again under the lock.
    let Some(agreement) = collections::agreement(&mut tx, &key.agreement_id).await? else { return Ok(Step::Over) };
    let Some(facts) = facts::read(state, &mut tx, agreement, key).await? else { return Ok(Step::Over) };
    let Some(due) = facts.due(state) else { return Ok(Step::Over) };
    if facts.permission.is_none() && facts.tries.is_empty() {
        return Ok(Step::Over);
    }
    let step = match decide(&due) {
        ToDo::NotBefore(day) => {
            put_off(&mut tx, &facts, day).await?;
            Step::Over
        }
        ToDo::LookAgain => return Ok(Step::LookAgain),
        ToDo::Announce { day } => {
            if !withdraw_notice(&mut tx, &facts).await? {
                return Ok(Step::LookAgain);
            }
            announce(state, &mut tx, &facts, day).await?;
            Step::Over
        }
        ToDo::Collect { amount, days_late } => {
            let Some(permission) = facts.permission.clone() else { return Ok(Step::Over) };
            let payment = record(state, &mut tx, &facts, &permission, amount, days_late).await?;
            Step::Recorded(Box::new(payment), permission)
        }
        ToDo::NotNeeded => {
            if !withdraw_notice(&mut tx, &facts).await? {
                return Ok(Step::LookAgain);
            }
            close(&mut tx, &facts, TryState::NotNeeded, None).await?;
            Step::Over
        }
        ToDo::DoNotCollect(why) => {
            if !withdraw_notice(&mut tx, &facts).await? {
                return Ok(Step::LookAgain);
            }
            close(&mut tx, &facts, TryState::NotCollected, Some(why)).await?;
            tell_why_not(state, &mut tx, &facts, why).await?;
            Step::Over
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(step)
}

async fn put_off(tx: &mut Tx, facts: &Facts, day: Date) -> Result<(), Failure> {
    let Some(last) = facts.last_try().filter(|last| last.look_on != day) else { return Ok(()) };
    Ok(collections::update(tx, &Try { look_on: day, ..last.clone() }, last.state, facts.now).await?)
}

/// Keeps a notice from leaving that would announce what will not happen. `false` where it is being sent at this moment.
async fn withdraw_notice(tx: &mut Tx, facts: &Facts) -> Result<bool, Failure> {
    match (facts.notice, facts.last_try().and_then(|last| last.notice_key.as_deref())) {
        (Notice::Waiting, Some(key)) => Ok(outbox::withdraw(tx, key).await?),
        _ => Ok(true),
    }
}

/// A try about which nobody was told anything yet.
fn first_try(facts: &Facts) -> Try {
    Try {
        key: facts.key.clone(),
        attempt: 1,
        account_id: facts.account.id.clone(),
        state: TryState::Announced,
        day: facts.instalment.due_on,
        look_on: facts.instalment.due_on,
        amount: facts.instalment.open(),
        notices: 0,
        notice_key: None,
        payment_id: None,
        reason: None,
    }
}

/// Writes the last try anew, or the first one.
async fn write(tx: &mut Tx, facts: &Facts, change: impl FnOnce(Try) -> Try) -> Result<Try, Failure> {
    let (written, from) = match facts.last_try() {
        Some(last) => (change(last.clone()), Some(last.state)),
        None => (change(first_try(facts)), None),
    };
    match from {
        Some(from) => collections::update(tx, &written, from, facts.now).await?,
        None => collections::insert(tx, &written, facts.now).await?,
    }
    Ok(written)
}

async fn announce(state: &AppState, tx: &mut Tx, facts: &Facts, day: Date) -> Result<(), Failure> {
    let key = &facts.key;
    let notices = facts.last_try().map_or(0, |last| last.notices) + 1;
    let once = format!("collection_notice:{}:{}:{}:{notices}", key.agreement_id, key.version, key.number);
    let open = facts.instalment.open();
    let amount = Money::new(open.minor().min(facts.account.facts.balance.minor()), open.currency());
    let language = told::language(tx, &facts.agreement.customer_id).await?;
    let stop_until = format::long_date(day.yesterday().unwrap_or(day), language);
    let values =
        [("amount", format::money(amount, language)), ("day", format::long_date(day, language)), ("stop_until", stop_until)];
    told::enqueue(state, tx, facts, Template::CollectionNotice, language, &values, &once).await?;
    let look_on = notice_known_on(day, &state.policy.policy.holidays);
    write(tx, facts, |last| Try { state: TryState::Announced, day, look_on, amount, notices, notice_key: Some(once), ..last })
        .await?;
    let details =
        json!({ "instalment": key.number, "version": key.version, "day": day.to_string(), "amount_minor": amount.minor() });
    note(tx, facts, "collection.announced", details).await
}

/// The payment, its row, its event and the job that finds out what became of it, whatever happens to this process.
async fn record(
    state: &AppState,
    tx: &mut Tx,
    facts: &Facts,
    permission: &Permission,
    amount: Money,
    days_late: i32,
) -> Result<Payment, Failure> {
    let attempt = facts.last_try().map_or(1, |last| last.attempt);
    let payment = Payment {
        id: PaymentId(ids::new_id()),
        reference: ids::new_reference("EK"),
        customer_id: facts.agreement.customer_id.clone(),
        account_id: facts.account.id.clone(),
        agreement_id: Some(facts.agreement.id.clone()),
        purpose: Purpose::Collection,
        amount,
        discount: Money::zero(amount.currency()),
        processor: permission.processor.clone(),
        processor_reference: None,
        decision_key: decision_key(&facts.key, attempt),
        state: PaymentState::Created,
        created_at: facts.now,
    };
    let asked = format!("collection|{}|{}|{}", payment.decision_key, amount.minor(), permission.mandate_id);
    payments::insert(tx, &payment, &hex::encode(Sha256::digest(asked.as_bytes()))).await?;
    collections::set_mandate(tx, &payment.id, &permission.mandate_id).await?;
    write(tx, facts, |last| Try { state: TryState::Asked, payment_id: Some(payment.id.clone()), ..last }).await?;
    let now = state.clock.real_now_millis();
    let once_key = format!("{RECONCILE_JOB}:{}", payment.id);
    jobs::ask(tx, RECONCILE_JOB, payment.id.as_str(), &once_key, now + wait_before_check(0), now).await?;
    let event = Event {
        at: facts.now,
        actor: Actor::System,
        action: "payment.created",
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details: json!({
            "purpose": payment.purpose.code(), "amount_minor": amount.minor(), "currency": amount.currency().code(),
            "agreement": facts.agreement.id, "version": facts.key.version, "instalment": facts.key.number,
            "attempt": attempt, "mandate": permission.mandate_id.as_str(), "days_late": days_late,
        }),
    };
    events::append(tx, &event).await?;
    Ok(payment)
}

/// The same for the same try, whoever makes it: unique here, and the processor's idempotency key.
fn decision_key(key: &InstalmentKey, attempt: u32) -> String {
    format!("collection:{}:{}:{}:{attempt}", key.agreement_id, key.version, key.number)
}

async fn close(tx: &mut Tx, facts: &Facts, to: TryState, why: Option<WhyNot>) -> Result<(), Failure> {
    let reason = why.map(|why| why.code().to_owned());
    write(tx, facts, |last| Try { state: to, reason, ..last }).await?;
    let details = json!({
        "instalment": facts.key.number, "version": facts.key.version, "state": to.code(), "reason": why.map(WhyNot::code),
    });
    note(tx, facts, "collection.closed", details).await
}

/// Tells the customer of what was announced and does not happen. Where something else already tells them (they stopped it, the
/// account went back, a hold began, it was given back to them), nothing is said twice.
async fn tell_why_not(state: &AppState, tx: &mut Tx, facts: &Facts, why: WhyNot) -> Result<(), Failure> {
    match why {
        WhyNot::TooLate | WhyNot::TooSmall | WhyNot::NoticeNotSent => {}
        WhyNot::PaidBack if !facts.instalment.is_met() => {}
        WhyNot::PaidBack
        | WhyNot::Held
        | WhyNot::AccountNotOpen
        | WhyNot::AgreementEnded
        | WhyNot::MandateGone
        | WhyNot::DueBeforePermission
        | WhyNot::Declined => return Ok(()),
    }
    let key = &facts.key;
    let once = format!("collection_stopped:{}:{}:{}", key.agreement_id, key.version, key.number);
    let language = told::language(tx, &facts.agreement.customer_id).await?;
    let values = told::stopped_values(facts, told::why_not_words(why, language), language);
    told::enqueue(state, tx, facts, Template::CollectionStopped, language, &values, &once).await
}

async fn note(tx: &mut Tx, facts: &Facts, action: &'static str, details: serde_json::Value) -> Result<(), Failure> {
    let event = Event {
        at: facts.now,
        actor: Actor::System,
        action,
        customer_id: Some(facts.agreement.customer_id.to_string()),
        account_id: Some(facts.account.id.to_string()),
        subject_id: Some(facts.agreement.id.to_string()),
        details,
    };
    Ok(events::append(tx, &event).await?)
}
