//! What `decode` finds: one finding per packet or line, whoever prints it.

use std::fmt;
use std::io;

use mqtt_reason::v5::DisconnectReason;
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, ErrorClass, ErrorKind, Frame, PacketType, Version, frame,
};

use crate::hex_text::NotHex;
use crate::packet::Packet;

/// One packet, or what is there instead.
pub(crate) enum Finding<'a> {
    /// A reason-coded packet of `len` bytes.
    Packet { packet: Packet<'a>, len: usize },
    /// A packet of another type.
    Frame(Frame<'a>),
    /// The beginning of a packet.
    Incomplete {
        bytes: &'a [u8],
        needed: usize,
        /// Whether the length of the packet is known, so that no more than `needed` bytes are.
        exact: bool,
    },
    /// A packet that breaks a rule.
    Refused(Refusal<'a>),
    /// Text that is not hex.
    NotHex { text: &'a [u8], error: NotHex },
}

/// A packet that breaks a rule: what the library says of it, and its bytes as far as they are there.
pub(crate) struct Refusal<'a> {
    pub(crate) packet: Option<PacketType>,
    pub(crate) class: ErrorClass,
    pub(crate) answer: Option<DisconnectReason>,
    pub(crate) offset: usize,
    pub(crate) rule: &'static str,
    pub(crate) fault: Fault,
    pub(crate) bytes: &'a [u8],
}

/// What is wrong.
pub(crate) enum Fault {
    /// What the library says.
    Decode(DecodeError),
    /// A line has this many bytes more than its packet.
    LeftOver(usize),
}

impl Fault {
    /// Whether this is a CONNACK of 3.x, read as 5.0.
    pub(crate) fn is_v3_connack(&self) -> bool {
        matches!(self, Self::Decode(error) if matches!(error.kind(), ErrorKind::V3Connack { .. }))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::LeftOver(1) => f.write_str("1 byte left over after the packet"),
            Self::LeftOver(count) => write!(f, "{count} bytes left over after the packet"),
        }
    }
}

impl<'a> Refusal<'a> {
    fn new(error: DecodeError, bytes: &'a [u8]) -> Self {
        Self {
            packet: error.packet(),
            class: error.class(),
            answer: error.answer(),
            offset: error.offset(),
            rule: error.rule(),
            fault: Fault::Decode(error),
            bytes,
        }
    }

    /// `bytes` are one packet of `len` bytes and more, where there must be one packet and no more.
    fn left_over(version: Version, packet: PacketType, bytes: &'a [u8], len: usize) -> Self {
        let (answer, rule) = match version {
            Version::V5_0 => (Some(DisconnectReason::MalformedPacket), "2.1.4"),
            Version::V3_1_1 => (None, "2.2.3"),
            Version::V3_1 => (None, "2.1"),
        };
        Self {
            packet: Some(packet),
            class: ErrorClass::MalformedPacket,
            answer,
            offset: len,
            rule,
            fault: Fault::LeftOver(bytes.len() - len),
            bytes,
        }
    }
}

impl<'a> Finding<'a> {
    /// What `bytes` start with, and what follows it; `None` where nobody can tell where the next packet starts.
    pub(crate) fn first(
        version: Version,
        options: &DecodeOptions,
        bytes: &'a [u8],
    ) -> (Self, Option<&'a [u8]>) {
        match Packet::decode(version, options, bytes) {
            Ok(Decoded::Packet { packet, len }) => (Self::Packet { packet, len }, bytes.get(len..)),
            Ok(Decoded::Frame(frame)) => (Self::Frame(frame), bytes.get(frame.bytes().len()..)),
            Ok(Decoded::Incomplete { needed }) => {
                let exact = matches!(frame::total_len(version, options, bytes), Ok(Some(_)));
                let needed = needed.get();
                let finding = Self::Incomplete {
                    bytes,
                    needed,
                    exact,
                };
                (finding, None)
            }
            Err(error) => {
                // A limit or a direction that is not kept does not hide where the packet ends.
                let len = match frame::total_len(version, &DecodeOptions::new(), bytes) {
                    Ok(Some(len)) if len <= bytes.len() => Some(len),
                    _ => None,
                };
                let own = len.and_then(|len| bytes.get(..len)).unwrap_or(bytes);
                let rest = len.and_then(|len| bytes.get(len..));
                (Self::Refused(Refusal::new(error, own)), rest)
            }
        }
    }

    /// What `bytes` are if they must be one packet and no more.
    pub(crate) fn only(version: Version, options: &DecodeOptions, bytes: &'a [u8]) -> Self {
        let (finding, rest) = Self::first(version, options, bytes);
        let packet = match &finding {
            Self::Packet { packet, .. } => packet.packet_type(),
            Self::Frame(frame) => frame.packet_type(),
            _ => return finding,
        };
        match rest {
            Some(rest) if !rest.is_empty() => {
                let len = bytes.len() - rest.len();
                Self::Refused(Refusal::left_over(version, packet, bytes, len))
            }
            _ => finding,
        }
    }

    /// Whether a whole packet was found and nothing is wrong with it.
    pub(crate) const fn is_good(&self) -> bool {
        matches!(self, Self::Packet { .. } | Self::Frame(_))
    }
}

/// Where in the input a finding stands.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// After this many bytes of the stream.
    Byte(usize),
    /// In this line, counted from 1.
    Line(u64),
}

/// Something that prints findings.
pub(crate) trait Report {
    /// Prints one finding.
    fn report(&mut self, version: Version, place: Place, finding: &Finding<'_>) -> io::Result<()>;

    /// Hands everything printed to whoever reads it.
    fn flush(&mut self) -> io::Result<()>;
}
