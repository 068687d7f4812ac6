//! Secrets that are shown before they are kept: a new authenticator's, recovery codes, a password made for a colleague. They are
//! reckoned from the id of the session that shows them, which is in its cookie and nowhere else: nothing has to be stored, a page that
//! is opened again shows the same, and another session can show nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits nobody mistakes for one another.
const READABLE: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";
const GROUPS: usize = 6;
const LETTERS_A_GROUP: usize = 4;

fn secret(session_id: &str, purpose: &str) -> [u8; 32] {
    // A key of any length will do: the error cannot happen.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(session_id.as_bytes()) else { return [0; 32] };
    mac.chain_update(purpose.as_bytes()).finalize().into_bytes().into()
}

/// What a new authenticator reckons with.
pub fn totp_secret(session_id: &str) -> [u8; super::totp::SECRET_BYTES] {
    let mut first = [0; super::totp::SECRET_BYTES];
    first.copy_from_slice(&secret(session_id, "authenticator")[..super::totp::SECRET_BYTES]);
    first
}

/// Recovery codes: six groups of four, 117 bits each.
pub fn recovery_codes(session_id: &str) -> Vec<String> {
    (0..RECOVERY_CODES).map(|number| spelled(&secret(session_id, &format!("recovery code {number}")))).collect()
}

/// A password for somebody else to begin with, as they stand now.
pub fn password_for(session_id: &str, email: &str, generation: i64) -> String {
    spelled(&secret(session_id, &format!("password {generation} {email}")))
}

fn spelled(secret: &[u8; 32]) -> String {
    let letters: Vec<char> = secret
        .iter()
        .take(GROUPS * LETTERS_A_GROUP)
        .map(|byte| char::from(READABLE[usize::from(*byte) % READABLE.len()]))
        .collect();
    letters.chunks(LETTERS_A_GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_session_shows_other_secrets() {
        assert_eq!(recovery_codes("one"), recovery_codes("one"));
        assert!(recovery_codes("one").iter().all(|code| !recovery_codes("two").contains(code)));
        assert_ne!(totp_secret("one"), totp_secret("two"));
        assert_ne!(password_for("one", "a", 0), password_for("one", "b", 0));
        assert_ne!(password_for("one", "a", 0), password_for("one", "a", 1));
    }

    #[test]
    fn ten_codes_that_can_be_read_out() {
        let codes = recovery_codes("one");
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            assert_eq!(code.len(), 29, "{code}");
            assert!(code.chars().all(|letter| letter == '-' || READABLE.contains(&u8::try_from(letter).unwrap_or(0))), "{code}");
        }
    }
}
