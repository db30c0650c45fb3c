//! The one table of properties, MQTT 5.0 §2.2.2.2, Table 2-4: identifiers, names, types, and where each may stand.
//!
//! Everything else about properties is made from its rows: the identifiers here, the values in `v5/property.rs`, the
//! accessors in `v5/properties.rs`.

use core::fmt;
use core::num::{NonZeroU16, NonZeroU32};
use core::str::FromStr;

use crate::packet_type::{PacketType, SentBy, Side, Version};
use crate::spec::names::{parse_number, same_name};
use crate::spec::scalar::{QoS, SubscriptionId};

/// Hands the table to the macro `$then`.
///
/// A row: identifier, variant with its values, name, JSON key with the type of its accessor (none where the property
/// may be repeated), and where the property may stand: carrier, section, how often, who sends it if not every sender
/// of the packet, and the statement that forbids it to the other side, if one does.
macro_rules! property_table {
    ($then:ident) => {
        $then! {
            /// Whether the payload is text in UTF-8; absent: unspecified bytes.
            0x01 PayloadFormatIndicator(value: bool) "Payload Format Indicator" payload_format_indicator: bool
                [Publish "3.3.2.3.2" Once, Will "3.1.3.2.3" Once];
            /// The lifetime of the message in seconds; absent: it does not expire.
            0x02 MessageExpiryInterval(value: u32) "Message Expiry Interval" message_expiry_interval: u32
                [Publish "3.3.2.3.3" Once, Will "3.1.3.2.4" Once];
            /// What the payload is, in words that sender and receiver agree on.
            0x03 ContentType(value: &'a str) "Content Type" content_type: &'a str
                [Publish "3.3.2.3.9" Once, Will "3.1.3.2.5" Once];
            /// The Topic Name of a response; its presence makes the message a request.
            0x08 ResponseTopic(value: &'a str) "Response Topic" response_topic: &'a str
                [Publish "3.3.2.3.5" Once, Will "3.1.3.2.6" Once];
            /// What tells the sender of a request which one a response answers.
            0x09 CorrelationData(value: &'a [u8]) "Correlation Data" correlation_data: &'a [u8]
                [Publish "3.3.2.3.6" Once, Will "3.1.3.2.7" Once];
            /// The number that a Client gave to a subscription; a PUBLISH names all that it matches.
            0x0B SubscriptionIdentifier(value: SubscriptionId) "Subscription Identifier" subscription_identifiers
                [Publish "3.3.2.3.8" Many Server "MQTT-3.3.4-6", Subscribe "3.8.2.1.2" Once];
            /// Seconds until the Session ends after the connection: 0 at once, 4,294,967,295 never. Absent: in CONNECT
            /// 0, in CONNACK and DISCONNECT what the Client asked for in CONNECT.
            0x11 SessionExpiryInterval(value: u32) "Session Expiry Interval" session_expiry_interval: u32
                [Connect "3.1.2.11.2" Once, Connack "3.2.2.3.2" Once,
                 Disconnect "3.14.2.2.2" Once Client "MQTT-3.14.2-2"];
            /// The Client Identifier that the Server chose.
            0x12 AssignedClientIdentifier(value: &'a str) "Assigned Client Identifier" assigned_client_identifier: &'a str
                [Connack "3.2.2.3.7" Once];
            /// The Keep Alive in seconds that the Client must use, 0 turns it off; absent: its own.
            0x13 ServerKeepAlive(value: u16) "Server Keep Alive" server_keep_alive: u16
                [Connack "3.2.2.3.14" Once];
            /// The name of the authentication method.
            0x15 AuthenticationMethod(value: &'a str) "Authentication Method" authentication_method: &'a str
                [Connect "3.1.2.11.9" Once, Connack "3.2.2.3.17" Once, Auth "3.15.2.2.2" Once];
            /// Data of the authentication method.
            0x16 AuthenticationData(value: &'a [u8]) "Authentication Data" authentication_data: &'a [u8]
                [Connect "3.1.2.11.10" Once, Connack "3.2.2.3.18" Once, Auth "3.15.2.2.3" Once];
            /// Whether a Reason String and User Properties may come in packets other than PUBLISH, CONNACK and
            /// DISCONNECT; absent: yes.
            0x17 RequestProblemInformation(value: bool) "Request Problem Information" request_problem_information: bool
                [Connect "3.1.2.11.7" Once];
            /// Seconds between the end of the connection and the publication of the Will Message; absent: 0.
            0x18 WillDelayInterval(value: u32) "Will Delay Interval" will_delay_interval: u32
                [Will "3.1.3.2.2" Once];
            /// Whether the Server is asked for Response Information; absent: no.
            0x19 RequestResponseInformation(value: bool) "Request Response Information" request_response_information: bool
                [Connect "3.1.2.11.6" Once];
            /// The basis for creating Response Topics.
            0x1A ResponseInformation(value: &'a str) "Response Information" response_information: &'a str
                [Connack "3.2.2.3.15" Once];
            /// Other Servers to use, separated by spaces.
            0x1C ServerReference(value: &'a str) "Server Reference" server_reference: &'a str
                [Connack "3.2.2.3.16" Once, Disconnect "3.14.2.2.5" Once Server];
            /// The reason in words, for a person who reads a log.
            0x1F ReasonString(value: &'a str) "Reason String" reason_string: &'a str
                [Connack "3.2.2.3.9" Once, Puback "3.4.2.2.2" Once, Pubrec "3.5.2.2.2" Once, Pubrel "3.6.2.2.2" Once,
                 Pubcomp "3.7.2.2.2" Once, Suback "3.9.2.1.2" Once, Unsuback "3.11.2.1.2" Once,
                 Disconnect "3.14.2.2.3" Once, Auth "3.15.2.2.4" Once];
            /// How many QoS 1 and QoS 2 messages the sender handles at a time; absent: 65,535.
            0x21 ReceiveMaximum(value: NonZeroU16) "Receive Maximum" receive_maximum: u16
                [Connect "3.1.2.11.3" Once, Connack "3.2.2.3.3" Once];
            /// The highest Topic Alias that the sender accepts; absent: 0, none.
            0x22 TopicAliasMaximum(value: u16) "Topic Alias Maximum" topic_alias_maximum: u16
                [Connect "3.1.2.11.5" Once, Connack "3.2.2.3.8" Once];
            /// The number that stands for the Topic Name.
            0x23 TopicAlias(value: NonZeroU16) "Topic Alias" topic_alias: u16
                [Publish "3.3.2.3.4" Once];
            /// The highest QoS that the Server supports, 0 or 1; QoS 2 is said by leaving it out.
            0x24 MaximumQos(value: QoS) "Maximum QoS" maximum_qos: QoS
                [Connack "3.2.2.3.4" Once];
            /// Whether the Server keeps retained messages; absent: yes.
            0x25 RetainAvailable(value: bool) "Retain Available" retain_available: bool
                [Connack "3.2.2.3.5" Once];
            /// A name and a value of the sender's own; may occur more than once.
            0x26 UserProperty(name: &'a str, value: &'a str) "User Property" user_properties
                [Connect "3.1.2.11.8" Many, Will "3.1.3.2.8" Many, Connack "3.2.2.3.10" Many, Publish "3.3.2.3.7" Many,
                 Puback "3.4.2.2.3" Many, Pubrec "3.5.2.2.3" Many, Pubrel "3.6.2.2.3" Many, Pubcomp "3.7.2.2.3" Many,
                 Subscribe "3.8.2.1.3" Many, Suback "3.9.2.1.3" Many, Unsubscribe "3.10.2.1.2" Many,
                 Unsuback "3.11.2.1.3" Many, Disconnect "3.14.2.2.4" Many, Auth "3.15.2.2.5" Many];
            /// The largest packet that the sender accepts, in bytes; absent: no limit.
            0x27 MaximumPacketSize(value: NonZeroU32) "Maximum Packet Size" maximum_packet_size: u32
                [Connect "3.1.2.11.4" Once, Connack "3.2.2.3.6" Once];
            /// Whether the Server offers Wildcard Subscriptions; absent: yes.
            0x28 WildcardSubscriptionAvailable(value: bool) "Wildcard Subscription Available" wildcard_subscription_available: bool
                [Connack "3.2.2.3.11" Once];
            /// Whether the Server offers Subscription Identifiers; absent: yes.
            0x29 SubscriptionIdentifiersAvailable(value: bool) "Subscription Identifier Available" subscription_identifiers_available: bool
                [Connack "3.2.2.3.12" Once];
            /// Whether the Server offers Shared Subscriptions; absent: yes.
            0x2A SharedSubscriptionAvailable(value: bool) "Shared Subscription Available" shared_subscription_available: bool
                [Connack "3.2.2.3.13" Once];
        }
    };
}
pub(crate) use property_table;

/// The identifiers and what the table says of each.
macro_rules! property_ids {
    ($(
        $(#[doc = $doc:literal])*
        $id:literal $Variant:ident($($value:ident: $Type:ty),+) $name:literal $key:ident $(: $Plain:ty)?
            [$($Carrier:ident $section:literal $times:ident $($Sender:ident $($rule:literal)?)?),+];
    )+) => {
        /// The identifier of a property, MQTT 5.0 §2.2.2.2, Table 2-4.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum PropertyId {
            $(
                #[doc = concat!("`", stringify!($id), "` ", $name, ".")]
                $Variant = $id,
            )+
        }

        impl PropertyId {
            /// Every identifier, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The property with this identifier, `None` if there is none.
            #[inline]
            #[must_use]
            pub const fn from_u8(id: u8) -> Option<Self> {
                match id {
                    $($id => Some(Self::$Variant),)+
                    _ => None,
                }
            }

            /// The specification's name of the property.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }

            /// What the property tells, in a sentence or two.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$Variant => concat!($($doc),*).trim_ascii(),)+
                }
            }

            /// The key of the property in JSON: its name in snake case, in the plural if it may be repeated.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$Variant => stringify!($key),)+
                }
            }

            /// Where the property may stand: its row of Table 2-4.
            #[must_use]
            pub const fn uses(self) -> &'static [PropertyUse] {
                match self {
                    $(Self::$Variant => const { &[$(
                        PropertyUse::of(
                            (Carrier::$Carrier, $section, Times::$times),
                            &[$(SentBy::$Sender)?],
                            &[$($($rule)?)?],
                        )
                    ),+] },)+
                }
            }

            /// The type of the property's value, Table 2-4.
            #[inline]
            #[expect(
                clippy::extra_unused_lifetimes,
                reason = "the types of the table have it"
            )]
            pub(crate) const fn data_type<'a>(self) -> DataType {
                match self {
                    $(Self::$Variant => DataType::of(&[$(<$Type as Typed>::TYPE),+]),)+
                }
            }
        }
    };
}
property_table!(property_ids);

impl PropertyId {
    /// The identifier on the wire.
    #[inline]
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// What the table says of the property in `carrier`, `None` if it must not stand there.
    #[must_use]
    pub const fn use_in(self, carrier: Carrier) -> Option<&'static PropertyUse> {
        let mut uses = self.uses();
        while let [first, rest @ ..] = uses {
            if first.carrier as u8 == carrier as u8 {
                return Some(first);
            }
            uses = rest;
        }
        None
    }

    /// Whether the property carries problem information: Reason String or User Property, [MQTT-3.1.2-29].
    ///
    /// These two, and only these, may be left out to make a packet fit or because they were not asked for.
    #[inline]
    #[must_use]
    pub const fn is_problem_information(self) -> bool {
        matches!(self, Self::ReasonString | Self::UserProperty)
    }
}

