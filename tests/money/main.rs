//! Money: the books and the state machine as rules, paying from the first screen to the receipt against a listening portal,
//! races, lost and repeated messages, and processes killed half-way.

#[path = "../support/stripe/mod.rs"]
mod stripe;
#[path = "../support/mod.rs"]
mod support;

mod books;
mod crashes;
mod messages;
mod outcomes;
mod permission;
mod portal;
mod races;
mod reconciling;
mod refusals;
mod screens;
mod statement;
mod states;
mod through_stripe;
