//! What is read of an account before anything is paid on it: who owes it, what the creditor reported, the agreement in force
//! with what is open of it, and the terms that are held.

use super::{StoreError, StoreResult, Tx};
use crate::domain::ids::AgreementId;
use crate::domain::ledger::OpenInstalment;
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;

#[derive(Clone, Debug)]
pub struct PayableRow {
    pub account_id: String,
    pub customer_id: String,
    pub reference: String,
    pub creditor_name: String,
    pub product: String,
    pub currency: Currency,
    /// 'open', 'recalled' or 'closed'.
    pub status: String,
    pub reported_balance: Money,
    pub reported_past_due: Money,
    pub time_zone: String,
    pub language: String,
}

/// An account; `None` if there is no such account or it is not this customer's.
pub async fn account(tx: &mut Tx, account_id: &str, customer_id: &str) -> StoreResult<Option<PayableRow>> {
    type Row = (String, String, String, String, String, String, String, i64, i64, String, String);
    let row: Option<Row> = sqlx::query_as(
        "select a.id, a.customer_id, a.reference, r.name, a.product, a.currency, a.status,
           a.reported_balance_minor, a.reported_past_due_minor, c.time_zone, c.language
         from accounts a
         join customers c on c.id = a.customer_id
         join creditors r on r.id = a.creditor_id
         where a.id = $1 and a.customer_id = $2",
    )
    .bind(account_id)
    .bind(customer_id)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|(account_id, customer_id, reference, creditor_name, product, currency, status, balance, past_due, time_zone, language)| {
        let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
        Ok(PayableRow {
            account_id,
            customer_id,
            reference,
            creditor_name,
            product,
            currency,
            status,
            reported_balance: Money::new(balance, currency),
            reported_past_due: Money::new(past_due, currency),
            time_zone,
            language,
        })
    })
    .transpose()
}

/// The agreement in force on an account, if there is one.
pub async fn live_agreement(tx: &mut Tx, account_id: &str) -> StoreResult<Option<AgreementId>> {
    let id: Option<String> = sqlx::query_scalar(
        "select l.agreement_id from agreement_accounts l
         join agreements g on g.id = l.agreement_id
         where l.account_id = $1 and l.ended_at is null and g.state = 'active'",
    )
    .bind(account_id)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(AgreementId))
}

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

/// The offers held for an account at an instant, as the documented JSON.
pub async fn held_offers(tx: &mut Tx, account_id: &str, now: Millis) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select offers from offer_sets where account_id = $1 and ended_at is null and held_until > $2")
        .bind(account_id)
        .bind(now)
        .fetch_optional(&mut **tx)
        .await?)
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
