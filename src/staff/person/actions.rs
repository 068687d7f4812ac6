//! The doors of what an administrator does about a colleague.

use super::CREDITOR;
use crate::domain::rights::Role;
use crate::paths;
use crate::server::context::{self, Failed, fail, staff};
use crate::server::services::staff::{self as service, By, Changed};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "staff_change_role")]
pub async fn staff_change_role(#[server(default)] person: String, #[server(default)] role: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let Some(role) = Role::from_code(&role) else {
        context::redirect(paths::STAFF_PEOPLE);
        return Ok(());
    };
    answer(&person, service::change_role(&state, &By::Colleague(member.id), &person, role).await.map_err(fail)?);
    Ok(())
}

/// Gives a partner the creditors that are ticked, and no others.
#[server(endpoint = "staff_give_creditors")]
pub async fn staff_give_creditors(#[server(flatten)] typed: BTreeMap<String, String>) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let person = typed.get("person").cloned().unwrap_or_default();
    let wanted: Vec<String> = typed.keys().filter_map(|field| field.strip_prefix(CREDITOR)).map(str::to_owned).collect();
    answer(&person, service::give_creditors(&state, &By::Colleague(member.id), &person, &wanted).await.map_err(fail)?);
    Ok(())
}

#[server(endpoint = "staff_disable")]
pub async fn staff_disable(#[server(default)] person: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    answer(&person, service::disable(&state, &By::Colleague(member.id), &person).await.map_err(fail)?);
    Ok(())
}

#[server(endpoint = "staff_enable")]
pub async fn staff_enable(#[server(default)] person: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    answer(&person, service::enable(&state, &By::Colleague(member.id), &person).await.map_err(fail)?);
    Ok(())
}

#[server(endpoint = "staff_end_sessions")]
pub async fn staff_end_sessions(#[server(default)] person: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    answer(&person, service::end_sessions(&state, &By::Colleague(member.id), &person).await.map_err(fail)?);
    Ok(())
}

#[server(endpoint = "staff_reset_second_factor")]
pub async fn staff_reset_second_factor(#[server(default)] person: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    answer(&person, service::reset_second_factor(&state, &By::Colleague(member.id), &person).await.map_err(fail)?);
    Ok(())
}

/// Makes a password that the page then shows, once.
#[server(endpoint = "staff_make_password")]
pub async fn staff_make_password(#[server(default)] person: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let Some(found) = service::person(&state, &person).await.map_err(fail)? else {
        context::redirect(paths::STAFF_PEOPLE);
        return Ok(());
    };
    let password = staff::password_for(&found.email, found.generation).ok_or(Failed::Machine)?;
    match service::make_password(&state, &By::Colleague(member.id), &person, &password).await.map_err(fail)? {
        Changed::Done => staff::show_password(&person, found.generation).await,
        changed => {
            answer(&person, changed);
            Ok(())
        }
    }
}

/// Leads back to the person's page, which says what came of it.
fn answer(person: &str, changed: Changed) {
    let what = match changed {
        Changed::Done => "done",
        Changed::Already => "already",
        Changed::LastAdministrator => "last",
        Changed::Yourself => "yourself",
        Changed::Unknown => {
            context::redirect(paths::STAFF_PEOPLE);
            return;
        }
    };
    context::redirect(&paths::done(&paths::staff_person(person), what));
}
