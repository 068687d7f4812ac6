//! What agreements add on the days of their instalments, as far as it is not in the books yet.

use super::{StoreError, StoreResult, Tx};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId};
use sqlx::AnyPool;

/// Interest that falls due with an instalment of an agreement in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueInterest {
    pub agreement_id: AgreementId,
    pub version: i64,
    pub number: i64,
    pub due_on: Date,
    pub account_id: AccountId,
    /// IANA name.
    pub time_zone: String,
}

/// What makes it happen once.
pub fn once_key(agreement: &AgreementId, version: i64, number: i64) -> String {
    format!("interest:{agreement}:{version}:{number}")
}

type Row = (String, i64, i64, String, String, String);

fn read((agreement_id, version, number, due_on, account_id, time_zone): Row) -> StoreResult<DueInterest> {
    Ok(DueInterest {
        agreement_id: AgreementId(agreement_id),
        version,
        number,
        due_on: due_on.parse().map_err(|_| StoreError::Unreadable("due date"))?,
        account_id: AccountId(account_id),
        time_zone,
    })
}

/// What falls due until a day and is not in the books, the oldest first, after a day, an agreement and a number.
pub async fn due(pool: &AnyPool, until: Date, after: (&str, &str, i64), limit: i64) -> StoreResult<Vec<DueInterest>> {
    let (day, agreement, number) = after;
    let rows: Vec<Row> = sqlx::query_as(
        "select i.agreement_id, i.version, i.number, i.due_on, ga.account_id, c.time_zone
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version and g.state = 'active'
         join agreement_accounts ga on ga.agreement_id = g.id
         join customers c on c.id = g.customer_id
         where i.interest_minor > 0 and i.due_on <= $1 and (i.due_on, i.agreement_id, i.number) > ($2, $3, $4)
           and not exists (
             select 1 from ledger_transactions t
             where t.once_key = 'interest:' || i.agreement_id || ':' || i.version || ':' || i.number
           )
         order by i.due_on, i.agreement_id, i.number
         limit $5",
    )
    .bind(until.to_string())
    .bind(day)
    .bind(agreement)
    .bind(number)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(read).collect()
}

/// What was booked under an agreement so far, in minor units.
pub async fn booked(tx: &mut Tx, agreement: &AgreementId) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select cast(coalesce(sum(p.amount_minor), 0) as bigint) from ledger_transactions t
         join postings p on p.transaction_id = t.id and p.book = 'customer'
         where t.once_key > $1 and t.once_key < $2",
    )
    .bind(format!("interest:{agreement}:"))
    .bind(format!("interest:{agreement};"))
    .fetch_one(&mut **tx)
    .await?)
}

/// How much of it is to be booked now, in minor units; `None` where the agreement is over, has another version by now, or it is booked.
pub async fn to_book(tx: &mut Tx, due: &DueInterest) -> StoreResult<Option<i64>> {
    Ok(sqlx::query_scalar(
        "select i.interest_minor from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version and g.state = 'active'
         where i.agreement_id = $1 and i.version = $2 and i.number = $3 and i.interest_minor > 0
           and not exists (select 1 from ledger_transactions t where t.once_key = $4)",
    )
    .bind(due.agreement_id.as_str())
    .bind(due.version)
    .bind(due.number)
    .bind(once_key(&due.agreement_id, due.version, due.number))
    .fetch_optional(&mut **tx)
    .await?)
}
