//! D1 to D22, what this crate does where the specifications leave a choice, and R10: which error is reported.

use mqtt_reason::v5::{
    Auth, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason, Packet, Property,
    Puback, PubackReason, Pubrec, PubrecReason,
};
use mqtt_reason::{
    Decoded, EncodeError, EncodeOptions, ErrorKind, PacketId, PacketType, PropertyId, ReasonCode,
    Side, v3,
};

use crate::support::{
    V3, bytes, id, reads_and_writes, received, received_v3, refuses, refuses_v3, writes, writes_v3,
    written,
};

const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// MQTT 5.0 Table 2-6 against Table 3-10
#[test]
fn d01_0x8c_in_disconnect_is_read_and_written_for_either_side() {
    let disconnect = Disconnect::new(DisconnectReason::BadAuthenticationMethod);
    reads_and_writes("E0 01 8C", disconnect);
    for side in SIDES {
        received("E0 01 8C").from(side).is(disconnect);
        let options = EncodeOptions::new().sender(side);
        assert_eq!(written(&options, &disconnect), bytes("E0 01 8C"));
    }
}

/// MQTT 5.0 Table 3-10 against §3.3.4
#[test]
fn d02_0x9b_in_disconnect_is_read_and_written_for_either_side() {
    let disconnect = Disconnect::new(DisconnectReason::QosNotSupported);
    reads_and_writes("E0 01 9B", disconnect);
    for side in SIDES {
        received("E0 01 9B").from(side).is(disconnect);
        let options = EncodeOptions::new().sender(side);
        assert_eq!(written(&options, &disconnect), bytes("E0 01 9B"));
    }
}

/// MQTT 5.0 §3.15.2.1 against §3.15.2.2.2: Success of the Server, which has no way back.
#[test]
fn d03_auth_without_a_body_is_success_from_a_server() {
    let success = Auth::without_properties(AuthReason::Success);
    received("F0 00").is(success);
    received("F0 00").from(Side::Server).is(success);

    let (packet, code, sender) = (PacketType::Auth, 0x00, Side::Client);
    let kind = shown!(ErrorKind::ReasonCodeSender {
        packet,
        code,
        sender,
    });
    received("F0 00")
        .from(sender)
        .protocol_error(2, "3.15.2.1", kind);

    // With a body it has a method, and it is never written without one.
    let kind = ErrorKind::NoAuthenticationMethod;
    received("F0 02 00 00").protocol_error(3, "3.15.2.2.2", kind);
    let error = shown!(EncodeError::NoAuthenticationMethod {
        packet: PacketType::Auth,
    });
    refuses(&EncodeOptions::new(), &success, error);
    let options = EncodeOptions::new().sender(Side::Server);
    refuses(&options, &success, error);
}

/// MQTT 5.0 §3.15.2: whatever the code, in the table or not, and whoever sends it.
#[test]
fn d04_auth_with_a_body_of_one_byte_is_malformed() {
    for code in 0x00..=0xFF_u8 {
        let hex = format!("F0 01 {code:02X}");
        received(&hex).malformed(3, "MQTT-2.2.2-1", ErrorKind::NoPropertyLength);
        for side in SIDES {
            let from = received(&hex).from(side);
            from.malformed(3, "MQTT-2.2.2-1", ErrorKind::NoPropertyLength);
        }
    }
}

/// MQTT 5.0 [MQTT-2.2.2-1] against §3.4.2.2.1 and §3.14.2.2.1
#[test]
fn d05_short_forms_are_read_with_any_code_and_the_shortest_is_written() {
    let puback = Puback::new(id(10), PubackReason::NoMatchingSubscribers);
    received("40 03 00 0A 10").is(puback);
    received("40 04 00 0A 10 00").is(puback);
    writes(&puback, "40 03 00 0A 10");
    let success = Puback::success(id(10));
    received("40 02 00 0A").is(success);
    received("40 03 00 0A 00").is(success);
    received("40 04 00 0A 00 00").is(success);
    writes(&success, "40 02 00 0A");
    let shutting_down = Disconnect::new(DisconnectReason::ServerShuttingDown);
    received("E0 01 8B").is(shutting_down);
    received("E0 02 8B 00").is(shutting_down);
    writes(&shutting_down, "E0 01 8B");
}

