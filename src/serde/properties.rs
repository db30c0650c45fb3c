//! Properties: an object with a key for each.

use core::fmt;

use ::serde::ser::{Serialize, SerializeMap, Serializer};

use crate::spec::property::{PropertyId, PropertySet};
use crate::v5::{Properties, Property, PropertyIter, PropertyValue};

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

/// Bytes in hexadecimal, lower case.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use crate::encode::Encode;
    use crate::frame::Decoded;
    use crate::spec::scalar::PacketId;
    use crate::v5;

    use super::*;

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
}
