//! Attempts to move money. A row is written before the processor is asked, and is never deleted.

use super::shares::{self, Share};
use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, PaymentId};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{DeclineReason, Payment, PaymentState, Purpose, Settled};
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};

const COLUMNS: &str = "id, reference, customer_id, account_id, agreement_id, purpose, amount_minor, discount_minor, currency, state, \
                       decline_reason, processor, processor_reference, hosted_page, decision_key, created_at, settled_at, \
                       reversed_minor, reversed_at";

/// A payment on one account as it is first recorded, with the digest of what was asked under its decision key.
pub async fn insert(tx: &mut Tx, payment: &Payment, request_sha256: &str) -> StoreResult<()> {
    insert_shared(tx, payment, request_sha256, &[Share::whole(payment)]).await
}

/// The same over several accounts; the shares sum to the payment.
pub async fn insert_shared(tx: &mut Tx, payment: &Payment, request_sha256: &str, shares: &[Share]) -> StoreResult<()> {
    sqlx::query(
        "insert into payments (id, reference, customer_id, account_id, agreement_id, purpose, amount_minor, discount_minor,
           currency, state, decline_reason, processor, processor_reference, hosted_page, decision_key, request_sha256,
           created_at, submitted_at, settled_at, next_check_at, checks)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, $11, null, null, $12, $13, $14, null, null, null, 0)",
    )
    .bind(payment.id.as_str())
    .bind(&payment.reference)
    .bind(payment.customer_id.as_str())
    .bind(payment.account_id.as_str())
    .bind(payment.agreement_id.as_ref().map(AgreementId::as_str))
    .bind(payment.purpose.code())
    .bind(payment.amount.minor())
    .bind(payment.discount.minor())
    .bind(payment.amount.currency().code())
    .bind(payment.state.code())
    .bind(&payment.processor)
    .bind(&payment.decision_key)
    .bind(request_sha256)
    .bind(payment.created_at)
    .execute(&mut **tx)
    .await?;
    shares::insert(tx, &payment.id, shares).await
}

