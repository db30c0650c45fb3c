//! The options that `probe broker` and `probe client` share: which scenarios, and what is written.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use mqtt_reason::Version;
use mqtt_reason_probe::report::{Known, Line, Show, Summary, junit};
use mqtt_reason_probe::scenario::Scenario;

use super::{output, page};
use crate::Verdict;
use crate::failure::{Failure, usage};
use crate::options::version_parser;

/// Which scenarios are played.
#[derive(Args)]
pub(crate) struct Selection {
    /// The version to play, or all
    #[arg(long, value_name = "VERSION", default_value = "all", value_parser = versions)]
    mqtt: Versions,

    /// Plays only these: ids (K04) and groups (S), with commas or repeated
    #[arg(long, value_name = "ID|GROUP", value_delimiter = ',')]
    only: Vec<String>,

    /// Lists the scenarios and plays none
    #[arg(long)]
    list: bool,

    /// How many scenarios run at a time [default: 24 against a broker; 12 clients, besides those that are only watched]
    #[arg(long, value_name = "N", value_parser = jobs)]
    jobs: Option<usize>,
}

/// What is written, and what counts.
#[derive(Args)]
pub(crate) struct Reports {
    /// A bare close, what is not noticed and what is late count in the exit status as well
    #[arg(long)]
    strict: bool,

    /// Findings that are known and do not fail: an id a line, and its outcome; or the output of --json
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,

    /// Prints JSON, a line a scenario
    #[arg(long)]
    json: bool,

    /// Writes a JUnit file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Writes a page with the matrix of scenarios, and the transcript behind each cell
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Puts the results of an earlier run, saved with --json, beside those of this one on the page
    #[arg(long, value_name = "FILE", requires = "html")]
    beside: Vec<PathBuf>,

    /// Writes a transcript of each scenario into this directory, for `mqtt-reason check`
    #[arg(long, value_name = "DIR")]
    transcript: Option<PathBuf>,

    /// Shows passwords and Will payloads
    #[arg(long)]
    secrets: bool,

    /// Shows application payloads to their end
    #[arg(long)]
    payloads: bool,
}

type Versions = Vec<Version>;

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("it takes a number from 1".to_owned()),
        Ok(jobs) => Ok(jobs),
    }
}

impl Selection {
    /// The versions to play.
    pub(super) const fn versions(&self) -> &Versions {
        &self.mqtt
    }

    /// Whether the scenarios are only to be listed.
    pub(super) const fn lists(&self) -> bool {
        self.list
    }

    /// How many scenarios run at a time, if the user says so.
    pub(super) const fn chosen_jobs(&self) -> Option<usize> {
        self.jobs
    }

    /// How many scenarios run at a time, `normally` unless the user says so.
    pub(super) fn jobs(&self, normally: usize) -> usize {
        self.jobs.unwrap_or(normally)
    }

    /// The ids and groups of `--only`, each of which `exists` must know.
    pub(super) fn names(&self, exists: impl Fn(&str) -> bool) -> Result<&[String], Failure> {
        match self.only.iter().find(|wanted| !exists(wanted)) {
            Some(wanted) => Err(usage(format!(
                "no scenario and no group is called {wanted:?}"
            ))),
            None => Ok(&self.only),
        }
    }

    /// The scenarios that are considered.
    pub(crate) fn of(&self, all: Vec<Scenario>) -> Result<Vec<Scenario>, Failure> {
        let is = |scenario: &Scenario, wanted: &str| {
            scenario.id.eq_ignore_ascii_case(wanted)
                || scenario.group().eq_ignore_ascii_case(wanted)
        };
        let only = self.names(|wanted| all.iter().any(|scenario| is(scenario, wanted)))?;
        Ok(all
            .into_iter()
            .filter(|scenario| self.mqtt.contains(&scenario.version))
            .filter(|scenario| only.is_empty() || only.iter().any(|wanted| is(scenario, wanted)))
            .collect())
    }
}

impl Reports {
    /// What may be shown.
    pub(super) const fn show(&self) -> Show {
        Show::new(self.secrets, self.payloads)
    }

    /// Whether JSON is printed.
    pub(super) const fn is_json(&self) -> bool {
        self.json
    }

    /// Writes the transcript of a scenario, if transcripts are asked for.
    pub(super) fn keep(&self, id: &str, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match &self.transcript {
            Some(dir) => output::write_private(&dir.join(format!("{id}.txt")), &text()),
            None => Ok(()),
        }
    }

    /// Writes and prints all results; what they mean for the exit status.
    pub(super) fn finish(
        &self,
        target: &str,
        known: &Known,
        lines: &[Line],
        summary: &Summary,
    ) -> Result<Verdict, Failure> {
        self.write(target, lines, summary)?;
        for id in known.stale(lines, self.strict) {
            anstream::eprintln!("note: {id} is known and was not found any more");
        }
        let fails = |line: &Line| line.outcome.fails(self.strict) && !line.known;
        Ok(match lines.iter().any(fails) {
            true => Verdict::Bad,
            false => Verdict::Good,
        })
    }

    /// What `--known` knows.
    pub(super) fn known(&self) -> Result<Known, Failure> {
        let Some(file) = &self.known else {
            return Ok(Known::default());
        };
        let shown = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| usage(format!("cannot read {shown}: {error}")))?;
        Known::parse(&text).map_err(|error| usage(format!("{shown}: {error}")))
    }

    /// What can fail before anything is played does.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        if let Some(dir) = &self.transcript {
            fs::create_dir_all(dir)
                .map_err(|error| usage(format!("cannot make {}: {error}", dir.display())))?;
        }
        Ok(())
    }

    fn write(&self, target: &str, lines: &[Line], summary: &Summary) -> Result<(), Failure> {
        if let Some(file) = &self.junit {
            let text = junit(target, lines, self.strict)
                .map_err(|error| usage(format!("the JUnit file cannot be written: {error}")))?;
            fs::write(file, text)
                .map_err(|error| usage(format!("cannot write {}: {error}", file.display())))?;
        }
        if let Some(file) = &self.html {
            page::write(file, target, lines, &self.beside)?;
        }
        if self.json {
            output::json(lines, summary)
        } else {
            output::human(lines, summary)
        }
    }
}

fn versions(text: &str) -> Result<Versions, String> {
    use clap::builder::TypedValueParser;
    if text.eq_ignore_ascii_case("all") {
        return Ok(vec![Version::V5_0, Version::V3_1_1]);
    }
    let command = clap::Command::new("probe");
    version_parser()
        .parse_ref(&command, None, std::ffi::OsStr::new(text))
        .map(|version| vec![version])
        .map_err(|_| "it takes 5.0, 3.1.1 or all".to_owned())
}
