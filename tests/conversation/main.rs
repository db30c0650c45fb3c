//! The checker of conversations against transcripts: each rule broken, and nearly broken.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that meets something else has failed"
)]

mod acknowledgements;
mod authentication;
mod connection;
mod limits;
mod memory;
mod not_told;
mod packets;
mod programs;
mod silence;
mod subscriptions;
mod table;
mod talk;
