//! W: MQTT in WebSocket frames, §6. Played only with an address of ws:// or wss://.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::draft::pingreq;
use crate::engine::{Stage, Stop};
use crate::judge::{Outcome, Verdict};
use crate::net::Connection;
use crate::scenario::words::v5;
use crate::scenario::{Answer, Need, Scenario, Steps};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let row = |id, title, demanded, rules: &[&'static str], steps: Steps| {
        v5(id, title, rules)
            .steps(steps)
            .need(Need::WebSocket)
            .best([Answer::Other(demanded)])
    };
    vec![
        row(
            "W01",
            "CONNECT in a WebSocket text frame",
            "Close frame 1003, or close",
            &["MQTT-6.0.0-1"],
            |stage| Box::pin(text_frame(stage)),
        ),
        row(
            "W02",
            "CONNECT split over three frames; SUBSCRIBE and PINGREQ in one",
            "CONNACK 0x00, SUBACK, PINGRESP",
            &["MQTT-6.0.0-2"],
            |stage| Box::pin(split_and_joined(stage)),
        )
        .answer_is_due(),
        row(
            "W03",
            "a WebSocket handshake without the subprotocol mqtt",
            "HTTP refusal, or accepted without a subprotocol",
            &["MQTT-6.0.0-4", "MQTT-6.0.0-3"],
            |stage| Box::pin(no_subprotocol(stage)),
        ),
        row(
            "W04",
            "a WebSocket handshake with the subprotocol mqtt",
            "101 with the subprotocol mqtt",
            &["MQTT-6.0.0-4"],
            |stage| Box::pin(subprotocol(stage)),
        )
        .answer_is_due(),
    ]
}

/// A WebSocket connection whose frames are written and read here, byte by byte.
struct Socket {
    connection: Connection,
    unread: Vec<u8>,
    until: Instant,
}

/// What a server answers to the handshake.
struct Upgrade {
    status: u16,
    subprotocol: Option<String>,
}

impl Socket {
    async fn open(stage: &Stage) -> Result<Self, Stop> {
        let connection = stage.connector().connect_raw(|_| true).await;
        let connection =
            connection.map_err(|error| Stop::Skip(format!("no connection: {error}")))?;
        Ok(Self {
            connection,
            unread: Vec::new(),
            until: Instant::now() + stage.patience(),
        })
    }

    async fn more(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 4096];
        match timeout_at(self.until, self.connection.read(&mut chunk)).await {
            Ok(Ok(0)) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(Ok(len)) => {
                self.unread
                    .extend_from_slice(chunk.get(..len).unwrap_or_default());
                Ok(true)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Shakes hands as RFC 6455 says, with or without a subprotocol.
    async fn upgrade(&mut self, stage: &Stage, subprotocol: bool) -> Result<Upgrade, Stop> {
        let address = stage.connector().address();
        let offer = match subprotocol {
            true => "Sec-WebSocket-Protocol: mqtt\r\n",
            false => "",
        };
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: bXF0dC1yZWFzb24gcHJvYg==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n",
            address.path(),
            address.host_and_port()
        );
        let lost = |error: io::Error| Stop::Skip(format!("the handshake was cut off: {error}"));
        self.connection
            .write_all(request.as_bytes())
            .await
            .map_err(lost)?;
        self.connection.flush().await.map_err(lost)?;
        loop {
            let end = self.unread.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head: Vec<u8> = self.unread.drain(..end + 4).collect();
                return Ok(Upgrade::of(&String::from_utf8_lossy(&head)));
            }
            match self.more().await {
                Ok(true) => {}
                Ok(false) => return Err(Stop::Skip("the handshake is not answered".to_owned())),
                Err(_) => {
                    return Ok(Upgrade {
                        status: 0,
                        subprotocol: None,
                    });
                }
            }
        }
    }

