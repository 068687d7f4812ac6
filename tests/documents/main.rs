//! Documents as other people's programs see them, from typesetting to the mailbox.

mod answers;
#[path = "../portal/app.rs"]
mod app;
mod contents;
mod genuine;
#[path = "../support/mail_sink.rs"]
mod mail_sink;
mod mailing;
mod posting;
mod sending;
#[path = "../support/mod.rs"]
mod support;
mod texting;
mod tools;
mod typesetting;
mod verify_page;
