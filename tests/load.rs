//! A server with the codec under load and abuse: a thousand connections at a time, of which a quarter behaves.
//!
//! A quarter sends valid packets, a quarter malformed ones, a quarter truncated ones, a quarter packets that never end.
//! Every malformed packet must be answered with its DISCONNECT, the connections that behave must not notice, and
//! memory must stay within bounds. It takes 10 seconds; `MQTT_REASON_LOAD_SECONDS` asks for another time, up to 600:
//!
//! ```console
//! $ MQTT_REASON_LOAD_SECONDS=60 cargo test --release --features codec --test load -- --nocapture
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs};

use futures_util::{SinkExt, StreamExt};
use mqtt_reason::codec::{Codec, Item};
use mqtt_reason::v5::{self, Connack, Disconnect, DisconnectReason};
use mqtt_reason::{OwnedFrame, Packet, PacketId, PacketType, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::codec::Framed;

/// The server's Maximum Packet Size, in bytes.
const MAX_PACKET_SIZE: u32 = 64 * 1024;
/// How long the server waits for a whole packet: its idea of Keep Alive.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a connection that behaves may wait for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// What all of it may take, server and clients, above what it took at the start: a thousand times the largest packet,
/// and as much again for the buffer that grows by doubling.
const MEMORY_LIMIT: u64 = 2 * 1000 * 64;

const CONNECT: &[u8] = b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01c";
const CONNACK: &[u8] = &[0x20, 0x03, 0x00, 0x00, 0x00];

/// What breaks a rule, and the code of the DISCONNECT that it must be answered with.
const MALFORMED: &[(&[u8], u8)] = &[
    // Reserved packet type, flags of PUBACK and of PUBREL.
    (&[0x00, 0x00], 0x81),
    (&[0x41, 0x02, 0x00, 0x0A], 0x81),
    (&[0x60, 0x02, 0x00, 0x0A], 0x81),
    // Remaining Length: not minimal, too long.
    (&[0x40, 0x82, 0x00, 0x00, 0x0A], 0x81),
    (&[0x30, 0xFF, 0xFF, 0xFF, 0xFF], 0x81),
    // A field runs past the end; bytes are left over.
    (&[0x40, 0x01, 0x00], 0x81),
    (&[0x40, 0x06, 0x00, 0x01, 0x00, 0x00, 0xDE, 0xAD], 0x81),
    // Reason String: bad UTF-8, U+0000, twice.
    (
        &[0x40, 0x08, 0x00, 0x0A, 0x87, 0x04, 0x1F, 0x00, 0x01, 0xFF],
        0x81,
    ),
    (
        &[0x40, 0x08, 0x00, 0x0A, 0x87, 0x04, 0x1F, 0x00, 0x01, 0x00],
        0x81,
    ),
    (
        &[
            0x40, 0x0A, 0x00, 0x0A, 0x87, 0x06, 0x1F, 0x00, 0x00, 0x1F, 0x00, 0x00,
        ],
        0x82,
    ),
    // A property of DISCONNECT in PUBACK.
    (
        &[
            0x40, 0x09, 0x00, 0x0A, 0x87, 0x05, 0x11, 0x00, 0x00, 0x00, 0x00,
        ],
        0x81,
    ),
    // Codes outside the table, one of AUTH that only a Server sends, Packet Identifier 0.
    (&[0x40, 0x03, 0x00, 0x0A, 0x8B], 0x82),
    (&[0x50, 0x03, 0x00, 0x0A, 0x92], 0x82),
    (&[0xE0, 0x01, 0x92], 0x82),
    (&[0xF0, 0x06, 0x00, 0x04, 0x15, 0x00, 0x01, 0x41], 0x82),
    (&[0x40, 0x02, 0x00, 0x00], 0x82),
    // Packets that only a Server sends, and AUTH without a method.
    (&[0x20, 0x03, 0x00, 0x00, 0x00], 0x82),
    (&[0x90, 0x04, 0x00, 0x0A, 0x00, 0x00], 0x82),
    (&[0xF0, 0x02, 0x18, 0x00], 0x82),
    // One byte more than the maximum, and the most that can be claimed.
    (&[0x30, 0xFD, 0xFF, 0x03], 0x95),
    (&[0xE0, 0xFF, 0xFF, 0xFF, 0x7F], 0x95),
];

/// What happened, on all connections.
#[derive(Default)]
struct Tally {
    healthy: AtomicU64,
    malformed: AtomicU64,
    truncated: AtomicU64,
    endless: AtomicU64,
    /// How long the connections that behave waited for answers, in microseconds.
    waits: Mutex<Vec<u64>>,
}

/// Serves one connection: acknowledges, answers errors, and gives up on who sends no whole packet.
async fn serve(socket: TcpStream) {
    let codec = Codec::server().max_packet_size(MAX_PACKET_SIZE);
    let mut link = Framed::new(socket, codec);
    // Whether the client gets what it is sent is seen at the client.
    let end = loop {
        let item = match timeout(PATIENCE, link.next()).await {
            Ok(Some(Ok(item))) => item,
            Ok(Some(Err(error))) => break error.answer().packet(),
            Ok(None) => return,
            Err(_) => {
                let reason = DisconnectReason::KeepAliveTimeout;
                break Some(Disconnect::new(reason).into());
            }
        };
        let sent = match &item {
            Item::Frame(frame) => match frame.packet_type() {
                PacketType::Connect => link.send(Connack::accepted(false)).await,
                PacketType::Publish => {
                    // QoS 1 and the topic `t`: the identifier is in bytes 3 and 4 of the body.
                    let body = frame.frame();
                    let id = PacketId::new(u16::from_be_bytes([body.body()[3], body.body()[4]]));
                    link.send(v5::Puback::success(id.unwrap())).await
                }
                _ => {
                    let mut pingresp = (&[0xD0, 0x00][..]).into();
                    let frame = OwnedFrame::decode(Version::V5_0, &mut pingresp);
                    link.send(frame.unwrap().unwrap()).await
                }
            },
            Item::Packet(owned) => match owned.packet() {
                Packet::V5(v5::Packet::Pubrel(pubrel)) => {
                    link.send(v5::Pubcomp::success(pubrel.packet_id())).await
                }
                Packet::V5(v5::Packet::Disconnect(_)) => return,
                _ => Ok(()),
            },
            _ => Ok(()),
        };
        if sent.is_err() {
            return;
        }
    };
    if let Some(packet) = end {
        let _ = timeout(PATIENCE, link.send(packet)).await;
    }
    // A socket that is closed with unread bytes resets the connection, and the answer may be lost.
    let mut socket = link.into_inner();
    let _ = timeout(PATIENCE, async {
        let _ = socket.shutdown().await;
        let mut rest = [0; 4096];
        while socket.read(&mut rest).await.unwrap_or(0) > 0 {}
    })
    .await;
}

/// A connection that the server has accepted. Clients come from several addresses, for one has too few ports.
async fn connected(server: SocketAddr, number: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    if cfg!(target_os = "linux") {
        let last = 1 + u8::try_from(number % 16).unwrap();
        socket.bind(([127, 0, 0, last], 0).into()).unwrap();
    }
    let mut socket = socket.connect(server).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket.write_all(CONNECT).await.unwrap();
    let mut connack = [0; 5];
    let read = timeout(ANSWER_LIMIT, socket.read_exact(&mut connack)).await;
    read.expect("CONNACK comes in time").unwrap();
    assert_eq!(connack, CONNACK);
    socket
}

/// Everything that comes until the server closes.
async fn rest(socket: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = timeout(ANSWER_LIMIT, socket.read_to_end(&mut bytes)).await;
    read.expect("the server closes in time").unwrap();
    bytes
}

/// A number that looks like chance, always the same for the same arguments.
fn chance(number: usize, turn: usize, below: usize) -> usize {
    let mut mixed = (number as u64) << 32 | turn as u64;
    for _ in 0..3 {
        mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    usize::try_from(mixed >> 33).unwrap() % below
}

/// Publishes, releases and pings until the end, and measures how long each answer takes.
async fn behave(server: SocketAddr, number: usize, end: Instant, tally: Arc<Tally>) {
    let exchanges: [(&[u8], &[u8]); 4] = [
        (b"\x32\x08\0\x01t\0\x07\0hi", &[0x40, 0x02, 0x00, 0x07]),
        (&[0x62, 0x02, 0x00, 0x08], &[0x70, 0x02, 0x00, 0x08]),
        (&[0xC0, 0x00], &[0xD0, 0x00]),
        // A refusal with a Reason String needs no answer: a ping behind it has one.
        (b"\x40\x08\0\x09\x87\x04\x1f\0\x01x\xc0\x00", &[0xD0, 0x00]),
    ];
    let mut socket = connected(server, number).await;
    let mut waits = Vec::new();
    let mut turn = 0;
    while Instant::now() < end {
        let (request, expected) = exchanges[turn % exchanges.len()];
        let start = Instant::now();
        socket.write_all(request).await.unwrap();
        let mut answer = vec![0; expected.len()];
        let read = timeout(ANSWER_LIMIT, socket.read_exact(&mut answer)).await;
        read.expect("an answer comes in time").unwrap();
        assert_eq!(answer, expected);
        waits.push(u64::try_from(start.elapsed().as_micros()).unwrap());
        tally.healthy.fetch_add(1, Ordering::Relaxed);
        turn += 1;
        sleep(Duration::from_millis(50)).await;
    }
    socket.write_all(&[0xE0, 0x00]).await.unwrap();
    assert_eq!(rest(&mut socket).await, b"");
    tally.waits.lock().unwrap().extend(waits);
}

/// Sends something wrong behind something right, in two pieces, and expects the DISCONNECT for it.
async fn break_rules(server: SocketAddr, number: usize, end: Instant, tally: Arc<Tally>) {
    let mut turn = 0;
    while Instant::now() < end {
        let (wrong, code) = MALFORMED[(number / 4 + turn) % MALFORMED.len()];
        let mut socket = connected(server, number).await;
        let stream = [&[0xC0, 0x00, 0x62, 0x02, 0x00, 0x08][..], wrong].concat();
        let (first, second) = stream.split_at(chance(number, turn, stream.len()));
        socket.write_all(first).await.unwrap();
        sleep(Duration::from_millis(1)).await;
        socket.write_all(second).await.unwrap();
        let answer = rest(&mut socket).await;
        let expected = [0xD0, 0x00, 0x70, 0x02, 0x00, 0x08, 0xE0, 0x01, code];
        assert_eq!(answer, expected, "{wrong:02x?}");
        tally.malformed.fetch_add(1, Ordering::Relaxed);
        turn += 1;
        sleep(Duration::from_millis(
            300 + chance(number, turn, 200) as u64,
        ))
        .await;
    }
}

/// Closes inside a packet; expects nothing but the end.
async fn break_off(server: SocketAddr, number: usize, end: Instant, tally: Arc<Tally>) {
    let large = [&[0x30, 0xF0, 0xEA, 0x03][..], &[b'x'; 50_000]].concat();
    let packets: [&[u8]; 4] = [
        &[0x40, 0x03, 0x00, 0x0A, 0x87],
        b"\xe0\x08\x8e\x06\x1f\0\x03why",
        b"\x32\x08\0\x01t\0\x07\0hi",
        &large,
    ];
    let mut turn = 0;
    while Instant::now() < end {
        let packet = packets[turn % packets.len()];
        let mut socket = connected(server, number).await;
        let len = 1 + chance(number, turn, packet.len() - 1);
        socket.write_all(&packet[..len]).await.unwrap();
        if turn % 3 == 0 {
            drop(socket);
        } else {
            socket.shutdown().await.unwrap();
            assert_eq!(rest(&mut socket).await, b"");
        }
        tally.truncated.fetch_add(1, Ordering::Relaxed);
        turn += 1;
        sleep(Duration::from_millis(
            300 + chance(number, turn, 200) as u64,
        ))
        .await;
    }
}

/// Sends a packet that never ends: within the limit drop by drop, until the server's patience ends, or beyond it as
/// fast as it is taken.
async fn never_end(server: SocketAddr, number: usize, end: Instant, tally: Arc<Tally>) {
    let mut turn = number / 4;
    while Instant::now() < end {
        let socket = connected(server, number).await;
        let (mut read, mut write) = socket.into_split();
        // 60,004 bytes of PUBLISH or DISCONNECT, or 256 MiB of either.
        let first = if turn % 2 == 0 { 0x30 } else { 0xE0 };
        let (header, piece, pause, code) = match turn % 3 {
            0 => (&[first, 0xFF, 0xFF, 0xFF, 0x7F][..], 16_384, 0, 0x95),
            1 => (&[first, 0xE0, 0xD4, 0x03][..], 1, 10, 0x8D),
            _ => (&[first, 0xE0, 0xD4, 0x03][..], 50, 5, 0x8D),
        };
        write.write_all(header).await.unwrap();
        let sending = async {
            let piece = vec![0; piece];
            // Bounded, even if nobody ever refused it. An error is the server's close, which the other half sees.
            for _ in 0..1000 {
                if write.write_all(&piece).await.is_err() {
                    break;
                }
                sleep(Duration::from_millis(pause)).await;
            }
            std::future::pending::<()>().await;
        };
        let mut answer = [0; 3];
        tokio::select! {
            read = timeout(ANSWER_LIMIT, read.read_exact(&mut answer)) => {
                read.expect("an answer comes in time").unwrap();
            }
            () = sending => {}
        }
        assert_eq!(answer, [0xE0, 0x01, code], "after {header:02x?}");
        tally.endless.fetch_add(1, Ordering::Relaxed);
        turn += 1;
        sleep(Duration::from_millis(300)).await;
    }
}

/// The memory that this process has, in kB; 0 where the system does not tell.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// As many connections as the limit on open files allows, at most `wanted`: both ends are here.
fn connection_count(wanted: usize) -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let limit: usize = line
        .and_then(|line| line.split_whitespace().nth(3)?.parse().ok())
        .unwrap_or(1024);
    // Closed connections linger at the server for a while.
    let count = wanted.min((limit - 100) / 4);
    if count < wanted {
        eprintln!("{count} connections instead of {wanted}: only {limit} files may be open");
    }
    count
}

#[test]
fn answers_abuse_and_serves_the_others() {
    let seconds = env::var("MQTT_REASON_LOAD_SECONDS");
    let seconds = seconds.map_or(10, |text| text.parse().expect("a number of seconds"));
    let length = Duration::from_secs(seconds).min(Duration::from_secs(600));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(length));
    // The server's connections end with it.
    runtime.shutdown_timeout(Duration::from_secs(5));
}

