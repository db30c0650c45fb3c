//! The nine tables of reason codes, one enum per packet, in the order of the specification's tables.
//!
//! Names are those of MQTT 5.0 Table 2-6, senders those of the packets' own tables.

use crate::reason::reason_codes;

reason_codes! {
    /// The Connect Reason Codes of CONNACK, MQTT 5.0 §3.2.2.2, Table 3-1.
    pub enum ConnackReason in Connack {
        0x00 Success "Success" Server "The Client is connected.",
        0x80 UnspecifiedError "Unspecified error" Server "The Server refuses the connection and does not say why, or has no closer code.",
        0x81 MalformedPacket "Malformed Packet" Server "The Server could not decode the CONNECT packet.",
        0x82 ProtocolError "Protocol Error" Server "The CONNECT packet could be decoded but breaks a rule of the protocol.",
        0x83 ImplementationSpecificError "Implementation specific error" Server "The CONNECT packet is valid, but this Server does not accept it for reasons of its own.",
        0x84 UnsupportedProtocolVersion "Unsupported Protocol Version" Server "The Server does not speak the protocol version that the Client asked for.",
        0x85 ClientIdentifierNotValid "Client Identifier not valid" Server "The Client Identifier is a proper string that the Server does not allow.",
        0x86 BadUserNameOrPassword "Bad User Name or Password" Server "The Server does not accept the User Name or the Password.",
        0x87 NotAuthorized "Not authorized" Server "The Client is not allowed to connect; many servers answer so to a wrong password, too.",
        0x88 ServerUnavailable "Server unavailable" Server "The MQTT service of this Server is not available.",
        0x89 ServerBusy "Server busy" Server "The Server is overloaded; the Client may try again later.",
        0x8A Banned "Banned" Server "An administrator has barred this Client.",
        0x8C BadAuthenticationMethod "Bad authentication method" Server "The authentication method is unsupported or is not the one in use.",
        0x90 TopicNameInvalid "Topic Name invalid" Server "The Will Topic is well formed, but this Server does not accept it.",
        0x95 PacketTooLarge "Packet too large" Server "The CONNECT packet is larger than the Server allows.",
        0x97 QuotaExceeded "Quota exceeded" Server "A limit set by the implementation or by an administrator is exceeded.",
        0x99 PayloadFormatInvalid "Payload format invalid" Server "The Will Payload does not match its Payload Format Indicator.",
        0x9A RetainNotSupported "Retain not supported" Server "Will Retain was set, but the Server keeps no retained messages.",
        0x9B QosNotSupported "QoS not supported" Server "The Will QoS is higher than the Server supports.",
        0x9C UseAnotherServer "Use another server" Server "The Client should use another Server for now; a Server Reference may say which.",
        0x9D ServerMoved "Server moved" Server "The Client should use another Server from now on; a Server Reference may say which.",
        0x9F ConnectionRateExceeded "Connection rate exceeded" Server "Connections are being opened at too high a rate.",
    }
}

reason_codes! {
    /// The PUBACK Reason Codes, MQTT 5.0 §3.4.2.1, Table 3-4.
    pub enum PubackReason in Puback {
        0x00 Success "Success" Either "The QoS 1 message is accepted and its publication continues.",
        0x10 NoMatchingSubscribers "No matching subscribers" Server "The message is accepted, but nobody is subscribed to its topic.",
        0x80 UnspecifiedError "Unspecified error" Either "The receiver refuses the message and does not say why, or has no closer code.",
        0x83 ImplementationSpecificError "Implementation specific error" Either "The PUBLISH packet is valid, but this receiver will not take it.",
        0x87 NotAuthorized "Not authorized" Either "The sender of the PUBLISH is not allowed to publish this message.",
        0x90 TopicNameInvalid "Topic Name invalid" Either "The Topic Name is well formed, but this receiver does not accept it.",
        0x91 PacketIdentifierInUse "Packet Identifier in use" Either "The Packet Identifier is in use already; the two sides may hold different Session States.",
        0x97 QuotaExceeded "Quota exceeded" Either "A limit set by the implementation or by an administrator is exceeded.",
        0x99 PayloadFormatInvalid "Payload format invalid" Either "The payload does not match its Payload Format Indicator.",
    }
}

