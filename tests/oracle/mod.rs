//! A second decoder, naive on purpose, to judge the real one by.
//!
//! It was written from the rules (R1 to R107) and decisions (D1 to D31) alone, without a look at the crate, and
//! shares no code with it. What the rules leave open is settled like this: `offset` counts from the packet's first
//! byte and names the first byte that could not be accepted; the first error in wire order is the one reported;
//! the first byte and the Remaining Length are judged as soon as they are there, the body once it is complete.

mod properties;
mod reader;
mod tables;
mod text;
mod v3;
mod v5;

#[cfg(test)]
mod tests;

use std::cell::Cell;

use reader::{Reader, VariableByteInteger, variable_byte_integer};
use tables::{
    AUTH, CONNACK, CONNECT, DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC,
    PUBREL, SUBACK, SUBSCRIBE, UNSUBACK, UNSUBSCRIBE,
};

/// The protocol version the bytes are read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Version {
    /// MQTT 3.1.
    V3_1,
    /// MQTT 3.1.1.
    V3_1_1,
    /// MQTT 5.0.
    V5_0,
}

/// The side that sent the packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sender {
    /// The Client.
    Client,
    /// The Server.
    Server,
}

/// What kind of breach a packet was refused for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// The bytes cannot be parsed (R1).
    Malformed,
    /// The packet parses, but holds what the protocol does not allow (R2).
    ProtocolError,
    /// The packet is larger than the receiver accepts (R85).
    PacketTooLarge,
}

/// What a decoder has to be told, because the bytes do not say it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Context {
    /// The protocol version of the connection.
    pub(crate) version: Version,
    /// Who sent the packet, if that is known.
    pub(crate) sender: Option<Sender>,
    /// The receiver's Maximum Packet Size, if it has one.
    pub(crate) max_packet_size: Option<u32>,
    /// Request Problem Information of the CONNECT; its default is `true`.
    pub(crate) request_problem_information: bool,
}

/// The value of a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// Byte.
    Byte(u8),
    /// Two Byte Integer.
    Two(u16),
    /// Four Byte Integer.
    Four(u32),
    /// UTF-8 Encoded String.
    Text(String),
    /// UTF-8 String Pair.
    Pair(String, String),
    /// Binary Data.
    Binary(Vec<u8>),
}

/// A packet that breaks no rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Packet {
    /// The packet type: the high nibble of the first byte.
    pub(crate) packet_type: u8,
    /// Session Present; CONNACK only.
    pub(crate) session_present: Option<bool>,
    /// The Packet Identifier, where the packet has one (R52).
    pub(crate) packet_id: Option<u16>,
    /// The reason or return codes; a code left out by a short form is 0x00.
    pub(crate) codes: Vec<u8>,
    /// The properties in wire order, by identifier; 5.0 only.
    pub(crate) properties: Vec<(u8, Value)>,
}

/// What is to be said of some bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// They begin with a packet that breaks no rule.
    Packet {
        /// What the packet says.
        packet: Packet,
        /// How many bytes it takes.
        len: usize,
    },
    /// They begin with a packet of another type, to be passed through.
    Frame {
        /// The high nibble of the first byte.
        packet_type: u8,
        /// How many bytes it takes.
        len: usize,
    },
    /// The packet is not all there.
    Incomplete {
        /// How many more bytes are known to be needed.
        needed: usize,
    },
    /// They begin with something that breaks a rule.
    Refused {
        /// What kind of breach it is.
        class: Class,
        /// The first byte that could not be accepted.
        offset: usize,
        /// The high nibble of the first byte, unless that is no packet type at all.
        packet_type: Option<u8>,
    },
}

/// Why a packet is refused, and at which byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fault {
    class: Class,
    offset: usize,
}

/// A breach of the form (R1).
fn malformed(offset: usize) -> Fault {
    Fault {
        class: Class::Malformed,
        offset,
    }
}

/// A breach of the contents (R2).
fn protocol_error(offset: usize) -> Fault {
    Fault {
        class: Class::ProtocolError,
        offset,
    }
}

/// Says what `bytes` begin with.
pub(crate) fn judge(bytes: &[u8], context: &Context) -> Verdict {
    judge_by(bytes, context).0
}

/// Says what `bytes` begin with, and how many of them, from the first on, were looked at to say so: as many other
/// bytes in place of the rest change nothing.
pub(crate) fn judge_by(bytes: &[u8], context: &Context) -> (Verdict, usize) {
    let looked_at = Cell::new(0);
    let verdict = judge_looking(bytes, context, &looked_at);
    (verdict, looked_at.get())
}

