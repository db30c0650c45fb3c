//! *B*: a borrowed decoder over plain slices.
//!
//! It makes the checks that mqtt-reason makes when the sender is not known: fixed header flags, minimal lengths, codes
//! of the packet, identifier 0, properties that may not be there, come twice or have forbidden values, UTF-8, U+0000,
//! bytes left over, empty lists of codes, Session Present with a refusal, AUTH without a method.

use std::num::NonZeroU16;

use super::codes::{
    AuthCode, ConnackCode, ConnackCode3, DisconnectCode, PubackCode, PubrelCode, SubackCode,
    SubackCode3, UnsubackCode,
};
use crate::visit::Visit;

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    PacketType,
    Flags,
    RemainingLength,
    PropertyLength,
    BodyTooShort,
    BytesLeftOver,
    ConnackFlags,
    SessionPresentWithRefusal,
    PacketIdentifierZero,
    Code(u8),
    NoCodes,
    Property(u8),
    DuplicateProperty(u8),
    PropertyTooShort(u8),
    Value(u8),
    Text(u8),
    NoAuthenticationMethod,
    Version3Connack,
}

/// A packet of MQTT 5.0. The others are passed on as they are.
#[derive(Debug, Clone, Copy)]
pub enum Packet<'a> {
    Connack(Connack<'a>),
    Puback(Ack<'a, PubackCode>),
    Pubrec(Ack<'a, PubackCode>),
    Pubrel(Ack<'a, PubrelCode>),
    Pubcomp(Ack<'a, PubrelCode>),
    Suback(Codes<'a>),
    Unsuback(Codes<'a>),
    Disconnect(Disconnect<'a>),
    Auth(Auth<'a>),
    Other { first: u8, body: &'a [u8] },
}

#[derive(Debug, Clone, Copy)]
pub struct Connack<'a> {
    pub session_present: bool,
    pub code: ConnackCode,
    pub properties: Properties<'a>,
}

#[derive(Debug, Clone, Copy)]
pub struct Ack<'a, C> {
    pub packet_id: NonZeroU16,
    pub code: C,
    pub properties: Properties<'a>,
}

/// SUBACK and UNSUBACK; the codes are checked.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    pub packet_id: NonZeroU16,
    pub properties: Properties<'a>,
    pub codes: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub struct Disconnect<'a> {
    pub code: DisconnectCode,
    pub properties: Properties<'a>,
}

#[derive(Debug, Clone, Copy)]
pub struct Auth<'a> {
    pub code: AuthCode,
    pub properties: Properties<'a>,
}

/// Decodes the first packet of `input` and tells how long it was; `None` if it has not arrived as a whole.
#[inline]
pub fn decode(input: &[u8]) -> Result<Option<(Packet<'_>, usize)>, Error> {
    if let [first, 2, high, low, ..] = *input
        && let Some(packet_id) = NonZeroU16::new(u16::from_be_bytes([high, low]))
    {
        let properties = Properties(&[]);
        let packet = match first {
            0x40 => Packet::Puback(Ack {
                packet_id,
                code: PubackCode::Success,
                properties,
            }),
            0x50 => Packet::Pubrec(Ack {
                packet_id,
                code: PubackCode::Success,
                properties,
            }),
            0x62 => Packet::Pubrel(Ack {
                packet_id,
                code: PubrelCode::Success,
                properties,
            }),
            0x70 => Packet::Pubcomp(Ack {
                packet_id,
                code: PubrelCode::Success,
                properties,
            }),
            _ => return decode_any(input),
        };
        return Ok(Some((packet, 4)));
    }
    decode_any(input)
}

fn decode_any(input: &[u8]) -> Result<Option<(Packet<'_>, usize)>, Error> {
    let [first, rest @ ..] = input else {
        return Ok(None);
    };
    let required = match first >> 4 {
        0 => return Err(Error::PacketType),
        3 => first & 0x0F,
        6 | 8 | 10 => 0x02,
        _ => 0x00,
    };
    if first & 0x0F != required {
        return Err(Error::Flags);
    }
    let Some((remaining, after)) = variable(rest, Error::RemainingLength)? else {
        return Ok(None);
    };
    let Some(body) = after.get(..remaining) else {
        return Ok(None);
    };

    let packet = match first >> 4 {
        2 => Packet::Connack(Connack::decode(body)?),
        4 => Packet::Puback(Ack::decode(body, PubackCode::Success, PubackCode::from_u8)?),
        5 => Packet::Pubrec(Ack::decode(body, PubackCode::Success, PubackCode::from_u8)?),
        6 => Packet::Pubrel(Ack::decode(body, PubrelCode::Success, PubrelCode::from_u8)?),
        7 => Packet::Pubcomp(Ack::decode(body, PubrelCode::Success, PubrelCode::from_u8)?),
        9 => Packet::Suback(Codes::decode(body, |code| {
            SubackCode::from_u8(code).is_some()
        })?),
        11 => Packet::Unsuback(Codes::decode(body, |code| {
            UnsubackCode::from_u8(code).is_some()
        })?),
        14 => Packet::Disconnect(Disconnect::decode(body)?),
        15 => Packet::Auth(Auth::decode(body)?),
        _ => Packet::Other {
            first: *first,
            body,
        },
    };
    Ok(Some((packet, input.len() - after.len() + remaining)))
}

impl<'a> Connack<'a> {
    fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let [flags, code, rest @ ..] = body else {
            return Err(Error::BodyTooShort);
        };
        if flags & 0xFE != 0 {
            return Err(Error::ConnackFlags);
        }
        if rest.is_empty() {
            return Err(if *code <= 5 {
                Error::Version3Connack
            } else {
                Error::BodyTooShort
            });
        }
        let code = ConnackCode::from_u8(*code).ok_or(Error::Code(*code))?;
        let session_present = *flags == 1;
        if session_present && code != ConnackCode::Success {
            return Err(Error::SessionPresentWithRefusal);
        }
        Ok(Self {
            session_present,
            code,
            properties: Properties::only::<CONNACK>(rest)?,
        })
    }
}

impl<'a, C: Copy> Ack<'a, C> {
    #[inline(always)]
    fn decode(
        body: &'a [u8],
        success: C,
        from_u8: impl FnOnce(u8) -> Option<C>,
    ) -> Result<Self, Error> {
        let (packet_id, rest) = packet_id(body)?;
        let (code, properties) = match rest {
            [] => (success, Properties(&[])),
            [code] => (from_u8(*code).ok_or(Error::Code(*code))?, Properties(&[])),
            [code, rest @ ..] => (
                from_u8(*code).ok_or(Error::Code(*code))?,
                Properties::only::<ACK>(rest)?,
            ),
        };
        Ok(Self {
            packet_id,
            code,
            properties,
        })
    }
}

impl<'a> Codes<'a> {
    #[inline(always)]
    fn decode(body: &'a [u8], is_valid: impl Fn(u8) -> bool) -> Result<Self, Error> {
        let (packet_id, rest) = packet_id(body)?;
        let (properties, codes) = Properties::first::<ACK>(rest)?;
        if codes.is_empty() {
            return Err(Error::NoCodes);
        }
        // All of them without a branch each; which one was wrong is asked afterwards.
        if !codes.iter().fold(true, |all, &code| all & is_valid(code)) {
            let wrong = codes.iter().find(|&&code| !is_valid(code));
            return Err(Error::Code(wrong.copied().unwrap_or_default()));
        }
        Ok(Self {
            packet_id,
            properties,
            codes,
        })
    }
}

impl<'a> Disconnect<'a> {
    fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let code = |byte: u8| DisconnectCode::from_u8(byte).ok_or(Error::Code(byte));
        Ok(match body {
            [] => Self {
                code: DisconnectCode::NormalDisconnection,
                properties: Properties(&[]),
            },
            [byte] => Self {
                code: code(*byte)?,
                properties: Properties(&[]),
            },
            [byte, rest @ ..] => Self {
                code: code(*byte)?,
                properties: Properties::only::<DISCONNECT>(rest)?,
            },
        })
    }
}

impl<'a> Auth<'a> {
    fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let (byte, rest) = match body {
            [] => {
                return Ok(Self {
                    code: AuthCode::Success,
                    properties: Properties(&[]),
                });
            }
            [_] => return Err(Error::BodyTooShort),
            [byte, rest @ ..] => (*byte, rest),
        };
        let code = AuthCode::from_u8(byte).ok_or(Error::Code(byte))?;
        let properties = Properties::only::<AUTH>(rest)?;
        if !properties
            .into_iter()
            .any(|property| matches!(property, Property::AuthenticationMethod(_)))
        {
            return Err(Error::NoAuthenticationMethod);
        }
        Ok(Self { code, properties })
    }
}

#[inline(always)]
fn packet_id(body: &[u8]) -> Result<(NonZeroU16, &[u8]), Error> {
    let [high, low, rest @ ..] = body else {
        return Err(Error::BodyTooShort);
    };
    let id =
        NonZeroU16::new(u16::from_be_bytes([*high, *low])).ok_or(Error::PacketIdentifierZero)?;
    Ok((id, rest))
}

/// A Variable Byte Integer in its shortest form, and what follows it; `None` if it ends too early.
#[inline(always)]
fn variable(input: &[u8], error: Error) -> Result<Option<(usize, &[u8])>, Error> {
    match input {
        [first, rest @ ..] if *first < 0x80 => Ok(Some((usize::from(*first), rest))),
        _ => variable_long(input, error),
    }
}

fn variable_long(input: &[u8], error: Error) -> Result<Option<(usize, &[u8])>, Error> {
    let mut value = 0;
    for (index, &byte) in input.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte < 0x80 {
            return if byte == 0 && index > 0 {
                Err(error)
            } else {
                Ok(Some((value, &input[index + 1..])))
            };
        }
    }
    if input.len() < 4 {
        Ok(None)
    } else {
        Err(error)
    }
}

const fn set(ids: &[u8]) -> u64 {
    let mut set = 0;
    let mut index = 0;
    while index < ids.len() {
        set |= 1 << ids[index];
        index += 1;
    }
    set
}

const ACK: u64 = set(&[0x1F, 0x26]);
const DISCONNECT: u64 = set(&[0x11, 0x1C, 0x1F, 0x26]);
const AUTH: u64 = set(&[0x15, 0x16, 0x1F, 0x26]);
const CONNACK: u64 = set(&[
    0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29,
    0x2A,
]);

/// A property section that has been checked.
#[derive(Debug, Clone, Copy)]
pub struct Properties<'a>(&'a [u8]);

