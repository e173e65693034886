//! Any text as a token of each kind: ID token, access token, logout token.
#![no_main]

mod signer;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    erp::identity::fuzzing::token(
        &String::from_utf8_lossy(data),
        signer::SIGNER.key_set.as_bytes(),
    );
});
