//! The short cuts in front of the general parser and writer: they give what the long way gives.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use mqtt_reason::v3::Version::{V3_1, V3_1_1};
use mqtt_reason::v5::{Ack, AckReason, Packet, Property};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, ErrorKind, PacketId,
    PacketType, Side, v3, v5,
};

#[macro_use]
#[path = "shown/mod.rs"]
mod shown;

use shown::Shown;

/// PUBACK, PUBREC, PUBREL and PUBCOMP.
const ACKS: [u8; 4] = [0x40, 0x50, 0x62, 0x70];
const IDS: [u16; 8] = [1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x0202, 0xFFFF];
const SENDERS: [Option<Side>; 3] = [None, Some(Side::Client), Some(Side::Server)];

fn decode_options() -> impl Iterator<Item = DecodeOptions> {
    SENDERS.into_iter().flat_map(|sender| {
        [true, false].into_iter().map(move |requested| {
            let options = DecodeOptions::new().request_problem_information(requested);
            match sender {
                Some(sender) => options.sender(sender),
                None => options,
            }
        })
    })
}

fn encode_options() -> impl Iterator<Item = EncodeOptions> {
    SENDERS.into_iter().flat_map(|sender| {
        [true, false].into_iter().map(move |requested| {
            let options = EncodeOptions::new().request_problem_information(requested);
            match sender {
                Some(sender) => options.sender(sender),
                None => options,
            }
        })
    })
}

/// The packet that all of `bytes` are.
fn packet<'a, P: std::fmt::Debug>(
    decoded: Result<Decoded<'a, P>, DecodeError>,
    bytes: &[u8],
) -> Result<P, DecodeError> {
    match decoded? {
        Decoded::Packet { packet, len } => {
            assert_eq!(len, bytes.len(), "{bytes:02x?}");
            Ok(packet)
        }
        other => panic!("{bytes:02x?}: {other:?}"),
    }
}

#[test]
fn four_bytes_of_5_0_are_what_the_forms_with_code_and_property_length_are() {
    for options in decode_options() {
        for first in ACKS {
            for id in IDS {
                let [high, low] = id.to_be_bytes();
                let short = [first, 2, high, low];
                let with_code = [first, 3, high, low, 0x00];
                let with_length = [first, 4, high, low, 0x00, 0x00];
                let found = packet(v5::decode_with(&options, &short), &short).unwrap();
                for long in [&with_code[..], &with_length] {
                    let expected = packet(v5::decode_with(&options, long), long).unwrap();
                    assert_eq!(found, expected, "{long:02x?}, {options:?}");
                }
            }
        }
    }
}

#[test]
fn four_bytes_of_5_0_are_refused_where_longer_forms_are() {
    for options in decode_options() {
        for first in ACKS {
            // Packet Identifier 0.
            let short = packet(v5::decode_with(&options, &[first, 2, 0, 0]), &[]).unwrap_err();
            let long = [first, 4, 0, 0, 0x00, 0x00];
            let long = packet(v5::decode_with(&options, &long), &[]).unwrap_err();
            assert_eq!(short, long);
            assert_eq!(short.kind(), ErrorKind::PacketIdentifierZero);

            // One byte more than the receiver takes, and as much as it takes.
            let short = [first, 2, 0, 10];
            let options = options.max_packet_size(3);
            let error = packet(v5::decode_with(&options, &short), &[]).unwrap_err();
            let kind = shown!(ErrorKind::PacketTooLarge { len: 4, max: 3 });
            assert_eq!(error.kind(), kind);
            assert_eq!(error.offset(), 1);
            let options = options.max_packet_size(4);
            assert!(packet(v5::decode_with(&options, &short), &short).is_ok());
        }
    }
}

#[test]
fn a_short_packet_does_not_depend_on_what_follows_it() {
    for first in ACKS {
        let stream = [first, 2, 0, 10, first, 2, 0, 11];
        let alone = v5::decode(stream.first_chunk::<4>().unwrap());
        assert_eq!(v5::decode(&stream), alone);
        for cut in 1..4 {
            let part = stream.get(..cut).unwrap();
            let Ok(Decoded::Incomplete { needed }) = v5::decode(part) else {
                panic!("{part:02x?} is not whole");
            };
            assert_eq!(needed.get(), if cut == 1 { 1 } else { 4 - cut });
        }
    }
}

