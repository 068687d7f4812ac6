//! Showing once more who one is, before an e-mail or a postal address is changed: both are what others could come in with.

pub mod actions;
mod load;

use crate::components::form::{ErrorSummary, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::proof::{AskProof, ask_proof, proof_problem};
use crate::domain::birth_date::TypedBirthDate;
use crate::paths;
use crate::words::td_string;
use actions::ProveForDetails;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "details_proof";

/// Where it leads then, by the code in its address.
fn goes_to(what: &str) -> Option<&'static str> {
    match what {
        "email" => Some(paths::DETAILS_EMAIL),
        "address" => Some(paths::DETAILS_ADDRESS),
        _ => None,
    }
}

/// Has no Debug: it holds what was typed.
pub struct ProofView {
    pub what: String,
    pub always: bool,
    pub has_password: bool,
    pub has_passkeys: bool,
    pub birth_date: TypedBirthDate,
    pub postal_code: String,
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn DetailsProofPage() -> impl IntoView {
    loaded(load::load(param("what")), |view| view.map(show))
}

fn show(view: ProofView) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |field, code| proof_problem(field, code, minutes));
    let first = if view.always { "current_password" } else { "birth_date" };
    let ask = AskProof {
        action: ProveForDetails::PATH,
        what: Some(view.what),
        always: view.always,
        has_password: view.has_password,
        has_passkeys: view.has_passkeys,
        birth_date: view.birth_date,
        postal_code: view.postal_code,
    };
    view! {
        <Page title=td_string!(words(), signing_in.prove_title) back=paths::DETAILS lead=td_string!(words(), details.prove_lead)>
            <ErrorSummary problems=problems.clone() first=first/>
            {ask_proof(ask, &problems)}
        </Page>
    }
}
