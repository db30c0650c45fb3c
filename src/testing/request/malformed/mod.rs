//! One of the six packets with exactly one defect, and what a correct receiver says of it.

mod body;
mod header;
mod properties;
mod strings;

use core::fmt;
use std::vec::Vec;

use super::Request;
use super::defect::RequestDefect;
use super::sheet::{Place, Sheet};
use crate::error::ErrorClass;
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Side, Version};
use crate::testing::choices::Choices;
use crate::testing::valid::Form;
use crate::v5::DisconnectReason;

/// One of the six packets that a correct receiver refuses: a valid one into which one defect was brought.
///
/// ```
/// # #[cfg(feature = "arbitrary")] {
/// use arbitrary::{Arbitrary, Unstructured};
/// use mqtt_reason::testing::MalformedRequest;
/// use mqtt_reason::view::View;
/// use mqtt_reason::{Decoded, decode_with};
///
/// let mut entropy = Unstructured::new(&[0xA7; 64]);
/// let malformed = MalformedRequest::arbitrary(&mut entropy).unwrap();
/// let options = malformed.decode_options();
/// let error = match decode_with(malformed.version, &options, &malformed.bytes) {
///     Ok(Decoded::Frame(frame)) => View::of(malformed.version, &options, &frame).unwrap_err(),
///     Ok(other) => panic!("{other:?}"),
///     Err(error) => error,
/// };
/// assert_eq!(error.class(), malformed.class);
/// assert_eq!(error.offset(), malformed.offset);
/// assert_eq!(error.rule(), malformed.rule);
/// assert_eq!(error.answer(), malformed.answer);
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MalformedRequest {
    /// The packet: whole, but for its defect.
    pub bytes: Vec<u8>,
    /// The version to read it as: that of the connection, and of the CONNECT.
    pub version: Version,
    /// Who sent it; `None` if the defect is there whoever did.
    pub sender: Option<Side>,
    /// The largest packet that the receiver accepts, if it has a limit.
    pub max_packet_size: Option<u32>,
    /// What is wrong.
    pub defect: RequestDefect,
    /// The class of the error: that of the [`defect`](Self::defect).
    pub class: ErrorClass,
    /// The rule that is broken: a normative statement or a section of [`version`](Self::version), that of the packet or
    /// of the property where it has one of its own.
    pub rule: &'static str,
    /// The number of bytes before the first one that cannot be accepted.
    ///
    /// It is counted as [`Malformed::offset`](crate::testing::Malformed::offset); in a topic it points at the wildcard,
    /// in a filter at the end if something is missing there, at the field if it is empty.
    pub offset: usize,
    /// The code of the DISCONNECT, or of the CONNACK to a CONNECT, to answer with; `None` in 3.x, where one can only
    /// close.
    pub answer: Option<DisconnectReason>,
}

impl MalformedRequest {
    /// The options under which the packet is to be decoded: sender and largest packet.
    pub fn decode_options(&self) -> DecodeOptions {
        let options =
            DecodeOptions::new().max_packet_size(self.max_packet_size.unwrap_or(u32::MAX));
        match self.sender {
            Some(sender) => options.sender(sender),
            None => options,
        }
    }

    /// A packet of `version` with any of its defects.
    pub(crate) fn any(version: Version, c: &mut Choices<'_>) -> Self {
        let mut defects = RequestDefect::ALL.to_vec();
        defects.retain(|it| it.occurs_in(version));
        Self::with(c.pick(&defects), version, c)
    }

