//! Which packets, findings and events become lines, and what the tap adds to them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::v5::Property;
use mqtt_reason::view::View;
use mqtt_reason::{PacketType, Side, Version};
use serde_json::{Value, json};

use super::Shared;
use super::clock::{Stretch, Timestamp, unix_seconds};
use super::lines::{self, Event, seconds};
use super::recent::Recent;
use crate::connection::{At, Body, Head, Item, Sink, What, human, json as item_json};
use crate::packet::{Codes, Packet};

/// How many lines of one connection may wait until its Client Identifier is known.
const WAITING: usize = 1000;

/// Tells what happens on one connection.
pub(super) struct Voice {
    number: u64,
    shared: Arc<Shared>,
    client_id: Option<String>,
    /// That of CONNECT.
    user_name: Option<String>,
    has_will: bool,
    /// CONNECT was one of 5.0.
    is_five: bool,
    /// The Maximum Packet Size that the server announced.
    limit: Option<u32>,
    /// What this is, if it is no MQTT.
    foreign: Option<String>,
    /// An identifier that CONNACK may still assign.
    is_empty_id: bool,
    filter: Filter,
    /// The last packets of the client.
    recent: Recent,
    is_closing_told: bool,
}

/// Whether the lines of a connection are wanted.
enum Filter {
    /// They are.
    Open,
    /// Nobody knows yet.
    Waiting(VecDeque<Vec<u8>>),
    /// They are not.
    Shut,
}

impl Voice {
    pub(super) fn new(number: u64, shared: Arc<Shared>) -> Self {
        let filter = match shared.telling.only {
            Some(_) => Filter::Waiting(VecDeque::new()),
            None => Filter::Open,
        };
        Self {
            number,
            shared,
            client_id: None,
            user_name: None,
            has_will: false,
            is_five: false,
            limit: None,
            foreign: None,
            is_empty_id: false,
            filter,
            recent: Recent::default(),
            is_closing_told: false,
        }
    }

    /// Tells an event that is no packet; with `--failures` only if it is one.
    pub(super) fn event(&mut self, time: Duration, event: &Event<'_>, is_failure: bool) {
        if let Event::Closing(_) = event {
            // What is not known by now will not be.
            self.decide(true);
        }
        if self.shared.telling.failures && !is_failure {
            return;
        }
        if let Event::Closing(_) = event {
            self.is_closing_told = true;
        }
        let head = lines::Head {
            time: self.shared.telling.clock.calendar(time),
            connection: self.number,
            client_id: self.client_id.as_deref(),
        };
        let mut line = Vec::new();
        let written = match self.shared.telling.json {
            true => lines::json(&mut line, &head, event),
            false => lines::human(&mut line, &head, event),
        };
        if written.is_ok() {
            self.line(line);
        }
    }

    /// The first remark on the connection: what it is, if it is no MQTT.
    pub(super) fn foreign(&self) -> Option<&str> {
        self.foreign.as_deref()
    }

    /// Whether CONNECT had a Will.
    pub(super) const fn has_will(&self) -> bool {
        self.has_will
    }

    /// Whether `closing` was told.
    pub(super) const fn told_closing(&self) -> bool {
        self.is_closing_told
    }

    /// Another connection that uses the same Client Identifier since less time than this one.
    pub(super) fn successor(&self, time: Duration) -> Option<(u64, Duration)> {
        let id = self.client_id.as_deref()?;
        self.shared.telling.clients.successor(id, self.number, time)
    }

    /// The connection has ended.
    pub(super) fn end(&mut self) {
        if let Some(id) = &self.client_id {
            let telling = &self.shared.telling;
            telling.clients.end(id, self.number, telling.clock.now());
        }
    }

