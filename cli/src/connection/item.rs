//! What there is to tell of a connection.

use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, PacketType, Side, Version};

use crate::packet::Packet;

use super::{At, Finding, How, Kind, Subject};

/// Takes what there is to tell, in order.
pub(crate) trait Sink {
    fn item(&mut self, item: &Item<'_>);

    /// Takes bytes of packets, as they come, when what carries them has been taken off.
    fn unwrapped(&mut self, _side: Side, _at: At, _bytes: &[u8]) {}
}

impl<F: FnMut(&Item<'_>)> Sink for F {
    fn item(&mut self, item: &Item<'_>) {
        self(item);
    }
}

/// One thing to tell.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) at: At,
    /// The version of the connection, as far as it is known.
    pub(crate) version: Option<Version>,
    pub(crate) what: What<'a>,
}

/// What it is.
#[derive(Clone, Copy)]
pub(crate) enum What<'a> {
    /// A packet in order.
    Packet {
        from: Side,
        body: Body<'a>,
        /// The packet as far as it is kept.
        bytes: &'a [u8],
        /// Its size.
        len: usize,
        /// What it answers.
        subject: Option<&'a Subject>,
        /// What to do about it, where the packet alone does not tell.
        advice: Option<&'static str>,
    },
    /// A packet that does not decode.
    Error {
        from: Side,
        error: &'a DecodeError,
        /// The packet as far as it is there.
        bytes: &'a [u8],
    },
    /// The beginning of a packet, after which its side or the input ended.
    Incomplete {
        from: Side,
        packet: Option<PacketType>,
        bytes: &'a [u8],
        /// How many bytes of it came.
        there: usize,
        /// Its size, once that is known.
        len: Option<usize>,
    },
    /// What the checker found.
    Finding(&'a Finding),
    /// A remark; about one side, or about the connection.
    Note { side: Option<Side>, text: &'a str },
    /// A side ended.
    Closed { by: Side, how: How },
}

/// A packet that was read.
#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    /// One of the nine that carry reason codes.
    Coded(Packet<'a>),
    /// One of the other six.
    View(View<'a>),
    /// Nobody can look into it: its version is not known.
    Unread(PacketType),
}

impl Body<'_> {
    pub(crate) const fn packet_type(&self) -> PacketType {
        match self {
            Self::Coded(packet) => packet.packet_type(),
            Self::View(view) => view.packet_type(),
            Self::Unread(packet) => *packet,
        }
    }

    /// Whether a code of it is a failure.
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::Coded(packet) => packet.is_error(),
            Self::View(_) | Self::Unread(_) => false,
        }
    }
}

impl Item<'_> {
    /// The side that sent, broke or ended something.
    pub(crate) fn side(&self) -> Option<Side> {
        match &self.what {
            What::Packet { from, .. }
            | What::Error { from, .. }
            | What::Incomplete { from, .. } => Some(*from),
            What::Finding(finding) => Some(finding.by()),
            What::Note { side, .. } => *side,
            What::Closed { by, .. } => Some(*by),
        }
    }

    /// The packet that this is about.
    pub(crate) fn packet_type(&self) -> Option<PacketType> {
        match &self.what {
            What::Packet { body, .. } => Some(body.packet_type()),
            What::Error { error, .. } => error.packet(),
            What::Incomplete { packet, .. } => *packet,
            What::Finding(finding) => Some(finding.packet()),
            What::Note { .. } | What::Closed { .. } => None,
        }
    }

    /// Whether a rule is broken: an error or a violation.
    pub(crate) fn is_bad(&self) -> bool {
        match &self.what {
            What::Error { .. } => true,
            What::Finding(finding) => finding.kind() == Kind::Violation,
            _ => false,
        }
    }

    /// Whether this is an error or a finding.
    pub(crate) const fn is_finding(&self) -> bool {
        matches!(self.what, What::Error { .. } | What::Finding(_))
    }
}
