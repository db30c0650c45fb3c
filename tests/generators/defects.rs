//! What a defect says of itself, and what a malformed packet looks like when a test fails.

use std::collections::BTreeSet;

use mqtt_reason::testing::Defect;
use mqtt_reason::testing::proptest as strategies;
use mqtt_reason::v5::DisconnectReason;
use mqtt_reason::{ErrorClass, Side, Version};

use super::{malformed_by, refusal, samples};

/// The rule that each defect breaks, and whether MQTT 5.0 names the class of the error.
const RULES: [(Defect, &str, bool); 36] = [
    (Defect::ReservedPacketType, "2.1.2", false),
    (Defect::FixedHeaderFlags, "MQTT-2.1.3-1", true),
    (Defect::WrongDirection, "2.1.2", false),
    (Defect::RemainingLengthTooLong, "2.1.4", true),
    (Defect::RemainingLengthNotMinimal, "MQTT-1.5.5-1", false),
    (Defect::PacketTooLarge, "MQTT-3.1.2-24", true),
    (Defect::RemainingLength, "2.2.3", false),
    (Defect::V3Connack, "3.2.2", false),
    (Defect::Truncated, "2.1.4", false),
    (Defect::NoPropertyLength, "MQTT-2.2.2-1", false),
    (Defect::ConnackFlags, "MQTT-3.2.2-1", false),
    (Defect::SessionPresent, "MQTT-3.2.2-6", false),
    (Defect::PacketIdentifierZero, "MQTT-2.2.1-5", false),
    (Defect::UndefinedCode, "2.4", false),
    (Defect::CodeSender, "3.15.2.1", false),
    (Defect::NoCodes, "3.9.3", false),
    (Defect::PropertyLengthTruncated, "2.2.2.1", false),
    (Defect::PropertyLengthTooLong, "1.5.5", true),
    (Defect::PropertyLengthNotMinimal, "MQTT-1.5.5-1", false),
    (Defect::PropertyLengthPastEnd, "2.2.2.1", false),
    (Defect::UnknownProperty, "2.2.2.2", true),
    (Defect::PropertyNotAllowed, "2.2.2.2", true),
    (Defect::DuplicateProperty, "2.2.2.2", true),
    (Defect::PropertySender, "MQTT-3.14.2-2", false),
    (Defect::ProblemInformation, "MQTT-3.1.2-29", true),
    (Defect::PropertyTruncated, "2.2.2.1", false),
    (Defect::PropertyValue, "2.2.2.2", true),
    (Defect::OverlongUtf8, "MQTT-1.5.4-1", true),
    (Defect::SurrogateUtf8, "MQTT-1.5.4-1", true),
    (Defect::Utf8AboveMaximum, "MQTT-1.5.4-1", true),
    (Defect::TruncatedUtf8, "MQTT-1.5.4-1", true),
    (Defect::StrayContinuation, "MQTT-1.5.4-1", true),
    (Defect::InvalidUtf8Byte, "MQTT-1.5.4-1", true),
    (Defect::NullCharacter, "MQTT-1.5.4-2", true),
    (Defect::NoAuthenticationMethod, "3.15.2.2.2", true),
    (Defect::TrailingBytes, "2.3", false),
];

/// Whether the decoder names another rule: that of the packet or of the property, or the length that does not add up.
fn has_closer_rules(defect: Defect) -> bool {
    matches!(
        defect,
        Defect::FixedHeaderFlags
            | Defect::RemainingLengthTooLong
            | Defect::PacketTooLarge
            | Defect::PacketIdentifierZero
            | Defect::UndefinedCode
            | Defect::NoCodes
            | Defect::PropertyLengthTruncated
            | Defect::DuplicateProperty
            | Defect::PropertyValue
    )
}

#[test]
fn each_defect_names_the_rule_it_breaks() {
    let all: Vec<_> = RULES.iter().map(|(defect, ..)| *defect).collect();
    assert_eq!(all, Defect::ALL);
    for (defect, rule, is_stated) in RULES {
        assert_eq!(defect.rule(), rule, "{defect:?}");
        assert_eq!(defect.class_is_stated(), is_stated, "{defect:?}");
        let strategy = malformed_by(Version::V5_0, defect);
        for malformed in strategy.into_iter().flat_map(|it| samples(20, it)) {
            let error = refusal(
                malformed.version,
                &malformed.decode_options(),
                &malformed.bytes,
            );
            let found = error.unwrap().rule();
            assert!(found == rule || has_closer_rules(defect), "{malformed:?}");
        }
    }
}

#[test]
fn each_defect_is_described_in_a_sentence_of_its_own() {
    let mut descriptions = BTreeSet::new();
    for defect in Defect::ALL {
        let text = defect.description();
        assert!(descriptions.insert(text), "{text}");
        assert!(text.starts_with(char::is_uppercase), "{text}");
        assert!(text.contains(' ') && !text.ends_with('.'), "{text}");
        assert_eq!(defect.to_string(), text);
        assert_eq!(format!("{defect:>100}"), format!("{text:>100}"));
    }
    assert_eq!(
        Defect::NullCharacter.to_string(),
        "A string contains U+0000"
    );
}

#[test]
fn a_malformed_packet_is_shown_with_its_bytes_in_hex() {
    let mut malformed = samples(1, strategies::malformed()).next().unwrap();
    malformed.bytes = vec![0x40, 0x03, 0x00, 0x0A, 0x8B];
    malformed.version = Version::V5_0;
    malformed.sender = Some(Side::Client);
    malformed.max_packet_size = None;
    malformed.request_problem_information = true;
    malformed.defect = Defect::UndefinedCode;
    malformed.class = ErrorClass::ProtocolError;
    malformed.offset = 4;
    malformed.answer = Some(DisconnectReason::ProtocolError);
    assert_eq!(
        format!("{malformed:?}"),
        "Malformed { bytes: [40, 03, 00, 0A, 8B], version: V5_0, sender: Some(Client), \
         max_packet_size: None, request_problem_information: true, defect: UndefinedCode, \
         class: ProtocolError, offset: 4, answer: Some(ProtocolError) }"
    );
}
