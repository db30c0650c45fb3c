//! Packets that own their bytes: checked frames in [`Bytes`] that lend the typed packet.
//!
//! A [`v5::Packet`](crate::v5::Packet) borrows from the buffer it was decoded from, so it cannot outlive it, be sent
//! to another task or be the item of a stream. [`v5::OwnedPacket`] and [`v3::OwnedPacket`] can: they take the bytes of
//! one packet out of a [`BytesMut`] without copying them, and lend the typed packet as often as it is asked for.
//!
//! ```
//! use bytes::BytesMut;
//! use mqtt_reason::owned::{OwnedDecoded, v5::OwnedPacket};
//! use mqtt_reason::v5::Packet;
//!
//! let mut buffer = BytesMut::from(&[0xE0, 0x01, 0x8E, 0xC0, 0x00][..]);
//! let OwnedDecoded::Packet(owned) = OwnedPacket::decode(&mut buffer)? else {
//!     panic!("it is a DISCONNECT");
//! };
//! // The PINGREQ stays where it is.
//! assert_eq!(buffer[..], [0xC0, 0x00]);
//!
//! let for_the_log = owned.clone(); // shares the bytes
//! std::thread::spawn(move || {
//!     let Packet::Disconnect(disconnect) = for_the_log.packet() else { return };
//!     println!("{}", disconnect.reason); // Session taken over
//! });
//! assert_eq!(owned.into_bytes()[..], [0xE0, 0x01, 0x8E]);
//! # Ok::<(), mqtt_reason::DecodeError>(())
//! ```
//!
//! # Cost
//!
//! Taking a packet is a reference count, and cloning it another; the first packet taken from a buffer makes
//! [`bytes`] allocate that count once. Lending it parses the bytes again, which costs nanoseconds and saves a
//! second tree of types. A packet keeps the whole buffer alive that it was taken from, usually one read's worth:
//! whoever keeps a few small packets for long calls `detached`, the one method that copies.

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
    /// use mqtt_reason::{DecodeOptions, PacketType, Version, owned::OwnedFrame};
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
            header_len: frame.bytes().len() - frame.body().len(),
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

impl Frame<'_> {
    /// The version that a CONNECT asks for, by its Protocol Name and Protocol Version; `None` for any other packet and
    /// for a name or a number that no version has.
    ///
    /// MQTT 5.0 §3.1.2.1 and §3.1.2.2, 3.1.1 §3.1.2.1 and §3.1.2.2, 3.1 §3.1. The rest of the CONNECT is not looked
    /// into.
    ///
    /// ```
    /// use mqtt_reason::{Decoded, Version, v5};
    ///
    /// let connect = [0x10, 0x0D, 0, 4, b'M', b'Q', b'T', b'T', 5, 2, 0, 60, 0, 0, 0];
    /// let Decoded::Frame(frame) = v5::decode(&connect)? else { panic!("it is a CONNECT") };
    /// assert_eq!(frame.connect_version(), Some(Version::V5_0));
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
    #[must_use]
    pub fn connect_version(&self) -> Option<Version> {
        if self.packet_type() != PacketType::Connect {
            return None;
        }
        match *self.body() {
            [0, 4, b'M', b'Q', b'T', b'T', level @ (4 | 5), ..] => Version::from_level(level),
            [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', 3, ..] => Some(Version::V3_1),
            _ => None,
        }
    }
}

/// What was decoded at the start of a buffer, as numbers, so that the buffer can be changed.
enum Found {
    Packet { len: usize },
    Frame(Header),
    Incomplete { needed: NonZeroUsize },
}

impl Found {
    fn of<P>(decoded: &Decoded<'_, P>) -> Self {
        match *decoded {
            Decoded::Packet { len, .. } => Self::Packet { len },
            Decoded::Frame(frame) => Self::Frame(Header {
                packet_type: frame.packet_type(),
                header_len: frame.bytes().len() - frame.body().len(),
                len: frame.bytes().len(),
            }),
            Decoded::Incomplete { needed } => Self::Incomplete { needed },
        }
    }

