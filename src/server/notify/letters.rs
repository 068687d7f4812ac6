//! The templates of our messages, filled in. One folder a message in `letters/`, one text and one HTML file a language.
//!
//! The first line of the text is the subject. A subject names no debt, no creditor and no amount: others may see it
//! (12 CFR 1006.6(d)). Values are put in as they are in the text and escaped in the HTML. Every message carries the link that
//! stops its kind in one step, in both forms; a letter on paper leaves that paragraph out. A few have a short form for a telephone.

pub use crate::domain::contact::template::Template;

use crate::domain::language::Language;
use crate::server::documents::letter::Sender;

/// A message ready to be stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// For a telephone: neutral, and short enough for one or two text messages. Few have it.
    pub short: Option<String>,
}

/// Whom a message is written to.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub language: Language,
    pub given_name: &'a str,
    /// Stops e-mail to them in one step.
    pub stop_url: &'a str,
}

impl Template {
    /// What it has places for, with an example of each: tests and previews fill it with these.
    pub fn example(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Template::ConfirmationCopy
            | Template::ReceiptCopy
            | Template::ReversalNote
            | Template::AuthorisationCopy
            | Template::CompletionCopy
            | Template::AccountRecalled
            | Template::ReviewLetter
            | Template::DisputeAnswer
            | Template::InformationCopy
            | Template::LifeEventLetter => &[("reference", "EK-7F3K-9Q2M")],
            Template::HelperCameIn => &[("link", "https://pay.example.org/you/helpers")],
            Template::TimeToThink => &[("day", "Friday 4 December 2026"), ("link", "https://pay.example.org/account/1/options")],
            Template::DisputeReceived => &[
                ("reference", "DP-7F3K-9Q2M"),
                ("answer_by", "Friday 4 December 2026"),
                ("link", "https://pay.example.org/account/1/dispute/status"),
            ],
            Template::SignInChanged => &[("day", "Friday 4 December 2026"), ("link", "https://pay.example.org/you/signing-in")],
            Template::EmailCode => &[("code", "123456"), ("minutes", "15")],
            Template::DetailsChanged => &[("day", "Friday 4 December 2026"), ("link", "https://pay.example.org/you/details")],
            Template::DisputeMoreNeeded => {
                &[("reference", "DP-7F3K-9Q2M"), ("link", "https://pay.example.org/account/1/dispute/status")]
            }
            Template::AuthorisationEnded => &[("reference", "EM-7F3K-9Q2M"), ("day", "4 December 2026")],
            Template::CollectionNotice => &[
                ("amount", "$50.00"),
                ("day", "Friday 18 December 2026"),
                ("stop_until", "Thursday 17 December 2026"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::CollectionRetry => &[
                ("amount", "$50.00"),
                ("reason", "Your bank says there was not enough money in the account. No money has been taken."),
                ("day", "Wednesday 23 December 2026"),
                ("stop_until", "Tuesday 22 December 2026"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::CollectionStopped => &[
                ("amount", "$50.00"),
                ("day", "Friday 18 December 2026"),
                ("reason", "The card has expired. No money has been taken."),
                ("put_right_by", "Friday 1 January 2027"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::CollectionLate => &[
                ("amount", "$50.00"),
                ("day", "Friday 18 December 2026"),
                ("collected_on", "Wednesday 23 December 2026"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::InstalmentReminder => &[
                ("amount", "$50.00"),
                ("day", "Friday 18 December 2026"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::InstalmentMissed => &[
                ("amount", "$50.00"),
                ("day", "Friday 18 December 2026"),
                ("put_right_by", "Friday 1 January 2027"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::MessageAnswered => &[("link", "https://pay.example.org/messages")],
            Template::MessageLate => &[("answer_by", "Friday 4 December 2026"), ("link", "https://pay.example.org/messages")],
            Template::AnswerReceived => &[("reference", "M-7F3K-9Q2M"), ("answer_by", "Tuesday 24 November 2026")],
            Template::CollectionsWait => &[
                ("reference", "M-7F3K-9Q2M"),
                ("answer_by", "Tuesday 24 November 2026"),
                ("link", "https://pay.example.org/agreements/1"),
            ],
            Template::AgreementCancelled => &[
                ("day", "Friday 20 November 2026"),
                ("amount", "$470.00"),
                ("balance", "$730.00"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/account/1/options"),
            ],
            Template::AgreementEnded => &[
                ("made", "9"),
                ("count", "12"),
                ("amount", "$470.00"),
                ("reference", "EK-7F3K-9Q2M"),
                ("link", "https://pay.example.org/account/1/options"),
            ],
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
            (Template::EmailCode, Language::English) => letter!("email_code/en"),
            (Template::EmailCode, Language::Spanish) => letter!("email_code/es"),
            (Template::DetailsChanged, Language::English) => letter!("details_changed/en"),
            (Template::DetailsChanged, Language::Spanish) => letter!("details_changed/es"),
            (Template::ConfirmationCopy, Language::English) => letter!("confirmation_copy/en"),
            (Template::ConfirmationCopy, Language::Spanish) => letter!("confirmation_copy/es"),
            (Template::ReceiptCopy, Language::English) => letter!("receipt_copy/en"),
            (Template::ReceiptCopy, Language::Spanish) => letter!("receipt_copy/es"),
            (Template::ReversalNote, Language::English) => letter!("reversal_note/en"),
            (Template::ReversalNote, Language::Spanish) => letter!("reversal_note/es"),
            (Template::AuthorisationCopy, Language::English) => letter!("authorisation_copy/en"),
            (Template::AuthorisationCopy, Language::Spanish) => letter!("authorisation_copy/es"),
            (Template::AuthorisationEnded, Language::English) => letter!("authorisation_ended/en"),
            (Template::AuthorisationEnded, Language::Spanish) => letter!("authorisation_ended/es"),
            (Template::CollectionNotice, Language::English) => letter!("collection_notice/en"),
            (Template::CollectionNotice, Language::Spanish) => letter!("collection_notice/es"),
            (Template::CollectionRetry, Language::English) => letter!("collection_retry/en"),
            (Template::CollectionRetry, Language::Spanish) => letter!("collection_retry/es"),
            (Template::CollectionStopped, Language::English) => letter!("collection_stopped/en"),
            (Template::CollectionStopped, Language::Spanish) => letter!("collection_stopped/es"),
            (Template::CollectionLate, Language::English) => letter!("collection_late/en"),
            (Template::CollectionLate, Language::Spanish) => letter!("collection_late/es"),
            (Template::InstalmentReminder, Language::English) => letter!("instalment_reminder/en"),
            (Template::InstalmentReminder, Language::Spanish) => letter!("instalment_reminder/es"),
            (Template::InstalmentMissed, Language::English) => letter!("instalment_missed/en"),
            (Template::InstalmentMissed, Language::Spanish) => letter!("instalment_missed/es"),
            (Template::CompletionCopy, Language::English) => letter!("completion_copy/en"),
            (Template::CompletionCopy, Language::Spanish) => letter!("completion_copy/es"),
            (Template::AgreementEnded, Language::English) => letter!("agreement_ended/en"),
            (Template::AgreementEnded, Language::Spanish) => letter!("agreement_ended/es"),
            (Template::AgreementCancelled, Language::English) => letter!("agreement_cancelled/en"),
            (Template::AgreementCancelled, Language::Spanish) => letter!("agreement_cancelled/es"),
            (Template::AccountRecalled, Language::English) => letter!("account_recalled/en"),
            (Template::AccountRecalled, Language::Spanish) => letter!("account_recalled/es"),
            (Template::AnswerReceived, Language::English) => letter!("answer_received/en"),
            (Template::AnswerReceived, Language::Spanish) => letter!("answer_received/es"),
            (Template::CollectionsWait, Language::English) => letter!("collections_wait/en"),
            (Template::CollectionsWait, Language::Spanish) => letter!("collections_wait/es"),
            (Template::ReviewLetter, Language::English) => letter!("review_letter/en"),
            (Template::ReviewLetter, Language::Spanish) => letter!("review_letter/es"),
            (Template::TimeToThink, Language::English) => letter!("time_to_think/en"),
            (Template::TimeToThink, Language::Spanish) => letter!("time_to_think/es"),
            (Template::DisputeReceived, Language::English) => letter!("dispute_received/en"),
            (Template::DisputeReceived, Language::Spanish) => letter!("dispute_received/es"),
            (Template::DisputeMoreNeeded, Language::English) => letter!("dispute_more_needed/en"),
            (Template::DisputeMoreNeeded, Language::Spanish) => letter!("dispute_more_needed/es"),
            (Template::DisputeAnswer, Language::English) => letter!("dispute_answer/en"),
            (Template::DisputeAnswer, Language::Spanish) => letter!("dispute_answer/es"),
            (Template::InformationCopy, Language::English) => letter!("information_copy/en"),
            (Template::InformationCopy, Language::Spanish) => letter!("information_copy/es"),
            (Template::LifeEventLetter, Language::English) => letter!("life_event_letter/en"),
            (Template::LifeEventLetter, Language::Spanish) => letter!("life_event_letter/es"),
            (Template::HelperCameIn, Language::English) => letter!("helper_came_in/en"),
            (Template::HelperCameIn, Language::Spanish) => letter!("helper_came_in/es"),
            (Template::SignInChanged, Language::English) => letter!("sign_in_changed/en"),
            (Template::SignInChanged, Language::Spanish) => letter!("sign_in_changed/es"),
            (Template::MessageAnswered, Language::English) => letter!("message_answered/en"),
            (Template::MessageAnswered, Language::Spanish) => letter!("message_answered/es"),
            (Template::MessageLate, Language::English) => letter!("message_late/en"),
            (Template::MessageLate, Language::Spanish) => letter!("message_late/es"),
        }
    }

    /// What goes to a telephone. A confirmation must be kept and has none (12 CFR 1006.42(a)(1)).
    fn short(self, language: Language) -> Option<&'static str> {
        match (self, language) {
            (Template::ReceiptCopy, Language::English) => Some(include_str!("../../../letters/receipt_copy/en.sms")),
            (Template::ReceiptCopy, Language::Spanish) => Some(include_str!("../../../letters/receipt_copy/es.sms")),
            (Template::AnswerReceived, Language::English) => Some(include_str!("../../../letters/answer_received/en.sms")),
            (Template::AnswerReceived, Language::Spanish) => Some(include_str!("../../../letters/answer_received/es.sms")),
            (Template::CollectionsWait, Language::English) => Some(include_str!("../../../letters/collections_wait/en.sms")),
            (Template::CollectionsWait, Language::Spanish) => Some(include_str!("../../../letters/collections_wait/es.sms")),
            (Template::MessageAnswered, Language::English) => Some(include_str!("../../../letters/message_answered/en.sms")),
            (Template::MessageAnswered, Language::Spanish) => Some(include_str!("../../../letters/message_answered/es.sms")),
            (
                Template::ConfirmationCopy
                | Template::ReversalNote
                | Template::AuthorisationCopy
                | Template::AuthorisationEnded
                | Template::CollectionNotice
                | Template::CollectionRetry
                | Template::CollectionStopped
                | Template::CollectionLate
                | Template::InstalmentReminder
                | Template::InstalmentMissed
                | Template::CompletionCopy
                | Template::AgreementEnded
                | Template::AgreementCancelled
                | Template::AccountRecalled
                | Template::ReviewLetter
                | Template::TimeToThink
                | Template::DisputeReceived
                | Template::DisputeMoreNeeded
                | Template::DisputeAnswer
                | Template::InformationCopy
                | Template::LifeEventLetter
                | Template::HelperCameIn
                | Template::SignInChanged
                | Template::EmailCode
                | Template::DetailsChanged
                | Template::MessageLate,
                _,
            ) => None,
        }
    }
}

/// Writes a message. `values` are what this template has places for, besides who writes and to whom.
pub fn write(template: Template, sender: &Sender, reader: Reader<'_>, values: &[(&str, &str)]) -> Written {
    let common = [
        ("given_name", reader.given_name),
        ("stop_url", reader.stop_url),
        ("portal_name", &*sender.portal_name),
        ("postal_address", &*sender.postal_address),
        ("phone", &*sender.phone),
        ("hours", &*sender.hours),
        ("public_url", &*sender.public_url),
    ];
    let values: Vec<(&str, &str)> = common.into_iter().chain(values.iter().copied()).collect();
    let (text, html) = template.files(reader.language);
    let (subject, text) = text.split_once("\n\n").unwrap_or(("", text));
    let subject = subject.trim_start_matches("Subject:").trim();
    // A line break in a value could begin another header.
    let subject = fill(subject, &values, &|value| value.replace(['\r', '\n'], " "));
    let short = template.short(reader.language).map(|short| fill(short.trim(), &values, &str::to_owned));
    Written { subject, text: fill(text, &values, &str::to_owned), html: fill(html, &values, &escape), short }
}

/// The paragraphs of a message's text as a letter on paper has them: without who writes, which is at the head of the paper, and
/// without what is for the screen alone.
pub fn on_paper(text: &str, stop_path: &str, sender: &Sender) -> Vec<String> {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| {
            !paragraph.is_empty() && !paragraph.contains(stop_path) && !paragraph.starts_with(&format!("{} ", sender.portal_name))
        })
        .collect()
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

    const STOP: &str = "https://pay.example.org/stop/AAAA";

    fn ada(language: Language) -> Reader<'static> {
        Reader { language, given_name: "Ada", stop_url: STOP }
    }

    #[test]
    fn every_message_can_be_stopped_in_one_step_and_asks_for_no_reply() {
        for template in Template::ALL {
            assert_eq!(Template::from_code(template.code()), Some(template));
            for language in Language::ALL {
                let written = write(template, &sender(), ada(language), template.example());
                for part in [&written.text, &written.html] {
                    assert_eq!(part.matches(STOP).count(), 1, "{template:?} {language:?}: {part}");
                    assert!(!part.contains("STOP"), "{template:?} {language:?}: {part}");
                }
            }
        }
    }

    #[test]
    fn a_short_form_is_short_neutral_and_plain_and_says_how_to_stop_it() {
        for template in Template::ALL {
            for language in Language::ALL {
                let Some(short) = write(template, &sender(), ada(language), template.example()).short else { continue };
                // Two messages, joined by the telephone.
                assert!(short.len() <= 306 && short.is_ascii() && !short.contains("{{"), "{short}");
                assert!(short.contains("STOP") || short.contains("BAJA"), "{short}");
                for word in ["Ada", "debt", "owe", "due", "deuda", "$"] {
                    assert!(!short.contains(word), "{short}");
                }
            }
        }
    }

    #[test]
    fn on_paper_there_is_nothing_to_press() {
        let written = write(Template::ReceiptCopy, &sender(), ada(Language::English), Template::ReceiptCopy.example());
        let paragraphs = on_paper(&written.text, "/stop/", &sender());
        assert_eq!(paragraphs.first().map(String::as_str), Some("Hello Ada,"));
        assert!(
            paragraphs.iter().all(|paragraph| !paragraph.contains("/stop/") && !paragraph.contains("Harbor")),
            "{paragraphs:?}"
        );
    }

    #[test]
    fn every_place_is_filled_in_every_language() {
        for template in Template::ALL {
            for language in Language::ALL {
                let written = write(template, &sender(), ada(language), template.example());
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
        let reader = Reader { given_name: "<b>{{ phone }}", ..ada(Language::English) };
        let written = write(Template::ReceiptCopy, &sender(), reader, &[("reference", "A\r\nBcc: x")]);
        assert!(written.html.contains("Hello &lt;b&gt;{{ phone }},"), "{}", written.html);
        assert_eq!(written.subject, "Your receipt A  Bcc: x");
    }

    #[test]
    fn nobody_who_sees_the_subject_learns_of_a_debt() {
        for template in Template::ALL {
            for language in Language::ALL {
                let subject = write(template, &sender(), ada(language), template.example()).subject.to_lowercase();
                for word in ["debt", "owe", "due", "collect", "deuda", "debe", "cobro", "plan", "$", "ada"] {
                    assert!(!subject.contains(word), "{subject}");
                }
            }
        }
    }
}
