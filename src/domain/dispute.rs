//! "This is not right": what a customer disputes of an account, how far the answer has come, and what that means for money.
//!
//! While a dispute is in force the whole account is on hold: nothing is collected, demanded or reminded of (12 CFR 1006.38(d)(2)
//! asks that of the disputed part). Where a part is disputed, no payment of the customer's own accord goes to it either, and what may
//! be agreed is reckoned without it (docs/decisions/0018-disputes.md). It is in force until the answer was *sent*, or its customer
//! withdrew it. Called by `services::disputes` under the account's lock.

pub mod said;

use super::calendar::{Date, Holidays};
use super::collecting::business_days_after;
use super::money::{Currency, Money};
use super::typed;

/// What is not right about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeReason {
    NotMine,
    WrongAmount,
    PaidAlready,
    Other,
}

impl DisputeReason {
    pub const ALL: [DisputeReason; 4] =
        [DisputeReason::NotMine, DisputeReason::WrongAmount, DisputeReason::PaidAlready, DisputeReason::Other];

    pub fn code(self) -> &'static str {
        match self {
            DisputeReason::NotMine => "not_mine",
            DisputeReason::WrongAmount => "wrong_amount",
            DisputeReason::PaidAlready => "paid_already",
            DisputeReason::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<DisputeReason> {
        DisputeReason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether nothing can be looked into without the customer's own words. Any other reason can be sent without.
    pub fn needs_words(self) -> bool {
        match self {
            DisputeReason::Other => true,
            DisputeReason::NotMine | DisputeReason::WrongAmount | DisputeReason::PaidAlready => false,
        }
    }
}

/// How much of the account is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disputed {
    All,
    /// More than nothing and less than all, when it was said.
    Part(Money),
}

/// Why what was typed is no part of what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartRefusal {
    Missing,
    NotAnAmount,
    /// Nothing, or less than that.
    NotPositive,
    /// All of it, or more: then all of it is disputed.
    NotLessThanBalance,
}

impl PartRefusal {
    pub fn code(self) -> &'static str {
        match self {
            PartRefusal::Missing => "missing",
            PartRefusal::NotAnAmount => "amount",
            PartRefusal::NotPositive => "nothing",
            PartRefusal::NotLessThanBalance => "all",
        }
    }
}

impl Disputed {
    /// The part that somebody typed, of what is owed now.
    pub fn part_typed(text: &str, balance: Money) -> Result<Disputed, PartRefusal> {
        let amount = typed::amount(text, balance.currency()).map_err(|_| PartRefusal::NotAnAmount)?;
        Disputed::part(amount.ok_or(PartRefusal::Missing)?, balance)
    }

    /// A part of what is owed.
    pub fn part(amount: Money, balance: Money) -> Result<Disputed, PartRefusal> {
        if !amount.is_positive() {
            Err(PartRefusal::NotPositive)
        } else if amount.minor() >= balance.minor() {
            Err(PartRefusal::NotLessThanBalance)
        } else {
            Ok(Disputed::Part(amount))
        }
    }

    /// As stored: minor units of a part, nothing for all.
    pub fn part_minor(self) -> Option<i64> {
        match self {
            Disputed::All => None,
            Disputed::Part(amount) => Some(amount.minor()),
        }
    }

    pub fn from_part_minor(minor: Option<i64>, currency: Currency) -> Disputed {
        minor.map_or(Disputed::All, |minor| Disputed::Part(Money::new(minor, currency)))
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is right, and here is how that is known.
    Verified,
    /// It was wrong and has been put right in the books.
    Corrected,
    /// What was disputed is not owed.
    NotOwed,
    /// Its customer took it back.
    Withdrawn,
}

impl Outcome {
    pub const ALL: [Outcome; 4] = [Outcome::Verified, Outcome::Corrected, Outcome::NotOwed, Outcome::Withdrawn];

