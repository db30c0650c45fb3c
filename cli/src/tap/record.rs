//! `--record`: everything that passes, as a transcript that `check` reads, with Passwords masked.

use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mqtt_reason::{PacketType, Side, Version, frame};

use super::metrics::side_name;
use super::output::Output;
use super::relay::{End, How};
use crate::connection::secrets;

/// The longest CONNECT that is held back until its Password is found, in bytes.
const CONNECT: usize = 1024 * 1024;
/// How much of a larger one is shown: fixed header, protocol name and level, flags and Keep Alive.
const HEADER: usize = 12;
/// What stands for a byte of a Password: `*`.
const MASK: u8 = b'*';

/// The file of all connections.
pub(super) struct Record {
    lines: Output,
    last: Mutex<LastLine>,
    secrets: bool,
}

/// The last line: whose it was, and when. Connections are told in turn, a few milliseconds each, but the times of a
/// transcript never go back.
#[derive(Default)]
struct LastLine {
    connection: u64,
    time: Duration,
}

/// Makes the file, which only its owner can read.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        // It may have been there before.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

impl Record {
    pub(super) fn new(lines: Output, secrets: bool) -> Self {
        lines.line(
            b"# written by mqtt-reason tap --record; `mqtt-reason check` reads it\n".to_vec(),
        );
        Self {
            lines,
            last: Mutex::default(),
            secrets,
        }
    }

    /// Writes a line of a connection.
    fn line(&self, connection: u64, time: Option<Duration>, text: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = String::with_capacity(text.len() + 32);
        // Writing into a string does not fail.
        if last.connection != connection {
            let _ = writeln!(line, "connection {connection}");
            last.connection = connection;
        }
        if let Some(time) = time {
            last.time = last.time.max(time);
            let _ = write!(line, "+{:.6} ", last.time.as_secs_f64());
        }
        line.push_str(text);
        line.push('\n');
        self.lines.line(line.into_bytes());
    }
}

/// What is recorded of one connection.
pub(super) struct Recorder {
    connection: u64,
    client: Masker,
    /// What the client sends is left out.
    is_silent: bool,
}

impl Recorder {
    pub(super) fn new(connection: u64) -> Self {
        Self {
            connection,
            client: Masker::default(),
            is_silent: false,
        }
    }

    /// Writes what a side sent.
    pub(super) fn bytes(&mut self, record: &Record, side: Side, time: Duration, bytes: &[u8]) {
        if side == Side::Server || record.secrets {
            return self.write(record, side, time, bytes);
        }
        if self.is_silent {
            return;
        }
        let masked = self.client.mask(bytes);
        self.write(record, side, time, &masked);
    }

    fn write(&self, record: &Record, side: Side, time: Duration, bytes: &[u8]) {
        if !bytes.is_empty() {
            let text = format!("{} {}", side_name(side), hex::encode(bytes));
            record.line(self.connection, Some(time), &text);
        }
    }

    /// Writes a comment.
    pub(super) fn remark(&self, record: &Record, text: &str) {
        record.line(self.connection, None, &format!("# {text}"));
    }

    /// Writes that bytes of a side are missing. In what the client sends after that, nobody can find a Password.
    pub(super) fn missing(&mut self, record: &Record, side: Side, text: &str) {
        self.remark(record, text);
        if side == Side::Client && !record.secrets && !self.is_silent {
            self.is_silent = true;
            let text = "what the client sends from here on is left out: a Password could not be found in it";
            self.remark(record, text);
        }
    }

    /// Writes that a side ended.
    pub(super) fn end(&mut self, record: &Record, time: Duration, end: &End) {
        let held = self.client.held.len();
        if held > 0 {
            self.client.held.clear();
            self.remark(
                record,
                &format!("{held} bytes of a CONNECT that did not end are left out"),
            );
        }
        let Some(side) = end.by else {
            return;
        };
        let verb = match end.how {
            How::Fin => "closes",
            How::Reset => "resets",
            How::Timeout => {
                return self.remark(record, &format!("the {} was given up", side_name(side)));
            }
        };
        let text = format!("{} {verb}", side_name(side));
        record.line(self.connection, Some(time), &text);
    }
}

