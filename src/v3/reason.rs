//! The return codes of 3.1.1 and 3.1.

use crate::reason::code_enum;
use crate::spec::scalar::QoS;
use crate::v3::version::Version;

code_enum! {
    /// The Connect Return Codes of CONNACK, 3.1.1 §3.2.2.3, Table 3.1; 3.1 §3.2.
    ///
    /// # Conformance
    ///
    /// 6 to 255 are reserved: refused, as 5.0 refuses a code outside its table.
    pub enum ConnackReturnCode {
        /// `0x00`: the connection is accepted.
        0x00 Accepted "Connection Accepted",
        /// `0x01`: the Server does not speak the protocol version that the Client asked for.
        0x01 UnacceptableProtocolVersion "Connection Refused, unacceptable protocol version" or "Connection Refused: unacceptable protocol version",
        /// `0x02`: the Server does not allow the Client Identifier.
        0x02 IdentifierRejected "Connection Refused, identifier rejected" or "Connection Refused: identifier rejected",
        /// `0x03`: the MQTT service is not available.
        0x03 ServerUnavailable "Connection Refused, Server unavailable" or "Connection Refused: server unavailable",
        /// `0x04`: the data in the user name or password are malformed; sent for wrong ones, too.
        0x04 BadUserNameOrPassword "Connection Refused, bad user name or password" or "Connection Refused: bad user name or password",
        /// `0x05`: the Client is not authorized to connect.
        0x05 NotAuthorized "Connection Refused, not authorized" or "Connection Refused: not authorized",
    }
}

code_enum! {
    /// The return codes of SUBACK, one per Topic Filter, 3.1.1 §3.9.3; 3.1 §3.9.
    ///
    /// # Conformance
    ///
    /// 3.1 has no failure: 0x80 is read there, but not written.
    pub enum SubackReturnCode {
        /// `0x00`: the subscription is accepted with QoS 0 at most.
        0x00 MaximumQos0 "Success - Maximum QoS 0" or "Granted QoS 0",
        /// `0x01`: the subscription is accepted with QoS 1 at most.
        0x01 MaximumQos1 "Success - Maximum QoS 1" or "Granted QoS 1",
        /// `0x02`: the subscription is accepted with QoS 2 at most.
        0x02 MaximumQos2 "Success - Maximum QoS 2" or "Granted QoS 2",
        /// `0x80`: the subscription is refused.
        0x80 Failure "Failure",
    }
}

impl ConnackReturnCode {
    /// Whether the connection is refused.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Accepted)
    }

    /// The name in the table of `version`; [`name`](Self::name) is that of 3.1.1. `FromStr` reads both.
    #[must_use]
    pub const fn name_in(self, version: Version) -> &'static str {
        match version {
            Version::V3_1_1 => self.name(),
            Version::V3_1 => self.earlier_name(),
        }
    }
}

impl SubackReturnCode {
    /// Whether the subscription is refused.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Failure)
    }

    /// The name in the table of `version`; [`name`](Self::name) is that of 3.1.1. `FromStr` reads both.
    #[must_use]
    pub const fn name_in(self, version: Version) -> &'static str {
        match version {
            Version::V3_1_1 => self.name(),
            Version::V3_1 => self.earlier_name(),
        }
    }

    /// The maximum QoS that the code grants, `None` if it reports a failure.
    #[must_use]
    pub const fn granted_qos(self) -> Option<QoS> {
        match self {
            Self::MaximumQos0 => Some(QoS::AtMostOnce),
            Self::MaximumQos1 => Some(QoS::AtLeastOnce),
            Self::MaximumQos2 => Some(QoS::ExactlyOnce),
            Self::Failure => None,
        }
    }
}
