//! R55 to R62: strings, string pairs and binary data.

use mqtt_reason::v5::{
    Auth, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason, Packet, Property,
    PropertyErrorKind, Puback, PubackReason,
};
use mqtt_reason::{
    Decoded, Encode, EncodeError, EncodeOptions, ErrorKind, PacketType, PropertyId, v5,
};

use crate::support::{
    bytes, id, property_at, property_error, reads_and_writes, received, template_of, written,
};

/// The strings of a CONNACK: their identifiers.
const STRINGS: [(u8, &str); 5] = [
    (0x12, "Assigned Client Identifier"),
    (0x15, "Authentication Method"),
    (0x1A, "Response Information"),
    (0x1C, "Server Reference"),
    (0x1F, "Reason String"),
];

/// A PUBACK with this Reason String.
fn with_reason_string(text: &str) -> Vec<u8> {
    let list = [Property::ReasonString(text)];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
    written(&EncodeOptions::new(), &puback)
}

/// The Reason String of a PUBACK.
#[track_caller]
fn reason_string<'a>(packet: &Packet<'a>) -> Option<&'a str> {
    match packet {
        Packet::Puback(puback) => puback.properties().reason_string(),
        other => panic!("{other:?}"),
    }
}

/// MQTT 5.0 §1.5.4: 0 to 65,535 bytes.
#[test]
fn r55_strings_have_at_most_65535_bytes() {
    let received = received("40 07 00 0A 87 03 1F 00 00");
    assert_eq!(reason_string(&received.packet()), Some(""));
    assert_eq!(with_reason_string(""), bytes("40 07 00 0A 87 03 1F 00 00"));

    let text = "x".repeat(65_535);
    let mut longest = bytes("40 88 80 04 00 0A 87 82 80 04 1F FF FF");
    longest.extend(text.bytes());
    assert_eq!(with_reason_string(&text), longest);
    let decoded = v5::decode(&longest);
    let Ok(Decoded::Packet { packet, .. }) = decoded else {
        panic!("{decoded:?}");
    };
    assert_eq!(reason_string(&packet), Some(&*text));
}

/// MQTT 5.0 §1.5.4
#[test]
fn r55_the_encoder_refuses_longer_strings() {
    let text = "x".repeat(65_536);
    let kind = |property: Property<'_>| {
        let list = [property];
        let connack = Connack::refused(ConnackReason::NotAuthorized).with_properties(list);
        match connack.encode(&mut Vec::new()) {
            Err(EncodeError::Property(error)) => Err(error.kind),
            other => {
                assert!(other.is_ok(), "{other:?}");
                Ok(())
            }
        }
    };
    for (property, id) in [
        (
            Property::AssignedClientIdentifier(&text),
            PropertyId::AssignedClientIdentifier,
        ),
        (
            Property::AuthenticationMethod(&text),
            PropertyId::AuthenticationMethod,
        ),
        (
            Property::ResponseInformation(&text),
            PropertyId::ResponseInformation,
        ),
        (
            Property::ServerReference(&text),
            PropertyId::ServerReference,
        ),
        (Property::ReasonString(&text), PropertyId::ReasonString),
        (Property::UserProperty(&text, "v"), PropertyId::UserProperty),
        (Property::UserProperty("k", &text), PropertyId::UserProperty),
    ] {
        assert_eq!(
            kind(property).expect_err("refused"),
            shown!(PropertyErrorKind::TooLong { id })
        );
    }
}

/// Ill-formed UTF-8 in hex, and how many of its bytes are well-formed.
const ILL_FORMED: [(&str, usize); 22] = [
    // Bytes that no sequence has
    ("FF", 0),
    ("FE", 0),
    ("F5 80 80 80", 0),
    ("61 62 F8 88 80 80 80", 2),
    // Continuation bytes without a lead, leads without continuation
    ("80", 0),
    ("61 BF", 1),
    ("C3", 0),
    ("C3 61", 0),
    ("E4 BD", 0),
    ("E4 BD 61", 0),
    ("F0 9F 98", 0),
    ("61 F0 9F 98 61", 1),
    // Overlong forms: of U+0000, "/", U+07FF, U+FFFF
    ("C0 80", 0),
    ("C0 AF", 0),
    ("C1 BF", 0),
    ("E0 9F BF", 0),
    ("F0 8F BF BF", 0),
    // Surrogates: U+D800, U+DFFF, a pair
    ("ED A0 80", 0),
    ("ED BF BF", 0),
    ("ED A0 BD ED B8 80", 0),
    // Above U+10FFFF
    ("F4 90 80 80", 0),
    ("C3 A9 F4 90 80 80", 2),
];

