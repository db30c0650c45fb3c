//! What the specification puts in tables, typed out again.

use super::Sender;

/// Packet type of CONNACK (R15, R16).
pub(super) const CONNACK: u8 = 2;
/// Packet type of PUBACK.
pub(super) const PUBACK: u8 = 4;
/// Packet type of PUBREC.
pub(super) const PUBREC: u8 = 5;
/// Packet type of PUBREL.
pub(super) const PUBREL: u8 = 6;
/// Packet type of PUBCOMP.
pub(super) const PUBCOMP: u8 = 7;
/// Packet type of SUBACK.
pub(super) const SUBACK: u8 = 9;
/// Packet type of UNSUBACK.
pub(super) const UNSUBACK: u8 = 11;
/// Packet type of DISCONNECT.
pub(super) const DISCONNECT: u8 = 14;
/// Packet type of CONNECT (R15, R16).
pub(super) const CONNECT: u8 = 1;
/// Packet type of PUBLISH (R15, R16).
pub(super) const PUBLISH: u8 = 3;
/// Packet type of SUBSCRIBE (R15, R16).
pub(super) const SUBSCRIBE: u8 = 8;
/// Packet type of UNSUBSCRIBE (R15, R16).
pub(super) const UNSUBSCRIBE: u8 = 10;
/// Packet type of PINGREQ (R15, R16).
pub(super) const PINGREQ: u8 = 12;
/// Packet type of PINGRESP (R15, R16).
pub(super) const PINGRESP: u8 = 13;
/// Packet type of AUTH.
pub(super) const AUTH: u8 = 15;

/// Who may send a code: a column where a statement backs it (R42, R43, R45).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SentBy {
    Client,
    Server,
    Both,
}

impl SentBy {
    /// Whether a packet from this sender may hold the code. An unknown sender may send what either may.
    pub(super) fn allows(self, sender: Option<Sender>) -> bool {
        match (self, sender) {
            (Self::Client, Some(Sender::Server)) | (Self::Server, Some(Sender::Client)) => false,
            (Self::Client | Self::Server | Self::Both, _) => true,
        }
    }
}

/// R40: the codes a packet may hold, and who may send them.
pub(super) fn reason_codes(packet_type: u8) -> &'static [(u8, SentBy)] {
    match packet_type {
        CONNACK => &CONNACK_CODES,
        PUBACK => &PUBACK_CODES,
        PUBREC => &PUBREC_CODES,
        PUBREL => &PUBREL_CODES,
        PUBCOMP => &PUBCOMP_CODES,
        SUBACK => &SUBACK_CODES,
        UNSUBACK => &UNSUBACK_CODES,
        DISCONNECT => &DISCONNECT_CODES,
        AUTH => &AUTH_CODES,
        _ => &[],
    }
}

const CONNACK_CODES: [(u8, SentBy); 22] = [
    (0x00, SentBy::Server), // Success
    (0x80, SentBy::Server), // Unspecified error
    (0x81, SentBy::Server), // Malformed Packet
    (0x82, SentBy::Server), // Protocol Error
    (0x83, SentBy::Server), // Implementation specific error
    (0x84, SentBy::Server), // Unsupported Protocol Version
    (0x85, SentBy::Server), // Client Identifier not valid
    (0x86, SentBy::Server), // Bad User Name or Password
    (0x87, SentBy::Server), // Not authorized
    (0x88, SentBy::Server), // Server unavailable
    (0x89, SentBy::Server), // Server busy
    (0x8A, SentBy::Server), // Banned
    (0x8C, SentBy::Server), // Bad authentication method
    (0x90, SentBy::Server), // Topic Name invalid
    (0x95, SentBy::Server), // Packet too large
    (0x97, SentBy::Server), // Quota exceeded
    (0x99, SentBy::Server), // Payload format invalid
    (0x9A, SentBy::Server), // Retain not supported
    (0x9B, SentBy::Server), // QoS not supported
    (0x9C, SentBy::Server), // Use another server
    (0x9D, SentBy::Server), // Server moved
    (0x9F, SentBy::Server), // Connection rate exceeded
];

const PUBACK_CODES: [(u8, SentBy); 9] = [
    (0x00, SentBy::Both), // Success
    (0x10, SentBy::Both), // No matching subscribers (R45, D21)
    (0x80, SentBy::Both), // Unspecified error
    (0x83, SentBy::Both), // Implementation specific error
    (0x87, SentBy::Both), // Not authorized
    (0x90, SentBy::Both), // Topic Name invalid
    (0x91, SentBy::Both), // Packet Identifier in use
    (0x97, SentBy::Both), // Quota exceeded
    (0x99, SentBy::Both), // Payload format invalid
];

