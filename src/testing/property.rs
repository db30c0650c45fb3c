//! Properties that own their values: which packet has which, how they are made, how they are written.

use std::string::String;
use std::vec::Vec;

use super::choices::Choices;
use super::draft::variable_byte_integer;
use super::text::{binary, text};
use crate::packet_type::PacketType;
use crate::spec::property::{Carrier, DataType, PropertyId as Id};
use crate::spec::scalar::SubscriptionId;
use crate::v5::{Property, PropertyValue};

/// The value of a property, by its type on the wire.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value {
    Byte(u8),
    Two(u16),
    Four(u32),
    Variable(u32),
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
pub(crate) fn allowed(packet: PacketType) -> Vec<Id> {
    let mut ids = Id::ALL.to_vec();
    ids.retain(|id| Carrier::of(packet).is_some_and(|carrier| id.use_in(carrier).is_some()));
    ids
}

impl Owned {
    /// The property with a value that its section allows.
    pub(crate) fn generate(id: Id, c: &mut Choices<'_>) -> Self {
        let value = c.group(|c| Self::value(id, c));
        Self { id, value }
    }

    fn value(id: Id, c: &mut Choices<'_>) -> Value {
        match id.data_type() {
            DataType::ZeroOrOne => Value::Byte(c.byte_between(0, 1)),
            DataType::TwoByteInteger => Value::Two(c.two_bytes()),
            DataType::TwoByteIntegerNotZero => Value::Two(c.two_bytes().max(1)),
            DataType::FourByteInteger => Value::Four(c.four_bytes()),
            DataType::FourByteIntegerNotZero => Value::Four(c.four_bytes().max(1)),
            DataType::VariableByteIntegerNotZero => {
                Value::Variable(c.four_bytes() % SubscriptionId::MAX + 1)
            }
            DataType::String => Value::Text(text(c)),
            DataType::BinaryData => Value::Binary(binary(c)),
            DataType::StringPair => Value::Pair(text(c), text(c)),
        }
    }

    /// Identifier and value as they are written, §2.2.2.2.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = std::vec![self.id.as_u8()];
        match &self.value {
            Value::Byte(value) => bytes.push(*value),
            Value::Two(value) => bytes.extend(value.to_be_bytes()),
            Value::Four(value) => bytes.extend(value.to_be_bytes()),
            Value::Variable(value) => bytes.extend(variable_byte_integer(*value as usize, 1)),
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
    pub(crate) fn lend(&self) -> Option<Property<'_>> {
        let value = match &self.value {
            Value::Byte(value) => PropertyValue::Byte(*value),
            Value::Two(value) => PropertyValue::TwoByteInteger(*value),
            Value::Four(value) => PropertyValue::FourByteInteger(*value),
            Value::Variable(value) => PropertyValue::VariableByteInteger(*value),
            Value::Text(text) => PropertyValue::String(text),
            Value::Binary(data) => PropertyValue::BinaryData(data),
            Value::Pair(name, value) => PropertyValue::StringPair(name, value),
        };
        Property::new(self.id, value)
    }
}

/// Appends a Two Byte Integer and as many bytes, §1.5.4, §1.5.6.
pub(crate) fn with_length(data: &[u8], bytes: &mut Vec<u8>) {
    let len = u16::try_from(data.len()).unwrap_or(u16::MAX);
    bytes.extend(len.to_be_bytes());
    bytes.extend(data);
}
