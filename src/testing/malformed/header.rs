//! Defects that the fixed header shows, and those of a size that is fixed.

use super::{Case, any, continuations, one_of};
use crate::packet_type::{PacketType, Side, Version};
use crate::testing::choices::Choices;
use crate::testing::draft::{Length, Place, variable_byte_integer};

/// Table 2-1: type 0, and type 15 in 3.x.
pub(super) fn reserved_packet_type(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(version, c);
    let types: &[u8] = match version {
        Version::V5_0 => &[0],
        Version::V3_1 | Version::V3_1_1 => &[0, 15],
    };
    draft.first = c.pick(types) << 4 | c.byte_between(0x0, 0xF);
    Case::new(&valid, draft, Place::FirstByte, c)
}

/// [MQTT-2.1.3-1]; 3.1 forbids no bits.
pub(super) fn flags(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(version, c);
    draft.first ^= c.byte_between(0b0001, 0b1111);
    Case::new(&valid, draft, Place::FirstByte, c)
}

/// Table 2-1: who sends which packet.
pub(super) fn direction(version: Version, c: &mut Choices<'_>) -> Case {
    let from_server = [
        PacketType::Connack,
        PacketType::Suback,
        PacketType::Unsuback,
    ];
    let is_disconnect = version != Version::V5_0 && c.one_in(4);
    let (valid, draft) = match is_disconnect {
        true => one_of(&[PacketType::Disconnect], version, c),
        false => one_of(&from_server, version, c),
    };
    let wrong = match valid.sender {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    };
    Case::new(&valid, draft, Place::FirstByte, c).sent_by(wrong)
}

/// §2.1.4: a fifth byte.
pub(super) fn length_too_long(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(version, c);
    draft.remaining_length = Length::Raw(continuations(4, c));
    Case::new(&valid, draft, Place::RemainingLength, c)
}

/// [MQTT-1.5.5-1]
pub(super) fn length_not_minimal(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(Version::V5_0, c);
    let shortest = draft.offset(Place::Fixed(0)) - 1;
    draft.remaining_length = Length::Padded(c.between(shortest + 1, 4));
    Case::new(&valid, draft, Place::RemainingLength, c)
}

/// [MQTT-3.1.2-24], [MQTT-3.2.2-15]; the limit is drawn when the size is known.
pub(super) fn too_large(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, draft) = any(version, c);
    Case::new(&valid, draft, Place::RemainingLength, c)
}

/// 3.1.1 §3.2.1, §3.4.1 to §3.7.1, §3.11.1, §3.14.1: every packet but SUBACK has one Remaining Length.
pub(super) fn fixed_length(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Connack,
        PacketType::Puback,
        PacketType::Pubrec,
        PacketType::Pubrel,
        PacketType::Pubcomp,
        PacketType::Unsuback,
        PacketType::Disconnect,
    ];
    let (valid, mut draft) = one_of(&packets, version, c);
    if draft.fixed.is_empty() || c.one_in(2) {
        draft.payload = c.bytes(4);
        draft.payload.push(c.byte());
    } else {
        draft.fixed.truncate(c.below(2));
    }
    Case::new(&valid, draft, Place::RemainingLength, c)
}

/// §3.2.2: a CONNACK of 5.0 has at least three bytes.
pub(super) fn v3_connack(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = one_of(&[PacketType::Connack], Version::V5_0, c);
    draft.fixed = std::vec![c.byte_between(0, 1), c.byte_between(0, 5)];
    draft.properties = None;
    draft.remaining_length = Length::Raw(variable_byte_integer(2, 1));
    Case::new(&valid, draft, Place::RemainingLength, c)
}
