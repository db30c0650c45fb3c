//! What can be wrong with received bytes: kind, place, rule and class.

use core::fmt;

use crate::packet_type::{PacketType, Side, Version};
use crate::spec::property::{Carrier, PropertyId, PropertyUse};

/// Why a packet was refused.
///
/// Each kind says what was found; [`DecodeError`] adds where. Numbers are as received.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The packet type is reserved: 0 in every version, 15 in 3.1.1 and 3.1.
    #[error("packet type {number} is reserved")]
    #[non_exhaustive]
    ReservedPacketType {
        /// The packet type, 0 or 15.
        number: u8,
    },
    /// The low four bits of the first byte are not those of the packet type.
    #[error("fixed header flags {flags:#06b} are not those of {packet}")]
    #[non_exhaustive]
    FixedHeaderFlags {
        /// The packet type.
        packet: PacketType,
        /// The four bits.
        flags: u8,
    },
    /// This side must not send this packet type.
    #[error("{packet} must not be sent by a {sender}")]
    #[non_exhaustive]
    WrongDirection {
        /// The packet type.
        packet: PacketType,
        /// Who sent it.
        sender: Side,
    },
    /// The fourth byte of a Variable Byte Integer says that a fifth follows.
    #[error("variable byte integer is longer than four bytes")]
    VariableByteIntegerTooLong,
    /// A Variable Byte Integer has more bytes than its value needs; an error in 5.0 only.
    #[error("variable byte integer is not in its shortest form")]
    VariableByteIntegerNotMinimal,
    /// The packet is larger than the Maximum Packet Size that the receiver announced.
    #[error("packet of {len} bytes is larger than the maximum of {max}")]
    #[non_exhaustive]
    PacketTooLarge {
        /// The size that the fixed header announces, in bytes, fixed header included.
        len: u32,
        /// The Maximum Packet Size, in bytes.
        max: u32,
    },
    /// The Remaining Length is not the one that 3.1.1 and 3.1 fix for this packet.
    #[error("remaining length of {packet} is {found} and must be {expected}")]
    #[non_exhaustive]
    RemainingLength {
        /// The packet type.
        packet: PacketType,
        /// The only length allowed.
        expected: u32,
        /// The length received.
        found: u32,
    },
    /// A CONNACK in the two-byte layout of 3.1.1 and 3.1, read as 5.0: the Server speaks an older version.
    #[error("a 3.x CONNACK with return code {code}: the server does not speak MQTT 5.0")]
    #[non_exhaustive]
    V3Connack {
        /// Its Connect Return Code.
        code: u8,
    },
    /// A field does not fit into what is left of the packet.
    #[error("a field runs past the end")]
    Truncated,
    /// The packet ends where its Property Length has to be.
    #[error("property length is missing")]
    NoPropertyLength,
    /// A property does not fit into what is left of the property section.
    #[error("{id} ({:#04x}) runs past the end of the properties", .id.as_u8())]
    #[non_exhaustive]
    PropertyTruncated {
        /// The property.
        id: PropertyId,
    },
    /// The Property Length is larger than what is left of the packet.
    #[error("property length {length} runs past the end of the packet")]
    #[non_exhaustive]
    PropertyLength {
        /// The Property Length.
        length: u32,
    },
    /// Bytes are left over after the last field.
    #[error("bytes left over after the last field: {count}")]
    #[non_exhaustive]
    TrailingBytes {
        /// How many.
        count: u32,
    },
    /// Bits 7 to 1 of the Connect Acknowledge Flags are not zero.
    #[error("reserved connect acknowledge flags are set: {flags:#010b}")]
    #[non_exhaustive]
    ConnackFlags {
        /// The flags.
        flags: u8,
    },
    /// Session Present is set although the connection is refused.
    #[error("session present is set in a CONNACK that refuses with {code:#04x}")]
    #[non_exhaustive]
    SessionPresent {
        /// The reason code or return code.
        code: u8,
    },
    /// The Packet Identifier is 0.
    #[error("packet identifier is 0")]
    PacketIdentifierZero,
    /// The reason code is not in the packet's table.
    #[error("reason code {code:#04x} is not defined for {packet}")]
    #[non_exhaustive]
    ReasonCode {
        /// The packet type.
        packet: PacketType,
        /// The byte.
        code: u8,
    },
    /// The return code is not in the packet's table of 3.1.1 or 3.1.
    #[error("return code {code:#04x} is not defined for {packet}")]
    #[non_exhaustive]
    ReturnCode {
        /// The packet type.
        packet: PacketType,
        /// The byte.
        code: u8,
    },
    /// The code is one of AUTH's, but of a step that the other side takes, §4.12, §4.12.1.
    #[error("reason code {code:#04x} of {packet} must not be sent by a {sender}")]
    #[non_exhaustive]
    ReasonCodeSender {
        /// The packet type.
        packet: PacketType,
        /// The byte.
        code: u8,
        /// Who sent it.
        sender: Side,
    },
    /// A SUBACK or UNSUBACK without a single code.
    #[error("{packet} without a single code")]
    #[non_exhaustive]
    NoCodes {
        /// The packet type.
        packet: PacketType,
    },
    /// No reason-coded packet has a property with this identifier.
    #[error("property identifier {id:#04x} is not defined for {packet}")]
    #[non_exhaustive]
    UnknownProperty {
        /// The packet type.
        packet: PacketType,
        /// The byte.
        id: u8,
    },
    /// The property exists, but not in this packet.
    #[error("{id} ({:#04x}) is not a property of {packet}", .id.as_u8())]
    #[non_exhaustive]
    PropertyNotAllowed {
        /// The packet type.
        packet: PacketType,
        /// The property.
        id: PropertyId,
    },
    /// The property occurs a second time.
    #[error("{id} ({:#04x}) occurs twice", .id.as_u8())]
    #[non_exhaustive]
    DuplicateProperty {
        /// The property.
        id: PropertyId,
    },
    /// The property has a value that its section forbids.
    #[error("{id} ({:#04x}) must not be {value}", .id.as_u8())]
    #[non_exhaustive]
    PropertyValue {
        /// The property.
        id: PropertyId,
        /// The value.
        value: u32,
    },
    /// This side must not send this property.
    #[error("{id} ({:#04x}) must not be sent by a {sender}", .id.as_u8())]
    #[non_exhaustive]
    PropertySender {
        /// The property.
        id: PropertyId,
        /// Who sent it.
        sender: Side,
    },
    /// Reason String or User Property although the Client set Request Problem Information to 0.
    #[error("{id} ({:#04x}) in {packet} although problem information was not requested", .id.as_u8())]
    #[non_exhaustive]
    ProblemInformation {
        /// The packet type.
        packet: PacketType,
        /// The property.
        id: PropertyId,
    },
    /// An AUTH with properties but without Authentication Method.
    #[error("AUTH without authentication method")]
    NoAuthenticationMethod,
    /// A string is not well-formed UTF-8.
    #[error("string is not well-formed UTF-8")]
    IllFormedUtf8,
    /// A string contains U+0000.
    #[error("string contains U+0000")]
    NullCharacter,
    /// Bit 0 of the Connect Flags, which is reserved, is set.
    #[error("reserved connect flag is set: {flags:#010b}")]
    #[non_exhaustive]
    ConnectFlags {
        /// The flags.
        flags: u8,
    },
    /// Will QoS or Will Retain is set in a CONNECT without a Will.
    #[error("will flags without a will: {flags:#010b}")]
    #[non_exhaustive]
    WillFlags {
        /// The flags.
        flags: u8,
    },
    /// The Will QoS is 3.
    #[error("will QoS is 3")]
    WillQos,
    /// A Password without a User Name, which 3.1.1 and 3.1 forbid.
    #[error("password without user name")]
    PasswordWithoutUserName,
    /// A CONNECT with Authentication Data but without Authentication Method.
    #[error("authentication data without authentication method")]
    AuthenticationDataAlone,
    /// A PUBLISH with DUP and QoS 0.
    #[error("DUP is set with QoS 0")]
    DupWithQos0,
    /// A PUBLISH with an empty Topic Name and without Topic Alias.
    #[error("topic name is empty and there is no topic alias")]
    NoTopic,
    /// A Topic Name, of a PUBLISH or a Will, without a single character.
    #[error("topic name is empty")]
    EmptyTopicName,
    /// A Topic Name, of a PUBLISH or a Will, with a wildcard.
    #[error("topic name contains '{wildcard}'")]
    #[non_exhaustive]
    WildcardInTopicName {
        /// `+` or `#`.
        wildcard: char,
    },
    /// A Response Topic with a wildcard.
    #[error("response topic contains a wildcard")]
    WildcardInResponseTopic,
    /// A SUBSCRIBE or UNSUBSCRIBE without a single Topic Filter.
    #[error("{packet} without a single topic filter")]
    #[non_exhaustive]
    NoTopicFilters {
        /// The packet type.
        packet: PacketType,
    },
    /// A Topic Filter without a single character.
    #[error("topic filter is empty")]
    EmptyTopicFilter,
    /// `#` is not the last character of a Topic Filter, or not alone in its level.
    #[error("'#' is not alone in the last level of the topic filter")]
    MultiLevelWildcard,
    /// `+` is not alone in a level of a Topic Filter.
    #[error("'+' is not alone in its level of the topic filter")]
    SingleLevelWildcard,
    /// `$share/` and no ShareName.
    #[error("share name is empty")]
    EmptyShareName,
    /// A ShareName with a wildcard.
    #[error("share name contains a wildcard")]
    WildcardInShareName,
    /// A ShareName and no Topic Filter after it.
    #[error("no topic filter after the share name")]
    NoShareFilter,
    /// Reserved bits of the Subscription Options are set.
    #[error("reserved subscription options are set: {options:#010b}")]
    #[non_exhaustive]
    SubscriptionOptions {
        /// The byte.
        options: u8,
    },
    /// The QoS in the Subscription Options is 3.
    #[error("requested QoS is 3")]
    SubscriptionQos,
    /// The Retain Handling in the Subscription Options is 3.
    #[error("retain handling is 3")]
    RetainHandling,
    /// No Local is set for a Shared Subscription.
    #[error("no local is set for a shared subscription")]
    NoLocalOnSharedSubscription,
}

