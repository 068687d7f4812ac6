//! What a processor tells of money that went back after a payment succeeded, and of money that came again.

use crate::domain::money::Money;
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{ReversalFinding, ReversalKind};

/// A refund, a debit the bank took back or a chargeback, as the processor knows it now. It tells the whole of it each time, so
/// that messages may come late, twice and in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversed {
    /// The processor's own name for it: the same in every message about it.
    pub processor_reference: String,
    pub kind: ReversalKind,
    pub amount: Money,
    pub finding: ReversalFinding,
    /// The key of a refund that was asked for here; `None` for a bank's decision and for what was refunded on the processor's own
    /// pages.
    pub our_key: Option<String>,
    /// What the bank said when it took a debit back.
    pub reason: Option<DeclineReason>,
}
