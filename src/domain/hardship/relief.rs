//! What an approved hardship case opens, for a time: it widens what the policy offers and what may be changed of an agreement. What
//! is then chosen is computed by the same engine and signed like anything else.
//!
//! A reviewer may open what the policy's `[hardship]` allows and no more ([`ReliefTerms::allow`]).

use crate::domain::calendar::{ClosedDays, Date, Frequency, LongestTerm};
use crate::domain::changing::ChangeTerms;
use crate::domain::components::Paid;
use crate::domain::money::{Currency, Money};
use crate::domain::policy::{Basis, DownPaymentRule, ExtensionTerms, PayPartTerms, PlanTerms, PromptPaymentTerms, SegmentTerms};
use crate::domain::schedule::InterestRule;
use serde::{Deserialize, Serialize};

/// The most that a reviewer may open: the policy's `[hardship]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReliefTerms {
    /// The smallest payment a plan may have.
    pub minimum_instalment: Money,
    /// The longest a plan may last.
    pub longest_term: LongestTerm,
    /// How long nothing need be paid, in days.
    pub pause_days: u16,
    pub may_waive: Vec<Paid>,
    /// The largest part of a balance that may be given up where the rest is paid at once, in hundredths of a percent; 0 for none.
    pub most_discount_basis_points: u32,
}

/// What was opened for one customer. Each part may be missing; one is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relief {
    /// The case it comes from, as its customer knows it.
    pub case: String,
    /// The last day on which it can be chosen, where its customer lives.
    pub open_through: Date,
    pub lower: Option<LowerPayments>,
    /// Nothing need be paid for so many days.
    pub pause_days: Option<u16>,
    /// Of the balance, in hundredths of a percent, where the rest is paid at once.
    pub discount_basis_points: Option<u32>,
    /// Given up already, with the decision.
    #[serde(default)]
    pub waived: Vec<Waived>,
}

/// Smaller payments over a longer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowerPayments {
    pub minimum_instalment: Money,
    pub longest_term: LongestTerm,
}

/// What was given up of all the customer's accounts with the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waived {
    Interest,
    Fees,
}

impl Waived {
    pub const ALL: [Waived; 2] = [Waived::Interest, Waived::Fees];

    pub fn part(self) -> Paid {
        match self {
            Waived::Interest => Paid::Interest,
            Waived::Fees => Paid::Fees,
        }
    }
}

/// Why a reviewer may not open something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// It opens nothing.
    Nothing,
    PaymentsTooSmall {
        least: Money,
    },
    OtherCurrency,
    TermTooLong {
        longest: LongestTerm,
    },
    PauseTooLong {
        most_days: u16,
    },
    MayNotWaive(Waived),
    DiscountTooLarge {
        most_basis_points: u32,
    },
}

impl ReliefTerms {
    /// Whether a reviewer may open this on a day.
    pub fn allow(&self, relief: &Relief, today: Date) -> Result<(), NotAllowed> {
        let Relief { lower, pause_days, discount_basis_points, waived, .. } = relief;
        if lower.is_none() && pause_days.is_none() && discount_basis_points.is_none() && waived.is_empty() {
            return Err(NotAllowed::Nothing);
        }
        if let Some(lower) = lower {
            if lower.minimum_instalment.currency() != self.minimum_instalment.currency() {
                return Err(NotAllowed::OtherCurrency);
            }
            if lower.minimum_instalment.minor() < self.minimum_instalment.minor() {
                return Err(NotAllowed::PaymentsTooSmall { least: self.minimum_instalment });
            }
            if lower.longest_term.ends_on(today) > self.longest_term.ends_on(today) {
                return Err(NotAllowed::TermTooLong { longest: self.longest_term });
            }
        }
        if pause_days.is_some_and(|days| days == 0 || days > self.pause_days) {
            return Err(NotAllowed::PauseTooLong { most_days: self.pause_days });
        }
        if let Some(waived) = waived.iter().find(|waived| !self.may_waive.contains(&waived.part())) {
            return Err(NotAllowed::MayNotWaive(*waived));
        }
        if discount_basis_points.is_some_and(|points| points == 0 || points > self.most_discount_basis_points) {
            return Err(NotAllowed::DiscountTooLarge { most_basis_points: self.most_discount_basis_points });
        }
        Ok(())
    }
}

