//! What `tap` prints: one event after the other, by a thread that alone waits for the output.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use mqtt_reason::{Side, Version};
use tokio::sync::oneshot;

use crate::finding::{Finding, Place, Report};
use crate::human::Human;
use crate::json::Json;
use crate::style::{FAINT, STRONG, human_output, plain_output};

/// How many events may wait for the output.
const EVENTS: usize = 1 << 16;
/// How many bytes of them.
const BYTES: usize = 16 * 1024 * 1024;

/// Something that happens on a connection.
pub(super) enum Event<'a> {
    /// A client has connected.
    Opened { peer: SocketAddr },
    /// The client has sent CONNECT.
    Connect { version: Version, len: usize },
    /// A packet, or what is wrong with one.
    Found {
        version: Version,
        finding: &'a Finding<'a>,
    },
    /// Something about the relay itself.
    Note(String),
    /// Both directions have ended.
    Closed {
        client_bytes: u64,
        server_bytes: u64,
    },
}

/// The way to the thread that prints. What finds no room is counted, and the count printed when there is room.
pub(super) struct Log {
    json: bool,
    lines: SyncSender<Vec<u8>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    waiting: AtomicUsize,
    lost: AtomicU64,
}

impl Log {
    /// Starts the thread. It ends with the last owner of the log, or when the output fails, and says which.
    pub(super) fn start(json: bool) -> (Arc<Self>, oneshot::Receiver<io::Result<()>>) {
        let (lines, queue) = sync_channel(EVENTS);
        let state = Arc::<State>::default();
        let (done, ended) = oneshot::channel();
        let log = Self {
            json,
            lines,
            state: Arc::clone(&state),
        };
        thread::spawn(move || {
            let written = match json {
                true => write_all(plain_output(), json, &queue, &state),
                false => write_all(human_output(), json, &queue, &state),
            };
            // Nobody waits for it any more if the time to end is over.
            let _ = done.send(written);
        });
        (Arc::new(log), ended)
    }

    /// Prints an event that happens now.
    pub(super) fn print(&self, connection: u64, sender: Option<Side>, event: &Event<'_>) {
        self.print_at(SystemTime::now(), connection, sender, event);
    }

    /// Prints an event of `time`; connection 0 is none.
    pub(super) fn print_at(
        &self,
        time: SystemTime,
        connection: u64,
        sender: Option<Side>,
        event: &Event<'_>,
    ) {
        if self.state.waiting.load(Ordering::Relaxed) > BYTES {
            self.state.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut line = Vec::new();
        let written = match self.json {
            true => json(&mut line, time, connection, sender, event),
            false => human(&mut line, time, connection, sender, event),
        };
        let len = line.len();
        self.state.waiting.fetch_add(len, Ordering::Relaxed);
        if written.is_err() || self.lines.try_send(line).is_err() {
            self.state.waiting.fetch_sub(len, Ordering::Relaxed);
            self.state.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes lines until there are no more, and flushes whenever none is waiting.
fn write_all(
    mut out: impl Write,
    as_json: bool,
    queue: &Receiver<Vec<u8>>,
    state: &State,
) -> io::Result<()> {
    loop {
        let line = match queue.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                out.flush()?;
                match queue.recv() {
                    Ok(line) => line,
                    Err(_) => break,
                }
            }
        };
        state.waiting.fetch_sub(line.len(), Ordering::Relaxed);
        out.write_all(&line)?;
        let lost = state.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let note = Event::Note(format!(
                "{lost} events were not printed: too many at a time"
            ));
            let mut line = Vec::new();
            match as_json {
                true => json(&mut line, SystemTime::now(), 0, None, &note),
                false => human(&mut line, SystemTime::now(), 0, None, &note),
            }?;
            out.write_all(&line)?;
        }
    }
    out.flush()
}

/// The event for people.
fn human(
    line: &mut Vec<u8>,
    time: SystemTime,
    connection: u64,
    sender: Option<Side>,
    event: &Event<'_>,
) -> io::Result<()> {
    write!(line, "{FAINT}{}", TimeOfDay(time))?;
    if connection > 0 {
        write!(line, " #{connection}")?;
    }
    if let Some(sender) = sender {
        write!(line, " {sender}")?;
    }
    write!(line, "{FAINT:#} ")?;
    match event {
        Event::Opened { peer } => writeln!(line, "opened by {peer}"),
        Event::Connect { version, .. } => {
            writeln!(line, "{STRONG}CONNECT{STRONG:#}: MQTT {version}")
        }
        Event::Found { version, finding } => {
            Human::new(line).report(*version, Place::Byte(0), finding)
        }
        Event::Note(text) => writeln!(line, "note: {text}"),
        Event::Closed {
            client_bytes,
            server_bytes,
        } => writeln!(
            line,
            "closed; {client_bytes} bytes from the client, {server_bytes} from the server"
        ),
    }
}

/// The event as an object: time, connection and sender, then what `decode --json` would print.
fn json(
    line: &mut Vec<u8>,
    time: SystemTime,
    connection: u64,
    sender: Option<Side>,
    event: &Event<'_>,
) -> io::Result<()> {
    write!(line, "{{\"time\":\"{}\"", Timestamp(time))?;
    if connection > 0 {
        write!(line, ",\"connection\":{connection}")?;
    }
    if let Some(sender) = sender {
        write!(line, ",\"from\":\"{sender}\"")?;
    }
    line.push(b',');
    match event {
        Event::Opened { peer } => writeln!(line, "\"result\":\"opened\",\"peer\":\"{peer}\"}}"),
        Event::Connect { version, len } => writeln!(
            line,
            "\"result\":\"frame\",\"mqtt\":\"{version}\",\"packet\":\"CONNECT\",\"length\":{len}}}"
        ),
        Event::Found { version, finding } => {
            let mut object = Vec::new();
            Json::new(&mut object).report(*version, Place::Byte(0), finding)?;
            // Its fields and its end; its opening brace is the one above.
            line.extend(object.iter().skip(1));
            Ok(())
        }
        Event::Note(text) => {
            line.extend(b"\"result\":\"note\",\"text\":");
            serde_json::to_writer(&mut *line, text)?;
            line.extend(b"}\n");
            Ok(())
        }
        Event::Closed {
            client_bytes,
            server_bytes,
        } => writeln!(
            line,
            "\"result\":\"closed\",\"client_bytes\":{client_bytes},\"server_bytes\":{server_bytes}}}"
        ),
    }
}

/// Days, and milliseconds of the last one, since 1970-01-01 UTC.
fn days_and_millis(time: SystemTime) -> (u64, u64) {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or_default();
    (millis / DAY, millis % DAY)
}

/// The time of day, UTC: `12:34:56.789Z`.
struct TimeOfDay(SystemTime);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, millis) = days_and_millis(self.0);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

/// Date and time of RFC 3339, UTC: `2026-01-02T12:34:56.789Z`.
struct Timestamp(SystemTime);

impl fmt::Display for Timestamp {
    /// Years are counted from March, so that the day that not all years have is the last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FOUR_CENTURIES: u64 = 146_097;
        // From 0000-03-01.
        let days = days_and_millis(self.0).0 + 719_468;
        let (era, day) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, next_year) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let year = 400 * era + year + next_year;
        write!(f, "{year:04}-{month:02}-{day:02}T{}", TimeOfDay(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_735_689_600, "2025-01-01T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(Timestamp(time).to_string(), text);
        }
    }
}