impl fmt::Display for PropertyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<PropertyId> for u8 {
    fn from(id: PropertyId) -> Self {
        id.as_u8()
    }
}

impl TryFrom<u8> for PropertyId {
    type Error = ParsePropertyIdError;

    fn try_from(id: u8) -> Result<Self, Self::Error> {
        Self::from_u8(id).ok_or(ParsePropertyIdError)
    }
}

impl FromStr for PropertyId {
    type Err = ParsePropertyIdError;

    /// Reads a number (`31`, `0x1F`) or a name; case, spaces and punctuation of names do not matter.
    ///
    /// ```
    /// use mqtt_reason::PropertyId;
    ///
    /// assert_eq!("0x1F".parse(), Ok(PropertyId::ReasonString));
    /// assert_eq!("reason string".parse(), Ok(PropertyId::ReasonString));
    /// assert_eq!("reason_string".parse(), Ok(PropertyId::ReasonString));
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match parse_number(text) {
            Some(byte) => Self::from_u8(byte),
            None => Self::ALL
                .iter()
                .copied()
                .find(|id| same_name(id.name(), text) || same_name(id.key(), text)),
        }
        .ok_or(ParsePropertyIdError)
    }
}

/// Text or number that names no property.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("no such property; give its identifier (31, 0x1F) or its name (Reason String)")]
#[non_exhaustive]
pub struct ParsePropertyIdError;

