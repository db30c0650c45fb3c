//! R22 to R32, R52 and R53: bodies, their lengths, and the Packet Identifier.

use mqtt_reason::v5::{
    Auth, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason, Packet, Property,
    Puback, PubackReason, Pubcomp, PubcompReason, Pubrec, PubrecReason, Pubrel, PubrelReason,
    Suback, SubackReason, Unsuback, UnsubackReason,
};
use mqtt_reason::{ErrorKind, PacketId, PacketType, v3};

use crate::support::{
    ONE_OF_EACH, V3, id, property_at, reads_and_writes, received, received_v3, writes,
};

/// The first bytes of PUBACK, PUBREC, PUBREL and PUBCOMP.
const ACKS: [&str; 4] = ["40", "50", "62", "70"];
/// The first bytes of SUBACK and UNSUBACK, and a code of theirs.
const SUBSCRIPTION_ACKS: [(&str, &str); 2] = [("90", "01"), ("B0", "11")];

/// MQTT 5.0 §3.2.2: flags, code and Property Length, always.
#[test]
fn r22_connack_has_no_short_form() {
    reads_and_writes("20 03 00 00 00", Connack::accepted(false));
    reads_and_writes(
        "20 03 00 87 00",
        Connack::refused(ConnackReason::NotAuthorized),
    );
    for (hex, offset) in [("20 00", 2), ("20 01 00", 3), ("20 01 01", 3)] {
        received(hex).malformed(offset, "2.1.4", ErrorKind::Truncated);
    }
}

/// MQTT 5.0 §3.4.2.1, §3.4.2.2.1 and the same of PUBREC, PUBREL and PUBCOMP.
#[test]
fn r23_acks_with_half_a_packet_identifier_are_malformed() {
    for first in ACKS {
        for body in ["00", "01 00", "01 0A"] {
            let hex = format!("{first} {body}");
            received(&hex).malformed(2, "2.1.4", ErrorKind::Truncated);
        }
    }
}

/// MQTT 5.0 §3.4.2.1, §3.4.2.2.1 and kin: without code, without Property Length, with both.
#[test]
fn r23_acks_are_read_in_all_three_forms_with_any_code() {
    for body in ["02 00 0A", "03 00 0A 00", "04 00 0A 00 00"] {
        received(&format!("40 {body}")).is(Puback::success(id(10)));
        received(&format!("50 {body}")).is(Pubrec::success(id(10)));
        received(&format!("62 {body}")).is(Pubrel::success(id(10)));
        received(&format!("70 {body}")).is(Pubcomp::success(id(10)));
    }
    for body in ["03 00 0A 87", "04 00 0A 87 00"] {
        received(&format!("40 {body}")).is(Puback::new(id(10), PubackReason::NotAuthorized));
        received(&format!("50 {body}")).is(Pubrec::new(id(10), PubrecReason::NotAuthorized));
    }
    for body in ["03 00 0A 92", "04 00 0A 92 00"] {
        let pubrel = Pubrel::new(id(10), PubrelReason::PacketIdentifierNotFound);
        let pubcomp = Pubcomp::new(id(10), PubcompReason::PacketIdentifierNotFound);
        received(&format!("62 {body}")).is(pubrel);
        received(&format!("70 {body}")).is(pubcomp);
    }
}

/// MQTT 5.0 §3.4.2.1, §3.4.2.2.1, [MQTT-3.4.2-1] and kin
#[test]
fn r24_the_encoder_writes_the_shortest_form_of_an_ack() {
    writes(&Puback::success(id(10)), "40 02 00 0A");
    writes(&Pubrec::success(id(10)), "50 02 00 0A");
    writes(&Pubrel::success(id(10)), "62 02 00 0A");
    writes(&Pubcomp::success(id(10)), "70 02 00 0A");

    let puback = Puback::new(id(10), PubackReason::NoMatchingSubscribers);
    writes(&puback, "40 03 00 0A 10");
    let pubrec = Pubrec::new(id(10), PubrecReason::QuotaExceeded);
    writes(&pubrec, "50 03 00 0A 97");
    let pubrel = Pubrel::new(id(10), PubrelReason::PacketIdentifierNotFound);
    writes(&pubrel, "62 03 00 0A 92");
    let pubcomp = Pubcomp::new(id(10), PubcompReason::PacketIdentifierNotFound);
    writes(&pubcomp, "70 03 00 0A 92");
}

