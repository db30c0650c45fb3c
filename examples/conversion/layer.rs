//! The conversions.

use std::error::Error;

use mqtt_reason::v5::{self, ProblemInformation, Property, PropertySource, PropertyValue};
use mqtt_reason::{Encode, EncodeOptions, PacketId};

use super::{Ack, Codes, Packet, Properties};

impl Properties {
    /// The properties to be sent, as they are kept: no list is made of them.
    fn to_send(&self) -> impl PropertySource {
        let method = self.authentication.iter().flat_map(|(method, data)| {
            [
                Property::AuthenticationMethod(method),
                Property::AuthenticationData(data),
            ]
        });
        let expiry = self.session_expiry_interval;
        ProblemInformation::new(self.reason_string.as_deref(), &self.user_properties)
            .and(method)
            .and(expiry.map(Property::SessionExpiryInterval))
    }
}

/// One loop over the properties: each is looked at once.
impl From<v5::Properties<'_>> for Properties {
    fn from(read: v5::Properties<'_>) -> Self {
        let mut properties = Self::default();
        for property in read {
            match (property, property.value()) {
                (Property::ReasonString(text), _) => properties.reason_string = Some(text.into()),
                (Property::SessionExpiryInterval(seconds), _) => {
                    properties.session_expiry_interval = Some(seconds);
                }
                (Property::AuthenticationMethod(method), _) => {
                    properties.authentication.get_or_insert_default().0 = method.into();
                }
                (Property::AuthenticationData(data), _) => {
                    properties.authentication.get_or_insert_default().1 = data.into();
                }
                (_, PropertyValue::StringPair(name, value)) => {
                    properties.user_properties.push((name.into(), value.into()));
                }
                _ => {}
            }
        }
        properties
    }
}

impl<R: v5::AckReason> From<v5::Ack<'_, R>> for Ack<R> {
    fn from(ack: v5::Ack<'_, R>) -> Self {
        let (pkid, reason) = (ack.packet_id().get(), ack.reason());
        let properties = ack.properties().into();
        Self {
            pkid,
            reason,
            properties,
        }
    }
}

impl<R: v5::SubscriptionReason> From<v5::SubscriptionAck<'_, R>> for Codes<R> {
    fn from(ack: v5::SubscriptionAck<'_, R>) -> Self {
        let (pkid, reasons) = (ack.packet_id().get(), ack.reasons().iter().collect());
        let properties = ack.properties().into();
        Self {
            pkid,
            reasons,
            properties,
        }
    }
}

impl From<v5::Packet<'_>> for Packet {
    fn from(packet: v5::Packet<'_>) -> Self {
        use v5::Packet as P;
        match packet {
            P::Connack(it) => {
                Self::ConnAck(it.session_present(), it.reason(), it.properties().into())
            }
            P::Puback(it) => Self::PubAck(it.into()),
            P::Pubrec(it) => Self::PubRec(it.into()),
            P::Pubrel(it) => Self::PubRel(it.into()),
            P::Pubcomp(it) => Self::PubComp(it.into()),
            P::Suback(it) => Self::SubAck(it.into()),
            P::Unsuback(it) => Self::UnsubAck(it.into()),
            P::Disconnect(it) => Self::Disconnect(it.reason(), it.properties().into()),
            P::Auth(it) => Self::Auth(it.reason(), it.properties().into()),
        }
    }
}

/// What the broker's struct cannot say in MQTT is an error.
type Written = Result<usize, Box<dyn Error>>;

impl<R: v5::AckReason> Ack<R> {
    fn write(&self, options: &EncodeOptions, out: &mut Vec<u8>) -> Written {
        let id = PacketId::new(self.pkid).ok_or("packet identifier 0")?;
        let ack = v5::Ack::new(id, self.reason).with_properties(self.properties.to_send());
        Ok(ack.encode_with(options, out)?)
    }
}

impl<R: v5::SubscriptionReason> Codes<R> {
    fn write(&self, options: &EncodeOptions, out: &mut Vec<u8>) -> Written {
        let id = PacketId::new(self.pkid).ok_or("packet identifier 0")?;
        let ack = v5::SubscriptionAck::<R>::new(id, &self.reasons).ok_or("no code")?;
        Ok(ack
            .with_properties(self.properties.to_send())
            .encode_with(options, out)?)
    }
}

impl Packet {
    /// Writes the packet behind what is in `out`.
    pub(super) fn write(&self, options: &EncodeOptions, out: &mut Vec<u8>) -> Written {
        match self {
            Self::ConnAck(session, reason, properties) => {
                let connack = v5::Connack::new(*session, *reason);
                let connack = connack.ok_or("session present with a refusal")?;
                Ok(connack
                    .with_properties(properties.to_send())
                    .encode_with(options, out)?)
            }
            Self::PubAck(ack) => ack.write(options, out),
            Self::PubRec(ack) => ack.write(options, out),
            Self::PubRel(ack) => ack.write(options, out),
            Self::PubComp(ack) => ack.write(options, out),
            Self::SubAck(ack) => ack.write(options, out),
            Self::UnsubAck(ack) => ack.write(options, out),
            Self::Disconnect(reason, properties) => {
                let disconnect = v5::Disconnect::new(*reason).with_properties(properties.to_send());
                Ok(disconnect.encode_with(options, out)?)
            }
            Self::Auth(reason, properties) => {
                let auth = v5::Auth::without_properties(*reason);
                Ok(auth
                    .with_properties(properties.to_send())
                    .encode_with(options, out)?)
            }
        }
    }
}
