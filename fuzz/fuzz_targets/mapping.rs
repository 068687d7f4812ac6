//! Any text as a mapping file: understood or refused with a reason, never a crash; and what is understood keeps its digest.
#![no_main]

use evenkeel::server::import::Mapping;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Mapping::parse(text) {
        Ok(mapping) => assert_eq!(mapping.sha256, Mapping::parse(text).expect("understood once").sha256),
        Err(error) => {
            assert!(!error.reason.is_empty());
            assert!(error.line <= text.matches('\n').count() + 1);
        }
    }
});
