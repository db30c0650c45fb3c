//! A packet of MQTT 5.0 that owns its bytes.

use core::fmt;

use bytes::{Bytes, BytesMut};

use crate::encode::{Encode, EncodeError};
use crate::error::DecodeError;
use crate::frame::Decoded;
use crate::options::{DecodeOptions, EncodeOptions};
use crate::owned::{Found, OwnedDecoded};
use crate::v5::{Disconnect, DisconnectReason, Packet, decode, decode_with};

/// A packet of MQTT 5.0 that owns its bytes, checked, and lends the typed packet.
///
/// A [`Packet`] borrows from the buffer it was decoded from, so it cannot outlive it, be sent to another task or be the
/// item of a stream. This one can: it takes the bytes of one packet out of a [`BytesMut`] without copying them, and
/// lends the typed packet as often as it is asked for.
///
/// Two are equal if the packets they lend are: a PUBACK is the same in its short and in its long form.
///
/// ```
/// use bytes::BytesMut;
/// use mqtt_reason::OwnedDecoded;
/// use mqtt_reason::v5::{OwnedPacket, Packet};
///
/// let mut buffer = BytesMut::from(&[0xE0, 0x01, 0x8E, 0xC0, 0x00][..]);
/// let OwnedDecoded::Packet(owned) = OwnedPacket::decode(&mut buffer)? else {
///     panic!("it is a DISCONNECT");
/// };
/// // The PINGREQ stays where it is.
/// assert_eq!(buffer[..], [0xC0, 0x00]);
///
/// let for_the_log = owned.clone(); // shares the bytes
/// std::thread::spawn(move || {
///     let Packet::Disconnect(disconnect) = for_the_log.packet() else { return };
///     println!("{}", disconnect.reason); // Session taken over
/// });
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
        Self::decode_with(DecodeOptions::DEFAULT, src)
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
    /// use mqtt_reason::v5::{Disconnect, DisconnectReason, OwnedPacket};
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
    /// use mqtt_reason::OwnedDecoded;
    /// use mqtt_reason::v5::{OwnedPacket, Packet};
    ///
    /// let puback = [0x40, 0x09, 0x00, 0x0A, 0x87, 0x05, 0x1F, 0x00, 0x02, b'n', b'o'];
    /// let mut buffer = BytesMut::from(&puback[..]);
    /// let OwnedDecoded::Packet(owned) = OwnedPacket::decode(&mut buffer)? else { panic!("it is whole") };
    /// let Packet::Puback(puback) = owned.packet() else { panic!("it is a PUBACK") };
    /// let reason = puback.properties.reason_string().unwrap_or_default();
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
