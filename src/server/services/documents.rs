//! Issuing documents, handing them to their owner, and telling anyone whether one is genuine.
//!
//! [`issue`] runs in the caller's transaction: an agreement without its confirmation, or a payment without its receipt,
//! cannot be committed. There is no update: a changed agreement has a new version and a new document.

use super::Failure;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId, PaymentId};
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::config::Config;
pub use crate::server::documents::check_code;
use crate::server::documents::letter::Sender;
use crate::server::documents::{CHECK_CODE_DIGITS, fingerprint};
use crate::server::ids;
use crate::server::security::signing::{self, DocumentKey, Seal};
use crate::server::state::AppState;
pub use crate::server::store::documents::DocumentKind;
use crate::server::store::documents::{self, DocumentFile, ListedDocument, NewDocument};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::signing_keys::{self, KnownKey};
use crate::server::store::{StoreError, Tx};
use serde_json::json;
use sha2::{Digest, Sha256};

/// A document about to be issued: what it is about, what it says and its file, not yet signed.
pub struct Subject<'a> {
    /// The id it will have: agreements refer to their document, so the caller makes it (`ids::new_id()`).
    pub id: &'a DocumentId,
    pub kind: DocumentKind,
    /// What people call it; printed in the file.
    pub reference: &'a str,
    pub customer_id: &'a CustomerId,
    pub account_id: &'a AccountId,
    /// The agreement and its version it is about.
    pub agreement: Option<(&'a AgreementId, i64)>,
    pub payment_id: Option<&'a PaymentId>,
    pub language: Language,
    /// Canonical JSON of what it says; its SHA-256 is printed in the file.
    pub terms: String,
    pub file: Vec<u8>,
}

/// Who writes our documents and letters, from the settings, to a reader of this language.
pub fn sender(config: &Config, language: Language) -> Sender {
    Sender {
        portal_name: config.portal_name.clone(),
        postal_address: config.contact.postal_address.clone(),
        phone: config.contact.phone.clone(),
        hours: config.contact.hours(language),
        public_url: config.public_url.clone(),
    }
}

/// Typesets, signs and stores a document in the caller's transaction, with its event. `at` is the instant it speaks of:
/// the signature's or the payment's.
pub async fn issue(tx: &mut Tx, subject: Subject<'_>, at: Millis) -> Result<(), Failure> {
    let key = live_key(tx, at).await?;
    let bytes = key.sign(subject.file);
    let (terms_sha256, file_sha256) = (fingerprint(&subject.terms), hex::encode(Sha256::digest(&bytes)));
    let new = NewDocument {
        id: subject.id,
        reference: subject.reference,
        kind: subject.kind,
        customer_id: subject.customer_id,
        account_id: subject.account_id,
        agreement: subject.agreement,
        payment_id: subject.payment_id,
        language: subject.language.tag(),
        issued_at: at,
        terms: &subject.terms,
        terms_sha256: &terms_sha256,
        file_sha256: &file_sha256,
        signing_key_id: key.id(),
        bytes: &bytes,
    };
    documents::insert(tx, &new).await?;
    let event = Event {
        at,
        actor: Actor::System,
        action: "document.issued",
        customer_id: Some(subject.customer_id.to_string()),
        account_id: Some(subject.account_id.to_string()),
        subject_id: Some(subject.id.to_string()),
        details: json!({
            "kind": subject.kind.code(), "terms_sha256": terms_sha256, "file_sha256": file_sha256, "key": key.id(),
        }),
    };
    events::append(tx, &event).await?;
    Ok(())
}

/// Signs a file that can be made again at any time and so is not kept.
pub(super) async fn sign(tx: &mut Tx, file: Vec<u8>, at: Millis) -> Result<Vec<u8>, Failure> {
    Ok(live_key(tx, at).await?.sign(file))
}

/// A document's file, for its owner; `None` for everyone else, as if it were not there.
pub async fn file_of_customer(state: &AppState, customer: &CustomerId, id: &DocumentId) -> Result<Option<DocumentFile>, Failure> {
    Ok(documents::file_of_customer(state.db.pool(), customer, id).await?)
}

/// The letter that thanks a customer for an agreement they completed.
pub async fn thank_you_of(
    state: &AppState,
    customer: &CustomerId,
    agreement: &AgreementId,
) -> Result<Option<DocumentId>, Failure> {
    Ok(documents::thank_you_of(state.db.pool(), customer, agreement).await?)
}

/// A page of a customer's documents, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub documents: Vec<ListedDocument>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
}

