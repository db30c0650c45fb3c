//! CONNECT, PUBLISH and SUBSCRIBE, decoded and read: the views of mqtt-reason beside the same by hand.
//!
//! ```sh
//! cargo bench -p mqtt-reason-benches --bench requests              # times, interleaved; ratios are medians
//! cargo bench -p mqtt-reason-benches --bench requests -- W8        # one of them
//! ```
//!
//! Both are used as everyone writes it: decode, match, read each field and property once.

#[path = "../requests.rs"]
mod passes;
#[expect(unreachable_pub, reason = "the peers use it as well")]
#[path = "../../tests/workloads/requests.rs"]
mod workloads;

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use self::passes::{hand, ours};

fn time(pass: impl Fn(&[u8]) -> u64, bytes: &[u8]) -> Duration {
    let start = Instant::now();
    black_box(pass(black_box(bytes)));
    start.elapsed()
}

fn main() {
    println!("ns a packet, decode and read; the ratio is the median of 101 interleaved rounds");
    let wanted: Vec<String> = env::args().filter(|arg| arg.starts_with('W')).collect();
    let all = workloads::all().into_iter();
    for workload in all.filter(|one| wanted.is_empty() || wanted.iter().any(|it| it == one.name)) {
        let bytes = workload.bytes();
        assert_eq!(ours(&bytes), hand(&bytes), "both read the same");
        let mut rounds: Vec<_> = (0..101)
            .map(|_| {
                let times = [time(ours, &bytes), time(hand, &bytes)];
                times.map(|time| time.as_secs_f64() * 1e9 / workload.count as f64)
            })
            .collect();
        let mut median = |key: fn(&[f64; 2]) -> f64| {
            rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
            rounds.get(rounds.len() / 2).map_or(f64::NAN, key)
        };
        let (ours, hand) = (median(|[ours, _]| *ours), median(|[_, hand]| *hand));
        let ratio = median(|[ours, hand]| ours / hand);
        println!(
            "{:4} {:5.1} by hand {:5.1} ratio {:.2}  {}",
            workload.name, ours, hand, ratio, workload.what
        );
    }
}
