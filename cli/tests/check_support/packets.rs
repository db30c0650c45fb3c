//! Packets that tests send, written out by hand.

/// A field with its length in front.
pub(crate) fn field(bytes: &[u8]) -> Vec<u8> {
    let mut field = u16::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
    field.extend(bytes);
    field
}

/// A packet with this first byte and body.
pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut length = body.len();
    loop {
        let byte = u8::try_from(length % 128).unwrap();
        length /= 128;
        if length == 0 {
            packet.push(byte);
            break;
        }
        packet.push(byte | 0x80);
    }
    packet.extend(body);
    packet
}

/// A CONNECT of 5.0, Clean Start 1, Keep Alive 60, with these properties.
pub(crate) fn connect(client_id: &str, properties: &[u8]) -> Vec<u8> {
    let mut body = field(b"MQTT");
    body.extend([5, 2, 0, 60]);
    body.push(u8::try_from(properties.len()).unwrap());
    body.extend(properties);
    body.extend(field(client_id.as_bytes()));
    packet(0x10, &body)
}

/// A PUBLISH of 5.0 without properties; QoS 0 without an identifier.
pub(crate) fn publish(qos: u8, id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = field(topic.as_bytes());
    if qos > 0 {
        body.extend(id.to_be_bytes());
    }
    body.push(0);
    body.extend(payload);
    packet(0x30 | qos << 1, &body)
}

/// A SUBSCRIBE of 5.0, QoS 1.
pub(crate) fn subscribe(id: u16, filters: &[&str]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    body.push(0);
    for filter in filters {
        body.extend(field(filter.as_bytes()));
        body.push(1);
    }
    packet(0x82, &body)
}

pub(crate) const CONNACK: [u8; 5] = [0x20, 3, 0, 0, 0];
pub(crate) const PINGREQ: [u8; 2] = [0xC0, 0];
pub(crate) const PINGRESP: [u8; 2] = [0xD0, 0];
pub(crate) const DISCONNECT: [u8; 2] = [0xE0, 0];

/// PUBACK, PUBREC, PUBREL and PUBCOMP in their shortest form.
pub(crate) fn ack(first: u8, id: u16) -> Vec<u8> {
    packet(first, &id.to_be_bytes())
}
