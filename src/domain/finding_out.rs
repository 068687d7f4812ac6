//! Finding out what became of something the processor was asked for: how long to wait between look-ups, when what one of them says
//! is believed, and what silence does. One rule for payments, permissions to collect and money that goes back.
//!
//! Called by `services` for each of them and by every job for its pauses; the model of the protocol in tests/protocol runs on the
//! same functions.

use super::payment::Millis;

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

/// What the processor said, whatever it was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// How it stands, or that it does not take it.
    HowItStands,
    /// It answers and has never heard of it.
    NeverReceived,
    /// No answer, or one that does not say.
    Nothing,
}

/// Whether what a look-up said is taken in, or left for the next one to say again.
pub fn is_believed(said: Said, looked_up: LookedUp) -> bool {
    match (said, looked_up) {
        (Said::NeverReceived, LookedUp::ByJob { checks }) => checks >= LOOK_UPS_UNTIL_NEVER_RECEIVED,
        // How long it has been is for the job to say.
        (Said::NeverReceived, LookedUp::InPassing) => false,
        // What silence does is the same whoever looked: see [`after_silence`].
        (Said::HowItStands | Said::Nothing, LookedUp::ByJob { .. } | LookedUp::InPassing) => true,
    }
}

/// What is known of something when the processor does not say how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    /// Nowhere: that was silence as well.
    NotKnown,
    /// Asked for, or waiting for the customer: anything may have become of it since.
    Asked,
    /// On its way, so it will arrive or come back.
    OnItsWay,
    /// Its outcome is known.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody knows any more how it stands.
    MakesItUnknown,
    SaysNothingNew,
    /// What is known stays known.
    ChangesNothing,
}

/// What it means that the processor does not say how something stands. What is known to be on its way stays on its way: an answer
/// that was lost does not bring it back.
pub fn after_silence(last_seen: LastSeen) -> Silence {
    match last_seen {
        LastSeen::NotKnown => Silence::SaysNothingNew,
        LastSeen::Asked => Silence::MakesItUnknown,
        LastSeen::OnItsWay | LastSeen::Over => Silence::ChangesNothing,
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
    #[test]
    fn never_received_is_believed_by_the_job_alone_and_only_in_the_end() {
        for checks in 1..LOOK_UPS_UNTIL_NEVER_RECEIVED {
            assert!(!is_believed(Said::NeverReceived, LookedUp::ByJob { checks }), "{checks}");
        }
        assert!(is_believed(Said::NeverReceived, LookedUp::ByJob { checks: LOOK_UPS_UNTIL_NEVER_RECEIVED }));
        assert!(!is_believed(Said::NeverReceived, LookedUp::InPassing));
    }

    #[test]
    fn silence_makes_unknown_only_what_was_asked_for_and_not_seen() {
        assert_eq!(after_silence(LastSeen::Asked), Silence::MakesItUnknown);
        assert_eq!(after_silence(LastSeen::OnItsWay), Silence::ChangesNothing);
        assert_eq!(after_silence(LastSeen::Over), Silence::ChangesNothing);
    }
}
