//! What carries the packets: nothing, WebSocket, a PROXY header in front; and what is no MQTT at all.

use std::borrow::Cow;

use mqtt_reason::Side;

use super::websocket::{Frames, Unread};

/// The remark on TLS.
pub(crate) const TLS: &str = "this is TLS, not MQTT: it can be read with its keys only";

/// How long a header of HTTP may be.
const HEADER: usize = 64 * 1024;
/// How much of its first line is shown.
const LINE: usize = 80;
/// How many fields it may have.
const FIELDS: usize = 128;

/// Both directions of a connection.
#[derive(Default)]
pub(super) struct Transport {
    client: Wrapping,
    server: Wrapping,
    /// Whether the client asked for WebSocket.
    asked: bool,
    other: bool,
}

/// What is around the packets of one direction.
enum Wrapping {
    /// Nobody knows yet: these bytes tell too little.
    Start(Vec<u8>),
    Plain,
    /// The header of a request or an answer, as far as it is there.
    Http(Vec<u8>),
    WebSocket(Frames),
}

impl Default for Wrapping {
    fn default() -> Self {
        Self::Start(Vec::new())
    }
}

/// What is left of bytes when what carries them is taken off.
pub(super) struct Unwrapped<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// What there is to tell of it; a sentence each.
    pub(super) notes: Vec<String>,
}

impl Transport {
    /// Whether this is known to be no MQTT, or none that can be read.
    pub(super) const fn is_other(&self) -> bool {
        self.other
    }

