//! PUBLISH: the identifiers that requests take, and how many messages may be on their way.

use crate::conversation::finding::{Seen, What};
use crate::conversation::identifiers::{Entry, Waits};
use crate::conversation::rules::Row;
use crate::conversation::state::{other, request};
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::scalar::{PacketId, QoS};
use crate::view;

impl Conversation {
    /// PUBLISH.
    pub(super) fn publish(&mut self, seen: Seen, publish: &view::Publish<'_>) {
        self.publish_limits(seen, publish);
        let waits = match publish.qos() {
            QoS::AtMostOnce => return,
            QoS::AtLeastOnce => Waits::Puback,
            QoS::ExactlyOnce => Waits::Pubrec,
        };
        let Some(id) = publish.packet_id() else {
            return;
        };
        if let Some(&entry) = self.sender(seen.from).ids.get(id) {
            self.publish_again(seen, id, publish.dup(), entry);
            return;
        }
        let mut entry = self.entry(seen, id, waits);
        if self.orders(seen.from) {
            let sender = self.sender_mut(seen.from);
            entry.order = match waits {
                Waits::Puback => sender.pubacks.push(id),
                _ => sender.pubrecs.push(id),
            };
        }
        self.assign(seen.from, id, entry);
        let sender = self.sender_mut(seen.from);
        sender.in_flight = sender.in_flight.saturating_add(1);
        self.receive_maximum(seen);
    }

    /// Whether acknowledgements of this side's PUBLISH packets have an order: only a Client is bound to one, §4.6.
    fn orders(&self, sender: Side) -> bool {
        sender == Side::Server && self.version != Some(Version::V3_1)
    }

    /// Q1, Q12, Q14: PUBLISH with an identifier in use.
    #[cold]
    fn publish_again(&mut self, seen: Seen, id: PacketId, dup: bool, entry: Entry) {
        let breach = |row, text| {
            Breach::of(row, seen, PacketType::Publish, What::Id(id, text)).about(entry.about())
        };
        match (entry.waits, dup) {
            (Waits::Unknown, _) => return,
            (Waits::Suback | Waits::Unsuback, _) | (_, false) => {
                self.in_use(seen, PacketType::Publish, id, entry);
            }
            (Waits::Pubcomp, true) => {
                let breach = breach(Row::Q12, "is published again after its PUBREL");
                self.tell(match self.version {
                    Some(Version::V3_1) => breach.odd(),
                    _ => breach,
                });
            }
            (_, true) if self.is_v5() => {
                self.tell(breach(
                    Row::Q14,
                    "is published again in the same network connection",
                ));
            }
            _ => {}
        }
        if let Some(entry) = self.sender_mut(seen.from).ids.get_mut(id) {
            match entry.waits {
                // More answers than one may come.
                Waits::Puback | Waits::Pubrec if dup => entry.flags |= Entry::AGAIN,
                _ => entry.waits = Waits::Unknown,
            }
        }
    }

    /// Q1: a new packet with an identifier in use. From here on nothing is known of it.
    #[cold]
    pub(super) fn in_use(&mut self, seen: Seen, packet: PacketType, id: PacketId, entry: Entry) {
        if entry.waits == Waits::Unknown {
            return;
        }
        let what = What::IdOf(id, request(entry.waits), "is in use by a");
        self.tell(Breach::of(Row::Q1, seen, packet, what).about(entry.about()));
        self.make_unknown(seen.from, id);
    }

    pub(super) fn entry(&self, seen: Seen, id: PacketId, waits: Waits) -> Entry {
        let mut entry = Entry::new(id, waits, seen.tag, self.hundredths());
        if !self.answered {
            entry.flags |= Entry::EARLY;
        }
        entry
    }

    /// Remembers an identifier that a side has assigned, if there is room.
    #[inline]
    pub(super) fn assign(&mut self, side: Side, id: PacketId, mut entry: Entry) {
        if self.muted {
            entry.waits = Waits::Unknown;
        }
        let max = self.settings.max_outstanding;
        let sender = self.sender_mut(side);
        if sender.ids.len() >= max && sender.ids.get(id).is_none() {
            sender.ids_unknown = true;
            return;
        }
        sender.ids.insert(entry);
        if self.due.is_none() {
            self.note_due(self.now);
        }
    }

    /// Q20.
    #[inline]
    fn receive_maximum(&mut self, seen: Seen) {
        let max = self.receive_maximum_of(other(seen.from));
        let in_flight = self.sender(seen.from).in_flight;
        if in_flight > i32::from(max) && self.is_v5() && self.limits_bind(seen) {
            self.too_many(seen, in_flight, max);
        }
    }

    #[cold]
    fn too_many(&mut self, seen: Seen, in_flight: i32, max: u16) {
        let told = &mut self.sender_mut(seen.from).in_flight_told;
        if !core::mem::replace(told, true) {
            let what = What::Above(
                "the number of unacknowledged PUBLISH packets",
                in_flight.unsigned_abs(),
                "Receive Maximum",
                max.into(),
            );
            let about = self.announced_by(other(seen.from));
            self.tell(Breach::of(Row::Q20, seen, PacketType::Publish, what).about(about));
        }
    }

    /// The Receive Maximum that this side announced.
    #[inline]
    fn receive_maximum_of(&self, receiver: Side) -> u16 {
        match receiver {
            Side::Client => self
                .connect
                .map_or(u16::MAX, |connect| connect.receive_maximum),
            Side::Server => self
                .connack
                .map_or(u16::MAX, |connack| connack.receive_maximum),
        }
    }

    /// One more PUBLISH may be sent, §4.9.
    #[inline]
    pub(super) fn gives_back(&mut self, owner: Side) {
        let max = self.receive_maximum_of(other(owner));
        let sender = self.sender_mut(owner);
        sender.in_flight = sender.in_flight.saturating_sub(1);
        if sender.in_flight <= i32::from(max) {
            sender.in_flight_told = false;
        }
    }
}
