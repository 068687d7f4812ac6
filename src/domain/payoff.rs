//! What is left to pay after so many equal instalments: the arithmetic under [`super::schedule`], which is its only caller.
//!
//! All amounts are minor units. `closing(n, amount)` is what the n-th instalment must be to end the plan after n−1
//! instalments of `amount`. It falls as the amount or n grows; every search here rests on that.

use super::calendar::{Date, days_between};
use super::schedule::{InterestRule, MAX_PRINCIPAL_MINOR, MIN_INSTALMENTS, PaidBefore, ScheduleRefusal};

#[derive(Clone, Debug)]
pub(super) struct Payoff<'a> {
    pub principal: i64,
    /// Paid of it already, in order.
    pub before: &'a [PaidBefore],
    pub down_payment: Option<(Date, i64)>,
    /// Every day on which an instalment may fall, in order.
    pub dates: Vec<Date>,
    pub minimum: i64,
    pub last_excess: i64,
    pub interest: InterestRule,
    pub interest_from: Date,
}

impl Payoff<'_> {
    /// The most instalments there are days for.
    pub fn most(&self) -> u32 {
        u32::try_from(self.dates.len()).unwrap_or(u32::MAX)
    }

    /// How many instalments of this amount pay it off. The last is what remains; where that is below the minimum, it is added
    /// to the one before if the policy allows so much. Whether a later day would still be within the term plays no part, so
    /// that the same choice gives the same plan on every day it is held for.
    pub fn count_for(&self, amount: i64) -> Result<u32, ScheduleRefusal> {
        if amount < self.minimum {
            return Err(ScheduleRefusal::BelowMinimum);
        }
        let mut walk = Walk::new(self);
        let mut closing_before = None;
        for (index, due_on) in self.dates.iter().enumerate() {
            let count = index as u32 + 1;
            let closing = walk.closing_on(*due_on);
            if closing <= amount {
                if count < MIN_INSTALMENTS {
                    return Err(ScheduleRefusal::TooFewInstalments);
                }
                let merged = count - 1;
                return match closing_before.map(|closing| closing - amount) {
                    Some(rest) if rest <= self.joins() && merged >= MIN_INSTALMENTS => Ok(merged),
                    Some(rest) if rest <= self.joins() => Err(ScheduleRefusal::TooFewInstalments),
                    _ if closing >= self.minimum => Ok(count),
                    _ => Err(ScheduleRefusal::LastInstalmentDoesNotFit),
                };
            }
            closing_before = Some(closing);
            walk.pay(*due_on, amount);
        }
        match closing_before {
            Some(closing) if closing - amount <= self.joins() && self.most() >= MIN_INSTALMENTS => Ok(self.most()),
            _ => Err(ScheduleRefusal::TakesTooLong),
        }
    }

    /// The most by which the last instalment may exceed the others: what is too little to be an instalment of its own, and
    /// no more than the policy allows.
    fn joins(&self) -> i64 {
        self.last_excess.min(self.minimum - 1)
    }

    /// What each of so many instalments is. The last one is a little larger than the others if the policy allows, else a
    /// little smaller.
    pub fn amount_for(&self, count: u32) -> Result<i64, ScheduleRefusal> {
        if count < MIN_INSTALMENTS {
            return Err(ScheduleRefusal::TooFewInstalments);
        }
        if count > self.most() {
            return Err(ScheduleRefusal::TooManyInstalments);
        }
        // One look at the minimum saves a search for each number that is far too large.
        if self.closing(count as usize, self.minimum) < self.minimum {
            return Err(ScheduleRefusal::TooManyInstalments);
        }
        let level = self.level(count as usize);
        match [level, level + 1].into_iter().find(|amount| self.allows(count as usize, *amount)) {
            Some(amount) => Ok(amount),
            None => Err(ScheduleRefusal::LastInstalmentDoesNotFit),
        }
    }

    /// What the last of `count` instalments must be; zero or less if the ones before pay more than everything.
    pub fn closing(&self, count: usize, amount: i64) -> i64 {
        if self.is_frozen() {
            return self.left_to_plan() - amount.saturating_mul(count as i64 - 1);
        }
        let mut walk = Walk::new(self);
        let (last, before) = match self.dates[..count].split_last() {
            Some(parts) => parts,
            None => return self.principal,
        };
        for due_on in before {
            walk.pay(*due_on, amount);
        }
        walk.closing_on(*last)
    }

    /// The fewest and the most instalments for which there is a plan.
    pub fn allowed_numbers(&self) -> Option<(u32, u32)> {
        let allowed = |count: &u32| self.amount_for(*count).is_ok();
        let mut numbers = self.numbers().filter_map(|count| u32::try_from(count).ok());
        let fewest = numbers.clone().find(allowed)?;
        Some((fewest, numbers.rfind(allowed)?))
    }

    /// The largest allowed amount below this one.
    pub fn nearest_below(&self, amount: i64) -> Option<i64> {
        let below = amount.checked_sub(1)?.min(MAX_PRINCIPAL_MINOR);
        // Fewer instalments are larger: the first number that reaches down to `below` holds the nearest.
        let reaches = |count: &usize| self.closing(*count, below) <= below.saturating_add(self.joins());
        self.numbers().filter(reaches).find_map(|count| {
            let (smallest, largest) = self.range(count)?;
            let candidate = largest.min(below);
            (candidate >= smallest).then_some(candidate)
        })
    }

    /// The smallest allowed amount above this one.
    pub fn nearest_above(&self, amount: i64) -> Option<i64> {
        let above = amount.checked_add(1)?;
        let reaches = |count: &usize| self.closing(*count, above) >= self.minimum;
        self.numbers().rev().filter(reaches).find_map(|count| {
            let (smallest, largest) = self.range(count)?;
            let candidate = smallest.max(above);
            (candidate <= largest).then_some(candidate)
        })
    }

    /// The amounts that end in exactly so many instalments: the last not below the minimum and not above the others by more
    /// than the policy allows. `None` if there are none.
    fn range(&self, count: usize) -> Option<(i64, i64)> {
        let smallest = self.smallest_where(count, |closing, amount| closing <= amount + self.joins()).max(self.minimum);
        let largest = self.smallest_where(count, |closing, _| closing < self.minimum) - 1;
        let joined = self.smallest_where(count - 1, |closing, amount| self.ends_before(closing, amount)) - 1;
        let largest = largest.min(joined);
        (smallest <= largest).then_some((smallest, largest))
    }

    /// Whether the plan ends with the instalment before: what would be left after it joins it, before interest makes more of it.
    fn ends_before(&self, closing_before: i64, amount: i64) -> bool {
        closing_before - amount <= self.joins()
    }

    fn allows(&self, count: usize, amount: i64) -> bool {
        let closing = self.closing(count, amount);
        let is_the_last = closing >= self.minimum && closing <= amount + self.joins();
        amount >= self.minimum && is_the_last && !self.ends_before(self.closing(count - 1, amount), amount)
    }

    /// The largest amount that the last instalment is not smaller than: an even share of what is paid in all, which is
    /// between the principal and what would be owed on the last day had nothing been paid.
    fn level(&self, count: usize) -> i64 {
        let (least, parts) = (self.left_to_plan(), count as i64);
        if self.is_frozen() {
            return least / parts;
        }
        let range = (least / parts, self.closing(count, 0) / parts + 1);
        self.smallest_between(range, count, |closing, amount| closing < amount) - 1
    }

    /// The smallest amount from 1 on for which this becomes, and stays, true.
    fn smallest_where(&self, count: usize, holds: impl Fn(i64, i64) -> bool) -> i64 {
        self.smallest_between((1, self.closing(count, 0).saturating_add(1)), count, holds)
    }

    fn smallest_between(&self, (mut low, mut high): (i64, i64), count: usize, holds: impl Fn(i64, i64) -> bool) -> i64 {
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.closing(count, middle), middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The numbers of instalments of at least the minimum.
    fn numbers(&self) -> impl DoubleEndedIterator<Item = usize> + Clone {
        let most = if self.is_frozen() {
            let by_minimum = usize::try_from(self.left_to_plan() / self.minimum).unwrap_or(usize::MAX);
            by_minimum.min(self.dates.len())
        } else {
            let mut walk = Walk::new(self);
            let enough_is_left = |due_on: &&Date| {
                let left = walk.closing_on(**due_on);
                walk.pay(**due_on, self.minimum);
                left >= self.minimum
            };
            self.dates.iter().take_while(enough_is_left).count()
        };
        MIN_INSTALMENTS as usize..=most
    }

    fn left_to_plan(&self) -> i64 {
        let paid: i64 = self.before.iter().map(|paid| paid.amount.minor()).sum();
        self.principal - paid - self.down_payment.map_or(0, |(_, amount)| amount)
    }

    fn is_frozen(&self) -> bool {
        match self.interest {
            InterestRule::Frozen => true,
            InterestRule::SimpleDaily { annual_rate_basis_points } => annual_rate_basis_points == 0,
        }
    }
}

