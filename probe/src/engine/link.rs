//! One connection of a scenario: sends, collects, and remembers everything for the transcript.

use std::time::Duration;

use mqtt_reason::conversation::{
    Conversation, Event as ConversationEvent, Kind, Settings, Streams,
};
use mqtt_reason::{DecodeOptions, PacketType, Side, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::Instant;

use super::seen::{Layout, Refused, Seen, What, first_of};
use crate::draft::Draft;
use crate::net::Connection;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It has not.
    Open,
    /// The other side closed it.
    Closed,
    /// The other side reset it.
    Reset,
}

impl End {
    /// `open`, `closed` or `reset`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Reset => "reset",
        }
    }
}

/// What happened on a connection, in the order of time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// Since the start of the scenario.
    pub at: Duration,
    /// What happened.
    pub act: Act,
}

/// One thing that happened on a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Act {
    /// The probe sent this.
    Sent {
        /// What.
        draft: Draft,
        /// Whether only to see whether the other side goes on: no part of the scenario.
        proof: bool,
    },
    /// The other side sent this packet, or the beginning of one.
    Received {
        /// Its bytes.
        bytes: Vec<u8>,
        /// What it is, in words.
        words: String,
        /// Whether it answers what was sent to see whether the other side goes on.
        proof: bool,
    },
    /// The probe closed the connection.
    Closes,
    /// The probe reset the connection.
    Resets,
    /// The other side ended the connection.
    Ended(End),
}

/// A MUST that the other side broke on a connection, whatever the scenario is about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Breach {
    /// The statement or section.
    pub rule: String,
    /// What is wrong, in words.
    pub text: String,
    /// The packet that is wrong: its index among the events of the connection.
    pub event: usize,
    /// The first byte in it that cannot be accepted.
    pub offset: Option<usize>,
    /// What the decoder says, if it is the decoder.
    pub refused: Option<Refused>,
}

/// One connection of a scenario.
pub struct Link {
    name: String,
    layout: Layout,
    options: DecodeOptions,
    start: Instant,
    reader: Option<ReadHalf<Connection>>,
    writer: Option<WriteHalf<Connection>>,
    unread: Vec<u8>,
    events: Vec<Event>,
    breaches: Vec<Breach>,
    end: End,
    order: Order,
    /// The checker of conversations, from the first CONNECT on.
    streams: Option<Streams>,
    /// The type of the packet that answers what was asked to see whether the other side goes on.
    asked: Option<PacketType>,
    /// The event with which the part that is judged begins.
    mark: usize,
    /// How much later than it was to be this process was woken at worst while it waited for the other side.
    woken_late: Duration,
}

/// How often a wait for the other side looks at the clock.
const TICK: Duration = Duration::from_millis(100);

/// How far the other side is in the order of packets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// No CONNACK was sent.
    Start,
    /// CONNACK accepted.
    Accepted,
    /// CONNACK refused.
    Refused,
    /// DISCONNECT was sent.
    Disconnected,
}

impl Link {
    /// A connection that stands; times are counted from `start`.
    pub(crate) fn new(name: &str, connection: Connection, layout: Layout, start: Instant) -> Self {
        let (reader, writer) = tokio::io::split(connection);
        Self {
            name: name.to_owned(),
            layout,
            options: DecodeOptions::new().sender(Side::Server),
            start,
            reader: Some(reader),
            writer: Some(writer),
            unread: Vec::new(),
            events: Vec::new(),
            breaches: Vec::new(),
            end: End::Open,
            order: Order::Start,
            streams: None,
            asked: None,
            mark: 0,
            woken_late: Duration::ZERO,
        }
    }

    /// What the probe announced in CONNECT: binds the other side from here on.
    pub(crate) fn announce(&mut self, max_packet_size: Option<u32>, problem_information: bool) {
        self.options = self
            .options
            .request_problem_information(problem_information);
        if let Some(max) = max_packet_size {
            self.options = self.options.max_packet_size(max);
        }
    }

