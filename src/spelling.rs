//! How libraries and servers spell the codes, and the numbers that are a library's own.
//!
//! A name in a log is seldom the specification's. [`find`] knows the spellings of the table, the prefixes that
//! libraries put before the specification's names (`MQTT_RC_`, `MqttConnection`), the words they shorten (`ID`, `Auth`)
//! and British spelling. [`NUMBERS`] are error numbers that look like codes and are none.
//!
//! ```
//! use mqtt_reason::spelling::{Means, find};
//!
//! assert!(find("MQTT_RC_CLIENTID_NOT_VALID").any(|found| found.means == Means::Reason(0x85)));
//! assert!(find("MqttConnectionBadUserNameOrPassword").any(|found| found.means == Means::Reason(0x86)));
//! assert!(find("Connection Refused: not authorised.").any(|found| found.means == Means::V3Connack(5)));
//! assert_eq!(find("banana").count(), 0);
//! ```

use crate::packet_type::Version;
use crate::reason::ReasonCode;
use crate::v3::{ConnackReturnCode, SubackReturnCode};

/// A name as somebody writes it, and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Spelling {
    /// The name.
    pub text: &'static str,
    /// Who writes it so.
    pub library: &'static str,
    /// What it means.
    pub means: Means,
}

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Means {
    /// A reason code of 5.0.
    Reason(u8),
    /// A return code of CONNACK in 3.1.1 and 3.1.
    V3Connack(u8),
    /// A return code of SUBACK in 3.1.1 and 3.1.
    V3Suback(u8),
    /// A number of the library itself: one of [`NUMBERS`].
    Library(i32),
}

impl Means {
    /// The version that has the code; `None` for a library's own number.
    #[must_use]
    pub const fn version(self) -> Option<Version> {
        match self {
            Self::Reason(_) => Some(Version::V5_0),
            Self::V3Connack(_) | Self::V3Suback(_) => Some(Version::V3_1_1),
            Self::Library(_) => None,
        }
    }
}

/// A number that a library uses beside MQTT's codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct LibraryNumber {
    /// The number.
    pub number: i32,
    /// Whose number it is.
    pub library: &'static str,
    /// The library's name of it.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub meaning: &'static str,
}

/// A prefix that a library puts before the specification's names of 5.0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Prefix {
    /// The prefix.
    pub text: &'static str,
    /// Who uses it.
    pub library: &'static str,
}

/// Prefixes of the specification's names; the longest that fits is taken off.
pub static PREFIXES: &[Prefix] = &[
    Prefix::new("MQTT_RC_", "mosquitto, and others"),
    Prefix::new("MQTTREASONCODE_", "paho.mqtt.c"),
    Prefix::new("MQTT_REASON_", "wolfMQTT, NanoMQ"),
    Prefix::new("MQTT_REASON_CODE_", "libraries in C"),
    Prefix::new("AWS_MQTT5_CRC_", "aws-c-mqtt, CONNACK"),
    Prefix::new("AWS_MQTT5_DRC_", "aws-c-mqtt, DISCONNECT"),
    Prefix::new("AWS_MQTT5_PARC_", "aws-c-mqtt, PUBACK"),
    Prefix::new("AWS_MQTT5_SARC_", "aws-c-mqtt, SUBACK"),
    Prefix::new("AWS_MQTT5_UARC_", "aws-c-mqtt, UNSUBACK"),
    Prefix::new("MQTT5_", "ESP-IDF"),
    Prefix::new("MqttConnection", "FactoryTalk View"),
    Prefix::new("MqttClientConnectResultCode.", "MQTTnet"),
    Prefix::new("MqttClientDisconnectReason.", "MQTTnet"),
    Prefix::new("MqttClientDisconnectReasonCode.", "MQTTnet"),
    Prefix::new("MqttClientPublishReasonCode.", "MQTTnet"),
    Prefix::new("MqttClientSubscribeResultCode.", "MQTTnet"),
    Prefix::new("MqttClientUnsubscribeResultCode.", "MQTTnet"),
    Prefix::new("MqttConnectReasonCode.", "MQTTnet"),
    Prefix::new("MqttDisconnectReasonCode.", "MQTTnet"),
    Prefix::new("MqttPubAckReasonCode.", "MQTTnet"),
    Prefix::new("MqttPubRecReasonCode.", "MQTTnet"),
    Prefix::new("MqttPubRelReasonCode.", "MQTTnet"),
    Prefix::new("MqttPubCompReasonCode.", "MQTTnet"),
    Prefix::new("MqttSubscribeReasonCode.", "MQTTnet"),
    Prefix::new("MqttUnsubscribeReasonCode.", "MQTTnet"),
    Prefix::new("MqttAuthenticateReasonCode.", "MQTTnet"),
    Prefix::new("Mqtt5ConnAckReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5PubAckReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5PubRecReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5PubRelReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5PubCompReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5SubAckReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5UnsubAckReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5DisconnectReasonCode.", "HiveMQ client"),
    Prefix::new("Mqtt5AuthReasonCode.", "HiveMQ client"),
    Prefix::new("ConnackReasonCode.", "HiveMQ extension"),
    Prefix::new(
        "DisconnectReasonCode.",
        "HiveMQ extension, aws-iot-device-sdk",
    ),
    Prefix::new("DisconnectedReasonCode.", "HiveMQ extension"),
    Prefix::new("AckReasonCode.", "HiveMQ extension"),
    Prefix::new("SubackReasonCode.", "HiveMQ extension, aws-iot-device-sdk"),
    Prefix::new("ConnectReasonCode.", "aws-iot-device-sdk"),
    Prefix::new("PubackReasonCode.", "aws-iot-device-sdk"),
    Prefix::new("UnsubackReasonCode.", "aws-iot-device-sdk"),
    Prefix::new("ConnectReasonCode::", "rumqttc"),
    Prefix::new("ConnectReturnCode::", "rumqttc"),
    Prefix::new("DisconnectReasonCode::", "rumqttc"),
    Prefix::new("PubAckReason::", "rumqttc"),
    Prefix::new("SubscribeReasonCode::", "rumqttc"),
    Prefix::new("RC_", "EMQX"),
    Prefix::new("?RC_", "EMQX"),
    Prefix::new("ReasonCode.", "several"),
    Prefix::new("ReasonCodes.", "several"),
    Prefix::new("REASON_CODE_", "paho.mqtt.java 5.0"),
    Prefix::new("RETURN_CODE_", "paho.mqtt.java 5.0"),
    Prefix::new("QMqtt::ReasonCode::", "Qt MQTT"),
    Prefix::new("EMQTTReasonCode::", "Unreal Engine"),
];

