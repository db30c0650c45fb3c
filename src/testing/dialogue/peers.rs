//! A Client and a Server that talk, and the way between them.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::fault::{Fault, Planted};
use super::setup::{Connack, Connect, METHOD};
use super::write::{Properties, ack, packet, text, with_id};
use super::{Dialogue, Step};
use crate::packet_type::{Side, Version};
use crate::testing::choices::Choices;

/// What a packet says to the side that reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Message {
    Connect,
    Connack,
    Auth(u8),
    Publish(u8, u16),
    Puback(u16),
    Pubrec(u16, u8),
    Pubrel(u16),
    Pubcomp(u16),
    Subscribe(u16, Requested),
    Suback(u16),
    Unsubscribe(u16, usize),
    Unsuback(u16),
    Pingreq,
    Pingresp,
    Disconnect,
}

/// The QoS of each filter of a SUBSCRIBE: at most four.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Requested {
    pub(super) count: usize,
    pub(super) qos: [u8; 4],
}

/// A packet on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) message: Message,
    pub(super) bytes: Vec<u8>,
    pub(super) fault: bool,
}

/// One direction: what is between its sender and the place where it is seen, and what is behind that place.
#[derive(Debug, Default)]
pub(super) struct Way {
    pub(super) before: VecDeque<Sent>,
    pub(super) behind: VecDeque<Sent>,
}

/// What an identifier of a side waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Waits {
    Puback,
    Pubrec,
    Pubrel,
    Pubcomp,
    Answer,
}

/// What both sides have.
#[derive(Debug)]
pub(super) struct Peer {
    /// It sends nothing more.
    pub(super) is_closed: bool,
    /// It has sent DISCONNECT, or a CONNACK that refuses.
    pub(super) said_last: bool,
    /// An identifier that was refused by PUBREC.
    pub(super) refused: Option<u16>,
    /// The identifiers that it has assigned.
    pub(super) ids: BTreeMap<u16, Waits>,
    /// Unacknowledged PUBLISH packets.
    pub(super) in_flight: u16,
    /// PUBLISH (with its QoS) and PUBREL packets of an earlier connection that are to be sent again, in order.
    pub(super) again: VecDeque<(u16, Waits)>,
    /// What it has to acknowledge: in order.
    pub(super) pubacks: VecDeque<u16>,
    pub(super) pubrecs: VecDeque<u16>,
    pub(super) pubrels: VecDeque<u16>,
    pub(super) pubcomps: VecDeque<u16>,
    /// Topic Aliases that it has set.
    pub(super) aliases: u16,
}

impl Peer {
    fn new() -> Self {
        Self {
            is_closed: false,
            said_last: false,
            refused: None,
            ids: BTreeMap::new(),
            in_flight: 0,
            again: VecDeque::new(),
            pubacks: VecDeque::new(),
            pubrecs: VecDeque::new(),
            pubrels: VecDeque::new(),
            pubcomps: VecDeque::new(),
            aliases: 0,
        }
    }

    pub(super) fn has_nothing_to_do(&self) -> bool {
        self.ids.is_empty()
            && self.again.is_empty()
            && self.pubacks.is_empty()
            && self.pubrecs.is_empty()
            && self.pubrels.is_empty()
            && self.pubcomps.is_empty()
    }
}

/// Both sides, and the way between them.
pub(super) struct Peers<'c, 's> {
    pub(super) c: &'c mut Choices<'s>,
    pub(super) version: Version,
    pub(super) connect: Connect,
    pub(super) connack: Connack,
    pub(super) client: Peer,
    pub(super) server: Peer,
    up: Way,
    down: Way,
    steps: Vec<Step>,
    pub(super) time: Duration,
    last_of_client: Duration,
    pub(super) has_connected: bool,
    pub(super) has_read_connack: bool,
    pub(super) has_read_connect: bool,
    pub(super) has_answered: bool,
    /// Whose turn it is in an authentication.
    pub(super) turn: Option<Side>,
    /// SUBSCRIBE and UNSUBSCRIBE packets that the Server has to answer.
    pub(super) requests: Vec<(u16, Option<Requested>, usize)>,
    pub(super) pingresps: usize,
    pub(super) open_pings: usize,
    /// Bounds the Client by what it must have read: it has acknowledged a packet that came after CONNACK.
    pub(super) is_bound: bool,
    pub(super) fault: Option<Fault>,
    planted: Option<Planted>,
}

