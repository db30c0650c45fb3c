//! mqtt-reason measured side by side with code written by hand and with the published codecs.
//!
//! The binary `peers` prints the tables; `README.md` says what is measured and how.

pub mod args;
#[path = "../../by_hand/mod.rs"]
pub mod by_hand;
pub mod codec;
pub mod peers;
pub mod report;
/// Shared with the benches of `mqtt-reason` itself.
#[path = "../../../tests/workloads/walk.rs"]
mod walk;
/// Shared with the benches and tests of `mqtt-reason` itself.
#[path = "../../../tests/workloads/mod.rs"]
pub mod workloads;

pub use workloads::visit;
