//! From what was received to what it is worth.
//!
//! Never pass or fail: §4.13.1 of MQTT 5.0 binds a Server that *detects* an error, says SHOULD of the packet before the
//! close, MAY of the CONNACK, and leaves the strictness to the implementation.

use std::time::Duration;

use mqtt_reason::{PacketType, Version};
use serde::Serialize;

use crate::engine::{End, Seen, What};
use crate::scenario::{Answer, Bare, Demand, Like, Scenario, Unnoticed};

/// How long a connection may stay open after a packet that ends it. No time is stated: it is a long one.
pub(crate) const CLOSING: Duration = Duration::from_secs(10);

/// A probe that is woken later than this shares its machine with so much else that a broker there may answer late, too.
const MOST_WOKEN_LATE: Duration = Duration::from_secs(1);

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// What the specification names, or one of several where it leaves the choice.
    AsDemanded,
    /// Another code of that packet's table: conformant, could be said better.
    OtherCode,
    /// Closed without a word: conformant, a SHOULD is missed.
    BareClose,
    /// Goes on; the specification leaves the check to the receiver: lenient, no violation.
    NotNoticed,
    /// A violation of a statement that binds the accused.
    Wrong,
    /// Right, after the time allowed.
    Late,
    /// Nothing to judge: told what happened.
    Observed,
    /// Not played: the target does not offer what it takes.
    Skipped,
}

impl Outcome {
    /// All of them, in the order of the summary.
    pub const ALL: [Self; 8] = [
        Self::AsDemanded,
        Self::OtherCode,
        Self::BareClose,
        Self::NotNoticed,
        Self::Wrong,
        Self::Late,
        Self::Observed,
        Self::Skipped,
    ];

    /// The word of JSON: `as_demanded` …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsDemanded => "as_demanded",
            Self::OtherCode => "other_code",
            Self::BareClose => "bare_close",
            Self::NotNoticed => "not_noticed",
            Self::Wrong => "wrong",
            Self::Late => "late",
            Self::Observed => "observed",
            Self::Skipped => "skipped",
        }
    }

    /// Whether it counts in the exit status.
    #[must_use]
    pub const fn fails(self, strict: bool) -> bool {
        match self {
            Self::Wrong => true,
            Self::BareClose | Self::NotNoticed | Self::Late => strict,
            _ => false,
        }
    }
}

/// An outcome, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, in a sentence; empty where there is nothing to say.
    pub why: String,
    /// The statement that is broken, if the outcome is `wrong` or `late`.
    pub rule: Option<String>,
}

impl Verdict {
    /// An outcome that needs no rule.
    pub fn new(outcome: Outcome, why: impl Into<String>) -> Self {
        Self {
            outcome,
            why: why.into(),
            rule: None,
        }
    }

    /// `wrong`, against this statement.
    pub fn wrong(rule: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Wrong,
            why: why.into(),
            rule: Some(rule.into()),
        }
    }

    /// As demanded.
    #[must_use]
    pub fn good() -> Self {
        Self::new(Outcome::AsDemanded, "")
    }

    /// The probe itself did not keep the times that the scenario rests on: nobody is accused.
    #[must_use]
    pub fn too_busy() -> Self {
        Self::new(
            Outcome::Observed,
            "this machine is too busy to keep the times of the scenario: nothing is shown",
        )
    }

    /// A connection on which something was to come was closed: nobody is accused of what could not come any more.
    #[must_use]
    pub fn cut_off() -> Self {
        Self::new(
            Outcome::Observed,
            "the connection of the subscriber was closed",
        )
    }

    /// The same verdict, or that the machine is too busy if it accuses somebody and the probe was woken so late that what
    /// it waited for may have come late for the same reason.
    #[must_use]
    pub(crate) fn unless_woken_late(self, woken_late: Duration) -> Self {
        let accuses = matches!(self.outcome, Outcome::Wrong | Outcome::Late);
        match accuses && woken_late > MOST_WOKEN_LATE {
            true => Self::too_busy(),
            false => self,
        }
    }
}

/// What came after the bytes that the scenario is about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The packets.
    pub packets: Vec<Seen>,
    /// How the connection ended.
    pub end: End,
    /// Whether a PINGREQ afterwards was answered.
    pub alive: bool,
}

impl Demand {
    /// Whether `answer` is what was received.
    fn is(answer: &Answer, received: &Received) -> bool {
        let ended = received.end != End::Open;
        match answer {
            Answer::Close => ended && received.packets.is_empty(),
            Answer::Silence => !ended && received.packets.is_empty(),
            answer => received.packets.iter().any(|seen| answer.is_packet(seen)),
        }
    }

    /// The first of the demanded answers that was received.
    fn best_in(&self, received: &Received) -> Option<&Answer> {
        self.best.iter().find(|answer| Self::is(answer, received))
    }

