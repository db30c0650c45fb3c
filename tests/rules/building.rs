//! Property sections: what cannot be built, how they are built, and how they are read.

use std::num::{NonZeroU16, NonZeroU32};

use mqtt_reason::v5::{
    Connack, Disconnect, DisconnectReason, Packet, ProblemInformation, Properties, Property,
    PropertyErrorKind, Puback, PubackReason, Suback, SubackReason,
};
use mqtt_reason::{CodeList, Encode, EncodeError, EncodeOptions, PacketType, PropertyId, QoS};

use crate::support::{
    bytes, id, property_error, reads_and_writes, received, refuses, writes, written,
};

/// One property of each kind, by identifier.
pub(crate) const ONE_OF_EACH_PROPERTY: [Property<'static>; 17] = [
    Property::SessionExpiryInterval(10),
    Property::AssignedClientIdentifier("c"),
    Property::ServerKeepAlive(60),
    Property::AuthenticationMethod("A"),
    Property::AuthenticationData(&[0xFF]),
    Property::ResponseInformation("r"),
    Property::ServerReference("s"),
    Property::ReasonString("n"),
    Property::ReceiveMaximum(NonZeroU16::MIN),
    Property::TopicAliasMaximum(10),
    Property::MaximumQos(QoS::AtLeastOnce),
    Property::RetainAvailable(false),
    Property::UserProperty("k", "v"),
    Property::MaximumPacketSize(NonZeroU32::MIN),
    Property::WildcardSubscriptionAvailable(false),
    Property::SubscriptionIdentifiersAvailable(true),
    Property::SharedSubscriptionAvailable(false),
];

/// A CONNACK with all of them, MQTT 5.0 §3.2.2.3.
const CONNACK: &str = "20 3F 00 00 3C \
    11 00 00 00 0A 12 00 01 63 13 00 3C 15 00 01 41 16 00 01 FF 1A 00 01 72 1C 00 01 73 1F 00 01 6E \
    21 00 01 22 00 0A 24 01 25 00 26 00 01 6B 00 01 76 27 00 00 00 01 28 00 29 01 2A 00";

#[test]
fn every_property_of_a_connack_is_written_and_read() {
    let properties = &ONE_OF_EACH_PROPERTY;
    let connack = Connack::accepted(false).with_properties(properties);
    reads_and_writes(CONNACK, connack);
    let received = received(CONNACK);
    assert!(
        received
            .packet()
            .properties()
            .iter()
            .eq(ONE_OF_EACH_PROPERTY)
    );
    // What was decoded is written as it came.
    writes(&received.packet(), CONNACK);
}

#[test]
fn every_property_of_a_connack_has_an_accessor() {
    let received = received(CONNACK);
    let Packet::Connack(connack) = received.packet() else {
        panic!("a CONNACK");
    };
    let p = connack.properties();
    {
        assert_eq!(p.session_expiry_interval(), Some(10));
        assert_eq!(p.assigned_client_identifier(), Some("c"));
        assert_eq!(p.server_keep_alive(), Some(60));
        assert_eq!(p.authentication_method(), Some("A"));
        assert_eq!(p.authentication_data(), Some(&[0xFF][..]));
        assert_eq!(p.response_information(), Some("r"));
        assert_eq!(p.server_reference(), Some("s"));
        assert_eq!(p.reason_string(), Some("n"));
        assert_eq!(p.receive_maximum(), Some(1));
        assert_eq!(p.topic_alias_maximum(), Some(10));
        assert_eq!(p.maximum_qos(), Some(QoS::AtLeastOnce));
        assert_eq!(p.retain_available(), Some(false));
        assert!(p.user_properties().eq([("k", "v")]));
        assert_eq!(p.maximum_packet_size(), Some(1));
        assert_eq!(p.wildcard_subscription_available(), Some(false));
        assert_eq!(p.subscription_identifiers_available(), Some(true));
        assert_eq!(p.shared_subscription_available(), Some(false));
        assert!(!p.is_empty());
    }
}

