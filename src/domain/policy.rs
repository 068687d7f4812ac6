//! The rules behind offers, as plain values. The file they are written in is read by `server::policy_file`.
//!
//! A policy is a list of segments; the first whose conditions an account meets decides. Amounts are in the segment's currency.
//! Beside them stands what the creditor says happens if a payment is late or nothing is done.

use super::account::{AccountFacts, TimeBarred};
use super::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm};
use super::changing::ChangeTerms;
use super::components::PartsOrder;
use super::hardship::relief::ReliefTerms;
use super::ids::PolicyVersion;
use super::money::{Currency, Money};
use super::schedule::InterestRule;
use super::statement::Statement;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub version: PolicyVersion,
    pub segments: Vec<Segment>,
    /// Public holidays of the calendars the policy names.
    pub holidays: Holidays,
    pub consequences: Consequences,
    /// Which part of a debt a payment pays first.
    pub allocation: PartsOrder,
    /// What customers may change of an agreement by themselves; `None` for nothing.
    pub change: Option<ChangeTerms>,
    /// What an approved hardship case may open; `None` for nothing.
    pub hardship: Option<ReliefTerms>,
    /// A short hold that customers may put on an account by themselves; `None` for none.
    pub time_to_think: Option<TimeToThink>,
}

/// How long, and how often in a year, nothing is asked for because a customer wants to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeToThink {
    pub days: u16,
    pub times_in_a_year: u32,
}

/// Whether time to think can be taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// It would last to the end of this day.
    Until(Date),
    /// Something holds the account already.
    NotNow,
    UsedUp,
    NotOffered,
}

/// What happens, in the creditor's own words. Where it says nothing, the portal's neutral words hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// If a payment that was agreed is late.
    pub late_payment: Option<Statement>,
    pub if_nothing_is_done: Option<Statement>,
}

/// Which accounts, and what they may be offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub name: String,
    pub when: Conditions,
    pub terms: SegmentTerms,
}

/// All must hold. An absent condition always does; a condition on a fact that is unknown never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions {
    pub currency: Currency,
    pub days_past_due: Bounds,
    pub balance_minor: Bounds,
    /// Any of these, compared without regard to capitals; empty for every product.
    pub products: Vec<String>,
    /// Any of these; empty for every reason and for none.
    pub reasons: Vec<Reason>,
    /// Past instalments kept, in percent, rounded down.
    pub kept_percent: Bounds,
}

/// At least and at most, both included; absent means open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
}

/// Why somebody fell behind, if they want to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    IncomeLost,
    IncomeReduced,
    Illness,
    FamilyChange,
    Bereavement,
    UnexpectedCost,
    Disaster,
    Other,
}

/// What a plan covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    PastDue,
    Balance,
}

/// What a segment offers. Paying the whole balance is always possible and needs no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentTerms {
    /// How many days offers are held from the day they are first shown.
    pub held_days: u16,
    pub prompt_payment: Option<PromptPaymentTerms>,
    pub get_up_to_date: bool,
    pub pay_part: Option<PayPartTerms>,
    pub plan: Option<PlanTerms>,
    pub extension: Option<ExtensionTerms>,
    pub promise: Option<PromiseTerms>,
}

/// A discount for paying the whole balance soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptPaymentTerms {
    /// Hundredths of a percent; the discount is rounded down to the minor unit.
    pub discount_basis_points: u32,
    pub within_days: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayPartTerms {
    pub minimum: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    pub bases: Vec<Basis>,
    pub frequencies: Vec<Frequency>,
    pub minimum_instalment: Money,
    pub longest_term: LongestTerm,
    pub first_payment_within_days: u16,
    pub down_payment: DownPaymentRule,
    pub last_instalment_excess: Money,
    pub interest: InterestRule,
    pub closed_days: ClosedDays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownPaymentRule {
    NotOffered,
    /// The customer may make one, of at least this much.
    Optional {
        minimum: Money,
    },
    /// Every plan begins with one, of at least this much.
    Required {
        minimum: Money,
    },
}

/// What is past due becomes due on a later day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionTerms {
    pub longest_days: u16,
}

/// One payment by one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseTerms {
    pub longest_days: u16,
    pub minimum: Money,
}

impl Policy {
    /// The first segment whose conditions the account meets.
    pub fn segment_for(&self, account: &AccountFacts, today: Date, reason: Option<Reason>) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.when.hold_for(account, today, reason))
    }
}

