//! What a scenario is: what is sent, what it takes, and what the specification demands for an answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use mqtt_reason::{PacketType, Version};

use crate::draft::{Announced, Draft};
use crate::engine::{Stage, Stop, with_codes};
use crate::judge::Verdict;
use crate::setting::Setting;

/// One row of the table of scenarios.
#[derive(Clone)]
#[non_exhaustive]
pub struct Scenario {
    /// The id, once and for all: letters (the group) and a number.
    pub id: &'static str,
    /// What is sent.
    pub title: &'static str,
    /// The version whose rules decide.
    pub version: Version,
    /// What the target has to offer.
    pub needs: Vec<Need>,
    /// How it is played.
    pub play: Play,
    /// What decides about the answer.
    pub demand: Demand,
    /// Whether it lasts several seconds.
    pub long: bool,
    /// Whether it comes after all others, because the target may be gone afterwards.
    pub last: bool,
    /// The statements and sections that it is about; the first binds the target and is named if it is wrong.
    pub rules: Vec<&'static str>,
}

/// What a target has to offer before a scenario can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// A CONNECT is accepted.
    Connection,
    /// A Maximum QoS of at least this.
    Qos(u8),
    /// Maximum QoS 0 or 1.
    NoQos2,
    /// Retain Available.
    Retain,
    /// Retain Available 0.
    NoRetain,
    /// Packets of so many bytes are taken.
    PacketSize(usize),
    /// A Maximum Packet Size of at most 1 MiB was announced.
    PacketSizeLimit,
    /// A Receive Maximum of at most 1,000 was announced.
    ReceiveMaximum,
    /// A Receive Maximum of at least 2.
    TwoInFlight,
    /// A Topic Alias Maximum below 65,535.
    TopicAliasLimit,
    /// A Topic Alias Maximum above 0.
    TopicAlias,
    /// Wildcard Subscription Available.
    Wildcard,
    /// Wildcard Subscription Available 0.
    NoWildcard,
    /// Shared Subscription Available.
    Shared,
    /// Shared Subscription Available 0.
    NoShared,
    /// Subscription Identifiers Available.
    SubscriptionIds,
    /// Subscription Identifiers Available 0.
    NoSubscriptionIds,
    /// No Server Keep Alive: that of the probe counts.
    OwnKeepAlive,
    /// `--user`: the target wants credentials.
    User,
    /// `--denied-topic`.
    DeniedTopic,
    /// `--auth-method`.
    AuthMethod,
    /// `--auth-method` and `--auth-data`.
    AuthData,
    /// `--hook NAME=COMMAND`.
    Hook(&'static str),
    /// An address with ws:// or wss://.
    WebSocket,
}

/// What a scenario does.
#[derive(Clone)]
#[non_exhaustive]
pub enum Play {
    /// Connects and sends this.
    After(Bytes),
    /// Sends this instead of a CONNECT.
    Before(Bytes),
    /// Sends this, which is a CONNECT.
    Connect(Bytes),
    /// Several steps.
    Steps(Steps),
    /// Plays others again, with a CONNECT that sets a limit to every answer.
    Again(Again),
}

/// Which scenarios are played again, and for what.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Again {
    /// From these are taken those that a limit in CONNECT concerns.
    pub of: fn() -> Vec<Scenario>,
    /// The limit.
    pub announces: Announced,
    /// The statement that binds the target to it. Nothing else is judged: the scenarios themselves have done that.
    pub rule: &'static str,
}

/// Makes the bytes that a scenario sends.
pub type Bytes = fn(&Setting) -> Draft;

/// Plays several steps.
pub type Steps = for<'a> fn(&'a mut Stage) -> Playing<'a>;

/// Steps under way.
pub type Playing<'a> = Pin<Box<dyn Future<Output = Result<Verdict, Stop>> + Send + 'a>>;

/// What decides about the answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Demand {
    /// What is demanded: any of these.
    pub best: Vec<Answer>,
    /// What is in order besides, of another packet or without being an error; any other error code of a demanded packet is
    /// in order anyway.
    pub also: Vec<Answer>,
    /// What must not be answered, although its code is in the packet's table.
    pub never: Vec<Answer>,
    /// A close without an answer.
    pub bare_close: Bare,
    /// Nothing but going on.
    pub unnoticed: Unnoticed,
    /// Whether a packet of the other side that only echoes our own fault is its fault.
    pub echo_is_fault: bool,
}

