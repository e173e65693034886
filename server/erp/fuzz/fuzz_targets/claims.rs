//! Any claims in a soundly signed token: what lies behind the signature.
#![no_main]

mod signer;

const HEADERS: [&str; 4] = [
    r#"{"alg":"RS256","kid":"A1","typ":"JWT"}"#,
    r#"{"alg":"RS256","kid":"A1","typ":"at+jwt"}"#,
    r#"{"alg":"RS256","kid":"A1","typ":"logout+jwt"}"#,
    r#"{"alg":"RS256"}"#,
];

libfuzzer_sys::fuzz_target!(
    init: signer::make(),
    |data: &[u8]| {
        // One header after the other, by the length: the claims stay a file that can be read.
        let header = HEADERS[data.len() % HEADERS.len()];
        let token = signer::SIGNER.sign(header.as_bytes(), data);
        erp::identity::fuzzing::signed_token(&token, signer::SIGNER.key_set.as_bytes(), data);
    }
);
