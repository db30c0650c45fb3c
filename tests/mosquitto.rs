//! mosquitto, a broker of others, and this crate: each reads what the other writes.
//!
//! The tests start mosquitto on a free port of 127.0.0.1 and speak to it over plain sockets. Every byte that it sends
//! is decoded by the crate as coming from a server, and written back; what the crate's encoder writes is sent to it,
//! and its log and its answers show that it understood. `tests/real/README.md` says how to install what is needed.
//!
//! The answers are those of mosquitto 2.0. Where it closes the connection without the DISCONNECT that the
//! specification suggests, that DISCONNECT is right, too.

use std::cell::Cell;
use std::fs;
use std::process::Command;

use mqtt_reason::v5::{
    Ack, AckReason, Auth, AuthReason, Disconnect, DisconnectReason, Packet, Property, Puback,
    PubackReason, Pubcomp, PubcompReason, Pubrec, PubrecReason, Pubrel, PubrelReason,
};
use mqtt_reason::{ErrorClass, ErrorKind, PacketId, PacketType, QoS, Side, Version};

#[path = "real/broker.rs"]
mod broker;
#[path = "real/client.rs"]
mod client;
#[path = "real/packets.rs"]
mod packets;
#[path = "real/programs.rs"]
mod programs;

use broker::Broker;
use client::{Came, Client, Seen};
use packets::{Connect, packet, publish, string, subscribe, unsubscribe};

#[macro_use]
#[path = "shown/mod.rs"]
mod shown;

const V5: Version = Version::V5_0;

/// Connects as `client` of 5.0 with a clean start.
fn hello(client: &str) -> Vec<u8> {
    Connect::new(V5, client).bytes()
}

/// A message to a topic, without properties.
fn message(topic: &str, qos: u8, id: u16) -> Vec<u8> {
    publish(V5, topic, qos, id, &[], b"x")
}

fn id(n: u16) -> PacketId {
    PacketId::new(n).expect("the tests use no packet identifier 0")
}

