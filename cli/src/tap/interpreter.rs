//! What passes on one connection, told packet by packet.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use mqtt_reason::{DecodeOptions, PacketType, Side, Version, frame};
use tokio::sync::mpsc;

use super::log::{Event, Log};
use super::{Chunk, Sides};
use crate::finding::Finding;

/// The largest packet that is looked into, in bytes; larger ones are relayed all the same. It is what a direction
/// holds at most.
const LOOKED_INTO: usize = 64 * 1024;

/// The interpreter of one connection.
pub(super) struct Interpreter {
    number: u64,
    log: Arc<Log>,
    sides: Arc<Sides>,
    /// `None` until CONNECT.
    version: Option<Version>,
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
    pub(super) fn new(number: u64, log: Arc<Log>, sides: Arc<Sides>) -> Self {
        Self {
            number,
            log,
            sides,
            version: None,
            client: Direction::new(Side::Client),
            server: Direction::new(Side::Server),
        }
    }

    /// Tells everything until the connection ends.
    pub(super) async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        while let Some(chunk) = chunks.recv().await {
            if !self.sides.is_blind(chunk.sender) {
                self.take(chunk.sender, chunk.time, chunk.bytes);
            }
        }
        for side in [Side::Client, Side::Server] {
            self.end(side);
        }
    }

    const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Tells what is in these bytes.
    fn take(&mut self, side: Side, time: SystemTime, mut bytes: Bytes) {
        let direction = self.direction(side);
        let skipped = direction.skip.min(bytes.len());
        direction.skip -= skipped;
        bytes.advance(skipped);
        if bytes.is_empty() {
            return;
        }
        let mut buffer = std::mem::take(&mut direction.buffer);
        let (left_over, skip) = if buffer.is_empty() {
            let (done, skip) = self.tell(side, time, &bytes);
            buffer.extend_from_slice(bytes.get(done..).unwrap_or_default());
            (buffer, skip)
        } else {
            buffer.extend_from_slice(&bytes);
            let (done, skip) = self.tell(side, time, &buffer);
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
    fn tell(&mut self, side: Side, time: SystemTime, bytes: &[u8]) -> (usize, usize) {
        let mut done = 0;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            if rest.is_empty() {
                return (done, 0);
            }
            match self.step(side, time, rest) {
                Step::Done(len) if len > rest.len() => return (bytes.len(), len - rest.len()),
                Step::Done(len) => done += len,
                Step::Wait => return (done, 0),
                Step::Stop => return (bytes.len(), 0),
            }
        }
    }

    /// Tells the first packet.
    fn step(&mut self, side: Side, time: SystemTime, bytes: &[u8]) -> Step {
        let Some(version) = self.version else {
            return self.connect(side, time, bytes);
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
                self.note(side, time, text);
                Step::Done(len)
            }
            (Ok(Some(len)), _) if len > bytes.len() => Step::Wait,
            _ => {
                let (finding, rest) = Finding::first(version, &options, bytes);
                self.print(
                    side,
                    time,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
                match rest {
                    Some(rest) => Step::Done(bytes.len() - rest.len()),
                    None => {
                        let text = "nobody can tell where the next packet starts".to_owned();
                        self.stop(side, time, text)
                    }
                }
            }
        }
    }

    /// Tells the first packet of the connection, which says the version.
    fn connect(&mut self, side: Side, time: SystemTime, bytes: &[u8]) -> Step {
        let first = bytes.first().copied();
        if side == Side::Server {
            let text = "the server spoke before CONNECT".to_owned();
            return self.stop(side, time, text);
        }
        if first.and_then(PacketType::from_first_byte) != Some(PacketType::Connect) {
            return self.stop(side, time, "this is no CONNECT".to_owned());
        }
        // The fixed header is the same in all versions.
        let version = Version::V3_1_1;
        match frame::total_len(version, &self.client.options, bytes) {
            Ok(None) => return Step::Wait,
            Ok(Some(len)) if len > LOOKED_INTO => {
                let text = format!("CONNECT of {len} bytes: too large to be looked into");
                return self.stop(side, time, text);
            }
            Ok(Some(len)) if len > bytes.len() => return Step::Wait,
            _ => {}
        }
        match Finding::first(version, &self.client.options, bytes).0 {
            Finding::Frame(frame) => {
                let len = frame.bytes().len();
                let Some(version) = frame.connect_version() else {
                    let text = "CONNECT of no known version".to_owned();
                    return self.stop(side, time, text);
                };
                self.version = Some(version);
                self.print(side, time, &Event::Connect { version, len });
                Step::Done(len)
            }
            finding => {
                self.print(
                    side,
                    time,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
                self.stop(side, time, "this is no CONNECT".to_owned())
            }
        }
    }

    /// Gives up on a direction, and on both as long as the version is not known.
    fn stop(&mut self, side: Side, time: SystemTime, text: String) -> Step {
        let both = self.version.is_none();
        let news = self.sides.blind(side);
        if both {
            self.sides.blind(Side::Client);
            self.sides.blind(Side::Server);
        }
        if news {
            let whom = match (both, side) {
                (true, _) => "this connection",
                (false, Side::Client) => "the client",
                (false, Side::Server) => "the server",
            };
            let text = format!("{text}: from here on {whom} is relayed without being looked at");
            self.note(side, time, text);
        }
        Step::Stop
    }

    /// Tells that a direction ended inside a packet.
    fn end(&mut self, side: Side) {
        if self.sides.is_blind(side) {
            return;
        }
        let version = self.version;
        let direction = self.direction(side);
        let (buffer, skip) = (std::mem::take(&mut direction.buffer), direction.skip);
        let options = direction.options;
        let time = SystemTime::now();
        match version {
            _ if skip > 0 => {
                self.note(
                    side,
                    time,
                    format!("closed {skip} bytes before the end of a packet"),
                );
            }
            _ if buffer.is_empty() => {}
            Some(version) => {
                let (finding, _) = Finding::first(version, &options, &buffer);
                self.print(
                    side,
                    time,
                    &Event::Found {
                        version,
                        finding: &finding,
                    },
                );
            }
            None => self.note(side, time, "closed inside CONNECT".to_owned()),
        }
    }

    fn note(&self, side: Side, time: SystemTime, text: String) {
        self.print(side, time, &Event::Note(text));
    }

    fn print(&self, side: Side, time: SystemTime, event: &Event<'_>) {
        self.log.print_at(time, self.number, Some(side), event);
    }
}
