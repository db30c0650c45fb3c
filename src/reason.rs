//! The macro that makes every enum of codes from one table, and [`ReasonCode`], the union of the nine of MQTT 5.0.

use core::fmt;
use core::str::FromStr;

use crate::packet_type::{PacketType, SentBy, Side};
use crate::spec::property::Carrier;
use crate::v5::reason::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};

/// A byte from one of the closed lists of codes: implemented by every enum of reason codes and return codes.
///
/// Sealed: the specification's lists are closed.
pub trait Code:
    sealed::Sealed
    + sealed::Undefined
    + Copy
    + Eq
    + Ord
    + fmt::Debug
    + fmt::Display
    + Send
    + Sync
    + 'static
{
    /// Every code of the list, ascending.
    const ALL: &'static [Self];

    /// The code with this value, `None` if the list has no such code.
    fn from_u8(byte: u8) -> Option<Self>;

    /// The value on the wire.
    fn as_u8(self) -> u8;

    /// The specification's name of the code.
    fn name(self) -> &'static str;

    /// Whether the code reports a failure.
    fn is_error(self) -> bool;
}

/// A reason code of one packet of MQTT 5.0: implemented by the nine enums of [`v5`](crate::v5).
pub trait PacketReason: Code + Into<ReasonCode> + TryFrom<ReasonCode> {
    /// The packet that carries this enum's codes.
    const PACKET: PacketType;

    /// The section of properties of that packet.
    const CARRIER: Carrier;

    /// What the code tells, in a sentence.
    fn help(self) -> &'static str;

    /// Who may send the code in this packet: the "Sent by" column.
    fn sent_by(self) -> SentBy;

    /// Whether the "Sent by" column lets `side` send this code.
    fn can_be_sent_by(self, side: Side) -> bool;
}

pub(crate) mod sealed {
    /// Keeps the public traits of this crate from being implemented elsewhere.
    #[expect(unnameable_types, reason = "that is what seals a trait")]
    pub trait Sealed {}

    /// What only this crate can name, and so pass: a method that takes it cannot be called elsewhere.
    #[derive(Clone, Copy)]
    #[expect(unnameable_types, reason = "that is what it is for")]
    pub struct Internal;

    /// A look-up for many codes at once.
    #[expect(unnameable_types, reason = "part of a sealed trait")]
    pub trait Undefined {
        /// 1 if the list has no code with this value, 0 if it has.
        fn undefined(byte: u8, internal: Internal) -> u8;
    }
}

/// One row of the specification's tables of reason codes: what a code means in one packet.
///
/// MQTT 5.0 §2.4, Table 2-6, and the table of the packet's own section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Meaning {
    /// The code.
    pub code: ReasonCode,
    /// The packet that carries it.
    pub packet: PacketType,
    /// The specification's name of the code in this packet.
    pub name: &'static str,
    /// Who may send it in this packet.
    pub sent_by: SentBy,
    /// What it tells, in a sentence.
    pub help: &'static str,
}

/// Text or number that names no code of the list asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("no such code; give its number (135, 0x87) or its name (Not authorized)")]
#[non_exhaustive]
pub struct ParseCodeError;

/// A byte, or a code of another packet, that is not in the list of codes it was converted to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("code {value:#04x} is not defined here")]
#[non_exhaustive]
pub struct UndefinedCode {
    /// The value that is not in the list.
    pub value: u8,
}

/// The number that `text` writes, decimal or hexadecimal with `0x`.
pub(crate) fn parse_number(text: &str) -> Option<u8> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u8::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None if text.starts_with('+') => None,
        None => text.parse().ok(),
    }
}

/// Whether two names are the same but for case, spaces and punctuation.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.bytes()
            .filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
            .map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// One enum of codes from one table: rows of value, variant, name and, if an earlier version has another one, that.
