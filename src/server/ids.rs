//! The one place that asks the machine for chance: ids, references people read aloud, and secrets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;

/// A new id: time-ordered (UUID version 7) so that indexes stay compact, as 32 hexadecimal digits.
pub fn new_id() -> String {
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask for chance")]
    let id = uuid::Uuid::now_v7();
    id.simple().to_string()
}

/// Letters and digits nobody mistakes for one another when read aloud: no 0 O 1 I L U.
const READABLE: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference people can read out: the prefix and eight characters in two groups, such as `EK-7F3K-9Q2M`.
pub fn new_reference(prefix: &str) -> String {
    let bytes: [u8; 8] = random_bytes();
    // 256 is not a multiple of 30: the bias is of no consequence for a name that is no secret.
    let letters: String = bytes.iter().map(|byte| char::from(READABLE[usize::from(*byte) % READABLE.len()])).collect();
    format!("{prefix}-{}-{}", &letters[..4], &letters[4..])
}

/// A secret for a URL or a cookie: 256 bits, base64url.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// A tag that only has to differ from its neighbours: 48 bits, base64url.
pub fn new_short_tag() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<6>())
}

pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask for chance")]
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