#[test]
fn an_absent_property_of_a_connack_is_none() {
    let p = Properties::EMPTY;
    assert_eq!(p.session_expiry_interval(), None);
    assert_eq!(p.assigned_client_identifier(), None);
    assert_eq!(p.server_keep_alive(), None);
    assert_eq!(p.authentication_method(), None);
    assert_eq!(p.authentication_data(), None);
    assert_eq!(p.response_information(), None);
    assert_eq!(p.server_reference(), None);
    assert_eq!(p.reason_string(), None);
    assert_eq!(p.receive_maximum(), None);
    assert_eq!(p.topic_alias_maximum(), None);
    assert_eq!(p.maximum_qos(), None);
    assert_eq!(p.retain_available(), None);
    assert_eq!(p.user_properties().next(), None);
    assert_eq!(p.maximum_packet_size(), None);
    assert_eq!(p.wildcard_subscription_available(), None);
    assert_eq!(p.subscription_identifiers_available(), None);
    assert_eq!(p.shared_subscription_available(), None);
    assert!(p.is_empty());
    assert_eq!(p, Properties::default());
}

#[test]
fn the_properties_of_an_ack_have_accessors() {
    let received = received("40 14 00 0A 87 10 26 00 01 61 00 00 1F 00 01 6E 26 00 01 62 00 00");
    let Packet::Puback(puback) = received.packet() else {
        panic!("a PUBACK");
    };
    assert_eq!(puback.packet_id(), id(10));
    assert_eq!(puback.reason(), PubackReason::NotAuthorized);
    assert_eq!(puback.properties().reason_string(), Some("n"));
    let pairs = puback.properties().user_properties();
    assert!(pairs.eq([("a", ""), ("b", "")]));
    assert!(!puback.properties().is_empty());

    let empty = Properties::EMPTY;
    assert_eq!(empty.reason_string(), None);
    assert_eq!(empty.user_properties().next(), None);
    assert!(empty.is_empty());
}

#[test]
fn the_properties_of_a_disconnect_have_accessors() {
    let received =
        received("E0 18 8E 16 11 00 00 00 0A 1F 00 01 6E 26 00 01 6B 00 01 76 1C 00 03 73 20 74");
    let Packet::Disconnect(disconnect) = received.packet() else {
        panic!("a DISCONNECT");
    };
    let p = disconnect.properties();
    assert_eq!(p.session_expiry_interval(), Some(10));
    assert_eq!(p.reason_string(), Some("n"));
    assert_eq!(p.server_reference(), Some("s t"));
    assert!(p.user_properties().eq([("k", "v")]));

    let empty = Properties::EMPTY;
    assert_eq!(empty.session_expiry_interval(), None);
    assert_eq!(empty.reason_string(), None);
    assert_eq!(empty.server_reference(), None);
    assert_eq!(empty.user_properties().next(), None);
}

#[test]
fn the_properties_of_an_auth_have_accessors() {
    let received = received("F0 15 18 13 15 00 01 41 16 00 01 FF 1F 00 01 6E 26 00 01 6B 00 01 76");
    let Packet::Auth(auth) = received.packet() else {
        panic!("an AUTH");
    };
    let p = auth.properties();
    assert_eq!(p.authentication_method(), Some("A"));
    assert_eq!(p.authentication_data(), Some(&[0xFF][..]));
    assert_eq!(p.reason_string(), Some("n"));
    assert!(p.user_properties().eq([("k", "v")]));

    let empty = Properties::EMPTY;
    assert_eq!(empty.authentication_method(), None);
    assert_eq!(empty.authentication_data(), None);
    assert_eq!(empty.reason_string(), None);
    assert_eq!(empty.user_properties().next(), None);
}