    /// Whether a direction has shown that it is MQTT.
    pub(super) const fn is_known(&self, side: Side) -> bool {
        let wrapping = match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        };
        matches!(wrapping, Wrapping::Plain | Wrapping::WebSocket(_))
    }

    /// Bytes of a direction are not there: only a stream without anything around it can be read on.
    pub(super) fn lost(&mut self, side: Side) -> Option<String> {
        if self.other {
            return None;
        }
        let wrapping = self.wrapping(side);
        match wrapping {
            Wrapping::Plain => None,
            Wrapping::Start(_) => {
                *wrapping = Wrapping::Plain;
                None
            }
            Wrapping::Http(_) | Wrapping::WebSocket(_) => {
                self.other = true;
                Some("bytes of a WebSocket are missing: it cannot be read on".to_owned())
            }
        }
    }

    /// Takes off what is around bytes.
    pub(super) fn unwrap<'a>(&mut self, side: Side, bytes: &'a [u8]) -> Unwrapped<'a> {
        let mut unwrapped = Unwrapped {
            bytes: Cow::Borrowed(&[]),
            notes: Vec::new(),
        };
        if self.other {
            return unwrapped;
        }
        if let Wrapping::Plain = self.wrapping(side) {
            unwrapped.bytes = Cow::Borrowed(bytes);
            return unwrapped;
        }
        let mut rest = Cow::Borrowed(bytes);
        loop {
            let wrapping = std::mem::replace(self.wrapping(side), Wrapping::Plain);
            let step = match wrapping {
                Wrapping::Plain => {
                    unwrapped.bytes = rest;
                    return unwrapped;
                }
                Wrapping::Start(start) => self.start(side, start, &rest),
                Wrapping::Http(head) => self.http(side, head, &rest),
                Wrapping::WebSocket(frames) => Step::Frames(frames),
            };
            match step {
                Step::Wait(wrapping) => {
                    *self.wrapping(side) = wrapping;
                    return unwrapped;
                }
                Step::Go(wrapping, left, note) => {
                    *self.wrapping(side) = wrapping;
                    unwrapped.notes.extend(note);
                    rest = Cow::Owned(left);
                }
                Step::Other(note) => {
                    self.other = true;
                    unwrapped.notes.push(note);
                    return unwrapped;
                }
                Step::Frames(mut frames) => {
                    let mut data = Vec::new();
                    let taken = frames.take(&rest, &mut data);
                    if frames.is_text() {
                        let note =
                            "MQTT in text frames of WebSocket, which must be binary [MQTT-6.0.0-1]";
                        unwrapped.notes.push(note.to_owned());
                    }
                    match taken {
                        Ok(()) => *self.wrapping(side) = Wrapping::WebSocket(frames),
                        Err(unread) => {
                            self.other = true;
                            unwrapped.notes.push(match unread {
                                Unread::Compressed => {
                                    "this WebSocket is compressed: it cannot be read".to_owned()
                                }
                                Unread::Opcode(opcode) => format!(
                                    "a WebSocket frame with opcode {opcode}, which does not exist: it cannot be read on"
                                ),
                            });
                        }
                    }
                    unwrapped.bytes = Cow::Owned(data);
                    return unwrapped;
                }
            }
        }
    }

    const fn wrapping(&mut self, side: Side) -> &mut Wrapping {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The first bytes of a direction.
    fn start(&self, side: Side, mut start: Vec<u8>, bytes: &[u8]) -> Step {
        start.extend_from_slice(bytes);
        match (what(&start), side) {
            (None, _) => Step::Wait(Wrapping::Start(start)),
            // What is said of it shows its first line.
            (Some(What::Request | What::Answer), _)
                if start.len() < LINE && !start.contains(&b'\n') =>
            {
                Step::Wait(Wrapping::Start(start))
            }
            (Some(What::Packets), _) => Step::Go(Wrapping::Plain, start, None),
            (Some(What::Tls), _) => Step::Other(TLS.to_owned()),
            (Some(What::Ssh), _) => Step::Other("this is SSH, not MQTT".to_owned()),
            (Some(What::Request), Side::Client) => {
                Step::Go(Wrapping::Http(Vec::new()), start, None)
            }
            (Some(What::Answer), Side::Server) if self.asked => {
                Step::Go(Wrapping::Http(Vec::new()), start, None)
            }
            (Some(What::Request | What::Answer), _) => {
                Step::Other(format!("this is HTTP ({}), not MQTT", first_line(&start)))
            }
            (Some(What::Proxy(len)), Side::Client) => {
                let header = start.get(..len).unwrap_or_default();
                let note = match header.first() {
                    Some(b'P') => format!("a PROXY header stands in front: {}", first_line(header)),
                    _ => format!("a PROXY header (version 2) of {len} bytes stands in front"),
                };
                let rest = start.get(len..).unwrap_or_default().to_vec();
                Step::Go(Wrapping::default(), rest, Some(note))
            }
            (Some(What::Proxy(_)), Side::Server) => {
                Step::Other("this is the PROXY protocol, not MQTT".to_owned())
            }
        }
    }

    /// The header of a request for WebSocket, or of the answer to it.
    fn http(&mut self, side: Side, mut head: Vec<u8>, bytes: &[u8]) -> Step {
        head.extend_from_slice(bytes);
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let parsed = match side {
            Side::Client => {
                let mut request = httparse::Request::new(&mut fields);
                request.parse(&head).map(|status| {
                    let upgrade = request.headers.iter().any(|field| {
                        field.name.eq_ignore_ascii_case("upgrade")
                            && field.value.eq_ignore_ascii_case(b"websocket")
                    });
                    let path = request.path.unwrap_or_default();
                    (status, upgrade, format!("WebSocket, requested from {path}"))
                })
            }
            Side::Server => {
                let mut answer = httparse::Response::new(&mut fields);
                answer.parse(&head).map(|status| {
                    let code = answer.code.unwrap_or_default();
                    let reason = answer.reason.unwrap_or_default();
                    let text =
                        format!("the request for WebSocket was answered with HTTP {code} {reason}");
                    (status, code == 101, text)
                })
            }
        };
        match parsed {
            Ok((httparse::Status::Partial, ..)) if head.len() < HEADER => {
                Step::Wait(Wrapping::Http(head))
            }
            Ok((httparse::Status::Complete(len), true, text)) => {
                let rest = head.get(len..).unwrap_or_default().to_vec();
                let note = match side {
                    Side::Client => Some(text),
                    Side::Server => None,
                };
                self.asked |= side == Side::Client;
                Step::Go(Wrapping::WebSocket(Frames::default()), rest, note)
            }
            Ok((httparse::Status::Complete(_), false, text)) if side == Side::Server => {
                Step::Other(text)
            }
            _ => Step::Other(format!("this is HTTP ({}), not MQTT", first_line(&head))),
        }
    }
}

/// What comes next in a direction.
enum Step {
    /// More bytes are needed.
    Wait(Wrapping),
    /// These bytes are read on so.
    Go(Wrapping, Vec<u8>, Option<String>),
    Frames(Frames),
    /// This cannot be read.
    Other(String),
}

/// What a direction starts with.
enum What {
    Packets,
    Tls,
    Ssh,
    Request,
    Answer,
    /// A header of this many bytes.
    Proxy(usize),
}

const PROXY_V1: &[u8] = b"PROXY ";
const PROXY_V1_LONGEST: usize = 107;
const PROXY_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const MARKS: [(&[u8], What); 15] = [
    (b"GET ", What::Request),
    (b"POST ", What::Request),
    (b"PUT ", What::Request),
    (b"HEAD ", What::Request),
    (b"OPTIONS ", What::Request),
    (b"DELETE ", What::Request),
    (b"CONNECT ", What::Request),
    (b"HTTP/", What::Answer),
    (b"SSH-", What::Ssh),
    (&[0x16, 0x03], What::Tls),
    (&[0x14, 0x03], What::Tls),
    (&[0x15, 0x03], What::Tls),
    (&[0x17, 0x03], What::Tls),
    (PROXY_V1, What::Proxy(0)),
    (PROXY_V2, What::Proxy(0)),
];