impl Prefix {
    const fn new(text: &'static str, library: &'static str) -> Self {
        Self { text, library }
    }
}

/// Rows of the table: who, a prefix, what kind of code, and the names with their values.
macro_rules! spellings {
    ($($library:literal $prefix:literal $Means:ident { $($name:literal $value:literal),+ $(,)? })+) => {
        /// Names that differ from the specification's in more than a prefix and usual abbreviations, and all names of
        /// the codes of 3.1.1 and 3.1.
        pub static SPELLINGS: &[Spelling] = &[
            $($(
                Spelling {
                    text: concat!($prefix, $name),
                    library: $library,
                    means: Means::$Means($value),
                },
            )+)+
        ];
    };
}

spellings! {
    "mosquitto" "MQTT_RC_" Reason {
        "DISCONNECT_WITH_WILL_MSG" 0x04, "UNSPECIFIED" 0x80, "IMPLEMENTATION_SPECIFIC" 0x83, "CLIENTID_NOT_VALID" 0x85,
    }
    "paho.mqtt.c" "MQTTREASONCODE_" Reason { "NO_SUBSCRIPTION_FOUND" 0x11 }
    "paho.mqtt.python" "" Reason { "No subscription found" 0x11 }
    "aws-c-mqtt" "AWS_MQTT5_DRC_" Reason { "SESSION_TAKEN_OVER" 0x8E, "CONNECTION_RATE_EXCEEDED" 0x9F }
    "ESP-IDF" "MQTT5_" Reason {
        "IMPLEMENT_SPECIFIC_ERROR" 0x83, "UNSUPPORTED_PROTOCOL_VER" 0x84, "INVAILD_CLIENT_ID" 0x85,
        "INVALID_CLIENT_ID" 0x85, "BAD_USERNAME_OR_PWD" 0x86, "TOPIC_FILTER_INVAILD" 0x8F, "TOPIC_NAME_INVAILD" 0x90,
        "TOPIC_ALIAS_INVAILD" 0x94, "PAYLOAD_FORMAT_INVAILD" 0x99, "RETAIN_NOT_SUPPORT" 0x9A, "QOS_NOT_SUPPORT" 0x9B,
        "SHARED_SUBSCR_NOT_SUPPORTED" 0x9E, "SUBSCRIBE_IDENTIFIER_NOT_SUPPORT" 0xA1,
        "WILDCARD_SUBSCRIBE_NOT_SUPPORT" 0xA2,
    }
    "FactoryTalk View" "MqttConnection" Reason {
        "AdministrativeAction" 0x98, "BadAuthenticationMethod" 0x8C, "BadUserNameOrPassword" 0x86, "Banned" 0x8A,
        "ClientIdentifierNotValid" 0x85, "ImplementationSpecificError" 0x83, "KeepAliveTimeout" 0x8D,
        "MalformedPacket" 0x81, "MaximumConnectTime" 0xA0, "NotAuthorized" 0x87, "PacketIdentifierInUse" 0x91,
        "PacketTooLarge" 0x95, "PayloadFormatInvalid" 0x99, "ProtocolError" 0x82, "QoSNotSupported" 0x9B,
        "QuotaExceeded" 0x97,
    }
    "Netty" "CONNECTION_REFUSED_" Reason {
        "UNSPECIFIED_ERROR" 0x80, "MALFORMED_PACKET" 0x81, "PROTOCOL_ERROR" 0x82, "IMPLEMENTATION_SPECIFIC" 0x83,
        "UNSUPPORTED_PROTOCOL_VERSION" 0x84, "CLIENT_IDENTIFIER_NOT_VALID" 0x85, "BAD_USERNAME_OR_PASSWORD" 0x86,
        "NOT_AUTHORIZED_5" 0x87, "SERVER_UNAVAILABLE_5" 0x88, "SERVER_BUSY" 0x89, "BANNED" 0x8A,
        "BAD_AUTHENTICATION_METHOD" 0x8C, "TOPIC_NAME_INVALID" 0x90, "PACKET_TOO_LARGE" 0x95, "QUOTA_EXCEEDED" 0x97,
        "PAYLOAD_FORMAT_INVALID" 0x99, "RETAIN_NOT_SUPPORTED" 0x9A, "QOS_NOT_SUPPORTED" 0x9B,
        "USE_ANOTHER_SERVER" 0x9C, "SERVER_MOVED" 0x9D, "CONNECTION_RATE_EXCEEDED" 0x9F,
    }
    "wolfMQTT" "MQTT_REASON_" Reason {
        "DISCONNECT_W_WILL_MSG" 0x04, "NO_MATCH_SUB" 0x10, "NO_SUB_EXIST" 0x11, "CONT_AUTH" 0x18, "REAUTH" 0x19,
        "UNSPECIFIED_ERR" 0x80, "PROTOCOL_ERR" 0x82, "IMPL_SPECIFIC_ERR" 0x83, "UNSUP_PROTO_VER" 0x84,
        "CLIENT_ID_NOT_VALID" 0x85, "BAD_USER_OR_PASS" 0x86, "SERVER_UNAVAILABLE" 0x88, "RX_MAX_EXCEEDED" 0x93,
        "MSG_RATE_TOO_HIGH" 0x96, "SS_NOT_SUPPORTED" 0x9E, "CON_RATE_EXCEED" 0x9F, "MAX_CON_TIME" 0xA0,
        "SUB_ID_NOT_SUP" 0xA1, "WILDCARD_SUB_NOT_SUP" 0xA2,
    }
    "coreMQTT" "MQTT_REASON_" Reason {
        "CONNACK_NOT_AUTHORIZED" 0x87, "PUBACK_NOT_AUTHORIZED" 0x87, "SUBACK_NOT_AUTHORIZED" 0x87,
        "CONNACK_BAD_USER_NAME_OR_PASSWORD" 0x86, "DISCONNECT_SESSION_TAKEN_OVER" 0x8E,
        "DISCONNECT_KEEP_ALIVE_TIMEOUT" 0x8D,
    }
    "log texts" "" Reason {
        "unspecified" 0x80, "implementation specific" 0x83, "malformed" 0x81, "session taken" 0x8E, "taken over" 0x8E, "takeover" 0x8E, "session takeover" 0x8E,
        "exceeded timeout" 0x8D, "keepalive timeout" 0x8D, "wrong password" 0x86, "bad credentials" 0x86,
        "quota" 0x97, "oversize packet" 0x95, "no matching subscribers" 0x10, "packet id in use" 0x91,
        "not authorised" 0x87, "malformed packet" 0x81, "duplicate client id" 0x8E,
    }
    "paho.mqtt.python, mosquitto" "CONNACK_" V3Connack {
        "ACCEPTED" 0, "REFUSED_PROTOCOL_VERSION" 1, "REFUSED_IDENTIFIER_REJECTED" 2, "REFUSED_SERVER_UNAVAILABLE" 3,
        "REFUSED_BAD_USERNAME_PASSWORD" 4, "REFUSED_NOT_AUTHORIZED" 5,
    }
    "mosquitto, paho.mqtt.python" "Connection Refused: " V3Connack {
        "unacceptable protocol version." 1, "identifier rejected." 2, "broker unavailable." 3,
        "bad user name or password." 4, "not authorised." 5,
    }
    "PubSubClient" "MQTT_CONNECT_" V3Connack {
        "BAD_PROTOCOL" 1, "BAD_CLIENT_ID" 2, "UNAVAILABLE" 3, "BAD_CREDENTIALS" 4, "UNAUTHORIZED" 5,
    }
    "PubSubClient" "MQTT_" V3Connack { "CONNECTED" 0 }
    "ESP-IDF" "MQTT_CONNECTION_" V3Connack {
        "ACCEPTED" 0, "REFUSE_PROTOCOL" 1, "REFUSE_ID_REJECTED" 2, "REFUSE_SERVER_UNAVAILABLE" 3,
        "REFUSE_BAD_USERNAME" 4, "REFUSE_NOT_AUTHORIZED" 5,
    }
    "Netty" "CONNECTION_" V3Connack {
        "ACCEPTED" 0, "REFUSED_UNACCEPTABLE_PROTOCOL_VERSION" 1, "REFUSED_IDENTIFIER_REJECTED" 2,
        "REFUSED_SERVER_UNAVAILABLE" 3, "REFUSED_BAD_USER_NAME_OR_PASSWORD" 4, "REFUSED_NOT_AUTHORIZED" 5,
    }
    "lwIP" "MQTT_CONNECT_REFUSED_" V3Connack {
        "PROTOCOL_VERSION" 1, "IDENTIFIER" 2, "SERVER" 3, "USERNAME_PASS" 4, "NOT_AUTHORIZED_" 5,
    }
    "lwIP" "MQTT_CONNECT_" V3Connack { "ACCEPTED" 0 }
    "Arduino" "MQTT_CONNECT_" V3Connack { "BAD_AUTHENTICATION" 4 }
    "AsyncMqttClient" "MQTT_" V3Connack {
        "UNACCEPTABLE_PROTOCOL_VERSION" 1, "IDENTIFIER_REJECTED" 2, "SERVER_UNAVAILABLE" 3,
        "MALFORMED_CREDENTIALS" 4, "NOT_AUTHORIZED" 5,
    }
    "arduino-mqtt" "LWMQTT_" V3Connack {
        "CONNECTION_ACCEPTED" 0, "UNACCEPTABLE_PROTOCOL" 1, "IDENTIFIER_REJECTED" 2, "SERVER_UNAVAILABLE" 3,
        "BAD_USERNAME_OR_PASSWORD" 4, "NOT_AUTHORIZED" 5,
    }
    "paho.mqtt.java" "REASON_CODE_" V3Connack {
        "INVALID_PROTOCOL_VERSION" 1, "INVALID_CLIENT_ID" 2, "BROKER_UNAVAILABLE" 3, "FAILED_AUTHENTICATION" 4,
        "NOT_AUTHORIZED" 5,
    }
    "MQTTnet" "ConnectionRefused" V3Connack {
        "UnacceptableProtocolVersion" 1, "IdentifierRejected" 2, "ServerUnavailable" 3, "BadUsernameOrPassword" 4,
        "NotAuthorized" 5,
    }
    "rumqttc" "ConnectReturnCode::" V3Connack {
        "RefusedProtocolVersion" 1, "BadClientId" 2, "ServiceUnavailable" 3, "BadUserNamePassword" 4,
        "NotAuthorized" 5,
    }
    "mqtt_client (Dart)" "MqttConnectReturnCode." V3Connack {
        "connectionAccepted" 0, "unacceptedProtocolVersion" 1, "identifierRejected" 2, "brokerUnavailable" 3,
        "badUsernameOrPassword" 4, "notAuthorized" 5,
    }
    "Unreal Engine" "" V3Connack {
        "RefusedProtocolVersion" 1, "RefusedIdentifierRejected" 2, "RefusedServerUnavailable" 3,
        "RefusedBadUsernamePassword" 4, "RefusedNotAuthorized" 5,
    }
    "log texts" "" V3Connack {
        "unacceptable protocol version" 1, "unacceptable protocol level" 1, "identifier rejected" 2,
        "server unavailable" 3, "broker unavailable" 3, "bad user name or password" 4, "wrong password" 4,
        "not authorized" 5, "connection accepted" 0,
    }
    "log texts" "" V3Suback { "subscription refused" 0x80, "subscribe failure" 0x80, "failure" 0x80 }
    "paho.mqtt.python" "MQTT_ERR_" Library {
        "AGAIN" -1, "NOMEM" 1, "PROTOCOL" 2, "INVAL" 3, "NO_CONN" 4, "CONN_REFUSED" 5, "NOT_FOUND" 6, "CONN_LOST" 7,
        "TLS" 8, "PAYLOAD_SIZE" 9, "NOT_SUPPORTED" 10, "AUTH" 11, "ACL_DENIED" 12, "UNKNOWN" 13, "ERRNO" 14,
        "QUEUE_SIZE" 15, "KEEPALIVE" 16,
    }
    "mosquitto" "MOSQ_ERR_" Library {
        "AUTH_CONTINUE" -4, "NO_SUBSCRIBERS" -3, "SUB_EXISTS" -2, "CONN_PENDING" -1, "NOMEM" 1, "PROTOCOL" 2,
        "INVAL" 3, "NO_CONN" 4, "CONN_REFUSED" 5, "NOT_FOUND" 6, "CONN_LOST" 7, "TLS" 8, "PAYLOAD_SIZE" 9,
        "NOT_SUPPORTED" 10, "AUTH" 11, "ACL_DENIED" 12, "UNKNOWN" 13, "ERRNO" 14, "EAI" 15, "PROXY" 16,
        "PLUGIN_DEFER" 17, "MALFORMED_UTF8" 18, "KEEPALIVE" 19, "LOOKUP" 20, "MALFORMED_PACKET" 21,
        "DUPLICATE_PROPERTY" 22, "TLS_HANDSHAKE" 23, "QOS_NOT_SUPPORTED" 24, "OVERSIZE_PACKET" 25, "OCSP" 26,
        "TIMEOUT" 27,
    }
    "PubSubClient" "MQTT_" Library {
        "CONNECTION_TIMEOUT" -4, "CONNECTION_LOST" -3, "CONNECT_FAILED" -2, "DISCONNECTED" -1,
    }
    "paho.mqtt.c" "MQTTASYNC_" Library {
        "FAILURE" -1, "PERSISTENCE_ERROR" -2, "DISCONNECTED" -3, "MAX_MESSAGES_INFLIGHT" -4, "BAD_UTF8_STRING" -5,
        "NULL_PARAMETER" -6, "TOPICNAME_TRUNCATED" -7, "BAD_STRUCTURE" -8, "BAD_QOS" -9, "NO_MORE_MSGIDS" -10,
        "OPERATION_INCOMPLETE" -11, "MAX_BUFFERED_MESSAGES" -12, "SSL_NOT_SUPPORTED" -13, "BAD_PROTOCOL" -14,
        "BAD_MQTT_OPTION" -15, "WRONG_MQTT_VERSION" -16,
    }
    "paho.mqtt.java" "REASON_CODE_" Library {
        "CLIENT_EXCEPTION" 0, "CLIENT_TIMEOUT" 32000, "NO_MESSAGE_IDS_AVAILABLE" 32001, "CLIENT_CONNECTED" 32100,
        "CLIENT_ALREADY_DISCONNECTED" 32101, "CLIENT_DISCONNECTING" 32102, "SERVER_CONNECT_ERROR" 32103,
        "CLIENT_NOT_CONNECTED" 32104, "SOCKET_FACTORY_MISMATCH" 32105, "SSL_CONFIG_ERROR" 32106,
        "CLIENT_DISCONNECT_PROHIBITED" 32107, "INVALID_MESSAGE" 32108, "CONNECTION_LOST" 32109,
        "CONNECT_IN_PROGRESS" 32110, "CLIENT_CLOSED" 32111, "TOKEN_INUSE" 32201, "MAX_INFLIGHT" 32202,
    }
}

