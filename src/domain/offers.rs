//! The rule that decides which ways forward an account is offered, and on what terms.
//!
//! An [`Offer`] carries its own limits, so that any choice within it can be computed later from the held offer alone
//! ([`fit`]), whatever has happened to the policy meanwhile.

use super::account::{AccountFacts, TimeBarred};
use super::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm, days_after};
use super::due_dates::Payday;
use super::hardship::relief::Relief;
use super::ids::PolicyVersion;
use super::money::Money;
use super::policy::{
    Basis, DownPaymentRule, ExtensionTerms, PayPartTerms, PlanTerms, Policy, PromiseTerms, PromptPaymentTerms, Reason,
    SegmentTerms,
};
use super::schedule::{InterestRule, MIN_INSTALMENTS, Schedule, Size};
use super::statement::Statement;
use super::{one_payment, plan_choice};
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
    /// As it was known when the offers were made.
    #[serde(default)]
    pub time_barred: TimeBarred,
    /// What the creditor says happens if a payment is late: held with the offers, so that what was shown is what is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_payment: Option<Statement>,
    /// The hardship case that opened some of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
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

/// How long offers are held where no segment of the policy covers the account.
const HELD_DAYS_WITHOUT_SEGMENT: u16 = 10;

/// What the policy offers this account today. Paying the whole balance is always among it while anything is owed.
pub fn offers_for(
    account: &AccountFacts,
    policy: &Policy,
    today: Date,
    payday: Option<Payday>,
    reason: Option<Reason>,
) -> OfferSet {
    offers_under(None, account, policy, today, payday, reason)
}

/// The same where an approved hardship case may have opened more.
pub fn offers_under(
    relief: Option<&Relief>,
    account: &AccountFacts,
    policy: &Policy,
    today: Date,
    payday: Option<Payday>,
    reason: Option<Reason>,
) -> OfferSet {
    let balance = account.balance;
    // What is past due is part of what is owed.
    let past_due = Money::new(account.past_due.minor().clamp(0, balance.minor().max(0)), balance.currency());
    let segment = policy.segment_for(account, today, reason);
    let held_days = segment.map_or(HELD_DAYS_WITHOUT_SEGMENT, |segment| segment.terms.held_days);
    let widened = relief.map(|relief| relief.widen(segment.map(|segment| &segment.terms), balance.currency(), today));
    let mut maker = Maker {
        balance,
        past_due,
        today,
        payday,
        holidays: &policy.holidays,
        held_through: relief.map_or(days_after(today, i32::from(held_days)), |relief| relief.open_through.max(today)),
        offers: Vec::new(),
        refusals: Vec::new(),
    };
    if balance.is_positive() {
        maker.offer_all(widened.as_ref().or(segment.map(|segment| &segment.terms)));
    } else {
        OfferKind::ALL.into_iter().for_each(|kind| maker.refuse(kind, RefusalCode::NothingOwed));
    }
    OfferSet {
        policy_version: policy.version.clone(),
        made_on: today,
        balance,
        past_due,
        time_barred: account.time_barred,
        late_payment: policy.consequences.of(account.time_barred).late_payment,
        opened_by: relief.map(|relief| relief.case.clone()),
        offers: maker.offers,
        refusals: maker.refusals,
    }
}

struct Maker<'a> {
    balance: Money,
    past_due: Money,
    today: Date,
    payday: Option<Payday>,
    holidays: &'a Holidays,
    held_through: Date,
    offers: Vec<Offer>,
    refusals: Vec<Refusal>,
}

