//! What real programs said to each other, captured on one machine with nothing lost.
//!
//! Each finding was looked at by hand, packet by packet; none is a false accusation.

use std::collections::BTreeMap;
use std::time::Duration;

use mqtt_reason::Side;
use mqtt_reason::conversation::{Conversation, Event, Settings, Streams};

/// What is told, and why it is right.
const FOUND: [(&str, &str); 4] = [
    // aedes is a Server of 3.1.1, and answers a CONNECT of 5.0 as 3.1.1 demands.
    ("MQTT.js 5.0 with aedes, 1", "S13 odd server MQTT-3.1.2-2"),
    // mosquitto 2.0.11 has more PUBLISH packets unacknowledged than the Receive Maximum of the Client. MQTT.js says so
    // itself and closes: "Receive Maximum exceeded: 4 inbound QoS 2 messages in flight, receiveMaximum is 3".
    (
        "MQTT.js 5.0 with mosquitto, 1",
        "Q20 violation server MQTT-3.3.4-9",
    ),
    (
        "paho 5.0 with mosquitto, 1",
        "Q20 violation server MQTT-3.3.4-9",
    ),
    (
        "paho 5.0 with mosquitto, 2",
        "Q20 violation server MQTT-3.3.4-9",
    ),
];

#[test]
fn real_programs_are_accused_of_what_they_did_and_of_nothing_else() {
    let mut streams: Option<Streams> = None;
    let mut name = "";
    let mut found: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut packets = 0;
    let mut connections = 0;
    for (line, text) in (1..).zip(include_str!("programs.txt").lines()) {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(connection) = text.strip_prefix("connection ") {
            name = connection;
            connections += 1;
            streams = Some(Streams::new(Conversation::new(Settings::new())));
            continue;
        }
        let [seconds, side, what] = text.split(' ').collect::<Vec<_>>()[..] else {
            panic!("line {line}: {text}");
        };
        let time = Duration::from_secs_f64(seconds.trim_start_matches('+').parse().unwrap());
        let side = match side {
            "client" => Side::Client,
            _ => Side::Server,
        };
        let tell = &mut |event: Event<'_>| match event {
            Event::Finding(finding) => {
                let told = format!(
                    "{} {} {} {}",
                    finding.row(),
                    finding.kind(),
                    finding.by(),
                    finding.rule()
                );
                *found.entry((name.to_owned(), told)).or_default() += 1;
            }
            Event::Error(_, error, _) => panic!("line {line}: {error}"),
            _ => packets += 1,
        };
        let streams = streams.as_mut().expect("a connection comes first");
        match what {
            "closes" | "resets" => streams.end(side, time, line, tell),
            bytes => streams.receive(side, time, line, &hex::decode(bytes).unwrap(), tell),
        }
    }
    println!("{connections} connections, {packets} packets: {found:?}");
    let told: Vec<_> = found
        .keys()
        .map(|(name, told)| (name.as_str(), told.as_str()))
        .collect();
    assert_eq!(told, FOUND);
    assert!(connections > 30 && packets > 1500);
}
