//! From an error to the reason code to answer with.

use crate::error::{DecodeError, ErrorClass, ErrorKind};
use crate::packet_type::Version;
use crate::spec::property::PropertyId;
use crate::v5::reason::{ConnackReason, DisconnectReason};

/// The code of the DISCONNECT to send before closing, MQTT 5.0 §4.13.1.
///
/// A Server that has not yet sent a CONNACK below 0x80 must not send DISCONNECT, [MQTT-3.14.0-1]: it answers an AUTH
/// with CONNACK instead, or just closes. 3.1.1 and 3.1 have no such packet: see [`DecodeError::answer`].
impl From<&DecodeError> for DisconnectReason {
    fn from(error: &DecodeError) -> Self {
        if let Some(code) = closer_code(error.kind()) {
            return code;
        }
        match error.class() {
            ErrorClass::MalformedPacket => Self::MalformedPacket,
            ErrorClass::ProtocolError => Self::ProtocolError,
            // §3.1.2.11.4, §3.2.2.3.6.
            ErrorClass::PacketTooLarge => Self::PacketTooLarge,
        }
    }
}

/// The code of the CONNACK that a Server answers with while the connection is not yet accepted, MQTT 5.0 §4.13.1,
/// [MQTT-4.12.0-4].
impl From<&DecodeError> for ConnackReason {
    fn from(error: &DecodeError) -> Self {
        if closer_code(error.kind()) == Some(DisconnectReason::TopicNameInvalid) {
            return Self::TopicNameInvalid;
        }
        match error.class() {
            ErrorClass::MalformedPacket => Self::MalformedPacket,
            ErrorClass::ProtocolError => Self::ProtocolError,
            ErrorClass::PacketTooLarge => Self::PacketTooLarge,
        }
    }
}

impl From<DecodeError> for DisconnectReason {
    fn from(error: DecodeError) -> Self {
        Self::from(&error)
    }
}

impl From<DecodeError> for ConnackReason {
    fn from(error: DecodeError) -> Self {
        Self::from(&error)
    }
}

/// The code that is closer to what is wrong than that of its class, if there is one: §4.13.1; 0x94 in §3.3.4.
///
/// # Conformance
///
/// The tables describe 0x8F and 0x90 as answers to topics that are well-formed and not accepted all the same; they say
/// better than 0x82 what is wrong with an ill-formed one, and no sentence names another.
const fn closer_code(kind: ErrorKind) -> Option<DisconnectReason> {
    match kind {
        ErrorKind::PropertyValue {
            id: PropertyId::TopicAlias,
            ..
        } => Some(DisconnectReason::TopicAliasInvalid),
        ErrorKind::EmptyTopicName | ErrorKind::WildcardInTopicName { .. } => {
            Some(DisconnectReason::TopicNameInvalid)
        }
        ErrorKind::EmptyTopicFilter
        | ErrorKind::MultiLevelWildcard
        | ErrorKind::SingleLevelWildcard
        | ErrorKind::EmptyShareName
        | ErrorKind::WildcardInShareName
        | ErrorKind::NoShareFilter => Some(DisconnectReason::TopicFilterInvalid),
        _ => None,
    }
}

impl DecodeError {
    /// The code of the DISCONNECT to send before closing; `None` in 3.1.1 and 3.1, where one can only close,
    /// 3.1.1 [MQTT-4.8.0-1].
    #[must_use]
    pub fn answer(&self) -> Option<DisconnectReason> {
        match self.version() {
            Version::V5_0 => Some(self.into()),
            Version::V3_1_1 | Version::V3_1 => None,
        }
    }
}
