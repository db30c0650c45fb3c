//! Every code in every packet from every side, in both directions, against one table typed out from Table 2-6 and the
//! "sent by" columns.

use mqtt_reason::v5::{self, Connack, Disconnect, Packet};
use mqtt_reason::{
    CodeList, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, ErrorKind, PacketId,
    PacketReason, PacketType, ReasonCode, SentBy, Side,
};

struct Row {
    packet: PacketType,
    /// A packet with the code left open: what stands before it and what stands after it.
    frame: (&'static [u8], &'static [u8]),
    either: &'static [u8],
    server: &'static [u8],
    client: &'static [u8],
    statement: &'static str,
}

const TABLE: [Row; 9] = [
    Row {
        packet: PacketType::Connack,
        frame: (&[0x20, 0x03, 0x00], &[0x00]),
        either: &[],
        server: &[
            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90,
            0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
        ],
        client: &[],
        statement: "MQTT-3.2.2-8",
    },
    Row {
        packet: PacketType::Puback,
        frame: (&[0x40, 0x03, 0x12, 0x34], &[]),
        either: &[0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
        server: &[0x10],
        client: &[],
        statement: "MQTT-3.4.2-1",
    },
    Row {
        packet: PacketType::Pubrec,
        frame: (&[0x50, 0x03, 0x12, 0x34], &[]),
        either: &[0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
        server: &[0x10],
        client: &[],
        statement: "MQTT-3.5.2-1",
    },
    Row {
        packet: PacketType::Pubrel,
        frame: (&[0x62, 0x03, 0x12, 0x34], &[]),
        either: &[0x00, 0x92],
        server: &[],
        client: &[],
        statement: "MQTT-3.6.2-1",
    },
    Row {
        packet: PacketType::Pubcomp,
        frame: (&[0x70, 0x03, 0x12, 0x34], &[]),
        either: &[0x00, 0x92],
        server: &[],
        client: &[],
        statement: "MQTT-3.7.2-1",
    },
    Row {
        packet: PacketType::Suback,
        frame: (&[0x90, 0x04, 0x12, 0x34, 0x00], &[]),
        either: &[],
        server: &[
            0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2,
        ],
        client: &[],
        statement: "MQTT-3.9.3-2",
    },
    Row {
        packet: PacketType::Unsuback,
        frame: (&[0xB0, 0x04, 0x12, 0x34, 0x00], &[]),
        either: &[],
        server: &[0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91],
        client: &[],
        statement: "MQTT-3.11.3-2",
    },
    Row {
        packet: PacketType::Disconnect,
        frame: (&[0xE0, 0x01], &[]),
        // With 0x8C and 0x9B, on which the specification contradicts itself.
        either: &[
            0x00, 0x80, 0x81, 0x82, 0x83, 0x8C, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
            0x9B,
        ],
        server: &[
            0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x9A, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
        ],
        client: &[0x04],
        statement: "MQTT-3.14.2-1",
    },
    Row {
        packet: PacketType::Auth,
        frame: (&[0xF0, 0x06], &[0x04, 0x15, 0x00, 0x01, b'A']),
        either: &[0x18],
        server: &[0x00],
        client: &[0x19],
        statement: "MQTT-3.15.2-1",
    },
];

impl Row {
    fn sent_by(&self, code: u8) -> Option<SentBy> {
        if self.either.contains(&code) {
            Some(SentBy::Either)
        } else if self.server.contains(&code) {
            Some(SentBy::Server)
        } else if self.client.contains(&code) {
            Some(SentBy::Client)
        } else {
            None
        }
    }

    fn bytes(&self, code: u8) -> Vec<u8> {
        let (before, after) = self.frame;
        [before, &[code], after].concat()
    }
}

#[test]
fn decodes_the_codes_of_each_packet_from_each_side_and_no_others() {
    let mut pairs = 0;
    for row in &TABLE {
        for code in 0..=u8::MAX {
            let bytes = row.bytes(code);
            let offset = row.frame.0.len();
            let sent_by = row.sent_by(code);
            pairs += usize::from(sent_by.is_some());
            for sender in [None, Some(Side::Client), Some(Side::Server)] {
                let options = match sender {
                    Some(sender) => DecodeOptions::new().sender(sender),
                    None => DecodeOptions::new(),
                };
                let context = format!("{:#04x} in {} from {sender:?}", code, row.packet);
                let result = v5::decode_with(&options, &bytes);
                let server_only = [
                    PacketType::Connack,
                    PacketType::Suback,
                    PacketType::Unsuback,
                ]
                .contains(&row.packet);
                if server_only && sender == Some(Side::Client) {
                    assert_eq!(result.unwrap_err().offset(), 0, "{context}");
                    continue;
                }
                match (sent_by, sender) {
                    (None, _) => {
                        let error = result.expect_err(&context);
                        assert_eq!(
                            error.kind(),
                            shown!(ErrorKind::ReasonCode {
                                packet: row.packet,
                                code
                            })
                        );
                        assert_eq!((error.offset(), error.rule()), (offset, row.statement));
                        assert_eq!(error.answer(), Some(v5::DisconnectReason::ProtocolError));
                        assert_eq!(
                            error.to_string(),
                            format!("reason code {code:#04x} is not defined for {}", row.packet)
                        );
                    }
                    // The columns of the others are descriptions (D18, D21).
                    (Some(sent_by), Some(sender))
                        if row.packet == PacketType::Auth && !sent_by.includes(sender) =>
                    {
                        let error = result.expect_err(&context);
                        assert_eq!(
                            error.kind(),
                            shown!(ErrorKind::ReasonCodeSender {
                                packet: row.packet,
                                code,
                                sender
                            })
                        );
                        assert_eq!(error.offset(), offset);
                        assert_eq!(error.answer(), Some(v5::DisconnectReason::ProtocolError));
                    }
                    _ => {
                        let Decoded::Packet { packet, len } = result.expect(&context) else {
                            panic!("{context}");
                        };
                        assert_eq!((packet.packet_type(), len), (row.packet, bytes.len()));
                    }
                }
            }
        }
    }
    assert_eq!(pairs, 96);
}

/// Checks that `build` can be given the row's codes only, and that each is written for the sides that may send it.
fn encodes<R: PacketReason, P: Encode>(build: impl Fn(R) -> P) {
    let row = TABLE.iter().find(|row| row.packet == R::PACKET).unwrap();
    for code in 0..=u8::MAX {
        let reason = R::from_u8(code);
        assert_eq!(reason.is_some(), row.sent_by(code).is_some(), "{code:#04x}");
        let (Some(reason), Some(sent_by)) = (reason, row.sent_by(code)) else {
            continue;
        };
        assert_eq!(reason.as_u8(), code);
        let packet = build(reason);
        for side in [Side::Client, Side::Server] {
            assert_eq!(reason.can_be_sent_by(side), sent_by.includes(side));
            let options = EncodeOptions::new().sender(side);
            let mut buffer = Vec::new();
            let result = packet.encode_with(&options, &mut buffer);
            if sent_by.includes(side) {
                // 0x00 has a shorter form than the row's in some packets.
                assert_eq!(result, Ok(buffer.len()));
                if code != 0 {
                    assert_eq!(buffer, row.bytes(code));
                }
                let options = DecodeOptions::new().sender(side);
                let Ok(Decoded::Packet { packet: again, .. }) = v5::decode_with(&options, &buffer)
                else {
                    panic!("{buffer:02x?}");
                };
                assert_eq!(again.packet_type(), packet.packet_type());
                assert!(again.reason_codes().eq([reason.into()]), "{again:?}");
            } else {
                assert!(matches!(
                    result,
                    Err(EncodeError::ReasonCodeSender { .. } | EncodeError::WrongDirection { .. })
                ));
                assert!(buffer.is_empty());
            }
        }
    }
}

#[test]
fn encodes_the_codes_of_each_packet_for_each_side_and_no_others() {
    let id = PacketId::new(0x1234).unwrap();
    encodes(Connack::refused);
    encodes(|reason| v5::Puback::new(id, reason));
    encodes(|reason| v5::Pubrec::new(id, reason));
    encodes(|reason| v5::Pubrel::new(id, reason));
    encodes(|reason| v5::Pubcomp::new(id, reason));
    encodes(|reason: v5::SubackReason| v5::Suback::new(id, [reason]).unwrap());
    encodes(|reason: v5::UnsubackReason| v5::Unsuback::new(id, [reason]).unwrap());
    encodes(Disconnect::new);
    encodes(|reason| v5::Auth::new(reason, "A"));
}

#[test]
fn the_union_holds_the_43_values_and_96_pairs_of_the_table() {
    assert_eq!(ReasonCode::table().count(), 96);
    assert_eq!(ReasonCode::all().count(), 43);
    for code in 0..=u8::MAX {
        let rows = TABLE.iter().filter(|row| row.sent_by(code).is_some());
        let packets: Vec<_> = rows.map(|row| row.packet).collect();
        let union = ReasonCode::from_u8(code);
        assert_eq!(union.is_some(), !packets.is_empty(), "{code:#04x}");
        let Some(union) = union else {
            assert!(ReasonCode::try_from(code).is_err());
            continue;
        };
        assert_eq!(u8::from(union), code);
        assert_eq!(union.is_error(), code >= 0x80);
        assert!(
            union
                .meanings()
                .map(|row| row.packet)
                .eq(packets.iter().copied())
        );
        for row in &TABLE {
            let meaning = union.meaning_in(row.packet);
            assert_eq!(meaning.map(|meaning| meaning.sent_by), row.sent_by(code));
        }
    }
}

#[test]
fn names_and_numbers_read_as_codes() {
    use v5::{AuthReason, PubackReason, SubackReason};

    for text in [
        "135",
        "0x87",
        "0X87",
        "Not authorized",
        "not-authorized",
        "NotAuthorized",
        "NOT_AUTHORIZED",
    ] {
        assert_eq!(text.parse(), Ok(PubackReason::NotAuthorized), "{text}");
        assert_eq!(text.parse(), Ok(ReasonCode::NOT_AUTHORIZED), "{text}");
    }
    for text in [
        "",
        "87",
        "0x",
        "0x+7",
        "0x+87",
        "0X+87",
        "+135",
        "256",
        "0x187",
        "Not",
        "Granted QoS 1",
    ] {
        assert!(text.parse::<PubackReason>().is_err(), "{text}");
    }
    assert_eq!("granted qos 1".parse(), Ok(SubackReason::GrantedQos1));
    assert_eq!("re-authenticate".parse(), Ok(AuthReason::ReAuthenticate));
    for row in ReasonCode::table() {
        assert_eq!(row.name.parse(), Ok(row.code));
        assert!(row.help.ends_with('.'), "{}", row.help);
    }
    for (code, name) in [
        (ReasonCode::SUCCESS, "Success"),
        (ReasonCode::QOS_NOT_SUPPORTED, "QoS not supported"),
        (ReasonCode::MAXIMUM_CONNECT_TIME, "Maximum connect time"),
    ] {
        assert_eq!((code.name(), code.to_string().as_str()), (name, name));
    }
}

#[test]
fn a_code_of_another_packet_is_no_code_of_this_one() {
    let taken_over = ReasonCode::SESSION_TAKEN_OVER;
    assert!(v5::PubackReason::try_from(taken_over).is_err());
    assert_eq!(
        v5::DisconnectReason::try_from(taken_over),
        Ok(v5::DisconnectReason::SessionTakenOver)
    );
}

#[test]
fn a_list_of_codes_knows_its_length_and_what_it_equals() {
    use v5::SubackReason::{GrantedQos0, GrantedQos1, NotAuthorized};

    let codes = [GrantedQos1, GrantedQos0, NotAuthorized];
    let mut buffer = [0; 8];
    let built = CodeList::collect_in(codes, &mut buffer).unwrap();
    let bytes = [0x90, 0x06, 0x00, 0x01, 0x00, 0x01, 0x00, 0x87];
    let Ok(Decoded::Packet {
        packet: Packet::Suback(suback),
        ..
    }) = v5::decode(&bytes)
    else {
        panic!("a SUBACK");
    };
    assert_eq!(built, suback.reasons());
    assert_ne!(Ok(built), CodeList::from_bytes(&[0x00, 0x87]));
    for list in [built, suback.reasons()] {
        let mut iter = list.iter();
        for left in (0..=3).rev() {
            assert_eq!((iter.size_hint(), iter.len()), ((left, Some(left)), left));
            assert_eq!(iter.next(), codes.get(3 - left).copied());
        }
        assert_eq!((list.get(2), list.get(3)), (Some(NotAuthorized), None));
        assert!(list.into_iter().eq(&list));
    }
    assert_eq!(
        format!("{built:?}"),
        "[GrantedQos1, GrantedQos0, NotAuthorized]"
    );
}
