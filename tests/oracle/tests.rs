//! The byte examples at the end of the rules, and the places where an offset or an order had to be settled.

use super::{Class, Context, Packet, Sender, Value, Verdict, Version, judge};

const V5: Context = Context {
    version: Version::V5_0,
    sender: None,
    max_packet_size: None,
    request_problem_information: true,
};
const V3_1_1: Context = Context {
    version: Version::V3_1_1,
    ..V5
};
const V3_1: Context = Context {
    version: Version::V3_1,
    ..V5
};
const FROM_CLIENT: Context = Context {
    sender: Some(Sender::Client),
    ..V5
};
const FROM_SERVER: Context = Context {
    sender: Some(Sender::Server),
    ..V5
};

/// The three versions.
const ALL: [Context; 3] = [V5, V3_1_1, V3_1];

/// A packet that takes all of the bytes.
fn accepted(bytes: &[u8], context: &Context) -> Packet {
    match judge(bytes, context) {
        Verdict::Packet { packet, len } if len == bytes.len() => packet,
        other => panic!("{bytes:02X?} in {context:?}: {other:?}"),
    }
}

#[track_caller]
fn refused(bytes: &[u8], context: &Context, class: Class, offset: usize) {
    let packet_type = bytes.first().map(|first| first >> 4);
    let expected = Verdict::Refused {
        class,
        offset,
        packet_type,
    };
    assert_eq!(judge(bytes, context), expected, "{bytes:02X?}");
}

#[track_caller]
fn malformed(bytes: &[u8], context: &Context, offset: usize) {
    refused(bytes, context, Class::Malformed, offset);
}

#[track_caller]
fn protocol_error(bytes: &[u8], context: &Context, offset: usize) {
    refused(bytes, context, Class::ProtocolError, offset);
}

fn connack(session_present: bool, code: u8, properties: Vec<(u8, Value)>) -> Packet {
    Packet {
        packet_type: 2,
        session_present: Some(session_present),
        packet_id: None,
        codes: vec![code],
        properties,
    }
}

fn ack(packet_type: u8, id: u16, codes: &[u8], properties: Vec<(u8, Value)>) -> Packet {
    Packet {
        packet_type,
        session_present: None,
        packet_id: Some(id),
        codes: codes.to_vec(),
        properties,
    }
}

fn no_id(packet_type: u8, codes: &[u8], properties: Vec<(u8, Value)>) -> Packet {
    Packet {
        packet_type,
        session_present: None,
        packet_id: None,
        codes: codes.to_vec(),
        properties,
    }
}

#[test]
fn connack_examples() {
    assert_eq!(
        accepted(&[0x20, 3, 0, 0, 0], &V5),
        connack(false, 0, vec![])
    );
    assert_eq!(accepted(&[0x20, 3, 1, 0, 0], &V5), connack(true, 0, vec![]));
    assert_eq!(
        accepted(&[0x20, 3, 0, 0x84, 0], &V5),
        connack(false, 0x84, vec![])
    );
    // R34
    protocol_error(&[0x20, 3, 1, 0x87, 0], &V5, 2);
    // R33
    malformed(&[0x20, 3, 2, 0, 0], &V5, 2);
    // R70
    protocol_error(&[0x20, 6, 0, 0, 3, 0x21, 0, 0], &V5, 6);
    // R66
    protocol_error(&[0x20, 7, 0, 0, 4, 0x24, 1, 0x24, 1], &V5, 7);
    // R63
    malformed(&[0x20, 5, 0, 0, 2, 0x01, 0], &V5, 5);
    // R92
    malformed(&[0x20, 2, 0, 1], &V5, 1);
    assert_eq!(
        accepted(&[0x20, 2, 0, 1], &V3_1_1),
        connack(false, 1, vec![])
    );
    assert_eq!(accepted(&[0x20, 2, 0, 1], &V3_1), connack(false, 1, vec![]));
}

