//! What each side announced: rows L, P1 to P6, Q20.

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

/// A Server that announces something, and a Client that has read it: it acknowledged a later packet.
fn announced(property: Vec<u8>) -> Talk {
    Talk::new()
        .c(connect(5))
        .s(connack(false, 0, &[property]))
        .s(publish(5, 1, 50))
        .c(puback(50))
}

/// The same, but nothing shows that the Client has read it.
fn unread(property: Vec<u8>) -> Talk {
    Talk::new().c(connect(5)).s(connack(false, 0, &[property]))
}

/// A Client that announces something.
fn client(property: Vec<u8>) -> Talk {
    Talk::new()
        .c(connect(5).with(property))
        .s(connack(false, 0, &[]))
}

const RECEIVE_MAXIMUM: u8 = 0x21;
const ALIAS_MAXIMUM: u8 = 0x22;
const ALIAS: u8 = 0x23;
const MAXIMUM_QOS: u8 = 0x24;
const RETAIN: u8 = 0x25;
const SIZE: u8 = 0x27;
const WILDCARDS: u8 = 0x28;
const IDENTIFIERS: u8 = 0x29;
const SHARED: u8 = 0x2A;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = sizes();
    cases.extend(publishes());
    cases.extend(subscribes());
    cases.extend(quotas());
    cases
}

fn sizes() -> Vec<Case> {
    vec![
        // 20 bytes are too many, 19 are not: 2 + 3 of the topic + 1 + payload.
        breaks(
            "L1",
            client(four(SIZE, 19)).s(publish(5, 0, 0).payload(14)),
            &["violation server PUBLISH MQTT-3.1.2-24 0x95 @1 CONNECT"],
        ),
        keeps("L1", client(four(SIZE, 19)).s(publish(5, 0, 0).payload(13))),
        breaks(
            "L1",
            Talk::new().c(connect(5).with(four(SIZE, 8))).s(connack(
                false,
                0x87,
                &[string(0x1F, "no")],
            )),
            &["violation server CONNACK MQTT-3.1.2-24 0x95 @1 CONNECT"],
        ),
        breaks(
            "L2",
            announced(four(SIZE, 19)).c(publish(5, 0, 0).payload(14)),
            &["violation client PUBLISH MQTT-3.2.2-15 0x95 @2 CONNACK"],
        ),
        keeps(
            "L2",
            announced(four(SIZE, 19)).c(publish(5, 0, 0).payload(13)),
        ),
        keeps("L2", unread(four(SIZE, 19)).c(publish(5, 0, 0).payload(14))),
        keeps(
            "L2",
            unread(four(SIZE, 19))
                .at(4.9)
                .c(publish(5, 0, 0).payload(14)),
        ),
        breaks(
            "L2",
            unread(four(SIZE, 19))
                .at(5.0)
                .c(publish(5, 0, 0).payload(14)),
            &["violation client PUBLISH MQTT-3.2.2-15 0x95 @2 CONNACK"],
        ),
        // The acknowledgement itself shows that CONNACK was read.
        breaks(
            "L2",
            unread(four(SIZE, 6)).s(publish(5, 1, 50)).c(ack(
                0x40,
                50,
                0x83,
                &[string(0x1F, "no")],
            )),
            &["violation client PUBACK MQTT-3.2.2-15 0x95 @2 CONNACK"],
        ),
        breaks(
            "L3",
            client(byte(0x17, 0))
                .c(publish(5, 1, 1))
                .s(ack(0x40, 1, 0x87, &[string(0x1F, "no")])),
            &["violation server PUBACK MQTT-3.1.2-29 0x82 @1 CONNECT"],
        ),
        breaks(
            "L3",
            client(byte(0x17, 0))
                .c(publish(5, 2, 1))
                .s(ack(0x50, 1, 0, &[user("a", "b")])),
            &["violation server PUBREC MQTT-3.1.2-29 0x82 @1 CONNECT"],
        ),
        keeps(
            "L3",
            client(byte(0x17, 1))
                .c(publish(5, 1, 1))
                .s(ack(0x40, 1, 0x87, &[string(0x1F, "no")])),
        ),
        keeps(
            "L3",
            client(byte(0x17, 0)).s(publish(5, 0, 0).with(user("a", "b"))),
        ),
        keeps(
            "L3",
            client(byte(0x17, 0)).s(disconnect(0x8B, &[string(0x1F, "bye")])),
        ),
        keeps(
            "L3",
            client(byte(0x17, 0))
                .s(publish(5, 1, 1))
                .c(ack(0x40, 1, 0x87, &[string(0x1F, "no")])),
        ),
    ]
}

