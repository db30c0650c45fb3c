//! What is to be said when the first side ends: after what, and what is known of such silences.

use std::time::Duration;

use mqtt_reason::{Side, Version};
use serde::{Serialize, Serializer};

use super::clock::Stretch;
use super::lines::seconds;
use super::metrics::{by_name, side_name};
use super::relay::{End, How};

/// What is known of a connection when its first side ends.
pub(super) struct Circumstances {
    pub(super) end: End,
    pub(super) time: Duration,
    /// `None` without a CONNECT, or with one of no known version.
    pub(super) version: Option<Version>,
    pub(super) connect_seen: bool,
    /// A CONNECT came that does not decode.
    pub(super) connect_broken: bool,
    /// What CONNACK said; `None` without one.
    pub(super) accepted: Option<bool>,
    /// Who has sent DISCONNECT.
    pub(super) disconnected: Option<Side>,
    /// The last packets of both sides.
    pub(super) last_of_client: Option<Last>,
    pub(super) last_of_server: Option<Last>,
    /// The packets that had begun.
    pub(super) cut_of_client: Option<Cut>,
    pub(super) cut_of_server: Option<Cut>,
    /// In seconds, as it holds.
    pub(super) keep_alive: Option<u16>,
    /// The Maximum Packet Size that each side announced.
    pub(super) limit_of_client: Option<u32>,
    pub(super) limit_of_server: Option<u32>,
    /// Another connection with the same identifier, and when it sent CONNECT.
    pub(super) successor: Option<(u64, Duration)>,
    /// CONNECT had a Will.
    pub(super) has_will: bool,
    /// What this is, if it is no MQTT.
    pub(super) foreign: Option<String>,
    /// The server has sent nothing at all.
    pub(super) is_server_mute: bool,
}

/// A packet that was sent.
#[derive(Clone, Debug)]
pub(super) struct Last {
    pub(super) packet: &'static str,
    pub(super) length: usize,
    pub(super) time: Duration,
}

/// A packet that had begun and did not end.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) packet: &'static str,
    /// How much of it came.
    pub(super) there: usize,
    /// How long it was to be, where that is known.
    pub(super) length: Option<usize>,
}

/// What is told of it.
#[derive(Debug, Serialize)]
pub(super) struct Closing {
    pub(super) by: &'static str,
    pub(super) how: &'static str,
    /// Whether it is told with `--failures`.
    #[serde(skip)]
    pub(super) is_failure: bool,
    /// Whether somebody sent DISCONNECT before.
    pub(super) disconnect: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<LastTold>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cut: Vec<CutTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) same_client_id: Option<SameClientId>,
    pub(super) text: String,
}

#[derive(Debug, Serialize)]
pub(super) struct LastTold {
    pub(super) from: &'static str,
    pub(super) packet: &'static str,
    pub(super) length: usize,
    /// In seconds.
    #[serde(serialize_with = "as_seconds")]
    pub(super) ago: Duration,
}

#[derive(Debug, Serialize)]
pub(super) struct CutTold {
    pub(super) from: &'static str,
    pub(super) packet: &'static str,
    pub(super) there: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) length: Option<usize>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Limit {
    pub(super) name: &'static str,
    pub(super) value: u32,
    pub(super) length: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct SameClientId {
    pub(super) connection: u64,
    #[serde(serialize_with = "as_seconds")]
    pub(super) ago: Duration,
}

fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(seconds(*time))
}

impl Closing {
    /// What is to be said of the circumstances.
    pub(super) fn of(known: &Circumstances) -> Self {
        let last = known.last();
        let limit = known.limit();
        let mut text = known.what_happened(last.as_ref());
        for sentence in known.sentences(limit.as_ref()) {
            text.push_str("; ");
            text.push_str(&sentence);
        }
        let cut = |from, cut: &Option<Cut>| {
            cut.as_ref().map(|cut| CutTold {
                from,
                packet: cut.packet,
                there: cut.there,
                length: cut.length,
            })
        };
        Self {
            by: by_name(known.end.by),
            how: known.end.how.name(),
            is_failure: known.is_failure(),
            disconnect: known.disconnected.is_some(),
            last,
            cut: [
                cut("client", &known.cut_of_client),
                cut("server", &known.cut_of_server),
            ]
            .into_iter()
            .flatten()
            .collect(),
            limit,
            same_client_id: known.successor.map(|(connection, time)| SameClientId {
                connection,
                ago: known.time.saturating_sub(time),
            }),
            text,
        }
    }
}

impl Circumstances {
    /// A close without DISCONNECT. Of what is no MQTT nobody knows, unless the server had nothing to say to it.
    fn is_failure(&self) -> bool {
        self.disconnected.is_none() && (self.foreign.is_none() || self.is_server_mute)
    }