/// MQTT 5.0 §3.4.2.1: code and Property Length go only where there are no properties.
#[test]
fn r24_the_encoder_keeps_the_success_of_an_ack_with_properties() {
    let list = [Property::ReasonString("n")];
    let properties = &list;
    let body = "08 00 0A 00 04 1F 00 01 6E";
    writes(
        &Puback::success(id(10)).with_properties(properties),
        &format!("40 {body}"),
    );
    writes(
        &Pubrec::success(id(10)).with_properties(properties),
        &format!("50 {body}"),
    );
    writes(
        &Pubrel::success(id(10)).with_properties(properties),
        &format!("62 {body}"),
    );
    writes(
        &Pubcomp::success(id(10)).with_properties(properties),
        &format!("70 {body}"),
    );
}

/// MQTT 5.0 §3.9.2, §3.9.3, §3.11.2, §3.11.3
#[test]
fn r25_subscription_acks_have_no_short_form() {
    for (first, _) in SUBSCRIPTION_ACKS {
        for (body, offset) in [("00", 2), ("01 00", 2), ("02 00 0A", 4)] {
            let hex = format!("{first} {body}");
            match offset {
                4 => received(&hex).malformed(4, "MQTT-2.2.2-1", ErrorKind::NoPropertyLength),
                _ => received(&hex).malformed(offset, "2.1.4", ErrorKind::Truncated),
            }
        }
    }
    let codes = [SubackReason::GrantedQos1];
    let suback = Suback::new(id(10), &codes).expect("a code");
    reads_and_writes("90 04 00 0A 00 01", suback);
    let codes = [UnsubackReason::NoSubscriptionExisted];
    let unsuback = Unsuback::new(id(10), &codes).expect("a code");
    reads_and_writes("B0 04 00 0A 00 11", unsuback);
}

/// MQTT 5.0 §3.9.2.1, §3.11.2.1: Figures 3-23 and 3.32 leave the properties out.
#[test]
fn r25_the_properties_of_a_subscription_ack_stand_before_its_codes() {
    let list = [Property::ReasonString("n")];
    let properties = &list;
    let codes = [SubackReason::GrantedQos2, SubackReason::QuotaExceeded];
    let suback = Suback::new(id(10), &codes).expect("codes");
    reads_and_writes(
        "90 09 00 0A 04 1F 00 01 6E 02 97",
        suback.with_properties(properties),
    );
    let codes = [UnsubackReason::Success, UnsubackReason::NotAuthorized];
    let unsuback = Unsuback::new(id(10), &codes).expect("codes");
    reads_and_writes(
        "B0 09 00 0A 04 1F 00 01 6E 00 87",
        unsuback.with_properties(properties),
    );
}

/// MQTT 5.0 §3.14.2.1, §3.14.2.2.1
#[test]
fn r26_disconnect_is_read_in_all_three_forms_with_any_code() {
    for hex in ["E0 00", "E0 01 00", "E0 02 00 00"] {
        received(hex).is(Disconnect::new(DisconnectReason::NormalDisconnection));
    }
    for hex in ["E0 01 04", "E0 02 04 00"] {
        received(hex).is(Disconnect::new(DisconnectReason::DisconnectWithWillMessage));
    }
    for hex in ["E0 01 8E", "E0 02 8E 00"] {
        received(hex).is(Disconnect::new(DisconnectReason::SessionTakenOver));
    }
}

/// MQTT 5.0 §3.14.2.1: nothing is left out where there are properties.
#[test]
fn r27_the_encoder_writes_the_shortest_form_of_disconnect() {
    let normal = Disconnect::new(DisconnectReason::NormalDisconnection);
    let taken_over = Disconnect::new(DisconnectReason::SessionTakenOver);
    writes(&normal, "E0 00");
    writes(&taken_over, "E0 01 8E");

    let list = [Property::SessionExpiryInterval(0)];
    let properties = &list;
    writes(
        &normal.with_properties(properties),
        "E0 07 00 05 11 00 00 00 00",
    );
    writes(
        &taken_over.with_properties(properties),
        "E0 07 8E 05 11 00 00 00 00",
    );
}

