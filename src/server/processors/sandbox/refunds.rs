//! What the sandbox gave back, in books of its own like its charges.

use super::SandboxProcessor;
use crate::domain::money::{Currency, Money};
use crate::server::ids;
use crate::server::processors::{Refund, RefundProgress, Refunded};
use sqlx::{Any, Executor, Row};

impl SandboxProcessor {
    /// Gives back at once, or finds what was given back under this key. `None` where less is left of the payment.
    pub(super) async fn give_back(&self, refund: &Refund) -> Result<Option<Refunded>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // Locks the charge, so that two refunds at once cannot give back more than there was.
        let charge = sqlx::query(
            "update sandbox_charges set state = state where id = $1 and state = 'succeeded' returning amount_minor, currency",
        )
        .bind(&refund.processor_reference)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(charge) = charge else { return Ok(None) };
        if let Some(found) = refund_of_key(&mut *tx, refund).await? {
            return Ok(Some(found));
        }
        let given: i64 =
            sqlx::query_scalar("select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_refunds where charge_id = $1")
                .bind(&refund.processor_reference)
                .fetch_one(&mut *tx)
                .await?;
        let left: i64 = charge.try_get::<i64, _>("amount_minor")? - given;
        let currency: String = charge.try_get("currency")?;
        let is_possible = refund.amount.is_positive() && refund.amount.minor() <= left;
        if !is_possible || currency != refund.amount.currency().code() {
            return Ok(None);
        }
        let id = format!("sbr_{}", ids::new_token());
        sqlx::query(
            "insert into sandbox_refunds (id, idempotency_key, charge_id, amount_minor, currency, created_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(&refund.idempotency_key)
        .bind(&refund.processor_reference)
        .bind(refund.amount.minor())
        .bind(currency)
        .bind(self.now())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(Refunded { processor_reference: id, amount: refund.amount, progress: RefundProgress::Succeeded }))
    }
}

pub(super) async fn refund_of_key(
    executor: impl Executor<'_, Database = Any>,
    refund: &Refund,
) -> Result<Option<Refunded>, sqlx::Error> {
    let row = sqlx::query("select id, amount_minor, currency from sandbox_refunds where idempotency_key = $1 and charge_id = $2")
        .bind(&refund.idempotency_key)
        .bind(&refund.processor_reference)
        .fetch_optional(executor)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let code: String = row.try_get("currency")?;
    let currency = Currency::from_code(&code).ok_or_else(|| sqlx::Error::Decode("an unknown currency".into()))?;
    Ok(Some(Refunded {
        processor_reference: row.try_get("id")?,
        amount: Money::new(row.try_get("amount_minor")?, currency),
        progress: RefundProgress::Succeeded,
    }))
}
