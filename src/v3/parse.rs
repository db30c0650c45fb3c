//! nom parsers of MQTT 3.1.1 and 3.1, in the manner of [`v5::parse`](crate::v5::parse).

use nom::IResult;
use nom::error::{FromExternalError, ParseError as NomParseError};

use crate::error::DecodeError;
use crate::frame;
use crate::options::DecodeOptions;
use crate::packet_type::PacketType;
use crate::v3::{Packet, Version, decode_with};

/// Any of the eight packets of 3.1.1, sender unknown and without limits.
///
/// # Errors
///
/// [`nom::Err::Incomplete`] with the number of bytes missing; [`nom::Err::Error`] for another packet type;
/// [`nom::Err::Failure`] for anything wrong after that.
pub fn packet<'a, E>(i: &'a [u8]) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    any(Version::V3_1_1, DecodeOptions::DEFAULT, i)
}

/// A parser of any of the eight packets of `version` under `options`.
///
/// # Errors
///
/// As [`packet`].
pub fn packet_with<'a, E>(
    version: Version,
    options: DecodeOptions,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    move |i| any(version, &options, i)
}

fn any<'a, E>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> IResult<&'a [u8], Packet<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    let is_mine = |packet: PacketType| packet.is_reason_coded() && packet != PacketType::Auth;
    frame::into_nom(i, is_mine, |i| decode_with(version, options, i))
}
