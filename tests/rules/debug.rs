//! What a packet looks like in a log.

use mqtt_reason::{Decoded, ErrorClass, QoS, ReasonCode, SentBy, Side, Version, v3, v5};

use crate::support::{V3, bytes, received, received_v3};

#[test]
fn each_packet_is_shown_with_its_fields() {
    for (hex, text) in [
        (
            "20 03 01 00 00",
            "Connack(Connack { session_present: true, reason: Success, properties: [] })",
        ),
        (
            "20 06 00 9F 03 13 00 3C",
            "Connack(Connack { session_present: false, reason: ConnectionRateExceeded, \
             properties: [ServerKeepAlive(60)] })",
        ),
        (
            "40 10 00 0A 87 0C 1F 00 02 6E 6F 26 00 01 6B 00 01 76",
            "Puback(Puback { packet_id: 10, reason: NotAuthorized, \
             properties: [ReasonString(\"no\"), UserProperty(\"k\", \"v\")] })",
        ),
        (
            "50 02 00 0A",
            "Pubrec(Pubrec { packet_id: 10, reason: Success, properties: [] })",
        ),
        (
            "62 03 00 0A 92",
            "Pubrel(Pubrel { packet_id: 10, reason: PacketIdentifierNotFound, properties: [] })",
        ),
        (
            "70 02 01 00",
            "Pubcomp(Pubcomp { packet_id: 256, reason: Success, properties: [] })",
        ),
        (
            "90 05 00 0A 00 01 87",
            "Suback(Suback { packet_id: 10, properties: [], \
             reasons: [GrantedQos1, NotAuthorized] })",
        ),
        (
            "B0 04 00 0A 00 11",
            "Unsuback(Unsuback { packet_id: 10, properties: [], \
             reasons: [NoSubscriptionExisted] })",
        ),
        (
            "E0 01 8E",
            "Disconnect(Disconnect { reason: SessionTakenOver, properties: [] })",
        ),
        (
            "F0 0A 18 08 15 00 01 41 16 00 01 FF",
            "Auth(Auth { reason: ContinueAuthentication, \
             properties: [AuthenticationMethod(\"A\"), AuthenticationData([255])] })",
        ),
    ] {
        let received = received(hex);
        assert_eq!(format!("{:?}", received.packet()), text);
    }
}

#[test]
fn each_packet_of_3_x_is_shown_with_its_fields() {
    for (hex, text) in [
        (
            "20 02 00 05",
            "Connack(Connack { session_present: false, return_code: NotAuthorized })",
        ),
        ("40 02 00 0A", "Puback(10)"),
        (
            "90 04 00 0A 01 80",
            "Suback(Suback { packet_id: 10, return_codes: [MaximumQos1, Failure] })",
        ),
        ("E0 00", "Disconnect"),
    ] {
        for version in V3 {
            let received = received_v3(version, hex);
            assert_eq!(format!("{:?}", received.packet()), text);
        }
    }
}

#[test]
fn a_frame_is_shown_with_its_body() {
    let bytes = bytes("3B 03 00 01 61");
    let Ok(Decoded::Frame(frame)) = v5::decode(&bytes) else {
        panic!("a PUBLISH");
    };
    assert_eq!(
        format!("{frame:?}"),
        "Frame { packet_type: Publish, flags: 11, body: [0, 1, 97] }"
    );
}

#[test]
fn codes_are_shown_by_name() {
    let code = ReasonCode::NOT_AUTHORIZED;
    assert_eq!(format!("{code:?}"), "ReasonCode(0x87 Not authorized)");
    assert_eq!(code.to_string(), "Not authorized");
    assert_eq!(
        format!("{:?}", v5::PubackReason::NotAuthorized),
        "NotAuthorized"
    );
    assert_eq!(
        v5::PubackReason::NotAuthorized.to_string(),
        "Not authorized"
    );
}

