//! Packets of a connection: read, judged, told with what they answer.

use mqtt_reason::conversation::Seen;
use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, DecodeOptions, PacketType, Side, Version};

use crate::packet::Packet;

use super::direction::{Last, Piece, Reading};
use super::reading::{self, Read};
use super::subjects::Subject;
use super::{At, Body, Connection, Item, Place, Sink, What};

/// What to do when a server answers with a CONNACK of 3.x.
const CONNECT_AGAIN: &str = "connect again with 3.1.1";
/// So many packets in a row that do not decode are no packets.
const BROKEN_IN_A_ROW: u32 = 16;

impl Connection {
    /// Takes bytes with nothing around the packets any more.
    pub(super) fn packets(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) {
        match self.of(side).reading {
            Reading::Not => return,
            Reading::Following => {}
            Reading::Searching => match self.search(side, at, bytes, sink) {
                true => self.direction(side).reading = Reading::Following,
                false => return,
            },
        }
        let mut input = bytes;
        loop {
            let mut kept = Vec::new();
            let version = self.framing(side, input);
            let options = DecodeOptions::new().sender(side);
            let direction = self.direction(side);
            match direction.next(version, &options, &mut input, &mut kept) {
                None => break,
                Some(Piece::Packet { bytes, len }) => self.packet(side, at, bytes, len, sink),
                // By rules that nobody knows.
                Some(Piece::Broken { .. }) if self.facts.unknown_level => {
                    let text = "packets of a version that nobody knows: from here on this side is not read";
                    self.stop(side, at, text, sink);
                }
                Some(Piece::Broken {
                    error,
                    bytes,
                    goes_on,
                }) => {
                    self.broken(side, at, &error, bytes, sink);
                    if !goes_on {
                        let text = "nobody can tell where the next packet starts: from here on this side is not read";
                        self.stop(side, at, text, sink);
                        break;
                    }
                }
            }
            if kept.capacity() > 0 {
                self.direction(side).give_back(kept);
            }
            if self.of(side).reading == Reading::Not {
                break;
            }
        }
        if self.of(side).partial().is_some() {
            self.conversation.busy(side, at.time);
        }
    }

    /// By which version's rules fixed headers are read.
    fn framing(&self, side: Side, bytes: &[u8]) -> Version {
        let first = bytes.first().copied().unwrap_or_default();
        match self.facts.version {
            Some(version) => version,
            // The fixed header of CONNECT is the same in all versions; 5.0 has all packet types.
            None if side == Side::Client
                && PacketType::from_first_byte(first) == Some(PacketType::Connect) =>
            {
                Version::V3_1_1
            }
            None => Version::V5_0,
        }
    }

    /// A packet of `len` bytes, of which `bytes` are there.
    pub(super) fn packet(
        &mut self,
        side: Side,
        at: At,
        bytes: &[u8],
        len: usize,
        sink: &mut dyn Sink,
    ) {
        self.count += 1;
        let options = self.conversation.decode_options(side);
        let read = match self.facts.version {
            Some(version) => reading::read(version, &options, bytes, len),
            None => {
                let first = bytes.first().copied().unwrap_or_default();
                let packet = PacketType::from_first_byte(first);
                match (packet, self.facts.unknown_level) {
                    (Some(PacketType::Connect), false) => {
                        reading::read(self.framing(side, bytes), &options, bytes, len)
                    }
                    // The layout of the answer tells its version.
                    (Some(PacketType::Connack), true) if self.facts.accepted.is_none() => {
                        let version = match bytes {
                            [_, 2, ..] => Version::V3_1_1,
                            _ => Version::V5_0,
                        };
                        reading::read(version, &options, bytes, len)
                    }
                    (Some(packet), true) => Ok(Read::Body(Body::Unread(packet))),
                    _ => reading::read_unknown(&options, bytes, len).map(|(_, read)| read),
                }
            }
        };
        match read {
            Ok(Read::Body(body)) => self.good(side, at, body, bytes, len, None, sink),
            Ok(Read::OldConnack(packet)) => {
                self.facts.version = Some(Version::V3_1_1);
                let body = Body::Coded(packet);
                self.good(side, at, body, bytes, len, Some(CONNECT_AGAIN), sink);
            }
            Ok(Read::Cut) => self.unread(side, at, bytes, len, sink),
            Err(error) => self.broken(side, at, &error, bytes, sink),
        }
    }