/// Sends all packets at once on a connection of their own, reads the answers, and that nothing else comes.
fn run(broker: &Broker, seen: &mut Seen, version: Version, sent: &[&[u8]], words: &[&str]) {
    let mut client = Client::new(broker, version);
    client.ask(seen, &sent.concat(), words);
    if words.last() != Some(&"end") {
        client.finish(seen);
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn every_byte_of_mosquitto_is_decoded() {
    let mut seen = Seen::default();
    open_broker(&mut seen);
    limited_broker(&mut seen);
    broker_with_small_messages(&mut seen);
    broker_with_roles(&mut seen);
    seen.print();

    let pairs = seen.pairs(V5);
    println!("{} pairs of packet and code in MQTT 5.0", pairs.len());
    assert!(pairs.len() >= 15, "pairs of packet and code: {pairs:02x?}");
    for packet in [
        PacketType::Connack,
        PacketType::Puback,
        PacketType::Pubrec,
        PacketType::Pubrel,
        PacketType::Pubcomp,
        PacketType::Suback,
        PacketType::Unsuback,
        PacketType::Disconnect,
    ] {
        assert!(
            pairs.iter().any(|pair| pair.0 == packet),
            "{packet} did not come"
        );
    }
    let connack = |code| (PacketType::Connack, code);
    for code in [0x00, 0x01, 0x02, 0x05] {
        assert!(
            seen.pairs(Version::V3_1_1).contains(&connack(code)),
            "CONNACK {code:#04x}"
        );
    }
    assert!(
        seen.pairs(Version::V3_1_1)
            .contains(&(PacketType::Suback, 0x80))
    );
    assert!(seen.pairs(Version::V3_1).contains(&connack(0x05)));
}

/// Passwords, an ACL, and else what mosquitto does by itself.
fn open_broker(seen: &mut Seen) {
    let broker = Broker::start(&[
        "allow_anonymous true",
        "password_file @passwords",
        "acl_file @acl",
        "max_keepalive 600",
    ]);
    connections(&broker, seen);
    acknowledgements(&broker, seen);
    subscriptions(&broker, seen);
    breaches(&broker, seen);
    ends(&broker, seen);
    old_versions(&broker, seen);
}

/// CONNACK: refusals, properties, sessions.
fn connections(broker: &Broker, seen: &mut Seen) {
    let new = |client| Connect::new(V5, client);
    run(broker, seen, V5, &[&hello("a")], &["CONNACK 00"]);
    for user in [("alice", "wrong"), ("nobody", "secret")] {
        let connect = Connect {
            user: Some(user),
            ..new("a")
        };
        run(broker, seen, V5, &[&connect.bytes()], &["CONNACK 87"]);
    }
    let user = Some(("alice", "secret"));
    run(
        broker,
        seen,
        V5,
        &[&Connect { user, ..new("a") }.bytes()],
        &["CONNACK 00"],
    );
    let method = [&[0x15], string("unknown").as_slice()].concat();
    let connect = Connect {
        properties: &method,
        ..new("a")
    };
    run(broker, seen, V5, &[&connect.bytes()], &["CONNACK 8c"]);

    // A Keep Alive above the server's, and no Client Identifier.
    let given = Cell::new(false);
    let mut client = Client::new(broker, V5);
    client.send(
        &Connect {
            keep_alive: 1000,
            ..new("")
        }
        .bytes(),
    );
    let came = client.read_with(seen, |packet| {
        if let Packet::Connack(connack) = packet {
            assert_eq!(connack.properties().server_keep_alive(), Some(600));
            assert!(connack.properties().assigned_client_identifier().is_some());
            given.set(true);
        }
    });
    assert_eq!(came.words(), "CONNACK 00");
    assert!(given.get(), "a CONNACK was looked into");

    // The session is there at the second connection. Session Expiry Interval 3600.
    let keep = [0x11, 0x00, 0x00, 0x0E, 0x10];
    let kept = Connect {
        properties: &keep,
        ..new("keeper")
    };
    let mut client = Client::new(broker, V5);
    client.ask(seen, &kept.bytes(), &["CONNACK 00"]);
    client.send_packet(&Disconnect::new(DisconnectReason::NormalDisconnection));
    client.expect(seen, &["end"]);
    let again = Connect {
        clean: false,
        ..kept
    };
    run(broker, seen, V5, &[&again.bytes()], &["CONNACK 00 session"]);

    // Level 6: mosquitto answers in the layout of 3.x, and the decoder says so.
    let mut client = Client::new(broker, V5);
    client.send(
        &Connect {
            level: Some(6),
            ..new("a")
        }
        .bytes(),
    );
    match client.read(seen) {
        Came::Refused(error) => {
            assert_eq!(error.kind(), shown!(ErrorKind::V3Connack { code: 1 }));
            assert_eq!(error.class(), ErrorClass::MalformedPacket);
        }
        other => assert_eq!(other.words(), "CONNACK 84"),
    }
}

/// PUBACK, PUBREC, PUBREL, PUBCOMP.
fn acknowledgements(broker: &Broker, seen: &mut Seen) {
    let mut listener = Client::new(broker, V5);
    let filters = [("open/heard", 0)];
    listener.ask(seen, &hello("listener"), &["CONNACK 00"]);
    listener.ask(seen, &subscribe(V5, 1, &filters), &["SUBACK 00"]);
    let pubrel = [0x62, 0x02, 0x00, 0x0B];
    for (sent, words) in [
        (vec![message("open/heard", 1, 10)], vec!["PUBACK 00"]),
        (vec![message("open/unheard", 1, 10)], vec!["PUBACK 10"]),
        (vec![message("open/unheard", 1, 0xFFFF)], vec!["PUBACK 10"]),
        (vec![message("denied", 1, 10)], vec!["PUBACK 87"]),
        (vec![message("denied", 2, 10)], vec!["PUBREC 87"]),
        (
            vec![message("open/heard", 2, 11), pubrel.to_vec()],
            vec!["PUBREC 00", "PUBCOMP 00"],
        ),
        // For identifiers that are not in use, mosquitto answers 0x00, not 0x92.
        (vec![pubrel.to_vec()], vec!["PUBCOMP 00"]),
        (vec![vec![0x50, 0x02, 0x00, 0x0D]], vec!["PUBREL 00"]),
        (vec![vec![0xC0, 0x00]], vec!["PINGRESP"]),
    ] {
        let words = [vec!["CONNACK 00"], words].concat();
        run(broker, seen, V5, &[&hello("a"), &sent.concat()], &words);
    }

    // Receive Maximum is 20: the 21st message of QoS 2 that is not released is too many.
    let many: Vec<u8> = (1..=21).flat_map(|n| message("open/a", 2, n)).collect();
    let mut words = vec!["PUBREC 00"; 22];
    if let [first, .., last] = words.as_mut_slice() {
        (*first, *last) = ("CONNACK 00", "PUBREC 97");
    }
    run(broker, seen, V5, &[&hello("a"), &many], &words);
}

/// SUBACK and UNSUBACK.
fn subscriptions(broker: &Broker, seen: &mut Seen) {
    let filters = [("open/a", 0), ("open/#", 1), ("$share/g/open/a", 2)];
    let sent = [
        hello("a"),
        subscribe(V5, 20, &filters),
        unsubscribe(V5, 21, &["open/a", "open/never"]),
    ];
    let words = ["CONNACK 00", "SUBACK 00 01 02", "UNSUBACK 00 11"];
    run(broker, seen, V5, &[&sent.concat()], &words);

    let names: Vec<String> = (0..150).map(|n| format!("open/{n}")).collect();
    let filters: Vec<(&str, u8)> = names
        .iter()
        .map(String::as_str)
        .zip([0, 1, 2].into_iter().cycle())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let words = [
        "CONNACK 00".to_string(),
        format!("UNSUBACK{}", " 11".repeat(150)),
        format!("SUBACK{}", " 00 01 02".repeat(50)),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let sent = [
        hello("a"),
        unsubscribe(V5, 30, &names),
        subscribe(V5, 31, &filters),
    ];
    run(broker, seen, V5, &[&sent.concat()], &words);
}

/// Packets that break the protocol: DISCONNECT says how, or the connection just ends.
fn breaches(broker: &Broker, seen: &mut Seen) {
    let with = |properties: &[u8]| publish(V5, "open/a", 1, 9, properties, b"x");
    let malformed = [
        // SUBSCRIBE with header flags 0000, with a reserved option, with # in the middle.
        packet(0x80, &[&[0, 9, 0], &string("open/a"), &[0]]),
        subscribe(V5, 9, &[("open/a", 0xC0)]),
        subscribe(V5, 9, &[("open/#/a", 0)]),
        // Without a filter.
        subscribe(V5, 9, &[]),
        unsubscribe(V5, 9, &[]),
        // A topic that crosses the end of the packet, one that is not UTF-8.
        packet(0x30, &[&[0xFF, 0xFF]]),
        packet(0x32, &[&[0, 2, 0xC3, 0x28, 0, 9, 0]]),
        // PUBLISH with QoS 3, with property 0x7F, with Receive Maximum, with Topic Alias 0.
        publish(V5, "open/a", 3, 9, &[], b"x"),
        with(&[0x7F, 0x00]),
        with(&[0x21, 0x00, 0x05]),
        with(&[0x23, 0x00, 0x00]),
    ];
    for sent in malformed {
        run(
            broker,
            seen,
            V5,
            &[&hello("a"), &sent],
            &["CONNACK 00", "DISCONNECT 81", "end"],
        );
    }
    let protocol_errors = [
        // Packet type 0, Packet Identifier 0, a topic with a wildcard, an alias that was never set.
        vec![0x00, 0x00],
        message("open/a", 1, 0),
        message("open/#", 1, 9),
        publish(V5, "", 1, 9, &[0x23, 0x00, 0x02], b"x"),
        // A Session Expiry Interval where CONNECT had none.
        vec![0xE0, 0x07, 0x00, 0x05, 0x11, 0x00, 0x00, 0x00, 0x0A],
    ];
    for sent in protocol_errors {
        run(
            broker,
            seen,
            V5,
            &[&hello("a"), &sent],
            &["CONNACK 00", "DISCONNECT 82", "end"],
        );
    }
    let alias = with(&[0x23, 0x03, 0xE8]);
    run(
        broker,
        seen,
        V5,
        &[&hello("a"), &alias],
        &["CONNACK 00", "DISCONNECT 94", "end"],
    );

    for sent in [
        // A second CONNECT, a CONNACK, an AUTH without a method in CONNECT, a Remaining Length of five bytes.
        hello("a"),
        vec![0x20, 0x03, 0x00, 0x00, 0x00],
        [&[0xF0, 0x06, 0x18, 0x04, 0x15], string("X").as_slice()].concat(),
        vec![0x30, 0x80, 0x80, 0x80, 0x80, 0x01],
    ] {
        let mut client = Client::new(broker, V5);
        client.ask(seen, &hello("a"), &["CONNACK 00"]);
        client.send(&sent);
        client.expect_end(seen, &["DISCONNECT 81", "DISCONNECT 82"]);
    }
}

/// The server ends the connection without a breach.
fn ends(broker: &Broker, seen: &mut Seen) {
    let mut first = Client::new(broker, V5);
    first.ask(seen, &hello("same"), &["CONNACK 00"]);
    let mut second = Client::new(broker, V5);
    second.ask(seen, &hello("same"), &["CONNACK 00"]);
    first.expect_end(seen, &["DISCONNECT 8e"]);

    let mut silent = Client::new(broker, V5);
    let connect = Connect {
        keep_alive: 1,
        ..Connect::new(V5, "silent")
    };
    silent.ask(seen, &connect.bytes(), &["CONNACK 00"]);
    silent.expect_end(seen, &["DISCONNECT 8d"]);
}

/// 3.1.1 and 3.1.
fn old_versions(broker: &Broker, seen: &mut Seen) {
    for old in [Version::V3_1_1, Version::V3_1] {
        let new = |client| Connect::new(old, client);
        let hello = new("old").bytes();
        let user = Some(("alice", "wrong"));
        run(
            broker,
            seen,
            old,
            &[&Connect { user, ..new("old") }.bytes()],
            &["CONNACK 05"],
        );

        let kept = Connect {
            clean: false,
            ..new("kept")
        };
        let mut client = Client::new(broker, old);
        client.ask(seen, &kept.bytes(), &["CONNACK 00"]);
        client.ask(seen, &[0xE0, 0x00], &["end"]);
        let words = match old {
            Version::V3_1_1 => "CONNACK 00 session",
            _ => "CONNACK 00",
        };
        run(broker, seen, old, &[&kept.bytes()], &[words]);

        let filters = [("open/a", 0), ("open/b", 1), ("open/c", 2)];
        let sent = [
            hello,
            publish(old, "open/a", 1, 10, &[], b"x"),
            // Denied, which 3.x cannot say.
            publish(old, "denied", 1, 10, &[], b"x"),
            publish(old, "open/a", 2, 11, &[], b"x"),
            vec![0x62, 0x02, 0x00, 0x0B],
            subscribe(old, 20, &filters),
            unsubscribe(old, 21, &["open/a", "open/never"]),
            vec![0xC0, 0x00],
        ];
        let words = [
            "CONNACK 00",
            "PUBACK",
            "PUBACK",
            "PUBREC",
            "PUBCOMP",
            "SUBACK 00 01 02",
            "UNSUBACK",
            "PINGRESP",
        ];
        run(broker, seen, old, &[&sent.concat()], &words);
    }
    let old = Version::V3_1_1;
    let connect = Connect {
        level: Some(2),
        ..Connect::new(old, "a")
    };
    run(broker, seen, old, &[&connect.bytes()], &["CONNACK 01"]);
    let connect = Connect {
        clean: false,
        ..Connect::new(old, "")
    };
    run(broker, seen, old, &[&connect.bytes()], &["CONNACK 02"]);
    let connect = Connect::new(Version::V3_1, "");
    run(
        broker,
        seen,
        Version::V3_1,
        &[&connect.bytes()],
        &["CONNACK 02"],
    );
}

/// Maximum QoS 1, no retained messages, small packets, few identifiers.
fn limited_broker(seen: &mut Seen) {
    let broker = Broker::start(&[
        "allow_anonymous true",
        "max_qos 1",
        "retain_available false",
        "max_packet_size 120",
        "allow_zero_length_clientid false",
        "clientid_prefixes ok-",
        "max_topic_alias 3",
        "max_inflight_messages 2",
    ]);
    let new = |client| Connect::new(V5, client);
    let hello = hello("ok-1");

    let mut client = Client::new(&broker, V5);
    client.send(&hello);
    let limits = Cell::new(false);
    let came = client.read_with(seen, |packet| {
        if let Packet::Connack(connack) = packet {
            assert_eq!(connack.properties().maximum_qos(), Some(QoS::AtLeastOnce));
            assert_eq!(connack.properties().retain_available(), Some(false));
            assert_eq!(connack.properties().maximum_packet_size(), Some(120));
            assert_eq!(connack.properties().topic_alias_maximum(), Some(3));
            assert_eq!(connack.properties().receive_maximum(), Some(2));
            limits.set(true);
        }
    });
    assert_eq!(came.words(), "CONNACK 00");
    assert!(limits.get(), "a CONNACK was looked into");

    for (connect, words) in [
        // An empty identifier, where 0x85 would be closer, and one without the prefix.
        (new(""), "CONNACK 80"),
        (new("no-1"), "CONNACK 87"),
        (
            Connect {
                will: Some(("w", 0, true)),
                ..new("ok-1")
            },
            "CONNACK 9a",
        ),
        (
            Connect {
                will: Some(("w", 2, false)),
                ..new("ok-1")
            },
            "CONNACK 9b",
        ),
    ] {
        run(&broker, seen, V5, &[&connect.bytes()], &[words]);
    }
    let mut retained = message("a", 1, 1);
    if let Some(first) = retained.first_mut() {
        *first |= 1;
    }
    let large = publish(V5, "a", 1, 1, &[], &[b'x'; 130]);
    for (sent, words) in [
        (retained, "DISCONNECT 9a"),
        (message("a", 2, 1), "DISCONNECT 9b"),
        (large, "DISCONNECT 95"),
    ] {
        run(
            &broker,
            seen,
            V5,
            &[&hello, &sent],
            &["CONNACK 00", words, "end"],
        );
    }
    // QoS 2 is asked for, QoS 1 granted.
    let sent = subscribe(V5, 1, &[("a", 2)]);
    run(
        &broker,
        seen,
        V5,
        &[&hello, &sent],
        &["CONNACK 00", "SUBACK 01"],
    );
    for old in [Version::V3_1_1, Version::V3_1] {
        let connect = Connect::new(old, "no-1");
        run(&broker, seen, old, &[&connect.bytes()], &["CONNACK 05"]);
    }
}

/// A limit on payloads: mosquitto sends 0x95 in PUBACK and PUBREC, which their tables do not have.
fn broker_with_small_messages(seen: &mut Seen) {
    let broker = Broker::start(&["allow_anonymous true", "message_size_limit 10"]);
    for (qos, packet) in [(1, PacketType::Puback), (2, PacketType::Pubrec)] {
        let mut client = Client::new(&broker, V5);
        client.ask(seen, &hello("a"), &["CONNACK 00"]);
        client.send(&publish(V5, "a", qos, 10, &[], &[b'x'; 11]));
        let came = client.read(seen);
        let Came::Refused(error) = came else {
            panic!("{packet} with 0x95 should come: {}", came.words());
        };
        assert_eq!(
            error.kind(),
            shown!(ErrorKind::ReasonCode { packet, code: 0x95 })
        );
        assert_eq!(error.class(), ErrorClass::ProtocolError);
        assert_eq!(error.offset(), 4);
        assert_eq!(
            DisconnectReason::from(&error),
            DisconnectReason::ProtocolError
        );
    }
}

/// The dynamic security plugin: subscriptions are refused, a client is disabled.
fn broker_with_roles(seen: &mut Seen) {
    // PBKDF2 with SHA-512, 101 rounds, of the password `secret` with the salt `0123456789ab`.
    let hash =
        "EO/lLlkeUgIiBaS8G8UK0ZMP1u508TA7Tl+AdJ1cEsmlbGyEPAERErpfq84j1kepISs0UzmcdL4ucgZ2uodxfQ==";
    let account = |name: &str| {
        serde_json::json!({"username": name, "password": hash, "salt": "MDEyMzQ1Njc4OWFi",
            "iterations": 101, "roles": [{"rolename": name}]})
    };
    let acl = |kind: &str, topic: &str, allow: bool| {
        serde_json::json!({
            "acltype": kind, "topic": topic, "allow": allow, "priority": 0,
        })
    };
    let state = serde_json::json!({
        "defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true,
            "subscribe": true, "unsubscribe": true},
        "clients": [account("root"), account("bob")],
        "roles": [
            {"rolename": "root",
                "acls": [acl("publishClientSend", "$CONTROL/dynamic-security/#", true)]},
            {"rolename": "bob", "acls": [acl("subscribePattern", "denied/#", false),
                acl("unsubscribePattern", "denied/#", false)]},
        ],
    });
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(folder.path().join("roles.json"), state.to_string()).expect("it can be written");
    let broker = Broker::start_in(
        folder,
        &[
            &format!("plugin {}", broker::dynamic_security().display()),
            "plugin_opt_config_file @folder/roles.json",
            "allow_anonymous false",
        ],
    );
    let login = |version, user| {
        let user_and_password = Some((user, "secret"));
        Connect {
            user: user_and_password,
            ..Connect::new(version, user)
        }
        .bytes()
    };
    run(&broker, seen, V5, &[&hello("a")], &["CONNACK 87"]);
    let filters = [("a", 1), ("denied/a", 1)];
    let sent = [
        login(V5, "bob"),
        subscribe(V5, 30, &filters),
        unsubscribe(V5, 31, &["b", "denied/a"]),
    ];
    let words = ["CONNACK 00", "SUBACK 01 87", "UNSUBACK 11 87"];
    run(&broker, seen, V5, &[&sent.concat()], &words);
    // 3.1.1 has one code for all refusals, 3.1 has none.
    for (old, suback) in [
        (Version::V3_1_1, "SUBACK 01 80"),
        (Version::V3_1, "SUBACK 01 01"),
    ] {
        let sent = [login(old, "bob"), subscribe(old, 30, &filters)];
        run(
            &broker,
            seen,
            old,
            &[&sent.concat()],
            &["CONNACK 00", suback],
        );
    }

    let mut bob = Client::new(&broker, V5);
    bob.ask(seen, &login(V5, "bob"), &["CONNACK 00"]);
    let command = r#"{"commands": [{"command": "disableClient", "username": "bob"}]}"#;
    let mut root = Client::new(&broker, V5);
    root.ask(seen, &login(V5, "root"), &["CONNACK 00"]);
    root.send(&publish(
        V5,
        "$CONTROL/dynamic-security/v1",
        1,
        1,
        &[],
        command.as_bytes(),
    ));
    bob.expect(seen, &["DISCONNECT 98", "end"]);
}

/// Connects as `client` of 5.0 to a session that outlives the connection by an hour.
fn kept_session(client: &str, clean: bool) -> Vec<u8> {
    let properties = &[0x11, 0x00, 0x00, 0x0E, 0x10];
    Connect {
        properties,
        clean,
        ..Connect::new(V5, client)
    }
    .bytes()
}

/// Properties that an acknowledgement may have: none, and all there are.
fn ack_properties() -> [&'static [Property<'static>]; 2] {
    [
        &[],
        &[
            Property::UserProperty("name", "värde"),
            Property::ReasonString("no room for it"),
            Property::UserProperty("name", "once more"),
        ],
    ]
}

/// Every code that a client may send, each without and with properties.
fn client_acks<R: AckReason>() -> impl Iterator<Item = (R, &'static [Property<'static>])> {
    let codes = R::ALL
        .iter()
        .filter(|code| code.can_be_sent_by(Side::Client));
    codes.flat_map(|code| {
        ack_properties()
            .into_iter()
            .map(|properties| (*code, properties))
    })
}

