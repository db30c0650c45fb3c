//! Defects of the fields outside the property section.

use std::vec::Vec;

use super::{Case, any, one_of};
use crate::packet_type::{PacketType, Side, Version};
use crate::testing::choices::Choices;
use crate::testing::draft::{Draft, Place};
use crate::testing::generate::{codes_of, packet_from};
use crate::testing::valid::Valid;

const CONNACK: [PacketType; 1] = [PacketType::Connack];

const LISTS: [PacketType; 2] = [PacketType::Suback, PacketType::Unsuback];

/// The packets with a Packet Identifier, Table 2-3; SUBACK and UNSUBACK first.
const WITH_IDENTIFIER: [PacketType; 6] = [
    PacketType::Suback,
    PacketType::Unsuback,
    PacketType::Puback,
    PacketType::Pubrec,
    PacketType::Pubrel,
    PacketType::Pubcomp,
];

/// §3.2.2, §3.4.2, §3.9.2: less than the fields that must be there; in 3.x only SUBACK has no fixed length.
pub(super) fn truncated(version: Version, c: &mut Choices<'_>) -> Case {
    let packets: &[PacketType] = match version {
        Version::V5_0 => &[
            PacketType::Suback,
            PacketType::Unsuback,
            PacketType::Puback,
            PacketType::Pubrec,
            PacketType::Pubrel,
            PacketType::Pubcomp,
            PacketType::Connack,
        ],
        Version::V3_1 | Version::V3_1_1 => &[PacketType::Suback],
    };
    let (valid, mut draft) = one_of(packets, version, c);
    draft.properties = None;
    draft.payload.clear();
    let kept = c.below(2);
    draft.fixed.truncate(kept);
    let place = match valid.packet {
        PacketType::Connack => Place::Fixed(kept),
        // Half an identifier is none.
        _ => Place::Fixed(0),
    };
    Case::new(&valid, draft, place, c)
}

/// [MQTT-2.2.2-1]: SUBACK, UNSUBACK and AUTH have no form without Property Length.
pub(super) fn no_property_length(c: &mut Choices<'_>) -> Case {
    let packets = [PacketType::Suback, PacketType::Unsuback, PacketType::Auth];
    let (valid, mut draft) = one_of(&packets, Version::V5_0, c);
    draft.properties = None;
    draft.payload.clear();
    let place = Place::Fixed(draft.fixed.len());
    Case::new(&valid, draft, place, c)
}

/// [MQTT-3.2.2-1]
pub(super) fn connack_flags(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = one_of(&CONNACK, version, c);
    let flags = c.byte_between(0b0000_0010, 0b1111_1111);
    // Session Present with a refusal would be a second defect.
    let session_present = match draft.fixed.get(1) {
        Some(0x00) => 0b1,
        _ => 0b0,
    };
    set(&mut draft, 0, flags & (0b1111_1110 | session_present));
    Case::new(&valid, draft, Place::Fixed(0), c)
}

/// [MQTT-3.2.2-6]
pub(super) fn session_present(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = one_of(&CONNACK, version, c);
    let codes = codes_of(Side::Server, version, PacketType::Connack);
    let refusals = codes.get(1..).unwrap_or_default();
    draft.fixed = std::vec![1, c.pick(refusals)];
    Case::new(&valid, draft, Place::Fixed(0), c)
}

/// [MQTT-2.2.1-5], [MQTT-2.2.1-6]
pub(super) fn packet_identifier_zero(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, whole) = one_of(&WITH_IDENTIFIER, version, c);
    let mut draft = in_any_form(&valid, whole, c);
    set(&mut draft, 0, 0);
    set(&mut draft, 1, 0);
    Case::new(&valid, draft, Place::Fixed(0), c)
}

