//! Two optional questions once something is over: how was this, and would you recommend us. When they may be asked is decided here: never
//! of somebody in distress, about one thing once, and seldom. Called by `services::feedback`.

use super::agreement_state::AgreementState;
use super::calendar::{Date, days_after};
use super::hold::HoldKind;
use super::keeping::{Instalment, Kept};

/// Who missed a payment, or made one late, is left in peace for so long.
pub const QUIET_AFTER_MISSED_DAYS: i32 = 30;
/// From one asking to the next, whatever about.
pub const BETWEEN_ASKINGS_DAYS: i32 = 90;
/// Later than this after it was over, nobody remembers how it was.
pub const ASKED_WITHIN_DAYS: i32 = 30;
pub const LONGEST_WORDS_CHARACTERS: u32 = 2_000;
/// The best answer to "Would you recommend us?".
pub const MOST_LIKELY: i64 = 10;

/// What was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An agreement was completed.
    Agreement,
    /// A dispute was answered.
    Dispute,
    /// A hardship review was decided.
    Hardship,
    /// A conversation was closed.
    Conversation,
}

impl About {
    pub const ALL: [About; 4] = [About::Agreement, About::Dispute, About::Hardship, About::Conversation];

    pub fn code(self) -> &'static str {
        match self {
            About::Agreement => "agreement",
            About::Dispute => "dispute",
            About::Hardship => "hardship",
            About::Conversation => "conversation",
        }
    }

    pub fn from_code(code: &str) -> Option<About> {
        About::ALL.into_iter().find(|about| about.code() == code)
    }
}

/// How it was, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    VeryGood,
    Good,
    AllRight,
    NotGood,
    Bad,
}

impl How {
    pub const ALL: [How; 5] = [How::VeryGood, How::Good, How::AllRight, How::NotGood, How::Bad];

    pub fn code(self) -> &'static str {
        match self {
            How::VeryGood => "very_good",
            How::Good => "good",
            How::AllRight => "all_right",
            How::NotGood => "not_good",
            How::Bad => "bad",
        }
    }

    pub fn from_code(code: &str) -> Option<How> {
        How::ALL.into_iter().find(|how| how.code() == code)
    }
}

/// What somebody answered. Has no Debug: it holds free text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answered {
    pub how: Option<How>,
    /// 0 to [`MOST_LIKELY`].
    pub recommend: Option<i64>,
    pub words: String,
}

/// Why an answer is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// Everything was left out.
    Nothing,
    TooLong,
}

impl Answered {
    /// Of what was posted; what is no choice of ours was not chosen.
    pub fn read(how: &str, recommend: &str, words: &str) -> Result<Answered, NotAnswered> {
        let recommend = recommend.parse::<i64>().ok().filter(|likely| (0..=MOST_LIKELY).contains(likely));
        let answered = Answered { how: How::from_code(how), recommend, words: words.trim().to_owned() };
        if answered.words.chars().count() > LONGEST_WORDS_CHARACTERS as usize {
            return Err(NotAnswered::TooLong);
        }
        if answered == Answered::default() {
            return Err(NotAnswered::Nothing);
        }
        Ok(answered)
    }
}

/// What became of asking about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskState {
    /// The link is there; nothing was answered.
    Asked,
    Answered,
    /// "No thank you."
    Declined,
}

impl AskState {
    pub const ALL: [AskState; 3] = [AskState::Asked, AskState::Answered, AskState::Declined];

    pub fn code(self) -> &'static str {
        match self {
            AskState::Asked => "asked",
            AskState::Answered => "answered",
            AskState::Declined => "declined",
        }
    }

    pub fn from_code(code: &str) -> Option<AskState> {
        AskState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Everything that decides whether somebody is asked about a thing.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub today: Date,
    pub resolved_on: Date,
    /// What became of asking about this very thing.
    pub this: Option<AskState>,
    /// The last time they were asked about anything else.
    pub asked_on: Option<Date>,
    /// In force on any of their accounts.
    pub holds: &'a [HoldKind],
    /// The last day on which a payment was missing that should have been there.
    pub missed_on: Option<Date>,
}

