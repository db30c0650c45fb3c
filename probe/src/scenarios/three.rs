//! V: MQTT 3.1.1.

use mqtt_reason::PacketType;
use tokio::time::Instant;

use super::disconnect::{Fate, will_fate};
use super::headers::with_first_byte;
use super::keep_alive::silent;
use super::liveness::{session, takeover};
use super::messages::{self, qos_2_publish};
use super::{sessions, wills};
use crate::draft::{self, Connect, Draft, Will, frame, join, text};
use crate::engine::{Stage, Stop};
use crate::judge::Verdict;
use crate::scenario::words::{connack, suback, v3};
use crate::scenario::{Answer, Bare, Like, Need, Scenario, Steps};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    [
        of_the_trial(),
        malformed(),
        connects(),
        answered(),
        messages(),
    ]
    .into_iter()
    .flatten()
    .collect()
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
            &["MQTT-3.1.4-1", "MQTT-3.1.2-22"],
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
            &["MQTT-4.8.0-1", "MQTT-3.8.3-3"],
            |_| [0x82, 2, 0, 1].into(),
        )
        .echo_is_fine(),
        closes(
            "V11",
            "PUBLISH to a Topic Name with +",
            &["MQTT-4.8.0-1", "MQTT-3.3.2-2"],
            |s| s.publish(0x30, "+", None, &[], b"x"),
        ),
        v3("V12", "bad filter #/x", &["MQTT-4.8.0-1", "MQTT-4.7.1-2"])
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
        v3("V15", "wrong password", &["3.1.4", "3.2.2.3"])
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

fn malformed() -> Vec<Scenario> {
    vec![
        closes("V16", "PUBLISH QoS 3", &["MQTT-3.3.1-4"], |s| {
            s.publish(0x36, "t", Some(1), &[], b"x")
        }),
        closes("V17", "SUBSCRIBE with flags 0x80", &["MQTT-3.8.1-1"], |s| {
            with_first_byte(0x80, s.subscribe(1, &[], &[("t", 0)]))
        }),
        closes(
            "V18",
            "UNSUBSCRIBE with flags 0xA0",
            &["MQTT-3.10.1-1"],
            |s| with_first_byte(0xA0, s.unsubscribe(1, &[], &["t"])),
        ),
        closes("V19", "PUBREL with flags 0x60", &["MQTT-3.6.1-1"], |_| {
            [0x60, 2, 0, 1].into()
        }),
        closes(
            "V20",
            "DISCONNECT with flags 0xE1",
            &["MQTT-3.14.1-1"],
            |_| [0xE1, 0].into(),
        ),
        closes("V21", "PINGREQ with flags 0xC1", &["MQTT-2.2.2-2"], |_| {
            [0xC1, 0].into()
        }),
        closes("V22", "PUBACK with flags 0x41", &["MQTT-2.2.2-2"], |_| {
            [0x41, 2, 0, 1].into()
        }),
        closes("V23", "filter with bad UTF-8", &["MQTT-1.5.3-1"], |s| {
            draft::subscribe(s.version, 1, &[], &[(b"\xC3(", 0)])
        }),
        closes("V24", "Topic Name with U+0000", &["MQTT-1.5.3-2"], |s| {
            draft::publish(s.version, 0x30, b"a\0b", None, &[], "x")
        }),
        closes(
            "V25",
            "UNSUBSCRIBE without filters",
            &["MQTT-4.8.0-1", "MQTT-3.10.3-2"],
            |_| [0xA2, 2, 0, 1].into(),
        )
        .lenient(),
        closes(
            "V26",
            "SUBSCRIBE with Packet Identifier 0",
            &["MQTT-4.8.0-1", "MQTT-2.3.1-1"],
            |s| s.subscribe(0, &[], &[("t", 0)]),
        )
        .echo_is_fine()
        .lenient(),
        closes(
            "V27",
            "SUBSCRIBE with reserved option bits",
            &["MQTT-3-8.3-4"],
            |s| s.subscribe(1, &[], &[("t", 0x04)]),
        ),
        closes("V28", "packet type 0", &["MQTT-4.8.0-1", "2.2.1"], |_| {
            [0, 0].into()
        }),
        closes(
            "V29",
            "SUBACK from the Client",
            &["MQTT-4.8.0-1", "2.2.1"],
            |_| [0x90, 3, 0, 1, 0].into(),
        )
        .lenient(),
        closes("V30", "Remaining Length of five bytes", &["2.2.3"], |_| {
            [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01].into()
        })
        .lenient(),
        closes("V31", "QoS 0 with DUP 1", &["MQTT-3.3.1-2"], |s| {
            s.publish(0x38, "t", None, &[], b"x")
        })
        .lenient(),
    ]
}

