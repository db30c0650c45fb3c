//! From what a client did to what it is worth.

use std::process::ExitStatus;

use mqtt_reason::conversation::{Conversation, Event, Kind, Settings, Streams};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, PacketType, QoS, Side, Version, decode_with};

use super::broker::{End, Played};
use super::names;
use super::scenarios::{Binding, Demand, Limit, Scenario};
use crate::judge::{Outcome, Verdict};

/// All that is known of a client after a scenario.
#[derive(Debug)]
pub(super) struct Trace<'t> {
    pub(super) played: &'t Played,
    /// Connections after the one on which the scenario's bytes were sent.
    pub(super) further: usize,
    /// What the program printed.
    pub(super) output: &'t str,
    pub(super) exit: Option<ExitStatus>,
}

/// A packet of the client after the scenario's bytes.
#[derive(Clone, Debug)]
pub(super) struct Act {
    packet: Option<PacketType>,
    codes: Vec<u8>,
    packet_id: Option<u16>,
    bytes: Vec<u8>,
    /// What the specification forbids about it: rule and text.
    error: Option<(String, String)>,
    publish: Option<Message>,
}

/// What of a PUBLISH is judged.
#[derive(Clone, Copy, Debug)]
struct Message {
    qos: QoS,
    retain: bool,
    has_alias: bool,
}

impl Act {
    fn of(version: Version, bytes: &[u8]) -> Self {
        let options = DecodeOptions::new().sender(Side::Client);
        let mut act = Self {
            packet: bytes
                .first()
                .and_then(|byte| PacketType::from_first_byte(*byte)),
            codes: Vec::new(),
            packet_id: None,
            bytes: bytes.to_vec(),
            error: None,
            publish: None,
        };
        let error = match decode_with(version, &options, bytes) {
            Ok(Decoded::Packet { packet, .. }) => {
                act.codes = packet.reason_codes().map(|code| code.as_u8()).collect();
                act.packet_id = packet.packet_id().map(u16::from);
                None
            }
            Ok(Decoded::Frame(frame)) => match View::of(version, &options, &frame) {
                Ok(Some(View::Publish(publish))) => {
                    act.publish = Some(Message {
                        qos: publish.qos(),
                        retain: publish.retain(),
                        has_alias: publish.properties().topic_alias().is_some(),
                    });
                    None
                }
                Ok(_) => None,
                Err(error) => Some(error),
            },
            // Cut off by the end of the connection: not its fault that it is not whole.
            Ok(Decoded::Incomplete { .. }) => {
                act.packet = None;
                None
            }
            Err(error) => Some(error),
        };
        act.error = error.map(|error| (error.rule().to_string(), error.to_string()));
        act
    }

    /// The packet in a few words.
    fn in_words(&self) -> String {
        match self.packet {
            None => "part of a packet".to_owned(),
            Some(packet) => {
                let mut text = crate::engine::with_codes(packet, &self.codes);
                if self.error.is_some() {
                    text.push_str(" (ill-formed)");
                }
                text
            }
        }
    }
}

impl Trace<'_> {
    fn acts(&self, version: Version) -> Vec<Act> {
        let after = self
            .played
            .passed
            .get(self.played.after..)
            .unwrap_or_default();
        after
            .iter()
            .filter(|passed| passed.by == Side::Client)
            .map(|passed| Act::of(version, &passed.bytes))
            .collect()
    }

    /// Whether the program ended by a crash: by a signal, or with what its language prints on an error nobody caught.
    fn crash(&self) -> Option<String> {
        #[cfg(unix)]
        if let Some(signal) = self
            .exit
            .and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status))
        {
            return Some(format!("exit by signal {signal}"));
        }
        let marks = [
            ("Traceback (most recent call last)", "an exception"),
            ("Uncaught", "an exception"),
            ("panicked at", "a panic"),
            ("Unhandled", "an exception"),
            ("Exception in thread", "an exception"),
        ];
        marks
            .iter()
            .find(|(mark, _)| self.output.contains(mark))
            .filter(|_| {
                self.exit.is_none_or(|status| !status.success()) || self.played.end != End::Open
            })
            .map(|(_, what)| format!("exit by a crash ({what})"))
    }

    /// What came after the scenario's bytes, in words.
    pub(super) fn received(&self, version: Version) -> Vec<String> {
        let mut words: Vec<_> = self.acts(version).iter().map(Act::in_words).collect();
        words.push(
            match self.played.end {
                End::Open => "open",
                End::Closed => "closed",
                End::Reset => "reset",
            }
            .to_owned(),
        );
        if self.further > 0 {
            words.push(format!(
                "{} further connection{}",
                self.further,
                if self.further == 1 { "" } else { "s" }
            ));
        }
        if let Some(crash) = self.crash() {
            words.push(crash);
        } else if let Some(code) = self
            .exit
            .and_then(|status| status.code())
            .filter(|code| *code != 0)
        {
            words.push(format!("exit status {code}"));
        }
        words
    }

    /// A MUST that the client broke on the way, whatever the scenario is about: rule and text.
    fn breach(&self, acts: &[Act]) -> Option<(String, String)> {
        let ill_formed = acts.iter().find_map(|act| act.error.clone());
        ill_formed.or_else(|| self.checked())
    }

    /// What the checker of conversations says of the client after the scenario's bytes.
    fn checked(&self) -> Option<(String, String)> {
        let mut streams = Streams::new(Conversation::new(Settings::new()));
        let mut told = None;
        for (index, passed) in self.played.passed.iter().enumerate() {
            streams.receive(
                passed.by,
                passed.at,
                0,
                &passed.bytes,
                &mut |event: Event<'_>| {
                    if index >= self.played.after
                        && told.is_none()
                        && let Event::Finding(finding) = event
                        && finding.kind() == Kind::Violation
                        && finding.by() == Side::Client
                    {
                        told = Some((finding.rule().to_owned(), finding.to_string()));
                    }
                },
            );
        }
        told
    }
}