    /// Learns who the client is.
    fn meet(&mut self, body: &Body<'_>, time: Duration) {
        let id = match body {
            Body::View(View::Connect(connect)) if self.client_id.is_none() => {
                self.is_empty_id = connect.client_id().is_empty();
                self.user_name = connect.user_name().map(ToOwned::to_owned);
                self.has_will = connect.will().is_some();
                self.is_five = connect.version() == Version::V5_0;
                connect.client_id()
            }
            Body::Coded(packet) if packet.packet_type() == PacketType::Connack => {
                let mut assigned = "";
                for property in packet.properties().into_iter().flatten() {
                    match property {
                        Property::MaximumPacketSize(size) => self.limit = Some(size.get()),
                        Property::AssignedClientIdentifier(id) => assigned = id,
                        _ => {}
                    }
                }
                if !std::mem::take(&mut self.is_empty_id) {
                    return;
                }
                assigned
            }
            _ => return,
        };
        if !id.is_empty() {
            self.client_id = Some(id.to_owned());
            self.shared.telling.clients.add(id, self.number, time);
        }
        self.decide(!self.is_empty_id);
    }

    /// Decides whether lines are wanted, once the identifier is known, or is known not to come.
    fn decide(&mut self, is_final: bool) {
        let Filter::Waiting(waiting) = &mut self.filter else {
            return;
        };
        let is_wanted = match (&self.client_id, &self.shared.telling.only) {
            (_, None) => true,
            (Some(id), Some(only)) => only.is_match(id),
            (None, Some(only)) if is_final => self.is_empty_id && only.is_match(""),
            (None, Some(_)) => return,
        };
        let waiting = std::mem::take(waiting);
        if !is_wanted {
            self.filter = Filter::Shut;
            return;
        }
        self.filter = Filter::Open;
        for line in waiting {
            self.shared.telling.lines.line(line);
        }
    }

    /// Writes a line, without its colours where nobody sees them.
    fn line(&mut self, line: Vec<u8>) {
        let telling = &self.shared.telling;
        let line = match telling.plain && !telling.json {
            true => anstream::adapter::strip_bytes(&line).into_vec(),
            false => line,
        };
        match &mut self.filter {
            Filter::Open => telling.lines.line(line),
            Filter::Shut => {}
            Filter::Waiting(waiting) => {
                if waiting.len() < WAITING {
                    waiting.push_back(line);
                }
            }
        }
    }

    /// Whether a packet is told.
    fn is_wanted(&self, body: &Body<'_>) -> bool {
        let telling = &self.shared.telling;
        match body {
            _ if telling.failures => body.is_failure(),
            _ if telling.all => true,
            Body::Coded(_) | Body::View(View::Connect(_) | View::UnknownConnect(_)) => true,
            Body::View(_) => false,
            Body::Unread(packet) => packet.is_reason_coded(),
        }
    }

