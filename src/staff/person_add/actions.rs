//! The door of adding a person.

use super::SCREEN;
use crate::domain::rights::Role;
use crate::paths;
use crate::server::context::{Failed, fail, staff};
use crate::server::services::staff::{self as service, Added, By, NewPerson, normalised_email};
use leptos::prelude::*;

/// Adds somebody with a password that the next page shows, once.
#[server(endpoint = "staff_add_person")]
pub async fn staff_add_person(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] role: String,
) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let typed = [("email", email.as_str()), ("name", name.as_str()), ("role", role.as_str())];
    let here = paths::STAFF_PERSON_ADD;
    let Some(role) = Role::from_code(&role) else { return staff::refused(here, SCREEN, &typed, "role", "missing").await };
    let password = staff::password_for(&normalised_email(&email), 0).ok_or(Failed::Machine)?;
    let new = NewPerson { email: &email, name: &name, role };
    match service::add(&state, &By::Colleague(member.id), &new, &password).await.map_err(fail)? {
        Added::Added(id) => staff::show_password(&id, 0).await,
        Added::Duplicate => staff::refused(here, SCREEN, &typed, "email", "there").await,
        Added::NotAnAddress => staff::refused(here, SCREEN, &typed, "email", "wrong").await,
        Added::NoName | Added::Weak(_) => staff::refused(here, SCREEN, &typed, "name", "missing").await,
    }
}
