//! One property, in both directions.

use core::num::{NonZeroU16, NonZeroU32};

use bytes::BufMut;

use crate::QoS;
use crate::error::{ErrorKind, Parsed, refuse};
use crate::property_id::{DataType, PropertyId};
use crate::wire::{self, LENGTH_MAX};

/// A property of a reason-coded packet and its value, MQTT 5.0 §2.2.2.2.
///
/// Values that the types rule out cannot be written down; the other rules (no U+0000 and at most 65,535 bytes in a
/// string, QoS 2 is no Maximum QoS) are checked when the property becomes part of a property section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum Property<'a> {
    /// Seconds until the Session ends after the connection: 0 at once, 4,294,967,295 never. §3.2.2.3.2, §3.14.2.2.2.
    SessionExpiryInterval(u32),
    /// The Client Identifier that the Server chose. §3.2.2.3.7.
    AssignedClientIdentifier(&'a str),
    /// The Keep Alive, in seconds, that the Client must use; 0 turns it off. §3.2.2.3.14.
    ServerKeepAlive(u16),
    /// The name of the authentication method. §3.2.2.3.17, §3.15.2.2.2.
    AuthenticationMethod(&'a str),
    /// Data of the authentication method. §3.2.2.3.18, §3.15.2.2.3.
    AuthenticationData(&'a [u8]),
    /// The basis for creating Response Topics. §3.2.2.3.15.
    ResponseInformation(&'a str),
    /// Other Servers to use, separated by spaces. §3.2.2.3.16, §3.14.2.2.5.
    ServerReference(&'a str),
    /// The reason in words, for people. §3.2.2.3.9 and its kin.
    ReasonString(&'a str),
    /// How many QoS 1 and QoS 2 messages the Server handles at a time. §3.2.2.3.3.
    ReceiveMaximum(NonZeroU16),
    /// The highest Topic Alias that the Server accepts; 0 is none. §3.2.2.3.8.
    TopicAliasMaximum(u16),
    /// The highest QoS that the Server supports: 0 or 1; QoS 2 is said by leaving it out. §3.2.2.3.4.
    MaximumQos(QoS),
    /// Whether the Server keeps retained messages. §3.2.2.3.5.
    RetainAvailable(bool),
    /// A name and a value of the sender's own; may occur more than once. §3.2.2.3.10 and its kin.
    UserProperty(&'a str, &'a str),
    /// The largest packet that the Server accepts, in bytes. §3.2.2.3.6.
    MaximumPacketSize(NonZeroU32),
    /// Whether the Server offers Wildcard Subscriptions. §3.2.2.3.11.
    WildcardSubscriptionAvailable(bool),
    /// Whether the Server offers Subscription Identifiers. §3.2.2.3.12.
    SubscriptionIdentifiersAvailable(bool),
    /// Whether the Server offers Shared Subscriptions. §3.2.2.3.13.
    SharedSubscriptionAvailable(bool),
}

impl<'a> Property<'a> {
    /// The property's identifier.
    #[inline]
    #[must_use]
    pub const fn id(&self) -> PropertyId {
        match self {
            Self::SessionExpiryInterval(_) => PropertyId::SessionExpiryInterval,
            Self::AssignedClientIdentifier(_) => PropertyId::AssignedClientIdentifier,
            Self::ServerKeepAlive(_) => PropertyId::ServerKeepAlive,
            Self::AuthenticationMethod(_) => PropertyId::AuthenticationMethod,
            Self::AuthenticationData(_) => PropertyId::AuthenticationData,
            Self::ResponseInformation(_) => PropertyId::ResponseInformation,
            Self::ServerReference(_) => PropertyId::ServerReference,
            Self::ReasonString(_) => PropertyId::ReasonString,
            Self::ReceiveMaximum(_) => PropertyId::ReceiveMaximum,
            Self::TopicAliasMaximum(_) => PropertyId::TopicAliasMaximum,
            Self::MaximumQos(_) => PropertyId::MaximumQos,
            Self::RetainAvailable(_) => PropertyId::RetainAvailable,
            Self::UserProperty(..) => PropertyId::UserProperty,
            Self::MaximumPacketSize(_) => PropertyId::MaximumPacketSize,
            Self::WildcardSubscriptionAvailable(_) => PropertyId::WildcardSubscriptionAvailable,
            Self::SubscriptionIdentifiersAvailable(_) => {
                PropertyId::SubscriptionIdentifiersAvailable
            }
            Self::SharedSubscriptionAvailable(_) => PropertyId::SharedSubscriptionAvailable,
        }
    }

    /// Reads the property at the start of `bytes`, which [`check_value`] has accepted before, and tells its length;
    /// `string` gives the text between two places in `bytes`. `None` at the end.
    #[inline]
    pub(crate) fn read(
        bytes: &'a [u8],
        string: impl Fn(usize, usize) -> Option<&'a str>,
    ) -> Option<(Self, usize)> {
        let (id, value) = bytes.split_first()?;
        let one = || value.first().map(|byte| *byte != 0);
        let two = || value.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
        let four = || value.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        // Where a string starts and ends whose length is at `at`.
        let place = |at: usize| {
            let (length, _) = bytes.get(at..)?.split_first_chunk()?;
            let start = at.saturating_add(2);
            let length = usize::from(u16::from_be_bytes(*length));
            Some((start, start.saturating_add(length)))
        };
        let text = |property: fn(&'a str) -> Self| {
            let (start, end) = place(1)?;
            Some((property(string(start, end)?), end))
        };
        Some(match PropertyId::from_u8(*id)? {
            PropertyId::SessionExpiryInterval => (Self::SessionExpiryInterval(four()?), 5),
            PropertyId::AssignedClientIdentifier => return text(Self::AssignedClientIdentifier),
            PropertyId::ServerKeepAlive => (Self::ServerKeepAlive(two()?), 3),
            PropertyId::AuthenticationMethod => return text(Self::AuthenticationMethod),
            PropertyId::AuthenticationData => {
                let (start, end) = place(1)?;
                (Self::AuthenticationData(bytes.get(start..end)?), end)
            }
            PropertyId::ResponseInformation => return text(Self::ResponseInformation),
            PropertyId::ServerReference => return text(Self::ServerReference),
            PropertyId::ReasonString => return text(Self::ReasonString),
            PropertyId::ReceiveMaximum => (Self::ReceiveMaximum(NonZeroU16::new(two()?)?), 3),
            PropertyId::TopicAliasMaximum => (Self::TopicAliasMaximum(two()?), 3),
            PropertyId::MaximumQos => {
                let qos = if one()? {
                    QoS::AtLeastOnce
                } else {
                    QoS::AtMostOnce
                };
                (Self::MaximumQos(qos), 2)
            }
            PropertyId::RetainAvailable => (Self::RetainAvailable(one()?), 2),
            PropertyId::UserProperty => {
                let (start, end) = place(1)?;
                let name = string(start, end)?;
                let (start, end) = place(end)?;
                (Self::UserProperty(name, string(start, end)?), end)
            }
            PropertyId::MaximumPacketSize => {
                (Self::MaximumPacketSize(NonZeroU32::new(four()?)?), 5)
            }
            PropertyId::WildcardSubscriptionAvailable => {
                (Self::WildcardSubscriptionAvailable(one()?), 2)
            }
            PropertyId::SubscriptionIdentifiersAvailable => {
                (Self::SubscriptionIdentifiersAvailable(one()?), 2)
            }
            PropertyId::SharedSubscriptionAvailable => {
                (Self::SharedSubscriptionAvailable(one()?), 2)
            }
        })
    }

    /// What keeps the property from being written, if anything.
    pub(crate) fn refusal(&self) -> Option<ValueRefusal> {
        match *self {
            Self::AssignedClientIdentifier(text)
            | Self::AuthenticationMethod(text)
            | Self::ResponseInformation(text)
            | Self::ServerReference(text)
            | Self::ReasonString(text) => string_refusal(text),
            Self::UserProperty(name, value) => {
                string_refusal(name).or_else(|| string_refusal(value))
            }
            Self::AuthenticationData(data) if data.len() > LENGTH_MAX => {
                Some(ValueRefusal::TooLong)
            }
            Self::MaximumQos(QoS::ExactlyOnce) => Some(ValueRefusal::MaximumQos2),
            _ => None,
        }
    }

    /// The number of bytes of identifier and value.
    #[inline]
    pub(crate) const fn encoded_len(&self) -> usize {
        match self {
            Self::SessionExpiryInterval(_) | Self::MaximumPacketSize(_) => 5,
            Self::ServerKeepAlive(_) | Self::ReceiveMaximum(_) | Self::TopicAliasMaximum(_) => 3,
            Self::MaximumQos(_)
            | Self::RetainAvailable(_)
            | Self::WildcardSubscriptionAvailable(_)
            | Self::SubscriptionIdentifiersAvailable(_)
            | Self::SharedSubscriptionAvailable(_) => 2,
            Self::AssignedClientIdentifier(text)
            | Self::AuthenticationMethod(text)
            | Self::ResponseInformation(text)
            | Self::ServerReference(text)
            | Self::ReasonString(text) => text.len().saturating_add(3),
            Self::AuthenticationData(data) => data.len().saturating_add(3),
            Self::UserProperty(name, value) => {
                name.len().saturating_add(value.len()).saturating_add(5)
            }
        }
    }

    /// Writes identifier and value; [`refusal`](Self::refusal) has found nothing.
    #[inline]
    pub(crate) fn put<B: BufMut>(&self, dst: &mut B) {
        let id = self.id().as_u8();
        match *self {
            Self::SessionExpiryInterval(value) => put_four(id, value, dst),
            Self::MaximumPacketSize(value) => put_four(id, value.get(), dst),
            Self::ServerKeepAlive(value) | Self::TopicAliasMaximum(value) => {
                put_two(id, value, dst);
            }
            Self::ReceiveMaximum(value) => put_two(id, value.get(), dst),
            Self::MaximumQos(value) => dst.put_slice(&[id, value.as_u8()]),
            Self::RetainAvailable(value)
            | Self::WildcardSubscriptionAvailable(value)
            | Self::SubscriptionIdentifiersAvailable(value)
            | Self::SharedSubscriptionAvailable(value) => dst.put_slice(&[id, value.into()]),
            Self::AssignedClientIdentifier(text)
            | Self::AuthenticationMethod(text)
            | Self::ResponseInformation(text)
            | Self::ServerReference(text)
            | Self::ReasonString(text) => wire::put_binary(id, text.as_bytes(), dst),
            Self::AuthenticationData(data) => wire::put_binary(id, data, dst),
            Self::UserProperty(name, value) => {
                wire::put_binary(id, name.as_bytes(), dst);
                wire::put_second_string(value, dst);
            }
        }
    }
}

/// Checks the value that follows the identifier `id`: fit, type and range.
#[inline]
pub(crate) fn check_value(id: PropertyId, i: &[u8]) -> Parsed<'_, ()> {
    let (rest, value) = match id.data_type() {
        DataType::String => return wire::string(i),
        DataType::StringPair => {
            let (rest, ()) = wire::string(i)?;
            return wire::string(rest);
        }
        DataType::BinaryData => {
            let (rest, _) = wire::binary(i)?;
            return Ok((rest, ()));
        }
        DataType::Byte => {
            let (rest, value) = wire::byte(i)?;
            (rest, u32::from(value))
        }
        DataType::TwoByteInteger => {
            let (rest, value) = wire::two_byte_integer(i)?;
            (rest, u32::from(value))
        }
        DataType::FourByteInteger => wire::four_byte_integer(i)?,
    };
    let forbidden = match id {
        // §3.2.2.3.3, §3.2.2.3.6
        PropertyId::ReceiveMaximum | PropertyId::MaximumPacketSize => value == 0,
        // §3.2.2.3.4, §3.2.2.3.5, §3.2.2.3.11 to §3.2.2.3.13
        _ => id.data_type() == DataType::Byte && value > 1,
    };
    if forbidden {
        refuse(i, ErrorKind::PropertyValue { id, value })
    } else {
        Ok((rest, ()))
    }
}

/// Why a property's value cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ValueRefusal {
    TooLong,
    NullCharacter,
    MaximumQos2,
}

/// §1.5.4: at most 65,535 bytes, no U+0000 [MQTT-1.5.4-2].
fn string_refusal(text: &str) -> Option<ValueRefusal> {
    if text.len() > LENGTH_MAX {
        Some(ValueRefusal::TooLong)
    } else if text.as_bytes().contains(&0) {
        Some(ValueRefusal::NullCharacter)
    } else {
        None
    }
}

/// Writes identifier and Two Byte Integer.
#[inline]
fn put_two<B: BufMut>(id: u8, value: u16, dst: &mut B) {
    let [a, b] = value.to_be_bytes();
    dst.put_slice(&[id, a, b]);
}

/// Writes identifier and Four Byte Integer.
#[inline]
fn put_four<B: BufMut>(id: u8, value: u32, dst: &mut B) {
    let [a, b, c, d] = value.to_be_bytes();
    dst.put_slice(&[id, a, b, c, d]);
}
