//! ntex-mqtt: its codecs, on ntex's own buffers.

use std::hint::black_box;

use ntex_bytes::{BytePages, BytesMut};
use ntex_codec::{Decoder, Encoder};
use ntex_mqtt::{v3, v5};

use super::{number, pairs, text};
use crate::codec::{Codec, Meter, Subject, decode, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "ntex-mqtt",
        version: "9.0.0",
        note: "`v3::codec::Codec`, `v5::codec::Codec` on `ntex_bytes`; strings share the buffer; the encoder takes the \
               packet by value (cloned before the clock starts), so its figure includes dropping it",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

macro_rules! encode {
    ($version:ident) => {
        type Output = BytePages;

        fn output() -> BytePages {
            BytePages::default()
        }

        fn encode_all(packets: &[Self::Packet<'_>], output: &mut BytePages, meter: &mut Meter) {
            let codec = $version::codec::Codec::new();
            let items: Vec<_> = packets
                .iter()
                .map(|packet| $version::codec::Encoded::Packet(packet.clone()))
                .collect();
            meter.run(|| {
                for item in items {
                    output.clear();
                    let _ = black_box(codec.encodev(item, output));
                    black_box(&*output);
                }
            });
        }

        fn encode_one(packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
            let mut output = BytePages::default();
            let item = $version::codec::Encoded::Packet(packet.clone());
            $version::codec::Codec::new()
                .encodev(item, &mut output)
                .map_err(|error| refusal(&error))?;
            Ok(output.freeze().to_vec())
        }
    };
}

struct V5;

impl Codec for V5 {
    type Input<'a> = (v5::codec::Codec, BytesMut);
    type Packet<'a> = v5::codec::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (v5::codec::Codec::new(), BytesMut::copy_from_slice(bytes))
    }

    decode!(|input| input.0.decode(&mut input.1), Ok(Some(v5::codec::Decoded::Packet(packet, _))) => packet);
    encode!(v5);
}

#[inline(always)]
fn walk(packet: &v5::codec::Packet, visit: &mut impl Visit) {
    use v5::codec::Packet;
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
    type Input<'a> = (v3::codec::Codec, BytesMut);
    type Packet<'a> = v3::codec::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (v3::codec::Codec::new(), BytesMut::copy_from_slice(bytes))
    }

    decode!(|input| input.0.decode(&mut input.1), Ok(Some(v3::codec::Decoded::Packet(packet, _))) => packet, walk3);
    encode!(v3);
}

#[inline(always)]
fn walk3(packet: &v3::codec::Packet, visit: &mut impl Visit) {
    use v3::codec::{Packet, SubscribeReturnCode};
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
