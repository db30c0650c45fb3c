//! What a client has shown of itself in its runs so far: nobody waits twice for a packet that never comes.

use std::sync::atomic::{AtomicU8, Ordering};

use super::scenarios::Trigger;

/// A packet of a client that scenarios wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Shows {
    Connect = 0b0001,
    Subscribe = 0b0010,
    /// PUBLISH with QoS 1.
    Publish1 = 0b0100,
    /// PUBLISH with QoS 2.
    Publish2 = 0b1000,
}

/// Which packets came in any run, and which were waited for in vain.
#[derive(Debug, Default)]
pub(super) struct Learned {
    shown: AtomicU8,
    missed: AtomicU8,
}

impl Learned {
    pub(super) fn show(&self, packet: Shows) {
        self.shown.fetch_or(packet as u8, Ordering::Relaxed);
    }

    /// A run ended without the packet that it waited for.
    pub(super) fn miss(&self, packet: Shows) {
        self.missed.fetch_or(packet as u8, Ordering::Relaxed);
    }

    /// Whether it came in some run.
    pub(super) fn has(&self, packet: Shows) -> bool {
        self.shown.load(Ordering::Relaxed) & packet as u8 != 0
    }

    /// Whether it was waited for and never came.
    pub(super) fn lacks(&self, packet: Shows) -> bool {
        !self.has(packet) && self.missed.load(Ordering::Relaxed) & packet as u8 != 0
    }

    /// Whether every packet came that a scenario can wait for.
    pub(super) fn is_complete(&self) -> bool {
        self.shown.load(Ordering::Relaxed) == 0b1111
    }
}

impl Trigger {
    /// The packet that has to come.
    pub(super) const fn shows(self) -> Shows {
        match self {
            Self::Connect
            | Self::ConnectToSubscribe
            | Self::ConnectToPublish
            | Self::ConnectToPublish2
            | Self::Accepted
            | Self::Authenticated => Shows::Connect,
            Self::Subscribe | Self::Subscribed => Shows::Subscribe,
            Self::Publish1 => Shows::Publish1,
            Self::Publish2 | Self::Pubrel => Shows::Publish2,
        }
    }
}
