//! Packets built field by field, right or wrong on purpose.
//!
//! The encoder of the library refuses what the specification forbids; a probe has to send just that. So the bytes are
//! put together here, from the fields of the specification, and nothing is checked.

use std::ops::Range;

use mqtt_reason::Version;

/// Bytes to send, and which of them must not be shown to anybody.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// The bytes, a packet or anything else.
    pub bytes: Vec<u8>,
    /// Where a Password or a Will Payload stands in them.
    pub secrets: Vec<Range<usize>>,
    /// What they announce, if they are a CONNECT.
    pub announced: Option<Announced>,
}

/// What a CONNECT announces that binds whoever answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announced {
    /// Maximum Packet Size.
    pub maximum_packet_size: Option<u32>,
    /// Request Problem Information.
    pub problem_information: bool,
}

impl Default for Announced {
    fn default() -> Self {
        Self {
            maximum_packet_size: None,
            problem_information: true,
        }
    }
}

impl Draft {
    /// Bytes of which none is a secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            secrets: Vec::new(),
            announced: None,
        }
    }

    /// These bytes and, behind them, those of `next`.
    #[must_use]
    pub fn then(mut self, next: &Self) -> Self {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&next.bytes);
        let shifted = next
            .secrets
            .iter()
            .map(|range| range.start + shift..range.end + shift);
        self.secrets.extend(shifted);
        self.announced = self.announced.or(next.announced);
        self
    }
}

impl<const N: usize> From<[u8; N]> for Draft {
    fn from(bytes: [u8; N]) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for Draft {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

/// A Variable Byte Integer, MQTT 5.0 §1.5.5.
#[must_use]
pub fn variable_byte_integer(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = low_byte(value % 128);
        value /= 128;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A length of two bytes and as many bytes: a UTF-8 Encoded String or Binary Data, §1.5.4, §1.5.6.
pub fn text(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let mut out = two_bytes(bytes.len()).to_vec();
    out.extend_from_slice(bytes);
    out
}

/// A packet: first byte, Remaining Length and the rest.
#[must_use]
pub fn frame(first: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    out.extend(variable_byte_integer(body.len()));
    out.extend_from_slice(body);
    out
}

/// The parts one behind the other.
#[must_use]
pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A property with a value of one byte.
#[must_use]
pub fn byte_property(id: u8, value: u8) -> Vec<u8> {
    vec![id, value]
}

/// A property with a value of two bytes.
#[must_use]
pub fn two_byte_property(id: u8, value: u16) -> Vec<u8> {
    join(&[&[id], &value.to_be_bytes()])
}

/// A property with a value of four bytes.
#[must_use]
pub fn four_byte_property(id: u8, value: u32) -> Vec<u8> {
    join(&[&[id], &value.to_be_bytes()])
}

/// A property whose value is a string or binary data.
pub fn text_property(id: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[&[id], &text(value)])
}

/// A User Property, 0x26.
pub fn user_property(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[&[0x26], &text(name), &text(value)])
}

/// A section of properties in the version's layout: its length and the properties in 5.0, nothing in 3.x.
#[must_use]
pub fn section(version: Version, properties: &[u8]) -> Vec<u8> {
    match version {
        Version::V5_0 => join(&[&variable_byte_integer(properties.len()), properties]),
        _ => Vec::new(),
    }
}

/// A CONNECT packet, field by field; [`draft`](Self::draft) writes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connect {
    /// The first byte of the packet.
    pub first: u8,
    /// The layout: whether there are properties.
    pub version: Version,
    /// The protocol name.
    pub name: Vec<u8>,
    /// The protocol level.
    pub level: u8,
    /// Whether the Client wants a Session of its own: Clean Start, Clean Session.
    pub clean: bool,
    /// Bits that are set in the Connect Flags besides those that the fields ask for.
    pub flags_set: u8,
    /// Bits that are not set in the Connect Flags although the fields ask for them.
    pub flags_cleared: u8,
    /// Seconds.
    pub keep_alive: u16,
    /// Maximum Packet Size, written in front of the other properties.
    pub maximum_packet_size: Option<u32>,
    /// Request Problem Information 0, written in front of the other properties.
    pub no_problem_information: bool,
    /// The other properties, without their length.
    pub properties: Vec<u8>,
    /// What stands in the place of the Property Length, if not the length of the properties.
    pub property_length: Option<Vec<u8>>,
    /// The Client Identifier; `None` leaves out even its length.
    pub client_id: Option<Vec<u8>>,
    /// The Will.
    pub will: Option<Will>,
    /// The User Name.
    pub user_name: Option<Vec<u8>>,
    /// The Password.
    pub password: Option<Vec<u8>>,
    /// What stands behind the last field.
    pub tail: Vec<u8>,
}

