//! Finding out what became of a payment: how long to wait between look-ups, and when what one of them says is believed.
//!
//! Called by `services::payments::reconcile` and by every job for its pauses; the model of the protocol in tests/protocol runs on
//! the same functions.

use super::payment::{Millis, Payment, PaymentState, ProcessorReport};

const FIRST_WAIT_MILLIS: Millis = 15_000;
/// Never longer than this, however long it takes.
const LONGEST_WAIT_MILLIS: Millis = 3_600_000;

/// After so many look-ups a request the processor has never received cannot still be on its way to it: they are spread over
/// more than a minute and a half, and a request is given up after 15 s.
pub const LOOK_UPS_UNTIL_NEVER_RECEIVED: i64 = 3;

/// How long to wait after that many look-ups: 15 s, 30 s, 1 min … up to an hour.
pub fn wait_before_check(checks: i64) -> Millis {
    let doublings = u32::try_from(checks.clamp(0, 8)).unwrap_or(8);
    (FIRST_WAIT_MILLIS << doublings).min(LONGEST_WAIT_MILLIS)
}

/// Who looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// The job, which knows how long it has been: `checks` counts this look-up.
    ByJob { checks: i64 },
    /// The customer's page was opened, perhaps a second after the request was made.
    InPassing,
}

/// Whether what a look-up said is taken in, or left for the next one to say again.
pub fn is_believed(payment: &Payment, report: &ProcessorReport, looked_up: LookedUp) -> bool {
    match (report, looked_up) {
        (ProcessorReport::NeverReceived, LookedUp::ByJob { checks }) => checks >= LOOK_UPS_UNTIL_NEVER_RECEIVED,
        // How long it has been is for the job to say.
        (ProcessorReport::NeverReceived, LookedUp::InPassing) => false,
        // A payment that is known to be on its way does not become unknown because the processor is slow to answer us now.
        (ProcessorReport::OutcomeUnknown, LookedUp::InPassing) => payment.state != PaymentState::Processing,
        (ProcessorReport::OutcomeUnknown, LookedUp::ByJob { .. })
        | (ProcessorReport::Found { .. } | ProcessorReport::Refused(_), LookedUp::ByJob { .. } | LookedUp::InPassing) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_an_hour_and_no_further() {
        assert_eq!([0, 1, 2, 3].map(wait_before_check), [15_000, 30_000, 60_000, 120_000]);
        assert_eq!([8, 9, 1_000].map(wait_before_check), [3_600_000; 3]);
        assert_eq!(wait_before_check(-1), 15_000);
    }

    #[test]
    fn never_received_is_believed_after_more_than_a_minute_and_a_half() {
        let waited: Millis = (0..LOOK_UPS_UNTIL_NEVER_RECEIVED).map(wait_before_check).sum();
        assert!(waited > 90_000, "{waited}");
    }
}
