//! Whom I let help: what each may do, until when, what they did, and one button that ends it.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, HiddenField, LinkButton};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{Timeline, TimelineItem};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::helper::Right;
use crate::paths;
use crate::words::{right_words, td_string};
use actions::EndHelp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct Shown {
    pub helpers: Vec<ShownHelper>,
}

pub struct ShownHelper {
    pub id: String,
    pub name: String,
    pub rights: Vec<Right>,
    pub is_over: bool,
    pub last_day: Date,
    pub ended_on: Option<Date>,
    /// The link to hand over, and the code word to tell them.
    pub invitation: Option<(String, String)>,
    pub acts: Vec<Act>,
}

/// Something a helper did.
pub struct Act {
    pub on: Date,
    pub action: String,
}

#[component]
pub fn HelpersPage() -> impl IntoView {
    loaded(load::load(), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let none = shown.helpers.is_empty().then(|| view! { <p>{td_string!(words(), helper.none)}</p> });
    let helpers: Vec<_> = shown.helpers.into_iter().map(one).collect();
    view! {
        <Page title=td_string!(words(), helper.title) back=paths::YOU lead=td_string!(words(), helper.lead)>
            {none}
            <p><LinkButton href=paths::HELPER_ADD label=td_string!(words(), helper.add)/></p>
            {helpers}
        </Page>
    }
}

fn one(helper: ShownHelper) -> impl IntoView {
    let day = |on| format::long_date(on, language());
    let stands = match helper.ended_on {
        Some(on) => td_string!(words(), helper.ended_on, date = day(on)),
        None => td_string!(words(), helper.until, date = day(helper.last_day)),
    };
    let rights: Vec<_> = helper.rights.iter().map(|right| view! { <li>{right_words(*right, words())}</li> }).collect();
    let invitation = helper.invitation.map(|(link, code)| {
        view! {
            <Notice kind=NoticeKind::Plain title=td_string!(words(), helper.hand_over)>
                <p>{td_string!(words(), helper.hand_over_link)}</p>
                <p><code>{link}</code></p>
                <p>{td_string!(words(), helper.hand_over_code)}</p>
                <p><strong>{code}</strong></p>
            </Notice>
        }
    });
    let items: Vec<_> = helper.acts.iter().map(item).collect();
    let acts = if items.is_empty() {
        view! { <p class="quiet">{td_string!(words(), helper.did_nothing)}</p> }.into_any()
    } else {
        view! { <Timeline items/> }.into_any()
    };
    let end = (!helper.is_over).then(|| {
        view! {
            <form method="post" action=EndHelp::PATH>
                <HiddenField name="helper" value=helper.id/>
                <Button label=td_string!(words(), helper.end) kind=ButtonKind::Other/>
            </form>
        }
    });
    view! {
        <section>
            <h2>{helper.name}</h2>
            <p>{stands}</p>
            {invitation}
            <ul>{rights}</ul>
            {end}
            <h3>{td_string!(words(), helper.did)}</h3>
            {acts}
        </section>
    }
}

fn item(act: &Act) -> TimelineItem {
    let what = match act.action.as_str() {
        "helper.came_in" => td_string!(words(), helper.did_come_in),
        "draft.kept" => td_string!(words(), helper.did_draft),
        "message.received" | "dispute.added" => td_string!(words(), helper.did_message),
        "evidence.added" => td_string!(words(), helper.did_evidence),
        "hardship.begun" => td_string!(words(), helper.did_circumstances),
        "offers.shown" => td_string!(words(), helper.did_options),
        _ => td_string!(words(), helper.did_other),
    };
    TimelineItem { when: format::date(act.on, language()), what: what.to_owned(), more: None }
}
