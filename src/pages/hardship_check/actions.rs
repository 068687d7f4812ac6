//! The door through which a hardship request is sent.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::hardship::{self, Sent};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Sends what was kept. Sent twice, it is sent once.
#[server(endpoint = "send_hardship")]
pub async fn send_hardship(account: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    match hardship::send(&state, &visitor.customer_id).await.map_err(context::fail)? {
        Sent::Sent { reference } => context::redirect(&paths::hardship_case(&reference)),
        Sent::NoDraft => context::redirect(&paths::hardship(&account)),
        Sent::NotWhole(errors) => {
            let flash = Flash { screen: SCREEN.to_owned(), values: BTreeMap::new(), errors };
            return context::refuse(&paths::hardship_check(&account), flash).await;
        }
    }
    Ok(())
}
