//! Whether an agreement is kept: computed from what was paid on each instalment and when, never typed in.
//!
//! The states in the database only remember what is computed here (`services::keeping`). Shown on the agreement's page; how
//! many instalments were kept over a year is `super::history`.

use super::agreement::DAYS_TO_PUT_RIGHT;
use super::calendar::{Date, days_after};
use super::collecting::{CollectionStanding, WhyNot};
use super::money::Money;

/// An instalment and what was paid on it, each with the day on which the customer began to pay it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instalment {
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
    pub paid: Vec<(Date, Money)>,
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

impl Instalment {
    pub fn paid_minor(&self) -> i64 {
        self.paid.iter().fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor()))
    }

    pub fn is_covered(&self) -> bool {
        self.paid_minor() >= self.amount.minor()
    }

    /// What is still to be paid of it.
    pub fn open(&self) -> Money {
        Money::new(self.amount.minor().saturating_sub(self.paid_minor()).max(0), self.amount.currency())
    }

    pub fn kept(&self, today: Date) -> Kept {
        let mut covered = 0_i64;
        let mut in_order = self.paid.clone();
        in_order.sort_unstable_by_key(|(on, _)| *on);
        for (on, amount) in in_order {
            covered = covered.saturating_add(amount.minor());
            if covered >= self.amount.minor() && self.is_covered() {
                return if on <= self.due_on { Kept::OnTime } else { Kept::Late { on } };
            }
        }
        match self.paid_minor() {
            _ if self.due_on >= today => Kept::NotYetDue,
            paid if paid > 0 => Kept::PartPaid { paid: Money::new(paid, self.amount.currency()) },
            _ => Kept::Missed,
        }
    }
}

