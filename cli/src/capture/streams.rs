//! TCP connections out of segments: what each side sent, once, in order.
//!
//! A capture is no record of what arrived: segments are in it twice, in another order, or not at all. What a side sends
//! is handed on when everything before it was, and when everything was that its sender had received by then: an answer
//! never comes before its question. A segment that waits for one that is not in the capture waits a second of the
//! capture's time, or until too much waits; then bytes are declared lost.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use mqtt_reason::Side;

use super::half::{Half, Waiting};
use super::link::Segment;
use super::{At, How, Opening, Watcher};

/// How long a segment waits for what is missing before it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many segments and bytes of a connection wait, and how many bytes of all connections.
const SEGMENTS: usize = 1024;
const HELD: usize = 4 << 20;
const HELD_IN_ALL: usize = 64 << 20;
/// How many connections are remembered, ended ones and such that are not looked at included.
const CONNECTIONS: usize = 1 << 17;
/// How much of a stream is looked at to tell what it is.
const PREFIX: usize = 4096;
/// The port of MQTT over TLS, IANA `secure-mqtt`.
const TLS_PORT: u16 = 8883;

/// What was found besides the connections that are watched.
#[derive(Default)]
pub(crate) struct Besides {
    /// TCP connections that are not MQTT.
    pub(crate) others: u64,
    /// How many of them are TLS, and the addresses of the first one.
    pub(crate) tls: u64,
    pub(crate) tls_example: Option<(SocketAddr, SocketAddr)>,
}

/// The connections of a capture.
pub(crate) struct Streams<W: Watcher> {
    ports: Vec<u16>,
    index: HashMap<Pair, usize>,
    flows: Vec<Flow<W::Stream>>,
    /// Free places in `flows`.
    free: Vec<usize>,
    /// The connection of the segment before: usually that of the next one.
    recent: Option<(Pair, usize)>,
    /// Connections in which something waits, in the order in which they were found.
    stuck: BTreeSet<usize>,
    held: usize,
    swept: Duration,
    pub(crate) besides: Besides,
}

/// Two addresses, the smaller one first.
type Pair = (SocketAddr, SocketAddr);

struct Flow<S> {
    pair: Pair,
    halves: [Half; 2],
    /// Which half is the client's.
    client: Option<usize>,
    /// Whether a SYN was captured.
    from_start: bool,
    /// The sequence number of the client's SYN.
    syn: Option<u32>,
    watch: Watch<S>,
    /// When something began to wait.
    stuck_since: Option<Duration>,
    last: At,
}

/// What is done with a connection.
enum Watch<S> {
    /// Nobody knows yet what it is.
    Undecided {
        prefix: Vec<u8>,
    },
    /// It is none of ours.
    Ignored,
    Watched(S),
    Done,
}

impl<W: Watcher> Streams<W> {
    /// Connections of these ports are watched whatever they hold, others if they start with a CONNECT.
    pub(crate) fn new(ports: Vec<u16>) -> Self {
        Self {
            ports,
            index: HashMap::new(),
            flows: Vec::new(),
            free: Vec::new(),
            recent: None,
            stuck: BTreeSet::new(),
            held: 0,
            swept: Duration::ZERO,
            besides: Besides::default(),
        }
    }

