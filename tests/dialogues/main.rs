//! Generated connections: correct ones give no finding, one planted fault gives one.
//!
//! `DIALOGUES` sets how many, `SEED` the first seed (1); each seed that fails is printed.
#![expect(
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use arbitrary::Unstructured;
use mqtt_reason::Side;
use mqtt_reason::conversation::{Conversation, Event, RULES, Settings, Streams};
use mqtt_reason::testing::{Dialogue, Planted, Step};

/// A small generator of numbers: xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() >> 33) as usize % count.max(1)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len / 8)
            .flat_map(|_| self.next().to_le_bytes())
            .collect()
    }
}

/// What the checker tells of a connection: row, who, and the index of the step.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    row: String,
    by: Side,
    step: u64,
    text: String,
}

/// The steps in other pieces: packets are cut anywhere, and what comes early of a packet may pass before a packet of the
/// other side; the order in which packets are whole stays.
fn pieces(steps: &[Step], random: &mut Random) -> Vec<(usize, Step)> {
    let mut pieces: Vec<(usize, Step)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let mut rest = step.clone();
        while rest.bytes.len() > 1 && random.below(2) == 0 {
            let at = 1 + random.below(rest.bytes.len() - 1);
            let mut first = rest.clone();
            rest.bytes = first.bytes.split_off(at);
            // It may have come before what the other side sent last.
            let mut place = pieces.len();
            while place > 0 && pieces[place - 1].1.from != first.from && random.below(2) == 0 {
                place -= 1;
            }
            if place < pieces.len() {
                first.time = pieces[place].1.time;
            }
            pieces.insert(place, (index, first));
        }
        // Or two packets come as one piece.
        match pieces.last_mut() {
            Some((last, before))
                if before.from == rest.from
                    && *last + 1 == index
                    && rest.time - before.time < Duration::from_secs(1)
                    && random.below(4) == 0 =>
            {
                before.bytes.extend_from_slice(&rest.bytes);
                *last = index;
            }
            _ => pieces.push((index, rest)),
        }
    }
    pieces
}

fn told<'s>(steps: impl IntoIterator<Item = (usize, &'s Step)>, ticks: bool) -> Vec<Told> {
    let mut streams = Streams::new(Conversation::new(Settings::new()));
    let mut told = Vec::new();
    for (index, step) in steps {
        let tell = &mut |event: Event<'_>| match event {
            Event::Finding(finding) => told.push(Told {
                row: finding.row().to_owned(),
                by: finding.by(),
                step: finding.seen().map_or(index as u64, |seen| seen.tag),
                text: finding.to_string(),
            }),
            Event::Error(seen, error, bytes) => told.push(Told {
                row: "error".to_owned(),
                by: seen.from,
                step: seen.tag,
                text: format!("{error} {bytes:02x?}"),
            }),
            _ => {}
        };
        if ticks {
            streams.tick(step.time, tell);
        }
        streams.receive(step.from, step.time, index as u64, &step.bytes, tell);
    }
    told
}

fn shown(dialogue: &Dialogue) -> String {
    let lines = dialogue.steps.iter().enumerate().map(|(index, step)| {
        let bytes: String = step
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let packet = step.packet_type().map_or("?", |packet| packet.name());
        format!(
            "# {index} {packet}\n+{:.3} {} {bytes}\n",
            step.time.as_secs_f64(),
            step.from
        )
    });
    format!(
        "# {:?}, {:?}\n{}",
        dialogue.version,
        dialogue.planted,
        lines.collect::<String>()
    )
}

fn dialogue(seed: u64, is_faulty: bool) -> Dialogue {
    let bytes = Random::new(seed).bytes(6000);
    let mut entropy = Unstructured::new(&bytes);
    if is_faulty {
        Dialogue::arbitrary_faulty(&mut entropy)
    } else {
        Dialogue::arbitrary_correct(&mut entropy)
    }
}

fn count(by_default: u64) -> (u64, u64) {
    let number = |name: &str, by_default: u64| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse().ok())
            .unwrap_or(by_default)
    };
    let seed = number("SEED", 1);
    println!("SEED={seed}");
    (seed, number("DIALOGUES", by_default))
}

fn correct_ones_give_no_finding(count: u64, seed: u64) {
    let mut packets = BTreeMap::new();
    for seed in seed..seed + count {
        let dialogue = dialogue(seed, false);
        let mut random = Random::new(seed ^ 0x5EED);
        let whole = told(dialogue.steps.iter().enumerate(), random.below(2) == 0);
        assert!(
            whole.is_empty(),
            "SEED={seed} {whole:?}\n{}",
            shown(&dialogue)
        );
        let pieces = pieces(&dialogue.steps, &mut random);
        let in_pieces = told(pieces.iter().map(|(index, step)| (*index, step)), false);
        assert!(
            in_pieces.is_empty(),
            "SEED={seed} in pieces {in_pieces:?}\n{}\n{pieces:02x?}",
            shown(&dialogue)
        );
        for step in &dialogue.steps {
            *packets.entry(step.packet_type()).or_insert(0_u64) += 1;
        }
    }
    println!("{packets:?}");
    assert_eq!(packets.len(), 15, "every packet type occurs");
}

fn one_fault_gives_one_finding(count: u64, seed: u64) {
    let mut found = BTreeMap::new();
    let mut planted_ones = 0;
    for seed in seed..seed + count {
        let dialogue = dialogue(seed, true);
        let told = told(dialogue.steps.iter().enumerate(), false);
        let Some(Planted { row, by, step, .. }) = dialogue.planted else {
            assert!(
                told.is_empty(),
                "SEED={seed} {told:?}\n{}",
                shown(&dialogue)
            );
            continue;
        };
        planted_ones += 1;
        let is_right = told.len() == 1
            && told[0].row == row
            && told[0].by == by
            && told[0].step == step as u64;
        assert!(
            is_right,
            "SEED={seed} {row} by {by} at {step}: {told:?}\n{}",
            shown(&dialogue)
        );
        *found.entry(row).or_insert(0_u64) += 1;
    }
    println!("{planted_ones} of {count}: {found:?}");
    assert!(
        planted_ones * 2 > count,
        "an occasion for the fault is found most of the time"
    );
    for row in found.keys() {
        assert!(RULES.iter().any(|rule| rule.row == *row));
    }
}

#[test]
fn correct_connections_give_no_finding() {
    let (seed, count) = count(20_000);
    correct_ones_give_no_finding(count, seed);
}

#[test]
fn one_planted_fault_gives_one_finding() {
    let (seed, count) = count(20_000);
    one_fault_gives_one_finding(count, seed);
}

/// For `.ci/long`: `DIALOGUES=1000000`.
#[test]
#[ignore = "a million connections take minutes"]
fn a_million_correct_connections_give_no_finding() {
    let (seed, count) = count(1_000_000);
    correct_ones_give_no_finding(count, seed);
    one_fault_gives_one_finding(count / 4, seed);
}

#[test]
fn time_passes_in_a_dialogue() {
    let longest = (0..500).map(|seed| dialogue(seed, false));
    let longest = longest
        .filter_map(|dialogue| dialogue.steps.last().map(|step| step.time))
        .max();
    assert!(longest > Some(Duration::from_secs(60)));
}
