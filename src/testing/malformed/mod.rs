//! A packet with exactly one defect, and what a correct receiver says of it.

mod body;
mod header;
mod properties;

use core::fmt;
use std::vec::Vec;

use super::choices::Choices;
use super::defect::Defect;
use super::draft::{Draft, Place};
use super::generate::{any_packet, any_sender};
use super::valid::Valid;
use crate::error::ErrorClass;
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Side, Version};
use crate::v5::DisconnectReason;

/// A packet that a correct receiver refuses: a valid one into which one defect was brought.
///
/// ```
/// # #[cfg(feature = "arbitrary")] {
/// use arbitrary::{Arbitrary, Unstructured};
/// use mqtt_reason::testing::Malformed;
/// use mqtt_reason::{Version, v5};
///
/// let mut entropy = Unstructured::new(&[0x00; 64]);
/// let malformed = Malformed::arbitrary(&mut entropy).unwrap();
/// assert_eq!(malformed.version, Version::V5_0);
/// let error = v5::decode_with(&malformed.decode_options(), &malformed.bytes).unwrap_err();
/// assert_eq!(error.class(), malformed.class);
/// assert_eq!(error.offset(), malformed.offset);
/// assert_eq!(error.answer(), malformed.answer);
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Malformed {
    /// The packet: whole, but for its defect.
    pub bytes: Vec<u8>,
    /// The version to read it as.
    pub version: Version,
    /// Who sent it; `None` if the defect is there whoever did.
    pub sender: Option<Side>,
    /// The Maximum Packet Size that the receiver announced, if it did.
    pub max_packet_size: Option<u32>,
    /// The Request Problem Information of the CONNECT packet.
    pub request_problem_information: bool,
    /// What is wrong.
    pub defect: Defect,
    /// The class of the error: that of the [`defect`](Self::defect).
    pub class: ErrorClass,
    /// The number of bytes before the first one that cannot be accepted.
    ///
    /// It points at the field that is wrong; in a string at the ill-formed character; at a property's identifier when
    /// the property should not be there, at its value when that is forbidden or does not fit, at the Property Length
    /// when the section is at fault; at the end of the packet when something is missing there; at the Remaining Length
    /// when the size is at fault.
    pub offset: usize,
    /// The code of the DISCONNECT to answer with; `None` in 3.x, where one can only close.
    pub answer: Option<DisconnectReason>,
}

impl Malformed {
    /// The options under which the packet is to be decoded: sender, Maximum Packet Size, problem information.
    pub fn decode_options(&self) -> DecodeOptions {
        let mut options = DecodeOptions::new()
            .request_problem_information(self.request_problem_information)
            .max_packet_size(self.max_packet_size.unwrap_or(u32::MAX));
        if let Some(sender) = self.sender {
            options = options.sender(sender);
        }
        options
    }

    /// A packet of `version` with any of its defects.
    pub(crate) fn any(version: Version, c: &mut Choices<'_>) -> Self {
        let defects = Defect::ALL.iter().copied();
        let defects: Vec<_> = defects.filter(|it| it.occurs_in(version)).collect();
        Self::with(c.pick(&defects), version, c)
    }

    /// A packet of `version` with this defect, which occurs there.
    pub(crate) fn with(defect: Defect, version: Version, c: &mut Choices<'_>) -> Self {
        let case = c.group(|c| Case::draw(defect, version, c));
        let bytes = case.draft.bytes();
        let max_packet_size = match defect {
            Defect::PacketTooLarge => {
                let excess = c.below(bytes.len() - 1);
                u32::try_from(bytes.len() - 1 - excess).ok()
            }
            // Just large enough: the size is no defect.
            _ if case.fits && c.one_in(3) => u32::try_from(bytes.len()).ok(),
            _ => None,
        };
        let class = defect.class();
        Self {
            offset: case.draft.offset(case.place),
            bytes,
            version,
            sender: case.sender,
            max_packet_size,
            request_problem_information: case.request_problem_information,
            defect,
            class,
            answer: (version == Version::V5_0).then_some(match class {
                ErrorClass::MalformedPacket => DisconnectReason::MalformedPacket,
                ErrorClass::ProtocolError => DisconnectReason::ProtocolError,
                ErrorClass::PacketTooLarge => DisconnectReason::PacketTooLarge,
            }),
        }
    }
}

