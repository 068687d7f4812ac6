//! The address under which a promise stood before there were conversations: it leads to where it stands now.

use super::load;
use crate::components::loaded::{loaded, param};
use leptos::prelude::*;

#[component]
pub fn MessageReceivedPage() -> impl IntoView {
    loaded(load::received(param("reference")), |()| ())
}
