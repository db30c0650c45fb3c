//! The order of packets as far as one connection shows it without a look into CONNECT, SUBSCRIBE or PUBLISH.

use core::fmt;

use crate::packet_type::{PacketType, Side, Version};

/// A packet that must not come at this point of its connection, by a statement about the side that sends it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum OutOfOrder {
    /// A second CONNECT of a Client, [MQTT-3.1.0-2].
    SecondConnect,
    /// A packet of the Server, other than AUTH in 5.0, before its CONNACK, [MQTT-3.2.0-1].
    BeforeConnack,
    /// A DISCONNECT of the Server before it has accepted the connection, MQTT 5.0 [MQTT-3.14.0-1].
    DisconnectBeforeConnack,
    /// A second CONNACK, MQTT 5.0 [MQTT-3.2.0-2]; 3.1.1 and 3.1 have no such rule.
    SecondConnack,
    /// A packet of the Server after it has refused the connection, MQTT 5.0 [MQTT-3.2.2-7], 3.1.1 [MQTT-3.2.2-5].
    AfterRefusal,
    /// A packet after a DISCONNECT of the same side, MQTT 5.0 [MQTT-3.14.4-1], 3.1.1 [MQTT-3.14.4-2].
    AfterDisconnect,
}

impl OutOfOrder {
    /// The rule that is broken: a normative statement, or in 3.1 a section.
    #[must_use]
    pub const fn rule(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::SecondConnect, Version::V5_0 | Version::V3_1_1) => "MQTT-3.1.0-2",
            (Self::SecondConnect, Version::V3_1) => "3.1",
            (Self::BeforeConnack, Version::V5_0 | Version::V3_1_1) => "MQTT-3.2.0-1",
            (Self::BeforeConnack, Version::V3_1) => "3.2",
            (Self::DisconnectBeforeConnack, _) => "MQTT-3.14.0-1",
            (Self::SecondConnack, _) => "MQTT-3.2.0-2",
            (Self::AfterRefusal, Version::V5_0) => "MQTT-3.2.2-7",
            (Self::AfterRefusal, Version::V3_1_1 | Version::V3_1) => "MQTT-3.2.2-5",
            (Self::AfterDisconnect, Version::V5_0) => "MQTT-3.14.4-1",
            (Self::AfterDisconnect, Version::V3_1_1) => "MQTT-3.14.4-2",
            (Self::AfterDisconnect, Version::V3_1) => "3.14",
        }
    }
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SecondConnect => "for the second time",
            Self::BeforeConnack => "before CONNACK",
            Self::DisconnectBeforeConnack => "before the connection was accepted",
            Self::SecondConnack => "for the second time",
            Self::AfterRefusal => "after the CONNACK that refused the connection",
            Self::AfterDisconnect => "after a DISCONNECT of the same side",
        })
    }
}

/// What one side has sent so far, as far as it decides over what this side may send next. What the other side has sent
/// in the meantime does not matter: packets cross on their way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// A Client has not sent CONNECT, or a Server has not sent CONNACK.
    Start,
    /// A Client has sent CONNECT, or a Server has accepted the connection.
    Open,
    /// A Server has refused the connection.
    Refused,
    /// This side has sent DISCONNECT.
    Disconnected,
}

impl Phase {
    /// What forbids that `sender` sends a packet of this type now. That a Client starts with CONNECT is for the caller.
    pub(super) const fn forbids(
        self,
        sender: Side,
        version: Version,
        packet: PacketType,
    ) -> Option<OutOfOrder> {
        use PacketType::{Auth, Connack, Connect, Disconnect};
        Some(match (self, sender, packet) {
            (Self::Disconnected, _, _) => OutOfOrder::AfterDisconnect,
            (Self::Refused, _, _) => OutOfOrder::AfterRefusal,
            (Self::Open, Side::Client, Connect) => OutOfOrder::SecondConnect,
            (Self::Start, Side::Server, Connack) => return None,
            (Self::Start, Side::Server, Auth) if is_5_0(version) => return None,
            (Self::Start, Side::Server, Disconnect) if is_5_0(version) => {
                OutOfOrder::DisconnectBeforeConnack
            }
            (Self::Start, Side::Server, _) => OutOfOrder::BeforeConnack,
            (Self::Open, Side::Server, Connack) if is_5_0(version) => OutOfOrder::SecondConnack,
            _ => return None,
        })
    }

    /// The phase after `sender` has sent a packet of this type; `refuses`: whether it is a CONNACK that refuses.
    pub(super) const fn after(
        self,
        sender: Side,
        version: Version,
        packet: PacketType,
        refuses: bool,
    ) -> Self {
        match (sender, packet, version) {
            (_, PacketType::Disconnect, _) => Self::Disconnected,
            // No statement of 3.1 says what may follow a refusal.
            (Side::Server, PacketType::Connack, Version::V5_0 | Version::V3_1_1) if refuses => {
                Self::Refused
            }
            (Side::Server, PacketType::Connack, _) => Self::Open,
            // A Client's CONNECT may have gone another way, but it has gone.
            (Side::Client, _, _) => Self::Open,
            (Side::Server, _, _) => self,
        }
    }
}

const fn is_5_0(version: Version) -> bool {
    matches!(version, Version::V5_0)
}
