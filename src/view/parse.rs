//! nom parsers: one per packet and one for any of the six.
//!
//! They are streaming parsers over `&[u8]` for use inside a parser of your own, as those of
//! [`v5::parse`](crate::v5::parse): [`nom::Err::Incomplete`] if bytes are missing, [`nom::Err::Error`] for another
//! packet type, so that `alt` goes on, [`nom::Err::Failure`] for what is refused. Each is made for the version of a
//! connection; a CONNECT tells its own.
//!
//! ```
//! use mqtt_reason::Version;
//! use mqtt_reason::v5::{self, Packet};
//! use mqtt_reason::view::{self, View};
//! use nom::{Parser, branch::alt, combinator::map};
//!
//! # #[derive(Debug, PartialEq)]
//! enum Any<'a> { View(View<'a>), Reason(Packet<'a>) }
//!
//! fn any(i: &[u8]) -> nom::IResult<&[u8], Any<'_>> {
//!     let view = view::parse::view(Version::V5_0);
//!     alt((map(v5::parse::packet, Any::Reason), map(view, Any::View))).parse(i)
//! }
//!
//! let (rest, _) = any(&[0x40, 0x02, 0x00, 0x0A, 0xC0, 0x00])?;
//! assert_eq!(any(rest)?, (&[][..], Any::View(View::Pingreq)));
//! # Ok::<(), nom::Err<nom::error::Error<&[u8]>>>(())
//! ```

use nom::IResult;
use nom::error::{ErrorKind as NomErrorKind, FromExternalError, ParseError as NomParseError};

use crate::error::DecodeError;
use crate::frame::{self, Decoded, HeaderOrNeeded};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::view::{Connect, Publish, Subscribe, Unsubscribe, View};

/// Any of the six packets, sender unknown and without limits.
///
/// # Errors
///
/// See the [module](self).
pub fn view<'a, E>(version: Version) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], View<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    view_with(version, *DecodeOptions::DEFAULT)
}

/// A parser of any of the six packets under `options`.
///
/// # Errors
///
/// See the [module](self).
pub fn view_with<'a, E>(
    version: Version,
    options: DecodeOptions,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], View<'a>, E>
where
    E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
{
    let is_mine = |packet: PacketType| !packet.is_reason_coded();
    move |i| frame::into_nom(i, is_mine, |i| decode(version, &options, i))
}

/// The view at the start of the input.
fn decode<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, View<'a>>, DecodeError> {
    match frame::header(version, options, i)? {
        HeaderOrNeeded::Needed(needed) => Ok(Decoded::Incomplete { needed }),
        HeaderOrNeeded::Header(header) => {
            let frame = frame::frame(&header, i);
            Ok(match View::of(version, options, &frame)? {
                Some(packet) => Decoded::Packet {
                    packet,
                    len: header.len,
                },
                None => Decoded::Frame(frame),
            })
        }
    }
}

/// The parser of one packet type. It saves six copies of the same function.
macro_rules! parsers {
    ($($function:ident $Variant:ident $Output:ty, $name:literal $section:literal, $pattern:pat => $value:expr;)+) => {
        $(
            #[doc = concat!("A ", $name, ", MQTT 5.0 ", $section, ", sender unknown and without limits.")]
            ///
            /// # Errors
            ///
            /// See the [module](self).
            pub fn $function<'a, E>(
                version: Version,
            ) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], $Output, E>
            where
                E: NomParseError<&'a [u8]> + FromExternalError<&'a [u8], DecodeError>,
            {
                let is_mine = |packet| packet == PacketType::$Variant;
                let options = DecodeOptions::DEFAULT;
                move |i| match frame::into_nom(i, is_mine, |i| decode(version, options, i))? {
                    (rest, $pattern) => Ok((rest, $value)),
                    // A CONNECT of no known version.
                    _ => Err(nom::Err::Error(E::from_error_kind(i, NomErrorKind::Verify))),
                }
            }
        )+
    };
}

parsers! {
    connect Connect Connect<'a>, "CONNECT of a known version" "§3.1", View::Connect(packet) => packet;
    publish Publish Publish<'a>, "PUBLISH" "§3.3", View::Publish(packet) => packet;
    subscribe Subscribe Subscribe<'a>, "SUBSCRIBE" "§3.8", View::Subscribe(packet) => packet;
    unsubscribe Unsubscribe Unsubscribe<'a>, "UNSUBSCRIBE" "§3.10", View::Unsubscribe(packet) => packet;
    pingreq Pingreq (), "PINGREQ" "§3.12", View::Pingreq => ();
    pingresp Pingresp (), "PINGRESP" "§3.13", View::Pingresp => ();
}
