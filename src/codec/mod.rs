//! A [`tokio_util::codec`] for one connection; feature `codec`.
//!
//! [`Codec`] knows what the packets alone cannot tell: the version, which side this is, both Maximum Packet Sizes and
//! whether problem information was requested. It yields [`Item`]s, which own their bytes and share them, and takes
//! typed packets, owned packets and frames of other types to send.
//!
//! ```
//! use futures_util::{SinkExt, StreamExt};
//! use mqtt_reason::codec::{Codec, CodecError, Item};
//! use mqtt_reason::{PacketType, v5};
//! use tokio_util::codec::Framed;
//!
//! # async fn serve<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(socket: S) -> Result<(), CodecError> {
//! let mut connection = Framed::new(socket, Codec::server().max_packet_size(1 << 20));
//! while let Some(item) = connection.next().await {
//!     match item {
//!         Ok(Item::Frame(frame)) if frame.packet_type() == PacketType::Connect => {
//!             // Parse it, check it, and accept it. The codec has learnt the version.
//!             connection.send(v5::Connack::accepted(false)).await?;
//!         }
//!         Ok(Item::Packet(packet)) => println!("{:?}", packet.packet()),
//!         Ok(_) => {}
//!         Err(error) => {
//!             // The stream is over; what is left is to say why.
//!             if let Some(packet) = error.answer().packet() {
//!                 connection.send(packet).await?;
//!             }
//!             return Err(error);
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let (mut client, server) = tokio::io::duplex(64);
//! # tokio::io::AsyncWriteExt::write_all(&mut client, b"\x10\x0d\0\x04MQTT\x05\x02\0\x3c\0\0\0\x40\0").await?;
//! # assert!(serve(server).await.is_err());
//! # let mut answer = Vec::new();
//! # tokio::io::AsyncReadExt::read_to_end(&mut client, &mut answer).await?;
//! # assert_eq!(answer, [0x20, 0x03, 0x00, 0x00, 0x00, 0xE0, 0x01, 0x81]);
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Memory
//!
//! The decoder reserves nothing: the buffer grows with what arrives, not with what a peer claims, and a packet above
//! the Maximum Packet Size is refused by its fixed header. So a connection holds at most about twice that size, plus
//! what its items share; see [`OwnedPacket`] for items that are kept for long.

mod answer;
mod encoder;
mod order;

use bytes::BytesMut;
use tokio_util::codec::Decoder;

pub use self::answer::{Answer, CodecError};
pub use self::order::OutOfOrder;

use self::order::Phase;

use crate::error::{DecodeError, ErrorKind};
use crate::frame::{self, HeaderOrNeeded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::owned::{OwnedDecoded, OwnedFrame, OwnedPacket};
use crate::packet_type::{PacketType, Side, Version};
use crate::v5::{ConnackReason, DisconnectReason};
use crate::wire::VariableByteInteger;

/// What a connection yields: a packet that was checked, or a frame of another type.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Item {
    /// One of the nine packets, in the version of the connection.
    Packet(OwnedPacket),
    /// A packet of another type, whole and not looked into.
    Frame(OwnedFrame),
}

impl Item {
    /// The packet type.
    #[must_use]
    pub fn packet_type(&self) -> PacketType {
        match self {
            Self::Packet(packet) => packet.packet_type(),
            Self::Frame(frame) => frame.packet_type(),
        }
    }

    /// Whether it is a CONNACK that refuses the connection.
    fn refuses(&self) -> bool {
        match self {
            Self::Packet(packet) => refuses(packet.bytes()),
            Self::Frame(_) => false,
        }
    }
}

/// Whether a packet, which is whole, is a CONNACK that refuses the connection: any code but 0 is a refusal, in every
/// version.
fn refuses(packet: &[u8]) -> bool {
    let Some((first, after_first)) = packet.split_first() else {
        return false;
    };
    let VariableByteInteger::Whole { len, .. } = VariableByteInteger::read(after_first) else {
        return false;
    };
    let body = after_first.get(usize::from(len)..).unwrap_or_default();
    PacketType::from_first_byte(*first) == Some(PacketType::Connack)
        && body.get(1).is_some_and(|code| *code != 0)
}

