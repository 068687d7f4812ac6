//! The old address and the new one, before the new one holds.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, HiddenField, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::summary::{SummaryList, SummaryRow};
use crate::paths;
use crate::words::td_string;
use actions::ConfirmAddress;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "details_address_check";

/// Has no Debug: it holds addresses.
pub struct CheckView {
    pub id: String,
    pub old: String,
    pub new: String,
    /// Letters are made and not yet printed.
    pub has_letters: bool,
    /// It was changed since it was shown.
    pub has_changed: bool,
}

#[component]
pub fn DetailsAddressCheckPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let changed = if view.has_changed { vec![(String::new(), String::new())] } else { Vec::new() };
    let problems = Problems::from_codes(&changed, |_, _| td_string!(words(), details.address_changed).to_owned());
    let letters = view.has_letters.then(|| view! { <p>{td_string!(words(), details.address_letters)}</p> });
    let rows = vec![
        SummaryRow::new(td_string!(words(), details.address_old), view.old),
        SummaryRow::new(td_string!(words(), details.address_new), view.new).with_change(
            paths::DETAILS_ADDRESS,
            td_string!(words(), details.change),
            td_string!(words(), details.address_new),
        ),
    ];
    view! {
        <Page title=td_string!(words(), details.check_title) back=paths::DETAILS_ADDRESS lead=td_string!(words(), details.check_lead)>
            <ErrorSummary problems/>
            <SummaryList rows/>
            {letters}
            <p>{td_string!(words(), details.check_zone)}</p>
            <form method="post" action=ConfirmAddress::PATH>
                <HiddenField name="shown" value=view.id/>
                <Button label=td_string!(words(), details.check_button)/>
            </form>
        </Page>
    }
}
