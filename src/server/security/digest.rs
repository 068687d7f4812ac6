//! Digests of secrets and of things that must be counted without being kept.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 of a secret with enough chance in it (a session id, a token), in hexadecimal.
pub fn of_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// A keyed digest of something guessable, such as an account reference or an address. `kind` keeps subjects of different
/// kinds apart. Nested, so that a digest tells nothing about the digest of a longer text.
pub fn of_subject(key: &str, kind: &str, subject: &str) -> String {
    let inner =
        Sha256::new().chain_update(key).chain_update([0]).chain_update(kind).chain_update([0]).chain_update(subject).finalize();
    hex::encode(Sha256::new().chain_update(key).chain_update([1]).chain_update(inner).finalize())
}

/// Whether two texts are equal, in a time that tells nothing about either.
pub fn same(one: &str, other: &str) -> Choice {
    Sha256::digest(one.as_bytes()).as_slice().ct_eq(Sha256::digest(other.as_bytes()).as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_of_different_kinds_are_different() {
        assert_ne!(of_subject("k", "reference", "NG1"), of_subject("k", "address", "NG1"));
        assert_ne!(of_subject("k", "reference", "NG1"), of_subject("l", "reference", "NG1"));
        assert_eq!(of_subject("k", "reference", "NG1"), of_subject("k", "reference", "NG1"));
    }

    #[test]
    fn a_digest_is_the_published_one() {
        assert_eq!(of_secret("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
