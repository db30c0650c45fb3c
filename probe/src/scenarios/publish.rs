//! P: PUBLISH from the Client.

use crate::draft::{
    self, Draft, byte_property, four_byte_property, frame, join, section, text, text_property,
    two_byte_property,
};
use crate::engine::{End, Stage, Stop, with_codes};
use crate::judge::{Outcome, Verdict, judge};
use crate::scenario::words::{disconnect, puback, pubrec, v5};
use crate::scenario::{Answer, Need, Scenario};
use crate::setting::Setting;
use mqtt_reason::PacketType;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    [malformed(), property_rows(), limits(), answered()]
        .into_iter()
        .flatten()
        .collect()
}

/// A PUBLISH that a Client must not send; whether a Server notices is left to it.
fn bad(
    id: &'static str,
    title: &'static str,
    codes: &[u8],
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    v5(id, title, rules)
        .after(bytes)
        .best(codes.iter().map(|code| disconnect(*code)))
        .lenient()
}

fn malformed() -> Vec<Scenario> {
    vec![
        bad("P01", "QoS 3", &[0x81], &["MQTT-3.3.1-4"], |s| {
            s.publish(0x36, "t", Some(1), &[], b"x")
        }),
        bad(
            "P02",
            "QoS 0 with DUP 1",
            &[0x81, 0x82],
            &["MQTT-3.3.1-2"],
            |s| s.publish(0x38, "t", None, &[], b"x"),
        ),
        bad(
            "P03",
            "QoS 1 with Packet Identifier 0",
            &[0x82],
            &["MQTT-2.2.1-3"],
            |s| s.publish(0x32, "t", Some(0), &[], b"x"),
        )
        .need(Need::Qos(1))
        .echo_is_fine(),
        bad(
            "P04",
            "Topic Name with +, QoS 0",
            &[0x90, 0x81, 0x82],
            &["MQTT-3.3.2-2"],
            |s| s.publish(0x30, "+", None, &[], b"x"),
        ),
        bad(
            "P05",
            "Topic Name with #, QoS 0",
            &[0x90, 0x81, 0x82],
            &["MQTT-3.3.2-2"],
            |s| s.publish(0x30, "#", None, &[], b"x"),
        ),
        bad(
            "P06",
            "Topic Name with +, QoS 1",
            &[0x90, 0x81, 0x82],
            &["MQTT-3.3.2-2"],
            |s| s.publish(0x32, "+", Some(1), &[], b"x"),
        )
        .need(Need::Qos(1))
        .also([puback(0x90)]),
        bad(
            "P07",
            "empty Topic Name, no Topic Alias",
            &[0x82],
            &["3.3.2.1"],
            |s| draft::publish(s.version, 0x30, "", None, &[], "x"),
        ),
        bad(
            "P08",
            "Topic Name with U+0000",
            &[0x81],
            &["MQTT-1.5.4-2", "MQTT-4.7.3-2"],
            |s| draft::publish(s.version, 0x30, b"a\0b", None, &[], "x"),
        ),
        bad(
            "P09",
            "Topic Name with bad UTF-8 (FF)",
            &[0x81],
            &["MQTT-1.5.4-1"],
            |s| draft::publish(s.version, 0x30, b"a\xFF", None, &[], "x"),
        ),
        bad(
            "P10",
            "Topic Name longer than the packet",
            &[0x81],
            &["3.3.2"],
            |_| frame(0x30, &[0, 32, b'a', b'b', 0]).into(),
        ),
    ]
}

fn property_rows() -> Vec<Scenario> {
    vec![
        bad(
            "P11",
            "Topic Alias 0",
            &[0x94],
            &["MQTT-3.3.2-8", "3.3.4"],
            |s| s.publish(0x30, "t", None, &two_byte_property(0x23, 0), b"x"),
        ),
        bad(
            "P12",
            "Topic Alias 65535 above the announced maximum",
            &[0x94],
            &["MQTT-3.3.2-9", "3.3.4"],
            |s| s.publish(0x30, "t", None, &two_byte_property(0x23, 0xFFFF), b"x"),
        )
        .need(Need::TopicAliasLimit),
        bad(
            "P13",
            "empty Topic Name with an alias never set",
            &[0x82],
            &["3.3.4"],
            |s| draft::publish(s.version, 0x30, "", None, &two_byte_property(0x23, 1), "x"),
        )
        .need(Need::TopicAlias),
        bad(
            "P14",
            "Payload Format Indicator twice",
            &[0x82],
            &["3.3.2.3.2"],
            |s| s.publish(0x30, "t", None, &[1, 0, 1, 0], b"x"),
        ),
        bad(
            "P15",
            "Message Expiry Interval twice",
            &[0x82],
            &["3.3.2.3.3"],
            |s| {
                let twice = join(&[&four_byte_property(0x02, 9), &four_byte_property(0x02, 9)]);
                s.publish(0x30, "t", None, &twice, b"x")
            },
        ),
        bad(
            "P16",
            "Subscription Identifier from a Client",
            &[0x82],
            &["MQTT-3.3.4-6"],
            |s| s.publish(0x30, "t", None, &[0x0B, 1], b"x"),
        ),
        bad(
            "P17",
            "Response Topic with a wildcard",
            &[0x82, 0x81, 0x90],
            &["MQTT-3.3.2-14"],
            |s| s.publish(0x30, "t", None, &text_property(0x08, "a/+"), b"x"),
        ),
        bad("P18", "unknown property 0x7E", &[0x81], &["2.2.2.2"], |s| {
            s.publish(0x30, "t", None, &byte_property(0x7E, 0), b"x")
        }),
        bad(
            "P19",
            "a CONNECT property (Receive Maximum)",
            &[0x81],
            &["2.2.2.2"],
            |s| s.publish(0x30, "t", None, &two_byte_property(0x21, 1), b"x"),
        ),
        bad(
            "P20",
            "Property Length past the end",
            &[0x81],
            &["2.2.2.1"],
            |s| frame(0x30, &join(&[&text(s.topic("t")), &[0x7F], b"x"])).into(),
        ),
        bad(
            "P21",
            "Property Length not minimal (80 00)",
            &[0x81],
            &["MQTT-1.5.5-1"],
            |s| frame(0x30, &join(&[&text(s.topic("t")), &[0x80, 0], b"x"])).into(),
        ),
    ]
}