fn publishes() -> Vec<Case> {
    vec![
        breaks(
            "P1",
            announced(byte(MAXIMUM_QOS, 0))
                .c(publish(5, 1, 1))
                .s(puback(1)),
            &["violation client PUBLISH MQTT-3.2.2-11 0x9b @2 CONNACK"],
        ),
        breaks(
            "P1",
            announced(byte(MAXIMUM_QOS, 1)).c(publish(5, 2, 1)),
            &["violation client PUBLISH MQTT-3.2.2-11 0x9b @2 CONNACK"],
        ),
        keeps("P1", announced(byte(MAXIMUM_QOS, 1)).c(publish(5, 1, 1))),
        keeps("P1", unread(byte(MAXIMUM_QOS, 0)).c(publish(5, 1, 1))),
        breaks(
            "P2",
            announced(byte(RETAIN, 0)).c(publish(5, 0, 0).retain()),
            &["violation client PUBLISH MQTT-3.2.2-14 0x9a @2 CONNACK"],
        ),
        keeps("P2", announced(byte(RETAIN, 0)).c(publish(5, 0, 0))),
        keeps(
            "P2",
            announced(byte(RETAIN, 1)).c(publish(5, 0, 0).retain()),
        ),
        keeps(
            "P2",
            announced(byte(RETAIN, 0)).s(publish(5, 0, 0).retain()),
        ),
        breaks(
            "P4",
            client(two(ALIAS_MAXIMUM, 5)).s(publish(5, 0, 0).topic("").with(two(ALIAS, 1))),
            &["violation server PUBLISH 3.3.2.1 0x82"],
        ),
        keeps(
            "P4",
            client(two(ALIAS_MAXIMUM, 5))
                .s(publish(5, 0, 0).with(two(ALIAS, 5)))
                .s(publish(5, 0, 0).topic("").with(two(ALIAS, 5))),
        ),
        // Aliases of one direction are not those of the other.
        breaks(
            "P4",
            Talk::new()
                .c(connect(5).with(two(ALIAS_MAXIMUM, 5)))
                .s(connack(false, 0, &[two(ALIAS_MAXIMUM, 5)]))
                .s(publish(5, 0, 0).with(two(ALIAS, 2)))
                .c(publish(5, 0, 0).topic("").with(two(ALIAS, 2))),
            &["violation client PUBLISH 3.3.2.1 0x82"],
        ),
        breaks(
            "P5",
            client(two(ALIAS_MAXIMUM, 5)).s(publish(5, 0, 0).with(two(ALIAS, 6))),
            &["violation server PUBLISH MQTT-3.1.2-26 0x94 @1 CONNECT"],
        ),
        breaks(
            "P5",
            Talk::new()
                .c(connect(5))
                .s(connack(false, 0, &[]))
                .s(publish(5, 0, 0).with(two(ALIAS, 1))),
            &["violation server PUBLISH MQTT-3.1.2-26 0x94 @1 CONNECT"],
        ),
        breaks(
            "P5",
            announced(two(ALIAS_MAXIMUM, 5)).c(publish(5, 0, 0).with(two(ALIAS, 6))),
            &["violation client PUBLISH MQTT-3.2.2-17 0x94 @2 CONNACK"],
        ),
        keeps(
            "P5",
            announced(two(ALIAS_MAXIMUM, 5)).c(publish(5, 0, 0).with(two(ALIAS, 5))),
        ),
        keeps(
            "P5",
            client(two(ALIAS_MAXIMUM, 5)).s(publish(5, 0, 0).with(two(ALIAS, 5))),
        ),
        keeps(
            "P5",
            unread(two(ALIAS_MAXIMUM, 5)).c(publish(5, 0, 0).with(two(ALIAS, 6))),
        ),
        // A Server's may.
        keeps(
            "P6",
            client(two(ALIAS_MAXIMUM, 5)).s(publish(5, 0, 0).with(byte(0x0B, 3))),
        ),
    ]
}

fn subscribes() -> Vec<Case> {
    vec![
        breaks(
            "P3",
            announced(byte(SHARED, 0))
                .c(subscribe(5, 1, &[("$share/g/a", 1)]))
                .s(suback(5, 1, &[0x9E])),
            &["violation client SUBSCRIBE 3.2.2.3.13 0x9e @2 CONNACK"],
        ),
        breaks(
            "P3",
            announced(byte(WILDCARDS, 0)).c(subscribe(5, 1, &[("a", 0), ("a/+", 1)])),
            &["violation client SUBSCRIBE 3.2.2.3.11 0xa2 @2 CONNACK"],
        ),
        breaks(
            "P3",
            announced(byte(IDENTIFIERS, 0)).c(subscribe_with(5, 1, &[byte(0x0B, 3)], &[("a", 1)])),
            &["violation client SUBSCRIBE 3.2.2.3.12 0xa1 @2 CONNACK"],
        ),
        keeps(
            "P3",
            announced(byte(SHARED, 0))
                .c(subscribe(5, 1, &[("share/g/#", 1)]))
                .s(suback(5, 1, &[1])),
        ),
        keeps(
            "P3",
            announced(byte(WILDCARDS, 0))
                .c(subscribe(5, 1, &[("$share/g/a", 1)]))
                .s(suback(5, 1, &[1])),
        ),
        keeps(
            "P3",
            announced(byte(IDENTIFIERS, 0))
                .c(subscribe(5, 1, &[("a/#", 1)]))
                .s(suback(5, 1, &[1])),
        ),
        keeps(
            "P3",
            unread(byte(SHARED, 0)).c(subscribe(5, 1, &[("$share/g/a", 1)])),
        ),
    ]
}

