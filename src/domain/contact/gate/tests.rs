//! Every rule of the gate, and that nothing leaves at night.

use super::*;
use crate::domain::contact::wishes::{DayPart, SuitableTimes, WEEKDAYS};
use jiff::SignedDuration;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn zones(names: &[&str]) -> Vec<TimeZone> {
    names.iter().map(|name| TimeZone::get(name).expect("a zone")).collect()
}

const ALL_USABLE: Reach = Reach { email: ChannelState::Usable, text: ChannelState::Usable, letter: ChannelState::Usable };
const ON_PAPER: Reach = Reach { email: ChannelState::NoAddress, text: ChannelState::NoForm, letter: ChannelState::Usable };

/// 11:00 and 23:30 in Denver.
const DAY: &str = "2026-11-20T18:00:00Z";
const NIGHT: &str = "2026-11-21T06:30:00Z";
/// The next morning at 8:00 there.
const MORNING: &str = "2026-11-21T15:00:00Z";

/// A case of the gate: given by day to a customer in Denver with every channel, unless it says otherwise.
struct Case {
    weight: Weight,
    now: &'static str,
    written_at: Option<&'static str>,
    expires_at: Option<&'static str>,
    reach: Reach,
    stopped_contact: bool,
    holds: Vec<Held>,
    log: Vec<Logged>,
    cap: u32,
    zones: Vec<&'static str>,
    wishes: Wishes,
}

impl Case {
    fn of(weight: Weight) -> Case {
        Case {
            weight,
            now: DAY,
            written_at: None,
            expires_at: None,
            reach: ALL_USABLE,
            stopped_contact: false,
            holds: Vec::new(),
            log: Vec::new(),
            cap: 3,
            zones: vec!["America/Denver"],
            wishes: Wishes::NONE,
        }
    }

    fn decided(self) -> Decision {
        decide(&Asked {
            weight: self.weight,
            written_at: at(self.written_at.unwrap_or(self.now)),
            expires_at: self.expires_at.map(at),
            reach: self.reach,
            stopped_contact: self.stopped_contact,
            holds: &self.holds,
            log: &self.log,
            cap: Cap(self.cap),
            window: ContactWindow::UNITED_STATES,
            wishes: self.wishes,
            zones: &zones(&self.zones),
            now: at(self.now),
        })
    }
}

fn email(state: ChannelState) -> Reach {
    Reach { email: state, text: ChannelState::NoConsent, ..ALL_USABLE }
}

fn wait(until: &str, reason: Reason) -> Decision {
    Decision::Wait { until: at(until), reason, channel: Channel::Email }
}

const EMAIL: Decision = Decision::Send(Channel::Email);
const TEXT: Decision = Decision::Send(Channel::Text);
const LETTER: Decision = Decision::Send(Channel::Letter);

fn never(reason: Reason) -> Decision {
    Decision::Never { reason }
}

#[test]
fn by_day_everything_goes_by_email() {
    for weight in Weight::ALL {
        assert_eq!(Case::of(weight).decided(), EMAIL, "{weight:?}");
    }
}

#[test]
fn at_night_only_what_was_asked_for_there_and_then_goes() {
    assert_eq!(Case { now: NIGHT, ..Case::of(Weight::AskedFor) }.decided(), EMAIL);
    for weight in [Weight::Answer, Weight::Notice, Weight::Reminder] {
        assert_eq!(Case { now: NIGHT, ..Case::of(weight) }.decided(), wait(MORNING, Reason::OutsideWindow), "{weight:?}");
    }
    // The server was down for two hours: there and then is over.
    let late = Case { now: NIGHT, written_at: Some("2026-11-21T04:30:00Z"), ..Case::of(Weight::AskedFor) };
    assert_eq!(late.decided(), wait(MORNING, Reason::OutsideWindow));
    let in_time = Case { now: NIGHT, written_at: Some("2026-11-21T05:30:00Z"), ..Case::of(Weight::AskedFor) };
    assert_eq!(in_time.decided(), EMAIL);
}

