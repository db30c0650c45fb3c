//! One property, in both directions.

use core::num::{NonZeroU16, NonZeroU32};

use bytes::BufMut;
use nom::Parser;
use nom::combinator::map;

use crate::QoS;
use crate::error::{ErrorKind, Parsed, refuse};
use crate::property_id::PropertyId;
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

    /// The value that follows the identifier `id`: fit, type and range.
    ///
    /// `string` is [`wire::check_string`] when a section is checked and [`wire::checked_string`] when it is read.
    #[inline(always)]
    pub(crate) fn parse_value(
        id: PropertyId,
        i: &'a [u8],
        string: impl Fn(&'a [u8]) -> Parsed<'a, &'a str>,
    ) -> Parsed<'a, Self> {
        match id {
            PropertyId::SessionExpiryInterval => {
                map(wire::four_byte_integer, Self::SessionExpiryInterval).parse(i)
            }
            PropertyId::AssignedClientIdentifier => {
                map(string, Self::AssignedClientIdentifier).parse(i)
            }
            PropertyId::ServerKeepAlive => {
                map(wire::two_byte_integer, Self::ServerKeepAlive).parse(i)
            }
            PropertyId::AuthenticationMethod => map(string, Self::AuthenticationMethod).parse(i),
            PropertyId::AuthenticationData => map(wire::binary, Self::AuthenticationData).parse(i),
            PropertyId::ResponseInformation => map(string, Self::ResponseInformation).parse(i),
            PropertyId::ServerReference => map(string, Self::ServerReference).parse(i),
            PropertyId::ReasonString => map(string, Self::ReasonString).parse(i),
            PropertyId::ReceiveMaximum => {
                let (rest, value) = wire::two_byte_integer(i)?;
                match NonZeroU16::new(value) {
                    Some(value) => Ok((rest, Self::ReceiveMaximum(value))),
                    None => forbidden(id, 0, i),
                }
            }
            PropertyId::TopicAliasMaximum => {
                map(wire::two_byte_integer, Self::TopicAliasMaximum).parse(i)
            }
            PropertyId::MaximumQos => match wire::byte(i)? {
                (rest, 0) => Ok((rest, Self::MaximumQos(QoS::AtMostOnce))),
                (rest, 1) => Ok((rest, Self::MaximumQos(QoS::AtLeastOnce))),
                (_, value) => forbidden(id, value.into(), i),
            },
            PropertyId::RetainAvailable => flag(id, Self::RetainAvailable, i),
            PropertyId::UserProperty => {
                let (rest, name) = string(i)?;
                let (rest, value) = string(rest)?;
                Ok((rest, Self::UserProperty(name, value)))
            }
            PropertyId::MaximumPacketSize => {
                let (rest, value) = wire::four_byte_integer(i)?;
                match NonZeroU32::new(value) {
                    Some(value) => Ok((rest, Self::MaximumPacketSize(value))),
                    None => forbidden(id, 0, i),
                }
            }
            PropertyId::WildcardSubscriptionAvailable => {
                flag(id, Self::WildcardSubscriptionAvailable, i)
            }
            PropertyId::SubscriptionIdentifiersAvailable => {
                flag(id, Self::SubscriptionIdentifiersAvailable, i)
            }
            PropertyId::SharedSubscriptionAvailable => {
                flag(id, Self::SharedSubscriptionAvailable, i)
            }
        }
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
        1 + match self {
            Self::SessionExpiryInterval(_) | Self::MaximumPacketSize(_) => 4,
            Self::ServerKeepAlive(_) | Self::ReceiveMaximum(_) | Self::TopicAliasMaximum(_) => 2,
            Self::MaximumQos(_)
            | Self::RetainAvailable(_)
            | Self::WildcardSubscriptionAvailable(_)
            | Self::SubscriptionIdentifiersAvailable(_)
            | Self::SharedSubscriptionAvailable(_) => 1,
            Self::AssignedClientIdentifier(text)
            | Self::AuthenticationMethod(text)
            | Self::ResponseInformation(text)
            | Self::ServerReference(text)
            | Self::ReasonString(text) => 2 + text.len(),
            Self::AuthenticationData(data) => 2 + data.len(),
            Self::UserProperty(name, value) => 4 + name.len() + value.len(),
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

/// A Byte that is 0 or 1, §3.2.2.3.5 and its kin.
#[inline]
fn flag<'a>(
    id: PropertyId,
    property: fn(bool) -> Property<'a>,
    i: &'a [u8],
) -> Parsed<'a, Property<'a>> {
    match wire::byte(i)? {
        (rest, 0) => Ok((rest, property(false))),
        (rest, 1) => Ok((rest, property(true))),
        (_, value) => forbidden(id, value.into(), i),
    }
}

/// Refuses a value that the property's section forbids.
#[cold]
fn forbidden(id: PropertyId, value: u32, i: &[u8]) -> Parsed<'_, Property<'_>> {
    refuse(i, ErrorKind::PropertyValue { id, value })
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
