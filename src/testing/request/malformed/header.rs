//! Defects that the fixed header shows.

use super::super::draw::PACKETS;
use super::super::sheet::{Field, Place, shortest};
use super::{Case, continuations, one_of};
use crate::packet_type::{PacketType, Side, Version};
use crate::testing::choices::Choices;
use crate::testing::draft::Length;

/// V1: every type but PUBLISH has its four bits; 3.1 forbids none.
pub(super) fn flags(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Pingreq,
        PacketType::Pingresp,
        PacketType::Connect,
        PacketType::Subscribe,
        PacketType::Unsubscribe,
    ];
    let (request, mut sheet) = one_of(&packets, version, c);
    sheet.first ^= c.byte_between(0b0001, 0b1111);
    Case::new(&request, sheet, Place::FirstByte, c)
}

/// [MQTT-3.3.1-4]: both QoS bits; [MQTT-3.3.1-2]: DUP with QoS 0.
pub(super) fn publish_flags(bits: u8, version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&[PacketType::Publish], version, c);
    if bits == 0b1000 {
        // QoS 0 has no Packet Identifier.
        sheet.first &= 0b1111_1001;
        sheet.fields.retain(|(field, _)| *field != Field::PacketId);
    }
    sheet.first |= bits;
    Case::new(&request, sheet, Place::FirstByte, c)
}

/// Table 2-1: who sends which packet.
pub(super) fn direction(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Pingreq,
        PacketType::Pingresp,
        PacketType::Connect,
        PacketType::Subscribe,
        PacketType::Unsubscribe,
    ];
    let (request, sheet) = one_of(&packets, version, c);
    let wrong = match request.sender {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    };
    Case::new(&request, sheet, Place::FirstByte, c).sent_by(wrong)
}

/// §2.1.4: a fifth byte.
pub(super) fn length_too_long(version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&PACKETS, version, c);
    sheet.remaining_length = Length::Raw(continuations(4, c));
    Case::new(&request, sheet, Place::RemainingLength, c)
}

/// [MQTT-1.5.5-1]
pub(super) fn length_not_minimal(c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&PACKETS, Version::V5_0, c);
    let least = shortest(sheet.len_after_header());
    sheet.remaining_length = Length::Padded(c.between(least + 1, 4));
    Case::new(&request, sheet, Place::RemainingLength, c)
}

/// [MQTT-3.1.2-24], [MQTT-3.2.2-15]; the limit is drawn when the size is known.
pub(super) fn too_large(version: Version, c: &mut Choices<'_>) -> Case {
    let (request, sheet) = one_of(&PACKETS, version, c);
    Case::new(&request, sheet, Place::RemainingLength, c)
}

/// §3.12, §3.13
pub(super) fn ping_with_body(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [PacketType::Pingreq, PacketType::Pingresp];
    let (request, mut sheet) = one_of(&packets, version, c);
    let mut body = c.bytes(4);
    body.push(c.byte());
    sheet.push(Field::Excess, &body);
    Case::new(&request, sheet, Place::RemainingLength, c)
}