impl Consequences {
    /// What is said of an account. Of a time-barred one the neutral words hold: the creditor's are written for every account,
    /// and nobody can be sure that they never speak of going to court (12 CFR 1006.26(b)).
    pub fn of(&self, time_barred: TimeBarred) -> Consequences {
        match time_barred {
            TimeBarred::Yes => Consequences::default(),
            TimeBarred::Unknown | TimeBarred::No => self.clone(),
        }
    }
}

impl Conditions {
    pub fn hold_for(&self, account: &AccountFacts, today: Date, reason: Option<Reason>) -> bool {
        let product = account.product.to_lowercase();
        account.currency == self.currency
            && self.days_past_due.contains(i64::from(account.days_past_due(today)))
            && self.balance_minor.contains(account.balance.minor())
            && (self.products.is_empty() || self.products.iter().any(|wanted| wanted.to_lowercase() == product))
            && (self.reasons.is_empty() || reason.is_some_and(|reason| self.reasons.contains(&reason)))
            && (self.kept_percent.is_open() || account.kept_percent().is_some_and(|kept| self.kept_percent.contains(kept)))
    }

    /// Whether every account that meets `other` meets these as well.
    pub fn cover(&self, other: &Conditions) -> bool {
        self.currency == other.currency
            && self.days_past_due.cover(other.days_past_due)
            && self.balance_minor.cover(other.balance_minor)
            && cover_list(&self.products, &other.products)
            && cover_list(&self.reasons, &other.reasons)
            && (self.kept_percent.is_open() || (!other.kept_percent.is_open() && self.kept_percent.cover(other.kept_percent)))
    }

    /// Whether some account could meet both.
    pub fn overlap(&self, other: &Conditions) -> bool {
        self.currency == other.currency
            && self.days_past_due.overlap(other.days_past_due)
            && self.balance_minor.overlap(other.balance_minor)
            && overlap_list(&self.products, &other.products)
            && overlap_list(&self.reasons, &other.reasons)
            && self.kept_percent.overlap(other.kept_percent)
    }
}

/// An empty list stands for everything.
fn cover_list<T: PartialEq>(list: &[T], other: &[T]) -> bool {
    list.is_empty() || (!other.is_empty() && other.iter().all(|item| list.contains(item)))
}

fn overlap_list<T: PartialEq>(list: &[T], other: &[T]) -> bool {
    list.is_empty() || other.is_empty() || other.iter().any(|item| list.contains(item))
}

impl Bounds {
    pub fn contains(self, value: i64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }

    pub fn is_open(self) -> bool {
        self == Bounds::default()
    }

    fn cover(self, other: Bounds) -> bool {
        let least = self.at_least.is_none_or(|least| other.at_least.is_some_and(|other| other >= least));
        let most = self.at_most.is_none_or(|most| other.at_most.is_some_and(|other| other <= most));
        least && most
    }

    fn overlap(self, other: Bounds) -> bool {
        let starts_in_time = |one: Bounds, two: Bounds| match (one.at_least, two.at_most) {
            (Some(least), Some(most)) => least <= most,
            _ => true,
        };
        starts_in_time(self, other) && starts_in_time(other, self)
    }
}