/// What a section of properties belongs to: a packet, or the Will in a CONNECT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum Carrier {
    /// CONNECT, MQTT 5.0 §3.1.2.11.
    Connect,
    /// The Will in a CONNECT, §3.1.3.2.
    Will,
    /// CONNACK, §3.2.2.3.
    Connack,
    /// PUBLISH, §3.3.2.3.
    Publish,
    /// PUBACK, §3.4.2.2.
    Puback,
    /// PUBREC, §3.5.2.2.
    Pubrec,
    /// PUBREL, §3.6.2.2.
    Pubrel,
    /// PUBCOMP, §3.7.2.2.
    Pubcomp,
    /// SUBSCRIBE, §3.8.2.1.
    Subscribe,
    /// SUBACK, §3.9.2.1.
    Suback,
    /// UNSUBSCRIBE, §3.10.2.1.
    Unsubscribe,
    /// UNSUBACK, §3.11.2.1.
    Unsuback,
    /// DISCONNECT, §3.14.2.2.
    Disconnect,
    /// AUTH, §3.15.2.2.
    Auth,
}

impl Carrier {
    /// Every carrier, in the order of the packets' numbers.
    pub const ALL: [Self; 14] = [
        Self::Connect,
        Self::Will,
        Self::Connack,
        Self::Publish,
        Self::Puback,
        Self::Pubrec,
        Self::Pubrel,
        Self::Pubcomp,
        Self::Subscribe,
        Self::Suback,
        Self::Unsubscribe,
        Self::Unsuback,
        Self::Disconnect,
        Self::Auth,
    ];

