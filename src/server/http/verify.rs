//! The forms of the verify screen: a file, or a code. Nothing of either is kept, and no answer stands in an address, where
//! somebody else could have written it: the page that answers the form says it.

use super::trouble;
use crate::server::services::documents::{self, Checked, Verdict};
use crate::server::state::AppState;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::Response;
use http::StatusCode;

/// The largest upload. Our own documents have less than a hundredth of it.
pub const LONGEST_UPLOAD_BYTES: usize = 2 * 1024 * 1024;
/// The form has two fields.
const MOST_FIELDS: usize = 4;

/// Reads the form and checks what it brought; the caller shows the page with the answer. Returns the request without its
/// body.
pub async fn check(state: &AppState, request: Request) -> Result<(Checked, Request), Response> {
    let (parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let checked = match Multipart::from_request(form, state).await {
        Ok(form) => read(state, form).await?,
        Err(_) => return Err(trouble::mark(StatusCode::BAD_REQUEST)),
    };
    Ok((checked, Request::from_parts(parts, Body::empty())))
}

async fn read(state: &AppState, mut form: Multipart) -> Result<Checked, Response> {
    let unreadable = |_| trouble::mark(StatusCode::BAD_REQUEST);
    let broken = |error| {
        tracing::error!(%error, "a document could not be checked");
        trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
    };
    for _ in 0..MOST_FIELDS {
        let Some(field) = form.next_field().await.map_err(unreadable)? else { break };
        match field.name() {
            Some("file") => {
                let bytes = field.bytes().await.map_err(unreadable)?;
                // A browser sends an empty file where none was chosen.
                if !bytes.is_empty() {
                    let verdict = documents::verify_file(state, &bytes).await.map_err(broken)?;
                    return Ok(Checked::File(verdict));
                }
            }
            Some("code") => {
                let typed = field.text().await.map_err(unreadable)?;
                if !typed.trim().is_empty() {
                    let verdict = documents::verify_code(state, &typed).await.map_err(broken)?;
                    let typed = typed.chars().take(LONGEST_CODE_CHARACTERS).collect();
                    return Ok(match verdict {
                        Some(Verdict::Genuine) => Checked::KnownCode(typed),
                        Some(Verdict::Altered | Verdict::Unknown) => Checked::UnknownCode(typed),
                        None => Checked::NotACode(typed),
                    });
                }
            }
            _ => {}
        }
    }
    Ok(Checked::Nothing)
}

/// A fingerprint in groups of four, and some room.
const LONGEST_CODE_CHARACTERS: usize = 120;
