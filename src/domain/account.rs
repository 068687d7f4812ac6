//! One debt and where it stands, as plain values.

use super::calendar::{Date, days_between};
use super::money::{Currency, Money};

/// What the engine needs to know of an account. Facts a creditor did not send are `None`: unknown, never "no".
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentHistory {
    pub instalments_due: u32,
    pub instalments_kept: u32,
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
        let history = self.history?;
        i64::from(history.instalments_kept).saturating_mul(100).checked_div(i64::from(history.instalments_due))
    }
}