impl<'a> Properties<'a> {
    /// The section with its Property Length, which must be all there is.
    #[inline(always)]
    fn only<const ALLOWED: u64>(input: &'a [u8]) -> Result<Self, Error> {
        let (properties, rest) = Self::first::<ALLOWED>(input)?;
        if rest.is_empty() {
            Ok(properties)
        } else {
            Err(Error::BytesLeftOver)
        }
    }

    /// The section with its Property Length, and what follows it.
    #[inline(always)]
    fn first<const ALLOWED: u64>(input: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let Some((length, after)) = variable(input, Error::PropertyLength)? else {
            return Err(Error::PropertyLength);
        };
        let Some((section, rest)) = after.split_at_checked(length) else {
            return Err(Error::PropertyLength);
        };
        check::<ALLOWED>(section)?;
        Ok((Self(section), rest))
    }
}

/// Looks at every property once.
fn check<const ALLOWED: u64>(section: &[u8]) -> Result<(), Error> {
    let mut seen = 0_u64;
    let mut rest = section;
    while let [id, value @ ..] = rest {
        let id = *id;
        let bit = 1_u64.wrapping_shl(id.into());
        if id > 0x3F || ALLOWED & bit == 0 {
            return Err(Error::Property(id));
        }
        if seen & bit != 0 && id != 0x26 {
            return Err(Error::DuplicateProperty(id));
        }
        seen |= bit;
        rest = if id == 0x1F {
            check_text(id, value)?
        } else if id == 0x26 {
            check_text(id, check_text(id, value)?)?
        } else if ALLOWED == ACK {
            return Err(Error::Property(id));
        } else {
            check_other(id, value)?
        };
    }
    Ok(())
}

