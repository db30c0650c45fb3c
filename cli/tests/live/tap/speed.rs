//! What `mqtt-reason tap` costs: the time of a round trip beside that through a bare copy loop.
//!
//! A measurement, to be run on a quiet machine: `cargo test --release -p mqtt-reason-cli --test live -- --ignored
//! --nocapture round_trips`.

use std::env;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::*;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// What the copy loop is told: where to connect to.
const UPSTREAM: &str = "MQTT_REASON_TEST_UPSTREAM";
/// Round trips that are measured.
const ROUNDS: usize = 20_000;

/// Started by the measurement as a process of its own, as the tap is one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the measurement"]
async fn copies_both_ways() {
    let Ok(upstream) = env::var(UPSTREAM) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(&upstream).await.unwrap();
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}

async fn copy_loop(upstream: SocketAddr) -> (Child, SocketAddr) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--ignored",
            "--nocapture",
            "--exact",
            "speed::copies_both_ways",
        ])
        .env(UPSTREAM, upstream.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = loop {
        let line = within(lines.next_line()).await.unwrap().unwrap();
        if let Some((_, address)) = line.split_once("listening on ") {
            break address.parse().unwrap();
        }
    };
    (child, address)
}

/// The median and the 99th percentile of the round trips of a QoS 1 PUBLISH and its PUBACK.
async fn measure(address: SocketAddr) -> (Duration, Duration) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket.write_all(CONNECT_5).await.unwrap();
    socket.read_exact(&mut [0; 5]).await.unwrap();
    let mut times = Vec::with_capacity(ROUNDS);
    let mut publish = *b"\x32\x0e\0\x01t\0\x01\0payload!";
    for round in 0..ROUNDS {
        let id = u16::try_from(round % 1000 + 1).unwrap().to_be_bytes();
        publish[5..7].copy_from_slice(&id);
        let start = Instant::now();
        socket.write_all(&publish).await.unwrap();
        socket.read_exact(&mut [0; 4]).await.unwrap();
        times.push(start.elapsed());
    }
    times.sort();
    (times[ROUNDS / 2], times[ROUNDS / 100 * 99])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn round_trips_beside_a_bare_copy_loop() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let mut connect = [0; CONNECT_5.len()];
                if socket.read_exact(&mut connect).await.is_err() {
                    return;
                }
                socket.write_all(CONNACK_5).await.unwrap();
                let mut publish = [0; 16];
                while socket.read_exact(&mut publish).await.is_ok() {
                    let ack = [0x40, 2, publish[5], publish[6]];
                    if socket.write_all(&ack).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    let (_child, copying) = copy_loop(address).await;
    let quiet = Tap::start(address, &["--failures"]).await;
    let telling = Tap::start(address, &["--json"]).await;
    let names = ["direct", "bare copy loop", "tap --failures", "tap --json"];
    let addresses = [address, copying, quiet.address, telling.address];
    let mut medians = [const { Vec::new() }; 4];
    for _ in 0..5 {
        for ((medians, address), name) in medians.iter_mut().zip(addresses).zip(names) {
            let (median, late) = measure(address).await;
            println!("{name:>15}: median {median:?}, 99 % within {late:?}");
            medians.push(median);
        }
    }
    let medians = medians.map(|mut medians: Vec<Duration>| {
        medians.sort();
        medians[2].as_secs_f64()
    });
    for (name, median) in names.iter().zip(medians).skip(2) {
        let ratio = median / medians[1];
        println!("{name}: {ratio:.2} times the round trip through a bare copy loop");
    }
    quiet.stop().await;
    telling.stop().await;
}
