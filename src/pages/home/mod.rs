//! The door: neutral, before anyone has said who they are.

use crate::islands::plan_builder::PlanBuilder;
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <h1>"Evenkeel"</h1>
        <PlanBuilder/>
    }
}
