//! What the creditor says in its own words, in every language the portal speaks. Plain text: shown as it is, never as HTML.

use super::language::Language;
use serde::{Deserialize, Serialize};

/// Longest statement in one language, in characters.
pub const STATEMENT_LONGEST: usize = 600;

/// One paragraph in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    en: String,
    es: String,
}

/// Why a text cannot be shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementFault {
    Empty,
    TooLong,
    /// A link in the creditor's words could lead anywhere, and a page about a debt is where people are tricked.
    Link,
    Markup,
    /// Line breaks among them: it is one paragraph.
    ControlCharacter,
}

impl Statement {
    pub fn new(en: &str, es: &str) -> Result<Statement, (Language, StatementFault)> {
        let read = |text, language| checked(text).map_err(|fault| (language, fault));
        Ok(Statement { en: read(en, Language::English)?, es: read(es, Language::Spanish)? })
    }

    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

fn checked(text: &str) -> Result<String, StatementFault> {
    let text = text.trim();
    if text.is_empty() {
        Err(StatementFault::Empty)
    } else if text.chars().count() > STATEMENT_LONGEST {
        Err(StatementFault::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(StatementFault::ControlCharacter)
    } else if text.contains(['<', '>']) {
        Err(StatementFault::Markup)
    } else if text.split_whitespace().any(is_link) {
        Err(StatementFault::Link)
    } else {
        Ok(text.to_owned())
    }
}

/// An address of a page or of a mailbox, with or without what stands before it: `https://…`, `www.…`, `pay.example/x`.
fn is_link(word: &str) -> bool {
    let word = word.to_lowercase();
    word.contains("://") || word.contains('@') || word.contains("www.") || word.contains("mailto:") || has_host(&word)
}

/// Two parts of two letters or more with a dot between them: `northgate.example`, but not `p.m.` or `25.00`.
fn has_host(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.windows(2).any(|pair| {
        let before = pair[0].chars().rev().take_while(|c| c.is_alphanumeric() || *c == '-').count();
        let after = pair[1].chars().take_while(|c| c.is_alphabetic()).count();
        before >= 2 && after >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<StatementFault> {
        Statement::new(text, "Nada.").err().map(|(_, fault)| fault)
    }

    #[test]
    fn plain_words_are_taken_and_given_back_in_their_language() {
        let words = Statement::new(" A fee of $5.00 is added after 5 p.m. ", "Se añade un cargo.").expect("plain words");
        assert_eq!(words.text(Language::English), "A fee of $5.00 is added after 5 p.m.");
        assert_eq!(words.text(Language::Spanish), "Se añade un cargo.");
    }

    #[test]
    fn what_cannot_be_shown_is_refused_and_the_language_named() {
        assert_eq!(fault("  "), Some(StatementFault::Empty));
        assert_eq!(fault(&"x".repeat(STATEMENT_LONGEST)), None);
        assert_eq!(fault(&"x".repeat(STATEMENT_LONGEST + 1)), Some(StatementFault::TooLong));
        assert_eq!(fault("one\ntwo"), Some(StatementFault::ControlCharacter));
        assert_eq!(fault("<b>now</b>"), Some(StatementFault::Markup));
        for link in
            ["Pay at https://x.example", "See www.x.com", "Ask me@x.example", "Go to pay.example/now", "(x.northgate.com)"]
        {
            assert_eq!(fault(link), Some(StatementFault::Link), "{link}");
        }
        assert_eq!(Statement::new("Fine.", "").err(), Some((Language::Spanish, StatementFault::Empty)));
    }
}