fn connects() -> Vec<Scenario> {
    vec![
        // Without a name the layout of the answer is that of any version.
        v3("V32", "protocol name MQTX, level 4", &["MQTT-3.1.2-1"])
            .before(|s| s.connect().with(|c| c.name = b"MQTX".to_vec()).draft())
            .best([Answer::Close])
            .also([connack(0x01), connack(0x84)]),
        refused(
            "V33",
            "Will Flag 0 with Will QoS 1",
            &["MQTT-3.1.4-1", "MQTT-3.1.2-11"],
            |s| s.connect().with(|c| c.flags_set = 0x08).draft(),
        ),
        refused(
            "V34",
            "Will QoS 3",
            &["MQTT-3.1.4-1", "MQTT-3.1.2-14"],
            |s| {
                s.connect()
                    .will(Will::new(s.topic("w"), "m").qos(3))
                    .draft()
            },
        ),
        refused(
            "V35",
            "Client Identifier with bad UTF-8",
            &["MQTT-1.5.3-1"],
            |s| s.connect_as(*b"a\xFF").draft(),
        ),
        refused(
            "V36",
            "one byte too many behind the payload",
            &["MQTT-3.1.4-1"],
            |s| s.connect().with(|c| c.tail = vec![0]).draft(),
        ),
        refused(
            "V37",
            "Client Identifier longer than the packet",
            &["MQTT-3.1.4-1", "MQTT-3.1.3-3"],
            |s| {
                Connect::new(s.version, "")
                    .with(|c| {
                        c.client_id = None;
                        c.tail = vec![0, 32, b'a', b'b'];
                    })
                    .draft()
            },
        ),
        v3(
            "V38",
            "Client Identifier of 23 letters and digits",
            &["MQTT-3.1.3-5"],
        )
        .connect(|s| {
            let mut id = s.client_id.clone().into_bytes();
            id.resize(23, b'x');
            s.connect_as(id).draft()
        })
        .need(Need::Connection)
        .best([connack(0x00)])
        .never([connack(0x02)])
        .answer_is_due(),
        v3(
            "V39",
            "SUBSCRIBE behind a CONNECT that is refused (level 9)",
            &["MQTT-3.1.4-5"],
        )
        .before(|s| {
            let connect = s.connect().with(|c| c.level = 9).draft();
            connect.then(&s.subscribe(1, &[], &[("t", 0)]))
        })
        .best([connack(0x01)])
        .also([connack(0x84), Answer::Close]),
        v3("V40", "no credentials", &["3.1.4", "3.2.2.3"])
            .connect(|s| Connect::new(s.version, s.client_id.clone()).draft())
            .best([connack(0x05), connack(0x04)])
            .never([connack(0x00)])
            .need(Need::User),
        v3(
            "V41",
            "nothing for 1.5 times the Keep Alive of 1 s, on four connections",
            &["MQTT-3.1.2-24"],
        )
        .steps(|stage| Box::pin(silent(stage)))
        .need(Need::OwnKeepAlive)
        .best([Answer::Close])
        .long(),
        v3(
            "V42",
            "a Session that is kept, resumed and discarded",
            &["MQTT-3.2.2-2", "MQTT-3.2.2-1"],
        )
        .steps(|stage| Box::pin(session(stage)))
        .best([Answer::Other("Session Present 0, 1, 0")])
        .answer_is_due(),
    ]
}

