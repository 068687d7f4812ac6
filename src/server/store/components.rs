//! Which parts of a debt are owed, by the books, and which parts payments paid.

use super::ledger::Explained;
use super::{StoreError, StoreResult, Tx};
use crate::domain::components::{Paid, Parts};
use crate::domain::money::Money;

/// What the books hold of an account, for `domain::components::outstanding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charged {
    /// Of each part: the itemization, corrections, what was given up.
    pub charged: Parts,
    /// What payments made here paid of each, without what went back.
    pub settled: Parts,
    /// What else was taken off, of which nobody said what it was for.
    pub unassigned: i64,
}

pub async fn of_account(tx: &mut Tx, account_id: &str) -> StoreResult<Charged> {
    let posted: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from postings
         where account_id = $1 and book = 'customer'
         group by component",
    )
    .bind(account_id)
    .fetch_all(&mut **tx)
    .await?;
    let paid: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from payment_components where account_id = $1 group by component",
    )
    .bind(account_id)
    .fetch_all(&mut **tx)
    .await?;
    let mut charged = Charged { settled: read(paid)?, ..Charged::default() };
    for (component, minor) in posted {
        match Paid::from_code(&component) {
            Some(part) => charged.charged.add(part, minor).map_err(|_| StoreError::Unreadable("amount"))?,
            // 'payments' and 'credits': below zero where something was taken off.
            None => charged.unassigned -= minor,
        }
    }
    // Of these it is known what they were for; a credit of theirs covers whatever is charged later.
    let known = Paid::ALL.into_iter().filter(|part| *part != Paid::Credit).map(|part| charged.settled.of(part)).sum::<i64>();
    charged.unassigned -= known;
    Ok(charged)
}

/// What a payment paid of each part, without what went back.
pub async fn of_payment(tx: &mut Tx, payment_id: &str) -> StoreResult<Parts> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from payment_components where payment_id = $1 group by component",
    )
    .bind(payment_id)
    .fetch_all(&mut **tx)
    .await?;
    read(rows)
}

/// The same on one account.
pub async fn of_share(tx: &mut Tx, payment_id: &str, account_id: &str) -> StoreResult<Parts> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from payment_components
         where payment_id = $1 and account_id = $2
         group by component",
    )
    .bind(payment_id)
    .bind(account_id)
    .fetch_all(&mut **tx)
    .await?;
    read(rows)
}

fn read(rows: Vec<(String, i64)>) -> StoreResult<Parts> {
    let mut parts = Parts::default();
    for (component, minor) in rows {
        let part = Paid::from_code(&component).ok_or(StoreError::Unreadable("part of a debt"))?;
        parts.add(part, minor).map_err(|_| StoreError::Unreadable("amount"))?;
    }
    Ok(parts)
}

/// Writes what a payment paid of each part of an account's debt, or what a reversal undid of it.
pub async fn append(tx: &mut Tx, explained: Explained<'_>, lines: Vec<(Paid, Money)>) -> StoreResult<()> {
    let last: i64 = sqlx::query_scalar("select coalesce(max(line), 0) from payment_components where payment_id = $1")
        .bind(explained.payment_id)
        .fetch_one(&mut **tx)
        .await?;
    for (line, (part, amount)) in (last + 1..).zip(lines) {
        sqlx::query(
            "insert into payment_components (payment_id, line, account_id, component, amount_minor, reversal_id, entry_key)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(explained.payment_id)
        .bind(line)
        .bind(explained.account_id)
        .bind(part.code())
        .bind(amount.minor())
        .bind(explained.reversal_id)
        .bind(explained.entry_key)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
