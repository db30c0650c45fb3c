//! nom parsers: one per packet and one for any of the nine.
//!
//! They are streaming parsers over `&[u8]` for use inside a parser of your own, with an error type of your own: any
//! that implements [`nom::error::ParseError`] and takes a [`DecodeError`] by [`nom::error::FromExternalError`].
//!
//! * [`nom::Err::Incomplete`]: more bytes are needed, this many.
//! * [`nom::Err::Error`]: another packet type, so that `alt` goes on.
//! * [`nom::Err::Failure`]: this packet type, and something is wrong with it.
//!
//! ```
//! use mqtt_reason::v5::{self, Packet};
//! use nom::{Parser, branch::alt, combinator::map};
//!
//! # #[derive(Debug, PartialEq)]
//! enum Mine<'a> { Pingresp, Reason(Packet<'a>) }
//!
//! fn pingresp(i: &[u8]) -> nom::IResult<&[u8], Mine<'_>> {
//!     map(nom::bytes::streaming::tag(&[0xD0, 0x00][..]), |_| Mine::Pingresp).parse(i)
//! }
//!
//! fn mine(i: &[u8]) -> nom::IResult<&[u8], Mine<'_>> {
//!     alt((pingresp, map(v5::parse::packet, Mine::Reason))).parse(i)
//! }
//!
//! let (rest, _) = mine(&[0xE0, 0x01, 0x8E, 0xD0, 0x00])?;
//! assert_eq!(mine(rest)?, (&[][..], Mine::Pingresp));
//! # Ok::<(), nom::Err<nom::error::Error<&[u8]>>>(())
//! ```
//!
//! # With an error type of your own
//!
//! ```
//! use mqtt_reason::v5::{self, DisconnectReason, Packet};
//! use mqtt_reason::{DecodeError, DecodeOptions, Side};
//! use nom::error::{ErrorKind, FromExternalError, ParseError};
//! use nom::{IResult, Parser, branch::alt, bytes::streaming::tag, combinator::map};
//!
//! enum Message<'a> {
//!     Pingreq,
//!     Reason(Packet<'a>),
//! }
//!
//! enum Refusal {
//!     Unknown,
//!     Packet(DecodeError),
//! }
//!
//! impl<'a> ParseError<&'a [u8]> for Refusal {
//!     fn from_error_kind(_: &'a [u8], _: ErrorKind) -> Self {
//!         Self::Unknown
//!     }
//!
//!     fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
//!         other
//!     }
//! }
//!
//! impl<'a> FromExternalError<&'a [u8], DecodeError> for Refusal {
//!     fn from_external_error(_: &'a [u8], _: ErrorKind, error: DecodeError) -> Self {
//!         Self::Packet(error)
//!     }
//! }
//!
//! fn message(i: &[u8]) -> IResult<&[u8], Message<'_>, Refusal> {
//!     let reason = v5::parse::packet_with(DecodeOptions::new().sender(Side::Client));
//!     alt((map(tag(&[0xC0, 0x00][..]), |_| Message::Pingreq), map(reason, Message::Reason))).parse(i)
//! }
//!
//! fn main() {
//!     assert!(matches!(message(&[0xC0, 0x00, 0x40]), Ok(([0x40], Message::Pingreq))));
//!     assert!(matches!(message(&[0x40, 0x02, 0x00, 0x0A]), Ok(([], Message::Reason(Packet::Puback(_))))));
//!     let Err(nom::Err::Failure(Refusal::Packet(error))) = message(&[0x40, 0x02, 0x00, 0x00]) else {
//!         panic!("its Packet Identifier is 0");
//!     };
//!     assert_eq!(DisconnectReason::from(&error), DisconnectReason::ProtocolError);
//! }
//! ```

use nom::IResult;
use nom::error::{ErrorKind as NomErrorKind, FromExternalError, ParseError as NomParseError};

use crate::error::DecodeError;
use crate::frame;
use crate::options::DecodeOptions;
use crate::packet_type::PacketType;
use crate::v5::{
    Auth, Connack, Disconnect, Packet, Puback, Pubcomp, Pubrec, Pubrel, Suback, Unsuback, decode,
    decode_with,
};

/// Any of the nine packets, sender unknown and without limits.
///
/// # Errors
///
/// See the [module](self).
pub fn packet<'a, E>(i: &'a [u8]) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    any(DecodeOptions::DEFAULT, i)
}

/// A parser of any of the nine packets under `options`.
///
/// # Errors
///
/// See the [module](self).
pub fn packet_with<'a, E>(
    options: DecodeOptions,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    move |i| any(&options, i)
}

fn any<'a, E>(options: &DecodeOptions, i: &'a [u8]) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    frame::into_nom(i, PacketType::is_reason_coded, |i| decode_with(options, i))
}

/// The parser of one packet type. It saves nine copies of the same function.
macro_rules! parsers {
    ($($function:ident $Variant:ident $name:literal $section:literal,)+) => {
        $(
            #[doc = concat!("A ", $name, ", MQTT 5.0 ", $section, ", sender unknown and without limits.")]
            ///
            /// # Errors
            ///
            /// See the [module](self).
            pub fn $function<'a, E>(i: &'a [u8]) -> IResult<&'a [u8], $Variant<'a>, E>
            where
                E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
            {
                let is_mine = |packet_type| packet_type == PacketType::$Variant;
                match frame::into_nom(i, is_mine, decode)? {
                    (rest, Packet::$Variant(packet)) => Ok((rest, packet)),
                    _ => Err(nom::Err::Error(E::from_error_kind(i, NomErrorKind::Tag))),
                }
            }
        )+
    };
}

parsers! {
    connack Connack "CONNACK" "§3.2",
    puback Puback "PUBACK" "§3.4",
    pubrec Pubrec "PUBREC" "§3.5",
    pubrel Pubrel "PUBREL" "§3.6",
    pubcomp Pubcomp "PUBCOMP" "§3.7",
    suback Suback "SUBACK" "§3.9",
    unsuback Unsuback "UNSUBACK" "§3.11",
    disconnect Disconnect "DISCONNECT" "§3.14",
    auth Auth "AUTH" "§3.15",
}