reason_codes! {
    /// The PUBREC Reason Codes, MQTT 5.0 §3.5.2.1, Table 3-5.
    pub enum PubrecReason in Pubrec {
        0x00 Success "Success" Either "The QoS 2 message is accepted and its publication continues.",
        0x10 NoMatchingSubscribers "No matching subscribers" Server "The message is accepted, but nobody is subscribed to its topic.",
        0x80 UnspecifiedError "Unspecified error" Either "The receiver refuses the message and does not say why, or has no closer code.",
        0x83 ImplementationSpecificError "Implementation specific error" Either "The PUBLISH packet is valid, but this receiver will not take it.",
        0x87 NotAuthorized "Not authorized" Either "The sender of the PUBLISH is not allowed to publish this message.",
        0x90 TopicNameInvalid "Topic Name invalid" Either "The Topic Name is well formed, but this receiver does not accept it.",
        0x91 PacketIdentifierInUse "Packet Identifier in use" Either "The Packet Identifier is in use already; the two sides may hold different Session States.",
        0x97 QuotaExceeded "Quota exceeded" Either "A limit set by the implementation or by an administrator is exceeded.",
        0x99 PayloadFormatInvalid "Payload format invalid" Either "The payload does not match its Payload Format Indicator.",
    }
}

reason_codes! {
    /// The PUBREL Reason Codes, MQTT 5.0 §3.6.2.1, Table 3-6.
    pub enum PubrelReason in Pubrel {
        0x00 Success "Success" Either "The message is released; the QoS 2 exchange continues.",
        0x92 PacketIdentifierNotFound "Packet Identifier not found" Either "The PUBREC named an unknown Packet Identifier: harmless during recovery, otherwise the Session States differ.",
    }
}

reason_codes! {
    /// The PUBCOMP Reason Codes, MQTT 5.0 §3.7.2.1, Table 3-7.
    pub enum PubcompReason in Pubcomp {
        0x00 Success "Success" Either "The Packet Identifier is released; the QoS 2 exchange is complete.",
        0x92 PacketIdentifierNotFound "Packet Identifier not found" Either "The PUBREL named an unknown Packet Identifier: harmless during recovery, otherwise the Session States differ.",
    }
}

reason_codes! {
    /// The SUBACK Reason Codes, one per Topic Filter, MQTT 5.0 §3.9.3, Table 3-8.
    pub enum SubackReason in Suback {
        0x00 GrantedQos0 "Granted QoS 0" Server "The subscription is accepted; messages come at QoS 0 at most, which may be lower than asked for.",
        0x01 GrantedQos1 "Granted QoS 1" Server "The subscription is accepted; messages come at QoS 1 at most, which may be lower than asked for.",
        0x02 GrantedQos2 "Granted QoS 2" Server "The subscription is accepted; messages of any QoS are sent on.",
        0x80 UnspecifiedError "Unspecified error" Server "The Server refuses the subscription and does not say why, or has no closer code.",
        0x83 ImplementationSpecificError "Implementation specific error" Server "The SUBSCRIBE packet is valid, but this Server does not accept it.",
        0x87 NotAuthorized "Not authorized" Server "The Client is not allowed to make this subscription.",
        0x8F TopicFilterInvalid "Topic Filter invalid" Server "The Topic Filter is well formed, but not allowed for this Client.",
        0x91 PacketIdentifierInUse "Packet Identifier in use" Server "The Packet Identifier is in use already.",
        0x97 QuotaExceeded "Quota exceeded" Server "A limit set by the implementation or by an administrator is exceeded.",
        0x9E SharedSubscriptionsNotSupported "Shared Subscriptions not supported" Server "The Server does not offer Shared Subscriptions to this Client.",
        0xA1 SubscriptionIdentifiersNotSupported "Subscription Identifiers not supported" Server "The Server does not offer Subscription Identifiers; the subscription is refused.",
        0xA2 WildcardSubscriptionsNotSupported "Wildcard Subscriptions not supported" Server "The Server does not offer Wildcard Subscriptions; the subscription is refused.",
    }
}

reason_codes! {
    /// The UNSUBACK Reason Codes, one per Topic Filter, MQTT 5.0 §3.11.3, Table 3-9.
    pub enum UnsubackReason in Unsuback {
        0x00 Success "Success" Server "The subscription is removed.",
        0x11 NoSubscriptionExisted "No subscription existed" Server "The Client had no subscription with this Topic Filter.",
        0x80 UnspecifiedError "Unspecified error" Server "The Server could not remove the subscription and does not say why, or has no closer code.",
        0x83 ImplementationSpecificError "Implementation specific error" Server "The UNSUBSCRIBE packet is valid, but this Server does not accept it.",
        0x87 NotAuthorized "Not authorized" Server "The Client is not allowed to unsubscribe.",
        0x8F TopicFilterInvalid "Topic Filter invalid" Server "The Topic Filter is well formed, but not allowed for this Client.",
        0x91 PacketIdentifierInUse "Packet Identifier in use" Server "The Packet Identifier is in use already.",
    }
}

