//! The form as posted, and what is wrong with it.

use crate::domain::typed;
use serde::{Deserialize, Serialize};

/// What the screen showed, as the form says it: nothing else is authorised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The language of the page.
    pub shown_in: String,
    /// SHA-256 of the text, in that language.
    pub shown_text: String,
}

/// The fields that are wrong, with the code of the words the screen has for it.
pub fn problems(name: &str, consents: bool) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    if !consents {
        problems.push(("consent".to_owned(), "consent".to_owned()));
    }
    if !typed::is_name(name) {
        problems.push(("name".to_owned(), "name".to_owned()));
    }
    problems
}
