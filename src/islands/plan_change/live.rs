//! What happens in the browser: reads the form as it is, computes, writes where the server wrote. `listen.js` calls it at every
//! change, so that nothing of Leptos is needed for it.

use super::{Plan, TypedChange, TypedWhatIf, Words, Wrong, change_preview, what_if_preview};
use crate::domain::format;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, FormData, HtmlElement, HtmlFormElement};
use wasm_bindgen::prelude::wasm_bindgen;

/// Draws what the form in this element leads to. A missing part is left out, never a reason to stop.
#[wasm_bindgen]
pub fn redraw_plan(root: &Element) {
    let Some(drawn) = part(root, "[data-plan]") else { return };
    let carried = |name| drawn.get_attribute(name).unwrap_or_default();
    let Some(plan) = Plan::from_attribute(&carried("data-plan")) else { return };
    let words = Words::from_attribute(&carried("data-words"));
    let form = part(root, "form").and_then(|form| FormData::new_with_form(form.unchecked_ref::<HtmlFormElement>()).ok());
    let field = |name: &str| form.as_ref().and_then(|data| data.get(name).as_string());
    let of = |name| field(name).unwrap_or_default();
    if field("kind").is_some() {
        let typed = TypedChange {
            kind: of("kind"),
            number: of("number"),
            on: of("on"),
            on_day: of("on_day"),
            on_month: of("on_month"),
            on_year: of("on_year"),
            frequency: of("frequency"),
            amount: of("amount"),
            payments: of("payments"),
        };
        drawn.set_inner_html(&change_preview(&plan, &words, &typed));
        return;
    }
    let typed = TypedWhatIf::read_from(field);
    match what_if_preview(&plan, &words, &typed) {
        Ok(html) => drawn.set_inner_html(&html),
        // An amount that is too large is told; what is not filled in yet is no mistake.
        Err(Wrong::AboveAll { all }) => {
            drawn.set_text_content(Some(&words.say("error_above", &[("all", &format::money(all, plan.language))])));
        }
        Err(Wrong::Field(_)) => drawn.set_text_content(Some(words.get("empty"))),
    }
}

fn part(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}
