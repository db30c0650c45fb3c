//! The fifteen packet types, who sends them and their fixed flag bits.

use core::fmt;
use core::str::FromStr;

/// An MQTT Control Packet type: the high four bits of the first byte.
///
/// MQTT 5.0 §2.1.2, Table 2-1; 3.1.1 §2.2.1; 3.1 §2.1. Type 0 is reserved in every version and has no variant;
/// type 15 exists in 5.0 only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum PacketType {
    /// Connection request, MQTT 5.0 §3.1: a [`view`](crate::view).
    Connect = 1,
    /// Connect acknowledgment, MQTT 5.0 §3.2.
    Connack = 2,
    /// Application message, MQTT 5.0 §3.3: a [`view`](crate::view).
    Publish = 3,
    /// Publish acknowledgment, QoS 1, MQTT 5.0 §3.4.
    Puback = 4,
    /// Publish received, QoS 2 part 1, MQTT 5.0 §3.5.
    Pubrec = 5,
    /// Publish release, QoS 2 part 2, MQTT 5.0 §3.6.
    Pubrel = 6,
    /// Publish complete, QoS 2 part 3, MQTT 5.0 §3.7.
    Pubcomp = 7,
    /// Subscribe request, MQTT 5.0 §3.8: a [`view`](crate::view).
    Subscribe = 8,
    /// Subscribe acknowledgment, MQTT 5.0 §3.9.
    Suback = 9,
    /// Unsubscribe request, MQTT 5.0 §3.10: a [`view`](crate::view).
    Unsubscribe = 10,
    /// Unsubscribe acknowledgment, MQTT 5.0 §3.11.
    Unsuback = 11,
    /// Ping request, MQTT 5.0 §3.12: a [`view`](crate::view).
    Pingreq = 12,
    /// Ping response, MQTT 5.0 §3.13: a [`view`](crate::view).
    Pingresp = 13,
    /// Disconnect notification, MQTT 5.0 §3.14.
    Disconnect = 14,
    /// Authentication exchange, MQTT 5.0 §3.15; reserved in 3.1.1 and 3.1.
    Auth = 15,
}

impl PacketType {
    /// The nine packet types of MQTT 5.0 that carry reason codes, in the order of their numbers.
    pub const REASON_CODED: [Self; 9] = [
        Self::Connack,
        Self::Puback,
        Self::Pubrec,
        Self::Pubrel,
        Self::Pubcomp,
        Self::Suback,
        Self::Unsuback,
        Self::Disconnect,
        Self::Auth,
    ];

    /// The packet type that the first byte of a packet names, `None` for the reserved type 0.
    #[must_use]
    pub const fn from_first_byte(byte: u8) -> Option<Self> {
        Some(match byte >> 4 {
            1 => Self::Connect,
            2 => Self::Connack,
            3 => Self::Publish,
            4 => Self::Puback,
            5 => Self::Pubrec,
            6 => Self::Pubrel,
            7 => Self::Pubcomp,
            8 => Self::Subscribe,
            9 => Self::Suback,
            10 => Self::Unsubscribe,
            11 => Self::Unsuback,
            12 => Self::Pingreq,
            13 => Self::Pingresp,
            14 => Self::Disconnect,
            15 => Self::Auth,
            _ => return None,
        })
    }

    /// The number of the packet type, 1 to 15.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The name as the specification prints it: `"CONNACK"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Connack => "CONNACK",
            Self::Publish => "PUBLISH",
            Self::Puback => "PUBACK",
            Self::Pubrec => "PUBREC",
            Self::Pubrel => "PUBREL",
            Self::Pubcomp => "PUBCOMP",
            Self::Subscribe => "SUBSCRIBE",
            Self::Suback => "SUBACK",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::Unsuback => "UNSUBACK",
            Self::Pingreq => "PINGREQ",
            Self::Pingresp => "PINGRESP",
            Self::Disconnect => "DISCONNECT",
            Self::Auth => "AUTH",
        }
    }

    /// The first byte of a packet: type and fixed flags, [MQTT-2.1.3-1], Table 2-2; a PUBLISH, whose flags say
    /// something, has those of QoS 0.
    pub(crate) const fn first_byte(self) -> u8 {
        let flags = match self {
            Self::Pubrel | Self::Subscribe | Self::Unsubscribe => 0b0010,
            _ => 0b0000,
        };
        (self as u8) << 4 | flags
    }

    /// Whether MQTT 5.0 gives this packet a reason code.
    #[must_use]
    pub const fn is_reason_coded(self) -> bool {
        !matches!(
            self,
            Self::Connect
                | Self::Publish
                | Self::Subscribe
                | Self::Unsubscribe
                | Self::Pingreq
                | Self::Pingresp
        )
    }
}

impl fmt::Display for PacketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<PacketType> for u8 {
    fn from(packet: PacketType) -> Self {
        packet.as_u8()
    }
}

impl TryFrom<u8> for PacketType {
    type Error = ParseNameError;

    /// The packet type with this number, 1 to 15.
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0x00..=0x0F => Self::from_first_byte(number << 4),
            _ => None,
        }
        .ok_or(ParseNameError)
    }
}

impl FromStr for PacketType {
    type Err = ParseNameError;

