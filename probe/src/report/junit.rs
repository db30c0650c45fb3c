//! A JUnit file: one test case a scenario.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::line::{Line, shortened};
use crate::judge::Outcome;

/// The file. What fails is what makes the exit status 1.
///
/// # Errors
///
/// If it cannot be written as XML.
pub fn junit(
    target: &str,
    lines: &[Line],
    strict: bool,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("mqtt-reason probe");
    let mut suite = TestSuite::new(format!("broker {target}"));
    for line in lines {
        let status = if line.outcome == Outcome::Skipped {
            let mut status = TestCaseStatus::skipped();
            status.set_message(line.why.clone());
            status
        } else if line.outcome.fails(strict) && !line.known {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(line.outcome.name())
                .set_message(format!("{}: {}", line.rules.join(", "), line.why))
                .set_description(details(line));
            status
        } else {
            TestCaseStatus::success()
        };
        let mut case = TestCase::new(format!("{} {}", line.scenario, line.title), status);
        case.set_classname(format!("mqtt {}", line.mqtt));
        case.set_time(Duration::from_millis(line.ms));
        case.set_system_out(details(line));
        suite.add_test_case(case);
    }
    report.add_test_suite(suite);
    report.to_string().map(|text| as_the_schema_has_it(&text))
}

/// The schema that Jenkins holds reports to has no `skipped` in `testsuites`, only in `testsuite`; readers add them up. XML
/// has no U+FFFE and U+FFFF, which a target can send.
fn as_the_schema_has_it(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let skipped = line
            .strip_prefix("<testsuites ")
            .and_then(|_| line.find(" skipped=\""));
        lines.push(match skipped.and_then(|at| line.split_at_checked(at)) {
            Some((before, rest)) => {
                let after = rest.splitn(3, '"').nth(2).unwrap_or_default();
                format!("{before}{after}")
            }
            None => line.to_owned(),
        });
    }
    let text = lines.join("\n");
    text.replace(['\u{FFFE}', '\u{FFFF}'], "") + "\n"
}