#[test]
fn the_hour_suits_every_zone_that_is_known() {
    // 20:30 in New York, 17:30 in Los Angeles.
    let evening = "2026-11-21T01:30:00Z";
    let both = vec!["America/Los_Angeles", "America/New_York"];
    assert_eq!(Case { now: evening, zones: both.clone(), ..Case::of(Weight::Reminder) }.decided(), EMAIL);
    // Half an hour later it is 21:00 in New York, and 8:00 in Los Angeles is the next that suits both.
    let later = Case { now: "2026-11-21T02:00:00Z", zones: both, ..Case::of(Weight::Reminder) };
    assert_eq!(later.decided(), wait("2026-11-21T16:00:00Z", Reason::OutsideWindow));
}

#[test]
fn where_no_hour_suits_all_it_goes_by_post_or_not_at_all() {
    let apart = || vec!["America/Los_Angeles", "Europe/London", "Asia/Tokyo"];
    assert_eq!(Case { zones: apart(), ..Case::of(Weight::Notice) }.decided(), LETTER);
    let reach = Reach { letter: ChannelState::NoAddress, ..ALL_USABLE };
    assert_eq!(Case { zones: apart(), reach, ..Case::of(Weight::Notice) }.decided(), never(Reason::OutsideWindow));
}

#[test]
fn a_letter_keeps_no_hours() {
    assert_eq!(Case { now: NIGHT, reach: ON_PAPER, ..Case::of(Weight::Notice) }.decided(), LETTER);
}

#[test]
fn a_stopped_channel_moves_records_and_notices_to_paper_and_stops_reminders() {
    let stopped = |weight| Case { reach: email(ChannelState::Stopped), ..Case::of(weight) }.decided();
    assert_eq!(stopped(Weight::AskedFor), EMAIL);
    assert_eq!(stopped(Weight::Answer), LETTER);
    assert_eq!(stopped(Weight::Notice), LETTER);
    assert_eq!(stopped(Weight::Reminder), never(Reason::OptedOut));
    // Who stopped e-mail and agreed to texts gets those.
    let reach = Reach { email: ChannelState::Stopped, ..ALL_USABLE };
    assert_eq!(Case { reach, ..Case::of(Weight::Reminder) }.decided(), TEXT);
}

#[test]
fn an_address_that_came_back_is_not_used_again() {
    for weight in Weight::ALL {
        assert_eq!(Case { reach: email(ChannelState::Unusable), ..Case::of(weight) }.decided(), LETTER, "{weight:?}");
    }
    let nowhere = Reach { letter: ChannelState::NoAddress, ..email(ChannelState::Unusable) };
    assert_eq!(Case { reach: nowhere, ..Case::of(Weight::Answer) }.decided(), never(Reason::Unusable));
    assert_eq!(Case { reach: nowhere, ..Case::of(Weight::Notice) }.decided(), never(Reason::NoAddress));
}

#[test]
fn a_notice_never_goes_by_text() {
    let reach = Reach { email: ChannelState::NoAddress, ..ALL_USABLE };
    assert_eq!(Case { reach, ..Case::of(Weight::Notice) }.decided(), LETTER);
    assert_eq!(Case { reach, ..Case::of(Weight::Reminder) }.decided(), TEXT);
}

#[test]
fn without_a_mail_server_a_notice_goes_on_paper_and_the_rest_is_kept() {
    let unset = |weight| Case { reach: email(ChannelState::NotSetUp), ..Case::of(weight) }.decided();
    assert_eq!(unset(Weight::Notice), LETTER);
    for weight in [Weight::AskedFor, Weight::Answer, Weight::Reminder] {
        assert_eq!(unset(weight), never(Reason::NoMailServer), "{weight:?}");
    }
}

#[test]
fn without_any_address_it_says_so() {
    let reach = Reach { letter: ChannelState::NoAddress, ..ON_PAPER };
    for weight in Weight::ALL {
        assert_eq!(Case { reach, ..Case::of(weight) }.decided(), never(Reason::NoAddress), "{weight:?}");
    }
}

fn wishing(weight: Weight, wishes: Wishes) -> Decision {
    Case { wishes, ..Case::of(weight) }.decided()
}