#[inline(always)]
fn check_other(id: u8, value: &[u8]) -> Result<&[u8], Error> {
    match id {
        0x12 | 0x15 | 0x1A | 0x1C => check_text(id, value),
        0x16 => Ok(prefixed(value).ok_or(Error::PropertyTooShort(id))?.1),
        0x11 | 0x27 => match value {
            [0, 0, 0, 0, ..] if id == 0x27 => Err(Error::Value(id)),
            [_, _, _, _, rest @ ..] => Ok(rest),
            _ => Err(Error::PropertyTooShort(id)),
        },
        0x13 | 0x21 | 0x22 => match value {
            [0, 0, ..] if id == 0x21 => Err(Error::Value(id)),
            [_, _, rest @ ..] => Ok(rest),
            _ => Err(Error::PropertyTooShort(id)),
        },
        _ => match value {
            [0 | 1, rest @ ..] => Ok(rest),
            [_, ..] => Err(Error::Value(id)),
            [] => Err(Error::PropertyTooShort(id)),
        },
    }
}

/// A length of two bytes, that many bytes, and what follows.
#[inline(always)]
fn prefixed(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = input.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

#[inline(always)]
fn check_text(id: u8, input: &[u8]) -> Result<&[u8], Error> {
    let (text, rest) = prefixed(input).ok_or(Error::PropertyTooShort(id))?;
    if is_plain(text) || is_utf8_without_nul(text) {
        Ok(rest)
    } else {
        Err(Error::Text(id))
    }
}

/// Whether all bytes are ASCII and none is NUL: eight bytes at a time.
#[inline(always)]
pub(super) fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Set where a byte has its high bit, or is 0 and therefore gets it when 1 is taken away.
    let suspicious = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word | word.wrapping_sub(ONES)
    };
    let (words, tail) = text.as_chunks::<8>();
    let mut marks = words.iter().fold(0, |marks, word| marks | suspicious(word));
    match text.last_chunk::<8>() {
        // The last eight bytes once more, rather than the tail by itself.
        Some(last) => marks |= suspicious(last),
        None => {
            marks |= tail.iter().fold(0, |marks, &byte| {
                marks | u64::from(byte | byte.wrapping_sub(1))
            })
        }
    }
    marks & HIGHS == 0
}

