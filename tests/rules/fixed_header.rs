//! R11 to R21: the fixed header.

use mqtt_reason::v5::{Connack, DisconnectReason, Packet, Property, Puback, PubackReason};
use mqtt_reason::{
    CodeList, DecodeOptions, Encode, EncodeError, EncodeOptions, ErrorClass, ErrorKind, PacketType,
    Side, Version, frame, v3,
};

use crate::support::{
    ONE_OF_EACH, ONE_OF_EACH_V3, V3, bytes, id, reads_and_writes, received, received_v3, refuses,
    refuses_v3, writes, written,
};

/// MQTT 5.0 §2.1.3, Table 2-2, [MQTT-2.1.3-1]; [MQTT-3.6.1-1], [MQTT-3.14.1-1], [MQTT-3.15.1-1] repeat it.
#[test]
fn r11_flags_that_are_not_those_of_the_packet_type_are_malformed() {
    for (packet, first, rest) in ONE_OF_EACH {
        let rule = match packet {
            PacketType::Pubrel => "MQTT-3.6.1-1",
            PacketType::Disconnect => "MQTT-3.14.1-1",
            PacketType::Auth => "MQTT-3.15.1-1",
            _ => "MQTT-2.1.3-1",
        };
        for flags in 0b0000..=0b1111 {
            let byte = packet.as_u8() << 4 | flags;
            let received = received(&format!("{byte:02X} {rest}"));
            if byte == first {
                assert_eq!(received.packet().packet_type(), packet);
            } else {
                let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
                received.malformed(0, rule, kind);
            }
        }
    }
}

/// MQTT 5.0 §2.1.3, Table 2-2, [MQTT-2.1.3-1]
#[test]
fn r11_the_encoder_writes_the_flags_of_the_packet_type() {
    for (_, first, rest) in ONE_OF_EACH {
        let hex = format!("{first:02X} {rest}");
        writes(&received(&hex).packet(), &hex);
    }
}

/// The packets that are passed through: first byte, rules of 5.0, 3.1.1 and 3.1 about flags.
const OTHERS: [(PacketType, u8, &str, &str); 5] = [
    (PacketType::Connect, 0x10, "MQTT-2.1.3-1", "MQTT-2.2.2-2"),
    (PacketType::Subscribe, 0x82, "MQTT-3.8.1-1", "MQTT-3.8.1-1"),
    (
        PacketType::Unsubscribe,
        0xA2,
        "MQTT-3.10.1-1",
        "MQTT-3.10.1-1",
    ),
    (PacketType::Pingreq, 0xC0, "MQTT-2.1.3-1", "MQTT-2.2.2-2"),
    (PacketType::Pingresp, 0xD0, "MQTT-2.1.3-1", "MQTT-2.2.2-2"),
];

/// MQTT 5.0 §2.1.3, Table 2-2, [MQTT-2.1.3-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1]; 3.1.1 [MQTT-2.2.2-2]; 3.1 forbids none.
#[test]
fn r11_the_flags_of_packets_that_are_passed_through_are_checked() {
    for (packet, first, rule, rule_3_1_1) in OTHERS {
        for flags in 0b0000..=0b1111 {
            let byte = first & 0xF0 | flags;
            let hex = format!("{byte:02X} 00");
            received_v3(v3::Version::V3_1, &hex).frame();
            if byte == first {
                received(&hex).frame();
                received_v3(v3::Version::V3_1_1, &hex).frame();
            } else {
                let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
                received(&hex).malformed(0, rule, kind);
                received_v3(v3::Version::V3_1_1, &hex).malformed(0, rule_3_1_1, kind);
            }
        }
    }
}

/// MQTT 5.0 §3.3.1.2, 3.1.1 §3.3.1.2, [MQTT-3.3.1-4]: there is no QoS 3.
#[test]
fn r11_a_publish_of_qos_3_is_malformed() {
    let packet = PacketType::Publish;
    for flags in 0b0000..=0b1111 {
        let hex = format!("3{flags:X} 02 00 00");
        received_v3(v3::Version::V3_1, &hex).frame();
        if matches!(flags, 0b0110 | 0b0111 | 0b1110 | 0b1111) {
            let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
            received(&hex).malformed(0, "MQTT-3.3.1-4", kind);
            received_v3(v3::Version::V3_1_1, &hex).malformed(0, "MQTT-3.3.1-4", kind);
        } else {
            received(&hex).frame();
            received_v3(v3::Version::V3_1_1, &hex).frame();
        }
    }
}

