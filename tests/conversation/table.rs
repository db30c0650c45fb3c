//! The table of rules is whole: every row of the specification's list is in it, and every checked row is tested.

use std::collections::BTreeSet;

use mqtt_reason::conversation::{Check, RULES};

/// The rows of the list of rules, by group: `S1` to `S13` and so on.
const GROUPS: [(&str, u32); 9] = [
    ("S", 13),
    ("K", 18),
    ("A", 12),
    ("Q", 25),
    ("B", 11),
    ("E", 8),
    ("L", 5),
    ("T", 5),
    ("P", 9),
];

/// Rows that only a caller of [`Conversation::packet`](mqtt_reason::conversation::Conversation::packet) can break: a
/// decoder that knows the sender refuses the packet. Each has a test of its own.
const ONE_PACKET: [&str; 2] = ["E8", "P6"];

#[test]
fn every_row_is_in_the_table() {
    let rows: Vec<String> = RULES.iter().map(|rule| rule.row.to_owned()).collect();
    let expected: Vec<String> = GROUPS
        .iter()
        .flat_map(|(group, count)| (1..=*count).map(move |number| format!("{group}{number}")))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn every_checked_row_is_broken_and_nearly_broken() {
    let mut broken = BTreeSet::new();
    let mut kept = BTreeSet::new();
    let cases = [
        crate::connection::cases(),
        crate::authentication::cases(),
        crate::acknowledgements::cases(),
        crate::subscriptions::cases(),
        crate::limits::cases(),
        crate::silence::cases(),
    ];
    for case in cases.iter().flatten() {
        let rows = if case.told.is_empty() {
            &mut kept
        } else {
            &mut broken
        };
        rows.insert(case.row);
    }
    for rule in RULES {
        let is_checked = matches!(rule.check, Check::Violation | Check::Odd);
        if ONE_PACKET.contains(&rule.row) {
            assert!(is_checked);
        } else {
            assert_eq!(
                broken.contains(rule.row),
                is_checked,
                "row {} broken",
                rule.row
            );
            assert!(
                !is_checked || kept.contains(rule.row),
                "row {} kept",
                rule.row
            );
        }
    }
}

#[test]
fn rules_are_numbered_as_the_specification_does() {
    for rule in RULES {
        assert!(!rule.says.is_empty());
        if let Check::NotChecked(because) = rule.check {
            assert!(!because.is_empty());
        }
        for number in [rule.v5_0, rule.v3_1_1, rule.v3_1].concat() {
            let digits = number.strip_prefix("MQTT-").unwrap_or(number);
            assert!(
                digits
                    .split(['.', '-'])
                    .all(|part| part.parse::<u8>().is_ok()),
                "{}: {number}",
                rule.row
            );
        }
    }
}
