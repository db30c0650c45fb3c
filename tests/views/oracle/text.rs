//! Strings, Topic Names and Topic Filters.

use super::reader::Reader;
use super::{Fault, Version, answered_with, malformed};

impl Reader<'_> {
    /// R55 to R57; `null` says whether U+0000 may stand in it.
    pub(super) fn text_with(&mut self, null: bool) -> Result<String, Fault> {
        let start = self.at + 2;
        let bytes = self.binary()?;
        // The first bad character: the longest beginning that is well-formed ends before it.
        let valid = (0..=bytes.len())
            .rev()
            .find(|length| std::str::from_utf8(&bytes[..*length]).is_ok())
            .unwrap_or(0);
        let zero = bytes[..valid].iter().position(|byte| *byte == 0);
        match zero {
            Some(zero) if !null => Err(malformed(start + zero)),
            _ if valid < bytes.len() => Err(malformed(start + valid)),
            _ => Ok(String::from_utf8(bytes.to_vec()).unwrap()),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        self.text_with(false)
    }

    /// V41, V42; V40 is the caller's.
    pub(super) fn topic_name(&mut self) -> Result<String, Fault> {
        let start = self.at + 2;
        let topic = self.text()?;
        match topic.find(['+', '#']) {
            Some(place) => Err(answered_with(0x90, start + place)),
            None => Ok(topic),
        }
    }

    /// V40, V42 to V47.
    pub(super) fn topic_filter(&mut self, version: Version) -> Result<String, Fault> {
        let field = self.at;
        let filter = self.text()?;
        // V40
        if filter.is_empty() {
            return Err(answered_with(0x8F, field));
        }
        match filter_fault(&filter, version) {
            Some(place) => Err(answered_with(0x8F, field + 2 + place)),
            None => Ok(filter),
        }
    }
}

/// Where a filter that is not empty goes wrong.
fn filter_fault(filter: &str, version: Version) -> Option<usize> {
    let Some(shared) = filter
        .strip_prefix("$share/")
        .filter(|_| version == Version::V5_0)
    else {
        return wildcard_fault(filter);
    };
    let name: String = shared.chars().take_while(|c| *c != '/').collect();
    // V46: no wildcard in the ShareName.
    if let Some(place) = name.find(['+', '#']) {
        return Some(7 + place);
    }
    // V45
    if name.is_empty() {
        return Some(7);
    }
    // V46: `/` and a filter.
    let after = &shared[name.len()..];
    if after.len() < 2 {
        return Some(filter.len());
    }
    wildcard_fault(&after[1..]).map(|place| 7 + name.len() + 1 + place)
}

/// V43, V44: the first wildcard that has a neighbour other than `/`, or a `#` that is not the last character.
fn wildcard_fault(filter: &str) -> Option<usize> {
    let bytes = filter.as_bytes();
    (0..bytes.len()).find(|&place| {
        let starts = place == 0 || bytes[place - 1] == b'/';
        let next = bytes.get(place + 1);
        match bytes[place] {
            b'+' => !starts || next.is_some_and(|byte| *byte != b'/'),
            b'#' => !starts || next.is_some(),
            _ => false,
        }
    })
}
