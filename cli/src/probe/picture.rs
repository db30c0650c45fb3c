//! The picture of `probe page --svg`: a bar for each result, parted by outcome.
//!
//! Each part has its number, and one of the patterns that the legend names: colour alone tells nothing. Scenarios that
//! were not played are left out of the bars and stand behind them.

use std::fmt::Write as _;

use mqtt_reason_probe::judge::Outcome;

use super::output::words;
use super::page::Table;
use crate::html::escape;

const LABEL: usize = 250;
const BAR: usize = 620;
const ROW: usize = 24;
const WIDTH: usize = LABEL + BAR + 140;

/// What is shown, in this order; all but the skipped.
const SHOWN: [Outcome; 7] = [
    Outcome::AsDemanded,
    Outcome::OtherCode,
    Outcome::BareClose,
    Outcome::NotNoticed,
    Outcome::Observed,
    Outcome::Late,
    Outcome::Wrong,
];

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1c1c1a } .small { font-size: 11px } .head { font-weight: 600 }
.faint { fill: #5c5c57 } .on { fill: #ffffff; font-weight: 600 } .line { stroke: #5c5c57; stroke-width: 1 }
.as_demanded { fill: #d7e8d4 } .other_code { fill: #c5d8ee } .bare_close { fill: url(#dots) } .not_noticed { fill: url(#lines) }
.observed { fill: #e6e6e1 } .late { fill: url(#cross) } .wrong { fill: #a3130d } .paper { fill: #fdfdfc }
@media (prefers-color-scheme: dark) { text { fill: #ececea } .faint { fill: #a9aaa6 } .on { fill: #ffffff } .paper { fill: #17181a }
.as_demanded { fill: #234a2a } .other_code { fill: #23405f } .observed { fill: #3a3c40 } .wrong { fill: #c0281f }
.mark { stroke: #ececea } .dot { fill: #ececea } .ground { fill: #3a3320 } .ground2 { fill: #2d2f33 } }
";

const PATTERNS: &str = "\
<defs>
<pattern id=\"dots\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect class=\"ground2\" width=\"8\" height=\"8\" fill=\"#f1f1ed\"/><circle class=\"dot\" cx=\"2\" cy=\"2\" r=\"1\" fill=\"#5c5c57\" fill-opacity=\"0.6\"/></pattern>
<pattern id=\"lines\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"ground\" width=\"8\" height=\"8\" fill=\"#fdf3dc\"/><path class=\"mark\" d=\"M0 0V8\" stroke=\"#7a4b00\" stroke-opacity=\"0.5\"/></pattern>
<pattern id=\"cross\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect class=\"ground\" width=\"6\" height=\"6\" fill=\"#fdecea\"/><path class=\"mark\" d=\"M0 0L6 6M6 0L0 6\" stroke=\"#a3130d\" stroke-opacity=\"0.7\"/></pattern>
</defs>
";

/// The picture of all tables.
pub(super) fn svg(tables: &[Table]) -> String {
    let mut body = String::new();
    let mut y = 10;
    legend(&mut body, &mut y);
    for table in tables {
        y += ROW;
        let _ = writeln!(
            body,
            "<text class=\"head\" x=\"8\" y=\"{y}\">{}</text>",
            escape(table.title())
        );
        y += 8;
        for (name, counts) in table.bars() {
            row(&mut body, y, name, &counts);
            y += ROW;
        }
    }
    let height = y + 12;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>Outcomes of the scenarios of mqtt-reason probe</title>\n<style>\n{STYLE}</style>\n{PATTERNS}\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// What each pattern means.
fn legend(body: &mut String, y: &mut usize) {
    let mut x = 8;
    for outcome in SHOWN {
        let class = outcome.name();
        let _ = writeln!(
            body,
            "<rect class=\"{class} line\" x=\"{x}\" y=\"{y}\" width=\"22\" height=\"14\"/>\
             <text class=\"small\" x=\"{}\" y=\"{}\">{}</text>",
            x + 27,
            *y + 11,
            words(outcome),
        );
        x += 45 + 7 * words(outcome).len();
    }
    *y += 16;
}

fn row(body: &mut String, y: usize, name: &str, counts: &[(Outcome, usize)]) {
    let count = |wanted: Outcome| {
        let found = counts.iter().find(|(outcome, _)| *outcome == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    let all: usize = SHOWN.iter().map(|outcome| count(*outcome)).sum();
    let _ = writeln!(
        body,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        LABEL - 8,
        y + 14,
        escape(name)
    );
    let mut done = 0;
    for outcome in SHOWN {
        let part = count(outcome);
        if part == 0 {
            continue;
        }
        let from = LABEL + BAR * done / all;
        done += part;
        let to = LABEL + BAR * done / all;
        let (class, words) = (outcome.name(), words(outcome));
        let _ = write!(
            body,
            "<g><title>{}: {part} {words}</title><rect class=\"{class} line\" x=\"{from}\" y=\"{y}\" width=\"{}\" height=\"18\"/>",
            escape(name),
            to - from,
        );
        // A number that does not fit is in the title alone.
        if to - from > 8 * part.to_string().len() {
            let on = if outcome == Outcome::Wrong { " on" } else { "" };
            let _ = write!(
                body,
                "<text class=\"small{on}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{part}</text>",
                (from + to) / 2,
                y + 13,
            );
        }
        body.push_str("</g>\n");
    }
    let wrong = count(Outcome::Wrong);
    let _ = writeln!(
        body,
        "<text class=\"small faint\" x=\"{}\" y=\"{}\">{wrong} wrong, {} skipped</text>",
        LABEL + BAR + 8,
        y + 13,
        count(Outcome::Skipped),
    );
}
