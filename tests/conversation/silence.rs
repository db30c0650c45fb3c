//! What time brings: rows T, and answers that do not come.

use mqtt_reason::Side;

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

fn open(keep_alive: u16) -> Talk {
    Talk::new()
        .c(connect(5).keep_alive(keep_alive))
        .s(connack(false, 0, &[]))
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = answers();
    cases.extend(keep_alive());
    cases
}

fn answers() -> Vec<Case> {
    vec![
        breaks(
            "K17",
            Talk::new().c(connect(5)).at(29.0).at(31.0).at(90.0),
            &["odd server CONNACK MQTT-3.1.4-5 - @1 CONNECT"],
        ),
        breaks(
            "K17",
            Talk::new().c(connect(4)).at(31.0),
            &["odd server CONNACK MQTT-3.1.4-4 - @1 CONNECT"],
        ),
        keeps("K17", Talk::new().c(connect(5)).at(29.0)),
        keeps(
            "K17",
            Talk::new().c(connect(5)).at(5.0).end(Side::Server).at(60.0),
        ),
        breaks(
            "B1",
            open(0).c(subscribe(5, 1, &[("a", 0)])).at(31.0).at(99.0),
            &["odd server SUBACK MQTT-3.8.4-1 - @3 SUBSCRIBE"],
        ),
        keeps("B1", open(0).c(subscribe(5, 1, &[("a", 0)])).at(29.0)),
        keeps(
            "B1",
            open(0)
                .c(subscribe(5, 1, &[("a", 0)]))
                .at(29.0)
                .s(suback(5, 1, &[0]))
                .at(60.0),
        ),
        keeps(
            "B1",
            open(0)
                .c(subscribe(5, 1, &[("a", 0)]))
                .end(Side::Server)
                .at(60.0),
        ),
        keeps(
            "B1",
            open(0)
                .c(subscribe(5, 1, &[("a", 0)]))
                .c(disconnect(0, &[]))
                .at(60.0),
        ),
        breaks(
            "B7",
            open(0).c(unsubscribe(5, 1, &["a"])).at(31.0),
            &["odd server UNSUBACK MQTT-3.10.4-4 - @3 UNSUBSCRIBE"],
        ),
        keeps(
            "B7",
            open(0)
                .c(unsubscribe(5, 1, &["a"]))
                .s(unsuback(5, 1, &[0]))
                .at(31.0),
        ),
        breaks(
            "P7",
            open(0).c(pingreq()).at(31.0),
            &["odd server PINGRESP MQTT-3.12.4-1 - @3 PINGREQ"],
        ),
        keeps(
            "P7",
            open(0)
                .c(pingreq())
                .at(29.0)
                .s(pingresp())
                .c(pingreq())
                .at(58.0),
        ),
        breaks(
            "Q5",
            open(0)
                .c(publish(5, 2, 1))
                .at(20.0)
                .s(pubrec(1))
                .at(49.0)
                .at(51.0),
            &["odd client PUBREL MQTT-4.3.3-4 - @5 PUBREC"],
        ),
        keeps(
            "Q5",
            open(0)
                .c(publish(5, 2, 1))
                .s(ack(0x50, 1, 0x87, &[]))
                .at(51.0),
        ),
        breaks(
            "Q9",
            open(0)
                .c(publish(5, 2, 1))
                .s(pubrec(1))
                .c(pubrel(1))
                .at(31.0),
            &["odd server PUBCOMP MQTT-4.3.3-11 - @5 PUBREL"],
        ),
        keeps(
            "Q9",
            open(0)
                .c(publish(5, 2, 1))
                .s(pubrec(1))
                .c(pubrel(1))
                .s(pubcomp(1))
                .at(31.0),
        ),
        breaks(
            "Q19",
            open(0)
                .s(publish(5, 1, 1))
                .c(pingreq())
                .s(pingresp())
                .at(31.0),
            &["odd client PUBACK MQTT-4.5.0-2 - @3 PUBLISH"],
        ),
        breaks(
            "Q19",
            open(0).c(publish(5, 2, 1)).at(31.0),
            &["odd server PUBREC MQTT-3.3.4-1 - @3 PUBLISH"],
        ),
        keeps("Q19", open(0).s(publish(5, 0, 0)).at(31.0)),
        keeps(
            "Q19",
            open(0).s(publish(5, 1, 1)).at(12.0).c(puback(1)).at(31.0),
        ),
    ]
}

