//! Every short body, as every packet, in every version, from every sender: the codec against the oracle.

use mqtt_reason::DecodeOptions;

use crate::codec::{context, contexts, options, says, verdict};
use crate::oracle::{Context, Sender, Verdict, Version, judge, judge_by};

/// The first bytes of the nine packets.
const FIRST_BYTES: [u8; 9] = [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xE0, 0xF0];
/// The first bytes of the six packets with a Packet Identifier.
const WITH_IDENTIFIER: [u8; 6] = [0x40, 0x50, 0x62, 0x70, 0x90, 0xB0];

/// Bytes that make a difference somewhere: codes, property identifiers, lengths, limits.
const BYTES_THAT_MATTER: [u8; 40] = [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x15, 0x16, 0x18, 0x19, 0x1A,
    0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2A, 0x2B, 0x41, 0x7F, 0x80, 0x81, 0x82,
    0x87, 0x8C, 0x92, 0x9B, 0xA2, 0xC3, 0xE0, 0xFF,
];

/// A few of those, for bodies that the verdict does not depend on.
const FEW: [u8; 8] = [0x00, 0x01, 0x02, 0x1F, 0x26, 0x7F, 0x80, 0xFF];

/// The bodies of up to five such bytes.
const FEW_BODIES: [&[u8]; 5] = [&FEW; 5];

/// Every byte.
const ALL: [u8; 256] = {
    let mut all = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        byte += 1;
        all[byte as usize] = byte;
    }
    all
};

/// How many bodies were compared, and how many of them make a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Counts {
    compared: usize,
    accepted: usize,
}

/// Which bodies the codec has to decode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Width {
    /// All.
    Full,
    /// All, but where the oracle refuses by the fixed header alone only those of [`FEW`] bytes.
    FewBehindBadHeaders,
}

/// The comparison of all bodies of one length.
///
/// The codec decodes every one of them, or as many as its width says. The oracle tells how many bytes it looked at: bodies
/// of the same length that agree in these get the same verdict, so that only the first of them is judged. That the oracle
/// looks at no more bytes than it tells is tried with four other endings each time.
struct Walk<'a> {
    context: Context,
    options: DecodeOptions,
    /// The bytes that stand at each place of the body.
    places: &'a [&'a [u8]],
    width: Width,
    packet: Vec<u8>,
    counts: Counts,
}

impl Walk<'_> {
    /// Compares all packets that begin like this one up to place `place` of the body.
    fn judge_from(&mut self, place: usize) {
        let known = 2 + place;
        let (expected, looked_at) = judge_by(&self.packet, &self.context);
        if looked_at > known {
            for &byte in self.places[place] {
                self.packet[known] = byte;
                self.judge_from(place + 1);
            }
            return;
        }
        if known < self.packet.len() {
            for byte in [0x00, 0x01, 0x80, 0xFF] {
                self.packet[known..].fill(byte);
                assert_eq!(judge(&self.packet, &self.context), expected);
            }
        }
        if place == 0 && self.width == Width::FewBehindBadHeaders {
            self.places = &FEW_BODIES[..self.places.len()];
        }
        let before = self.counts.compared;
        self.compare_from(place, &expected);
        if matches!(expected, Verdict::Packet { .. }) {
            self.counts.accepted += self.counts.compared - before;
        }
    }

    /// Panics if the codec does not say what is expected of all packets that begin like this one up to `place`.
    fn compare_from(&mut self, place: usize, expected: &Verdict) {
        match self.places[place..] {
            [] => self.compare(expected),
            [last] => {
                for &byte in last {
                    self.packet[2 + place] = byte;
                    self.compare(expected);
                }
            }
            [bytes, ..] => {
                for &byte in bytes {
                    self.packet[2 + place] = byte;
                    self.compare_from(place + 1, expected);
                }
            }
        }
    }

    fn compare(&mut self, expected: &Verdict) {
        let Self {
            packet,
            context,
            options,
            ..
        } = &*self;
        if !says(expected, packet, context, options) {
            let found = verdict(packet, context);
            panic!("{packet:02x?} under {context:?}: {found:?}, not {expected:?}");
        }
        self.counts.compared += 1;
    }
}

