//! One connection told: bytes of both sides in, what there is to tell of them out.
//!
//! bytes → what carries them is taken off (`transport`) → packets (`direction`, `reading`) → the checker of
//! conversations → [`Item`]s, which `json` and `human` write. Nothing here knows where the bytes come from.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod secrets;

mod direction;
mod item;
mod reading;
mod subjects;
mod told;
mod transport;
mod websocket;

use std::time::Duration;

use mqtt_reason::conversation::{self, Conversation, Seen};
use mqtt_reason::v5::Property;
use mqtt_reason::view::{Connect, View};
use mqtt_reason::{DecodeOptions, PacketType, Side, Version};

use crate::packet::Packet;

pub(crate) use crate::capture::{At, How, Place};
pub(crate) use direction::{Last, Partial};
pub(crate) use item::{Body, Item, Sink, What};
pub(crate) use mqtt_reason::conversation::{About, Finding, Kind};
pub(crate) use subjects::Subject;
pub(crate) use told::Show;
pub(crate) use transport::TLS;

use direction::{Direction, Jump, Piece, Reading};
use reading::Read;
use subjects::Subjects;
use transport::Transport;

/// What to do when a server answers with a CONNACK of 3.x.
const CONNECT_AGAIN: &str = "connect again with 3.1.1";
/// How often it is looked at what did not come.
const TICK: Duration = Duration::from_secs(1);
/// So many packets in a row that do not decode are no packets.
const BROKEN_IN_A_ROW: u32 = 16;

/// What is wanted of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Whether packets that are in order are told.
    pub(crate) packets: bool,
    /// Whether what came before was not seen.
    pub(crate) middle: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            packets: true,
            middle: false,
        }
    }
}

/// What a side announced about what it takes, and the Keep Alive.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    pub(crate) max_packet_size: Option<u32>,
    pub(crate) receive_maximum: Option<u16>,
}

/// What whoever prints puts around an item.
#[derive(Clone, Copy, Default)]
pub(crate) struct Head<'a> {
    /// The name of the connection.
    pub(crate) connection: &'a str,
    /// Its number, where that is printed as one in JSON.
    pub(crate) number: Option<u64>,
    pub(crate) client_id: Option<&'a str>,
    /// The time that JSON shows, in place of line or frame and the time since the start.
    pub(crate) time: Option<f64>,
    /// What people see in front, in place of time, line or frame, connection and side.
    pub(crate) prefix: Option<&'a str>,
    /// Further entries in JSON.
    pub(crate) more: &'a [(&'a str, serde_json::Value)],
}

/// One connection.
pub(crate) struct Connection {
    settings: Settings,
    transport: Transport,
    client: Direction,
    server: Direction,
    conversation: Conversation,
    /// How packets are read; unknown before CONNECT and after one of an unknown level.
    version: Option<Version>,
    /// Whether the CONNECT had a level that no version has.
    unknown_level: bool,
    saw_connect: bool,
    accepted: Option<bool>,
    client_limits: Limits,
    server_limits: Limits,
    keep_alive: Option<u16>,
    subjects: Subjects,
    broken_in_a_row: u32,
    time: Duration,
    /// When it was last looked at what did not come.
    ticked: Duration,
    /// The number of the packet, where its place does not tell.
    count: u64,
}

impl Connection {
    pub(crate) fn new(settings: Settings) -> Self {
        let (reading, conversation) = match settings.middle {
            true => (
                Reading::Searching,
                Conversation::from_the_middle(conversation::Settings::new(), None),
            ),
            false => (
                Reading::Following,
                Conversation::new(conversation::Settings::new()),
            ),
        };
        Self {
            settings,
            transport: Transport::default(),
            client: Direction::new(reading),
            server: Direction::new(reading),
            conversation,
            version: None,
            unknown_level: false,
            saw_connect: false,
            accepted: None,
            client_limits: Limits::default(),
            server_limits: Limits::default(),
            keep_alive: None,
            subjects: Subjects::default(),
            broken_in_a_row: 0,
            time: Duration::ZERO,
            ticked: Duration::ZERO,
            count: 0,
        }
    }

    /// Takes bytes that a side sent.
    pub(crate) fn receive(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) {
        let at = self.now(at);
        if at.time > self.ticked + TICK {
            self.tick(at, sink);
        }
        let unwrapped = self.transport.unwrap(side, bytes);
        for note in &unwrapped.notes {
            self.note(Some(side), at, note, sink);
        }
        if !unwrapped.bytes.is_empty() {
            sink.unwrapped(side, at, &unwrapped.bytes);
            self.packets(side, at, &unwrapped.bytes, sink);
        }
    }

