//! Use cases: one function, one use case, one transaction. Lock the account first, decide in domain, write, write the
//! event and follow-up jobs, commit last. A processor is never called inside a transaction.

pub mod attempts;
pub mod contact;
pub mod links;
pub mod sessions;
pub mod sign_in;