#[cold]
#[inline(never)]
fn is_utf8_without_nul(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok() && !text.contains(&0)
}

/// A property as it is read from a checked section.
#[derive(Debug, Clone, Copy)]
pub enum Property<'a> {
    SessionExpiryInterval(u32),
    AssignedClientIdentifier(&'a str),
    ServerKeepAlive(u16),
    AuthenticationMethod(&'a str),
    AuthenticationData(&'a [u8]),
    ResponseInformation(&'a str),
    ServerReference(&'a str),
    ReasonString(&'a str),
    ReceiveMaximum(u16),
    TopicAliasMaximum(u16),
    MaximumQos(u8),
    RetainAvailable(bool),
    UserProperty(&'a str, &'a str),
    MaximumPacketSize(u32),
    WildcardSubscriptionAvailable(bool),
    SubscriptionIdentifiersAvailable(bool),
    SharedSubscriptionAvailable(bool),
}

impl<'a> IntoIterator for Properties<'a> {
    type Item = Property<'a>;
    type IntoIter = Iter<'a>;

    #[inline]
    fn into_iter(self) -> Iter<'a> {
        Iter(self.0)
    }
}

/// Reads a checked section once more.
#[derive(Debug, Clone)]
pub struct Iter<'a>(&'a [u8]);

impl<'a> Iter<'a> {
    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    #[inline(always)]
    fn two(&mut self) -> Option<u16> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*bytes))
    }

    #[inline(always)]
    fn four(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*bytes))
    }

    #[inline(always)]
    fn binary(&mut self) -> Option<&'a [u8]> {
        let (bytes, rest) = prefixed(self.0)?;
        self.0 = rest;
        Some(bytes)
    }

    #[inline(always)]
    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.binary()?).ok()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Property<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Property<'a>> {
        Some(match self.byte()? {
            0x11 => Property::SessionExpiryInterval(self.four()?),
            0x12 => Property::AssignedClientIdentifier(self.text()?),
            0x13 => Property::ServerKeepAlive(self.two()?),
            0x15 => Property::AuthenticationMethod(self.text()?),
            0x16 => Property::AuthenticationData(self.binary()?),
            0x1A => Property::ResponseInformation(self.text()?),
            0x1C => Property::ServerReference(self.text()?),
            0x1F => Property::ReasonString(self.text()?),
            0x21 => Property::ReceiveMaximum(self.two()?),
            0x22 => Property::TopicAliasMaximum(self.two()?),
            0x24 => Property::MaximumQos(self.byte()?),
            0x25 => Property::RetainAvailable(self.byte()? == 1),
            0x26 => Property::UserProperty(self.text()?, self.text()?),
            0x27 => Property::MaximumPacketSize(self.four()?),
            0x28 => Property::WildcardSubscriptionAvailable(self.byte()? == 1),
            0x29 => Property::SubscriptionIdentifiersAvailable(self.byte()? == 1),
            0x2A => Property::SharedSubscriptionAvailable(self.byte()? == 1),
            _ => return None,
        })
    }
}

