//! The lines that are the tap's own: a connection is opened, ends, has ended, and notes.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use mqtt_reason::Side;
use serde::Serialize;

use super::clock::{TimeOfDay, Timestamp, unix_seconds};
use super::closing::Closing;
use super::metrics::{by_name, side_name};
use super::relay::End;
use crate::style::{BAD, FAINT, STRONG};

/// What stands in front of every line.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) time: SystemTime,
    pub(super) connection: u64,
    pub(super) client_id: Option<&'a str>,
}

/// Something that is no packet.
pub(super) enum Event<'a> {
    Opened {
        peer: SocketAddr,
        upstream: Option<SocketAddr>,
        local: Option<SocketAddr>,
    },
    Note {
        from: Option<Side>,
        text: &'a str,
    },
    Closing(&'a Closing),
    Closed {
        end: &'a End,
        text: &'a str,
        client_bytes: u64,
        server_bytes: u64,
    },
}

impl Head<'_> {
    /// The beginning of a line for people.
    pub(super) fn prefix(&self, side: Option<Side>) -> String {
        let mut prefix = format!("{FAINT}{} #{}", TimeOfDay(self.time), self.connection);
        if let Some(id) = self.client_id {
            // Text is the peer's: nothing in it may reach the terminal as a control sequence.
            prefix.push_str(&format!(" {id:?}"));
        }
        if let Some(side) = side {
            prefix.push_str(&format!(" {side}"));
        }
        prefix.push_str(&format!("{FAINT:#} "));
        prefix
    }
}

/// The event for people.
pub(super) fn human(line: &mut Vec<u8>, head: &Head<'_>, event: &Event<'_>) -> io::Result<()> {
    match event {
        Event::Opened {
            peer,
            upstream,
            local,
        } => {
            write!(line, "{}", head.prefix(None))?;
            write!(line, "{STRONG}opened{STRONG:#} by {peer}")?;
            match (local, upstream) {
                (Some(local), Some(upstream)) => {
                    writeln!(line, "; the server {upstream} sees it come from {local}")
                }
                _ => writeln!(line),
            }
        }
        Event::Note { from, text } => {
            write!(line, "{}", head.prefix(*from))?;
            writeln!(line, "note: {text}")
        }
        Event::Closing(closing) => {
            write!(line, "{}", head.prefix(None))?;
            let style = if closing.is_failure { BAD } else { STRONG };
            writeln!(line, "{style}closing{style:#}: {}", closing.text)
        }
        Event::Closed {
            text,
            client_bytes,
            server_bytes,
            ..
        } => {
            write!(line, "{}", head.prefix(None))?;
            writeln!(
                line,
                "{STRONG}closed{STRONG:#}: {text}; {client_bytes} bytes from the client, {server_bytes} from the server"
            )
        }
    }
}

#[derive(Serialize)]
struct Object<'a> {
    result: &'static str,
    time: f64,
    timestamp: String,
    connection: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(flatten)]
    fields: Fields<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Fields<'a> {
    Opened {
        peer: SocketAddr,
        #[serde(skip_serializing_if = "Option::is_none")]
        upstream: Option<SocketAddr>,
        #[serde(skip_serializing_if = "Option::is_none")]
        upstream_from: Option<SocketAddr>,
        #[serde(skip_serializing_if = "Option::is_none")]
        upstream_port: Option<u16>,
    },
    Note {
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<&'static str>,
        text: &'a str,
    },
    Closing(&'a Closing),
    Closed {
        by: &'static str,
        how: &'static str,
        client_bytes: u64,
        server_bytes: u64,
        text: &'a str,
    },
}

/// The event as an object.
pub(super) fn json(line: &mut Vec<u8>, head: &Head<'_>, event: &Event<'_>) -> io::Result<()> {
    let (result, fields) = match *event {
        Event::Opened {
            peer,
            upstream,
            local,
        } => (
            "opened",
            Fields::Opened {
                peer,
                upstream,
                upstream_from: local,
                upstream_port: local.map(|local| local.port()),
            },
        ),
        Event::Note { from, text } => (
            "note",
            Fields::Note {
                from: from.map(side_name),
                text,
            },
        ),
        Event::Closing(closing) => ("closing", Fields::Closing(closing)),
        Event::Closed {
            end,
            text,
            client_bytes,
            server_bytes,
        } => (
            "closed",
            Fields::Closed {
                by: by_name(end.by),
                how: end.how.name(),
                client_bytes,
                server_bytes,
                text,
            },
        ),
    };
    let object = Object {
        result,
        time: unix_seconds(head.time),
        timestamp: Timestamp(head.time).to_string(),
        connection: head.connection,
        client_id: head.client_id,
        fields,
    };
    serde_json::to_writer(&mut *line, &object)?;
    line.push(b'\n');
    Ok(())
}

/// Seconds with six decimals at most, as JSON has all times.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e6
}
