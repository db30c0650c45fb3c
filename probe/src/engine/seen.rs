//! What the other side sent: packets as far as the judge needs to know them.

use std::fmt::Write as _;
use std::time::Duration;

use mqtt_reason::view::{Publish, View};
use mqtt_reason::{
    Code, DecodeError, DecodeOptions, Decoded, ErrorKind, Frame, PacketType, Version, frame, v3, v5,
};

/// One packet that the other side sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// When it was whole, since the start of the scenario.
    pub at: Duration,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The version in whose layout it was read.
    pub version: Version,
    /// What it is.
    pub what: What,
}

/// What a packet of the other side is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// One of the nine packets with reason codes; of 3.x with return codes, or without any.
    Packet {
        /// Its type.
        packet: PacketType,
        /// Its Packet Identifier, if it has one.
        packet_id: Option<u16>,
        /// Its codes as they stand on the wire; one 0x00 where 5.0 lets it be left out; none where 3.x has none.
        codes: Vec<u8>,
    },
    /// A CONNACK in the layout of 3.x although the connection is one of 5.0.
    ConnackOfV3(u8),
    /// A packet of another type, not looked into.
    Frame(PacketType),
    /// A packet that the specification forbids.
    Refused(Refused),
}

/// Why a packet of the other side is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The packet type, if the first byte names one.
    pub packet: Option<PacketType>,
    /// What is wrong, in words.
    pub error: String,
    /// The statement or section.
    pub rule: &'static str,
    /// The first byte that cannot be accepted.
    pub offset: usize,
    /// A code that is not in the packet's table, if that is what is wrong.
    pub code: Option<u8>,
    /// Packet Identifier 0, or no code at all: what a Server has to echo if it overlooked them in a request.
    pub echo: bool,
}

impl From<&DecodeError> for Refused {
    fn from(error: &DecodeError) -> Self {
        let code = match error.kind() {
            ErrorKind::ReasonCode { code, .. }
            | ErrorKind::ReturnCode { code, .. }
            | ErrorKind::ReasonCodeSender { code, .. } => Some(code),
            _ => None,
        };
        let echo = matches!(
            error.kind(),
            ErrorKind::PacketIdentifierZero | ErrorKind::NoCodes { .. }
        );
        Self {
            packet: error.packet(),
            error: error.to_string(),
            rule: error.rule(),
            offset: error.offset(),
            code,
            echo,
        }
    }
}

impl Seen {
    /// The packet type, as far as there is one.
    #[must_use]
    pub fn packet_type(&self) -> Option<PacketType> {
        match &self.what {
            What::Packet { packet, .. } | What::Frame(packet) => Some(*packet),
            What::ConnackOfV3(_) => Some(PacketType::Connack),
            What::Refused(refused) => refused.packet,
        }
    }

    /// The codes, if it is a packet of this type.
    #[must_use]
    pub fn codes_of(&self, wanted: PacketType) -> Option<&[u8]> {
        match &self.what {
            What::Packet { packet, codes, .. } if *packet == wanted => Some(codes),
            _ => None,
        }
    }

    /// The Packet Identifier of a packet that has one.
    #[must_use]
    pub fn packet_id(&self) -> Option<u16> {
        match &self.what {
            What::Packet { packet_id, .. } => *packet_id,
            _ => None,
        }
    }

    /// Whether it says that something is refused: a code of 0x80 and above, in a CONNACK of 3.x another one than 0.
    #[must_use]
    pub fn refuses(&self) -> bool {
        match &self.what {
            What::Packet { packet, codes, .. } => codes
                .iter()
                .any(|code| *code >= 0x80 || (*packet == PacketType::Connack && *code != 0)),
            What::ConnackOfV3(code) => *code != 0,
            _ => false,
        }
    }

    /// Reads a PUBLISH; `None` if it is another packet.
    pub fn publish<T>(&self, read: impl FnOnce(&Publish<'_>) -> T) -> Option<T> {
        let options = DecodeOptions::new();
        let frame = match mqtt_frame(self.version, &options, &self.bytes) {
            Ok(Some(frame)) => frame,
            _ => return None,
        };
        match View::of(self.version, &options, &frame) {
            Ok(Some(View::Publish(publish))) => Some(read(&publish)),
            _ => None,
        }
    }

    /// The packet in a few words: `SUBACK 0x00 0x8f`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match &self.what {
            What::Packet { packet, codes, .. } => with_codes(*packet, codes),
            What::ConnackOfV3(code) => with_codes(PacketType::Connack, &[*code]),
            What::Frame(packet) => packet.name().to_owned(),
            What::Refused(refused) => {
                let name = refused.packet.map_or("no packet", PacketType::name);
                match refused.code {
                    Some(code) => format!("{name} {code:#04x} (ill-formed)"),
                    None => format!("{name} (ill-formed)"),
                }
            }
        }
    }
}

/// The frame at the start of `bytes` if it is one of the six packets without reason codes.
pub(super) fn mqtt_frame<'a>(
    version: Version,
    options: &DecodeOptions,
    bytes: &'a [u8],
) -> Result<Option<Frame<'a>>, DecodeError> {
    Ok(match v3::Version::try_from(version) {
        Ok(version) => match v3::decode_with(version, options, bytes)? {
            Decoded::Frame(frame) => Some(frame),
            _ => None,
        },
        Err(_) => match v5::decode_with(options, bytes)? {
            Decoded::Frame(frame) => Some(frame),
            _ => None,
        },
    })
}

