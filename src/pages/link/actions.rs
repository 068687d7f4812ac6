//! The door of a one-use link.

use super::SCREEN;
use crate::domain::birth_date::{BirthDateError, TypedBirthDate};
use crate::domain::coming_back::Way;
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::sign_in::{self as service, SignInOutcome};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "open_link")]
pub async fn open_link(
    #[server(default)] token: String,
    #[server(default)] birth_date_day: String,
    #[server(default)] birth_date_month: String,
    #[server(default)] birth_date_year: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if !paths::is_token(&token) {
        context::redirect(paths::LINK_GONE);
        return Ok(());
    }
    if context::knock_with_link(&state, &token).await?.is_none() {
        return Ok(());
    }
    let typed = TypedBirthDate::new(&birth_date_day, &birth_date_month, &birth_date_year);
    let date_of_birth = match typed.read(state.clock.today_in(&TimeZone::UTC)) {
        Ok(date) => date,
        Err(BirthDateError::Missing) => return refuse(&token, &typed, "birth_date", "missing", None).await,
        Err(BirthDateError::NotADate) => return refuse(&token, &typed, "birth_date", "not_a_date", None).await,
    };
    match service::with_link(&state, &token, date_of_birth, &context::visitor()).await.map_err(fail)? {
        SignInOutcome::Accepted { customer_id, browser } => {
            context::begin_session(&customer_id, Way::Link).await?;
            context::keep_browser(&browser);
            context::redirect(paths::ACCOUNT);
            Ok(())
        }
        SignInOutcome::Refused => refuse(&token, &typed, "", "no_match", None).await,
        SignInOutcome::Limited { until } => refuse(&token, &typed, "", "limited", Some(until)).await,
        SignInOutcome::LinkGone => {
            context::redirect(paths::LINK_GONE);
            Ok(())
        }
    }
}

async fn refuse(token: &str, typed: &TypedBirthDate, field: &str, code: &str, until: Option<i64>) -> Result<(), Failed> {
    let mut values = BTreeMap::from([
        ("birth_date_day".to_owned(), typed.day.clone()),
        ("birth_date_month".to_owned(), typed.month.clone()),
        ("birth_date_year".to_owned(), typed.year.clone()),
    ]);
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    let errors = vec![(field.to_owned(), code.to_owned())];
    context::refuse(&paths::link(token), Flash { screen: SCREEN.to_owned(), values, errors }).await
}
