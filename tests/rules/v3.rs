//! R92 to R106: MQTT 3.1.1 and 3.1.

use mqtt_reason::v3::{
    Connack, ConnackReturnCode, Packet, Suback, SubackReturnCode,
    Version::{self, V3_1, V3_1_1},
};
use mqtt_reason::{
    CodeList, CodeListError, EncodeError, EncodeOptions, ErrorKind, PacketType, QoS, v5,
};

use crate::support::{
    ONE_OF_EACH_V3, V3, bytes, id, received, received_v3, refuses_v3, writes, writes_v3,
};

/// What the packets that are nothing but a Packet Identifier are made by, their first bytes and section numbers.
type WithId = (
    PacketType,
    &'static str,
    fn(mqtt_reason::PacketId) -> Packet<'static>,
    &'static str,
    &'static str,
);

const WITH_ID: [WithId; 5] = [
    (PacketType::Puback, "40", Packet::Puback, "3.4.1", "3.4"),
    (PacketType::Pubrec, "50", Packet::Pubrec, "3.5.1", "3.5"),
    (PacketType::Pubrel, "62", Packet::Pubrel, "3.6.1", "3.6"),
    (PacketType::Pubcomp, "70", Packet::Pubcomp, "3.7.1", "3.7"),
    (
        PacketType::Unsuback,
        "B0",
        Packet::Unsuback,
        "3.11.1",
        "3.11",
    ),
];

/// A SUBACK of these codes.
fn suback(codes: &[SubackReturnCode]) -> Packet<'static> {
    let codes: Vec<u8> = codes.iter().map(|code| code.as_u8()).collect();
    let codes = CodeList::from_bytes(codes.leak()).expect("codes");
    Packet::Suback(Suback::new(id(10), codes))
}

/// MQTT 5.0 §3.1.2.2, [MQTT-3.1.2-2]; 3.1.1 §3.1.2.2, [MQTT-3.1.2-2]: each Client is told in its own layout.
#[test]
fn r92_an_unsupported_version_is_said_in_both_layouts() {
    let code = ConnackReturnCode::UnacceptableProtocolVersion;
    for version in V3 {
        let refusal = Packet::Connack(Connack::refused(code));
        received_v3(version, "20 02 00 01").is(refusal);
        writes_v3(version, &refusal, "20 02 00 01");
    }
    let reason = v5::ConnackReason::UnsupportedProtocolVersion;
    writes(&v5::Connack::refused(reason), "20 03 00 84 00");
}

/// MQTT 5.0 §3.2.2: a Client of 5.0 has met a Server of 3.x.
#[test]
fn r92_a_3_x_connack_read_as_5_0_names_itself() {
    for code in [0, 1, 5] {
        received(&format!("20 02 00 {code:02X}")).malformed(
            1,
            "3.2.2",
            shown!(ErrorKind::V3Connack { code }),
        );
    }
}

/// MQTT 3.1.1 §2.2.2, [MQTT-2.2.2-1], [MQTT-2.2.2-2], [MQTT-3.6.1-1], [MQTT-3.14.1-1]
#[test]
fn r93_other_flags_are_refused_in_3_1_1() {
    for (packet, first, rest) in ONE_OF_EACH_V3 {
        let rule = match packet {
            PacketType::Pubrel => "MQTT-3.6.1-1",
            PacketType::Disconnect => "MQTT-3.14.1-1",
            _ => "MQTT-2.2.2-2",
        };
        for flags in 0b0000..=0b1111 {
            let byte = packet.as_u8() << 4 | flags;
            let received = received_v3(V3_1_1, &format!("{byte:02X} {rest}"));
            if byte == first {
                received.packet();
            } else {
                let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
                received.malformed(0, rule, kind);
            }
        }
    }
}

/// MQTT 3.1.1 §2.2.2, Table 2.2; 3.1 §2.1
#[test]
fn r93_the_encoder_writes_the_flags_of_the_packet_type() {
    for version in V3 {
        for (_, first, rest) in ONE_OF_EACH_V3 {
            let hex = format!("{first:02X} {rest}");
            writes_v3(version, &received_v3(version, &hex).packet(), &hex);
        }
    }
}

