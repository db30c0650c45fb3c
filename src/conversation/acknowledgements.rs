//! What acknowledges a PUBLISH: PUBACK, PUBREC, PUBREL, PUBCOMP.

use crate::conversation::finding::{About, Seen, What};
use crate::conversation::identifiers::{Entry, Waits};
use crate::conversation::rules::Row;
use crate::conversation::state::{other, request};
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::scalar::PacketId;

/// What the receiver of a PUBLISH sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ack {
    Puback,
    Pubrec,
    Pubcomp,
}

impl Ack {
    const fn packet(self) -> PacketType {
        match self {
            Self::Puback => PacketType::Puback,
            Self::Pubrec => PacketType::Pubrec,
            Self::Pubcomp => PacketType::Pubcomp,
        }
    }
}

/// The code that says that an identifier is not known.
const NOT_FOUND: u8 = 0x92;

impl Conversation {
    /// Whether an identifier that `owner` is not known to use may be in use all the same, when the other side
    /// acknowledges it.
    pub(super) fn may_be_in_use(&self, owner: Side, session: bool) -> bool {
        let unknown = self.sender(owner).ids_unknown || self.connack.is_none();
        // A Client that resumes a Session may acknowledge what it got before, until it has read that there is none.
        let hoped = owner == Side::Server
            && !self.bound
            && self.connect.is_none_or(|connect| !connect.clean_start);
        unknown || session && (self.resumed || hoped)
    }

    /// PUBACK, PUBREC or PUBCOMP.
    #[inline]
    pub(super) fn ack(&mut self, seen: Seen, ack: Ack, id: PacketId, code: u8) {
        let owner = other(seen.from);
        let ends = code >= 0x80 || ack != Ack::Pubrec;
        if ends {
            self.gives_back(owner);
        }
        let Some(&entry) = self.sender(owner).ids.get(id) else {
            return self.ack_of_unknown(seen, ack, id, code);
        };
        if owner == Side::Server {
            // It has read a packet that came after CONNACK.
            self.bound |= !entry.has(Entry::EARLY);
        }
        match (ack, entry.waits) {
            (Ack::Puback, Waits::Puback) => {
                self.in_order(seen, Row::Q15, id, entry);
                self.finish(owner, id, entry);
            }
            (Ack::Pubrec, Waits::Pubrec) => {
                self.in_order(seen, Row::Q16, id, entry);
                if code >= 0x80 {
                    self.refuse(owner, id, seen.tag);
                    self.finish(owner, id, entry);
                } else {
                    self.received(seen, owner, id);
                }
            }
            (Ack::Pubcomp, Waits::Pubcomp) => {
                if code == NOT_FOUND && !self.may_be_in_use(owner, true) && !entry.has(Entry::AGAIN)
                {
                    let what = What::Id(
                        id,
                        "is not found, but its PUBREL waits: the session states differ",
                    );
                    self.tell(
                        Breach::of(Row::Q11, seen, PacketType::Pubcomp, what).about(entry.about()),
                    );
                }
                self.finish(owner, id, entry);
            }
            // Q13: a repeated PUBLISH gets PUBREC again; it may come late.
            (Ack::Pubrec, Waits::Pubrel | Waits::Pubcomp) => {
                // It refuses what it has received: its sender may take the identifier to be free.
                if code >= 0x80 {
                    self.make_unknown(owner, id);
                }
            }
            (_, Waits::Unknown) => {}
            _ => self.wrong_ack(seen, ack, id, entry),
        }
    }

    /// Q2, Q10: an acknowledgement of the wrong kind.
    #[cold]
    fn wrong_ack(&mut self, seen: Seen, ack: Ack, id: PacketId, entry: Entry) {
        let owner = other(seen.from);
        let what = |text| What::IdOf(id, request(entry.waits), text);
        let breach = |row, what| Breach::of(row, seen, ack.packet(), what).about(entry.about());
        let breach = match (ack, entry.waits) {
            (Ack::Puback, Waits::Pubrec) => breach(
                Row::Q2,
                What::Id(
                    id,
                    "is of a PUBLISH of QoS 2, which is answered with PUBREC",
                ),
            ),
            (Ack::Pubrec, Waits::Puback) => breach(
                Row::Q2,
                What::Id(
                    id,
                    "is of a PUBLISH of QoS 1, which is answered with PUBACK",
                ),
            ),
            (Ack::Pubcomp, Waits::Pubrec | Waits::Pubrel) => breach(
                Row::Q10,
                What::Id(id, "has not been released: PUBCOMP answers PUBREL"),
            )
            .odd(),
            (Ack::Pubcomp, _) => breach(Row::Q10, what("is of a")),
            _ => breach(Row::Q2, what("is of a")),
        };
        self.tell(breach);
        // A request for a subscription still waits for its own answer.
        if !matches!(entry.waits, Waits::Suback | Waits::Unsuback) {
            self.make_unknown(owner, id);
        }
    }

