//! mqtt-protocol-core: its packet builder and the parsers of the packets.

use std::hint::black_box;

use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{PacketBuildResult, PacketBuilder, RawPacket};
use mqtt_protocol_core::mqtt::packet::{GenericPacket, GenericPacketTrait, Property, v3_1_1, v5_0};
use mqtt_protocol_core::mqtt::result_code::MqttError;

use crate::codec::{Codec, Meter, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt-protocol-core",
        version: "0.7.9",
        note: "`PacketBuilder::feed`, `RawPacket::parse_exact` with the `parse` of each packet, as its connection does, \
               without the connection's state; `to_continuous_buffer`, which returns a new `Vec`",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

type Packet = GenericPacket<u16>;
type Input<'a> = (PacketBuilder, Cursor<&'a [u8]>);

#[inline(always)]
fn feed(input: &mut Input<'_>) -> Result<RawPacket, MqttError> {
    match input.0.feed(&mut input.1) {
        PacketBuildResult::Complete(raw) => Ok(raw),
        PacketBuildResult::Incomplete => Err(MqttError::MalformedPacket),
        PacketBuildResult::Error(error) => Err(error),
    }
}

#[inline(always)]
fn next(input: &mut Input<'_>) -> Result<Packet, MqttError> {
    let raw = feed(input)?;
    Ok(match raw.packet_type() {
        2 => Packet::V5_0Connack(raw.parse_exact(v5_0::Connack::parse)?),
        4 => Packet::V5_0Puback(raw.parse_exact(v5_0::GenericPuback::parse)?),
        5 => Packet::V5_0Pubrec(raw.parse_exact(v5_0::GenericPubrec::parse)?),
        6 => Packet::V5_0Pubrel(raw.parse_exact(v5_0::GenericPubrel::parse)?),
        7 => Packet::V5_0Pubcomp(raw.parse_exact(v5_0::GenericPubcomp::parse)?),
        9 => Packet::V5_0Suback(raw.parse_exact(v5_0::GenericSuback::parse)?),
        11 => Packet::V5_0Unsuback(raw.parse_exact(v5_0::GenericUnsuback::parse)?),
        14 => Packet::V5_0Disconnect(raw.parse_exact(v5_0::Disconnect::parse)?),
        _ => return Err(MqttError::MalformedPacket),
    })
}

#[inline(always)]
fn next3(input: &mut Input<'_>) -> Result<Packet, MqttError> {
    let raw = feed(input)?;
    Ok(match raw.packet_type() {
        2 => Packet::V3_1_1Connack(raw.parse_exact(v3_1_1::Connack::parse)?),
        4 => Packet::V3_1_1Puback(raw.parse_exact(v3_1_1::GenericPuback::parse)?),
        5 => Packet::V3_1_1Pubrec(raw.parse_exact(v3_1_1::GenericPubrec::parse)?),
        6 => Packet::V3_1_1Pubrel(raw.parse_exact(v3_1_1::GenericPubrel::parse)?),
        7 => Packet::V3_1_1Pubcomp(raw.parse_exact(v3_1_1::GenericPubcomp::parse)?),
        9 => Packet::V3_1_1Suback(raw.parse_exact(v3_1_1::GenericSuback::parse)?),
        11 => Packet::V3_1_1Unsuback(raw.parse_exact(v3_1_1::GenericUnsuback::parse)?),
        _ => return Err(MqttError::MalformedPacket),
    })
}

macro_rules! codec {
    ($name:ident, $next:ident, $walk:ident) => {
        struct $name;

        impl Codec for $name {
            type Input<'a> = Input<'a>;
            type Packet<'a> = Packet;
            type Output = ();

            fn input(bytes: &[u8]) -> Input<'_> {
                (PacketBuilder::new(), Cursor::new(bytes))
            }

            decode!(|input| $next(input), Ok(packet) => packet, $walk);

            fn output() {}

            fn encode_all(packets: &[Packet], _output: &mut (), meter: &mut Meter) {
                meter.run(|| {
                    for packet in packets {
                        black_box(&packet.to_continuous_buffer()[..]);
                    }
                });
            }

            fn encode_one(packet: &Packet) -> Result<Vec<u8>, String> {
                Ok(packet.to_continuous_buffer())
            }
        }
    };
}

