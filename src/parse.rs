//! nom parsers of what packets are made of: the data types of MQTT 5.0 §1.5, a property, a section of properties.
//!
//! For a grammar of your own, with an error type of your own, as those of whole packets in [`v5::parse`](crate::v5::parse),
//! [`v3::parse`](crate::v3::parse), [`view::parse`](crate::view::parse) and [`frame`](crate::frame::parse). They parse
//! inside a packet, where the input is complete: too few bytes are an error, never "incomplete".
//!
//! ```
//! use mqtt_reason::{Carrier, parse};
//! use nom::{IResult, Parser};
//!
//! /// The body of a PUBLISH of QoS 0: Topic Name, properties, payload.
//! fn publish(i: &[u8]) -> IResult<&[u8], (&str, Option<&str>)> {
//!     let (i, topic) = parse::string(i)?;
//!     let (payload, properties) = parse::properties(Carrier::Publish).parse(i)?;
//!     Ok((payload, (topic, properties.content_type())))
//! }
//!
//! let body = [0, 1, b't', 5, 0x03, 0, 2, b'u', b'8', b'!'];
//! assert_eq!(publish(&body), Ok((&b"!"[..], ("t", Some("u8")))));
//! ```

use nom::combinator::map;
use nom::error::{ErrorKind as NomErrorKind, FromExternalError, ParseError as NomParseError};
use nom::{IResult, Parser};

use crate::error::{ErrorKind, Parsed};
use crate::options::DecodeOptions;
use crate::spec::property::{Carrier, DataType, PropertyId};
use crate::v5::properties::Properties;
use crate::v5::property::{Property, Reader, check_value};
use crate::wire;

/// What an error type of the caller's has to be made of: every one of nom is, and any with an [`ErrorKind`].
pub trait ParseError<'a>: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], ErrorKind> {}

impl<'a, E> ParseError<'a> for E where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], ErrorKind>
{
}

/// A result with the caller's error.
fn yours<'a, T, E: ParseError<'a>>(parsed: Parsed<'a, T>) -> IResult<&'a [u8], T, E> {
    parsed.map_err(|error| {
        error.map(|error| E::from_external_error(error.at, NomErrorKind::Verify, error.kind))
    })
}

/// A byte, §1.5.1.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`] at the end of the input.
pub fn byte<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], u8, E> {
    yours(wire::byte(i))
}

/// A Two Byte Integer, §1.5.2.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`].
pub fn two_byte_integer<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], u16, E> {
    yours(wire::two_byte_integer(i))
}

/// A Four Byte Integer, §1.5.3.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`].
pub fn four_byte_integer<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], u32, E> {
    let halves = (two_byte_integer, two_byte_integer);
    map(halves, |(high, low)| u32::from(high) << 16 | u32::from(low)).parse(i)
}

/// A Variable Byte Integer in its shortest form, §1.5.5.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`], [`ErrorKind::VariableByteIntegerTooLong`] or
/// [`ErrorKind::VariableByteIntegerNotMinimal`].
pub fn variable_byte_integer<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], u32, E> {
    yours(wire::variable_byte_integer(i))
}

/// A UTF-8 Encoded String, §1.5.4: well-formed and without U+0000.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`], [`ErrorKind::IllFormedUtf8`] or
/// [`ErrorKind::NullCharacter`].
pub fn string<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], &'a str, E> {
    let (rest, ()) = yours(wire::string(i))?;
    let (_, bytes) = yours(wire::binary(i))?;
    // It was checked.
    Ok((rest, core::str::from_utf8(bytes).unwrap_or_default()))
}

/// Binary Data, §1.5.6.
///
/// # Errors
///
/// [`nom::Err::Failure`] with [`ErrorKind::Truncated`].
pub fn binary<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], &'a [u8], E> {
    yours(wire::binary(i))
}

/// A UTF-8 String Pair, §1.5.7.
///
/// # Errors
///
/// As [`string`].
pub fn string_pair<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], (&'a str, &'a str), E> {
    (string, string).parse(i)
}

/// One property, identifier and value, §2.2.2.2; whether it may stand where it does, is for [`properties`] to say.
///
/// ```
/// use mqtt_reason::{parse, v5::Property};
/// use nom::multi::many0;
/// use nom::Parser;
///
/// let section = [0x21, 0x00, 0x0A, 0x24, 0x01];
/// let (rest, all) = many0(parse::property::<nom::error::Error<&[u8]>>).parse(&section).unwrap();
/// assert!(rest.is_empty());
/// assert_eq!(all[0], Property::ReceiveMaximum(10.try_into().unwrap()));
/// ```
///
/// # Errors
///
/// [`nom::Err::Error`] if the input does not start with an identifier of Table 2-4; [`nom::Err::Failure`] if the value
/// is not one of the property.
pub fn property<'a, E: ParseError<'a>>(i: &'a [u8]) -> IResult<&'a [u8], Property<'a>, E> {
    let other = || nom::Err::Error(E::from_error_kind(i, NomErrorKind::Tag));
    let Some((id, value)) = i.split_first() else {
        return Err(other());
    };
    if PropertyId::from_u8(*id).is_none() {
        return Err(other());
    }
    let checked = check_value(*id, DataType::of_byte(*id), value);
    let (rest, ()) = yours(checked.map(|rest| (rest, ())))?;
    let property = Reader::new(i).property().ok_or_else(other)?;
    Ok((rest, property))
}

/// A parser of Property Length and properties, §2.2.2, as `carrier` may have them, whoever sends it.
///
/// # Errors
///
/// [`nom::Err::Failure`] with the first thing that is wrong.
pub fn properties<'a, E: ParseError<'a>>(
    carrier: Carrier,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Properties<'a>, E> {
    properties_with(carrier, DecodeOptions::new())
}

/// As [`properties`], under `options`.
///
/// # Errors
///
/// As [`properties`].
pub fn properties_with<'a, E: ParseError<'a>>(
    carrier: Carrier,
    options: DecodeOptions,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], Properties<'a>, E> {
    move |i| yours(Properties::parse(i, carrier, &options))
}