    /// Q3, Q4, Q10: an acknowledgement of an identifier that is not in use.
    #[cold]
    fn ack_of_unknown(&mut self, seen: Seen, ack: Ack, id: PacketId, code: u8) {
        let owner = other(seen.from);
        if self.may_be_in_use(owner, true) {
            // The rest of its flow is not known either.
            if ack == Ack::Pubrec && code < 0x80 {
                let entry = self.entry(seen, id, Waits::Unknown);
                self.assign(owner, id, entry);
            }
            return;
        }
        let breach = |row, text| Breach::of(row, seen, ack.packet(), What::Id(id, text));
        match ack {
            Ack::Puback => self.tell(breach(Row::Q3, "is of no PUBLISH that waits for PUBACK")),
            Ack::Pubcomp if code == NOT_FOUND => {}
            Ack::Pubcomp => self.tell(breach(Row::Q10, "is of no PUBREL that waits for PUBCOMP")),
            Ack::Pubrec => {
                self.tell(breach(Row::Q4, "is of no PUBLISH that waits for PUBREC"));
                // PUBREL and PUBCOMP may follow.
                let entry = self.entry(seen, id, Waits::Unknown);
                self.assign(owner, id, entry);
            }
        }
    }

    /// PUBREL.
    pub(super) fn pubrel(&mut self, seen: Seen, id: PacketId, code: u8) {
        let packet = PacketType::Pubrel;
        let Some(&entry) = self.sender(seen.from).ids.get(id) else {
            return self.pubrel_of_unknown(seen, id, code);
        };
        let breach =
            |row, text| Breach::of(row, seen, packet, What::Id(id, text)).about(entry.about());
        match entry.waits {
            Waits::Pubrel => {
                if seen.from == Side::Client {
                    self.bound |= !entry.has(Entry::EARLY);
                    self.in_order(seen, Row::Q17, id, entry);
                }
                if code == NOT_FOUND {
                    self.tell(breach(
                        Row::Q11,
                        "is not found, but it was published: the session states differ",
                    ));
                }
                self.released(seen, id);
            }
            Waits::Pubcomp => {
                if self.is_v5() && code != NOT_FOUND {
                    self.tell(breach(
                        Row::Q14,
                        "is released again in the same network connection",
                    ));
                }
                if let Some(entry) = self.sender_mut(seen.from).ids.get_mut(id) {
                    entry.flags |= Entry::AGAIN;
                }
            }
            Waits::Unknown => {}
            Waits::Puback | Waits::Pubrec | Waits::Suback | Waits::Unsuback => {
                if code != NOT_FOUND {
                    self.tell(breach(Row::Q8, "is released before its PUBREC"));
                }
                self.make_unknown(seen.from, id);
            }
        }
    }

    /// Q6, Q8: PUBREL of an identifier that is not in use.
    #[cold]
    fn pubrel_of_unknown(&mut self, seen: Seen, id: PacketId, code: u8) {
        let sender = self.sender(seen.from);
        let refused = sender
            .refused
            .iter()
            .flatten()
            .find(|(refused, _)| *refused == id);
        let refused = refused.map(|&(_, tag)| About {
            tag,
            packet: PacketType::Pubrec,
        });
        let breach = |row, text| Breach::of(row, seen, PacketType::Pubrel, What::Id(id, text));
        let resumed = self.sender(seen.from).ids_unknown || self.resumed || !self.answered;
        let waits = match refused {
            Some(about) if code != NOT_FOUND => {
                self.tell(breach(Row::Q6, "was refused by PUBREC").about(Some(about)));
                Waits::Unknown
            }
            // A PUBREL of an earlier connection is sent again.
            None if resumed && code != NOT_FOUND => Waits::Pubcomp,
            None if code != NOT_FOUND => {
                self.tell(breach(Row::Q8, "is of no PUBLISH that was received"));
                Waits::Unknown
            }
            // The right answer to an unknown PUBREC.
            _ => Waits::Unknown,
        };
        let entry = self.entry(seen, id, waits);
        self.assign(seen.from, id, entry);
    }