/// MQTT 5.0 §3.15.2.1: Remaining Length 0; nothing describes 1.
#[test]
fn r28_auth_has_one_short_form() {
    let auth = Auth::without_properties(AuthReason::Success);
    received("F0 00").is(auth);
    received("F0 01 18").malformed(3, "MQTT-2.2.2-1", ErrorKind::NoPropertyLength);
}

/// MQTT 5.0 §3.15.2
#[test]
fn r28_the_encoder_writes_code_property_length_and_method_of_every_auth() {
    let list = [Property::AuthenticationMethod("A")];
    let properties = &list;
    for (reason, hex) in [
        (AuthReason::Success, "F0 06 00 04 15 00 01 41"),
        (
            AuthReason::ContinueAuthentication,
            "F0 06 18 04 15 00 01 41",
        ),
        (AuthReason::ReAuthenticate, "F0 06 19 04 15 00 01 41"),
    ] {
        reads_and_writes(
            hex,
            Auth::without_properties(reason).with_properties(properties),
        );
    }
}

/// MQTT 5.0 §2.2.2.1, [MQTT-2.2.2-1]: where there is no short form, an empty section has its Property Length.
#[test]
fn r29_an_empty_property_section_is_written_as_0() {
    for hex in ["20 03 00 00 00", "90 04 00 0A 00 01", "B0 04 00 0A 00 11"] {
        let received = received(hex);
        assert!(received.packet().properties().iter().next().is_none());
        writes(&received.packet(), hex);
    }
}

/// MQTT 5.0 §2.2.2.1
#[test]
fn r30_a_property_length_past_the_end_of_the_packet_is_malformed() {
    for (hex, offset, length) in [
        ("20 03 00 00 01", 4, 1),
        ("20 06 00 00 04 13 00 3C", 4, 4),
        ("40 04 00 0A 00 01", 5, 1),
        ("50 08 00 0A 00 05 1F 00 01 6E", 5, 5),
        ("62 04 00 0A 92 7F", 5, 127),
        ("70 05 00 0A 92 80 01", 5, 128),
        ("90 04 00 0A 02 01", 4, 2),
        ("B0 04 00 0A 02 11", 4, 2),
        ("E0 02 8E 01", 3, 1),
        ("F0 06 18 05 15 00 01 41", 3, 5),
        ("40 07 00 0A 00 FF FF FF 7F", 5, 268_435_455),
    ] {
        received(hex).malformed(
            offset,
            "2.2.2.1",
            shown!(ErrorKind::PropertyLength { length }),
        );
    }
}

/// MQTT 5.0 §2.2.2.1: the Property Length does not count itself.
#[test]
fn r30_the_encoder_counts_the_bytes_of_the_properties() {
    let list = [
        Property::ReasonString("no"),
        Property::UserProperty("k", "v"),
    ];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
    reads_and_writes(
        "40 10 00 0A 87 0C 1F 00 02 6E 6F 26 00 01 6B 00 01 76",
        puback,
    );
}

/// MQTT 5.0 §2.3, Table 2-5: these packets have no payload.
#[test]
fn r31_bytes_after_the_properties_are_malformed() {
    for (hex, offset, count) in [
        ("20 04 00 00 00 00", 5, 1),
        ("20 07 00 00 03 13 00 3C 00", 8, 1),
        ("40 06 00 01 00 00 DE AD", 6, 2),
        ("50 05 00 0A 00 00 00", 6, 1),
        ("62 09 00 0A 00 04 1F 00 01 6E 00", 10, 1),
        ("70 07 00 0A 92 00 01 02 03", 6, 3),
        ("E0 03 8E 00 00", 4, 1),
        ("F0 07 18 04 15 00 01 41 00", 8, 1),
    ] {
        received(hex).malformed(offset, "2.3", shown!(ErrorKind::TrailingBytes { count }));
    }
}