/// 3.1.1 and 3.1 accept a Remaining Length in more bytes than it needs: no short cut takes those.
#[test]
fn four_bytes_of_3_x_are_what_a_padded_remaining_length_gives() {
    for version in [V3_1, V3_1_1] {
        for options in decode_options() {
            for first in 0..=u8::MAX {
                for id in IDS.into_iter().chain([0]) {
                    let [high, low] = id.to_be_bytes();
                    let short = [first, 2, high, low];
                    let padded = [first, 0x82, 0x00, high, low];
                    let short = v3::decode_with(version, &options, &short);
                    let padded = v3::decode_with(version, &options, &padded);
                    let context = format!("{first:02x} {id:04x} {version:?} {options:?}");
                    match (short, padded) {
                        (
                            Ok(Decoded::Packet { packet, len: 4 }),
                            Ok(Decoded::Packet {
                                packet: expected,
                                len: 5,
                            }),
                        ) => assert_eq!(packet, expected, "{context}"),
                        (Ok(Decoded::Frame(frame)), Ok(Decoded::Frame(expected))) => {
                            assert_eq!(frame.packet_type(), expected.packet_type(), "{context}");
                            assert_eq!(frame.body(), expected.body(), "{context}");
                        }
                        (Err(error), Err(expected)) => {
                            assert_eq!(error.kind(), expected.kind(), "{context}");
                            // Behind the header everything is one byte later.
                            let later = usize::from(expected.offset() > 1);
                            assert_eq!(error.offset() + later, expected.offset(), "{context}");
                        }
                        other => panic!("{context}: {other:?}"),
                    }
                }
            }
        }
    }
}

/// What an encoder writes into a buffer of `room` bytes.
fn written(
    room: usize,
    encode: impl FnOnce(&mut &mut [u8]) -> Result<usize, EncodeError>,
) -> Result<Vec<u8>, Shown> {
    let mut buffer = vec![0xA5; room];
    let result = encode(&mut buffer.as_mut_slice());
    let len = result.as_ref().copied().unwrap_or(0);
    assert!(buffer.iter().skip(len).all(|byte| *byte == 0xA5));
    buffer.truncate(len);
    result.map(|_| buffer).map_err(Shown::from)
}

/// Short cuts are taken without properties: whoever has properties that are left out goes the long way.
fn short_and_long_way_write_the_same<R: AckReason>(first: u8)
where
    for<'a> Packet<'a>: From<Ack<'a, R>>,
{
    let problem = [
        Property::UserProperty("trace-id", "4bf92f3577b34da6"),
        Property::ReasonString("no"),
    ];
    for id in IDS {
        let [high, low] = id.to_be_bytes();
        let short = Ack::<R>::success(PacketId::new(id).unwrap());
        let long = short.with_properties(&problem);
        for options in encode_options() {
            let expected = Ok(vec![first, 2, high, low]);
            // Taken by the packet's own type and by the union of all.
            assert_eq!(written(9, |dst| short.encode_with(&options, dst)), expected);
            assert_eq!(
                written(9, |dst| Packet::from(short).encode_with(&options, dst)),
                expected
            );
            // Not taken: properties are there, and left out for a receiver that takes four bytes.
            let tight = options.max_packet_size(4);
            let encode = |room, options: &EncodeOptions| {
                [
                    written(room, |dst| long.encode_with(options, dst)),
                    written(room, |dst| short.encode_with(options, dst)),
                    written(room, |dst| Packet::from(short).encode_with(options, dst)),
                ]
            };
            for result in encode(4, &tight) {
                assert_eq!(result, expected);
            }
            // Refused alike.
            let too_tight = options.max_packet_size(3);
            let too_large = Err(shown!(EncodeError::PacketTooLarge {
                packet: R::PACKET,
                len: 4,
                max: 3,
            }));
            let no_room = Err(shown!(EncodeError::BufferTooSmall {
                needed: 4,
                available: 3,
            }));
            for result in encode(9, &too_tight) {
                assert_eq!(result, too_large);
            }
            for result in encode(3, &tight) {
                assert_eq!(result, no_room);
            }
        }
        // Not taken: properties that nobody asked for, [MQTT-3.1.2-29].
        let unasked = EncodeOptions::new().request_problem_information(false);
        assert_eq!(
            written(9, |dst| long.encode_with(&unasked, dst)),
            Ok(vec![first, 2, high, low])
        );
        assert_eq!(short.encoded_len(), 4);
        assert_eq!(Packet::from(short).encoded_len(), 4);
    }
}

