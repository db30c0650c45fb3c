//! The bytes of both sides, in pieces of any size, as packets, errors and findings.

use alloc::vec::Vec;
use core::time::Duration;

use crate::conversation::{Conversation, Finding, Seen};
use crate::error::{DecodeError, ErrorKind};
use crate::frame::{self, Decoded};
use crate::options::DecodeOptions;
use crate::packet::Packet;
use crate::packet_type::{PacketType, Side, Version};
use crate::view::{Publish, View};
use crate::wire::VariableByteInteger;
use crate::{v3, v5};

/// What comes out of the bytes of a connection.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// One of the nine packets that carry reason codes.
    Packet(Seen, Packet<'a>),
    /// One of the other six; the payload of a PUBLISH above the limit is cut.
    View(Seen, View<'a>),
    /// A packet that was refused, and what was there of it.
    Error(Seen, DecodeError, &'a [u8]),
    /// A packet above the limit, which was not looked into.
    TooLarge(Seen, PacketType),
    /// What the packet before it is wrong about, or what time brought.
    Finding(Finding),
}

/// A [`Conversation`] that is fed bytes.
///
/// ```
/// use std::time::Duration;
/// use mqtt_reason::Side;
/// use mqtt_reason::conversation::{Conversation, Event, Settings, Streams};
///
/// let mut streams = Streams::new(Conversation::new(Settings::new()));
/// let mut told = Vec::new();
/// let mut tell = |event: Event<'_>| match event {
///     Event::Finding(finding) => told.push(format!("{} [{}] {finding}", finding.by(), finding.rule())),
///     Event::Error(_, error, _) => told.push(error.to_string()),
///     _ => {}
/// };
/// // CONNECT, CONNACK, SUBSCRIBE with two Topic Filters, SUBACK with one code.
/// let steps: [(Side, &[u8]); 4] = [
///     (Side::Client, b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01a"),
///     (Side::Server, b"\x20\x03\0\0\0"),
///     (Side::Client, b"\x82\x0b\0\x01\0\0\x01a\0\0\x01b\0"),
///     (Side::Server, b"\x90\x04\0\x01\0\0"),
/// ];
/// for (tag, (from, bytes)) in (1..).zip(steps) {
///     streams.receive(from, Duration::ZERO, tag, bytes, &mut tell);
/// }
/// assert_eq!(told, ["server [MQTT-3.8.4-6] 1 code for 2 topic filters"]);
/// ```
#[derive(Clone, Debug)]
pub struct Streams {
    conversation: Conversation,
    client: Stream,
    server: Stream,
    max_buffered: usize,
}

/// The bytes of one side that are not yet looked into.
#[derive(Clone, Debug, Default)]
struct Stream {
    /// The beginning of a packet.
    buffer: Vec<u8>,
    /// How many bytes of a packet are still to come that was told already.
    skip: usize,
    /// Where the next packet starts is not known any more.
    is_over: bool,
}

/// What the start of some bytes is.
enum Start<'a> {
    Packet(Packet<'a>, usize),
    View(View<'a>, usize),
    Incomplete,
}

impl Streams {
    /// Bytes that this conversation is to be told. At most 1 MiB of a packet is kept.
    #[must_use]
    pub const fn new(conversation: Conversation) -> Self {
        Self {
            conversation,
            client: Stream::new(),
            server: Stream::new(),
            max_buffered: 1 << 20,
        }
    }

    /// The same, but with at most so many bytes of a packet kept. Of a larger PUBLISH the payload is passed over; any
    /// other packet is not looked into.
    #[must_use]
    pub const fn max_buffered(mut self, max: usize) -> Self {
        self.max_buffered = max;
        self
    }

    /// What the bytes are told to.
    #[must_use]
    pub const fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The same, to tell it what bytes cannot: that some are missing, or that time has passed without any.
    pub const fn conversation_mut(&mut self) -> &mut Conversation {
        &mut self.conversation
    }

    /// Bytes that a side sent, at this time and with this number of the caller's for what they complete.
    pub fn receive(
        &mut self,
        from: Side,
        time: Duration,
        tag: u64,
        bytes: &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let stream = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let mut stream = core::mem::take(stream);
        let skipped = stream.skip.min(bytes.len());
        stream.skip = stream.skip.saturating_sub(skipped);
        let bytes = bytes.get(skipped..).unwrap_or_default();
        let seen = |len| Seen {
            from,
            time,
            tag,
            len,
        };
        if stream.buffer.is_empty() {
            let rest = self.packets(&seen, &mut stream, bytes, each);
            stream.buffer.extend_from_slice(rest);
        } else {
            stream.buffer.extend_from_slice(bytes);
            let buffer = core::mem::take(&mut stream.buffer);
            let rest = self.packets(&seen, &mut stream, &buffer, each).len();
            let done = buffer.len().saturating_sub(rest);
            stream.buffer = buffer;
            stream.buffer.drain(..done);
        }
        if stream.skip > 0 || !stream.buffer.is_empty() {
            self.conversation.busy(from, time);
        }
        match from {
            Side::Client => self.client = stream,
            Side::Server => self.server = stream,
        }
    }

    /// A side ended the network connection. What is left of a packet was never sent: it is no error.
    pub fn end(&mut self, from: Side, time: Duration, tag: u64, each: &mut impl FnMut(Event<'_>)) {
        let stream = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let rest = core::mem::take(stream).buffer;
        let options = self.conversation.decode_options(from);
        // An error is told when the packet is whole.
        if let Err(error) = start(self.conversation.version_of(from), &options, &rest) {
            let seen = |len| Seen {
                from,
                time,
                tag,
                len,
            };
            self.refused(&seen, error, &rest, each);
        }
        tell(self.conversation.end(from, time), each);
    }

    /// Time has passed.
    pub fn tick(&mut self, time: Duration, each: &mut impl FnMut(Event<'_>)) {
        tell(self.conversation.tick(time), each);
    }

    /// The packets at the start of `i`; what is left of it.
    fn packets<'a>(
        &mut self,
        seen: &impl Fn(u32) -> Seen,
        stream: &mut Stream,
        mut i: &'a [u8],
        each: &mut impl FnMut(Event<'_>),
    ) -> &'a [u8] {
        while !i.is_empty() && !stream.is_over {
            let from = seen(0).from;
            let options = self.conversation.decode_options(from);
            let version = self.conversation.version_of(from);
            let len = match start(version, &options, i) {
                Ok(Start::Incomplete) => {
                    let Some(len) = self.too_large(seen, &options, i, each) else {
                        return i;
                    };
                    len
                }
                Ok(Start::Packet(packet, len)) => {
                    let seen = seen(size(len));
                    each(Event::Packet(seen, packet));
                    tell(self.conversation.packet(seen, &packet), each);
                    len
                }
                Ok(Start::View(view, len)) => {
                    let seen = seen(size(len));
                    each(Event::View(seen, view));
                    tell(self.conversation.view(seen, &view), each);
                    len
                }
                Err(error) => {
                    let length = i.get(1..).unwrap_or_default();
                    let len = match VariableByteInteger::read(length) {
                        VariableByteInteger::Whole { value, len, .. } => Some(
                            (value as usize)
                                .saturating_add(usize::from(len))
                                .saturating_add(1),
                        ),
                        VariableByteInteger::TooLong => None,
                        VariableByteInteger::Unfinished => return i,
                    };
                    // What else it says decides over what may follow.
                    if i.len() < len.unwrap_or_default().min(self.max_buffered) {
                        return i;
                    }
                    self.refused(
                        seen,
                        error,
                        i.get(..len.unwrap_or(i.len())).unwrap_or(i),
                        each,
                    );
                    if len.is_none() {
                        stream.is_over = true;
                        self.conversation.lost(from, seen(0).time);
                    }
                    len.unwrap_or(i.len())
                }
            };
            stream.skip = len.saturating_sub(i.len());
            i = i.get(len..).unwrap_or_default();
        }
        if stream.is_over { &[] } else { i }
    }

    /// Tells a packet that does not decode.
    fn refused(
        &mut self,
        seen: &impl Fn(u32) -> Seen,
        error: DecodeError,
        packet: &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let seen = seen(size(packet.len()));
        each(Event::Error(seen, error, packet));
        self.conversation.broken(seen, error.packet(), packet);
    }

    /// Tells a packet of which more is there than is kept; its length.
    fn too_large(
        &mut self,
        seen: &impl Fn(u32) -> Seen,
        options: &DecodeOptions,
        i: &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) -> Option<usize> {
        if i.len() < self.max_buffered {
            return None;
        }
        let version = self
            .conversation
            .version_of(seen(0).from)
            .unwrap_or(Version::V3_1_1);
        let len = frame::total_len_with(version, options, i).ok().flatten()?;
        let seen = seen(size(len));
        if let Ok(Some(publish)) = Publish::head(version, options, i) {
            let view = View::Publish(publish);
            each(Event::View(seen, view));
            tell(self.conversation.view(seen, &view), each);
        } else {
            let packet = i.first().copied().and_then(PacketType::from_first_byte);
            each(Event::TooLarge(seen, packet?));
            self.conversation.broken(seen, packet, i);
        }
        Some(len)
    }
}

impl Stream {
    const fn new() -> Self {
        Self {
            buffer: Vec::new(),
            skip: 0,
            is_over: false,
        }
    }
}

fn tell(findings: Vec<Finding>, each: &mut impl FnMut(Event<'_>)) {
    for finding in findings {
        each(Event::Finding(finding));
    }
}

fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// The packet at the start of `i`, in the version of the connection.
///
/// # Conformance
///
/// As long as no version is known, a CONNECT tells its own, a CONNACK by its length, and anything else is read by the
/// rules of 5.0, or if those refuse it by those of 3.1.1. A CONNACK of 3.1.1 in a connection of 5.0 is read as such.
fn start<'a>(
    version: Option<Version>,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Start<'a>, DecodeError> {
    let first = i.first().copied().and_then(PacketType::from_first_byte);
    match (version, first, i) {
        (Some(version), ..) => match start_in(version, options, i) {
            Err(error) if matches!(error.kind(), ErrorKind::V3Connack { .. }) => {
                start_in(Version::V3_1_1, options, i).map_err(|_| error)
            }
            start => start,
        },
        (None, Some(PacketType::Connect), _) | (None, Some(PacketType::Connack), [_, 2, ..]) => {
            start_in(Version::V3_1_1, options, i)
        }
        (None, ..) => start_in(Version::V5_0, options, i)
            .or_else(|error| start_in(Version::V3_1_1, options, i).map_err(|_| error)),
    }
}

fn start_in<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Start<'a>, DecodeError> {
    let frame = match v3::Version::try_from(version) {
        Ok(version) => match v3::decode_with(version, options, i)? {
            Decoded::Packet { packet, len } => {
                return Ok(Start::Packet(Packet::V3(version, packet), len));
            }
            Decoded::Frame(frame) => frame,
            Decoded::Incomplete { .. } => return Ok(Start::Incomplete),
        },
        Err(_) => match v5::decode_with(options, i)? {
            Decoded::Packet { packet, len } => return Ok(Start::Packet(Packet::V5(packet), len)),
            Decoded::Frame(frame) => frame,
            Decoded::Incomplete { .. } => return Ok(Start::Incomplete),
        },
    };
    Ok(match View::of(version, options, &frame)? {
        Some(view) => Start::View(view, frame.bytes().len()),
        None => Start::Incomplete,
    })
}
