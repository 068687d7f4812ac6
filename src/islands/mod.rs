//! The only code that runs in the browser. Props are a few strings and numbers, never an account.

mod html;
// The second program is without it, and so without Leptos (docs/decisions/0019-a-second-program.md).
#[cfg(not(plan_program))]
pub mod plan_builder;
pub mod plan_change;
