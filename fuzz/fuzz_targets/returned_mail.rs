//! Any bytes as a message that came in by e-mail: read or not, never a crash; and every message of ours it names has our form.
#![no_main]

use evenkeel::server::notify::returns;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    if let Some(received) = returns::read(raw) {
        assert!(received.message_ids.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
});