fn limits() -> Vec<Scenario> {
    vec![
        bad(
            "P22",
            "QoS above Maximum QoS",
            &[0x9B],
            &["MQTT-3.2.2-11", "3.2.2.3.4"],
            |s| {
                let first = 0x30 | ((s.limits.maximum_qos + 1) << 1);
                s.publish(first, "t", Some(1), &[], b"x")
            },
        )
        .need(Need::NoQos2),
        bad(
            "P23",
            "RETAIN 1",
            &[0x9A],
            &["MQTT-3.2.2-14", "3.2.2.3.5"],
            |s| s.publish(0x31, "t", None, &[], b"x"),
        )
        .need(Need::NoRetain),
        v5(
            "P24",
            "PUBLISH QoS 0 of Maximum Packet Size + 1, + 4 and + 5 bytes, after one of that size",
            &["MQTT-3.2.2-15", "3.2.2.3.6"],
        )
        .steps(|stage| Box::pin(above_maximum_packet_size(stage)))
        .need(Need::PacketSizeLimit)
        .best([disconnect(0x95)])
        .lenient(),
        v5(
            "P25",
            "Receive Maximum + 1 PUBLISH QoS 2 and no PUBREL",
            &["MQTT-3.3.4-7", "3.3.4"],
        )
        .after(|s| {
            let count = s.limits.receive_maximum + 1;
            let drafts = (1..=count).map(|id| s.publish(0x34, "t", Some(id), &[], b"x"));
            drafts.fold(Draft::default(), |all, next| all.then(&next))
        })
        .need(Need::ReceiveMaximum)
        .need(Need::Qos(2))
        .best([disconnect(0x93)])
        .lenient(),
    ]
}

/// A PUBLISH of exactly `size` bytes.
fn of_size(setting: &Setting, size: usize) -> Draft {
    let head = join(&[&text(setting.topic("t")), &section(setting.version, &[])]);
    // Two to five bytes of fixed header: the length that fits.
    for header in 2..=5 {
        let Some(payload) = size.checked_sub(header + head.len()) else {
            continue;
        };
        let bytes = frame(0x30, &join(&[&head, &vec![b'x'; payload]]));
        if bytes.len() == size {
            return bytes.into();
        }
    }
    frame(0x30, &head).into()
}

async fn above_maximum_packet_size(stage: &mut Stage) -> Result<Verdict, Stop> {
    let limit = stage.setting.limits.maximum_packet_size.unwrap_or_default();
    let limit = usize::try_from(limit).unwrap_or_default();
    let row = bad("", "", &[0x95], &["MQTT-3.2.2-15"], |_| Draft::default());
    // What is announced is taken.
    let link = stage.connect_own().await?;
    let draft = of_size(&stage.setting, limit);
    stage.stimulate(link, draft).await;
    let (_, alive) = stage.flush(link).await;
    let mut odd = String::new();
    if !alive {
        // No statement says that a Server has to take what it announces.
        odd = format!(
            "odd: a PUBLISH of {limit} bytes, the announced Maximum Packet Size, is refused; "
        );
    }
    let mut worst = Verdict::good();
    let mut told = Vec::new();
    for (above, suffix) in [(1, "a"), (4, "b"), (5, "c")] {
        let connect = stage.setting.connect_second(suffix);
        let link = stage.connect(&format!("plus{above}"), connect).await?.0;
        let draft = of_size(&stage.setting, limit + above);
        stage.stimulate(link, draft).await;
        let received = stage.collect(link, &row.demand).await;
        let mut verdict = judge(&row, &received);
        let words = received.packets.iter().map(|seen| seen.in_words());
        let words: Vec<_> = words.chain([received.end.name().to_owned()]).collect();
        told.push(format!("+{above}: {}", words.join(", ")));
        if worst.outcome < verdict.outcome {
            verdict.why = format!("+{above} bytes: {}", verdict.why);
            worst = verdict;
        }
    }
    told.push(stage.end(link).name().to_owned());
    stage.tell(told);
    worst.why.insert_str(0, &odd);
    Ok(worst)
}