/// MQTT 5.0 §2.2.2.1: the bytes that the value lacks stand behind the border.
#[test]
fn r32_a_value_that_crosses_the_end_of_the_properties_is_malformed() {
    for (hex, offset) in [
        // Byte, Two Byte Integer, Four Byte Integer
        ("20 05 00 00 01 25 01", 6),
        ("20 06 00 00 02 13 00 3C", 6),
        ("20 08 00 00 04 11 00 00 00 0A", 6),
        // String: its length, its text
        ("20 07 00 00 02 1F 00 01 6E", 6),
        ("20 07 00 00 03 1F 00 01 6E", 6),
        // Binary Data
        ("20 07 00 00 03 16 00 01 FF", 6),
        // String Pair: the name, the length of the value, the value
        ("20 0A 00 00 03 26 00 01 6B 00 01 76", 6),
        ("20 0A 00 00 04 26 00 01 6B 00 01 76", 9),
        ("20 0A 00 00 06 26 00 01 6B 00 01 76", 9),
        // The codes of a SUBACK are not part of the string.
        ("90 07 00 0A 03 1F 00 01 01", 6),
        ("B0 08 00 0A 04 1F 00 02 6E 00", 6),
        ("40 08 00 0A 87 03 1F 00 01 6E", 7),
        ("E0 06 8E 03 1F 00 01 6E", 5),
        ("F0 06 18 03 15 00 01 41", 5),
    ] {
        let id = property_at(hex, offset);
        received(hex).malformed(
            offset,
            "2.2.2.1",
            shown!(ErrorKind::PropertyTruncated { id }),
        );
    }
}

/// The Packet Identifier of a packet that has one.
fn packet_id(packet: Packet<'_>) -> Option<PacketId> {
    match packet {
        Packet::Puback(packet) => Some(packet.packet_id()),
        Packet::Pubrec(packet) => Some(packet.packet_id()),
        Packet::Pubrel(packet) => Some(packet.packet_id()),
        Packet::Pubcomp(packet) => Some(packet.packet_id()),
        Packet::Suback(packet) => Some(packet.packet_id()),
        Packet::Unsuback(packet) => Some(packet.packet_id()),
        _ => None,
    }
}

/// MQTT 5.0 §2.2.1, Table 2-3
#[test]
fn r52_six_packets_have_a_packet_identifier() {
    for (packet, first, rest) in ONE_OF_EACH {
        let expected = match packet {
            PacketType::Connack | PacketType::Disconnect | PacketType::Auth => None,
            _ => Some(id(10)),
        };
        let received = received(&format!("{first:02X} {rest}"));
        assert_eq!(packet_id(received.packet()), expected, "{packet}");
    }
    // The largest one.
    received("40 02 FF FF").is(Puback::success(id(65_535)));
    writes(&Puback::success(id(65_535)), "40 02 FF FF");
}

/// MQTT 5.0 §2.2.1, [MQTT-2.2.1-3] to [MQTT-2.2.1-6]
#[test]
fn r53_packet_identifier_0_is_a_protocol_error() {
    for (hex, rule) in [
        ("40 02 00 00", "MQTT-2.2.1-5"),
        ("40 04 00 00 87 00", "MQTT-2.2.1-5"),
        ("50 02 00 00", "MQTT-2.2.1-5"),
        ("62 02 00 00", "MQTT-2.2.1-5"),
        ("70 03 00 00 92", "MQTT-2.2.1-5"),
        ("90 04 00 00 00 01", "MQTT-2.2.1-6"),
        ("B0 04 00 00 00 11", "MQTT-2.2.1-6"),
    ] {
        received(hex).protocol_error(2, rule, ErrorKind::PacketIdentifierZero);
    }
}

/// MQTT 3.1.1 §2.3.1, [MQTT-2.3.1-6], [MQTT-2.3.1-7]; 3.1 §2.4
#[test]
fn r53_packet_identifier_0_is_refused_in_3_x() {
    for (hex, statement) in [
        ("40 02 00 00", "MQTT-2.3.1-6"),
        ("50 02 00 00", "MQTT-2.3.1-6"),
        ("62 02 00 00", "MQTT-2.3.1-6"),
        ("70 02 00 00", "2.3.1"),
        ("90 03 00 00 01", "MQTT-2.3.1-7"),
        ("B0 02 00 00", "MQTT-2.3.1-7"),
    ] {
        for version in V3 {
            let rule = match version {
                v3::Version::V3_1_1 => statement,
                v3::Version::V3_1 => "2.4",
            };
            let kind = ErrorKind::PacketIdentifierZero;
            received_v3(version, hex).protocol_error(2, rule, kind);
        }
    }
}

/// MQTT 5.0 §2.2.1: a packet with identifier 0 cannot be written down, so none is encoded.
#[test]
fn r53_packet_identifier_0_cannot_be_encoded() {
    assert_eq!(PacketId::new(0), None);
}
