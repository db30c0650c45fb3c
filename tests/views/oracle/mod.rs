//! A second decoder of the six packets, naive on purpose, to judge the real one by.
//!
//! It was written from `tests/spec/views.md` alone (rules V1 to V59) and shares no code with the crate. It reads a
//! whole packet whose fixed header is sound.

mod body;
mod properties;
mod reader;
mod text;

pub(crate) use body::judge;

/// A protocol version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Version {
    V3_1,
    V3_1_1,
    V5_0,
}

/// Who sent the packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sender {
    Client,
    Server,
}

/// What the bytes do not say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Context {
    pub(crate) version: Version,
    pub(crate) sender: Option<Sender>,
}

/// The value of a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Number(u32),
    Text(String),
    Pair(String, String),
    Binary(Vec<u8>),
}

/// Properties in wire order.
pub(crate) type Properties = Vec<(u8, Value)>;

/// A Will.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Will {
    pub(crate) topic: String,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) properties: Properties,
    pub(crate) payload: Vec<u8>,
}

/// A packet that breaks no rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Packet {
    Connect {
        level: u8,
        clean_start: bool,
        keep_alive: u16,
        properties: Properties,
        client_id: String,
        will: Option<Will>,
        user_name: Option<String>,
        password: Option<Vec<u8>>,
    },
    UnknownConnect {
        protocol_name: String,
        level: u8,
    },
    Publish {
        topic: String,
        qos: u8,
        retain: bool,
        dup: bool,
        packet_id: Option<u16>,
        properties: Properties,
        payload: Vec<u8>,
    },
    Subscribe {
        packet_id: u16,
        properties: Properties,
        /// Topic Filters and what is used of their options.
        subscriptions: Vec<(String, u8)>,
    },
    Unsubscribe {
        packet_id: u16,
        properties: Properties,
        filters: Vec<String>,
    },
    Pingreq,
    Pingresp,
}

/// The code to answer a refused packet with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Malformed,
    Protocol,
}

/// Why a packet is refused: class, the first byte that cannot be accepted, and the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) class: Class,
    pub(crate) offset: usize,
    /// The code of a DISCONNECT, if the connection is one of 5.0.
    pub(crate) answer: u8,
}

fn malformed(offset: usize) -> Fault {
    Fault {
        class: Class::Malformed,
        offset,
        answer: 0x81,
    }
}

fn protocol_error(offset: usize) -> Fault {
    answered_with(0x82, offset)
}

fn answered_with(answer: u8, offset: usize) -> Fault {
    Fault {
        class: Class::Protocol,
        offset,
        answer,
    }
}
