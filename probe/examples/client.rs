//! A client with faults on order: shows that every scenario of `probe client` can be passed, and can be failed.
//!
//! ```sh
//! mqtt-reason probe client --listen 127.0.0.1:0 -- \
//!     target/debug/examples/client {host} {port} {id} {action} {topic} {qos} careful count={count}
//! ```
//!
//! * `careful` does what the specification demands of a Client, and tells what it is told;
//! * `deaf` takes everything for a success and never says a word;
//! * `touchy` answers everything after CONNACK with DISCONNECT 0x82, but for a PUBREC without 0x10 and Reason String, and a
//!   CONNACK with User Properties, too;
//! * `greedy` does not care for the limits of CONNACK, nor waits for it once it has answered AUTH.
//!
//! Further words: `3.1.1` speaks that version, `auth` names an Authentication Method and sets limits for the server,
//! `count=N` publishes that many messages, `user=NAME` and `password=TEXT` are for CONNECT.

use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use mqtt_reason::conversation::{Conversation, Event, Kind, Settings, Streams};
use mqtt_reason::v5::Property;
use mqtt_reason::view::{Connect, Publish, Subscribe, Subscription, Subscriptions, View};
use mqtt_reason::{Packet, PacketId, PacketType, QoS, ReasonCode, Side, Version, v3};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// It ends by itself after this time.
const LIFE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Careful,
    Deaf,
    Touchy,
    Greedy,
}

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [host, port, id, action, topic, qos, options @ ..] = arguments.as_slice() else {
        return Err("HOST PORT CLIENT_ID ACTION TOPIC QOS MODE [WORD]...".into());
    };
    let has = |option: &str| options.iter().any(|given| given == option);
    let value = |name: &str| options.iter().find_map(|given| given.strip_prefix(name));
    let count: u16 = value("count=").unwrap_or("1").parse()?;
    let mut client = Client {
        mode: match () {
            () if has("deaf") => Mode::Deaf,
            () if has("touchy") => Mode::Touchy,
            () if has("greedy") => Mode::Greedy,
            () => Mode::Careful,
        },
        version: if has("3.1.1") {
            Version::V3_1_1
        } else {
            Version::V5_0
        },
        method: has("auth").then_some("X"),
        action: action.clone(),
        topic: topic.clone(),
        qos: QoS::from_u8(qos.parse()?).ok_or("QOS is 0, 1 or 2")?,
        stream: TcpStream::connect((host.as_str(), port.parse()?))?,
        streams: Streams::new(Conversation::new(Settings::new())),
        start: Instant::now(),
        limits: Limits::default(),
        accepted: false,
        received: BTreeMap::new(),
        unsent: (2..2 + count).collect(),
        unacknowledged: 0,
    };
    let mut connect = Connect::new(client.version, id).with_keep_alive(60);
    if let Some(user) = value("user=") {
        connect = connect.with_user_name(user);
    }
    if let Some(password) = value("password=") {
        connect = connect.with_password(password.as_bytes());
    }
    client.run(connect)
}

/// What CONNACK allows.
struct Limits {
    maximum_qos: QoS,
    maximum_packet_size: usize,
    keep_alive: Duration,
    receive_maximum: usize,
    retain_available: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            maximum_qos: QoS::ExactlyOnce,
            maximum_packet_size: usize::MAX,
            keep_alive: Duration::from_secs(60),
            receive_maximum: usize::MAX,
            retain_available: true,
        }
    }
}

struct Client {
    mode: Mode,
    version: Version,
    method: Option<&'static str>,
    action: String,
    topic: String,
    qos: QoS,
    stream: TcpStream,
    streams: Streams,
    start: Instant,
    limits: Limits,
    accepted: bool,
    /// QoS 2 messages that wait for PUBREL.
    received: BTreeMap<u16, ()>,
    /// Identifiers of messages that are to be published.
    unsent: VecDeque<u16>,
    /// How many messages wait for their acknowledgement.
    unacknowledged: usize,
}

/// What one read brought, to be acted upon.
enum Act {
    Packet(PacketType, u16, Vec<u8>),
    Publish(QoS, u16),
    Connack {
        accepted: bool,
        /// It has User Properties.
        is_rich: bool,
    },
    Auth,
    /// The server broke a rule: the code to say so with.
    Breach(u8),
}

