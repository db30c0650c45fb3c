//! See `tests/fuzzing/split.rs`.
#![no_main]

#[path = "../../tests/conformance/codec.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod codec;
#[path = "../../tests/fuzzing/split.rs"]
mod split;
#[path = "../../tests/fuzzing/input.rs"]
mod input;
#[path = "../../tests/oracle/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod oracle;

libfuzzer_sys::fuzz_target!(|data: &[u8]| split::check(data));
