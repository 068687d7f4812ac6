//! Words that may be missing: a hint a field does not have, an error there is none of. And words that stay together.

use leptos::prelude::*;

/// Some text or none. Built from `&str`, `String`, `Option<String>` or `Option<&str>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaybeText(pub Option<String>);

impl MaybeText {
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl From<&str> for MaybeText {
    fn from(text: &str) -> Self {
        MaybeText((!text.is_empty()).then(|| text.to_owned()))
    }
}

impl From<String> for MaybeText {
    fn from(text: String) -> Self {
        MaybeText((!text.is_empty()).then_some(text))
    }
}

impl From<Option<String>> for MaybeText {
    fn from(text: Option<String>) -> Self {
        MaybeText(text)
    }
}

impl From<Option<&str>> for MaybeText {
    fn from(text: Option<&str>) -> Self {
        MaybeText(text.map(str::to_owned))
    }
}

/// Text in which no reference and no telephone number is broken at its hyphens: each such word stays on one line.
pub fn unbroken(text: &str) -> Vec<AnyView> {
    let mut parts = Vec::new();
    let mut words = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let is_code = word.contains('-') && word.chars().any(|letter| letter.is_ascii_digit()) && word.len() <= LONGEST_CODE;
        if !is_code {
            words.push_str(word);
            continue;
        }
        if !words.is_empty() {
            parts.push(std::mem::take(&mut words).into_any());
        }
        parts.push(view! { <span class="unbroken">{word.to_owned()}</span> }.into_any());
    }
    if !words.is_empty() {
        parts.push(words.into_any());
    }
    parts
}

/// A longer word may have to be broken on a narrow screen.
const LONGEST_CODE: usize = 20;

/// Text as HTML that shows it, for the few places where Leptos does not escape it itself.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
