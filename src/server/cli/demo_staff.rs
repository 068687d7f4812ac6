//! One invented colleague of each role, to try the staff's side on. In sandbox mode only: everybody knows their first password. With it
//! they come in as anybody does who was added: they choose a password of their own and set an authenticator up.

use super::CommandError;
use crate::server::services::staff::{self, By, NewPerson, Role};
use crate::server::state::AppState;

pub struct Colleague {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
}

/// Good until it was used once.
pub const FIRST_PASSWORD: &str = "quiet harbour evening tide";

pub const COLLEAGUES: [Colleague; 6] = [
    Colleague { email: "agent@staff.example", name: "Ana Quill", role: Role::Agent },
    Colleague { email: "reviewer@staff.example", name: "Rui Bergson", role: Role::Reviewer },
    Colleague { email: "manager@staff.example", name: "Mina Okafor", role: Role::Manager },
    Colleague { email: "administrator@staff.example", name: "Adan Whitlock", role: Role::Administrator },
    Colleague { email: "auditor@staff.example", name: "Odile Trent", role: Role::Auditor },
    Colleague { email: "partner@staff.example", name: "Pia Lindqvist", role: Role::Partner },
];

/// Adds those who are not there yet. The partner is given the first creditor.
pub async fn load(state: &AppState) -> Result<(), CommandError> {
    for colleague in &COLLEAGUES {
        let new = NewPerson { email: colleague.email, name: colleague.name, role: colleague.role };
        let added = staff::add(state, &By::Operator, &new, FIRST_PASSWORD).await?;
        if let (Role::Partner, staff::Added::Added(id)) = (colleague.role, added) {
            let creditors = staff::creditors(state).await?;
            let first: Vec<String> = creditors.into_iter().take(1).map(|(id, _)| id).collect();
            staff::give_creditors(state, &By::Operator, &id, &first).await?;
        }
    }
    Ok(())
}

/// Who they are, for people to read.
pub fn print(public_url: &str) {
    println!("People who work here, at {public_url}{}:", crate::paths::STAFF);
    for colleague in &COLLEAGUES {
        println!("  {:<28} {}", colleague.email, colleague.role.code());
    }
    println!("  Their first password is \"{FIRST_PASSWORD}\"; then they choose one and set an authenticator up.");
}
