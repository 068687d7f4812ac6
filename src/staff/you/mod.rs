//! What is a person's own: how they sign in, where they are signed in, and who signed in as them.

pub mod actions;
mod load;

use crate::components::devices::device_words;
use crate::components::form::{Button, ButtonKind, HiddenField};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::table::{Column, DataTable};
use crate::domain::coming_back::Device;
use crate::domain::format::{self, LocalTime};
use crate::paths;
use crate::words::td_string;
use actions::StaffEndOwnSessions;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

pub struct YouView {
    pub sessions: Vec<ShownSession>,
    /// When, and the code of what came of it; the newest first.
    pub past: Vec<(LocalTime, &'static str)>,
    pub codes_left: i64,
}

pub struct ShownSession {
    /// What it is called in the form that ends it.
    pub name: String,
    pub is_this_one: bool,
    pub device: Device,
    pub begun_at: LocalTime,
    pub last_used_at: LocalTime,
}

#[component]
pub fn StaffYouPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get(paths::DONE));
    loaded(load::load(), move |view| view.map(|view| show(view, done)))
}

fn show(view: YouView, done: Option<String>) -> impl IntoView {
    let done = done.as_deref().and_then(done_words);
    let left = td_string!(words(), staff.you_codes_left, count = view.codes_left);
    let others = view.sessions.iter().any(|session| !session.is_this_one);
    let sessions: Vec<_> = view.sessions.into_iter().map(session).collect();
    view! {
        <Page title=td_string!(words(), staff.you_title) back=paths::STAFF>
            {done.map(|done| view! { <Notice kind=NoticeKind::Done><p>{done}</p></Notice> })}
            <ul class="plain-links">
                <li><a href=paths::STAFF_YOU_PASSWORD>{td_string!(words(), staff.you_password)}</a></li>
                <li><a href=paths::STAFF_YOU_AUTHENTICATOR>{td_string!(words(), staff.you_authenticator)}</a></li>
                <li><a href=paths::STAFF_YOU_RECOVERY_CODES>{td_string!(words(), staff.you_codes)}</a></li>
            </ul>
            <p>{left}</p>
            <section>
                <h2>{td_string!(words(), staff.you_sessions)}</h2>
                <ul>{sessions}</ul>
                {others.then(|| view! {
                    <form method="post" action=StaffEndOwnSessions::PATH>
                        <Button label=td_string!(words(), staff.you_end_others) kind=ButtonKind::Other/>
                    </form>
                })}
            </section>
            {history(&view.past)}
        </Page>
    }
}

fn session(session: ShownSession) -> impl IntoView {
    let begun = format::date_and_time(session.begun_at, language());
    let used = format::date_and_time(session.last_used_at, language());
    let end = td_string!(words(), staff.you_end, at = begun.clone());
    let this_one = session.is_this_one;
    view! {
        <li>
            <p>
                <strong>{device_words(session.device)}</strong>
                {this_one.then(|| format!(". {}", td_string!(words(), devices.this_one)))}
            </p>
            <p class="quiet">{td_string!(words(), staff.you_begun, at = begun, used = used)}</p>
            {(!this_one).then(|| view! {
                <form method="post" action=StaffEndOwnSessions::PATH>
                    <HiddenField name="session" value=session.name/>
                    <Button label=end kind=ButtonKind::Quiet/>
                </form>
            })}
        </li>
    }
}

fn history(past: &[(LocalTime, &'static str)]) -> impl IntoView + use<> {
    let columns = vec![Column::text(td_string!(words(), devices.when)), Column::text(td_string!(words(), devices.outcome))];
    let rows: Vec<Vec<String>> = past
        .iter()
        .map(|(at, code)| vec![format!("{} UTC", format::date_and_time(*at, language())), past_words(code).to_owned()])
        .collect();
    view! {
        <section>
            <h2>{td_string!(words(), staff.you_history)}</h2>
            <p>{td_string!(words(), staff.you_history_lead)}</p>
            <DataTable caption=td_string!(words(), devices.history_caption) columns=columns rows=rows/>
        </section>
    }
}

fn past_words(code: &str) -> &'static str {
    match code {
        "came_in" => td_string!(words(), staff.past.came_in),
        "wrong_password" => td_string!(words(), staff.past.wrong_password),
        "wrong_code" => td_string!(words(), staff.past.wrong_code),
        _ => td_string!(words(), staff.past.waited),
    }
}

fn done_words(code: &str) -> Option<&'static str> {
    match code {
        "password" => Some(td_string!(words(), staff.done.password)),
        "authenticator" => Some(td_string!(words(), staff.done.authenticator)),
        "codes" => Some(td_string!(words(), staff.done.codes)),
        "ended" => Some(td_string!(words(), staff.done.ended)),
        _ => None,
    }
}
