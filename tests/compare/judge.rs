//! What a version of the library says of frames: a line for each, `version sender limit information bytes verdict`.
//!
//! usage: judge SEEDS COUNT. SEEDS has one frame in hex a line; frames are drawn from them by changes of a few bytes,
//! always the same ones.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};

use mqtt_reason::{DecodeError, DecodeOptions, Decoded, Side, Version, v3, v5};

/// Numbers that look like chance: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ bits >> 31) % count as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// Often a byte that means something: a small length, a property, a code.
    fn telling_byte(&mut self) -> u8 {
        match self.below(4) {
            0 => self.below(8) as u8,
            1 => 0x10 + self.below(0x1C) as u8,
            2 => 0x80 + self.below(0x24) as u8,
            _ => self.byte(),
        }
    }
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let seeds = fs::read_to_string(&arguments[1])?;
    let seeds: Vec<Vec<u8>> = seeds.lines().map(bytes).filter(|seed| seed.len() < 200).collect();
    let count: usize = arguments[2].parse().expect("a number of frames");
    let mut numbers = Numbers(1);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut frames = every_code();
    frames.truncate(count);
    frames.resize_with(count, || draw(&seeds, &mut numbers));
    for frame in frames {
        let version = [Version::V5_0, Version::V5_0, Version::V3_1_1, Version::V3_1][numbers.below(4)];
        let sender = [None, Some(Side::Client), Some(Side::Server)][numbers.below(3)];
        let limit = (numbers.below(8) == 0).then(|| numbers.below(40) as u32);
        let information = numbers.below(8) != 0;
        let mut options = DecodeOptions::new().request_problem_information(information);
        if let Some(sender) = sender {
            options = options.sender(sender);
        }
        if let Some(limit) = limit {
            options = options.max_packet_size(limit);
        }
        let verdict = match version {
            Version::V5_0 => verdict(v5::decode_with(&options, &frame)),
            Version::V3_1_1 => verdict(v3::decode_with(v3::Version::V3_1_1, &options, &frame)),
            Version::V3_1 => verdict(v3::decode_with(v3::Version::V3_1, &options, &frame)),
        };
        let sender = sender.map_or("anyone".to_owned(), |sender| sender.to_string());
        let limit = limit.map_or("-".to_owned(), |limit| limit.to_string());
        let mut hex = String::new();
        for byte in &frame {
            write!(hex, "{byte:02x}").expect("a string takes everything");
        }
        writeln!(out, "{version} {sender} {limit} {information} {hex}. {verdict}")?;
    }
    out.flush()
}

fn verdict<P>(result: Result<Decoded<'_, P>, DecodeError>) -> String {
    match result {
        Ok(Decoded::Packet { len, .. }) => format!("packet {len}"),
        Ok(Decoded::Frame(frame)) => format!("frame {}", frame.bytes().len()),
        Ok(Decoded::Incomplete { needed }) => format!("incomplete {needed}"),
        Err(error) => {
            let class = error.class().to_string().replace(' ', "_");
            let answer = error.answer().map_or("close".to_owned(), |code| format!("{:#04x}", u8::from(mqtt_reason::ReasonCode::from(code))));
            format!("refused {class} {} {} {answer}", error.offset(), error.rule())
        }
    }
}

/// Every code, and every property identifier alone, in every packet; every first byte.
fn every_code() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for byte in 0..=255_u8 {
        for first in [0x40, 0x50, 0x62, 0x70] {
            frames.push(vec![first, 3, 0, 10, byte]);
            frames.push(vec![first, 6, 0, 10, 0, 2, byte, 1]);
        }
        for first in [0x90, 0xB0] {
            frames.push(vec![first, 4, 0, 10, 0, byte]);
            frames.push(vec![first, 3, 0, 10, byte]);
        }
        frames.push(vec![0x20, 3, 0, byte, 0]);
        frames.push(vec![0x20, 3, byte, 0, 0]);
        frames.push(vec![0x20, 2, 0, byte]);
        frames.push(vec![0x20, 6, 0, 0, 3, byte, 0, 0]);
        frames.push(vec![0xE0, 1, byte]);
        frames.push(vec![0xE0, 5, 0, 3, byte, 0, 0]);
        frames.push(vec![0xF0, 6, byte, 4, 0x15, 0, 1, b'm']);
        frames.push(vec![byte, 2, 0, 10]);
        frames.push(vec![byte, 0]);
        frames.push(vec![byte]);
    }
    // Each for several senders and versions.
    let one = frames.clone();
    for _ in 0..15 {
        frames.extend(one.iter().cloned());
    }
    frames
}

/// A seed with a few bytes changed, taken out, put in or cut off.
fn draw(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut frame = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..numbers.below(4) {
        let at = numbers.below(frame.len().max(1));
        match numbers.below(8) {
            0..=3 if at < frame.len() => frame[at] = numbers.telling_byte(),
            4 if at < frame.len() => frame[at] ^= 1 << numbers.below(8),
            5 if at < frame.len() => {
                frame.remove(at);
                shift_length(&mut frame, -1);
            }
            6 => {
                frame.insert(at.min(frame.len()), numbers.telling_byte());
                shift_length(&mut frame, 1);
            }
            _ => frame.truncate(at),
        }
    }
    frame
}

/// Keeps the Remaining Length right, where it is one byte, so that more than the length is wrong.
fn shift_length(frame: &mut [u8], by: i8) {
    if let [_, length @ 0..=0x7E, ..] = frame {
        *length = length.wrapping_add_signed(by);
    }
}

fn bytes(line: &str) -> Vec<u8> {
    let digits: Vec<u8> = line.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(text, 16).expect("hex")
    };
    digits.chunks_exact(2).map(value).collect()
}
