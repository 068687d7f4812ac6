//! Authorising: one decision of the customer is one permission, however often it is sent.

use super::asked_at;
use super::read::read_automatic;
use super::reconcile::RECONCILE_JOB;
use super::report::apply;
use crate::domain::account::Disclosure;
use crate::domain::beginning::{DAY_MILLIS, MOST_IN_A_DAY, TooMany, may_begin};
use crate::domain::ids::{AgreementId, CustomerId, MandateId};
use crate::domain::language::Language;
use crate::domain::mandate::{Authorised, Mandate, MandateReport, MandateState, MandateTerms, NotNow};
use crate::paths;
use crate::server::crash_point::{self, CrashPoint};
use crate::server::ids;
use crate::server::processors::{HostedMandate, PaymentProcessor, ProcessorError};
use crate::server::services::Failure;
use crate::server::services::payments::{Heard, PROCESSOR_TIMEOUT, wait_before_check};
use crate::server::services::signing::fingerprint;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, agreements, jobs, mandates};
use serde_json::json;

/// What the customer decided on the page that asks for it.
#[derive(Clone, Debug)]
pub struct Decision {
    pub customer: CustomerId,
    pub agreement: AgreementId,
    /// Made when the page was rendered: the same on every copy of that form.
    pub key: String,
    /// The permission in force that the page said stays until this one is given, by its reference.
    pub replaces: Option<String>,
    pub typed_name: String,
    /// The language of the page, and the SHA-256 of the text on it.
    pub language: Language,
    pub shown_text_sha256: String,
    /// Writes that text: made again under the lock, so that what is kept is what was shown.
    pub text_of: fn(&MandateTerms, Language) -> String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// To the processor's page.
    ToProcessor { hosted_page: String },
    /// To the page of a permission: this one where it went another way, or one that was begun before.
    ToMandate { reference: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such agreement of this customer.
    NotFound,
    NotNow(NotNow),
    /// Something differs from what was shown.
    Changed,
    /// The key stands for something else that was asked before, or is no key of ours.
    KeyNotUsable,
    /// Too many were begun and not given. Payments are counted for themselves, so that nobody is kept from paying by this.
    TooMany(TooMany),
}

/// As many as decide whether another may be begun.
const MOST_READ: i64 = MOST_IN_A_DAY as i64;

/// What the first transaction came to.
enum Recorded {
    New(Box<Mandate>),
    Earlier { reference: String },
    Refused(Refusal),
}

/// Records the decision, asks the processor, records its answer. Safe to send again: the same key leads to the same permission.
pub async fn authorise(state: &AppState, decision: &Decision) -> Result<Result<Begun, Refusal>, Failure> {
    let Some(processor) = state.processor.clone() else { return Ok(Err(Refusal::NotNow(NotNow::NoProcessor))) };
    if !paths::is_token(&decision.key) {
        return Ok(Err(Refusal::KeyNotUsable));
    }
    let mandate = match record(state, processor.as_ref(), decision).await? {
        Recorded::New(mandate) => mandate,
        Recorded::Earlier { reference } => return Ok(Ok(Begun::ToMandate { reference })),
        Recorded::Refused(refusal) => return Ok(Err(refusal)),
    };
    crash_point::pass(&state.config, CrashPoint::AfterMandateRecorded);

    let report = ask(state, processor.as_ref(), &mandate).await;
    crash_point::pass(&state.config, CrashPoint::AfterMandateAsked);

    let mandate = apply(state, &mandate.id, &report, &Heard::Answer).await?.mandate;
    Ok(Ok(match mandate.state {
        MandateState::Submitted { hosted_page } => Begun::ToProcessor { hosted_page },
        _ => Begun::ToMandate { reference: mandate.reference },
    }))
}

async fn record(state: &AppState, processor: &dyn PaymentProcessor, decision: &Decision) -> Result<Recorded, Failure> {
    let refused = |refusal| Ok(Recorded::Refused(refusal));
    let found = agreements::of_customer(state.db.pool(), &decision.customer, &decision.agreement).await?;
    let Some(account_id) = found.map(|agreement| agreement.account_id) else { return refused(Refusal::NotFound) };
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, account_id.as_str()).await?;
    if let Some(earlier) = mandates::of_decision(&mut tx, &decision.key).await? {
        let is_same = earlier.customer_id == decision.customer && earlier.agreement_id == decision.agreement;
        return Ok(if is_same {
            Recorded::Earlier { reference: earlier.reference }
        } else {
            Recorded::Refused(Refusal::KeyNotUsable)
        });
    }
    let Some(automatic) = read_automatic(state, &mut tx, &decision.customer, &decision.agreement).await? else {
        return refused(Refusal::NotFound);
    };
    let terms = match automatic.terms {
        Ok(terms) => terms,
        Err(why) => return refused(Refusal::NotNow(why)),
    };
    // It might be given at this very moment on the processor's page.
    if let Some(waiting) = automatic.waiting {
        return Ok(Recorded::Earlier { reference: waiting.reference });
    }
    match (automatic.given, &decision.replaces) {
        (None, None) => {}
        (Some(given), Some(replaces)) if given.reference == *replaces => {}
        // Given meanwhile in another tab: the page that was left open asks for what is there.
        (Some(given), _) => return Ok(Recorded::Earlier { reference: given.reference }),
        (None, Some(_)) => return refused(Refusal::Changed),
    }
    let text = (decision.text_of)(&terms, decision.language);
    let text_sha256 = fingerprint(&text);
    if text_sha256 != decision.shown_text_sha256 {
        return refused(Refusal::Changed);
    }
    let now = state.clock.now_millis();
    let begun = mandates::begun_in_vain(&mut tx, &decision.customer, now - DAY_MILLIS, MOST_READ).await?;
    if let Err(too_many) = may_begin(&begun, now) {
        return refused(Refusal::TooMany(too_many));
    }
    let mandate = Mandate {
        id: MandateId(ids::new_id()),
        reference: ids::new_reference("EM"),
        customer_id: decision.customer.clone(),
        account_id,
        agreement_id: decision.agreement.clone(),
        agreement_version: automatic.agreement.version,
        currency: terms.currency,
        processor: processor.name().to_owned(),
        processor_reference: None,
        decision_key: decision.key.clone(),
        authorised: Authorised {
            terms: canonical_json(&terms),
            text,
            text_sha256,
            signed_name: decision.typed_name.trim().to_owned(),
            language: decision.language,
        },
        document_id: None,
        state: MandateState::Created,
        created_at: now,
    };
    match mandates::insert(&mut tx, &mandate).await {
        Ok(()) => {}
        // The key under another agreement at the same moment: then it is not the same decision.
        Err(error) if error.is_duplicate() => return refused(Refusal::KeyNotUsable),
        Err(error) => return Err(error.into()),
    }
    note(state, &mut tx, &mandate, &terms).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Recorded::New(Box::new(mandate)))
}

