//! A ladder as part of a page.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use mqtt_reason::{PacketType, Side};

use crate::connection::{Kind, Place, json};

use super::escape;
use super::ladder::{Beside, Ladder, Look, Row};

/// So many packets in order, one after the other, are folded.
const FOLDED: usize = 8;
/// A pause as long as this is shown.
const PAUSE: Duration = Duration::from_secs(1);
impl Ladder {
    /// Writes the entries of the findings in the list at the top.
    pub(super) fn contents(&self, out: &mut impl Write) -> io::Result<()> {
        for (index, row) in self.rows.iter().enumerate() {
            for beside in &row.findings {
                if let Beside::Finding { number, words, .. } = beside {
                    writeln!(
                        out,
                        "<li value=\"{number}\"><a href=\"#{}\">connection {}: {}</a></li>",
                        self.id(index),
                        escape(&self.name),
                        escape(words)
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Writes the ladder.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let number = self.number;
        write!(
            out,
            "<section aria-labelledby=\"c{number}\">\n<h2 id=\"c{number}\">Connection {}",
            escape(&self.name)
        )?;
        if let Some(client_id) = self.client_id.as_ref().filter(|id| !id.is_empty()) {
            write!(
                out,
                " of <code>{}</code>",
                escape(&format!("{client_id:?}"))
            )?;
        }
        writeln!(out, "</h2>")?;
        let mut facts = Vec::new();
        if let Some(version) = self.version {
            facts.push(format!("MQTT {version}"));
        }
        if let Some((client, server)) = &self.addresses {
            facts.push(format!("{client} to {server}"));
        }
        if self.middle {
            facts.push("the capture begins in the middle".to_owned());
        }
        if self.left_out > 0 {
            facts.push(format!("{} packets are not drawn", self.left_out));
        }
        writeln!(out, "<p class=\"about\">{}</p>", escape(&facts.join("; ")))?;
        writeln!(
            out,
            "<div class=\"ends\" aria-hidden=\"true\"><span></span><span class=\"both\"><span>client</span><span>server</span></span><span>findings</span></div>\n<ol class=\"ladder\">"
        )?;
        let mut index = 0;
        let mut before: Option<Duration> = None;
        while let Some(row) = self.rows.get(index) {
            self.pause(out, before, row)?;
            let quiet = (self.rows.iter().skip(index))
                .take_while(|row| !row.striking)
                .count();
            if quiet < FOLDED {
                self.write_row(out, index, row)?;
                before = Some(row.at.time);
                index += 1;
                continue;
            }
            let folded = self.rows.get(index..index + quiet).unwrap_or_default();
            writeln!(
                out,
                "<li><details class=\"fold\"><summary>{}</summary>\n<ol>",
                escape(&summary(folded))
            )?;
            before = None;
            for row in folded {
                self.pause(out, before, row)?;
                self.write_row(out, index, row)?;
                before = Some(row.at.time);
                index += 1;
            }
            writeln!(out, "</ol></details></li>")?;
        }
        writeln!(out, "</ol>\n</section>")
    }

    /// Writes how long nothing was sent, if that is long.
    fn pause(&self, out: &mut impl Write, before: Option<Duration>, row: &Row) -> io::Result<()> {
        let pause = before.map(|before| row.at.time.saturating_sub(before));
        match pause {
            Some(pause) if pause >= PAUSE => writeln!(
                out,
                "<li class=\"row remark\"><span></span><span class=\"lane\">nothing for {} s</span></li>",
                seconds(pause)
            ),
            _ => Ok(()),
        }
    }

    fn write_row(&self, out: &mut impl Write, index: usize, row: &Row) -> io::Result<()> {
        let side = row.side.map_or("", json::side_name);
        let look = match row.look {
            Look::Packet => "packet",
            Look::Refusal => "packet refuses",
            Look::Broken => "packet broken",
            Look::End => "end",
            Look::Remark => "remark",
        };
        write!(
            out,
            "<li class=\"row {look} {side}\" id=\"{}\"><span class=\"time\"><span>{} s</span>",
            self.id(index),
            seconds(row.at.time)
        )?;
        match row.at.place {
            Place::Line(line) => write!(out, "<span>line {line}</span>")?,
            Place::Frame(frame) => write!(out, "<span>#{frame}</span>")?,
            Place::Nowhere => {}
        }
        write!(out, "</span><div class=\"lane\">")?;
        let direction = match (row.look, row.side) {
            (Look::End | Look::Remark, _) | (_, None) => None,
            (_, Some(Side::Client)) => Some("client to server: "),
            (_, Some(Side::Server)) => Some("server to client: "),
        };
        match direction {
            Some(direction) => {
                write!(
                    out,
                    "<details><summary><span class=\"unseen\">{direction}</span>{}{}</summary><pre>{}</pre></details><span class=\"arrow\" aria-hidden=\"true\"></span>",
                    if row.look == Look::Broken { "✗ " } else { "" },
                    emphasized(&row.words),
                    escape(&row.more)
                )?;
            }
            None => write!(out, "{}", escape(&row.words))?,
        }
        write!(out, "</div><div class=\"beside\">")?;
        for beside in &row.findings {
            self.beside(out, beside)?;
        }
        writeln!(out, "</div></li>")
    }

    fn beside(&self, out: &mut impl Write, beside: &Beside) -> io::Result<()> {
        match beside {
            Beside::Finding {
                number,
                kind,
                words,
                more,
                about,
            } => {
                let (class, sign) = match kind {
                    Some(Kind::Odd) => ("finding odd", "?"),
                    _ => ("finding", "✗"),
                };
                write!(
                    out,
                    "<div class=\"{class}\"><b>{sign} {number}.</b> {}",
                    escape(words)
                )?;
                if !more.is_empty() {
                    write!(out, "<pre>{}</pre>", escape(more.trim_end()))?;
                }
                if let Some(about) = about {
                    write!(
                        out,
                        "<p><a href=\"#{}\">the packet that it is about ↑</a></p>",
                        self.id(*about)
                    )?;
                }
                write!(out, "</div>")
            }
            Beside::Later { number, words, row } => write!(
                out,
                "<div class=\"back\"><a href=\"#{}\">finding {number} ↓</a> {}</div>",
                self.id(*row),
                escape(words)
            ),
        }
    }

    fn id(&self, row: usize) -> String {
        format!("c{}r{row}", self.number)
    }
}

/// The words of a packet with its name in bold.
fn emphasized(words: &str) -> String {
    let end = words
        .find(|character: char| !character.is_ascii_uppercase())
        .unwrap_or(words.len());
    let (name, rest) = words.split_at(end);
    format!("<b>{}</b>{}", escape(name), escape(rest))
}

/// What is in packets that are folded.
fn summary(rows: &[Row]) -> String {
    let mut kinds: Vec<(PacketType, usize)> = Vec::new();
    for packet in rows.iter().filter_map(|row| row.packet) {
        match kinds.iter_mut().find(|(kind, _)| *kind == packet) {
            Some((_, count)) => *count += 1,
            None => kinds.push((packet, 1)),
        }
    }
    let mut text = format!("{} packets in order", rows.len());
    for (index, (packet, count)) in kinds.iter().enumerate() {
        let sign = if index == 0 { ": " } else { ", " };
        let _ = write!(text, "{sign}{count} {packet}");
    }
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        let _ = write!(
            text,
            "; from {} s to {} s",
            seconds(first.at.time),
            seconds(last.at.time)
        );
    }
    text
}

/// A time in seconds.
fn seconds(time: Duration) -> String {
    let text = format!("{:.6}", time.as_secs_f64());
    let short = text.trim_end_matches('0');
    // At least milliseconds.
    let least = text.len().saturating_sub(3);
    text.get(..short.len().max(least))
        .unwrap_or(&text)
        .to_owned()
}
