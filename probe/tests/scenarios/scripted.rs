//! What neither `examples/broker` nor mosquitto has, with a scripted peer: enhanced authentication, WebSocket frames,
//! and what takes a hand on the broker (`--hook`). Each scenario is played with a peer that does as demanded and with
//! one that does not.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics when it fails"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt, StreamExt};
use mqtt_reason::Version;
use mqtt_reason_probe::engine::{Played, Runner, learn};
use mqtt_reason_probe::judge::Outcome::{self, AsDemanded, BareClose, NotNoticed, Wrong};
use mqtt_reason_probe::net::{Connector, TlsOptions};
use mqtt_reason_probe::scenarios::broker;
use mqtt_reason_probe::setting::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};

/// The peer, for one connection; whether it does as demanded.
type Peer = fn(TcpStream, Script) -> futures_util::future::BoxFuture<'static, ()>;

#[derive(Clone)]
struct Script {
    /// Whether it does as demanded.
    good: bool,
    /// The scenario.
    id: &'static str,
    /// Which connection it is, from 0.
    number: usize,
    /// A file that is there once the hook was run.
    hook: PathBuf,
}

/// Plays a scenario against the peer.
async fn play(id: &'static str, peer: Peer, good: bool, websocket: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let hook = folder.path().join("hook");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let mut options = Options::default();
    options.auth_method = Some("M".to_owned());
    options.auth_data = Some(vec![7]);
    options.websocket = websocket;
    for name in ["stop", "kick", "limit"] {
        let command = format!("touch '{}'", hook.display());
        options.hooks.insert(name.to_owned(), command);
    }
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = Script {
                good,
                id,
                number: count.fetch_add(1, Ordering::Relaxed),
                hook: hook.clone(),
            };
            tokio::spawn(peer(stream, script));
        }
    });
    let address = match websocket {
        true => format!("ws://{address}"),
        false => address.to_string(),
    };
    let connector = Connector::new(address.parse().unwrap(), &TlsOptions::default()).unwrap();
    let known = learn(&connector, &options, &[Version::V5_0], "0c0c0c")
        .await
        .unwrap();
    let runner = Runner::new(connector, known, options, "0c0c0c".to_owned(), 1);
    let scenario = broker()
        .into_iter()
        .find(|scenario| scenario.id == id)
        .unwrap();
    let mut played = runner.play(&[scenario], |_| {}).await;
    played.remove(0)
}