/// MQTT 5.0 §3.2.2.1, [MQTT-3.2.2-1]
#[test]
fn d06_reserved_connack_flags_are_malformed() {
    let flags = 0b0000_0010;
    let kind = shown!(ErrorKind::ConnackFlags { flags });
    received("20 03 02 00 00").malformed(2, "MQTT-3.2.2-1", kind);
}

/// MQTT 5.0 §3.2.2.1.1, [MQTT-3.2.2-6]
#[test]
fn d07_session_present_with_a_refusal_is_a_protocol_error() {
    let kind = shown!(ErrorKind::SessionPresent { code: 0x88 });
    received("20 03 01 88 00").protocol_error(2, "MQTT-3.2.2-6", kind);
}

/// MQTT 5.0: the nine statements "MUST use one of"; the error carries the byte and the packet.
#[test]
fn d08_a_code_outside_the_table_is_a_protocol_error() {
    let (packet, code) = (PacketType::Puback, 0x8B);
    let kind = shown!(ErrorKind::ReasonCode { packet, code });
    received("40 03 00 0A 8B").protocol_error(4, "MQTT-3.4.2-1", kind);
}

/// MQTT 5.0 §2.4, §3.9.3, §3.11.3
#[test]
fn d09_a_subscription_ack_without_a_code_is_a_protocol_error() {
    let packet = PacketType::Suback;
    received("90 03 00 0A 00").protocol_error(5, "3.9.3", shown!(ErrorKind::NoCodes { packet }));
    let packet = PacketType::Unsuback;
    received("B0 03 00 0A 00").protocol_error(5, "3.11.3", shown!(ErrorKind::NoCodes { packet }));
}

/// MQTT 5.0 §2.2.1, [MQTT-2.2.1-5], [MQTT-2.2.1-6]
#[test]
fn d10_packet_identifier_0_is_a_protocol_error() {
    let kind = ErrorKind::PacketIdentifierZero;
    received("40 02 00 00").protocol_error(2, "MQTT-2.2.1-5", kind);
    received("90 04 00 00 00 01").protocol_error(2, "MQTT-2.2.1-6", kind);
    assert_eq!(PacketId::new(0), None, "cannot be written");
}

/// MQTT 5.0 §3.14.2.2.2, [MQTT-3.14.2-2]
#[test]
fn d11_session_expiry_interval_of_a_server_is_a_protocol_error_when_the_sender_is_known() {
    let hex = "E0 07 8E 05 11 00 00 00 00";
    let (id, sender) = (PropertyId::SessionExpiryInterval, Side::Server);
    let kind = shown!(ErrorKind::PropertySender { id, sender });
    received(hex)
        .from(sender)
        .protocol_error(4, "MQTT-3.14.2-2", kind);
    received(hex).packet();
}

/// MQTT 5.0 §4.13.1 against [MQTT-3.14.0-1]: before CONNACK a Server answers with CONNACK.
#[test]
fn d12_every_error_has_a_connack_code_too() {
    for (received, code) in [
        (received("F0 01 18"), 0x81),
        (received("F0 02 18 00"), 0x82),
        (received("F0 06 18 04 15 00 01 41").at_most(7), 0x95),
    ] {
        let error = received.error();
        assert_eq!(ConnackReason::from(&error).as_u8(), code);
        assert_eq!(DisconnectReason::from(&error).as_u8(), code);
    }
}