#[test]
fn acknowledgement_examples() {
    assert_eq!(accepted(&[0x40, 2, 0, 10], &V5), ack(4, 10, &[0], vec![]));
    assert_eq!(
        accepted(&[0x40, 2, 0, 10], &V3_1_1),
        ack(4, 10, &[], vec![])
    );
    assert_eq!(
        accepted(&[0x40, 3, 0, 10, 0x10], &V5),
        ack(4, 10, &[0x10], vec![])
    );
    assert_eq!(
        accepted(&[0x40, 4, 0, 10, 0x10, 0], &V5),
        ack(4, 10, &[0x10], vec![])
    );
    // R18
    malformed(&[0x40, 0x82, 0, 0, 10], &V5, 1);
    assert_eq!(
        accepted(&[0x40, 0x82, 0, 0, 10], &V3_1_1),
        ack(4, 10, &[], vec![])
    );
    assert_eq!(
        accepted(&[0x62, 4, 0, 10, 0x92, 0], &V5),
        ack(6, 10, &[0x92], vec![])
    );
    // R11, R93, R103
    for context in &ALL {
        match context.version {
            Version::V3_1 => assert_eq!(
                accepted(&[0x60, 2, 0, 10], context),
                ack(6, 10, &[], vec![])
            ),
            _ => malformed(&[0x60, 2, 0, 10], context, 0),
        }
    }
    assert_eq!(
        accepted(&[0x90, 4, 0, 10, 0, 1], &V5),
        ack(9, 10, &[1], vec![])
    );
    // R46
    protocol_error(&[0x90, 3, 0, 10, 0], &V5, 5);
    assert_eq!(
        accepted(&[0x90, 3, 0, 10, 0], &V3_1_1),
        ack(9, 10, &[0], vec![])
    );
    assert_eq!(
        accepted(&[0xB0, 4, 0, 10, 0, 0x11], &V5),
        ack(11, 10, &[0x11], vec![])
    );
}

#[test]
fn disconnect_examples() {
    assert_eq!(accepted(&[0xE0, 0], &V5), no_id(14, &[0], vec![]));
    assert_eq!(accepted(&[0xE0, 0], &V3_1_1), no_id(14, &[], vec![]));
    assert_eq!(accepted(&[0xE0, 0], &V3_1), no_id(14, &[], vec![]));
    assert_eq!(accepted(&[0xE0, 1, 4], &V5), no_id(14, &[4], vec![]));
    let expiry = [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 0];
    let expected = no_id(14, &[0], vec![(0x11, Value::Four(0))]);
    assert_eq!(accepted(&expiry, &V5), expected);
    assert_eq!(accepted(&expiry, &FROM_CLIENT), expected);
    // R74
    protocol_error(&expiry, &FROM_SERVER, 4);
}

#[test]
fn auth_examples() {
    let expected = no_id(15, &[0x18], vec![(0x15, Value::Text("A".to_owned()))]);
    assert_eq!(
        accepted(&[0xF0, 6, 0x18, 4, 0x15, 0, 1, b'A'], &V5),
        expected
    );
    // D3
    assert_eq!(accepted(&[0xF0, 0], &V5), no_id(15, &[0], vec![]));
    assert_eq!(accepted(&[0xF0, 0], &FROM_SERVER), no_id(15, &[0], vec![]));
    protocol_error(&[0xF0, 0], &FROM_CLIENT, 2);
    // D4, before the code is looked at
    malformed(&[0xF0, 1, 0x18], &V5, 3);
    malformed(&[0xF0, 1, 0xFF], &V5, 3);
    // R77, before the left-over byte
    protocol_error(&[0xF0, 3, 0x18, 0, 0], &V5, 3);
    // R31
    malformed(&[0xF0, 7, 0x18, 4, 0x15, 0, 1, b'A', 0], &V5, 8);
    // R43
    protocol_error(&[0xF0, 6, 0x19, 4, 0x15, 0, 1, b'A'], &FROM_SERVER, 2);
    protocol_error(&[0xF0, 6, 0x00, 4, 0x15, 0, 1, b'A'], &FROM_CLIENT, 2);
}

#[test]
fn type_0_and_in_3_x_type_15_are_no_packets() {
    let no_packet = Verdict::Refused {
        class: Class::Malformed,
        offset: 0,
        packet_type: None,
    };
    for context in &ALL {
        assert_eq!(judge(&[0x00], context), no_packet);
    }
    assert_eq!(judge(&[0xF0], &V3_1_1), no_packet);
    assert_eq!(judge(&[0xF0], &V3_1), no_packet);
    assert_eq!(judge(&[0xF0], &V5), Verdict::Incomplete { needed: 1 });
}