    /// The packet whose own section of properties this is, `None` for the PING packets, which have none.
    #[must_use]
    pub const fn of(packet: PacketType) -> Option<Self> {
        Some(match packet {
            PacketType::Connect => Self::Connect,
            PacketType::Connack => Self::Connack,
            PacketType::Publish => Self::Publish,
            PacketType::Puback => Self::Puback,
            PacketType::Pubrec => Self::Pubrec,
            PacketType::Pubrel => Self::Pubrel,
            PacketType::Pubcomp => Self::Pubcomp,
            PacketType::Subscribe => Self::Subscribe,
            PacketType::Suback => Self::Suback,
            PacketType::Unsubscribe => Self::Unsubscribe,
            PacketType::Unsuback => Self::Unsuback,
            PacketType::Disconnect => Self::Disconnect,
            PacketType::Auth => Self::Auth,
            PacketType::Pingreq | PacketType::Pingresp => return None,
        })
    }

    /// The packet that the section stands in.
    #[inline]
    #[must_use]
    pub const fn packet_type(self) -> PacketType {
        match self {
            Self::Connect | Self::Will => PacketType::Connect,
            Self::Connack => PacketType::Connack,
            Self::Publish => PacketType::Publish,
            Self::Puback => PacketType::Puback,
            Self::Pubrec => PacketType::Pubrec,
            Self::Pubrel => PacketType::Pubrel,
            Self::Pubcomp => PacketType::Pubcomp,
            Self::Subscribe => PacketType::Subscribe,
            Self::Suback => PacketType::Suback,
            Self::Unsubscribe => PacketType::Unsubscribe,
            Self::Unsuback => PacketType::Unsuback,
            Self::Disconnect => PacketType::Disconnect,
            Self::Auth => PacketType::Auth,
        }
    }

