//! W8 to W11: decoding of CONNECT, PUBLISH and SUBSCRIBE of 5.0, by mqtt-reason, by hand and by the published crates.
//!
//! ```sh
//! cargo run --release --bin requests        # or --profile lto
//! ```
//!
//! Everyone decodes one contiguous run of packets. mqtt-reason and the code by hand also read every field and property
//! once, as whoever uses them does; the others hand out structs that are black-boxed whole, unread, which can only flatter
//! them. Rounds are interleaved, and the ratios are medians over rounds. How much each checks is told by how many of some
//! malformed packets it refuses.

use std::fmt::Debug;
use std::hint::black_box;
use std::panic;
use std::time::Instant;

use bytes::BytesMut;
use mqtt_codec_kit::common::Decodable as _;
use mqtt_reason::v5::{self, Property};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Frame, Version};
use ntex_codec::Decoder as _;
use tokio_util::codec::Decoder as _;

#[path = "../../../by_hand/requests.rs"]
#[expect(dead_code, reason = "benches read more of it")]
mod by_hand;
#[path = "../../../../tests/workloads/requests.rs"]
mod workloads;

/// Decodes `count` packets at the start of the bytes; `Err` says what was refused.
type Pass = fn(&[u8], usize) -> Result<(), String>;

/// A pass over `count` packets: what to decode from, and one call of the decoder on it.
macro_rules! pass {
    (|$bytes:ident| $input:expr, |$from:ident| $call:expr, $pattern:pat => $packet:ident) => {
        |$bytes, count| {
            let mut input = $input;
            for _ in 0..count {
                let $from = &mut input;
                match &$call {
                    $pattern => {
                        black_box($packet);
                    }
                    other => return refused(other),
                }
            }
            Ok(())
        }
    };
}

#[cold]
fn refused(error: &dyn Debug) -> Result<(), String> {
    Err(format!("{error:?}"))
}

const SUBJECTS: &[(&str, Pass)] = &[
    ("mqtt-reason", ours),
    ("by hand", hand),
    ("mqtt-proto", |bytes, count| {
        // It does not tell how long a packet was; all here have the same size.
        let size = bytes.len() / count;
        for packet in bytes.chunks(size) {
            match &mqtt_proto::v5::Packet::decode(packet) {
                Ok(Some(packet)) => {
                    black_box(packet);
                }
                other => return refused(other),
            }
        }
        Ok(())
    }),
    (
        "mqttbytes",
        pass!(|bytes| BytesMut::from(bytes), |from| mqttbytes::v5::read(from, usize::MAX), Ok(packet) => packet),
    ),
    (
        "rumqttc",
        pass!(
            |bytes| BytesMut::from(bytes),
            |from| rumqttc::v5::mqttbytes::v5::Packet::read(from, None),
            Ok(packet) => packet
        ),
    ),
    (
        "mqute-codec",
        pass!(
            |bytes| (mqute_codec::codec::PacketCodec::new(None, None), BytesMut::from(bytes)),
            |from| from.0.try_decode(&mut from.1).and_then(mqute_codec::protocol::v5::Packet::decode),
            Ok(packet) => packet
        ),
    ),
    (
        "ntex-mqtt",
        pass!(
            |bytes| {
                let codec = ntex_mqtt::v5::codec::Codec::new();
                (codec, ntex_bytes::BytesMut::from(bytes))
            },
            |from| from.0.decode(&mut from.1),
            Ok(Some(packet)) => packet
        ),
    ),
    (
        "rmqtt-codec",
        pass!(
            |bytes| (rmqtt_codec::v5::Codec::default(), BytesMut::from(bytes)),
            |from| from.0.decode(&mut from.1),
            Ok(Some(packet)) => packet
        ),
    ),
    (
        "mqtt-codec-kit",
        pass!(|bytes| bytes, |from| mqtt_codec_kit::v5::packet::VariablePacket::decode(from), Ok(packet) => packet),
    ),
    (
        "mqtt-v5",
        pass!(
            |bytes| bytes_0_5::BytesMut::from(bytes),
            |from| mqtt_v5::decoder::decode_mqtt(from, mqtt_v5::types::ProtocolVersion::V500),
            Ok(Some(packet)) => packet
        ),
    ),
    (
        "symqtt-codec",
        pass!(|bytes| BytesMut::from(bytes), |from| symqtt_codec::v5::Packet::decode(from), Ok(Some(packet)) => packet),
    ),
];

