//! What the encoder writes: what was said, in the shortest form, as many bytes as announced, within the receiver's
//! limits, and nothing on an error.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use mqtt_reason::testing::Valid;
use mqtt_reason::testing::proptest as strategies;
use mqtt_reason::v5::{self, Packet, Property};
use mqtt_reason::{
    CodeList, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, PacketId, PacketType,
    PropertyId, ReasonCode, Side, Version, v3,
};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

#[macro_use]
#[path = "shown/mod.rs"]
mod shown;

use shown::Shown;

const V3_VERSIONS: [v3::Version; 2] = [v3::Version::V3_1_1, v3::Version::V3_1];

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// Encodes, and asserts that the bytes counted are those written, and that nothing is written on an error.
#[track_caller]
fn written(
    encode: impl FnOnce(&mut Vec<u8>) -> Result<usize, EncodeError>,
) -> Result<Vec<u8>, Shown> {
    const BEFORE: [u8; 3] = [0xA5; 3];
    let mut buffer = BEFORE.to_vec();
    match encode(&mut buffer) {
        Ok(len) => {
            let (before, packet) = buffer.split_at(BEFORE.len());
            assert_eq!(before, BEFORE);
            assert_eq!(packet.len(), len);
            Ok(packet.to_vec())
        }
        Err(error) => {
            assert_eq!(buffer, BEFORE, "{error}");
            Err(error.into())
        }
    }
}

fn encode_v5(packet: &Valid, options: &EncodeOptions) -> Result<Vec<u8>, Shown> {
    assert_eq!(packet.version(), Version::V5_0);
    written(|buffer| packet.encode_with(options, buffer))
}

fn encode_v3(packet: &Valid, options: &EncodeOptions) -> Result<Vec<u8>, Shown> {
    assert_ne!(packet.version(), Version::V5_0);
    written(|buffer| packet.encode_with(options, buffer))
}

/// The packet that the bytes are, to the last of them.
#[track_caller]
fn decoded_v5(bytes: &[u8]) -> Packet<'_> {
    match v5::decode(bytes) {
        Ok(Decoded::Packet { packet, len }) if len == bytes.len() => packet,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn decoded_v3(version: v3::Version, bytes: &[u8]) -> v3::Packet<'_> {
    match v3::decode(version, bytes) {
        Ok(Decoded::Packet { packet, len }) if len == bytes.len() => packet,
        other => panic!("{other:?}"),
    }
}

/// What the receiver's limit leaves of a packet: first all, then no User Properties, then no Reason String either.
fn shed(packet: &Valid, max: u32) -> Result<Vec<u8>, usize> {
    let kept = [
        packet.shortest(),
        packet.without_user_properties().shortest(),
        packet.without_problem_information().shortest(),
    ];
    let least = kept[2].len();
    let fitting = kept.into_iter().find(|bytes| bytes.len() <= max as usize);
    fitting.ok_or(least)
}

