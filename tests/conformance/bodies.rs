//! Every short body, as every packet, in every version, from every sender: the codec against the oracle.

use crate::codec::{context, contexts, verdict};
use crate::oracle::{Context, Sender, Verdict, Version, judge};

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

/// Panics if codec and oracle do not say the same of `bytes`; tells whether it is a packet.
#[track_caller]
fn agree(bytes: &[u8], context: &Context) -> bool {
    let expected = judge(bytes, context);
    let found = verdict(bytes, context);
    assert_eq!(found, expected, "{bytes:02x?} under {context:?}");
    matches!(expected, Verdict::Packet { .. })
}

/// Every body of 0 to `LEN` bytes of one packet type; returns how many were accepted.
fn every_body(first: u8, max_len: usize, context: &Context) -> usize {
    let mut accepted = 0;
    for len in 0..=max_len {
        let bodies = 1_u32 << (8 * len);
        let mut bytes = vec![first, u8::try_from(len).unwrap()];
        for body in 0..bodies {
            bytes.truncate(2);
            bytes.extend_from_slice(&body.to_be_bytes()[4 - len..]);
            accepted += usize::from(agree(&bytes, context));
        }
    }
    accepted
}

/// Compares all bodies of up to three bytes of all packets; `accepted` is how many of each there must be.
#[track_caller]
fn every_body_of_three(version: Version, sender: Option<Sender>, accepted: [usize; 9]) {
    let context = context(version, sender);
    let found = FIRST_BYTES.map(|first| every_body(first, 3, &context));
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
        [23, acks[0], acks[1], acks[2], acks[3], 0, 0, 1 + 2 * 29, 1],
    );
}

#[test]
fn agrees_on_every_body_of_three_bytes_in_5_0_from_a_client() {
    let acks = [9 * IDS, 9 * IDS, 3 * IDS, 3 * IDS];
    every_body_of_three(
        Version::V5_0,
        Some(Sender::Client),
        [0, acks[0], acks[1], acks[2], acks[3], 0, 0, 1 + 2 * 16, 0],
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
    let mut accepted = 0;
    for context in contexts() {
        for first in WITH_IDENTIFIER {
            for id in [0_u16, 1, 0x00FF, 0xFFFF] {
                for rest in 0..=u16::MAX {
                    let [a, b] = id.to_be_bytes();
                    let [c, d] = rest.to_be_bytes();
                    accepted += usize::from(agree(&[first, 4, a, b, c, d], &context));
                }
            }
        }
    }
    assert!(accepted > 0);
}

/// Compares all bodies of five bytes that matter; returns how many were accepted.
fn every_body_of_five(firsts: &[u8], version: Version, sender: Option<Sender>) -> usize {
    let context = context(version, sender);
    let mut accepted = 0;
    for &first in firsts {
        for a in BYTES_THAT_MATTER {
            for b in BYTES_THAT_MATTER {
                for c in BYTES_THAT_MATTER {
                    for d in BYTES_THAT_MATTER {
                        for e in BYTES_THAT_MATTER {
                            let bytes = [first, 5, a, b, c, d, e];
                            accepted += usize::from(agree(&bytes, &context));
                        }
                    }
                }
            }
        }
    }
    accepted
}

#[test]
fn agrees_on_bodies_of_five_bytes_with_one_code_in_5_0() {
    // One byte is left for the properties, and none has a single byte.
    let accepted = every_body_of_five(&[0x40, 0x50, 0x62, 0x70], Version::V5_0, None);
    assert_eq!(accepted, 0);
}

#[test]
fn agrees_on_bodies_of_five_bytes_of_the_other_packets_in_5_0() {
    let accepted = every_body_of_five(&[0x20, 0x90, 0xB0, 0xE0, 0xF0], Version::V5_0, None);
    assert!(accepted > 0);
}

#[test]
fn agrees_on_bodies_of_five_bytes_where_the_sender_matters() {
    for sender in [Sender::Client, Sender::Server] {
        let accepted = every_body_of_five(&[0xE0, 0xF0], Version::V5_0, Some(sender));
        assert!(accepted > 0);
    }
}

#[test]
fn agrees_on_bodies_of_five_bytes_in_3_1_1() {
    assert!(every_body_of_five(&[0x90], Version::V3_1_1, None) > 0);
}
