//! How long decoding, reading, encoding and refusing take; on hostile input and over six sizes as well.
//!
//! ```sh
//! cargo bench --bench codec                  # all, in about three minutes
//! cargo bench --bench codec -- workloads/    # a part
//! cargo bench --bench codec -- broker        # 64 MiB of acknowledgements in reads of 16 KiB
//! ```
//!
//! Rates are per packet or per byte, whichever the group is about. `benches/peers` compares with other crates.

#[path = "../../tests/workloads/hostile.rs"]
mod hostile;
#[path = "../../tests/workloads/walk.rs"]
mod walk;
#[expect(dead_code, unreachable_pub, reason = "a part of what the peers use")]
#[path = "../../tests/workloads/mod.rs"]
mod workloads;

use std::hint::black_box;
use std::io::Read;
use std::time::Duration;

use bytes::BytesMut;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use mqtt_reason::v3::Version::V3_1_1;
use mqtt_reason::{Decoded, Encode, EncodeOptions, OwnedDecoded, OwnedPacket, Version, v3, v5};

use self::hostile::Input;
use self::workloads::visit::Sum;
use self::workloads::{Protocol, Workload};

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .sample_size(20)
        .nresamples(10_000)
        .configure_from_args();
    workloads(&mut criterion, "workloads", &workloads::all());
    workloads(&mut criterion, "packets", &workloads::typical());
    hostile(&mut criterion);
    broker(&mut criterion);
    criterion.final_summary();
}

/// Reads all of a packet of 5.0.
#[inline(always)]
fn read_v5(packet: &v5::Packet<'_>) {
    let mut sum = Sum::default();
    walk::walk_v5(packet, &mut sum);
    black_box(sum);
}

/// Reads all of a packet of 3.1.1.
#[inline(always)]
fn read_v3(packet: &v3::Packet<'_>) {
    let mut sum = Sum::default();
    walk::walk_v3(packet, &mut sum);
    black_box(sum);
}

/// Every operation on every workload, per packet.
fn workloads(criterion: &mut Criterion, name: &str, workloads: &[Workload]) {
    operation(criterion, name, "decode", workloads, |workload| {
        let Workload {
            protocol, bytes, ..
        } = workload;
        Box::new(|| each_packet(*protocol, bytes, |_| (), |_| ()))
    });
    operation(criterion, name, "decode and walk", workloads, |workload| {
        let Workload {
            protocol, bytes, ..
        } = workload;
        Box::new(|| each_packet(*protocol, bytes, read_v5, read_v3))
    });
    operation(
        criterion,
        name,
        "decode, move and walk",
        workloads,
        |workload| {
            let Workload {
                protocol, bytes, ..
            } = workload;
            Box::new(|| each_packet_moved(*protocol, bytes, read_v5, read_v3))
        },
    );
    operation(criterion, name, "encode", workloads, encoding);
    operation(
        criterion,
        name,
        "refuse first byte",
        workloads,
        |workload| {
            // Another flag in the first byte.
            refusals(workload, |packet| {
                if let [first, ..] = packet.as_mut_slice() {
                    *first ^= 0b0001;
                }
            })
        },
    );
    operation(criterion, name, "refuse last byte", workloads, |workload| {
        // One byte more than there should be, and no code either.
        refusals(workload, |packet| {
            *packet = hostile::with_body(packet, |body| body.push(0xFF));
        })
    });
}

/// One pass over a workload.
type Pass<'a> = Box<dyn FnMut() + 'a>;

fn operation<'a>(
    criterion: &mut Criterion,
    group: &str,
    operation: &str,
    workloads: &'a [Workload],
    pass: impl Fn(&'a Workload) -> Pass<'a>,
) {
    let mut group = criterion.benchmark_group(format!("{group}/{operation}"));
    for workload in workloads {
        group.throughput(Throughput::ElementsAndBytes {
            elements: workload.len() as u64,
            bytes: workload.bytes.len() as u64,
        });
        let mut pass = pass(workload);
        group.bench_function(workload.name, |bencher| bencher.iter(&mut pass));
    }
    group.finish();
}

