//! Enhanced authentication: rows A.

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

const METHOD: u8 = 0x15;

/// A connection whose authentication is under way.
fn asked() -> Talk {
    Talk::new()
        .c(connect(5).with(string(METHOD, "m")))
        .s(auth(0x18, "m"))
}

/// A connection that was authenticated.
fn open() -> Talk {
    asked()
        .c(auth(0x18, "m"))
        .s(connack(false, 0, &[string(METHOD, "m")]))
}

fn open_without() -> Talk {
    Talk::new().c(connect(5)).s(connack(false, 0, &[]))
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        breaks(
            "A1",
            open_without().c(auth(0x19, "m")),
            &["violation client AUTH MQTT-4.12.0-7 0x82 @1 CONNECT"],
        ),
        breaks(
            "A1",
            open_without()
                .c(auth(0x19, "m"))
                .s(auth(0x18, "m"))
                .c(auth(0x18, "m"))
                .s(auth(0, "m")),
            &["violation client AUTH MQTT-4.12.0-7 0x82 @1 CONNECT"],
        ),
        keeps("A1", open().c(auth(0x19, "m"))),
        breaks(
            "A2",
            Talk::new().c(connect(5)).s(auth(0x18, "m")),
            &["violation server AUTH MQTT-4.12.0-6 0x82 @1 CONNECT"],
        ),
        keeps("A2", asked()),
        breaks(
            "A3",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(auth(0x18, "M")),
            &["violation server AUTH MQTT-4.12.0-5 0x82 @1 CONNECT"],
        ),
        breaks(
            "A3",
            asked().c(auth(0x18, "n")),
            &["violation client AUTH MQTT-4.12.0-5 0x82 @1 CONNECT"],
        ),
        breaks(
            "A3",
            open().c(auth(0x19, "n")),
            &["violation client AUTH MQTT-4.12.1-1 0x82 @1 CONNECT"],
        ),
        keeps("A3", open().c(auth(0x19, "m"))),
        breaks(
            "A4",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .s(auth(0, "m")),
            &["violation server AUTH MQTT-4.12.0-2 0x82"],
        ),
        keeps("A4", asked()),
        breaks(
            "A5",
            asked().c(auth(0x19, "m")),
            &["violation client AUTH MQTT-4.12.0-3 0x82"],
        ),
        keeps("A5", asked().c(auth(0x18, "m"))),
        breaks(
            "A6",
            Talk::new()
                .c(connect(5).with(string(METHOD, "m")))
                .c(auth(0x18, "m")),
            &["odd client AUTH 4.12 0x82"],
        ),
        breaks(
            "A6",
            asked().c(auth(0x18, "m")).c(auth(0x18, "m")),
            &["odd client AUTH 4.12 0x82"],
        ),
        keeps(
            "A6",
            asked()
                .c(auth(0x18, "m"))
                .s(auth(0x18, "m"))
                .c(auth(0x18, "m")),
        ),
        breaks(
            "A8",
            open().s(auth(0x18, "m")),
            &["odd server AUTH 4.12.1 0x82"],
        ),
        breaks(
            "A8",
            open().c(auth(0x19, "m")).s(auth(0, "m")).s(auth(0, "m")),
            &["odd server AUTH 4.12.1 0x82"],
        ),
        keeps(
            "A8",
            open()
                .c(auth(0x19, "m"))
                .s(auth(0x18, "m"))
                .c(auth(0x18, "m"))
                .s(auth(0, "m")),
        ),
        breaks(
            "A9",
            open().c(auth(0x18, "m")),
            &["odd client AUTH 4.12.1 0x82"],
        ),
        keeps(
            "A9",
            open()
                .c(auth(0x19, "m"))
                .s(auth(0x18, "m"))
                .c(auth(0x18, "m")),
        ),
        // Not described, and no fault.
        keeps(
            "A10",
            open().c(auth(0x19, "m")).c(auth(0x19, "m")).s(auth(0, "m")),
        ),
        // Other packets flow on.
        keeps(
            "A11",
            open()
                .c(auth(0x19, "m"))
                .c(publish(5, 1, 1))
                .s(puback(1))
                .s(auth(0, "m")),
        ),
    ]
}

#[test]
fn authentication() {
    play(&cases());
}
