//! The fixed header: where a packet ends, and what can be refused before all of it is there.
//!
//! MQTT 5.0 §2.1, 3.1.1 §2.2, 3.1 §2.1. This is the only layer that can need more bytes.

use core::num::NonZeroUsize;

use nom::error::{ErrorKind as NomErrorKind, FromExternalError, ParseError as NomParseError};
use nom::{IResult, Needed, Offset};

use crate::error::{self, DecodeError, ErrorKind, ParseError};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::scalar::VARIABLE_BYTE_INTEGER_MAX;
use crate::wire::{VariableByteInteger, with_length};

/// A whole packet whose body is not looked into: fixed header and as many bytes as it announces.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame<'a> {
    /// The packet type above the size of the fixed header. Two bytes that are stored one by one and loaded together make
    /// the processor wait: decoding and reading a PUBLISH (W8) took 22 ns so, and takes 16.
    head: u16,
    bytes: &'a [u8],
}

const fn head(packet_type: PacketType, header_len: u8) -> u16 {
    u16::from_be_bytes([packet_type.as_u8(), header_len])
}

impl<'a> Frame<'a> {
    /// The packet of `version` at the start of `i`, whatever its type, without limits; `None` if bytes are missing.
    ///
    /// ```
    /// use mqtt_reason::{Frame, PacketType, Version};
    ///
    /// let bytes = [0x30, 0x05, 0x00, 0x01, b't', 0x00, b'!', 0xC0];
    /// let publish = Frame::decode(Version::V5_0, &bytes)?.unwrap();
    /// assert_eq!((publish.packet_type(), publish.bytes().len()), (PacketType::Publish, 7));
    /// assert_eq!(Frame::decode(Version::V5_0, &bytes[7..])?, None);
    /// # Ok::<(), mqtt_reason::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`decode_with`](Self::decode_with).
    pub fn decode(version: Version, i: &'a [u8]) -> Result<Option<Self>, DecodeError> {
        Self::decode_with(version, DecodeOptions::DEFAULT, i)
    }

    /// The packet of `version` at the start of `i`, whatever its type; `None` if bytes are missing.
    ///
    /// # Errors
    ///
    /// What the fixed header shows, MQTT 5.0 §2.1.
    #[inline]
    pub fn decode_with(
        version: Version,
        options: &DecodeOptions,
        i: &'a [u8],
    ) -> Result<Option<Self>, DecodeError> {
        Ok(match header(version, options, i)? {
            HeaderOrNeeded::Header(header) => Some(frame(&header, i)),
            HeaderOrNeeded::Needed(_) => None,
        })
    }

    /// The packet type.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        let [number, _] = self.head.to_be_bytes();
        match PacketType::from_first_byte(number << 4) {
            Some(packet_type) => packet_type,
            // Never: it was made of a packet type.
            None => PacketType::Publish,
        }
    }

    /// The first byte: packet type and flags.
    #[must_use]
    pub fn first_byte(&self) -> u8 {
        self.bytes.first().copied().unwrap_or_default()
    }

    /// The low four bits of the first byte: those of PUBLISH mean DUP, QoS and RETAIN.
    #[must_use]
    pub fn flags(&self) -> u8 {
        self.first_byte() & 0x0F
    }

    /// The size of the fixed header: 2 to 5 bytes.
    ///
    /// ```
    /// use mqtt_reason::{Version, frame};
    ///
    /// let publish = [0x30, 0x05, 0x00, 0x01, b'a', 0x00, b'!'];
    /// let (_, frame) = frame::parse::<nom::error::Error<&[u8]>>(Version::V5_0)(&publish).unwrap();
    /// assert_eq!((frame.first_byte(), frame.header_len(), frame.body().len()), (0x30, 2, 5));
    /// ```
    #[must_use]
    pub const fn header_len(&self) -> usize {
        (self.head & 0xFF) as usize
    }

    /// The whole packet, fixed header included.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Variable header and payload: what follows the fixed header.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(self.header_len()..).unwrap_or_default()
    }

    /// The fixed header.
    pub(crate) const fn header(&self) -> Header {
        Header {
            packet_type: self.packet_type(),
            header_len: self.header_len(),
            len: self.bytes.len(),
        }
    }

    /// The version that a CONNECT asks for, by its Protocol Name and Protocol Version; `None` for any other packet and
    /// for a name or a number that no version has.
    ///
    /// MQTT 5.0 §3.1.2.1 and §3.1.2.2, 3.1.1 §3.1.2.1 and §3.1.2.2, 3.1 §3.1. The rest of the CONNECT is not looked
    /// into.
    ///
    /// # Conformance
    ///
    /// Protocol levels 0x83 and 0x84 are 3.1 and 3.1.1: the high bit is how a mosquitto bridge says what it is.
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
            [0, 4, b'M', b'Q', b'T', b'T', 5, ..] => Some(Version::V5_0),
            [0, 4, b'M', b'Q', b'T', b'T', 4 | 0x84, ..] => Some(Version::V3_1_1),
            [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', 3 | 0x83, ..] => Some(Version::V3_1),
            _ => None,
        }
    }
}

