//! Agreements that ended because the creditor took back or closed an account.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::domain::money::{Currency, Money};
use crate::domain::standing::AccountStatus;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// Ends an agreement in force, and frees its accounts. `because` is the status the creditor reported.
pub async fn cancel_agreement(tx: &mut Tx, id: &AgreementId, because: &str, at: Millis) -> StoreResult<()> {
    let ended = sqlx::query(
        "update agreements set state = 'cancelled', ended_at = $2, cancelled_because = $3 where id = $1 and state = 'active'",
    )
    .bind(id.as_str())
    .bind(at)
    .bind(because)
    .execute(&mut **tx)
    .await?;
    expect_rows(&ended, 1)?;
    sqlx::query("update agreement_accounts set ended_at = $2 where agreement_id = $1 and ended_at is null")
        .bind(id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An agreement that ended because its creditor took back or closed an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedAgreement {
    pub id: AgreementId,
    pub reference: String,
    pub customer_id: CustomerId,
    pub currency: Currency,
    pub because: AccountStatus,
    pub at: Millis,
}

const SELECT: &str = "select g.id, g.reference, g.customer_id, g.currency, g.cancelled_because, g.ended_at from agreements g";

type Row = (String, String, String, String, String, i64);

fn read((id, reference, customer_id, currency, because, at): Row) -> StoreResult<EndedAgreement> {
    Ok(EndedAgreement {
        id: AgreementId(id),
        reference,
        customer_id: CustomerId(customer_id),
        currency: Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?,
        because: AccountStatus::from_code(&because).ok_or(StoreError::Unreadable("reason of an end"))?,
        at,
    })
}

/// One agreement, if it ended so.
pub async fn of_agreement<'e>(
    executor: impl Executor<'e, Database = Any>,
    id: &AgreementId,
) -> StoreResult<Option<EndedAgreement>> {
    let query = format!("{SELECT} where g.id = $1 and g.cancelled_because is not null");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id.as_str()).fetch_optional(executor).await?;
    row.map(read).transpose()
}

/// The last agreement an account was under, if it ended so.
pub async fn last_of_account<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
) -> StoreResult<Option<EndedAgreement>> {
    let query = format!(
        "{SELECT} where g.cancelled_because is not null and g.id = (
           select ga.agreement_id from agreement_accounts ga
           join agreements others on others.id = ga.agreement_id
           where ga.account_id = $1
           order by others.created_at desc, others.id desc
           limit 1)"
    );
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(account.as_str()).fetch_optional(executor).await?;
    row.map(read).transpose()
}

/// The accounts an agreement covered, in the order of their ids.
pub async fn accounts(tx: &mut Tx, id: &AgreementId) -> StoreResult<Vec<AccountId>> {
    let ids: Vec<String> =
        sqlx::query_scalar("select account_id from agreement_accounts where agreement_id = $1 order by account_id")
            .bind(id.as_str())
            .fetch_all(&mut **tx)
            .await?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// What was paid of an agreement's instalments and is still there: what went back is a line below zero, whatever the payment is
/// called after that.
pub async fn paid(tx: &mut Tx, id: &AgreementId, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from payment_allocations
         where agreement_id = $1 and applied_to = 'instalment'",
    )
    .bind(id.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// Whether its customer has been told.
pub async fn is_told(tx: &mut Tx, id: &AgreementId) -> StoreResult<bool> {
    let letters: i64 = sqlx::query_scalar("select count(*) from documents where agreement_id = $1 and kind = 'recall'")
        .bind(id.as_str())
        .fetch_one(&mut **tx)
        .await?;
    Ok(letters > 0)
}
