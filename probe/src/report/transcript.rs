//! A scenario as a transcript: the text that `mqtt-reason check` reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::mask::{Show, starred};
use crate::engine::{Act, End, Played};
use crate::scenario::Scenario;

/// The whole transcript of a scenario, with what it is worth in comments.
#[must_use]
pub fn transcript(scenario: &Scenario, played: &Played, show: Show) -> String {
    let mut text = format!(
        "# {} {}, MQTT {}: {}\n# demanded: {}; received: {}\n",
        scenario.id,
        scenario.title,
        scenario.version,
        played.verdict.outcome.name(),
        scenario.demanded().join(" or "),
        played.received.join(", "),
    );
    if !played.verdict.why.is_empty() {
        let _ = writeln!(text, "# {}", played.verdict.why);
    }
    if !show.secrets {
        text.push_str("# a Password and a Will Payload are written as asterisks (2a)\n");
    }
    for line in transcript_lines(played, show) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The lines of a transcript, in the order of time.
#[must_use]
pub fn transcript_lines(played: &Played, show: Show) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = Vec::new();
    for (name, _) in &played.links {
        let count = seen.entry(name).or_insert(0);
        *count += 1;
        names.push(match count {
            1 => name.replace(' ', "-"),
            count => format!("{}-{count}", name.replace(' ', "-")),
        });
    }
    let mut events: Vec<(Duration, usize, &Act)> = Vec::new();
    for (index, (_, link)) in played.links.iter().enumerate() {
        events.extend(link.iter().map(|event| (event.at, index, &event.act)));
    }
    events.sort_by_key(|(at, _, _)| *at);
    let mut lines = Vec::new();
    let mut current = None;
    for (at, link, act) in events {
        if current != Some(link) {
            let name = names.get(link).map(String::as_str).unwrap_or_default();
            lines.push(format!("connection {name}"));
            current = Some(link);
        }
        let act = match act {
            Act::Sent { draft, .. } => format!("client {}", hex::encode(starred(draft, show))),
            Act::Received { bytes, .. } => format!("server {}", hex::encode(bytes)),
            Act::Closes => "client closes".to_owned(),
            Act::Resets => "client resets".to_owned(),
            Act::Ended(End::Reset) => "server resets".to_owned(),
            Act::Ended(_) => "server closes".to_owned(),
        };
        lines.push(format!("+{:.3} {act}", at.as_secs_f64()));
    }
    lines
}
