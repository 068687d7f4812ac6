//! `POST /evidence/{case}`: a file comes in and never is in memory as a whole; `POST /evidence/{case}/{item}/remove` removes one.
//! Both lead back to the page they came from, which is one of ours. What was refused travels in the session, as for every form.

use super::trouble;
use crate::components::evidence::{BACK_FIELD, CASE_VALUE, FILE_FIELD, PANEL};
use crate::domain::evidence::{EvidenceRefusal, LARGEST_FILE_BYTES};
use crate::domain::ids::CustomerId;
use crate::paths;
use crate::server::context::{Flash, SignedIn};
use crate::server::evidence::intake::Piece;
use crate::server::ids;
use crate::server::security::sessions::{FLASH, KeptFlash};
use crate::server::services::Failure;
use crate::server::services::evidence::{self, Added};
use crate::server::state::AppState;
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Router};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tower_sessions::Session;

/// A request that says it is longer is answered without being read: a video, or nobody's form.
const LONGEST_REQUEST_BYTES: u64 = 40 * 1024 * 1024;
/// The longest a file may take: ten megabytes over a weak mobile connection.
pub const UPLOAD_SECONDS: u64 = 600;
/// No byte for so long, and the connection is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// The form has two fields.
const MOST_FIELDS: usize = 4;
const LONGEST_BACK_BYTES: usize = 300;
/// Pieces that wait to be written. One is as much as came at once, up to some hundreds of kilobytes.
const PIECES_WAITING: usize = 1;
/// Each takes a thread, two open files and a few buffers.
const MOST_AT_ONCE: usize = 16;
/// Somebody who presses twice has two on their way for a moment.
const MOST_AT_ONCE_OF_ONE: usize = 2;

/// Who is uploading at this moment, in this process.
#[derive(Default)]
struct Uploading(Mutex<HashMap<CustomerId, usize>>);

/// A place among them, given back when dropped, however the upload ends.
struct Turn {
    uploading: Arc<Uploading>,
    customer: CustomerId,
}

