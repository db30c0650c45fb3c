//! Items for people: what there is to tell, after when, where and by whom.

use std::io::{self, Write};

use crate::capture::Opening;
use crate::style::{BAD, ERROR, FAINT, STRONG};

use super::json::side_name;
use super::told::{self, Show};
use super::{At, Finding, Head, How, Item, Kind, Place, Subject, What};

/// Appends an item as a line, or several; those below the first are indented.
pub(crate) fn item(
    out: &mut Vec<u8>,
    head: &Head<'_>,
    item: &Item<'_>,
    show: Show,
) -> io::Result<()> {
    match head.prefix {
        Some(prefix) => out.write_all(prefix.as_bytes())?,
        None => prefix(out, head.connection, item)?,
    }
    match &item.what {
        What::Packet { subject, .. } => {
            told::human(out, item, show)?;
            if let Some(subject) = subject {
                answers(out, subject)?;
            }
            Ok(())
        }
        What::Error { .. } | What::Incomplete { .. } => told::human(out, item, show),
        What::Finding(finding) => self::finding(out, item, finding),
        What::Note { text, .. } => writeln!(out, "{FAINT}{}{FAINT:#}", plain(text)),
        What::Closed { how, .. } => match how {
            How::Fin => writeln!(out, "{FAINT}closes{FAINT:#}"),
            How::Reset => writeln!(out, "{FAINT}resets{FAINT:#}"),
            How::Timeout => writeln!(out, "{FAINT}is given up{FAINT:#}"),
        },
    }
}

/// Appends what is known of a connection of a capture when its first byte comes.
pub(crate) fn opened(out: &mut Vec<u8>, name: &str, opening: &Opening<'_>) -> io::Result<()> {
    let Some((client, server)) = opening.addresses else {
        return Ok(());
    };
    write!(
        out,
        "{STRONG}connection {name}{STRONG:#}: {client} to {server}"
    )?;
    match opening.middle {
        false => writeln!(out),
        true => writeln!(
            out,
            "; the capture begins in the middle of it: its CONNECT and what was outstanding are not known"
        ),
    }
}

/// When, which connection, where, and which side.
fn prefix(out: &mut Vec<u8>, connection: &str, item: &Item<'_>) -> io::Result<()> {
    let At { time, place } = item.at;
    write!(out, "{FAINT}{:>10.6} ", time.as_secs_f64())?;
    match place {
        Place::Line(line) => write!(out, "line {line:<4}")?,
        Place::Frame(frame) => write!(out, "#{frame:<6}")?,
        Place::Nowhere => {}
    }
    write!(out, "{FAINT:#} {} ", plain(connection))?;
    match item.side() {
        Some(side) => write!(out, "{:<6} ", side_name(side)),
        None => Ok(()),
    }
}

fn finding(out: &mut Vec<u8>, item: &Item<'_>, finding: &Finding) -> io::Result<()> {
    let style = match finding.kind() {
        Kind::Violation => ERROR,
        Kind::Odd => BAD,
    };
    let kind = finding.kind().name();
    let packet = finding.packet();
    writeln!(
        out,
        "{style}{kind}:{style:#} {packet}: {}",
        plain(&finding.to_string())
    )?;
    if !finding.rule().is_empty() {
        let rule = finding.rule();
        match rule.starts_with("MQTT-") {
            true => write!(out, "    {FAINT}rule{FAINT:#}   [{rule}]")?,
            false => write!(out, "    {FAINT}rule{FAINT:#}   §{rule}")?,
        }
        match item.version {
            Some(version) => writeln!(out, " of MQTT {version}")?,
            None => writeln!(out)?,
        }
    }
    if let Some(about) = finding.about() {
        let packet = about.packet;
        match item.at.place {
            Place::Line(_) => writeln!(
                out,
                "    {FAINT}about{FAINT:#}  {packet} in line {}",
                about.tag
            )?,
            Place::Frame(_) => {
                writeln!(out, "    {FAINT}about{FAINT:#}  {packet} in #{}", about.tag)?
            }
            Place::Nowhere => {}
        }
    }
    if let Some(answer) = finding.answer() {
        let name = mqtt_reason::ReasonCode::from_u8(answer).map_or("", |code| code.name());
        writeln!(out, "    {FAINT}answer{FAINT:#} {answer:#04x} {name}")?;
    }
    Ok(())
}

/// What an acknowledgement answers.
fn answers(out: &mut Vec<u8>, subject: &Subject) -> io::Result<()> {
    match subject {
        Subject::Topic(topic) => writeln!(out, "    {FAINT}for{FAINT:#} {topic:?}"),
        Subject::Filters(filters) => {
            write!(out, "    {FAINT}for{FAINT:#} ")?;
            for (index, filter) in filters.iter().take(20).enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                write!(out, "{comma}{filter:?}")?;
            }
            match filters.len() {
                0..=20 => writeln!(out),
                more => writeln!(out, " and {} more", more - 20),
            }
        }
    }
}

/// Text in which nothing can reach the terminal as a control sequence.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let shown = match character {
                'ß'..='\u{ffff}' | ' '..='~' if !character.is_control() => None,
                _ => Some(character.escape_default()),
            };
            let same = shown.is_none().then_some(character);
            shown.into_iter().flatten().chain(same)
        })
        .collect()
}