/// Compares all bodies that have one of the bytes of each place there.
fn every_body(first: u8, places: &[&[u8]], width: Width, context: &Context) -> Counts {
    let mut packet = vec![first, u8::try_from(places.len()).unwrap()];
    packet.resize(2 + places.len(), 0);
    let mut walk = Walk {
        context: *context,
        options: options(context),
        places,
        width,
        packet,
        counts: Counts {
            compared: 0,
            accepted: 0,
        },
    };
    walk.judge_from(0);
    if width == Width::Full {
        let bodies: usize = places.iter().map(|bytes| bytes.len()).product();
        assert_eq!(walk.counts.compared, bodies);
    }
    walk.counts
}

/// Compares all bodies of up to three bytes of all packets; `accepted` is how many of each there must be.
#[track_caller]
fn every_body_of_three(version: Version, sender: Option<Sender>, accepted: [usize; 9]) {
    let context = context(version, sender);
    let found = FIRST_BYTES.map(|first| {
        let of_length = |length| {
            every_body(first, &[ALL.as_slice(); 3][..length], Width::Full, &context).accepted
        };
        (0..=3).map(of_length).sum::<usize>()
    });
    assert_eq!(found, accepted, "{context:?}");
}

/// All Packet Identifiers.
const IDS: usize = 65_535;

#[test]
fn agrees_on_every_body_of_three_bytes_in_5_0_from_anyone() {
    // CONNACK: 22 codes and Session Present with one. PUBACK: alone, or with 9 codes. DISCONNECT: empty, or 30 codes
    // with and without Property Length.
    let acks = [10 * IDS, 10 * IDS, 3 * IDS, 3 * IDS];
    every_body_of_three(
        Version::V5_0,
        None,
        [23, acks[0], acks[1], acks[2], acks[3], 0, 0, 61, 1],
    );
}

#[test]
fn agrees_on_every_body_of_three_bytes_in_5_0_from_a_server() {
    let acks = [10 * IDS, 10 * IDS, 3 * IDS, 3 * IDS];
    every_body_of_three(
        Version::V5_0,
        Some(Sender::Server),
        [23, acks[0], acks[1], acks[2], acks[3], 0, 0, 1 + 2 * 30, 1],
    );
}

#[test]
fn agrees_on_every_body_of_three_bytes_in_5_0_from_a_client() {
    let acks = [10 * IDS, 10 * IDS, 3 * IDS, 3 * IDS];
    every_body_of_three(
        Version::V5_0,
        Some(Sender::Client),
        [0, acks[0], acks[1], acks[2], acks[3], 0, 0, 1 + 2 * 30, 0],
    );
}

#[test]
fn agrees_on_every_body_of_three_bytes_in_3_1_1() {
    let of = |connack, suback, unsuback, disconnect| {
        [connack, IDS, IDS, IDS, IDS, suback, unsuback, disconnect, 0]
    };
    every_body_of_three(Version::V3_1_1, None, of(7, 4 * IDS, IDS, 1));
    every_body_of_three(
        Version::V3_1_1,
        Some(Sender::Server),
        of(7, 4 * IDS, IDS, 0),
    );
    every_body_of_three(Version::V3_1_1, Some(Sender::Client), of(0, 0, 0, 1));
}

#[test]
fn agrees_on_every_body_of_three_bytes_in_3_1() {
    // The first byte of a CONNACK is not used.
    let of = |connack, suback, unsuback, disconnect| {
        [connack, IDS, IDS, IDS, IDS, suback, unsuback, disconnect, 0]
    };
    every_body_of_three(Version::V3_1, None, of(256 * 6, 4 * IDS, IDS, 1));
    every_body_of_three(
        Version::V3_1,
        Some(Sender::Server),
        of(256 * 6, 4 * IDS, IDS, 0),
    );
    every_body_of_three(Version::V3_1, Some(Sender::Client), of(0, 0, 0, 1));
}

#[test]
fn agrees_on_every_body_of_four_bytes_with_an_identifier_that_matters() {
    let mut total = 0;
    let mut accepted = 0;
    for context in contexts() {
        for first in WITH_IDENTIFIER {
            for id in [0_u16, 1, 0x00FF, 0xFFFF] {
                let [high, low] = id.to_be_bytes();
                let counts =
                    every_body(first, &[&[high], &[low], &ALL, &ALL], Width::Full, &context);
                total += counts.compared;
                accepted += counts.accepted;
            }
        }
    }
    assert_eq!(total, 9 * 6 * 4 * 256 * 256);
    // With three identifiers each. In 5.0: a Property Length of 0 after a code of PUBACK, PUBREC, PUBREL, PUBCOMP; a code after it in SUBACK and UNSUBACK, not from a Client.
    // In 3.1.1 and 3.1: two codes in SUBACK, not from a Client.
    let of_5_0 = (9 + 9 + 2 + 2) * 3 + (12 + 7) * 2;
    let of_3_x = 2 * 2 * 4 * 4;
    assert_eq!(accepted, 3 * (of_5_0 + of_3_x));
}

