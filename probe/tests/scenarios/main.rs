//! Every scenario of `probe broker` and of `probe client`, with peers that do as demanded and peers that do not.
//!
//! One program, because all of it waits: what waits for the same limits waits together.

mod client;
mod faults;
#[path = "../../../tests/real/broker.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod mosquitto;
mod planted;
#[path = "../../../tests/real/programs.rs"]
mod programs;
mod scripted;
