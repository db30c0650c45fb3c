//! Instructions per packet, counted by Callgrind: the same number in every run.
//!
//! ```sh
//! python3 benches/instructions/compare.py
//! ```
//!
//! runs this and compares with `benches/instructions/baseline.csv`. It needs valgrind and `gungraun-runner` in the
//! version of the dev-dependency `gungraun`. Each benchmark is one pass over a workload; the script divides. The same
//! passes are made by the yardsticks of `benches/peers`, *B* and *R*.
#![expect(
    missing_docs,
    unreachable_pub,
    reason = "what the macros of gungraun make is public"
)]

#[path = "../by_hand/mod.rs"]
#[expect(
    dead_code,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::enum_variant_names,
    reason = "a part of another package, which has its own lints"
)]
mod by_hand;
#[path = "../../tests/workloads/requests.rs"]
#[expect(dead_code, reason = "a part of what the times use")]
mod request_workloads;
#[path = "../requests.rs"]
mod requests;
#[path = "../../tests/workloads/walk.rs"]
mod walk;
#[expect(dead_code, reason = "a part of what the peers use")]
#[path = "../../tests/workloads/mod.rs"]
mod workloads;
#[path = "../written_requests.rs"]
mod written;

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use mqtt_reason::v3::Version::V3_1_1;
use mqtt_reason::view::View;
use mqtt_reason::{Decoded, Encode, v3, v5};

use self::requests::by_hand::Fields as Request;
use self::walk::{walk_v3, walk_v5};
use self::workloads::visit::Sum;
use self::workloads::{Protocol, visit};

/// What a pass works on, made before the count begins and never freed.
enum Input {
    V5(&'static [u8]),
    V3(&'static [u8]),
}

fn load(name: &str) -> Input {
    let workload = workloads::all()
        .into_iter()
        .find(|workload| workload.name == name)
        .expect("there is a workload of that name");
    let bytes = workload.bytes.leak();
    match workload.protocol {
        Protocol::V5 => Input::V5(bytes),
        Protocol::V311 => Input::V3(bytes),
    }
}

#[library_benchmark(setup = load)]
#[bench::w1("W1")]
#[bench::w2("W2")]
#[bench::w3("W3")]
#[bench::w4("W4")]
#[bench::w5("W5")]
#[bench::w6("W6")]
#[bench::w7("W7")]
fn decode(input: Input) {
    let mut sum = Sum::default();
    match input {
        Input::V5(mut rest) => {
            // By reference: the packet is neither moved nor copied.
            while let Ok(Decoded::Packet { packet, len }) = &v5::decode(rest) {
                walk_v5(packet, &mut sum);
                rest = rest.get(*len..).unwrap_or_default();
            }
            assert!(rest.is_empty(), "all is decoded");
        }
        Input::V3(mut rest) => {
            while let Ok(Decoded::Packet { packet, len }) = &v3::decode(V3_1_1, rest) {
                walk_v3(packet, &mut sum);
                rest = rest.get(*len..).unwrap_or_default();
            }
            assert!(rest.is_empty(), "all is decoded");
        }
    }
    black_box(sum);
}

#[library_benchmark(setup = load)]
#[bench::w1("W1")]
#[bench::w2("W2")]
#[bench::w3("W3")]
#[bench::w4("W4")]
#[bench::w5("W5")]
#[bench::w6("W6")]
#[bench::w7("W7")]
fn decode_by_hand(input: Input) {
    let mut sum = Sum::default();
    match input {
        Input::V5(mut rest) => {
            while let Ok(Some((packet, len))) = &by_hand::decode::decode(rest) {
                by_hand::decode::walk(black_box(packet), &mut sum);
                rest = rest.get(*len..).unwrap_or_default();
            }
            assert!(rest.is_empty(), "all is decoded");
        }
        Input::V3(mut rest) => {
            while let Ok(Some((packet, len))) = &by_hand::decode::decode3(rest) {
                by_hand::decode::walk3(black_box(packet), &mut sum);
                rest = rest.get(*len..).unwrap_or_default();
            }
            assert!(rest.is_empty(), "all is decoded");
        }
    }
    black_box(sum);
}

/// Decoded packets and room for any of them.
enum Packets {
    V5(&'static [v5::Packet<'static>], &'static mut [u8]),
    V3(&'static [v3::Packet<'static>], &'static mut [u8]),
}

fn load_packets(name: &str) -> Packets {
    let room = vec![0; 1_024].leak();
    match load(name) {
        Input::V5(mut rest) => {
            let mut packets = Vec::new();
            while let Ok(Decoded::Packet { packet, len }) = v5::decode(rest) {
                packets.push(packet);
                rest = rest.get(len..).unwrap_or_default();
            }
            Packets::V5(packets.leak(), room)
        }
        Input::V3(mut rest) => {
            let mut packets = Vec::new();
            while let Ok(Decoded::Packet { packet, len }) = v3::decode(V3_1_1, rest) {
                packets.push(packet);
                rest = rest.get(len..).unwrap_or_default();
            }
            Packets::V3(packets.leak(), room)
        }
    }
}

#[library_benchmark(setup = load_packets)]
#[bench::w1("W1")]
#[bench::w2("W2")]
#[bench::w3("W3")]
#[bench::w4("W4")]
#[bench::w5("W5")]
#[bench::w6("W6")]
#[bench::w7("W7")]
fn encode(input: Packets) {
    match input {
        Packets::V5(packets, room) => {
            for packet in packets {
                let written = packet.encode(&mut &mut *room);
                black_box(&*room);
                assert!(written.is_ok(), "there is room");
            }
        }
        Packets::V3(packets, room) => {
            for packet in packets {
                let written = packet.encode(V3_1_1, &mut &mut *room);
                black_box(&*room);
                assert!(written.is_ok(), "there is room");
            }
        }
    }
}

/// The fields of decoded packets and room for any of them.
enum Fields {
    V5(
        &'static [by_hand::encode::Packet<'static>],
        &'static mut [u8],
    ),
    V3(&'static [by_hand::encode::Packet3], &'static mut [u8]),
}

fn load_fields(name: &str) -> Fields {
    let room = vec![0; 1_024].leak();
    match load(name) {
        Input::V5(mut rest) => {
            let mut packets = Vec::new();
            while let Ok(Some((packet, len))) = by_hand::decode::decode(rest) {
                packets.extend(by_hand::encode::fields(&packet));
                rest = rest.get(len..).unwrap_or_default();
            }
            Fields::V5(packets.leak(), room)
        }
        Input::V3(mut rest) => {
            let mut packets = Vec::new();
            while let Ok(Some((packet, len))) = by_hand::decode::decode3(rest) {
                packets.extend(by_hand::encode::fields3(&packet));
                rest = rest.get(len..).unwrap_or_default();
            }
            Fields::V3(packets.leak(), room)
        }
    }
}

#[library_benchmark(setup = load_fields)]
#[bench::w1("W1")]
#[bench::w2("W2")]
#[bench::w3("W3")]
#[bench::w4("W4")]
#[bench::w5("W5")]
#[bench::w6("W6")]
#[bench::w7("W7")]
fn encode_by_hand(input: Fields) {
    match input {
        Fields::V5(packets, room) => {
            for packet in packets {
                let written = by_hand::encode::encode(packet, room);
                black_box(&*room);
                assert!(written.is_ok(), "there is room");
            }
        }
        Fields::V3(packets, room) => {
            for packet in packets {
                let written = by_hand::encode::encode3(packet, room);
                black_box(&*room);
                assert!(written.is_ok(), "there is room");
            }
        }
    }
}

/// W8 to W11: packets without reason codes.
fn load_requests(name: &str) -> &'static [u8] {
    let workload = request_workloads::all()
        .into_iter()
        .find(|workload| workload.name == name)
        .expect("there is a workload of that name");
    workload.bytes().leak()
}