    /// Takes the next segment of the capture.
    pub(crate) fn segment(&mut self, watcher: &mut W, at: At, segment: &Segment<'_>) {
        let (pair, from) = match segment.from <= segment.to {
            true => ((segment.from, segment.to), 0),
            false => ((segment.to, segment.from), 1),
        };
        let place = match self.recent {
            Some((recent, place)) if recent == pair => place,
            _ => self.place(watcher, pair, at),
        };
        self.recent = Some((pair, place));
        let Some(flow) = self.flows.get_mut(place) else {
            return;
        };
        if flow.is_new_connection(from, segment) {
            let mut hands = Hands {
                watcher,
                besides: &mut self.besides,
                ports: &self.ports,
            };
            flow.finish(&mut hands);
            *flow = Flow::new(pair, at);
        }
        let held = flow.held();
        let mut hands = Hands {
            watcher,
            besides: &mut self.besides,
            ports: &self.ports,
        };
        flow.take(&mut hands, from, at, segment);
        let over = self.held.saturating_sub(held) + flow.held() > HELD_IN_ALL;
        flow.give_up(&mut hands, at.time, over);
        self.held = self.held.saturating_sub(held) + flow.held();
        match flow.stuck_since {
            Some(_) => _ = self.stuck.insert(place),
            None if self.stuck.is_empty() => {}
            None => _ = self.stuck.remove(&place),
        }
        if at.time > self.swept + PATIENCE {
            self.swept = at.time;
            self.sweep(watcher, at.time);
        }
    }

    /// Nothing more comes.
    pub(crate) fn finish(&mut self, watcher: &mut W) {
        // In the order in which they were found.
        let mut hands = Hands {
            watcher,
            besides: &mut self.besides,
            ports: &self.ports,
        };
        for flow in &mut self.flows {
            flow.finish(&mut hands);
        }
    }

    /// The place of a connection, which may be new.
    fn place(&mut self, watcher: &mut W, pair: Pair, at: At) -> usize {
        if let Some(place) = self.index.get(&pair) {
            return *place;
        }
        if self.index.len() >= CONNECTIONS {
            self.forget(watcher);
        }
        let flow = Flow::new(pair, at);
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(slot) = self.flows.get_mut(place) {
                    *slot = flow;
                }
                place
            }
            None => {
                self.flows.push(flow);
                self.flows.len() - 1
            }
        };
        self.index.insert(pair, place);
        place
    }

    /// Forgets half of the connections: those first that are over or none of ours, then those that were silent longest.
    fn forget(&mut self, watcher: &mut W) {
        let mut all: Vec<(bool, Duration, usize)> = (self.index.values())
            .filter_map(|place| {
                let flow = self.flows.get(*place)?;
                let watched = matches!(flow.watch, Watch::Watched(_));
                Some((watched, flow.last.time, *place))
            })
            .collect();
        all.sort_unstable();
        all.truncate(CONNECTIONS / 2);
        self.recent = None;
        let mut hands = Hands {
            watcher,
            besides: &mut self.besides,
            ports: &self.ports,
        };
        for (_, _, place) in all {
            if let Some(flow) = self.flows.get_mut(place) {
                self.held = self.held.saturating_sub(flow.held());
                flow.finish(&mut hands);
                self.index.remove(&flow.pair);
                self.stuck.remove(&place);
                self.free.push(place);
            }
        }
    }

    /// Gives up waiting where it has taken too long.
    fn sweep(&mut self, watcher: &mut W, now: Duration) {
        let (flows, held) = (&mut self.flows, &mut self.held);
        let mut hands = Hands {
            watcher,
            besides: &mut self.besides,
            ports: &self.ports,
        };
        self.stuck.retain(|place| {
            let Some(flow) = flows.get_mut(*place) else {
                return false;
            };
            let before = flow.held();
            flow.give_up(&mut hands, now, false);
            *held = held.saturating_sub(before) + flow.held();
            flow.stuck_since.is_some()
        });
    }
}

