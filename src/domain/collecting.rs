//! When an instalment is collected by itself, and when it is not.
//!
//! Written notice goes out between ten and three business days before the day (12 CFR 1006.22(c)); without it nothing is
//! collected. Never before the day it is due where the customer lives, never more than is open at that moment, at most two
//! retries, and never again before the outcome of a try is known. Called by `services::collections` under the account's lock.

use super::calendar::{Date, Holidays, days_after, days_between};
use super::due_dates::Payday;
use super::money::Money;
use super::payment::DeclineReason;

/// The notice goes no earlier and no later than so many business days before the day (12 CFR 1006.22(c)).
pub const EARLIEST_NOTICE_BUSINESS_DAYS: u32 = 10;
pub const LATEST_NOTICE_BUSINESS_DAYS: u32 = 3;
/// Who gave the permission so few days before an instalment, or fewer, knows of it from that: the rule asks for no notice.
pub const NOTICE_BEYOND_DAYS: i32 = 5;
/// The first announcement of an instalment, and a fresh one if its day could not be kept.
pub const MOST_NOTICES: u32 = 2;
/// After a first try. Nacha allows two.
pub const MOST_RETRIES: u32 = 2;
/// Business days from a try that failed to the next, where no payday comes first.
pub const RETRY_AFTER_BUSINESS_DAYS: [u32; MOST_RETRIES as usize] = [3, 7];
/// A payday is waited for so long.
pub const PAYDAY_WITHIN_DAYS: i32 = 14;
/// After an outage what was announced is still collected so many days late; after that only with a fresh notice.
pub const MOST_DAYS_LATE: i32 = 10;

/// Where the letter stands that announces a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The permission itself was given so shortly before that it is the notice.
    NotNeeded,
    /// Written and not yet sent.
    Waiting,
    Sent {
        on: Date,
    },
    /// It could not be sent, or came back.
    NotSent,
    /// Taken back before it left: nobody was told anything.
    Withdrawn,
}

/// How far an instalment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nobody was told anything about it yet.
    New,
    /// Its first try is announced.
    Announced { day: Date, amount: Money, notices: u32, notice: Notice },
    /// A try failed, and the customer was told of the day of the next.
    Retry { day: Date, amount: Money, notice: Notice },
}

/// What keeps an instalment from being collected, whatever its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A hold is in force: nothing may be demanded.
    Held,
    /// The creditor took the account back or closed it.
    AccountNotOpen,
    /// The agreement ended, or another version of it is in force.
    AgreementEnded,
    /// There is no permission any more, or it is with another payment company.
    MandateGone,
    /// A payment on this instalment was given back or taken back: a person looks at it first.
    PaidBack,
}

/// An instalment at the moment of deciding.
#[derive(Clone, Debug)]
pub struct Due<'a> {
    pub due_on: Date,
    /// The next instalment's own day.
    pub next_due_on: Option<Date>,
    /// What is not covered of it.
    pub open: Money,
    /// All payments on the account whose money is on its way.
    pub on_their_way: Money,
    /// What is owed on the account.
    pub balance: Money,
    /// The least the processor moves.
    pub processor_minimum: Money,
    /// A payment whose outcome nobody knows, or a page on which the customer may be paying at this moment.
    pub is_waiting: bool,
    pub obstacle: Option<Obstacle>,
    pub mandate_given_on: Date,
    pub progress: Progress,
    pub holidays: &'a Holidays,
    /// Where the customer lives.
    pub today: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToDo {
    /// It is not its time; look again on that day.
    NotBefore(Date),
    /// Something is under way that decides: look again soon.
    LookAgain,
    /// Tell the customer that it will be collected on that day.
    Announce {
        day: Date,
    },
    Collect {
        amount: Money,
        /// So many days after the day that was announced.
        days_late: i32,
    },
    /// It is paid.
    NotNeeded,
    DoNotCollect(WhyNot),
}

/// Why an instalment is not collected. The customer is told, with how to pay it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyNot {
    /// The notice that the law asks for could not be sent in time.
    NoticeNotSent,
    Held,
    AccountNotOpen,
    AgreementEnded,
    MandateGone,
    PaidBack,
    /// It fell due before the permission was given.
    DueBeforePermission,
    /// Less than the payment company moves.
    TooSmall,
    /// Its day is too long ago.
    TooLate,
    /// The bank said no, and trying again would not help or was tried.
    Declined,
}

