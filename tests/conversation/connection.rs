//! Sequence, CONNACK against CONNECT, DISCONNECT: rows S, K, E.

use mqtt_reason::Side;

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

fn open5() -> Talk {
    Talk::new().c(connect(5)).s(connack(false, 0, &[]))
}

fn open4() -> Talk {
    Talk::new().c(connect(4)).s(connack3(false, 0))
}

fn open3() -> Talk {
    Talk::new().c(connect(3)).s(connack3(false, 0))
}

const METHOD: u8 = 0x15;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = sequence();
    cases.extend(layouts());
    cases.extend(connacks());
    cases.extend(disconnects());
    cases
}

fn sequence() -> Vec<Case> {
    vec![
        breaks(
            "S1",
            Talk::new().c(publish(5, 0, 0)),
            &["violation client PUBLISH MQTT-3.1.0-1 -"],
        ),
        breaks(
            "S1",
            Talk::new().c(pingreq()).c(pingreq()).s(pingresp()),
            &["violation client PINGREQ MQTT-3.1.0-1 -"],
        ),
        breaks(
            "S1",
            Talk::new()
                .c(auth(0x18, "m"))
                .c(connect(5))
                .s(connack(false, 0, &[])),
            &["violation client AUTH MQTT-3.1.0-1 -"],
        ),
        keeps("S1", open5()),
        breaks(
            "S2",
            open5().c(connect(5)),
            &["violation client CONNECT MQTT-3.1.0-2 0x82 @1 CONNECT"],
        ),
        breaks(
            "S2",
            open4().c(connect(4)).s(connack3(false, 0)),
            &["violation client CONNECT MQTT-3.1.0-2 - @1 CONNECT"],
        ),
        breaks(
            "S2",
            open3().c(connect(3)),
            &["violation client CONNECT 3.1 - @1 CONNECT"],
        ),
        keeps("S2", open4()),
        breaks(
            "S3",
            Talk::new()
                .c(connect(5))
                .c(subscribe(5, 1, &[("a", 0)]))
                .s(suback(5, 1, &[0]))
                .s(connack(false, 0, &[])),
            &["violation server SUBACK MQTT-3.2.0-1 0x82 @1 CONNECT"],
        ),
        breaks(
            "S3",
            Talk::new()
                .c(connect(4))
                .s(publish(4, 0, 0))
                .s(publish(4, 0, 0))
                .s(connack3(false, 0)),
            &["violation server PUBLISH MQTT-3.2.0-1 - @1 CONNECT"],
        ),
        breaks(
            "S3",
            Talk::new().c(connect(3)).s(publish(3, 0, 0)),
            &["violation server PUBLISH 3.2 - @1 CONNECT"],
        ),
        keeps(
            "S3",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(auth(0x18, "m"))
                .c(auth(0x18, "m"))
                .s(connack(false, 0, &[string(METHOD, "m")])),
        ),
        breaks(
            "S4",
            open5().s(connack(false, 0, &[])),
            &["violation server CONNACK MQTT-3.2.0-2 0x82 @2 CONNACK"],
        ),
        breaks(
            "S4",
            open4().s(connack3(false, 0)),
            &["odd server CONNACK 3.2 - @2 CONNACK"],
        ),
        keeps("S4", open5().s(publish(5, 0, 0))),
        breaks(
            "S5",
            Talk::new()
                .c(connect(5))
                .s(connack(false, 0x87, &[]))
                .s(pingresp())
                .s(pingresp()),
            &["violation server PINGRESP MQTT-3.2.2-7 - @2 CONNACK"],
        ),
        breaks(
            "S5",
            Talk::new()
                .c(connect(4))
                .s(connack3(false, 5))
                .s(publish(4, 0, 0)),
            &["violation server PUBLISH MQTT-3.2.2-5 - @2 CONNACK"],
        ),
        keeps(
            "S5",
            Talk::new()
                .c(connect(5))
                .s(connack(false, 0x87, &[]))
                .end(Side::Server),
        ),
        // S6: what a Client sent before it could know is no fault.
        keeps(
            "S6",
            Talk::new()
                .c(connect(5))
                .c(publish(5, 1, 1))
                .s(connack(false, 0x87, &[]))
                .c(publish(5, 1, 1))
                .c(puback(9))
                .c(disconnect(0, &[])),
        ),
        breaks(
            "S7",
            Talk::new().c(connect(5)).s(disconnect(0x87, &[])),
            &["violation server DISCONNECT MQTT-3.14.0-1 - @1 CONNECT"],
        ),
        breaks(
            "S7",
            Talk::new()
                .c(connect(5))
                .s(connack(false, 0x87, &[]))
                .s(disconnect(0x87, &[])),
            &["violation server DISCONNECT MQTT-3.14.0-1 - @2 CONNACK"],
        ),
        breaks(
            "S7",
            Talk::new().s(disconnect(0x8E, &[])),
            &["violation server DISCONNECT MQTT-3.14.0-1 -"],
        ),
        keeps("S7", open5().s(disconnect(0x87, &[]))),
        // A Client is not bound to it.
        keeps(
            "S7",
            Talk::new()
                .c(connect(5))
                .c(disconnect(0, &[]))
                .end(Side::Client),
        ),
        breaks(
            "S8",
            open5()
                .c(disconnect(0, &[]))
                .c(publish(5, 0, 0))
                .c(pingreq()),
            &["violation client PUBLISH MQTT-3.14.4-1 - @3 DISCONNECT"],
        ),
        breaks(
            "S8",
            open5().s(disconnect(0x8B, &[])).s(pingresp()),
            &["violation server PINGRESP MQTT-3.14.4-1 - @3 DISCONNECT"],
        ),
        breaks(
            "S8",
            open4().c(disconnect3()).c(pingreq()),
            &["violation client PINGREQ MQTT-3.14.4-2 - @3 DISCONNECT"],
        ),
        breaks(
            "S8",
            open3().c(disconnect3()).c(pingreq()),
            &["violation client PINGREQ 3.14 - @3 DISCONNECT"],
        ),
        // The other side may not have read it.
        keeps(
            "S8",
            open5()
                .c(pingreq())
                .c(disconnect(0, &[]))
                .s(pingresp())
                .s(publish(5, 0, 0)),
        ),
        keeps(
            "S8",
            open5()
                .s(disconnect(0x8B, &[]))
                .c(publish(5, 1, 1))
                .c(pingreq()),
        ),
        breaks(
            "S9",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .c(pingreq()),
            &["violation client PINGREQ MQTT-3.1.2-30 0x82 @1 CONNECT"],
        ),
        keeps(
            "S9",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .c(disconnect(0, &[])),
        ),
        keeps(
            "S9",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack(false, 0, &[string(METHOD, "m")]))
                .c(pingreq())
                .s(pingresp()),
        ),
        keeps(
            "S10",
            Talk::new()
                .c(connect(5))
                .c(pingreq())
                .c(publish(5, 2, 1))
                .s(connack(false, 0, &[]))
                .s(pingresp()),
        ),
    ]
}

