//! Everybody, by name.

use super::{Colleague, PeopleView, Stands};
use crate::domain::rights::Action;
use crate::server::context::{Failed, fail, staff};
use crate::server::services::staff::{self as service, Person};

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<PeopleView>, Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(None) };
    let people = service::people(&state).await.map_err(fail)?;
    let people = people.into_iter().map(|person| Colleague {
        stands: stands(&person),
        id: person.id,
        name: person.name,
        role: person.role,
    });
    Ok(Some(PeopleView { people: people.collect(), may_add: member.may(Action::ManageStaff) }))
}

fn stands(person: &Person) -> Stands {
    match (person.disabled_at, person.password_is_made, person.has_second_factor) {
        (Some(_), _, _) => Stands::Disabled,
        (None, true, _) => Stands::Made,
        (None, false, false) => Stands::NoSecondFactor,
        (None, false, true) => Stands::ComesIn,
    }
}