impl WhyNot {
    pub const ALL: [WhyNot; 10] = [
        WhyNot::NoticeNotSent,
        WhyNot::Held,
        WhyNot::AccountNotOpen,
        WhyNot::AgreementEnded,
        WhyNot::MandateGone,
        WhyNot::PaidBack,
        WhyNot::DueBeforePermission,
        WhyNot::TooSmall,
        WhyNot::TooLate,
        WhyNot::Declined,
    ];

    pub fn code(self) -> &'static str {
        match self {
            WhyNot::NoticeNotSent => "notice_not_sent",
            WhyNot::Held => "held",
            WhyNot::AccountNotOpen => "account_not_open",
            WhyNot::AgreementEnded => "agreement_ended",
            WhyNot::MandateGone => "mandate_gone",
            WhyNot::PaidBack => "paid_back",
            WhyNot::DueBeforePermission => "due_before_permission",
            WhyNot::TooSmall => "too_small",
            WhyNot::TooLate => "too_late",
            WhyNot::Declined => "declined",
        }
    }

    pub fn from_code(code: &str) -> Option<WhyNot> {
        WhyNot::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// How the collection of one instalment stands, as its customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionStanding {
    /// There is no permission to collect it, or it needs none any more: it is paid by hand.
    ByHand,
    /// It will be collected on that day.
    OnDay(Date),
    /// A try failed; the next is on that day.
    AgainOn(Date),
    /// The payment company has been asked.
    UnderWay,
    NotCollected(WhyNot),
}

/// What to do about an instalment now.
pub fn decide(due: &Due<'_>) -> ToDo {
    match due.obstacle {
        Some(Obstacle::AccountNotOpen) => return ToDo::DoNotCollect(WhyNot::AccountNotOpen),
        Some(Obstacle::AgreementEnded) => return ToDo::DoNotCollect(WhyNot::AgreementEnded),
        Some(Obstacle::MandateGone) => return ToDo::DoNotCollect(WhyNot::MandateGone),
        Some(Obstacle::PaidBack) => return ToDo::DoNotCollect(WhyNot::PaidBack),
        Some(Obstacle::Held) | None => {}
    }
    match due.progress {
        Progress::New | Progress::Announced { notice: Notice::Withdrawn, .. } => decide_new(due),
        Progress::Announced { day, .. } | Progress::Retry { day, .. } if !due.open.is_positive() => {
            if due.today < day {
                ToDo::NotBefore(day)
            } else {
                ToDo::NotNeeded
            }
        }
        Progress::Announced { day, amount, notices, notice } => match notice_of(due, day, notice) {
            NoticeCheck::NotYet(look_on) => ToDo::NotBefore(look_on),
            NoticeCheck::InTime if due.today < day => ToDo::NotBefore(day),
            NoticeCheck::InTime if days_between(day, due.today) > MOST_DAYS_LATE => announce_again(due, notices, WhyNot::TooLate),
            NoticeCheck::InTime => collect(due, day, amount),
            NoticeCheck::TooLate => announce_again(due, notices, WhyNot::NoticeNotSent),
            NoticeCheck::Never => ToDo::DoNotCollect(WhyNot::NoticeNotSent),
        },
        Progress::Retry { day, amount, notice } => match notice {
            _ if due.today < day => ToDo::NotBefore(day),
            _ if days_between(day, due.today) > MOST_DAYS_LATE => ToDo::DoNotCollect(WhyNot::TooLate),
            _ if due.next_due_on.is_some_and(|next| due.today >= next) => ToDo::DoNotCollect(WhyNot::TooLate),
            Notice::Sent { on } if on < day => collect(due, day, amount),
            Notice::Sent { .. } | Notice::NotNeeded | Notice::Waiting | Notice::NotSent | Notice::Withdrawn => {
                ToDo::DoNotCollect(WhyNot::NoticeNotSent)
            }
        },
    }
}