impl<S> Flow<S> {
    fn new(pair: Pair, at: At) -> Self {
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
    fn is_new_connection(&self, from: usize, segment: &Segment<'_>) -> bool {
        let [one, other] = &self.halves;
        segment.syn
            && segment.acknowledged.is_none()
            && (one.seen || other.seen)
            && !(self.syn == Some(segment.sequence) && self.client == Some(from))
    }

    fn held(&self) -> usize {
        self.halves.iter().map(|half| half.held).sum()
    }

    const fn half(&mut self, index: usize) -> &mut Half {
        let [one, other] = &mut self.halves;
        if index == 0 { one } else { other }
    }

    const fn side(&self, index: usize) -> Side {
        match self.client {
            Some(client) if client != index => Side::Server,
            _ => Side::Client,
        }
    }

    /// Takes a segment.
    fn take<W: Watcher<Stream = S>>(
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
            self.from_start = true;
            match segment.acknowledged {
                None => {
                    self.client = Some(from);
                    self.syn = Some(segment.sequence);
                }
                Some(_) => self.client = Some(1 - from),
            }
            self.half(from).next.get_or_insert(sequence);
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

    fn bytes<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        at: At,
        bytes: &[u8],
    ) {
        if let Watch::Undecided { prefix } = &mut self.watch {
            let mut start = std::mem::take(prefix);
            let before = start.len();
            start.extend(bytes.iter().take(PREFIX.saturating_sub(before)));
            let looked = match self.client {
                Some(client) if client != from => Look::Other,
                _ => look(&start),
            };
            if self.decide(hands, from, at, &looked, start.len() < PREFIX) {
                start.truncate(before);
                let side = self.side(from);
                if let (Watch::Watched(stream), false) = (&mut self.watch, start.is_empty()) {
                    hands.watcher.bytes(stream, side, at, &start);
                }
            } else if let Watch::Undecided { prefix } = &mut self.watch {
                *prefix = start;
                return;
            }
        }
        let side = self.side(from);
        if let Watch::Watched(stream) = &mut self.watch {
            hands.watcher.bytes(stream, side, at, bytes);
        }
    }

    /// Decides by the first bytes whether a connection is watched; false: it is not, or not yet.
    fn decide<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        at: At,
        looked: &Look,
        more_fits: bool,
    ) -> bool {
        let ours = self.is_ours(hands.ports, from);
        match looked {
            Look::Mqtt => {
                self.client = Some(from);
                self.open(hands, at, false);
            }
            _ if ours => self.open(hands, at, !self.from_start),
            Look::Tls if self.is_ours(&[TLS_PORT], from) => self.open(hands, at, !self.from_start),
            Look::Unknown if more_fits => {
                self.client.get_or_insert(from);
                return false;
            }
            _ => {
                hands.besides.others += 1;
                if matches!(looked, Look::Tls) {
                    hands.besides.tls += 1;
                    let (one, other) = self.pair;
                    let addresses = if from == 0 {
                        (one, other)
                    } else {
                        (other, one)
                    };
                    hands.besides.tls_example.get_or_insert(addresses);
                }
                self.watch = Watch::Ignored;
                for half in &mut self.halves {
                    half.clear();
                }
                return false;
            }
        }
        true
    }

