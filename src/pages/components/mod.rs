//! Every building block with named examples, in sandbox mode only: to look at, and for the accessibility tests to walk over.
//! Behind signing in, because some of them speak of debts.

mod examples;
mod load;

use crate::components::frame::words;
use crate::components::layout::Page;
use crate::words::td_string;
use examples::examples;
use leptos::prelude::*;

#[component]
pub fn ComponentsPage() -> impl IntoView {
    if !load::are_shown() {
        return ().into_any();
    }
    let sections: Vec<_> =
        examples().into_iter().map(|example| view! { <section><h2>{example.name}</h2>{example.view}</section> }).collect();
    view! { <Page title=td_string!(words(), components.title)>{sections}</Page> }.into_any()
}
