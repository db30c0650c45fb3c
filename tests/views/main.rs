//! CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and PINGRESP as views of a frame.
//!
//! * `oracle`: a second decoder, written from `tests/spec/views.md`; `words`: what the crate says in its words.
//! * `rules`: a test or more for each rule of that page.
//! * `compared`: short bodies, and golden frames cut, stretched and changed: the crate against the oracle.
//! * `drawn`: what the generators of `testing` draw, valid and malformed.
//! * `scenarios`: packets that a broker may be sent, and the class that each is refused with.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test panics when it fails"
)]

#[macro_use]
#[path = "../shown/mod.rs"]
mod shown;

mod allocations;
mod compared;
#[cfg(feature = "proptest")]
mod drawn;
mod fields;
mod fuzzed;
mod golden;
mod oracle;
mod roundtrip;
mod rules;
mod scenarios;
mod words;