/// MQTT 5.0 §2.1.2, Table 2-1; 3.1.1 §2.2.1, Table 2.1; 3.1 §3.1, §3.8, §3.10, §3.12, §3.13
#[test]
fn r16_packets_that_are_passed_through_come_from_their_side() {
    for (packet, first, _, _) in OTHERS {
        let hex = format!("{first:02X} 00");
        let (right, wrong, rule_3_1) = match packet {
            PacketType::Connect => (Side::Client, Side::Server, "3.1"),
            PacketType::Subscribe => (Side::Client, Side::Server, "3.8"),
            PacketType::Unsubscribe => (Side::Client, Side::Server, "3.10"),
            PacketType::Pingreq => (Side::Client, Side::Server, "3.12"),
            _ => (Side::Server, Side::Client, "3.13"),
        };
        let sender = wrong;
        let kind = shown!(ErrorKind::WrongDirection { packet, sender });
        received(&hex).from(right).frame();
        received(&hex).from(wrong).protocol_error(0, "2.1.2", kind);
        for (version, rule) in [
            (v3::Version::V3_1_1, "2.2.1"),
            (v3::Version::V3_1, rule_3_1),
        ] {
            received_v3(version, &hex).from(right).frame();
            received_v3(version, &hex)
                .from(wrong)
                .protocol_error(0, rule, kind);
        }
    }
    for side in [Side::Client, Side::Server] {
        received("30 02 00 00").from(side).frame();
        received_v3(v3::Version::V3_1_1, "30 02 00 00")
            .from(side)
            .frame();
    }
}

/// MQTT 5.0 §3.6.1, [MQTT-3.6.1-1]
#[test]
fn r12_pubrel_without_flags_0010_is_malformed_from_either_side() {
    let packet = PacketType::Pubrel;
    for (hex, flags) in [
        ("60 02 00 0A", 0b0000),
        ("61 02 00 0A", 0b0001),
        ("63 02 00 0A", 0b0011),
        ("66 02 00 0A", 0b0110),
        ("6A 02 00 0A", 0b1010),
    ] {
        for sender in [Side::Client, Side::Server] {
            let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
            received(hex)
                .from(sender)
                .malformed(0, "MQTT-3.6.1-1", kind);
        }
    }
}

/// MQTT 5.0 §3.14.1, [MQTT-3.14.1-1]
#[test]
fn r13_disconnect_with_flags_is_malformed_from_either_side() {
    let packet = PacketType::Disconnect;
    for (hex, flags) in [
        ("E1 00", 0b0001),
        ("E2 00", 0b0010),
        ("E4 00", 0b0100),
        ("E8 00", 0b1000),
    ] {
        for sender in [Side::Client, Side::Server] {
            let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
            received(hex)
                .from(sender)
                .malformed(0, "MQTT-3.14.1-1", kind);
        }
    }
}

/// MQTT 5.0 §3.15.1, [MQTT-3.15.1-1]
#[test]
fn r14_auth_with_flags_is_malformed_from_either_side() {
    let packet = PacketType::Auth;
    for (hex, flags) in [
        ("F1 06 18 04 15 00 01 41", 0b0001),
        ("F2 06 18 04 15 00 01 41", 0b0010),
        ("F4 06 18 04 15 00 01 41", 0b0100),
        ("F8 06 18 04 15 00 01 41", 0b1000),
    ] {
        for sender in [Side::Client, Side::Server] {
            let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags });
            received(hex)
                .from(sender)
                .malformed(0, "MQTT-3.15.1-1", kind);
        }
    }
}

