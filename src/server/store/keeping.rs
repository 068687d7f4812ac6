//! What is read to compute whether an agreement is kept, and what remembers that it was not.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId};
use crate::domain::keeping::{Instalment, PaidLine, WentBack};
use crate::domain::money::{Currency, Money};
use crate::domain::reversal::ReversalKind;
use crate::server::clock::Millis;
use sqlx::AssertSqlSafe;

/// An instalment and a line of a payment on it: number, day, amount; the line's amount, when its payment was begun, that one's
/// reference; and if it went back, as what kind and when.
type Row = (i64, String, i64, Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i64>);

const INSTALMENTS: &str =
    "select i.number, i.due_on, i.amount_minor, l.amount_minor, p.created_at, p.reference, r.kind, coalesce(r.settled_at, r.created_at)
     from instalments i
     join agreements g on g.id = i.agreement_id
     left join payment_allocations l
       on l.agreement_id = i.agreement_id and l.instalment_number = i.number and l.applied_to = 'instalment'
     left join payments p on p.id = l.payment_id
     left join reversals r on r.id = l.reversal_id";
const IN_ORDER: &str = "order by i.due_on, i.number, p.created_at, p.id, l.line";

/// The instalments of an agreement's current version with what was paid on each and what of it went back. `day_of` says the day of
/// an instant where the customer lives.
pub async fn instalments(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    currency: Currency,
    day_of: impl Fn(Millis) -> Date,
) -> StoreResult<Vec<Instalment>> {
    let query = format!("{INSTALMENTS} where i.agreement_id = $1 and i.version = g.current_version {IN_ORDER}");
    let rows = sqlx::query_as(AssertSqlSafe(query)).bind(agreement_id.as_str()).fetch_all(&mut **tx).await?;
    read(rows, currency, day_of)
}

/// The same of any version.
pub async fn instalments_of_version(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    version: i64,
    currency: Currency,
    day_of: impl Fn(Millis) -> Date,
) -> StoreResult<Vec<Instalment>> {
    let query = format!("{INSTALMENTS} where i.agreement_id = $1 and i.version = $2 {IN_ORDER}");
    let rows = sqlx::query_as(AssertSqlSafe(query)).bind(agreement_id.as_str()).bind(version).fetch_all(&mut **tx).await?;
    read(rows, currency, day_of)
}

fn read(rows: Vec<Row>, currency: Currency, day_of: impl Fn(Millis) -> Date) -> StoreResult<Vec<Instalment>> {
    let mut instalments: Vec<Instalment> = Vec::new();
    for (number, due_on, amount, paid, begun_at, payment, kind, went_back_at) in rows {
        let number = u32::try_from(number).map_err(|_| StoreError::Unreadable("instalment number"))?;
        if instalments.last().is_none_or(|last| last.number != number) {
            let due_on = due_on.parse().map_err(|_| StoreError::Unreadable("due date"))?;
            instalments.push(Instalment { number, due_on, amount: Money::new(amount, currency), paid: Vec::new() });
        }
        let (Some(last), Some(minor), Some(at), Some(payment)) = (instalments.last_mut(), paid, begun_at, payment) else {
            continue;
        };
        let went_back = match kind.as_deref().map(ReversalKind::from_code) {
            None => None,
            Some(Some(ReversalKind::Refund)) => Some(WentBack::Given),
            Some(Some(ReversalKind::Return | ReversalKind::Chargeback)) => {
                Some(WentBack::Taken { on: day_of(went_back_at.unwrap_or(at)) })
            }
            Some(None) => return Err(StoreError::Unreadable("kind of what went back")),
        };
        last.paid.push(PaidLine { on: day_of(at), amount: Money::new(minor, currency), payment, went_back });
    }
    Ok(instalments)
}

/// When the latest hold on an account ended that has ended; `None` where there was none.
pub async fn last_hold_ended_at(tx: &mut Tx, account_id: &AccountId, now: Millis) -> StoreResult<Option<Millis>> {
    Ok(sqlx::query_scalar(
        "select max(case when released_at is not null and (ends_at is null or released_at < ends_at) then released_at else ends_at end)
         from holds
         where account_id = $1 and starts_at <= $2 and (released_at is not null or (ends_at is not null and ends_at <= $2))",
    )
    .bind(account_id.as_str())
    .bind(now)
    .fetch_one(&mut **tx)
    .await?)
}

/// Ends an agreement that was not put right in time, and frees its accounts.
pub async fn end_unkept(tx: &mut Tx, agreement_id: &AgreementId, at: Millis) -> StoreResult<()> {
    let result = sqlx::query("update agreements set state = 'broken', ended_at = $2 where id = $1 and state = 'active'")
        .bind(agreement_id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)?;
    sqlx::query("update agreement_accounts set ended_at = $2 where agreement_id = $1 and ended_at is null")
        .bind(agreement_id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
