//! What the published codecs make of packets with one defect each: a Markdown table.
//!
//! ```sh
//! cargo run --release --bin malformed            # 300 packets a defect
//! cargo run --release --bin malformed -- 1000
//! ```
//!
//! The packets are those of `mqtt_reason::testing::Malformed` that are wrong whoever sent them and whatever was
//! announced, drawn from a fixed seed. A cell tells how many of them a decoder refuses; a last row how many packets
//! without a defect it accepts. A decoder that panics has not refused.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;

use arbitrary::{Arbitrary, Unstructured};
use mqtt_reason::Version;
use mqtt_reason::testing::{Defect, Malformed, Valid};
use mqtt_reason_peers::codec::{Meeting, Subject};
use mqtt_reason_peers::peers;
use mqtt_reason_peers::workloads::Protocol;

/// A new packet is drawn from this many bytes.
const ENTROPY: usize = 2048;

/// Larger packets test nothing more here.
const LARGEST: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let count = env::args().nth(1).map_or(Ok(300), |count| count.parse())?;
    for (version, protocol) in [
        (Version::V5_0, Protocol::V5),
        (Version::V3_1_1, Protocol::V311),
    ] {
        table(version, protocol, count);
    }
    Ok(())
}

/// The table of one version.
fn table(version: Version, protocol: Protocol, count: usize) {
    let mut seed = Seed(0x6D71_7474_7265_6173);
    let defects: Vec<_> = Defect::ALL
        .iter()
        .filter(|defect| defect.occurs_in(version))
        .collect();
    let mut cases: BTreeMap<Defect, Vec<Vec<u8>>> = BTreeMap::new();
    let mut valid = Vec::new();
    // Some defects need a known sender or an announced limit: there are no cases of them, and no row.
    for _ in 0..count * defects.len() * 40 {
        let entropy = seed.bytes();
        let mut entropy = Unstructured::new(&entropy);
        if let Ok(case) = Malformed::arbitrary(&mut entropy)
            && case.version == version
            && case.sender.is_none()
            && case.max_packet_size.is_none()
            && case.request_problem_information
            && case.bytes.len() <= LARGEST
        {
            let cases = cases.entry(case.defect).or_default();
            if cases.len() < count {
                cases.push(case.bytes);
            }
        }
        if valid.len() < count
            && let Ok(packet) = Valid::arbitrary(&mut entropy)
            && packet.version() == version
        {
            let bytes = packet.bytes();
            if bytes.len() <= LARGEST {
                valid.push(bytes);
            }
        }
    }
    let subjects: Vec<_> = peers::all()
        .into_iter()
        .filter(|subject| subject.decodes && subject.passes(protocol).is_some())
        .collect();
    println!("\n## MQTT {version}\n");
    print!("| defect | packets |");
    for subject in &subjects {
        print!(" {} {} |", subject.name, subject.version);
    }
    println!("\n|---|---:|{}", "---:|".repeat(subjects.len()));
    for (defect, cases) in &cases {
        print!("| {} | {} |", defect.description(), cases.len());
        row(&subjects, protocol, cases, Meeting::Refused);
    }
    print!("| *no defect: accepted* | {} |", valid.len());
    row(&subjects, protocol, &valid, Meeting::Accepted);
}

/// How often each subject does what is right.
fn row(subjects: &[Subject], protocol: Protocol, cases: &[Vec<u8>], right: Meeting) {
    for subject in subjects {
        let Some(passes) = subject.passes(protocol) else {
            continue;
        };
        let met: Vec<_> = cases.iter().map(|bytes| passes.meets(bytes)).collect();
        let count = met.iter().filter(|meeting| **meeting == right).count();
        let panics = met
            .iter()
            .filter(|meeting| **meeting == Meeting::Panicked)
            .count();
        if panics > 0 {
            print!(" {count}, panics at {panics} |");
        } else {
            print!(" {count} |");
        }
    }
    println!();
}

/// SplitMix64: the same packets in every run.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..ENTROPY / 8)
            .flat_map(|_| self.next().to_le_bytes())
            .collect()
    }
}
