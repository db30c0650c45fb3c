//! One direction of a TCP connection: what has been handed on of it, and what waits.

use std::collections::VecDeque;

use super::{At, Place};

/// A segment that cannot be handed on yet.
pub(super) struct Waiting {
    pub(super) sequence: u32,
    /// What its sender had received when it sent it: that has to be handed on first.
    pub(super) acknowledged: Option<u32>,
    pub(super) at: At,
    pub(super) payload: Vec<u8>,
    pub(super) missing: u32,
    pub(super) fin: bool,
}

impl Waiting {
    /// How much of the stream it covers, captured or not.
    fn len(&self) -> u32 {
        let payload = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        payload.saturating_add(self.missing)
    }
}

/// One direction.
#[derive(Default)]
pub(super) struct Half {
    /// The sequence number of the first byte that has not been handed on; unknown before the first segment.
    pub(super) next: Option<u32>,
    /// Whether a segment of this direction was captured.
    pub(super) seen: bool,
    /// Whether its end was handed on.
    pub(super) ended: bool,
    /// The packet of the capture that was needed last for what was handed on.
    pub(super) frame: u64,
    /// Segments that wait, by sequence number.
    pub(super) waiting: VecDeque<Waiting>,
    /// How many bytes they hold.
    pub(super) held: usize,
}

impl Half {
    /// How many bytes of a segment that starts here are missing before it; 0 if it starts with what is next, or earlier.
    pub(super) fn hole(&self, sequence: u32) -> u32 {
        match self.next {
            Some(next) if is_after(sequence, next) => sequence.wrapping_sub(next),
            _ => 0,
        }
    }

    /// Puts a segment where it belongs. What is there twice is kept once.
    pub(super) fn hold(&mut self, segment: Waiting) {
        let behind = |other: &Waiting| is_after(other.sequence, segment.sequence);
        let index = self
            .waiting
            .iter()
            .rposition(|other| !behind(other))
            .map_or(0, |index| index + 1);
        let before = index
            .checked_sub(1)
            .and_then(|index| self.waiting.get(index));
        if let Some(before) = before
            && before.sequence == segment.sequence
            && before.payload.len() >= segment.payload.len()
            && before.len() >= segment.len()
            && before.fin >= segment.fin
        {
            return;
        }
        self.held += segment.payload.len();
        self.waiting.insert(index, segment);
    }

    /// The first segment that waits.
    pub(super) fn take(&mut self) -> Option<Waiting> {
        let segment = self.waiting.pop_front()?;
        self.held -= segment.payload.len();
        Some(segment)
    }

    /// Where a segment is complete: not before the one that it waited for.
    pub(super) fn complete(&mut self, at: At) -> At {
        let Place::Frame(frame) = at.place else {
            return at;
        };
        self.frame = self.frame.max(frame);
        At {
            place: Place::Frame(self.frame),
            ..at
        }
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.waiting = VecDeque::new();
        self.held = 0;
    }
}

/// Whether `a` comes after `b`: sequence numbers wrap around.
pub(super) const fn is_after(a: u32, b: u32) -> bool {
    let distance = a.wrapping_sub(b);
    distance != 0 && distance <= u32::MAX / 2
}

#[cfg(test)]
mod tests {
    use super::is_after;

    #[test]
    fn sequence_numbers_wrap_around() {
        assert!(is_after(5, 4));
        assert!(is_after(3, u32::MAX));
        assert!(!is_after(u32::MAX, 3));
        assert!(!is_after(7, 7));
    }
}
