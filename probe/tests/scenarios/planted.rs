//! Every scenario against a scripted peer: one that answers as demanded, one that notices nothing, and one that plants
//! what no Server may send. The last one makes every scenario `wrong`, so that none passes whatever a broker does.
//!
//! The peer knows which scenario is played and nothing of MQTT but what its script says: it tests the judge. What a
//! scenario of several steps demands is shown by real brokers (`docs/interop`).

#![expect(clippy::unwrap_used, reason = "a test panics when it fails")]

use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::{PacketType, Version};
use mqtt_reason_probe::engine::{Played, Runner, learn};
use mqtt_reason_probe::judge::Outcome;
use mqtt_reason_probe::net::{Connector, TlsOptions};
use mqtt_reason_probe::scenario::{Answer, Like, Need, Play, Scenario, Unnoticed};
use mqtt_reason_probe::scenarios::broker;
use mqtt_reason_probe::setting::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Peer {
    /// Answers as demanded.
    Good,
    /// Goes on as if nothing had happened.
    Blind,
    /// Sends what no Server may send there.
    Illegal,
}

/// What the user tells: all there is, so that nothing is skipped for the want of it.
fn options() -> Options {
    let mut options = Options::default();
    options.user_name = Some("u".to_owned());
    options.password = Some("p".to_owned());
    options.denied_topic = Some("denied".to_owned());
    options.auth_method = Some("M".to_owned());
    options.auth_data = Some(vec![1]);
    for hook in ["stop", "kick", "limit"] {
        options.hooks.insert(hook.to_owned(), "true".to_owned());
    }
    options
}

/// The CONNACK of 5.0 that announces what the scenario needs.
fn connack(scenario: &Scenario, version: Version) -> Vec<u8> {
    if version != Version::V5_0 {
        return vec![0x20, 2, 0, 0];
    }
    let mut properties = Vec::new();
    for need in &scenario.needs {
        let property: &[u8] = match need {
            Need::NoQos2 => &[0x24, 1],
            Need::NoRetain => &[0x25, 0],
            Need::PacketSizeLimit => &[0x27, 0, 0, 1, 0],
            Need::ReceiveMaximum => &[0x21, 0, 5],
            Need::TopicAlias => &[0x22, 0, 5],
            Need::NoWildcard => &[0x28, 0],
            Need::NoSubscriptionIds => &[0x29, 0],
            Need::NoShared => &[0x2A, 0],
            Need::AuthMethod => &[0x15, 0, 1, b'M'],
            _ => &[],
        };
        properties.extend_from_slice(property);
    }
    let length = u8::try_from(properties.len()).unwrap();
    let mut packet = vec![0x20, length + 3, 0, 0, length];
    packet.extend(properties);
    packet
}

/// The identifier of the request that the bytes begin with; those of the table are below 128 bytes or have id 9.
fn packet_id(bytes: &[u8]) -> [u8; 2] {
    let mut at = 1;
    while bytes.get(at).is_some_and(|byte| byte & 0x80 != 0) {
        at += 1;
    }
    at += 1;
    if bytes.first().is_some_and(|first| first >> 4 == 3) {
        let length = |at| bytes.get(at).copied().unwrap_or_default();
        let topic = u16::from_be_bytes([length(at), length(at + 1)]);
        at += 2 + usize::from(topic);
    }
    [
        bytes.get(at).copied().unwrap_or(0),
        bytes.get(at + 1).copied().unwrap_or(1),
    ]
}

