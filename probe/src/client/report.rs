//! What passed between the broker's part and a client, for people and for `mqtt-reason check`.

use std::fmt::Write as _;

use mqtt_reason::Side;

use super::broker::{End, Passed, Played};
use super::scenarios::Scenario;
use crate::report::{Line, Show, Violation};

/// The whole transcript of a scenario, with what it is worth and what the client printed in comments.
pub(super) fn transcript(
    scenario: &Scenario,
    line: &Line,
    played: &Played,
    output: &str,
    show: Show,
) -> String {
    let mut text = format!(
        "# {} {}, MQTT {}: {}\n# demanded: {}; received: {}\n",
        scenario.id,
        scenario.title,
        scenario.mqtt,
        line.outcome.name(),
        line.demanded.join(" or "),
        line.received.join(", "),
    );
    if !line.why.is_empty() {
        let _ = writeln!(text, "# {}", line.why);
    }
    for printed in output.lines() {
        let _ = writeln!(text, "# printed: {}", printed.escape_debug());
    }
    for line in lines(played, show) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// What more there is to say of a violation.
pub(super) fn violation(rule: String) -> Violation {
    Violation {
        rule,
        statement: None,
        packet: None,
        offset: None,
        reproduce: None,
    }
}

/// The lines of a transcript.
pub(super) fn lines(played: &Played, show: Show) -> Vec<String> {
    let mut lines: Vec<_> = played
        .passed
        .iter()
        .map(|passed| line(passed, show))
        .collect();
    let end = match played.end {
        End::Open => return lines,
        End::Closed => "closes",
        End::Reset => "resets",
    };
    lines.push(format!("+{:.3} client {end}", played.ended.as_secs_f64()));
    lines
}

fn line(passed: &Passed, show: Show) -> String {
    let side = match passed.by {
        Side::Client => "client",
        Side::Server => "server",
    };
    let bytes = hex::encode(show.starred(&passed.bytes));
    format!("+{:.3} {side} {bytes}", passed.at.as_secs_f64())
}