    /// A packet of `version` with this defect, which occurs there.
    pub(crate) fn with(defect: RequestDefect, version: Version, c: &mut Choices<'_>) -> Self {
        let case = c.group(|c| Case::draw(defect, version, c));
        let bytes = case.sheet.bytes();
        let max_packet_size = match defect {
            RequestDefect::PacketTooLarge => {
                let excess = c.below(bytes.len() - 1);
                u32::try_from(bytes.len() - 1 - excess).ok()
            }
            // Just large enough: the size is no defect.
            _ if case.fits && c.one_in(3) => u32::try_from(bytes.len()).ok(),
            _ => None,
        };
        let rule = case.rule.or_else(|| own_rule(defect, version, &case));
        Self {
            offset: case.sheet.offset(case.place),
            bytes,
            version,
            sender: case.sender,
            max_packet_size,
            defect,
            class: defect.class(),
            rule: rule.or(defect.rule_in(version)).unwrap_or_default(),
            answer: (version == Version::V5_0).then_some(defect.answer()),
        }
    }
}

/// The rule of the packet, where packets have rules of their own.
fn own_rule(defect: RequestDefect, version: Version, case: &Case) -> Option<&'static str> {
    use PacketType::{Connect, Pingreq, Pingresp, Publish, Subscribe, Unsubscribe};
    use RequestDefect as D;
    use Version::{V3_1, V3_1_1, V5_0};
    Some(match (defect, case.packet, version) {
        (D::FixedHeaderFlags, Subscribe, _) => "MQTT-3.8.1-1",
        (D::FixedHeaderFlags, Unsubscribe, _) => "MQTT-3.10.1-1",
        (D::WrongDirection, Connect, V3_1) => "3.1",
        (D::WrongDirection | D::NoTopicFilters, Subscribe, V3_1) => "3.8",
        (D::WrongDirection | D::NoTopicFilters, Unsubscribe, V3_1) => "3.10",
        (D::WrongDirection, Pingreq, V3_1) => "3.12",
        (D::WrongDirection | D::PingWithBody, Pingresp, V3_1) => "3.13",
        (D::PingWithBody, Pingresp, _) => "3.13.1",
        (D::NoTopicFilters, Unsubscribe, _) => "MQTT-3.10.3-2",
        (D::WildcardInTopicName, Publish, V5_0 | V3_1_1) => "MQTT-3.3.2-2",
        (D::PacketTooLarge, _, V5_0) if case.sender == Some(Side::Client) => "MQTT-3.2.2-15",
        (D::PacketIdentifierZero, Publish, V5_0) if case.sender == Some(Side::Server) => {
            "MQTT-2.2.1-4"
        }
        _ => return None,
    })
}

impl fmt::Debug for MalformedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MalformedRequest")
            .field("bytes", &format_args!("{:02X?}", self.bytes))
            .field("version", &self.version)
            .field("sender", &self.sender)
            .field("max_packet_size", &self.max_packet_size)
            .field("defect", &self.defect)
            .field("class", &self.class)
            .field("rule", &self.rule)
            .field("offset", &self.offset)
            .field("answer", &self.answer)
            .finish()
    }
}

/// A packet with a defect, where the defect is, and what the receiver must know to see it.
struct Case {
    packet: PacketType,
    sheet: Sheet,
    place: Place,
    sender: Option<Side>,
    /// The rule of the property.
    rule: Option<&'static str>,
    /// Whether its size can be compared with a limit before the defect shows.
    fits: bool,
}

impl Case {
    /// A case that shows whoever sends the packet; sometimes its sender is known all the same.
    fn new(request: &Request, sheet: Sheet, place: Place, c: &mut Choices<'_>) -> Self {
        Self {
            packet: request.packet_type(),
            sheet,
            place,
            sender: c.one_in(2).then_some(request.sender),
            rule: None,
            fits: !matches!(place, Place::FirstByte | Place::RemainingLength),
        }
    }

    /// The same case with a sender that is known.
    const fn sent_by(mut self, sender: Side) -> Self {
        self.sender = Some(sender);
        self
    }

    /// The same case with the rule of a property.
    const fn by_rule(mut self, rule: Option<&'static str>) -> Self {
        self.rule = rule;
        self
    }

