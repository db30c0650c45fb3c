//! Where one scenario is played: its connections, its clock, its waits.

use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, PacketType, Version};
use tokio::time::Instant;

use super::link::{Act, End, Link};
use super::seen::{Layout, Seen, mqtt_frame};
use crate::draft::{self, Connect, Draft};
use crate::judge::{CLOSING, Received, ends};
use crate::net::Connector;
use crate::scenario::{Answer, Bare, Demand};
use crate::setting::Setting;

/// A target and how long it is waited for.
#[derive(Clone)]
#[non_exhaustive]
pub struct Target {
    /// Makes connections.
    pub connector: Connector,
    /// How long an answer is waited for: a multiple of the round trip, at least 1.2 s.
    pub wait: Duration,
    /// How long something is waited for before it is called absent: at least 6 s.
    pub patience: Duration,
}

/// Why a scenario was not played to its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Stop {
    /// The target does not offer what it takes.
    Skip(String),
    /// The target ended a connection before the scenario could begin.
    Lost(String),
    /// The probe itself did not keep the times that the scenario rests on, because the machine is busy.
    TooBusy,
}

/// Where one scenario is played.
pub struct Stage {
    /// What it is played with.
    pub setting: Setting,
    target: Arc<Target>,
    start: Instant,
    links: Vec<Link>,
    subject: usize,
    /// What is told as received, if it is not what the packets of the judged connection say.
    told: Option<Vec<String>>,
}

impl Stage {
    /// An empty stage.
    #[must_use]
    pub fn new(setting: Setting, target: Arc<Target>) -> Self {
        Self {
            setting,
            target,
            start: Instant::now(),
            links: Vec::new(),
            subject: 0,
            told: None,
        }
    }

    /// When the scenario began.
    #[must_use]
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// The connections.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The connection that is judged.
    #[must_use]
    pub fn subject(&self) -> Option<&Link> {
        self.links.get(self.subject)
    }

    /// Its index.
    #[must_use]
    pub const fn subject_index(&self) -> usize {
        self.subject
    }

    /// What is told as received instead of the packets.
    #[must_use]
    pub fn told(&self) -> Option<&[String]> {
        self.told.as_deref()
    }

    /// Tells this as received instead of the packets.
    pub fn tell(&mut self, received: Vec<String>) {
        self.told = Some(received);
    }

    /// What makes connections to the target.
    #[must_use]
    pub fn connector(&self) -> &Connector {
        &self.target.connector
    }

    /// How much later than it was to be this process was woken at worst in a wait of this scenario.
    #[must_use]
    pub fn woken_late(&self) -> Duration {
        let late = self.links.iter().map(Link::woken_late);
        late.max().unwrap_or_default()
    }

