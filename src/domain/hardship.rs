//! A hardship case: somebody's life has changed, they ask for a review, and a person decides. What may follow what is one table,
//! [`CaseState::after`]; what an approval opens is a [`relief::Relief`]; income and spending are a [`budget::Budget`]. Called by
//! services/hardship and its screens.

pub mod budget;
pub mod relief;

use super::policy::Reason;
use std::collections::BTreeMap;

/// What may be written in one's own words.
pub const LONGEST_WORDS_CHARACTERS: u32 = 2_000;

/// What would help, in the customer's view. Several may be named; none need be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WouldHelp {
    LowerPayments,
    Pause,
    LessInterestOrFees,
    /// Paying a part at once, and the rest is given up.
    Settlement,
    Advice,
    NotSure,
}

impl WouldHelp {
    pub const ALL: [WouldHelp; 6] = [
        WouldHelp::LowerPayments,
        WouldHelp::Pause,
        WouldHelp::LessInterestOrFees,
        WouldHelp::Settlement,
        WouldHelp::Advice,
        WouldHelp::NotSure,
    ];

    pub fn code(self) -> &'static str {
        match self {
            WouldHelp::LowerPayments => "lower_payments",
            WouldHelp::Pause => "pause",
            WouldHelp::LessInterestOrFees => "less_interest_or_fees",
            WouldHelp::Settlement => "settlement",
            WouldHelp::Advice => "advice",
            WouldHelp::NotSure => "not_sure",
        }
    }

    /// The name of its box in a form.
    pub fn field(self) -> &'static str {
        match self {
            WouldHelp::LowerPayments => "help_lower_payments",
            WouldHelp::Pause => "help_pause",
            WouldHelp::LessInterestOrFees => "help_less_interest_or_fees",
            WouldHelp::Settlement => "help_settlement",
            WouldHelp::Advice => "help_advice",
            WouldHelp::NotSure => "help_not_sure",
        }
    }

    pub fn from_code(code: &str) -> Option<WouldHelp> {
        WouldHelp::ALL.into_iter().find(|help| help.code() == code)
    }
}

/// How long it will last, as far as anybody can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HowLong {
    UpToThreeMonths,
    UpToAYear,
    Longer,
    NotKnown,
}

impl HowLong {
    pub const ALL: [HowLong; 4] = [HowLong::UpToThreeMonths, HowLong::UpToAYear, HowLong::Longer, HowLong::NotKnown];

    pub fn code(self) -> &'static str {
        match self {
            HowLong::UpToThreeMonths => "up_to_three_months",
            HowLong::UpToAYear => "up_to_a_year",
            HowLong::Longer => "longer",
            HowLong::NotKnown => "not_known",
        }
    }

    pub fn from_code(code: &str) -> Option<HowLong> {
        HowLong::ALL.into_iter().find(|long| long.code() == code)
    }
}

/// What changed, as it was told.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub reason: Said,
    pub would_help: Vec<WouldHelp>,
    /// In their own words, such as "since March".
    pub since: String,
    pub how_long: Option<HowLong>,
    pub words: String,
    /// They let us remember it.
    pub may_be_remembered: bool,
}

/// Whether somebody said what changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    #[default]
    NotYet,
    RatherNot,
    Because(Reason),
}

/// The value of the field that says it would rather not be said.
pub const RATHER_NOT: &str = "rather_not_say";
/// As a month or a few words are long.
pub const LONGEST_SINCE_CHARACTERS: u32 = 80;

/// The names of the fields in which it is told.
pub mod fields {
    pub const REASON: &str = "reason";
    pub const SINCE: &str = "since";
    pub const HOW_LONG: &str = "how_long";
    pub const WORDS: &str = "words";
    pub const REMEMBER: &str = "remember";
}

impl Told {
    /// Whether a form of this has such a field.
    pub fn has_field(name: &str) -> bool {
        [fields::REASON, fields::SINCE, fields::HOW_LONG, fields::WORDS, fields::REMEMBER].contains(&name)
            || WouldHelp::ALL.into_iter().any(|help| help.field() == name)
    }