    /// Sends one frame, masked with zeros as a client's have to be masked.
    async fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match u8::try_from(payload.len()) {
            Ok(len) if len < 126 => frame.push(0x80 | len),
            _ => {
                frame.push(0x80 | 126);
                let len = u16::try_from(payload.len()).unwrap_or(u16::MAX);
                frame.extend(len.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend_from_slice(payload);
        let _ = self.connection.write_all(&frame).await;
        let _ = self.connection.flush().await;
    }

    /// The next frame: its opcode and payload. An error is the end of the connection, `None` that nothing came.
    async fn next(&mut self) -> io::Result<Option<(u8, Vec<u8>)>> {
        loop {
            if let Some(frame) = self.take() {
                return Ok(Some(frame));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    fn take(&mut self) -> Option<(u8, Vec<u8>)> {
        let (head, len) = match self.unread.as_slice() {
            [_, len @ 0..=125, ..] => (2, usize::from(*len)),
            [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return None,
        };
        let opcode = self.unread.first()? & 0x0F;
        let payload = self.unread.get(head..head + len)?.to_vec();
        self.unread.drain(..head + len);
        Some((opcode, payload))
    }
}

impl Upgrade {
    fn of(head: &str) -> Self {
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default().split_whitespace().nth(1);
        let subprotocol = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("sec-websocket-protocol")
                .then(|| value.trim().to_owned())
        });
        Self {
            status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
            subprotocol,
        }
    }

    fn in_words(&self) -> String {
        match (&self.subprotocol, self.status) {
            (_, 0) => "closed".to_owned(),
            (Some(name), status) => format!("HTTP {status}, subprotocol {name}"),
            (None, status) => format!("HTTP {status}"),
        }
    }
}

/// A socket that speaks MQTT.
async fn upgraded(stage: &Stage) -> Result<Socket, Stop> {
    let mut socket = Socket::open(stage).await?;
    let upgrade = socket.upgrade(stage, true).await?;
    match upgrade.status {
        101 => Ok(socket),
        _ => Err(Stop::Skip(format!(
            "no WebSocket here: {}",
            upgrade.in_words()
        ))),
    }
}

async fn text_frame(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut socket = upgraded(stage).await?;
    let connect = stage.setting.connect().draft();
    socket.send(0x80 | TEXT, &connect.bytes).await;
    let mut told = Vec::new();
    let mut code = None;
    let verdict = loop {
        match socket.next().await {
            Err(_) => {
                told.push("closed".to_owned());
                break match code {
                    Some(1003) => Verdict::good(),
                    Some(_) => Verdict::new(Outcome::OtherCode, "another code than 1003 closes it"),
                    None => Verdict::new(Outcome::BareClose, "closed without a Close frame"),
                };
            }
            Ok(Some((CLOSE, payload))) => {
                let number = match payload.as_slice() {
                    [high, low, ..] => u16::from_be_bytes([*high, *low]),
                    _ => 1005,
                };
                told.push(format!("Close frame {number}"));
                code = Some(number);
                // The answer to a Close frame, after which the other side ends the connection.
                socket.send(0x80 | CLOSE, &payload).await;
            }
            Ok(Some((opcode, payload))) => {
                told.push(format!("frame of type {opcode}, {} bytes", payload.len()));
                if opcode == BINARY {
                    told.push("open".to_owned());
                    break Verdict::wrong(
                        "MQTT-6.0.0-1",
                        "the CONNECT in a text frame is answered",
                    );
                }
            }
            Ok(None) => {
                told.push("open".to_owned());
                break match code {
                    Some(1003) => Verdict::good(),
                    Some(_) => Verdict::new(Outcome::OtherCode, "another code than 1003 closes it"),
                    None => Verdict::new(
                        Outcome::Observed,
                        "the connection stays open and nothing is answered: no proof either way",
                    ),
                };
            }
        }
    };
    stage.tell(told);
    Ok(verdict)
}

async fn split_and_joined(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut socket = upgraded(stage).await?;
    let connect = stage.setting.connect().draft().bytes;
    let (first, rest) = connect.split_at(3);
    let (second, third) = rest.split_at(5);
    for part in [first, second, third] {
        socket.send(0x80 | BINARY, part).await;
    }
    let mut came = Vec::new();
    let mut told = Vec::new();
    let mut asked = false;
    let verdict = loop {
        match socket.next().await {
            Ok(Some((opcode, payload))) if opcode == BINARY || opcode == 0 => {
                came.extend(payload);
                if !asked && came.len() >= 4 {
                    asked = true;
                    let subscribe = stage.setting.subscribe(1, &[], &[("t", 0)]);
                    let both = subscribe.then(&pingreq());
                    socket.send(0x80 | BINARY, &both.bytes).await;
                }
                if came.ends_with(&[0xD0, 0]) {
                    told.push("CONNACK, SUBACK, PINGRESP".to_owned());
                    told.push("open".to_owned());
                    break Verdict::good();
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => {
                told.push(format!("{} bytes", came.len()));
                told.push("open".to_owned());
                break Verdict::wrong(
                    "MQTT-6.0.0-2",
                    match asked {
                        true => "SUBSCRIBE and PINGREQ in one frame are not both answered",
                        false => "a CONNECT in three frames is not answered",
                    },
                );
            }
            Err(_) => {
                told.push(format!("{} bytes", came.len()));
                told.push("closed".to_owned());
                break Verdict::wrong(
                    "MQTT-6.0.0-2",
                    "closed because packets do not begin and end with a frame",
                );
            }
        }
    };
    stage.tell(told);
    Ok(verdict)
}

async fn no_subprotocol(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut socket = Socket::open(stage).await?;
    let upgrade = socket.upgrade(stage, false).await?;
    stage.tell(vec![upgrade.in_words(), "open".to_owned()]);
    Ok(match (upgrade.status, upgrade.subprotocol) {
        (101, Some(name)) => Verdict::new(
            Outcome::AsDemanded,
            format!("odd: the subprotocol {name} is selected, none was offered"),
        ),
        (0, _) => Verdict::new(Outcome::BareClose, "closed without an answer"),
        _ => Verdict::good(),
    })
}

async fn subprotocol(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut socket = Socket::open(stage).await?;
    let upgrade = socket.upgrade(stage, true).await?;
    stage.tell(vec![upgrade.in_words(), "open".to_owned()]);
    Ok(match (upgrade.status, upgrade.subprotocol.as_deref()) {
        (101, Some("mqtt")) => Verdict::good(),
        (101, Some(name)) => {
            Verdict::wrong("MQTT-6.0.0-4", format!("{name} is selected, not mqtt"))
        }
        (101, None) => Verdict::wrong("MQTT-6.0.0-4", "no subprotocol is selected"),
        (status, _) => Verdict::new(
            Outcome::Observed,
            format!("no WebSocket here: HTTP {status}"),
        ),
    })
}
