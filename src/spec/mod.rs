//! Facts of the specification: no parsing.

pub(crate) mod property;
