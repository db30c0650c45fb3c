//! R39 to R49: the reason codes of 5.0.

use mqtt_reason::v5::{
    AuthReason, ConnackReason, Disconnect, DisconnectReason, Packet, Puback, PubackReason,
    PubcompReason, Pubrec, PubrecReason, PubrelReason, Suback, SubackReason, Unsuback,
    UnsubackReason,
};
use mqtt_reason::{
    CodeList, CodeListError, EncodeError, EncodeOptions, ErrorKind, PacketType, QoS, ReasonCode,
    Side,
};

use crate::support::{bytes, id, reads_and_writes, received, refuses, writes, written};

/// The codes of a packet, and the packet with its code left open.
struct Row {
    packet: PacketType,
    before: &'static str,
    after: &'static str,
    /// Where the code stands.
    offset: usize,
    statement: &'static str,
    codes: &'static str,
}

/// MQTT 5.0 Tables 3-1, 3-4 to 3-8, 3-9, 3-10 and 3-11; DISCONNECT with 0x8C of Table 2-6.
const TABLES: [Row; 9] = [
    Row {
        packet: PacketType::Connack,
        before: "20 03 00",
        after: "00",
        offset: 3,
        statement: "MQTT-3.2.2-8",
        codes: "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F",
    },
    Row {
        packet: PacketType::Puback,
        before: "40 03 00 0A",
        after: "",
        offset: 4,
        statement: "MQTT-3.4.2-1",
        codes: "00 10 80 83 87 90 91 97 99",
    },
    Row {
        packet: PacketType::Pubrec,
        before: "50 03 00 0A",
        after: "",
        offset: 4,
        statement: "MQTT-3.5.2-1",
        codes: "00 10 80 83 87 90 91 97 99",
    },
    Row {
        packet: PacketType::Pubrel,
        before: "62 03 00 0A",
        after: "",
        offset: 4,
        statement: "MQTT-3.6.2-1",
        codes: "00 92",
    },
    Row {
        packet: PacketType::Pubcomp,
        before: "70 03 00 0A",
        after: "",
        offset: 4,
        statement: "MQTT-3.7.2-1",
        codes: "00 92",
    },
    Row {
        packet: PacketType::Suback,
        before: "90 04 00 0A 00",
        after: "",
        offset: 5,
        statement: "MQTT-3.9.3-2",
        codes: "00 01 02 80 83 87 8F 91 97 9E A1 A2",
    },
    Row {
        packet: PacketType::Unsuback,
        before: "B0 04 00 0A 00",
        after: "",
        offset: 5,
        statement: "MQTT-3.11.3-2",
        codes: "00 11 80 83 87 8F 91",
    },
    Row {
        packet: PacketType::Disconnect,
        before: "E0 01",
        after: "",
        offset: 2,
        statement: "MQTT-3.14.2-1",
        codes: "00 04 80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F \
                A0 A1 A2",
    },
    Row {
        packet: PacketType::Auth,
        before: "F0 06",
        after: "04 15 00 01 41",
        offset: 2,
        statement: "MQTT-3.15.2-1",
        codes: "00 18 19",
    },
];

/// MQTT 5.0 §2.4
#[test]
fn r39_codes_from_0x80_on_are_errors() {
    for byte in 0x00..=0xFF {
        let error = byte >= 0x80;
        if let Some(code) = ReasonCode::from_u8(byte) {
            assert_eq!(code.is_error(), error, "{byte:#04x}");
        }
        let of_packets = [
            ConnackReason::from_u8(byte).map(ConnackReason::is_error),
            PubackReason::from_u8(byte).map(PubackReason::is_error),
            PubrecReason::from_u8(byte).map(PubrecReason::is_error),
            PubrelReason::from_u8(byte).map(PubrelReason::is_error),
            PubcompReason::from_u8(byte).map(PubcompReason::is_error),
            SubackReason::from_u8(byte).map(SubackReason::is_error),
            UnsubackReason::from_u8(byte).map(UnsubackReason::is_error),
            DisconnectReason::from_u8(byte).map(DisconnectReason::is_error),
            AuthReason::from_u8(byte).map(AuthReason::is_error),
        ];
        for is_error in of_packets.into_iter().flatten() {
            assert_eq!(is_error, error, "{byte:#04x}");
        }
    }
}

