//! V: MQTT 3.1.1.

use super::liveness::takeover;
use crate::draft::{Draft, frame, join, text};
use crate::scenario::words::{connack, suback, v3};
use crate::scenario::{Answer, Bare, Like, Need, Scenario};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    of_the_trial()
}

/// Bytes on a connection after which a Server has to close it: 3.1.1 has no other answer.
fn closes(
    id: &'static str,
    title: &'static str,
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    v3(id, title, rules).after(bytes).best([Answer::Close])
}

/// A CONNECT that a Server has to refuse by closing.
fn refused(
    id: &'static str,
    title: &'static str,
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    v3(id, title, rules).connect(bytes).best([Answer::Close])
}

fn of_the_trial() -> Vec<Scenario> {
    vec![
        closes("V01", "second CONNECT", &["MQTT-3.1.0-2"], |s| {
            s.connect().draft()
        }),
        refused(
            "V02",
            "reserved bit of Connect Flags",
            &["MQTT-3.1.2-3"],
            |s| s.connect().with(|c| c.flags_set = 0x01).draft(),
        ),
        refused(
            "V03",
            "Password Flag without User Name Flag",
            &["MQTT-3.1.2-22"],
            |s| {
                s.connect()
                    .with(|c| {
                        c.user_name = None;
                        c.password = Some(b"p".to_vec());
                    })
                    .draft()
            },
        ),
        v3(
            "V04",
            "empty Client Identifier, Clean Session 0",
            &["MQTT-3.1.3-8"],
        )
        .connect(|s| s.connect_as("").with(|c| c.clean = false).draft())
        .best([connack(0x02)])
        .never([connack(0x00)])
        .answer_is_due(),
        with_v5(
            v3(
                "V05",
                "protocol level 9, which only a 3.x Client understands the answer to",
                &["MQTT-3.1.2-2"],
            )
            .before(|s| s.connect().with(|c| c.level = 9).draft())
            .best([connack(0x01)])
            .also([connack(0x84)]),
        ),
        closes(
            "V06",
            "PUBACK with a reason code (length 3)",
            &["MQTT-4.8.0-1", "3.4.1"],
            |_| [0x40, 3, 0, 1, 0x87].into(),
        ),
        closes(
            "V07",
            "DISCONNECT with a reason code (E0 01 04)",
            &["MQTT-4.8.0-1", "3.14.1"],
            |_| [0xE0, 1, 4].into(),
        ),
        closes("V08", "AUTH (type 15)", &["MQTT-4.8.0-1", "2.2.1"], |_| {
            [0xF0, 0].into()
        }),
        closes("V09", "SUBSCRIBE QoS 3", &["MQTT-3-8.3-4"], |s| {
            s.subscribe(1, &[], &[("t", 3)])
        }),
        closes(
            "V10",
            "SUBSCRIBE without filters",
            &["MQTT-3.8.3-3"],
            |_| [0x82, 2, 0, 1].into(),
        )
        .echo_is_fine(),
        closes(
            "V11",
            "PUBLISH to a Topic Name with +",
            &["MQTT-3.3.2-2"],
            |s| s.publish(0x30, "+", None, &[], b"x"),
        ),
        v3("V12", "bad filter #/x", &["MQTT-4.7.1-2", "MQTT-3.9.3-2"])
            .after(|s| s.subscribe(1, &[], &[("#/x", 0)]))
            .best([suback(&[Like::Exactly(0x80)]), Answer::Close]),
        v3(
            "V13",
            "a second connection with the same Client Identifier",
            &["MQTT-3.1.4-2"],
        )
        .steps(|stage| Box::pin(takeover(stage)))
        .best([Answer::Close]),
        v3(
            "V14",
            "Remaining Length not minimal in SUBSCRIBE (legal in 3.1.1)",
            &["MQTT-3.8.4-1", "2.2.3"],
        )
        .after(|s| {
            let body = join(&[&[0, 1], &text(s.topic("t")), &[0]]);
            let mut bytes = frame(0x82, &body);
            if let Some(length) = bytes.get_mut(1) {
                *length |= 0x80;
            }
            bytes.insert(2, 0);
            bytes.into()
        })
        .best([suback(&[Like::UpTo(0)])])
        .answer_is_due(),
        v3("V15", "wrong password", &["MQTT-3.1.4-1", "3.2.2.3"])
            .connect(|s| {
                s.connect()
                    .with(|c| c.password = Some(b"mqtt-reason: a wrong one".to_vec()))
                    .draft()
            })
            .best([connack(0x05), connack(0x04)])
            .never([connack(0x00)])
            .need(Need::User),
    ]
}

/// A close without an answer conforms for a Server that speaks 5.0 as well.
fn with_v5(mut row: Scenario) -> Scenario {
    row.demand.bare_close = Bare::ConformsToV5;
    row
}
