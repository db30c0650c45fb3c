//! Properties that own their values: which packet has which, how they are made, how they are written.

use core::num::{NonZeroU16, NonZeroU32};
use std::string::String;
use std::vec::Vec;

use super::choices::Choices;
use super::text::{binary, text};
use crate::packet_type::PacketType;
use crate::property_id::PropertyId as Id;
use crate::types::QoS;
use crate::v5::Property;

/// The value of a property, by its type on the wire.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value {
    Byte(u8),
    Two(u16),
    Four(u32),
    Text(String),
    Binary(Vec<u8>),
    Pair(String, String),
}

/// A property and its value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Owned {
    pub(crate) id: Id,
    pub(crate) value: Value,
}

/// The properties of a packet, MQTT 5.0 Table 2-4.
pub(crate) const fn allowed(packet: PacketType) -> &'static [Id] {
    match packet {
        PacketType::Connack => Id::ALL,
        PacketType::Disconnect => &[
            Id::ReasonString,
            Id::UserProperty,
            Id::SessionExpiryInterval,
            Id::ServerReference,
        ],
        PacketType::Auth => &[
            Id::AuthenticationMethod,
            Id::AuthenticationData,
            Id::ReasonString,
            Id::UserProperty,
        ],
        _ => &[Id::ReasonString, Id::UserProperty],
    }
}

impl Owned {
    /// The property with a value that its section allows.
    pub(crate) fn generate(id: Id, c: &mut Choices<'_>) -> Self {
        let value = c.group(|c| Self::value(id, c));
        Self { id, value }
    }

    fn value(id: Id, c: &mut Choices<'_>) -> Value {
        match id {
            Id::SessionExpiryInterval => Value::Four(c.four_bytes()),
            Id::MaximumPacketSize => Value::Four(c.four_bytes().max(1)),
            Id::ServerKeepAlive | Id::TopicAliasMaximum => Value::Two(c.two_bytes()),
            Id::ReceiveMaximum => Value::Two(c.two_bytes().max(1)),
            Id::MaximumQos
            | Id::RetainAvailable
            | Id::WildcardSubscriptionAvailable
            | Id::SubscriptionIdentifiersAvailable
            | Id::SharedSubscriptionAvailable => Value::Byte(c.byte_between(0, 1)),
            Id::AssignedClientIdentifier
            | Id::AuthenticationMethod
            | Id::ResponseInformation
            | Id::ServerReference
            | Id::ReasonString => Value::Text(text(c)),
            Id::AuthenticationData => Value::Binary(binary(c)),
            Id::UserProperty => Value::Pair(text(c), text(c)),
        }
    }

    /// Identifier and value as they are written, §2.2.2.2.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = std::vec![self.id.as_u8()];
        match &self.value {
            Value::Byte(value) => bytes.push(*value),
            Value::Two(value) => bytes.extend(value.to_be_bytes()),
            Value::Four(value) => bytes.extend(value.to_be_bytes()),
            Value::Text(text) => with_length(text.as_bytes(), &mut bytes),
            Value::Binary(data) => with_length(data, &mut bytes),
            Value::Pair(name, value) => {
                with_length(name.as_bytes(), &mut bytes);
                with_length(value.as_bytes(), &mut bytes);
            }
        }
        bytes
    }

    /// The property as the crate's own type.
    pub(crate) fn lend(&self) -> Property<'_> {
        match self.id {
            Id::SessionExpiryInterval => Property::SessionExpiryInterval(self.number()),
            Id::AssignedClientIdentifier => Property::AssignedClientIdentifier(self.text()),
            Id::ServerKeepAlive => Property::ServerKeepAlive(self.two()),
            Id::AuthenticationMethod => Property::AuthenticationMethod(self.text()),
            Id::AuthenticationData => Property::AuthenticationData(self.data()),
            Id::ResponseInformation => Property::ResponseInformation(self.text()),
            Id::ServerReference => Property::ServerReference(self.text()),
            Id::ReasonString => Property::ReasonString(self.text()),
            Id::ReceiveMaximum => {
                Property::ReceiveMaximum(NonZeroU16::new(self.two()).unwrap_or(NonZeroU16::MIN))
            }
            Id::TopicAliasMaximum => Property::TopicAliasMaximum(self.two()),
            Id::MaximumQos if self.flag() => Property::MaximumQos(QoS::AtLeastOnce),
            Id::MaximumQos => Property::MaximumQos(QoS::AtMostOnce),
            Id::RetainAvailable => Property::RetainAvailable(self.flag()),
            Id::UserProperty => Property::UserProperty(self.text(), self.second()),
            Id::MaximumPacketSize => Property::MaximumPacketSize(
                NonZeroU32::new(self.number()).unwrap_or(NonZeroU32::MIN),
            ),
            Id::WildcardSubscriptionAvailable => {
                Property::WildcardSubscriptionAvailable(self.flag())
            }
            Id::SubscriptionIdentifiersAvailable => {
                Property::SubscriptionIdentifiersAvailable(self.flag())
            }
            Id::SharedSubscriptionAvailable => Property::SharedSubscriptionAvailable(self.flag()),
        }
    }

    fn number(&self) -> u32 {
        match self.value {
            Value::Byte(value) => value.into(),
            Value::Two(value) => value.into(),
            Value::Four(value) => value,
            _ => 0,
        }
    }

    fn two(&self) -> u16 {
        u16::try_from(self.number()).unwrap_or(u16::MAX)
    }

    fn flag(&self) -> bool {
        self.number() != 0
    }

    fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) | Value::Pair(text, _) => text,
            _ => "",
        }
    }

    fn second(&self) -> &str {
        match &self.value {
            Value::Pair(_, value) => value,
            _ => "",
        }
    }

    fn data(&self) -> &[u8] {
        match &self.value {
            Value::Binary(data) => data,
            _ => &[],
        }
    }
}

/// Appends a Two Byte Integer and as many bytes, §1.5.4, §1.5.6.
pub(crate) fn with_length(data: &[u8], bytes: &mut Vec<u8>) {
    let len = u16::try_from(data.len()).unwrap_or(u16::MAX);
    bytes.extend(len.to_be_bytes());
    bytes.extend(data);
}