    /// Takes what was found out of `src`.
    fn take<P>(self, src: &mut BytesMut, packet: impl FnOnce(Bytes) -> P) -> OwnedDecoded<P> {
        match self {
            Self::Packet { len } => OwnedDecoded::Packet(packet(src.split_to(len).freeze())),
            Self::Frame(header) => OwnedDecoded::Frame(OwnedFrame::take(&header, src)),
            Self::Incomplete { needed } => OwnedDecoded::Incomplete { needed },
        }
    }
}

pub mod v5 {
    //! The owned packet of MQTT 5.0.

    use core::fmt;

    use bytes::{Bytes, BytesMut};

    use super::{Found, OwnedDecoded};
    use crate::encode::{Encode, EncodeError};
    use crate::error::DecodeError;
    use crate::frame::Decoded;
    use crate::options::{DecodeOptions, EncodeOptions};
    use crate::v5::{Disconnect, DisconnectReason, Packet, decode, decode_with};

    /// A packet of MQTT 5.0 that owns its bytes, checked, and lends the typed packet.
    ///
    /// Two are equal if the packets they lend are: a PUBACK is the same in its short and in its long form.
    #[derive(Clone)]
    pub struct OwnedPacket {
        /// One packet that [`decode`] accepts.
        bytes: Bytes,
    }

    impl OwnedPacket {
        /// Takes the packet at the start of `src` out of it, sender unknown and without limits.
        ///
        /// # Errors
        ///
        /// As [`decode_with`](Self::decode_with).
        #[inline]
        pub fn decode(src: &mut BytesMut) -> Result<OwnedDecoded<Self>, DecodeError> {
            Self::decode_with(&DecodeOptions::new(), src)
        }

        /// Takes the packet at the start of `src` out of it, without copying it.
        ///
        /// Nothing is reserved for missing bytes: the buffer grows with what arrives, not with what a peer claims.
        ///
        /// # Errors
        ///
        /// As [`v5::decode_with`](crate::v5::decode_with); `src` is then as it was.
        #[inline]
        pub fn decode_with(
            options: &DecodeOptions,
            src: &mut BytesMut,
        ) -> Result<OwnedDecoded<Self>, DecodeError> {
            let found = Found::of(&decode_with(options, src)?);
            Ok(found.take(src, |bytes| Self { bytes }))
        }

        /// The packet, written in its shortest legal form.
        ///
        /// ```
        /// use mqtt_reason::owned::v5::OwnedPacket;
        /// use mqtt_reason::v5::{Disconnect, DisconnectReason};
        ///
        /// let owned = OwnedPacket::new(&Disconnect::new(DisconnectReason::ServerShuttingDown))?;
        /// assert_eq!(owned.bytes()[..], [0xE0, 0x01, 0x8B]);
        /// # Ok::<(), mqtt_reason::EncodeError>(())
        /// ```
        ///
        /// # Errors
        ///
        /// As [`Encode::encode`].
        pub fn new<P: Encode>(packet: &P) -> Result<Self, EncodeError> {
            Self::new_with(&EncodeOptions::new(), packet)
        }

        /// The packet, written in its shortest legal form within what `options` say.
        ///
        /// # Errors
        ///
        /// As [`Encode::encode_with`].
        pub fn new_with<P: Encode>(
            options: &EncodeOptions,
            packet: &P,
        ) -> Result<Self, EncodeError> {
            let mut buffer = BytesMut::with_capacity(packet.encoded_len());
            packet.encode_with(options, &mut buffer)?;
            let bytes = buffer.freeze();
            Ok(Self { bytes })
        }

        /// The typed packet; it borrows from this one.
        ///
        /// The bytes are parsed again, under default options: these accept every packet that was accepted under
        /// others, for all that options do is enforce more. So this cannot fail, and does not return a `Result`.
        #[must_use]
        pub fn packet(&self) -> Packet<'_> {
            match decode(&self.bytes) {
                Ok(Decoded::Packet { packet, .. }) => packet,
                // Not reached, see above; a value costs less than a panic would in every caller's reasoning.
                _ => Packet::Disconnect(Disconnect::new(DisconnectReason::UnspecifiedError)),
            }
        }

