//! The sandbox processor's page where a permission to collect later is given, in sandbox mode only.

use super::sandbox_page::{Pressed, Sandbox, broke, document, method_choices};
use crate::paths;
use crate::server::processors::sandbox::{MandateRow, Method};
use crate::server::state::AppState;
use crate::words::{locale, td_string};
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use leptos::prelude::*;

pub fn routes() -> Router<AppState> {
    Router::new().route(&paths::sandbox_mandate_page("{mandate}"), get(show).post(act))
}

async fn show(State(state): State<AppState>, axum::Extension(sandbox): Sandbox, Path(id): Path<String>) -> Response {
    match sandbox.mandate(&id).await {
        Ok(Some(mandate)) => page(&state, &mandate),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broke(&error),
    }
}

async fn act(axum::Extension(sandbox): Sandbox, Path(id): Path<String>, Form(pressed): Form<Pressed>) -> Response {
    let mandate = match sandbox.mandate(&id).await {
        Ok(Some(mandate)) => mandate,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return broke(&error),
    };
    let done = match (pressed.button.as_str(), Method::from_code(&pressed.method)) {
        ("cancel", _) => sandbox.cancel_mandate(&id).await,
        (_, Some(method)) => sandbox.give_mandate(&id, method).await,
        // Nothing chosen: the page again.
        (_, None) => return Redirect::to(&paths::sandbox_mandate_page(&id)).into_response(),
    };
    match done {
        // Done, or it was done before (another tab, the back button): the portal knows how it stands.
        Ok(_) => Redirect::to(&mandate.return_url).into_response(),
        Err(error) => broke(&error),
    }
}

fn page(state: &AppState, mandate: &MandateRow) -> Response {
    let words = locale(mandate.language);
    let lead = td_string!(words, sandbox.mandate_lead, merchant = state.config.portal_name.clone());
    let action = paths::sandbox_mandate_page(&mandate.id);
    let return_url = mandate.return_url.clone();
    let is_open = mandate.state == "open";
    let html = document(state, mandate.language, move || {
        let body = if is_open {
            view! {
                <form method="post" action=action>
                    <fieldset class="field">
                        <legend>{td_string!(words, sandbox.mandate_methods)}</legend>
                        <div class="choices">{method_choices(words)}</div>
                    </fieldset>
                    <button type="submit" class="button" name="button" value="give">{td_string!(words, sandbox.mandate_give)}</button>
                    " "
                    <button type="submit" class="button button-other" name="button" value="cancel">
                        {td_string!(words, sandbox.cancel)}
                    </button>
                </form>
            }
            .into_any()
        } else {
            view! {
                <p>{td_string!(words, sandbox.mandate_closed)}</p>
                <p><a class="button" href=return_url>{td_string!(words, sandbox.back_to_portal)}</a></p>
            }
            .into_any()
        };
        view! {
            <h1>{td_string!(words, sandbox.title)}</h1>
            <p class="lead">{lead}</p>
            {body}
        }
        .into_any()
    });
    Html(html).into_response()
}