    /// Reads the fields as typed. What is not known is not said.
    pub fn read(typed: &BTreeMap<String, String>) -> Told {
        let text = |name: &str| typed.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let is_ticked = |name: &str| typed.get(name).is_some_and(|value| !value.is_empty());
        let reason = text(fields::REASON);
        Told {
            reason: match Reason::from_code(&reason) {
                Some(reason) => Said::Because(reason),
                None if reason == RATHER_NOT => Said::RatherNot,
                None => Said::NotYet,
            },
            would_help: WouldHelp::ALL.into_iter().filter(|help| is_ticked(help.field())).collect(),
            since: text(fields::SINCE),
            how_long: HowLong::from_code(&text(fields::HOW_LONG)),
            words: text(fields::WORDS),
            may_be_remembered: is_ticked(fields::REMEMBER),
        }
    }

    /// The fields that are too long to be kept whole.
    pub fn too_long(&self) -> Vec<&'static str> {
        let is_long = |text: &str, most: u32| text.chars().count() > most as usize;
        let since = is_long(&self.since, LONGEST_SINCE_CHARACTERS).then_some(fields::SINCE);
        let words = is_long(&self.words, LONGEST_WORDS_CHARACTERS).then_some(fields::WORDS);
        since.into_iter().chain(words).collect()
    }

    /// Why, where they said it.
    pub fn because(&self) -> Option<Reason> {
        match self.reason {
            Said::Because(reason) => Some(reason),
            Said::NotYet | Said::RatherNot => None,
        }
    }
}

// Free text about somebody's life is never printed into a log.
impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told(…)")
    }
}

/// Where a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// Being written; nobody sees it.
    Draft,
    /// Sent: a person decides by the promised day.
    Received,
    /// The reviewer has asked something.
    MoreNeeded,
    Approved,
    NotApproved,
    /// Its customer took it back.
    Withdrawn,
}

/// What somebody does with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Send,
    /// The reviewer asks for more.
    Ask,
    /// The customer answers what was asked.
    Answer,
    /// The time to answer is over: it is decided with what is there.
    GoOnWithout,
    /// The promised day has passed without a decision: another is promised.
    Late,
    Approve,
    Decline,
    /// The customer asks that somebody else looks at a refusal.
    Appeal,
    Withdraw,
}

impl CaseState {
    pub const ALL: [CaseState; 6] = [
        CaseState::Draft,
        CaseState::Received,
        CaseState::MoreNeeded,
        CaseState::Approved,
        CaseState::NotApproved,
        CaseState::Withdrawn,
    ];

    pub fn code(self) -> &'static str {
        match self {
            CaseState::Draft => "draft",
            CaseState::Received => "received",
            CaseState::MoreNeeded => "more_needed",
            CaseState::Approved => "approved",
            CaseState::NotApproved => "not_approved",
            CaseState::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<CaseState> {
        CaseState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// A person has to act on it or has asked something: it is neither being written nor decided.
    pub fn is_open(self) -> bool {
        match self {
            CaseState::Received | CaseState::MoreNeeded => true,
            CaseState::Draft | CaseState::Approved | CaseState::NotApproved | CaseState::Withdrawn => false,
        }
    }

    /// Whether something may still be added to it by its customer.
    pub fn takes_evidence(self) -> bool {
        self == CaseState::Draft || self.is_open()
    }

    /// The state a step leads to; `None` where it cannot be taken, so that whatever comes twice or too late changes nothing.
    pub fn after(self, step: Step) -> Option<CaseState> {
        match (self, step) {
            (CaseState::Draft, Step::Send) => Some(CaseState::Received),
            (CaseState::Received, Step::Ask) => Some(CaseState::MoreNeeded),
            (CaseState::Received, Step::Late) => Some(CaseState::Received),
            (CaseState::MoreNeeded, Step::Answer | Step::GoOnWithout) => Some(CaseState::Received),
            (CaseState::Received | CaseState::MoreNeeded, Step::Approve) => Some(CaseState::Approved),
            (CaseState::Received | CaseState::MoreNeeded, Step::Decline) => Some(CaseState::NotApproved),
            (CaseState::Received | CaseState::MoreNeeded, Step::Withdraw) => Some(CaseState::Withdrawn),
            (CaseState::NotApproved, Step::Appeal) => Some(CaseState::Received),
            (
                CaseState::Draft
                | CaseState::Received
                | CaseState::MoreNeeded
                | CaseState::Approved
                | CaseState::NotApproved
                | CaseState::Withdrawn,
                _,
            ) => None,
        }
    }
}

impl Step {
    pub const ALL: [Step; 9] = [
        Step::Send,
        Step::Ask,
        Step::Answer,
        Step::GoOnWithout,
        Step::Late,
        Step::Approve,
        Step::Decline,
        Step::Appeal,
        Step::Withdraw,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Step::Send => "sent",
            Step::Ask => "asked",
            Step::Answer => "answered",
            Step::GoOnWithout => "went_on",
            Step::Late => "late",
            Step::Approve => "approved",
            Step::Decline => "declined",
            Step::Appeal => "appealed",
            Step::Withdraw => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }
}

/// Why a request was not approved, picked by the reviewer; their own words stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclineReason {
    /// By what was told, the payments leave enough to live on.
    PaymentsCanBeMet,
    /// What was asked for could not be seen from what was sent.
    NotShown,
    /// The same help is given already.
    HelpedAlready,
    /// The creditor's rules do not allow what was asked for.
    NotAllowed,
}

impl DeclineReason {
    pub const ALL: [DeclineReason; 4] =
        [DeclineReason::PaymentsCanBeMet, DeclineReason::NotShown, DeclineReason::HelpedAlready, DeclineReason::NotAllowed];