impl Uploading {
    fn turn(self: &Arc<Self>, customer: &CustomerId) -> Option<Turn> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.get(customer).copied().unwrap_or(0);
        if own >= MOST_AT_ONCE_OF_ONE || counts.values().sum::<usize>() >= MOST_AT_ONCE {
            return None;
        }
        counts.insert(customer.clone(), own + 1);
        Some(Turn { uploading: self.clone(), customer: customer.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.uploading.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(&self.customer).copied() {
            Some(count) if count > 1 => counts.insert(self.customer.clone(), count - 1),
            _ => counts.remove(&self.customer),
        };
    }
}

/// A file is read piece by piece and counted here; nothing around these routes may read a body.
pub fn routes() -> Router<AppState> {
    let most = usize::try_from(LONGEST_REQUEST_BYTES).unwrap_or(usize::MAX);
    Router::new()
        .route(&paths::evidence("{case}"), post(add))
        .route(&paths::evidence_remove("{case}", "{item}"), post(remove))
        .layer(DefaultBodyLimit::max(most))
        .layer(Extension(Arc::<Uploading>::default()))
}

async fn add(
    State(state): State<AppState>,
    Extension(uploading): Extension<Arc<Uploading>>,
    Path(case_id): Path<String>,
    request: Request,
) -> Response {
    let visitor = request.extensions().get::<SignedIn>().cloned();
    let session = request.extensions().get::<Session>().cloned();
    let Some(visitor) = visitor else { return Redirect::to(paths::SIGN_IN).into_response() };
    let may = match evidence::may_add(&state, &visitor.customer_id, &case_id).await {
        Ok(Some(may)) => may,
        Ok(None) => return trouble::mark(StatusCode::NOT_FOUND),
        Err(error) => return broke(&error),
    };
    let said = said_length(request.headers());
    let Ok(mut form) = Multipart::from_request(paced(request), &state).await else {
        return trouble::mark(StatusCode::BAD_REQUEST);
    };
    let mut back = paths::ACCOUNT.to_owned();
    for _ in 0..MOST_FIELDS {
        let Ok(Ok(Some(mut field))) = timeout(SILENCE, form.next_field()).await else { break };
        match field.name() {
            Some(BACK_FIELD) => match short_text(&mut field).await {
                Some(path) if paths::is_local(&path) => back = path,
                Some(_) | None => return trouble::mark(StatusCode::BAD_REQUEST),
            },
            Some(FILE_FIELD) => {
                let turn = uploading.turn(&visitor.customer_id);
                let refusal = match (&may, &turn) {
                    (Err(refusal), _) => Some(*refusal),
                    (Ok(()), None) => Some(EvidenceRefusal::Busy),
                    (Ok(()), Some(_)) => said.filter(|length| *length > LONGEST_REQUEST_BYTES).map(|_| EvidenceRefusal::TooLarge),
                };
                let added = match refusal {
                    Some(refusal) => {
                        read_away(&mut field, said).await;
                        Ok(Added::Refused(refusal))
                    }
                    None => take(&state, &visitor.customer_id, &case_id, &mut field).await,
                };
                return answer(added, session, &case_id, &back).await;
            }
            _ => {}
        }
    }
    answer(Ok(Added::Refused(EvidenceRefusal::Nothing)), session, &case_id, &back).await
}

/// The reader of forms takes all that has come whenever it looks, and holds it. So it finds one piece at a time. The first is there
/// at once: it looks twice for the beginning of a form before it has looked into what it found.
fn paced(request: Request) -> Request {
    request.map(|body| {
        Body::from_stream(body.into_data_stream().enumerate().then(async |(number, piece)| {
            if number > 0 {
                tokio::task::yield_now().await;
            }
            piece
        }))
    })
}

/// As the request says it itself.
fn said_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A field with a path; `None` if it has more than that.
async fn short_text(field: &mut Field<'_>) -> Option<String> {
    let mut text = Vec::new();
    while let Ok(chunk) = timeout(SILENCE, field.chunk()).await {
        match chunk.ok()? {
            Some(bytes) if text.len() + bytes.len() <= LONGEST_BACK_BYTES => text.extend_from_slice(&bytes),
            Some(_) => return None,
            None => return String::from_utf8(text).ok(),
        }
    }
    None
}

/// Hands the file over piece by piece while it comes.
async fn take(state: &AppState, customer: &CustomerId, case_id: &str, field: &mut Field<'_>) -> Result<Added, Failure> {
    let (sender, pieces) = mpsc::channel::<Piece<Bytes>>(PIECES_WAITING);
    let (added, ()) = tokio::join!(evidence::add(state, customer, case_id, pieces), hand_over(field, sender));
    added
}

/// Ends without [`Piece::End`] where the connection breaks or falls silent. Once nobody wants more, the rest is read away.
async fn hand_over(field: &mut Field<'_>, pieces: mpsc::Sender<Piece<Bytes>>) {
    loop {
        match timeout(SILENCE, field.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                if pieces.send(Piece::Bytes(bytes)).await.is_err() {
                    drop(pieces);
                    return read_away(field, None).await;
                }
            }
            Ok(Ok(None)) => {
                // Whoever waited for it may have gone; then it has been refused already.
                drop(pieces.send(Piece::End).await);
                return;
            }
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// A browser hears an answer only after it has sent its form: some more is read and thrown away, and not more than that.
async fn read_away(field: &mut Field<'_>, said: Option<u64>) {
    if said.is_some_and(|length| length > LONGEST_REQUEST_BYTES) {
        return;
    }
    let mut left = LONGEST_REQUEST_BYTES - LARGEST_FILE_BYTES;
    while let Ok(Ok(Some(bytes))) = timeout(SILENCE, field.chunk()).await {
        match left.checked_sub(bytes.len() as u64) {
            Some(less) => left = less,
            None => return,
        }
    }
}

#[derive(Deserialize)]
struct Removed {
    #[serde(default)]
    back: String,
}

async fn remove(
    State(state): State<AppState>,
    Extension(visitor): Extension<SignedIn>,
    session: Option<Extension<Session>>,
    Path((case_id, item_id)): Path<(String, String)>,
    Form(form): Form<Removed>,
) -> Response {
    if !paths::is_local(&form.back) {
        return trouble::mark(StatusCode::BAD_REQUEST);
    }
    match evidence::remove(&state, &visitor.customer_id, &case_id, &item_id).await {
        // Pressed twice, or in two tabs: it is gone either way.
        Ok(true) => to_panel(&form.back),
        Ok(false) => match evidence::may_add(&state, &visitor.customer_id, &case_id).await {
            Ok(None) => trouble::mark(StatusCode::NOT_FOUND),
            Ok(Some(Err(refusal @ EvidenceRefusal::Closed))) => {
                answer(Ok(Added::Refused(refusal)), session.map(|session| session.0), &case_id, &form.back).await
            }
            Ok(Some(_)) => to_panel(&form.back),
            Err(error) => broke(&error),
        },
        Err(error) => broke(&error),
    }
}

fn to_panel(back: &str) -> Response {
    Redirect::to(&paths::at(back, paths::EVIDENCE)).into_response()
}

/// Back to the page, which says what was refused.
async fn answer(added: Result<Added, Failure>, session: Option<Session>, case_id: &str, back: &str) -> Response {
    let refusal = match added {
        Ok(Added::Kept { .. }) => return to_panel(back),
        Ok(Added::NoSuchCase) => return trouble::mark(StatusCode::NOT_FOUND),
        Ok(Added::Refused(refusal)) => refusal,
        Err(error) => return broke(&error),
    };
    let flash = Flash {
        screen: PANEL.to_owned(),
        values: BTreeMap::from([(CASE_VALUE.to_owned(), case_id.to_owned())]),
        errors: vec![(FILE_FIELD.to_owned(), refusal.code().to_owned())],
    };
    let tag = ids::new_short_tag();
    if let Some(session) = session
        && let Err(error) = session.insert(FLASH, KeptFlash { tag: tag.clone(), flash }).await
    {
        tracing::error!(%error, "a refusal could not be kept");
        return trouble::mark(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Redirect::to(&paths::again(&paths::at(back, paths::EVIDENCE), &tag)).into_response()
}

fn broke(error: &Failure) -> Response {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "evidence could not be taken or removed");
    trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_given_back_however_it_ends() {
        let uploading = Arc::<Uploading>::default();
        let ada = CustomerId("ada".into());
        let turns: Vec<_> = (0..MOST_AT_ONCE_OF_ONE).map(|_| uploading.turn(&ada)).collect();
        assert!(turns.iter().all(Option::is_some) && uploading.turn(&ada).is_none());
        drop(turns);
        let others: Vec<_> = (0..MOST_AT_ONCE).map(|number| uploading.turn(&CustomerId(number.to_string()))).collect();
        assert!(others.iter().all(Option::is_some) && uploading.turn(&ada).is_none());
        drop(others);
        assert!(uploading.0.lock().expect("no thread died with it").is_empty());
    }
}
