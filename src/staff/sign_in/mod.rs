//! The door of those who work here: their address and their password.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::paths;
use crate::words::td_string;
use actions::StaffSignIn;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// The name of this screen's flash.
const SCREEN: &str = "staff_sign_in";

pub struct SignInView {
    pub email: String,
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffSignInPage() -> impl IntoView {
    let signed_out = use_query_map().with_untracked(|query| query.get(paths::DONE)).is_some();
    loaded(load::load(), move |view| show(view, signed_out))
}

fn show(view: SignInView, signed_out: bool) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |_, code| match code {
        "limited" => td_string!(words(), staff.limited, minutes = minutes),
        _ => td_string!(words(), staff.no_match).to_owned(),
    });
    let signed_out = signed_out && problems.is_empty();
    view! {
        <Page title=td_string!(words(), staff.sign_in_title) lead=td_string!(words(), staff.sign_in_lead)>
            <ErrorSummary problems=problems first="email"/>
            {signed_out.then(|| view! { <Notice kind=NoticeKind::Done><p>{td_string!(words(), staff.signed_out)}</p></Notice> })}
            <form method="post" action=StaffSignIn::PATH>
                <Field
                    name="email"
                    label=td_string!(words(), staff.email)
                    value=view.email
                    kind=FieldKind::Email
                    autocomplete="username"
                    longest=254
                />
                <Field
                    name="password"
                    label=td_string!(words(), staff.password)
                    kind=FieldKind::Password
                    autocomplete="current-password"
                />
                <Button label=td_string!(words(), staff.sign_in_button)/>
            </form>
            <p><a href=paths::SIGN_IN>{td_string!(words(), staff.sign_in_customers)}</a></p>
        </Page>
    }
}
