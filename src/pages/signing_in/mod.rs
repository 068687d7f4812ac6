//! How a customer signs in: a password or a passkey for who wants one. Whoever has been here for a while shows first who they are.

pub mod actions;
mod load;
mod proof;

use crate::components::devices::device_words;
use crate::components::form::{Button, ButtonKind, ErrorSummary, Field, FieldKind, HiddenField, Problems};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::passkey::{PasskeyForm, PasskeyUse};
use crate::components::proof::proof_problem;
use crate::components::text::unbroken;
use crate::domain::birth_date::TypedBirthDate;
use crate::domain::calendar::Date;
use crate::domain::coming_back::Device;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use actions::{AddPasskey, ChooseAlways, RemovePasskey, RemovePassword, SetPassword};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// The name of this screen's flash.
const SCREEN: &str = "signing_in";

/// What the screen shows.
pub struct SigningInView {
    /// They have just shown who they are, and may change what is here.
    pub proven: bool,
    pub has_password: bool,
    /// Oldest first.
    pub passkeys: Vec<ShownPasskey>,
    pub may_add_passkey: bool,
    /// A password or a passkey is asked for every time.
    pub always: bool,
    pub errors: Vec<(String, String)>,
    /// What was typed to show who they are.
    pub birth_date: TypedBirthDate,
    pub postal_code: String,
    pub minutes_to_wait: i64,
}

pub struct ShownPasskey {
    pub id: String,
    pub device: Device,
    pub added_on: Date,
    pub last_used_on: Option<Date>,
}

#[component]
pub fn SigningInPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get(paths::DONE));
    loaded(load::load(), move |view| view.map(|view| show(view, done)))
}

fn show(view: SigningInView, done: Option<String>) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |field, code| problem(field, code, minutes));
    let lead = match view.always {
        true => td_string!(words(), signing_in.lead_always),
        false => td_string!(words(), signing_in.lead),
    };
    let done = done.as_deref().and_then(done_words).filter(|_| problems.is_empty());
    let first = if view.proven { "password" } else { "birth_date" };
    let summary = view! { <ErrorSummary problems=problems.clone() first=first/> };
    let parts = match view.proven {
        true => parts(&view, &problems).into_any(),
        false => proof::ask(&view, &problems).into_any(),
    };
    view! {
        <Page title=td_string!(words(), signing_in.title) back=paths::YOU lead=lead>
            {summary}
            {done.map(|done| view! { <Notice kind=NoticeKind::Done><p>{done}</p></Notice> })}
            {parts}
            <p><a href=paths::DEVICES>{td_string!(words(), signing_in.devices_link)}</a></p>
        </Page>
    }
}

fn parts(view: &SigningInView, problems: &Problems) -> impl IntoView + use<> {
    let something_is_set = view.has_password || !view.passkeys.is_empty();
    let always = something_is_set.then(|| always(view.always));
    view! {
        {password(view.has_password, problems)}
        {passkeys(view)}
        {always}
    }
}

fn password(is_set: bool, problems: &Problems) -> impl IntoView + use<> {
    let (state, button) = match is_set {
        true => (td_string!(words(), signing_in.password_is_set), td_string!(words(), signing_in.password_change_button)),
        false => (td_string!(words(), signing_in.password_none), td_string!(words(), signing_in.password_set_button)),
    };
    view! {
        <section>
            <h2>{td_string!(words(), signing_in.password_title)}</h2>
            <p>{state}</p>
            <form method="post" action=SetPassword::PATH>
                <Field
                    name="password"
                    label=td_string!(words(), signing_in.password_new)
                    hint=td_string!(words(), signing_in.password_hint)
                    error=problems.of("password")
                    kind=FieldKind::Password
                    autocomplete="new-password"
                />
                <Button label=button kind=ButtonKind::Other/>
            </form>
            {is_set.then(|| view! {
                <form method="post" action=RemovePassword::PATH>
                    <Button label=td_string!(words(), signing_in.password_remove_button) kind=ButtonKind::Quiet/>
                </form>
            })}
        </section>
    }
}

