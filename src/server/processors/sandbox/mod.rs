//! The sandbox processor: a payment company that moves no money, for trials and tests. It stands for a company elsewhere:
//! its books are its own tables (`sandbox_*`), nothing of ours refers to them, and it speaks to the portal only through
//! redirects, look-ups and signed webhooks. Its page is drawn by `http::sandbox_page`.

mod books;
mod deliveries;
mod mandates;
mod method;
mod movements;
mod refunds;
pub mod signature;

pub use books::ChargeRow;
pub use mandates::MandateRow;
pub use method::{Method, Shown};
pub use refunds::{Afterwards, TakenBackBy};

use super::{
    Charge, Collection, HostedMandate, HostedPayment, MandateAtProcessor, Movement, PaymentProcessor, ProcessorError, Refund,
    Refunded, Reversed, Sought, WebhookError, WebhookEvent, connection,
};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::DeclineReason;
use crate::paths;
use crate::server::clock::Clock;
use async_trait::async_trait;
use http::HeaderMap;
use jiff::Timestamp;
use sqlx::AnyPool;
use std::time::Duration;

/// How long the sandbox takes over what is not done at once.
#[derive(Clone, Copy, Debug)]
pub struct Delays {
    /// From processing to the outcome.
    pub slow: Duration,
    /// How much later a late webhook comes.
    pub late_webhook: Duration,
    /// How long the sandbox does not answer about a payment whose outcome is to be unknown.
    pub silence: Duration,
    /// How long a hosted page stays open.
    pub page_open: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Delays {
            slow: Duration::from_secs(60),
            late_webhook: Duration::from_secs(30),
            silence: Duration::from_secs(90),
            page_open: Duration::from_secs(30 * 60),
        }
    }
}

pub struct SandboxProcessor {
    pool: AnyPool,
    clock: Clock,
    /// The portal's public address; the hosted page stands beside the portal.
    public_url: String,
    /// Where webhooks are delivered.
    webhook_url: String,
    secret: String,
    delays: Delays,
    client: reqwest::Client,
}

const DELIVERY_TIMEOUT_SECONDS: u64 = 10;

