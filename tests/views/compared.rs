//! The crate against the oracle: verdict, class, place, answer and every field.

use crate::golden::{SOUND, bytes, captured};
use crate::oracle::{self, Context, Sender, Version};
use crate::words::{contexts, judge};

/// Panics if crate and oracle disagree; `None` if the fixed header is refused, which is not compared here.
fn compare(bytes: &[u8], context: &Context) -> Option<bool> {
    let found = judge(bytes, context)?;
    let expected = oracle::judge(bytes, context);
    assert_eq!(found, expected, "{} {context:?}", hex::encode(bytes));
    Some(found.is_ok())
}

/// A packet of this first byte with this body.
fn framed(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut rest = body.len();
    loop {
        let low = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        packet.push(if rest > 0 { low | 0x80 } else { low });
        if rest == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

/// The body of a packet whose Remaining Length has one byte.
fn body(packet: &[u8]) -> &[u8] {
    assert!(packet[1] < 128);
    &packet[2..]
}

#[test]
fn sound_frames_decode_and_say_what_the_oracle_reads() {
    for (version, hex) in SOUND {
        let packet = bytes(hex);
        let context = Context {
            version: *version,
            sender: None,
        };
        assert_eq!(compare(&packet, &context), Some(true), "{hex}");
    }
}

/// Every byte of what real clients sent is changed once.
#[test]
fn what_real_clients_sent_decodes_and_says_what_the_oracle_reads() {
    let captured = captured();
    assert!(captured.len() > 40, "{}", captured.len());
    for (version, mut packet) in captured {
        let context = Context {
            version,
            sender: Some(Sender::Client),
        };
        let hex = hex::encode(&packet);
        assert_eq!(compare(&packet, &context), Some(true), "{hex}");
        let header = 1 + packet[1..].iter().take_while(|byte| **byte >= 128).count() + 1;
        for place in header..packet.len() {
            for change in [0x01, 0x20, 0x80, 0xFF] {
                packet[place] ^= change;
                compare(&packet, &context);
                packet[place] ^= change;
            }
        }
    }
}

/// Every byte of every sound frame takes every value, is left out, and has another put in front of it; every frame is
/// cut everywhere; in every version and from every sender.
#[test]
fn changed_frames_are_judged_as_the_oracle_judges_them() {
    let mut compared = 0_usize;
    let mut sound = 0_usize;
    let mut count = |bytes: &[u8]| {
        for context in contexts() {
            if let Some(is_sound) = compare(bytes, &context) {
                compared += 1;
                sound += usize::from(is_sound);
            }
        }
    };
    for (_, hex) in SOUND {
        let packet = bytes(hex);
        let first = packet[0];
        for flags in 0..16 {
            count(&framed(first & 0xF0 | flags, body(&packet)));
        }
        for place in 0..body(&packet).len() {
            let mut changed = body(&packet).to_vec();
            for byte in 0..=u8::MAX {
                changed[place] = byte;
                count(&framed(first, &changed));
            }
            let mut shorter = body(&packet).to_vec();
            shorter.remove(place);
            count(&framed(first, &shorter));
            for byte in [0x00, 0x01, 0x23, 0x2F, 0x26, 0x80, 0xFF] {
                let mut longer = body(&packet).to_vec();
                longer.insert(place, byte);
                count(&framed(first, &longer));
            }
            count(&framed(first, &body(&packet)[..place]));
        }
    }
    assert!(compared > 800_000, "{compared} compared");
    assert!(sound > 100_000, "{sound} sound");
}

/// Every body of up to four bytes that make a difference somewhere.
#[test]
fn short_bodies_are_judged_as_the_oracle_judges_them() {
    const MATTER: [u8; 14] = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x0B, 0x23, 0x24, 0x26, 0x2B, 0x2F, 0x61, 0x80, 0xFF,
    ];
    let mut compared = 0_usize;
    for first in [
        0x10, 0x30, 0x31, 0x32, 0x34, 0x36, 0x38, 0x3A, 0x3D, 0x82, 0x8A, 0xA2, 0xC0, 0xD0,
    ] {
        for len in 0..=4_u32 {
            for number in 0..MATTER.len().pow(len) {
                let mut rest = number;
                let body: Vec<u8> = (0..len)
                    .map(|_| {
                        let byte = MATTER[rest % MATTER.len()];
                        rest /= MATTER.len();
                        byte
                    })
                    .collect();
                let packet = framed(first, &body);
                for context in contexts() {
                    compared += usize::from(compare(&packet, &context).is_some());
                }
            }
        }
    }
    assert!(compared > 2_000_000, "{compared} compared");
}

/// Every string of up to five characters that make a difference, as a Topic Filter behind each of some beginnings.
#[test]
fn topic_filters_are_judged_as_the_oracle_judges_them() {
    const MATTER: &[u8] = b"/+#a$\x00\xC3\xA4";
    let mut compared = 0_usize;
    for beginning in ["", "$share", "$share/", "$share/g", "$share/g/", "a/"] {
        for len in 0..=4_u32 {
            for number in 0..MATTER.len().pow(len) {
                let mut rest = number;
                let mut filter = beginning.as_bytes().to_vec();
                for _ in 0..len {
                    filter.push(MATTER[rest % MATTER.len()]);
                    rest /= MATTER.len();
                }
                let length = u8::try_from(filter.len()).unwrap();
                for version in [Version::V5_0, Version::V3_1_1, Version::V3_1] {
                    let context = Context {
                        version,
                        sender: None,
                    };
                    let mut body = vec![0x00, 0x0A];
                    if version == Version::V5_0 {
                        body.push(0x00);
                    }
                    body.extend_from_slice(&[0x00, length]);
                    body.extend_from_slice(&filter);
                    compared += usize::from(compare(&framed(0xA2, &body), &context).is_some());
                    body.push(if version == Version::V5_0 { 0x04 } else { 0x01 });
                    compared += usize::from(compare(&framed(0x82, &body), &context).is_some());
                }
            }
        }
    }
    assert!(compared > 150_000, "{compared} compared");
}
