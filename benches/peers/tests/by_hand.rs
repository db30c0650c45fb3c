//! The yardsticks are right: *B* reads every workload and refuses what the rules refuse, *R* writes the same bytes.

use mqtt_reason_peers::by_hand::decode::{self, Error, Packet};
use mqtt_reason_peers::by_hand::encode;
use mqtt_reason_peers::visit::Trace;
use mqtt_reason_peers::workloads::{self, Protocol};

#[test]
fn b_reads_what_the_workloads_say() {
    for workload in workloads::all() {
        let mut input = &workload.bytes[..];
        for (index, expected) in workload.expected.iter().enumerate() {
            let mut trace = Trace::default();
            let length = match workload.protocol {
                Protocol::V5 => {
                    let (packet, length) = decode::decode(input).expect("valid").expect("complete");
                    decode::walk(&packet, &mut trace);
                    length
                }
                Protocol::V311 => {
                    let (packet, length) =
                        decode::decode3(input).expect("valid").expect("complete");
                    decode::walk3(&packet, &mut trace);
                    length
                }
            };
            assert!(
                trace.agrees_with(expected),
                "{} {index}: {trace:?}, not {expected:?}",
                workload.name
            );
            assert_eq!(trace.0.len(), expected.0.len(), "{} {index}", workload.name);
            input = &input[length..];
        }
        assert!(input.is_empty());
    }
}

#[test]
fn r_writes_the_bytes_of_the_workloads() {
    for workload in workloads::all() {
        for bytes in workload.packets() {
            let mut output = [0xA5; 256];
            let length = match workload.protocol {
                Protocol::V5 => {
                    let (packet, _) = decode::decode(bytes).expect("valid").expect("complete");
                    let fields = encode::fields(&packet).expect("a packet of the workloads");
                    let short = encode::encode(&fields, &mut output[..bytes.len() - 1]);
                    assert_eq!(short, Err(encode::Error::BufferTooSmall));
                    assert!(
                        output.iter().all(|&byte| byte == 0xA5),
                        "nothing is written on an error"
                    );
                    encode::encode(&fields, &mut output)
                }
                Protocol::V311 => {
                    let (packet, _) = decode::decode3(bytes).expect("valid").expect("complete");
                    let fields = encode::fields3(&packet).expect("a packet of the workloads");
                    encode::encode3(&fields, &mut output)
                }
            };
            assert_eq!(
                &output[..length.expect("there is room")],
                bytes,
                "{}",
                workload.name
            );
        }
    }
}

#[test]
fn b_wants_every_byte() {
    for workload in workloads::all() {
        let bytes = workload.packets().next().expect("no workload is empty");
        for end in 0..bytes.len() {
            match workload.protocol {
                Protocol::V5 => assert!(matches!(decode::decode(&bytes[..end]), Ok(None))),
                Protocol::V311 => assert!(matches!(decode::decode3(&bytes[..end]), Ok(None))),
            }
        }
    }
}

