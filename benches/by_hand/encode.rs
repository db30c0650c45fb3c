//! *R*: an encoder that writes field by field into a slice. Lengths first; nothing is written on an error.

use std::mem;
use std::num::NonZeroU16;

use super::codes::{
    ConnackCode, ConnackCode3, DisconnectCode, PubackCode, PubrelCode, SubackCode, SubackCode3,
};
use super::decode::{self, Properties, Property};

/// Why a packet cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    StringTooLong,
    NullCharacter,
    PacketTooLarge,
    BufferTooSmall,
}

type Pairs<'a> = Box<[(&'a str, &'a str)]>;

/// A packet of MQTT 5.0 by its fields.
#[derive(Debug, Clone)]
pub enum Packet<'a> {
    Connack(Box<Connack<'a>>),
    Puback(Ack<'a, PubackCode>),
    Pubrec(Ack<'a, PubackCode>),
    Pubrel(Ack<'a, PubrelCode>),
    Pubcomp(Ack<'a, PubrelCode>),
    Suback(Suback<'a>),
    Disconnect(Disconnect<'a>),
}

#[derive(Debug, Clone)]
pub struct Ack<'a, C> {
    pub packet_id: NonZeroU16,
    pub code: C,
    pub reason_string: Option<&'a str>,
    pub user_properties: Pairs<'a>,
}

#[derive(Debug, Clone)]
pub struct Suback<'a> {
    pub packet_id: NonZeroU16,
    pub reason_string: Option<&'a str>,
    pub user_properties: Pairs<'a>,
    pub codes: Box<[SubackCode]>,
}

#[derive(Debug, Clone)]
pub struct Disconnect<'a> {
    pub code: DisconnectCode,
    pub session_expiry_interval: Option<u32>,
    pub reason_string: Option<&'a str>,
    pub user_properties: Pairs<'a>,
    pub server_reference: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub struct Connack<'a> {
    pub session_present: bool,
    pub code: ConnackCode,
    pub session_expiry_interval: Option<u32>,
    pub receive_maximum: Option<u16>,
    pub maximum_qos: Option<u8>,
    pub retain_available: Option<bool>,
    pub maximum_packet_size: Option<u32>,
    pub assigned_client_identifier: Option<&'a str>,
    pub topic_alias_maximum: Option<u16>,
    pub reason_string: Option<&'a str>,
    pub user_properties: Pairs<'a>,
    pub wildcard_subscription_available: Option<bool>,
    pub subscription_identifiers_available: Option<bool>,
    pub shared_subscription_available: Option<bool>,
    pub server_keep_alive: Option<u16>,
    pub response_information: Option<&'a str>,
    pub server_reference: Option<&'a str>,
    pub authentication_method: Option<&'a str>,
    pub authentication_data: Option<&'a [u8]>,
}

/// Writes `packet` to the front of `out` and tells its length.
#[inline]
pub fn encode(packet: &Packet<'_>, out: &mut [u8]) -> Result<usize, Error> {
    // The four acknowledgements have their fields in the same places: a look-up of the first byte, no jump.
    let (first, packet_id, code, reason_string, user_properties) = match packet {
        Packet::Puback(ack) => (
            0x40,
            ack.packet_id,
            ack.code as u8,
            ack.reason_string,
            &ack.user_properties,
        ),
        Packet::Pubrec(ack) => (
            0x50,
            ack.packet_id,
            ack.code as u8,
            ack.reason_string,
            &ack.user_properties,
        ),
        Packet::Pubrel(ack) => (
            0x62,
            ack.packet_id,
            ack.code as u8,
            ack.reason_string,
            &ack.user_properties,
        ),
        Packet::Pubcomp(ack) => (
            0x70,
            ack.packet_id,
            ack.code as u8,
            ack.reason_string,
            &ack.user_properties,
        ),
        _ => return encode_other(packet, out),
    };
    let [high, low] = packet_id.get().to_be_bytes();
    if reason_string.is_none() && user_properties.is_empty() {
        return if code == 0 {
            *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = [first, 2, high, low];
            Ok(4)
        } else {
            *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = [first, 3, high, low, code];
            Ok(5)
        };
    }
    let properties = text_len(reason_string)? + pairs_len(user_properties)?;
    let (mut writer, total) = Writer::new(first, 3 + variable_len(properties) + properties, out)?;
    writer.array([high, low, code]);
    writer.variable(properties);
    writer.text(0x1F, reason_string);
    writer.pairs(user_properties);
    Ok(total)
}

/// As [`encode`], of texts that nobody has looked at: U+0000 is refused, [MQTT-1.5.4-2].
#[inline]
pub fn encode_checked(packet: &Packet<'_>, out: &mut [u8]) -> Result<usize, Error> {
    let (reason_string, user_properties, others) = match packet {
        Packet::Puback(ack) | Packet::Pubrec(ack) => {
            (ack.reason_string, &ack.user_properties, [None; 4])
        }
        Packet::Pubrel(ack) | Packet::Pubcomp(ack) => {
            (ack.reason_string, &ack.user_properties, [None; 4])
        }
        Packet::Suback(suback) => (suback.reason_string, &suback.user_properties, [None; 4]),
        Packet::Disconnect(disconnect) => (
            disconnect.reason_string,
            &disconnect.user_properties,
            [disconnect.server_reference, None, None, None],
        ),
        Packet::Connack(connack) => (
            connack.reason_string,
            &connack.user_properties,
            [
                connack.assigned_client_identifier,
                connack.response_information,
                connack.server_reference,
                connack.authentication_method,
            ],
        ),
    };
    let is_right = reason_string.is_none_or(without_null)
        && (user_properties.iter()).all(|(name, value)| without_null(name) && without_null(value))
        && others.iter().all(|text| text.is_none_or(without_null));
    if is_right {
        encode(packet, out)
    } else {
        Err(Error::NullCharacter)
    }
}

#[inline(never)]
fn without_null(text: &str) -> bool {
    decode::is_plain(text.as_bytes()) || !text.as_bytes().contains(&0)
}

fn encode_other(packet: &Packet<'_>, out: &mut [u8]) -> Result<usize, Error> {
    match packet {
        Packet::Suback(suback) => suback.encode(out),
        Packet::Disconnect(disconnect) => disconnect.encode(out),
        Packet::Connack(connack) => connack.encode(out),
        // Written by `encode`.
        Packet::Puback(_) | Packet::Pubrec(_) | Packet::Pubrel(_) | Packet::Pubcomp(_) => Ok(0),
    }
}

impl Suback<'_> {
    fn encode(&self, out: &mut [u8]) -> Result<usize, Error> {
        let properties = text_len(self.reason_string)? + pairs_len(&self.user_properties)?;
        let remaining = 2 + variable_len(properties) + properties + self.codes.len();
        let (mut writer, total) = Writer::new(0x90, remaining, out)?;
        writer.array(self.packet_id.get().to_be_bytes());
        writer.variable(properties);
        writer.text(0x1F, self.reason_string);
        writer.pairs(&self.user_properties);
        for (byte, &code) in writer.0.iter_mut().zip(&self.codes) {
            *byte = code as u8;
        }
        Ok(total)
    }
}

impl Disconnect<'_> {
    fn encode(&self, out: &mut [u8]) -> Result<usize, Error> {
        let properties = if self.session_expiry_interval.is_some() {
            5
        } else {
            0
        } + text_len(self.reason_string)?
            + pairs_len(&self.user_properties)?
            + text_len(self.server_reference)?;
        if properties == 0 {
            return if self.code == DisconnectCode::NormalDisconnection {
                *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = [0xE0, 0];
                Ok(2)
            } else {
                *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = [0xE0, 1, self.code as u8];
                Ok(3)
            };
        }
        let (mut writer, total) =
            Writer::new(0xE0, 1 + variable_len(properties) + properties, out)?;
        writer.array([self.code as u8]);
        writer.variable(properties);
        writer.four(0x11, self.session_expiry_interval);
        writer.text(0x1F, self.reason_string);
        writer.pairs(&self.user_properties);
        writer.text(0x1C, self.server_reference);
        Ok(total)
    }
}

impl Connack<'_> {
    fn properties_len(&self) -> Result<usize, Error> {
        let numbers = 5 * usize::from(self.session_expiry_interval.is_some())
            + 3 * usize::from(self.receive_maximum.is_some())
            + 2 * usize::from(self.maximum_qos.is_some())
            + 2 * usize::from(self.retain_available.is_some())
            + 5 * usize::from(self.maximum_packet_size.is_some())
            + 3 * usize::from(self.topic_alias_maximum.is_some())
            + 2 * usize::from(self.wildcard_subscription_available.is_some())
            + 2 * usize::from(self.subscription_identifiers_available.is_some())
            + 2 * usize::from(self.shared_subscription_available.is_some())
            + 3 * usize::from(self.server_keep_alive.is_some());
        Ok(numbers
            + text_len(self.assigned_client_identifier)?
            + text_len(self.reason_string)?
            + pairs_len(&self.user_properties)?
            + text_len(self.response_information)?
            + text_len(self.server_reference)?
            + text_len(self.authentication_method)?
            + binary_len(self.authentication_data)?)
    }

    fn encode(&self, out: &mut [u8]) -> Result<usize, Error> {
        let properties = self.properties_len()?;
        let (mut writer, total) =
            Writer::new(0x20, 2 + variable_len(properties) + properties, out)?;
        writer.array([self.session_present.into(), self.code as u8]);
        writer.variable(properties);
        writer.four(0x11, self.session_expiry_interval);
        writer.two(0x21, self.receive_maximum);
        writer.byte(0x24, self.maximum_qos);
        writer.byte(0x25, self.retain_available.map(u8::from));
        writer.four(0x27, self.maximum_packet_size);
        writer.text(0x12, self.assigned_client_identifier);
        writer.two(0x22, self.topic_alias_maximum);
        writer.text(0x1F, self.reason_string);
        writer.pairs(&self.user_properties);
        writer.byte(0x28, self.wildcard_subscription_available.map(u8::from));
        writer.byte(0x29, self.subscription_identifiers_available.map(u8::from));
        writer.byte(0x2A, self.shared_subscription_available.map(u8::from));
        writer.two(0x13, self.server_keep_alive);
        writer.text(0x1A, self.response_information);
        writer.text(0x1C, self.server_reference);
        writer.text(0x15, self.authentication_method);
        writer.binary(0x16, self.authentication_data);
        Ok(total)
    }
}

