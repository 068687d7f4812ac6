//! What is asked of a processor about collecting without the customer being there: permission first, then single collections.

use crate::domain::language::Language;
pub use crate::domain::mandate::MandateFinding;
use crate::domain::money::{Currency, Money};
use jiff::Timestamp;

/// A permission to collect later, to be given on the processor's own page. It says nothing of amounts and days: what may be
/// collected, the portal and its customer have signed.
#[derive(Clone, Debug)]
pub struct HostedMandate {
    /// One decision of the customer, as with a payment.
    pub idempotency_key: String,
    /// Our name for the permission; the processor repeats it.
    pub merchant_reference: String,
    pub currency: Currency,
    pub language: Language,
    /// Where the customer comes back to, whatever happened.
    pub return_url: String,
    /// When it was recorded here, in real time: the same however often it is asked.
    pub asked_at: Timestamp,
}

/// A permission as the processor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateAtProcessor {
    pub processor_reference: String,
    pub finding: MandateFinding,
}

/// Money to be collected once under a permission.
#[derive(Clone, Debug)]
pub struct Collection {
    /// One instalment on one day: the processor must collect it once, however often it is asked.
    pub idempotency_key: String,
    /// Our name for the payment; the processor repeats it in every message.
    pub merchant_reference: String,
    pub mandate: String,
    pub amount: Money,
    /// When the payment was recorded here, in real time.
    pub asked_at: Timestamp,
}