    /// Whether nothing more has to be waited for: a demanded answer is there after which the connection may stay.
    pub(crate) fn is_met(&self, packets: &[Seen]) -> bool {
        let mut answers = self.best.iter().chain(&self.also);
        answers.any(|answer| !answer.ends() && packets.iter().any(|seen| answer.is_packet(seen)))
    }

    /// Whether the packet type is among the demanded answers.
    fn names(&self, wanted: PacketType) -> bool {
        let mut answers = self.best.iter().chain(&self.also);
        answers.any(|answer| answer.packet_type() == Some(wanted))
    }

    /// How many codes a SUBACK or UNSUBACK has to have.
    fn code_count(&self, packet: PacketType) -> Option<usize> {
        let mut answers = self.best.iter();
        answers.find_map(|answer| match answer {
            Answer::Suback(codes) if packet == PacketType::Suback => Some(codes.len()),
            Answer::Packet(PacketType::Unsuback, codes) if packet == PacketType::Unsuback => {
                Some(codes.len())
            }
            _ => None,
        })
    }
}

impl Answer {
    /// Whether `seen` is this packet.
    pub(crate) fn is_packet(&self, seen: &Seen) -> bool {
        match (self, &seen.what) {
            (
                Self::Packet(wanted, codes),
                What::Packet {
                    packet,
                    codes: seen,
                    ..
                },
            ) => wanted == packet && codes == seen,
            (Self::ConnackOfV3(wanted), What::ConnackOfV3(code)) => wanted == code,
            (Self::Suback(wanted), _) => seen.codes_of(PacketType::Suback).is_some_and(|codes| {
                codes.len() == wanted.len()
                    && wanted
                        .iter()
                        .zip(codes)
                        .all(|(like, code)| like.fits(*code))
            }),
            (Self::Plain(wanted), What::Packet { packet, .. } | What::Frame(packet)) => {
                wanted == packet
            }
            _ => false,
        }
    }

    fn packet_type(&self) -> Option<PacketType> {
        match self {
            Self::Packet(packet, _) | Self::Plain(packet) => Some(*packet),
            Self::ConnackOfV3(_) => Some(PacketType::Connack),
            Self::Suback(_) => Some(PacketType::Suback),
            Self::Close | Self::Silence | Self::Other(_) => None,
        }
    }

    /// Whether the connection has to end after it.
    fn ends(&self) -> bool {
        match self {
            Self::Packet(PacketType::Connack, codes) => codes.iter().any(|code| *code != 0),
            Self::Packet(PacketType::Disconnect, _) => true,
            Self::ConnackOfV3(code) => *code != 0,
            _ => false,
        }
    }
}

/// Whether the connection has to end after this packet.
pub(crate) fn ends(seen: &Seen) -> bool {
    match seen.packet_type() {
        Some(PacketType::Disconnect) => true,
        Some(PacketType::Connack) => seen.refuses(),
        _ => false,
    }
}

/// What `received` is worth in the scenario.
#[must_use]
pub fn judge(row: &Scenario, received: &Received) -> Verdict {
    let demand = &row.demand;
    if demand.unnoticed == Unnoticed::Observed {
        return Verdict::new(Outcome::Observed, "no statement says what has to happen");
    }
    if let Some(never) = demand
        .never
        .iter()
        .find(|never| Demand::is(never, received))
    {
        return Verdict::wrong(row.duty(), format!("{never} must not be answered here"));
    }
    if let (End::Open, Some(last)) = (
        received.end,
        received.packets.iter().find(|seen| ends(seen)),
    ) {
        let rule = match last.packet_type() {
            Some(PacketType::Connack) if last.version == Version::V5_0 => "MQTT-3.2.2-7",
            Some(PacketType::Connack) => "MQTT-3.2.2-5",
            _ => "MQTT-3.14.4-2",
        };
        return Verdict::wrong(
            rule,
            format!(
                "the connection was not closed within {} s after the packet that ends it",
                CLOSING.as_secs()
            ),
        );
    }
    if let Some(best) = demand.best_in(received) {
        return Verdict::new(Outcome::AsDemanded, remark(best, received));
    }
    if let Some(verdict) = wrong_count(row, received) {
        return verdict;
    }
    if let Some(other) = other_code(demand, received) {
        return other;
    }
    if received.end == End::Open {
        unnoticed(row, received)
    } else {
        bare_close(row, received)
    }
}

/// What is odd about an answer that is as demanded.
fn remark(best: &Answer, received: &Received) -> String {
    let Answer::Suback(wanted) = best else {
        return String::new();
    };
    let mut subacks = received.packets.iter().filter(|seen| best.is_packet(seen));
    let codes = subacks
        .next()
        .and_then(|seen| seen.codes_of(PacketType::Suback));
    let higher = |(like, code): (&Like, &u8)| matches!(like, Like::UpTo(qos) if code > qos);
    if wanted.iter().zip(codes.unwrap_or_default()).any(higher) {
        return "odd: a higher QoS is granted than was asked for".to_owned();
    }
    String::new()
}