fn answered() -> Vec<Scenario> {
    vec![
        v5(
            "P26",
            "QoS 1 to a topic nobody subscribed",
            &["MQTT-4.3.2-4", "MQTT-3.4.2-1"],
        )
        .after(|s| s.publish(0x32, "nobody", Some(7), &[], b"x"))
        .need(Need::Qos(1))
        .best([puback(0x00), puback(0x10)])
        .answer_is_due(),
        v5("P27", "QoS 2 publish", &["MQTT-4.3.3-8"])
            .after(|s| s.publish(0x34, "nobody", Some(7), &[], b"x"))
            .need(Need::Qos(2))
            .best([pubrec(0x00), pubrec(0x10)])
            .answer_is_due(),
        v5(
            "P28",
            "QoS 1 to a forbidden topic",
            &["MQTT-3.3.4-1", "MQTT-3.4.2-1", "3.3.5"],
        )
        .after(|s| to_denied_topic(s, 0x32))
        .need(Need::DeniedTopic)
        .need(Need::Qos(1))
        .best([puback(0x87)])
        .also([puback(0x80), puback(0x83), disconnect(0x87)])
        .never([puback(0x00), puback(0x10)])
        .answer_is_due(),
        v5(
            "P29",
            "QoS 2 to a forbidden topic",
            &["MQTT-3.3.4-1", "MQTT-3.5.2-1"],
        )
        .after(|s| to_denied_topic(s, 0x34))
        .need(Need::DeniedTopic)
        .need(Need::Qos(2))
        .best([pubrec(0x87)])
        .also([pubrec(0x80), pubrec(0x83), disconnect(0x87)])
        .never([pubrec(0x00), pubrec(0x10)])
        .answer_is_due(),
        v5(
            "P30",
            "Payload Format Indicator 1, payload FF, QoS 1",
            &["MQTT-3.3.4-1", "3.3.2.3.2"],
        )
        .after(|s| s.publish(0x32, "t", Some(7), &byte_property(0x01, 1), b"\xFF"))
        .need(Need::Qos(1))
        .best([puback(0x99), puback(0x00), puback(0x10)])
        .also([disconnect(0x99)])
        .answer_is_due(),
        v5(
            "P31",
            "the same identifier sent again (QoS 2, before PUBREL)",
            &["MQTT-4.3.3-10"],
        )
        .steps(|stage| Box::pin(twice_before_pubrel(stage)))
        .need(Need::Qos(2))
        .best([Answer::Other("PUBREC 0x00, 0x10 or 0x91, twice")])
        .answer_is_due(),
    ]
}

fn to_denied_topic(setting: &Setting, first: u8) -> Draft {
    let topic = setting.options.denied_topic.clone().unwrap_or_default();
    draft::publish(setting.version, first, topic, Some(7), &[], "x")
}

async fn twice_before_pubrel(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = stage.connect_own().await?;
    let first = stage.setting.publish(0x34, "t", Some(7), &[], b"x");
    let again = stage.setting.publish(0x3C, "t", Some(7), &[], b"x");
    stage.stimulate(link, first.then(&again)).await;
    let (mut packets, alive) = stage.flush(link).await;
    let pubrecs = |packets: &[crate::engine::Seen]| {
        let codes = packets
            .iter()
            .filter_map(|seen| seen.codes_of(PacketType::Pubrec));
        codes.flatten().copied().collect::<Vec<u8>>()
    };
    if alive && pubrecs(&packets).len() < 2 {
        let until = tokio::time::Instant::now() + stage.patience();
        while pubrecs(&packets).len() < 2
            && let Some(seen) = stage.next(link, until).await
        {
            packets.push(seen);
        }
    }
    // In 5.0 a Client must not send again while the connection stands, MQTT-4.4.0-1: who notices that may close.
    if !alive && stage.end(link) != End::Open {
        let says_why = packets
            .iter()
            .any(|seen| seen.packet_type() == Some(PacketType::Disconnect));
        return Ok(match says_why {
            true => Verdict::new(
                Outcome::OtherCode,
                "sending again is called an error, which it is",
            ),
            false => Verdict::new(Outcome::BareClose, "closed without saying why"),
        });
    }
    let codes = pubrecs(&packets);
    let words = with_codes(PacketType::Pubrec, &codes);
    Ok(match codes.as_slice() {
        [0x00 | 0x10, 0x00 | 0x10 | 0x91, ..] => Verdict::good(),
        [first, ..] if *first >= 0x80 => Verdict::new(Outcome::OtherCode, words),
        [_, second, ..] if *second >= 0x80 => Verdict::new(Outcome::OtherCode, words),
        _ if !alive && stage.end(link) == crate::engine::End::Open => {
            Verdict::new(Outcome::Observed, "nothing is answered, not even a PINGREQ")
        }
        codes => Verdict::wrong(
            "MQTT-4.3.3-10",
            format!("{} PUBREC for the PUBLISH and its repetition", codes.len()),
        ),
    })
}