fn answered() -> Vec<Scenario> {
    vec![
        v3("V43", "PINGREQ", &["MQTT-3.12.4-1"])
            .after(|_| draft::pingreq())
            .best([Answer::Plain(PacketType::Pingresp)])
            .answer_is_due(),
        v3("V44", "QoS 1 publish", &["MQTT-3.3.4-1", "MQTT-4.3.2-2"])
            .after(|s| s.publish(0x32, "nobody", Some(7), &[], b"x"))
            .need(Need::Qos(1))
            .best([Answer::Plain(PacketType::Puback)])
            .answer_is_due(),
        v3(
            "V45",
            "the whole QoS 2 handshake of a publisher",
            &["MQTT-4.3.3-2", "MQTT-3.3.4-1"],
        )
        .steps(|stage| Box::pin(qos_2_publish(stage)))
        .need(Need::Qos(2))
        .best([Answer::Other("PUBREC, PUBCOMP with the identifier")])
        .answer_is_due(),
        v3("V46", "PUBREL for an unknown identifier", &["MQTT-4.3.3-2"])
            .after(|_| draft::acknowledge(0x62, 999))
            .best([Answer::Plain(PacketType::Pubcomp)])
            .answer_is_due(),
        v3(
            "V47",
            "three filters, QoS 0, 1, 2",
            &["MQTT-3.8.4-5", "MQTT-3.9.3-1"],
        )
        .after(|s| s.subscribe(0x1234, &[], &[("a", 0), ("b", 1), ("c", 2)]))
        .best([suback(&[Like::UpTo(0), Like::UpTo(1), Like::UpTo(2)])])
        .answer_is_due(),
        v3(
            "V48",
            "UNSUBSCRIBE of a filter never subscribed",
            &["MQTT-3.10.4-5"],
        )
        .after(|s| s.unsubscribe(5, &[], &["never"]))
        .best([Answer::Plain(PacketType::Unsuback)])
        .answer_is_due(),
        v3("V49", "QoS 1 to a forbidden topic", &["MQTT-3.3.5-2"])
            .after(|s| {
                let topic = s.options.denied_topic.clone().unwrap_or_default();
                draft::publish(s.version, 0x32, topic, Some(7), &[], "x")
            })
            .need(Need::DeniedTopic)
            .need(Need::Qos(1))
            .best([Answer::Plain(PacketType::Puback), Answer::Close]),
        v3("V50", "forbidden filter", &["MQTT-3.9.3-2", "MQTT-3.8.4-1"])
            .after(|s| {
                let topic = s.options.denied_topic.clone().unwrap_or_default();
                draft::subscribe(s.version, 1, &[], &[(topic, 0)])
            })
            .need(Need::DeniedTopic)
            .best([suback(&[Like::Exactly(0x80)])])
            .never([suback(&[Like::UpTo(2)])])
            .answer_is_due(),
    ]
}