/// MQTT 5.0 §2.1.2, Table 2-1; 3.1.1 §2.2.1; 3.1 §2.1
#[test]
fn r15_packet_type_0_is_malformed_in_every_version() {
    let kind = shown!(ErrorKind::ReservedPacketType { number: 0 });
    for hex in ["00 00", "02 00", "0F 02 00 0A"] {
        received(hex).malformed(0, "2.1.2", kind);
        received_v3(v3::Version::V3_1_1, hex).malformed(0, "2.2.1", kind);
        received_v3(v3::Version::V3_1, hex).malformed(0, "2.1", kind);
    }
    assert_eq!(received("00 00").error().packet(), None);
}

/// MQTT 3.1.1 §2.2.1, Table 2.1; 3.1 §2.1: type 15 is reserved, in 5.0 it is AUTH.
#[test]
fn r15_packet_type_15_is_refused_in_3_x() {
    let kind = shown!(ErrorKind::ReservedPacketType { number: 15 });
    for hex in ["F0 00", "F0 06 18 04 15 00 01 41", "FF 00"] {
        received_v3(v3::Version::V3_1_1, hex).malformed(0, "2.2.1", kind);
        received_v3(v3::Version::V3_1, hex).malformed(0, "2.1", kind);
    }
}

/// MQTT 5.0 §2.1.2, Table 2-1
#[test]
fn r16_packets_of_the_server_are_a_protocol_error_from_a_client() {
    for (packet, first, rest) in ONE_OF_EACH {
        let hex = format!("{first:02X} {rest}");
        received(&hex).from(Side::Server).packet();
        let from_client = received(&hex).from(Side::Client);
        match packet {
            PacketType::Connack | PacketType::Suback | PacketType::Unsuback => {
                let sender = Side::Client;
                let kind = shown!(ErrorKind::WrongDirection { packet, sender });
                from_client.protocol_error(0, "2.1.2", kind);
            }
            _ => assert_eq!(from_client.packet().packet_type(), packet),
        }
    }
}

/// MQTT 5.0 §2.1.2, Table 2-1
#[test]
fn r16_the_encoder_refuses_packets_of_the_server_for_a_client() {
    let options = EncodeOptions::new().sender(Side::Client);
    for (packet, first, rest) in ONE_OF_EACH {
        let hex = format!("{first:02X} {rest}");
        let received = received(&hex);
        match packet {
            PacketType::Connack | PacketType::Suback | PacketType::Unsuback => {
                let sender = Side::Client;
                let error = shown!(EncodeError::WrongDirection { packet, sender });
                refuses(&options, &received.packet(), error);
            }
            _ => assert_eq!(written(&options, &received.packet()), bytes(&hex)),
        }
    }
}

/// MQTT 3.1.1 §2.2.1, Table 2.1; 3.1 §3.2, §3.9, §3.11, §3.14: DISCONNECT goes to the Server only.
#[test]
fn r16_packets_from_the_wrong_side_are_refused_in_3_x() {
    for (packet, first, rest) in ONE_OF_EACH_V3 {
        let hex = format!("{first:02X} {rest}");
        let (wrong, section) = match packet {
            PacketType::Connack => (Some(Side::Client), "3.2"),
            PacketType::Suback => (Some(Side::Client), "3.9"),
            PacketType::Unsuback => (Some(Side::Client), "3.11"),
            PacketType::Disconnect => (Some(Side::Server), "3.14"),
            _ => (None, ""),
        };
        for version in V3 {
            let rule = match version {
                v3::Version::V3_1_1 => "2.2.1",
                v3::Version::V3_1 => section,
            };
            for sender in [Side::Client, Side::Server] {
                let from = received_v3(version, &hex).from(sender);
                let options = EncodeOptions::new().sender(sender);
                let unknown = received_v3(version, &hex);
                let packet_read = unknown.packet();
                if wrong == Some(sender) {
                    let kind = shown!(ErrorKind::WrongDirection { packet, sender });
                    from.protocol_error(0, rule, kind);
                    let error = shown!(EncodeError::WrongDirection { packet, sender });
                    refuses_v3(version, &options, &packet_read, error);
                } else {
                    from.is(packet_read);
                    let mut buffer = Vec::new();
                    packet_read
                        .encode_with(version, &options, &mut buffer)
                        .expect("the right side");
                    assert_eq!(buffer, bytes(&hex));
                }
            }
        }
    }
}

