//! What a scenario is played with: names of its own, the user's options, and what the target announced.

use std::collections::BTreeMap;

use mqtt_reason::{Version, v5};

use crate::draft::{self, Announced, Connect, Draft, Will};
use crate::scenario::Need;

/// What the user tells about the target.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// `--user`.
    pub user_name: Option<String>,
    /// `--password`.
    pub password: Option<String>,
    /// `--denied-topic`.
    pub denied_topic: Option<String>,
    /// `--auth-method`.
    pub auth_method: Option<String>,
    /// `--auth-data`.
    pub auth_data: Option<Vec<u8>>,
    /// `--hook NAME=COMMAND`.
    pub hooks: BTreeMap<String, String>,
    /// Whether the address is one of WebSocket.
    pub websocket: bool,
}

/// What the first CONNACK announced, MQTT 5.0 §3.2.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum QoS.
    pub maximum_qos: u8,
    /// Retain Available.
    pub retain: bool,
    /// Maximum Packet Size, if there is one.
    pub maximum_packet_size: Option<u32>,
    /// Receive Maximum.
    pub receive_maximum: u16,
    /// Topic Alias Maximum.
    pub topic_alias_maximum: u16,
    /// Server Keep Alive, if there is one.
    pub server_keep_alive: Option<u16>,
    /// Wildcard Subscription Available.
    pub wildcard: bool,
    /// Subscription Identifiers Available.
    pub subscription_ids: bool,
    /// Shared Subscription Available.
    pub shared: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            maximum_qos: 2,
            retain: true,
            maximum_packet_size: None,
            receive_maximum: u16::MAX,
            topic_alias_maximum: 0,
            server_keep_alive: None,
            wildcard: true,
            subscription_ids: true,
            shared: true,
        }
    }
}

impl Limits {
    /// What an accepting CONNACK of 5.0 announces.
    #[must_use]
    pub fn of(connack: &v5::Connack<'_>) -> Self {
        let properties = &connack.properties();
        let default = Self::default();
        Self {
            maximum_qos: properties
                .maximum_qos()
                .map_or(default.maximum_qos, |qos| qos.as_u8()),
            retain: properties.retain_available().unwrap_or(true),
            maximum_packet_size: properties.maximum_packet_size(),
            receive_maximum: properties
                .receive_maximum()
                .unwrap_or(default.receive_maximum),
            topic_alias_maximum: properties.topic_alias_maximum().unwrap_or_default(),
            server_keep_alive: properties.server_keep_alive(),
            wildcard: properties.wildcard_subscription_available().unwrap_or(true),
            subscription_ids: properties
                .subscription_identifiers_available()
                .unwrap_or(true),
            shared: properties.shared_subscription_available().unwrap_or(true),
        }
    }
}

/// What one scenario is played with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// The version.
    pub version: Version,
    /// The Client Identifier of the scenario: begins with `mr`, letters and digits, at most 20.
    pub client_id: String,
    /// Every topic of the scenario begins with this: `mr/RUN/ID`.
    pub prefix: String,
    /// What the user tells.
    pub options: Options,
    /// What the target announced.
    pub limits: Limits,
    /// What every CONNECT of the scenario announces that does not announce something else.
    pub announces: Announced,
}

