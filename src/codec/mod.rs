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
//!         Ok(Item::V5(packet)) => println!("{:?}", packet.packet()),
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
//! what its items share; see [`v5::OwnedPacket`] for items that are kept for long.

mod answer;
mod encoder;

use bytes::BytesMut;
use tokio_util::codec::Decoder;

pub use self::answer::{Answer, CodecError};

use crate::error::{DecodeError, ErrorKind};
use crate::frame::{self, HeaderOrNeeded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::owned::{OwnedDecoded, OwnedFrame};
use crate::packet_type::{PacketType, Side, Version};
use crate::{v3, v5};

/// What a connection yields: a packet that was checked, or a frame of another type.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Item {
    /// A reason-coded packet of MQTT 5.0.
    V5(v5::OwnedPacket),
    /// An acknowledgement or notification of MQTT 3.1.1 or 3.1.
    V3(v3::OwnedPacket),
    /// A packet of another type, whole and not looked into.
    Frame(OwnedFrame),
}

impl Item {
    /// The packet type.
    #[must_use]
    pub fn packet_type(&self) -> PacketType {
        match self {
            Self::V5(packet) => packet.packet().packet_type(),
            Self::V3(packet) => packet.packet().packet_type(),
            Self::Frame(frame) => frame.packet_type(),
        }
    }
}

/// What this side has sent so far, as far as it decides over what may follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// A Server has not sent CONNACK.
    Unanswered,
    /// A Server has accepted the connection; a Client may send DISCONNECT from the start.
    Open,
    /// This side has refused the connection or sent DISCONNECT: nothing may follow, [MQTT-3.2.2-7], [MQTT-3.14.4-1],
    /// [MQTT-3.14.4-2].
    Closing,
}

/// Decoder and encoder of one connection.
///
/// A Server's codec learns the version from the CONNECT that passes through it; see [`set_version`](Self::set_version)
/// for what else it can be told. After an error the stream is over: [`decode`](Decoder::decode) reports
/// [`CodecError::Over`] from then on, whatever arrives. The encoder keeps working, so that the answer can be sent.
#[derive(Clone, Debug)]
pub struct Codec {
    version: Option<Version>,
    side: Side,
    phase: Phase,
    over: bool,
    decode: DecodeOptions,
    encode: EncodeOptions,
}

impl Codec {
    const fn new(version: Option<Version>, side: Side, peer: Side, phase: Phase) -> Self {
        Self {
            version,
            side,
            phase,
            over: false,
            decode: DecodeOptions::new().sender(peer),
            encode: EncodeOptions::new().sender(side),
        }
    }

    /// The Server's end of a connection. Until the first CONNECT, nothing else is accepted [MQTT-3.1.0-1].
    #[must_use]
    pub const fn server() -> Self {
        Self::new(None, Side::Server, Side::Client, Phase::Unanswered)
    }

    /// The Client's end of a connection, which speaks the version of its own CONNECT.
    #[must_use]
    pub const fn client(version: Version) -> Self {
        Self::new(Some(version), Side::Client, Side::Server, Phase::Open)
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
    /// that wants to refuse an unknown version with a CONNACK of a known one [MQTT-3.1.2-2].
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
        match (self.side, self.phase) {
            _ if self.version != Some(Version::V5_0) => Answer::Close,
            (Side::Server, Phase::Unanswered) => Answer::Connack(error.into()),
            (_, Phase::Closing) => Answer::Close,
            // The Server speaks 3.x: it would not understand.
            (Side::Client, _) if matches!(error.kind(), ErrorKind::V3Connack { .. }) => {
                Answer::Close
            }
            (Side::Server | Side::Client, _) => Answer::Disconnect(error.into()),
        }
    }

    fn refuse(&self, error: DecodeError) -> CodecError {
        let answer = self.answer(&error);
        CodecError::Refused { error, answer }
    }

    fn next(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        let Some(version) = self.version else {
            return self.connect(src);
        };
        match v3::Version::try_from(version) {
            Ok(version) => v3::OwnedPacket::decode_with(version, &self.decode, src)
                .map(|decoded| item(decoded, Item::V3)),
            Err(_) => v5::OwnedPacket::decode_with(&self.decode, src)
                .map(|decoded| item(decoded, Item::V5)),
        }
        .map_err(|error| self.refuse(error))
    }

    /// The first packet of a connection.
    ///
    /// # Conformance
    ///
    /// Its fixed header is read by the rules that all versions share, which are those of 3.1; those of its own version
    /// are applied once that is known.
    fn connect(&mut self, src: &mut BytesMut) -> Result<Option<Item>, CodecError> {
        if let Some(packet) = src.first().copied().and_then(PacketType::from_first_byte)
            && packet != PacketType::Connect
        {
            return Err(CodecError::NotConnect { packet });
        }
        let header =
            frame::header(Version::V3_1, &self.decode, src).map_err(|error| self.refuse(error))?;
        let HeaderOrNeeded::Header(header) = header else {
            return Ok(None);
        };
        self.version = frame::frame(&header, src).connect_version();
        let version = self.version.unwrap_or(Version::V3_1);
        OwnedFrame::decode(version, &self.decode, src)
            .map(|frame| frame.map(Item::Frame))
            .map_err(|error| self.refuse(error))
    }
}

/// What was taken out of a buffer as an item.
fn item<P>(decoded: OwnedDecoded<P>, packet: impl FnOnce(P) -> Item) -> Option<Item> {
    match decoded {
        OwnedDecoded::Packet(owned) => Some(packet(owned)),
        OwnedDecoded::Frame(frame) => Some(Item::Frame(frame)),
        OwnedDecoded::Incomplete { .. } => None,
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
