//! Passkeys: what a device signed, checked as W3C Web Authentication Level 2 says (sections 7.1 and 7.2).
//!
//! We ask for no attestation: which make of device it is does not matter here, so there are no certificates to read. What is left is
//! a key, a challenge, where the page was, and a signature. The signature is checked by ring; everything else is here, without I/O.
//! Challenges are kept and used up by `services/ways_in`. Why no library: docs/decisions/0023-coming-back.md.

mod key;

pub use key::{ALGORITHMS, PublicKey};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Where passkeys are good: the name of the site, and where its pages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The host, without port.
    pub id: String,
    /// Scheme, host and port.
    pub origin: String,
}

impl Site {
    /// `None` where the portal is reached by a number: browsers make no passkeys there.
    pub fn of(public_url: &str) -> Option<Site> {
        let (scheme, rest) = public_url.split_once("://")?;
        let host_and_port = rest.split('/').next().filter(|host| !host.is_empty())?;
        let host = host_and_port.split_once(':').map_or(host_and_port, |(host, _)| host);
        let is_a_number = host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (!is_a_number).then(|| Site { id: host.to_lowercase(), origin: format!("{scheme}://{}", host_and_port.to_lowercase()) })
    }
}

/// Why what a device sent is not taken. For the log; a person is told that it did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("it cannot be read")]
    Unreadable,
    #[error("it is for something else")]
    WrongKind,
    #[error("it answers another challenge")]
    WrongChallenge,
    #[error("it was made on another page")]
    WrongOrigin,
    #[error("it is for another site")]
    WrongSite,
    #[error("nobody touched the device")]
    NobodyThere,
    #[error("the device did not make sure who it was")]
    NotVerified,
    #[error("the key is of a kind we do not take")]
    UnknownKey,
    #[error("the signature is wrong")]
    WrongSignature,
    #[error("the device counts less than it did: there may be two of it")]
    CountedBack,
}

/// The longest of what a device sends, in bytes: a large RSA key with extensions fits in many times.
const LONGEST_PART_BYTES: usize = 4_096;
const SHORTEST_CREDENTIAL_BYTES: usize = 16;
/// Section 4, "credential ID".
const LONGEST_CREDENTIAL_BYTES: usize = 1_023;

/// Reads base64url without padding, as our script sends it. Longer than anything a device makes is nothing.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    (text.len() <= LONGEST_PART_BYTES * 2)
        .then(|| URL_SAFE_NO_PAD.decode(text).ok())?
        .filter(|bytes| bytes.len() <= LONGEST_PART_BYTES)
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// The challenge that the client data answers, before anything of it is believed: by it the challenge is found and used up.
pub fn challenge_of(client_data: &[u8]) -> Option<String> {
    let data: ClientData = serde_json::from_slice(client_data).ok()?;
    Some(data.challenge)
}

/// A passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// As the device named it, base64url.
    pub credential_id: String,
    /// The COSE key, as it is kept.
    pub public_key: Vec<u8>,
    pub counter: u32,
}

/// Checks a passkey that was made for a challenge of ours.
pub fn check_new(client_data: &[u8], authenticator_data: &[u8], challenge: &str, site: &Site) -> Result<NewPasskey, Refusal> {
    check_client(client_data, "webauthn.create", challenge, site)?;
    let data = AuthenticatorData::read(authenticator_data, site)?;
    let (credential_id, rest) = data.credential()?;
    let (_, length) = PublicKey::read(rest).ok_or(Refusal::UnknownKey)?;
    // After the key come extensions, if it says so, and nothing else.
    if rest.len() != length && data.flags & HAS_EXTENSIONS == 0 {
        return Err(Refusal::Unreadable);
    }
    Ok(NewPasskey { credential_id: encode(credential_id), public_key: rest[..length].to_vec(), counter: data.counter })
}

/// What a device signed to come in.
pub struct Assertion<'a> {
    pub client_data: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
}

/// Checks it against the key and the count that are kept; returns the new count.
pub fn check_signature(
    assertion: &Assertion<'_>,
    challenge: &str,
    site: &Site,
    public_key: &[u8],
    counter: u32,
) -> Result<u32, Refusal> {
    check_client(assertion.client_data, "webauthn.get", challenge, site)?;
    let data = AuthenticatorData::read(assertion.authenticator_data, site)?;
    let (key, _) = PublicKey::read(public_key).ok_or(Refusal::UnknownKey)?;
    let signed = [assertion.authenticator_data, Sha256::digest(assertion.client_data).as_slice()].concat();
    if !key.has_signed(&signed, assertion.signature) {
        return Err(Refusal::WrongSignature);
    }
    // Passkeys that are on several devices do not count and always say 0.
    if (data.counter > 0 || counter > 0) && data.counter <= counter {
        return Err(Refusal::CountedBack);
    }
    Ok(data.counter)
}

fn check_client(client_data: &[u8], kind: &str, challenge: &str, site: &Site) -> Result<(), Refusal> {
    let data: ClientData = serde_json::from_slice(client_data).map_err(|_| Refusal::Unreadable)?;
    if data.kind != kind {
        return Err(Refusal::WrongKind);
    }
    if !bool::from(data.challenge.as_bytes().ct_eq(challenge.as_bytes())) {
        return Err(Refusal::WrongChallenge);
    }
    if data.origin != site.origin || data.cross_origin {
        return Err(Refusal::WrongOrigin);
    }
    Ok(())
}

// Flags of section 6.1.
const SOMEBODY_THERE: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;
const HEAD_BYTES: usize = 37;
const MAKE_BYTES: usize = 16;

/// What the device says of itself and of what it did: section 6.1.
struct AuthenticatorData<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Of our site, by somebody who was there and whom the device knows.
    fn read(bytes: &'a [u8], site: &Site) -> Result<AuthenticatorData<'a>, Refusal> {
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES).ok_or(Refusal::Unreadable)?;
        let (of_site, head) = head.split_at(32);
        if of_site != Sha256::digest(site.id.as_bytes()).as_slice() {
            return Err(Refusal::WrongSite);
        }
        let flags = head[0];
        if flags & SOMEBODY_THERE == 0 {
            return Err(Refusal::NobodyThere);
        }
        if flags & VERIFIED == 0 {
            return Err(Refusal::NotVerified);
        }
        Ok(AuthenticatorData { flags, counter: u32::from_be_bytes([head[1], head[2], head[3], head[4]]), rest })
    }

    /// The name of a new credential, and what follows: its key.
    fn credential(&self) -> Result<(&'a [u8], &'a [u8]), Refusal> {
        if self.flags & HAS_CREDENTIAL == 0 {
            return Err(Refusal::Unreadable);
        }
        let after_make = self.rest.get(MAKE_BYTES..).ok_or(Refusal::Unreadable)?;
        let (length, after_length) = after_make.split_at_checked(2).ok_or(Refusal::Unreadable)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        if !(SHORTEST_CREDENTIAL_BYTES..=LONGEST_CREDENTIAL_BYTES).contains(&length) {
            return Err(Refusal::Unreadable);
        }
        after_length.split_at_checked(length).ok_or(Refusal::Unreadable)
    }
}

#[cfg(test)]
mod tests;