    fn print(&mut self, item: &Item<'_>, more: &[(&'static str, Value)], below: &str) {
        let telling = &self.shared.telling;
        let time = telling.clock.calendar(item.at.time);
        let mut line = Vec::new();
        let written = if telling.json {
            let timestamp = ("timestamp", Timestamp(time).to_string().into());
            let more: Vec<_> = [timestamp]
                .into_iter()
                .chain(more.iter().cloned())
                .collect();
            let head = Head {
                number: Some(self.number),
                // Of CONNECT it is a field already.
                client_id: match item.what {
                    What::Packet {
                        body: Body::View(View::Connect(_)),
                        ..
                    } => None,
                    _ => self.client_id.as_deref(),
                },
                time: Some(unix_seconds(time)),
                more: &more,
                ..Head::default()
            };
            item_json::item(&mut line, &head, item, telling.show)
        } else {
            let head = lines::Head {
                time,
                connection: self.number,
                client_id: self.client_id.as_deref(),
            };
            let prefix = head.prefix(item.side());
            let head = Head {
                prefix: Some(&prefix),
                ..Head::default()
            };
            human::item(&mut line, &head, item, telling.show)
        };
        if !telling.json {
            line.extend(below.bytes());
        }
        if written.is_ok() {
            self.line(line);
        }
    }

    /// Counts the codes of a packet.
    fn count(&self, packet: &Packet<'_>, from: Side) {
        let metrics = &self.shared.telling.metrics;
        let name = packet.packet_type().name();
        match packet.codes() {
            Codes::None => {}
            Codes::One(code) => metrics.code(name, code.value, from),
            Codes::List(list) => {
                for code in list.iter() {
                    metrics.code(name, code.value, from);
                }
            }
        }
    }

    /// What is said besides of a packet: whom CONNACK refuses, of which packets a server complains, and who took the
    /// connection over.
    fn more(
        &self,
        body: &Body<'_>,
        from: Side,
        time: Duration,
    ) -> (Vec<(&'static str, Value)>, String) {
        let mut more = Vec::new();
        let mut below = String::new();
        let Body::Coded(packet) = body else {
            return (more, below);
        };
        let is_last_word = matches!(
            packet.packet_type(),
            PacketType::Disconnect | PacketType::Connack
        );
        if from != Side::Server || !is_last_word {
            return (more, below);
        }
        let code = match packet.codes() {
            Codes::One(code) => Some(code.value),
            _ => None,
        };
        if self.is_five && matches!(packet, Packet::V3(..)) {
            // The server would not understand any: it has closed, or it will.
            more.push(("answer", Value::Null));
        }
        let is_refused = packet.packet_type() == PacketType::Connack && body.is_failure();
        if let Some(user_name) = self.user_name.as_deref().filter(|_| is_refused) {
            more.push(("user_name", user_name.into()));
            below.push_str(&format!("    User Name  {user_name:?}\n"));
        }
        if matches!(code, Some(0x81 | 0x82 | 0x95)) {
            more.push(("before", self.recent.json(time, self.limit)));
            below.push_str(&self.recent.human(time, self.limit));
        }
        let successor = match code {
            Some(0x8E) => self.successor(time),
            _ => None,
        };
        if let Some((connection, since)) = successor {
            let ago = time.saturating_sub(since);
            more.push((
                "same_client_id",
                json!({"connection": connection, "ago": seconds(ago)}),
            ));
            below.push_str(&format!(
                "    connection #{connection} sent CONNECT with the same Client Identifier {} before\n",
                Stretch(ago)
            ));
        }
        (more, below)
    }
}

impl Sink for Voice {
    fn item(&mut self, item: &Item<'_>) {
        let metrics = &self.shared.telling.metrics;
        let At { time, .. } = item.at;
        match &item.what {
            What::Packet {
                from,
                body,
                bytes,
                len,
                ..
            } => {
                if *from == Side::Client {
                    self.recent.add(body.packet_type(), bytes, *len, time);
                }
                if let Body::Coded(packet) = body {
                    self.count(packet, *from);
                }
                self.meet(body, time);
                if self.is_wanted(body) {
                    let (more, below) = self.more(body, *from, time);
                    self.print(item, &more, &below);
                }
            }
            What::Error { from, error, bytes } => {
                let packet = error.packet().map_or("none", |packet| packet.name());
                metrics.error(packet, error.rule(), *from);
                if *from == Side::Client {
                    self.recent.add_broken(error, bytes, time);
                }
                self.print(item, &[], "");
            }
            What::Finding(finding) => {
                metrics.finding(finding.rule(), finding.kind().name(), finding.by());
                if finding.by() == Side::Client {
                    self.recent.blame(finding);
                }
                self.print(item, &[], "");
            }
            // With `--failures`, how the connection ends is told, and there what it was.
            What::Note { text, .. } => {
                self.foreign.get_or_insert_with(|| (*text).to_owned());
                if !self.shared.telling.failures {
                    self.print(item, &[], "");
                }
            }
            // How a side ends is told by the tap, which knows more of it.
            What::Incomplete { .. } | What::Closed { .. } => {}
        }
    }
}
