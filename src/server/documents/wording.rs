//! Pieces of wording that both documents share: instants, particulars, and how to have a document checked.

use super::letter::{Block, Fact, Section, Sender};
use super::{check_code, grouped};
use crate::domain::format;
use crate::domain::language::Language;
use crate::words::{locale, td_string};
use jiff::Zoned;

/// `22 November 2026, 14:05:09 (UTC−07:00, America/Denver)`.
pub fn instant(at: &Zoned, language: Language) -> String {
    let day = format::date(at.date(), language);
    let time = at.strftime("%H:%M:%S");
    let offset = at.strftime("%:z").to_string().replace('-', "−");
    match at.time_zone().iana_name() {
        Some(zone) => format!("{day}, {time} (UTC{offset}, {zone})"),
        None => format!("{day}, {time} (UTC{offset})"),
    }
}

/// Whom to call.
pub fn person(sender: &Sender, language: Language) -> Section {
    let words = locale(language);
    Section {
        heading: td_string!(words, document.person_heading).to_owned(),
        blocks: vec![
            Block::Paragraph(td_string!(words, document.person, phone = &sender.phone, hours = &sender.hours)),
            Block::Paragraph(td_string!(words, document.person_write, address = &sender.postal_address)),
        ],
    }
}

/// How anyone can see that the document is genuine.
pub fn proof(sender: &Sender, fingerprint: &str, language: Language) -> Section {
    let words = locale(language);
    let address = format!("{}{}", sender.public_url, crate::paths::VERIFY);
    Section {
        heading: td_string!(words, document.proof_heading).to_owned(),
        blocks: vec![
            Block::Paragraph(td_string!(words, document.proof, address = address)),
            Block::Facts(vec![Fact::new(td_string!(words, document.check_code), check_code(fingerprint))]),
            Block::Code { label: td_string!(words, document.fingerprint).to_owned(), value: grouped(fingerprint) },
        ],
    }
}

/// At the foot of every page.
pub fn footer(reference: &str, language: Language) -> String {
    td_string!(locale(language), document.footer, reference = reference)
}

/// What a letter is called and when it was written, beside the address.
pub fn dated(reference: &str, at: &Zoned, language: Language) -> Vec<Fact> {
    let words = locale(language);
    vec![
        Fact::new(td_string!(words, document.document), reference),
        Fact::new(td_string!(words, document.date), format::date(at.date(), language)),
    ]
}
