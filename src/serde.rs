//! `serde::Serialize` in the shape of the command's JSON: codes are numbers, packets and errors are objects.

use core::fmt;

use ::serde::de::{Deserialize, Deserializer, Error as _, Unexpected};
use ::serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::codes::CodeList;
use crate::error::{DecodeError, ErrorClass};
use crate::packet_type::PacketType;
use crate::reason::{Code, ReasonCode};
use crate::spec::property::{PropertyId, PropertySet};
use crate::types::PacketId;
use crate::v3::{self, ConnackReturnCode, SubackReturnCode};
use crate::v5::{
    self, Ack, AckReason, Auth, AuthReason, ConnackReason, DisconnectReason, Properties, Property,
    PropertyIter, PropertyValue, PubackReason, PubcompReason, PubrecReason, PubrelReason,
    SubackReason, SubscriptionAck, SubscriptionReason, UnsubackReason,
};

/// A code is its value, in both directions.
macro_rules! as_number {
    ($($Code:ident)+) => {
        $(
            impl Serialize for $Code {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_u8(self.as_u8())
                }
            }

            impl<'de> Deserialize<'de> for $Code {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = u8::deserialize(deserializer)?;
                    Self::from_u8(value).ok_or_else(|| {
                        let found = Unexpected::Unsigned(value.into());
                        D::Error::invalid_value(found, &"a code of the packet's table")
                    })
                }
            }
        )+
    };
}

as_number! {
    ReasonCode ConnackReason PubackReason PubrecReason PubrelReason PubcompReason SubackReason UnsubackReason
    DisconnectReason AuthReason ConnackReturnCode SubackReturnCode
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

/// The names of the codes.
struct Names<'s, 'a, C>(&'s CodeList<'a, C>);

impl<C: Code> Serialize for Names<'_, '_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(Some(self.0.len()))?;
        for code in self.0 {
            names.serialize_element(&Text(code))?;
        }
        names.end()
    }
}

/// What `Display` writes, as a string.
struct Text<T>(T);

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes in hexadecimal, lower case.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The name: `"PUBACK"`.
impl Serialize for PacketType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An object that starts with the packet's name and has `fields` more fields.
fn packet<S: Serializer>(
    serializer: S,
    packet: PacketType,
    fields: usize,
) -> Result<S::SerializeStruct, S::Error> {
    let mut object = serializer.serialize_struct(packet.name(), fields.saturating_add(1))?;
    object.serialize_field("packet", &packet)?;
    Ok(object)
}

/// Value and name of the one code of a packet.
fn one_code<O: SerializeStruct>(object: &mut O, code: impl Code) -> Result<(), O::Error> {
    object.serialize_field("reason_code", &code.as_u8())?;
    object.serialize_field("reason_name", &Text(code))
}

/// Values and names of a packet with one code per Topic Filter.
fn code_list<O: SerializeStruct>(
    object: &mut O,
    codes: &CodeList<'_, impl Code>,
) -> Result<(), O::Error> {
    object.serialize_field("reason_codes", codes)?;
    object.serialize_field("reason_names", &Names(codes))
}

impl Serialize for v5::Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Connack(packet) => packet.serialize(serializer),
            Self::Puback(packet) => packet.serialize(serializer),
            Self::Pubrec(packet) => packet.serialize(serializer),
            Self::Pubrel(packet) => packet.serialize(serializer),
            Self::Pubcomp(packet) => packet.serialize(serializer),
            Self::Suback(packet) => packet.serialize(serializer),
            Self::Unsuback(packet) => packet.serialize(serializer),
            Self::Disconnect(packet) => packet.serialize(serializer),
            Self::Auth(packet) => packet.serialize(serializer),
        }
    }
}

impl Serialize for v5::Connack<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, PacketType::Connack, 4)?;
        object.serialize_field("session_present", &self.session_present())?;
        one_code(&mut object, self.reason())?;
        object.serialize_field("properties", &self.properties())?;
        object.end()
    }
}

impl<R: AckReason> Serialize for Ack<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, R::PACKET, 4)?;
        object.serialize_field("packet_id", &self.packet_id())?;
        one_code(&mut object, self.reason())?;
        object.serialize_field("properties", &self.properties())?;
        object.end()
    }
}

impl<R: SubscriptionReason> Serialize for SubscriptionAck<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, R::PACKET, 4)?;
        object.serialize_field("packet_id", &self.packet_id())?;
        code_list(&mut object, &self.reasons())?;
        object.serialize_field("properties", &self.properties())?;
        object.end()
    }
}

impl Serialize for v5::Disconnect<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, PacketType::Disconnect, 3)?;
        one_code(&mut object, self.reason())?;
        object.serialize_field("properties", &self.properties())?;
        object.end()
    }
}

impl Serialize for Auth<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, PacketType::Auth, 3)?;
        one_code(&mut object, self.reason())?;
        object.serialize_field("properties", &self.properties())?;
        object.end()
    }
}

