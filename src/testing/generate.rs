//! How a valid packet is drawn.

use std::vec::Vec;

use super::choices::Choices;
use super::property::{Owned, allowed};
use super::valid::{Form, Valid};
use crate::packet_type::{PacketType, SentBy, Side, Version};
use crate::reason::ReasonCode;
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::PacketId;
use crate::v3::{ConnackReturnCode, SubackReturnCode};

/// The packet types that are drawn in a version, in the order of their numbers.
pub(crate) fn packet_types(version: Version) -> &'static [PacketType] {
    static ALL: [PacketType; 9] = PacketType::REASON_CODED;
    match (version, ALL.split_last()) {
        (Version::V3_1 | Version::V3_1_1, Some((_auth, others))) => others,
        _ => &ALL,
    }
}

/// A packet of any type.
pub(crate) fn any_packet(version: Version, c: &mut Choices<'_>) -> Valid {
    let packet = c.pick(packet_types(version));
    any_sender(version, packet, c)
}

/// A packet of this type from either side that may send it.
pub(crate) fn any_sender(version: Version, packet: PacketType, c: &mut Choices<'_>) -> Valid {
    let sender = match version.sender_of(packet) {
        SentBy::Client => Side::Client,
        SentBy::Server => Side::Server,
        SentBy::Either => c.pick(&[Side::Server, Side::Client]),
    };
    packet_from(sender, version, packet, c)
}

/// A packet of this type from this side, which may send it.
pub(crate) fn packet_from(
    sender: Side,
    version: Version,
    packet: PacketType,
    c: &mut Choices<'_>,
) -> Valid {
    let is_large = c.draws_large();
    c.large(is_large, |c| c.group(|c| draw(sender, version, packet, c)))
}

fn draw(sender: Side, version: Version, packet: PacketType, c: &mut Choices<'_>) -> Valid {
    let codes = c.group(|c| codes(sender, version, packet, c));
    let may_be_present = packet == PacketType::Connack && version != Version::V3_1;
    let mut valid = Valid {
        version,
        packet,
        sender,
        session_present: may_be_present && codes == [0x00] && c.one_in(2),
        packet_id: c.group(|c| packet_id(packet, c)),
        codes,
        properties: match version {
            Version::V5_0 => properties(sender, packet, c),
            Version::V3_1 | Version::V3_1_1 => Vec::new(),
        },
        form: Form::Whole,
    };
    let forms = Form::ALL.into_iter();
    let forms: Vec<_> = forms.filter(|form| valid.has_form(*form)).collect();
    valid.form = c.pick(&forms);
    valid
}

/// A Packet Identifier where the packet has one, MQTT 5.0 Table 2-3.
fn packet_id(packet: PacketType, c: &mut Choices<'_>) -> Option<PacketId> {
    match packet {
        PacketType::Connack | PacketType::Disconnect | PacketType::Auth => None,
        _ => PacketId::new(c.two_bytes()).or(Some(PacketId::MIN)),
    }
}

/// The codes of the packet's table that this side may send, ascending.
pub(crate) fn codes_of(sender: Side, version: Version, packet: PacketType) -> Vec<u8> {
    match (version, packet) {
        (Version::V5_0, _) => {
            let rows = ReasonCode::table().filter(|row| row.packet == packet);
            rows.filter(|row| row.sent_by.includes(sender))
                .map(|row| row.code.as_u8())
                .collect()
        }
        (_, PacketType::Connack) => all(ConnackReturnCode::ALL),
        // 3.1 has no failure.
        (Version::V3_1, PacketType::Suback) => std::vec![0x00, 0x01, 0x02],
        (_, PacketType::Suback) => all(SubackReturnCode::ALL),
        _ => Vec::new(),
    }
}

fn all<C: Copy + Into<u8>>(codes: &[C]) -> Vec<u8> {
    codes.iter().map(|code| (*code).into()).collect()
}

fn codes(sender: Side, version: Version, packet: PacketType, c: &mut Choices<'_>) -> Vec<u8> {
    let table = codes_of(sender, version, packet);
    let count = match packet {
        _ if table.is_empty() => 0,
        PacketType::Suback | PacketType::Unsuback => match c.below(8) {
            0..=5 => c.between(1, 6),
            6 => c.between(7, 130),
            // A list needs no choice per code to be long.
            _ => {
                let code = c.pick(&table);
                let most = if c.is_large() { 20_000 } else { 400 };
                return std::vec![code; c.mostly(most).max(1)];
            }
        },
        _ => 1,
    };
    (0..count).map(|_| c.pick(&table)).collect()
}

/// How many User Properties a packet has at most.
const MOST_USER_PROPERTIES: usize = 4;

/// Properties in any order, from none to all of them.
fn properties(sender: Side, packet: PacketType, c: &mut Choices<'_>) -> Vec<Owned> {
    // One in so many is left out: half of them, all, a quarter, almost none.
    let left_out = c.pick(&[2, 1, 4, 4000]);
    let mut properties = Vec::new();
    for id in allowed(packet) {
        if !may_send(sender, packet, id) {
            continue;
        }
        let most = match id {
            PropertyId::UserProperty => MOST_USER_PROPERTIES,
            _ => 1,
        };
        for _ in 0..most {
            c.group(|c| {
                let is_drawn = c.below(left_out) > 0;
                let is_needed =
                    packet == PacketType::Auth && id == PropertyId::AuthenticationMethod;
                let lacks_method = id == PropertyId::AuthenticationData
                    && !has(&properties, PropertyId::AuthenticationMethod);
                if is_needed || (is_drawn && !lacks_method) {
                    let property = Owned::generate(id, c);
                    insert(&mut properties, property, c);
                }
            });
        }
    }
    properties
}

fn has(properties: &[Owned], id: PropertyId) -> bool {
    properties.iter().any(|property| property.id == id)
}

/// Whether this side may send a property that the packet may carry: [MQTT-3.14.2-2], §3.14.2.2.5.
pub(crate) fn may_send(sender: Side, packet: PacketType, id: PropertyId) -> bool {
    let cell = Carrier::of(packet).and_then(|carrier| id.use_in(carrier));
    cell.is_none_or(|cell| cell.sent_by.includes(sender))
}

/// Puts an item anywhere; the plainest place is the end. Returns its index.
pub(crate) fn insert<T>(items: &mut Vec<T>, item: T, c: &mut Choices<'_>) -> usize {
    let index = items.len() - c.below(items.len() + 1);
    items.insert(index, item);
    index
}
