//! `tap`: a relay in front of a server that says why connections fail.
//!
//! Bytes pass unchanged and never wait for anybody here: what is told is read from copies, in tasks of their own
//! (`queue`, `teller`), and written by threads of their own (`output`). Where these are behind, the output has a gap;
//! the relay has none.

mod clients;
mod clock;
mod closing;
mod lines;
mod loops;
mod metrics;
mod output;
mod queue;
mod recent;
mod record;
mod relay;
mod teller;
mod voice;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use clap::Args;
use globset::{Glob, GlobSet, GlobSetBuilder};
use mqtt_reason_probe::net::{Address, Connector, TlsOptions};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::Verdict;
use crate::connection::Show;
use crate::failure::{Failure, usage};
use crate::signals::end_of_process;

use self::clients::Clients;
use self::clock::Clock;
use self::metrics::Metrics;
use self::output::Output;
use self::queue::{Backlog, Entry, Queue};
use self::record::Record;
use self::relay::{Counters, End, How, Relay};
use self::teller::{Teller, Telling};

/// How long connections, and then each output, may take to end.
const END_LIMIT: Duration = Duration::from_millis(1500);
/// How long what runs in the background may take to end after that.
const BACKGROUND_LIMIT: Duration = Duration::from_millis(500);
/// When a silent connection is asked whether it is still there, and how often before it is given up.
const KEEP_ALIVE: (Duration, Duration, u32) = (Duration::from_secs(60), Duration::from_secs(15), 4);
/// How often it is said that connections cannot be accepted.
const COMPLAINTS: Duration = Duration::from_secs(10);

const EXAMPLES: &str = "\
Examples:
  mqtt-reason tap --listen 127.0.0.1:1884 --upstream 127.0.0.1:1883
  mqtt-reason tap --listen 0.0.0.0:1884 --upstream mqtts://broker.example --json > tap.jsonl
  mqtt-reason tap --listen 0.0.0.0:1884 --upstream broker --failures --client-id 'sensor-*'

Ctrl-C ends it, and every connection through it. Nothing else does: when its output cannot be written, it says so once
on standard error and goes on relaying. The server sees all clients come from the tap's address: its rules by address
(bans, limits, access lists) then apply to the tap.";

/// Relay connections to a server and tell why they fail
///
/// Bytes are relayed unchanged, whatever they are. It tells who connects (CONNECT), every packet with a reason code
/// and what it answers, packets that break a rule, and who closed the connection, how and after what. Passwords and
/// Will payloads are not shown.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Tap {
    /// Where clients connect to, without TLS: [mqtt|ws://]HOST[:PORT]; port 0 is any free port, named on standard error
    #[arg(long, value_name = "ADDRESS")]
    listen: Address,

    /// The server to relay to: [mqtt|mqtts|tls|ws|wss]://HOST[:PORT] or HOST[:PORT]
    #[arg(long, value_name = "ADDRESS")]
    upstream: Address,

    /// Trust the certificate authorities in this file (PEM) instead of the system's
    #[arg(long, value_name = "FILE")]
    cafile: Option<PathBuf>,

    /// Take any certificate of the server
    #[arg(long)]
    insecure: bool,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    /// Tell every packet: PUBLISH, SUBSCRIBE, UNSUBSCRIBE and PINGs as well
    #[arg(long, conflicts_with = "failures")]
    all: bool,

    /// Tell only what fails: codes that refuse, broken packets, findings, and closes without DISCONNECT
    #[arg(long)]
    failures: bool,

    /// Tell only connections whose Client Identifier matches ('sensor-*'); can be given several times
    #[arg(long, value_name = "GLOB")]
    client_id: Vec<String>,

    /// Show the first 64 bytes of application payloads as well
    #[arg(long)]
    payloads: bool,

    /// Show Passwords and Will payloads as well, also in what --record writes
    #[arg(long)]
    secrets: bool,

    /// Write everything that passes to this file, as a transcript that `check` reads
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Serve counters to Prometheus here, at /metrics
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<Address>,

    /// Close a connection whose one side is gone when the other one has been silent for this long
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    half_close_timeout: Duration,
}

/// Reads a number of seconds; more than a year is a year.
fn seconds(text: &str) -> Result<Duration, String> {
    const YEAR: f64 = 365.0 * 24.0 * 60.0 * 60.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds >= 0.0 => Ok(Duration::from_secs_f64(seconds.min(YEAR))),
        _ => Err("give a number of seconds".to_owned()),
    }
}