/// `SUBACK 0x00 0x8f`; many equal codes are counted: `SUBACK 0x00 (200 times)`.
#[must_use]
pub fn with_codes(packet: PacketType, codes: &[u8]) -> String {
    let mut text = packet.name().to_owned();
    if let [first, rest @ ..] = codes
        && rest.len() > 7
        && rest.iter().all(|code| code == first)
    {
        let _ = write!(text, " {first:#04x} ({} times)", codes.len());
        return text;
    }
    for code in codes {
        let _ = write!(text, " {code:#04x}");
    }
    text
}

/// In which layout the packets of a connection are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// That of the version that CONNECT named.
    Of(Version),
    /// CONNECT named no version, or there was none: a CONNACK of two bytes is one of 3.x, a longer one is one of 5.0.
    ByLength,
}

impl Layout {
    /// The version in whose layout `bytes` are read.
    pub(crate) fn version(self, bytes: &[u8]) -> Version {
        match (self, bytes) {
            (Self::Of(version), _) => version,
            (Self::ByLength, [0x20, 2, ..]) => Version::V3_1_1,
            (Self::ByLength, _) => Version::V5_0,
        }
    }
}

/// What the bytes start with: a packet and its length, `None` if there is no whole packet.
///
/// After a length that is no length nothing more can be read: the whole of `bytes` is taken.
pub(crate) fn first_of(
    version: Version,
    options: &DecodeOptions,
    bytes: &[u8],
) -> Option<(What, usize)> {
    let found = match v3::Version::try_from(version) {
        Ok(version) => read_v3(version, options, bytes),
        Err(_) => read_v5(options, bytes),
    };
    match found {
        Ok(found) => found,
        Err(error) => {
            if let ErrorKind::V3Connack { code, .. } = error.kind() {
                return Some((What::ConnackOfV3(code), 4));
            }
            // A direction or a limit that is not kept does not hide where the packet ends.
            let len = match frame::total_len(version, bytes) {
                Ok(Some(len)) if len > bytes.len() => return None,
                Ok(Some(len)) => len,
                _ => bytes.len(),
            };
            Some((What::Refused(Refused::from(&error)), len))
        }
    }
}

type Found = Result<Option<(What, usize)>, DecodeError>;

fn read_v5(options: &DecodeOptions, bytes: &[u8]) -> Found {
    Ok(match v5::decode_with(options, bytes)? {
        Decoded::Packet { packet, len } => {
            let (packet_id, codes) = parts_of_v5(&packet);
            let packet = packet.packet_type();
            Some((
                What::Packet {
                    packet,
                    packet_id,
                    codes,
                },
                len,
            ))
        }
        Decoded::Frame(frame) => Some(of_frame(Version::V5_0, options, &frame)?),
        Decoded::Incomplete { .. } => None,
    })
}

/// A frame of one of the six packets without reason codes, looked into.
fn of_frame(
    version: Version,
    options: &DecodeOptions,
    frame: &Frame<'_>,
) -> Result<(What, usize), DecodeError> {
    View::of(version, options, frame)?;
    Ok((What::Frame(frame.packet_type()), frame.bytes().len()))
}

fn parts_of_v5(packet: &v5::Packet<'_>) -> (Option<u16>, Vec<u8>) {
    use v5::Packet as P;
    match packet {
        P::Connack(connack) => (None, vec![connack.reason().as_u8()]),
        P::Puback(ack) => (Some(ack.packet_id().get()), vec![ack.reason().as_u8()]),
        P::Pubrec(ack) => (Some(ack.packet_id().get()), vec![ack.reason().as_u8()]),
        P::Pubrel(ack) => (Some(ack.packet_id().get()), vec![ack.reason().as_u8()]),
        P::Pubcomp(ack) => (Some(ack.packet_id().get()), vec![ack.reason().as_u8()]),
        P::Suback(ack) => (Some(ack.packet_id().get()), all(ack.reasons().iter())),
        P::Unsuback(ack) => (Some(ack.packet_id().get()), all(ack.reasons().iter())),
        P::Disconnect(disconnect) => (None, vec![disconnect.reason().as_u8()]),
        P::Auth(auth) => (None, vec![auth.reason().as_u8()]),
    }
}

fn read_v3(version: v3::Version, options: &DecodeOptions, bytes: &[u8]) -> Found {
    Ok(match v3::decode_with(version, options, bytes)? {
        Decoded::Packet { packet, len } => {
            let (packet_id, codes) = parts_of_v3(&packet);
            let packet = packet.packet_type();
            Some((
                What::Packet {
                    packet,
                    packet_id,
                    codes,
                },
                len,
            ))
        }
        Decoded::Frame(frame) => Some(of_frame(version.into(), options, &frame)?),
        Decoded::Incomplete { .. } => None,
    })
}

fn parts_of_v3(packet: &v3::Packet<'_>) -> (Option<u16>, Vec<u8>) {
    use v3::Packet as P;
    match packet {
        P::Connack(connack) => (None, vec![connack.return_code().as_u8()]),
        P::Puback(id) | P::Pubrec(id) | P::Pubrel(id) | P::Pubcomp(id) | P::Unsuback(id) => {
            (Some(id.get()), Vec::new())
        }
        P::Suback(ack) => (Some(ack.packet_id().get()), all(ack.return_codes().iter())),
        _ => (None, Vec::new()),
    }
}

fn all<C: Code>(codes: impl Iterator<Item = C>) -> Vec<u8> {
    codes.map(Code::as_u8).collect()
}
