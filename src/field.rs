//! The field that an error is about, found from the packet and the place in it.
//!
//! The parsers do not say it: most packets are not refused, and who refuses one has its bytes.

use core::fmt;

use crate::error::{DecodeError, ErrorKind};
use crate::packet_type::{PacketType, Version};
use crate::spec::property::{DataType, PropertyId};
use crate::wire::VariableByteInteger;

/// A field of a packet, by the specification's name: `Topic Name`, `Topic Filter 2`, `Reason String (0x1f)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name: of a property, if it is one.
    pub name: &'static str,
    /// The place in a list of Topic Filters or of codes, counted from 1.
    pub number: Option<usize>,
    /// The property.
    pub property: Option<PropertyId>,
}

impl Field {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            number: None,
            property: None,
        }
    }

    const fn property(id: PropertyId) -> Self {
        Self {
            name: id.name(),
            number: None,
            property: Some(id),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match (self.number, self.property) {
            (Some(number), _) => write!(f, " {number}"),
            (None, Some(id)) => write!(f, " ({:#04x})", id.as_u8()),
            (None, None) => Ok(()),
        }
    }
}

impl DecodeError {
    /// The field that the error is about; `None` if it is about none, as bytes left over are.
    ///
    /// `packet` is the packet that was refused, from its first byte on, as far as it is there.
    ///
    /// ```
    /// use mqtt_reason::v5;
    ///
    /// let packet = [0x40, 0x08, 0x00, 0x0A, 0x87, 0x04, 0x1F, 0x00, 0x01, 0xFF];
    /// let error = v5::decode(&packet).unwrap_err();
    /// assert_eq!(error.field(&packet).unwrap().to_string(), "Reason String (0x1f)");
    /// ```
    #[must_use]
    pub fn field(&self, packet: &[u8]) -> Option<Field> {
        match self.kind() {
            ErrorKind::ReservedPacketType { .. } | ErrorKind::WrongDirection { .. } => {
                return Some(Field::new("Packet Type"));
            }
            ErrorKind::FixedHeaderFlags { .. } | ErrorKind::DupWithQos0 => {
                return Some(Field::new("Fixed Header Flags"));
            }
            // What is missing is the field, not the place where it is missed.
            ErrorKind::NoAuthenticationMethod | ErrorKind::AuthenticationDataAlone => {
                return Some(Field::property(PropertyId::AuthenticationMethod));
            }
            ErrorKind::NoTopic => return Some(Field::new("Topic Name")),
            ErrorKind::NoTopicFilters { .. } => return Some(Field::new("Topic Filter")),
            ErrorKind::TrailingBytes { .. } => return None,
            _ => {}
        }
        let header_len = match packet.get(1..).map(VariableByteInteger::read) {
            Some(VariableByteInteger::Whole { len, .. }) => usize::from(len).saturating_add(1),
            _ => return Some(Field::new("Remaining Length")),
        };
        if self.offset() < header_len {
            return Some(Field::new("Remaining Length"));
        }
        let mut walk = Walk {
            packet,
            at: header_len,
            target: self.offset(),
        };
        walk.body(self.packet()?, self.version()).err()
    }
}

/// A way through a packet, field by field, up to the one that holds a certain byte.
struct Walk<'a> {
    packet: &'a [u8],
    at: usize,
    target: usize,
}

/// Passes over a field; the `Err` is the field that was looked for.
type Step<T = ()> = Result<T, Field>;