///
/// It saves eleven copies of the same conversions and keeps value, names and variant of a code in one place.
macro_rules! code_enum {
    // The last name of a row.
    (@earlier $name:literal) => { $name };
    (@earlier $name:literal $earlier:literal) => { $earlier };
    (
        $(#[$doc:meta])*
        pub enum $Name:ident {
            $($(#[$row_doc:meta])* $value:literal $Variant:ident $name:literal $(or $earlier:literal)?,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[expect(clippy::exhaustive_enums, reason = "the specification's list is closed")]
        pub enum $Name {
            $($(#[$row_doc])* $Variant = $value,)+
        }

        impl $Name {
            /// Every code of the table, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The code with this value, `None` if the table has no such code.
            #[inline]
            #[must_use]
            #[expect(clippy::indexing_slicing, reason = "a byte never exceeds a table of 256")]
            pub const fn from_u8(byte: u8) -> Option<Self> {
                // A constant, not a static: a compiler that knows the byte then knows the result.
                const TABLE: &[Option<$Name>; 256] = &{
                    let mut table = [None; 256];
                    $(table[$value] = Some($Name::$Variant);)+
                    table
                };
                TABLE[byte as usize]
            }

            /// The value on the wire.
            #[inline]
            #[must_use]
            pub const fn as_u8(self) -> u8 {
                self as u8
            }

            /// The specification's name of the code in this packet.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }

            /// The name of the code in the earliest version that has it.
            const fn earlier_name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $crate::reason::code_enum!(@earlier $name $($earlier)?),)+
                }
            }
        }

        impl $crate::reason::sealed::Sealed for $Name {}

        impl $crate::reason::sealed::Undefined for $Name {
            #[inline]
            #[expect(clippy::indexing_slicing, reason = "a byte never exceeds a table of 256")]
            fn undefined(byte: u8, _: $crate::reason::sealed::Internal) -> u8 {
                const TABLE: &[u8; 256] = &{
                    let mut table = [1; 256];
                    $(table[$value] = 0;)+
                    table
                };
                TABLE[usize::from(byte)]
            }
        }

        impl $crate::reason::Code for $Name {
            const ALL: &'static [Self] = Self::ALL;

            #[inline]
            fn from_u8(byte: u8) -> Option<Self> {
                Self::from_u8(byte)
            }

            #[inline]
            fn as_u8(self) -> u8 {
                self as u8
            }

            fn name(self) -> &'static str {
                Self::name(self)
            }

            #[inline]
            fn is_error(self) -> bool {
                Self::is_error(self)
            }
        }

        impl ::core::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.name())
            }
        }

        impl ::core::str::FromStr for $Name {
            type Err = $crate::reason::ParseCodeError;

            /// Reads a number (`135`, `0x87`) or a name, in 3.x that of either version; case, spaces and punctuation of
            /// names do not matter.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_named = |code: &Self| {
                    $crate::reason::same_name(code.name(), text)
                        || $crate::reason::same_name(code.earlier_name(), text)
                };
                match $crate::reason::parse_number(text) {
                    Some(byte) => Self::from_u8(byte),
                    None => Self::ALL.iter().copied().find(is_named),
                }
                .ok_or($crate::reason::ParseCodeError)
            }
        }

        impl TryFrom<u8> for $Name {
            type Error = $crate::reason::UndefinedCode;

            fn try_from(value: u8) -> Result<Self, Self::Error> {
                Self::from_u8(value).ok_or($crate::reason::UndefinedCode { value })
            }
        }

        impl From<$Name> for u8 {
            fn from(code: $Name) -> Self {
                code.as_u8()
            }
        }
    };
}
pub(crate) use code_enum;

