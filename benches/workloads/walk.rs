//! What a reader does with a decoded packet: looks at each code and at each property once.

use std::hint::black_box;

use mqtt_reason::v5::{Packet, PropertyIter};
use mqtt_reason::{Code, CodeList, v3};

/// Reads a packet of 5.0.
#[inline(always)]
pub(crate) fn walk_v5(packet: &Packet<'_>) {
    match black_box(packet) {
        Packet::Connack(connack) => properties(connack.properties.iter()),
        Packet::Puback(ack) => properties(ack.properties.iter()),
        Packet::Pubrec(ack) => properties(ack.properties.iter()),
        Packet::Pubrel(ack) => properties(ack.properties.iter()),
        Packet::Pubcomp(ack) => properties(ack.properties.iter()),
        Packet::Suback(ack) => {
            properties(ack.properties.iter());
            codes(ack.reasons);
        }
        Packet::Unsuback(ack) => {
            properties(ack.properties.iter());
            codes(ack.reasons);
        }
        Packet::Disconnect(disconnect) => properties(disconnect.properties.iter()),
        Packet::Auth(auth) => properties(auth.properties.iter()),
        _ => {}
    }
}

/// Reads a packet of 3.1.1.
#[inline(always)]
pub(crate) fn walk_v3(packet: &v3::Packet<'_>) {
    if let v3::Packet::Suback(suback) = black_box(packet) {
        codes(suback.return_codes);
    }
}

#[inline(always)]
fn properties(properties: PropertyIter<'_>) {
    for property in properties {
        black_box(&property);
    }
}

#[inline(always)]
fn codes<C: Code>(codes: CodeList<'_, C>) {
    for code in codes {
        black_box(code);
    }
}
