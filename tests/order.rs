//! The order of packets that the tokio codec enforces, for each direction and version, and what it must not refuse.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use bytes::BytesMut;
use mqtt_reason::codec::{Answer, Codec, CodecError, OutOfOrder};
use mqtt_reason::v5::{ConnackReason, DisconnectReason};
use mqtt_reason::{OwnedFrame, PacketType, Side, Version, v3, v5};
use tokio_util::codec::{Decoder, Encoder};

const V5_0: Version = Version::V5_0;
const V3_1_1: Version = Version::V3_1_1;
const V3_1: Version = Version::V3_1;
const VERSIONS: [Version; 3] = [V5_0, V3_1_1, V3_1];

fn connect(version: Version) -> &'static [u8] {
    match version {
        V5_0 => b"\x10\x0d\0\x04MQTT\x05\x02\0\x3c\0\0\0",
        V3_1_1 => b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0",
        V3_1 => b"\x10\x0f\0\x06MQIsdp\x03\x02\0\x3c\0\x01c",
    }
}

/// CONNACK with this code.
fn connack(version: Version, code: u8) -> Vec<u8> {
    match version {
        V5_0 => vec![0x20, 3, 0, code, 0],
        _ => vec![0x20, 2, 0, code],
    }
}

fn accepted(version: Version) -> Vec<u8> {
    connack(version, 0)
}

/// Not authorized.
fn refused(version: Version) -> Vec<u8> {
    connack(version, if version == V5_0 { 0x87 } else { 5 })
}

fn publish(version: Version) -> &'static [u8] {
    match version {
        V5_0 => b"\x30\x04\0\x01t\0",
        _ => b"\x30\x03\0\x01t",
    }
}

const PUBACK: &[u8] = &[0x40, 2, 0, 10];
const DISCONNECT: &[u8] = &[0xE0, 0];
const AUTH: &[u8] = &[0xF0, 6, 0x18, 4, 0x15, 0, 1, b'm'];
const PINGREQ: &[u8] = &[0xC0, 0];
const PINGRESP: &[u8] = &[0xD0, 0];

/// What `sender` has sent before.
struct Sent {
    codec: Codec,
    sender: Side,
    receives: bool,
}

/// A codec that has received `packets` from `sender`, the other side of the connection.
#[track_caller]
fn received(sender: Side, version: Version, packets: &[&[u8]]) -> Sent {
    let codec = match sender {
        Side::Client => Codec::server(),
        Side::Server => Codec::client(version),
    };
    after(codec, sender, true, packets)
}

/// A codec that has sent `packets` itself, as `sender`; a Server's has received CONNECT before.
#[track_caller]
fn sent(sender: Side, version: Version, packets: &[&[u8]]) -> Sent {
    let codec = match sender {
        Side::Client => Codec::client(version),
        Side::Server => {
            let mut codec = Codec::server();
            let mut connect = BytesMut::from(connect(version));
            assert!(codec.decode(&mut connect).unwrap().is_some());
            codec
        }
    };
    after(codec, sender, false, packets)
}

#[track_caller]
fn after(codec: Codec, sender: Side, receives: bool, packets: &[&[u8]]) -> Sent {
    let mut sent = Sent {
        codec,
        sender,
        receives,
    };
    for packet in packets {
        sent.takes(packet);
    }
    sent
}

impl Sent {
    /// The packet goes through.
    fn result(&mut self, packet: &[u8]) -> Result<(), CodecError> {
        let mut buffer = BytesMut::from(packet);
        if self.receives {
            let item = self.codec.decode(&mut buffer)?;
            assert!(item.is_some(), "{packet:02x?} is whole");
            assert!(buffer.is_empty());
            return Ok(());
        }
        let version = self.codec.version().unwrap();
        let frame = OwnedFrame::decode(version, &mut buffer).unwrap().unwrap();
        let mut written = BytesMut::from(&b"before"[..]);
        let result = self.codec.encode(frame, &mut written);
        match &result {
            Ok(()) => assert_eq!(written[6..], *packet),
            Err(_) => assert_eq!(written[..], *b"before"),
        }
        result
    }

    #[track_caller]
    fn takes(&mut self, packet: &[u8]) {
        if let Err(error) = self.result(packet) {
            panic!("{packet:02x?} from a {}: {error}", self.sender);
        }
    }

