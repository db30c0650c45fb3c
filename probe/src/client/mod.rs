//! Clients held to what they do with reason codes: a scripted broker, one run of a command for each scenario.

mod broker;
mod command;
mod judge;
mod learned;
mod names;
mod report;
mod scenarios;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Side, Version, decode_with};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use self::broker::{Credentials, Played, Shared, Shown};
use self::command::{Template, Values};
use self::judge::Trace;
use self::learned::{Learned, Shows};
use self::scenarios::{Need, Scenario, TABLE, Trigger};
use crate::judge::Outcome;
use crate::report::{Line, Show};

/// How long the first CONNECT of all may take, and after each CONNECT the packet that a scenario waits for.
const TRIGGER_LIMIT: Duration = Duration::from_secs(15);

/// How long a client that has connected once may take to connect again: many start at a time, perhaps on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(40);

/// How long after CONNACK it may take if the client has never sent it in any run.
const UNSEEN_LIMIT: Duration = Duration::from_secs(8);

/// How many clients start at a time unless it is said, and how many run: those that are only watched take no time.
const STARTING: usize = 12;
const RUNNING: usize = 36;

/// How often it is looked whether a client is only watched.
const LOOK: Duration = Duration::from_millis(50);

/// How long a client may take from accepting to the end of its CONNECT.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How long connections of a client that has ended are waited for.
const GRACE: Duration = Duration::from_millis(200);

/// The clients are told apart by this much randomness.
fn prefix() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let number = RandomState::new().build_hasher().finish();
    format!("mr{:06x}", number & 0x00FF_FFFF)
}

/// What to play, and against what.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Client {
    /// Where the scripted broker listens.
    pub listen: SocketAddr,
    /// The command and its arguments, with `{host}`, `{port}`, `{id}`, `{action}`, `{topic}`, `{qos}`, `{count}`,
    /// `{user}`, `{password}`, `{auth-method}`.
    pub command: Vec<String>,
    /// Only scenarios of these versions.
    pub versions: Vec<Version>,
    /// Only scenarios with these ids or groups; all if it is empty.
    pub only: Vec<String>,
    /// How many clients run at a time; `None`: twelve, besides those that are only watched any more.
    pub jobs: Option<usize>,
    /// The User Name that takes the place of `{user}`, and that its CONNECT should have.
    pub user: Option<String>,
    /// The same for the Password and `{password}`.
    pub password: Option<String>,
    /// The Authentication Method that takes the place of `{auth-method}`.
    pub auth_method: Option<String>,
    /// The Authentication Data of the AUTH packets that it is sent.
    pub auth_data: Option<Vec<u8>>,
    /// What of the client's secrets and payloads is shown.
    pub show: Show,
}

/// The result of a scenario against a client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Told {
    /// The result, as it is written in JSON.
    pub line: Line,
    /// Everything that passed, as a transcript for `mqtt-reason check`.
    pub transcript: String,
}

impl Client {
    /// Plays against this command, with a scripted broker on `listen`.
    #[must_use]
    pub fn new(listen: SocketAddr, command: Vec<String>) -> Self {
        Self {
            listen,
            command,
            versions: vec![Version::V5_0, Version::V3_1_1],
            only: Vec::new(),
            jobs: None,
            user: None,
            password: None,
            auth_method: None,
            auth_data: None,
            show: Show::default(),
        }
    }

    /// The scenarios that are considered.
    fn scenarios(&self) -> impl Iterator<Item = &'static Scenario> + '_ {
        TABLE.iter().filter(|scenario| {
            self.versions.contains(&scenario.mqtt)
                && (self.only.is_empty() || self.only.iter().any(|only| scenario.is_called(only)))
        })
    }

