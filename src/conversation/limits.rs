//! What each side announced binds the other: sizes, aliases, QoS, features; problem information.

use crate::conversation::finding::{About, Seen, What};
use crate::conversation::identifiers::Entry;
use crate::conversation::rules::Row;
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side};
use crate::spec::scalar::QoS;
use crate::{v5, view};

/// After how many seconds a Client must have read CONNACK.
pub(super) const READ_AFTER: u64 = 5;

impl Conversation {
    /// The packet in which this side announced its limits.
    pub(super) fn announced_by(&self, side: Side) -> Option<About> {
        match side {
            Side::Client => self.connect.map(|connect| connect.about),
            Side::Server => self.connack.map(|connack| connack.about),
        }
    }

    /// Whether the sender knows the other side's limits: a Server has read CONNECT when it answers; a Client has read
    /// CONNACK once it shows it, or after a while.
    #[inline]
    pub(super) fn limits_bind(&self, seen: Seen) -> bool {
        match seen.from {
            Side::Server => self.connect.is_some(),
            Side::Client => self.connack.is_some_and(|connack| {
                self.bound || seen.time.saturating_sub(connack.time).as_secs() >= READ_AFTER
            }),
        }
    }

    /// L1, L2.
    #[inline]
    pub(super) fn size(&mut self, seen: Seen, packet: PacketType) {
        let max = match seen.from {
            Side::Client => self.connack.and_then(|connack| connack.max_packet_size),
            Side::Server => self.connect.and_then(|connect| connect.max_packet_size),
        };
        match max {
            Some(max) if seen.len > max && self.limits_bind(seen) => {
                self.too_large(seen, packet, max);
            }
            _ => {}
        }
    }

    #[cold]
    fn too_large(&mut self, seen: Seen, packet: PacketType, max: u32) {
        let (row, announcer) = match seen.from {
            Side::Client => (Row::L2, Side::Server),
            Side::Server => (Row::L1, Side::Client),
        };
        let what = What::Above("the packet's size of", seen.len, "Maximum Packet Size", max);
        let about = self.announced_by(announcer);
        self.tell(Breach::of(row, seen, packet, what).about(about));
    }

    /// L3.
    #[cold]
    pub(super) fn problem_information(&mut self, seen: Seen, packet: &v5::Packet<'_>) {
        let Some(connect) = self.connect.filter(|connect| !connect.problem_information) else {
            return;
        };
        let packet_type = packet.packet_type();
        if matches!(packet_type, PacketType::Connack | PacketType::Disconnect) {
            return;
        }
        let what = match packet
            .properties()
            .iter()
            .find(|property| property.id().is_problem_information())
        {
            Some(v5::Property::ReasonString(_)) => {
                What::Text("a Reason String although CONNECT has Request Problem Information 0")
            }
            Some(_) => {
                What::Text("a User Property although CONNECT has Request Problem Information 0")
            }
            None => return,
        };
        self.tell(Breach::of(Row::L3, seen, packet_type, what).about(Some(connect.about)));
    }

    /// P1, P2, P4, P5, P6.
    #[inline]
    pub(super) fn publish_limits(&mut self, seen: Seen, publish: &view::Publish<'_>) {
        if !self.is_v5() {
            return;
        }
        let properties = publish.properties();
        if !properties.is_empty() || publish.topic().is_empty() {
            self.aliases(seen, publish);
        }
        if seen.from == Side::Client
            && (publish.retain() || publish.qos() != QoS::AtMostOnce)
            && self.limits_bind(seen)
        {
            self.publish_features(seen, publish);
        }
    }

    /// P4, P5, P6.
    fn aliases(&mut self, seen: Seen, publish: &view::Publish<'_>) {
        let packet = PacketType::Publish;
        let properties = publish.properties();
        if seen.from == Side::Client && properties.subscription_identifiers().next().is_some() {
            let what = What::Text("a Subscription Identifier in a PUBLISH of the client");
            self.tell(Breach::of(Row::P6, seen, packet, what));
        }
        let Some(alias) = properties.topic_alias() else {
            return;
        };
        let (max, announced) = match seen.from {
            Side::Client => (
                self.connack.map(|connack| connack.topic_alias_maximum),
                self.announced_by(Side::Server),
            ),
            Side::Server => (
                self.connect.map(|connect| connect.topic_alias_maximum),
                self.announced_by(Side::Client),
            ),
        };
        if let Some(max) = max.filter(|max| alias > *max && self.limits_bind(seen)) {
            let what = What::Above(
                "Topic Alias",
                alias.into(),
                "Topic Alias Maximum",
                max.into(),
            );
            self.tell(Breach::of(Row::P5, seen, packet, what).about(announced));
            return;
        }
        let sender = self.sender_mut(seen.from);
        if !publish.topic().is_empty() {
            sender.aliases.set(alias);
        } else if !sender.aliases.has(alias) && !sender.lost {
            let what = What::Text("an empty Topic Name with a Topic Alias that was not set");
            self.tell(Breach::of(Row::P4, seen, packet, what));
        }
    }

    /// P1, P2.
    fn publish_features(&mut self, seen: Seen, publish: &view::Publish<'_>) {
        let Some(connack) = self.connack else {
            return;
        };
        let packet = PacketType::Publish;
        let about = Some(connack.about);
        let qos = publish.qos().as_u8();
        if qos > connack.maximum_qos {
            let what = What::Above("QoS", qos.into(), "Maximum QoS", connack.maximum_qos.into());
            self.tell(Breach::of(Row::P1, seen, packet, what).about(about));
        }
        if publish.retain() && !connack.retain {
            let what = What::Text("RETAIN although CONNACK has Retain Available 0");
            self.tell(Breach::of(Row::P2, seen, packet, what).about(about));
        }
    }

    /// P3.
    pub(super) fn subscribe_limits(&mut self, seen: Seen, entry: &Entry) {
        let Some(connack) = self
            .connack
            .filter(|_| self.is_v5() && self.limits_bind(seen))
        else {
            return;
        };
        let (text, number, answer) = if !connack.shared && entry.has(Entry::SHARED) {
            (
                "a shared subscription although CONNACK has Shared Subscription Available 0",
                "3.2.2.3.13",
                0x9E,
            )
        } else if !connack.wildcards && entry.has(Entry::WILDCARD) {
            (
                "a wildcard although CONNACK has Wildcard Subscription Available 0",
                "3.2.2.3.11",
                0xA2,
            )
        } else if !connack.identifiers && entry.has(Entry::IDENTIFIED) {
            (
                "a Subscription Identifier although CONNACK has Subscription Identifiers Available 0",
                "3.2.2.3.12",
                0xA1,
            )
        } else {
            return;
        };
        let breach = Breach::of(Row::P3, seen, PacketType::Subscribe, What::Text(text));
        self.tell(
            breach
                .about(Some(connack.about))
                .numbered(number)
                .answered(answer),
        );
    }
}
