//! `probe client`: the options, and the way from them to the scenarios.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Instant;

use clap::Args;
use mqtt_reason_probe::client;
use mqtt_reason_probe::net::Address;
use mqtt_reason_probe::report::{Line, Summary};

use super::broker::{Hex, hex_bytes};
use super::options::{Reports, Selection};
use super::output::{self, Progress};
use crate::Verdict;
use crate::failure::{Failure, usage};

const EXAMPLES: &str = "\
COMMAND is started once a scenario, without a shell. In its words {host} and {port} are where to connect to, {id} is
the Client Identifier to use, {action} is connect, subscribe or publish, {topic} and {qos} what with, {count} how many
messages to publish at once. {user} and {password} are --user and --password, {auth-method} is --auth-method. It prints
what it tells its user, and stays connected until it is ended. Without {action} it should connect, subscribe, publish
with QoS 1 and then with QoS 2. Without {id} each run gets a port of its own; without {id} and {port} they run one
after another. After the two seconds that are judged it is asked to end (SIGTERM), and ended (SIGKILL).

Examples:
  mqtt-reason probe client --listen 127.0.0.1:0 -- mosquitto_sub -V mqttv5 -p {port} -i {id} -t {topic} -d
  mqtt-reason probe client --listen 127.0.0.1:0 --json -- python3 client.py {host} {port} {id} {action} {topic} {qos}
  mqtt-reason probe client --listen 127.0.0.1:0 --user me --password secret -- client -u {user} -P {password} -p {port}

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

    /// What {user} stands for; a CONNECT without it is told and not judged further
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// What {password} stands for; a CONNECT without it is told and not judged further
    #[arg(long, value_name = "PASSWORD", requires = "user")]
    password: Option<String>,

    /// What {auth-method} stands for
    #[arg(long, value_name = "METHOD")]
    auth_method: Option<String>,

    /// The Authentication Data of the AUTH packets that the client is sent
    #[arg(long, value_name = "HEX", value_parser = hex_bytes)]
    auth_data: Option<Hex>,

    #[command(flatten)]
    reports: Reports,

    /// The client, with {host}, {port}, {id}, {action}, {topic}, {qos}, {count} where they belong
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
        client.jobs = self.selection.chosen_jobs();
        client.user.clone_from(&self.user);
        client.password.clone_from(&self.password);
        client.auth_method.clone_from(&self.auth_method);
        client.auth_data = self.auth_data.clone().map(|data| data.0);
        if self.selection.lists() {
            let lines: Vec<_> = client.list().collect();
            return output::list_lines(&lines, self.reports.is_json());
        }
        self.check_placeholders()?;
        let known = self.reports.known()?;
        self.reports.prepare()?;
        let begun = Instant::now();
        let mut progress = Progress::new(client.list().count());
        let mut results = Vec::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        let played = runtime.block_on(async {
            let end = crate::signals::end_of_process()?;
            tokio::select! {
                played = client.run(|told| {
                    results.push(told);
                    progress.step();
                }) => played,
                // The clients that run end with what is dropped here.
                () = end => Err(std::io::Error::other("interrupted: nothing was judged")),
            }
        });
        drop(runtime);
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

impl Client {
    /// Refuses a placeholder that nothing stands for: the client would get an empty word.
    fn check_placeholders(&self) -> Result<(), Failure> {
        for (placeholder, option, value) in [
            ("{user}", "--user", &self.user),
            ("{password}", "--password", &self.password),
            ("{auth-method}", "--auth-method", &self.auth_method),
        ] {
            if value.is_none() && self.command.iter().any(|word| word.contains(placeholder)) {
                return Err(usage(format!(
                    "the command has {placeholder}: {option} is to say what it stands for"
                )));
            }
        }
        Ok(())
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