    fn draw(defect: RequestDefect, version: Version, c: &mut Choices<'_>) -> Self {
        use RequestDefect as D;
        match defect {
            D::FixedHeaderFlags => header::flags(version, c),
            D::PublishQos => header::publish_flags(0b0110, version, c),
            D::DupWithQos0 => header::publish_flags(0b1000, version, c),
            D::WrongDirection => header::direction(version, c),
            D::RemainingLengthTooLong => header::length_too_long(version, c),
            D::RemainingLengthNotMinimal => header::length_not_minimal(c),
            D::PacketTooLarge => header::too_large(version, c),
            D::PingWithBody => header::ping_with_body(version, c),
            D::Truncated => body::truncated(version, c),
            D::NoPropertyLength => properties::no_length(c),
            D::TrailingBytes => body::trailing_bytes(version, c),
            D::ConnectFlags => body::connect_flags(version, c),
            D::WillQosWithoutWill => body::will_flags(0b0001_1000, version, c),
            D::WillRetainWithoutWill => body::will_flags(0b0010_0000, version, c),
            D::WillQos => body::will_qos(version, c),
            D::PasswordWithoutUserName => body::password_alone(version, c),
            D::PacketIdentifierZero => body::packet_identifier_zero(version, c),
            D::PropertyLengthTruncated => properties::length_truncated(c),
            D::PropertyLengthTooLong => properties::length_too_long(c),
            D::PropertyLengthNotMinimal => properties::length_not_minimal(c),
            D::PropertyLengthPastEnd => properties::length_past_end(c),
            D::UnknownProperty => properties::unknown(c),
            D::PropertyNotAllowed => properties::not_allowed(c),
            D::DuplicateProperty => properties::duplicate(c),
            D::PropertySender => properties::sender(c),
            D::PropertyTruncated => properties::truncated(c),
            D::PropertyValue | D::PayloadFormat | D::TopicAliasZero => {
                properties::forbidden_value(defect, c)
            }
            D::SubscriptionIdentifierNotMinimal | D::SubscriptionIdentifierTooLong => {
                properties::subscription_identifier(defect, c)
            }
            D::AuthenticationDataAlone => properties::authentication_data_alone(c),
            D::WildcardInResponseTopic => properties::response_topic(c),
            D::OverlongUtf8
            | D::SurrogateUtf8
            | D::Utf8AboveMaximum
            | D::TruncatedUtf8
            | D::StrayContinuation
            | D::InvalidUtf8Byte
            | D::NullCharacter => strings::ill_formed(defect, version, c),
            D::NoTopic => strings::no_topic(c),
            D::EmptyTopicName => strings::empty_topic(version, c),
            D::WildcardInTopicName => strings::wildcard_in_topic(version, c),
            D::NoTopicFilters => body::no_filters(version, c),
            D::EmptyTopicFilter
            | D::MultiLevelWildcard
            | D::SingleLevelWildcard
            | D::EmptyShareName
            | D::WildcardInShareName
            | D::NoShareFilter => strings::filter(defect, version, c),
            D::SubscriptionOptions
            | D::SubscriptionQos
            | D::RetainHandling
            | D::NoLocalOnSharedSubscription => body::options(defect, version, c),
        }
    }
}

/// A valid packet of one of these types.
fn one_of(packets: &[PacketType], version: Version, c: &mut Choices<'_>) -> (Request, Sheet) {
    let request = Request::of_type(version, c.pick(packets), c);
    let sheet = sheet(&request);
    (request, sheet)
}

/// The packet with all fields.
fn sheet(request: &Request) -> Sheet {
    let sheet = Sheet::of(request, Form::Whole);
    sheet.unwrap_or(Sheet {
        first: 0,
        remaining_length: crate::testing::draft::Length::Shortest,
        fields: Vec::new(),
    })
}

/// Bytes of which each announces another one.
fn continuations(count: usize, c: &mut Choices<'_>) -> Vec<u8> {
    (0..count).map(|_| c.byte_between(0x80, 0xFF)).collect()
}
