//! What the codec accepts and refuses, against the specification's tables and against a second decoder.
//!
//! * `codec`: the codec's answer in the words of the oracle.
//! * `bodies`: every short body, every packet, version and sender.
//! * `first_bytes`, `codes`, `properties`: every byte in its place, against tables typed out from the specification.
//! * `golden`: the frames in `tests/vectors`, cut, stretched and changed.
//! * `composition`: the parsers inside somebody else's nom grammar.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics when it fails"
)]

#[macro_use]
#[path = "../shown/mod.rs"]
mod shown;

#[path = "../oracle/mod.rs"]
mod oracle;

mod bodies;
mod codec;
mod codes;
mod composition;
mod first_bytes;
mod golden;
mod properties;
