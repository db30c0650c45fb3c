//! The generators of `testing`: what they call valid is accepted, what they call malformed is refused as they say, by
//! the decoder and by the naive one of `oracle`; and they draw everything that they promise.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

#[path = "generators/defects.rs"]
mod defects;
#[path = "generators/drawn.rs"]
mod drawn;
mod oracle;

use mqtt_reason::testing::proptest as strategies;
use mqtt_reason::testing::{Defect, Malformed, Valid};
use mqtt_reason::v5::{Property, PropertyValue};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, ErrorClass, PacketId, PacketType, PropertyId, Side,
    Version, v3, v5,
};
use oracle::{Class, Context, Sender, Value, Verdict, judge};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

const VERSIONS: [Version; 3] = [Version::V5_0, Version::V3_1_1, Version::V3_1];

/// Runs `test` on values of the strategy; it panics if one fails.
fn check<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        source_file: Some(file!()),
        ..Config::default()
    });
    let run = runner.run(&strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

/// Values of the strategy, the same ones each time.
fn samples<S: Strategy>(count: usize, strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    let mut sample = move || strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(move |_| sample())
}

fn packets(version: Version) -> proptest::strategy::BoxedStrategy<Valid> {
    match v3::Version::try_from(version) {
        Ok(version) => strategies::v3::packet(version).boxed(),
        Err(_) => strategies::packet().boxed(),
    }
}

fn malformed_by(
    version: Version,
    defect: Defect,
) -> Option<proptest::strategy::BoxedStrategy<Malformed>> {
    match v3::Version::try_from(version) {
        Ok(version) => Some(strategies::v3::malformed_by(version, defect)?.boxed()),
        Err(_) => Some(strategies::malformed_by(defect)?.boxed()),
    }
}

fn context(
    version: Version,
    sender: Option<Side>,
    max_packet_size: Option<u32>,
    request_problem_information: bool,
) -> Context {
    Context {
        version: match version {
            Version::V3_1 => oracle::Version::V3_1,
            Version::V3_1_1 => oracle::Version::V3_1_1,
            Version::V5_0 => oracle::Version::V5_0,
        },
        sender: sender.map(|sender| match sender {
            Side::Client => Sender::Client,
            Side::Server => Sender::Server,
        }),
        max_packet_size,
        request_problem_information,
    }
}

/// Asserts that the bytes are the packet, to the last of them.
#[track_caller]
fn assert_reads(packet: &Valid, options: &DecodeOptions, bytes: &[u8]) {
    packet.with_packet(|read| {
        assert_eq!(read.version(), packet.version());
        assert_eq!(read.packet_type(), packet.packet_type());
        assert_eq!(read.packet_id(), packet.packet_id());
        assert!(read.properties().iter().eq(packet.properties()));
    });
    packet.with_v5(|expected| {
        let expected = Decoded::Packet {
            packet: expected,
            len: bytes.len(),
        };
        assert_eq!(v5::decode_with(options, bytes), Ok(expected));
    });
    packet.with_v3(|version, expected| {
        let expected = Decoded::Packet {
            packet: expected,
            len: bytes.len(),
        };
        assert_eq!(v3::decode_with(version, options, bytes), Ok(expected));
    });
}

/// What the decoder of the version says against the bytes.
fn refusal(version: Version, options: &DecodeOptions, bytes: &[u8]) -> Option<DecodeError> {
    match v3::Version::try_from(version) {
        Ok(version) => v3::decode_with(version, options, bytes).err(),
        Err(_) => v5::decode_with(options, bytes).err(),
    }
}

#[test]
fn reads_every_valid_packet_in_every_form() {
    for version in VERSIONS {
        check(1000, packets(version), |packet| {
            assert_eq!(packet.version(), version);
            assert!(packet.with_v5(|_| ()).is_some() != packet.with_v3(|_, _| ()).is_some());
            assert!(packet.encodings().contains(&packet.bytes()));
            let from_sender = DecodeOptions::new().sender(packet.sender());
            for bytes in packet.encodings() {
                let len = u32::try_from(bytes.len()).unwrap();
                assert_reads(&packet, &DecodeOptions::new(), &bytes);
                assert_reads(&packet, &from_sender.max_packet_size(len), &bytes);
            }
        });
    }
}

#[test]
fn reads_packets_without_problem_information_that_was_not_requested() {
    let options = DecodeOptions::new().request_problem_information(false);
    check(256, strategies::packet(), |packet| {
        let packet = packet.without_problem_information();
        assert_reads(&packet, &options, &packet.bytes());
    });
}

#[test]
fn oracle_reads_the_content_of_every_valid_packet() {
    for version in VERSIONS {
        check(300, packets(version), |packet| {
            let expected = oracle_packet(&packet);
            let context = context(version, Some(packet.sender()), None, true);
            for bytes in packet.encodings() {
                let verdict = judge(&bytes, &context);
                let packet = expected.clone();
                let len = bytes.len();
                assert_eq!(verdict, Verdict::Packet { packet, len });
            }
        });
    }
}

/// The content of a packet, as the oracle puts it.
fn oracle_packet(packet: &Valid) -> oracle::Packet {
    let has_flag = packet.packet_type() == PacketType::Connack;
    oracle::Packet {
        packet_type: packet.packet_type().as_u8(),
        session_present: has_flag.then_some(packet.session_present()),
        packet_id: packet.packet_id().map(PacketId::get),
        codes: packet.codes().to_vec(),
        properties: packet
            .properties()
            .map(|property| (property.id().as_u8(), oracle_value(property)))
            .collect(),
    }
}

fn oracle_value(property: Property<'_>) -> Value {
    match property.value() {
        PropertyValue::Byte(value) => Value::Byte(value),
        PropertyValue::TwoByteInteger(value) => Value::Two(value),
        PropertyValue::FourByteInteger(value) => Value::Four(value),
        PropertyValue::String(text) => Value::Text(text.into()),
        PropertyValue::BinaryData(data) => Value::Binary(data.into()),
        PropertyValue::StringPair(name, value) => Value::Pair(name.into(), value.into()),
        PropertyValue::VariableByteInteger(_) => panic!("no property of the nine packets"),
    }
}

#[test]
fn refuses_every_defect_with_its_class_offset_and_answer() {
    for version in VERSIONS {
        for &defect in Defect::ALL {
            let Some(strategy) = malformed_by(version, defect) else {
                assert!(!defect.occurs_in(version), "{defect:?} in {version}");
                continue;
            };
            assert!(defect.occurs_in(version), "{defect:?} in {version}");
            check(300, strategy, |malformed| {
                assert_eq!((malformed.defect, malformed.version), (defect, version));
                assert_refused(&malformed);
            });
        }
    }
}

/// Asserts that the decoder and the oracle refuse the packet as it says.
#[track_caller]
fn assert_refused(malformed: &Malformed) {
    let version = malformed.version;
    let error = refusal(version, &malformed.decode_options(), &malformed.bytes)
        .unwrap_or_else(|| panic!("accepted: {malformed:?}"));
    assert_eq!(error.offset(), malformed.offset, "{error:?}: {malformed:?}");
    assert_eq!(error.class(), malformed.class, "{error:?}: {malformed:?}");
    assert_eq!(error.answer(), malformed.answer, "{error:?}");
    assert_eq!(malformed.class, malformed.defect.class());

    let context = context(
        version,
        malformed.sender,
        malformed.max_packet_size,
        malformed.request_problem_information,
    );
    let packet_type = error.packet().map(PacketType::as_u8);
    let expected = Verdict::Refused {
        class: match malformed.class {
            ErrorClass::PacketTooLarge => Class::PacketTooLarge,
            ErrorClass::ProtocolError => Class::ProtocolError,
            _ => Class::Malformed,
        },
        offset: malformed.offset,
        packet_type,
    };
    assert_eq!(judge(&malformed.bytes, &context), expected, "{malformed:?}");
}

#[test]
fn defects_are_told_apart_by_the_kind_of_error() {
    for &defect in Defect::ALL {
        for version in VERSIONS {
            let Some(strategy) = malformed_by(version, defect) else {
                continue;
            };
            for malformed in samples(50, strategy) {
                let error = refusal(version, &malformed.decode_options(), &malformed.bytes);
                let kind = format!("{:?}", error.unwrap().kind());
                let name = kind.split([' ', '{']).next().unwrap();
                assert_eq!(name, kind_of(defect, version), "{malformed:?}");
            }
        }
    }
}

/// The name of the [`ErrorKind`](mqtt_reason::ErrorKind) of a defect.
fn kind_of(defect: Defect, version: Version) -> &'static str {
    match defect {
        Defect::ReservedPacketType => "ReservedPacketType",
        Defect::FixedHeaderFlags => "FixedHeaderFlags",
        Defect::WrongDirection => "WrongDirection",
        Defect::RemainingLengthTooLong | Defect::PropertyLengthTooLong => {
            "VariableByteIntegerTooLong"
        }
        Defect::RemainingLengthNotMinimal | Defect::PropertyLengthNotMinimal => {
            "VariableByteIntegerNotMinimal"
        }
        Defect::PacketTooLarge => "PacketTooLarge",
        Defect::RemainingLength => "RemainingLength",
        Defect::V3Connack => "V3Connack",
        Defect::Truncated | Defect::PropertyLengthTruncated => "Truncated",
        Defect::NoPropertyLength => "NoPropertyLength",
        Defect::PropertyTruncated => "PropertyTruncated",
        Defect::ConnackFlags => "ConnackFlags",
        Defect::SessionPresent => "SessionPresent",
        Defect::PacketIdentifierZero => "PacketIdentifierZero",
        Defect::UndefinedCode if version == Version::V5_0 => "ReasonCode",
        Defect::UndefinedCode => "ReturnCode",
        Defect::CodeSender => "ReasonCodeSender",
        Defect::NoCodes => "NoCodes",
        Defect::PropertyLengthPastEnd => "PropertyLength",
        Defect::UnknownProperty => "UnknownProperty",
        Defect::PropertyNotAllowed => "PropertyNotAllowed",
        Defect::DuplicateProperty => "DuplicateProperty",
        Defect::PropertySender => "PropertySender",
        Defect::ProblemInformation => "ProblemInformation",
        Defect::PropertyValue => "PropertyValue",
        Defect::NullCharacter => "NullCharacter",
        Defect::NoAuthenticationMethod => "NoAuthenticationMethod",
        Defect::TrailingBytes => "TrailingBytes",
        Defect::OverlongUtf8
        | Defect::SurrogateUtf8
        | Defect::Utf8AboveMaximum
        | Defect::TruncatedUtf8
        | Defect::StrayContinuation
        | Defect::InvalidUtf8Byte => "IllFormedUtf8",
        _ => panic!("{defect:?} has no kind of error"),
    }
}

