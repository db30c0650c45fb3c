//! What the checker tells: who broke which rule with which packet, and about which earlier one.

use core::fmt;
use core::time::Duration;

use crate::conversation::rules::Row;
use crate::error::ErrorClass;
use crate::packet_type::{PacketType, Side};
use crate::spec::scalar::PacketId;

/// A packet as the checker is given it: who sent it, when, and how large it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers make one for each packet"
)]
pub struct Seen {
    /// Who sent it.
    pub from: Side,
    /// When it was seen, counted from any fixed moment; it never goes back.
    pub time: Duration,
    /// A number of the caller's for this packet, which comes back in [`About`]: a line, a frame, a count.
    pub tag: u64,
    /// The size of the whole packet in bytes, fixed header included, also if less of it was kept.
    pub len: u32,
}

/// The earlier packet that a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct About {
    /// The caller's number for it, [`Seen::tag`].
    pub tag: u64,
    /// Its packet type.
    pub packet: PacketType,
}

/// How grave a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a rule is broken, or it is not")]
pub enum Kind {
    /// Nothing forbids it, but it is described otherwise, implausible, or a SHOULD that was missed.
    Odd,
    /// The specification says MUST, or names an error.
    Violation,
}

impl Kind {
    /// `"odd"` or `"violation"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Odd => "odd",
            Self::Violation => "violation",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A rule that a side broke.
///
/// Its [`Display`](fmt::Display) is the sentence that says what was wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finding {
    pub(super) kind: Kind,
    pub(super) by: Side,
    pub(super) row: Row,
    pub(super) rule: &'static str,
    pub(super) answer: Option<u8>,
    pub(super) class: Option<ErrorClass>,
    pub(super) packet: PacketType,
    pub(super) seen: Option<Seen>,
    pub(super) time: Duration,
    pub(super) about: Option<About>,
    pub(super) what: What,
}

impl Finding {
    /// Whether a rule is broken, or something is merely odd.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Who broke it.
    #[must_use]
    pub const fn by(&self) -> Side {
        self.by
    }

    /// The rule's name in [`RULES`](super::RULES).
    #[must_use]
    pub fn row(&self) -> &'static str {
        self.row.rule().row
    }

    /// The statement (`"MQTT-3.8.4-6"`) or section (`"3.13"`), as numbered in the version of the connection.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    /// The class of the error; `None` if the text names none, and in 3.1.1 and 3.1, which have no classes.
    #[must_use]
    pub const fn class(&self) -> Option<ErrorClass> {
        self.class
    }

    /// The reason code to answer with: in DISCONNECT, before CONNACK in CONNACK, 0x91 and 0x92 in the acknowledgement.
    ///
    /// `None` if there is nothing to send: one closes the connection, or goes on.
    #[must_use]
    pub const fn answer(&self) -> Option<u8> {
        self.answer
    }

    /// The type of the packet that is wrong; if an answer did not come, the type of that answer.
    #[must_use]
    pub const fn packet(&self) -> PacketType {
        self.packet
    }

    /// The packet that is wrong; `None` if one did not come.
    #[must_use]
    pub const fn seen(&self) -> Option<Seen> {
        self.seen
    }

    /// When it was found.
    #[must_use]
    pub const fn time(&self) -> Duration {
        self.time
    }

    /// The earlier packet that it is about, if there is one.
    #[must_use]
    pub const fn about(&self) -> Option<About> {
        self.about
    }
}

/// What was wrong, with the numbers of its sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// A whole sentence.
    Text(&'static str),
    /// The packet stands in the wrong place: "PUBLISH after DISCONNECT".
    Place(&'static str),
    /// About an identifier: "packet identifier 7 …".
    Id(PacketId, &'static str),
    /// About an identifier and the packet that has it.
    IdOf(PacketId, PacketType, &'static str),
    /// The packet is out of order: another identifier should have come first.
    Order {
        /// The identifier that came.
        id: PacketId,
        /// The one that should have come first.
        first: PacketId,
        /// The packets whose order is the right one.
        of: PacketType,
    },
    /// As many codes, and as many filters.
    Codes(u32, u32),
    /// A value above a limit.
    Above(&'static str, u32, &'static str, u32),
    /// A granted QoS above the requested one.
    Granted(u8, u8),
    /// A reason code and what it lacks.
    Code(u8, &'static str),
    /// No such packet within so many seconds.
    Missing(Duration),
    /// No such packet about an identifier within so many seconds.
    MissingId(PacketId, Duration),
    /// A silence, and the Keep Alive in seconds.
    Silence(Duration, u16),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packet = self.packet;
        match self.what {
            What::Text(text) => f.write_str(text),
            What::Place(place) => write!(f, "{packet} {place}"),
            What::Id(id, text) => write!(f, "packet identifier {id} {text}"),
            What::IdOf(id, of, text) => write!(f, "packet identifier {id} {text} {of}"),
            What::Order { id, first, of } => write!(
                f,
                "{packet} for packet identifier {id} before the one for {first}, whose {of} came first"
            ),
            What::Codes(codes, filters) => write!(
                f,
                "{codes} code{} for {filters} topic filter{}",
                plural(codes),
                plural(filters)
            ),
            What::Above(what, value, limit, max) => {
                write!(f, "{what} {value} is above the {limit} of {max}")
            }
            What::Granted(granted, requested) => {
                write!(
                    f,
                    "QoS {granted} is granted where QoS {requested} was requested"
                )
            }
            What::Code(code, text) => write!(f, "reason code {code:#04x} {text}"),
            What::Missing(after) => write!(f, "no {packet} within {} s", Seconds(after)),
            What::MissingId(id, after) => write!(
                f,
                "no {packet} for packet identifier {id} within {} s",
                Seconds(after)
            ),
            What::Silence(silence, keep_alive) => write!(
                f,
                "nothing from the client for {} s with a Keep Alive of {keep_alive} s",
                Seconds(silence)
            ),
        }
    }
}

/// The ending of a plural.
const fn plural(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A time in seconds, with a tenth if it has one.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.subsec_millis() / 100 {
            0 => write!(f, "{}", self.0.as_secs()),
            tenths => write!(f, "{}.{tenths}", self.0.as_secs()),
        }
    }
}
