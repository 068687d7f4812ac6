//! What changing an agreement leads to: the schedule of its next version, or why it is not allowed and the nearest that is.
//!
//! Everything follows from what was signed, what is paid of it, and what the policy allows: shown while somebody tries, kept when
//! they choose, computed once more when they sign. What is paid, or is being collected, never changes: an instalment that was paid
//! keeps its number, its day and its amount, and a part that was paid becomes one that is. What is left is paid on other days, in
//! other amounts, or both, to the cent; where the agreement adds interest, by the day, the last payment takes the difference.
//!
//! Which changes are offered, and the nearest to one that is not allowed, is [`offered`].

mod offered;

use super::agreement::Terms;
use super::calendar::{ClosedDays, Date, DayOfMonth, Frequency, Holidays, LongestTerm, days_after};
use super::due_dates::{DueDates, DuePattern, twice_a_month_around};
use super::money::Money;
use super::payoff;
use super::plan_choice::{self, ChoiceRefusal, PlanChoice};
use super::schedule::{self, Instalment, InterestRule, PaidBefore, Schedule, ScheduleRequest, Size};
use serde::{Deserialize, Serialize};

pub use offered::WayBack;

/// How a policy lets an agreement be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTerms {
    /// So many changes of one agreement in all.
    pub most_changes: u32,
    /// One payment may be so many days later than its day, or than today where that is over.
    pub move_days: u16,
    /// So many payments of one agreement may be skipped in all.
    pub most_skips: u32,
    /// Nothing is due for at most so many days.
    pub pause_days: u16,
    /// However it is changed, it ends within so long from the day it was first agreed.
    pub longest_term: LongestTerm,
}

/// What somebody wants otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// One payment on another day.
    Move { number: u32, to: Date },
    /// One payment after the last one, a rhythm later.
    Skip { number: u32 },
    /// Nothing due before a day; then everything in its rhythm.
    Pause { until: Date },
    /// Other days, another rhythm or another amount for all that is left.
    Replan(PlanChoice),
}

impl Change {
    pub fn kind(&self) -> ChangeKind {
        match self {
            Change::Move { .. } => ChangeKind::Move,
            Change::Skip { .. } => ChangeKind::Skip,
            Change::Pause { .. } => ChangeKind::Pause,
            Change::Replan(_) => ChangeKind::Replan,
        }
    }
}

/// The kinds of change, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Move,
    Skip,
    Pause,
    Replan,
}

impl ChangeKind {
    pub const ALL: [ChangeKind; 4] = [ChangeKind::Move, ChangeKind::Skip, ChangeKind::Pause, ChangeKind::Replan];

    /// As in addresses.
    pub fn code(self) -> &'static str {
        match self {
            ChangeKind::Move => "move",
            ChangeKind::Skip => "skip",
            ChangeKind::Pause => "pause",
            ChangeKind::Replan => "replan",
        }
    }

    pub fn from_code(code: &str) -> Option<ChangeKind> {
        ChangeKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An instalment of the version in force, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
    /// What is there of what was paid.
    pub paid: Money,
    /// Nothing more is asked for it.
    pub is_met: bool,
    /// Something was paid on it once, though it may have gone back: its number stands for nothing else.
    pub is_used: bool,
    /// It is being collected: until it is known what came of that, it cannot be changed.
    pub is_being_collected: bool,
}

impl Line {
    fn is_open(&self) -> bool {
        !self.is_met && !self.is_being_collected
    }

    /// What is still to be paid of it.
    pub fn open(&self) -> Money {
        Money::new(self.amount.minor().saturating_sub(self.paid.minor()).max(0), self.amount.currency())
    }

    fn is_part_paid(&self) -> bool {
        !self.is_met && self.paid.is_positive()
    }
}

/// An agreement as it stands, and what may be changed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// What it pays off, and what was signed first as a down payment.
    pub principal: Money,
    pub down_payment: Option<Money>,
    pub interest: InterestRule,
    pub interest_from: Date,
    /// In the order of their days.
    pub lines: Vec<Line>,
    /// The days of its plan; `None` for one payment.
    pub pattern: Option<DuePattern>,
    pub frequency: Option<Frequency>,
    pub closed_days: ClosedDays,
    pub holidays: Holidays,
    pub minimum: Money,
    pub last_excess: Money,
    pub first_agreed_on: Date,
    /// How often it was changed, and how many of those were skips.
    pub changes: u32,
    pub skips: u32,
    /// `None` where the policy lets nobody change it without a person.
    pub terms: Option<ChangeTerms>,
}