impl Maker<'_> {
    fn offer_all(&mut self, terms: Option<&SegmentTerms>) {
        let without_terms = if terms.is_none() { RefusalCode::NotCovered } else { RefusalCode::NotOffered };
        self.get_up_to_date(terms.is_none_or(|terms| terms.get_up_to_date).then_some(()).ok_or(without_terms));
        self.pay_in_full(terms.and_then(|terms| terms.prompt_payment));
        self.pay_part(terms.and_then(|terms| terms.pay_part).ok_or(without_terms));
        self.plans(terms.and_then(|terms| terms.plan.as_ref()).ok_or(without_terms));
        self.extension(terms.and_then(|terms| terms.extension).ok_or(without_terms));
        self.promise(terms.and_then(|terms| terms.promise).ok_or(without_terms));
    }

    fn refuse(&mut self, kind: OfferKind, code: RefusalCode) {
        self.refusals.push(Refusal { kind, code });
    }

    fn get_up_to_date(&mut self, allowed: Result<(), RefusalCode>) {
        let refusal = match allowed {
            _ if self.past_due.is_zero() => RefusalCode::NothingPastDue,
            _ if self.past_due == self.balance => RefusalCode::SameAsPayInFull,
            Err(refusal) => refusal,
            Ok(()) => {
                let limits = OnePaymentLimits { minimum: self.past_due, maximum: self.past_due, due_by: self.held_through };
                return self.one_payment(OfferKind::GetUpToDate, Basis::PastDue, limits, self.past_due, self.today);
            }
        };
        self.refuse(OfferKind::GetUpToDate, refusal);
    }

    /// The whole balance, however small; and before it, where the policy gives one, with the discount for paying soon.
    fn pay_in_full(&mut self, prompt_payment: Option<PromptPaymentTerms>) {
        if let Some(terms) = prompt_payment {
            let exact = i128::from(self.balance.minor()) * i128::from(terms.discount_basis_points) / 10_000;
            let discount = i64::try_from(exact).unwrap_or(0);
            let total = Money::new(self.balance.minor() - discount, self.balance.currency());
            if discount > 0 && total.is_positive() {
                let due_by = days_after(self.today, i32::from(terms.within_days));
                let limits = OnePaymentLimits { minimum: total, maximum: total, due_by };
                self.one_payment(OfferKind::PayInFull, Basis::Balance, limits, total, self.today);
                if let Some(offer) = self.offers.last_mut() {
                    offer.id = DISCOUNTED_ID.to_owned();
                    offer.discount = Some(Money::new(discount, total.currency()));
                    offer.valid_through = due_by;
                }
            }
        }
        let limits = OnePaymentLimits { minimum: self.balance, maximum: self.balance, due_by: self.held_through };
        self.one_payment(OfferKind::PayInFull, Basis::Balance, limits, self.balance, self.today);
    }

    fn pay_part(&mut self, terms: Result<PayPartTerms, RefusalCode>) {
        let refusal = match terms {
            Err(refusal) => refusal,
            Ok(terms) if terms.minimum.minor() >= self.balance.minor() => RefusalCode::TooSmall,
            Ok(terms) => {
                let limits = OnePaymentLimits { minimum: terms.minimum, maximum: self.balance, due_by: self.held_through };
                // What is past due, where a part payment may be so small: a number that means something.
                let is_a_part = (terms.minimum.minor()..self.balance.minor()).contains(&self.past_due.minor());
                let shown = if is_a_part { self.past_due } else { terms.minimum };
                return self.one_payment(OfferKind::PayPart, Basis::Balance, limits, shown, self.today);
            }
        };
        self.refuse(OfferKind::PayPart, refusal);
    }

    fn extension(&mut self, terms: Result<ExtensionTerms, RefusalCode>) {
        let refusal = match terms {
            Err(refusal) => refusal,
            Ok(_) if self.past_due.is_zero() => RefusalCode::NothingPastDue,
            Ok(terms) => {
                let due_by = days_after(self.today, i32::from(terms.longest_days));
                let limits = OnePaymentLimits { minimum: self.past_due, maximum: self.past_due, due_by };
                return self.one_payment(OfferKind::Extension, Basis::PastDue, limits, self.past_due, due_by);
            }
        };
        self.refuse(OfferKind::Extension, refusal);
    }

    /// One payment by one date: the past due where there is any, at most the whole balance; on the next payday if that is in
    /// time, else on the last day allowed.
    fn promise(&mut self, terms: Result<PromiseTerms, RefusalCode>) {
        let terms = match terms {
            Ok(terms) => terms,
            Err(refusal) => return self.refuse(OfferKind::Promise, refusal),
        };
        let (basis, wanted) =
            if self.past_due.is_zero() { (Basis::Balance, self.balance) } else { (Basis::PastDue, self.past_due) };
        let minimum = if terms.minimum.minor() > self.balance.minor() { self.balance } else { terms.minimum };
        let shown = if wanted.minor() < minimum.minor() { minimum } else { wanted };
        let due_by = days_after(self.today, i32::from(terms.longest_days));
        let payday = self.payday.and_then(|payday| {
            let next = payday.pattern(payday.rhythm).first_from(payday.next.max(self.today))?;
            (next <= due_by).then_some(next)
        });
        let limits = OnePaymentLimits { minimum, maximum: self.balance, due_by };
        self.one_payment(OfferKind::Promise, basis, limits, shown, payday.unwrap_or(due_by));
    }

    fn one_payment(&mut self, kind: OfferKind, basis: Basis, limits: OnePaymentLimits, shown: Money, due_on: Date) {
        self.offers.push(Offer {
            id: kind.code().to_owned(),
            kind,
            basis,
            frequency: None,
            total: shown,
            min_amount: limits.minimum,
            max_amount: limits.maximum,
            discount: None,
            valid_through: self.held_through,
            limits: Limits::OnePayment(limits),
            schedule: one_payment::schedule(shown, due_on),
        });
    }

    fn plans(&mut self, terms: Result<&PlanTerms, RefusalCode>) {
        let terms = match terms {
            Ok(terms) => terms,
            Err(refusal) => return self.refuse(OfferKind::Plan, refusal),
        };
        let before = self.offers.len();
        let mut refusals: Vec<RefusalCode> = Vec::new();
        for basis in Basis::ALL.into_iter().filter(|basis| terms.bases.contains(basis)) {
            let principal = match basis {
                Basis::PastDue if self.past_due.is_zero() => {
                    if !terms.bases.contains(&Basis::Balance) {
                        refusals.push(RefusalCode::NothingPastDue);
                    }
                    continue;
                }
                // The plan for the whole balance is the same plan.
                Basis::PastDue if self.past_due == self.balance && terms.bases.contains(&Basis::Balance) => continue,
                Basis::PastDue => self.past_due,
                Basis::Balance => self.balance,
            };
            for frequency in Frequency::ALL.into_iter().filter(|frequency| terms.frequencies.contains(frequency)) {
                match self.plan(terms, basis, principal, frequency) {
                    Ok(offer) => self.offers.push(offer),
                    Err(refusal) => refusals.push(refusal),
                }
            }
        }
        let plans_are_offered = self.offers.len() > before;
        for code in refusals {
            let already = self.refusals.iter().any(|refusal| refusal.kind == OfferKind::Plan && refusal.code == code);
            if !plans_are_offered && !already {
                self.refuse(OfferKind::Plan, code);
            }
        }
        if plans_are_offered && self.payday_is_too_late(terms) {
            self.refuse(OfferKind::Plan, RefusalCode::PaydayTooLate);
        }
    }

    fn payday_is_too_late(&self, terms: &PlanTerms) -> bool {
        let latest = days_after(self.today, i32::from(terms.first_payment_within_days));
        self.payday.is_some_and(|payday| {
            let next = payday.pattern(payday.rhythm).first_from(payday.next.max(self.today));
            next.is_none_or(|next| next > latest)
        })
    }

    /// A plan with the smallest payments the policy allows, on paydays where there is one in time.
    fn plan(&self, terms: &PlanTerms, basis: Basis, principal: Money, frequency: Frequency) -> Result<Offer, RefusalCode> {
        if principal.minor() / terms.minimum_instalment.minor().max(1) < i64::from(MIN_INSTALMENTS) {
            return Err(RefusalCode::TooSmall);
        }
        let zero = Money::zero(principal.currency());
        let down_payment = match terms.down_payment {
            DownPaymentRule::NotOffered | DownPaymentRule::Optional { .. } => None,
            DownPaymentRule::Required { minimum } => Some(minimum),
        };
        let mut offer = Offer {
            id: format!("plan.{}.{}", basis.code(), frequency.code()),
            kind: OfferKind::Plan,
            basis,
            frequency: Some(frequency),
            total: zero,
            min_amount: zero,
            max_amount: zero,
            discount: None,
            valid_through: self.held_through,
            limits: Limits::Plan(self.plan_limits(terms, principal)),
            schedule: one_payment::schedule(principal, self.today),
        };
        let wish = PlanChoice { down_payment, ..PlanChoice::of_plan(Size::Number(MIN_INSTALMENTS), frequency) };
        let on_paydays = PlanChoice { payday: self.payday, ..wish.clone() };
        let fitting = [on_paydays, wish].into_iter().find_map(|wish| {
            let (_, most) = plan_choice::numbers(&offer, &wish, self.today)?;
            let choice = PlanChoice { size: Size::Number(most), ..wish };
            let schedule = fit(&offer, &choice, self.today).ok()?;
            Some((plan_choice::amounts(&offer, &choice, self.today)?, schedule))
        });
        let ((min_amount, max_amount), schedule) = fitting.ok_or(RefusalCode::NoScheduleFits)?;
        offer.total = schedule.total;
        offer.schedule = schedule;
        (offer.min_amount, offer.max_amount) = (min_amount, max_amount);
        Ok(offer)
    }

    fn plan_limits(&self, terms: &PlanTerms, principal: Money) -> PlanLimits {
        let holidays = match terms.closed_days {
            ClosedDays::Keep => Holidays::default(),
            ClosedDays::NextWorkingDay | ClosedDays::PreviousWorkingDay => {
                self.holidays.between(self.today, days_after(terms.longest_term.ends_on(self.held_through), LONGEST_MOVE_DAYS))
            }
        };
        PlanLimits {
            principal,
            minimum_instalment: terms.minimum_instalment,
            last_instalment_excess: terms.last_instalment_excess,
            longest_term: terms.longest_term,
            first_payment_within_days: terms.first_payment_within_days,
            down_payment: terms.down_payment,
            interest: terms.interest,
            interest_from: self.today,
            closed_days: terms.closed_days,
            holidays,
        }
    }
}

