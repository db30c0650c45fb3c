//! What the loop costs that everyone writes, where the packet is moved out of the result, beside the one that looks at
//! the result by reference; ours and those of *B*, the decoder by hand.
//!
//! ```sh
//! cargo bench -p mqtt-reason-benches --bench loops             # times and ratios are medians of interleaved rounds
//! ```

#![expect(
    clippy::indexing_slicing,
    reason = "the four passes are told by their number"
)]

#[path = "../by_hand/mod.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::enum_variant_names,
    reason = "a part of another package, which has its own lints"
)]
mod by_hand;
#[path = "../../tests/workloads/walk.rs"]
mod walk;
#[expect(dead_code, unreachable_pub, reason = "a part of what the peers use")]
#[path = "../../tests/workloads/mod.rs"]
mod workloads;

use std::hint::black_box;
use std::time::Instant;

use mqtt_reason::v3::Version::V3_1_1;
use mqtt_reason::{Decoded, v3, v5};
use mqtt_reason_benches::median;

use self::walk::{walk_v3, walk_v5};
use self::workloads::visit::Sum;
use self::workloads::{Protocol, visit};

const ROUNDS: usize = 301;

/// Decodes and reads every packet.
type Pass = fn(&[u8]);

/// A pass over packets, which `$decode` takes one by one from the rest of the bytes.
macro_rules! pass {
    ($rest:ident, $decode:expr, $pattern:pat => ($packet:expr, $len:expr), $walk:path) => {
        |bytes| {
            let mut sum = Sum::default();
            let mut $rest: &[u8] = bytes;
            while let $pattern = $decode {
                $walk(black_box($packet), &mut sum);
                $rest = $rest.get($len..).unwrap_or_default();
            }
            assert!($rest.is_empty(), "all is decoded");
            black_box(sum);
        }
    };
}

/// Ours by reference and moved, then *B* by reference and moved.
const V5: [Pass; 4] = [
    pass!(rest, &v5::decode(rest), Ok(Decoded::Packet { packet, len }) => (packet, *len), walk_v5),
    pass!(rest, v5::decode(rest), Ok(Decoded::Packet { packet, len }) => (&packet, len), walk_v5),
    pass!(rest, &by_hand::decode::decode(rest), Ok(Some((packet, len))) => (packet, *len), by_hand::decode::walk),
    pass!(rest, by_hand::decode::decode(rest), Ok(Some((packet, len))) => (&packet, len), by_hand::decode::walk),
];

const V311: [Pass; 4] = [
    pass!(rest, &v3::decode(V3_1_1, rest), Ok(Decoded::Packet { packet, len }) => (packet, *len), walk_v3),
    pass!(rest, v3::decode(V3_1_1, rest), Ok(Decoded::Packet { packet, len }) => (&packet, len), walk_v3),
    pass!(rest, &by_hand::decode::decode3(rest), Ok(Some((packet, len))) => (packet, *len), by_hand::decode::walk3),
    pass!(rest, by_hand::decode::decode3(rest), Ok(Some((packet, len))) => (&packet, len), by_hand::decode::walk3),
];

fn main() {
    println!(
        "| | by reference, ns | moved, ns | moved, × by reference | moved, × *B* by reference | moved, × *B* moved | *B* moved, × by reference |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for workload in workloads::all() {
        let passes = match workload.protocol {
            Protocol::V5 => V5,
            Protocol::V311 => V311,
        };
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let mut times = [0.0; 4];
            for turn in 0..4 {
                // Everyone is the first one in turn.
                let who = (round + turn) % 4;
                let start = Instant::now();
                passes[who](black_box(&workload.bytes));
                times[who] = start.elapsed().as_secs_f64() * 1e9 / workload.len() as f64;
            }
            rounds.push(times);
        }
        let ratio = |a: usize, b: usize| median(rounds.iter().map(|times| times[a] / times[b]));
        println!(
            "| {} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.2} |",
            workload.name,
            median(rounds.iter().map(|times| times[0])),
            median(rounds.iter().map(|times| times[1])),
            ratio(1, 0),
            ratio(1, 2),
            ratio(1, 3),
            ratio(3, 2),
        );
    }
}
