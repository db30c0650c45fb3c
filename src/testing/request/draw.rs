//! How a valid one of the six packets is drawn.

use std::string::String;
use std::vec::Vec;

use super::Request;
use super::fields::{Connect, Fields, Publish, Subscribe, Unsubscribe, Will};
use super::topic::{response_topic, topic_filter, topic_name};
use crate::packet_type::{PacketType, SentBy, Side, Version};
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::{PacketId, QoS};
use crate::testing::choices::Choices;
use crate::testing::generate::insert;
use crate::testing::property::{Owned, Value};
use crate::testing::text::{binary, text};
use crate::testing::valid::Form;

/// The six, the plainest first.
pub(crate) const PACKETS: [PacketType; 6] = [
    PacketType::Pingreq,
    PacketType::Pingresp,
    PacketType::Publish,
    PacketType::Connect,
    PacketType::Subscribe,
    PacketType::Unsubscribe,
];

impl Request {
    /// A packet of any of the six types.
    pub(crate) fn any(version: Version, c: &mut Choices<'_>) -> Self {
        // Those that say nothing are drawn less often.
        let packet = match c.below(16) {
            0 => PacketType::Pingreq,
            1 => PacketType::Pingresp,
            _ => c.pick(PACKETS.get(2..).unwrap_or(&PACKETS)),
        };
        Self::of_type(version, packet, c)
    }

    /// A packet of this type, which is one of the six, from either side that may send it.
    pub(crate) fn of_type(version: Version, packet: PacketType, c: &mut Choices<'_>) -> Self {
        let sender = match version.sender_of(packet) {
            SentBy::Client => Side::Client,
            SentBy::Server => Side::Server,
            SentBy::Either => c.pick(&[Side::Client, Side::Server]),
        };
        Self::sent_by(sender, version, packet, c)
    }

    /// A packet of this type from this side, which may send it.
    pub(super) fn sent_by(
        sender: Side,
        version: Version,
        packet: PacketType,
        c: &mut Choices<'_>,
    ) -> Self {
        let is_large = c.draws_large();
        c.large(is_large, |c| {
            c.group(|c| {
                let fields = match packet {
                    PacketType::Connect => Fields::Connect(connect(version, c)),
                    PacketType::Publish => Fields::Publish(publish(sender, version, c)),
                    PacketType::Subscribe => Fields::Subscribe(subscribe(version, c)),
                    PacketType::Unsubscribe => Fields::Unsubscribe(unsubscribe(version, c)),
                    PacketType::Pingresp => Fields::Pingresp,
                    _ => Fields::Pingreq,
                };
                let mut request = Self {
                    version,
                    sender,
                    fields,
                    form: Form::Whole,
                };
                let forms = [Form::Whole, Form::PaddedLength, Form::UnusedBits];
                let mut forms = forms.to_vec();
                forms.retain(|form| request.bytes_in(*form).is_some());
                request.form = c.pick(&forms);
                request
            })
        })
    }
}

fn connect(version: Version, c: &mut Choices<'_>) -> Connect {
    let is_5_0 = version == Version::V5_0;
    let properties = properties(Carrier::Connect, Side::Client, version, c);
    let clean_start = !c.one_in(2);
    let user_name = c.group(|c| c.one_in(2).then(|| text(c)));
    let password = c.group(|c| c.one_in(2).then(|| binary(c)));
    Connect {
        bridge: !is_5_0 && c.one_in(4),
        clean_start,
        keep_alive: c.group(Choices::two_bytes),
        client_id: c.group(|c| client_id(version, clean_start, c)),
        will: c.group(|c| c.one_in(2).then(|| will(version, c))),
        password: password.filter(|_| is_5_0 || user_name.is_some()),
        user_name,
        properties,
    }
}

/// §3.1.3.1; 3.1.1 [MQTT-3.1.3-7]; 3.1 §3.1: 1 to 23 characters.
fn client_id(version: Version, clean_start: bool, c: &mut Choices<'_>) -> String {
    let id = text(c);
    match version {
        Version::V5_0 => id,
        Version::V3_1_1 if clean_start || !id.is_empty() => id,
        Version::V3_1 if !id.is_empty() => id.chars().take(23).collect(),
        Version::V3_1_1 | Version::V3_1 => "c".into(),
    }
}

/// A Will of a Client that speaks this version.
pub(super) fn will(version: Version, c: &mut Choices<'_>) -> Will {
    Will {
        properties: properties(Carrier::Will, Side::Client, version, c),
        topic: topic_name(c),
        qos: qos(c),
        retain: c.one_in(2),
        payload: binary(c),
    }
}