/// Rows of numbers: whose, a prefix, and numbers with name and meaning.
macro_rules! numbers {
    ($($library:literal $prefix:literal { $($number:literal $name:literal $meaning:literal),+ $(,)? })+) => {
        /// Numbers that libraries report where a code is expected, but that are none of MQTT.
        pub static NUMBERS: &[LibraryNumber] = &[
            $($(
                LibraryNumber {
                    number: $number,
                    library: $library,
                    name: concat!($prefix, $name),
                    meaning: $meaning,
                },
            )+)+
        ];
    };
}

numbers! {
    "paho.mqtt.python" "MQTT_ERR_" {
        -1 "AGAIN" "The operation is to be tried again.",
        1 "NOMEM" "Out of memory, or disconnected for no known reason.",
        2 "PROTOCOL" "The server sent something that the library does not accept.",
        3 "INVAL" "A function was called with a wrong argument.",
        4 "NO_CONN" "There is no connection.",
        5 "CONN_REFUSED" "The server refused the connection; the code of its CONNACK tells why.",
        6 "NOT_FOUND" "Something was not found.",
        7 "CONN_LOST" "The connection was closed without DISCONNECT: by the server, a second client of the same identifier, or the network.",
        8 "TLS" "A TLS error.",
        9 "PAYLOAD_SIZE" "The payload is too large.",
        10 "NOT_SUPPORTED" "Something that is not supported.",
        11 "AUTH" "Authentication failed.",
        12 "ACL_DENIED" "An access rule refused it.",
        13 "UNKNOWN" "An unknown error.",
        14 "ERRNO" "An error of the operating system; errno tells which.",
        15 "QUEUE_SIZE" "The queue of messages is full.",
        16 "KEEPALIVE" "No PINGRESP came in time: the connection was given up.",
    }
    "libmosquitto" "MOSQ_ERR_" {
        -4 "AUTH_CONTINUE" "The authentication goes on.",
        -3 "NO_SUBSCRIBERS" "Nobody is subscribed.",
        -2 "SUB_EXISTS" "The subscription exists already.",
        -1 "CONN_PENDING" "The connection is being set up.",
        1 "NOMEM" "Out of memory.",
        2 "PROTOCOL" "The other side sent something that breaks the protocol.",
        3 "INVAL" "A function was called with a wrong argument.",
        4 "NO_CONN" "There is no connection.",
        5 "CONN_REFUSED" "The server refused the connection; the code of its CONNACK tells why.",
        6 "NOT_FOUND" "Something was not found.",
        7 "CONN_LOST" "The connection was closed without DISCONNECT.",
        8 "TLS" "A TLS error.",
        9 "PAYLOAD_SIZE" "The payload is too large.",
        10 "NOT_SUPPORTED" "Something that is not supported.",
        11 "AUTH" "Authentication failed.",
        12 "ACL_DENIED" "An access rule refused it.",
        13 "UNKNOWN" "An unknown error.",
        14 "ERRNO" "An error of the operating system; errno tells which.",
        15 "EAI" "The name of the server could not be resolved.",
        16 "PROXY" "The proxy refused.",
        17 "PLUGIN_DEFER" "A plugin leaves the decision to others.",
        18 "MALFORMED_UTF8" "Text is not UTF-8.",
        19 "KEEPALIVE" "No packet came within the Keep Alive time.",
        20 "LOOKUP" "The name of the server could not be resolved.",
        21 "MALFORMED_PACKET" "A packet could not be decoded.",
        22 "DUPLICATE_PROPERTY" "A property occurs twice.",
        23 "TLS_HANDSHAKE" "The TLS handshake failed.",
        24 "QOS_NOT_SUPPORTED" "The server does not support this QoS.",
        25 "OVERSIZE_PACKET" "The packet is larger than the server accepts.",
        26 "OCSP" "The certificate's state could not be checked.",
        27 "TIMEOUT" "It took too long.",
    }
    "PubSubClient" "MQTT_" {
        -4 "CONNECTION_TIMEOUT" "The server did not answer within the Keep Alive time.",
        -3 "CONNECTION_LOST" "The network connection was broken.",
        -2 "CONNECT_FAILED" "The network connection could not be made: wrong address or port, no network, or TLS.",
        -1 "DISCONNECTED" "The client is disconnected.",
    }
    "paho.mqtt.c" "MQTTASYNC_" {
        -1 "FAILURE" "It failed, for no closer reason; often no network connection.",
        -2 "PERSISTENCE_ERROR" "The store of messages failed.",
        -3 "DISCONNECTED" "The client is not connected.",
        -4 "MAX_MESSAGES_INFLIGHT" "Too many messages are under way.",
        -5 "BAD_UTF8_STRING" "Text is not UTF-8.",
        -6 "NULL_PARAMETER" "A function was called with a null pointer.",
        -7 "TOPICNAME_TRUNCATED" "A topic was cut off at a zero character.",
        -8 "BAD_STRUCTURE" "A structure has a wrong identifier or version.",
        -9 "BAD_QOS" "The QoS is none of 0, 1, 2.",
        -10 "NO_MORE_MSGIDS" "All Packet Identifiers are in use.",
        -11 "OPERATION_INCOMPLETE" "The operation was given up.",
        -12 "MAX_BUFFERED_MESSAGES" "Too many messages are waiting.",
        -13 "SSL_NOT_SUPPORTED" "The library was built without TLS.",
        -14 "BAD_PROTOCOL" "The address begins with none of the schemes that the library knows.",
        -15 "BAD_MQTT_OPTION" "An option belongs to another version of MQTT.",
        -16 "WRONG_MQTT_VERSION" "The call belongs to another version of MQTT.",
    }
    "paho.mqtt.java" "REASON_CODE_" {
        32000 "CLIENT_TIMEOUT" "The server did not answer in time.",
        32001 "NO_MESSAGE_IDS_AVAILABLE" "All Packet Identifiers are in use.",
        32100 "CLIENT_CONNECTED" "The client is connected already.",
        32101 "CLIENT_ALREADY_DISCONNECTED" "The client is disconnected already.",
        32102 "CLIENT_DISCONNECTING" "The client is being disconnected.",
        32103 "SERVER_CONNECT_ERROR" "The network connection could not be made.",
        32104 "CLIENT_NOT_CONNECTED" "The client is not connected.",
        32105 "SOCKET_FACTORY_MISMATCH" "The address and the socket factory do not fit together.",
        32106 "SSL_CONFIG_ERROR" "The TLS configuration is wrong.",
        32107 "CLIENT_DISCONNECT_PROHIBITED" "A callback must not disconnect.",
        32108 "INVALID_MESSAGE" "The server sent something that the library does not accept.",
        32109 "CONNECTION_LOST" "The connection was closed without DISCONNECT.",
        32110 "CONNECT_IN_PROGRESS" "The client is being connected.",
        32111 "CLIENT_CLOSED" "The client is closed.",
        32201 "TOKEN_INUSE" "The token is in use.",
        32202 "MAX_INFLIGHT" "Too many messages are under way.",
    }
}