/// MQTT 5.0 §1.5.5, §2.1.4; 3.1.1 §2.2.3; 3.1 §2.1
#[test]
fn r17_a_remaining_length_of_five_bytes_is_malformed_in_every_version() {
    let kind = ErrorKind::VariableByteIntegerTooLong;
    for hex in [
        "40 80 80 80 80",
        "40 80 80 80 80 01",
        "40 FF FF FF FF 7F",
        "40 82 80 80 80 00 00 0A",
        "30 FF FF FF 80",
    ] {
        received(hex).malformed(1, "1.5.5", kind);
        received_v3(v3::Version::V3_1_1, hex).malformed(1, "2.2.3", kind);
        received_v3(v3::Version::V3_1, hex).malformed(1, "2.1", kind);
    }
}

/// MQTT 5.0 §1.5.5, Table 1-1
#[test]
fn r17_remaining_lengths_of_one_to_four_bytes_are_read() {
    let options = DecodeOptions::new();
    for (header, len) in [
        ("30 00", 2),
        ("30 7F", 129),
        ("30 80 01", 131),
        ("30 FF 7F", 16_386),
        ("30 80 80 01", 16_388),
        ("30 FF FF 7F", 2_097_155),
        ("30 80 80 80 01", 2_097_157),
        ("30 FF FF FF 7F", 268_435_460),
    ] {
        for version in [Version::V5_0, Version::V3_1_1, Version::V3_1] {
            let total = frame::total_len_with(version, &options, &bytes(header));
            assert_eq!(total, Ok(Some(len)), "{header}");
        }
    }
}

/// MQTT 5.0 §2.1.4: the size is known with the last byte of the Remaining Length, and not before.
#[test]
fn r17_a_remaining_length_that_goes_on_tells_no_size() {
    let options = DecodeOptions::new();
    for header in [
        "",
        "30",
        "30 80",
        "30 FF",
        "30 80 80",
        "30 FF FF",
        "30 80 80 80",
        "30 FF FF FF",
    ] {
        for version in [Version::V5_0, Version::V3_1_1, Version::V3_1] {
            let total = frame::total_len_with(version, &options, &bytes(header));
            assert_eq!(total, Ok(None), "{header}");
        }
    }
}

/// MQTT 5.0 §3.1.2.2, 3.1.1 §3.1.2.2, 3.1 §3.1: the protocol levels are 3, 4 and 5.
#[test]
fn protocol_levels_are_those_of_the_three_versions() {
    for level in 0x00..=0xFF {
        let version = match level {
            3 => Some(Version::V3_1),
            4 => Some(Version::V3_1_1),
            5 => Some(Version::V5_0),
            _ => None,
        };
        assert_eq!(Version::from_level(level), version, "{level}");
    }
}

/// User Properties whose identifiers and values take `len` bytes together.
fn user_properties_of<'a>(len: usize, text: &'a str) -> Vec<Property<'a>> {
    // A User Property has five bytes besides its two strings: at most 131,075 altogether.
    let (whole, rest) = (len / 131_075, len % 131_075 - 5);
    let part = |len| text.get(..len).expect("text is long enough");
    let mut list = vec![Property::UserProperty(text, text); whole];
    let name = rest.min(65_535);
    list.push(Property::UserProperty(part(name), part(rest - name)));
    list
}

/// MQTT 5.0 §2.1.4: 268,435,455 at most.
#[test]
fn r17_the_encoder_refuses_a_larger_remaining_length() {
    let text = "x".repeat(65_535);
    // The flags, the code and a Property Length of four bytes: 6 bytes before the properties.
    let fits = user_properties_of(268_435_449, &text);
    let connack = Connack::accepted(false).with_properties(&fits);
    assert_eq!(connack.encoded_len(), 268_435_460);
    let error = shown!(EncodeError::BufferTooSmall {
        needed: 268_435_460,
        available: 16,
    });
    let mut buffer = [0xA5; 16];
    assert_eq!(
        connack.encode(&mut &mut buffer[..]).expect_err("refused"),
        error
    );
    assert_eq!(buffer, [0xA5; 16]);

    let one_more = user_properties_of(268_435_450, &text);
    let connack = Connack::accepted(false).with_properties(&one_more);
    let error = shown!(EncodeError::RemainingLength {
        packet: PacketType::Connack,
        remaining_length: 268_435_456,
    });
    refuses(&EncodeOptions::new(), &connack, error);
}

