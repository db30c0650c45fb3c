//! The generators of `testing` for the six packets: what they call valid decodes to what was drawn and is written back,
//! what they call malformed is refused as its label says, by the crate and by the oracle.

use std::collections::{BTreeMap, BTreeSet};

use mqtt_reason::testing::proptest as strategies;
use mqtt_reason::testing::request::{Connect, Fields};
use mqtt_reason::testing::{MalformedRequest, Request, RequestDefect};
use mqtt_reason::v5::Property;
use mqtt_reason::view::View;
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, EncodeOptions, ErrorClass, PacketId, PacketType,
    PropertyId, Side, Version, decode_with,
};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::fuzzed;
use crate::oracle::{self, Context, Packet, Sender};
use crate::words;

const VERSIONS: [Version; 3] = [Version::V5_0, Version::V3_1_1, Version::V3_1];

const SIX: [PacketType; 6] = [
    PacketType::Connect,
    PacketType::Publish,
    PacketType::Subscribe,
    PacketType::Unsubscribe,
    PacketType::Pingreq,
    PacketType::Pingresp,
];

/// Values of the strategy, the same ones each time.
fn samples<S: Strategy>(count: usize, strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    let mut sample = move || strategy.new_tree(&mut runner).unwrap().current();
    (0..count).map(move |_| sample())
}

fn requests(count: usize) -> impl Iterator<Item = Request> {
    VERSIONS
        .into_iter()
        .flat_map(move |version| samples(count, strategies::request(version)))
}

fn context(version: Version, sender: Option<Side>) -> Context {
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
    }
}

/// The content of a packet, as the oracle puts it.
fn oracle_packet(request: &Request) -> Packet {
    let properties = || words::values(request.properties());
    let packet_id = || request.packet_id().map(PacketId::get);
    match request.fields() {
        Fields::Connect(connect) => Packet::Connect {
            level: level(request.version(), connect),
            clean_start: connect.clean_start,
            keep_alive: connect.keep_alive,
            properties: properties(),
            client_id: connect.client_id.clone(),
            will: connect.will.as_ref().map(|will| oracle::Will {
                topic: will.topic.clone(),
                qos: will.qos.as_u8(),
                retain: will.retain,
                properties: words::values(will.properties()),
                payload: will.payload.clone(),
            }),
            user_name: connect.user_name.clone(),
            password: connect.password.clone(),
        },
        Fields::Publish(publish) => Packet::Publish {
            topic: publish.topic.clone(),
            qos: publish.qos.as_u8(),
            retain: publish.retain,
            dup: publish.dup,
            packet_id: packet_id(),
            properties: properties(),
            payload: publish.payload.clone(),
        },
        Fields::Subscribe(subscribe) => Packet::Subscribe {
            packet_id: packet_id().unwrap(),
            properties: properties(),
            subscriptions: subscribe.subscriptions.clone(),
        },
        Fields::Unsubscribe(unsubscribe) => Packet::Unsubscribe {
            packet_id: packet_id().unwrap(),
            properties: properties(),
            filters: unsubscribe.filters.clone(),
        },
        Fields::Pingreq => Packet::Pingreq,
        Fields::Pingresp => Packet::Pingresp,
        other => panic!("{other:?}"),
    }
}

fn level(version: Version, connect: &Connect) -> u8 {
    let level = match version {
        Version::V3_1 => 3,
        Version::V3_1_1 => 4,
        Version::V5_0 => 5,
    };
    level + if connect.bridge { 0x80 } else { 0 }
}

/// Asserts that the packet is read, by crate and oracle, from each of its forms.
fn assert_reads(request: &Request) {
    let (version, expected) = (request.version(), oracle_packet(request));
    assert!(request.encodings().contains(&request.bytes()));
    for bytes in request.encodings() {
        let len = u32::try_from(bytes.len()).unwrap();
        let from_sender = DecodeOptions::new()
            .sender(request.sender())
            .max_packet_size(len);
        for options in [DecodeOptions::new(), from_sender] {
            let frame = words::frame(version, &options, &bytes).unwrap();
            let view = View::of(version, &options, &frame).unwrap().unwrap();
            assert_eq!(words::packet(&view), expected);
        }
        for sender in [None, Some(request.sender())] {
            let context = context(version, sender);
            assert_eq!(oracle::judge(&bytes, &context).as_ref(), Ok(&expected));
        }
    }
}

