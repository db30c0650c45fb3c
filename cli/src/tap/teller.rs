//! What is told of one connection, in the order in which it happened.
//!
//! The connection itself is `crate::connection`'s: it makes packets of bytes, and findings of packets. Here is decided
//! what of it is told, what else is known of how it ends, and what is counted and recorded.

use std::sync::Arc;
use std::time::Duration;

use globset::GlobSet;
use mqtt_reason::{PacketType, Side};
use tokio::time::timeout;

use super::Shared;
use super::clients::Clients;
use super::clock::{Clock, Stretch};
use super::closing::{Circumstances, Closing, Cut, Last};
use super::lines::Event;
use super::metrics::Metrics;
use super::output::Output;
use super::queue::{Entry, Queue};
use super::record::{Record, Recorder};
use super::relay::{Counters, End, How, other};
use super::voice::Voice;
use crate::connection::{At, Connection, Item, Place, Settings, Show, Sink, What};

/// How long entries are collected before they are told together: waking up for each of them would slow the relay down.
const COLLECT: Duration = Duration::from_millis(10);
/// How long a full output is waited for before lines are lost.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many bytes are told at once: then others have their turn, relays first of all.
const TURN: usize = 8 * 1024;
/// What an entry counts for besides its bytes.
const ENTRY: usize = 64;
/// How often a silent connection is looked at: something may be overdue.
const TICK: Duration = Duration::from_secs(5);

/// What is told, and where.
pub(super) struct Telling {
    pub(super) lines: Output,
    pub(super) json: bool,
    /// No colours.
    pub(super) plain: bool,
    pub(super) all: bool,
    pub(super) failures: bool,
    pub(super) show: Show,
    /// Only connections with these Client Identifiers.
    pub(super) only: Option<GlobSet>,
    pub(super) record: Option<Record>,
    pub(super) clock: Clock,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clients: Clients,
}

/// Tells one connection.
pub(super) struct Teller {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    connection: Connection,
    voice: Voice,
    recorder: Recorder,
    /// The first bytes of the client have been read.
    is_begun: bool,
    closing: Option<(Duration, End)>,
    /// How much was told since others had their turn.
    told: usize,
}

