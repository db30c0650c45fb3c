//! The parsers of this crate inside a broker's own nom grammar, with the broker's own error type.
//!
//! ```console
//! $ cargo run --example nom_embed -- 400300 0a87 c000 3006000174006869
//! ```
//!
//! Prints one line per message; on an error the broker's own words for it, and the DISCONNECT to answer with.

use std::env;
use std::process::ExitCode;

use mqtt_reason::v5::{self, DisconnectReason, Packet};
use mqtt_reason::{DecodeError, DecodeOptions, Side};
use nom::branch::alt;
use nom::bytes::streaming::tag;
use nom::combinator::{map, map_parser, rest, verify};
use nom::error::{ErrorKind, FromExternalError, ParseError};
use nom::multi::length_data;
use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

/// What this broker understands: its own messages beside the packets of this crate.
#[derive(Debug, PartialEq)]
pub(crate) enum Message<'a> {
    /// PINGREQ, MQTT 5.0 §3.12.
    Pingreq,
    /// PUBLISH with QoS 0, MQTT 5.0 §3.3.
    Publish {
        /// The Topic Name.
        topic: &'a [u8],
        /// The property section, not looked into here.
        properties: &'a [u8],
        /// The Application Message.
        payload: &'a [u8],
    },
    /// One of the nine packets with a reason code.
    Reason(Packet<'a>),
}

/// The error type of this broker: it had one before it embedded the crate.
#[derive(Debug, PartialEq)]
pub(crate) enum Refusal {
    /// None of the parsers takes the message.
    Unknown,
    /// A reason-coded packet is wrong: what it is, and where.
    Packet(DecodeError),
}

/// What nom's own parsers report.
impl<'a> ParseError<&'a [u8]> for Refusal {
    fn from_error_kind(_: &'a [u8], _: ErrorKind) -> Self {
        Self::Unknown
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// What the parsers of this crate report: the only `impl` that embedding them takes.
impl<'a> FromExternalError<&'a [u8], DecodeError> for Refusal {
    fn from_external_error(_: &'a [u8], _: ErrorKind, error: DecodeError) -> Self {
        Self::Packet(error)
    }
}

impl Refusal {
    /// The DISCONNECT to answer with, MQTT 5.0 §4.13.1.
    pub(crate) fn answer(&self) -> DisconnectReason {
        match self {
            Self::Unknown => DisconnectReason::MalformedPacket,
            Self::Packet(error) => error.into(),
        }
    }
}

/// The grammar: the broker's own messages, then ours. A packet type that is not ours is an `Err::Error`, so that `alt`
/// goes on; a packet of ours that is wrong is an `Err::Failure`, which ends it.
pub(crate) fn message(i: &[u8]) -> IResult<&[u8], Message<'_>, Refusal> {
    let from_client = DecodeOptions::new().sender(Side::Client);
    alt((
        map(tag(&[0xC0, 0x00][..]), |_| Message::Pingreq),
        publish,
        map(v5::parse::packet_with(from_client), Message::Reason),
    ))
    .parse(i)
}

/// PUBLISH with QoS 0 and fewer than 128 bytes: enough for an example.
fn publish(i: &[u8]) -> IResult<&[u8], Message<'_>, Refusal> {
    let (i, _) = tag(&[0x30][..])(i)?;
    let short = |length: &u8| *length < 0x80;
    let body = (length_data(be_u16), length_data(be_u8), rest);
    map(
        map_parser(
            length_data(verify(be_u8, short)),
            nom::combinator::complete(body),
        ),
        |(topic, properties, payload)| Message::Publish {
            topic,
            properties,
            payload,
        },
    )
    .parse(i)
}

fn main() -> ExitCode {
    let hex: String = env::args().skip(1).collect();
    let Some(bytes) = bytes(&hex) else {
        eprintln!("usage: nom_embed HEX...");
        return ExitCode::from(2);
    };
    let mut i = &bytes[..];
    while !i.is_empty() {
        match message(i) {
            Ok((rest, message)) => {
                println!("{message:?}");
                i = rest;
            }
            Err(nom::Err::Incomplete(needed)) => {
                println!("the last message is not whole: {needed:?}");
                return ExitCode::FAILURE;
            }
            Err(nom::Err::Error(refusal) | nom::Err::Failure(refusal)) => {
                println!("{refusal:?}; answer with {:?}", refusal.answer());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// The bytes that hexadecimal digits write.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits?.chunks(2).map(pair).collect()
}
