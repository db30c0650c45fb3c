//! R63 to R77, R80, R83 and R84: properties, and which packet may carry which.

use mqtt_reason::v5::{
    Auth, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason, Packet, Property,
    PropertyErrorKind, Puback, PubackReason,
};
use mqtt_reason::{
    Encode, EncodeError, EncodeOptions, ErrorKind, PacketType, PropertyId, QoS, Side,
};

use crate::building::ONE_OF_EACH_PROPERTY;
use crate::support::{
    TEMPLATES, bytes, id, property_error, reads_and_writes, received, refuses, template_of, writes,
    written,
};

/// One property of each kind as it stands in a packet.
const PROPERTIES: [(PropertyId, &str); 17] = [
    (PropertyId::SessionExpiryInterval, "11 00 00 00 0A"),
    (PropertyId::AssignedClientIdentifier, "12 00 01 63"),
    (PropertyId::ServerKeepAlive, "13 00 3C"),
    (PropertyId::AuthenticationMethod, "15 00 01 41"),
    (PropertyId::AuthenticationData, "16 00 01 FF"),
    (PropertyId::ResponseInformation, "1A 00 01 72"),
    (PropertyId::ServerReference, "1C 00 01 73"),
    (PropertyId::ReasonString, "1F 00 01 6E"),
    (PropertyId::ReceiveMaximum, "21 00 0A"),
    (PropertyId::TopicAliasMaximum, "22 00 0A"),
    (PropertyId::MaximumQos, "24 01"),
    (PropertyId::RetainAvailable, "25 00"),
    (PropertyId::UserProperty, "26 00 01 6B 00 01 76"),
    (PropertyId::MaximumPacketSize, "27 00 00 01 00"),
    (PropertyId::WildcardSubscriptionAvailable, "28 00"),
    (PropertyId::SubscriptionIdentifiersAvailable, "29 00"),
    (PropertyId::SharedSubscriptionAvailable, "2A 00"),
];

/// The identifiers of the properties that a packet may carry, MQTT 5.0 Table 2-4.
fn allowed(packet: PacketType) -> &'static str {
    match packet {
        PacketType::Connack => "11 12 13 15 16 1A 1C 1F 21 22 24 25 26 27 28 29 2A",
        PacketType::Disconnect => "11 1C 1F 26",
        PacketType::Auth => "15 16 1F 26",
        _ => "1F 26",
    }
}

/// MQTT 5.0 §2.2.2.2: there is no length to skip an unknown property by.
#[test]
fn r63_an_unknown_property_is_malformed_in_every_packet() {
    let known = bytes(allowed(PacketType::Connack));
    let of_other_packets = bytes("01 02 03 08 09 0B 17 18 19 23");
    for template in &TEMPLATES {
        let packet = template.packet;
        for id in 0x00..=0xFF {
            if known.contains(&id) {
                continue;
            }
            let hex = template.with(&format!("{id:02X} 00 00 00 00"));
            let kind = if of_other_packets.contains(&id) {
                let id = PropertyId::from_u8(id).expect("a property");
                shown!(ErrorKind::PropertyNotAllowed { packet, id })
            } else {
                shown!(ErrorKind::UnknownProperty { packet, id })
            };
            received(&hex).malformed(template.offset, "2.2.2.2", kind);
        }
    }
    // Behind a good one: Topic Alias, a property of PUBLISH
    let (packet, id) = (PacketType::Puback, PropertyId::TopicAlias);
    let kind = shown!(ErrorKind::PropertyNotAllowed { packet, id });
    received("40 0B 00 0A 87 07 1F 00 01 6E 23 00 01").malformed(10, "2.2.2.2", kind);
}

