//! Passwords of staff: which are refused, how they are kept.
//!
//! Kept as Argon2id with the parameters of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane). Refused by
//! length and by what is guessed first, not by rules on signs (NIST SP 800-63B, 3.1.1.2).

use crate::server::ids;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use flate2::read::GzDecoder;
use std::fmt;
use std::io::Read;

pub const SHORTEST_LETTERS: usize = 12;
pub const LONGEST_LETTERS: usize = 128;
/// Fewer different letters than this is a pattern, not a password.
const FEWEST_DIFFERENT_LETTERS: usize = 6;

const MEMORY_KIBIBYTES: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is tried first everywhere; a password made of these and little else is refused.
const GUESSED_FIRST: [&str; 16] = [
    "password", "passw0rd", "123456", "654321", "qwerty", "asdfgh", "abcdef", "letmein", "welcome", "iloveyou", "admin",
    "changeme", "monkey", "dragon", "evenkeel", "secret",
];

/// The ten thousand that are used most, from Django's list (BSD): lower case, letters and digits only, one a line. Compressed.
const USED_MOST: &[u8] = include_bytes!("common_passwords.gz");
/// So few letters beside a password that is used by many make it no other.
const FEWEST_OWN_LETTERS: usize = 4;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    TooShort,
    TooLong,
    /// A few letters over and over.
    Repetitive,
    /// It is, or nearly is, among those tried first.
    GuessedFirst,
    /// It contains the person's name or address.
    Personal,
}

impl WeakPassword {
    /// For a screen that has the words.
    pub fn code(self) -> &'static str {
        match self {
            WeakPassword::TooShort => "too_short",
            WeakPassword::TooLong => "too_long",
            WeakPassword::Repetitive => "repetitive",
            WeakPassword::GuessedFirst => "guessed_first",
            WeakPassword::Personal => "personal",
        }
    }
}

impl fmt::Display for WeakPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WeakPassword::TooShort => {
                write!(f, "the password needs at least {SHORTEST_LETTERS} letters; four words make a good one")
            }
            WeakPassword::TooLong => write!(f, "the password may have at most {LONGEST_LETTERS} letters"),
            WeakPassword::Repetitive => f.write_str("the password repeats the same few letters"),
            WeakPassword::GuessedFirst => f.write_str("the password is one of those that are guessed first"),
            WeakPassword::Personal => f.write_str("the password contains the person's own name or address"),
        }
    }
}

/// A password that cannot be hashed or a hash that cannot be read: a bug or a damaged database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed or checked")]
pub struct PasswordFailure;

/// Refuses what would be guessed. `personal` are words that belong to the person: name, address.
pub fn check(password: &str, personal: &[&str]) -> Result<(), WeakPassword> {
    let letters = password.chars().count();
    if letters < SHORTEST_LETTERS {
        return Err(WeakPassword::TooShort);
    }
    if letters > LONGEST_LETTERS {
        return Err(WeakPassword::TooLong);
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < FEWEST_DIFFERENT_LETTERS {
        return Err(WeakPassword::Repetitive);
    }
    // What is left without the guessed words must still be worth something.
    let rest = GUESSED_FIRST.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    if rest.chars().count() < SHORTEST_LETTERS / 2 {
        return Err(WeakPassword::GuessedFirst);
    }
    if is_used_by_many(&lower) {
        return Err(WeakPassword::GuessedFirst);
    }
    let words = personal.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let is_personal = |word: &str| word.chars().count() >= 4 && lower.contains(&word.to_lowercase());
    if words.into_iter().any(is_personal) {
        return Err(WeakPassword::Personal);
    }
    Ok(())
}

/// Whether it is one that many use, repeated, or with a few letters or any digits around it. A list that cannot be read finds nothing;
/// a test reads it.
fn is_used_by_many(lower: &str) -> bool {
    let letters: String = lower.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let core = letters.trim_matches(|letter: char| letter.is_ascii_digit());
    let is_little_more = |text: &str, used: &str| {
        !text.is_empty() && text.contains(used) && text.replace(used, "").chars().count() < FEWEST_OWN_LETTERS
    };
    used_most().lines().any(|used| is_little_more(&letters, used) || is_little_more(core, used))
}

fn used_most() -> String {
    let mut list = String::new();
    GzDecoder::new(USED_MOST).read_to_string(&mut list).map(|_| list).unwrap_or_default()
}

/// The password as it is kept. Takes some tens of milliseconds and 19 MiB: call it off the async threads.
pub fn hash(password: &str) -> Result<String, PasswordFailure> {
    let salt: [u8; 16] = ids::random_bytes();
    let hash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| PasswordFailure)?;
    Ok(hash.to_string())
}

/// Whether this is the password that was kept. As slow as [`hash`].
pub fn is_correct(password: &str, kept: &str) -> Result<bool, PasswordFailure> {
    let kept = PasswordHash::new(kept).map_err(|_| PasswordFailure)?;
    Ok(hasher()?.verify_password(password.as_bytes(), &kept).is_ok())
}

/// A password nobody has to think of: 100 bits, in groups that can be read aloud.
pub fn generate() -> String {
    let groups: Vec<String> = (0..3).map(|_| ids::new_reference("").trim_matches('-').to_lowercase()).collect();
    groups.join("-")
}

fn hasher() -> Result<Argon2<'static>, PasswordFailure> {
    let params = Params::new(MEMORY_KIBIBYTES, PASSES, LANES, None).map_err(|_| PasswordFailure)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_recognised_and_no_other() {
        let kept = hash("harbour lamp quiet tide").expect("hashes");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(is_correct("harbour lamp quiet tide", &kept), Ok(true));
        assert_eq!(is_correct("harbour lamp quiet tidE", &kept), Ok(false));
        assert_eq!(is_correct("anything", "not a hash"), Err(PasswordFailure));
    }

    #[test]
    fn what_would_be_guessed_is_refused() {
        let refused = |password: &str| check(password, &["Grace Hopper", "grace@example.net"]);
        assert_eq!(refused("short"), Err(WeakPassword::TooShort));
        assert_eq!(refused(&"ab c".repeat(40)), Err(WeakPassword::TooLong));
        assert_eq!(refused("abababababab"), Err(WeakPassword::Repetitive));
        assert_eq!(refused("Password123456!"), Err(WeakPassword::GuessedFirst));
        assert_eq!(refused("my-name-is-Hopper"), Err(WeakPassword::Personal));
        for used_by_many in
            ["Sunshine1234567", "liverpool-2026-!", "Butterfly Butterfly", "1q2w3e4r5t6y", "qwertyuiop-asd", "789456123789456123"]
        {
            assert_eq!(refused(used_by_many), Err(WeakPassword::GuessedFirst), "{used_by_many}");
        }
        for own in ["harbour lamp quiet tide", "sunshine over the harbour", "una mañana sin prisa", "5829 1047 3361 9925"] {
            assert_eq!(refused(own), Ok(()), "{own}");
        }
    }

    #[test]
    fn the_list_of_those_used_most_is_whole() {
        assert_eq!(used_most().lines().count(), 10_000);
        assert!(used_most().lines().all(|used| used.len() >= 5 && used.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    }

    #[test]
    fn a_generated_password_is_always_accepted() {
        for _ in 0..200 {
            let password = generate();
            assert_eq!(check(&password, &[]), Ok(()), "{password}");
        }
    }
}