codec!(V5, next, walk);
codec!(V311, next3, walk3);

#[inline(always)]
fn walk_properties<'a>(properties: impl IntoIterator<Item = &'a Property>, visit: &mut impl Visit) {
    for property in properties {
        match property {
            Property::SessionExpiryInterval(value) => visit.number(0x11, value.val()),
            Property::AssignedClientIdentifier(value) => visit.text(0x12, value.val()),
            Property::ServerKeepAlive(value) => visit.number(0x13, value.val().into()),
            Property::AuthenticationMethod(value) => visit.text(0x15, value.val()),
            Property::AuthenticationData(value) => visit.binary(0x16, value.val()),
            Property::ResponseInformation(value) => visit.text(0x1A, value.val()),
            Property::ServerReference(value) => visit.text(0x1C, value.val()),
            Property::ReasonString(value) => visit.text(0x1F, value.val()),
            Property::ReceiveMaximum(value) => visit.number(0x21, value.val().into()),
            Property::TopicAliasMaximum(value) => visit.number(0x22, value.val().into()),
            Property::MaximumQos(value) => visit.number(0x24, value.val().into()),
            Property::RetainAvailable(value) => visit.number(0x25, value.val().into()),
            Property::UserProperty(value) => visit.pair(value.key(), value.val()),
            Property::MaximumPacketSize(value) => visit.number(0x27, value.val()),
            Property::WildcardSubscriptionAvailable(value) => {
                visit.number(0x28, value.val().into())
            }
            Property::SubscriptionIdentifierAvailable(value) => {
                visit.number(0x29, value.val().into())
            }
            Property::SharedSubscriptionAvailable(value) => visit.number(0x2A, value.val().into()),
            other => visit.number(other.id().as_u8(), u32::MAX),
        }
    }
}

#[inline(always)]
fn walk(packet: &Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id());
            // `None` where the short form left the code out.
            visit.code($ack.reason_code(), |code| code.map_or(0, |code| code as u8));
            walk_properties(
                $ack.props().iter().flat_map(|properties| properties.iter()),
                visit,
            );
        }};
    }
    match packet {
        Packet::V5_0Puback(ack) => ack!(0x40, ack),
        Packet::V5_0Pubrec(ack) => ack!(0x50, ack),
        Packet::V5_0Pubrel(ack) => ack!(0x62, ack),
        Packet::V5_0Pubcomp(ack) => ack!(0x70, ack),
        Packet::V5_0Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id());
            walk_properties(ack.props().iter(), visit);
            for code in ack.reason_codes() {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::V5_0Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code(), |code| {
                code.map_or(0, |code| code as u8)
            });
            walk_properties(
                disconnect
                    .props()
                    .iter()
                    .flat_map(|properties| properties.iter()),
                visit,
            );
        }
        Packet::V5_0Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.reason_code(), |code| code as u8);
            walk_properties(connack.props().iter(), visit);
        }
        _ => visit.kind(0),
    }
}

#[inline(always)]
fn walk3(packet: &Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        Packet::V3_1_1Puback(ack) => (0x40, ack.packet_id()),
        Packet::V3_1_1Pubrec(ack) => (0x50, ack.packet_id()),
        Packet::V3_1_1Pubrel(ack) => (0x62, ack.packet_id()),
        Packet::V3_1_1Pubcomp(ack) => (0x70, ack.packet_id()),
        Packet::V3_1_1Unsuback(ack) => (0xB0, ack.packet_id()),
        Packet::V3_1_1Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id());
            for code in ack.return_codes() {
                visit.code(code, |code| code as u8);
            }
            return;
        }
        Packet::V3_1_1Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.return_code(), |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
