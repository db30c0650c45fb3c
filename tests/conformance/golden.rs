//! The frames in `tests/vectors`, whole, cut, stretched and changed: the codec against the oracle.
//!
//! Every byte of every frame is changed, deleted and has another byte put in front of it. The byte takes all 256 values,
//! except inside the strings of two frames of 16,527 and 65,548 bytes, where it takes one that is another in each place;
//! in the tests that are ignored it takes all 256 there, too.

#[path = "../vectors/entries.rs"]
mod entries;

use crate::codec::{options, says, verdict};
use crate::oracle::{Context, Sender, Value, Verdict, Version, judge, judge_by};

/// The bytes of an entry and the context that its options name.
struct Golden {
    name: String,
    bytes: Vec<u8>,
    context: Context,
}

fn golden() -> Vec<Golden> {
    let entries = entries::entries().into_iter();
    entries.map(|(name, text)| read(name, &text)).collect()
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
        for cut in 0..len {
            match agree(&golden.name, &packet[..cut], &golden.context) {
                Verdict::Incomplete { needed } if cut >= 5 => assert_eq!(needed, len - cut),
                Verdict::Incomplete { needed } => assert!(needed <= len - cut),
                verdict => panic!("{} cut to {cut}: {verdict:?}", golden.name),
            }
        }
    }
}

/// A packet of a golden file.
struct Frame {
    name: String,
    /// The packet and what follows it in the file.
    bytes: Vec<u8>,
    /// How many of the bytes are the packet, or what is there of it.
    len: usize,
    context: Context,
}

impl Frame {
    /// Whether a place is inside the text of a long frame: the two there are are long because of one letter each.
    fn is_long_text(&self, place: usize) -> bool {
        let letter = self.bytes[place];
        let is_repeated = [place.wrapping_sub(1), place + 1]
            .iter()
            .any(|&beside| self.bytes.get(beside) == Some(&letter));
        self.len > 4_096 && [b'v', b'x'].contains(&letter) && is_repeated
    }
}

/// Every packet of every file; of equal ones, followed by the same, one.
fn frames() -> Vec<Frame> {
    let mut all: Vec<Frame> = Vec::new();
    for golden in golden() {
        let mut rest = golden.bytes.as_slice();
        while !rest.is_empty() {
            let len = match judge(rest, &golden.context) {
                Verdict::Packet { len, .. } | Verdict::Frame { len, .. } => len,
                Verdict::Incomplete { .. } | Verdict::Refused { .. } => rest.len(),
            };
            let is_new = all
                .iter()
                .all(|frame| frame.bytes != rest || frame.context != golden.context);
            if is_new {
                all.push(Frame {
                    name: golden.name.clone(),
                    bytes: rest.to_vec(),
                    len,
                    context: golden.context,
                });
            }
            rest = &rest[len..];
        }
    }
    all
}

/// Every byte at which the grammar of UTF-8 changes its mind, the one before it, and a letter. Between letters those from
/// one to the next are judged alike: a character of one byte is read as it is, and no other is whole.
const EDGES: [u8; 27] = [
    0x00, 0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
    0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF,
];

/// The values that bytes are given.
#[derive(Clone, Copy)]
enum Values {
    /// All, but one in each place inside the text of a long frame.
    All,
    /// In each place inside the text of a long frame, all.
    AllInLongText,
}

impl Values {
    /// The values for which the oracle is asked.
    fn at(self, place: usize, frame: &Frame) -> impl Iterator<Item = u8> {
        let is_text = frame.is_long_text(place);
        let (first, last) = match self {
            Self::All if is_text => (place % EDGES.len(), place % EDGES.len()),
            Self::AllInLongText if is_text => (0, EDGES.len() - 1),
            Self::All => (0, 255),
            Self::AllInLongText => (1, 0),
        };
        (first..=last).map(move |index| match is_text {
            true => EDGES[index],
            false => u8::try_from(index).unwrap(),
        })
    }

    /// Judges the values between an edge, for which the oracle has given the `verdict`, and the next edge; returns how
    /// many were judged.
    fn up_to_next_edge(
        self,
        frame: &Frame,
        bytes: &mut [u8],
        place: usize,
        mut verdict: Verdict,
    ) -> usize {
        let edge = bytes[place];
        let next = match self {
            Self::All => return 0,
            Self::AllInLongText => EDGES.into_iter().find(|&next| next > edge).unwrap_or(edge),
        };
        let options = options(&frame.context);
        let letter = letter(&verdict, edge);
        for value in (edge..next).skip(1) {
            bytes[place] = value;
            if let Some((property, at)) = letter {
                let text = text(&mut verdict, property);
                text.replace_range(at..=at, char::from(value).encode_utf8(&mut [0; 4]));
            }
            assert!(
                says(&verdict, bytes, &frame.context, &options),
                "{}: {value:#04x} at {place}",
                frame.name
            );
        }
        usize::from(next.saturating_sub(edge).saturating_sub(1))
    }
}

/// The property in whose text a letter is read, which is in no other place, and the place in the text.
fn letter(verdict: &Verdict, letter: u8) -> Option<(usize, usize)> {
    let Verdict::Packet { packet, .. } = verdict else {
        return None;
    };
    let mut properties = packet.properties.iter().enumerate();
    let found = properties.find_map(|(property, (_, value))| match value {
        Value::Text(text) | Value::Pair(_, text) => {
            text.find(char::from(letter)).map(|at| (property, at))
        }
        _ => None,
    });
    assert!(found.is_some(), "an accepted letter is read");
    found
}

