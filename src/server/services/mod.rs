//! Use cases: one function, one use case, one transaction. Lock the account first, decide in domain, write, write the
//! event and follow-up jobs, commit last. A processor is never called inside a transaction.

pub mod account_statements;
pub mod accounts;
pub mod accounts_receipts;
pub mod agreements;
mod answers;
pub mod attempts;
pub mod backups;
pub mod books;
pub mod changes;
pub mod collections;
pub mod completions;
pub mod confirmations;
pub mod contact;
pub mod contact_wishes;
pub mod corrections;
pub mod details;
pub mod disputes;
pub mod documents;
pub mod door;
mod endings;
pub mod everything;
pub mod evidence;
pub mod feed;
pub mod feedback;
pub mod hardship;
pub mod helpers;
pub mod history;
pub mod information;
pub mod joining;
pub mod keeping;
pub mod life_events;
pub mod links;
pub mod mandates;
pub mod messages;
pub mod offers;
pub mod outbox;
pub mod payments;
pub mod plan_interest;
pub mod policies;
pub mod print_queue;
pub mod recalls;
pub mod receipts;
pub mod reconciliation;
pub mod requests;
pub mod returns;
pub mod reversal_notes;
pub mod sessions;
pub mod sign_in;
pub mod signing;
pub mod staff;
pub mod stopping;
pub mod time_to_think;
pub mod ways_in;

use super::documents::TypesetError;
use super::evidence::intake::IntakeError;
use super::notify::mail::UnusableMail;
use super::store::StoreError;
use crate::domain::money::MoneyError;

/// A machine broke, or something that must be there is not. Logged once by the caller; a person gets a reference to quote.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Typeset(#[from] TypesetError),
    #[error(transparent)]
    Mail(#[from] UnusableMail),
    #[error(transparent)]
    Evidence(#[from] IntakeError),
    /// Two currencies met, or an amount did not fit: nothing the books hold can do that.
    #[error("amounts could not be reckoned: {0:?}")]
    Money(MoneyError),
    #[error("a {0} that must be there is missing")]
    Missing(&'static str),
    /// Another party has to be asked before anything can be recorded.
    #[error("no answer from {0}")]
    NoAnswer(&'static str),
}

impl From<MoneyError> for Failure {
    fn from(error: MoneyError) -> Self {
        Failure::Money(error)
    }
}
