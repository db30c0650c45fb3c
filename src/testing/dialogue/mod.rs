//! Whole connections: what a correct Client and a correct Server may say to each other, and the same with one planted
//! fault.

mod fault;
mod peers;
mod setup;
mod write;

use core::time::Duration;
use std::vec::Vec;

pub use self::fault::Planted;

use self::peers::Peers;
use super::choices::Choices;
use crate::packet_type::{PacketType, Side, Version};

/// A connection as somebody between the two sides sees it.
///
/// Both sides are played: each acts on what it has read, and packets take their time on the way, so that either side
/// may send what the other could not know of yet. Sessions are resumed, identifiers come again, limits are reached and
/// kept.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Dialogue {
    /// The version of both sides.
    pub version: Version,
    /// The packets in the order in which they pass.
    pub steps: Vec<Step>,
    /// The one fault, if there is one.
    pub planted: Option<Planted>,
}

/// A packet that passes.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Step {
    /// Who sent it.
    pub from: Side,
    /// When it passes, since the start.
    pub time: Duration,
    /// The packet.
    pub bytes: Vec<u8>,
}

impl Step {
    /// The packet type.
    #[must_use]
    pub fn packet_type(&self) -> Option<PacketType> {
        self.bytes
            .first()
            .copied()
            .and_then(PacketType::from_first_byte)
    }
}

/// The plainest choice first.
const VERSIONS: [Version; 3] = [Version::V5_0, Version::V3_1_1, Version::V3_1];

impl Dialogue {
    /// A connection without a fault.
    pub(crate) fn correct(c: &mut Choices<'_>) -> Self {
        let version = c.pick(&VERSIONS);
        Peers::new(version, None, c).play()
    }

    /// A connection with one fault, of the rule with this name in
    /// [`RULES`](crate::conversation::RULES). In rare cases there is no occasion for it, and none is planted.
    pub(crate) fn faulty(c: &mut Choices<'_>) -> Self {
        let row = c.pick(fault::ROWS);
        let version = match fault::is_only_of_5(row) {
            true => Version::V5_0,
            false => c.pick(&[Version::V5_0, Version::V3_1_1]),
        };
        Peers::new(version, Some(row), c).play()
    }
}