#[test]
fn the_first_property_that_cannot_be_sent_is_named() {
    let long = "x".repeat(65_536);
    let good = Property::ReasonString("n");
    for (second, kind, message) in [
        (
            Property::RetainAvailable(true),
            shown!(PropertyErrorKind::NotAllowed {
                id: PropertyId::RetainAvailable,
            }),
            "property 1: Retain Available is not a property of this packet",
        ),
        (
            Property::ReasonString("n"),
            shown!(PropertyErrorKind::Duplicate {
                id: PropertyId::ReasonString,
            }),
            "property 1: Reason String occurs twice",
        ),
        (
            Property::UserProperty("k", &long),
            shown!(PropertyErrorKind::TooLong {
                id: PropertyId::UserProperty,
            }),
            "property 1: User Property is longer than 65535 bytes",
        ),
        (
            Property::UserProperty("\0", "v"),
            shown!(PropertyErrorKind::NullCharacter {
                id: PropertyId::UserProperty,
            }),
            "property 1: User Property contains U+0000",
        ),
    ] {
        let list = [good, second, Property::ServerKeepAlive(0)];
        let error = property_error(&Puback::success(id(10)).with_properties(&list));
        assert_eq!(error.index, 1);
        assert_eq!(error.kind, kind);
        assert_eq!(error.to_string(), message);
        let of_an_iterator = Puback::success(id(10)).with_properties(list.iter().copied());
        assert_eq!(property_error(&of_an_iterator), error);
    }
}

/// §1.5.5: a Property Length of four bytes says 268,435,455 at most.
#[test]
fn a_section_that_no_property_length_can_tell_is_refused() {
    let text = "x".repeat(65_535);
    // 2,047 × 131,075 = 268,310,525
    let mut list = vec![Property::UserProperty(&text, &text); 2_047];
    // 5 + 65,535 + 59,390 = 124,930, together 268,435,455
    let rest = text.get(..59_390).expect("65,535 bytes");
    list.push(Property::UserProperty(&text, rest));
    let puback = Puback::success(id(10)).with_properties(&list);
    let too_long = shown!(EncodeError::RemainingLength {
        packet: PacketType::Puback,
        remaining_length: 3 + 4 + 268_435_455,
    });
    refuses(&EncodeOptions::new(), &puback, too_long);

    let more = text.get(..59_391).expect("65,535 bytes");
    list.pop();
    list.push(Property::UserProperty(&text, more));
    let error = property_error(&Puback::success(id(10)).with_properties(&list));
    assert_eq!(error.index, 2_047);
    assert_eq!(error.kind, PropertyErrorKind::SectionTooLong);
}

#[test]
fn properties_come_from_an_iterator() {
    let pairs = [("k", "v"), ("l", "w")];
    let properties = pairs.map(|(name, value)| Property::UserProperty(name, value));
    let puback = Puback::new(id(10), PubackReason::NotAuthorized)
        .with_reason_string("no")
        .and(properties);
    reads_and_writes(
        "40 17 00 0A 87 13 1F 00 02 6E 6F 26 00 01 6B 00 01 76 26 00 01 6C 00 01 77",
        puback,
    );
}

/// Problem information is checked, shortened and written as the same properties from an iterator are.
#[test]
fn problem_information_is_written_as_its_properties() {
    let (longest, too_long) = ("x".repeat(65_535), "x".repeat(65_536));
    let texts = ["", "no", "a\0b", "\u{E9}t\u{E9}", &longest, &too_long];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized);
    let seconds = [Property::SessionExpiryInterval(10)];
    for reason_string in [None].into_iter().chain(texts.map(Some)) {
        for (name, value) in texts
            .iter()
            .flat_map(|name| texts.map(|value| (*name, value)))
        {
            let pairs = vec![
                ("k".to_owned(), "v".to_owned()),
                (name.to_owned(), value.to_owned()),
            ];
            let list: Vec<_> = (reason_string.map(Property::ReasonString).into_iter())
                .chain(
                    pairs
                        .iter()
                        .map(|(name, value)| Property::UserProperty(name, value)),
                )
                .collect();
            let given = ProblemInformation::new(reason_string, &pairs);
            for max in [5, 14, 20, u32::MAX] {
                let options = EncodeOptions::new().max_packet_size(max);
                let (mut one, mut other) = (Vec::new(), Vec::new());
                let written = puback
                    .with_properties(given)
                    .encode_with(&options, &mut one);
                let expected = puback
                    .with_properties(&list)
                    .encode_with(&options, &mut other);
                assert_eq!(
                    (written, &one),
                    (expected, &other),
                    "{reason_string:?} {name:?} {value:?}"
                );
                assert_eq!(one.len(), written.unwrap_or(0));
            }
            assert_eq!(
                puback.with_properties(given).encoded_len(),
                puback.with_properties(&list).encoded_len()
            );
            // A PUBACK must not have what stands behind.
            let error = property_error(&puback.with_properties(given.and(seconds)));
            let all = list.iter().chain(&seconds);
            assert_eq!(error, property_error(&puback.with_properties(all)));
        }
    }
}

