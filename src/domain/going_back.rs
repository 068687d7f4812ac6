//! On which accounts of a payment money that goes back is undone: on one alone where it was asked for that one, else spread over
//! all of them in one order. And how much each account can still have back for itself.
//!
//! Every cent of a payment belongs to one account. What is on its way back for one account alone stays that account's until it is
//! booked, so that it does not matter in which order refunds become known. Called by `services::payments`.

use super::ledger::{Allocation, AppliedTo, net, undo};
use super::money::{Money, MoneyError};

/// One account's part of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartPaid {
    /// What went to the account when it was paid.
    pub share: Money,
    /// What it is applied to now, without what went back: see [`net`].
    pub applied: Vec<Allocation>,
    /// On its way back for this account alone.
    pub promised: Money,
}

impl PartPaid {
    /// What is undone first when the payment as a whole gives something back, and what it gives only when all else is given: what
    /// is promised to this account alone.
    fn free_and_promised(&self) -> Result<(Vec<Allocation>, Vec<Allocation>), MoneyError> {
        let promised = undo(&self.applied, self.promised)?;
        let free = net(self.applied.iter().cloned().chain(promised.iter().cloned()).collect())?;
        Ok((free, promised.into_iter().map(|line| Allocation { amount: line.amount.negated(), ..line }).collect()))
    }

    /// What of it has gone back.
    fn gone_back(&self) -> Result<Money, MoneyError> {
        sum(&self.applied, |_| true, self.share)?.negated().checked_add(self.share)
    }
}

fn is_credit(line: &Allocation) -> bool {
    line.applied_to == AppliedTo::Credit
}

fn sum(lines: &[Allocation], is_wanted: fn(&Allocation) -> bool, like: Money) -> Result<Money, MoneyError> {
    let mut wanted = lines.iter().filter(|line| is_wanted(line));
    wanted.try_fold(Money::zero(like.currency()), |sum, line| sum.checked_add(line.amount))
}

/// How much each part gives of an amount that goes back of the payment as a whole, in the parts' order: what is beyond everything
/// owed first, then the last part before the one before it, then what is promised to a part alone. What goes beyond all of that (a
/// bank can take back what was given back before) comes from the parts that gave it, and at last from the first.
pub fn spread_back(parts: &[PartPaid], amount: Money) -> Result<Vec<Money>, MoneyError> {
    let mut passes: [Vec<Money>; 4] = Default::default();
    for part in parts {
        let (free, promised) = part.free_and_promised()?;
        passes[0].push(sum(&free, is_credit, part.share)?);
        passes[1].push(sum(&free, |line| !is_credit(line), part.share)?);
        passes[2].push(sum(&promised, |_| true, part.share)?);
        passes[3].push(part.gone_back()?);
    }
    let mut given = vec![Money::zero(amount.currency()); parts.len()];
    let mut left = amount;
    for held in &passes {
        for (held, given) in held.iter().zip(&mut given).rev() {
            let taken = Money::new(held.minor().min(left.minor()).max(0), left.currency());
            *given = given.checked_add(taken)?;
            left = left.checked_sub(taken)?;
        }
    }
    if let Some(first) = given.first_mut() {
        *first = first.checked_add(left)?;
    }
    Ok(given)
}

/// What each part can still give to its account alone: what is applied now, without what is promised to it and without what it will
/// give of `on_its_way`, which goes back of the payment as a whole. The parts' answers and what is on its way never sum to more
/// than the payment holds, so two accounts may decide at the same moment.
pub fn left_of_each(parts: &[PartPaid], on_its_way: Money) -> Result<Vec<Money>, MoneyError> {
    let taken = spread_back(parts, on_its_way)?;
    let left = parts.iter().zip(taken).map(|(part, taken)| {
        let left = sum(&part.applied, |_| true, part.share)?.checked_sub(part.promised)?.checked_sub(taken)?;
        Ok(Money::new(left.minor().max(0), left.currency()))
    });
    left.collect()
}

/// What was taken of one account by a reversal, and what of that was more than the account had of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenFrom {
    pub taken: Money,
    pub beyond: Money,
}