#[library_benchmark(setup = load_requests)]
#[bench::w8("W8")]
#[bench::w9("W9")]
#[bench::w10("W10")]
#[bench::w11("W11")]
fn decode_requests(input: &'static [u8]) {
    black_box(requests::ours(input));
}

#[library_benchmark(setup = load_requests)]
#[bench::w8("W8")]
#[bench::w9("W9")]
#[bench::w10("W10")]
#[bench::w11("W11")]
fn decode_requests_by_hand(input: &'static [u8]) {
    black_box(requests::hand(input));
}

/// Views of packets and room for any of them.
struct Views(&'static [View<'static>], &'static mut [u8]);

fn load_views(name: &str) -> Views {
    let views = written::views(load_requests(name));
    Views(views.leak(), vec![0; 1_024].leak())
}

#[library_benchmark(setup = load_views)]
#[bench::w8("W8")]
#[bench::w9("W9")]
#[bench::w10("W10")]
#[bench::w11("W11")]
fn encode_requests(input: Views) {
    let Views(views, room) = input;
    written::write(views, room);
}

/// The fields of packets and room for any of them.
struct RequestFields(&'static [Request<'static>], &'static mut [u8]);

fn load_request_fields(name: &str) -> RequestFields {
    let packets = written::fields(load_requests(name));
    RequestFields(packets.leak(), vec![0; 1_024].leak())
}

#[library_benchmark(setup = load_request_fields)]
#[bench::w8("W8")]
#[bench::w9("W9")]
#[bench::w10("W10")]
#[bench::w11("W11")]
fn encode_requests_by_hand(input: RequestFields) {
    let RequestFields(packets, room) = input;
    written::write_by_hand(packets, room);
}

library_benchmark_group!(
    name = passes,
    benchmarks = [
        decode,
        decode_by_hand,
        encode,
        encode_by_hand,
        decode_requests,
        decode_requests_by_hand,
        encode_requests,
        encode_requests_by_hand
    ]
);
main!(library_benchmark_groups = passes);
