//! `completions` and `man`: what a shell and `man` read, made from the same definitions as --help.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::style::plain_output;
use crate::{Cli, Verdict};

const COMPLETIONS: &str = "\
Examples:
  mqtt-reason completions bash > ~/.local/share/bash-completion/completions/mqtt-reason
  mqtt-reason completions zsh > ~/.zfunc/_mqtt-reason";

const MAN: &str = "\
Examples:
  mqtt-reason man > mqtt-reason.1
  mqtt-reason man decode | man -l -";

/// Print what a shell needs to complete the command's words
#[derive(Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "mqtt-reason", &mut script);
        print(&script)
    }
}

/// Print the manual page, of all of the command or of a subcommand
#[derive(Args)]
#[command(after_help = MAN)]
pub(crate) struct Man {
    /// The subcommand
    subcommand: Option<String>,
}

impl Man {
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let mut command = Cli::command();
        command.build();
        if let Some(name) = &self.subcommand {
            let Some(found) = command.find_subcommand(name) else {
                return Err(crate::failure::usage(format!(
                    "there is no subcommand {name:?}"
                )));
            };
            command = found.clone().display_name(format!("mqtt-reason-{name}"));
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        print(&page)
    }
}

fn print(text: &[u8]) -> Result<Verdict, Failure> {
    let mut out = plain_output();
    out.write_all(text)?;
    out.flush()?;
    Ok(Verdict::Good)
}