/// MQTT 3.1.1 §3.2.1; 3.1 §3.2
#[test]
fn r94_the_body_of_a_3_x_connack_has_two_bytes() {
    for (hex, found) in [
        ("20 00", 0),
        ("20 01 00", 1),
        ("20 03 00 00 00", 3),
        ("20 03 01 00 00", 3),
    ] {
        let (packet, expected) = (PacketType::Connack, 2);
        let kind = shown!(ErrorKind::RemainingLength {
            packet,
            expected,
            found,
        });
        received_v3(V3_1_1, hex).malformed(1, "3.2.1", kind);
        received_v3(V3_1, hex).malformed(1, "3.2", kind);
    }
}

/// MQTT 3.1.1 §3.2.2.1
#[test]
fn r94_reserved_connect_acknowledge_flags_are_refused_in_3_1_1() {
    for (hex, flags) in [
        ("20 02 02 00", 0b0000_0010),
        ("20 02 04 00", 0b0000_0100),
        ("20 02 08 00", 0b0000_1000),
        ("20 02 10 00", 0b0001_0000),
        ("20 02 20 00", 0b0010_0000),
        ("20 02 40 00", 0b0100_0000),
        ("20 02 80 00", 0b1000_0000),
        ("20 02 03 05", 0b0000_0011),
    ] {
        let kind = shown!(ErrorKind::ConnackFlags { flags });
        received_v3(V3_1_1, hex).malformed(2, "3.2.2.1", kind);
    }
}

/// MQTT 3.1.1 §3.2.2.2, [MQTT-3.2.2-4]
#[test]
fn r94_session_present_with_a_refusal_is_refused_in_3_1_1() {
    for code in 1..=5 {
        let kind = shown!(ErrorKind::SessionPresent { code });
        received_v3(V3_1_1, &format!("20 02 01 {code:02X}")).protocol_error(
            2,
            "MQTT-3.2.2-4",
            kind,
        );
    }
    for &code in ConnackReturnCode::ALL {
        let connack = Connack::refused(code);
        assert!(!connack.session_present());
        let hex = format!("20 02 00 {:02X}", code.as_u8());
        writes_v3(V3_1_1, &Packet::Connack(connack), &hex);
    }
    let accepted = Packet::Connack(Connack::accepted(true));
    received_v3(V3_1_1, "20 02 01 00").is(accepted);
    writes_v3(V3_1_1, &accepted, "20 02 01 00");
}

/// MQTT 3.1.1 §3.2.2.3, Table 3.1; 3.1 §3.2: 0 to 5.
#[test]
fn r95_connack_return_codes_from_6_on_are_refused() {
    for code in 0x00..=0xFF {
        let hex = format!("20 02 00 {code:02X}");
        for (version, rule) in [(V3_1_1, "3.2.2.3"), (V3_1, "3.2")] {
            let received = received_v3(version, &hex);
            if code <= 5 {
                let Packet::Connack(connack) = received.packet() else {
                    panic!("a CONNACK");
                };
                assert_eq!(connack.return_code().as_u8(), code);
                assert_eq!(connack.return_code().is_error(), code != 0);
            } else {
                let packet = PacketType::Connack;
                let kind = shown!(ErrorKind::ReturnCode { packet, code });
                received.protocol_error(3, rule, kind);
            }
        }
    }
}

/// MQTT 3.1.1 §3.2.2.3: there is no way to write 6 to 255.
#[test]
fn r95_the_encoder_has_the_return_codes_0_to_5_only() {
    let codes = ConnackReturnCode::ALL.iter().map(|code| code.as_u8());
    assert!(codes.eq([0, 1, 2, 3, 4, 5]));
    assert_eq!(ConnackReturnCode::from_u8(6), None);
}