/// MQTT 5.0 §1.5.4, [MQTT-1.5.4-1]: the offset is that of the first ill-formed sequence.
#[test]
fn r56_ill_formed_utf_8_is_malformed_in_every_string() {
    let connack = template_of(PacketType::Connack);
    for (text, well_formed) in ILL_FORMED {
        let len = bytes(text).len();
        for (id, name) in STRINGS {
            let hex = connack.with(&format!("{id:02X} 00 {len:02X} {text}"));
            let offset = connack.offset + 3 + well_formed;
            let received = received(&hex);
            received.malformed(offset, "MQTT-1.5.4-1", ErrorKind::IllFormedUtf8);
            assert_eq!(received.error().offset(), offset, "{name}");
        }
    }
    // In the other packets that have strings.
    for (hex, offset) in [
        ("40 08 00 0A 87 04 1F 00 01 FF", 9),
        ("90 08 00 0A 04 1F 00 01 FF 01", 8),
        ("E0 06 8E 04 1F 00 01 FF", 7),
        ("E0 06 9C 04 1C 00 01 FF", 7),
        ("F0 06 18 04 15 00 01 FF", 7),
    ] {
        received(hex).malformed(offset, "MQTT-1.5.4-1", ErrorKind::IllFormedUtf8);
    }
}

/// MQTT 5.0 §1.5.4, RFC 3629: the edges of every length of sequence.
#[test]
fn r56_well_formed_utf_8_is_accepted() {
    for (hex, text) in [
        ("40 08 00 0A 87 04 1F 00 01 7F", "\u{7F}"),
        ("40 09 00 0A 87 05 1F 00 02 C2 80", "\u{80}"),
        ("40 09 00 0A 87 05 1F 00 02 DF BF", "\u{7FF}"),
        ("40 0A 00 0A 87 06 1F 00 03 E0 A0 80", "\u{800}"),
        ("40 0A 00 0A 87 06 1F 00 03 ED 9F BF", "\u{D7FF}"),
        ("40 0A 00 0A 87 06 1F 00 03 EE 80 80", "\u{E000}"),
        ("40 0A 00 0A 87 06 1F 00 03 EF BF BD", "\u{FFFD}"),
        ("40 0B 00 0A 87 07 1F 00 04 F0 90 80 80", "\u{10000}"),
        ("40 0B 00 0A 87 07 1F 00 04 F4 8F BF BF", "\u{10FFFF}"),
    ] {
        let received = received(hex);
        assert_eq!(reason_string(&received.packet()), Some(text), "{hex}");
        assert_eq!(with_reason_string(text), bytes(hex));
    }
}

/// MQTT 5.0 §1.5.4, [MQTT-1.5.4-2]: the offset is that of the null character.
#[test]
fn r57_u_0000_is_malformed_in_every_string() {
    let connack = template_of(PacketType::Connack);
    for (text, before) in [
        ("00", 0),
        ("61 00", 1),
        ("61 62 63 64 65 66 67 68 00", 8),
        ("61 62 63 64 65 66 67 00 68", 7),
        ("C3 A9 00", 2),
        ("00 FF", 0),
    ] {
        let len = bytes(text).len();
        for (id, _) in STRINGS {
            let hex = connack.with(&format!("{id:02X} 00 {len:02X} {text}"));
            let offset = connack.offset + 3 + before;
            received(&hex).malformed(offset, "MQTT-1.5.4-2", ErrorKind::NullCharacter);
        }
    }
    // The ill-formed byte comes first.
    received("40 09 00 0A 87 05 1F 00 02 FF 00").malformed(
        9,
        "MQTT-1.5.4-1",
        ErrorKind::IllFormedUtf8,
    );
}

