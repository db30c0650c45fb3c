//! In front of a broker: the answers that the rules name are rewritten, all else is relayed as it is.

use std::collections::{HashMap, HashSet};
use std::io;
use std::iter;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Frame, Packet, PacketType, QoS, Version, decode_with};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Shared;
use super::answer::{Answer, Limits};
use super::connection::{Out, QUEUE, later, write};
use super::rule::Rule;
use super::session::{codes_of_list, told};

/// What both directions know.
#[derive(Debug)]
struct State<'s> {
    shared: &'s Shared,
    number: u32,
    limits: Option<Limits>,
    method: Option<String>,
    connack: Option<Rule>,
    auth: Option<Rule>,
    /// The answers that are to be rewritten, with the topics of the request.
    answers: HashMap<(PacketType, u16), (Rule, Vec<String>)>,
    /// Identifiers whose PUBREC was rewritten into a refusal: the client sends no PUBREL, the broker waits for one.
    finished: HashSet<u16>,
    /// What is not MQTT is relayed without a look.
    opaque: bool,
}

/// What becomes of a packet of the broker.
enum Verdict {
    Relay,
    Drop,
    Replace {
        bytes: Vec<u8>,
        delay: Duration,
        close: bool,
        /// Sent to the broker.
        upstream: Option<Vec<u8>>,
    },
}

/// The largest packet that is looked at; a larger one ends the look at this connection, not the connection.
const MAX_PACKET_SIZE: usize = 16 * 1024 * 1024;

pub(super) async fn run(client: TcpStream, shared: &Shared, number: u32) -> io::Result<()> {
    let Some(upstream) = &shared.upstream else {
        return Ok(());
    };
    let server = upstream
        .connect()
        .await
        .map_err(|error| io::Error::other(format!("the broker cannot be reached: {error}")))?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    let (client_out, client_outgoing) = mpsc::channel(QUEUE);
    let (server_out, server_outgoing) = mpsc::channel(QUEUE);
    let writers = async {
        tokio::join!(
            write(to_client, client_outgoing),
            write(to_server, server_outgoing)
        );
    };
    let state = Mutex::new(State {
        shared,
        number,
        limits: None,
        method: None,
        connack: None,
        auth: None,
        answers: HashMap::new(),
        finished: HashSet::new(),
        opaque: false,
    });
    let upwards = upwards(from_client, &state, server_out.clone(), client_out.clone());
    let downwards = downwards(from_server, &state, client_out, server_out);
    let ((), up, down) = tokio::join!(writers, upwards, downwards);
    up.and(down)
}

/// From the client to the broker.
async fn upwards(
    mut input: impl AsyncRead + Unpin,
    state: &Mutex<State<'_>>,
    server: mpsc::Sender<Out>,
    client: mpsc::Sender<Out>,
) -> io::Result<()> {
    let mut tasks = JoinSet::new();
    let mut buffer = BytesMut::new();
    loop {
        tokio::select! {
            read = input.read_buf(&mut buffer) => if read? == 0 { break },
            // The broker is gone.
            () = server.closed() => break,
        }
        loop {
            let (packet, len, disconnect) = {
                let mut state = lock(state);
                let Some((packet, len)) = state.first(&buffer) else {
                    break;
                };
                let bytes = buffer.get(..len).unwrap_or_default();
                (packet, len, state.request(bytes))
            };
            let bytes = buffer.split_to(len);
            let (shared, number) = {
                let state = lock(state);
                (state.shared, state.number)
            };
            shared.record(number, packet, &bytes);
            if server.send(Out::Send(bytes.to_vec())).await.is_err() {
                break;
            }
            if let Some((bytes, delay)) = disconnect {
                later(&mut tasks, &client, Out::Send(bytes), delay).await;
                later(&mut tasks, &client, Out::Close, delay).await;
                later(&mut tasks, &server, Out::Close, delay).await;
            }
        }
    }
    while tasks.join_next().await.is_some() {}
    let _ = server.send(Out::Close).await;
    Ok(())
}

