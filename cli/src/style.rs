//! The colours, and the stream that shows them on a terminal only.

use std::io::{self, BufWriter, Write};

use anstream::AutoStream;
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
