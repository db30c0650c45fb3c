//! What came of the scenarios, for people and for programs.

mod junit;
mod known;
mod line;
mod mask;
mod reproduce;
mod transcript;

pub use junit::junit;
pub use known::{Known, KnownError};
pub use line::{Line, Summary, Violation, shortened};
pub use mask::Show;
pub use transcript::{transcript, transcript_lines};
