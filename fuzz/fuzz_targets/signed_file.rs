//! Any bytes as a file: looked at without a crash; signed they are found intact, and with one byte changed or added they
//! are not.
#![no_main]

use evenkeel::server::security::signing::{DocumentKey, Seal, examine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    // Nobody but the holder of the key can write a signature of it, whatever is tried here.
    let key = DocumentKey::from_secret(&[7; 32]);
    let is_ours = |seal: &Seal| matches!(seal, Seal::Intact(found) if **found == key.public());
    examine(file);
    let signed = key.sign(file.to_vec());
    assert!(is_ours(&examine(&signed)));
    let place = file.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte))) % signed.len();
    let mut altered = signed.clone();
    altered[place] ^= 1 << (place % 8);
    assert!(!is_ours(&examine(&altered)), "byte {place}");
    let mut longer = signed;
    longer.push(b'\n');
    assert!(!is_ours(&examine(&longer)));
});