/// What becomes of messages: as in 5.0, with the statements of 3.1.1.
fn messages() -> Vec<Scenario> {
    let row = |id, title, demanded, rules: &[&'static str], steps: Steps| {
        v3(id, title, rules)
            .steps(steps)
            .need(Need::Qos(1))
            .best([Answer::Other(demanded)])
            .answer_is_due()
    };
    vec![
        row(
            "V51",
            "TCP is closed without DISCONNECT, with a Will and a subscriber to it",
            "the Will once",
            &["MQTT-3.1.2-8"],
            |stage| Box::pin(wills::closed(stage)),
        ),
        row(
            "V52",
            "DISCONNECT, with a Will and a subscriber to it",
            "no Will",
            &["MQTT-3.14.4-3", "MQTT-3.1.2-10"],
            |stage| Box::pin(will_dropped(stage)),
        ),
        row(
            "V53",
            "a Will with Will Retain 1, asked for afterwards",
            "the Will as a retained message",
            &["MQTT-3.1.2-17"],
            |stage| Box::pin(wills::asked_for_afterwards(stage, true)),
        )
        .need(Need::Retain),
        row(
            "V54",
            "a Will with Will Retain 0, asked for afterwards",
            "no message",
            &["MQTT-3.1.2-16"],
            |stage| Box::pin(wills::asked_for_afterwards(stage, false)),
        )
        .need(Need::Retain),
        row(
            "V55",
            "a QoS 1 message to a Session whose Client is away",
            "the message after the reconnect",
            &["MQTT-4.5.0-1", "MQTT-3.1.2-4", "MQTT-3.1.2-5"],
            |stage| Box::pin(sessions::kept_for_later(stage)),
        ),
        row(
            "V56",
            "a Session that is discarded with Clean Session 1: its subscription and its messages",
            "no message",
            &["MQTT-3.1.2-6"],
            |stage| Box::pin(sessions::discarded(stage)),
        ),
        row(
            "V57",
            "a QoS 1 message that was not acknowledged, after the reconnect",
            "the message with its identifier and DUP 1",
            &["MQTT-4.4.0-1", "MQTT-3.3.1-1"],
            |stage| Box::pin(sessions::resent(stage)),
        ),
        row(
            "V58",
            "a QoS 2 message whose PUBREL was not answered, after the reconnect",
            "PUBREL with its identifier, no PUBLISH",
            &["MQTT-4.4.0-1", "MQTT-4.3.3-1"],
            |stage| Box::pin(sessions::pubrel_resent(stage)),
        )
        .need(Need::Qos(2)),
        row(
            "V59",
            "a retained message, asked for twice",
            "the message with RETAIN 1, at each SUBSCRIBE",
            &["MQTT-3.3.1-6", "MQTT-3.3.1-8", "MQTT-3.8.4-3"],
            |stage| Box::pin(messages::retained(stage, 0, [true, true])),
        )
        .need(Need::Retain),
        row(
            "V60",
            "a message with RETAIN 1 to a subscription that stands",
            "the message with RETAIN 0",
            &["MQTT-3.3.1-9"],
            |stage| Box::pin(messages::retain_flag(stage, false)),
        )
        .need(Need::Retain),
        row(
            "V61",
            "a retained message, then one with RETAIN 1 and no payload",
            "no retained message any more",
            &["MQTT-3.3.1-10", "MQTT-3.3.1-11"],
            |stage| Box::pin(messages::retained_then(stage, 0x33, b"")),
        )
        .need(Need::Retain),
        row(
            "V62",
            "a retained message, then one with RETAIN 0",
            "the retained message as before",
            &["MQTT-3.3.1-12"],
            |stage| Box::pin(messages::retained_then(stage, 0x32, b"other")),
        )
        .need(Need::Retain),
        row(
            "V63",
            "the filter a/+/c",
            "the messages of a/b/c and a//c",
            &["MQTT-3.3.2-3", "MQTT-4.5.0-1", "MQTT-4.7.1-3"],
            |stage| {
                let names = &["a/b/d/c", "a/c", "a//c", "a/b/c"];
                Box::pin(messages::only(stage, "a/+/c", names, &["a//c", "a/b/c"]))
            },
        ),
        row(
            "V64",
            "the filter a/#",
            "the messages of a, a/ and a/b/c",
            &["MQTT-3.3.2-3", "MQTT-4.5.0-1", "MQTT-4.7.1-2"],
            |stage| {
                let names = &["ab", "b", "a", "a/", "a/b/c"];
                Box::pin(messages::only(stage, "a/#", names, &["a", "a/", "a/b/c"]))
            },
        ),
        row(
            "V65",
            "a Topic Name that begins with $ and a filter that begins with +",
            "no message",
            &["MQTT-4.7.2-1"],
            |stage| Box::pin(messages::dollar(stage)),
        ),
        row(
            "V66",
            "a message after UNSUBACK",
            "no message",
            &["MQTT-3.10.4-2"],
            |stage| Box::pin(messages::unsubscribed(stage)),
        ),
        row(
            "V67",
            "20 messages of one publisher to one topic",
            "the messages in their order",
            &["MQTT-4.6.0-6", "MQTT-4.6.0-5"],
            |stage| Box::pin(messages::in_order(stage)),
        ),
        row(
            "V68",
            "a QoS 2 message whose PUBLISH is sent twice before PUBREL",
            "the message once",
            &["MQTT-4.3.3-2"],
            |stage| Box::pin(messages::exactly_once(stage)),
        )
        .need(Need::Qos(2)),
    ]
}

async fn will_dropped(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let connect = stage.setting.connect().will(stage.setting.will());
    let (link, _) = stage.connect("client", connect).await?;
    stage.stimulate(link, draft::disconnect()).await;
    let until = Instant::now() + stage.wait();
    stage.listen(link, until).await;
    let verdict = will_fate(stage, subscriber, Fate::Dropped).await;
    Ok(verdict.unwrap_or_else(Verdict::good))
}
