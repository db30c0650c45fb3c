//! A refuser on loopback, asked by a client that is nothing but bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::time::{Duration, Instant};

use mqtt_reason::{PacketType, ReasonCode, Side};
use mqtt_reason_probe::net::{Connector, TlsOptions};
use mqtt_reason_probe::refuse::{Refuser, Rule, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer may take longer; all take a millisecond.
const LIMIT: Duration = Duration::from_secs(30);

const CONNECT_5: &[u8] = b"\x10\x0E\0\x04MQTT\x05\x02\0\x3C\0\0\x01a";
/// With the Authentication Method "X".
const CONNECT_5_METHOD: &[u8] = b"\x10\x12\0\x04MQTT\x05\x02\0\x3C\x04\x15\0\x01X\0\x01a";
const CONNECT_311: &[u8] = b"\x10\x0D\0\x04MQTT\x04\x02\0\x3C\0\x01a";
const SUBSCRIBE_5: &[u8] = b"\x82\x0B\0\x05\0\0\x01t\x02\0\x01u\x01";
const SUBSCRIBE_311: &[u8] = b"\x82\x0A\0\x05\0\x01t\x02\0\x01u\x01";
const UNSUBSCRIBE_5: &[u8] = b"\xA2\x06\0\x06\0\0\x01t";

/// A client.
struct Client(TcpStream);

impl Client {
    async fn connect(refuser: &Running, connect: &[u8]) -> Self {
        let mut client = Self(TcpStream::connect(refuser.address()).await.unwrap());
        client.send(connect).await;
        client
    }

    /// A client that has read an accepting CONNACK.
    async fn accepted(refuser: &Running, connect: &[u8]) -> Self {
        let mut client = Self::connect(refuser, connect).await;
        let connack = client.packet().await;
        assert_eq!((connack[0], connack[3]), (0x20, 0), "{connack:02x?}");
        client
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The next packet, of at most 127 bytes.
    async fn packet(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 2];
        let reading = async {
            self.0.read_exact(&mut bytes).await.unwrap();
            let len = usize::from(bytes[1]);
            bytes.resize(2 + len, 0);
            self.0.read_exact(&mut bytes[2..]).await.unwrap();
        };
        timeout(LIMIT, reading).await.unwrap();
        bytes
    }

    /// All that comes up to the end of the connection.
    async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        timeout(LIMIT, self.0.read_to_end(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        bytes
    }
}

async fn refuser(rule: Rule) -> Running {
    Refuser::new()
        .rule(rule)
        .start("127.0.0.1:0")
        .await
        .unwrap()
}

/// PUBLISH to `t` with this QoS and identifier.
fn publish(topic: u8, qos: u8, id: u8) -> [u8; 8] {
    [0x30 | qos << 1, 6, 0, 1, topic, 0, id, 0]
}

#[tokio::test]
async fn answers_with_each_of_the_94_pairs() {
    let mut pairs = 0;
    for meaning in ReasonCode::table().filter(|meaning| meaning.sent_by.includes(Side::Server)) {
        let code = meaning.code.as_u8();
        let rule = Rule::new(meaning.packet, code).unwrap();
        let refuser = refuser(rule).await;
        let method = meaning.packet == PacketType::Auth;
        let mut client =
            Client::connect(&refuser, if method { CONNECT_5_METHOD } else { CONNECT_5 }).await;
        let mut packet = client.packet().await;
        match meaning.packet {
            PacketType::Connack => assert_eq!(packet[3], code),
            PacketType::Puback => client.send(&publish(b't', 1, 7)).await,
            PacketType::Pubrec => client.send(&publish(b't', 2, 7)).await,
            PacketType::Pubcomp => {
                client.send(&publish(b't', 2, 7)).await;
                assert_eq!(client.packet().await, [0x50, 2, 0, 7]);
                client.send(&[0x62, 2, 0, 7]).await;
            }
            PacketType::Suback => client.send(SUBSCRIBE_5).await,
            PacketType::Unsuback => client.send(UNSUBSCRIBE_5).await,
            PacketType::Pubrel => {
                client.send(SUBSCRIBE_5).await;
                assert_eq!(client.packet().await, [0x90, 5, 0, 5, 0, 2, 1]);
                let publish = client.packet().await;
                assert_eq!((publish[0], &publish[2..5]), (0x34, &b"\0\x01t"[..]));
                client.send(&[0x50, 2, publish[5], publish[6]]).await;
            }
            PacketType::Auth if code == 0x00 => client.send(b"\xF0\x06\x19\x04\x15\0\x01X").await,
            _ => {}
        }
        let has_come = meaning.packet == PacketType::Connack || (method && code == 0x18);
        if !has_come {
            packet = client.packet().await;
        }
        assert_eq!(
            PacketType::from_first_byte(packet[0]),
            Some(meaning.packet),
            "{packet:02x?}"
        );
        let sent = match meaning.packet {
            PacketType::Connack => packet[3],
            PacketType::Disconnect | PacketType::Auth => packet[2],
            PacketType::Suback | PacketType::Unsuback => packet[packet.len() - 1],
            _ => packet.get(4).copied().unwrap_or(0),
        };
        assert_eq!(sent, code, "{meaning:?} {packet:02x?}");
        let over = matches!(meaning.packet, PacketType::Connack if code != 0)
            || meaning.packet == PacketType::Disconnect;
        if over {
            assert!(client.rest().await.is_empty(), "{meaning:?}");
        }
        pairs += 1;
    }
    assert_eq!(pairs, 94);
}

#[tokio::test]
async fn the_second_publish_is_refused_and_waits() {
    let rule = Rule::parse(PacketType::Puback, "0x87:2@0.4", false).unwrap();
    let refuser = refuser(rule.reason_string("no")).await;
    let mut client = Client::accepted(&refuser, CONNECT_5).await;
    let begun = Instant::now();
    for id in 1..=3 {
        client.send(&publish(b't', 1, id)).await;
    }
    // The third is not held back by the second.
    assert_eq!(client.packet().await, [0x40, 2, 0, 1]);
    assert_eq!(client.packet().await, [0x40, 2, 0, 3]);
    assert_eq!(client.packet().await, b"\x40\x09\0\x02\x87\x05\x1F\0\x02no");
    assert!(begun.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn only_the_topic_of_the_rule_is_refused_and_counted() {
    let rule = Rule::new(PacketType::Puback, 0x97)
        .unwrap()
        .topic("u")
        .nth(2);
    let refuser = refuser(rule).await;
    let mut client = Client::accepted(&refuser, CONNECT_5).await;
    for (topic, id) in [(b'u', 1), (b't', 2), (b't', 3), (b'u', 4)] {
        client.send(&publish(topic, 1, id)).await;
    }
    assert_eq!(client.packet().await, [0x40, 2, 0, 1]);
    assert_eq!(client.packet().await, [0x40, 2, 0, 2]);
    assert_eq!(client.packet().await, [0x40, 2, 0, 3]);
    assert_eq!(client.packet().await, [0x40, 4, 0, 4, 0x97, 0]);
}

#[tokio::test]
async fn a_suback_refuses_the_filter_of_the_rule_or_stands_as_it_is() {
    let running = refuser(Rule::new(PacketType::Suback, 0x87).unwrap().topic("u")).await;
    let mut client = Client::accepted(&running, CONNECT_5).await;
    client.send(SUBSCRIBE_5).await;
    assert_eq!(client.packet().await, [0x90, 5, 0, 5, 0, 2, 0x87]);

    let running = refuser(Rule::parse(PacketType::Suback, "0,1,2", true).unwrap()).await;
    let mut client = Client::accepted(&running, CONNECT_5).await;
    client.send(SUBSCRIBE_5).await;
    assert_eq!(client.packet().await, [0x90, 6, 0, 5, 0, 0, 1, 2]);
}

#[tokio::test]
async fn in_3_1_1_the_nearest_code_is_sent_or_the_connection_closed() {
    for (code, returned) in [(5, 5), (1, 1), (0x87, 5), (0x88, 3)] {
        let refuser = refuser(Rule::new(PacketType::Connack, code).unwrap()).await;
        let mut client = Client::connect(&refuser, CONNECT_311).await;
        assert_eq!(client.rest().await, [0x20, 2, 0, returned]);
    }
    let running = refuser(Rule::new(PacketType::Suback, 0x87).unwrap()).await;
    let mut client = Client::accepted(&running, CONNECT_311).await;
    client.send(SUBSCRIBE_311).await;
    assert_eq!(client.packet().await, [0x90, 4, 0, 5, 0x80, 0x80]);

    let running = refuser(Rule::new(PacketType::Puback, 0x87).unwrap()).await;
    let mut client = Client::accepted(&running, CONNECT_311).await;
    client.send(&[0x32, 5, 0, 1, b't', 0, 1]).await;
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn a_code_of_3_1_1_becomes_that_of_5_0() {
    let refuser = refuser(Rule::new(PacketType::Connack, 5).unwrap()).await;
    let mut client = Client::connect(&refuser, CONNECT_5).await;
    assert_eq!(client.rest().await, [0x20, 3, 0, 0x87, 0]);
}

#[tokio::test]
async fn force_sends_what_no_server_may_send() {
    for (packet, code) in [
        (PacketType::Disconnect, 0x04),
        (PacketType::Disconnect, 0x05),
    ] {
        let refuser = refuser(Rule::forced(packet, vec![code])).await;
        let mut client = Client::accepted(&refuser, CONNECT_5).await;
        assert_eq!(client.rest().await, [0xE0, 2, code, 0]);
    }
    let running = refuser(Rule::forced(PacketType::Auth, vec![0x19])).await;
    let mut client = Client::connect(&running, CONNECT_5_METHOD).await;
    assert_eq!(client.packet().await, b"\xF0\x06\x19\x04\x15\0\x01X");
}

#[tokio::test]
async fn an_exchange_of_auth_ends() {
    let refuser = refuser(Rule::new(PacketType::Auth, 0x18).unwrap()).await;
    let mut client = Client::connect(&refuser, CONNECT_5_METHOD).await;
    let (asks, answers) = (
        b"\xF0\x06\x19\x04\x15\0\x01X",
        b"\xF0\x06\x18\x04\x15\0\x01X",
    );
    assert_eq!(client.packet().await, answers);
    client.send(answers).await;
    assert_eq!(client.packet().await[0], 0x20);
    client.send(asks).await;
    assert_eq!(client.packet().await, answers);
    client.send(answers).await;
    assert_eq!(client.packet().await, b"\xF0\x06\x00\x04\x15\0\x01X");
}

#[tokio::test]
async fn disconnect_answers_the_topic_of_the_rule() {
    let refuser = refuser(Rule::new(PacketType::Disconnect, 0x95).unwrap().topic("u")).await;
    let mut client = Client::accepted(&refuser, CONNECT_5).await;
    client.send(&publish(b't', 1, 1)).await;
    assert_eq!(client.packet().await, [0x40, 2, 0, 1]);
    client.send(&publish(b'u', 1, 2)).await;
    assert_eq!(client.rest().await, [0xE0, 2, 0x95, 0]);
}

#[tokio::test]
async fn a_refused_pubrec_frees_the_identifier() {
    let refuser = refuser(Rule::new(PacketType::Pubrec, 0x97).unwrap()).await;
    let mut client = Client::accepted(&refuser, CONNECT_5).await;
    client.send(&publish(b't', 2, 9)).await;
    assert_eq!(client.packet().await, [0x50, 4, 0, 9, 0x97, 0]);
    client.send(&[0x62, 2, 0, 9]).await;
    assert_eq!(client.packet().await, [0x70, 4, 0, 9, 0x92, 0]);
}

#[tokio::test]
async fn what_a_client_sends_can_be_waited_for() {
    let refuser = Refuser::new().start("127.0.0.1:0").await.unwrap();
    let mut client = Client::accepted(&refuser, CONNECT_5).await;
    client.send(&[0xC0, 0]).await;
    let wanted = refuser.wait_for(|received| received.packet == Some(PacketType::Pingreq));
    let received = timeout(LIMIT, wanted).await.unwrap();
    assert_eq!((received.connection, received.bytes), (1, vec![0xC0, 0]));
    assert_eq!(client.packet().await, [0xD0, 0]);
}

#[tokio::test]
async fn in_front_of_a_broker_one_answer_is_rewritten_and_the_rest_relayed() {
    let broker = Refuser::new().start("127.0.0.1:0").await.unwrap();
    let address = broker.address().to_string().parse().unwrap();
    let connector = Connector::new(address, &TlsOptions::default()).unwrap();
    let front = Refuser::new()
        .upstream(connector)
        .rule(Rule::new(PacketType::Puback, 0x87).unwrap().nth(2))
        .rule(Rule::new(PacketType::Pubrec, 0x97).unwrap())
        .rule(Rule::new(PacketType::Suback, 0x8F).unwrap().topic("u"))
        .start("127.0.0.1:0")
        .await
        .unwrap();
    let mut client = Client::accepted(&front, CONNECT_5).await;
    client.send(&publish(b't', 1, 1)).await;
    assert_eq!(client.packet().await, [0x40, 2, 0, 1]);
    client.send(&publish(b't', 1, 2)).await;
    assert_eq!(client.packet().await, [0x40, 4, 0, 2, 0x87, 0]);
    client.send(SUBSCRIBE_5).await;
    assert_eq!(client.packet().await, [0x90, 5, 0, 5, 0, 2, 0x8F]);
    client.send(&publish(b't', 2, 3)).await;
    assert_eq!(client.packet().await, [0x50, 4, 0, 3, 0x97, 0]);
    client.send(&[0xC0, 0]).await;
    assert_eq!(client.packet().await, [0xD0, 0]);
    // The broker got its PUBREL from the one in front.
    let pubrel = broker.wait_for(|received| received.packet == Some(PacketType::Pubrel));
    assert_eq!(timeout(LIMIT, pubrel).await.unwrap().bytes, [0x62, 2, 0, 3]);
}

#[tokio::test]
async fn in_front_of_a_broker_a_connection_is_refused() {
    let broker = Refuser::new().start("127.0.0.1:0").await.unwrap();
    let address = broker.address().to_string().parse().unwrap();
    let connector = Connector::new(address, &TlsOptions::default()).unwrap();
    let front = Refuser::new().upstream(connector).rule(
        Rule::new(PacketType::Connack, 0x8A)
            .unwrap()
            .reason_string("gone"),
    );
    let front = front.start("127.0.0.1:0").await.unwrap();
    let mut client = Client::connect(&front, CONNECT_5).await;
    assert_eq!(client.rest().await, b"\x20\x0A\0\x8A\x07\x1F\0\x04gone");
}
