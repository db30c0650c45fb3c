//! See `tests/fuzzing/oracle_agrees.rs`.
#![no_main]

#[path = "../../tests/conformance/codec.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod codec;
#[path = "../../tests/fuzzing/oracle_agrees.rs"]
mod oracle_agrees;
#[path = "../../tests/fuzzing/input.rs"]
mod input;
#[path = "../../tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracle_agrees::check(data));
