//! Numbers that are a library's own.

use super::LibraryNumber;

/// Rows of numbers: whose, in which release, a prefix, and numbers with name and meaning.
macro_rules! numbers {
    ($($library:literal $release:literal $prefix:literal { $($number:literal $name:literal $meaning:literal),+ $(,)? })+) => {
        /// Numbers that libraries report where a code is expected, but that are none of MQTT.
        pub static NUMBERS: &[LibraryNumber] = &[
            $($(
                LibraryNumber {
                    number: $number,
                    library: $library,
                    release: $release,
                    name: concat!($prefix, $name),
                    meaning: $meaning,
                },
            )+)+
        ];
    };
}

numbers! {
    "paho.mqtt.python" "2.1.0" "MQTT_ERR_" {
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
    "mosquitto" "2.1.2" "MOSQ_ERR_" {
        -6 "QUOTA_EXCEEDED" "A limit of the server is reached.",
        -5 "AUTH_DELAYED" "The decision on the authentication comes later.",
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
        31 "ALREADY_EXISTS" "It exists already.",
        32 "PLUGIN_IGNORE" "A plugin has no opinion.",
        33 "HTTP_BAD_ORIGIN" "The Origin of the WebSocket request is not allowed.",
    }
    "mosquitto" "2.0.22" "MOSQ_ERR_" {
        28 "RETAIN_NOT_SUPPORTED" "The server keeps no retained messages.",
        29 "TOPIC_ALIAS_INVALID" "The Topic Alias is not allowed.",
        30 "ADMINISTRATIVE_ACTION" "An administrator closed the connection.",
    }
    "PubSubClient" "2.8" "MQTT_" {
        -4 "CONNECTION_TIMEOUT" "The server did not answer within the Keep Alive time.",
        -3 "CONNECTION_LOST" "The network connection was broken.",
        -2 "CONNECT_FAILED" "The network connection could not be made: wrong address or port, no network, or TLS.",
        -1 "DISCONNECTED" "The client is disconnected.",
    }
    "paho.mqtt.c" "1.3.15" "MQTTASYNC_" {
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
        -17 "0_LEN_WILL_TOPIC" "The topic of the Will is empty.",
        -18 "COMMAND_IGNORED" "A connect or disconnect was not done: another was in the queue.",
        -19 "MAX_BUFFERED" "The number of buffered messages must not be 0.",
    }
    "paho.mqtt.c" "1.3.15" "MQTTCLIENT_" {
        -1 "FAILURE" "It failed, for no closer reason; often no network connection.",
        -3 "DISCONNECTED" "The client is not connected.",
        -4 "MAX_MESSAGES_INFLIGHT" "Too many messages are under way.",
        -5 "BAD_UTF8_STRING" "Text is not UTF-8.",
        -6 "NULL_PARAMETER" "A function was called with a null pointer.",
        -7 "TOPICNAME_TRUNCATED" "A topic was cut off at a zero character.",
        -8 "BAD_STRUCTURE" "A structure has a wrong identifier or version.",
        -9 "BAD_QOS" "The QoS is none of 0, 1, 2.",
        -10 "SSL_NOT_SUPPORTED" "The library was built without TLS.",
        -11 "BAD_MQTT_VERSION" "There is no such version of MQTT.",
        -14 "BAD_PROTOCOL" "The address begins with none of the schemes that the library knows.",
        -15 "BAD_MQTT_OPTION" "An option belongs to another version of MQTT.",
        -16 "WRONG_MQTT_VERSION" "The call belongs to another version of MQTT.",
        -17 "0_LEN_WILL_TOPIC" "The topic of the Will is empty.",
    }
    "coreMQTT" "5.0.2" "MQTT" {
        1 "BadParameter" "A function was called with a wrong argument.",
        2 "NoMemory" "A buffer is too small.",
        3 "SendFailed" "Sending failed.",
        4 "RecvFailed" "Receiving failed.",
        5 "BadResponse" "The server sent something that the library does not accept.",
        6 "ServerRefused" "The server refused; the code of its packet tells why.",
        7 "NoDataAvailable" "Nothing was there to receive.",
        8 "IllegalState" "A message is in a state in which this must not be.",
        9 "StateCollision" "The Packet Identifier is in use.",
        10 "KeepAliveTimeout" "No PINGRESP came in time.",
        11 "NeedMoreBytes" "A packet is not all there yet.",
        12 "EndOfProperties" "There are no more properties.",
        13 "StatusConnected" "The client is connected.",
        14 "StatusNotConnected" "The client is not connected.",
        15 "StatusDisconnectPending" "The network failed: the connection has to be closed.",
        16 "PublishStoreFailed" "A message could not be kept.",
        17 "PublishRetrieveFailed" "A message that was kept could not be read.",
        18 "EventCallbackFailed" "The application's callback failed.",
    }
    "lwIP" "2.2.1" "MQTT_CONNECT_" {
        256 "DISCONNECTED" "The connection is closed.",
        257 "TIMEOUT" "The server did not answer in time.",
    }
    "ArduinoMqttClient" "0.1.8" "MQTT_" {
        -2 "CONNECTION_REFUSED" "The network connection could not be made.",
        -1 "CONNECTION_TIMEOUT" "The server did not answer in time.",
    }
    "AsyncMqttClient" "0.9.0" "" {
        0 "TCP_DISCONNECTED" "The network connection was closed.",
        6 "ESP8266_NOT_ENOUGH_SPACE" "There is too little memory for the packet.",
        7 "TLS_BAD_FINGERPRINT" "The server's certificate is another one.",
    }
    "arduino-mqtt" "2.5.3" "LWMQTT_" {
        -1 "BUFFER_TOO_SHORT" "The buffer is too small for the packet.",
        -2 "VARNUM_OVERFLOW" "A length has too many bytes.",
        -3 "NETWORK_FAILED_CONNECT" "The network connection could not be made.",
        -4 "NETWORK_TIMEOUT" "The server did not answer in time.",
        -5 "NETWORK_FAILED_READ" "Receiving failed.",
        -6 "NETWORK_FAILED_WRITE" "Sending failed.",
        -7 "REMAINING_LENGTH_OVERFLOW" "The packet is too long to be sent.",
        -8 "REMAINING_LENGTH_MISMATCH" "The packet is longer or shorter than it says.",
        -9 "MISSING_OR_WRONG_PACKET" "Another packet came than was expected.",
        -10 "CONNECTION_DENIED" "The server refused the connection; the code of its CONNACK tells why.",
        -11 "FAILED_SUBSCRIPTION" "The server refused the subscription.",
        -12 "SUBACK_ARRAY_OVERFLOW" "The SUBACK has more codes than there is room for.",
        -13 "PONG_TIMEOUT" "No PINGRESP came in time.",
    }
    "Unreal Engine" "5.7" "EMQTTConnectReturnCode::" {
        6 "AlreadyConnected" "The client is connected already.",
        7 "InvalidURL" "The address cannot be read.",
        8 "SocketError" "The network connection failed.",
    }
    "paho.mqtt.java" "1.2.5" "REASON_CODE_" {
        0 "CLIENT_EXCEPTION" "An exception in the client: its cause tells which.",
        6 "UNEXPECTED_ERROR" "Something that the library does not expect.",
        32000 "CLIENT_TIMEOUT" "The server did not answer in time.",
        32002 "WRITE_TIMEOUT" "Sending took too long.",
        32203 "DISCONNECTED_BUFFER_FULL" "The buffer of messages for the time without a connection is full.",
        32204 "SERVER_DISCONNECTED" "The server sent DISCONNECT; its code tells why.",
        32301 "INVALID_TOPIC_ALAS" "The Topic Alias is not allowed.",
        32302 "UNKNOWN_TOPIC_ALIAS" "The Topic Alias stands for no topic.",
        50000 "INVALID_IDENTIFIER" "A property identifier that there is not.",
        50001 "INVALID_RETURN_CODE" "A code that the packet does not have.",
        50002 "MALFORMED_PACKET" "A packet could not be decoded.",
        50003 "UNSUPPORTED_PROTOCOL_VERSION" "CONNECT has another protocol name or version.",
        50004 "INVALID_TOPIC_ALAS" "The Topic Alias is not allowed.",
        50005 "DUPLICATE_PROPERTY" "A property occurs twice.",
        51001 "INCOMING_PACKET_TOO_LARGE" "The server sent a larger packet than was announced.",
        51002 "OUTGOING_PACKET_TOO_LARGE" "The packet is larger than the server accepts.",
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