#[test]
fn four_bytes_of_5_0_are_written_by_short_cut_and_long_way_alike() {
    short_and_long_way_write_the_same::<v5::PubackReason>(0x40);
    short_and_long_way_write_the_same::<v5::PubrecReason>(0x50);
    short_and_long_way_write_the_same::<v5::PubrelReason>(0x62);
    short_and_long_way_write_the_same::<v5::PubcompReason>(0x70);
}

#[test]
fn four_bytes_of_3_x_are_those_of_5_0() {
    for id in IDS {
        let [high, low] = id.to_be_bytes();
        let id = PacketId::new(id).unwrap();
        let packets = [
            (0x40, v3::Packet::Puback(id)),
            (0x50, v3::Packet::Pubrec(id)),
            (0x62, v3::Packet::Pubrel(id)),
            (0x70, v3::Packet::Pubcomp(id)),
            (0xB0, v3::Packet::Unsuback(id)),
        ];
        for (first, packet) in packets {
            for version in [V3_1, V3_1_1] {
                let encode = |options: &EncodeOptions, room| {
                    written(room, |dst| packet.encode_with(version, options, dst))
                };
                let plain = EncodeOptions::new();
                assert_eq!(encode(&plain, 9), Ok(vec![first, 2, high, low]));
                assert_eq!(
                    encode(&plain, 3),
                    Err(shown!(EncodeError::BufferTooSmall {
                        needed: 4,
                        available: 3
                    }))
                );
                assert_eq!(
                    encode(&plain.max_packet_size(3), 9),
                    Err(shown!(EncodeError::PacketTooLarge {
                        packet: packet.packet_type(),
                        len: 4,
                        max: 3
                    }))
                );
                let from_client = encode(&plain.sender(Side::Client), 9);
                if packet.packet_type() == PacketType::Unsuback {
                    assert_eq!(
                        from_client,
                        Err(shown!(EncodeError::WrongDirection {
                            packet: PacketType::Unsuback,
                            sender: Side::Client
                        }))
                    );
                } else {
                    assert_eq!(from_client, Ok(vec![first, 2, high, low]));
                }
            }
        }
    }
}

/// Binary data between strings, UTF-8 or not, changes nothing about them.
#[test]
fn strings_around_binary_data_are_read_whatever_the_data() {
    // AUTH 0x18: Authentication Method "A", Authentication Data of one byte, Reason String, User Property.
    let auth = |data| {
        let mut bytes = vec![0xF0, 0x1A, 0x18, 0x18, 0x15, 0, 1, b'A', 0x16, 0, 1, data];
        bytes.extend([0x1F, 0, 5, b'n', 0xC3, 0xB6, b'c', b'h']);
        bytes.extend([0x26, 0, 2, 0xC3, 0xA4, 0, 1, b'v']);
        bytes
    };
    let read = |bytes: &[u8]| -> Vec<String> {
        let packet = packet(v5::decode(bytes), bytes).unwrap();
        packet
            .properties()
            .iter()
            .filter(|property| !matches!(property, Property::AuthenticationData(_)))
            .map(|property| format!("{property:?}"))
            .collect()
    };
    let text = read(&auth(0x61));
    assert_eq!(
        text,
        [
            "AuthenticationMethod(\"A\")",
            "ReasonString(\"nöch\")",
            "UserProperty(\"ä\", \"v\")"
        ]
    );
    for data in [0x80, 0xC3, 0xFF] {
        assert_eq!(read(&auth(data)), text);
    }
}

/// A packet of 5.0 as the specification lays it out: `fields`, Property Length, a Reason String, `payload`.
fn laid_out(first: u8, fields: &[u8], text: &str, payload: &[u8]) -> Vec<u8> {
    let variable = |len: usize| match u8::try_from(len) {
        Ok(len @ 0..=0x7F) => vec![len],
        _ => vec![
            u8::try_from(len % 128).unwrap() | 0x80,
            u8::try_from(len / 128).unwrap(),
        ],
    };
    let mut body = fields.to_vec();
    body.extend(variable(text.len() + 3));
    body.extend([0x1F, 0, u8::try_from(text.len()).unwrap()]);
    body.extend(text.bytes());
    body.extend(payload);
    let mut packet = vec![first];
    packet.extend(variable(body.len()));
    packet.extend(body);
    packet
}

