//! What is found by the passing of time: silences, and answers that do not come.

use core::time::Duration;

use crate::conversation::finding::{About, What};
use crate::conversation::identifiers::{Entry, Table, Waits};
use crate::conversation::rules::Row;
use crate::conversation::state::{Phase, Sender, other, request};
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side};

/// By how much a packet may be late before it is odd: networks and timers are not exact.
const LATE: Duration = Duration::from_millis(500);

/// By how much the timers of clients are late: they look once a second.
const TIMER: Duration = Duration::from_millis(1500);

impl Conversation {
    /// The time, as entries keep it.
    #[inline]
    pub(super) fn hundredths(&self) -> u32 {
        u32::try_from(self.now.as_millis() / 10).unwrap_or(u32::MAX)
    }

    /// Time has passed.
    #[inline]
    pub(super) fn advance(&mut self, time: Duration) {
        self.now = self.now.max(time);
        self.before = self.found.len();
        if self.due.is_some_and(|due| self.now >= due) {
            self.miss();
        }
        if self.now > self.quiet_until {
            self.still_open();
        }
    }

    /// Time has passed until a side ends, or the Server says DISCONNECT: it does not wait for the Client any longer.
    pub(super) fn advance_to_the_end(&mut self, time: Duration) {
        self.quiet_until = Duration::MAX;
        self.advance(time);
    }

    /// Something waits for an answer since `since`.
    #[inline]
    pub(super) fn note_due(&mut self, since: Duration) {
        let due = since.saturating_add(self.settings.answer_timeout);
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
    }

    /// Whether both sides are still there, so that something can be said about what they do not send.
    fn both_are_there(&self) -> bool {
        let is_open = |phase| matches!(phase, Phase::Nothing | Phase::Open);
        let is_there = |sender: &Sender| is_open(sender.phase) && !sender.ended;
        !self.over && is_there(&self.client) && is_there(&self.server)
    }

    /// The Keep Alive in seconds, 0 for none; `None` if it is not known. The longer one as long as the Client may not
    /// have read CONNACK.
    pub(super) fn keep_alive(&self) -> Option<u16> {
        let ours = self.connect?.keep_alive;
        let Some((theirs, time)) = self
            .connack
            .and_then(|connack| Some((connack.keep_alive?, connack.time)))
        else {
            return Some(ours);
        };
        if self.bound || self.now.saturating_sub(time).as_secs() >= super::limits::READ_AFTER {
            Some(theirs)
        } else if ours == 0 {
            Some(0)
        } else {
            Some(match theirs {
                0 => 0,
                theirs => theirs.max(ours),
            })
        }
    }

    /// For how long the Client is bound by the Keep Alive: one that CONNACK made shorter binds it once it must have
    /// read that.
    fn bound_for(&self) -> Duration {
        let ours = self.connect.map_or(0, |connect| connect.keep_alive);
        match self.connack {
            Some(connack)
                if !self.bound
                    && connack
                        .keep_alive
                        .is_some_and(|theirs| ours == 0 || theirs < ours) =>
            {
                let read = Duration::from_secs(super::limits::READ_AFTER);
                self.now.saturating_sub(connack.time.saturating_add(read))
            }
            _ => Duration::MAX,
        }
    }

    /// The Client has sent something: T2.
    #[inline]
    pub(super) fn client_speaks(&mut self) {
        let silence = self.now.saturating_sub(self.client_sent);
        if silence > LATE {
            self.after_silence(silence.min(self.bound_for()));
        }
        self.client_is_there();
    }

    /// The Client is there now.
    #[inline]
    pub(super) fn client_is_there(&mut self) {
        self.client_sent = self.now;
        self.quiet_until = match self.keep_alive() {
            None | Some(0) => Duration::MAX,
            Some(seconds) => self
                .now
                .saturating_add(one_and_a_half(seconds))
                .saturating_add(LATE),
        };
    }

    /// T2. A silence above 1.5 times the Keep Alive has been told as T1.
    fn after_silence(&mut self, silence: Duration) {
        let Some(seconds @ 1..) = self.keep_alive() else {
            return;
        };
        let keep_alive = Duration::from_secs(seconds.into());
        if silence <= keep_alive.saturating_add(LATE)
            || (silence > one_and_a_half(seconds).saturating_add(LATE)
                && self.quiet_until == Duration::MAX)
            || self.client.lost
            || !self.both_are_there()
        {
            return;
        }
        let what = What::Silence(silence, seconds);
        let breach = Breach::absence(Row::T2, Side::Client, PacketType::Pingreq, what);
        // Timers of a second, and a little for long ones.
        let tenth = Duration::from_millis(u64::from(seconds).saturating_mul(100));
        let tolerance = TIMER.max(tenth);
        if silence > keep_alive.saturating_add(tolerance) {
            self.tell(breach);
        } else if !core::mem::replace(&mut self.slow_told, true) {
            self.tell(breach.odd());
        }
    }

