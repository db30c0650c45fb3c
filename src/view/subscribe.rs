//! SUBSCRIBE and UNSUBSCRIBE, and their lists.

use crate::error::{ErrorKind, Parsed, refuse};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::spec::property::Carrier;
use crate::spec::scalar::{PacketId, QoS};
use crate::v5::Properties;
use crate::view::list::{Filters, Subscriptions};
use crate::view::text::topic_filter;
use crate::view::topic;
use crate::wire;
use crate::wire::packet_id;

/// A request for subscriptions: MQTT 5.0 §3.8, 3.1.1 §3.8, 3.1 §3.8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subscribe<'a> {
    pub(crate) packet_id: PacketId,
    pub(crate) properties: Properties<'a>,
    pub(crate) subscriptions: Subscriptions<'a>,
}

impl<'a> Subscribe<'a> {
    /// A request without properties.
    #[must_use]
    pub const fn new(packet_id: PacketId, subscriptions: Subscriptions<'a>) -> Self {
        Self {
            packet_id,
            properties: Properties::EMPTY,
            subscriptions,
        }
    }

    /// The Packet Identifier, §3.8.2.
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// The properties, §3.8.2.1; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// Topic Filters and Subscription Options, at least one of each, §3.8.3.
    #[must_use]
    pub const fn subscriptions(&self) -> Subscriptions<'a> {
        self.subscriptions
    }

    #[inline(always)]
    pub(crate) fn parse(
        version: Version,
        options: &DecodeOptions,
        i: &'a [u8],
    ) -> Parsed<'a, Self> {
        let (i, packet_id) = packet_id(i)?;
        let (i, properties) = properties(version, Carrier::Subscribe, options, i)?;
        let (i, subscriptions) = Subscriptions::parse(version, i)?;
        let subscribe = Self {
            packet_id,
            properties,
            subscriptions,
        };
        Ok((i, subscribe))
    }
}

/// A request to end subscriptions: MQTT 5.0 §3.10, 3.1.1 §3.10, 3.1 §3.10.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsubscribe<'a> {
    pub(crate) packet_id: PacketId,
    pub(crate) properties: Properties<'a>,
    pub(crate) filters: Filters<'a>,
}

impl<'a> Unsubscribe<'a> {
    /// A request without properties.
    #[must_use]
    pub const fn new(packet_id: PacketId, filters: Filters<'a>) -> Self {
        Self {
            packet_id,
            properties: Properties::EMPTY,
            filters,
        }
    }

    /// The Packet Identifier, §3.10.2.
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// The properties, §3.10.2.1; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The Topic Filters, at least one, §3.10.3.
    #[must_use]
    pub const fn filters(&self) -> Filters<'a> {
        self.filters
    }

    #[inline(always)]
    pub(crate) fn parse(
        version: Version,
        options: &DecodeOptions,
        i: &'a [u8],
    ) -> Parsed<'a, Self> {
        let (i, packet_id) = packet_id(i)?;
        let (i, properties) = properties(version, Carrier::Unsubscribe, options, i)?;
        let (i, filters) = Filters::parse(version, i)?;
        let unsubscribe = Self {
            packet_id,
            properties,
            filters,
        };
        Ok((i, unsubscribe))
    }
}

/// The properties of 5.0; none in 3.1.1 and 3.1.
#[inline(always)]
fn properties<'a>(
    version: Version,
    carrier: Carrier,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Parsed<'a, Properties<'a>> {
    match version {
        Version::V5_0 => Properties::parse(i, carrier, options),
        Version::V3_1_1 | Version::V3_1 => Ok((i, Properties::EMPTY)),
    }
}

/// A Topic Filter and its Subscription Options, MQTT 5.0 §3.8.3.1; 3.1.1 and 3.1 have the QoS only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Subscription<'a> {
    filter: &'a str,
    qos: QoS,
    no_local: bool,
    retain_as_published: bool,
    retain_handling: RetainHandling,
}

impl<'a> Subscription<'a> {
    /// A subscription with this maximum QoS and no other option.
    #[must_use]
    pub const fn new(filter: &'a str, qos: QoS) -> Self {
        Self {
            filter,
            qos,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::Send,
        }
    }

    /// The same subscription with this No Local.
    #[must_use]
    pub const fn with_no_local(mut self, no_local: bool) -> Self {
        self.no_local = no_local;
        self
    }

    /// The same subscription with this Retain As Published.
    #[must_use]
    pub const fn with_retain_as_published(mut self, retain_as_published: bool) -> Self {
        self.retain_as_published = retain_as_published;
        self
    }

