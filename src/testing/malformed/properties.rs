//! Defects of the property section and of the properties in it.

use std::vec::Vec;

use super::{Case, any, continuations, one_of};
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::property::{DataType, PropertyId};
use crate::testing::choices::Choices;
use crate::testing::defect::Defect;
use crate::testing::draft::{Draft, Length, Place, variable_byte_integer};
use crate::testing::generate::{insert, may_send, packet_from};
use crate::testing::property::{Owned, Value, allowed, with_length};
use crate::testing::text;
use crate::testing::valid::Valid;

const VERSION: Version = Version::V5_0;

/// §2.2.2.1: the packet ends before the last byte of the length.
pub(super) fn length_truncated(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    draft.properties = Some(Vec::new());
    let count = c.between(1, 3);
    draft.property_length = Length::Raw(continuations(count, c));
    draft.payload.clear();
    Case::new(&valid, draft, Place::PropertyLength, c)
}

/// §1.5.5: a fifth byte.
pub(super) fn length_too_long(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    draft.property_length = Length::Raw(continuations(4, c));
    Case::new(&valid, draft, Place::PropertyLength, c)
}

/// [MQTT-1.5.5-1]
pub(super) fn length_not_minimal(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    let shortest = variable_byte_integer(draft.section_len(), 1).len();
    draft.property_length = Length::Padded(c.between(shortest + 1, 4));
    Case::new(&valid, draft, Place::PropertyLength, c)
}

/// §2.2.2.1: more than what is left of the packet.
pub(super) fn length_past_end(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    let left = draft.section_len() + draft.payload.len();
    let length = match c.below(3) {
        0 => left + 1,
        1 => left + c.between(1, 300),
        _ => 268_435_455,
    };
    draft.property_length = Length::Raw(variable_byte_integer(length, 1));
    Case::new(&valid, draft, Place::PropertyLength, c)
}

/// §2.2.2.2: an identifier that is in no table.
pub(super) fn unknown(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    let ids = (0x00..=0xFF).filter(|id| PropertyId::from_u8(*id).is_none());
    let mut bytes = std::vec![c.pick(&ids.collect::<Vec<_>>())];
    bytes.extend(c.bytes(4));
    let index = insert_bytes(&mut draft, bytes, c);
    Case::new(&valid, draft, Place::Property(index, 0), c)
}

/// §2.2.2.2: a property of other packets, with a value it may have there.
pub(super) fn not_allowed(c: &mut Choices<'_>) -> Case {
    let (valid, mut draft) = any(VERSION, c);
    let allowed = allowed(valid.packet);
    let mut ids = PropertyId::ALL.to_vec();
    ids.retain(|id| !allowed.contains(id));
    let property = Owned::generate(c.pick(&ids), c);
    let index = insert_bytes(&mut draft, property.bytes(), c);
    Case::new(&valid, draft, Place::Property(index, 0), c)
}

/// "It is a Protocol Error to include … more than once", in each property's section.
pub(super) fn duplicate(c: &mut Choices<'_>) -> Case {
    let (mut valid, _) = any(VERSION, c);
    let mut ids = sendable(&valid);
    ids.retain(|id| *id != PropertyId::UserProperty);
    let id = c.pick(&ids);
    if !valid.has(id) {
        let property = Owned::generate(id, c);
        insert(&mut valid.properties, property, c);
    }
    // In front or behind: it is the second one that is wrong.
    let property = Owned::generate(id, c);
    insert(&mut valid.properties, property, c);
    let mut places = (0_usize..).zip(&valid.properties);
    let mut places = places.by_ref().filter(|(_, property)| property.id == id);
    let second = places.nth(1).map_or(0, |(index, _)| index);
    Case::new(&valid, valid.draft(), Place::Property(second, 0), c)
}

/// [MQTT-3.14.2-2]
pub(super) fn sender(c: &mut Choices<'_>) -> Case {
    let packet = PacketType::Disconnect;
    let valid = packet_from(Side::Server, VERSION, packet, c);
    let mut draft = valid.draft();
    let property = Owned::generate(PropertyId::SessionExpiryInterval, c);
    let index = insert_bytes(&mut draft, property.bytes(), c);
    Case::new(&valid, draft, Place::Property(index, 0), c).sent_by(Side::Server)
}

/// [MQTT-3.1.2-29]: not in these packets, and not from the Server.
pub(super) fn problem_information(c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Puback,
        PacketType::Pubrec,
        PacketType::Pubrel,
        PacketType::Pubcomp,
        PacketType::Suback,
        PacketType::Unsuback,
        PacketType::Auth,
    ];
    let packet = c.pick(&packets);
    let mut valid = packet_from(Side::Server, VERSION, packet, c);
    let is_information = |property: &Owned| property.id.is_problem_information();
    if !valid.properties.iter().any(is_information) {
        let id = c.pick(&[PropertyId::ReasonString, PropertyId::UserProperty]);
        let property = Owned::generate(id, c);
        insert(&mut valid.properties, property, c);
    }
    let first = valid.properties.iter().position(is_information);
    let place = Place::Property(first.unwrap_or_default(), 0);
    let mut case = Case::new(&valid, valid.draft(), place, c);
    case.request_problem_information = false;
    case
}

