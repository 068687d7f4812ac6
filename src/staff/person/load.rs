//! One of those who work here.

use super::PersonView;
use crate::domain::rights::{Action, Role};
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed, fail, staff};
use crate::server::services::staff as service;
use jiff::tz::TimeZone;

/// `None` where there is nobody of this id, and the answer leads to everybody.
pub async fn load(id: String) -> Result<Option<PersonView>, Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(None) };
    let Some(person) = service::person(&state, &id).await.map_err(fail)? else {
        context::redirect(paths::STAFF_PEOPLE);
        return Ok(None);
    };
    let creditors = match person.role {
        Role::Partner => service::creditors(&state).await.map_err(fail)?,
        Role::Agent | Role::Reviewer | Role::Manager | Role::Administrator | Role::Auditor => Vec::new(),
    };
    let creditors = creditors.into_iter().map(|(id, name)| {
        let given = person.creditors.contains(&id);
        (id, name, given)
    });
    let creditors = creditors.collect();
    Ok(Some(PersonView {
        made: staff::made_password(&person),
        added_on: clock::date_of(person.added_at, &TimeZone::UTC),
        is_disabled: person.disabled_at.is_some(),
        is_yourself: person.id == member.id,
        may_change: member.may(Action::ManageStaff),
        id: person.id,
        name: person.name,
        email: person.email,
        role: person.role,
        creditors,
    }))
}