#[inline(always)]
fn binary_len(value: Option<&[u8]>) -> Result<usize, Error> {
    match value {
        None => Ok(0),
        Some(value) if value.len() <= 0xFFFF => Ok(3 + value.len()),
        Some(_) => Err(Error::StringTooLong),
    }
}

#[inline(always)]
fn text_len(value: Option<&str>) -> Result<usize, Error> {
    binary_len(value.map(str::as_bytes))
}

#[inline(always)]
fn pairs_len(pairs: &[(&str, &str)]) -> Result<usize, Error> {
    pairs.iter().try_fold(0, |length, (name, value)| {
        if name.len() > 0xFFFF || value.len() > 0xFFFF {
            return Err(Error::StringTooLong);
        }
        Ok(length + 5 + name.len() + value.len())
    })
}

#[inline(always)]
fn variable_len(value: usize) -> usize {
    match value {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => 4,
    }
}

/// What is left of a buffer that has been found large enough.
struct Writer<'o>(&'o mut [u8]);

impl<'o> Writer<'o> {
    /// Cuts the packet out of `out` and writes its fixed header; tells the length of the packet too.
    #[inline(always)]
    fn new(first: u8, remaining: usize, out: &'o mut [u8]) -> Result<(Self, usize), Error> {
        if remaining > 268_435_455 {
            return Err(Error::PacketTooLarge);
        }
        let total = 1 + variable_len(remaining) + remaining;
        let mut writer = Self(out.get_mut(..total).ok_or(Error::BufferTooSmall)?);
        writer.array([first]);
        writer.variable(remaining);
        Ok((writer, total))
    }