    pub fn code(self) -> &'static str {
        match self {
            Outcome::Verified => "verified",
            Outcome::Corrected => "corrected",
            Outcome::NotOwed => "not_owed",
            Outcome::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// How far it has come. Only forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeState {
    /// Received; a person looks into it.
    Open,
    /// A person asked its customer for something. It may be answered without.
    MoreNeeded,
    Answered(Outcome),
}

/// It was answered or withdrawn before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsOver;

impl DisputeState {
    pub fn code(self) -> &'static str {
        match self {
            DisputeState::Open => "open",
            DisputeState::MoreNeeded => "more_needed",
            DisputeState::Answered(_) => "answered",
        }
    }

    pub fn from_codes(state: &str, outcome: Option<&str>) -> Option<DisputeState> {
        match (state, outcome) {
            ("open", None) => Some(DisputeState::Open),
            ("more_needed", None) => Some(DisputeState::MoreNeeded),
            ("answered", Some(outcome)) => Outcome::from_code(outcome).map(DisputeState::Answered),
            _ => None,
        }
    }

    pub fn is_over(self) -> bool {
        matches!(self, DisputeState::Answered(_))
    }

    /// A person asks its customer for more; they may ask again.
    pub fn ask(self) -> Result<DisputeState, IsOver> {
        match self {
            DisputeState::Open | DisputeState::MoreNeeded => Ok(DisputeState::MoreNeeded),
            DisputeState::Answered(_) => Err(IsOver),
        }
    }

    pub fn end(self, outcome: Outcome) -> Result<DisputeState, IsOver> {
        match self {
            DisputeState::Open | DisputeState::MoreNeeded => Ok(DisputeState::Answered(outcome)),
            DisputeState::Answered(_) => Err(IsOver),
        }
    }
}

/// Why an outcome cannot be told: a letter says only what the books say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotInTheBooks {
    /// All of it is said to be not owed, and so much still is.
    StillOwed(Money),
    /// So much more has to be taken off before the part is not owed.
    PartStillOwed(Money),
    /// Nothing was corrected or given up since it was disputed.
    NothingCorrected,
}

/// Whether the books bear an outcome out. `taken_off` is what was corrected, adjusted or given up since the dispute began, as a
/// positive amount; what was paid is no part of it.
pub fn is_borne_out(outcome: Outcome, disputed: Disputed, balance: Money, taken_off: Money) -> Result<(), NotInTheBooks> {
    match (outcome, disputed) {
        (Outcome::Verified | Outcome::Withdrawn, _) => Ok(()),
        (Outcome::NotOwed, _) if !balance.is_positive() => Ok(()),
        (Outcome::NotOwed, Disputed::All) => Err(NotInTheBooks::StillOwed(balance)),
        (Outcome::NotOwed, Disputed::Part(part)) => {
            let missing = part.minor().saturating_sub(taken_off.minor());
            if missing > 0 { Err(NotInTheBooks::PartStillOwed(Money::new(missing, part.currency()))) } else { Ok(()) }
        }
        (Outcome::Corrected, _) if taken_off.is_positive() => Ok(()),
        (Outcome::Corrected, _) => Err(NotInTheBooks::NothingCorrected),
    }
}

/// What is left of an amount beside the part that is disputed; never below nothing.
pub fn undisputed(balance: Money, part: Money) -> Money {
    Money::new(balance.minor().saturating_sub(part.minor()).max(0), balance.currency())
}