/// The nine statements "MUST use one of"; 3.1.1 §3.2.2.3, [MQTT-3.9.3-2].
pub(super) fn undefined_code(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, whole) = match version {
        Version::V5_0 => any(version, c),
        Version::V3_1 | Version::V3_1_1 => {
            one_of(&[PacketType::Connack, PacketType::Suback], version, c)
        }
    };
    let mut draft = in_any_form(&valid, whole, c);
    let mut defined = codes_of(Side::Client, version, valid.packet);
    defined.extend(codes_of(Side::Server, version, valid.packet));
    // 3.1 does not write the failure of 3.1.1, but reads it.
    if version == Version::V3_1 && valid.packet == PacketType::Suback {
        defined.push(0x80);
    }
    let undefined: Vec<_> = (0x00..=0xFF).filter(|it| !defined.contains(it)).collect();
    let code = c.pick(&undefined);
    let place = if LISTS.contains(&valid.packet) {
        let index = c.below(draft.payload.len());
        if let Some(first_wrong) = draft.payload.get_mut(index) {
            *first_wrong = code;
        }
        Place::Payload(index)
    } else {
        if valid.packet == PacketType::Connack {
            set(&mut draft, 0, 0);
        }
        Place::Fixed(set_code(&valid, &mut draft, code))
    };
    Case::new(&valid, draft, place, c)
}

/// §4.12, §4.12.1, Table 3-11: who sends which code of AUTH.
pub(super) fn code_sender(c: &mut Choices<'_>) -> Case {
    let packet = PacketType::Auth;
    let sender = c.pick(&[Side::Client, Side::Server]);
    let other = match sender {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    };
    let valid = packet_from(sender, Version::V5_0, packet, c);
    let own = codes_of(sender, Version::V5_0, packet);
    let mut codes = codes_of(other, Version::V5_0, packet);
    codes.retain(|code| !own.contains(code));
    let code = c.pick(&codes);
    let mut draft = in_any_form(&valid, valid.draft(), c);
    let place = Place::Fixed(set_code(&valid, &mut draft, code));
    // Remaining Length 0 says 0x00, §3.15.2.1.
    if sender == Side::Client && c.one_in(4) {
        draft.fixed.clear();
        draft.properties = None;
    }
    Case::new(&valid, draft, place, c).sent_by(sender)
}

/// §2.4, §3.9.3, §3.11.3
pub(super) fn no_codes(version: Version, c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = match version {
        Version::V5_0 => one_of(&LISTS, version, c),
        Version::V3_1 | Version::V3_1_1 => one_of(&[PacketType::Suback], version, c),
    };
    draft.payload.clear();
    Case::new(&valid, draft, Place::Payload(0), c)
}

/// Table 2-5: packets without payload.
pub(super) fn trailing_bytes(c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Connack,
        PacketType::Puback,
        PacketType::Pubrec,
        PacketType::Pubrel,
        PacketType::Pubcomp,
        PacketType::Disconnect,
        PacketType::Auth,
    ];
    let (valid, mut draft) = one_of(&packets, Version::V5_0, c);
    draft.payload = c.bytes(5);
    draft.payload.push(c.byte());
    Case::new(&valid, draft, Place::Payload(0), c)
}

/// The packet, without Property Length if it can do without.
fn in_any_form(valid: &Valid, mut whole: Draft, c: &mut Choices<'_>) -> Draft {
    if valid.has_short_forms() && c.one_in(2) {
        whole.properties = None;
    }
    whole
}

/// Changes the code that stands before the properties; returns its index.
fn set_code(valid: &Valid, draft: &mut Draft, code: u8) -> usize {
    let index = match valid.packet {
        PacketType::Connack => 1,
        PacketType::Disconnect | PacketType::Auth => 0,
        _ => 2,
    };
    set(draft, index, code);
    index
}

/// Changes one of the bytes before the properties.
fn set(draft: &mut Draft, index: usize, byte: u8) {
    if let Some(changed) = draft.fixed.get_mut(index) {
        *changed = byte;
    }
}