    /// A packet that decodes.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is told of a packet, and where and whom it is told"
    )]
    fn good(
        &mut self,
        side: Side,
        at: At,
        body: Body<'_>,
        bytes: &[u8],
        len: usize,
        advice: Option<&'static str>,
        sink: &mut dyn Sink,
    ) {
        self.broken_in_a_row = 0;
        self.direction(side).last = Some(Last {
            packet: Some(body.packet_type()),
            len,
            at,
        });
        let seen = Seen {
            from: side,
            time: at.time,
            tag: self.tag(at),
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        let findings = match &body {
            Body::Coded(packet) => {
                let packet = match *packet {
                    Packet::V5(packet) => mqtt_reason::Packet::V5(packet),
                    Packet::V3(version, packet) => mqtt_reason::Packet::V3(version, packet),
                };
                self.conversation.packet(seen, &packet)
            }
            Body::View(view) => self.conversation.view(seen, view),
            Body::Unread(_) => Vec::new(),
        };
        match &body {
            Body::Coded(packet) => match packet.packet_type() {
                PacketType::Connack if side == Side::Server => self.facts.connack(packet),
                PacketType::Disconnect => self.direction(side).disconnected = true,
                _ => {}
            },
            Body::View(View::Connect(connect)) => self.facts.connect(connect),
            Body::View(View::UnknownConnect(_)) => self.facts.unknown_connect(),
            Body::View(_) | Body::Unread(_) => {}
        }
        if self.settings.packets {
            self.tell_packet(side, at, body, bytes, len, advice, sink);
        }
        if !findings.is_empty() {
            self.findings(at, &findings, sink);
        }
    }

    /// Tells a packet, with what it answers.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is told of a packet, and where and whom it is told"
    )]
    pub(super) fn tell_packet(
        &mut self,
        from: Side,
        at: At,
        body: Body<'_>,
        bytes: &[u8],
        len: usize,
        advice: Option<&'static str>,
        sink: &mut dyn Sink,
    ) {
        // Who assigned the identifier, and whether it is free after this packet.
        let (whose, free) = match &body {
            Body::Coded(packet) => match packet.packet_type() {
                PacketType::Pubrel => (from, false),
                PacketType::Pubrec => (other(from), packet.is_error()),
                _ => (other(from), true),
            },
            Body::View(view) => {
                self.remember(from, view);
                (from, false)
            }
            Body::Unread(_) => (from, false),
        };
        let id = match &body {
            Body::Coded(packet) => packet.packet_id().map(|id| id.get()),
            Body::View(_) | Body::Unread(_) => None,
        };
        let item = Item {
            at,
            version: self.facts.version,
            what: What::Packet {
                from,
                body,
                bytes,
                len,
                subject: id.and_then(|id| self.subjects.get(whose, id)),
                advice,
            },
        };
        sink.item(&item);
        if let (Some(id), true) = (id, free) {
            self.subjects.forget(whose, id);
        }
    }

    /// Remembers what the identifier of a packet is about.
    fn remember(&mut self, side: Side, view: &View<'_>) {
        let subject = match view {
            View::Publish(publish) => {
                let alias = publish.properties().topic_alias();
                if alias.is_none() && publish.packet_id().is_none() {
                    return;
                }
                let topic = self.subjects.topic(side, publish.topic(), alias);
                topic.map(Subject::Topic)
            }
            View::Subscribe(subscribe) => Some(Subject::Filters(
                (subscribe.subscriptions().iter())
                    .map(|subscription| subscription.filter().to_owned())
                    .collect(),
            )),
            View::Unsubscribe(unsubscribe) => Some(Subject::Filters(
                unsubscribe
                    .filters()
                    .iter()
                    .map(ToOwned::to_owned)
                    .collect(),
            )),
            _ => None,
        };
        if let (Some(id), Some(subject)) = (view.packet_id(), subject) {
            self.subjects.remember(side, id.get(), subject);
        }
    }

    /// A packet that does not decode.
    fn broken(
        &mut self,
        side: Side,
        at: At,
        error: &DecodeError,
        bytes: &[u8],
        sink: &mut dyn Sink,
    ) {
        self.direction(side).last = Some(Last {
            packet: error.packet(),
            len: bytes.len(),
            at,
        });
        let seen = Seen {
            from: side,
            time: at.time,
            tag: self.tag(at),
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        self.facts.broken_connect |= error.packet() == Some(PacketType::Connect);
        self.conversation.broken(seen, error.packet(), bytes);
        let what = What::Error {
            from: side,
            error,
            bytes,
        };
        self.tell(at, what, sink);
        self.broken_in_a_row += 1;
        if self.broken_in_a_row == BROKEN_IN_A_ROW {
            let text = "this is no MQTT any more: from here on this side is not read";
            self.stop(side, at, text, sink);
        }
    }

    /// A packet of which too little is there.
    fn unread(&mut self, side: Side, at: At, bytes: &[u8], len: usize, sink: &mut dyn Sink) {
        let packet = bytes
            .first()
            .and_then(|first| PacketType::from_first_byte(*first));
        self.conversation.lost(side, at.time);
        self.direction(side).last = Some(Last { packet, len, at });
        let name = packet.map_or("packet", PacketType::name);
        let there = bytes.len();
        let text =
            format!("{name} of {len} bytes, of which {there} are kept: it is not looked into");
        self.note(Some(side), at, &text, sink);
    }

    /// Reads a side no more.
    fn stop(&mut self, side: Side, at: At, text: &str, sink: &mut dyn Sink) {
        let direction = self.direction(side);
        direction.reading = Reading::Not;
        direction.clear();
        self.note(Some(side), at, text, sink);
    }

    /// What the checker calls a packet: the number of its place, so that nothing has to be remembered.
    const fn tag(&self, at: At) -> u64 {
        match at.place {
            Place::Line(number) | Place::Frame(number) => number,
            Place::Nowhere => self.count,
        }
    }
}

const fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}
