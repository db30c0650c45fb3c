//! The tables of codes in the documentation of `v5` and `v3` are those of the code, and README.md is as short as it is
//! meant to be.
//!
//! `MQTT_REASON_WRITE_TABLES=1 cargo test --test readme` writes them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mqtt_reason::v5::{ConnackReason, SubackReason};
use mqtt_reason::{Meaning, PacketType, ReasonCode, SentBy, mapping, v3};

const WRITE: &str = "MQTT_REASON_WRITE_TABLES";

/// The rows of Table 2-6: 43 values, of which 0x00 has three names.
fn rows() -> Vec<Vec<&'static Meaning>> {
    let mut meanings: Vec<_> = ReasonCode::table().collect();
    meanings.sort_by_key(|meaning| meaning.code);
    let mut rows: Vec<Vec<_>> = Vec::new();
    for meaning in meanings {
        let same =
            |row: &&mut Vec<&Meaning>| row[0].code == meaning.code && row[0].name == meaning.name;
        match rows.iter_mut().find(same) {
            Some(row) => row.push(meaning),
            None => rows.push(vec![meaning]),
        }
    }
    rows
}

/// The quick reference: a row for each value and name, the packets in a column for each who sends the code in them.
fn quick_reference(packet: impl Fn(PacketType) -> String) -> String {
    let mut text = String::from(
        "| value | name | packets: sent by both | by the Server only | by the Client only |\n|---|---|---|---|---|\n",
    );
    for row in rows() {
        let cells = [SentBy::Either, SentBy::Server, SentBy::Client].map(|sent_by| {
            let row = row.iter().filter(|meaning| meaning.sent_by == sent_by);
            let packets: Vec<_> = row.map(|meaning| packet(meaning.packet)).collect();
            packets.join(" ")
        });
        let (value, name) = (row[0].code.as_u8(), row[0].name);
        writeln!(text, "| `{value:#04x}` | {name} | {} |", cells.join(" | ")).unwrap();
    }
    text.replace("|  |", "| |").replace("|  |", "| |")
}

/// Value and name of a code of 5.0.
fn in_v5(value: u8, name: &str) -> String {
    format!("{value:#04x} {name}")
}

/// The tables of return codes, with what 5.0 says instead.
fn return_codes() -> String {
    let mut text = String::from(
        "| CONNACK | [name](ConnackReturnCode) in 3.1.1 | in 3.1 | in 5.0 |\n|---|---|---|---|\n",
    );
    let [new, old] = [v3::Version::V3_1_1, v3::Version::V3_1];
    for code in v3::ConnackReturnCode::ALL {
        let reason: ConnackReason = mapping::connack_to_v5(*code);
        let reason = in_v5(reason.as_u8(), reason.name());
        let (value, names) = (
            code.as_u8(),
            [new, old].map(|version| code.name_in(version)),
        );
        writeln!(
            text,
            "| `{value:#04x}` | {} | {reason} |",
            names.join(" | ")
        )
        .unwrap();
    }
    text.push_str(
        "\n| SUBACK | [name](SubackReturnCode) in 3.1.1 | in 3.1 | in 5.0 |\n|---|---|---|---|\n",
    );
    for code in v3::SubackReturnCode::ALL {
        let reason: SubackReason = mapping::suback_to_v5(*code);
        let old = match mapping::suback_to_v3(reason, old) {
            Some(code) => code.name_in(old),
            None => "read, never written",
        };
        let reason = in_v5(reason.as_u8(), reason.name());
        let (value, name) = (code.as_u8(), code.name_in(new));
        writeln!(text, "| `{value:#04x}` | {name} | {old} | {reason} |").unwrap();
    }
    text
}

/// A packet of 5.0 as a link to its enum of codes.
fn linked(packet: PacketType) -> String {
    let name = packet.name();
    let (first, rest) = name.split_at(1);
    format!("[{name}]({first}{}Reason)", rest.to_lowercase())
}

/// Compares a file with what it should be, or writes it.
fn check(file: &str, expected: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let found = fs::read_to_string(&path).unwrap_or_default();
    let expected = expected(&found);
    if env::var_os(WRITE).is_some() {
        fs::write(path, expected).unwrap();
        return;
    }
    if let Some((line, (found, expected))) = (1..)
        .zip(found.lines().zip(expected.lines()))
        .find(|(_, (found, expected))| found != expected)
    {
        panic!(
            "{file}, line {line}:\n  is        {found}\n  should be {expected}\n\
             write the tables with: {WRITE}=1 cargo test --test readme"
        );
    }
    assert_eq!(
        found, expected,
        "write {file} with: {WRITE}=1 cargo test --test readme"
    );
}

#[test]
fn the_quick_reference_has_a_row_for_each_value_and_name() {
    assert_eq!(rows().len(), 45);
    assert_eq!(rows().iter().map(Vec::len).sum::<usize>(), 96);
    check("src/v5/codes.md", |_| quick_reference(linked));
}

#[test]
fn the_readme_is_short_and_links_to_nothing_that_the_package_lacks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.lines().count() <= 250);
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for link in readme.split("](").skip(1) {
        let target = link.split(')').next().unwrap();
        let packed = || root.join(target).is_file() && manifest.contains(&format!("\"/{target}\""));
        assert!(
            target.starts_with('#') || target.starts_with("https://") || packed(),
            "{target}"
        );
    }
}

#[test]
fn the_documentation_of_v3_has_the_return_codes() {
    check("src/v3/codes.md", |_| return_codes());
}
