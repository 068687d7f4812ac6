//! The only code that runs in the browser. Props are a few strings and numbers, never an account.

pub mod plan_builder;
