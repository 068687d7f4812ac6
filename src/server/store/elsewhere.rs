//! Payments that the creditor took itself: what makes them unlike ours. The rest of each is a row of `payments`.

use super::{StoreError, StoreResult, Tx};
use crate::domain::calendar::Date;
use crate::domain::ids::PaymentId;
use sqlx::{AssertSqlSafe, Row};

/// How the creditor knows a payment it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenElsewhere {
    pub creditor_payment_id: String,
    pub paid_on: Date,
    /// In the creditor's words.
    pub method: Option<String>,
}

pub async fn insert(
    tx: &mut Tx,
    payment_id: &PaymentId,
    creditor_id: &str,
    taken: &TakenElsewhere,
    import_id: &str,
) -> StoreResult<()> {
    sqlx::query(
        "insert into payments_elsewhere (payment_id, creditor_id, creditor_payment_id, paid_on, method, import_id)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(payment_id.as_str())
    .bind(creditor_id)
    .bind(&taken.creditor_payment_id)
    .bind(taken.paid_on.to_string())
    .bind(taken.method.as_deref())
    .bind(import_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How the creditor knows a payment; `None` for one that was made here.
pub async fn of_payment(tx: &mut Tx, payment_id: &PaymentId) -> StoreResult<Option<TakenElsewhere>> {
    let row: Option<(String, String, Option<String>)> =
        sqlx::query_as("select creditor_payment_id, paid_on, method from payments_elsewhere where payment_id = $1")
            .bind(payment_id.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    row.map(|(creditor_payment_id, paid_on, method)| {
        let paid_on = paid_on.parse().map_err(|_| StoreError::Unreadable("day"))?;
        Ok(TakenElsewhere { creditor_payment_id, paid_on, method })
    })
    .transpose()
}

/// A payment of a creditor that is in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownElsewhere {
    pub creditor_id: String,
    pub creditor_payment_id: String,
    pub account_id: String,
    pub amount_minor: i64,
    pub paid_on: String,
}

/// Those of these ids that are in the books, of any creditor.
pub async fn known(tx: &mut Tx, creditor_payment_ids: &[&str]) -> StoreResult<Vec<KnownElsewhere>> {
    if creditor_payment_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = String::from(
        "select e.creditor_id, e.creditor_payment_id, p.account_id, p.amount_minor, e.paid_on
         from payments_elsewhere e
         join payments p on p.id = e.payment_id
         where e.creditor_payment_id in (",
    );
    super::rows::placeholders(&mut sql, 0, creditor_payment_ids.len());
    sql.push(')');
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in creditor_payment_ids {
        query = query.bind(*id);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            Ok(KnownElsewhere {
                creditor_id: row.try_get(0)?,
                creditor_payment_id: row.try_get(1)?,
                account_id: row.try_get(2)?,
                amount_minor: row.try_get(3)?,
                paid_on: row.try_get(4)?,
            })
        })
        .collect()
}
