//! The templates of our messages, filled in. One folder a message in `letters/`, one text and one HTML file a language.
//!
//! The first line of the text is the subject. A subject names no debt, no creditor and no amount: others may see it
//! (12 CFR 1006.6(d)). Values are put in as they are in the text and escaped in the HTML.

use crate::domain::language::Language;
use crate::server::documents::letter::Sender;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    ConfirmationCopy,
    ReceiptCopy,
}

/// A message ready to be stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Template {
    pub const ALL: [Template; 2] = [Template::ConfirmationCopy, Template::ReceiptCopy];

    pub fn code(self) -> &'static str {
        match self {
            Template::ConfirmationCopy => "confirmation_copy",
            Template::ReceiptCopy => "receipt_copy",
        }
    }

    /// What it has places for, with an example of each: tests and previews fill it with these.
    pub fn example(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Template::ConfirmationCopy | Template::ReceiptCopy => &[("reference", "EK-7F3K-9Q2M")],
        }
    }

    /// The text (its first line is the subject) and the HTML.
    fn files(self, language: Language) -> (&'static str, &'static str) {
        macro_rules! letter {
            ($file:literal) => {
                (
                    include_str!(concat!("../../../letters/", $file, ".txt")),
                    include_str!(concat!("../../../letters/", $file, ".html")),
                )
            };
        }
        match (self, language) {
            (Template::ConfirmationCopy, Language::English) => letter!("confirmation_copy/en"),
            (Template::ConfirmationCopy, Language::Spanish) => letter!("confirmation_copy/es"),
            (Template::ReceiptCopy, Language::English) => letter!("receipt_copy/en"),
            (Template::ReceiptCopy, Language::Spanish) => letter!("receipt_copy/es"),
        }
    }
}

/// Writes a message. `values` are what this template has places for, besides who writes and to whom.
pub fn write(template: Template, language: Language, sender: &Sender, given_name: &str, values: &[(&str, &str)]) -> Written {
    let common = [
        ("given_name", given_name),
        ("portal_name", &*sender.portal_name),
        ("postal_address", &*sender.postal_address),
        ("phone", &*sender.phone),
        ("hours", &*sender.hours),
        ("public_url", &*sender.public_url),
    ];
    let values: Vec<(&str, &str)> = common.into_iter().chain(values.iter().copied()).collect();
    let (text, html) = template.files(language);
    let (subject, text) = text.split_once("\n\n").unwrap_or(("", text));
    let subject = subject.trim_start_matches("Subject:").trim();
    // A line break in a value could begin another header.
    let subject = fill(subject, &values, &|value| value.replace(['\r', '\n'], " "));
    Written { subject, text: fill(text, &values, &str::to_owned), html: fill(html, &values, &escape) }
}

/// Puts the values in their places. What has no value stays as it is written; a test sees to it that nothing does.
fn fill(template: &str, values: &[(&str, &str)], prepare: &dyn Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name.trim()) {
            Some((_, value)) => filled.push_str(&prepare(value)),
            None => {
                filled.push_str("{{");
                filled.push_str(name);
                filled.push_str("}}");
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender() -> Sender {
        Sender {
            portal_name: "Northgate Accounts".into(),
            postal_address: "1 Harbor Street".into(),
            phone: "555-0100".into(),
            hours: "Monday to Friday".into(),
            public_url: "https://pay.example.org".into(),
        }
    }

    #[test]
    fn every_place_is_filled_in_every_language() {
        for template in Template::ALL {
            for language in Language::ALL {
                let written = write(template, language, &sender(), "Ada", template.example());
                for part in [&written.subject, &written.text, &written.html] {
                    assert!(!part.contains("{{") && !part.contains("}}"), "{template:?} {language:?}: {part}");
                }
                for (name, value) in template.example() {
                    let is_said = [&written.subject, &written.text].iter().any(|part| part.contains(value));
                    assert!(is_said && written.html.contains(value), "{template:?} {language:?} leaves out {name}");
                }
                assert!(!written.subject.starts_with("Subject"), "{}", written.subject);
            }
        }
    }

    #[test]
    fn a_name_cannot_become_markup_or_a_header() {
        let written =
            write(Template::ReceiptCopy, Language::English, &sender(), "<b>{{ phone }}", &[("reference", "A\r\nBcc: x")]);
        assert!(written.html.contains("Hello &lt;b&gt;{{ phone }},"), "{}", written.html);
        assert_eq!(written.subject, "Your receipt A  Bcc: x");
    }

    #[test]
    fn nobody_who_sees_the_subject_learns_of_a_debt() {
        for template in Template::ALL {
            for language in Language::ALL {
                let subject = write(template, language, &sender(), "Ada", template.example()).subject.to_lowercase();
                for word in ["debt", "owe", "due", "collect", "deuda", "debe", "cobro", "plan", "$", "ada"] {
                    assert!(!subject.contains(word), "{subject}");
                }
            }
        }
    }
}
