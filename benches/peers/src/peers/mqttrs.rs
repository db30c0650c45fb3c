//! mqttrs: 3.1.1 only.

use std::hint::black_box;

use mqttrs::{Packet, QoS, SubscribeReturnCodes, decode_slice, encode_slice};

use super::frames::{Frames, frames};
use crate::codec::{Codec, Meter, Subject, decode, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqttrs",
        version: "0.4.1",
        note: "`decode_slice`, `encode_slice`, borrowed; does not tell how long a packet was, so it is handed each \
               packet by itself and finding its end is not measured; 3.1.1 only",
        decodes: true,
        v5: None,
        v311: Some(Box::new(V311)),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = Frames<'a>;
    type Packet<'a> = Packet<'a>;
    type Output = Vec<u8>;

    fn input(bytes: &[u8]) -> Frames<'_> {
        frames(bytes)
    }

    decode!(|input| decode_slice(input.next().unwrap_or_default()), Ok(Some(packet)) => packet);

    fn output() -> Vec<u8> {
        vec![0; 1_024]
    }

    fn encode_all(packets: &[Packet<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
        meter.run(|| {
            for packet in packets {
                let length = encode_slice(packet, output).unwrap_or_default();
                black_box(&output[..length]);
            }
        });
    }

    fn encode_one(packet: &Packet<'_>) -> Result<Vec<u8>, String> {
        let mut output = Self::output();
        let length = encode_slice(packet, &mut output).map_err(|error| refusal(&error))?;
        output.truncate(length);
        Ok(output)
    }
}

#[inline(always)]
fn walk(packet: &Packet<'_>, visit: &mut impl Visit) {
    let (first, id) = match packet {
        Packet::Puback(id) => (0x40, id),
        Packet::Pubrec(id) => (0x50, id),
        Packet::Pubrel(id) => (0x62, id),
        Packet::Pubcomp(id) => (0x70, id),
        Packet::Unsuback(id) => (0xB0, id),
        Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pid.get());
            for &code in &ack.return_codes {
                visit.code(code, |code| match code {
                    SubscribeReturnCodes::Success(QoS::AtMostOnce) => 0,
                    SubscribeReturnCodes::Success(QoS::AtLeastOnce) => 1,
                    SubscribeReturnCodes::Success(QoS::ExactlyOnce) => 2,
                    SubscribeReturnCodes::Failure => 0x80,
                });
            }
            return;
        }
        Packet::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id.get());
}
