//! What the bytes are: one finding per packet, whoever prints it.

use std::io;

use mqtt_reason::v5::{ConnackReason, DisconnectReason};
use mqtt_reason::view::View;
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, ErrorClass, ErrorKind, PacketType, Version, frame,
};

use crate::input;
use crate::packet::Packet;

/// One packet, or what is there instead.
pub(crate) enum Finding<'a> {
    /// A reason-coded packet of `len` bytes; `bytes` are those that are kept of it.
    Packet {
        packet: Packet<'a>,
        bytes: &'a [u8],
        len: usize,
    },
    /// A packet of another type.
    View {
        view: View<'a>,
        bytes: &'a [u8],
        len: usize,
    },
    /// A packet that nobody can look into: its version is not known.
    Unread {
        packet: PacketType,
        bytes: &'a [u8],
        len: usize,
    },
    /// The beginning of a packet.
    Incomplete {
        packet: Option<PacketType>,
        /// What is kept of it, and how many bytes came.
        bytes: &'a [u8],
        there: usize,
        needed: Option<usize>,
        /// Whether the length of the packet is known, so that no more than `needed` bytes are.
        exact: bool,
    },
    /// A packet that breaks a rule.
    Refused(Refusal<'a>),
    /// Something that is not MQTT, or text that writes no bytes: nothing of MQTT is said of it.
    Unreadable(Unreadable<'a>),
}

/// A packet that breaks a rule: what the library says of it, and its bytes as far as they are there.
pub(crate) struct Refusal<'a> {
    pub(crate) error: DecodeError,
    pub(crate) bytes: &'a [u8],
}

