//! Q: acknowledgements from the Client.

use crate::draft::{Draft, acknowledge, four_byte_property, frame, join, text_property};
use crate::scenario::words::{disconnect, pubcomp, pubrel, v5};
use crate::scenario::{Answer, Scenario};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let bad = |id, title, code, rules: &[&'static str], bytes: fn(&Setting) -> Draft| {
        v5(id, title, rules)
            .after(bytes)
            .best([disconnect(code)])
            .lenient()
    };
    vec![
        v5(
            "Q01",
            "PUBREL for an unknown identifier",
            &["MQTT-4.3.3-11", "3.7.2.1"],
        )
        .after(|_| acknowledge(0x62, 999))
        .best([pubcomp(0x92)])
        .also([pubcomp(0x00)])
        .answer_is_due(),
        v5(
            "Q02",
            "PUBREC for an unknown identifier",
            &["MQTT-4.3.3-4", "3.6.2.1", "4.3.3"],
        )
        .after(|_| acknowledge(0x50, 999))
        .best([pubrel(0x92)])
        // Nobody says that it is no error: who takes it for one may close, with DISCONNECT or without.
        .also([pubrel(0x00), disconnect(0x82)]),
        v5("Q03", "PUBACK for an unknown identifier", &["4.3.2"])
            .after(|_| acknowledge(0x40, 999))
            .best([Answer::Silence])
            .also([disconnect(0x82)])
            .observed(),
        bad(
            "Q04",
            "PUBACK with code 0x8B, not one of its codes",
            0x82,
            &["MQTT-3.4.2-1"],
            |_| [0x40, 3, 0, 1, 0x8B].into(),
        ),
        bad(
            "Q05",
            "PUBREC with code 0x92, not one of its codes",
            0x82,
            &["MQTT-3.5.2-1"],
            |_| [0x50, 3, 0, 1, 0x92].into(),
        ),
        bad(
            "Q06",
            "PUBREL with code 0x80, not one of its codes",
            0x82,
            &["MQTT-3.6.2-1"],
            |_| [0x62, 3, 0, 1, 0x80].into(),
        ),
        bad(
            "Q07",
            "PUBCOMP with code 0x10, not one of its codes",
            0x82,
            &["MQTT-3.7.2-1"],
            |_| [0x70, 3, 0, 1, 0x10].into(),
        ),
        bad(
            "Q08",
            "PUBACK with a property of another packet (0x11)",
            0x81,
            &["2.2.2.2"],
            |_| {
                let property = four_byte_property(0x11, 1);
                frame(0x40, &join(&[&[0, 1, 0, 5], &property])).into()
            },
        ),
        bad(
            "Q09",
            "PUBACK with two Reason Strings",
            0x82,
            &["3.4.2.2.2"],
            |_| {
                let twice = join(&[&text_property(0x1F, "a"), &text_property(0x1F, "b")]);
                frame(0x40, &join(&[&[0, 1, 0, 8], &twice])).into()
            },
        ),
        bad(
            "Q10",
            "PUBACK of Remaining Length 1",
            0x81,
            &["3.4.2"],
            |_| [0x40, 1, 0].into(),
        ),
        bad(
            "Q11",
            "PUBACK with bytes after its properties",
            0x81,
            &["2.2.2.1"],
            |_| [0x40, 5, 0, 1, 0, 0, 0xFF].into(),
        ),
        bad(
            "Q12",
            "PUBACK with Packet Identifier 0",
            0x82,
            &["MQTT-2.2.1-5"],
            |_| acknowledge(0x40, 0),
        ),
    ]
}
