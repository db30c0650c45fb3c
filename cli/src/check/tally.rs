//! How much of what was found, and the last line about it.

use std::fmt::Write as _;

use crate::connection::{Item, What};

use super::input::Besides;

/// Counts what is told.
#[derive(Default)]
pub(super) struct Tally {
    connections: usize,
    packets: u64,
    errors: u64,
    violations: u64,
    odd: u64,
    cut_off: u64,
    notes: u64,
}

impl Tally {
    /// One connection more; its number, from 0.
    pub(super) const fn open(&mut self) -> usize {
        self.connections += 1;
        self.connections - 1
    }

    pub(super) fn count(&mut self, item: &Item<'_>) {
        match &item.what {
            What::Packet { .. } => self.packets += 1,
            What::Error { .. } => self.errors += 1,
            What::Finding(_) if item.is_bad() => self.violations += 1,
            What::Finding(_) => self.odd += 1,
            What::Incomplete { .. } => self.cut_off += 1,
            What::Note { .. } => self.notes += 1,
            What::Closed { .. } => {}
        }
    }

    pub(super) const fn is_bad(&self) -> bool {
        self.errors + self.violations > 0
    }

    /// Says on standard error what was found in all.
    pub(super) fn report(&self, besides: &Besides) {
        let mut text = counted(self.connections as u64, "connection");
        if self.packets > 0 {
            let _ = write!(text, ", {}", counted(self.packets, "packet"));
        }
        let found = [
            (
                self.errors,
                "packet that does not decode",
                "packets that do not decode",
            ),
            (self.violations, "violation", "violations"),
            (self.odd, "oddity", "oddities"),
            (self.cut_off, "packet cut off", "packets cut off"),
            (self.notes, "remark", "remarks"),
        ];
        let mut nothing = true;
        for (count, one, more) in found {
            if count > 0 {
                let _ = write!(text, ", {count} {}", if count == 1 { one } else { more });
                nothing = false;
            }
        }
        if nothing && self.connections > 0 {
            text.push_str(", nothing found");
        }
        anstream::eprintln!("{text}");
        for line in besides.lines(self.connections) {
            anstream::eprintln!("note: {line}");
        }
    }
}

/// A number and what it counts.
pub(super) fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