impl AsRef<[u8]> for Frame<'_> {
    fn as_ref(&self) -> &[u8] {
        self.bytes
    }
}

impl core::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Frame")
            .field("packet_type", &self.packet_type())
            .field("flags", &self.flags())
            .field("body", &self.body())
            .finish()
    }
}

/// What a stream of bytes starts with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a packet, another packet, or not yet one"
)]
pub enum Decoded<'a, P> {
    /// A reason-coded packet.
    Packet {
        /// The packet.
        packet: P,
        /// Its size in bytes, fixed header included: what to advance the input by.
        len: usize,
    },
    /// A packet of another type, whole and not looked into; its size is that of its [`bytes`](Frame::bytes).
    Frame(Frame<'a>),
    /// The beginning of a packet that is fine so far.
    Incomplete {
        /// How many more bytes are needed, at least: exact once the fixed header is there, before that the least
        /// that can complete it (2 for an empty input).
        needed: NonZeroUsize,
    },
}

impl<'a, P> Decoded<'a, P> {
    /// The same with what `change` makes of the packet.
    #[inline]
    pub fn map<Q>(self, change: impl FnOnce(P) -> Q) -> Decoded<'a, Q> {
        match self {
            Self::Packet { packet, len } => Decoded::Packet {
                packet: change(packet),
                len,
            },
            Self::Frame(frame) => Decoded::Frame(frame),
            Self::Incomplete { needed } => Decoded::Incomplete { needed },
        }
    }
}

/// A fixed header that was checked and whose packet is there as a whole.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) packet_type: PacketType,
    pub(crate) header_len: usize,
    /// The packet's size, fixed header included.
    pub(crate) len: usize,
}

/// A checked fixed header, or how many bytes are missing.
pub(crate) enum HeaderOrNeeded {
    Header(Header),
    Needed(NonZeroUsize),
}

/// Checks the fixed header at the start of `i`: packet type, flags, direction, Remaining Length and size, in this
/// order, each as soon as its bytes are there.
#[inline(always)]
pub(crate) fn header(
    version: Version,
    options: &DecodeOptions,
    i: &[u8],
) -> Result<HeaderOrNeeded, DecodeError> {
    let sender = options.sender;
    let [first, after_first @ ..] = i else {
        return Ok(needed(2));
    };
    let packet_type = packet_type(version, sender, *first)?;
    let refuse = |kind| {
        Err(DecodeError::new(
            kind,
            1,
            Some(packet_type),
            version,
            sender,
        ))
    };
    let (remaining_length, length_len) = match *after_first {
        // Most of them.
        [length @ 0..=0x7F, ..] => (u32::from(length), 1),
        _ => match VariableByteInteger::read(after_first) {
            VariableByteInteger::Whole { minimal: false, .. } if version == Version::V5_0 => {
                return refuse(ErrorKind::VariableByteIntegerNotMinimal);
            }
            VariableByteInteger::Whole { value, len, .. } => (value, len),
            VariableByteInteger::Unfinished => return Ok(needed(1)),
            VariableByteInteger::TooLong => return refuse(ErrorKind::VariableByteIntegerTooLong),
        },
    };
    // At most 268,435,460: nothing saturates.
    let header_len = usize::from(length_len).saturating_add(1);
    let total = remaining_length
        .saturating_add(length_len.into())
        .saturating_add(1);
    if total > options.max_packet_size {
        return refuse(ErrorKind::PacketTooLarge {
            len: total,
            max: options.max_packet_size,
        });
    }
    let Some(len) = size::<usize>(total) else {
        return refuse(ErrorKind::PacketTooLarge {
            len: total,
            max: u32::try_from(usize::MAX).unwrap_or(u32::MAX),
        });
    };
    match NonZeroUsize::new(len.saturating_sub(i.len())) {
        Some(needed) => Ok(HeaderOrNeeded::Needed(needed)),
        None => Ok(HeaderOrNeeded::Header(Header {
            packet_type,
            header_len,
            len,
        })),
    }
}

