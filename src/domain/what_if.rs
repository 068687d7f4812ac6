//! What would happen to an agreement if more or less was paid than was agreed. Nothing is signed, kept or recorded by asking.
//!
//! The rules are the ones that hold anyway: what is paid before its day pays the oldest open payment first ([`super::ledger`]), what
//! is not paid is put right within the time that [`super::keeping`] gives, what can be changed is what [`super::changing`] allows.
//! Called by pages/what_if and, as people try, in the browser.

use super::calendar::{Date, days_after};
use super::changing::{Change, Changed, Line, PlanSide, Running, WayBack};
use super::keeping::{self, Circumstances, Instalment, PaidLine, PutRight};
use super::money::Money;
use super::plan_choice::PlanChoice;
use super::schedule::Size;

/// What somebody imagines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatIf {
    /// So much more with every payment.
    MoreEachTime(Money),
    /// So much at once today, beside what is due.
    MoreNow(Money),
    /// One payment is not made, the others are.
    MissOne { number: u32 },
    /// Nothing more is paid.
    Stop,
    /// There is less to live on.
    EarnLess,
}

/// The kinds of it, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatIfKind {
    MoreEachTime,
    MoreNow,
    MissOne,
    Stop,
    EarnLess,
}

impl WhatIfKind {
    pub const ALL: [WhatIfKind; 5] =
        [WhatIfKind::MoreEachTime, WhatIfKind::MoreNow, WhatIfKind::MissOne, WhatIfKind::Stop, WhatIfKind::EarnLess];

    /// As in addresses.
    pub fn code(self) -> &'static str {
        match self {
            WhatIfKind::MoreEachTime => "more",
            WhatIfKind::MoreNow => "once",
            WhatIfKind::MissOne => "miss",
            WhatIfKind::Stop => "stop",
            WhatIfKind::EarnLess => "less",
        }
    }

    pub fn from_code(code: &str) -> Option<WhatIfKind> {
        WhatIfKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What is owed today on the account of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owing {
    pub balance: Money,
    /// Past due and no part of the agreement: what is paid without saying for what pays this first.
    pub outside: Money,
    /// What the agreement still adds, on the days on which it is added.
    pub interest: Vec<(Date, Money)>,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreseen {
    Ahead(Box<Ahead>),
    Missed(Box<Missed>),
    Less(Box<Less>),
    /// More than there is to pay.
    AboveAll {
        all: Money,
    },
    /// There is no such payment, or nothing is left to pay of it.
    NoSuchPayment,
}

/// Paid ahead: nothing is signed, the days and amounts agreed stay, and what is paid counts for the oldest open payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    pub then: PlanSide,
    /// What is still to be paid, and when; without what is paid today.
    pub payments: Vec<(Date, Money)>,
    /// How many of today's payments need not be made.
    pub fewer: usize,
    /// Of what is paid today, what goes to something past due outside the agreement.
    pub outside: Money,
    /// What of the interest agreed is not added, because everything is paid before its day.
    pub spared: Money,
    /// The same wish as a change of the agreement, where that is allowed.
    pub as_change: Option<Changed>,
}

/// Something is not paid on its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub due_on: Date,
    pub amount: Money,
    /// As it stands on the day after.
    pub put_right: PutRight,
    /// The day on which the agreement is over if nothing is put right, the payments that are made counted.
    pub ends_on: Date,
    /// Paid under the agreement by then, what is paid today included.
    pub paid: Money,
    /// What would be owed on the account on that day, interest agreed until then included.
    pub owed: Money,
    /// What could be done on the day after.
    pub ways: Vec<(WayBack, Changed)>,
    /// Whether other payments are made before that day: each pays the oldest open one first.
    pub others_pay: bool,
}

/// The smallest steps that need no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Less {
    /// All that is left in the smallest payments allowed, where they are smaller than now.
    pub smallest: Option<Changed>,
    /// Nothing due for as long as can be.
    pub pause: Option<Changed>,
    /// The next payment after the last one.
    pub skip: Option<Changed>,
}

