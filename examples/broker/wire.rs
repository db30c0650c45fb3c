//! The broker's own parsers: CONNECT, PUBLISH, SUBSCRIBE and UNSUBSCRIBE, which `mqtt_reason` passes through.
//!
//! MQTT 5.0 §3.1, §3.3, §3.8, §3.10, and the same sections of 3.1.1 and 3.1. Everything is borrowed from the frame.

use bytes::{BufMut, BytesMut};
use mqtt_reason::v5::DisconnectReason;
use mqtt_reason::{DecodeOptions, Frame, OwnedFrame, PacketId, QoS, Version};

/// Why a packet is refused: the code to answer with, and words for the Reason String.
pub(crate) type Refusal = (DisconnectReason, &'static str);

type Parsed<T> = Result<T, Refusal>;

/// Malformed Packet, MQTT 5.0 §1.2.
const fn malformed<T>(text: &'static str) -> Parsed<T> {
    Err((DisconnectReason::MalformedPacket, text))
}

/// Protocol Error, MQTT 5.0 §1.2.
const fn protocol_error<T>(text: &'static str) -> Parsed<T> {
    Err((DisconnectReason::ProtocolError, text))
}

/// The rest of a packet's body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Parsed<&'a [u8]> {
        match self.0.split_at_checked(len) {
            Some((taken, rest)) => {
                self.0 = rest;
                Ok(taken)
            }
            None => malformed("a field runs past the end"),
        }
    }

    fn array<const N: usize>(&mut self) -> Parsed<[u8; N]> {
        match self.take(N)?.first_chunk() {
            Some(bytes) => Ok(*bytes),
            None => malformed("a field runs past the end"),
        }
    }

    fn byte(&mut self) -> Parsed<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn two_bytes(&mut self) -> Parsed<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// §1.5.5
    fn variable_byte_integer(&mut self) -> Parsed<usize> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return match byte == 0 && shift > 0 {
                    true => malformed("variable byte integer is not in its shortest form"),
                    false => Ok(value),
                };
            }
        }
        malformed("variable byte integer is longer than four bytes")
    }

    /// §1.5.6
    fn binary(&mut self) -> Parsed<&'a [u8]> {
        let len = self.two_bytes()?;
        self.take(len.into())
    }

    /// §1.5.4
    fn string(&mut self) -> Parsed<&'a str> {
        match str::from_utf8(self.binary()?) {
            Ok(text) if !text.contains('\0') => Ok(text),
            _ => malformed("string is not well-formed UTF-8 without U+0000"),
        }
    }

    fn packet_id(&mut self) -> Parsed<PacketId> {
        match PacketId::new(self.two_bytes()?) {
            Some(id) => Ok(id),
            None => protocol_error("packet identifier is 0"),
        }
    }

    /// The section and its properties by identifier; integers are widened, everything else is passed over. §2.2.2
    fn properties(
        &mut self,
        allowed: &[u8],
        mut each: impl FnMut(u8, u32) -> Parsed<()>,
    ) -> Parsed<&'a [u8]> {
        let len = self.variable_byte_integer()?;
        let section = self.take(len)?;
        let mut rest = Reader(section);
        let mut seen = 0_u64;
        while !rest.0.is_empty() {
            let id = rest.byte()?;
            if !allowed.contains(&id) {
                return malformed("a property that this packet does not have");
            }
            let value = match id {
                0x01 | 0x17 | 0x19 => rest.byte()?.into(),
                0x21..=0x23 => rest.two_bytes()?.into(),
                0x02 | 0x11 | 0x18 | 0x27 => u32::from_be_bytes(rest.array()?),
                0x0B => u32::try_from(rest.variable_byte_integer()?).unwrap_or(u32::MAX),
                0x09 | 0x16 => rest.binary().map(|_| 0)?,
                0x26 => rest.string().and_then(|_| rest.string()).map(|_| 0)?,
                _ => rest.string().map(|_| 0)?,
            };
            if seen & 1 << id != 0 && id != 0x26 {
                return protocol_error("a property occurs twice");
            }
            seen |= 1 << id;
            each(id, value)?;
        }
        Ok(section)
    }

    fn end(&self) -> Parsed<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => malformed("bytes left over after the last field"),
        }
    }
}

/// CONNECT.
pub(crate) struct Connect<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) clean: bool,
    pub(crate) keep_alive: u16,
    pub(crate) user: Option<&'a str>,
    pub(crate) password: Option<&'a [u8]>,
    pub(crate) will: Option<Publish<'a>>,
    pub(crate) receive_maximum: u16,
    pub(crate) maximum_packet_size: Option<u32>,
    pub(crate) request_problem_information: bool,
    /// Authentication Method is there: enhanced authentication, §4.12.
    pub(crate) enhanced_authentication: bool,
}