/// MQTT 5.0 §3.1.2.11.10 speaks of CONNECT only; [MQTT-4.12.0-5], [MQTT-4.12.0-6].
#[test]
fn d13_authentication_data_without_method_is_read_in_connack_and_not_written_in_an_accepting_one() {
    let list = [Property::AuthenticationData(&[0x01, 0x02])];
    let connack = Connack::accepted(false).with_properties(&list);
    received("20 08 00 00 05 16 00 02 01 02").is(connack);
    let packet = PacketType::Connack;
    let error = shown!(EncodeError::NoAuthenticationMethod { packet });
    refuses(&EncodeOptions::new(), &connack, error);
    // One that refuses says nothing of how the Client was authenticated.
    let refused = Connack::refused(ConnackReason::NotAuthorized);
    let refused = refused.with_properties(&list);
    reads_and_writes("20 08 00 87 05 16 00 02 01 02", refused);
}

/// MQTT 5.0 [MQTT-3.14.2-3], [MQTT-3.14.2-4] and kin give no order.
#[test]
fn d14_user_properties_are_dropped_before_the_reason_string() {
    let list = [
        Property::ReasonString("n"),
        Property::UserProperty("k", "v"),
        Property::ServerReference("s"),
    ];
    let disconnect = Disconnect::new(DisconnectReason::UseAnotherServer).with_properties(&list);
    let whole = "E0 11 9C 0F 1F 00 01 6E 26 00 01 6B 00 01 76 1C 00 01 73";
    let without_user_property = "E0 0A 9C 08 1F 00 01 6E 1C 00 01 73";
    let bare = "E0 06 9C 04 1C 00 01 73";
    for (max, hex) in [
        (19, whole),
        (18, without_user_property),
        (12, without_user_property),
        (11, bare),
        (8, bare),
    ] {
        let options = EncodeOptions::new().max_packet_size(max);
        assert_eq!(written(&options, &disconnect), bytes(hex), "{max}");
    }
    let (packet, len, max) = (PacketType::Disconnect, 8, 7);
    let options = EncodeOptions::new().max_packet_size(max);
    let error = shown!(EncodeError::PacketTooLarge { packet, len, max });
    refuses(&options, &disconnect, error);
}

/// MQTT 5.0 §3.2.2; 3.1.1 §3.2: the kind tells a Client to say "unsupported version".
#[test]
fn d15_a_3_x_connack_read_as_5_0_is_malformed_and_recognised() {
    for flags in [0x00, 0x01] {
        for code in 0x00..=0xFF {
            let kind = shown!(ErrorKind::V3Connack { code });
            received(&format!("20 02 {flags:02X} {code:02X}")).malformed(1, "3.2.2", kind);
        }
    }
    // Not a CONNACK of 3.x, either.
    let flags = 0x02;
    let kind = shown!(ErrorKind::ConnackFlags { flags });
    received("20 02 02 00").malformed(2, "MQTT-3.2.2-1", kind);
}

/// MQTT 3.1 §3.9; 3.1.1 §3.9.3
#[test]
fn d16_a_failed_subscription_is_read_and_not_written_in_3_1() {
    for version in V3 {
        let received = received_v3(version, "90 03 00 0A 80");
        let v3::Packet::Suback(suback) = received.packet() else {
            panic!("a SUBACK");
        };
        let code = v3::SubackReturnCode::Failure;
        assert!(suback.return_codes().iter().eq([code]));
    }
    let received = received_v3(v3::Version::V3_1_1, "90 03 00 0A 80");
    writes_v3(v3::Version::V3_1_1, &received.packet(), "90 03 00 0A 80");
    let what = "a refused subscription";
    refuses_v3(
        v3::Version::V3_1,
        &EncodeOptions::new(),
        &received.packet(),
        shown!(EncodeError::NotInVersion {
            version: mqtt_reason::Version::V3_1,
            what,
        }),
    );
}