impl Reason {
    pub const ALL: [Reason; 8] = [
        Reason::IncomeLost,
        Reason::IncomeReduced,
        Reason::Illness,
        Reason::FamilyChange,
        Reason::Bereavement,
        Reason::UnexpectedCost,
        Reason::Disaster,
        Reason::Other,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Reason::IncomeLost => "income_lost",
            Reason::IncomeReduced => "income_reduced",
            Reason::Illness => "illness",
            Reason::FamilyChange => "family_change",
            Reason::Bereavement => "bereavement",
            Reason::UnexpectedCost => "unexpected_cost",
            Reason::Disaster => "disaster",
            Reason::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl Basis {
    pub const ALL: [Basis; 2] = [Basis::PastDue, Basis::Balance];

    pub fn code(self) -> &'static str {
        match self {
            Basis::PastDue => "past_due",
            Basis::Balance => "balance",
        }
    }

    pub fn from_code(code: &str) -> Option<Basis> {
        Basis::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::PaymentHistory;
    use super::*;
    use jiff::civil::date;

    fn account() -> AccountFacts {
        AccountFacts {
            product: "Credit card".into(),
            currency: Currency::USD,
            balance: Money::new(100_000, Currency::USD),
            past_due: Money::new(30_000, Currency::USD),
            oldest_unpaid_due_date: Some(date(2026, 7, 23)),
            history: Some(PaymentHistory { instalments_due: 12, instalments_kept: 9 }),
            time_barred: TimeBarred::Unknown,
        }
    }

    fn any() -> Conditions {
        Conditions {
            currency: Currency::USD,
            days_past_due: Bounds::default(),
            balance_minor: Bounds::default(),
            products: Vec::new(),
            reasons: Vec::new(),
            kept_percent: Bounds::default(),
        }
    }

    /// 120 days after the oldest unpaid due date.
    const TODAY: Date = date(2026, 11, 20);

    fn at_most(value: i64) -> Bounds {
        Bounds { at_least: None, at_most: Some(value) }
    }

    fn at_least(value: i64) -> Bounds {
        Bounds { at_least: Some(value), at_most: None }
    }

    #[test]
    fn a_bound_includes_its_own_value() {
        let meets = |conditions: Conditions| conditions.hold_for(&account(), TODAY, None);
        assert!(meets(Conditions { days_past_due: at_most(120), ..any() }));
        assert!(!meets(Conditions { days_past_due: at_most(119), ..any() }));
        assert!(!meets(Conditions { days_past_due: at_least(121), ..any() }));
        assert!(meets(Conditions { balance_minor: at_least(100_000), ..any() }));
        assert!(!meets(Conditions { balance_minor: at_least(100_001), ..any() }));
        assert!(meets(Conditions { kept_percent: at_least(75), ..any() }));
        assert!(!meets(Conditions { kept_percent: at_least(76), ..any() }));
    }

    #[test]
    fn an_unknown_fact_meets_no_condition_on_it() {
        let stranger = AccountFacts { history: None, ..account() };
        assert!(!Conditions { kept_percent: at_least(0), ..any() }.hold_for(&stranger, TODAY, None));
        assert!(any().hold_for(&stranger, TODAY, None));
        let ill = Conditions { reasons: vec![Reason::Illness], ..any() };
        assert!(!ill.hold_for(&account(), TODAY, None));
        assert!(ill.hold_for(&account(), TODAY, Some(Reason::Illness)));
    }

    #[test]
    fn products_are_compared_without_capitals_and_currencies_never_mix() {
        assert!(Conditions { products: vec!["credit CARD".into()], ..any() }.hold_for(&account(), TODAY, None));
        assert!(!Conditions { products: vec!["Car loan".into()], ..any() }.hold_for(&account(), TODAY, None));
        assert!(!Conditions { currency: Currency::EUR, ..any() }.hold_for(&account(), TODAY, None));
    }

    #[test]
    fn the_first_segment_that_matches_decides() {
        let terms = SegmentTerms {
            held_days: 10,
            prompt_payment: None,
            get_up_to_date: true,
            pay_part: None,
            plan: None,
            extension: None,
            promise: None,
        };
        let segment = |name: &str, when| Segment { name: name.into(), when, terms: terms.clone() };
        let policy = Policy {
            version: PolicyVersion("test".into()),
            segments: vec![
                segment("early", Conditions { days_past_due: at_most(30), ..any() }),
                segment("later", any()),
                segment("never", any()),
            ],
            holidays: Holidays::default(),
            consequences: Consequences::default(),
            allocation: PartsOrder::USUAL,
            change: None,
            hardship: None,
            time_to_think: None,
        };
        assert_eq!(policy.segment_for(&account(), TODAY, None).map(|segment| segment.name.as_str()), Some("later"));
        assert_eq!(policy.segment_for(&account(), date(2026, 8, 1), None).map(|segment| segment.name.as_str()), Some("early"));
        let euros = AccountFacts { currency: Currency::EUR, ..account() };
        assert_eq!(policy.segment_for(&euros, TODAY, None), None);
    }

    #[test]
    fn of_a_time_barred_account_the_creditors_words_are_not_used() {
        let words = Statement::new("We may go to court.", "Podemos ir a juicio.").expect("plain words");
        let stated = Consequences { late_payment: Some(words.clone()), if_nothing_is_done: Some(words) };
        assert_eq!(stated.of(TimeBarred::Yes), Consequences::default());
        assert_eq!(stated.of(TimeBarred::No), stated);
        assert_eq!(stated.of(TimeBarred::Unknown), stated);
    }

    #[test]
    fn covering_and_overlapping_are_told_apart() {
        let early = Conditions { days_past_due: at_most(120), ..any() };
        let late = Conditions { days_past_due: at_least(121), ..any() };
        let middle = Conditions { days_past_due: at_least(90), ..any() };
        assert!(any().cover(&early) && !early.cover(&any()));
        assert!(!early.overlap(&late) && early.overlap(&middle) && !early.cover(&middle));
        let known = Conditions { kept_percent: at_least(0), ..any() };
        assert!(!known.cover(&any()), "an account without a history meets only the open one");
    }
}
