//! The provider's key set.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| erp::identity::fuzzing::key_set(data));