/// The Will of a CONNECT packet.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Will {
    /// Will QoS, two bits.
    pub qos: u8,
    /// Will Retain.
    pub retain: bool,
    /// The Will Properties, without their length.
    pub properties: Vec<u8>,
    /// The Will Topic.
    pub topic: Vec<u8>,
    /// The Will Payload.
    pub payload: Vec<u8>,
}

impl Will {
    /// A Will of QoS 0 that is not retained.
    pub fn new(topic: impl Into<Vec<u8>>, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            topic: topic.into(),
            payload: payload.into(),
            ..Self::default()
        }
    }

    /// With this Will QoS.
    #[must_use]
    pub fn qos(mut self, qos: u8) -> Self {
        self.qos = qos;
        self
    }

    /// With Will Retain 1.
    #[must_use]
    pub fn retained(mut self) -> Self {
        self.retain = true;
        self
    }

    /// With these Will Properties.
    #[must_use]
    pub fn properties(mut self, properties: Vec<u8>) -> Self {
        self.properties = properties;
        self
    }
}

impl Connect {
    /// A plain CONNECT: Clean Start 1, Keep Alive 60, no Will, no credentials.
    pub fn new(version: Version, client_id: impl Into<Vec<u8>>) -> Self {
        let (name, level): (&[u8], _) = match version {
            Version::V5_0 => (b"MQTT", 5),
            Version::V3_1 => (b"MQIsdp", 3),
            _ => (b"MQTT", 4),
        };
        Self {
            first: 0x10,
            version,
            name: name.to_vec(),
            level,
            clean: true,
            flags_set: 0,
            flags_cleared: 0,
            keep_alive: 60,
            maximum_packet_size: None,
            no_problem_information: false,
            properties: Vec::new(),
            property_length: None,
            client_id: Some(client_id.into()),
            will: None,
            user_name: None,
            password: None,
            tail: Vec::new(),
        }
    }

    /// With changes.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// With these properties.
    #[must_use]
    pub fn properties(mut self, properties: Vec<u8>) -> Self {
        self.properties = properties;
        self
    }

    /// With this Will.
    #[must_use]
    pub fn will(mut self, will: Will) -> Self {
        self.will = Some(will);
        self
    }

    fn flags(&self) -> u8 {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        let will = self
            .will
            .as_ref()
            .map_or(0, |will| 0x04 | (will.qos << 3) | bit(will.retain, 0x20));
        let flags = will
            | bit(self.clean, 0x02)
            | bit(self.password.is_some(), 0x40)
            | bit(self.user_name.is_some(), 0x80);
        (flags | self.flags_set) & !self.flags_cleared
    }

    /// The packet without its fixed header, and where its secrets are.
    fn body(&self) -> Draft {
        let mut body = Draft::new(text(&self.name));
        body.bytes.push(self.level);
        body.bytes.push(self.flags());
        body.bytes.extend(self.keep_alive.to_be_bytes());
        let mut properties = Vec::new();
        if let Some(size) = self.maximum_packet_size {
            properties.extend(four_byte_property(0x27, size));
        }
        if self.no_problem_information {
            properties.extend(byte_property(0x17, 0));
        }
        properties.extend_from_slice(&self.properties);
        match &self.property_length {
            Some(length) => body.bytes.extend(join(&[length, &properties])),
            None => body.bytes.extend(section(self.version, &properties)),
        }
        if let Some(client_id) = &self.client_id {
            body.bytes.extend(text(client_id));
        }
        let secret = |body: &mut Draft, value: &[u8]| {
            body.bytes.extend(two_bytes(value.len()));
            let start = body.bytes.len();
            body.bytes.extend_from_slice(value);
            body.secrets.push(start..body.bytes.len());
        };
        if let Some(will) = &self.will {
            body.bytes.extend(section(self.version, &will.properties));
            body.bytes.extend(text(&will.topic));
            secret(&mut body, &will.payload);
        }
        if let Some(user_name) = &self.user_name {
            body.bytes.extend(text(user_name));
        }
        if let Some(password) = &self.password {
            secret(&mut body, password);
        }
        body.bytes.extend_from_slice(&self.tail);
        body
    }

