//! W8 to W11: packets of 5.0 that carry no reason code, made here from the sentences of the specification.
//!
//! Shared by path: `benches` and `benches/peers` include this file.

/// A contiguous run of equal packets.
#[derive(Debug)]
pub struct Requests {
    pub name: &'static str,
    pub what: &'static str,
    /// One packet.
    pub packet: Vec<u8>,
    /// How many there are.
    pub count: usize,
}

impl Requests {
    /// All of them, one after the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.packet.repeat(self.count)
    }
}

fn field(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(bytes.len()).expect("a short field");
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}

/// A packet whose lengths have one byte each.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).expect("a short packet");
    assert!(length < 128, "its Remaining Length has one byte");
    [&[first, length], body].concat()
}

/// All workloads, in order.
pub fn all() -> Vec<Requests> {
    let mut publish = Vec::new();
    field(b"plant/7/press/3/temperature", &mut publish);
    publish.push(0);
    publish.extend([0x78; 64]);

    let mut aliased = Vec::new();
    field(b"plant/7/press/3/temperature", &mut aliased);
    aliased.extend([0x12, 0x34]);
    let mut properties = vec![0x23, 0, 7, 0x02, 0, 0, 0x0E, 0x10];
    properties.push(0x26);
    field(b"trace-id", &mut properties);
    field(b"4bf92f3577b34da6", &mut properties);
    aliased.push(u8::try_from(properties.len()).expect("a short section"));
    aliased.extend(properties);
    aliased.extend([0x78; 32]);

    let mut subscribe = vec![0x12, 0x34, 0];
    for (filter, options) in [
        (&b"plant/7/press/3/temperature"[..], 0x01),
        (b"plant/+/press/+/alarm", 0x02),
        (b"plant/7/#", 0x28),
    ] {
        field(filter, &mut subscribe);
        subscribe.push(options);
    }

    let mut connect = Vec::new();
    field(b"MQTT", &mut connect);
    // User Name, Password, Will with QoS 1, Clean Start; Keep Alive 60 s; no properties.
    connect.extend([5, 0b1100_1110, 0, 60, 0]);
    field(b"press-3-gateway", &mut connect);
    connect.push(0);
    field(b"plant/7/press/3/state", &mut connect);
    field(b"offline", &mut connect);
    field(b"press-3", &mut connect);
    field(b"correct horse battery", &mut connect);

    vec![
        Requests {
            name: "W8",
            what: "PUBLISH, QoS 0, payload of 64 bytes",
            packet: packet(0x30, &publish),
            count: 10_000,
        },
        Requests {
            name: "W9",
            what: "PUBLISH, QoS 1, Topic Alias, Message Expiry Interval and User Property",
            packet: packet(0x32, &aliased),
            count: 5_000,
        },
        Requests {
            name: "W10",
            what: "SUBSCRIBE with 3 Topic Filters",
            packet: packet(0x82, &subscribe),
            count: 5_000,
        },
        Requests {
            name: "W11",
            what: "CONNECT with Will, User Name and Password",
            packet: packet(0x10, &connect),
            count: 5_000,
        },
    ]
}