/// How much each account gets of money that comes again, in the parts' order: first what was taken beyond what it had, because a
/// bank that gives a part back gives that, then from the first to the last. Never more than was taken from it.
pub fn spread_again(parts: &[TakenFrom], amount: Money) -> Result<Vec<Money>, MoneyError> {
    let mut given = vec![Money::zero(amount.currency()); parts.len()];
    let mut left = amount;
    for is_beyond in [true, false] {
        for (part, given) in parts.iter().zip(&mut given) {
            let most = if is_beyond { part.beyond.minor().min(part.taken.minor()) } else { part.taken.minor() };
            let again = most.saturating_sub(given.minor()).min(left.minor()).max(0);
            *given = given.checked_add(Money::new(again, left.currency()))?;
            left = left.checked_sub(Money::new(again, left.currency()))?;
        }
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// A part of which nothing has gone back.
    fn part(debt: i64, credit: i64, promised: i64) -> PartPaid {
        let lines = [(AppliedTo::PastDue, debt), (AppliedTo::Credit, credit)].map(|(applied_to, minor)| (applied_to, usd(minor)));
        let lines = lines.into_iter().filter(|(_, amount)| amount.is_positive());
        PartPaid {
            share: usd(debt + credit),
            applied: lines.map(|(applied_to, amount)| Allocation { applied_to, amount }).collect(),
            promised: usd(promised),
        }
    }

    /// The same after so much of it went back.
    fn after(part: &PartPaid, back: i64, promised: i64) -> PartPaid {
        let undone = undo(&part.applied, usd(back)).expect("one currency");
        let applied = net(part.applied.iter().cloned().chain(undone).collect()).expect("one currency");
        PartPaid { applied, promised: usd(promised), ..part.clone() }
    }

    fn minors(amounts: Result<Vec<Money>, MoneyError>) -> Vec<i64> {
        amounts.expect("one currency").iter().map(|amount| amount.minor()).collect()
    }

    #[test]
    fn of_a_payment_over_several_accounts_a_credit_goes_back_first_then_the_last_account() {
        let parts = [part(100, 5, 0), part(40, 0, 0), part(60, 10, 0)];
        let given = |minor| minors(spread_back(&parts, usd(minor)));
        assert_eq!(given(0), [0, 0, 0]);
        assert_eq!(given(10), [0, 0, 10]);
        assert_eq!(given(16), [5, 0, 11]);
        assert_eq!(given(115), [5, 40, 70]);
        assert_eq!(given(215), [105, 40, 70]);
        assert_eq!(given(220), [110, 40, 70], "what a bank takes beyond all of it");
    }

    #[test]
    fn what_is_promised_to_one_account_is_given_by_it_last() {
        let parts = [part(35, 15, 0), part(300, 0, 15)];
        assert_eq!(minors(spread_back(&parts, usd(320))), [35, 285]);
        assert_eq!(minors(spread_back(&parts, usd(350))), [50, 300]);
        // Its credit is promised, so that of the other account comes first.
        let parts = [part(35, 15, 15), part(300, 0, 0)];
        assert_eq!(minors(spread_back(&parts, usd(20))), [0, 20]);
    }

    #[test]
    fn what_a_bank_takes_that_went_back_before_comes_from_the_account_that_had_it() {
        let parts = [part(50, 0, 0), after(&part(300, 0, 0), 15, 0)];
        assert_eq!(minors(spread_back(&parts, usd(350))), [50, 300]);
        assert_eq!(minors(spread_back(&parts, usd(351))), [51, 300]);
    }

    #[test]
    fn an_account_has_back_at_most_what_went_to_it_and_is_neither_back_nor_on_its_way() {
        let parts = [part(50, 0, 0), part(300, 0, 0)];
        assert_eq!(minors(left_of_each(&parts, usd(0))), [50, 300]);
        assert_eq!(minors(left_of_each(&parts, usd(320))), [30, 0]);
        assert_eq!(minors(left_of_each(&[after(&parts[0], 20, 5), parts[1].clone()], usd(0))), [25, 300]);
        assert_eq!(minors(left_of_each(&[part(50, 0, 50), parts[1].clone()], usd(1))), [0, 299]);
    }

    #[test]
    fn what_comes_again_goes_first_where_more_was_taken_than_there_was() {
        let parts = [(3_000, 0), (2_000, 1_000)].map(|(taken, beyond)| TakenFrom { taken: usd(taken), beyond: usd(beyond) });
        let given = |minor| minors(spread_again(&parts, usd(minor)));
        assert_eq!(given(600), [0, 600]);
        assert_eq!(given(1_000), [0, 1_000]);
        assert_eq!(given(1_500), [500, 1_000]);
        assert_eq!(given(5_000), [3_000, 2_000]);
        assert_eq!(given(9_999), [3_000, 2_000], "never more than was taken");
    }

    proptest! {
        /// Whatever is promised and on its way, and in whichever order it is booked: each account gives what was promised to it
        /// alone, and all of them together what went back.
        #[test]
        fn each_account_gives_exactly_what_is_asked_for_it_alone(
            shares in proptest::collection::vec((0_i64..5_000, 0_i64..500, 0_u8..=100), 1..5),
            on_its_way in 0_i64..20_000, whole_first in any::<bool>(),
        ) {
            let parts: Vec<PartPaid> = shares.iter().map(|(debt, credit, _)| part(*debt, *credit, 0)).collect();
            let total: i64 = parts.iter().map(|part| part.share.minor()).sum();
            let on_its_way = on_its_way.min(total);
            let left = minors(left_of_each(&parts, usd(on_its_way)));
            prop_assert_eq!(left.iter().sum::<i64>() + on_its_way, total);
            // Decided at the same moment: none of them sees the others.
            let promised: Vec<i64> = left.iter().zip(&shares).map(|(left, (_, _, share))| left * i64::from(*share) / 100).collect();
            let promising: Vec<PartPaid> = parts.iter().zip(&promised).map(|(part, minor)| after(part, 0, *minor)).collect();
            prop_assert!(minors(left_of_each(&promising, usd(on_its_way))).iter().all(|left| *left >= 0));
            let taken = if whole_first {
                minors(spread_back(&promising, usd(on_its_way)))
            } else {
                let given: Vec<PartPaid> = parts.iter().zip(&promised).map(|(part, minor)| after(part, *minor, 0)).collect();
                minors(spread_back(&given, usd(on_its_way)))
            };
            prop_assert_eq!(taken.iter().sum::<i64>(), on_its_way);
            for ((part, promised), taken) in parts.iter().zip(&promised).zip(taken) {
                prop_assert!(promised + taken <= part.share.minor());
            }
        }

        #[test]
        fn what_is_spread_sums_to_what_goes_back(
            shares in proptest::collection::vec((0_i64..5_000, 0_i64..500, 0_i64..6_000), 1..5), amount in 0_i64..30_000,
        ) {
            let parts: Vec<PartPaid> = shares.iter().map(|(debt, credit, promised)| part(*debt, *credit, *promised)).collect();
            let given = minors(spread_back(&parts, usd(amount)));
            prop_assert_eq!(given.iter().sum::<i64>(), amount);
            prop_assert!(given.iter().zip(&parts).skip(1).all(|(given, part)| (0..=part.share.minor()).contains(given)));
        }
    }
}
