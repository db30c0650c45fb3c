//! The bytes that everybody decodes and encodes, made here from the tables of the specification.

use crate::visit::{Trace, Visit};

/// Which protocol the packets of a workload belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    V5,
    V311,
}

/// A contiguous run of packets.
#[derive(Debug)]
pub struct Workload {
    pub name: &'static str,
    pub what: &'static str,
    pub protocol: Protocol,
    pub bytes: Vec<u8>,
    /// Where each packet ends in `bytes`.
    pub ends: Vec<usize>,
    /// What is in each packet.
    pub expected: Vec<Trace>,
}

impl Workload {
    fn new(name: &'static str, what: &'static str, protocol: Protocol, packets: &[Spec]) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        let mut expected = Vec::new();
        for packet in packets {
            packet.write(protocol, &mut bytes);
            ends.push(bytes.len());
            expected.push(packet.trace());
        }
        Self {
            name,
            what,
            protocol,
            bytes,
            ends,
            expected,
        }
    }

    /// How many packets there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of each packet by itself.
    pub fn packets(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.bytes[start..end])
    }
}

const CONNACK: u8 = 0x20;
const PUBACK: u8 = 0x40;
const PUBREC: u8 = 0x50;
const PUBREL: u8 = 0x62;
const PUBCOMP: u8 = 0x70;
const SUBACK: u8 = 0x90;
const UNSUBACK: u8 = 0xB0;
const DISCONNECT: u8 = 0xE0;

