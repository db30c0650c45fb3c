//! `probe broker`: the options, and the way from them to the scenarios.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use mqtt_reason::Version;
use mqtt_reason_probe::engine::{Runner, learn};
use mqtt_reason_probe::net::{Address, Connector, TlsOptions};
use mqtt_reason_probe::report::{Known, Line, Show, Summary, junit, transcript};
use mqtt_reason_probe::scenario::Scenario;
use mqtt_reason_probe::{scenarios, setting};

use super::output::{self, Progress};
use crate::Verdict;
use crate::failure::{Failure, usage};
use crate::options::version_parser;

const EXAMPLES: &str = "\
Examples:
  mqtt-reason probe broker localhost
  mqtt-reason probe broker mqtts://broker.example --user probe --password secret --denied-topic secret/area
  mqtt-reason probe broker localhost:1884 --only S,K04 --json
  mqtt-reason probe broker localhost --known known.txt --junit probe.xml --html probe.html

Exit status: 0 if nothing is wrong, 1 if something is, 2 if there is no broker or for wrong usage.";

/// Plays the scenarios against a broker
///
/// Nothing has to be configured: what the broker offers is learned from its first CONNACK. It publishes below `mr/`,
/// keeps no retained message and uses Client Identifiers that begin with `mr`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Broker {
    /// The broker: [mqtt|mqtts|ws|wss]://HOST[:PORT] or HOST[:PORT]
    #[arg(value_name = "ADDRESS")]
    address: Address,

    #[command(flatten)]
    selection: Selection,

    /// The User Name of every CONNECT; it must not be accepted with a wrong password
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// The Password of every CONNECT
    #[arg(long, value_name = "PASSWORD", requires = "user")]
    password: Option<String>,

    /// A topic that the broker has to refuse, to publish and to subscribe
    #[arg(long, value_name = "TOPIC")]
    denied_topic: Option<String>,

    /// An Authentication Method that the broker knows
    #[arg(long, value_name = "METHOD")]
    auth_method: Option<String>,

    /// The Authentication Data with which it lets in
    #[arg(long, value_name = "HEX", requires = "auth_method", value_parser = hex_bytes)]
    auth_data: Option<Hex>,

    /// A command for the shell that does something to the broker: stop, kick ({id} is the Client Identifier)
    #[arg(long, value_name = "NAME=COMMAND", value_parser = hook)]
    hook: Vec<(String, String)>,

    /// The certificates to trust, in PEM, instead of the system's
    #[arg(long, value_name = "FILE")]
    cafile: Option<PathBuf>,

    /// Accepts any certificate
    #[arg(long)]
    insecure: bool,

    #[command(flatten)]
    reports: Reports,
}

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

    /// How many scenarios run at a time
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = jobs)]
    jobs: usize,
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

#[derive(Clone)]
struct Hex(Vec<u8>);

fn hex_bytes(text: &str) -> Result<Hex, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    hex::decode(digits)
        .map(Hex)
        .map_err(|error| error.to_string())
}

fn hook(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, command)) if !name.is_empty() && !command.is_empty() => {
            Ok((name.to_owned(), command.to_owned()))
        }
        _ => Err("it takes NAME=COMMAND".to_owned()),
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("it takes a number from 1".to_owned()),
        Ok(jobs) => Ok(jobs),
    }
}

impl Selection {
    /// The scenarios that are considered.
    pub(crate) fn of(&self, all: Vec<Scenario>) -> Result<Vec<Scenario>, Failure> {
        let is = |scenario: &Scenario, wanted: &str| {
            scenario.id.eq_ignore_ascii_case(wanted)
                || scenario.group().eq_ignore_ascii_case(wanted)
        };
        for wanted in &self.only {
            if !all.iter().any(|scenario| is(scenario, wanted)) {
                return Err(usage(format!(
                    "no scenario and no group is called {wanted:?}"
                )));
            }
        }
        Ok(all
            .into_iter()
            .filter(|scenario| self.mqtt.contains(&scenario.version))
            .filter(|scenario| {
                self.only.is_empty() || self.only.iter().any(|wanted| is(scenario, wanted))
            })
            .collect())
    }
}