/// Finds the CONNECTs in what a client sends, and hides their Passwords.
#[derive(Default)]
struct Masker {
    /// The beginning of a packet: of a CONNECT all that has come, of others their fixed header.
    held: Vec<u8>,
    /// How much is still to come of a packet that has no Password, or of a CONNECT that is too large to be held.
    skip: usize,
    /// What is skipped is hidden, too.
    is_hidden: bool,
    /// Nobody can tell any more where packets start.
    is_lost: bool,
}

impl Masker {
    fn mask(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut input = std::mem::take(&mut self.held);
        input.extend_from_slice(bytes);
        let mut done = 0;
        loop {
            let rest = input.get_mut(done..).unwrap_or_default();
            if rest.is_empty() || self.is_lost {
                break;
            }
            if self.skip > 0 {
                let len = self.skip.min(rest.len());
                self.skip -= len;
                if self.is_hidden {
                    rest.iter_mut().take(len).for_each(|byte| *byte = MASK);
                }
                done += len;
                continue;
            }
            let is_connect = rest.first().copied().and_then(PacketType::from_first_byte)
                == Some(PacketType::Connect);
            // The fixed header is the same in all versions.
            match frame::total_len(Version::V3_1, rest) {
                Ok(Some(len)) if !is_connect => {
                    self.skip = len;
                    self.is_hidden = false;
                }
                Ok(Some(len)) if len <= rest.len() => {
                    hide(rest.get_mut(..len).unwrap_or_default());
                    done += len;
                }
                Ok(Some(len)) if len > CONNECT => {
                    // Its header says what it is; all the rest is hidden.
                    let shown = HEADER.min(rest.len());
                    done += shown;
                    self.skip = len - shown;
                    self.is_hidden = true;
                }
                Ok(_) => {
                    self.held = rest.to_vec();
                    input.truncate(done);
                    break;
                }
                Err(_) => self.is_lost = true,
            }
        }
        input
    }
}

/// Hides the Password of a CONNECT.
fn hide(connect: &mut [u8]) {
    let [_, password] = secrets::ranges(connect);
    if let Some(password) = connect.get_mut(password) {
        password.fill(MASK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CONNECT with user name "u" and Password "secret".
    const LOGIN: &[u8] = b"\x10\x18\0\x04MQTT\x04\xc2\0\x3c\0\x01c\0\x01u\0\x06secret";
    const HIDDEN: &[u8] = b"\x10\x18\0\x04MQTT\x04\xc2\0\x3c\0\x01c\0\x01u\0\x06******";

    #[test]
    fn passwords_are_hidden_however_the_bytes_are_cut() {
        let publish = b"\x30\x0b\0\x01tsecret\x10\xff";
        let stream = [LOGIN, publish, LOGIN, b"\xc0\0"].concat();
        let expected = [HIDDEN, publish, HIDDEN, b"\xc0\0"].concat();
        for size in 1..=stream.len() {
            let mut masker = Masker::default();
            let masked: Vec<u8> = stream
                .chunks(size)
                .flat_map(|bytes| masker.mask(bytes))
                .collect();
            assert_eq!(masked, expected, "in pieces of {size} bytes");
            assert!(masker.held.is_empty());
        }
    }

    #[test]
    fn a_connect_that_is_too_large_is_hidden_but_for_its_header() {
        let mut large = b"\x10\xff\xff\xff\x7f\0\x04MQTT\x04".to_vec();
        large.extend(vec![7; 100]);
        let mut masker = Masker::default();
        let mut masked = masker.mask(&large);
        masked.extend(masker.mask(&[7; 50]));
        assert_eq!(masked.len(), large.len() + 50);
        assert!(masked.iter().skip(HEADER).all(|byte| *byte == MASK));
    }

    #[test]
    fn what_is_no_packet_passes() {
        let mut masker = Masker::default();
        let bytes = b"\xc0\x00\x30\xff\xff\xff\xff\xff";
        assert_eq!(masker.mask(bytes), bytes);
        assert_eq!(masker.mask(b"more"), b"more");
    }
}
