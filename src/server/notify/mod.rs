//! Messages to people: written from the templates in `letters/` ([`letters`]), carried by a mail server ([`mail`]).
//!
//! What is written is stored in the outbox and sent as it stands there: a preview is what arrives. When it may go is decided
//! by `services::outbox`.

pub mod letters;
pub mod mail;
