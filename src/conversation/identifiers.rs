//! The identifiers that one side has assigned and that are in use, with what each waits for.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::spec::scalar::PacketId;

/// What an identifier waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Waits {
    /// PUBLISH of QoS 1: for PUBACK.
    Puback,
    /// PUBLISH of QoS 2: for PUBREC.
    Pubrec,
    /// PUBREC came: for PUBREL of the same side.
    Pubrel,
    /// PUBREL was sent: for PUBCOMP.
    Pubcomp,
    /// SUBSCRIBE: for SUBACK.
    Suback,
    /// UNSUBSCRIBE: for UNSUBACK.
    Unsuback,
    /// A breach, or a packet that was not understood, made it unknown: every further packet about it is let pass.
    Unknown,
}

/// An identifier in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// The caller's number of the last packet about it.
    pub(super) tag: u64,
    /// When that was, in hundredths of a second.
    pub(super) since: u32,
    /// SUBSCRIBE, UNSUBSCRIBE: the number of Topic Filters.
    pub(super) filters: u32,
    /// PUBLISH: its place in the order of acknowledgements. SUBSCRIBE: two bits for the QoS of each of the first filters.
    pub(super) order: u32,
    /// The identifier; 0 in an empty slot.
    id: u16,
    pub(super) waits: Waits,
    pub(super) flags: u8,
}

impl Entry {
    /// The packet was sent again in this connection: more than one answer may come.
    pub(super) const AGAIN: u8 = 1;
    /// It was told that no answer came.
    pub(super) const TOLD: u8 = 1 << 1;
    /// A filter of the SUBSCRIBE is of a Shared Subscription.
    pub(super) const SHARED: u8 = 1 << 2;
    /// A filter of the SUBSCRIBE has a wildcard.
    pub(super) const WILDCARD: u8 = 1 << 3;
    /// The SUBSCRIBE has a Subscription Identifier.
    pub(super) const IDENTIFIED: u8 = 1 << 4;

    /// The last packet about it came before CONNACK.
    pub(super) const EARLY: u8 = 1 << 5;

    pub(super) const fn new(id: PacketId, waits: Waits, tag: u64, since: u32) -> Self {
        Self {
            tag,
            since,
            filters: 0,
            order: 0,
            id: id.get(),
            waits,
            flags: 0,
        }
    }

    pub(super) fn id(&self) -> PacketId {
        PacketId::new(self.id).unwrap_or(PacketId::MIN)
    }

    pub(super) const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    const EMPTY: Self = Self {
        tag: 0,
        since: 0,
        filters: 0,
        order: 0,
        id: 0,
        waits: Waits::Unknown,
        flags: 0,
    };
}

/// A table of entries by identifier: open addressing, at most three quarters full, no memory while it is empty.
///
/// Identifiers are small numbers that most implementations count up, so an identifier's place is its low bits.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// A power of two of them, or none.
    slots: Vec<Entry>,
    len: usize,
}

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            len: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.slots
            .capacity()
            .saturating_mul(core::mem::size_of::<Entry>())
    }

    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    /// Where `id` is, or the empty slot where it would be put; `None` if there is no slot at all.
    #[inline]
    fn find(&self, id: u16) -> Option<usize> {
        let mask = self.mask();
        let mut at = usize::from(id) & mask;
        // There is always an empty slot: the table is at most three quarters full.
        for _ in 0..self.slots.len() {
            let slot = self.slots.get(at)?;
            if slot.id == id || slot.id == 0 {
                return Some(at);
            }
            at = at.wrapping_add(1) & mask;
        }
        None
    }

    #[inline]
    pub(super) fn get(&self, id: PacketId) -> Option<&Entry> {
        let slot = self.slots.get(self.find(id.get())?)?;
        (slot.id == id.get()).then_some(slot)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: PacketId) -> Option<&mut Entry> {
        let at = self.find(id.get())?;
        let slot = self.slots.get_mut(at)?;
        (slot.id == id.get()).then_some(slot)
    }

    /// Puts an entry, in place of one with the same identifier.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry) {
        let full = self.slots.len().saturating_mul(3) / 4;
        if self.len >= full {
            self.grow();
        }
        if let Some(slot) = self.find(entry.id).and_then(|at| self.slots.get_mut(at)) {
            if slot.id == 0 {
                self.len = self.len.saturating_add(1);
            }
            *slot = entry;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = self.slots.len().saturating_mul(2).max(8);
        let mut grown = Vec::new();
        grown.resize(size, Entry::EMPTY);
        let old = core::mem::replace(&mut self.slots, grown);
        for entry in old.into_iter().filter(|entry| entry.id != 0) {
            if let Some(slot) = self.find(entry.id).and_then(|at| self.slots.get_mut(at)) {
                *slot = entry;
            }
        }
    }

    /// Takes an entry out, and moves up what was put behind it.
    #[inline]
    pub(super) fn remove(&mut self, id: PacketId) -> Option<Entry> {
        let mask = self.mask();
        let mut hole = self.find(id.get())?;
        let removed = *self.slots.get(hole)?;
        if removed.id != id.get() {
            return None;
        }
        self.len = self.len.saturating_sub(1);
        let mut at = hole;
        loop {
            at = at.wrapping_add(1) & mask;
            let moved = *self.slots.get(at)?;
            if moved.id == 0 || at == hole {
                break;
            }
            // It may move up if its own place is not behind the hole.
            let distance = at.wrapping_sub(usize::from(moved.id)) & mask;
            if distance >= at.wrapping_sub(hole) & mask {
                *self.slots.get_mut(hole)? = moved;
                hole = at;
            }
        }
        *self.slots.get_mut(hole)? = Entry::EMPTY;
        Some(removed)
    }

    /// The entries, in no order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.slots.iter_mut().filter(|entry| entry.id != 0)
    }

    /// Forgets all of them and their memory.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// Gives memory back if a burst is over.
    pub(super) fn shrink(&mut self) {
        const KEPT: usize = 64;
        if self.len == 0 && self.slots.len() > KEPT {
            self.clear();
        }
    }
}

