//! What is told of one connection, in the order in which it happened.

use std::sync::Arc;
use std::time::Duration;

use globset::GlobSet;
use mqtt_reason::Side;

use super::Shared;
use super::clients::Clients;
use super::clock::{Clock, Stretch};
use super::closing::{Circumstances, Closing};
use super::interpreter::Interpreter;
use super::lines::{Event, Head, human, json};
use super::metrics::{Metrics, side_name};
use super::output::Output;
use super::queue::{Entry, Queue};
use super::relay::{Counters, End, How, other};

/// How long entries are collected before they are told together: waking up for each of them would slow the relay down.
const COLLECT: Duration = Duration::from_millis(10);
/// How long a full output is waited for before lines are lost.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is told, and where.
pub(super) struct Telling {
    pub(super) lines: Output,
    pub(super) json: bool,
    /// No colours.
    pub(super) plain: bool,
    pub(super) all: bool,
    pub(super) failures: bool,
    /// Only connections with these Client Identifiers.
    pub(super) only: Option<GlobSet>,
    pub(super) clock: Clock,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clients: Clients,
}

/// Tells one connection.
pub(super) struct Teller {
    number: u64,
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    interpreter: Interpreter,
    client_id: Option<String>,
    /// The first bytes of the client have been read.
    is_begun: bool,
    closing: Option<(Duration, End)>,
    is_foreign: bool,
}

impl Teller {
    pub(super) fn new(
        number: u64,
        shared: Arc<Shared>,
        queue: Arc<Queue>,
        counters: Arc<Counters>,
    ) -> Self {
        let interpreter = Interpreter::new(shared.telling.json);
        Self {
            number,
            shared,
            queue,
            counters,
            interpreter,
            client_id: None,
            is_begun: false,
            closing: None,
            is_foreign: false,
        }
    }

    /// Tells everything until nothing more comes.
    pub(super) async fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        while let Some(entries) = queue.take().await {
            for entry in entries {
                self.entry(entry).await;
            }
            self.wait_for_output().await;
            tokio::time::sleep(COLLECT).await;
        }
        if !self.is_begun && self.counters.get(Side::Client) > 0 {
            self.shared.telling.clients.read();
        }
    }

    /// Gives the output a chance before lines are lost.
    async fn wait_for_output(&self) {
        let lines = &self.shared.telling.lines;
        let has_room = async {
            while lines.is_full() {
                tokio::time::sleep(COLLECT).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, has_room).await;
    }

    async fn entry(&mut self, entry: Entry) {
        match entry {
            Entry::Opened {
                time,
                peer,
                upstream,
                local,
            } => self.event(
                time,
                &Event::Opened {
                    peer,
                    upstream,
                    local,
                },
            ),
            Entry::Bytes { side, time, bytes } => {
                self.interpreter.take(side, bytes.freeze());
                self.print_packets(time);
                self.begun(side);
            }
            Entry::Missing { side, time } => {
                let text = format!(
                    "the {side} sends faster than can be told: from here on it is relayed, not looked at"
                );
                self.event(
                    time,
                    &Event::Note {
                        from: Some(side),
                        text: &text,
                    },
                );
                self.begun(side);
            }
            Entry::Closing { time, end } => self.closing(time, end).await,
            Entry::Closed { time, end } => self.closed(time, &end),
        }
    }

    fn begun(&mut self, side: Side) {
        if side == Side::Client && !self.is_begun {
            self.is_begun = true;
            self.shared.telling.clients.read();
        }
    }

    fn print_packets(&mut self, time: Duration) {
        for (side, note, body) in std::mem::take(&mut self.interpreter.out) {
            if note {
                let text = String::from_utf8_lossy(&body);
                self.event(
                    time,
                    &Event::Note {
                        from: Some(side),
                        text: &text,
                    },
                );
                continue;
            }
            let head = self.head(time);
            let mut line = Vec::new();
            if self.shared.telling.json {
                line.extend(
                    format!(
                        "{{\"time\":\"{}\",\"connection\":{},\"from\":\"{}\",",
                        super::clock::Timestamp(head.time),
                        head.connection,
                        side_name(side)
                    )
                    .bytes(),
                );
                line.extend(body.iter().skip(usize::from(body.first() == Some(&b'{'))));
            } else {
                let _ = head.human(&mut line, Some(side));
                line.extend(&body);
            }
            self.line(line);
        }
    }

    async fn closing(&mut self, time: Duration, end: End) {
        let telling = &self.shared.telling;
        // Who takes the connection over sent CONNECT before the server closed it.
        if end.by == Some(Side::Server) {
            telling.clients.settle().await;
        }
        let successor = self
            .client_id
            .as_deref()
            .and_then(|id| telling.clients.successor(id, self.number, time));
        let closing = Closing::of(&Circumstances {
            end: end.clone(),
            time,
            version: self.interpreter.version,
            connect_seen: self.interpreter.connect_seen,
            accepted: None,
            disconnected: None,
            last_of_client: None,
            last_of_server: None,
            cut_of_client: None,
            cut_of_server: None,
            keep_alive: None,
            limit_of_client: None,
            limit_of_server: None,
            successor,
            is_foreign: self.is_foreign,
        });
        self.event(time, &Event::Closing(&closing));
        self.closing = Some((time, end));
    }

    fn closed(&mut self, time: Duration, end: &End) {
        let text = match (&self.closing, end.by) {
            (Some((_, first)), None) if first.by.is_none() => match first.why {
                Some(_) => "the tap closed both sides".to_owned(),
                None => "the tap closed".to_owned(),
            },
            (Some((_, first)), _) if end.why.is_some() => {
                let _ = first;
                end.why.clone().unwrap_or_default()
            }
            (Some((before, first)), by) => {
                let side = by.unwrap_or_else(|| first.by.map_or(Side::Server, other));
                let how = match end.how {
                    How::Fin => "closed as well",
                    How::Reset => "reset the connection",
                    How::Timeout => "is gone as well",
                };
                format!(
                    "the {side} {how}, {} later",
                    Stretch(time.saturating_sub(*before))
                )
            }
            (None, _) => "the tap closed".to_owned(),
        };
        self.event(
            time,
            &Event::Closed {
                end,
                text: &text,
                client_bytes: self.counters.get(Side::Client),
                server_bytes: self.counters.get(Side::Server),
            },
        );
    }

    fn head(&self, time: Duration) -> Head<'_> {
        Head {
            time: self.shared.telling.clock.calendar(time),
            connection: self.number,
            client_id: self.client_id.as_deref(),
        }
    }

    fn event(&self, time: Duration, event: &Event<'_>) {
        let head = self.head(time);
        let mut line = Vec::new();
        let written = match self.shared.telling.json {
            true => json(&mut line, &head, event),
            false => human(&mut line, &head, event),
        };
        if written.is_ok() {
            self.line(line);
        }
    }

    /// Writes a line, without its colours where nobody sees them.
    fn line(&self, line: Vec<u8>) {
        let telling = &self.shared.telling;
        let line = match telling.plain && !telling.json {
            true => anstream::adapter::strip_bytes(&line).into_vec(),
            false => line,
        };
        telling.lines.line(line);
    }
}