    /// The last packet of either side.
    fn last(&self) -> Option<LastTold> {
        let of = |from, last: &Option<Last>| {
            last.as_ref().map(|last| LastTold {
                from: side_name(from),
                packet: last.packet,
                length: last.length,
                ago: self.time.saturating_sub(last.time),
            })
        };
        let client = of(Side::Client, &self.last_of_client);
        let server = of(Side::Server, &self.last_of_server);
        match (client, server) {
            (Some(client), Some(server)) if client.ago < server.ago => Some(client),
            (client, None) => client,
            (_, server) => server,
        }
    }

    /// The last packet of one side was larger than the other one had allowed.
    fn limit(&self) -> Option<Limit> {
        let above = |limit: Option<u32>, last: &Option<Last>, cut: &Option<Cut>| {
            let length = match (cut, last) {
                (Some(cut), _) => cut.length?,
                (None, Some(last)) => last.length,
                (None, None) => return None,
            };
            let value = limit?;
            (length > usize::try_from(value).unwrap_or(usize::MAX)).then_some(Limit {
                name: "maximum_packet_size",
                value,
                length,
            })
        };
        match self.end.by {
            Some(Side::Server) => above(
                self.limit_of_server,
                &self.last_of_client,
                &self.cut_of_client,
            ),
            Some(Side::Client) => above(
                self.limit_of_client,
                &self.last_of_server,
                &self.cut_of_server,
            ),
            None => None,
        }
    }

    /// Who, how, and after which packet.
    fn what_happened(&self, last: Option<&LastTold>) -> String {
        let how = match (self.end.by, self.end.how) {
            (None, _) => {
                return match &self.end.why {
                    Some(why) => why.clone(),
                    None => "the tap closed".to_owned(),
                };
            }
            (Some(_), How::Fin) => "closed (fin)",
            (Some(_), How::Reset) => "reset the connection",
            (Some(_), How::Timeout) => "is gone: the system had no answer from it (timeout)",
        };
        let by = by_name(self.end.by);
        let without = match (self.disconnected, self.foreign.is_some()) {
            // Before it has accepted a connection, a server may not send one.
            (None, false) if self.accepted == Some(false) && self.end.by == Some(Side::Server) => {
                ", as it has to after refusing the connection"
            }
            (None, false) if self.accepted == Some(false) => ", after it was refused",
            (None, false) if self.connect_seen => " without DISCONNECT",
            _ => "",
        };
        let after = match last {
            None => String::new(),
            Some(last) => format!(
                ", {} after the {}'s {} of {} bytes",
                Stretch(last.ago),
                last.from,
                last.packet,
                last.length
            ),
        };
        format!("the {by} {how}{without}{after}")
    }

    /// What is known of such ends.
    fn sentences(&self, limit: Option<&Limit>) -> Vec<String> {
        let mut sentences = Vec::new();
        for (side, cut) in [
            (Side::Client, &self.cut_of_client),
            (Side::Server, &self.cut_of_server),
        ] {
            if let Some(cut) = cut {
                let length = match cut.length {
                    Some(length) => format!(" of {length}"),
                    None => String::new(),
                };
                let whose = match self.end.by {
                    Some(by) if by == side => "its own".to_owned(),
                    _ => format!("the {side}'s"),
                };
                sentences.push(format!(
                    "that was inside {whose} {}, {}{length} bytes into it",
                    cut.packet, cut.there
                ));
            }
        }
        if let Some(foreign) = &self.foreign {
            sentences.push(foreign.clone());
            if self.is_server_mute && self.end.by == Some(Side::Server) {
                sentences.push(
                    "it had answered nothing: on this port it may not speak what the client speaks"
                        .to_owned(),
                );
            }
            return sentences;
        }
        if let (Some(limit), Some(by)) = (limit, self.end.by) {
            sentences.push(format!(
                "the packet of {} bytes is above the Maximum Packet Size of {} bytes that the {by} had announced",
                limit.length, limit.value
            ));
        }
        if let Some((connection, time)) = self.successor {
            sentences.push(format!(
                "connection #{connection} had sent CONNECT with the same Client Identifier {} before: it took this one over",
                Stretch(self.time.saturating_sub(time))
            ));
        }
        match self.end.by {
            Some(Side::Server) => self.of_server(limit.is_some(), &mut sentences),
            Some(Side::Client) => self.of_client(&mut sentences),
            None => {}
        }
        sentences
    }

