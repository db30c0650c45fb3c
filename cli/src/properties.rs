//! One flag per property.

use std::num::{NonZeroU16, NonZeroU32};
use std::str::FromStr;

use clap::Args;
use clap::builder::BoolishValueParser;
use mqtt_reason::v5::Property;
use mqtt_reason::{QoS, SubscriptionId};

use crate::input;

/// The properties of the packet, of which each packet has its own; they are written in this order.
#[derive(Args)]
#[command(next_help_heading = "Properties")]
pub(crate) struct Properties {
    /// Whether the payload is UTF-8
    #[arg(long, short = 'F', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    payload_format_indicator: Option<bool>,

    /// Seconds after which the message is of no use
    #[arg(long, short = 'E', value_name = "SECONDS")]
    message_expiry_interval: Option<u32>,

    /// What the payload is
    #[arg(long, short = 'C', value_name = "TEXT", allow_hyphen_values = true)]
    content_type: Option<String>,

    /// The topic of the answer
    #[arg(long, short = 'T', value_name = "TOPIC", allow_hyphen_values = true)]
    response_topic: Option<String>,

    /// What the answer is to be told by, in hex
    #[arg(long, short = 'c', value_name = "HEX", value_parser = data)]
    correlation_data: Option<Data>,

    /// The number of the subscription, 1 to 268435455; a PUBLISH may have more than one
    #[arg(long, short = 'I', value_name = "N", value_parser = subscription_identifier)]
    subscription_identifier: Vec<SubscriptionId>,

    /// Seconds until the Session ends after the connection; 4294967295 is never
    #[arg(long, short = 'e', value_name = "SECONDS")]
    session_expiry_interval: Option<u32>,

    /// Whether the Server may send Reason Strings and User Properties
    #[arg(long, short = 'b', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    request_problem_information: Option<bool>,

    /// Whether the Server is to send Response Information
    #[arg(long, short = 'B', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    request_response_information: Option<bool>,

    /// How many QoS 1 and QoS 2 messages the sender handles at a time
    #[arg(long, short = 'm', value_name = "N", value_parser = not_zero::<NonZeroU16>)]
    receive_maximum: Option<NonZeroU16>,

    /// The highest QoS that the Server supports; leave it out for 2
    #[arg(long, short = 'q', value_name = "QOS", value_parser = clap::value_parser!(u8).range(0..=1))]
    maximum_qos: Option<u8>,

    /// Whether the Server keeps retained messages
    #[arg(long, short = 'r', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    retain_available: Option<bool>,

    /// The largest packet that the sender accepts, in bytes
    #[arg(long, short = 'p', value_name = "BYTES", value_parser = not_zero::<NonZeroU32>)]
    maximum_packet_size: Option<NonZeroU32>,

    /// The Client Identifier that the Server chose
    #[arg(long, short = 'i', value_name = "TEXT", allow_hyphen_values = true)]
    assigned_client_identifier: Option<String>,

    /// The highest Topic Alias that the sender accepts
    #[arg(long, short = 'a', value_name = "N")]
    topic_alias_maximum: Option<u16>,

    /// The number that stands for the topic
    #[arg(long, short = 'l', value_name = "N", value_parser = not_zero::<NonZeroU16>)]
    topic_alias: Option<NonZeroU16>,

    /// The reason in words
    #[arg(long, short = 's', value_name = "TEXT", allow_hyphen_values = true)]
    reason_string: Option<String>,

    /// A name and a value; may be given more than once
    #[arg(long, short = 'u', value_name = "NAME=VALUE", value_parser = pair, allow_hyphen_values = true)]
    user_property: Vec<(String, String)>,

    /// Whether the Server offers Wildcard Subscriptions
    #[arg(long, short = 'w', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    wildcard_subscription_available: Option<bool>,

    /// Whether the Server offers Subscription Identifiers
    #[arg(long, short = 'S', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    subscription_identifiers_available: Option<bool>,

    /// Whether the Server offers Shared Subscriptions
    #[arg(long, short = 'g', value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    shared_subscription_available: Option<bool>,

    /// The Keep Alive, in seconds, that the Client must use
    #[arg(long, short = 'k', value_name = "SECONDS")]
    server_keep_alive: Option<u16>,

    /// The basis for creating Response Topics
    #[arg(long, short = 'R', value_name = "TEXT", allow_hyphen_values = true)]
    response_information: Option<String>,

    /// Other Servers to use
    #[arg(long, short = 'x', value_name = "TEXT", allow_hyphen_values = true)]
    server_reference: Option<String>,

    /// The name of the authentication method
    #[arg(long, short = 'A', value_name = "TEXT", allow_hyphen_values = true)]
    authentication_method: Option<String>,

    /// Data of the authentication method, in hex
    #[arg(long, short = 'D', value_name = "HEX", value_parser = data)]
    authentication_data: Option<Data>,
}

/// The properties of the Will of a CONNECT; they are written in this order.
#[derive(Args)]
#[command(next_help_heading = "Properties of the Will of a CONNECT")]
pub(crate) struct WillProperties {
    /// Seconds between the end of the connection and the Will Message
    #[arg(long, short = 'W', value_name = "SECONDS")]
    will_delay_interval: Option<u32>,