/// The line that mosquitto 2.0 logs for an acknowledgement.
fn log_line(packet: PacketType, id: u16, code: u8) -> String {
    match packet {
        PacketType::Puback | PacketType::Pubcomp => {
            format!("Received {packet} from sub (Mid: {id}, RC:{code})")
        }
        _ => format!("Received {packet} from sub (Mid: {id})"),
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn mosquitto_understands_our_acknowledgements() {
    let broker = Broker::start(&["allow_anonymous true"]);
    let seen = &mut Seen::default();
    let mut publisher = Client::new(&broker, V5);
    publisher.ask(seen, &hello("pub"), &["CONNACK 00"]);
    let mut subscriber = Client::new(&broker, V5);
    subscriber.ask(seen, &kept_session("sub", true), &["CONNACK 00"]);
    let sent = subscribe(V5, 1, &[("t", 2)]);
    subscriber.ask(seen, &sent, &["SUBACK 02"]);

    for (reason, properties) in client_acks::<PubackReason>() {
        publisher.ask(seen, &message("t", 1, 7), &["PUBACK 00"]);
        let puback = Ack::new(id(subscriber.read_publish(seen)), reason);
        subscriber.send_packet(&puback.with_properties(properties));
        let line = log_line(
            PacketType::Puback,
            puback.packet_id().get(),
            puback.reason().as_u8(),
        );
        broker.wait_for_log(&line);
    }
    for (reason, properties) in client_acks::<PubrecReason>() {
        // Our PUBREL releases the message.
        publisher.ask(seen, &message("t", 2, 7), &["PUBREC 00"]);
        publisher.send_packet(&Pubrel::success(id(7)));
        publisher.expect(seen, &["PUBCOMP 00"]);
        let pubrec = Ack::new(id(subscriber.read_publish(seen)), reason);
        subscriber.send_packet(&pubrec.with_properties(properties));
        let line = log_line(
            PacketType::Pubrec,
            pubrec.packet_id().get(),
            pubrec.reason().as_u8(),
        );
        broker.wait_for_log(&line);
        // A refusal is the end of the exchange.
        if !pubrec.reason().is_error() {
            subscriber.expect(seen, &["PUBREL 00"]);
            subscriber.send_packet(&Pubcomp::success(pubrec.packet_id()));
            broker.wait_for_log(&log_line(PacketType::Pubcomp, pubrec.packet_id().get(), 0));
        }
    }
    for (reason, properties) in client_acks::<PubcompReason>() {
        publisher.ask(seen, &message("t", 2, 7), &["PUBREC 00"]);
        publisher.send_packet(&Pubrel::success(id(7)));
        publisher.expect(seen, &["PUBCOMP 00"]);
        let pubcomp = Ack::new(id(subscriber.read_publish(seen)), reason);
        subscriber.send_packet(&Pubrec::success(pubcomp.packet_id()));
        subscriber.expect(seen, &["PUBREL 00"]);
        subscriber.send_packet(&pubcomp.with_properties(properties));
        let line = log_line(
            PacketType::Pubcomp,
            pubcomp.packet_id().get(),
            pubcomp.reason().as_u8(),
        );
        broker.wait_for_log(&line);
    }
    for (reason, properties) in client_acks::<PubrelReason>() {
        publisher.ask(seen, &message("other", 2, 1), &["PUBREC 00"]);
        publisher.send_packet(&Ack::new(id(1), reason).with_properties(properties));
        publisher.expect(seen, &["PUBCOMP 00"]);
    }

    // Nothing is open any more: a message that was not acknowledged comes again, the others do not.
    publisher.ask(seen, &message("t", 1, 8), &["PUBACK 00"]);
    let last = subscriber.read_publish(seen);
    subscriber.finish(seen);
    let mut subscriber = Client::new(&broker, V5);
    let again = format!("PUBLISH {last}");
    let words = ["CONNACK 00 session", again.as_str()];
    subscriber.ask(seen, &kept_session("sub", false), &words);
    subscriber.send_packet(&Puback::success(id(last)));
    subscriber.ask(seen, &[0xC0, 0x00], &["PINGRESP"]);
    subscriber.finish(seen);
    let sent = [kept_session("sub", false), vec![0xC0, 0x00]];
    run(
        &broker,
        seen,
        V5,
        &[&sent.concat()],
        &["CONNACK 00 session", "PINGRESP"],
    );
    seen.print();
}

#[test]
#[ignore = "needs mosquitto"]
fn mosquitto_understands_our_disconnect() {
    let broker = Broker::start(&["allow_anonymous true"]);
    let seen = &mut Seen::default();
    let mut watcher = Client::new(&broker, V5);
    watcher.ask(seen, &hello("watcher"), &["CONNACK 00"]);
    watcher.ask(seen, &subscribe(V5, 1, &[("will", 0)]), &["SUBACK 00"]);
    let with_will = Connect {
        will: Some(("will", 0, false)),
        ..Connect::new(V5, "leaving")
    };
    let sections: [&[Property<'_>]; 3] = [
        &[],
        &[Property::SessionExpiryInterval(0)],
        &[
            Property::UserProperty("k", "v"),
            Property::ReasonString("enough for today"),
        ],
    ];

    let codes = DisconnectReason::ALL.iter().copied();
    for reason in codes.filter(|code| code.can_be_sent_by(Side::Client)) {
        for properties in sections {
            let mut client = Client::new(&broker, V5);
            client.ask(seen, &with_will.bytes(), &["CONNACK 00"]);
            client.send_packet(&Disconnect::new(reason).with_properties(properties));
            client.expect(seen, &["end"]);
            broker.wait_for_log("Received DISCONNECT from leaving");
            // The Will is not published after 0x00, and it is after 0x04. After other codes it should be, which
            // mosquitto 2.0.11 does not do.
            watcher.send(&[0xC0, 0x00]);
            let first = watcher.read(seen).words();
            if first == "PUBLISH" {
                assert_ne!(reason, DisconnectReason::NormalDisconnection);
                watcher.expect(seen, &["PINGRESP"]);
            } else {
                assert_ne!(reason, DisconnectReason::DisconnectWithWillMessage);
                assert_eq!(first, "PINGRESP");
            }
        }
    }

    // Session Expiry Interval 0 ends a session that else would stay.
    for (properties, words) in [
        (sections[0], "CONNACK 00 session"),
        (sections[1], "CONNACK 00"),
    ] {
        let mut client = Client::new(&broker, V5);
        client.ask(seen, &kept_session("kept", true), &["CONNACK 00"]);
        let normal = Disconnect::new(DisconnectReason::NormalDisconnection);
        client.send_packet(&normal.with_properties(properties));
        client.expect(seen, &["end"]);
        run(&broker, seen, V5, &[&kept_session("kept", false)], &[words]);
    }
}

#[test]
#[ignore = "needs mosquitto, its headers and a C compiler"]
fn mosquitto_and_we_understand_each_others_auth() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    programs::run(
        Command::new(programs::find("cc"))
            .args(["-shared", "-fPIC", "-o"])
            .arg(folder.path().join("auth_plugin.so"))
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/real/auth_plugin.c"
            )),
        "mosquitto's headers are needed: see tests/real/README.md",
    );
    let lines = ["allow_anonymous true", "plugin @folder/auth_plugin.so"];
    let broker = Broker::start_in(folder, &lines);
    let seen = &mut Seen::default();

    let method = Property::AuthenticationMethod("two-step");
    let auth = |client: &mut Client, reason, properties: &[Property<'_>]| {
        client.send_packet(&Auth::without_properties(reason).with_properties(properties));
        let code = AuthReason::as_u8(reason);
        broker.wait_for_log(&format!(
            "Received AUTH from authentic (rc{code}, two-step)"
        ));
    };
    let asked = |client: &mut Client, seen: &mut Seen| {
        let looked = Cell::new(false);
        let came = client.read_with(seen, |packet| {
            if let Packet::Auth(auth) = packet {
                assert_eq!(auth.properties().authentication_method(), Some("two-step"));
                assert_eq!(
                    auth.properties().authentication_data(),
                    Some(b"who?".as_slice())
                );
                looked.set(true);
            }
        });
        assert_eq!(came.words(), "AUTH 18");
        assert!(looked.get(), "an AUTH was looked into");
    };
    let right = Property::AuthenticationData(b"me");
    let (go_on, again) = (
        AuthReason::ContinueAuthentication,
        AuthReason::ReAuthenticate,
    );
    let properties = [&[0x15], string("two-step").as_slice()].concat();
    let connect = Connect {
        properties: &properties,
        ..Connect::new(V5, "authentic")
    };

    let mut client = Client::new(&broker, V5);
    client.send(&connect.bytes());
    asked(&mut client, seen);
    auth(&mut client, go_on, &[method, right]);
    client.expect(seen, &["CONNACK 00"]);
    for others in ack_properties() {
        auth(&mut client, again, &[&[method], others].concat());
        asked(&mut client, seen);
        auth(&mut client, go_on, &[&[method, right], others].concat());
        client.expect(seen, &["AUTH 00"]);
    }
    client.ask(seen, &[0xC0, 0x00], &["PINGRESP"]);

    // A wrong answer the second time, to which mosquitto 2.0.11 sends a second CONNACK.
    let wrong = Property::AuthenticationData(b"you");
    auth(&mut client, again, &[method]);
    asked(&mut client, seen);
    auth(&mut client, go_on, &[method, wrong]);
    client.expect_end(seen, &["CONNACK 87", "DISCONNECT 87"]);

    // A wrong answer the first time.
    let mut client = Client::new(&broker, V5);
    client.send(&connect.bytes());
    asked(&mut client, seen);
    auth(&mut client, go_on, &[method, wrong]);
    client.expect(seen, &["CONNACK 87", "end"]);

    // Another method than that of CONNECT.
    let mut client = Client::new(&broker, V5);
    client.send(&connect.bytes());
    asked(&mut client, seen);
    let other = [Property::AuthenticationMethod("other"), right];
    client.send_packet(&Auth::without_properties(go_on).with_properties(&other));
    client.expect(seen, &["DISCONNECT 82", "end"]);

    // A method that the plugin does not know.
    let unknown = [&[0x15], string("other").as_slice()].concat();
    let connect = Connect {
        properties: &unknown,
        ..connect
    };
    run(
        &broker,
        seen,
        V5,
        &[&connect.bytes()],
        &["CONNACK 8c", "end"],
    );
    seen.print();
    for code in [0x00, 0x18] {
        assert!(
            seen.pairs(V5).contains(&(PacketType::Auth, code)),
            "AUTH {code:#04x}"
        );
    }
}
