//! What a reader does with a decoded packet: looks at each code and at each property once.

use std::hint::black_box;

use mqtt_reason::v5::{Packet, Property};
use mqtt_reason::{Code, CodeList, v3};

use crate::workloads::visit::Visit;

/// Shows a packet of 5.0 to `visit`.
#[inline(always)]
pub(crate) fn walk_v5(packet: &Packet<'_>, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id().get());
            visit.code($ack.reason(), |code| code.as_u8());
            properties($ack.properties(), visit);
        }};
    }
    match black_box(packet) {
        Packet::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.reason(), |code| code.as_u8());
            properties(connack.properties(), visit);
        }
        Packet::Puback(ack) => ack!(0x40, ack),
        Packet::Pubrec(ack) => ack!(0x50, ack),
        Packet::Pubrel(ack) => ack!(0x62, ack),
        Packet::Pubcomp(ack) => ack!(0x70, ack),
        Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id().get());
            properties(ack.properties(), visit);
            codes(ack.reasons(), visit);
        }
        Packet::Unsuback(ack) => {
            visit.kind(0xB0);
            visit.packet_id(ack.packet_id().get());
            properties(ack.properties(), visit);
            codes(ack.reasons(), visit);
        }
        Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason(), |code| code.as_u8());
            properties(disconnect.properties(), visit);
        }
        Packet::Auth(auth) => {
            visit.kind(0xF0);
            visit.code(auth.reason(), |code| code.as_u8());
            properties(auth.properties(), visit);
        }
    }
}

/// Shows a packet of 3.1.1 to `visit`.
#[inline(always)]
pub(crate) fn walk_v3(packet: &v3::Packet<'_>, visit: &mut impl Visit) {
    let (first, id) = match black_box(packet) {
        v3::Packet::Puback(id) => (0x40, id),
        v3::Packet::Pubrec(id) => (0x50, id),
        v3::Packet::Pubrel(id) => (0x62, id),
        v3::Packet::Pubcomp(id) => (0x70, id),
        v3::Packet::Unsuback(id) => (0xB0, id),
        v3::Packet::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.return_code(), |code| code.as_u8());
            return;
        }
        v3::Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id().get());
            codes(ack.return_codes(), visit);
            return;
        }
        v3::Packet::Disconnect => return visit.kind(0xE0),
    };
    visit.kind(first);
    visit.packet_id(id.get());
}

fn properties<'a>(properties: impl IntoIterator<Item = Property<'a>>, visit: &mut impl Visit) {
    for property in properties {
        match property {
            Property::SessionExpiryInterval(value) => visit.number(0x11, value),
            Property::AssignedClientIdentifier(value) => visit.text(0x12, value),
            Property::ServerKeepAlive(value) => visit.number(0x13, value.into()),
            Property::AuthenticationMethod(value) => visit.text(0x15, value),
            Property::AuthenticationData(value) => visit.binary(0x16, value),
            Property::ResponseInformation(value) => visit.text(0x1A, value),
            Property::ServerReference(value) => visit.text(0x1C, value),
            Property::ReasonString(value) => visit.text(0x1F, value),
            Property::ReceiveMaximum(value) => visit.number(0x21, value.get().into()),
            Property::TopicAliasMaximum(value) => visit.number(0x22, value.into()),
            Property::MaximumQos(value) => visit.number(0x24, value.as_u8().into()),
            Property::RetainAvailable(value) => visit.number(0x25, value.into()),
            Property::UserProperty(name, value) => visit.pair(name, value),
            Property::MaximumPacketSize(value) => visit.number(0x27, value.get()),
            Property::WildcardSubscriptionAvailable(value) => visit.number(0x28, value.into()),
            Property::SubscriptionIdentifiersAvailable(value) => visit.number(0x29, value.into()),
            Property::SharedSubscriptionAvailable(value) => visit.number(0x2A, value.into()),
            _ => {}
        }
    }
}

#[inline(always)]
fn codes<C: Code>(codes: CodeList<'_, C>, visit: &mut impl Visit) {
    for code in codes {
        visit.code(code, C::as_u8);
    }
}
