//! `mqtt-reason tap`: as a relay, what it tells, TLS, between real programs, what it costs.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

#[path = "../../../../tests/embedding/programs.rs"]
mod programs;
mod real_brokers;
mod real_programs;
mod relay;
mod speed;
mod support;
mod tells;
mod tls;