#[test]
fn codes_of_3_x_have_the_names_of_their_version() {
    use v3::ConnackReturnCode as Connack;
    use v3::SubackReturnCode as Suback;
    use v3::Version::{V3_1, V3_1_1};

    for (code, in_3_1_1, in_3_1) in [
        (
            Connack::Accepted,
            "Connection Accepted",
            "Connection Accepted",
        ),
        (
            Connack::UnacceptableProtocolVersion,
            "Connection Refused, unacceptable protocol version",
            "Connection Refused: unacceptable protocol version",
        ),
        (
            Connack::IdentifierRejected,
            "Connection Refused, identifier rejected",
            "Connection Refused: identifier rejected",
        ),
        (
            Connack::ServerUnavailable,
            "Connection Refused, Server unavailable",
            "Connection Refused: server unavailable",
        ),
        (
            Connack::BadUserNameOrPassword,
            "Connection Refused, bad user name or password",
            "Connection Refused: bad user name or password",
        ),
        (
            Connack::NotAuthorized,
            "Connection Refused, not authorized",
            "Connection Refused: not authorized",
        ),
    ] {
        assert_eq!(code.name_in(V3_1_1), in_3_1_1);
        assert_eq!(code.name_in(V3_1), in_3_1);
        assert_eq!(code.to_string(), in_3_1_1);
        assert_eq!([in_3_1_1.parse(), in_3_1.parse()], [Ok(code); 2]);
    }
    for (code, in_3_1_1, in_3_1) in [
        (
            Suback::MaximumQos0,
            "Success - Maximum QoS 0",
            "Granted QoS 0",
        ),
        (
            Suback::MaximumQos1,
            "Success - Maximum QoS 1",
            "Granted QoS 1",
        ),
        (
            Suback::MaximumQos2,
            "Success - Maximum QoS 2",
            "Granted QoS 2",
        ),
        (Suback::Failure, "Failure", "Failure"),
    ] {
        assert_eq!(code.name_in(V3_1_1), in_3_1_1);
        assert_eq!(code.name_in(V3_1), in_3_1);
        assert_eq!(code.to_string(), in_3_1_1);
        assert_eq!([in_3_1_1.parse(), in_3_1.parse()], [Ok(code); 2]);
    }
}

#[test]
fn sides_versions_and_classes_are_shown_in_words() {
    for (shown, text) in [
        (Side::Client.to_string(), "client"),
        (Side::Server.to_string(), "server"),
        (SentBy::Client.to_string(), "client"),
        (SentBy::Server.to_string(), "server"),
        (SentBy::Either.to_string(), "client or server"),
        (Version::V3_1.to_string(), "3.1"),
        (Version::V3_1_1.to_string(), "3.1.1"),
        (Version::V5_0.to_string(), "5.0"),
        (v3::Version::V3_1.to_string(), "3.1"),
        (v3::Version::V3_1_1.to_string(), "3.1.1"),
        (QoS::AtMostOnce.to_string(), "QoS 0"),
        (QoS::AtLeastOnce.to_string(), "QoS 1"),
        (QoS::ExactlyOnce.to_string(), "QoS 2"),
        (ErrorClass::MalformedPacket.to_string(), "malformed packet"),
        (ErrorClass::ProtocolError.to_string(), "protocol error"),
        (ErrorClass::PacketTooLarge.to_string(), "packet too large"),
    ] {
        assert_eq!(shown, text);
    }
    // As wide as a column asks for.
    assert_eq!(format!("{:>6}|", Version::V5_0), "   5.0|");
}

#[test]
fn errors_say_what_was_found() {
    for (hex, text) in [
        ("00 00", "packet type 0 is reserved"),
        (
            "60 02 00 0A",
            "fixed header flags 0b0000 are not those of PUBREL",
        ),
        (
            "40 80 80 80 80",
            "variable byte integer is longer than four bytes",
        ),
        (
            "40 82 00 00 0A",
            "variable byte integer is not in its shortest form",
        ),
        (
            "20 02 00 05",
            "a 3.x CONNACK with return code 5: the server does not speak MQTT 5.0",
        ),
        ("20 00", "a field runs past the end"),
        (
            "20 03 00 00 07",
            "property length 7 runs past the end of the packet",
        ),
        (
            "20 04 00 00 00 00",
            "bytes left over after the last field: 1",
        ),
        (
            "20 03 02 00 00",
            "reserved connect acknowledge flags are set: 0b00000010",
        ),
        (
            "20 03 01 87 00",
            "session present is set in a CONNACK that refuses with 0x87",
        ),
        ("40 02 00 00", "packet identifier is 0"),
        (
            "40 03 00 0A 8B",
            "reason code 0x8b is not defined for PUBACK",
        ),
        ("90 03 00 0A 00", "SUBACK without a single code"),
        (
            "20 05 00 00 02 01 00",
            "Payload Format Indicator (0x01) is not a property of CONNACK",
        ),
        (
            "E0 04 8E 02 24 01",
            "Maximum QoS (0x24) is not a property of DISCONNECT",
        ),
        (
            "20 07 00 00 04 24 01 24 01",
            "Maximum QoS (0x24) occurs twice",
        ),
        (
            "20 06 00 00 03 21 00 00",
            "Receive Maximum (0x21) must not be 0",
        ),
        ("F0 02 18 00", "AUTH without authentication method"),
        (
            "40 08 00 0A 87 04 1F 00 01 FF",
            "string is not well-formed UTF-8",
        ),
        ("40 08 00 0A 87 04 1F 00 01 00", "string contains U+0000"),
    ] {
        assert_eq!(received(hex).error().to_string(), text);
    }
}
