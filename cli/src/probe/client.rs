//! `probe client`: the options, and the way from them to the scenarios.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Instant;

use clap::Args;
use mqtt_reason_probe::client;
use mqtt_reason_probe::net::Address;
use mqtt_reason_probe::report::{Line, Summary};

use super::options::{Reports, Selection};
use super::output::{self, Progress};
use crate::Verdict;
use crate::failure::{Failure, usage};

const EXAMPLES: &str = "\
COMMAND is started once a scenario, without a shell. In its words {host} and {port} are where to connect to, {id} is
the Client Identifier to use, {action} is connect, subscribe or publish, {topic} and {qos} what with. It prints what it
tells its user, and stays connected for some seconds. Without {action} it should connect, subscribe, publish with QoS 1
and then with QoS 2. Without {id} each run gets a port of its own; without {id} and {port} they run one after another.

Examples:
  mqtt-reason probe client --listen 127.0.0.1:0 -- mosquitto_sub -V mqttv5 -p {port} -i {id} -t {topic} -d -W 4
  mqtt-reason probe client --listen 127.0.0.1:0 --json -- python3 client.py {host} {port} {id} {action} {topic} {qos}

Exit status: 0 if nothing is wrong, 1 if something is, 2 if the command does not connect or for wrong usage.";

/// Starts a client once a scenario and plays the broker's part
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Client {
    /// Where the scripted broker listens; port 0 takes any free port
    #[arg(long, value_name = "HOST[:PORT]", required_unless_present = "list")]
    listen: Option<Address>,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    reports: Reports,

    /// The client, with {host}, {port}, {id}, {action}, {topic}, {qos} where they belong
    #[arg(value_name = "COMMAND", last = true, required_unless_present = "list")]
    command: Vec<String>,
}

impl Client {
    pub(crate) fn run(self) -> Result<Verdict, Failure> {
        let listen = match &self.listen {
            Some(address) if address.transport().is_tls() || address.transport().is_websocket() => {
                return Err(usage(format!(
                    "--listen {address}: it listens without TLS and WebSocket"
                )));
            }
            Some(address) => resolved(address)?,
            None => SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let mut client = client::Client::new(listen, self.command.clone());
        client.versions.clone_from(self.selection.versions());
        client.only = self.selection.names(client::exists)?.to_vec();
        client.show = self.reports.show();
        client.jobs = self.selection.jobs(client.jobs);
        if self.selection.lists() {
            let lines: Vec<_> = client.list().collect();
            return output::list_lines(&lines, self.reports.is_json());
        }
        let known = self.reports.known()?;
        self.reports.prepare()?;
        let begun = Instant::now();
        let mut progress = Progress::new(client.list().count());
        let mut results = Vec::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        let played = runtime.block_on(client.run(|told| {
            results.push(told);
            progress.step();
        }));
        progress.end();
        played.map_err(|error| usage(error.to_string()))?;
        let order: Vec<_> = client.list().map(|line| line.scenario).collect();
        results.sort_by_key(|told| order.iter().position(|id| *id == told.line.scenario));
        let mut lines: Vec<Line> = Vec::new();
        for mut told in results {
            told.line.known = told.line.outcome.fails(true) && known.covers(&told.line);
            self.reports.keep(told.line.scenario, || told.transcript)?;
            lines.push(told.line);
        }
        let summary = Summary::new(&lines, begun.elapsed());
        let target = self.command.first().map_or("client", String::as_str);
        self.reports.finish(target, &known, &lines, &summary)
    }
}

fn resolved(address: &Address) -> Result<SocketAddr, Failure> {
    let mut found = (address.host(), address.port())
        .to_socket_addrs()
        .map_err(|error| usage(format!("--listen {address}: {error}")))?;
    found
        .next()
        .ok_or_else(|| usage(format!("--listen {address}: no such host")))
}
