//! One connection told: bytes of both sides in, what there is to tell of them out.
//!
//! bytes → what carries them is taken off (`transport`) → packets (`direction`, `reading`, and `search` where the start
//! was not seen) → the checker of conversations (`packets`) → [`Item`]s, which `json` and `human` write. Nothing here
//! knows where the bytes come from.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod secrets;

mod direction;
mod facts;
mod item;
mod packets;
mod reading;
mod search;
mod subjects;
mod told;
mod transport;
mod websocket;

use std::time::Duration;

use mqtt_reason::conversation::{self, Conversation};
use mqtt_reason::{PacketType, Side, Version};

pub(crate) use crate::capture::{At, How, Place};
pub(crate) use direction::{Last, Partial};
pub(crate) use facts::Limits;
pub(crate) use item::{Body, Item, Sink, What};
pub(crate) use mqtt_reason::conversation::{About, Finding, Kind};
pub(crate) use subjects::Subject;
pub(crate) use told::Show;
pub(crate) use transport::TLS;

use direction::{Direction, Jump, Reading};
use facts::Facts;
use subjects::Subjects;
use transport::Transport;

/// How often it is looked at what did not come.
const TICK: Duration = Duration::from_secs(1);
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
    pub(crate) more: &'a [(&'static str, serde_json::Value)],
}

/// One connection.
pub(crate) struct Connection {
    settings: Settings,
    transport: Transport,
    client: Direction,
    server: Direction,
    conversation: Conversation,
    facts: Facts,
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
            facts: Facts::default(),
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
        // A server that says DISCONNECT does not wait for the client any longer.
        let first = bytes.first().copied().and_then(PacketType::from_first_byte);
        let ends = side == Side::Server && first == Some(PacketType::Disconnect);
        if at.time > self.ticked + TICK && !ends {
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
            && self.facts.version.is_none()
            && !self.transport.is_other()
            && (searched(&self.client) || searched(&self.server))
        {
            let text = "what was captured of this connection does not tell its version: nothing is looked into";
            self.note(None, at, text, sink);
        }
    }

    /// The version of the packets, once it is known.
    pub(crate) const fn version(&self) -> Option<Version> {
        self.facts.version
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
        self.facts.saw_connect
    }

    /// Whether a CONNECT came that does not decode.
    pub(crate) const fn broken_connect(&self) -> bool {
        self.facts.broken_connect
    }

    /// What CONNACK said; `None` before it.
    pub(crate) const fn accepted(&self) -> Option<bool> {
        self.facts.accepted
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
        self.facts.limits(side)
    }

    /// The Keep Alive that holds, in seconds.
    pub(crate) const fn keep_alive(&self) -> Option<u16> {
        self.facts.keep_alive
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

    /// Tells a packet that is cut off.
    fn cut_off(&mut self, side: Side, at: At, sink: &mut dyn Sink) {
        let version = self.facts.version;
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

    fn findings(&self, at: At, findings: &[Finding], sink: &mut dyn Sink) {
        for finding in findings {
            self.tell(at, What::Finding(finding), sink);
        }
    }

    fn note(&self, side: Option<Side>, at: At, text: &str, sink: &mut dyn Sink) {
        self.tell(at, What::Note { side, text }, sink);
    }

    fn tell(&self, at: At, what: What<'_>, sink: &mut dyn Sink) {
        let version = self.facts.version;
        sink.item(&Item { at, version, what });
    }
}
