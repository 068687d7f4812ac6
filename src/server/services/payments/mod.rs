//! Paying: what may be paid, starting a payment, taking in what the processor reports, and finding out what is not known.
//!
//! A payment is recorded before the processor is asked and its outcome in a transaction of its own afterwards, so that
//! whatever breaks in between, the row is there and [`reconcile`] finds out. Called by pages/pay, pages/payment,
//! http/webhooks and jobs.

mod begun;
mod elsewhere;
mod have_back;
mod held;
mod joint;
mod read;
mod reconcile;
mod refund;
mod report;
mod reversals;
mod settle;
mod start;
mod undo;

pub use crate::domain::finding_out::wait_before_check;
pub use elsewhere::{Elsewhere, record as record_elsewhere};
pub use have_back::{CreditBack, HaveBack, HaveBackRefusal, credit_back, have_back};
pub use joint::{JointDecision, JointRefusal, ShareChanged, ShownShare, close_joint_pages, paying_several, start_joint};
pub use read::{Paying, PaymentFacts, ShareFacts, paying, payment, processor_reference};
pub use reconcile::{RECONCILE_JOB, Reconciled, reconcile, refresh};
pub use refund::{REFUND_JOB, RefundOrder, RefundRefused, Refunding, reconcile_refund, refund};
pub use report::{Applied, Heard, WebhookRefusal, cancel, close_pages, receive_webhook};
pub(super) use report::{apply, found_by};
pub use start::{Decision, StartRefusal, Started, start};

use crate::domain::payment::Payment;
use crate::server::processors::PaymentProcessor;
use crate::server::state::AppState;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long a processor is waited for. After that the outcome is unknown, not failed.
pub(super) const PROCESSOR_TIMEOUT: Duration = Duration::from_secs(15);

/// When a payment was recorded. Business time, which a processor elsewhere does not keep: where one is set up the settings
/// allow no other clock than the real one.
pub(super) fn asked_at(payment: &Payment) -> Timestamp {
    Timestamp::from_millisecond(payment.created_at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The processor that made a payment, if it is still the one set up here.
pub(super) fn processor_of(state: &AppState, name: &str) -> Option<Arc<dyn PaymentProcessor>> {
    state.processor.clone().filter(|processor| processor.name() == name)
}
