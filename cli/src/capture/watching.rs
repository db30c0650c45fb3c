//! Which connections are watched, and what their watcher is told.

use std::net::SocketAddr;

use super::flow::Flow;
use super::look::{Look, look};
use super::{At, How, Opening, Watcher};

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

/// What is done with a connection.
pub(super) enum Watch<S> {
    /// Nobody knows yet what it is.
    Undecided {
        prefix: Vec<u8>,
    },
    /// It is none of ours.
    Ignored,
    Watched(S),
    Done,
}

/// Whom bytes are handed to.
pub(super) struct Hands<'a, W> {
    pub(super) watcher: &'a mut W,
    pub(super) besides: &'a mut Besides,
    pub(super) ports: &'a [u16],
}

impl<S> Flow<S> {
    pub(super) fn bytes<W: Watcher<Stream = S>>(
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

    pub(super) fn lost<W: Watcher<Stream = S>>(
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

    pub(super) fn close<W: Watcher<Stream = S>>(
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

    pub(super) fn end<W: Watcher<Stream = S>>(&mut self, watcher: &mut W) {
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
