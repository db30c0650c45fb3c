//! The frames in `tests/vectors`, whole, cut, stretched and changed: the codec against the oracle.

use std::fs;
use std::path::Path;

use crate::codec::verdict;
use crate::oracle::{Context, Sender, Verdict, Version, judge};

/// The bytes of a file and the context that its options name.
struct Golden {
    name: String,
    bytes: Vec<u8>,
    context: Context,
}

fn golden() -> Vec<Golden> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut all = Vec::new();
    for folder in ["v3", "v5"] {
        for entry in fs::read_dir(vectors.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            all.push(read(name, &fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(all.len() > 100, "the golden frames are there");
    all
}

fn read(name: String, text: &str) -> Golden {
    let mut context = Context {
        version: Version::V5_0,
        sender: None,
        max_packet_size: None,
        request_problem_information: true,
    };
    let mut digits = String::new();
    for line in text.lines() {
        if let Some(options) = line.strip_prefix("# options:") {
            let mut words = options.split_whitespace();
            while let Some(word) = words.next() {
                match word {
                    "--mqtt" => {
                        context.version = match words.next() {
                            Some("3.1") => Version::V3_1,
                            Some("3.1.1") => Version::V3_1_1,
                            Some("5.0") => Version::V5_0,
                            other => panic!("{name}: version {other:?}"),
                        }
                    }
                    "--from" => {
                        context.sender = match words.next() {
                            Some("client") => Some(Sender::Client),
                            Some("server") => Some(Sender::Server),
                            other => panic!("{name}: sender {other:?}"),
                        }
                    }
                    "--max-packet-size" => {
                        context.max_packet_size = Some(words.next().unwrap().parse().unwrap());
                    }
                    "--no-problem-information" => context.request_problem_information = false,
                    other => panic!("{name}: option {other}"),
                }
            }
        } else if !line.starts_with('#') && !line.starts_with("=>") {
            digits.extend(line.chars().filter(|c| !c.is_whitespace()));
        }
    }
    let bytes = hex::decode(digits).unwrap_or_else(|error| panic!("{name}: {error}"));
    Golden {
        name,
        bytes,
        context,
    }
}

/// Panics if codec and oracle do not say the same.
#[track_caller]
fn agree(name: &str, bytes: &[u8], context: &Context) -> Verdict {
    let expected = judge(bytes, context);
    assert_eq!(
        verdict(bytes, context),
        expected,
        "{name}: {:02x?} under {context:?}",
        &bytes[..bytes.len().min(300)]
    );
    expected
}

/// The contexts in which a golden frame is read: its own and, for its bytes, every version and sender.
fn contexts(golden: &Golden) -> impl Iterator<Item = Context> + use<> {
    std::iter::once(golden.context).chain(crate::codec::contexts())
}

#[test]
fn every_packet_of_every_file_is_judged_alike() {
    for golden in golden() {
        for context in contexts(&golden) {
            let mut rest = golden.bytes.as_slice();
            while let Verdict::Packet { len, .. } | Verdict::Frame { len, .. } =
                agree(&golden.name, rest, &context)
            {
                rest = &rest[len..];
            }
        }
    }
}

#[test]
fn every_prefix_needs_exactly_the_missing_bytes() {
    for golden in golden() {
        let Verdict::Packet { len, .. } = judge(&golden.bytes, &golden.context) else {
            continue;
        };
        let packet = &golden.bytes[..len];
        let step = (len / 2_000).max(1);
        for cut in (0..len).step_by(step) {
            match agree(&golden.name, &packet[..cut], &golden.context) {
                Verdict::Incomplete { needed } if cut >= 5 => assert_eq!(needed, len - cut),
                Verdict::Incomplete { needed } => assert!(needed <= len - cut),
                verdict => panic!("{} cut to {cut}: {verdict:?}", golden.name),
            }
        }
    }
}

/// The places that are changed: all in a short frame, the ends and some between in a long one.
fn places(len: usize) -> impl Iterator<Item = usize> {
    (0..len)
        .filter(move |place| len <= 128 || *place < 32 || *place >= len - 16 || place % 997 == 0)
}

#[test]
fn every_length_off_by_one_is_judged_alike() {
    for golden in golden() {
        for place in places(golden.bytes.len()) {
            for change in [1_u8, u8::MAX] {
                let mut bytes = golden.bytes.clone();
                bytes[place] = bytes[place].wrapping_add(change);
                agree(&golden.name, &bytes, &golden.context);
                // With a Remaining Length that follows the change.
                if place > 1 && bytes[1] < 0x7F {
                    let mut longer = bytes.clone();
                    longer[1] += 1;
                    longer.push(0);
                    agree(&golden.name, &longer, &golden.context);
                }
            }
        }
    }
}

#[test]
fn every_change_of_a_byte_is_judged_alike() {
    for golden in golden() {
        let mut bytes = golden.bytes.clone();
        for place in places(golden.bytes.len()) {
            for value in 0..=u8::MAX {
                bytes[place] = value;
                agree(&golden.name, &bytes, &golden.context);
            }
            bytes[place] = golden.bytes[place];
        }
    }
}

#[test]
fn every_deletion_and_insertion_of_a_byte_is_judged_alike() {
    for golden in golden() {
        for place in places(golden.bytes.len()) {
            let mut shorter = golden.bytes.clone();
            shorter.remove(place);
            agree(&golden.name, &shorter, &golden.context);
            if shorter.len() > 1 && place > 1 && (1..=0x7F).contains(&shorter[1]) {
                shorter[1] -= 1;
                agree(&golden.name, &shorter, &golden.context);
            }
            for value in 0..=u8::MAX {
                let mut longer = golden.bytes.clone();
                longer.insert(place, value);
                agree(&golden.name, &longer, &golden.context);
                if place > 1 && longer[1] < 0x7F {
                    longer[1] += 1;
                    agree(&golden.name, &longer, &golden.context);
                }
            }
        }
    }
}
