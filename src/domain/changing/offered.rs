//! What is offered of an agreement: which kinds of change there are now, how far each goes, the nearest to one that is not allowed,
//! and exact ways on where a payment cannot be made. What each leads to is the business of [`super`].

use super::{Change, ChangeKind, ChangeRefusal, Changed, Line, Running};
use crate::domain::calendar::{Date, days_after};
use crate::domain::plan_choice::PlanChoice;
use crate::domain::schedule::{self, Size};

/// A way on where the next payment cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The same payment on a later day.
    Later,
    /// Its amount spread over the payments that are left.
    Spread,
    /// One payment more at the end.
    Longer,
}

impl Running {
    /// Why nothing at all can be changed without a person; `None` where something can.
    pub fn refusal_of_all(&self) -> Option<ChangeRefusal> {
        match self.terms {
            None => Some(ChangeRefusal::NotOffered),
            Some(terms) if self.changes >= terms.most_changes => Some(ChangeRefusal::ChangedOften { most: terms.most_changes }),
            Some(_) => None,
        }
    }

    /// The kinds of change that are possible now.
    pub fn kinds(&self) -> Vec<ChangeKind> {
        let (Some(terms), None) = (self.terms, self.refusal_of_all()) else { return Vec::new() };
        if self.open_lines().next().is_none() {
            return Vec::new();
        }
        let is_possible = |kind: &ChangeKind| match kind {
            ChangeKind::Move => true,
            ChangeKind::Skip => self.pattern.is_some() && self.skips < terms.most_skips,
            ChangeKind::Pause => self.pattern.is_some() && terms.pause_days > 0,
            ChangeKind::Replan => self.pattern.is_some(),
        };
        ChangeKind::ALL.into_iter().filter(is_possible).collect()
    }

    /// The payments that can be moved or skipped now.
    pub fn open_lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_open())
    }

    /// The last day to which a payment can be moved; `None` where nothing can be moved.
    pub fn latest_day_of(&self, line: &Line, today: Date) -> Option<Date> {
        let terms = self.terms?;
        let by_days = days_after(line.due_on.max(today), i32::from(terms.move_days));
        Some(by_days.min(self.ends_by(&terms).max(line.due_on)))
    }

    /// The last day until which everything can pause.
    pub fn latest_pause(&self, today: Date) -> Option<Date> {
        self.pattern?;
        Some(days_after(today, i32::from(self.terms?.pause_days)))
    }

    /// The nearest changes that are allowed: none where none of this kind is.
    pub(super) fn nearest(&self, change: &Change, why: ChangeRefusal, today: Date) -> Vec<Changed> {
        let candidates: Vec<Change> = match (change, why) {
            (Change::Move { number, .. }, ChangeRefusal::TooFar { latest } | ChangeRefusal::EndsTooLate { latest }) => {
                vec![Change::Move { number: *number, to: latest }]
            }
            (Change::Move { number, .. }, ChangeRefusal::InThePast) => vec![Change::Move { number: *number, to: today }],
            (
                Change::Skip { number },
                ChangeRefusal::SkippedOften { .. }
                | ChangeRefusal::PartlyPaid
                | ChangeRefusal::NotOffered
                | ChangeRefusal::EndsTooLate { .. },
            ) => {
                let line = self.lines.iter().find(|line| line.number == *number && line.is_open());
                let latest = line.and_then(|line| self.latest_day_of(line, today));
                latest.map(|to| Change::Move { number: *number, to }).into_iter().collect()
            }
            (Change::Pause { .. }, ChangeRefusal::TooFar { latest }) => vec![Change::Pause { until: latest }],
            (Change::Replan(choice), ChangeRefusal::Plan(_)) => self.nearest_plans(choice, today),
            _ => Vec::new(),
        };
        self.allowed(candidates, today)
    }

    fn nearest_plans(&self, choice: &PlanChoice, today: Date) -> Vec<Change> {
        let before = self.paid_before(today);
        let Some(request) = self.terms.and_then(|terms| self.request(choice, &terms, &before, today).ok()) else {
            return Vec::new();
        };
        let sizes: Vec<Size> = match choice.size {
            Size::Amount(amount) => {
                let (below, above) = schedule::nearest_amounts(&request, amount);
                below.into_iter().chain(above).map(Size::Amount).collect()
            }
            Size::Number(number) => schedule::allowed_numbers(&request)
                .map(|(fewest, most)| Size::Number(number.clamp(fewest, most)))
                .into_iter()
                .collect(),
        };
        sizes.into_iter().map(|size| Change::Replan(PlanChoice { size, ..choice.clone() })).collect()
    }

    /// All that is left in the smallest payments that are allowed, in its own rhythm from the next payment on.
    pub fn smallest(&self, today: Date) -> Option<Changed> {
        let next = self.open_lines().map(|line| line.due_on).min()?;
        let first_on = Some(next.max(today));
        let of_size = |size| Some(PlanChoice { first_on, ..PlanChoice::of_plan(size, self.frequency?) });
        let before = self.paid_before(today);
        let request = self.request(&of_size(Size::Number(schedule::MIN_INSTALMENTS))?, &self.terms?, &before, today).ok()?;
        let (_, most) = schedule::allowed_numbers(&request)?;
        self.allowed(of_size(Size::Number(most)).map(Change::Replan), today).pop()
    }

    /// Of these changes the ones that are allowed, with what they lead to.
    pub fn allowed(&self, candidates: impl IntoIterator<Item = Change>, today: Date) -> Vec<Changed> {
        candidates
            .into_iter()
            .filter_map(|change| self.try_change(&change, today).ok().map(|schedule| Changed { change, schedule }))
            .collect()
    }

    /// Exact ways on, before a payment that cannot be made or after one was missed: the same money later, spread over what is left,
    /// or over a longer time. Those that the policy does not allow are not among them.
    pub fn ways_back(&self, today: Date) -> Vec<(WayBack, Changed)> {
        let missed: Vec<&Line> = self.open_lines().filter(|line| line.due_on < today).collect();
        let Some(next) = self.open_lines().min_by_key(|line| line.due_on) else { return Vec::new() };
        let rest: Vec<Date> =
            self.open_lines().filter(|line| line.due_on >= today && line.number != next.number).map(|line| line.due_on).collect();
        let later = self.latest_day_of(next, today).map(|to| Change::Move { number: next.number, to });
        let spread = rest.iter().min().zip(self.frequency).map(|(first_on, frequency)| {
            let size = Size::Number(u32::try_from(rest.len()).unwrap_or(u32::MAX));
            Change::Replan(PlanChoice { first_on: Some(*first_on), ..PlanChoice::of_plan(size, frequency) })
        });
        let longer = match (missed.len(), self.pattern) {
            (0 | 1, _) => Some(Change::Skip { number: next.number }),
            (_, Some(_)) => Some(Change::Pause { until: days_after(today, 1) }),
            (_, None) => None,
        };
        let ways = [(WayBack::Later, later), (WayBack::Spread, spread), (WayBack::Longer, longer)];
        ways.into_iter().filter_map(|(way, change)| Some((way, self.allowed(change, today).into_iter().next()?))).collect()
    }
}
