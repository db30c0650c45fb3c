//! Topic Names and Topic Filters: MQTT 5.0 §4.7 and §4.8.2, 3.1.1 §4.7, 3.1 Appendix A.

use crate::error::ErrorKind;
use crate::packet_type::Version;
use crate::view::plain::{is_plain_filter, is_plain_topic};

/// What is wrong with a Topic Name or a Topic Filter, and at which of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    /// The number of bytes before the first one that cannot be accepted.
    pub(crate) offset: usize,
    pub(crate) kind: ErrorKind,
}

/// Whether `topic` can be a Topic Name: at least one character [MQTT-4.7.3-1], no wildcard [MQTT-4.7.0-1], no U+0000
/// [MQTT-4.7.3-2].
///
/// The same holds in 3.1.1 ([MQTT-4.7.3-1], [MQTT-4.7.1-1], [MQTT-4.7.3-2]) and 3.1 (Appendix A).
///
/// ```
/// use mqtt_reason::{ErrorKind, view};
///
/// assert_eq!(view::check_topic_name("sport/tennis"), Ok(()));
/// let refused = view::check_topic_name("sport/#");
/// assert!(matches!(refused, Err(ErrorKind::WildcardInTopicName { wildcard: '#', .. })));
/// ```
///
/// # Errors
///
/// What the decoder would refuse it for.
#[inline]
pub fn check_topic_name(topic: &str) -> Result<(), ErrorKind> {
    if topic.is_empty() {
        return Err(ErrorKind::EmptyTopicName);
    }
    if is_plain_topic(topic.as_bytes()) {
        return Ok(());
    }
    match topic.as_bytes().iter().find(|byte| is_special(**byte)) {
        None => Ok(()),
        Some(0) => Err(ErrorKind::NullCharacter),
        Some(wildcard) => Err(ErrorKind::WildcardInTopicName {
            wildcard: char::from(*wildcard),
        }),
    }
}

/// A byte that no Topic Name has.
pub(crate) const fn is_special(byte: u8) -> bool {
    matches!(byte, 0 | b'+' | b'#')
}

/// Whether `filter` can be a Topic Filter: at least one character [MQTT-4.7.3-1], `#` alone in the last level
/// [MQTT-4.7.1-1], `+` alone in its level [MQTT-4.7.1-2], no U+0000 [MQTT-4.7.3-2]; and in 5.0, after `$share/`, a
/// ShareName of at least one character [MQTT-4.8.2-1] without wildcards, a `/` and a Topic Filter [MQTT-4.8.2-2].
///
/// Shared Subscriptions are part of 5.0 only: in 3.1.1 and 3.1 `$share` is a level like any other.
///
/// ```
/// use mqtt_reason::{ErrorKind, Version, view};
///
/// assert_eq!(view::check_topic_filter(Version::V5_0, "$share/group/sport/+"), Ok(()));
/// assert_eq!(view::check_topic_filter(Version::V5_0, "$share//sport"), Err(ErrorKind::EmptyShareName));
/// assert_eq!(view::check_topic_filter(Version::V3_1_1, "$share//sport"), Ok(()));
/// ```
///
/// # Errors
///
/// What the decoder would refuse it for.
pub fn check_topic_filter(version: Version, filter: &str) -> Result<(), ErrorKind> {
    if is_plain_filter(filter.as_bytes()) && !is_shared(filter.as_bytes()) {
        return Ok(());
    }
    if filter.as_bytes().contains(&0) {
        return Err(ErrorKind::NullCharacter);
    }
    check_filter(version, filter.as_bytes()).map_err(|fault| fault.kind)
}

/// Checks the bytes of a Topic Filter, which are known to be text without U+0000.
pub(crate) fn check_filter(version: Version, filter: &[u8]) -> Result<(), Fault> {
    match filter {
        [] => refuse(0, ErrorKind::EmptyTopicFilter),
        [b'$', b's', b'h', b'a', b'r', b'e', b'/', shared @ ..] if version == Version::V5_0 => {
            check_shared(shared, SHARE.len())
        }
        _ => check_levels(filter, 0),
    }
}

/// What a Shared Subscription's Topic Filter begins with, §4.8.2.
const SHARE: &str = "$share/";

/// Whether a Topic Filter begins like a Shared Subscription's.
#[inline]
pub(crate) const fn is_shared(filter: &[u8]) -> bool {
    matches!(filter, [b'$', b's', b'h', b'a', b'r', b'e', b'/', ..])
}

