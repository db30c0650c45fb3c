//! The table of spellings: prefixes that libraries put before the specification's names, and names of their own.
//!
//! Each was looked up in the source or the documentation of the release that is named.

use super::{Means, Prefix, Spelling};

/// Rows of prefixes: who, in which release, and the prefixes.
macro_rules! prefixes {
    ($($library:literal $release:literal [$($text:literal),+ $(,)?])+) => {
        /// Prefixes of the specification's names; one that fits is taken off.
        pub static PREFIXES: &[Prefix] = &[
            $($(
                Prefix {
                    text: $text,
                    library: $library,
                    release: $release,
                },
            )+)+
        ];
    };
}

prefixes! {
    "mosquitto" "2.1.2" [
        "MQTT_RC_",
    ]
    "paho.mqtt.c" "1.3.15" [
        "MQTTREASONCODE_",
    ]
    "paho.mqtt.java, mqttv5" "1.2.5" [
        "RETURN_CODE_",
    ]
    "wolfMQTT" "1.7" [
        "MQTT_REASON_",
    ]
    "coreMQTT" "5.0.2" [
        "MQTT_REASON_CONNACK_", "MQTT_REASON_PUBACK_", "MQTT_REASON_PUBREC_", "MQTT_REASON_PUBREL_",
        "MQTT_REASON_PUBCOMP_", "MQTT_REASON_SUBACK_", "MQTT_REASON_UNSUBACK_", "MQTT_REASON_DISCONNECT_",
    ]
    "CODESYS MQTT Client SL" "1.9.0.0" [
        "MQTT_REASON_CODE.",
    ]
    "aws-c-mqtt" "0.16.2" [
        "AWS_MQTT5_CRC_", "AWS_MQTT5_DRC_", "AWS_MQTT5_PARC_", "AWS_MQTT5_SARC_", "AWS_MQTT5_UARC_",
    ]
    "AWS CRT for Node.js" "mqtt5" [
        "mqtt5.ConnectReasonCode.", "mqtt5.DisconnectReasonCode.", "mqtt5.PubackReasonCode.",
        "mqtt5.SubackReasonCode.", "mqtt5.UnsubackReasonCode.",
    ]
    "ESP-IDF" "esp-mqtt 1.1.0" [
        "MQTT5_",
    ]
    "FactoryTalk View SE" "16.00" [
        "MqttConnection", "MqttSubscription", "MqttDisconnection",
    ]
    "MQTTnet" "5.2.0" [
        "MqttClientConnectResultCode.", "MqttClientDisconnectReason.", "MqttClientDisconnectOptionsReason.",
        "MqttClientPublishReasonCode.", "MqttClientSubscribeResultCode.", "MqttClientUnsubscribeResultCode.",
        "MqttApplicationMessageReceivedReasonCode.", "MqttConnectReasonCode.", "MqttDisconnectReasonCode.",
        "MqttPubAckReasonCode.", "MqttPubRecReasonCode.", "MqttPubRelReasonCode.", "MqttPubCompReasonCode.",
        "MqttSubscribeReasonCode.", "MqttUnsubscribeReasonCode.", "MqttAuthenticateReasonCode.",
    ]
    "HiveMQ MQTT Client" "1.4.0" [
        "Mqtt5ConnAckReasonCode.", "Mqtt5PubAckReasonCode.", "Mqtt5PubRecReasonCode.", "Mqtt5PubRelReasonCode.",
        "Mqtt5PubCompReasonCode.", "Mqtt5SubAckReasonCode.", "Mqtt5UnsubAckReasonCode.", "Mqtt5DisconnectReasonCode.",
        "Mqtt5AuthReasonCode.",
    ]
    "HiveMQ Extension SDK" "4.53.0" [
        "ConnackReasonCode.", "DisconnectedReasonCode.", "AckReasonCode.", "SubackReasonCode.", "UnsubackReasonCode.",
        "PubrelReasonCode.", "PubcompReasonCode.", "AuthReasonCode.",
    ]
    "HiveMQ Extension SDK, AWS CRT" "4.53.0" [
        "DisconnectReasonCode.",
    ]
    "rumqttc" "0.25.1" [
        "ConnectReturnCode::", "DisconnectReasonCode::", "PubAckReason::", "PubRecReason::", "PubRelReason::",
        "PubCompReason::", "SubscribeReasonCode::", "UnsubAckReason::", "AuthReasonCode::",
    ]
    "emqtt, EMQX" "1.15.4" [
        "RC_", "?RC_",
    ]
    "Qt MQTT" "6.9" [
        "QMqtt::ReasonCode::",
    ]
    "Unreal Engine" "5.7" [
        "EMQTTReasonCode::",
    ]
    "usual prefixes" "" [
        "ReasonCode.", "ReasonCodes.", "REASON_CODE_", "ConnectReasonCode.", "PubackReasonCode.", "MQTT_REASON_CODE_",
    ]
}

