//! Writing a drawn packet as whoever sends it would, with this crate.

use std::vec::Vec;

use bytes::BufMut;

use super::Request;
use super::fields::{Connect, Fields, Publish};
use crate::encode_error::EncodeError;
use crate::options::EncodeOptions;
use crate::spec::scalar::QoS;
use crate::view::{self, Delivery, Filters, RetainHandling, Subscription, Subscriptions, View};

impl Request {
    /// Writes the packet as whoever sends it would: made by the constructors of its type, with properties from
    /// iterators. A decoded packet is written by copying what was read.
    ///
    /// # Errors
    ///
    /// As [`View::encode_with`].
    pub fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let version = self.version;
        let unspeakable = EncodeError::NotInVersion {
            version,
            what: self.packet_type().name(),
        };
        let properties = self.properties();
        match &self.fields {
            Fields::Connect(connect) => self.encode_connect(connect, options, dst),
            Fields::Publish(publish) => {
                let publish = message(publish).ok_or(unspeakable)?;
                let publish = publish.with_properties(properties);
                publish.encode_with(version, options, dst)
            }
            Fields::Subscribe(subscribe) => {
                let wanted = subscribe.subscriptions.iter();
                let wanted: Vec<_> = wanted
                    .filter_map(|(filter, options)| subscription(filter, *options))
                    .collect();
                let list = Subscriptions::new(&wanted).ok_or(unspeakable)?;
                view::Subscribe::new(subscribe.packet_id, list)
                    .with_properties(properties)
                    .encode_with(version, options, dst)
            }
            Fields::Unsubscribe(unsubscribe) => {
                let filters = unsubscribe.filters.iter();
                let filters: Vec<&str> = filters.map(AsRef::as_ref).collect();
                let list = Filters::new(&filters).ok_or(unspeakable)?;
                view::Unsubscribe::new(unsubscribe.packet_id, list)
                    .with_properties(properties)
                    .encode_with(version, options, dst)
            }
            Fields::Pingreq => View::Pingreq.encode_with(version, options, dst),
            Fields::Pingresp => View::Pingresp.encode_with(version, options, dst),
        }
    }

    fn encode_connect<B: BufMut>(
        &self,
        connect: &Connect,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let mut packet = view::Connect::new(self.version, &connect.client_id)
            .with_bridge(connect.bridge)
            .with_clean_start(connect.clean_start)
            .with_keep_alive(connect.keep_alive);
        if let Some(will) = &connect.will {
            let will = view::Will::new(&will.topic, &will.payload)
                .with_qos(will.qos)
                .with_retain(will.retain);
            packet = packet.with_will(will);
        }
        if let Some(name) = &connect.user_name {
            packet = packet.with_user_name(name);
        }
        if let Some(password) = &connect.password {
            packet = packet.with_password(password);
        }
        let will_properties: Vec<_> = match &connect.will {
            Some(will) => will.properties().collect(),
            None => Vec::new(),
        };
        packet
            .with_properties(self.properties())
            .with_will_properties(will_properties)
            .encode_with(options, dst)
    }
}

fn message(publish: &Publish) -> Option<view::Publish<'_>> {
    let delivery = match publish.qos {
        QoS::AtMostOnce => Delivery::AtMostOnce,
        QoS::AtLeastOnce => Delivery::AtLeastOnce(publish.packet_id?),
        QoS::ExactlyOnce => Delivery::ExactlyOnce(publish.packet_id?),
    };
    let message = view::Publish::new(&publish.topic, &publish.payload)
        .with_delivery(delivery)
        .with_retain(publish.retain)
        .with_dup(publish.dup);
    Some(message)
}

fn subscription(filter: &str, options: u8) -> Option<Subscription<'_>> {
    let subscription = Subscription::new(filter, QoS::from_u8(options & 0b11)?)
        .with_no_local(options & 0b100 != 0)
        .with_retain_as_published(options & 0b1000 != 0)
        .with_retain_handling(RetainHandling::from_u8(options >> 4)?);
    Some(subscription)
}
