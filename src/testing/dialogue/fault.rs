//! One fault, planted where there is an occasion for it.

use super::peers::{Message, Peers, Waits};
use super::setup::{Connack, Connect};
use super::write::{Properties, ack, packet, with_id};
use crate::packet_type::{Side, Version};
use crate::testing::choices::Choices;

/// The fault of a [`Dialogue`](super::Dialogue).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Planted {
    /// The rule that is broken: its row in [`RULES`](crate::conversation::RULES).
    pub row: &'static str,
    /// Who breaks it.
    pub by: Side,
    /// The index of the step that breaks it.
    pub step: usize,
}

/// The rules that can be broken.
pub(super) const ROWS: &[&str] = &[
    "B3", "S1", "S2", "S3", "S4", "S5", "S7", "S8", "S9", "K1", "K5", "K6", "K7", "K8", "K9",
    "K10", "A1", "A2", "A3", "A4", "A5", "Q1", "Q2", "Q3", "Q4", "Q6", "Q8", "Q10", "Q12", "Q14",
    "Q15", "Q16", "Q17", "Q20", "B2", "B4", "B8", "E1", "L1", "L2", "L3", "P1", "P2", "P3", "P4",
    "P5", "P8",
];

/// Whether the rule exists in MQTT 5.0 only.
pub(super) fn is_only_of_5(row: &str) -> bool {
    !matches!(
        row,
        "B3" | "S1"
            | "S2"
            | "S3"
            | "S5"
            | "S8"
            | "K1"
            | "Q1"
            | "Q2"
            | "Q3"
            | "Q4"
            | "Q8"
            | "Q10"
            | "Q12"
            | "Q15"
            | "Q16"
            | "Q17"
            | "B2"
            | "B4"
            | "P8"
    )
}

/// An identifier that neither side ever uses.
const UNKNOWN: u16 = 45_000;

/// A fault that is to be planted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    row: &'static str,
    by: Side,
}

impl Fault {
    pub(super) fn new(row: &'static str, c: &mut Choices<'_>) -> Self {
        Self {
            row,
            by: c.pick(&[Side::Server, Side::Client]),
        }
    }

    pub(super) const fn row(&self) -> &'static str {
        self.row
    }

    /// Makes an occasion for the fault.
    pub(super) fn prepare_connect(&self, connect: &mut Connect) {
        connect.clean |= matches!(
            self.row,
            "K1" | "Q3" | "Q4" | "Q6" | "Q8" | "Q10" | "Q20" | "Q14" | "Q12" | "B2"
        );
        match self.row {
            "S9" | "A3" | "A4" | "A5" | "K8" => connect.method = true,
            "K5" => connect.id.clear(),
            "K7" => connect.response_information = false,
            "L1" => connect.max_packet_size = Some(300),
            "L3" => connect.problem_information = false,
            "Q20" => connect.receive_maximum = 2,
            "E1" => connect.expiry = 0,
            "P4" | "P5" => connect.topic_alias_maximum = 3,
            _ => connect.method = false,
        }
        if self.row == "K6" {
            connect.id = "client".into();
        }
    }

    /// Makes an occasion for the fault, or is it.
    pub(super) fn prepare_connack(&self, connack: &mut Connack, connect: &Connect, is_v5: bool) {
        if matches!(self.row, "S5") || self.row == "S7" && self.by == Side::Client {
            *connack = Connack::refusal();
            if !is_v5 {
                connack.code = 5;
            }
            return;
        }
        connack.code = 0;
        connack.assigned = is_v5 && connect.id.is_empty();
        connack.method = connect.method.then_some(super::setup::METHOD);
        match self.row {
            "L2" => connack.max_packet_size = Some(250),
            "P1" => connack.maximum_qos = 1,
            "P2" => connack.retain = false,
            "P3" => connack.shared = false,
            "P4" | "P5" => connack.topic_alias_maximum = 3,
            "Q20" => connack.receive_maximum = 2,
            _ => {}
        }
        connack.session_present &= !matches!(self.row, "P1");
    }

    /// The faulty CONNACK, if that is the fault.
    fn spoil_connack(&self, connack: &Connack, connect: &Connect) -> Option<Connack> {
        let mut spoilt = connack.clone();
        match self.row {
            "K1" => spoilt.session_present = true,
            "K5" if !connect.clean && self.by == Side::Client => spoilt.session_present = true,
            "K5" => spoilt.assigned = false,
            "K6" => spoilt.assigned = true,
            "K7" => spoilt.response_information = true,
            "K8" => spoilt.method = (self.by == Side::Client).then_some("OTHER"),
            "K9" => spoilt.method = Some(super::setup::METHOD),
            "K10" => spoilt.data = true,
            _ => return None,
        }
        Some(spoilt)
    }
}

