//! What is remembered of a connection.

use core::time::Duration;

use alloc::vec::Vec;

use crate::conversation::finding::About;
use crate::conversation::identifiers::{Order, Table};
use crate::packet_type::{PacketType, Side};
use crate::spec::scalar::PacketId;

/// How far one side has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// It has sent nothing that counts.
    Nothing,
    /// The Client has sent CONNECT; the Server has accepted.
    Open,
    /// The Server has refused.
    Refused,
    /// It has sent DISCONNECT.
    Closed,
}

/// Where an enhanced authentication stands, §4.12.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Authentication {
    /// Bytes were lost: unknown.
    Unknown,
    /// The Server is to say something.
    ServersTurn,
    /// The Client is to answer.
    ClientsTurn,
    /// Nothing is under way.
    Idle,
}

/// The Authentication Method: its length and a hash, so that a long one takes no memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Method {
    len: usize,
    hash: u64,
}

impl Method {
    pub(super) fn new(method: &str) -> Self {
        // FNV-1a. Two methods that share a hash are taken to be equal: nobody is accused by that.
        let hash = method
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
            });
        Self {
            len: method.len(),
            hash,
        }
    }
}

/// What is remembered of CONNECT.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connect {
    pub(super) about: About,
    pub(super) time: Duration,
    pub(super) client_id_empty: bool,
    pub(super) clean_start: bool,
    pub(super) keep_alive: u16,
    pub(super) will: bool,
    pub(super) will_qos: bool,
    pub(super) will_retain: bool,
    pub(super) credentials: bool,
    pub(super) expires: bool,
    pub(super) receive_maximum: u16,
    pub(super) max_packet_size: Option<u32>,
    pub(super) topic_alias_maximum: u16,
    pub(super) response_information: bool,
    pub(super) problem_information: bool,
    pub(super) method: Option<Method>,
}

/// What is remembered of a CONNACK that accepts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connack {
    pub(super) about: About,
    pub(super) time: Duration,
    pub(super) receive_maximum: u16,
    pub(super) max_packet_size: Option<u32>,
    pub(super) topic_alias_maximum: u16,
    pub(super) maximum_qos: u8,
    pub(super) retain: bool,
    pub(super) wildcards: bool,
    pub(super) identifiers: bool,
    pub(super) shared: bool,
    pub(super) keep_alive: Option<u16>,
}

/// Topic Aliases that one side has set in this connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Aliases {
    bits: Vec<u64>,
}

impl Aliases {
    pub(super) fn set(&mut self, alias: u16) {
        let (word, bit) = Self::place(alias);
        if word >= self.bits.len() {
            self.bits.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.bits.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn has(&self, alias: u16) -> bool {
        let (word, bit) = Self::place(alias);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }

    const fn place(alias: u16) -> (usize, u64) {
        ((alias >> 6) as usize, 1 << (alias & 63))
    }

    pub(super) fn memory(&self) -> usize {
        self.bits.capacity().saturating_mul(8)
    }
}

/// What is remembered of one side as a sender.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) phase: Phase,
    /// It was told that this side sends what it must not send in this phase.
    pub(super) told: bool,
    /// The packet that ended its part: DISCONNECT, or a CONNACK that refuses.
    pub(super) last: Option<About>,
    /// Whether anything was seen of it.
    pub(super) seen: bool,
    /// Whether the network connection was ended by it.
    pub(super) ended: bool,
    /// Whether bytes are missing.
    pub(super) lost: bool,
    /// The identifiers that it has assigned.
    pub(super) ids: Table,
    /// Identifiers may be in use that were not seen.
    pub(super) ids_unknown: bool,
    /// Its PUBLISH packets of QoS 1 and 2 that have not been acknowledged to the end. Below 0 if a PUBREL of an earlier
    /// connection was answered: its sender may have read that later, when it gave the quota one back.
    pub(super) in_flight: i32,
    /// It was told that they are too many.
    pub(super) in_flight_told: bool,
    /// Identifiers that were refused by PUBREC, the last ones.
    pub(super) refused: [Option<(PacketId, u64)>; 4],
    /// The order of PUBACK for its PUBLISH packets of QoS 1.
    pub(super) pubacks: Order,
    /// The order of PUBREC for its PUBLISH packets of QoS 2.
    pub(super) pubrecs: Order,
    /// The order of its PUBREL for the PUBREC packets it got.
    pub(super) pubrels: Order,
    pub(super) aliases: Aliases,
}

impl Sender {
    pub(super) const fn new(phase: Phase) -> Self {
        Self {
            phase,
            told: false,
            last: None,
            seen: false,
            ended: false,
            lost: false,
            ids: Table::new(),
            ids_unknown: false,
            in_flight: 0,
            in_flight_told: false,
            refused: [None; 4],
            pubacks: Order::new(),
            pubrecs: Order::new(),
            pubrels: Order::new(),
            aliases: Aliases { bits: Vec::new() },
        }
    }

    /// Nothing is known any more of the identifiers that it has assigned.
    pub(super) fn forget_ids(&mut self) {
        self.ids.clear();
        self.ids_unknown = true;
        self.in_flight = 0;
        self.pubacks.clear();
        self.pubrecs.clear();
        self.pubrels.clear();
    }

    pub(super) fn memory(&self) -> usize {
        self.ids
            .memory()
            .saturating_add(self.pubacks.memory())
            .saturating_add(self.pubrecs.memory())
            .saturating_add(self.pubrels.memory())
            .saturating_add(self.aliases.memory())
    }

    pub(super) fn shrink(&mut self) {
        self.ids.shrink();
        self.pubacks.shrink();
        self.pubrecs.shrink();
        self.pubrels.shrink();
    }
}

/// PINGREQ packets that wait for an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pings {
    pub(super) open: u32,
    /// The oldest one that no answer can be for but the next.
    pub(super) oldest: Option<(u64, Duration)>,
    pub(super) told: bool,
}

/// The other side.
pub(super) const fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

/// The packet type of an entry's request, for sentences.
pub(super) const fn request(waits: super::identifiers::Waits) -> PacketType {
    use super::identifiers::Waits;
    match waits {
        Waits::Puback | Waits::Pubrec | Waits::Unknown => PacketType::Publish,
        Waits::Pubrel => PacketType::Pubrec,
        Waits::Pubcomp => PacketType::Pubrel,
        Waits::Suback => PacketType::Subscribe,
        Waits::Unsuback => PacketType::Unsubscribe,
    }
}