    #[inline(always)]
    fn array<const N: usize>(&mut self, bytes: [u8; N]) {
        let (front, rest) = mem::take(&mut self.0).split_at_mut(N);
        front.copy_from_slice(&bytes);
        self.0 = rest;
    }

    #[inline(always)]
    fn slice(&mut self, bytes: &[u8]) {
        let (front, rest) = mem::take(&mut self.0).split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        self.0 = rest;
    }

    #[inline(always)]
    fn variable(&mut self, value: usize) {
        if value < 0x80 {
            self.array([value as u8]);
        } else {
            self.variable_long(value);
        }
    }

    fn variable_long(&mut self, mut value: usize) {
        while value >= 0x80 {
            self.array([value as u8 | 0x80]);
            value >>= 7;
        }
        self.array([value as u8]);
    }

    #[inline(always)]
    fn byte(&mut self, id: u8, value: Option<u8>) {
        if let Some(value) = value {
            self.array([id, value]);
        }
    }

    #[inline(always)]
    fn two(&mut self, id: u8, value: Option<u16>) {
        if let Some([high, low]) = value.map(u16::to_be_bytes) {
            self.array([id, high, low]);
        }
    }

    #[inline(always)]
    fn four(&mut self, id: u8, value: Option<u32>) {
        if let Some([a, b, c, d]) = value.map(u32::to_be_bytes) {
            self.array([id, a, b, c, d]);
        }
    }

