//! See `tests/fuzzing/decode.rs`.
#![no_main]

#[path = "../../tests/conformance/codec.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod codec;
#[path = "../../tests/fuzzing/decode.rs"]
mod decode;
#[path = "../../tests/fuzzing/input.rs"]
mod input;
#[path = "../../tests/oracle/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod oracle;

libfuzzer_sys::fuzz_target!(|data: &[u8]| decode::check(data));
