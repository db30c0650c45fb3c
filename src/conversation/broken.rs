//! Packets that did not decode: they were told as errors, and what follows from them is forgiven.

use crate::conversation::Conversation;
use crate::conversation::finding::Seen;
use crate::conversation::identifiers::Waits;
use crate::conversation::state::{Authentication, Phase, other};
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::scalar::PacketId;
use crate::wire::VariableByteInteger;

impl Conversation {
    /// Goes on after a packet that did not decode, as if it had been what its first byte says.
    #[cold]
    pub(super) fn forgive(&mut self, seen: Seen, packet: Option<PacketType>, bytes: &[u8]) {
        let from = seen.from;
        self.sender_mut(from).seen = true;
        if from == Side::Client {
            self.client_speaks();
        }
        let body = body(bytes);
        match packet {
            None => self.lost(from, seen.time),
            Some(PacketType::Connect) => self.forgive_connect(body),
            Some(PacketType::Connack) => self.forgive_connack(seen),
            Some(PacketType::Publish) => self.forgive_publish(seen, bytes, body),
            Some(PacketType::Subscribe | PacketType::Unsubscribe | PacketType::Pubrel) => {
                self.forgive_id(seen, from, identifier(body));
            }
            Some(PacketType::Puback | PacketType::Pubrec | PacketType::Pubcomp) => {
                let owner = other(from);
                let sender = self.sender_mut(owner);
                sender.in_flight = sender.in_flight.saturating_sub(1);
                self.forgive_id(seen, owner, identifier(body));
            }
            Some(PacketType::Suback | PacketType::Unsuback) => {
                self.forgive_id(seen, other(from), identifier(body));
            }
            Some(PacketType::Pingreq | PacketType::Pingresp) => self.pings.open = u32::MAX,
            Some(PacketType::Disconnect) => {
                let sender = self.sender_mut(from);
                sender.phase = Phase::Closed;
                sender.told = true;
            }
            Some(PacketType::Auth) => self.authentication = Authentication::Unknown,
        }
        // It came before CONNECT or CONNACK: that is not told besides.
        let sender = self.sender_mut(from);
        if sender.phase == Phase::Nothing {
            sender.told = true;
        }
    }

    fn forgive_connect(&mut self, body: &[u8]) {
        if self.client.phase == Phase::Open {
            self.extra_connects = self.extra_connects.saturating_add(1);
            return;
        }
        self.client.phase = Phase::Open;
        self.client.told = false;
        self.resumed = true;
        self.authentication = Authentication::Unknown;
        self.version = match *body {
            [0, 4, b'M', b'Q', b'T', b'T', level, ..]
            | [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', level, ..] => {
                Version::from_level(level & 0x7F)
            }
            _ => None,
        };
    }

    fn forgive_connack(&mut self, seen: Seen) {
        if self.server.phase == Phase::Nothing {
            self.answered = true;
            self.server.phase = Phase::Open;
            self.server.told = false;
            self.server.last = Some(seen.about(PacketType::Connack));
            self.resumed = true;
        }
    }

    fn forgive_publish(&mut self, seen: Seen, bytes: &[u8], body: &[u8]) {
        let from = seen.from;
        let qos = bytes.first().map_or(0, |first| first >> 1 & 0b11);
        self.sender_mut(from).lost = true;
        if qos == 0 {
            return;
        }
        let id = match *body {
            [high, low, ..] => {
                let topic = usize::from(u16::from_be_bytes([high, low]));
                body.get(topic.saturating_add(2)..).and_then(identifier)
            }
            _ => None,
        };
        self.forgive_id(seen, from, id);
    }

    /// Whatever comes about this identifier is let pass; without one, whatever comes about any.
    fn forgive_id(&mut self, seen: Seen, owner: Side, id: Option<PacketId>) {
        match id {
            Some(id) => {
                let entry = self.entry(seen, id, Waits::Unknown);
                self.assign(owner, id, entry);
            }
            None => self.sender_mut(owner).forget_ids(),
        }
    }
}

/// What follows the fixed header.
fn body(bytes: &[u8]) -> &[u8] {
    let after_first = bytes.get(1..).unwrap_or_default();
    match VariableByteInteger::read(after_first) {
        VariableByteInteger::Whole { len, .. } => {
            after_first.get(usize::from(len)..).unwrap_or_default()
        }
        VariableByteInteger::Unfinished | VariableByteInteger::TooLong => &[],
    }
}

/// The Packet Identifier at the start of `i`.
fn identifier(i: &[u8]) -> Option<PacketId> {
    match *i {
        [high, low, ..] => PacketId::new(u16::from_be_bytes([high, low])),
        _ => None,
    }
}
