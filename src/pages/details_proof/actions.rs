//! The door of showing who one is.

use super::{SCREEN, goes_to};
use crate::domain::birth_date::TypedBirthDate;
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::ways_in::{self, Outcome};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "prove_for_details")]
pub async fn prove_for_details(
    #[server(default)] what: String,
    #[server(default)] birth_date_day: String,
    #[server(default)] birth_date_month: String,
    #[server(default)] birth_date_year: String,
    #[server(default)] postal_code: String,
    #[server(default)] current_password: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(then) = goes_to(&what) else {
        context::redirect(paths::DETAILS);
        return Ok(());
    };
    let birth_date = TypedBirthDate::new(&birth_date_day, &birth_date_month, &birth_date_year);
    let mut typed = BTreeMap::from([
        ("birth_date_day".to_owned(), birth_date.day.clone()),
        ("birth_date_month".to_owned(), birth_date.month.clone()),
        ("birth_date_year".to_owned(), birth_date.year.clone()),
        ("postal_code".to_owned(), postal_code.clone()),
    ]);
    let today = state.clock.today_in(&TimeZone::UTC);
    let given = match ways_in::read_proof(&birth_date, &postal_code, current_password, today) {
        Ok(given) => given,
        Err((field, code)) => return refuse(&what, typed, field, code).await,
    };
    match ways_in::prove(&state, &visitor.customer_id, given).await.map_err(fail)? {
        Outcome::Proven => {
            context::note_proof().await?;
            context::redirect(then);
            Ok(())
        }
        Outcome::Refused => refuse(&what, typed, "", "no_match").await,
        Outcome::Limited { until } => {
            typed.insert("until".to_owned(), until.to_string());
            refuse(&what, typed, "", "limited").await
        }
    }
}

/// Keeps what was typed, never a password.
async fn refuse(what: &str, values: BTreeMap<String, String>, field: &str, code: &str) -> Result<(), Failed> {
    let errors = vec![(field.to_owned(), code.to_owned())];
    context::refuse(&paths::details_proof(what), Flash { screen: SCREEN.to_owned(), values, errors }).await
}