/// The documents of a customer on a page; on the last one where there are fewer.
pub async fn of_customer(state: &AppState, customer: &CustomerId, page: u32) -> Result<Listed, Failure> {
    let mut tx = state.db.begin_read().await?;
    let (count, mut listed) = documents::of_customer(&mut tx, customer, page.max(1) - 1).await?;
    let pages = u32::try_from(count).unwrap_or(u32::MAX).div_ceil(documents::ON_A_PAGE).max(1);
    let shown = page.clamp(1, pages);
    if shown != page.max(1) {
        (_, listed) = documents::of_customer(&mut tx, customer, shown - 1).await?;
    }
    Ok(Listed { documents: listed, page: shown, pages })
}

/// What we say about something that is said to be our document. It names nobody and says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Signed by one of our keys, and not one byte has changed since.
    Genuine,
    /// It has our signature's form, but its bytes are not those that were signed.
    Altered,
    /// Not from here: no signature, a stranger's key, or a code we never gave out.
    Unknown,
}

/// What came of a form of the verify screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    File(Verdict),
    /// The codes as they were typed.
    KnownCode(String),
    UnknownCode(String),
    NotACode(String),
    Nothing,
}

/// Whether a file is a document of this portal, unaltered. Keys that were retired still count.
pub async fn verify_file(state: &AppState, file: &[u8]) -> Result<Verdict, Failure> {
    let known = signing_keys::all(state.db.pool()).await?;
    Ok(judge(&signing::examine(file), &known))
}

/// Whether a seal is that of one of our keys.
pub fn judge(seal: &Seal, known: &[KnownKey]) -> Verdict {
    match seal {
        Seal::Intact(key) if known.iter().any(|known| known.key == **key) => Verdict::Genuine,
        Seal::Intact(_) | Seal::Missing => Verdict::Unknown,
        Seal::Broken => Verdict::Altered,
    }
}

/// Whether this portal issued a document with the code or fingerprint somebody typed, however it was grouped.
/// `None` where it is neither.
pub async fn verify_code(state: &AppState, typed: &str) -> Result<Option<Verdict>, Failure> {
    let Some(code) = read_code(typed) else { return Ok(None) };
    let pool = state.db.pool();
    let known = match code.len() {
        CHECK_CODE_DIGITS => documents::has_code(pool, &code).await?,
        _ => documents::has_fingerprint(pool, &code).await?,
    };
    Ok(Some(if known { Verdict::Genuine } else { Verdict::Unknown }))
}

/// Hexadecimal digits in small letters: 16 (the check code) or 64 (a fingerprint).
fn read_code(typed: &str) -> Option<String> {
    let code: String =
        typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').flat_map(char::to_lowercase).collect();
    let is_code = code.len() == CHECK_CODE_DIGITS || code.len() == 64;
    (is_code && code.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(code)
}

/// Every key, live and retired: what the portal publishes.
pub async fn keys(state: &AppState) -> Result<Vec<KnownKey>, Failure> {
    Ok(signing_keys::all(state.db.pool()).await?)
}

/// Takes a new key into use. The old one's public half stays published; its secret half is erased. Returns the new id.
pub async fn rotate_key(state: &AppState) -> Result<String, Failure> {
    let now = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    let old = signing_keys::live(&mut tx).await?;
    if let Some(old) = &old {
        signing_keys::retire(&mut tx, old.id(), now).await?;
    }
    let new = live_key(&mut tx, now).await?;
    let event = Event {
        at: now,
        actor: Actor::Operator,
        action: "signing_key.rotated",
        customer_id: None,
        account_id: None,
        subject_id: Some(new.id().to_owned()),
        details: json!({ "retired": old.as_ref().map(DocumentKey::id) }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(new.id().to_owned())
}

/// The key that signs now, made on first use. Of two first uses at the same moment one makes it and both use it.
async fn live_key(tx: &mut Tx, now: Millis) -> Result<DocumentKey, Failure> {
    if let Some(key) = signing_keys::live(tx).await? {
        return Ok(key);
    }
    let made = DocumentKey::from_secret(&ids::random_bytes());
    signing_keys::add(tx, &made, now).await?;
    signing_keys::live(tx).await?.ok_or(Failure::Missing("signing key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_grouped() {
        assert_eq!(read_code(" 4413 6FA3-55B3 678A "), Some("44136fa355b3678a".to_owned()));
        assert_eq!(read_code(&"ab".repeat(32)), Some("ab".repeat(32)));
        for wrong in ["", "4413", "4413 6FA3 55B3 678X", &"ab".repeat(33)] {
            assert_eq!(read_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_strangers_key_proves_nothing() {
        let key = DocumentKey::from_secret(&[1; 32]);
        let seal = signing::examine(&key.sign(b"%PDF-1.7\n%%EOF\n".to_vec()));
        assert_eq!(judge(&seal, &[]), Verdict::Unknown);
        let known = KnownKey { key: key.public(), created_at: 0, retired_at: Some(1) };
        assert_eq!(judge(&seal, &[known]), Verdict::Genuine);
    }
}
