//! The TCP connections of a capture: which segment belongs to which, and how many of them are remembered.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::flow::{Flow, PATIENCE, Pair};
use super::link::Segment;
pub(crate) use super::watching::Besides;
use super::watching::{Hands, Watch};
use super::{At, Watcher};

/// How many bytes of all connections wait.
const HELD_IN_ALL: usize = 64 << 20;
/// How many connections are remembered, ended ones and such that are not looked at included.
const CONNECTIONS: usize = 1 << 17;

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
