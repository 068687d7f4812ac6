//! A message that goes by post because it cannot go another way: its own words on paper, with the address in the window. It is no
//! document: nothing is issued, signed or proven by it.

use super::letter::{Block, Letter, Paper, Recipient, Section, Sender};
use super::{TypesetError, typeset, wording};
use crate::domain::language::Language;
use crate::domain::money::Currency;
use jiff::Zoned;

#[derive(Clone, Debug)]
pub struct PostedMessage {
    pub language: Language,
    /// Decides the paper.
    pub currency: Currency,
    /// What people may quote; at the foot of every page.
    pub reference: String,
    pub title: String,
    pub sender: Sender,
    pub recipient: Recipient,
    pub paragraphs: Vec<String>,
    pub written_at: Zoned,
}

impl PostedMessage {
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        typeset(&Letter {
            language: self.language,
            paper: Paper::of_currency(self.currency),
            title: self.title.clone(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: wording::dated(&self.reference, &self.written_at, self.language),
            opening: self.paragraphs.iter().cloned().map(Block::Paragraph).collect(),
            sections: Vec::<Section>::from([wording::person(&self.sender, self.language)]),
            footer: wording::footer(&self.reference, self.language),
            issued_at: self.written_at.clone(),
            document_id: self.reference.clone(),
        })
    }
}
