//! See `tests/views/fuzzed.rs`.
#![no_main]

#[path = "../../tests/views/fuzzed.rs"]
mod fuzzed;
#[path = "../../tests/views/oracle/mod.rs"]
mod oracle;
#[path = "../../tests/views/words.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod words;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzed::check(data));
