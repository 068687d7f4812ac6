//! What a change of an agreement leads to, and what would happen if more or less is paid: redrawn as people try, by the functions
//! that compute what is signed ([`crate::domain::changing`], [`crate::domain::what_if`]).
//!
//! Like the plan builder's the pages render all of it as plain forms; in the browser it only reads the fields and writes into the
//! place the server made. It is a program of its own with a script of a few lines (`listen.js`) in place of Leptos, and its words
//! travel with the page, so that no other page pays for it (docs/decisions/0019-a-second-program.md).

mod carried;
#[cfg(plan_program)]
mod live;
mod preview;
mod typed;
mod what_if;
mod words;

use crate::domain::calendar::Date;
use crate::domain::changing::Running;
use crate::domain::language::Language;
use crate::domain::money::Currency;
use crate::domain::what_if::Owing;

pub use preview::{change_line, change_preview, plan_sides, refusal_words, refused_field};
pub use typed::{TypedChange, TypedWhatIf, change_fields};
pub use what_if::{Wrong, what_if_preview};
pub use words::Words;

/// What the pages carry to the browser, in the attribute `data-plan`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub running: Running,
    pub owing: Owing,
    /// Where the customer lives.
    pub today: Date,
    pub language: Language,
    pub agreement_id: String,
    pub links: Links,
}

/// Addresses that the redrawn part leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Where a form that chooses a change is posted.
    pub choose: String,
    /// What can be changed, paid, and told.
    pub change: String,
    pub pay: String,
    pub person: String,
}

impl Plan {
    pub fn currency(&self) -> Currency {
        self.running.principal.currency()
    }
}