fn ours(bytes: &[u8], count: usize) -> Result<(), String> {
    let options = DecodeOptions::new();
    let mut rest = bytes;
    for _ in 0..count {
        let frame = match Frame::decode_with(Version::V5_0, &options, rest) {
            Ok(Some(frame)) => frame,
            other => return refused(&other),
        };
        match View::of(Version::V5_0, &options, &frame) {
            Ok(Some(View::Publish(publish))) => {
                black_box((publish.topic(), publish.payload(), publish.qos()));
                black_box((publish.retain(), publish.dup(), publish.packet_id()));
                read(publish.properties());
            }
            Ok(Some(View::Subscribe(subscribe))) => {
                black_box(subscribe.packet_id());
                read(subscribe.properties());
                for subscription in subscribe.subscriptions() {
                    black_box((subscription.filter(), subscription.options()));
                }
            }
            Ok(Some(View::Connect(connect))) => {
                black_box((connect.keep_alive(), connect.clean_start()));
                black_box((connect.client_id(), connect.user_name(), connect.password()));
                read(connect.properties());
                if let Some(will) = connect.will() {
                    black_box((will.topic(), will.payload(), will.qos()));
                    read(will.properties());
                }
            }
            other => return refused(&other),
        }
        rest = rest.get(frame.bytes().len()..).unwrap_or_default();
    }
    Ok(())
}

#[inline(always)]
fn read(properties: v5::Properties<'_>) {
    for property in properties {
        match property {
            Property::MessageExpiryInterval(value) => {
                black_box(value);
            }
            Property::TopicAlias(value) => {
                black_box(value);
            }
            other => {
                black_box(other);
            }
        }
    }
}

fn hand(bytes: &[u8], count: usize) -> Result<(), String> {
    use by_hand::Packet;
    let mut rest = bytes;
    for _ in 0..count {
        let len = match by_hand::decode(rest) {
            Ok(Some((packet, len))) => {
                match packet {
                    Packet::Publish(publish) => {
                        black_box((publish.topic, publish.payload, publish.qos));
                        black_box((publish.retain, publish.dup, publish.packet_id));
                        read_by_hand(publish.properties);
                    }
                    Packet::Subscribe(subscribe) => {
                        black_box(subscribe.packet_id);
                        read_by_hand(subscribe.properties);
                        for entry in subscribe.list() {
                            black_box(entry);
                        }
                    }
                    Packet::Connect(connect) => {
                        black_box((connect.keep_alive, connect.clean_start));
                        black_box((connect.client_id, connect.user_name, connect.password));
                        read_by_hand(connect.properties);
                        if let Some(will) = connect.will {
                            black_box((will.topic, will.payload, will.qos));
                            read_by_hand(will.properties);
                        }
                    }
                }
                len
            }
            other => return refused(&other),
        };
        rest = rest.get(len..).unwrap_or_default();
    }
    Ok(())
}

#[inline(always)]
fn read_by_hand(section: &[u8]) {
    for property in by_hand::properties(section) {
        black_box(property);
    }
}

