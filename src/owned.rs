//! What is taken out of a [`BytesMut`]: packets and frames that own their bytes.

use core::fmt;
use core::num::NonZeroUsize;

use bytes::{Bytes, BytesMut};

use crate::error::DecodeError;
use crate::frame::{self, Decoded, Frame, Header, HeaderOrNeeded};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};

/// What a buffer starts with; what is whole has been taken out of it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a packet, another packet, or not yet one"
)]
pub enum OwnedDecoded<P> {
    /// A reason-coded packet.
    Packet(P),
    /// A packet of another type, whole and not looked into.
    Frame(OwnedFrame),
    /// The beginning of a packet that is fine so far; the buffer is as it was.
    Incomplete {
        /// How many more bytes are needed, at least, as in [`Decoded::Incomplete`]. It is what the peer claims:
        /// reserve no more for it than you would give any peer.
        needed: NonZeroUsize,
    },
}

/// A whole packet of any type that owns its bytes and whose body is not looked into; see [`Frame`].
///
/// Two are equal if their bytes are.
#[derive(Clone)]
pub struct OwnedFrame {
    packet_type: PacketType,
    header_len: usize,
    bytes: Bytes,
}

impl OwnedFrame {
    /// Takes the packet at the start of `src` out of it, whatever its type; `None` if bytes are missing.
    ///
    /// For packets that somebody else encoded, so that they can be sent and shared like the others.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use mqtt_reason::{DecodeOptions, OwnedFrame, PacketType, Version};
    ///
    /// let mut buffer = BytesMut::from(&[0xD0, 0x00, 0x40][..]);
    /// let pingresp = OwnedFrame::decode(Version::V5_0, &DecodeOptions::new(), &mut buffer)?;
    /// assert_eq!(pingresp.map(|frame| frame.packet_type()), Some(PacketType::Pingresp));
    /// assert_eq!(buffer[..], [0x40]);
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the fixed header shows, MQTT 5.0 §2.1; `src` is then as it was.
    pub fn decode(
        version: Version,
        options: &DecodeOptions,
        src: &mut BytesMut,
    ) -> Result<Option<Self>, DecodeError> {
        Ok(match frame::header(version, options, src)? {
            HeaderOrNeeded::Header(header) => Some(Self::take(&header, src)),
            HeaderOrNeeded::Needed(_) => None,
        })
    }

    /// Takes the packet with this header, which is there as a whole.
    fn take(header: &Header, src: &mut BytesMut) -> Self {
        Self {
            packet_type: header.packet_type,
            header_len: header.header_len,
            bytes: src.split_to(header.len).freeze(),
        }
    }

    /// The packet type.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        self.packet_type
    }

    /// The frame, borrowed: flags, body and all.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        let header = Header {
            packet_type: self.packet_type,
            header_len: self.header_len,
            len: self.bytes.len(),
        };
        frame::frame(&header, &self.bytes)
    }

    /// The whole packet, fixed header included; parts of it can be shared with [`Bytes::slice_ref`].
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The whole packet, fixed header included.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The same packet in memory of its own: a copy, so that the buffer it was taken from can be freed.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self {
            bytes: Bytes::copy_from_slice(&self.bytes),
            ..*self
        }
    }
}

/// Copies the packet.
impl From<Frame<'_>> for OwnedFrame {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            packet_type: frame.packet_type(),
            header_len: frame.header().header_len,
            bytes: Bytes::copy_from_slice(frame.bytes()),
        }
    }
}

impl PartialEq for OwnedFrame {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for OwnedFrame {}

impl fmt::Debug for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

/// What was decoded at the start of a buffer, as numbers, so that the buffer can be changed.
pub(crate) enum Found {
    Packet { len: usize },
    Frame(Header),
    Incomplete { needed: NonZeroUsize },
}

impl Found {
    pub(crate) fn of<P>(decoded: &Decoded<'_, P>) -> Self {
        match *decoded {
            Decoded::Packet { len, .. } => Self::Packet { len },
            Decoded::Frame(frame) => Self::Frame(frame.header()),
            Decoded::Incomplete { needed } => Self::Incomplete { needed },
        }
    }

    /// Takes what was found out of `src`.
    pub(crate) fn take<P>(
        self,
        src: &mut BytesMut,
        packet: impl FnOnce(Bytes) -> P,
    ) -> OwnedDecoded<P> {
        match self {
            Self::Packet { len } => OwnedDecoded::Packet(packet(src.split_to(len).freeze())),
            Self::Frame(header) => OwnedDecoded::Frame(OwnedFrame::take(&header, src)),
            Self::Incomplete { needed } => OwnedDecoded::Incomplete { needed },
        }
    }
}