/// The reason codes of one packet of MQTT 5.0 from one table: rows of value, variant, name, sender and help.
macro_rules! reason_codes {
    (
        $(#[$doc:meta])*
        pub enum $Name:ident in $Packet:ident {
            $($value:literal $Variant:ident $name:literal $sent_by:ident $help:literal,)+
        }
    ) => {
        $crate::reason::code_enum! {
            $(#[$doc])*
            pub enum $Name {
                $(
                    #[doc = concat!("`", stringify!($value), "` ", $name, ". ", $help)]
                    #[doc = ""]
                    #[doc = concat!("Sent by: ", stringify!($sent_by), ".")]
                    $value $Variant $name,
                )+
            }
        }

        impl $Name {
            /// The packet's rows of the specification's table, in the order of [`ALL`](Self::ALL).
            pub(crate) const MEANINGS: &'static [$crate::reason::Meaning] = &[$(
                $crate::reason::Meaning {
                    code: $crate::reason::ReasonCode::of($value),
                    packet: $crate::PacketType::$Packet,
                    name: $name,
                    sent_by: $crate::SentBy::$sent_by,
                    help: $help,
                },
            )+];

            /// Whether the code reports a failure: 0x80 and above, MQTT 5.0 §2.4.
            #[inline]
            #[must_use]
            pub const fn is_error(self) -> bool {
                self as u8 >= 0x80
            }

            /// What the code tells, in a sentence.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$Variant => $help,)+
                }
            }

            /// Who may send the code in this packet: the "Sent by" column.
            #[inline]
            #[must_use]
            pub const fn sent_by(self) -> $crate::SentBy {
                match self {
                    $(Self::$Variant => $crate::SentBy::$sent_by,)+
                }
            }

            /// Whether the "Sent by" column lets `side` send this code.
            #[inline]
            #[must_use]
            pub const fn can_be_sent_by(self, side: $crate::Side) -> bool {
                self.sent_by().includes(side)
            }
        }

        impl $crate::reason::PacketReason for $Name {
            const PACKET: $crate::PacketType = $crate::PacketType::$Packet;
            const CARRIER: $crate::Carrier = $crate::Carrier::$Packet;

            fn help(self) -> &'static str {
                Self::help(self)
            }

            #[inline]
            fn sent_by(self) -> $crate::SentBy {
                Self::sent_by(self)
            }

            #[inline]
            fn can_be_sent_by(self, side: $crate::Side) -> bool {
                Self::can_be_sent_by(self, side)
            }
        }

        impl PartialEq<$Name> for $crate::reason::ReasonCode {
            fn eq(&self, code: &$Name) -> bool {
                self.as_u8() == code.as_u8()
            }
        }

        impl From<$Name> for $crate::reason::ReasonCode {
            fn from(code: $Name) -> Self {
                Self::of(code as u8)
            }
        }

        impl TryFrom<$crate::reason::ReasonCode> for $Name {
            type Error = $crate::reason::UndefinedCode;

            fn try_from(code: $crate::reason::ReasonCode) -> Result<Self, Self::Error> {
                Self::try_from(code.as_u8())
            }
        }
    };
}
pub(crate) use reason_codes;

/// Any reason code of MQTT 5.0, whatever the packet: one type for logs, metrics and tables.
///
/// MQTT 5.0 §2.4, Table 2-6. Only the 43 values of the table can be held. What a code is called and what it means
/// depends on the packet: 0x00 has three names.
///
/// ```
/// use mqtt_reason::{PacketType, ReasonCode, v5::PubackReason};
///
/// let code = ReasonCode::from(PubackReason::NotAuthorized);
/// assert_eq!(code, ReasonCode::NOT_AUTHORIZED);
/// assert_eq!(code.to_string(), "Not authorized");
/// assert_eq!("0x87".parse(), Ok(code));
/// assert!(code.meaning_in(PacketType::Pubrel).is_none());
/// assert_eq!(ReasonCode::from_u8(0x03), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(u8);

/// The constants of the union, each with the value that a packet's table gives it.
macro_rules! union_constants {
    ($($NAME:ident = $Enum:ident::$Variant:ident,)+) => {
        impl ReasonCode {
            $(
                #[doc = concat!("The value of [`", stringify!($Enum), "::", stringify!($Variant), "`].")]
                pub const $NAME: Self = Self($Enum::$Variant as u8);
            )+
        }
    };
}

