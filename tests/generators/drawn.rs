//! What the generators draw: everything that they promise, and simple things when a test fails.

use std::collections::{BTreeMap, BTreeSet};

use mqtt_reason::testing::proptest as strategies;
use mqtt_reason::testing::{Defect, Form, Valid};
use mqtt_reason::v5::Property;
use mqtt_reason::{PacketType, ReasonCode, Version, v3};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::{VERSIONS, malformed_by, samples};

#[test]
fn any_malformed_packet_is_of_any_defect_and_any_packet() {
    for version in VERSIONS {
        let mut drawn = BTreeSet::new();
        let mut packets = BTreeSet::new();
        let strategy = match v3::Version::try_from(version) {
            Ok(version) => strategies::v3::malformed(version).boxed(),
            Err(_) => strategies::malformed().boxed(),
        };
        for malformed in samples(4000, strategy) {
            drawn.insert(malformed.defect);
            packets.insert(PacketType::from_first_byte(malformed.bytes[0]));
        }
        let all = Defect::ALL.iter().copied();
        let all: BTreeSet<_> = all.filter(|defect| defect.occurs_in(version)).collect();
        assert_eq!(drawn, all, "{version}");
        for packet in PacketType::REASON_CODED {
            let is_there = packets.contains(&Some(packet));
            assert!(is_there || version != Version::V5_0, "{packet}");
        }
    }
}

#[test]
fn any_valid_packet_is_of_every_kind_code_form_and_sender() {
    let mut drawn = BTreeMap::<_, BTreeSet<_>>::new();
    let mut forms = BTreeSet::new();
    let mut senders = BTreeSet::new();
    for packet in samples(9000, strategies::packet()) {
        let codes = drawn.entry(packet.packet_type()).or_default();
        codes.extend(packet.codes().iter().copied());
        forms.insert((packet.packet_type(), format!("{:?}", packet.form())));
        senders.insert((packet.packet_type(), packet.sender()));
    }
    let rows = ReasonCode::table();
    for row in rows {
        let codes = drawn.get(&row.packet).expect("every packet is drawn");
        assert!(codes.contains(&row.code.as_u8()), "{row:?}");
    }
    assert_eq!(forms.len(), 5 * 3 + 4, "{forms:?}");
    assert_eq!(senders.len(), 6 * 2 + 3, "{senders:?}");
}

#[test]
fn forms_of_3_x_are_drawn() {
    for version in [v3::Version::V3_1, v3::Version::V3_1_1] {
        let mut forms = BTreeSet::new();
        for packet in samples(500, strategies::v3::packet(version)) {
            forms.insert(format!("{:?}", packet.form()));
            assert!(packet.bytes_in(Form::PaddedLength).is_some());
        }
        let expected = match version {
            v3::Version::V3_1 => 3,
            v3::Version::V3_1_1 => 2,
        };
        assert_eq!(forms.len(), expected, "{forms:?}");
    }
}

#[test]
fn strategies_of_one_packet_draw_that_packet() {
    macro_rules! check_type {
        ($($name:ident $Packet:ident)+) => {$(
            for packet in samples(20, strategies::$name()) {
                assert_eq!(packet.packet_type(), PacketType::$Packet);
                assert_eq!(packet.version(), Version::V5_0);
            }
        )+};
    }
    check_type! {
        connack Connack puback Puback pubrec Pubrec pubrel Pubrel pubcomp Pubcomp suback Suback unsuback Unsuback
        disconnect Disconnect auth Auth
    }
    macro_rules! check_v3_type {
        ($($name:ident $Packet:ident)+) => {$(
            for packet in samples(20, strategies::v3::$name(v3::Version::V3_1_1)) {
                assert_eq!(packet.packet_type(), PacketType::$Packet);
                assert_eq!(packet.version(), Version::V3_1_1);
            }
        )+};
    }
    check_v3_type! {
        connack Connack puback Puback pubrec Pubrec pubrel Pubrel pubcomp Pubcomp suback Suback unsuback Unsuback
        disconnect Disconnect
    }
}

