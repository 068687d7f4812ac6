//! One debt and where it stands, as plain values.

use super::calendar::{Date, days_between};
use super::history::PaymentHistory;
use super::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// What the engine needs to know of an account. Facts a creditor did not send are unknown, never "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    pub product: String,
    pub currency: Currency,
    /// Everything owed now: the sum of the account's postings.
    pub balance: Money,
    /// The part of it that should already have been paid.
    pub past_due: Money,
    /// The due date of the oldest part that is past due.
    pub oldest_unpaid_due_date: Option<Date>,
    /// How many past instalments there were and how many were kept, if known.
    pub history: Option<PaymentHistory>,
    pub time_barred: TimeBarred,
}

/// Whether the time is over in which the debt can be sued for. On such a debt nobody may sue or threaten to (12 CFR
/// 1006.26(b)); where a payment or a written promise can start that time again, this is said before either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeBarred {
    /// The creditor does not say.
    #[default]
    Unknown,
    /// The creditor says that it is not over.
    No,
    /// The creditor says that it is over.
    Yes,
}

/// What has to be said before somebody pays or promises to pay. The words are in `locales`; another meaning is another code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Disclosure {
    /// The debt is time-barred: no suit, no threat of one, and what may start the time again.
    #[serde(rename = "time_barred_1")]
    TimeBarred,
}

impl AccountFacts {
    /// Whole days since the oldest unpaid due date; 0 where nothing is past due.
    pub fn days_past_due(&self, today: Date) -> i32 {
        match self.oldest_unpaid_due_date {
            Some(due) if self.past_due.is_positive() => days_between(due, today).max(0),
            _ => 0,
        }
    }

    /// Past instalments kept, in percent, rounded down. `None` where that is unknown or there were none.
    pub fn kept_percent(&self) -> Option<i64> {
        self.history?.kept_percent()
    }
}

impl TimeBarred {
    pub fn disclosure(self) -> Option<Disclosure> {
        match self {
            TimeBarred::Yes => Some(Disclosure::TimeBarred),
            TimeBarred::Unknown | TimeBarred::No => None,
        }
    }
}

impl Disclosure {
    pub fn code(self) -> &'static str {
        match self {
            Disclosure::TimeBarred => "time_barred_1",
        }
    }

    pub fn from_code(code: &str) -> Option<Disclosure> {
        (code == Disclosure::TimeBarred.code()).then_some(Disclosure::TimeBarred)
    }
}

#[cfg(test)]
mod tests {
    use super::{Disclosure, TimeBarred};

    #[test]
    fn only_a_debt_said_to_be_time_barred_is_disclosed_as_one() {
        assert_eq!(TimeBarred::Yes.disclosure(), Some(Disclosure::TimeBarred));
        assert_eq!(TimeBarred::No.disclosure(), None);
        assert_eq!(TimeBarred::Unknown.disclosure(), None);
    }
}