/// Why a change is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// The policy has no such change.
    NotOffered,
    ChangedOften {
        most: u32,
    },
    SkippedOften {
        most: u32,
    },
    /// There is no such payment, or nothing is left to pay of it.
    NoSuchPayment,
    BeingCollected,
    /// A part of it is paid: it can be moved, not skipped.
    PartlyPaid,
    InThePast,
    TooFar {
        latest: Date,
    },
    /// It would end later than agreements may.
    EndsTooLate {
        latest: Date,
    },
    /// Nothing would be otherwise.
    SameAsNow,
    /// What was chosen for the rest is no plan.
    Plan(ChoiceRefusal),
}

/// A change that is not allowed, and the nearest that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotChanged {
    pub why: ChangeRefusal,
    pub nearest: Vec<Changed>,
}

/// A change and the schedule of the version it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub change: Change,
    pub schedule: Schedule,
}

/// A plan as far as it is still to be paid: today's beside a changed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSide {
    pub payments: usize,
    pub next: Option<(Date, Money)>,
    pub last: Option<Date>,
    /// Of the whole plan, what is paid included.
    pub total: Money,
}

impl PlanSide {
    /// Of a schedule; what is paid of it is in the lines of the version in force.
    pub fn of(schedule: &Schedule, lines: &[Line]) -> PlanSide {
        let left = left_of(schedule, lines);
        PlanSide { payments: left.len(), next: left.first().copied(), last: schedule.last_on(), total: schedule.total }
    }
}

/// What is still to be paid of a schedule, and when: nothing of what is paid already.
pub fn left_of(schedule: &Schedule, lines: &[Line]) -> Vec<(Date, Money)> {
    let open = |one: &Instalment| {
        let paid = lines.iter().find(|line| line.number == one.number && line.is_used);
        let is_done = paid.is_some_and(|line| line.is_met);
        let open = one.amount.minor() - paid.map_or(0, |line| line.paid.minor());
        (!is_done && open > 0).then(|| (one.due_on, Money::new(open, one.amount.currency())))
    };
    schedule.instalments.iter().filter_map(open).collect()
}

/// The days that the payments of signed terms follow, read from the days themselves: for what was signed before they were kept.
pub fn pattern_of(terms: &Terms) -> Option<DuePattern> {
    let regular = usize::from(terms.schedule.down_payment.is_some());
    let days: Vec<Date> = terms.schedule.instalments.iter().skip(regular).map(|instalment| instalment.due_on).collect();
    let first = *days.first()?;
    // The day of a month that is longest tells which one is meant.
    let latest = days.iter().copied().max_by_key(|day| day.day()).unwrap_or(first);
    Some(match terms.frequency? {
        Frequency::Weekly => DuePattern::EveryDays { anchor: first, days: 7 },
        Frequency::EveryTwoWeeks => DuePattern::EveryDays { anchor: first, days: 14 },
        Frequency::Monthly => DuePattern::Monthly(DayOfMonth::of(latest)),
        Frequency::TwiceAMonth => {
            let (one, other) = twice_a_month_around(latest);
            DuePattern::TwiceAMonth(one, other)
        }
    })
}

impl Running {
    /// What a change leads to, chosen on this day where the customer lives.
    pub fn change(&self, change: &Change, today: Date) -> Result<Schedule, NotChanged> {
        self.try_change(change, today).map_err(|why| NotChanged { why, nearest: self.nearest(change, why, today) })
    }

    /// The days that the payments follow after a change.
    pub fn pattern_after(&self, change: &Change, today: Date) -> Option<DuePattern> {
        match (change, self.terms) {
            (Change::Replan(choice), Some(terms)) => {
                Some(self.request(choice, &terms, &self.paid_before(today), today).ok()?.pattern)
            }
            _ => self.pattern,
        }
    }

    fn ends_by(&self, terms: &ChangeTerms) -> Date {
        // What was agreed already may stay.
        terms.longest_term.ends_on(self.first_agreed_on).max(self.last_day())
    }

    fn last_day(&self) -> Date {
        self.lines.iter().map(|line| line.due_on).max().unwrap_or(self.first_agreed_on)
    }

    fn try_change(&self, change: &Change, today: Date) -> Result<Schedule, ChangeRefusal> {
        let terms = self.terms.ok_or(ChangeRefusal::NotOffered)?;
        if let Some(refusal) = self.refusal_of_all() {
            return Err(refusal);
        }
        let schedule = match change {
            Change::Move { number, to } => self.with_days(self.moved(*number, *to, &terms, today)?),
            Change::Skip { number } => self.with_days(self.skipped(*number, &terms)?),
            Change::Pause { until } => self.with_days(self.paused(*until, &terms, today)?),
            Change::Replan(choice) => self.replanned(choice, &terms, today)?,
        };
        let latest = self.ends_by(&terms);
        if schedule.last_on().is_some_and(|last| last > latest) {
            return Err(ChangeRefusal::EndsTooLate { latest });
        }
        if self.is_as_now(&schedule) { Err(ChangeRefusal::SameAsNow) } else { Ok(schedule) }
    }