/// MQTT 5.0 §2.2.2.2, Table 2-4
#[test]
fn r63_a_property_of_another_packet_is_malformed() {
    let (packet, id) = (PacketType::Puback, PropertyId::SessionExpiryInterval);
    received("40 09 00 0A 87 05 11 00 00 00 0A").malformed(
        6,
        "2.2.2.2",
        shown!(ErrorKind::PropertyNotAllowed { packet, id }),
    );
    let (packet, id) = (PacketType::Disconnect, PropertyId::MaximumQos);
    received("E0 04 8E 02 24 01").malformed(
        4,
        "2.2.2.2",
        shown!(ErrorKind::PropertyNotAllowed { packet, id }),
    );
    let (packet, id) = (PacketType::Auth, PropertyId::ServerReference);
    received("F0 0A 18 08 15 00 01 41 1C 00 01 73").malformed(
        8,
        "2.2.2.2",
        shown!(ErrorKind::PropertyNotAllowed { packet, id }),
    );
}

/// MQTT 5.0 §2.2.2.2, §3.2.2.3.3: too few bytes for the type are malformed, a forbidden value is a protocol error.
#[test]
fn r64_a_value_of_another_type_is_malformed() {
    let id = PropertyId::ReceiveMaximum;
    received("20 05 00 00 02 21 0A").malformed(
        6,
        "2.2.2.1",
        shown!(ErrorKind::PropertyTruncated { id }),
    );
    received("20 06 00 00 03 21 00 00").protocol_error(
        6,
        "3.2.2.3.3",
        shown!(ErrorKind::PropertyValue { id, value: 0 }),
    );
}

/// MQTT 5.0 §2.2.2.2, [MQTT-1.5.5-1]: all identifiers fit one byte; a longer form of one is no identifier.
#[test]
fn r65_a_property_identifier_in_two_bytes_is_malformed() {
    let packet = PacketType::Connack;
    for (hex, id) in [
        // 0x24 in two bytes
        ("20 06 00 00 03 A4 00 01", 0xA4),
        // The identifier 161 in the shortest form
        ("20 06 00 00 03 A1 01 01", 0xA1),
        // Goes on past the end
        ("20 04 00 00 01 9F", 0x9F),
    ] {
        let kind = shown!(ErrorKind::UnknownProperty { packet, id });
        received(hex).malformed(5, "2.2.2.2", kind);
    }
}

/// MQTT 5.0: the section of every property, "more than once".
#[test]
fn r66_a_property_that_occurs_twice_is_a_protocol_error() {
    use PacketType::{
        Auth, Connack, Disconnect, Puback, Pubcomp, Pubrec, Pubrel, Suback, Unsuback,
    };
    // The packet, what stands before the two, the property, the section.
    for (packet, before, property, section) in [
        (Connack, "", "11 00 00 00 0A", "3.2.2.3.2"),
        (Connack, "", "21 00 0A", "3.2.2.3.3"),
        (Connack, "", "24 01", "3.2.2.3.4"),
        (Connack, "", "25 00", "3.2.2.3.5"),
        (Connack, "", "27 00 00 01 00", "3.2.2.3.6"),
        (Connack, "", "12 00 01 63", "3.2.2.3.7"),
        (Connack, "", "22 00 0A", "3.2.2.3.8"),
        (Connack, "", "1F 00 01 6E", "3.2.2.3.9"),
        (Connack, "", "28 00", "3.2.2.3.11"),
        (Connack, "", "29 00", "3.2.2.3.12"),
        (Connack, "", "2A 00", "3.2.2.3.13"),
        (Connack, "", "13 00 3C", "3.2.2.3.14"),
        (Connack, "", "1A 00 01 72", "3.2.2.3.15"),
        (Connack, "", "1C 00 01 73", "3.2.2.3.16"),
        (Connack, "", "15 00 01 41", "3.2.2.3.17"),
        (Connack, "", "16 00 01 FF", "3.2.2.3.18"),
        (Puback, "", "1F 00 01 6E", "3.4.2.2.2"),
        (Pubrec, "", "1F 00 01 6E", "3.5.2.2.2"),
        (Pubrel, "", "1F 00 01 6E", "3.6.2.2.2"),
        (Pubcomp, "", "1F 00 01 6E", "3.7.2.2.2"),
        (Suback, "", "1F 00 01 6E", "3.9.2.1.2"),
        (Unsuback, "", "1F 00 01 6E", "3.11.2.1.2"),
        (Disconnect, "", "11 00 00 00 0A", "3.14.2.2.2"),
        (Disconnect, "", "1F 00 01 6E", "3.14.2.2.3"),
        (Disconnect, "", "1C 00 01 73", "3.14.2.2.5"),
        (Auth, "", "15 00 01 41", "3.15.2.2.2"),
        (Auth, "15 00 01 41", "16 00 01 FF", "3.15.2.2.3"),
        (Auth, "15 00 01 41", "1F 00 01 6E", "3.15.2.2.4"),
    ] {
        let template = template_of(packet);
        let id = bytes(property)
            .first()
            .copied()
            .and_then(PropertyId::from_u8)
            .expect("an identifier");
        let first = template.offset + bytes(before).len();
        let kind = shown!(ErrorKind::DuplicateProperty { id });

        let twice = template.with(&format!("{before} {property} {property}"));
        let second = first + bytes(property).len();
        received(&twice).protocol_error(second, section, kind);

        let between = "26 00 01 6B 00 01 76";
        let apart = template.with(&format!("{before} {property} {between} {property}"));
        let second = second + bytes(between).len();
        received(&apart).protocol_error(second, section, kind);
    }
}

