//! What `mqtt-reason tap` tells of connections: packets, findings, ends. How it relays is tested in `relay.rs`.
//!
//! Both peers are played here, on the loopback interface.

use std::fs;
use std::time::Duration;

use super::support::*;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// A CONNECT: protocol level, what follows the Keep Alive but properties, its flags, Keep Alive.
fn connect(level: u8, flags: u8, keep_alive: u16, properties: &[u8], fields: &[&[u8]]) -> Vec<u8> {
    let mut body = b"\0\x04MQTT".to_vec();
    body.extend([level, flags]);
    body.extend(keep_alive.to_be_bytes());
    if level == 5 {
        body.push(u8::try_from(properties.len()).unwrap());
        body.extend(properties);
    }
    for field in fields {
        body.extend(u16::try_from(field.len()).unwrap().to_be_bytes());
        body.extend(*field);
    }
    packet(0x10, &body)
}

/// A packet with its fixed header.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut rest = body.len();
    loop {
        let byte = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        bytes.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

/// A PUBLISH of 5.0 without properties (QoS 1), or of 3.1.1.
fn publish(is_five: bool, topic: &[u8], id: u16, payload: &[u8]) -> Vec<u8> {
    let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
    body.extend(topic);
    body.extend(id.to_be_bytes());
    if is_five {
        body.push(0);
    }
    body.extend(payload);
    packet(0x32, &body)
}

/// A connection of 5.0 that was accepted.
async fn accepted(arguments: &[&str]) -> (Tap, TcpStream, TcpStream) {
    let (tap, mut client, mut server) = connected(arguments).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    pass(&mut server, &mut client, CONNACK_5).await;
    (tap, client, server)
}

fn text(event: &Value) -> &str {
    event["text"].as_str().unwrap()
}

#[tokio::test]
async fn tells_packets_of_both_sides_as_json() {
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    let connack = b"\x20\x0a\0\x88\x07\x1f\0\x04nope";
    // Split inside the packet.
    pass(&mut server, &mut client, &connack[..5]).await;
    pass(&mut server, &mut client, &connack[5..]).await;
    drop(server);
    assert_eq!(read_to_end(&mut client).await, b"");
    drop(client);
    tap.event(1, "closed").await;
    let lines = tap.stop().await;
    let events: Vec<Value> = lines.iter().map(|line| parse(line)).collect();
    assert_eq!(
        results(&events),
        ["opened", "packet", "packet", "closing", "closed"]
    );
    let mut before = 0.0;
    for event in &events {
        assert_eq!(event["connection"], 1);
        let time = event["time"].as_f64().unwrap();
        assert!(time >= before, "{event}");
        before = time;
        let timestamp = event["timestamp"].as_str().unwrap();
        assert_eq!(
            timestamp.len(),
            "2026-01-02T12:34:56.789Z".len(),
            "{timestamp}"
        );
    }
    assert_eq!(events[1]["from"], "client");
    assert_eq!(events[1]["mqtt"], "5.0");
    assert_eq!(events[1]["packet"], "CONNECT");
    assert_eq!(events[1]["length"], CONNECT_5.len());
    assert_eq!(
        events[1]["bytes"],
        "100e00044d5154540502003c0000".to_owned() + "0163"
    );
    assert_eq!(events[2]["from"], "server");
    assert_eq!(events[2]["packet"], "CONNACK");
    assert_eq!(events[2]["reason_code"], 0x88);
    assert_eq!(events[2]["reason_name"], "Server unavailable");
    assert_eq!(events[2]["failure"], true);
    assert_eq!(events[2]["properties"]["reason_string"], "nope");
    assert_eq!(
        events[2]["bytes"],
        "200a008807".to_owned() + "1f00046e6f7065"
    );
    for (event, line) in events.iter().zip(&lines).skip(1) {
        assert_eq!(event["client_id"], "c", "{event}");
        assert_eq!(line.matches("\"client_id\"").count(), 1, "{line}");
    }
    assert_eq!(events[4]["client_bytes"], CONNECT_5.len());
    assert_eq!(events[4]["server_bytes"], connack.len());
}

#[tokio::test]
async fn tells_packets_in_words() {
    let (mut tap, mut client, mut server) = connected(&[]).await;
    pass(&mut client, &mut server, CONNECT_3_1_1).await;
    pass(&mut server, &mut client, &[0x20, 0x02, 0x00, 0x05]).await;
    // From the wrong side, and cut in two: shown once, as a whole.
    pass(&mut client, &mut server, &[0x20, 0x02]).await;
    pass(&mut client, &mut server, &[0x00, 0x00]).await;
    drop((client, server));
    tap.line(&["#1", "closed"]).await;
    let text = tap.stop().await.join("\n");
    for expected in [
        " #1 opened by 127.0.0.1:",
        "Z #1 \"c\" client CONNECT",
        "Z #1 \"c\" server CONNACK: 0x05 Connection Refused, not authorized",
        "must not be sent by a client",
        " #1 \"c\" closed: ",
        "19 bytes from the client, 4 from the server",
    ] {
        assert!(text.contains(expected), "no {expected:?} in\n{text}");
    }
    assert!(!text.contains('\x1b'), "colours, and not on a terminal");
}

#[tokio::test]
async fn shows_who_connects_and_no_secret() {
    let login = connect(5, 0xC6, 60, b"\x11\0\0\0\x0a\x21\0\x0a", &[b"sensor-7"]);
    // Will Properties stand before the Will: this one is written out.
    let mut body = login[2..].to_vec();
    body.push(0);
    for field in [&b"wills"[..], b"last words", b"alice", b"wonderland"] {
        body.extend(u16::try_from(field.len()).unwrap().to_be_bytes());
        body.extend(field);
    }
    let login = packet(0x10, &body);
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    for secrets in [false, true] {
        let more = ["--json", "--record", path, "--secrets"];
        let arguments = if secrets { &more[..] } else { &more[..3] };
        let (mut tap, mut client, mut server) = connected(arguments).await;
        pass(&mut client, &mut server, &login).await;
        pass(&mut server, &mut client, CONNACK_5).await;
        let event = tap.packet(1, "CONNECT").await;
        assert_eq!(event["client_id"], "sensor-7");
        assert_eq!(event["user_name"], "alice");
        assert_eq!(event["keep_alive"], 60);
        assert_eq!(event["clean_start"], true);
        assert_eq!(event["password_length"], 10);
        assert_eq!(event["will"]["topic"], "wills");
        assert_eq!(event["will"]["payload_length"], 10);
        assert_eq!(event["properties"]["session_expiry_interval"], 10);
        assert_eq!(event["properties"]["receive_maximum"], 10);
        let lines = tap.stop().await.join("\n");
        let record = fs::read_to_string(path).unwrap();
        let password = hex::encode("wonderland");
        assert_eq!(lines.contains(&password), secrets, "{lines}");
        assert_eq!(record.contains(&password), secrets, "{record}");
        assert_eq!(
            lines.contains(&hex::encode("last words")),
            secrets,
            "{lines}"
        );
        assert!(!lines.contains("wonderland") || secrets);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn acknowledgements_tell_what_they_answer() {
    let (mut tap, mut client, mut server) = accepted(&["--json"]).await;
    pass(&mut client, &mut server, &publish(true, b"a/b", 1, b"x")).await;
    pass(&mut server, &mut client, &[0x40, 0x03, 0, 1, 0x87]).await;
    let puback = tap.packet(1, "PUBACK").await;
    assert_eq!(puback["for"], "a/b");
    assert_eq!(puback["failure"], true);
    // Two filters, one of them refused.
    let subscribe = packet(0x82, b"\0\x02\0\0\x03a/#\x01\0\x01b\0");
    pass(&mut client, &mut server, &subscribe).await;
    pass(&mut server, &mut client, b"\x90\x05\0\x02\0\x01\x87").await;
    let suback = tap.packet(1, "SUBACK").await;
    assert_eq!(suback["for"], json!(["a/#", "b"]));
    assert_eq!(suback["reason_codes"], json!([1, 0x87]));
    let unsubscribe = packet(0xA2, b"\0\x03\0\0\x03a/#");
    pass(&mut client, &mut server, &unsubscribe).await;
    pass(&mut server, &mut client, b"\xb0\x04\0\x03\0\0").await;
    let unsuback = tap.packet(1, "UNSUBACK").await;
    assert_eq!(unsuback["for"], json!(["a/#"]));
    drop((client, server));
    tap.event(1, "closed").await;
    let events = tap.stop_json().await;
    assert!(!results(&events).contains(&"finding"), "{events:?}");
}

#[tokio::test]
async fn a_topic_alias_is_resolved() {
    let (mut tap, mut client, mut server) = connected(&["--json", "--all"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    // Topic Alias Maximum 10.
    pass(&mut server, &mut client, b"\x20\x06\0\0\x03\x22\0\x0a").await;
    let first = packet(0x32, b"\0\x03a/b\0\x01\x03\x23\0\x05x");
    let second = packet(0x32, b"\0\0\0\x02\x03\x23\0\x05y");
    pass(&mut client, &mut server, &[first, second].concat()).await;
    pass(&mut server, &mut client, &[0x40, 2, 0, 1]).await;
    pass(&mut server, &mut client, &[0x40, 3, 0, 2, 0x97]).await;
    let line = tap.line(&["PUBACK", "\"reason_code\":151"]).await;
    assert_eq!(parse(&line)["for"], "a/b");
    tap.stop().await;
}

#[tokio::test]
async fn tells_all_packets_when_asked() {
    for all in [false, true] {
        let arguments = ["--json", "--all"];
        let arguments = if all { &arguments[..] } else { &arguments[..1] };
        let (mut tap, mut client, mut server) = accepted(arguments).await;
        pass(
            &mut client,
            &mut server,
            &publish(true, b"a/b", 1, b"payload"),
        )
        .await;
        pass(&mut server, &mut client, &[0x40, 0x02, 0, 1]).await;
        pass(&mut client, &mut server, &[0xC0, 0]).await;
        pass(&mut server, &mut client, &[0xD0, 0]).await;
        pass(&mut client, &mut server, &[0xE0, 0]).await;
        tap.packet(1, "DISCONNECT").await;
        if all {
            let told = tap.packet(1, "PUBLISH").await;
            assert_eq!(told["topic"], "a/b");
            assert_eq!(
                (&told["qos"], &told["retain"], &told["dup"]),
                (&json!(1), &json!(false), &json!(false))
            );
            assert_eq!(told["payload_length"], 7);
            assert_eq!(told["failure"], false);
        }
        drop((client, server));
        tap.event(1, "closed").await;
        let lines = tap.stop().await.join("\n");
        for name in ["PUBLISH", "PINGREQ", "PINGRESP"] {
            let name = format!("\"packet\":\"{name}\"");
            assert_eq!(lines.contains(&name), all, "{lines}");
        }
    }
}

#[tokio::test]
async fn tells_only_failures_when_asked() {
    let (server, address) = listener().await;
    let mut tap = Tap::start(address, &["--json", "--failures"]).await;
    // In order from beginning to end.
    let (mut client, mut peer) = further(&tap, &server).await;
    pass(&mut client, &mut peer, CONNECT_5).await;
    pass(&mut peer, &mut client, CONNACK_5).await;
    pass(&mut client, &mut peer, &[0xE0, 0]).await;
    drop(client);
    assert_eq!(read_to_end(&mut peer).await, b"");
    drop(peer);
    // A code that refuses, and a close without DISCONNECT.
    let (mut client, mut peer) = further(&tap, &server).await;
    pass(&mut client, &mut peer, CONNECT_5).await;
    pass(&mut peer, &mut client, CONNACK_5).await;
    pass(&mut client, &mut peer, &publish(true, b"t", 1, b"")).await;
    pass(&mut peer, &mut client, &[0x40, 3, 0, 1, 0x87]).await;
    drop(peer);
    drop(client);
    tap.event(2, "closed").await;
    let events = tap.stop_json().await;
    assert_eq!(
        results(&events),
        ["packet", "closing", "closed"],
        "{events:?}"
    );
    assert!(events.iter().all(|event| event["connection"] == 2));
    assert_eq!(events[0]["packet"], "PUBACK");
}

/// Who looks for failures only learns of TLS on a port without it, when it has failed.
#[tokio::test]
async fn tells_of_tls_that_nobody_answered_as_a_failure() {
    let hello = [
        &b"\x16\x03\x01\0\x40\x01\0\0\x3c\x03\x03"[..],
        &noise(1, 58),
    ]
    .concat();
    let (mut tap, mut client, mut server) = connected(&["--json", "--failures"]).await;
    pass(&mut client, &mut server, &hello).await;
    drop(server);
    let closing = tap.event(1, "closing").await;
    assert!(text(&closing).contains("TLS"), "{closing}");
    drop(client);
    tap.event(1, "closed").await;
    assert_eq!(results(&tap.stop_json().await), ["closing", "closed"]);
}

/// What is too large is said to be so, although the client need not have read the limit yet.
#[tokio::test]
async fn the_packet_above_the_limit_is_named_with_it() {
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    pass(&mut server, &mut client, b"\x20\x08\0\0\x05\x27\0\0\0\x64").await;
    let large = publish(true, b"large", 1, &[0; 200]);
    pass(&mut client, &mut server, &large).await;
    pass(&mut server, &mut client, &[0xE0, 1, 0x95]).await;
    let disconnect = tap.packet(1, "DISCONNECT").await;
    let before = disconnect["before"].as_array().unwrap().last().unwrap();
    assert_eq!(before["length"], large.len());
    assert_eq!(before["bytes"].as_str().unwrap().len(), 128);
    let wrong = before["wrong"].to_string();
    assert!(wrong.contains("100 bytes"), "{disconnect}");
    tap.stop().await;
}

#[tokio::test]
async fn tells_only_the_clients_that_are_asked_for() {
    let (server, address) = listener().await;
    let arguments = ["--json", "--client-id", "sensor-*", "--client-id", "gate"];
    let mut tap = Tap::start(address, &arguments).await;
    for id in ["sensor-1", "other", "gate", "gates", ""] {
        let (mut client, mut peer) = further(&tap, &server).await;
        if !id.is_empty() {
            pass(
                &mut client,
                &mut peer,
                &connect(4, 2, 60, b"", &[id.as_bytes()]),
            )
            .await;
        }
        drop(client);
        assert_eq!(read_to_end(&mut peer).await, b"");
        drop(peer);
    }
    tap.event(3, "closed").await;
    let events = tap.stop_json().await;
    for event in &events {
        assert!(
            event["connection"] == 1 || event["connection"] == 3,
            "{event}"
        );
    }
    // What came before the identifier was known is told, too.
    assert_eq!(events[0]["result"], "opened");
    assert!(
        results(&events)
            .iter()
            .filter(|result| **result == "opened")
            .count()
            == 2
    );
}

#[tokio::test]
async fn a_server_of_3_x_is_no_broken_one() {
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    pass(&mut server, &mut client, &[0x20, 2, 0, 1]).await;
    drop(server);
    let connack = tap.line(&["\"CONNACK\"", "connect again with 3.1.1"]).await;
    let connack = parse(&connack);
    assert_eq!(connack.get("answer"), Some(&Value::Null));
    tap.event(1, "closing").await;
    let events = tap.stop_json().await;
    for event in &events {
        assert_ne!(event["result"], "error", "{event}");
        assert_ne!(event["kind"], "violation", "{event}");
    }
}

#[tokio::test]
async fn bridges_are_looked_at() {
    for (level, mqtt) in [(0x83, "3.1"), (0x84, "3.1.1")] {
        let (mut tap, mut client, mut server) = connected(&["--json"]).await;
        let mut bytes = connect(level, 2, 60, b"", &[b"bridge"]);
        if level == 0x83 {
            bytes = [&b"\x10\x14\0\x06MQIsdp\x83\x02\0\x3c"[..], b"\0\x06bridge"].concat();
        }
        pass(&mut client, &mut server, &bytes).await;
        pass(&mut server, &mut client, CONNACK_3_1_1).await;
        pass(&mut client, &mut server, &publish(false, b"t", 1, b"x")).await;
        pass(&mut server, &mut client, &[0x40, 2, 0, 1]).await;
        let told = tap.packet(1, "CONNECT").await;
        assert_eq!(told["mqtt"], mqtt);
        assert_eq!(told["level"], level);
        assert_eq!(told["bridge"], true);
        assert_eq!(told["client_id"], "bridge");
        assert_eq!(tap.packet(1, "PUBACK").await["for"], "t");
        tap.stop().await;
    }
}

#[tokio::test]
async fn the_answer_to_an_unknown_level_is_shown() {
    for (answer, code) in [(&[0x20, 2, 0, 1][..], 1), (&[0x20, 3, 0, 0x84, 0], 0x84)] {
        let (mut tap, mut client, mut server) = connected(&["--json"]).await;
        pass(&mut client, &mut server, &connect(6, 2, 60, b"", &[b"c"])).await;
        pass(&mut server, &mut client, answer).await;
        let told = tap.packet(1, "CONNECT").await;
        assert_eq!(told["level"], 6);
        assert_eq!(told["mqtt"], Value::Null);
        let connack = tap.packet(1, "CONNACK").await;
        assert_eq!(connack["reason_code"], code);
        assert_eq!(connack["failure"], true);
        drop((client, server));
        tap.event(1, "closed").await;
        let events = tap.stop_json().await;
        assert!(!results(&events).contains(&"error"), "{events:?}");
        assert!(!results(&events).contains(&"finding"), "{events:?}");
    }
}

#[tokio::test]
async fn what_is_no_mqtt_is_named_once() {
    let hello = [
        &b"\x16\x03\x01\0\x40\x01\0\0\x3c\x03\x03"[..],
        &noise(1, 58),
    ]
    .concat();
    for (from_client, first, expected) in [
        (true, &hello[..], "TLS"),
        (true, b"GET / HTTP/1.1\r\nHost: broker\r\n\r\n", "HTTP"),
        (false, b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
    ] {
        let (mut tap, mut client, mut server) = connected(&["--json"]).await;
        let (from, to) = match from_client {
            true => (&mut client, &mut server),
            false => (&mut server, &mut client),
        };
        pass(from, to, first).await;
        let note = tap.event(1, "note").await;
        assert!(text(&note).contains(expected), "{note}");
        for _ in 0..3 {
            pass(to, from, b"whatever").await;
        }
        drop((client, server));
        tap.event(1, "closed").await;
        let events = tap.stop_json().await;
        assert_eq!(
            results(&events),
            ["opened", "note", "closing", "closed"],
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn the_packets_that_a_server_complains_of_are_shown() {
    for code in [0x81, 0x82, 0x95] {
        let (mut tap, mut client, mut server) = accepted(&["--json"]).await;
        for id in 1..=2 {
            pass(&mut client, &mut server, &publish(true, b"t", id, b"")).await;
            pass(
                &mut server,
                &mut client,
                &[0x40, 2, 0, u8::try_from(id).unwrap()],
            )
            .await;
        }
        // A second CONNECT is what is wrong.
        pass(&mut client, &mut server, &[0xC0, 0]).await;
        pass(&mut client, &mut server, CONNECT_5).await;
        pass(&mut server, &mut client, &[0xE0, 1, code]).await;
        let disconnect = tap.packet(1, "DISCONNECT").await;
        let before = disconnect["before"].as_array().unwrap();
        let names: Vec<&Value> = before.iter().map(|packet| &packet["packet"]).collect();
        assert_eq!(names, ["PUBLISH", "PINGREQ", "CONNECT"]);
        assert_eq!(before[1]["bytes"], "c000");
        assert_eq!(before[1]["wrong"], json!([]));
        assert!(
            !before[2]["wrong"].as_array().unwrap().is_empty(),
            "{disconnect}"
        );
        tap.stop().await;
    }
}

#[tokio::test]
async fn a_takeover_names_the_other_connection() {
    let (listener, address) = listener().await;
    let mut tap = Tap::start(address, &["--json"]).await;
    let (mut first, mut first_peer) = further(&tap, &listener).await;
    pass(&mut first, &mut first_peer, CONNECT_3_1_1).await;
    pass(&mut first_peer, &mut first, CONNACK_3_1_1).await;
    let (mut second, mut second_peer) = further(&tap, &listener).await;
    pass(&mut second, &mut second_peer, CONNECT_3_1_1).await;
    // As a server does: the old one goes, the new one is accepted.
    drop(first_peer);
    pass(&mut second_peer, &mut second, CONNACK_3_1_1).await;
    let closing = tap.event(1, "closing").await;
    assert_eq!(closing["same_client_id"]["connection"], 2, "{closing}");
    assert!(text(&closing).contains("connection #2"), "{closing}");
    assert_eq!(read_to_end(&mut first).await, b"");
    drop(second_peer);
    let closing = tap.event(2, "closing").await;
    assert_eq!(closing.get("same_client_id"), None);
    tap.stop().await;
}

#[tokio::test]
async fn a_close_tells_after_what_and_why_it_may_be() {
    // 5.0 without CONNACK.
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    drop(server);
    let closing = tap.event(1, "closing").await;
    assert_eq!(closing["last"]["packet"], "CONNECT");
    assert_eq!(closing["last"]["from"], "client");
    assert_eq!(closing["last"]["length"], CONNECT_5.len());
    assert!(closing["last"]["ago"].as_f64().unwrap() < 60.0);
    assert!(
        text(&closing).contains("may not speak MQTT 5.0"),
        "{closing}"
    );
    tap.stop().await;

    // A packet above the limit, which is under way.
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    // Maximum Packet Size 100.
    pass(&mut server, &mut client, b"\x20\x08\0\0\x05\x27\0\0\0\x64").await;
    let large = publish(true, b"large", 1, &[0; 1000]);
    pass(&mut client, &mut server, &large[..500]).await;
    drop(server);
    let closing = tap.event(1, "closing").await;
    assert_eq!(closing["by"], "server");
    assert_eq!(closing["limit"]["value"], 100, "{closing}");
    assert_eq!(closing["limit"]["length"], large.len());
    assert_eq!(closing["cut"][0]["from"], "client");
    assert_eq!(closing["cut"][0]["there"], 500);
    drop(client);
    tap.event(1, "closed").await;
    let events = tap.stop_json().await;
    assert!(
        !results(&events).contains(&"error"),
        "the client did not end its packet early: {events:?}"
    );
    assert!(!results(&events).contains(&"incomplete"), "{events:?}");

    // 1.5 × Keep Alive without a packet.
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    pass(&mut client, &mut server, &connect(4, 2, 1, b"", &[b"c"])).await;
    pass(&mut server, &mut client, CONNACK_3_1_1).await;
    sleep(Duration::from_millis(1600)).await;
    drop(server);
    let closing = tap.event(1, "closing").await;
    assert!(
        text(&closing).contains("1.5 × Keep Alive (1 s)"),
        "{closing}"
    );
    tap.stop().await;
}

#[tokio::test]
async fn a_packet_that_the_end_of_the_tap_cuts_short_is_nobody_s_error() {
    let (mut tap, mut client, mut server) = accepted(&["--json"]).await;
    let large = publish(true, b"large", 1, &[0; 1000]);
    pass(&mut client, &mut server, &large[..500]).await;
    tap.packet(1, "CONNACK").await;
    let events = tap.stop_json().await;
    assert_eq!(
        results(&events),
        ["opened", "packet", "packet", "closing", "closed"],
        "{events:?}"
    );
    assert_eq!(events[3]["by"], "tap");
    assert_eq!(events[3]["cut"][0]["packet"], "PUBLISH");
}

#[tokio::test]
async fn a_large_connect_is_read() {
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    let long = vec![b'x'; 40_000];
    let login = connect(4, 0xC6, 60, b"", &[b"c", b"will", &long, b"alice", &long]);
    pass(&mut client, &mut server, &login).await;
    pass(&mut server, &mut client, &[0x20, 2, 0, 5]).await;
    let told = tap.packet(1, "CONNECT").await;
    assert_eq!(told["mqtt"], "3.1.1");
    assert_eq!(told["password_length"], 40_000);
    assert_eq!(tap.packet(1, "CONNACK").await["reason_code"], 5);
    tap.stop().await;
}

#[tokio::test]
async fn tells_the_packets_behind_others_that_are_large() {
    let (mut tap, mut client, mut server) = accepted(&["--json"]).await;
    let large = publish(true, b"t", 1, &noise(5, 3_000_000));
    let pubrel = [0x40, 0x03, 0x00, 0x09, 0x87];
    let stream = [&large[..], &pubrel].concat();
    within(async {
        let ((), received) = tokio::join!(
            write_in_pieces(&mut client, &stream, 2),
            read_exactly(&mut server, stream.len())
        );
        assert!(received == stream);
    })
    .await;
    assert_eq!(tap.packet(1, "PUBACK").await["reason_code"], 0x87);
    pass(&mut server, &mut client, &[0x40, 3, 0, 1, 0x97]).await;
    let line = tap.line(&["PUBACK", "\"reason_code\":151"]).await;
    assert_eq!(parse(&line)["for"], "t");
    tap.stop().await;
}

#[tokio::test]
async fn findings_across_packets_are_told() {
    let (mut tap, mut client, mut server) = accepted(&["--json"]).await;
    let subscribe = packet(0x82, b"\0\x02\0\0\x03a/#\x01\0\x01b\0");
    pass(&mut client, &mut server, &subscribe).await;
    pass(&mut server, &mut client, b"\x90\x04\0\x02\0\x01").await;
    let finding = tap.event(1, "finding").await;
    assert_eq!(finding["kind"], "violation");
    assert_eq!(finding["by"], "server");
    assert_eq!(finding["packet"], "SUBACK");
    assert_eq!(finding["client_id"], "c");
    assert_eq!(finding.get("bytes"), None);
    tap.stop().await;
}

/// Both directions are told in one order of time: an acknowledgement never looks too early.
#[tokio::test]
async fn no_acknowledgement_overtakes_its_publish() {
    let (mut tap, client, server) = accepted(&["--json"]).await;
    // Small packets go out at once, also while earlier ones are not acknowledged: 300 rounds take 15 s otherwise.
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (mut from_server, mut to_server) = client.into_split();
    let (mut from_client, mut to_client) = server.into_split();
    let server = tokio::spawn(async move {
        use tokio::io::AsyncReadExt;
        // Each PUBLISH has 9 bytes; its acknowledgement goes out at once.
        let mut publish = [0; 9];
        while from_client.read_exact(&mut publish).await.is_ok() {
            let ack = [0x40, 2, publish[5], publish[6]];
            if to_client.write_all(&ack).await.is_err() {
                break;
            }
        }
    });
    within(async {
        use tokio::io::AsyncReadExt;
        for round in 0..300_u16 {
            let mut burst = Vec::new();
            for id in 1..=20 {
                burst.extend(publish(true, b"t", round * 20 + id, b"x"));
            }
            to_server.write_all(&burst).await.unwrap();
            from_server.read_exact(&mut [0; 80]).await.unwrap();
        }
        to_server.write_all(&[0xE0, 0]).await.unwrap();
        to_server.shutdown().await.unwrap();
        server.await.unwrap();
    })
    .await;
    drop(from_server);
    tap.event(1, "closed").await;
    let events = tap.stop_json().await;
    let pubacks = events
        .iter()
        .filter(|event| event["packet"] == "PUBACK")
        .count();
    assert_eq!(pubacks, 6000);
    assert!(!results(&events).contains(&"finding"));
}

#[tokio::test]
async fn nothing_of_a_peer_reaches_the_terminal_raw() {
    let (mut tap, mut client, mut server) = connected(&["--all"]).await;
    let evil = "\u{1b}[31m\u{9b}\u{202e}".as_bytes();
    pass(
        &mut client,
        &mut server,
        &connect(4, 0x82, 60, b"", &[evil, evil]),
    )
    .await;
    pass(&mut server, &mut client, CONNACK_3_1_1).await;
    pass(&mut client, &mut server, &publish(false, evil, 1, evil)).await;
    pass(&mut server, &mut client, &[0x40, 2, 0, 1]).await;
    tap.line(&["PUBACK"]).await;
    drop((client, server));
    tap.line(&["closed"]).await;
    let text = tap.stop().await.join("\n");
    for raw in ['\u{1b}', '\u{9b}', '\u{202e}'] {
        assert!(!text.contains(raw), "{text:?}");
    }
}

/// A WebSocket frame of a client, masked.
fn frame(bytes: &[u8]) -> Vec<u8> {
    let key = [1, 2, 3, 4];
    let mut frame = vec![0x82, 0x80 | u8::try_from(bytes.len()).unwrap()];
    frame.extend(key);
    frame.extend(
        bytes
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

#[tokio::test]
async fn a_websocket_is_unwrapped_for_telling_only() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let (mut tap, mut client, mut server) = connected(&["--json", "--record", path]).await;
    let request = b"GET /mqtt HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Protocol: mqtt\r\n\r\n";
    let answer =
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
    pass(&mut client, &mut server, request).await;
    pass(&mut server, &mut client, answer).await;
    let login = connect(4, 0xC2, 60, b"", &[b"web", b"alice", b"wonderland"]);
    pass(&mut client, &mut server, &frame(&login)).await;
    pass(&mut server, &mut client, b"\x82\x04\x20\x02\0\x05").await;
    assert_eq!(tap.packet(1, "CONNECT").await["client_id"], "web");
    let connack = tap.packet(1, "CONNACK").await;
    assert_eq!(
        (&connack["reason_code"], &connack["client_id"]),
        (&json!(5), &json!("web"))
    );
    tap.stop().await;
    let record = fs::read_to_string(path).unwrap();
    assert!(record.contains(" server 20020005"), "{record}");
    assert!(record.contains(&hex::encode("**********")), "{record}");
}

/// What is recorded is a transcript that `check` reads, with the same packets.
#[tokio::test]
async fn check_reads_what_is_recorded() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let (listener, address) = listener().await;
    let mut tap = Tap::start(address, &["--json", "--record", path]).await;
    let (mut first, mut first_peer) = further(&tap, &listener).await;
    let (mut second, mut second_peer) = further(&tap, &listener).await;
    // Turn by turn, so that lines of both connections alternate.
    pass(&mut first, &mut first_peer, CONNECT_5).await;
    pass(&mut second, &mut second_peer, CONNECT_3_1_1).await;
    pass(&mut first_peer, &mut first, CONNACK_5).await;
    pass(&mut second_peer, &mut second, CONNACK_3_1_1).await;
    pass(&mut first, &mut first_peer, &publish(true, b"t", 1, b"x")).await;
    pass(&mut first_peer, &mut first, &[0x40, 3, 0, 1, 0x87]).await;
    drop(first);
    reset(second_peer);
    drop((first_peer, second));
    tap.event(1, "closed").await;
    tap.event(2, "closed").await;
    tap.stop().await;
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["check", "--json", path])
        .output();
    let output = within(output).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let record = fs::read_to_string(path).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}\n{record}");
    let packets = text
        .lines()
        .map(parse)
        .filter(|event| event["result"] == "packet");
    let mut names: Vec<_> = packets
        .map(|event| {
            format!(
                "{} {}",
                event["connection"].as_str().unwrap(),
                event["packet"].as_str().unwrap()
            )
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "1 CONNACK",
            "1 CONNECT",
            "1 PUBACK",
            "1 PUBLISH",
            "2 CONNACK",
            "2 CONNECT"
        ]
    );
}
