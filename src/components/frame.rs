//! What stands around every screen: in which language, for whom, and how to reach a person. The application puts one
//! [`Frame`] into the context of each request; components and pages read it here and never ask the server.

use crate::domain::calendar::Date;
use crate::domain::helper::{Helping, SeenBy};
use crate::domain::language::Language;
use crate::domain::life_event::ToldOf;
use crate::words::{Locale, locale};
use leptos::prelude::{provide_context, use_context};
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub language: Language,
    pub visitor: Visitor,
    pub portal_name: String,
    pub reach: Reach,
    pub mode: Mode,
    /// The path and query of this page, to come back to after choosing a language.
    pub here: String,
    /// The address of the operator's own logo, in place of our mark.
    pub logo: Option<String>,
    /// Until when everything is on hold for a hardship review: every screen says so.
    pub held_until: Option<Date>,
    /// The reference of that review.
    pub held_for: Option<String>,
    /// What somebody told us about the customer: every screen says so.
    pub told_of: Option<ToldOf>,
    /// Who helps the customer and sees this.
    pub seen_by: Option<SeenBy>,
    /// Somebody else is looking, by the customer's leave.
    pub helping: Option<Helping>,
    /// The address of the script that redraws a changed plan; `None` without a built site.
    pub plan_program: Option<String>,
}

/// Who is looking. Before sign-in nothing may name a debt, a creditor or a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visitor {
    #[default]
    Unknown,
    SignedIn,
    /// Somebody who works here, on a screen of the staff's.
    Staff,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Live,
    /// No money moves and no message leaves; every screen says so.
    Sandbox,
    /// No money moves, but a mail server or a carrier of texts is set, and messages leave.
    SandboxThatWrites,
}

/// How to reach a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub phone: String,
    pub hours: String,
    pub postal_address: String,
    pub answer_working_days: u32,
}

/// Puts the frame where every component of this request finds it.
pub fn provide_frame(frame: Frame) {
    provide_context(Arc::new(frame));
}

/// The frame of this request; a neutral one while routes are collected at start-up.
pub fn frame() -> Arc<Frame> {
    use_context::<Arc<Frame>>().unwrap_or_default()
}

/// The language of this request.
pub fn language() -> Language {
    frame().language
}

/// The words of this request, for `td_string!(words(), section.key)`.
pub fn words() -> Locale {
    locale(language())
}