impl Relief {
    /// What is offered under it, given what the policy offers the account; that too stays open. Nothing becomes worse by it.
    pub fn widen(&self, terms: Option<&SegmentTerms>, currency: Currency, today: Date) -> SegmentTerms {
        let mut widened = terms.cloned().unwrap_or(SegmentTerms {
            held_days: 1,
            prompt_payment: None,
            get_up_to_date: true,
            pay_part: None,
            plan: None,
            extension: None,
            promise: None,
        });
        // An amount says nothing of an account in another currency.
        if let Some(lower) = self.lower.filter(|lower| lower.minimum_instalment.currency() == currency) {
            widened.plan = Some(match widened.plan.take() {
                Some(plan) => lower.lower(plan, today),
                None => lower.plan(),
            });
            widened.pay_part =
                widened.pay_part.map(|part| PayPartTerms { minimum: smaller(part.minimum, lower.minimum_instalment) });
        }
        if let Some(days) = self.pause_days {
            if let Some(plan) = &mut widened.plan {
                plan.first_payment_within_days = plan.first_payment_within_days.max(days);
                plan.longest_term = later_by(plan.longest_term, days);
                // Nothing is to be paid at first.
                plan.down_payment = match plan.down_payment {
                    DownPaymentRule::Required { minimum } => DownPaymentRule::Optional { minimum },
                    rule @ (DownPaymentRule::NotOffered | DownPaymentRule::Optional { .. }) => rule,
                };
            }
            let longest_days = widened.extension.map_or(days, |extension| extension.longest_days.max(days));
            widened.extension = Some(ExtensionTerms { longest_days });
        }
        if let Some(points) = self.discount_basis_points {
            let within_days = u16::try_from(days_between(today, self.open_through)).unwrap_or(0);
            let better = widened.prompt_payment.is_none_or(|terms| terms.discount_basis_points <= points);
            if better {
                widened.prompt_payment = Some(PromptPaymentTerms { discount_basis_points: points, within_days });
            }
        }
        widened
    }

    /// What may be changed of an agreement under it. One change more than the policy has: the one it is for.
    pub fn widen_changes(&self, terms: Option<ChangeTerms>, today: Date) -> Option<ChangeTerms> {
        let mut widened = terms?;
        if self.lower.is_some() || self.pause_days.is_some() {
            widened.most_changes = widened.most_changes.saturating_add(1);
        }
        if let Some(days) = self.pause_days {
            widened.pause_days = widened.pause_days.max(days);
            widened.longest_term = later_by(widened.longest_term, days);
        }
        if let Some(lower) = self.lower {
            widened.longest_term = longer(widened.longest_term, lower.longest_term, today);
        }
        Some(widened)
    }

    /// The smallest payment that a changed agreement may have.
    pub fn minimum(&self, minimum: Money) -> Money {
        self.lower.map_or(minimum, |lower| smaller(minimum, lower.minimum_instalment))
    }
}

impl LowerPayments {
    fn lower(self, plan: PlanTerms, today: Date) -> PlanTerms {
        PlanTerms {
            minimum_instalment: smaller(plan.minimum_instalment, self.minimum_instalment),
            longest_term: longer(plan.longest_term, self.longest_term, today),
            ..plan
        }
    }

    /// A plan where the policy has none for the account.
    fn plan(self) -> PlanTerms {
        PlanTerms {
            bases: vec![Basis::PastDue, Basis::Balance],
            frequencies: Frequency::ALL.to_vec(),
            minimum_instalment: self.minimum_instalment,
            longest_term: self.longest_term,
            first_payment_within_days: 31,
            down_payment: DownPaymentRule::NotOffered,
            last_instalment_excess: self.minimum_instalment,
            interest: InterestRule::Frozen,
            closed_days: ClosedDays::Keep,
        }
    }
}