/// MQTT 5.0: the nine statements "MUST use one of".
#[test]
fn r40_a_code_outside_the_table_of_the_packet_is_a_protocol_error() {
    for row in &TABLES {
        let packet = row.packet;
        let codes = bytes(row.codes);
        for code in 0x00..=0xFF {
            let received = received(&format!("{} {code:02X} {}", row.before, row.after));
            if codes.contains(&code) {
                assert_eq!(received.packet().packet_type(), packet, "{code:#04x}");
            } else {
                let kind = shown!(ErrorKind::ReasonCode { packet, code });
                received.protocol_error(row.offset, row.statement, kind);
            }
        }
    }
}

/// The enums hold the codes of their tables and no others, so that no other code can be written.
#[test]
fn r40_the_encoder_has_the_codes_of_the_tables_only() {
    let all: [Vec<u8>; 9] = [
        ConnackReason::ALL.iter().map(|code| code.as_u8()).collect(),
        PubackReason::ALL.iter().map(|code| code.as_u8()).collect(),
        PubrecReason::ALL.iter().map(|code| code.as_u8()).collect(),
        PubrelReason::ALL.iter().map(|code| code.as_u8()).collect(),
        PubcompReason::ALL.iter().map(|code| code.as_u8()).collect(),
        SubackReason::ALL.iter().map(|code| code.as_u8()).collect(),
        UnsubackReason::ALL
            .iter()
            .map(|code| code.as_u8())
            .collect(),
        DisconnectReason::ALL
            .iter()
            .map(|code| code.as_u8())
            .collect(),
        AuthReason::ALL.iter().map(|code| code.as_u8()).collect(),
    ];
    for (row, codes) in TABLES.iter().zip(all) {
        assert_eq!(codes, bytes(row.codes), "{}", row.packet);
    }
}

/// MQTT 5.0 §3.9.3: the first code outside the table is the one reported.
#[test]
fn r40_every_code_of_a_list_is_checked() {
    for (hex, offset, packet, code, rule) in [
        (
            "90 06 00 0A 00 00 03 FF",
            6,
            PacketType::Suback,
            0x03,
            "MQTT-3.9.3-2",
        ),
        (
            "B0 06 00 0A 00 11 00 97",
            7,
            PacketType::Unsuback,
            0x97,
            "MQTT-3.11.3-2",
        ),
    ] {
        received(hex).protocol_error(offset, rule, shown!(ErrorKind::ReasonCode { packet, code }));
    }
}

/// MQTT 5.0 Table 2-6; Table 3-10 leaves it out.
#[test]
fn r41_disconnect_may_carry_0x8c() {
    let disconnect = Disconnect::new(DisconnectReason::BadAuthenticationMethod);
    reads_and_writes("E0 01 8C", disconnect);
    received("E0 01 8C").from(Side::Client).is(disconnect);
    received("E0 01 8C").from(Side::Server).is(disconnect);
}

/// The codes that a side is described to send and those it is not: all are read, the encoder keeps to the description.
/// With a `section` that forbids the others, these are not read either.
#[track_caller]
fn sent_by(row: &Row, sender: Side, allowed: &str, section: Option<&str>) {
    let packet = row.packet;
    let allowed = bytes(allowed);
    let options = EncodeOptions::new().sender(sender);
    for code in bytes(row.codes) {
        let hex = format!("{} {code:02X} {}", row.before, row.after);
        let unknown = received(&hex);
        let from = received(&hex).from(sender);
        let is_allowed = allowed.contains(&code);
        match section {
            Some(section) if !is_allowed => {
                let kind = shown!(ErrorKind::ReasonCodeSender {
                    packet,
                    code,
                    sender,
                });
                from.protocol_error(row.offset, section, kind);
            }
            _ => from.is(unknown.packet()),
        }
        if is_allowed {
            let sent = written(&options, &unknown.packet());
            assert_eq!(sent, written(&EncodeOptions::new(), &unknown.packet()));
        } else {
            let error = shown!(EncodeError::ReasonCodeSender {
                packet,
                code,
                sender,
            });
            refuses(&options, &unknown.packet(), error);
        }
    }
}

