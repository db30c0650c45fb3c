//! Topic Names and Topic Filters: those that a decoder must accept, and those that it must refuse.

use std::format;
use std::string::String;
use std::vec::Vec;

use super::defect::RequestDefect;
use crate::packet_type::Version;
use crate::testing::choices::Choices;
use crate::testing::text::{short_text, text};

const SHARE: &str = "$share/";

/// A Topic Name of any shape, not empty, MQTT 5.0 §4.7.
pub(super) fn topic_name(c: &mut Choices<'_>) -> String {
    c.group(|c| {
        let name = match c.below(4) {
            0 | 1 => text(c),
            2 => levels(c).join("/"),
            _ => format!("$SYS/{}", short_text(c)),
        };
        not_empty(without_wildcards(&name))
    })
}

/// A Response Topic: as a Topic Name, or empty.
pub(super) fn response_topic(c: &mut Choices<'_>) -> String {
    c.group(|c| without_wildcards(&text(c)))
}

/// A Topic Filter of any shape, §4.7; in 5.0 also that of a Shared Subscription, §4.8.2.
pub(super) fn topic_filter(version: Version, c: &mut Choices<'_>) -> String {
    c.group(|c| match c.below(8) {
        0..=2 => plain_filter(c),
        3 => topic_name(c),
        4 => c
            .pick(&["#", "+", "/", "/#", "+/+", "$share", "$SYS/#"])
            .into(),
        // In 3.x anything may follow.
        5 if version != Version::V5_0 => c
            .pick(&["$share/", "$share//t", "$share/g", "$share/+/t"])
            .into(),
        _ => shared_filter(c),
    })
}

/// A filter of a Shared Subscription.
pub(super) fn shared_filter(c: &mut Choices<'_>) -> String {
    let name = not_empty(without_wildcards(&short_text(c)).replace('/', "-"));
    let filter = plain_filter(c);
    format!("{SHARE}{name}/{filter}")
}

/// Levels with wildcards among them.
fn plain_filter(c: &mut Choices<'_>) -> String {
    let mut levels = levels(c);
    for level in &mut levels {
        if c.one_in(3) {
            *level = "+".into();
        }
    }
    if c.one_in(3) {
        levels.push("#".into());
    }
    not_empty(levels.join("/"))
}

/// Levels without wildcards, any of which may be empty.
fn levels(c: &mut Choices<'_>) -> Vec<String> {
    let count = c.between(1, 4);
    let mut level = || c.group(|c| without_wildcards(&short_text(c)).replace('/', ""));
    (0..count).map(|_| level()).collect()
}

fn without_wildcards(text: &str) -> String {
    text.replace(['+', '#'], "/")
}

fn not_empty(text: String) -> String {
    if text.is_empty() { "t".into() } else { text }
}

/// A name with wildcards, and the place of the first one.
pub(super) fn name_with_wildcard(c: &mut Choices<'_>) -> (String, usize) {
    let before = without_wildcards(&short_text(c));
    let wildcard = c.pick(&["+", "#"]);
    let after = short_text(c);
    (format!("{before}{wildcard}{after}"), before.len())
}

/// A filter with this defect, and the place where it shows.
pub(super) fn bad_filter(
    defect: RequestDefect,
    version: Version,
    c: &mut Choices<'_>,
) -> (String, usize) {
    let (wrong, place): (&str, usize) = match defect {
        RequestDefect::EmptyTopicFilter => return (String::new(), 0),
        RequestDefect::EmptyShareName => (c.pick(&["", "/", "//t", "/t", "/#"]), 0),
        RequestDefect::WildcardInShareName => {
            c.pick(&[("+/t", 0), ("g+/t", 1), ("g#/t", 1), ("#", 0), ("g+", 1)])
        }
        RequestDefect::NoShareFilter => c.pick(&[("g", 1), ("g/", 2)]),
        RequestDefect::MultiLevelWildcard => c.pick(&[
            ("a#", 1),
            ("#/b", 0),
            ("##", 0),
            ("#b", 0),
            ("a#/b", 1),
            ("#+", 0),
        ]),
        _ => c.pick(&[
            ("a+", 1),
            ("+b", 0),
            ("++", 0),
            ("+b/c", 0),
            ("a+/b", 1),
            ("+#", 0),
        ]),
    };
    let is_shared = match defect {
        RequestDefect::MultiLevelWildcard | RequestDefect::SingleLevelWildcard => {
            version == Version::V5_0 && c.one_in(4)
        }
        _ => true,
    };
    let sound = match defect {
        RequestDefect::MultiLevelWildcard | RequestDefect::SingleLevelWildcard => {
            let sound = c.pick(&["", "a/", "+/", "/", "a/+//"]);
            let share = if is_shared { "$share/g/" } else { "" };
            format!("{share}{sound}")
        }
        _ => SHARE.into(),
    };
    (format!("{sound}{wrong}"), sound.len() + place)
}