/// Asserts that the packet is written in its shortest form: as it was drawn, and as it is read from any form.
fn assert_writes(request: &Request) {
    let (version, shortest) = (request.version(), request.shortest());
    let options = EncodeOptions::new().sender(request.sender());
    let mut written = Vec::new();
    let len = request.encode_with(&options, &mut written).unwrap();
    assert_eq!((len, &written), (shortest.len(), &shortest), "{request:?}");
    for bytes in request.encodings() {
        let options = DecodeOptions::new();
        let frame = words::frame(version, &options, &bytes).unwrap();
        let view = View::of(version, &options, &frame).unwrap().unwrap();
        let mut written = Vec::new();
        view.encode(version, &mut written).unwrap();
        assert_eq!(written, shortest, "{request:?}");
    }
}

#[test]
fn every_valid_request_is_read_as_it_was_drawn_and_written_as_it_was_read() {
    for request in requests(1_000) {
        assert_reads(&request);
        assert_writes(&request);
        let packet_type = request.with_view(|view| view.packet_type());
        assert_eq!(packet_type, Some(request.packet_type()));
    }
}

/// What the fuzz target `views` checks holds for every drawn packet, in its context and in the other ones.
#[test]
fn drawn_requests_pass_what_the_fuzz_target_checks() {
    let malformed = VERSIONS
        .into_iter()
        .flat_map(|version| samples(400, strategies::malformed_request(version)));
    let drawn = requests(200).map(|request| request.bytes());
    for bytes in drawn.chain(malformed.map(|malformed| malformed.bytes)) {
        let length = bytes[1..].iter().take_while(|byte| **byte >= 128).count() + 1;
        let Some(body) = bytes.get(1 + length..).filter(|body| body.len() < 10_000) else {
            continue;
        };
        for choice in 0..9 {
            fuzzed::check(&[&[choice, bytes[0]], body].concat());
        }
    }
}

fn refusal(malformed: &MalformedRequest) -> Option<DecodeError> {
    let (version, options) = (malformed.version, malformed.decode_options());
    match decode_with(version, &options, &malformed.bytes) {
        Ok(Decoded::Frame(frame)) => View::of(version, &options, &frame).err(),
        Ok(_) => None,
        Err(error) => Some(error),
    }
}

/// Whether only the fixed header shows the defect, which the oracle does not judge.
const fn is_of_the_frame(defect: RequestDefect) -> bool {
    matches!(
        defect,
        RequestDefect::FixedHeaderFlags
            | RequestDefect::WrongDirection
            | RequestDefect::RemainingLengthTooLong
            | RequestDefect::RemainingLengthNotMinimal
            | RequestDefect::PacketTooLarge
    )
}

/// Asserts that the packet is refused as its label says, by the crate and by the oracle.
fn assert_refused(malformed: &MalformedRequest) {
    let error = refusal(malformed).unwrap_or_else(|| panic!("accepted: {malformed:?}"));
    assert_eq!(error.offset(), malformed.offset, "{error:?}: {malformed:?}");
    assert_eq!(error.class(), malformed.class, "{error:?}: {malformed:?}");
    assert_eq!(error.rule(), malformed.rule, "{error:?}: {malformed:?}");
    assert_eq!(error.answer(), malformed.answer, "{error:?}: {malformed:?}");
    assert_eq!(malformed.class, malformed.defect.class());
    if is_of_the_frame(malformed.defect) {
        return;
    }
    let context = context(malformed.version, malformed.sender);
    let expected = oracle::Fault {
        class: match malformed.class {
            ErrorClass::MalformedPacket => oracle::Class::Malformed,
            _ => oracle::Class::Protocol,
        },
        offset: malformed.offset,
        answer: malformed.defect.answer().as_u8(),
    };
    let found = oracle::judge(&malformed.bytes, &context);
    assert_eq!(found, Err(expected), "{malformed:?}");
}

#[test]
fn every_malformed_request_is_refused_as_its_label_says() {
    for version in VERSIONS {
        for &defect in RequestDefect::ALL {
            let Some(strategy) = strategies::malformed_request_by(version, defect) else {
                assert!(!defect.occurs_in(version), "{defect:?} in {version}");
                continue;
            };
            for malformed in samples(150, strategy) {
                assert_eq!((malformed.defect, malformed.version), (defect, version));
                assert_refused(&malformed);
            }
        }
    }
}

/// A defect shows as one kind of error, or as the one that names the same fault of another field.
#[test]
fn defects_are_told_apart_by_the_kind_of_error() {
    let mut kinds = BTreeMap::<_, BTreeSet<_>>::new();
    for version in VERSIONS {
        for malformed in samples(4_000, strategies::malformed_request(version)) {
            let kind = format!("{:?}", refusal(&malformed).unwrap().kind());
            let name = kind.split([' ', '{']).next().unwrap().to_owned();
            kinds.entry(malformed.defect).or_default().insert(name);
        }
    }
    assert!(kinds.keys().eq(RequestDefect::ALL));
    for (defect, kinds) in kinds {
        assert_eq!(kinds.len(), 1, "{defect:?}: {kinds:?}");
    }
}