/// MQTT 5.0 §1.5.5, [MQTT-1.5.5-1]
#[test]
fn r18_a_variable_byte_integer_in_more_bytes_than_needed_is_malformed() {
    let kind = ErrorKind::VariableByteIntegerNotMinimal;
    for (hex, offset) in [
        // Remaining Length
        ("40 82 00 00 0A", 1),
        ("40 82 80 00 00 0A", 1),
        ("40 82 80 80 00 00 0A", 1),
        ("E0 80 00", 1),
        ("C0 80 00", 1),
        // Property Length
        ("20 04 00 00 80 00", 4),
        ("20 05 00 00 80 80 00", 4),
        ("20 06 00 00 80 80 80 00", 4),
        ("40 09 00 0A 00 84 00 1F 00 01 6E", 5),
        ("90 05 00 0A 80 00 01", 4),
        ("E0 03 8E 80 00", 3),
        ("F0 07 18 84 00 15 00 01 41", 3),
    ] {
        received(hex).malformed(offset, "MQTT-1.5.5-1", kind);
    }
}

/// MQTT 3.1.1 §2.2.3, 3.1 §2.1: neither asks for the shortest form.
#[test]
fn r18_a_longer_remaining_length_is_accepted_in_3_x() {
    for version in V3 {
        for hex in [
            "40 82 00 00 0A",
            "40 82 80 00 00 0A",
            "40 82 80 80 00 00 0A",
        ] {
            received_v3(version, hex).is(v3::Packet::Puback(id(10)));
        }
    }
}

/// MQTT 5.0 §1.5.5, [MQTT-1.5.5-1]: the limits of Table 1-1, in Remaining Length and Property Length.
#[test]
fn r18_the_encoder_writes_the_fewest_bytes() {
    // A Reason String of so many bytes, and what stands before its text.
    for (len, head) in [
        (120, "40 7F 00 0A 87 7B 1F 00 78"),
        (121, "40 80 01 00 0A 87 7C 1F 00 79"),
        (124, "40 83 01 00 0A 87 7F 1F 00 7C"),
        (125, "40 85 01 00 0A 87 80 01 1F 00 7D"),
        (16_375, "40 FF 7F 00 0A 87 FA 7F 1F 3F F7"),
        (16_376, "40 80 80 01 00 0A 87 FB 7F 1F 3F F8"),
        (16_380, "40 84 80 01 00 0A 87 FF 7F 1F 3F FC"),
        (16_381, "40 86 80 01 00 0A 87 80 80 01 1F 3F FD"),
    ] {
        let text = "x".repeat(len);
        let list = [Property::ReasonString(&text)];
        let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
        let mut expected = bytes(head);
        expected.resize(expected.len() + len, b'x');
        assert_eq!(written(&EncodeOptions::new(), &puback), expected, "{head}");
        assert_eq!(puback.encoded_len(), expected.len(), "{head}");
    }

    // Properties of so many bytes, and what stands before them.
    let text = "x".repeat(65_535);
    for (len, head) in [
        (2_097_145, "40 FF FF 7F 00 0A 87 F9 FF 7F"),
        (2_097_146, "40 80 80 80 01 00 0A 87 FA FF 7F"),
        (2_097_151, "40 85 80 80 01 00 0A 87 FF FF 7F"),
        (2_097_152, "40 87 80 80 01 00 0A 87 80 80 80 01"),
    ] {
        let list = user_properties_of(len, &text);
        let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
        let buffer = written(&EncodeOptions::new(), &puback);
        assert!(buffer.starts_with(&bytes(head)), "{head}");
        assert_eq!(buffer.len(), bytes(head).len() + len, "{head}");
    }
}

