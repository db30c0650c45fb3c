//! Every property identifier in every packet, against one table typed out from Table 2-4.

use mqtt_reason::{Decoded, ErrorClass, ErrorKind, PropertyId, v5};

/// Identifier, a valid value, and the reason-coded packets that may carry it: C CONNACK, P the six acknowledgements,
/// D DISCONNECT, A AUTH.
const TABLE_2_4: [(u8, &[u8], &str); 17] = [
    (0x11, &[0, 0, 0, 1], "CD"),
    (0x12, &[0, 1, b'a'], "C"),
    (0x13, &[0, 1], "C"),
    (0x15, &[0, 1, b'a'], "CA"),
    (0x16, &[0, 1, 0xFF], "CA"),
    (0x1A, &[0, 1, b'a'], "C"),
    (0x1C, &[0, 1, b'a'], "CD"),
    (0x1F, &[0, 1, b'a'], "CPDA"),
    (0x21, &[0, 1], "C"),
    (0x22, &[0, 0], "C"),
    (0x24, &[0], "C"),
    (0x25, &[0], "C"),
    (0x26, &[0, 1, b'a', 0, 1, b'b'], "CPDA"),
    (0x27, &[0, 0, 0, 1], "C"),
    (0x28, &[0], "C"),
    (0x29, &[1], "C"),
    (0x2A, &[1], "C"),
];

/// A packet with this property section.
struct Packet {
    letter: char,
    first: u8,
    before: &'static [u8],
    /// Properties that the packet cannot do without.
    required: &'static [u8],
    after: &'static [u8],
}

const METHOD: &[u8] = &[0x15, 0x00, 0x01, b'm'];