/// Packets that break one rule each.
const MALFORMED: &[(&str, &[u8])] = &[
    ("QoS 3", b"\x36\x06\x00\x01t\x00\x0A\x00"),
    ("DUP with QoS 0", b"\x38\x04\x00\x01t\x00"),
    ("identifier 0", b"\x32\x06\x00\x01t\x00\x00\x00"),
    ("wildcard in topic name", b"\x30\x06\x00\x03t/#\x00"),
    ("U+0000 in topic name", b"\x30\x06\x00\x03t\x00t\x00"),
    ("bad UTF-8 in topic name", b"\x30\x05\x00\x02t\xFF\x00"),
    ("empty topic name, no alias", b"\x30\x03\x00\x00\x00"),
    ("Topic Alias 0", b"\x30\x07\x00\x01t\x03\x23\x00\x00"),
    (
        "Message Expiry twice",
        b"\x30\x0E\x00\x01t\x0A\x02\x00\x00\x00\x01\x02\x00\x00\x00\x01",
    ),
    (
        "wildcard in Response Topic",
        b"\x30\x09\x00\x01t\x05\x08\x00\x02a+",
    ),
    (
        "property of another packet",
        b"\x30\x07\x00\x01t\x03\x21\x00\x01",
    ),
    ("length not minimal", b"\x30\x05\x00\x01t\x80\x00"),
    ("SUBSCRIBE flags 0", b"\x80\x07\x00\x0A\x00\x00\x01a\x00"),
    ("no filter", b"\x82\x03\x00\x0A\x00"),
    ("filter a#", b"\x82\x08\x00\x0A\x00\x00\x02a#\x00"),
    (
        "filter $share//t",
        b"\x82\x0F\x00\x0A\x00\x00\x09$share//t\x00",
    ),
    ("reserved options", b"\x82\x07\x00\x0A\x00\x00\x01a\x40"),
    ("requested QoS 3", b"\x82\x07\x00\x0A\x00\x00\x01a\x03"),
    ("Retain Handling 3", b"\x82\x07\x00\x0A\x00\x00\x01a\x30"),
    (
        "Subscription Identifier 0",
        b"\x82\x09\x00\x0A\x02\x0B\x00\x00\x01a\x00",
    ),
    (
        "reserved connect flag",
        b"\x10\x0D\x00\x04MQTT\x05\x03\x00\x3C\x00\x00\x00",
    ),
    (
        "Will QoS without Will",
        b"\x10\x0D\x00\x04MQTT\x05\x0A\x00\x3C\x00\x00\x00",
    ),
    (
        "Receive Maximum 0",
        b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3C\x03\x21\x00\x00\x00\x00",
    ),
    (
        "data without method",
        b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3C\x03\x16\x00\x00\x00\x00",
    ),
    (
        "bytes left over",
        b"\x10\x0E\x00\x04MQTT\x05\x02\x00\x3C\x00\x00\x00\x00",
    ),
    (
        "wildcard in Will Topic",
        b"\x10\x14\x00\x04MQTT\x05\x06\x00\x3C\x00\x00\x00\x00\x00\x01#\x00\x00",
    ),
];

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let passes = |pass: Pass, bytes: &[u8], count| {
        panic::catch_unwind(|| pass(bytes, count)).unwrap_or_else(|_| Err("panics".to_owned()))
    };
    let refuses = |pass| {
        let refused = |packet: &&(&str, &[u8])| passes(pass, packet.1, 1).is_err();
        MALFORMED.iter().filter(refused).count()
    };
    let all = workloads::all();
    for requests in &all {
        println!("* {}: {}", requests.name, requests.what);
    }
    println!();
    println!(
        "| | refuses of {} | W8 | W9 | W10 | W11 | to mqtt-reason |",
        MALFORMED.len()
    );
    println!("|---|---:|---:|---:|---:|---:|---|");
    // Nanoseconds a packet of each subject in each round of each workload.
    let mut times = vec![vec![Vec::new(); all.len()]; SUBJECTS.len()];
    for (workload, requests) in all.iter().enumerate() {
        let bytes = requests.bytes();
        for round in 0..101 {
            for turn in 0..SUBJECTS.len() {
                let subject = (turn + round) % SUBJECTS.len();
                let pass = SUBJECTS[subject].1;
                if round == 0 && passes(pass, &bytes, requests.count).is_err() {
                    times[subject][workload].push(f64::NAN);
                    continue;
                }
                if times[subject][workload]
                    .first()
                    .is_some_and(|time| time.is_nan())
                {
                    continue;
                }
                let start = Instant::now();
                let _ = black_box(pass(black_box(&bytes), requests.count));
                let time = start.elapsed().as_secs_f64() * 1e9;
                times[subject][workload].push(time / requests.count as f64);
            }
        }
    }
    for (subject, (name, pass)) in SUBJECTS.iter().enumerate() {
        let mut cells = Vec::new();
        let mut ratios = Vec::new();
        for workload in 0..all.len() {
            let mine = &times[subject][workload];
            if mine[0].is_nan() {
                cells.push("refused".to_owned());
                ratios.push("–".to_owned());
                continue;
            }
            cells.push(format!("{:.1}", median(mine.clone())));
            let ratio = mine.iter().zip(&times[0][workload]).map(|(a, b)| a / b);
            ratios.push(format!("{:.2}", median(ratio.collect())));
        }
        let (cells, ratios) = (cells.join(" | "), ratios.join(", "));
        println!("| {name} | {} | {cells} | {ratios} |", refuses(*pass));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
