//! Showing once more who one is, in the place of everything that needs it.

use super::SigningInView;
use super::actions::ProveIdentity;
use crate::components::form::Problems;
use crate::components::frame::words;
use crate::components::proof::{AskProof, ask_proof};
use crate::words::td_string;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub fn ask(view: &SigningInView, problems: &Problems) -> impl IntoView + use<> {
    let ask = AskProof {
        action: ProveIdentity::PATH,
        what: None,
        always: view.always,
        has_password: view.has_password,
        has_passkeys: !view.passkeys.is_empty(),
        birth_date: view.birth_date.clone(),
        postal_code: view.postal_code.clone(),
    };
    view! {
        <section>
            <h2>{td_string!(words(), signing_in.prove_title)}</h2>
            <p>{td_string!(words(), signing_in.prove_lead)}</p>
            {ask_proof(ask, problems)}
        </section>
    }
}
