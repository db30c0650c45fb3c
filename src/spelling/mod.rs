//! How libraries and servers spell the codes, and the numbers that are a library's own.
//!
//! A name in a log is seldom the specification's. [`find`] knows the spellings of the table, the prefixes that
//! libraries put before the specification's names (`MQTT_RC_`, `MqttConnection`), the words they shorten (`ID`, `Auth`)
//! and British spelling. [`NUMBERS`] are error numbers that look like codes and are none.
//!
//! ```
//! use mqtt_reason::spelling::{Means, find};
//!
//! assert!(find("MQTT_RC_CLIENTID_NOT_VALID").any(|found| found.means == Means::Reason(0x85)));
//! assert!(find("MqttConnectionBadUserNameOrPassword").any(|found| found.means == Means::Reason(0x86)));
//! assert!(find("Connection Refused: not authorised.").any(|found| found.means == Means::V3Connack(5)));
//! assert_eq!(find("banana").count(), 0);
//! ```

mod names;
mod numbers;

pub use self::names::{PREFIXES, SPELLINGS};
pub use self::numbers::NUMBERS;

use crate::packet_type::Version;
use crate::reason::ReasonCode;
use crate::v3::{ConnackReturnCode, SubackReturnCode};

/// A name as somebody writes it, and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Spelling {
    /// The name.
    pub text: &'static str,
    /// Who writes it so.
    pub library: &'static str,
    /// The release in whose source or documentation it was looked up; empty where nobody's is.
    pub release: &'static str,
    /// What it means.
    pub means: Means,
}

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Means {
    /// A reason code of 5.0.
    Reason(u8),
    /// A return code of CONNACK in 3.1.1 and 3.1.
    V3Connack(u8),
    /// A return code of SUBACK in 3.1.1 and 3.1.
    V3Suback(u8),
    /// A number of the library itself: one of [`NUMBERS`].
    Library(i32),
}

impl Means {
    /// The version that has the code; `None` for a library's own number.
    #[must_use]
    pub const fn version(self) -> Option<Version> {
        match self {
            Self::Reason(_) => Some(Version::V5_0),
            Self::V3Connack(_) | Self::V3Suback(_) => Some(Version::V3_1_1),
            Self::Library(_) => None,
        }
    }
}

/// A number that a library uses beside MQTT's codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct LibraryNumber {
    /// The number.
    pub number: i32,
    /// Whose number it is.
    pub library: &'static str,
    /// The release in whose source it was looked up.
    pub release: &'static str,
    /// The library's name of it.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub meaning: &'static str,
}

/// A prefix that a library puts before the specification's names of 5.0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Prefix {
    /// The prefix.
    pub text: &'static str,
    /// Who uses it.
    pub library: &'static str,
    /// The release in whose source or documentation it was looked up; empty where nobody's is.
    pub release: &'static str,
}

/// What somebody may mean by this name: in any library's spelling, of any version, each meaning once.
///
/// Case, spaces and punctuation do not matter. A name that several versions have is found in all of them.
pub fn find(text: &str) -> impl Iterator<Item = Spelling> {
    let in_table = SPELLINGS
        .iter()
        .copied()
        .filter(move |row| same(row.text, text));
    // "MQTT_REASON_DISCONNECT_WITH_WILL_MESSAGE": any prefix that leaves a name.
    let in_v5 = ReasonCode::table().filter_map(move |row| {
        let (library, release) = match same(row.name, text) {
            true => ("MQTT 5.0", ""),
            false => PREFIXES
                .iter()
                .find(|prefix| strip(text, prefix.text).is_some_and(|name| same(row.name, name)))
                .map(|prefix| (prefix.library, prefix.release))?,
        };
        Some(Spelling {
            text: row.name,
            library,
            release,
            means: Means::Reason(row.code.as_u8()),
        })
    });
    // With a prefix of 5.0 it is no name of 3.x.
    let prefixed = PREFIXES
        .iter()
        .any(|prefix| strip(text, prefix.text).is_some());
    let v3_name = if prefixed { "" } else { text };
    let connack = [crate::v3::Version::V3_1_1, crate::v3::Version::V3_1]
        .into_iter()
        .flat_map(move |version| {
            ConnackReturnCode::ALL
                .iter()
                .map(move |code| (code.name_in(version), code.as_u8()))
        })
        .filter(move |(name, _)| {
            let short = strip(name, "Connection Refused").unwrap_or(name);
            same(name, v3_name) || same(short, v3_name)
        })
        .map(|(name, value)| Spelling {
            text: name,
            library: "MQTT 3.1.1",
            release: "",
            means: Means::V3Connack(value),
        });
    let suback = SubackReturnCode::ALL
        .iter()
        .map(|code| (code.name_in(crate::v3::Version::V3_1_1), code.as_u8()))
        .filter(move |(name, _)| same(name, v3_name))
        .map(|(name, value)| Spelling {
            text: name,
            library: "MQTT 3.1.1",
            release: "",
            means: Means::V3Suback(value),
        });
    // Each meaning once: a row is left out if one before it says the same.
    let mut seen = Seen::default();
    in_table
        .chain(in_v5)
        .chain(connack)
        .chain(suback)
        .filter(move |row| seen.is_new(row.means))
}

/// Meanings that have been found.
#[derive(Default)]
struct Seen {
    means: [Option<Means>; 8],
}

impl Seen {
    fn is_new(&mut self, means: Means) -> bool {
        for place in &mut self.means {
            match place {
                Some(seen) if *seen == means => return false,
                Some(_) => {}
                None => {
                    *place = Some(means);
                    return true;
                }
            }
        }
        true
    }
}

