//! H: fixed headers, and packets of the wrong direction.

use crate::draft::{Draft, frame, join, text};
use crate::scenario::Scenario;
use crate::scenario::words::{disconnect, v5};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    // Who must be told of malformed bytes is the Server that checks: the statements of three packets tell it to.
    let malformed = |id, title, rules: &[&'static str], bytes: fn(&Setting) -> Draft| {
        v5(id, title, rules).after(bytes).best([disconnect(0x81)])
    };
    let wrong_way = |id, title, bytes: fn(&Setting) -> Draft| {
        v5(id, title, &["2.1.2", "MQTT-4.13.1-1"])
            .after(bytes)
            .best([disconnect(0x82)])
            .lenient()
    };
    vec![
        malformed("H01", "packet type 0", &["2.1.2"], |_| [0, 0].into()).lenient(),
        malformed("H02", "PINGREQ with flags 0xC1", &["MQTT-2.1.3-1"], |_| {
            [0xC1, 0].into()
        })
        .lenient(),
        malformed("H03", "PINGREQ with a body", &["3.12.1"], |_| {
            [0xC0, 1, 0].into()
        })
        .lenient(),
        malformed("H04", "PUBACK with flags 0x41", &["MQTT-2.1.3-1"], |_| {
            [0x41, 2, 0, 1].into()
        })
        .lenient(),
        malformed("H05", "PUBREC with flags 0x52", &["MQTT-2.1.3-1"], |_| {
            [0x52, 2, 0, 1].into()
        })
        .lenient(),
        malformed("H06", "PUBREL with flags 0x60", &["MQTT-3.6.1-1"], |_| {
            [0x60, 2, 0, 1].into()
        }),
        malformed("H07", "PUBCOMP with flags 0x78", &["MQTT-2.1.3-1"], |_| {
            [0x78, 2, 0, 1].into()
        })
        .lenient(),
        malformed("H08", "SUBSCRIBE with flags 0x80", &["MQTT-3.8.1-1"], |s| {
            with_first_byte(0x80, s.subscribe(1, &[], &[("t", 0)]))
        }),
        malformed(
            "H09",
            "UNSUBSCRIBE with flags 0xA0",
            &["MQTT-3.10.1-1"],
            |s| with_first_byte(0xA0, s.unsubscribe(1, &[], &["t"])),
        ),
        malformed(
            "H10",
            "DISCONNECT with flags 0xE1",
            &["MQTT-3.14.1-1"],
            |_| [0xE1, 0].into(),
        ),
        malformed("H11", "AUTH with flags 0xF1", &["MQTT-3.15.1-1"], |_| {
            let body = join(&[&[0x18, 4, 0x15], &text("x")]);
            frame(0xF1, &body).into()
        }),
        malformed(
            "H12",
            "PUBACK, Remaining Length 2 in two bytes",
            &["MQTT-1.5.5-1"],
            |_| [0x40, 0x82, 0, 0, 1].into(),
        )
        .lenient(),
        malformed("H13", "Remaining Length of five bytes", &["2.1.4"], |_| {
            [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01].into()
        })
        .lenient(),
        wrong_way("H14", "CONNACK from the Client", |_| {
            [0x20, 3, 0, 0, 0].into()
        }),
        wrong_way("H15", "SUBACK from the Client", |_| {
            [0x90, 4, 0, 1, 0, 0].into()
        }),
        wrong_way("H16", "UNSUBACK from the Client", |_| {
            [0xB0, 4, 0, 1, 0, 0].into()
        }),
        wrong_way("H17", "PINGRESP from the Client", |_| [0xD0, 0].into()),
    ]
}

/// The same packet with another first byte.
pub(super) fn with_first_byte(first: u8, mut draft: Draft) -> Draft {
    if let Some(byte) = draft.bytes.first_mut() {
        *byte = first;
    }
    draft
}
