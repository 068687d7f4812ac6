//! Where a customer is signed in, and when they came in.

pub mod actions;
mod load;

use crate::components::devices::device_words;
use crate::components::form::{Button, ButtonKind, HiddenField};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::table::{Column, DataTable};
use crate::components::text::unbroken;
use crate::domain::coming_back::{Device, Way};
use crate::domain::format::{self, LocalTime};
use crate::paths;
use crate::words::td_string;
use actions::EndSessions;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// What the screen shows.
pub struct DevicesView {
    /// The one used last first.
    pub sessions: Vec<ShownSession>,
    /// The newest first.
    pub tries: Vec<ShownTry>,
}

pub struct ShownSession {
    /// What it is called in the form that ends it.
    pub name: String,
    pub is_this_one: bool,
    pub device: Device,
    pub begun_at: LocalTime,
    pub last_used_at: LocalTime,
}

pub struct ShownTry {
    pub at: LocalTime,
    pub way: Way,
    pub came_in: bool,
}

#[component]
pub fn DevicesPage() -> impl IntoView {
    let ended = use_query_map().with_untracked(|query| query.get(paths::DONE)).is_some();
    loaded(load::load(), move |view| view.map(|view| show(view, ended)))
}

fn show(view: DevicesView, ended: bool) -> impl IntoView {
    let others = view.sessions.iter().any(|session| !session.is_this_one);
    let sessions: Vec<_> = view.sessions.into_iter().map(session).collect();
    view! {
        <Page title=td_string!(words(), devices.title) back=paths::SIGNING_IN lead=td_string!(words(), devices.lead)>
            {ended.then(|| view! { <Notice kind=NoticeKind::Done><p>{td_string!(words(), devices.ended)}</p></Notice> })}
            <ul>{sessions}</ul>
            {others.then(|| view! {
                <form method="post" action=EndSessions::PATH>
                    <Button label=td_string!(words(), devices.end_others) kind=ButtonKind::Other/>
                </form>
            })}
            {history(&view.tries)}
        </Page>
    }
}

fn session(session: ShownSession) -> impl IntoView {
    let begun = format::date_and_time(session.begun_at, language());
    let used = format::date_and_time(session.last_used_at, language());
    let end = td_string!(words(), devices.end, at = begun.clone());
    let this_one = session.is_this_one;
    view! {
        <li>
            <p>
                <strong>{device_words(session.device)}</strong>
                {this_one.then(|| format!(". {}", td_string!(words(), devices.this_one)))}
            </p>
            <p class="quiet">{td_string!(words(), devices.begun, at = begun, used = used)}</p>
            {(!this_one).then(|| view! {
                <form method="post" action=EndSessions::PATH>
                    <HiddenField name="session" value=session.name/>
                    <Button label=end kind=ButtonKind::Quiet/>
                </form>
            })}
        </li>
    }
}

fn history(tries: &[ShownTry]) -> impl IntoView + use<> {
    let lead = td_string!(words(), devices.history_lead, phone = frame().reach.phone.clone());
    let columns = vec![
        Column::text(td_string!(words(), devices.when)),
        Column::text(td_string!(words(), devices.how)),
        Column::text(td_string!(words(), devices.outcome)),
    ];
    let rows: Vec<Vec<String>> = tries
        .iter()
        .map(|tried| {
            let outcome = match tried.came_in {
                true => td_string!(words(), devices.came_in),
                false => td_string!(words(), devices.not_in),
            };
            vec![format::date_and_time(tried.at, language()), way_words(tried.way).to_owned(), outcome.to_owned()]
        })
        .collect();
    let table = match rows.is_empty() {
        true => view! { <p>{td_string!(words(), devices.history_empty)}</p> }.into_any(),
        false => {
            let caption = td_string!(words(), devices.history_caption);
            view! { <DataTable caption=caption columns=columns rows=rows/> }.into_any()
        }
    };
    view! {
        <section>
            <h2>{td_string!(words(), devices.history_title)}</h2>
            <p>{unbroken(&lead)}</p>
            {table}
        </section>
    }
}

fn way_words(way: Way) -> &'static str {
    match way {
        Way::Answers => td_string!(words(), devices.way.answers),
        Way::Link => td_string!(words(), devices.way.link),
        Way::Password => td_string!(words(), devices.way.password),
        Way::Passkey => td_string!(words(), devices.way.passkey),
    }
}
