//! The JSON of one scenario, and of all of them.

use std::time::Duration;

use mqtt_reason::Version;
use serde::Serialize;

use super::mask::Show;
use super::reproduce::reproduce;
use super::transcript::transcript_lines;
use crate::engine::{Act, Played};
use crate::judge::Outcome;
use crate::net::Address;
use crate::scenario::Scenario;
use crate::statements;

/// One scenario.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// The id.
    pub scenario: &'static str,
    /// What is sent.
    pub title: &'static str,
    /// The version: `5.0`.
    pub mqtt: &'static str,
    /// What the answer is worth.
    pub outcome: Outcome,
    /// What is demanded: one of these.
    pub demanded: Vec<String>,
    /// What came: packets, further ones, and `closed`, `reset` or `open`.
    pub received: Vec<String>,
    /// The statements and sections that it is about.
    pub rules: Vec<String>,
    /// Why, in a sentence.
    pub why: String,
    /// The bytes that were sent, in hexadecimal.
    pub sent: String,
    /// The bytes that came, in hexadecimal.
    pub bytes: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Whether `--known` names it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// Everything that happened, in the lines of a transcript.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "short")]
    pub transcript: Vec<String>,
    /// What more there is to say of a violation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violation: Option<Violation>,
}

/// The longest line of a transcript in JSON and on the page.
const LONGEST: usize = 1_000;

/// A line as it stands in JSON: one that is very long ends early.
#[must_use]
pub fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

fn short<S: serde::Serializer>(lines: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lines.iter().map(|line| shortened(line)))
}

/// What more there is to say of a violation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The statement or section that is broken.
    pub rule: String,
    /// What it says, in our words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<&'static str>,
    /// The packet that is wrong, in hexadecimal, if it is one packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet: Option<String>,
    /// The first byte of it that cannot be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
    /// A line for the shell that sends the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reproduce: Option<String>,
}

impl Line {
    /// What came of a scenario.
    #[must_use]
    pub fn new(scenario: &Scenario, played: &Played, address: &Address, show: Show) -> Self {
        let version = scenario.version;
        let mut rules: Vec<String> = scenario
            .rules
            .iter()
            .map(|rule| (*rule).to_owned())
            .collect();
        if let Some(rule) = &played.verdict.rule {
            // The statement that is broken comes first.
            rules.retain(|other| other != rule);
            rules.insert(0, rule.clone());
        }
        let sent = played
            .sent()
            .map(|draft| show.sent(version, draft))
            .collect();
        let bytes = played
            .answered()
            .map(|bytes| show.received(version, bytes))
            .collect();
        Self {
            scenario: scenario.id,
            title: scenario.title,
            mqtt: name_of(version),
            outcome: played.verdict.outcome,
            demanded: scenario.demanded(),
            received: played.received.clone(),
            rules,
            why: played.verdict.why.clone(),
            sent,
            bytes,
            ms: millis(played.took),
            known: false,
            transcript: transcript_lines(played, show),
            violation: violation(scenario, played, address, show),
        }
    }
}

fn violation(
    scenario: &Scenario,
    played: &Played,
    address: &Address,
    show: Show,
) -> Option<Violation> {
    if !matches!(played.verdict.outcome, Outcome::Wrong | Outcome::Late) {
        return None;
    }
    let rule = played.verdict.rule.clone().unwrap_or_default();
    let marked = played.marked.and_then(|(link, event, offset)| {
        let (_, events) = played.links.get(link)?;
        match &events.get(event)?.act {
            Act::Received { bytes, .. } => Some((bytes, offset)),
            _ => None,
        }
    });
    Some(Violation {
        statement: statements::text(scenario.version, &rule),
        rule,
        packet: marked
            .as_ref()
            .map(|(bytes, _)| show.received(scenario.version, bytes)),
        offset: marked.and_then(|(_, offset)| offset),
        reproduce: reproduce(played, address, show),
    })
}

/// `5.0`, `3.1.1`.
pub(crate) fn name_of(version: Version) -> &'static str {
    version.name()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// All scenarios, counted.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Always `summary`.
    pub result: &'static str,
    /// As demanded.
    pub as_demanded: usize,
    /// Another code.
    pub other_code: usize,
    /// Closed without a word.
    pub bare_close: usize,
    /// Not noticed.
    pub not_noticed: usize,
    /// Violations.
    pub wrong: usize,
    /// Too late.
    pub late: usize,
    /// Only told.
    pub observed: usize,
    /// Not played.
    pub skipped: usize,
    /// How long all of it took, in milliseconds.
    pub ms: u64,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn new(lines: &[Line], took: Duration) -> Self {
        let count = |outcome| lines.iter().filter(|line| line.outcome == outcome).count();
        Self {
            result: "summary",
            as_demanded: count(Outcome::AsDemanded),
            other_code: count(Outcome::OtherCode),
            bare_close: count(Outcome::BareClose),
            not_noticed: count(Outcome::NotNoticed),
            wrong: count(Outcome::Wrong),
            late: count(Outcome::Late),
            observed: count(Outcome::Observed),
            skipped: count(Outcome::Skipped),
            ms: millis(took),
        }
    }

    /// The count of an outcome.
    #[must_use]
    pub const fn count(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::AsDemanded => self.as_demanded,
            Outcome::OtherCode => self.other_code,
            Outcome::BareClose => self.bare_close,
            Outcome::NotNoticed => self.not_noticed,
            Outcome::Wrong => self.wrong,
            Outcome::Late => self.late,
            Outcome::Observed => self.observed,
            Outcome::Skipped => self.skipped,
        }
    }
}
