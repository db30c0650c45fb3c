//! What a broker pays that keeps structs of its own and has this crate read and write its packets.
//!
//! ```sh
//! cargo bench -p mqtt-reason-benches --bench embedding              # ratios are medians of interleaved rounds
//! ```
//!
//! Two layers between bytes and the same structs, which own their strings and have a `u16` for an identifier: one reads
//! and writes by hand, as a broker's author would, without checks but `String::from_utf8`; the other goes through this
//! crate, with all of its checks.

#![expect(
    clippy::cast_possible_truncation,
    reason = "the code by hand is as its author would write it"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use mqtt_reason::v5::{self, DisconnectReason, Property, PubackReason, SubackReason};
use mqtt_reason::{Decoded, Encode, PacketId};
use mqtt_reason_benches::median;

/// A packet of the broker.
#[derive(Debug, Clone, PartialEq)]
enum Packet {
    Puback(u16, PubackReason, Option<Properties>),
    Suback(u16, Vec<SubackReason>, Option<Properties>),
    Disconnect(DisconnectReason, Option<Properties>),
}

/// Reason String and User Properties.
#[derive(Debug, Clone, Default, PartialEq)]
struct Properties {
    reason_string: Option<String>,
    user_properties: Vec<(String, String)>,
}

/// Through this crate.
mod ours {
    use mqtt_reason::v5::{ProblemInformation, PropertySource};

    use super::*;

    fn properties(read: v5::Properties<'_>) -> Option<Properties> {
        if read.is_empty() {
            return None;
        }
        let mut properties = Properties::default();
        for property in read {
            match property {
                Property::ReasonString(text) => properties.reason_string = Some(text.into()),
                Property::UserProperty(name, value) => {
                    properties.user_properties.push((name.into(), value.into()));
                }
                _ => {}
            }
        }
        Some(properties)
    }

    #[inline(never)]
    pub(super) fn read(bytes: &[u8]) -> Option<Packet> {
        let Ok(Decoded::Packet { packet, .. }) = v5::decode(bytes) else {
            return None;
        };
        Some(match packet {
            // By itself, as by hand: the `None` of a function is stored and then moved, for which the processor waits.
            v5::Packet::Puback(ack) if ack.properties().is_empty() => {
                Packet::Puback(ack.packet_id().get(), ack.reason(), None)
            }
            v5::Packet::Puback(ack) => Packet::Puback(
                ack.packet_id().get(),
                ack.reason(),
                properties(ack.properties()),
            ),
            v5::Packet::Suback(ack) => Packet::Suback(
                ack.packet_id().get(),
                ack.reasons().iter().collect(),
                properties(ack.properties()),
            ),
            v5::Packet::Disconnect(disconnect) => {
                Packet::Disconnect(disconnect.reason(), properties(disconnect.properties()))
            }
            _ => return None,
        })
    }

    fn to_write(properties: &Properties) -> impl PropertySource {
        let text = properties.reason_string.as_deref();
        ProblemInformation::new(text, &properties.user_properties)
    }

    #[inline(never)]
    pub(super) fn write(packet: &Packet, out: &mut Vec<u8>) -> Option<usize> {
        match packet {
            Packet::Puback(id, reason, properties) => {
                let ack = v5::Puback::new(PacketId::new(*id)?, *reason);
                match properties {
                    None => ack.encode(out),
                    Some(properties) => ack.with_properties(to_write(properties)).encode(out),
                }
            }
            Packet::Suback(id, reasons, properties) => {
                let ack = v5::Suback::new(PacketId::new(*id)?, reasons)?;
                match properties {
                    None => ack.encode(out),
                    Some(properties) => ack.with_properties(to_write(properties)).encode(out),
                }
            }
            Packet::Disconnect(reason, properties) => {
                let disconnect = v5::Disconnect::new(*reason);
                match properties {
                    None => disconnect.encode(out),
                    Some(properties) => {
                        disconnect.with_properties(to_write(properties)).encode(out)
                    }
                }
            }
        }
        .ok()
    }
}

/// By hand: lengths of one byte or more, forms as short as they may be, nothing checked but UTF-8 and the codes.
mod by_hand {
    use super::*;

