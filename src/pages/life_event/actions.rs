//! The door of saying that it is not so.

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::life_events::{self, Contradicted};
use leptos::prelude::*;

/// One step: what was told about whoever is signed in ends, if nobody has checked it.
#[server(endpoint = "contradict_life_event")]
pub async fn contradict_life_event(#[server(default)] reference: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    match life_events::contradict(&state, &visitor.customer_id, &reference).await.map_err(context::fail)? {
        Contradicted::Done | Contradicted::Confirmed => context::redirect(&paths::life_event(&reference)),
        Contradicted::NotTheirs => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
