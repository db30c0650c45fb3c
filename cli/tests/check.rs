//! `check`: captures of every kind, in every condition, and transcripts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "check_support/mod.rs"]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use support::packets::{
    CONNACK, DISCONNECT, PINGREQ, PINGRESP, ack, connect, packet, publish, subscribe,
};
use support::{ACK, FIN, FORMATS, Format, From, LINKS, Link, SYN, Tcp, capture};

const WHOLE: usize = usize::MAX;
/// The flag of a reset.
const RST: u8 = 0x04;

fn mqtt_reason() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"));
    command.stdin(Stdio::null());
    command
}

/// Runs `check --json` on this input, with these options.
fn check(options: &[&str], input: &[u8]) -> Output {
    assert_cmd::Command::from_std(mqtt_reason())
        .args(["check", "--json"])
        .args(options)
        .write_stdin(input)
        .output()
        .unwrap()
}

fn objects(output: &Output) -> Vec<Value> {
    (str::from_utf8(&output.stdout).unwrap().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// Connection, sender and packet type of each packet, in order.
fn packets(output: &Output) -> Vec<String> {
    (objects(output).iter())
        .filter(|object| object["result"] == "packet")
        .map(|object| {
            let text = |key: &str| object[key].as_str().unwrap().to_owned();
            format!("{} {} {}", text("connection"), text("from"), text("packet"))
        })
        .collect()
}

/// No object has a key twice: a reader would see one of the two values.
#[test]
fn no_key_stands_twice_in_an_object() {
    struct Keys;
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: serde::de::MapAccess<'de>>(
            self,
            mut map: M,
        ) -> Result<Vec<String>, M::Error> {
            let mut keys = Vec::new();
            while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                keys.push(key);
            }
            Ok(keys)
        }
    }
    let output = check(&[], &pcap(&whole_conversation()));
    let lines = str::from_utf8(&output.stdout).unwrap().lines();
    let mut count = 0;
    for line in lines {
        let mut reader = serde_json::Deserializer::from_str(line);
        let mut keys = serde::Deserializer::deserialize_map(&mut reader, Keys).unwrap();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "{line}");
        count += 1;
    }
    assert_eq!(count, 1 + CONVERSATION.len() + 2);
}

/// The objects that are neither packets nor what is told of every connection.
fn others(output: &Output) -> Vec<Value> {
    (objects(output).into_iter())
        .filter(|object| {
            !["packet", "opened", "closing"].contains(&object["result"].as_str().unwrap())
        })
        .collect()
}

/// A conversation with every kind of packet that is usual.
fn conversation(tcp: &mut Tcp) {
    use From::{Client, Server};
    tcp.send(Client, &connect("c", b""));
    tcp.send(Server, &CONNACK);
    tcp.send(Client, &subscribe(1, &["a/#", "b"]));
    tcp.send(Server, &packet(0x90, &[0, 1, 0, 1, 1]));
    tcp.send(Client, &publish(1, 2, "a/b", &[7; 3_000]));
    tcp.send(Server, &ack(0x40, 2));
    tcp.send(Client, &publish(2, 3, "a/c", b"two"));
    tcp.send(Server, &ack(0x50, 3));
    tcp.send(Client, &ack(0x62, 3));
    tcp.send(Server, &ack(0x70, 3));
    tcp.send(Server, &publish(1, 1, "a/d", b"down"));
    tcp.send(Client, &ack(0x40, 1));
    tcp.send(Client, &PINGREQ);
    tcp.send(Server, &PINGRESP);
    tcp.send(Client, &DISCONNECT);
    tcp.push(Client, FIN | ACK, b"");
    tcp.push(Server, FIN | ACK, b"");
}

/// What `check` has to tell of it.
const CONVERSATION: [&str; 15] = [
    "1 client CONNECT",
    "1 server CONNACK",
    "1 client SUBSCRIBE",
    "1 server SUBACK",
    "1 client PUBLISH",
    "1 server PUBACK",
    "1 client PUBLISH",
    "1 server PUBREC",
    "1 client PUBREL",
    "1 server PUBCOMP",
    "1 server PUBLISH",
    "1 client PUBACK",
    "1 client PINGREQ",
    "1 server PINGRESP",
    "1 client DISCONNECT",
];

const CLIENT: &str = "192.0.2.1:50000";
const SERVER: &str = "192.0.2.2:1883";

fn whole_conversation() -> Tcp {
    let mut tcp = Tcp::open(CLIENT, SERVER);
    conversation(&mut tcp);
    tcp
}