/// Rows of the table: who, in which release, a prefix, what kind of code, and the names with their values.
macro_rules! spellings {
    ($($library:literal $release:literal $prefix:literal $Means:ident { $($name:literal $value:literal),+ $(,)? })+) => {
        /// Names that differ from the specification's in more than a prefix and usual abbreviations, and all names of
        /// the codes of 3.1.1 and 3.1.
        pub static SPELLINGS: &[Spelling] = &[
            $($(
                Spelling {
                    text: concat!($prefix, $name),
                    library: $library,
                    release: $release,
                    means: Means::$Means($value),
                },
            )+)+
        ];
    };
}

spellings! {
    "mosquitto" "2.1.2" "MQTT_RC_" Reason {
        "DISCONNECT_WITH_WILL_MSG" 0x04, "UNSPECIFIED" 0x80, "IMPLEMENTATION_SPECIFIC" 0x83, "CLIENTID_NOT_VALID" 0x85,
    }
    "paho.mqtt.c" "1.3.15" "MQTTREASONCODE_" Reason { "NO_SUBSCRIPTION_FOUND" 0x11 }
    "paho.mqtt.python" "2.1.0" "" Reason { "No subscription found" 0x11 }
    "ESP-IDF" "esp-mqtt 1.1.0" "MQTT5_" Reason {
        "NORMAL_DISCONNECT" 0x00, "DISCONNECT_WITH_WILL" 0x04, "IMPLEMENT_SPECIFIC_ERROR" 0x83,
        "UNSUPPORTED_PROTOCOL_VER" 0x84, "INVALID_CLIENT_ID" 0x85, "BAD_USERNAME_OR_PWD" 0x86,
        "RETAIN_NOT_SUPPORT" 0x9A, "QOS_NOT_SUPPORT" 0x9B, "SHARED_SUBSCR_NOT_SUPPORTED" 0x9E,
        "SUBSCRIBE_IDENTIFIER_NOT_SUPPORT" 0xA1, "WILDCARD_SUBSCRIBE_NOT_SUPPORT" 0xA2,
    }
    "FactoryTalk View SE" "16.00" "MqttConnection" Reason {
        "AdministrativeAction" 0x98, "BadAuthenticationMethod" 0x8C, "BadUserNameOrPassword" 0x86, "Banned" 0x8A,
        "ClientIdentifierNotValid" 0x85, "ImplementationSpecificError" 0x83, "KeepAliveTimeout" 0x8D,
        "MalformedPacket" 0x81, "MaximumConnectTime" 0xA0, "NotAuthorized" 0x87, "PacketIdentifierInUse" 0x91,
        "PacketTooLarge" 0x95, "PayloadFormatInvalid" 0x99, "ProtocolError" 0x82, "QoSNotSupported" 0x9B,
        "QuotaExceeded" 0x97, "RateExceeded" 0x9F, "ReceiveMaximumExceeded" 0x93, "RetainNotSupported" 0x9A,
        "ServerBusy" 0x89, "ServerMoved" 0x9D, "ServerShuttingDown" 0x8B, "ServerUnavailable" 0x88,
        "SessionTakenOver" 0x8E, "Success" 0x00, "TopicNameInvalid" 0x90, "UnspecifiedError" 0x80,
        "UnsupportedProtocolVersion" 0x84, "UseAnotherServer" 0x9C,
    }
    "FactoryTalk View SE" "16.00" "MqttSubscription" Reason { "IdentifiersNotSupported" 0xA1 }
    "FactoryTalk View SE" "16.00" "MqttDisconnection" Reason { "Normal" 0x00 }
    "Netty" "4.1" "CONNECTION_REFUSED_" Reason {
        "UNSPECIFIED_ERROR" 0x80, "MALFORMED_PACKET" 0x81, "PROTOCOL_ERROR" 0x82, "IMPLEMENTATION_SPECIFIC" 0x83,
        "UNSUPPORTED_PROTOCOL_VERSION" 0x84, "CLIENT_IDENTIFIER_NOT_VALID" 0x85, "BAD_USERNAME_OR_PASSWORD" 0x86,
        "NOT_AUTHORIZED_5" 0x87, "SERVER_UNAVAILABLE_5" 0x88, "SERVER_BUSY" 0x89, "BANNED" 0x8A,
        "BAD_AUTHENTICATION_METHOD" 0x8C, "TOPIC_NAME_INVALID" 0x90, "PACKET_TOO_LARGE" 0x95, "QUOTA_EXCEEDED" 0x97,
        "PAYLOAD_FORMAT_INVALID" 0x99, "RETAIN_NOT_SUPPORTED" 0x9A, "QOS_NOT_SUPPORTED" 0x9B,
        "USE_ANOTHER_SERVER" 0x9C, "SERVER_MOVED" 0x9D, "CONNECTION_RATE_EXCEEDED" 0x9F,
    }
    "wolfMQTT" "1.7" "MQTT_REASON_" Reason {
        "ADMIN_ACTION" 0x98, "DISCONNECT_W_WILL_MSG" 0x04, "NO_MATCH_SUB" 0x10, "NO_SUB_EXIST" 0x11, "CONT_AUTH" 0x18, "REAUTH" 0x19,
        "UNSPECIFIED_ERR" 0x80, "PROTOCOL_ERR" 0x82, "IMPL_SPECIFIC_ERR" 0x83, "UNSUP_PROTO_VER" 0x84,
        "CLIENT_ID_NOT_VALID" 0x85, "BAD_USER_OR_PASS" 0x86, "SERVER_UNAVAILABLE" 0x88, "RX_MAX_EXCEEDED" 0x93,
        "MSG_RATE_TOO_HIGH" 0x96, "SS_NOT_SUPPORTED" 0x9E, "CON_RATE_EXCEED" 0x9F, "MAX_CON_TIME" 0xA0,
        "SUB_ID_NOT_SUP" 0xA1, "WILDCARD_SUB_NOT_SUP" 0xA2,
    }
    "log texts" "" "" Reason {
        "unspecified" 0x80, "implementation specific" 0x83, "malformed" 0x81, "session taken" 0x8E, "taken over" 0x8E, "takeover" 0x8E, "session takeover" 0x8E,
        "exceeded timeout" 0x8D, "keepalive timeout" 0x8D, "wrong password" 0x86, "bad credentials" 0x86,
        "quota" 0x97, "oversize packet" 0x95, "no matching subscribers" 0x10, "packet id in use" 0x91,
        "not authorised" 0x87, "malformed packet" 0x81, "duplicate client id" 0x8E,
    }
    "mosquitto, paho.mqtt.python" "2.1.2, 2.1.0" "CONNACK_" V3Connack {
        "ACCEPTED" 0, "REFUSED_PROTOCOL_VERSION" 1, "REFUSED_IDENTIFIER_REJECTED" 2, "REFUSED_SERVER_UNAVAILABLE" 3,
        "REFUSED_BAD_USERNAME_PASSWORD" 4, "REFUSED_NOT_AUTHORIZED" 5,
    }
    "mosquitto, paho.mqtt.python" "2.1.2, 2.1.0" "Connection Refused: " V3Connack {
        "unacceptable protocol version." 1, "identifier rejected." 2, "broker unavailable." 3,
        "bad user name or password." 4, "not authorised." 5,
    }
    "PubSubClient" "2.8" "MQTT_CONNECT_" V3Connack {
        "BAD_PROTOCOL" 1, "BAD_CLIENT_ID" 2, "UNAVAILABLE" 3, "BAD_CREDENTIALS" 4, "UNAUTHORIZED" 5,
    }
    "PubSubClient" "2.8" "MQTT_" V3Connack { "CONNECTED" 0 }
    "ESP-IDF" "esp-mqtt 1.1.0" "MQTT_CONNECTION_" V3Connack {
        "ACCEPTED" 0, "REFUSE_PROTOCOL" 1, "REFUSE_ID_REJECTED" 2, "REFUSE_SERVER_UNAVAILABLE" 3,
        "REFUSE_BAD_USERNAME" 4, "REFUSE_NOT_AUTHORIZED" 5,
    }
    "Netty" "4.1" "CONNECTION_" V3Connack {
        "ACCEPTED" 0, "REFUSED_UNACCEPTABLE_PROTOCOL_VERSION" 1, "REFUSED_IDENTIFIER_REJECTED" 2,
        "REFUSED_SERVER_UNAVAILABLE" 3, "REFUSED_BAD_USER_NAME_OR_PASSWORD" 4, "REFUSED_NOT_AUTHORIZED" 5,
    }
    "lwIP" "2.2.1" "MQTT_CONNECT_REFUSED_" V3Connack {
        "PROTOCOL_VERSION" 1, "IDENTIFIER" 2, "SERVER" 3, "USERNAME_PASS" 4, "NOT_AUTHORIZED_" 5,
    }
    "lwIP" "2.2.1" "MQTT_CONNECT_" V3Connack { "ACCEPTED" 0 }
    "ArduinoMqttClient" "0.1.8" "MQTT_" V3Connack { "BAD_USER_NAME_OR_PASSWORD" 4 }
    "log texts" "" "MqttConnection" V3Connack { "UnacceptableProtocolVersion" 1, "IdentifierRejected" 2 }
    "log texts" "" "MQTT_CONNECT_" V3Connack { "BAD_AUTHENTICATION" 4 }
    "AsyncMqttClient, ArduinoMqttClient" "0.9.0, 0.1.8" "MQTT_" V3Connack {
        "UNACCEPTABLE_PROTOCOL_VERSION" 1, "IDENTIFIER_REJECTED" 2, "SERVER_UNAVAILABLE" 3,
        "MALFORMED_CREDENTIALS" 4, "NOT_AUTHORIZED" 5,
    }
    "arduino-mqtt" "2.5.3" "LWMQTT_" V3Connack {
        "CONNECTION_ACCEPTED" 0, "UNACCEPTABLE_PROTOCOL" 1, "IDENTIFIER_REJECTED" 2, "SERVER_UNAVAILABLE" 3,
        "BAD_USERNAME_OR_PASSWORD" 4, "NOT_AUTHORIZED" 5,
    }
    "paho.mqtt.java, mqttv3" "1.2.5" "REASON_CODE_" V3Connack {
        "INVALID_PROTOCOL_VERSION" 1, "INVALID_CLIENT_ID" 2, "BROKER_UNAVAILABLE" 3, "FAILED_AUTHENTICATION" 4,
        "NOT_AUTHORIZED" 5,
    }
    "MQTTnet" "5.2.0" "ConnectionRefused" V3Connack {
        "UnacceptableProtocolVersion" 1, "IdentifierRejected" 2, "ServerUnavailable" 3, "BadUsernameOrPassword" 4,
        "NotAuthorized" 5,
    }
    "rumqttc" "0.25.1" "AuthReasonCode::" Reason { "Continue" 0x18, "ReAuthentivate" 0x19 }
    "rumqttc" "0.25.1" "ConnectReturnCode::" V3Connack {
        "Success" 0,
        "RefusedProtocolVersion" 1, "BadClientId" 2, "ServiceUnavailable" 3, "BadUserNamePassword" 4,
        "NotAuthorized" 5,
    }
    "mqtt_client (Dart)" "10.11.9" "MqttConnectReturnCode." V3Connack {
        "connectionAccepted" 0, "unacceptedProtocolVersion" 1, "identifierRejected" 2, "brokerUnavailable" 3,
        "badUsernameOrPassword" 4, "notAuthorized" 5,
    }
    "Unreal Engine" "5.7" "" V3Connack {
        "RefusedProtocolVersion" 1, "RefusedIdentifierRejected" 2, "RefusedServerUnavailable" 3,
        "RefusedBadUsernamePassword" 4, "RefusedNotAuthorized" 5,
    }
    "log texts" "" "" V3Connack {
        "unacceptable protocol version" 1, "unacceptable protocol level" 1, "identifier rejected" 2,
        "server unavailable" 3, "broker unavailable" 3, "bad user name or password" 4, "wrong password" 4,
        "not authorized" 5, "connection accepted" 0,
    }
    "log texts" "" "" V3Suback { "subscription refused" 0x80, "subscribe failure" 0x80, "failure" 0x80 }
    "paho.mqtt.python" "2.1.0" "MQTT_ERR_" Library {
        "AGAIN" -1, "NOMEM" 1, "PROTOCOL" 2, "INVAL" 3, "NO_CONN" 4, "CONN_REFUSED" 5, "NOT_FOUND" 6, "CONN_LOST" 7,
        "TLS" 8, "PAYLOAD_SIZE" 9, "NOT_SUPPORTED" 10, "AUTH" 11, "ACL_DENIED" 12, "UNKNOWN" 13, "ERRNO" 14,
        "QUEUE_SIZE" 15, "KEEPALIVE" 16,
    }
    "mosquitto" "2.1.2" "MOSQ_ERR_" Library {
        "QUOTA_EXCEEDED" -6, "AUTH_DELAYED" -5, "AUTH_CONTINUE" -4, "NO_SUBSCRIBERS" -3, "SUB_EXISTS" -2,
        "CONN_PENDING" -1, "NOMEM" 1, "PROTOCOL" 2, "INVAL" 3, "NO_CONN" 4, "CONN_REFUSED" 5, "NOT_FOUND" 6,
        "CONN_LOST" 7, "TLS" 8, "PAYLOAD_SIZE" 9, "NOT_SUPPORTED" 10, "AUTH" 11, "ACL_DENIED" 12, "UNKNOWN" 13,
        "ERRNO" 14, "EAI" 15, "PROXY" 16, "PLUGIN_DEFER" 17, "MALFORMED_UTF8" 18, "KEEPALIVE" 19, "LOOKUP" 20,
        "MALFORMED_PACKET" 21, "DUPLICATE_PROPERTY" 22, "TLS_HANDSHAKE" 23, "QOS_NOT_SUPPORTED" 24,
        "OVERSIZE_PACKET" 25, "OCSP" 26, "TIMEOUT" 27, "ALREADY_EXISTS" 31, "PLUGIN_IGNORE" 32, "HTTP_BAD_ORIGIN" 33,
    }
    "mosquitto" "2.0.22" "MOSQ_ERR_" Library {
        "RETAIN_NOT_SUPPORTED" 28, "TOPIC_ALIAS_INVALID" 29, "ADMINISTRATIVE_ACTION" 30,
    }
    "mosquitto" "2.1.2" "MOSQ_ERR_" Reason {
        "UNSPECIFIED" 0x80, "IMPLEMENTATION_SPECIFIC" 0x83, "UNSUPPORTED_PROTOCOL_VERSION" 0x84,
        "CLIENT_IDENTIFIER_NOT_VALID" 0x85, "BAD_USERNAME_OR_PASSWORD" 0x86, "SERVER_UNAVAILABLE" 0x88,
        "SERVER_BUSY" 0x89, "BANNED" 0x8A, "SERVER_SHUTTING_DOWN" 0x8B, "BAD_AUTHENTICATION_METHOD" 0x8C,
        "SESSION_TAKEN_OVER" 0x8E, "TOPIC_FILTER_INVALID" 0x8F, "TOPIC_NAME_INVALID" 0x90, "PACKET_ID_IN_USE" 0x91,
        "PACKET_ID_NOT_FOUND" 0x92, "RECEIVE_MAXIMUM_EXCEEDED" 0x93, "TOPIC_ALIAS_INVALID" 0x94,
        "MESSAGE_RATE_TOO_HIGH" 0x96, "ADMINISTRATIVE_ACTION" 0x98, "PAYLOAD_FORMAT_INVALID" 0x99,
        "RETAIN_NOT_SUPPORTED" 0x9A, "USE_ANOTHER_SERVER" 0x9C, "SERVER_MOVED" 0x9D, "SHARED_SUBS_NOT_SUPPORTED" 0x9E,
        "CONNECTION_RATE_EXCEEDED" 0x9F, "MAXIMUM_CONNECT_TIME" 0xA0, "SUBSCRIPTION_IDS_NOT_SUPPORTED" 0xA1,
        "WILDCARD_SUBS_NOT_SUPPORTED" 0xA2,
    }
    "PubSubClient" "2.8" "MQTT_" Library {
        "CONNECTION_TIMEOUT" -4, "CONNECTION_LOST" -3, "CONNECT_FAILED" -2, "DISCONNECTED" -1,
    }
    "paho.mqtt.c" "1.3.15" "MQTTASYNC_" Library {
        "FAILURE" -1, "PERSISTENCE_ERROR" -2, "DISCONNECTED" -3, "MAX_MESSAGES_INFLIGHT" -4, "BAD_UTF8_STRING" -5,
        "NULL_PARAMETER" -6, "TOPICNAME_TRUNCATED" -7, "BAD_STRUCTURE" -8, "BAD_QOS" -9, "NO_MORE_MSGIDS" -10,
        "OPERATION_INCOMPLETE" -11, "MAX_BUFFERED_MESSAGES" -12, "SSL_NOT_SUPPORTED" -13, "BAD_PROTOCOL" -14,
        "BAD_MQTT_OPTION" -15, "WRONG_MQTT_VERSION" -16, "0_LEN_WILL_TOPIC" -17, "COMMAND_IGNORED" -18,
        "MAX_BUFFERED" -19,
    }
    "paho.mqtt.c" "1.3.15" "MQTTCLIENT_" Library {
        "FAILURE" -1, "DISCONNECTED" -3, "MAX_MESSAGES_INFLIGHT" -4, "BAD_UTF8_STRING" -5, "NULL_PARAMETER" -6,
        "TOPICNAME_TRUNCATED" -7, "BAD_STRUCTURE" -8, "BAD_QOS" -9, "SSL_NOT_SUPPORTED" -10, "BAD_MQTT_VERSION" -11,
        "BAD_PROTOCOL" -14, "BAD_MQTT_OPTION" -15, "WRONG_MQTT_VERSION" -16, "0_LEN_WILL_TOPIC" -17,
    }
    "paho.mqtt.java" "1.2.5" "REASON_CODE_" Library {
        "CLIENT_EXCEPTION" 0, "UNEXPECTED_ERROR" 6, "CLIENT_TIMEOUT" 32000, "NO_MESSAGE_IDS_AVAILABLE" 32001,
        "WRITE_TIMEOUT" 32002, "CLIENT_CONNECTED" 32100, "CLIENT_ALREADY_DISCONNECTED" 32101,
        "CLIENT_DISCONNECTING" 32102, "SERVER_CONNECT_ERROR" 32103, "CLIENT_NOT_CONNECTED" 32104,
        "SOCKET_FACTORY_MISMATCH" 32105, "SSL_CONFIG_ERROR" 32106, "CLIENT_DISCONNECT_PROHIBITED" 32107,
        "INVALID_MESSAGE" 32108, "CONNECTION_LOST" 32109, "CONNECT_IN_PROGRESS" 32110, "CLIENT_CLOSED" 32111,
        "TOKEN_INUSE" 32201, "MAX_INFLIGHT" 32202, "DISCONNECTED_BUFFER_FULL" 32203, "SERVER_DISCONNECTED" 32204,
        "INVALID_TOPIC_ALAS" 32301, "UNKNOWN_TOPIC_ALIAS" 32302, "INVALID_IDENTIFIER" 50000,
        "INVALID_RETURN_CODE" 50001, "MALFORMED_PACKET" 50002, "UNSUPPORTED_PROTOCOL_VERSION" 50003,
        "INVALID_TOPIC_ALAS" 50004, "DUPLICATE_PROPERTY" 50005, "INCOMING_PACKET_TOO_LARGE" 51001,
        "OUTGOING_PACKET_TOO_LARGE" 51002,
    }
    "paho.mqtt.java, mqttv3" "1.2.5" "REASON_CODE_" V3Suback {
        "SUBSCRIBE_FAILED" 0x80,
    }
    "coreMQTT" "5.0.2" "MQTT" Library {
        "BadParameter" 1, "NoMemory" 2, "SendFailed" 3, "RecvFailed" 4, "BadResponse" 5, "ServerRefused" 6,
        "NoDataAvailable" 7, "IllegalState" 8, "StateCollision" 9, "KeepAliveTimeout" 10, "NeedMoreBytes" 11,
        "EndOfProperties" 12, "StatusConnected" 13, "StatusNotConnected" 14, "StatusDisconnectPending" 15,
        "PublishStoreFailed" 16, "PublishRetrieveFailed" 17, "EventCallbackFailed" 18,
    }
    "lwIP" "2.2.1" "MQTT_CONNECT_" Library {
        "DISCONNECTED" 256, "TIMEOUT" 257,
    }
    "ArduinoMqttClient" "0.1.8" "MQTT_" Library {
        "CONNECTION_REFUSED" -2, "CONNECTION_TIMEOUT" -1,
    }
    "AsyncMqttClient" "0.9.0" "" Library {
        "TCP_DISCONNECTED" 0, "ESP8266_NOT_ENOUGH_SPACE" 6, "TLS_BAD_FINGERPRINT" 7,
    }
    "arduino-mqtt" "2.5.3" "LWMQTT_" Library {
        "BUFFER_TOO_SHORT" -1, "VARNUM_OVERFLOW" -2, "NETWORK_FAILED_CONNECT" -3, "NETWORK_TIMEOUT" -4,
        "NETWORK_FAILED_READ" -5, "NETWORK_FAILED_WRITE" -6, "REMAINING_LENGTH_OVERFLOW" -7,
        "REMAINING_LENGTH_MISMATCH" -8, "MISSING_OR_WRONG_PACKET" -9, "CONNECTION_DENIED" -10,
        "FAILED_SUBSCRIPTION" -11, "SUBACK_ARRAY_OVERFLOW" -12, "PONG_TIMEOUT" -13,
    }
    "Unreal Engine" "5.7" "EMQTTConnectReturnCode::" Library {
        "AlreadyConnected" 6, "InvalidURL" 7, "SocketError" 8,
    }
    "mosquitto" "2.1.2" "" Library {
        "Out of memory" 1, "A network protocol error occurred when communicating with the broker" 2,
        "The client is not currently connected" 4, "The connection was refused" 5, "The connection was lost" 7,
        "A TLS error occurred" 8, "Payload too large" 9, "This feature is not supported" 10,
        "Authorisation failed" 11, "Access denied by ACL" 12, "Lookup error" 15, "Proxy error" 16,
        "Malformed UTF-8" 18, "Keepalive exceeded" 19, "TLS handshake failed" 23,
        "Packet larger than supported by the server" 25, "OCSP error" 26,
    }
    "paho.mqtt.python" "2.1.0" "" Library {
        "Message queue full" 15, "Client or broker did not communicate in the keepalive interval" 16,
    }
    "paho.mqtt.java, mqttv5" "1.2.5" "RETURN_CODE_" Reason {
        "MAX_QOS_0" 0x00, "MAX_QOS_1" 0x01, "MAX_QOS_2" 0x02, "MALFORMED_CONTROL_PACKET" 0x81,
        "IDENTIFIER_NOT_VALID" 0x85, "BAD_AUTHENTICATION" 0x8C, "TOPIC_FILTER_NOT_VALID" 0x8F,
        "TOPIC_ALIAS_NOT_ACCEPTED" 0x94, "ADMINISTRITIVE_ACTION" 0x98,
    }
    "Qt MQTT" "6.9" "QMqtt::ReasonCode::" Reason {
        "SubscriptionQoSLevel0" 0x00, "SubscriptionQoSLevel1" 0x01, "SubscriptionQoSLevel2" 0x02,
        "NoMatchingSubscriber" 0x10, "InvalidClientId" 0x85, "InvalidUserNameOrPassword" 0x86,
        "ServerNotAvailable" 0x88, "ClientBanned" 0x8A, "InvalidAuthenticationMethod" 0x8C, "InvalidTopicFilter" 0x8F,
        "InvalidTopicName" 0x90, "MessageIdInUse" 0x91, "MessageIdNotFound" 0x92, "InvalidPayloadFormat" 0x99,
        "ExceededConnectionRate" 0x9F, "WildCardSubscriptionsNotSupported" 0xA2,
    }
    "Qt MQTT" "6.9" "QMqttClient::" V3Connack {
        "InvalidProtocolVersion" 0x01, "IdRejected" 0x02, "ServerUnavailable" 0x03, "BadUsernameOrPassword" 0x04,
        "NotAuthorized" 0x05,
    }
    "Unreal Engine" "5.7" "EMQTTReasonCode::" Reason {
        "DisconnectWithWillMsg" 0x04, "Unspecified" 0x80, "ImplementationSpecific" 0x83,
    }
    "Unreal Engine" "5.7" "EMQTTConnectReturnCode::" V3Connack {
        "Accepted" 0x00, "RefusedProtocolVersion" 0x01, "RefusedIdentifierRejected" 0x02,
        "RefusedServerUnavailable" 0x03, "RefusedBadUsernamePassword" 0x04, "RefusedNotAuthorized" 0x05,
    }
    "rumqttc" "0.25.1" "SubscribeReasonCode::" Reason {
        "Unspecified" 0x80, "ImplementationSpecific" 0x83, "PkidInUse" 0x91, "SubscriptionIdNotSupported" 0xA1,
    }
    "rumqttc" "0.25.1" "ConnectReturnCode::" Reason {
        "BadUserNamePassword" 0x86,
    }
    "emqtt" "1.15.4" "CONNACK_" V3Connack {
        "ACCEPT" 0x00, "PROTO_VER" 0x01, "INVALID_ID" 0x02, "SERVER" 0x03, "CREDENTIALS" 0x04, "AUTH" 0x05,
    }
    "emqtt" "1.15.4" "" V3Connack {
        "connection_accepted" 0x00, "unacceptable_protocol_version" 0x01, "client_identifier_not_valid" 0x02,
        "server_unavailable" 0x03, "malformed_username_or_password" 0x04, "unauthorized_client" 0x05,
    }
    "emqtt" "1.15.4" "" Reason {
        "keepalive_timeout" 0x8D, "packet_identifier_inuse" 0x91,
    }
    "aws-c-mqtt" "0.16.2" "AWS_MQTT_CONNECT_" V3Connack {
        "ACCEPTED" 0x00, "UNACCEPTABLE_PROTOCOL_VERSION" 0x01, "IDENTIFIER_REJECTED" 0x02, "SERVER_UNAVAILABLE" 0x03,
        "BAD_USERNAME_OR_PASSWORD" 0x04, "NOT_AUTHORIZED" 0x05,
    }
    "wolfMQTT" "1.7" "MQTT_CONNECT_ACK_CODE_" V3Connack {
        "ACCEPTED" 0x00, "REFUSED_PROTO" 0x01, "REFUSED_ID" 0x02, "REFUSED_UNAVAIL" 0x03, "REFUSED_BAD_USER_PWD" 0x04,
        "REFUSED_NOT_AUTH" 0x05,
    }
    "HiveMQ MQTT Client" "1.4.0" "Mqtt3ConnAckReturnCode." V3Connack {
        "SUCCESS" 0x00, "UNSUPPORTED_PROTOCOL_VERSION" 0x01, "IDENTIFIER_REJECTED" 0x02, "SERVER_UNAVAILABLE" 0x03,
        "BAD_USER_NAME_OR_PASSWORD" 0x04, "NOT_AUTHORIZED" 0x05,
    }
    "MQTTnet" "5.2.0" "MqttConnectReturnCode." V3Connack {
        "ConnectionAccepted" 0x00, "ConnectionRefusedUnacceptableProtocolVersion" 0x01,
        "ConnectionRefusedIdentifierRejected" 0x02, "ConnectionRefusedServerUnavailable" 0x03,
        "ConnectionRefusedBadUsernameOrPassword" 0x04, "ConnectionRefusedNotAuthorized" 0x05,
    }
    "MQTTnet" "5.2.0" "MqttSubscribeReturnCode." V3Suback {
        "SuccessMaximumQoS0" 0x00, "SuccessMaximumQoS1" 0x01, "SuccessMaximumQoS2" 0x02, "Failure" 0x80,
    }
    "MQTT.js" "5.14.1" "Connection refused: " V3Connack { "Bad username or password" 4 }
    "MQTT.js" "5.14.1" "" V3Connack {
        "Bad username or password" 0x04,
    }
}
