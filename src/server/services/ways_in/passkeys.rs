//! Passkeys: what a device is asked to sign, and adding and removing one.

use super::{ask_no_more_for_nothing, tell};
use crate::domain::coming_back::Device;
use crate::domain::ids::CustomerId;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::security::webauthn::{self, Refusal, Site};
use crate::server::services::Failure;
use crate::server::services::sessions::Proven;
use crate::server::state::AppState;
use crate::server::store::ways_in::{self, PasskeyRow, Purpose};
use crate::server::store::{StoreError, customers};

/// So long a device may take.
const CHALLENGE_LASTS_MILLIS: i64 = 5 * 60_000;
/// More devices than anybody has.
pub const MOST_PASSKEYS: usize = 10;

/// What a device is asked to sign, for which site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChallenge {
    pub challenge: String,
    pub site_id: String,
    pub lasts_millis: i64,
}

/// What a device needs to know to make a passkey.
#[derive(Clone, PartialEq, Eq)]
pub struct ToMake {
    pub asked: NewChallenge,
    pub portal_name: String,
    /// What the device keeps to know whose it is: nothing that means anything elsewhere. base64url.
    pub user_handle: String,
    /// What it is called among other passkeys on the device: their given name, so that two of a household are told apart.
    pub given_name: String,
    /// COSE numbers, the best first.
    pub algorithms: Vec<i64>,
    /// Devices that have one already.
    pub made_before: Vec<String>,
}

/// Asks a device of a customer's to make a passkey. `None` where the portal has no name, or there are enough.
pub async fn begin_passkey(state: &AppState, proven: &Proven) -> Result<Option<ToMake>, Failure> {
    let customer = proven.customer();
    let Some(site) = Site::of(&state.config.public_url) else { return Ok(None) };
    let mut tx = state.db.begin_write().await?;
    let passkeys = ways_in::passkeys(&mut *tx, customer).await?;
    if passkeys.len() >= MOST_PASSKEYS {
        return Ok(None);
    }
    let given_name = customers::mail_details(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?.given_name;
    let challenge = ids::new_token();
    let expires_at = state.clock.real_now_millis() + CHALLENGE_LASTS_MILLIS;
    ways_in::insert_challenge(&mut tx, &digest::of_secret(&challenge), Purpose::Add, Some(customer), expires_at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(ToMake {
        asked: NewChallenge { challenge, site_id: site.id, lasts_millis: CHALLENGE_LASTS_MILLIS },
        portal_name: state.config.portal_name.clone(),
        user_handle: webauthn::encode(customer.as_str().as_bytes()),
        given_name,
        algorithms: webauthn::ALGORITHMS.to_vec(),
        made_before: passkeys.into_iter().map(|passkey| passkey.credential_id).collect(),
    }))
}

/// What a device made, as it came.
pub struct MadePasskey {
    pub client_data: Vec<u8>,
    pub authenticator_data: Vec<u8>,
}

impl MadePasskey {
    /// Reads it as the script sends it, in base64url. `None` for what no device sends.
    pub fn read(client_data: &str, authenticator_data: &str) -> Option<MadePasskey> {
        Some(MadePasskey {
            client_data: webauthn::decode(client_data)?,
            authenticator_data: webauthn::decode(authenticator_data)?,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Added,
    Refused(Refusal),
    /// Ten are enough.
    TooMany,
}

/// Adds a passkey that a device made for a challenge of ours.
pub async fn add_passkey(state: &AppState, proven: &Proven, made: &MadePasskey, device: Device) -> Result<Added, Failure> {
    let customer = proven.customer();
    let (Some(site), Some(challenge)) = (Site::of(&state.config.public_url), webauthn::challenge_of(&made.client_data)) else {
        return Ok(Added::Refused(Refusal::Unreadable));
    };
    let now = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    let digest = digest::of_secret(&challenge);
    let is_ours = ways_in::take_challenge(&mut tx, &digest, Purpose::Add, Some(customer), now).await?;
    let checked = match is_ours {
        true => webauthn::check_new(&made.client_data, &made.authenticator_data, &challenge, &site),
        false => Err(Refusal::WrongChallenge),
    };
    let added = match checked {
        Ok(new) => {
            ways_in::lock(&mut tx, customer).await?;
            let passkey = PasskeyRow {
                id: ids::new_id(),
                customer_id: customer.to_string(),
                credential_id: new.credential_id,
                public_key: new.public_key,
                counter: i64::from(new.counter),
                browser: device.browser.code().to_owned(),
                system: device.system.code().to_owned(),
                created_at: now,
                last_used_at: None,
            };
            if ways_in::passkeys(&mut *tx, customer).await?.len() >= MOST_PASSKEYS {
                Added::TooMany
            } else if ways_in::insert_passkey(&mut tx, &passkey).await? {
                tell(state, &mut tx, customer, "passkey.added").await?;
                Added::Added
            } else {
                Added::Refused(Refusal::WrongKind)
            }
        }
        Err(refusal) => Added::Refused(refusal),
    };
    // The challenge is used up, whatever came of it.
    tx.commit().await.map_err(StoreError::from)?;
    Ok(added)
}

/// Removes one. Removed twice, it is removed.
pub async fn remove_passkey(state: &AppState, proven: &Proven, id: &str) -> Result<(), Failure> {
    let customer = proven.customer();
    let mut tx = state.db.begin_write().await?;
    ways_in::lock(&mut tx, customer).await?;
    if ways_in::delete_passkey(&mut tx, customer, id).await? {
        ask_no_more_for_nothing(&mut tx, customer).await?;
        tell(state, &mut tx, customer, "passkey.removed").await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(())
}

/// Asks whatever device is there to sign, before anybody has said who they are. `None` where the portal has no name.
pub async fn challenge_for_sign_in(state: &AppState) -> Result<Option<NewChallenge>, Failure> {
    let Some(site) = Site::of(&state.config.public_url) else { return Ok(None) };
    let challenge = ids::new_token();
    let expires_at = state.clock.real_now_millis() + CHALLENGE_LASTS_MILLIS;
    let mut tx = state.db.begin_write().await?;
    let nobody: Option<&CustomerId> = None;
    ways_in::insert_challenge(&mut tx, &digest::of_secret(&challenge), Purpose::SignIn, nobody, expires_at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(NewChallenge { challenge, site_id: site.id, lasts_millis: CHALLENGE_LASTS_MILLIS }))
}
