//! SUBACK, UNSUBACK, PINGRESP: rows B, P7, P8.

use crate::packets::*;
use crate::talk::{Case, Talk, breaks, keeps, play};

fn open(level: u8) -> Talk {
    match level {
        5 => Talk::new().c(connect(5)).s(connack(false, 0, &[])),
        _ => Talk::new().c(connect(level)).s(connack3(false, 0)),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let two = [("a", 1), ("b", 2)];
    vec![
        breaks(
            "B2",
            open(5).s(suback(5, 7, &[0])),
            &["violation server SUBACK MQTT-2.2.1-6 0x82"],
        ),
        breaks(
            "B2",
            open(5)
                .c(unsubscribe(5, 7, &["a"]))
                .s(suback(5, 7, &[0]))
                .s(unsuback(5, 7, &[0])),
            &["violation server SUBACK MQTT-2.2.1-6 0x82 @3 UNSUBSCRIBE"],
        ),
        breaks(
            "B2",
            open(4)
                .c(subscribe(4, 7, &[("a", 0)]))
                .s(suback(4, 7, &[0]))
                .s(suback(4, 7, &[0])),
            &["violation server SUBACK MQTT-2.3.1-7 -"],
        ),
        breaks(
            "B2",
            open(5)
                .c(publish(5, 1, 7))
                .s(unsuback(5, 7, &[0]))
                .s(puback(7)),
            &["violation server UNSUBACK MQTT-2.2.1-6 0x82 @3 PUBLISH"],
        ),
        breaks(
            "B2",
            open(3).s(unsuback(3, 1, &[])),
            &["violation server UNSUBACK 3.9 -"],
        ),
        keeps(
            "B2",
            open(5)
                .c(subscribe(5, 1, &two))
                .c(unsubscribe(5, 2, &["x"]))
                .s(unsuback(5, 2, &[0x11]))
                .s(suback(5, 1, &[1, 2])),
        ),
        breaks(
            "B3",
            open(5)
                .c(subscribe(5, 1, &two))
                .s(suback(5, 1, &[1]))
                .s(publish(5, 0, 0)),
            &["violation server SUBACK MQTT-3.8.4-6 0x82 @3 SUBSCRIBE"],
        ),
        breaks(
            "B3",
            open(4).c(subscribe(4, 1, &two)).s(suback(4, 1, &[1, 2, 0])),
            &["violation server SUBACK MQTT-3.8.4-5 - @3 SUBSCRIBE"],
        ),
        breaks(
            "B3",
            open(3).c(subscribe(3, 1, &two)).s(suback(3, 1, &[1])),
            &["violation server SUBACK 3.9 - @3 SUBSCRIBE"],
        ),
        keeps(
            "B3",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0x87, 2])),
        ),
        keeps(
            "B3",
            open(4).c(subscribe(4, 1, &two)).s(suback(4, 1, &[0x80, 0])),
        ),
        breaks(
            "B4",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[2, 2])),
            &["odd server SUBACK MQTT-3.8.4-7 - @3 SUBSCRIBE"],
        ),
        breaks(
            "B4",
            open(4)
                .c(subscribe(4, 1, &[("a", 0)]))
                .s(suback(4, 1, &[1])),
            &["odd server SUBACK MQTT-3.8.4-6 - @3 SUBSCRIBE"],
        ),
        keeps(
            "B4",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0, 1])),
        ),
        breaks(
            "B6",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0x9E, 0])),
            &["odd server SUBACK 3.9.3 - @3 SUBSCRIBE"],
        ),
        breaks(
            "B6",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0xA1, 0])),
            &["odd server SUBACK 3.9.3 - @3 SUBSCRIBE"],
        ),
        breaks(
            "B6",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0xA2, 0])),
            &["odd server SUBACK 3.9.3 - @3 SUBSCRIBE"],
        ),
        breaks(
            "B6",
            open(5).c(subscribe(5, 1, &two)).s(suback(5, 1, &[0x91, 0])),
            &["odd server SUBACK 3.9.3 - @3 SUBSCRIBE"],
        ),
        keeps(
            "B6",
            open(5)
                .c(subscribe(5, 1, &two))
                .s(suback(5, 1, &[0x91, 0x91])),
        ),
        keeps(
            "B6",
            open(5)
                .c(subscribe(5, 1, &[("$share/g/a", 1)]))
                .s(suback(5, 1, &[0x9E])),
        ),
        keeps(
            "B6",
            open(5)
                .c(subscribe(5, 1, &[("a/#", 1)]))
                .s(suback(5, 1, &[0xA2])),
        ),
        keeps(
            "B6",
            open(5)
                .c(subscribe_with(5, 1, &[byte(0x0B, 9)], &[("a", 1)]))
                .s(suback(5, 1, &[0xA1])),
        ),
        breaks(
            "B8",
            open(5)
                .c(unsubscribe(5, 1, &["a", "b"]))
                .s(unsuback(5, 1, &[0])),
            &["violation server UNSUBACK MQTT-3.11.3-1 0x82 @3 UNSUBSCRIBE"],
        ),
        keeps(
            "B8",
            open(5)
                .c(unsubscribe(5, 1, &["a", "b"]))
                .s(unsuback(5, 1, &[0, 0x11])),
        ),
        keeps(
            "B8",
            open(4)
                .c(unsubscribe(4, 1, &["a", "b"]))
                .s(unsuback(4, 1, &[])),
        ),
        keeps(
            "B10",
            open(5)
                .c(subscribe(5, 1, &two))
                .s(publish(5, 0, 0))
                .s(suback(5, 1, &[1, 2])),
        ),
        // The identifier is free after a SUBACK, also if it refuses.
        keeps(
            "B11",
            open(5)
                .c(subscribe(5, 1, &two))
                .s(suback(5, 1, &[0x87, 0x87]))
                .c(subscribe(5, 1, &two))
                .s(suback(5, 1, &[1, 2])),
        ),
        breaks("P8", open(5).s(pingresp()), &["odd server PINGRESP 3.13 -"]),
        breaks(
            "P8",
            open(4).c(pingreq()).s(pingresp()).s(pingresp()),
            &["odd server PINGRESP 3.13 -"],
        ),
        keeps(
            "P8",
            open(4)
                .c(pingreq())
                .c(pingreq())
                .s(pingresp())
                .s(pingresp()),
        ),
    ]
}

#[test]
fn subscriptions() {
    play(&cases());
}
