//! What becomes of a file that a customer uploads, before it is anywhere else: it is written down encrypted as it comes, its kind
//! is found out by what is in it, it is cleaned, and encrypted with the key of its case. Called by `services/evidence`; nothing
//! here knows a database or a request.

pub mod clean;
pub mod intake;
pub mod vault;