impl<'c, 's> Peers<'c, 's> {
    pub(super) fn new(version: Version, row: Option<&'static str>, c: &'c mut Choices<'s>) -> Self {
        let mut connect = Connect::draw(version, c);
        let fault = row.map(|row| Fault::new(row, c));
        if let Some(fault) = &fault {
            fault.prepare_connect(&mut connect);
        }
        let mut connack = Connack::draw(version, &connect, c);
        if let Some(fault) = &fault {
            fault.prepare_connack(&mut connack, &connect, version == Version::V5_0);
        }
        if connack.session_present {
            connack.maximum_qos = 2;
        }
        let mut peers = Self {
            c,
            version,
            connect,
            connack,
            client: Peer::new(),
            server: Peer::new(),
            up: Way::default(),
            down: Way::default(),
            steps: Vec::new(),
            time: Duration::ZERO,
            last_of_client: Duration::ZERO,
            has_connected: false,
            has_read_connack: false,
            has_read_connect: false,
            has_answered: false,
            turn: None,
            requests: Vec::new(),
            pingresps: 0,
            open_pings: 0,
            is_bound: false,
            fault,
            planted: None,
        };
        if !peers.connect.clean {
            peers.remember_a_session();
        }
        peers
    }

    /// What is left of an earlier connection, should the Session go on.
    fn remember_a_session(&mut self) {
        for side in [Side::Client, Side::Server] {
            for id in 1..=self.c.below(4) {
                let id = u16::try_from(id).unwrap_or(1);
                let waits = self.c.pick(&[Waits::Puback, Waits::Pubrec, Waits::Pubcomp]);
                let peer = self.peer(side);
                peer.ids.insert(id, waits);
                peer.again.push_back((id, waits));
            }
        }
    }

    pub(super) fn is_v5(&self) -> bool {
        self.version == Version::V5_0
    }

