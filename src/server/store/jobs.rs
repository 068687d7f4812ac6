//! Work to be done later, claimed with a lease so that any number of processes may do it.

use super::{Db, StoreResult, Tx};
use crate::server::clock::Millis;
use crate::server::ids;
use sqlx::{AnyPool, AssertSqlSafe};

/// The kind of the job that closes every payment page of an account.
pub const CLOSE_PAGES: &str = "close_payment_pages";

/// The kind of the job that closes the payment pages over several accounts of which one is disputed now.
pub const CLOSE_JOINT_PAGES: &str = "close_joint_pages";

/// The kind of the job that completes the agreement of an account on which nothing is owed by the creditor's own figures.
pub const REVIEW_SETTLED: &str = "review_settled";

/// The kind of the job that tells a customer that the creditor took an account back while its agreement ran.
pub const TELL_OF_RECALL: &str = "tell_of_recall";

/// A job as it was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub id: String,
    pub kind: String,
    pub subject_id: String,
    /// Including this one.
    pub attempts: i64,
    pub leased_until: Millis,
}

/// Asks for work at an instant (real time). Asking twice with one `once_key` makes one job.
pub async fn ask(tx: &mut Tx, kind: &str, subject_id: &str, once_key: &str, run_at: Millis, now: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into jobs (id, kind, subject_id, once_key, run_at, leased_until, attempts, last_error, done_at, created_at)
         values ($1, $2, $3, $4, $5, null, 0, null, null, $6)
         on conflict (once_key) do nothing",
    )
    .bind(ids::new_id())
    .bind(kind)
    .bind(subject_id)
    .bind(once_key)
    .bind(run_at)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Work that nobody holds and that has become needless is done: a queue of it would stand before work that is needed.
pub async fn not_needed(tx: &mut Tx, once_key: &str, now: Millis) -> StoreResult<()> {
    sqlx::query("update jobs set done_at = $2 where once_key = $1 and done_at is null and leased_until is null")
        .bind(once_key)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes one job that is due as of `as_of` and that nobody holds at `now`. Whoever takes it must end it before
/// `leased_until`, or another process will do it again.
pub async fn claim(db: &Db, as_of: Millis, now: Millis, leased_until: Millis) -> StoreResult<Option<Claimed>> {
    let query = format!(
        "update jobs set leased_until = $3, attempts = attempts + 1
         where id = (
           select id from jobs
           where done_at is null and run_at <= $1 and (leased_until is null or leased_until < $2)
           order by run_at, id
           limit 1{}
         )
         returning id, kind, subject_id, attempts",
        db.dialect().skip_locked()
    );
    let row: Option<(String, String, String, i64)> =
        sqlx::query_as(AssertSqlSafe(query)).bind(as_of).bind(now).bind(leased_until).fetch_optional(db.pool()).await?;
    Ok(row.map(|(id, kind, subject_id, attempts)| Claimed { id, kind, subject_id, attempts, leased_until }))
}

/// Ends a job. One whose lease has passed to another process meanwhile is left to it.
pub async fn finish(pool: &AnyPool, job: &Claimed, at: Millis) -> StoreResult<()> {
    sqlx::query("update jobs set done_at = $3, leased_until = null, last_error = null where id = $1 and leased_until = $2")
        .bind(&job.id)
        .bind(job.leased_until)
        .bind(at)
        .execute(pool)
        .await?;
    Ok(())
}

/// Puts a job off. `why` is a code, never a person's data.
pub async fn put_off(pool: &AnyPool, job: &Claimed, run_at: Millis, why: &str) -> StoreResult<()> {
    sqlx::query("update jobs set run_at = $3, leased_until = null, last_error = $4 where id = $1 and leased_until = $2")
        .bind(&job.id)
        .bind(job.leased_until)
        .bind(run_at)
        .bind(why)
        .execute(pool)
        .await?;
    Ok(())
}