async fn judged(peer: Peer, websocket: bool, wanted: &[(&'static str, Outcome, Outcome)]) {
    for (id, with_good, with_bad) in wanted {
        for (good, wanted) in [(true, with_good), (false, with_bad)] {
            let played = play(id, peer, good, websocket).await;
            let verdict = &played.verdict;
            assert_eq!(
                verdict.outcome,
                *wanted,
                "{id}, the peer is {}: {}; {:?}",
                if good { "good" } else { "bad" },
                verdict.why,
                played.received,
            );
        }
    }
}

/// The next packet of less than 128 bytes.
async fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let first = stream.read_u8().await.ok()?;
    let length = stream.read_u8().await.ok()?;
    let mut body = vec![0; usize::from(length)];
    stream.read_exact(&mut body).await.ok()?;
    Some((first, body))
}

/// Whether the bytes hold an Authentication Method, or Authentication Data, of one byte: this one.
fn holds(body: &[u8], property: u8, value: u8) -> bool {
    body.windows(4).any(|four| four == [property, 0, 1, value])
}

const ACCEPTED: &[u8] = &[0x20, 3, 0, 0, 0];
const ACCEPTED_WITH_METHOD: &[u8] = &[0x20, 7, 0, 0, 4, 0x15, 0, 1, b'M'];
const CONTINUE: &[u8] = &[0xF0, 6, 0x18, 4, 0x15, 0, 1, b'M'];

/// Enhanced authentication with the method M: the data has to be 7, and is asked for once more.
async fn authenticate(mut stream: TcpStream, script: Script) -> Option<()> {
    let (_, connect) = packet(&mut stream).await?;
    let asks = holds(&connect, 0x15, b'M');
    let mut connected = !asks;
    let first: &[u8] = match (asks, script.good, script.id) {
        (false, ..) => ACCEPTED,
        // It forgets the method.
        (_, false, "A12") => ACCEPTED,
        // It does not wait for the end of the exchange.
        (_, false, "A08" | "A09") => ACCEPTED_WITH_METHOD,
        _ => CONTINUE,
    };
    connected |= first[0] == 0x20;
    stream.write_all(first).await.ok()?;
    while let Some((kind, body)) = packet(&mut stream).await {
        let right = holds(&body, 0x15, b'M') && holds(&body, 0x16, 7);
        let overlooks = !script.good;
        let (answer, over): (&[u8], bool) = match (kind, connected) {
            (0xC0, true) => (&[0xD0, 0], false),
            (0xF0, false) if body[0] == 0x18 && (right || overlooks) => {
                connected = true;
                (ACCEPTED_WITH_METHOD, false)
            }
            (0xF0, false) if body[0] == 0x18 => (&[0x20, 3, 0, 0x8C, 0], true),
            (_, false) => (&[0x20, 3, 0, 0x82, 0], true),
            (0xF0, true) if right || overlooks => (&[0xF0, 6, 0, 4, 0x15, 0, 1, b'M'], false),
            (0xF0, true) if holds(&body, 0x15, b'M') => (&[0xE0, 1, 0x87], true),
            (0xF0, true) => (&[0xE0, 1, 0x8C], true),
            (0xE0, _) => return None,
            _ => continue,
        };
        stream.write_all(answer).await.ok()?;
        if over {
            return None;
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn enhanced_authentication() {
    let peer: Peer =
        |stream, script| Box::pin(async { authenticate(stream, script).await.unwrap_or_default() });
    let wanted = [
        ("A07", AsDemanded, NotNoticed),
        ("A08", AsDemanded, NotNoticed),
        ("A09", AsDemanded, NotNoticed),
        ("A10", AsDemanded, NotNoticed),
        ("A11", AsDemanded, NotNoticed),
        ("A12", AsDemanded, Wrong),
    ];
    judged(peer, false, &wanted).await;
}

/// Does what the hook was run for: ends the connection, or takes no further one.
async fn managed(mut stream: TcpStream, script: Script) -> Option<()> {
    packet(&mut stream).await?;
    let full: &[u8] = match script.good {
        true => &[0x20, 3, 0, 0x97, 0],
        false => &[0x20, 3, 0, 0x05, 0],
    };
    if script.id == "L03" && script.number > 3 && script.hook.exists() {
        return stream.write_all(full).await.ok();
    }
    stream.write_all(ACCEPTED).await.ok()?;
    let goodbye: &[u8] = match script.id {
        "L01" => &[0xE0, 1, 0x8B],
        _ => &[0xE0, 1, 0x98],
    };
    loop {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        tokio::select! {
            packet = packet(&mut stream) => match packet? {
                (0xC0, _) => stream.write_all(&[0xD0, 0]).await.ok()?,
                _ => return None,
            },
            () = async {
                while script.id == "L03" || !script.hook.exists() {
                    tick.tick().await;
                }
            } => {
                if script.good {
                    stream.write_all(goodbye).await.ok()?;
                }
                return None;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks() {
    let peer: Peer =
        |stream, script| Box::pin(async { managed(stream, script).await.unwrap_or_default() });
    let wanted = [
        ("L01", AsDemanded, BareClose),
        ("L02", AsDemanded, BareClose),
        ("L03", AsDemanded, Wrong),
    ];
    judged(peer, false, &wanted).await;
}

/// A broker of three answers in WebSocket frames.
#[expect(
    clippy::result_large_err,
    reason = "the library says how a handshake is refused"
)]
async fn websocket(stream: TcpStream, script: Script) -> Option<()> {
    let bad = |id: &str| !script.good && script.id == id;
    let mut head = [0; 1024];
    let length = stream.peek(&mut head).await.ok()?;
    let offers = head[..length]
        .windows(8)
        .any(|part| part.eq_ignore_ascii_case(b"protocol"));
    if bad("W03") && !offers {
        return None;
    }
    // The first connection, of `learn`, goes well.
    let selects = offers && !(bad("W04") && script.number > 0);
    let answer = |_: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        if selects {
            let name = "mqtt".parse().unwrap();
            response
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", name);
        }
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(stream, answer)
        .await
        .ok()?;
    let mut unread = Vec::new();
    while let Some(message) = socket.next().await {
        let bytes = match message {
            Ok(Message::Binary(bytes)) => bytes,
            Ok(Message::Close(_)) => return None,
            _ if bad("W01") => {
                // A frame of a binary message: CONNACK.
                let connack = [&[0x82, 5], ACCEPTED].concat();
                let _ = socket.get_mut().write_all(&connack).await;
                std::future::pending().await
            }
            // A text, which is ill-formed besides.
            _ => {
                let frame = CloseFrame {
                    code: CloseCode::Unsupported,
                    reason: "".into(),
                };
                let _ = socket.close(Some(frame)).await;
                return None;
            }
        };
        let whole = bytes.len() > 1 && bytes.len() == usize::from(bytes[1]) + 2;
        if bad("W02") && !whole {
            return None;
        }
        unread.extend_from_slice(&bytes);
        let mut answers = Vec::new();
        while unread.len() > 1 && unread.len() >= usize::from(unread[1]) + 2 {
            let packet: Vec<u8> = unread.drain(..usize::from(unread[1]) + 2).collect();
            match packet[0] >> 4 {
                1 => answers.extend_from_slice(ACCEPTED),
                8 => answers.extend([0x90, 4, packet[2], packet[3], 0, 0]),
                12 => answers.extend([0xD0, 0]),
                _ => {}
            }
        }
        socket.send(Message::Binary(answers.into())).await.ok()?;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_websocket() {
    let peer: Peer =
        |stream, script| Box::pin(async { websocket(stream, script).await.unwrap_or_default() });
    let wanted = [
        ("W01", AsDemanded, Wrong),
        ("W02", AsDemanded, Wrong),
        ("W03", AsDemanded, BareClose),
        ("W04", AsDemanded, Wrong),
    ];
    judged(peer, true, &wanted).await;
}
