//! The payment companies behind one port. Card and bank details never reach this system: the customer pays on the
//! processor's own page, reached by a full redirect.
//!
//! Adding a processor: implement every function of [`PaymentProcessor`] (there are no defaults, so nothing can be forgotten
//! silently), make it in `server/cli`, and let it pass the contract suite in `tests/processors` (docs/processors.md says it
//! step by step). Called by `services::payments` and `http::webhooks`, never inside a transaction.

pub mod connection;
mod mandate;
mod movement;
mod reversal;
pub mod sandbox;
pub mod stripe;

pub use mandate::{Collection, HostedMandate, MandateAtProcessor, MandateFinding};
pub use movement::Movement;
pub use reversal::Reversed;

use crate::domain::language::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{DeclineReason, Finding};
use async_trait::async_trait;
use http::HeaderMap;
use jiff::Timestamp;

/// A payment to be made on the processor's own page.
#[derive(Clone, Debug)]
pub struct HostedPayment {
    /// One decision of the customer: the processor must make one charge of it, however often it is asked.
    pub idempotency_key: String,
    /// Our name for the payment; the processor repeats it in every message.
    pub merchant_reference: String,
    pub amount: Money,
    pub language: Language,
    /// Where the customer comes back to, whatever happened.
    pub return_url: String,
    /// When the payment was recorded here, in real time: the same however often it is asked.
    pub asked_at: Timestamp,
}

/// What is known here of a payment that is to be found at the processor.
#[derive(Clone, Debug)]
pub struct Sought {
    pub idempotency_key: String,
    pub merchant_reference: String,
    /// The processor's own name for it, where it has told us.
    pub processor_reference: Option<String>,
    /// When the payment was recorded here, in real time; the processor was asked right after, once.
    pub asked_at: Timestamp,
}

/// A payment as the processor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub processor_reference: String,
    pub finding: Finding,
}

/// Money to be given back of a payment that succeeded, all of it or a part.
#[derive(Clone, Debug)]
pub struct Refund {
    /// One decision to give back: the processor must make one refund of it, however often it is asked.
    pub idempotency_key: String,
    /// The processor's own name for the payment.
    pub processor_reference: String,
    pub amount: Money,
}

/// A refund as the processor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refunded {
    pub processor_reference: String,
    pub amount: Money,
    pub progress: RefundProgress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundProgress {
    /// On its way back; a bank may take days.
    Pending,
    Succeeded,
    /// It could not be given back that way; the money is with the creditor again.
    Failed,
}

/// A message of the processor, proven to be its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The same when the message is delivered again.
    pub event_id: String,
    pub kind: String,
    /// Our name for the payment; empty where the message names it in the processor's own words only ([`News::ReversedBehind`]).
    pub merchant_reference: String,
    pub news: News,
}

/// What a message says about a payment or a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Charge(Charge),
    /// About a permission to collect later.
    Mandate(MandateAtProcessor),
    /// Something happened, and the message does not say enough of it to tell a customer: look it up.
    LookItUp,
    /// Money of a payment that succeeded went back, or came again.
    Reversed(Reversed),
    /// The same, of a payment that the message calls by this name of the processor's own: [`PaymentProcessor::whose`] knows whose
    /// it is.
    ReversedBehind {
        behind: String,
        reversed: Reversed,
    },
    /// Something went back of this payment, and the message does not say what: [`PaymentProcessor::reversals`] knows.
    LookAfterIt,
}

/// How asking a processor can go wrong. The difference decides what a customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessorError {
    /// The processor said no. Definite: no money has moved and none can move under this key.
    #[error("the processor refused the request")]
    Refused(DeclineReason),
    /// No answer, a time-out, or an answer that does not say. Money may have moved or may yet move: look it up later with the
    /// same key; never ask under a new one before it is known.
    #[error("the processor did not say what came of it")]
    OutcomeUnknown,
}