impl Teller {
    pub(super) fn new(
        number: u64,
        shared: Arc<Shared>,
        queue: Arc<Queue>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            voice: Voice::new(number, Arc::clone(&shared)),
            shared,
            queue,
            counters,
            connection: Connection::new(Settings::default()),
            recorder: Recorder::new(number),
            is_begun: false,
            closing: None,
            told: 0,
        }
    }

    /// Tells everything until nothing more comes.
    pub(super) async fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        loop {
            if timeout(TICK, queue.wait()).await.is_err() {
                let time = self.shared.telling.clock.now();
                self.connection.tick(at(time), &mut self.voice);
                continue;
            }
            tokio::time::sleep(COLLECT).await;
            let Some(entries) = queue.take() else {
                break;
            };
            for entry in entries {
                self.entry(entry).await;
                self.turn(ENTRY).await;
            }
            self.wait_for_output().await;
        }
        if !self.is_begun && self.counters.get(Side::Client) > 0 {
            self.shared.telling.clients.read();
        }
        self.voice.end();
    }

    /// Lets others have their turn after so many bytes: a large backlog must not keep relays, timers and signals waiting.
    async fn turn(&mut self, len: usize) {
        self.told += len;
        if self.told >= TURN {
            self.told = 0;
            tokio::task::yield_now().await;
        }
    }

    /// Gives the output a chance before lines are lost.
    async fn wait_for_output(&self) {
        let lines = &self.shared.telling.lines;
        let has_room = async {
            while lines.is_full() {
                tokio::time::sleep(COLLECT).await;
            }
        };
        let _ = timeout(PATIENCE, has_room).await;
    }

    async fn entry(&mut self, entry: Entry) {
        match entry {
            Entry::Opened {
                time,
                peer,
                upstream,
                local,
            } => {
                let event = Event::Opened {
                    peer,
                    upstream,
                    local,
                };
                self.voice.event(time, &event, false);
            }
            Entry::Bytes { side, time, bytes } => {
                // Before a server says that another connection uses the identifier, that one has sent CONNECT.
                let first = bytes.first().copied().and_then(PacketType::from_first_byte);
                if side == Side::Server && first == Some(PacketType::Disconnect) {
                    self.shared.telling.clients.settle().await;
                }
                for piece in bytes.chunks(TURN) {
                    let mut ears = Ears {
                        voice: &mut self.voice,
                        recorder: &mut self.recorder,
                        record: self.shared.telling.record.as_ref(),
                    };
                    self.connection.receive(side, at(time), piece, &mut ears);
                    self.turn(piece.len()).await;
                }
                self.begun(side);
            }
            Entry::Missing { side, time, count } => {
                let text = format!(
                    "the {side} sends faster than can be told: {count} bytes were relayed, not looked at"
                );
                let from = Some(side);
                let event = Event::Note { from, text: &text };
                self.voice.event(time, &event, true);
                if let Some(record) = &self.shared.telling.record {
                    self.recorder.missing(record, side, &text);
                }
                self.connection.lost(side, at(time), count, &mut self.voice);
                self.begun(side);
            }
            Entry::Closing { time, end } => self.closing(time, end).await,
            Entry::Closed { time, end } => self.closed(time, &end),
        }
    }

    fn begun(&mut self, side: Side) {
        if side == Side::Client && !self.is_begun {
            self.is_begun = true;
            self.shared.telling.clients.read();
        }
    }

    async fn closing(&mut self, time: Duration, end: End) {
        let telling = &self.shared.telling;
        // What is overdue by now was so before the end.
        self.connection.tick(at(time), &mut self.voice);
        // Who takes the connection over sent CONNECT before the server closed it.
        if end.by == Some(Side::Server) {
            telling.clients.settle().await;
        }
        let connection = &self.connection;
        let last = |side| {
            connection.last(side).map(|last| Last {
                packet: last.packet.map_or("packet", |packet| packet.name()),
                length: last.len,
                time: last.at.time,
            })
        };
        let cut = |side| {
            connection.partial(side).map(|partial| Cut {
                packet: partial
                    .bytes
                    .first()
                    .copied()
                    .and_then(PacketType::from_first_byte)
                    .map_or("packet", |packet| packet.name()),
                there: partial.there,
                length: partial.len,
            })
        };
        let limit = |side| connection.limits(side).max_packet_size;
        let closing = Closing::of(&Circumstances {
            end: end.clone(),
            time,
            version: connection.version(),
            connect_seen: connection.saw_connect(),
            connect_broken: connection.broken_connect(),
            accepted: connection.accepted(),
            disconnected: [Side::Client, Side::Server]
                .into_iter()
                .find(|side| connection.disconnected(*side)),
            last_of_client: last(Side::Client),
            last_of_server: last(Side::Server),
            cut_of_client: cut(Side::Client),
            cut_of_server: cut(Side::Server),
            keep_alive: connection.keep_alive(),
            limit_of_client: limit(Side::Client),
            limit_of_server: limit(Side::Server),
            successor: self.voice.successor(time),
            has_will: self.voice.has_will(),
            foreign: match connection.is_mqtt() {
                Some(false) => Some(self.voice.foreign().unwrap_or("this is no MQTT").to_owned()),
                _ => None,
            },
            is_server_mute: self.counters.get(Side::Server) == 0,
        });
        let is_failure = closing.is_failure;
        self.voice
            .event(time, &Event::Closing(&closing), is_failure);
        self.ended(time, &end);
        self.closing = Some((time, end));
    }

    /// Tells the checker and the record that a side ended.
    fn ended(&mut self, time: Duration, end: &End) {
        if let Some(record) = &self.shared.telling.record {
            self.recorder.end(record, time, end);
        }
        let how = match end.how {
            How::Fin => crate::connection::How::Fin,
            How::Reset => crate::connection::How::Reset,
            How::Timeout => crate::connection::How::Timeout,
        };
        let sides = match end.by {
            Some(side) => &[side][..],
            None => &[Side::Client, Side::Server],
        };
        for side in sides {
            self.connection.close(*side, how, at(time), &mut self.voice);
        }
    }

    fn closed(&mut self, time: Duration, end: &End) {
        let first = self.closing.as_ref().map(|(_, first)| first);
        let is_by_tap = first.is_none_or(|first| first.by.is_none());
        let text = match (&end.why, end.by) {
            _ if is_by_tap => "the tap closed both sides".to_owned(),
            (Some(why), _) => why.clone(),
            (None, by) => {
                let side = by.or(first.and_then(|first| first.by.map(other)));
                let how = match end.how {
                    How::Fin => "closed as well",
                    How::Reset => "reset the connection",
                    How::Timeout => "is gone as well",
                };
                let before = self.closing.as_ref().map_or(time, |(before, _)| *before);
                format!(
                    "the {} {how}, {} later",
                    side.unwrap_or(Side::Server),
                    Stretch(time.saturating_sub(before))
                )
            }
        };
        let event = Event::Closed {
            end,
            text: &text,
            client_bytes: self.counters.get(Side::Client),
            server_bytes: self.counters.get(Side::Server),
        };
        // It is told where `closing` was.
        self.voice.event(time, &event, self.voice.told_closing());
        self.ended(time, end);
    }
}

/// Takes what the connection has to tell, and what is recorded of it.
struct Ears<'a> {
    voice: &'a mut Voice,
    recorder: &'a mut Recorder,
    record: Option<&'a Record>,
}

impl Sink for Ears<'_> {
    fn item(&mut self, item: &Item<'_>) {
        if let (Some(record), What::Note { text, .. }) = (self.record, item.what) {
            self.recorder.remark(record, text);
        }
        self.voice.item(item);
    }

    fn unwrapped(&mut self, side: Side, at: At, bytes: &[u8]) {
        if let Some(record) = self.record {
            self.recorder.bytes(record, side, at.time, bytes);
        }
    }
}

const fn at(time: Duration) -> At {
    At {
        place: Place::Nowhere,
        time,
    }
}
