//! The discovery document.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| erp::identity::fuzzing::discovery(data));
