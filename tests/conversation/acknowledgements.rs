//! PUBLISH and its acknowledgements: rows Q.

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

fn open(level: u8) -> Talk {
    match level {
        5 => Talk::new().c(connect(5)).s(connack(false, 0, &[])),
        _ => Talk::new().c(connect(level)).s(connack3(false, 0)),
    }
}

/// A Session of an earlier connection goes on.
fn resumed(level: u8) -> Talk {
    match level {
        5 => Talk::new().c(connect(5).resume()).s(connack(true, 0, &[])),
        _ => Talk::new().c(connect(level).resume()).s(connack3(true, 0)),
    }
}

/// The Client asked for a Session, and there is none.
fn not_resumed() -> Talk {
    Talk::new().c(connect(5).resume()).s(connack(false, 0, &[]))
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = identifiers();
    cases.extend(kinds());
    cases.extend(qos_2());
    cases.extend(again());
    cases.extend(orders());
    cases
}

fn identifiers() -> Vec<Case> {
    vec![
        breaks(
            "Q1",
            open(5)
                .c(publish(5, 1, 7))
                .c(publish(5, 1, 7))
                .s(puback(7))
                .s(ack(0x40, 7, 0x91, &[])),
            &["violation client PUBLISH MQTT-2.2.1-3 0x91 @3 PUBLISH"],
        ),
        breaks(
            "Q1",
            open(5).s(publish(5, 2, 7)).c(pubrec(7)).s(publish(5, 1, 7)),
            &["violation server PUBLISH MQTT-2.2.1-4 0x91 @4 PUBREC"],
        ),
        breaks(
            "Q1",
            open(5)
                .c(publish(5, 1, 7))
                .c(subscribe(5, 7, &[("a", 0)]))
                .s(suback(5, 7, &[0x91]))
                .s(puback(7)),
            &["violation client SUBSCRIBE MQTT-2.2.1-3 0x91 @3 PUBLISH"],
        ),
        breaks(
            "Q1",
            open(4)
                .c(subscribe(4, 7, &[("a", 0)]))
                .c(unsubscribe(4, 7, &["a"])),
            &["violation client UNSUBSCRIBE MQTT-2.3.1-2 - @3 SUBSCRIBE"],
        ),
        breaks(
            "Q1",
            open(4).s(publish(4, 1, 7)).s(publish(4, 2, 7)),
            &["violation server PUBLISH MQTT-2.3.1-4 - @3 PUBLISH"],
        ),
        breaks(
            "Q1",
            open(3).c(publish(3, 1, 7)).c(publish(3, 1, 7)),
            &["violation client PUBLISH 2.4 - @3 PUBLISH"],
        ),
        keeps(
            "Q1",
            open(5).c(publish(5, 1, 7)).s(puback(7)).c(publish(5, 1, 7)),
        ),
        keeps(
            "Q1",
            open(5)
                .c(publish(5, 1, 7))
                .s(publish(5, 1, 7))
                .c(puback(7))
                .s(puback(7)),
        ),
        // After a PUBREC that refuses, PUBCOMP or PUBACK the identifier is free.
        keeps(
            "Q7",
            open(5)
                .c(publish(5, 2, 7))
                .s(ack(0x50, 7, 0x87, &[]))
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .s(pubcomp(7))
                .c(publish(5, 1, 7))
                .s(ack(0x40, 7, 0x10, &[]))
                .c(subscribe(5, 7, &[("a", 0)])),
        ),
    ]
}

