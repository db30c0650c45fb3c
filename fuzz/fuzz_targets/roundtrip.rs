//! See `tests/fuzzing/roundtrip.rs`.
#![no_main]

#[path = "../../tests/fuzzing/roundtrip.rs"]
mod roundtrip;

use mqtt_reason::testing::Valid;

libfuzzer_sys::fuzz_target!(|valid: Valid| roundtrip::check(&valid));
