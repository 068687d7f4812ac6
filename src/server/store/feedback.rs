//! The two optional questions: what they may be about, who was asked and said what of being asked, and, apart from that, the answers.

use super::{StoreError, StoreResult, Tx};
use crate::domain::feedback::{About, Answered, AskState, How};
use crate::domain::ids::{AgreementId, CustomerId};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, Executor};

/// Something of a customer that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub about: About,
    pub reference: String,
    pub at: Millis,
}

/// What of a customer is over under a reference: a completed agreement, an answered dispute, a decided review, a closed conversation.
/// Another's is not found, and neither is what goes on.
pub async fn resolved<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    reference: &str,
) -> StoreResult<Option<Resolved>> {
    let row: Option<(String, i64)> = sqlx::query_as(
        "select 'agreement', ended_at from agreements
           where reference = $1 and customer_id = $2 and state = 'completed' and ended_at is not null
         union all
         select 'dispute', answered_at from disputes
           where reference = $1 and customer_id = $2 and state = 'answered' and outcome <> 'withdrawn' and answered_at is not null
         union all
         select 'hardship', updated_at from hardship_cases
           where reference = $1 and customer_id = $2 and state in ('approved', 'not_approved')
         union all
         select 'conversation', closed_at from conversations
           where reference = $1 and customer_id = $2 and state = 'closed' and closed_at is not null",
    )
    .bind(reference)
    .bind(customer.as_str())
    .fetch_optional(executor)
    .await?;
    row.map(|(about, at)| {
        let about = About::from_code(&about).ok_or(StoreError::Unreadable("what is over"))?;
        Ok(Resolved { about, reference: reference.to_owned(), at })
    })
    .transpose()
}

/// What became of asking about one thing.
pub async fn asked<'e>(executor: impl Executor<'e, Database = Any>, thing: &str) -> StoreResult<Option<AskState>> {
    let state: Option<String> =
        sqlx::query_scalar("select state from feedback_asks where thing = $1").bind(thing).fetch_optional(executor).await?;
    state.map(|state| AskState::from_code(&state).ok_or(StoreError::Unreadable("state of a question"))).transpose()
}

/// When a customer was last asked about anything else.
pub async fn last_asked(tx: &mut Tx, customer: &CustomerId, but: &str) -> StoreResult<Option<Millis>> {
    Ok(sqlx::query_scalar("select max(asked_at) from feedback_asks where customer_id = $1 and thing <> $2")
        .bind(customer.as_str())
        .bind(but)
        .fetch_one(&mut **tx)
        .await?)
}

/// Writes down that somebody is asked; false if they were before.
pub async fn ask(tx: &mut Tx, customer: &CustomerId, thing: &str, at: Millis) -> StoreResult<bool> {
    let result = sqlx::query(
        "insert into feedback_asks (thing, customer_id, asked_at, state) values ($1, $2, $3, 'asked')
         on conflict (thing) do nothing",
    )
    .bind(thing)
    .bind(customer.as_str())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// It was answered or declined; false if it was before.
pub async fn end(tx: &mut Tx, customer: &CustomerId, thing: &str, state: AskState) -> StoreResult<bool> {
    let result = sqlx::query("update feedback_asks set state = $3 where thing = $1 and customer_id = $2 and state = 'asked'")
        .bind(thing)
        .bind(customer.as_str())
        .bind(state.code())
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Keeps an answer apart from who gave it. `id` says nothing of when.
pub async fn keep(
    tx: &mut Tx,
    id: &str,
    answered_on: &str,
    about: About,
    answered: &Answered,
    language: &str,
) -> StoreResult<()> {
    sqlx::query(
        "insert into feedback_answers (id, answered_on, about, how, recommend, words, language)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(answered_on)
    .bind(about.code())
    .bind(answered.how.map(How::code))
    .bind(answered.recommend)
    .bind(&answered.words)
    .bind(language)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An answer as the operator reads it. Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// A day as in ISO 8601.
    pub answered_on: String,
    pub about: About,
    pub answered: Answered,
    pub language: String,
}

/// Day, about what, how it was, 0 to 10, words, language.
type KeptRow = (String, String, Option<String>, Option<i64>, String, String);

/// Answers from a day on, in the order of their days.
pub async fn since(pool: &AnyPool, day: &str, limit: i64) -> StoreResult<Vec<Kept>> {
    let rows: Vec<KeptRow> = sqlx::query_as(
        "select answered_on, about, how, recommend, words, language from feedback_answers
         where answered_on >= $1
         order by answered_on, id
         limit $2",
    )
    .bind(day)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|(answered_on, about, how, recommend, words, language)| {
            let about = About::from_code(&about).ok_or(StoreError::Unreadable("what is over"))?;
            let how = how.map(|how| How::from_code(&how).ok_or(StoreError::Unreadable("answer"))).transpose()?;
            Ok(Kept { answered_on, about, answered: Answered { how, recommend, words }, language })
        })
        .collect()
}

/// The agreements of a customer, the newest first; at most 100.
pub async fn agreements(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Vec<AgreementId>> {
    let ids: Vec<String> =
        sqlx::query_scalar("select id from agreements where customer_id = $1 order by created_at desc, id desc limit 100")
            .bind(customer.as_str())
            .fetch_all(&mut **tx)
            .await?;
    Ok(ids.into_iter().map(AgreementId).collect())
}
