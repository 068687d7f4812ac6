//! Taking in what a processor says: by answer, webhook or look-up, once or ten times, in any order.

use super::reconcile::RECONCILE_JOB;
use super::{PROCESSOR_TIMEOUT, processor_of, reversals, settle};
use crate::domain::ids::{CustomerId, PaymentId};
use crate::domain::payment::{Finding, Payment, PaymentState, ProcessorReport, Purpose, Transition, WhyUnchanged};
use crate::server::crash_point::{self, CrashPoint};
use crate::server::processors::{Charge, News, PaymentProcessor, ProcessorError, WebhookError, WebhookEvent};
use crate::server::services::{Failure, collections, mandates};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::processor_events::{self, ProcessorEvent};
use crate::server::store::{StoreError, Tx, jobs, mandates as store_of_mandates, payments, shares};
use http::HeaderMap;
use serde_json::json;

/// How a report reached us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The answer to our own request.
    Answer,
    LookUp,
    Webhook {
        event_id: String,
        kind: String,
    },
}

impl Heard {
    pub(in crate::server::services) fn code(&self) -> &'static str {
        match self {
            Heard::Answer => "answer",
            Heard::LookUp => "look_up",
            Heard::Webhook { .. } => "webhook",
        }
    }
}

/// A payment after a report, and what the report did.
#[derive(Clone, Debug)]
pub struct Applied {
    pub payment: Payment,
    pub transition: Transition,
}

/// Applies a report in one transaction: state, books, allocations, receipt, agreement, event. Repeating it changes nothing.
pub(in crate::server::services) async fn apply(
    state: &AppState,
    id: &PaymentId,
    report: &ProcessorReport,
    heard: &Heard,
) -> Result<Applied, Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    shares::lock_accounts(&mut tx, id).await?;
    let payment = payments::by_id(&mut tx, id).await?.ok_or(Failure::Missing("payment"))?;
    if let Heard::Webhook { event_id, kind } = heard {
        let event = ProcessorEvent { processor: &payment.processor, event_id, payment_id: id.as_str(), received_at: at, kind };
        if !processor_events::note(&mut tx, &event).await? {
            return Ok(Applied { payment, transition: Transition::Unchanged(WhyUnchanged::Repeated) });
        }
    }
    let transition = payment.apply(report, at);
    let payment = match &transition {
        Transition::Moved(next) => {
            let reference = match report {
                ProcessorReport::Found { processor_reference, .. } => Some(processor_reference.clone()),
                ProcessorReport::Refused(_) | ProcessorReport::NeverReceived | ProcessorReport::OutcomeUnknown => None,
            };
            let moved = Payment {
                processor_reference: reference.or(payment.processor_reference.clone()),
                state: next.clone(),
                ..payment.clone()
            };
            payments::set_state(&mut tx, &moved, &payment.state, at).await?;
            if matches!(next, PaymentState::Succeeded { .. }) {
                settle::post(state, &mut tx, &moved, at).await?;
            }
            collections::note_outcome(state, &mut tx, &moved, at).await?;
            if !next.is_open() {
                jobs::not_needed(&mut tx, &format!("{RECONCILE_JOB}:{id}"), state.clock.real_now_millis()).await?;
            }
            moved
        }
        Transition::Unchanged(_) => payment,
    };
    note(&mut tx, &payment, &transition, heard, at).await?;
    crash_point::pass(&state.config, CrashPoint::BeforeReportCommitted);
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Applied { payment, transition })
}

