//! A proxy that stands between the probe and a broker and plants one fault.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mqtt_reason::Version;
use mqtt_reason_probe::scenario::{Play, Scenario};
use mqtt_reason_probe::setting::Setting;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Packet types, as they stand in the first byte.
pub(crate) const CONNECT: u8 = 1;
pub(crate) const CONNACK: u8 = 2;
pub(crate) const PUBLISH: u8 = 3;
pub(crate) const PUBACK: u8 = 4;
pub(crate) const PUBREC: u8 = 5;
pub(crate) const PUBREL: u8 = 6;
pub(crate) const PUBCOMP: u8 = 7;
pub(crate) const SUBSCRIBE: u8 = 8;
pub(crate) const SUBACK: u8 = 9;
pub(crate) const UNSUBSCRIBE: u8 = 10;
pub(crate) const UNSUBACK: u8 = 11;
pub(crate) const PINGREQ: u8 = 12;
pub(crate) const PINGRESP: u8 = 13;
pub(crate) const DISCONNECT: u8 = 14;

/// What goes wrong between the broker and its client.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// What the scenario sends after CONNACK does not reach the broker: it goes on as if nothing had come.
    Deaf,
    /// The broker gets a CONNECT without a fault instead of what the scenario sends, and accepts it.
    Trusting,
    /// The client gets this instead of any answer to the first bytes of a connection, or to the first after CONNACK.
    Says(&'static [u8]),
    /// SUBSCRIBE does not reach the broker, and is granted with these codes.
    Grants(&'static [u8]),
    /// Packets of this type do not reach the client.
    Mutes(u8),
    /// The same, on the third and every later connection.
    MutesLater(u8),
    /// Packets of this type come to the client twice.
    Doubles(u8),
    /// The first packet of this type comes after the second.
    Swaps(u8),
    /// Packets of this type that the broker sends are changed.
    Answers(u8, fn(&[u8], Version) -> Vec<u8>),
    /// Packets of this type that the client sends are changed; nothing is sent on if nothing is left.
    Requests(u8, fn(&[u8], Version) -> Vec<u8>),
    /// These bytes become those, of the same length, on the way to the broker, and back on the way to the client.
    Renames(&'static str, &'static str),
    /// UNSUBSCRIBE does not reach the broker, and is acknowledged.
    KeepsSubscriptions,
    /// DISCONNECT does not reach the broker: it sees a connection that is cut.
    CutsOff,
    /// The client is not told the end of a connection: no DISCONNECT comes, it stays open, PINGREQ is answered.
    NeverCloses,
    /// The third PINGREQ ends the connection.
    Impatient,
}

/// A proxy in front of `broker` for one scenario; its address.
pub(crate) async fn start(
    broker: SocketAddr,
    scenario: &Scenario,
    setting: Setting,
    fault: Fault,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let after_connack = !matches!(scenario.play, Play::Before(_) | Play::Connect(_));
    let version = scenario.version;
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let wire = Wire {
                number: count.fetch_add(1, Ordering::Relaxed),
                setting: setting.clone(),
                version,
                after_connack,
                fault,
                accepted: false,
                cut: false,
                pings: 0,
                held: None,
                swapped: false,
            };
            tokio::spawn(wire.relay(client, broker));
        }
    });
    address
}

/// One connection through the proxy.
struct Wire {
    number: usize,
    setting: Setting,
    version: Version,
    /// Whether what the scenario is about comes after CONNACK.
    after_connack: bool,
    fault: Fault,
    accepted: bool,
    cut: bool,
    pings: usize,
    held: Option<Vec<u8>>,
    swapped: bool,
}

/// What is to be written to both sides.
#[derive(Default)]
struct Out {
    client: Vec<u8>,
    broker: Vec<u8>,
}