    /// The packet.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let body = self.body();
        let mut header = vec![self.first];
        header.extend(variable_byte_integer(body.bytes.len()));
        let mut draft = Draft::new(header).then(&body);
        draft.announced = Some(Announced {
            maximum_packet_size: self.maximum_packet_size,
            problem_information: !self.no_problem_information,
        });
        draft
    }
}

/// A PUBLISH: `first` is its first byte, with DUP, QoS and RETAIN; `packet_id` is written if it is there.
pub fn publish(
    version: Version,
    first: u8,
    topic: impl AsRef<[u8]>,
    packet_id: Option<u16>,
    properties: &[u8],
    payload: impl AsRef<[u8]>,
) -> Draft {
    let packet_id = packet_id.map(u16::to_be_bytes);
    let body = join(&[
        &text(topic),
        packet_id.as_ref().map_or(&[][..], |id| &id[..]),
        &section(version, properties),
        payload.as_ref(),
    ]);
    Draft::new(frame(first, &body))
}

/// A SUBSCRIBE of Topic Filters with their options.
pub fn subscribe<F: AsRef<[u8]>>(
    version: Version,
    packet_id: u16,
    properties: &[u8],
    filters: &[(F, u8)],
) -> Draft {
    let mut body = packet_id.to_be_bytes().to_vec();
    body.extend(section(version, properties));
    for (filter, options) in filters {
        body.extend(text(filter));
        body.push(*options);
    }
    Draft::new(frame(0x82, &body))
}

/// An UNSUBSCRIBE of Topic Filters.
pub fn unsubscribe<F: AsRef<[u8]>>(
    version: Version,
    packet_id: u16,
    properties: &[u8],
    filters: &[F],
) -> Draft {
    let mut body = packet_id.to_be_bytes().to_vec();
    body.extend(section(version, properties));
    for filter in filters {
        body.extend(text(filter));
    }
    Draft::new(frame(0xA2, &body))
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP, by its first byte, in the shortest form of 0x00.
#[must_use]
pub fn acknowledge(first: u8, packet_id: u16) -> Draft {
    let [high, low] = packet_id.to_be_bytes();
    Draft::new([first, 2, high, low])
}

/// A PINGREQ.
#[must_use]
pub fn pingreq() -> Draft {
    Draft::new([0xC0, 0])
}

/// A DISCONNECT without a reason code.
#[must_use]
pub fn disconnect() -> Draft {
    Draft::new([0xE0, 0])
}

fn two_bytes(len: usize) -> [u8; 2] {
    u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes()
}

fn low_byte(value: usize) -> u8 {
    u8::try_from(value & 0xFF).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_connect_of_the_specification() {
        let connect = Connect::new(Version::V5_0, "ab").with(|connect| {
            connect.user_name = Some(b"u".to_vec());
            connect.password = Some(b"secret".to_vec());
        });
        let draft = connect.draft();
        let expected = [
            0x10, 0x1A, 0, 4, b'M', b'Q', b'T', b'T', 5, 0xC2, 0, 60, 0, 0, 2, b'a', b'b', 0, 1,
            b'u', 0, 6, b's', b'e', b'c', b'r', b'e', b't',
        ];
        assert_eq!(draft.bytes, expected);
        assert_eq!(draft.secrets.first(), Some(&(22..28)));
        assert_eq!(draft.secrets.len(), 1);
    }

    #[test]
    fn writes_lengths_of_up_to_four_bytes() {
        assert_eq!(variable_byte_integer(0), [0]);
        assert_eq!(variable_byte_integer(127), [0x7F]);
        assert_eq!(variable_byte_integer(128), [0x80, 0x01]);
        assert_eq!(variable_byte_integer(268_435_455), [0xFF, 0xFF, 0xFF, 0x7F]);
    }

    #[test]
    fn leaves_properties_out_of_3_1_1() {
        let draft = publish(Version::V3_1_1, 0x32, "t", Some(1), &[], "x");
        assert_eq!(draft.bytes, [0x32, 6, 0, 1, b't', 0, 1, b'x']);
    }
}
