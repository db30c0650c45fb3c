//! The tables of reason codes of other implementations, beside ours.
//!
//! Each difference is listed here with its reason; one that is not listed, or that is gone, fails the test.
//! `tests/real/README.md` says how to install what is needed.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use mqtt_reason::{PacketType, ReasonCode};

#[path = "real/programs.rs"]
mod programs;
#[path = "real/table.rs"]
mod table;

/// Names by packet and code; packets by their name in capitals.
type Table = BTreeMap<(String, u8), String>;

/// A place where another table differs from ours: packet, code, and the name there, `None` where the code is missing.
type Difference = (&'static str, u8, Option<&'static str>);

/// paho-mqtt 2.1.0.
///
/// It also writes most names in small letters after the first ("Protocol error"), which `compare` overlooks.
const PAHO: [Difference; 6] = [
    // Left out; Table 3-1 and Table 2-6 have it for a Will Payload that does not match its format indicator.
    ("CONNACK", 0x99, None),
    // Singular there, plural in Tables 2-6, 3-8 and 3-10.
    ("SUBACK", 0x9E, Some("Shared subscription not supported")),
    ("SUBACK", 0xA2, Some("Wildcard subscription not supported")),
    (
        "DISCONNECT",
        0x9E,
        Some("Shared subscription not supported"),
    ),
    (
        "DISCONNECT",
        0xA2,
        Some("Wildcard subscription not supported"),
    ),
    // "No subscription existed" in Tables 2-6 and 3-9.
    ("UNSUBACK", 0x11, Some("No subscription found")),
];

/// mqtt-packet 9.0.2.
///
/// It has one table for PUBACK and PUBREC, with "Packet identifier in use" as Table 3-4 prints it; Table 2-6 has a
/// capital I, and `compare` overlooks it.
const MQTT_PACKET: [Difference; 1] = [
    // Table 3-10 does not list it, Table 2-6 does, and mosquitto sends it: accepted here, refused there.
    ("DISCONNECT", 0x8C, None),
];

/// mqtt-packet has no table for CONNACK at all: its parser takes any byte there.
const NOT_IN_MQTT_PACKET: [PacketType; 1] = [PacketType::Connack];

#[test]
fn our_table_is_that_of_the_specification() {
    let typed = table::TABLE.into_iter().flat_map(|(packet, codes)| {
        let row = move |(code, name): &(u8, &str)| ((packet.to_string(), *code), name.to_string());
        codes.iter().map(row)
    });
    assert_eq!(ours(), typed.collect::<Table>());
    assert_eq!(ours().len(), 96);
    for (packet, codes) in table::TABLE {
        assert_eq!(table::codes_of(packet), codes);
    }
}

#[test]
#[ignore = "needs Python with paho-mqtt"]
fn paho_mqtt_has_the_same_codes() {
    let python = env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    let output = programs::run(
        Command::new(python).arg(script("paho_tables.py")),
        "the Python named by MQTT_REASON_PYTHON needs paho-mqtt: see tests/real/README.md",
    );
    let rows: Vec<(String, u8, String)> =
        serde_json::from_str(&output).expect("the script prints rows of a table");
    let theirs = rows
        .into_iter()
        .map(|(packet, code, name)| ((packet, code), name))
        .collect();
    compare("paho-mqtt", &theirs, &[], &PAHO);
}

#[test]
#[ignore = "needs Node.js with mqtt-packet"]
fn mqtt_packet_has_the_same_codes() {
    let mut node = Command::new(programs::find("node"));
    node.arg(script("mqtt_packet_tables.js"));
    if let Some(folder) = env::var_os("MQTT_REASON_NODE_PATH") {
        node.arg(folder);
    }
    let output = programs::run(
        &mut node,
        "the folder named by MQTT_REASON_NODE_PATH needs mqtt-packet: see tests/real/README.md",
    );
    let tables: BTreeMap<String, BTreeMap<u8, String>> =
        serde_json::from_str(&output).expect("the script prints tables");
    let mut theirs = Table::new();
    for (constant, codes) in &tables {
        let packets = constant
            .trim_start_matches("MQTT5_")
            .trim_end_matches("_CODES");
        for packet in packets.split('_') {
            for (code, name) in codes {
                theirs.insert((packet.to_string(), *code), name.clone());
            }
        }
    }
    compare("mqtt-packet", &theirs, &NOT_IN_MQTT_PACKET, &MQTT_PACKET);
}

/// Where a script of `tests/real/` is.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/real")
        .join(name)
}

/// All pairs of this crate.
fn ours() -> Table {
    ReasonCode::table()
        .map(|row| ((row.packet.to_string(), row.code.as_u8()), row.name.into()))
        .collect()
}

/// Fails where `theirs` differs from our table in another way than listed; the case of names does not matter.
fn compare(program: &str, theirs: &Table, not_there: &[PacketType], listed: &[Difference]) {
    let absent = |packet: &str| not_there.iter().any(|other| other.name() == packet);
    let ours = ours();
    let mut found = BTreeMap::new();
    for (key, name) in &ours {
        match theirs.get(key) {
            Some(other) if other.eq_ignore_ascii_case(name) => {}
            None if absent(&key.0) => {}
            other => _ = found.insert(key.clone(), other.cloned()),
        }
    }
    for (key, name) in theirs {
        if !ours.contains_key(key) || absent(&key.0) {
            found.insert(key.clone(), Some(name.clone()));
        }
    }
    let listed: BTreeMap<_, _> = listed
        .iter()
        .map(|(packet, code, name)| ((packet.to_string(), *code), name.map(str::to_string)))
        .collect();
    println!("{program}: {} codes, ours {}", theirs.len(), ours.len());
    for ((packet, code), name) in &found {
        println!("{program}: {packet} {code:#04x}: {name:?}");
    }
    assert_eq!(
        found, listed,
        "{program}: left what was found, right what is listed"
    );
}
