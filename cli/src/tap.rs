//! `tap`: a relay in front of a server that says why connections fail.
//!
//! Bytes pass unchanged and never wait for anybody here: what is printed is read from copies, in tasks of their own,
//! with bounded queues in between. Where these are full, the output has a gap; the relay has none.

mod interpreter;
mod log;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use clap::Args;
use mqtt_reason::Side;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Verdict;
use crate::failure::{Failure, usage};

use self::interpreter::Interpreter;
use self::log::{Event, Log};

/// How much is read at once, in bytes: all that a direction holds whose reader is slow.
const CHUNK: usize = 32 * 1024;
/// How many bytes of all connections together may wait for being interpreted.
const BACKLOG: usize = 64 * 1024 * 1024;
/// How many chunks of one connection may wait for being interpreted.
const QUEUE: usize = 256;
/// How long the server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long connections and output may take to end.
const END_LIMIT: Duration = Duration::from_secs(2);

const EXAMPLES: &str = "\
Examples:
  mqtt-reason tap --listen 127.0.0.1:1884 --upstream 127.0.0.1:1883
  mqtt-reason tap --listen 0.0.0.0:1884 --upstream broker.example:1883 --json > tap.jsonl

Ctrl-C ends it.";

/// Relay connections to a server and print every reason-coded packet that passes
///
/// Bytes are relayed unchanged, whatever they are. The version is learnt from CONNECT. Packets that break a rule are
/// shown with the rule; after bytes that are not MQTT a direction is relayed without being looked at.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Tap {
    /// Where clients connect to; port 0 is any free port, named on standard error
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: String,

    /// The server to relay to
    #[arg(long, value_name = "ADDRESS:PORT")]
    upstream: String,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl Tap {
    /// Relays until Ctrl-C, or until nobody reads the output any more.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        let result = runtime.block_on(self.relay());
        runtime.shutdown_timeout(END_LIMIT);
        result
    }

    async fn relay(&self) -> Result<Verdict, Failure> {
        let listener = TcpListener::bind(&self.listen)
            .await
            .map_err(|error| usage(format!("cannot listen on {}: {error}", self.listen)))?;
        let address = listener
            .local_addr()
            .map_err(|error| usage(format!("cannot listen on {}: {error}", self.listen)))?;
        self.check_upstream(address).await?;
        // Before it is said that Ctrl-C ends it: somebody who reads that may send it at once.
        let end = end_of_process().map_err(|error| usage(format!("cannot start: {error}")))?;
        tokio::pin!(end);
        let (log, mut output) = Log::start(self.json);
        anstream::eprintln!("relaying {address} to {}; Ctrl-C ends it", self.upstream);

        let tap = Arc::new(Shared {
            upstream: self.upstream.clone(),
            log,
            backlog: Arc::new(Semaphore::new(BACKLOG)),
        });
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut number = 0;
        let failed = loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((client, peer)) => {
                        number += 1;
                        tap.log.print(number, None, &Event::Opened { peer });
                        connections.spawn(Arc::clone(&tap).connection(number, client, stopped.clone()));
                    }
                    // A client that is gone already, or no file descriptor left: the others go on.
                    Err(error) => {
                        let text = format!("a connection was not accepted: {error}");
                        tap.log.print(0, None, &Event::Note(text));
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                failed = &mut output => break failed.ok(),
                () = &mut end => break None,
            }
        };
        drop(listener);
        stop.send_replace(true);
        let all = async { while connections.join_next().await.is_some() {} };
        // What is not done by then is cut off.
        let _ = timeout(END_LIMIT, all).await;
        drop(connections);
        drop(tap);
        let written = match failed {
            Some(written) => written,
            None => match timeout(END_LIMIT, output).await {
                Ok(Ok(written)) => written,
                // Standard output takes nothing: there is nobody to tell.
                _ => Ok(()),
            },
        };
        written?;
        Ok(Verdict::Good)
    }

    /// Refuses a server that is no address, or that is the tap itself. A name that cannot be resolved now may be later.
    async fn check_upstream(&self, own: SocketAddr) -> Result<(), Failure> {
        let found = tokio::net::lookup_host(&self.upstream).await;
        match found.map(|mut addresses| addresses.any(|address| address == own)) {
            Ok(true) => Err(usage(format!("{} is the tap itself", self.upstream))),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let text = format!("cannot relay to {}: {error}", self.upstream);
                Err(usage(text))
            }
            _ => Ok(()),
        }
    }
}

/// Listens for signals from here on. What it returns ends when the process is asked to end.
#[cfg(unix)]
fn end_of_process() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from here on. What it returns ends when the process is asked to end.
#[cfg(windows)]
fn end_of_process() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}

/// What all connections share.
struct Shared {
    upstream: String,
    log: Arc<Log>,
    backlog: Arc<Semaphore>,
}

