//! Another postal address, to be checked before it holds.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldWidth, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::paths;
use crate::words::td_string;
use actions::KeepAddress;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "details_address";
/// The fields, in the order of an address's parts.
const FIELDS: [&str; 4] = ["street", "city", "state", "postal_code"];

/// Has no Debug: it holds an address.
pub struct AddressView {
    /// In the order of [`FIELDS`].
    pub typed: [String; 4],
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn DetailsAddressPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: AddressView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| problem(field, code).to_owned());
    let [street, city, state, postal_code] = view.typed;
    view! {
        <Page title=td_string!(words(), details.address_title) back=paths::DETAILS lead=td_string!(words(), details.address_lead)>
            <ErrorSummary problems=problems.clone() first=FIELDS[0]/>
            <form method="post" action=KeepAddress::PATH>
                <Field
                    name=FIELDS[0]
                    label=td_string!(words(), details.street)
                    hint=td_string!(words(), details.street_hint)
                    error=problems.of(FIELDS[0])
                    value=street
                    autocomplete="street-address"
                />
                <Field
                    name=FIELDS[1]
                    label=td_string!(words(), details.city)
                    error=problems.of(FIELDS[1])
                    value=city
                    autocomplete="address-level2"
                    longest=100
                />
                <Field
                    name=FIELDS[2]
                    label=td_string!(words(), details.state)
                    hint=td_string!(words(), details.state_hint)
                    error=problems.of(FIELDS[2])
                    value=state
                    width=FieldWidth::Short
                    autocomplete="address-level1"
                    longest=40
                />
                <Field
                    name=FIELDS[3]
                    label=td_string!(words(), sign_in.postal_code)
                    error=problems.of(FIELDS[3])
                    value=postal_code
                    width=FieldWidth::Short
                    autocomplete="postal-code"
                    longest=16
                />
                <Button label=td_string!(words(), details.address_check)/>
            </form>
        </Page>
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        ("street", "missing") => td_string!(words(), details.street_missing),
        ("city", "missing") => td_string!(words(), details.city_missing),
        ("postal_code", "missing") => td_string!(words(), sign_in.postal_code_missing),
        _ => td_string!(words(), details.address_unreadable),
    }
}
