//! The sandbox processor's own pages, in sandbox mode only. They stand for another company's: plain, labelled, without a
//! session of ours, and reached only by redirect.

use super::sandbox_mandate_page;
use crate::components::text::escaped;
use crate::domain::format;
use crate::domain::language::Language;
use crate::paths;
use crate::server::processors::sandbox::{Afterwards, ChargeRow, Method, SandboxProcessor, Shown};
use crate::server::state::AppState;
use crate::words::{Locale, locale, td_string};
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

pub fn routes(sandbox: Arc<SandboxProcessor>) -> Router<AppState> {
    Router::new()
        .route(&paths::sandbox_page("{charge}"), get(show).post(act))
        .merge(sandbox_mandate_page::routes())
        .layer(Extension(sandbox))
}

/// What was pressed: a test method, or one of the buttons.
#[derive(Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub button: String,
}

pub(super) type Sandbox = Extension<Arc<SandboxProcessor>>;

async fn show(State(state): State<AppState>, Extension(sandbox): Sandbox, Path(id): Path<String>) -> Response {
    match sandbox.charge(&id).await {
        Ok(Some(charge)) => page(&state, &charge),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broke(&error),
    }
}

async fn act(
    State(state): State<AppState>,
    Extension(sandbox): Sandbox,
    Path(id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let charge = match sandbox.charge(&id).await {
        Ok(Some(charge)) => charge,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return broke(&error),
    };
    if let Some(afterwards) = Afterwards::from_code(&pressed.button) {
        return match sandbox.happens(&id, afterwards).await {
            Ok(_) => Redirect::to(&charge.return_url).into_response(),
            Err(error) => broke(&error),
        };
    }
    let done = match (pressed.button.as_str(), Method::from_code(&pressed.method)) {
        ("cancel", _) => sandbox.close_charge(&id, "cancelled").await.map(|_| Some(Shown::Return)),
        ("confirm", _) => sandbox.confirm(&id, true).await.map(|_| Some(Shown::Return)),
        ("refuse", _) => sandbox.confirm(&id, false).await.map(|_| Some(Shown::Return)),
        (_, Some(method)) => sandbox.pay(&id, method).await,
        // Nothing chosen: the page again.
        (_, None) => return Redirect::to(&paths::sandbox_page(&id)).into_response(),
    };
    match done {
        Ok(Some(Shown::Confirmation)) => Redirect::to(&paths::sandbox_page(&id)).into_response(),
        Ok(Some(Shown::NoAnswer)) => {
            let words = locale(charge.language);
            let body = view! {
                <h1>{td_string!(words, sandbox.no_answer_title)}</h1>
                <p>{td_string!(words, sandbox.no_answer)}</p>
                <p><a class="button" href=charge.return_url.clone()>{td_string!(words, sandbox.back_to_portal)}</a></p>
            };
            let html = document(&state, charge.language, move || body.into_any());
            // Not as an error: the portal would write its own page over this one, without the way back.
            Html(html).into_response()
        }
        // Done, or it was done before (another tab, the back button): the portal knows how it stands.
        Ok(Some(Shown::Return) | None) => Redirect::to(&charge.return_url).into_response(),
        Err(error) => broke(&error),
    }
}

pub(super) fn broke(error: &impl std::fmt::Display) -> Response {
    tracing::error!(%error, "the sandbox processor broke");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn page(state: &AppState, charge: &ChargeRow) -> Response {
    let words = locale(charge.language);
    let amount = format::money(charge.amount, charge.language);
    let action = paths::sandbox_page(&charge.id);
    let return_url = charge.return_url.clone();
    let merchant = state.config.portal_name.clone();
    let facts = td_string!(words, sandbox.pay_to, amount = amount.clone(), merchant = merchant);
    let reference = td_string!(words, sandbox.reference, reference = charge.merchant_reference.clone());
    let body = match charge.state.as_str() {
        "open" => open_form(words, action, amount),
        "needs_confirmation" => confirmation_form(words, action),
        "succeeded" => paid_form(words, action, return_url),
        _ => view! {
            <p>{td_string!(words, sandbox.closed)}</p>
            <p><a class="button" href=return_url>{td_string!(words, sandbox.back_to_portal)}</a></p>
        }
        .into_any(),
    };
    let html = document(state, charge.language, move || {
        view! {
            <h1>{td_string!(words, sandbox.title)}</h1>
            <p class="lead">{facts}</p>
            <p>{reference}</p>
            {body}
        }
        .into_any()
    });
    Html(html).into_response()
}

fn open_form(words: Locale, action: String, amount: String) -> AnyView {
    view! {
        <form method="post" action=action>
            <fieldset class="field">
                <legend>{td_string!(words, sandbox.methods)}</legend>
                <div class="choices">{method_choices(words)}</div>
            </fieldset>
            <button type="submit" class="button" name="button" value="pay">
                {td_string!(words, sandbox.pay, amount = amount)}
            </button>
            " "
            <button type="submit" class="button button-other" name="button" value="cancel">{td_string!(words, sandbox.cancel)}</button>
        </form>
    }
    .into_any()
}

fn confirmation_form(words: Locale, action: String) -> AnyView {
    view! {
        <h2>{td_string!(words, sandbox.confirm_title)}</h2>
        <p>{td_string!(words, sandbox.confirm)}</p>
        <form method="post" action=action>
            <button type="submit" class="button" name="button" value="confirm">{td_string!(words, sandbox.confirm_yes)}</button>
            " "
            <button type="submit" class="button button-other" name="button" value="refuse">{td_string!(words, sandbox.confirm_no)}</button>
        </form>
    }
    .into_any()
}

/// What can happen to a payment after it was made.
fn paid_form(words: Locale, action: String, return_url: String) -> AnyView {
    let buttons: Vec<_> = Afterwards::ALL
        .into_iter()
        .map(|afterwards| {
            let label = match afterwards {
                Afterwards::Returned => td_string!(words, reversal.sandbox_return),
                Afterwards::ChargedBack => td_string!(words, reversal.sandbox_chargeback),
                Afterwards::WonBack => td_string!(words, reversal.sandbox_bring_back),
                Afterwards::RefundedElsewhere => td_string!(words, reversal.sandbox_refund),
            };
            view! {
                <p><button type="submit" class="button button-other" name="button" value=afterwards.code()>{label}</button></p>
            }
        })
        .collect();
    view! {
        <p>{td_string!(words, sandbox.closed)}</p>
        <p><a class="button" href=return_url>{td_string!(words, sandbox.back_to_portal)}</a></p>
        <h2>{td_string!(words, reversal.sandbox_title)}</h2>
        <form method="post" action=action>
            {buttons}
        </form>
    }
    .into_any()
}

/// The test methods to choose from.
pub(super) fn method_choices(words: Locale) -> AnyView {
    let choices: Vec<_> = Method::ALL
        .into_iter()
        .map(|method| {
            let id = format!("method-{}", method.code());
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="method" value=method.code()/>
                    <label for=id>{method_words(words, method)}</label>
                </div>
            }
        })
        .collect();
    choices.into_any()
}

fn method_words(words: Locale, method: Method) -> &'static str {
    match method {
        Method::Approved => td_string!(words, sandbox.method_approved),
        Method::ApprovedWebhookLate => td_string!(words, sandbox.method_webhook_late),
        Method::ApprovedWebhookTwice => td_string!(words, sandbox.method_webhook_twice),
        Method::ApprovedWebhookNever => td_string!(words, sandbox.method_webhook_never),
        Method::InsufficientFunds => td_string!(words, sandbox.method_insufficient_funds),
        Method::ExpiredCard => td_string!(words, sandbox.method_expired_card),
        Method::DoNotHonour => td_string!(words, sandbox.method_do_not_honour),
        Method::NeedsConfirmation => td_string!(words, sandbox.method_needs_confirmation),
        Method::Slow => td_string!(words, sandbox.method_slow),
        Method::SlowDeclined => td_string!(words, sandbox.method_slow_declined),
        Method::OutcomeUnknown => td_string!(words, sandbox.method_outcome_unknown),
    }
}

/// The whole page, with the sandbox's own head and label.
pub(super) fn document(state: &AppState, language: Language, body: impl FnOnce() -> AnyView) -> String {
    let words = locale(language);
    let stylesheet = state.stylesheet.to_string();
    let html = Owner::new().with(|| {
        view! {
            <html lang=language.tag()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="robots" content="noindex, nofollow"/>
                    <title inner_html=escaped(td_string!(words, sandbox.title))></title>
                    <link rel="icon" href=paths::FAVICON type="image/svg+xml"/>
                    <link rel="stylesheet" href=stylesheet/>
                </head>
                <body>
                    <header><p class="sandbox"><strong>{td_string!(words, sandbox.label)}</strong></p></header>
                    <main id="main">{body()}</main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{html}")
}
