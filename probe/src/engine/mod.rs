//! Plays scenarios: connects, sends, collects.

mod again;
mod learn;
mod link;
mod message;
mod run;
mod seen;
mod stage;

pub use learn::{Known, NoTarget, Spoken, learn};
pub use link::{Act, Breach, End, Event, Link};
pub use message::Message;
pub use run::{Played, Runner};
pub use seen::{Layout, Refused, Seen, What, with_codes};
pub use stage::{Stage, Stop, Target};
