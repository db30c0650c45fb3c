//! `serde::Serialize` in the shape of the command's JSON: codes are numbers, packets and errors are objects.
//!
//! Packets borrow or are checked bytes, so they are not read back; codes, packet types, sides, versions, QoS and property
//! identifiers are.

use core::fmt;

use ::serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use crate::codes::CodeList;
use crate::error::DecodeError;
use crate::frame::{Decoded, Frame};
use crate::owned::{OwnedDecoded, OwnedFrame, OwnedPacket};
use crate::packet::Packet;
use crate::packet_type::{PacketType, Version};
use crate::reason::Code;
use crate::serde::properties::Hex;
use crate::v3;
use crate::v5::{self, Ack, AckReason, Auth, Properties, SubscriptionAck, SubscriptionReason};

mod properties;
mod words;

/// What `Display` writes, as a string.
struct Text<T>(T);

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The values of the codes.
impl<C: Code> Serialize for CodeList<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = serializer.serialize_seq(Some(self.len()))?;
        for code in self {
            values.serialize_element(&code.as_u8())?;
        }
        values.end()
    }
}

/// The names of the codes, which the function knows.
struct Names<'s, 'a, C>(
    &'s CodeList<'a, C>,
    fn(C, v3::Version) -> &'static str,
    v3::Version,
);

impl<C: Code> Serialize for Names<'_, '_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(codes, name, version) = self;
        let mut names = serializer.serialize_seq(Some(codes.len()))?;
        for code in *codes {
            names.serialize_element(name(code, *version))?;
        }
        names.end()
    }
}

/// A packet that is an object: the version if it is asked for, the packet's name, its fields.
trait Object {
    fn packet_type(&self) -> PacketType;

    /// How many fields there are.
    fn count(&self) -> usize;

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error>;

    fn object<S: Serializer>(
        &self,
        serializer: S,
        version: Option<Version>,
    ) -> Result<S::Ok, S::Error> {
        let packet = self.packet_type();
        let count = self.count().saturating_add(1);
        let count = count.saturating_add(usize::from(version.is_some()));
        let mut object = serializer.serialize_struct(packet.name(), count)?;
        if let Some(version) = version {
            object.serialize_field("mqtt", &version)?;
        }
        object.serialize_field("packet", &packet)?;
        self.fields(&mut object)?;
        object.end()
    }
}

/// One code and properties, the last fields of most packets of 5.0.
fn code_and_properties<O: SerializeStruct>(
    object: &mut O,
    code: impl Code,
    properties: &Properties<'_>,
) -> Result<(), O::Error> {
    one_code(object, code.as_u8(), code.name())?;
    object.serialize_field("properties", properties)
}

/// Value and name of the one code of a packet.
fn one_code<O: SerializeStruct>(object: &mut O, value: u8, name: &str) -> Result<(), O::Error> {
    object.serialize_field("reason_code", &value)?;
    object.serialize_field("reason_name", name)
}

impl Object for v5::Connack<'_> {
    fn packet_type(&self) -> PacketType {
        PacketType::Connack
    }

    fn count(&self) -> usize {
        4
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        object.serialize_field("session_present", &self.session_present())?;
        code_and_properties(object, self.reason(), &self.properties())
    }
}

impl<R: AckReason> Object for Ack<'_, R> {
    fn packet_type(&self) -> PacketType {
        R::PACKET
    }

    fn count(&self) -> usize {
        4
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        object.serialize_field("packet_id", &self.packet_id())?;
        code_and_properties(object, self.reason(), &self.properties())
    }
}

impl<R: SubscriptionReason> Object for SubscriptionAck<'_, R> {
    fn packet_type(&self) -> PacketType {
        R::PACKET
    }

    fn count(&self) -> usize {
        4
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        let codes = self.reasons();
        let names = Names(&codes, |code, _| code.name(), v3::Version::V3_1_1);
        object.serialize_field("packet_id", &self.packet_id())?;
        object.serialize_field("reason_codes", &codes)?;
        object.serialize_field("reason_names", &names)?;
        object.serialize_field("properties", &self.properties())
    }
}

impl Object for v5::Disconnect<'_> {
    fn packet_type(&self) -> PacketType {
        PacketType::Disconnect
    }

    fn count(&self) -> usize {
        3
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        code_and_properties(object, self.reason(), &self.properties())
    }
}

impl Object for Auth<'_> {
    fn packet_type(&self) -> PacketType {
        PacketType::Auth
    }

    fn count(&self) -> usize {
        3
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        code_and_properties(object, self.reason(), &self.properties())
    }
}