/// Checks ShareName, `/` and Topic Filter; `offset` bytes come before them.
fn check_shared(shared: &[u8], offset: usize) -> Result<(), Fault> {
    let name = shared
        .iter()
        .position(|byte| matches!(byte, b'/' | b'+' | b'#'));
    let Some(len) = name else {
        let end = offset.saturating_add(shared.len());
        // Nothing after `$share/` at all, or a ShareName and nothing after it.
        return match shared {
            [] => refuse(end, ErrorKind::EmptyShareName),
            _ => refuse(end, ErrorKind::NoShareFilter),
        };
    };
    let at = offset.saturating_add(len);
    match shared.get(len..) {
        Some([b'/', ..]) if len == 0 => refuse(at, ErrorKind::EmptyShareName),
        Some([b'/']) => refuse(at.saturating_add(1), ErrorKind::NoShareFilter),
        Some([b'/', filter @ ..]) => check_levels(filter, at.saturating_add(1)),
        _ => refuse(at, ErrorKind::WildcardInShareName),
    }
}

/// Checks where the wildcards stand in a filter that `offset` bytes come before.
pub(crate) fn check_levels(filter: &[u8], offset: usize) -> Result<(), Fault> {
    let mut at = offset;
    let mut levels = filter.split(|byte| *byte == b'/').peekable();
    while let Some(level) = levels.next() {
        let is_last = levels.peek().is_none();
        let wildcard = level.iter().position(|byte| matches!(byte, b'+' | b'#'));
        match (level, wildcard) {
            ([b'+'], _) | (_, None) => {}
            ([b'#'], _) if is_last => {}
            (_, Some(place)) => {
                let kind = match level.get(place) {
                    Some(b'#') => ErrorKind::MultiLevelWildcard,
                    _ => ErrorKind::SingleLevelWildcard,
                };
                return refuse(at.saturating_add(place), kind);
            }
        }
        at = at.saturating_add(level.len()).saturating_add(1);
    }
    Ok(())
}

#[cold]
const fn refuse(offset: usize, kind: ErrorKind) -> Result<(), Fault> {
    Err(Fault { offset, kind })
}

/// ShareName and Topic Filter of a Shared Subscription; `None` for any other subscription. MQTT 5.0 §4.8.2.
///
/// ```
/// use mqtt_reason::view;
///
/// assert_eq!(view::share("$share/group/sport/#"), Some(("group", "sport/#")));
/// assert_eq!(view::share("sport/#"), None);
/// ```
#[must_use]
pub fn share(filter: &str) -> Option<(&str, &str)> {
    filter.strip_prefix(SHARE)?.split_once('/')
}

/// Whether a Topic Filter matches a Topic Name, MQTT 5.0 §4.7: level by level, and no wildcard in the first level
/// matches a Topic Name that starts with `$` [MQTT-4.7.2-1].
///
/// A Shared Subscription's filter is to be given without `$share` and ShareName: see [`share`].
///
/// ```
/// use mqtt_reason::view;
///
/// assert!(view::filter_matches("sport/+/score/#", "sport/tennis/score"));
/// assert!(!view::filter_matches("#", "$SYS/uptime"));
/// ```
#[must_use]
pub fn filter_matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut filters = filter.split('/');
    let mut topics = topic.split('/');
    loop {
        match (filters.next(), topics.next()) {
            (Some("#"), _) => return true,
            (Some("+"), Some(_)) => {}
            (Some(filter), Some(topic)) if filter == topic => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_a_filter_goes_wrong() {
        let place = |filter: &str| {
            check_filter(Version::V5_0, filter.as_bytes()).map_err(|fault| fault.offset)
        };
        for (filter, offset) in [
            ("", 0),
            ("a/#/b", 2),
            ("a#", 1),
            ("a+/b", 1),
            ("a/b+", 3),
            ("#/", 0),
            ("++", 0),
            ("/+#", 1),
            ("$share/", 7),
            ("$share//", 7),
            ("$share//t", 7),
            ("$share/g", 8),
            ("$share/g/", 9),
            ("$share/g+/t", 8),
            ("$share/#", 7),
            ("$share/g/a/#/b", 11),
            ("$share/g/a/b#", 12),
        ] {
            assert_eq!(place(filter), Err(offset), "{filter}");
        }
        for filter in [
            "/",
            "#",
            "+",
            "a",
            "a/",
            "/#",
            "+/+",
            "a/+/#",
            "$share",
            "$shared/",
            "$SYS/#",
            "$share/g/#",
            "$share/g//",
            "$share/g/+/a",
        ] {
            assert_eq!(place(filter), Ok(()), "{filter}");
        }
    }
}