/// The text of a property of an accepted packet.
fn text(verdict: &mut Verdict, property: usize) -> &mut String {
    match verdict {
        Verdict::Packet { packet, .. } => match &mut packet.properties[property] {
            (_, Value::Text(text) | Value::Pair(_, text)) => text,
            other => panic!("{other:?} is no text"),
        },
        other => panic!("{other:?} is no packet"),
    }
}

/// Adds to the Remaining Length where that changes one byte only.
fn with_remaining_length(bytes: &[u8], change: i8) -> Option<Vec<u8>> {
    let low_bits = i8::try_from(bytes.get(1)? & 0x7F).unwrap();
    low_bits.checked_add(change).filter(|sum| *sum >= 0)?;
    let mut bytes = bytes.to_vec();
    bytes[1] = bytes[1].wrapping_add_signed(change);
    Some(bytes)
}

/// Judges `bytes`, as they are and, if the byte at `place` is behind the Remaining Length, with that changed as well,
/// except inside the text of a long frame; returns how many were judged.
fn agree_both(frame: &Frame, place: usize, bytes: &[u8], change: i8) -> usize {
    agree(&frame.name, bytes, &frame.context);
    if place > 1
        && !frame.is_long_text(place)
        && let Some(bytes) = with_remaining_length(bytes, change)
    {
        agree(&frame.name, &bytes, &frame.context);
        return 2;
    }
    1
}

/// Gives every byte other values; returns how many were judged.
fn change_every_byte(values: Values) -> usize {
    let mut judged = 0;
    for frame in frames() {
        let mut bytes = frame.bytes.clone();
        for place in 0..frame.len {
            for value in values.at(place, &frame) {
                bytes[place] = value;
                let verdict = agree(&frame.name, &bytes, &frame.context);
                judged += 1 + values.up_to_next_edge(&frame, &mut bytes, place, verdict);
            }
            bytes[place] = frame.bytes[place];
        }
    }
    judged
}

/// Puts a byte in front of every byte; returns how many were judged.
fn insert_everywhere(values: Values) -> usize {
    let mut judged = 0;
    for frame in frames() {
        let mut bytes = frame.bytes.clone();
        bytes.insert(0, 0);
        for place in 0..frame.len {
            for value in values.at(place, &frame) {
                bytes[place] = value;
                if frame.is_long_text(place) {
                    let verdict = agree(&frame.name, &bytes, &frame.context);
                    judged += 1 + values.up_to_next_edge(&frame, &mut bytes, place, verdict);
                } else {
                    judged += agree_both(&frame, place, &bytes, 1);
                }
            }
            bytes[place] = frame.bytes[place];
        }
    }
    judged
}

#[test]
fn every_length_off_by_one_is_judged_alike() {
    for frame in frames() {
        let mut bytes = frame.bytes.clone();
        bytes.push(0);
        for place in (2..frame.len).filter(|&place| !frame.is_long_text(place)) {
            for change in [1_u8, u8::MAX] {
                bytes[place] = frame.bytes[place].wrapping_add(change);
                // With a Remaining Length that follows the change.
                if let Some(longer) = with_remaining_length(&bytes, 1) {
                    agree(&frame.name, &longer, &frame.context);
                }
            }
            bytes[place] = frame.bytes[place];
        }
    }
}

#[test]
fn every_change_of_a_byte_is_judged_alike() {
    let judged = change_every_byte(Values::All);
    assert!(judged > 2_300_000, "{judged}");
}

#[test]
fn every_deletion_of_a_byte_is_judged_alike() {
    let mut judged = 0;
    for frame in frames() {
        for place in 0..frame.len {
            let mut shorter = frame.bytes.clone();
            shorter.remove(place);
            judged += agree_both(&frame, place, &shorter, -1);
        }
    }
    assert!(judged > 96_000, "{judged}");
}

#[test]
fn every_insertion_of_a_byte_is_judged_alike() {
    let judged = insert_everywhere(Values::All);
    assert!(judged > 4_000_000, "{judged}");
}

#[test]
#[ignore = "takes minutes"]
fn every_change_of_a_byte_of_long_text_is_judged_alike() {
    let judged = change_every_byte(Values::AllInLongText);
    assert!(judged > 20_000_000, "{judged}");
}

#[test]
#[ignore = "takes minutes"]
fn every_insertion_of_a_byte_into_long_text_is_judged_alike() {
    let judged = insert_everywhere(Values::AllInLongText);
    assert!(judged > 20_000_000, "{judged}");
}

#[test]
fn the_oracle_looks_at_no_more_bytes_than_it_says() {
    for frame in frames() {
        let mut bytes = frame.bytes.clone();
        let places = 0..frame.len.min(300);
        for (place, change) in places.flat_map(|place| [0x01, 0x80, 0xFF].map(|c| (place, c))) {
            bytes[place] ^= change;
            let (verdict, looked_at) = judge_by(&bytes, &frame.context);
            for byte in [0x00, 0x01, 0x80, 0xFF] {
                bytes[looked_at..].fill(byte);
                assert_eq!(judge(&bytes, &frame.context), verdict, "{}", frame.name);
            }
            bytes.copy_from_slice(&frame.bytes);
        }
    }
}
