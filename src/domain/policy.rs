//! The rules behind offers, as plain values. The file they are written in is read by `server::policy_file`.
//!
//! A policy is a list of segments; the first whose conditions an account meets decides. Amounts are in the segment's currency.

use super::account::AccountFacts;
use super::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm};
use super::ids::PolicyVersion;
use super::money::{Currency, Money};
use super::schedule::InterestRule;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub version: PolicyVersion,
    pub segments: Vec<Segment>,
    /// Public holidays of the calendars the policy names.
    pub holidays: Holidays,
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

/// From and to, both included; absent means open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
}

/// Why somebody fell behind, if they want to say. A policy may offer more for a reason, never less.
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

impl Conditions {
    pub fn hold_for(&self, account: &AccountFacts, today: Date, reason: Option<Reason>) -> bool {
        let _ = (account, today, reason);
        false
    }
}