async fn run(length: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(socket));
        }
    });

    let count = connection_count(1000);
    let before = memory();
    let end = Instant::now() + length;
    let tally = Arc::<Tally>::default();
    let mut clients = JoinSet::new();
    for number in 0..count {
        let tally = Arc::clone(&tally);
        match number % 4 {
            0 => clients.spawn(behave(server, number, end, tally)),
            1 => clients.spawn(break_rules(server, number, end, tally)),
            2 => clients.spawn(break_off(server, number, end, tally)),
            _ => clients.spawn(never_end(server, number, end, tally)),
        };
    }
    // The most memory in the first half and in the second: what grows with time would show.
    let half = end - length / 2;
    let mut most = [0; 2];
    let watching = async {
        loop {
            let now = usize::from(Instant::now() >= half);
            most[now] = most[now].max(memory());
            sleep(Duration::from_millis(100)).await;
        }
    };
    let all = async {
        while let Some(result) = clients.join_next().await {
            result.expect("a client sees what it expects");
        }
    };
    tokio::select! {
        () = watching => {}
        ended = timeout(length + Duration::from_secs(30), all) => ended.expect("all clients end"),
    }

    let mut waits = tally.waits.lock().unwrap().clone();
    waits.sort_unstable();
    let wait = |percent: usize| {
        let index = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
        waits.get(index).copied().unwrap_or_default() as f64 / 1000.0
    };
    println!(
        "{count} connections for {} s: {} exchanges (median {:.1} ms, 99 % within {:.1} ms, all within {:.1} ms), {} \
         malformed packets answered, {} truncated, {} without end; memory {before} kB before, {} kB in the first \
         half, {} kB in the second",
        length.as_secs(),
        tally.healthy.load(Ordering::Relaxed),
        wait(50),
        wait(99),
        wait(100),
        tally.malformed.load(Ordering::Relaxed),
        tally.truncated.load(Ordering::Relaxed),
        tally.endless.load(Ordering::Relaxed),
        most[0],
        most[1],
    );
    for done in [
        &tally.healthy,
        &tally.malformed,
        &tally.truncated,
        &tally.endless,
    ] {
        assert!(done.load(Ordering::Relaxed) >= count as u64 / 4);
    }
    assert!(most[0].max(most[1]) < before + MEMORY_LIMIT);
    assert!(most[1] < most[0] + 20_000, "memory grows with time");
}
