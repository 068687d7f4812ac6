//! The live plan builder.

use leptos::prelude::*;

#[island]
pub fn PlanBuilder() -> impl IntoView {
    let (count, set_count) = signal(0_i32);
    view! { <button type="button" on:click=move |_| set_count.update(|n| *n += 1)>{count}</button> }
}
