//! `probe`: plays scenarios against a live broker or client and tells what its answers are worth.

mod broker;
mod client;
mod join;
mod options;
mod output;
mod page;
mod picture;

use clap::{Args, Subcommand};

use crate::Verdict;
use crate::failure::Failure;

/// Plays scenarios against a live broker or client and judges its reason codes
///
/// Never pass or fail: what the specification demands is told apart from what it only leaves to the implementation,
/// and `wrong` names the statement that is broken.
#[derive(Args)]
pub(crate) struct Probe {
    #[command(subcommand)]
    target: Target,
}

#[derive(Subcommand)]
enum Target {
    Broker(broker::Broker),
    Client(client::Client),
    #[command(name = "page")]
    Join(join::Join),
}

impl Probe {
    pub(crate) fn run(self) -> Result<Verdict, Failure> {
        match self.target {
            Target::Broker(broker) => broker.run(),
            Target::Client(client) => client.run(),
            Target::Join(join) => join.run(),
        }
    }
}
