//! Documents people keep: the confirmation of an agreement, the receipt of a payment and the account statement, typeset as
//! tagged PDF.
//!
//! A document's content is a plain struct; its words are in `locales/` (section `document`). Services make the content,
//! `services::documents` signs and stores the bytes; nothing here reads a database or a clock. Layout: [`letter`] says
//! what is written, [`layout`] where it stands, [`paint`] draws it.

pub mod accounts_receipt;
pub mod confirmation;
mod layout;
pub mod letter;
mod page;
mod paint;
pub mod plain;
mod posted;
pub mod receipt;
pub mod statement;
mod typeface;
mod wording;

pub use accounts_receipt::AccountsReceipt;
pub use confirmation::ConfirmationContent;
pub use plain::PlainLetter;
pub use posted::PostedMessage;
pub use receipt::ReceiptContent;
pub use statement::StatementContent;

use letter::Letter;
use sha2::{Digest, Sha256};
use typeface::{Cut, Typeface, UnreadableTypeface};

/// Why a letter could not be made into a document.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    #[error(transparent)]
    Typeface(#[from] UnreadableTypeface),
    /// The standard for accessible or for archived documents would be broken.
    #[error("the document would not meet PDF/A and PDF/UA: {0}")]
    Refused(String),
    #[error("a page needs a width and a height")]
    Empty,
}

/// Sets a letter and returns the bytes of its PDF, not yet signed.
pub fn typeset(letter: &Letter) -> Result<Vec<u8>, TypesetError> {
    let faces = page::Faces { regular: Typeface::load(Cut::Regular)?, bold: Typeface::load(Cut::Bold)? };
    let pages = layout::set(letter, &faces);
    paint::paint(letter, &pages, &faces)
}

/// The SHA-256 of canonical terms, as 64 hexadecimal digits: what a document prints and what was compared at signing.
pub fn fingerprint(terms: &str) -> String {
    hex::encode(Sha256::digest(terms.as_bytes()))
}

/// Hexadecimal digits of the short code people can type.
pub const CHECK_CODE_DIGITS: usize = 16;

/// The code people can type to have a document checked: the first 16 digits of its fingerprint, in groups of four.
pub fn check_code(fingerprint: &str) -> String {
    grouped(&fingerprint[..CHECK_CODE_DIGITS.min(fingerprint.len())].to_uppercase())
}

/// Groups of four, so that a long code can be read aloud.
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_code_can_be_read_aloud() {
        let fingerprint = fingerprint("{}");
        assert_eq!(fingerprint, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assert_eq!(check_code(&fingerprint), "4413 6FA3 55B3 678A");
    }
}