const PUBREC_CODES: [(u8, SentBy); 9] = [
    (0x00, SentBy::Both), // Success
    (0x10, SentBy::Both), // No matching subscribers (R45, D21)
    (0x80, SentBy::Both), // Unspecified error
    (0x83, SentBy::Both), // Implementation specific error
    (0x87, SentBy::Both), // Not authorized
    (0x90, SentBy::Both), // Topic Name invalid
    (0x91, SentBy::Both), // Packet Identifier in use
    (0x97, SentBy::Both), // Quota exceeded
    (0x99, SentBy::Both), // Payload format invalid
];

const PUBREL_CODES: [(u8, SentBy); 2] = [
    (0x00, SentBy::Both), // Success
    (0x92, SentBy::Both), // Packet Identifier not found
];

const PUBCOMP_CODES: [(u8, SentBy); 2] = [
    (0x00, SentBy::Both), // Success
    (0x92, SentBy::Both), // Packet Identifier not found
];

const SUBACK_CODES: [(u8, SentBy); 12] = [
    (0x00, SentBy::Server), // Granted QoS 0
    (0x01, SentBy::Server), // Granted QoS 1
    (0x02, SentBy::Server), // Granted QoS 2
    (0x80, SentBy::Server), // Unspecified error
    (0x83, SentBy::Server), // Implementation specific error
    (0x87, SentBy::Server), // Not authorized
    (0x8F, SentBy::Server), // Topic Filter invalid
    (0x91, SentBy::Server), // Packet Identifier in use
    (0x97, SentBy::Server), // Quota exceeded
    (0x9E, SentBy::Server), // Shared Subscriptions not supported
    (0xA1, SentBy::Server), // Subscription Identifiers not supported
    (0xA2, SentBy::Server), // Wildcard Subscriptions not supported
];

const UNSUBACK_CODES: [(u8, SentBy); 7] = [
    (0x00, SentBy::Server), // Success
    (0x11, SentBy::Server), // No subscription existed
    (0x80, SentBy::Server), // Unspecified error
    (0x83, SentBy::Server), // Implementation specific error
    (0x87, SentBy::Server), // Not authorized
    (0x8F, SentBy::Server), // Topic Filter invalid
    (0x91, SentBy::Server), // Packet Identifier in use
];

/// R42: from either side (D18).
const DISCONNECT_CODES: [(u8, SentBy); 30] = [
    (0x00, SentBy::Both), // Normal disconnection
    (0x04, SentBy::Both), // Disconnect with Will Message
    (0x80, SentBy::Both), // Unspecified error
    (0x81, SentBy::Both), // Malformed Packet
    (0x82, SentBy::Both), // Protocol Error
    (0x83, SentBy::Both), // Implementation specific error
    (0x87, SentBy::Both), // Not authorized
    (0x89, SentBy::Both), // Server busy
    (0x8B, SentBy::Both), // Server shutting down
    (0x8C, SentBy::Both), // Bad authentication method: in Table 2-6 only (R41, D1)
    (0x8D, SentBy::Both), // Keep Alive timeout
    (0x8E, SentBy::Both), // Session taken over
    (0x8F, SentBy::Both), // Topic Filter invalid
    (0x90, SentBy::Both), // Topic Name invalid
    (0x93, SentBy::Both), // Receive Maximum exceeded
    (0x94, SentBy::Both), // Topic Alias invalid
    (0x95, SentBy::Both), // Packet too large
    (0x96, SentBy::Both), // Message rate too high
    (0x97, SentBy::Both), // Quota exceeded
    (0x98, SentBy::Both), // Administrative action
    (0x99, SentBy::Both), // Payload format invalid
    (0x9A, SentBy::Both), // Retain not supported
    (0x9B, SentBy::Both), // QoS not supported (D2)
    (0x9C, SentBy::Both), // Use another server
    (0x9D, SentBy::Both), // Server moved
    (0x9E, SentBy::Both), // Shared Subscriptions not supported
    (0x9F, SentBy::Both), // Connection rate exceeded
    (0xA0, SentBy::Both), // Maximum connect time
    (0xA1, SentBy::Both), // Subscription Identifiers not supported
    (0xA2, SentBy::Both), // Wildcard Subscriptions not supported
];

/// R43.
const AUTH_CODES: [(u8, SentBy); 3] = [
    (0x00, SentBy::Server), // Success
    (0x18, SentBy::Both),   // Continue authentication
    (0x19, SentBy::Client), // Re-authenticate
];

/// R95, R105: the return codes of a 3.1.1 or 3.1 CONNACK; 6 to 255 are reserved.
pub(super) const V3_CONNACK_CODES: [u8; 6] = [
    0x00, // Connection Accepted
    0x01, // unacceptable protocol version
    0x02, // identifier rejected
    0x03, // Server unavailable
    0x04, // bad user name or password
    0x05, // not authorized
];

/// R97, and for 3.1 R104 with D16: the return codes of a 3.1.1 or 3.1 SUBACK.
pub(super) const V3_SUBACK_CODES: [u8; 4] = [
    0x00, // Maximum QoS 0
    0x01, // Maximum QoS 1
    0x02, // Maximum QoS 2
    0x80, // Failure
];