/// What a close without an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bare {
    /// It conforms, though a packet would have said more.
    Conforms,
    /// It conforms to 5.0, not to 3.1.1: an answer is due if the target does not speak 5.0.
    ConformsToV5,
    /// An answer is due.
    Wrong,
}

/// What going on as if nothing had happened is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unnoticed {
    /// The specification leaves the check to the receiver.
    Lenient,
    /// The specification tells the receiver to check, or to answer.
    Wrong,
    /// Nothing is said: whatever happens is only told.
    Observed,
}

/// An answer that a scenario can demand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// A packet with exactly these codes.
    Packet(PacketType, Vec<u8>),
    /// A CONNACK in the layout of 3.x.
    ConnackOfV3(u8),
    /// A SUBACK with a code for each Topic Filter, in this order.
    Suback(Vec<Like>),
    /// A packet of 3.x without codes, or a PINGRESP.
    Plain(PacketType),
    /// The end of the connection, without a packet.
    Close,
    /// No packet, and the connection stays.
    Silence,
    /// What is not one packet, in words; judged by the steps of the scenario.
    Other(&'static str),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(packet, codes) => f.write_str(&with_codes(*packet, codes)),
            Self::ConnackOfV3(code) => write!(f, "CONNACK {code:#04x} of 3.1.1"),
            Self::Suback(codes) => {
                f.write_str(PacketType::Suback.name())?;
                match codes.as_slice() {
                    [first, rest @ ..] if rest.len() > 7 => {
                        write!(f, " {first} ({} times)", codes.len())
                    }
                    codes => codes.iter().try_for_each(|code| write!(f, " {code}")),
                }
            }
            Self::Plain(packet) => f.write_str(packet.name()),
            Self::Close => f.write_str("close"),
            Self::Silence => f.write_str("silence"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// What one code of a SUBACK has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Like {
    /// A granted QoS, at most this one.
    UpTo(u8),
    /// This code.
    Exactly(u8),
    /// Any code of 0x80 and above.
    Refused,
}

impl Like {
    /// Whether `code` is like this. A higher QoS than the one asked for is odd, but granted.
    pub(crate) fn fits(self, code: u8) -> bool {
        match self {
            Self::UpTo(_) => code <= 2,
            Self::Exactly(wanted) => code == wanted,
            Self::Refused => code >= 0x80,
        }
    }
}

impl fmt::Display for Like {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UpTo(0) => f.write_str("0x00"),
            Self::UpTo(qos) => write!(f, "0x00..{qos:#04x}"),
            Self::Exactly(code) => write!(f, "{code:#04x}"),
            Self::Refused => f.write_str("0x80 or above"),
        }
    }
}

impl Scenario {
    /// The letters of the id.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.trim_end_matches(|c: char| !c.is_ascii_alphabetic())
    }

    /// What is demanded, in words.
    #[must_use]
    pub fn demanded(&self) -> Vec<String> {
        self.demand.best.iter().map(Answer::to_string).collect()
    }

    /// The statement that is named if it is wrong.
    #[must_use]
    pub fn duty(&self) -> &'static str {
        self.rules.first().copied().unwrap_or_default()
    }
}

/// The words in which the table of scenarios is written.
pub(crate) mod words {
    use super::*;

    /// A CONNACK of 5.0.
    pub(crate) fn connack(code: u8) -> Answer {
        Answer::Packet(PacketType::Connack, vec![code])
    }

    /// A DISCONNECT.
    pub(crate) fn disconnect(code: u8) -> Answer {
        Answer::Packet(PacketType::Disconnect, vec![code])
    }

    /// A PUBACK.
    pub(crate) fn puback(code: u8) -> Answer {
        Answer::Packet(PacketType::Puback, vec![code])
    }

    /// A PUBREC.
    pub(crate) fn pubrec(code: u8) -> Answer {
        Answer::Packet(PacketType::Pubrec, vec![code])
    }

    /// A PUBREL.
    pub(crate) fn pubrel(code: u8) -> Answer {
        Answer::Packet(PacketType::Pubrel, vec![code])
    }

