//! What the fuzz targets check, on the golden frames and on what the fuzzer once found.
//!
//! The targets in `fuzz/fuzz_targets` call the same functions. A finding is kept as `fuzz/findings/TARGET/*`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics when it fails"
)]

#[path = "../conformance/codec.rs"]
#[expect(dead_code, reason = "the conformance tests use more of it")]
mod codec;
#[path = "../oracle/mod.rs"]
mod oracle;

mod conversation;
mod decode;
#[path = "../vectors/entries.rs"]
mod entries;
mod input;
mod oracle_agrees;
mod roundtrip;
mod split;

use std::fs;
use std::path::Path;

use arbitrary::{Arbitrary, Unstructured};
use mqtt_reason::testing::Valid;

fn check_roundtrip(data: &[u8]) {
    if let Ok(valid) = Valid::arbitrary(&mut Unstructured::new(data)) {
        roundtrip::check(&valid);
    }
}

/// The files below a folder of the project.
fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    }
}

#[test]
fn findings_of_the_fuzzer_are_no_findings_any_more() {
    type Check = fn(&[u8]);
    let targets: [(&str, Check); 5] = [
        ("conversation", conversation::check),
        ("decode", decode::check),
        ("oracle", oracle_agrees::check),
        ("roundtrip", check_roundtrip),
        ("split", split::check),
    ];
    for (target, check) in targets {
        for finding in files(&format!("fuzz/findings/{target}")) {
            check(&fs::read(finding).unwrap());
        }
    }
}

#[test]
fn golden_frames_pass_in_every_context() {
    for (_, text) in entries::entries() {
        let digits: String = text
            .lines()
            .filter(|line| !line.starts_with(['#', '=']))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let frame = hex::decode(digits).unwrap();
        for choice in [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0x48, 0x80, 0x88] {
            for size in [0, 16, 255] {
                let data = [&[choice, size], frame.as_slice()].concat();
                decode::check(&data);
                oracle_agrees::check(&data);
                split::check(&[&[choice, size, size], frame.as_slice()].concat());
            }
        }
        check_roundtrip(&frame);
    }
}

/// Some thousand inputs of the conversation's target, as a fuzzer would make them.
#[test]
fn conversations_of_random_bytes() {
    let mut state = 1_u64;
    for _ in 0..4000 {
        let data: Vec<u8> = (0..600)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        conversation::check(&data);
    }
}

/// The fuzzer seldom draws the longest strings and lists, which take most of its time: here they pass the same checks.
#[test]
fn the_longest_strings_pass_as_well() {
    let mut state = 1_u32;
    let mut longest = 0;
    for number in 0..300_usize {
        let mut data: Vec<u8> = (0..400)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        // Version and packet type, then the side, where both may send it, and the choice of a large packet.
        data[0] = 0;
        data[1] = u8::try_from(number % 9).unwrap();
        data[2..5].fill(0xFF);
        let valid = Valid::arbitrary(&mut Unstructured::new(&data)).unwrap();
        longest = longest.max(valid.shortest().len());
        roundtrip::check(&valid);
    }
    assert!(longest > 65_535, "{longest}");
}