impl<'a> Connect<'a> {
    pub(crate) fn parse(frame: &Frame<'a>, version: Version) -> Parsed<Self> {
        if frame.flags() != 0 {
            return malformed("fixed header flags of CONNECT are not 0");
        }
        let mut i = Reader(frame.body());
        let (_name, _level) = (i.binary()?, i.byte()?);
        let flags = i.byte()?;
        if flags & 0b0000_0001 != 0 && version != Version::V3_1 {
            return malformed("reserved connect flag is set");
        }
        let keep_alive = i.two_bytes()?;
        let (mut receive_maximum, mut maximum_packet_size) = (u16::MAX, None);
        let (mut problem_information, mut enhanced_authentication) = (true, false);
        if version == Version::V5_0 {
            let allowed = [0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27];
            i.properties(&allowed, |id, value| {
                match (id, value) {
                    (0x21 | 0x27, 0) => return protocol_error("a maximum is 0"),
                    (0x17 | 0x19, 2..) => return protocol_error("a flag is neither 0 nor 1"),
                    (0x21, _) => receive_maximum = u16::try_from(value).unwrap_or(u16::MAX),
                    (0x27, _) => maximum_packet_size = Some(value),
                    (0x17, _) => problem_information = value == 1,
                    (0x15, _) => enhanced_authentication = true,
                    _ => {}
                }
                Ok(())
            })?;
        }
        let client_id = i.string()?;
        let will = match flags & 0b0000_0100 != 0 {
            true => Some(Publish::will(&mut i, flags, version)?),
            false if flags & 0b0011_1000 != 0 => return malformed("will flags without a will"),
            false => None,
        };
        let user = match flags & 0b1000_0000 != 0 {
            true => Some(i.string()?),
            false => None,
        };
        let password = match flags & 0b0100_0000 != 0 {
            true => Some(i.binary()?),
            false => None,
        };
        i.end()?;
        Ok(Self {
            client_id,
            clean: flags & 0b0000_0010 != 0,
            keep_alive,
            user,
            password,
            will,
            receive_maximum,
            maximum_packet_size,
            request_problem_information: problem_information,
            enhanced_authentication,
        })
    }
}

/// PUBLISH, or the Will of a CONNECT.
#[derive(Clone, Copy)]
pub(crate) struct Publish<'a> {
    pub(crate) topic: &'a str,
    pub(crate) qos: QoS,
    /// With QoS 1 and 2.
    pub(crate) packet_id: Option<PacketId>,
    pub(crate) retain: bool,
    /// The property section in 5.0, without its length, fit for being sent on.
    pub(crate) properties: &'a [u8],
    pub(crate) payload: &'a [u8],
}

const fn qos(bits: u8) -> Parsed<QoS> {
    match bits & 0b11 {
        0 => Ok(QoS::AtMostOnce),
        1 => Ok(QoS::AtLeastOnce),
        2 => Ok(QoS::ExactlyOnce),
        _ => malformed("QoS 3"),
    }
}

impl<'a> Publish<'a> {
    pub(crate) fn parse(frame: &Frame<'a>, version: Version) -> Parsed<Self> {
        let flags = frame.flags();
        let qos = qos(flags >> 1)?;
        let mut i = Reader(frame.body());
        let topic = i.string()?;
        let packet_id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce | QoS::ExactlyOnce => Some(i.packet_id()?),
        };
        let mut properties = &[][..];
        if version == Version::V5_0 {
            let allowed = [0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26];
            properties = i.properties(&allowed, |id, _| match id {
                // This broker announces no Topic Alias Maximum, [MQTT-3.3.2-9].
                0x23 => Err((DisconnectReason::TopicAliasInvalid, "no topic aliases")),
                _ => Ok(()),
            })?;
        }
        if topic.is_empty() || topic.contains(['+', '#']) {
            let text = "a topic name is empty or has wildcards";
            return Err((DisconnectReason::TopicNameInvalid, text));
        }
        Ok(Self {
            topic,
            qos,
            packet_id,
            retain: flags & 0b0001 != 0,
            properties,
            payload: i.0,
        })
    }

    /// The Will Properties, Topic and Payload, §3.1.3.2 to §3.1.3.4.
    fn will(i: &mut Reader<'a>, flags: u8, version: Version) -> Parsed<Self> {
        let mut delay = false;
        let mut properties = &[][..];
        if version == Version::V5_0 {
            let allowed = [0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26];
            properties = i.properties(&allowed, |id, _| {
                delay |= id == 0x18;
                Ok(())
            })?;
        }
        let topic = i.string()?;
        Ok(Self {
            topic,
            qos: qos(flags >> 3)?,
            packet_id: None,
            retain: flags & 0b0010_0000 != 0,
            // The Will Delay Interval is no property of PUBLISH. Sessions end with their connection here, so the
            // Will is due at once, [MQTT-3.1.2-8]; with a delay its properties are not sent on.
            properties: if delay { &[] } else { properties },
            payload: i.binary()?,
        })
    }

    /// The PUBLISH for a subscriber of `version`; `None` if it cannot be expressed, which only its size can cause.
    pub(crate) fn write(
        topic: &str,
        qos: QoS,
        packet_id: Option<PacketId>,
        properties: &[u8],
        payload: &[u8],
        version: Version,
    ) -> Option<OwnedFrame> {
        let mut body = BytesMut::with_capacity(topic.len() + properties.len() + payload.len() + 8);
        body.put_u16(u16::try_from(topic.len()).ok()?);
        body.put_slice(topic.as_bytes());
        if let Some(id) = packet_id {
            body.put_u16(id.get());
        }
        if version == Version::V5_0 {
            put_variable_byte_integer(properties.len(), &mut body);
            body.put_slice(properties);
        }
        body.put_slice(payload);
        let mut packet = BytesMut::with_capacity(body.len() + 5);
        packet.put_u8(0x30 | qos.as_u8() << 1);
        put_variable_byte_integer(body.len(), &mut packet);
        packet.put_slice(&body);
        OwnedFrame::decode(version, &DecodeOptions::new(), &mut packet).ok()?
    }
}