/// From the broker to the client.
async fn downwards(
    mut input: impl AsyncRead + Unpin,
    state: &Mutex<State<'_>>,
    client: mpsc::Sender<Out>,
    server: mpsc::Sender<Out>,
) -> io::Result<()> {
    let mut tasks = JoinSet::new();
    let mut buffer = BytesMut::new();
    loop {
        tokio::select! {
            read = input.read_buf(&mut buffer) => if read? == 0 { break },
            // The client is gone.
            () = client.closed() => break,
        }
        loop {
            let (len, verdict, after) = {
                let mut state = lock(state);
                let Some((_, len)) = state.first(&buffer) else {
                    break;
                };
                let bytes = buffer.get(..len).unwrap_or_default();
                let verdict = state.answer(bytes);
                let after = state.after_connack(bytes, &verdict);
                (len, verdict, after)
            };
            let bytes = buffer.split_to(len);
            match verdict {
                Verdict::Relay => {
                    if client.send(Out::Send(bytes.to_vec())).await.is_err() {
                        break;
                    }
                }
                Verdict::Drop => {}
                Verdict::Replace {
                    bytes,
                    delay,
                    close,
                    upstream,
                } => {
                    later(&mut tasks, &client, Out::Send(bytes), delay).await;
                    if let Some(bytes) = upstream {
                        let _ = server.send(Out::Send(bytes)).await;
                    }
                    if close {
                        later(&mut tasks, &client, Out::Close, delay).await;
                        later(&mut tasks, &server, Out::Close, delay).await;
                    }
                }
            }
            if let Some((bytes, delay)) = after {
                later(&mut tasks, &client, Out::Send(bytes), delay).await;
                later(&mut tasks, &client, Out::Close, delay).await;
                later(&mut tasks, &server, Out::Close, delay).await;
            }
        }
    }
    while tasks.join_next().await.is_some() {}
    let _ = client.send(Out::Close).await;
    Ok(())
}

