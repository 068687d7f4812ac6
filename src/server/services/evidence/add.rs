//! A customer adds a file. It comes in piece by piece while nothing is locked, is cleaned and encrypted, and only then is a
//! transaction begun that keeps it.

use super::{Failure, last_day, note};
use crate::domain::evidence::{EvidenceRefusal, MOST_UPLOADS_A_DAY, room_for};
use crate::domain::ids::CustomerId;
use crate::server::evidence::intake::{self, IntakeError, Piece, Taken};
use crate::server::evidence::vault::Lock;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::events::Actor;
use crate::server::store::evidence::{self, Case, Item};
use serde_json::json;
use tokio::sync::mpsc;

const DAY_MILLIS: i64 = 86_400_000;
/// What is read, kept and backed up at once. A row of this size is no burden to either database.
const PIECE_BYTES: usize = 128 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    Kept {
        item_id: String,
    },
    Refused(EvidenceRefusal),
    /// There is none, or it is somebody else's.
    NoSuchCase,
}

/// Whether a file would be taken at all, before any of it is read: `None` where the customer has no such case.
pub async fn may_add(
    state: &AppState,
    customer: &CustomerId,
    case_id: &str,
) -> Result<Option<Result<(), EvidenceRefusal>>, Failure> {
    Ok(open_case(state, customer, case_id).await?.map(|case| case.map(|_| ())))
}

async fn open_case(
    state: &AppState,
    customer: &CustomerId,
    case_id: &str,
) -> Result<Option<Result<Case, EvidenceRefusal>>, Failure> {
    let pool = state.db.pool();
    let Some(case) = evidence::case(pool, case_id).await?.filter(|case| case.customer_id == customer.as_str()) else {
        return Ok(None);
    };
    if case.finished_at.is_some() || case.wrapped_key.is_none() {
        return Ok(Some(Err(EvidenceRefusal::Closed)));
    }
    let since = state.clock.now_millis() - DAY_MILLIS;
    if evidence::uploads_since(pool, customer, since).await? >= MOST_UPLOADS_A_DAY {
        return Ok(Some(Err(EvidenceRefusal::TooManyToday)));
    }
    let (files, bytes) = held(&evidence::items(pool, case_id).await?);
    Ok(Some(room_for(files, bytes, 1).map(|()| case)))
}

fn held(items: &[Item]) -> (i64, i64) {
    (i64::try_from(items.len()).unwrap_or(i64::MAX), items.iter().map(|item| item.bytes).sum())
}

/// Takes a file in and keeps it.
pub async fn add<B: AsRef<[u8]> + Send + 'static>(
    state: &AppState,
    customer: &CustomerId,
    case_id: &str,
    pieces: mpsc::Receiver<Piece<B>>,
) -> Result<Added, Failure> {
    let case = match open_case(state, customer, case_id).await? {
        None => return Ok(Added::NoSuchCase),
        Some(Err(refusal)) => return refuse(state, customer, case_id, refusal).await,
        Some(Ok(case)) => case,
    };
    let (folder, lock) = (state.config.evidence.temporary_dir.clone(), Lock::from_text(&case.recipient)?);
    let verdict = tokio::task::spawn_blocking(move || intake::take_in(pieces, &folder, &lock)).await;
    match verdict.map_err(|error| IntakeError::Disk(std::io::Error::other(error)))?? {
        Ok(taken) => match keep(state, customer, &case, &taken).await? {
            Ok(item_id) => Ok(Added::Kept { item_id }),
            Err(refusal) => refuse(state, customer, case_id, refusal).await,
        },
        Err(refusal) => refuse(state, customer, case_id, refusal).await,
    }
}

/// Writes the file into the case, if that still has room for it.
async fn keep(
    state: &AppState,
    customer: &CustomerId,
    case: &Case,
    taken: &Taken,
) -> Result<Result<String, EvidenceRefusal>, Failure> {
    let mut tx = state.db.begin_writing_much().await?;
    if !evidence::lock_taking(&mut tx, customer, &case.case_id).await? {
        return Ok(Err(EvidenceRefusal::Closed));
    }
    // Between reading and now it may have been deleted and begun anew.
    let now_case = evidence::case(&mut *tx, &case.case_id).await?.ok_or(Failure::Missing("case"))?;
    if now_case.recipient != case.recipient {
        return Ok(Err(EvidenceRefusal::BrokeOff));
    }
    let (files, bytes) = held(&evidence::items(&mut *tx, &case.case_id).await?);
    if let Err(refusal) = room_for(files, bytes, taken.bytes.max(1)) {
        // What was cleaned may have grown over the limit of a file by some bytes; that is not the customer's doing.
        if refusal != EvidenceRefusal::TooLarge {
            return Ok(Err(refusal));
        }
    }
    let now = state.clock.now_millis();
    let item = Item {
        id: ids::new_id(),
        kind: taken.kind,
        bytes: i64::try_from(taken.bytes).map_err(|_| Failure::Missing("size"))?,
        added_at: now,
    };
    evidence::insert_item(&mut tx, &case.case_id, &item).await?;
    let mut piece = vec![0; PIECE_BYTES];
    for number in 0.. {
        let length = intake::fill(&taken.encrypted, &mut piece).map_err(IntakeError::Disk)?;
        if length == 0 {
            break;
        }
        evidence::insert_piece(&mut tx, &item.id, number, &piece[..length]).await?;
    }
    evidence::set_end(&mut tx, &case.case_id, None, &last_day(state, now)?).await?;
    let actor = Actor::Customer(customer.to_string());
    let details = json!({ "kind": item.kind.code(), "bytes": item.bytes });
    note(&mut tx, case, actor, "evidence.added", &item.id, now, details).await?;
    state.db.commit_much(tx).await?;
    Ok(Ok(item.id))
}

/// Writes down that something was not taken and why: it counts towards what a customer may try in a day, and shows an operator
/// what people have and we do not take.
async fn refuse(state: &AppState, customer: &CustomerId, case_id: &str, refusal: EvidenceRefusal) -> Result<Added, Failure> {
    let counts = refusal != EvidenceRefusal::TooManyToday;
    if let Some(case) = evidence::case(state.db.pool(), case_id).await?.filter(|_| counts) {
        let mut tx = state.db.begin_write().await?;
        let actor = Actor::Customer(customer.to_string());
        let now = state.clock.now_millis();
        note(&mut tx, &case, actor, "evidence.refused", case_id, now, json!({ "why": refusal.code() })).await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(Added::Refused(refusal))
}
