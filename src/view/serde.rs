//! `serde::Serialize` in the shape of the command's JSON. A Password, a Will's payload and an application message are
//! told by their lengths alone.

use ::serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::packet_type::Version;
use crate::v5::Properties;
use crate::view::{
    Connect, Filters, Publish, Subscribe, Subscription, Subscriptions, UnknownConnect, Unsubscribe,
    View, Will,
};

/// The fields of a packet as entries of an object.
trait Entries {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error>;
}

impl Entries for Connect<'_> {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        object.serialize_entry("level", &self.level())?;
        object.serialize_entry("bridge", &self.bridge)?;
        object.serialize_entry("client_id", self.client_id)?;
        object.serialize_entry("clean_start", &self.clean_start)?;
        object.serialize_entry("keep_alive", &self.keep_alive)?;
        if let Some(user_name) = self.user_name {
            object.serialize_entry("user_name", user_name)?;
        }
        if let Some(password) = self.password {
            object.serialize_entry("password_length", &password.len())?;
        }
        if let Some(will) = &self.will {
            object.serialize_entry("will", will)?;
        }
        match self.version {
            Version::V5_0 => object.serialize_entry("properties", &self.properties),
            Version::V3_1_1 | Version::V3_1 => Ok(()),
        }
    }
}

impl Entries for UnknownConnect<'_> {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        object.serialize_entry("protocol_name", self.protocol_name)?;
        object.serialize_entry("level", &self.level)
    }
}

impl Entries for Publish<'_> {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        object.serialize_entry("topic", self.topic)?;
        object.serialize_entry("qos", &self.qos.as_u8())?;
        object.serialize_entry("retain", &self.retain)?;
        object.serialize_entry("dup", &self.dup)?;
        if let Some(packet_id) = self.packet_id {
            object.serialize_entry("packet_id", &packet_id)?;
        }
        object.serialize_entry("payload_length", &self.payload.len())?;
        properties(object, &self.properties)
    }
}

impl Entries for Subscribe<'_> {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        object.serialize_entry("packet_id", &self.packet_id)?;
        object.serialize_entry("subscriptions", &self.subscriptions)?;
        properties(object, &self.properties)
    }
}

impl Entries for Unsubscribe<'_> {
    fn entries<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        object.serialize_entry("packet_id", &self.packet_id)?;
        object.serialize_entry("filters", &self.filters)?;
        properties(object, &self.properties)
    }
}

/// Properties of a packet that does not know its version: left out if there are none, as 3.1.1 and 3.1 have none.
fn properties<M: SerializeMap>(
    object: &mut M,
    properties: &Properties<'_>,
) -> Result<(), M::Error> {
    if properties.is_empty() {
        return Ok(());
    }
    object.serialize_entry("properties", properties)
}

/// An object that starts with the packet's name. It saves five copies of the same impl.
macro_rules! packets {
    ($($Packet:ident $name:literal)+) => {
        $(
            impl Serialize for $Packet<'_> {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let mut object = serializer.serialize_map(None)?;
                    object.serialize_entry("packet", $name)?;
                    self.entries(&mut object)?;
                    object.end()
                }
            }
        )+
    };
}

packets! {
    Connect "CONNECT"
    UnknownConnect "CONNECT"
    Publish "PUBLISH"
    Subscribe "SUBSCRIBE"
    Unsubscribe "UNSUBSCRIBE"
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Connect(packet) => packet.serialize(serializer),
            Self::UnknownConnect(packet) => packet.serialize(serializer),
            Self::Publish(packet) => packet.serialize(serializer),
            Self::Subscribe(packet) => packet.serialize(serializer),
            Self::Unsubscribe(packet) => packet.serialize(serializer),
            Self::Pingreq | Self::Pingresp => {
                let mut object = serializer.serialize_map(Some(1))?;
                object.serialize_entry("packet", &self.packet_type())?;
                object.end()
            }
        }
    }
}

impl Serialize for Will<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("topic", self.topic)?;
        object.serialize_entry("qos", &self.qos.as_u8())?;
        object.serialize_entry("retain", &self.retain)?;
        object.serialize_entry("payload_length", &self.payload.len())?;
        properties(&mut object, &self.properties)?;
        object.end()
    }
}