impl Shared {
    /// One connection, from beginning to end.
    async fn connection(
        self: Arc<Self>,
        number: u64,
        client: TcpStream,
        mut stopped: watch::Receiver<bool>,
    ) {
        let server = tokio::select! {
            server = timeout(CONNECT_LIMIT, TcpStream::connect(&self.upstream)) => match server {
                Ok(server) => server,
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            },
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let counters = Arc::new(Counters::default());
        match server {
            Ok(server) => {
                let (queue, chunks) = mpsc::channel(QUEUE);
                let sides = Arc::new(Sides::default());
                let interpreter =
                    Interpreter::new(number, Arc::clone(&self.log), Arc::clone(&sides));
                let interpreting = tokio::spawn(interpreter.run(chunks));
                let copies = Copies {
                    number,
                    queue,
                    sides,
                    backlog: &self.backlog,
                    log: &self.log,
                };
                tokio::select! {
                    () = relay_both(client, server, &copies, &counters) => {}
                    _ = stopped.wait_for(|stopped| *stopped) => {}
                }
                drop(copies);
                // What was read is told before the connection is said to be closed.
                let _ = interpreting.await;
            }
            Err(error) => {
                let text = format!("{} cannot be reached: {error}", self.upstream);
                self.log.print(number, None, &Event::Note(text));
            }
        }
        let event = Event::Closed {
            client_bytes: counters.client.load(Ordering::Relaxed),
            server_bytes: counters.server.load(Ordering::Relaxed),
        };
        self.log.print(number, None, &event);
    }
}

/// How many bytes each side has sent.
#[derive(Default)]
struct Counters {
    client: AtomicU64,
    server: AtomicU64,
}

/// Relays both ways until both have ended, or one has failed.
async fn relay_both(
    mut client: TcpStream,
    mut server: TcpStream,
    copies: &Copies<'_>,
    counters: &Counters,
) {
    // Small packets are not held back here: that would be an effect of the tap. It is a wish, not a condition.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let requests = relay(
        Side::Client,
        from_client,
        to_server,
        copies,
        &counters.client,
    );
    let replies = relay(
        Side::Server,
        from_server,
        to_client,
        copies,
        &counters.server,
    );
    // A connection that cannot be read is broken in both directions, and the other one with it.
    let _ = tokio::try_join!(requests, replies);
}

/// Relays one direction until its sender closes it; a half-closed connection stays open the other way.
///
/// The next bytes are read when the last ones have been taken, so that a slow reader slows its sender down, as it
/// would without the relay.
///
/// # Errors
///
/// The sender's connection cannot be read. That of the receiver, if it is broken, will say so by itself, after what
/// it still has to say.
async fn relay(
    sender: Side,
    from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    copies: &Copies<'_>,
    counter: &AtomicU64,
) -> io::Result<()> {
    loop {
        // Memory is taken when there is something to read: a silent connection costs none.
        from.readable().await?;
        let mut chunk = BytesMut::with_capacity(CHUNK);
        match from.try_read_buf(&mut chunk) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        let chunk = chunk.freeze();
        copies.offer(sender, &chunk);
        if to.write_all(&chunk).await.is_err() {
            return Ok(());
        }
        let len = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        counter.fetch_add(len, Ordering::Relaxed);
    }
    let _ = to.shutdown().await;
    Ok(())
}

/// What one side sent, for the interpreter.
struct Chunk {
    sender: Side,
    time: SystemTime,
    bytes: Bytes,
    /// Its share of the backlog.
    _permit: OwnedSemaphorePermit,
}

/// The directions that nobody interprets any more.
#[derive(Default)]
struct Sides {
    client: AtomicBool,
    server: AtomicBool,
}

impl Sides {
    const fn of(&self, side: Side) -> &AtomicBool {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn is_blind(&self, side: Side) -> bool {
        self.of(side).load(Ordering::Relaxed)
    }

    /// Whether this is news.
    fn blind(&self, side: Side) -> bool {
        !self.of(side).swap(true, Ordering::Relaxed)
    }
}

/// Where the relay leaves what it has read, if there is room.
struct Copies<'a> {
    number: u64,
    queue: mpsc::Sender<Chunk>,
    sides: Arc<Sides>,
    backlog: &'a Arc<Semaphore>,
    log: &'a Log,
}

impl Copies<'_> {
    /// Hands a chunk to the interpreter, or says once that it cannot. It never waits.
    fn offer(&self, sender: Side, chunk: &Bytes) {
        if self.sides.is_blind(sender) {
            return;
        }
        // The chunk itself is shared if it is large, so that it is not copied; small ones do not keep its memory.
        let (bytes, cost) = match chunk.len() < CHUNK / 4 {
            true => (Bytes::copy_from_slice(chunk), chunk.len()),
            false => (chunk.clone(), CHUNK),
        };
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let permit = Arc::clone(self.backlog).try_acquire_many_owned(cost);
        let sent = permit.is_ok_and(|permit| {
            let chunk = Chunk {
                sender,
                time: SystemTime::now(),
                bytes,
                _permit: permit,
            };
            self.queue.try_send(chunk).is_ok()
        });
        if !sent && self.sides.blind(sender) {
            let text =
                format!("the {sender} sends faster than can be told: relayed, not looked at");
            self.log
                .print(self.number, Some(sender), &Event::Note(text));
        }
    }
}
