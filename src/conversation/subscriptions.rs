//! SUBSCRIBE and UNSUBSCRIBE with what acknowledges them; PINGREQ and PINGRESP.

use crate::conversation::finding::{Seen, What};
use crate::conversation::identifiers::{Entry, Waits};
use crate::conversation::rules::Row;
use crate::conversation::state::request;
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side};
use crate::spec::scalar::PacketId;
use crate::view;

/// For how many Topic Filters of a SUBSCRIBE the requested QoS is remembered: two bits each.
const QOS_KEPT: usize = 16;

impl Conversation {
    /// SUBSCRIBE.
    pub(super) fn subscribe(&mut self, seen: Seen, subscribe: &view::Subscribe<'_>) {
        let id = subscribe.packet_id();
        let mut entry = self.entry(seen, id, Waits::Suback);
        if subscribe
            .properties()
            .subscription_identifiers()
            .next()
            .is_some()
        {
            entry.flags |= Entry::IDENTIFIED;
        }
        for (index, subscription) in subscribe.subscriptions().iter().enumerate() {
            entry.filters = entry.filters.saturating_add(1);
            let filter = subscription.filter();
            if view::share(filter).is_some() {
                entry.flags |= Entry::SHARED;
            }
            if filter.contains(['+', '#']) {
                entry.flags |= Entry::WILDCARD;
            }
            if index < QOS_KEPT {
                let place = index.wrapping_mul(2);
                entry.order |= u32::from(subscription.qos().as_u8()) << place;
            }
        }
        self.subscribe_limits(seen, &entry);
        self.request(seen, PacketType::Subscribe, id, entry);
    }

    /// UNSUBSCRIBE.
    pub(super) fn unsubscribe(&mut self, seen: Seen, unsubscribe: &view::Unsubscribe<'_>) {
        let id = unsubscribe.packet_id();
        let mut entry = self.entry(seen, id, Waits::Unsuback);
        let filters = unsubscribe.filters().len();
        entry.filters = u32::try_from(filters).unwrap_or(u32::MAX);
        self.request(seen, PacketType::Unsubscribe, id, entry);
    }

    fn request(&mut self, seen: Seen, packet: PacketType, id: PacketId, entry: Entry) {
        match self.client.ids.get(id) {
            Some(&used) => self.in_use(seen, packet, id, used),
            None => self.assign(Side::Client, id, entry),
        }
    }

    /// SUBACK: B2, B3, B4, B6.
    pub(super) fn suback(
        &mut self,
        seen: Seen,
        id: PacketId,
        codes: impl ExactSizeIterator<Item = u8> + Clone,
    ) {
        let packet = PacketType::Suback;
        let Some(entry) = self.answer(seen, packet, id, Waits::Suback) else {
            return;
        };
        let count = u32::try_from(codes.len()).unwrap_or(u32::MAX);
        let breach = |row, what| Breach::of(row, seen, packet, what).about(entry.about());
        if count != entry.filters {
            self.tell(breach(Row::B3, What::Codes(count, entry.filters)));
            return;
        }
        for (index, granted) in codes.clone().take(QOS_KEPT).enumerate() {
            let place = index.wrapping_mul(2);
            let requested = (entry.order >> place & 0b11) as u8;
            if granted <= 2 && granted > requested {
                self.tell(breach(Row::B4, What::Granted(granted, requested)));
                return;
            }
        }
        let lacks = |code, text| breach(Row::B6, What::Code(code, text));
        let has = |code| codes.clone().any(|other| other == code);
        if !self.is_v5() {
        } else if !entry.has(Entry::SHARED) && has(0x9E) {
            self.tell(lacks(
                0x9E,
                "although no topic filter is of a shared subscription",
            ));
        } else if !entry.has(Entry::IDENTIFIED) && has(0xA1) {
            self.tell(lacks(
                0xA1,
                "although SUBSCRIBE has no Subscription Identifier",
            ));
        } else if !entry.has(Entry::WILDCARD) && has(0xA2) {
            self.tell(lacks(0xA2, "although no topic filter has a wildcard"));
        } else if has(0x91) && codes.clone().any(|code| code != 0x91) {
            self.tell(lacks(
                0x91,
                "for some topic filters only, although the identifier is that of all",
            ));
        }
    }

    /// UNSUBACK: B2, B8; 3.1.1 and 3.1 have no codes.
    pub(super) fn unsuback(&mut self, seen: Seen, id: PacketId, codes: Option<usize>) {
        let packet = PacketType::Unsuback;
        let Some(entry) = self.answer(seen, packet, id, Waits::Unsuback) else {
            return;
        };
        let Some(codes) = codes else {
            return;
        };
        let count = u32::try_from(codes).unwrap_or(u32::MAX);
        if count != entry.filters {
            let what = What::Codes(count, entry.filters);
            self.tell(Breach::of(Row::B8, seen, packet, what).about(entry.about()));
        }
    }

    /// The request that SUBACK or UNSUBACK answers; its identifier is free. B2.
    fn answer(
        &mut self,
        seen: Seen,
        packet: PacketType,
        id: PacketId,
        waits: Waits,
    ) -> Option<Entry> {
        match self.client.ids.get(id).copied() {
            Some(entry) if entry.waits == waits => {
                self.client.ids.remove(id);
                Some(entry)
            }
            Some(entry) if entry.waits == Waits::Unknown => None,
            Some(entry) => {
                let what = What::IdOf(id, request(entry.waits), "is of a");
                self.tell(Breach::of(Row::B2, seen, packet, what).about(entry.about()));
                if matches!(entry.waits, Waits::Suback | Waits::Unsuback) {
                    if let Some(entry) = self.client.ids.get_mut(id) {
                        entry.waits = Waits::Unknown;
                    }
                }
                None
            }
            None => {
                // Requests are not part of a Session.
                if !self.may_be_in_use(Side::Client, false) {
                    let text = match waits {
                        Waits::Suback => "is of no SUBSCRIBE that waits for SUBACK",
                        _ => "is of no UNSUBSCRIBE that waits for UNSUBACK",
                    };
                    self.tell(Breach::of(Row::B2, seen, packet, What::Id(id, text)));
                }
                None
            }
        }
    }

    /// PINGREQ.
    pub(super) fn pingreq(&mut self, seen: Seen) {
        if seen.from == Side::Client {
            self.pings.open = self.pings.open.saturating_add(1);
            let is_known = self.pings.open != u32::MAX;
            if is_known && self.pings.oldest.is_none() && !self.muted {
                self.pings.oldest = Some((seen.tag, self.now));
                self.note_due(self.now);
            }
        }
    }

    /// PINGRESP: P8.
    pub(super) fn pingresp(&mut self, seen: Seen) {
        if self.pings.open == 0 {
            let what = What::Text("a PINGRESP that nobody asked for");
            self.tell(Breach::of(Row::P8, seen, PacketType::Pingresp, what));
            // Which PINGREQ a later one answers is not known any more.
            self.pings.open = u32::MAX;
        } else if self.pings.open != u32::MAX && !self.muted {
            self.pings.open = self.pings.open.saturating_sub(1);
        }
        self.pings.told = false;
        self.pings.oldest = match self.pings.open {
            0 | u32::MAX => None,
            // A later PINGREQ waits: since when is not remembered, at most since now.
            _ => self.pings.oldest.map(|(tag, _)| (tag, self.now)),
        };
    }
}
