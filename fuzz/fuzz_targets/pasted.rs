//! Text that somebody pasted: whatever it is, nothing panics and an error points into it; bytes that are written in
//! hexadecimal are read as those bytes, or as none.
#![no_main]

#[path = "../../cli/src/finding.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod finding;
#[path = "../../cli/src/input/mod.rs"]
mod input;
#[path = "../../cli/src/packet.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod packet;
#[path = "../../cli/tests/fuzzing/pasted.rs"]
mod pasted;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pasted::check(data));
