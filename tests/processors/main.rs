//! The port to payment companies: one contract that every implementation passes, and what only Stripe can do wrong.

#[path = "../support/stripe/mod.rs"]
mod stripe;
#[path = "../support/mod.rs"]
mod support;

mod company;
mod contract;
mod contract_of_books;
mod contract_of_mandates;
mod contract_of_reversals;
mod faults;
mod localstripe;
mod localstripe_books;
mod shapes;