#[test]
fn every_property_of_every_packet_is_drawn() {
    let allowed: [(PacketType, &[u8]); 9] = [
        (
            PacketType::Connack,
            &[
                0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27,
                0x28, 0x29, 0x2A,
            ],
        ),
        (PacketType::Puback, &[0x1F, 0x26]),
        (PacketType::Pubrec, &[0x1F, 0x26]),
        (PacketType::Pubrel, &[0x1F, 0x26]),
        (PacketType::Pubcomp, &[0x1F, 0x26]),
        (PacketType::Suback, &[0x1F, 0x26]),
        (PacketType::Unsuback, &[0x1F, 0x26]),
        (PacketType::Disconnect, &[0x11, 0x1C, 0x1F, 0x26]),
        (PacketType::Auth, &[0x15, 0x16, 0x1F, 0x26]),
    ];
    let mut drawn = BTreeMap::<_, BTreeSet<u8>>::new();
    let mut largest = 0;
    for packet in samples(3000, strategies::packet()) {
        let ids = packet.properties().map(|property| property.id().as_u8());
        let ids: BTreeSet<_> = ids.collect();
        if packet.packet_type() == PacketType::Connack {
            largest = largest.max(ids.len());
        }
        drawn.entry(packet.packet_type()).or_default().extend(ids);
    }
    let allowed = allowed.map(|(packet, ids)| (packet, ids.iter().copied().collect()));
    assert_eq!(drawn, BTreeMap::from(allowed));
    assert_eq!(largest, 17, "all properties together");
}

#[test]
fn strings_of_every_shape_are_drawn() {
    let mut missing: BTreeMap<&str, fn(&str) -> bool> = BTreeMap::from([
        ("empty", (|text| text.is_empty()) as fn(&str) -> bool),
        ("65,535 bytes", |text| text.len() == 65_535),
        ("65,534 bytes", |text| text.len() == 65_534),
        ("long and not ASCII", |text| {
            text.len() == 65_535 && !text.is_ascii()
        }),
        ("two bytes", |text| text.contains('\u{80}')),
        ("three bytes", |text| text.contains('\u{800}')),
        ("four bytes", |text| text.contains('\u{10FFFF}')),
        ("next to the surrogates", |text| {
            text.contains(['\u{D7FF}', '\u{E000}'])
        }),
        ("byte order mark first", |text| text.starts_with('\u{FEFF}')),
        ("byte order mark inside", |text| {
            text.trim_matches(|it: char| it.is_ascii_lowercase()) == "\u{FEFF}"
                && !text.starts_with('\u{FEFF}')
                && !text.ends_with('\u{FEFF}')
        }),
        ("C0 control", |text| text.contains('\u{1}')),
        ("C1 control", |text| text.contains('\u{9F}')),
        ("noncharacter", |text| {
            text.contains(['\u{FDD0}', '\u{1FFFE}'])
        }),
        ("space", |text| text.contains(' ')),
    ]);
    for packet in samples(6000, strategies::packet()) {
        for property in packet.properties() {
            if let Property::ReasonString(text) | Property::UserProperty(text, _) = property {
                assert!(text.len() <= 65_535 && !text.contains('\0'));
                missing.retain(|_, is_drawn| !is_drawn(text));
            }
        }
    }
    assert!(missing.is_empty(), "{:?}", missing.keys());
}

#[test]
fn long_lists_of_codes_are_drawn() {
    let longest = samples(1500, strategies::suback()).map(|packet| packet.codes().len());
    let longest = longest.max().unwrap();
    assert!((16_384..=20_000).contains(&longest), "{longest}");
}

/// What is left when values of the strategy that `fails` finds are simplified.
fn simplest<S: Strategy>(strategy: S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    // The same choices at each run: how small a packet gets depends on where it starts.
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 2000,
            failure_persistence: None,
            ..Config::default()
        },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let found = runner.run(&strategy, |value| match fails(&value) {
        true => Err(TestCaseError::fail("found")),
        false => Ok(()),
    });
    match found {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("nothing found: {other:?}"),
    }
}

