//! Any text as a token of each kind: ID token, access token, logout token.
#![no_main]

mod signer;

libfuzzer_sys::fuzz_target!(
    init: signer::make(),
    |data: &[u8]| {
        let text = String::from_utf8_lossy(data);
        erp::identity::fuzzing::token(&text, signer::SIGNER.key_set.as_bytes());
    }
);