fn kinds() -> Vec<Case> {
    vec![
        breaks(
            "Q2",
            open(5).c(publish(5, 2, 7)).s(puback(7)).c(publish(5, 2, 7)),
            &["violation server PUBACK MQTT-3.3.4-1 0x82 @3 PUBLISH"],
        ),
        breaks(
            "Q2",
            open(4)
                .s(publish(4, 1, 7))
                .c(pubrec(7))
                .s(pubrel(7))
                .c(pubcomp(7)),
            &["violation client PUBREC MQTT-3.3.4-1 - @3 PUBLISH"],
        ),
        breaks(
            "Q2",
            open(5)
                .c(subscribe(5, 7, &[("a", 0)]))
                .s(puback(7))
                .s(suback(5, 7, &[0])),
            &["violation server PUBACK MQTT-3.3.4-1 0x82 @3 SUBSCRIBE"],
        ),
        breaks(
            "Q2",
            open(3).c(publish(3, 2, 7)).s(puback(7)),
            &["violation server PUBACK 3.3 - @3 PUBLISH"],
        ),
        keeps(
            "Q2",
            open(5)
                .c(publish(5, 2, 7))
                .c(publish(5, 1, 8))
                .s(puback(8))
                .s(pubrec(7)),
        ),
        breaks(
            "Q3",
            open(5).s(puback(7)),
            &["violation server PUBACK MQTT-2.2.1-5 0x82"],
        ),
        breaks(
            "Q3",
            open(5).c(publish(5, 1, 7)).s(puback(7)).s(puback(7)),
            &["violation server PUBACK MQTT-2.2.1-5 0x82"],
        ),
        breaks(
            "Q3",
            open(4).c(puback(7)),
            &["violation client PUBACK MQTT-2.3.1-6 -"],
        ),
        breaks(
            "Q3",
            not_resumed().s(puback(7)),
            &["violation server PUBACK MQTT-2.2.1-5 0x82"],
        ),
        // The Client has read that there is no Session.
        breaks(
            "Q3",
            not_resumed().s(publish(5, 1, 1)).c(puback(1)).c(puback(7)),
            &["violation client PUBACK MQTT-2.2.1-5 0x82"],
        ),
        keeps("Q3", not_resumed().c(puback(7))),
        keeps("Q3", resumed(5).s(puback(7)).c(puback(7))),
        keeps("Q3", resumed(4).s(puback(7)).c(puback(7))),
        keeps(
            "Q3",
            Talk::new()
                .c(connect(5))
                .c(puback(7))
                .s(connack(false, 0, &[])),
        ),
        breaks(
            "Q4",
            open(5)
                .s(pubrec(7))
                .c(ack(0x62, 7, 0x92, &[]))
                .s(ack(0x70, 7, 0x92, &[])),
            &["odd server PUBREC MQTT-2.2.1-5 0x92"],
        ),
        breaks(
            "Q4",
            open(4).c(pubrec(7)).s(pubrel(7)).c(pubcomp(7)),
            &["odd client PUBREC MQTT-2.3.1-6 -"],
        ),
        keeps("Q4", resumed(5).s(pubrec(7)).c(pubrel(7)).s(pubcomp(7))),
    ]
}

fn qos_2() -> Vec<Case> {
    vec![
        breaks(
            "Q6",
            open(5)
                .c(publish(5, 2, 7))
                .s(ack(0x50, 7, 0x87, &[]))
                .c(pubrel(7))
                .s(ack(0x70, 7, 0x92, &[])),
            &["odd client PUBREL MQTT-4.3.3-4 0x92 @4 PUBREC"],
        ),
        keeps(
            "Q6",
            open(5)
                .c(publish(5, 2, 7))
                .s(ack(0x50, 7, 0x10, &[]))
                .c(pubrel(7))
                .s(pubcomp(7)),
        ),
        breaks(
            "Q8",
            open(5).c(pubrel(7)).s(ack(0x70, 7, 0x92, &[])),
            &["odd client PUBREL 3.6.2.1 0x92"],
        ),
        breaks(
            "Q8",
            open(5)
                .c(publish(5, 2, 7))
                .c(pubrel(7))
                .s(pubrec(7))
                .s(pubcomp(7)),
            &["odd client PUBREL 3.6.2.1 0x92 @3 PUBLISH"],
        ),
        breaks(
            "Q8",
            open(4).s(pubrel(7)).c(pubcomp(7)),
            &["odd server PUBREL MQTT-2.3.1-6 -"],
        ),
        keeps(
            "Q8",
            resumed(5)
                .c(pubrel(7))
                .s(pubcomp(7))
                .s(pubrel(8))
                .c(pubcomp(8)),
        ),
        keeps(
            "Q8",
            open(5)
                .c(ack(0x62, 7, 0x92, &[]))
                .s(ack(0x70, 7, 0x92, &[])),
        ),
        breaks(
            "Q10",
            open(5).c(publish(5, 2, 7)).s(pubrec(7)).s(pubcomp(7)),
            &["odd server PUBCOMP MQTT-2.2.1-5 0x82 @4 PUBREC"],
        ),
        breaks(
            "Q10",
            open(5).s(pubcomp(7)),
            &["violation server PUBCOMP MQTT-2.2.1-5 0x82"],
        ),
        breaks(
            "Q10",
            open(4).c(publish(4, 1, 7)).s(pubcomp(7)),
            &["violation server PUBCOMP MQTT-2.3.1-6 - @3 PUBLISH"],
        ),
        breaks(
            "Q10",
            open(3).c(pubcomp(7)),
            &["violation client PUBCOMP 3.7 -"],
        ),
        keeps(
            "Q10",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .s(pubcomp(7)),
        ),
        keeps("Q10", resumed(5).s(pubcomp(7))),
        breaks(
            "Q11",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(ack(0x62, 7, 0x92, &[]))
                .s(pubcomp(7)),
            &["odd client PUBREL 3.6.2.1 - @4 PUBREC"],
        ),
        breaks(
            "Q11",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .s(ack(0x70, 7, 0x92, &[])),
            &["odd server PUBCOMP 3.6.2.1 - @5 PUBREL"],
        ),
        keeps("Q11", resumed(5).c(pubrel(7)).s(ack(0x70, 7, 0x92, &[]))),
    ]
}

