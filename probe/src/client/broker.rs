//! The broker's part: a broker without fault up to the packet that the scenario waits for, then what the scenario sends.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, PacketType, QoS, Side, Version, decode_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use super::learned::{Learned, Shows};
use super::scenarios::{Demand, Limit, Scenario, Trigger};
use crate::refuse::{Rules, Session, Step, variable_byte_integer};

/// How long a client is watched after the scenario's last byte.
pub(super) const WATCH: Duration = Duration::from_secs(2);

/// How long there is between the pieces of a packet that is sent in pieces.
const PAUSE: Duration = Duration::from_millis(20);

/// How long CONNACK is held back to see whether a client waits for it.
const PATIENCE: Duration = Duration::from_millis(300);

/// The largest packet that is taken from a client.
const MAX_PACKET_SIZE: usize = 16 * 1024 * 1024;

/// What a client's CONNECT showed.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) version: Version,
    pub(super) clean_start: bool,
    pub(super) method: Option<String>,
    pub(super) topic_alias_maximum: u16,
    pub(super) receive_maximum: Option<u16>,
    pub(super) maximum_packet_size: Option<u32>,
    pub(super) user_name: Option<String>,
    pub(super) password: Option<Vec<u8>>,
}

/// How a connection ended, as far as it did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Open,
    Closed,
    Reset,
}

/// Bytes that passed on the connection.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    /// Since the start of the scenario.
    pub(super) at: Duration,
    pub(super) by: Side,
    /// One packet, or bytes that are none.
    pub(super) bytes: Vec<u8>,
}

/// What happened on one connection.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) shown: Option<Shown>,
    /// The scenario's bytes and when they were sent, if the packet came that they answer.
    pub(super) sent: Option<(Vec<u8>, Duration)>,
    /// Everything that passed; what follows the scenario's bytes starts at `after`.
    pub(super) passed: Vec<Passed>,
    pub(super) after: usize,
    /// Whether the client sent requests before it could have read CONNACK.
    pub(super) hasty: bool,
    pub(super) end: End,
    /// When it ended.
    pub(super) ended: Duration,
}

/// What the connections of one scenario share: only one of them is sent the scenario's bytes.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) scenario: &'static Scenario,
    pub(super) start: Instant,
    /// When the scenario's bytes were sent.
    pub(super) sent: Mutex<Option<Instant>>,
    /// How long the client is watched after them.
    pub(super) watch: Duration,
    /// Until when CONNECT is waited for.
    pub(super) deadline: Instant,
    /// When the first CONNECT was answered.
    pub(super) connected: Mutex<Option<Instant>>,
    /// What the client has shown in any run.
    pub(super) learned: Arc<Learned>,
    pub(super) credentials: Arc<Credentials>,
}

/// What the CONNECT of the client should have, and what it is told in AUTH.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) auth_data: Option<Vec<u8>>,
}

impl Credentials {
    /// Whether the CONNECT has the User Name and the Password that it should have.
    pub(super) fn are_in(&self, shown: &Shown) -> bool {
        self.user.as_deref() == shown.user_name.as_deref()
            && self.password.as_deref().map(str::as_bytes) == shown.password.as_deref()
    }
}

