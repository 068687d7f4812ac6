//! The doors of the sign-in screen.

use super::SCREEN;
use super::form::SignInForm;
use crate::domain::birth_date::TypedBirthDate;
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::door;
use crate::server::services::sign_in::{self as service, Answers, SignInOutcome};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] reference: String,
    #[server(default)] birth_date_day: String,
    #[server(default)] birth_date_month: String,
    #[server(default)] birth_date_year: String,
    #[server(default)] postal_code: String,
    #[server(default)] next: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(ticket) = context::knock(&state, &Knock::SignIn(context::client_address())).await? else { return Ok(()) };
    let birth_date = TypedBirthDate::new(&birth_date_day, &birth_date_month, &birth_date_year);
    let form = SignInForm::new(&reference, birth_date, &postal_code);
    let next = Some(next).filter(|next| paths::is_own_page(next));
    let date_of_birth = match form.check(state.clock.today_in(&TimeZone::UTC)) {
        Ok(date) => date,
        Err(errors) => return refuse(&form, next, errors, None).await,
    };
    let answers = Answers { reference: &form.reference, date_of_birth, postal_code: &form.postal_code };
    let outcome = service::with_answers(&state, &answers, &context::visitor()).await.map_err(fail)?;
    let whole_form = |code: &str| vec![(String::new(), code.to_owned())];
    match outcome {
        SignInOutcome::Accepted { customer_id, browser } => {
            door::give_back(&state, &ticket).await.map_err(fail)?;
            context::begin_session(&customer_id).await?;
            context::keep_browser(&browser);
            context::redirect(next.as_deref().unwrap_or(paths::ACCOUNT));
            Ok(())
        }
        SignInOutcome::Refused | SignInOutcome::LinkGone => refuse(&form, next, whole_form("no_match"), None).await,
        SignInOutcome::Limited { until } => refuse(&form, next, whole_form("limited"), Some(until)).await,
    }
}

/// Keeps what was typed: whoever made one slip corrects one field.
async fn refuse(
    form: &SignInForm,
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
    values.extend(next.map(|next| (paths::NEXT.to_owned(), next)));
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    context::refuse(paths::SIGN_IN, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
