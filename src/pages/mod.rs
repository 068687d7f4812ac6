//! One folder a screen, named as the step.

pub mod contact;
pub mod home;
pub mod language;
pub mod link;
pub mod sign_in;
pub mod signed_out;
pub mod verify;