/// What interest is added on each of these days until when it is paid so, of this principal.
pub(super) fn interest_by_day(principal: i64, interest: InterestRule, from: Date, paid: &[(Date, i64)]) -> Vec<i64> {
    let mut walk = Walk::of(principal, interest, from);
    paid.iter()
        .map(|(day, amount)| {
            let added = walk.interest_until(*day);
            walk.pay(*day, *amount);
            added
        })
        .collect()
}

/// What must be paid on a day so that nothing is left, where these others are paid too, whenever they are.
pub(super) fn closing_on(principal: i64, interest: InterestRule, from: Date, others: &[(Date, i64)], day: Date) -> i64 {
    let mut walk = Walk::of(principal, interest, from);
    for (due_on, amount) in others {
        walk.pay(*due_on, *amount);
    }
    walk.closing_on(day)
}

/// A plan being paid, one instalment after the other.
struct Walk {
    principal: i64,
    accrued: i64,
    accrued_until: Date,
    annual_rate_basis_points: u32,
}

impl Walk {
    fn of(principal: i64, interest: InterestRule, from: Date) -> Walk {
        let annual_rate_basis_points = match interest {
            InterestRule::Frozen => 0,
            InterestRule::SimpleDaily { annual_rate_basis_points } => annual_rate_basis_points,
        };
        Walk { principal, accrued: 0, accrued_until: from, annual_rate_basis_points }
    }

