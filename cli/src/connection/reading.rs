//! A whole packet, or its head, looked into.

use mqtt_reason::view::{Publish, View};
use mqtt_reason::{DecodeError, DecodeOptions, Decoded, ErrorKind, PacketType, Version};

use crate::packet::Packet;

use super::Body;

/// What a packet is.
pub(super) enum Read<'a> {
    Body(Body<'a>),
    /// A CONNACK of 3.x where 5.0 was asked for, read as what it is.
    OldConnack(Packet<'a>),
    /// Not all of it is there, and what is there does not tell enough.
    Cut,
}

/// Reads a packet of `len` bytes, of which `bytes` are there.
pub(super) fn read<'a>(
    version: Version,
    options: &DecodeOptions,
    bytes: &'a [u8],
    len: usize,
) -> Result<Read<'a>, DecodeError> {
    let first = bytes.first().copied().unwrap_or_default();
    if bytes.len() < len {
        return match PacketType::from_first_byte(first) {
            Some(PacketType::Publish) => {
                let head = Publish::head(version, options, bytes)?;
                Ok(head.map_or(Read::Cut, |head| {
                    Read::Body(Body::View(View::Publish(head)))
                }))
            }
            _ => Ok(Read::Cut),
        };
    }
    match Packet::decode(version, options, bytes) {
        Ok(Decoded::Packet { packet, .. }) => Ok(Read::Body(Body::Coded(packet))),
        Ok(Decoded::Frame(frame)) => {
            let view = View::of(version, options, &frame)?;
            Ok(view.map_or(Read::Cut, |view| Read::Body(Body::View(view))))
        }
        Ok(Decoded::Incomplete { .. }) => Ok(Read::Cut),
        Err(error) if matches!(error.kind(), ErrorKind::V3Connack { .. }) => {
            match Packet::decode(Version::V3_1_1, options, bytes) {
                Ok(Decoded::Packet { packet, .. }) => Ok(Read::OldConnack(packet)),
                _ => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// Reads a packet before which no CONNECT came: the version that reads it, if one does.
pub(super) fn read_unknown<'a>(
    options: &DecodeOptions,
    bytes: &'a [u8],
    len: usize,
) -> Result<(Version, Read<'a>), DecodeError> {
    match read(Version::V5_0, options, bytes, len) {
        Ok(read) => Ok((Version::V5_0, read)),
        Err(error) => match read(Version::V3_1_1, options, bytes, len) {
            Ok(read) => Ok((Version::V3_1_1, read)),
            Err(_) => Err(error),
        },
    }
}
