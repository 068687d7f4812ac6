//! Another e-mail address: typed here, and theirs with the code that goes to it.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, ErrorSummary, Field, FieldKind, FieldWidth, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::details::{CODE_LASTS_MINUTES, MOST_CODES_AN_HOUR};
use crate::paths;
use crate::words::td_string;
use actions::{AskEmailCode, EnterEmailCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "details_email";
const EMAIL: &str = "email";
const CODE: &str = "code";

/// Has no Debug: it holds addresses.
pub struct EmailView {
    pub now: Option<String>,
    /// The one that waits for its code.
    pub waiting: Option<String>,
    pub typed: Option<String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn DetailsEmailPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: EmailView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, problem);
    let first = if view.waiting.is_some() { CODE } else { EMAIL };
    let now = match view.now.clone() {
        Some(email) => td_string!(words(), details.email_now, email = email),
        None => td_string!(words(), details.email_none).to_owned(),
    };
    let code = view.waiting.clone().map(|email| code(email, &problems));
    view! {
        <Page title=td_string!(words(), details.email_title) back=paths::DETAILS lead=now>
            <ErrorSummary problems=problems.clone() first=first/>
            {code}
            {address(&view, &problems)}
        </Page>
    }
}

fn code(email: String, problems: &Problems) -> impl IntoView + use<> {
    let sent = td_string!(words(), details.code_sent, email = email, minutes = CODE_LASTS_MINUTES);
    view! {
        <section>
            <h2>{td_string!(words(), details.code_title)}</h2>
            <p>{sent}</p>
            <form method="post" action=EnterEmailCode::PATH>
                <Field
                    name=CODE
                    label=td_string!(words(), details.code)
                    hint=td_string!(words(), details.code_hint)
                    error=problems.of(CODE)
                    kind=FieldKind::Digits
                    width=FieldWidth::Short
                    autocomplete="one-time-code"
                    longest=20
                />
                <Button label=td_string!(words(), details.code_button)/>
            </form>
        </section>
    }
}

fn address(view: &EmailView, problems: &Problems) -> impl IntoView + use<> {
    let (kind, button, again) = match view.waiting {
        Some(_) => (
            ButtonKind::Other,
            td_string!(words(), details.email_again),
            Some(view! { <h2>{td_string!(words(), details.email_again_title)}</h2> }),
        ),
        None => (ButtonKind::Main, td_string!(words(), details.email_button), None),
    };
    view! {
        <section>
            {again}
            <form method="post" action=AskEmailCode::PATH>
                <Field
                    name=EMAIL
                    label=td_string!(words(), details.email_new)
                    hint=td_string!(words(), details.email_hint)
                    error=problems.of(EMAIL)
                    value=view.typed.clone().or_else(|| view.waiting.clone())
                    kind=FieldKind::Email
                    autocomplete="email"
                    longest=254
                />
                <Button label=button kind=kind/>
            </form>
        </section>
    }
}

fn problem(field: &str, code: &str) -> String {
    match (field, code) {
        (CODE, "wrong") => td_string!(words(), details.code_wrong).to_owned(),
        (_, "tried_too_often") => td_string!(words(), details.code_tried_too_often).to_owned(),
        (_, "expired") => td_string!(words(), details.code_expired).to_owned(),
        (_, "none_asked") => td_string!(words(), details.code_none).to_owned(),
        (_, "same") => td_string!(words(), details.email_same).to_owned(),
        (_, "too_many") => td_string!(words(), details.email_too_many, count = MOST_CODES_AN_HOUR),
        (_, "came_back") => td_string!(words(), details.email_came_back).to_owned(),
        (_, "cannot_send") => td_string!(words(), details.email_cannot_send).to_owned(),
        _ => td_string!(words(), details.email_not_an_address).to_owned(),
    }
}
