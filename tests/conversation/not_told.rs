//! Section 9 of the list of rules: what must not be reported; and what follows from a breach.

use mqtt_reason::Side;

use crate::packets::*;
use crate::talk::Talk;

fn nothing(talk: &Talk) {
    assert_eq!(talk.told(), Vec::<String>::new(), "{:?}", talk.steps);
}

fn open() -> Talk {
    Talk::new().c(connect(5)).s(connack(false, 0, &[]))
}

#[test]
fn unknown_identifiers_in_pubrec_and_pubrel_are_no_connection_error() {
    for talk in [
        open().c(pubrec(7)),
        open().s(pubrec(7)),
        open().c(pubrel(7)),
        open().s(pubrel(7)),
    ] {
        for told in talk.told() {
            assert!(told.contains("odd") && told.contains("0x92"), "{told}");
        }
    }
}

#[test]
fn identifiers_of_a_session_that_was_not_seen() {
    let open = Talk::new().c(connect(5).resume()).s(connack(true, 0, &[]));
    nothing(
        &open
            .clone()
            .c(puback(1))
            .c(pubcomp(2))
            .c(pubrec(3))
            .c(pubrel(4)),
    );
    nothing(&open.s(puback(1)).s(pubcomp(2)).s(pubrec(3)).s(pubrel(4)));
    let open = Talk::new().c(connect(4).resume()).s(connack3(true, 0));
    nothing(&open.c(puback(1)).c(pubcomp(2)).s(pubrec(3)).s(pubrel(4)));
    // 3.1 does not tell whether there is a Session.
    let open = Talk::new().c(connect(3).resume()).s(connack3(false, 0));
    nothing(&open.c(puback(1)).c(pubcomp(2)).s(pubrec(3)).s(pubrel(4)));
}

#[test]
fn a_servers_acknowledgements_have_no_order() {
    nothing(
        &open()
            .c(publish(5, 1, 1))
            .c(publish(5, 1, 2))
            .c(publish(5, 2, 3))
            .c(publish(5, 2, 4))
            .s(pubrec(4))
            .s(puback(2))
            .s(pubrec(3))
            .s(puback(1))
            .c(pubrel(4))
            .c(pubrel(3))
            .s(pubcomp(3))
            .s(pubcomp(4)),
    );
}

#[test]
fn a_clients_packets_before_connack() {
    let early = Talk::new()
        .c(connect(5).resume())
        .c(subscribe(5, 1, &[("a", 0), ("b", 0)]))
        .c(publish(5, 2, 2).with(two(0x23, 9)).retain())
        .c(puback(3))
        .c(pubrel(4))
        .c(pingreq());
    nothing(
        &early
            .clone()
            .s(connack(false, 0, &[]))
            .s(suback(5, 1, &[0, 0]))
            .s(pubrec(2))
            .s(pingresp()),
    );
    nothing(&early.clone().s(connack(
        false,
        0,
        &[byte(0x24, 0), byte(0x25, 0), four(0x27, 10), two(0x21, 1)],
    )));
    nothing(&early.s(connack(false, 0x87, &[])).end(Side::Server));
}

#[test]
fn answers_that_are_missing() {
    let open = open()
        .c(subscribe(5, 1, &[("a", 0)]))
        .c(publish(5, 1, 2))
        .c(pingreq())
        .s(publish(5, 1, 1));
    nothing(&open);
    nothing(&open.clone().at(29.0));
    nothing(&open.clone().end(Side::Server).at(1000.0));
    nothing(&open.clone().end(Side::Client).at(1000.0));
    nothing(&open.c(disconnect(0, &[])).at(1000.0));
}

#[test]
fn the_same_identifier_on_both_sides() {
    nothing(
        &open()
            .c(publish(5, 2, 1))
            .s(publish(5, 2, 1))
            .c(pubrec(1))
            .s(pubrec(1))
            .s(pubrel(1))
            .c(pubrel(1))
            .s(pubcomp(1))
            .c(pubcomp(1)),
    );
}

#[test]
fn properties_of_connack_and_server_references() {
    nothing(
        &Talk::new()
            .c(connect(5).with(four(0x11, 5)))
            .s(connack(false, 0, &[four(0x11, 5)])),
    );
    nothing(
        &Talk::new()
            .c(connect(5))
            .s(connack(false, 0x87, &[string(0x1C, "other")])),
    );
    nothing(&open().s(disconnect(0x8B, &[string(0x1C, "other")])));
}

#[test]
fn a_client_of_a_bridge() {
    nothing(
        &Talk::new()
            .c(connect(0x84).resume())
            .s(connack3(false, 0))
            .c(subscribe(4, 1, &[("a/#", 1)]))
            .s(suback(4, 1, &[1])),
    );
}