/// The classes of errors that the specification distinguishes, MQTT 5.0 §1.2 and §4.13.1.
///
/// In 3.1.1 and 3.1, which have no classes, it is the one that 5.0 would give.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Malformed Packet: the bytes cannot be parsed by the rules of the specification.
    MalformedPacket,
    /// Protocol Error: the packet parses, but holds data that the protocol does not allow.
    ProtocolError,
    /// Packet too large: larger than the Maximum Packet Size that the receiver announced.
    PacketTooLarge,
}

impl ErrorClass {
    /// The class in words: `"malformed packet"`, `"protocol error"` or `"packet too large"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MalformedPacket => "malformed packet",
            Self::ProtocolError => "protocol error",
            Self::PacketTooLarge => "packet too large",
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl ErrorKind {
    /// The class of the error.
    ///
    /// # Conformance
    ///
    /// Where the specification only says MUST, the class follows from the definitions of MQTT 5.0 §1.2: what cannot
    /// be parsed is malformed, what parses and is not allowed is a protocol error.
    #[must_use]
    pub const fn class(self) -> ErrorClass {
        match self {
            // §2.1.2 and §2.1.3: reserved values of the fixed header.
            Self::ReservedPacketType { .. } | Self::FixedHeaderFlags { .. } => {
                ErrorClass::MalformedPacket
            }
            // §1.5.5, §2.1.4, §2.2.2.1: lengths that do not add up.
            Self::VariableByteIntegerTooLong
            | Self::VariableByteIntegerNotMinimal
            | Self::RemainingLength { .. }
            | Self::V3Connack { .. }
            | Self::Truncated
            | Self::NoPropertyLength
            | Self::PropertyTruncated { .. }
            | Self::PropertyLength { .. }
            | Self::TrailingBytes { .. } => ErrorClass::MalformedPacket,
            // §3.2.2.1: reserved bits, as in the fixed header.
            Self::ConnackFlags { .. } => ErrorClass::MalformedPacket,
            // §2.2.2.2 names the class of both.
            Self::UnknownProperty { .. } | Self::PropertyNotAllowed { .. } => {
                ErrorClass::MalformedPacket
            }
            // §1.5.4 names the class of both.
            Self::IllFormedUtf8 | Self::NullCharacter => ErrorClass::MalformedPacket,
            // §3.1.2.11.4, §3.2.2.3.6: a closer code than Protocol Error.
            Self::PacketTooLarge { .. } => ErrorClass::PacketTooLarge,
            // Table 2-1, §4.12, [MQTT-3.14.2-2].
            Self::WrongDirection { .. }
            | Self::ReasonCodeSender { .. }
            | Self::PropertySender { .. } => ErrorClass::ProtocolError,
            // §3.2.2.1.1, §2.2.1: values that the protocol does not allow.
            Self::SessionPresent { .. } | Self::PacketIdentifierZero => ErrorClass::ProtocolError,
            // The nine statements "MUST use one of".
            Self::ReasonCode { .. } | Self::ReturnCode { .. } | Self::NoCodes { .. } => {
                ErrorClass::ProtocolError
            }
            // The property sections name the class, §3.1.2.11.7 and §3.15.2.2.2 too.
            Self::DuplicateProperty { .. }
            | Self::PropertyValue { .. }
            | Self::ProblemInformation { .. }
            | Self::NoAuthenticationMethod => ErrorClass::ProtocolError,
            // §3.1.2.3, §3.3.1.2, §3.1.2.6, [MQTT-3.8.3-5]: reserved bits and values; 3.1.1 §3.1.2.9.
            Self::ConnectFlags { .. }
            | Self::WillFlags { .. }
            | Self::WillQos
            | Self::PasswordWithoutUserName
            | Self::SubscriptionOptions { .. } => ErrorClass::MalformedPacket,
            // §2.1.3: invalid flags of a fixed header.
            Self::DupWithQos0 => ErrorClass::MalformedPacket,
            // §3.1.2.11.10, §3.3.2.1, §3.8.3, §3.8.3.1, §3.10.3 name the class.
            Self::AuthenticationDataAlone
            | Self::NoTopic
            | Self::NoTopicFilters { .. }
            | Self::SubscriptionQos
            | Self::RetainHandling
            | Self::NoLocalOnSharedSubscription => ErrorClass::ProtocolError,
            // §4.7, §4.8.2, [MQTT-3.3.2-14]: text that parses, but is no such topic.
            Self::EmptyTopicName
            | Self::WildcardInTopicName { .. }
            | Self::WildcardInResponseTopic
            | Self::EmptyTopicFilter
            | Self::MultiLevelWildcard
            | Self::SingleLevelWildcard
            | Self::EmptyShareName
            | Self::WildcardInShareName
            | Self::NoShareFilter => ErrorClass::ProtocolError,
        }
    }
}

/// A refused packet: what was wrong, in which packet, at which byte, against which rule.
///
/// It converts to the reason code to answer with: see [`answer`](Self::answer) and `From<&DecodeError>` for
/// [`DisconnectReason`](crate::v5::DisconnectReason) and [`ConnackReason`](crate::v5::ConnackReason).
///
/// ```
/// use mqtt_reason::{ErrorClass, v5};
///
/// let error = v5::decode(&[0x40, 0x04, 0x00, 0x0A, 0x8B, 0x00]).unwrap_err();
/// assert_eq!(error.to_string(), "reason code 0x8b is not defined for PUBACK");
/// assert_eq!(error.offset(), 4);
/// assert_eq!(error.rule(), "MQTT-3.4.2-1");
/// assert_eq!(error.class(), ErrorClass::ProtocolError);
/// assert_eq!(v5::DisconnectReason::from(&error), v5::DisconnectReason::ProtocolError);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("{kind}")]
pub struct DecodeError {
    kind: ErrorKind,
    offset: u32,
    packet: Option<PacketType>,
    version: Version,
    sender: Option<Side>,
}

impl DecodeError {
    /// An error at `offset` bytes from the start of the packet.
    pub(crate) const fn new(
        kind: ErrorKind,
        offset: u32,
        packet: Option<PacketType>,
        version: Version,
        sender: Option<Side>,
    ) -> Self {
        Self {
            kind,
            offset,
            packet,
            version,
            sender,
        }
    }