/// A packet of 3.x in a version: return codes stand under the keys of reason codes, with the names of that version.
impl Object for (v3::Version, v3::Packet<'_>) {
    fn packet_type(&self) -> PacketType {
        self.1.packet_type()
    }

    fn count(&self) -> usize {
        match self.1 {
            v3::Packet::Connack(_) | v3::Packet::Suback(_) => 3,
            v3::Packet::Disconnect => 0,
            _ => 1,
        }
    }

    fn fields<O: SerializeStruct>(&self, object: &mut O) -> Result<(), O::Error> {
        let (version, packet) = self;
        if let Some(id) = packet.packet_id() {
            object.serialize_field("packet_id", &id)?;
        }
        match packet {
            v3::Packet::Connack(connack) => {
                let code = connack.return_code();
                object.serialize_field("session_present", &connack.session_present())?;
                one_code(object, code.as_u8(), code.name_in(*version))
            }
            v3::Packet::Suback(suback) => {
                let codes = suback.return_codes();
                let names = Names(&codes, v3::SubackReturnCode::name_in, *version);
                object.serialize_field("reason_codes", &codes)?;
                object.serialize_field("reason_names", &names)
            }
            _ => Ok(()),
        }
    }
}

/// The objects that are packets of 5.0.
macro_rules! packets {
    ($($Packet:ident)+) => {
        $(
            impl Serialize for v5::$Packet<'_> {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.object(serializer, None)
                }
            }
        )+

        /// Writes a packet of 5.0, with its version if that is asked for.
        fn v5_packet<S: Serializer>(
            packet: &v5::Packet<'_>,
            serializer: S,
            version: Option<Version>,
        ) -> Result<S::Ok, S::Error> {
            match packet {
                $(v5::Packet::$Packet(packet) => packet.object(serializer, version),)+
            }
        }
    };
}

packets! { Connack Puback Pubrec Pubrel Pubcomp Suback Unsuback Disconnect Auth }

impl Serialize for v5::Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        v5_packet(self, serializer, None)
    }
}

/// Return codes stand under the keys of reason codes; their names are those of 3.1.1, as the packet does not know its
/// version. A [`Packet`] does.
impl Serialize for v3::Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (v3::Version::V3_1_1, *self).object(serializer, None)
    }
}

/// As in [`v3::Packet`].
impl Serialize for v3::Connack {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        v3::Packet::from(*self).serialize(serializer)
    }
}

/// As in [`v3::Packet`].
impl Serialize for v3::Suback<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        v3::Packet::from(*self).serialize(serializer)
    }
}

/// The packet's object with its version before the other fields, under `mqtt`.
impl Serialize for Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = Some(self.version());
        match self {
            Self::V5(packet) => v5_packet(packet, serializer, version),
            Self::V3(v3, packet) => (*v3, *packet).object(serializer, version),
        }
    }
}

/// As the [`Packet`] that it lends.
impl Serialize for OwnedPacket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.packet().serialize(serializer)
    }
}

/// An object with the packet's name, the flags as a number and the body in hexadecimal.
impl Serialize for Frame<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Frame", 3)?;
        object.serialize_field("packet", &self.packet_type())?;
        object.serialize_field("flags", &self.flags())?;
        object.serialize_field("body", &Text(Hex(self.body())))?;
        object.end()
    }
}

/// As the [`Frame`] that it lends.
impl Serialize for OwnedFrame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.frame().serialize(serializer)
    }
}

/// The packet, the frame, or an object with the number of bytes under `needed`.
impl<P: Serialize> Serialize for Decoded<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Packet { packet, .. } => packet.serialize(serializer),
            Self::Frame(frame) => frame.serialize(serializer),
            Self::Incomplete { needed } => incomplete(serializer, needed.get()),
        }
    }
}

/// As [`Decoded`].
impl<P: Serialize> Serialize for OwnedDecoded<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Packet(packet) => packet.serialize(serializer),
            Self::Frame(frame) => frame.serialize(serializer),
            Self::Incomplete { needed } => incomplete(serializer, needed.get()),
        }
    }
}

fn incomplete<S: Serializer>(serializer: S, needed: usize) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_struct("Incomplete", 1)?;
    object.serialize_field("needed", &needed)?;
    object.end()
}