/// MQTT 5.0 §1.5.4, [MQTT-1.5.4-2]
#[test]
fn r57_the_encoder_refuses_u_0000() {
    let text = "a\0b";
    for (property, id) in [
        (
            Property::AssignedClientIdentifier(text),
            PropertyId::AssignedClientIdentifier,
        ),
        (
            Property::AuthenticationMethod(text),
            PropertyId::AuthenticationMethod,
        ),
        (
            Property::ResponseInformation(text),
            PropertyId::ResponseInformation,
        ),
        (Property::ServerReference(text), PropertyId::ServerReference),
        (Property::ReasonString(text), PropertyId::ReasonString),
        (Property::UserProperty(text, "v"), PropertyId::UserProperty),
        (Property::UserProperty("k", text), PropertyId::UserProperty),
    ] {
        let list = [property];
        let error = property_error(&Connack::accepted(false).with_properties(&list));
        assert_eq!(error.kind, shown!(PropertyErrorKind::NullCharacter { id }));
        assert_eq!(error.index, 0);
    }
    let reason = [Property::ReasonString(text)];
    let method = [Property::AuthenticationMethod(text)];
    property_error(&Puback::success(id(10)).with_properties(reason));
    property_error(&Disconnect::new(DisconnectReason::UnspecifiedError).with_properties(reason));
    property_error(&Auth::without_properties(AuthReason::Success).with_properties(method));
}

/// MQTT 5.0 §1.5.4, §5.4.9: SHOULD NOT contain them; accepted and written.
#[test]
fn r58_control_characters_and_noncharacters_are_accepted() {
    for (hex, text) in [
        ("40 08 00 0A 87 04 1F 00 01 01", "\u{01}"),
        ("40 08 00 0A 87 04 1F 00 01 1F", "\u{1F}"),
        ("40 08 00 0A 87 04 1F 00 01 7F", "\u{7F}"),
        ("40 09 00 0A 87 05 1F 00 02 C2 9F", "\u{9F}"),
        ("40 0A 00 0A 87 06 1F 00 03 EF B7 90", "\u{FDD0}"),
        ("40 0A 00 0A 87 06 1F 00 03 EF B7 AF", "\u{FDEF}"),
        ("40 0A 00 0A 87 06 1F 00 03 EF BF BE", "\u{FFFE}"),
        ("40 0A 00 0A 87 06 1F 00 03 EF BF BF", "\u{FFFF}"),
        ("40 0B 00 0A 87 07 1F 00 04 F0 9F BF BE", "\u{1FFFE}"),
        ("40 0B 00 0A 87 07 1F 00 04 F4 8F BF BF", "\u{10FFFF}"),
    ] {
        let received = received(hex);
        assert_eq!(reason_string(&received.packet()), Some(text), "{hex}");
        assert_eq!(with_reason_string(text), bytes(hex));
    }
}

/// MQTT 5.0 §1.5.4, [MQTT-1.5.4-3]
#[test]
fn r59_u_feff_is_kept_wherever_it_stands() {
    for (hex, text) in [
        ("40 0A 00 0A 87 06 1F 00 03 EF BB BF", "\u{FEFF}"),
        ("40 0B 00 0A 87 07 1F 00 04 EF BB BF 61", "\u{FEFF}a"),
        ("40 0C 00 0A 87 08 1F 00 05 61 EF BB BF 62", "a\u{FEFF}b"),
    ] {
        let received = received(hex);
        assert_eq!(reason_string(&received.packet()), Some(text), "{hex}");
        assert_eq!(with_reason_string(text), bytes(hex));
    }
}