    /// The packet is refused for this, and answered like this if it was received.
    #[track_caller]
    fn refuses(mut self, packet: &[u8], order: OutOfOrder, rule: &str, answer: Answer) {
        let error = self.result(packet).unwrap_err();
        let answer = match self.receives {
            true => answer,
            false => Answer::Close,
        };
        assert_eq!(error.answer(), answer, "{packet:02x?}");
        match error {
            CodecError::OutOfOrder {
                packet: packet_type,
                order: found,
                rule: found_rule,
                ..
            } => {
                assert_eq!(Some(packet_type), PacketType::from_first_byte(packet[0]));
                assert_eq!((found, found_rule), (order, rule), "{packet:02x?}");
            }
            other => panic!("{packet:02x?}: {other}"),
        }
        // What is received after an error is not read; what was not sent is as if it had not been tried.
        assert_eq!(self.codec.is_over(), self.receives);
    }
}

/// Both halves of the codec: what it receives from `sender`, and what it sends as `sender`.
#[track_caller]
fn both(sender: Side, version: Version, packets: &[&[u8]], check: impl Fn(Sent)) {
    check(received(sender, version, packets));
    check(sent(sender, version, packets));
}

const PROTOCOL_ERROR: Answer = Answer::Disconnect(DisconnectReason::ProtocolError);

/// MQTT 5.0 and 3.1.1 [MQTT-3.1.0-2], 3.1 §3.1
#[test]
fn a_second_connect_is_refused() {
    for (version, rule, answer) in [
        (
            V5_0,
            "MQTT-3.1.0-2",
            Answer::Connack(ConnackReason::ProtocolError),
        ),
        (V3_1_1, "MQTT-3.1.0-2", Answer::Close),
        (V3_1, "3.1", Answer::Close),
    ] {
        let packets = [connect(version), publish(version)];
        for packets in [&packets[..1], &packets] {
            both(Side::Client, version, packets, |client| {
                client.refuses(connect(version), OutOfOrder::SecondConnect, rule, answer);
            });
        }
    }
    // Once the Server has accepted, it answers with DISCONNECT.
    let mut server = received(Side::Client, V5_0, &[connect(V5_0)]);
    let accepted = v5::Connack::accepted(false);
    server.codec.encode(accepted, &mut BytesMut::new()).unwrap();
    server.refuses(
        connect(V5_0),
        OutOfOrder::SecondConnect,
        "MQTT-3.1.0-2",
        PROTOCOL_ERROR,
    );
}

/// A CONNECT of an unknown version is one, too.
#[test]
fn a_connect_after_one_of_an_unknown_version_is_the_second() {
    let unknown = b"\x10\x0d\0\x04MQTT\x06\x02\0\x3c\0\0\0";
    let server = received(Side::Client, V5_0, &[unknown]);
    server.refuses(
        connect(V5_0),
        OutOfOrder::SecondConnect,
        "3.1",
        Answer::Close,
    );
}

/// MQTT 5.0 and 3.1.1 [MQTT-3.2.0-1], 3.1 §3.2
#[test]
fn a_server_sends_nothing_before_connack() {
    for (version, rule) in [
        (V5_0, "MQTT-3.2.0-1"),
        (V3_1_1, "MQTT-3.2.0-1"),
        (V3_1, "3.2"),
    ] {
        let answer = match version {
            V5_0 => PROTOCOL_ERROR,
            _ => Answer::Close,
        };
        for packet in [publish(version), PUBACK, PINGRESP] {
            both(Side::Server, version, &[], |server| {
                server.refuses(packet, OutOfOrder::BeforeConnack, rule, answer);
            });
        }
    }
    // AUTH excepted.
    both(Side::Server, V5_0, &[AUTH, AUTH], |mut server| {
        server.takes(&accepted(V5_0));
        server.takes(publish(V5_0));
    });
    both(Side::Server, V5_0, &[AUTH], |server| {
        server.refuses(
            PUBACK,
            OutOfOrder::BeforeConnack,
            "MQTT-3.2.0-1",
            PROTOCOL_ERROR,
        );
    });
}