    /// What is known when a server ends a connection.
    fn of_server(&self, is_limit: bool, sentences: &mut Vec<String>) {
        if !self.connect_seen {
            let begun = |cut: &Cut| cut.packet == "CONNECT";
            sentences.push(match self.connect_broken {
                true => "the client's CONNECT breaks a rule, as was told: a server refuses it, and may do so without a word".to_owned(),
                false if self.cut_of_client.as_ref().is_some_and(begun) => "the client had not sent the whole of its CONNECT".to_owned(),
                false => "the client had not sent CONNECT".to_owned(),
            });
            return;
        }
        let Some(accepted) = self.accepted else {
            sentences.push(match self.version {
                Some(Version::V5_0) => "no CONNACK to a CONNECT of 5.0: the server may not speak MQTT 5.0 (connect again with 3.1.1), or refuses without a word, as some do for a wrong password".to_owned(),
                Some(version) => format!("no CONNACK to a CONNECT of {version}: the server refuses without a word, as some do for a wrong password, a Client Identifier that they do not take, or a version that they do not speak"),
                None => "no CONNACK: the server does not know this version of the protocol".to_owned(),
            });
            return;
        };
        if !accepted || self.disconnected.is_some() {
            return;
        }
        if self.is_silence(sentences) {
            return;
        }
        let explained = is_limit || self.successor.is_some();
        if !explained && self.version.is_some_and(|version| version != Version::V5_0) {
            sentences.push(
                "before 5.0 a server can say why in no packet: a closed connection is its only way to refuse one (too large, not allowed, not understood)".to_owned(),
            );
        }
    }

    /// Whether the client was silent for too long.
    fn is_silence(&self, sentences: &mut Vec<String>) -> bool {
        let (Some(keep_alive), Some(last)) = (self.keep_alive, &self.last_of_client) else {
            return false;
        };
        if keep_alive == 0 || self.cut_of_client.is_some() {
            return false;
        }
        let silence = self.time.saturating_sub(last.time);
        let allowed = Duration::from_secs(u64::from(keep_alive));
        // A tenth of a second for the way from the client to the tap.
        if silence + Duration::from_millis(100) >= allowed * 3 / 2 {
            sentences.push(format!(
                "nothing had come from the client for {}: that is 1.5 × Keep Alive ({keep_alive} s), after which a server closes",
                Stretch(silence)
            ));
            return true;
        }
        if silence > allowed {
            sentences.push(format!(
                "nothing had come from the client for {}, longer than Keep Alive ({keep_alive} s)",
                Stretch(silence)
            ));
            return true;
        }
        false
    }