/// A due date moves by less than a month.
const LONGEST_MOVE_DAYS: i32 = 31;

const DISCOUNTED_ID: &str = "pay_in_full.discounted";

impl OfferSet {
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The plan offers of a basis, one per frequency.
    pub fn plans(&self, basis: Basis) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(move |offer| offer.kind == OfferKind::Plan && offer.basis == basis)
    }

    /// What can be chosen on this day. While the discounted way to pay in full stands, the full one is not shown beside it.
    pub fn open_on(&self, today: Date) -> impl Iterator<Item = &Offer> {
        let discounted = self.offer(DISCOUNTED_ID).is_some_and(|offer| offer.is_open_on(today));
        self.offers.iter().filter(move |offer| {
            let hidden = discounted && offer.kind == OfferKind::PayInFull && offer.discount.is_none();
            offer.is_open_on(today) && !hidden
        })
    }
}

impl Offer {
    pub fn is_open_on(&self, today: Date) -> bool {
        today <= self.valid_through
    }
}

impl OfferKind {
    pub const ALL: [OfferKind; 6] = [
        OfferKind::GetUpToDate,
        OfferKind::PayInFull,
        OfferKind::PayPart,
        OfferKind::Plan,
        OfferKind::Extension,
        OfferKind::Promise,
    ];

    pub fn code(self) -> &'static str {
        match self {
            OfferKind::GetUpToDate => "get_up_to_date",
            OfferKind::PayInFull => "pay_in_full",
            OfferKind::PayPart => "pay_part",
            OfferKind::Plan => "plan",
            OfferKind::Extension => "extension",
            OfferKind::Promise => "promise",
        }
    }

    pub fn from_code(code: &str) -> Option<OfferKind> {
        OfferKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl RefusalCode {
    pub fn code(self) -> &'static str {
        match self {
            RefusalCode::NothingOwed => "nothing_owed",
            RefusalCode::NothingPastDue => "nothing_past_due",
            RefusalCode::SameAsPayInFull => "same_as_pay_in_full",
            RefusalCode::NotCovered => "not_covered",
            RefusalCode::NotOffered => "not_offered",
            RefusalCode::TooSmall => "too_small",
            RefusalCode::NoScheduleFits => "no_schedule_fits",
            RefusalCode::PaydayTooLate => "payday_too_late",
        }
    }
}

#[cfg(test)]
mod tests;
