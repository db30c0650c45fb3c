//! A running `mqtt-reason tap`, what it has printed so far, and both ends of connections through it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that meets something else has failed"
)]

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::{self, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jsonschema::Validator;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// Nothing here takes as long as this.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// CONNECT of 5.0 and of 3.1.1 with the Client Identifier `c`.
pub const CONNECT_5: &[u8] = b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01c";
pub const CONNECT_3_1_1: &[u8] = b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c";
/// CONNACK that accepts.
pub const CONNACK_5: &[u8] = b"\x20\x03\0\0\0";
pub const CONNACK_3_1_1: &[u8] = b"\x20\x02\0\0";

/// A running tap.
pub struct Tap {
    pub child: Child,
    pub address: SocketAddr,
    /// What it prints.
    pub output: Lines,
    pub errors: Lines,
    /// What it has printed so far.
    pub seen: Vec<String>,
}

/// Lines as they come.
pub struct Lines(mpsc::UnboundedReceiver<String>);

impl Lines {
    fn of(from: impl tokio::io::AsyncRead + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut lines = BufReader::new(from).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }

    /// The next line; `None` at the end.
    pub async fn next(&mut self) -> Option<String> {
        within(self.0.recv()).await
    }

    /// The next line that has this in it.
    pub async fn with(&mut self, text: &str) -> String {
        loop {
            let line = self
                .next()
                .await
                .unwrap_or_else(|| panic!("no line with {text:?}"));
            if line.contains(text) {
                return line;
            }
        }
    }
}

impl Tap {
    pub async fn start(upstream: SocketAddr, arguments: &[&str]) -> Self {
        Self::start_to(&upstream.to_string(), arguments).await
    }

    pub async fn start_to(upstream: &str, arguments: &[&str]) -> Self {
        let (mut tap, stdout) = Self::start_unread(upstream, arguments, Stdio::piped()).await;
        tap.output = Lines::of(stdout.unwrap());
        tap
    }

    /// A tap whose standard output nobody reads, or goes elsewhere.
    pub async fn start_unread(
        upstream: &str,
        arguments: &[&str],
        stdout: Stdio,
    ) -> (Self, Option<ChildStdout>) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
            .args(["tap", "--listen", "127.0.0.1:0", "--upstream", upstream])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut errors = Lines::of(child.stderr.take().unwrap());
        let line = errors.with("relaying").await;
        let address = line.split(' ').nth(1).unwrap().parse().unwrap();
        let stdout = child.stdout.take();
        let tap = Self {
            child,
            address,
            output: Lines(mpsc::unbounded_channel().1),
            errors,
            seen: Vec::new(),
        };
        (tap, stdout)
    }

    pub async fn connect(&self) -> TcpStream {
        within(TcpStream::connect(self.address)).await.unwrap()
    }

    /// The first line, seen or to come, that has all of these in it.
    pub async fn line(&mut self, parts: &[&str]) -> String {
        self.find(
            |line| parts.iter().all(|part| line.contains(part)),
            &format!("{parts:?}"),
        )
        .await
    }

    /// The first event, seen or to come, with this result on this connection.
    pub async fn event(&mut self, connection: u64, result: &str) -> Value {
        let wanted = |line: &str| {
            let event = parse(line);
            event["connection"] == connection && event["result"] == result
        };
        parse(&self.find(wanted, result).await)
    }

    /// The first packet of this name, seen or to come, of this connection.
    pub async fn packet(&mut self, connection: u64, packet: &str) -> Value {
        let wanted = |line: &str| {
            let event = parse(line);
            event["connection"] == connection
                && event["result"] == "packet"
                && event["packet"] == packet
        };
        parse(&self.find(wanted, packet).await)
    }

    async fn find(&mut self, wanted: impl Fn(&str) -> bool, what: &str) -> String {
        if let Some(line) = self.seen.iter().find(|line| wanted(line)) {
            return line.clone();
        }
        loop {
            let next = timeout(TIME_LIMIT, self.output.0.recv()).await;
            let Ok(Some(line)) = next else {
                panic!("no {what} in\n{}", self.seen.join("\n"));
            };
            self.seen.push(line.clone());
            if wanted(&line) {
                return line;
            }
        }
    }

    /// What a line of the process's status says.
    pub fn status(&self, line: &str) -> String {
        let pid = self.child.id().unwrap();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|text| text.starts_with(line)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// A line of the process's status, in kilobytes: `VmRSS` or `VmHWM`.
    pub fn memory(&self, line: &str) -> u64 {
        self.status(line).parse().unwrap()
    }

    /// How many files it has open.
    pub fn files(&self) -> usize {
        let pid = self.child.id().unwrap();
        fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
    }

    pub async fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {pid}")])
            .status()
            .await;
        assert!(kill.unwrap().success());
    }

    /// Ends it as Ctrl-C does and returns all that it has printed.
    pub async fn stop(mut self) -> Vec<String> {
        self.signal("INT").await;
        let status = timeout(Duration::from_secs(20), self.child.wait()).await;
        assert_eq!(status.expect("it ends").unwrap().code(), Some(0));
        while let Some(line) = self.output.next().await {
            self.seen.push(line);
        }
        self.seen
    }

    pub async fn stop_json(self) -> Vec<Value> {
        self.stop().await.iter().map(|line| parse(line)).collect()
    }
}

