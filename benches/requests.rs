//! One pass over packets without reason codes: decode, match, read each field and property once; with the views and by
//! hand.
//!
//! Shared by path: the times and the instruction counts include this file.

#[path = "by_hand/requests.rs"]
#[expect(
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "the code by hand has its own lints"
)]
pub(crate) mod by_hand;

use std::hint::black_box;

use mqtt_reason::v5::{self, Property};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Frame, Version};

/// A pass with the views; `Frame::decode_with` looks at the fixed header of these six packets, as the code by hand does.
pub(crate) fn ours(bytes: &[u8]) -> u64 {
    let options = DecodeOptions::new();
    let mut sum = 0;
    let mut rest = bytes;
    while let Ok(Some(frame)) = Frame::decode_with(Version::V5_0, &options, rest) {
        let Ok(Some(view)) = View::of(Version::V5_0, &options, &frame) else {
            break;
        };
        match view {
            View::Publish(publish) => {
                black_box((publish.topic(), publish.payload()));
                sum += u64::from(publish.qos().as_u8()) + u64::from(publish.retain());
                sum += publish.packet_id().map_or(0, |id| id.get().into());
                sum += read(publish.properties());
            }
            View::Subscribe(subscribe) => {
                sum += u64::from(subscribe.packet_id().get());
                sum += read(subscribe.properties());
                for subscription in subscribe.subscriptions() {
                    black_box(subscription.filter());
                    sum += u64::from(subscription.options());
                }
            }
            View::Connect(connect) => {
                sum += u64::from(connect.keep_alive()) + u64::from(connect.clean_start());
                sum += read(connect.properties());
                black_box((connect.client_id(), connect.user_name(), connect.password()));
                if let Some(will) = connect.will() {
                    black_box((will.topic(), will.payload()));
                    sum += u64::from(will.qos().as_u8()) + read(will.properties());
                }
            }
            _ => break,
        }
        rest = rest.get(frame.bytes().len()..).unwrap_or_default();
    }
    assert!(rest.is_empty(), "all is decoded");
    sum
}

#[inline(always)]
fn read(properties: v5::Properties<'_>) -> u64 {
    let mut sum = 0;
    for property in properties {
        match property {
            Property::MessageExpiryInterval(value) => sum += u64::from(value),
            Property::TopicAlias(value) => sum += u64::from(value.get()),
            other => {
                black_box(other);
            }
        }
    }
    sum
}

/// The same pass by hand.
pub(crate) fn hand(bytes: &[u8]) -> u64 {
    use by_hand::Packet;
    let mut sum = 0;
    let mut rest = bytes;
    while let Ok(Some((packet, len))) = by_hand::decode(rest) {
        match packet {
            Packet::Publish(publish) => {
                black_box((publish.topic, publish.payload));
                sum += u64::from(publish.qos) + u64::from(publish.retain);
                sum += publish.packet_id.map_or(0, |id| id.get().into());
                sum += read_by_hand(publish.properties);
            }
            Packet::Subscribe(subscribe) => {
                sum += u64::from(subscribe.packet_id.get());
                sum += read_by_hand(subscribe.properties);
                for (filter, options) in subscribe.list() {
                    black_box(filter);
                    sum += u64::from(options);
                }
            }
            Packet::Connect(connect) => {
                sum += u64::from(connect.keep_alive) + u64::from(connect.clean_start);
                sum += read_by_hand(connect.properties);
                black_box((connect.client_id, connect.user_name, connect.password));
                if let Some(will) = connect.will {
                    black_box((will.topic, will.payload));
                    sum += u64::from(will.qos) + read_by_hand(will.properties);
                }
            }
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    assert!(rest.is_empty(), "all is decoded");
    sum
}

#[inline(always)]
fn read_by_hand(section: &[u8]) -> u64 {
    let mut sum = 0;
    for property in by_hand::properties(section) {
        match property {
            by_hand::Property::Number(_, value) => sum += u64::from(value),
            other => {
                black_box(other);
            }
        }
    }
    sum
}
