//! The rule that decides which ways forward an account is offered, and on what terms.
//!
//! An [`Offer`] carries its own limits, so that any choice within it can be computed later from the held offer alone
//! ([`fit`]), whatever has happened to the policy meanwhile.

use super::account::AccountFacts;
use super::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm, Payday};
use super::ids::PolicyVersion;
use super::money::Money;
use super::policy::{Basis, DownPaymentRule, Policy, Reason};
use super::schedule::{InterestRule, Schedule};
use serde::{Deserialize, Serialize};

pub use super::plan_choice::{ChoiceRefusal, Fitting, NotAllowed, PlanChoice, fit};

/// The kinds of ways forward, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    GetUpToDate,
    PayInFull,
    PayPart,
    Plan,
    Extension,
    Promise,
}

/// One way forward with its terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Stable and readable: `pay_in_full`, `plan.past_due.weekly`.
    pub id: String,
    pub kind: OfferKind,
    pub basis: Basis,
    /// Of a plan.
    pub frequency: Option<Frequency>,
    /// What is paid in all by `schedule`.
    pub total: Money,
    /// The least and the most that one payment may be (of a plan: one instalment).
    pub min_amount: Money,
    pub max_amount: Money,
    /// What the creditor gives up if it is paid so.
    pub discount: Option<Money>,
    /// The last day, in the customer's time zone, on which it can be chosen.
    pub valid_through: Date,
    pub limits: Limits,
    /// What is shown before anything is chosen: of a plan, the one with the smallest payments.
    pub schedule: Schedule,
}

/// Everything needed to compute a choice within the offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    OnePayment(OnePaymentLimits),
    Plan(PlanLimits),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnePaymentLimits {
    pub minimum: Money,
    pub maximum: Money,
    /// The last day it may be due.
    pub due_by: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLimits {
    /// What the plan pays off.
    pub principal: Money,
    pub minimum_instalment: Money,
    pub last_instalment_excess: Money,
    pub longest_term: LongestTerm,
    pub first_payment_within_days: u16,
    pub down_payment: DownPaymentRule,
    pub interest: InterestRule,
    /// Interest is counted from this day.
    pub interest_from: Date,
    pub closed_days: ClosedDays,
    /// Only where a date could move because of them.
    pub holidays: Holidays,
}

/// What an account is offered, and what not and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferSet {
    pub policy_version: PolicyVersion,
    pub made_on: Date,
    pub balance: Money,
    pub past_due: Money,
    pub offers: Vec<Offer>,
    pub refusals: Vec<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refusal {
    pub kind: OfferKind,
    pub code: RefusalCode,
}

/// Why something is not offered. Stable and documented in docs/offers-json.md; screens have the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The balance is zero or in credit.
    NothingOwed,
    NothingPastDue,
    /// Everything owed is past due: getting up to date is paying in full.
    SameAsPayInFull,
    /// No segment of the policy covers the account.
    NotCovered,
    /// The policy does not offer it to accounts like this one.
    NotOffered,
    /// Too little is owed for it: the minimum leaves no choice but paying in full.
    TooSmall,
    /// No schedule keeps all of the policy's limits.
    NoScheduleFits,
    /// Plans are offered, but the payday is too late for the first payment; their dates do not follow it.
    PaydayTooLate,
}

/// What the policy offers this account today.
pub fn offers_for(
    account: &AccountFacts,
    policy: &Policy,
    today: Date,
    payday: Option<Payday>,
    reason: Option<Reason>,
) -> OfferSet {
    let _ = (payday, reason);
    OfferSet {
        policy_version: policy.version.clone(),
        made_on: today,
        balance: account.balance,
        past_due: account.past_due,
        offers: Vec::new(),
        refusals: Vec::new(),
    }
}

impl OfferSet {
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The plan offers of a basis, one per frequency.
    pub fn plans(&self, basis: Basis) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(move |offer| offer.kind == OfferKind::Plan && offer.basis == basis)
    }
}