#[test]
fn the_first_byte_is_judged_alone_flags_before_direction() {
    for first in [0x20, 0x90, 0xB0] {
        for version in [Version::V5_0, Version::V3_1_1, Version::V3_1] {
            protocol_error(
                &[first],
                &Context {
                    version,
                    ..FROM_CLIENT
                },
                0,
            );
        }
        malformed(&[first | 0b1000], &FROM_CLIENT, 0);
    }
    for version in [Version::V3_1_1, Version::V3_1] {
        protocol_error(
            &[0xE0, 0],
            &Context {
                version,
                ..FROM_SERVER
            },
            0,
        );
    }
    malformed(&[0x68], &V5, 0);
    // R102, R103: 3.1 demands no flags.
    for flags in 0b0000..=0b1111 {
        assert_eq!(
            accepted(&[0x60 | flags, 2, 0, 1], &V3_1),
            ack(6, 1, &[], vec![])
        );
    }
    assert_eq!(accepted(&[0xEF, 0], &V3_1), no_id(14, &[], vec![]));
}

#[test]
fn other_packets_are_frames_with_their_flags_from_their_side() {
    // Type, the flags it may have, whether a Client, whether a Server may send it.
    let rows: [(u8, &[u8], bool, bool); 6] = [
        (1, &[0], true, false),
        (3, &[0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13], true, true),
        (8, &[2], true, false),
        (10, &[2], true, false),
        (12, &[0], true, false),
        (13, &[0], false, true),
    ];
    for (packet_type, allowed, client, server) in rows {
        for context in ALL.iter().chain(&[FROM_CLIENT, FROM_SERVER]) {
            for flags in 0..16 {
                let bytes = [packet_type << 4 | flags, 1, 0xFF, 0xAA];
                if context.version != Version::V3_1 && !allowed.contains(&flags) {
                    malformed(&bytes, context, 0);
                } else if (context.sender == Some(Sender::Client) && !client)
                    || (context.sender == Some(Sender::Server) && !server)
                {
                    protocol_error(&bytes, context, 0);
                } else {
                    let len = 3;
                    assert_eq!(judge(&bytes, context), Verdict::Frame { packet_type, len });
                }
            }
        }
    }
}

#[test]
fn says_how_many_bytes_are_missing() {
    for context in &ALL {
        let needed = |bytes: &[u8]| match judge(bytes, context) {
            Verdict::Incomplete { needed } => Some(needed),
            _ => None,
        };
        assert_eq!(needed(&[]), Some(2));
        assert_eq!(needed(&[0x40]), Some(1));
        assert_eq!(needed(&[0x40, 0x80]), Some(1));
        assert_eq!(needed(&[0x40, 0xFF, 0xFF, 0xFF]), Some(1));
        assert_eq!(needed(&[0x40, 0xFF, 0xFF, 0xFF, 0x7F]), Some(268_435_455));
        assert_eq!(needed(&[0x40, 2, 0]), Some(1));
        malformed(&[0x40, 0xFF, 0xFF, 0xFF, 0x80], context, 1);
    }
}

#[test]
fn the_size_is_judged_from_the_header() {
    for context in &ALL {
        let limited = |max| Context {
            max_packet_size: Some(max),
            ..*context
        };
        refused(&[0x40, 2], &limited(3), Class::PacketTooLarge, 1);
        refused(&[0x30, 2], &limited(3), Class::PacketTooLarge, 1);
        assert_eq!(
            judge(&[0x40, 2], &limited(4)),
            Verdict::Incomplete { needed: 2 }
        );
        assert_eq!(accepted(&[0x40, 2, 0, 1], &limited(4)).packet_id, Some(1));
    }
}