#[test]
fn any_request_is_of_every_type_property_form_and_sender() {
    let mut types = BTreeMap::<_, BTreeSet<_>>::new();
    let mut forms = BTreeSet::new();
    let mut senders = BTreeSet::new();
    let mut ids = BTreeMap::<_, BTreeSet<u8>>::new();
    let mut most = 0;
    for request in requests(2_500) {
        let packet = request.packet_type();
        types.entry(request.version()).or_default().insert(packet);
        forms.insert((request.version(), format!("{:?}", request.form())));
        senders.insert((packet, request.sender()));
        let drawn: BTreeSet<_> = request.properties().map(|it| it.id().as_u8()).collect();
        if packet == PacketType::Connect {
            most = most.max(drawn.len());
        }
        ids.entry(packet.name()).or_default().extend(drawn);
        if let Fields::Connect(Connect {
            will: Some(will), ..
        }) = request.fields()
        {
            let drawn = will.properties().map(|it| it.id().as_u8());
            ids.entry("Will").or_default().extend(drawn);
        }
    }
    for version in VERSIONS {
        assert_eq!(types[&version], BTreeSet::from(SIX), "{version}");
    }
    assert_eq!(forms.len(), 1 + 2 + 3, "{forms:?}");
    assert_eq!(senders.len(), 6 + 1, "{senders:?}");
    assert_eq!(most, 9, "all properties of a CONNECT together");
    let expected: [(&str, &[u8]); 7] = [
        (
            "CONNECT",
            &[0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27],
        ),
        ("Will", &[0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]),
        ("PUBLISH", &[0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26]),
        ("SUBSCRIBE", &[0x0B, 0x26]),
        ("UNSUBSCRIBE", &[0x26]),
        ("PINGREQ", &[]),
        ("PINGRESP", &[]),
    ];
    let expected = expected.map(|(packet, ids)| (packet, ids.iter().copied().collect()));
    assert_eq!(ids, BTreeMap::from(expected));
}

#[test]
fn fields_of_every_shape_are_drawn() {
    let mut missing: BTreeMap<&str, fn(&Request) -> bool> = BTreeMap::new();
    macro_rules! shapes {
        ($($name:literal $Variant:ident $value:ident => $is_drawn:expr,)+) => {$(
            missing.insert($name, |request| match request.fields() {
                Fields::$Variant($value) => $is_drawn,
                _ => false,
            });
        )+};
    }
    shapes! {
        "bridge" Connect it => it.bridge,
        "Client Identifier of 65,535 bytes" Connect it => it.client_id.len() == 65_535,
        "empty Client Identifier" Connect it => it.client_id.is_empty(),
        "Clean Start 0" Connect it => !it.clean_start,
        "Keep Alive 0" Connect it => it.keep_alive == 0,
        "Keep Alive 65,535" Connect it => it.keep_alive == 65_535,
        "Password without User Name" Connect it => it.password.is_some() && it.user_name.is_none(),
        "Password and User Name" Connect it => it.password.is_some() && it.user_name.is_some(),
        "empty Will Payload" Connect it => it.will.as_ref().is_some_and(|will| will.payload.is_empty()),
        "Will QoS 2, retained" Connect it => it.will.as_ref().is_some_and(|will| will.qos.as_u8() == 2 && will.retain),
        "alias for a topic" Publish it => it.topic.is_empty(),
        "topic below $SYS" Publish it => it.topic.starts_with("$SYS/"),
        "topic of 65,535 bytes" Publish it => it.topic.len() == 65_535,
        "DUP" Publish it => it.dup,
        "RETAIN" Publish it => it.retain,
        "QoS 2" Publish it => it.qos.as_u8() == 2,
        "Packet Identifier 65,535" Publish it => it.packet_id == PacketId::new(65_535),
        "empty payload" Publish it => it.payload.is_empty(),
        "payload above 65,535 bytes" Publish it => it.payload.len() > 65_535,
        "every option" Subscribe it => it.subscriptions.iter().any(|(_, options)| *options == 0b0010_1110),
        "shared" Subscribe it => it.subscriptions.iter().any(|(filter, _)| filter.starts_with("$share/")),
        "long list" Subscribe it => it.subscriptions.len() > 1_000,
        "wildcards" Unsubscribe it => it.filters.iter().any(|filter| filter.contains("/+/") && filter.ends_with("/#")),
        "all" Unsubscribe it => it.filters.iter().any(|filter| filter == "#"),
        "long list of filters" Unsubscribe it => it.filters.len() > 1_000,
    }
    for request in requests(5_000) {
        missing.retain(|_, is_drawn| !is_drawn(&request));
    }
    assert!(missing.is_empty(), "{:?}", missing.keys());
}