#[test]
fn leaving_problem_information_out_keeps_the_rest() {
    check(256, strategies::packet(), |packet| {
        let fewer = packet.without_user_properties();
        let none = packet.without_problem_information();
        assert!(!fewer.has(PropertyId::UserProperty));
        assert!(!none.has(PropertyId::UserProperty) && !none.has(PropertyId::ReasonString));
        let kept = packet.properties();
        let kept = kept.filter(|property| property.id() != PropertyId::UserProperty);
        assert!(fewer.properties().eq(kept));
    });
}

#[cfg(feature = "arbitrary")]
mod arbitrary_instances {
    use std::collections::BTreeSet;

    use arbitrary::{Arbitrary, Unstructured};
    use mqtt_reason::DecodeOptions;
    use mqtt_reason::testing::{Malformed, Valid};
    use proptest::collection::vec;
    use proptest::num::u8::ANY;

    use super::{assert_reads, assert_refused, check, samples};

    #[test]
    fn keep_what_they_promise_whatever_the_bytes() {
        check(500, vec(ANY, 0..600), |entropy| {
            let packet = Valid::arbitrary(&mut Unstructured::new(&entropy)).unwrap();
            assert_reads(&packet, &DecodeOptions::new(), &packet.bytes());
            let malformed = Malformed::arbitrary(&mut Unstructured::new(&entropy)).unwrap();
            assert_refused(&malformed);
        });
    }

    #[test]
    fn reach_every_version_and_packet() {
        let mut drawn = BTreeSet::new();
        for entropy in samples(2000, vec(ANY, 40)) {
            let packet = Valid::arbitrary(&mut Unstructured::new(&entropy)).unwrap();
            drawn.insert((packet.version(), packet.packet_type()));
        }
        assert_eq!(drawn.len(), 9 + 8 + 8);
    }
}
