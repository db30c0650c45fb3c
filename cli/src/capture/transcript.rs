//! Transcripts: the bytes of both sides as text, a line each.
//!
//! ```text
//! # comment; blank lines are skipped
//! connection NAME        starts a connection (one is open at the start); a later `connection NAME` returns to it
//! [+SECONDS] client HEX  bytes that the client sends
//! [+SECONDS] server HEX
//! [+SECONDS] client closes | server closes | client resets | server resets
//! ```

use std::collections::HashMap;
use std::time::Duration;

use mqtt_reason::Side;

use super::{At, How, Opening, Place, Unusable, Watcher, unusable};

/// The name of the connection that is open at the start.
const FIRST: &str = "1";
/// How many connections a transcript may have.
const CONNECTIONS: usize = 1 << 17;

/// Reads the bytes of a line as `decode` does; the error is a sentence.
pub(crate) type ReadBytes = fn(&str) -> Result<Vec<u8>, String>;

/// Hands on what the lines of a transcript say.
pub(crate) struct Transcript<W: Watcher> {
    read_bytes: ReadBytes,
    line: u64,
    time: Duration,
    current: String,
    connections: HashMap<String, Connection<W::Stream>>,
    /// Their names in the order in which they were found.
    order: Vec<String>,
}

struct Connection<S> {
    /// Nothing once both sides have ended.
    stream: Option<S>,
    /// Which sides have ended: the client, the server.
    ended: [bool; 2],
    /// Its last line: how long it stayed open after that nobody says.
    last: At,
}

/// What a side does.
enum Act<'a> {
    Sends(&'a str),
    Ends(How),
}

impl<W: Watcher> Transcript<W> {
    pub(crate) fn new(read_bytes: ReadBytes) -> Self {
        Self {
            read_bytes,
            line: 0,
            time: Duration::ZERO,
            current: FIRST.to_owned(),
            connections: HashMap::new(),
            order: Vec::new(),
        }
    }

    /// Takes the next line; the error names it.
    pub(crate) fn line(&mut self, watcher: &mut W, line: &[u8]) -> Result<(), Unusable> {
        self.line += 1;
        let number = self.line;
        let result = match str::from_utf8(line) {
            Ok(line) if !line.contains('\0') => {
                self.statement(watcher, line.trim_start_matches('\u{feff}').trim())
            }
            _ if number == 1 => {
                return Err(unusable(
                    "this is neither a capture (pcap or pcapng) nor text in UTF-8",
                ));
            }
            _ => Err("this is not text in UTF-8".to_owned()),
        };
        result.map_err(|text| unusable(format!("line {number} of the transcript: {text}")))
    }

    /// Nothing more comes.
    pub(crate) fn finish(&mut self, watcher: &mut W) {
        for name in self.order.drain(..) {
            if let Some(connection) = self.connections.remove(&name)
                && let Some(stream) = connection.stream
            {
                watcher.finish(stream, connection.last);
            }
        }
    }

    const fn at(&self) -> At {
        At {
            place: Place::Line(self.line),
            time: self.time,
        }
    }

    fn statement(&mut self, watcher: &mut W, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (first, rest) = word(line);
        let (time, verb, rest) = match first.strip_prefix('+') {
            Some(seconds) => {
                let (verb, rest) = word(rest);
                (Some(self.seconds(seconds)?), verb, rest)
            }
            None => (None, first, rest),
        };
        let side = match verb {
            "connection" if time.is_some() => {
                return Err("a time stands before client or server only".to_owned());
            }
            "connection" if rest.is_empty() => {
                return Err("connection needs a name".to_owned());
            }
            "connection" => {
                rest.clone_into(&mut self.current);
                return Ok(());
            }
            "client" => Side::Client,
            "server" => Side::Server,
            "" => return Err("a time without client or server behind it".to_owned()),
            _ => {
                let shown: String = verb.chars().take(40).collect();
                return Err(format!(
                    "{shown:?} is none of connection, client, server; a comment starts with #"
                ));
            }
        };
        if let Some(time) = time {
            self.time = time;
        }
        let act = match rest {
            "" => return Err(format!("what does the {verb} do? bytes, closes or resets")),
            "closes" => Act::Ends(How::Fin),
            "resets" => Act::Ends(How::Reset),
            bytes => Act::Sends(bytes),
        };
        self.act(watcher, side, &act)
    }

    /// A time, which must not go back.
    fn seconds(&self, text: &str) -> Result<Duration, String> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds = match text.parse::<f64>() {
            Ok(seconds) if plain => Duration::try_from_secs_f64(seconds).ok(),
            _ => None,
        };
        match seconds {
            None => Err(format!("+{text} is no time in seconds")),
            Some(time) if time < self.time => {
                let before = self.time.as_secs_f64();
                Err(format!(
                    "+{text} goes back: the time before it is +{before}"
                ))
            }
            Some(time) => Ok(time),
        }
    }

    fn act(&mut self, watcher: &mut W, side: Side, act: &Act<'_>) -> Result<(), String> {
        let at = self.at();
        let bytes = match act {
            Act::Sends(text) => (self.read_bytes)(text)?,
            Act::Ends(_) => Vec::new(),
        };
        if !self.connections.contains_key(&self.current) {
            if self.order.len() == CONNECTIONS {
                return Err(format!("more than {CONNECTIONS} connections"));
            }
            let opening = Opening {
                name: Some(&self.current),
                addresses: None,
                middle: false,
                at,
            };
            let connection = Connection {
                stream: Some(watcher.open(&opening)),
                ended: [false; 2],
                last: at,
            };
            self.connections.insert(self.current.clone(), connection);
            self.order.push(self.current.clone());
        }
        let Some(connection) = self.connections.get_mut(&self.current) else {
            return Ok(());
        };
        connection.last = at;
        let [client, server] = &mut connection.ended;
        let ended = match side {
            Side::Client => client,
            Side::Server => server,
        };
        if *ended {
            return Err(format!(
                "the {side} of connection {} has ended before",
                self.current
            ));
        }
        if let Some(stream) = &mut connection.stream {
            match act {
                Act::Sends(_) => watcher.bytes(stream, side, at, &bytes),
                Act::Ends(how) => {
                    *ended = true;
                    watcher.close(stream, side, *how, at);
                }
            }
        }
        if connection.ended == [true; 2]
            && let Some(stream) = connection.stream.take()
        {
            watcher.finish(stream, at);
        }
        Ok(())
    }
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}
