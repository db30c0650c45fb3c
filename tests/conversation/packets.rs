//! Packets as bytes, written by hand from the specification: nothing of the library is used.

/// A packet with this first byte.
pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let byte = (length % 128) as u8;
        length /= 128;
        bytes.push(if length == 0 { byte } else { byte | 0x80 });
        if length == 0 {
            break;
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u16).to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// Properties, one each.
pub(crate) fn byte(id: u8, value: u8) -> Vec<u8> {
    vec![id, value]
}

pub(crate) fn two(id: u8, value: u16) -> Vec<u8> {
    [&[id][..], &value.to_be_bytes()].concat()
}

pub(crate) fn four(id: u8, value: u32) -> Vec<u8> {
    [&[id][..], &value.to_be_bytes()].concat()
}

pub(crate) fn string(id: u8, value: &str) -> Vec<u8> {
    [&[id][..], &text(value)].concat()
}

pub(crate) fn user(name: &str, value: &str) -> Vec<u8> {
    [&[0x26][..], &text(name), &text(value)].concat()
}

/// A section of properties below 128 bytes.
pub(crate) fn section(properties: &[Vec<u8>]) -> Vec<u8> {
    let all = properties.concat();
    assert!(all.len() < 128);
    [&[all.len() as u8][..], &all].concat()
}

/// CONNECT: level 3, 4 or 5, Clean Start (Clean Session), Keep Alive, Client Identifier, properties.
pub(crate) struct Connect {
    pub(crate) level: u8,
    pub(crate) clean: bool,
    pub(crate) keep_alive: u16,
    pub(crate) id: &'static str,
    pub(crate) properties: Vec<Vec<u8>>,
    /// QoS and RETAIN of a Will.
    pub(crate) will: Option<(u8, bool)>,
    pub(crate) user_name: bool,
}

pub(crate) fn connect(level: u8) -> Connect {
    Connect {
        level,
        clean: true,
        keep_alive: 0,
        id: "a",
        properties: Vec::new(),
        will: None,
        user_name: false,
    }
}

impl Connect {
    pub(crate) fn resume(mut self) -> Self {
        self.clean = false;
        self
    }

    pub(crate) fn keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    pub(crate) fn id(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    pub(crate) fn with(mut self, property: Vec<u8>) -> Self {
        self.properties.push(property);
        self
    }

    pub(crate) fn will(mut self, qos: u8, retain: bool) -> Self {
        self.will = Some((qos, retain));
        self
    }

    pub(crate) fn user_name(mut self) -> Self {
        self.user_name = true;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let name = if self.level & 0x7F == 3 {
            "MQIsdp"
        } else {
            "MQTT"
        };
        let mut body = text(name);
        body.push(self.level);
        let mut flags = u8::from(self.clean) << 1;
        if let Some((qos, retain)) = self.will {
            flags |= 0x04 | qos << 3 | u8::from(retain) << 5;
        }
        flags |= u8::from(self.user_name) << 7;
        body.push(flags);
        body.extend_from_slice(&self.keep_alive.to_be_bytes());
        let v5 = self.level == 5;
        if v5 {
            body.extend(section(&self.properties));
        }
        body.extend(text(self.id));
        if self.will.is_some() {
            if v5 {
                body.push(0);
            }
            body.extend(text("will"));
            body.extend(text("gone"));
        }
        if self.user_name {
            body.extend(text("user"));
        }
        packet(0x10, &body)
    }
}

impl From<Connect> for Vec<u8> {
    fn from(connect: Connect) -> Self {
        connect.bytes()
    }
}

/// CONNACK of 5.0.
pub(crate) fn connack(session_present: bool, code: u8, properties: &[Vec<u8>]) -> Vec<u8> {
    let head = [u8::from(session_present), code];
    packet(0x20, &[&head[..], &section(properties)].concat())
}

/// CONNACK of 3.1.1 and 3.1.
pub(crate) fn connack3(session_present: bool, code: u8) -> Vec<u8> {
    packet(0x20, &[u8::from(session_present), code])
}

/// PUBLISH: version 3, 4 or 5.
pub(crate) struct Publish {
    pub(crate) level: u8,
    pub(crate) qos: u8,
    pub(crate) id: u16,
    pub(crate) dup: bool,
    pub(crate) retain: bool,
    pub(crate) topic: &'static str,
    pub(crate) properties: Vec<Vec<u8>>,
    pub(crate) payload: usize,
}

pub(crate) fn publish(level: u8, qos: u8, id: u16) -> Publish {
    Publish {
        level,
        qos,
        id,
        dup: false,
        retain: false,
        topic: "t",
        properties: Vec::new(),
        payload: 1,
    }
}

impl Publish {
    pub(crate) fn dup(mut self) -> Self {
        self.dup = true;
        self
    }