#[test]
fn a_time_that_does_not_suit_is_waited_for_with_its_reason() {
    // DAY is a Friday, 11:00.
    let mornings = |days| SuitableTimes::from_codes(days, "morning").expect("times");
    let on_saturdays = Wishes { times: mornings("sat"), ..Wishes::NONE };
    for weight in [Weight::Answer, Weight::Notice, Weight::Reminder] {
        assert_eq!(wishing(weight, on_saturdays), wait(MORNING, Reason::Inconvenient), "{weight:?}");
        assert_eq!(wishing(weight, Wishes { times: mornings("fri"), ..Wishes::NONE }), EMAIL, "{weight:?}");
    }
    assert_eq!(wishing(Weight::AskedFor, on_saturdays), EMAIL);
    // By night the law's hours are the reason where they end when what suits begins.
    let by_night = Case { now: NIGHT, wishes: on_saturdays, ..Case::of(Weight::Reminder) };
    assert_eq!(by_night.decided(), wait(MORNING, Reason::OutsideWindow));
}

#[test]
fn hours_that_suit_and_never_meet_let_nothing_ring() {
    let times = SuitableTimes::from_codes("mon", "morning").expect("times");
    let wishes = Wishes { times, ..Wishes::NONE };
    let apart = || vec!["America/New_York", "Pacific/Honolulu"];
    assert_eq!(Case { zones: apart(), wishes, ..Case::of(Weight::Notice) }.decided(), LETTER);
    let reach = Reach { letter: ChannelState::NoAddress, ..ALL_USABLE };
    assert_eq!(Case { zones: apart(), wishes, reach, ..Case::of(Weight::Notice) }.decided(), never(Reason::Inconvenient));
}

#[test]
fn who_speaks_through_an_adviser_is_not_reminded() {
    let wishes = Wishes { speak_to: SpeakTo::Adviser, ..Wishes::NONE };
    assert_eq!(wishing(Weight::Reminder, wishes), never(Reason::Represented));
    for weight in [Weight::AskedFor, Weight::Answer, Weight::Notice] {
        assert_eq!(wishing(weight, wishes), EMAIL, "{weight:?}");
    }
}

#[test]
fn who_wants_paper_gets_records_and_notices_by_post_where_that_is_possible() {
    let wishes = Wishes { papers: Papers::OnPaper, ..Wishes::NONE };
    for (weight, decided) in
        [(Weight::Answer, LETTER), (Weight::Notice, LETTER), (Weight::AskedFor, EMAIL), (Weight::Reminder, EMAIL)]
    {
        assert_eq!(wishing(weight, wishes), decided, "{weight:?}");
    }
    let reach = Reach { letter: ChannelState::NoAddress, ..ALL_USABLE };
    assert_eq!(Case { wishes, reach, ..Case::of(Weight::Notice) }.decided(), EMAIL);
}

#[test]
fn who_wants_no_letters_gets_only_what_the_law_wants_sent_and_nothing_else_can_bring() {
    let reach = |email| Reach { email, text: ChannelState::NoConsent, letter: ChannelState::Stopped };
    let decided = |weight, email| Case { reach: reach(email), ..Case::of(weight) }.decided();
    for weight in Weight::ALL {
        assert_eq!(decided(weight, ChannelState::Usable), EMAIL, "{weight:?}");
    }
    assert_eq!(decided(Weight::Notice, ChannelState::Stopped), LETTER);
    assert_eq!(decided(Weight::Answer, ChannelState::Stopped), never(Reason::OptedOut));
    assert_eq!(decided(Weight::Reminder, ChannelState::Stopped), never(Reason::OptedOut));
}

#[test]
fn stop_contacting_me_stops_reminders_only() {
    let stopped = |weight| Case { stopped_contact: true, ..Case::of(weight) }.decided();
    assert_eq!(stopped(Weight::Reminder), never(Reason::StoppedContact));
    for weight in [Weight::AskedFor, Weight::Answer, Weight::Notice] {
        assert_eq!(stopped(weight), EMAIL, "{weight:?}");
    }
}

#[test]
fn every_hold_keeps_reminders_back_and_nothing_else_but_death_and_what_was_told_of_it() {
    for kind in HoldKind::ALL {
        let held =
            |weight, until: Option<&str>| Case { holds: vec![Held { kind, until: until.map(at) }], ..Case::of(weight) }.decided();
        if kind == HoldKind::Deceased {
            for weight in Weight::ALL {
                assert_eq!(held(weight, None), never(Reason::Deceased), "{weight:?}");
            }
            continue;
        }
        assert_eq!(held(Weight::Reminder, Some("2026-12-01T07:00:00Z")), wait("2026-12-01T07:00:00Z", Reason::Held), "{kind:?}");
        assert_eq!(held(Weight::Reminder, None), wait("2026-11-21T18:00:00Z", Reason::Held), "{kind:?}");
        assert_eq!(held(Weight::AskedFor, None), EMAIL, "{kind:?}");
        for weight in [Weight::Answer, Weight::Notice] {
            let expected = if kind == HoldKind::Told { wait("2026-11-21T18:00:00Z", Reason::Held) } else { EMAIL };
            assert_eq!(held(weight, None), expected, "{kind:?} {weight:?}");
        }
    }
}