/// The size of a packet as a length in memory; `None` if memory has no such length, where `usize` has 16 bits.
#[inline]
fn size<T: TryFrom<u32>>(total: u32) -> Option<T> {
    T::try_from(total).ok()
}

const fn needed(count: usize) -> HeaderOrNeeded {
    match NonZeroUsize::new(count) {
        Some(count) => HeaderOrNeeded::Needed(count),
        None => HeaderOrNeeded::Needed(NonZeroUsize::MIN),
    }
}

/// Checks the first byte: packet type, flags and direction, in this order.
#[inline(always)]
fn packet_type(
    version: Version,
    sender: Option<Side>,
    first: u8,
) -> Result<PacketType, DecodeError> {
    let refuse = |kind, packet| Err(DecodeError::new(kind, 0, packet, version, sender));
    let packet = match PacketType::from_first_byte(first) {
        Some(PacketType::Auth) if version != Version::V5_0 => None,
        packet => packet,
    };
    let Some(packet) = packet else {
        return refuse(ErrorKind::ReservedPacketType { number: first >> 4 }, None);
    };
    if !flags_are_valid(version, packet, first) {
        let flags = first & 0x0F;
        return refuse(ErrorKind::FixedHeaderFlags { packet, flags }, Some(packet));
    }
    match sender {
        Some(sender) if !version.sender_of(packet).includes(sender) => {
            refuse(ErrorKind::WrongDirection { packet, sender }, Some(packet))
        }
        _ => Ok(packet),
    }
}

/// Whether the low four bits belong to the packet type, [MQTT-2.1.3-1], 3.1.1 [MQTT-2.2.2-2]; those of a PUBLISH say
/// something, but there is no QoS 3, [MQTT-3.3.1-4].
///
/// # Conformance
///
/// 3.1 forbids no bits: it describes which packets use them, and in SUBSCRIBE, UNSUBSCRIBE and PUBREL what they are
/// (3.1 §2.1, §3.6).
#[inline]
const fn flags_are_valid(version: Version, packet: PacketType, first: u8) -> bool {
    match (version, packet) {
        (Version::V3_1, _) => true,
        (Version::V3_1_1 | Version::V5_0, PacketType::Publish) => first & 0b0110 != 0b0110,
        (Version::V3_1_1 | Version::V5_0, _) => first == packet.first_byte(),
    }
}

/// The whole packet that a checked header announces.
#[inline]
pub(crate) fn frame<'a>(header: &Header, i: &'a [u8]) -> Frame<'a> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fixed header has 2 to 5 bytes"
    )]
    let header_len = header.header_len as u8;
    Frame {
        head: head(header.packet_type, header_len),
        bytes: i.get(..header.len).unwrap_or_default(),
    }
}

