//! Facts that a creditor may tell of an account or leave unknown, between their columns and the domain. Null is "unknown".

use super::{StoreError, StoreResult};
use crate::domain::account::TimeBarred;
use crate::domain::history::PaymentHistory;
use sqlx::Row;
use sqlx::any::AnyRow;

/// `accounts.time_barred`.
pub fn time_barred(row: &AnyRow, column: &str) -> StoreResult<TimeBarred> {
    match row.try_get::<Option<i64>, _>(column)? {
        None => Ok(TimeBarred::Unknown),
        Some(0) => Ok(TimeBarred::No),
        Some(1) => Ok(TimeBarred::Yes),
        Some(_) => Err(StoreError::Unreadable("time-barred flag")),
    }
}

pub fn time_barred_to_store(time_barred: TimeBarred) -> Option<i64> {
    match time_barred {
        TimeBarred::Unknown => None,
        TimeBarred::No => Some(0),
        TimeBarred::Yes => Some(1),
    }
}

/// `accounts.instalments_due` and `accounts.instalments_kept`.
pub fn history(row: &AnyRow, due: &str, kept: &str) -> StoreResult<Option<PaymentHistory>> {
    let count = |column: &str| -> StoreResult<Option<u32>> {
        let count = row.try_get::<Option<i64>, _>(column)?;
        count.map(|count| u32::try_from(count).map_err(|_| StoreError::Unreadable("number of instalments"))).transpose()
    };
    let (due, kept) = (count(due)?, count(kept)?);
    Ok(due.zip(kept).map(|(instalments_due, instalments_kept)| PaymentHistory { instalments_due, instalments_kept }))
}

/// The two counts: due, kept.
pub fn history_to_store(history: Option<PaymentHistory>) -> (Option<i64>, Option<i64>) {
    (history.map(|history| i64::from(history.instalments_due)), history.map(|history| i64::from(history.instalments_kept)))
}