union_constants! {
    SUCCESS = ConnackReason::Success,
    NORMAL_DISCONNECTION = DisconnectReason::NormalDisconnection,
    GRANTED_QOS_0 = SubackReason::GrantedQos0,
    GRANTED_QOS_1 = SubackReason::GrantedQos1,
    GRANTED_QOS_2 = SubackReason::GrantedQos2,
    DISCONNECT_WITH_WILL_MESSAGE = DisconnectReason::DisconnectWithWillMessage,
    NO_MATCHING_SUBSCRIBERS = PubackReason::NoMatchingSubscribers,
    NO_SUBSCRIPTION_EXISTED = UnsubackReason::NoSubscriptionExisted,
    CONTINUE_AUTHENTICATION = AuthReason::ContinueAuthentication,
    RE_AUTHENTICATE = AuthReason::ReAuthenticate,
    UNSPECIFIED_ERROR = ConnackReason::UnspecifiedError,
    MALFORMED_PACKET = ConnackReason::MalformedPacket,
    PROTOCOL_ERROR = ConnackReason::ProtocolError,
    IMPLEMENTATION_SPECIFIC_ERROR = ConnackReason::ImplementationSpecificError,
    UNSUPPORTED_PROTOCOL_VERSION = ConnackReason::UnsupportedProtocolVersion,
    CLIENT_IDENTIFIER_NOT_VALID = ConnackReason::ClientIdentifierNotValid,
    BAD_USER_NAME_OR_PASSWORD = ConnackReason::BadUserNameOrPassword,
    NOT_AUTHORIZED = ConnackReason::NotAuthorized,
    SERVER_UNAVAILABLE = ConnackReason::ServerUnavailable,
    SERVER_BUSY = ConnackReason::ServerBusy,
    BANNED = ConnackReason::Banned,
    SERVER_SHUTTING_DOWN = DisconnectReason::ServerShuttingDown,
    BAD_AUTHENTICATION_METHOD = ConnackReason::BadAuthenticationMethod,
    KEEP_ALIVE_TIMEOUT = DisconnectReason::KeepAliveTimeout,
    SESSION_TAKEN_OVER = DisconnectReason::SessionTakenOver,
    TOPIC_FILTER_INVALID = SubackReason::TopicFilterInvalid,
    TOPIC_NAME_INVALID = ConnackReason::TopicNameInvalid,
    PACKET_IDENTIFIER_IN_USE = PubackReason::PacketIdentifierInUse,
    PACKET_IDENTIFIER_NOT_FOUND = PubrelReason::PacketIdentifierNotFound,
    RECEIVE_MAXIMUM_EXCEEDED = DisconnectReason::ReceiveMaximumExceeded,
    TOPIC_ALIAS_INVALID = DisconnectReason::TopicAliasInvalid,
    PACKET_TOO_LARGE = ConnackReason::PacketTooLarge,
    MESSAGE_RATE_TOO_HIGH = DisconnectReason::MessageRateTooHigh,
    QUOTA_EXCEEDED = ConnackReason::QuotaExceeded,
    ADMINISTRATIVE_ACTION = DisconnectReason::AdministrativeAction,
    PAYLOAD_FORMAT_INVALID = ConnackReason::PayloadFormatInvalid,
    RETAIN_NOT_SUPPORTED = ConnackReason::RetainNotSupported,
    QOS_NOT_SUPPORTED = ConnackReason::QosNotSupported,
    USE_ANOTHER_SERVER = ConnackReason::UseAnotherServer,
    SERVER_MOVED = ConnackReason::ServerMoved,
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED = SubackReason::SharedSubscriptionsNotSupported,
    CONNECTION_RATE_EXCEEDED = ConnackReason::ConnectionRateExceeded,
    MAXIMUM_CONNECT_TIME = DisconnectReason::MaximumConnectTime,
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED = SubackReason::SubscriptionIdentifiersNotSupported,
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED = SubackReason::WildcardSubscriptionsNotSupported,
}

