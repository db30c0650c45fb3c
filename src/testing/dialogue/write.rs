//! The fifteen packets as bytes, written without the encoders of this crate.

use std::vec::Vec;

use crate::packet_type::Version;

/// A packet with this first byte.
pub(super) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = std::vec![first];
    length(body.len(), &mut bytes);
    bytes.extend_from_slice(body);
    bytes
}

/// A Variable Byte Integer.
fn length(mut length: usize, bytes: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(length % 128).unwrap_or_default();
        length /= 128;
        if length == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

pub(super) fn text(text: &str) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap_or_default();
    [&len.to_be_bytes(), text.as_bytes()].concat()
}

/// A section of properties as it stands in a packet.
#[derive(Default)]
pub(super) struct Properties(Vec<u8>);

impl Properties {
    pub(super) fn byte(&mut self, id: u8, value: u8) {
        self.0.extend([id, value]);
    }

    pub(super) fn two(&mut self, id: u8, value: u16) {
        self.0.push(id);
        self.0.extend(value.to_be_bytes());
    }

    pub(super) fn four(&mut self, id: u8, value: u32) {
        self.0.push(id);
        self.0.extend(value.to_be_bytes());
    }

    pub(super) fn text(&mut self, id: u8, value: &str) {
        self.0.push(id);
        self.0.extend(text(value));
    }

    pub(super) fn user(&mut self, name: &str, value: &str) {
        self.0.push(0x26);
        self.0.extend(text(name));
        self.0.extend(text(value));
    }

    /// The section, which 3.1.1 and 3.1 do not have.
    pub(super) fn section(&self, version: Version) -> Vec<u8> {
        let mut bytes = Vec::new();
        if version == Version::V5_0 {
            length(self.0.len(), &mut bytes);
            bytes.extend_from_slice(&self.0);
        }
        bytes
    }
}

/// A packet that starts with a Packet Identifier.
pub(super) fn with_id(first: u8, id: u16, rest: &[u8]) -> Vec<u8> {
    packet(first, &[&id.to_be_bytes(), rest].concat())
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP in the shortest form for its code, or with properties.
pub(super) fn ack(
    first: u8,
    version: Version,
    id: u16,
    code: u8,
    properties: &Properties,
) -> Vec<u8> {
    match (version, code, properties.0.is_empty()) {
        (Version::V3_1 | Version::V3_1_1, ..) | (_, 0, true) => with_id(first, id, &[]),
        (_, code, true) => with_id(first, id, &[code]),
        _ => with_id(
            first,
            id,
            &[&[code][..], &properties.section(version)].concat(),
        ),
    }
}
