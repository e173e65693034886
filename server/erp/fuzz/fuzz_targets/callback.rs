//! The fields of a callback.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| erp::identity::fuzzing::callback(data));
