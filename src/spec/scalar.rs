//! The numbers that more than one packet uses: Packet Identifier, QoS, Subscription Identifier.

use core::fmt;
use core::num::{NonZeroU16, NonZeroU32};
use core::str::FromStr;

/// The largest value of a Variable Byte Integer, MQTT 5.0 §1.5.5, Table 1-1.
pub(crate) const VARIABLE_BYTE_INTEGER_MAX: u32 = 268_435_455;

/// A Packet Identifier: 1 to 65,535, never 0.
///
/// MQTT 5.0 §2.2.1, [MQTT-2.2.1-3] to [MQTT-2.2.1-6]; 3.1.1 §2.3.1; 3.1 §2.4.
pub type PacketId = NonZeroU16;

/// A Quality of Service level, MQTT 5.0 §4.3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum QoS {
    /// QoS 0: at most once delivery.
    AtMostOnce = 0,
    /// QoS 1: at least once delivery.
    AtLeastOnce = 1,
    /// QoS 2: exactly once delivery.
    ExactlyOnce = 2,
}

impl QoS {
    /// The level with this number, `None` above 2.
    #[inline]
    #[must_use]
    pub const fn from_u8(level: u8) -> Option<Self> {
        match level {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }

    /// The level as a number: 0, 1 or 2.
    #[inline]
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }
}

impl From<QoS> for u8 {
    fn from(level: QoS) -> Self {
        level.as_u8()
    }
}

impl TryFrom<u8> for QoS {
    type Error = ParseQosError;

    fn try_from(level: u8) -> Result<Self, Self::Error> {
        Self::from_u8(level).ok_or(ParseQosError)
    }
}

impl FromStr for QoS {
    type Err = ParseQosError;

    /// Reads `0`, `1` or `2`.
    ///
    /// ```
    /// use mqtt_reason::QoS;
    ///
    /// assert_eq!("1".parse(), Ok(QoS::AtLeastOnce));
    /// assert_eq!(QoS::try_from(1), Ok(QoS::AtLeastOnce));
    /// assert!(QoS::try_from(3).is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "0" => Ok(Self::AtMostOnce),
            "1" => Ok(Self::AtLeastOnce),
            "2" => Ok(Self::ExactlyOnce),
            _ => Err(ParseQosError),
        }
    }
}

/// Text or a number that is no QoS.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("QoS is 0, 1 or 2")]
#[non_exhaustive]
pub struct ParseQosError;

impl fmt::Display for QoS {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AtMostOnce => "QoS 0",
            Self::AtLeastOnce => "QoS 1",
            Self::ExactlyOnce => "QoS 2",
        })
    }
}

/// A Subscription Identifier: 1 to 268,435,455, MQTT 5.0 §3.8.2.1.2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SubscriptionId(NonZeroU32);

impl SubscriptionId {
    /// The largest identifier.
    pub const MAX: u32 = VARIABLE_BYTE_INTEGER_MAX;

    /// The identifier with this number, `None` for 0 and above 268,435,455.
    #[inline]
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(id) if number <= Self::MAX => Some(Self(id)),
            _ => None,
        }
    }

    /// The number.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