#[test]
fn the_cap_makes_reminders_wait_and_lets_a_notice_through() {
    let log = || -> Vec<Logged> {
        ["2026-11-15T18:00:00Z", "2026-11-17T18:00:00Z", "2026-11-19T18:00:00Z"]
            .map(|instant| Logged { channel: Channel::Email, at: at(instant) })
            .to_vec()
    };
    let full = |weight| Case { log: log(), ..Case::of(weight) }.decided();
    assert_eq!(full(Weight::Reminder), wait("2026-11-22T18:00:00Z", Reason::Cap));
    for weight in [Weight::AskedFor, Weight::Answer, Weight::Notice] {
        assert_eq!(full(weight), EMAIL, "{weight:?}");
    }
    assert_eq!(Case { log: log(), cap: 4, ..Case::of(Weight::Reminder) }.decided(), EMAIL);
    // A place that comes free at night waits for the morning.
    let by_night = vec![Logged { channel: Channel::Email, at: at("2026-11-14T06:30:00Z") }];
    let decided = Case { log: by_night, cap: 1, ..Case::of(Weight::Reminder) }.decided();
    assert_eq!(decided, wait(MORNING, Reason::Cap));
}

#[test]
fn what_comes_too_late_is_not_sent() {
    let expires = |weight, now, expires_at| Case { now, expires_at: Some(expires_at), ..Case::of(weight) }.decided();
    for weight in Weight::ALL {
        assert_eq!(expires(weight, DAY, DAY), never(Reason::Expired), "{weight:?}");
        assert_eq!(expires(weight, DAY, "2026-11-20T18:00:01Z"), EMAIL, "{weight:?}");
    }
    // The window opens only when it is of no more use.
    assert_eq!(expires(Weight::Reminder, NIGHT, MORNING), never(Reason::Expired));
    assert_eq!(expires(Weight::Reminder, NIGHT, "2026-11-21T15:00:01Z"), wait(MORNING, Reason::OutsideWindow));
}

#[test]
fn every_reason_and_weight_is_read_back_from_its_code() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_code(reason.code()), Some(reason));
    }
    for weight in Weight::ALL {
        assert_eq!(Weight::from_code(weight.code()), Some(weight));
    }
    for channel in Channel::ALL {
        assert_eq!(Channel::from_code(channel.code()), Some(channel));
    }
}

const STATES: [ChannelState; 7] = [
    ChannelState::Usable,
    ChannelState::NoAddress,
    ChannelState::Unusable,
    ChannelState::Stopped,
    ChannelState::NoConsent,
    ChannelState::NotSetUp,
    ChannelState::NoForm,
];
const PLACES: [&str; 8] = [
    "America/Denver",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "Pacific/Honolulu",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
];

fn any_state() -> impl Strategy<Value = ChannelState> {
    prop::sample::select(STATES.to_vec())
}

prop_compose! {
    fn any_times()(
        days in prop::sample::subsequence(WEEKDAYS.to_vec(), 1..=7),
        parts in prop::sample::subsequence(DayPart::ALL.to_vec(), 1..=3),
    ) -> SuitableTimes {
        SuitableTimes::new(&days, &parts).expect("at least one of each")
    }
}

prop_compose! {
    fn any_wishes()(
        times in prop_oneof![Just(SuitableTimes::ANY), any_times()],
        papers in prop::sample::select(vec![Papers::Electronic, Papers::OnPaper]),
        speak_to in prop::sample::select(vec![SpeakTo::Customer, SpeakTo::Adviser]),
    ) -> Wishes {
        Wishes { times, papers, speak_to }
    }
}