    /// `"CONNACK"`, `"Will"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Will => "Will",
            _ => self.packet_type().name(),
        }
    }

    /// The properties that may stand in this section.
    #[expect(clippy::indexing_slicing, reason = "a row for each carrier and side")]
    pub(crate) const fn allowed(self) -> PropertySet {
        const SETS: [PropertySet; 14] = sets(Column::Allowed);
        SETS[self as usize]
    }

    /// The properties that may stand in this section more than once.
    #[expect(clippy::indexing_slicing, reason = "a row for each carrier and side")]
    pub(crate) const fn repeatable(self) -> PropertySet {
        const SETS: [PropertySet; 14] = sets(Column::Repeatable);
        SETS[self as usize]
    }

    /// The properties that a statement forbids to this sender.
    #[expect(clippy::indexing_slicing, reason = "a row for each carrier and side")]
    pub(crate) const fn forbidden_to(self, sender: Side) -> PropertySet {
        const SETS: [[PropertySet; 14]; 2] = [
            sets(Column::ForbiddenTo(Side::Client)),
            sets(Column::ForbiddenTo(Side::Server)),
        ];
        SETS[sender as usize][self as usize]
    }

    /// The properties that only the other side is described to send: those, and those forbidden to this one.
    #[expect(clippy::indexing_slicing, reason = "a row for each carrier and side")]
    pub(crate) const fn not_sent_by(self, sender: Side) -> PropertySet {
        const SETS: [[PropertySet; 14]; 2] = [
            sets(Column::NotSentBy(Side::Client)),
            sets(Column::NotSentBy(Side::Server)),
        ];
        SETS[sender as usize][self as usize]
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One cell of Table 2-4: a property in one carrier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct PropertyUse {
    /// Where the property stands.
    pub carrier: Carrier,
    /// The section of MQTT 5.0 that describes it there: `"3.2.2.3.2"`.
    pub section: &'static str,
    /// Whether it may be repeated there.
    pub repeatable: bool,
    /// Who sends it there; an encoder keeps to it.
    pub sent_by: SentBy,
    /// The statement that forbids it to the other side: `"MQTT-3.14.2-2"`; `None` where it is only described so.
    pub forbidden_by: Option<&'static str>,
}

impl PropertyUse {
    const fn of(
        (carrier, section, times): (Carrier, &'static str, Times),
        sender: &[SentBy],
        forbidden_by: &[&'static str],
    ) -> Self {
        Self {
            carrier,
            section,
            repeatable: matches!(times, Times::Many),
            sent_by: match sender {
                [sender, ..] => *sender,
                [] => Version::V5_0.sender_of(carrier.packet_type()),
            },
            forbidden_by: match forbidden_by {
                [rule, ..] => Some(*rule),
                [] => None,
            },
        }
    }
}

/// How often a property may stand in a section.
#[derive(Clone, Copy)]
enum Times {
    Once,
    Many,
}

/// A question that the table answers for each property in each carrier.
#[derive(Clone, Copy)]
enum Column {
    Allowed,
    Repeatable,
    ForbiddenTo(Side),
    NotSentBy(Side),
}

/// For each carrier the properties of which the table says yes.
#[expect(
    clippy::indexing_slicing,
    reason = "a row for each carrier; done while it is compiled"
)]
const fn sets(column: Column) -> [PropertySet; 14] {
    let mut sets = [PropertySet::EMPTY; 14];
    let mut ids = PropertyId::ALL;
    while let [id, other_ids @ ..] = ids {
        let mut uses = id.uses();
        while let [cell, other_uses @ ..] = uses {
            let is_member = match column {
                Column::Allowed => true,
                Column::Repeatable => cell.repeatable,
                Column::ForbiddenTo(side) => {
                    cell.forbidden_by.is_some() && !cell.sent_by.includes(side)
                }
                Column::NotSentBy(side) => !cell.sent_by.includes(side),
            };
            if is_member {
                sets[cell.carrier as usize].insert(*id);
            }
            uses = other_uses;
        }
        ids = other_ids;
    }
    sets
}

/// The types of property values and the ranges that their sections give them, MQTT 5.0 §1.5, Table 2-4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DataType {
    /// A byte that is 0 or 1: a flag, or the Maximum QoS.
    ZeroOrOne,
    TwoByteInteger,
    TwoByteIntegerNotZero,
    FourByteInteger,
    FourByteIntegerNotZero,
    VariableByteIntegerNotZero,
    String,
    StringPair,
    BinaryData,
}

impl DataType {
    /// The type of the property with this identifier; any if there is no such property.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "no identifier is above 63, and the byte is masked"
    )]
    pub(crate) const fn of_byte(byte: u8) -> Self {
        const TABLE: &[DataType; 64] = &{
            let mut table = [DataType::BinaryData; 64];
            let mut ids = PropertyId::ALL;
            while let [id, others @ ..] = ids {
                table[*id as usize] = id.data_type();
                ids = others;
            }
            table
        };
        TABLE[(byte & 63) as usize]
    }

    /// The type of a property with values of these types.
    const fn of(fields: &[Self]) -> Self {
        match fields {
            [one] => *one,
            _ => Self::StringPair,
        }
    }
}

