//! What passes on one connection, told packet by packet.

use std::io::Write;

use bytes::{Buf, Bytes, BytesMut};
use mqtt_reason::{DecodeOptions, PacketType, Side, Version, frame};

use super::queue::Sides;
use crate::finding::{Finding, Place, Report, Show, Told};
use crate::human::Human;
use crate::json::Json;
use crate::style::{Paint, STRONG};

/// The largest packet that is looked into, in bytes; larger ones are relayed all the same. It is what a direction
/// holds at most.
const LOOKED_INTO: usize = 64 * 1024;

/// Something found.
pub(super) enum Event<'a> {
    Connect {
        version: Version,
        len: usize,
    },
    Found {
        version: Version,
        finding: &'a Finding<'a>,
    },
    Note(String),
}

/// The interpreter of one connection.
pub(super) struct Interpreter {
    json: bool,
    pub(super) connect_seen: bool,
    pub(super) out: Vec<(Side, bool, Vec<u8>)>,
    sides: Sides,
    /// `None` until CONNECT.
    pub(super) version: Option<Version>,
    client: Direction,
    server: Direction,
}

/// What one side sent.
struct Direction {
    options: DecodeOptions,
    /// The beginning of a packet.
    buffer: BytesMut,
    /// How much is still to come of a packet that is not looked into.
    skip: usize,
}

impl Direction {
    fn new(sender: Side) -> Self {
        Self {
            options: DecodeOptions::new().sender(sender),
            buffer: BytesMut::new(),
            skip: 0,
        }
    }
}

/// What the bytes at hand start with.
enum Step {
    /// This many bytes are done with, of which not all may be there yet.
    Done(usize),
    /// More bytes are needed.
    Wait,
    /// Nothing that follows can be told.
    Stop,
}

