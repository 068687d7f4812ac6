//! Ed25519 signatures on documents (RFC 8032), and the line that carries one behind the end of a PDF.
//!
//! The signature covers every byte of the file before that line; the line names the key and carries its public half, so
//! that a file can be checked without this server, with any Ed25519 program. A PDF reader takes the line for a comment:
//!
//! ```text
//! %EvenkeelSignature v1 key=<id> public=<base64url> sig=<base64url>
//! ```
//!
//! Whose key it is is another question: that is what the published list of keys answers. Nothing here reads a database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// As stored and published.
pub const ALGORITHM: &str = "ed25519";
const MARK: &str = "%EvenkeelSignature v1 ";
/// The line is about 190 bytes; nothing longer is looked at.
const LONGEST_TRAILER_BYTES: usize = 400;

/// A key that signs. Its `Debug` shows the id only.
#[derive(Clone)]
pub struct DocumentKey {
    id: String,
    secret: SigningKey,
}

/// The public half: what is published and what comes with every document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub id: String,
    key: VerifyingKey,
}

/// A stored or published key that is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 key")]
pub struct NotAKey;

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentKey({})", self.id)
    }
}

impl DocumentKey {
    /// A key from 32 bytes of chance.
    pub fn from_secret(secret: &[u8; 32]) -> DocumentKey {
        let secret = SigningKey::from_bytes(secret);
        DocumentKey { id: id_of(&secret.verifying_key()), secret }
    }

    pub fn from_text(secret: &str) -> Result<DocumentKey, NotAKey> {
        let bytes: [u8; 32] = decode(secret).and_then(|bytes| bytes.try_into().ok()).ok_or(NotAKey)?;
        Ok(DocumentKey::from_secret(&bytes))
    }

    /// The secret as it is stored.
    pub fn secret_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret.to_bytes())
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.id.clone(), key: self.secret.verifying_key() }
    }

    /// The file with its signature behind it.
    pub fn sign(&self, mut file: Vec<u8>) -> Vec<u8> {
        if !file.ends_with(b"\n") {
            file.push(b'\n');
        }
        let signature = URL_SAFE_NO_PAD.encode(self.secret.sign(&file).to_bytes());
        let line = format!("{MARK}key={} public={} sig={signature}\n", self.id, self.public().text());
        file.extend_from_slice(line.as_bytes());
        file
    }
}

impl PublicKey {
    pub fn from_text(text: &str) -> Result<PublicKey, NotAKey> {
        let bytes: [u8; 32] = decode(text).and_then(|bytes| bytes.try_into().ok()).ok_or(NotAKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| NotAKey)?;
        Ok(PublicKey { id: id_of(&key), key })
    }

    /// As published: 32 bytes, base64url.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.to_bytes())
    }
}

/// What a file says about itself, without asking whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seal {
    /// Not one byte has changed since this key signed it.
    Intact(Box<PublicKey>),
    /// There is a signature, but not of these bytes.
    Broken,
    /// No signature of ours behind the end of the file.
    Missing,
}

/// Looks for the signature of a file and checks it.
pub fn examine(file: &[u8]) -> Seal {
    let Some(start) = trailer_start(file) else { return Seal::Missing };
    let (signed, trailer) = file.split_at(start);
    match read_trailer(trailer) {
        Some((key, signature)) if key.key.verify_strict(signed, &signature).is_ok() => Seal::Intact(Box::new(key)),
        _ => Seal::Broken,
    }
}

/// Where the last line begins that opens with our mark, if one does near the end of the file.
fn trailer_start(file: &[u8]) -> Option<usize> {
    let from = file.len().saturating_sub(LONGEST_TRAILER_BYTES);
    let tail = &file[from..];
    let found = tail.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())?;
    Some(from + found)
}

/// The line must be exactly as we write it: one reading, one meaning.
fn read_trailer(trailer: &[u8]) -> Option<(PublicKey, Signature)> {
    let line = std::str::from_utf8(trailer).ok()?.strip_suffix('\n')?.strip_prefix(MARK)?;
    let mut parts = line.split(' ');
    let id = parts.next()?.strip_prefix("key=")?;
    let public = PublicKey::from_text(parts.next()?.strip_prefix("public=")?).ok()?;
    let signature: [u8; 64] = decode(parts.next()?.strip_prefix("sig=")?)?.try_into().ok()?;
    (parts.next().is_none() && public.id == id).then_some((public, Signature::from_bytes(&signature)))
}

/// The first 16 hexadecimal digits of the SHA-256 of the public key: an id nobody can give to another key.
fn id_of(key: &VerifyingKey) -> String {
    hex::encode(&Sha256::digest(key.to_bytes())[..8])
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"%PDF-1.7\nwhat it says\n%%EOF";

    fn key() -> DocumentKey {
        DocumentKey::from_secret(&[7; 32])
    }

    #[test]
    fn a_signed_file_names_the_key_that_signed_it() {
        let signed = key().sign(FILE.to_vec());
        assert_eq!(examine(&signed), Seal::Intact(Box::new(key().public())));
        assert!(
            String::from_utf8(signed).expect("text").starts_with("%PDF-1.7\nwhat it says\n%%EOF\n%EvenkeelSignature v1 key=")
        );
    }

    #[test]
    fn any_changed_byte_is_found() {
        let signed = key().sign(FILE.to_vec());
        for index in 0..signed.len() {
            let mut altered = signed.clone();
            altered[index] ^= 0x01;
            assert!(!matches!(examine(&altered), Seal::Intact(_)), "byte {index}");
        }
    }

    #[test]
    fn something_added_or_cut_off_is_found() {
        let signed = key().sign(FILE.to_vec());
        let longer = [signed.as_slice(), b"\n"].concat();
        assert_eq!(examine(&longer), Seal::Broken);
        assert_eq!(examine(&signed[..signed.len() - 1]), Seal::Broken);
        assert_eq!(examine(FILE), Seal::Missing);
        assert_eq!(examine(b""), Seal::Missing);
    }

    #[test]
    fn another_key_under_our_keys_name_is_found() {
        let forged = DocumentKey { id: key().id, secret: SigningKey::from_bytes(&[8; 32]) }.sign(FILE.to_vec());
        assert_eq!(examine(&forged), Seal::Broken);
    }

    #[test]
    fn a_key_survives_being_stored() {
        let stored = DocumentKey::from_text(&key().secret_text()).expect("a key");
        assert_eq!(stored.public(), key().public());
        assert_eq!(PublicKey::from_text(&key().public().text()), Ok(key().public()));
        assert_eq!(PublicKey::from_text("short"), Err(NotAKey));
    }
}