#[test]
fn failures_are_simplified_to_small_packets() {
    let packet = simplest(strategies::packet(), |packet| {
        packet.properties().any(|property| match property {
            Property::UserProperty(_, value) => value.contains('\u{80}'),
            _ => false,
        })
    });
    // An AUTH has a method, too.
    assert!(packet.properties().count() <= 2, "{packet:?}");
    assert!(packet.shortest().len() < 16, "{packet:?}");

    let malformed = simplest(strategies::malformed(), |malformed| {
        malformed.defect == Defect::SurrogateUtf8
    });
    assert!(malformed.bytes.len() < 24, "{malformed:?}");
    assert_eq!(malformed.max_packet_size, None);
}

/// However long a string or a list a failure needs, it gets little more.
#[test]
fn failures_are_simplified_to_short_strings_and_lists() {
    let has_reason_string_of = |least: usize| {
        move |packet: &Valid| {
            packet.properties().any(|property| match property {
                Property::ReasonString(text) => text.len() >= least,
                _ => false,
            })
        }
    };
    for (least, most) in [(3, 40), (201, 260), (2_001, 2_100), (65_535, 65_600)] {
        let packet = simplest(strategies::packet(), has_reason_string_of(least));
        assert!(packet.shortest().len() <= most, "{least}: {packet:?}");
    }
    let suback = simplest(strategies::suback(), |suback| {
        suback.codes().contains(&0x87)
    });
    assert_eq!(suback.codes(), [0x87]);
    for least in [100, 1_000] {
        let suback = simplest(strategies::suback(), |suback| suback.codes().len() >= least);
        assert_eq!(suback.codes().len(), least);
    }
}

/// [MQTT-3.2.2-1] is broken, and [MQTT-3.2.2-6] is not broken besides.
#[test]
fn reserved_connack_flags_come_without_session_present_beside_a_refusal() {
    for version in [Version::V5_0, Version::V3_1_1] {
        let strategy = malformed_by(version, Defect::ConnackFlags).unwrap();
        for malformed in samples(500, strategy) {
            let flags = malformed.bytes[malformed.offset];
            let code = malformed.bytes[malformed.offset + 1];
            assert!(flags & 1 == 0 || code == 0, "{malformed:?}");
        }
    }
}

/// What is cut off from the last property of a SUBACK is not left behind to be read as codes.
#[test]
fn a_truncated_property_leaves_the_codes_alone() {
    let strategy = malformed_by(Version::V5_0, Defect::PropertyTruncated).unwrap();
    for malformed in samples(2000, strategy) {
        let bytes = &malformed.bytes;
        let is_list = matches!(bytes[0], 0x90 | 0xB0);
        // Lengths of one byte each.
        if !is_list || bytes[1] >= 0x80 || bytes[4] >= 0x80 {
            continue;
        }
        let codes = &bytes[5 + usize::from(bytes[4])..];
        let row = |code: &u8| ReasonCode::from_u8(*code)?.meaning_in(malformed_type(bytes));
        assert!(
            codes.iter().all(|code| row(code).is_some()),
            "{malformed:?}"
        );
    }
}

fn malformed_type(bytes: &[u8]) -> PacketType {
    PacketType::from_first_byte(bytes[0]).unwrap()
}

#[test]
fn a_value_that_was_not_simplified_is_as_complicated_as_it_gets() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let mut tree = strategies::packet().new_tree(&mut runner).unwrap();
        let drawn = tree.current();
        assert!(!tree.complicate());
        assert_eq!(tree.current(), drawn);
    }
}

/// `proptest` shows the strategy, not the closure in it.
#[test]
fn a_strategy_has_a_debug_form() {
    assert_eq!(format!("{:?}", strategies::packet()), "Made { .. }");
}