/// MQTT 5.0 §1.5.7, [MQTT-1.5.7-1]
#[test]
fn r60_both_strings_of_a_pair_are_checked() {
    for (hex, offset, rule, kind) in [
        (
            "40 0B 00 0A 00 07 26 00 01 FF 00 01 76",
            9,
            "MQTT-1.5.4-1",
            ErrorKind::IllFormedUtf8,
        ),
        (
            "40 0B 00 0A 00 07 26 00 01 6B 00 01 FF",
            12,
            "MQTT-1.5.4-1",
            ErrorKind::IllFormedUtf8,
        ),
        (
            "40 0B 00 0A 00 07 26 00 01 00 00 01 76",
            9,
            "MQTT-1.5.4-2",
            ErrorKind::NullCharacter,
        ),
        (
            "40 0B 00 0A 00 07 26 00 01 6B 00 01 00",
            12,
            "MQTT-1.5.4-2",
            ErrorKind::NullCharacter,
        ),
    ] {
        received(hex).malformed(offset, rule, kind);
    }
}

/// MQTT 5.0 §1.5.7: nothing forbids an empty name or value.
#[test]
fn r60_name_and_value_may_be_empty() {
    for (hex, pair) in [
        ("40 09 00 0A 00 05 26 00 00 00 00", ("", "")),
        ("40 0A 00 0A 00 06 26 00 01 6B 00 00", ("k", "")),
        ("40 0A 00 0A 00 06 26 00 00 00 01 76", ("", "v")),
    ] {
        let list = [Property::UserProperty(pair.0, pair.1)];
        let puback = Puback::success(id(10)).with_properties(&list);
        reads_and_writes(hex, puback);
    }
}

/// MQTT 5.0 §1.5.6: any bytes, 0 to 65,535 of them.
#[test]
fn r61_binary_data_is_not_text() {
    for (hex, data) in [
        ("F0 09 18 07 15 00 01 41 16 00 00", &[][..]),
        ("F0 0B 18 09 15 00 01 41 16 00 02 FF 00", &[0xFF, 0x00][..]),
        (
            "F0 0C 18 0A 15 00 01 41 16 00 03 C0 80 00",
            &[0xC0, 0x80, 0x00][..],
        ),
    ] {
        let list = [
            Property::AuthenticationMethod("A"),
            Property::AuthenticationData(data),
        ];
        let auth =
            Auth::without_properties(AuthReason::ContinueAuthentication).with_properties(&list);
        reads_and_writes(hex, auth);
    }
}

/// MQTT 5.0 §1.5.6
#[test]
fn r61_the_encoder_refuses_longer_binary_data() {
    let data = vec![0xFF; 65_536];
    let longest = data.get(..65_535).expect("65,536 bytes");
    let list = [Property::AuthenticationData(longest)];
    let connack = Connack::refused(ConnackReason::NotAuthorized);
    assert!(
        connack
            .with_properties(&list)
            .encode(&mut Vec::new())
            .is_ok()
    );
    let list = [Property::AuthenticationData(&data)];
    let error = property_error(&connack.with_properties(&list));
    let id = PropertyId::AuthenticationData;
    assert_eq!(error.kind, shown!(PropertyErrorKind::TooLong { id }));
}

/// MQTT 5.0 §1.5.4, §1.5.6, §2.2.2.1: refused at the length, which names more bytes than there are.
#[test]
fn r62_a_length_past_the_end_of_the_properties_is_malformed() {
    for (hex, offset) in [
        ("20 07 00 00 04 12 00 02 63", 6),
        ("20 07 00 00 04 15 00 02 41", 6),
        ("20 07 00 00 04 1A FF FF 72", 6),
        ("20 07 00 00 04 1C 00 02 73", 6),
        ("20 07 00 00 04 1F 01 01 6E", 6),
        ("20 07 00 00 04 16 00 02 FF", 6),
        ("20 0A 00 00 07 26 00 01 6B 00 02 76", 9),
        ("20 0A 00 00 07 26 00 07 6B 00 01 76", 6),
        ("40 08 00 0A 87 04 1F 00 02 6E", 7),
        ("E0 06 8E 04 1F 00 02 6E", 5),
        ("F0 06 18 04 15 00 02 41", 5),
    ] {
        let id = property_at(hex, offset);
        received(hex).malformed(
            offset,
            "2.2.2.1",
            shown!(ErrorKind::PropertyTruncated { id }),
        );
    }
}