    fn new(payoff: &Payoff<'_>) -> Walk {
        let mut walk = Walk::of(payoff.principal, payoff.interest, payoff.interest_from);
        for paid in payoff.before {
            walk.pay(paid.on, paid.amount.minor());
        }
        if let Some((due_on, amount)) = payoff.down_payment {
            walk.pay(due_on, amount);
        }
        walk
    }

    /// Everything that is left on that day.
    fn closing_on(&self, day: Date) -> i64 {
        self.principal + self.accrued + self.interest_until(day)
    }

    /// Pays interest first, then principal.
    fn pay(&mut self, day: Date, amount: i64) {
        self.accrued += self.interest_until(day);
        self.accrued_until = self.accrued_until.max(day);
        let to_interest = amount.min(self.accrued);
        self.accrued -= to_interest;
        self.principal -= amount - to_interest;
    }

    fn interest_until(&self, day: Date) -> i64 {
        const PER_YEAR: i64 = 365 * 10_000;
        if self.annual_rate_basis_points == 0 || self.principal <= 0 {
            return 0;
        }
        let days = days_between(self.accrued_until, day).max(0);
        let rate = i64::from(self.annual_rate_basis_points) * i64::from(days);
        match self.principal.checked_mul(rate).and_then(|exact| exact.checked_add(PER_YEAR / 2)) {
            Some(exact) => exact / PER_YEAR,
            None => {
                let exact = (i128::from(self.principal) * i128::from(rate) + i128::from(PER_YEAR / 2)) / i128::from(PER_YEAR);
                // Within range: the principal, the rate and the days are all bounded.
                i64::try_from(exact).unwrap_or(i64::MAX / 4)
            }
        }
    }
}
