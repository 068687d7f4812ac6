//! A password of a customer's own: set, changed, removed, and compared with what was typed.

use super::{ask_no_more_for_nothing, tell};
use crate::server::security::passwords::{self, WeakPassword};
use crate::server::services::Failure;
use crate::server::services::sessions::Proven;
use crate::server::state::AppState;
use crate::server::store::{StoreError, ways_in};
use unicode_normalization::UnicodeNormalization;

/// So many passwords are reckoned at once by one process: 19 MiB each. Whoever comes then waits their turn.
pub const AT_ONCE: usize = 4;

/// What is compared with where there is no password, so that this takes as long. Nothing anybody can type has this digest.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCAhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Set,
    Weak(WeakPassword),
}

/// Sets a password, in place of the one before if there was one.
pub async fn set_password(state: &AppState, proven: &Proven, typed: &str) -> Result<Set, Failure> {
    let customer = proven.customer();
    let password = one_spelling(typed);
    let known = ways_in::known_answers(state.db.pool(), customer).await?.ok_or(Failure::Missing("customer"))?;
    let references = ways_in::references(state.db.pool(), customer).await?;
    let own: Vec<&str> = [&known.given_name, &known.family_name, &known.date_of_birth, &known.postal_code_normalised]
        .into_iter()
        .chain(&references)
        .map(String::as_str)
        .chain([state.config.portal_name.as_str()])
        .collect();
    if let Err(weak) = passwords::check(&password, &own) {
        return Ok(Set::Weak(weak));
    }
    let hash = in_turn(state, move || passwords::hash(&password)).await?;
    let mut tx = state.db.begin_write().await?;
    let before = ways_in::lock(&mut tx, customer).await?;
    ways_in::set_password(&mut tx, customer, Some(&hash), state.clock.real_now_millis()).await?;
    let change = if before.password_hash.is_some() { "password.changed" } else { "password.set" };
    tell(state, &mut tx, customer, change).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Set::Set)
}

/// Removes it. Removed twice, it is removed.
pub async fn remove_password(state: &AppState, proven: &Proven) -> Result<(), Failure> {
    let customer = proven.customer();
    let mut tx = state.db.begin_write().await?;
    if ways_in::lock(&mut tx, customer).await?.password_hash.is_none() {
        return Ok(());
    }
    ways_in::set_password(&mut tx, customer, None, state.clock.real_now_millis()).await?;
    ask_no_more_for_nothing(&mut tx, customer).await?;
    tell(state, &mut tx, customer, "password.removed").await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether what was typed is the password that is kept. Where none is, it takes as long and is not.
pub async fn is_the_password(state: &AppState, typed: String, kept: Option<String>) -> Result<bool, Failure> {
    let is_kept = kept.is_some();
    let kept = kept.unwrap_or_else(|| NOBODYS.to_owned());
    let is_correct = in_turn(state, move || passwords::is_correct(&one_spelling(&typed), &kept)).await?;
    Ok(is_correct && is_kept)
}

/// What is kept of a password, reckoned in turn.
pub async fn kept_form(state: &AppState, typed: &str) -> Result<String, Failure> {
    let password = one_spelling(typed);
    in_turn(state, move || passwords::hash(&password)).await
}

/// An accented letter is one sign on one keyboard and two on another: the same password either way (NIST SP 800-63B, 3.1.1.2).
fn one_spelling(typed: &str) -> String {
    typed.nfc().collect()
}

/// Reckons off the async threads, a few at a time.
async fn in_turn<T: Send + 'static>(
    state: &AppState,
    reckon: impl FnOnce() -> Result<T, passwords::PasswordFailure> + Send + 'static,
) -> Result<T, Failure> {
    let turn = state.password_turns.clone().acquire_owned().await.map_err(|_| Failure::Missing("turn"))?;
    let reckoned = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        reckon()
    });
    reckoned.await.map_err(|_| Failure::Missing("password hash"))?.map_err(|_| Failure::Missing("password hash"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparing_with_nobodys_password_is_the_same_work_and_never_right() {
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        let real = passwords::hash("harbour lamp quiet tide").expect("hashes");
        assert_eq!(parameters(NOBODYS), parameters(&real));
        assert_eq!(passwords::is_correct("harbour lamp quiet tide", NOBODYS), Ok(false));
    }

    #[test]
    fn an_accent_is_the_same_on_every_keyboard() {
        assert_eq!(one_spelling("man\u{303}ana"), one_spelling("ma\u{f1}ana"));
    }
}
