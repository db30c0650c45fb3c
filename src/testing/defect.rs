//! The ways in which a packet can be wrong that a decoder can see.

use core::fmt;

use crate::error::ErrorClass;
use crate::packet_type::Version;

/// The defects from one table: variant, class, whether the specification names that class, versions, rule, sentence.
///
/// It saves six lists of the same thirty-odd variants.
macro_rules! defects {
    ($($Variant:ident $Class:ident $source:ident $versions:ident $rule:literal $text:literal,)+) => {
        /// What is wrong with a [`Malformed`](super::Malformed) packet: one rule that it breaks.
        ///
        /// ```
        /// # #[cfg(any(feature = "proptest", feature = "arbitrary"))] {
        /// use mqtt_reason::{ErrorClass, testing::Defect};
        ///
        /// assert_eq!(Defect::NullCharacter.rule(), "MQTT-1.5.4-2");
        /// assert_eq!(Defect::NullCharacter.class(), ErrorClass::MalformedPacket);
        /// assert!(Defect::NullCharacter.class_is_stated());
        /// # }
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Defect {
            $(
                #[doc = concat!($text, ".")]
                #[doc = ""]
                #[doc = concat!("`", $rule, "`")]
                $Variant,
            )+
        }

        impl Defect {
            /// Every defect, in the order in which a packet is read.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The class of the error that a correct receiver reports.
            #[must_use]
            pub const fn class(self) -> ErrorClass {
                match self {
                    $(Self::$Variant => ErrorClass::$Class,)+
                }
            }

            /// Whether the specification of 5.0 names the class. Where it does not, the class follows from the
            /// definitions of §1.2, and a receiver may have good reasons to see another one; refuse it must.
            #[must_use]
            pub const fn class_is_stated(self) -> bool {
                match self {
                    $(Self::$Variant => Source::$source.is_stated(),)+
                }
            }

            /// Whether packets of this version can have the defect.
            #[must_use]
            pub const fn occurs_in(self, version: Version) -> bool {
                match self {
                    $(Self::$Variant => Versions::$versions.include(version),)+
                }
            }

            /// The rule that is broken: a normative statement or a section of MQTT 5.0, or of 3.1.1 where only 3.x
            /// has the rule. Where each packet has a statement of its own, it is the section that they share.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self {
                    $(Self::$Variant => $rule,)+
                }
            }

            /// What is wrong, in a sentence.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$Variant => $text,)+
                }
            }
        }
    };
}

/// Where the class of an error comes from.
#[derive(Clone, Copy)]
enum Source {
    Stated,
    Derived,
}

impl Source {
    const fn is_stated(self) -> bool {
        matches!(self, Self::Stated)
    }
}

/// Which versions have a rule.
#[derive(Clone, Copy)]
enum Versions {
    Every,
    /// All but 3.1.
    Not3x1,
    Only5,
    Only3,
}

impl Versions {
    const fn include(self, version: Version) -> bool {
        match self {
            Self::Every => true,
            Self::Not3x1 => !matches!(version, Version::V3_1),
            Self::Only5 => matches!(version, Version::V5_0),
            Self::Only3 => !matches!(version, Version::V5_0),
        }
    }
}

defects! {
    ReservedPacketType MalformedPacket Derived Every "2.1.2" "The packet type is reserved: 0 in every version, 15 in 3.x",
    FixedHeaderFlags MalformedPacket Stated Not3x1 "MQTT-2.1.3-1" "The low four bits of the first byte are not those of the packet type",
    WrongDirection ProtocolError Derived Every "2.1.2" "The sender must not send packets of this type",
    RemainingLengthTooLong MalformedPacket Stated Every "2.1.4" "The fourth byte of the Remaining Length announces a fifth",
    RemainingLengthNotMinimal MalformedPacket Derived Only5 "MQTT-1.5.5-1" "The Remaining Length has more bytes than it needs",
    PacketTooLarge PacketTooLarge Stated Every "MQTT-3.1.2-24" "The packet is larger than the Maximum Packet Size of the receiver",
    RemainingLength MalformedPacket Derived Only3 "2.2.3" "The Remaining Length is not the only one that 3.x allows for the packet",
    V3Connack MalformedPacket Derived Only5 "3.2.2" "A CONNACK in the two-byte layout of 3.x",
    Truncated MalformedPacket Derived Every "2.1.4" "The packet ends inside or before a field that it must have",
    NoPropertyLength MalformedPacket Derived Only5 "MQTT-2.2.2-1" "The packet ends where its Property Length has to be",
    ConnackFlags MalformedPacket Derived Not3x1 "MQTT-3.2.2-1" "Reserved bits of the Connect Acknowledge Flags are set",
    SessionPresent ProtocolError Derived Not3x1 "MQTT-3.2.2-6" "Session Present is set in a CONNACK that refuses",
    PacketIdentifierZero ProtocolError Derived Every "MQTT-2.2.1-5" "The Packet Identifier is 0",
    UndefinedCode ProtocolError Derived Every "2.4" "The code is not in the packet's table",
    CodeSender ProtocolError Derived Only5 "3.15.2.1" "The code of an AUTH belongs to the other side",
    NoCodes ProtocolError Derived Every "3.9.3" "A SUBACK or UNSUBACK without a single code",
    PropertyLengthTruncated MalformedPacket Derived Only5 "2.2.2.1" "The packet ends inside the Property Length",
    PropertyLengthTooLong MalformedPacket Stated Only5 "1.5.5" "The fourth byte of the Property Length announces a fifth",
    PropertyLengthNotMinimal MalformedPacket Derived Only5 "MQTT-1.5.5-1" "The Property Length has more bytes than it needs",
    PropertyLengthPastEnd MalformedPacket Derived Only5 "2.2.2.1" "The Property Length runs past the end of the packet",
    UnknownProperty MalformedPacket Stated Only5 "2.2.2.2" "No reason-coded packet has a property with this identifier",
    PropertyNotAllowed MalformedPacket Stated Only5 "2.2.2.2" "The property belongs to other packets only",
    DuplicateProperty ProtocolError Stated Only5 "2.2.2.2" "A property other than User Property occurs twice",
    PropertySender ProtocolError Derived Only5 "MQTT-3.14.2-2" "Session Expiry Interval in a DISCONNECT from the Server",
    ProblemInformation ProtocolError Stated Only5 "MQTT-3.1.2-29" "Reason String or User Property although problem information was not requested",
    PropertyTruncated MalformedPacket Derived Only5 "2.2.2.1" "The value of a property runs past the end of the property section",
    PropertyValue ProtocolError Stated Only5 "2.2.2.2" "The property has a value that its section forbids",
    OverlongUtf8 MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A character of a string has more bytes in UTF-8 than it needs",
    SurrogateUtf8 MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A string contains a surrogate, U+D800 to U+DFFF",
    Utf8AboveMaximum MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A string contains a character above U+10FFFF",
    TruncatedUtf8 MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A character of a string lacks bytes",
    StrayContinuation MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A string contains a continuation byte that continues nothing",
    InvalidUtf8Byte MalformedPacket Stated Only5 "MQTT-1.5.4-1" "A string contains a byte that never occurs in UTF-8, 0xF8 to 0xFF",
    NullCharacter MalformedPacket Stated Only5 "MQTT-1.5.4-2" "A string contains U+0000",
    NoAuthenticationMethod ProtocolError Stated Only5 "3.15.2.2.2" "An AUTH with properties but without Authentication Method",
    TrailingBytes MalformedPacket Derived Only5 "2.3" "Bytes are left over after the last field",
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.description())
    }
}