/// MQTT 5.0: the section of every property, "more than once".
#[test]
fn r66_the_encoder_refuses_a_property_that_occurs_twice() {
    for property in ONE_OF_EACH_PROPERTY {
        let id = property.id();
        if id == PropertyId::UserProperty {
            continue;
        }
        let list = [property, Property::UserProperty("k", "v"), property];
        let error = property_error(&Connack::accepted(false).with_properties(&list));
        assert_eq!(error.kind, shown!(PropertyErrorKind::Duplicate { id }));
        assert_eq!(error.index, 2);
    }
}

/// MQTT 5.0 §3.2.2.3.10 and kin
#[test]
fn r67_user_properties_repeat_in_wire_order() {
    let list = [
        Property::UserProperty("b", "1"),
        Property::UserProperty("a", "2"),
        Property::UserProperty("b", "1"),
        Property::UserProperty("b", "3"),
    ];
    let puback = Puback::success(id(10)).with_properties(&list);
    let hex = "40 20 00 0A 00 1C \
               26 00 01 62 00 01 31 \
               26 00 01 61 00 01 32 \
               26 00 01 62 00 01 31 \
               26 00 01 62 00 01 33";
    reads_and_writes(hex, puback);
    let received = received(hex);
    let Packet::Puback(puback) = received.packet() else {
        panic!("a PUBACK");
    };
    let pairs: Vec<_> = puback.properties().user_properties().collect();
    assert_eq!(pairs, [("b", "1"), ("a", "2"), ("b", "1"), ("b", "3")]);
}

/// MQTT 5.0 §2.2.2.2: the order of different properties means nothing.
#[test]
fn r68_properties_are_read_in_any_order() {
    let connack = template_of(PacketType::Connack);
    let (ascending, descending): (Vec<_>, Vec<_>) = PROPERTIES
        .iter()
        .zip(PROPERTIES.iter().rev())
        .map(|((_, up), (_, down))| (*up, *down))
        .unzip();
    for order in [ascending, descending] {
        let received = received(&connack.with(&order.join(" ")));
        let ids: Vec<u8> = received
            .packet()
            .properties()
            .iter()
            .map(|property| property.id().as_u8())
            .collect();
        let expected: Vec<u8> = order
            .iter()
            .filter_map(|property| bytes(property).first().copied())
            .collect();
        assert_eq!(ids, expected);
    }
    received("F0 0A 18 08 16 00 01 FF 15 00 01 41").packet();
    received("F0 0A 18 08 15 00 01 41 16 00 01 FF").packet();
}