/// MQTT 5.0 Tables 2-4 and 2-6 against Tables 3-4, 3-5, §3.14.4, §4.12.1 and the heading of §3.2.2.3.12
#[test]
fn d17_names_are_those_of_the_overview_tables() {
    assert_eq!(
        PubackReason::PacketIdentifierInUse.name(),
        "Packet Identifier in use"
    );
    assert_eq!(
        PubrecReason::NoMatchingSubscribers.name(),
        "No matching subscribers"
    );
    assert_eq!(
        DisconnectReason::NormalDisconnection.name(),
        "Normal disconnection"
    );
    assert_eq!(AuthReason::ReAuthenticate.name(), "Re-authenticate");
    assert_eq!(ConnackReason::NotAuthorized.name(), "Not authorized");
    assert_eq!(
        PropertyId::SubscriptionIdentifiersAvailable.name(),
        "Subscription Identifier Available"
    );
    assert_eq!(ReasonCode::all().count(), 43);
    assert_eq!(ReasonCode::table().count(), 96);
}

/// MQTT 5.0 [MQTT-4.12.1-2] against Table 3-10: what only the column forbids is read, and not written.
#[test]
fn d18_0x87_in_disconnect_is_read_from_either_side_and_written_for_the_server() {
    let disconnect = Disconnect::new(DisconnectReason::NotAuthorized);
    received("E0 01 87").is(disconnect);
    received("E0 01 87").from(Side::Server).is(disconnect);
    let (packet, code, sender) = (PacketType::Disconnect, 0x87, Side::Client);
    received("E0 01 87").from(sender).is(disconnect);
    let error = shown!(EncodeError::ReasonCodeSender {
        packet,
        code,
        sender,
    });
    refuses(&EncodeOptions::new().sender(sender), &disconnect, error);
}

/// MQTT 5.0 The figure of an example of DISCONNECT draws 7 where it says 5; Figures 3-23 and 3.32 leave the Property Length out.
#[test]
fn d19_the_text_counts_where_a_figure_differs() {
    let list = [Property::SessionExpiryInterval(0)];
    let disconnect = Disconnect::new(DisconnectReason::NormalDisconnection).with_properties(&list);
    reads_and_writes("E0 07 00 05 11 00 00 00 00", disconnect);
    let length = 7;
    let kind = shown!(ErrorKind::PropertyLength { length });
    received("E0 07 00 07 11 00 00 00 00").malformed(3, "2.2.2.1", kind);
    // Without a Property Length the first code is taken for it.
    let length = 1;
    let kind = shown!(ErrorKind::PropertyLength { length });
    received("90 03 00 0A 01").malformed(4, "2.2.2.1", kind);
}

/// MQTT 5.0 §3.2.2.3.16, §3.14.2.2.5, §4.11
#[test]
fn d20_server_reference_is_accepted_with_any_code_from_either_side() {
    let list = [Property::ServerReference("s")];
    let disconnect = Disconnect::new(DisconnectReason::NormalDisconnection).with_properties(&list);
    let hex = "E0 06 00 04 1C 00 01 73";
    reads_and_writes(hex, disconnect);
    for side in SIDES {
        received(hex).from(side).is(disconnect);
    }
    let (id, sender) = (PropertyId::ServerReference, Side::Client);
    let options = EncodeOptions::new().sender(sender);
    refuses(
        &options,
        &disconnect,
        shown!(EncodeError::PropertySender { id, sender }),
    );
}

/// MQTT 5.0 Tables 3-4 and 3-5
#[test]
fn d21_0x10_is_read_from_a_client_and_not_written_for_one() {
    let sender = Side::Client;
    let options = EncodeOptions::new().sender(sender);
    let puback = Puback::new(id(10), PubackReason::NoMatchingSubscribers);
    let pubrec = Pubrec::new(id(10), PubrecReason::NoMatchingSubscribers);
    for (hex, packet, ack) in [
        ("40 03 00 0A 10", PacketType::Puback, Packet::from(puback)),
        ("50 03 00 0A 10", PacketType::Pubrec, Packet::from(pubrec)),
    ] {
        let code = 0x10;
        received(hex).is(ack);
        received(hex).from(Side::Server).is(ack);
        received(hex).from(sender).is(ack);
        let error = shown!(EncodeError::ReasonCodeSender {
            packet,
            code,
            sender,
        });
        refuses(&options, &ack, error);
    }
}

