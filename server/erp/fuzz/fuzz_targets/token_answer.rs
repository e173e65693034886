//! What the token endpoint and userinfo answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| erp::identity::fuzzing::token_answer(data));
