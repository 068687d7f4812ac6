//! Use cases: one function, one use case, one transaction. Lock the account first, decide in domain, write, write the
//! event and follow-up jobs, commit last. A processor is never called inside a transaction.

pub mod attempts;
pub mod backups;
pub mod contact;
pub mod documents;
pub mod links;
pub mod offers;
pub mod outbox;
pub mod policies;
pub mod sessions;
pub mod sign_in;
pub mod staff;

use super::documents::TypesetError;
use super::notify::mail::UnusableMail;
use super::store::StoreError;

/// A machine broke, or something that must be there is not. Logged once by the caller; a person gets a reference to quote.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Typeset(#[from] TypesetError),
    #[error(transparent)]
    Mail(#[from] UnusableMail),
    #[error("a {0} that must be there is missing")]
    Missing(&'static str),
}