/// §2.2.2.1: the last property does not end where the section does.
pub(super) fn truncated(c: &mut Choices<'_>) -> Case {
    let (mut valid, _) = any(VERSION, c);
    let id = c.pick(&sendable(&valid));
    if id != PropertyId::UserProperty {
        valid.properties.retain(|property| property.id != id);
    }
    let last = Owned::generate(id, c);
    let index = valid.properties.len();
    let whole = last.bytes();
    // Where the second string of a pair starts.
    let second = match &last.value {
        Value::Pair(name, _) => 1 + 2 + name.len(),
        _ => whole.len(),
    };
    valid.properties.push(last);
    let mut draft = valid.draft();
    let kept = c.between(1, whole.len() - 1);
    let mut start = if kept < second { 1 } else { second };
    let property = draft.properties.iter_mut().flatten().last();
    match (property, c.below(3)) {
        // A string or binary data that announces more than there is.
        (Some(property), 1) if has_a_length(&valid) => {
            start = if second < whole.len() { second } else { 1 };
            let actual = whole.len() - start - 2;
            let length = c.between(actual + 1, text::LONGEST);
            let length = u16::try_from(length).unwrap_or(u16::MAX);
            property.splice(start..start + 2, length.to_be_bytes());
        }
        // The section ends inside the property; what is cut off is not left behind it, where it would be wrong again.
        (Some(property), _) => property.truncate(kept),
        (None, _) => {}
    }
    Case::new(&valid, draft, Place::Property(index, start), c)
}

/// Whether the last property ends with a string or binary data whose length can grow.
fn has_a_length(valid: &Valid) -> bool {
    match valid.properties.last().map(|property| &property.value) {
        Some(Value::Text(text) | Value::Pair(_, text)) => text.len() < text::LONGEST,
        Some(Value::Binary(data)) => data.len() < text::LONGEST,
        _ => false,
    }
}

/// §3.2.2.3.3 to §3.2.2.3.6, §3.2.2.3.11 to §3.2.2.3.13: of the nine, only CONNACK has properties with forbidden values.
pub(super) fn forbidden_value(c: &mut Choices<'_>) -> Case {
    let (mut valid, _) = one_of(&[PacketType::Connack], VERSION, c);
    let mut ids = allowed(PacketType::Connack);
    ids.retain(|id| {
        matches!(
            id.data_type(),
            DataType::ZeroOrOne
                | DataType::TwoByteIntegerNotZero
                | DataType::FourByteIntegerNotZero
        )
    });
    let id = c.pick(&ids);
    let value = match id.data_type() {
        DataType::TwoByteIntegerNotZero => Value::Two(0),
        DataType::FourByteIntegerNotZero => Value::Four(0),
        _ => Value::Byte(c.byte_between(2, 0xFF)),
    };
    valid.properties.retain(|property| property.id != id);
    let index = insert(&mut valid.properties, Owned { id, value }, c);
    Case::new(&valid, valid.draft(), Place::Property(index, 1), c)
}

/// §3.15.2.2.2
pub(super) fn no_method(c: &mut Choices<'_>) -> Case {
    let (mut valid, _) = one_of(&[PacketType::Auth], VERSION, c);
    let method = PropertyId::AuthenticationMethod;
    valid.properties.retain(|property| property.id != method);
    Case::new(&valid, valid.draft(), Place::PropertyLength, c)
}

/// [MQTT-1.5.4-1], [MQTT-1.5.4-2], [MQTT-1.5.7-1]: in any string of any packet.
pub(super) fn bad_string(defect: Defect, c: &mut Choices<'_>) -> Case {
    let (mut valid, _) = any(VERSION, c);
    let mut ids = sendable(&valid);
    ids.retain(|id| matches!(id.data_type(), DataType::String | DataType::StringPair));
    let id = c.pick(&ids);
    if id != PropertyId::UserProperty {
        valid.properties.retain(|property| property.id != id);
    }
    let (bad, at) = text::ill_formed(defect, c);
    let mut bytes = std::vec![id.as_u8()];
    let mut start = 1;
    if id == PropertyId::UserProperty && c.one_in(2) {
        with_length(text::text(c).as_bytes(), &mut bytes);
        start = bytes.len();
    }
    with_length(&bad, &mut bytes);
    if id == PropertyId::UserProperty && start == 1 {
        with_length(text::text(c).as_bytes(), &mut bytes);
    }
    let mut draft = valid.draft();
    let index = insert_bytes(&mut draft, bytes, c);
    Case::new(&valid, draft, Place::Property(index, start + 2 + at), c)
}

/// The properties that the packet's sender may put into it.
fn sendable(valid: &Valid) -> Vec<PropertyId> {
    let ids = allowed(valid.packet);
    ids.into_iter()
        .filter(|id| may_send(valid.sender, valid.packet, *id))
        .collect()
}

/// Puts a property anywhere; returns its index.
fn insert_bytes(draft: &mut Draft, property: Vec<u8>, c: &mut Choices<'_>) -> usize {
    insert(draft.properties.get_or_insert_default(), property, c)
}
