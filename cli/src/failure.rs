//! Why a subcommand could not do its work.

use std::io;
use std::process::ExitCode;

use crate::style::ERROR;

/// Why a subcommand stopped before its work was done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for makes no sense, or the input cannot be read.
    Usage(String),
    /// The output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// Tells the user and returns the exit status. A reader that has seen enough and goes away is no failure.
    pub(crate) fn report(self) -> ExitCode {
        let message = match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Output(error) => format!("cannot write the output: {error}"),
            Self::Usage(message) => message,
        };
        anstream::eprintln!("{ERROR}error:{ERROR:#} {message}");
        ExitCode::from(2)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Makes a [`Failure::Usage`].
pub(crate) fn usage(message: impl Into<String>) -> Failure {
    Failure::Usage(message.into())
}
