//! From a broker's own structs to packets and back: all nine packets of MQTT 5.0, both ways; `layer.rs` does it.
//!
//! The structs are like those of rumqttd: they own their strings, and an identifier is a `u16`. Nothing is lost on the
//! way, and nothing is allocated on the way out.
//!
//! ```sh
//! cargo run --example conversion
//! ```

mod layer;

use std::error::Error;

use mqtt_reason::{Decoded, EncodeOptions, ReasonCode, v5};

/// What PUBACK, PUBREC, PUBREL and PUBCOMP are to the broker.
#[derive(Debug, PartialEq)]
struct Ack<R> {
    pkid: u16,
    reason: R,
    properties: Properties,
}

/// What SUBACK and UNSUBACK are to it.
#[derive(Debug, PartialEq)]
struct Codes<R> {
    pkid: u16,
    reasons: Vec<R>,
    properties: Properties,
}

/// Any packet of the broker.
#[derive(Debug, PartialEq)]
enum Packet {
    ConnAck(bool, v5::ConnackReason, Properties),
    PubAck(Ack<v5::PubackReason>),
    PubRec(Ack<v5::PubrecReason>),
    PubRel(Ack<v5::PubrelReason>),
    PubComp(Ack<v5::PubcompReason>),
    SubAck(Codes<v5::SubackReason>),
    UnsubAck(Codes<v5::UnsubackReason>),
    Disconnect(v5::DisconnectReason, Properties),
    Auth(v5::AuthReason, Properties),
}

/// Reason String and User Properties by name, as most brokers keep them, and what else a packet may carry.
#[derive(Debug, Default, PartialEq)]
struct Properties {
    reason_string: Option<String>,
    user_properties: Vec<(String, String)>,
    authentication: Option<(String, Vec<u8>)>,
    session_expiry_interval: Option<u32>,
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let received: [&[u8]; 9] = [
        &[0x20, 0x03, 0x01, 0x00, 0x00],
        &[
            0x40, 0x0A, 0x00, 0x0A, 0x87, 0x06, 0x1F, 0x00, 0x03, b'A', b'C', b'L',
        ],
        &[0x50, 0x02, 0x00, 0x0A],
        &[0x62, 0x03, 0x00, 0x0A, 0x92],
        &[
            0x70, 0x0B, 0x00, 0x0A, 0x00, 0x07, 0x26, 0x00, 0x01, b'k', 0x00, 0x01, b'v',
        ],
        &[0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x87],
        &[0xB0, 0x04, 0x00, 0x0A, 0x00, 0x11],
        &[0xE0, 0x07, 0x04, 0x05, 0x11, 0x00, 0x00, 0x00, 0x3C],
        &[
            0xF0, 0x0A, 0x18, 0x08, 0x15, 0x00, 0x01, b'A', 0x16, 0x00, 0x01, 0xFF,
        ],
    ];
    for bytes in received {
        let Ok(Decoded::Packet { packet, .. }) = v5::decode(bytes) else {
            unreachable!("it is one of the nine");
        };
        let codes: Vec<ReasonCode> = packet.reason_codes().collect();
        let ours = Packet::from(packet);
        let mut written = Vec::new();
        ours.write(&EncodeOptions::new(), &mut written)?;
        assert_eq!(written, bytes);
        println!("{ours:?}: {codes:?}");
    }
    Ok(())
}
