//! S and U: SUBSCRIBE and UNSUBSCRIBE from the Client.

use mqtt_reason::PacketType;

use super::headers::with_first_byte;
use crate::draft::{self, Draft, frame, join, text};
use crate::engine::{Stage, Stop};
use crate::judge::{Verdict, judge};
use crate::scenario::words::{disconnect, suback, unsuback, v5};
use crate::scenario::{Like, Need, Scenario};
use crate::setting::Setting;

/// The rows of the groups.
pub(super) fn rows() -> Vec<Scenario> {
    [
        malformed(),
        filters(),
        options(),
        unavailable(),
        granted(),
        unsubscribe(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A packet that a Client must not send; whether a Server notices is left to it.
fn bad(
    id: &'static str,
    title: &'static str,
    code: u8,
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    v5(id, title, rules)
        .after(bytes)
        .best([disconnect(code)])
        .lenient()
}

/// A Topic Filter that is none: it must not be granted; no code is named.
fn bad_filter(
    id: &'static str,
    title: &'static str,
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    v5(id, title, rules)
        .after(bytes)
        .best([suback(&[Like::Exactly(0x8F)])])
        .best([disconnect(0x81), disconnect(0x82), disconnect(0x8F)])
        .also([suback(&[Like::Refused])])
}

/// A SUBSCRIBE of one filter, with this body.
fn body(parts: &[&[u8]]) -> Draft {
    frame(0x82, &join(parts)).into()
}

fn malformed() -> Vec<Scenario> {
    vec![
        bad("S01", "no Topic Filter", 0x82, &["MQTT-3.8.3-2"], |_| {
            body(&[&[0, 1, 0]])
        })
        .echo_is_fine(),
        bad("S02", "Packet Identifier 0", 0x82, &["MQTT-2.2.1-3"], |s| {
            s.subscribe(0, &[], &[("t", 0)])
        })
        .echo_is_fine(),
        v5("S03", "reserved option bits 0xC0", &["MQTT-3.8.3-5"])
            .after(|s| s.subscribe(1, &[], &[("t", 0xC0)]))
            .best([disconnect(0x81)]),
        bad("S04", "Maximum QoS 3", 0x82, &["3.8.3.1"], |s| {
            s.subscribe(1, &[], &[("t", 0x03)])
        }),
        bad("S05", "Retain Handling 3", 0x82, &["3.8.3.1"], |s| {
            s.subscribe(1, &[], &[("t", 0x30)])
        }),
        bad(
            "S06",
            "No Local on a Shared Subscription",
            0x82,
            &["MQTT-3.8.3-4"],
            |s| {
                let filter = format!("$share/g/{}", s.topic("t"));
                draft::subscribe(s.version, 1, &[], &[(filter, 0x04)])
            },
        )
        .need(Need::Shared),
    ]
}

fn filters() -> Vec<Scenario> {
    vec![
        bad_filter("S07", "filter #/x", &["MQTT-4.7.1-1"], |s| {
            of(s, s.topic("#/x"))
        })
        .need(Need::Wildcard),
        bad_filter("S08", "filter t#", &["MQTT-4.7.1-1"], |s| {
            of(s, s.topic("t#"))
        })
        .need(Need::Wildcard),
        bad_filter("S09", "filter t+/x", &["MQTT-4.7.1-2"], |s| {
            of(s, s.topic("t+/x"))
        })
        .need(Need::Wildcard),
        bad_filter("S10", "empty filter", &["MQTT-4.7.3-1"], |s| {
            of(s, String::new())
        }),
        bad_filter("S11", "filter $share//t", &["MQTT-4.8.2-1"], |s| {
            of(s, format!("$share//{}", s.topic("t")))
        })
        .need(Need::Shared),
        bad_filter("S12", "filter $share/g+/t", &["MQTT-4.8.2-2"], |s| {
            of(s, format!("$share/g+/{}", s.topic("t")))
        })
        .need(Need::Shared)
        .need(Need::Wildcard),
        bad_filter("S13", "filter $share/g", &["MQTT-4.8.2-2"], |s| {
            of(s, "$share/g".to_owned())
        })
        .need(Need::Shared),
        bad_filter(
            "S14",
            "filter $share/g/",
            &["MQTT-4.8.2-2", "MQTT-4.7.3-1"],
            |s| of(s, "$share/g/".to_owned()),
        )
        .need(Need::Shared),
        bad(
            "S15",
            "filter with U+0000",
            0x81,
            &["MQTT-1.5.4-2", "MQTT-4.7.3-2"],
            |s| draft::subscribe(s.version, 1, &[], &[(b"a\0", 0)]),
        ),
        bad(
            "S16",
            "filter with bad UTF-8",
            0x81,
            &["MQTT-3.8.3-1", "MQTT-1.5.4-1"],
            |s| draft::subscribe(s.version, 1, &[], &[(b"\xC3(", 0)]),
        ),
    ]
}

/// A SUBSCRIBE of this filter, QoS 0.
fn of(setting: &Setting, filter: String) -> Draft {
    draft::subscribe(setting.version, 1, &[], &[(filter, 0)])
}

fn options() -> Vec<Scenario> {
    vec![
        bad(
            "S17",
            "Subscription Identifier 0",
            0x82,
            &["3.8.2.1.2"],
            |s| s.subscribe(1, &[0x0B, 0], &[("t", 0)]),
        )
        .need(Need::SubscriptionIds),
        bad(
            "S18",
            "Subscription Identifier twice",
            0x82,
            &["3.8.2.1.2"],
            |s| s.subscribe(1, &[0x0B, 1, 0x0B, 1], &[("t", 0)]),
        )
        .need(Need::SubscriptionIds),
        bad(
            "S19",
            "Subscription Identifier 1 in two bytes (81 00)",
            0x81,
            &["MQTT-1.5.5-1"],
            |s| s.subscribe(1, &[0x0B, 0x81, 0], &[("t", 0)]),
        )
        .need(Need::SubscriptionIds),
    ]
}

/// What CONNACK says is not available.
fn unavailable() -> Vec<Scenario> {
    let row = |id, title, code, rule, bytes: fn(&Setting) -> Draft| {
        v5(id, title, &[rule])
            .after(bytes)
            .best([disconnect(code), suback(&[Like::Exactly(code)])])
            .also([disconnect(0x82), suback(&[Like::Refused])])
    };
    vec![
        row(
            "S20",
            "Subscription Identifier although not available",
            0xA1,
            "3.2.2.3.12",
            |s| s.subscribe(1, &[0x0B, 1], &[("t", 0)]),
        )
        .need(Need::NoSubscriptionIds),
        row(
            "S21",
            "wildcard although not available",
            0xA2,
            "3.2.2.3.11",
            |s| of(s, s.topic("#")),
        )
        .need(Need::NoWildcard),
        row(
            "S22",
            "shared although not available",
            0x9E,
            "3.2.2.3.13",
            |s| of(s, format!("$share/g/{}", s.topic("t"))),
        )
        .need(Need::NoShared),
        bad(
            "S23",
            "filter without an options byte",
            0x81,
            &["3.8.3"],
            |s| body(&[&[0, 1, 0], &text(s.topic("t"))]),
        ),
        bad(
            "S24",
            "filter longer than the packet",
            0x81,
            &["3.8.3"],
            |_| body(&[&[0, 1, 0], &[0, 32, b'a', b'b']]),
        ),
        bad(
            "S25",
            "a PUBLISH property (0x01)",
            0x81,
            &["2.2.2.2"],
            |s| s.subscribe(1, &[0x01, 0], &[("t", 0)]),
        ),
    ]
}

fn granted() -> Vec<Scenario> {
    vec![
        v5(
            "S26",
            "three filters, QoS 0, 1, 2",
            &["MQTT-3.8.4-6", "MQTT-3.9.3-1"],
        )
        .after(|s| s.subscribe(0x1234, &[], &[("a", 0), ("b", 1), ("c", 2)]))
        .best([suback(&[Like::UpTo(0), Like::UpTo(1), Like::UpTo(2)])])
        .answer_is_due(),
        v5(
            "S27",
            "three filters, the second bad (#/x)",
            &["MQTT-4.7.1-1", "MQTT-3.8.4-5", "MQTT-3.8.4-6"],
        )
        .after(|s| s.subscribe(0x1234, &[], &[("a", 0), ("#/x", 0), ("c", 2)]))
        .need(Need::Wildcard)
        .best([suback(&[Like::UpTo(0), Like::Exactly(0x8F), Like::UpTo(2)])])
        .best([disconnect(0x81), disconnect(0x82), disconnect(0x8F)])
        .also([suback(&[Like::UpTo(0), Like::Refused, Like::UpTo(2)])]),
        v5("S28", "forbidden filter", &["MQTT-3.9.3-2", "MQTT-3.8.4-1"])
            .after(|s| of(s, s.options.denied_topic.clone().unwrap_or_default()))
            .need(Need::DeniedTopic)
            .best([suback(&[Like::Exactly(0x87)])])
            .also([suback(&[Like::Refused]), disconnect(0x87)])
            .never([suback(&[Like::UpTo(2)])])
            .answer_is_due(),
        v5("S29", "200 filters in one packet", &["MQTT-3.8.4-6"])
            .after(|s| {
                let names: Vec<String> = (0..200).map(|index| format!("{index}")).collect();
                let filters: Vec<(&str, u8)> = names.iter().map(|n| (n.as_str(), 0)).collect();
                s.subscribe(9, &[], &filters)
            })
            .need(Need::PacketSize(8_000))
            .best([suback(&[Like::UpTo(0); 200])])
            .also([suback(&[Like::Refused; 200])])
            .answer_is_due(),
    ]
}

fn unsubscribe() -> Vec<Scenario> {
    vec![
        bad("U01", "no Topic Filter", 0x82, &["MQTT-3.10.3-2"], |_| {
            with_first_byte(0xA2, body(&[&[0, 1, 0]]))
        })
        .echo_is_fine(),
        bad("U02", "Packet Identifier 0", 0x82, &["MQTT-2.2.1-3"], |s| {
            s.unsubscribe(0, &[], &["t"])
        })
        .echo_is_fine(),
        v5(
            "U03",
            "a filter never subscribed",
            &["MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.11.3-2"],
        )
        .after(|s| s.unsubscribe(5, &[], &["never"]))
        .best([unsuback(&[0x11])])
        .also([unsuback(&[0x00])])
        .answer_is_due(),
        v5(
            "U04",
            "three filters, the second subscribed",
            &["MQTT-3.11.3-1", "MQTT-3.10.4-6"],
        )
        .steps(|stage| Box::pin(second_subscribed(stage)))
        .best([unsuback(&[0x11, 0x00, 0x11])])
        .also([unsuback(&[0x00, 0x00, 0x00])])
        .answer_is_due(),
        v5("U05", "bad filter #/x", &["MQTT-3.10.4-4", "MQTT-4.7.1-1"])
            .after(|s| s.unsubscribe(1, &[], &["#/x"]))
            .need(Need::Wildcard)
            .best([unsuback(&[0x8F]), unsuback(&[0x11])])
            // The filter is compared with those that are subscribed, MQTT-3.10.4-1: no statement says that it is checked.
            .also([unsuback(&[0x00])])
            .also([disconnect(0x8F), disconnect(0x81), disconnect(0x82)])
            .also([unsuback(&[0x80])]),
        bad(
            "U06",
            "filter with bad UTF-8",
            0x81,
            &["MQTT-3.10.3-1", "MQTT-1.5.4-1"],
            |s| draft::unsubscribe(s.version, 1, &[], &[b"\xFF"]),
        ),
        bad(
            "U07",
            "a property that UNSUBSCRIBE has not (0x0B)",
            0x81,
            &["2.2.2.2"],
            |s| s.unsubscribe(1, &[0x0B, 1], &["t"]),
        ),
    ]
}

async fn second_subscribed(stage: &mut Stage) -> Result<Verdict, Stop> {
    let row = v5("", "", &["MQTT-3.11.3-1"])
        .best([unsuback(&[0x11, 0x00, 0x11])])
        .also([unsuback(&[0x00, 0x00, 0x00])])
        .answer_is_due();
    let link = stage.connect_own().await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("b", 0)]);
    stage.subscribe(link, subscribe).await?;
    let unsubscribe = stage.setting.unsubscribe(5, &[], &["a", "b", "c"]);
    stage.stimulate(link, unsubscribe).await;
    let received = stage.collect(link, &row.demand).await;
    let verdict = judge(&row, &received);
    let other = received.packets.iter().any(|seen| {
        seen.codes_of(PacketType::Unsuback)
            .is_some_and(|codes| codes.len() == 3)
    });
    Ok(match verdict.outcome {
        crate::judge::Outcome::Wrong if other => Verdict::new(
            crate::judge::Outcome::OtherCode,
            "one code for each filter; which of them say that a subscription existed is odd",
        ),
        _ => verdict,
    })
}