    fn is_as_now(&self, schedule: &Schedule) -> bool {
        let now = self.lines.iter().map(|line| (line.due_on, line.amount));
        now.eq(schedule.instalments.iter().map(|instalment| (instalment.due_on, instalment.amount)))
    }

    fn open_line(&self, number: u32) -> Result<&Line, ChangeRefusal> {
        let line = self.lines.iter().find(|line| line.number == number && !line.is_met).ok_or(ChangeRefusal::NoSuchPayment)?;
        if line.is_being_collected { Err(ChangeRefusal::BeingCollected) } else { Ok(line) }
    }

    fn moved(&self, number: u32, to: Date, terms: &ChangeTerms, today: Date) -> Result<Vec<(u32, Date)>, ChangeRefusal> {
        let line = self.open_line(number)?;
        if to < today {
            return Err(ChangeRefusal::InThePast);
        }
        let by_days = days_after(line.due_on.max(today), i32::from(terms.move_days));
        if to > by_days {
            return Err(ChangeRefusal::TooFar { latest: by_days });
        }
        Ok(vec![(number, to)])
    }

    fn skipped(&self, number: u32, terms: &ChangeTerms) -> Result<Vec<(u32, Date)>, ChangeRefusal> {
        let pattern = self.pattern.filter(|_| terms.most_skips > 0).ok_or(ChangeRefusal::NotOffered)?;
        if self.skips >= terms.most_skips {
            return Err(ChangeRefusal::SkippedOften { most: terms.most_skips });
        }
        let line = self.open_line(number)?;
        if line.is_part_paid() {
            return Err(ChangeRefusal::PartlyPaid);
        }
        let after_the_last = self.days(pattern, days_after(self.last_day(), 1)).next().ok_or(ChangeRefusal::NotOffered)?;
        Ok(vec![(number, after_the_last)])
    }

    fn paused(&self, until: Date, terms: &ChangeTerms, today: Date) -> Result<Vec<(u32, Date)>, ChangeRefusal> {
        let pattern = self.pattern.filter(|_| terms.pause_days > 0).ok_or(ChangeRefusal::NotOffered)?;
        if until <= today {
            return Err(ChangeRefusal::InThePast);
        }
        let latest = days_after(today, i32::from(terms.pause_days));
        if until > latest {
            return Err(ChangeRefusal::TooFar { latest });
        }
        let mut open = self.open_lines().peekable();
        if open.peek().is_none_or(|first| first.due_on >= until) {
            return Err(ChangeRefusal::SameAsNow);
        }
        Ok(open.map(|line| line.number).zip(self.days(pattern, until)).collect())
    }

    fn days(&self, pattern: DuePattern, from: Date) -> impl Iterator<Item = Date> {
        DueDates::new(pattern, from, from, self.closed_days, &self.holidays)
    }