impl fmt::Debug for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Malformed")
            .field("bytes", &format_args!("{:02X?}", self.bytes))
            .field("version", &self.version)
            .field("sender", &self.sender)
            .field("max_packet_size", &self.max_packet_size)
            .field(
                "request_problem_information",
                &self.request_problem_information,
            )
            .field("defect", &self.defect)
            .field("class", &self.class)
            .field("offset", &self.offset)
            .field("answer", &self.answer)
            .finish()
    }
}

/// A packet with a defect, where the defect is, and what the receiver must know to see it.
struct Case {
    draft: Draft,
    place: Place,
    sender: Option<Side>,
    request_problem_information: bool,
    /// Whether its size can be compared with a limit before the defect shows.
    fits: bool,
}

impl Case {
    /// A case that shows whoever sends the packet; sometimes its sender is known all the same.
    fn new(valid: &Valid, draft: Draft, place: Place, c: &mut Choices<'_>) -> Self {
        Self {
            draft,
            place,
            sender: c.one_in(2).then_some(valid.sender),
            request_problem_information: true,
            fits: !matches!(place, Place::FirstByte | Place::RemainingLength),
        }
    }

    /// The same case with a sender that is known.
    fn sent_by(mut self, sender: Side) -> Self {
        self.sender = Some(sender);
        self
    }

    fn draw(defect: Defect, version: Version, c: &mut Choices<'_>) -> Self {
        match defect {
            Defect::ReservedPacketType => header::reserved_packet_type(version, c),
            Defect::FixedHeaderFlags => header::flags(version, c),
            Defect::WrongDirection => header::direction(version, c),
            Defect::RemainingLengthTooLong => header::length_too_long(version, c),
            Defect::RemainingLengthNotMinimal => header::length_not_minimal(c),
            Defect::PacketTooLarge => header::too_large(version, c),
            Defect::RemainingLength => header::fixed_length(version, c),
            Defect::V3Connack => header::v3_connack(c),
            Defect::Truncated => body::truncated(version, c),
            Defect::NoPropertyLength => body::no_property_length(c),
            Defect::ConnackFlags => body::connack_flags(version, c),
            Defect::SessionPresent => body::session_present(version, c),
            Defect::PacketIdentifierZero => body::packet_identifier_zero(version, c),
            Defect::UndefinedCode => body::undefined_code(version, c),
            Defect::CodeSender => body::code_sender(c),
            Defect::NoCodes => body::no_codes(version, c),
            Defect::TrailingBytes => body::trailing_bytes(c),
            Defect::PropertyLengthTruncated => properties::length_truncated(c),
            Defect::PropertyLengthTooLong => properties::length_too_long(c),
            Defect::PropertyLengthNotMinimal => properties::length_not_minimal(c),
            Defect::PropertyLengthPastEnd => properties::length_past_end(c),
            Defect::UnknownProperty => properties::unknown(c),
            Defect::PropertyNotAllowed => properties::not_allowed(c),
            Defect::DuplicateProperty => properties::duplicate(c),
            Defect::PropertySender => properties::sender(c),
            Defect::ProblemInformation => properties::problem_information(c),
            Defect::PropertyTruncated => properties::truncated(c),
            Defect::PropertyValue => properties::forbidden_value(c),
            Defect::NoAuthenticationMethod => properties::no_method(c),
            Defect::OverlongUtf8
            | Defect::SurrogateUtf8
            | Defect::Utf8AboveMaximum
            | Defect::TruncatedUtf8
            | Defect::StrayContinuation
            | Defect::InvalidUtf8Byte
            | Defect::NullCharacter => properties::bad_string(defect, c),
        }
    }
}

/// A valid packet of any type, in its whole form.
fn any(version: Version, c: &mut Choices<'_>) -> (Valid, Draft) {
    let valid = any_packet(version, c);
    let draft = valid.draft();
    (valid, draft)
}

/// A valid packet of one of these types, in its whole form.
fn one_of(packets: &[PacketType], version: Version, c: &mut Choices<'_>) -> (Valid, Draft) {
    let valid = any_sender(version, c.pick(packets), c);
    let draft = valid.draft();
    (valid, draft)
}

/// Bytes of which each announces another one.
fn continuations(count: usize, c: &mut Choices<'_>) -> Vec<u8> {
    (0..count).map(|_| c.byte_between(0x80, 0xFF)).collect()
}