    /// The scenarios that are considered, as if they had been skipped.
    pub fn list(&self) -> impl Iterator<Item = Line> + '_ {
        self.scenarios()
            .map(|scenario| scenario.told(Outcome::Skipped, "").line)
    }

    /// Plays all of them; `told` gets each result as soon as it is there.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, the command cannot be started, or it never connects.
    pub async fn run(&self, mut told: impl FnMut(Told)) -> io::Result<()> {
        let listener = TcpListener::bind(self.listen).await?;
        let ground = Arc::new(Ground {
            template: Template::new(self.command.clone()),
            address: listener.local_addr()?,
            prefix: prefix(),
            waiting: Mutex::default(),
            show: self.show,
            learned: Arc::default(),
            credentials: Arc::new(Credentials {
                user: self.user.clone(),
                password: self.password.clone(),
                auth_data: self.auth_data.clone(),
            }),
            method: self.auth_method.clone().unwrap_or_default(),
        });
        let by_id = ground.template.has("{id}");
        let by_port = !by_id && ground.template.has("{port}");
        let acceptor = tokio::spawn(accept(listener, Arc::clone(&ground)));
        let shown = ground.look(by_port).await?;
        let (starting, running_at_most) = match self.jobs {
            _ if !by_id && !by_port => (1, 1),
            Some(jobs) => (jobs.max(1), jobs.max(1)),
            None => (STARTING, RUNNING),
        };
        let starts = Arc::new(Semaphore::new(starting));
        let places = Arc::new(Semaphore::new(running_at_most));
        let mut running = JoinSet::new();
        for scenario in self.scenarios() {
            if let Some(why) = ground.cannot(scenario, &shown) {
                told(scenario.told(Outcome::Skipped, why));
                continue;
            }
            let (ground, places) = (Arc::clone(&ground), Arc::clone(&places));
            let starts = Arc::clone(&starts);
            running.spawn(async move {
                // The semaphores are never closed.
                let _place = places.acquire().await;
                let start = starts.acquire().await.ok();
                ground.play(scenario, by_port, start).await
            });
        }
        while let Some(result) = running.join_next().await {
            told(result.map_err(io::Error::other)??);
        }
        acceptor.abort();
        Ok(())
    }
}

/// Whether there is a scenario or a group with this name.
#[must_use]
pub fn exists(name: &str) -> bool {
    TABLE.iter().any(|scenario| scenario.is_called(name))
}

/// What all scenarios share.
#[derive(Debug)]
struct Ground {
    template: Template,
    address: SocketAddr,
    prefix: String,
    learned: Arc<Learned>,
    credentials: Arc<Credentials>,
    method: String,
    /// Who waits for a connection, by Client Identifier; under the empty one whoever waits for any.
    waiting: Mutex<HashMap<String, mpsc::Sender<(TcpStream, BytesMut)>>>,
    show: Show,
}