/// The bytes of a demanded answer, and whether the connection is closed after them.
fn bytes_of(answer: &Answer, version: Version, request: &[u8]) -> (Vec<u8>, bool) {
    let [high, low] = packet_id(request);
    let v5 = version == Version::V5_0;
    let list = |first: u8, codes: &[u8]| {
        let mut body = vec![high, low];
        if v5 {
            body.push(0);
        }
        body.extend_from_slice(codes);
        let mut packet = vec![first];
        packet.extend(mqtt_reason_probe::draft::variable_byte_integer(body.len()));
        packet.extend(body);
        packet
    };
    match answer {
        Answer::Packet(PacketType::Connack, codes) => {
            let code = *codes.first().unwrap();
            let packet = match v5 {
                true => vec![0x20, 3, 0, code, 0],
                false => vec![0x20, 2, 0, code],
            };
            (packet, code != 0)
        }
        Answer::Packet(PacketType::Disconnect, codes) => {
            (vec![0xE0, 1, *codes.first().unwrap()], true)
        }
        Answer::Packet(PacketType::Unsuback, codes) => (list(0xB0, codes), false),
        Answer::Packet(packet, codes) => {
            let first = (packet.as_u8() << 4) | if *packet == PacketType::Pubrel { 2 } else { 0 };
            (vec![first, 3, high, low, *codes.first().unwrap()], false)
        }
        Answer::Suback(likes) => {
            let codes: Vec<u8> = likes
                .iter()
                .map(|like| match like {
                    Like::UpTo(qos) => *qos,
                    Like::Exactly(code) => *code,
                    _ => 0x80,
                })
                .collect();
            (list(0x90, &codes), false)
        }
        Answer::Plain(PacketType::Pingresp) => (vec![0xD0, 0], false),
        Answer::Plain(packet) => (vec![packet.as_u8() << 4, 2, high, low], false),
        Answer::Close => (Vec::new(), true),
        other => (Vec::new(), matches!(other, Answer::Other(_))),
    }
}

/// What the other side sends until it is quiet; `None` at the end.
async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 1 << 17];
    let len = stream.read(&mut bytes).await.ok()?;
    bytes.truncate(len);
    let mut more = vec![0; 1 << 17];
    while let Ok(Ok(len @ 1..)) =
        tokio::time::timeout(Duration::from_millis(30), stream.read(&mut more)).await
    {
        bytes.extend_from_slice(more.get(..len)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Answers PINGREQ, and the SUBSCRIBE that stands for it, to the end.
async fn live_on(stream: &mut TcpStream, version: Version) {
    while let Some(bytes) = read(stream).await {
        let answer: &[u8] = match bytes.as_slice() {
            [0xC0, 0] => &[0xD0, 0],
            [0x82, _, 0x7F, 0xFE, ..] if version == Version::V5_0 => &[0x90, 4, 0x7F, 0xFE, 0, 0],
            [0x82, _, 0x7F, 0xFE, ..] => &[0x90, 3, 0x7F, 0xFE, 0],
            _ => continue,
        };
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

async fn serve(mut stream: TcpStream, scenario: Arc<Scenario>, peer: Peer) -> Option<()> {
    let version = scenario.version;
    if scenario.id == "F08" {
        // It sends nothing that could be waited for; the first connections do.
        let mut byte = [0];
        let first = tokio::time::timeout(Duration::from_millis(500), stream.peek(&mut byte)).await;
        if first.is_err() {
            stream.write_all(&[0xE0, 0]).await.ok()?;
            return Some(());
        }
    }
    let first = read(&mut stream).await?;
    if first.windows(5).any(|five| five == b"first") {
        let level = first.windows(4).position(|name| name == b"MQTT")? + 4;
        let version = match first.get(level)? {
            5 => Version::V5_0,
            _ => Version::V3_1_1,
        };
        // Without a method in CONNECT there is none in CONNACK.
        let mut plain = (*scenario).clone();
        plain.needs.retain(|need| *need != Need::AuthMethod);
        stream.write_all(&connack(&plain, version)).await.ok()?;
        live_on(&mut stream, version).await;
        return Some(());
    }
    let request = match scenario.play {
        Play::After(_) => {
            stream.write_all(&connack(&scenario, version)).await.ok()?;
            read(&mut stream).await?
        }
        Play::Steps(_) => {
            // The CONNACK has a code that no table has.
            let packet: &[u8] = match version {
                Version::V5_0 => &[0x20, 3, 0, 5, 0],
                _ => &[0x20, 2, 0, 9],
            };
            stream.write_all(packet).await.ok()?;
            return Some(());
        }
        _ => first,
    };
    match peer {
        Peer::Good => {
            let best = scenario.demand.best.first()?;
            // In 3.x and where no version is known the layout is that of the version.
            let (bytes, closes) = bytes_of(best, version, &request);
            stream.write_all(&bytes).await.ok()?;
            if !closes {
                live_on(&mut stream, version).await;
            }
        }
        Peer::Blind => {
            if matches!(scenario.play, Play::Connect(_)) {
                stream.write_all(&connack(&scenario, version)).await.ok()?;
            }
            live_on(&mut stream, version).await;
        }
        Peer::Illegal => {
            let packet: &[u8] = match version {
                Version::V5_0 => &[0xE0, 1, 0x05],
                _ => &[0xE0, 0],
            };
            stream.write_all(packet).await.ok()?;
        }
    }
    Some(())
}

async fn play(scenario: Scenario, peer: Peer) -> Played {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    let shared = Arc::new(scenario.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&shared), peer));
        }
    });
    let connector = Connector::new(address, &TlsOptions::default()).unwrap();
    let versions = [Version::V5_0, Version::V3_1_1];
    let known = learn(&connector, &options(), &versions, "0a0a0a")
        .await
        .unwrap();
    let runner = Runner::new(connector, known, options(), "0a0a0a".to_owned(), 1);
    let mut played = runner.play(&[scenario], |_| {}).await;
    played.remove(0)
}

