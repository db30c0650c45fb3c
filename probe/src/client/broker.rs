//! The broker's part: a broker without fault up to the packet that the scenario waits for, then what the scenario sends.

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use bytes::BytesMut;
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, PacketType, QoS, Side, Version, decode_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use super::scenarios::{Demand, Scenario, Trigger};
use crate::refuse::{Rules, Session, Step};

/// How long a client is watched after the scenario's last byte.
pub(super) const WATCH: Duration = Duration::from_secs(2);

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
    /// Until when the packet that they answer is waited for.
    pub(super) deadline: Instant,
}

impl Shared {
    fn sent(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.sent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// When to stop watching.
    pub(super) fn until(&self) -> Instant {
        // Where nothing was sent there is nothing to watch.
        let watch = if self.scenario.sends.is_empty() {
            Duration::ZERO
        } else {
            WATCH
        };
        self.sent().map_or(self.deadline, |sent| sent + watch)
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
        if let Some(Request::Connect(shown)) = &seen {
            self.played.shown = Some(shown.clone());
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
            Trigger::Subscribed | Trigger::Authenticated => self.take(steps).await?,
            Trigger::ConnectToSubscribe | Trigger::ConnectToPublish => self.be_patient().await?,
            _ => {}
        }
        let scenario = self.shared.scenario;
        let packet_id = seen.as_ref().map_or(0, Request::packet_id);
        let method = self
            .played
            .shown
            .as_ref()
            .and_then(|shown| shown.method.as_deref());
        let Some(sends) = scenario.bytes(packet_id, method.unwrap_or_default()) else {
            return Ok(());
        };
        // Between the look above and here nothing waited, unless another connection of this client was served.
        if self.shared.sent().replace(Instant::now()).is_some() {
            return Ok(());
        }
        self.muted = scenario.ends_the_connection();
        self.send(&sends).await?;
        self.played.after = self.played.passed.len();
        self.played.sent = Some((sends, self.shared.start.elapsed()));
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

    fn triggers(&self, scenario: &Scenario) -> bool {
        match (scenario.after, self) {
            (
                Trigger::Connect | Trigger::ConnectToSubscribe | Trigger::ConnectToPublish,
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
    /// What is sent, `None` if the table's text is no bytes.
    pub(super) fn bytes(&self, packet_id: u16, method: &str) -> Option<Vec<u8>> {
        if let Some(code) = self.sends.strip_prefix("AUTH") {
            let code = u8::from_str_radix(code, 16).ok()?;
            let len = u8::try_from(method.len()).ok().filter(|len| *len < 120)?;
            let mut bytes = vec![
                0xF0,
                len.checked_add(5)?,
                code,
                len.checked_add(3)?,
                0x15,
                0,
                len,
            ];
            bytes.extend(method.bytes());
            return Some(bytes);
        }
        hex::decode(self.sends.replace("@I", &format!("{packet_id:04x}"))).ok()
    }

    /// Whether a Server sends nothing after what the scenario sends: a refusal, a DISCONNECT, what is no CONNACK.
    fn ends_the_connection(&self) -> bool {
        let accepts = ["200", "AUTH"]
            .iter()
            .any(|start| self.sends.starts_with(start));
        let refuses = matches!(self.demand, Demand::Report { closes: true, .. });
        let before_connack = self.after == Trigger::Connect && !accepts;
        refuses || before_connack || self.sends.starts_with('e')
    }
}
