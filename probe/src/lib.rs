//! Scenarios of MQTT played against live brokers and clients, and what their answers are worth.

#![forbid(unsafe_code)]

pub mod client;
pub mod draft;
pub mod engine;
pub mod judge;
pub mod net;
pub mod refuse;
pub mod report;
pub mod scenario;
pub mod scenarios;
pub mod setting;
pub mod statements;
mod topic;