    /// T1: the connection is still open.
    #[cold]
    fn still_open(&mut self) {
        self.quiet_until = Duration::MAX;
        let Some(seconds @ 1..) = self.keep_alive() else {
            return;
        };
        // CONNACK may have said another Keep Alive since the Client's last packet.
        let close = self
            .client_sent
            .saturating_add(one_and_a_half(seconds))
            .saturating_add(LATE);
        if self.now <= close {
            self.quiet_until = close;
            return;
        }
        if self.client.lost || !self.server.seen || !self.both_are_there() {
            return;
        }
        let silence = self.now.saturating_sub(self.client_sent);
        let what = What::Silence(silence, seconds);
        self.tell(Breach::absence(
            Row::T1,
            Side::Client,
            PacketType::Pingreq,
            what,
        ));
    }

    /// Answers that did not come: Q5, Q9, Q19, B1, B7, P7, K17.
    #[cold]
    fn miss(&mut self) {
        self.due = None;
        if !self.both_are_there() {
            return;
        }
        self.miss_connack();
        self.miss_pingresp();
        for owner in [Side::Client, Side::Server] {
            let mut ids = core::mem::replace(&mut self.sender_mut(owner).ids, Table::new());
            for entry in ids.iter_mut() {
                self.miss_answer(owner, entry);
            }
            self.sender_mut(owner).ids = ids;
        }
    }

    /// Whether an answer of this side would have been seen.
    fn would_be_seen(&self, side: Side) -> bool {
        let sender = self.sender(side);
        sender.seen && !sender.lost && !self.sender(other(side)).lost
    }

    fn miss_answer(&mut self, owner: Side, entry: &mut Entry) {
        let timeout = self.settings.answer_timeout;
        let since = Duration::from_millis(u64::from(entry.since).saturating_mul(10));
        let peer = other(owner);
        let (row, by, packet) = match entry.waits {
            Waits::Puback => (Row::Q19, peer, PacketType::Puback),
            Waits::Pubrec => (Row::Q19, peer, PacketType::Pubrec),
            Waits::Pubrel => (Row::Q5, owner, PacketType::Pubrel),
            Waits::Pubcomp => (Row::Q9, peer, PacketType::Pubcomp),
            Waits::Suback => (Row::B1, peer, PacketType::Suback),
            Waits::Unsuback => (Row::B7, peer, PacketType::Unsuback),
            Waits::Unknown => return,
        };
        if entry.has(Entry::TOLD) {
            return;
        }
        if self.now.saturating_sub(since) < timeout {
            self.note_due(since);
            return;
        }
        entry.flags |= Entry::TOLD;
        if self.would_be_seen(by) {
            let what = What::MissingId(entry.id(), timeout);
            let about = About {
                tag: entry.tag,
                packet: request(entry.waits),
            };
            self.tell(Breach::absence(row, by, packet, what).about(Some(about)));
        }
    }

    fn miss_connack(&mut self) {
        let Some(connect) = self.connect.filter(|connect| connect.method.is_none()) else {
            return;
        };
        if self.answered || self.no_connack_told || self.server.lost {
            return;
        }
        let timeout = self.settings.answer_timeout;
        if self.now.saturating_sub(connect.time) < timeout {
            self.note_due(connect.time);
            return;
        }
        self.no_connack_told = true;
        let what = What::Missing(timeout);
        let breach = Breach::absence(Row::K17, Side::Server, PacketType::Connack, what);
        self.tell(breach.about(Some(connect.about)));
    }

    fn miss_pingresp(&mut self) {
        let Some((tag, since)) = self.pings.oldest.filter(|_| !self.pings.told) else {
            return;
        };
        let timeout = self.settings.answer_timeout;
        if self.now.saturating_sub(since) < timeout {
            self.note_due(since);
            return;
        }
        self.pings.told = true;
        if self.would_be_seen(Side::Server) {
            let what = What::Missing(timeout);
            let about = About {
                tag,
                packet: PacketType::Pingreq,
            };
            let breach = Breach::absence(Row::P7, Side::Server, PacketType::Pingresp, what);
            self.tell(breach.about(Some(about)));
        }
    }
}

/// 1.5 times so many seconds.
fn one_and_a_half(seconds: u16) -> Duration {
    Duration::from_millis(u64::from(seconds).saturating_mul(1500))
}
