//! rumqttc, the modules `mqttbytes` and `v5::mqttbytes`.

use bytes::BytesMut;
use rumqttc::mqttbytes::v4;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5;

use super::{encode_to_bytes_mut, number, pairs, text};
use crate::codec::{Codec, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "rumqttc",
        version: "0.25.1",
        note: "`mqttbytes::{v4, v5}::Packet::{read, write}` on `BytesMut`; strings are copied",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

struct V5;

impl Codec for V5 {
    type Input<'a> = BytesMut;
    type Packet<'a> = v5::Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| v5::Packet::read(input, None), Ok(packet) => packet);
    encode_to_bytes_mut!(|packet, output| packet.write(output, None));
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr, $code:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.pkid);
            visit.code($ack.reason, $code);
            if let Some(properties) = &$ack.properties {
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
            }
        }};
    }
    match packet {
        v5::Packet::PubAck(ack) => ack!(0x40, ack, |code| match code {
            v5::PubAckReason::Success => 0x00,
            v5::PubAckReason::NotAuthorized => 0x87,
            _ => 0xFF,
        }),
        v5::Packet::PubRec(ack) => ack!(0x50, ack, |code| if code == v5::PubRecReason::Success {
            0
        } else {
            0xFF
        }),
        v5::Packet::PubRel(ack) => ack!(0x62, ack, |code| if code == v5::PubRelReason::Success {
            0
        } else {
            0xFF
        }),
        v5::Packet::PubComp(ack) => ack!(0x70, ack, |code| if code == v5::PubCompReason::Success {
            0
        } else {
            0xFF
        }),
        v5::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pkid);
            if let Some(properties) = &ack.properties {
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
            }
            for &code in &ack.return_codes {
                visit.code(code, |code| {
                    use v5::SubscribeReasonCode as Code;
                    match code {
                        Code::Success(QoS::AtMostOnce) => 0x00,
                        Code::Success(QoS::AtLeastOnce) => 0x01,
                        Code::Success(QoS::ExactlyOnce) => 0x02,
                        Code::Failure | Code::Unspecified => 0x80,
                        Code::ImplementationSpecific => 0x83,
                        Code::NotAuthorized => 0x87,
                        Code::TopicFilterInvalid => 0x8F,
                        Code::PkidInUse => 0x91,
                        Code::QuotaExceeded => 0x97,
                        Code::SharedSubscriptionsNotSupported => 0x9E,
                        Code::SubscriptionIdNotSupported => 0xA1,
                        Code::WildcardSubscriptionsNotSupported => 0xA2,
                    }
                });
            }
        }
        v5::Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| match code {
                v5::DisconnectReasonCode::SessionTakenOver => 0x8E,
                _ => 0xFF,
            });
            if let Some(properties) = &disconnect.properties {
                number(visit, 0x11, properties.session_expiry_interval);
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
                text(visit, 0x1C, properties.server_reference.as_ref());
            }
        }
        v5::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| {
                if code == v5::ConnectReturnCode::Success {
                    0
                } else {
                    0xFF
                }
            });
            if let Some(properties) = &connack.properties {
                number(visit, 0x11, properties.session_expiry_interval);
                number(visit, 0x21, properties.receive_max);
                number(visit, 0x24, properties.max_qos);
                number(visit, 0x25, properties.retain_available);
                number(visit, 0x27, properties.max_packet_size);
                text(visit, 0x12, properties.assigned_client_identifier.as_ref());
                number(visit, 0x22, properties.topic_alias_max);
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
                number(visit, 0x28, properties.wildcard_subscription_available);
                number(visit, 0x29, properties.subscription_identifiers_available);
                number(visit, 0x2A, properties.shared_subscription_available);
                number(visit, 0x13, properties.server_keep_alive);
                text(visit, 0x1A, properties.response_information.as_ref());
                text(visit, 0x1C, properties.server_reference.as_ref());
                text(visit, 0x15, properties.authentication_method.as_ref());
                if let Some(data) = &properties.authentication_data {
                    visit.binary(0x16, data);
                }
            }
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = BytesMut;
    type Packet<'a> = v4::Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| v4::Packet::read(input, usize::MAX), Ok(packet) => packet, walk3);
    encode_to_bytes_mut!(|packet, output| packet.write(output, usize::MAX));
}

#[inline(always)]
fn walk3(packet: &v4::Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        v4::Packet::PubAck(ack) => (0x40, ack.pkid),
        v4::Packet::PubRec(ack) => (0x50, ack.pkid),
        v4::Packet::PubRel(ack) => (0x62, ack.pkid),
        v4::Packet::PubComp(ack) => (0x70, ack.pkid),
        v4::Packet::UnsubAck(ack) => (0xB0, ack.pkid),
        v4::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pkid);
            for &code in &ack.return_codes {
                visit.code(code, |code| match code {
                    v4::SubscribeReasonCode::Success(qos) => qos as u8,
                    v4::SubscribeReasonCode::Failure => 0x80,
                });
            }
            return;
        }
        v4::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
