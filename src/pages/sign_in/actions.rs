//! The doors of the sign-in screen.

use super::SCREEN;
use super::form::SignInForm;
use crate::domain::birth_date::TypedBirthDate;
use crate::domain::coming_back::Way;
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::door::{self, Ticket};
use crate::server::services::sign_in::{self as service, Answers, PasskeyAnswer, SignInOutcome};
use crate::server::services::ways_in;
use crate::server::state::AppState;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] reference: String,
    #[server(default)] birth_date_day: String,
    #[server(default)] birth_date_month: String,
    #[server(default)] birth_date_year: String,
    #[server(default)] postal_code: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(ticket) = context::knock(&state, &Knock::SignIn(context::client_address())).await? else { return Ok(()) };
    let birth_date = TypedBirthDate::new(&birth_date_day, &birth_date_month, &birth_date_year);
    let form = SignInForm::new(&reference, birth_date, &postal_code);
    let next = Some(next).filter(|next| paths::is_own_page(next));
    if !password.is_empty() {
        return by_password(&state, &ticket, &form, password, next).await;
    }
    let date_of_birth = match form.check(state.clock.today_in(&TimeZone::UTC)) {
        Ok(date) => date,
        Err(errors) => return refuse((&form, Way::Answers), next, errors, None).await,
    };
    let answers = Answers { reference: &form.reference, date_of_birth, postal_code: &form.postal_code };
    let outcome = service::with_answers(&state, &answers, &context::visitor()).await.map_err(fail)?;
    answer(&state, &ticket, (&form, Way::Answers), next, outcome).await
}

async fn by_password(
    state: &AppState,
    ticket: &Ticket,
    form: &SignInForm,
    password: String,
    next: Option<String>,
) -> Result<(), Failed> {
    if let Err(errors) = form.check_for_password() {
        return refuse((form, Way::Password), next, errors, None).await;
    }
    let outcome = service::with_password(state, &form.reference, password, &context::visitor()).await.map_err(fail)?;
    answer(state, ticket, (form, Way::Password), next, outcome).await
}

/// What a device signed, filled in by the script of [`crate::components::passkey`].
#[server(endpoint = "sign_in_passkey")]
pub async fn sign_in_passkey(
    #[server(default)] credential: String,
    #[server(default)] client_data: String,
    #[server(default)] authenticator_data: String,
    #[server(default)] signature: String,
    #[server(default)] user_handle: String,
    #[server(default)] next: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(ticket) = context::knock(&state, &Knock::SignIn(context::client_address())).await? else { return Ok(()) };
    let next = Some(next).filter(|next| paths::is_own_page(next));
    let form = SignInForm::new("", TypedBirthDate::default(), "");
    let read = PasskeyAnswer::read(&credential, &client_data, &authenticator_data, &signature, &user_handle);
    let Some(signed) = read else {
        return refuse((&form, Way::Passkey), next, whole_form("passkey"), None).await;
    };
    let outcome = service::with_passkey(&state, &signed, &context::visitor()).await.map_err(fail)?;
    answer(&state, &ticket, (&form, Way::Passkey), next, outcome).await
}

/// Asks what a device has to sign; the script calls it when the button is pressed.
#[server(endpoint = "begin_passkey_sign_in")]
pub async fn begin_passkey_sign_in() -> Result<Option<ToSign>, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if context::knock(&state, &Knock::Passkey(context::client_address())).await?.is_none() {
        return Ok(None);
    }
    let challenge = ways_in::challenge_for_sign_in(&state).await.map_err(fail)?;
    Ok(challenge.map(|asked| ToSign {
        challenge: asked.challenge,
        rp_id: asked.site_id,
        timeout: asked.lasts_millis,
        user_verification: "required".to_owned(),
    }))
}

/// As the browser takes it: `PublicKeyCredentialRequestOptions`. Names no passkey, so that the device shows those it has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToSign {
    challenge: String,
    #[serde(rename = "rpId")]
    rp_id: String,
    timeout: i64,
    #[serde(rename = "userVerification")]
    user_verification: String,
}

fn whole_form(code: &str) -> Vec<(String, String)> {
    vec![(String::new(), code.to_owned())]
}

async fn answer(
    state: &AppState,
    ticket: &Ticket,
    (form, way): (&SignInForm, Way),
    next: Option<String>,
    outcome: SignInOutcome,
) -> Result<(), Failed> {
    match outcome {
        SignInOutcome::Accepted { customer_id, browser } => {
            door::give_back(state, ticket).await.map_err(fail)?;
            context::begin_session(&customer_id, way).await?;
            context::keep_browser(&browser);
            context::redirect(next.as_deref().unwrap_or(paths::ACCOUNT));
            Ok(())
        }
        SignInOutcome::Refused | SignInOutcome::LinkGone => {
            let code = if way == Way::Passkey { "passkey" } else { "no_match" };
            refuse((form, way), next, whole_form(code), None).await
        }
        SignInOutcome::Limited { until } => refuse((form, way), next, whole_form("limited"), Some(until)).await,
    }
}

/// Keeps what was typed, never a password: whoever made one slip corrects one field.
async fn refuse(
    (form, way): (&SignInForm, Way),
    next: Option<String>,
    errors: Vec<(String, String)>,
    until: Option<i64>,
) -> Result<(), Failed> {
    let mut values = BTreeMap::from([
        ("reference".to_owned(), form.reference.clone()),
        ("birth_date_day".to_owned(), form.birth_date.day.clone()),
        ("birth_date_month".to_owned(), form.birth_date.month.clone()),
        ("birth_date_year".to_owned(), form.birth_date.year.clone()),
        ("postal_code".to_owned(), form.postal_code.clone()),
    ]);
    if way == Way::Password {
        values.insert("by_password".to_owned(), "1".to_owned());
    }
    values.extend(next.map(|next| (paths::NEXT.to_owned(), next)));
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    context::refuse(paths::SIGN_IN, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
