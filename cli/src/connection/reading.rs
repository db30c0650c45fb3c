//! A whole packet, or its head, looked into.

use mqtt_reason::view::{Publish, View};
use mqtt_reason::{DecodeError, DecodeOptions, Decoded, ErrorKind, PacketType, Version, frame};

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

/// Whether a piece of a stream that was not seen from its start can begin with a packet: whole packets that decode,
/// and at most the beginning of one after them.
pub(super) fn can_start(version: Version, options: &DecodeOptions, mut bytes: &[u8]) -> bool {
    let mut found = false;
    loop {
        match frame::total_len(version, options, bytes) {
            Ok(Some(len)) if len <= bytes.len() => {
                if !matches!(read(version, options, bytes, len), Ok(Read::Body(_))) {
                    return false;
                }
                found = true;
                bytes = bytes.get(len..).unwrap_or_default();
                if bytes.is_empty() {
                    return true;
                }
            }
            // The beginning of a packet says little: of a PUBLISH, its topic must be there.
            Ok(Some(len)) => {
                let head = matches!(read(version, options, bytes, len), Ok(Read::Body(_)));
                return found || head;
            }
            Ok(None) => return found,
            Err(_) => return false,
        }
    }
}

/// Whether one of the packets is a PUBLISH.
pub(super) fn has_publish(mut bytes: &[u8]) -> bool {
    while let Some(first) = bytes.first() {
        if PacketType::from_first_byte(*first) == Some(PacketType::Publish) {
            return true;
        }
        match frame::total_len(Version::V5_0, &DecodeOptions::new(), bytes) {
            Ok(Some(len)) => bytes = bytes.get(len..).unwrap_or_default(),
            _ => return false,
        }
    }
    false
}