/// MQTT 5.0 [MQTT-3.14.0-1]
#[test]
fn a_server_sends_no_disconnect_before_it_has_accepted() {
    let order = OutOfOrder::DisconnectBeforeConnack;
    for packets in [&[][..], &[AUTH]] {
        both(Side::Server, V5_0, packets, |server| {
            server.refuses(DISCONNECT, order, "MQTT-3.14.0-1", Answer::Close);
        });
    }
    both(Side::Server, V5_0, &[&accepted(V5_0)], |mut server| {
        server.takes(DISCONNECT);
    });
}

/// MQTT 5.0 [MQTT-3.2.0-2]; 3.1.1 and 3.1 do not forbid it.
#[test]
fn a_second_connack_is_refused_in_5_0() {
    let first = accepted(V5_0);
    for packets in [&[&first[..]][..], &[&first, publish(V5_0)]] {
        for second in [accepted(V5_0), refused(V5_0)] {
            both(Side::Server, V5_0, packets, |server| {
                let order = OutOfOrder::SecondConnack;
                server.refuses(&second, order, "MQTT-3.2.0-2", PROTOCOL_ERROR);
            });
        }
    }
    for version in [V3_1_1, V3_1] {
        let connack = accepted(version);
        both(Side::Server, version, &[&connack], |mut server| {
            server.takes(&connack);
            server.takes(publish(version));
        });
    }
}

/// MQTT 5.0 [MQTT-3.2.2-7], 3.1.1 [MQTT-3.2.2-5]; 3.1 does not say it.
#[test]
fn a_server_sends_nothing_after_it_has_refused() {
    for (version, rule) in [(V5_0, "MQTT-3.2.2-7"), (V3_1_1, "MQTT-3.2.2-5")] {
        let refusal = refused(version);
        let again = accepted(version);
        for packet in [&again[..], publish(version), PUBACK, PINGRESP] {
            both(Side::Server, version, &[&refusal], |server| {
                server.refuses(packet, OutOfOrder::AfterRefusal, rule, Answer::Close);
            });
        }
    }
    both(Side::Server, V5_0, &[&refused(V5_0)], |server| {
        let order = OutOfOrder::AfterRefusal;
        server.refuses(DISCONNECT, order, "MQTT-3.2.2-7", Answer::Close);
    });
    both(Side::Server, V3_1, &[&refused(V3_1)], |mut server| {
        server.takes(publish(V3_1));
    });
}

/// MQTT 5.0 [MQTT-3.14.4-1], 3.1.1 [MQTT-3.14.4-2], 3.1 §3.14
#[test]
fn a_side_sends_nothing_after_its_disconnect() {
    for (version, rule) in [
        (V5_0, "MQTT-3.14.4-1"),
        (V3_1_1, "MQTT-3.14.4-2"),
        (V3_1, "3.14"),
    ] {
        for packet in [
            connect(version),
            publish(version),
            PUBACK,
            PINGREQ,
            DISCONNECT,
        ] {
            both(
                Side::Client,
                version,
                &[connect(version), DISCONNECT],
                |client| {
                    let order = OutOfOrder::AfterDisconnect;
                    client.refuses(packet, order, rule, Answer::Close);
                },
            );
        }
    }
    let connack = accepted(V5_0);
    for packet in [
        &connack[..],
        publish(V5_0),
        PUBACK,
        PINGRESP,
        DISCONNECT,
        AUTH,
    ] {
        both(Side::Server, V5_0, &[&connack, DISCONNECT], |server| {
            let order = OutOfOrder::AfterDisconnect;
            server.refuses(packet, order, "MQTT-3.14.4-1", Answer::Close);
        });
    }
}

/// MQTT 5.0 §3.1.4, 3.1.1 §3.1.4, 3.1 §3.2: a Client need not wait for CONNACK.
#[test]
fn what_a_client_sends_before_connack_is_no_fault() {
    for version in VERSIONS {
        let packets = [connect(version), publish(version), PUBACK, PINGREQ];
        both(Side::Client, version, &packets, |mut client| {
            client.takes(DISCONNECT)
        });
    }
    both(Side::Client, V5_0, &[connect(V5_0), AUTH], |mut client| {
        client.takes(AUTH)
    });
}