impl Tap {
    /// Relays until the process is asked to end.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        // Every connection takes two. Where the limit cannot be raised, it holds.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        let result = runtime.block_on(self.relay());
        runtime.shutdown_timeout(BACKGROUND_LIMIT);
        result
    }

    async fn relay(&self) -> Result<Verdict, Failure> {
        let tls = TlsOptions::new(self.cafile.clone(), self.insecure);
        let connector = Connector::new(self.upstream.clone(), &tls)
            .map_err(|error| usage(error.to_string()))?;
        let (listener, own) = listen(&self.listen).await?;
        // A name that cannot be resolved now may be later; what it stands for then is looked at again.
        let found = connector.resolve().await.unwrap_or_default();
        if found
            .into_iter()
            .any(|address| loops::reaches(address, own))
        {
            return Err(usage(format!("{} is the tap itself", self.upstream)));
        }
        let served = match &self.metrics {
            Some(address) => Some(listen(address).await?.0),
            None => None,
        };
        let only = self.globs()?;
        let file =
            match &self.record {
                Some(path) => Some(record::create(path).map_err(|error| {
                    usage(format!("cannot write to {}: {error}", path.display()))
                })?),
                None => None,
            };
        // Before it is said that Ctrl-C ends it: somebody who reads that may send it at once.
        let end = end_of_process().map_err(|error| usage(format!("cannot start: {error}")))?;
        tokio::pin!(end);

        let (notices, noticed) = Output::start("standard error", || Box::new(io::stderr()), |_| {});
        let notices = Notices(notices);
        let said = notices.clone();
        let out = output::stdout()
            .map_err(|error| usage(format!("cannot write to standard output: {error}")))?;
        let plain = self.json || is_plain();
        let (lines, written) = Output::start(
            "standard output",
            || Box::new(out),
            move |text| said.say(&text),
        );
        let (record, recorded) = match file {
            Some(file) => {
                let said = notices.clone();
                let say = move |text: String| said.say(&text);
                let (lines, recorded) =
                    Output::start("the file of --record", || Box::new(file), say);
                (Some(Record::new(lines, self.secrets)), Some(recorded))
            }
            None => (None, None),
        };
        notices.say(&format!(
            "relaying {own} to {}; Ctrl-C ends it",
            self.upstream
        ));

        let metrics = Arc::new(Metrics::new());
        let serving =
            served.map(|listener| tokio::spawn(metrics::serve(listener, Arc::clone(&metrics))));
        let shared = Arc::new(Shared {
            connector,
            own,
            half_close: self.half_close_timeout,
            telling: Telling {
                lines,
                json: self.json,
                plain,
                all: self.all,
                failures: self.failures,
                show: Show {
                    secrets: self.secrets,
                    payloads: self.payloads,
                },
                only,
                record,
                clock: Clock::start(),
                metrics: Arc::clone(&metrics),
                clients: Clients::default(),
            },
            backlog: Arc::default(),
            metrics,
        });
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut number = 0;
        let mut complaints = Complaints::default();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((client, peer)) => {
                        number += 1;
                        let connection = Arc::clone(&shared).connection(number, client, peer, stopped.clone());
                        connections.spawn(connection);
                    }
                    // A client that is gone already, or no file descriptor left: the others go on.
                    Err(error) => {
                        complaints.add(&error, &notices);
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = &mut end => break,
            }
        }
        drop(listener);
        stop.send_replace(true);
        let all = async { while connections.join_next().await.is_some() {} };
        // What is not done by then is cut off.
        if timeout(END_LIMIT, all).await.is_err() {
            notices.say("the end comes before everything is told: the last packets that were relayed are left out");
        }
        drop(connections);
        if let Some(serving) = serving {
            serving.abort();
        }
        drop(shared);
        drop(notices);
        // Where an output takes nothing, there is nobody to tell.
        let _ = timeout(END_LIMIT, async {
            let _ = written.await;
            if let Some(recorded) = recorded {
                let _ = recorded.await;
            }
            let _ = noticed.await;
        })
        .await;
        Ok(Verdict::Good)
    }

    fn globs(&self) -> Result<Option<GlobSet>, Failure> {
        if self.client_id.is_empty() {
            return Ok(None);
        }
        let mut globs = GlobSetBuilder::new();
        for glob in &self.client_id {
            globs.add(Glob::new(glob).map_err(|error| usage(format!("--client-id: {error}")))?);
        }
        let globs = globs.build();
        Ok(Some(
            globs.map_err(|error| usage(format!("--client-id: {error}")))?,
        ))
    }
}

/// Whether standard output shows no colours.
fn is_plain() -> bool {
    AutoStream::choice(&io::stdout()) == ColorChoice::Never
}

