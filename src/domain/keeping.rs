//! Whether an agreement is kept: computed from what was paid on each instalment and when, never typed in.
//!
//! The states in the database only remember what is computed here (`services::keeping`). Shown on the agreement's page; how
//! many instalments were kept over a year is `super::history`.

use super::agreement::DAYS_TO_PUT_RIGHT;
use super::calendar::{Date, days_after};
use super::collecting::{CollectionStanding, WhyNot};
use super::money::Money;

/// An instalment and what was paid on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instalment {
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
    /// Payment by payment, the lines of each in their order.
    pub paid: Vec<PaidLine>,
}

/// What a payment put on an instalment, or, below zero, what of it went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidLine {
    /// The day on which the customer began to pay it.
    pub on: Date,
    pub amount: Money,
    /// The payment's reference.
    pub payment: String,
    /// How it went back, if it is below zero.
    pub went_back: Option<WentBack>,
}

/// How a part of a payment went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WentBack {
    /// By decision of the creditor: never the customer's miss.
    Given,
    /// A bank took it, on this day.
    Taken { on: Date },
}

/// How one instalment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    OnTime,
    Late {
        on: Date,
    },
    /// Its day is over and a part is missing.
    PartPaid {
        paid: Money,
    },
    Missed,
    /// Its day is still to come, or is today.
    NotYetDue,
}

/// What one payment is to an instalment now.
struct OfPayment<'a> {
    name: &'a str,
    /// The day on which the customer began to pay it.
    on: Date,
    /// What is there of it.
    left: i64,
    /// What was given back by decision and is not here again.
    given: i64,
    /// What a bank took and is not here again.
    taken: i64,
    /// The last day on which a bank took something.
    taken_on: Option<Date>,
}

impl OfPayment<'_> {
    /// Of its lines in their order; at least one.
    fn of(lines: &[PaidLine]) -> Option<OfPayment<'_>> {
        let first = lines.first()?;
        let (mut left, mut most, mut given, mut taken_on) = (0_i64, 0_i64, 0_i64, None);
        for line in lines {
            left = left.saturating_add(line.amount.minor());
            // What came again is there as it was before: of more than that nothing is missing.
            most = most.max(left);
            match line.went_back {
                Some(WentBack::Given) => given = given.saturating_sub(line.amount.minor()),
                Some(WentBack::Taken { on }) => taken_on = taken_on.max(Some(on)),
                None => {}
            }
        }
        let missing = most.saturating_sub(left);
        let given = given.min(missing);
        Some(OfPayment { name: &first.payment, on: first.on, left, given, taken: missing.saturating_sub(given), taken_on })
    }

    /// What the customer paid by it and no bank took back, whatever was given back to them by decision.
    fn made(&self) -> i64 {
        self.left.saturating_add(self.given)
    }
}

impl Instalment {
    fn of_payments(&self) -> impl Iterator<Item = OfPayment<'_>> {
        self.paid.chunk_by(|one, next| one.payment == next.payment).filter_map(OfPayment::of)
    }

    /// What is there of what was paid.
    pub fn paid_minor(&self) -> i64 {
        self.of_payments().fold(0_i64, |sum, payment| sum.saturating_add(payment.left))
    }

    /// What the customer paid and no bank took back, whatever was given back to them by decision.
    fn made_minor(&self) -> i64 {
        self.of_payments().fold(0_i64, |sum, payment| sum.saturating_add(payment.made()))
    }

    /// What is still to be paid of it, or may be.
    pub fn open(&self) -> Money {
        Money::new(self.amount.minor().saturating_sub(self.paid_minor()).max(0), self.amount.currency())
    }

    pub fn is_covered(&self) -> bool {
        self.open().is_zero()
    }

    /// Whether the customer did their part: all of it was paid, though something may have been given back since. Nothing more is
    /// asked for it, and it is not missed.
    pub fn is_met(&self) -> bool {
        self.made_minor() >= self.amount.minor()
    }

    /// What is open because it was given back by decision: it may be paid, and nothing asks for it. Zero for nothing.
    pub fn given_back(&self) -> Money {
        if self.is_met() { self.open() } else { Money::zero(self.amount.currency()) }
    }

    /// Whether something that was paid on it went back, however, and has not come again.
    pub fn went_back(&self) -> bool {
        self.of_payments().any(|payment| payment.given > 0 || payment.taken > 0)
    }

    /// The last day on which a bank took something of what is missing.
    pub fn taken_back_on(&self) -> Option<Date> {
        let taken = self.of_payments().filter(|payment| payment.taken > 0).filter_map(|payment| payment.taken_on);
        taken.max().filter(|_| !self.is_met())
    }

    /// The last day on which it can be put right: two weeks from its own day, or from the day it was opened again by a bank.
    pub fn put_right_by(&self) -> Date {
        put_right_from(self.taken_back_on().map_or(self.due_on, |on| on.max(self.due_on)))
    }

    /// The references of the payments on it, in their order.
    pub fn payments(&self) -> Vec<&str> {
        self.of_payments().map(|payment| payment.name).collect()
    }

    pub fn kept(&self, today: Date) -> Kept {
        let mut made = 0_i64;
        let mut in_order: Vec<OfPayment<'_>> = self.of_payments().collect();
        in_order.sort_by_key(|payment| payment.on);
        for payment in in_order {
            made = made.saturating_add(payment.made());
            if made >= self.amount.minor() {
                return if payment.on <= self.due_on { Kept::OnTime } else { Kept::Late { on: payment.on } };
            }
        }
        match self.paid_minor() {
            _ if self.due_on >= today => Kept::NotYetDue,
            paid if paid > 0 => Kept::PartPaid { paid: Money::new(paid, self.amount.currency()) },
            _ => Kept::Missed,
        }
    }
}