/// Decodes every packet and shows it to `v5` or `v3`.
fn each_packet(
    protocol: Protocol,
    bytes: &[u8],
    v5: impl Fn(&v5::Packet<'_>),
    v3: impl Fn(&v3::Packet<'_>),
) {
    let mut rest = bytes;
    match protocol {
        // By reference: the packet is neither moved nor copied.
        Protocol::V5 => {
            while let Ok(Decoded::Packet { packet, len }) = &v5::decode(rest) {
                v5(black_box(packet));
                rest = rest.get(*len..).unwrap_or_default();
            }
        }
        Protocol::V311 => {
            while let Ok(Decoded::Packet { packet, len }) = &v3::decode(V3_1_1, rest) {
                v3(black_box(packet));
                rest = rest.get(*len..).unwrap_or_default();
            }
        }
    }
    assert!(rest.is_empty(), "all is decoded");
}

/// As [`each_packet`], in the loop that everyone writes: the packet is moved out of the result.
fn each_packet_moved(
    protocol: Protocol,
    bytes: &[u8],
    v5: impl Fn(&v5::Packet<'_>),
    v3: impl Fn(&v3::Packet<'_>),
) {
    let mut rest = bytes;
    match protocol {
        Protocol::V5 => {
            while let Ok(Decoded::Packet { packet, len }) = v5::decode(rest) {
                v5(black_box(&packet));
                rest = rest.get(len..).unwrap_or_default();
            }
        }
        Protocol::V311 => {
            while let Ok(Decoded::Packet { packet, len }) = v3::decode(V3_1_1, rest) {
                v3(black_box(&packet));
                rest = rest.get(len..).unwrap_or_default();
            }
        }
    }
    assert!(rest.is_empty(), "all is decoded");
}

fn encoding(workload: &Workload) -> Pass<'_> {
    let mut room = vec![0; 1_024];
    match workload.protocol {
        Protocol::V5 => {
            let decode = |bytes| match v5::decode(bytes) {
                Ok(Decoded::Packet { packet, .. }) => packet,
                other => panic!("a workload is valid: {other:?}"),
            };
            let packets: Vec<_> = workload.packets().map(decode).collect();
            Box::new(move || {
                for packet in &packets {
                    packet
                        .encode(&mut room.as_mut_slice())
                        .expect("there is room");
                    black_box(room.as_slice());
                }
            })
        }
        Protocol::V311 => {
            let decode = |bytes| match v3::decode(V3_1_1, bytes) {
                Ok(Decoded::Packet { packet, .. }) => packet,
                other => panic!("a workload is valid: {other:?}"),
            };
            let packets: Vec<_> = workload.packets().map(decode).collect();
            Box::new(move || {
                for packet in &packets {
                    packet
                        .encode(V3_1_1, &mut room.as_mut_slice())
                        .expect("there is room");
                    black_box(room.as_slice());
                }
            })
        }
    }
}

/// Refuses every packet of a workload after `spoil` has changed it.
fn refusals(workload: &Workload, spoil: impl Fn(&mut Vec<u8>)) -> Pass<'_> {
    let spoilt: Vec<Vec<u8>> = workload
        .packets()
        .map(|packet| {
            let mut packet = packet.to_vec();
            spoil(&mut packet);
            packet
        })
        .collect();
    let protocol = workload.protocol;
    Box::new(move || {
        for packet in &spoilt {
            let refused = match protocol {
                Protocol::V5 => v5::decode(packet).err(),
                Protocol::V311 => v3::decode(V3_1_1, packet).err(),
            };
            assert!(black_box(refused).is_some(), "it is spoilt");
        }
    })
}

/// Hostile input beside good input, from 64 bytes to 256 KiB: the rate per byte falls neither from good to bad nor with
/// the size.
fn hostile(criterion: &mut Criterion) {
    let mut inputs = Vec::new();
    for size in [64, 1_024, 16_384, 65_536, 262_144] {
        inputs.extend(hostile::inputs(size).into_iter().map(|input| (size, input)));
    }
    let mut group = criterion.benchmark_group("hostile/decode");
    for (size, input) in &inputs {
        assert_eq!(
            v5::decode(&input.bytes).is_ok(),
            input.accepted,
            "{}",
            input.name
        );
        per_byte(&mut group, input, *size, || {
            let _ = black_box(v5::decode(black_box(&input.bytes)));
        });
    }
    group.finish();

    inputs.retain(|(_, input)| input.accepted);
    let mut group = criterion.benchmark_group("hostile/decode and walk");
    for (size, input) in &inputs {
        per_byte(&mut group, input, *size, || {
            each_packet(Protocol::V5, &input.bytes, read_v5, read_v3);
        });
    }
    group.finish();

    // The receiver takes 64 bytes: User Properties are left out. Codes cannot be.
    inputs.retain(|(_, input)| input.name != "codes");
    let options = EncodeOptions::new().max_packet_size(64);
    let mut room = [0; 64];
    let mut group = criterion.benchmark_group("hostile/encode to fit 64 bytes");
    for (size, input) in &inputs {
        let Ok(Decoded::Packet { packet, .. }) = v5::decode(&input.bytes) else {
            panic!("{} was accepted", input.name);
        };
        per_byte(&mut group, input, *size, || {
            let _ = black_box(packet.encode_with(&options, &mut room.as_mut_slice()));
        });
    }
    group.finish();
}

fn per_byte(
    group: &mut BenchmarkGroup<'_, WallTime>,
    input: &Input,
    size: usize,
    mut pass: impl FnMut(),
) {
    group.throughput(Throughput::Bytes(input.bytes.len() as u64));
    group.bench_function(BenchmarkId::new(input.name, size), |bencher| {
        bencher.iter(&mut pass);
    });
}

/// 64 MiB of W6 arrive in reads of 16 KiB, which cut packets in two; one thread decodes and reads each packet. The rate
/// is packets per second on one core.
fn broker(criterion: &mut Criterion) {
    const READ: usize = 16 * 1_024;
    let Some(w6) = workloads::all()
        .into_iter()
        .find(|workload| workload.name == "W6")
    else {
        panic!("there is a W6");
    };
    let copies = (64 * 1_024 * 1_024_usize).div_ceil(w6.bytes.len());
    let stream = w6.bytes.repeat(copies);
    let packets = w6.len() * copies;

    let mut group = criterion.benchmark_group("broker");
    group.sample_size(10);
    group.throughput(Throughput::Elements(packets as u64));
    group.bench_function("v5::decode", |bencher| {
        let mut buffer = vec![0; 2 * READ];
        bencher.iter(|| {
            let mut socket = stream.as_slice();
            let (mut filled, mut count) = (0, 0);
            while let Some(free) = buffer.get_mut(filled..filled + READ)
                && let Ok(read @ 1..) = socket.read(free)
            {
                filled += read;
                let mut rest = buffer.get(..filled).unwrap_or_default();
                while let Ok(Decoded::Packet { packet, len }) = &v5::decode(rest) {
                    read_v5(packet);
                    count += 1;
                    rest = rest.get(*len..).unwrap_or_default();
                }
                let left = rest.len();
                buffer.copy_within(filled - left..filled, 0);
                filled = left;
            }
            assert_eq!(count, packets);
        });
    });
    group.bench_function("v5::OwnedPacket::decode", |bencher| {
        bencher.iter(|| {
            let mut buffer = BytesMut::with_capacity(2 * READ);
            let mut count = 0;
            for read in stream.chunks(READ) {
                buffer.extend_from_slice(read);
                while let Ok(OwnedDecoded::Packet(owned)) =
                    OwnedPacket::decode(Version::V5_0, &mut buffer)
                {
                    if let mqtt_reason::Packet::V5(packet) = owned.packet() {
                        read_v5(&packet);
                    }
                    count += 1;
                }
            }
            assert_eq!(count, packets);
        });
    });
    group.finish();
}