/// Limits at which the encoder changes its mind about the packet, and some between.
fn limits(packet: &Valid, others: &[prop::sample::Index]) -> Vec<u32> {
    let least = packet.without_problem_information().shortest().len();
    let middle = packet.without_user_properties().shortest().len();
    let most = packet.shortest().len();
    let mut limits: Vec<usize> = [least, middle, most]
        .into_iter()
        .flat_map(|len| [len - 1, len, len + 1])
        .chain(others.iter().map(|index| index.index(most + 2)))
        .collect();
    if most <= 40 {
        limits.extend(0..=most);
    }
    let limits = limits.into_iter().map(u32::try_from);
    limits.map(|limit| limit.expect("small")).collect()
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn decoding_what_was_encoded_gives_the_packet_back(packet in strategies::packet()) {
        packet.with_v5(|expected| {
            let bytes = encode_v5(&packet, &EncodeOptions::new()).unwrap();
            assert_eq!(expected.encoded_len(), bytes.len());
            assert_eq!(bytes, packet.shortest());
            let decoded = decoded_v5(&bytes);
            assert_eq!(decoded, expected);
            assert_eq!(decoded.packet_type(), packet.packet_type());
            assert_eq!(decoded.packet_id(), packet.packet_id());
            assert!(decoded.properties().iter().eq(packet.properties()));
            assert!(decoded.reason_codes().map(u8::from).eq(packet.codes().iter().copied()));
        });
    }

    #[test]
    fn encoding_what_was_decoded_gives_the_shortest_form(packet in strategies::packet()) {
        for bytes in packet.encodings() {
            let decoded = decoded_v5(&bytes);
            let shortest = written(|buffer| decoded.encode(buffer)).unwrap();
            prop_assert_eq!(&shortest, &packet.shortest());
            let again = written(|buffer| decoded_v5(&shortest).encode(buffer)).unwrap();
            prop_assert_eq!(again, shortest);
        }
    }

    #[test]
    fn slices_are_written_to_the_last_byte_and_not_beyond(
        packet in strategies::packet(),
        extra in 0_usize..9,
    ) {
        let bytes = packet.shortest();
        let mut buffer = vec![0xA5; bytes.len() + extra];
        let len = packet.encode_with(&EncodeOptions::new(), &mut &mut *buffer);
        prop_assert_eq!(len, Ok(bytes.len()));
        prop_assert!(buffer.starts_with(&bytes));
        prop_assert!(buffer[bytes.len()..].iter().all(|byte| *byte == 0xA5));
    }

    #[test]
    fn slices_that_are_too_small_stay_as_they_are(
        packet in strategies::packet(),
        room in any::<prop::sample::Index>(),
    ) {
        let needed = packet.shortest().len();
        for available in [0, needed - 1, room.index(needed)] {
            let mut buffer = vec![0xA5; available];
            let error = packet.encode_with(&EncodeOptions::new(), &mut &mut *buffer).map_err(Shown::from);
            prop_assert_eq!(error, Err(shown!(EncodeError::BufferTooSmall { needed, available })));
            prop_assert!(buffer.iter().all(|byte| *byte == 0xA5));
        }
    }

    /// [MQTT-3.1.2-24], [MQTT-3.2.2-15], [MQTT-3.2.2-19], [MQTT-3.2.2-20] and their kin.
    #[test]
    fn every_limit_is_kept_and_no_more_is_dropped_than_must_be(
        packet in strategies::packet(),
        others in prop::collection::vec(any::<prop::sample::Index>(), 4),
    ) {
        let shortest = packet.shortest();
        for max in limits(&packet, &others) {
            let options = EncodeOptions::new().max_packet_size(max);
            let expected = shed(&packet, max).map_err(|len| shown!(EncodeError::PacketTooLarge {
                packet: packet.packet_type(),
                len,
                max,
            }));
            prop_assert_eq!(&encode_v5(&packet, &options), &expected);
            // The same for one that was decoded.
            let relayed = written(|buffer| decoded_v5(&shortest).encode_with(&options, buffer));
            prop_assert_eq!(&relayed, &expected);
        }
    }

    /// [MQTT-3.1.2-29]
    #[test]
    fn problem_information_goes_where_it_was_not_requested(
        packet in strategies::packet(),
        knows_sender in any::<bool>(),
        others in prop::collection::vec(any::<prop::sample::Index>(), 2),
    ) {
        let mut options = EncodeOptions::new().request_problem_information(false);
        let mut reading = DecodeOptions::new().request_problem_information(false);
        if knows_sender {
            options = options.sender(packet.sender());
            reading = reading.sender(packet.sender());
        }
        let may_keep = matches!(packet.packet_type(), PacketType::Connack | PacketType::Disconnect)
            || (knows_sender && packet.sender() == Side::Client);
        let expected = if may_keep { packet.clone() } else { packet.without_problem_information() };
        let bytes = encode_v5(&packet, &options);
        prop_assert_eq!(&bytes, &Ok(expected.shortest()));
        let is_read = matches!(v5::decode_with(&reading, &expected.shortest()), Ok(Decoded::Packet { .. }));
        prop_assert!(is_read);
        for max in limits(&packet, &others) {
            let written = encode_v5(&packet, &options.max_packet_size(max));
            prop_assert_eq!(written.ok(), shed(&expected, max).ok());
        }
    }

    /// Table 2-1, the "Sent by" columns, [MQTT-3.14.2-2], §3.14.2.2.5.
    #[test]
    fn each_side_writes_only_what_it_may_send(packet in strategies::packet()) {
        for sender in [Side::Client, Side::Server] {
            let wrong = reasons_not_to_send(&packet, sender);
            let encoded = encode_v5(&packet, &EncodeOptions::new().sender(sender));
            match &encoded {
                Ok(bytes) => {
                    prop_assert_eq!(bytes, &packet.shortest());
                    prop_assert!(wrong.is_empty(), "{:?} by a {}", wrong, sender);
                    prop_assert!(v5::decode_with(&DecodeOptions::new().sender(sender), bytes).is_ok());
                }
                Err(error) => prop_assert!(wrong.contains(error), "{:?} by a {}", error, sender),
            }
        }
        prop_assert!(reasons_not_to_send(&packet, packet.sender()).is_empty());
    }

    #[test]
    fn v3_decoding_what_was_encoded_gives_the_packet_back(
        packet in prop_oneof![
            strategies::v3::packet(v3::Version::V3_1_1),
            strategies::v3::packet(v3::Version::V3_1),
        ],
        extra in 0_usize..9,
    ) {
        let shortest = packet.shortest();
        packet.with_v3(|version, expected| {
            let bytes = encode_v3(&packet, &EncodeOptions::new()).unwrap();
            assert_eq!(bytes, shortest);
            assert_eq!(expected.encoded_len(), bytes.len());
            assert_eq!(decoded_v3(version, &bytes), expected);

            let mut buffer = vec![0xA5; bytes.len() + extra];
            let len = expected.encode(version, &mut &mut *buffer);
            assert_eq!(len, Ok(bytes.len()));
            assert!(buffer.starts_with(&bytes));
            assert!(buffer[bytes.len()..].iter().all(|byte| *byte == 0xA5));

            for available in [0, bytes.len() - 1] {
                let mut buffer = vec![0xA5; available];
                let error = expected.encode(version, &mut &mut *buffer).map_err(Shown::from);
                let needed = bytes.len();
                assert_eq!(error, Err(shown!(EncodeError::BufferTooSmall { needed, available })));
                assert!(buffer.iter().all(|byte| *byte == 0xA5));
            }

            for form in packet.encodings() {
                let decoded = decoded_v3(version, &form);
                assert_eq!(written(|buffer| decoded.encode(version, buffer)).unwrap(), bytes);
            }
        });
    }

    #[test]
    fn v3_limits_and_senders_are_kept(
        packet in prop_oneof![
            strategies::v3::packet(v3::Version::V3_1_1),
            strategies::v3::packet(v3::Version::V3_1),
        ],
    ) {
        let bytes = packet.shortest();
        let len = bytes.len();
        let limit = u32::try_from(len).unwrap();
        let options = EncodeOptions::new().request_problem_information(false);
        for max in [limit, limit + 1, u32::MAX] {
            prop_assert_eq!(encode_v3(&packet, &options.max_packet_size(max)), Ok(bytes.clone()));
        }
        let packet_type = packet.packet_type();
        for max in [0, 1, limit - 1] {
            let too_large = shown!(EncodeError::PacketTooLarge { packet: packet_type, len, max });
            prop_assert_eq!(encode_v3(&packet, &options.max_packet_size(max)), Err(too_large));
        }
        for sender in [Side::Client, Side::Server] {
            let encoded = encode_v3(&packet, &options.sender(sender));
            let expected = match packet.version().sender_of(packet_type).includes(sender) {
                true => Ok(bytes.clone()),
                false => Err(shown!(EncodeError::WrongDirection { packet: packet_type, sender })),
            };
            prop_assert_eq!(encoded, expected);
        }
    }
}