/// Compares all bodies of five bytes that matter of all packets; `accepted` is how many of each there must be.
#[track_caller]
fn bodies_of_five(width: Width, version: Version, sender: Option<Sender>, accepted: [usize; 9]) {
    let context = context(version, sender);
    let places = [BYTES_THAT_MATTER.as_slice(); 5];
    let found = FIRST_BYTES.map(|first| every_body(first, &places, width, &context).accepted);
    assert_eq!(found, accepted, "{context:?}");
}

/// The Packet Identifiers of two bytes that matter.
const FEW_IDS: usize = 40 * 40 - 1;

#[test]
fn agrees_on_bodies_of_five_bytes_that_matter_in_5_0_from_anyone() {
    // CONNACK: four properties of one byte that may be 0 or 1, after 7 codes or Session Present. PUBACK: one byte is
    // left for properties, and none has a single byte. SUBACK and UNSUBACK: two of 6, of 4 codes after no properties.
    // DISCONNECT: 9 codes with an empty Server Reference or Reason String. AUTH: 3 codes with an empty method.
    bodies_of_five(
        Width::FewBehindBadHeaders,
        Version::V5_0,
        None,
        [64, 0, 0, 0, 0, FEW_IDS * 36, FEW_IDS * 16, 9 * 2, 3],
    );
}

#[test]
fn agrees_on_bodies_of_five_bytes_that_matter_in_5_0_from_a_server() {
    bodies_of_five(
        Width::FewBehindBadHeaders,
        Version::V5_0,
        Some(Sender::Server),
        [64, 0, 0, 0, 0, FEW_IDS * 36, FEW_IDS * 16, 9 * 2, 2],
    );
}

#[test]
fn agrees_on_bodies_of_five_bytes_that_matter_in_5_0_from_a_client() {
    bodies_of_five(
        Width::FewBehindBadHeaders,
        Version::V5_0,
        Some(Sender::Client),
        [0, 0, 0, 0, 0, 0, 0, 9 * 2, 2],
    );
}

/// In 3.1.1 and 3.1 only a SUBACK has five bytes; three of 4 codes.
const OF_3_X: [usize; 9] = [0, 0, 0, 0, 0, FEW_IDS * 64, 0, 0, 0];

fn bodies_of_five_in_3_x(width: Width, version: Version) {
    bodies_of_five(width, version, None, OF_3_X);
    bodies_of_five(width, version, Some(Sender::Server), OF_3_X);
    bodies_of_five(width, version, Some(Sender::Client), [0; 9]);
}

#[test]
fn agrees_on_bodies_of_five_bytes_that_matter_in_3_1_1() {
    bodies_of_five_in_3_x(Width::FewBehindBadHeaders, Version::V3_1_1);
}

#[test]
fn agrees_on_bodies_of_five_bytes_that_matter_in_3_1() {
    bodies_of_five_in_3_x(Width::FewBehindBadHeaders, Version::V3_1);
}

#[test]
#[ignore = "takes a minute"]
fn agrees_on_bodies_of_five_bytes_behind_bad_headers_in_5_0() {
    let places = [BYTES_THAT_MATTER.as_slice(); 5];
    for first in [0x20, 0x90, 0xB0] {
        let from_client = context(Version::V5_0, Some(Sender::Client));
        assert_eq!(
            every_body(first, &places, Width::Full, &from_client).accepted,
            0
        );
    }
}

#[test]
#[ignore = "takes a minute"]
fn agrees_on_bodies_of_five_bytes_behind_bad_headers_in_3_1_1() {
    bodies_of_five_in_3_x(Width::Full, Version::V3_1_1);
}

#[test]
#[ignore = "takes a minute"]
fn agrees_on_bodies_of_five_bytes_behind_bad_headers_in_3_1() {
    bodies_of_five_in_3_x(Width::Full, Version::V3_1);
}
