//! One folder a screen, named as the step.

pub mod account;
pub mod authorise;
pub mod components;
pub mod confirmation;
pub mod contact;
pub mod home;
pub mod language;
pub mod link;
pub mod mandate;
pub mod message;
pub mod options;
pub mod pay;
pub mod pay_check;
pub mod pay_several;
pub mod pay_several_check;
pub mod payment;
pub mod plan;
pub mod promise;
pub mod review;
pub mod sign;
pub mod sign_in;
pub mod signed_out;
pub mod statement;
pub mod stop;
pub mod verify;
