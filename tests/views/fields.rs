//! The field that an error is about, in all fifteen packets.

use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, DecodeOptions, Decoded, Side, Version, v3, v5};

use crate::golden::bytes;

fn error(version: Version, bytes: &[u8]) -> Option<DecodeError> {
    let options = DecodeOptions::new().sender(Side::Client);
    let frame = match v3::Version::try_from(version) {
        Err(_) => match v5::decode(bytes) {
            Ok(Decoded::Frame(frame)) => frame,
            Ok(_) => return None,
            Err(error) => return Some(error),
        },
        Ok(v3) => match v3::decode(v3, bytes) {
            Ok(Decoded::Frame(frame)) => frame,
            Ok(_) => return None,
            Err(error) => return Some(error),
        },
    };
    View::of(version, &options, &frame).err()
}

#[test]
fn an_error_names_its_field() {
    use Version::{V3_1_1, V5_0};
    for (version, hex, field) in [
        (V5_0, "00 00", "Packet Type"),
        (V5_0, "41 02 000a", "Fixed Header Flags"),
        (V5_0, "38 04 0001 74 00", "Fixed Header Flags"),
        (V5_0, "40 82 00 000a", "Remaining Length"),
        (V5_0, "c0 01 00", "Remaining Length"),
        (V5_0, "20 03 02 00 00", "Connect Acknowledge Flags"),
        (V5_0, "20 03 00 01 00", "Reason Code"),
        (V3_1_1, "20 02 00 09", "Return Code"),
        (V5_0, "40 02 0000", "Packet Identifier"),
        (V5_0, "40 01 00", "Packet Identifier"),
        (V5_0, "40 04 000a 8b 00", "Reason Code"),
        (V5_0, "40 05 000a 87 05 1f", "Property Length"),
        (V5_0, "40 06 000a 87 02 7e 00", "Property Identifier"),
        (V5_0, "40 07 000a 87 03 21 0001", "Receive Maximum (0x21)"),
        (
            V5_0,
            "40 0a 000a 87 06 26 0001 61 00ff",
            "User Property (0x26)",
        ),
        (V5_0, "90 05 000a 00 01 03", "Reason Code 2"),
        (V5_0, "90 03 000a 00", "Reason Code 1"),
        (V5_0, "e0 02 00 7f", "Property Length"),
        (
            V5_0,
            "f0 06 18 04 1f 0001 78",
            "Authentication Method (0x15)",
        ),
        (V5_0, "10 07 0004 4dff5454 05", "Protocol Name"),
        (V5_0, "10 06 0004 4d515454", "Protocol Level"),
        (
            V5_0,
            "10 0d 0004 4d515454 05 03 003c 00 0000",
            "Connect Flags",
        ),
        (V5_0, "10 09 0004 4d515454 05 02 00", "Keep Alive"),
        (
            V5_0,
            "10 10 0004 4d515454 05 02 003c 03 16 0000 0000",
            "Authentication Method (0x15)",
        ),
        (
            V5_0,
            "10 0e 0004 4d515454 05 02 003c 00 0001 ff",
            "Client Identifier",
        ),
        (
            V5_0,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 23 0000",
            "Will Topic",
        ),
        (
            V5_0,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0001",
            "Will Payload",
        ),
        (V5_0, "10 0d 0004 4d515454 05 82 003c 00 0000", "User Name"),
        (
            V3_1_1,
            "10 0f 0004 4d515454 04 c2 003c 0000 0001 75",
            "Password",
        ),
        (
            V5_0,
            "10 16 0004 4d515454 05 06 003c 00 0000 03 21 0001 0001 77 0000",
            "Receive Maximum (0x21)",
        ),
        (V5_0, "30 06 0003 742f23 00", "Topic Name"),
        (V5_0, "30 03 0000 00", "Topic Name"),
        (V5_0, "32 06 0001 74 0000 00", "Packet Identifier"),
        (V5_0, "30 07 0001 74 03 23 0000", "Topic Alias (0x23)"),
        (
            V5_0,
            "82 0b 000a 00 0001 61 00 0001 ff 00",
            "Topic Filter 2",
        ),
        (V5_0, "82 07 000a 00 0001 61 40", "Subscription Options 1"),
        (V5_0, "82 03 000a 00", "Topic Filter"),
        (V3_1_1, "a2 08 000a 0001 61 0001 00", "Topic Filter 2"),
        (V5_0, "a2 06 000a 00 0002 61", "Topic Filter 1"),
    ] {
        let packet = bytes(hex);
        let error = error(version, &packet).unwrap_or_else(|| panic!("{hex} decodes"));
        let found = error.field(&packet).map(|field| field.to_string());
        assert_eq!(found.as_deref(), Some(field), "{hex}: {error}");
    }
    let left_over = bytes("10 0e 0004 4d515454 05 02 003c 00 0000 00");
    assert_eq!(error(V5_0, &left_over).unwrap().field(&left_over), None);
}

/// Whatever is asked of whatever bytes, it ends and does not panic.
#[test]
fn the_search_for_a_field_ends() {
    let refused = bytes("82 0b 000a 00 0001 61 00 0001 ff 00");
    let error = error(Version::V5_0, &refused).unwrap();
    for first in 0..=u8::MAX {
        for len in 0..24 {
            let other: Vec<u8> = std::iter::once(first)
                .chain((0..len).map(|place| first.wrapping_mul(place)))
                .collect();
            let _ = error.field(&other);
        }
    }
    assert_eq!(error.field(&[]).unwrap().name, "Remaining Length");
}
