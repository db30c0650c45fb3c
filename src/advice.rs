//! What follows from a code, and what to do: one sentence each for every code of every packet in every version.
//!
//! The codes' own tables tell what a code means; this tells what the two sides do next (MQTT 5.0 §4.3, §4.13) and what
//! helps the person who reads it.
//!
//! ```
//! use mqtt_reason::{PacketType, Version, advice};
//!
//! let advice = advice::of(Version::V5_0, PacketType::Pubrec, 0x87).unwrap();
//! assert!(advice.consequence.contains("no PUBREL follows"));
//! assert!(advice::of(Version::V5_0, PacketType::Pubrel, 0x87).is_none());
//! ```

use crate::packet_type::{PacketType, Version};
use crate::reason::ReasonCode;
use crate::v3::{ConnackReturnCode, SubackReturnCode};

/// What follows from a code, and what to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Advice {
    /// What both sides do next, in a sentence.
    pub consequence: &'static str,
    /// What to do, in a sentence; empty where there is nothing to do.
    pub action: &'static str,
}

impl Advice {
    /// Whether all goes on as everybody expects, so that nothing need be said.
    #[must_use]
    pub const fn is_routine(&self) -> bool {
        self.action.is_empty()
    }
}

/// What follows from `code` in `packet`, `None` if the packet has no such code in this version.
#[must_use]
pub fn of(version: Version, packet: PacketType, code: u8) -> Option<Advice> {
    let (consequence, action) = match version {
        Version::V5_0 => {
            ReasonCode::from_u8(code)?.meaning_in(packet)?;
            (consequence(packet, code), action(packet, code))
        }
        Version::V3_1_1 | Version::V3_1 => match packet {
            PacketType::Connack => {
                let code = ConnackReturnCode::from_u8(code)?;
                (v3_consequence(code), v3_action(code))
            }
            PacketType::Suback => {
                let code = SubackReturnCode::from_u8(code)?;
                match code.is_error() {
                    true => (
                        "This subscription does not exist; the connection and the other subscriptions stay.",
                        "Ask the administrator which topic filters this client may subscribe to; 3.1.1 has no code that says more.",
                    ),
                    false => (
                        "Messages that match the topic filter are sent, at this QoS at most.",
                        "",
                    ),
                }
            }
            _ => return None,
        },
    };
    Some(Advice {
        consequence,
        action,
    })
}

/// What an acknowledgement without a code means in 3.1.1 and 3.1, where a Server cannot say that it refuses a message.
pub const V3_PUBLISH: &str = "3.1.1 and 3.1 have no code for a refused message: a server that does not allow a PUBLISH \
     acknowledges it as usual or closes the connection [MQTT-3.3.5-2].";

/// What both sides do after this code in 5.0.
const fn consequence(packet: PacketType, code: u8) -> &'static str {
    use PacketType as P;
    match (packet, code) {
        (P::Connack, 0x00) => {
            "The connection is open; the limits in the properties hold from here on."
        }
        (P::Connack, _) => {
            "The server closes the connection and sends nothing more [MQTT-3.2.2-7]."
        }
        (P::Puback, 0x00) => "The Packet Identifier is free again.",
        (P::Puback, 0x10) => {
            "The message is delivered to nobody; the Packet Identifier is free again."
        }
        (P::Puback, _) => {
            "The message is refused, the Packet Identifier is free; the connection stays open."
        }
        (P::Pubrec, 0x00) => "PUBREL must follow.",
        (P::Pubrec, 0x10) => "PUBREL must follow as after success: 0x10 is no failure.",
        (P::Pubrec, _) => {
            "The message is refused: no PUBREL follows, the Packet Identifier is free [MQTT-4.3.3-4]; the connection stays open."
        }
        (P::Pubrel, 0x00) => "PUBCOMP must follow.",
        (P::Pubrel, _) => "PUBCOMP must follow all the same; the connection stays open.",
        (P::Pubcomp, 0x00) => "The Packet Identifier is free again; the exchange is complete.",
        (P::Pubcomp, _) => "The Packet Identifier is free again; the connection stays open.",
        (P::Suback, 0x00..=0x02) => {
            "Messages that match the topic filter are sent, at this QoS at most."
        }
        (P::Suback, _) => {
            "This subscription does not exist; the connection and the other subscriptions stay."
        }
        (P::Unsuback, 0x00 | 0x11) => "No more messages are sent for this topic filter.",
        (P::Unsuback, _) => "The subscription stays as it was; the connection stays open.",
        (P::Disconnect, 0x00) => {
            "The connection is closed; sent by the client, it makes the server discard the Will Message [MQTT-3.14.4-3]."
        }
        (P::Disconnect, 0x04) => {
            "The connection is closed, and the server publishes the Will Message."
        }
        (P::Disconnect, _) => {
            "The connection is closed and nothing more is sent on it [MQTT-3.14.4-1]; the server publishes the Will Message, if there is one."
        }
        (P::Auth, 0x18) => "The other side answers with AUTH, or the connection ends.",
        (P::Auth, 0x19) => {
            "The server answers with AUTH: 0x18 for another step, 0x00 when it is done."
        }
        (P::Auth, _) => "The connection goes on.",
        _ => "",
    }
}