/// Plays all of them against their peer, some at a time; those that are not `wanted` are told.
async fn all(peer: Peer, choose: fn(&Scenario) -> bool, wanted: fn(&Scenario) -> Option<Outcome>) {
    let places = Arc::new(Semaphore::new(64));
    let mut running = JoinSet::new();
    for scenario in broker().into_iter().filter(choose) {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let played = play(scenario.clone(), peer).await;
            (scenario, played)
        });
    }
    let mut wrong = Vec::new();
    while let Some(result) = running.join_next().await {
        let (scenario, played) = result.unwrap();
        let Some(wanted) = wanted(&scenario) else {
            continue;
        };
        let verdict = &played.verdict;
        if verdict.outcome != wanted {
            wrong.push(format!(
                "{} {}: {:?} is wanted, not {:?} ({}); received {:?}",
                scenario.id, scenario.title, wanted, verdict.outcome, verdict.why, played.received
            ));
        }
    }
    assert!(wrong.is_empty(), "{peer:?}: {wrong:#?}");
}

fn in_one_step(scenario: &Scenario) -> bool {
    !matches!(scenario.play, Play::Steps(_) | Play::Again(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_demanded_is_as_demanded() {
    all(Peer::Good, in_one_step, |scenario| {
        match scenario.demand.unnoticed {
            Unnoticed::Observed => Some(Outcome::Observed),
            _ => Some(Outcome::AsDemanded),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_is_wrong_unless_the_check_is_left_to_the_receiver() {
    all(Peer::Blind, in_one_step, |scenario| {
        let accepts = Answer::Packet(PacketType::Connack, vec![0]);
        Some(match scenario.demand.unnoticed {
            Unnoticed::Observed => Outcome::Observed,
            // Accepting is what these demand.
            _ if scenario.demand.best.contains(&accepts) => Outcome::AsDemanded,
            Unnoticed::Lenient => Outcome::NotNoticed,
            _ => Outcome::Wrong,
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_server_may_send_is_wrong_in_every_scenario() {
    // The frames of WebSocket have a reader of their own; what is played again is judged by its limit only.
    all(
        Peer::Illegal,
        |scenario| scenario.group() != "W" && !matches!(scenario.play, Play::Again(_)),
        |_| Some(Outcome::Wrong),
    )
    .await;
}
