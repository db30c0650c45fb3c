//! The command `mqtt-reason`: explains, decodes and encodes the MQTT packets that carry reason codes.
//!
//! It reads and writes exactly what the library does and parses nothing of MQTT itself.

mod buffered;
mod bytes;
mod capture;
mod check;
mod connection;
mod decode;
mod encode;
mod explain;
mod failure;
mod finding;
mod hint;
mod html;
mod human;
mod input;
mod json;
mod manual;
mod names;
mod object;
mod options;
mod packet;
mod probe;
mod properties;
mod refuse;
mod remarks;
mod signals;
mod style;
mod table;
mod tap;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason explain 0x87
  mqtt-reason explain 'disconnected, rc=7'
  mqtt-reason decode 40 03 00 0a 87
  mqtt-reason decode --json --lines < frames.txt
  mqtt-reason encode puback --packet-id 10 --reason 'Not authorized' --reason-string 'read only'
  mqtt-reason check capture.pcap
  mqtt-reason tap --listen 127.0.0.1:1884 --upstream broker.example

Exit status: 0 if nothing is wrong, 1 if something was refused, is incomplete or breaks a rule, 2 for wrong usage and
for input that cannot be used.";

/// Says why: explains reason codes, decodes packets, checks and taps connections, probes brokers and clients
///
/// MQTT 5.0, 3.1.1 and 3.1.
#[derive(Parser)]
#[command(name = "mqtt-reason", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Explain(explain::Explain),
    Decode(decode::Decode),
    Encode(Box<encode::Encode>),
    Check(check::Check),
    Tap(tap::Tap),
    Probe(Box<probe::Probe>),
    Refuse(Box<refuse::Refuse>),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// What a subcommand that did its work tells the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing was wrong.
    Good,
    /// Some packet was refused or is incomplete.
    Bad,
    /// The input, or the rest of it, is not MQTT.
    Unusable,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Good => Self::SUCCESS,
            Verdict::Bad => Self::from(1),
            Verdict::Unusable => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Explain(command) => command.run(),
        Command::Decode(command) => command.run(),
        Command::Encode(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Tap(command) => command.run(),
        Command::Probe(command) => command.run(),
        Command::Refuse(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    };
    match result {
        Ok(verdict) => verdict.into(),
        Err(failure) => failure.report(),
    }
}