/// The size of the packet at the start of `i` in bytes, fixed header included, as soon as its fixed header is there;
/// `None` if that needs more bytes. Without limits: see [`total_len_with`].
///
/// ```
/// use mqtt_reason::{Version, frame};
///
/// assert_eq!(frame::total_len(Version::V5_0, &[0x40, 0x12])?, Some(20));
/// assert_eq!(frame::total_len(Version::V5_0, &[0x40])?, None);
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
///
/// # Errors
///
/// As [`total_len_with`].
pub fn total_len(version: Version, i: &[u8]) -> Result<Option<usize>, DecodeError> {
    total_len_with(version, DecodeOptions::DEFAULT, i)
}

/// The size of the packet at the start of `i` in bytes, fixed header included, as soon as its fixed header is there;
/// `None` if that needs more bytes.
///
/// For callers that want to know before they buffer. The first byte and the Remaining Length are checked, and the
/// options' Maximum Packet Size.
///
/// ```
/// use mqtt_reason::{DecodeOptions, ErrorKind, Version, frame};
///
/// // 256 MiB are announced: refused after five bytes.
/// let options = DecodeOptions::new().max_packet_size(1024);
/// let error = frame::total_len_with(Version::V5_0, &options, &[0x40, 0xFF, 0xFF, 0xFF, 0x7F]).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::PacketTooLarge { len: 268_435_460, max: 1024, .. }));
/// ```
///
/// # Errors
///
/// As for a whole packet, but only what the fixed header shows.
pub fn total_len_with(
    version: Version,
    options: &DecodeOptions,
    i: &[u8],
) -> Result<Option<usize>, DecodeError> {
    Ok(match header(version, options, i)? {
        HeaderOrNeeded::Header(header) => Some(header.len),
        // Bytes are missing. If the Remaining Length is whole, they are missing in the body only.
        HeaderOrNeeded::Needed(needed) => match i {
            [_, length @ ..]
                if VariableByteInteger::read(length) != VariableByteInteger::Unfinished =>
            {
                Some(i.len().saturating_add(needed.get()))
            }
            _ => None,
        },
    })
}

/// A nom parser of any one packet of `version`, whatever its type, as a [`Frame`].
///
/// # Errors
///
/// [`nom::Err::Incomplete`] with the number of bytes missing; [`nom::Err::Failure`] with a [`DecodeError`] if the
/// fixed header is refused.
///
/// ```
/// use mqtt_reason::{PacketType, Version, frame};
///
/// let mut frame = frame::parse::<nom::error::Error<&[u8]>>(Version::V3_1_1);
/// let (rest, pingreq) = frame(&[0xC0, 0x00, 0x40])?;
/// assert_eq!((rest, pingreq.packet_type()), (&[0x40][..], PacketType::Pingreq));
/// # Ok::<(), nom::Err<nom::error::Error<&[u8]>>>(())
/// ```
pub fn parse<'a, E>(version: Version) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Frame<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    parse_with(version, DecodeOptions::new())
}

/// A nom parser of any one packet of `version` under `options`, whatever its type, as a [`Frame`].
///
/// # Errors
///
/// As [`parse`]; a packet that is too large is refused as soon as its fixed header is there.
///
/// ```
/// use mqtt_reason::{DecodeOptions, Version, frame};
///
/// let options = DecodeOptions::new().max_packet_size(16);
/// let mut frame = frame::parse_with::<nom::error::Error<&[u8]>>(Version::V5_0, options);
/// assert!(matches!(frame(&[0x30, 0x20]), Err(nom::Err::Failure(_))));
/// ```
pub fn parse_with<'a, E>(
    version: Version,
    options: DecodeOptions,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Frame<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    move |i| match header(version, &options, i) {
        Ok(HeaderOrNeeded::Header(header)) => {
            Ok((i.get(header.len..).unwrap_or_default(), frame(&header, i)))
        }
        Ok(HeaderOrNeeded::Needed(needed)) => Err(nom::Err::Incomplete(Needed::Size(needed))),
        Err(error) => Err(failure(i, error)),
    }
}