    /// What is known when a client ends a connection.
    fn of_client(&self, sentences: &mut Vec<String>) {
        if !self.connect_seen {
            return;
        }
        match self.accepted {
            None => sentences.push("the server had not answered CONNECT".to_owned()),
            Some(true) if self.disconnected.is_none() => {
                let asked = self
                    .last_of_client
                    .as_ref()
                    .filter(|last| last.packet == "PINGREQ");
                let answered = self.last_of_server.as_ref().map(|last| last.time);
                if asked.is_some_and(|asked| answered.is_none_or(|answered| answered < asked.time))
                {
                    sentences.push("the server had not answered its PINGREQ".to_owned());
                }
                if self.has_will {
                    sentences.push("the server publishes its Will".to_owned());
                }
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(by: Side, how: How) -> Circumstances {
        Circumstances {
            end: End::by(by, how),
            time: Duration::from_secs(100),
            version: Some(Version::V5_0),
            connect_seen: true,
            connect_broken: false,
            accepted: Some(true),
            disconnected: None,
            last_of_client: Some(last("PUBLISH", 3012, 99_999_600)),
            last_of_server: Some(last("CONNACK", 4, 50_000_000)),
            cut_of_client: None,
            cut_of_server: None,
            keep_alive: Some(60),
            limit_of_client: None,
            limit_of_server: None,
            successor: None,
            has_will: true,
            foreign: None,
            is_server_mute: false,
        }
    }

    fn last(packet: &'static str, length: usize, micros: u64) -> Last {
        Last {
            packet,
            length,
            time: Duration::from_micros(micros),
        }
    }

    #[test]
    fn a_close_names_who_how_and_after_what() {
        let closing = Closing::of(&known(Side::Server, How::Fin));
        assert_eq!(
            closing.text,
            "the server closed (fin) without DISCONNECT, 0.4 ms after the client's PUBLISH of 3012 bytes"
        );
        assert!(closing.is_failure);
        let closing = Closing::of(&Circumstances {
            disconnected: Some(Side::Client),
            last_of_client: Some(last("DISCONNECT", 2, 99_999_000)),
            ..known(Side::Client, How::Reset)
        });
        assert_eq!(
            closing.text,
            "the client reset the connection, 1.0 ms after the client's DISCONNECT of 2 bytes"
        );
        assert!(!closing.is_failure);
    }

    #[test]
    fn a_limit_is_named_with_its_number() {
        let mut known = Circumstances {
            limit_of_server: Some(3000),
            ..known(Side::Server, How::Fin)
        };
        let closing = Closing::of(&known);
        let expected = Limit {
            name: "maximum_packet_size",
            value: 3000,
            length: 3012,
        };
        assert_eq!(closing.limit, Some(expected));
        assert!(
            closing
                .text
                .contains("above the Maximum Packet Size of 3000 bytes"),
            "{closing:?}"
        );
        known.limit_of_server = Some(3012);
        assert_eq!(Closing::of(&known).limit, None);
        // The packet was under way.
        known.cut_of_client = Some(Cut {
            packet: "PUBLISH",
            there: 1000,
            length: Some(100_000),
        });
        let closing = Closing::of(&known);
        assert_eq!(closing.limit.map(|limit| limit.length), Some(100_000));
        assert!(
            closing
                .text
                .contains("inside the client's PUBLISH, 1000 of 100000 bytes into it"),
            "{}",
            closing.text
        );
    }

    #[test]
    fn silences_are_explained() {
        let text = |known: Circumstances| Closing::of(&known).text;
        let no_connack = || Circumstances {
            accepted: None,
            last_of_server: None,
            last_of_client: Some(last("CONNECT", 20, 99_000_000)),
            ..known(Side::Server, How::Fin)
        };
        assert!(text(no_connack()).contains("may not speak MQTT 5.0"));
        let old = Circumstances {
            version: Some(Version::V3_1_1),
            ..no_connack()
        };
        let old = text(old);
        assert!(
            old.contains("wrong password") && !old.contains("5.0"),
            "{old}"
        );

        let silent = |micros| Circumstances {
            last_of_client: Some(last("PINGREQ", 2, micros)),
            last_of_server: Some(last("PINGRESP", 2, micros + 100)),
            ..known(Side::Server, How::Fin)
        };
        assert!(text(silent(10_000_000)).contains("1.5 × Keep Alive (60 s)"));
        assert!(text(silent(30_000_000)).contains("longer than Keep Alive (60 s)"));
        assert!(!text(silent(50_000_000)).contains("Keep Alive"));
        let never = Circumstances {
            keep_alive: Some(0),
            ..silent(10_000_000)
        };
        assert!(!text(never).contains("Keep Alive"));

        let taken = Circumstances {
            successor: Some((7, Duration::from_millis(99_999))),
            ..known(Side::Server, How::Fin)
        };
        assert!(text(taken).contains(
            "connection #7 had sent CONNECT with the same Client Identifier 1.0 ms before"
        ));

        let unanswered = Circumstances {
            last_of_client: Some(last("PINGREQ", 2, 80_000_000)),
            last_of_server: Some(last("PINGRESP", 2, 20_000_000)),
            ..known(Side::Client, How::Fin)
        };
        let unanswered = text(unanswered);
        assert!(
            unanswered.contains("had not answered its PINGREQ"),
            "{unanswered}"
        );
        assert!(unanswered.contains("publishes its Will"), "{unanswered}");
    }

    #[test]
    fn a_connect_that_is_broken_or_cut_short_was_sent_all_the_same() {
        let none = || Circumstances {
            connect_seen: false,
            accepted: None,
            last_of_client: None,
            last_of_server: None,
            ..known(Side::Server, How::Fin)
        };
        let text = |known: Circumstances| Closing::of(&known).text;
        assert!(text(none()).contains("had not sent CONNECT"));
        let broken = Circumstances {
            connect_broken: true,
            last_of_client: Some(last("CONNECT", 54, 99_000_000)),
            ..none()
        };
        let broken = text(broken);
        assert!(
            broken.contains("after the client's CONNECT of 54 bytes"),
            "{broken}"
        );
        assert!(broken.contains("CONNECT breaks a rule"), "{broken}");
        assert!(!broken.contains("had not sent"), "{broken}");
        let cut = Circumstances {
            cut_of_client: Some(Cut {
                packet: "CONNECT",
                there: 5,
                length: Some(54),
            }),
            ..none()
        };
        let cut = text(cut);
        assert!(
            cut.contains("had not sent the whole of its CONNECT"),
            "{cut}"
        );
    }

    #[test]
    fn nothing_is_guessed_of_what_is_no_mqtt() {
        let foreign = Circumstances {
            connect_seen: false,
            foreign: Some("this is TLS, not MQTT".to_owned()),
            accepted: None,
            last_of_client: None,
            last_of_server: None,
            ..known(Side::Server, How::Fin)
        };
        let closing = Closing::of(&foreign);
        assert_eq!(
            closing.text,
            "the server closed (fin); this is TLS, not MQTT"
        );
        assert!(!closing.is_failure);
        // TLS on a port without it.
        let mute = Circumstances {
            is_server_mute: true,
            ..foreign
        };
        let text = Closing::of(&mute).text;
        assert!(
            text.contains("may not speak what the client speaks"),
            "{text}"
        );
    }
}