/// The event, and the job that finds out what became of it whatever happens to this process.
async fn note(state: &AppState, tx: &mut Tx, mandate: &Mandate, terms: &MandateTerms) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let once_key = format!("{RECONCILE_JOB}:{}", mandate.id);
    jobs::ask(tx, RECONCILE_JOB, mandate.id.as_str(), &once_key, now + wait_before_check(0), now).await?;
    let event = Event {
        at: mandate.created_at,
        actor: Actor::Customer(mandate.customer_id.to_string()),
        action: "mandate.authorised",
        customer_id: Some(mandate.customer_id.to_string()),
        account_id: Some(mandate.account_id.to_string()),
        subject_id: Some(mandate.id.to_string()),
        details: json!({
            "agreement": mandate.agreement_id, "version": mandate.agreement_version,
            "text_sha256": mandate.authorised.text_sha256, "terms_sha256": fingerprint(&mandate.authorised.terms),
            "language": mandate.authorised.language.tag(), "payments": terms.payments.len(),
            "total_minor": terms.total().minor(), "currency": mandate.currency.code(), "disclosure": terms.disclosure,
        }),
    };
    Ok(events::append(tx, &event).await?)
}

/// What is allowed, with a fixed order of keys, no spaces, and amounts as decimal strings. The day is not in it: it would change
/// at midnight.
fn canonical_json(terms: &MandateTerms) -> String {
    let payments: Vec<_> = terms
        .payments
        .iter()
        .map(|part| {
            json!({
                "amount": part.amount.to_decimal_string(), "due_on": part.due_on.to_string(), "number": part.number,
            })
        })
        .collect();
    json!({
        "accounts": terms.accounts,
        "agreement": terms.agreement_reference,
        "agreement_version": terms.agreement_version,
        "creditor": terms.creditor,
        "currency": terms.currency.code(),
        "disclosure": terms.disclosure.map(Disclosure::code),
        "payments": payments,
        "phone": terms.phone,
        "portal": terms.portal,
        "schema_version": 1,
        "total": terms.total().to_decimal_string(),
    })
    .to_string()
}

async fn ask(state: &AppState, processor: &dyn PaymentProcessor, mandate: &Mandate) -> MandateReport {
    let request = HostedMandate {
        idempotency_key: mandate.decision_key.clone(),
        merchant_reference: mandate.reference.clone(),
        currency: mandate.currency,
        language: mandate.authorised.language,
        return_url: format!("{}{}", state.config.public_url, paths::mandate(&mandate.reference)),
        asked_at: asked_at(mandate),
    };
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.start_mandate(&request)).await {
        Ok(Ok(found)) => super::report::found_by(found),
        Ok(Err(ProcessorError::Refused(_))) => MandateReport::Refused,
        Ok(Err(ProcessorError::OutcomeUnknown)) | Err(_) => MandateReport::OutcomeUnknown,
    }
}