/// The order in which answers to packets are due, §4.6.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// Identifiers and places, the earliest first; some of them may have been answered meanwhile.
    queue: VecDeque<(u16, u32)>,
    /// The next place.
    next: u32,
    /// Places before this one have been overtaken: that was told.
    overtaken: u32,
}

impl Order {
    pub(super) const fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            next: 0,
            overtaken: 0,
        }
    }

    /// The place of a packet that comes now. Places start at 1: 0 is for what has none.
    #[inline]
    pub(super) fn push(&mut self, id: PacketId) -> u32 {
        self.next = self.next.wrapping_add(1);
        if self.next == 0 {
            // 4,294,967,295 of them: forget, and start again.
            self.clear();
            self.next = 1;
        }
        self.queue.push_back((id.get(), self.next));
        self.next
    }

    /// An answer to the packet with this place; `due` tells whether an identifier still waits at a place. The
    /// identifier that should have been answered first, if that is another one.
    #[inline]
    pub(super) fn answer(
        &mut self,
        place: u32,
        mut due: impl FnMut(PacketId, u32) -> bool,
    ) -> Option<PacketId> {
        if place <= self.overtaken {
            return None;
        }
        while let Some(&(id, at)) = self.queue.front() {
            if at == place {
                self.queue.pop_front();
                return None;
            }
            let id = PacketId::new(id)?;
            if at > self.overtaken && at < place && due(id, at) {
                self.overtaken = place;
                return Some(id);
            }
            if at > place {
                return None;
            }
            self.queue.pop_front();
        }
        None
    }

    /// Nothing is known of the order any more.
    pub(super) fn clear(&mut self) {
        self.queue.clear();
        self.overtaken = self.next;
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.queue
            .capacity()
            .saturating_mul(core::mem::size_of::<(u16, u32)>())
    }

    pub(super) fn shrink(&mut self) {
        const KEPT: usize = 64;
        if self.queue.is_empty() && self.queue.capacity() > KEPT {
            self.queue = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_table_is_a_map() {
        let mut table = Table::new();
        let mut map = BTreeMap::new();
        let mut random = 1_u32;
        for step in 0..200_000_u64 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few low bits, so that many share a place; in two phases, to fill it and to empty it.
            let id = PacketId::new(((random >> 16) as u16 & 0x0703) | 1).unwrap();
            let fill = (step / 1000) % 2 == 0;
            if (random >> 8) % 4 == 0 || !fill {
                assert_eq!(table.remove(id).map(|e| e.tag), map.remove(&id));
            } else {
                table.insert(Entry::new(id, Waits::Puback, step, 0));
                map.insert(id, step);
            }
            assert_eq!(table.len(), map.len());
            assert_eq!(table.get(id).map(|e| e.tag), map.get(&id).copied());
        }
        for (id, tag) in map {
            assert_eq!(table.get_mut(id).map(|e| e.tag), Some(tag));
        }
    }

    #[test]
    fn an_entry_has_24_bytes() {
        assert_eq!(core::mem::size_of::<Entry>(), 24);
    }
}