    /// Whether the payload of the Will is UTF-8
    #[arg(long, value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    will_payload_format_indicator: Option<bool>,

    /// Seconds after which the Will Message is of no use
    #[arg(long, value_name = "SECONDS")]
    will_message_expiry_interval: Option<u32>,

    /// What the payload of the Will is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    will_content_type: Option<String>,

    /// The topic of the answer to the Will Message
    #[arg(long, value_name = "TOPIC", allow_hyphen_values = true)]
    will_response_topic: Option<String>,

    /// What the answer to the Will Message is to be told by, in hex
    #[arg(long, value_name = "HEX", value_parser = data)]
    will_correlation_data: Option<Data>,

    /// A name and a value; may be given more than once
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, allow_hyphen_values = true)]
    will_user_property: Vec<(String, String)>,
}

impl WillProperties {
    /// Those that were given.
    pub(crate) fn given(&self) -> Vec<Property<'_>> {
        use Property as P;
        [
            self.will_delay_interval.map(P::WillDelayInterval),
            self.will_payload_format_indicator
                .map(P::PayloadFormatIndicator),
            self.will_message_expiry_interval
                .map(P::MessageExpiryInterval),
            self.will_content_type.as_deref().map(P::ContentType),
            self.will_response_topic.as_deref().map(P::ResponseTopic),
            self.will_correlation_data
                .as_ref()
                .map(|data| P::CorrelationData(&data.0)),
        ]
        .into_iter()
        .flatten()
        .chain(
            self.will_user_property
                .iter()
                .map(|(name, value)| P::UserProperty(name, value)),
        )
        .collect()
    }
}

/// Bytes, which clap would take for a list of values if they were a `Vec`.
#[derive(Clone)]
pub(crate) struct Data(pub(crate) Vec<u8>);

impl Properties {
    /// Those that were given.
    pub(crate) fn given(&self) -> Vec<Property<'_>> {
        use Property as P;
        let qos = |value| match value {
            0 => QoS::AtMostOnce,
            _ => QoS::AtLeastOnce,
        };
        let message = [
            self.payload_format_indicator.map(P::PayloadFormatIndicator),
            self.message_expiry_interval.map(P::MessageExpiryInterval),
            self.content_type.as_deref().map(P::ContentType),
            self.response_topic.as_deref().map(P::ResponseTopic),
            self.correlation_data
                .as_ref()
                .map(|data| P::CorrelationData(&data.0)),
        ];
        let subscriptions = self.subscription_identifier.iter().copied();
        let before = [
            self.session_expiry_interval.map(P::SessionExpiryInterval),
            self.request_problem_information
                .map(P::RequestProblemInformation),
            self.request_response_information
                .map(P::RequestResponseInformation),
            self.receive_maximum.map(P::ReceiveMaximum),
            self.maximum_qos.map(qos).map(P::MaximumQos),
            self.retain_available.map(P::RetainAvailable),
            self.maximum_packet_size.map(P::MaximumPacketSize),
            self.assigned_client_identifier
                .as_deref()
                .map(P::AssignedClientIdentifier),
            self.topic_alias_maximum.map(P::TopicAliasMaximum),
            self.topic_alias.map(P::TopicAlias),
            self.reason_string.as_deref().map(P::ReasonString),
        ];
        let user_properties = self.user_property.iter();
        let after = [
            self.wildcard_subscription_available
                .map(P::WildcardSubscriptionAvailable),
            self.subscription_identifiers_available
                .map(P::SubscriptionIdentifiersAvailable),
            self.shared_subscription_available
                .map(P::SharedSubscriptionAvailable),
            self.server_keep_alive.map(P::ServerKeepAlive),
            self.response_information
                .as_deref()
                .map(P::ResponseInformation),
            self.server_reference.as_deref().map(P::ServerReference),
            self.authentication_method
                .as_deref()
                .map(P::AuthenticationMethod),
            self.authentication_data
                .as_ref()
                .map(|data| P::AuthenticationData(&data.0)),
        ];
        message
            .into_iter()
            .flatten()
            .chain(subscriptions.map(P::SubscriptionIdentifier))
            .chain(before.into_iter().flatten())
            .chain(user_properties.map(|(name, value)| P::UserProperty(name, value)))
            .chain(after.into_iter().flatten())
            .collect()
    }
}

/// A number that is not 0.
pub(crate) fn not_zero<T: FromStr>(text: &str) -> Result<T, String> {
    let max = u64::MAX >> (64 - 8 * size_of::<T>());
    text.parse()
        .map_err(|_| format!("not a number from 1 to {max}"))
}

/// Name and value around the first equals sign.
fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("there is no = in it")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn subscription_identifier(text: &str) -> Result<SubscriptionId, &'static str> {
    let number: Option<u32> = text.parse().ok();
    number
        .and_then(SubscriptionId::new)
        .ok_or("not a number from 1 to 268435455")
}

pub(crate) fn data(text: &str) -> Result<Data, String> {
    input::hex(text)
        .map(Data)
        .map_err(|error| error.to_string())
}