/// MQTT 3.1.1 §3.4.1, §3.5.1, §3.6.1, §3.7.1; 3.1 §3.4 to §3.7; R98: §3.11.1
#[test]
fn r96_acks_are_a_packet_identifier_and_no_more() {
    for (packet, first, make, section, section_3_1) in WITH_ID {
        for (version, rule) in [(V3_1_1, section), (V3_1, section_3_1)] {
            let hex = format!("{first} 02 00 0A");
            received_v3(version, &hex).is(make(id(10)));
            writes_v3(version, &make(id(10)), &hex);

            for (body, found) in [
                ("00", 0),
                ("01 00", 1),
                ("03 00 0A 00", 3),
                ("03 00 0A 87", 3),
                ("04 00 0A 00 00", 4),
            ] {
                let expected = 2;
                let kind = shown!(ErrorKind::RemainingLength {
                    packet,
                    expected,
                    found,
                });
                let hex = format!("{first} {body}");
                received_v3(version, &hex).malformed(1, rule, kind);
            }
        }
    }
}

/// MQTT 3.1.1 §3.9.3, [MQTT-3.9.3-1], [MQTT-3.9.3-2]
#[test]
fn r97_suback_codes_are_0_1_2_and_0x80() {
    for code in 0x00..=0xFF {
        let received = received_v3(V3_1_1, &format!("90 04 00 0A 00 {code:02X}"));
        if matches!(code, 0x00 | 0x01 | 0x02 | 0x80) {
            let Packet::Suback(suback) = received.packet() else {
                panic!("a SUBACK");
            };
            let last = suback.return_codes().get(1).expect("the second");
            assert_eq!(last.as_u8(), code);
            assert_eq!(last.is_error(), code == 0x80);
        } else {
            let packet = PacketType::Suback;
            let kind = shown!(ErrorKind::ReturnCode { packet, code });
            received.protocol_error(5, "MQTT-3.9.3-2", kind);
        }
    }
    let codes = SubackReturnCode::ALL.iter().map(|code| code.as_u8());
    assert!(codes.eq([0x00, 0x01, 0x02, 0x80]));
}

/// MQTT 3.1.1 §3.9.3: as many as Topic Filters, at least one, in their order.
#[test]
fn r97_suback_has_codes_in_order() {
    let codes = [
        SubackReturnCode::MaximumQos2,
        SubackReturnCode::Failure,
        SubackReturnCode::MaximumQos0,
    ];
    received_v3(V3_1_1, "90 05 00 0A 02 80 00").is(suback(&codes));
    writes_v3(V3_1_1, &suback(&codes), "90 05 00 0A 02 80 00");

    let packet = PacketType::Suback;
    let kind = shown!(ErrorKind::NoCodes { packet });
    received_v3(V3_1_1, "90 02 00 0A").protocol_error(4, "3.9.3", kind);
    received_v3(V3_1, "90 02 00 0A").protocol_error(4, "3.9", kind);
    assert_eq!(
        CodeList::<SubackReturnCode>::from_bytes(&[]),
        Err(CodeListError::Empty)
    );
    for (version, rule) in [(V3_1_1, "2.2.3"), (V3_1, "2.1")] {
        received_v3(version, "90 00").malformed(2, rule, ErrorKind::Truncated);
        received_v3(version, "90 01 00").malformed(2, rule, ErrorKind::Truncated);
    }
}

/// MQTT 3.1.1 §3.11.1; 3.1 §3.11
#[test]
fn r98_unsuback_has_no_payload() {
    let (packet, expected, found) = (PacketType::Unsuback, 2, 3);
    let kind = shown!(ErrorKind::RemainingLength {
        packet,
        expected,
        found,
    });
    received_v3(V3_1_1, "B0 03 00 0A 00").malformed(1, "3.11.1", kind);
    received_v3(V3_1, "B0 03 00 0A 00").malformed(1, "3.11", kind);
    for version in V3 {
        received_v3(version, "B0 02 00 0A").is(Packet::Unsuback(id(10)));
        writes_v3(version, &Packet::Unsuback(id(10)), "B0 02 00 0A");
    }
}