    /// `count` bytes of a side are missing.
    pub(crate) fn lost(&mut self, side: Side, at: At, count: u64, sink: &mut dyn Sink) {
        let at = self.now(at);
        if let Some(note) = self.transport.lost(side) {
            self.note(Some(side), at, &note, sink);
        }
        if self.transport.is_other() {
            return;
        }
        let direction = self.direction(side);
        if direction.reading != Reading::Following {
            return;
        }
        match direction.jump(usize::try_from(count).unwrap_or(usize::MAX)) {
            Jump::Told | Jump::Inside => {}
            Jump::Done => {
                let (bytes, len) = self.direction(side).take_cut();
                self.packet(side, at, &bytes, len, sink);
                self.direction(side).give_back(bytes);
            }
            Jump::Lost => {
                let direction = self.direction(side);
                direction.clear();
                direction.reading = Reading::Searching;
                self.conversation.lost(side, at.time);
                let bytes = if count == 1 { "byte is" } else { "bytes are" };
                let text = format!(
                    "{count} {bytes} missing: the next packet is looked for, and nothing is concluded from what was lost"
                );
                self.note(Some(side), at, &text, sink);
            }
        }
    }

    /// A side ended.
    pub(crate) fn close(&mut self, side: Side, how: How, at: At, sink: &mut dyn Sink) {
        let at = self.now(at);
        if self.direction(side).ended.is_some() {
            return;
        }
        self.direction(side).ended = Some(how);
        self.cut_off(side, at, sink);
        let findings = self.conversation.end(side, at.time);
        self.findings(at, &findings, sink);
        if self.settings.packets {
            self.tell(at, What::Closed { by: side, how }, sink);
        }
    }

    /// Time passes.
    pub(crate) fn tick(&mut self, at: At, sink: &mut dyn Sink) {
        let at = self.now(at);
        self.ticked = at.time;
        let findings = self.conversation.tick(at.time);
        self.findings(at, &findings, sink);
    }

    /// Nothing more will be seen.
    pub(crate) fn finish(&mut self, at: At, sink: &mut dyn Sink) {
        self.tick(at, sink);
        for side in [Side::Client, Side::Server] {
            if self.direction(side).ended.is_none() {
                self.cut_off(side, at, sink);
            }
        }
        let searched = |direction: &Direction| direction.reading == Reading::Searching;
        if self.settings.middle
            && self.version.is_none()
            && !self.transport.is_other()
            && (searched(&self.client) || searched(&self.server))
        {
            let text = "what was captured of this connection does not tell its version: nothing is looked into";
            self.note(None, at, text, sink);
        }
    }

    /// The version of the packets, once it is known.
    pub(crate) const fn version(&self) -> Option<Version> {
        self.version
    }

    /// Whether this is MQTT; `None` as long as nobody knows.
    pub(crate) const fn is_mqtt(&self) -> Option<bool> {
        match self.transport.is_other() {
            true => Some(false),
            false if self.transport.is_known(Side::Client) => Some(true),
            false => None,
        }
    }

    /// Whether a CONNECT came.
    pub(crate) const fn saw_connect(&self) -> bool {
        self.saw_connect
    }

    /// What CONNACK said; `None` before it.
    pub(crate) const fn accepted(&self) -> Option<bool> {
        self.accepted
    }

    /// The last packet of a side.
    pub(crate) const fn last(&self, side: Side) -> Option<&Last> {
        self.of(side).last.as_ref()
    }

