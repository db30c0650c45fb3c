//! The client's packets that the crate does not write, laid out by hand.

use mqtt_reason::Version;

/// CONNECT; start with [`Connect::new`] and change what matters.
#[derive(Clone, Copy)]
pub(crate) struct Connect<'a> {
    pub(crate) version: Version,
    /// The protocol level to claim instead of the version's.
    pub(crate) level: Option<u8>,
    pub(crate) client: &'a str,
    /// Clean Start or Clean Session.
    pub(crate) clean: bool,
    pub(crate) keep_alive: u16,
    /// The properties of 5.0, without their length.
    pub(crate) properties: &'a [u8],
    /// The Will Topic; with it the Will's QoS and retain flag.
    pub(crate) will: Option<(&'a str, u8, bool)>,
    pub(crate) user: Option<(&'a str, &'a str)>,
}

impl<'a> Connect<'a> {
    pub(crate) const fn new(version: Version, client: &'a str) -> Self {
        Self {
            version,
            level: None,
            client,
            clean: true,
            keep_alive: 60,
            properties: &[],
            will: None,
            user: None,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (name, level) = match self.version {
            Version::V3_1 => ("MQIsdp", 3),
            Version::V3_1_1 => ("MQTT", 4),
            Version::V5_0 => ("MQTT", 5),
        };
        let mut flags = u8::from(self.clean) << 1;
        let mut payload = string(self.client);
        if let Some((topic, qos, retain)) = self.will {
            flags |= 0b100 | qos << 3 | u8::from(retain) << 5;
            payload.extend(section(self.version, &[]));
            payload.extend(string(topic));
            payload.extend(string("gone"));
        }
        if let Some((user, password)) = self.user {
            flags |= 0b1100_0000;
            payload.extend(string(user));
            payload.extend(string(password));
        }
        packet(
            0x10,
            &[
                &string(name),
                &[self.level.unwrap_or(level), flags],
                &self.keep_alive.to_be_bytes(),
                &section(self.version, self.properties),
                &payload,
            ],
        )
    }
}

/// PUBLISH; `properties` are those of 5.0, without their length.
pub(crate) fn publish(
    version: Version,
    topic: &str,
    qos: u8,
    id: u16,
    properties: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    let id = match qos {
        0 => Vec::new(),
        _ => id.to_be_bytes().to_vec(),
    };
    let properties = section(version, properties);
    packet(
        0x30 | qos << 1,
        &[&string(topic), &id, &properties, payload],
    )
}

/// SUBSCRIBE with filters and their options.
pub(crate) fn subscribe(version: Version, id: u16, filters: &[(&str, u8)]) -> Vec<u8> {
    let filters = filters
        .iter()
        .flat_map(|(filter, options)| [string(filter), vec![*options]].concat())
        .collect::<Vec<u8>>();
    packet(0x82, &[&id.to_be_bytes(), &section(version, &[]), &filters])
}

/// UNSUBSCRIBE.
pub(crate) fn unsubscribe(version: Version, id: u16, filters: &[&str]) -> Vec<u8> {
    let filters: Vec<u8> = filters.iter().flat_map(|filter| string(filter)).collect();
    packet(0xA2, &[&id.to_be_bytes(), &section(version, &[]), &filters])
}

/// A packet of these parts.
pub(crate) fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut packet = vec![first];
    packet.extend(variable_byte_integer(body.len()));
    packet.extend(body);
    packet
}

/// A string and its length.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("the strings are short");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// Property Length and properties in 5.0, nothing before.
fn section(version: Version, properties: &[u8]) -> Vec<u8> {
    match version {
        Version::V5_0 => [&variable_byte_integer(properties.len()), properties].concat(),
        Version::V3_1 | Version::V3_1_1 => Vec::new(),
    }
}

fn variable_byte_integer(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value % 128).expect("less than 128");
        value /= 128;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