/// A Server of 3.1.1 answers a Client of 5.0; levels that no version has.
fn layouts() -> Vec<Case> {
    vec![
        breaks(
            "S13",
            Talk::new()
                .c(connect(5))
                .s(connack3(false, 1))
                .end(Side::Server),
            &["odd server CONNACK MQTT-3.1.2-2 - @1 CONNECT"],
        ),
        breaks(
            "S13",
            Talk::new().c(connect(5)).s(connack3(false, 0)),
            &["violation server CONNACK 3.2.2 - @1 CONNECT"],
        ),
        breaks(
            "S13",
            Talk::new()
                .c(connect(5))
                .s(connack3(true, 0))
                .c(subscribe(5, 1, &[("a", 0)]))
                .s(suback(4, 1, &[0, 0, 0]))
                .s(connack3(false, 0)),
            &["violation server CONNACK 3.2.2 - @1 CONNECT"],
        ),
        keeps(
            "S13",
            Talk::new().c(connect(5)).s(connack(false, 0x84, &[])),
        ),
        keeps("S13", Talk::new().c(connect(4)).s(connack3(false, 1))),
        keeps("S13", Talk::new().c(connect(6)).s(connack3(false, 1))),
        keeps(
            "S13",
            Talk::new().c(connect(6)).s(connack(false, 0x84, &[])),
        ),
        // A bridge of 3.1.1.
        keeps(
            "S13",
            Talk::new()
                .c(connect(0x84))
                .s(connack3(false, 0))
                .c(pingreq())
                .s(pingresp()),
        ),
    ]
}

