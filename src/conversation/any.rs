//! A packet of any version.

use crate::packet_type::PacketType;
use crate::{v3, v5};

/// One of the nine reason-coded packets of MQTT 5.0, or one of their likes in 3.1.1 and 3.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a packet has one of the three versions"
)]
pub enum Packet<'a> {
    /// Of MQTT 5.0.
    V5(v5::Packet<'a>),
    /// Of 3.1.1 or 3.1.
    V3(v3::Version, v3::Packet<'a>),
}

impl Packet<'_> {
    /// The packet type.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::V5(packet) => packet.packet_type(),
            Self::V3(_, packet) => packet.packet_type(),
        }
    }
}