    /// The packet of a side that is under way.
    pub(crate) fn partial(&self, side: Side) -> Option<Partial<'_>> {
        self.of(side).partial()
    }

    /// What a side announced.
    pub(crate) const fn limits(&self, side: Side) -> Limits {
        match side {
            Side::Client => self.client_limits,
            Side::Server => self.server_limits,
        }
    }

    /// The Keep Alive that holds, in seconds.
    pub(crate) const fn keep_alive(&self) -> Option<u16> {
        self.keep_alive
    }

    /// Whether a side sent DISCONNECT.
    pub(crate) const fn disconnected(&self, side: Side) -> bool {
        self.of(side).disconnected
    }

    const fn of(&self, side: Side) -> &Direction {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Time does not go back.
    fn now(&mut self, at: At) -> At {
        self.time = self.time.max(at.time);
        At {
            time: self.time,
            ..at
        }
    }

    /// Takes bytes with nothing around the packets any more.
    fn packets(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) {
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
                Some(Piece::Broken { .. }) if self.unknown_level => {
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
        match self.version {
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
    fn packet(&mut self, side: Side, at: At, bytes: &[u8], len: usize, sink: &mut dyn Sink) {
        self.count += 1;
        let options = self.conversation.decode_options(side);
        let read = match self.version {
            Some(version) => reading::read(version, &options, bytes, len),
            None => {
                let first = bytes.first().copied().unwrap_or_default();
                let packet = PacketType::from_first_byte(first);
                match (packet, self.unknown_level) {
                    (Some(PacketType::Connect), false) => {
                        reading::read(self.framing(side, bytes), &options, bytes, len)
                    }
                    // The layout of the answer tells its version.
                    (Some(PacketType::Connack), true) if self.accepted.is_none() => {
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
                self.version = Some(Version::V3_1_1);
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
            Body::Coded(packet) => self.learn_packet(side, packet),
            Body::View(View::Connect(connect)) => self.learn_connect(connect),
            Body::View(View::UnknownConnect(_)) => {
                self.saw_connect = true;
                self.unknown_level = true;
            }
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
    fn tell_packet(
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
            version: self.version,
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

    fn learn_connect(&mut self, connect: &Connect<'_>) {
        if self.saw_connect {
            return;
        }
        self.saw_connect = true;
        self.version = Some(connect.version());
        self.keep_alive = Some(connect.keep_alive());
        let properties = connect.properties();
        self.client_limits = Limits {
            max_packet_size: properties.maximum_packet_size(),
            receive_maximum: properties.receive_maximum(),
        };
    }

    fn learn_packet(&mut self, side: Side, packet: &Packet<'_>) {
        match packet.packet_type() {
            PacketType::Connack if side == Side::Server && self.accepted.is_none() => {
                self.accepted = Some(!packet.is_error());
                for property in packet.properties().into_iter().flatten() {
                    match property {
                        Property::MaximumPacketSize(size) => {
                            self.server_limits.max_packet_size = Some(size.get());
                        }
                        Property::ReceiveMaximum(count) => {
                            self.server_limits.receive_maximum = Some(count.get());
                        }
                        Property::ServerKeepAlive(seconds) => self.keep_alive = Some(seconds),
                        _ => {}
                    }
                }
            }
            PacketType::Disconnect => self.direction(side).disconnected = true,
            _ => {}
        }
    }

    /// A packet that does not decode.
    fn broken(
        &mut self,
        side: Side,
        at: At,
        error: &mqtt_reason::DecodeError,
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

    /// Tells a packet that is cut off.
    fn cut_off(&mut self, side: Side, at: At, sink: &mut dyn Sink) {
        let version = self.version;
        let direction = self.of(side);
        if direction.reading != Reading::Following {
            return;
        }
        if let Some(Partial { bytes, there, len }) = direction.partial() {
            let packet = bytes
                .first()
                .and_then(|first| PacketType::from_first_byte(*first));
            let what = What::Incomplete {
                from: side,
                packet,
                bytes,
                there,
                len,
            };
            sink.item(&Item { at, version, what });
        }
        self.direction(side).clear();
    }

    /// Looks for a packet at the start of a piece.
    fn search(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) -> bool {
        let options = DecodeOptions::new().sender(side);
        if let Some(version) = self.version {
            return reading::can_start(version, &options, bytes);
        }
        let can = [
            reading::can_start(Version::V5_0, &options, bytes),
            reading::can_start(Version::V3_1_1, &options, bytes),
        ];
        let version = match can {
            [true, false] => Version::V5_0,
            [false, true] => Version::V3_1_1,
            // 3.1.1 reads every PUBLISH of 5.0; that 5.0 reads one of 3.1.1 would be an accident.
            [true, true] if reading::has_publish(bytes) => Version::V5_0,
            [true, true] => {
                self.undecided(side, at, bytes, sink);
                return false;
            }
            [false, false] => return false,
        };
        self.version = Some(version);
        self.conversation =
            Conversation::from_the_middle(conversation::Settings::new(), Some(version));
        let text = format!("read as MQTT {version}, which is what these packets look like");
        self.note(None, at, &text, sink);
        true
    }

    /// Tells packets that either version reads: the next piece may say which one it is.
    fn undecided(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) {
        let options = DecodeOptions::new().sender(side);
        let mut rest = bytes;
        while let direction::Header::Whole(len) = direction::header(Version::V5_0, &options, rest) {
            let (bytes, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            let first = bytes.first().copied().unwrap_or_default();
            if let (Some(packet), true) =
                (PacketType::from_first_byte(first), self.settings.packets)
            {
                let body = Body::Unread(packet);
                self.tell_packet(side, at, body, bytes, len, None, sink);
            }
            rest = after;
        }
    }

    /// Reads a side no more.
    fn stop(&mut self, side: Side, at: At, text: &str, sink: &mut dyn Sink) {
        let direction = self.direction(side);
        direction.reading = Reading::Not;
        direction.clear();
        self.note(Some(side), at, text, sink);
    }

    fn findings(&self, at: At, findings: &[Finding], sink: &mut dyn Sink) {
        for finding in findings {
            self.tell(at, What::Finding(finding), sink);
        }
    }

    fn note(&self, side: Option<Side>, at: At, text: &str, sink: &mut dyn Sink) {
        self.tell(at, What::Note { side, text }, sink);
    }

    fn tell(&self, at: At, what: What<'_>, sink: &mut dyn Sink) {
        let version = self.version;
        sink.item(&Item { at, version, what });
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