/// Two weeks from a day: the last one to put something right.
pub fn put_right_from(day: Date) -> Date {
    days_after(day, i32::try_from(DAYS_TO_PUT_RIGHT).unwrap_or(i32::MAX))
}

/// What else decides, beside the instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    pub today: Date,
    /// Nothing is owed on the account any more.
    pub is_settled: bool,
    /// It was ended because it was not put right in time.
    pub is_over: bool,
    /// A hold is in force: nothing may be demanded.
    pub is_held: bool,
    /// The last day of the latest hold that has ended: the days to put something right begin after it.
    pub held_until: Option<Date>,
    /// The day of the latest try to collect what is open, if there was one: who waited for it has the same days from there.
    pub last_try_on: Option<Date>,
    /// Money is on its way, its outcome is unknown, or another try to collect is announced.
    pub is_under_way: bool,
}

/// How an agreement stands: a plan, a promise or a later date alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    OnTrack,
    /// Something is not paid that should be; it can be put right until this day.
    Behind {
        put_right_by: Date,
    },
    /// All of it paid, each part by its day.
    Kept,
    /// All of it paid, some of it later.
    Completed,
    /// Over and not put right, though something was paid.
    PartlyKept,
    /// Over, and nothing was paid.
    Broken,
}

impl Keeping {
    /// The code in events.
    pub fn code(self) -> &'static str {
        match self {
            Keeping::OnTrack => "on_track",
            Keeping::Behind { .. } => "behind",
            Keeping::Kept => "kept",
            Keeping::Completed => "completed",
            Keeping::PartlyKept => "partly_kept",
            Keeping::Broken => "broken",
        }
    }

    /// Whether the time to put it right is over.
    pub fn has_ended_unkept(self) -> bool {
        match self {
            Keeping::PartlyKept | Keeping::Broken => true,
            Keeping::OnTrack | Keeping::Behind { .. } | Keeping::Kept | Keeping::Completed => false,
        }
    }
}

/// How an agreement with these instalments stands. Nobody loses an agreement while a hold is in force or while something is
/// under way, nor by anything that was given back to them.
pub fn keeping(instalments: &[Instalment], circumstances: &Circumstances) -> Keeping {
    let today = circumstances.today;
    let unmet = || instalments.iter().filter(|instalment| !instalment.is_met());
    if circumstances.is_over {
        return ended_unkept(instalments);
    }
    if circumstances.is_settled || instalments.iter().all(Instalment::is_covered) {
        let is_late = |instalment: &Instalment| matches!(instalment.kept(today), Kept::Late { .. });
        let by_their_day = !instalments.iter().any(is_late) && !unmet().any(|instalment| instalment.due_on < today);
        return if by_their_day { Keeping::Kept } else { Keeping::Completed };
    }
    let later = [circumstances.held_until, circumstances.last_try_on].into_iter().flatten().max();
    let overdue = unmet().filter(|instalment| instalment.due_on < today);
    let put_right_by = overdue.map(|instalment| {
        let by_itself = instalment.put_right_by();
        later.map_or(by_itself, |day| by_itself.max(put_right_from(day)))
    });
    match put_right_by.min() {
        None => Keeping::OnTrack,
        Some(day) if today <= day || circumstances.is_held || circumstances.is_under_way => {
            Keeping::Behind { put_right_by: day.max(today) }
        }
        Some(_) => ended_unkept(instalments),
    }
}

fn ended_unkept(instalments: &[Instalment]) -> Keeping {
    let anything_paid = instalments.iter().any(|instalment| instalment.made_minor() > 0);
    if anything_paid { Keeping::PartlyKept } else { Keeping::Broken }
}

/// What is open of payments whose day has passed, and what has to be paid by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRight {
    pub by: Date,
    /// What keeps the agreement past that day.
    pub least: Money,
    /// Each with what is open of it, by its day.
    pub open: Vec<(Date, Money)>,
}