/// What would happen, imagined on this day where the customer lives.
pub fn foresee(running: &Running, owing: &Owing, what: WhatIf, today: Date) -> Foreseen {
    match what {
        WhatIf::MoreEachTime(more) => more_each_time(running, owing, more, today),
        WhatIf::MoreNow(amount) => more_now(running, owing, amount, today),
        WhatIf::MissOne { number } => match open(running).into_iter().find(|line| line.number == number) {
            Some(line) => missed(running, owing, &line, Others::Paid, today),
            None => Foreseen::NoSuchPayment,
        },
        WhatIf::Stop => match open(running).first() {
            Some(line) => missed(running, owing, line, Others::Missed, today),
            None => Foreseen::NoSuchPayment,
        },
        WhatIf::EarnLess => Foreseen::Less(Box::new(less(running, today))),
    }
}

/// What can be paid in advance at once, for the agreement and nothing else, and the plan that is left then: the next two payments, and
/// everything in it. The page to pay on offers the same.
pub fn paid_ahead(running: &Running, owing: &Owing, today: Date) -> Vec<(Money, PlanSide)> {
    let now = open(running);
    let currency = running.principal.currency();
    let together = |count: usize| now.iter().take(count).fold(0_i64, |sum, line| sum.saturating_add(line.open().minor()));
    let counts = [2, now.len()].into_iter().filter(|count| now.len() >= *count && *count > 0);
    let for_it_only = Owing { outside: Money::zero(currency), ..owing.clone() };
    let mut amounts: Vec<Money> = counts.map(|count| Money::new(together(count).min(owing.balance.minor()), currency)).collect();
    amounts.dedup();
    amounts
        .into_iter()
        .filter_map(|amount| match more_now(running, &for_it_only, amount, today) {
            Foreseen::Ahead(ahead) => Some((amount, ahead.then)),
            Foreseen::Missed(_) | Foreseen::Less(_) | Foreseen::AboveAll { .. } | Foreseen::NoSuchPayment => None,
        })
        .collect()
}

/// Today's plan, as far as it is still to be paid.
pub fn as_it_is(running: &Running) -> PlanSide {
    let open = open(running);
    PlanSide {
        payments: open.len(),
        next: open.first().map(|line| (line.due_on, line.open())),
        last: running.lines.iter().map(|line| line.due_on).max(),
        total: total(running),
    }
}

/// What is still to be paid and not on its way, by its day.
fn open(running: &Running) -> Vec<Line> {
    let mut open: Vec<Line> = running.open_lines().copied().collect();
    open.sort_by_key(|line| (line.due_on, line.number));
    open
}

fn total(running: &Running) -> Money {
    let minor = running.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.amount.minor()));
    Money::new(minor, running.principal.currency())
}

/// What is left of an agreement and of its account while it is paid.
struct Left {
    of_each: Vec<(Date, i64)>,
    balance: i64,
    interest: Vec<(Date, i64)>,
}

impl Left {
    fn of(running: &Running, owing: &Owing) -> Left {
        Left {
            of_each: open(running).iter().map(|line| (line.due_on, line.open().minor())).collect(),
            balance: owing.balance.minor(),
            interest: owing.interest.iter().map(|(day, amount)| (*day, amount.minor())).collect(),
        }
    }

    /// Adds what is agreed to be added until a day. Where nothing is owed any more the agreement is over, and nothing is added.
    fn add_until(&mut self, day: Date) {
        if self.balance <= 0 {
            return;
        }
        let (come, later): (Vec<_>, Vec<_>) = self.interest.iter().partition(|(due_on, _)| *due_on <= day);
        self.balance = come.iter().fold(self.balance, |balance, (_, added)| balance.saturating_add(*added));
        self.interest = later;
    }

    fn open(&self) -> i64 {
        self.of_each.iter().map(|(_, open)| open).sum::<i64>().min(self.balance.max(0))
    }

    /// Pays the oldest first; returns how much of it there was something to pay with.
    fn pay(&mut self, amount: i64) -> i64 {
        let paid = amount.min(self.open());
        let mut left = paid;
        for (_, open) in &mut self.of_each {
            let taken = left.min(*open);
            *open -= taken;
            left -= taken;
        }
        self.balance -= paid;
        paid
    }

