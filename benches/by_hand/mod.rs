//! The two yardsticks: *B*, a decoder written by hand, and *R*, an encoder written by hand. Safe Rust, no dependency.

pub mod codes;
pub mod decode;
pub mod encode;
