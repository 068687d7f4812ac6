//! What occurs more than once in a file, found in a first pass with memory that does not grow with the file.
//!
//! A fixed filter remembers, a little forgetfully, which keys have been seen. A key that may have been seen before is kept
//! exactly. In the second pass only those keys are counted, and counted exactly: a wrong "maybe" of the filter costs a few
//! bytes, never a wrong answer. This is how two rows with one reference, and equal transactions, are told apart from a row
//! that was imported before, without asking the database what this run wrote and without holding the file.

use std::collections::HashMap;

/// 16 MiB: with ten million rows, two in a thousand are kept needlessly.
const FILTER_WORDS: usize = 1 << 21;
const PROBES: u32 = 4;

/// Most keys that may occur more than once, about 100 MB: a file with more is not one row a thing.
pub const MAX_REPEATED_KEYS: usize = 2_000_000;

/// 128 bits of a SHA-256: two different rows never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(u128);

impl Key {
    pub fn of_digest(digest: &[u8]) -> Key {
        Key(digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte)))
    }

    pub fn to_hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct TooManyRepeats;

pub struct FirstPass {
    filter: Vec<u64>,
    repeated: HashMap<Key, u32>,
}

impl Default for FirstPass {
    fn default() -> Self {
        FirstPass { filter: vec![0; FILTER_WORDS], repeated: HashMap::new() }
    }
}

impl FirstPass {
    pub fn see(&mut self, key: Key) -> Result<(), TooManyRepeats> {
        let mut may_be_known = true;
        for probe in 0..PROBES {
            // Each probe takes other bits of the digest.
            let bits = u32::try_from(key.0 >> (probe * 32) & 0xffff_ffff).unwrap_or(0) as usize;
            let (word, bit) = ((bits >> 6) % FILTER_WORDS, 1_u64 << (bits & 63));
            may_be_known &= self.filter[word] & bit != 0;
            self.filter[word] |= bit;
        }
        if may_be_known {
            self.repeated.insert(key, 0);
        }
        if self.repeated.len() > MAX_REPEATED_KEYS { Err(TooManyRepeats) } else { Ok(()) }
    }

    pub fn finish(self) -> Repeats {
        Repeats { counts: self.repeated }
    }
}

/// Counts, in the second pass, the keys that may occur more than once.
#[derive(Default)]
pub struct Repeats {
    counts: HashMap<Key, u32>,
}

impl Repeats {
    /// How often this key was counted before.
    pub fn before(&self, key: Key) -> u32 {
        self.counts.get(&key).copied().unwrap_or(0)
    }

    /// Counts it once more, if it may come again.
    pub fn count(&mut self, key: Key) {
        if let Some(count) = self.counts.get_mut(&key) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn key(number: u32) -> Key {
        Key::of_digest(&Sha256::digest(number.to_le_bytes()))
    }

    #[test]
    fn only_what_comes_again_is_kept_and_it_is_counted_exactly() {
        let numbers: Vec<u32> = (0..200_000).chain([7, 7, 199_999]).collect();
        let mut first = FirstPass::default();
        for number in &numbers {
            first.see(key(*number)).expect("few repeats");
        }
        let mut repeats = first.finish();
        assert!(repeats.counts.len() < 20, "{} kept", repeats.counts.len());
        let mut places = HashMap::new();
        for number in &numbers {
            places.entry(*number).or_insert_with(Vec::new).push(repeats.before(key(*number)));
            repeats.count(key(*number));
        }
        assert_eq!(places[&7], [0, 1, 2]);
        assert_eq!(places[&199_999], [0, 1]);
        assert!(places.iter().all(|(number, places)| [7, 199_999].contains(number) || *places == [0]));
    }
}
