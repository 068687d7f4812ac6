//! What a processor says moved in a period, to compare our books with.

use crate::domain::money::Money;
use crate::domain::reconciliation::MovementKind;
use jiff::Timestamp;

/// Money that moved, as the processor booked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub kind: MovementKind,
    /// The processor's own name for it.
    pub processor_reference: String,
    /// Our name for the payment it belongs to. What carries none of ours, as of another shop on the same account, is left out.
    pub merchant_reference: String,
    /// Received is positive.
    pub amount: Money,
    /// When the processor booked it.
    pub at: Timestamp,
}