    /// How long an answer is waited for.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.target.wait
    }

    /// How long something is waited for before its absence accuses anybody. No time is stated for any answer: it is a long
    /// one, which only those use up that do not answer.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.target.patience
    }

    /// A new connection, on which nothing was sent.
    ///
    /// # Errors
    ///
    /// If the target does not take it.
    pub async fn open(&mut self, name: &str, layout: Layout) -> Result<usize, Stop> {
        let connection = self.target.connector.connect().await;
        let connection =
            connection.map_err(|error| Stop::Skip(format!("no connection: {error}")))?;
        let link = Link::new(name, connection, layout, self.start);
        self.links.push(link);
        Ok(self.links.len() - 1)
    }

    /// A new connection whose CONNECT was accepted, and the CONNACK.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub async fn connect(&mut self, name: &str, connect: Connect) -> Result<(usize, Seen), Stop> {
        let layout = Layout::Of(connect.version);
        let link = self.open(name, layout).await?;
        self.send(link, connect.draft()).await;
        let connack = self.expect(link, PacketType::Connack).await?;
        if connack.refuses() {
            return Err(Stop::Skip(format!(
                "the CONNECT before it was refused: {}",
                connack.in_words()
            )));
        }
        Ok((link, connack))
    }

    /// A connection that sends `connect` after `delay` and then nothing any more, until it ends or `patience` is over;
    /// when its last packet was sent; and why it was refused, if it was. It is not on the stage yet: several can be listened to at a time.
    ///
    /// # Errors
    ///
    /// If there is no connection.
    pub async fn quiet(
        &self,
        name: &str,
        connect: Connect,
        delay: Duration,
        patience: Duration,
    ) -> Result<(Link, Instant, Vec<Seen>, Option<String>), Stop> {
        tokio::time::sleep(delay).await;
        let connection = self.target.connector.connect().await;
        let connection =
            connection.map_err(|error| Stop::Skip(format!("no connection: {error}")))?;
        let layout = Layout::Of(connect.version);
        let mut link = Link::new(name, connection, layout, self.start);
        link.send(connect.draft()).await;
        let since = Instant::now();
        let connack = link.next(since + self.patience()).await;
        if !link.is_accepted() {
            let what = connack.map_or_else(|| link.end().name().to_owned(), |seen| seen.in_words());
            let why = format!("the CONNECT before it was refused: {what}");
            return Ok((link, since, Vec::new(), Some(why)));
        }
        link.mark();
        let mut packets = Vec::new();
        while let Some(seen) = link.next(since + patience).await {
            packets.push(seen);
        }
        Ok((link, since, packets, None))
    }

    /// Puts a connection on the stage.
    pub fn add(&mut self, link: Link) -> usize {
        self.links.push(link);
        self.links.len() - 1
    }

    /// The judged connection, whose part that is judged begins where it says itself.
    pub fn judge(&mut self, link: usize) {
        self.subject = link;
    }

    /// A new connection of the scenario's own Client Identifier.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub async fn connect_own(&mut self) -> Result<usize, Stop> {
        let connect = self.setting.connect();
        Ok(self.connect("client", connect).await?.0)
    }

    /// A new connection, named `subscriber`, that has subscribed to filters below the prefix.
    ///
    /// # Errors
    ///
    /// If it is refused, or a lower QoS is granted than was asked for.
    pub async fn subscriber(&mut self, filters: &[(&str, u8)]) -> Result<usize, Stop> {
        let connect = self.setting.connect_second("s");
        let link = self.connect("subscriber", connect).await?.0;
        let subscribe = self.setting.subscribe(1, &[], filters);
        self.subscribe(link, subscribe).await?;
        Ok(link)
    }

    /// A new connection, named `subscriber`, that has subscribed to the Will; with which QoS is all the same.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub async fn watcher(&mut self) -> Result<usize, Stop> {
        let connect = self.setting.connect_second("s");
        let link = self.connect("subscriber", connect).await?.0;
        let subscribe = self.setting.subscribe(1, &[], &[("will", 1)]);
        self.send(link, subscribe).await;
        self.granted(link).await?;
        Ok(link)
    }

    /// Sends a SUBSCRIBE and waits until it is granted, with the QoS that it asks for.
    ///
    /// # Errors
    ///
    /// If it is not: a Server may grant less, §3.9.3, and what is published then comes with less.
    pub async fn subscribe(&mut self, link: usize, subscribe: Draft) -> Result<(), Stop> {
        let wanted = wanted(self.version(), &subscribe.bytes);
        self.send(link, subscribe).await;
        let suback = self.granted(link).await?;
        let codes = suback.codes_of(PacketType::Suback).unwrap_or_default();
        let lower = wanted.iter().zip(codes).find(|(qos, code)| code < qos);
        match lower {
            Some((qos, code)) => Err(Stop::Skip(format!(
                "QoS {code} is granted where {qos} was asked for"
            ))),
            None => Ok(()),
        }
    }

    async fn granted(&mut self, link: usize) -> Result<Seen, Stop> {
        let suback = self.expect(link, PacketType::Suback).await?;
        if suback.refuses() {
            return Err(Stop::Skip(format!(
                "the SUBSCRIBE before it was refused: {}",
                suback.in_words()
            )));
        }
        Ok(suback)
    }

    /// Sends bytes.
    pub async fn send(&mut self, link: usize, draft: Draft) {
        if let Some(link) = self.links.get_mut(link) {
            if let Some(announced) = draft.announced {
                link.announce(announced.maximum_packet_size, announced.problem_information);
            }
            link.send(draft).await;
        }
    }

    async fn ask(&mut self, link: usize, draft: Draft, answer: PacketType) {
        if let Some(link) = self.links.get_mut(link) {
            link.ask(draft, answer).await;
        }
    }

    /// Sends the bytes that the scenario is about: from here on is judged what comes on this connection.
    pub async fn stimulate(&mut self, link: usize, draft: Draft) {
        self.judge_from_here(link);
        self.send(link, draft).await;
    }

    /// From here on is judged what comes on this connection.
    pub fn judge_from_here(&mut self, link: usize) {
        self.subject = link;
        if let Some(link) = self.links.get_mut(link) {
            link.mark();
        }
    }

    /// Closes a connection without a word.
    pub async fn close(&mut self, link: usize) {
        if let Some(link) = self.links.get_mut(link) {
            link.close().await;
        }
    }

    /// The next packet before `until`.
    pub async fn next(&mut self, link: usize, until: Instant) -> Option<Seen> {
        self.links.get_mut(link)?.next(until).await
    }

    /// How a connection ended.
    #[must_use]
    pub fn end(&self, link: usize) -> End {
        self.links.get(link).map_or(End::Closed, Link::end)
    }

    /// When it ended, if it has.
    #[must_use]
    pub fn ended_at(&self, link: usize) -> Option<Instant> {
        let event = self.links.get(link)?.events().last()?;
        match event.act {
            Act::Ended(_) => Some(self.start + event.at),
            _ => None,
        }
    }

    /// Waits for a packet that has to come before the scenario can begin.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub async fn expect(&mut self, link: usize, packet: PacketType) -> Result<Seen, Stop> {
        let until = Instant::now() + self.patience();
        while let Some(seen) = self.next(link, until).await {
            if seen.packet_type() == Some(packet) {
                return Ok(seen);
            }
        }
        let end = self.end(link);
        let why = format!("the {packet} before it did not come: {}", end.name());
        Err(match end {
            End::Open => Stop::Skip(why),
            _ => Stop::Lost(why),
        })
    }

    /// All packets until a PINGREQ that is sent now is answered, and whether it was.
    pub async fn flush(&mut self, link: usize) -> (Vec<Seen>, bool) {
        let mut packets = Vec::new();
        self.ask(link, draft::pingreq(), PacketType::Pingresp).await;
        let until = Instant::now() + self.patience();
        while let Some(seen) = self.next(link, until).await {
            if seen.packet_type() == Some(PacketType::Pingresp) {
                return (packets, true);
            }
            packets.push(seen);
        }
        (packets, false)
    }

    /// Packets until `until`, or the end of the connection.
    pub async fn listen(&mut self, link: usize, until: Instant) -> Vec<Seen> {
        let mut packets = Vec::new();
        while let Some(seen) = self.next(link, until).await {
            packets.push(seen);
        }
        packets
    }

    /// Collects what the other side answers, until it is known what it is worth.
    pub async fn collect(&mut self, link: usize, demand: &Demand) -> Received {
        let mut packets: Vec<Seen> = Vec::new();
        let mut until = Instant::now() + self.wait();
        let mut over = None;
        while let Some(seen) = self.next(link, until).await {
            if ends(&seen) && over.is_none() {
                until = until.max(Instant::now() + CLOSING);
                over = Some(until);
            }
            packets.push(seen);
            if demand.is_met(&packets) {
                break;
            }
        }
        let mut alive = false;
        let before_connack = self.links.get(link).is_some_and(Link::waits_for_connack);
        if before_connack && packets.is_empty() && self.end(link) == End::Open {
            // A PINGREQ shows nothing there: it is only given more time.
            let until = Instant::now() + self.patience();
            packets.extend(self.listen(link, until).await);
        } else if self.end(link) == End::Open && over.is_none() {
            alive = self.prove(link, demand, &mut packets).await;
        }
        // What came although the connection was over is read to its end.
        if self.end(link) == End::Open && packets.iter().any(ends) {
            let until = over.unwrap_or_else(|| Instant::now() + CLOSING);
            packets.extend(self.listen(link, until).await);
        }
        Received {
            packets,
            end: self.end(link),
            alive,
        }
    }

    /// Whether the other side goes on: it answers a PINGREQ.
    async fn prove(&mut self, link: usize, demand: &Demand, packets: &mut Vec<Seen>) -> bool {
        let is_ping = demand.best.contains(&Answer::Plain(PacketType::Pingresp));
        let (proof, wanted) = if is_ping {
            (
                self.setting.subscribe(0x7FFE, &[], &[("proof", 0)]),
                PacketType::Suback,
            )
        } else {
            (draft::pingreq(), PacketType::Pingresp)
        };
        self.ask(link, proof, wanted).await;
        let mut until = Instant::now() + self.patience();
        let mut alive = false;
        while let Some(seen) = self.next(link, until).await {
            if seen.packet_type() == Some(wanted) && !alive {
                alive = true;
                if demand.bare_close != Bare::Wrong || demand.is_met(packets) {
                    break;
                }
                // An answer that is due may come later than the one to the PINGREQ.
                until = Instant::now() + self.patience();
                continue;
            }
            let over = ends(&seen);
            packets.push(seen);
            if over || (alive && demand.is_met(packets)) {
                break;
            }
        }
        alive
    }

    /// Reads what is still on its way on every connection that stands.
    pub(crate) async fn settle(&mut self) {
        for link in 0..self.links.len() {
            if self.links.get(link).is_some_and(Link::is_accepted) && self.end(link) == End::Open {
                self.flush(link).await;
            }
        }
    }

    /// Ends every connection that stands: with DISCONNECT where it was accepted, so that no Will is published.
    pub(crate) async fn clear(&mut self) {
        for link in &mut self.links {
            if link.end() == End::Open && link.is_accepted() {
                link.leave().await;
            }
        }
    }

    /// The statement of the version that is played.
    #[must_use]
    pub fn rule(&self, in_5_0: &'static str, in_3_1_1: &'static str) -> &'static str {
        match self.setting.version {
            Version::V5_0 => in_5_0,
            _ => in_3_1_1,
        }
    }

    /// The version that is played.
    #[must_use]
    pub fn version(&self) -> Version {
        self.setting.version
    }
}

/// The QoS that a SUBSCRIBE asks for, filter by filter.
fn wanted(version: Version, bytes: &[u8]) -> Vec<u8> {
    let options = DecodeOptions::new();
    let Ok(Some(frame)) = mqtt_frame(version, &options, bytes) else {
        return Vec::new();
    };
    match View::of(version, &options, &frame) {
        Ok(Some(View::Subscribe(subscribe))) => subscribe
            .subscriptions()
            .into_iter()
            .map(|subscription| subscription.qos().as_u8())
            .collect(),
        _ => Vec::new(),
    }
}
