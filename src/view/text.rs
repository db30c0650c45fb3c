//! Strings as values: what [`wire::string`](crate::wire::string) only checks.

use crate::error::{ErrorKind, ParseError, Parsed, failure};
use crate::packet_type::Version;
use crate::view::plain::{is_plain_filter, is_plain_text, is_plain_topic};
use crate::view::topic::{self, is_special};
use crate::wire;

/// A UTF-8 Encoded String, §1.5.4: well-formed [MQTT-1.5.4-1], without U+0000 [MQTT-1.5.4-2].
///
/// # Conformance
///
/// 3.1 forbids U+0000 in topics only (Appendix A).
#[inline(always)]
pub(crate) fn text(i: &[u8], version: Version) -> Parsed<'_, &str> {
    let (rest, bytes) = wire::binary(i)?;
    if is_plain_text(bytes) {
        if let Ok(text) = core::str::from_utf8(bytes) {
            return Ok((rest, text));
        }
    }
    other_text(bytes, version).map(|text| (rest, text))
}

#[inline(never)]
fn other_text(bytes: &[u8], version: Version) -> Result<&str, nom::Err<ParseError<'_>>> {
    match core::str::from_utf8(bytes) {
        Ok(text) if version == Version::V3_1 || !bytes.contains(&0) => Ok(text),
        Err(error) if version == Version::V3_1 => {
            Err(at(bytes, error.valid_up_to(), ErrorKind::IllFormedUtf8))
        }
        _ => Err(ill_formed(bytes)),
    }
}

/// A Topic Name, §4.7; an empty one is left to the caller, who may know a Topic Alias.
#[inline(always)]
pub(crate) fn topic_name(i: &[u8]) -> Parsed<'_, &str> {
    let (rest, bytes) = wire::binary(i)?;
    if is_plain_topic(bytes) {
        if let Ok(text) = core::str::from_utf8(bytes) {
            return Ok((rest, text));
        }
    }
    other_topic_name(bytes).map(|text| (rest, text))
}

#[inline(never)]
fn other_topic_name(bytes: &[u8]) -> Result<&str, nom::Err<ParseError<'_>>> {
    match core::str::from_utf8(bytes) {
        Ok(text) if !bytes.iter().any(|byte| is_special(*byte)) => Ok(text),
        _ => Err(no_topic_name(bytes)),
    }
}

/// The bytes of a Topic Filter, checked, §4.7 and §4.8.2.
#[inline(always)]
pub(crate) fn topic_filter(i: &[u8], version: Version) -> Parsed<'_, &[u8]> {
    let (rest, bytes) = wire::binary(i)?;
    if is_plain_filter(bytes) && !topic::is_shared(bytes) {
        Ok((rest, bytes))
    } else {
        check_other_filter(i, bytes, version).map(|()| (rest, bytes))
    }
}

/// Checks the filter `bytes`, whose field `i` starts with.
#[inline(never)]
fn check_other_filter<'a>(
    i: &'a [u8],
    bytes: &'a [u8],
    version: Version,
) -> Result<(), nom::Err<ParseError<'a>>> {
    if core::str::from_utf8(bytes).is_err() || bytes.contains(&0) {
        return Err(ill_formed(bytes));
    }
    match topic::check_filter(version, bytes) {
        Ok(()) => Ok(()),
        // The field is the place.
        Err(fault) if bytes.is_empty() => Err(failure(i, fault.kind)),
        Err(fault) => Err(at(bytes, fault.offset, fault.kind)),
    }
}

/// The error about a string that is not well-formed or has a U+0000, at its first bad character.
#[cold]
#[inline(never)]
fn ill_formed(bytes: &[u8]) -> nom::Err<ParseError<'_>> {
    let (valid, kind) = match core::str::from_utf8(bytes) {
        Ok(_) => (bytes.len(), ErrorKind::NullCharacter),
        Err(error) => (error.valid_up_to(), ErrorKind::IllFormedUtf8),
    };
    let before = bytes.get(..valid).unwrap_or_default();
    match before.iter().position(|byte| *byte == 0) {
        Some(null) => at(bytes, null, ErrorKind::NullCharacter),
        None => at(bytes, valid, kind),
    }
}

/// The error about a string that is no Topic Name: its encoding first, then its first wildcard.
#[cold]
#[inline(never)]
fn no_topic_name(bytes: &[u8]) -> nom::Err<ParseError<'_>> {
    let is_text = core::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
    match bytes.iter().position(|byte| is_special(*byte)) {
        Some(place) if is_text => {
            let wildcard = bytes.get(place).copied().map_or('#', char::from);
            at(bytes, place, ErrorKind::WildcardInTopicName { wildcard })
        }
        _ => ill_formed(bytes),
    }
}

/// An error `offset` bytes into a field.
#[cold]
pub(crate) fn at(field: &[u8], offset: usize, kind: ErrorKind) -> nom::Err<ParseError<'_>> {
    failure(field.get(offset..).unwrap_or_default(), kind)
}
