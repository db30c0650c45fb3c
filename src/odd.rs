//! What is odd about a decoded packet: no statement forbids it, so it is decoded, but the specification describes it
//! otherwise, says that it SHOULD NOT be, or gives it no meaning.
//!
//! ```
//! use mqtt_reason::{Decoded, Side, odd, v5};
//!
//! // PUBACK with 0x10 No matching subscribers, sent by a bridge, which is a Client.
//! let Decoded::Packet { packet, .. } = v5::decode(&[0x40, 0x03, 0x00, 0x0A, 0x10])? else {
//!     panic!("it is a PUBACK");
//! };
//! assert_eq!(odd::v5(&packet, Some(Side::Server)).count(), 0);
//! let oddities: Vec<String> = odd::v5(&packet, Some(Side::Client)).map(|odd| odd.to_string()).collect();
//! assert_eq!(oddities, ["reason code 0x10 of PUBACK is described as one that a server sends"]);
//! # Ok::<(), mqtt_reason::DecodeError>(())
//! ```

use core::fmt;

use crate::packet_type::{PacketType, SentBy, Side, Version};
use crate::reason::PacketReason;
use crate::spec::property::PropertyId;
use crate::v3::{self, SubackReturnCode};
use crate::v5::{ConnackReason, DisconnectReason, Packet, Property};
use crate::wire::VariableByteInteger;

/// Something odd. Its `Display` is a sentence without a full stop.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Odd {
    /// A code that the packet's table describes as one of the other side: Tables 3-4, 3-5 and 3-10.
    ReasonCodeSender {
        /// The packet type.
        packet: PacketType,
        /// The code.
        code: u8,
        /// Who is described to send it.
        described: Side,
    },
    /// A property that is described as one of the other side: Server Reference, §3.14.2.2.5.
    PropertySender {
        /// The property.
        id: PropertyId,
        /// Who is described to send it.
        described: Side,
    },
    /// A Server Reference beside a code other than 0x9C and 0x9D, §4.11.
    ServerReferenceCode {
        /// The code.
        code: u8,
    },
    /// A CONNACK with Authentication Data but without Authentication Method, [MQTT-4.12.0-5], [MQTT-4.12.0-6].
    DataWithoutMethod,
    /// An AUTH without a body, and so without the Authentication Method that §3.15.2.2.2 wants in every AUTH.
    AuthWithoutMethod,
    /// A CONNACK that assigns an empty Client Identifier, §3.2.2.3.7.
    EmptyClientIdentifier,
    /// A CONNACK that assigns a new Client Identifier and says that it has a Session for it, §3.2.2.1.1, §3.2.2.3.7.
    SessionOfNewClientIdentifier,
    /// A string has a control character, U+0001 to U+001F or U+007F to U+009F, §1.5.4.
    ControlCharacter {
        /// What the string is.
        what: &'static str,
        /// The character.
        character: char,
    },
    /// A string has a code point that Unicode reserves: a noncharacter such as U+FFFF, §1.5.4.
    Noncharacter {
        /// What the string is.
        what: &'static str,
        /// The code point.
        character: char,
    },
    /// A first byte of 3.1 with flags other than those described, 3.1 §2.1, §3.6.
    Flags {
        /// The packet type.
        packet: PacketType,
        /// The flags.
        flags: u8,
        /// The flags that are described.
        described: u8,
    },
    /// A Remaining Length of 3.1.1 or 3.1 in more bytes than it needs: [MQTT-1.5.5-1] came with 5.0.
    RemainingLengthNotMinimal,
    /// The first byte after the fixed header of a 3.1 CONNACK, which is not used, is not 0, 3.1 §3.2.
    UnusedByte {
        /// The byte.
        byte: u8,
    },
    /// A failure in a 3.1 SUBACK: only 3.1.1 has one, 3.1 §3.9.
    FailureInV3_1,
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ReasonCodeSender {
                packet,
                code,
                described,
            } => write!(
                f,
                "reason code {code:#04x} of {packet} is described as one that a {described} sends"
            ),
            Self::PropertySender { id, described } => {
                write!(f, "{id} is described as one that a {described} sends")
            }
            Self::ServerReferenceCode { code } => {
                write!(f, "Server Reference is described for the reason codes 0x9c and 0x9d, not for {code:#04x}")
            }
            Self::DataWithoutMethod => {
                f.write_str("Authentication Data without Authentication Method")
            }
            Self::AuthWithoutMethod => f.write_str(
                "AUTH without Authentication Method: one place of the specification allows it, another wants the method",
            ),
            Self::EmptyClientIdentifier => f.write_str("Assigned Client Identifier is empty"),
            Self::SessionOfNewClientIdentifier => {
                f.write_str("Session Present together with a newly assigned Client Identifier")
            }
            Self::ControlCharacter { what, character } => write!(
                f,
                "{what} contains the control character U+{:04X}",
                u32::from(character)
            ),
            Self::Noncharacter { what, character } => write!(
                f,
                "{what} contains U+{:04X}, which is no character",
                u32::from(character)
            ),
            Self::Flags {
                packet,
                flags,
                described,
            } => write!(
                f,
                "fixed header flags of {packet} are {flags:#06b}, described as {described:#06b}"
            ),
            Self::RemainingLengthNotMinimal => {
                f.write_str("remaining length takes more bytes than it needs")
            }
            Self::UnusedByte { byte } => {
                write!(f, "the unused byte of a 3.1 CONNACK is {byte:#04x}, not 0x00")
            }
            Self::FailureInV3_1 => {
                f.write_str("return code 0x80 in a 3.1 SUBACK: only 3.1.1 has a failure")
            }
        }
    }
}

