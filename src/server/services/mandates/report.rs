//! Taking in what a processor says of a permission: by answer, webhook or look-up, once or ten times, in any order.

use super::moves::move_to;
use crate::domain::ids::MandateId;
use crate::domain::mandate::{EndReason, Happening, Mandate, MandateReport, Transition, WhyUnchanged};
use crate::server::crash_point::{self, CrashPoint};
use crate::server::processors::{MandateAtProcessor, News, PaymentProcessor, WebhookEvent};
use crate::server::services::Failure;
use crate::server::services::payments::Heard;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, mandates, processor_events};
use serde_json::json;

/// A permission after a report, and what the report did.
#[derive(Clone, Debug)]
pub struct Applied {
    pub mandate: Mandate,
    pub transition: Transition,
}

/// Applies a report in one transaction: state, document, message, the end of the one before, event. Repeating it changes nothing.
pub(super) async fn apply(state: &AppState, id: &MandateId, report: &MandateReport, heard: &Heard) -> Result<Applied, Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let account_id = mandates::by_id(&mut tx, id).await?.ok_or(Failure::Missing("mandate"))?.account_id;
    store::lock_account(&mut tx, account_id.as_str()).await?;
    let mandate = mandates::by_id(&mut tx, id).await?.ok_or(Failure::Missing("mandate"))?;
    if let Heard::Webhook { event_id, kind } = heard {
        let name = (mandate.processor.as_str(), event_id.as_str());
        if !processor_events::note_of_mandate(&mut tx, name, id, at, kind).await? {
            return Ok(Applied { mandate, transition: Transition::Unchanged(WhyUnchanged::Repeated) });
        }
    }
    let mandate = without_agreement(state, &mut tx, mandate, at).await?;
    let transition = mandate.apply(&Happening::Reported(report.clone()), at);
    let mandate = match &transition {
        Transition::Moved(next) => {
            let reference = match report {
                MandateReport::Found { processor_reference, .. } => Some(processor_reference.clone()),
                MandateReport::Refused | MandateReport::NeverReceived | MandateReport::OutcomeUnknown => None,
            };
            let named = Mandate { processor_reference: reference.or(mandate.processor_reference.clone()), ..mandate };
            let actor = Actor::Processor(named.processor.clone());
            move_to(state, &mut tx, named, next, (actor, heard.code()), at).await?
        }
        Transition::Unchanged(_) => mandate,
    };
    note(&mut tx, &mandate, &transition, heard, at).await?;
    crash_point::pass(&state.config, CrashPoint::BeforeReportCommitted);
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Applied { mandate, transition })
}

/// A permission for an agreement that is over, or was over since, never comes into force, whoever ended the agreement and forgot to
/// say so.
async fn without_agreement(state: &AppState, tx: &mut Tx, mandate: Mandate, at: i64) -> Result<Mandate, Failure> {
    if !mandate.state.is_open() || mandates::is_of_agreements_life(tx, &mandate.id).await? {
        return Ok(mandate);
    }
    match mandate.apply(&Happening::Ended(EndReason::AgreementEnded), at) {
        Transition::Moved(next) => move_to(state, tx, mandate, &next, (Actor::System, "agreement"), at).await,
        Transition::Unchanged(_) => Ok(mandate),
    }
}

/// What a message did, and for the trail a report that cannot be true. Each new state has had its event.
async fn note(tx: &mut Tx, mandate: &Mandate, transition: &Transition, heard: &Heard, at: i64) -> Result<(), Failure> {
    let effect = match transition {
        Transition::Moved(next) => next.code(),
        Transition::Unchanged(why) => why.code(),
    };
    if let Heard::Webhook { event_id, .. } = heard {
        processor_events::set_effect(tx, &mandate.processor, event_id, effect).await?;
    }
    if !matches!(transition, Transition::Unchanged(WhyUnchanged::Contradiction)) {
        return Ok(());
    }
    tracing::error!(mandate.id = %mandate.id, "the processor reports something that cannot be about this permission");
    let event = Event {
        at,
        actor: Actor::Processor(mandate.processor.clone()),
        action: "mandate.contradicted",
        customer_id: Some(mandate.customer_id.to_string()),
        account_id: Some(mandate.account_id.to_string()),
        subject_id: Some(mandate.id.to_string()),
        details: json!({ "heard_by": heard.code() }),
    };
    Ok(events::append(tx, &event).await?)
}

/// Takes in a processor's message about a permission. On an error the processor tells it again.
pub async fn take_in(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    mandate: &Mandate,
    event: WebhookEvent,
) -> Result<(), Failure> {
    let report = match event.news {
        News::Mandate(found) => found_by(found),
        News::LookItUp => match super::reconcile::look_up(processor, mandate).await {
            found @ MandateReport::Found { .. } => found,
            // Not recorded, so that it is told again; the reconcile job asks on meanwhile.
            MandateReport::OutcomeUnknown | MandateReport::NeverReceived | MandateReport::Refused => {
                return Err(Failure::NoAnswer("the processor, asked about its own message"));
            }
        },
        News::Charge(_) | News::Reversed(_) | News::ReversedBehind { .. } | News::LookAfterIt => {
            tracing::error!(event.id = event.event_id, "a message speaks of a payment by the name of a permission");
            return Ok(());
        }
    };
    let heard = Heard::Webhook { event_id: event.event_id, kind: event.kind };
    apply(state, &mandate.id, &report, &heard).await.map(|_| ())
}

pub(super) fn found_by(found: MandateAtProcessor) -> MandateReport {
    MandateReport::Found { processor_reference: found.processor_reference, finding: found.finding }
}
