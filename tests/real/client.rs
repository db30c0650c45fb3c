//! A client that reads with the crate, and nothing else, what the broker sends.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use mqtt_reason::{DecodeError, DecodeOptions, Decoded, Encode, PacketType, Side, Version, v3, v5};

use crate::broker::{Broker, PATIENCE};

/// Which codes came in which packets, and how often.
#[derive(Default)]
pub(crate) struct Seen {
    counts: BTreeMap<(Version, PacketType, u8), u32>,
    /// Bytes that were decoded.
    bytes: usize,
}

impl Seen {
    /// The pairs of packet and code that came in this version.
    pub(crate) fn pairs(&self, version: Version) -> Vec<(PacketType, u8)> {
        let keys = self.counts.keys().filter(|key| key.0 == version);
        keys.map(|(_, packet, code)| (*packet, *code)).collect()
    }

    /// Prints what came, for the log of the test.
    pub(crate) fn print(&self) {
        println!("{} bytes of mosquitto were decoded", self.bytes);
        for ((version, packet, code), count) in &self.counts {
            println!("MQTT {version}: {packet} {code:#04x}, {count} times");
        }
    }
}

/// A connection to the broker.
pub(crate) struct Client {
    stream: TcpStream,
    version: Version,
    received: Vec<u8>,
}

/// What came from the broker.
#[derive(Debug)]
pub(crate) enum Came {
    /// A packet in words: type, codes in hexadecimal, `session` for Session Present.
    Packet(String),
    /// A packet that breaks the protocol; nothing after it is read.
    Refused(DecodeError),
    /// The end of the connection.
    End,
    /// Nothing, for longer than anything may take.
    Nothing,
}

impl Came {
    /// The words that scenarios use.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Packet(words) => words.clone(),
            Self::Refused(error) => format!("refused: {error}"),
            Self::End => "end".into(),
            Self::Nothing => "nothing".into(),
        }
    }
}

impl Client {
    pub(crate) fn new(broker: &Broker, version: Version) -> Self {
        let stream = TcpStream::connect(broker.address()).expect("mosquitto takes connections");
        stream.set_nodelay(true).expect("TCP_NODELAY can be set");
        Self {
            stream,
            version,
            received: Vec::new(),
        }
    }

    /// Sends bytes; the broker may have closed the connection already.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends what the crate's encoder writes.
    pub(crate) fn send_packet(&mut self, packet: &impl Encode) {
        let options = mqtt_reason::EncodeOptions::new().sender(Side::Client);
        let mut bytes = Vec::new();
        packet
            .encode_with(&options, &mut bytes)
            .expect("a client may send the packet");
        self.send(&bytes);
    }

    /// Sends bytes and reads what comes back, as [`expect`](Self::expect) does.
    pub(crate) fn ask(&mut self, seen: &mut Seen, bytes: &[u8], words: &[&str]) {
        self.send(bytes);
        self.expect(seen, words);
    }

    /// Reads packets and compares them with `words`.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub(crate) fn expect(&mut self, seen: &mut Seen, words: &[&str]) {
        for expected in words {
            assert_eq!(
                self.read(seen).words(),
                *expected,
                "right is what should come"
            );
        }
    }

    /// Closes this side of the connection and reads that nothing else comes before the end.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub(crate) fn finish(&mut self, seen: &mut Seen) {
        // The broker may have closed the connection already.
        let _ = self.stream.shutdown(Shutdown::Write);
        self.expect(seen, &["end"]);
    }

    /// Reads the end of the connection; one of these DISCONNECT packets may come before it.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub(crate) fn expect_end(&mut self, seen: &mut Seen, disconnects: &[&str]) {
        let first = self.read(seen).words();
        if first != "end" {
            assert!(
                disconnects.contains(&first.as_str()),
                "not {disconnects:?}: {first}"
            );
            self.expect(seen, &["end"]);
        }
    }

    /// The next packet; `with` gets it if it is one of 5.0.
    pub(crate) fn read_with(&mut self, seen: &mut Seen, with: impl Fn(&v5::Packet<'_>)) -> Came {
        let end = Instant::now() + PATIENCE;
        loop {
            match decode(self.version, &self.received, seen, &with) {
                Ok(Some((words, len))) => {
                    self.received.drain(..len);
                    seen.bytes += len;
                    return Came::Packet(words);
                }
                Ok(None) => {}
                Err(error) => return Came::Refused(error),
            }
            let Some(rest) = end.checked_duration_since(Instant::now()) else {
                return Came::Nothing;
            };
            let rest = rest.max(std::time::Duration::from_millis(1));
            self.stream
                .set_read_timeout(Some(rest))
                .expect("the time is not 0");
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    assert!(self.received.is_empty(), "the stream ends within a packet");
                    return Came::End;
                }
                Ok(len) => self.received.extend(buffer.iter().take(len)),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Came::End,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Came::Nothing,
            }
        }
    }

    /// The next packet.
    pub(crate) fn read(&mut self, seen: &mut Seen) -> Came {
        self.read_with(seen, |_| ())
    }

    /// The payload of the next packet, a PUBLISH of QoS 1 or 2: its packet identifier.
    pub(crate) fn read_publish(&mut self, seen: &mut Seen) -> u16 {
        let words = self.read(seen).words();
        words
            .strip_prefix("PUBLISH ")
            .and_then(|id| id.parse().ok())
            .unwrap_or_else(|| panic!("a PUBLISH with packet identifier should come: {words}"))
    }
}