/// Decoder and encoder of one connection.
///
/// A Server's codec learns the version from the CONNECT that passes through it; see [`set_version`](Self::set_version)
/// for what else it can be told. After an error the stream is over: [`decode`](Decoder::decode) reports
/// [`CodecError::Over`] from then on, whatever arrives. The encoder keeps working, so that the answer can be sent.
///
/// # Conformance
///
/// A packet that must not come at this point is refused, in both directions: see [`OutOfOrder`] for the statements. Each
/// direction is judged by itself. What a Client sends behind its CONNECT before it can know the answer is no fault, even
/// if the answer is a refusal; nor is what either side sends before it has seen the other's DISCONNECT.
#[derive(Clone, Debug)]
pub struct Codec {
    version: Option<Version>,
    side: Side,
    /// What this side has sent.
    sent: Phase,
    /// What the peer has sent.
    received: Phase,
    over: bool,
    decode: DecodeOptions,
    encode: EncodeOptions,
}

impl Codec {
    const fn new(version: Option<Version>, side: Side) -> Self {
        Self {
            version,
            side,
            sent: Phase::Start,
            received: Phase::Start,
            over: false,
            decode: DecodeOptions::new().sender(peer_of(side)),
            encode: EncodeOptions::new().sender(side),
        }
    }

    /// The Server's end of a connection. Until the first CONNECT, nothing else is accepted [MQTT-3.1.0-1].
    #[must_use]
    pub const fn server() -> Self {
        Self::new(None, Side::Server)
    }

    /// The Client's end of a connection, which speaks the version of its own CONNECT. Whether that CONNECT is sent
    /// through the codec, as an [`OwnedFrame`], or before it is made, makes no difference.
    #[must_use]
    pub const fn client(version: Version) -> Self {
        Self::new(Some(version), Side::Client)
    }

    /// The same codec, but with a limit on the packets received, in bytes, fixed header included: the Maximum Packet
    /// Size that this side announces, §3.1.2.11.4, §3.2.2.3.6.
    ///
    /// Without one a peer can make this side buffer up to 268,435,460 bytes, by sending them.
    #[must_use]
    pub const fn max_packet_size(mut self, max: u32) -> Self {
        self.decode = self.decode.max_packet_size(max);
        self
    }

    /// Sets the version: for a Server that takes a CONNECT for a version which its name and number do not say, or
    /// that wants to refuse an unknown version with a CONNACK of a known one [MQTT-3.1.2-2]. The first packet of a Client
    /// is a CONNECT all the same [MQTT-3.1.0-1].
    pub const fn set_version(&mut self, version: Version) {
        self.version = Some(version);
    }

    /// Sets the Maximum Packet Size that the peer announced: larger packets are sent without User Properties and
    /// Reason String, or not at all.
    pub const fn set_peer_max_packet_size(&mut self, max: u32) {
        self.encode = self.encode.max_packet_size(max);
    }

    /// Sets the Request Problem Information of the CONNECT: with `false` a Server leaves Reason String and User
    /// Properties out of what it sends, and a Client refuses them, except in CONNACK and DISCONNECT [MQTT-3.1.2-29].
    pub const fn set_request_problem_information(&mut self, requested: bool) {
        self.decode = self.decode.request_problem_information(requested);
        self.encode = self.encode.request_problem_information(requested);
    }

    /// The version, `None` as long as no CONNECT has named one.
    #[must_use]
    pub const fn version(&self) -> Option<Version> {
        self.version
    }

    /// Whether an error was reported: nothing is decoded any more.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// What to answer to an error, at this point of the connection.
    fn answer(&self, error: &DecodeError) -> Answer {
        match self.side {
            // The Server speaks 3.x: it would not understand.
            Side::Client if matches!(error.kind(), ErrorKind::V3Connack { .. }) => Answer::Close,
            _ => self.answer_with(error.into(), error.into()),
        }
    }

    /// The answer with one of these codes that is due at this point of the connection.
    fn answer_with(&self, connack: ConnackReason, disconnect: DisconnectReason) -> Answer {
        match (self.side, self.sent) {
            _ if self.version != Some(Version::V5_0) => Answer::Close,
            (_, Phase::Refused | Phase::Disconnected) => Answer::Close,
            (Side::Server, Phase::Start) => Answer::Connack(connack),
            _ => Answer::Disconnect(disconnect),
        }
    }

