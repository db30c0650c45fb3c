//! What is decoded because nothing forbids it, and remarked on when asked: D13, D18, D20, D21, R58, R76, R102, R103.

use mqtt_reason::odd::{self, Odd};
use mqtt_reason::{PacketType, PropertyId, ReasonCode, Side, Version, v3};

use crate::support::{bytes, id, received, received_v3};

const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// What is odd about a packet of 5.0.
#[track_caller]
fn odd(hex: &str, sender: Option<Side>) -> Vec<Odd> {
    let received = received(hex);
    let packet = received.packet();
    let found: Vec<_> = odd::v5(&packet, sender).collect();
    let any = mqtt_reason::Packet::V5(packet);
    assert!(odd::of(&any, sender).eq(found.iter().copied()));
    found
}

/// MQTT 5.0 Tables 3-4, 3-5, 3-10
#[test]
fn d18_d21_a_code_in_the_wrong_column_is_odd_and_no_other_is() {
    for row in ReasonCode::table() {
        let code = row.code.as_u8();
        let hex = match row.packet {
            PacketType::Puback => format!("40 03 00 0A {code:02X}"),
            PacketType::Pubrec => format!("50 03 00 0A {code:02X}"),
            PacketType::Disconnect => format!("E0 01 {code:02X}"),
            _ => continue,
        };
        assert_eq!(odd(&hex, None), []);
        for (sender, described) in SIDES.into_iter().zip(SIDES.into_iter().rev()) {
            let packet = row.packet;
            let expected = Odd::ReasonCodeSender {
                packet,
                code,
                described,
            };
            let found = odd(&hex, Some(sender));
            if row.sent_by.includes(sender) {
                assert_eq!(found, [], "{hex}");
            } else {
                assert_eq!(found, [expected], "{hex}");
            }
        }
    }
}

/// MQTT 5.0 §4.11, §3.14.2.2.5
#[test]
fn d20_a_server_reference_with_another_code_or_from_a_client_is_odd() {
    let reference = Odd::PropertySender {
        id: PropertyId::ServerReference,
        described: Side::Server,
    };
    let code = |code| Odd::ServerReferenceCode { code };
    assert_eq!(odd("E0 06 9C 04 1C 00 01 73", Some(Side::Server)), []);
    assert_eq!(odd("E0 06 9D 04 1C 00 01 73", None), []);
    assert_eq!(odd("E0 06 82 04 1C 00 01 73", None), [code(0x82)]);
    assert_eq!(
        odd("E0 06 82 04 1C 00 01 73", Some(Side::Client)),
        [reference, code(0x82)]
    );
    assert_eq!(odd("20 07 00 9D 04 1C 00 01 73", None), []);
    assert_eq!(odd("20 07 00 00 04 1C 00 01 73", None), [code(0x00)]);
}

/// MQTT 5.0 [MQTT-4.12.0-5], §3.15.2.2.2
#[test]
fn d03_d13_a_missing_authentication_method_is_odd() {
    assert_eq!(
        odd("20 07 00 00 04 16 00 01 FF", None),
        [Odd::DataWithoutMethod]
    );
    assert_eq!(odd("20 0B 00 00 08 15 00 01 41 16 00 01 FF", None), []);
    assert_eq!(odd("F0 00", None), [Odd::AuthWithoutMethod]);
    assert_eq!(odd("F0 06 18 04 15 00 01 41", None), []);
}

/// MQTT 5.0 §3.2.2.3.7
#[test]
fn an_assigned_client_identifier_is_new_and_not_empty() {
    assert_eq!(odd("20 07 00 00 04 12 00 01 63", None), []);
    assert_eq!(
        odd("20 06 00 00 03 12 00 00", None),
        [Odd::EmptyClientIdentifier]
    );
    assert_eq!(
        odd("20 07 01 00 04 12 00 01 63", None),
        [Odd::SessionOfNewClientIdentifier]
    );
}

/// MQTT 5.0 §1.5.4
#[test]
fn r58_control_characters_and_noncharacters_are_odd() {
    let what = "Topic Name";
    for code_point in 1..=0x10_FFFF_u32 {
        let Some(character) = char::from_u32(code_point) else {
            continue;
        };
        let expected = match code_point {
            0x01..=0x1F | 0x7F..=0x9F => Some(Odd::ControlCharacter { what, character }),
            0xFDD0..=0xFDEF => Some(Odd::Noncharacter { what, character }),
            _ if code_point % 0x1_0000 >= 0xFFFE => Some(Odd::Noncharacter { what, character }),
            _ => None,
        };
        let text = character.encode_utf8(&mut [0; 4]).to_owned();
        assert_eq!(odd::in_text(what, &text), expected, "{code_point:#x}");
    }
    let what = PropertyId::UserProperty.name();
    let character = '\u{1}';
    assert_eq!(
        odd("40 0C 00 0A 87 08 26 00 01 6B 00 02 01 61", None),
        [Odd::ControlCharacter { what, character }]
    );
    let what = PropertyId::ReasonString.name();
    let character = '\u{FFFF}';
    assert_eq!(
        odd("E0 08 82 06 1F 00 03 EF BF BF", None),
        [Odd::Noncharacter { what, character }]
    );
}