/// However many codes there are, they are written from an iterator as from a list.
#[test]
fn codes_are_written_in_pieces_of_any_length() {
    let codes: Vec<_> = SubackReason::ALL
        .iter()
        .copied()
        .cycle()
        .take(200)
        .collect();
    for count in 1..=codes.len() {
        let mut buffer = [0; 200];
        let some = codes.iter().copied().take(count);
        let list = CodeList::collect_in(some.clone(), &mut buffer).expect("there is room");
        let (mut one, mut other) = (Vec::new(), Vec::new());
        assert!(
            Suback::new(id(10), some)
                .expect("one at least")
                .encode(&mut one)
                .is_ok()
        );
        assert!(Suback::from_list(id(10), list).encode(&mut other).is_ok());
        assert_eq!(one, other);
    }
}

/// Without properties, the packet is what it is without having been given any.
#[test]
fn an_empty_list_of_properties_changes_nothing() {
    let none: [Property<'_>; 0] = [];
    reads_and_writes("40 02 00 0A", Puback::success(id(10)).with_properties(none));
    let puback = Puback::new(id(10), PubackReason::NotAuthorized);
    reads_and_writes("40 03 00 0A 87", puback.with_properties(&none));
    reads_and_writes(
        "20 03 00 00 00",
        Connack::accepted(false).with_properties(none),
    );
}

/// A loop takes the properties by value or by reference.
#[test]
fn properties_are_read_in_a_loop() {
    let received = received("40 10 00 0A 87 0C 1F 00 02 6E 6F 26 00 01 6B 00 01 76");
    let properties = received.packet().properties();
    let list = [
        Property::ReasonString("no"),
        Property::UserProperty("k", "v"),
    ];
    let mut seen = Vec::new();
    for property in &properties {
        seen.push(property);
    }
    assert_eq!(seen, list);
    assert!(properties.into_iter().eq(list));
    assert_eq!((&Properties::default()).into_iter().count(), 0);
}

/// The short forms on request only.
#[test]
fn the_long_form_is_written_on_request() {
    let long = EncodeOptions::new().long_form(true);
    let puback = Puback::success(id(10));
    assert_eq!(written(&long, &puback), bytes("40 04 00 0A 00 00"));
    let puback = Puback::new(id(10), PubackReason::NotAuthorized);
    assert_eq!(written(&long, &puback), bytes("40 04 00 0A 87 00"));
    let taken_over = Disconnect::new(DisconnectReason::SessionTakenOver);
    assert_eq!(written(&long, &taken_over), bytes("E0 02 8E 00"));
    let normal = Disconnect::new(DisconnectReason::NormalDisconnection);
    assert_eq!(written(&long, &normal), bytes("E0 02 00 00"));
    // What is left without its properties keeps the length of them.
    let puback = Puback::success(id(10)).with_reason_string("no");
    assert_eq!(
        written(&long.max_packet_size(6), &puback),
        bytes("40 04 00 0A 00 00")
    );
}
