//! The portal's own key of evidence, for which the keys of cases are encrypted: from the settings, else made once and kept in the
//! database. From the settings it is in no backup, and a stolen database opens nothing.

use super::Failure;
use crate::server::evidence::vault::{Key, Lock};
use crate::server::state::AppState;
use crate::server::store::{StoreError, Tx, evidence, sign_in};

const SECRET_NAME: &str = "evidence_key";
/// In one transaction.
const KEYS_AT_ONCE: i64 = 500;

/// What a case's key is encrypted for.
pub(super) async fn to_wrap_with(state: &AppState, tx: &mut Tx) -> Result<Lock, Failure> {
    if let Some(key) = state.config.evidence.keys.first() {
        return Ok(Key::from_text(key.expose())?.lock());
    }
    let fresh = Key::generate().secret_text();
    let kept = sign_in::portal_secret(tx, SECRET_NAME, &fresh, state.clock.real_now_millis()).await?;
    Ok(Key::from_text(&kept)?.lock())
}

/// Every key that may open a case's: those of the settings, and the one that was kept before there were any.
pub(super) async fn to_unwrap_with(state: &AppState, tx: &mut Tx) -> Result<Vec<Key>, Failure> {
    let mut keys = Vec::new();
    for key in &state.config.evidence.keys {
        keys.push(Key::from_text(key.expose())?);
    }
    if let Some(kept) = evidence::kept_portal_key(tx, SECRET_NAME).await? {
        keys.push(Key::from_text(&kept)?);
    }
    Ok(keys)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    pub cases: u64,
    /// No key of the portal's opens these: the settings lack an older one.
    pub unknown: u64,
}

/// Encrypts the keys of all cases for the first key of the settings. Once the old one is gone everywhere, whatever was deleted
/// before cannot be read from any backup either.
pub async fn rewrap(state: &AppState) -> Result<Rewrapped, Failure> {
    let (mut done, mut last) = (Rewrapped { cases: 0, unknown: 0 }, String::new());
    loop {
        let mut tx = state.db.begin_write().await?;
        let keys = to_unwrap_with(state, &mut tx).await?;
        let lock = to_wrap_with(state, &mut tx).await?;
        let cases = evidence::keys_after(&mut tx, &last, KEYS_AT_ONCE).await?;
        let Some((end, _)) = cases.last().cloned() else { return Ok(done) };
        for (case_id, wrapped) in cases {
            match Key::unwrap(&wrapped, &keys) {
                Ok(key) => {
                    evidence::replace_wrapped(&mut tx, &case_id, &wrapped, &key.wrap(&lock)?).await?;
                    done.cases += 1;
                }
                Err(_) => done.unknown += 1,
            }
        }
        tx.commit().await.map_err(StoreError::from)?;
        last = end;
    }
}