/// What follows the prefix, whatever its case and punctuation.
fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut expected = letters(prefix);
    let mut next = expected.next();
    for (at, byte) in text.bytes().enumerate() {
        let Some(wanted) = next else {
            let rest = text.get(at..)?;
            // A prefix that ends with a separator must have one; a word must not go on.
            let ends = !byte.is_ascii_alphanumeric() || !prefix.ends_with(['_', '.', ':']);
            return (ends && letters(rest).next().is_some()).then_some(rest);
        };
        if byte.is_ascii_alphanumeric() {
            if byte.to_ascii_lowercase() != wanted {
                return None;
            }
            next = expected.next();
        } else if !matches!(byte, b'_' | b'.' | b':' | b' ' | b'-' | b'?') {
            return None;
        }
    }
    None
}

/// Whether two names are the same but for case, punctuation, abbreviations and British spelling.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let mut empty = true;
    let mut other = spelled_out(other);
    let equal = spelled_out(one).all(|letter| {
        empty = false;
        other.next() == Some(letter)
    });
    equal && other.next().is_none() && !empty
}

/// The letters and digits in lower case.
fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
}

/// The letters of all words, each in the specification's spelling.
fn spelled_out(text: &str) -> impl Iterator<Item = u8> + '_ {
    Words { rest: text }.flat_map(|word| letters(usual(word)))
}

/// The words of a name: parted by punctuation, or by a capital letter.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let start = self
            .rest
            .find(|letter: char| letter.is_ascii_alphanumeric())?;
        let rest = self.rest.get(start..)?;
        let bytes = rest.as_bytes();
        let mut end = bytes.len();
        for (at, pair) in bytes.windows(2).enumerate() {
            let &[one, two] = pair else { break };
            let at = at.saturating_add(1);
            // In "QoSNotSupported" QoS is a word.
            let third = bytes.get(at.saturating_add(1)).copied().unwrap_or(b' ');
            let in_qos = rest
                .get(..at)
                .is_some_and(|word| word.eq_ignore_ascii_case("qo"));
            let hump = one.is_ascii_lowercase() && two.is_ascii_uppercase() && !in_qos;
            let after_capitals =
                one.is_ascii_uppercase() && two.is_ascii_uppercase() && third.is_ascii_lowercase();
            if !two.is_ascii_alphanumeric() || hump || after_capitals {
                end = at;
                break;
            }
        }
        let (word, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

/// The specification's spelling of a word.
fn usual(word: &str) -> &str {
    const WORDS: &[(&str, &str)] = &[
        ("id", "identifier"),
        ("ids", "identifier"),
        ("identifiers", "identifier"),
        ("subscription", "subscriptions"),
        ("sub", "subscriptions"),
        ("clientid", "clientidentifier"),
        ("auth", "authentication"),
        ("authorised", "authorized"),
        ("unauthorised", "unauthorized"),
        ("pwd", "password"),
        ("passwd", "password"),
        ("ver", "version"),
        ("msg", "message"),
        ("err", "error"),
        ("subs", "subscriptions"),
        ("subscr", "subscriptions"),
        ("max", "maximum"),
        ("invaild", "invalid"),
        ("unsup", "unsupported"),
        ("proto", "protocol"),
        ("impl", "implementation"),
    ];
    let found = WORDS
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(word));
    found.map_or(word, |(_, long)| long)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(text: &str) -> std::vec::Vec<Means> {
        find(text).map(|found| found.means).collect()
    }

    #[test]
    fn every_row_is_found_as_it_stands() {
        for row in SPELLINGS {
            let means = means(row.text);
            assert!(means.contains(&row.means), "{row:?}: {means:?}");
        }
    }

    #[test]
    fn every_name_of_the_specification_is_found_behind_every_prefix() {
        for prefix in PREFIXES {
            for meaning in ReasonCode::table() {
                let code = Means::Reason(meaning.code.as_u8());
                let name = meaning.name;
                let upper: std::string::String = name
                    .chars()
                    .map(|letter| {
                        if letter.is_ascii_alphanumeric() {
                            letter.to_ascii_uppercase()
                        } else {
                            '_'
                        }
                    })
                    .collect();
                let camel: std::string::String = name
                    .split([' ', '-'])
                    .flat_map(|word| {
                        let (first, rest) = word.split_at(1);
                        first
                            .to_uppercase()
                            .chars()
                            .chain(rest.chars())
                            .collect::<std::vec::Vec<_>>()
                    })
                    .collect();
                for name in [upper, camel, name.into()] {
                    let text = std::format!("{}{name}", prefix.text);
                    assert!(means(&text).contains(&code), "{text}: {:?}", means(&text));
                }
            }
        }
    }

    #[test]
    fn names_stand_for_every_version_that_has_them() {
        assert_eq!(
            means("NotAuthorized"),
            [Means::Reason(0x87), Means::V3Connack(5)]
        );
        assert_eq!(means("session taken over"), [Means::Reason(0x8E)]);
        assert_eq!(
            means("Connection Refused, identifier rejected"),
            [Means::V3Connack(2)]
        );
        assert_eq!(
            means("connection refused: not AUTHORISED"),
            [Means::V3Connack(5)]
        );
        for text in [
            "",
            "...",
            "code",
            "MQTT_RC_",
            "MQTT_RC_BANANA",
            "MqttConnection",
            "authorized",
        ] {
            assert_eq!(means(text), [], "{text}");
        }
    }

    #[test]
    fn numbers_of_libraries_have_a_sentence_each() {
        for row in NUMBERS {
            assert!(row.meaning.ends_with('.'), "{row:?}");
        }
        for row in SPELLINGS {
            if let Means::Library(number) = row.means {
                assert!(
                    NUMBERS
                        .iter()
                        .any(|known| known.number == number && known.library == row.library),
                    "{row:?}"
                );
            }
        }
    }
}
