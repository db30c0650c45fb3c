//! The page of `check --html`: a ladder for each connection, in one file that loads nothing.
//!
//! It has no script: what folds is a `details` element, what leads somewhere is a link, so that all of it works with
//! the keyboard. Everything that comes from the input is escaped.

mod drawing;
mod ladder;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::capture::Opening;
use crate::connection::{Item, Show};
use crate::failure::{Failure, usage};

use self::ladder::Ladder;

/// How many rows are drawn in all; beyond that, findings and errors only, with the packets that start and end a
/// connection.
const ROWS: usize = 100_000;

const STYLE: &str = include_str!("style.css");

/// A page that is being made.
pub(crate) struct Page {
    path: PathBuf,
    out: BufWriter<File>,
    title: String,
    show: Show,
    ladders: Vec<Ladder>,
    rows: usize,
    findings: usize,
}

impl Page {
    /// Creates the file, so that a place where nothing can be written is known before anything is read.
    pub(crate) fn create(path: &Path, title: &str, show: Show) -> Result<Self, Failure> {
        let file = File::create(path)
            .map_err(|error| usage(format!("cannot write {}: {error}", path.display())))?;
        Ok(Self {
            path: path.to_owned(),
            out: BufWriter::new(file),
            title: title.to_owned(),
            show,
            ladders: Vec::new(),
            rows: 0,
            findings: 0,
        })
    }

    /// A connection was found.
    pub(crate) fn opened(&mut self, name: &str, opening: &Opening<'_>) {
        let number = self.ladders.len() + 1;
        self.ladders.push(Ladder::new(number, name, opening));
    }

    /// Something is told of the connection that was found as number `index`, from 0.
    pub(crate) fn item(&mut self, index: usize, item: &Item<'_>) {
        let Some(ladder) = self.ladders.get_mut(index) else {
            return;
        };
        if item.is_finding() {
            self.findings += 1;
            ladder.finding(self.findings, item, self.show);
        } else if self.rows < ROWS || ladder.is_needed(item) {
            self.rows += 1;
            ladder.row(item, self.show);
        } else {
            ladder.leave_out();
        }
    }

    /// Writes the page.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let written = self.write();
        written.map_err(|error| usage(format!("cannot write {}: {error}", self.path.display())))
    }

    fn write(&mut self) -> std::io::Result<()> {
        let title = escape(&self.title);
        let out = &mut self.out;
        write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}: MQTT conversations</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        )?;
        let connections = self.ladders.len();
        writeln!(
            out,
            "<p>{connections} connection{}, {} finding{} and errors. Time runs downwards; the client is on the left, the server on the right. Choose a packet to see all of it.</p>",
            if connections == 1 { "" } else { "s" },
            self.findings,
            if self.findings == 1 { "" } else { "s" },
        )?;
        if self.findings > 0 {
            writeln!(out, "<nav aria-label=\"Findings\">\n<ol>")?;
            for ladder in &self.ladders {
                ladder.contents(out)?;
            }
            writeln!(out, "</ol>\n</nav>")?;
        }
        writeln!(out, "</header>\n<main>")?;
        for ladder in &self.ladders {
            ladder.write(out)?;
        }
        writeln!(
            out,
            "</main>\n<footer>Written by mqtt-reason {}.</footer>\n</body>\n</html>",
            env!("CARGO_PKG_VERSION")
        )?;
        out.flush()
    }
}

/// Text as it stands in HTML, in an element or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            // What changes the direction of text, or cannot be seen, is shown as what it is.
            _ if character.is_control() || is_format(character) => {
                escaped.extend(character.escape_unicode());
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Characters that only change how others are shown.
const fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("<script>alert('1') & \"2\"</script>"),
            "&lt;script&gt;alert(&#39;1&#39;) &amp; &quot;2&quot;&lt;/script&gt;"
        );
        assert_eq!(escape("a\u{202e}b\u{1b}[m"), "a\\u{202e}b\\u{1b}[m");
    }
}
