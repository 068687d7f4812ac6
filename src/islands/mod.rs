//! The only code that runs in the browser. Props are a few strings and numbers, never an account.

mod html;
pub mod plan_builder;
pub mod plan_change;
