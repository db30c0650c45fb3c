//! The short cuts in front of the general parser and writer: they give what the long way gives.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use mqtt_reason::v3::Version::{V3_1, V3_1_1};
use mqtt_reason::v5::{Ack, AckProperties, AckReason, Packet, Property};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, ErrorKind, PacketId,
    PacketType, Side, v3, v5,
};

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
            let kind = ErrorKind::PacketTooLarge { len: 4, max: 3 };
            assert_eq!((error.kind(), error.offset()), (kind, 1));
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
) -> Result<Vec<u8>, EncodeError> {
    let mut buffer = vec![0xA5; room];
    let result = encode(&mut buffer.as_mut_slice());
    let len = result.as_ref().copied().unwrap_or(0);
    assert!(buffer.iter().skip(len).all(|byte| *byte == 0xA5));
    buffer.truncate(len);
    result.map(|_| buffer)
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
    let problem = AckProperties::try_from(&problem).unwrap();
    let none = AckProperties::collect_in([], &mut []).unwrap();
    for id in IDS {
        let [high, low] = id.to_be_bytes();
        let short = Ack::<R>::success(PacketId::new(id).unwrap());
        let long = short.with_properties(problem);
        for options in encode_options() {
            let expected = Ok(vec![first, 2, high, low]);
            // Taken by the packet's own type and by the union of all.
            for ack in [short, short.with_properties(none)] {
                assert_eq!(written(9, |dst| ack.encode_with(&options, dst)), expected);
                assert_eq!(
                    written(9, |dst| Packet::from(ack).encode_with(&options, dst)),
                    expected
                );
            }
            // Not taken: properties are there, and left out for a receiver that takes four bytes.
            let tight = options.max_packet_size(4);
            for packet in [long, short] {
                assert_eq!(written(4, |dst| packet.encode_with(&tight, dst)), expected);
                assert_eq!(
                    written(4, |dst| Packet::from(packet).encode_with(&tight, dst)),
                    expected
                );
            }
            // Refused alike.
            let too_tight = options.max_packet_size(3);
            let too_large = Err(EncodeError::PacketTooLarge {
                packet: R::PACKET,
                len: 4,
                max: 3,
            });
            let no_room = Err(EncodeError::BufferTooSmall {
                needed: 4,
                available: 3,
            });
            for packet in [long, short] {
                let union = Packet::from(packet);
                assert_eq!(
                    written(9, |dst| packet.encode_with(&too_tight, dst)),
                    too_large
                );
                assert_eq!(
                    written(9, |dst| union.encode_with(&too_tight, dst)),
                    too_large
                );
                assert_eq!(written(3, |dst| packet.encode_with(&tight, dst)), no_room);
                assert_eq!(written(3, |dst| union.encode_with(&tight, dst)), no_room);
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
                    Err(EncodeError::BufferTooSmall {
                        needed: 4,
                        available: 3
                    })
                );
                assert_eq!(
                    encode(&plain.max_packet_size(3), 9),
                    Err(EncodeError::PacketTooLarge {
                        packet: packet.packet_type(),
                        len: 4,
                        max: 3
                    })
                );
                let from_client = encode(&plain.sender(Side::Client), 9);
                if packet.packet_type() == PacketType::Unsuback {
                    assert_eq!(
                        from_client,
                        Err(EncodeError::WrongDirection {
                            packet: PacketType::Unsuback,
                            sender: Side::Client
                        })
                    );
                } else {
                    assert_eq!(from_client, Ok(vec![first, 2, high, low]));
                }
            }
        }
    }
}

/// A section that is UTF-8 as a whole is read as one text; one byte of binary data that is not takes that away.
#[test]
fn properties_are_read_alike_from_text_and_from_bytes() {
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
