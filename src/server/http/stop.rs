//! `POST /stop/{token}`: stops e-mail to whoever the token belongs to; `POST /stop/{token}/again` takes it up again. Outside the session and the same-origin check, because a mail
//! program's button calls it from elsewhere, without a browser (RFC 8058); the token alone says who, and opens nothing else.

use super::trouble;
use crate::paths;
use crate::server::services::stopping::{self, LearnedFrom};
use crate::server::state::AppState;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use http::StatusCode;

/// A form with one field.
const LONGEST_BODY_BYTES: usize = 4 * 1024;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route(&paths::stop("{token}"), post(stop))
        .route(&paths::stop_again("{token}"), post(again))
        .layer(DefaultBodyLimit::max(LONGEST_BODY_BYTES))
}

async fn stop(State(state): State<AppState>, Path(token): Path<String>, body: Bytes) -> Response {
    let from = if is_one_click(&body) { LearnedFrom::OneClick } else { LearnedFrom::Page };
    let stopped = match paths::is_token(&token) {
        true => stopping::stop_by_link(&state, &token, from).await,
        false => Ok(false),
    };
    match (stopped, from) {
        (Err(error), _) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "e-mail could not be stopped");
            trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
        }
        // A redirect is no answer to a mail program (RFC 8058, 3.1).
        (Ok(true), LearnedFrom::OneClick) => (StatusCode::OK, "stopped\n").into_response(),
        (Ok(false), LearnedFrom::OneClick) => (StatusCode::NOT_FOUND, "no such link\n").into_response(),
        // The page says how it stands.
        (Ok(true), _) => Redirect::to(&paths::stop(&token)).into_response(),
        (Ok(false), _) => trouble::mark(StatusCode::NOT_FOUND),
    }
}

/// The button on the page of who stopped it: no mail program knows of it.
async fn again(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    let allowed = match paths::is_token(&token) {
        true => stopping::allow_by_link(&state, &token).await,
        false => Ok(false),
    };
    match allowed {
        Ok(true) => Redirect::to(&paths::stop_taken_up(&token)).into_response(),
        Ok(false) => trouble::mark(StatusCode::NOT_FOUND),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "e-mail could not be taken up again");
            trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// What a mail program sends as a form, in either of the two encodings it may use.
fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("List-Unsubscribe=One-Click") || (text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click"))
}

#[cfg(test)]
mod tests {
    use super::is_one_click;

    #[test]
    fn a_mail_programs_button_is_told_from_the_pages() {
        assert!(is_one_click(b"List-Unsubscribe=One-Click"));
        let multipart = b"--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        assert!(is_one_click(multipart));
        assert!(!is_one_click(b""));
        assert!(!is_one_click(b"stop=1"));
    }
}