/// What somebody may mean by this name: in any library's spelling, of any version, each meaning once.
///
/// Case, spaces and punctuation do not matter. A name that several versions have is found in all of them.
pub fn find(text: &str) -> impl Iterator<Item = Spelling> {
    let stripped = PREFIXES
        .iter()
        .filter_map(|prefix| Some((prefix, strip(text, prefix.text)?)))
        .max_by_key(|(prefix, _)| prefix.text.len());
    let library = stripped.map_or("MQTT 5.0", |(prefix, _)| prefix.library);
    let name = stripped.map_or(text, |(_, name)| name);
    let in_table = SPELLINGS
        .iter()
        .copied()
        .filter(move |row| same(row.text, text));
    let in_v5 = ReasonCode::table()
        .filter(move |row| same(row.name, name))
        .map(move |row| Spelling {
            text: row.name,
            library,
            means: Means::Reason(row.code.as_u8()),
        });
    // With a prefix of 5.0 it is no name of 3.x.
    let v3_name = if stripped.is_some() { "" } else { text };
    let connack = [crate::v3::Version::V3_1_1, crate::v3::Version::V3_1]
        .into_iter()
        .flat_map(move |version| {
            ConnackReturnCode::ALL
                .iter()
                .map(move |code| (code.name_in(version), code.as_u8()))
        })
        .filter(move |(name, _)| {
            let short = strip(name, "Connection Refused").unwrap_or(name);
            same(name, v3_name) || same(short, v3_name)
        })
        .map(|(name, value)| Spelling {
            text: name,
            library: "MQTT 3.1.1",
            means: Means::V3Connack(value),
        });
    let suback = SubackReturnCode::ALL
        .iter()
        .map(|code| (code.name_in(crate::v3::Version::V3_1_1), code.as_u8()))
        .filter(move |(name, _)| same(name, v3_name))
        .map(|(name, value)| Spelling {
            text: name,
            library: "MQTT 3.1.1",
            means: Means::V3Suback(value),
        });
    // Each meaning once: a row is left out if one before it says the same.
    let mut seen = Seen::default();
    in_table
        .chain(in_v5)
        .chain(connack)
        .chain(suback)
        .filter(move |row| seen.is_new(row.means))
}