/// MQTT 3.1 §2.1, §3.2, §3.6, §3.9
#[test]
fn r102_r103_flags_of_3_1_that_are_not_described_are_odd() {
    let of = |hex: &str| odd::in_bytes(Version::V3_1, &bytes(hex)).collect::<Vec<_>>();
    for (first, rest, described) in [
        ("2", "02 00 00", [0b0000, 0b0000]),
        ("4", "02 00 0A", [0b0000, 0b0000]),
        ("6", "02 00 0A", [0b0010, 0b1010]),
        ("8", "00", [0b0010, 0b1010]),
        ("A", "00", [0b0010, 0b1010]),
        ("C", "00", [0b0000, 0b0000]),
        ("E", "00", [0b0000, 0b0000]),
    ] {
        for flags in 0b0000..=0b1111_u8 {
            let found = of(&format!("{first}{flags:X} {rest}"));
            let is_described = described.contains(&flags);
            assert_eq!(
                found.is_empty(),
                is_described,
                "{first}{flags:X}: {found:?}"
            );
        }
    }
    assert_eq!(of("3B 02 00 00"), []);
    assert!(!of("36 02 00 00").is_empty());
    assert_eq!(of("20 02 01 00"), [Odd::UnusedByte { byte: 1 }]);

    let suback = received_v3(v3::Version::V3_1, "90 03 00 0A 80");
    let any = mqtt_reason::Packet::V3(v3::Version::V3_1, suback.packet());
    let found: Vec<_> = odd::of(&any, None).collect();
    assert_eq!(found, [Odd::FailureInV3_1]);
    let suback = received_v3(v3::Version::V3_1_1, "90 03 00 0A 80");
    let found = odd::v3(v3::Version::V3_1_1, &suback.packet());
    assert_eq!(found.count(), 0);
    assert_eq!(
        odd::v3(v3::Version::V3_1, &v3::Packet::Puback(id(10))).count(),
        0
    );
}

/// MQTT 3.1.1 and 3.1 have no rule against it.
#[test]
fn r18_a_long_remaining_length_is_odd_in_3_x() {
    for (version, expected) in [(Version::V3_1, 1), (Version::V3_1_1, 1), (Version::V5_0, 0)] {
        let found = odd::in_bytes(version, &bytes("40 82 00 00 0A"));
        assert_eq!(found.count(), expected, "{version}");
        assert_eq!(odd::in_bytes(version, &bytes("40 02 00 0A")).count(), 0);
    }
}

#[test]
fn an_oddity_is_a_sentence_of_its_own() {
    let found = [
        odd("40 03 00 0A 10", Some(Side::Client)),
        odd("E0 06 82 04 1C 00 01 73", Some(Side::Client)),
        odd("20 07 00 00 04 16 00 01 FF", None),
        odd("F0 00", None),
        odd("20 06 01 00 03 12 00 00", None),
        odd("40 0B 00 0A 87 07 26 00 01 01 00 01 7F", None),
        odd("E0 08 82 06 1F 00 03 EF BF BF", None),
        odd::in_bytes(Version::V3_1, &bytes("21 82 00 07 00")).collect(),
    ];
    let sentences: Vec<String> = found.concat().iter().map(Odd::to_string).collect();
    assert_eq!(
        sentences,
        [
            "reason code 0x10 of PUBACK is described as one that a server sends",
            "Server Reference is described as one that a server sends",
            "Server Reference is described for the reason codes 0x9c and 0x9d, not for 0x82",
            "Authentication Data without Authentication Method",
            "AUTH without Authentication Method: one place of the specification allows it, another wants the method",
            "Assigned Client Identifier is empty",
            "Session Present together with a newly assigned Client Identifier",
            "User Property contains the control character U+0001",
            "User Property contains the control character U+007F",
            "Reason String contains U+FFFF, which is no character",
            "fixed header flags of CONNACK are 0b0001, described as 0b0000",
            "remaining length takes more bytes than it needs",
            "the unused byte of a 3.1 CONNACK is 0x07, not 0x00",
        ]
    );
}
