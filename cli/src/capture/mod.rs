//! Where the bytes of both sides come from: capture files, live captures and transcripts.
//!
//! bytes → packets of a capture ([`packets`]) → TCP segments ([`link`]) → connections ([`streams`]) → what each side
//! sent (`flow`), and whether that is of interest (`watching`); and text → lines of a transcript ([`transcript`]). Both hand what they find to a [`Watcher`].

pub(crate) mod link;
pub(crate) mod packets;
pub(crate) mod streams;
pub(crate) mod transcript;

mod flow;
mod half;
mod look;
mod watching;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use mqtt_reason::Side;

/// Where something stands in the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// A line of a transcript, counted from 1.
    Line(u64),
    /// A packet of a capture, counted from 1 as other programs count them.
    Frame(u64),
    /// Nowhere: it happened live.
    Nowhere,
}

/// Where and when something was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct At {
    pub(crate) place: Place,
    /// Since the start of the input; never goes back within a connection.
    pub(crate) time: Duration,
}

/// How a side ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// In order.
    Fin,
    /// By a reset.
    Reset,
    /// The system gave the side up.
    Timeout,
}

impl How {
    /// The word for it in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
        }
    }
}

/// What is known of a connection when its first byte comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Opening<'a> {
    /// The name that a transcript gives it; a capture has none.
    pub(crate) name: Option<&'a str>,
    /// The addresses of client and server; a transcript has none.
    pub(crate) addresses: Option<(SocketAddr, SocketAddr)>,
    /// Whether what came before was not captured.
    pub(crate) middle: bool,
    pub(crate) at: At,
}

/// Something that is told of every connection what its sides send.
pub(crate) trait Watcher {
    /// What the watcher keeps of one connection.
    type Stream;

    /// A connection was found.
    fn open(&mut self, opening: &Opening<'_>) -> Self::Stream;

    /// A side sent bytes.
    fn bytes(&mut self, stream: &mut Self::Stream, side: Side, at: At, bytes: &[u8]);

    /// Bytes of a side that are not in the capture; `None` if nobody knows how many.
    fn lost(&mut self, stream: &mut Self::Stream, side: Side, at: At, count: u64);

    /// A side ended. A reset may follow its FIN.
    fn close(&mut self, stream: &mut Self::Stream, side: Side, how: How, at: At);

    /// Nothing more will be seen of this connection.
    fn finish(&mut self, stream: Self::Stream, at: At);
}

/// Why the input cannot be used, from some place on.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// Reading failed.
    Read(std::io::Error),
    /// It is not what it should be; a sentence.
    Content(String),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Content(text) => f.write_str(text),
        }
    }
}

impl From<std::io::Error> for Unusable {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error)
    }
}

/// Makes an [`Unusable::Content`].
pub(crate) fn unusable(text: impl Into<String>) -> Unusable {
    Unusable::Content(text.into())
}
