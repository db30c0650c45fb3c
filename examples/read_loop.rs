//! A blocking read loop with a parser of its own for CONNECT and PUBLISH, and this crate for all that carries a reason.
//!
//! Nothing but the standard library and `mqtt_reason`: no runtime, no `bytes`. Speaks MQTT 5.0, 3.1.1 and 3.1.
//!
//! ```console
//! $ cargo run --example read_loop -- 127.0.0.1:1883
//! $ mosquitto_pub -V 5 -i me -q 1 -t hello -m world
//! $ mosquitto_pub -V 5 -i me -q 1 -t secret/plan -m x
//! Warning: Publish 1 failed: Not authorized.
//! topics below secret/ are reserved
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use mqtt_reason::v5::{self, Connack, ConnackReason, Disconnect, DisconnectReason};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Encode, EncodeOptions, Frame, PacketId, PacketType, Side,
    Version, v3,
};

/// The largest packet taken from anybody, in bytes: all the memory a connection needs.
const MAX_PACKET_SIZE: u32 = 64 * 1024;

/// How a connection ended.
#[derive(Debug, PartialEq)]
pub(crate) enum End {
    /// The client said DISCONNECT, or closed between two packets.
    Closed,
    /// The client closed inside a packet.
    ClosedInPacket,
    /// The client sent something wrong and was told so, where its version has a packet for that.
    Refused(String),
}

fn main() -> io::Result<()> {
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:1883"))?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        stream.set_read_timeout(Some(Duration::from_secs(90)))?;
        thread::spawn(move || println!("connection ended: {:?}", serve(stream)));
    }
    Ok(())
}

/// Serves one connection to its end.
pub(crate) fn serve<S: Read + Write>(mut stream: S) -> io::Result<End> {
    let options = DecodeOptions::new()
        .sender(Side::Client)
        .max_packet_size(MAX_PACKET_SIZE);
    let mut peer = Peer::default();
    // What was read and not yet decoded. It grows with what arrives, not with what a packet claims to be.
    let mut buffer: Vec<u8> = Vec::new();
    let mut reply = Vec::new();
    loop {
        // Decode all that is there, then remove it at once.
        let mut decoded = 0;
        let end = loop {
            let rest = buffer.get(decoded..).unwrap_or_default();
            match peer.next(&options, rest, &mut reply) {
                Next::Decoded(len) => decoded += len,
                Next::NeedsMore => break None,
                Next::End(end) => break Some(end),
            }
        };
        buffer.drain(..decoded);
        stream.write_all(&reply)?;
        reply.clear();
        if let Some(end) = end {
            return Ok(end);
        }

        let mut chunk = [0; 4096];
        let count = match stream.read(&mut chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result?,
        };
        if count == 0 {
            return Ok(match buffer.is_empty() {
                true => End::Closed,
                false => End::ClosedInPacket,
            });
        }
        buffer.extend(chunk.iter().take(count));
    }
}

/// What the bytes at hand gave.
enum Next {
    Decoded(usize),
    NeedsMore,
    End(End),
}

/// What is known of the client.
#[derive(Default)]
struct Peer {
    /// `None` until CONNECT.
    version: Option<Version>,
}

impl Peer {
    /// Takes one packet from the start of `i` and writes what to answer into `reply`.
    fn next(&mut self, options: &DecodeOptions, i: &[u8], reply: &mut Vec<u8>) -> Next {
        let result = match self.version {
            Some(Version::V5_0) => self.next_v5(options, i, reply),
            Some(Version::V3_1_1) => next_v3(v3::Version::V3_1_1, options, i, reply),
            Some(Version::V3_1) => next_v3(v3::Version::V3_1, options, i, reply),
            None => self.connect(options, i, reply),
        };
        result.unwrap_or_else(|error| {
            // Only 5.0 has a packet that says why; before CONNACK it would be a CONNACK.
            if let Some(reason) = error.answer() {
                disconnect(reason, &error.to_string(), reply);
            }
            Next::End(End::Refused(error.to_string()))
        })
    }