/// Meanings that have been found.
#[derive(Default)]
struct Seen {
    means: [Option<Means>; 8],
}

impl Seen {
    fn is_new(&mut self, means: Means) -> bool {
        for place in &mut self.means {
            match place {
                Some(seen) if *seen == means => return false,
                Some(_) => {}
                None => {
                    *place = Some(means);
                    return true;
                }
            }
        }
        true
    }
}

/// What follows the prefix, whatever its case and punctuation.
fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut expected = letters(prefix);
    let mut next = expected.next();
    for (at, byte) in text.bytes().enumerate() {
        let Some(wanted) = next else {
            let rest = text.get(at..)?;
            // A prefix that ends with a separator must have one; a word must not go on.
            let ends = !byte.is_ascii_alphanumeric() || !prefix.ends_with(['_', '.', ':']);
            return (ends && letters(rest).next().is_some()).then_some(rest);
        };
        if byte.is_ascii_alphanumeric() {
            if byte.to_ascii_lowercase() != wanted {
                return None;
            }
            next = expected.next();
        } else if !matches!(byte, b'_' | b'.' | b':' | b' ' | b'-' | b'?') {
            return None;
        }
    }
    None
}

/// Whether two names are the same but for case, punctuation, abbreviations and British spelling.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let mut empty = true;
    let mut other = spelled_out(other);
    let equal = spelled_out(one).all(|letter| {
        empty = false;
        other.next() == Some(letter)
    });
    equal && other.next().is_none() && !empty
}

