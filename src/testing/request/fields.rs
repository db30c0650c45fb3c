//! What each of the six packets says.

use std::string::String;
use std::vec::Vec;

use crate::spec::scalar::{PacketId, QoS};
use crate::testing::property::Owned;
use crate::v5::Property;

/// What a [`Request`](super::Request) says, but for its properties.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Fields {
    /// Connection request.
    Connect(Connect),
    /// Application message.
    Publish(Publish),
    /// Subscribe request.
    Subscribe(Subscribe),
    /// Unsubscribe request.
    Unsubscribe(Unsubscribe),
    /// Ping request.
    Pingreq,
    /// Ping response.
    Pingresp,
}

/// What a CONNECT says, MQTT 5.0 §3.1.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Connect {
    /// Whether bit 7 of the Protocol Level is set, as bridges of 3.1.1 and 3.1 do; never in 5.0.
    pub bridge: bool,
    /// Clean Start; in 3.x Clean Session.
    pub clean_start: bool,
    /// The Keep Alive in seconds.
    pub keep_alive: u16,
    /// The Client Identifier.
    pub client_id: String,
    /// The Will.
    pub will: Option<Will>,
    /// The User Name.
    pub user_name: Option<String>,
    /// The Password; in 3.x only with a User Name.
    pub password: Option<Vec<u8>>,
    pub(crate) properties: Vec<Owned>,
}

/// What a Will says, MQTT 5.0 §3.1.2.5.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Will {
    /// The Will Topic.
    pub topic: String,
    /// The Will QoS.
    pub qos: QoS,
    /// Will Retain.
    pub retain: bool,
    /// The Will Payload.
    pub payload: Vec<u8>,
    pub(crate) properties: Vec<Owned>,
}

impl Will {
    /// The Will Properties in wire order; none in 3.x.
    pub fn properties(&self) -> impl Iterator<Item = Property<'_>> + Clone {
        self.properties.iter().filter_map(Owned::lend)
    }
}

/// What a PUBLISH says, MQTT 5.0 §3.3.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Publish {
    /// The Topic Name; empty only in 5.0, with a Topic Alias.
    pub topic: String,
    /// The QoS.
    pub qos: QoS,
    /// RETAIN.
    pub retain: bool,
    /// DUP; only with QoS 1 and 2.
    pub dup: bool,
    /// The Packet Identifier of QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// The application message.
    pub payload: Vec<u8>,
    pub(crate) properties: Vec<Owned>,
}

/// What a SUBSCRIBE says, MQTT 5.0 §3.8.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Subscribe {
    /// The Packet Identifier.
    pub packet_id: PacketId,
    /// Topic Filters with their Subscription Options as a byte; in 3.x it is the QoS alone.
    pub subscriptions: Vec<(String, u8)>,
    pub(crate) properties: Vec<Owned>,
}

/// What an UNSUBSCRIBE says, MQTT 5.0 §3.10.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Unsubscribe {
    /// The Packet Identifier.
    pub packet_id: PacketId,
    /// The Topic Filters.
    pub filters: Vec<String>,
    pub(crate) properties: Vec<Owned>,
}
