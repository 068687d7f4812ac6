//! Whoever reviews a case sees what is in it and opens a file. Who, when and why is written down and committed before the first
//! byte is read.

use super::{Failure, keys, note};
use crate::domain::evidence::EvidenceKind;
use crate::domain::ids::CustomerId;
use crate::server::evidence::vault::Key;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::events::Actor;
use crate::server::store::evidence::{self, Case, Item, Opening};
use serde_json::json;
use std::io::Read;

/// A case with its files and who opened them.
pub struct Listed {
    pub case: Case,
    pub items: Vec<Item>,
    pub openings: Vec<Opening>,
}

/// What is in a case; `None` if it never took evidence. Opens nothing.
pub async fn list(state: &AppState, case_id: &str) -> Result<Option<Listed>, Failure> {
    let pool = state.db.pool();
    let Some(case) = evidence::case(pool, case_id).await? else { return Ok(None) };
    let (items, openings) = (evidence::items(pool, case_id).await?, evidence::openings(pool, case_id).await?);
    Ok(Some(Listed { case, items, openings }))
}

/// A file as it was kept. Has no Debug: it is what a customer told us in confidence.
pub struct Opened {
    pub kind: EvidenceKind,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    NoSuchFile,
    /// Its key is destroyed.
    Deleted,
    /// Nobody opens a file without saying who they are and why.
    NoPerson,
    NoReason,
    /// The settings do not have the key for which the case's was encrypted.
    WrongKey,
}

/// Opens a file of a case for a person with a reason.
pub async fn open(
    state: &AppState,
    case_id: &str,
    item_id: &str,
    by: &str,
    reason: &str,
) -> Result<Result<Opened, NotOpened>, Failure> {
    let (by, reason) = (by.trim(), reason.trim());
    if by.is_empty() {
        return Ok(Err(NotOpened::NoPerson));
    }
    if reason.is_empty() {
        return Ok(Err(NotOpened::NoReason));
    }
    open_for(state, case_id, item_id, &Opener::Person(by.to_owned()), reason).await
}

/// Who opens a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opener {
    /// Somebody here, by their own word.
    Person(String),
    /// Whose file it is.
    Customer(CustomerId),
}

/// Opens a file, written down as opened by this one.
pub async fn open_for(
    state: &AppState,
    case_id: &str,
    item_id: &str,
    opener: &Opener,
    reason: &str,
) -> Result<Result<Opened, NotOpened>, Failure> {
    let (key, item) = match record(state, case_id, item_id, opener, reason).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut encrypted = Vec::new();
    for number in 0.. {
        match evidence::piece(state.db.pool(), item_id, number).await? {
            Some(piece) => encrypted.extend_from_slice(&piece),
            None => break,
        }
    }
    let mut bytes = Vec::new();
    key.reader(encrypted.as_slice())?.read_to_end(&mut bytes).map_err(crate::server::evidence::vault::VaultError::from)?;
    Ok(Ok(Opened { kind: item.kind, bytes }))
}

/// Finds the key and the file, and writes down that it is opened.
async fn record(
    state: &AppState,
    case_id: &str,
    item_id: &str,
    opener: &Opener,
    reason: &str,
) -> Result<Result<(Key, Item), NotOpened>, Failure> {
    let (by, actor) = match opener {
        Opener::Person(name) => (name.as_str(), Actor::Operator),
        Opener::Customer(id) => ("customer", Actor::Customer(id.to_string())),
    };
    let mut tx = state.db.begin_write().await?;
    let Some(case) = evidence::case(&mut *tx, case_id).await? else { return Ok(Err(NotOpened::NoSuchFile)) };
    if let Opener::Customer(id) = opener
        && case.customer_id != id.as_str()
    {
        return Ok(Err(NotOpened::NoSuchFile));
    }
    let Some(wrapped) = &case.wrapped_key else { return Ok(Err(NotOpened::Deleted)) };
    let Some(item) = evidence::items(&mut *tx, case_id).await?.into_iter().find(|item| item.id == item_id) else {
        return Ok(Err(NotOpened::NoSuchFile));
    };
    let Ok(key) = Key::unwrap(wrapped, &keys::to_unwrap_with(state, &mut tx).await?) else {
        return Ok(Err(NotOpened::WrongKey));
    };
    let now = state.clock.now_millis();
    let opening = Opening {
        id: ids::new_id(),
        item_id: item_id.to_owned(),
        opened_at: now,
        opened_by: by.to_owned(),
        reason: reason.to_owned(),
    };
    evidence::insert_opening(&mut tx, case_id, &opening).await?;
    // Who and why stand in the opening: an event holds no name and no free text.
    note(&mut tx, &case, actor, "evidence.opened", item_id, now, json!({ "opening": opening.id })).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok((key, item)))
}