/// What is odd about a packet of any version: [`v5`](v5()) or [`v3`](v3()).
pub fn of<'a>(
    packet: &crate::Packet<'a>,
    sender: Option<Side>,
) -> impl Iterator<Item = Odd> + use<'a> {
    let (five, three) = match packet {
        crate::Packet::V5(packet) => (Some(v5(packet, sender)), None),
        crate::Packet::V3(version, packet) => (None, Some(v3(*version, packet))),
    };
    let three = three.into_iter().flatten();
    five.into_iter().flatten().chain(three)
}

/// What is odd about a packet of 5.0, in wire order but for what concerns the whole packet, which comes last; `sender` is
/// who sent it, if that is known.
pub fn v5<'a>(packet: &Packet<'a>, sender: Option<Side>) -> impl Iterator<Item = Odd> + use<'a> {
    let packet_type = packet.packet_type();
    let properties = packet.properties().into_iter().flat_map(move |property| {
        let about_sender = match (packet_type, property.id(), sender) {
            (PacketType::Disconnect, id @ PropertyId::ServerReference, Some(Side::Client)) => {
                let described = Side::Server;
                Some(Odd::PropertySender { id, described })
            }
            _ => None,
        };
        about_sender.into_iter().chain(in_property(property))
    });
    code(packet, sender)
        .into_iter()
        .chain(properties)
        .chain(whole(packet).into_iter().flatten())
}

/// A code that is described as the other side's.
fn code(packet: &Packet<'_>, sender: Option<Side>) -> Option<Odd> {
    fn of<R: PacketReason>(reason: R, sent_by: SentBy, sender: Side) -> Option<Odd> {
        let described = match (sent_by, sender) {
            (SentBy::Client, Side::Server) => Side::Client,
            (SentBy::Server, Side::Client) => Side::Server,
            _ => return None,
        };
        Some(Odd::ReasonCodeSender {
            packet: R::PACKET,
            code: reason.as_u8(),
            described,
        })
    }
    match packet {
        Packet::Puback(puback) => of(puback.reason(), puback.reason().sent_by(), sender?),
        Packet::Pubrec(pubrec) => of(pubrec.reason(), pubrec.reason().sent_by(), sender?),
        Packet::Disconnect(it) => of(it.reason(), it.reason().sent_by(), sender?),
        _ => None,
    }
}

/// What concerns the whole packet.
fn whole(packet: &Packet<'_>) -> [Option<Odd>; 3] {
    let has = |id| packet.properties().get(id).is_some();
    let other_code = |code: u8, is_move: bool| {
        (!is_move && has(PropertyId::ServerReference)).then_some(Odd::ServerReferenceCode { code })
    };
    match packet {
        Packet::Connack(connack) => {
            let assigns = has(PropertyId::AssignedClientIdentifier);
            let lacks_method =
                has(PropertyId::AuthenticationData) && !has(PropertyId::AuthenticationMethod);
            let is_move = matches!(
                connack.reason(),
                ConnackReason::UseAnotherServer | ConnackReason::ServerMoved
            );
            [
                other_code(connack.reason().as_u8(), is_move),
                lacks_method.then_some(Odd::DataWithoutMethod),
                (assigns && connack.session_present()).then_some(Odd::SessionOfNewClientIdentifier),
            ]
        }
        Packet::Disconnect(disconnect) => {
            let is_move = matches!(
                disconnect.reason(),
                DisconnectReason::UseAnotherServer | DisconnectReason::ServerMoved
            );
            [other_code(disconnect.reason().as_u8(), is_move), None, None]
        }
        Packet::Auth(_) if !has(PropertyId::AuthenticationMethod) => {
            [Some(Odd::AuthWithoutMethod), None, None]
        }
        _ => [None; 3],
    }
}

