//! Codes across versions: what a Client of 3.1.1 or 3.1 can be told, and what its codes mean in 5.0.
//!
//! Only CONNACK and SUBACK carry codes in both. For the other packets 3.x has nothing to say: a PUBACK with a failure
//! becomes a plain PUBACK or a closed connection (3.1.1 [MQTT-3.3.5-2]), a Server's DISCONNECT becomes a closed
//! connection, and there is no AUTH.
//!
//! `None` is "no equivalent": a CONNACK that none of the codes fits is not sent, the connection is closed without it
//! (3.1.1 [MQTT-3.2.2-6]).
//!
//! ```
//! use mqtt_reason::{mapping, v3::ConnackReturnCode, v5::ConnackReason};
//!
//! assert_eq!(
//!     mapping::connack_to_v3(ConnackReason::Banned),
//!     Some(ConnackReturnCode::NotAuthorized)
//! );
//! assert_eq!(mapping::connack_to_v3(ConnackReason::RetainNotSupported), None);
//! ```

use crate::v3::reason::{ConnackReturnCode, SubackReturnCode};
use crate::v3::version::Version;
use crate::v5::reason::{ConnackReason, SubackReason};

/// The return code that tells a Client of 3.1.1 or 3.1 what `reason` says, `None` if there is none.
///
/// | 5.0 | 3.1.1, 3.1 | why |
/// |---|---|---|
/// | 0x00 Success | 0 | the same |
/// | 0x84 Unsupported Protocol Version | 1 | the same |
/// | 0x85 Client Identifier not valid | 2 | the same |
/// | 0x86 Bad User Name or Password | 4 | the same |
/// | 0x87 Not authorized | 5 | the same |
/// | 0x88 Server unavailable | 3 | the same |
/// | 0x89 Server busy | 3 | the service is not available now |
/// | 0x8A Banned | 5 | a Client that is barred is not authorized |
/// | 0x97 Quota exceeded | 3 | the service is not available to one more |
/// | 0x9C Use another server | 3 | the service is not available here; the Server Reference is lost |
/// | 0x9D Server moved | 3 | the service is not available here; the Server Reference is lost |
/// | 0x9F Connection rate exceeded | 3 | the service is not available at this rate |
/// | 0x80, 0x81, 0x82, 0x83 | none | no code for errors in general |
/// | 0x8C Bad authentication method | none | no enhanced authentication |
/// | 0x90, 0x99, 0x9A, 0x9B | none | no code for a Will that is not accepted |
/// | 0x95 Packet too large | none | no Maximum Packet Size |
#[must_use]
pub const fn connack_to_v3(reason: ConnackReason) -> Option<ConnackReturnCode> {
    match reason {
        ConnackReason::Success => Some(ConnackReturnCode::Accepted),
        ConnackReason::UnsupportedProtocolVersion => {
            Some(ConnackReturnCode::UnacceptableProtocolVersion)
        }
        ConnackReason::ClientIdentifierNotValid => Some(ConnackReturnCode::IdentifierRejected),
        ConnackReason::BadUserNameOrPassword => Some(ConnackReturnCode::BadUserNameOrPassword),
        ConnackReason::NotAuthorized | ConnackReason::Banned => {
            Some(ConnackReturnCode::NotAuthorized)
        }
        ConnackReason::ServerUnavailable
        | ConnackReason::ServerBusy
        | ConnackReason::QuotaExceeded
        | ConnackReason::UseAnotherServer
        | ConnackReason::ServerMoved
        | ConnackReason::ConnectionRateExceeded => Some(ConnackReturnCode::ServerUnavailable),
        ConnackReason::UnspecifiedError
        | ConnackReason::MalformedPacket
        | ConnackReason::ProtocolError
        | ConnackReason::ImplementationSpecificError
        | ConnackReason::BadAuthenticationMethod
        | ConnackReason::TopicNameInvalid
        | ConnackReason::PacketTooLarge
        | ConnackReason::PayloadFormatInvalid
        | ConnackReason::RetainNotSupported
        | ConnackReason::QosNotSupported => None,
    }
}

