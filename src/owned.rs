//! What is taken out of a [`BytesMut`]: packets and frames that own their bytes.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::num::NonZeroUsize;

use bytes::{Bytes, BytesMut};

use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::error::DecodeError;
use crate::frame::{self, Decoded, Frame, Header, HeaderOrNeeded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet::{Packet, decode, decode_with};
use crate::packet_type::{PacketType, Version};
use crate::v5;

/// What a buffer starts with; what is whole has been taken out of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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

/// A packet of any version that owns its bytes, checked, and lends the typed packet.
///
/// A [`Packet`] borrows from the buffer it was decoded from, so it cannot outlive it, be sent to another task or be the
/// item of a stream. This one can: it takes the bytes of one packet out of a [`BytesMut`] without copying them, and
/// lends the typed packet as often as it is asked for.
///
/// Two are equal if the packets they lend are: a PUBACK is the same in its short and in its long form.
///
/// ```
/// use bytes::BytesMut;
/// use mqtt_reason::{OwnedDecoded, OwnedPacket, PacketType, Version};
///
/// let mut buffer = BytesMut::from(&[0xE0, 0x01, 0x8E, 0xC0, 0x00][..]);
/// let OwnedDecoded::Packet(owned) = OwnedPacket::decode(Version::V5_0, &mut buffer)? else {
///     panic!("it is a DISCONNECT");
/// };
/// // The PINGREQ stays where it is.
/// assert_eq!(buffer[..], [0xC0, 0x00]);
///
/// let for_the_log = owned.clone(); // shares the bytes
/// std::thread::spawn(move || {
///     for code in for_the_log.packet().reason_codes() {
///         println!("{}: {code}", for_the_log.packet_type()); // DISCONNECT: Session taken over
///     }
/// });
/// assert_eq!(owned.packet_type(), PacketType::Disconnect);
/// assert_eq!(owned.into_bytes()[..], [0xE0, 0x01, 0x8E]);
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
///
/// # Cost
///
/// Taking a packet is a reference count, and cloning it another; the first packet taken from a buffer makes
/// [`bytes`] allocate that count once. Lending it parses the bytes again, which costs nanoseconds and saves a
/// second tree of types. A packet keeps the whole buffer alive that it was taken from, usually one read's worth:
/// whoever keeps a few small packets for long calls [`detached`](Self::detached), the one method that copies.
#[derive(Clone)]
pub struct OwnedPacket {
    version: Version,
    /// One packet that [`decode`] accepts in this version.
    bytes: Bytes,
}

impl OwnedPacket {
    /// Takes the packet at the start of `src` out of it, sender unknown and without limits.
    ///
    /// # Errors
    ///
    /// As [`decode_with`](Self::decode_with).
    #[inline]
    pub fn decode(version: Version, src: &mut BytesMut) -> Result<OwnedDecoded<Self>, DecodeError> {
        Self::decode_with(version, DecodeOptions::DEFAULT, src)
    }

    /// Takes the packet at the start of `src` out of it, without copying it.
    ///
    /// Nothing is reserved for missing bytes: the buffer grows with what arrives, not with what a peer claims.
    ///
    /// # Errors
    ///
    /// As [`decode_with`](crate::decode_with); `src` is then as it was.
    #[inline]
    pub fn decode_with(
        version: Version,
        options: &DecodeOptions,
        src: &mut BytesMut,
    ) -> Result<OwnedDecoded<Self>, DecodeError> {
        let found = Found::of(&decode_with(version, options, src)?);
        Ok(found.take(src, |bytes| Self { version, bytes }))
    }

    /// The packet that these bytes are, which it shares: one of the nine, whole, and nothing behind it. `None` if the
    /// bytes are those of another packet, not all of one, or more than one.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use mqtt_reason::{OwnedPacket, Version};
    ///
    /// let bytes = Bytes::from_static(&[0x40, 0x03, 0x00, 0x0A, 0x87]);
    /// let puback = OwnedPacket::from_bytes(Version::V5_0, bytes)?.unwrap();
    /// assert!(puback.packet().is_error());
    /// let pingreq = Bytes::from_static(&[0xC0, 0x00]);
    /// assert_eq!(OwnedPacket::from_bytes(Version::V5_0, pingreq)?, None);
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`decode`](crate::decode()).
    pub fn from_bytes(version: Version, bytes: Bytes) -> Result<Option<Self>, DecodeError> {
        let is_packet = match decode(version, &bytes)? {
            Decoded::Packet { len, .. } => len == bytes.len(),
            _ => false,
        };
        Ok(is_packet.then_some(Self { version, bytes }))
    }

    /// The packet, written in its shortest legal form.
    ///
    /// ```
    /// use mqtt_reason::{OwnedPacket, v5::{Disconnect, DisconnectReason}};
    ///
    /// let shutdown = Disconnect::new(DisconnectReason::ServerShuttingDown).with_reason_string("restart");
    /// let owned = OwnedPacket::new(&shutdown)?;
    /// assert_eq!(owned.packet().properties().reason_string(), Some("restart"));
    /// # Ok::<(), mqtt_reason::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Encode::encode`].
    pub fn new<P: Encode>(packet: &P) -> Result<Self, EncodeError> {
        Self::new_with(EncodeOptions::DEFAULT, packet)
    }

    /// The packet, written in its shortest legal form within what `options` say.
    ///
    /// # Errors
    ///
    /// As [`Encode::encode_with`].
    pub fn new_with<P: Encode>(options: &EncodeOptions, packet: &P) -> Result<Self, EncodeError> {
        // As much as is left under the options, and no more: a buffer without room tells how much that is.
        let needed = match packet.encode_with(options, &mut (&mut [0_u8; 0][..])) {
            Err(EncodeError::BufferTooSmall { needed, .. }) => needed,
            Err(error) => return Err(error),
            Ok(len) => len,
        };
        let mut buffer = BytesMut::with_capacity(needed);
        packet.encode_with(options, &mut buffer)?;
        Ok(Self {
            version: packet.version(),
            bytes: buffer.freeze(),
        })
    }

    /// The version whose packet it is.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The packet type; it does not parse the packet again.
    #[must_use]
    pub fn packet_type(&self) -> PacketType {
        let first = self.bytes.first().copied().unwrap_or_default();
        PacketType::from_first_byte(first).unwrap_or(PacketType::Disconnect)
    }

    /// The typed packet; it borrows from this one.
    ///
    /// The bytes are parsed again, under default options: these accept every packet that was accepted under
    /// others, for all that options do is enforce more. So this cannot fail, and does not return a `Result`.
    #[must_use]
    pub fn packet(&self) -> Packet<'_> {
        match decode(self.version, &self.bytes) {
            Ok(Decoded::Packet { packet, .. }) => packet,
            _ => unreachable_packet(),
        }
    }

    /// The whole packet, fixed header included; parts of it can be shared with [`Bytes::slice_ref`].
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use mqtt_reason::{OwnedDecoded, OwnedPacket, Version};
    ///
    /// let puback = [0x40, 0x09, 0x00, 0x0A, 0x87, 0x05, 0x1F, 0x00, 0x02, b'n', b'o'];
    /// let mut buffer = BytesMut::from(&puback[..]);
    /// let OwnedDecoded::Packet(owned) = OwnedPacket::decode(Version::V5_0, &mut buffer)? else {
    ///     panic!("it is whole");
    /// };
    /// let reason = owned.packet().properties().reason_string().unwrap_or_default();
    /// let shared = owned.bytes().slice_ref(reason.as_bytes()); // not a copy
    /// assert_eq!(shared[..], *b"no");
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
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
            version: self.version,
            bytes: Bytes::copy_from_slice(&self.bytes),
        }
    }
}