fn put_variable_byte_integer(value: usize, dst: &mut BytesMut) {
    let mut rest = value;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            return dst.put_u8(low);
        }
        dst.put_u8(low | 0x80);
    }
}

/// A request of SUBSCRIBE.
pub(crate) struct Subscription<'a> {
    pub(crate) filter: &'a str,
    pub(crate) qos: QoS,
    pub(crate) no_local: bool,
}

/// SUBSCRIBE: Packet Identifier, whether it has a Subscription Identifier, and its requests.
pub(crate) fn subscribe<'a>(
    frame: &Frame<'a>,
    version: Version,
) -> Parsed<(PacketId, bool, Vec<Subscription<'a>>)> {
    let mut i = Reader(frame.body());
    let (id, with_identifier) = request(frame, &mut i, &[0x0B, 0x26], version)?;
    let mut requests = Vec::new();
    while !i.0.is_empty() {
        let filter = i.string()?;
        let options = i.byte()?;
        let known = if version == Version::V5_0 {
            0b0011_1111
        } else {
            0b0000_0011
        };
        if options & !known != 0 {
            return malformed("reserved subscription options are set");
        }
        requests.push(Subscription {
            filter,
            qos: qos(options)?,
            no_local: options & 0b0000_0100 != 0,
        });
    }
    match requests.is_empty() {
        true => protocol_error("SUBSCRIBE without a topic filter"),
        false => Ok((id, with_identifier, requests)),
    }
}

/// UNSUBSCRIBE: Packet Identifier and Topic Filters.
pub(crate) fn unsubscribe<'a>(
    frame: &Frame<'a>,
    version: Version,
) -> Parsed<(PacketId, Vec<&'a str>)> {
    let mut i = Reader(frame.body());
    let (id, _) = request(frame, &mut i, &[0x26], version)?;
    let mut filters = Vec::new();
    while !i.0.is_empty() {
        filters.push(i.string()?);
    }
    match filters.is_empty() {
        true => protocol_error("UNSUBSCRIBE without a topic filter"),
        false => Ok((id, filters)),
    }
}

/// What SUBSCRIBE and UNSUBSCRIBE begin with.
fn request(
    frame: &Frame<'_>,
    i: &mut Reader<'_>,
    allowed: &[u8],
    version: Version,
) -> Parsed<(PacketId, bool)> {
    if frame.flags() != 0b0010 && version != Version::V3_1 {
        return malformed("fixed header flags are not 2");
    }
    let id = i.packet_id()?;
    let mut with_identifier = false;
    if version == Version::V5_0 {
        i.properties(allowed, |id, _| {
            with_identifier |= id == 0x0B;
            Ok(())
        })?;
    }
    Ok((id, with_identifier))
}

/// Whether a Topic Filter is valid, §4.7.1.
pub(crate) fn is_valid_filter(filter: &str) -> bool {
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let is_last = levels.peek().is_none();
        match level {
            "+" => {}
            "#" if is_last => {}
            _ if level.contains(['+', '#']) => return false,
            _ => {}
        }
    }
    !filter.is_empty()
}

/// Whether a Topic Filter matches a Topic Name, §4.7; a wildcard does not match a leading `$` [MQTT-4.7.2-1].
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut filters = filter.split('/');
    let mut topics = topic.split('/');
    loop {
        match (filters.next(), topics.next()) {
            (Some("#"), _) => return true,
            (Some("+"), Some(_)) => {}
            (Some(filter), Some(topic)) if filter == topic => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}
