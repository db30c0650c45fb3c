//! `probe page`: the results of several runs on one page, or in one small picture.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::page::{self, Table};
use super::picture;
use crate::Verdict;
use crate::failure::{Failure, usage};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason probe broker localhost --json > mosquitto.jsonl
  mqtt-reason probe client --listen 127.0.0.1:0 --json -- client {port} {id} {action} {topic} > client.jsonl
  mqtt-reason probe page mosquitto.jsonl client.jsonl --html page.html --svg picture.svg";

/// Puts the results of several runs side by side: brokers in one table, clients in another
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Join {
    /// Results of earlier runs, saved with --json; the name of the file is the name of the column
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Writes the page: one file that loads nothing
    #[arg(long, value_name = "FILE", required_unless_present = "svg")]
    html: Option<PathBuf>,

    /// Writes a picture: how often each outcome is in each result
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// The heading of the page
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "What brokers and clients do"
    )]
    title: String,
}

impl Join {
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let tables = Table::read(&self.files)?;
        if let Some(file) = &self.html {
            page::save(file, &self.title, &tables)?;
        }
        if let Some(file) = &self.svg {
            fs::write(file, picture::svg(&tables))
                .map_err(|error| usage(format!("cannot write {}: {error}", file.display())))?;
        }
        Ok(Verdict::Good)
    }
}
