//! Why a connection ends, and what to answer before it does.

use std::io;

use super::order::OutOfOrder;
use crate::encode_error::EncodeError;
use crate::error::DecodeError;
use crate::packet_type::{PacketType, Version};
use crate::v5::{self, ConnackReason, DisconnectReason};

/// What to do about an error before closing the connection, MQTT 5.0 §4.13.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two packets can say why, or none does"
)]
pub enum Answer {
    /// Send a CONNACK with this code: a Server that has not answered CONNECT yet.
    Connack(ConnackReason),
    /// Send a DISCONNECT with this code.
    Disconnect(DisconnectReason),
    /// Send nothing: 3.1.1 and 3.1 have no packet for it (3.1.1 [MQTT-4.8.0-1]), the version is not known, nothing may
    /// be sent after a DISCONNECT or a refusal [MQTT-3.14.4-2], or nobody is there to read it.
    Close,
}

impl Answer {
    /// The packet to send, without properties; `None` to just close.
    #[must_use]
    pub const fn packet(self) -> Option<v5::Packet<'static>> {
        match self {
            Self::Connack(reason) => Some(v5::Packet::Connack(v5::Connack::refused(reason))),
            Self::Disconnect(reason) => Some(v5::Packet::Disconnect(v5::Disconnect::new(reason))),
            Self::Close => None,
        }
    }
}

/// Why a connection yields nothing more, or why something was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The peer sent bytes that the specification forbids.
    #[error("{error}")]
    #[non_exhaustive]
    Refused {
        /// What is wrong with them, and where.
        #[source]
        error: DecodeError,
        /// What to answer.
        answer: Answer,
    },
    /// The peer sent something before a CONNECT that names a known version, [MQTT-3.1.0-1].
    #[error("{packet} before a CONNECT of a known version")]
    #[non_exhaustive]
    NotConnect {
        /// What it sent.
        packet: PacketType,
    },
    /// A packet that must not come at this point of the connection: received, or to be sent, and then not written.
    #[error("{packet} {order}")]
    #[non_exhaustive]
    OutOfOrder {
        /// The packet.
        packet: PacketType,
        /// What is wrong with its place.
        order: OutOfOrder,
        /// The rule that is broken: a normative statement (`"MQTT-3.2.0-2"`), or in 3.1 a section.
        rule: &'static str,
        /// What to answer; [`Answer::Close`] for a packet that was not sent.
        answer: Answer,
    },
    /// A frame that was to be sent is a reason-coded packet that the specification forbids; it was not written.
    #[error("not sent: {0}")]
    Forbidden(#[source] DecodeError),
    /// The peer closed the connection in the middle of a packet.
    #[error("connection closed {buffered} bytes into a packet")]
    #[non_exhaustive]
    ClosedInPacket {
        /// How many bytes of the packet had arrived.
        buffered: usize,
    },
    /// An error was reported before: nothing after it is read.
    #[error("the connection ended with an error before")]
    Over,
    /// The packet was not written, nor anything of it.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The packet is of another version than the connection.
    #[error("{packet} of another version than the connection's")]
    #[non_exhaustive]
    WrongVersion {
        /// The packet that was to be sent.
        packet: PacketType,
        /// The version of the connection, `None` as long as it is not known.
        connection: Option<Version>,
    },
}

impl CodecError {
    /// What to answer before closing; [`Answer::Close`] where there is nothing to answer.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Refused { answer, .. } | Self::OutOfOrder { answer, .. } => *answer,
            Self::Io(_)
            | Self::NotConnect { .. }
            | Self::ClosedInPacket { .. }
            | Self::Over
            | Self::Encode(_)
            | Self::Forbidden(_)
            | Self::WrongVersion { .. } => Answer::Close,
        }
    }
}