    /// A PUBCOMP.
    pub(crate) fn pubcomp(code: u8) -> Answer {
        Answer::Packet(PacketType::Pubcomp, vec![code])
    }

    /// A SUBACK.
    pub(crate) fn suback(codes: &[Like]) -> Answer {
        Answer::Suback(codes.to_vec())
    }

    /// An UNSUBACK.
    pub(crate) fn unsuback(codes: &[u8]) -> Answer {
        Answer::Packet(PacketType::Unsuback, codes.to_vec())
    }

    /// A row that is played with 5.0, with its statements.
    pub(crate) fn v5(id: &'static str, title: &'static str, rules: &[&'static str]) -> Scenario {
        row(id, title, Version::V5_0, rules)
    }

    /// A row that is played with 3.1.1.
    pub(crate) fn v3(id: &'static str, title: &'static str, rules: &[&'static str]) -> Scenario {
        row(id, title, Version::V3_1_1, rules)
    }

    fn row(
        id: &'static str,
        title: &'static str,
        version: Version,
        rules: &[&'static str],
    ) -> Scenario {
        Scenario {
            id,
            title,
            version,
            needs: Vec::new(),
            play: Play::Before(|_| Draft::default()),
            demand: Demand {
                best: Vec::new(),
                also: Vec::new(),
                never: Vec::new(),
                bare_close: Bare::Conforms,
                unnoticed: Unnoticed::Wrong,
                echo_is_fault: true,
            },
            long: false,
            last: false,
            rules: rules.to_vec(),
        }
    }

    impl Scenario {
        /// Connects, then sends this.
        pub(crate) fn after(mut self, bytes: Bytes) -> Self {
            self.play = Play::After(bytes);
            self.need(Need::Connection)
        }

        /// Sends this instead of a CONNECT.
        pub(crate) fn before(mut self, bytes: Bytes) -> Self {
            self.play = Play::Before(bytes);
            self
        }

        /// Sends this, a CONNECT.
        pub(crate) fn connect(mut self, bytes: Bytes) -> Self {
            self.play = Play::Connect(bytes);
            self
        }

        /// Does these steps.
        pub(crate) fn steps(mut self, steps: Steps) -> Self {
            self.play = Play::Steps(steps);
            self.need(Need::Connection)
        }

        /// Plays others again.
        pub(crate) fn again(mut self, again: Again) -> Self {
            self.play = Play::Again(again);
            self.need(Need::Connection)
        }

        /// Needs this of the target.
        pub(crate) fn need(mut self, need: Need) -> Self {
            self.needs.push(need);
            self
        }

        /// One of these is demanded.
        pub(crate) fn best(mut self, answers: impl IntoIterator<Item = Answer>) -> Self {
            self.demand.best.extend(answers);
            self
        }

        /// These are in order, too.
        pub(crate) fn also(mut self, answers: impl IntoIterator<Item = Answer>) -> Self {
            self.demand.also.extend(answers);
            self
        }

        /// These must not be answered.
        pub(crate) fn never(mut self, answers: impl IntoIterator<Item = Answer>) -> Self {
            self.demand.never.extend(answers);
            self
        }

        /// It lasts longer than the others: it starts first and takes no place among those that run at a time.
        pub(crate) fn long(mut self) -> Self {
            self.long = true;
            self
        }

        /// It comes after all others: the target may be gone afterwards.
        pub(crate) fn last(mut self) -> Self {
            self.last = true;
            self
        }

        /// The specification leaves the check to the receiver.
        pub(crate) fn lenient(mut self) -> Self {
            self.demand.unnoticed = Unnoticed::Lenient;
            self
        }

        /// Nothing is said: whatever happens is only told.
        pub(crate) fn observed(mut self) -> Self {
            self.demand.unnoticed = Unnoticed::Observed;
            self
        }

        /// A close without an answer does not conform.
        pub(crate) fn answer_is_due(mut self) -> Self {
            self.demand.bare_close = Bare::Wrong;
            self
        }

        /// An answer that only echoes the identifier 0 or the empty list of the request is not judged.
        pub(crate) fn echo_is_fine(mut self) -> Self {
            self.demand.echo_is_fault = false;
            self
        }
    }
}
