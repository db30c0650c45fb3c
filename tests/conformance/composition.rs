//! The parsers inside somebody else's nom grammar, with somebody else's error type.

use mqtt_reason::v5::{self, Packet};
use mqtt_reason::{DecodeError, DecodeOptions, Side, v3};
use nom::branch::alt;
use nom::combinator::map;
use nom::error::{ErrorKind, FromExternalError, ParseError};
use nom::multi::many0;
use nom::{IResult, Needed, Parser};

/// A broker's error.
#[derive(Debug, PartialEq)]
enum Broken<'a> {
    Syntax(&'a [u8], ErrorKind),
    Mqtt(&'a [u8], DecodeError),
}

impl<'a> ParseError<&'a [u8]> for Broken<'a> {
    fn from_error_kind(input: &'a [u8], kind: ErrorKind) -> Self {
        Self::Syntax(input, kind)
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl<'a> FromExternalError<&'a [u8], DecodeError> for Broken<'a> {
    fn from_external_error(input: &'a [u8], _: ErrorKind, error: DecodeError) -> Self {
        Self::Mqtt(input, error)
    }
}

#[derive(Debug, PartialEq)]
enum Mine<'a> {
    Pingreq,
    Reason(Packet<'a>),
}

fn mine(i: &[u8]) -> IResult<&[u8], Mine<'_>, Broken<'_>> {
    let pingreq = nom::bytes::streaming::tag(&[0xC0, 0x00][..]);
    alt((
        map(v5::parse::packet, Mine::Reason),
        map(pingreq, |_| Mine::Pingreq),
    ))
    .parse(i)
}

#[test]
fn another_type_lets_alt_go_on() {
    assert_eq!(mine(&[0xC0, 0x00]), Ok((&[][..], Mine::Pingreq)));
    let (rest, packets) = many0(mine)
        .parse(&[0x40, 0x02, 0, 1, 0xC0, 0, 0xE0, 0x00, 0x00])
        .unwrap();
    assert_eq!(packets.len(), 3);
    assert_eq!(rest, [0x00], "a reserved type is nobody's");
}

#[test]
fn anything_wrong_after_the_type_is_a_failure_with_its_place() {
    let bytes = [0x40, 0x03, 0x00, 0x01, 0x01];
    let Err(nom::Err::Failure(Broken::Mqtt(at, error))) = mine(&bytes) else {
        panic!("a code that is not defined");
    };
    assert_eq!((at, error.offset()), (&bytes[4..], 4));
    for bytes in [&[0x41, 0x02, 0, 1][..], &[0x40, 0x82, 0x00, 0, 1]] {
        assert!(
            matches!(mine(bytes), Err(nom::Err::Failure(Broken::Mqtt(..)))),
            "{bytes:02x?}"
        );
    }
}

#[test]
fn says_how_many_bytes_are_missing() {
    let bytes = [0x40, 0x07, 0x00, 0x01, 0x00, 0x03, 0x1F, 0x00, 0x00];
    for (cut, needed) in [2, 1, 7, 6, 5, 4, 3, 2, 1].into_iter().enumerate() {
        assert_eq!(
            mine(&bytes[..cut]),
            Err(nom::Err::Incomplete(Needed::new(needed))),
            "{cut}"
        );
    }
}

#[test]
fn each_packet_has_a_parser_of_its_own() {
    type Parsers = [(u8, fn(&[u8]) -> bool); 9];
    fn taken<T>(result: IResult<&[u8], T, ()>) -> bool {
        match result {
            Ok((rest, _)) => rest == [0xAA],
            Err(nom::Err::Error(())) => false,
            Err(_) => panic!("neither taken nor left to others"),
        }
    }
    let parsers: Parsers = [
        (0x20, |i| taken(v5::parse::connack(i))),
        (0x40, |i| taken(v5::parse::puback(i))),
        (0x50, |i| taken(v5::parse::pubrec(i))),
        (0x62, |i| taken(v5::parse::pubrel(i))),
        (0x70, |i| taken(v5::parse::pubcomp(i))),
        (0x90, |i| taken(v5::parse::suback(i))),
        (0xB0, |i| taken(v5::parse::unsuback(i))),
        (0xE0, |i| taken(v5::parse::disconnect(i))),
        (0xF0, |i| taken(v5::parse::auth(i))),
    ];
    let packets: [&[u8]; 9] = [
        &[0x20, 3, 0, 0, 0, 0xAA],
        &[0x40, 2, 0, 1, 0xAA],
        &[0x50, 2, 0, 1, 0xAA],
        &[0x62, 2, 0, 1, 0xAA],
        &[0x70, 2, 0, 1, 0xAA],
        &[0x90, 4, 0, 1, 0, 0, 0xAA],
        &[0xB0, 4, 0, 1, 0, 0, 0xAA],
        &[0xE0, 0, 0xAA],
        &[0xF0, 6, 0x18, 4, 0x15, 0, 1, b'A', 0xAA],
    ];
    for (first, parse) in parsers {
        for packet in packets {
            assert_eq!(
                parse(packet),
                packet[0] == first,
                "{first:#04x} of {packet:02x?}"
            );
        }
    }
}

#[test]
fn options_reach_the_parser() {
    let from_client = DecodeOptions::new().sender(Side::Client);
    let mut packet = v5::parse::packet_with::<nom::error::Error<_>>(from_client);
    assert!(packet(&[0xF0, 6, 0x19, 4, 0x15, 0, 1, b'A']).is_ok());
    assert!(matches!(
        packet(&[0xF0, 6, 0x00, 4, 0x15, 0, 1, b'A']),
        Err(nom::Err::Failure(_))
    ));
}

#[test]
fn three_x_composes_as_well() {
    let auth = v3::parse::packet::<nom::error::Error<_>>(&[0xF0, 0x00]);
    assert!(matches!(auth, Err(nom::Err::Error(_))), "3.x has no AUTH");
    let (rest, packet) = v3::parse::packet::<()>(&[0x20, 0x02, 0x01, 0x00, 0xE0]).unwrap();
    assert_eq!(rest, [0xE0]);
    assert_eq!(packet, v3::Packet::Connack(v3::Connack::accepted(true)));

    let options = DecodeOptions::new();
    let mut v3_1 = v3::parse::packet_with::<()>(v3::Version::V3_1, options);
    assert!(
        v3_1(&[0x6A, 0x02, 0x00, 0x01]).is_ok(),
        "a PUBREL sent again"
    );
    assert!(v3::parse::packet::<()>(&[0x6A, 0x02, 0x00, 0x01]).is_err());
}