    /// The first packet: CONNECT or nothing, [MQTT-3.1.0-1].
    fn connect(
        &mut self,
        options: &DecodeOptions,
        i: &[u8],
        reply: &mut Vec<u8>,
    ) -> Result<Next, DecodeError> {
        // The fixed header is the same in all versions.
        let frame = match v3::decode_with(v3::Version::V3_1_1, options, i)? {
            Decoded::Frame(frame) => frame,
            Decoded::Incomplete { .. } => return Ok(Next::NeedsMore),
            Decoded::Packet { packet, .. } => {
                let early = format!("{} before CONNECT", packet.packet_type());
                return Ok(Next::End(End::Refused(early)));
            }
        };
        let Some(version) = frame.connect_version() else {
            let unknown = format!("{} of no known version", frame.packet_type());
            return Ok(Next::End(End::Refused(unknown)));
        };
        // This broker lets everybody in who has a name.
        let code = match client_id(&frame, version) {
            None => ConnackReason::MalformedPacket,
            Some("") => ConnackReason::ClientIdentifierNotValid,
            Some(_) => ConnackReason::Success,
        };
        match version {
            Version::V5_0 => write(&Connack::refused(code), reply),
            Version::V3_1_1 | Version::V3_1 => {
                if let Some(code) = mqtt_reason::mapping::connack_to_v3(code) {
                    let connack = v3::Packet::Connack(v3::Connack::refused(code));
                    write_v3(v3::Version::V3_1_1, &connack, reply);
                }
            }
        }
        if code.is_error() {
            return Ok(Next::End(End::Refused(format!("CONNECT: {code}"))));
        }
        self.version = Some(version);
        Ok(Next::Decoded(frame.bytes().len()))
    }

    fn next_v5(
        &self,
        options: &DecodeOptions,
        i: &[u8],
        reply: &mut Vec<u8>,
    ) -> Result<Next, DecodeError> {
        Ok(match v5::decode_with(options, i)? {
            Decoded::Incomplete { .. } => Next::NeedsMore,
            Decoded::Packet { packet, len } => {
                match packet {
                    v5::Packet::Disconnect(_) => return Ok(Next::End(End::Closed)),
                    v5::Packet::Pubrel(pubrel) => {
                        write(&v5::Pubcomp::success(pubrel.packet_id()), reply);
                    }
                    other => println!("received {other:?}"),
                }
                Next::Decoded(len)
            }
            Decoded::Frame(frame) => match frame.packet_type() {
                PacketType::Pingreq => {
                    reply.extend([0xD0, 0x00]);
                    Next::Decoded(frame.bytes().len())
                }
                PacketType::Publish => {
                    let Some(publish) = Publish::parse(&frame) else {
                        disconnect(DisconnectReason::MalformedPacket, "bad PUBLISH", reply);
                        return Ok(Next::End(End::Refused("bad PUBLISH".to_owned())));
                    };
                    publish.acknowledge_v5(reply);
                    Next::Decoded(frame.bytes().len())
                }
                other => {
                    let text = format!("{other} is not for this example");
                    disconnect(DisconnectReason::ImplementationSpecificError, &text, reply);
                    Next::End(End::Refused(text))
                }
            },
        })
    }
}

/// 3.1.1 and 3.1: the same without reasons.
fn next_v3(
    version: v3::Version,
    options: &DecodeOptions,
    i: &[u8],
    reply: &mut Vec<u8>,
) -> Result<Next, DecodeError> {
    Ok(match v3::decode_with(version, options, i)? {
        Decoded::Incomplete { .. } => Next::NeedsMore,
        Decoded::Packet { packet, len } => {
            match packet {
                v3::Packet::Disconnect => return Ok(Next::End(End::Closed)),
                v3::Packet::Pubrel(id) => write_v3(version, &v3::Packet::Pubcomp(id), reply),
                other => println!("received {other:?}"),
            }
            Next::Decoded(len)
        }
        Decoded::Frame(frame) => match (frame.packet_type(), Publish::parse(&frame)) {
            (PacketType::Pingreq, _) => {
                reply.extend([0xD0, 0x00]);
                Next::Decoded(frame.bytes().len())
            }
            (PacketType::Publish, Some(publish)) => {
                // There is no refusal: the message is acknowledged and dropped, 3.1.1 [MQTT-3.3.5-2].
                match publish.needs {
                    Some(Needs::Puback(id)) => write_v3(version, &v3::Packet::Puback(id), reply),
                    Some(Needs::Pubrec(id)) => write_v3(version, &v3::Packet::Pubrec(id), reply),
                    None => {}
                }
                Next::Decoded(frame.bytes().len())
            }
            (other, _) => Next::End(End::Refused(format!("{other} is not for this example"))),
        },
    })
}