impl Setting {
    /// The topic, or filter, of this name below the prefix.
    #[must_use]
    pub fn topic(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    /// The CONNECT of the scenario, with the user's credentials.
    #[must_use]
    pub fn connect(&self) -> Connect {
        self.connect_as(self.client_id.clone())
    }

    /// The same, with another Client Identifier: that of the scenario and `suffix`.
    #[must_use]
    pub fn connect_second(&self, suffix: &str) -> Connect {
        self.connect_as(format!("{}{suffix}", self.client_id))
    }

    /// A CONNECT with this Client Identifier and the user's credentials.
    pub fn connect_as(&self, client_id: impl Into<Vec<u8>>) -> Connect {
        Connect::new(self.version, client_id).with(|connect| {
            connect.user_name = self.options.user_name.clone().map(String::into_bytes);
            connect.password = self.options.password.clone().map(String::into_bytes);
            connect.maximum_packet_size = self.announces.maximum_packet_size;
            connect.no_problem_information = !self.announces.problem_information;
        })
    }

    /// A Will to the topic `will` below the prefix, QoS 1 if there is one: QoS 0 may be lost.
    #[must_use]
    pub fn will(&self) -> Will {
        Will::new(self.topic("will"), "gone").qos(self.limits.maximum_qos.min(1))
    }

    /// A PUBLISH to a topic below the prefix.
    #[must_use]
    pub fn publish(
        &self,
        first: u8,
        name: &str,
        packet_id: Option<u16>,
        properties: &[u8],
        payload: &[u8],
    ) -> Draft {
        let topic = self.topic(name);
        draft::publish(self.version, first, topic, packet_id, properties, payload)
    }

    /// A SUBSCRIBE of filters below the prefix, with their options.
    #[must_use]
    pub fn subscribe(&self, packet_id: u16, properties: &[u8], filters: &[(&str, u8)]) -> Draft {
        let filters: Vec<(String, u8)> = filters
            .iter()
            .map(|(name, options)| (self.topic(name), *options))
            .collect();
        draft::subscribe(self.version, packet_id, properties, &filters)
    }

    /// An UNSUBSCRIBE of filters below the prefix.
    #[must_use]
    pub fn unsubscribe(&self, packet_id: u16, properties: &[u8], filters: &[&str]) -> Draft {
        let filters: Vec<String> = filters.iter().map(|name| self.topic(name)).collect();
        draft::unsubscribe(self.version, packet_id, properties, &filters)
    }

    /// Why the target does not offer `need`, if it does not.
    #[must_use]
    pub fn misses(&self, need: Need) -> Option<String> {
        let limits = &self.limits;
        let unless = |offered: bool, why: &str| (!offered).then(|| why.to_owned());
        match need {
            Need::Connection => None,
            Need::Qos(qos) => (limits.maximum_qos < qos).then(|| {
                format!(
                    "it needs QoS {qos}, the Maximum QoS is {}",
                    limits.maximum_qos
                )
            }),
            Need::NoQos2 => unless(limits.maximum_qos < 2, "the Maximum QoS is 2"),
            Need::Retain => unless(limits.retain, "Retain Available is 0"),
            Need::NoRetain => unless(!limits.retain, "retained messages are available"),
            Need::PacketSize(size) => match limits.maximum_packet_size {
                Some(max) if usize::try_from(max).is_ok_and(|max| max < size) => Some(format!(
                    "it sends {size} bytes, the Maximum Packet Size is {max}"
                )),
                _ => None,
            },
            Need::PacketSizeLimit => unless(
                limits.maximum_packet_size.is_some_and(|max| max <= 1 << 20),
                "no Maximum Packet Size of at most 1 MiB was announced",
            ),
            Need::ReceiveMaximum => unless(
                limits.receive_maximum <= 1_000,
                "no Receive Maximum of at most 1,000 was announced",
            ),
            Need::TwoInFlight => unless(limits.receive_maximum > 1, "the Receive Maximum is 1"),
            Need::TopicAliasLimit => unless(
                limits.topic_alias_maximum < u16::MAX,
                "the Topic Alias Maximum is 65,535",
            ),
            Need::TopicAlias => unless(
                limits.topic_alias_maximum > 0,
                "the Topic Alias Maximum is 0",
            ),
            Need::Wildcard => unless(limits.wildcard, "Wildcard Subscription Available is 0"),
            Need::NoWildcard => unless(!limits.wildcard, "wildcard subscriptions are available"),
            Need::Shared => unless(limits.shared, "Shared Subscription Available is 0"),
            Need::NoShared => unless(!limits.shared, "shared subscriptions are available"),
            Need::SubscriptionIds => unless(
                limits.subscription_ids,
                "Subscription Identifiers Available is 0",
            ),
            Need::NoSubscriptionIds => unless(
                !limits.subscription_ids,
                "subscription identifiers are available",
            ),
            Need::OwnKeepAlive => unless(
                limits.server_keep_alive.is_none(),
                "a Server Keep Alive takes the place of the probe's",
            ),
            Need::User => unless(self.options.user_name.is_some(), "it needs --user"),
            Need::DeniedTopic => unless(
                self.options.denied_topic.is_some(),
                "it needs --denied-topic",
            ),
            Need::AuthMethod => {
                unless(self.options.auth_method.is_some(), "it needs --auth-method")
            }
            Need::AuthData => unless(
                self.options.auth_method.is_some() && self.options.auth_data.is_some(),
                "it needs --auth-method and --auth-data",
            ),
            Need::Hook(name) => (!self.options.hooks.contains_key(name))
                .then(|| format!("it needs --hook {name}=COMMAND")),
            Need::WebSocket => unless(self.options.websocket, "it needs an address with ws://"),
        }
    }
}