#[test]
fn a_field_that_does_not_fit_is_malformed_at_its_start() {
    malformed(&[0x20, 0], &V5, 2);
    malformed(&[0x20, 1, 0], &V5, 3);
    malformed(&[0x20, 2, 2, 0], &V5, 2);
    malformed(&[0x40, 0], &V5, 2);
    malformed(&[0x40, 1, 0], &V5, 2);
    malformed(&[0x90, 2, 0, 1], &V5, 4);
    // R29, R30: Property Length cut short, over-long, not the shortest, past the end.
    malformed(&[0xE0, 2, 0, 0x80], &V5, 3);
    malformed(&[0xE0, 6, 0, 0x80, 0x80, 0x80, 0x80, 0], &V5, 3);
    malformed(&[0xE0, 3, 0, 0x80, 0], &V5, 3);
    malformed(&[0xE0, 2, 0, 1], &V5, 3);
    // R32, R62: past the end of the section, though not of the packet.
    malformed(&[0xE0, 7, 0, 4, 0x11, 0, 0, 0, 0], &V5, 5);
    malformed(&[0xE0, 5, 0, 2, 0x1F, 0, 0], &V5, 5);
    malformed(&[0xE0, 6, 0, 3, 0x1F, 0, 1, b'a'], &V5, 5);
    // R60: the second string at its own length.
    malformed(&[0xE0, 7, 0, 5, 0x26, 0, 1, b'k', 0], &V5, 8);
    malformed(&[0xE0, 8, 0, 6, 0x26, 0, 1, b'k', 0, 1], &V5, 8);
}

#[test]
fn text_is_refused_at_the_first_bad_byte() {
    malformed(&[0xE0, 8, 0, 6, 0x1F, 0, 3, b'a', 0xC3, b'b'], &V5, 8);
    malformed(&[0xE0, 8, 0, 6, 0x1F, 0, 3, b'a', 0x00, 0xFF], &V5, 8);
    // R60: a bad name before a value that does not fit.
    malformed(&[0xE0, 7, 0, 5, 0x26, 0, 1, 0xFF, 0], &V5, 7);
    malformed(&[0xE0, 9, 0, 7, 0x26, 0, 1, b'k', 0, 1, 0], &V5, 10);
    // R58, R59: not wrong.
    let bytes = [0xE0, 9, 0, 7, 0x1F, 0, 4, 0xEF, 0xBB, 0xBF, 0x01];
    let expected = vec![(0x1F, Value::Text("\u{FEFF}\u{1}".to_owned()))];
    assert_eq!(accepted(&bytes, &V5).properties, expected);
}

#[test]
fn properties_keep_their_order_and_user_properties_repeat() {
    let bytes = [
        0x20, 26, 0, 0, 23, // header, flags, code, Property Length
        0x26, 0, 1, b'k', 0, 1, b'v', // User Property
        0x13, 0, 0, // Server Keep Alive 0
        0x26, 0, 0, 0, 0, // User Property, both strings empty
        0x16, 0, 2, 0, 0xFF, // Authentication Data without a method (D13)
        0x22, 1, 2, // Topic Alias Maximum
    ];
    let expected = vec![
        (0x26, Value::Pair("k".to_owned(), "v".to_owned())),
        (0x13, Value::Two(0)),
        (0x26, Value::Pair(String::new(), String::new())),
        (0x16, Value::Binary(vec![0, 0xFF])),
        (0x22, Value::Two(0x0102)),
    ];
    assert_eq!(accepted(&bytes, &V5), connack(false, 0, expected));
}

#[test]
fn values_out_of_range_are_protocol_errors_at_the_value() {
    for identifier in [0x24, 0x25, 0x28, 0x29, 0x2A] {
        protocol_error(&[0x20, 5, 0, 0, 2, identifier, 2], &V5, 6);
        let one = accepted(&[0x20, 5, 0, 0, 2, identifier, 1], &V5);
        assert_eq!(one.properties, [(identifier, Value::Byte(1))]);
    }
    protocol_error(&[0x20, 8, 0, 0, 5, 0x27, 0, 0, 0, 0], &V5, 6);
}

#[test]
fn problem_information_that_was_not_asked_for() {
    for sender in [None, Some(Sender::Server)] {
        let context = Context {
            sender,
            request_problem_information: false,
            ..V5
        };
        protocol_error(&[0x40, 7, 0, 1, 0, 3, 0x1F, 0, 0], &context, 6);
        protocol_error(&[0xB0, 9, 0, 1, 5, 0x26, 0, 0, 0, 0, 0], &context, 5);
        protocol_error(
            &[0xF0, 9, 0x18, 7, 0x15, 0, 1, b'A', 0x1F, 0, 0],
            &context,
            8,
        );
        assert_eq!(
            accepted(&[0x20, 6, 0, 0, 3, 0x1F, 0, 0], &context).codes,
            [0]
        );
        assert_eq!(accepted(&[0xE0, 5, 0, 3, 0x1F, 0, 0], &context).codes, [0]);
    }
    // R91
    let from_client = Context {
        request_problem_information: false,
        ..FROM_CLIENT
    };
    assert_eq!(
        accepted(&[0x40, 7, 0, 1, 0, 3, 0x1F, 0, 0], &from_client).codes,
        [0]
    );
}