async fn listen(address: &Address) -> Result<(TcpListener, SocketAddr), Failure> {
    if address.transport().is_tls() {
        return Err(usage(format!(
            "cannot listen on {address}: tap listens without TLS"
        )));
    }
    let failed = |error| {
        usage(format!(
            "cannot listen on {}: {error}",
            address.host_and_port()
        ))
    };
    let listener = TcpListener::bind((address.host(), address.port())).await;
    let listener = listener.map_err(failed)?;
    let own = listener.local_addr().map_err(failed)?;
    Ok((listener, own))
}

/// The way to standard error, which is for what belongs to no connection.
#[derive(Clone)]
struct Notices(Output);

impl Notices {
    fn say(&self, text: &str) {
        self.0.line(format!("{text}\n").into_bytes());
    }
}

/// Says that connections cannot be accepted, but not each time.
#[derive(Default)]
struct Complaints {
    last: Option<Instant>,
    unsaid: u64,
}

impl Complaints {
    fn add(&mut self, error: &io::Error, notices: &Notices) {
        if self.last.is_some_and(|last| last.elapsed() < COMPLAINTS) {
            self.unsaid += 1;
            return;
        }
        let before = match std::mem::take(&mut self.unsaid) {
            0 => String::new(),
            count => format!(" (and {count} times before)"),
        };
        notices.say(&format!("a connection was not accepted{before}: {error}"));
        self.last = Some(Instant::now());
    }
}

/// What all connections share.
struct Shared {
    connector: Connector,
    /// Where the tap listens.
    own: SocketAddr,
    half_close: Duration,
    telling: Telling,
    backlog: Arc<Backlog>,
    metrics: Arc<Metrics>,
}

impl Shared {
    /// One connection, from beginning to end.
    async fn connection(
        self: Arc<Self>,
        number: u64,
        client: TcpStream,
        peer: SocketAddr,
        mut stopped: watch::Receiver<bool>,
    ) {
        self.metrics.accepted();
        let clock = self.telling.clock;
        let queue = Arc::new(Queue::new(Arc::clone(&self.backlog)));
        let counters = Arc::new(Counters::default());
        let teller = Teller::new(
            number,
            Arc::clone(&self),
            Arc::clone(&queue),
            Arc::clone(&counters),
        );
        let telling = tokio::spawn(teller.run());
        let stopped = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        tokio::pin!(stopped);
        let server = tokio::select! {
            server = self.connector.connect_raw(|address| !loops::reaches(address, self.own)) => Some(server),
            () = &mut stopped => None,
        };
        match server {
            Some(Ok(server)) => {
                prepare(&client);
                prepare(server.tcp());
                queue.event(Entry::Opened {
                    time: clock.now(),
                    peer,
                    upstream: server.peer_addr().ok(),
                    local: server.local_addr().ok(),
                });
                let relay = Relay {
                    client,
                    server,
                    queue: &queue,
                    counters: &counters,
                    metrics: &self.metrics,
                    clients: &self.telling.clients,
                    clock,
                    half_close: self.half_close,
                };
                relay.run(stopped).await;
            }
            Some(Err(error)) => {
                self.metrics.unreachable();
                let text = format!("{} cannot be reached: {error}", self.connector.address());
                self.not_opened(&queue, How::Fin, text);
            }
            None => self.not_opened(&queue, How::Fin, "the tap was ended".to_owned()),
        }
        queue.done();
        // What was read is told before the connection counts as ended.
        let _ = telling.await;
        self.metrics.ended();
    }

    /// Tells the end of a connection that had no upstream.
    fn not_opened(&self, queue: &Queue, how: How, text: String) {
        self.metrics.close(None, how);
        let time = self.telling.clock.now();
        let end = End::by_tap(how, text);
        queue.event(Entry::Closing {
            time,
            end: end.clone(),
        });
        queue.event(Entry::Closed { time, end });
    }
}

/// Sets what a relay needs. These are wishes, not conditions.
fn prepare(tcp: &TcpStream) {
    // Small packets are not held back here: that would be an effect of the tap.
    let _ = tcp.set_nodelay(true);
    let (after, every, times) = KEEP_ALIVE;
    let keep_alive = TcpKeepalive::new().with_time(after).with_interval(every);
    #[cfg(any(
        target_os = "linux",
        target_os = "macos",
        target_os = "freebsd",
        windows
    ))]
    let keep_alive = keep_alive.with_retries(times);
    let _ = SockRef::from(tcp).set_tcp_keepalive(&keep_alive);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_seconds_can_be_waited_for() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("0"), Ok(Duration::ZERO));
        for text in ["1e300", "inf"] {
            assert_eq!(seconds(text), Ok(Duration::from_secs(365 * 24 * 60 * 60)));
        }
        for text in ["-1", "nan", "soon", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