/// What the scenario's outcome is.
pub(super) fn judge(scenario: &Scenario, trace: &Trace<'_>) -> Verdict {
    let version = scenario.mqtt;
    let acts = trace.acts(version);
    if !scenario.echo
        && let Some((rule, text)) = trace.breach(&acts)
    {
        return Verdict::wrong(rule, text);
    }
    let closed = trace.played.end != End::Open;
    let disconnect = acts
        .iter()
        .find(|act| act.packet == Some(PacketType::Disconnect))
        .map(|act| act.codes.first().copied().unwrap_or(0));
    let duty = scenario.rules.first().copied().unwrap_or_default();
    let unmet = |binding: Binding, why: &str| match binding {
        Binding::Must => Verdict::wrong(duty.to_owned(), why.to_owned()),
        Binding::Should => Verdict::new(Outcome::NotNoticed, why),
    };
    match scenario.demand {
        Demand::Report { .. } | Demand::ReportVersion => {
            let (told, closes) = match scenario.demand {
                Demand::Report { code, closes } => {
                    let meaning = scenario.meaning(code);
                    (names::tell(trace.output, code, meaning), closes)
                }
                _ => (names::tell_of_the_version(trace.output), true),
            };
            match (told, closes && !closed) {
                (true, false) => Verdict::new(Outcome::AsDemanded, ""),
                (true, true) => Verdict::new(
                    Outcome::NotNoticed,
                    "the program tells the code, but the connection stays open",
                ),
                (false, _) => Verdict::new(
                    Outcome::NotNoticed,
                    "neither the number nor the name of the code is in what the program printed",
                ),
            }
        }
        Demand::ReportText { text } if trace.output.contains(text) => {
            Verdict::new(Outcome::AsDemanded, "")
        }
        Demand::ReportText { text } => Verdict::new(
            Outcome::NotNoticed,
            format!("{text:?} is not in what the program printed"),
        ),
        Demand::Refuse { codes, binding } => match disconnect {
            Some(code) if codes.contains(&code) && closed => Verdict::new(Outcome::AsDemanded, ""),
            Some(_) if closed => Verdict::new(Outcome::OtherCode, ""),
            _ if closed => Verdict::new(Outcome::BareClose, ""),
            Some(_) => unmet(
                binding,
                "the client sent DISCONNECT, but did not close the connection",
            ),
            None => unmet(binding, "the client goes on"),
        },
        Demand::Close { .. } if closed => Verdict::new(Outcome::AsDemanded, ""),
        Demand::Close { binding } => unmet(binding, "the client goes on"),
        Demand::Answer {
            packet,
            codes,
            binding,
        } => {
            let answers: Vec<_> = acts
                .iter()
                .filter(|act| act.packet == Some(packet))
                .collect();
            let fits = |act: &&&Act| {
                codes.is_empty() || act.codes.first().is_none_or(|code| codes.contains(code))
            };
            if answers.iter().any(|act| fits(&act)) {
                Verdict::new(Outcome::AsDemanded, "")
            } else if !answers.is_empty() || (closed && disconnect.is_some()) {
                Verdict::new(Outcome::OtherCode, "")
            } else if closed {
                Verdict::new(
                    Outcome::BareClose,
                    "the client closed the connection instead",
                )
            } else {
                unmet(
                    binding,
                    &format!("no {packet} came although the connection stayed open"),
                )
            }
        }
        Demand::Never { packet, binding } => {
            if acts.iter().any(|act| act.packet == Some(packet)) {
                unmet(binding, &format!("the client sent {packet}"))
            } else if closed && disconnect.is_some_and(|code| code >= 0x80) {
                Verdict::new(Outcome::OtherCode, "the client ended the connection")
            } else {
                Verdict::new(Outcome::AsDemanded, "")
            }
        }
        Demand::InOrder { packet, ids } => {
            let answers: Vec<_> = acts
                .iter()
                .filter(|act| act.packet == Some(packet))
                .filter_map(|act| act.packet_id)
                .collect();
            if answers == ids {
                Verdict::new(Outcome::AsDemanded, "")
            } else if closed && disconnect.is_some() {
                Verdict::new(Outcome::OtherCode, "the client ended the connection")
            } else if closed {
                Verdict::new(
                    Outcome::BareClose,
                    "the client closed the connection instead",
                )
            } else {
                let came = if answers.is_empty() {
                    format!("no {packet} came")
                } else {
                    format!("{packet} came for {answers:?}")
                };
                let duty = if answers.len() < ids.len() {
                    // Not the order is broken, but the answer is missing.
                    scenario.rules.last().copied().unwrap_or_default()
                } else {
                    duty
                };
                Verdict::wrong(
                    duty.to_owned(),
                    format!("{came}, not for {ids:?}, although the connection stayed open"),
                )
            }
        }
        Demand::Within(limit) => {
            if trace.played.hasty {
                return Verdict::new(
                    Outcome::Skipped,
                    "the client sends requests before it has read CONNACK",
                );
            }
            let mut count = 0_usize;
            let mut above = |act: &&Act| match (limit, act.publish) {
                (Limit::MaximumPacketSize(size), _) => act.bytes.len() > size,
                (Limit::MaximumQos(max), Some(publish)) => publish.qos > max,
                (Limit::NoRetain, Some(publish)) => publish.retain,
                (Limit::NoTopicAlias, Some(publish)) => publish.has_alias,
                (Limit::ReceiveMaximum(max), Some(publish)) => {
                    count += usize::from(publish.qos > QoS::AtMostOnce);
                    count > max
                }
                (_, None) => false,
            };
            match acts.iter().find(&mut above) {
                Some(act) => Verdict::wrong(
                    duty.to_owned(),
                    format!(
                        "the client sent {} of {} bytes against the limit of CONNACK",
                        act.in_words(),
                        act.bytes.len()
                    ),
                ),
                None => Verdict::new(Outcome::AsDemanded, ""),
            }
        }
        Demand::Credentials => {
            // What is sent depends on it.
            let accepted = trace
                .played
                .sent
                .as_ref()
                .is_some_and(|(bytes, _)| bytes.get(3) == Some(&0));
            if accepted {
                Verdict::new(Outcome::AsDemanded, "")
            } else {
                Verdict::new(
                    Outcome::NotNoticed,
                    "CONNECT does not have the User Name and the Password that the program was given",
                )
            }
        }
        Demand::KeepAlive => {
            if !acts.is_empty() {
                Verdict::new(Outcome::AsDemanded, "")
            } else if closed {
                Verdict::new(Outcome::BareClose, "the client closed the connection")
            } else {
                Verdict::wrong(
                    duty.to_owned(),
                    "nothing came for two seconds although Server Keep Alive is one second"
                        .to_owned(),
                )
            }
        }
        Demand::GoOn => match disconnect {
            Some(code) if code >= 0x80 => Verdict::new(
                Outcome::OtherCode,
                "the client ended the connection although nothing was wrong",
            ),
            _ if trace.crash().is_some() => Verdict::new(
                Outcome::NotNoticed,
                "the program failed although nothing was wrong",
            ),
            None if closed => Verdict::new(
                Outcome::BareClose,
                "the client closed the connection without DISCONNECT although nothing was wrong",
            ),
            _ => Verdict::new(Outcome::AsDemanded, ""),
        },
        Demand::Either => Verdict::new(
            Outcome::Observed,
            "the specification leaves it to the client",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_told_in_the_words_of_its_version() {
        let pubrel = [0x62, 2, 0, 1];
        assert_eq!(Act::of(Version::V5_0, &pubrel).in_words(), "PUBREL 0x00");
        assert_eq!(Act::of(Version::V3_1_1, &pubrel).in_words(), "PUBREL");
        assert!(Act::of(Version::V5_0, &[0x60, 2, 0, 1]).error.is_some());
    }
}