/// MQTT 3.1.1 §3.14.1; R106: 3.1 §3.14
#[test]
fn r99_disconnect_has_no_body() {
    for (hex, found) in [("E0 01 00", 1), ("E0 01 8E", 1), ("E0 02 00 00", 2)] {
        let (packet, expected) = (PacketType::Disconnect, 0);
        let kind = shown!(ErrorKind::RemainingLength {
            packet,
            expected,
            found,
        });
        received_v3(V3_1_1, hex).malformed(1, "3.14.1", kind);
        received_v3(V3_1, hex).malformed(1, "3.14", kind);
    }
    for version in V3 {
        received_v3(version, "E0 00").is(Packet::Disconnect);
        writes_v3(version, &Packet::Disconnect, "E0 00");
    }
}

/// MQTT 3.1.1, 3.1: the packets of 5.0 that differ are all refused.
#[test]
fn r100_there_are_no_properties_and_no_reason_codes_in_3_x() {
    for version in V3 {
        for hex in [
            "20 03 00 87 00",
            "40 03 00 0A 87",
            "40 09 00 0A 87 05 1F 00 02 6E 6F",
            "50 03 00 0A 97",
            "62 04 00 0A 92 00",
            "70 03 00 0A 92",
            "90 05 00 0A 00 01 87",
            "B0 04 00 0A 00 11",
            "E0 01 8E",
            "F0 06 18 04 15 00 01 41",
        ] {
            let bytes = bytes(hex);
            let error = mqtt_reason::v3::decode(version, &bytes).expect_err(hex);
            assert_eq!(error.answer(), None, "one can only close");
        }
    }
}

/// MQTT 3.1 §3.2: a reserved byte; there is no Session Present.
#[test]
fn r101_the_first_byte_of_a_3_1_connack_is_ignored() {
    let accepted = Packet::Connack(Connack::accepted(false));
    let refused = Packet::Connack(Connack::refused(ConnackReturnCode::NotAuthorized));
    for byte in 0x00..=0xFF {
        received_v3(V3_1, &format!("20 02 {byte:02X} 00")).is(accepted);
        received_v3(V3_1, &format!("20 02 {byte:02X} 05")).is(refused);
    }
    writes_v3(V3_1, &accepted, "20 02 00 00");
    let with_session = Packet::Connack(Connack::accepted(true));
    let what = "Session Present";
    let options = EncodeOptions::new();
    refuses_v3(
        V3_1,
        &options,
        &with_session,
        shown!(EncodeError::NotInVersion {
            version: mqtt_reason::Version::V3_1,
            what,
        }),
    );
}

/// MQTT 3.1 §2.1, §3.2 to §3.14: DUP, QoS and RETAIN are not used; written as 0.
#[test]
fn r102_the_flags_of_most_3_1_packets_are_not_checked() {
    for (packet, first, rest) in ONE_OF_EACH_V3 {
        if packet == PacketType::Pubrel {
            continue;
        }
        let plain = received_v3(V3_1, &format!("{first:02X} {rest}"));
        for flags in 0b0000..=0b1111 {
            let byte = packet.as_u8() << 4 | flags;
            received_v3(V3_1, &format!("{byte:02X} {rest}")).is(plain.packet());
        }
        writes_v3(V3_1, &plain.packet(), &format!("{first:02X} {rest}"));
    }
}

/// MQTT 3.1 §3.6 describes QoS 1 and, when it is sent again, DUP; it forbids nothing else.
#[test]
fn r103_a_3_1_pubrel_is_written_with_qos_1_and_read_with_any_flags() {
    for flags in 0b0000..=0b1111 {
        let received = received_v3(V3_1, &format!("6{flags:X} 02 00 0A"));
        received.is(Packet::Pubrel(id(10)));
    }
    writes_v3(V3_1, &Packet::Pubrel(id(10)), "62 02 00 0A");
}

