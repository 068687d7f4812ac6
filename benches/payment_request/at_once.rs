//! A payment company that costs nothing: it has every page at once and knows of nothing else.

use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Finding};
use evenkeel::server::processors::{
    Charge, Collection, HostedMandate, HostedPayment, MandateAtProcessor, Movement, PaymentProcessor, ProcessorError, Refund,
    Refunded, Reversed, Sought, WebhookError, WebhookEvent,
};
use http::HeaderMap;
use jiff::Timestamp;

pub struct AnswersAtOnce;

const NO: ProcessorError = ProcessorError::Refused(DeclineReason::NotAccepted);

#[async_trait::async_trait]
impl PaymentProcessor for AnswersAtOnce {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn page_origin(&self) -> Option<&str> {
        None
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        Some(Money::new(50, currency))
    }

    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError> {
        let hosted_page = format!("https://pay.example.org/{}", payment.merchant_reference);
        Ok(Charge { processor_reference: payment.merchant_reference.clone(), finding: Finding::Open { hosted_page } })
    }

    async fn look_up(&self, _: &Sought) -> Result<Option<Charge>, ProcessorError> {
        Ok(None)
    }

    async fn cancel(&self, _: &str) -> Result<Charge, ProcessorError> {
        Err(NO)
    }

    async fn refund(&self, _: &Refund) -> Result<Refunded, ProcessorError> {
        Err(NO)
    }

    async fn look_up_refund(&self, _: &Refund) -> Result<Option<Refunded>, ProcessorError> {
        Ok(None)
    }

    async fn start_mandate(&self, _: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError> {
        Err(NO)
    }

    async fn look_up_mandate(&self, _: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError> {
        Ok(None)
    }

    async fn end_mandate(&self, _: &str) -> Result<(), ProcessorError> {
        Err(NO)
    }

    async fn collect(&self, _: &Collection) -> Result<Charge, ProcessorError> {
        Err(NO)
    }

    async fn look_up_collection(&self, _: &Collection) -> Result<Option<Charge>, ProcessorError> {
        Ok(None)
    }

    async fn reversals(&self, _: &str) -> Result<Vec<Reversed>, ProcessorError> {
        Ok(Vec::new())
    }

    async fn whose(&self, _: &str) -> Result<Option<String>, ProcessorError> {
        Ok(None)
    }

    async fn movements(&self, _: Timestamp, _: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
        Ok(Vec::new())
    }

    fn verify_webhook(&self, _: &HeaderMap, _: &[u8], _: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError> {
        Err(WebhookError::NoSignature)
    }
}