/// The row of one packet type.
fn row(packet: PacketType) -> &'static Row {
    TABLES
        .iter()
        .find(|row| row.packet == packet)
        .expect("nine packets")
}

/// MQTT 5.0 §3.14.2.1, Table 3-10, with 0x8C and 0x9B from either side.
#[test]
fn r42_each_side_writes_its_own_disconnect_codes_and_reads_all() {
    let disconnect = row(PacketType::Disconnect);
    let client = "00 04 80 81 82 83 8C 90 93 94 95 96 97 98 99 9B";
    sent_by(disconnect, Side::Client, client, None);
    let server =
        "00 80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2";
    sent_by(disconnect, Side::Server, server, None);
}

/// MQTT 5.0 §3.15.2.1, Table 3-11
#[test]
fn r43_each_side_sends_its_own_auth_codes() {
    let auth = row(PacketType::Auth);
    sent_by(auth, Side::Client, "18 19", Some("3.15.2.1"));
    sent_by(auth, Side::Server, "00 18", Some("3.15.2.1"));
}

/// MQTT 5.0 §3.4.2.1, Table 3-4, and §3.5.2.1, Table 3-5
#[test]
fn r45_only_the_server_writes_no_matching_subscribers_and_both_read_it() {
    let client = "00 80 83 87 90 91 97 99";
    let server = "00 10 80 83 87 90 91 97 99";
    sent_by(row(PacketType::Puback), Side::Client, client, None);
    sent_by(row(PacketType::Puback), Side::Server, server, None);
    sent_by(row(PacketType::Pubrec), Side::Client, client, None);
    sent_by(row(PacketType::Pubrec), Side::Server, server, None);
}

/// MQTT 5.0 §2.4, §3.9.3, §3.11.3
#[test]
fn r46_a_subscription_ack_without_a_code_is_a_protocol_error() {
    for (hex, offset, packet, rule) in [
        ("90 03 00 0A 00", 5, PacketType::Suback, "3.9.3"),
        ("B0 03 00 0A 00", 5, PacketType::Unsuback, "3.11.3"),
        ("90 07 00 0A 04 1F 00 01 6E", 9, PacketType::Suback, "3.9.3"),
        (
            "B0 07 00 0A 04 1F 00 01 6E",
            9,
            PacketType::Unsuback,
            "3.11.3",
        ),
    ] {
        received(hex).protocol_error(offset, rule, shown!(ErrorKind::NoCodes { packet }));
    }
}

/// MQTT 5.0 §3.9.3, §3.11.3: without a list there is no packet.
#[test]
fn r46_an_empty_list_of_codes_cannot_be_encoded() {
    assert!(Suback::new(id(10), [SubackReason::GrantedQos0; 0]).is_none());
    assert!(Unsuback::new(id(10), [UnsubackReason::Success; 0]).is_none());
    let none = CodeList::<SubackReason>::from_bytes(&[]);
    assert_eq!(none, Err(CodeListError::Empty));
    assert!(CodeList::<SubackReason>::collect_in([], &mut [0; 4]).is_none());
}

/// MQTT 5.0 Table 3-8: a list of bytes has the codes of the table only.
#[test]
fn r46_a_list_of_bytes_holds_codes_of_the_table_only() {
    let list = CodeList::<SubackReason>::from_bytes(&[0x01, 0x87]).expect("codes");
    let suback = Suback::from_list(id(10), list);
    reads_and_writes("90 05 00 0A 00 01 87", suback);
    let undefined = CodeList::<SubackReason>::from_bytes(&[0x01, 0x8B, 0x8C]).expect_err("0x8B");
    assert_eq!(
        undefined.to_string(),
        "code 0x8b at index 1 is not defined here"
    );
    let codes = [SubackReason::GrantedQos1, SubackReason::NotAuthorized];
    let mut buffer = [0; 2];
    assert_eq!(CodeList::collect_in(codes, &mut buffer), Some(list));
    assert_eq!(CodeList::collect_in(codes, &mut [0; 1]), None);
}

