//! What a payment reads and changes of an agreement: its open instalments, and its end when all are covered.

use super::{StoreError, StoreResult, Tx};
use crate::domain::ids::AgreementId;
use crate::domain::ledger::OpenInstalment;
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;

/// The instalments of an agreement's current version that are not covered, oldest first.
pub async fn open_instalments(tx: &mut Tx, agreement_id: &AgreementId, currency: Currency) -> StoreResult<Vec<OpenInstalment>> {
    let rows: Vec<(i64, String, i64, i64)> = sqlx::query_as(
        "select i.number, i.due_on, i.amount_minor,
           cast(coalesce((select sum(a.amount_minor) from payment_allocations a
             where a.agreement_id = i.agreement_id and a.instalment_number = i.number and a.applied_to = 'instalment'), 0) as bigint)
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version
         where i.agreement_id = $1
         order by i.due_on, i.number",
    )
    .bind(agreement_id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .filter(|(_, _, amount, covered)| amount > covered)
        .map(|(number, due_on, amount, covered)| {
            Ok(OpenInstalment {
                agreement_id: agreement_id.clone(),
                number: u32::try_from(number).map_err(|_| StoreError::Unreadable("instalment number"))?,
                due_on: due_on.parse().map_err(|_| StoreError::Unreadable("due date"))?,
                open: Money::new(amount - covered, currency),
            })
        })
        .collect()
}

/// Brings back an agreement that was completed and is not any more, into its next life: what was allowed in the one before allows
/// nothing now. False where it was not completed, or where one of its accounts is under another agreement now.
pub async fn reopen_agreement(tx: &mut Tx, agreement_id: &AgreementId) -> StoreResult<bool> {
    let result = sqlx::query(
        "update agreements set state = 'active', ended_at = null, life = life + 1
         where id = $1 and state = 'completed'
           and not exists (
             select 1 from agreement_accounts mine
             join agreement_accounts others on others.account_id = mine.account_id and others.ended_at is null
             where mine.agreement_id = $1)",
    )
    .bind(agreement_id.as_str())
    .execute(&mut **tx)
    .await?;
    if result.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("update agreement_accounts set ended_at = null where agreement_id = $1")
        .bind(agreement_id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// Ends an agreement whose instalments are all covered, and frees its accounts.
pub async fn complete_agreement(tx: &mut Tx, agreement_id: &AgreementId, at: Millis) -> StoreResult<()> {
    let result = sqlx::query("update agreements set state = 'completed', ended_at = $2 where id = $1 and state = 'active'")
        .bind(agreement_id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    super::expect_rows(&result, 1)?;
    sqlx::query("update agreement_accounts set ended_at = $2 where agreement_id = $1 and ended_at is null")
        .bind(agreement_id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
