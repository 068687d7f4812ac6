//! People who work here: who they are, what they come in with, and how they came in.

use super::dialect::Dialect;
use super::{StoreResult, Tx, expect_rows};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, Executor};

/// Somebody who works here. Has no Debug: never printed into a log.
#[derive(Clone, sqlx::FromRow)]
pub struct StaffRow {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: String,
    pub password_hash: String,
    /// 1: somebody else made it.
    pub password_is_made: i64,
    pub generation: i64,
    pub totp_secret: Option<String>,
    pub totp_step: Option<i64>,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
}

const COLUMNS: &str =
    "id, email, name, role, password_hash, password_is_made, generation, totp_secret, totp_step, created_at, disabled_at";

pub struct NewStaff<'a> {
    pub id: &'a str,
    /// In small letters: one person, one address.
    pub email: &'a str,
    pub name: &'a str,
    pub role: &'a str,
    pub password_hash: &'a str,
    pub created_at: Millis,
}

/// `false` if there is somebody with this address already.
pub async fn insert(tx: &mut Tx, new: &NewStaff<'_>) -> StoreResult<bool> {
    let done = sqlx::query(
        "insert into staff (id, email, name, role, password_hash, created_at, disabled_at)
         values ($1, $2, $3, $4, $5, $6, null)
         on conflict (email) do nothing",
    )
    .bind(new.id)
    .bind(new.email)
    .bind(new.name)
    .bind(new.role)
    .bind(new.password_hash)
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(executor: impl Executor<'_, Database = Any>, id: &str) -> StoreResult<Option<StaffRow>> {
    let sql = format!("select {COLUMNS} from staff where id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(executor).await?)
}

pub async fn find_by_email(executor: impl Executor<'_, Database = Any>, email: &str) -> StoreResult<Option<StaffRow>> {
    let sql = format!("select {COLUMNS} from staff where email = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(email).fetch_optional(executor).await?)
}

/// Everybody by name, at most `most`.
pub async fn list(pool: &AnyPool, most: i64) -> StoreResult<Vec<StaffRow>> {
    let sql = format!("select {COLUMNS} from staff order by name, id limit $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(most).fetch_all(pool).await?)
}

/// Locks somebody until the end of the transaction.
pub async fn lock(tx: &mut Tx, id: &str) -> StoreResult<Option<StaffRow>> {
    sqlx::query("update staff set generation = generation where id = $1").bind(id).execute(&mut **tx).await?;
    find(&mut **tx, id).await
}

/// Locks who the administrators are until the end of the transaction. Taken before anybody is locked.
pub async fn lock_administrators(tx: &mut Tx, dialect: Dialect) -> StoreResult<()> {
    if let Some(lock) = dialect.lock_staff() {
        sqlx::query(lock).execute(&mut **tx).await?;
    }
    Ok(())
}

/// How many administrators can come in.
pub async fn count_administrators(tx: &mut Tx) -> StoreResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from staff where role = 'administrator' and disabled_at is null")
        .fetch_one(&mut **tx)
        .await?)
}

/// Of a locked person. Whoever calls this ends their sessions too ([`super::staff_sessions::end_all`]).
pub async fn set_password(tx: &mut Tx, id: &str, hash: &str, is_made: i64) -> StoreResult<()> {
    let result = sqlx::query("update staff set password_hash = $1, password_is_made = $2 where id = $3")
        .bind(hash)
        .bind(is_made)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

pub async fn set_role(tx: &mut Tx, id: &str, role: &str) -> StoreResult<()> {
    let result = sqlx::query("update staff set role = $1 where id = $2").bind(role).bind(id).execute(&mut **tx).await?;
    expect_rows(&result, 1)
}

pub async fn set_disabled(tx: &mut Tx, id: &str, at: Option<Millis>) -> StoreResult<()> {
    let result = sqlx::query("update staff set disabled_at = $1 where id = $2").bind(at).bind(id).execute(&mut **tx).await?;
    expect_rows(&result, 1)
}

/// Keeps what an authenticator reckons with, and the step whose code showed that it does.
pub async fn set_totp(tx: &mut Tx, id: &str, secret: Option<&str>, step: Option<i64>) -> StoreResult<()> {
    let result = sqlx::query("update staff set totp_secret = $1, totp_step = $2 where id = $3")
        .bind(secret)
        .bind(step)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

/// Takes a code's step; false where it, or a later one, was taken before.
pub async fn take_step(tx: &mut Tx, id: &str, step: i64) -> StoreResult<bool> {
    let result = sqlx::query("update staff set totp_step = $1 where id = $2 and coalesce(totp_step, -1) < $1")
        .bind(step)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Puts recovery codes in the place of those there were.
pub async fn replace_codes(tx: &mut Tx, id: &str, digests: &[String], now: Millis) -> StoreResult<()> {
    sqlx::query("delete from staff_recovery_codes where staff_id = $1").bind(id).execute(&mut **tx).await?;
    for digest in digests {
        sqlx::query("insert into staff_recovery_codes (code_digest, staff_id, created_at, used_at) values ($1, $2, $3, null)")
            .bind(digest)
            .bind(id)
            .bind(now)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Uses a recovery code up; false where there is none such, or it was used.
pub async fn use_code(tx: &mut Tx, id: &str, digest: &str, now: Millis) -> StoreResult<bool> {
    let sql = "update staff_recovery_codes set used_at = $1 where code_digest = $2 and staff_id = $3 and used_at is null";
    let result = sqlx::query(sql).bind(now).bind(digest).bind(id).execute(&mut **tx).await?;
    Ok(result.rows_affected() == 1)
}

/// How many recovery codes somebody has kept, used ones too, and how many are left.
pub async fn count_codes(executor: impl Executor<'_, Database = Any>, id: &str) -> StoreResult<(i64, i64)> {
    Ok(sqlx::query_as(
        "select count(*), cast(coalesce(sum(case when used_at is null then 1 else 0 end), 0) as bigint)
         from staff_recovery_codes
         where staff_id = $1",
    )
    .bind(id)
    .fetch_one(executor)
    .await?)
}

/// The creditors somebody was given, by id.
pub async fn creditors_of(executor: impl Executor<'_, Database = Any>, id: &str) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar("select creditor_id from staff_creditors where staff_id = $1 order by creditor_id")
        .bind(id)
        .fetch_all(executor)
        .await?)
}

/// Puts these creditors in the place of those there were.
pub async fn replace_creditors(tx: &mut Tx, id: &str, creditors: &[String]) -> StoreResult<()> {
    sqlx::query("delete from staff_creditors where staff_id = $1").bind(id).execute(&mut **tx).await?;
    for creditor in creditors {
        sqlx::query("insert into staff_creditors (staff_id, creditor_id) values ($1, $2)")
            .bind(id)
            .bind(creditor)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Every creditor of the portal, id and name, by name; at most `most`.
pub async fn all_creditors(executor: impl Executor<'_, Database = Any>, most: i64) -> StoreResult<Vec<(String, String)>> {
    Ok(sqlx::query_as("select id, name from creditors order by name, id limit $1").bind(most).fetch_all(executor).await?)
}

/// A line of somebody's own history of coming in.
pub async fn note_sign_in(tx: &mut Tx, id: &str, staff_id: &str, at: Millis, outcome: &str) -> StoreResult<()> {
    sqlx::query("insert into staff_sign_ins (id, staff_id, at, outcome) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(staff_id)
        .bind(at)
        .bind(outcome)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// When and with what outcome, the newest first, at most `most`.
pub async fn past_sign_ins(pool: &AnyPool, staff_id: &str, most: i64) -> StoreResult<Vec<(Millis, String)>> {
    Ok(sqlx::query_as("select at, outcome from staff_sign_ins where staff_id = $1 order by at desc, id desc limit $2")
        .bind(staff_id)
        .bind(most)
        .fetch_all(pool)
        .await?)
}

pub async fn delete_sign_ins_before(tx: &mut Tx, before: Millis) -> StoreResult<u64> {
    Ok(sqlx::query("delete from staff_sign_ins where at < $1").bind(before).execute(&mut **tx).await?.rows_affected())
}