    pub fn code(self) -> &'static str {
        match self {
            DeclineReason::PaymentsCanBeMet => "payments_can_be_met",
            DeclineReason::NotShown => "not_shown",
            DeclineReason::HelpedAlready => "helped_already",
            DeclineReason::NotAllowed => "not_allowed",
        }
    }

    pub fn from_code(code: &str) -> Option<DeclineReason> {
        DeclineReason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table: every step from every state.
    #[test]
    fn a_case_moves_only_as_it_may() {
        let led_to = |state: CaseState| -> Vec<(Step, CaseState)> {
            Step::ALL.into_iter().filter_map(|step| Some((step, state.after(step)?))).collect()
        };
        use CaseState::{Approved, Draft, MoreNeeded, NotApproved, Received, Withdrawn};
        assert_eq!(led_to(Draft), [(Step::Send, Received)]);
        assert_eq!(
            led_to(Received),
            [
                (Step::Ask, MoreNeeded),
                (Step::Late, Received),
                (Step::Approve, Approved),
                (Step::Decline, NotApproved),
                (Step::Withdraw, Withdrawn),
            ]
        );
        assert_eq!(
            led_to(MoreNeeded),
            [
                (Step::Answer, Received),
                (Step::GoOnWithout, Received),
                (Step::Approve, Approved),
                (Step::Decline, NotApproved),
                (Step::Withdraw, Withdrawn),
            ]
        );
        assert_eq!(led_to(NotApproved), [(Step::Appeal, Received)]);
        assert!(led_to(Approved).is_empty() && led_to(Withdrawn).is_empty());
    }

    #[test]
    fn every_code_is_read_back() {
        assert!(CaseState::ALL.into_iter().all(|state| CaseState::from_code(state.code()) == Some(state)));
        assert!(Step::ALL.into_iter().all(|step| Step::from_code(step.code()) == Some(step)));
        assert!(WouldHelp::ALL.into_iter().all(|help| WouldHelp::from_code(help.code()) == Some(help)));
        assert!(HowLong::ALL.into_iter().all(|long| HowLong::from_code(long.code()) == Some(long)));
        assert!(DeclineReason::ALL.into_iter().all(|reason| DeclineReason::from_code(reason.code()) == Some(reason)));
    }

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_told_is_read_as_it_was_typed() {
        let told = Told::read(&typed(&[
            ("reason", "illness"),
            ("help_pause", "yes"),
            ("help_advice", "yes"),
            ("since", " March "),
            ("how_long", "longer"),
        ]));
        assert_eq!((told.because(), told.since.as_str()), (Some(Reason::Illness), "March"));
        assert_eq!(told.would_help, [WouldHelp::Pause, WouldHelp::Advice]);
        assert_eq!((told.how_long, told.may_be_remembered), (Some(HowLong::Longer), false));
        assert_eq!(Told::read(&typed(&[("reason", RATHER_NOT)])).reason, Said::RatherNot);
        assert_eq!(Told::read(&typed(&[("reason", "lottery")])).reason, Said::NotYet);
    }

    #[test]
    fn the_longest_words_are_kept_and_one_character_more_is_named() {
        let longest = "é".repeat(LONGEST_WORDS_CHARACTERS as usize);
        assert!(Told::read(&typed(&[("words", &longest)])).too_long().is_empty());
        assert_eq!(Told::read(&typed(&[("words", &format!("{longest}é"))])).too_long(), ["words"]);
    }

    #[test]
    fn what_somebody_told_is_not_printed() {
        let told = Told { words: "my heart".to_owned(), ..Told::default() };
        assert_eq!(format!("{told:?}"), "Told(…)");
    }
}