/// What a Client sent before it could know of a refusal or of the Server's DISCONNECT is no fault.
#[test]
fn what_crosses_the_end_of_the_other_side_is_no_fault() {
    for version in VERSIONS {
        let mut server = received(Side::Client, version, &[connect(version)]);
        let mut buffer = BytesMut::new();
        match v3::Version::try_from(version) {
            Ok(_) => {
                let code = v3::ConnackReturnCode::NotAuthorized;
                let refusal = v3::Packet::Connack(v3::Connack::refused(code));
                server.codec.encode(refusal, &mut buffer).unwrap();
            }
            Err(_) => {
                let refusal = v5::Connack::refused(ConnackReason::NotAuthorized);
                server.codec.encode(refusal, &mut buffer).unwrap();
            }
        }
        for packet in [publish(version), PUBACK, PINGREQ, DISCONNECT] {
            server.takes(packet);
        }
    }

    let mut server = received(Side::Client, V5_0, &[connect(V5_0)]);
    let mut buffer = BytesMut::new();
    let accepted = v5::Connack::accepted(false);
    server.codec.encode(accepted, &mut buffer).unwrap();
    let disconnect = v5::Disconnect::new(DisconnectReason::ServerShuttingDown);
    server.codec.encode(disconnect, &mut buffer).unwrap();
    for packet in [publish(V5_0), PUBACK, DISCONNECT] {
        server.takes(packet);
    }

    // And the other way round.
    let mut client = received(Side::Server, V5_0, &[&[0x20, 3, 0, 0, 0]]);
    let disconnect = v5::Disconnect::new(DisconnectReason::NormalDisconnection);
    client.codec.encode(disconnect, &mut buffer).unwrap();
    for packet in [publish(V5_0), PUBACK, DISCONNECT] {
        client.takes(packet);
    }
}

/// A Client whose CONNECT was not sent through the codec sends what it likes, but no CONNECT any more.
#[test]
fn a_client_may_have_sent_its_connect_another_way() {
    for version in VERSIONS {
        sent(Side::Client, version, &[publish(version)]).takes(DISCONNECT);
    }
    let client = sent(Side::Client, V5_0, &[publish(V5_0)]);
    client.refuses(
        connect(V5_0),
        OutOfOrder::SecondConnect,
        "MQTT-3.1.0-2",
        Answer::Close,
    );
}

/// [MQTT-3.1.0-1]: whatever the codec was told of the version.
#[test]
fn the_first_packet_of_a_client_is_a_connect() {
    for version in VERSIONS {
        let mut codec = Codec::server();
        codec.set_version(version);
        let error = codec.decode(&mut BytesMut::from(PUBACK)).unwrap_err();
        let packet = PacketType::Puback;
        assert!(matches!(error, CodecError::NotConnect { packet: found, .. } if found == packet));
    }
}

/// What is out of order is refused by its first byte.
#[test]
fn a_packet_out_of_order_is_not_waited_for() {
    let mut server = received(Side::Client, V5_0, &[connect(V5_0), DISCONNECT]);
    let mut huge = BytesMut::from(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F][..]);
    let error = server.codec.decode(&mut huge).unwrap_err();
    assert!(matches!(error, CodecError::OutOfOrder { .. }));
    assert_eq!(
        error.to_string(),
        "PUBLISH after a DISCONNECT of the same side"
    );
}

/// A frame that somebody else has made is a packet like another: its CONNACK opens the connection, its DISCONNECT ends
/// it, and a code that the packet does not have is not sent.
#[test]
fn frames_of_reason_coded_packets_are_checked() {
    let mut server = sent(Side::Server, V5_0, &[&accepted(V5_0)]);
    let mut bad = BytesMut::from(&[0x40, 3, 0, 10, 0x8B][..]);
    let error = server.codec.decode(&mut bad).unwrap_err();
    assert_eq!(error.answer(), PROTOCOL_ERROR);

    let mut server = sent(Side::Server, V5_0, &[&accepted(V5_0)]);
    let error = server.result(&[0x40, 3, 0, 10, 0x8B]).unwrap_err();
    assert!(matches!(error, CodecError::Forbidden(_)));
    assert_eq!(
        error.to_string(),
        "not sent: reason code 0x8b is not defined for PUBACK"
    );
    server.takes(PUBACK);
    server.takes(DISCONNECT);
}
