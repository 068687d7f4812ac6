//! The messages that the sandbox took, in sandbox mode only: it stands for the telephones and mailboxes they would have reached. Of
//! an e-mail only the subject is shown, which names nothing.

use super::sandbox_page::document;
use super::{trouble, visitor};
use crate::paths;
use crate::server::services::outbox;
use crate::server::state::AppState;
use crate::words::{locale, td_string};
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use leptos::prelude::*;

pub fn routes() -> Router<AppState> {
    Router::new().route(paths::SANDBOX_MESSAGES, get(show))
}

async fn show(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let messages = match outbox::sandbox_messages(&state).await {
        Ok(messages) => messages,
        Err(error) => {
            tracing::error!(%error, "the sandbox's messages could not be read");
            return trouble::mark(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    let language = visitor::language_of(&headers, &state.config, None);
    let words = locale(language);
    let none = messages.is_empty().then(|| view! { <p>{td_string!(words, sending.sandbox_none)}</p> });
    let lines: Vec<_> = messages
        .into_iter()
        .map(|(at, said)| {
            let at = Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default();
            view! { <li><p class="quiet">{at}</p><p>{said}</p></li> }
        })
        .collect();
    let html = document(&state, language, move || {
        view! {
            <h1>{td_string!(words, sending.sandbox_title)}</h1>
            <p class="lead">{td_string!(words, sending.sandbox_lead)}</p>
            {none}
            <ul>{lines}</ul>
        }
        .into_any()
    });
    Html(html).into_response()
}