impl Peers<'_, '_> {
    fn fault_of(&self, side: Side) -> Option<&'static str> {
        self.fault
            .filter(|fault| fault.by == side)
            .map(|fault| fault.row)
    }

    /// The first packet is another one.
    pub(super) fn plants_before_connect(&mut self) -> bool {
        if self.fault.is_none_or(|fault| fault.row != "S1") {
            return false;
        }
        // None that the Client takes later: its packets count from 1.
        let id = 60_007;
        match self.c.below(3) {
            0 => self.plant(Side::Client, Message::Pingreq, packet(0xC0, &[])),
            1 => {
                let bytes = self.publish_bytes(1, id, false, false, "t", &Properties::default(), 1);
                self.plant(Side::Client, Message::Publish(1, id), bytes);
            }
            _ => {
                let (requested, bytes) = self.subscribe_bytes(id, None);
                self.plant(Side::Client, Message::Subscribe(id, requested), bytes);
            }
        }
        true
    }

    /// A packet after the last one: DISCONNECT, or a CONNACK that refuses.
    pub(super) fn plants_after_the_last(&mut self, side: Side) {
        let row = self.fault.map(|fault| fault.row);
        let is_refusal = side == Side::Server && self.connack.code != 0;
        let is_occasion = self.peer(side).said_last
            && match row {
                Some("S8") => !is_refusal,
                Some("S5") => is_refusal,
                _ => false,
            };
        if is_occasion {
            let bytes = self.publish_bytes(0, 0, false, false, "t", &Properties::default(), 1);
            self.plant(side, Message::Publish(0, 0), bytes);
        } else if is_refusal && row == Some("S7") && self.peer(side).said_last {
            self.plant(side, Message::Disconnect, packet(0xE0, &[0x87]));
        }
    }

    /// A fault of the Client, if this is the moment.
    pub(super) fn client_plants(&mut self) -> bool {
        const CLIENT: Side = Side::Client;
        let Some(row) = self.fault.map(|fault| fault.row) else {
            return false;
        };
        if self.c.one_in(3) {
            return false;
        }
        let is_open = self.has_read_connack && self.connack.code == 0;
        match row {
            "S2" => {
                let bytes = self.connect.bytes(self.version);
                self.plant(CLIENT, Message::Connect, bytes);
            }
            "S9" if !self.has_read_connack && !self.connack_is_seen() => {
                self.plant(CLIENT, Message::Pingreq, packet(0xC0, &[]));
                self.flush(CLIENT);
            }
            "A1" if is_open && !self.connect.method => {
                let bytes = self.auth_bytes(0x19, "m");
                self.plant(CLIENT, Message::Auth(0x19), bytes);
            }
            "A3" if self.fault_of(CLIENT).is_some()
                && self.turn == Some(CLIENT)
                && !self.has_read_connack =>
            {
                self.turn = None;
                let bytes = self.auth_bytes(0x18, "OTHER");
                self.plant(CLIENT, Message::Auth(0x18), bytes);
            }
            "A5" if self.turn == Some(CLIENT) && !self.has_read_connack => {
                self.turn = None;
                let bytes = self.auth_bytes(0x19, super::setup::METHOD);
                self.plant(CLIENT, Message::Auth(0x19), bytes);
            }
            "E1" => {
                let mut properties = Properties::default();
                properties.four(0x11, 5);
                let bytes = packet(
                    0xE0,
                    &[&[0][..], &properties.section(self.version)].concat(),
                );
                self.client.is_closed = true;
                self.plant(CLIENT, Message::Disconnect, bytes);
            }
            "L2" if self.is_bound => {
                let bytes =
                    self.publish_bytes(0, 0, false, false, "t", &Properties::default(), 250);
                self.plant(CLIENT, Message::Publish(0, 0), bytes);
            }
            "P1" if self.is_bound && self.may_publish(CLIENT) => {
                let qos = self.connack.maximum_qos + 1;
                self.plant_publish(CLIENT, qos, false, "t", &Properties::default());
            }
            "P2" if self.is_bound => {
                self.plant_publish(CLIENT, 0, true, "t", &Properties::default())
            }
            "P3" if self.is_bound => {
                let id = self.free_id(CLIENT);
                let (requested, bytes) = self.subscribe_bytes(id, Some("$share/group/t"));
                self.client.ids.insert(id, Waits::Answer);
                self.plant(CLIENT, Message::Subscribe(id, requested), bytes);
            }
            "Q15" | "Q16" | "Q17" => return self.plants_out_of_order(row),
            _ if self.fault_of(CLIENT).is_some() && is_open => {
                return self.plants_in_a_flow(CLIENT, row);
            }
            _ => return false,
        }
        true
    }

    /// A fault of the Server, if this is the moment.
    pub(super) fn server_plants(&mut self) -> bool {
        const SERVER: Side = Side::Server;
        let Some(fault) = self.fault else {
            return false;
        };
        if self.c.one_in(3) {
            return false;
        }
        let may_answer = !self.has_answered && (!self.connect.method || self.turn == Some(SERVER));
        let spoilt = fault.spoil_connack(&self.connack, &self.connect);
        if let Some(spoilt) = spoilt.filter(|_| may_answer) {
            self.has_answered = true;
            self.turn = None;
            self.server.again.clear();
            self.server.ids.clear();
            let bytes = spoilt.bytes(self.version);
            self.plant(SERVER, Message::Connack, bytes);
            return true;
        }
        let is_open = self.has_answered && self.connack.code == 0;
        match fault.row {
            "S3" if !self.has_answered && !self.connect.method => match self.c.one_in(2) {
                true => self.plant(SERVER, Message::Pingresp, packet(0xD0, &[])),
                false => self.plant_publish(SERVER, 0, false, "t", &Properties::default()),
            },
            "S4" if is_open => {
                let bytes = self.connack.bytes(self.version);
                self.plant(SERVER, Message::Connack, bytes);
            }
            "S7" if !self.has_answered && !self.connect.method && fault.by == SERVER => {
                self.has_answered = true;
                self.server.is_closed = true;
                self.plant(SERVER, Message::Disconnect, packet(0xE0, &[0x87]));
            }
            "A2" if may_answer => {
                let bytes = self.auth_bytes(0x18, "m");
                self.plant(SERVER, Message::Auth(0x18), bytes);
            }
            "A3" if fault.by == SERVER && may_answer => {
                self.turn = None;
                let bytes = self.auth_bytes(0x18, "OTHER");
                self.plant(SERVER, Message::Auth(0x18), bytes);
            }
            "A4" if may_answer => {
                self.turn = None;
                let bytes = self.auth_bytes(0x00, super::setup::METHOD);
                self.plant(SERVER, Message::Auth(0x00), bytes);
            }
            "L1" if is_open => {
                let bytes =
                    self.publish_bytes(0, 0, false, false, "t", &Properties::default(), 300);
                self.plant(SERVER, Message::Publish(0, 0), bytes);
            }
            "L3" if is_open => {
                let Some(id) = self.server.pubacks.pop_front() else {
                    return false;
                };
                let mut properties = Properties::default();
                properties.text(0x1F, &Self::long_text(20));
                let bytes = ack(0x40, self.version, id, 0x87, &properties);
                self.plant(SERVER, Message::Puback(id), bytes);
            }
            "B2" if is_open => {
                let is_suback = self.c.one_in(2);
                let bytes = self.answer_bytes(UNKNOWN, is_suback, &[0]);
                self.plant(SERVER, Message::Suback(UNKNOWN), bytes);
            }
            "B3" | "B4" | "B8" if is_open => return self.plants_wrong_answer(fault.row),
            "P8" if is_open && self.open_pings == 0 && self.pingresps == 0 => {
                self.plant(SERVER, Message::Pingresp, packet(0xD0, &[]));
                self.flush(SERVER);
            }
            row if fault.by == SERVER && is_open => return self.plants_in_a_flow(SERVER, row),
            _ => return false,
        }
        true
    }

    /// SUBACK or UNSUBACK with a code too many or too few, or that grants too much.
    fn plants_wrong_answer(&mut self, row: &str) -> bool {
        let wanted = |request: &(u16, Option<super::peers::Requested>, usize)| match row {
            "B8" => request.1.is_none(),
            "B4" => request
                .1
                .is_some_and(|requested| requested.qos.first() < Some(&2)),
            _ => request.1.is_some(),
        };
        let Some(index) = self.requests.iter().position(wanted) else {
            return false;
        };
        let (id, requested, count) = self.requests.remove(index);
        let mut codes: std::vec::Vec<u8> = (0..count)
            .map(|filter| self.code(requested, filter))
            .collect();
        match (row, codes.first_mut()) {
            ("B4", Some(first)) => *first = 2,
            _ if count > 1 && self.c.one_in(2) => codes.truncate(count - 1),
            _ => codes.push(0),
        }
        let bytes = self.answer_bytes(id, requested.is_some(), &codes);
        self.plant(Side::Server, Message::Suback(id), bytes);
        true
    }

    /// A Client's acknowledgement that overtakes another one.
    fn plants_out_of_order(&mut self, row: &str) -> bool {
        let version = self.version;
        let client = &mut self.client;
        let none = Properties::default();
        let (message, bytes) = match row {
            "Q15" => {
                let Some(id) = client.pubacks.remove(1) else {
                    return false;
                };
                (Message::Puback(id), ack(0x40, version, id, 0, &none))
            }
            "Q16" => {
                let Some(id) = client.pubrecs.remove(1) else {
                    return false;
                };
                (Message::Pubrec(id, 0), ack(0x50, version, id, 0, &none))
            }
            _ => {
                let Some(id) = client.pubrels.remove(1) else {
                    return false;
                };
                client.ids.insert(id, Waits::Pubcomp);
                (Message::Pubrel(id), ack(0x62, version, id, 0, &none))
            }
        };
        self.is_bound = true;
        self.plant(Side::Client, message, bytes);
        true
    }

    /// Faults that either side can have.
    fn plants_in_a_flow(&mut self, side: Side, row: &str) -> bool {
        let v5 = self.version == Version::V5_0;
        let none = Properties::default();
        let knows = side == Side::Server || self.is_bound;
        let max_alias = match side {
            Side::Client => self.connack.topic_alias_maximum,
            Side::Server => self.connect.topic_alias_maximum,
        };
        match row {
            "Q1" => {
                let used = |(id, waits): (&u16, &Waits)| (*waits != Waits::Pubrel).then_some(*id);
                let sent = |peer: &super::peers::Peer, id: &u16| {
                    !peer.again.iter().any(|(again, _)| again == id)
                };
                let peer = self.peer(side);
                let Some(id) = peer.ids.iter().filter_map(used).find(|id| sent(peer, id)) else {
                    return false;
                };
                return self.plant_again(side, id, 1, false);
            }
            "Q12" | "Q14" => {
                let peer = self.peer(side);
                let is_wanted = |waits: Waits| match row {
                    "Q12" => waits == Waits::Pubcomp,
                    _ => v5 && matches!(waits, Waits::Puback | Waits::Pubrec | Waits::Pubcomp),
                };
                let Some((id, waits)) =
                    peer.ids
                        .iter()
                        .map(|(id, waits)| (*id, *waits))
                        .find(|(id, waits)| {
                            is_wanted(*waits) && !peer.again.iter().any(|(again, _)| again == id)
                        })
                else {
                    return false;
                };
                return match (row, waits) {
                    ("Q14", Waits::Pubcomp) if self.other_way_is_empty(side) => {
                        self.plant(side, Message::Pubrel(id), with_id(0x62, id, &[]));
                        self.flush(side);
                        true
                    }
                    ("Q14", Waits::Pubcomp) => false,
                    (_, Waits::Puback) => self.plant_again(side, id, 1, true),
                    _ => self.plant_again(side, id, 2, true),
                };
            }
            "Q2" => {
                let peer = self.peer(side);
                if let Some(id) = peer.pubrecs.pop_front() {
                    self.plant(side, Message::Puback(id), with_id(0x40, id, &[]));
                } else if let Some(id) = peer.pubacks.pop_front() {
                    self.plant(side, Message::Pubrec(id, 0), with_id(0x50, id, &[]));
                } else {
                    return false;
                }
            }
            "Q3" => self.plant(side, Message::Puback(UNKNOWN), with_id(0x40, UNKNOWN, &[])),
            "Q4" => self.plant(
                side,
                Message::Pubrec(UNKNOWN, 0),
                with_id(0x50, UNKNOWN, &[]),
            ),
            "Q8" => self.plant(side, Message::Pubrel(UNKNOWN), with_id(0x62, UNKNOWN, &[])),
            "Q10" => self.plant(side, Message::Pubcomp(UNKNOWN), with_id(0x70, UNKNOWN, &[])),
            "Q6" => {
                let peer = self.peer(side);
                let Some(id) = peer.refused.filter(|id| !peer.ids.contains_key(id)) else {
                    return false;
                };
                self.plant(side, Message::Pubrel(id), with_id(0x62, id, &[]));
            }
            "Q20" => {
                if !knows || self.may_publish(side) || !self.other_way_is_empty(side) {
                    return false;
                }
                let qos = match side {
                    Side::Client => self.connack.maximum_qos.min(1),
                    Side::Server => 1,
                };
                if qos == 0 {
                    return false;
                }
                self.plant_publish(side, qos, false, "t", &none);
                self.flush(side);
            }
            "P4" | "P5" => {
                let set = self.peer(side).aliases;
                let (topic, alias) = match row {
                    "P4" => ("", set + 1),
                    _ => ("t", max_alias + 1),
                };
                if row == "P4" && alias > max_alias || row == "P5" && !knows {
                    return false;
                }
                let mut properties = Properties::default();
                properties.two(0x23, alias);
                self.plant_publish(side, 0, false, topic, &properties);
            }
            _ => return false,
        }
        true
    }

    fn plant_publish(
        &mut self,
        side: Side,
        qos: u8,
        retain: bool,
        topic: &str,
        properties: &Properties,
    ) {
        let id = self.free_id(side);
        if qos > 0 {
            let peer = self.peer(side);
            let waits = if qos == 1 {
                Waits::Puback
            } else {
                Waits::Pubrec
            };
            peer.ids.insert(id, waits);
            peer.in_flight += 1;
        }
        let bytes = self.publish_bytes(qos, id, false, retain, topic, properties, 1);
        self.plant(side, Message::Publish(qos, id), bytes);
    }

    /// A PUBLISH with an identifier in use, which passes before anything can be said about that.
    fn plant_again(&mut self, side: Side, id: u16, qos: u8, dup: bool) -> bool {
        let limits = side == Side::Client && qos > self.connack.maximum_qos;
        if limits || !self.other_way_is_empty(side) || !self.may_publish(side) {
            return false;
        }
        self.peer(side).in_flight += 1;
        let bytes = self.publish_bytes(qos, id, dup, false, "t", &Properties::default(), 1);
        self.plant(side, Message::Publish(qos, id), bytes);
        self.flush(side);
        true
    }
}
