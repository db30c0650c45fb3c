//! rmqtt-codec: its tokio codecs.

use std::hint::black_box;

use bytes::BytesMut;
use rmqtt_codec::{v3, v5};
use tokio_util::codec::{Decoder, Encoder};

use super::{number, pairs, text};
use crate::codec::{Codec, Meter, Subject, decode, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "rmqtt-codec",
        version: "0.3.1",
        note: "`v3::Codec`, `v5::Codec` (tokio) on `BytesMut`; strings share the buffer; the encoder takes the packet by \
               value (cloned before the clock starts), so its figure includes dropping it",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

macro_rules! encode {
    ($version:ident) => {
        type Output = BytesMut;

        fn output() -> BytesMut {
            BytesMut::with_capacity(1_024)
        }

        fn encode_all(packets: &[Self::Packet<'_>], output: &mut BytesMut, meter: &mut Meter) {
            let mut codec = $version::Codec::default();
            let items = packets.to_vec();
            meter.run(|| {
                for item in items {
                    output.clear();
                    let _ = black_box(codec.encode(item, output));
                    black_box(&output[..]);
                }
            });
        }

        fn encode_one(packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
            let mut output = BytesMut::new();
            $version::Codec::default()
                .encode(packet.clone(), &mut output)
                .map_err(|error| refusal(&error))?;
            Ok(output.to_vec())
        }
    };
}

struct V5;

impl Codec for V5 {
    type Input<'a> = (v5::Codec, BytesMut);
    type Packet<'a> = v5::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (v5::Codec::default(), bytes.into())
    }

    decode!(|input| input.0.decode(&mut input.1), Ok(Some((packet, _))) => packet);
    encode!(v5);
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    use v5::Packet;
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id.get());
            visit.code($ack.reason_code, |code| code.into());
            text(visit, 0x1F, $ack.reason_string.as_ref());
            pairs(visit, &$ack.properties);
        }};
    }
    match packet {
        Packet::PublishAck(ack) => ack!(0x40, ack),
        Packet::PublishReceived(ack) => ack!(0x50, ack),
        Packet::PublishRelease(ack) => ack!(0x62, ack),
        Packet::PublishComplete(ack) => ack!(0x70, ack),
        Packet::SubscribeAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id.get());
            text(visit, 0x1F, ack.reason_string.as_ref());
            pairs(visit, &ack.properties);
            for &code in &ack.status {
                visit.code(code, |code| code.into());
            }
        }
        Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| code.into());
            number(visit, 0x11, disconnect.session_expiry_interval_secs);
            text(visit, 0x1C, disconnect.server_reference.as_ref());
            text(visit, 0x1F, disconnect.reason_string.as_ref());
            pairs(visit, &disconnect.user_properties);
        }
        Packet::ConnectAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.reason_code, |code| code.into());
            number(visit, 0x11, connack.session_expiry_interval_secs);
            visit.number(0x21, connack.receive_max.get().into());
            visit.number(0x24, u8::from(connack.max_qos).into());
            number(visit, 0x27, connack.max_packet_size);
            text(visit, 0x12, connack.assigned_client_id.as_ref());
            visit.number(0x22, connack.topic_alias_max.into());
            visit.number(0x25, connack.retain_available.into());
            visit.number(0x28, connack.wildcard_subscription_available.into());
            visit.number(0x29, connack.subscription_identifiers_available.into());
            visit.number(0x2A, connack.shared_subscription_available.into());
            number(visit, 0x13, connack.server_keepalive_sec);
            text(visit, 0x1A, connack.response_info.as_ref());
            text(visit, 0x1C, connack.server_reference.as_ref());
            text(visit, 0x15, connack.auth_method.as_ref());
            if let Some(data) = &connack.auth_data {
                visit.binary(0x16, data);
            }
            text(visit, 0x1F, connack.reason_string.as_ref());
            pairs(visit, &connack.user_properties);
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = (v3::Codec, BytesMut);
    type Packet<'a> = v3::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (v3::Codec::default(), bytes.into())
    }

    decode!(|input| input.0.decode(&mut input.1), Ok(Some((packet, _))) => packet, walk3);
    encode!(v3);
}

#[inline(always)]
fn walk3(packet: &v3::Packet, visit: &mut impl Visit) {
    use v3::{Packet, SubscribeReturnCode};
    let (first, id) = match packet {
        Packet::PublishAck { packet_id } => (0x40, packet_id),
        Packet::PublishReceived { packet_id } => (0x50, packet_id),
        Packet::PublishRelease { packet_id } => (0x62, packet_id),
        Packet::PublishComplete { packet_id } => (0x70, packet_id),
        Packet::UnsubscribeAck { packet_id } => (0xB0, packet_id),
        Packet::SubscribeAck { packet_id, status } => {
            visit.kind(0x90);
            visit.packet_id(packet_id.get());
            for &code in status {
                visit.code(code, |code| match code {
                    SubscribeReturnCode::Success(qos) => qos.into(),
                    SubscribeReturnCode::Failure => 0x80,
                });
            }
            return;
        }
        Packet::ConnectAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.return_code, |code| code.into());
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id.get());
}
