//! What carries packets is taken off, and packets are told apart: in pieces as in one piece.
#![no_main]

#[path = "../../cli/src/capture/mod.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod capture;

#[path = "../../cli/src/connection/direction.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod direction;
#[path = "../../cli/src/connection/secrets.rs"]
mod secrets;
#[path = "../../cli/src/connection/transport.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod transport;
#[path = "../../cli/src/connection/websocket.rs"]
mod websocket;

#[path = "../../cli/tests/fuzzing/carried.rs"]
mod carried;

use capture::{At, How};
use libfuzzer_sys::fuzz_target;

/// As in the command.
#[derive(Clone, Copy)]
struct Show {
    secrets: bool,
    payloads: bool,
}

fuzz_target!(|data: &[u8]| carried::check(data));