const PACKETS: [Packet; 9] = [
    Packet {
        letter: 'C',
        first: 0x20,
        before: &[0, 0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'P',
        first: 0x40,
        before: &[0, 1, 0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'P',
        first: 0x50,
        before: &[0, 1, 0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'P',
        first: 0x62,
        before: &[0, 1, 0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'P',
        first: 0x70,
        before: &[0, 1, 0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'P',
        first: 0x90,
        before: &[0, 1],
        required: &[],
        after: &[0],
    },
    Packet {
        letter: 'P',
        first: 0xB0,
        before: &[0, 1],
        required: &[],
        after: &[0],
    },
    Packet {
        letter: 'D',
        first: 0xE0,
        before: &[0],
        required: &[],
        after: &[],
    },
    Packet {
        letter: 'A',
        first: 0xF0,
        before: &[0x18],
        required: METHOD,
        after: &[],
    },
];

impl Packet {
    fn with(&self, properties: &[u8]) -> Vec<u8> {
        let length = u8::try_from(properties.len()).unwrap();
        let body = [self.before, &[length], properties, self.after].concat();
        [
            &[self.first, u8::try_from(body.len()).unwrap()],
            body.as_slice(),
        ]
        .concat()
    }

    /// Where the properties start.
    fn offset(&self) -> usize {
        2 + self.before.len() + 1
    }
}

#[test]
fn takes_the_properties_of_each_packet_and_no_others() {
    for packet in &PACKETS {
        for id in 0..=u8::MAX {
            let row = TABLE_2_4.iter().find(|row| row.0 == id);
            let value = row.map_or(&[0, 1, b'a'][..], |row| row.1);
            let required = if id == 0x15 { &[] } else { packet.required };
            let bytes = packet.with(&[&[id], value, required].concat());
            let result = v5::decode(&bytes);
            if row.is_some_and(|row| row.2.contains(packet.letter)) {
                let Ok(Decoded::Packet { packet, len }) = result else {
                    panic!("{bytes:02x?}: {result:?}");
                };
                assert_eq!(len, bytes.len());
                assert_eq!(packet.properties().iter().next().unwrap().id().as_u8(), id);
                continue;
            }
            let error = result.expect_err("a property that is not the packet's");
            assert_eq!(error.class(), ErrorClass::MalformedPacket);
            assert_eq!((error.offset(), error.rule()), (packet.offset(), "2.2.2.2"));
            match (PropertyId::from_u8(id), error.kind()) {
                (None, ErrorKind::UnknownProperty { id: found, .. }) => assert_eq!(found, id),
                (Some(known), ErrorKind::PropertyNotAllowed { id: found, .. }) => {
                    assert_eq!(found, known);
                }
                other => panic!("{bytes:02x?}: {other:?}"),
            }
        }
    }
}

#[test]
fn takes_each_property_once_and_user_properties_again_and_again() {
    for packet in &PACKETS {
        for (id, value, packets) in TABLE_2_4 {
            if !packets.contains(packet.letter) {
                continue;
            }
            let required = if id == 0x15 { &[] } else { packet.required };
            let one = [&[id], value].concat();
            let bytes = packet.with(&[required, &one, &one].concat());
            let result = v5::decode(&bytes);
            if id == 0x26 {
                assert!(result.is_ok(), "{bytes:02x?}");
                continue;
            }
            let error = result.expect_err("a property twice");
            assert_eq!(error.class(), ErrorClass::ProtocolError);
            assert_eq!(error.offset(), packet.offset() + required.len() + one.len());
            assert!(
                matches!(error.kind(), ErrorKind::DuplicateProperty { id: found, .. } if found.as_u8() == id)
            );
        }
    }
}

#[test]
fn refuses_the_values_that_their_sections_forbid() {
    let connack = &PACKETS[0];
    for (id, len) in [(0x21_u8, 2_usize), (0x27, 4)] {
        let bytes = connack.with(&[&[id], &vec![0; len][..]].concat());
        let error = v5::decode(&bytes).expect_err("0 is forbidden");
        assert_eq!(error.class(), ErrorClass::ProtocolError);
        assert_eq!(error.offset(), connack.offset() + 1);
    }
    for id in [0x24, 0x25, 0x28, 0x29, 0x2A] {
        for value in 0..=u8::MAX {
            let bytes = connack.with(&[id, value]);
            let result = v5::decode(&bytes);
            assert_eq!(result.is_ok(), value < 2, "{id:#04x} {value}");
            if let Err(error) = result {
                assert_eq!(error.class(), ErrorClass::ProtocolError);
                assert_eq!(error.offset(), connack.offset() + 1);
            }
        }
    }
}

#[test]
fn names_the_section_that_describes_a_property() {
    let rule = |packet: &Packet, property: &[u8]| {
        let properties = [packet.required, property, property].concat();
        v5::decode(&packet.with(&properties)).unwrap_err().rule()
    };
    let reason_string: &[u8] = &[0x1F, 0, 0];
    let sections = [
        "3.2.2.3.9",
        "3.4.2.2.2",
        "3.5.2.2.2",
        "3.6.2.2.2",
        "3.7.2.2.2",
        "3.9.2.1.2",
        "3.11.2.1.2",
        "3.14.2.2.3",
        "3.15.2.2.4",
    ];
    for (packet, section) in PACKETS.iter().zip(sections) {
        assert_eq!(rule(packet, reason_string), section);
    }
    let connack = [
        (0x11, "3.2.2.3.2"),
        (0x12, "3.2.2.3.7"),
        (0x13, "3.2.2.3.14"),
        (0x15, "3.2.2.3.17"),
        (0x16, "3.2.2.3.18"),
        (0x1A, "3.2.2.3.15"),
        (0x1C, "3.2.2.3.16"),
        (0x21, "3.2.2.3.3"),
        (0x22, "3.2.2.3.8"),
        (0x24, "3.2.2.3.4"),
        (0x25, "3.2.2.3.5"),
        (0x27, "3.2.2.3.6"),
        (0x28, "3.2.2.3.11"),
        (0x29, "3.2.2.3.12"),
        (0x2A, "3.2.2.3.13"),
    ];
    for (id, section) in connack {
        let (_, value, _) = TABLE_2_4.iter().find(|row| row.0 == id).unwrap();
        assert_eq!(rule(&PACKETS[0], &[&[id], *value].concat()), section);
    }
    assert_eq!(rule(&PACKETS[7], &[0x11, 0, 0, 0, 0]), "3.14.2.2.2");
    assert_eq!(rule(&PACKETS[7], &[0x1C, 0, 0]), "3.14.2.2.5");
    assert_eq!(rule(&PACKETS[8], &[0x15, 0, 0]), "3.15.2.2.2");
    assert_eq!(rule(&PACKETS[8], &[0x16, 0, 0]), "3.15.2.2.3");
}