impl Shared {
    fn sent(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.sent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Whether the scenario's bytes were sent.
    pub(super) fn is_watched(&self) -> bool {
        self.sent().is_some()
    }

    /// When to stop watching.
    pub(super) fn until(&self) -> Instant {
        if let Some(sent) = *self.sent() {
            // Whoever is only looked at has been seen.
            let seen = self.scenario.sends.is_empty() && self.learned.is_complete();
            return if seen { sent } else { sent + self.watch };
        }
        let connected = *self.connected();
        match connected {
            Some(connected) if self.learned.has(self.scenario.after.shows()) => {
                connected + super::TRIGGER_LIMIT
            }
            Some(connected) => connected + super::UNSEEN_LIMIT,
            None => self.deadline,
        }
    }

    fn connected(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.connected
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Serves one connection until it ends, or until the scenario is over.
pub(super) async fn play(stream: TcpStream, begun: BytesMut, shared: &Shared) -> Played {
    let rules = Rules::default();
    let mut connection = Connection {
        stream,
        buffer: begun,
        session: Session::new(&rules),
        shared,
        muted: false,

        played: Played {
            shown: None,
            sent: None,
            passed: Vec::new(),
            after: 0,
            hasty: false,
            end: End::Open,
            ended: Duration::ZERO,
        },
    };
    let end = match connection.run().await {
        Ok(end) => end,
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => End::Reset,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => End::Closed,
        Err(_) => End::Reset,
    };
    let mut played = connection.played;
    played.end = end;
    played.ended = shared.start.elapsed();
    played
}

struct Connection<'c> {
    stream: TcpStream,
    buffer: BytesMut,
    session: Session<'c>,
    shared: &'c Shared,
    /// Nothing more is sent.
    muted: bool,

    played: Played,
}

impl Connection<'_> {
    async fn run(&mut self) -> io::Result<End> {
        loop {
            while let Some(bytes) = self.next_packet() {
                self.packet(&bytes).await?;
            }
            if self.buffer.len() > MAX_PACKET_SIZE {
                return Ok(End::Open);
            }
            let read = timeout_at(self.shared.until(), self.stream.read_buf(&mut self.buffer));
            match read.await {
                Err(_) => return Ok(End::Open),
                Ok(Ok(0)) => {
                    let rest = self.buffer.split().to_vec();
                    if !rest.is_empty() {
                        self.passed(Side::Client, &rest);
                    }
                    return Ok(End::Closed);
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error),
            }
        }
    }

    fn options() -> DecodeOptions {
        DecodeOptions::new().sender(Side::Client)
    }

    /// Takes the first packet out of what was read, all of it if it is no packet.
    fn next_packet(&mut self) -> Option<BytesMut> {
        if self.buffer.is_empty() {
            return None;
        }
        let len = match decode_with(self.session.version(), &Self::options(), &self.buffer) {
            Ok(Decoded::Packet { len, .. }) => len,
            Ok(Decoded::Frame(frame)) => frame.bytes().len(),
            Ok(Decoded::Incomplete { .. }) => return None,
            // A code or property that is wrong: the packet's end is known all the same.
            Err(_) => length(&self.buffer).unwrap_or(self.buffer.len()),
        };
        Some(self.buffer.split_to(len.min(self.buffer.len())))
    }

    async fn packet(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.passed(Side::Client, bytes);
        let version = self.session.version();
        let seen = Request::of(version, bytes);
        if let Some(request) = &seen {
            if let Request::Connect(shown) = request {
                self.played.shown = Some(shown.clone());
                self.shared.connected().get_or_insert_with(Instant::now);
            }
            self.shared.learned.show(request.shows());
        }
        let steps = match self.session.receive(bytes) {
            Some((_, _, steps)) => steps,
            None => return Ok(()),
        };
        let is_trigger = seen
            .as_ref()
            .is_some_and(|seen| seen.triggers(self.shared.scenario));
        if !is_trigger || self.shared.sent().is_some() {
            return self.take(steps).await;
        }
        match self.shared.scenario.after {
            Trigger::Subscribed | Trigger::Authenticated | Trigger::Accepted => {
                self.take(steps).await?;
            }
            Trigger::ConnectToSubscribe
            | Trigger::ConnectToPublish
            | Trigger::ConnectToPublish2 => {
                self.be_patient().await?;
            }
            _ => {}
        }
        let scenario = self.shared.scenario;
        let packet_id = seen.as_ref().map_or(0, Request::packet_id);
        let Some(shown) = &self.played.shown else {
            return Ok(());
        };
        let Some(sends) = scenario.bytes(packet_id, shown, &self.shared.credentials) else {
            return Ok(());
        };
        // Between the look above and here nothing waited, unless another connection of this client was served.
        if self.shared.sent().replace(Instant::now()).is_some() {
            return Ok(());
        }
        self.muted = scenario.is_the_last_word();
        for (index, piece) in sends.iter().enumerate() {
            if index > 0 {
                sleep(PAUSE).await;
            }
            self.send(piece).await?;
        }
        self.played.after = self.played.passed.len();
        self.played.sent = Some((sends.concat(), self.shared.start.elapsed()));
        *self.shared.sent() = Some(Instant::now());
        Ok(())
    }

    /// Waits for a while whether more comes although CONNECT was not answered.
    async fn be_patient(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            tokio::select! {
                () = sleep(PATIENCE) => {}
                read = self.stream.read_buf(&mut self.buffer) => { read?; }
            }
        }
        self.played.hasty = !self.buffer.is_empty();
        Ok(())
    }