/// MQTT 5.0 Table 2-4
#[test]
fn r69_each_packet_takes_its_own_properties() {
    for template in &TEMPLATES {
        let packet = template.packet;
        let allowed = bytes(allowed(packet));
        for (id, property) in PROPERTIES {
            // An AUTH has an Authentication Method in any case.
            let before = match (packet, id) {
                (PacketType::Auth, PropertyId::AuthenticationMethod) => "",
                (PacketType::Auth, _) => "15 00 01 41",
                _ => "",
            };
            let hex = template.with(&format!("{before} {property}"));
            let received = received(&hex);
            if allowed.contains(&id.as_u8()) {
                let last = received.packet().properties().iter().last();
                assert_eq!(last.map(|property| property.id()), Some(id), "{packet}");
                match (packet, id) {
                    // Read, but not written without a method (D13).
                    (PacketType::Connack, PropertyId::AuthenticationData) => {}
                    _ => writes(&received.packet(), &hex),
                }
            } else {
                let kind = shown!(ErrorKind::PropertyNotAllowed { packet, id });
                let offset = template.offset + bytes(before).len();
                received.malformed(offset, "2.2.2.2", kind);
            }
        }
    }
}

/// MQTT 5.0 Table 2-4
#[test]
fn r69_the_encoder_refuses_properties_of_other_packets() {
    #[track_caller]
    fn check(packet: &impl Encode, id: PropertyId, allowed: &str) {
        if bytes(allowed).contains(&id.as_u8()) {
            assert!(packet.encode(&mut Vec::new()).is_ok(), "{id}");
        } else {
            let kind = shown!(PropertyErrorKind::NotAllowed { id });
            assert_eq!(property_error(packet).kind, kind);
        }
    }
    for property in ONE_OF_EACH_PROPERTY {
        let (id, list) = (property.id(), [property]);
        // One that refuses: Authentication Data may stand alone in it.
        let connack = Connack::refused(ConnackReason::NotAuthorized).with_properties(&list);
        check(&connack, id, allowed(PacketType::Connack));
        let ack = Puback::success(self::id(10)).with_properties(&list);
        check(&ack, id, allowed(PacketType::Puback));
        let disconnect = Disconnect::new(DisconnectReason::NormalDisconnection);
        check(
            &disconnect.with_properties(&list),
            id,
            allowed(PacketType::Disconnect),
        );
        let auth = Auth::without_properties(AuthReason::Success);
        let method = [Property::AuthenticationMethod("A")];
        let others = list.into_iter().filter(|property| *property != method[0]);
        let auth = auth.with_properties(method).and(others);
        if id != PropertyId::AuthenticationMethod {
            check(&auth, id, allowed(PacketType::Auth));
        }
    }
}

/// A CONNACK with one property whose value is forbidden.
#[track_caller]
fn forbidden(hex: &str, section: &str, id: PropertyId, value: u32) {
    let kind = shown!(ErrorKind::PropertyValue { id, value });
    received(hex).protocol_error(6, section, kind);
}

/// MQTT 5.0 §3.2.2.3.3; the encoder's type has no 0.
#[test]
fn r70_receive_maximum_0_is_a_protocol_error() {
    let id = PropertyId::ReceiveMaximum;
    forbidden("20 06 00 00 03 21 00 00", "3.2.2.3.3", id, 0);
    received("20 06 00 00 03 21 00 01").packet();
    received("20 06 00 00 03 21 FF FF").packet();
}

/// MQTT 5.0 §3.2.2.3.2, §3.2.2.3.8, §3.2.2.3.14: no session, no aliases, no Keep Alive.
#[test]
fn r70_other_integers_may_be_0() {
    for (hex, property) in [
        (
            "20 08 00 00 05 11 00 00 00 00",
            Property::SessionExpiryInterval(0),
        ),
        ("20 06 00 00 03 13 00 00", Property::ServerKeepAlive(0)),
        ("20 06 00 00 03 22 00 00", Property::TopicAliasMaximum(0)),
    ] {
        let list = [property];
        let connack = Connack::accepted(false);
        reads_and_writes(hex, connack.with_properties(&list));
    }
}

/// MQTT 5.0 §3.2.2.3.4
#[test]
fn r71_maximum_qos_other_than_0_and_1_is_a_protocol_error() {
    let connack = template_of(PacketType::Connack);
    for value in 2..=255_u8 {
        let hex = connack.with(&format!("24 {value:02X}"));
        forbidden(&hex, "3.2.2.3.4", PropertyId::MaximumQos, value.into());
    }
    for (hex, qos) in [
        ("20 05 00 00 02 24 00", QoS::AtMostOnce),
        ("20 05 00 00 02 24 01", QoS::AtLeastOnce),
    ] {
        let list = [Property::MaximumQos(qos)];
        let connack = Connack::accepted(false);
        reads_and_writes(hex, connack.with_properties(&list));
    }
}

