//! What it costs to write packets of one's own properties and codes, which nobody has checked, beside *R*, the encoder by
//! hand, which writes the same from fields.
//!
//! ```sh
//! cargo bench -p mqtt-reason-benches --bench properties        # times and ratios are medians of interleaved rounds
//! ```

#![expect(
    clippy::indexing_slicing,
    reason = "the passes are told by their number"
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
#[expect(dead_code, unreachable_pub, reason = "a part of what the peers use")]
#[path = "../../tests/workloads/mod.rs"]
mod workloads;

use std::hint::black_box;
use std::time::Instant;

use by_hand::{decode, encode};
use mqtt_reason::v5::{self, Packet, Property, PropertySource, Suback, SubackReason};
use mqtt_reason::{Decoded, Encode};
use mqtt_reason_benches::median;

use self::workloads::{Protocol, Workload, visit};

const ROUNDS: usize = 301;
/// So many packets of a workload, as in `benches/peers`.
const PACKETS: usize = 2_000;

/// A packet as a program holds it that makes it.
struct Own<'a> {
    packet: Packet<'a>,
    codes: Vec<SubackReason>,
    list: Vec<Property<'a>>,
    reason_string: Option<String>,
    user_properties: Vec<(String, String)>,
}

impl<'a> Own<'a> {
    fn of(packet: Packet<'a>) -> Self {
        let properties = packet.properties();
        let pairs = properties.user_properties();
        Self {
            packet,
            codes: match &packet {
                Packet::Suback(suback) => suback.reasons().iter().collect(),
                _ => Vec::new(),
            },
            list: properties.iter().collect(),
            reason_string: properties.reason_string().map(str::to_owned),
            user_properties: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// Reason String and User Properties, one after the other.
    fn iter(&self) -> impl Iterator<Item = Property<'_>> + Clone {
        let text = self.reason_string.as_deref().map(Property::ReasonString);
        let pairs = self.user_properties.iter();
        text.into_iter()
            .chain(pairs.map(|(name, value)| Property::UserProperty(name, value)))
    }

    /// Writes the packet with the properties that `of` tells.
    #[inline(always)]
    fn write<'s, S: PropertySource>(
        &'s self,
        of: impl Fn(&'s Self) -> S,
        out: &mut &mut [u8],
    ) -> Option<usize> {
        match self.packet {
            Packet::Puback(packet) => packet.with_properties(of(self)).encode(out),
            Packet::Pubrec(packet) => packet.with_properties(of(self)).encode(out),
            Packet::Pubrel(packet) => packet.with_properties(of(self)).encode(out),
            Packet::Pubcomp(packet) => packet.with_properties(of(self)).encode(out),
            Packet::Suback(packet) => Suback::new(packet.packet_id(), &self.codes)?
                .with_properties(of(self))
                .encode(out),
            Packet::Disconnect(packet) => packet.with_properties(of(self)).encode(out),
            // The workloads' have others than those two.
            Packet::Connack(packet) => packet.with_properties(&self.list).encode(out),
            other => other.encode(out),
        }
        .ok()
    }
}

/// The packets of a workload in each form.
struct Forms<'a> {
    by_hand: Vec<encode::Packet<'a>>,
    read: Vec<Packet<'a>>,
    own: Vec<Own<'a>>,
}

impl<'a> Forms<'a> {
    fn of(workload: &'a Workload) -> Self {
        let mut forms = Self {
            by_hand: Vec::new(),
            read: Vec::new(),
            own: Vec::new(),
        };
        let mut rest: &[u8] = &workload.bytes;
        while let Ok(Decoded::Packet { packet, len }) = v5::decode(rest) {
            if forms.read.len() == PACKETS {
                break;
            }
            let (by_hand, _) = decode::decode(rest)
                .expect("it is right")
                .expect("and whole");
            forms
                .by_hand
                .push(encode::fields(&by_hand).expect("a packet of a workload"));
            forms.read.push(packet);
            forms.own.push(Own::of(packet));
            rest = &rest[len..];
        }
        forms
    }

    /// One pass: writes every packet, each from the start of `out`; `each` sees what was written.
    fn pass(&self, who: usize, out: &mut [u8], mut each: impl FnMut(&[u8])) {
        match who {
            0 => pass(&self.by_hand, out, &mut each, |packet, out| {
                encode::encode(packet, out).ok()
            }),
            1 => pass(&self.by_hand, out, &mut each, |packet, out| {
                encode::encode_checked(packet, out).ok()
            }),
            2 => pass(&self.read, out, &mut each, |packet, mut out| {
                packet.encode(&mut out).ok()
            }),
            3 => pass(&self.own, out, &mut each, |own, mut out| {
                own.write(|own| &own.list[..], &mut out)
            }),
            _ => pass(&self.own, out, &mut each, |own, mut out| {
                own.write(Own::iter, &mut out)
            }),
        }
    }
}

#[inline(always)]
fn pass<P>(
    packets: &[P],
    out: &mut [u8],
    each: &mut impl FnMut(&[u8]),
    write: impl Fn(&P, &mut [u8]) -> Option<usize>,
) {
    for packet in packets {
        let len = write(packet, out).expect("there is room");
        each(black_box(&out[..len]));
    }
}

/// *R*; *R* with texts checked; ours as it was read; from a list of properties; from an iterator.
const PASSES: usize = 5;

fn main() {
    println!(
        "| | *R*, ns | *R* with U+0000 refused, ns | as it was read, ns | × *R* | from a list, ns | × *R* with U+0000 refused | from an iterator, ns | × *R* with U+0000 refused |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut out = vec![0; 1_024];
    for workload in workloads::all() {
        if workload.protocol != Protocol::V5 {
            continue;
        }
        let forms = Forms::of(&workload);
        let written = |who, out: &mut [u8]| {
            let mut all = Vec::new();
            forms.pass(who, out, |bytes| all.extend_from_slice(bytes));
            all
        };
        for who in 1..PASSES {
            assert_eq!(written(who, &mut out), written(0, &mut out), "pass {who}");
        }
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let mut times = [0.0; PASSES];
            for turn in 0..PASSES {
                // Everyone is the first one in turn.
                let who = (round + turn) % PASSES;
                let start = Instant::now();
                forms.pass(who, black_box(&mut out), |_| {});
                times[who] = start.elapsed().as_secs_f64() * 1e9 / forms.read.len() as f64;
            }
            rounds.push(times);
        }
        let time = |who: usize| median(rounds.iter().map(|times| times[who]));
        let ratio = |a: usize, b: usize| median(rounds.iter().map(|times| times[a] / times[b]));
        println!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.2} | {:.1} | {:.2} | {:.1} | {:.2} |",
            workload.name,
            time(0),
            time(1),
            time(2),
            ratio(2, 0),
            time(3),
            ratio(3, 1),
            time(4),
            ratio(4, 1),
        );
    }
}
