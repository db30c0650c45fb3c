//! The bytes that everybody decodes and encodes, made here from the tables of the specification.
//!
//! Shared by path: `benches`, `benches/peers` and `tests/allocations.rs` include this file.

pub mod visit;

use self::visit::{Trace, Visit};

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
            .map(|(start, &end)| self.bytes.get(start..end).unwrap_or_default())
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
const AUTH: u8 = 0xF0;

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

    /// A packet of 3.1.1 that is a Packet Identifier and nothing else.
    fn bare(first: u8, packet_id: u16) -> Self {
        Self::with_codes(first, packet_id, vec![])
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
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

/// A small deterministic generator (a linear congruential one, upper half used): the same bytes in every run.
struct Random(u64);

impl Random {
    #[expect(clippy::cast_possible_truncation, reason = "less than the bound")]
    fn below(&mut self, bound: u16) -> u16 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u16
    }

    fn packet_id(&mut self) -> u16 {
        1 + self.below(u16::MAX)
    }

    fn one_of(&mut self, codes: &[u8]) -> u8 {
        let count = u16::try_from(codes.len()).unwrap_or(u16::MAX);
        let index = self.below(count);
        codes.get(usize::from(index)).copied().unwrap_or_default()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        let count = u16::try_from(items.len()).expect("a workload has thousands of packets");
        for last in (1..count).rev() {
            items.swap(last.into(), self.below(last + 1).into());
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
            let codes = (0..64).map(|_| random.one_of(&SUBACK_CODES)).collect();
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
            95..98 => {
                let codes = (0..3).map(|_| random.one_of(&[0x00, 0x01, 0x02])).collect();
                Spec::with_codes(SUBACK, id, codes)
            }
            98 => Spec::disconnect(0x8E, vec![Property::Text(0x1F, "same client, other host.")]),
            _ => Spec::connack(false, 0x00, six_connack_properties()),
        });
    }
    random.shuffle(&mut w6);

    let mut w7 = Vec::new();
    for index in 0..10_000 {
        let id = random.packet_id();
        w7.push(match index % 100 {
            0..60 => Spec::bare(PUBACK, id),
            60..70 => Spec::bare(PUBREC, id),
            70..80 => Spec::bare(PUBREL, id),
            80..90 => Spec::bare(PUBCOMP, id),
            90..95 => {
                let codes = (0..3)
                    .map(|_| random.one_of(&[0x00, 0x01, 0x02, 0x80]))
                    .collect();
                Spec::with_codes(SUBACK, id, codes)
            }
            95..98 => Spec::bare(UNSUBACK, id),
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

/// One packet of every kind, in the forms that are sent most, each a thousand times.
pub fn typical() -> Vec<Workload> {
    use Protocol::{V5, V311};
    let text = || vec![Property::Text(0x1F, "no publish right for it.")];
    let method = vec![
        Property::Text(0x15, "SCRAM-SHA-256"),
        Property::Binary(0x16, b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"),
    ];
    let ack = |first| Spec::ack(first, 10);
    let refused = |first, code| Spec {
        codes: vec![code],
        ..ack(first)
    };
    let forms = [
        (
            "CONNACK",
            V5,
            Spec::connack(false, 0x00, six_connack_properties()),
        ),
        (
            "CONNACK, refusal with text",
            V5,
            Spec::connack(false, 0x87, text()),
        ),
        ("PUBACK", V5, ack(PUBACK)),
        ("PUBACK, refusal", V5, refused(PUBACK, 0x87)),
        (
            "PUBACK, refusal with text",
            V5,
            Spec {
                properties: text(),
                ..refused(PUBACK, 0x87)
            },
        ),
        ("PUBREC", V5, ack(PUBREC)),
        ("PUBREL", V5, ack(PUBREL)),
        ("PUBCOMP", V5, ack(PUBCOMP)),
        ("SUBACK", V5, Spec::with_codes(SUBACK, 10, vec![1])),
        ("UNSUBACK", V5, Spec::with_codes(UNSUBACK, 10, vec![0])),
        ("DISCONNECT", V5, Spec::disconnect(0x00, vec![])),
        ("DISCONNECT, code", V5, Spec::disconnect(0x8B, vec![])),
        ("DISCONNECT, text", V5, Spec::disconnect(0x8E, text())),
        (
            "AUTH",
            V5,
            Spec {
                first: AUTH,
                ..Spec::disconnect(0x18, method)
            },
        ),
        ("3.1.1 CONNACK", V311, Spec::connack(true, 0x00, vec![])),
        ("3.1.1 PUBACK", V311, Spec::bare(PUBACK, 10)),
        ("3.1.1 PUBREC", V311, Spec::bare(PUBREC, 10)),
        ("3.1.1 PUBREL", V311, Spec::bare(PUBREL, 10)),
        ("3.1.1 PUBCOMP", V311, Spec::bare(PUBCOMP, 10)),
        ("3.1.1 SUBACK", V311, Spec::with_codes(SUBACK, 10, vec![1])),
        ("3.1.1 UNSUBACK", V311, Spec::bare(UNSUBACK, 10)),
        (
            "3.1.1 DISCONNECT",
            V311,
            Spec {
                first: DISCONNECT,
                ..Spec::default()
            },
        ),
    ];
    let repeated = |(name, protocol, spec)| Workload::new(name, "", protocol, &vec![spec; 1_000]);
    forms.into_iter().map(repeated).collect()
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