    /// The same amounts with some on other days; by the interest of those days the last open one changes.
    fn with_days(&self, moved: Vec<(u32, Date)>) -> Schedule {
        let mut instalments: Vec<Instalment> = self
            .lines
            .iter()
            .map(|line| {
                let day = moved.iter().find(|(number, _)| *number == line.number).map_or(line.due_on, |(_, day)| *day);
                Instalment { number: line.number, due_on: day, amount: line.amount }
            })
            .collect();
        instalments.sort_by_key(|instalment| (instalment.due_on, instalment.number));
        let is_open = |number: u32| self.lines.iter().any(|line| line.number == number && line.is_open());
        let last_open = instalments.iter().rposition(|instalment| is_open(instalment.number));
        if let (Some(last), false) = (last_open, self.is_frozen()) {
            let currency = self.principal.currency();
            let others: Vec<(Date, i64)> = instalments
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != last)
                .map(|(_, instalment)| (instalment.due_on, instalment.amount.minor()))
                .collect();
            let closing =
                payoff::closing_on(self.principal.minor(), self.interest, self.interest_from, &others, instalments[last].due_on);
            instalments[last].amount = Money::new(closing, currency);
        }
        self.schedule(instalments)
    }

    fn replanned(&self, choice: &PlanChoice, terms: &ChangeTerms, today: Date) -> Result<Schedule, ChangeRefusal> {
        let before = self.paid_before(today);
        let request = self.request(choice, terms, &before, today)?;
        let refused = |refusal| ChangeRefusal::Plan(plan_choice::reason(refusal, choice.size, self.left()));
        let rest = schedule::build(&request).map_err(refused)?;
        let mut numbers = (1..).filter(|number| {
            let is_taken = |line: &Line| line.number == *number && (line.is_used || !line.is_open());
            !self.lines.iter().any(is_taken)
        });
        let renumbered = rest
            .instalments
            .into_iter()
            .map(|instalment| Instalment { number: numbers.next().unwrap_or(u32::MAX), ..instalment });
        let mut instalments: Vec<Instalment> = self.kept().chain(renumbered).collect();
        instalments.sort_by_key(|instalment| (instalment.due_on, instalment.number));
        Ok(self.schedule(instalments))
    }

    /// What stays whatever is planned anew: paid, being collected, or of a payment the part that is paid.
    fn kept(&self) -> impl Iterator<Item = Instalment> {
        self.lines.iter().filter(|line| !line.is_open() || line.is_part_paid()).map(|line| Instalment {
            number: line.number,
            due_on: line.due_on,
            amount: if line.is_open() { line.paid } else { line.amount },
        })
    }

    /// What is left to plan anew, without interest that is still to come.
    fn left(&self) -> Money {
        let left = self.kept().fold(self.principal.minor(), |left, kept| left.saturating_sub(kept.amount.minor()));
        Money::new(left.max(0), self.principal.currency())
    }

    /// What was paid before its day counts from today at the latest.
    fn paid_before(&self, today: Date) -> Vec<PaidBefore> {
        let mut before: Vec<PaidBefore> =
            self.kept().map(|kept| PaidBefore { on: kept.due_on.min(today), amount: kept.amount }).collect();
        before.sort_by_key(|paid| paid.on);
        before
    }

    fn request<'a>(
        &'a self,
        choice: &PlanChoice,
        terms: &ChangeTerms,
        before: &'a [PaidBefore],
        today: Date,
    ) -> Result<ScheduleRequest<'a>, ChangeRefusal> {
        let frequency = choice.frequency.filter(|_| self.pattern.is_some()).ok_or(ChangeRefusal::NotOffered)?;
        if choice.down_payment.is_some() {
            return Err(ChangeRefusal::Plan(ChoiceRefusal::DownPaymentNotOffered));
        }
        if let Size::Amount(amount) = choice.size
            && (amount.currency() != self.principal.currency() || !amount.is_positive())
        {
            return Err(ChangeRefusal::Plan(ChoiceRefusal::NotAnAmount));
        }
        if choice.first_on.is_some_and(|first_on| first_on < today) {
            return Err(ChangeRefusal::Plan(ChoiceRefusal::FirstDateInThePast));
        }
        let mut open: Vec<Date> = self.open_lines().map(|line| line.due_on).collect();
        open.sort_unstable();
        let next = *open.first().ok_or(ChangeRefusal::NoSuchPayment)?;
        // Or not before the payment after the next one, so that the next can be spread over the others.
        let one_after = open.iter().find(|day| **day >= today && **day > next).copied();
        let latest_first = days_after(next.max(today), i32::from(terms.move_days)).max(one_after.unwrap_or(next));
        let (pattern, not_before) =
            plan_choice::rhythm(frequency, choice, today, latest_first).map_err(|refusal| ChangeRefusal::Plan(refusal.reason))?;
        if pattern.first_from(not_before).is_none_or(|first| first > latest_first) {
            return Err(ChangeRefusal::Plan(ChoiceRefusal::FirstDateTooLate));
        }
        Ok(ScheduleRequest {
            principal: self.principal,
            size: choice.size,
            minimum: self.minimum,
            last_excess: self.last_excess,
            pattern,
            not_before,
            earliest: today,
            not_after: self.ends_by(terms),
            closed_days: self.closed_days,
            holidays: &self.holidays,
            interest: self.interest,
            interest_from: self.interest_from,
            before,
            down_payment: None,
        })
    }

    fn schedule(&self, instalments: Vec<Instalment>) -> Schedule {
        let currency = self.principal.currency();
        let total = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.amount.minor()));
        Schedule {
            instalments,
            total: Money::new(total, currency),
            principal: self.principal,
            interest: Money::new(total - self.principal.minor(), currency),
            down_payment: self.down_payment,
        }
    }

    fn is_frozen(&self) -> bool {
        match self.interest {
            InterestRule::Frozen => true,
            InterestRule::SimpleDaily { annual_rate_basis_points } => annual_rate_basis_points == 0,
        }
    }
}

#[cfg(test)]
mod tests;