    /// Reads the name in upper or lower case: `PUBACK`, `puback`.
    ///
    /// ```
    /// use mqtt_reason::PacketType;
    ///
    /// assert_eq!("puback".parse(), Ok(PacketType::Puback));
    /// assert_eq!(PacketType::try_from(4), Ok(PacketType::Puback));
    /// assert_eq!(u8::from(PacketType::Puback), 4);
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        (1..=15)
            .filter_map(|number| Self::from_first_byte(number << 4))
            .find(|packet| packet.name().eq_ignore_ascii_case(text))
            .ok_or(ParseNameError)
    }
}

/// Text or a number that names no packet type, version or side.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("no such name")]
#[non_exhaustive]
pub struct ParseNameError;

/// One end of a network connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two ends")]
pub enum Side {
    /// The Client: the side that opened the connection with CONNECT.
    Client,
    /// The Server: the broker.
    Server,
}

impl Side {
    /// The other end.
    ///
    /// ```
    /// assert_eq!(mqtt_reason::Side::Client.peer(), mqtt_reason::Side::Server);
    /// ```
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `"client"` or `"server"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Side {
    type Err = ParseNameError;

    /// Reads `client` or `server`.
    ///
    /// ```
    /// assert_eq!("server".parse(), Ok(mqtt_reason::Side::Server));
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Client, Self::Server]
            .into_iter()
            .find(|side| side.name().eq_ignore_ascii_case(text))
            .ok_or(ParseNameError)
    }
}

/// Who may send something: the "Sent by" column of the specification's tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "every subset of two sides that sends anything"
)]
pub enum SentBy {
    /// The Client only.
    Client,
    /// The Server only.
    Server,
    /// Client or Server.
    Either,
}

impl SentBy {
    /// Whether `side` is among the senders.
    #[must_use]
    pub const fn includes(self, side: Side) -> bool {
        match self {
            Self::Either => true,
            Self::Client => matches!(side, Side::Client),
            Self::Server => matches!(side, Side::Server),
        }
    }

    /// `"client"`, `"server"` or `"client or server"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Either => "client or server",
        }
    }
}

impl fmt::Display for SentBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SentBy {
    type Err = ParseNameError;

    /// Reads `client`, `server` or `client or server`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Client, Self::Server, Self::Either]
            .into_iter()
            .find(|senders| senders.name().eq_ignore_ascii_case(text))
            .ok_or(ParseNameError)
    }
}

/// A protocol version of MQTT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new version of MQTT is a new codec"
)]
pub enum Version {
    /// MQTT V3.1, protocol level 3.
    V3_1,
    /// MQTT 3.1.1, protocol level 4.
    V3_1_1,
    /// MQTT 5.0, protocol version 5.
    V5_0,
}

impl Version {
    /// The version that a CONNECT packet names with this protocol level byte: 3, 4 or 5.
    #[must_use]
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            3 => Some(Self::V3_1),
            4 => Some(Self::V3_1_1),
            5 => Some(Self::V5_0),
            _ => None,
        }
    }

    /// The protocol level byte that a CONNECT names the version with: the way back of [`from_level`](Self::from_level).
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::V3_1 => 3,
            Self::V3_1_1 => 4,
            Self::V5_0 => 5,
        }
    }

    /// The version as it is written: `"3.1"`, `"3.1.1"`, `"5.0"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V3_1 => "3.1",
            Self::V3_1_1 => "3.1.1",
            Self::V5_0 => "5.0",
        }
    }

    /// Who may send packets of this type: Table 2-1 of 5.0, Table 2.1 of 3.1.1; 3.1 §3.1 to §3.14.
    #[must_use]
    pub const fn sender_of(self, packet: PacketType) -> SentBy {
        match packet {
            PacketType::Connect
            | PacketType::Subscribe
            | PacketType::Unsubscribe
            | PacketType::Pingreq => SentBy::Client,
            PacketType::Connack
            | PacketType::Suback
            | PacketType::Unsuback
            | PacketType::Pingresp => SentBy::Server,
            PacketType::Disconnect => match self {
                Self::V5_0 => SentBy::Either,
                Self::V3_1 | Self::V3_1_1 => SentBy::Client,
            },
            PacketType::Publish
            | PacketType::Puback
            | PacketType::Pubrec
            | PacketType::Pubrel
            | PacketType::Pubcomp
            | PacketType::Auth => SentBy::Either,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl TryFrom<u8> for Version {
    type Error = ParseNameError;

    /// The version with this protocol level: 3, 4 or 5.
    fn try_from(level: u8) -> Result<Self, Self::Error> {
        Self::from_level(level).ok_or(ParseNameError)
    }
}

impl FromStr for Version {
    type Err = ParseNameError;

    /// Reads `5.0`, `5`, `v5`, `mqttv5`, `3.1.1`, `311`, `4`, `v311`, `mqttv311`, `3.1`, `31`, `3`, `v31` or `mqttv31`.
    ///
    /// ```
    /// use mqtt_reason::Version;
    ///
    /// assert_eq!("mqttv311".parse(), Ok(Version::V3_1_1));
    /// assert_eq!("4".parse::<Version>().map(Version::level), Ok(4));
    /// assert!("4.0".parse::<Version>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "5.0" | "5" | "v5" | "mqttv5" => Self::V5_0,
            "3.1.1" | "311" | "4" | "v311" | "mqttv311" => Self::V3_1_1,
            "3.1" | "31" | "3" | "v31" | "mqttv31" => Self::V3_1,
            _ => return Err(ParseNameError),
        })
    }
}
