//! A capture file, or a transcript: whatever it holds, nothing panics, time does not go back, and how it is read does
//! not matter.
#![no_main]

#[path = "../../cli/src/capture/mod.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod capture;
#[path = "../../cli/tests/fuzzing/captures.rs"]
mod captures;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| captures::check(data));
