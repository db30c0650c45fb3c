//! Time a packet of the checker of conversations, besides decoding: a mix of messages of QoS 0 to 2 both ways with their
//! acknowledgements, subscriptions and pings; and the same with decoding from bytes.
//!
//!     cargo bench -p mqtt-reason-benches --bench conversation

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mqtt_reason::conversation::{Conversation, Event, Seen, Settings, Streams};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Packet, Side, Version};

const OPTIONS: DecodeOptions = DecodeOptions::new();

/// One round, every identifier free at its end.
fn round() -> Vec<(Side, Vec<u8>)> {
    let mut round = Vec::new();
    let (client, server) = (Side::Client, Side::Server);
    let publish = |qos: u8, id: u8| {
        let head = [0x30 | qos << 1, 0, 0, 5, b't', b'o', b'p', b'i', b'c'];
        let mut bytes = head.to_vec();
        if qos > 0 {
            bytes.extend([0, id]);
        }
        bytes.push(0);
        bytes.resize(bytes.len() + 32, b'p');
        let len = bytes.len() - 2;
        if let Some(length) = bytes.get_mut(1) {
            *length = u8::try_from(len).unwrap_or_default();
        }
        bytes
    };
    for id in 1..=20_u8 {
        round.push((server, publish(1, id)));
        round.push((client, publish(2, id)));
        round.push((server, publish(0, 0)));
    }
    for id in 1..=20_u8 {
        round.push((client, vec![0x40, 2, 0, id]));
        round.push((server, vec![0x50, 2, 0, id]));
    }
    for id in 1..=20_u8 {
        round.push((client, vec![0x62, 2, 0, id]));
        round.push((server, vec![0x70, 2, 0, id]));
    }
    round.push((client, vec![0x82, 7, 0, 7, 0, 0, 1, b'a', 1]));
    round.push((server, vec![0x90, 4, 0, 7, 0, 1]));
    round.push((client, vec![0xC0, 0]));
    round.push((server, vec![0xD0, 0]));
    round
}

enum Any<'a> {
    Packet(Packet<'a>),
    View(View<'a>),
}

fn decode(bytes: &[u8]) -> Option<Any<'_>> {
    match mqtt_reason::decode_with(Version::V5_0, &OPTIONS, bytes).ok()? {
        Decoded::Packet { packet, .. } => Some(Any::Packet(packet)),
        Decoded::Frame(frame) => View::of(Version::V5_0, &OPTIONS, &frame)
            .ok()?
            .map(Any::View),
        Decoded::Incomplete { .. } => None,
    }
}

const CONNECT: &[u8] = b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01a";
const CONNACK: &[u8] = b"\x20\x03\0\0\0";

fn conversations(c: &mut Criterion) {
    let round = round();
    let mut group = c.benchmark_group("conversation");
    group.throughput(Throughput::Elements(round.len() as u64));

    let mut conversation = Conversation::new(Settings::new());
    let mut tell = |from, bytes: &[u8], packet: &Any<'_>| {
        let seen = Seen {
            from,
            time: Duration::from_millis(1),
            tag: 1,
            len: u32::try_from(bytes.len()).unwrap_or_default(),
        };
        let found = match packet {
            Any::Packet(packet) => conversation.packet(seen, packet),
            Any::View(view) => conversation.view(seen, view),
        };
        assert!(found.is_empty());
    };
    for (from, bytes) in [(Side::Client, CONNECT), (Side::Server, CONNACK)] {
        if let Some(packet) = decode(bytes) {
            tell(from, bytes, &packet);
        }
    }
    let decoded: Vec<_> = round
        .iter()
        .filter_map(|(from, bytes)| Some((*from, bytes, decode(bytes)?)))
        .collect();
    assert_eq!(decoded.len(), round.len());
    group.bench_function("besides decoding", |b| {
        b.iter(|| {
            for (from, bytes, packet) in &decoded {
                tell(*from, bytes, black_box(packet));
            }
        });
    });

    let mut streams = Streams::new(Conversation::new(Settings::new()));
    let mut each =
        |event: Event<'_>| assert!(!matches!(event, Event::Finding(_) | Event::Error(..)));
    streams.receive(Side::Client, Duration::ZERO, 0, CONNECT, &mut each);
    streams.receive(Side::Server, Duration::ZERO, 0, CONNACK, &mut each);
    group.bench_function("from bytes", |b| {
        b.iter(|| {
            for (from, bytes) in &round {
                streams.receive(*from, Duration::ZERO, 0, black_box(bytes), &mut each);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, conversations);
criterion_main!(benches);
