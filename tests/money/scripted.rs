//! A payment company that is the sandbox, except where a test says what it answers about permissions, or that it does not answer.

use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::processors::sandbox::SandboxProcessor;
use evenkeel::server::processors::{
    Charge, Collection, HostedMandate, HostedPayment, MandateAtProcessor, MandateFinding, Movement, PaymentProcessor,
    ProcessorError, Refund, Refunded, Reversed, Sought, WebhookError, WebhookEvent,
};
use http::HeaderMap;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

/// What it says when it is asked about a permission; of a payment it says the truth or nothing.
#[derive(Clone, Debug)]
pub enum Says {
    /// As the sandbox has it.
    TheTruth,
    Finding(MandateFinding),
    Nothing,
    NeverReceived,
    /// To the request for a page; a look-up finds nothing.
    Refusal,
}

/// The sandbox and the script, which the test changes on the way.
pub struct Scripted {
    sandbox: Arc<SandboxProcessor>,
    says: Arc<Mutex<Says>>,
}

impl Scripted {
    pub fn between(sandbox: Arc<SandboxProcessor>, says: &Arc<Mutex<Says>>) -> Arc<dyn PaymentProcessor> {
        Arc::new(Scripted { sandbox, says: says.clone() })
    }

    fn says(&self) -> Says {
        self.says.lock().expect("nobody broke").clone()
    }
}

#[async_trait::async_trait]
impl PaymentProcessor for Scripted {
    fn name(&self) -> &'static str {
        self.sandbox.name()
    }

    fn page_origin(&self) -> Option<&str> {
        self.sandbox.page_origin()
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        self.sandbox.minimum(currency)
    }

    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError> {
        self.sandbox.start(payment).await
    }

    async fn look_up(&self, sought: &Sought) -> Result<Option<Charge>, ProcessorError> {
        match self.says() {
            Says::Nothing => Err(ProcessorError::OutcomeUnknown),
            Says::TheTruth | Says::Finding(_) | Says::NeverReceived | Says::Refusal => self.sandbox.look_up(sought).await,
        }
    }

    async fn cancel(&self, processor_reference: &str) -> Result<Charge, ProcessorError> {
        self.sandbox.cancel(processor_reference).await
    }

    async fn refund(&self, refund: &Refund) -> Result<Refunded, ProcessorError> {
        self.sandbox.refund(refund).await
    }

    async fn look_up_refund(&self, refund: &Refund) -> Result<Option<Refunded>, ProcessorError> {
        self.sandbox.look_up_refund(refund).await
    }

    /// The page is made, whatever is answered; of a refused or lost request none.
    async fn start_mandate(&self, mandate: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError> {
        match self.says() {
            Says::Refusal => Err(ProcessorError::Refused(evenkeel::domain::payment::DeclineReason::NotAccepted)),
            Says::NeverReceived => Err(ProcessorError::OutcomeUnknown),
            Says::TheTruth => self.sandbox.start_mandate(mandate).await,
            Says::Nothing => {
                self.sandbox.start_mandate(mandate).await.expect("the page is made");
                Err(ProcessorError::OutcomeUnknown)
            }
            Says::Finding(finding) => {
                let made = self.sandbox.start_mandate(mandate).await?;
                Ok(MandateAtProcessor { finding, ..made })
            }
        }
    }

    async fn look_up_mandate(&self, sought: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError> {
        match self.says() {
            Says::Nothing => Err(ProcessorError::OutcomeUnknown),
            Says::NeverReceived | Says::Refusal => Ok(None),
            Says::TheTruth => self.sandbox.look_up_mandate(sought).await,
            Says::Finding(finding) => {
                let found = self.sandbox.look_up_mandate(sought).await?;
                Ok(found.map(|found| MandateAtProcessor { finding, ..found }))
            }
        }
    }

    async fn end_mandate(&self, mandate: &str) -> Result<(), ProcessorError> {
        match self.says() {
            Says::Nothing => Err(ProcessorError::OutcomeUnknown),
            Says::TheTruth | Says::Finding(_) | Says::NeverReceived | Says::Refusal => self.sandbox.end_mandate(mandate).await,
        }
    }

    async fn collect(&self, collection: &Collection) -> Result<Charge, ProcessorError> {
        self.sandbox.collect(collection).await
    }

    async fn look_up_collection(&self, collection: &Collection) -> Result<Option<Charge>, ProcessorError> {
        self.sandbox.look_up_collection(collection).await
    }

    async fn reversals(&self, processor_reference: &str) -> Result<Vec<Reversed>, ProcessorError> {
        self.sandbox.reversals(processor_reference).await
    }

    async fn whose(&self, behind: &str) -> Result<Option<String>, ProcessorError> {
        self.sandbox.whose(behind).await
    }

    async fn movements(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
        self.sandbox.movements(from, before).await
    }

    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError> {
        self.sandbox.verify_webhook(headers, body, now)
    }
}