reason_codes! {
    /// The Disconnect Reason Codes, MQTT 5.0 §3.14.2.1, Table 3-10.
    ///
    /// # Conformance
    ///
    /// Table 2-6 lists 0x8C Bad authentication method for DISCONNECT, Table 3-10 does not: it is accepted and written,
    /// from either side. Table 3-10 gives 0x9B QoS not supported to the Server, §3.3.4 has a Client send it: accepted
    /// and written, from either side.
    pub enum DisconnectReason in Disconnect {
        0x00 NormalDisconnection "Normal disconnection" Either "The connection is closed in good order; sent by the Client, it makes the Server discard the Will Message.",
        0x04 DisconnectWithWillMessage "Disconnect with Will Message" Client "The Client closes the connection but wants its Will Message to be published.",
        0x80 UnspecifiedError "Unspecified error" Either "The connection is closed and the sender does not say why, or has no closer code.",
        0x81 MalformedPacket "Malformed Packet" Either "A packet was received that could not be decoded.",
        0x82 ProtocolError "Protocol Error" Either "A packet was received that breaks a rule of the protocol or is out of order.",
        0x83 ImplementationSpecificError "Implementation specific error" Either "A packet was received that is valid, but that this implementation cannot process.",
        0x87 NotAuthorized "Not authorized" Server "The Client is not allowed to do what it asked for.",
        0x89 ServerBusy "Server busy" Server "The Server is overloaded and drops this Client.",
        0x8B ServerShuttingDown "Server shutting down" Server "The Server is shutting down.",
        0x8C BadAuthenticationMethod "Bad authentication method" Either "The authentication method is unsupported or is not the one in use; Table 2-6 has this code in DISCONNECT, Table 3-10 has not.",
        0x8D KeepAliveTimeout "Keep Alive timeout" Server "Nothing was received for one and a half times the Keep Alive time.",
        0x8E SessionTakenOver "Session taken over" Server "A client with the same Client Identifier has connected.",
        0x8F TopicFilterInvalid "Topic Filter invalid" Server "The Topic Filter is well formed, but the Server does not accept it.",
        0x90 TopicNameInvalid "Topic Name invalid" Either "The Topic Name is well formed, but the sender of this packet does not accept it.",
        0x93 ReceiveMaximumExceeded "Receive Maximum exceeded" Either "More QoS 1 and QoS 2 messages were sent unacknowledged than Receive Maximum allows.",
        0x94 TopicAliasInvalid "Topic Alias invalid" Either "A Topic Alias was 0 or above the Topic Alias Maximum.",
        0x95 PacketTooLarge "Packet too large" Either "A packet was larger than the Maximum Packet Size.",
        0x96 MessageRateTooHigh "Message rate too high" Either "Messages arrive at too high a rate.",
        0x97 QuotaExceeded "Quota exceeded" Either "A limit set by the implementation or by an administrator is exceeded.",
        0x98 AdministrativeAction "Administrative action" Either "An administrator closed the connection.",
        0x99 PayloadFormatInvalid "Payload format invalid" Either "A payload does not match its Payload Format Indicator.",
        0x9A RetainNotSupported "Retain not supported" Server "The Client set RETAIN although the Server keeps no retained messages.",
        0x9B QosNotSupported "QoS not supported" Either "A message had a QoS above the announced Maximum QoS; Table 3-10 gives this code to the Server, §3.3.4 has a Client send it.",
        0x9C UseAnotherServer "Use another server" Server "The Client should use another Server for now; a Server Reference may say which.",
        0x9D ServerMoved "Server moved" Server "The Client should use another Server from now on; a Server Reference may say which.",
        0x9E SharedSubscriptionsNotSupported "Shared Subscriptions not supported" Server "The Client asked for a Shared Subscription, which the Server does not offer.",
        0x9F ConnectionRateExceeded "Connection rate exceeded" Server "Connections are being opened at too high a rate.",
        0xA0 MaximumConnectTime "Maximum connect time" Server "The time granted to this connection is over.",
        0xA1 SubscriptionIdentifiersNotSupported "Subscription Identifiers not supported" Server "The Client used a Subscription Identifier, which the Server does not offer.",
        0xA2 WildcardSubscriptionsNotSupported "Wildcard Subscriptions not supported" Server "The Client used a Wildcard Subscription, which the Server does not offer.",
    }
}

reason_codes! {
    /// The Authenticate Reason Codes, MQTT 5.0 §3.15.2.1, Table 3-11.
    pub enum AuthReason in Auth {
        0x00 Success "Success" Server "Re-authentication is complete.",
        0x18 ContinueAuthentication "Continue authentication" Either "The authentication continues with another step.",
        0x19 ReAuthenticate "Re-authenticate" Client "The Client starts a re-authentication.",
    }
}