/// MQTT 5.0 §1.5.5, [MQTT-1.5.5-1]; 3.1.1 and 3.1 have no such rule.
#[test]
fn d22_a_longer_variable_byte_integer_is_malformed_in_5_0_and_accepted_in_3_x() {
    let kind = ErrorKind::VariableByteIntegerNotMinimal;
    received("40 82 00 00 0A").malformed(1, "MQTT-1.5.5-1", kind);
    for version in V3 {
        received_v3(version, "40 82 00 00 0A").is(v3::Packet::Puback(id(10)));
    }
}

/// MQTT 5.0 §4.13.2: any may be reported; this crate takes the first in wire order.
#[test]
fn r10_the_first_error_in_wire_order_is_reported() {
    // Flags of the fixed header before a Remaining Length of five bytes
    let packet = PacketType::Puback;
    let kind = shown!(ErrorKind::FixedHeaderFlags { packet, flags: 1 });
    received("41 80 80 80 80").malformed(0, "MQTT-2.1.3-1", kind);
    // Identifier 0 before an undefined code
    let kind = ErrorKind::PacketIdentifierZero;
    received("40 03 00 00 8B").protocol_error(2, "MQTT-2.2.1-5", kind);
    // An undefined code before a Property Length past the end
    let kind = shown!(ErrorKind::ReasonCode { packet, code: 0x8B });
    received("40 04 00 0A 8B 05").protocol_error(4, "MQTT-3.4.2-1", kind);
    // Ill-formed text before a property that occurs twice
    let kind = ErrorKind::IllFormedUtf8;
    received("40 0C 00 0A 87 08 1F 00 01 FF 1F 00 01 6E").malformed(9, "MQTT-1.5.4-1", kind);
    // A property that occurs twice before its text, and before bytes left over
    let id = PropertyId::ReasonString;
    let kind = shown!(ErrorKind::DuplicateProperty { id });
    received("40 0D 00 0A 87 08 1F 00 01 6E 1F 00 01 FF 00").protocol_error(10, "3.4.2.2.2", kind);
    // Reserved flags before an undefined code
    let kind = shown!(ErrorKind::ConnackFlags { flags: 0x80 });
    received("20 03 80 01 00").malformed(2, "MQTT-3.2.2-1", kind);
}

/// What is not one of the nine packets is passed through, whatever its body holds.
#[test]
fn other_packet_types_are_frames() {
    for (hex, packet, flags) in [
        ("10 02 00 04", PacketType::Connect, 0b0000),
        ("3D 01 FF", PacketType::Publish, 0b1101),
        ("82 00", PacketType::Subscribe, 0b0010),
        ("A2 00", PacketType::Unsubscribe, 0b0010),
        ("C0 00", PacketType::Pingreq, 0b0000),
        ("D0 00", PacketType::Pingresp, 0b0000),
    ] {
        let bytes = bytes(hex);
        for version in V3 {
            let Ok(Decoded::Frame(frame)) = v3::decode(version, &bytes) else {
                panic!("{hex} is a frame");
            };
            assert_eq!(frame.packet_type(), packet);
        }
        let Ok(Decoded::Frame(frame)) = mqtt_reason::v5::decode(&bytes) else {
            panic!("{hex} is a frame");
        };
        assert_eq!(frame.packet_type(), packet);
        assert_eq!(frame.flags(), flags);
        assert_eq!(frame.bytes(), bytes);
        assert_eq!(Some(frame.body()), bytes.get(2..));
    }
}