/// What is odd about a property, whatever the packet: a Client Identifier that is empty, characters.
pub fn in_property(property: Property<'_>) -> impl Iterator<Item = Odd> + use<> {
    let what = property.id().name();
    let [first, second] = match property {
        Property::AssignedClientIdentifier("") => [Some(Odd::EmptyClientIdentifier), None],
        Property::AssignedClientIdentifier(text)
        | Property::AuthenticationMethod(text)
        | Property::ResponseInformation(text)
        | Property::ServerReference(text)
        | Property::ReasonString(text) => [in_text(what, text), None],
        Property::UserProperty(name, value) => [in_text(what, name), in_text(what, value)],
        _ => [None, None],
    };
    first.into_iter().chain(second)
}

/// The first odd character of a string, §1.5.4; `what` says in the sentence what the string is.
///
/// ```
/// use mqtt_reason::odd;
///
/// let odd = odd::in_text("Topic Name", "a\u{7}b").unwrap();
/// assert_eq!(odd.to_string(), "Topic Name contains the control character U+0007");
/// assert_eq!(odd::in_text("Topic Name", "a/b"), None);
/// ```
#[must_use]
pub fn in_text(what: &'static str, text: &str) -> Option<Odd> {
    text.chars().find_map(|character| {
        if character.is_control() {
            Some(Odd::ControlCharacter { what, character })
        } else if is_noncharacter(character) {
            Some(Odd::Noncharacter { what, character })
        } else {
            None
        }
    })
}

/// U+FDD0 to U+FDEF, and the last two code points of each plane.
const fn is_noncharacter(character: char) -> bool {
    let code_point = character as u32;
    matches!(code_point, 0xFDD0..=0xFDEF) || code_point & 0xFFFE == 0xFFFE
}

/// What is odd about a packet of 3.1.1 or 3.1.
pub fn v3(version: v3::Version, packet: &v3::Packet<'_>) -> impl Iterator<Item = Odd> + use<> {
    let fails = match (version, packet) {
        (v3::Version::V3_1, v3::Packet::Suback(suback)) => suback
            .return_codes()
            .iter()
            .any(|code| code == SubackReturnCode::Failure),
        _ => false,
    };
    fails.then_some(Odd::FailureInV3_1).into_iter()
}

/// What is odd about the bytes of a packet of 3.1.1 or 3.1 that its decoded form does not tell: the flags and the unused
/// byte of 3.1, a Remaining Length in more bytes than it needs. In 5.0 there is nothing of the kind.
///
/// ```
/// use mqtt_reason::{Version, odd};
///
/// // A PUBREL without the bits of QoS 1.
/// let mut oddities = odd::in_bytes(Version::V3_1, &[0x60, 0x02, 0x00, 0x0A]);
/// assert_eq!(oddities.next().unwrap().to_string(), "fixed header flags of PUBREL are 0b0000, described as 0b0010");
/// assert_eq!(oddities.next(), None);
/// ```
pub fn in_bytes(version: Version, packet: &[u8]) -> impl Iterator<Item = Odd> + use<> {
    let first = packet.first().copied().unwrap_or_default();
    let packet_type = PacketType::from_first_byte(first);
    let flags = match (version, packet_type) {
        (Version::V3_1, Some(packet)) => odd_flags(packet, first & 0x0F),
        _ => None,
    };
    let length = match VariableByteInteger::read(packet.get(1..).unwrap_or_default()) {
        VariableByteInteger::Whole { minimal: false, .. } if version != Version::V5_0 => {
            Some(Odd::RemainingLengthNotMinimal)
        }
        _ => None,
    };
    let unused = match (version, packet_type, packet) {
        (Version::V3_1, Some(PacketType::Connack), [.., byte, _code]) if *byte != 0 => {
            Some(Odd::UnusedByte { byte: *byte })
        }
        _ => None,
    };
    [flags, length, unused].into_iter().flatten()
}

/// The flags of 3.1, §2.1 and §3.1 to §3.14: PUBLISH uses all; PUBREL, SUBSCRIBE and UNSUBSCRIBE have QoS 1, and DUP when
/// they are sent again.
const fn odd_flags(packet: PacketType, flags: u8) -> Option<Odd> {
    let described = match packet {
        PacketType::Publish if flags & 0b0110 != 0b0110 => return None,
        PacketType::Publish => flags & 0b1001,
        PacketType::Pubrel | PacketType::Subscribe | PacketType::Unsubscribe => {
            0b0010 | flags & 0b1000
        }
        _ => 0b0000,
    };
    if flags == described {
        return None;
    }
    Some(Odd::Flags {
        packet,
        flags,
        described,
    })
}