/// The packet at the start of `bytes` in words, and its length; `None` if more bytes are needed.
fn decode(
    version: Version,
    bytes: &[u8],
    seen: &mut Seen,
    with: impl Fn(&v5::Packet<'_>),
) -> Result<Option<(String, usize)>, DecodeError> {
    let options = DecodeOptions::new().sender(Side::Server);
    let v3 = match version {
        Version::V3_1 => v3::Version::V3_1,
        Version::V3_1_1 => v3::Version::V3_1_1,
        Version::V5_0 => {
            return Ok(match v5::decode_with(&options, bytes)? {
                Decoded::Packet { packet, len } => {
                    with(&packet);
                    reads_back(&packet);
                    let (codes, session) = codes_of(&packet);
                    Some((
                        words(version, packet.packet_type(), &codes, session, seen),
                        len,
                    ))
                }
                Decoded::Frame(frame) => Some(frame_words(&frame)),
                _ => None,
            });
        }
    };
    Ok(match v3::decode_with(v3, &options, bytes)? {
        Decoded::Packet { packet, len } => {
            let mut again = Vec::new();
            packet
                .encode(v3, &mut again)
                .expect("it can be written back");
            assert_eq!(
                bytes.get(..len),
                Some(again.as_slice()),
                "it is written back"
            );
            let (codes, session) = match packet {
                v3::Packet::Connack(connack) => (
                    vec![connack.return_code().as_u8()],
                    connack.session_present(),
                ),
                v3::Packet::Suback(suback) => (
                    suback
                        .return_codes()
                        .iter()
                        .map(|code| code.as_u8())
                        .collect(),
                    false,
                ),
                _ => (Vec::new(), false),
            };
            Some((
                words(version, packet.packet_type(), &codes, session, seen),
                len,
            ))
        }
        Decoded::Frame(frame) => Some(frame_words(&frame)),
        _ => None,
    })
}

/// What is written for a decoded packet is read as the same packet.
fn reads_back(packet: &v5::Packet<'_>) {
    let mut again = Vec::new();
    packet.encode(&mut again).expect("it can be written back");
    match v5::decode(&again) {
        Ok(Decoded::Packet { packet: back, len }) => {
            assert_eq!(back, *packet);
            assert_eq!(len, again.len());
        }
        other => panic!("{again:02x?} is read as {other:?}"),
    }
}

/// The codes of a packet of 5.0, and Session Present.
fn codes_of(packet: &v5::Packet<'_>) -> (Vec<u8>, bool) {
    let codes = match packet {
        v5::Packet::Connack(connack) => {
            return (vec![connack.reason().as_u8()], connack.session_present());
        }
        v5::Packet::Puback(ack) => vec![ack.reason().as_u8()],
        v5::Packet::Pubrec(ack) => vec![ack.reason().as_u8()],
        v5::Packet::Pubrel(ack) => vec![ack.reason().as_u8()],
        v5::Packet::Pubcomp(ack) => vec![ack.reason().as_u8()],
        v5::Packet::Suback(ack) => ack.reasons().iter().map(|code| code.as_u8()).collect(),
        v5::Packet::Unsuback(ack) => ack.reasons().iter().map(|code| code.as_u8()).collect(),
        v5::Packet::Disconnect(disconnect) => vec![disconnect.reason().as_u8()],
        v5::Packet::Auth(auth) => vec![auth.reason().as_u8()],
    };
    (codes, false)
}

/// `SUBACK 01 87`, and a count for each code.
fn words(
    version: Version,
    packet: PacketType,
    codes: &[u8],
    session_present: bool,
    seen: &mut Seen,
) -> String {
    let mut words = packet.to_string();
    for code in codes {
        words += &format!(" {code:02x}");
        *seen.counts.entry((version, packet, *code)).or_default() += 1;
    }
    if session_present {
        words += " session";
    }
    words
}

/// The type of a packet that is passed through, and its length; the packet identifier of a PUBLISH.
fn frame_words(frame: &mqtt_reason::Frame<'_>) -> (String, usize) {
    let mut words = frame.packet_type().to_string();
    let qos = frame.flags() >> 1 & 0b11;
    if frame.packet_type() == PacketType::Publish
        && qos > 0
        && let [high, low, rest @ ..] = frame.body()
    {
        let topic = usize::from(u16::from_be_bytes([*high, *low]));
        if let Some([high, low, ..]) = rest.get(topic..) {
            words += &format!(" {}", u16::from_be_bytes([*high, *low]));
        }
    }
    (words, frame.bytes().len())
}