/// Built from a list and decoded from what is expected: written alike, in a buffer and a Maximum Packet Size that just
/// hold it, whether the short cut is taken or not; refused alike with one byte of room less.
fn written_as(packet: &impl Encode, expected: &[u8], without_properties: Option<&[u8]>) {
    written_alike(packet, expected, without_properties);
    let decoded = self::packet(v5::decode(expected), expected).unwrap();
    written_alike(&decoded, expected, without_properties);
}

fn written_alike(packet: &impl Encode, expected: &[u8], without_properties: Option<&[u8]>) {
    let len = expected.len();
    let plain = EncodeOptions::new().max_packet_size(u32::try_from(len).unwrap());
    // Not taken: problem information that is not asked for. Only of a Server, and not in CONNACK and DISCONNECT.
    let unasked = plain.request_problem_information(false);
    let unasked_client = unasked.sender(Side::Client);
    assert_eq!(packet.encoded_len(), len);
    assert_eq!(
        written(len, |dst| packet.encode(dst)).as_deref(),
        Ok(expected)
    );
    assert_eq!(
        written(len, |dst| packet.encode_with(&plain, dst)).as_deref(),
        Ok(expected)
    );
    let unasked = match without_properties {
        Some(bytes) => {
            let written = written(len, |dst| packet.encode_with(&unasked, dst));
            assert_eq!(written.as_deref(), Ok(bytes));
            &unasked_client
        }
        None => &unasked,
    };
    let by_client = written(len, |dst| packet.encode_with(unasked, dst));
    match packet.packet_type() {
        PacketType::Suback | PacketType::Unsuback => assert!(by_client.is_err()),
        _ => assert_eq!(by_client.as_deref(), Ok(expected)),
    }
    assert_eq!(
        written(len - 1, |dst| packet.encode(dst)),
        Err(shown!(EncodeError::BufferTooSmall {
            needed: len,
            available: len - 1
        }))
    );
    // Too tight for the Reason String.
    let tight = plain.max_packet_size(u32::try_from(len - 1).unwrap());
    let shed = written(len, |dst| packet.encode_with(&tight, dst)).unwrap();
    let decoded = self::packet(v5::decode(expected), expected).unwrap();
    assert!(shed.len() < len - text_len(&decoded), "{decoded:?}");
}

/// The bytes of the Reason String of `packet`.
fn text_len(packet: &Packet<'_>) -> usize {
    packet
        .properties()
        .iter()
        .map(|property| match property {
            Property::ReasonString(text) => text.len(),
            _ => 0,
        })
        .sum()
}

/// Lengths of one byte are written by a short cut, longer ones the long way: both sides of 127 and 128.
#[test]
fn properties_and_codes_are_written_by_short_cut_and_long_way_alike() {
    let text = "x".repeat(140);
    let id = PacketId::new(0x0A0B).unwrap();
    let codes = [
        v5::SubackReason::GrantedQos1,
        v5::SubackReason::NotAuthorized,
    ];
    let unsuback_codes = [v5::UnsubackReason::NotAuthorized];
    for len in 0..=text.len() {
        let text = &text[..len];
        let list = [Property::ReasonString(text)];
        let puback = v5::Puback::new(id, v5::PubackReason::NotAuthorized).with_properties(&list);
        let expected = laid_out(0x40, &[0x0A, 0x0B, 0x87], text, &[]);
        written_as(&puback, &expected, Some(&[0x40, 3, 0x0A, 0x0B, 0x87]));

        let pubrel = v5::Pubrel::success(id).with_properties(&list);
        let expected = laid_out(0x62, &[0x0A, 0x0B, 0x00], text, &[]);
        written_as(&pubrel, &expected, Some(&[0x62, 2, 0x0A, 0x0B]));

        let suback = v5::Suback::new(id, &codes).unwrap().with_properties(&list);
        let expected = laid_out(0x90, &[0x0A, 0x0B], text, &[0x01, 0x87]);
        written_as(
            &suback,
            &expected,
            Some(&[0x90, 5, 0x0A, 0x0B, 0, 0x01, 0x87]),
        );

        let unsuback = v5::Unsuback::new(id, &unsuback_codes)
            .unwrap()
            .with_properties(&list);
        let expected = laid_out(0xB0, &[0x0A, 0x0B], text, &[0x87]);
        written_as(&unsuback, &expected, Some(&[0xB0, 4, 0x0A, 0x0B, 0, 0x87]));

        let disconnect =
            v5::Disconnect::new(v5::DisconnectReason::SessionTakenOver).with_properties(&list);
        written_as(&disconnect, &laid_out(0xE0, &[0x8E], text, &[]), None);

        let connack = v5::Connack::accepted(true).with_properties(&list);
        written_as(&connack, &laid_out(0x20, &[1, 0], text, &[]), None);
    }
}

