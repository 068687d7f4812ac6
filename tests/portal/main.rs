//! The portal over HTTP: the real router on a fresh database, asked as a browser asks.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod agreement;
mod app;
mod authenticator;
mod consequences;
mod contact;
mod contact_wishes;
mod details;
mod devices;
mod flooding;
mod history;
mod links;
mod pages;
mod passkeys;
mod protection;
mod sessions;
mod sign_in;
mod signing_in;
mod slow_guessing;
mod staff;
mod staff_people;
mod stopping;
mod time_barred;