fn passkeys(view: &SigningInView) -> impl IntoView + use<> {
    let items: Vec<_> = view.passkeys.iter().map(passkey).collect();
    let add = match view.may_add_passkey {
        true => view! {
            <PasskeyForm
                purpose=PasskeyUse::Add
                action=AddPasskey::PATH
                begin=paths::BEGIN_PASSKEY_ACTION
                label=td_string!(words(), signing_in.passkey_add)
                trouble=td_string!(words(), signing_in.passkey_trouble)
            />
            <noscript><p class="quiet">{td_string!(words(), signing_in.passkey_no_script)}</p></noscript>
        }
        .into_any(),
        false => view! { <p>{td_string!(words(), signing_in.passkey_full)}</p> }.into_any(),
    };
    view! {
        <section>
            <h2>{td_string!(words(), signing_in.passkey_title)}</h2>
            <p>{td_string!(words(), signing_in.passkey_lead)}</p>
            {(!items.is_empty()).then(|| view! { <ul>{items}</ul> })}
            {add}
        </section>
    }
}

fn passkey(passkey: &ShownPasskey) -> impl IntoView + use<> {
    let day = format::date(passkey.added_on, language());
    let text = td_string!(words(), signing_in.passkey_item, device = device_words(passkey.device), day = day.clone());
    let used = passkey.last_used_on.map(|on| td_string!(words(), signing_in.passkey_used, day = format::date(on, language())));
    view! {
        <li>
            <p>{text}" "{used}</p>
            <form method="post" action=RemovePasskey::PATH>
                <HiddenField name="passkey" value=passkey.id.clone()/>
                <Button label=td_string!(words(), signing_in.passkey_remove, day = day) kind=ButtonKind::Quiet/>
            </form>
        </li>
    }
}

fn always(is_on: bool) -> impl IntoView {
    let phone = frame().reach.phone.clone();
    let (text, wish, button) = match is_on {
        true => {
            (td_string!(words(), signing_in.always_off_lead).to_owned(), "no", td_string!(words(), signing_in.always_off_button))
        }
        false => {
            (td_string!(words(), signing_in.always_lead, phone = phone), "yes", td_string!(words(), signing_in.always_on_button))
        }
    };
    view! {
        <section>
            <h2>{td_string!(words(), signing_in.always_title)}</h2>
            <p>{unbroken(&text)}</p>
            <form method="post" action=ChooseAlways::PATH>
                <HiddenField name="always" value=wish/>
                <div class="field"><Button label=button kind=ButtonKind::Other/></div>
            </form>
        </section>
    }
}

fn done_words(code: &str) -> Option<&'static str> {
    match code {
        "proven" => Some(td_string!(words(), signing_in.done_proven)),
        "password_set" => Some(td_string!(words(), signing_in.done_password_set)),
        "password_removed" => Some(td_string!(words(), signing_in.done_password_removed)),
        "passkey_added" => Some(td_string!(words(), signing_in.done_passkey_added)),
        "passkey_removed" => Some(td_string!(words(), signing_in.done_passkey_removed)),
        "always_on" => Some(td_string!(words(), signing_in.done_always_on)),
        "always_off" => Some(td_string!(words(), signing_in.done_always_off)),
        _ => None,
    }
}

fn problem(field: &str, code: &str, minutes: i64) -> String {
    let text = match (field, code) {
        ("password", "too_long") => td_string!(words(), signing_in.password_too_long),
        ("password", "repetitive") => td_string!(words(), signing_in.password_repetitive),
        ("password", "guessed_first") => td_string!(words(), signing_in.password_guessed),
        ("password", "personal") => td_string!(words(), signing_in.password_personal),
        ("password", _) => td_string!(words(), signing_in.password_too_short),
        (_, "passkey") => td_string!(words(), signing_in.passkey_trouble),
        _ => return proof_problem(field, code, minutes),
    };
    text.to_owned()
}