#[derive(Debug, Clone)]
enum Property {
    Byte(u8, u8),
    Two(u8, u16),
    Four(u8, u32),
    Text(u8, &'static str),
    Binary(u8, &'static [u8]),
    Pair(&'static str, &'static str),
}

/// A packet, described.
#[derive(Debug, Clone, Default)]
struct Spec {
    first: u8,
    session_present: Option<bool>,
    packet_id: Option<u16>,
    codes: Vec<u8>,
    properties: Vec<Property>,
}

impl Spec {
    fn ack(first: u8, packet_id: u16) -> Self {
        Self {
            first,
            packet_id: Some(packet_id),
            codes: vec![0],
            ..Self::default()
        }
    }

    fn with_codes(first: u8, packet_id: u16, codes: Vec<u8>) -> Self {
        Self {
            first,
            packet_id: Some(packet_id),
            codes,
            ..Self::default()
        }
    }

    fn disconnect(code: u8, properties: Vec<Property>) -> Self {
        Self {
            first: DISCONNECT,
            codes: vec![code],
            properties,
            ..Self::default()
        }
    }

    fn connack(session_present: bool, code: u8, properties: Vec<Property>) -> Self {
        let session_present = Some(session_present);
        Self {
            first: CONNACK,
            session_present,
            codes: vec![code],
            properties,
            ..Self::default()
        }
    }

    /// Writes the shortest legal form, in the order of the specification.
    fn write(&self, protocol: Protocol, out: &mut Vec<u8>) {
        let mut properties = Vec::new();
        for property in &self.properties {
            match *property {
                Property::Byte(id, value) => properties.extend([id, value]),
                Property::Two(id, value) => {
                    properties.push(id);
                    properties.extend(value.to_be_bytes());
                }
                Property::Four(id, value) => {
                    properties.push(id);
                    properties.extend(value.to_be_bytes());
                }
                Property::Text(id, value) => {
                    properties.push(id);
                    prefixed(value.as_bytes(), &mut properties);
                }
                Property::Binary(id, value) => {
                    properties.push(id);
                    prefixed(value, &mut properties);
                }
                Property::Pair(name, value) => {
                    properties.push(0x26);
                    prefixed(name.as_bytes(), &mut properties);
                    prefixed(value.as_bytes(), &mut properties);
                }
            }
        }

        let mut body = Vec::new();
        let section = |body: &mut Vec<u8>| {
            variable(properties.len(), body);
            body.extend(&properties);
        };
        body.extend(self.session_present.map(u8::from));
        body.extend(self.packet_id.into_iter().flat_map(u16::to_be_bytes));
        match (protocol, self.first) {
            (Protocol::V311, CONNACK | SUBACK) => body.extend(&self.codes),
            (Protocol::V311, _) => {}
            (Protocol::V5, SUBACK | UNSUBACK) => {
                section(&mut body);
                body.extend(&self.codes);
            }
            (Protocol::V5, CONNACK) => {
                body.extend(&self.codes);
                section(&mut body);
            }
            (Protocol::V5, _) if self.properties.is_empty() => {
                body.extend(self.codes.iter().filter(|&&code| code != 0))
            }
            (Protocol::V5, _) => {
                body.extend(&self.codes);
                section(&mut body);
            }
        }
        out.push(self.first);
        variable(body.len(), out);
        out.extend(body);
    }

    fn trace(&self) -> Trace {
        let mut trace = Trace::default();
        trace.kind(self.first);
        if let Some(present) = self.session_present {
            trace.session_present(present);
        }
        if let Some(id) = self.packet_id {
            trace.packet_id(id);
        }
        for &code in &self.codes {
            trace.code(code, |code| code);
        }
        for property in &self.properties {
            match *property {
                Property::Byte(id, value) => trace.number(id, value.into()),
                Property::Two(id, value) => trace.number(id, value.into()),
                Property::Four(id, value) => trace.number(id, value),
                Property::Text(id, value) => trace.text(id, value),
                Property::Binary(id, value) => trace.binary(id, value),
                Property::Pair(name, value) => trace.pair(name, value),
            }
        }
        trace
    }
}

fn prefixed(value: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(value.len()).expect("a workload's strings are short");
    out.extend(length.to_be_bytes());
    out.extend(value);
}

fn variable(mut value: usize, out: &mut Vec<u8>) {
    while value > 0x7F {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A small deterministic generator (a linear congruential one, upper half used): the same bytes in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn packet_id(&mut self) -> u16 {
        1 + self.below(65_535) as u16
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The twelve codes of SUBACK in 5.0; granted ones come up more often.
const SUBACK_CODES: [u8; 20] = [
    0x00, 0x01, 0x02, 0x00, 0x01, 0x02, 0x00, 0x01, 0x02, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91,
    0x97, 0x9E, 0xA1, 0xA2,
];

/// All workloads, in order.
pub fn all() -> Vec<Workload> {
    let mut random = Random(0x6D71_7474);

    let w1: Vec<_> = (0..10_000)
        .map(|_| Spec::ack(PUBACK, random.packet_id()))
        .collect();

    let w2: Vec<_> = (0..2_000)
        .map(|_| Spec {
            codes: vec![0x87],
            properties: vec![
                Property::Text(0x1F, "no publish right for it."),
                Property::Pair("trace-id", "4bf92f3577b34da6"),
            ],
            ..Spec::ack(PUBACK, random.packet_id())
        })
        .collect();

    let w3 = vec![Spec::connack(true, 0x00, every_connack_property()); 1_000];

    let w4: Vec<_> = (0..1_000)
        .map(|_| {
            let codes = (0..64)
                .map(|_| SUBACK_CODES[random.below(SUBACK_CODES.len())])
                .collect();
            Spec::with_codes(SUBACK, random.packet_id(), codes)
        })
        .collect();

    let w5 =
        vec![Spec::disconnect(0x8E, vec![Property::Text(0x1F, "same client, other host.")]); 2_000];

    let mut w6 = Vec::new();
    for index in 0..10_000 {
        let id = random.packet_id();
        w6.push(match index % 100 {
            0..70 => Spec::ack(PUBACK, id),
            70..80 => Spec::ack(PUBREC, id),
            80..90 => Spec::ack(PUBREL, id),
            90..95 => Spec::ack(PUBCOMP, id),
            95..98 => Spec::with_codes(SUBACK, id, (0..3).map(|_| random.below(3) as u8).collect()),
            98 => Spec::disconnect(0x8E, vec![Property::Text(0x1F, "same client, other host.")]),
            _ => Spec::connack(false, 0x00, six_connack_properties()),
        });
    }
    random.shuffle(&mut w6);

    let mut w7 = Vec::new();
    for index in 0..10_000 {
        let id = random.packet_id();
        let bare = |first| Spec {
            codes: vec![],
            ..Spec::ack(first, id)
        };
        w7.push(match index % 100 {
            0..60 => bare(PUBACK),
            60..70 => bare(PUBREC),
            70..80 => bare(PUBREL),
            80..90 => bare(PUBCOMP),
            90..95 => Spec::with_codes(
                SUBACK,
                id,
                (0..3)
                    .map(|_| [0x00, 0x01, 0x02, 0x80][random.below(4)])
                    .collect(),
            ),
            95..98 => bare(UNSUBACK),
            98 => Spec::connack(index % 200 > 99, 0x00, vec![]),
            _ => Spec::connack(false, 0x05, vec![]),
        });
    }
    random.shuffle(&mut w7);

    use Protocol::{V5, V311};
    vec![
        Workload::new("W1", "PUBACK, short form, 4 bytes", V5, &w1),
        Workload::new(
            "W2",
            "PUBACK 0x87, Reason String 24, one User Property 8/16, 62 bytes",
            V5,
            &w2,
        ),
        Workload::new("W3", "CONNACK with all 17 properties, 212 bytes", V5, &w3),
        Workload::new("W4", "SUBACK with 64 codes, 69 bytes", V5, &w4),
        Workload::new("W5", "DISCONNECT 0x8E, Reason String 24, 31 bytes", V5, &w5),
        Workload::new(
            "W6",
            "5.0 mix: 70 % PUBACK, 10 % PUBREC, 10 % PUBREL, 5 % PUBCOMP, all short; 3 % SUBACK with 3 codes, \
             1 % DISCONNECT with text, 1 % CONNACK with 6 properties",
            V5,
            &w6,
        ),
        Workload::new(
            "W7",
            "3.1.1 mix: 60 % PUBACK, 10 % PUBREC, 10 % PUBREL, 10 % PUBCOMP, 5 % SUBACK with 3 codes, 3 % UNSUBACK, \
             2 % CONNACK",
            V311,
            &w7,
        ),
    ]
}

/// In the order of sections 3.2.2.3.2 to 3.2.2.3.18.
fn every_connack_property() -> Vec<Property> {
    vec![
        Property::Four(0x11, 3_600),
        Property::Two(0x21, 1_024),
        Property::Byte(0x24, 1),
        Property::Byte(0x25, 1),
        Property::Four(0x27, 1_048_576),
        Property::Text(0x12, "auto-0191f3c7a2e47b6d99c"),
        Property::Two(0x22, 64),
        Property::Text(0x1F, "welcome back, session restored."),
        Property::Pair("trace-id", "4bf92f3577b34da6"),
        Property::Byte(0x28, 1),
        Property::Byte(0x29, 0),
        Property::Byte(0x2A, 1),
        Property::Two(0x13, 60),
        Property::Text(0x1A, "response/eu-west/0042/"),
        Property::Text(0x1C, "mqtt-2.example.org:8883"),
        Property::Text(0x15, "SCRAM-SHA-256"),
        Property::Binary(
            0x16,
            b"\x9c\x01\xf4\x73\x00\x5e\xd8\x22\xb7\x6a\xff\x10\x84\x3d\xe9\x57",
        ),
    ]
}

fn six_connack_properties() -> Vec<Property> {
    vec![
        Property::Four(0x11, 3_600),
        Property::Two(0x21, 1_024),
        Property::Four(0x27, 1_048_576),
        Property::Text(0x12, "auto-0191f3c7a2e47b6d99c"),
        Property::Two(0x22, 64),
        Property::Two(0x13, 60),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_description() {
        let size = |workload: &Workload| {
            (
                workload.len(),
                workload.packets().map(<[u8]>::len).collect::<Vec<_>>(),
            )
        };
        let all = all();
        for (workload, (count, bytes)) in all.iter().zip([
            (10_000, 4),
            (2_000, 62),
            (1_000, 212),
            (1_000, 69),
            (2_000, 31),
        ]) {
            assert_eq!(
                size(workload),
                (count, vec![bytes; count]),
                "{}",
                workload.name
            );
        }
        assert_eq!(all[5].len(), 10_000);
        assert_eq!(all[6].len(), 10_000);
    }

    #[test]
    fn bytes_are_those_of_the_specification() {
        let all = all();
        let first = |index: usize| all[index].packets().next().expect("no workload is empty");
        assert_eq!(first(0)[..2], [0x40, 0x02]);
        assert_eq!(
            [&first(1)[..2], &first(1)[4..8]].concat(),
            [0x40, 60, 0x87, 56, 0x1F, 0x00],
            "id, code, Property Length, Reason String"
        );
        assert_eq!(first(2)[..7], [0x20, 0xD1, 0x01, 0x01, 0x00, 0xCD, 0x01]);
        assert_eq!(first(3)[..2], [0x90, 67]);
        assert_eq!(first(4)[..7], [0xE0, 29, 0x8E, 27, 0x1F, 0x00, 24]);
    }
}
