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

/// Reads properties that [`check_value`] has accepted before, one after the other; `None` at the end.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// What is left of the section.
    bytes: &'a [u8],
    /// Bytes of the section that are known to be text: the last string that had to be looked at, and what came along.
    text: &'a str,
    /// How many bytes the section has from the first of `text` on.
    from_text: usize,
}

impl<'a> Reader<'a> {
    #[inline(always)]
    pub(crate) const fn new(section: &'a [u8]) -> Self {
        Self {
            bytes: section,
            text: "",
            from_text: 0,
        }
    }

    #[inline(always)]
    pub(crate) const fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next property.
    #[inline(always)]
    pub(crate) fn property(&mut self) -> Option<Property<'a>> {
        Some(match PropertyId::from_u8(self.byte()?)? {
            PropertyId::SessionExpiryInterval => Property::SessionExpiryInterval(self.four()?),
            PropertyId::AssignedClientIdentifier => {
                Property::AssignedClientIdentifier(self.string()?)
            }
            PropertyId::ServerKeepAlive => Property::ServerKeepAlive(self.two()?),
            PropertyId::AuthenticationMethod => Property::AuthenticationMethod(self.string()?),
            PropertyId::AuthenticationData => Property::AuthenticationData(self.binary()?),
            PropertyId::ResponseInformation => Property::ResponseInformation(self.string()?),
            PropertyId::ServerReference => Property::ServerReference(self.string()?),
            PropertyId::ReasonString => Property::ReasonString(self.string()?),
            PropertyId::ReceiveMaximum => Property::ReceiveMaximum(NonZeroU16::new(self.two()?)?),
            PropertyId::TopicAliasMaximum => Property::TopicAliasMaximum(self.two()?),
            PropertyId::MaximumQos => Property::MaximumQos(QoS::from_u8(self.byte()?)?),
            PropertyId::RetainAvailable => Property::RetainAvailable(self.bool()?),
            PropertyId::UserProperty => Property::UserProperty(self.string()?, self.string()?),
            PropertyId::MaximumPacketSize => {
                Property::MaximumPacketSize(NonZeroU32::new(self.four()?)?)
            }
            PropertyId::WildcardSubscriptionAvailable => {
                Property::WildcardSubscriptionAvailable(self.bool()?)
            }
            PropertyId::SubscriptionIdentifiersAvailable => {
                Property::SubscriptionIdentifiersAvailable(self.bool()?)
            }
            PropertyId::SharedSubscriptionAvailable => {
                Property::SharedSubscriptionAvailable(self.bool()?)
            }
        })
    }

    /// The identifier of the next property.
    #[inline]
    pub(crate) fn id(&self) -> Option<PropertyId> {
        self.bytes.first().copied().and_then(PropertyId::from_u8)
    }

    /// Passes over the next property.
    #[inline]
    pub(crate) fn skip(&mut self) -> Option<()> {
        match PropertyId::from_u8(self.byte()?)?.data_type() {
            DataType::Byte => self.byte().map(drop),
            DataType::TwoByteInteger => self.two().map(drop),
            DataType::FourByteInteger => self.four().map(drop),
            DataType::String | DataType::BinaryData => self.binary().map(drop),
            DataType::StringPair => self.binary().and(self.binary()).map(drop),
        }
    }

    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    #[inline(always)]
    fn bool(&mut self) -> Option<bool> {
        self.byte().map(|byte| byte != 0)
    }

    #[inline(always)]
    fn two(&mut self) -> Option<u16> {
        let (bytes, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u16::from_be_bytes(*bytes))
    }

    #[inline(always)]
    fn four(&mut self) -> Option<u32> {
        let (bytes, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u32::from_be_bytes(*bytes))
    }

    #[inline(always)]
    fn binary(&mut self) -> Option<&'a [u8]> {
        let len = usize::from(self.two()?);
        let (bytes, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(bytes)
    }

    #[inline(always)]
    fn string(&mut self) -> Option<&'a str> {
        let len = usize::from(self.two()?);
        let from_string = self.bytes;
        let (_, rest) = from_string.split_at_checked(len)?;
        self.bytes = rest;
        // Both wrap, and nothing is found, if the string does not lie in the text.
        let end = self.from_text.wrapping_sub(rest.len());
        let start = end.wrapping_sub(len);
        if let Some(string) = self.text.get(start..end) {
            return Some(string);
        }
        if rest.is_empty() {
            return core::str::from_utf8(from_string).ok();
        }
        self.text = text(from_string, len)?;
        self.from_text = from_string.len();
        self.text.get(..len)
    }
}

/// How many bytes after a string are looked at, at most.
const AHEAD: usize = 256;

/// The string of `len` bytes at the start of `i` and ASCII that follows, whatever it is.
///
/// What follows is more strings as a rule, with small numbers between them, and to look at them all at once is cheaper
/// than one by one. No byte is looked at more than three times.
#[inline(never)]
fn text(i: &[u8], len: usize) -> Option<&str> {
    let after = i.get(len..)?;
    let ascii = wire::ascii_len(after.get(..AHEAD).unwrap_or(after));
    core::str::from_utf8(i.get(..len.saturating_add(ascii))?).ok()
}

/// Checks the value that follows the identifier `id`: fit, type and range.
#[inline]
pub(crate) fn check_value(id: PropertyId, i: &[u8]) -> Parsed<'_, ()> {
    let refuse_value = |value| refuse(i, ErrorKind::PropertyValue { id, value });
    match id.data_type() {
        DataType::String => wire::string(i),
        DataType::StringPair => {
            let (rest, ()) = wire::string(i)?;
            wire::string(rest)
        }
        DataType::BinaryData => {
            let (rest, _) = wire::binary(i)?;
            Ok((rest, ()))
        }
        // §3.2.2.3.4, §3.2.2.3.5, §3.2.2.3.11 to §3.2.2.3.13
        DataType::Byte => match wire::byte(i)? {
            (rest, 0 | 1) => Ok((rest, ())),
            (_, value) => refuse_value(value.into()),
        },
        DataType::TwoByteInteger => match wire::two_byte_integer(i)? {
            // §3.2.2.3.3
            (_, 0) if id == PropertyId::ReceiveMaximum => refuse_value(0),
            (rest, _) => Ok((rest, ())),
        },
        DataType::FourByteInteger => match wire::four_byte_integer(i)? {
            // §3.2.2.3.6
            (_, 0) if id == PropertyId::MaximumPacketSize => refuse_value(0),
            (rest, _) => Ok((rest, ())),
        },
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
