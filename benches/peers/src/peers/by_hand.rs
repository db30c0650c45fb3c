//! *B* and *R*.

use crate::by_hand::{decode, encode};
use crate::codec::{Codec, Meter, Subject, refusal};
use crate::visit::Visit;
use std::hint::black_box;

pub fn subject() -> Subject {
    Subject {
        name: "by hand",
        version: "B, R",
        note: "the yardsticks: *B* borrows and makes every check; *R* writes field by field into a slice",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

struct V5;

impl Codec for V5 {
    type Input<'a> = &'a [u8];
    /// Encoding starts from the fields, decoding ends in a borrowed packet.
    type Packet<'a> = encode::Packet<'a>;
    type Output = Vec<u8>;

    fn input(bytes: &[u8]) -> &[u8] {
        bytes
    }

    fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
        match decode::decode(input) {
            Ok(Some((packet, length))) => {
                *input = &input[length..];
                encode::fields(&packet).ok_or_else(|| "not in a workload".to_owned())
            }
            other => Err(refusal(&other)),
        }
    }

    #[inline(always)]
    fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String> {
        match &decode::decode(input) {
            Ok(Some((packet, length))) => {
                *input = &input[*length..];
                decode::walk(black_box(packet), visit);
                Ok(())
            }
            other => Err(refusal(other)),
        }
    }

    fn output() -> Vec<u8> {
        vec![0; 1_024]
    }

    fn encode_all(packets: &[encode::Packet<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
        meter.run(|| {
            for packet in packets {
                let length = encode::encode(packet, output).expect("there is room");
                black_box(&output[..length]);
            }
        });
    }

    fn encode_one(packet: &encode::Packet<'_>) -> Result<Vec<u8>, String> {
        let mut output = Self::output();
        let length = encode::encode(packet, &mut output).map_err(|error| refusal(&error))?;
        output.truncate(length);
        Ok(output)
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = &'a [u8];
    type Packet<'a> = encode::Packet3;
    type Output = Vec<u8>;

    fn input(bytes: &[u8]) -> &[u8] {
        bytes
    }

    fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
        match decode::decode3(input) {
            Ok(Some((packet, length))) => {
                *input = &input[length..];
                encode::fields3(&packet).ok_or_else(|| "not in a workload".to_owned())
            }
            other => Err(refusal(&other)),
        }
    }

    #[inline(always)]
    fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String> {
        match &decode::decode3(input) {
            Ok(Some((packet, length))) => {
                *input = &input[*length..];
                decode::walk3(black_box(packet), visit);
                Ok(())
            }
            other => Err(refusal(other)),
        }
    }

    fn output() -> Vec<u8> {
        vec![0; 1_024]
    }

    fn encode_all(packets: &[encode::Packet3], output: &mut Vec<u8>, meter: &mut Meter) {
        meter.run(|| {
            for packet in packets {
                let length = encode::encode3(packet, output).expect("there is room");
                black_box(&output[..length]);
            }
        });
    }

    fn encode_one(packet: &encode::Packet3) -> Result<Vec<u8>, String> {
        let mut output = Self::output();
        let length = encode::encode3(packet, &mut output).map_err(|error| refusal(&error))?;
        output.truncate(length);
        Ok(output)
    }
}
