//! mqtt-format: 3.1.1 only.

use std::hint::black_box;
use std::pin::Pin;

use futures::executor::block_on;
use mqtt_format::v3::connect_return::MConnectReturnCode;
use mqtt_format::v3::packet::{MPacket, mpacket};

use crate::codec::{Codec, Meter, Subject, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt-format",
        version: "0.4.0",
        note: "`v3::packet::mpacket` (nom) on `&[u8]`, borrowed; `MPacket::write_to` (async) into `Vec<u8>`, one \
               executor for the whole pass; 3.1.1 only",
        decodes: true,
        v5: None,
        v311: Some(Box::new(V311)),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = &'a [u8];
    type Packet<'a> = MPacket<'a>;
    type Output = Vec<u8>;

    fn input(bytes: &[u8]) -> &[u8] {
        bytes
    }

    fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
        let (rest, packet) = mpacket(input).map_err(|error| refusal(&error))?;
        *input = rest;
        Ok(packet)
    }

    #[inline(always)]
    fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String> {
        match &mpacket(input) {
            Ok((rest, packet)) => {
                *input = rest;
                walk(black_box(packet), visit);
                Ok(())
            }
            Err(error) => Err(refusal(error)),
        }
    }

    fn output() -> Vec<u8> {
        Vec::with_capacity(1_024)
    }

    fn encode_all(packets: &[MPacket<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
        meter.run(|| {
            block_on(async {
                for packet in packets {
                    output.clear();
                    let _ = black_box(packet.write_to(Pin::new(output)).await);
                    black_box(&output[..]);
                }
            });
        });
    }

    fn encode_one(packet: &MPacket<'_>) -> Result<Vec<u8>, String> {
        let mut output = Vec::new();
        block_on(packet.write_to(Pin::new(&mut output))).map_err(|error| refusal(&error))?;
        Ok(output)
    }
}

#[inline(always)]
fn walk(packet: &MPacket<'_>, visit: &mut impl Visit) {
    let (first, id) = match packet {
        MPacket::Puback(ack) => (0x40, ack.id),
        MPacket::Pubrec(ack) => (0x50, ack.id),
        MPacket::Pubrel(ack) => (0x62, ack.id),
        MPacket::Pubcomp(ack) => (0x70, ack.id),
        MPacket::Unsuback(ack) => (0xB0, ack.id),
        MPacket::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.id.0);
            for &code in ack.subscription_acks.acks {
                visit.code(code, |code| code as u8);
            }
            return;
        }
        MPacket::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.connect_return_code, |code: MConnectReturnCode| {
                code as u8
            });
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id.0);
}