/// The sandbox could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the sandbox processor's books did not answer")]
    Books(#[from] sqlx::Error),
    #[error("the sandbox processor has no way to send")]
    Client(#[from] reqwest::Error),
}

impl SandboxProcessor {
    /// Opens the sandbox's books; the secret that signs its webhooks is made with them, once.
    pub async fn open(
        pool: AnyPool,
        clock: Clock,
        public_url: &str,
        webhook_url: &str,
        delays: Delays,
    ) -> Result<SandboxProcessor, SandboxError> {
        let secret = books::webhook_secret(&pool).await?;
        let client = connection::plain().timeout(Duration::from_secs(DELIVERY_TIMEOUT_SECONDS)).build()?;
        Ok(SandboxProcessor {
            pool,
            clock,
            public_url: public_url.to_owned(),
            webhook_url: webhook_url.to_owned(),
            secret,
            delays,
            client,
        })
    }

    /// The sandbox works in real time, whatever the portal's clock is set to.
    fn now(&self) -> i64 {
        self.clock.real_now_millis()
    }

    fn after(&self, delay: Duration) -> i64 {
        self.now().saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
    }

    fn page_of(&self, id: &str) -> String {
        format!("{}{}", self.public_url, paths::sandbox_page(id))
    }

    /// Signs a message as the sandbox does; tests use it to deliver messages of their own choosing.
    pub fn sign(&self, body: &[u8], at: Timestamp) -> String {
        signature::sign(&self.secret, body, at)
    }
}

#[async_trait]
impl PaymentProcessor for SandboxProcessor {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn page_origin(&self) -> Option<&str> {
        // Its page stands beside the portal.
        None
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        // Half a major unit, as real processors have it: $0.50, ¥50.
        let half = currency.minor_per_major() / 2;
        Some(Money::new(if half == 0 { 50 } else { half }, currency))
    }

    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError> {
        let row = self.open_charge(payment).await.map_err(no_answer)?;
        let same = row.merchant_reference == payment.merchant_reference && row.amount == payment.amount;
        if same { self.answer(&row) } else { Err(ProcessorError::Refused(DeclineReason::NotAccepted)) }
    }

    async fn look_up(&self, sought: &Sought) -> Result<Option<Charge>, ProcessorError> {
        self.settle_due().await.map_err(no_answer)?;
        match self.charge_of_key(&sought.idempotency_key).await.map_err(no_answer)? {
            Some(row) => self.answer(&row).map(Some),
            None => Ok(None),
        }
    }

    async fn cancel(&self, processor_reference: &str) -> Result<Charge, ProcessorError> {
        self.close_charge(processor_reference, "cancelled").await.map_err(no_answer)?;
        match self.charge(processor_reference).await.map_err(no_answer)? {
            Some(row) => self.answer(&row),
            None => Err(ProcessorError::OutcomeUnknown),
        }
    }

    async fn refund(&self, refund: &Refund) -> Result<Refunded, ProcessorError> {
        match self.give_back(refund).await.map_err(no_answer)? {
            Some(refunded) if refunded.amount == refund.amount => Ok(refunded),
            Some(_) | None => Err(ProcessorError::Refused(DeclineReason::NotAccepted)),
        }
    }

    async fn look_up_refund(&self, refund: &Refund) -> Result<Option<Refunded>, ProcessorError> {
        self.settle_refunds().await.map_err(no_answer)?;
        refunds::refund_of_key(&self.pool, refund).await.map_err(no_answer)
    }

    async fn reversals(&self, processor_reference: &str) -> Result<Vec<Reversed>, ProcessorError> {
        self.reversals_of(processor_reference).await.map_err(no_answer)
    }

    async fn whose(&self, behind: &str) -> Result<Option<String>, ProcessorError> {
        let charge = self.charge(behind).await.map_err(no_answer)?;
        Ok(charge.map(|charge| charge.merchant_reference))
    }

    async fn start_mandate(&self, mandate: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError> {
        let row = self.open_mandate(mandate).await.map_err(no_answer)?;
        let same = row.merchant_reference == mandate.merchant_reference && row.currency == mandate.currency;
        if same { Ok(self.mandate_at(&row)) } else { Err(ProcessorError::Refused(DeclineReason::NotAccepted)) }
    }

    async fn look_up_mandate(&self, sought: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError> {
        let row = self.mandate_of_key(&sought.idempotency_key).await.map_err(no_answer)?;
        Ok(row.map(|row| self.mandate_at(&row)))
    }

    async fn end_mandate(&self, mandate: &str) -> Result<(), ProcessorError> {
        self.move_mandate(mandate, "given", "ended").await.map_err(no_answer)?;
        match self.mandate(mandate).await.map_err(no_answer)? {
            Some(row) if row.state == "ended" => Ok(()),
            Some(_) | None => Err(ProcessorError::OutcomeUnknown),
        }
    }

    async fn collect(&self, collection: &Collection) -> Result<Charge, ProcessorError> {
        match self.collect_charge(collection).await.map_err(no_answer)? {
            Some(row) if row.merchant_reference == collection.merchant_reference && row.amount == collection.amount => {
                self.answer(&row)
            }
            Some(_) | None => Err(ProcessorError::Refused(DeclineReason::NotAccepted)),
        }
    }

    async fn look_up_collection(&self, collection: &Collection) -> Result<Option<Charge>, ProcessorError> {
        self.settle_due().await.map_err(no_answer)?;
        let row = self.charge_of_key(&collection.idempotency_key).await.map_err(no_answer)?;
        row.map(|row| self.answer(&row)).transpose()
    }

    async fn movements(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
        self.booked(from, before).await.map_err(no_answer)
    }

    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError> {
        signature::verify(&self.secret, headers, body, now)?;
        // Only a message about a permission names one.
        if let Ok(message) = serde_json::from_slice::<deliveries::MandateMessage>(body) {
            return Ok(vec![message.read().ok_or(WebhookError::Unreadable)?]);
        }
        let message: deliveries::Message = serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        Ok(vec![message.read(&self.page_of(&message.charge)).ok_or(WebhookError::Unreadable)?])
    }
}

impl SandboxProcessor {
    /// What the sandbox says of a charge, unless it is keeping silent about it.
    fn answer(&self, row: &ChargeRow) -> Result<Charge, ProcessorError> {
        if row.hidden_until.is_some_and(|until| until > self.now()) {
            return Err(ProcessorError::OutcomeUnknown);
        }
        let finding = row.finding(&self.page_of(&row.id)).ok_or(ProcessorError::OutcomeUnknown)?;
        Ok(Charge { processor_reference: row.id.clone(), finding })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
fn no_answer(error: sqlx::Error) -> ProcessorError {
    tracing::error!(%error, "the sandbox processor's books did not answer");
    ProcessorError::OutcomeUnknown
}