/// Why a message is not believed. Nothing of it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the message carries no signature")]
    NoSignature,
    #[error("the signature is not the processor's")]
    WrongSignature,
    /// Signed too long ago, or in the future: perhaps replayed.
    #[error("the message was signed too long ago")]
    Stale,
    /// A test message at a portal that takes real money, or the other way round.
    #[error("the message is of the other mode, test or live")]
    OtherMode,
    #[error("the message could not be read")]
    Unreadable,
}

#[async_trait]
pub trait PaymentProcessor: Send + Sync {
    /// The name in `payments.processor` and in the webhook's path. Never changed once used.
    fn name(&self) -> &'static str;

    /// The origin of its pages, such as `https://pay.example.com`; `None` where they stand on the portal's own. The browser may
    /// be sent from a form of ours to no other.
    fn page_origin(&self) -> Option<&str>;

    /// The least this processor moves in a currency; `None` if it does not take that currency.
    fn minimum(&self, currency: Currency) -> Option<Money>;

    /// Makes a page where the customer can pay, or finds the one made before under the same key: `Open` when it is new, else
    /// how it stands. The same key with another request is `Refused`.
    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError>;

    /// How a payment stands; `None` if the processor answers and has never received it. Reads only: it neither makes nor moves
    /// anything, so that it can be called at any time and as often as needed.
    async fn look_up(&self, sought: &Sought) -> Result<Option<Charge>, ProcessorError>;

    /// Closes the page so that nobody can pay on it any more, and tells how the payment stands after that: `Cancelled`, or
    /// whatever came before. Also for pages that were left open.
    async fn cancel(&self, processor_reference: &str) -> Result<Charge, ProcessorError>;

    /// Gives money back once, however often it is asked with the same key, a day later too. `Refused`: none was given back under
    /// this key, because the payment was not made or less than that is left of it.
    async fn refund(&self, refund: &Refund) -> Result<Refunded, ProcessorError>;

    /// How a refund stands; `None` if the processor answers and has never received it. Reads only.
    async fn look_up_refund(&self, refund: &Refund) -> Result<Option<Refunded>, ProcessorError>;

    /// Everything that ever went back of a payment, by the processor's own name for it: refunds, also those that were not asked
    /// for here, debits the bank took back, chargebacks. Reads only.
    async fn reversals(&self, processor_reference: &str) -> Result<Vec<Reversed>, ProcessorError>;

    /// Our name for the payment behind a name of the processor's own; `None` where it is none of ours. Reads only.
    async fn whose(&self, behind: &str) -> Result<Option<String>, ProcessorError>;

    /// Makes a page where the customer can give a permission to collect later, or finds the one made before under the same key.
    async fn start_mandate(&self, mandate: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError>;

    /// How a permission stands; `None` if the processor answers and has never received it. Reads only.
    async fn look_up_mandate(&self, sought: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError>;

    /// Ends a permission: nothing can be collected under it any more. Ending it twice ends it once.
    async fn end_mandate(&self, mandate: &str) -> Result<(), ProcessorError>;

    /// Collects once, however often it is asked with the same key, a day later too. The customer is not there: where their bank
    /// wants them to confirm it, that is `Declined`, and no money can move. `Refused`: nothing was collected under this key.
    async fn collect(&self, collection: &Collection) -> Result<Charge, ProcessorError>;

    /// How a collection stands; `None` if the processor answers and has never received it. Reads only.
    async fn look_up_collection(&self, collection: &Collection) -> Result<Option<Charge>, ProcessorError>;

    /// Everything that moved from one instant to before another: paid, given back, taken back by a bank, and come again, each once.
    /// Only what carries a reference of ours, and all of that: a comparison that leaves something out says that the books are
    /// equal when they are not. Reads only.
    async fn movements(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError>;

    /// Proves that a message is the processor's own, by its raw body and headers, and reads it. A message that is genuine
    /// but of no concern to payments is an empty list.
    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError>;
}
