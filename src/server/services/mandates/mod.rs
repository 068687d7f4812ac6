//! Permissions to collect: authorising one, learning whether it was given, ending it.
//!
//! Like a payment, a permission is recorded before the processor is asked and what became of it in a transaction of its own
//! afterwards; whatever breaks in between, the row is there and [`reconcile`] finds out. What is ended here is ended at the
//! processor by a job afterwards ([`tell_processor`]). Called by pages/authorise, pages/mandate, pages/confirmation, the webhooks
//! (through `services::payments`), jobs, and whoever ends an agreement ([`end_of_agreement`]).

mod authorise;
mod end;
mod letter;
mod moves;
mod read;
mod reconcile;
mod report;

pub use authorise::{Begun, Decision, Refusal, authorise};
pub use end::{END_JOB, Told, end, end_of_agreement, stop, tell_processor};
pub use read::{Automatic, MandateFacts, automatic, mandate};
pub use reconcile::{RECONCILE_JOB, reconcile, refresh};
pub use report::Applied;
pub(super) use report::take_in;

use crate::domain::mandate::Mandate;
use jiff::Timestamp;

/// When a permission was recorded, for the processor.
fn asked_at(mandate: &Mandate) -> Timestamp {
    Timestamp::from_millisecond(mandate.created_at).unwrap_or(Timestamp::UNIX_EPOCH)
}