    /// The same subscription with this Retain Handling.
    #[must_use]
    pub const fn with_retain_handling(mut self, retain_handling: RetainHandling) -> Self {
        self.retain_handling = retain_handling;
        self
    }

    /// The Topic Filter.
    #[must_use]
    pub const fn filter(&self) -> &'a str {
        self.filter
    }

    /// The maximum QoS at which the Server may send messages.
    #[must_use]
    pub const fn qos(&self) -> QoS {
        self.qos
    }

    /// Whether the Client does not want its own messages back.
    #[must_use]
    pub const fn no_local(&self) -> bool {
        self.no_local
    }

    /// Whether messages keep the RETAIN flag that they were published with.
    #[must_use]
    pub const fn retain_as_published(&self) -> bool {
        self.retain_as_published
    }

    /// Which retained messages are sent when the subscription is made.
    #[must_use]
    pub const fn retain_handling(&self) -> RetainHandling {
        self.retain_handling
    }

    /// The byte of Subscription Options; in 3.1.1 and 3.1 it is the QoS.
    #[must_use]
    pub const fn options(&self) -> u8 {
        let mut options = self.qos.as_u8() | self.retain_handling.as_u8() << 4;
        if self.no_local {
            options |= NO_LOCAL;
        }
        if self.retain_as_published {
            options |= RETAIN_AS_PUBLISHED;
        }
        options
    }

    /// Whether it is a Shared Subscription, MQTT 5.0 §4.8.2.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        topic::share(self.filter).is_some()
    }

    /// Checks Topic Filter and options byte.
    #[inline(always)]
    pub(crate) fn check(version: Version, i: &'a [u8]) -> Parsed<'a, ()> {
        let (from_options, filter) = topic_filter(i, version)?;
        let (rest, options) = wire::byte(from_options)?;
        if let Some(kind) = options_refusal(version, options) {
            return refuse(from_options, kind);
        }
        // [MQTT-3.8.3-4]
        if options & NO_LOCAL != 0 && version == Version::V5_0 && topic::is_shared(filter) {
            return refuse(from_options, ErrorKind::NoLocalOnSharedSubscription);
        }
        Ok((rest, ()))
    }

    /// The subscription with this byte of options, which was checked; 3.1.1 and 3.1 have the QoS only.
    #[inline(always)]
    pub(crate) fn from_options(version: Version, filter: &'a str, options: u8) -> Option<Self> {
        let qos = QoS::from_u8(options & 0b11)?;
        if version != Version::V5_0 {
            return Some(Self::new(filter, qos));
        }
        Some(Self {
            filter,
            qos,
            no_local: options & NO_LOCAL != 0,
            retain_as_published: options & RETAIN_AS_PUBLISHED != 0,
            retain_handling: RetainHandling::from_u8(options >> 4 & 0b11)?,
        })
    }
}

/// What is wrong with a byte of options, if anything, whatever the Topic Filter.
#[inline(always)]
const fn options_refusal(version: Version, options: u8) -> Option<ErrorKind> {
    let reserved = match version {
        Version::V5_0 => 0b1100_0000,
        Version::V3_1_1 => 0b1111_1100,
        // Not used, and not looked at.
        Version::V3_1 => 0,
    };
    if options & reserved != 0 {
        return Some(ErrorKind::SubscriptionOptions { options });
    }
    if QoS::from_u8(options & 0b11).is_none() {
        return Some(ErrorKind::SubscriptionQos);
    }
    if matches!(version, Version::V5_0) && RetainHandling::from_u8(options >> 4 & 0b11).is_none() {
        return Some(ErrorKind::RetainHandling);
    }
    None
}

const NO_LOCAL: u8 = 0b0000_0100;
const RETAIN_AS_PUBLISHED: u8 = 0b0000_1000;

/// Which retained messages the Server sends when a subscription is made, MQTT 5.0 §3.8.3.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum RetainHandling {
    /// 0: send retained messages.
    Send = 0,
    /// 1: send them only if the subscription is new.
    SendIfNew = 1,
    /// 2: send none.
    DoNotSend = 2,
}

impl RetainHandling {
    /// The option with this number, `None` above 2.
    #[inline]
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Send),
            1 => Some(Self::SendIfNew),
            2 => Some(Self::DoNotSend),
            _ => None,
        }
    }

    /// The option as a number: 0, 1 or 2.
    #[inline]
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }
}

/// The error about a list without entries: [MQTT-3.8.3-2], [MQTT-3.10.3-2].
pub(crate) const fn no_filters(packet: PacketType) -> ErrorKind {
    ErrorKind::NoTopicFilters { packet }
}
