//! The doors of how a customer signs in. Each but the first asks that they have just shown who they are.

use super::SCREEN;
use crate::domain::birth_date::TypedBirthDate;
use crate::domain::ids::CustomerId;
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::sessions::Proven;
use crate::server::services::ways_in::{self, Added, Always, MadePasskey, Outcome, Set, WeakPassword};
use crate::server::state::AppState;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Shows once more who they are: by date of birth and postal code, or by the password they have.
#[server(endpoint = "prove_identity")]
pub async fn prove_identity(
    #[server(default)] birth_date_day: String,
    #[server(default)] birth_date_month: String,
    #[server(default)] birth_date_year: String,
    #[server(default)] postal_code: String,
    #[server(default)] current_password: String,
) -> Result<(), Failed> {
    let Some((state, customer)) = signed_in() else { return Ok(()) };
    let birth_date = TypedBirthDate::new(&birth_date_day, &birth_date_month, &birth_date_year);
    let typed = BTreeMap::from([
        ("birth_date_day".to_owned(), birth_date.day.clone()),
        ("birth_date_month".to_owned(), birth_date.month.clone()),
        ("birth_date_year".to_owned(), birth_date.year.clone()),
        ("postal_code".to_owned(), postal_code.clone()),
    ]);
    let today = state.clock.today_in(&TimeZone::UTC);
    let given = match ways_in::read_proof(&birth_date, &postal_code, current_password, today) {
        Ok(given) => given,
        Err((field, code)) => return refuse(typed, field, code).await,
    };
    match ways_in::prove(&state, &customer, given).await.map_err(fail)? {
        Outcome::Proven => {
            context::note_proof().await?;
            done("proven");
            Ok(())
        }
        Outcome::Refused => refuse(typed, "", "no_match").await,
        Outcome::Limited { until } => {
            let mut typed = typed;
            typed.insert("until".to_owned(), until.to_string());
            refuse(typed, "", "limited").await
        }
    }
}

#[server(endpoint = "set_password")]
pub async fn set_password(#[server(default)] password: String) -> Result<(), Failed> {
    let Some((state, proven)) = proven() else { return Ok(()) };
    match ways_in::set_password(&state, &proven, &password).await.map_err(fail)? {
        Set::Set => {
            done("password_set");
            Ok(())
        }
        Set::Weak(weak) => refuse(BTreeMap::new(), "password", weak_code(weak)).await,
    }
}

#[server(endpoint = "remove_password")]
pub async fn remove_password() -> Result<(), Failed> {
    let Some((state, proven)) = proven() else { return Ok(()) };
    ways_in::remove_password(&state, &proven).await.map_err(fail)?;
    done("password_removed");
    Ok(())
}

/// Whether a password or a passkey is asked for every time.
#[server(endpoint = "choose_always")]
pub async fn choose_always(#[server(default)] always: String) -> Result<(), Failed> {
    let Some((state, proven)) = proven() else { return Ok(()) };
    let (wish, what) = match always.as_str() {
        "yes" => (Always::Ask, "always_on"),
        "no" => (Always::Either, "always_off"),
        _ => {
            context::redirect(paths::SIGNING_IN);
            return Ok(());
        }
    };
    match ways_in::choose(&state, &proven, wish).await.map_err(fail)? {
        true => done(what),
        false => context::redirect(paths::SIGNING_IN),
    }
    Ok(())
}

/// Asks what a device needs to make a passkey; the script calls it when the button is pressed.
#[server(endpoint = "begin_passkey")]
pub async fn begin_passkey() -> Result<Option<ToMake>, Failed> {
    let Some((state, proven)) = proven() else { return Ok(None) };
    Ok(ways_in::begin_passkey(&state, &proven).await.map_err(fail)?.map(ToMake::from))
}

