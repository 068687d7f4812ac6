//! An account that joins an agreement which runs already: a plan of its own, on the same days.
//!
//! Each account keeps its own plan, to the cent: what is disputed, given back or added as interest on one never moves the other. What
//! they share is the days, so that there is one day to think of. Called by `services::joining`; shown before it is signed, and signed
//! like every plan.

use super::calendar::{ClosedDays, Date, Frequency, Holidays, days_between};
use super::changing::Running;
use super::due_dates::{DueDates, DuePattern, Payday};
use super::offers::{Fitting, Offer, OfferKind, PlanChoice};
use super::plan_choice;
use super::policy::Basis;
use super::schedule::Size;

/// The days of a plan that another one can follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedDays {
    pub frequency: Frequency,
    pattern: DuePattern,
    /// The day on which it pays next, and how many payments are left.
    next: Date,
    left: u32,
}

/// A plan for the account that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    pub offer_id: String,
    /// What it pays off.
    pub basis: Basis,
    pub fitting: Fitting,
    /// Both are paid off with the same payment.
    pub ends_together: bool,
}

/// So many of the shared days are tried for the first payment.
const FIRST_DAYS: usize = 4;
/// Two plans are on the same days if so many days after the first are the same.
const DAYS_COMPARED: usize = 8;

impl SharedDays {
    /// `None` where an agreement is one payment, or nothing is left to pay of it.
    pub fn of(running: &Running) -> Option<SharedDays> {
        let mut left: Vec<Date> = running.open_lines().map(|line| line.due_on).collect();
        left.sort_unstable();
        Some(SharedDays {
            frequency: running.frequency?,
            pattern: running.pattern?,
            next: *left.first()?,
            left: u32::try_from(left.len()).unwrap_or(u32::MAX),
        })
    }

    /// Plans of these offers on the same days: first the one that ends together with the other, or as near to it as is allowed; then
    /// the one with the smallest payments. Empty where none can be on these days.
    pub fn plans(&self, offers: &[Offer], today: Date) -> Vec<Joined> {
        let mut plans: Vec<Joined> = Vec::new();
        for offer in offers.iter().filter(|offer| offer.kind == OfferKind::Plan && offer.frequency == Some(self.frequency)) {
            let Some((first_on, fewest, most)) = self.first_that_fits(offer, today) else { continue };
            for number in [self.left.clamp(fewest, most), most] {
                plans.extend(self.plan(offer, first_on, number, today));
            }
            break;
        }
        plans.dedup();
        plans
    }

    fn plan(&self, offer: &Offer, first_on: Date, number: u32, today: Date) -> Option<Joined> {
        let choice = self.choice(first_on, Size::Number(number))?;
        let schedule = plan_choice::fit(offer, &choice, today).ok()?;
        let ends_together =
            number == self.left && schedule.first_on().is_some_and(|first| days_between(first, self.next).abs() <= 7);
        Some(Joined { offer_id: offer.id.clone(), basis: offer.basis, fitting: Fitting { choice, schedule }, ends_together })
    }

    /// The shared day to begin on, nearest to the next payment of the other, and the fewest and the most payments from there.
    fn first_that_fits(&self, offer: &Offer, today: Date) -> Option<(Date, u32, u32)> {
        let none = Holidays::default();
        let mut days: Vec<Date> = DueDates::new(self.pattern, today, today, ClosedDays::Keep, &none).take(FIRST_DAYS).collect();
        days.sort_by_key(|day| days_between(self.next, *day).abs());
        days.into_iter().find_map(|first_on| {
            // The size plays no part in which numbers are allowed.
            let choice = self.choice(first_on, Size::Number(self.left))?;
            let pattern = plan_choice::pattern(offer, &choice, today)?;
            let (fewest, most) = plan_choice::numbers(offer, &choice, today)?;
            self.is_on_the_same_days(pattern, first_on).then_some((first_on, fewest, most))
        })
    }

    fn is_on_the_same_days(&self, other: DuePattern, from: Date) -> bool {
        let none = Holidays::default();
        let days = |pattern| DueDates::new(pattern, from, from, ClosedDays::Keep, &none).take(DAYS_COMPARED);
        days(self.pattern).eq(days(other))
    }

    /// The choice in a plan builder that leads to these days.
    fn choice(&self, first_on: Date, size: Size) -> Option<PlanChoice> {
        let plain = PlanChoice { first_on: Some(first_on), ..PlanChoice::of_plan(size, self.frequency) };
        Some(match self.pattern {
            DuePattern::EveryDays { .. } => plain,
            DuePattern::Monthly(day) => PlanChoice { days_of_month: vec![day], ..plain },
            DuePattern::TwiceAMonth(one, other) => PlanChoice { days_of_month: vec![one, other], ..plain },
            // The shared day is a payday itself.
            DuePattern::PaydaysOfMonth { days, .. } => {
                let rhythm = if days == 7 { Frequency::Weekly } else { Frequency::EveryTwoWeeks };
                PlanChoice { payday: Some(Payday { next: first_on, rhythm }), ..plain }
            }
        })
    }
}

/// What is paid on each day when plans are paid side by side: the day, the one, the other. Days in their order, each once.
pub fn side_by_side(one: &[(Date, i64)], other: &[(Date, i64)]) -> Vec<(Date, i64, i64)> {
    let mut days: Vec<Date> = one.iter().chain(other).map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let on = |payments: &[(Date, i64)], day: Date| {
        payments.iter().filter(|(due_on, _)| *due_on == day).fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor))
    };
    days.into_iter().map(|day| (day, on(one, day), on(other, day))).collect()
}

#[cfg(test)]
mod tests;
