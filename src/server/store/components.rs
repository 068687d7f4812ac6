//! Which parts of a debt are owed, by the books, and which parts payments paid.

use super::ledger::Explained;
use super::{StoreError, StoreResult, Tx};
use crate::domain::components::{Paid, Parts, PartsOrder};
use crate::domain::money::{Currency, Money};

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

/// Which parts a payment paid, without what went back, in the order in which it paid them; and the order of all parts where it is
/// known and the same for all of its money.
pub async fn of_payment(
    tx: &mut Tx,
    payment_id: &str,
    currency: Currency,
) -> StoreResult<(Vec<(Paid, Money)>, Option<PartsOrder>)> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from payment_components
         where payment_id = $1
         group by component
         having sum(amount_minor) <> 0
         order by min(line)",
    )
    .bind(payment_id)
    .fetch_all(&mut **tx)
    .await?;
    let part = |(component, minor): (String, i64)| {
        let part = Paid::from_code(&component).ok_or(StoreError::Unreadable("part of a debt"))?;
        Ok((part, Money::new(minor, currency)))
    };
    let parts = rows.into_iter().map(part).collect::<StoreResult<Vec<_>>>()?;
    let orders: Vec<Option<String>> =
        sqlx::query_scalar("select distinct parts_order from payment_components where payment_id = $1 and reversal_id is null")
            .bind(payment_id)
            .fetch_all(&mut **tx)
            .await?;
    let order = match orders.as_slice() {
        [Some(order)] => Some(PartsOrder::from_code(order).ok_or(StoreError::Unreadable("order of the parts of a debt"))?),
        _ => None,
    };
    Ok((parts, order))
}

/// What a payment paid of each part on one account, without what went back, and in which order.
pub async fn of_share(tx: &mut Tx, payment_id: &str, account_id: &str) -> StoreResult<(Parts, PartsOrder)> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select component, cast(sum(amount_minor) as bigint) from payment_components
         where payment_id = $1 and account_id = $2
         group by component
         order by min(line)",
    )
    .bind(payment_id)
    .bind(account_id)
    .fetch_all(&mut **tx)
    .await?;
    let order = PartsOrder::of_lines(rows.iter().filter_map(|(component, _)| Paid::from_code(component)));
    Ok((read(rows)?, order))
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
///
/// `order` is the one in which a payment paid them; none where they are undone.
pub async fn append(
    tx: &mut Tx,
    explained: Explained<'_>,
    lines: Vec<(Paid, Money)>,
    order: Option<PartsOrder>,
) -> StoreResult<()> {
    let order = order.map(PartsOrder::code);
    let last: i64 = sqlx::query_scalar("select coalesce(max(line), 0) from payment_components where payment_id = $1")
        .bind(explained.payment_id)
        .fetch_one(&mut **tx)
        .await?;
    for (line, (part, amount)) in (last + 1..).zip(lines) {
        sqlx::query(
            "insert into payment_components
               (payment_id, line, account_id, component, amount_minor, reversal_id, entry_key, parts_order)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(explained.payment_id)
        .bind(line)
        .bind(explained.account_id)
        .bind(part.code())
        .bind(amount.minor())
        .bind(explained.reversal_id)
        .bind(explained.entry_key)
        .bind(order.as_deref())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