    /// What was wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where: the number of bytes before the first one that could not be accepted, counted from the first byte of the
    /// packet.
    ///
    /// It points at the field that is wrong; in a string at the ill-formed character; at a property's identifier when
    /// the property should not be there, and at its value when that is forbidden; at the end of the packet when a field
    /// or a code is missing there, and at the Property Length when a property is missing.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The packet type, `None` if the first byte names none.
    #[must_use]
    pub const fn packet(&self) -> Option<PacketType> {
        self.packet
    }

    /// The version whose rules were applied.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The class: malformed, protocol error or too large.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        self.kind.class()
    }

    /// The rule that was broken: a normative statement (`"MQTT-3.2.2-6"`) where there is one, else a section
    /// (`"2.2.2.2"`) of the specification of [`version`](Self::version). Where two statements forbid the same to the two
    /// sides and the sender is not known, it is the Server's.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self.version {
            Version::V5_0 => self.rule_v5(),
            Version::V3_1_1 => self.rule_v3_1_1(),
            Version::V3_1 => self.rule_v3_1(),
        }
    }

    const fn rule_v5(&self) -> &'static str {
        use PacketType as P;
        match self.kind {
            ErrorKind::ReservedPacketType { .. } | ErrorKind::WrongDirection { .. } => "2.1.2",
            ErrorKind::FixedHeaderFlags { packet, .. } => match packet {
                P::Pubrel => "MQTT-3.6.1-1",
                P::Disconnect => "MQTT-3.14.1-1",
                P::Auth => "MQTT-3.15.1-1",
                P::Publish => "MQTT-3.3.1-4",
                P::Subscribe => "MQTT-3.8.1-1",
                P::Unsubscribe => "MQTT-3.10.1-1",
                _ => "MQTT-2.1.3-1",
            },
            ErrorKind::VariableByteIntegerTooLong => "1.5.5",
            ErrorKind::VariableByteIntegerNotMinimal => "MQTT-1.5.5-1",
            ErrorKind::PacketTooLarge { .. } => match self.sender {
                Some(Side::Client) => "MQTT-3.2.2-15",
                Some(Side::Server) | None => "MQTT-3.1.2-24",
            },
            ErrorKind::RemainingLength { packet, .. } => match packet {
                P::Pingreq => "3.12.1",
                P::Pingresp => "3.13.1",
                _ => "2.1.4",
            },
            ErrorKind::Truncated => "2.1.4",
            ErrorKind::V3Connack { .. } => "3.2.2",
            ErrorKind::NoPropertyLength => "MQTT-2.2.2-1",
            ErrorKind::PropertyLength { .. } | ErrorKind::PropertyTruncated { .. } => "2.2.2.1",
            ErrorKind::TrailingBytes { .. } => "2.3",
            ErrorKind::ConnackFlags { .. } => "MQTT-3.2.2-1",
            ErrorKind::SessionPresent { .. } => "MQTT-3.2.2-6",
            ErrorKind::PacketIdentifierZero => match self.packet {
                Some(P::Suback | P::Unsuback) => "MQTT-2.2.1-6",
                Some(P::Publish) if matches!(self.sender, Some(Side::Server)) => "MQTT-2.2.1-4",
                Some(P::Publish | P::Subscribe | P::Unsubscribe) => "MQTT-2.2.1-3",
                _ => "MQTT-2.2.1-5",
            },
            ErrorKind::ReasonCode { packet, .. } | ErrorKind::ReturnCode { packet, .. } => {
                match packet {
                    P::Connack => "MQTT-3.2.2-8",
                    P::Puback => "MQTT-3.4.2-1",
                    P::Pubrec => "MQTT-3.5.2-1",
                    P::Pubrel => "MQTT-3.6.2-1",
                    P::Pubcomp => "MQTT-3.7.2-1",
                    P::Suback => "MQTT-3.9.3-2",
                    P::Unsuback => "MQTT-3.11.3-2",
                    P::Disconnect => "MQTT-3.14.2-1",
                    P::Auth => "MQTT-3.15.2-1",
                    _ => "2.4",
                }
            }
            ErrorKind::ReasonCodeSender { .. } => "3.15.2.1",
            ErrorKind::NoCodes { packet } => match packet {
                P::Unsuback => "3.11.3",
                _ => "3.9.3",
            },
            ErrorKind::UnknownProperty { .. } | ErrorKind::PropertyNotAllowed { .. } => "2.2.2.2",
            ErrorKind::DuplicateProperty { id } | ErrorKind::PropertyValue { id, .. } => {
                property_section(self.packet, id)
            }
            ErrorKind::PropertySender { id, .. } => match property_use(self.packet, id) {
                Some(PropertyUse {
                    forbidden_by: Some(rule),
                    ..
                }) => rule,
                _ => "2.2.2.2",
            },
            ErrorKind::ProblemInformation { .. } => "MQTT-3.1.2-29",
            ErrorKind::NoAuthenticationMethod => "3.15.2.2.2",
            ErrorKind::IllFormedUtf8 => "MQTT-1.5.4-1",
            ErrorKind::NullCharacter => "MQTT-1.5.4-2",
            ErrorKind::ConnectFlags { .. } => "MQTT-3.1.2-3",
            ErrorKind::WillFlags { flags } if flags & 0b0001_1000 != 0 => "MQTT-3.1.2-11",
            ErrorKind::WillFlags { .. } => "MQTT-3.1.2-13",
            ErrorKind::WillQos => "MQTT-3.1.2-12",
            ErrorKind::PasswordWithoutUserName => "3.1.2.9",
            ErrorKind::AuthenticationDataAlone => "3.1.2.11.10",
            ErrorKind::DupWithQos0 => "MQTT-3.3.1-2",
            ErrorKind::NoTopic => "3.3.2.1",
            ErrorKind::WildcardInTopicName { .. } => match self.packet {
                Some(P::Publish) => "MQTT-3.3.2-2",
                _ => "MQTT-4.7.0-1",
            },
            ErrorKind::WildcardInResponseTopic => "MQTT-3.3.2-14",
            ErrorKind::NoTopicFilters { packet } => match packet {
                P::Unsubscribe => "MQTT-3.10.3-2",
                _ => "MQTT-3.8.3-2",
            },
            ErrorKind::EmptyTopicName | ErrorKind::EmptyTopicFilter => "MQTT-4.7.3-1",
            ErrorKind::MultiLevelWildcard => "MQTT-4.7.1-1",
            ErrorKind::SingleLevelWildcard => "MQTT-4.7.1-2",
            ErrorKind::EmptyShareName => "MQTT-4.8.2-1",
            ErrorKind::WildcardInShareName | ErrorKind::NoShareFilter => "MQTT-4.8.2-2",
            ErrorKind::SubscriptionOptions { .. } => "MQTT-3.8.3-5",
            ErrorKind::SubscriptionQos | ErrorKind::RetainHandling => "3.8.3.1",
            ErrorKind::NoLocalOnSharedSubscription => "MQTT-3.8.3-4",
        }
    }

    const fn rule_v3_1_1(&self) -> &'static str {
        use PacketType as P;
        match self.kind {
            ErrorKind::ReservedPacketType { .. } | ErrorKind::WrongDirection { .. } => "2.2.1",
            ErrorKind::FixedHeaderFlags { packet, .. } => match packet {
                P::Pubrel => "MQTT-3.6.1-1",
                P::Disconnect => "MQTT-3.14.1-1",
                P::Publish => "MQTT-3.3.1-4",
                P::Subscribe => "MQTT-3.8.1-1",
                P::Unsubscribe => "MQTT-3.10.1-1",
                _ => "MQTT-2.2.2-2",
            },
            ErrorKind::RemainingLength { packet, .. } => match packet {
                P::Connack => "3.2.1",
                P::Puback => "3.4.1",
                P::Pubrec => "3.5.1",
                P::Pubrel => "3.6.1",
                P::Pubcomp => "3.7.1",
                P::Unsuback => "3.11.1",
                P::Pingreq => "3.12.1",
                P::Pingresp => "3.13.1",
                P::Disconnect => "3.14.1",
                _ => "2.2.3",
            },
            ErrorKind::ConnackFlags { .. } => "3.2.2.1",
            ErrorKind::SessionPresent { .. } => "MQTT-3.2.2-4",
            ErrorKind::PacketIdentifierZero => match self.packet {
                Some(P::Suback | P::Unsuback) => "MQTT-2.3.1-7",
                // The statement of the others does not name it.
                Some(P::Pubcomp) => "2.3.1",
                Some(P::Publish | P::Subscribe | P::Unsubscribe) => "MQTT-2.3.1-1",
                _ => "MQTT-2.3.1-6",
            },
            ErrorKind::ReturnCode { packet, .. } => match packet {
                P::Connack => "3.2.2.3",
                _ => "MQTT-3.9.3-2",
            },
            ErrorKind::NoCodes { .. } => "3.9.3",
            ErrorKind::IllFormedUtf8 => "MQTT-1.5.3-1",
            ErrorKind::NullCharacter => "MQTT-1.5.3-2",
            ErrorKind::ConnectFlags { .. } => "MQTT-3.1.2-3",
            ErrorKind::WillFlags { flags } if flags & 0b0001_1000 != 0 => "MQTT-3.1.2-13",
            ErrorKind::WillFlags { .. } => "MQTT-3.1.2-15",
            ErrorKind::WillQos => "MQTT-3.1.2-14",
            ErrorKind::PasswordWithoutUserName => "MQTT-3.1.2-22",
            ErrorKind::DupWithQos0 => "MQTT-3.3.1-2",
            ErrorKind::WildcardInTopicName { .. } => match self.packet {
                Some(P::Publish) => "MQTT-3.3.2-2",
                _ => "MQTT-4.7.1-1",
            },
            ErrorKind::NoTopicFilters { packet } => match packet {
                P::Unsubscribe => "MQTT-3.10.3-2",
                _ => "MQTT-3.8.3-3",
            },
            ErrorKind::EmptyTopicName | ErrorKind::EmptyTopicFilter => "MQTT-4.7.3-1",
            ErrorKind::MultiLevelWildcard => "MQTT-4.7.1-2",
            ErrorKind::SingleLevelWildcard => "MQTT-4.7.1-3",
            // The specification prints the statement's number like this.
            ErrorKind::SubscriptionOptions { .. } | ErrorKind::SubscriptionQos => "MQTT-3-8.3-4",
            // What is left concerns lengths; the other kinds do not occur in 3.1.1.
            _ => "2.2.3",
        }
    }

    const fn rule_v3_1(&self) -> &'static str {
        use PacketType as P;
        match self.kind {
            ErrorKind::RemainingLength { packet, .. }
            | ErrorKind::FixedHeaderFlags { packet, .. }
            | ErrorKind::WrongDirection { packet, .. }
            | ErrorKind::ReturnCode { packet, .. }
            | ErrorKind::NoCodes { packet } => match packet {
                P::Connect => "3.1",
                P::Connack => "3.2",
                P::Publish => "3.3",
                P::Puback => "3.4",
                P::Pubrec => "3.5",
                P::Pubrel => "3.6",
                P::Pubcomp => "3.7",
                P::Subscribe => "3.8",
                P::Suback => "3.9",
                P::Unsubscribe => "3.10",
                P::Unsuback => "3.11",
                P::Pingreq => "3.12",
                P::Pingresp => "3.13",
                P::Disconnect => "3.14",
                P::Auth => "2.1",
            },
            ErrorKind::PacketIdentifierZero => "2.4",
            ErrorKind::IllFormedUtf8 | ErrorKind::NullCharacter => "2.5",
            ErrorKind::WillQos | ErrorKind::PasswordWithoutUserName => "3.1",
            ErrorKind::EmptyTopicName
            | ErrorKind::WildcardInTopicName { .. }
            | ErrorKind::EmptyTopicFilter
            | ErrorKind::MultiLevelWildcard
            | ErrorKind::SingleLevelWildcard => "Appendix A",
            ErrorKind::NoTopicFilters { packet } => match packet {
                P::Unsubscribe => "3.10",
                _ => "3.8",
            },
            ErrorKind::SubscriptionQos => "3.8",
            // What is left concerns the fixed header; the other kinds do not occur in 3.1.
            _ => "2.1",
        }
    }
}

