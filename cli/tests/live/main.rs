//! The command between clients and brokers that run: `probe broker`, `probe client`, `refuse`, `tap`.
//!
//! One program, because all of it waits: what waits for the same limits waits together.

mod client_reports;
mod probe;
mod tap;