/// MQTT 5.0 §3.9.3 [MQTT-3.9.3-1], §3.11.3 [MQTT-3.11.3-1], §3.8.4 [MQTT-3.8.4-6]
#[test]
fn r47_the_order_of_the_codes_is_kept() {
    let codes = [
        SubackReason::GrantedQos2,
        SubackReason::NotAuthorized,
        SubackReason::GrantedQos0,
        SubackReason::GrantedQos1,
    ];
    let suback = Suback::new(id(10), &codes).expect("codes");
    reads_and_writes("90 07 00 0A 00 02 87 00 01", suback);
    let received = received("90 07 00 0A 00 02 87 00 01");
    let Packet::Suback(suback) = received.packet() else {
        panic!("a SUBACK");
    };
    assert!(suback.reasons().iter().eq(codes));
    assert_eq!(suback.reasons().len(), 4);
    assert_eq!(suback.reasons().get(1), Some(SubackReason::NotAuthorized));
    assert_eq!(suback.reasons().get(4), None);

    let codes = [
        UnsubackReason::NoSubscriptionExisted,
        UnsubackReason::Success,
    ];
    let unsuback = Unsuback::new(id(10), &codes).expect("codes");
    reads_and_writes("B0 05 00 0A 00 11 00", unsuback);
}

/// MQTT 5.0 §3.9.3: a list is written as it is, however long.
#[test]
fn r47_a_list_of_any_length_is_written_in_order() {
    let codes: Vec<SubackReason> = SubackReason::ALL
        .iter()
        .copied()
        .cycle()
        .take(200)
        .collect();
    let suback = Suback::new(id(10), &codes).expect("codes");
    let mut expected = bytes("90 CB 01 00 0A 00");
    expected.extend(codes.iter().map(|code| code.as_u8()));
    assert_eq!(written(&EncodeOptions::new(), &suback), expected);
}

/// MQTT 5.0 §3.9.3, §3.11.3: 0x91 is about the packet, not about a filter.
#[test]
fn r48_a_code_may_be_repeated_for_every_filter() {
    let codes = [SubackReason::PacketIdentifierInUse; 3];
    let suback = Suback::new(id(10), &codes).expect("codes");
    reads_and_writes("90 06 00 0A 00 91 91 91", suback);
    let codes = [UnsubackReason::PacketIdentifierInUse; 2];
    let unsuback = Unsuback::new(id(10), &codes).expect("codes");
    reads_and_writes("B0 05 00 0A 00 91 91", unsuback);
}

/// MQTT 5.0 §3.8.4, [MQTT-3.8.4-7]
#[test]
fn r49_a_suback_code_grants_a_qos_or_reports_a_failure() {
    for &reason in SubackReason::ALL {
        let granted = match reason.as_u8() {
            0x00 => Some(QoS::AtMostOnce),
            0x01 => Some(QoS::AtLeastOnce),
            0x02 => Some(QoS::ExactlyOnce),
            _ => None,
        };
        assert_eq!(reason.granted_qos(), granted, "{reason}");
        assert_eq!(reason.is_error(), granted.is_none(), "{reason}");
    }
}

/// MQTT 5.0 §4.3: there are three levels.
#[test]
fn levels_of_quality_of_service_are_0_1_and_2() {
    for level in 0x00..=0xFF {
        let qos = match level {
            0 => Some(QoS::AtMostOnce),
            1 => Some(QoS::AtLeastOnce),
            2 => Some(QoS::ExactlyOnce),
            _ => None,
        };
        assert_eq!(QoS::from_u8(level), qos, "{level}");
        if let Some(qos) = qos {
            assert_eq!(qos.as_u8(), level);
        }
    }
}

/// MQTT 5.0 §2.4: 0x00 has a name of its own in three packets, the same byte in all.
#[test]
fn r39_success_has_the_value_0_in_every_packet() {
    writes(&Puback::new(id(10), PubackReason::Success), "40 02 00 0A");
    writes(&Pubrec::new(id(10), PubrecReason::Success), "50 02 00 0A");
    assert_eq!(DisconnectReason::NormalDisconnection.as_u8(), 0x00);
    assert_eq!(SubackReason::GrantedQos0.as_u8(), 0x00);
    assert_eq!(
        DisconnectReason::NormalDisconnection.name(),
        "Normal disconnection"
    );
    assert_eq!(SubackReason::GrantedQos0.name(), "Granted QoS 0");
    assert_eq!(ConnackReason::Success.name(), "Success");
}
