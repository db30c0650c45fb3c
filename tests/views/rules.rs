//! A test or more for each rule of `tests/spec/views.md`.
