//! People who work here.

use super::{StoreResult, Tx};
use crate::server::clock::Millis;

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