    /// The name in the transcript.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything that happened.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What the other side did wrong.
    #[must_use]
    pub fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    /// How it ended.
    #[must_use]
    pub const fn end(&self) -> End {
        self.end
    }

    /// How much later than it was to be this process was woken at worst while it waited for the other side: what it
    /// measured meanwhile can be wrong by so much.
    #[must_use]
    pub const fn woken_late(&self) -> Duration {
        self.woken_late
    }

    /// What happened since it was marked.
    #[must_use]
    pub fn marked(&self) -> &[Event] {
        self.events.get(self.mark..).unwrap_or_default()
    }

    /// The event with which the part begins that is judged.
    #[must_use]
    pub const fn marked_from(&self) -> usize {
        self.mark
    }

    /// From here on is what the scenario is about.
    pub(crate) fn mark(&mut self) {
        self.mark = self.events.len();
    }

    /// Whether a CONNECT was sent that nothing answered.
    pub(crate) fn waits_for_connack(&self) -> bool {
        self.order == Order::Start && self.layout != Layout::ByLength
    }

    /// Whether an accepting CONNACK came and neither side said DISCONNECT.
    pub(crate) fn is_accepted(&self) -> bool {
        self.order == Order::Accepted
    }

    fn log(&mut self, act: Act) {
        let at = self.start.elapsed();
        self.events.push(Event { at, act });
    }

    /// Sends bytes. That the other side is gone is seen when it is read from.
    pub(crate) async fn send(&mut self, draft: Draft) {
        self.write(draft, None).await;
    }

    /// Sends a request that only shows whether the other side goes on: it does if a packet of the type `answer` comes.
    pub(crate) async fn ask(&mut self, draft: Draft, answer: PacketType) {
        self.write(draft, Some(answer)).await;
    }

    async fn write(&mut self, draft: Draft, answer: Option<PacketType>) {
        if let Some(writer) = &mut self.writer {
            let sent = async {
                writer.write_all(&draft.bytes).await?;
                writer.flush().await
            };
            // A side that does not read what it is sent is not waited for.
            let _ = tokio::time::timeout(Duration::from_secs(5), sent).await;
            let proof = answer.is_some();
            self.asked = answer.or(self.asked);
            let bytes = draft.bytes.clone();
            self.log(Act::Sent { draft, proof });
            self.converse(Side::Client, &bytes);
        }
    }