fn publish(sender: Side, version: Version, c: &mut Choices<'_>) -> Publish {
    let properties = properties(Carrier::Publish, sender, version, c);
    let has_alias = properties.iter().any(|it| it.id == PropertyId::TopicAlias);
    let qos = c.group(qos);
    let has_id = qos != QoS::AtMostOnce;
    Publish {
        topic: match has_alias && c.one_in(2) {
            true => String::new(),
            false => topic_name(c),
        },
        qos,
        retain: c.one_in(2),
        dup: has_id && c.one_in(2),
        packet_id: has_id.then(|| packet_id(c)),
        payload: payload(c),
        properties,
    }
}

/// An application message; it may have more bytes than binary data can.
fn payload(c: &mut Choices<'_>) -> Vec<u8> {
    c.group(|c| match c.is_large() && c.one_in(4) {
        true => {
            let len = c.mostly(100_000);
            std::vec![c.byte(); len]
        }
        false => binary(c),
    })
}

fn subscribe(version: Version, c: &mut Choices<'_>) -> Subscribe {
    Subscribe {
        packet_id: packet_id(c),
        properties: properties(Carrier::Subscribe, Side::Client, version, c),
        subscriptions: entries(c, |c| {
            let filter = topic_filter(version, c);
            let options = options(version, &filter, c);
            (filter, options)
        }),
    }
}

/// The Subscription Options, §3.8.3.1.
fn options(version: Version, filter: &str, c: &mut Choices<'_>) -> u8 {
    c.group(|c| {
        let qos = qos(c).as_u8();
        if version != Version::V5_0 {
            return qos;
        }
        let no_local = u8::from(c.one_in(2) && !filter.starts_with("$share/"));
        let retain_as_published = u8::from(c.one_in(2));
        c.byte_between(0, 2) << 4 | retain_as_published << 3 | no_local << 2 | qos
    })
}

fn unsubscribe(version: Version, c: &mut Choices<'_>) -> Unsubscribe {
    Unsubscribe {
        packet_id: packet_id(c),
        properties: properties(Carrier::Unsubscribe, Side::Client, version, c),
        filters: entries(c, |c| topic_filter(version, c)),
    }
}

/// One entry or more; long lists repeat one that is not long.
fn entries<T: Clone>(c: &mut Choices<'_>, one: impl Fn(&mut Choices<'_>) -> T) -> Vec<T> {
    if c.below(16) == 15 {
        let most = if c.is_large() { 2_000 } else { 100 };
        let count = c.mostly(most).max(1);
        let entry = c.large(false, |c| c.group(&one));
        return std::vec![entry; count];
    }
    let count = c.between(1, 5);
    (0..count).map(|_| c.group(&one)).collect()
}

fn packet_id(c: &mut Choices<'_>) -> PacketId {
    let id = c.group(Choices::two_bytes);
    PacketId::new(id).unwrap_or(PacketId::MIN)
}

fn qos(c: &mut Choices<'_>) -> QoS {
    c.pick(&[QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce])
}

/// The properties that this side may put into the section, MQTT 5.0 Table 2-4.
pub(super) fn sendable(carrier: Carrier, sender: Side) -> Vec<PropertyId> {
    let mut ids = PropertyId::ALL.to_vec();
    ids.retain(|id| {
        let cell = id.use_in(carrier);
        cell.is_some_and(|cell| cell.sent_by.includes(sender))
    });
    ids
}

/// Whether a property may occur more than once in the section.
pub(super) fn may_repeat(id: PropertyId, carrier: Carrier) -> bool {
    match id {
        PropertyId::UserProperty => true,
        // §3.3.2.3.8: one for each subscription that matches.
        PropertyId::SubscriptionIdentifier => carrier == Carrier::Publish,
        _ => false,
    }
}

/// The property with a value that its section allows.
pub(super) fn property(id: PropertyId, c: &mut Choices<'_>) -> Owned {
    match id {
        PropertyId::ResponseTopic => Owned {
            id,
            value: Value::Text(response_topic(c)),
        },
        _ => Owned::generate(id, c),
    }
}

/// Properties in any order, from none to all of them.
fn properties(carrier: Carrier, sender: Side, version: Version, c: &mut Choices<'_>) -> Vec<Owned> {
    let mut properties = Vec::new();
    if version != Version::V5_0 {
        return properties;
    }
    // One in so many is left out: half of them, all, a quarter, almost none.
    let left_out = c.pick(&[2, 1, 4, 4000]);
    for id in sendable(carrier, sender) {
        let most = if may_repeat(id, carrier) { 3 } else { 1 };
        for _ in 0..most {
            c.group(|c| {
                let is_drawn = c.below(left_out) > 0;
                // §3.1.2.11.10
                let lacks_method = id == PropertyId::AuthenticationData
                    && !properties
                        .iter()
                        .any(|it: &Owned| it.id == PropertyId::AuthenticationMethod);
                if is_drawn && !lacks_method {
                    let property = property(id, c);
                    insert(&mut properties, property, c);
                }
            });
        }
    }
    properties
}
