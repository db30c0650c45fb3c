//! Codes are numbers, other closed lists are words; both directions.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use ::serde::de::{Deserialize, Deserializer, Error as _, Unexpected, Visitor};
use ::serde::ser::{Serialize, Serializer};

use crate::encode_error::EncodeError;
use crate::error::{ErrorClass, ErrorKind};
use crate::packet_type::{PacketType, SentBy, Side, Version};
use crate::reason::ReasonCode;
use crate::serde::Text;
use crate::spec::property::PropertyId;
use crate::spec::scalar::QoS;
use crate::v3::{self, ConnackReturnCode, SubackReturnCode};
use crate::v5::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};

/// A code is its value.
macro_rules! as_number {
    ($($Code:ident)+) => {
        $(
            impl Serialize for $Code {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_u8(self.as_u8())
                }
            }

            impl<'de> Deserialize<'de> for $Code {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = u8::deserialize(deserializer)?;
                    Self::from_u8(value).ok_or_else(|| {
                        let found = Unexpected::Unsigned(value.into());
                        D::Error::invalid_value(found, &"a number of the specification's list")
                    })
                }
            }
        )+
    };
}

as_number! {
    ReasonCode ConnackReason PubackReason PubrecReason PubrelReason PubcompReason SubackReason UnsubackReason
    DisconnectReason AuthReason ConnackReturnCode SubackReturnCode QoS
}

/// A word, which `FromStr` reads again.
macro_rules! as_word {
    ($($Type:ty: $word:expr, $expected:literal;)+) => {
        $(
            impl Serialize for $Type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let word: fn(Self) -> &'static str = $word;
                    serializer.serialize_str(word(*self))
                }
            }

            impl<'de> Deserialize<'de> for $Type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str(Word {
                        expected: $expected,
                        result: PhantomData,
                    })
                }
            }
        )+
    };
}

as_word! {
    PacketType: Self::name, "a packet type";
    Side: Self::name, "client or server";
    SentBy: Self::name, "client, server, or client or server";
    Version: Self::name, "a version of MQTT";
    PropertyId: Self::key, "a property";
}

/// A word that `FromStr` reads.
struct Word<T> {
    expected: &'static str,
    result: PhantomData<T>,
}

impl<T: FromStr> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: ::serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// As the version of the crate.
impl Serialize for v3::Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Version::from(*self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for v3::Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Version::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// `"malformed"`, `"protocol_error"` or `"packet_too_large"`.
impl Serialize for ErrorClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::MalformedPacket => "malformed",
            Self::ProtocolError => "protocol_error",
            Self::PacketTooLarge => "packet_too_large",
        })
    }
}

/// The message.
impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Text(self).serialize(serializer)
    }
}

/// The message.
impl Serialize for EncodeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Text(self).serialize(serializer)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use ::serde::de::DeserializeOwned;

    use super::*;

    fn is<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: T, json: &str) {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
    }

    #[test]
    fn codes_and_levels_are_numbers() {
        is(ReasonCode::NOT_AUTHORIZED, "135");
        is(DisconnectReason::SessionTakenOver, "142");
        is(ConnackReturnCode::NotAuthorized, "5");
        is(QoS::ExactlyOnce, "2");
        assert!(serde_json::from_str::<DisconnectReason>("3").is_err());
        assert!(serde_json::from_str::<QoS>("3").is_err());
    }

    #[test]
    fn other_lists_are_words() {
        is(PacketType::Pubrec, r#""PUBREC""#);
        is(Side::Client, r#""client""#);
        is(SentBy::Either, r#""client or server""#);
        is(Version::V3_1_1, r#""3.1.1""#);
        is(v3::Version::V3_1, r#""3.1""#);
        is(PropertyId::ReasonString, r#""reason_string""#);
        for id in PropertyId::ALL {
            is(*id, &serde_json::to_string(id.key()).unwrap());
        }
        assert!(serde_json::from_str::<PacketType>(r#""PUBNACK""#).is_err());
        assert!(serde_json::from_str::<v3::Version>(r#""5.0""#).is_err());
        assert!(serde_json::from_str::<Side>("1").is_err());
    }

    #[test]
    fn errors_are_their_messages() {
        let kind = ErrorKind::PacketIdentifierZero;
        assert_eq!(
            serde_json::to_string(&kind).unwrap(),
            r#""packet identifier is 0""#
        );
        let error = EncodeError::WrongDirection {
            packet: PacketType::Suback,
            sender: Side::Client,
        };
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#""SUBACK must not be sent by a client""#
        );
    }
}
