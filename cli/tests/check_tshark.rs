//! `check` and tshark tell the same packets of the same captures. Needs tshark, and for one test tcpdump (as root),
//! mosquitto and its clients: `cargo test --test check_tshark -- --ignored`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "check_support/mod.rs"]
mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use support::packets::{
    CONNACK, DISCONNECT, PINGREQ, PINGRESP, ack, connect, packet, publish, subscribe,
};
use support::{ACK, FIN, FORMATS, Format, From, LINKS, Link, Tcp, capture};

/// Packet of the capture, and packet type.
type Told = Vec<(u64, String)>;

const TYPES: [&str; 16] = [
    "",
    "CONNECT",
    "CONNACK",
    "PUBLISH",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "SUBSCRIBE",
    "SUBACK",
    "UNSUBSCRIBE",
    "UNSUBACK",
    "PINGREQ",
    "PINGRESP",
    "DISCONNECT",
    "AUTH",
];

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn of_tshark(path: &Path, port: u16) -> Told {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(path)
        .args([
            "-d",
            &format!("tcp.port=={port},mqtt"),
            "-o",
            "tcp.reassemble_out_of_order:TRUE",
        ])
        .args([
            "-Y",
            "mqtt",
            "-T",
            "fields",
            "-e",
            "frame.number",
            "-e",
            "mqtt.msgtype",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut told = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let (frame, types) = line.split_once('\t').unwrap();
        for number in types.split(',') {
            let name = TYPES[number.parse::<usize>().unwrap()];
            told.push((frame.parse().unwrap(), name.to_owned()));
        }
    }
    told
}

fn of_check(path: &Path, port: u16) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["check", "--json", "--port", &port.to_string()])
        .arg(path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut told = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        match object["result"].as_str().unwrap() {
            "packet" => told.push((
                object["frame"].as_u64().unwrap(),
                object["packet"].as_str().unwrap().to_owned(),
            )),
            "finding" => panic!("{line}"),
            _ => {}
        }
    }
    // Of several connections, tshark tells by packets of the capture.
    told.sort_by_key(|(frame, _)| *frame);
    told
}

/// Packets large and small, several in a segment, some over several segments.
fn conversation(tcp: &mut Tcp) {
    use From::{Client, Server};
    tcp.send(Client, &connect("c", b""));
    tcp.send(Server, &CONNACK);
    tcp.send(Client, &subscribe(1, &["a/#", "b"]));
    tcp.send(Server, &packet(0x90, &[0, 1, 0, 1, 1]));
    let large = publish(1, 2, "a/b", &[7; 5_000]);
    for piece in large.chunks(1_400) {
        tcp.send(Client, piece);
    }
    tcp.send(Server, &ack(0x40, 2));
    let many = [
        publish(2, 3, "a/c", b"two"),
        publish(0, 0, "a/c", b""),
        PINGREQ.to_vec(),
    ]
    .concat();
    tcp.send(Client, &many);
    tcp.send(Server, &[ack(0x50, 3), PINGRESP.to_vec()].concat());
    tcp.send(Client, &ack(0x62, 3));
    tcp.send(Server, &ack(0x70, 3));
    let last = [publish(0, 0, "a/d", &[1; 2_000]), DISCONNECT.to_vec()].concat();
    tcp.send(Client, &last[..1_000]);
    tcp.send(Client, &last[1_000..]);
    tcp.push(Client, FIN | ACK, b"");
    tcp.push(Server, FIN | ACK, b"");
}

#[test]
#[ignore = "needs tshark"]
fn every_kind_of_capture() {
    let clients = [
        ("192.0.2.1:50000", "192.0.2.2:1883"),
        ("[2001:db8::1]:50000", "[2001:db8::2]:1883"),
    ];
    for (client, server) in clients {
        let mut tcp = Tcp::open(client, server);
        conversation(&mut tcp);
        for link in LINKS {
            for format in FORMATS {
                let path = file(
                    "tshark-kind",
                    &capture(format, link, usize::MAX, &tcp.packets()),
                );
                let told = of_check(&path, 1883);
                assert_eq!(told, of_tshark(&path, 1883), "{client} {link:?} {format:?}");
                assert_eq!(told.len(), 15);
            }
        }
    }
}

#[test]
#[ignore = "needs tshark"]
fn segments_twice_and_in_another_order() {
    for at in 3..18 {
        for twice in [false, true] {
            let mut tcp = Tcp::open("192.0.2.1:50000", "192.0.2.2:1883");
            conversation(&mut tcp);
            if twice {
                tcp.segments.insert(at + 2, tcp.segments[at].clone());
            } else if tcp.segments[at].from == tcp.segments[at + 1].from && at != 17 {
                tcp.segments.swap(at, at + 1);
            }
            for (index, segment) in tcp.segments.iter_mut().enumerate() {
                segment.time = 100 * u64::try_from(index).unwrap();
            }
            let bytes = capture(Format::PcapNg, Link::Ethernet, usize::MAX, &tcp.packets());
            let path = file("tshark-order", &bytes);
            assert_eq!(
                of_check(&path, 1883),
                of_tshark(&path, 1883),
                "at {at}, twice: {twice}"
            );
        }
    }
}

/// A program that is ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        sleep(Duration::from_millis(20));
    }
}

/// What real clients and a real server say, captured as it passes.
#[test]
#[ignore = "needs tshark, tcpdump as root, mosquitto and its clients"]
fn mosquitto_and_its_clients() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let text = port.to_string();
    let config = file(
        "tshark-mosquitto.conf",
        format!("listener {port} 127.0.0.1\nallow_anonymous true\n").as_bytes(),
    );
    let _broker = Program(
        Command::new("mosquitto")
            .arg("-c")
            .arg(config)
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    wait_until("the broker does not listen", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tshark-live.pcap");
    let _ = fs::remove_file(&path);
    let mut tcpdump = Command::new("tcpdump")
        .args(["-i", "lo", "-U", "--immediate-mode", "-Z", "root", "-w"])
        .arg(&path)
        .args(["tcp", "port", &text])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It says so once it listens.
    let mut said = String::new();
    BufReader::new(tcpdump.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    let tcpdump = Program(tcpdump);
    for version in ["5", "311"] {
        let mut subscriber = Command::new("stdbuf")
            .args(["-oL", "mosquitto_sub"])
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &text,
                "-V",
                version,
                "-q",
                "2",
                "-t",
                "t/#",
                "-C",
                "3",
                "-v",
                "-d",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(subscriber.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("Subscribed")));
        for qos in ["0", "1", "2"] {
            let published = Command::new("mosquitto_pub")
                .args([
                    "-h",
                    "127.0.0.1",
                    "-p",
                    &text,
                    "-V",
                    version,
                    "-q",
                    qos,
                    "-t",
                    "t/x",
                ])
                .args(["-m", &"message ".repeat(3_000)])
                .status()
                .unwrap();
            assert!(published.success());
        }
        assert!(lines.all(|line| line.is_ok()));
        assert!(subscriber.wait().unwrap().success());
    }
    wait_until("the capture does not end", || {
        let told = of_tshark(&path, port);
        told.iter()
            .filter(|(_, packet)| packet == "DISCONNECT")
            .count()
            == 8
    });
    drop(tcpdump);
    assert_eq!(of_check(&path, port), of_tshark(&path, port));
}
