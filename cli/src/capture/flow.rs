//! One TCP connection out of segments: what each side sent, once, in order.
//!
//! A capture is no record of what arrived: segments are in it twice, in another order, or not at all. What a side sends
//! is handed on when everything before it was, and when everything was that its sender had received by then: an answer
//! never comes before its question. A segment that waits for one that is not in the capture waits a second of the
//! capture's time, or until too much waits; then bytes are declared lost.

use std::net::SocketAddr;
use std::time::Duration;

use mqtt_reason::Side;

use super::half::{Half, Waiting};
use super::link::Segment;
use super::watching::{Hands, Watch};
use super::{At, How, Place, Watcher};

/// How long a segment waits for what is missing before it.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// How many segments and bytes of a connection wait.
const SEGMENTS: usize = 1024;
const HELD: usize = 4 << 20;
/// Two addresses, the smaller one first.
pub(super) type Pair = (SocketAddr, SocketAddr);

/// One connection.
pub(super) struct Flow<S> {
    pub(super) pair: Pair,
    pub(super) halves: [Half; 2],
    /// Which half is the client's.
    pub(super) client: Option<usize>,
    /// Whether a SYN was captured.
    pub(super) from_start: bool,
    /// The sequence number of the client's SYN.
    syn: Option<u32>,
    pub(super) watch: Watch<S>,
    /// When something began to wait.
    pub(super) stuck_since: Option<Duration>,
    pub(super) last: At,
}

impl<S> Flow<S> {
    pub(super) fn new(pair: Pair, at: At) -> Self {
        Self {
            pair,
            halves: [Half::default(), Half::default()],
            client: None,
            from_start: false,
            syn: None,
            watch: Watch::Undecided { prefix: Vec::new() },
            stuck_since: None,
            last: at,
        }
    }

    /// Whether a segment starts another connection between the same two addresses.
    pub(super) fn is_new_connection(&self, from: usize, segment: &Segment<'_>) -> bool {
        let [one, other] = &self.halves;
        segment.syn
            && segment.acknowledged.is_none()
            && (one.seen || other.seen)
            && !(self.syn == Some(segment.sequence) && self.client == Some(from))
    }

    pub(super) fn held(&self) -> usize {
        self.halves.iter().map(|half| half.held).sum()
    }

    const fn half(&mut self, index: usize) -> &mut Half {
        let [one, other] = &mut self.halves;
        if index == 0 { one } else { other }
    }

    pub(super) const fn side(&self, index: usize) -> Side {
        match self.client {
            Some(client) if client != index => Side::Server,
            _ => Side::Client,
        }
    }