impl Interpreter {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            connect_seen: false,
            out: Vec::new(),
            sides: Sides::default(),
            version: None,
            client: Direction::new(Side::Client),
            server: Direction::new(Side::Server),
        }
    }

    const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Tells what is in these bytes.
    pub(super) fn take(&mut self, side: Side, mut bytes: Bytes) {
        let direction = self.direction(side);
        let skipped = direction.skip.min(bytes.len());
        direction.skip -= skipped;
        bytes.advance(skipped);
        if bytes.is_empty() {
            return;
        }
        let mut buffer = std::mem::take(&mut direction.buffer);
        let (left_over, skip) = if buffer.is_empty() {
            let (done, skip) = self.tell(side, &bytes);
            buffer.extend_from_slice(bytes.get(done..).unwrap_or_default());
            (buffer, skip)
        } else {
            buffer.extend_from_slice(&bytes);
            let (done, skip) = self.tell(side, &buffer);
            buffer.advance(done);
            (buffer, skip)
        };
        let direction = self.direction(side);
        direction.skip = skip;
        // An empty buffer gives its memory back: most connections are silent most of the time.
        direction.buffer = match left_over.is_empty() {
            true => BytesMut::new(),
            false => left_over,
        };
    }

    /// Tells packet after packet; returns how many bytes are done with, and how many to come can be skipped.
    fn tell(&mut self, side: Side, bytes: &[u8]) -> (usize, usize) {
        let mut done = 0;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            if rest.is_empty() {
                return (done, 0);
            }
            match self.step(side, rest) {
                Step::Done(len) if len > rest.len() => return (bytes.len(), len - rest.len()),
                Step::Done(len) => done += len,
                Step::Wait => return (done, 0),
                Step::Stop => return (bytes.len(), 0),
            }
        }
    }

    /// Tells the first packet.
    fn step(&mut self, side: Side, bytes: &[u8]) -> Step {
        let Some(version) = self.version else {
            return self.connect(side, bytes);
        };
        let options = self.direction(side).options;
        let packet = bytes.first().copied().and_then(PacketType::from_first_byte);
        // Where a packet ends does not depend on who may send it.
        let len = frame::total_len(version, &DecodeOptions::new(), bytes);
        match (len, packet) {
            (Ok(None), _) => Step::Wait,
            (Ok(Some(len)), Some(packet)) if !packet.is_reason_coded() => Step::Done(len),
            (Ok(Some(len)), Some(packet)) if len > LOOKED_INTO => {
                let text = format!("{packet} of {len} bytes: too large to be looked into");
                self.note(side, text);
                Step::Done(len)
            }
            (Ok(Some(len)), _) if len > bytes.len() => Step::Wait,
            _ => {
                let (finding, rest) = Finding::first(version, &options, bytes);
                self.print(
                    side,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
                match rest {
                    Some(rest) => Step::Done(bytes.len() - rest.len()),
                    None => {
                        let text = "nobody can tell where the next packet starts".to_owned();
                        self.stop(side, text)
                    }
                }
            }
        }
    }

    /// Tells the first packet of the connection, which says the version.
    fn connect(&mut self, side: Side, bytes: &[u8]) -> Step {
        let first = bytes.first().copied();
        if side == Side::Server {
            let text = "the server spoke before CONNECT".to_owned();
            return self.stop(side, text);
        }
        if first.and_then(PacketType::from_first_byte) != Some(PacketType::Connect) {
            return self.stop(side, "this is no CONNECT".to_owned());
        }
        // The fixed header is the same in all versions.
        let version = Version::V3_1_1;
        match frame::total_len(version, &self.client.options, bytes) {
            Ok(None) => return Step::Wait,
            Ok(Some(len)) if len > LOOKED_INTO => {
                let text = format!("CONNECT of {len} bytes: too large to be looked into");
                return self.stop(side, text);
            }
            Ok(Some(len)) if len > bytes.len() => return Step::Wait,
            _ => {}
        }
        match Finding::first(version, &self.client.options, bytes).0 {
            finding @ Finding::View { len, .. } => {
                let Some(version) = finding.connect_version() else {
                    let text = "CONNECT of no known version".to_owned();
                    return self.stop(side, text);
                };
                self.version = Some(version);
                self.print(side, &Event::Connect { version, len });
                Step::Done(len)
            }
            finding => {
                self.print(
                    side,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
                self.stop(side, "this is no CONNECT".to_owned())
            }
        }
    }

    /// Gives up on a direction, and on both as long as the version is not known.
    fn stop(&mut self, side: Side, text: String) -> Step {
        let both = self.version.is_none();
        let news = !self.sides.has(side);
        self.sides.add(side);
        if both {
            self.sides.add(Side::Client);
            self.sides.add(Side::Server);
        }
        if news {
            let whom = match (both, side) {
                (true, _) => "this connection",
                (false, Side::Client) => "the client",
                (false, Side::Server) => "the server",
            };
            let text = format!("{text}: from here on {whom} is relayed without being looked at");
            self.note(side, text);
        }
        Step::Stop
    }

    /// Tells that a direction ended inside a packet.
    pub(super) fn end(&mut self, side: Side) {
        if self.sides.has(side) {
            return;
        }
        let version = self.version;
        let direction = self.direction(side);
        let (buffer, skip) = (std::mem::take(&mut direction.buffer), direction.skip);
        let options = direction.options;
        match version {
            _ if skip > 0 => {
                self.note(
                    side,
                    format!("closed {skip} bytes before the end of a packet"),
                );
            }
            _ if buffer.is_empty() => {}
            Some(version) => {
                let (finding, _) = Finding::first(version, &options, &buffer);
                self.print(
                    side,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
            }
            None => self.note(side, "closed inside CONNECT".to_owned()),
        }
    }

    fn note(&mut self, side: Side, text: String) {
        self.print(side, &Event::Note(text));
    }

    fn print(&mut self, side: Side, event: &Event<'_>) {
        let mut body = Vec::new();
        let note = matches!(event, Event::Note(_));
        let written = match (event, self.json) {
            (Event::Note(text), _) => {
                body.extend(text.bytes());
                Ok(())
            }
            (Event::Connect { version, len }, true) => {
                self.connect_seen = true;
                writeln!(
                    body,
                    "\"result\":\"frame\",\"mqtt\":\"{version}\",\"packet\":\"CONNECT\",\"length\":{len}}}"
                )
            }
            (Event::Connect { version, .. }, false) => {
                self.connect_seen = true;
                writeln!(body, "{STRONG}CONNECT{STRONG:#}: MQTT {version}")
            }
            (Event::Found { version, finding }, true) => {
                report(Json::new(&mut body), *version, finding)
            }
            (Event::Found { version, finding }, false) => {
                report(Human::new(&mut body, Paint::ON), *version, finding)
            }
        };
        if written.is_ok() {
            self.out.push((side, note, body));
        }
    }
}

/// Prints one finding.
fn report(mut out: impl Report, version: Version, finding: &Finding<'_>) -> std::io::Result<()> {
    let told = Told {
        version: Some(version),
        finding,
        show: Show {
            secrets: false,
            payloads: false,
        },
        sender: None,
        hint: None,
        advice: None,
    };
    out.report(Place { at: 0, line: None }, &told)?;
    out.flush()
}