/// The letters and digits in lower case.
fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
}

/// The letters of all words, each in the specification's spelling.
fn spelled_out(text: &str) -> impl Iterator<Item = u8> + '_ {
    Words { rest: text }.flat_map(|word| letters(usual(word)))
}

/// The words of a name: parted by punctuation, or by a capital letter.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let start = self
            .rest
            .find(|letter: char| letter.is_ascii_alphanumeric())?;
        let rest = self.rest.get(start..)?;
        let bytes = rest.as_bytes();
        let mut end = bytes.len();
        for (at, pair) in bytes.windows(2).enumerate() {
            let &[one, two] = pair else { break };
            let at = at.saturating_add(1);
            // In "QoSNotSupported" QoS is a word.
            let third = bytes.get(at.saturating_add(1)).copied().unwrap_or(b' ');
            let in_qos = rest
                .get(..at)
                .is_some_and(|word| word.eq_ignore_ascii_case("qo"));
            let hump = one.is_ascii_lowercase() && two.is_ascii_uppercase() && !in_qos;
            let after_capitals =
                one.is_ascii_uppercase() && two.is_ascii_uppercase() && third.is_ascii_lowercase();
            if !two.is_ascii_alphanumeric() || hump || after_capitals {
                end = at;
                break;
            }
        }
        let (word, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

/// The specification's spelling of a word.
fn usual(word: &str) -> &str {
    const WORDS: &[(&str, &str)] = &[
        ("id", "identifier"),
        ("ids", "identifier"),
        ("identifiers", "identifier"),
        ("subscription", "subscriptions"),
        ("sub", "subscriptions"),
        ("clientid", "clientidentifier"),
        ("auth", "authentication"),
        ("authorised", "authorized"),
        ("unauthorised", "unauthorized"),
        ("pwd", "password"),
        ("passwd", "password"),
        ("ver", "version"),
        ("msg", "message"),
        ("err", "error"),
        ("subs", "subscriptions"),
        ("subscr", "subscriptions"),
        ("max", "maximum"),
        ("invaild", "invalid"),
        ("unsup", "unsupported"),
        ("proto", "protocol"),
        ("impl", "implementation"),
    ];
    let found = WORDS
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(word));
    found.map_or(word, |(_, long)| long)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(text: &str) -> std::vec::Vec<Means> {
        find(text).map(|found| found.means).collect()
    }

    #[test]
    fn every_row_is_found_as_it_stands() {
        for row in SPELLINGS {
            let means = means(row.text);
            assert!(means.contains(&row.means), "{row:?}: {means:?}");
        }
    }

    #[test]
    fn every_name_of_the_specification_is_found_behind_every_prefix() {
        for prefix in PREFIXES {
            for meaning in ReasonCode::table() {
                let code = Means::Reason(meaning.code.as_u8());
                let name = meaning.name;
                let upper: std::string::String = name
                    .chars()
                    .map(|letter| {
                        if letter.is_ascii_alphanumeric() {
                            letter.to_ascii_uppercase()
                        } else {
                            '_'
                        }
                    })
                    .collect();
                let camel: std::string::String = name
                    .split([' ', '-'])
                    .flat_map(|word| {
                        let (first, rest) = word.split_at(1);
                        first
                            .to_uppercase()
                            .chars()
                            .chain(rest.chars())
                            .collect::<std::vec::Vec<_>>()
                    })
                    .collect();
                for name in [upper, camel, name.into()] {
                    let text = std::format!("{}{name}", prefix.text);
                    assert!(means(&text).contains(&code), "{text}: {:?}", means(&text));
                }
            }
        }
    }

    #[test]
    fn names_stand_for_every_version_that_has_them() {
        assert_eq!(
            means("NotAuthorized"),
            [Means::Reason(0x87), Means::V3Connack(5)]
        );
        assert_eq!(means("session taken over"), [Means::Reason(0x8E)]);
        assert_eq!(
            means("Connection Refused, identifier rejected"),
            [Means::V3Connack(2)]
        );
        assert_eq!(
            means("connection refused: not AUTHORISED"),
            [Means::V3Connack(5)]
        );
        for text in [
            "",
            "...",
            "code",
            "MQTT_RC_",
            "MQTT_RC_BANANA",
            "MqttConnection",
            "authorized",
        ] {
            assert_eq!(means(text), [], "{text}");
        }
    }

    #[test]
    fn numbers_of_libraries_have_a_sentence_each() {
        for row in NUMBERS {
            assert!(row.meaning.ends_with('.'), "{row:?}");
        }
        for row in SPELLINGS {
            if let Means::Library(number @ (i32::MIN..=-1 | 1..)) = row.means {
                assert!(
                    NUMBERS.iter().any(|known| known.number == number),
                    "{row:?}"
                );
            }
        }
    }
}