/// Which acknowledgement a PUBLISH asks for, by its QoS.
enum Needs {
    Puback(PacketId),
    Pubrec(PacketId),
}

/// The part of a PUBLISH that this broker looks at, MQTT 5.0 §3.3.
struct Publish<'a> {
    topic: &'a str,
    needs: Option<Needs>,
}

impl<'a> Publish<'a> {
    /// The broker's own parser: `None` is malformed.
    fn parse(frame: &Frame<'a>) -> Option<Self> {
        let (topic, rest) = prefixed(frame.body())?;
        let topic = std::str::from_utf8(topic).ok()?;
        let id = || {
            let id = u16::from_be_bytes(*rest.first_chunk()?);
            PacketId::new(id)
        };
        let needs = match (frame.flags() >> 1) & 0b11 {
            0 => None,
            1 => Some(Needs::Puback(id()?)),
            2 => Some(Needs::Pubrec(id()?)),
            _ => return None,
        };
        Some(Self { topic, needs })
    }

    /// PUBACK or PUBREC: 0x87 with a Reason String for `secret/…`, Success for the rest.
    fn acknowledge_v5(&self, reply: &mut Vec<u8>) {
        let text = "topics below secret/ are reserved";
        let secret = self.topic.starts_with("secret/");
        match self.needs {
            Some(Needs::Puback(id)) if secret => write(
                &v5::Puback::new(id, v5::PubackReason::NotAuthorized).with_reason_string(text),
                reply,
            ),
            Some(Needs::Pubrec(id)) if secret => write(
                &v5::Pubrec::new(id, v5::PubrecReason::NotAuthorized).with_reason_string(text),
                reply,
            ),
            Some(Needs::Puback(id)) => write(&v5::Puback::success(id), reply),
            Some(Needs::Pubrec(id)) => write(&v5::Pubrec::success(id), reply),
            None => {}
        }
    }
}

/// The Client Identifier of a CONNECT, §3.1.3.1; `None` if the CONNECT is malformed before it.
fn client_id<'a>(connect: &Frame<'a>, version: Version) -> Option<&'a str> {
    let (_name, rest) = prefixed(connect.body())?;
    // Level, flags, Keep Alive.
    let rest = rest.get(4..)?;
    let payload = match (version, rest) {
        (Version::V3_1 | Version::V3_1_1, payload) => payload,
        // The properties of a small client are shorter than 128 bytes.
        (Version::V5_0, [length @ 0..=0x7F, rest @ ..]) => rest.get(usize::from(*length)..)?,
        (Version::V5_0, _) => return None,
    };
    std::str::from_utf8(prefixed(payload)?.0).ok()
}

/// A Two Byte Integer and as many bytes, and what follows them, §1.5.4.
fn prefixed(i: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = i.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

fn disconnect(reason: DisconnectReason, text: &str, reply: &mut Vec<u8>) {
    write(&Disconnect::new(reason).with_reason_string(text), reply);
}

/// Writes a packet of 5.0; what a server must not send would be a bug of this example.
fn write(packet: &impl Encode, reply: &mut Vec<u8>) {
    let options = EncodeOptions::new().sender(Side::Server);
    if let Err(error) = packet.encode_with(&options, reply) {
        eprintln!("not sent: {error}");
    }
}

fn write_v3(version: v3::Version, packet: &v3::Packet<'_>, reply: &mut Vec<u8>) {
    let options = EncodeOptions::new().sender(Side::Server);
    if let Err(error) = packet.encode_with(version, &options, reply) {
        eprintln!("not sent: {error}");
    }
}
