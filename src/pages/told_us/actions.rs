//! The door of telling it.

use super::SCREEN;
use crate::domain::life_event::{self, Whose, fields};
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::life_events::{self, Outcome, Teller};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Open to anybody. Whether it finds an account is not part of the answer.
#[server(endpoint = "tell_us")]
pub async fn tell_us(#[server(flatten)] typed: BTreeMap<String, String>) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if context::knock(&state, &Knock::Message(context::client_address())).await?.is_none() {
        return Ok(());
    }
    let visitor = context::signed_in();
    let whose = if visitor.is_some() { Whose::SignedIn } else { Whose::ToBeSaid };
    let mut typed: BTreeMap<String, String> = typed.into_iter().filter(|(name, _)| life_event::has_field(name)).collect();
    if whose == Whose::SignedIn {
        // The account is theirs; who else is named in the form does not matter.
        typed.remove(fields::FAMILY_NAME);
    }
    let today = state.clock.today_in(&TimeZone::UTC);
    let told = match life_event::read(&typed, whose, today) {
        Ok(told) => told,
        Err(errors) => return refuse(typed, errors, None).await,
    };
    let teller = Teller {
        customer: visitor.as_ref().map(|visitor| &visitor.customer_id),
        address: context::client_address(),
        language: context::language(),
    };
    match life_events::tell(&state, &teller, &told, &typed).await.map_err(fail)? {
        Outcome::Received { reference } => {
            context::redirect(&paths::told_us_received(&reference));
            Ok(())
        }
        Outcome::Limited { until } => refuse(typed, vec![(String::new(), "limited".to_owned())], Some(until)).await,
    }
}

async fn refuse(mut values: BTreeMap<String, String>, errors: Vec<(String, String)>, until: Option<i64>) -> Result<(), Failed> {
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    context::refuse(paths::TOLD_US, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