impl Ground {
    fn waiting(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<String, mpsc::Sender<(TcpStream, BytesMut)>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the client once to see what it is: the version and the like of its CONNECT, and what it does by itself.
    async fn look(&self, by_port: bool) -> io::Result<Shown> {
        let seen = self.start(&scenarios::FIRST, by_port, None).await?;
        if !self.template.has("{action}") {
            for packet in [Shows::Subscribe, Shows::Publish1, Shows::Publish2] {
                self.learned.miss(packet);
            }
        }
        seen.played.and_then(|played| played.shown).ok_or_else(|| {
            let how = match seen.exit {
                Some(status) => format!("it ended with {status}"),
                None => format!("it was waited for {} s", TRIGGER_LIMIT.as_secs()),
            };
            let printed = seen.output.trim();
            let printed = if printed.is_empty() {
                "nothing"
            } else {
                printed
            };
            io::Error::other(format!(
                "the command sent no CONNECT to {}: {how}; it printed: {printed}",
                self.address
            ))
        })
    }

    async fn play(
        &self,
        scenario: &'static Scenario,
        by_port: bool,
        starts: Option<SemaphorePermit<'_>>,
    ) -> io::Result<Told> {
        let begun = Instant::now();
        let shows = scenario.after.shows();
        if self.learned.lacks(shows) {
            let why = format!("the client sent no {}", scenario.after.name());
            return Ok(scenario.told(Outcome::Skipped, why));
        }
        let seen = self.start(scenario, by_port, starts).await?;
        if seen
            .played
            .as_ref()
            .is_some_and(|played| played.sent.is_none())
        {
            self.learned.miss(shows);
        }
        let mut told = match &seen.played {
            Some(played) if played.sent.is_some() => {
                let trace = Trace {
                    played,
                    further: seen.further,
                    output: &seen.output,
                    exit: seen.exit,
                };
                self.judged(scenario, &trace)
            }
            Some(_) => scenario.told(
                Outcome::Skipped,
                format!("the client sent no {}", scenario.after.name()),
            ),
            None => scenario.told(Outcome::Skipped, "the client did not connect"),
        };
        told.line.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(played) = &seen.played {
            told.line.transcript = report::lines(played, self.show);
            told.transcript =
                report::transcript(scenario, &told.line, played, &seen.output, self.show);
        }
        Ok(told)
    }

    fn judged(&self, scenario: &'static Scenario, trace: &Trace<'_>) -> Told {
        let verdict = judge::judge(scenario, trace);
        let mut told = scenario.told(verdict.outcome, verdict.why);
        let line = &mut told.line;
        line.received = trace.received(scenario.mqtt);
        line.sent = trace
            .played
            .sent
            .as_ref()
            .map(|(bytes, _)| hex::encode(bytes))
            .unwrap_or_default();
        line.bytes = trace
            .played
            .passed
            .iter()
            .skip(trace.played.after)
            .filter(|passed| passed.by == Side::Client)
            .map(|passed| self.show.received(scenario.mqtt, &passed.bytes))
            .collect();
        if let Some(rule) = verdict.rule {
            line.rules.retain(|other| *other != rule);
            line.rules.insert(0, rule.clone());
            line.violation = Some(report::violation(rule));
        }
        told
    }

    /// Starts the client for a scenario and serves its connections until the scenario is over.
    ///
    /// `starts` is given back as soon as the client is only watched.
    async fn start(
        &self,
        scenario: &'static Scenario,
        by_port: bool,
        mut starts: Option<SemaphorePermit<'_>>,
    ) -> io::Result<Seen> {
        let id = format!("{}{}", self.prefix, scenario.id.replace('-', ""));
        let (sender, mut connections) = mpsc::channel(16);
        let mut port = self.address.port();
        let mut acceptor = None;
        if by_port {
            let listener = TcpListener::bind((self.address.ip(), 0)).await?;
            port = listener.local_addr()?.port();
            acceptor = Some(tokio::spawn(accept_any(listener, sender)));
        } else {
            let key = if self.template.has("{id}") {
                id.clone()
            } else {
                String::new()
            };
            self.waiting().insert(key, sender);
        }
        let values = Values {
            host: self.address.ip().to_string(),
            port,
            id: id.clone(),
            action: scenario.after.action(),
            topic: format!("mqtt-reason/{id}"),
            qos: scenario.after.qos(),
            count: if scenario.needs == Need::Count { 3 } else { 1 },
            user: self.credentials.user.clone().unwrap_or_default(),
            password: self.credentials.password.clone().unwrap_or_default(),
            method: self.method.clone(),
        };
        let mut client = self.template.start(&values)?;
        let start = Instant::now();
        let shared = Arc::new(Shared {
            scenario,
            start,
            sent: Mutex::new(None),
            watch: match (scenario.sends.is_empty(), self.template.has("{action}")) {
                (true, true) => Duration::ZERO,
                (true, false) => UNSEEN_LIMIT,
                (false, _) => broker::WATCH,
            },
            deadline: start
                + if self.learned.has(Shows::Connect) {
                    START_LIMIT
                } else {
                    TRIGGER_LIMIT
                },
            connected: Mutex::new(None),
            learned: Arc::clone(&self.learned),
            credentials: Arc::clone(&self.credentials),
        });
        let mut plays = JoinSet::new();
        let mut seen = Seen::default();
        // When a client that has ended does no more: its connections may still have to be accepted.
        let mut gone = None;
        loop {
            if shared.is_watched() {
                starts = None;
            }
            tokio::select! {
                Some((stream, begun)) = connections.recv() => {
                    let is_further = shared.is_watched();
                    seen.further = seen.further.saturating_add(usize::from(is_further));
                    let shared = Arc::clone(&shared);
                    plays.spawn(async move { broker::play(stream, begun, &shared).await });
                }
                Some(played) = plays.join_next() => {
                    if let Ok(played) = played {
                        seen.keep(played);
                    }
                }
                () = sleep(LOOK), if starts.is_some() => {}
                _ = client.exited(), if gone.is_none() => gone = Some(Instant::now() + GRACE),
                () = sleep_until(gone.unwrap_or(start)), if gone.is_some() && plays.is_empty() => break,
                () = sleep_until(shared.until()) => break,
                else => break,
            }
        }
        while let Some(played) = plays.join_next().await {
            if let Ok(played) = played {
                seen.keep(played);
            }
        }
        self.waiting().remove(&id);
        if let Some(acceptor) = acceptor {
            acceptor.abort();
        }
        (seen.output, seen.exit) = client.end().await;
        Ok(seen)
    }
}

/// What became of one start of the client.
#[derive(Debug, Default)]
struct Seen {
    played: Option<Played>,
    further: usize,
    output: String,
    exit: Option<ExitStatus>,
}

impl Seen {
    /// Keeps the connection on which the scenario's bytes were sent, else the first that showed a CONNECT.
    fn keep(&mut self, played: Played) {
        let better = match &self.played {
            None => true,
            Some(kept) => kept.sent.is_none() && (played.sent.is_some() || kept.shown.is_none()),
        };
        if better {
            self.played = Some(played);
        }
    }
}

/// Gives each connection to the scenario whose Client Identifier it shows.
async fn accept(listener: TcpListener, ground: Arc<Ground>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let ground = Arc::clone(&ground);
                connections.spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let Ok(Some((stream, begun, id))) = timeout(CONNECT_LIMIT, identify(stream)).await else {
                        return;
                    };
                    let sender = {
                        let waiting = ground.waiting();
                        waiting.get(&id).or_else(|| waiting.get("")).cloned()
                    };
                    if let Some(sender) = sender {
                        // The scenario may be over by now.
                        let _ = sender.send((stream, begun)).await;
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept_any(listener: TcpListener, to: mpsc::Sender<(TcpStream, BytesMut)>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        if to.send((stream, BytesMut::new())).await.is_err() {
            return;
        }
    }
}

/// Reads a CONNECT; what was read stays to be read.
async fn identify(mut stream: TcpStream) -> Option<(TcpStream, BytesMut, String)> {
    const LIMIT: usize = 1024 * 1024;
    let mut buffer = BytesMut::new();
    while buffer.len() < LIMIT {
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
        let options = DecodeOptions::new().sender(Side::Client);
        let id = match decode_with(Version::V5_0, &options, &buffer) {
            Ok(Decoded::Incomplete { .. }) => continue,
            Ok(Decoded::Frame(frame)) => match View::of(Version::V5_0, &options, &frame) {
                Ok(Some(View::Connect(connect))) => connect.client_id().to_owned(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        return Some((stream, buffer, id));
    }
    None
}

impl Ground {
    /// Why the scenario cannot be played with such a client.
    fn cannot(&self, scenario: &Scenario, shown: &Shown) -> Option<String> {
        if scenario.mqtt != shown.version {
            return Some(format!("the client speaks MQTT {}", shown.version));
        }
        // Without {action} it is told nothing: what it has not done it will not do.
        let asked = match scenario.after {
            Trigger::ConnectToSubscribe => Shows::Subscribe,
            Trigger::ConnectToPublish => Shows::Publish1,
            Trigger::ConnectToPublish2 => Shows::Publish2,
            _ => Shows::Connect,
        };
        if !self.template.has("{action}") && !self.learned.has(asked) {
            return Some("the client does not do by itself what the scenario asks for".to_owned());
        }
        let strange = self.credentials.user.is_some() && !self.credentials.are_in(shown);
        let unmet = match scenario.needs {
            Need::User if self.credentials.user.is_none() => {
                Some("it needs --user, and {user} in COMMAND")
            }
            Need::User => None,
            _ if strange => Some(
                "its CONNECT does not have the User Name and Password of --user and --password",
            ),
            Need::Count => (!self.template.has("{count}")).then_some(
                "COMMAND cannot be told to publish several messages at once: it has no {count}",
            ),
            needs => unmet(needs, shown),
        };
        unmet.map(str::to_owned)
    }
}

/// What the CONNECT of the client lacks.
fn unmet(needs: Need, shown: &Shown) -> Option<&'static str> {
    match needs {
        Need::Nothing | Need::User | Need::Count => None,
        Need::Method => shown
            .method
            .is_none()
            .then_some("its CONNECT has no Authentication Method"),
        Need::NoMethod => shown
            .method
            .is_some()
            .then_some("its CONNECT has an Authentication Method"),
        Need::CleanStart => (!shown.clean_start).then_some("its CONNECT has Clean Start 0"),
        Need::NoTopicAlias => {
            (shown.topic_alias_maximum > 0).then_some("its CONNECT allows Topic Aliases")
        }
        Need::TopicAlias => {
            (shown.topic_alias_maximum == 0).then_some("its CONNECT allows no Topic Alias")
        }
        Need::ReceiveMaximum => shown
            .receive_maximum
            .is_none_or(|max| max > 100)
            .then_some("its CONNECT has no Receive Maximum up to 100"),
        Need::MaximumPacketSize => shown
            .maximum_packet_size
            .is_none_or(|max| max > 1 << 20)
            .then_some("its CONNECT has no Maximum Packet Size up to 1048576"),
    }
}

impl Scenario {
    fn is_called(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.id) || name.eq_ignore_ascii_case(self.group())
    }

    /// The letters of the id.
    fn group(&self) -> &'static str {
        self.id
            .split(|letter: char| !letter.is_ascii_alphabetic())
            .next()
            .unwrap_or(self.id)
    }

    fn told(&self, outcome: Outcome, why: impl Into<String>) -> Told {
        Told {
            line: Line {
                scenario: self.id,
                title: self.title,
                mqtt: self.mqtt.name(),
                outcome,
                demanded: self.demand.in_words(),
                received: Vec::new(),
                rules: self.rules.iter().map(|rule| (*rule).to_owned()).collect(),
                why: why.into(),
                sent: String::new(),
                bytes: String::new(),
                ms: 0,
                known: false,
                transcript: Vec::new(),
                violation: None,
            },
            transcript: String::new(),
        }
    }
}

impl Trigger {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect
            | Self::ConnectToSubscribe
            | Self::ConnectToPublish
            | Self::ConnectToPublish2
            | Self::Accepted => "CONNECT",
            Self::Subscribe | Self::Subscribed => "SUBSCRIBE",
            Self::Publish1 => "PUBLISH with QoS 1",
            Self::Publish2 => "PUBLISH with QoS 2",
            Self::Pubrel => "PUBREL",
            Self::Authenticated => "CONNECT with an Authentication Method",
        }
    }

    /// What `{action}` is.
    const fn action(self) -> &'static str {
        match self {
            Self::Connect | Self::Accepted | Self::Authenticated => "connect",
            Self::Subscribe | Self::Subscribed | Self::ConnectToSubscribe => "subscribe",
            Self::Publish1
            | Self::Publish2
            | Self::Pubrel
            | Self::ConnectToPublish
            | Self::ConnectToPublish2 => "publish",
        }
    }

    /// What `{qos}` is.
    const fn qos(self) -> u8 {
        match self {
            Self::Publish2 | Self::Pubrel | Self::ConnectToPublish2 => 2,
            _ => 1,
        }
    }
}