proptest! {
    /// Whatever suits a customer, the window is never wider than the law's: neither open when that is closed, nor sooner.
    #[test]
    fn no_wish_widens_the_window(
        seconds in 1_760_000_000_i64..1_800_000_000,
        places in prop::sample::subsequence(PLACES.to_vec(), 1..=3),
        times in any_times(),
    ) {
        let now = Timestamp::from_second(seconds).expect("an instant");
        let zones = zones(&places);
        let law = ContactWindow::UNITED_STATES;
        let wished = law.narrowed(times);
        prop_assert!(!wished.is_open(now, &zones) || law.is_open(now, &zones));
        if let Some(open) = wished.earliest(now, &zones) {
            prop_assert!(wished.is_open(open, &zones) && law.is_open(open, &zones));
            prop_assert!(law.earliest(now, &zones).is_some_and(|allowed| allowed <= open));
        }
    }

    /// Whatever is known of a customer and whatever was sent: what leaves over a channel that rings leaves in the window of every
    /// zone, unless it was asked for within the hour; what waits is let go at an instant in the window; and a reminder never
    /// leaves against a wish, a hold or the cap.
    #[test]
    fn nothing_leaves_outside_the_window_unless_asked_for(
        weight in prop::sample::select(Weight::ALL.to_vec()),
        seconds in 1_760_000_000_i64..1_800_000_000,
        age in 0_i64..200_000,
        expires_in in prop::option::of(-10_000_i64..1_000_000),
        states in (any_state(), any_state(), any_state()),
        stopped_contact in any::<bool>(),
        holds in prop::collection::vec((prop::sample::select(HoldKind::ALL.to_vec()), prop::option::of(-5_000_i64..900_000)), 0..3),
        log in prop::collection::vec((prop::sample::select(Channel::ALL.to_vec()), 0_i64..1_000_000), 0..6),
        cap in 0_u32..4,
        places in prop::sample::subsequence(PLACES.to_vec(), 1..=3),
        wishes in any_wishes(),
    ) {
        let now = Timestamp::from_second(seconds).expect("an instant");
        let ago = |by: i64| now - SignedDuration::from_secs(by);
        let zones = zones(&places);
        let holds: Vec<Held> = holds.into_iter().map(|(kind, until)| Held { kind, until: until.map(|by| ago(-by)) }).collect();
        let log: Vec<Logged> = log.into_iter().map(|(channel, by)| Logged { channel, at: ago(by) }).collect();
        let asked = Asked {
            weight,
            written_at: ago(age),
            expires_at: expires_in.map(|by| ago(-by)),
            reach: Reach { email: states.0, text: states.1, letter: states.2 },
            stopped_contact,
            holds: &holds,
            log: &log,
            cap: Cap(cap),
            window: ContactWindow::UNITED_STATES,
            wishes,
            zones: &zones,
            now,
        };
        let there_and_then = weight == Weight::AskedFor && age <= 3_600;
        let wished = asked.window.narrowed(wishes.times);
        match decide(&asked) {
            Decision::Send(channel) => {
                prop_assert!(!channel.has_hours() || there_and_then || asked.window.is_open(now, &zones));
                prop_assert!(asked.expires_at.is_none_or(|expires_at| now < expires_at));
                prop_assert!(!channel.has_hours() || there_and_then || wished.is_open(now, &zones));
                // A wish never lets out what would not leave without it.
                let without = decide(&Asked { wishes: Wishes::NONE, ..asked });
                prop_assert!(!channel.has_hours() || without == Decision::Send(channel));
                if weight == Weight::Reminder {
                    prop_assert_eq!(wishes.speak_to, SpeakTo::Customer);
                    prop_assert_eq!(asked.reach.of(channel), ChannelState::Usable);
                    prop_assert!(!stopped_contact);
                    prop_assert!(holds.iter().all(|hold| hold.until.is_some_and(|until| until <= now)));
                    let recent = log.iter().filter(|sent| sent.channel == channel && sent.at > ago(7 * 86_400)).count();
                    prop_assert!(recent < cap as usize);
                }
                if weight == Weight::Notice {
                    prop_assert!(channel != Channel::Text);
                }
            }
            Decision::Wait { until, reason, channel } => {
                prop_assert!(until > now);
                prop_assert!(reason == Reason::Held || !channel.has_hours() || wished.is_open(until, &zones));
                prop_assert!(reason == Reason::Held || asked.expires_at.is_none_or(|expires_at| until < expires_at));
            }
            Decision::Never { .. } => {}
        }
    }
}
