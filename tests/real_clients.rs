//! What real clients send: every CONNECT, PUBLISH, SUBSCRIBE and UNSUBSCRIBE is read without a remark.
//!
//! mosquitto_pub, mosquitto_sub, paho-mqtt and MQTT.js, each in all three versions, talk to a broker of a few lines that
//! is part of this test. The tests are ignored: see `tests/real/README.md`. With `MQTT_REASON_KEEP=FILE` the packets are
//! appended to a file, in the form of `tests/views/captured.hex`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test panics when it fails"
)]
// `find` and `run` of the tests with mosquitto.
#[path = "real/programs.rs"]
mod programs;

use std::collections::BTreeSet;
use std::env;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, PacketType, Side, Version, v3, v5};

/// What one client sent, packet by packet.
struct Sent {
    version: Version,
    packets: Vec<Vec<u8>>,
}

/// Reads a client to its end and answers as a broker would that grants everything.
fn serve(mut socket: TcpStream) -> Sent {
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time limit can be set");
    let options = DecodeOptions::new().sender(Side::Client);
    let mut version = Version::V5_0;
    let mut buffer = Vec::new();
    let mut packets = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = match socket.read(&mut chunk) {
            // A client that closes with an answer unread resets the connection.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            read => read.expect("the client sends or closes"),
        };
        if count == 0 {
            assert!(buffer.is_empty(), "cut off: {buffer:02x?}");
            return Sent { version, packets };
        }
        buffer.extend_from_slice(&chunk[..count]);
        while let Some(len) = whole(version, &options, &buffer) {
            let packet: Vec<u8> = buffer.drain(..len).collect();
            let answer = judge(&mut version, &options, &packet);
            // A client that has closed wants no answer.
            let _ = socket.write_all(&answer);
            packets.push(packet);
        }
    }
}

/// The length of the packet at the start, if it is there as a whole.
fn whole(version: Version, options: &DecodeOptions, bytes: &[u8]) -> Option<usize> {
    let len = mqtt_reason::frame::total_len_with(version, options, bytes)
        .unwrap_or_else(|error| panic!("{error}: {bytes:02x?}"))?;
    (bytes.len() >= len).then_some(len)
}

/// Panics if the packet is refused; otherwise what a broker answers.
fn judge(version: &mut Version, options: &DecodeOptions, packet: &[u8]) -> Vec<u8> {
    let fail = |error| -> ! { panic!("{error}: {packet:02x?}") };
    let frame = match v3::Version::try_from(*version) {
        Err(_) => match v5::decode_with(options, packet).unwrap_or_else(|error| fail(error)) {
            Decoded::Frame(frame) => Some(frame),
            _ => None,
        },
        Ok(v3) => match v3::decode_with(v3, options, packet).unwrap_or_else(|error| fail(error)) {
            Decoded::Frame(frame) => Some(frame),
            _ => None,
        },
    };
    let Some(frame) = frame else {
        return match *packet {
            [0x62, _, high, low, ..] => vec![0x70, 2, high, low],
            _ => Vec::new(),
        };
    };
    let view = View::of(*version, options, &frame).unwrap_or_else(|error| fail(error));
    let is_5 = *version == Version::V5_0;
    match view.expect("one of the six") {
        View::Connect(connect) => {
            *version = connect.version();
            match connect.version() {
                Version::V5_0 => vec![0x20, 3, 0, 0, 0],
                _ => vec![0x20, 2, 0, 0],
            }
        }
        View::Publish(publish) => match publish.packet_id().map(|id| id.get().to_be_bytes()) {
            None => Vec::new(),
            Some([a, b]) if packet[0] & 0b100 == 0 => vec![0x40, 2, a, b],
            Some([a, b]) => vec![0x50, 2, a, b],
        },
        View::Subscribe(subscribe) => {
            let codes = subscribe.subscriptions().iter();
            let codes: Vec<u8> = codes.map(|each| each.qos().as_u8()).collect();
            let [a, b] = subscribe.packet_id().get().to_be_bytes();
            answer(0x90, [a, b], is_5, &codes)
        }
        View::Unsubscribe(unsubscribe) => {
            let codes = vec![0; unsubscribe.filters().len()];
            let [a, b] = unsubscribe.packet_id().get().to_be_bytes();
            answer(0xB0, [a, b], is_5, if is_5 { &codes } else { &[] })
        }
        View::Pingreq => vec![0xD0, 0],
        other => panic!("{other:?}"),
    }
}

fn answer(first: u8, id: [u8; 2], is_5: bool, codes: &[u8]) -> Vec<u8> {
    let mut body = id.to_vec();
    if is_5 {
        body.push(0);
    }
    body.extend_from_slice(codes);
    let mut packet = vec![first, u8::try_from(body.len()).expect("a short packet")];
    packet.extend(body);
    packet
}

/// Runs a program against the broker; what it sent in its one connection.
fn sent_by(name: &str, command: impl FnOnce(u16) -> Command) -> Sent {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let server = thread::spawn(move || {
        let (socket, _) = listener.accept().expect("the client connects");
        serve(socket)
    });
    programs::run(&mut command(port), "see tests/real/README.md");
    let sent = server
        .join()
        .unwrap_or_else(|_| panic!("{name} sent what is refused: see above"));
    keep(name, &sent);
    sent
}

/// Appends the packets to the file that `MQTT_REASON_KEEP` names.
fn keep(name: &str, sent: &Sent) {
    let Some(path) = env::var_os("MQTT_REASON_KEEP") else {
        return;
    };
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .expect("the file can be written");
    writeln!(file, "# {name}").expect("it can be written");
    for packet in &sent.packets {
        let bytes = hex::encode(packet);
        writeln!(file, "{} {bytes}", sent.version).expect("it can be written");
    }
}