fn keep_alive() -> Vec<Case> {
    vec![
        breaks(
            "T1",
            open(10).at(14.0).at(15.4).at(15.6).at(40.0).c(pingreq()),
            &["violation client PINGREQ MQTT-3.1.2-22 0x8d"],
        ),
        breaks(
            "T1",
            open(10).at(20.0).s(publish(5, 0, 0)),
            &["violation client PINGREQ MQTT-3.1.2-22 0x8d"],
        ),
        breaks(
            "T1",
            Talk::new()
                .c(connect(4).keep_alive(10))
                .s(connack3(false, 0))
                .at(16.0)
                .c(pingreq())
                .s(pingresp()),
            &["violation client PINGREQ MQTT-3.1.2-24 -"],
        ),
        // Server Keep Alive is the Keep Alive.
        breaks(
            "T1",
            Talk::new()
                .c(connect(5).keep_alive(0))
                .s(connack(false, 0, &[two(0x13, 10)]))
                .at(6.0)
                .c(pingreq())
                .s(pingresp())
                .at(25.0),
            &["violation client PINGREQ MQTT-3.1.2-22 0x8d"],
        ),
        keeps(
            "T1",
            Talk::new()
                .c(connect(5).keep_alive(10))
                .s(connack(false, 0, &[two(0x13, 0)]))
                .at(6.0)
                .c(pingreq())
                .s(pingresp())
                .at(25.0),
        ),
        keeps(
            "T1",
            Talk::new()
                .c(connect(5).keep_alive(2))
                .s(connack(false, 0, &[two(0x13, 100)]))
                .at(100.0)
                .c(pingreq())
                .s(pingresp()),
        ),
        // Nobody knows that the Client has read CONNACK 5 s before.
        keeps(
            "T2",
            Talk::new()
                .c(connect(5).keep_alive(100))
                .s(connack(false, 0, &[two(0x13, 2)]))
                .at(6.0)
                .c(pingreq())
                .s(pingresp()),
        ),
        keeps("T1", open(0).at(100_000.0)),
        // The Server closes, with or without a word.
        keeps("T1", open(10).at(15.5).s(disconnect(0x8D, &[])).at(30.0)),
        keeps("T1", open(10).at(15.5).end(Side::Server).at(30.0)),
        keeps("T1", open(10).at(9.0).c(pingreq()).s(pingresp()).at(24.0)),
        breaks(
            "T2",
            open(10).at(12.0).c(pingreq()).s(pingresp()),
            &["violation client PINGREQ MQTT-3.1.2-20 -"],
        ),
        breaks(
            "T2",
            Talk::new()
                .c(connect(4).keep_alive(10))
                .s(connack3(false, 0))
                .at(15.0)
                .c(pingreq())
                .s(pingresp()),
            &["violation client PINGREQ MQTT-3.1.2-23 -"],
        ),
        // A timer that looks once a second.
        breaks(
            "T2",
            open(10)
                .at(11.0)
                .c(pingreq())
                .s(pingresp())
                .at(22.0)
                .c(pingreq())
                .s(pingresp()),
            &["odd client PINGREQ MQTT-3.1.2-20 -"],
        ),
        keeps(
            "T2",
            open(10)
                .at(10.0)
                .c(pingreq())
                .s(pingresp())
                .at(20.4)
                .c(publish(5, 0, 0)),
        ),
        keeps("T2", open(10).at(15.0).end(Side::Client)),
    ]
}

/// The Server closes late, and its end is the next thing that is seen.
#[test]
fn the_end_of_a_silent_connection_is_no_breach() {
    use std::time::Duration;

    use mqtt_reason::conversation::{Conversation, Settings, Streams};

    for by_disconnect in [true, false] {
        let mut streams = Streams::new(Conversation::new(Settings::new()));
        let nothing = &mut |event: mqtt_reason::conversation::Event<'_>| {
            assert!(!matches!(
                event,
                mqtt_reason::conversation::Event::Finding(_)
            ));
        };
        let (start, late) = (Duration::ZERO, Duration::from_secs(18));
        streams.receive(
            Side::Client,
            start,
            1,
            &connect(5).keep_alive(10).bytes(),
            nothing,
        );
        streams.receive(Side::Server, start, 2, &connack(false, 0, &[]), nothing);
        if by_disconnect {
            streams.receive(Side::Server, late, 3, &disconnect(0x8D, &[]), nothing);
        }
        streams.end(Side::Server, late, 4, nothing);
        streams.tick(late * 2, nothing);
    }
}

#[test]
fn silence() {
    play(&cases());
}
