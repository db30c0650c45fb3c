//! Every first byte, in every version, from every sender.

use mqtt_reason::{DecodeOptions, Decoded, ErrorClass, ErrorKind, Side, v3, v5};

use crate::codec::{contexts, verdict};
use crate::oracle::judge;

/// The first bytes of the nine packets, Table 2-1 and Table 2-2 of 5.0.
const NINE: [u8; 9] = [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xE0, 0xF0];
/// Those of the packets that are passed through, but for PUBLISH: CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, PINGRESP.
const PASSED_THROUGH: [u8; 5] = [0x10, 0x82, 0xA2, 0xC0, 0xD0];

/// Whether it is the first byte of a PUBLISH, which has a QoS of 0 to 2, [MQTT-3.3.1-4].
fn is_publish(first: u8) -> bool {
    first >> 4 == 3 && first >> 1 & 0b11 != 3
}

#[test]
fn refuses_reserved_types_and_wrong_flags_at_the_first_byte_in_5_0() {
    for first in 0..=u8::MAX {
        let bytes = [first];
        let result = v5::decode(&bytes);
        if PASSED_THROUGH.contains(&first) || NINE.contains(&first) || is_publish(first) {
            assert!(
                matches!(result, Ok(Decoded::Incomplete { .. })),
                "{first:#04x}"
            );
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(error.class(), ErrorClass::MalformedPacket, "{first:#04x}");
        assert_eq!(error.offset(), 0);
        match error.kind() {
            ErrorKind::ReservedPacketType { number, .. } => {
                assert_eq!((first >> 4, number), (0, 0))
            }
            ErrorKind::FixedHeaderFlags { packet, flags, .. } => {
                assert_eq!((packet.as_u8(), flags), (first >> 4, first & 0x0F));
            }
            kind => panic!("{first:#04x}: {kind:?}"),
        }
    }
}

#[test]
fn reads_any_flags_in_3_1() {
    for first in 0..=u8::MAX {
        let accepted = !matches!(first >> 4, 0 | 15);
        let bytes = [first];
        let result = v3::decode(v3::Version::V3_1, &bytes);
        assert_eq!(result.is_ok(), accepted, "{first:#04x}");
    }
}

#[test]
fn refuses_packets_of_the_wrong_side_at_the_first_byte() {
    let client = DecodeOptions::new().sender(Side::Client);
    let server = DecodeOptions::new().sender(Side::Server);
    for first in NINE.into_iter().chain(PASSED_THROUGH).chain([0x30, 0x3B]) {
        let server_only = [0x20, 0x90, 0xB0, 0xD0].contains(&first);
        let client_only = [0x10, 0x82, 0xA2, 0xC0].contains(&first);
        for (options, is_wrong) in [(&client, server_only), (&server, client_only)] {
            assert_eq!(
                v5::decode_with(options, &[first]).is_err(),
                is_wrong,
                "{first:#04x}"
            );
        }
    }
    for version in [v3::Version::V3_1, v3::Version::V3_1_1] {
        let error = v3::decode_with(version, &server, &[0xE0]).unwrap_err();
        assert_eq!(error.class(), ErrorClass::ProtocolError);
        assert_eq!(error.answer(), None);
        assert!(v3::decode_with(version, &client, &[0xE0]).is_ok());
    }
}

#[test]
fn agrees_with_the_oracle_on_every_first_byte_and_remaining_length() {
    for context in contexts() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for third in [0x00, 0x01, 0x7F, 0x80] {
                    for tail in [
                        &[][..],
                        &[0x00],
                        &[0x80, 0x80],
                        &[0xFF, 0x7F],
                        &[0x80, 0x00],
                    ] {
                        let mut bytes = vec![first, second, third];
                        bytes.extend_from_slice(tail);
                        for cut in 0..=bytes.len() {
                            let bytes = &bytes[..cut];
                            assert_eq!(
                                verdict(bytes, &context),
                                judge(bytes, &context),
                                "{bytes:02x?} under {context:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