fn lock<'m, 's>(state: &'m Mutex<State<'s>>) -> MutexGuard<'m, State<'s>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State<'_> {
    fn version(&self) -> Version {
        self.limits
            .as_ref()
            .map_or(Version::V5_0, |limits| limits.version)
    }

    /// The first packet of `bytes` and its length, all bytes if they are no packet; `None` if it is not whole.
    fn first(&mut self, bytes: &[u8]) -> Option<(Option<PacketType>, usize)> {
        if bytes.is_empty() {
            return None;
        }
        if self.opaque {
            return Some((None, bytes.len()));
        }
        match decode_with(self.version(), &DecodeOptions::new(), bytes) {
            Ok(Decoded::Packet { packet, len }) => Some((Some(packet.packet_type()), len)),
            Ok(Decoded::Frame(frame)) => Some((Some(frame.packet_type()), frame.bytes().len())),
            Ok(Decoded::Incomplete { .. }) if bytes.len() <= MAX_PACKET_SIZE => None,
            Ok(Decoded::Incomplete { .. }) | Err(_) => {
                self.opaque = true;
                self.note("what follows is not looked at, only relayed".to_owned());
                Some((None, bytes.len()))
            }
        }
    }

    /// Looks at a packet of the client; returns the DISCONNECT to send if a rule says so.
    fn request(&mut self, bytes: &[u8]) -> Option<(Vec<u8>, Duration)> {
        match decode_with(self.version(), &DecodeOptions::new(), bytes) {
            Ok(Decoded::Packet { packet, .. }) => {
                self.acknowledged(&packet);
                None
            }
            Ok(Decoded::Frame(frame)) => self.asked(&frame),
            _ => None,
        }
    }

    fn acknowledged(&mut self, packet: &Packet<'_>) {
        let rules = &self.shared.rules;
        let answer = match packet.packet_type() {
            PacketType::Pubrec if !packet.is_error() => PacketType::Pubrel,
            PacketType::Pubrel => PacketType::Pubcomp,
            PacketType::Auth => {
                self.auth = rules.decide(PacketType::Auth, iter::empty()).cloned();
                return;
            }
            _ => return,
        };
        if let Some(rule) = rules.decide(answer, iter::empty()).cloned()
            && let Some(packet_id) = packet.packet_id()
        {
            self.answers
                .insert((answer, packet_id.get()), (rule, Vec::new()));
        }
    }

    fn asked(&mut self, frame: &Frame<'_>) -> Option<(Vec<u8>, Duration)> {
        let rules = &self.shared.rules;
        let view = View::of(self.version(), &DecodeOptions::new(), frame)
            .ok()
            .flatten()?;
        let (answer, topics): (_, Vec<_>) = match &view {
            View::Connect(connect) => {
                let properties = connect.properties();
                self.limits = Some(Limits {
                    version: connect.version(),
                    max_packet_size: properties.maximum_packet_size().unwrap_or(u32::MAX),
                    request_problem_information: properties.request_problem_information()
                        != Some(false),
                });
                self.method = properties.authentication_method().map(str::to_owned);
                self.connack = rules.decide(PacketType::Connack, iter::empty()).cloned();
                return None;
            }
            View::Publish(publish) => {
                let answer = match publish.qos() {
                    QoS::AtMostOnce => None,
                    QoS::AtLeastOnce => Some(PacketType::Puback),
                    QoS::ExactlyOnce => Some(PacketType::Pubrec),
                };
                (answer, vec![publish.topic()])
            }
            View::Subscribe(subscribe) => (
                Some(PacketType::Suback),
                subscribe
                    .subscriptions()
                    .iter()
                    .map(|s| s.filter())
                    .collect(),
            ),
            View::Unsubscribe(unsubscribe) => (
                Some(PacketType::Unsuback),
                unsubscribe.filters().iter().collect(),
            ),
            _ => return None,
        };
        if let (Some(answer), Some(packet_id)) = (answer, view.packet_id())
            && let Some(rule) = rules.decide(answer, topics.iter().copied())
        {
            let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
            self.answers
                .insert((answer, packet_id.get()), (rule.clone(), topics));
        }
        let about = |rule: &Rule| rule.topic.is_some() && rule.is_about(topics.iter().copied());
        let rule = rules.decide_if(PacketType::Disconnect, about)?.clone();
        self.disconnect(&rule)
    }

    fn disconnect(&self, rule: &Rule) -> Option<(Vec<u8>, Duration)> {
        let bytes = match self.limits.as_ref() {
            Some(limits) if limits.version == Version::V5_0 => {
                self.note(format!(
                    "sent {}",
                    told(PacketType::Disconnect, 0, &rule.codes, limits.version)
                ));
                self.bytes(PacketType::Disconnect, 0, &rule.codes, rule)
            }
            Some(_) => {
                self.note(
                    "MQTT 3.x has no DISCONNECT from a server: the connection is closed".to_owned(),
                );
                Vec::new()
            }
            None => return None,
        };
        Some((bytes, rule.delay))
    }

    /// The DISCONNECT that follows an accepting CONNACK.
    fn after_connack(&self, bytes: &[u8], verdict: &Verdict) -> Option<(Vec<u8>, Duration)> {
        let accepting = bytes.first() == Some(&0x20)
            && match verdict {
                Verdict::Relay => {
                    let options = DecodeOptions::new();
                    matches!(
                        decode_with(self.version(), &options, bytes),
                        Ok(Decoded::Packet { packet, .. }) if !packet.is_error()
                    )
                }
                Verdict::Replace { close, .. } => !close,
                Verdict::Drop => false,
            };
        if !accepting {
            return None;
        }
        let about = |rule: &Rule| rule.topic.is_none();
        let rule = self
            .shared
            .rules
            .decide_if(PacketType::Disconnect, about)?
            .clone();
        self.disconnect(&rule)
    }

    /// What becomes of a packet of the broker.
    fn answer(&mut self, bytes: &[u8]) -> Verdict {
        let options = DecodeOptions::new();
        let Ok(Decoded::Packet { packet, .. }) = decode_with(self.version(), &options, bytes)
        else {
            return Verdict::Relay;
        };
        let packet_id = packet.packet_id().map_or(0, u16::from);
        let packet_type = packet.packet_type();
        if packet_type == PacketType::Pubcomp && self.finished.remove(&packet_id) {
            return Verdict::Drop;
        }
        let (rule, topics) = match packet_type {
            PacketType::Connack => (self.connack.take(), Vec::new()),
            PacketType::Auth => (self.auth.take(), Vec::new()),
            _ => match self.answers.remove(&(packet_type, packet_id)) {
                Some((rule, topics)) => (Some(rule), topics),
                None => (None, Vec::new()),
            },
        };
        match rule {
            Some(rule) => self.rewritten(&packet, packet_id, &rule, &topics),
            None => Verdict::Relay,
        }
    }

    fn rewritten(
        &mut self,
        packet: &Packet<'_>,
        packet_id: u16,
        rule: &Rule,
        topics: &[String],
    ) -> Verdict {
        let (packet_type, version) = (packet.packet_type(), self.version());
        let codes = match packet_type {
            PacketType::Suback | PacketType::Unsuback => {
                let granted = packet.reason_codes().map(mqtt_reason::ReasonCode::as_u8);
                codes_of_list(
                    Some(rule),
                    topics.iter().map(String::as_str),
                    granted,
                    |code| {
                        let failure = version != Version::V5_0 && code > 2;
                        Some(if failure { 0x80 } else { code })
                    },
                )
            }
            PacketType::Connack => match super::session::connack_code(rule, version) {
                Some(code) => vec![code],
                None => Vec::new(),
            },
            _ => rule.codes.clone(),
        };
        let code = codes.first().copied().unwrap_or(0x80);
        let refuses = code >= 0x80 || (packet_type == PacketType::Connack && code != 0);
        let speechless = version != Version::V5_0
            && !matches!(packet_type, PacketType::Connack | PacketType::Suback)
            || codes.is_empty();
        if speechless && refuses {
            self.note(format!(
                "MQTT 3.x has no such code in {packet_type}: the connection is closed"
            ));
            return Verdict::Replace {
                bytes: Vec::new(),
                delay: rule.delay,
                close: true,
                upstream: None,
            };
        }
        // PUBREC with a refusal ends the flow for the client, [MQTT-4.3.3-4]; the broker waits for PUBREL.
        let ends_flow = packet_type == PacketType::Pubrec && refuses && !packet.is_error();
        let upstream = ends_flow.then(|| {
            self.finished.insert(packet_id);
            let [high, low] = packet_id.to_be_bytes();
            vec![0x62, 2, high, low]
        });
        self.note(format!(
            "{packet_type} of the broker rewritten: {}",
            told(packet_type, packet_id, &codes, version)
        ));
        Verdict::Replace {
            bytes: self.bytes(packet_type, packet_id, &codes, rule),
            delay: rule.delay,
            close: packet_type == PacketType::Connack && refuses,
            upstream,
        }
    }

    fn bytes(&self, packet: PacketType, packet_id: u16, codes: &[u8], rule: &Rule) -> Vec<u8> {
        let Some(limits) = &self.limits else {
            return Vec::new();
        };
        let with_method = matches!(packet, PacketType::Connack | PacketType::Auth);
        Answer {
            packet_id,
            codes,
            reason_string: rule.reason_string.as_deref(),
            assigned_client_identifier: None,
            authentication_method: self.method.as_deref().filter(|_| with_method),
            authentication_data: None,
        }
        .bytes(packet, limits)
    }

    fn note(&self, text: String) {
        self.shared.note(self.number, text);
    }
}
