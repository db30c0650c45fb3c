//! `--known FILE`: findings that are known and do not fail.
//!
//! A line each: an id and, if it is known in one outcome only, that outcome (`S11 wrong`). What stands behind `#` is a
//! comment. Lines of JSON are taken as well, so that a saved run of this command is such a file.

use std::collections::BTreeSet;
use std::fmt;

use super::line::Line;
use crate::judge::Outcome;

/// Findings that are known.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Known {
    entries: BTreeSet<(String, Option<Outcome>)>,
}

/// A line that says nothing.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub text: String,
}

impl fmt::Display for KnownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for KnownError {}

impl Known {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If a line is neither an id nor JSON.
    pub fn parse(text: &str) -> Result<Self, KnownError> {
        let mut entries = BTreeSet::new();
        for (number, line) in text.lines().enumerate() {
            let error = |text: String| KnownError {
                line: number + 1,
                text,
            };
            let line = line.trim();
            if line.starts_with('{') {
                entries.extend(from_json(line).map_err(error)?);
                continue;
            }
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(id) = words.next() else { continue };
            let outcome = words.next().map(outcome).transpose().map_err(error)?;
            if let Some(more) = words.next() {
                return Err(error(format!(
                    "{more:?} after the outcome: a comment begins with #"
                )));
            }
            entries.insert((id.to_owned(), outcome));
        }
        Ok(Self { entries })
    }

    /// Whether this finding is known.
    #[must_use]
    pub fn covers(&self, line: &Line) -> bool {
        let id = || line.scenario.to_owned();
        self.entries.contains(&(id(), None)) || self.entries.contains(&(id(), Some(line.outcome)))
    }

    /// The ids of entries that no finding of `lines` needs any more. What was not played says nothing.
    #[must_use]
    pub fn stale(&self, lines: &[Line], strict: bool) -> Vec<&str> {
        let is_stale = |(id, outcome): &&(String, Option<Outcome>)| {
            let mut played = lines
                .iter()
                .filter(|line| line.scenario == id && line.outcome != Outcome::Skipped)
                .peekable();
            let was_played = played.peek().is_some();
            let needed = played.any(|line| {
                line.outcome.fails(strict) && outcome.is_none_or(|outcome| outcome == line.outcome)
            });
            was_played && !needed
        };
        self.entries
            .iter()
            .filter(is_stale)
            .map(|(id, _)| id.as_str())
            .collect()
    }
}

fn outcome(word: &str) -> Result<Outcome, String> {
    Outcome::ALL
        .into_iter()
        .find(|outcome| outcome.name() == word)
        .ok_or_else(|| format!("{word:?} is no outcome"))
}

/// The entry that a line of JSON stands for: a scenario that fails, or nothing.
fn from_json(line: &str) -> Result<Option<(String, Option<Outcome>)>, String> {
    let value: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let Some(id) = value.get("scenario").and_then(|id| id.as_str()) else {
        return Ok(None);
    };
    let word = value.get("outcome").and_then(|word| word.as_str());
    let outcome = outcome(word.unwrap_or_default())?;
    Ok(outcome.fails(true).then(|| (id.to_owned(), Some(outcome))))
}