impl Serialize for Subscriptions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for subscription in self {
            let one = One {
                subscription,
                with_options: self.has_options(),
            };
            list.serialize_element(&one)?;
        }
        list.end()
    }
}

/// With all options of 5.0.
impl Serialize for Subscription<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = One {
            subscription: *self,
            with_options: true,
        };
        one.serialize(serializer)
    }
}

/// An entry of a SUBSCRIBE; 3.1.1 and 3.1 have no option but the QoS.
struct One<'a> {
    subscription: Subscription<'a>,
    with_options: bool,
}

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let subscription = self.subscription;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("filter", subscription.filter())?;
        object.serialize_entry("qos", &subscription.qos().as_u8())?;
        if self.with_options {
            object.serialize_entry("no_local", &subscription.no_local())?;
            object.serialize_entry("retain_as_published", &subscription.retain_as_published())?;
            let retain_handling = subscription.retain_handling().as_u8();
            object.serialize_entry("retain_handling", &retain_handling)?;
        }
        object.end()
    }
}

impl Serialize for Filters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;
    use crate::{DecodeOptions, Decoded, v3, v5};

    fn json(version: Version, bytes: &[u8]) -> String {
        let frame = match version {
            Version::V5_0 => match v5::decode(bytes).unwrap() {
                Decoded::Frame(frame) => frame,
                other => panic!("{other:?}"),
            },
            _ => match v3::decode(v3::Version::V3_1_1, bytes).unwrap() {
                Decoded::Frame(frame) => frame,
                other => panic!("{other:?}"),
            },
        };
        let view = View::of(version, &DecodeOptions::new(), &frame);
        serde_json::to_string(&view.unwrap().unwrap()).unwrap()
    }

    #[test]
    fn secrets_and_payloads_are_told_by_their_lengths() {
        let connect = b"\x10\x24\x00\x04MQTT\x04\xEE\x00\x3C\x00\x03dev\x00\x01w\x00\x04gone\x00\x01u\x00\x07hunter2";
        assert_eq!(
            json(Version::V3_1_1, connect),
            r#"{"packet":"CONNECT","level":4,"bridge":false,"client_id":"dev","clean_start":true,"keep_alive":60,"user_name":"u","password_length":7,"will":{"topic":"w","qos":1,"retain":true,"payload_length":4}}"#
        );
        assert_eq!(
            json(
                Version::V5_0,
                b"\x32\x0B\x00\x01t\x00\x0A\x03\x23\x00\x01hi"
            ),
            r#"{"packet":"PUBLISH","topic":"t","qos":1,"retain":false,"dup":false,"packet_id":10,"payload_length":2,"properties":{"topic_alias":1}}"#
        );
    }

    #[test]
    fn options_of_subscriptions_are_those_of_the_version() {
        assert_eq!(
            json(Version::V5_0, b"\x82\x09\x00\x0A\x02\x0B\x01\x00\x01a\x2D"),
            r#"{"packet":"SUBSCRIBE","packet_id":10,"subscriptions":[{"filter":"a","qos":1,"no_local":true,"retain_as_published":true,"retain_handling":2}],"properties":{"subscription_identifiers":[1]}}"#
        );
        assert_eq!(
            json(Version::V3_1_1, b"\x82\x06\x00\x0A\x00\x01a\x01"),
            r#"{"packet":"SUBSCRIBE","packet_id":10,"subscriptions":[{"filter":"a","qos":1}]}"#
        );
        assert_eq!(
            json(Version::V3_1_1, b"\xA2\x08\x00\x0A\x00\x01a\x00\x01b"),
            r#"{"packet":"UNSUBSCRIBE","packet_id":10,"filters":["a","b"]}"#
        );
        assert_eq!(
            json(Version::V5_0, &[0xC0, 0x00]),
            r#"{"packet":"PINGREQ"}"#
        );
    }

    #[test]
    fn a_connect_of_no_version_is_a_name_and_a_level() {
        assert_eq!(
            json(Version::V5_0, b"\x10\x07\x00\x04MQTX\x05"),
            r#"{"packet":"CONNECT","protocol_name":"MQTX","level":5}"#
        );
    }
}
