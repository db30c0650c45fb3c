//! The arguments, which the three binaries share.

use crate::report::Choice;

pub const HELP: &str = "\
Measures mqtt-reason side by side with hand-written code and with the published codecs.

Usage: cargo run --release -- [OPTION]...

  --rounds N       rounds per workload, direction and profile [201]
  --only NAME      subjects whose name contains NAME; may be repeated [all]
  --workload NAME  W1 to W7; may be repeated [all]
  --profile NAME   release or lto; may be repeated [both]
  --help           this text
";

#[derive(Debug, Clone)]
pub struct Args {
    pub choice: Choice,
    pub profiles: Vec<String>,
    pub help: bool,
}

impl Args {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut args = args.into_iter();
        let choice = Choice {
            rounds: 201,
            only: Vec::new(),
            workloads: Vec::new(),
        };
        let mut parsed = Self {
            choice,
            profiles: Vec::new(),
            help: false,
        };
        while let Some(option) = args.next() {
            let mut value = || args.next().ok_or(format!("{option} needs a value"));
            match option.as_str() {
                "--rounds" => {
                    let value = value()?;
                    let rounds = value.parse().ok().filter(|&rounds| rounds > 0);
                    parsed.choice.rounds =
                        rounds.ok_or(format!("{value} is not a number of rounds"))?;
                }
                "--only" => parsed.choice.only.push(value()?),
                "--workload" => parsed.choice.workloads.push(value()?),
                "--profile" => parsed.profiles.push(value()?),
                "--help" | "-h" => parsed.help = true,
                _ => {
                    return Err(format!(
                        "unknown option {option}; --help tells which there are"
                    ));
                }
            }
        }
        if parsed.profiles.is_empty() {
            parsed.profiles = vec!["release".to_owned(), "lto".to_owned()];
        }
        Ok(parsed)
    }

    /// The same choice for a process that measures one profile.
    pub fn to_args(&self, profile: &str) -> Vec<String> {
        let mut args = vec!["--profile".to_owned(), profile.to_owned()];
        args.extend(["--rounds".to_owned(), self.choice.rounds.to_string()]);
        args.extend(
            self.choice
                .only
                .iter()
                .flat_map(|name| ["--only".to_owned(), name.clone()]),
        );
        args.extend(
            self.choice
                .workloads
                .iter()
                .flat_map(|name| ["--workload".to_owned(), name.clone()]),
        );
        args
    }
}