/// What the first bytes of a direction are; `None` if there are too few.
fn what(start: &[u8]) -> Option<What> {
    let Some((mark, what)) = MARKS
        .into_iter()
        .find(|(mark, _)| start.starts_with(mark) || mark.starts_with(start))
    else {
        return Some(What::Packets);
    };
    if start.len() < mark.len() {
        return None;
    }
    match what {
        What::Proxy(_) if mark == PROXY_V1 => {
            // At most 107 bytes with the line end.
            let head = start.get(..PROXY_V1_LONGEST).unwrap_or(start);
            match head.windows(2).position(|two| two == b"\r\n") {
                Some(end) => Some(What::Proxy(end + 2)),
                None if head.len() == PROXY_V1_LONGEST => Some(What::Packets),
                None => None,
            }
        }
        What::Proxy(_) => {
            let length = start.get(14..16)?;
            let length = length
                .iter()
                .fold(0, |all, byte| all << 8 | usize::from(*byte));
            let end = 16 + length;
            (start.len() >= end).then_some(What::Proxy(end))
        }
        what => Some(what),
    }
}

/// The first line of a text, as far as it can be shown.
fn first_line(text: &[u8]) -> String {
    let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    line.unwrap_or_default()
        .iter()
        .take(LINE)
        .map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECT: &[u8] = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00";

    /// What is left of a direction that comes in two pieces.
    fn pieces(
        transport: &mut Transport,
        side: Side,
        bytes: &[u8],
        split: usize,
    ) -> (Vec<u8>, Vec<String>) {
        let (one, other) = bytes.split_at(split.min(bytes.len()));
        let mut all = (Vec::new(), Vec::new());
        for piece in [one, other] {
            let unwrapped = transport.unwrap(side, piece);
            all.0.extend_from_slice(&unwrapped.bytes);
            all.1.extend(unwrapped.notes);
        }
        all
    }

    #[test]
    fn plain_packets_pass_untouched() {
        for split in 0..CONNECT.len() {
            let (bytes, notes) = pieces(&mut Transport::default(), Side::Client, CONNECT, split);
            assert_eq!(bytes, CONNECT);
            assert!(notes.is_empty());
        }
    }

    #[test]
    fn websocket_is_taken_off_both_sides() {
        let mut client =
            b"GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n\x82\x8e\0\0\0\0".to_vec();
        client.extend_from_slice(CONNECT);
        let mut server =
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x04".to_vec();
        server.extend_from_slice(&[0x20, 2, 0, 0]);
        for split in 0..client.len() {
            let mut transport = Transport::default();
            let (bytes, notes) = pieces(&mut transport, Side::Client, &client, split);
            assert_eq!(bytes, CONNECT, "split at {split}");
            assert_eq!(notes, ["WebSocket, requested from /mqtt"]);
            let (bytes, notes) = pieces(&mut transport, Side::Server, &server, split);
            assert_eq!(bytes, [0x20, 2, 0, 0], "split at {split}");
            assert!(notes.is_empty());
        }
    }

    #[test]
    fn what_is_no_mqtt_is_named() {
        let note = |side, bytes: &[u8]| {
            let (rest, notes) = pieces(&mut Transport::default(), side, bytes, 1);
            assert!(rest.is_empty());
            notes.join("")
        };
        assert!(note(Side::Client, &[0x16, 3, 1, 2, 0]).contains("TLS"));
        assert!(note(Side::Server, b"SSH-2.0-x\r\n").contains("SSH"));
        assert!(note(Side::Client, b"GET / HTTP/1.1\r\n\r\n").contains("HTTP (GET / HTTP/1.1)"));
        assert!(note(Side::Server, b"HTTP/1.1 400 Bad\r\n\r\n").contains("HTTP/1.1 400"));
    }

    #[test]
    fn a_proxy_header_is_taken_off() {
        let mut bytes = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".to_vec();
        bytes.extend_from_slice(CONNECT);
        let mut second = PROXY_V2.to_vec();
        second.extend_from_slice(&[0x21, 0x11, 0, 2, 7, 7]);
        second.extend_from_slice(CONNECT);
        for stream in [bytes, second] {
            for split in 0..stream.len() {
                let mut transport = Transport::default();
                let (rest, notes) = pieces(&mut transport, Side::Client, &stream, split);
                assert_eq!(rest, CONNECT);
                assert_eq!(notes.len(), 1);
            }
        }
    }
}