impl PutRight {
    pub fn total(&self) -> Option<Money> {
        let (_, first) = self.open.first()?;
        let minor = self.open.iter().fold(0_i64, |sum, (_, open)| sum.saturating_add(open.minor()));
        Some(Money::new(minor, first.currency()))
    }
}

/// How an agreement that is behind is put right: as many of its oldest open payments as [`keeping`] asks for on the day after the
/// last one. Nothing that may put that day off later is counted on.
pub fn put_right(instalments: &[Instalment], standing: Keeping, today: Date) -> Option<PutRight> {
    let Keeping::Behind { put_right_by: by } = standing else { return None };
    let mut paid = instalments.to_vec();
    paid.sort_by_key(|instalment| (instalment.due_on, instalment.number));
    let open: Vec<(Date, Money)> = paid
        .iter()
        .filter(|instalment| !instalment.is_met() && instalment.due_on < today)
        .map(|instalment| (instalment.due_on, instalment.open()))
        .collect();
    let day_after = Circumstances {
        today: days_after(by, 1),
        is_settled: false,
        is_over: false,
        is_held: false,
        held_until: None,
        last_try_on: None,
        is_under_way: false,
    };
    let mut least = 0_i64;
    for index in 0..paid.len() {
        if !keeping(&paid, &day_after).has_ended_unkept() {
            break;
        }
        if !paid[index].is_met() {
            let amount = paid[index].open();
            least = least.saturating_add(amount.minor());
            paid[index].paid.push(PaidLine { on: today, amount, payment: String::new(), went_back: None });
        }
    }
    let currency = open.first().map(|(_, amount)| amount.currency())?;
    Some(PutRight { by, least: Money::new(least, currency), open })
}

/// A payment that was to be collected and was not: the customer has to know, because nothing else happens by itself, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectionTrouble {
    pub due_on: Date,
    pub open: Money,
    pub what: Trouble,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NotCollected(WhyNot),
    /// The bank said no; the next try is on that day.
    AgainOn(Date),
}

/// The first open payment of which the collection was given up or refused; `standings` are those of the instalments, in order.
pub fn collection_trouble(instalments: &[Instalment], standings: &[CollectionStanding]) -> Option<CollectionTrouble> {
    let of_each = instalments.iter().zip(standings).filter(|(instalment, _)| !instalment.is_met());
    of_each
        .filter_map(|(instalment, standing)| {
            let what = match *standing {
                CollectionStanding::AgainOn(day) => Trouble::AgainOn(day),
                CollectionStanding::NotCollected(why) if is_news(why) => Trouble::NotCollected(why),
                CollectionStanding::NotCollected(_)
                | CollectionStanding::ByHand
                | CollectionStanding::OnDay(_)
                | CollectionStanding::UnderWay => return None,
            };
            Some(CollectionTrouble { due_on: instalment.due_on, open: instalment.open(), what })
        })
        .min_by_key(|trouble| trouble.due_on)
}

/// Whether the customer counted on it. What they ended themselves, or knew from the permission, is none; what is too small to be
/// moved cannot be paid here either.
fn is_news(why: WhyNot) -> bool {
    match why {
        WhyNot::NoticeNotSent | WhyNot::Held | WhyNot::PaidBack | WhyNot::TooLate | WhyNot::Declined => true,
        WhyNot::AccountNotOpen
        | WhyNot::AgreementEnded
        | WhyNot::MandateGone
        | WhyNot::DueBeforePermission
        | WhyNot::TooSmall => false,
    }
}

/// One line of how an agreement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub instalment: Instalment,
    pub kept: Kept,
    pub collection: CollectionStanding,
}

/// An agreement as its customer sees how it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementStanding {
    pub keeping: Keeping,
    pub lines: Vec<Line>,
    /// While it is behind.
    pub put_right: Option<PutRight>,
    pub trouble: Option<CollectionTrouble>,
    /// Paid by their day, of those whose day has come.
    pub on_time: usize,
    pub come: usize,
    pub today: Date,
}

impl AgreementStanding {
    /// Whether anything of it is taken without the customer doing anything.
    pub fn is_collected(&self) -> bool {
        self.lines.iter().any(|line| match line.collection {
            CollectionStanding::OnDay(_) | CollectionStanding::AgainOn(_) | CollectionStanding::UnderWay => true,
            CollectionStanding::ByHand | CollectionStanding::NotCollected(_) => false,
        })
    }
}

/// How many instalments were paid by their day, and how many days have come.
pub fn count_on_time(instalments: &[Instalment], today: Date) -> (usize, usize) {
    let come = instalments.iter().filter(|instalment| !matches!(instalment.kept(today), Kept::NotYetDue));
    let on_time = instalments.iter().filter(|instalment| matches!(instalment.kept(today), Kept::OnTime));
    (on_time.count(), come.count())
}

#[cfg(test)]
mod tests;