/// The section of MQTT 5.0 that describes a property in a packet, or in its Will.
const fn property_section(packet: Option<PacketType>, id: PropertyId) -> &'static str {
    match property_use(packet, id) {
        Some(cell) => cell.section,
        None => "2.2.2.2",
    }
}

/// What the table of properties says of a property in a packet, or in its Will.
const fn property_use(packet: Option<PacketType>, id: PropertyId) -> Option<&'static PropertyUse> {
    let Some(packet) = packet else { return None };
    match Carrier::of(packet) {
        Some(Carrier::Connect) => match id.use_in(Carrier::Connect) {
            None => id.use_in(Carrier::Will),
            in_connect => in_connect,
        },
        Some(carrier) => id.use_in(carrier),
        None => None,
    }
}

/// An error of the parsers inside a frame: where in the input, and what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ParseError<'a> {
    /// The rest of the packet from the offending byte on.
    pub(crate) at: &'a [u8],
    /// What is wrong there.
    pub(crate) kind: ErrorKind,
}

/// What nom's `map_res` makes of a kind of error: an error at the start of what it parses.
impl<'a> nom::error::FromExternalError<&'a [u8], ErrorKind> for ParseError<'a> {
    #[inline]
    fn from_external_error(at: &'a [u8], _: nom::error::ErrorKind, kind: ErrorKind) -> Self {
        Self { at, kind }
    }
}