    #[inline(always)]
    fn binary(&mut self, id: u8, value: Option<&[u8]>) {
        if let Some(value) = value {
            let [high, low] = (value.len() as u16).to_be_bytes();
            self.array([id, high, low]);
            self.slice(value);
        }
    }

    #[inline(always)]
    fn text(&mut self, id: u8, value: Option<&str>) {
        self.binary(id, value.map(str::as_bytes));
    }

    #[inline(always)]
    fn pairs(&mut self, pairs: &[(&str, &str)]) {
        for (name, value) in pairs {
            self.text(0x26, Some(name));
            self.array((value.len() as u16).to_be_bytes());
            self.slice(value.as_bytes());
        }
    }
}

/// A packet of MQTT 3.1.1 by its fields.
#[derive(Debug, Clone)]
pub enum Packet3 {
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
        codes: Box<[SubackCode3]>,
    },
    Unsuback(NonZeroU16),
}

/// The same for MQTT 3.1.1.
#[inline]
pub fn encode3(packet: &Packet3, out: &mut [u8]) -> Result<usize, Error> {
    let (first, packet_id) = match packet {
        Packet3::Puback(id) => (0x40, id),
        Packet3::Pubrec(id) => (0x50, id),
        Packet3::Pubrel(id) => (0x62, id),
        Packet3::Pubcomp(id) => (0x70, id),
        Packet3::Unsuback(id) => (0xB0, id),
        _ => return encode3_other(packet, out),
    };
    let [high, low] = packet_id.get().to_be_bytes();
    *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = [first, 2, high, low];
    Ok(4)
}

fn encode3_other(packet: &Packet3, out: &mut [u8]) -> Result<usize, Error> {
    match packet {
        Packet3::Connack {
            session_present,
            code,
        } => {
            let bytes = [0x20, 2, u8::from(*session_present), *code as u8];
            *out.first_chunk_mut().ok_or(Error::BufferTooSmall)? = bytes;
            Ok(4)
        }
        Packet3::Suback { packet_id, codes } => {
            let (mut writer, total) = Writer::new(0x90, 2 + codes.len(), out)?;
            writer.array(packet_id.get().to_be_bytes());
            for (byte, &code) in writer.0.iter_mut().zip(codes) {
                *byte = code as u8;
            }
            Ok(total)
        }
        // Written by `encode3`.
        _ => Ok(0),
    }
}

/// Takes a decoded packet apart into its fields; `None` for the packets that no workload has.
pub fn fields<'a>(packet: &decode::Packet<'a>) -> Option<Packet<'a>> {
    fn ack<'a, C: Copy>(ack: &decode::Ack<'a, C>) -> Ack<'a, C> {
        let (reason_string, user_properties) = texts(ack.properties);
        Ack {
            packet_id: ack.packet_id,
            code: ack.code,
            reason_string,
            user_properties,
        }
    }
    Some(match packet {
        decode::Packet::Connack(packet) => Packet::Connack(Box::new(connack(packet))),
        decode::Packet::Puback(packet) => Packet::Puback(ack(packet)),
        decode::Packet::Pubrec(packet) => Packet::Pubrec(ack(packet)),
        decode::Packet::Pubrel(packet) => Packet::Pubrel(ack(packet)),
        decode::Packet::Pubcomp(packet) => Packet::Pubcomp(ack(packet)),
        decode::Packet::Suback(packet) => {
            let (reason_string, user_properties) = texts(packet.properties);
            let codes = packet
                .codes
                .iter()
                .filter_map(|&code| SubackCode::from_u8(code))
                .collect();
            Packet::Suback(Suback {
                packet_id: packet.packet_id,
                reason_string,
                user_properties,
                codes,
            })
        }
        decode::Packet::Disconnect(packet) => {
            let (reason_string, user_properties) = texts(packet.properties);
            let mut disconnect = Disconnect {
                code: packet.code,
                session_expiry_interval: None,
                reason_string,
                user_properties,
                server_reference: None,
            };
            for property in packet.properties {
                match property {
                    Property::SessionExpiryInterval(value) => {
                        disconnect.session_expiry_interval = Some(value)
                    }
                    Property::ServerReference(value) => disconnect.server_reference = Some(value),
                    _ => {}
                }
            }
            Packet::Disconnect(disconnect)
        }
        _ => return None,
    })
}

