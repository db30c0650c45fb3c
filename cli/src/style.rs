//! The colours, and the stream that shows them on a terminal only.

use std::fmt;
use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// The name of a packet, and headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// A code below 0x80.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// A code that reports a failure.
pub(crate) const BAD: Style = AnsiColor::Yellow.on_default();
/// A packet that was refused, and the byte that is to blame.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What is there for completeness.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Standard output for people: colours on a terminal only, none if `NO_COLOR` is set.
pub(crate) fn human_output() -> impl Write {
    BufWriter::new(AutoStream::auto(io::stdout().lock()))
}

/// Standard output for programs: as it comes.
pub(crate) fn plain_output() -> impl Write {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Whether colours are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Paint(bool);

impl Paint {
    pub(crate) const ON: Self = Self(true);
    pub(crate) const OFF: Self = Self(false);

    /// What begins the style and what ends it: nothing where there are no colours.
    pub(crate) const fn pair(self, style: Style) -> (Begin, End) {
        (Begin(self.0, style), End(self.0))
    }
}

/// Begins a style.
#[derive(Clone, Copy)]
pub(crate) struct Begin(bool, Style);

impl fmt::Display for Begin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            true => self.1.fmt(f),
            false => Ok(()),
        }
    }
}

/// Ends it.
#[derive(Clone, Copy)]
pub(crate) struct End(bool);

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            true => anstyle::Reset.fmt(f),
            false => Ok(()),
        }
    }
}

/// Standard output for people, and whether it shows colours: on a terminal only, not if `NO_COLOR` is set. Nothing is
/// looked for that would have to be taken out again.
pub(crate) fn painted_output() -> (Box<dyn Write>, Paint) {
    let stdout = io::stdout();
    match AutoStream::choice(&stdout) {
        ColorChoice::Never => (Box::new(stdout.lock()), Paint::OFF),
        choice => (Box::new(AutoStream::new(stdout.lock(), choice)), Paint::ON),
    }
}