    /// Closes the connection.
    pub(crate) async fn close(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            let _ = writer.shutdown().await;
            self.log(Act::Closes);
        }
        self.reader = None;
    }

    /// The next packet, or `None` if none is whole at `until` or the connection ends before.
    pub(crate) async fn next(&mut self, until: Instant) -> Option<Seen> {
        loop {
            if let Some(seen) = self.take() {
                return Some(seen);
            }
            if self.end != End::Open {
                return None;
            }
            let reader = self.reader.as_mut()?;
            let mut chunk = [0; 4096];
            let now = Instant::now();
            let tick = until.min(now + TICK).max(now);
            let read = tokio::time::timeout_at(tick, reader.read(&mut chunk)).await;
            self.woken_late = self.woken_late.max(tick.elapsed());
            match read {
                Err(_) if tick < until => {}
                Err(_) => return None,
                Ok(Ok(0)) => self.ended(End::Closed),
                Ok(Ok(len)) => self
                    .unread
                    .extend_from_slice(chunk.get(..len).unwrap_or_default()),
                Ok(Err(_)) => self.ended(End::Reset),
            }
        }
    }

    fn ended(&mut self, end: End) {
        if !self.unread.is_empty() {
            let bytes = std::mem::take(&mut self.unread);
            self.log(Act::Received {
                bytes,
                words: "the beginning of a packet".to_owned(),
                proof: false,
            });
        }
        self.end = end;
        self.log(Act::Ended(end));
    }

    /// Takes the first packet out of what was read.
    fn take(&mut self) -> Option<Seen> {
        if self.unread.is_empty() {
            return None;
        }
        let version = self.layout.version(&self.unread);
        let (what, len) = first_of(version, &self.options, &self.unread)?;
        let bytes: Vec<u8> = self.unread.drain(..len.min(self.unread.len())).collect();
        let seen = Seen {
            at: self.start.elapsed(),
            bytes,
            version,
            what,
        };
        let proof = self.asked.is_some() && self.asked == seen.packet_type();
        if proof {
            self.asked = None;
        }
        self.log(Act::Received {
            bytes: seen.bytes.clone(),
            words: seen.in_words(),
            proof,
        });
        if let What::Refused(refused) = &seen.what {
            self.breaches.push(Breach {
                rule: refused.rule.to_owned(),
                text: refused.error.clone(),
                event: self.events.len() - 1,
                offset: Some(refused.offset),
                refused: Some(refused.clone()),
            });
        }
        self.keep_order(&seen);
        self.converse(Side::Server, &seen.bytes);
        Some(seen)
    }

    /// Gives the bytes of the last event to the checker of conversations.
    fn converse(&mut self, from: Side, bytes: &[u8]) {
        let starts = from == Side::Client && bytes.first().is_some_and(|first| first >> 4 == 1);
        if starts && self.streams.is_none() && self.events.len() == 1 {
            // That an answer is missing is what the scenarios themselves look for.
            let settings = Settings::new().answer_timeout(Duration::from_secs(3_600));
            self.streams = Some(Streams::new(Conversation::new(settings)));
        }
        let Some(streams) = &mut self.streams else {
            return;
        };
        let event = self.events.len() - 1;
        let mut found = Vec::new();
        let mut keep = |told: ConversationEvent<'_>| {
            if let ConversationEvent::Finding(finding) = told {
                found.push(finding);
            }
        };
        let (time, tag) = (self.start.elapsed(), event as u64);
        streams.receive(from, time, tag, bytes, &mut keep);
        for finding in found {
            // Keep Alive has scenarios of its own, with a time that they allow for the way.
            let is_time = finding.row().starts_with('T');
            if finding.kind() == Kind::Violation && finding.by() == Side::Server && !is_time {
                self.breaches.push(Breach {
                    rule: finding.rule().to_owned(),
                    text: finding.to_string(),
                    event,
                    offset: None,
                    refused: None,
                });
            }
        }
    }

    /// What only the order of packets shows.
    fn keep_order(&mut self, seen: &Seen) {
        let Some(packet) = seen.packet_type() else {
            return;
        };
        let is_v5 = self.layout != Layout::Of(Version::V3_1_1);
        let mut breach = |rule: &str, text: String| {
            self.breaches.push(Breach {
                rule: rule.to_owned(),
                text,
                event: self.events.len() - 1,
                offset: Some(0),
                refused: None,
            });
        };
        match self.order {
            Order::Refused => {
                let rule = if is_v5 {
                    "MQTT-3.2.2-7"
                } else {
                    "MQTT-3.2.2-5"
                };
                breach(rule, format!("{packet} after a CONNACK that refuses"));
            }
            Order::Disconnected => breach("MQTT-3.14.4-1", format!("{packet} after DISCONNECT")),
            Order::Accepted if packet == PacketType::Connack && is_v5 => {
                breach("MQTT-3.2.0-2", "a second CONNACK".to_owned());
            }
            Order::Start if packet == PacketType::Disconnect && is_v5 => {
                breach(
                    "MQTT-3.14.0-1",
                    "DISCONNECT before a CONNACK that accepts".to_owned(),
                );
            }
            _ => {}
        }
        match packet {
            PacketType::Connack if seen.refuses() => self.order = Order::Refused,
            PacketType::Connack if !matches!(seen.what, What::Refused(_)) => {
                self.order = Order::Accepted;
            }
            PacketType::Disconnect => self.order = Order::Disconnected,
            _ => {}
        }
    }
}

impl Link {
    /// Ends the connection as a Client does that has nothing more to say. It is not part of the transcript.
    pub(crate) async fn leave(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            let _ = writer.write_all(&[0xE0, 0]).await;
            let _ = writer.shutdown().await;
        }
        self.reader = None;
    }
}
