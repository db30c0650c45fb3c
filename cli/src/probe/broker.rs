//! `probe broker`: the options, and the way from them to the scenarios.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use mqtt_reason_probe::engine::{Runner, learn};
use mqtt_reason_probe::net::{Address, Connector, TlsOptions};
use mqtt_reason_probe::report::{Known, Line, Summary, transcript};
use mqtt_reason_probe::scenario::Scenario;
use mqtt_reason_probe::{scenarios, setting};

use super::options::{Reports, Selection};
use super::output::{self, Progress};
use crate::Verdict;
use crate::failure::{Failure, usage};

/// How many scenarios run at a time unless --jobs says so.
const JOBS: usize = 24;

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

#[derive(Clone)]
pub(super) struct Hex(pub(super) Vec<u8>);

pub(super) fn hex_bytes(text: &str) -> Result<Hex, String> {
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

impl Broker {
    pub(crate) fn run(self) -> Result<Verdict, Failure> {
        let chosen = self.selection.of(scenarios::broker())?;
        if self.selection.lists() {
            return output::list(&chosen, self.reports.is_json());
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
        let target = learn(&connector, &options, self.selection.versions(), &run)
            .await
            .map_err(|error| usage(format!("{}: {error}", self.address)))?;
        for why in target.refusals() {
            anstream::eprintln!("note: {why}: what needs a connection is skipped");
        }
        let runner = Runner::new(connector, target, options, run, self.selection.jobs(JOBS));
        let mut progress = Progress::new(chosen.len());
        let played = runner.play(&chosen, |_| progress.step()).await;
        progress.end();
        let show = self.reports.show();
        let mut lines = Vec::new();
        for played in &played {
            let Some(scenario) = chosen.get(played.index) else {
                continue;
            };
            let mut line = Line::new(scenario, played, &self.address, show);
            line.known = line.outcome.fails(true) && known.covers(&line);
            lines.push(line);
            let text = || transcript(scenario, played, show);
            self.reports.keep(scenario.id, text)?;
        }
        let summary = Summary::new(&lines, begun.elapsed());
        self.reports
            .finish(&self.address.to_string(), known, &lines, &summary)
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

/// A name that no other run has: six letters or digits.
fn run_name() -> String {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos());
    let mixed = nanos ^ (u128::from(std::process::id()) << 20);
    format!("{:06x}", mixed % 0x0100_0000)
}