/// The first day on which anything is to be done about an instalment: what a sweep looks for.
pub fn first_look(due_on: Date, mandate_given_on: Date, holidays: &Holidays) -> Date {
    if (0..=NOTICE_BEYOND_DAYS).contains(&days_between(mandate_given_on, due_on)) {
        return due_on;
    }
    business_days_before(due_on, EARLIEST_NOTICE_BUSINESS_DAYS, holidays)
}

/// The day after the last one on which the notice of a day may be sent: then it is known whether it was.
pub fn notice_known_on(day: Date, holidays: &Holidays) -> Date {
    days_after(business_days_before(day, LATEST_NOTICE_BUSINESS_DAYS, holidays), 1)
}

/// An instalment about which nothing was said yet.
fn decide_new(due: &Due<'_>) -> ToDo {
    if due.due_on < due.mandate_given_on {
        return ToDo::DoNotCollect(WhyNot::DueBeforePermission);
    }
    let is_held = due.obstacle == Some(Obstacle::Held);
    if days_between(due.mandate_given_on, due.due_on) <= NOTICE_BEYOND_DAYS {
        return match due.today {
            today if today < due.due_on => ToDo::NotBefore(due.due_on),
            today if days_between(due.due_on, today) > MOST_DAYS_LATE => announce_again(due, 0, WhyNot::TooLate),
            _ => collect(due, due.due_on, due.open),
        };
    }
    let first = business_days_before(due.due_on, EARLIEST_NOTICE_BUSINESS_DAYS, due.holidays);
    let last = business_days_before(due.due_on, LATEST_NOTICE_BUSINESS_DAYS, due.holidays);
    match due.today {
        today if today < first => ToDo::NotBefore(first),
        _ if !due.open.is_positive() => ToDo::NotNeeded,
        // It may be over in time; until then nothing is announced.
        today if is_held && today <= last => ToDo::NotBefore(days_after(due.today, 1)),
        today if today <= last => ToDo::Announce { day: due.due_on },
        _ => announce_again(due, 0, WhyNot::TooLate),
    }
}

/// A day of its own, later than the instalment's: far enough ahead for a notice that is sent on the next business day.
fn announce_again(due: &Due<'_>, notices: u32, or_else: WhyNot) -> ToDo {
    if due.obstacle == Some(Obstacle::Held) {
        return ToDo::DoNotCollect(WhyNot::Held);
    }
    if !due.open.is_positive() {
        return ToDo::NotNeeded;
    }
    let day = business_days_after(due.today, LATEST_NOTICE_BUSINESS_DAYS + 1, due.holidays).max(due.due_on);
    let has_time = due.next_due_on.is_none_or(|next| day < next);
    if notices < MOST_NOTICES && has_time { ToDo::Announce { day } } else { ToDo::DoNotCollect(or_else) }
}

enum NoticeCheck {
    /// Known on that day.
    NotYet(Date),
    InTime,
    /// Sent, but after the last day the rule allows.
    TooLate,
    Never,
}

fn notice_of(due: &Due<'_>, day: Date, notice: Notice) -> NoticeCheck {
    let last = business_days_before(day, LATEST_NOTICE_BUSINESS_DAYS, due.holidays);
    match notice {
        Notice::NotNeeded => NoticeCheck::InTime,
        Notice::Sent { on } if on <= last => NoticeCheck::InTime,
        Notice::Sent { .. } => NoticeCheck::TooLate,
        Notice::Waiting | Notice::NotSent | Notice::Withdrawn if due.today <= last => NoticeCheck::NotYet(days_after(last, 1)),
        Notice::Waiting | Notice::NotSent | Notice::Withdrawn => NoticeCheck::Never,
    }
}

