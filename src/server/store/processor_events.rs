//! Every message of a processor, once.

use super::{StoreResult, Tx};
use crate::domain::ids::MandateId;
use crate::server::clock::Millis;

pub struct ProcessorEvent<'a> {
    pub processor: &'a str,
    pub event_id: &'a str,
    pub payment_id: &'a str,
    pub received_at: Millis,
    pub kind: &'a str,
}

/// Notes a message; false if it was noted before. The effect is written by [`set_effect`] in the same transaction.
pub async fn note(tx: &mut Tx, event: &ProcessorEvent<'_>) -> StoreResult<bool> {
    let result = sqlx::query(
        "insert into processor_events (processor, event_id, payment_id, received_at, kind, effect)
         values ($1, $2, $3, $4, $5, 'none')
         on conflict (processor, event_id) do nothing",
    )
    .bind(event.processor)
    .bind(event.event_id)
    .bind(event.payment_id)
    .bind(event.received_at)
    .bind(event.kind)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// As [`note`], of a message about a permission to collect later.
pub async fn note_of_mandate(
    tx: &mut Tx,
    (processor, event_id): (&str, &str),
    mandate_id: &MandateId,
    received_at: Millis,
    kind: &str,
) -> StoreResult<bool> {
    let result = sqlx::query(
        "insert into processor_events (processor, event_id, payment_id, mandate_id, received_at, kind, effect)
         values ($1, $2, null, $3, $4, $5, 'none')
         on conflict (processor, event_id) do nothing",
    )
    .bind(processor)
    .bind(event_id)
    .bind(mandate_id.as_str())
    .bind(received_at)
    .bind(kind)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Notes what a message did: the new state, or why it changed nothing.
pub async fn set_effect(tx: &mut Tx, processor: &str, event_id: &str, effect: &str) -> StoreResult<()> {
    let result = sqlx::query("update processor_events set effect = $3 where processor = $1 and event_id = $2")
        .bind(processor)
        .bind(event_id)
        .bind(effect)
        .execute(&mut **tx)
        .await?;
    super::expect_rows(&result, 1)
}