    /// What is still to be paid on the days agreed, as far as anything is owed then.
    fn payments(mut self) -> Vec<(Date, i64)> {
        let days: Vec<(Date, i64)> = self.of_each.iter().copied().filter(|(_, open)| *open > 0).collect();
        days.into_iter()
            .filter_map(|(day, open)| {
                self.add_until(day);
                let paid = self.pay(open);
                (paid > 0).then_some((day, paid))
            })
            .collect()
    }
}

fn more_each_time(running: &Running, owing: &Owing, more: Money, today: Date) -> Foreseen {
    let now = open(running);
    let all = now.iter().fold(0_i64, |sum, line| sum.saturating_add(line.open().minor()));
    let currency = more.currency();
    if now.is_empty() {
        return Foreseen::NoSuchPayment;
    }
    if more.minor() >= all {
        return Foreseen::AboveAll { all: Money::new(all, currency) };
    }
    let mut left = Left::of(running, owing);
    let mut payments = Vec::new();
    for line in &now {
        left.add_until(line.due_on);
        let paid = left.pay(line.open().minor().saturating_add(more.minor()));
        if paid > 0 {
            payments.push((line.due_on, paid));
        }
    }
    let as_change = now.first().zip(running.frequency).and_then(|(next, frequency)| {
        let size = Size::Amount(Money::new(next.amount.minor().saturating_add(more.minor()), currency));
        let first_on = Some(next.due_on.max(today));
        let choice = PlanChoice { first_on, ..PlanChoice::of_plan(size, frequency) };
        running.allowed([Change::Replan(choice)], today).pop()
    });
    ahead(running, &now, 0, payments, Money::zero(currency), as_change)
}

fn more_now(running: &Running, owing: &Owing, amount: Money, today: Date) -> Foreseen {
    let currency = amount.currency();
    if amount.minor() > owing.balance.minor() {
        return Foreseen::AboveAll { all: owing.balance };
    }
    let now = open(running);
    if now.is_empty() {
        return Foreseen::NoSuchPayment;
    }
    let outside = amount.minor().min(owing.outside.minor()).max(0);
    let mut left = Left::of(running, owing);
    left.add_until(today);
    left.balance -= outside;
    let paid = left.pay(amount.minor() - outside);
    ahead(running, &now, paid, left.payments(), Money::new(outside, currency), None)
}

fn ahead(
    running: &Running,
    now: &[Line],
    today: i64,
    payments: Vec<(Date, i64)>,
    outside: Money,
    as_change: Option<Changed>,
) -> Foreseen {
    let currency = running.principal.currency();
    let all = now.iter().fold(0_i64, |sum, line| sum.saturating_add(line.open().minor()));
    let paid = payments.iter().fold(today, |sum, (_, paid)| sum.saturating_add(*paid));
    let spared = all.saturating_sub(paid).max(0);
    let payments: Vec<(Date, Money)> = payments.into_iter().map(|(day, minor)| (day, Money::new(minor, currency))).collect();
    Foreseen::Ahead(Box::new(Ahead {
        then: PlanSide {
            payments: payments.len(),
            next: payments.first().copied(),
            last: payments.last().map(|(day, _)| *day),
            total: Money::new(total(running).minor().saturating_sub(spared), currency),
        },
        fewer: now.len().saturating_sub(payments.len()),
        payments,
        outside,
        spared: Money::new(spared, currency),
        as_change,
    }))
}

/// What becomes of the payments beside the one that is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    Paid,
    Missed,
}