/// The payment made under a decision key, with the digest of what was asked.
pub async fn of_decision(tx: &mut Tx, decision_key: &str) -> StoreResult<Option<(Payment, String)>> {
    let query = format!("select {COLUMNS}, request_sha256 from payments where decision_key = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(decision_key).fetch_optional(&mut **tx).await?;
    row.map(|row| Ok((read(&row)?, row.try_get("request_sha256")?))).transpose()
}

pub async fn by_id(tx: &mut Tx, id: &PaymentId) -> StoreResult<Option<Payment>> {
    let query = format!("select {COLUMNS} from payments where id = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(id.as_str()).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

/// A customer's own payment by its reference.
pub async fn of_customer(pool: &AnyPool, reference: &str, customer_id: &str) -> StoreResult<Option<Payment>> {
    let query = format!("select {COLUMNS} from payments where reference = $1 and customer_id = $2");
    let row = sqlx::query(AssertSqlSafe(query)).bind(reference).bind(customer_id).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The payment a processor speaks of: by our reference, which it repeats in every message.
pub async fn by_reference(pool: &AnyPool, processor: &str, reference: &str) -> StoreResult<Option<Payment>> {
    let query = format!("select {COLUMNS} from payments where reference = $1 and processor = $2");
    let row = sqlx::query(AssertSqlSafe(query)).bind(reference).bind(processor).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// Payments of which a share is an account's and whose outcome is still to come, newest first.
pub async fn open_on_account(tx: &mut Tx, account_id: &str) -> StoreResult<Vec<Payment>> {
    let query = format!(
        "select {COLUMNS} from payments
         where id in (select payment_id from payment_shares where account_id = $1)
           and state in ('created', 'submitted', 'needs_customer', 'processing', 'unknown')
         order by created_at desc, id desc"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).bind(account_id).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// When a customer began payments since an instant that were not paid, the newest first. Without what is on its way, and without what
/// the processor never had: that made no page there.
pub async fn begun_in_vain(tx: &mut Tx, customer_id: &CustomerId, since: Millis, limit: i64) -> StoreResult<Vec<Millis>> {
    Ok(sqlx::query_scalar(
        "select created_at from payments
         where customer_id = $1 and created_at > $2 and purpose <> 'collection'
           and (state in ('created', 'submitted', 'needs_customer', 'unknown', 'declined', 'cancelled')
             or (state = 'abandoned' and processor_reference is not null))
         order by created_at desc
         limit $3",
    )
    .bind(customer_id.as_str())
    .bind(since)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?)
}

/// By its reference, whoever's it is: for a command on the server.
pub async fn of_reference(pool: &AnyPool, reference: &str) -> StoreResult<Option<Payment>> {
    let query = format!("select {COLUMNS} from payments where reference = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(reference).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// Payments of this customer that succeeded through one processor and of which an account has a share, newest first.
pub async fn paid_on_account(
    tx: &mut Tx,
    customer_id: &CustomerId,
    account_id: &AccountId,
    processor: &str,
) -> StoreResult<Vec<Payment>> {
    let query = format!(
        "select {COLUMNS} from payments
         where id in (select payment_id from payment_shares where account_id = $1)
           and customer_id = $2 and processor = $3 and state in ('succeeded', 'partly_refunded')
         order by settled_at desc, id desc"
    );
    let query = sqlx::query(AssertSqlSafe(query)).bind(account_id.as_str()).bind(customer_id.as_str()).bind(processor);
    query.fetch_all(&mut **tx).await?.iter().map(read).collect()
}

/// Payments of which an account has a share and something is on its way back, whichever account gives it.
pub async fn going_back_on_account(tx: &mut Tx, account_id: &AccountId) -> StoreResult<Vec<Payment>> {
    let query = format!(
        "select {COLUMNS} from payments
         where id in (
             select s.payment_id from payment_shares s
             join reversals r on r.payment_id = s.payment_id
             where s.account_id = $1 and r.state in ('created', 'pending', 'unknown'))
         order by id"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).bind(account_id.as_str()).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// Writes a new state with the facts that belong to it. `from` is the state it was read in: another one there now is an error.
pub async fn set_state(tx: &mut Tx, payment: &Payment, from: &PaymentState, at: Millis) -> StoreResult<()> {
    let (decline_reason, hosted_page, settled_at) = match &payment.state {
        PaymentState::Created | PaymentState::Processing | PaymentState::Unknown => (None, None, None),
        PaymentState::Submitted { hosted_page } | PaymentState::NeedsCustomer { hosted_page } => {
            (None, Some(hosted_page.as_str()), None)
        }
        PaymentState::Declined { reason, settled_at } => (Some(reason.code()), None, Some(*settled_at)),
        PaymentState::Succeeded { settled_at }
        | PaymentState::Cancelled { settled_at }
        | PaymentState::Abandoned { settled_at } => (None, None, Some(*settled_at)),
        PaymentState::PartlyRefunded(settled)
        | PaymentState::Refunded(settled)
        | PaymentState::Returned(settled)
        | PaymentState::ChargedBack(settled) => (None, None, Some(settled.settled_at)),
    };
    let reversed = payment.state.reversed();
    let result = sqlx::query(
        "update payments set state = $2, decline_reason = $3, hosted_page = $4, settled_at = $5, processor_reference = $6,
           submitted_at = coalesce(submitted_at, $7), reversed_minor = $9, reversed_at = $10
         where id = $1 and state = $8",
    )
    .bind(payment.id.as_str())
    .bind(payment.state.code())
    .bind(decline_reason)
    .bind(hosted_page)
    .bind(settled_at)
    .bind(payment.processor_reference.as_deref())
    .bind(payment.processor_reference.as_ref().map(|_| at))
    .bind(from.code())
    .bind(reversed.map_or(0, |settled| settled.reversed.minor()))
    .bind(reversed.map(|settled| settled.reversed_at))
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// Counts a look-up and notes when the next one is due; returns how many there have been.
pub async fn note_check(pool: &AnyPool, id: &PaymentId, next_check_at: Option<Millis>) -> StoreResult<i64> {
    let checks: i64 =
        sqlx::query_scalar("update payments set checks = checks + 1, next_check_at = $2 where id = $1 returning checks")
            .bind(id.as_str())
            .bind(next_check_at)
            .fetch_one(pool)
            .await?;
    Ok(checks)
}

/// When the processor is asked again, if it is.
pub async fn next_check_at(pool: &AnyPool, id: &PaymentId) -> StoreResult<Option<Millis>> {
    Ok(sqlx::query_scalar("select next_check_at from payments where id = $1").bind(id.as_str()).fetch_one(pool).await?)
}

fn read(row: &AnyRow) -> StoreResult<Payment> {
    let text = |column: &'static str| row.try_get::<Option<String>, _>(column);
    let needed = |column: &'static str| text(column)?.ok_or(StoreError::Unreadable(column));
    let currency = Currency::from_code(&needed("currency")?).ok_or(StoreError::Unreadable("currency"))?;
    let amount = |column: &'static str| Ok::<_, StoreError>(Money::new(row.try_get(column)?, currency));
    Ok(Payment {
        id: PaymentId(needed("id")?),
        reference: needed("reference")?,
        customer_id: CustomerId(needed("customer_id")?),
        account_id: AccountId(needed("account_id")?),
        agreement_id: text("agreement_id")?.map(AgreementId),
        purpose: Purpose::from_code(&needed("purpose")?).ok_or(StoreError::Unreadable("purpose"))?,
        amount: amount("amount_minor")?,
        discount: amount("discount_minor")?,
        processor: needed("processor")?,
        processor_reference: text("processor_reference")?,
        decision_key: needed("decision_key")?,
        state: read_state(row, currency)?,
        created_at: row.try_get("created_at")?,
    })
}

fn read_state(row: &AnyRow, currency: Currency) -> StoreResult<PaymentState> {
    let settled_at = row.try_get::<Option<i64>, _>("settled_at")?;
    let settled_at = || settled_at.ok_or(StoreError::Unreadable("settled_at"));
    let hosted_page = || row.try_get::<Option<String>, _>("hosted_page")?.ok_or(StoreError::Unreadable("hosted_page"));
    let settled = || {
        let reversed_at = row.try_get::<Option<i64>, _>("reversed_at")?.ok_or(StoreError::Unreadable("reversed_at"))?;
        let reversed = Money::new(row.try_get("reversed_minor")?, currency);
        Ok::<_, StoreError>(Settled { settled_at: settled_at()?, reversed, reversed_at })
    };
    Ok(match row.try_get::<String, _>("state")?.as_str() {
        "created" => PaymentState::Created,
        "submitted" => PaymentState::Submitted { hosted_page: hosted_page()? },
        "needs_customer" => PaymentState::NeedsCustomer { hosted_page: hosted_page()? },
        "processing" => PaymentState::Processing,
        "succeeded" => PaymentState::Succeeded { settled_at: settled_at()? },
        "declined" => {
            let reason = row.try_get::<Option<String>, _>("decline_reason")?;
            let reason = reason.as_deref().and_then(DeclineReason::from_code).ok_or(StoreError::Unreadable("decline_reason"))?;
            PaymentState::Declined { reason, settled_at: settled_at()? }
        }
        "cancelled" => PaymentState::Cancelled { settled_at: settled_at()? },
        "abandoned" => PaymentState::Abandoned { settled_at: settled_at()? },
        "unknown" => PaymentState::Unknown,
        "partly_refunded" => PaymentState::PartlyRefunded(settled()?),
        "refunded" => PaymentState::Refunded(settled()?),
        "returned" => PaymentState::Returned(settled()?),
        "charged_back" => PaymentState::ChargedBack(settled()?),
        _ => return Err(StoreError::Unreadable("payment state")),
    })
}
