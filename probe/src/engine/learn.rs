//! What has to be known before the first scenario: which versions the target speaks, its limits, its round trip.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use mqtt_reason::{Decoded, PacketType, Version, v5};
use tokio::time::Instant;

use super::link::{End, Link};
use super::seen::{Layout, Seen, What};
use crate::draft::{self, Announced};
use crate::net::{ConnectError, Connector};
use crate::setting::{Limits, Options, Setting};

/// The shortest wait for an answer.
const LEAST_WAIT: Duration = Duration::from_millis(1_200);
/// The longest one.
const MOST_WAIT: Duration = Duration::from_secs(5);
/// The shortest wait after which something is called absent.
const PATIENCE: Duration = Duration::from_secs(6);
/// How many round trips an answer is waited for.
const ROUND_TRIPS: u32 = 50;
/// How long the first CONNACK is waited for: some brokers take their time to refuse.
const FIRST_CONNACK: Duration = Duration::from_secs(8);

/// What is known of a target.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Known {
    /// The versions that were asked for.
    pub versions: BTreeMap<Version, Spoken>,
    /// What it announced.
    pub limits: Limits,
    /// The longest round trip of the first connections.
    pub round_trip: Duration,
}

/// Whether a target speaks a version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spoken {
    /// It accepted a CONNECT.
    Yes,
    /// It refused this CONNECT with a code, but speaks the version: only what needs no connection can be played.
    Refused(String),
    /// It does not speak the version.
    No(String),
}

/// Why nothing can be played.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoTarget {
    /// No connection.
    Connect(ConnectError),
    /// Connections, but never a byte.
    Silent(String),
    /// Something answers that is no MQTT.
    Foreign(String),
}

impl fmt::Display for NoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Silent(what) => write!(
                f,
                "nothing that speaks MQTT answers: to CONNECT there came not a byte ({what}); if the port is one of TLS, mqtts:// connects"
            ),
            Self::Foreign(what) => write!(
                f,
                "nothing that speaks MQTT answers: to CONNECT there came {what}"
            ),
        }
    }
}

impl std::error::Error for NoTarget {}

impl Known {
    /// How long an answer is waited for.
    #[must_use]
    pub fn wait(&self) -> Duration {
        (self.round_trip * ROUND_TRIPS).clamp(LEAST_WAIT, MOST_WAIT)
    }

    /// How long something is waited for before its absence accuses anybody.
    #[must_use]
    pub fn patience(&self) -> Duration {
        (self.wait() * 4).max(PATIENCE)
    }

    /// Whether a CONNECT of this version was accepted, or refused for another reason than the version.
    #[must_use]
    pub fn speaks(&self, version: Version) -> bool {
        matches!(
            self.versions.get(&version),
            Some(Spoken::Yes | Spoken::Refused(_))
        )
    }

    /// Why a CONNECT was refused, of each version in which it was.
    pub fn refusals(&self) -> impl Iterator<Item = String> {
        self.versions
            .iter()
            .filter_map(|(version, spoken)| match spoken {
                Spoken::Refused(why) => Some(format!("MQTT {version}: {why}")),
                _ => None,
            })
    }

    /// Why scenarios of this version cannot be played at all, or not those that need a connection.
    #[must_use]
    pub fn why_not(&self, version: Version, needs_connection: bool) -> Option<String> {
        match self.versions.get(&version) {
            None => Some(format!("MQTT {version} is not played (--mqtt)")),
            Some(Spoken::Yes) => None,
            Some(Spoken::No(why)) => Some(why.clone()),
            Some(Spoken::Refused(why)) => needs_connection.then(|| why.clone()),
        }
    }
}

/// Makes the first connections: one of each version.
///
/// # Errors
///
/// If there is nobody, or nobody that answers.
pub async fn learn(
    connector: &Connector,
    options: &Options,
    versions: &[Version],
    run: &str,
) -> Result<Known, NoTarget> {
    let mut known = Known {
        versions: BTreeMap::new(),
        limits: Limits::default(),
        round_trip: Duration::ZERO,
    };
    let mut silence = Vec::new();
    let mut foreign = None;
    let first = |version| first_connection(connector, options, version, run);
    // At the same time: a target may take seconds to refuse the version that it does not speak.
    let (five, three) = tokio::join!(
        async {
            match versions.contains(&Version::V5_0) {
                true => Some(first(Version::V5_0).await),
                false => None,
            }
        },
        async {
            match versions.contains(&Version::V3_1_1) {
                true => Some(first(Version::V3_1_1).await),
                false => None,
            }
        },
    );
    for (version, first) in [(Version::V5_0, five), (Version::V3_1_1, three)] {
        let Some(first) = first else { continue };
        let first = first.map_err(NoTarget::Connect)?;
        match &first {
            First::Silent(what) => silence.push(what.clone()),
            First::Foreign(what) => foreign = Some(what.clone()),
            _ => {}
        }
        let spoken = first.spoken(version, &mut known, options);
        known.versions.insert(version, spoken);
    }
    if !silence.is_empty() && silence.len() == known.versions.len() {
        return Err(NoTarget::Silent(silence.join(", ")));
    }
    let nothing = |spoken: &Spoken| matches!(spoken, Spoken::No(_));
    match foreign {
        Some(what) if known.versions.values().all(nothing) => Err(NoTarget::Foreign(what)),
        _ => Ok(known),
    }
}

