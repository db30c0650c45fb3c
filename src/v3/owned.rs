//! A packet of MQTT 3.1.1 or 3.1 that owns its bytes.

use core::fmt;

use bytes::{Bytes, BytesMut};

use crate::encode::EncodeError;
use crate::error::DecodeError;
use crate::frame::Decoded;
use crate::options::{DecodeOptions, EncodeOptions};
use crate::owned::{Found, OwnedDecoded};
use crate::v3::{Packet, Version, decode, decode_with};

/// A packet of MQTT 3.1.1 or 3.1 that owns its bytes, checked, and lends the typed packet.
///
/// What it costs is told at [`v5::OwnedPacket`](crate::v5::OwnedPacket). Two are equal if the packets they lend are,
/// whatever their versions.
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
        Self::new_with(version, EncodeOptions::DEFAULT, packet)
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
        // As much as is left under the options, and no more: a buffer without room tells how much that is.
        let needed = match packet.encode_with(version, options, &mut (&mut [0_u8; 0][..])) {
            Err(EncodeError::BufferTooSmall { needed, .. }) => needed,
            Err(error) => return Err(error),
            Ok(len) => len,
        };
        let mut buffer = BytesMut::with_capacity(needed);
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
    /// The bytes are parsed again, as in [`v5`](crate::v5::OwnedPacket::packet): it cannot fail.
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