fn pcap(tcp: &Tcp) -> Vec<u8> {
    capture(Format::Pcap, Link::Ethernet, WHOLE, &tcp.packets())
}

/// The captures say the same in every format, behind every link layer, over both versions of IP.
#[test]
fn every_kind_of_capture_is_read() {
    for (client, server) in [
        (CLIENT, SERVER),
        ("[2001:db8::1]:50000", "[2001:db8::2]:1883"),
    ] {
        let mut tcp = Tcp::open(client, server);
        conversation(&mut tcp);
        for link in LINKS {
            for format in FORMATS {
                let output = check(&[], &capture(format, link, WHOLE, &tcp.packets()));
                let context = format!("{client} {link:?} {format:?}: {}", stderr(&output));
                assert_eq!(packets(&output), CONVERSATION, "{context}");
                assert_eq!(others(&output), [] as [Value; 0], "{context}");
                assert_eq!(output.status.code(), Some(0), "{context}");
                let found = objects(&output);
                assert_eq!(found[0]["client"], client, "{context}");
                assert_eq!(found[1]["frame"], 4, "{context}");
                assert_eq!(found[1]["time"], 0.0003, "{context}");
                assert_eq!(found.last().unwrap()["how"], "fin", "{context}");
            }
        }
    }
}

/// Any split into segments, any order, anything twice: the packets are the same, and in an order that is possible.
#[test]
fn reordered_repeated_and_split_segments_are_put_together() {
    let whole = whole_conversation();
    for seed in 0..60_u64 {
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random % u64::try_from(below).unwrap()).unwrap()
        };
        // Pieces of at most 700 bytes, some of which overlap.
        let mut segments = Vec::new();
        for segment in &whole.segments {
            let mut rest = segment.payload.as_slice();
            let mut sequence = segment.sequence;
            while rest.len() > 1 {
                let len = (1 + next(700)).min(rest.len() - 1);
                let over = (len + next(20)).min(rest.len());
                segments.push(support::Segment {
                    sequence,
                    payload: rest[..over].to_vec(),
                    flags: segment.flags & !FIN,
                    ..segment.clone()
                });
                rest = &rest[len..];
                sequence = sequence.wrapping_add(u32::try_from(len).unwrap());
            }
            segments.push(support::Segment {
                sequence,
                payload: rest.to_vec(),
                ..segment.clone()
            });
        }
        // The handshake comes first: what comes before it belongs to nothing.
        for _ in 0..segments.len() * 2 {
            let at = 3 + next(segments.len() - 4);
            match next(3) {
                0 => segments.swap(at, at + 1),
                1 if segments[at].from == segments[at + 1].from => segments.swap(at, at + 1),
                _ => segments.insert(at + 1, segments[at].clone()),
            }
        }
        for (index, segment) in segments.iter_mut().enumerate() {
            segment.time = 100 * u64::try_from(index).unwrap();
        }
        let mut tcp = whole_conversation();
        tcp.segments = segments;
        let output = check(&[], &pcap(&tcp));
        let found = packets(&output);
        let of = |side: &str, all: &[String]| -> Vec<String> {
            all.iter()
                .filter(|packet| packet.contains(side))
                .cloned()
                .collect()
        };
        let expected = CONVERSATION.map(str::to_owned);
        for side in ["client", "server"] {
            assert_eq!(of(side, &found), of(side, &expected), "seed {seed}");
        }
        assert_eq!(
            found, expected,
            "seed {seed}: an answer before its question"
        );
        assert_eq!(others(&output), [] as [Value; 0], "seed {seed}");
        assert_eq!(output.status.code(), Some(0), "seed {seed}");
    }
}

/// A segment that was not captured: nothing is accused of what may have been in it.
#[test]
fn lost_segments_are_told_and_nothing_is_concluded_from_them() {
    let whole = whole_conversation();
    for lost in 3..whole.segments.len() - 2 {
        let mut tcp = whole_conversation();
        tcp.segments.remove(lost);
        let output = check(&[], &pcap(&tcp));
        let bad: Vec<Value> = (others(&output).into_iter())
            .filter(|object| object["result"] != "note")
            .collect();
        assert_eq!(bad, [] as [Value; 0], "segment {lost}");
        assert_eq!(output.status.code(), Some(0), "segment {lost}");
        // The packet that is lost, and at most one that cannot be told from it.
        assert!(
            packets(&output).len() >= CONVERSATION.len() - 2,
            "segment {lost}: {:?}",
            packets(&output)
        );
        let note = others(&output)[0]["text"].as_str().unwrap().to_owned();
        assert!(note.contains("missing"), "segment {lost}: {note}");
    }
}

