//! The signing form as posted, and what is wrong with it.

use crate::domain::typed;
use serde::{Deserialize, Serialize};

/// What the screen showed, as the form says it: nothing else is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// SHA-256 of the terms.
    pub shown: String,
    /// The language of the page.
    pub shown_in: String,
    /// SHA-256 of the text beside the terms, in that language.
    pub shown_text: String,
}

/// What must be there before anything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningForm {
    pub typed_name: String,
    pub consents: bool,
}

impl SigningForm {
    /// The fields that are wrong, with the code of the words the screen has for it.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        if !typed::is_name(&self.typed_name) {
            problems.push(("name".to_owned(), "name".to_owned()));
        }
        if !self.consents {
            problems.push(("consent".to_owned(), "consent".to_owned()));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::SigningForm;

    #[test]
    fn a_name_and_consent_are_needed_to_sign() {
        let fields = |name: &str, consents| {
            let form = SigningForm { typed_name: name.to_owned(), consents };
            form.problems().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(fields("Ada Moreno", true), Vec::<String>::new());
        assert_eq!(fields("  ", true), vec!["name"]);
        assert_eq!(fields("Ada\u{202e}oneroM", true), vec!["name"]);
        assert_eq!(fields("Ada\u{7}", true), vec!["name"]);
        assert_eq!(fields("...", false), vec!["name", "consent"]);
        assert_eq!(fields(&"a".repeat(121), true), vec!["name"]);
    }
}
