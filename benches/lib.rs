//! Nothing: a package needs a target besides its benches.
