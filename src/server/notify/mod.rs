//! Messages to people: written from the templates in `letters/` ([`letters`]), carried by a mail server ([`mail`]) or by who
//! carries text messages ([`texts`]), and what comes back ([`returns`]).
//!
//! What is written is stored in the outbox and sent as it stands there: a preview is what arrives. Whether, when and how it
//! may go is decided by `domain/contact/gate`, asked by `services::outbox`.

pub mod letters;
pub mod mail;
pub mod returns;
pub mod texts;

/// What became of a message that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Accepted,
    /// Whoever carries it will never take this one.
    Refused,
    /// Not now: not reachable, or busy.
    TryAgain,
}
