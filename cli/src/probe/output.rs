//! What `probe` prints and writes.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use mqtt_reason_probe::judge::Outcome;
use mqtt_reason_probe::report::{Line, Summary};
use mqtt_reason_probe::scenario::Scenario;
use serde::Serialize;

use crate::Verdict;
use crate::failure::{Failure, usage};

/// Lists scenarios.
pub(crate) fn list(scenarios: &[Scenario], json: bool) -> Result<Verdict, Failure> {
    let mut out = anstream::stdout().lock();
    for scenario in scenarios {
        let listed = Listed {
            scenario: scenario.id,
            title: scenario.title,
            mqtt: scenario.version.name(),
            demanded: scenario.demanded(),
            rules: &scenario.rules,
        };
        listed.write(&mut out, json)?;
    }
    Ok(Verdict::Good)
}

#[derive(Serialize)]
struct Listed<'a> {
    scenario: &'a str,
    title: &'a str,
    mqtt: &'a str,
    demanded: Vec<String>,
    rules: &'a [&'a str],
}

/// Lists scenarios that were not played.
pub(crate) fn list_lines(lines: &[Line], json: bool) -> Result<Verdict, Failure> {
    let mut out = anstream::stdout().lock();
    for line in lines {
        let rules: Vec<_> = line.rules.iter().map(String::as_str).collect();
        let listed = Listed {
            scenario: line.scenario,
            title: line.title,
            mqtt: line.mqtt,
            demanded: line.demanded.clone(),
            rules: &rules,
        };
        listed.write(&mut out, json)?;
    }
    Ok(Verdict::Good)
}

impl Listed<'_> {
    fn write(&self, out: &mut impl Write, json: bool) -> Result<(), Failure> {
        if json {
            let text = serde_json::to_string(self).map_err(io::Error::from)?;
            writeln!(out, "{text}")?;
        } else {
            writeln!(
                out,
                "{:<5} {:<6} {}; demanded: {}",
                self.scenario,
                self.mqtt,
                self.title,
                self.demanded.join(" or "),
            )?;
        }
        Ok(())
    }
}

/// Prints JSON.
pub(crate) fn json(lines: &[Line], summary: &Summary) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for line in lines {
        let text = serde_json::to_string(line).map_err(io::Error::from)?;
        writeln!(out, "{text}")?;
    }
    let text = serde_json::to_string(summary).map_err(io::Error::from)?;
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

/// Prints for people: a line a scenario, then the violations, then the counts.
pub(crate) fn human(lines: &[Line], summary: &Summary) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    for line in lines {
        let style = style(line.outcome);
        write!(
            out,
            "{:<5} {style}{:<12}{style:#} {}",
            line.scenario,
            words(line.outcome),
            line.title
        )?;
        match line.outcome {
            Outcome::Skipped => writeln!(out, ": {}", line.why)?,
            _ => {
                write!(out, ": {}", line.received.join(", "))?;
                if line.outcome != Outcome::AsDemanded {
                    write!(out, "; demanded: {}", line.demanded.join(" or "))?;
                }
                if line.known {
                    write!(out, " (known)")?;
                }
                writeln!(out)?;
            }
        }
    }
    for line in lines {
        violation(&mut out, line)?;
    }
    writeln!(out)?;
    for outcome in Outcome::ALL {
        let style = style(outcome);
        let count = summary.count(outcome);
        writeln!(out, "{count:>4} {style}{}{style:#}", words(outcome))?;
    }
    let seconds = std::time::Duration::from_millis(summary.ms).as_secs_f64();
    writeln!(out, "{:>4} scenarios, {seconds:.1} s", lines.len())?;
    out.flush()?;
    Ok(())
}

fn violation(out: &mut impl Write, line: &Line) -> io::Result<()> {
    let Some(violation) = &line.violation else {
        return Ok(());
    };
    let style = style(line.outcome);
    writeln!(
        out,
        "\n{} {style}{}{style:#}: {} [{}]",
        line.scenario,
        words(line.outcome),
        line.why,
        violation.rule
    )?;
    if let Some(statement) = violation.statement {
        writeln!(out, "    says: {statement}")?;
    }
    if let Some(packet) = &violation.packet {
        writeln!(out, "    {packet}")?;
        if let Some(offset) = violation.offset {
            let marker = Style::new().bold();
            writeln!(
                out,
                "    {:width$}{marker}^^{marker:#} byte {offset}",
                "",
                width = 2 * offset
            )?;
        }
    }
    for line in &line.transcript {
        let shown: String = line.chars().take(200).collect();
        let more = if shown.len() < line.len() { " …" } else { "" };
        writeln!(out, "    {shown}{more}")?;
    }
    if let Some(reproduce) = &violation.reproduce {
        writeln!(out, "    {reproduce}")?;
    }
    Ok(())
}

/// The outcome in words.
pub(crate) const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AsDemanded => "as demanded",
        Outcome::OtherCode => "other code",
        Outcome::BareClose => "bare close",
        Outcome::NotNoticed => "not noticed",
        Outcome::Wrong => "WRONG",
        Outcome::Late => "late",
        Outcome::Observed => "observed",
        _ => "skipped",
    }
}

const fn style(outcome: Outcome) -> Style {
    let colour = match outcome {
        Outcome::AsDemanded => AnsiColor::Green,
        Outcome::OtherCode => AnsiColor::Cyan,
        Outcome::BareClose | Outcome::NotNoticed | Outcome::Late => AnsiColor::Yellow,
        Outcome::Wrong => return AnsiColor::Red.on_default().bold(),
        _ => return Style::new().dimmed(),
    };
    colour.on_default()
}

/// Writes a file that only its owner reads.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        #[cfg(unix)]
        {
            // A file that was there before keeps its mode otherwise.
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.write_all(text.as_bytes())
    });
    written.map_err(|error| usage(format!("cannot write {}: {error}", path.display())))
}

/// How far it is, on a terminal.
pub(crate) struct Progress {
    done: usize,
    all: usize,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(all: usize) -> Self {
        Self {
            done: 0,
            all,
            shown: io::stderr().is_terminal(),
        }
    }

    pub(crate) fn step(&mut self) {
        self.done += 1;
        if self.shown {
            let _ = write!(io::stderr(), "\r{} of {} scenarios", self.done, self.all);
        }
    }

    pub(crate) fn end(&self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