    /// Q15 to Q17.
    #[inline]
    fn in_order(&mut self, seen: Seen, row: Row, id: PacketId, entry: Entry) {
        if entry.order == 0 || entry.has(Entry::AGAIN) {
            return;
        }
        let (owner, waits) = match row {
            Row::Q15 => (&mut self.server, Waits::Puback),
            Row::Q16 => (&mut self.server, Waits::Pubrec),
            _ => (&mut self.client, Waits::Pubrel),
        };
        let queue = match row {
            Row::Q15 => &mut owner.pubacks,
            Row::Q16 => &mut owner.pubrecs,
            _ => &mut owner.pubrels,
        };
        let ids = &owner.ids;
        let due = |id, place| {
            ids.get(id).is_some_and(|entry| {
                entry.order == place && entry.waits == waits && !entry.has(Entry::AGAIN)
            })
        };
        if let Some(first) = queue.answer(entry.order, due) {
            let (packet, of) = match row {
                Row::Q15 => (PacketType::Puback, PacketType::Publish),
                Row::Q16 => (PacketType::Pubrec, PacketType::Publish),
                _ => (PacketType::Pubrel, PacketType::Pubrec),
            };
            let about = ids.get(first).and_then(Entry::about);
            let what = What::Order { id, first, of };
            self.tell(Breach::of(row, seen, packet, what).about(about));
        }
    }

    /// PUBREC below 0x80: the PUBREL of the identifier's owner is due.
    fn received(&mut self, seen: Seen, owner: Side, id: PacketId) {
        let since = self.hundredths();
        let early = if self.answered { 0 } else { Entry::EARLY };
        let orders = owner == Side::Client && self.version != Some(Version::V3_1);
        let sender = self.sender_mut(owner);
        let order = if orders { sender.pubrels.push(id) } else { 0 };
        if let Some(entry) = sender.ids.get_mut(id) {
            entry.waits = Waits::Pubrel;
            entry.order = order;
            entry.tag = seen.tag;
            entry.since = since;
            entry.flags = entry.flags & !(Entry::TOLD | Entry::EARLY) | early;
        }
    }

    /// PUBREL: PUBCOMP is due.
    fn released(&mut self, seen: Seen, id: PacketId) {
        let since = self.hundredths();
        let early = if self.answered { 0 } else { Entry::EARLY };
        if let Some(entry) = self.sender_mut(seen.from).ids.get_mut(id) {
            entry.waits = Waits::Pubcomp;
            entry.order = 0;
            entry.tag = seen.tag;
            entry.since = since;
            entry.flags = entry.flags & !(Entry::TOLD | Entry::EARLY) | early;
        }
    }

    /// An identifier is free, unless more answers may come.
    #[inline]
    pub(super) fn finish(&mut self, owner: Side, id: PacketId, entry: Entry) {
        let ids = &mut self.sender_mut(owner).ids;
        if entry.has(Entry::AGAIN) {
            if let Some(entry) = ids.get_mut(id) {
                entry.waits = Waits::Unknown;
            }
        } else {
            ids.remove(id);
        }
    }

    fn refuse(&mut self, owner: Side, id: PacketId, tag: u64) {
        let refused = &mut self.sender_mut(owner).refused;
        refused.rotate_right(1);
        let [first, ..] = refused;
        *first = Some((id, tag));
    }

    /// Whatever comes about this identifier is let pass from now on.
    pub(super) fn make_unknown(&mut self, owner: Side, id: PacketId) {
        if let Some(entry) = self.sender_mut(owner).ids.get_mut(id) {
            entry.waits = Waits::Unknown;
        }
    }
}

impl Entry {
    /// The last packet about it.
    pub(super) fn about(&self) -> Option<About> {
        (self.waits != Waits::Unknown).then(|| About {
            tag: self.tag,
            packet: request(self.waits),
        })
    }
}