fn smaller(one: Money, other: Money) -> Money {
    if one.currency() == other.currency() && other.minor() < one.minor() { other } else { one }
}

fn longer(one: LongestTerm, other: LongestTerm, today: Date) -> LongestTerm {
    if other.ends_on(today) > one.ends_on(today) { other } else { one }
}

/// A pause takes nothing from the time that a plan may last.
fn later_by(term: LongestTerm, days: u16) -> LongestTerm {
    match term {
        LongestTerm::Days(longest) => LongestTerm::Days(longest.saturating_add(days)),
        LongestTerm::Months(months) => LongestTerm::Months(months.saturating_add(days.div_ceil(28))),
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::policy::PromiseTerms;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 20);

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn terms() -> ReliefTerms {
        ReliefTerms {
            minimum_instalment: usd(500),
            longest_term: LongestTerm::Months(60),
            pause_days: 92,
            may_waive: vec![Paid::Fees],
            most_discount_basis_points: 4_000,
        }
    }

    fn nothing() -> Relief {
        Relief {
            case: "H-1".to_owned(),
            open_through: date(2026, 12, 20),
            lower: None,
            pause_days: None,
            discount_basis_points: None,
            waived: Vec::new(),
        }
    }

    fn lower(minor: i64, months: u16) -> Option<LowerPayments> {
        Some(LowerPayments { minimum_instalment: usd(minor), longest_term: LongestTerm::Months(months) })
    }

    #[test]
    fn a_reviewer_opens_what_the_policy_allows_and_no_more() {
        let allow = |relief: Relief| terms().allow(&relief, TODAY);
        assert_eq!(allow(nothing()), Err(NotAllowed::Nothing));
        assert_eq!(allow(Relief { lower: lower(500, 60), ..nothing() }), Ok(()));
        assert_eq!(allow(Relief { lower: lower(499, 60), ..nothing() }), Err(NotAllowed::PaymentsTooSmall { least: usd(500) }));
        let longest = LongestTerm::Months(60);
        assert_eq!(allow(Relief { lower: lower(500, 61), ..nothing() }), Err(NotAllowed::TermTooLong { longest }));
        let euros = LowerPayments { minimum_instalment: Money::new(500, Currency::EUR), longest_term: longest };
        assert_eq!(allow(Relief { lower: Some(euros), ..nothing() }), Err(NotAllowed::OtherCurrency));
        assert_eq!(allow(Relief { pause_days: Some(92), ..nothing() }), Ok(()));
        for days in [0, 93] {
            let pause = Relief { pause_days: Some(days), ..nothing() };
            assert_eq!(allow(pause), Err(NotAllowed::PauseTooLong { most_days: 92 }));
        }
        assert_eq!(allow(Relief { waived: vec![Waived::Fees], ..nothing() }), Ok(()));
        let interest = Relief { waived: vec![Waived::Fees, Waived::Interest], ..nothing() };
        assert_eq!(allow(interest), Err(NotAllowed::MayNotWaive(Waived::Interest)));
        for points in [0, 4_001] {
            let discount = Relief { discount_basis_points: Some(points), ..nothing() };
            assert_eq!(allow(discount), Err(NotAllowed::DiscountTooLarge { most_basis_points: 4_000 }));
        }
    }

    #[test]
    fn a_plan_is_opened_where_the_policy_has_none() {
        let relief = Relief { lower: lower(500, 60), pause_days: Some(60), discount_basis_points: Some(4_000), ..nothing() };
        let widened = relief.widen(None, Currency::USD, TODAY);
        let plan = widened.plan.expect("a plan");
        assert_eq!((plan.minimum_instalment, plan.first_payment_within_days), (usd(500), 60));
        assert_eq!(widened.extension, Some(ExtensionTerms { longest_days: 60 }));
        let discount = PromptPaymentTerms { discount_basis_points: 4_000, within_days: 30 };
        assert_eq!(widened.prompt_payment, Some(discount));
        let in_euros = relief.widen(None, Currency::EUR, TODAY);
        assert_eq!(in_euros.plan, None, "an amount says nothing of another currency");
    }

    fn offered() -> impl Strategy<Value = SegmentTerms> {
        let plan = (1_i64..5_000, 1_u16..61, 0_u16..93).prop_map(|(minimum, months, within)| PlanTerms {
            bases: vec![Basis::Balance],
            frequencies: vec![Frequency::Monthly],
            minimum_instalment: usd(minimum),
            longest_term: LongestTerm::Months(months),
            first_payment_within_days: within,
            down_payment: DownPaymentRule::Required { minimum: usd(1_000) },
            last_instalment_excess: usd(minimum),
            interest: InterestRule::Frozen,
            closed_days: ClosedDays::Keep,
        });
        let extension = proptest::option::of((1_u16..93).prop_map(|longest_days| ExtensionTerms { longest_days }));
        let prompt = proptest::option::of(
            (1_u32..9_000, 1_u16..60)
                .prop_map(|(discount_basis_points, within_days)| PromptPaymentTerms { discount_basis_points, within_days }),
        );
        (proptest::option::of(plan), extension, prompt).prop_map(|(plan, extension, prompt_payment)| SegmentTerms {
            held_days: 14,
            prompt_payment,
            get_up_to_date: true,
            pay_part: Some(PayPartTerms { minimum: usd(700) }),
            plan,
            extension,
            promise: Some(PromiseTerms { longest_days: 30, minimum: usd(1_000) }),
        })
    }

    fn opened() -> impl Strategy<Value = Relief> {
        let lower = proptest::option::of((1_i64..5_000, 1_u16..61).prop_map(|(minor, months)| LowerPayments {
            minimum_instalment: usd(minor),
            longest_term: LongestTerm::Months(months),
        }));
        (lower, proptest::option::of(1_u16..93), proptest::option::of(1_u32..9_000)).prop_map(
            |(lower, pause_days, discount_basis_points)| Relief { lower, pause_days, discount_basis_points, ..nothing() },
        )
    }

    proptest! {
        /// Whatever is opened, nothing that was offered before becomes worse or goes away.
        #[test]
        fn nothing_becomes_worse(before in offered(), relief in opened()) {
            let after = relief.widen(Some(&before), Currency::USD, TODAY);
            prop_assert_eq!(after.get_up_to_date, before.get_up_to_date);
            prop_assert_eq!(after.promise, before.promise);
            if let Some(plan) = &before.plan {
                let widened = after.plan.as_ref().expect("still there");
                prop_assert!(widened.minimum_instalment.minor() <= plan.minimum_instalment.minor());
                prop_assert!(widened.longest_term.ends_on(TODAY) >= plan.longest_term.ends_on(TODAY));
                prop_assert!(widened.first_payment_within_days >= plan.first_payment_within_days);
                prop_assert_eq!(&widened.frequencies, &plan.frequencies);
            }
            if let Some(extension) = before.extension {
                prop_assert!(after.extension.expect("still there").longest_days >= extension.longest_days);
            }
            if let Some(prompt) = before.prompt_payment {
                let after = after.prompt_payment.expect("still there");
                prop_assert!(after.discount_basis_points >= prompt.discount_basis_points);
            }
            let part = after.pay_part.expect("still there");
            prop_assert!(part.minimum.minor() <= 700);
        }
    }

    #[test]
    fn a_change_may_go_further_and_once_more() {
        let changes =
            ChangeTerms { most_changes: 6, move_days: 14, most_skips: 2, pause_days: 60, longest_term: LongestTerm::Months(36) };
        let relief = Relief { pause_days: Some(92), lower: lower(500, 60), ..nothing() };
        let widened = relief.widen_changes(Some(changes), TODAY).expect("changes");
        assert_eq!((widened.most_changes, widened.pause_days), (7, 92));
        assert!(widened.longest_term.ends_on(TODAY) >= LongestTerm::Months(60).ends_on(TODAY));
        assert_eq!(relief.minimum(usd(1_000)), usd(500));
        assert_eq!(relief.widen_changes(None, TODAY), None, "through a person only");
        assert_eq!(nothing().widen_changes(Some(changes), TODAY), Some(changes));
    }
}