    fn variable(i: &[u8]) -> Option<(usize, &[u8])> {
        let (mut value, mut shift, mut rest) = (0, 0, i);
        loop {
            let (byte, after) = rest.split_first()?;
            value |= usize::from(byte & 0x7F) << shift;
            rest = after;
            if byte & 0x80 == 0 {
                return Some((value, rest));
            }
            shift += 7;
        }
    }

    fn string(i: &[u8]) -> Option<(String, &[u8])> {
        let (length, rest) = i.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        Some((String::from_utf8(text.to_vec()).ok()?, rest))
    }

    fn properties(i: &[u8]) -> Option<(Option<Properties>, &[u8])> {
        if i.is_empty() {
            return Some((None, i));
        }
        let (len, rest) = variable(i)?;
        let (mut section, rest) = rest.split_at_checked(len)?;
        if len == 0 {
            return Some((None, rest));
        }
        let mut properties = Properties::default();
        while let Some((id, value)) = section.split_first() {
            section = match id {
                0x1F => {
                    let (text, after) = string(value)?;
                    properties.reason_string = Some(text);
                    after
                }
                0x26 => {
                    let (name, after) = string(value)?;
                    let (value, after) = string(after)?;
                    properties.user_properties.push((name, value));
                    after
                }
                _ => return None,
            };
        }
        Some((Some(properties), rest))
    }

    #[inline(never)]
    pub(super) fn read(bytes: &[u8]) -> Option<Packet> {
        let (first, rest) = bytes.split_first()?;
        let (len, rest) = variable(rest)?;
        let body = rest.get(..len)?;
        Some(match first >> 4 {
            4 => {
                let (id, rest) = body.split_first_chunk()?;
                let id = u16::from_be_bytes(*id);
                match rest.split_first() {
                    None => Packet::Puback(id, PubackReason::Success, None),
                    Some((code, rest)) => {
                        Packet::Puback(id, PubackReason::from_u8(*code)?, properties(rest)?.0)
                    }
                }
            }
            9 => {
                let (id, rest) = body.split_first_chunk()?;
                let (properties, codes) = properties(rest)?;
                let codes = codes.iter().map(|code| SubackReason::from_u8(*code));
                let codes = codes.collect::<Option<_>>()?;
                Packet::Suback(u16::from_be_bytes(*id), codes, properties)
            }
            14 => match body.split_first() {
                None => Packet::Disconnect(DisconnectReason::NormalDisconnection, None),
                Some((code, rest)) => {
                    Packet::Disconnect(DisconnectReason::from_u8(*code)?, properties(rest)?.0)
                }
            },
            _ => return None,
        })
    }

    fn put_variable(mut value: usize, out: &mut Vec<u8>) {
        loop {
            let byte = (value & 0x7F) as u8;
            value >>= 7;
            if value == 0 {
                return out.push(byte);
            }
            out.push(byte | 0x80);
        }
    }

    fn put_string(text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(&(text.len() as u16).to_be_bytes());
        out.extend_from_slice(text.as_bytes());
    }

    fn section_len(properties: &Properties) -> usize {
        let text = properties
            .reason_string
            .as_ref()
            .map_or(0, |text| 3 + text.len());
        let pairs = properties.user_properties.iter();
        text + pairs
            .map(|(name, value)| 5 + name.len() + value.len())
            .sum::<usize>()
    }

    fn put_section(len: usize, properties: &Properties, out: &mut Vec<u8>) {
        put_variable(len, out);
        if let Some(text) = &properties.reason_string {
            out.push(0x1F);
            put_string(text, out);
        }
        for (name, value) in &properties.user_properties {
            out.push(0x26);
            put_string(name, out);
            put_string(value, out);
        }
    }

    const fn variable_len(value: usize) -> usize {
        match value {
            0..=0x7F => 1,
            0x80..=0x3FFF => 2,
            0x4000..=0x1F_FFFF => 3,
            _ => 4,
        }
    }

