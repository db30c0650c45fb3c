//! What the relay leaves for being told: bytes and events of one connection, in the order in which they came.
//!
//! The relay never waits here. What finds no room is not told, and that is.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use mqtt_reason::Side;
use tokio::sync::Notify;

use super::relay::End;

/// How many bytes of all connections together may wait for being told.
const BACKLOG: usize = 64 * 1024 * 1024;
/// Pieces of one side that come within this time are one.
const SAME_TIME: Duration = Duration::from_millis(1);
/// What an entry costs besides its bytes.
const ENTRY: usize = size_of::<Entry>();

/// Something that happened.
pub(super) enum Entry {
    /// The connection to the upstream stands.
    Opened {
        time: Duration,
        /// The client.
        peer: SocketAddr,
        /// The server.
        upstream: Option<SocketAddr>,
        /// The tap's own end, which is what the server sees.
        local: Option<SocketAddr>,
    },
    /// A side sent bytes.
    Bytes {
        side: Side,
        time: Duration,
        bytes: BytesMut,
    },
    /// So many bytes of a side found no room.
    Missing {
        side: Side,
        time: Duration,
        count: u64,
    },
    /// The first side has ended, or the tap.
    Closing { time: Duration, end: End },
    /// The second side has ended.
    Closed { time: Duration, end: End },
}

/// How many bytes wait, of all connections.
#[derive(Default)]
pub(super) struct Backlog(AtomicUsize);

impl Backlog {
    fn add(&self, len: usize) -> bool {
        let before = self.0.fetch_add(len, Ordering::Relaxed);
        if before + len > BACKLOG {
            self.0.fetch_sub(len, Ordering::Relaxed);
            return false;
        }
        true
    }

    fn remove(&self, len: usize) {
        self.0.fetch_sub(len, Ordering::Relaxed);
    }
}

/// The queue of one connection.
pub(super) struct Queue {
    backlog: Arc<Backlog>,
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// Its share of the backlog.
    cost: usize,
    done: bool,
}

impl Waiting {
    /// Counts bytes that found no room, with those before them where nothing of the side came in between.
    fn missing(&mut self, side: Side, time: Duration, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        for entry in self.entries.iter_mut().rev().take(2) {
            match entry {
                Entry::Missing {
                    side: of,
                    count: before,
                    ..
                } if *of == side => {
                    *before += count;
                    return;
                }
                Entry::Missing { .. } => {}
                _ => break,
            }
        }
        self.entries.push_back(Entry::Missing { side, time, count });
    }
}

impl Queue {
    pub(super) fn new(backlog: Arc<Backlog>) -> Self {
        Self {
            backlog,
            waiting: Mutex::default(),
            news: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a copy of what a side sent.
    pub(super) fn bytes(&self, side: Side, time: Duration, bytes: &[u8]) {
        let mut waiting = self.lock();
        let (last, cost) = match waiting.entries.back_mut() {
            Some(Entry::Bytes {
                side: last_side,
                time: last_time,
                bytes: last,
            }) if *last_side == side && time.saturating_sub(*last_time) < SAME_TIME => {
                (Some(last), bytes.len())
            }
            _ => (None, bytes.len() + ENTRY),
        };
        if !self.backlog.add(cost) {
            waiting.missing(side, time, bytes.len());
        } else if let Some(last) = last {
            last.extend_from_slice(bytes);
            waiting.cost += cost;
        } else {
            waiting.entries.push_back(Entry::Bytes {
                side,
                time,
                bytes: bytes.into(),
            });
            waiting.cost += cost;
        }
        drop(waiting);
        self.news.notify_one();
    }

    /// Takes an event, for which there is always room.
    pub(super) fn event(&self, entry: Entry) {
        self.lock().entries.push_back(entry);
        self.news.notify_one();
    }

    /// Nothing more comes.
    pub(super) fn done(&self) {
        self.lock().done = true;
        self.news.notify_one();
    }

    /// Waits until there are entries, or no more come.
    pub(super) async fn wait(&self) {
        loop {
            {
                let waiting = self.lock();
                if waiting.done || !waiting.entries.is_empty() {
                    return;
                }
            }
            self.news.notified().await;
        }
    }

    /// Takes what there is; `None` if nothing more comes.
    pub(super) fn take(&self) -> Option<VecDeque<Entry>> {
        let mut waiting = self.lock();
        if waiting.entries.is_empty() && waiting.done {
            return None;
        }
        self.backlog.remove(waiting.cost);
        waiting.cost = 0;
        Some(std::mem::take(&mut waiting.entries))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.backlog.remove(self.lock().cost);
    }
}