/// Decoding without options has a copy of the parser to itself.
#[test]
fn no_options_are_default_options() {
    let options = DecodeOptions::new();
    for first in 0..=0xFF {
        for code in 0..=0xFF {
            for bytes in [
                &[first][..],
                &[first, 0],
                &[first, 1, code],
                &[first, 2, 0, code],
                &[first, 3, 0, 1, code],
                &[first, 4, 0, 1, code, 0],
                &[first, 4, 0, 1, 0, code],
                &[first, 5, code, 3, 0x1F, 0, 0],
                &[first, 6, 0, code, 3, 0x1F, 0, 0],
                &[first, 7, 0, 1, code, 3, 0x1F, 0, 0],
                &[first, 7, 0, 1, 0x87, 3, code, 0, 0],
                &[first, 0x80 | code, code],
            ] {
                assert_eq!(v5::decode(bytes), v5::decode_with(&options, bytes));
                for version in [V3_1_1, V3_1] {
                    assert_eq!(
                        v3::decode(version, bytes),
                        v3::decode_with(version, &options, bytes)
                    );
                }
            }
        }
    }
}

#[test]
fn strings_are_read_as_they_were_written_whatever_stands_before_them() {
    let ascii = "a".repeat(300);
    let mut accented = "b".repeat(40);
    accented.push('é');
    let texts: Vec<&str> = [
        0, 1, 7, 8, 9, 100, 123, 124, 125, 126, 127, 128, 247, 248, 249,
    ]
    .into_iter()
    .chain(250..=260)
    .map(|len| ascii.get(..len).unwrap())
    .chain(["é", "\u{10FFFF}", "aé", accented.as_str(), "\u{7F}"])
    .collect();
    let mut written = Vec::new();
    for &first in &texts {
        for &second in &texts {
            for &third in &texts {
                let properties = [
                    Property::UserProperty(first, second),
                    Property::ReasonString(third),
                    Property::UserProperty(third, first),
                    Property::UserProperty(second, ""),
                ];
                let ack = Ack::<v5::PubackReason>::success(PacketId::MIN)
                    .with_properties(&properties[..]);
                written.clear();
                ack.encode(&mut written).unwrap();
                let read = packet(v5::decode(&written), &written).unwrap();
                assert!(read.properties().iter().eq(properties), "{properties:?}");
            }
        }
    }
}

#[test]
fn strings_are_read_as_they_were_written_between_bytes_that_are_no_text() {
    let data = [0xFF, 0x80, 0x61, 0xC3];
    for text in ["", "abc", "aé", "\u{7F}"] {
        let properties = [
            Property::SessionExpiryInterval(0x6161_61C3),
            Property::AssignedClientIdentifier(text),
            Property::ServerKeepAlive(0xA9C3),
            Property::AuthenticationMethod(text),
            Property::AuthenticationData(&data),
            Property::ResponseInformation("abc"),
            Property::AuthenticationData(&data),
            Property::ServerReference(text),
            Property::UserProperty(text, "abc"),
            Property::TopicAliasMaximum(0xC3A9),
            Property::ReasonString(text),
        ];
        // In parts: Authentication Data twice in one packet is not allowed.
        for properties in [&properties[..6], &properties[5..], &properties[6..]] {
            // One that refuses: an accepting one has no Authentication Data without a method.
            let connack =
                v5::Connack::refused(v5::ConnackReason::ServerBusy).with_properties(properties);
            let mut written = Vec::new();
            connack.encode(&mut written).unwrap();
            let read = packet(v5::decode(&written), &written).unwrap();
            assert!(read.properties().iter().eq(properties.iter().copied()));
        }
    }
}