/// What to do about this code in 5.0.
const fn action(packet: PacketType, code: u8) -> &'static str {
    use PacketType as P;
    match (packet, code) {
        (_, 0x00..=0x02) => "",
        (P::Disconnect, 0x04) => "Nothing, if the Will Message was to be published.",
        (P::Puback | P::Pubrec, 0x10) => {
            "Nothing; if somebody should have got the message, compare the topic with the subscriptions, letter by letter."
        }
        (P::Unsuback, 0x11) => {
            "Nothing; if a subscription was expected, compare the topic filter with that of SUBSCRIBE: the Session may be a new one."
        }
        (P::Auth, _) => "",
        (_, 0x80) => "Look into the server's log, and at the Reason String if there is one.",
        (P::Disconnect, 0x81) => {
            "Look at the last packets that the other side had sent: one of them could not be decoded."
        }
        (_, 0x81) => {
            "Look at the bytes of the CONNECT: `mqtt-reason decode` says what is wrong with them."
        }
        (P::Disconnect, 0x82) => {
            "Look at the last packets that the other side had sent: one of them is not allowed there."
        }
        (_, 0x82) => "Look at the CONNECT: it breaks a rule, or was not the first packet.",
        (_, 0x83) => "Look into the server's log and manual: the rule is the implementation's own.",
        (_, 0x84) => "Connect again with 3.1.1 (level 4).",
        (_, 0x85) => {
            "Choose another Client Identifier: letters and digits, at most 23, or an empty one with Clean Start; some servers want a certain one."
        }
        (_, 0x86) => {
            "Check user name and password; trying again with the same ones is refused again."
        }
        (P::Connack, 0x87) => {
            "Check user name and password first: many servers answer so to a wrong password, too; then the client's permissions, its Client Identifier and its certificate."
        }
        (P::Suback, 0x87) => {
            "Check in the server's access rules whether this client may subscribe to the topic filter."
        }
        (P::Disconnect, 0x87) => {
            "Check the server's access rules for what the client did last: a publish, a subscription, or the permission to be connected."
        }
        (P::Unsuback, 0x87) => "Check the server's access rules for this topic filter.",
        (_, 0x87) => {
            "Check in the server's access rules whether the sender may publish to the topic."
        }
        (_, 0x88 | 0x89 | 0x8B) => {
            "Connect again later, after a delay that grows with every attempt."
        }
        (_, 0x8A) => "Ask the administrator; connecting again is refused again.",
        (_, 0x8C) => {
            "Use an authentication method that the server offers, the same in all packets of the connection."
        }
        (_, 0x8D) => {
            "Send PINGREQ when nothing else was sent for the Keep Alive time, or use a longer one; CONNACK can have set another (Server Keep Alive)."
        }
        (_, 0x8E) => {
            "Another connection uses the same Client Identifier: give every client one of its own, and do not reconnect at once, or the two take over from each other for ever."
        }
        (_, 0x8F) => {
            "Correct the topic filter: # only at the end and alone in its level, + alone in its level, not empty."
        }
        (_, 0x90) => "Correct the topic: no # and +, not empty, and what the server's rules allow.",
        (_, 0x91) => {
            "Use another Packet Identifier; if that happens after a reconnect, the two sides hold different Session States: start with Clean Start."
        }
        (_, 0x92) => {
            "Nothing during recovery after a reconnect; otherwise the two sides hold different Session States."
        }
        (_, 0x93) => {
            "Wait for acknowledgements: no more unacknowledged QoS 1 and 2 messages than Receive Maximum."
        }
        (_, 0x94) => {
            "Use Topic Aliases from 1 to the Topic Alias Maximum of the other side, which is 0 if it is not announced."
        }
        (_, 0x95) => {
            "Do not send the same packet again, it is refused again: keep to the Maximum Packet Size of the other side, or ask for a larger one."
        }
        (_, 0x96) => "Send more slowly.",
        (_, 0x97) => {
            "Do not repeat it at once: a limit has to be raised, or something has to be freed first."
        }
        (_, 0x98) => "Ask the administrator; connect again later.",
        (_, 0x99) => {
            "Do not send the same again: set Payload Format Indicator 1 only if the payload is UTF-8."
        }
        (_, 0x9A) => {
            "Send without RETAIN; CONNACK says whether the server keeps retained messages (Retain Available)."
        }
        (_, 0x9B) => "Use a lower QoS: at most the Maximum QoS of CONNACK.",
        (_, 0x9C) => "Connect to another server for now; Server Reference may name it.",
        (_, 0x9D) => "Connect to another server from now on; Server Reference may name it.",
        (_, 0x9E) => "Subscribe without $share/.",
        (_, 0x9F) => "Connect less often: wait longer between attempts.",
        (_, 0xA0) => "Connect again.",
        (_, 0xA1) => "Subscribe without Subscription Identifier.",
        (_, 0xA2) => "Subscribe without # and +.",
        _ => "",
    }
}

