//! What the verify screen answers, if this page answers a form.

use crate::server::services::documents::{Checked, Verdict};
use leptos::prelude::use_context;

pub enum Answer {
    Genuine,
    Altered,
    UnknownFile,
    KnownCode,
    UnknownCode,
    /// Neither a code nor a fingerprint: as typed.
    NotACode(String),
    /// The form was empty.
    Nothing,
}

pub fn answer() -> Option<Answer> {
    Some(match use_context::<Checked>()? {
        Checked::File(Verdict::Genuine) => Answer::Genuine,
        Checked::File(Verdict::Altered) => Answer::Altered,
        Checked::File(Verdict::Unknown) => Answer::UnknownFile,
        Checked::KnownCode => Answer::KnownCode,
        Checked::UnknownCode => Answer::UnknownCode,
        Checked::NotACode(typed) => Answer::NotACode(typed),
        Checked::Nothing => Answer::Nothing,
    })
}