    /// Takes a segment.
    pub(super) fn take<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        at: At,
        segment: &Segment<'_>,
    ) {
        // Time does not go back within a connection.
        let at = At {
            time: at.time.max(self.last.time),
            ..at
        };
        self.last = at;
        if matches!(self.watch, Watch::Ignored | Watch::Done) {
            self.half(from).seen = true;
            return;
        }
        let sequence = segment.sequence.wrapping_add(u32::from(segment.syn));
        if segment.syn {
            // Once its first bytes were handed on, a connection has its sides.
            if matches!(self.watch, Watch::Undecided { .. }) {
                self.from_start = true;
                self.client = Some(match segment.acknowledged {
                    None => from,
                    Some(_) => 1 - from,
                });
            }
            if segment.acknowledged.is_none() {
                self.syn = Some(segment.sequence);
            }
        }
        self.half(from).seen = true;
        self.half(from).next.get_or_insert(sequence);
        if let Some(acknowledged) = segment.acknowledged {
            self.half(1 - from).next.get_or_insert(acknowledged);
        }
        if segment.reset {
            self.reset(hands, from, at);
            return;
        }
        let empty = segment.payload.is_empty() && segment.missing == 0 && !segment.fin;
        if empty || self.half(from).ended {
            return;
        }
        if self.half(from).waiting.is_empty() && self.is_ready(from, sequence, segment.acknowledged)
        {
            let (payload, missing, fin) = (segment.payload, segment.missing, segment.fin);
            self.hand_on(hands, from, at, sequence, payload, missing, fin);
        } else {
            self.half(from).hold(Waiting {
                sequence,
                acknowledged: segment.acknowledged,
                at,
                payload: segment.payload.to_vec(),
                missing: segment.missing,
                fin: segment.fin,
            });
        }
        self.hand_on_waiting(hands);
    }

    /// Whether everything was handed on that comes before a segment.
    fn is_ready(&mut self, from: usize, sequence: u32, acknowledged: Option<u32>) -> bool {
        if self.half(from).hole(sequence) > 0 {
            return false;
        }
        match acknowledged {
            Some(acknowledged) => self.half(1 - from).hole(acknowledged) == 0,
            None => true,
        }
    }

    /// Hands on what waits and no longer has to.
    fn hand_on_waiting<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>) {
        loop {
            let mut moved = false;
            for from in 0..2 {
                while let Some(first) = self.half(from).waiting.front() {
                    let (sequence, acknowledged) = (first.sequence, first.acknowledged);
                    if !self.is_ready(from, sequence, acknowledged) {
                        break;
                    }
                    let Some(first) = self.half(from).take() else {
                        break;
                    };
                    let at = At {
                        time: self.last.time,
                        ..first.at
                    };
                    let (payload, missing) = (&first.payload, first.missing);
                    self.hand_on(hands, from, at, sequence, payload, missing, first.fin);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        if self.halves.iter().all(|half| half.waiting.is_empty()) {
            self.stuck_since = None;
        } else {
            self.stuck_since.get_or_insert(self.last.time);
        }
    }

    /// Hands on what is new of a segment before which nothing is missing.
    #[expect(
        clippy::too_many_arguments,
        reason = "a segment of the capture and one that waited have nothing else in common"
    )]
    fn hand_on<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        at: At,
        sequence: u32,
        payload: &[u8],
        missing: u32,
        fin: bool,
    ) {
        let half = self.half(from);
        if half.ended {
            return;
        }
        let at = half.complete(at);
        let next = half.next.unwrap_or(sequence);
        let old = usize::try_from(next.wrapping_sub(sequence)).unwrap_or(usize::MAX);
        let captured = payload.get(old..).unwrap_or_default();
        let older = u32::try_from(old.saturating_sub(payload.len())).unwrap_or(u32::MAX);
        let missing = missing.saturating_sub(older);
        // At most the length of one IP packet.
        let count = u32::try_from(captured.len()).unwrap_or(u32::MAX);
        let end = next.wrapping_add(count).wrapping_add(missing);
        half.next = Some(end);
        if !captured.is_empty() {
            self.bytes(hands, from, at, captured);
        }
        if missing > 0 {
            self.lost(hands, from, at, missing);
        }
        let covered = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        // The end of a segment that was sent again in shorter pieces stands where it stood.
        let stands_at_end =
            sequence.wrapping_add(covered).wrapping_add(missing) == end || older == 0;
        if fin && stands_at_end {
            let half = self.half(from);
            half.next = Some(end.wrapping_add(1));
            half.ended = true;
            half.clear();
            self.close(hands, from, How::Fin, at);
        }
    }

    /// A reset: whatever waits is handed on, then both directions are over.
    fn reset<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>, from: usize, at: At) {
        while self.halves.iter().any(|half| !half.waiting.is_empty()) {
            self.skip(hands);
            self.hand_on_waiting(hands);
        }
        if matches!(self.watch, Watch::Done) {
            return;
        }
        for half in &mut self.halves {
            half.ended = true;
        }
        self.close(hands, from, How::Reset, at);
    }

    /// Declares lost what the segment that has waited longest waits for.
    fn skip<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>) {
        let oldest = |index: usize| self.halves.get(index)?.waiting.front();
        let from = match (oldest(0), oldest(1)) {
            (Some(one), Some(other)) if frame(one) <= frame(other) => 0,
            (_, Some(_)) => 1,
            (Some(_), None) => 0,
            (None, None) => return,
        };
        let Some(first) = oldest(from) else { return };
        let (sequence, acknowledged) = (first.sequence, first.acknowledged);
        let at = At {
            time: self.last.time,
            ..first.at
        };
        let own = self.half(from).hole(sequence);
        let (whose, count) = match (own, acknowledged) {
            (0, Some(acknowledged)) => {
                let other = self.half(1 - from);
                let up_to = other.hole(acknowledged);
                let first = other.waiting.front().map(|first| first.sequence);
                let hole = first.map_or(up_to, |sequence| other.hole(sequence));
                (1 - from, if hole > 0 { up_to.min(hole) } else { up_to })
            }
            _ => (from, own),
        };
        let half = self.half(whose);
        if count == 0 || half.ended {
            // Nothing can fill this: what waits is no part of the stream.
            half.ended = true;
            self.half(from).clear();
            return;
        }
        half.next = half.next.map(|next| next.wrapping_add(count));
        self.lost(hands, whose, at, count);
    }

    /// Gives up waiting if it has taken too long, or if too much waits.
    pub(super) fn give_up<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        now: Duration,
        over: bool,
    ) {
        while let Some(since) = self.stuck_since {
            let [one, other] = &self.halves;
            let patient = now < since.saturating_add(PATIENCE)
                && one.waiting.len() + other.waiting.len() <= SEGMENTS
                && self.held() <= HELD
                && !over
                && one.seen
                && other.seen;
            if patient {
                break;
            }
            self.skip(hands);
            self.stuck_since = None;
            self.hand_on_waiting(hands);
        }
    }

    /// Nothing more comes.
    pub(super) fn finish<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>) {
        while self.halves.iter().any(|half| !half.waiting.is_empty()) {
            self.skip(hands);
            self.hand_on_waiting(hands);
        }
        self.end(hands.watcher);
    }
}

const fn frame(segment: &Waiting) -> u64 {
    match segment.at.place {
        Place::Frame(frame) => frame,
        _ => 0,
    }
}
