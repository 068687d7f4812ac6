//! Opening entries and adjustments in the books, and the holds of accounts that were taken back.

use super::{expect_count, select_in};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::store::rows::Insert;
use crate::server::store::{StoreResult, Tx};
use sqlx::Row;

/// One entry in the books, with its lines.
#[derive(Clone, Debug)]
pub struct Entry {
    pub kind: &'static str,
    pub account_id: String,
    pub posted_on: String,
    pub reason: &'static str,
    pub once_key: String,
    pub currency: &'static str,
    /// Book, component and amount; the sum is zero.
    pub lines: Vec<(&'static str, &'static str, i64)>,
}

struct Posting<'e> {
    transaction_id: &'e str,
    line: i64,
    entry: &'e Entry,
    book: &'static str,
    component: &'static str,
    amount_minor: i64,
}

pub async fn insert_entries(tx: &mut Tx, entries: &[Entry], now: Millis) -> StoreResult<()> {
    debug_assert!(entries.iter().all(|entry| entry.lines.iter().map(|line| line.2).sum::<i64>() == 0), "the books balance");
    let numbered: Vec<(String, &Entry)> = entries.iter().map(|entry| (ids::new_id(), entry)).collect();
    let transactions = Insert {
        into: "ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)",
        columns: 9,
        on_conflict: "",
    };
    let written = transactions
        .run(tx, &numbered, |query, (id, entry)| {
            query
                .bind(id)
                .bind(entry.kind)
                .bind(&entry.account_id)
                .bind(None::<&str>)
                .bind(now)
                .bind(&entry.posted_on)
                .bind(entry.reason)
                .bind("operator")
                .bind(&entry.once_key)
        })
        .await?;
    expect_count(written, entries.len())?;
    let mut postings = Vec::with_capacity(entries.len() * 4);
    for (id, entry) in &numbered {
        for ((book, component, amount_minor), line) in entry.lines.iter().zip(1_i64..) {
            postings.push(Posting { transaction_id: id, line, entry, book, component, amount_minor: *amount_minor });
        }
    }
    let insert = Insert {
        into: "postings (transaction_id, line, account_id, book, component, amount_minor, currency)",
        columns: 7,
        on_conflict: "",
    };
    let written = insert
        .run(tx, &postings, |query, posting| {
            query
                .bind(posting.transaction_id)
                .bind(posting.line)
                .bind(&posting.entry.account_id)
                .bind(posting.book)
                .bind(posting.component)
                .bind(posting.amount_minor)
                .bind(posting.entry.currency)
        })
        .await?;
    expect_count(written, postings.len())
}

/// What one entry did to what a customer owes on an account.
#[derive(Clone, Debug)]
pub struct BookedEntry {
    pub account_id: String,
    pub kind: String,
    /// Of a payment the creditor took itself the day it was made.
    pub posted_on: String,
    pub amount_minor: i64,
}

/// Every entry of these accounts, in the order in which they were posted.
pub async fn booked_entries(tx: &mut Tx, account_ids: &[&str]) -> StoreResult<Vec<BookedEntry>> {
    let head = "select t.account_id, t.kind, coalesce(e.paid_on, t.posted_on), cast(sum(p.amount_minor) as bigint)
         from ledger_transactions t
         join postings p on p.transaction_id = t.id and p.account_id = t.account_id and p.book = 'customer'
         left join payments_elsewhere e on e.payment_id = t.payment_id and t.kind = 'payment_elsewhere'
         where t.account_id in (";
    let tail = ") group by t.id, t.account_id, t.kind, t.posted_on, e.paid_on, t.posted_at order by t.posted_at, t.id";
    let rows = select_in(tx, head, account_ids, tail).await?;
    rows.iter()
        .map(|row| {
            Ok(BookedEntry {
                account_id: row.try_get(0)?,
                kind: row.try_get(1)?,
                posted_on: row.try_get(2)?,
                amount_minor: row.try_get(3)?,
            })
        })
        .collect()
}

/// Puts a hold of kind 'recalled' on accounts that have none; the reason is the status the creditor reported.
pub async fn hold_recalled(tx: &mut Tx, accounts: &[(String, &'static str)], now: Millis) -> StoreResult<()> {
    for (account_id, reason) in accounts {
        sqlx::query(
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             select $1, id, 'recalled', $3, $4, null, null, 'operator'
             from accounts
             where id = $2
               and not exists (
                 select 1 from holds where account_id = $2 and kind = 'recalled' and released_at is null)",
        )
        .bind(ids::new_id())
        .bind(account_id)
        .bind(*reason)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Ends the hold of an account that the creditor has handed back.
pub async fn release_recalled(tx: &mut Tx, account_id: &str, now: Millis) -> StoreResult<()> {
    sqlx::query("update holds set released_at = $2 where account_id = $1 and kind = 'recalled' and released_at is null")
        .bind(account_id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