/// Why somebody is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// They have answered, or said "no thank you".
    Over,
    /// Something weighs on them.
    Distress,
    AskedLately,
    TooLongAgo,
}

/// Whether the questions may be asked now. Distress comes first: who was asked before and has a worry since is not asked on.
pub fn may_ask(circumstances: &Circumstances<'_>) -> Result<(), NotNow> {
    let Circumstances { today, resolved_on, this, asked_on, holds, missed_on } = *circumstances;
    if matches!(this, Some(AskState::Answered | AskState::Declined)) {
        return Err(NotNow::Over);
    }
    let missed_lately = missed_on.is_some_and(|on| days_after(on, QUIET_AFTER_MISSED_DAYS) >= today);
    if missed_lately || holds.iter().any(|hold| weighs(*hold)) {
        return Err(NotNow::Distress);
    }
    if days_after(resolved_on, ASKED_WITHIN_DAYS) < today {
        return Err(NotNow::TooLongAgo);
    }
    if this.is_none() && asked_on.is_some_and(|on| days_after(on, BETWEEN_ASKINGS_DAYS) > today) {
        return Err(NotNow::AskedLately);
    }
    Ok(())
}

/// Whether a hold says that something weighs on its customer. What staff put on hold may be anything, so it counts.
fn weighs(hold: HoldKind) -> bool {
    match hold {
        HoldKind::TimeToThink
        | HoldKind::Hardship
        | HoldKind::Dispute
        | HoldKind::BreathingSpace
        | HoldKind::Deceased
        | HoldKind::Insolvency
        | HoldKind::Told
        | HoldKind::Staff
        | HoldKind::StopAsked => true,
        // It is the creditor's act, and never ends.
        HoldKind::Recalled => false,
    }
}