/// What both sides do after this return code in 3.x.
const fn v3_consequence(code: ConnackReturnCode) -> &'static str {
    match code {
        ConnackReturnCode::Accepted => "The connection is open.",
        _ => "The server closes the connection [MQTT-3.2.2-5].",
    }
}

/// What to do about this return code in 3.x.
const fn v3_action(code: ConnackReturnCode) -> &'static str {
    match code {
        ConnackReturnCode::Accepted => "",
        ConnackReturnCode::UnacceptableProtocolVersion => {
            "Connect with another version: 3.1.1 (level 4) is the one that almost every server speaks."
        }
        ConnackReturnCode::IdentifierRejected => {
            "Choose another Client Identifier: letters and digits, 1 to 23, or an empty one with Clean Session 1 in 3.1.1."
        }
        ConnackReturnCode::ServerUnavailable => {
            "Connect again later, after a delay that grows with every attempt."
        }
        ConnackReturnCode::BadUserNameOrPassword => {
            "Check user name and password; trying again with the same ones is refused again."
        }
        ConnackReturnCode::NotAuthorized => {
            "Check user name and password first: many servers answer so to a wrong password, too; then the client's permissions, its Client Identifier and its certificate."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_consequence_and_every_failure_an_action() {
        for meaning in ReasonCode::table() {
            let advice = of(Version::V5_0, meaning.packet, meaning.code.as_u8()).unwrap();
            assert!(advice.consequence.ends_with('.'), "{meaning:?}");
            if meaning.code.is_error() {
                assert!(advice.action.ends_with('.'), "{meaning:?}");
            }
        }
        for version in [Version::V3_1_1, Version::V3_1] {
            for code in 1..=5 {
                assert!(!of(version, PacketType::Connack, code).unwrap().is_routine());
            }
            assert!(of(version, PacketType::Connack, 6).is_none());
            assert!(!of(version, PacketType::Suback, 0x80).unwrap().is_routine());
            assert!(of(version, PacketType::Puback, 0).is_none());
        }
        assert!(of(Version::V5_0, PacketType::Pubrel, 0x87).is_none());
        assert!(of(Version::V5_0, PacketType::Puback, 0x93).is_none());
    }

    #[test]
    fn after_pubrec_the_code_tells_whether_pubrel_follows() {
        let says = |code| {
            of(Version::V5_0, PacketType::Pubrec, code)
                .unwrap()
                .consequence
        };
        assert!(says(0x00).contains("PUBREL must follow"));
        assert!(says(0x10).contains("PUBREL must follow"));
        assert!(says(0x80).contains("no PUBREL follows"));
    }
}
