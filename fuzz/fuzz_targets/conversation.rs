//! See `tests/fuzzing/conversation.rs`.
#![no_main]

#[path = "../../tests/fuzzing/conversation.rs"]
mod conversation;

libfuzzer_sys::fuzz_target!(|data: &[u8]| conversation::check(data));
