//! A letter of a few sections that needs no layout of its own: a notice, an authorisation, a thank-you. Who issues it brings
//! the words (from `locales/`); whom to call, the proof and the foot of the page are the same in every letter.

use super::letter::{Block, Fact, Letter, Paper, Recipient, Section, Sender};
use super::{TypesetError, fingerprint, typeset, wording};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Currency;
use crate::words::{locale, td_string};
use jiff::Zoned;

/// Everything such a letter says.
#[derive(Clone, Debug)]
pub struct PlainLetter {
    pub language: Language,
    /// Decides the paper.
    pub currency: Currency,
    pub document_reference: String,
    pub title: String,
    pub sender: Sender,
    pub recipient: Recipient,
    /// Beside the address, before the document's own reference and date.
    pub particulars: Vec<Fact>,
    pub opening: Vec<Block>,
    pub sections: Vec<Section>,
    /// What it says as canonical JSON: keys in alphabetical order, no spaces, amounts as decimal strings, instants in UTC.
    pub terms: String,
    pub issued_at: Zoned,
}

impl PlainLetter {
    /// The PDF, not yet signed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        let words = locale(self.language);
        let own = [
            Fact::new(td_string!(words, document.document), self.document_reference.clone()),
            Fact::new(td_string!(words, document.date), format::date(self.issued_at.date(), self.language)),
        ];
        let common = [
            wording::person(&self.sender, self.language),
            wording::proof(&self.sender, &fingerprint(&self.terms), self.language),
        ];
        typeset(&Letter {
            language: self.language,
            paper: Paper::of_currency(self.currency),
            title: self.title.clone(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: self.particulars.iter().cloned().chain(own).collect(),
            opening: self.opening.clone(),
            sections: self.sections.iter().cloned().chain(common).collect(),
            footer: wording::footer(&self.document_reference, self.language),
            issued_at: self.issued_at.clone(),
            document_id: self.document_reference.clone(),
        })
    }
}