fn details(line: &Line) -> String {
    let mut text = format!(
        "{}\ndemanded: {}\nreceived: {}\nsent: {}\nbytes: {}\n",
        line.outcome.name(),
        line.demanded.join(" or "),
        line.received.join(", "),
        line.sent,
        line.bytes,
    );
    for line in &line.transcript {
        text.push_str(&shortened(line));
        text.push('\n');
    }
    let reproduce = line
        .violation
        .as_ref()
        .and_then(|violation| violation.reproduce.as_ref());
    if let Some(reproduce) = reproduce {
        text.push_str(reproduce);
        text.push('\n');
    }
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test panics when it fails")]
mod tests {
    use std::collections::BTreeMap;

    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::report::Violation;

    /// What the schema of the xUnit plugin of Jenkins lets an element have: attributes, and children in their order.
    const SCHEMA: &[(&str, &[&str], &[&str])] = &[
        (
            "testsuites",
            &["name", "time", "tests", "failures", "disabled", "errors"],
            &["testsuite"],
        ),
        (
            "testsuite",
            &[
                "name",
                "tests",
                "failures",
                "errors",
                "time",
                "disabled",
                "skipped",
                "timestamp",
                "hostname",
                "id",
                "package",
            ],
            &["properties", "testcase", "system-out", "system-err"],
        ),
        (
            "testcase",
            &["name", "assertions", "time", "classname", "status"],
            &["skipped", "error", "failure", "system-out", "system-err"],
        ),
        ("skipped", &["message", "type"], &[]),
        ("failure", &["message", "type"], &[]),
        ("system-out", &[], &[]),
    ];

    fn line(outcome: Outcome, known: bool) -> Line {
        Line {
            scenario: "S11",
            title: "filter <$share//t> & \"more\"",
            mqtt: "5.0",
            outcome,
            demanded: vec!["SUBACK 0x8f".to_owned()],
            received: vec!["SUBACK 0x00".to_owned(), "open".to_owned()],
            rules: vec!["MQTT-4.8.2-1".to_owned()],
            why: "a \u{1}\u{FFFE} ]]> of the other side".to_owned(),
            sent: "821d".to_owned(),
            bytes: "9004".to_owned(),
            ms: 1_201,
            known,
            transcript: vec!["+0.000 client 821d".to_owned(), "x".repeat(3_000)],
            violation: (outcome == Outcome::Wrong).then(|| Violation {
                rule: "MQTT-4.8.2-1".to_owned(),
                statement: None,
                packet: None,
                offset: None,
                reproduce: Some("printf '\\202' | nc ::1 1883".to_owned()),
            }),
        }
    }

    /// Counts the elements, and holds each to the schema.
    fn counted(xml: &str) -> (BTreeMap<String, usize>, Vec<BTreeMap<String, String>>) {
        let mut reader = Reader::from_str(xml);
        let mut counts = BTreeMap::new();
        let mut suites = Vec::new();
        // The open elements, each with how far it is in the order of its children.
        let mut open: Vec<(String, usize)> = Vec::new();
        loop {
            let event = reader.read_event().unwrap();
            let (element, is_empty) = match &event {
                Event::Start(element) => (element, false),
                Event::Empty(element) => (element, true),
                Event::End(_) => {
                    open.pop();
                    continue;
                }
                Event::Eof => return (counts, suites),
                _ => continue,
            };
            let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
            let (_, allowed, _) = SCHEMA.iter().find(|(known, ..)| *known == name).unwrap();
            let mut attributes = BTreeMap::new();
            for attribute in element.attributes() {
                let attribute = attribute.unwrap();
                let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
                assert!(allowed.contains(&key.as_str()), "{key} of {name}");
                let value = String::from_utf8(attribute.value.to_vec()).unwrap();
                if matches!(key.as_str(), "tests" | "failures" | "errors" | "skipped") {
                    assert!(value.parse::<usize>().is_ok(), "{key}: {value}");
                }
                if key == "time" {
                    assert!(value.parse::<f64>().is_ok(), "{value}");
                }
                assert_eq!(attributes.insert(key, value), None);
            }
            if let Some((parent, at)) = open.last_mut() {
                let (_, _, children) = SCHEMA.iter().find(|(known, ..)| known == parent).unwrap();
                let place = children.iter().position(|child| *child == name).unwrap();
                assert!(place >= *at, "{name} in {parent}");
                *at = place;
            } else {
                assert_eq!(name, "testsuites");
            }
            if name.starts_with("testsuite") {
                suites.push(attributes);
            }
            *counts.entry(name.clone()).or_insert(0) += 1;
            if !is_empty {
                open.push((name, 0));
            }
        }
    }

    #[test]
    fn a_report_is_what_the_schema_of_junit_says_and_its_counts_add_up() {
        for strict in [false, true] {
            let mut lines: Vec<_> = Outcome::ALL.map(|outcome| line(outcome, false)).into();
            lines.extend(Outcome::ALL.map(|outcome| line(outcome, true)));
            let xml = junit("mqtt://[::1]:1883", &lines, strict).unwrap();
            let (counts, suites) = counted(&xml);
            let count = |name: &str| counts.get(name).copied().unwrap_or_default();
            assert_eq!(count("testcase"), lines.len());
            assert_eq!(count("skipped"), 2, "known or not");
            assert_eq!(count("failure"), if strict { 4 } else { 1 });
            assert_eq!(suites.len(), 2);
            for suite in suites {
                let told = |name: &str| suite.get(name).map(|count| count.parse().unwrap());
                assert_eq!(told("tests"), Some(lines.len()));
                assert_eq!(told("failures"), Some(count("failure")));
                assert_eq!(told("errors"), Some(0));
                assert!(matches!(told("skipped"), None | Some(2)));
            }
            // XML 1.0 has no such characters, not even escaped.
            assert!(!xml.contains(['\u{1}', '\u{FFFE}']), "{xml}");
        }
    }
}
