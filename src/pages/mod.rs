//! One folder a screen, named as the step.

pub mod contact;
pub mod home;
pub mod language;
pub mod link;
pub mod pay;
pub mod pay_check;
pub mod payment;
pub mod sign_in;
pub mod signed_out;