#[test]
fn codes_are_checked_against_table_and_sender() {
    protocol_error(&[0x20, 3, 0, 0x8B, 0], &V5, 3);
    // The undefined code is found before Session Present is compared with it.
    protocol_error(&[0x20, 3, 1, 0x8B, 0], &V5, 3);
    protocol_error(&[0x40, 3, 0, 1, 0x92], &V5, 4);
    protocol_error(&[0x90, 6, 0, 1, 0, 0, 0x03, 0xFF], &V5, 6);
    protocol_error(&[0xF0, 6, 0x19, 4, 0x15, 0, 1, 0x41], &FROM_SERVER, 2);
    protocol_error(&[0xF0, 6, 0x00, 4, 0x15, 0, 1, 0x41], &FROM_CLIENT, 2);
    for context in [V5, FROM_CLIENT, FROM_SERVER] {
        assert_eq!(accepted(&[0xE0, 1, 0x8C], &context).codes, [0x8C]);
        assert_eq!(accepted(&[0xE0, 1, 0x9B], &context).codes, [0x9B]);
        // D18, D21
        assert_eq!(accepted(&[0xE0, 1, 0x04], &context).codes, [0x04]);
        assert_eq!(accepted(&[0xE0, 1, 0x87], &context).codes, [0x87]);
        assert_eq!(accepted(&[0x40, 3, 0, 1, 0x10], &context).codes, [0x10]);
        // D20
        assert_eq!(accepted(&[0xE0, 5, 0, 3, 0x1C, 0, 0], &context).codes, [0]);
    }
}

#[test]
fn left_over_bytes_are_malformed_at_the_first() {
    malformed(&[0x20, 4, 0, 0, 0, 0], &V5, 5);
    malformed(&[0x40, 6, 0, 1, 0, 0, 0xDE, 0xAD], &V5, 6);
    malformed(&[0xE0, 3, 0, 0, 0], &V5, 4);
}

#[test]
fn packet_identifier_zero_is_a_protocol_error() {
    for first in [0x40, 0x50, 0x62, 0x70, 0xB0] {
        for context in &ALL {
            protocol_error(&[first, 2, 0, 0], context, 2);
        }
    }
    protocol_error(&[0x90, 3, 0, 0, 0], &V3_1, 2);
}

#[test]
fn bodies_of_3_x() {
    for context in [V3_1_1, V3_1] {
        for bytes in [
            &[0x40, 3, 0, 1, 0][..],
            &[0x20, 1, 0],
            &[0xB0, 0],
            &[0xE0, 1, 0],
        ] {
            malformed(bytes, &context, 1);
        }
        malformed(&[0x90, 1, 0], &context, 2);
        protocol_error(&[0x90, 2, 0, 1], &context, 4);
        protocol_error(&[0x90, 5, 0, 1, 0x80, 2, 3], &context, 6);
        protocol_error(&[0x20, 2, 0, 6], &context, 3);
    }
    malformed(&[0x20, 2, 2, 6], &V3_1_1, 2);
    protocol_error(&[0x20, 2, 1, 6], &V3_1_1, 3);
    protocol_error(&[0x20, 2, 1, 5], &V3_1_1, 2);
    assert_eq!(
        accepted(&[0x20, 2, 1, 0], &V3_1_1),
        connack(true, 0, vec![])
    );
    // R101
    assert_eq!(
        accepted(&[0x20, 2, 0xFF, 5], &V3_1),
        connack(false, 5, vec![])
    );
}

#[test]
fn bytes_after_the_packet_are_not_looked_at() {
    let expected = Verdict::Packet {
        packet: ack(5, 1, &[0], vec![]),
        len: 4,
    };
    assert_eq!(judge(&[0x50, 2, 0, 1, 0x00, 0xFF], &V5), expected);
}
