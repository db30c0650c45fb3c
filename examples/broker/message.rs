//! A message on its way to its subscribers.

use bytes::BytesMut;
use mqtt_reason::v5::{Properties, PropertySource};
use mqtt_reason::view::{Delivery, Publish, Will};
use mqtt_reason::{DecodeOptions, EncodeError, OwnedFrame, PropertyId, QoS, Version};

/// A message on its way to its subscribers.
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) qos: QoS,
    /// The message as a PUBLISH of 5.0 with QoS 0.
    packet: Vec<u8>,
}

impl Message {
    /// A message that a client published.
    pub(super) fn published(publish: &Publish<'_>) -> Result<Self, EncodeError> {
        Self::new(publish.qos(), publish, publish.properties())
    }

    /// A Will, whose delay is no property of PUBLISH: sessions end with their connection here, so it is due at once.
    pub(super) fn will(will: &Will<'_>) -> Result<Self, EncodeError> {
        let publish = Publish::new(will.topic(), will.payload());
        let properties = will.properties().iter();
        let properties = properties.filter(|each| each.id() != PropertyId::WillDelayInterval);
        Self::new(will.qos(), &publish, properties)
    }

    fn new(
        qos: QoS,
        publish: &Publish<'_>,
        properties: impl PropertySource,
    ) -> Result<Self, EncodeError> {
        let mut packet = Vec::new();
        publish
            .with_delivery(Delivery::AtMostOnce)
            .with_retain(false)
            .with_dup(false)
            .with_properties(properties)
            .encode(Version::V5_0, &mut packet)?;
        Ok(Self {
            topic: publish.topic().to_owned(),
            qos,
            packet,
        })
    }

    /// The PUBLISH for a subscriber of `version`; `None` if it cannot be expressed, which only its size can cause.
    pub(super) fn packet(
        &self,
        delivery: Delivery,
        dup: bool,
        version: Version,
    ) -> Option<OwnedFrame> {
        let options = DecodeOptions::new();
        let publish = Publish::head(Version::V5_0, &options, &self.packet).ok()??;
        let publish = publish.with_delivery(delivery).with_dup(dup);
        let mut bytes = BytesMut::with_capacity(self.packet.len() + 8);
        match version {
            Version::V5_0 => publish.encode(version, &mut bytes).ok()?,
            // 3.x has no properties.
            _ => publish
                .with_properties(Properties::EMPTY)
                .encode(version, &mut bytes)
                .ok()?,
        };
        OwnedFrame::decode_with(version, &options, &mut bytes).ok()?
    }
}