/// MQTT 5.0 §3.2.2.3.4, [MQTT-3.2.2-9]: QoS 2 is said by leaving the property out.
#[test]
fn r71_the_encoder_refuses_maximum_qos_2() {
    let list = [Property::MaximumQos(QoS::ExactlyOnce)];
    let error = property_error(&Connack::accepted(false).with_properties(&list));
    assert_eq!(error.kind, PropertyErrorKind::MaximumQos2);
}

/// MQTT 5.0 §3.2.2.3.6; the encoder's type has no 0.
#[test]
fn r72_maximum_packet_size_0_is_a_protocol_error() {
    let id = PropertyId::MaximumPacketSize;
    forbidden("20 08 00 00 05 27 00 00 00 00", "3.2.2.3.6", id, 0);
    received("20 08 00 00 05 27 00 00 00 01").packet();
    received("20 08 00 00 05 27 FF FF FF FF").packet();
}

/// MQTT 5.0 §3.2.2.3.5, §3.2.2.3.11 to §3.2.2.3.13; the encoder's type is `bool`.
#[test]
fn r73_a_flag_other_than_0_and_1_is_a_protocol_error() {
    let connack = template_of(PacketType::Connack);
    for (id, section) in [
        (PropertyId::RetainAvailable, "3.2.2.3.5"),
        (PropertyId::WildcardSubscriptionAvailable, "3.2.2.3.11"),
        (PropertyId::SubscriptionIdentifiersAvailable, "3.2.2.3.12"),
        (PropertyId::SharedSubscriptionAvailable, "3.2.2.3.13"),
    ] {
        for value in 0..=255_u8 {
            let hex = connack.with(&format!("{:02X} {value:02X}", id.as_u8()));
            if value <= 1 {
                received(&hex).packet();
            } else {
                forbidden(&hex, section, id, value.into());
            }
        }
    }
}

/// MQTT 5.0 §3.14.2.2.2, [MQTT-3.14.2-2]
#[test]
fn r74_session_expiry_interval_from_a_server_is_a_protocol_error() {
    let hex = "E0 07 00 05 11 00 00 00 0A";
    let (id, sender) = (PropertyId::SessionExpiryInterval, Side::Server);
    let list = [Property::SessionExpiryInterval(10)];
    let disconnect = Disconnect::new(DisconnectReason::NormalDisconnection).with_properties(&list);

    received(hex).from(sender).protocol_error(
        4,
        "MQTT-3.14.2-2",
        shown!(ErrorKind::PropertySender { id, sender }),
    );
    received(hex).from(Side::Client).is(disconnect);
    reads_and_writes(hex, disconnect);

    let options = EncodeOptions::new().sender(sender);
    refuses(
        &options,
        &disconnect,
        shown!(EncodeError::PropertySender { id, sender }),
    );
    let options = EncodeOptions::new().sender(Side::Client);
    assert_eq!(written(&options, &disconnect), bytes(hex));
}

/// MQTT 5.0 §4.11, §3.2.2.3.16, §3.14.2.2.5
#[test]
fn r76_server_reference_is_accepted_with_any_code() {
    let list = [Property::ServerReference("s")];
    let of_connack = &list;
    for (hex, reason) in [
        (
            "20 07 00 9C 04 1C 00 01 73",
            ConnackReason::UseAnotherServer,
        ),
        ("20 07 00 9D 04 1C 00 01 73", ConnackReason::ServerMoved),
        ("20 07 00 00 04 1C 00 01 73", ConnackReason::Success),
        ("20 07 00 87 04 1C 00 01 73", ConnackReason::NotAuthorized),
    ] {
        let connack = Connack::refused(reason).with_properties(of_connack);
        reads_and_writes(hex, connack);
    }
    let of_disconnect = &list;
    for (hex, reason) in [
        (
            "E0 06 9C 04 1C 00 01 73",
            DisconnectReason::UseAnotherServer,
        ),
        ("E0 06 9D 04 1C 00 01 73", DisconnectReason::ServerMoved),
        (
            "E0 06 8B 04 1C 00 01 73",
            DisconnectReason::ServerShuttingDown,
        ),
    ] {
        let disconnect = Disconnect::new(reason).with_properties(of_disconnect);
        reads_and_writes(hex, disconnect);
    }
}

