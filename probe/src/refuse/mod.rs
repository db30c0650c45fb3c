//! A broker that answers as it is told: any reason code on demand, for whoever writes a client.
//!
//! The body of a `#[tokio::test]`, which returns `Result<(), Box<dyn Error>>`; each test has a refuser and a port of its
//! own, so that they run side by side:
//!
//! ```
//! use std::time::Duration;
//! use mqtt_reason::PacketType;
//! use mqtt_reason_probe::refuse::{Refuser, Rule};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::TcpStream;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let refuser = Refuser::new()
//!     .rule(Rule::new(PacketType::Puback, 0x87)?.nth(2))
//!     .start("127.0.0.1:0")
//!     .await?;
//!
//! // Your client goes here.
//! let mut client = TcpStream::connect(refuser.address()).await?;
//! client.write_all(b"\x10\x0E\0\x04MQTT\x05\x02\0\x3C\0\0\x01a").await?;
//! client.write_all(b"\x32\x07\0\x01t\0\x01\0x\x32\x07\0\x01t\0\x02\0x").await?;
//! let mut answers = [0; 14];
//! client.read_exact(&mut answers).await?;
//! assert_eq!(answers[..5], [0x20, 0x03, 0x00, 0x00, 0x00]);
//! assert_eq!(answers[5..9], [0x40, 0x02, 0x00, 0x01]);
//! assert_eq!(answers[9..], [0x40, 0x04, 0x00, 0x02, 0x87]);
//!
//! let received = refuser.received();
//! assert_eq!(received[0].packet, Some(PacketType::Connect));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
//! ```

mod answer;
mod connection;
mod proxy;
mod rule;
mod rules;
mod session;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mqtt_reason::PacketType;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use self::answer::variable_byte_integer;
pub use self::rule::{Rule, RuleError};
pub(crate) use self::rules::Rules;
pub(crate) use self::session::{Session, Step};
use crate::net::Connector;

/// A broker to be started: it accepts everything, but for its rules.
///
/// It grants what is asked for, acknowledges every PUBLISH, answers PINGREQ and forwards nothing. With a rule for
/// PUBREL it sends one PUBLISH with QoS 2 after each SUBACK that grants QoS 2, so that there is a PUBREC to answer.
/// All versions are spoken; where 3.1.1 and 3.1 have no such code, the nearest is sent, or the connection is closed.
#[derive(Clone, Debug)]
#[must_use]
pub struct Refuser {
    rules: Vec<Rule>,
    upstream: Option<Connector>,
    record: bool,
}

impl Default for Refuser {
    fn default() -> Self {
        Self::new()
    }
}

/// What a client sent, or what became of its connection.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The connection, counted from 1 in the order of accepting.
    pub connection: u32,
    /// Time since the refuser was started.
    pub at: Duration,
    /// The packet type; `None` for bytes that are no packet, and for the end of the connection.
    pub packet: Option<PacketType>,
    /// The bytes of the packet; empty for the end of the connection.
    pub bytes: Vec<u8>,
}

/// A refuser that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    changes: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

/// What all connections have in common.
#[derive(Debug)]
struct Shared {
    rules: Rules,
    upstream: Option<Connector>,
    start: Instant,
    record: bool,
    received: Mutex<Vec<Received>>,
    changed: watch::Sender<usize>,
    /// Told to a person who watches: what was answered otherwise, and what could not be.
    notes: Option<tokio::sync::mpsc::UnboundedSender<Note>>,
}

/// What a refuser tells a person who watches it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Note {
    /// The connection, counted from 1 in the order of accepting.
    pub connection: u32,
    /// A sentence.
    pub text: String,
}

impl Refuser {
    /// A broker that refuses nothing.
    pub fn new() -> Self {
        Self {
            rules: Vec::new(),
            upstream: None,
            record: true,
        }
    }

    /// Whether what the clients send is kept for [`Running::received`]; by default it is, without a limit.
    pub const fn record(mut self, record: bool) -> Self {
        self.record = record;
        self
    }

    /// Adds a rule; of several rules that fit a request the first one decides.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Stands in front of this broker: its answers are rewritten by the rules, all else is relayed.
    pub fn upstream(mut self, broker: Connector) -> Self {
        self.upstream = Some(broker);
        self
    }

    /// Listens on `address` (port 0: any free port) and serves until the result is dropped.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn start(self, address: impl ToSocketAddrs) -> io::Result<Running> {
        self.start_with(address, None).await
    }

    /// Like [`start`](Self::start); notes for a person who watches go to `notes`.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn start_with(
        self,
        address: impl ToSocketAddrs,
        notes: Option<tokio::sync::mpsc::UnboundedSender<Note>>,
    ) -> io::Result<Running> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (changed, changes) = watch::channel(0);
        let shared = Arc::new(Shared {
            rules: Rules::new(self.rules),
            upstream: self.upstream,
            start: Instant::now(),
            record: self.record,
            received: Mutex::default(),
            changed,
            notes,
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Running {
            address,
            shared,
            changes,
            task,
        })
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the clients sent so far, in the order of arrival.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.received().clone()
    }

    /// Waits until a client has sent something that `wanted` picks, and returns the first of it.
    pub async fn wait_for(&self, mut wanted: impl FnMut(&Received) -> bool + Send) -> Received {
        let mut changes = self.changes.clone();
        let mut seen = 0;
        loop {
            let found = {
                let received = self.shared.received();
                let mut new = received.iter().skip(seen);
                let found = new.find(|received| wanted(received)).cloned();
                seen = received.len();
                found
            };
            match found {
                Some(found) => return found,
                // The sender lives as long as `shared`.
                None => drop(changes.wait_for(|&count| count > seen).await),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn received(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, connection: u32, packet: Option<PacketType>, bytes: &[u8]) {
        if !self.record {
            return;
        }
        let count = {
            let mut received = self.received();
            received.push(Received {
                connection,
                at: self.start.elapsed(),
                packet,
                bytes: bytes.to_vec(),
            });
            received.len()
        };
        self.changed.send_replace(count);
    }

    fn note(&self, connection: u32, text: String) {
        if let Some(notes) = &self.notes {
            // Nobody listens any more: nobody to tell.
            let _ = notes.send(Note { connection, text });
        }
    }
}

/// Accepts until it is aborted; the connections end with it.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut count = 0_u32;
    loop {
        let client: TcpStream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => client,
                Err(error) => {
                    shared.note(0, format!("a connection was not accepted: {error}"));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
        };
        count = count.saturating_add(1);
        // An answer is small and waited for: it must not wait for more.
        let _ = client.set_nodelay(true);
        connections.spawn(connection::run(client, Arc::clone(&shared), count));
    }
}