/// What an [`OwnedPacket`] would lend if its bytes were not those of a packet, which they are: they were accepted
/// before.
#[cold]
fn unreachable_packet() -> Packet<'static> {
    debug_assert!(false, "the bytes of an owned packet were accepted before");
    v5::Disconnect::new(v5::DisconnectReason::UnspecifiedError).into()
}

impl Packet<'_> {
    /// The packet, written into memory of its own, so that it can outlive the buffer it was decoded from.
    ///
    /// ```
    /// use mqtt_reason::{Packet, PacketId, v5::Puback};
    ///
    /// let owned = Packet::from(Puback::success(PacketId::MIN)).to_owned()?;
    /// assert_eq!(owned.as_ref(), [0x40, 0x02, 0x00, 0x01]);
    /// let bytes = bytes::Bytes::from(owned);
    /// assert_eq!(bytes.len(), 4);
    /// # Ok::<(), mqtt_reason::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Encode::encode`]: an AUTH without Authentication Method can be read, but not written.
    pub fn to_owned(&self) -> Result<OwnedPacket, EncodeError> {
        OwnedPacket::new(self)
    }
}

impl PartialEq for OwnedPacket {
    fn eq(&self, other: &Self) -> bool {
        self.packet() == other.packet()
    }
}

impl Eq for OwnedPacket {}

impl Hash for OwnedPacket {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.packet().hash(state);
    }
}

impl AsRef<[u8]> for OwnedPacket {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<OwnedPacket> for Bytes {
    fn from(packet: OwnedPacket) -> Self {
        packet.bytes
    }
}

impl fmt::Debug for OwnedPacket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.packet().fmt(f)
    }
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
    /// Takes the packet at the start of `src` out of it, whatever its type, without limits; `None` if bytes are missing.
    ///
    /// For packets that somebody else encoded, so that they can be sent and shared like the others.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use mqtt_reason::{OwnedFrame, PacketType, Version};
    ///
    /// let mut buffer = BytesMut::from(&[0xD0, 0x00, 0x40][..]);
    /// let pingresp = OwnedFrame::decode(Version::V5_0, &mut buffer)?;
    /// assert_eq!(pingresp.map(|frame| frame.packet_type()), Some(PacketType::Pingresp));
    /// assert_eq!(buffer[..], [0x40]);
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`decode_with`](Self::decode_with).
    pub fn decode(version: Version, src: &mut BytesMut) -> Result<Option<Self>, DecodeError> {
        Self::decode_with(version, DecodeOptions::DEFAULT, src)
    }

    /// Takes the packet at the start of `src` out of it, whatever its type; `None` if bytes are missing.
    ///
    /// # Errors
    ///
    /// What the fixed header shows, MQTT 5.0 §2.1; `src` is then as it was.
    pub fn decode_with(
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

impl Hash for OwnedFrame {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl AsRef<[u8]> for OwnedFrame {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<OwnedFrame> for Bytes {
    fn from(frame: OwnedFrame) -> Self {
        frame.bytes
    }
}

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