/// What a device made, filled in by the script.
#[server(endpoint = "add_passkey")]
pub async fn add_passkey(
    #[server(default)] client_data: String,
    #[server(default)] authenticator_data: String,
) -> Result<(), Failed> {
    let Some((state, proven)) = proven() else { return Ok(()) };
    let Some(made) = MadePasskey::read(&client_data, &authenticator_data) else {
        return refuse(BTreeMap::new(), "", "passkey").await;
    };
    match ways_in::add_passkey(&state, &proven, &made, context::device()).await.map_err(fail)? {
        Added::Added => {
            done("passkey_added");
            Ok(())
        }
        Added::TooMany => {
            context::redirect(paths::SIGNING_IN);
            Ok(())
        }
        Added::Refused(refusal) => {
            tracing::warn!(%refusal, "a passkey was not added");
            refuse(BTreeMap::new(), "", "passkey").await
        }
    }
}

#[server(endpoint = "remove_passkey")]
pub async fn remove_passkey(#[server(default)] passkey: String) -> Result<(), Failed> {
    let Some((state, proven)) = proven() else { return Ok(()) };
    ways_in::remove_passkey(&state, &proven, &passkey).await.map_err(fail)?;
    done("passkey_removed");
    Ok(())
}

fn signed_in() -> Option<(AppState, CustomerId)> {
    let (state, visitor) = (context::state()?, context::signed_in());
    if visitor.is_none() {
        context::redirect(paths::SIGN_IN);
    }
    Some((state, visitor?.customer_id))
}

/// Whoever has just shown who they are; others are led to where they can.
fn proven() -> Option<(AppState, Proven)> {
    let (state, visitor) = (context::state()?, context::signed_in());
    let proven = visitor.and_then(|visitor| visitor.proven(state.clock.real_now_millis()));
    if proven.is_none() {
        context::redirect(paths::SIGNING_IN);
    }
    Some((state, proven?))
}

fn done(what: &str) {
    context::redirect(&paths::done(paths::SIGNING_IN, what));
}

/// Keeps what was typed, never a password.
async fn refuse(values: BTreeMap<String, String>, field: &str, code: &str) -> Result<(), Failed> {
    let errors = vec![(field.to_owned(), code.to_owned())];
    context::refuse(paths::SIGNING_IN, Flash { screen: SCREEN.to_owned(), values, errors }).await
}

fn weak_code(weak: WeakPassword) -> &'static str {
    match weak {
        WeakPassword::TooShort => "too_short",
        WeakPassword::TooLong => "too_long",
        WeakPassword::Repetitive => "repetitive",
        WeakPassword::GuessedFirst => "guessed_first",
        WeakPassword::Personal => "personal",
    }
}

/// As the browser takes it: `PublicKeyCredentialCreationOptions`. Has no Debug: it holds a name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToMake {
    challenge: String,
    rp: Site,
    user: User,
    pub_key_cred_params: Vec<KeyKind>,
    exclude_credentials: Vec<MadeBefore>,
    authenticator_selection: Wanted,
    attestation: String,
    timeout: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Site {
    id: String,
    name: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeyKind {
    #[serde(rename = "type")]
    kind: String,
    alg: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MadeBefore {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// Kept on the device and found there without a name; the device makes sure who it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    resident_key: String,
    require_resident_key: bool,
    user_verification: String,
}

const PUBLIC_KEY: &str = "public-key";

impl From<ways_in::ToMake> for ToMake {
    fn from(to_make: ways_in::ToMake) -> Self {
        let kind = || PUBLIC_KEY.to_owned();
        ToMake {
            challenge: to_make.asked.challenge,
            rp: Site { id: to_make.asked.site_id, name: to_make.portal_name },
            user: User { id: to_make.user_handle, name: to_make.given_name.clone(), display_name: to_make.given_name },
            pub_key_cred_params: to_make.algorithms.into_iter().map(|alg| KeyKind { kind: kind(), alg }).collect(),
            exclude_credentials: to_make.made_before.into_iter().map(|id| MadeBefore { kind: kind(), id }).collect(),
            authenticator_selection: Wanted {
                resident_key: "required".to_owned(),
                require_resident_key: true,
                user_verification: "required".to_owned(),
            },
            attestation: "none".to_owned(),
            timeout: to_make.asked.lasts_millis,
        }
    }
}