fn missed(running: &Running, owing: &Owing, first: &Line, others: Others, today: Date) -> Foreseen {
    let currency = running.principal.currency();
    let mut instalments: Vec<Instalment> = running.lines.iter().map(|line| as_paid(line, today)).collect();
    instalments.sort_by_key(|instalment| (instalment.due_on, instalment.number));
    let paid_already = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let mut others: Vec<(Date, Money)> = match others {
        Others::Paid => {
            let is_other = |line: &Line| line.number != first.number;
            open(running).into_iter().filter(is_other).map(|line| (line.due_on.max(today), line.open())).collect()
        }
        Others::Missed => Vec::new(),
    };
    others.sort_by_key(|(day, _)| *day);
    let (before, after): (Vec<_>, Vec<_>) = others.into_iter().partition(|(day, _)| *day <= first.due_on);
    for (day, amount) in before {
        pay_oldest(&mut instalments, day, amount);
    }
    let day_after = days_after(first.due_on, 1).max(today);
    let standing = keeping::keeping(&instalments, &at(day_after));
    let Some(put_right) = keeping::put_right(&instalments, standing, day_after) else { return Foreseen::NoSuchPayment };
    let ways = ways_after(running, first, day_after);
    let mut others_pay = false;
    for (day, amount) in after {
        if ends_on(&instalments, day_after).is_some_and(|ends_on| day >= ends_on) {
            break;
        }
        pay_oldest(&mut instalments, day, amount);
        others_pay = true;
    }
    let ends_on = ends_on(&instalments, day_after).unwrap_or(day_after);
    let paid = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let added =
        owing.interest.iter().filter(|(day, _)| *day < ends_on).fold(0_i64, |sum, (_, added)| sum.saturating_add(added.minor()));
    let owed = owing.balance.minor().saturating_add(added).saturating_sub(paid.saturating_sub(paid_already)).max(0);
    Foreseen::Missed(Box::new(Missed {
        due_on: first.due_on,
        amount: first.open(),
        put_right,
        ends_on,
        paid: Money::new(paid, currency),
        owed: Money::new(owed, currency),
        ways,
        others_pay,
    }))
}

/// What can be done on the day after a payment was missed, those before it paid.
fn ways_after(running: &Running, first: &Line, day_after: Date) -> Vec<(WayBack, Changed)> {
    let is_before = |line: &Line| (line.due_on, line.number) < (first.due_on, first.number);
    let pay = |line: &Line| {
        if is_before(line) && !line.is_met { Line { paid: line.amount, is_met: true, is_used: true, ..*line } } else { *line }
    };
    let then = Running { lines: running.lines.iter().map(pay).collect(), ..running.clone() };
    then.ways_back(day_after)
}

/// As if what is on its way arrived.
fn as_paid(line: &Line, today: Date) -> Instalment {
    let paid = if line.is_met || line.is_being_collected { line.amount } else { line.paid };
    let paid_line = PaidLine { on: line.due_on.min(today), amount: paid, payment: String::new(), went_back: None };
    let paid = if paid.is_positive() { vec![paid_line] } else { Vec::new() };
    Instalment { number: line.number, due_on: line.due_on, amount: line.amount, paid }
}

fn pay_oldest(instalments: &mut [Instalment], on: Date, amount: Money) {
    let mut left = amount.minor();
    for instalment in instalments.iter_mut() {
        let taken = left.min(instalment.open().minor());
        if taken > 0 {
            let amount = Money::new(taken, amount.currency());
            instalment.paid.push(PaidLine { on, amount, payment: String::new(), went_back: None });
            left -= taken;
        }
    }
}

/// The day after the last one on which it can be put right, if nothing more is paid; `None` where nothing is open.
fn ends_on(instalments: &[Instalment], earliest: Date) -> Option<Date> {
    let open = instalments.iter().filter(|instalment| !instalment.is_met());
    open.map(|instalment| days_after(instalment.put_right_by().max(earliest), 1)).min()
}

/// A day on which nothing else plays a part than what was paid.
fn at(today: Date) -> Circumstances {
    Circumstances {
        today,
        is_settled: false,
        is_over: false,
        is_held: false,
        held_until: None,
        last_try_on: None,
        is_under_way: false,
    }
}

fn less(running: &Running, today: Date) -> Less {
    let now = open(running);
    let next = now.first();
    let is_smaller = |changed: &Changed| {
        let then = super::changing::left_of(&changed.schedule, &running.lines);
        then.iter().map(|(_, amount)| amount.minor()).max() < now.iter().map(|line| line.open().minor()).max()
    };
    let pause = running.latest_pause(today).map(|until| Change::Pause { until });
    let skip = next.map(|line| Change::Skip { number: line.number });
    Less {
        smallest: running.smallest(today).filter(is_smaller),
        pause: running.allowed(pause, today).pop(),
        skip: running.allowed(skip, today).pop(),
    }
}

#[cfg(test)]
mod tests;