impl<'a> Walk<'a> {
    /// A field of `len` bytes: those after its first one may be missing.
    fn fixed(&mut self, field: Field, len: usize) -> Step<&'a [u8]> {
        let end = self.at.saturating_add(len);
        match self.packet.get(self.at..end) {
            Some(bytes) if self.target >= end => {
                self.at = end;
                Ok(bytes)
            }
            _ => Err(field),
        }
    }

    fn byte(&mut self, field: Field) -> Step<u8> {
        let bytes = self.fixed(field, 1)?;
        Ok(bytes.first().copied().unwrap_or_default())
    }

    /// A length of two bytes and that many bytes.
    fn prefixed(&mut self, field: Field) -> Step {
        let len = match self.packet.get(self.at..) {
            Some([high, low, ..]) => u16::from_be_bytes([*high, *low]),
            _ => return Err(field),
        };
        self.fixed(field, usize::from(len).saturating_add(2))
            .map(drop)
    }

    fn variable(&mut self, field: Field) -> Step<usize> {
        let rest = self.packet.get(self.at..).unwrap_or_default();
        match VariableByteInteger::read(rest) {
            VariableByteInteger::Whole { value, len, .. } => {
                self.fixed(field, len.into())?;
                Ok(value as usize)
            }
            _ => Err(field),
        }
    }

    /// Property Length and properties.
    fn properties(&mut self) -> Step {
        let len = self.variable(Field::new("Property Length"))?;
        let end = self.at.saturating_add(len);
        while self.at < end {
            let byte = self.packet.get(self.at).copied().unwrap_or_default();
            let Some(id) = PropertyId::from_u8(byte) else {
                return Err(Field::new("Property Identifier"));
            };
            let field = Field::property(id);
            self.byte(field)?;
            self.property_value(id, field)?;
        }
        Ok(())
    }

    fn property_value(&mut self, id: PropertyId, field: Field) -> Step {
        match id.data_type() {
            DataType::ZeroOrOne => self.fixed(field, 1).map(drop),
            DataType::TwoByteInteger | DataType::TwoByteIntegerNotZero => {
                self.fixed(field, 2).map(drop)
            }
            DataType::FourByteInteger | DataType::FourByteIntegerNotZero => {
                self.fixed(field, 4).map(drop)
            }
            DataType::VariableByteIntegerNotZero => self.variable(field).map(drop),
            DataType::String | DataType::BinaryData => self.prefixed(field),
            DataType::StringPair => {
                self.prefixed(field)?;
                self.prefixed(field)
            }
        }
    }

    fn body(&mut self, packet: PacketType, version: Version) -> Step {
        let in_5_0 = version == Version::V5_0;
        let code = Field::new(if in_5_0 { "Reason Code" } else { "Return Code" });
        match packet {
            PacketType::Connect => return self.connect(in_5_0),
            PacketType::Connack => {
                self.byte(Field::new("Connect Acknowledge Flags"))?;
                self.byte(code)?;
            }
            PacketType::Publish => {
                self.prefixed(Field::new("Topic Name"))?;
                if self.packet.first().is_some_and(|first| first & 0b0110 != 0) {
                    self.packet_id()?;
                }
            }
            PacketType::Puback | PacketType::Pubrec | PacketType::Pubrel | PacketType::Pubcomp => {
                self.packet_id()?;
                self.byte(code)?;
            }
            PacketType::Disconnect | PacketType::Auth => {
                self.byte(code)?;
            }
            PacketType::Subscribe
            | PacketType::Suback
            | PacketType::Unsubscribe
            | PacketType::Unsuback => self.packet_id()?,
            PacketType::Pingreq | PacketType::Pingresp => return Ok(()),
        }
        if in_5_0 {
            self.properties()?;
        }
        match packet {
            PacketType::Subscribe => self.list(|walk, number| {
                walk.prefixed(numbered("Topic Filter", number))?;
                walk.byte(numbered("Subscription Options", number))
                    .map(drop)
            }),
            PacketType::Unsubscribe => {
                self.list(|walk, number| walk.prefixed(numbered("Topic Filter", number)))
            }
            PacketType::Suback | PacketType::Unsuback => {
                self.list(|walk, number| walk.byte(numbered(code.name, number)).map(drop))
            }
            _ => Ok(()),
        }
    }

    /// Entries up to the one that is looked for; one is looked for.
    fn list(&mut self, mut entry: impl FnMut(&mut Self, usize) -> Step) -> Step {
        let mut number = 1;
        loop {
            entry(self, number)?;
            number = number.saturating_add(1);
        }
    }

    fn packet_id(&mut self) -> Step {
        self.fixed(Field::new("Packet Identifier"), 2).map(drop)
    }

    fn connect(&mut self, in_5_0: bool) -> Step {
        self.prefixed(Field::new("Protocol Name"))?;
        self.byte(Field::new("Protocol Level"))?;
        let flags = self.byte(Field::new("Connect Flags"))?;
        self.fixed(Field::new("Keep Alive"), 2)?;
        if in_5_0 {
            self.properties()?;
        }
        self.prefixed(Field::new("Client Identifier"))?;
        if flags & 0b0000_0100 != 0 {
            if in_5_0 {
                self.properties()?;
            }
            self.prefixed(Field::new("Will Topic"))?;
            self.prefixed(Field::new("Will Payload"))?;
        }
        if flags & 0b1000_0000 != 0 {
            self.prefixed(Field::new("User Name"))?;
        }
        if flags & 0b0100_0000 != 0 {
            self.prefixed(Field::new("Password"))?;
        }
        Ok(())
    }
}

const fn numbered(name: &'static str, number: usize) -> Field {
    Field {
        name,
        number: Some(number),
        property: None,
    }
}
