//! CONNECT, PUBLISH and SUBSCRIBE, decoded and read, and written: the views of mqtt-reason beside the same by hand.
//!
//! ```sh
//! cargo bench -p mqtt-reason-benches --bench requests              # times, interleaved; ratios are medians
//! cargo bench -p mqtt-reason-benches --bench requests -- W8        # one of them
//! ```
//!
//! Both are used as everyone writes it: decode, match, read each field and property once.

#[path = "../requests.rs"]
mod requests;
#[expect(unreachable_pub, reason = "the peers use it as well")]
#[path = "../../tests/workloads/requests.rs"]
mod workloads;
#[path = "../written_requests.rs"]
mod written;

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use self::requests::{hand, ours};
use self::written::{fields, views, write, write_by_hand};

fn time(pass: impl FnOnce()) -> Duration {
    let start = Instant::now();
    pass();
    start.elapsed()
}

/// Times both in turn and prints the medians.
fn compare(name: &str, count: usize, mut ours: impl FnMut(), mut hand: impl FnMut()) {
    let mut rounds: Vec<_> = (0..101)
        .map(|_| {
            let times = [time(&mut ours), time(&mut hand)];
            times.map(|time| time.as_secs_f64() * 1e9 / count as f64)
        })
        .collect();
    let mut median = |key: fn(&[f64; 2]) -> f64| {
        rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
        rounds.get(rounds.len() / 2).map_or(f64::NAN, key)
    };
    let (ours, hand) = (median(|[ours, _]| *ours), median(|[_, hand]| *hand));
    let ratio = median(|[ours, hand]| ours / hand);
    println!("{name:10} {ours:5.1} by hand {hand:5.1} ratio {ratio:.2}");
}

fn main() {
    println!("ns a packet; the ratio is the median of 101 interleaved rounds");
    let wanted: Vec<String> = env::args().filter(|arg| arg.starts_with('W')).collect();
    let all = workloads::all().into_iter();
    for workload in all.filter(|one| wanted.is_empty() || wanted.iter().any(|it| it == one.name)) {
        println!("{}: {}", workload.name, workload.what);
        let bytes = workload.bytes();
        assert_eq!(ours(&bytes), hand(&bytes), "both read the same");
        compare(
            "  decode",
            workload.count,
            || {
                black_box(ours(black_box(&bytes)));
            },
            || {
                black_box(hand(black_box(&bytes)));
            },
        );
        // Few enough that the size of a packet's type does not make it a question of memory.
        let few = 1_000;
        let bytes = workload.packet.repeat(few);
        let (views, fields) = (views(&bytes), fields(&bytes));
        let (mut room, mut room_by_hand) = ([0; 1_024], [0; 1_024]);
        write(&views, &mut room);
        write_by_hand(&fields, &mut room_by_hand);
        assert_eq!(room, room_by_hand, "both write the same");
        assert!(room.starts_with(&workload.packet), "and what was read");
        compare(
            "  encode",
            few,
            || write(black_box(&views), &mut room),
            || write_by_hand(black_box(&fields), &mut room_by_hand),
        );
    }
}
