//! mqtt-reason itself.

use std::hint::black_box;

use bytes::BytesMut;
use mqtt_reason::v5::{Packet, Property, Suback, SubackReason};
use mqtt_reason::{Decoded, Encode, EncodeError, v3, v5};

use super::encode_to_bytes_mut;
use crate::codec::{Codec, Meter, Subject, refusal};
use crate::visit::Visit;
use crate::walk::{walk_v3, walk_v5};

/// As a slice, which is what *R* writes to; as `BytesMut`, which is what most of the others write to; and from packets
/// put together by hand rather than decoded.
pub fn subjects() -> [Subject; 3] {
    [
        Subject {
            name: "mqtt-reason",
            version: "this one",
            note: "`v3::decode`, `v5::decode` on `&[u8]`, borrowed; `encode` of decoded packets into `&mut [u8]`",
            decodes: true,
            v5: Some(Box::new(V5)),
            v311: Some(Box::new(V311)),
        },
        Subject {
            name: "mqtt-reason, `BytesMut`",
            version: "this one",
            note: "`encode` of decoded packets into `BytesMut`",
            decodes: false,
            v5: Some(Box::new(V5ToBytesMut)),
            v311: Some(Box::new(V311ToBytesMut)),
        },
        Subject {
            name: "mqtt-reason, built",
            version: "this one",
            note: "`encode` into `&mut [u8]` of packets with slices of properties and codes of one's own, checked each time",
            decodes: false,
            v5: Some(Box::new(V5Built)),
            v311: None,
        },
    ]
}

/// Everything but the encoder.
macro_rules! decode {
    ($decode:expr, $walk:ident, $packet:ident) => {
        type Input<'a> = &'a [u8];
        type Packet<'a> = $packet::Packet<'a>;

        fn input(bytes: &[u8]) -> &[u8] {
            bytes
        }

        fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
            match $decode(input) {
                Ok(Decoded::Packet { packet, len }) => {
                    *input = &input[len..];
                    Ok(packet)
                }
                other => Err(refusal(&other)),
            }
        }

        #[inline(always)]
        fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String> {
            // The loop that everyone writes: the packet is moved out of the result.
            match $decode(input) {
                Ok(Decoded::Packet { packet, len }) => {
                    *input = &input[len..];
                    $walk(&packet, visit);
                    Ok(())
                }
                other => Err(refusal(&other)),
            }
        }
    };
}

/// Encodes into a slice, from its start each time.
macro_rules! encode_to_slice {
    (|$packet:ident, $out:ident| $call:expr) => {
        type Output = Vec<u8>;

        fn output() -> Vec<u8> {
            vec![0; 1_024]
        }

        fn encode_all(packets: &[Self::Packet<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
            meter.run(|| {
                for $packet in packets {
                    let mut slice = &mut output[..];
                    let $out = &mut slice;
                    let length = $call.expect("there is room");
                    black_box(&output[..length]);
                }
            });
        }

        fn encode_one($packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
            let mut output = Self::output();
            let mut slice = &mut output[..];
            let $out = &mut slice;
            let length = $call.map_err(|error| refusal(&error))?;
            output.truncate(length);
            Ok(output)
        }
    };
}

fn decode3(input: &[u8]) -> Result<Decoded<'_, v3::Packet<'_>>, mqtt_reason::DecodeError> {
    v3::decode(v3::Version::V3_1_1, input)
}

struct V5;

impl Codec for V5 {
    decode!(v5::decode, walk_v5, v5);
    encode_to_slice!(|packet, out| packet.encode(out));
}

struct V311;

impl Codec for V311 {
    decode!(decode3, walk_v3, v3);
    encode_to_slice!(|packet, out| packet.encode(v3::Version::V3_1_1, out));
}

struct V5ToBytesMut;

impl Codec for V5ToBytesMut {
    decode!(v5::decode, walk_v5, v5);
    encode_to_bytes_mut!(|packet, output| packet.encode::<BytesMut>(output));
}

struct V311ToBytesMut;

impl Codec for V311ToBytesMut {
    decode!(decode3, walk_v3, v3);
    encode_to_bytes_mut!(|packet, output| packet.encode::<BytesMut>(v3::Version::V3_1_1, output));
}

/// What a program holds that makes its packets itself.
struct Parts<'a> {
    packet: Packet<'a>,
    properties: Vec<Property<'a>>,
    codes: Vec<SubackReason>,
}

struct V5Built;

impl Codec for V5Built {
    type Input<'a> = &'a [u8];
    type Packet<'a> = Parts<'a>;
    type Output = Vec<u8>;

    fn input(bytes: &[u8]) -> &[u8] {
        bytes
    }

    fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
        let packet = V5::take(input)?;
        let codes = match &packet {
            Packet::Suback(suback) => suback.reasons().iter().collect(),
            _ => Vec::new(),
        };
        Ok(Parts {
            packet,
            properties: packet.properties().iter().collect(),
            codes,
        })
    }

    fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String> {
        V5::each(input, visit)
    }

    fn output() -> Vec<u8> {
        V5::output()
    }

    fn encode_all(parts: &[Parts<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
        meter.run(|| {
            for parts in parts {
                let mut slice = &mut output[..];
                let length = build(parts, &mut slice).expect("there is room");
                black_box(&output[..length]);
            }
        });
    }

    fn encode_one(parts: &Parts<'_>) -> Result<Vec<u8>, String> {
        let mut output = Self::output();
        let mut slice = &mut output[..];
        let length = build(parts, &mut slice).map_err(|error| refusal(&error))?;
        output.truncate(length);
        Ok(output)
    }
}

/// Makes a packet of its parts and writes it.
fn build(parts: &Parts<'_>, out: &mut &mut [u8]) -> Result<usize, EncodeError> {
    let properties = &parts.properties[..];
    match parts.packet {
        Packet::Puback(packet) => packet.with_properties(properties).encode(out),
        Packet::Pubrec(packet) => packet.with_properties(properties).encode(out),
        Packet::Pubrel(packet) => packet.with_properties(properties).encode(out),
        Packet::Pubcomp(packet) => packet.with_properties(properties).encode(out),
        Packet::Suback(packet) => Suback::new(packet.packet_id(), &parts.codes)
            .expect("a SUBACK has codes")
            .with_properties(properties)
            .encode(out),
        Packet::Disconnect(packet) => packet.with_properties(properties).encode(out),
        Packet::Connack(packet) => packet.with_properties(properties).encode(out),
        other => other.encode(out),
    }
}
