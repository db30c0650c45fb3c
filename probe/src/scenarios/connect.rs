//! C: CONNECT, right and wrong.

use mqtt_reason::{Decoded, v5 as packets};

use crate::draft::{
    Connect, Draft, Will, byte_property, four_byte_property, join, text_property,
    two_byte_property, user_property,
};
use crate::engine::{Layout, Seen, Stage, Stop};
use crate::judge::{Outcome, Verdict, judge};
use crate::scenario::words::{connack, disconnect, v5};
use crate::scenario::{Answer, Need, Scenario, Steps};
use crate::setting::Setting;

/// The Server MUST validate that CONNECT has the format of §3.1, and close if it has not.
const VALIDATE: &str = "MQTT-3.1.4-1";

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    [
        flags_and_fields(),
        identifiers(),
        properties(),
        wills(),
        credentials_and_sizes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A CONNECT that a Server has to refuse, with this code at best.
fn refused(
    id: &'static str,
    title: &'static str,
    code: u8,
    rules: &[&'static str],
    bytes: fn(&Setting) -> Draft,
) -> Scenario {
    let mut rules = rules.to_vec();
    if !rules.contains(&VALIDATE) {
        rules.push(VALIDATE);
    }
    v5(id, title, &rules).connect(bytes).best([connack(code)])
}

/// The CONNECT of the scenario with one change.
fn changed(setting: &Setting, change: impl FnOnce(&mut Connect)) -> Draft {
    setting.connect().with(change).draft()
}

fn flags_and_fields() -> Vec<Scenario> {
    let v3_refusal = Answer::ConnackOfV3(0x01);
    vec![
        v5(
            "C01",
            "a second CONNECT on the same connection",
            &["MQTT-3.1.0-2"],
        )
        .after(|s| s.connect().draft())
        .best([disconnect(0x82)]),
        refused(
            "C02",
            "protocol name MQTX, level 5",
            0x84,
            &["MQTT-3.1.2-1"],
            |s| changed(s, |c| c.name = b"MQTX".to_vec()),
        )
        .also([v3_refusal.clone()]),
        refused("C03", "protocol version 6", 0x84, &["MQTT-3.1.2-2"], |s| {
            changed(s, |c| c.level = 6)
        })
        .also([v3_refusal.clone()]),
        refused(
            "C04",
            "protocol version 127",
            0x84,
            &["MQTT-3.1.2-2"],
            |s| changed(s, |c| c.level = 127),
        )
        .also([v3_refusal]),
        refused(
            "C05",
            "reserved bit 0 of Connect Flags set",
            0x81,
            &["MQTT-3.1.2-3"],
            |s| changed(s, |c| c.flags_set = 0x01),
        ),
        refused(
            "C06",
            "fixed header flags 0x11",
            0x81,
            &[VALIDATE, "MQTT-2.1.3-1"],
            |s| changed(s, |c| c.first = 0x11),
        ),
        refused(
            "C07",
            "Will QoS 3",
            0x81,
            &[VALIDATE, "MQTT-3.1.2-12", "3.1.2.6"],
            |s| {
                s.connect()
                    .will(Will::new(s.topic("w"), "m").qos(3))
                    .draft()
            },
        ),
        refused(
            "C08",
            "Will Flag 0 with Will QoS 1",
            0x81,
            &[VALIDATE, "MQTT-3.1.2-11"],
            |s| changed(s, |c| c.flags_set = 0x08),
        ),
        refused(
            "C09",
            "Will Flag 0 with Will Retain 1",
            0x81,
            &[VALIDATE, "MQTT-3.1.2-13"],
            |s| changed(s, |c| c.flags_set = 0x20),
        ),
        refused(
            "C10",
            "User Name Flag 1, no User Name in the payload",
            0x81,
            &[VALIDATE, "MQTT-3.1.2-17"],
            |s| {
                Connect::new(s.version, s.client_id.clone())
                    .with(|c| c.flags_set = 0x80)
                    .draft()
            },
        ),
        refused(
            "C11",
            "User Name in the payload, flag 0",
            0x81,
            &[VALIDATE, "MQTT-3.1.2-16"],
            |s| {
                Connect::new(s.version, s.client_id.clone())
                    .with(|c| c.tail = crate::draft::text("user"))
                    .draft()
            },
        ),
        refused(
            "C12",
            "one byte too many behind the payload",
            0x81,
            &[VALIDATE],
            |s| changed(s, |c| c.tail = vec![0]),
        ),
        refused(
            "C13",
            "Client Identifier longer than the packet",
            0x81,
            &[VALIDATE, "MQTT-3.1.3-3"],
            |s| {
                Connect::new(s.version, "")
                    .with(|c| {
                        c.client_id = None;
                        c.tail = vec![0, 32, b'a', b'b'];
                    })
                    .draft()
            },
        ),
        refused(
            "C14",
            "no Client Identifier at all",
            0x81,
            &[VALIDATE, "MQTT-3.1.3-3"],
            |s| {
                Connect::new(s.version, "")
                    .with(|c| c.client_id = None)
                    .draft()
            },
        ),
    ]
}

fn identifiers() -> Vec<Scenario> {
    let bad = |id, title, rules: &[&'static str], bytes| {
        refused(id, title, 0x81, rules, bytes).also([connack(0x82), connack(0x85)])
    };
    vec![
        bad(
            "C15",
            "Client Identifier with an overlong UTF-8 form (C0 AF)",
            &[VALIDATE, "MQTT-1.5.4-1", "MQTT-3.1.3-4"],
            |s| s.connect_as(*b"a\xC0\xAF").draft(),
        ),
        bad(
            "C16",
            "Client Identifier with a surrogate (ED A0 80)",
            &[VALIDATE, "MQTT-1.5.4-1"],
            |s| s.connect_as(*b"a\xED\xA0\x80").draft(),
        ),
        bad(
            "C17",
            "Client Identifier with U+0000",
            &[VALIDATE, "MQTT-1.5.4-2"],
            |s| s.connect_as(*b"a\0b").draft(),
        ),
        assigned("C18", "empty Client Identifier, Clean Start 1", |stage| {
            let connect = stage.setting.connect_as("");
            Box::pin(play_assigned(stage, connect))
        }),
        assigned("C19", "empty Client Identifier, Clean Start 0", |stage| {
            let connect = stage.setting.connect_as("").with(|c| c.clean = false);
            let connect = connect.properties(four_byte_property(0x11, 30));
            Box::pin(play_assigned(stage, connect))
        }),
        v5(
            "C20",
            "Client Identifier of 23 letters and digits",
            &["MQTT-3.1.3-5"],
        )
        .connect(|s| s.connect_as(padded(s, 23)).draft())
        .need(Need::Connection)
        .best([connack(0x00)])
        .never([connack(0x85)])
        .answer_is_due(),
        v5(
            "C21",
            "Client Identifier of 65,535 bytes",
            &["MQTT-3.1.3-8"],
        )
        .connect(|s| s.connect_as(padded(s, 65_535)).draft())
        .need(Need::Connection)
        .need(Need::PacketSize(65_600))
        .best([connack(0x00), connack(0x85)]),
    ]
}

/// The Client Identifier of the scenario, lengthened.
fn padded(setting: &Setting, len: usize) -> Vec<u8> {
    let mut id = setting.client_id.clone().into_bytes();
    id.resize(len, b'x');
    id
}

/// A Server that accepts an empty Client Identifier assigns one that nobody has.
fn assigned(id: &'static str, title: &'static str, steps: Steps) -> Scenario {
    let rules = [
        "MQTT-3.2.2-16",
        "MQTT-3.1.3-6",
        "MQTT-3.1.3-7",
        "MQTT-3.1.3-8",
    ];
    v5(id, title, &rules)
        .steps(steps)
        .best([connack(0x00)])
        .also([connack(0x85)])
}

async fn play_assigned(stage: &mut Stage, connect: Connect) -> Result<Verdict, Stop> {
    let row = v5("", "", &["MQTT-3.1.3-6"])
        .best([connack(0x00)])
        .also([connack(0x85)]);
    let layout = Layout::Of(stage.setting.version);
    let link = stage.open("client", layout).await?;
    stage.stimulate(link, connect.draft()).await;
    let received = stage.collect(link, &row.demand).await;
    let verdict = judge(&row, &received);
    if verdict.outcome != Outcome::AsDemanded {
        return Ok(verdict);
    }
    let Some(first) = received.packets.iter().find_map(assigned_identifier) else {
        return Ok(Verdict::wrong(
            "MQTT-3.2.2-16",
            "the CONNACK that accepts an empty Client Identifier assigns none",
        ));
    };
    // Another one that asks at the same time gets another identifier.
    let (_, second) = stage.connect("second", connect).await?;
    Ok(match assigned_identifier(&second) {
        Some(second) if second == first => Verdict::wrong(
            "MQTT-3.2.2-16",
            "two connections that stand at the same time are assigned the same Client Identifier",
        ),
        Some(_) => Verdict::good(),
        None => Verdict::wrong(
            "MQTT-3.2.2-16",
            "the CONNACK that accepts an empty Client Identifier assigns none",
        ),
    })
}

fn assigned_identifier(seen: &Seen) -> Option<String> {
    match packets::decode(&seen.bytes) {
        Ok(Decoded::Packet {
            packet: packets::Packet::Connack(connack),
            ..
        }) => connack
            .properties()
            .assigned_client_identifier()
            .map(str::to_owned),
        _ => None,
    }
}

fn properties() -> Vec<Scenario> {
    vec![
        refused(
            "C22",
            "Session Expiry Interval twice",
            0x82,
            &[VALIDATE, "3.1.2.11.2"],
            |s| {
                let twice = join(&[&four_byte_property(0x11, 1), &four_byte_property(0x11, 1)]);
                s.connect().properties(twice).draft()
            },
        ),
        refused(
            "C23",
            "Receive Maximum 0",
            0x82,
            &[VALIDATE, "3.1.2.11.3"],
            |s| s.connect().properties(two_byte_property(0x21, 0)).draft(),
        ),
        refused(
            "C24",
            "Maximum Packet Size 0",
            0x82,
            &[VALIDATE, "3.1.2.11.4"],
            |s| s.connect().properties(four_byte_property(0x27, 0)).draft(),
        ),
        refused(
            "C25",
            "Request Response Information 2",
            0x82,
            &[VALIDATE, "3.1.2.11.6"],
            |s| s.connect().properties(byte_property(0x19, 2)).draft(),
        ),
        refused(
            "C26",
            "Request Problem Information 2",
            0x82,
            &[VALIDATE, "3.1.2.11.7"],
            |s| s.connect().properties(byte_property(0x17, 2)).draft(),
        ),
        refused(
            "C27",
            "unknown property 0x7E",
            0x81,
            &[VALIDATE, "2.2.2.2"],
            |s| s.connect().properties(byte_property(0x7E, 0)).draft(),
        ),
        refused(
            "C28",
            "a PUBLISH property (Topic Alias)",
            0x81,
            &[VALIDATE, "2.2.2.2"],
            |s| s.connect().properties(two_byte_property(0x23, 1)).draft(),
        ),
        refused(
            "C29",
            "Authentication Data without Method",
            0x82,
            &[VALIDATE, "3.1.2.11.10"],
            |s| s.connect().properties(text_property(0x16, "x")).draft(),
        ),
        refused(
            "C30",
            "unknown Authentication Method",
            0x8C,
            &["MQTT-4.12.0-1"],
            |s| {
                let method = text_property(0x15, "mqtt-reason-none");
                s.connect().properties(method).draft()
            },
        ),
        refused(
            "C31",
            "Property Length past the end of the packet",
            0x81,
            &[VALIDATE, "2.2.2.1"],
            |s| changed(s, |c| c.property_length = Some(vec![0x7F])),
        ),
        refused(
            "C32",
            "Property Length 0 in two bytes (80 00)",
            0x81,
            &["MQTT-1.5.5-1"],
            |s| changed(s, |c| c.property_length = Some(vec![0x80, 0])),
        )
        .lenient(),
        refused(
            "C33",
            "User Property value with bad UTF-8",
            0x81,
            &[VALIDATE, "MQTT-1.5.7-1"],
            |s| s.connect().properties(user_property("k", b"\xFF")).draft(),
        ),
        refused(
            "C34",
            "Remaining Length not minimal",
            0x81,
            &["MQTT-1.5.5-1"],
            |s| {
                let mut draft = s.connect().draft();
                // A Remaining Length of one byte gets a second one of 0.
                if let Some(length) = draft.bytes.get_mut(1) {
                    *length |= 0x80;
                }
                draft.bytes.insert(2, 0);
                let shifted = draft
                    .secrets
                    .iter()
                    .map(|r| r.start + 1..r.end + 1)
                    .collect();
                draft.secrets = shifted;
                draft
            },
        )
        .lenient(),
        refused(
            "C35",
            "Remaining Length of five bytes (FF FF FF FF 01)",
            0x81,
            &["2.1.4", "1.5.5"],
            |_| [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01].into(),
        )
        .lenient(),
    ]
}

fn wills() -> Vec<Scenario> {
    vec![
        refused("C36", "Will Topic a/#", 0x90, &["MQTT-4.7.0-1"], |s| {
            s.connect().will(Will::new(s.topic("#"), "m")).draft()
        })
        .lenient(),
        refused("C37", "empty Will Topic", 0x90, &["MQTT-4.7.3-1"], |s| {
            s.connect().will(Will::new("", "m")).draft()
        })
        .lenient(),
        refused(
            "C38",
            "Will Topic with U+0000",
            0x81,
            &[VALIDATE, "MQTT-1.5.4-2", "MQTT-3.1.3-11"],
            |s| s.connect().will(Will::new(*b"a\0", "m")).draft(),
        ),
        refused(
            "C39",
            "Will Delay Interval twice",
            0x82,
            &[VALIDATE, "3.1.3.2.2"],
            |s| {
                let twice = join(&[&four_byte_property(0x18, 1), &four_byte_property(0x18, 1)]);
                s.connect()
                    .will(Will::new(s.topic("w"), "m").properties(twice))
                    .draft()
            },
        ),
        refused(
            "C40",
            "a CONNECT property (Receive Maximum) among the Will Properties",
            0x81,
            &[VALIDATE, "2.2.2.2"],
            |s| {
                s.connect()
                    .will(Will::new(s.topic("w"), "m").properties(two_byte_property(0x21, 1)))
                    .draft()
            },
        ),
        v5(
            "C41",
            "Will with Payload Format Indicator 1 and payload FF",
            &["3.1.3.2.3"],
        )
        .connect(|s| {
            s.connect()
                .will(Will::new(s.topic("w"), *b"\xFF").properties(byte_property(0x01, 1)))
                .draft()
        })
        .need(Need::Connection)
        .best([connack(0x99), connack(0x00)]),
        refused(
            "C42",
            "Will Retain 1 although Retain Available is 0",
            0x9A,
            &["MQTT-3.2.2-13"],
            |s| {
                s.connect()
                    .will(Will::new(s.topic("w"), "m").retained())
                    .draft()
            },
        )
        .need(Need::Connection)
        .need(Need::NoRetain),
        refused(
            "C43",
            "Will QoS above Maximum QoS",
            0x9B,
            &["MQTT-3.2.2-12"],
            |s| {
                let qos = s.limits.maximum_qos + 1;
                s.connect()
                    .will(Will::new(s.topic("w"), "m").qos(qos))
                    .draft()
            },
        )
        .need(Need::Connection)
        .need(Need::NoQos2),
    ]
}

fn credentials_and_sizes() -> Vec<Scenario> {
    vec![
        refused("C44", "wrong password", 0x86, &["MQTT-3.1.4-2"], |s| {
            changed(s, |c| {
                c.user_name = s.options.user_name.clone().map(String::into_bytes);
                c.password = Some(b"mqtt-reason: a wrong one".to_vec());
            })
        })
        .also([connack(0x87), connack(0x80)])
        .never([connack(0x00)])
        .need(Need::User),
        refused("C45", "no credentials", 0x87, &["MQTT-3.1.4-2"], |s| {
            Connect::new(s.version, s.client_id.clone()).draft()
        })
        .also([connack(0x86), connack(0x80)])
        .never([connack(0x00)])
        .need(Need::User),
        refused(
            "C46",
            "CONNECT above Maximum Packet Size",
            0x95,
            &["MQTT-3.2.2-15", "3.1.4"],
            |s| {
                let size = usize::try_from(s.limits.maximum_packet_size.unwrap_or(1_000));
                let mut left = size.unwrap_or(1_000) + 1;
                let mut properties = Vec::new();
                while left > 0 {
                    let len = left.min(60_000);
                    properties.extend(user_property("k", vec![b'v'; len]));
                    left -= len;
                }
                s.connect().properties(properties).draft()
            },
        )
        .need(Need::Connection)
        .need(Need::PacketSizeLimit)
        .lenient(),
        v5("C47", "Password without User Name", &["3.1.2.9"])
            .connect(|s| {
                changed(s, |c| {
                    c.user_name = None;
                    c.password = Some(b"p".to_vec());
                })
            })
            .best([connack(0x00)])
            .also([connack(0x86), connack(0x87)]),
        v5(
            "C48",
            "Maximum Packet Size 2 in CONNECT (no CONNACK fits)",
            &["MQTT-3.1.2-24"],
        )
        .connect(|s| changed(s, |c| c.maximum_packet_size = Some(2)))
        .best([Answer::Silence, Answer::Close]),
    ]
}
