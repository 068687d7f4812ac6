//! Reaching a person, in both directions: what they write to us about and by when somebody answers (here), and whether,
//! when and how we may write to them: [`gate`] decides, from the hours ([`window`]), the number of messages ([`cap`]) and what
//! is known of every channel ([`channel`]) and wanted ([`wishes`]). `services::outbox` asks it before anything leaves.

pub mod cap;
pub mod channel;
pub mod gate;
pub mod stop_words;
pub mod template;
pub mod window;
pub mod wishes;

use super::calendar::Date;
use jiff::ToSpan;
use jiff::civil::Weekday;

/// What a person who is not signed in wants of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactKind {
    CannotGetIn,
    Moved,
    NotForMe,
    Other,
}

impl ContactKind {
    pub const ALL: [ContactKind; 4] = [ContactKind::CannotGetIn, ContactKind::Moved, ContactKind::NotForMe, ContactKind::Other];

    pub fn code(self) -> &'static str {
        match self {
            ContactKind::CannotGetIn => "cannot_get_in",
            ContactKind::Moved => "moved",
            ContactKind::NotForMe => "not_for_me",
            ContactKind::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<ContactKind> {
        ContactKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whoever got a message meant for somebody else owes us nothing, not even a way to reach them.
    pub fn needs_reply_address(self) -> bool {
        match self {
            ContactKind::NotForMe => false,
            ContactKind::CannotGetIn | ContactKind::Moved | ContactKind::Other => true,
        }
    }
}

/// What a customer who is signed in writes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Work, health, family, costs.
    Changed,
    /// What is asked for is not right, all of it or a part.
    NotRight,
    /// A payment or a receipt.
    Payment,
    /// An agreement, or changing one.
    Agreement,
    /// Name, address, how to be reached.
    Details,
    Other,
}

impl Topic {
    pub const ALL: [Topic; 6] = [Topic::Changed, Topic::NotRight, Topic::Payment, Topic::Agreement, Topic::Details, Topic::Other];
    /// What a message to the team may be about. What is not right has a page of its own ([`super::dispute`]).
    pub const OF_MESSAGES: [Topic; 5] = [Topic::Payment, Topic::Agreement, Topic::Changed, Topic::Details, Topic::Other];

    pub fn code(self) -> &'static str {
        match self {
            Topic::Changed => "changed",
            Topic::NotRight => "not-right",
            Topic::Payment => "payment",
            Topic::Agreement => "agreement",
            Topic::Details => "details",
            Topic::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

/// What somebody wrote back to a message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    Answer,
    /// It may order that a payment is not taken ([`stop_words::may_stop_a_payment`]), and a permission to collect is there.
    PerhapsStopPayment,
}

impl AnswerKind {
    pub fn code(self) -> &'static str {
        match self {
            AnswerKind::Answer => "answer",
            AnswerKind::PerhapsStopPayment => "perhaps_stop_payment",
        }
    }
}

/// The day by which an answer is promised: so many working days after today. Monday to Friday are working days; who asks
/// has not told us where they are, so no country's holidays are taken off.
pub fn answer_by(today: Date, working_days: u32) -> Date {
    let mut day = today;
    for _ in 0..working_days {
        day = next_working_day(day);
    }
    day
}

fn next_working_day(day: Date) -> Date {
    let days = match day.weekday() {
        Weekday::Friday => 3,
        Weekday::Saturday => 2,
        _ => 1,
    };
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_answer_is_promised_for_a_working_day() {
        let friday = date(2026, 11, 20);
        assert_eq!(answer_by(friday, 1), date(2026, 11, 23));
        assert_eq!(answer_by(friday, 2), date(2026, 11, 24));
        assert_eq!(answer_by(date(2026, 11, 21), 1), date(2026, 11, 23));
        assert_eq!(answer_by(date(2026, 11, 18), 5), date(2026, 11, 25));
    }

    #[test]
    fn every_kind_is_read_back_from_its_code() {
        for kind in ContactKind::ALL {
            assert_eq!(ContactKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(ContactKind::from_code("debt"), None);
    }
}
