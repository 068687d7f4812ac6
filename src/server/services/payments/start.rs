//! Starting a payment: one decision of the customer is one payment, however often it is sent.

use super::read::read_paying;
use super::reconcile::RECONCILE_JOB;
use super::report::{Applied, apply};
use super::{PROCESSOR_TIMEOUT, asked_at, begun, report};
use crate::domain::account::Disclosure;
use crate::domain::beginning::TooMany;
use crate::domain::finding_out::wait_before_check;
use crate::domain::ids::{AccountId, CustomerId, PaymentId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::paying::PayRefusal;
use crate::domain::payment::{Payment, PaymentState, ProcessorReport, Purpose};
use crate::paths;
use crate::server::crash_point::{self, CrashPoint};
use crate::server::ids;
use crate::server::processors::{HostedPayment, PaymentProcessor, ProcessorError};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, jobs, payments};
use serde_json::json;
use sha2::{Digest, Sha256};

/// What the customer decided on the check page.
#[derive(Clone, Debug)]
pub struct Decision {
    pub customer: CustomerId,
    pub account: AccountId,
    pub purpose: Purpose,
    /// The amount they saw, in minor units of the account's currency.
    pub amount_minor: i64,
    /// Made when the page was rendered: the same on every copy of that form.
    pub key: String,
    pub language: Language,
    /// What was said to them on that page before the button.
    pub disclosed: Option<Disclosure>,
}

