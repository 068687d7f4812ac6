//! What the verify screen answers, if this page answers a form.

use crate::server::services::documents::{Checked, Verdict};
use leptos::prelude::use_context;

pub enum Answer {
    Genuine,
    Altered,
    UnknownFile,
    /// The codes as they were typed.
    KnownCode(String),
    UnknownCode(String),
    /// Neither a code nor a fingerprint.
    NotACode(String),
    /// The form was empty.
    Nothing,
}

pub fn answer() -> Option<Answer> {
    Some(match use_context::<Checked>()? {
        Checked::File(Verdict::Genuine) => Answer::Genuine,
        Checked::File(Verdict::Altered) => Answer::Altered,
        Checked::File(Verdict::Unknown) => Answer::UnknownFile,
        Checked::KnownCode(typed) => Answer::KnownCode(typed),
        Checked::UnknownCode(typed) => Answer::UnknownCode(typed),
        Checked::NotACode(typed) => Answer::NotACode(typed),
        Checked::Nothing => Answer::Nothing,
    })
}
