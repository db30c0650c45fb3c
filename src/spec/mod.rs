//! Facts of the specification: no parsing.

pub(crate) mod names;
pub(crate) mod property;
pub(crate) mod scalar;
