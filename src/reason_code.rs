//! The union of the nine tables of reason codes of MQTT 5.0: what a [`ReasonCode`] is called and means.

use core::fmt;
use core::str::FromStr;

use crate::packet_type::PacketType;
use crate::reason::{Meaning, ParseCodeError, ReasonCode, UndefinedCode};
use crate::spec::names::{parse_number, same_name};
use crate::v5::reason::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};

/// The constants of the union, each with the value that a packet's table gives it.
macro_rules! union_constants {
    ($($NAME:ident = $Enum:ident::$Variant:ident,)+) => {
        impl ReasonCode {
            $(
                #[doc = concat!("The value of [`", stringify!($Enum), "::", stringify!($Variant), "`].")]
                pub const $NAME: Self = Self::of($Enum::$Variant as u8);
            )+

            /// The constants.
            const NAMED: &'static [Self] = &[$(Self::$NAME),+];
        }
    };
}

/// A value of the tables without a constant does not compile.
#[expect(
    clippy::indexing_slicing,
    reason = "the table has a place for every byte"
)]
const _: () = {
    let mut unnamed = *ReasonCode::TABLE;
    let mut named = ReasonCode::NAMED;
    while let [code, rest @ ..] = named {
        unnamed[code.as_u8() as usize] = false;
        named = rest;
    }
    let mut unnamed: &[bool] = &unnamed;
    while let [is_unnamed, rest @ ..] = unnamed {
        assert!(
            !*is_unnamed,
            "a value of the tables of codes has no constant"
        );
        unnamed = rest;
    }
};

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
            Some(Self::of(value))
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
                table[row.code.as_u8() as usize] = true;
                rows = rest;
            }
            tables = others;
        }
        table
    };

    /// The first name that Table 2-6 gives the code: "Success" for 0x00.
    ///
    /// [`meaning_in`](Self::meaning_in) knows the name in one packet.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.meanings().next().map_or("", |row| row.name)
    }

    /// What the code means in `packet`, `None` where the packet must not carry it.
    #[must_use]
    pub fn meaning_in(self, packet: PacketType) -> Option<&'static Meaning> {
        let rows = TABLES.into_iter().find(|rows| match rows {
            [row, ..] => row.packet == packet,
            [] => false,
        })?;
        rows.iter().find(|row| row.code == self)
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
        write!(f, "ReasonCode({:#04x} {})", self.as_u8(), self.name())
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
