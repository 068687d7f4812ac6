//! The portal over HTTP: the real router on a fresh database, asked as a browser asks.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod agreement;
mod app;
mod consequences;
mod contact;
mod history;
mod links;
mod pages;
mod protection;
mod sessions;
mod sign_in;
mod time_barred;