/// Packets that are sent again.
fn again() -> Vec<Case> {
    vec![
        breaks(
            "Q12",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(publish(5, 2, 7).dup()),
            &["violation client PUBLISH MQTT-4.3.3-6 0x82 @5 PUBREL"],
        ),
        breaks(
            "Q12",
            open(4)
                .c(publish(4, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(publish(4, 2, 7).dup()),
            &["violation client PUBLISH MQTT-4.3.3-1 - @5 PUBREL"],
        ),
        breaks(
            "Q12",
            open(3)
                .c(publish(3, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(publish(3, 2, 7).dup()),
            &["odd client PUBLISH 4.1 - @5 PUBREL"],
        ),
        keeps(
            "Q12",
            open(4)
                .c(publish(4, 2, 7))
                .s(pubrec(7))
                .c(publish(4, 2, 7).dup())
                .s(pubrec(7))
                .c(pubrel(7))
                .s(pubcomp(7)),
        ),
        breaks(
            "Q14",
            open(5)
                .c(publish(5, 1, 7))
                .c(publish(5, 1, 7).dup())
                .s(puback(7))
                .s(puback(7)),
            &["violation client PUBLISH MQTT-4.4.0-1 0x82 @3 PUBLISH"],
        ),
        breaks(
            "Q14",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(pubrel(7))
                .s(pubcomp(7))
                .s(pubcomp(7)),
            &["violation client PUBREL MQTT-4.4.0-1 0x82 @5 PUBREL"],
        ),
        breaks(
            "Q14",
            resumed(5).s(pubrel(7)).s(pubrel(7)),
            &["violation server PUBREL MQTT-4.4.0-1 0x82 @3 PUBREL"],
        ),
        keeps(
            "Q14",
            resumed(5)
                .c(publish(5, 1, 7).dup())
                .s(puback(7))
                .c(pubrel(8))
                .s(pubcomp(8)),
        ),
        keeps(
            "Q14",
            open(4)
                .c(publish(4, 1, 7))
                .c(publish(4, 1, 7).dup())
                .s(puback(7))
                .s(puback(7)),
        ),
        keeps(
            "Q14",
            open(3)
                .c(publish(3, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(pubrel(7))
                .s(pubcomp(7))
                .s(pubcomp(7)),
        ),
        // A message that took the identifier anew has its own PUBREL; 0x92 is not counted.
        keeps(
            "Q14",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .c(ack(0x62, 7, 0x92, &[]))
                .s(pubcomp(7)),
        ),
        keeps(
            "Q14",
            open(5)
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .s(pubcomp(7))
                .c(publish(5, 2, 7))
                .s(pubrec(7))
                .c(pubrel(7))
                .s(pubcomp(7)),
        ),
    ]
}

fn orders() -> Vec<Case> {
    let two = |level: u8, qos: u8| {
        open(level)
            .s(publish(level, qos, 1))
            .s(publish(level, qos, 2))
            .s(publish(level, qos, 3))
    };
    vec![
        breaks(
            "Q15",
            two(5, 1).c(puback(2)).c(puback(1)).c(puback(3)),
            &["violation client PUBACK MQTT-4.6.0-2 - @3 PUBLISH"],
        ),
        breaks(
            "Q15",
            two(4, 1).c(puback(3)).c(puback(2)).c(puback(1)),
            &["violation client PUBACK MQTT-4.6.0-2 - @3 PUBLISH"],
        ),
        keeps("Q15", two(5, 1).c(puback(1)).c(puback(2)).c(puback(3))),
        keeps("Q15", two(3, 1).c(puback(2)).c(puback(1)).c(puback(3))),
        breaks(
            "Q16",
            two(5, 2).c(pubrec(2)).c(pubrec(1)).c(pubrec(3)),
            &["violation client PUBREC MQTT-4.6.0-3 - @3 PUBLISH"],
        ),
        breaks(
            "Q16",
            two(4, 2).c(pubrec(1)).c(pubrec(3)).c(pubrec(2)),
            &["violation client PUBREC MQTT-4.6.0-3 - @4 PUBLISH"],
        ),
        keeps(
            "Q16",
            two(5, 2)
                .c(pubrec(1))
                .c(ack(0x50, 2, 0x87, &[]))
                .c(pubrec(3)),
        ),
        // Acknowledgements of different QoS have no order.
        keeps(
            "Q16",
            open(5)
                .s(publish(5, 1, 1))
                .s(publish(5, 2, 2))
                .c(pubrec(2))
                .c(puback(1)),
        ),
        breaks(
            "Q17",
            open(5)
                .c(publish(5, 2, 1))
                .c(publish(5, 2, 2))
                .s(pubrec(2))
                .s(pubrec(1))
                .c(pubrel(1))
                .c(pubrel(2)),
            &["violation client PUBREL MQTT-4.6.0-4 - @5 PUBREC"],
        ),
        breaks(
            "Q17",
            open(4)
                .c(publish(4, 2, 1))
                .c(publish(4, 2, 2))
                .s(pubrec(1))
                .s(pubrec(2))
                .c(pubrel(2))
                .c(pubrel(1)),
            &["violation client PUBREL MQTT-4.6.0-4 - @5 PUBREC"],
        ),
        keeps(
            "Q17",
            open(5)
                .c(publish(5, 2, 1))
                .c(publish(5, 2, 2))
                .s(pubrec(2))
                .s(pubrec(1))
                .c(pubrel(2))
                .c(pubrel(1)),
        ),
        // The Server is not bound to an order.
        keeps(
            "Q18",
            open(5)
                .c(publish(5, 1, 1))
                .c(publish(5, 1, 2))
                .s(puback(2))
                .s(puback(1))
                .c(publish(5, 2, 3))
                .c(publish(5, 2, 4))
                .s(pubrec(4))
                .s(pubrec(3)),
        ),
        keeps(
            "Q25",
            Talk::new()
                .c(connect(5).resume())
                .c(puback(9))
                .c(pubrec(8))
                .c(pubcomp(7))
                .s(connack(true, 0, &[])),
        ),
    ]
}

#[test]
fn acknowledgements() {
    play(&cases());
}

/// The order of many, with identifiers that come again.
#[test]
fn the_order_of_many_is_kept_over_wrap_around() {
    let mut talk = open(5);
    for round in 0..3_u16 {
        for id in 1..=300 {
            talk = talk.s(publish(5, 1, id));
        }
        for id in 1..=300 {
            talk = talk.c(puback(id));
        }
        talk = talk
            .s(publish(5, 2, 1 + round))
            .c(pubrec(1 + round))
            .s(pubrel(1 + round))
            .c(pubcomp(1 + round));
    }
    assert_eq!(talk.told(), Vec::<String>::new());
}