    pub(super) fn peer(&mut self, side: Side) -> &mut Peer {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn way(&mut self, from: Side) -> &mut Way {
        match from {
            Side::Client => &mut self.up,
            Side::Server => &mut self.down,
        }
    }

    pub(super) fn send(&mut self, from: Side, message: Message, bytes: Vec<u8>) {
        self.way(from).before.push_back(Sent {
            message,
            bytes,
            fault: false,
        });
    }

    /// Sends the faulty packet.
    pub(super) fn plant(&mut self, from: Side, message: Message, bytes: Vec<u8>) {
        self.fault = None;
        self.way(from).before.push_back(Sent {
            message,
            bytes,
            fault: true,
        });
    }

    /// Whether nothing of the other side is on its way to this one.
    pub(super) fn other_way_is_empty(&mut self, side: Side) -> bool {
        let way = match side {
            Side::Client => &self.down,
            Side::Server => &self.up,
        };
        way.before.is_empty() && way.behind.is_empty()
    }

    /// Whether CONNACK has passed.
    pub(super) fn connack_is_seen(&self) -> bool {
        self.down
            .behind
            .iter()
            .any(|sent| sent.message == Message::Connack)
    }

    /// What a side has sent passes now.
    pub(super) fn flush(&mut self, from: Side) {
        while !self.way(from).before.is_empty() {
            self.pass(from);
        }
    }

    /// Lets them talk.
    pub(super) fn play(mut self) -> Dialogue {
        let row = self.fault.as_ref().map(Fault::row);
        let turns = self.c.between(10, 150);
        for _ in 0..turns {
            match self.c.below(14) {
                0..=2 => self.client_acts(),
                3..=5 => self.server_acts(),
                6 | 7 => self.pass(Side::Client),
                8 | 9 => self.pass(Side::Server),
                10 | 11 => self.read(Side::Server),
                12 => self.read(Side::Client),
                _ => self.wait(),
            }
        }
        // To the end of what is under way, so that what follows from a fault is there.
        for _ in 0..200 {
            for side in [Side::Client, Side::Server] {
                self.pass(side);
                self.read(side);
            }
            if self.fault.is_some() || self.c.one_in(2) {
                self.client_acts();
                self.server_acts();
            }
            if self.fault.is_none() && self.up.before.is_empty() && self.down.before.is_empty() {
                break;
            }
        }
        Dialogue {
            version: self.version,
            steps: self.steps,
            planted: self
                .planted
                .zip(row)
                .map(|(planted, row)| Planted { row, ..planted }),
        }
    }

    /// The next packet of a side passes the place where it is seen.
    fn pass(&mut self, from: Side) {
        let Some(sent) = self.way(from).before.pop_front() else {
            return;
        };
        self.time += Duration::from_millis(u64::from(self.c.one_in(2)));
        if from == Side::Client {
            self.last_of_client = self.time;
        }
        if sent.fault {
            self.planted = Some(Planted {
                row: "",
                by: from,
                step: self.steps.len(),
            });
        }
        self.steps.push(Step {
            from,
            time: self.time,
            bytes: sent.bytes.clone(),
        });
        self.way(from).behind.push_back(sent);
    }

    /// Time passes, if nothing is under way and nothing waits.
    fn wait(&mut self) {
        let is_quiet = self.up.before.is_empty()
            && self.up.behind.is_empty()
            && self.down.before.is_empty()
            && self.down.behind.is_empty()
            && self.client.has_nothing_to_do()
            && self.server.has_nothing_to_do()
            && self.requests.is_empty()
            && self.open_pings == 0
            && self.turn.is_none()
            && self.has_read_connack
            && !self.client.is_closed
            && !self.server.is_closed;
        if !is_quiet {
            return;
        }
        let seconds = self.c.pick(&[0, 1, 3, 50, 1000]);
        let step = Duration::from_secs(seconds);
        let keep_alive = match (
            self.connect.keep_alive,
            self.connack.keep_alive.unwrap_or(0),
        ) {
            (0, other) | (other, 0) => other,
            (one, other) => one.min(other),
        };
        let since = self.time.saturating_sub(self.last_of_client);
        if keep_alive > 0 && since + step > Duration::from_secs(keep_alive.into()) {
            // Just in time.
            self.ping();
            self.time = self
                .time
                .max(self.last_of_client + Duration::from_secs(keep_alive.into()));
            self.pass(Side::Client);
        } else {
            self.time += step;
        }
    }

    fn ping(&mut self) {
        self.open_pings += 1;
        self.send(Side::Client, Message::Pingreq, packet(0xC0, &[]));
    }

    /// A side reads the next packet of the other one.
    fn read(&mut self, reader: Side) {
        let from = match reader {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        };
        let Some(sent) = self.way(from).behind.pop_front() else {
            return;
        };
        if self.peer(reader).is_closed {
            return;
        }
        if sent.fault && self.c.one_in(2) {
            return self.end_after_fault(reader);
        }
        match reader {
            Side::Client => self.client_reads(sent.message),
            Side::Server => self.server_reads(sent.message),
        }
    }

    /// It closes, and says so if it may.
    fn end_after_fault(&mut self, reader: Side) {
        let may_say =
            self.is_v5() && (reader == Side::Client || self.has_answered && self.connack.code == 0);
        if may_say {
            self.send(reader, Message::Disconnect, packet(0xE0, &[0x82]));
        }
        self.peer(reader).is_closed = true;
    }

    /// What both sides do with PUBLISH and its acknowledgements.
    fn reads_flow(&mut self, reader: Side, message: Message) {
        let peer = self.peer(reader);
        match message {
            Message::Publish(1, id) => peer.pubacks.push_back(id),
            Message::Publish(2, id) => peer.pubrecs.push_back(id),
            Message::Puback(id) => {
                peer.ids.remove(&id);
                peer.in_flight = peer.in_flight.saturating_sub(1);
            }
            Message::Pubrec(id, code) if code >= 0x80 => {
                peer.refused = Some(id);
                peer.ids.remove(&id);
                peer.in_flight = peer.in_flight.saturating_sub(1);
            }
            Message::Pubrec(id, _) => {
                if let Some(waits @ Waits::Pubrec) = peer.ids.get_mut(&id) {
                    *waits = Waits::Pubrel;
                    peer.pubrels.push_back(id);
                }
            }
            Message::Pubrel(id) => peer.pubcomps.push_back(id),
            Message::Pubcomp(id) if peer.ids.remove(&id).is_some() => {
                peer.in_flight = peer.in_flight.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn client_reads(&mut self, message: Message) {
        match message {
            Message::Connack if !self.has_read_connack => {
                self.has_read_connack = true;
                self.turn = None;
                if self.connack.code != 0 {
                    self.client.is_closed = true;
                } else if !self.connack.session_present {
                    // Its Session State is void.
                    for (id, _) in core::mem::take(&mut self.client.again) {
                        self.client.ids.remove(&id);
                    }
                }
            }
            Message::Auth(0x18) => self.turn = Some(Side::Client),
            Message::Auth(_) => self.turn = None,
            Message::Suback(id) | Message::Unsuback(id) => {
                self.client.ids.remove(&id);
            }
            Message::Pingresp => self.open_pings = self.open_pings.saturating_sub(1),
            Message::Disconnect => self.client.is_closed = true,
            message => self.reads_flow(Side::Client, message),
        }
    }

    fn server_reads(&mut self, message: Message) {
        match message {
            Message::Connect => {
                self.has_read_connect = true;
                if self.connect.method && !self.has_answered {
                    self.turn = Some(Side::Server);
                }
            }
            Message::Auth(_) => self.turn = Some(Side::Server),
            Message::Subscribe(id, requested) => {
                self.requests.push((id, Some(requested), requested.count));
            }
            Message::Unsubscribe(id, count) => self.requests.push((id, None, count)),
            Message::Pingreq => self.pingresps += 1,
            Message::Disconnect => self.server.is_closed = true,
            message => self.reads_flow(Side::Server, message),
        }
    }

    fn client_acts(&mut self) {
        if self.client.is_closed {
            return self.plants_after_the_last(Side::Client);
        }
        if !self.has_connected {
            if self.plants_before_connect() {
                return;
            }
            self.has_connected = true;
            let bytes = self.connect.bytes(self.version);
            return self.send(Side::Client, Message::Connect, bytes);
        }
        if self.fault.is_some() && self.client_plants() {
            return;
        }
        let authenticates = self.connect.method && !self.has_read_connack;
        if authenticates {
            if self.turn == Some(Side::Client) {
                self.turn = None;
                self.auth(Side::Client, 0x18);
            }
            return;
        }
        match self.c.below(12) {
            0..=2 => self.publishes(Side::Client),
            3 => self.subscribes(),
            4 => self.unsubscribes(),
            5 => self.ping(),
            6 if self.has_read_connack && self.connect.method => self.authenticates_again(),
            // Of the earlier connection, whose Session it hopes to go on.
            6 if !self.connect.clean
                && (!self.has_read_connack || self.connack.session_present) =>
            {
                let id = 40_000 + u16::try_from(self.c.below(100)).unwrap_or_default();
                self.send(Side::Client, Message::Puback(id), with_id(0x40, id, &[]));
            }
            7 if self.c.one_in(8) => {
                self.client.is_closed = true;
                self.client.said_last = true;
                let bytes = self.disconnect(Side::Client);
                self.send(Side::Client, Message::Disconnect, bytes);
            }
            _ => self.acknowledges(Side::Client),
        }
    }

    fn authenticates_again(&mut self) {
        match self.turn {
            Some(Side::Client) => {
                self.turn = None;
                self.auth(Side::Client, 0x18);
            }
            None if self.up.before.is_empty() && self.up.behind.is_empty() && self.c.one_in(4) => {
                let waits = |sent: &Sent| matches!(sent.message, Message::Auth(_));
                if !self.down.before.iter().any(waits) && !self.down.behind.iter().any(waits) {
                    self.auth(Side::Client, 0x19);
                }
            }
            _ => {}
        }
    }

    pub(super) fn auth(&mut self, from: Side, code: u8) {
        let bytes = self.auth_bytes(code, METHOD);
        self.send(from, Message::Auth(code), bytes);
    }

    pub(super) fn auth_bytes(&mut self, code: u8, method: &str) -> Vec<u8> {
        let mut properties = Properties::default();
        properties.text(0x15, method);
        if self.c.one_in(2) {
            properties.text(0x16, "data");
        }
        packet(
            0xF0,
            &[&[code][..], &properties.section(self.version)].concat(),
        )
    }

    fn server_acts(&mut self) {
        if self.server.is_closed {
            return self.plants_after_the_last(Side::Server);
        }
        if !self.has_read_connect {
            return;
        }
        if self.fault.is_some() && self.server_plants() {
            return;
        }
        if !self.has_answered {
            match self.turn {
                Some(Side::Server) if self.connect.method && self.c.one_in(2) => {
                    self.turn = None;
                    self.auth(Side::Server, 0x18);
                }
                // It waits for the Client's AUTH.
                None if self.connect.method => {}
                _ => self.answers_connect(),
            }
            return;
        }
        match self.c.below(12) {
            0..=2 => self.publishes(Side::Server),
            3 if self.turn == Some(Side::Server) => {
                let code = self.c.pick(&[0x00, 0x18]);
                self.turn = None;
                self.auth(Side::Server, code);
            }
            4 if self.is_v5() && self.c.one_in(16) => {
                self.server.is_closed = true;
                self.server.said_last = true;
                let bytes = self.disconnect(Side::Server);
                self.send(Side::Server, Message::Disconnect, bytes);
            }
            5..=7 => self.answers(),
            _ => self.acknowledges(Side::Server),
        }
    }

    pub(super) fn answers_connect(&mut self) {
        self.has_answered = true;
        self.turn = None;
        let bytes = self.connack.bytes(self.version);
        if self.connack.code != 0 {
            self.server.is_closed = true;
            self.server.said_last = true;
        }
        if !self.connack.session_present {
            self.server.again.clear();
            self.server.ids.clear();
        }
        self.send(Side::Server, Message::Connack, bytes);
    }

    fn disconnect(&mut self, from: Side) -> Vec<u8> {
        if !self.is_v5() {
            return packet(0xE0, &[]);
        }
        match from {
            Side::Client => {
                let mut properties = Properties::default();
                if self.connect.expiry > 0 && self.c.one_in(2) {
                    properties.four(0x11, 5);
                }
                let code = self.c.pick(&[0x00, 0x04]);
                packet(
                    0xE0,
                    &[&[code][..], &properties.section(self.version)].concat(),
                )
            }
            Side::Server => packet(0xE0, &[self.c.pick(&[0x8B, 0x98, 0x8E, 0x81])]),
        }
    }

    /// PUBLISH, or what is to be sent again.
    fn publishes(&mut self, from: Side) {
        let may_resume = match from {
            Side::Client => self.has_read_connack,
            Side::Server => self.has_answered,
        };
        let again = self.peer(from).again.front().copied();
        if let Some((id, waits)) = again.filter(|_| may_resume) {
            if waits == Waits::Pubcomp {
                self.peer(from).again.pop_front();
                return self.send(from, Message::Pubrel(id), with_id(0x62, id, &[]));
            }
            if self.may_publish(from) {
                let peer = self.peer(from);
                peer.again.pop_front();
                peer.in_flight += 1;
                let qos = if waits == Waits::Puback { 1 } else { 2 };
                let bytes =
                    self.publish_bytes(qos, id, true, false, "again", &Properties::default(), 1);
                self.send(from, Message::Publish(qos, id), bytes);
            }
            return;
        }
        let knows = from == Side::Server || self.has_read_connack;
        let maximum_qos = match from {
            Side::Client if knows => self.connack.maximum_qos,
            _ => 2,
        };
        let mut qos = self.c.pick(&[0, 1, 2]).min(maximum_qos);
        if !self.may_publish(from) {
            qos = 0;
        }
        let id = self.free_id(from);
        if qos > 0 {
            let waits = if qos == 1 {
                Waits::Puback
            } else {
                Waits::Pubrec
            };
            let peer = self.peer(from);
            peer.ids.insert(id, waits);
            peer.in_flight += 1;
        }
        let retain = self.c.one_in(3) && (from == Side::Server || !knows || self.connack.retain);
        let mut properties = Properties::default();
        let topic = self.topic(from, &mut properties);
        let size = self.c.pick(&[0, 3, 100]);
        let bytes = self.publish_bytes(qos, id, false, retain, topic, &properties, size);
        self.send(from, Message::Publish(qos, id), bytes);
    }

    /// Whether the quota allows one more PUBLISH of QoS 1 or 2.
    pub(super) fn may_publish(&mut self, from: Side) -> bool {
        let max = match from {
            Side::Client if self.has_read_connack => self.connack.receive_maximum,
            // It does not know the limit.
            Side::Client => u16::MAX,
            Side::Server => self.connect.receive_maximum,
        };
        self.peer(from).in_flight < max
    }

    /// A Topic Name, or a Topic Alias within the other side's limit.
    fn topic(&mut self, from: Side, properties: &mut Properties) -> &'static str {
        let max = match from {
            Side::Client if self.has_read_connack => self.connack.topic_alias_maximum,
            Side::Client => 0,
            Side::Server => self.connect.topic_alias_maximum,
        };
        if !self.is_v5() || max == 0 || self.c.one_in(2) {
            return "topic";
        }
        let set = self.peer(from).aliases;
        if set > 0 && self.c.one_in(2) {
            let alias = self.c.between(1, set.into());
            properties.two(0x23, u16::try_from(alias).unwrap_or(1));
            return "";
        }
        let alias = set + u16::from(set < max);
        self.peer(from).aliases = alias;
        properties.two(0x23, alias);
        "aliased"
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a PUBLISH")]
    pub(super) fn publish_bytes(
        &self,
        qos: u8,
        id: u16,
        dup: bool,
        retain: bool,
        topic: &str,
        properties: &Properties,
        size: usize,
    ) -> Vec<u8> {
        let first = 0x30 | u8::from(dup) << 3 | qos << 1 | u8::from(retain);
        let mut body = text(topic);
        if qos > 0 {
            body.extend(id.to_be_bytes());
        }
        body.extend(properties.section(self.version));
        body.resize(body.len() + size, b'p');
        packet(first, &body)
    }

    /// An identifier that this side does not use.
    pub(super) fn free_id(&mut self, side: Side) -> u16 {
        let start = self.c.pick(&[1, 2, 3, 1000, 39_000]);
        let ids = &self.peer(side).ids;
        (start..40_000)
            .find(|id| !ids.contains_key(id))
            .unwrap_or(1)
    }

    fn subscribes(&mut self) {
        let id = self.free_id(Side::Client);
        let (requested, bytes) = self.subscribe_bytes(id, None);
        self.client.ids.insert(id, Waits::Answer);
        self.send(Side::Client, Message::Subscribe(id, requested), bytes);
    }

    /// SUBSCRIBE with one to four filters of kinds that are available; `filter` is one that is wanted.
    pub(super) fn subscribe_bytes(
        &mut self,
        id: u16,
        filter: Option<&str>,
    ) -> (Requested, Vec<u8>) {
        let knows = self.has_read_connack;
        let count = self.c.between(1, 4);
        let mut requested = Requested { count, qos: [0; 4] };
        let mut properties = Properties::default();
        if self.is_v5() && (!knows || self.connack.identifiers) && self.c.one_in(3) {
            properties.byte(0x0B, 7);
        }
        let mut rest = properties.section(self.version);
        for (index, qos) in requested.qos.iter_mut().take(count).enumerate() {
            let mut filters = std::vec!["plain", "more/levels"];
            if !knows || self.connack.wildcards {
                filters.extend(["with/+", "#"]);
            }
            if self.version == Version::V5_0 && (!knows || self.connack.shared) {
                filters.push("$share/group/plain");
            }
            let drawn = self.c.pick(&filters);
            rest.extend(text(filter.filter(|_| index == 0).unwrap_or(drawn)));
            *qos = self.c.pick(&[0, 1, 2]);
            rest.push(*qos);
        }
        (requested, with_id(0x82, id, &rest))
    }

    fn unsubscribes(&mut self) {
        let id = self.free_id(Side::Client);
        let count = self.c.between(1, 3);
        let mut rest = Properties::default().section(self.version);
        for _ in 0..count {
            rest.extend(text("plain"));
        }
        self.client.ids.insert(id, Waits::Answer);
        self.send(
            Side::Client,
            Message::Unsubscribe(id, count),
            with_id(0xA2, id, &rest),
        );
    }

    /// The Server answers a request, any of them.
    fn answers(&mut self) {
        if self.pingresps > 0 {
            self.pingresps -= 1;
            return self.send(Side::Server, Message::Pingresp, packet(0xD0, &[]));
        }
        if self.requests.is_empty() {
            return;
        }
        let index = self.c.below(self.requests.len());
        let (id, requested, count) = self.requests.remove(index);
        let mut codes = Vec::new();
        for filter in 0..count {
            codes.push(self.code(requested, filter));
        }
        let bytes = self.answer_bytes(id, requested.is_some(), &codes);
        let message = match requested {
            Some(_) => Message::Suback(id),
            None => Message::Unsuback(id),
        };
        self.send(Side::Server, message, bytes);
    }

    /// A code for a filter.
    pub(super) fn code(&mut self, requested: Option<Requested>, filter: usize) -> u8 {
        match requested {
            Some(requested) => {
                let most = requested.qos.get(filter).copied().unwrap_or_default();
                let refusal = match self.version {
                    Version::V5_0 => self.c.pick(&[0x87, 0x80, 0x8F]),
                    Version::V3_1_1 => 0x80,
                    Version::V3_1 => 0,
                };
                let granted = most - u8::from(most > 0 && self.c.one_in(3));
                if self.c.one_in(4) { refusal } else { granted }
            }
            None => self.c.pick(&[0x00, 0x11, 0x87]),
        }
    }

    pub(super) fn answer_bytes(&mut self, id: u16, is_suback: bool, codes: &[u8]) -> Vec<u8> {
        let mut properties = Properties::default();
        if self.connect.problem_information && self.c.one_in(3) {
            properties.text(0x1F, "because");
        }
        let section = properties.section(self.version);
        match (is_suback, self.is_v5()) {
            (true, _) => with_id(0x90, id, &[&section, codes].concat()),
            (false, true) => with_id(0xB0, id, &[&section, codes].concat()),
            (false, false) => with_id(0xB0, id, &[]),
        }
    }

    /// A side acknowledges what it has read. A Client keeps the orders, and so does this Server in each list; which list
    /// comes next is free.
    fn acknowledges(&mut self, side: Side) {
        let may_refuse = self.is_v5();
        let may_explain = side == Side::Client || self.connect.problem_information;
        let mut properties = Properties::default();
        if may_refuse && may_explain && self.c.one_in(4) {
            properties.user("a", "b");
        }
        let code = match may_refuse && self.c.one_in(4) {
            true => self.c.pick(&[0x87, 0x80, 0x97]),
            false => 0,
        };
        let which = self.c.below(4);
        // A Server's acknowledgements come in any order.
        let at = match side {
            Side::Client => 0,
            Side::Server => self.c.below(3),
        };
        let take = |queue: &mut VecDeque<u16>| {
            let at = at.min(queue.len().saturating_sub(1));
            queue.remove(at)
        };
        let version = self.version;
        let peer = self.peer(side);
        let peer_acks = match which {
            0 => take(&mut peer.pubacks).map(|id| (0x40, Message::Puback(id), id, code)),
            1 => take(&mut peer.pubrecs).map(|id| (0x50, Message::Pubrec(id, code), id, code)),
            2 => {
                let taken = take(&mut peer.pubrels);
                if let Some(waits) = taken.and_then(|id| peer.ids.get_mut(&id)) {
                    *waits = Waits::Pubcomp;
                }
                taken.map(|id| (0x62, Message::Pubrel(id), id, 0))
            }
            _ => take(&mut peer.pubcomps).map(|id| (0x70, Message::Pubcomp(id), id, 0)),
        };
        if let Some((first, message, id, code)) = peer_acks {
            if side == Side::Client {
                self.is_bound = true;
            }
            self.send(side, message, ack(first, version, id, code, &properties));
        }
    }

    /// A string for sentences of faults.
    pub(super) fn long_text(len: usize) -> String {
        core::iter::repeat_n('x', len).collect()
    }
}
