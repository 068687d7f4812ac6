//! A change that was looked at and not signed: what it was, with a way to go on and one to put it aside. Nothing changes meanwhile.

use super::change_words::change_line;
use super::form::{Button, ButtonKind, HiddenField, LinkButton, LinkKind};
use super::frame::words;
use super::notice::{Notice, NoticeKind};
use crate::domain::changing::Changed;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn KeptChange(agreement_id: String, changed: Changed) -> impl IntoView {
    let line = change_line(&changed);
    view! {
        <Notice kind=NoticeKind::Plain title=td_string!(words(), what_if.kept_title)>
            <p>{line}</p>
            <p>{td_string!(words(), what_if.kept_text)}</p>
            <p>
                <LinkButton
                    href=paths::change_check(&agreement_id)
                    label=td_string!(words(), what_if.kept_go)
                    kind=LinkKind::Other
                />
            </p>
            <form method="post" action=paths::PUT_CHANGE_ASIDE_ACTION>
                <HiddenField name="agreement" value=agreement_id/>
                <Button label=td_string!(words(), what_if.kept_aside) kind=ButtonKind::Other/>
            </form>
        </Notice>
    }
}