    fn lost<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        at: At,
        count: u32,
    ) {
        if matches!(self.watch, Watch::Undecided { .. }) {
            if !self.is_ours(hands.ports, from) {
                self.watch = Watch::Ignored;
                hands.besides.others += 1;
                return;
            }
            self.open(hands, at, !self.from_start);
        }
        let side = self.side(from);
        if let Watch::Watched(stream) = &mut self.watch {
            hands.watcher.lost(stream, side, at, u64::from(count));
        }
    }

    fn close<W: Watcher<Stream = S>>(
        &mut self,
        hands: &mut Hands<'_, W>,
        from: usize,
        how: How,
        at: At,
    ) {
        if matches!(self.watch, Watch::Undecided { .. })
            && self.from_start
            && self.is_ours(hands.ports, from)
        {
            self.open(hands, at, false);
        }
        let side = self.side(from);
        if let Watch::Watched(stream) = &mut self.watch {
            hands.watcher.close(stream, side, how, at);
        }
        if self.halves.iter().all(|half| half.ended) {
            self.end(hands.watcher);
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
    fn give_up<W: Watcher<Stream = S>>(
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
    fn finish<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>) {
        while self.halves.iter().any(|half| !half.waiting.is_empty()) {
            self.skip(hands);
            self.hand_on_waiting(hands);
        }
        self.end(hands.watcher);
    }

    fn end<W: Watcher<Stream = S>>(&mut self, watcher: &mut W) {
        if let Watch::Watched(stream) = std::mem::replace(&mut self.watch, Watch::Done) {
            watcher.finish(stream, self.last);
        }
        for half in &mut self.halves {
            half.clear();
        }
        self.stuck_since = None;
    }

    /// Whether one of the ports is the server's; if so, which side is the client is known from here on.
    fn is_ours(&mut self, ports: &[u16], from: usize) -> bool {
        let (one, other) = self.pair;
        match (ports.contains(&one.port()), ports.contains(&other.port())) {
            (false, false) => return false,
            (true, true) => _ = self.client.get_or_insert(from),
            (true, false) => self.client = Some(1),
            (false, true) => self.client = Some(0),
        }
        true
    }

    fn open<W: Watcher<Stream = S>>(&mut self, hands: &mut Hands<'_, W>, at: At, middle: bool) {
        let (one, other) = self.pair;
        let addresses = match self.client {
            Some(1) => (other, one),
            _ => (one, other),
        };
        let opening = Opening {
            name: None,
            addresses: Some(addresses),
            middle,
            at,
        };
        self.watch = Watch::Watched(hands.watcher.open(&opening));
    }
}

/// Whom bytes are handed to.
struct Hands<'a, W> {
    watcher: &'a mut W,
    besides: &'a mut Besides,
    ports: &'a [u16],
}

const fn frame(segment: &Waiting) -> u64 {
    match segment.at.place {
        super::Place::Frame(frame) => frame,
        _ => 0,
    }
}

/// What a stream is, by its first bytes.
enum Look {
    /// CONNECT, or a request for WebSocket that names MQTT.
    Mqtt,
    Tls,
    Other,
    /// More bytes are needed.
    Unknown,
}

fn look(start: &[u8]) -> Look {
    match start {
        [] => Look::Unknown,
        [0x10, rest @ ..] => {
            // At most four bytes of Remaining Length, then the Protocol Name.
            let Some(end) = rest.iter().take(4).position(|byte| *byte < 0x80) else {
                return if rest.len() < 4 {
                    Look::Unknown
                } else {
                    Look::Other
                };
            };
            let name = rest.get(end + 1..).unwrap_or_default();
            let names: [&[u8]; 2] = [b"\x00\x04MQTT", b"\x00\x06MQIsdp"];
            let fits = |whole: &&[u8]| name.starts_with(whole);
            let could = |whole: &&[u8]| whole.starts_with(name);
            match (names.iter().any(fits), names.iter().any(could)) {
                (true, _) => Look::Mqtt,
                (false, true) => Look::Unknown,
                (false, false) => Look::Other,
            }
        }
        [0x14..=0x17, 0x03, ..] => Look::Tls,
        [0x14..=0x17] => Look::Unknown,
        _ if b"GET ".starts_with(start) => Look::Unknown,
        _ if start.starts_with(b"GET ") => {
            let names_mqtt = start
                .to_ascii_lowercase()
                .windows(23)
                .position(|window| window == b"sec-websocket-protocol:");
            let ended = start.windows(4).any(|window| window == b"\r\n\r\n");
            match (names_mqtt, ended) {
                (Some(at), true) => {
                    let value = start.get(at + 23..).unwrap_or_default();
                    let line = value
                        .split(|byte| *byte == b'\r')
                        .next()
                        .unwrap_or_default();
                    match line
                        .windows(4)
                        .any(|window| window.eq_ignore_ascii_case(b"mqtt"))
                    {
                        true => Look::Mqtt,
                        false => Look::Other,
                    }
                }
                (None, true) => Look::Other,
                (_, false) => Look::Unknown,
            }
        }
        _ => Look::Other,
    }
}