/// The reason code of 5.0 that says what a return code of 3.1.1 or 3.1 says; each has one.
#[must_use]
pub const fn connack_to_v5(code: ConnackReturnCode) -> ConnackReason {
    match code {
        ConnackReturnCode::Accepted => ConnackReason::Success,
        ConnackReturnCode::UnacceptableProtocolVersion => ConnackReason::UnsupportedProtocolVersion,
        ConnackReturnCode::IdentifierRejected => ConnackReason::ClientIdentifierNotValid,
        ConnackReturnCode::ServerUnavailable => ConnackReason::ServerUnavailable,
        ConnackReturnCode::BadUserNameOrPassword => ConnackReason::BadUserNameOrPassword,
        ConnackReturnCode::NotAuthorized => ConnackReason::NotAuthorized,
    }
}

/// The return code that tells a Client of 3.1.1 or 3.1 what `reason` says, `None` if there is none.
///
/// | 5.0 | 3.1.1 | 3.1 | why |
/// |---|---|---|---|
/// | 0x00, 0x01, 0x02 Granted QoS | 0, 1, 2 | 0, 1, 2 | the same |
/// | 0x80 and above | 0x80 Failure | none | 3.1.1 has one failure, 3.1 has none |
///
/// A Server of 3.1 answers a refused subscription like a granted one, or closes the connection.
#[must_use]
pub const fn suback_to_v3(reason: SubackReason, version: Version) -> Option<SubackReturnCode> {
    match reason {
        SubackReason::GrantedQos0 => Some(SubackReturnCode::MaximumQos0),
        SubackReason::GrantedQos1 => Some(SubackReturnCode::MaximumQos1),
        SubackReason::GrantedQos2 => Some(SubackReturnCode::MaximumQos2),
        SubackReason::UnspecifiedError
        | SubackReason::ImplementationSpecificError
        | SubackReason::NotAuthorized
        | SubackReason::TopicFilterInvalid
        | SubackReason::PacketIdentifierInUse
        | SubackReason::QuotaExceeded
        | SubackReason::SharedSubscriptionsNotSupported
        | SubackReason::SubscriptionIdentifiersNotSupported
        | SubackReason::WildcardSubscriptionsNotSupported => match version {
            Version::V3_1_1 => Some(SubackReturnCode::Failure),
            Version::V3_1 => None,
        },
    }
}

/// The reason code of 5.0 that says what a return code of 3.1.1 or 3.1 says; each has one.
///
/// A failure becomes 0x80 Unspecified error: 3.1.1 gives no cause.
#[must_use]
pub const fn suback_to_v5(code: SubackReturnCode) -> SubackReason {
    match code {
        SubackReturnCode::MaximumQos0 => SubackReason::GrantedQos0,
        SubackReturnCode::MaximumQos1 => SubackReason::GrantedQos1,
        SubackReturnCode::MaximumQos2 => SubackReason::GrantedQos2,
        SubackReturnCode::Failure => SubackReason::UnspecifiedError,
    }
}

/// ```
/// use mqtt_reason::{v3::ConnackReturnCode, v5::ConnackReason};
///
/// assert_eq!(ConnackReason::from(ConnackReturnCode::NotAuthorized), ConnackReason::NotAuthorized);
/// ```
impl From<ConnackReturnCode> for ConnackReason {
    fn from(code: ConnackReturnCode) -> Self {
        connack_to_v5(code)
    }
}

/// ```
/// use mqtt_reason::{v3::SubackReturnCode, v5::SubackReason};
///
/// assert_eq!(SubackReason::from(SubackReturnCode::Failure), SubackReason::UnspecifiedError);
/// ```
impl From<SubackReturnCode> for SubackReason {
    fn from(code: SubackReturnCode) -> Self {
        suback_to_v5(code)
    }
}