/// What came instead of MQTT, in words, if the bytes are none: a Server begins with CONNACK, AUTH or, wrongly,
/// DISCONNECT.
fn foreign(link: &Link) -> Option<String> {
    let mut came = Vec::new();
    for event in link.events() {
        if let super::link::Act::Received { bytes, .. } = &event.act {
            came.extend_from_slice(bytes);
        }
    }
    match came.first()? {
        0x20..=0x2F | 0xE0..=0xFF => None,
        _ if came.starts_with(b"HTTP/") => Some("HTTP".to_owned()),
        _ => {
            came.truncate(16);
            Some(format!("the bytes {}", hex::encode(came)))
        }
    }
}

/// What the user can do about a refusal.
fn advice(seen: &Seen, options: &Options) -> &'static str {
    let wants_credentials = match &seen.what {
        What::Packet { codes, .. } => matches!(codes.as_slice(), [4 | 5 | 0x86 | 0x87]),
        _ => false,
    };
    match wants_credentials && options.user_name.is_none() {
        true => " (--user and --password say who connects)",
        false => "",
    }
}

/// What came of the first connection of a version.
enum First {
    Accepted { connack: Seen, round_trip: Duration },
    Refused(Seen),
    Silent(String),
    Foreign(String),
    Other(String),
}

impl First {
    fn spoken(self, version: Version, known: &mut Known, options: &Options) -> Spoken {
        match self {
            Self::Accepted {
                connack,
                round_trip,
            } => {
                known.round_trip = known.round_trip.max(round_trip);
                if let Ok(Decoded::Packet {
                    packet: v5::Packet::Connack(connack),
                    ..
                }) = v5::decode(&connack.bytes)
                    && version == Version::V5_0
                {
                    known.limits = Limits::of(&connack);
                }
                Spoken::Yes
            }
            Self::Refused(seen) => {
                let unsupported = match &seen.what {
                    What::ConnackOfV3(code) => *code == 0x01,
                    What::Packet { codes, .. } => matches!(codes.as_slice(), [0x84 | 0x01]),
                    _ => false,
                };
                let words = seen.in_words();
                if unsupported {
                    Spoken::No(format!("it does not speak MQTT {version}: {words}"))
                } else {
                    let advice = advice(&seen, options);
                    Spoken::Refused(format!("the first CONNECT was refused: {words}{advice}"))
                }
            }
            Self::Silent(what) => Spoken::No(format!(
                "no CONNACK to a CONNECT of MQTT {version} ({what}): it does not speak it, or refuses without a word"
            )),
            Self::Foreign(what) | Self::Other(what) => {
                Spoken::No(format!("no CONNACK, but {what}"))
            }
        }
    }
}

async fn first_connection(
    connector: &Connector,
    options: &Options,
    version: Version,
    run: &str,
) -> Result<First, ConnectError> {
    let setting = Setting {
        version,
        client_id: format!(
            "mr{run}first{}",
            if version == Version::V5_0 { 5 } else { 4 }
        ),
        prefix: format!("mr/{run}"),
        options: options.clone(),
        limits: Limits::default(),
        announces: Announced::default(),
    };
    let start = Instant::now();
    let connection = connector.connect().await?;
    let mut link = Link::new("first", connection, Layout::Of(version), start);
    link.send(setting.connect().draft()).await;
    let until = Instant::now() + FIRST_CONNACK;
    let connack = link.next(until).await;
    if let Some(what) = foreign(&link) {
        return Ok(First::Foreign(what));
    }
    let Some(connack) = connack else {
        let silent = match link.end() {
            End::Open => "still open after 8 s".to_owned(),
            end => format!("{} without a byte", end.name()),
        };
        let bytes = link
            .events()
            .iter()
            .any(|event| matches!(event.act, super::link::Act::Received { .. }));
        return Ok(match bytes {
            true => First::Other("bytes that are no packet".to_owned()),
            false => First::Silent(silent),
        });
    };
    if connack.packet_type() != Some(PacketType::Connack)
        || matches!(connack.what, What::Refused(_))
    {
        return Ok(First::Other(connack.in_words()));
    }
    if connack.refuses() {
        return Ok(First::Refused(connack));
    }
    let mut round_trip = Duration::ZERO;
    for _ in 0..5 {
        let asked = Instant::now();
        link.ask(draft::pingreq(), PacketType::Pingresp).await;
        if link.next(asked + MOST_WAIT).await.is_none() {
            break;
        }
        round_trip = round_trip.max(asked.elapsed());
    }
    link.leave().await;
    Ok(First::Accepted {
        connack,
        round_trip,
    })
}
