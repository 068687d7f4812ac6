//! What a payment reads and changes of an agreement: its open instalments, and its end when all are covered.

use super::{StoreResult, Tx, keeping};
use crate::domain::calendar::Date;
use crate::domain::ids::AgreementId;
use crate::domain::ledger::OpenInstalment;
use crate::domain::money::Currency;
use crate::server::clock::Millis;

/// The instalments of an agreement's current version that are not covered, oldest first; what was given back comes last, so that no
/// payment goes there while something is asked for.
pub async fn open_instalments(tx: &mut Tx, agreement_id: &AgreementId, currency: Currency) -> StoreResult<Vec<OpenInstalment>> {
    let instalments = keeping::instalments(tx, agreement_id, currency, |_| Date::MIN).await?;
    let mut open: Vec<OpenInstalment> = instalments
        .iter()
        .filter(|instalment| !instalment.is_covered())
        .map(|instalment| OpenInstalment {
            agreement_id: agreement_id.clone(),
            number: instalment.number,
            due_on: instalment.due_on,
            open: instalment.open(),
            is_given_back: instalment.is_met(),
        })
        .collect();
    open.sort_by_key(|instalment| instalment.is_given_back);
    Ok(open)
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