#[test]
fn b_makes_the_checks() {
    let cases: &[(&[u8], Error)] = &[
        (b"\x00\x00", Error::PacketType),
        (b"\x60\x02\x00\x0A", Error::Flags),
        (b"\x41\x02\x00\x0A", Error::Flags),
        (b"\xE1\x00", Error::Flags),
        (b"\x40\x82\x00\x00\x0A", Error::RemainingLength),
        (b"\x40\xFF\xFF\xFF\xFF\x01", Error::RemainingLength),
        (b"\x40\x01\x0A", Error::BodyTooShort),
        (b"\x40\x02\x00\x00", Error::PacketIdentifierZero),
        (b"\x40\x03\x00\x0A\x01", Error::Code(0x01)),
        (b"\x62\x03\x00\x0A\x10", Error::Code(0x10)),
        (b"\x40\x05\x00\x0A\x00\x81\x00", Error::PropertyLength),
        (b"\x40\x04\x00\x0A\x00\x01", Error::PropertyLength),
        (b"\x40\x06\x00\x0A\x00\x00\xDE\xAD", Error::BytesLeftOver),
        (b"\x40\x06\x00\x0A\x00\x02\x13\x00", Error::Property(0x13)),
        (b"\x40\x06\x00\x0A\x00\x02\x9F\x00", Error::Property(0x9F)),
        (
            b"\x40\x0A\x00\x0A\x00\x06\x1F\x00\x00\x1F\x00\x00",
            Error::DuplicateProperty(0x1F),
        ),
        (
            b"\x40\x08\x00\x0A\x00\x04\x1F\x00\x02\x61",
            Error::PropertyTooShort(0x1F),
        ),
        (
            b"\x40\x08\x00\x0A\x00\x04\x1F\x00\x01\x00",
            Error::Text(0x1F),
        ),
        (
            b"\x40\x08\x00\x0A\x00\x04\x1F\x00\x01\xFF",
            Error::Text(0x1F),
        ),
        (
            b"\x40\x11\x00\x0A\x00\x0D\x1F\x00\x0Aabcdefgh\x00i",
            Error::Text(0x1F),
        ),
        (
            b"\x40\x11\x00\x0A\x00\x0D\x1F\x00\x0Aabcdefgh\xC3\x28",
            Error::Text(0x1F),
        ),
        (b"\x90\x03\x00\x0A\x00", Error::NoCodes),
        (b"\x90\x05\x00\x0A\x00\x01\x03", Error::Code(0x03)),
        (b"\xB0\x04\x00\x0A\x00\x01", Error::Code(0x01)),
        (b"\x20\x02\x00\x01", Error::Version3Connack),
        (b"\x20\x03\x02\x00\x00", Error::ConnackFlags),
        (b"\x20\x03\x01\x87\x00", Error::SessionPresentWithRefusal),
        (b"\x20\x06\x00\x00\x03\x21\x00\x00", Error::Value(0x21)),
        (
            b"\x20\x08\x00\x00\x05\x27\x00\x00\x00\x00",
            Error::Value(0x27),
        ),
        (b"\x20\x05\x00\x00\x02\x24\x02", Error::Value(0x24)),
        (
            b"\x20\x07\x00\x00\x04\x24\x01\x24\x01",
            Error::DuplicateProperty(0x24),
        ),
        (b"\x20\x05\x00\x00\x02\x01\x00", Error::Property(0x01)),
        (b"\xF0\x01\x18", Error::BodyTooShort),
        (b"\xF0\x02\x18\x00", Error::NoAuthenticationMethod),
    ];
    for (bytes, error) in cases {
        assert_eq!(
            decode::decode(bytes).map(|_| ()),
            Err(*error),
            "{bytes:02x?}"
        );
    }
    for bytes in [
        &b"\x40\x03\x00\x0A\x10"[..],
        b"\x40\x04\x00\x0A\x10\x00",
        b"\x40\x12\x00\x0A\x00\x0E\x1F\x00\x0B\xC3\xA4bcdefgh\xE2\x82",
        b"\xE0\x00",
        b"\xE0\x01\x04",
        b"\xE0\x07\x00\x05\x11\x00\x00\x00\x00",
        b"\xF0\x00",
        b"\xF0\x06\x18\x04\x15\x00\x01A",
        b"\x20\x03\x00\x00\x00",
        b"\xB0\x04\x00\x0A\x00\x11",
    ] {
        let accepted =
            matches!(decode::decode(bytes), Ok(Some((_, length))) if length == bytes.len());
        // The one string that ends within a character.
        assert_eq!(accepted, !bytes.ends_with(b"\xE2\x82"), "{bytes:02x?}");
    }
    assert!(matches!(
        decode::decode(b"\xC0\x00"),
        Ok(Some((
            Packet::Other {
                first: 0xC0,
                body: []
            },
            2
        )))
    ));
}

#[test]
fn b_makes_the_checks_of_3_1_1() {
    let cases: &[(&[u8], Error)] = &[
        (b"\xF0\x00", Error::PacketType),
        (b"\x60\x02\x00\x0A", Error::Flags),
        (b"\x40\x02\x00\x00", Error::PacketIdentifierZero),
        (b"\x40\x03\x00\x0A\x00", Error::BytesLeftOver),
        (b"\x20\x02\x02\x00", Error::ConnackFlags),
        (b"\x20\x02\x01\x05", Error::SessionPresentWithRefusal),
        (b"\x20\x02\x00\x06", Error::Code(0x06)),
        (b"\x90\x02\x00\x0A", Error::NoCodes),
        (b"\x90\x03\x00\x0A\x03", Error::Code(0x03)),
        (b"\xE0\x01\x00", Error::BytesLeftOver),
    ];
    for (bytes, error) in cases {
        assert_eq!(
            decode::decode3(bytes).map(|_| ()),
            Err(*error),
            "{bytes:02x?}"
        );
    }
    assert!(matches!(
        decode::decode3(b"\x40\x82\x00\x00\x0A"),
        Ok(Some((_, 5)))
    ));
}