/// The same for MQTT 3.1.1.
pub fn fields3(packet: &decode::Packet3<'_>) -> Option<Packet3> {
    Some(match *packet {
        decode::Packet3::Connack {
            session_present,
            code,
        } => Packet3::Connack {
            session_present,
            code,
        },
        decode::Packet3::Puback(id) => Packet3::Puback(id),
        decode::Packet3::Pubrec(id) => Packet3::Pubrec(id),
        decode::Packet3::Pubrel(id) => Packet3::Pubrel(id),
        decode::Packet3::Pubcomp(id) => Packet3::Pubcomp(id),
        decode::Packet3::Unsuback(id) => Packet3::Unsuback(id),
        decode::Packet3::Suback { packet_id, codes } => Packet3::Suback {
            packet_id,
            codes: codes
                .iter()
                .filter_map(|&code| SubackCode3::from_u8(code))
                .collect(),
        },
        _ => return None,
    })
}

fn texts<'a>(properties: Properties<'a>) -> (Option<&'a str>, Pairs<'a>) {
    let mut reason_string = None;
    let mut user_properties = Vec::new();
    for property in properties {
        match property {
            Property::ReasonString(value) => reason_string = Some(value),
            Property::UserProperty(name, value) => user_properties.push((name, value)),
            _ => {}
        }
    }
    (reason_string, user_properties.into())
}

fn connack<'a>(packet: &decode::Connack<'a>) -> Connack<'a> {
    let (reason_string, user_properties) = texts(packet.properties);
    let mut connack = Connack {
        session_present: packet.session_present,
        code: packet.code,
        session_expiry_interval: None,
        receive_maximum: None,
        maximum_qos: None,
        retain_available: None,
        maximum_packet_size: None,
        assigned_client_identifier: None,
        topic_alias_maximum: None,
        reason_string,
        user_properties,
        wildcard_subscription_available: None,
        subscription_identifiers_available: None,
        shared_subscription_available: None,
        server_keep_alive: None,
        response_information: None,
        server_reference: None,
        authentication_method: None,
        authentication_data: None,
    };
    for property in packet.properties {
        match property {
            Property::SessionExpiryInterval(value) => connack.session_expiry_interval = Some(value),
            Property::AssignedClientIdentifier(value) => {
                connack.assigned_client_identifier = Some(value)
            }
            Property::ServerKeepAlive(value) => connack.server_keep_alive = Some(value),
            Property::AuthenticationMethod(value) => connack.authentication_method = Some(value),
            Property::AuthenticationData(value) => connack.authentication_data = Some(value),
            Property::ResponseInformation(value) => connack.response_information = Some(value),
            Property::ServerReference(value) => connack.server_reference = Some(value),
            Property::ReceiveMaximum(value) => connack.receive_maximum = Some(value),
            Property::TopicAliasMaximum(value) => connack.topic_alias_maximum = Some(value),
            Property::MaximumQos(value) => connack.maximum_qos = Some(value),
            Property::RetainAvailable(value) => connack.retain_available = Some(value),
            Property::MaximumPacketSize(value) => connack.maximum_packet_size = Some(value),
            Property::WildcardSubscriptionAvailable(value) => {
                connack.wildcard_subscription_available = Some(value)
            }
            Property::SubscriptionIdentifiersAvailable(value) => {
                connack.subscription_identifiers_available = Some(value);
            }
            Property::SharedSubscriptionAvailable(value) => {
                connack.shared_subscription_available = Some(value)
            }
            Property::ReasonString(_) | Property::UserProperty(..) => {}
        }
    }
    connack
}
