//! Which connection uses which Client Identifier: who takes a connection over is named where it is closed.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long an ended connection is remembered.
const REMEMBERED: Duration = Duration::from_secs(10);
/// How long the CONNECTs that came before a close may take to be read.
const PATIENCE: Duration = Duration::from_millis(60);

/// The connections with a Client Identifier.
#[derive(Default)]
pub(super) struct Clients {
    known: Mutex<Known>,
    /// Connections whose first bytes have come but are not read yet.
    unread: AtomicUsize,
}

#[derive(Default)]
struct Known {
    /// The connections with each identifier, and when they sent CONNECT.
    by_id: HashMap<String, Vec<(u64, Duration)>>,
    /// Those that have ended, and when.
    ended: VecDeque<(Duration, String, u64)>,
}

impl Clients {
    /// The first bytes of a connection have come.
    pub(super) fn unread(&self) {
        self.unread.fetch_add(1, Ordering::Relaxed);
    }

    /// The first bytes of a connection have been read.
    pub(super) fn read(&self) {
        self.unread.fetch_sub(1, Ordering::Relaxed);
    }

    /// Waits until every CONNECT that has come is read, but not for long.
    pub(super) async fn settle(&self) {
        let settled = async {
            while self.unread.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, settled).await;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection sent CONNECT with this identifier.
    pub(super) fn add(&self, id: &str, connection: u64, time: Duration) {
        let mut known = self.lock();
        known.forget(time);
        let connections = known.by_id.entry(id.to_owned()).or_default();
        connections.push((connection, time));
    }

    /// A connection has ended.
    pub(super) fn end(&self, id: &str, connection: u64, time: Duration) {
        let mut known = self.lock();
        known.forget(time);
        known.ended.push_back((time, id.to_owned(), connection));
    }

    /// Another connection that sent CONNECT with the same identifier later, and when: the last one before `time`.
    pub(super) fn successor(
        &self,
        id: &str,
        connection: u64,
        time: Duration,
    ) -> Option<(u64, Duration)> {
        let known = self.lock();
        let connections = known.by_id.get(id)?;
        let own = connections
            .iter()
            .find_map(|(number, connected)| (*number == connection).then_some(*connected))?;
        connections
            .iter()
            .filter(|(number, connected)| {
                *number != connection
                    && *connected >= own
                    && *connected <= time
                    && time.saturating_sub(*connected) < REMEMBERED
            })
            .max_by_key(|(_, connected)| *connected)
            .copied()
    }
}

impl Known {
    /// Forgets connections that have ended long ago.
    fn forget(&mut self, now: Duration) {
        while let Some((time, id, connection)) = self.ended.front() {
            if now.saturating_sub(*time) < REMEMBERED {
                return;
            }
            if let Some(connections) = self.by_id.get_mut(id) {
                connections.retain(|(number, _)| number != connection);
                if connections.is_empty() {
                    self.by_id.remove(id);
                }
            }
            self.ended.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_connection_with_the_same_identifier_is_the_successor() {
        let clients = Clients::default();
        let at = Duration::from_millis;
        clients.add("a", 1, at(1000));
        clients.add("b", 2, at(1500));
        assert_eq!(clients.successor("a", 1, at(2000)), None);
        clients.add("a", 3, at(2000));
        assert_eq!(clients.successor("a", 1, at(2001)), Some((3, at(2000))));
        assert_eq!(clients.successor("a", 3, at(2001)), None);
        // A short connection is remembered for a while.
        clients.end("a", 3, at(2001));
        assert_eq!(clients.successor("a", 1, at(2002)), Some((3, at(2000))));
        assert_eq!(clients.successor("a", 1, at(20_000)), None);
        clients.end("a", 1, at(20_000));
        clients.add("c", 4, at(40_000));
        assert_eq!(clients.lock().by_id.len(), 2);
    }
}