    pub(crate) fn retain(mut self) -> Self {
        self.retain = true;
        self
    }

    pub(crate) fn topic(mut self, topic: &'static str) -> Self {
        self.topic = topic;
        self
    }

    pub(crate) fn with(mut self, property: Vec<u8>) -> Self {
        self.properties.push(property);
        self
    }

    pub(crate) fn payload(mut self, len: usize) -> Self {
        self.payload = len;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let first = 0x30 | u8::from(self.dup) << 3 | self.qos << 1 | u8::from(self.retain);
        let mut body = text(self.topic);
        if self.qos > 0 {
            body.extend_from_slice(&self.id.to_be_bytes());
        }
        if self.level == 5 {
            body.extend(section(&self.properties));
        }
        body.resize(body.len() + self.payload, b'p');
        packet(first, &body)
    }
}

impl From<Publish> for Vec<u8> {
    fn from(publish: Publish) -> Self {
        publish.bytes()
    }
}

fn with_id(first: u8, id: u16, rest: &[u8]) -> Vec<u8> {
    packet(first, &[&id.to_be_bytes()[..], rest].concat())
}

/// The shortest form, which all versions share.
pub(crate) fn puback(id: u16) -> Vec<u8> {
    with_id(0x40, id, &[])
}

pub(crate) fn pubrec(id: u16) -> Vec<u8> {
    with_id(0x50, id, &[])
}

pub(crate) fn pubrel(id: u16) -> Vec<u8> {
    with_id(0x62, id, &[])
}

pub(crate) fn pubcomp(id: u16) -> Vec<u8> {
    with_id(0x70, id, &[])
}

/// One of the four of 5.0, with a code and properties.
pub(crate) fn ack(first: u8, id: u16, code: u8, properties: &[Vec<u8>]) -> Vec<u8> {
    with_id(first, id, &[&[code][..], &section(properties)].concat())
}

/// SUBSCRIBE with filters and their requested QoS.
pub(crate) fn subscribe(level: u8, id: u16, filters: &[(&str, u8)]) -> Vec<u8> {
    subscribe_with(level, id, &[], filters)
}

pub(crate) fn subscribe_with(
    level: u8,
    id: u16,
    properties: &[Vec<u8>],
    filters: &[(&str, u8)],
) -> Vec<u8> {
    let mut rest = if level == 5 {
        section(properties)
    } else {
        Vec::new()
    };
    for (filter, qos) in filters {
        rest.extend(text(filter));
        rest.push(*qos);
    }
    with_id(0x82, id, &rest)
}

pub(crate) fn suback(level: u8, id: u16, codes: &[u8]) -> Vec<u8> {
    let head: &[u8] = if level == 5 { &[0] } else { &[] };
    with_id(0x90, id, &[head, codes].concat())
}

pub(crate) fn unsubscribe(level: u8, id: u16, filters: &[&str]) -> Vec<u8> {
    let mut rest = if level == 5 { vec![0] } else { Vec::new() };
    for filter in filters {
        rest.extend(text(filter));
    }
    with_id(0xA2, id, &rest)
}

/// UNSUBACK; of 3.x without codes.
pub(crate) fn unsuback(level: u8, id: u16, codes: &[u8]) -> Vec<u8> {
    match level {
        5 => with_id(0xB0, id, &[&[0][..], codes].concat()),
        _ => with_id(0xB0, id, &[]),
    }
}

pub(crate) fn pingreq() -> Vec<u8> {
    packet(0xC0, &[])
}

pub(crate) fn pingresp() -> Vec<u8> {
    packet(0xD0, &[])
}

/// DISCONNECT of 5.0.
pub(crate) fn disconnect(code: u8, properties: &[Vec<u8>]) -> Vec<u8> {
    packet(0xE0, &[&[code][..], &section(properties)].concat())
}

/// DISCONNECT of 3.x.
pub(crate) fn disconnect3() -> Vec<u8> {
    packet(0xE0, &[])
}

pub(crate) fn auth(code: u8, method: &str) -> Vec<u8> {
    let properties = section(&[string(0x15, method)]);
    packet(0xF0, &[&[code][..], &properties].concat())
}