/// A SUBACK or UNSUBACK has a code for each Topic Filter.
fn wrong_count(row: &Scenario, received: &Received) -> Option<Verdict> {
    received.packets.iter().find_map(|seen| {
        let (packet, rule) = match seen.packet_type()? {
            PacketType::Suback if row.version == Version::V3_1_1 => {
                (PacketType::Suback, "MQTT-3.8.4-5")
            }
            PacketType::Suback => (PacketType::Suback, "MQTT-3.8.4-6"),
            PacketType::Unsuback => (PacketType::Unsuback, "MQTT-3.11.3-1"),
            _ => return None,
        };
        let wanted = row.demand.code_count(packet)?;
        let count = seen.codes_of(packet)?.len();
        (count != 0 && count != wanted)
            .then(|| Verdict::wrong(rule, format!("{count} codes for {wanted} topic filters")))
    })
}

/// An answer that is in order, though another one is demanded.
fn other_code(demand: &Demand, received: &Received) -> Option<Verdict> {
    let other = |why: String| Some(Verdict::new(Outcome::OtherCode, why));
    if demand
        .also
        .iter()
        .any(|answer| Demand::is(answer, received))
    {
        return other(String::new());
    }
    for seen in &received.packets {
        let Some(packet) = seen.packet_type() else {
            continue;
        };
        match packet {
            PacketType::Connack if seen.refuses() => {
                return other("in order; another code says better what is wrong".to_owned());
            }
            PacketType::Disconnect => {
                let calls_it_bad =
                    matches!(seen.codes_of(PacketType::Disconnect), Some([0x81 | 0x82]));
                // A Server may end a connection for a reason of its own; but nothing was wrong with these bytes.
                if calls_it_bad && demand.bare_close == Bare::Wrong && !demand.names(packet) {
                    return None;
                }
                return other("in order; another answer says better what is wrong".to_owned());
            }
            PacketType::Connack
                if demand.best.contains(&Answer::Close) && received.end != End::Open =>
            {
                return other("no statement forbids a CONNACK before the close".to_owned());
            }
            _ if demand.names(packet) && seen.refuses() => {
                return other("in order; another code says better what is wrong".to_owned());
            }
            _ => {}
        }
    }
    None
}

/// The connection ended, and no packet said why.
fn bare_close(row: &Scenario, received: &Received) -> Verdict {
    match row.demand.bare_close {
        Bare::Conforms | Bare::ConformsToV5 if row.demand.best.contains(&Answer::Close) => {
            Verdict::new(
                Outcome::OtherCode,
                "closed, after packets that were not asked for",
            )
        }
        Bare::Conforms | Bare::ConformsToV5 => {
            Verdict::new(Outcome::BareClose, "closed without saying why")
        }
        Bare::Wrong if received.packets.iter().any(ends) => Verdict::wrong(
            row.duty(),
            "the bytes are well-formed and allowed, and were called an error",
        ),
        Bare::Wrong => Verdict::wrong(row.duty(), "closed without the answer that is due"),
    }
}

/// The connection goes on.
fn unnoticed(row: &Scenario, received: &Received) -> Verdict {
    let answered = !received.packets.is_empty();
    if !answered && !received.alive {
        return Verdict::new(
            Outcome::Observed,
            "the connection stays open and nothing is answered, not even a PINGREQ: no proof either way",
        );
    }
    let proof = if answered {
        "it was answered"
    } else {
        "a PINGREQ after it was answered"
    };
    if row.demand.unnoticed == Unnoticed::Lenient {
        return Verdict::new(
            Outcome::NotNoticed,
            format!("the connection goes on, {proof}; the check is left to the receiver"),
        );
    }
    let why = match row.demand.bare_close {
        Bare::Wrong if !answered => {
            "no answer, although a PINGREQ after it was answered".to_owned()
        }
        Bare::Wrong => "the answer is none of those that are due".to_owned(),
        Bare::Conforms | Bare::ConformsToV5 => format!("the connection goes on, {proof}"),
    };
    Verdict::wrong(row.duty(), why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_was_woken_late_accuses_nobody() {
        let late = Duration::from_millis(1_001);
        let mut slow = Verdict::new(Outcome::Late, "slow");
        slow.rule = Some("MQTT-3.1.2-22".to_owned());
        for accusing in [Verdict::wrong("MQTT-4.5.0-1", "none comes"), slow] {
            assert_eq!(
                accusing.clone().unless_woken_late(late),
                Verdict::too_busy()
            );
            assert_eq!(
                accusing.clone().unless_woken_late(MOST_WOKEN_LATE),
                accusing
            );
        }
        for outcome in Outcome::ALL {
            let verdict = Verdict::new(outcome, "why");
            if !matches!(outcome, Outcome::Wrong | Outcome::Late) {
                assert_eq!(verdict.clone().unless_woken_late(late), verdict);
            }
        }
    }
}