/// The day by which the answer is promised: so many business days on.
pub fn answer_on(today: Date, business_days: u32, holidays: &Holidays) -> Date {
    business_days_after(today, business_days, holidays)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    #[test]
    fn a_part_is_more_than_nothing_and_less_than_all() {
        let typed = |text: &str| Disputed::part_typed(text, usd(120_000));
        assert_eq!(typed("0.01"), Ok(Disputed::Part(usd(1))));
        assert_eq!(typed("$1,199.99"), Ok(Disputed::Part(usd(119_999))));
        assert_eq!(typed("0"), Err(PartRefusal::NotPositive));
        assert_eq!(typed("1200"), Err(PartRefusal::NotLessThanBalance));
        assert_eq!(typed("1200.01"), Err(PartRefusal::NotLessThanBalance));
        assert_eq!(typed("half"), Err(PartRefusal::NotAnAmount));
        assert_eq!(typed(" "), Err(PartRefusal::Missing));
        assert_eq!(Disputed::part(usd(-1), usd(120_000)), Err(PartRefusal::NotPositive));
        assert_eq!(Disputed::part(usd(1), usd(1)), Err(PartRefusal::NotLessThanBalance), "of a cent there is no part");
    }

    #[test]
    fn it_goes_forward_only() {
        assert_eq!(DisputeState::Open.ask(), Ok(DisputeState::MoreNeeded));
        assert_eq!(DisputeState::MoreNeeded.ask(), Ok(DisputeState::MoreNeeded));
        for outcome in Outcome::ALL {
            let over = DisputeState::Answered(outcome);
            assert_eq!(DisputeState::Open.end(outcome), Ok(over));
            assert_eq!(DisputeState::MoreNeeded.end(outcome), Ok(over));
            assert_eq!(over.ask(), Err(IsOver));
            assert_eq!(over.end(Outcome::Verified), Err(IsOver));
            assert_eq!(DisputeState::from_codes(over.code(), Some(outcome.code())), Some(over));
        }
        for open in [DisputeState::Open, DisputeState::MoreNeeded] {
            assert_eq!(DisputeState::from_codes(open.code(), None), Some(open));
            assert_eq!(DisputeState::from_codes(open.code(), Some("verified")), None);
        }
        assert_eq!(DisputeState::from_codes("answered", None), None);
    }

    #[test]
    fn a_letter_says_only_what_the_books_say() {
        let part = Disputed::Part(usd(5_000));
        let borne = |outcome, disputed, balance, taken_off| is_borne_out(outcome, disputed, usd(balance), usd(taken_off));
        assert_eq!(borne(Outcome::Verified, Disputed::All, 120_000, 0), Ok(()));
        assert_eq!(borne(Outcome::NotOwed, Disputed::All, 1, 119_999), Err(NotInTheBooks::StillOwed(usd(1))));
        assert_eq!(borne(Outcome::NotOwed, Disputed::All, 0, 120_000), Ok(()));
        assert_eq!(borne(Outcome::NotOwed, part, 115_001, 4_999), Err(NotInTheBooks::PartStillOwed(usd(1))));
        assert_eq!(borne(Outcome::NotOwed, part, 115_000, 5_000), Ok(()));
        assert_eq!(borne(Outcome::NotOwed, part, 0, 0), Ok(()));
        assert_eq!(borne(Outcome::Corrected, part, 120_000, 0), Err(NotInTheBooks::NothingCorrected));
        assert_eq!(borne(Outcome::Corrected, part, 119_999, 1), Ok(()));
    }

    #[test]
    fn what_is_beside_the_part_is_never_below_nothing() {
        assert_eq!(undisputed(usd(120_000), usd(1)), usd(119_999));
        assert_eq!(undisputed(usd(120_000), usd(119_999)), usd(1));
        assert_eq!(undisputed(usd(50), usd(119_999)), usd(0));
    }

    #[test]
    fn the_answer_is_promised_for_a_business_day() {
        let holidays = Holidays::from(vec![date(2026, 11, 26)]);
        assert_eq!(answer_on(date(2026, 11, 24), 2, &holidays), date(2026, 11, 27));
        assert_eq!(answer_on(date(2026, 11, 24), 3, &holidays), date(2026, 11, 30));
    }

    #[test]
    fn every_reason_is_read_back_from_its_code() {
        for reason in DisputeReason::ALL {
            assert_eq!(DisputeReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(DisputeReason::from_code("mine"), None);
    }
}
