//! The books of one account, read by day.

use super::{StoreError, StoreResult, Tx};
use crate::domain::account_statement::{BookedEntry, Period, StatementKind};
use crate::domain::calendar::Date;
use crate::domain::ids::AccountId;
use crate::domain::money::{Currency, Money};

/// The day of the first entry; `None` where nothing was ever booked.
pub async fn first_day(tx: &mut Tx, account: &AccountId) -> StoreResult<Option<Date>> {
    let day: Option<String> = sqlx::query_scalar("select min(posted_on) from ledger_transactions where account_id = $1")
        .bind(account.as_str())
        .fetch_one(&mut **tx)
        .await?;
    day.map(|day| day.parse().map_err(|_| StoreError::Unreadable("day"))).transpose()
}

/// What was owed when a day began.
pub async fn owed_before(tx: &mut Tx, account: &AccountId, day: Date, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(p.amount_minor), 0) as bigint) from postings p
         join ledger_transactions t on t.id = p.transaction_id
         where p.account_id = $1 and p.book = 'customer' and t.posted_on < $2",
    )
    .bind(account.as_str())
    .bind(day.to_string())
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What the entries of a period changed for the customer, in the order they were booked; at most so many.
pub async fn entries(
    tx: &mut Tx,
    account: &AccountId,
    period: Period,
    currency: Currency,
    most: usize,
) -> StoreResult<Vec<BookedEntry>> {
    let rows: Vec<(String, String, i64, Option<String>)> = sqlx::query_as(
        "select t.kind, t.posted_on, cast(sum(p.amount_minor) as bigint), pa.reference from postings p
         join ledger_transactions t on t.id = p.transaction_id
         left join payments pa on pa.id = t.payment_id
         where p.account_id = $1 and p.book = 'customer' and t.posted_on >= $2 and t.posted_on <= $3
         group by t.id, t.kind, t.posted_on, t.posted_at, pa.reference
         order by t.posted_on, t.posted_at, t.id
         limit $4",
    )
    .bind(account.as_str())
    .bind(period.from.to_string())
    .bind(period.to.to_string())
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|(kind, posted_on, minor, payment)| {
            Ok(BookedEntry {
                kind: StatementKind::from_code(&kind).ok_or(StoreError::Unreadable("ledger entry"))?,
                posted_on: posted_on.parse().map_err(|_| StoreError::Unreadable("day"))?,
                amount: Money::new(minor, currency),
                payment,
            })
        })
        .collect()
}
