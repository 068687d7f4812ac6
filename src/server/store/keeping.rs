//! What is read to compute whether an agreement is kept, and what remembers that it was not.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, AgreementId};
use crate::domain::keeping::Instalment;
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;

/// What was paid on an instalment, and when the customer began to pay it.
type Line = (i64, String, i64, Option<i64>, Option<i64>);

/// The instalments of an agreement's current version with what was paid on each. `day_of` says the day of an instant where the
/// customer lives.
pub async fn instalments(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    currency: Currency,
    day_of: impl Fn(Millis) -> crate::domain::calendar::Date,
) -> StoreResult<Vec<Instalment>> {
    let lines: Vec<Line> = sqlx::query_as(
        "select i.number, i.due_on, i.amount_minor, l.amount_minor, p.created_at
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version
         left join payment_allocations l
           on l.agreement_id = i.agreement_id and l.instalment_number = i.number and l.applied_to = 'instalment'
         left join payments p on p.id = l.payment_id
         where i.agreement_id = $1
         order by i.due_on, i.number, p.created_at",
    )
    .bind(agreement_id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let mut instalments: Vec<Instalment> = Vec::new();
    for (number, due_on, amount, paid, paid_at) in lines {
        let number = u32::try_from(number).map_err(|_| StoreError::Unreadable("instalment number"))?;
        if instalments.last().is_none_or(|last| last.number != number) {
            let due_on = due_on.parse().map_err(|_| StoreError::Unreadable("due date"))?;
            instalments.push(Instalment { number, due_on, amount: Money::new(amount, currency), paid: Vec::new() });
        }
        if let (Some(last), Some(paid), Some(at)) = (instalments.last_mut(), paid, paid_at) {
            last.paid.push((day_of(at), Money::new(paid, currency)));
        }
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
