//! One-use links that let a customer in with their date of birth. The address is told once, to whoever asked for it; only
//! a digest of its token is kept.

use crate::domain::ids::normalise_reference;
use crate::paths;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::{self, NewLink};
use jiff::Timestamp;

const MILLIS_AN_HOUR: i64 = 3_600_000;

/// A link that was made: the only moment its address is known.
pub struct MadeLink {
    pub url: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("no account has this reference")]
    UnknownReference,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a link for the account with this reference, on behalf of the operator.
pub async fn make(state: &AppState, reference: &str) -> Result<MadeLink, LinkError> {
    let token = ids::new_token();
    let now = state.clock.real_now_millis();
    let expires_at = now + i64::from(state.config.link_valid_hours) * MILLIS_AN_HOUR;
    let mut tx = state.db.begin_write().await?;
    let account =
        sign_in::find_by_reference(&mut tx, &normalise_reference(reference)).await?.ok_or(LinkError::UnknownReference)?;
    let link = NewLink {
        token_digest: &digest::of_secret(&token),
        account_id: &account.account_id,
        created_by: "operator",
        created_at: now,
        expires_at,
    };
    sign_in::insert_link(&mut tx, &link).await?;
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Operator,
        action: "sign_in_link.made",
        customer_id: Some(account.customer_id.clone()),
        account_id: Some(account.account_id.clone()),
        subject_id: None,
        details: serde_json::json!({ "expires_at": expires_at }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(MadeLink {
        url: format!("{}{}", state.config.public_url, paths::link(&token)),
        expires_at: Timestamp::from_millisecond(expires_at).unwrap_or(Timestamp::MAX),
    })
}