/// Its day has come and it may be collected: how much.
fn collect(due: &Due<'_>, day: Date, announced: Money) -> ToDo {
    if due.obstacle == Some(Obstacle::Held) {
        return ToDo::DoNotCollect(WhyNot::Held);
    }
    if !due.open.is_positive() || !due.balance.is_positive() {
        return ToDo::NotNeeded;
    }
    if due.is_waiting {
        return ToDo::LookAgain;
    }
    // Whatever is on its way is taken for this instalment first: rather too little now than a cent twice.
    let on_their_way = due.on_their_way.minor();
    let most = due.open.minor().min(due.balance.minor()).min(announced.minor());
    let amount = Money::new(most.saturating_sub(on_their_way).max(0), due.open.currency());
    if !amount.is_positive() {
        return ToDo::LookAgain;
    }
    if amount.minor() < due.processor_minimum.minor() {
        return ToDo::DoNotCollect(WhyNot::TooSmall);
    }
    ToDo::Collect { amount, days_late: days_between(day, due.today) }
}

/// A try that failed, and what decides whether there is another.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    pub reason: DeclineReason,
    /// Counted from 1.
    pub attempt: u32,
    pub next_due_on: Option<Date>,
    /// When the customer said they are paid.
    pub payday: Option<Payday>,
    pub holidays: &'a Holidays,
    pub today: Date,
}

/// Whether the same may succeed on another day without the customer doing anything.
pub fn may_succeed_later(reason: DeclineReason) -> bool {
    match reason {
        DeclineReason::InsufficientFunds | DeclineReason::TryAgain | DeclineReason::LimitReached => true,
        DeclineReason::ExpiredCard
        | DeclineReason::DoNotHonour
        | DeclineReason::NotConfirmed
        | DeclineReason::WrongDetails
        | DeclineReason::AccountClosed
        | DeclineReason::DebitNotAllowed
        | DeclineReason::MethodNotUsable
        | DeclineReason::NotAccepted => false,
    }
}

/// Whether the bank's answer means that the permission itself is worth nothing any more.
pub fn ends_the_mandate(reason: DeclineReason) -> bool {
    match reason {
        DeclineReason::DebitNotAllowed | DeclineReason::AccountClosed => true,
        DeclineReason::InsufficientFunds
        | DeclineReason::TryAgain
        | DeclineReason::LimitReached
        | DeclineReason::ExpiredCard
        | DeclineReason::DoNotHonour
        | DeclineReason::NotConfirmed
        | DeclineReason::WrongDetails
        | DeclineReason::MethodNotUsable
        | DeclineReason::NotAccepted => false,
    }
}

/// The day of the next try: the next payday if one is near, else some business days later. Never on a closed day, never on or
/// after the next instalment's own day. `None`: it is given up.
pub fn retry_on(failed: &Failed<'_>) -> Option<Date> {
    let tried_again = failed.attempt.checked_sub(1)?;
    let wait = *RETRY_AFTER_BUSINESS_DAYS.get(usize::try_from(tried_again).ok()?)?;
    if !may_succeed_later(failed.reason) {
        return None;
    }
    let earliest = business_days_after(failed.today, LATEST_NOTICE_BUSINESS_DAYS, failed.holidays);
    let on_payday = failed
        .payday
        .and_then(|payday| payday.pattern(payday.rhythm).first_from(earliest))
        .map(|day| open_day_from(day, failed.holidays))
        .filter(|day| days_between(failed.today, *day) <= PAYDAY_WITHIN_DAYS);
    let later = business_days_after(failed.today, wait, failed.holidays);
    let fits = |day: &Date| failed.next_due_on.is_none_or(|next| *day < next);
    on_payday.filter(fits).or(Some(later)).filter(fits)
}

/// The business day so many business days before a day; the day itself does not count.
pub fn business_days_before(day: Date, count: u32, holidays: &Holidays) -> Date {
    walk(day, count, -1, holidays)
}

/// The business day so many business days after a day; the day itself does not count.
pub fn business_days_after(day: Date, count: u32, holidays: &Holidays) -> Date {
    walk(day, count, 1, holidays)
}

fn walk(day: Date, count: u32, step: i32, holidays: &Holidays) -> Date {
    let mut day = day;
    for _ in 0..count {
        day = days_after(day, step);
        // The calendar's ends stop it.
        while holidays.is_closed(day) && day != Date::MIN && day != Date::MAX {
            day = days_after(day, step);
        }
    }
    day
}

fn open_day_from(day: Date, holidays: &Holidays) -> Date {
    let mut day = day;
    while holidays.is_closed(day) && day != Date::MAX {
        day = days_after(day, 1);
    }
    day
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