/// MQTT 5.0 §2.1.4: the whole packet, fixed header included, however long its Remaining Length is.
#[test]
fn r19_the_size_of_a_packet_includes_its_fixed_header() {
    let (len, max) = (6, 5);
    let kind = shown!(ErrorKind::PacketTooLarge { len, max });
    let puback = || received("40 04 00 0A 87 00");
    puback().at_most(6).packet();
    puback().at_most(5).too_large("MQTT-3.1.2-24", kind);

    // The five bytes of 3.x, whose Remaining Length need not be the shortest.
    let longer = || received_v3(v3::Version::V3_1_1, "40 82 00 00 0A");
    longer().at_most(5).packet();
    let (len, max) = (5, 4);
    longer().at_most(4).refused(
        ErrorClass::PacketTooLarge,
        1,
        "2.2.3",
        shown!(ErrorKind::PacketTooLarge { len, max }),
    );
}

/// MQTT 3.1.1 Errata 01, item 2.1: the algorithm printed in 3.1.1 refuses some of these.
#[test]
fn r20_remaining_lengths_of_four_bytes_are_accepted_in_3_x() {
    let options = DecodeOptions::new();
    for version in [Version::V3_1, Version::V3_1_1] {
        for (header, len) in [
            ("90 80 80 80 01", 2_097_157),
            ("90 81 80 80 01", 2_097_158),
            ("90 80 80 80 02", 4_194_309),
            ("90 FF FF FF 7E", 266_338_308),
            ("90 FF FF FF 7F", 268_435_460),
        ] {
            let total = frame::total_len_with(version, &options, &bytes(header));
            assert_eq!(total, Ok(Some(len)), "{header}");
        }
    }
}

/// MQTT 3.1.1 §2.2.3: the largest Remaining Length needs no more than room, a larger one is refused.
#[test]
fn r20_the_encoder_refuses_a_larger_remaining_length_in_3_1_1() {
    // One code more than fits beside the identifier.
    let codes = vec![0x00; 268_435_455 - 2 + 1];
    let (_, as_many_as_fit) = codes.split_first().expect("codes");
    fn suback(codes: &[u8]) -> v3::Packet<'_> {
        let codes = CodeList::from_bytes(codes).expect("codes");
        v3::Packet::Suback(v3::Suback::new(id(10), codes))
    }
    let version = v3::Version::V3_1_1;
    let error = shown!(EncodeError::RemainingLength {
        packet: PacketType::Suback,
        remaining_length: 268_435_456,
    });
    refuses_v3(version, &EncodeOptions::new(), &suback(&codes), error);

    let largest = suback(as_many_as_fit);
    assert_eq!(largest.encoded_len(), 268_435_460);
    let mut no_room = &mut [0xA5; 4][..];
    let error = shown!(EncodeError::BufferTooSmall {
        needed: 268_435_460,
        available: 4,
    });
    assert_eq!(
        largest.encode(version, &mut no_room).expect_err("refused"),
        error
    );
    assert_eq!(no_room, [0xA5; 4]);
}

/// MQTT 5.0 §1.5.2, §1.5.3
#[test]
fn r21_integers_are_big_endian() {
    reads_and_writes("40 02 01 02", Puback::success(id(0x0102)));

    // Server Keep Alive and Session Expiry Interval
    let hex = "20 0B 00 00 08 13 01 02 11 03 04 05 06";
    let list = [
        Property::ServerKeepAlive(0x0102),
        Property::SessionExpiryInterval(0x0304_0506),
    ];
    let connack = Connack::accepted(false).with_properties(&list);
    reads_and_writes(hex, connack);

    // §1.5.3: the largest value has its highest bit set.
    let received = received("E0 07 00 05 11 FF FF FF FF");
    let Packet::Disconnect(disconnect) = received.packet() else {
        panic!("a DISCONNECT");
    };
    let (reason, properties) = (disconnect.reason(), disconnect.properties());
    assert_eq!(reason, DisconnectReason::NormalDisconnection);
    assert_eq!(properties.session_expiry_interval(), Some(u32::MAX));
}