/// Every error that keeps `sender` from sending the packet.
fn reasons_not_to_send(packet: &Valid, sender: Side) -> Vec<Shown> {
    let packet_type = packet.packet_type();
    let mut reasons = Vec::new();
    let direction = Version::V5_0.sender_of(packet_type);
    if !direction.includes(sender) {
        let packet = packet_type;
        return vec![shown!(EncodeError::WrongDirection { packet, sender })];
    }
    for &code in packet.codes() {
        let row = ReasonCode::from_u8(code).and_then(|code| code.meaning_in(packet_type));
        if !row.expect("a code of the table").sent_by.includes(sender) {
            let packet = packet_type;
            reasons.push(shown!(EncodeError::ReasonCodeSender {
                packet,
                code,
                sender,
            }));
        }
    }
    let id = match sender {
        Side::Client => PropertyId::ServerReference,
        Side::Server => PropertyId::SessionExpiryInterval,
    };
    if packet_type == PacketType::Disconnect && packet.has(id) {
        reasons.push(shown!(EncodeError::PropertySender { id, sender }));
    }
    reasons
}

#[test]
fn auth_without_method_is_not_written() {
    for properties in [&[][..], &[Property::ReasonString("no method")]] {
        let auth = v5::Auth::without_properties(v5::AuthReason::ContinueAuthentication);
        let packet = auth.with_properties(properties);
        let error = written(|buffer| packet.encode(buffer));
        assert_eq!(
            error,
            Err(shown!(EncodeError::NoAuthenticationMethod {
                packet: mqtt_reason::PacketType::Auth
            }))
        );
    }
}

#[test]
fn what_3_1_cannot_say_is_not_written() {
    let id = PacketId::MIN;
    let suback = v3::Suback::new(id, CodeList::from_bytes(&[0x00, 0x80]).unwrap());
    let connack = v3::Connack::accepted(true);
    for packet in [v3::Packet::Suback(suback), v3::Packet::Connack(connack)] {
        for version in V3_VERSIONS {
            let encoded = written(|buffer| packet.encode(version, buffer));
            match version {
                v3::Version::V3_1_1 => {
                    assert_eq!(decoded_v3(version, &encoded.unwrap()), packet);
                }
                v3::Version::V3_1 => {
                    let what = packet.packet_type();
                    let error = encoded.expect_err("3.1 has no such bit");
                    assert!(
                        format!("{error:?}").starts_with("NotInVersion"),
                        "{what}: {error:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn more_codes_than_a_packet_can_hold_are_not_written() {
    // Identifier and Property Length, and one code more than fits.
    let codes = vec![v5::UnsubackReason::Success; 268_435_455 - 3 + 1];
    let packet_id = PacketId::MIN;
    let unsuback = v5::Unsuback::new(packet_id, &codes).unwrap();
    let error = written(|buffer| unsuback.encode(buffer));
    let expected = shown!(EncodeError::RemainingLength {
        packet: PacketType::Unsuback,
        remaining_length: 268_435_456,
    });
    assert_eq!(error, Err(expected));
}