/// What else decides, beside the instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    pub today: Date,
    /// Nothing is owed on the account any more.
    pub is_settled: bool,
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
/// under way.
pub fn keeping(instalments: &[Instalment], circumstances: &Circumstances) -> Keeping {
    let today = circumstances.today;
    let is_late = |instalment: &Instalment| matches!(instalment.kept(today), Kept::Late { .. });
    let oldest_open = instalments.iter().filter(|instalment| !instalment.is_covered()).min_by_key(|instalment| instalment.due_on);
    let Some(oldest_open) = oldest_open.filter(|_| !circumstances.is_settled) else {
        let was_missed = |instalment: &Instalment| !instalment.is_covered() && instalment.due_on < today;
        let by_their_day = !instalments.iter().any(|instalment| is_late(instalment) || was_missed(instalment));
        return if by_their_day { Keeping::Kept } else { Keeping::Completed };
    };
    if oldest_open.due_on >= today {
        return Keeping::OnTrack;
    }
    let later = [circumstances.held_until, circumstances.last_try_on];
    let from = later.into_iter().flatten().fold(oldest_open.due_on, Date::max);
    let put_right_by = days_after(from, i32::try_from(DAYS_TO_PUT_RIGHT).unwrap_or(i32::MAX));
    if today <= put_right_by || circumstances.is_held || circumstances.is_under_way {
        return Keeping::Behind { put_right_by: put_right_by.max(today) };
    }
    let anything_paid = instalments.iter().any(|instalment| instalment.paid_minor() > 0);
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
        .filter(|instalment| !instalment.is_covered() && instalment.due_on < today)
        .map(|instalment| (instalment.due_on, instalment.open()))
        .collect();
    let day_after = Circumstances {
        today: days_after(by, 1),
        is_settled: false,
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
        let amount = paid[index].open();
        least = least.saturating_add(amount.minor());
        paid[index].paid.push((today, amount));
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
    let of_each = instalments.iter().zip(standings).filter(|(instalment, _)| !instalment.is_covered());
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
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
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn instalment(number: u32, month: i8, paid: &[(Date, i64)]) -> Instalment {
        let paid = paid.iter().map(|(on, minor)| (*on, usd(*minor))).collect();
        Instalment { number, due_on: date(2026, month, 15), amount: usd(5_000), paid }
    }

    fn on(today: Date) -> Circumstances {
        Circumstances { today, is_settled: false, is_held: false, held_until: None, last_try_on: None, is_under_way: false }
    }

    #[test]
    fn an_instalment_is_paid_on_time_late_in_part_or_not() {
        let due = date(2026, 6, 15);
        let kept = |paid: &[(Date, i64)], today| instalment(1, 6, paid).kept(today);
        assert_eq!(kept(&[], due), Kept::NotYetDue, "its day is not over");
        assert_eq!(kept(&[], date(2026, 6, 16)), Kept::Missed);
        assert_eq!(kept(&[(due, 5_000)], due), Kept::OnTime);
        assert_eq!(kept(&[(due, 4_999)], date(2026, 6, 16)), Kept::PartPaid { paid: usd(4_999) }, "a cent is missing");
        let late = date(2026, 6, 20);
        assert_eq!(kept(&[(late, 1), (due, 4_999)], late), Kept::Late { on: late }, "the last cent came late");
        // Given back: a refund leaves less than the amount, whatever came before.
        assert_eq!(kept(&[(due, 5_000), (late, -5_000)], late), Kept::Missed);
    }

    #[test]
    fn behind_until_the_last_day_to_put_it_right_and_not_one_less() {
        let missed = [instalment(1, 6, &[(date(2026, 6, 1), 5_000)]), instalment(2, 7, &[])];
        let put_right_by = date(2026, 7, 29);
        assert_eq!(keeping(&missed, &on(date(2026, 7, 15))), Keeping::OnTrack);
        assert_eq!(keeping(&missed, &on(date(2026, 7, 16))), Keeping::Behind { put_right_by });
        assert_eq!(keeping(&missed, &on(put_right_by)), Keeping::Behind { put_right_by });
        assert_eq!(keeping(&missed, &on(date(2026, 7, 30))), Keeping::PartlyKept);
        let nothing = [instalment(1, 6, &[])];
        assert_eq!(keeping(&nothing, &on(date(2026, 7, 30))), Keeping::Broken);
    }

    #[test]
    fn what_has_to_be_paid_is_what_the_rule_asks_for_on_the_day_after() {
        let one = [instalment(1, 6, &[(date(2026, 6, 1), 2_000)]), instalment(2, 8, &[])];
        let right = |instalments: &[Instalment], standing, today| put_right(instalments, standing, today).expect("it is behind");
        let by = date(2026, 6, 29);
        let behind = Keeping::Behind { put_right_by: by };
        let first = right(&one, behind, date(2026, 6, 20));
        assert_eq!(first, PutRight { by, least: usd(3_000), open: vec![(date(2026, 6, 15), usd(3_000))] });
        assert_eq!(put_right(&one, Keeping::OnTrack, date(2026, 6, 1)), None);
        // Two are open. By the day of the first one only the first has to be paid.
        let due = |number: u32, due_on| Instalment { number, due_on, amount: usd(5_000), paid: Vec::new() };
        let two = [due(1, date(2026, 12, 11)), due(2, date(2026, 12, 18))];
        let by = date(2026, 12, 25);
        let early = right(&two, Keeping::Behind { put_right_by: by }, date(2026, 12, 20));
        assert_eq!((early.least, early.total()), (usd(5_000), Some(usd(10_000))));
        // A try of the second put the day off: then both have to be paid by it, or the second ends the agreement.
        let by = date(2027, 1, 2);
        let late = right(&two, Keeping::Behind { put_right_by: by }, date(2026, 12, 26));
        assert_eq!((late.least, late.open.len()), (usd(10_000), 2));
        for (instalments, least) in [(&two, late.least), (&two, early.least)] {
            let mut paid = instalments.to_vec();
            let mut rest = least.minor();
            for instalment in &mut paid {
                let part = rest.min(instalment.amount.minor());
                instalment.paid.push((by, usd(part)));
                rest -= part;
            }
            let is_over = keeping(&paid, &on(days_after(by, 1))).has_ended_unkept();
            assert_eq!(is_over, least == early.least, "a cent less than the later sum is not enough by then");
        }
    }

    #[test]
    fn a_collection_that_was_given_up_or_refused_is_told_and_others_are_not() {
        let two = [instalment(1, 6, &[(date(2026, 6, 1), 2_000)]), instalment(2, 7, &[])];
        let told = |first, second| collection_trouble(&two, &[first, second]).map(|trouble| (trouble.open, trouble.what));
        let (hand, later) = (CollectionStanding::ByHand, CollectionStanding::OnDay(date(2026, 7, 15)));
        assert_eq!(told(hand, later), None);
        let refused = CollectionStanding::AgainOn(date(2026, 6, 18));
        assert_eq!(told(refused, later), Some((usd(3_000), Trouble::AgainOn(date(2026, 6, 18)))));
        let given_up = CollectionStanding::NotCollected(WhyNot::NoticeNotSent);
        assert_eq!(told(hand, given_up), Some((usd(5_000), Trouble::NotCollected(WhyNot::NoticeNotSent))));
        assert_eq!(told(CollectionStanding::NotCollected(WhyNot::MandateGone), later), None, "they stopped it themselves");
    }

    #[test]
    fn nobody_loses_an_agreement_during_a_hold_or_while_something_is_under_way() {
        let missed = [instalment(1, 6, &[])];
        let late = on(date(2026, 9, 1));
        assert!(!keeping(&missed, &Circumstances { is_held: true, ..late }).has_ended_unkept());
        assert!(!keeping(&missed, &Circumstances { is_under_way: true, ..late }).has_ended_unkept());
        // A hold that ended last week: two weeks from there.
        let after = keeping(&missed, &Circumstances { held_until: Some(date(2026, 8, 25)), ..late });
        assert_eq!(after, Keeping::Behind { put_right_by: date(2026, 9, 8) });
        // The bank said no for the last time: two weeks from that day.
        let tried = keeping(&missed, &Circumstances { last_try_on: Some(date(2026, 8, 20)), ..late });
        assert_eq!(tried, Keeping::Behind { put_right_by: date(2026, 9, 3) });
    }

    #[test]
    fn all_paid_is_kept_by_its_days_and_completed_otherwise() {
        let by_its_day = instalment(1, 6, &[(date(2026, 6, 15), 5_000)]);
        let late = instalment(2, 7, &[(date(2026, 7, 16), 5_000)]);
        assert_eq!(keeping(std::slice::from_ref(&by_its_day), &on(date(2026, 9, 1))), Keeping::Kept);
        assert_eq!(keeping(&[by_its_day.clone(), late], &on(date(2026, 9, 1))), Keeping::Completed);
        // Everything owed was paid at once: what was still to come needs no payment.
        let to_come = instalment(3, 12, &[]);
        let settled = Circumstances { is_settled: true, ..on(date(2026, 9, 1)) };
        assert_eq!(keeping(&[by_its_day.clone(), to_come.clone()], &settled), Keeping::Kept);
        assert_eq!(count_on_time(&[by_its_day, to_come], date(2026, 9, 1)), (1, 1));
    }
}
