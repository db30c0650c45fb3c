//! The ways in which one of the six packets can be wrong that a decoder can see.

use core::fmt;

use crate::error::ErrorClass;
use crate::packet_type::Version;
use crate::v5::DisconnectReason;

/// A rule of a version, `-` where it has none.
///
/// It makes the columns of the table below.
macro_rules! rule {
    (-) => {
        None
    };
    ($rule:literal) => {
        Some($rule)
    };
}

/// The defects from one table: variant, class, whether the specification names that class, code of the answer, the rules
/// of 5.0, 3.1.1 and 3.1 that are broken, sentence.
///
/// It saves six lists of the same variants.
macro_rules! defects {
    ($($Variant:ident $Class:ident $source:ident $Answer:ident [$v5:tt $v3_1_1:tt $v3_1:tt] $text:literal,)+) => {
        /// What is wrong with a [`MalformedRequest`](super::MalformedRequest): one rule that it breaks.
        ///
        /// ```
        /// # #[cfg(any(feature = "proptest", feature = "arbitrary"))] {
        /// use mqtt_reason::testing::RequestDefect;
        /// use mqtt_reason::{ErrorClass, Version};
        ///
        /// let defect = RequestDefect::EmptyShareName;
        /// assert_eq!(defect.class(), ErrorClass::ProtocolError);
        /// assert_eq!(defect.rule_in(Version::V5_0), Some("MQTT-4.8.2-1"));
        /// assert_eq!(defect.rule_in(Version::V3_1_1), None);
        /// # }
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum RequestDefect {
            $(
                #[doc = concat!($text, ".")]
                $Variant,
            )+
        }

        impl RequestDefect {
            /// Every defect.
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
                    $(Self::$Variant => source::$source,)+
                }
            }

            /// The code that a receiver of 5.0 answers with; to a CONNECT it is that of the CONNACK.
            #[must_use]
            pub const fn answer(self) -> DisconnectReason {
                match self {
                    $(Self::$Variant => DisconnectReason::$Answer,)+
                }
            }

            /// The rule that is broken: a normative statement or a section of this version; `None` if it does not have
            /// the rule, and so not the defect. Where each packet or property has a rule of its own,
            /// [`MalformedRequest::rule`](super::MalformedRequest::rule) is closer.
            #[must_use]
            pub const fn rule_in(self, version: Version) -> Option<&'static str> {
                match (self, version) {
                    $(
                        (Self::$Variant, Version::V5_0) => rule!($v5),
                        (Self::$Variant, Version::V3_1_1) => rule!($v3_1_1),
                        (Self::$Variant, Version::V3_1) => rule!($v3_1),
                    )+
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
#[expect(non_upper_case_globals, reason = "words of the table")]
mod source {
    pub(super) const Stated: bool = true;
    pub(super) const Derived: bool = false;
}

defects! {
    FixedHeaderFlags MalformedPacket Stated MalformedPacket ["MQTT-2.1.3-1" "MQTT-2.2.2-2" -] "The low four bits of the first byte are not those of the packet type",
    PublishQos MalformedPacket Stated MalformedPacket ["MQTT-3.3.1-4" "MQTT-3.3.1-4" "3.3"] "A PUBLISH with QoS 3",
    DupWithQos0 MalformedPacket Derived MalformedPacket ["MQTT-3.3.1-2" "MQTT-3.3.1-2" -] "A PUBLISH with DUP and QoS 0",
    WrongDirection ProtocolError Derived ProtocolError ["2.1.2" "2.2.1" "2.1"] "The sender must not send packets of this type",
    RemainingLengthTooLong MalformedPacket Stated MalformedPacket ["1.5.5" "2.2.3" "2.1"] "The fourth byte of the Remaining Length announces a fifth",
    RemainingLengthNotMinimal MalformedPacket Derived MalformedPacket ["MQTT-1.5.5-1" - -] "The Remaining Length has more bytes than it needs",
    PacketTooLarge PacketTooLarge Stated PacketTooLarge ["MQTT-3.1.2-24" "2.2.3" "2.1"] "The packet is larger than the receiver accepts",
    PingWithBody MalformedPacket Derived MalformedPacket ["3.12.1" "3.12.1" "3.12"] "A PINGREQ or PINGRESP with a body",
    Truncated MalformedPacket Derived MalformedPacket ["2.1.4" "2.2.3" "2.1"] "The packet ends inside or before a field that it must have",
    NoPropertyLength MalformedPacket Derived MalformedPacket ["MQTT-2.2.2-1" - -] "The packet ends where a Property Length has to be",
    TrailingBytes MalformedPacket Derived MalformedPacket ["2.3" "2.2.3" "2.1"] "Bytes are left over after the last field of a CONNECT",
    ConnectFlags MalformedPacket Stated MalformedPacket ["MQTT-3.1.2-3" "MQTT-3.1.2-3" -] "The reserved bit of the Connect Flags is set",
    WillQosWithoutWill MalformedPacket Derived MalformedPacket ["MQTT-3.1.2-11" "MQTT-3.1.2-13" -] "A Will QoS other than 0 without a Will",
    WillRetainWithoutWill MalformedPacket Derived MalformedPacket ["MQTT-3.1.2-13" "MQTT-3.1.2-15" -] "Will Retain without a Will",
    WillQos MalformedPacket Stated MalformedPacket ["MQTT-3.1.2-12" "MQTT-3.1.2-14" "3.1"] "The Will QoS is 3",
    PasswordWithoutUserName MalformedPacket Derived MalformedPacket [- "MQTT-3.1.2-22" "3.1"] "A Password without a User Name",
    PacketIdentifierZero ProtocolError Derived ProtocolError ["MQTT-2.2.1-3" "MQTT-2.3.1-1" "2.4"] "The Packet Identifier is 0",
    PropertyLengthTruncated MalformedPacket Derived MalformedPacket ["2.1.4" - -] "The packet ends inside a Property Length",
    PropertyLengthTooLong MalformedPacket Stated MalformedPacket ["1.5.5" - -] "The fourth byte of a Property Length announces a fifth",
    PropertyLengthNotMinimal MalformedPacket Derived MalformedPacket ["MQTT-1.5.5-1" - -] "A Property Length has more bytes than it needs",
    PropertyLengthPastEnd MalformedPacket Derived MalformedPacket ["2.2.2.1" - -] "A Property Length runs past the end of the packet",
    UnknownProperty MalformedPacket Stated MalformedPacket ["2.2.2.2" - -] "No packet has a property with this identifier",
    PropertyNotAllowed MalformedPacket Stated MalformedPacket ["2.2.2.2" - -] "The property belongs to other packets, or to the other section of a CONNECT",
    DuplicateProperty ProtocolError Stated ProtocolError ["2.2.2.2" - -] "A property that may occur once occurs twice",
    PropertySender ProtocolError Derived ProtocolError ["MQTT-3.3.4-6" - -] "Subscription Identifier in a PUBLISH from the Client",
    PropertyTruncated MalformedPacket Derived MalformedPacket ["2.2.2.1" - -] "The value of a property runs past the end of the property section",
    PropertyValue ProtocolError Stated ProtocolError ["2.2.2.2" - -] "A property has a value that its section forbids",
    PayloadFormat ProtocolError Derived ProtocolError ["2.2.2.2" - -] "A Payload Format Indicator is neither 0 nor 1",
    TopicAliasZero ProtocolError Stated TopicAliasInvalid ["3.3.2.3.4" - -] "The Topic Alias is 0",
    SubscriptionIdentifierNotMinimal MalformedPacket Derived MalformedPacket ["MQTT-1.5.5-1" - -] "A Subscription Identifier has more bytes than it needs",
    SubscriptionIdentifierTooLong MalformedPacket Stated MalformedPacket ["1.5.5" - -] "The fourth byte of a Subscription Identifier announces a fifth",
    AuthenticationDataAlone ProtocolError Stated ProtocolError ["3.1.2.11.10" - -] "A CONNECT with Authentication Data but without Authentication Method",
    WildcardInResponseTopic ProtocolError Derived ProtocolError ["MQTT-3.3.2-14" - -] "A Response Topic contains a wildcard",
    OverlongUtf8 MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A character of a string has more bytes in UTF-8 than it needs",
    SurrogateUtf8 MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A string contains a surrogate, U+D800 to U+DFFF",
    Utf8AboveMaximum MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A string contains a character above U+10FFFF",
    TruncatedUtf8 MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A character of a string lacks bytes",
    StrayContinuation MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A string contains a continuation byte that continues nothing",
    InvalidUtf8Byte MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-1" "MQTT-1.5.3-1" "2.5"] "A string contains a byte that never occurs in UTF-8, 0xF8 to 0xFF",
    NullCharacter MalformedPacket Stated MalformedPacket ["MQTT-1.5.4-2" "MQTT-1.5.3-2" "2.5"] "A string contains U+0000, in 3.1 a topic",
    NoTopic ProtocolError Stated ProtocolError ["3.3.2.1" - -] "A PUBLISH with an empty Topic Name and without Topic Alias",
    EmptyTopicName ProtocolError Derived TopicNameInvalid ["MQTT-4.7.3-1" "MQTT-4.7.3-1" "Appendix A"] "A Topic Name, in 5.0 that of a Will, is empty",
    WildcardInTopicName ProtocolError Derived TopicNameInvalid ["MQTT-4.7.0-1" "MQTT-4.7.1-1" "Appendix A"] "A Topic Name contains a wildcard",
    NoTopicFilters ProtocolError Stated ProtocolError ["MQTT-3.8.3-2" "MQTT-3.8.3-3" "3.8"] "A SUBSCRIBE or UNSUBSCRIBE without a single Topic Filter",
    EmptyTopicFilter ProtocolError Derived TopicFilterInvalid ["MQTT-4.7.3-1" "MQTT-4.7.3-1" "Appendix A"] "A Topic Filter is empty",
    MultiLevelWildcard ProtocolError Derived TopicFilterInvalid ["MQTT-4.7.1-1" "MQTT-4.7.1-2" "Appendix A"] "'#' is not alone in the last level of a Topic Filter",
    SingleLevelWildcard ProtocolError Derived TopicFilterInvalid ["MQTT-4.7.1-2" "MQTT-4.7.1-3" "Appendix A"] "'+' is not alone in its level of a Topic Filter",
    EmptyShareName ProtocolError Derived TopicFilterInvalid ["MQTT-4.8.2-1" - -] "The ShareName of a Shared Subscription is empty",
    WildcardInShareName ProtocolError Derived TopicFilterInvalid ["MQTT-4.8.2-2" - -] "The ShareName of a Shared Subscription contains a wildcard",
    NoShareFilter ProtocolError Derived TopicFilterInvalid ["MQTT-4.8.2-2" - -] "No Topic Filter follows the ShareName of a Shared Subscription",
    SubscriptionOptions MalformedPacket Stated MalformedPacket ["MQTT-3.8.3-5" "MQTT-3-8.3-4" -] "Reserved bits of Subscription Options are set",
    SubscriptionQos ProtocolError Stated ProtocolError ["3.8.3.1" "MQTT-3-8.3-4" "3.8"] "A subscription asks for QoS 3",
    RetainHandling ProtocolError Stated ProtocolError ["3.8.3.1" - -] "The Retain Handling is 3",
    NoLocalOnSharedSubscription ProtocolError Stated ProtocolError ["MQTT-3.8.3-4" - -] "No Local is set for a Shared Subscription",
}

impl RequestDefect {
    /// Whether packets of this version can have the defect.
    #[must_use]
    pub const fn occurs_in(self, version: Version) -> bool {
        self.rule_in(version).is_some()
    }
}

impl fmt::Display for RequestDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.description())
    }
}
