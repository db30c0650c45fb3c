//! `mqtt-reason tap`: what it relays, what it tells, and what it does when something is broken, slow or plentiful.
//!
//! Everything happens on the loopback interface. `-- --ignored` needs paho-mqtt from PyPI (`MQTT_REASON_PYTHON` names
//! the python that has it) and Debian's mosquitto and mosquitto-clients.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

#[path = "embedding/programs.rs"]
mod programs;

/// Nothing here takes as long as this.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// CONNECT of 5.0 and of 3.1.1 with the Client Identifier `c`.
const CONNECT_5: &[u8] = b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01c";
const CONNECT_3_1_1: &[u8] = b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c";

/// A running tap.
struct Tap {
    child: Child,
    address: SocketAddr,
    /// What it has printed, when it has ended.
    output: Output,
}

enum Output {
    Read(JoinHandle<String>),
    Left(ChildStdout),
}

impl Tap {
    async fn start(upstream: SocketAddr, arguments: &[&str]) -> Self {
        let mut tap = Self::start_unread(upstream, arguments).await;
        let Output::Left(mut stdout) = tap.output else {
            panic!("nobody reads it yet");
        };
        tap.output = Output::Read(tokio::spawn(async move {
            let mut text = String::new();
            stdout.read_to_string(&mut text).await.unwrap();
            text
        }));
        tap
    }