/// Reads a packet as the receiver would: every code, every property.
#[inline(always)]
pub fn walk(packet: &Packet<'_>, visit: &mut impl Visit) {
    match packet {
        Packet::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            walk_properties(connack.properties, visit);
        }
        Packet::Puback(ack) => walk_ack(0x40, ack, |code| code as u8, visit),
        Packet::Pubrec(ack) => walk_ack(0x50, ack, |code| code as u8, visit),
        Packet::Pubrel(ack) => walk_ack(0x62, ack, |code| code as u8, visit),
        Packet::Pubcomp(ack) => walk_ack(0x70, ack, |code| code as u8, visit),
        Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id.get());
            walk_properties(ack.properties, visit);
            for code in ack
                .codes
                .iter()
                .filter_map(|&code| SubackCode::from_u8(code))
            {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::Unsuback(ack) => {
            visit.kind(0xB0);
            visit.packet_id(ack.packet_id.get());
            walk_properties(ack.properties, visit);
            for code in ack
                .codes
                .iter()
                .filter_map(|&code| UnsubackCode::from_u8(code))
            {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.code, |code| code as u8);
            walk_properties(disconnect.properties, visit);
        }
        Packet::Auth(auth) => {
            visit.kind(0xF0);
            visit.code(auth.code, |code| code as u8);
            walk_properties(auth.properties, visit);
        }
        Packet::Other { first, .. } => visit.kind(*first),
    }
}

#[inline(always)]
fn walk_ack<C: Copy>(
    first: u8,
    ack: &Ack<'_, C>,
    value: impl FnOnce(C) -> u8,
    visit: &mut impl Visit,
) {
    visit.kind(first);
    visit.packet_id(ack.packet_id.get());
    visit.code(ack.code, value);
    walk_properties(ack.properties, visit);
}

fn walk_properties(properties: Properties<'_>, visit: &mut impl Visit) {
    for property in properties {
        match property {
            Property::SessionExpiryInterval(value) => visit.number(0x11, value),
            Property::AssignedClientIdentifier(value) => visit.text(0x12, value),
            Property::ServerKeepAlive(value) => visit.number(0x13, value.into()),
            Property::AuthenticationMethod(value) => visit.text(0x15, value),
            Property::AuthenticationData(value) => visit.binary(0x16, value),
            Property::ResponseInformation(value) => visit.text(0x1A, value),
            Property::ServerReference(value) => visit.text(0x1C, value),
            Property::ReasonString(value) => visit.text(0x1F, value),
            Property::ReceiveMaximum(value) => visit.number(0x21, value.into()),
            Property::TopicAliasMaximum(value) => visit.number(0x22, value.into()),
            Property::MaximumQos(value) => visit.number(0x24, value.into()),
            Property::RetainAvailable(value) => visit.number(0x25, value.into()),
            Property::UserProperty(name, value) => visit.pair(name, value),
            Property::MaximumPacketSize(value) => visit.number(0x27, value),
            Property::WildcardSubscriptionAvailable(value) => visit.number(0x28, value.into()),
            Property::SubscriptionIdentifiersAvailable(value) => visit.number(0x29, value.into()),
            Property::SharedSubscriptionAvailable(value) => visit.number(0x2A, value.into()),
        }
    }
}

/// A packet of MQTT 3.1.1. The others are passed on as they are.
#[derive(Debug, Clone, Copy)]
pub enum Packet3<'a> {
    Connack {
        session_present: bool,
        code: ConnackCode3,
    },
    Puback(NonZeroU16),
    Pubrec(NonZeroU16),
    Pubrel(NonZeroU16),
    Pubcomp(NonZeroU16),
    Suback {
        packet_id: NonZeroU16,
        codes: &'a [u8],
    },
    Unsuback(NonZeroU16),
    Disconnect,
    Other {
        first: u8,
        body: &'a [u8],
    },
}