impl Client {
    fn run(&mut self, connect: Connect<'_>) -> Result<()> {
        let mut bytes = Vec::new();
        if let Some(method) = self.method {
            let properties = [
                Property::AuthenticationMethod(method),
                Property::TopicAliasMaximum(2),
                Property::ReceiveMaximum(4.try_into()?),
                Property::MaximumPacketSize(10_000.try_into()?),
            ];
            connect.with_properties(properties).encode(&mut bytes)?;
        } else {
            connect.encode(&mut bytes)?;
        }
        self.send(&bytes)?;
        let mut last_sent = Instant::now();
        self.stream
            .set_read_timeout(Some(Duration::from_millis(50)))?;
        let mut buffer = [0; 4096];
        while self.start.elapsed() < LIFE {
            if self.mode == Mode::Careful
                && last_sent.elapsed() > self.limits.keep_alive / 2
                && self.accepted
            {
                self.send(&[0xC0, 0])?;
                last_sent = Instant::now();
            }
            let count = match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.tell("closed by the server");
                    return Ok(());
                }
                // Deaf to what comes in small pieces, too.
                Ok(0..4) if self.mode == Mode::Deaf => continue,
                Ok(count) => count,
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            for act in self.read(buffer.get(..count).unwrap_or_default()) {
                if !self.act(act)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn tell(&self, text: &str) {
        if self.mode == Mode::Careful {
            println!("{text}");
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes)?;
        let time = self.start.elapsed();
        self.streams
            .receive(Side::Client, time, 0, bytes, &mut |_: Event<'_>| ());
        Ok(())
    }

    /// What the bytes of the server say.
    fn read(&mut self, bytes: &[u8]) -> Vec<Act> {
        let mut acts = Vec::new();
        let mut told = Vec::new();
        let mut limits = None;
        let time = self.start.elapsed();
        self.streams.receive(
            Side::Server,
            time,
            0,
            bytes,
            &mut |event: Event<'_>| match event {
                Event::Packet(_, packet) => {
                    told.push(words(&packet));
                    acts.push(Self::of_packet(&packet, &mut limits));
                }
                Event::View(_, View::Publish(publish)) => {
                    acts.push(Act::Publish(
                        publish.qos(),
                        publish.packet_id().map_or(0, u16::from),
                    ));
                }
                Event::View(_, _) => {}
                Event::Error(_, error, _) => {
                    told.push(error.to_string());
                    acts.push(Act::Breach(
                        error.answer().map_or(0x82, |reason| reason.as_u8()),
                    ));
                }
                // A repeated PUBLISH, against [MQTT-4.4.0-1], is acknowledged again, [MQTT-4.3.3-10].
                Event::Finding(finding)
                    if finding.by() == Side::Server
                        && finding.kind() == Kind::Violation
                        && finding.rule() != "MQTT-4.4.0-1" =>
                {
                    told.push(finding.to_string());
                    acts.push(Act::Breach(finding.answer().unwrap_or(0x82)));
                }
                Event::Finding(_) | Event::TooLarge(..) => {}
                _ => {}
            },
        );
        if let Some(limits) = limits {
            self.limits = limits;
        }
        for text in told {
            self.tell(&text);
        }
        // What breaks a rule is not acted upon otherwise.
        match acts.iter().position(|act| matches!(act, Act::Breach(_))) {
            Some(breach) if self.mode == Mode::Careful => vec![acts.swap_remove(breach)],
            _ => acts,
        }
    }

    fn of_packet(packet: &Packet<'_>, limits: &mut Option<Limits>) -> Act {
        match packet.packet_type() {
            PacketType::Connack => {
                let properties = packet.properties();
                *limits = Some(Limits {
                    maximum_qos: properties.maximum_qos().unwrap_or(QoS::ExactlyOnce),
                    maximum_packet_size: properties
                        .maximum_packet_size()
                        .and_then(|size| usize::try_from(size).ok())
                        .unwrap_or(usize::MAX),
                    keep_alive: Duration::from_secs(u64::from(
                        properties.server_keep_alive().unwrap_or(60),
                    )),
                    receive_maximum: properties.receive_maximum().map_or(usize::MAX, usize::from),
                    retain_available: properties.retain_available().unwrap_or(true),
                });
                Act::Connack {
                    accepted: !packet.is_error(),
                    is_rich: properties.user_properties().count() > 1,
                }
            }
            PacketType::Auth => Act::Auth,
            other => {
                let mut codes: Vec<_> = packet.reason_codes().map(ReasonCode::as_u8).collect();
                if packet.properties().reason_string().is_some() {
                    // Touchy minds it in a PUBREC, as it minds 0x10.
                    codes.push(0x10);
                }
                Act::Packet(other, packet.packet_id().map_or(0, u16::from), codes)
            }
        }
    }

    /// Does what is due; whether to go on.
    fn act(&mut self, act: Act) -> Result<bool> {
        let goes_on =
            matches!(&act, Act::Packet(PacketType::Pubrec, _, codes) if !codes.contains(&0x10));
        let is_rich = matches!(act, Act::Connack { is_rich: true, .. });
        if self.mode == Mode::Touchy && (self.accepted && !goes_on || is_rich) {
            self.send(&[0xE0, 1, 0x82])?;
            return Ok(false);
        }
        let deaf = self.mode == Mode::Deaf;
        match act {
            Act::Connack { accepted, .. } if accepted || deaf => {
                self.accepted = true;
                self.begin()?;
            }
            Act::Connack { .. } => return Ok(false),
            Act::Breach(_) if deaf => {}
            Act::Breach(code) => {
                if self.version == Version::V5_0 {
                    self.send(&[0xE0, 1, code])?;
                }
                return Ok(false);
            }
            Act::Auth if deaf => {}
            // It never starts a re-authentication: there is nothing that this could answer, §4.12.1.
            Act::Auth if self.accepted => {
                self.send(&[0xE0, 1, 0x82])?;
                return Ok(false);
            }
            Act::Auth => {
                self.send(b"\xF0\x06\x18\x04\x15\0\x01X")?;
                if self.mode == Mode::Greedy {
                    self.begin()?;
                }
            }
            Act::Publish(..) if deaf => {}
            Act::Publish(QoS::AtMostOnce, _) => {}
            Act::Publish(QoS::AtLeastOnce, id) => self.acknowledge(0x40, id, 0)?,
            Act::Publish(QoS::ExactlyOnce, id) => {
                self.received.insert(id, ());
                self.acknowledge(0x50, id, 0)?;
            }
            Act::Packet(PacketType::Pubrec, id, codes) => {
                let refused = codes.iter().any(|code| *code >= 0x80);
                // The identifier of the one message that this client sends is 2.
                let code = if id == 2 { 0 } else { 0x92 };
                if deaf || !refused {
                    self.acknowledge(0x62, id, if deaf { 0 } else { code })?;
                }
            }
            Act::Packet(PacketType::Pubrel, _, _) if deaf => {}
            Act::Packet(PacketType::Pubrel, id, _) => {
                let known = self.received.remove(&id).is_some();
                self.acknowledge(0x70, id, if known { 0 } else { 0x92 })?;
            }
            Act::Packet(PacketType::Disconnect, _, _) => return Ok(deaf),
            Act::Packet(PacketType::Puback | PacketType::Pubcomp, _, _) => {
                self.unacknowledged = self.unacknowledged.saturating_sub(1);
                self.publish()?;
            }
            Act::Packet(..) => {}
        }
        Ok(true)
    }

    /// A packet with an identifier, and with a code where the version has one.
    fn acknowledge(&mut self, first: u8, id: u16, code: u8) -> Result<()> {
        let [high, low] = id.to_be_bytes();
        if code == 0 || self.version != Version::V5_0 {
            self.send(&[first, 2, high, low])
        } else {
            self.send(&[first, 3, high, low, code])
        }
    }

    /// What the action asks for, within the limits.
    fn begin(&mut self) -> Result<()> {
        match self.action.as_str() {
            "subscribe" => {
                let mut bytes = Vec::new();
                let topic = self.topic.clone();
                let id = PacketId::new(1).ok_or("0")?;
                let subscriptions = [Subscription::new(&topic, self.qos)];
                let subscriptions = Subscriptions::new(&subscriptions).ok_or("none")?;
                View::Subscribe(Subscribe::new(id, subscriptions))
                    .encode(self.version, &mut bytes)?;
                self.send_within_limits(&bytes)
            }
            "publish" => self.publish(),
            _ => Ok(()),
        }
    }

    /// Whether it asks what the server allows.
    fn is_modest(&self) -> bool {
        !matches!(self.mode, Mode::Deaf | Mode::Greedy)
    }

    /// Publishes what is to be published, as far as the server takes it now.
    fn publish(&mut self) -> Result<()> {
        let topic = self.topic.clone();
        while !self.is_modest() || self.unacknowledged < self.limits.receive_maximum {
            let Some(id) = self.unsent.pop_front().and_then(PacketId::new) else {
                break;
            };
            let qos = if self.is_modest() {
                self.qos.min(self.limits.maximum_qos)
            } else {
                self.qos
            };
            let publish = match qos {
                QoS::AtMostOnce => Publish::new(&topic, b"hello"),
                QoS::AtLeastOnce => Publish::at_least_once(&topic, id, b"hello"),
                QoS::ExactlyOnce => Publish::exactly_once(&topic, id, b"hello"),
            };
            let retain = self.limits.retain_available || !self.is_modest();
            let publish = publish.with_retain(retain);
            let mut bytes = Vec::new();
            if self.mode == Mode::Greedy && self.version == Version::V5_0 {
                let alias = Property::TopicAlias(1.try_into()?);
                publish
                    .with_properties([alias])
                    .encode(self.version, &mut bytes)?;
            } else {
                View::Publish(publish).encode(self.version, &mut bytes)?;
            }
            if qos != QoS::AtMostOnce {
                self.unacknowledged += 1;
            }
            self.send_within_limits(&bytes)?;
        }
        Ok(())
    }

    fn send_within_limits(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() <= self.limits.maximum_packet_size || !self.is_modest() {
            self.send(bytes)?;
        }
        Ok(())
    }
}

/// The packet as the user of a good library learns of it.
fn words(packet: &Packet<'_>) -> String {
    let mut text = packet.packet_type().to_string();
    if let Packet::V3(_, v3::Packet::Connack(connack)) = packet {
        text.push_str(&format!(" return code {}", connack.return_code().as_u8()));
    }
    for code in packet.reason_codes() {
        text.push_str(&format!(" {:#04x} ({})", code.as_u8(), code.as_u8()));
    }
    let properties = packet.properties();
    let texts = [properties.reason_string(), properties.server_reference()];
    for text_of in texts.into_iter().flatten() {
        text.push_str(&format!(" {text_of:?}"));
    }
    text
}