/// The beginning was not seen.
#[test]
fn what_a_capture_begins_with_in_the_middle() {
    let middle = Talk::middle;
    nothing(&middle().c(publish(5, 1, 1)).s(puback(1)));
    nothing(
        &middle()
            .s(puback(1))
            .s(suback(5, 2, &[0]))
            .s(pingresp())
            .s(pubcomp(3))
            .s(unsuback(5, 4, &[0])),
    );
    nothing(
        &middle()
            .c(puback(1))
            .c(pubrel(2))
            .c(pubrec(3))
            .c(auth(0x18, "m"))
            .s(auth(0, "n")),
    );
    nothing(&middle().s(publish(5, 0, 0).topic("").with(two(0x23, 4))));
    nothing(&middle().c(publish(5, 0, 0).topic("").with(two(0x23, 4))));
    nothing(&middle().s(connack(true, 0, &[])).s(puback(1)));
    nothing(
        &middle()
            .c(connect(5))
            .s(connack(false, 0, &[]))
            .c(publish(5, 1, 1))
            .s(puback(1)),
    );
    nothing(
        &middle()
            .c(subscribe(5, 1, &[("a", 0)]))
            .at(1000.0)
            .c(pingreq()),
    );
    // What is seen is judged.
    assert_eq!(
        middle()
            .c(subscribe(5, 1, &[("a", 0)]))
            .s(suback(5, 1, &[0, 0]))
            .told(),
        ["B3 violation server SUBACK MQTT-3.8.4-6 0x82 @1 SUBSCRIBE"]
    );
}

#[test]
fn what_may_have_been_in_bytes_that_are_missing() {
    let lost = |side| {
        open()
            .c(publish(5, 1, 1))
            .s(publish(5, 1, 1))
            .s(publish(5, 1, 2))
            .c(pingreq())
            .lost(side)
    };
    for side in [Side::Client, Side::Server] {
        nothing(
            &lost(side)
                .c(puback(2))
                .c(publish(5, 1, 1))
                .s(puback(1))
                .s(puback(9)),
        );
        nothing(
            &lost(side)
                .s(suback(5, 4, &[0]))
                .s(pingresp())
                .s(pingresp())
                .c(pubrel(8))
                .s(pubcomp(7)),
        );
        nothing(&lost(side).at(1000.0).c(pingreq()));
    }
    nothing(
        &Talk::new()
            .lost(Side::Client)
            .s(connack(false, 0, &[]))
            .c(publish(5, 0, 0)),
    );
    nothing(
        &Talk::new()
            .c(connect(5))
            .lost(Side::Server)
            .s(publish(5, 0, 0)),
    );
}

/// A packet that does not decode is an error, and nothing besides.
#[test]
fn what_follows_from_a_packet_that_does_not_decode() {
    let error = |talk: Talk, by: &str| {
        let told = talk.told();
        assert_eq!(told.len(), 1, "{told:?} {:?}", talk.steps);
        assert!(told[0].starts_with(&format!("error {by} ")), "{told:?}");
    };
    // SUBSCRIBE with reserved option bits, answered.
    let mut subscribe = subscribe(5, 1, &[("a", 0)]);
    *subscribe.last_mut().unwrap() = 0xC0;
    error(
        open()
            .c(subscribe)
            .s(suback(5, 1, &[0]))
            .s(disconnect(0x81, &[])),
        "client",
    );
    // PUBACK with a code outside its table; the identifier is used again.
    error(
        open()
            .c(publish(5, 1, 1))
            .s(ack(0x40, 1, 0x55, &[]))
            .c(publish(5, 1, 1))
            .s(puback(1)),
        "server",
    );
    // PUBLISH with wildcards, acknowledged.
    error(
        open().c(publish(5, 1, 1).topic("a/#")).s(puback(1)),
        "client",
    );
    // CONNECT with reserved flag, refused.
    let mut connect = connect(5).bytes();
    connect[9] |= 1;
    error(
        Talk::new().c(connect.clone()).s(connack(false, 0x81, &[])),
        "client",
    );
    error(
        Talk::new()
            .c(connect)
            .s(connack(false, 0, &[]))
            .c(pingreq())
            .s(pingresp()),
        "client",
    );
    // The first packet is no CONNECT and does not decode either.
    error(Talk::new().c(vec![0x82, 0x00]).c(pingreq()), "client");
    // A CONNACK with reserved flags; the connection goes on.
    let broken = packet(0x20, &[0x80, 0, 0]);
    error(
        Talk::new()
            .c(crate::packets::connect(5))
            .s(broken)
            .c(publish(5, 1, 1))
            .s(puback(1))
            .c(puback(9)),
        "server",
    );
    // DISCONNECT that does not decode is the last packet all the same.
    error(open().c(packet(0xE0, &[0x55])).c(pingreq()), "client");
    // No length: the rest of that side is lost.
    error(
        open()
            .c(vec![0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
            .s(pingresp())
            .s(puback(4)),
        "client",
    );
}