    #[inline(never)]
    pub(super) fn write(packet: &Packet, out: &mut Vec<u8>) -> Option<usize> {
        let start = out.len();
        match packet {
            Packet::Puback(id, PubackReason::Success, None) => {
                out.extend_from_slice(&[0x40, 2]);
                out.extend_from_slice(&id.to_be_bytes());
            }
            Packet::Puback(id, reason, None) => {
                out.extend_from_slice(&[0x40, 3]);
                out.extend_from_slice(&id.to_be_bytes());
                out.push(reason.as_u8());
            }
            Packet::Puback(id, reason, Some(properties)) => {
                let len = section_len(properties);
                out.push(0x40);
                put_variable(3 + variable_len(len) + len, out);
                out.extend_from_slice(&id.to_be_bytes());
                out.push(reason.as_u8());
                put_section(len, properties, out);
            }
            Packet::Suback(id, codes, properties) => {
                let len = properties.as_ref().map_or(0, section_len);
                out.push(0x90);
                put_variable(2 + variable_len(len) + len + codes.len(), out);
                out.extend_from_slice(&id.to_be_bytes());
                match properties {
                    Some(properties) => put_section(len, properties, out),
                    None => out.push(0),
                }
                out.extend(codes.iter().map(|code| code.as_u8()));
            }
            Packet::Disconnect(reason, None) => out.extend_from_slice(&[0xE0, 1, reason.as_u8()]),
            Packet::Disconnect(reason, Some(properties)) => {
                let len = section_len(properties);
                out.push(0xE0);
                put_variable(1 + variable_len(len) + len, out);
                out.push(reason.as_u8());
                put_section(len, properties, out);
            }
        }
        Some(out.len() - start)
    }
}

/// The packets that are read and written.
fn samples() -> [(&'static str, Packet); 6] {
    let text = |with_pair: bool| Properties {
        reason_string: Some("not allowed on this topic".to_owned()),
        user_properties: match with_pair {
            true => vec![("trace-id".to_owned(), "4bf92f3577b34da6".to_owned())],
            false => Vec::new(),
        },
    };
    let codes = vec![
        SubackReason::GrantedQos1,
        SubackReason::NotAuthorized,
        SubackReason::GrantedQos0,
    ];
    [
        ("PUBACK", Packet::Puback(10, PubackReason::Success, None)),
        (
            "PUBACK with code",
            Packet::Puback(10, PubackReason::NotAuthorized, None),
        ),
        (
            "PUBACK with text",
            Packet::Puback(10, PubackReason::NotAuthorized, Some(text(false))),
        ),
        (
            "PUBACK with text and pair",
            Packet::Puback(10, PubackReason::NotAuthorized, Some(text(true))),
        ),
        ("SUBACK with 3 codes", Packet::Suback(10, codes, None)),
        (
            "DISCONNECT with text",
            Packet::Disconnect(DisconnectReason::SessionTakenOver, Some(text(false))),
        ),
    ]
}

const ROUNDS: usize = 101;
const CALLS: u32 = 2_000;

/// Nanoseconds of one call.
fn time(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    nanos(start.elapsed())
}

fn nanos(elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() * 1e9 / f64::from(CALLS)
}

/// The medians of both, and of their ratio within a round.
fn compare(mut ours: impl FnMut(), mut by_hand: impl FnMut()) -> (f64, f64, f64) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((time(&mut ours), time(&mut by_hand)));
    }
    let ratio = median(rounds.iter().map(|(a, b)| a / b));
    let one = median(rounds.iter().map(|(a, _)| *a));
    let other = median(rounds.iter().map(|(_, b)| *b));
    (one, other, ratio)
}

fn main() {
    println!("| packet | read: ours, ns | by hand | ratio | written: ours, ns | by hand | ratio |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for (name, packet) in samples() {
        let (mut bytes, mut other) = (Vec::new(), Vec::new());
        assert!(ours::write(&packet, &mut bytes).is_some());
        assert!(by_hand::write(&packet, &mut other).is_some());
        assert_eq!(bytes, other, "{name}");
        assert_eq!(ours::read(&bytes).as_ref(), Some(&packet));
        assert_eq!(by_hand::read(&bytes).as_ref(), Some(&packet));
        let read = compare(
            || drop(black_box(ours::read(black_box(&bytes)))),
            || drop(black_box(by_hand::read(black_box(&bytes)))),
        );
        let mut out = Vec::with_capacity(256);
        let mut other_out = Vec::with_capacity(256);
        let written = compare(
            || {
                out.clear();
                black_box(ours::write(black_box(&packet), &mut out));
            },
            || {
                other_out.clear();
                black_box(by_hand::write(black_box(&packet), &mut other_out));
            },
        );
        println!(
            "| {name} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.2} |",
            read.0, read.1, read.2, written.0, written.1, written.2
        );
    }
}