    async fn take(&mut self, steps: Vec<Step>) -> io::Result<()> {
        for step in steps {
            match step {
                // What a client did wrong is for the judge; and a PUBREC answers what the scenario has sent.
                Step::Send(bytes, _) if matches!(bytes.first(), Some(0xE0 | 0x62)) => {}
                Step::Send(bytes, _) if !self.muted => {
                    self.send(&bytes).await?;
                }
                // The client closes first: what it does is judged.
                Step::Close(_) => self.muted = true,
                Step::Send(..) | Step::Note(_) => {}
            }
        }
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.passed(Side::Server, bytes);
        self.stream.write_all(bytes).await
    }

    fn passed(&mut self, by: Side, bytes: &[u8]) {
        self.played.passed.push(Passed {
            at: self.shared.start.elapsed(),
            by,
            bytes: bytes.to_vec(),
        });
    }
}

/// The length of the packet by its fixed header, if it is all there.
fn length(bytes: &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for (index, byte) in bytes.iter().skip(1).take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            let len = value.checked_add(index)?.checked_add(2)?;
            return (len <= bytes.len()).then_some(len);
        }
    }
    None
}

/// A packet of the client that a scenario can wait for.
#[derive(Debug)]
enum Request {
    Connect(Shown),
    Subscribe(u16),
    Publish(QoS, u16),
    Pubrel(u16),
}

impl Request {
    fn of(version: Version, bytes: &[u8]) -> Option<Self> {
        let options = DecodeOptions::new().sender(Side::Client);
        let frame = match decode_with(version, &options, bytes).ok()? {
            Decoded::Packet { packet, .. } if packet.packet_type() == PacketType::Pubrel => {
                return Some(Self::Pubrel(packet.packet_id()?.get()));
            }
            Decoded::Frame(frame) => frame,
            _ => return None,
        };
        match View::of(version, &options, &frame).ok()?? {
            View::Connect(connect) => Some(Self::Connect(Shown {
                version: connect.version(),
                clean_start: connect.clean_start(),
                method: connect
                    .properties()
                    .authentication_method()
                    .map(str::to_owned),
                topic_alias_maximum: connect.properties().topic_alias_maximum().unwrap_or(0),
                receive_maximum: connect.properties().receive_maximum(),
                maximum_packet_size: connect.properties().maximum_packet_size(),
                user_name: connect.user_name().map(str::to_owned),
                password: connect.password().map(<[u8]>::to_vec),
            })),
            View::Subscribe(subscribe) => Some(Self::Subscribe(subscribe.packet_id().get())),
            View::Publish(publish) => {
                Some(Self::Publish(publish.qos(), publish.packet_id()?.get()))
            }
            _ => None,
        }
    }

    fn packet_id(&self) -> u16 {
        match self {
            Self::Connect(_) => 0,
            Self::Subscribe(id) | Self::Publish(_, id) | Self::Pubrel(id) => *id,
        }
    }

    const fn shows(&self) -> Shows {
        match self {
            Self::Connect(_) => Shows::Connect,
            Self::Subscribe(_) => Shows::Subscribe,
            Self::Publish(QoS::ExactlyOnce, _) | Self::Pubrel(_) => Shows::Publish2,
            Self::Publish(..) => Shows::Publish1,
        }
    }

