//! Strings as values: what [`wire::string`](crate::wire::string) only checks.

use crate::error::{ErrorKind, ParseError, Parsed, failure};
use crate::packet_type::Version;
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
    match core::str::from_utf8(bytes) {
        Ok(text) if version == Version::V3_1 || !bytes.contains(&0) => Ok((rest, text)),
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
    let special = bytes
        .iter()
        .fold(false, |seen, byte| seen | is_special(*byte));
    match core::str::from_utf8(bytes) {
        Ok(text) if !special => Ok((rest, text)),
        _ => Err(no_topic_name(bytes)),
    }
}

/// A Topic Filter, §4.7 and §4.8.2.
#[inline]
pub(crate) fn topic_filter(i: &[u8], version: Version) -> Parsed<'_, &str> {
    let (rest, bytes) = wire::binary(i)?;
    let special = bytes
        .iter()
        .fold(false, |seen, byte| seen | is_special(*byte));
    // Most of them have no wildcard and are not shared.
    if !special && !bytes.is_empty() && !topic::is_shared(bytes) {
        return match core::str::from_utf8(bytes) {
            Ok(text) => Ok((rest, text)),
            Err(_) => Err(ill_formed(bytes)),
        };
    }
    match core::str::from_utf8(bytes) {
        Ok(text) if !bytes.contains(&0) => match topic::check_filter(version, bytes) {
            Ok(()) => Ok((rest, text)),
            // The field is the place.
            Err(fault) if bytes.is_empty() => Err(failure(i, fault.kind)),
            Err(fault) => Err(at(bytes, fault.offset, fault.kind)),
        },
        _ => Err(ill_formed(bytes)),
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
