//! What a screen that binds posts: what it showed, the typed name and the consent, and what is wrong with them. The same for an
//! agreement and for a change of one.

use super::language::Language;
use super::typed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

impl Seen {
    pub fn language(&self) -> Option<Language> {
        Language::from_tag(&self.shown_in)
    }
}

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signed {
    pub name: String,
    /// `yes` where the box is ticked, as with the next.
    pub consent: String,
    pub copy_now: String,
}

impl Signed {
    pub fn wants_copy_now(&self) -> bool {
        self.copy_now == "yes"
    }

    /// The fields that are wrong, in the order of the form, with the code of the words for it.
    pub fn problems(&self) -> Vec<(String, String)> {
        let wrong = [("consent", self.consent != "yes"), ("name", !typed::is_name(&self.name))];
        wrong.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(field, _)| (field.to_owned(), field.to_owned())).collect()
    }

    /// As it is kept while something is put right.
    pub fn to_values(&self) -> BTreeMap<String, String> {
        let fields = [("name", &self.name), ("consent", &self.consent), ("copy_now", &self.copy_now)];
        fields.into_iter().map(|(field, value)| (field.to_owned(), value.clone())).collect()
    }

    pub fn from_values(values: &BTreeMap<String, String>) -> Signed {
        let field = |name: &str| values.get(name).cloned().unwrap_or_default();
        Signed { name: field("name"), consent: field("consent"), copy_now: field("copy_now") }
    }
}

#[cfg(test)]
mod tests {
    use super::Signed;

    #[test]
    fn a_name_and_consent_are_needed_to_sign() {
        let fields = |name: &str, consent: &str| {
            let signed = Signed { name: name.to_owned(), consent: consent.to_owned(), copy_now: String::new() };
            assert_eq!(Signed::from_values(&signed.to_values()), signed);
            signed.problems().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(fields("Ada Moreno", "yes"), Vec::<String>::new());
        assert_eq!(fields("  ", "yes"), vec!["name"]);
        assert_eq!(fields("Ada\u{202e}oneroM", "yes"), vec!["name"]);
        assert_eq!(fields("Ada\u{7}", "yes"), vec!["name"]);
        assert_eq!(fields("...", ""), vec!["consent", "name"]);
        assert_eq!(fields(&"a".repeat(121), "yes"), vec!["name"]);
    }
}