/// What a nom parser of packets makes of a decoded one; `is_mine` tells the packet types that the parser is for.
pub(crate) fn into_nom<'a, P, E>(
    i: &'a [u8],
    is_mine: impl FnOnce(PacketType) -> bool,
    decode: impl FnOnce(&'a [u8]) -> Result<Decoded<'a, P>, DecodeError>,
) -> IResult<&'a [u8], P, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    let other_type = |i| Err(nom::Err::Error(E::from_error_kind(i, NomErrorKind::Tag)));
    if let Some(&first) = i.first() {
        if !PacketType::from_first_byte(first).is_some_and(is_mine) {
            return other_type(i);
        }
    }
    match decode(i) {
        Ok(Decoded::Packet { packet, len }) => Ok((i.get(len..).unwrap_or_default(), packet)),
        Ok(Decoded::Frame(_)) => other_type(i),
        Ok(Decoded::Incomplete { needed }) => Err(nom::Err::Incomplete(Needed::Size(needed))),
        Err(error) => Err(failure(i, error)),
    }
}

/// The [`nom::Err::Failure`] that carries `error` at its place in `i`.
fn failure<'a, E>(i: &'a [u8], error: DecodeError) -> nom::Err<E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    let at = i.get(error.offset()..).unwrap_or_default();
    nom::Err::Failure(E::from_external_error(at, NomErrorKind::Verify, error))
}

/// The error about bytes after the last field, §2.3, Table 2-5.
#[cold]
#[inline(never)]
pub(crate) fn left_over(rest: &[u8]) -> nom::Err<ParseError<'_>> {
    let count = u32::try_from(rest.len()).unwrap_or(u32::MAX);
    error::failure(rest, ErrorKind::TrailingBytes { count })
}

/// The error of a parser inside `bytes`, which start `before` bytes into the packet.
///
/// A call moves the error through memory once more, in other pieces than it was written in, and the processor waits for
/// them: some 8 ns, which nobody notices but the tests. They refuse four thousand million packets, and take 9.6 s instead of
/// 15.2 for 614 million (`bodies` in `tests/conformance`, one thread) if it is inlined for them.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), cold, inline(never))]
pub(crate) fn place(
    error: nom::Err<ParseError<'_>>,
    (packet, before, bytes): (PacketType, usize, &[u8]),
    version: Version,
    sender: Option<Side>,
) -> DecodeError {
    let (at, kind) = match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => (error.at, error.kind),
        // The parsers inside a frame are complete ones.
        nom::Err::Incomplete(_) => (bytes, ErrorKind::Truncated),
    };
    let offset = match kind {
        // It is the Remaining Length that is wrong.
        ErrorKind::V3Connack { .. } | ErrorKind::RemainingLength { .. } => 1,
        _ => bytes.offset(at).saturating_add(before),
    };
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    DecodeError::new(kind, offset, Some(packet), version, sender)
}

/// Checks a fixed header that somebody else has taken off: the first byte, and the Remaining Length that the body has.
/// Gives the packet type and the size of the header in its shortest form.
#[inline]
pub(crate) fn header_of_body(
    version: Version,
    options: &DecodeOptions,
    first: u8,
    body: &[u8],
) -> Result<(PacketType, usize), DecodeError> {
    let packet = packet_type(version, options.sender, first)?;
    let total = with_length(body.len()).saturating_add(1);
    let (len, max) = (
        u32::try_from(total).unwrap_or(u32::MAX),
        options.max_packet_size,
    );
    let refuse = |kind| {
        Err(DecodeError::new(
            kind,
            1,
            Some(packet),
            version,
            options.sender,
        ))
    };
    if body.len() > VARIABLE_BYTE_INTEGER_MAX as usize {
        return refuse(ErrorKind::VariableByteIntegerTooLong);
    }
    if len > max {
        return refuse(ErrorKind::PacketTooLarge { len, max });
    }
    Ok((packet, total.saturating_sub(body.len())))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_that_memory_does_not_have_does_not_wrap() {
        assert_eq!(size::<u16>(0xFFFF), Some(0xFFFF));
        assert_eq!(size::<u16>(0x1_0000), None);
        assert_eq!(size::<u16>(0x1_0004), None);
        assert_eq!(size::<u16>(268_435_460), None);
        assert_eq!(size::<usize>(268_435_460), Some(268_435_460));
    }
}