/// Of each frame only the headers and a few bytes are kept.
#[test]
fn a_snap_length_cuts_payloads_and_nothing_else() {
    let tcp = whole_conversation();
    // 14 + 20 + 32 bytes of headers, and 40 more.
    let output = check(
        &[],
        &capture(Format::Pcap, Link::Ethernet, 106, &tcp.packets()),
    );
    assert_eq!(packets(&output), CONVERSATION);
    assert_eq!(others(&output), [] as [Value; 0]);
    let publish = &objects(&output)[5];
    assert_eq!(publish["packet"], "PUBLISH");
    assert_eq!(publish["length"], 3_011);
}

#[test]
fn a_capture_that_begins_in_the_middle_says_so() {
    use From::{Client, Server};
    let mut tcp = Tcp::silent(CLIENT, SERVER);
    tcp.send(Server, &[7; 100]);
    tcp.send(Client, &publish(0, 0, "a/b", b"x"));
    tcp.send(Client, &publish(1, 9, "a/b", b"{\"x\":1}"));
    tcp.send(Server, &ack(0x40, 9));
    tcp.send(Server, &ack(0x70, 30));
    let output = check(&[], &pcap(&tcp));
    assert_eq!(objects(&output)[0]["from_start"], false);
    assert_eq!(
        packets(&output),
        [
            "1 client PUBLISH",
            "1 client PUBLISH",
            "1 server PUBACK",
            "1 server PUBCOMP"
        ]
    );
    assert_eq!(output.status.code(), Some(0), "{:?}", others(&output));
    assert!(
        others(&output)
            .iter()
            .all(|object| object["result"] == "note")
    );
}

/// What either version may have sent is told as far as that goes.
#[test]
fn a_capture_that_does_not_tell_the_version_says_so() {
    use From::{Client, Server};
    let mut tcp = Tcp::silent(CLIENT, SERVER);
    tcp.send(Client, &PINGREQ);
    tcp.send(Server, &PINGRESP);
    tcp.send(Server, &ack(0x40, 9));
    let output = check(&[], &pcap(&tcp));
    assert_eq!(
        packets(&output),
        ["1 client PINGREQ", "1 server PINGRESP", "1 server PUBACK"]
    );
    assert_eq!(objects(&output)[1]["mqtt"], Value::Null);
    let notes = others(&output);
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0]["text"].as_str().unwrap().contains("version"));
    // TLS from the middle on.
    let mut tcp = Tcp::silent(CLIENT, "192.0.2.2:8883");
    tcp.send(Server, &[0x17, 3, 3, 0, 2, 9, 9]);
    tcp.send(Client, &[0x17, 3, 3, 0, 2, 9, 9]);
    let notes = others(&check(&[], &pcap(&tcp)));
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0]["text"].as_str().unwrap().contains("TLS"));
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    use From::{Client, Server};
    let mut first = Tcp::open(CLIENT, SERVER);
    first.send(Client, &connect("one", b""));
    first.send(Server, &CONNACK);
    first.push(Client, RST, b"");
    let mut second = Tcp::open(CLIENT, SERVER);
    second.send(Client, &connect("two", b""));
    second.send(Server, &CONNACK);
    for segment in &mut second.segments {
        segment.time += 10_000;
        segment.sequence = segment.sequence.wrapping_add(77_777);
        if segment.flags & ACK != 0 {
            segment.acknowledged = segment.acknowledged.wrapping_add(77_777);
        }
    }
    first.segments.extend(second.segments);
    let output = check(&[], &pcap(&first));
    assert_eq!(
        packets(&output),
        [
            "1 client CONNECT",
            "1 server CONNACK",
            "2 client CONNECT",
            "2 server CONNACK"
        ]
    );
    let reset: Vec<Value> = (objects(&output).into_iter())
        .filter(|object| object["result"] == "closing")
        .collect();
    assert_eq!(reset.len(), 1);
    assert_eq!(
        (&reset[0]["by"], &reset[0]["how"]),
        (&"client".into(), &"reset".into())
    );
}