/// Return codes stand under the keys of reason codes; their names are those of 3.1.1.
impl Serialize for v3::Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Connack(packet) => packet.serialize(serializer),
            Self::Suback(packet) => packet.serialize(serializer),
            Self::Puback(id)
            | Self::Pubrec(id)
            | Self::Pubrel(id)
            | Self::Pubcomp(id)
            | Self::Unsuback(id) => packet_with_id(serializer, self.packet_type(), *id),
            Self::Disconnect => packet(serializer, PacketType::Disconnect, 0)?.end(),
        }
    }
}

/// A packet of 3.x that carries nothing but a Packet Identifier.
fn packet_with_id<S: Serializer>(
    serializer: S,
    packet_type: PacketType,
    id: PacketId,
) -> Result<S::Ok, S::Error> {
    let mut object = packet(serializer, packet_type, 1)?;
    object.serialize_field("packet_id", &id)?;
    object.end()
}

impl Serialize for v3::Connack {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, PacketType::Connack, 3)?;
        object.serialize_field("session_present", &self.session_present())?;
        one_code(&mut object, self.return_code())?;
        object.end()
    }
}

impl Serialize for v3::Suback<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = packet(serializer, PacketType::Suback, 3)?;
        object.serialize_field("packet_id", &self.packet_id())?;
        code_list(&mut object, &self.return_codes())?;
        object.end()
    }
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.iter().serialize(serializer)
    }
}

/// An object with a key for each property, in wire order; those that may be repeated are a list where the first stands.
impl Serialize for PropertyIter<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut section = serializer.serialize_map(None)?;
        let mut written = PropertySet::EMPTY;
        for property in self.clone() {
            let id = property.id();
            if !is_list(id) {
                section.serialize_entry(id.key(), &Value(property))?;
            } else if !written.contains(id) {
                written.insert(id);
                section.serialize_entry(id.key(), &List(self, id))?;
            }
        }
        section.end()
    }
}

/// An object like that of a section which holds this property alone.
impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let id = self.id();
        let mut section = serializer.serialize_map(Some(1))?;
        if is_list(id) {
            section.serialize_entry(id.key(), &[Value(*self)])?;
        } else {
            section.serialize_entry(id.key(), &Value(*self))?;
        }
        section.end()
    }
}

/// Whether the property may be repeated somewhere.
fn is_list(id: PropertyId) -> bool {
    id.uses().iter().any(|cell| cell.repeatable)
}

/// The values of a property that may be repeated.
struct List<'s, 'a>(&'s PropertyIter<'a>, PropertyId);

impl Serialize for List<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let same = self.0.clone().filter(|property| property.id() == self.1);
        serializer.collect_seq(same.map(Value))
    }
}

/// The value of a property; of a User Property the pair of name and value.
struct Value<'a>(Property<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.value() {
            PropertyValue::Byte(value) => serializer.serialize_u8(value),
            PropertyValue::TwoByteInteger(value) => serializer.serialize_u16(value),
            PropertyValue::FourByteInteger(value) | PropertyValue::VariableByteInteger(value) => {
                serializer.serialize_u32(value)
            }
            PropertyValue::String(text) => serializer.serialize_str(text),
            PropertyValue::BinaryData(data) => serializer.collect_str(&Hex(data)),
            PropertyValue::StringPair(name, value) => (name, value).serialize(serializer),
        }
    }
}

/// `"malformed"`, `"protocol_error"` or `"packet_too_large"`.
impl Serialize for ErrorClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::MalformedPacket => "malformed",
            Self::ProtocolError => "protocol_error",
            Self::PacketTooLarge => "packet_too_large",
        })
    }
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

    use crate::encode::Encode;
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
    fn user_properties_stand_together_where_the_first_one_does() {
        let properties = [
            Property::UserProperty("a", "1"),
            Property::ReasonString("no"),
            Property::UserProperty("a", "2"),
        ];
        let id = PacketId::MIN;
        let mut bytes = std::vec::Vec::new();
        let puback = v5::Puback::success(id).with_properties(&properties);
        puback.encode(&mut bytes).unwrap();
        let Decoded::Packet { packet, .. } = v5::decode(&bytes).unwrap() else {
            panic!("{bytes:?}");
        };
        let section = packet.properties();
        assert_eq!(
            serde_json::to_string(&section).unwrap(),
            r#"{"user_properties":[["a","1"],["a","2"]],"reason_string":"no"}"#
        );
        assert_eq!(
            serde_json::to_string(&properties[0]).unwrap(),
            r#"{"user_properties":[["a","1"]]}"#
        );
        assert_eq!(
            serde_json::to_string(&Property::RetainAvailable(true)).unwrap(),
            r#"{"retain_available":1}"#
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
    fn codes_are_numbers() {
        let code = ReasonCode::NOT_AUTHORIZED;
        assert_eq!(serde_json::to_string(&code).unwrap(), "135");
        let code = DisconnectReason::SessionTakenOver;
        assert_eq!(serde_json::to_string(&code).unwrap(), "142");
        assert_eq!(
            serde_json::from_str::<DisconnectReason>("142").unwrap(),
            code
        );
        assert!(serde_json::from_str::<DisconnectReason>("3").is_err());
    }
}
