//! Evidence: what cleaning takes out and what it leaves, hostile files, and a file's whole life in the portal.

#[path = "../portal/app.rs"]
mod app;
#[path = "../support/mod.rs"]
mod support;

mod cleaning;
mod commands;
mod heic;
mod hostile;
mod keeping;
mod messages;
mod samples;
mod taking_away;
mod uploading;