impl Broker {
    pub(crate) fn run(self) -> Result<Verdict, Failure> {
        let chosen = self.selection.of(scenarios::broker())?;
        if self.selection.list {
            return output::list(&chosen, self.reports.json);
        }
        let known = self.reports.known()?;
        self.reports.prepare()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        runtime.block_on(self.play(chosen, &known))
    }

    async fn play(&self, chosen: Vec<Scenario>, known: &Known) -> Result<Verdict, Failure> {
        let begun = Instant::now();
        let tls = TlsOptions::new(self.cafile.clone(), self.insecure);
        let connector =
            Connector::new(self.address.clone(), &tls).map_err(|error| usage(error.to_string()))?;
        let options = self.options();
        let run = run_name();
        let target = learn(&connector, &options, &self.selection.mqtt, &run)
            .await
            .map_err(|error| usage(format!("{}: {error}", self.address)))?;
        let runner = Runner::new(connector, target, options, run, self.selection.jobs);
        let mut progress = Progress::new(chosen.len());
        let played = runner.play(&chosen, |_| progress.step()).await;
        progress.end();
        let show = Show::new(self.reports.secrets, self.reports.payloads);
        let mut lines = Vec::new();
        for played in &played {
            let Some(scenario) = chosen.get(played.index) else {
                continue;
            };
            let mut line = Line::new(scenario, played, &self.address, show);
            line.known = line.outcome.fails(true) && known.covers(&line);
            lines.push(line);
            if let Some(dir) = &self.reports.transcript {
                let text = transcript(scenario, played, show);
                output::write_private(&dir.join(format!("{}.txt", scenario.id)), &text)?;
            }
        }
        let summary = Summary::new(&lines, begun.elapsed());
        self.reports.write(&self.address, &lines, &summary)?;
        for id in known.stale(&lines, self.reports.strict) {
            anstream::eprintln!("note: {id} is known and was not found any more");
        }
        let fails = |line: &Line| line.outcome.fails(self.reports.strict) && !line.known;
        Ok(match lines.iter().any(fails) {
            true => Verdict::Bad,
            false => Verdict::Good,
        })
    }

    fn options(&self) -> setting::Options {
        let mut options = setting::Options::default();
        options.user_name.clone_from(&self.user);
        options.password.clone_from(&self.password);
        options.denied_topic.clone_from(&self.denied_topic);
        options.auth_method.clone_from(&self.auth_method);
        options.auth_data = self.auth_data.as_ref().map(|data| data.0.clone());
        options.hooks = BTreeMap::from_iter(self.hook.iter().cloned());
        options.websocket = self.address.transport().is_websocket();
        options
    }
}

impl Reports {
    fn known(&self) -> Result<Known, Failure> {
        let Some(file) = &self.known else {
            return Ok(Known::default());
        };
        let shown = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| usage(format!("cannot read {shown}: {error}")))?;
        Known::parse(&text).map_err(|error| usage(format!("{shown}: {error}")))
    }

    /// What can fail before anything is played does.
    fn prepare(&self) -> Result<(), Failure> {
        if let Some(dir) = &self.transcript {
            fs::create_dir_all(dir)
                .map_err(|error| usage(format!("cannot make {}: {error}", dir.display())))?;
        }
        Ok(())
    }

    fn write(&self, address: &Address, lines: &[Line], summary: &Summary) -> Result<(), Failure> {
        if let Some(file) = &self.junit {
            let text = junit(&address.to_string(), lines, self.strict)
                .map_err(|error| usage(format!("the JUnit file cannot be written: {error}")))?;
            fs::write(file, text)
                .map_err(|error| usage(format!("cannot write {}: {error}", file.display())))?;
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

/// A name that no other run has: six letters or digits.
fn run_name() -> String {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos());
    let mixed = nanos ^ (u128::from(std::process::id()) << 20);
    format!("{:06x}", mixed % 0x0100_0000)
}