impl Decision {
    /// What was asked for. The language is no part of it.
    fn digest(&self) -> String {
        let asked = format!("1|{}|{}|{}|{}", self.customer, self.account, self.purpose.code(), self.amount_minor);
        hex::encode(Sha256::digest(asked.as_bytes()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// To the processor's page.
    ToProcessor { hosted_page: String },
    /// To the page of a payment: this one where it went another way, or one that was begun before.
    ToPayment { reference: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartRefusal {
    /// It cannot be paid like that, or not any more.
    Pay(PayRefusal),
    /// No such account of this customer, or nobody takes payments for it here.
    NotFound,
    /// Something has to be said before paying that was not on the page.
    NotDisclosed,
    /// The key stands for something else that was asked before, or is no key of ours.
    KeyNotUsable,
    /// Too many were begun and not paid.
    TooMany(TooMany),
}

/// What the first transaction came to.
enum Recorded {
    New(Box<Payment>),
    Earlier { reference: String },
    Refused(StartRefusal),
}

/// Records the decision, asks the processor, records its answer. Safe to send again: the same key leads to the same payment.
pub async fn start(state: &AppState, decision: &Decision) -> Result<Result<Started, StartRefusal>, Failure> {
    let Some(processor) = state.processor.clone() else { return Ok(Err(StartRefusal::NotFound)) };
    if !paths::is_token(&decision.key) {
        return Ok(Err(StartRefusal::KeyNotUsable));
    }
    let payment = match record(state, processor.as_ref(), decision).await? {
        Recorded::New(payment) => payment,
        Recorded::Earlier { reference } => return Ok(Ok(Started::ToPayment { reference })),
        Recorded::Refused(refusal) => return Ok(Err(refusal)),
    };
    lead_to_processor(state, processor.as_ref(), payment.as_ref(), decision.language).await.map(Ok)
}

/// After the attempt was committed: asks the processor, records its answer, and says where that leads.
pub(super) async fn lead_to_processor(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
    language: Language,
) -> Result<Started, Failure> {
    crash_point::pass(&state.config, CrashPoint::AfterAttemptRecorded);

    let report = ask(state, processor, payment, language).await;
    crash_point::pass(&state.config, CrashPoint::AfterProcessorAsked);

    let Applied { payment, .. } = apply(state, &payment.id, &report, &report::Heard::Answer).await?;
    crash_point::pass(&state.config, CrashPoint::AfterAnswerRecorded);

    match (&payment.state, report) {
        (PaymentState::Submitted { hosted_page }, _) => Ok(Started::ToProcessor { hosted_page: hosted_page.clone() }),
        // Closed while the processor was being asked: nobody must be able to pay on that page.
        (PaymentState::Cancelled { .. } | PaymentState::Abandoned { .. }, ProcessorReport::Found { processor_reference, .. }) => {
            report::close_page(state, processor, &payment.id, &processor_reference).await?;
            Ok(Started::ToPayment { reference: payment.reference })
        }
        _ => Ok(Started::ToPayment { reference: payment.reference }),
    }
}

async fn record(state: &AppState, processor: &dyn PaymentProcessor, decision: &Decision) -> Result<Recorded, Failure> {
    let digest = decision.digest();
    let mut tx = state.db.begin_write().await?;
    match store::lock_account(&mut tx, decision.account.as_str()).await {
        Ok(_) => {}
        Err(StoreError::UnexpectedRows { .. }) => return Ok(Recorded::Refused(StartRefusal::NotFound)),
        Err(error) => return Err(error.into()),
    }
    if let Some((earlier, asked)) = payments::of_decision(&mut tx, &decision.key).await? {
        let is_same = asked == digest && earlier.customer_id == decision.customer;
        return Ok(if is_same {
            Recorded::Earlier { reference: earlier.reference }
        } else {
            Recorded::Refused(StartRefusal::KeyNotUsable)
        });
    }
    let Some(paying) = read_paying(state, &mut tx, processor, &decision.customer, &decision.account).await? else {
        return Ok(Recorded::Refused(StartRefusal::NotFound));
    };
    // Another one might be paid at this very moment on the processor's page.
    if let Some(waiting) = paying.waiting {
        return Ok(Recorded::Earlier { reference: waiting.reference });
    }
    let disclosure = paying.account.facts.time_barred.disclosure();
    if disclosure.is_some() && disclosure != decision.disclosed {
        return Ok(Recorded::Refused(StartRefusal::NotDisclosed));
    }
    let shown = Money::new(decision.amount_minor, paying.account.facts.currency);
    let way = match paying.payable.choose(decision.purpose, shown) {
        Ok(way) => way,
        Err(refusal) => return Ok(Recorded::Refused(StartRefusal::Pay(refusal))),
    };
    if let Err(too_many) = begun::another(state, &mut tx, &decision.customer).await? {
        return Ok(Recorded::Refused(StartRefusal::TooMany(too_many)));
    }
    let payment = Payment {
        id: PaymentId(ids::new_id()),
        reference: ids::new_reference("EK"),
        customer_id: decision.customer.clone(),
        account_id: decision.account.clone(),
        agreement_id: paying.agreement_id,
        purpose: decision.purpose,
        amount: way.amount,
        discount: way.discount,
        processor: processor.name().to_owned(),
        processor_reference: None,
        decision_key: decision.key.clone(),
        state: PaymentState::Created,
        created_at: state.clock.now_millis(),
    };
    match payments::insert(&mut tx, &payment, &digest).await {
        Ok(()) => {}
        // Under another account at the same moment: then it is not the same request.
        Err(error) if error.is_duplicate() => return Ok(Recorded::Refused(StartRefusal::KeyNotUsable)),
        Err(error) => return Err(error.into()),
    }
    note_start(state, &mut tx, &payment, disclosure).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Recorded::New(Box::new(payment)))
}

/// The event, and the job that finds out what became of it whatever happens to this process.
async fn note_start(state: &AppState, tx: &mut Tx, payment: &Payment, disclosed: Option<Disclosure>) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let once_key = format!("{RECONCILE_JOB}:{}", payment.id);
    jobs::ask(tx, RECONCILE_JOB, payment.id.as_str(), &once_key, now + wait_before_check(0), now).await?;
    let event = Event {
        at: payment.created_at,
        actor: Actor::Customer(payment.customer_id.to_string()),
        action: "payment.created",
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details: json!({
            "purpose": payment.purpose.code(), "amount_minor": payment.amount.minor(),
            "discount_minor": payment.discount.minor(), "currency": payment.amount.currency().code(),
            "disclosure": disclosed,
        }),
    };
    Ok(events::append(tx, &event).await?)
}

async fn ask(state: &AppState, processor: &dyn PaymentProcessor, payment: &Payment, language: Language) -> ProcessorReport {
    let request = HostedPayment {
        idempotency_key: payment.decision_key.clone(),
        merchant_reference: payment.reference.clone(),
        amount: payment.amount,
        language,
        return_url: format!("{}{}", state.config.public_url, paths::payment(&payment.reference)),
        asked_at: asked_at(payment),
    };
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.start(&request)).await {
        Ok(Ok(charge)) => ProcessorReport::Found { processor_reference: charge.processor_reference, finding: charge.finding },
        Ok(Err(ProcessorError::Refused(reason))) => ProcessorReport::Refused(reason),
        Ok(Err(ProcessorError::OutcomeUnknown)) | Err(_) => ProcessorReport::OutcomeUnknown,
    }
}