/// What happened, for the trail: a new state always, and a report that cannot be true.
async fn note(tx: &mut Tx, payment: &Payment, transition: &Transition, heard: &Heard, at: i64) -> Result<(), Failure> {
    let (action, effect) = match transition {
        Transition::Moved(next) => ("payment.moved", next.code()),
        Transition::Unchanged(why @ WhyUnchanged::Contradiction) => ("payment.contradicted", why.code()),
        Transition::Unchanged(why @ (WhyUnchanged::Repeated | WhyUnchanged::Late)) => ("", why.code()),
    };
    if let Heard::Webhook { event_id, .. } = heard {
        processor_events::set_effect(tx, &payment.processor, event_id, effect).await?;
    }
    if action.is_empty() {
        return Ok(());
    }
    if matches!(transition, Transition::Unchanged(WhyUnchanged::Contradiction)) {
        tracing::error!(payment.id = %payment.id, "the processor reports something that cannot be about this payment");
    }
    let event = Event {
        at,
        actor: Actor::Processor(payment.processor.clone()),
        action,
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details: json!({ "to": effect, "heard_by": heard.code() }),
    };
    Ok(events::append(tx, &event).await?)
}

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookRefusal {
    #[error("no such processor")]
    NoSuchProcessor,
    #[error(transparent)]
    NotBelieved(#[from] WebhookError),
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Takes in a message of a processor: proves it first, then applies each event in it. Done means recorded; on an error the
/// processor delivers it again.
pub async fn receive_webhook(state: &AppState, name: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), WebhookRefusal> {
    let processor = processor_of(state, name).ok_or(WebhookRefusal::NoSuchProcessor)?;
    let events = processor.verify_webhook(headers, body, state.clock.real_now())?;
    crash_point::pass(&state.config, CrashPoint::BeforeReportApplied);
    for event in events {
        let merchant_reference = match &event.news {
            News::ReversedBehind { behind, reversed } => {
                reversals::whose(state, processor.as_ref(), behind, reversed).await?.unwrap_or_default()
            }
            News::Charge(_) | News::LookItUp | News::Reversed(_) | News::LookAfterIt | News::Mandate(_) => {
                event.merchant_reference.clone()
            }
        };
        let found = payments::by_reference(state.db.pool(), processor.name(), &merchant_reference).await;
        let Some(payment) = found.map_err(Failure::from)? else {
            hear_of_mandate(state, processor.as_ref(), event).await?;
            continue;
        };
        let heard = Heard::Webhook { event_id: event.event_id, kind: event.kind };
        let report = match event.news {
            News::Charge(charge) => {
                // It had succeeded, and is said to have failed: perhaps a bank took it back, so that is asked. Else it is late.
                let has_failed = matches!(charge.finding, Finding::Declined(_) | Finding::Cancelled);
                if has_failed && payment.state.has_succeeded() {
                    reversals::look_after(state, processor.as_ref(), &payment, &Heard::LookUp).await?;
                }
                found_by(charge)
            }
            News::Reversed(reversed) | News::ReversedBehind { reversed, .. } => {
                reversals::take_in(state, processor.as_ref(), &payment, &reversed, &heard).await?;
                continue;
            }
            News::LookAfterIt => {
                reversals::look_after(state, processor.as_ref(), &payment, &heard).await?;
                continue;
            }
            News::Mandate(_) => {
                tracing::error!(payment.id = %payment.id, "a message speaks of a permission by the name of a payment");
                continue;
            }
            News::LookItUp => match super::reconcile::look_up(state, processor.as_ref(), &payment).await? {
                found @ ProcessorReport::Found { .. } => found,
                // Not recorded, so that the processor tells it again; the reconcile job asks on meanwhile.
                ProcessorReport::OutcomeUnknown | ProcessorReport::NeverReceived | ProcessorReport::Refused(_) => {
                    return Err(Failure::NoAnswer("the processor, asked about its own message").into());
                }
            },
        };
        apply(state, &payment.id, &report, &heard).await?;
    }
    crash_point::pass(&state.config, CrashPoint::AfterReportCommitted);
    Ok(())
}

/// A message by a name that is no payment's: of a permission to collect, or of nothing here.
async fn hear_of_mandate(state: &AppState, processor: &dyn PaymentProcessor, event: WebhookEvent) -> Result<(), Failure> {
    match store_of_mandates::by_reference(state.db.pool(), processor.name(), &event.merchant_reference).await? {
        Some(mandate) => mandates::take_in(state, processor, &mandate, event).await,
        // Not ours, though genuine: another system may share the processor's account.
        None => {
            tracing::warn!(event.id = event.event_id, "a webhook is about a payment we do not know");
            Ok(())
        }
    }
}

pub(in crate::server::services) fn found_by(charge: Charge) -> ProcessorReport {
    ProcessorReport::Found { processor_reference: charge.processor_reference, finding: charge.finding }
}

/// The customer does not want to pay this after all. `None` where it is not theirs. What the processor answers counts: a
/// payment made a moment before stays made.
pub async fn cancel(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<Payment>, Failure> {
    let Some(payment) = payments::of_customer(state.db.pool(), reference, customer.as_str()).await? else { return Ok(None) };
    // A collection has no page to close; its permission is stopped instead.
    let can_be_cancelled = payment.state.is_open() && payment.purpose != Purpose::Collection;
    let Some(processor) = processor_of(state, &payment.processor).filter(|_| can_be_cancelled) else {
        return Ok(Some(payment));
    };
    match &payment.processor_reference {
        Some(reference) => close_page(state, processor.as_ref(), &payment.id, reference).await.map(Some),
        // Not named yet: asked first, and closed if it is there.
        None => match super::reconcile::look_up(state, processor.as_ref(), &payment).await? {
            ProcessorReport::Found { processor_reference, .. } => {
                close_page(state, processor.as_ref(), &payment.id, &processor_reference).await.map(Some)
            }
            report => Ok(Some(apply(state, &payment.id, &report, &Heard::LookUp).await?.payment)),
        },
    }
}

/// Closes what is open on an account that the creditor took back, or of which something must be said before paying that was
/// not said on those pages. A payment made a moment before stays made.
pub async fn close_pages(state: &AppState, account_id: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_read().await?;
    let open = payments::open_on_account(&mut tx, account_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    for payment in open.iter().filter(|payment| payment.state.blocks_another()) {
        cancel(state, &payment.customer_id, &payment.reference).await?;
    }
    Ok(())
}

/// Closes the processor's page and records how the payment stands after that.
pub(super) async fn close_page(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    id: &PaymentId,
    processor_reference: &str,
) -> Result<Payment, Failure> {
    let report = match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.cancel(processor_reference)).await {
        Ok(Ok(charge)) => found_by(charge),
        // It would not close it, so how it stands is not known; the reconcile job asks on.
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => ProcessorReport::OutcomeUnknown,
    };
    Ok(apply(state, id, &report, &Heard::Answer).await?.payment)
}