/// The types of the packets that were sent.
fn types(sent: &Sent) -> BTreeSet<PacketType> {
    let first = sent.packets.iter().filter_map(|packet| packet.first());
    first
        .filter_map(|byte| PacketType::from_first_byte(*byte))
        .collect()
}

const VERSIONS: [(Version, &str, &str); 3] = [
    (Version::V3_1, "mqttv31", "3"),
    (Version::V3_1_1, "mqttv311", "4"),
    (Version::V5_0, "mqttv5", "5"),
];

/// The options that only 5.0 has.
fn in_5(version: Version, options: &'static [&'static str]) -> &'static [&'static str] {
    if version == Version::V5_0 {
        options
    } else {
        &[]
    }
}

#[test]
#[ignore = "needs mosquitto-clients"]
fn mosquitto_pub_sends_what_is_read() {
    for (version, name, _) in VERSIONS {
        for qos in ["0", "1", "2"] {
            let sent = sent_by(&format!("mosquitto_pub, QoS {qos}"), |port| {
                let mut command = Command::new(programs::find("mosquitto_pub"));
                command
                    .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-V", name])
                    .args(["-t", "a/b", "-q", qos, "-m", "hello", "-r", "-i", "me"])
                    .args(["-u", "user", "-P", "password", "--will-topic", "will/topic"])
                    .args(["--will-payload", "gone", "--will-qos", "1", "--will-retain"])
                    .args(in_5(
                        version,
                        &[
                            "-D",
                            "connect",
                            "session-expiry-interval",
                            "60",
                            "-D",
                            "connect",
                            "receive-maximum",
                            "20",
                            "-D",
                            "connect",
                            "maximum-packet-size",
                            "100000",
                            "-D",
                            "connect",
                            "topic-alias-maximum",
                            "5",
                            "-D",
                            "connect",
                            "request-problem-information",
                            "1",
                            "-D",
                            "connect",
                            "request-response-information",
                            "1",
                            "-D",
                            "connect",
                            "user-property",
                            "k",
                            "v",
                            "-D",
                            "will",
                            "will-delay-interval",
                            "3",
                            "-D",
                            "will",
                            "content-type",
                            "text/plain",
                            "-D",
                            "will",
                            "user-property",
                            "k",
                            "v",
                            "-D",
                            "publish",
                            "payload-format-indicator",
                            "1",
                            "-D",
                            "publish",
                            "message-expiry-interval",
                            "60",
                            "-D",
                            "publish",
                            "content-type",
                            "text/plain",
                            "-D",
                            "publish",
                            "response-topic",
                            "re/ply",
                            "-D",
                            "publish",
                            "correlation-data",
                            "data",
                            "-D",
                            "publish",
                            "user-property",
                            "k",
                            "v",
                        ],
                    ));
                command
            });
            assert_eq!(sent.version, version);
            let types = types(&sent);
            assert!(types.contains(&PacketType::Connect), "{types:?}");
            assert!(types.contains(&PacketType::Publish), "{types:?}");
        }
    }
}

#[test]
#[ignore = "needs mosquitto-clients"]
fn mosquitto_sub_sends_what_is_read() {
    for (version, name, _) in VERSIONS {
        let sent = sent_by("mosquitto_sub", |port| {
            let mut command = Command::new(programs::find("mosquitto_sub"));
            command
                .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-V", name, "-E"])
                .args([
                    "-q", "2", "-t", "a/+/b", "-t", "c/#", "-U", "old/+", "-i", "me",
                ])
                .args(in_5(
                    version,
                    &[
                        "-D",
                        "subscribe",
                        "subscription-identifier",
                        "300",
                        "-D",
                        "subscribe",
                        "user-property",
                        "k",
                        "v",
                        "-D",
                        "unsubscribe",
                        "user-property",
                        "k",
                        "v",
                        "--retain-as-published",
                    ],
                ));
            command
        });
        assert_eq!(sent.version, version);
        assert!(types(&sent).contains(&PacketType::Subscribe));
    }
}

/// The types that the two scripts make their library send.
const ALL: [PacketType; 4] = [
    PacketType::Connect,
    PacketType::Publish,
    PacketType::Subscribe,
    PacketType::Unsubscribe,
];

#[test]
#[ignore = "needs paho-mqtt"]
fn paho_sends_what_is_read() {
    let python = env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    for (version, _, level) in VERSIONS {
        let sent = sent_by("paho-mqtt", |port| {
            let mut command = Command::new(&python);
            command.args(["tests/real/paho_requests.py", &port.to_string(), level]);
            command
        });
        assert_eq!(sent.version, version);
        assert!(ALL.iter().all(|packet| types(&sent).contains(packet)));
    }
}

#[test]
#[ignore = "needs MQTT.js"]
fn mqtt_js_sends_what_is_read() {
    for (version, _, level) in VERSIONS {
        let sent = sent_by("MQTT.js", |port| {
            let mut command = Command::new(programs::find("node"));
            if let Some(path) = env::var_os("MQTT_REASON_NODE_PATH") {
                command.env("NODE_PATH", path);
            }
            command.args(["tests/real/mqtt_js_requests.js", &port.to_string(), level]);
            command
        });
        assert_eq!(sent.version, version);
        assert!(ALL.iter().all(|packet| types(&sent).contains(packet)));
    }
}