/// Input that is no packet of MQTT.
pub(crate) struct Unreadable<'a> {
    /// What it is, in a sentence without a full stop.
    pub(crate) what: String,
    /// The line that cannot be read, and the offset of the character to blame.
    pub(crate) line: Option<(&'a str, usize)>,
    /// Bytes that are something else.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Refusal<'a> {
    pub(crate) const fn new(error: DecodeError, bytes: &'a [u8]) -> Self {
        Self { error, bytes }
    }

    pub(crate) const fn packet(&self) -> Option<PacketType> {
        self.error.packet()
    }

    pub(crate) const fn class(&self) -> ErrorClass {
        self.error.class()
    }

    /// The reason code to answer with; `None` where one can only close the connection.
    ///
    /// A Server that sent a CONNACK of 3.x would not understand a DISCONNECT of 5.0.
    pub(crate) fn answer(&self) -> Option<DisconnectReason> {
        match self.is_v3_connack() {
            true => None,
            false => self.error.answer(),
        }
    }

    /// The field that is wrong.
    pub(crate) fn field(&self) -> Option<String> {
        self.error.field(self.bytes).map(|field| field.to_string())
    }

    /// Whether this is a CONNACK of 3.x, read as 5.0.
    pub(crate) const fn is_v3_connack(&self) -> bool {
        matches!(self.error.kind(), ErrorKind::V3Connack { .. })
    }

    /// What to do, in a sentence without a full stop.
    pub(crate) fn action(&self) -> String {
        if self.is_v3_connack() {
            return "connect again with 3.1.1: the server does not speak 5.0, and would not understand a DISCONNECT"
                .to_owned();
        }
        match self.answer() {
            // §4.13.1: a CONNECT is answered with CONNACK, or not at all.
            Some(_) if self.error.packet() == Some(PacketType::Connect) => {
                let code = ConnackReason::from(&self.error);
                format!("answer with CONNACK {:#04x} {code}", code.as_u8())
            }
            Some(code) => format!("answer with DISCONNECT {:#04x} {code}", code.as_u8()),
            None => "close the connection".to_owned(),
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
        if let [0x0A | 0x0D | 0x14..=0x17 | b'A'..=b'T' | 0xA1 | 0xD4, ..] = bytes
            && let Some(other) = input::not_mqtt(bytes)
        {
            return (Self::other(&other, bytes), None);
        }
        match Packet::decode(version, options, bytes) {
            Ok(Decoded::Packet { packet, len }) => {
                let (own, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
                let finding = Self::Packet {
                    packet,
                    bytes: own,
                    len,
                };
                (finding, Some(rest))
            }
            Ok(Decoded::Frame(frame)) => {
                let len = frame.bytes().len();
                let rest = bytes.get(len..);
                match View::of(version, options, &frame) {
                    Ok(Some(view)) => {
                        let bytes = frame.bytes();
                        (Self::View { view, bytes, len }, rest)
                    }
                    // Of the nine none is handed on as a frame.
                    Ok(None) => (Self::incomplete(frame.bytes(), 1, false), rest),
                    Err(error) => (Self::Refused(Refusal::new(error, frame.bytes())), rest),
                }
            }
            Ok(Decoded::Incomplete { needed }) => {
                if bytes.len() >= 8
                    && let Some(text) = input::plain_text(bytes)
                {
                    return (Self::other(&text, bytes), None);
                }
                let exact = matches!(frame::total_len_with(version, options, bytes), Ok(Some(_)));
                (Self::incomplete(bytes, needed.get(), exact), None)
            }
            Err(error) => {
                let len = len(version, bytes);
                let of_header = error.offset() == 0;
                if of_header && let Some(text) = input::plain_text(bytes) {
                    return (Self::other(&text, bytes), None);
                }
                let own = len.and_then(|len| bytes.get(..len)).unwrap_or(bytes);
                let rest = len.and_then(|len| bytes.get(len..));
                (Self::Refused(Refusal::new(error, own)), rest)
            }
        }
    }

    fn incomplete(bytes: &'a [u8], needed: usize, exact: bool) -> Self {
        let packet = bytes
            .first()
            .and_then(|first| PacketType::from_first_byte(*first));
        Self::Incomplete {
            packet,
            bytes,
            there: bytes.len(),
            needed: Some(needed),
            exact,
        }
    }

    fn other(other: &input::NotMqtt, bytes: &'a [u8]) -> Self {
        Self::Unreadable(Unreadable {
            what: other.to_string(),
            line: None,
            bytes,
        })
    }

    /// Whether a whole packet was found and nothing is wrong with it.
    pub(crate) const fn is_good(&self) -> bool {
        matches!(
            self,
            Self::Packet { .. } | Self::View { .. } | Self::Unread { .. }
        )
    }

    /// Whether a code of the packet reports a failure.
    pub(crate) fn failure(&self) -> bool {
        matches!(self, Self::Packet { packet, .. } if packet.is_error())
    }

    /// The version that a CONNECT asks for.
    pub(crate) const fn connect_version(&self) -> Option<Version> {
        match self {
            Self::View {
                view: View::Connect(connect),
                ..
            } => Some(connect.version()),
            _ => None,
        }
    }
}

/// Where the packet that was refused ends, if that is among `bytes`.
fn len(version: Version, bytes: &[u8]) -> Option<usize> {
    total_len(version, bytes).filter(|len| *len <= bytes.len())
}

/// The size of a packet that is refused, if the Remaining Length can be read: a limit, a direction, flags or a type that
/// is not kept does not hide that.
pub(crate) fn total_len(version: Version, bytes: &[u8]) -> Option<usize> {
    let total = |bytes: &[u8]| frame::total_len(version, bytes).ok().flatten();
    total(bytes).or_else(|| {
        // The fixed header of a packet without flags, with the length of this one.
        let [first, rest @ ..] = bytes else {
            return None;
        };
        PacketType::from_first_byte(*first)?;
        let header = rest.get(..4).unwrap_or(rest);
        total(&[&[0xC0], header].concat())
    })
}

/// Where in the input a finding stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// After this many bytes of the input, of the line if there is one.
    pub(crate) at: usize,
    /// In this line, counted from 1.
    pub(crate) line: Option<u64>,
}

/// A finding, and what is said of it besides.
pub(crate) struct Told<'a> {
    /// The version of the connection, as far as it is known.
    pub(crate) version: Option<Version>,
    pub(crate) finding: &'a Finding<'a>,
    pub(crate) show: Show,
    pub(crate) sender: Option<mqtt_reason::Side>,
    /// How the packet reads in another version.
    pub(crate) hint: Option<String>,
    /// What to do, where the packet alone does not tell.
    pub(crate) advice: Option<&'static str>,
}

/// What may be shown of secrets and of applications' data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Show {
    pub(crate) secrets: bool,
    pub(crate) payloads: bool,
}

impl Show {
    /// Everything: who pastes bytes has seen them.
    pub(crate) const ALL: Self = Self {
        secrets: true,
        payloads: true,
    };
}

/// Something that prints findings.
pub(crate) trait Report {
    /// Prints one finding.
    fn report(&mut self, place: Place, told: &Told<'_>) -> io::Result<()>;

    /// Hands everything printed to whoever reads it.
    fn flush(&mut self) -> io::Result<()>;
}