/// MQTT 3.1 §3.9: granted QoS 0 to 2; 0x80, which 3.1 does not have, is read as a failure.
#[test]
fn r104_3_1_suback_codes_are_granted_qos() {
    for code in 0x00..=0xFF {
        let received = received_v3(V3_1, &format!("90 03 00 0A {code:02X}"));
        let granted = match code {
            0x00 => Some(QoS::AtMostOnce),
            0x01 => Some(QoS::AtLeastOnce),
            0x02 => Some(QoS::ExactlyOnce),
            0x80 => None,
            _ => {
                let packet = PacketType::Suback;
                let kind = shown!(ErrorKind::ReturnCode { packet, code });
                received.protocol_error(4, "3.9", kind);
                continue;
            }
        };
        let Packet::Suback(suback) = received.packet() else {
            panic!("a SUBACK");
        };
        let first = suback.return_codes().get(0).expect("the first");
        assert_eq!(first.granted_qos(), granted, "{code:#04x}");
    }
}

/// MQTT 3.1 §3.2: the codes are those of 3.1.1; Message Identifier 0 is in R53.
#[test]
fn r105_3_1_connack_codes_are_those_of_3_1_1() {
    for (hex, code, name) in [
        (
            "20 02 00 00",
            ConnackReturnCode::Accepted,
            "Connection Accepted",
        ),
        (
            "20 02 00 01",
            ConnackReturnCode::UnacceptableProtocolVersion,
            "Connection Refused: unacceptable protocol version",
        ),
        (
            "20 02 00 02",
            ConnackReturnCode::IdentifierRejected,
            "Connection Refused: identifier rejected",
        ),
        (
            "20 02 00 03",
            ConnackReturnCode::ServerUnavailable,
            "Connection Refused: server unavailable",
        ),
        (
            "20 02 00 04",
            ConnackReturnCode::BadUserNameOrPassword,
            "Connection Refused: bad user name or password",
        ),
        (
            "20 02 00 05",
            ConnackReturnCode::NotAuthorized,
            "Connection Refused: not authorized",
        ),
    ] {
        for version in V3 {
            let connack = Packet::Connack(Connack::refused(code));
            received_v3(version, hex).is(connack);
            writes_v3(version, &connack, hex);
        }
        assert_eq!(code.name_in(V3_1), name);
        assert_eq!(code.name_in(V3_1_1), code.name());
    }
}

/// MQTT 3.1 §3.9: its text gives the length of the payload alone; the identifier counts, too.
#[test]
fn r106_the_remaining_length_of_a_3_1_suback_counts_the_identifier() {
    let codes = [SubackReturnCode::MaximumQos0, SubackReturnCode::MaximumQos2];
    received_v3(V3_1, "90 04 00 0A 00 02").is(suback(&codes));
    writes_v3(V3_1, &suback(&codes), "90 04 00 0A 00 02");
    received_v3(V3_1, "E0 00").is(Packet::Disconnect);
}

/// What 3.1 cannot say is refused whatever else is in the packet.
#[test]
fn r104_the_encoder_writes_no_failure_in_3_1() {
    let codes = [SubackReturnCode::MaximumQos1, SubackReturnCode::Failure];
    let what = "a refused subscription";
    let options = EncodeOptions::new();
    refuses_v3(
        V3_1,
        &options,
        &suback(&codes),
        shown!(EncodeError::NotInVersion {
            version: mqtt_reason::Version::V3_1,
            what,
        }),
    );
    writes_v3(V3_1_1, &suback(&codes), "90 04 00 0A 01 80");
}

/// The versions of this module are those of the crate.
#[test]
fn r08_no_answer_can_be_sent_in_3_x() {
    for (version, of_crate) in [
        (V3_1, mqtt_reason::Version::V3_1),
        (V3_1_1, mqtt_reason::Version::V3_1_1),
    ] {
        assert_eq!(mqtt_reason::Version::from(version), of_crate);
        let error = mqtt_reason::v3::decode(version, &[0x40, 0x02, 0x00, 0x00]).expect_err("0");
        assert_eq!(error.version(), Version::into(version));
        assert_eq!(error.answer(), None);
    }
}