/// The same for MQTT 3.1.1, where lengths need not be minimal.
#[inline]
pub fn decode3(input: &[u8]) -> Result<Option<(Packet3<'_>, usize)>, Error> {
    if let [first, 2, high, low, ..] = *input
        && let Some(packet_id) = NonZeroU16::new(u16::from_be_bytes([high, low]))
    {
        let packet = match first {
            0x40 => Packet3::Puback(packet_id),
            0x50 => Packet3::Pubrec(packet_id),
            0x62 => Packet3::Pubrel(packet_id),
            0x70 => Packet3::Pubcomp(packet_id),
            0xB0 => Packet3::Unsuback(packet_id),
            _ => return decode3_any(input),
        };
        return Ok(Some((packet, 4)));
    }
    decode3_any(input)
}

fn decode3_any(input: &[u8]) -> Result<Option<(Packet3<'_>, usize)>, Error> {
    let [first, rest @ ..] = input else {
        return Ok(None);
    };
    let required = match first >> 4 {
        0 | 15 => return Err(Error::PacketType),
        3 => first & 0x0F,
        6 | 8 | 10 => 0x02,
        _ => 0x00,
    };
    if first & 0x0F != required {
        return Err(Error::Flags);
    }

    let mut remaining = 0;
    let mut after = None;
    for (index, &byte) in rest.iter().take(4).enumerate() {
        remaining |= usize::from(byte & 0x7F) << (7 * index);
        if byte < 0x80 {
            after = Some(&rest[index + 1..]);
            break;
        }
    }
    let after = match after {
        Some(after) => after,
        None if rest.len() < 4 => return Ok(None),
        None => return Err(Error::RemainingLength),
    };
    let Some(body) = after.get(..remaining) else {
        return Ok(None);
    };

    let only_id = || match packet_id(body)? {
        (id, []) => Ok(id),
        _ => Err(Error::BytesLeftOver),
    };
    let packet = match first >> 4 {
        2 => match *body {
            [flags, _] if flags & 0xFE != 0 => return Err(Error::ConnackFlags),
            [1, 1..=0xFF] => return Err(Error::SessionPresentWithRefusal),
            [flags, code] => {
                let session_present = flags == 1;
                Packet3::Connack {
                    session_present,
                    code: ConnackCode3::from_u8(code).ok_or(Error::Code(code))?,
                }
            }
            [] | [_] => return Err(Error::BodyTooShort),
            _ => return Err(Error::BytesLeftOver),
        },
        4 => Packet3::Puback(only_id()?),
        5 => Packet3::Pubrec(only_id()?),
        6 => Packet3::Pubrel(only_id()?),
        7 => Packet3::Pubcomp(only_id()?),
        9 => {
            let (packet_id, codes) = packet_id(body)?;
            if codes.is_empty() {
                return Err(Error::NoCodes);
            }
            if !codes.iter().fold(true, |all, &code| {
                all & SubackCode3::from_u8(code).is_some()
            }) {
                let wrong = codes
                    .iter()
                    .find(|&&code| SubackCode3::from_u8(code).is_none());
                return Err(Error::Code(wrong.copied().unwrap_or_default()));
            }
            Packet3::Suback { packet_id, codes }
        }
        11 => Packet3::Unsuback(only_id()?),
        14 if body.is_empty() => Packet3::Disconnect,
        14 => return Err(Error::BytesLeftOver),
        _ => Packet3::Other {
            first: *first,
            body,
        },
    };
    Ok(Some((packet, input.len() - after.len() + remaining)))
}

/// Reads a packet of MQTT 3.1.1.
#[inline(always)]
pub fn walk3(packet: &Packet3<'_>, visit: &mut impl Visit) {
    let (first, packet_id) = match packet {
        Packet3::Puback(id) => (0x40, id),
        Packet3::Pubrec(id) => (0x50, id),
        Packet3::Pubrel(id) => (0x62, id),
        Packet3::Pubcomp(id) => (0x70, id),
        Packet3::Unsuback(id) => (0xB0, id),
        Packet3::Connack {
            session_present,
            code,
        } => {
            visit.kind(0x20);
            visit.session_present(*session_present);
            visit.code(*code, |code| code as u8);
            return;
        }
        Packet3::Suback { packet_id, codes } => {
            visit.kind(0x90);
            visit.packet_id(packet_id.get());
            for code in codes.iter().filter_map(|&code| SubackCode3::from_u8(code)) {
                visit.code(code, |code| code as u8);
            }
            return;
        }
        Packet3::Disconnect => return visit.kind(0xE0),
        Packet3::Other { first, .. } => return visit.kind(*first),
    };
    visit.kind(first);
    visit.packet_id(packet_id.get());
}