/// MQTT 5.0 §3.14.2.2.5: the Server sends it; a Client's encoder does not.
#[test]
fn r76_the_encoder_refuses_server_reference_for_a_client() {
    let list = [Property::ServerReference("s")];
    let disconnect = Disconnect::new(DisconnectReason::NormalDisconnection).with_properties(&list);
    let hex = "E0 06 00 04 1C 00 01 73";
    let (id, sender) = (PropertyId::ServerReference, Side::Client);
    let options = EncodeOptions::new().sender(sender);
    refuses(
        &options,
        &disconnect,
        shown!(EncodeError::PropertySender { id, sender }),
    );
    let options = EncodeOptions::new().sender(Side::Server);
    assert_eq!(written(&options, &disconnect), bytes(hex));
    received(hex).from(sender).is(disconnect);
}

/// MQTT 5.0 §3.15.2.2.2
#[test]
fn r77_auth_without_authentication_method_is_a_protocol_error() {
    let kind = ErrorKind::NoAuthenticationMethod;
    for hex in [
        "F0 02 00 00",
        "F0 02 18 00",
        "F0 02 19 00",
        "F0 06 18 04 16 00 01 FF",
        "F0 06 18 04 1F 00 01 6E",
        "F0 09 18 07 26 00 01 6B 00 01 76",
    ] {
        received(hex).protocol_error(3, "3.15.2.2.2", kind);
    }
}

/// MQTT 5.0 §3.15.2.2.2
#[test]
fn r77_the_encoder_refuses_auth_without_authentication_method() {
    let options = EncodeOptions::new();
    let data = [Property::AuthenticationData(&[0xFF])];
    let text = [Property::ReasonString("n")];
    for &reason in AuthReason::ALL {
        for properties in [&[][..], &data, &text] {
            let auth = Auth::without_properties(reason).with_properties(properties);
            refuses(
                &options,
                &auth,
                shown!(EncodeError::NoAuthenticationMethod {
                    packet: PacketType::Auth,
                }),
            );
        }
    }
}

/// MQTT 5.0 §3.1.2.11.10 forbids it in CONNECT; no sentence does so in CONNACK.
#[test]
fn r80_authentication_data_without_method_is_accepted_in_connack_and_refused_in_auth() {
    let list = [Property::AuthenticationData(&[0xFF])];
    let connack = Connack::accepted(false).with_properties(&list);
    received("20 07 00 00 04 16 00 01 FF").is(connack);
    let kind = ErrorKind::NoAuthenticationMethod;
    received("F0 06 18 04 16 00 01 FF").protocol_error(3, "3.15.2.2.2", kind);
}

/// MQTT 5.0 §3.2.2.3.2: whatever the Client asked for.
#[test]
fn r83_every_session_expiry_interval_of_a_connack_is_accepted() {
    for (hex, seconds) in [
        ("20 08 00 00 05 11 00 00 00 00", 0),
        ("20 08 00 00 05 11 00 00 0E 10", 3_600),
        ("20 08 00 00 05 11 FF FF FF FF", u32::MAX),
    ] {
        let list = [Property::SessionExpiryInterval(seconds)];
        let properties = &list;
        reads_and_writes(hex, Connack::accepted(false).with_properties(properties));
    }
}

/// MQTT 5.0 §3.4.2.2.2 and kin: it is handed on as it is, whatever it says.
#[test]
fn r84_the_reason_string_is_not_parsed() {
    let list = [Property::ReasonString("0x00")];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
    reads_and_writes("40 0B 00 0A 87 07 1F 00 04 30 78 30 30", puback);
}