fn connacks() -> Vec<Case> {
    let connack5 = |properties: &[Vec<u8>]| connack(false, 0, properties);
    vec![
        breaks(
            "K1",
            Talk::new().c(connect(5)).s(connack(true, 0, &[])),
            &["violation server CONNACK MQTT-3.2.2-2 0x82 @1 CONNECT"],
        ),
        breaks(
            "K1",
            Talk::new().c(connect(4)).s(connack3(true, 0)),
            &["violation server CONNACK MQTT-3.2.2-1 - @1 CONNECT"],
        ),
        keeps(
            "K1",
            Talk::new().c(connect(5).resume()).s(connack(true, 0, &[])),
        ),
        keeps(
            "K1",
            Talk::new().c(connect(4).resume()).s(connack3(true, 0)),
        ),
        // 3.1 has no Session Present: the byte is not used.
        keeps("K1", Talk::new().c(connect(3)).s(connack3(true, 0))),
        breaks(
            "K5",
            Talk::new().c(connect(5).id("")).s(connack5(&[])),
            &["violation server CONNACK MQTT-3.2.2-16 0x82 @1 CONNECT"],
        ),
        breaks(
            "K5",
            Talk::new()
                .c(connect(5).id("").resume())
                .s(connack(true, 0, &[string(0x12, "new")])),
            &["violation server CONNACK MQTT-3.2.2-16 0x82 @1 CONNECT"],
        ),
        keeps(
            "K5",
            Talk::new()
                .c(connect(5).id(""))
                .s(connack5(&[string(0x12, "new")])),
        ),
        keeps(
            "K5",
            Talk::new()
                .c(connect(5).id(""))
                .s(connack(false, 0x85, &[])),
        ),
        keeps("K5", Talk::new().c(connect(4).id("")).s(connack3(false, 0))),
        breaks(
            "K6",
            Talk::new()
                .c(connect(5))
                .s(connack5(&[string(0x12, "new")])),
            &["odd server CONNACK 3.2.2.3.7 - @1 CONNECT"],
        ),
        keeps(
            "K6",
            Talk::new()
                .c(connect(5).id(""))
                .s(connack5(&[string(0x12, "new")])),
        ),
        breaks(
            "K7",
            Talk::new()
                .c(connect(5).with(byte(0x19, 0)))
                .s(connack5(&[string(0x1A, "r")])),
            &["violation server CONNACK MQTT-3.1.2-28 0x82 @1 CONNECT"],
        ),
        keeps(
            "K7",
            Talk::new()
                .c(connect(5).with(byte(0x19, 1)))
                .s(connack5(&[string(0x1A, "r")])),
        ),
        breaks(
            "K8",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack5(&[])),
            &["violation server CONNACK MQTT-4.12.0-5 0x82 @1 CONNECT"],
        ),
        breaks(
            "K8",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack5(&[string(METHOD, "M")])),
            &["violation server CONNACK MQTT-4.12.0-5 0x82 @1 CONNECT"],
        ),
        keeps(
            "K8",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack5(&[string(METHOD, "m")])),
        ),
        keeps(
            "K8",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack(false, 0x8C, &[])),
        ),
        breaks(
            "K9",
            Talk::new()
                .c(connect(5))
                .s(connack5(&[string(METHOD, "m")])),
            &["violation server CONNACK MQTT-4.12.0-6 0x82 @1 CONNECT"],
        ),
        keeps("K9", open5()),
        breaks(
            "K10",
            Talk::new().c(connect(5)).s(connack5(&[string(0x16, "d")])),
            &["odd server CONNACK 3.2.2.3.18 - @1 CONNECT"],
        ),
        keeps(
            "K10",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(connack5(&[string(METHOD, "m"), string(0x16, "d")])),
        ),
        breaks(
            "K14",
            Talk::new()
                .c(connect(4).id("").resume())
                .s(connack3(false, 0)),
            &["violation server CONNACK MQTT-3.1.3-8 - @1 CONNECT"],
        ),
        keeps(
            "K14",
            Talk::new()
                .c(connect(4).id("").resume())
                .s(connack3(false, 2)),
        ),
        keeps(
            "K14",
            Talk::new().c(connect(4).id("")).s(connack3(false, 0)),
        ),
        breaks(
            "K18",
            Talk::new().c(connect(5)).s(connack(false, 0x8C, &[])),
            &["odd server CONNACK 3.2.2.2 - @1 CONNECT"],
        ),
        breaks(
            "K18",
            Talk::new()
                .c(connect(5).will(0, false))
                .s(connack(false, 0x9B, &[])),
            &["odd server CONNACK 3.2.2.2 - @1 CONNECT"],
        ),
        breaks(
            "K18",
            Talk::new()
                .c(connect(5).will(1, false))
                .s(connack(false, 0x9A, &[])),
            &["odd server CONNACK 3.2.2.2 - @1 CONNECT"],
        ),
        breaks(
            "K18",
            Talk::new().c(connect(5)).s(connack(false, 0x86, &[])),
            &["odd server CONNACK 3.2.2.2 - @1 CONNECT"],
        ),
        keeps(
            "K18",
            Talk::new()
                .c(connect(5).will(1, false))
                .s(connack(false, 0x9B, &[])),
        ),
        keeps(
            "K18",
            Talk::new()
                .c(connect(5).will(0, true))
                .s(connack(false, 0x9A, &[])),
        ),
        keeps(
            "K18",
            Talk::new()
                .c(connect(5).user_name())
                .s(connack(false, 0x86, &[])),
        ),
        keeps(
            "K18",
            Talk::new().c(connect(5)).s(connack(false, 0x87, &[])),
        ),
        // Two breaches in one packet are two.
        breaks(
            "K5",
            Talk::new().c(connect(5).id("")).s(connack(true, 0, &[])),
            &[
                "also K1 violation server CONNACK MQTT-3.2.2-2 0x82 @1 CONNECT",
                "violation server CONNACK MQTT-3.2.2-16 0x82 @1 CONNECT",
            ],
        ),
    ]
}