/// The nine tables in the order of the packets' numbers.
const TABLES: [&[Meaning]; 9] = [
    ConnackReason::MEANINGS,
    PubackReason::MEANINGS,
    PubrecReason::MEANINGS,
    PubrelReason::MEANINGS,
    PubcompReason::MEANINGS,
    SubackReason::MEANINGS,
    UnsubackReason::MEANINGS,
    DisconnectReason::MEANINGS,
    AuthReason::MEANINGS,
];

impl ReasonCode {
    /// A value out of one of the nine tables.
    pub(crate) const fn of(value: u8) -> Self {
        Self(value)
    }

    /// The code with this value, `None` if no packet has such a code.
    ///
    /// ```
    /// use mqtt_reason::{ReasonCode, v5::PubackReason};
    ///
    /// const CODE: Option<ReasonCode> = ReasonCode::from_u8(0x87);
    /// assert!(CODE.is_some_and(|code| code == PubackReason::NotAuthorized));
    /// ```
    #[inline]
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "the table has a place for every byte"
    )]
    pub const fn from_u8(value: u8) -> Option<Self> {
        if Self::TABLE[value as usize] {
            Some(Self(value))
        } else {
            None
        }
    }

    /// For each byte whether it is one of the 43 values.
    #[expect(
        clippy::indexing_slicing,
        reason = "the table has a place for every byte"
    )]
    const TABLE: &'static [bool; 256] = &{
        let mut table = [false; 256];
        let mut tables: &[&[Meaning]] = &TABLES;
        while let [rows, others @ ..] = tables {
            let mut rows: &[Meaning] = rows;
            while let [row, rest @ ..] = rows {
                table[row.code.0 as usize] = true;
                rows = rest;
            }
            tables = others;
        }
        table
    };

    /// The value on the wire.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self.0
    }

    /// The first name that Table 2-6 gives the code: "Success" for 0x00.
    ///
    /// [`meaning_in`](Self::meaning_in) knows the name in one packet.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.meanings().next().map_or("", |row| row.name)
    }

    /// Whether the code reports a failure: 0x80 and above, MQTT 5.0 §2.4.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 >= 0x80
    }

    /// What the code means in `packet`, `None` where the packet must not carry it.
    #[must_use]
    pub fn meaning_in(self, packet: PacketType) -> Option<&'static Meaning> {
        self.meanings().find(|row| row.packet == packet)
    }

    /// What the code means, packet by packet, in the order of the packets' numbers; never empty.
    pub fn meanings(self) -> impl Iterator<Item = &'static Meaning> {
        Self::table().filter(move |row| row.code == self)
    }

    /// All 96 pairs of packet and code, by packet.
    pub fn table() -> impl Iterator<Item = &'static Meaning> {
        TABLES.into_iter().flatten()
    }

    /// All 43 values, ascending.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).filter_map(Self::from_u8)
    }
}

impl fmt::Debug for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReasonCode({:#04x} {})", self.0, self.name())
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ReasonCode {
    type Err = ParseCodeError;

    /// Reads a number (`135`, `0x87`) or any packet's name of a code; case, spaces and punctuation do not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match parse_number(text) {
            Some(byte) => Self::from_u8(byte),
            None => Self::table()
                .find(|row| same_name(row.name, text))
                .map(|row| row.code),
        }
        .ok_or(ParseCodeError)
    }
}

impl TryFrom<u8> for ReasonCode {
    type Error = UndefinedCode;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::from_u8(value).ok_or(UndefinedCode { value })
    }
}

impl From<ReasonCode> for u8 {
    fn from(code: ReasonCode) -> Self {
        code.0
    }
}

/// A code is compared with a number as on the wire.
///
/// ```
/// assert!(mqtt_reason::ReasonCode::NOT_AUTHORIZED == 0x87);
/// ```
impl PartialEq<u8> for ReasonCode {
    fn eq(&self, value: &u8) -> bool {
        self.0 == *value
    }
}