impl Wire {
    async fn relay(mut self, client: TcpStream, broker: SocketAddr) -> Option<()> {
        let broker = TcpStream::connect(broker).await.ok()?;
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_broker, mut to_broker) = broker.into_split();
        let (mut unread_client, mut unread_broker) = (Vec::new(), Vec::new());
        let mut broker_open = true;
        loop {
            let mut out = Out::default();
            tokio::select! {
                read = from_client.read_buf(&mut unread_client) => {
                    if matches!(read, Err(_) | Ok(0)) {
                        return None;
                    }
                    for packet in packets(&mut unread_client) {
                        self.of_client(&packet, broker_open, &mut out);
                    }
                }
                read = from_broker.read_buf(&mut unread_broker), if broker_open => {
                    if matches!(read, Err(_) | Ok(0)) {
                        if !matches!(self.fault, Fault::NeverCloses) {
                            return None;
                        }
                        broker_open = false;
                    }
                    for packet in packets(&mut unread_broker) {
                        self.of_broker(&packet, &mut out);
                    }
                }
            }
            to_client.write_all(&out.client).await.ok()?;
            if broker_open {
                to_broker.write_all(&out.broker).await.ok()?;
            }
            if self.cut {
                return None;
            }
        }
    }

    /// Whether these bytes are those that the scenario is about.
    fn is_stimulus(&self, packet: &[u8]) -> bool {
        let proof = matches!(packet, [0xC0, 0] | [0x82, _, 0x7F, 0xFE, ..]);
        match self.after_connack {
            true => self.accepted && !proof,
            false => !self.accepted,
        }
    }

    fn of_client(&mut self, packet: &[u8], broker_open: bool, out: &mut Out) {
        let kind = packet.first().copied().unwrap_or_default() >> 4;
        match self.fault {
            Fault::Deaf if self.is_stimulus(packet) => {}
            Fault::Trusting if self.is_stimulus(packet) => {
                self.accepted = true;
                out.broker.extend(self.setting.connect().draft().bytes);
            }
            Fault::Says(bytes) if self.is_stimulus(packet) => out.client.extend_from_slice(bytes),
            Fault::Grants(codes)
                if kind == SUBSCRIBE && !matches!(packet, [_, _, 0x7F, 0xFE, ..]) =>
            {
                let [high, low] = packet_id(packet);
                let mut body = vec![high, low];
                if self.version == Version::V5_0 {
                    body.push(0);
                }
                body.extend_from_slice(codes);
                out.client.extend(framed(0x90, &body));
            }
            Fault::KeepsSubscriptions if kind == UNSUBSCRIBE => {
                let [high, low] = packet_id(packet);
                let body: &[u8] = match self.version {
                    Version::V5_0 => &[high, low, 0, 0],
                    _ => &[high, low],
                };
                out.client.extend(framed(0xB0, body));
            }
            Fault::CutsOff if kind == DISCONNECT => self.cut = true,
            Fault::Impatient if kind == PINGREQ && self.pings == 2 => self.cut = true,
            Fault::NeverCloses if kind == PINGREQ && !broker_open => out.client.extend([0xD0, 0]),
            Fault::Requests(wanted, change) if kind == wanted => {
                out.broker.extend(change(packet, self.version));
            }
            Fault::Renames(from, to) => out.broker.extend(renamed(packet, from, to)),
            _ => out.broker.extend_from_slice(packet),
        }
        self.pings += usize::from(kind == PINGREQ);
    }

    fn of_broker(&mut self, packet: &[u8], out: &mut Out) {
        let kind = packet.first().copied().unwrap_or_default() >> 4;
        let was_accepted = self.accepted;
        self.accepted |= matches!(packet, [0x20, _, _, 0, ..]);
        match self.fault {
            Fault::Mutes(wanted) if kind == wanted => {}
            Fault::MutesLater(wanted) if kind == wanted && self.number > 1 => {}
            Fault::NeverCloses if kind == DISCONNECT => {}
            Fault::Says(_) if !self.after_connack && !was_accepted => {}
            Fault::Doubles(wanted) if kind == wanted => {
                out.client.extend([packet, packet].concat())
            }
            Fault::Swaps(wanted) if kind == wanted && !self.swapped => match self.held.take() {
                None => self.held = Some(packet.to_vec()),
                Some(first) => {
                    self.swapped = true;
                    out.client.extend([packet, &first].concat());
                }
            },
            Fault::Answers(wanted, change) if kind == wanted => {
                out.client.extend(change(packet, self.version));
            }
            Fault::Renames(from, to) => out.client.extend(renamed(packet, to, from)),
            _ => out.client.extend_from_slice(packet),
        }
    }
}

/// Takes the whole packets out of what was read; bytes whose length cannot be read are one packet.
fn packets(unread: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while unread.len() > 1 {
        let len = match head_and_length(unread) {
            Length::Known(head, length) => head + length,
            Length::Unknown => break,
            Length::None => unread.len(),
        };
        if len > unread.len() {
            break;
        }
        packets.push(unread.drain(..len).collect());
    }
    packets
}

enum Length {
    /// Bytes of the fixed header, and the Remaining Length.
    Known(usize, usize),
    /// More bytes are needed.
    Unknown,
    /// It has more than four bytes.
    None,
}

fn head_and_length(packet: &[u8]) -> Length {
    let mut length = 0;
    for (index, byte) in packet.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Length::Known(index + 2, length);
        }
    }
    match packet.len() > 4 {
        true => Length::None,
        false => Length::Unknown,
    }
}

/// What follows the fixed header.
pub(crate) fn body(packet: &[u8]) -> &[u8] {
    match head_and_length(packet) {
        Length::Known(head, _) => packet.get(head..).unwrap_or_default(),
        _ => &[],
    }
}

/// A packet of this first byte and body.
pub(crate) fn framed(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    packet.extend(mqtt_reason_probe::draft::variable_byte_integer(body.len()));
    packet.extend_from_slice(body);
    packet
}

fn packet_id(packet: &[u8]) -> [u8; 2] {
    match body(packet) {
        [high, low, ..] => [*high, *low],
        _ => [0, 1],
    }
}

fn renamed(packet: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut packet = packet.to_vec();
    let at = packet
        .windows(from.len())
        .position(|part| part == from.as_bytes());
    if let Some(part) = at.and_then(|at| packet.get_mut(at..at + to.len())) {
        part.copy_from_slice(to.as_bytes());
    }
    packet
}