/// The object of a line, which the schema describes, and in which no object has a key twice.
pub fn parse(line: &str) -> Value {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let Unique(value) =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let schema = SCHEMA.get_or_init(|| {
        let schema = include_str!("../../../../schema/mqtt-reason.schema.json");
        jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
    });
    let errors: Vec<_> = schema
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{line}\n{errors:#?}");
    value
}

/// A value of JSON whose objects have each key once.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON whose objects have each key once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = serde_json::Map::new();
        while let Some((key, Unique(value))) = access.next_entry::<String, _>()? {
            if map.insert(key.clone(), value).is_some() {
                return Err(de::Error::custom(format!("{key:?} stands there twice")));
            }
        }
        Ok(map.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(value)) = access.next_element()? {
            list.push(value);
        }
        Ok(list.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[test]
#[should_panic(expected = "stands there twice")]
fn a_key_that_stands_twice_is_noticed() {
    parse(r#"{"a":[{"b":1,"b":2}]}"#);
}

pub async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address of `host` where nobody listens, another one each time, below the ports that the system gives to
/// connections: those of other tests could take it before the program does that is to listen there.
///
/// Other tests start programs all the while, and a program that is about to start holds whatever is open here. So
/// this waits until the last copy of the listener is gone.
pub async fn free_address(host: &str) -> SocketAddr {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(64);
    let address = loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let port = 10_000 + u16::try_from(next).unwrap();
        if let Ok(listener) = TcpListener::bind((host, port)).await {
            break listener.local_addr().unwrap();
        }
    };
    within(async {
        loop {
            match TcpStream::connect(address).await {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
                _ => sleep(Duration::from_millis(1)).await,
            }
        }
    })
    .await;
    address
}

/// A tap, and both ends of one connection through it.
pub async fn connected(arguments: &[&str]) -> (Tap, TcpStream, TcpStream) {
    let (server, address) = listener().await;
    let tap = Tap::start(address, arguments).await;
    let client = tap.connect().await;
    let (server, _) = within(server.accept()).await.unwrap();
    (tap, client, server)
}

/// Both ends of a further connection through the tap.
pub async fn further(tap: &Tap, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = tap.connect().await;
    let (server, _) = within(listener.accept()).await.unwrap();
    (client, server)
}

/// Bytes that look like nothing, always the same for one seed.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Writes in pieces of many sizes.
pub async fn write_in_pieces(to: &mut (impl AsyncWriteExt + Unpin), bytes: &[u8], seed: usize) {
    let sizes = [1, 7, 100, 4096, 3, 65_536, 1500];
    let mut rest = bytes;
    let mut turn = seed;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes[turn % sizes.len()].min(rest.len()));
        to.write_all(piece).await.unwrap();
        rest = after;
        turn += 1;
    }
}

pub async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(TIME_LIMIT, work).await.expect("it is done in time")
}

pub async fn read_exactly(from: &mut TcpStream, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    within(from.read_exact(&mut bytes)).await.unwrap();
    bytes
}

/// Sends bytes from one end of the connection and takes them at the other.
pub async fn pass(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    within(from.write_all(bytes)).await.unwrap();
    assert!(read_exactly(to, bytes.len()).await == bytes);
}

pub async fn read_to_end(from: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    within(from.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

/// Ends a connection as a program does that crashed.
pub fn reset(socket: TcpStream) {
    socket.set_zero_linger().unwrap();
    drop(socket);
}

pub fn results(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["result"].as_str().unwrap())
        .collect()
}
