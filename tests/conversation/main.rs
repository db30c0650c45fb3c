//! The checker of conversations against transcripts: each rule broken, and nearly broken.

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
