//! The ladder of one connection: a row for each packet, findings beside the packets that they are about.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use mqtt_reason::v5::Property;
use mqtt_reason::view::View;
use mqtt_reason::{PacketType, Side, Version};

use crate::capture::Opening;
use crate::connection::{At, Body, Head, How, Item, Kind, Place, Show, What, human, json, secrets};

use super::escape;

/// So many packets in order, one after the other, are folded.
const FOLDED: usize = 8;
/// A pause as long as this is shown.
const PAUSE: Duration = Duration::from_secs(1);
/// How many bytes of a packet are shown.
const BYTES: usize = 1024;

/// One connection.
pub(super) struct Ladder {
    number: usize,
    name: String,
    addresses: Option<(String, String)>,
    middle: bool,
    version: Option<Version>,
    client_id: Option<String>,
    rows: Vec<Row>,
    /// How many packets were left out.
    left_out: u64,
}

/// One row.
struct Row {
    at: At,
    look: Look,
    side: Option<Side>,
    packet: Option<PacketType>,
    /// What it says, in a line.
    words: String,
    /// What there is besides.
    more: String,
    /// Whether it is shown in any case.
    striking: bool,
    findings: Vec<Beside>,
}

/// What a row looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Packet,
    /// A packet whose code refuses.
    Refusal,
    /// A packet that does not decode, or not all of it is there.
    Broken,
    /// An end of a side.
    End,
    Remark,
}

/// A finding beside a row.
enum Beside {
    Finding {
        number: usize,
        kind: Option<Kind>,
        words: String,
        more: String,
        /// The row of the earlier packet.
        about: Option<usize>,
    },
    /// A finding of a later row, which is about this one.
    Later {
        number: usize,
        words: String,
        row: usize,
    },
}

impl Ladder {
    pub(super) fn new(number: usize, name: &str, opening: &Opening<'_>) -> Self {
        Self {
            number,
            name: name.to_owned(),
            addresses: opening
                .addresses
                .map(|(client, server)| (client.to_string(), server.to_string())),
            middle: opening.middle,
            version: None,
            client_id: None,
            rows: Vec::new(),
            left_out: 0,
        }
    }

    /// Whether an item is drawn however many there are.
    pub(super) fn is_needed(&self, item: &Item<'_>) -> bool {
        let end = matches!(
            item.packet_type(),
            Some(PacketType::Connect | PacketType::Connack | PacketType::Disconnect)
        );
        end && self.rows.len() < 100
    }

    pub(super) const fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Draws a packet, an end or a remark.
    pub(super) fn row(&mut self, item: &Item<'_>, show: Show) {
        self.version = item.version.or(self.version);
        let (look, bytes): (_, &[u8]) = match &item.what {
            What::Packet { body, bytes, .. } => {
                if let Body::View(View::Connect(connect)) = body
                    && self.client_id.is_none()
                {
                    self.client_id = Some(connect.client_id().to_owned());
                }
                if let Body::Coded(packet) = body
                    && self.client_id.as_deref() == Some("")
                {
                    for property in packet.properties().into_iter().flatten() {
                        if let Property::AssignedClientIdentifier(assigned) = property {
                            self.client_id = Some(assigned.to_owned());
                        }
                    }
                }
                let look = if body.is_failure() {
                    Look::Refusal
                } else {
                    Look::Packet
                };
                (look, bytes)
            }
            What::Incomplete { bytes, .. } | What::Error { bytes, .. } => (Look::Broken, bytes),
            What::Closed { .. } => (Look::End, &[]),
            What::Note { .. } | What::Finding(_) => (Look::Remark, &[]),
        };
        let text = words(item, show);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let mut more = unindented(rest);
        if !bytes.is_empty() {
            let _ = write!(more, "{}", bytes_of(item.version, bytes, show));
        }
        let words = match &item.what {
            What::Closed { by, how } => {
                let side = json::side_name(*by);
                match how {
                    How::Fin => format!("the {side} closes"),
                    How::Reset => format!("the {side} resets the connection"),
                    How::Timeout => format!("the {side} is given up"),
                }
            }
            _ => first.to_owned(),
        };
        let ordinary = matches!(
            item.packet_type(),
            Some(
                PacketType::Publish
                    | PacketType::Puback
                    | PacketType::Pubrec
                    | PacketType::Pubrel
                    | PacketType::Pubcomp
                    | PacketType::Pingreq
                    | PacketType::Pingresp
                    | PacketType::Subscribe
                    | PacketType::Suback
                    | PacketType::Unsubscribe
                    | PacketType::Unsuback
            )
        );
        self.rows.push(Row {
            at: item.at,
            look,
            side: item.side(),
            packet: item.packet_type(),
            words,
            more,
            striking: !(ordinary && look == Look::Packet),
            findings: Vec::new(),
        });
    }

    /// Puts a finding beside the packet that broke the rule and beside the one that it is about; an error is a row, too.
    pub(super) fn finding(&mut self, number: usize, item: &Item<'_>, show: Show) {
        let (kind, about) = match &item.what {
            What::Finding(finding) => {
                // Usually the packet that was drawn last. What is missing has no row: it gets one.
                let own = self.rows.last().is_some_and(|row| {
                    row.packet == Some(finding.packet())
                        && row.at.place == item.at.place
                        && row.side == Some(finding.by())
                });
                if !own {
                    self.rows.push(Row {
                        at: item.at,
                        look: Look::Remark,
                        side: None,
                        packet: None,
                        words: "noticed here".to_owned(),
                        more: String::new(),
                        striking: true,
                        findings: Vec::new(),
                    });
                }
                (Some(finding.kind()), finding.about())
            }
            _ => {
                self.row(item, show);
                (None, None)
            }
        };
        let text = words(item, show);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let row = self.rows.len().saturating_sub(1);
        let about = about.and_then(|about| {
            self.rows.iter().take(row).rposition(|row| {
                let place = match row.at.place {
                    Place::Line(number) | Place::Frame(number) => number,
                    Place::Nowhere => return false,
                };
                place == about.tag && row.packet == Some(about.packet)
            })
        });
        if let Some(earlier) = about.and_then(|earlier| self.rows.get_mut(earlier)) {
            earlier.striking = true;
            earlier.findings.push(Beside::Later {
                number,
                words: first.to_owned(),
                row,
            });
        }
        if let Some(last) = self.rows.last_mut() {
            last.striking = true;
            last.findings.push(Beside::Finding {
                number,
                kind,
                words: first.to_owned(),
                more: match kind {
                    Some(_) => unindented(rest),
                    None => String::new(),
                },
                about,
            });
        }
    }

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

/// What people are told of an item, without colours and without where it stands.
fn words(item: &Item<'_>, show: Show) -> String {
    let mut text = Vec::new();
    let head = Head {
        prefix: Some(""),
        ..Head::default()
    };
    // Writing to memory does not fail.
    let _ = human::item(&mut text, &head, item, show);
    let text = String::from_utf8_lossy(&text);
    anstream::adapter::strip_str(&text).to_string()
}

/// The lines below the first, without their indentation.
fn unindented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        all.push_str(line.strip_prefix("    ").unwrap_or(line));
        all.push('\n');
        all
    })
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

/// The bytes of a packet, as far as they may be shown.
fn bytes_of(version: Option<Version>, bytes: &[u8], show: Show) -> String {
    let shown = bytes.get(..BYTES).unwrap_or(bytes);
    let mut text = secrets::hexadecimal(version, shown, show);
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}