#[test]
fn other_ports_are_found_by_connect_or_by_name() {
    use From::{Client, Server};
    let mut tcp = Tcp::open(CLIENT, "192.0.2.2:4321");
    conversation(&mut tcp);
    assert_eq!(packets(&check(&[], &pcap(&tcp))), CONVERSATION);
    // A CONNECT of which the first segment has three bytes.
    let mut tcp = Tcp::open(CLIENT, "192.0.2.2:4321");
    let connect = connect("c", b"");
    tcp.send(Client, &connect[..3]);
    tcp.send(Client, &connect[3..]);
    tcp.send(Server, &CONNACK);
    assert_eq!(packets(&check(&[], &pcap(&tcp))).len(), 2);
    // Something else.
    let mut tcp = Tcp::open(CLIENT, "192.0.2.2:4321");
    tcp.send(Client, b"\x10\x05hello");
    tcp.send(Server, b"220 hello\r\n");
    let output = check(&[], &pcap(&tcp));
    assert_eq!(objects(&output), [] as [Value; 0]);
    assert!(stderr(&output).contains("--port"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
    let output = check(&["--port", "4321"], &pcap(&tcp));
    assert_eq!(output.status.code(), Some(1), "{:?}", objects(&output));
}

#[test]
fn websocket_is_unwrapped_and_tls_is_named() {
    use From::{Client, Server};
    let mut tcp = Tcp::open(CLIENT, "192.0.2.2:8080");
    tcp.send(
        Client,
        b"GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
    );
    tcp.send(
        Server,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    );
    let masked = |bytes: &[u8]| {
        let mut frame = vec![0x82, 0x80 | u8::try_from(bytes.len()).unwrap(), 9, 8, 7, 6];
        frame.extend(
            bytes
                .iter()
                .zip([9, 8, 7, 6].iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        frame
    };
    tcp.send(Client, &masked(&connect("ws", b"")));
    tcp.send(Server, &[&[0x82, 5][..], &CONNACK].concat());
    let output = check(&[], &pcap(&tcp));
    assert_eq!(packets(&output), ["1 client CONNECT", "1 server CONNACK"]);
    assert_eq!(
        objects(&output)
            .iter()
            .find(|object| object["packet"] == "CONNECT")
            .unwrap()["bytes"],
        hex(&connect("ws", b""))
    );

    for server in [SERVER, "192.0.2.2:8883"] {
        let mut tcp = Tcp::open(CLIENT, server);
        tcp.send(Client, &[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
        tcp.send(Server, &[0x16, 3, 3, 0, 5, 2, 0, 0, 1, 0]);
        let output = check(&[], &pcap(&tcp));
        let found = others(&output);
        assert_eq!(found.len(), 1, "{found:?}");
        let text = found[0]["text"].as_str().unwrap();
        assert!(text.contains("TLS") && text.contains("tshark -r"), "{text}");
        assert!(
            text.contains(&format!("follow,tls,raw,{CLIENT},{server}")),
            "{text}"
        );
        assert_eq!(output.status.code(), Some(0));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn captures_that_are_cut_off_or_damaged() {
    let whole = pcap(&whole_conversation());
    let all = packets(&check(&[], &whole)).len();
    // Any end is the end of the capture; what came before is told.
    for len in (25..whole.len()).step_by(97) {
        let output = check(&[], &whole[..len]);
        assert_eq!(output.status.code(), Some(0), "{len}");
        assert!(packets(&output).len() <= all);
    }
    let output = check(&[], &whole[..whole.len() - 1]);
    assert!(
        stderr(&output).contains("ends inside packet 20"),
        "{}",
        stderr(&output)
    );
    // A length that cannot be.
    let mut damaged = whole.clone();
    damaged[24 + 8..24 + 12].copy_from_slice(&[0xFF; 4]);
    let output = check(&[], &damaged);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("damaged before its first packet"),
        "{}",
        stderr(&output)
    );
    for (input, expected) in [
        (b"".as_slice(), "empty"),
        (
            &[0x1F, 0x8B, 8, 0],
            "this is packed with gzip: unpack it first",
        ),
        (&[0x28, 0xB5, 0x2F, 0xFD, 4], "packed with zstd:"),
        (&[0x04, 0x22, 0x4D, 0x18, 4], "packed with lz4:"),
        (b"\xFD7zXZ\0", "packed with xz:"),
        (b"BZh91AY", "packed with bzip2:"),
        (b"PK\x03\x04", "packed with zip:"),
        (b"snoop\0\0\0\0\0\0\x02", "editcap -F pcap"),
        (b"\xC1\x90\n", "neither a capture (pcap or pcapng) nor text"),
        (b"\0\0\0\0", "neither a capture (pcap or pcapng) nor text"),
        (
            b"# a note\n\xFF\n",
            "line 2 of the transcript: this is not text in UTF-8",
        ),
        (&[0xD4, 0xC3, 0xB2, 0xA1], ""),
    ] {
        let output = check(&[], input);
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let other = capture(
        Format::Pcap,
        Link::Raw,
        WHOLE,
        &whole_conversation().packets(),
    );
    let mut bluetooth = other;
    bluetooth[20] = 201;
    let output = check(&[], &bluetooth);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("link type 201"),
        "{}",
        stderr(&output)
    );
}

/// A live capture is told as it comes.
#[test]
fn a_live_capture_is_told_before_it_ends() {
    let whole = pcap(&whole_conversation());
    let mut child = mqtt_reason()
        .args(["check", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&whole[..whole.len() / 2]).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("opened"), "{first}");
    let second = lines.next().unwrap().unwrap();
    assert!(second.contains("CONNECT"), "{second}");
    stdin.write_all(&whole[whole.len() / 2..]).unwrap();
    drop(stdin);
    assert_eq!(lines.count(), 1 + CONVERSATION.len() - 1 + 1);
    assert!(child.wait().unwrap().success());
}

/// A transcript of two connections, with every verb and every way to write bytes.
#[test]
fn transcripts() {
    let transcript = "\u{feff}# a comment\r\n\r\n\
        client 0x10,0x0d,0x00,0x04 4d515454 05 02 00 3c 00 00 00\r\n\
        +0.25 server 20:08:00:00\n\
        connection other one\n\
        +1 client 10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00\n\
        connection 1\n\
        server 05 12 00 02 61 62\n\
        connection other one\n\
        server 20 02 00 00\n\
        +2.5 server resets\n\
        connection 1\n\
        +3 client c0\n\
        client closes\n";
    let output = check(&[], transcript.as_bytes());
    let found = objects(&output);
    let told: Vec<(String, u64, f64, String)> = found
        .iter()
        .map(|object| {
            (
                object["connection"].as_str().unwrap().to_owned(),
                object["line"].as_u64().unwrap(),
                object["time"].as_f64().unwrap(),
                object["packet"]
                    .as_str()
                    .or(object["how"].as_str())
                    .unwrap()
                    .to_owned(),
            )
        })
        .collect();
    let expected = [
        ("1", 3, 0.0, "CONNECT"),
        ("other one", 6, 1.0, "CONNECT"),
        ("1", 8, 1.0, "CONNACK"),
        ("other one", 10, 1.0, "CONNACK"),
        ("other one", 11, 2.5, "reset"),
        ("1", 14, 3.0, "PINGREQ"),
        ("1", 14, 3.0, "fin"),
    ]
    .map(|(connection, line, time, what)| (connection.to_owned(), line, time, what.to_owned()));
    assert_eq!(told, expected);
    assert_eq!(found[5]["result"], "incomplete");
    assert_eq!(found[5]["needed"], 1);
    assert_eq!(found[5]["bytes"], "c0");
    assert_eq!(output.status.code(), Some(0));
}

/// A server that ends a connection with a silent client does what it must, and that is all there is to tell.
#[test]
fn a_server_that_gives_a_silent_client_up() {
    let open = "client 100e00044d5154540502000200000163\n+0.1 server 2003000000\n";
    for end in ["+10 server e0018d\nserver closes\n", "+10 server closes\n"] {
        let output = check(&["--findings"], format!("{open}{end}").as_bytes());
        assert_eq!(objects(&output), Vec::<Value>::new());
        assert_eq!(output.status.code(), Some(0));
    }
}

/// Nobody says how long a connection stayed open after its last line: the lines of others say nothing about it.
#[test]
fn time_passes_in_each_connection_of_a_transcript_by_itself() {
    let other = format!(
        "connection other\n+100 client {}\nserver 2003000000\n",
        hex(&connect("o", b""))
    );
    let first = "client 100e00044d5154540502000a00000163\nserver 2003000000\n";
    assert_eq!(findings(&format!("{first}{other}")), Vec::<Value>::new());
    // It says so itself: Keep Alive is 10 s.
    let told = findings(&format!(
        "{first}{other}connection 1\nserver 300400017400\n"
    ));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["by"], "client");
    assert_eq!(told[0]["rule"], "MQTT-3.1.2-22");
}

#[test]
fn transcripts_that_cannot_be_used() {
    for (transcript, line, text) in [
        ("klient 10\n", 1, "\"klient\""),
        ("# x\nclient 1g\n", 2, ""),
        ("client\n", 1, "closes or resets"),
        ("+1 client c0\n+0.5 client 00\n", 2, "goes back"),
        ("+x client c0\n", 1, "no time"),
        ("+1e300 client c0\n", 1, "no time"),
        ("+inf client c0\n", 1, "no time"),
        ("+1\n", 1, "time"),
        ("+1 connection a\n", 1, "time"),
        ("connection\n", 1, "name"),
        ("client closes\nclient c0 00\n", 2, "ended"),
        ("server resets\nserver closes\n", 2, "ended"),
    ] {
        let output = check(&[], transcript.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{transcript}");
        let message = stderr(&output);
        assert!(
            message.contains(&format!("line {line} of the transcript")),
            "{transcript}: {message}"
        );
        assert!(message.contains(text), "{transcript}: {message}");
    }
}

/// Neither a Password nor a Will payload is printed in any form, unless asked for.
/// The bytes around a fault are shown to a person, too.
#[test]
fn secrets_beside_a_fault_are_masked() {
    let connect =
        b"\x10\x27\0\x04MQTT\x05\xc6\0\x3c\0\0\x02id\0\0\x03wil\0\x03pay\0\x01u\0\x06secretzz";
    let transcript = format!("client {}\n", hex::encode(connect));
    let output = assert_cmd::Command::from_std(mqtt_reason())
        .args(["check", "-"])
        .write_stdin(transcript)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).replace(' ', "");
    assert!(text.contains("............7a7a"), "{text}");
    for secret in [hex::encode("sec"), hex::encode("pay")] {
        assert!(!text.contains(&secret), "{text}");
    }
}

#[test]
fn secrets_are_masked() {
    let connect =
        b"\x10\x25\0\x04MQTT\x05\xc6\0\x3c\0\0\x02id\0\0\x03wil\0\x03pay\0\x01u\0\x06secret";
    let broken =
        b"\x10\x25\0\x04MQTT\x05\xc7\0\x3c\0\0\x02id\0\0\x03wil\0\x03pay\0\x01u\0\x06secret";
    for packet in [&connect[..], broken, &connect[..36]] {
        let transcript = format!("client {}\nclient closes\n", hex(packet));
        let file = write("masked", transcript.as_bytes());
        let page = file.with_extension("html");
        for options in [&["--json"][..], &[]] {
            let output = mqtt_reason()
                .arg("check")
                .args(options)
                .arg("--html")
                .args([&page, &file])
                .output()
                .unwrap();
            let all = [
                String::from_utf8(output.stdout).unwrap(),
                fs::read_to_string(&page).unwrap().replace(' ', ""),
            ];
            for text in all {
                for secret in [hex(b"secre"), hex(b"pay"), "secre".to_owned()] {
                    assert!(!text.contains(&secret), "{text}");
                }
            }
        }
        let output = check(&["--secrets"], transcript.as_bytes());
        assert!(
            str::from_utf8(&output.stdout)
                .unwrap()
                .contains(&hex(b"sec"))
        );
    }
}

/// A file in the directory of the tests.
fn write(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// What the network does with a handshake that fails.
#[test]
fn a_connection_without_a_packet_is_told() {
    let mut tcp = Tcp::silent(CLIENT, SERVER);
    tcp.push(From::Client, SYN, b"");
    tcp.push(From::Server, RST | ACK, b"");
    let output = check(&[], &pcap(&tcp));
    let found = objects(&output);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        (&found[1]["by"], &found[1]["how"]),
        (&"server".into(), &"reset".into())
    );
}

/// A segment that calls the client a server, late or made up, changes nothing for those that were handed on before it.
#[test]
fn a_handshake_in_the_middle_does_not_change_who_is_who() {
    let mut tcp = Tcp::silent(CLIENT, SERVER);
    tcp.send(From::Client, &connect("c", b""));
    tcp.send(From::Server, &CONNACK);
    let expected = |tcp: &Tcp| {
        let output = check(&[], &pcap(tcp));
        (objects(&output).into_iter())
            .map(|object| object["from"].clone())
            .collect::<Vec<_>>()
    };
    let mut late = Tcp::silent(CLIENT, SERVER);
    late.segments.clone_from(&tcp.segments);
    let mut answer = tcp.segments[0].clone();
    (answer.flags, answer.payload) = (SYN | ACK, Vec::new());
    answer.sequence = answer.sequence.wrapping_sub(1);
    late.segments.insert(1, answer);
    assert_eq!(expected(&late), expected(&tcp));
}

/// The objects of a transcript that are errors or findings.
fn findings(transcript: &str) -> Vec<Value> {
    let output = check(&["--findings"], transcript.as_bytes());
    let found = objects(&output);
    let bad = found
        .iter()
        .any(|object| object["result"] == "error" || object["kind"] == "violation");
    assert_eq!(output.status.code(), Some(i32::from(bad)), "{found:?}");
    found
}

/// A transcript of these lines: who sends, and what.
fn transcript(lines: &[(&str, &[u8])]) -> String {
    lines.iter().fold(String::new(), |text, (side, bytes)| {
        text + side + " " + &hex(bytes) + "\n"
    })
}

/// What two packets tell together and neither alone.
#[test]
fn a_suback_with_too_few_codes() {
    let suback = packet(0x90, &[0, 1, 0, 1]);
    let found = findings(&transcript(&[
        ("client", &connect("c", b"")),
        ("server", &CONNACK),
        ("client", &subscribe(1, &["a", "b"])),
        ("server", &suback),
    ]));
    assert_eq!(
        found,
        [serde_json::json!({
            "result": "finding", "connection": "1", "line": 4, "time": 0.0, "mqtt": "5.0", "kind": "violation", "by": "server",
            "packet": "SUBACK", "rule": found[0]["rule"], "class": "protocol_error", "answer": 130,
            "about": {"line": 3, "packet": "SUBSCRIBE"}, "text": "1 code for 2 topic filters",
        })]
    );
    let rule = found[0]["rule"].as_str().unwrap();
    assert!(
        ["MQTT-3.8.4-6", "MQTT-3.9.3-1", "MQTT-3.9.3-2"].contains(&rule),
        "{rule}"
    );
}

#[test]
fn a_servers_disconnect_before_connack() {
    let found = findings(&transcript(&[
        ("client", &connect("c", b"")),
        ("server", &[0xE0, 1, 0x87]),
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["by"], &found[0]["packet"]),
        (&"server".into(), &"DISCONNECT".into())
    );
    assert_eq!(found[0]["rule"], "MQTT-3.14.0-1");
}

#[test]
fn maximum_packet_size_exceeded_by_one_byte() {
    // The Client takes 20 bytes.
    let connect = connect("c", &[0x27, 0, 0, 0, 20]);
    let with_payload = |len: usize| {
        findings(&transcript(&[
            ("client", &connect),
            ("server", &CONNACK),
            ("server", &publish(0, 0, "a", &vec![b'x'; len])),
        ]))
    };
    // 2 bytes of fixed header, 3 of Topic Name, 1 of Property Length.
    assert_eq!(with_payload(14), [] as [Value; 0]);
    let found = with_payload(15);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["by"], &found[0]["answer"]),
        (&"server".into(), &149.into())
    );
    assert_eq!(found[0]["rule"], "MQTT-3.1.2-24");
}

#[test]
fn assigned_client_identifier_is_missing() {
    let found = findings(&transcript(&[
        ("client", &connect("", b"")),
        ("server", &CONNACK),
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["by"], &found[0]["packet"]),
        (&"server".into(), &"CONNACK".into())
    );
    assert_eq!(found[0]["about"]["packet"], "CONNECT");
    let rule = found[0]["rule"].as_str().unwrap();
    assert!(
        ["MQTT-3.2.2-16", "MQTT-3.1.3-6", "MQTT-3.1.3-7"].contains(&rule),
        "{rule}"
    );
}

#[test]
fn receive_maximum_exceeded() {
    let connect = connect("c", &[0x21, 0, 2]);
    let of = |count: u16| {
        let messages: Vec<Vec<u8>> = (1..=count).map(|id| publish(1, id, "a", b"")).collect();
        let mut lines = vec![("client", connect.as_slice()), ("server", &CONNACK)];
        lines.extend(
            messages
                .iter()
                .map(|message| ("server", message.as_slice())),
        );
        findings(&transcript(&lines))
    };
    assert_eq!(of(2), [] as [Value; 0]);
    let found = of(3);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["by"], &found[0]["answer"]),
        (&"server".into(), &147.into())
    );
    assert_eq!(found[0]["line"], 5);
}

/// A server of 3.x in front of a client of 5.0: what it must say is no breach, acceptance is one.
#[test]
fn an_old_server() {
    let told = |code: u8| {
        let lines = transcript(&[
            ("client", &connect("c", b"")),
            ("server", &[0x20, 2, 0, code]),
        ]);
        check(&[], (lines + "server closes\n").as_bytes())
    };
    let output = told(1);
    assert_eq!(output.status.code(), Some(0), "{:?}", objects(&output));
    let connack = objects(&output)[1].clone();
    assert_eq!(
        (&connack["packet"], &connack["failure"]),
        (&"CONNACK".into(), &true.into())
    );
    assert!(
        connack.to_string().contains("connect again with 3.1.1"),
        "{connack}"
    );
    assert_eq!(told(0).status.code(), Some(1));
    let bad = others(&told(0));
    assert_eq!(bad.len(), 1, "{bad:?}");
}

/// A level that no version has, and a bridge.
#[test]
fn unknown_levels_and_bridges() {
    let level = |level: u8| {
        let mut connect = packet(0x10, b"\x00\x04MQTT\x00\x02\x00\x3c\x00\x01c");
        connect[8] = level;
        connect
    };
    for answer in [&[0x20, 2, 0, 1][..], &[0x20, 3, 0, 0x84, 0]] {
        let lines = transcript(&[("client", &level(6)), ("server", answer)]);
        let output = check(&[], lines.as_bytes());
        assert_eq!(others(&output), [] as [Value; 0]);
        assert_eq!(output.status.code(), Some(0));
        let found = objects(&output);
        assert_eq!(
            (&found[0]["level"], &found[0]["mqtt"]),
            (&6.into(), &Value::Null)
        );
        assert_eq!(found[1]["packet"], "CONNACK");
        assert_eq!(found[1]["failure"], true);
    }
    // Nothing is judged by rules that nobody knows.
    let lines = transcript(&[
        ("client", &level(6)),
        ("server", &[0x20, 3, 0, 0, 0]),
        ("client", &[0x8F, 1, 1]),
        ("server", &[0xF3, 2, 1, 1]),
    ]);
    assert_eq!(check(&[], lines.as_bytes()).status.code(), Some(0));
    let lines = transcript(&[("client", &level(0x84)), ("server", &[0x20, 2, 0, 0])]);
    let found = objects(&check(&[], lines.as_bytes()));
    assert_eq!(found[0]["bridge"], true);
    assert_eq!(found[1]["mqtt"], "3.1.1");
}

/// What is told of acknowledgements: the topic, also behind an alias, and the filters.
#[test]
fn acknowledgements_tell_what_they_answer() {
    let alias = packet(0x32, b"\x00\x03a/b\x00\x07\x03\x23\x00\x01x");
    let again = packet(0x32, b"\x00\x00\x00\x08\x03\x23\x00\x01x");
    let output = check(
        &[],
        transcript(&[
            ("client", &connect("c", b"")),
            ("server", &[0x20, 6, 0, 0, 3, 0x22, 0, 9]),
            ("client", &alias),
            ("client", &again),
            ("server", &ack(0x40, 7)),
            ("server", &[0x40, 3, 0, 8, 0x87]),
            ("client", &subscribe(9, &["x/#", "y"])),
            ("server", &packet(0x90, &[0, 9, 0, 0x87, 1])),
        ])
        .as_bytes(),
    );
    let found = objects(&output);
    let of = |index: usize| (found[index]["for"].clone(), found[index]["failure"].clone());
    assert_eq!(of(4), ("a/b".into(), false.into()));
    assert_eq!(of(5), ("a/b".into(), true.into()));
    assert_eq!(of(7), (serde_json::json!(["x/#", "y"]), true.into()));
    assert_eq!(output.status.code(), Some(0), "{:?}", others(&output));
}

/// Packets that do not decode: one object each, and the connection goes on.
#[test]
fn packets_that_do_not_decode() {
    let found = findings(&transcript(&[
        ("client", &connect("c", b"")),
        ("server", &CONNACK),
        // Reason code 0x01 is not defined for PUBACK; then a SUBSCRIBE with flags 0.
        ("server", &[0x40, 3, 0, 1, 0x01]),
        ("client", &[0x80, 6, 0, 1, 0, 0, 1, b'a']),
        ("client", &PINGREQ),
    ]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        (&found[0]["from"], &found[0]["line"]),
        (&"server".into(), &3.into())
    );
    assert_eq!(found[0]["bytes"], "4003000101");
    assert_eq!(
        (&found[1]["from"], &found[1]["packet"]),
        (&"client".into(), &"SUBSCRIBE".into())
    );
    assert_eq!(found[1]["class"], "malformed");
}