/// The last day on which a payment of an agreement was missing: today where one still is, the day it was made where it was late; what an
/// agreement that is over leaves open was missed on its own day.
pub fn last_missed_on(instalments: &[Instalment], state: AgreementState, today: Date) -> Option<Date> {
    let of_one = |instalment: &Instalment| match instalment.kept(today) {
        Kept::OnTime | Kept::NotYetDue => None,
        Kept::Late { on } => Some(on),
        Kept::PartPaid { .. } | Kept::Missed => match state {
            AgreementState::Active => Some(today),
            AgreementState::Broken => Some(instalment.due_on),
            // Nothing was owed any more, or it was ended before: nothing is missing.
            AgreementState::Completed | AgreementState::Cancelled => None,
        },
    };
    instalments.iter().filter_map(of_one).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keeping::PaidLine;
    use crate::domain::money::{Currency, Money};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 20);

    fn calm() -> Circumstances<'static> {
        Circumstances { today: TODAY, resolved_on: TODAY, this: None, asked_on: None, holds: &[], missed_on: None }
    }

    #[test]
    fn somebody_at_ease_is_asked_about_what_is_just_over() {
        assert_eq!(may_ask(&calm()), Ok(()));
        let then = |resolved_on| may_ask(&Circumstances { resolved_on, ..calm() });
        assert_eq!(then(date(2026, 10, 21)), Ok(()));
        assert_eq!(then(date(2026, 10, 20)), Err(NotNow::TooLongAgo));
    }

    #[test]
    fn nobody_on_hold_is_asked_unless_the_creditor_took_the_account_back() {
        for hold in HoldKind::ALL {
            let asked = may_ask(&Circumstances { holds: &[hold], ..calm() });
            let expected = if hold == HoldKind::Recalled { Ok(()) } else { Err(NotNow::Distress) };
            assert_eq!(asked, expected, "{hold:?}");
        }
    }

    #[test]
    fn a_missed_payment_keeps_the_questions_away_for_thirty_days() {
        let missed = |on| may_ask(&Circumstances { missed_on: Some(on), ..calm() });
        assert_eq!(missed(TODAY), Err(NotNow::Distress));
        assert_eq!(missed(date(2026, 10, 21)), Err(NotNow::Distress));
        assert_eq!(missed(date(2026, 10, 20)), Ok(()));
    }

    #[test]
    fn one_thing_is_asked_about_once_and_another_ninety_days_later() {
        let this = |state| may_ask(&Circumstances { this: Some(state), ..calm() });
        assert_eq!(this(AskState::Asked), Ok(()), "the link stays where it is");
        assert_eq!(this(AskState::Answered), Err(NotNow::Over));
        assert_eq!(this(AskState::Declined), Err(NotNow::Over));
        let other = |on| may_ask(&Circumstances { asked_on: Some(on), ..calm() });
        assert_eq!(other(date(2026, 8, 23)), Err(NotNow::AskedLately));
        assert_eq!(other(date(2026, 8, 22)), Ok(()));
        // Who was asked about this one first has not been asked about it since because of another.
        let both = Circumstances { this: Some(AskState::Asked), asked_on: Some(TODAY), ..calm() };
        assert_eq!(may_ask(&both), Ok(()));
    }

    #[test]
    fn distress_that_comes_after_the_link_takes_it_away() {
        let asked = Circumstances { this: Some(AskState::Asked), holds: &[HoldKind::Hardship], ..calm() };
        assert_eq!(may_ask(&asked), Err(NotNow::Distress));
    }

    fn instalment(due_on: Date, paid_on: Option<Date>) -> Instalment {
        let amount = Money::new(5_000, Currency::USD);
        let line = |on| PaidLine { on, amount, payment: "P".to_owned(), went_back: None };
        Instalment { number: 1, due_on, amount, paid: paid_on.map(line).into_iter().collect() }
    }

    #[test]
    fn what_is_missing_now_counts_today_and_what_came_late_on_the_day_it_came() {
        let due = date(2026, 11, 2);
        let last = |paid_on, state| last_missed_on(&[instalment(due, paid_on)], state, TODAY);
        assert_eq!(last(None, AgreementState::Active), Some(TODAY));
        assert_eq!(last(None, AgreementState::Broken), Some(due));
        assert_eq!(last(None, AgreementState::Completed), None);
        assert_eq!(last(Some(date(2026, 11, 5)), AgreementState::Completed), Some(date(2026, 11, 5)));
        assert_eq!(last(Some(due), AgreementState::Active), None);
        assert_eq!(last_missed_on(&[instalment(TODAY, None)], AgreementState::Active, TODAY), None, "it is not over yet");
    }

    #[test]
    fn any_one_answer_is_an_answer_and_none_is_not() {
        assert!(Answered::read("good", "", "").is_ok_and(|answered| answered.how == Some(How::Good)));
        for likely in [0, 10] {
            let read = Answered::read("", &likely.to_string(), "");
            assert!(read.is_ok_and(|answered| answered.recommend == Some(likely)));
        }
        assert!(Answered::read("", "", " Thank you ").is_ok_and(|answered| answered.words == "Thank you"));
        for (how, recommend) in [("", ""), ("great", "11"), ("", "-1")] {
            assert!(Answered::read(how, recommend, "  ") == Err(NotAnswered::Nothing));
        }
        let longest = "é".repeat(LONGEST_WORDS_CHARACTERS as usize);
        assert!(Answered::read("", "", &longest).is_ok());
        assert!(Answered::read("", "", &format!("{longest}é")) == Err(NotAnswered::TooLong));
    }

    #[test]
    fn codes_lead_back() {
        for about in About::ALL {
            assert_eq!(About::from_code(about.code()), Some(about));
        }
        for how in How::ALL {
            assert_eq!(How::from_code(how.code()), Some(how));
        }
        for state in AskState::ALL {
            assert_eq!(AskState::from_code(state.code()), Some(state));
        }
    }
}