fn disconnects() -> Vec<Case> {
    const EXPIRY: u8 = 0x11;
    vec![
        breaks(
            "E1",
            open5().c(disconnect(0, &[four(EXPIRY, 10)])),
            &["violation client DISCONNECT 3.14.2.2.2 0x82 @1 CONNECT"],
        ),
        // The one of CONNACK does not count.
        breaks(
            "E1",
            Talk::new()
                .c(connect(5).with(four(EXPIRY, 0)))
                .s(connack(false, 0, &[four(EXPIRY, 10)]))
                .c(disconnect(0, &[four(EXPIRY, 10)])),
            &["violation client DISCONNECT 3.14.2.2.2 0x82 @1 CONNECT"],
        ),
        keeps("E1", open5().c(disconnect(0, &[four(EXPIRY, 0)]))),
        keeps(
            "E1",
            Talk::new()
                .c(connect(5).with(four(EXPIRY, 1)))
                .s(connack(false, 0, &[]))
                .c(disconnect(0, &[four(EXPIRY, 10)])),
        ),
        breaks(
            "E5",
            open5().s(disconnect(0x95, &[])),
            &["odd server DISCONNECT 4.13.1 - @2 CONNACK"],
        ),
        breaks(
            "E5",
            open5().s(disconnect(0x9B, &[])),
            &["odd server DISCONNECT 4.13.1 - @2 CONNACK"],
        ),
        breaks(
            "E5",
            open5().s(disconnect(0x8D, &[])),
            &["odd server DISCONNECT 4.13.1 - @2 CONNACK"],
        ),
        keeps(
            "E5",
            Talk::new()
                .c(connect(5).keep_alive(10))
                .s(connack(false, 0, &[four(0x27, 100)]))
                .s(disconnect(0x95, &[])),
        ),
        keeps(
            "E5",
            Talk::new()
                .c(connect(5).keep_alive(10))
                .s(connack(false, 0, &[]))
                .s(disconnect(0x8D, &[])),
        ),
        keeps("E5", open5().s(disconnect(0x82, &[]))),
    ]
}

#[test]
fn connection() {
    play(&cases());
}

/// E8 shows only to a caller that decodes without telling the sender.
#[test]
fn e8_a_server_of_3_1_1_sends_no_disconnect() {
    use mqtt_reason::Packet;
    use mqtt_reason::conversation::{Conversation, Seen, Settings};
    use mqtt_reason::v3;

    for (from, broken) in [(Side::Server, true), (Side::Client, false)] {
        let mut conversation = Conversation::new(Settings::new());
        let seen = |from, tag| Seen {
            from,
            time: std::time::Duration::ZERO,
            tag,
            len: 4,
        };
        let bytes = connect(4).bytes();
        let options = mqtt_reason::DecodeOptions::new();
        let Ok(mqtt_reason::Decoded::Frame(frame)) = v3::decode(v3::Version::V3_1_1, &bytes) else {
            panic!("it is a CONNECT");
        };
        let view = mqtt_reason::view::View::of(mqtt_reason::Version::V3_1_1, &options, &frame);
        assert!(
            conversation
                .view(seen(Side::Client, 1), &view.unwrap().unwrap())
                .is_empty()
        );
        let packet = |packet| Packet::V3(v3::Version::V3_1_1, packet);
        let connack = packet(v3::Packet::Connack(v3::Connack::accepted(false)));
        assert!(
            conversation
                .packet(seen(Side::Server, 2), &connack)
                .is_empty()
        );
        let found = conversation.packet(seen(from, 3), &packet(v3::Packet::Disconnect));
        assert_eq!(found.len(), usize::from(broken));
        for finding in found {
            assert_eq!(
                (finding.row(), finding.rule(), finding.by()),
                ("E8", "2.2.1", Side::Server)
            );
        }
    }
}
