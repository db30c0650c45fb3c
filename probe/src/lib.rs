//! Scenarios of MQTT played against live brokers and clients, and what their answers are worth.

pub mod net;