#[test]
fn strategies_of_one_packet_draw_that_packet() {
    for version in VERSIONS {
        for packet in SIX {
            let strategy = strategies::request_of(version, packet).unwrap();
            for request in samples(20, strategy) {
                assert_eq!(
                    (request.version(), request.packet_type()),
                    (version, packet)
                );
            }
        }
        assert!(strategies::request_of(version, PacketType::Puback).is_none());
    }
}

#[test]
fn each_defect_is_described_in_a_sentence_of_its_own() {
    let mut descriptions = BTreeSet::new();
    for defect in RequestDefect::ALL {
        let text = defect.description();
        assert!(descriptions.insert(text), "{text}");
        assert!(text.contains(' ') && !text.ends_with('.'), "{text}");
        assert_eq!(defect.to_string(), text);
    }
    assert!(RequestDefect::NullCharacter.class_is_stated());
    assert!(!RequestDefect::EmptyTopicName.class_is_stated());
}

#[test]
fn a_malformed_request_is_shown_with_its_bytes_in_hex() {
    let strategy =
        strategies::malformed_request_by(Version::V3_1_1, RequestDefect::EmptyTopicFilter);
    let mut malformed = samples(1, strategy.unwrap()).next().unwrap();
    malformed.bytes = vec![0x82, 0x05, 0x00, 0x0A, 0x00, 0x00, 0x00];
    malformed.sender = Some(Side::Client);
    malformed.max_packet_size = None;
    malformed.offset = 4;
    assert_eq!(
        format!("{malformed:?}"),
        "MalformedRequest { bytes: [82, 05, 00, 0A, 00, 00, 00], version: V3_1_1, \
         sender: Some(Client), max_packet_size: None, defect: EmptyTopicFilter, \
         class: ProtocolError, rule: \"MQTT-4.7.3-1\", offset: 4, answer: None }"
    );
}

/// What is left when values of the strategy that `fails` finds are simplified.
fn simplest<S: Strategy>(strategy: S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    // The same choices at each run: how small a packet gets depends on where it starts.
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 2_000,
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
    let request = simplest(strategies::request(Version::V5_0), |_| true);
    assert_eq!(request.bytes(), [0xC0, 0x00]);

    let request = simplest(strategies::request(Version::V5_0), |request| {
        request
            .properties()
            .any(|it| matches!(it, Property::UserProperty(_, value) if value.contains('\u{80}')))
    });
    assert_eq!(request.properties().count(), 1, "{request:?}");
    assert!(request.shortest().len() < 20, "{request:?}");

    let request = simplest(
        strategies::request(Version::V3_1_1),
        |request| matches!(request.fields(), Fields::Connect(Connect { will: Some(will), .. }) if will.qos.as_u8() == 2),
    );
    assert!(request.shortest().len() < 24, "{request:?}");

    let request = simplest(
        strategies::request(Version::V5_0),
        |request| matches!(request.fields(), Fields::Publish(publish) if publish.payload.len() >= 1_000),
    );
    assert!(request.shortest().len() < 1_020, "{request:?}");
    assert!(!request.has(PropertyId::UserProperty));

    let request = simplest(
        strategies::request(Version::V5_0),
        |request| matches!(request.fields(), Fields::Subscribe(it) if it.subscriptions.len() > 50),
    );
    assert!(request.shortest().len() < 260, "{request:?}");

    let malformed = simplest(strategies::malformed_request(Version::V5_0), |malformed| {
        malformed.defect == RequestDefect::SurrogateUtf8
    });
    assert!(malformed.bytes.len() < 20, "{malformed:?}");
    assert_eq!(malformed.max_packet_size, None);
}

#[cfg(feature = "arbitrary")]
mod arbitrary_instances {
    use std::collections::BTreeSet;

    use arbitrary::{Arbitrary, Unstructured};
    use mqtt_reason::testing::{MalformedRequest, Request};
    use proptest::collection::vec;
    use proptest::num::u8::ANY;

    use super::{assert_reads, assert_refused, assert_writes, samples};

    #[test]
    fn keep_what_they_promise_whatever_the_bytes() {
        let mut drawn = BTreeSet::new();
        for entropy in samples(1_500, vec(ANY, 0..600)) {
            let request = Request::arbitrary(&mut Unstructured::new(&entropy)).unwrap();
            assert_reads(&request);
            assert_writes(&request);
            drawn.insert((request.version(), request.packet_type()));
            let malformed = MalformedRequest::arbitrary(&mut Unstructured::new(&entropy)).unwrap();
            assert_refused(&malformed);
        }
        assert_eq!(drawn.len(), 3 * 6);
    }
}