/// A Rust type that holds the values of a property.
pub(crate) trait Typed {
    const TYPE: DataType;
}

impl Typed for bool {
    const TYPE: DataType = DataType::ZeroOrOne;
}

/// Maximum QoS: QoS 2 is not written.
impl Typed for QoS {
    const TYPE: DataType = DataType::ZeroOrOne;
}

impl Typed for u16 {
    const TYPE: DataType = DataType::TwoByteInteger;
}

impl Typed for NonZeroU16 {
    const TYPE: DataType = DataType::TwoByteIntegerNotZero;
}

impl Typed for u32 {
    const TYPE: DataType = DataType::FourByteInteger;
}

impl Typed for NonZeroU32 {
    const TYPE: DataType = DataType::FourByteIntegerNotZero;
}

impl Typed for SubscriptionId {
    const TYPE: DataType = DataType::VariableByteIntegerNotZero;
}

impl Typed for &str {
    const TYPE: DataType = DataType::String;
}

impl Typed for &[u8] {
    const TYPE: DataType = DataType::BinaryData;
}

/// A set of properties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PropertySet(u64);

impl PropertySet {
    /// The set without members.
    pub(crate) const EMPTY: Self = Self(0);

    /// Whether the property with this identifier is a member; there is none above 63.
    #[inline]
    pub(crate) const fn contains_byte(self, byte: u8) -> bool {
        byte < 64 && self.0 >> byte & 1 != 0
    }

    /// The other members than the property with this identifier, which is one.
    #[inline]
    pub(crate) const fn without_byte(self, byte: u8) -> Self {
        Self(self.0 & !(1 << (byte & 63)))
    }

    /// All members of both.
    #[inline]
    pub(crate) const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether `id` is a member.
    #[inline]
    pub(crate) const fn contains(self, id: PropertyId) -> bool {
        self.0 & 1 << id as u8 != 0
    }

    /// Takes `id` out.
    #[inline]
    pub(crate) const fn remove(&mut self, id: PropertyId) {
        self.0 &= !(1 << id as u8);
    }

    /// Adds `id`.
    #[inline]
    pub(crate) const fn insert(&mut self, id: PropertyId) {
        self.0 |= 1 << id as u8;
    }

    /// The members that `others` does not have.
    #[inline]
    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_the_properties_that_were_put_into_it() {
        let of = |ids: &[PropertyId]| {
            let mut set = PropertySet::EMPTY;
            ids.iter().for_each(|id| set.insert(*id));
            set
        };
        let (some, others) = PropertyId::ALL.split_at(5);
        let set = of(some);
        for &id in PropertyId::ALL {
            assert_eq!(set.contains(id), some.contains(&id), "{id}");
            let mut changed = set;
            changed.insert(id);
            assert!(changed.contains(id), "{id}");
            changed.remove(id);
            assert!(!changed.contains(id), "{id}");
        }
        assert_eq!(of(PropertyId::ALL).without(set), of(others));
    }

    /// Table 2-4: the number of properties of each carrier, User Property included.
    #[test]
    fn each_carrier_has_the_properties_of_table_2_4() {
        let count = |carrier: Carrier| {
            let ids = PropertyId::ALL.iter().copied();
            ids.filter(|id| carrier.allowed().contains(*id)).count()
        };
        let counts = Carrier::ALL.map(count);
        assert_eq!(counts, [9, 7, 17, 8, 2, 2, 2, 2, 2, 2, 1, 2, 4, 4]);
    }

    #[test]
    fn only_two_properties_are_forbidden_to_one_side() {
        let forbidden = |side| {
            let mut found = std::vec::Vec::new();
            for carrier in Carrier::ALL {
                for &id in PropertyId::ALL {
                    if carrier.forbidden_to(side).contains(id) {
                        found.push((carrier, id));
                    }
                }
            }
            found
        };
        let publish = (Carrier::Publish, PropertyId::SubscriptionIdentifier);
        let disconnect = (Carrier::Disconnect, PropertyId::SessionExpiryInterval);
        assert_eq!(forbidden(Side::Client), [publish]);
        assert_eq!(forbidden(Side::Server), [disconnect]);
    }
}