/// The identifier of Session Expiry Interval.
pub(super) const SESSION_EXPIRY_INTERVAL: u8 = 0x11;
/// The identifier of Authentication Method.
pub(super) const AUTHENTICATION_METHOD: u8 = 0x15;
/// The identifier of Reason String.
pub(super) const REASON_STRING: u8 = 0x1F;
/// The identifier of User Property.
pub(super) const USER_PROPERTY: u8 = 0x26;

/// The type of a property's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WireType {
    Byte,
    Two,
    Four,
    Text,
    Pair,
    Binary,
}

/// How often a property may occur in a packet (R66, R67).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Occurs {
    Once,
    AnyNumber,
}

/// Which values of its type a property may have (R70 to R73).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    Any,
    NotZero,
    ZeroOrOne,
}

/// A property in a packet: identifier, type, how often, which values.
pub(super) type PropertyRow = (u8, WireType, Occurs, Rule);

/// R69: the properties a packet may hold.
pub(super) fn property_rows(packet_type: u8) -> &'static [PropertyRow] {
    match packet_type {
        CONNACK => &CONNACK_PROPERTIES,
        PUBACK | PUBREC | PUBREL | PUBCOMP | SUBACK | UNSUBACK => &ACK_PROPERTIES,
        DISCONNECT => &DISCONNECT_PROPERTIES,
        AUTH => &AUTH_PROPERTIES,
        _ => &[],
    }
}

const CONNACK_PROPERTIES: [PropertyRow; 17] = [
    (0x11, WireType::Four, Occurs::Once, Rule::Any), // Session Expiry Interval
    (0x12, WireType::Text, Occurs::Once, Rule::Any), // Assigned Client Identifier
    (0x13, WireType::Two, Occurs::Once, Rule::Any),  // Server Keep Alive
    (0x15, WireType::Text, Occurs::Once, Rule::Any), // Authentication Method
    (0x16, WireType::Binary, Occurs::Once, Rule::Any), // Authentication Data; without a method too (D13)
    (0x1A, WireType::Text, Occurs::Once, Rule::Any),   // Response Information
    (0x1C, WireType::Text, Occurs::Once, Rule::Any),   // Server Reference; with any code (R76, D20)
    (0x1F, WireType::Text, Occurs::Once, Rule::Any),   // Reason String
    (0x21, WireType::Two, Occurs::Once, Rule::NotZero), // Receive Maximum (R70)
    (0x22, WireType::Two, Occurs::Once, Rule::Any),    // Topic Alias Maximum
    (0x24, WireType::Byte, Occurs::Once, Rule::ZeroOrOne), // Maximum QoS (R71)
    (0x25, WireType::Byte, Occurs::Once, Rule::ZeroOrOne), // Retain Available (R73)
    (0x26, WireType::Pair, Occurs::AnyNumber, Rule::Any), // User Property
    (0x27, WireType::Four, Occurs::Once, Rule::NotZero), // Maximum Packet Size (R72)
    (0x28, WireType::Byte, Occurs::Once, Rule::ZeroOrOne), // Wildcard Subscription Available (R73)
    (0x29, WireType::Byte, Occurs::Once, Rule::ZeroOrOne), // Subscription Identifier Available (R73)
    (0x2A, WireType::Byte, Occurs::Once, Rule::ZeroOrOne), // Shared Subscription Available (R73)
];

/// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
const ACK_PROPERTIES: [PropertyRow; 2] = [
    (0x1F, WireType::Text, Occurs::Once, Rule::Any), // Reason String
    (0x26, WireType::Pair, Occurs::AnyNumber, Rule::Any), // User Property
];

const DISCONNECT_PROPERTIES: [PropertyRow; 4] = [
    (0x11, WireType::Four, Occurs::Once, Rule::Any), // Session Expiry Interval
    (0x1C, WireType::Text, Occurs::Once, Rule::Any), // Server Reference; from either side (R76, D20)
    (0x1F, WireType::Text, Occurs::Once, Rule::Any), // Reason String
    (0x26, WireType::Pair, Occurs::AnyNumber, Rule::Any), // User Property
];

const AUTH_PROPERTIES: [PropertyRow; 4] = [
    (0x15, WireType::Text, Occurs::Once, Rule::Any), // Authentication Method
    (0x16, WireType::Binary, Occurs::Once, Rule::Any), // Authentication Data
    (0x1F, WireType::Text, Occurs::Once, Rule::Any), // Reason String
    (0x26, WireType::Pair, Occurs::AnyNumber, Rule::Any), // User Property
];

#[cfg(test)]
mod tests {
    use super::{property_rows, reason_codes};

    #[test]
    fn there_are_96_rows_of_reason_codes_and_37_of_properties() {
        let codes: usize = (0..16).map(|packet| reason_codes(packet).len()).sum();
        let properties: usize = (0..16).map(|packet| property_rows(packet).len()).sum();
        assert_eq!((codes, properties), (96, 37));
    }
}