fn judge_looking(bytes: &[u8], context: &Context, looked_at: &Cell<usize>) -> Verdict {
    let Some(&first) = bytes.first() else {
        return Verdict::Incomplete { needed: 2 };
    };
    looked_at.set(1);
    let packet_type = first >> 4;
    let refused = |fault: Fault| Verdict::Refused {
        class: fault.class,
        offset: fault.offset,
        packet_type: is_packet_type(packet_type, context.version).then_some(packet_type),
    };

    if let Err(fault) = check_first_byte(first, context) {
        return refused(fault);
    }

    // The fixed header has five bytes at most.
    looked_at.set(bytes.len().min(5));
    // R17, R18: the shortest form is asked for in 5.0 only (D22).
    let shortest_form_only = context.version == Version::V5_0;
    let (remaining_length, length_bytes) = match variable_byte_integer(bytes, 1, shortest_form_only)
    {
        VariableByteInteger::Is { value, bytes } => (value, bytes),
        VariableByteInteger::Unfinished => return Verdict::Incomplete { needed: 1 },
        VariableByteInteger::Bad => return refused(malformed(1)),
    };

    looked_at.set(1 + length_bytes);
    // R19: what counts as the size of a packet.
    let len = 1 + length_bytes + remaining_length;
    // R85: compared from the header alone, in every version.
    if context
        .max_packet_size
        .is_some_and(|max| len as u64 > u64::from(max))
    {
        return refused(Fault {
            class: Class::PacketTooLarge,
            offset: 1,
        });
    }

    let Some(whole) = bytes.get(..len) else {
        return Verdict::Incomplete {
            needed: len - bytes.len(),
        };
    };
    if !is_one_of_the_nine(packet_type) {
        return Verdict::Frame { packet_type, len };
    }

    let body = Reader::new(whole, 1 + length_bytes, looked_at);
    let packet = match context.version {
        Version::V5_0 => v5::read(packet_type, body, context),
        Version::V3_1 | Version::V3_1_1 => v3::read(packet_type, body, context),
    };
    match packet {
        Ok(packet) => Verdict::Packet { packet, len },
        Err(fault) => refused(fault),
    }
}

/// R15: type 0 is forbidden, and type 15 is AUTH, which only 5.0 has.
fn is_packet_type(packet_type: u8, version: Version) -> bool {
    match packet_type {
        0 => false,
        AUTH => version == Version::V5_0,
        _ => true,
    }
}

/// Whether this is a packet whose body is looked at. The others are frames.
fn is_one_of_the_nine(packet_type: u8) -> bool {
    matches!(
        packet_type,
        CONNACK | PUBACK | PUBREC | PUBREL | PUBCOMP | SUBACK | UNSUBACK | DISCONNECT | AUTH
    )
}

/// Packet type, then flags, then direction: what the first byte alone can break.
fn check_first_byte(first: u8, context: &Context) -> Result<(), Fault> {
    let packet_type = first >> 4;
    let flags = first & 0b1111;
    // R15
    if !is_packet_type(packet_type, context.version) {
        return Err(malformed(0));
    }
    // R11 to R14, R93, R102, R103
    if !flags_are_right(packet_type, flags, context.version) {
        return Err(malformed(0));
    }
    // R16
    if context
        .sender
        .is_some_and(|sender| !may_send(sender, packet_type, context.version))
    {
        return Err(protocol_error(0));
    }
    Ok(())
}

/// The low nibble of the first byte, all fifteen types: R11 to R14 in 5.0, R93 in 3.1.1, R102 and R103 in 3.1.
fn flags_are_right(packet_type: u8, flags: u8, version: Version) -> bool {
    match (version, packet_type) {
        // R102, R103: described, not forbidden.
        (Version::V3_1, _) => true,
        // R11: DUP, QoS and RETAIN; a QoS of 3 there is not.
        (_, PUBLISH) => !matches!(flags, 0b0110 | 0b0111 | 0b1110 | 0b1111),
        (_, PUBREL | SUBSCRIBE | UNSUBSCRIBE) => flags == 0b0010,
        (_, _) => flags == 0b0000,
    }
}

/// R16: who sends which packet.
fn may_send(sender: Sender, packet_type: u8, version: Version) -> bool {
    match (packet_type, sender) {
        (CONNACK | SUBACK | UNSUBACK | PINGRESP, Sender::Client) => false,
        (CONNECT | SUBSCRIBE | UNSUBSCRIBE | PINGREQ, Sender::Server) => false,
        (DISCONNECT, Sender::Server) => version == Version::V5_0,
        _ => true,
    }
}