    /// A tap whose standard output nobody reads.
    async fn start_unread(upstream: SocketAddr, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
            .args(["tap", "--listen", "127.0.0.1:0", "--upstream"])
            .arg(upstream.to_string())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = stderr.next_line().await.unwrap().unwrap();
        let address = line.split(' ').nth(1).unwrap().parse().unwrap();
        let output = Output::Left(child.stdout.take().unwrap());
        Self {
            child,
            address,
            output,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What a line of the process's status says.
    fn status(&self, line: &str) -> String {
        let pid = self.child.id().unwrap();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|text| text.starts_with(line)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// A line of the process's status, in kilobytes: `VmRSS` or `VmHWM`.
    fn memory(&self, line: &str) -> u64 {
        self.status(line).parse().unwrap()
    }

    /// Ends it as Ctrl-C does and returns what it has printed.
    async fn stop(self) -> String {
        self.stop_by("INT").await
    }

    /// Ends it by a signal and returns what it has printed.
    async fn stop_by(mut self, signal: &str) -> String {
        let pid = self.child.id().unwrap().to_string();
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {pid}")])
            .status()
            .await;
        assert!(kill.unwrap().success());
        let status = timeout(Duration::from_secs(10), self.child.wait()).await;
        assert!(status.expect("it ends").unwrap().success());
        match self.output {
            Output::Read(text) => text.await.unwrap(),
            Output::Left(mut stdout) => {
                let mut text = String::new();
                stdout.read_to_string(&mut text).await.unwrap();
                text
            }
        }
    }

    async fn stop_json(self) -> Vec<Value> {
        let text = self.stop().await;
        text.lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address of `host` where nobody listens.
///
/// Other tests start programs all the while, and a program that is about to start holds whatever is open here. So
/// this waits until the last copy of the listener is gone.
async fn free_address(host: &str) -> SocketAddr {
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
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
async fn connected(arguments: &[&str]) -> (Tap, TcpStream, TcpStream) {
    let (server, address) = listener().await;
    let tap = Tap::start(address, arguments).await;
    let client = tap.connect().await;
    let (server, _) = server.accept().await.unwrap();
    (tap, client, server)
}

/// Bytes that look like nothing, always the same for one seed.
fn noise(seed: u64, len: usize) -> Vec<u8> {
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
async fn write_in_pieces(to: &mut (impl AsyncWriteExt + Unpin), bytes: &[u8], seed: usize) {
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

async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(TIME_LIMIT, work).await.expect("it is done in time")
}

async fn read_exactly(from: &mut TcpStream, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    within(from.read_exact(&mut bytes)).await.unwrap();
    bytes
}

async fn read_to_end(from: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    within(from.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

fn results(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["result"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn relays_whatever_the_bytes_are() {
    let connects: [&[u8]; 4] = [&[], CONNECT_5, CONNECT_3_1_1, &[0x10, 0xFF, 0xFF]];
    for (seed, connect) in (1..).zip(connects) {
        let (tap, client, server) = connected(&[]).await;
        let requests = [connect, &noise(seed, 2_000_000)].concat();
        let replies = noise(seed + 100, 3_000_000);
        let (mut from_client, mut to_client) = server.into_split();
        let (mut from_server, mut to_server) = client.into_split();
        let (mut received_requests, mut received_replies) = (Vec::new(), Vec::new());
        within(async {
            tokio::join!(
                async {
                    write_in_pieces(&mut to_server, &requests, 0).await;
                    to_server.shutdown().await.unwrap();
                },
                async {
                    write_in_pieces(&mut to_client, &replies, 3).await;
                    to_client.shutdown().await.unwrap();
                },
                async {
                    from_client
                        .read_to_end(&mut received_requests)
                        .await
                        .unwrap()
                },
                async {
                    from_server
                        .read_to_end(&mut received_replies)
                        .await
                        .unwrap()
                },
            )
        })
        .await;
        assert!(received_requests == requests);
        assert!(received_replies == replies);
        tap.stop().await;
    }
}

/// As many connections as the limit on open files allows, at most `wanted`: the test holds two ends of each.
fn connection_count(wanted: usize) -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let limit = line
        .and_then(|line| line.split_whitespace().nth(3))
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(1024);
    let count = wanted.min((limit - 100) / 2);
    if count < wanted {
        eprintln!("{count} connections instead of {wanted}: only {limit} files may be open");
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_two_thousand_connections_at_a_time() {
    const LEN: usize = 10_000;
    let count = connection_count(2000);
    let (listener, address) = listener().await;
    let server = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        for _ in 0..count {
            let (mut socket, _) = listener.accept().await.unwrap();
            connections.spawn(async move {
                let (mut read, mut write) = socket.split();
                tokio::io::copy(&mut read, &mut write).await.unwrap();
                write.shutdown().await.unwrap();
            });
        }
        while let Some(result) = connections.join_next().await {
            result.unwrap();
        }
    });
    let tap = Tap::start(address, &["--json"]).await;
    let everybody = Arc::new(Barrier::new(count));
    let mut clients = JoinSet::new();
    for number in 0..count {
        let everybody = Arc::clone(&everybody);
        let tap = tap.address;
        clients.spawn(async move {
            let mut socket = TcpStream::connect(tap).await.unwrap();
            let mut echo = vec![0; CONNECT_5.len()];
            socket.write_all(CONNECT_5).await.unwrap();
            socket.read_exact(&mut echo).await.unwrap();
            // From here on all of them are open.
            everybody.wait().await;
            let bytes = noise(number as u64, LEN);
            let mut echo = vec![0; LEN];
            let (mut read, mut write) = socket.split();
            let (written, received) =
                tokio::join!(write.write_all(&bytes), read.read_exact(&mut echo));
            written.unwrap();
            received.unwrap();
            assert!(echo == bytes, "connection {number}");
        });
    }
    within(async {
        while let Some(result) = clients.join_next().await {
            result.unwrap();
        }
        server.await.unwrap();
    })
    .await;
    let most = tap.memory("VmHWM");
    println!("{count} connections at a time took {most} kB at most");
    assert!(most < 200_000, "{most} kB");
    let events = tap.stop_json().await;
    // A connection without a byte is somebody else's, who looks which ports are open.
    let closed: Vec<&Value> = events
        .iter()
        .filter(|event| event["result"] == "closed")
        .filter(|event| event["client_bytes"] != 0)
        .collect();
    assert_eq!(closed.len(), count);
    for event in closed {
        assert_eq!(event["client_bytes"], LEN + CONNECT_5.len());
        assert_eq!(event["server_bytes"], LEN + CONNECT_5.len());
    }
}

#[tokio::test]
async fn says_that_the_server_is_down_and_goes_on() {
    // On an address of its own: no other test is given its port while nobody listens there.
    let address = free_address("127.0.0.2").await;
    let tap = Tap::start(address, &["--json"]).await;
    let mut client = tap.connect().await;
    let refused = client.local_addr().unwrap().to_string();
    assert_eq!(read_to_end(&mut client).await, b"");
    // It comes up: the next connection works.
    let back = TcpListener::bind(address).await.unwrap();
    let mut client = tap.connect().await;
    let (mut server, _) = within(back.accept()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    assert_eq!(read_exactly(&mut server, 5).await, b"hello");
    // Told of this connection, whoever else has come meanwhile.
    let mut events = tap.stop_json().await;
    let opened = events.iter().find(|event| event["peer"] == refused);
    let number = opened.unwrap()["connection"].clone();
    events.retain(|event| event["connection"] == number);
    assert_eq!(results(&events), ["opened", "note", "closed"]);
    let text = events[1]["text"].as_str().unwrap();
    assert!(text.contains("cannot be reached"), "{text}");
}

#[tokio::test]
async fn passes_on_that_a_side_is_gone() {
    let (tap, client, mut server) = connected(&[]).await;
    drop(client);
    assert_eq!(read_to_end(&mut server).await, b"");
    tap.stop().await;

    let (tap, mut client, server) = connected(&[]).await;
    drop(server);
    assert_eq!(read_to_end(&mut client).await, b"");
    tap.stop().await;

    // Closed with unread bytes, which resets the connection: the other side ends, too.
    let (tap, mut client, server) = connected(&[]).await;
    client.write_all(&noise(1, 100_000)).await.unwrap();
    assert_eq!(within(server.peek(&mut [0])).await.unwrap(), 1);
    drop(server);
    let mut rest = Vec::new();
    let _ = within(client.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
    tap.stop().await;
}

#[tokio::test]
async fn keeps_a_half_closed_connection_open_the_other_way() {
    let (tap, mut client, mut server) = connected(&[]).await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(read_to_end(&mut server).await, b"question");
    sleep(Duration::from_millis(50)).await;
    let answer = noise(7, 500_000);
    within(async {
        let (received, ()) = tokio::join!(read_to_end(&mut client), async {
            server.write_all(&answer).await.unwrap();
            server.shutdown().await.unwrap();
        });
        assert!(received == answer);
    })
    .await;
    tap.stop().await;
}

#[tokio::test]
async fn slows_down_a_sender_whose_reader_is_slow() {
    const LEN: usize = 200_000_000;
    let (tap, mut client, mut server) = connected(&[]).await;
    // The beginning of one large PUBLISH after CONNECT, so that it is interpreted all the while.
    client.write_all(CONNECT_5).await.unwrap();
    read_exactly(&mut server, CONNECT_5.len()).await;
    let before = tap.memory("VmRSS");
    let sender = tokio::spawn(async move {
        let piece = noise(3, 1_000_000);
        server
            .write_all(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F])
            .await
            .unwrap();
        for _ in 0..LEN / piece.len() {
            server.write_all(&piece).await.unwrap();
        }
    });
    sleep(Duration::from_secs(1)).await;
    assert!(!sender.is_finished(), "somebody has buffered it all");
    let waiting = tap.memory("VmRSS");
    let piece = noise(3, 1_000_000);
    read_exactly(&mut client, 5).await;
    for _ in 0..LEN / piece.len() {
        assert!(read_exactly(&mut client, piece.len()).await == piece);
    }
    within(sender).await.unwrap();
    let most = tap.memory("VmHWM");
    println!("{before} kB before, {waiting} kB while the reader slept, {most} kB at most");
    assert!(most < 100_000, "{most} kB");
    tap.stop().await;
}

#[tokio::test]
async fn goes_on_when_nobody_reads_its_output() {
    const PUBACKS: usize = 300_000;
    const ROUNDS: usize = 4;
    let (listener, address) = listener().await;
    let tap = Tap::start_unread(address, &["--json"]).await;
    let mut client = tap.connect().await;
    let (mut server, _) = listener.accept().await.unwrap();
    let pubacks = [0x40, 0x02, 0x00, 0x01].repeat(PUBACKS);
    within(async {
        client.write_all(CONNECT_5).await.unwrap();
        read_exactly(&mut server, CONNECT_5.len()).await;
        for _ in 0..ROUNDS {
            let (written, received) = tokio::join!(
                client.write_all(&pubacks),
                read_exactly(&mut server, pubacks.len())
            );
            written.unwrap();
            assert!(received == pubacks);
        }
    })
    .await;
    let most = tap.memory("VmHWM");
    assert!(most < 200_000, "{most} kB");
    drop((client, server));
    // Time to fill the queues: of lines, or of bytes to look at, as the machine has it.
    sleep(Duration::from_secs(1)).await;
    // Somebody reads again: all of it is told, or that something is missing.
    let Tap { output, child, .. } = tap;
    let Output::Left(stdout) = output else {
        panic!("nobody reads it");
    };
    let mut lines = BufReader::new(stdout).lines();
    within(async {
        let mut told = 0;
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("\"PUBACK\"") {
                told += 1;
            }
            if line.contains("were not printed") || line.contains("not looked at") {
                assert!(line.contains("\"result\":\"note\""), "{line}");
                assert!(told < ROUNDS * PUBACKS);
                return;
            }
            if line.contains("\"result\":\"closed\"") {
                assert_eq!(told, ROUNDS * PUBACKS, "and no note");
                return;
            }
        }
        panic!("neither a note nor the end of the connection");
    })
    .await;
    drop(child);
}

#[tokio::test]
async fn ends_when_its_reader_goes_away() {
    let (_listener, address) = listener().await;
    let mut tap = Tap::start_unread(address, &[]).await;
    let stdout = format!("/proc/{}/fd/1", tap.child.id().unwrap());
    let mut stdout = fs::OpenOptions::new().write(true).open(stdout).unwrap();
    tap.output = Output::Read(tokio::spawn(async { String::new() }));
    // It is gone when no program that another test is about to start holds a copy of it any more.
    let gone = within(async {
        loop {
            match stdout.write_all(b"\n") {
                Ok(()) => sleep(Duration::from_millis(1)).await,
                Err(error) => break error.kind(),
            }
        }
    })
    .await;
    assert_eq!(gone, ErrorKind::BrokenPipe);
    // The tap finds out by the first line that it prints.
    let _client = tap.connect().await;
    let status = within(tap.child.wait()).await.unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn tells_packets_of_both_sides_as_json() {
    let (tap, mut client, mut server) = connected(&["--json"]).await;
    client.write_all(CONNECT_5).await.unwrap();
    read_exactly(&mut server, CONNECT_5.len()).await;
    let connack = b"\x20\x0a\0\x86\x07\x1f\0\x04nope\xe0";
    // Split inside the packet, and the last byte is a packet of its own that never ends.
    server.write_all(&connack[..5]).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    server.write_all(&connack[5..]).await.unwrap();
    drop(server);
    assert_eq!(read_to_end(&mut client).await, connack);
    drop(client);
    sleep(Duration::from_millis(100)).await;
    let events = tap.stop_json().await;
    assert_eq!(
        results(&events),
        ["opened", "frame", "packet", "incomplete", "closed"]
    );
    for event in &events {
        assert_eq!(event["connection"], 1);
        let time = event["time"].as_str().unwrap();
        assert_eq!(time.len(), "2026-01-02T12:34:56.789Z".len(), "{time}");
    }
    assert_eq!(events[1]["from"], "client");
    assert_eq!(events[1]["mqtt"], "5.0");
    assert_eq!(events[1]["packet"], "CONNECT");
    assert_eq!(events[1]["length"], CONNECT_5.len());
    assert_eq!(events[2]["from"], "server");
    assert_eq!(events[2]["packet"], "CONNACK");
    assert_eq!(events[2]["reason_code"], 0x86);
    assert_eq!(events[2]["reason_name"], "Bad User Name or Password");
    assert_eq!(events[2]["properties"]["reason_string"], "nope");
    assert_eq!(
        events[2]["encoded"],
        "200a008607".to_owned() + "1f00046e6f7065"
    );
    assert_eq!(events[4]["client_bytes"], CONNECT_5.len());
    assert_eq!(events[4]["server_bytes"], connack.len());
}

#[tokio::test]
async fn tells_packets_in_words() {
    let (tap, mut client, mut server) = connected(&[]).await;
    client.write_all(CONNECT_3_1_1).await.unwrap();
    read_exactly(&mut server, CONNECT_3_1_1.len()).await;
    server.write_all(&[0x20, 0x02, 0x00, 0x05]).await.unwrap();
    read_exactly(&mut client, 4).await;
    // From the wrong side, and cut in two: shown once, as a whole.
    client.write_all(&[0x20, 0x02]).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    client.write_all(&[0x00, 0x00]).await.unwrap();
    read_exactly(&mut server, 4).await;
    drop(client);
    read_to_end(&mut server).await;
    drop(server);
    sleep(Duration::from_millis(100)).await;
    let text = tap.stop().await;
    for expected in [
        " #1 opened by 127.0.0.1:",
        "Z #1 client CONNECT: MQTT 3.1.1\n",
        "Z #1 server CONNACK: 0x05 Connection Refused, not authorized. ",
        "Z #1 client CONNACK refused: CONNACK must not be sent by a client\n",
        "§2.2.1 of MQTT 3.1.1",
        " #1 closed; 19 bytes from the client, 4 from the server\n",
    ] {
        assert!(text.contains(expected), "no {expected:?} in\n{text}");
    }
    assert!(!text.contains('\x1b'), "colours, and not on a terminal");
}

#[tokio::test]
async fn tells_the_packets_behind_others_that_are_large() {
    let (tap, mut client, mut server) = connected(&["--json"]).await;
    let publish = [&[0x30, 0xC0, 0x84, 0x3D][..], &noise(5, 1_000_000)].concat();
    let user_property = [&b"\x26\0\x01k\xff\xff"[..], &[b'v'; 0xFFFF]].concat();
    let large = [
        &[0xE0, 0x8E, 0x80, 0x08, 0x00, 0x8A, 0x80, 0x08][..],
        &user_property,
        &user_property,
    ]
    .concat();
    assert_eq!(large.len(), 1 + 3 + 1 + 3 + 2 * (6 + 0xFFFF));
    let puback = [0x40, 0x03, 0x00, 0x01, 0x87];
    let stream = [CONNECT_5, &publish, &puback, &large, &puback].concat();
    within(async {
        let ((), received) = tokio::join!(
            write_in_pieces(&mut client, &stream, 2),
            read_exactly(&mut server, stream.len())
        );
        assert!(received == stream);
    })
    .await;
    drop((client, server));
    sleep(Duration::from_millis(100)).await;
    let events = tap.stop_json().await;
    assert_eq!(
        results(&events),
        ["opened", "frame", "packet", "note", "packet", "closed"],
        "{events:?}"
    );
    assert!(
        events[3]["text"]
            .as_str()
            .unwrap()
            .contains("DISCONNECT of 131090 bytes"),
        "{:?}",
        events[3]
    );
}

#[tokio::test]
async fn stops_looking_at_a_direction_and_says_so_once() {
    let (tap, mut client, mut server) = connected(&["--json"]).await;
    let requests = [CONNECT_5, &[0x00; 1000]].concat();
    client.write_all(&requests).await.unwrap();
    assert!(read_exactly(&mut server, requests.len()).await == requests);
    client.write_all(&[0x00; 1000]).await.unwrap();
    read_exactly(&mut server, 1000).await;
    // The other direction is still told.
    server.write_all(&[0xE0, 0x01, 0x81]).await.unwrap();
    read_exactly(&mut client, 3).await;
    drop((client, server));
    sleep(Duration::from_millis(100)).await;
    let events = tap.stop_json().await;
    assert_eq!(
        results(&events),
        ["opened", "frame", "error", "note", "packet", "closed"]
    );
    assert_eq!(events[2]["class"], "malformed");
    assert_eq!(events[3]["from"], "client");
    assert_eq!(events[4]["reason_name"], "Malformed Packet");
}

#[tokio::test]
async fn says_once_that_a_connection_is_not_mqtt() {
    for (from_client, first, expected) in [
        (true, &b"GET / HTTP/1.1\r\n\r\n"[..], "this is no CONNECT"),
        (false, b"SSH-2.0", "the server spoke before CONNECT"),
        (
            true,
            b"\x10\x07\0\x04MQTT\x07",
            "CONNECT of no known version",
        ),
    ] {
        let (tap, mut client, mut server) = connected(&["--json"]).await;
        let (from, to) = match from_client {
            true => (&mut client, &mut server),
            false => (&mut server, &mut client),
        };
        from.write_all(first).await.unwrap();
        assert_eq!(read_exactly(to, first.len()).await, first);
        for _ in 0..3 {
            to.write_all(b"whatever").await.unwrap();
            read_exactly(from, 8).await;
        }
        drop((client, server));
        sleep(Duration::from_millis(100)).await;
        let events = tap.stop_json().await;
        assert_eq!(results(&events), ["opened", "note", "closed"], "{events:?}");
        let text = events[1]["text"].as_str().unwrap();
        assert!(text.starts_with(expected), "{text}");
    }
}

#[tokio::test]
async fn ends_with_connections_still_open() {
    let (tap, mut client, mut server) = connected(&[]).await;
    client.write_all(CONNECT_5).await.unwrap();
    read_exactly(&mut server, CONNECT_5.len()).await;
    let start = Instant::now();
    let text = tap.stop().await;
    assert!(start.elapsed() < Duration::from_secs(3));
    assert!(text.contains("CONNECT: MQTT 5.0"), "{text}");
    assert!(text.contains("closed;"), "{text}");
    assert_eq!(read_to_end(&mut server).await, b"");
    assert_eq!(read_to_end(&mut client).await, b"");
}

/// The line on standard error says that Ctrl-C ends it, so it has to by then: while the line cannot be written yet,
/// signals are caught already.
#[tokio::test]
async fn can_be_ended_before_it_says_so() {
    const INT_AND_TERM: u64 = (1 << (2 - 1)) | (1 << (15 - 1));
    for signal in ["INT", "TERM"] {
        let (full, mut stderr) = tokio::net::unix::pipe::pipe().unwrap();
        full.writable().await.unwrap();
        while full.try_write(b"\n").is_ok() {}
        let child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
            .args(["tap", "--listen", "127.0.0.1:0", "--upstream"])
            .arg("127.0.0.1:1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(full.into_blocking_fd().unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let tap = Tap {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            output: Output::Read(tokio::spawn(async { String::new() })),
        };
        within(async {
            loop {
                let caught = u64::from_str_radix(&tap.status("SigCgt"), 16).unwrap();
                if caught & INT_AND_TERM == INT_AND_TERM {
                    break;
                }
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        let mut text = String::new();
        let (_, read) = tokio::join!(tap.stop_by(signal), stderr.read_to_string(&mut text));
        read.unwrap();
        assert!(text.contains("Ctrl-C ends it"), "{text}");
    }
}

#[tokio::test]
async fn refuses_addresses_that_are_none() {
    // As above, on an address of its own.
    let own = free_address("127.0.0.3").await.to_string();
    for (listen, upstream, expected) in [
        ("nonsense", "127.0.0.1:1", "cannot listen on nonsense"),
        ("127.0.0.1:99999", "127.0.0.1:1", "cannot listen on"),
        ("127.0.0.1:0", "nonsense", "cannot relay to nonsense"),
        (&own, &own, "is the tap itself"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
            .args(["tap", "--listen", listen, "--upstream", upstream])
            .output();
        let output = within(output).await.unwrap();
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(expected), "{text}");
    }
}

/// Time and memory of the relay beside a direct connection. It prints what it measures; only the memory is judged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measures_itself_beside_a_direct_connection() {
    const LEN: usize = 256 * 1024 * 1024;
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut buffer = vec![0; 64 * 1024];
                while socket.read(&mut buffer).await.unwrap_or(0) > 0 {}
                let _ = socket.write_all(b"done").await;
            });
        }
    });
    let tap = Tap::start(address, &[]).await;
    let mut seconds = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        for (seconds, address) in seconds.iter_mut().zip([address, tap.address]) {
            let mut socket = TcpStream::connect(address).await.unwrap();
            // Large PUBLISH packets, as heavy traffic has them.
            let publish = [&[0x30, 0x80, 0x80, 0x04][..], &noise(9, 65_536)].concat();
            let start = Instant::now();
            within(async {
                socket.write_all(CONNECT_5).await.unwrap();
                for _ in 0..LEN / publish.len() {
                    socket.write_all(&publish).await.unwrap();
                }
                socket.shutdown().await.unwrap();
                socket.read_to_end(&mut Vec::new()).await.unwrap();
            })
            .await;
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    let rates = seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        LEN as f64 / seconds[1] / 1e6
    });
    let most = tap.memory("VmHWM");
    println!(
        "{:.0} MB/s directly, {:.0} MB/s through the tap, {most} kB at most",
        rates[0], rates[1]
    );
    assert!(most < 150_000, "{most} kB");
    tap.stop().await;
}

/// mosquitto with one user, `alice`.
struct Mosquitto {
    _child: Child,
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

async fn mosquitto() -> Mosquitto {
    let folder = tempfile::tempdir().unwrap();
    let passwords = folder.path().join("passwords");
    let made = programs::run(
        Command::new(programs::find("mosquitto_passwd"))
            .args(["-b", "-c"])
            .arg(&passwords)
            .args(["alice", "wonderland"]),
    )
    .await;
    assert!(made.success, "{made:?}");
    // A port that was free a moment ago.
    let address = free_address("127.0.0.1").await;
    let settings = format!(
        "listener {} 127.0.0.1\nallow_anonymous false\npassword_file {}\nuser root\n",
        address.port(),
        passwords.display()
    );
    let file = folder.path().join("mosquitto.conf");
    fs::write(&file, settings).unwrap();
    let child = Command::new(programs::find("mosquitto"))
        .arg("-c")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    within(async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    Mosquitto {
        _child: child,
        _folder: folder,
        address,
    }
}

fn connacks(events: &[Value]) -> Vec<(&str, u64, &str)> {
    events
        .iter()
        .filter(|event| event["packet"] == "CONNACK")
        .map(|event| {
            assert_eq!(event["from"], "server");
            assert_eq!(event["result"], "packet", "{event}");
            (
                event["mqtt"].as_str().unwrap(),
                event["reason_code"].as_u64().unwrap(),
                event["reason_name"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
#[ignore = "needs paho-mqtt and mosquitto-clients"]
async fn shows_why_mosquitto_refuses_paho() {
    let mosquitto = mosquitto().await;
    let tap = Tap::start(mosquitto.address, &["--json"]).await;
    let port = &tap.address.port().to_string();
    for version in ["5.0", "3.1.1"] {
        let output = programs::paho(&[port, version, "alice", "wrong"]).await;
        assert!(output.text.contains("Not authorized"), "{output:?}");
        let talk = ["subscribe", "news/#", "2", "publish", "news/today", "2"];
        let arguments = [&[port, version, "alice", "wonderland"][..], &talk].concat();
        let output = programs::paho(&arguments).await;
        assert!(output.success, "{output:?}");
        assert!(
            output.text.contains("message news/today hello 2"),
            "{output:?}"
        );
    }
    let events = tap.stop_json().await;
    assert_eq!(
        connacks(&events),
        [
            ("5.0", 0x87, "Not authorized"),
            ("5.0", 0x00, "Success"),
            ("3.1.1", 5, "Connection Refused, not authorized"),
            ("3.1.1", 0, "Connection Accepted"),
        ]
    );
    // Everything of QoS 2 and SUBSCRIBE was told, from both sides, and nothing was refused or missed.
    for name in ["PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "DISCONNECT"] {
        let count = events
            .iter()
            .filter(|event| event["packet"] == name)
            .count();
        let expected = match name {
            "SUBACK" | "DISCONNECT" => 2,
            _ => 4,
        };
        assert!(count >= expected, "{count} {name} in {events:?}");
    }
    assert!(!results(&events).contains(&"error"), "{events:?}");
    assert!(!results(&events).contains(&"note"), "{events:?}");
}

#[tokio::test]
#[ignore = "needs paho-mqtt and mosquitto-clients"]
async fn shows_why_mosquitto_refuses_its_own_clients() {
    let mosquitto = mosquitto().await;
    let tap = Tap::start(mosquitto.address, &[]).await;
    let port = tap.address.port().to_string();
    for version in ["5", "311"] {
        let output = programs::run(
            Command::new(programs::find("mosquitto_sub"))
                .args(["-h", "127.0.0.1", "-p", &port, "-V", version])
                .args(["-u", "alice", "-P", "wrong", "-t", "news", "-W", "20"]),
        )
        .await;
        assert!(!output.success);
        assert!(
            output.text.to_lowercase().contains("not authori"),
            "{output:?}"
        );
    }
    let text = tap.stop().await;
    println!("{text}");
    for expected in [
        "server CONNACK: 0x87 Not authorized.",
        "server CONNACK: 0x05 Connection Refused, not authorized.",
    ] {
        assert!(text.contains(expected), "no {expected:?} in\n{text}");
    }
}