    /// The answer to a packet that comes out of order.
    fn answer_to_order(&self, order: OutOfOrder) -> Answer {
        match order {
            OutOfOrder::SecondConnect | OutOfOrder::SecondConnack | OutOfOrder::BeforeConnack => {
                self.answer_with(
                    ConnackReason::ProtocolError,
                    DisconnectReason::ProtocolError,
                )
            }
            // Whoever sent it has said that it reads nothing more.
            OutOfOrder::DisconnectBeforeConnack
            | OutOfOrder::AfterRefusal
            | OutOfOrder::AfterDisconnect => Answer::Close,
        }
    }

    /// Refuses a packet of the peer by its type, which its first byte tells before the packet is whole.
    fn check_order(&self, src: &[u8]) -> Result<(), CodecError> {
        let Some(packet) = src.first().copied().and_then(PacketType::from_first_byte) else {
            return Ok(());
        };
        let sender = peer_of(self.side);
        if (sender, self.received) == (Side::Client, Phase::Start) {
            return match packet {
                PacketType::Connect => Ok(()),
                _ => Err(CodecError::NotConnect { packet }),
            };
        }
        let version = self.version.unwrap_or(LEAST_STRICT);
        match self.received.forbids(sender, version, packet) {
            None => Ok(()),
            Some(order) => Err(CodecError::OutOfOrder {
                packet,
                order,
                rule: order.rule(version),
                answer: self.answer_to_order(order),
            }),
        }
    }

    /// Notes what the peer has sent.
    fn note_received(&mut self, item: &Item) {
        let version = self.version.unwrap_or(LEAST_STRICT);
        let sender = peer_of(self.side);
        let packet = item.packet_type();
        self.received = self.received.after(sender, version, packet, item.refuses());
    }

    fn refuse(&self, error: DecodeError) -> CodecError {
        let answer = self.answer(&error);
        CodecError::Refused { error, answer }
    }

    fn next(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        self.check_order(src)?;
        let Some(version) = self.version else {
            return self.connect(src);
        };
        match OwnedPacket::decode_with(version, &self.decode, src) {
            Ok(OwnedDecoded::Packet(packet)) => Ok(Some(Item::Packet(packet))),
            Ok(OwnedDecoded::Frame(frame)) => Ok(Some(Item::Frame(frame))),
            Ok(OwnedDecoded::Incomplete { .. }) => Ok(None),
            Err(error) => Err(self.refuse(error)),
        }
    }

    /// The first packet of a connection.
    ///
    /// # Conformance
    ///
    /// Its fixed header is read by the rules that all versions share, which are those of 3.1; those of its own version
    /// are applied once that is known.
    fn connect(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        match src.first().copied().and_then(PacketType::from_first_byte) {
            None | Some(PacketType::Connect) => {}
            Some(packet) => return Err(CodecError::NotConnect { packet }),
        }
        let header =
            frame::header(LEAST_STRICT, &self.decode, src).map_err(|error| self.refuse(error))?;
        let HeaderOrNeeded::Header(header) = header else {
            return Ok(None);
        };
        self.version = frame::frame(&header, src).connect_version();
        let version = self.version.unwrap_or(LEAST_STRICT);
        OwnedFrame::decode_with(version, &self.decode, src)
            .map(|frame| frame.map(Item::Frame))
            .map_err(|error| self.refuse(error))
    }
}

/// The version whose rules are read as long as none is known: all versions have them.
const LEAST_STRICT: Version = Version::V3_1;

/// The other side.
const fn peer_of(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

impl Decoder for Codec {
    type Item = Item;
    type Error = CodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        let next = if self.over {
            Err(CodecError::Over)
        } else {
            self.next(src)
        };
        if let Ok(Some(item)) = &next {
            self.note_received(item);
        }
        if next.is_err() {
            self.over = true;
            // Not only emptied: what is not read any more takes no memory either.
            *src = BytesMut::new();
        }
        next
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        if self.over {
            return Ok(None);
        }
        match self.decode(src)? {
            None if !src.is_empty() => {
                let buffered = src.len();
                self.over = true;
                *src = BytesMut::new();
                Err(CodecError::ClosedInPacket { buffered })
            }
            item => Ok(item),
        }
    }
}