/// What nom asks of every error type. Its own parsers, none of which is used, would refuse bytes that are missing.
impl<'a> nom::error::ParseError<&'a [u8]> for ParseError<'a> {
    fn from_error_kind(at: &'a [u8], _: nom::error::ErrorKind) -> Self {
        let kind = ErrorKind::Truncated;
        Self { at, kind }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a parser inside a frame returns: the rest of the body and a value.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a [u8], T, ParseError<'a>>;

/// Refuses what starts at `at`.
#[inline]
pub(crate) const fn refuse<T>(at: &[u8], kind: ErrorKind) -> Result<T, nom::Err<ParseError<'_>>> {
    Err(failure(at, kind))
}

/// The error about what starts at `at`.
#[inline]
pub(crate) const fn failure(at: &[u8], kind: ErrorKind) -> nom::Err<ParseError<'_>> {
    nom::Err::Failure(ParseError { at, kind })
}

/// Like `parser(i)?`, but the error is made anew by a function that is not inlined.
///
/// For the first fields of large packets. With `?`, the error's fields and those of the packet share memory in the
/// result, and the compiler copies the packet's pointers piece by piece: a processor that reads a pointer right after
/// its pieces were written has to wait. That cost 7 to 10 % on packets with strings (`benches`, W2 and W5).
macro_rules! read {
    ($parser:expr, $i:expr) => {
        match $parser($i) {
            Ok(read) => read,
            Err(_) => return Err($crate::error::of($parser, $i)),
        }
    };
}
pub(crate) use read;

/// The error of a parser that refuses `i`.
#[cold]
#[inline(never)]
pub(crate) fn of<'a, T>(
    parser: impl FnOnce(&'a [u8]) -> Parsed<'a, T>,
    i: &'a [u8],
) -> nom::Err<ParseError<'a>> {
    match parser(i) {
        Err(error) => error,
        // It does not: the same bytes have been refused before.
        Ok((rest, _)) => failure(rest, ErrorKind::Truncated),
    }
}