    fn triggers(&self, scenario: &Scenario) -> bool {
        match (scenario.after, self) {
            (
                Trigger::Connect
                | Trigger::ConnectToSubscribe
                | Trigger::ConnectToPublish
                | Trigger::ConnectToPublish2
                | Trigger::Accepted,
                Self::Connect(_),
            )
            | (Trigger::Subscribe | Trigger::Subscribed, Self::Subscribe(_))
            | (Trigger::Publish1, Self::Publish(QoS::AtLeastOnce, _))
            | (Trigger::Publish2, Self::Publish(QoS::ExactlyOnce, _))
            | (Trigger::Pubrel, Self::Pubrel(_)) => true,
            (Trigger::Authenticated, Self::Connect(shown)) => shown.method.is_some(),
            _ => false,
        }
    }
}

impl Scenario {
    /// What is sent, in the pieces in which it is sent; `None` if the table's text is no bytes.
    fn bytes(
        &self,
        packet_id: u16,
        shown: &Shown,
        credentials: &Credentials,
    ) -> Option<Vec<Vec<u8>>> {
        if let Some(code) = self.sends.strip_prefix("AUTH") {
            let (code, further) = code.split_once('+').unwrap_or((code, ""));
            let code = u8::from_str_radix(code, 16).ok()?;
            let mut further = hex::decode(further).ok()?;
            if let Some(data) = credentials.auth_data.as_ref().filter(|_| code == 0x18) {
                further.push(0x16);
                further.extend(text(data)?);
            }
            let method = shown.method.as_deref().unwrap_or_default();
            let mut properties = vec![0x15];
            properties.extend(text(method.as_bytes())?);
            properties.extend(further);
            let mut body = vec![code];
            variable_byte_integer(properties.len(), &mut body);
            body.extend(properties);
            return Some(vec![packet(0xF0, &body)]);
        }
        match self.sends {
            "FLOOD" => {
                let publish = |id| publish_exactly_once(id, b"x");
                Some(vec![
                    (0..=shown.receive_maximum?)
                        .map(|id| publish(0x4000 | id))
                        .collect::<Vec<_>>()
                        .concat(),
                ])
            }
            "BIG" => {
                let size = usize::try_from(shown.maximum_packet_size?).ok()?;
                Some(vec![publish_exactly_once(0x4000, &vec![b'x'; size])])
            }
            "CREDENTIALS" => Some(vec![match (credentials.are_in(shown), shown.version) {
                (true, Version::V5_0) => vec![0x20, 3, 0, 0, 0],
                (false, Version::V5_0) => vec![0x20, 3, 0, 0x86, 0],
                (true, _) => vec![0x20, 2, 0, 0],
                (false, _) => vec![0x20, 2, 0, 4],
            }]),
            _ => {
                let above = shown.topic_alias_maximum.saturating_add(1);
                let sends = self
                    .sends
                    .replace("@I", &format!("{packet_id:04x}"))
                    .replace("@A", &format!("{above:04x}"));
                sends
                    .split('|')
                    .map(|piece| hex::decode(piece).ok())
                    .collect()
            }
        }
    }

    /// Whether a Server sends nothing after what the scenario sends: a refusal, a DISCONNECT, what is no CONNACK; and
    /// where the scenario is about a Client that waits.
    fn is_the_last_word(&self) -> bool {
        let before_connack = self.after == Trigger::Connect && !self.sends.starts_with("20");
        before_connack
            || self.sends.starts_with("AUTH") && self.after != Trigger::Authenticated
            || self.sends.starts_with('e')
            || matches!(
                self.demand,
                Demand::Report { closes: true, .. }
                    | Demand::ReportVersion
                    | Demand::Within(Limit::ReceiveMaximum(_))
            )
    }
}

/// A string or binary data with its length before it, §1.5.4, §1.5.6.
fn text(bytes: &[u8]) -> Option<Vec<u8>> {
    let len = u16::try_from(bytes.len()).ok()?;
    Some([&len.to_be_bytes(), bytes].concat())
}

/// A packet of this first byte and body.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    variable_byte_integer(body.len(), &mut bytes);
    bytes.extend(body);
    bytes
}

fn publish_exactly_once(packet_id: u16, payload: &[u8]) -> Vec<u8> {
    let mut body = b"\0\x04mr/t".to_vec();
    body.extend(packet_id.to_be_bytes());
    body.push(0);
    body.extend(payload);
    packet(0x34, &body)
}