/// An object with packet, class, answer, offset, rule and the message under `error`.
impl Serialize for DecodeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("DecodeError", 6)?;
        object.serialize_field("packet", &self.packet())?;
        object.serialize_field("class", &self.class())?;
        object.serialize_field("answer", &self.answer())?;
        object.serialize_field("offset", &self.offset())?;
        object.serialize_field("rule", self.rule())?;
        object.serialize_field("error", &Text(self))?;
        object.end()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use std::string::String;

    use crate::frame::Decoded;

    use super::*;

    fn v5_json(bytes: &[u8]) -> String {
        match v5::decode(bytes).unwrap() {
            Decoded::Packet { packet, .. } => serde_json::to_string(&packet).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn v3_json(bytes: &[u8]) -> String {
        match v3::decode(v3::Version::V3_1_1, bytes).unwrap() {
            Decoded::Packet { packet, .. } => serde_json::to_string(&packet).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn packets_of_5_0_are_objects_with_keys_in_a_fixed_order() {
        assert_eq!(
            v5_json(&[0x20, 0x03, 0x01, 0x00, 0x00]),
            r#"{"packet":"CONNACK","session_present":true,"reason_code":0,"reason_name":"Success","properties":{}}"#
        );
        assert_eq!(
            v5_json(&[0x40, 0x03, 0x00, 0x0A, 0x87]),
            r#"{"packet":"PUBACK","packet_id":10,"reason_code":135,"reason_name":"Not authorized","properties":{}}"#
        );
        assert_eq!(
            v5_json(&[0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x87]),
            r#"{"packet":"SUBACK","packet_id":10,"reason_codes":[1,135],"reason_names":["Granted QoS 1","Not authorized"],"properties":{}}"#
        );
        assert_eq!(
            v5_json(&[0xE0, 0x00]),
            r#"{"packet":"DISCONNECT","reason_code":0,"reason_name":"Normal disconnection","properties":{}}"#
        );
        assert_eq!(
            v5_json(b"\xF0\x0A\x18\x08\x15\x00\x01A\x16\x00\x01\xFF"),
            r#"{"packet":"AUTH","reason_code":24,"reason_name":"Continue authentication","properties":{"authentication_method":"A","authentication_data":"ff"}}"#
        );
    }

    #[test]
    fn packets_of_3_1_1_have_no_properties_and_codes_only_where_the_packet_has_them() {
        assert_eq!(
            v3_json(&[0x20, 0x02, 0x00, 0x05]),
            r#"{"packet":"CONNACK","session_present":false,"reason_code":5,"reason_name":"Connection Refused, not authorized"}"#
        );
        assert_eq!(
            v3_json(&[0x90, 0x04, 0x00, 0x0A, 0x01, 0x80]),
            r#"{"packet":"SUBACK","packet_id":10,"reason_codes":[1,128],"reason_names":["Success - Maximum QoS 1","Failure"]}"#
        );
        assert_eq!(
            v3_json(&[0xB0, 0x02, 0x00, 0x0A]),
            r#"{"packet":"UNSUBACK","packet_id":10}"#
        );
        assert_eq!(v3_json(&[0xE0, 0x00]), r#"{"packet":"DISCONNECT"}"#);
    }

    #[test]
    fn errors_are_objects_and_3_x_has_no_answer() {
        let error = v5::decode(&[0x40, 0x04, 0x00, 0x0A, 0x8B, 0x00]).unwrap_err();
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"packet":"PUBACK","class":"protocol_error","answer":130,"offset":4,"rule":"MQTT-3.4.2-1","error":"reason code 0x8b is not defined for PUBACK"}"#
        );
        let error = v3::decode(v3::Version::V3_1_1, &[0xF0, 0x00]).unwrap_err();
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"packet":null,"class":"malformed","answer":null,"offset":0,"rule":"2.2.1","error":"packet type 15 is reserved"}"#
        );
    }

    #[test]
    fn packets_of_any_version_say_which_and_have_the_names_of_it() {
        let suback = [0x90, 0x04, 0x00, 0x0A, 0x00, 0x80];
        for (version, json) in [
            (
                Version::V3_1,
                r#"{"mqtt":"3.1","packet":"SUBACK","packet_id":10,"reason_codes":[0,128],"reason_names":["Granted QoS 0","Failure"]}"#,
            ),
            (
                Version::V3_1_1,
                r#"{"mqtt":"3.1.1","packet":"SUBACK","packet_id":10,"reason_codes":[0,128],"reason_names":["Success - Maximum QoS 0","Failure"]}"#,
            ),
        ] {
            let decoded = crate::decode(version, &suback).unwrap();
            assert_eq!(serde_json::to_string(&decoded).unwrap(), json);
            let mut buffer = bytes::BytesMut::from(&suback[..]);
            let owned = OwnedPacket::decode(version, &mut buffer).unwrap();
            assert_eq!(serde_json::to_string(&owned).unwrap(), json);
        }
        let disconnect = v5::Disconnect::new(v5::DisconnectReason::ServerBusy);
        assert_eq!(
            serde_json::to_string(&Packet::from(disconnect)).unwrap(),
            r#"{"mqtt":"5.0","packet":"DISCONNECT","reason_code":137,"reason_name":"Server busy","properties":{}}"#
        );
    }

    #[test]
    fn frames_and_what_is_incomplete_are_objects() {
        let json = r#"{"packet":"PUBLISH","flags":1,"body":"0001742e"}"#;
        let publish = [0x31, 0x04, 0x00, 0x01, b't', b'.'];
        let decoded = v5::decode(&publish).unwrap();
        assert_eq!(serde_json::to_string(&decoded).unwrap(), json);
        let mut buffer = bytes::BytesMut::from(&publish[..]);
        let owned = OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap();
        assert_eq!(serde_json::to_string(&owned).unwrap(), json);
        let decoded = v5::decode(&publish[..3]).unwrap();
        assert_eq!(serde_json::to_string(&decoded).unwrap(), r#"{"needed":3}"#);
    }
}