fn quotas() -> Vec<Case> {
    vec![
        breaks(
            "Q20",
            client(two(RECEIVE_MAXIMUM, 2))
                .s(publish(5, 1, 1))
                .s(publish(5, 2, 2))
                .s(publish(5, 1, 3))
                .s(publish(5, 1, 4)),
            &["violation server PUBLISH MQTT-3.3.4-9 0x93 @1 CONNECT"],
        ),
        keeps(
            "Q20",
            client(two(RECEIVE_MAXIMUM, 2))
                .s(publish(5, 1, 1))
                .s(publish(5, 2, 2))
                .c(puback(1))
                .s(publish(5, 1, 3))
                .s(publish(5, 0, 0)),
        ),
        // PUBREC below 0x80 gives nothing back.
        breaks(
            "Q20",
            client(two(RECEIVE_MAXIMUM, 1))
                .s(publish(5, 2, 2))
                .c(pubrec(2))
                .s(publish(5, 1, 3)),
            &["violation server PUBLISH MQTT-3.3.4-9 0x93 @1 CONNECT"],
        ),
        keeps(
            "Q20",
            client(two(RECEIVE_MAXIMUM, 1))
                .s(publish(5, 2, 2))
                .c(pubrec(2))
                .s(pubrel(2))
                .c(pubcomp(2))
                .s(publish(5, 2, 3))
                .c(ack(0x50, 3, 0x87, &[]))
                .s(publish(5, 1, 4)),
        ),
        breaks(
            "Q20",
            announced(two(RECEIVE_MAXIMUM, 1))
                .c(publish(5, 1, 1))
                .c(publish(5, 1, 2))
                .s(puback(1))
                .s(puback(2)),
            &["violation client PUBLISH MQTT-3.3.4-7 0x93 @2 CONNACK"],
        ),
        keeps(
            "Q20",
            announced(two(RECEIVE_MAXIMUM, 1))
                .c(publish(5, 1, 1))
                .s(puback(1))
                .c(publish(5, 1, 2)),
        ),
        keeps(
            "Q20",
            unread(two(RECEIVE_MAXIMUM, 1))
                .c(publish(5, 1, 1))
                .c(publish(5, 1, 2)),
        ),
        // Requests and their answers are not counted.
        keeps(
            "Q21",
            announced(two(RECEIVE_MAXIMUM, 1))
                .c(publish(5, 1, 1))
                .c(subscribe(5, 2, &[("a", 0)]))
                .s(publish(5, 1, 9))
                .c(puback(9)),
        ),
    ]
}

#[test]
fn limits() {
    play(&cases());
}

/// P6 shows only to a caller that decodes without telling the sender: else it is an error of one packet.
#[test]
fn p6_a_subscription_identifier_of_a_client() {
    use std::time::Duration;

    use mqtt_reason::Packet;
    use mqtt_reason::conversation::{Conversation, Seen, Settings};
    use mqtt_reason::view::View;
    use mqtt_reason::{DecodeOptions, Decoded, Side, Version, v5};

    let mut conversation = Conversation::new(Settings::new());
    let steps = [
        (Side::Client, connect(5).bytes()),
        (Side::Server, connack(false, 0, &[])),
        (Side::Client, publish(5, 0, 0).bytes()),
        (Side::Client, publish(5, 0, 0).with(byte(0x0B, 3)).bytes()),
    ];
    let mut rows = Vec::new();
    for (tag, (from, bytes)) in (1..).zip(&steps) {
        let seen = Seen {
            from: *from,
            time: Duration::ZERO,
            tag,
            len: bytes.len() as u32,
        };
        let found = match v5::decode(bytes).unwrap() {
            Decoded::Packet { packet, .. } => conversation.packet(seen, &Packet::V5(packet)),
            Decoded::Frame(frame) => {
                let view = View::of(Version::V5_0, &DecodeOptions::new(), &frame);
                conversation.view(seen, &view.unwrap().unwrap())
            }
            Decoded::Incomplete { .. } => panic!("it is whole"),
        };
        rows.extend(
            found
                .iter()
                .map(|finding| (tag, finding.row(), finding.rule(), finding.answer())),
        );
    }
    assert_eq!(rows, [(4, "P6", "MQTT-3.3.4-6", Some(0x82))]);
}
