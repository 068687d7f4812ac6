//! The screens of those who work here: one folder a screen, in the shape of pages/. They are drawn with the same components, and
//! load.rs and actions.rs ask `server::context::staff` who is at work.
//!
//! Whether an address is open to whoever asks is judged before any of this, by `server/http/staff_doors`.

pub mod authenticator;
pub mod code;
pub mod first_password;
pub mod home;
pub mod people;
pub mod person;
pub mod person_add;
pub mod recovery_codes;
pub mod sign_in;
pub mod you;
pub mod your_authenticator;
pub mod your_password;
pub mod your_recovery_codes;