        /// The whole packet, fixed header included; parts of it can be shared with [`Bytes::slice_ref`].
        ///
        /// ```
        /// use bytes::BytesMut;
        /// use mqtt_reason::owned::{OwnedDecoded, v5::OwnedPacket};
        /// use mqtt_reason::v5::Packet;
        ///
        /// let puback = [0x40, 0x09, 0x00, 0x0A, 0x87, 0x05, 0x1F, 0x00, 0x02, b'n', b'o'];
        /// let mut buffer = BytesMut::from(&puback[..]);
        /// if let OwnedDecoded::Packet(owned) = OwnedPacket::decode(&mut buffer)?
        ///     && let Packet::Puback(puback) = owned.packet()
        ///     && let Some(reason) = puback.properties.reason_string()
        /// {
        ///     let shared = owned.bytes().slice_ref(reason.as_bytes()); // not a copy
        ///     assert_eq!(shared[..], *b"no");
        /// }
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
                bytes: Bytes::copy_from_slice(&self.bytes),
            }
        }
    }

    impl PartialEq for OwnedPacket {
        fn eq(&self, other: &Self) -> bool {
            self.packet() == other.packet()
        }
    }

    impl Eq for OwnedPacket {}

    impl fmt::Debug for OwnedPacket {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.packet().fmt(f)
        }
    }
}

pub mod v3 {
    //! The owned packet of MQTT 3.1.1 and 3.1.

    use core::fmt;

    use bytes::{Bytes, BytesMut};

    use super::{Found, OwnedDecoded};
    use crate::encode::EncodeError;
    use crate::error::DecodeError;
    use crate::frame::Decoded;
    use crate::options::{DecodeOptions, EncodeOptions};
    use crate::v3::{Packet, Version, decode, decode_with};

    /// A packet of MQTT 3.1.1 or 3.1 that owns its bytes, checked, and lends the typed packet.
    ///
    /// Two are equal if the packets they lend are, whatever their versions.
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
        pub fn decode(
            version: Version,
            src: &mut BytesMut,
        ) -> Result<OwnedDecoded<Self>, DecodeError> {
            Self::decode_with(version, &DecodeOptions::new(), src)
        }

        /// Takes the packet at the start of `src` out of it, without copying it.
        ///
        /// # Errors
        ///
        /// As [`v3::decode_with`](crate::v3::decode_with); `src` is then as it was.
        #[inline]
        pub fn decode_with(
            version: Version,
            options: &DecodeOptions,
            src: &mut BytesMut,
        ) -> Result<OwnedDecoded<Self>, DecodeError> {
            let found = Found::of(&decode_with(version, options, src)?);
            Ok(found.take(src, |bytes| Self { version, bytes }))
        }

        /// The packet, written.
        ///
        /// # Errors
        ///
        /// As [`Packet::encode`].
        pub fn new(version: Version, packet: &Packet<'_>) -> Result<Self, EncodeError> {
            Self::new_with(version, &EncodeOptions::new(), packet)
        }

        /// The packet, written within what `options` say.
        ///
        /// # Errors
        ///
        /// As [`Packet::encode_with`].
        pub fn new_with(
            version: Version,
            options: &EncodeOptions,
            packet: &Packet<'_>,
        ) -> Result<Self, EncodeError> {
            let mut buffer = BytesMut::with_capacity(packet.encoded_len());
            packet.encode_with(version, options, &mut buffer)?;
            let bytes = buffer.freeze();
            Ok(Self { version, bytes })
        }

        /// The version whose packet it is.
        #[must_use]
        pub const fn version(&self) -> Version {
            self.version
        }

        /// The typed packet; it borrows from this one.
        ///
        /// The bytes are parsed again, as in [`v5`](crate::owned::v5::OwnedPacket::packet): it cannot fail.
        #[must_use]
        pub fn packet(&self) -> Packet<'_> {
            match decode(self.version, &self.bytes) {
                Ok(Decoded::Packet { packet, .. }) => packet,
                // Not reached: default options accept what others have accepted.
                _ => Packet::Disconnect,
            }
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
                version: self.version,
                bytes: Bytes::copy_from_slice(&self.bytes),
            }
        }
    }

    impl PartialEq for OwnedPacket {
        fn eq(&self, other: &Self) -> bool {
            self.packet() == other.packet()
        }
    }

    impl Eq for OwnedPacket {}

    impl fmt::Debug for OwnedPacket {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.packet().fmt(f)
        }
    }
}
