//! What is written is what was read, and what must not be written is not.

use crate::shown::Shown;
use mqtt_reason::v5::{Properties, Property};
use mqtt_reason::view::{
    Connect, Filters, Publish, RetainHandling, Subscribe, Subscription, Subscriptions, Unsubscribe,
    View, Will,
};
use mqtt_reason::{
    DecodeOptions, EncodeError, EncodeOptions, ErrorKind, PacketId, PacketType, PropertyId, QoS,
    Side, Version,
};

use crate::golden::{SOUND, bytes, captured};
use crate::words::{self, packet};

fn id(id: u16) -> PacketId {
    PacketId::new(id).unwrap()
}

/// What `write` writes: into a buffer that is filled with something else, and no more of it than it says.
fn written(write: impl Fn(&mut &mut [u8]) -> Result<usize, EncodeError>) -> Vec<u8> {
    let mut buffer = vec![0xA5; 300_000];
    let mut rest = buffer.as_mut_slice();
    let len = write(&mut rest).unwrap();
    assert_eq!(rest.len() + len, 300_000);
    assert!(buffer[len..].iter().all(|byte| *byte == 0xA5));
    buffer.truncate(len);
    // One byte less is too little, and nothing is written then.
    let mut small = vec![0xA5; len - 1];
    let error = write(&mut small.as_mut_slice()).unwrap_err();
    assert_eq!(
        error,
        shown!(EncodeError::BufferTooSmall {
            needed: len,
            available: len - 1
        })
    );
    assert!(small.iter().all(|byte| *byte == 0xA5));
    buffer
}

/// V60: bytes read and written again are the same, but for bits that 3.1 does not use.
#[test]
fn sound_frames_are_written_as_they_were_read() {
    let mut same = 0;
    for (version, hex) in SOUND {
        let (version, read) = (words::version(*version), bytes(hex));
        let options = DecodeOptions::new();
        let frame = words::frame(version, &options, &read).unwrap();
        let view = View::of(version, &options, &frame).unwrap().unwrap();
        if let View::UnknownConnect(_) = view {
            let mut buffer = Vec::new();
            assert!(view.encode(version, &mut buffer).is_err());
            assert!(buffer.is_empty());
            continue;
        }
        let again = match view.encode(version, &mut Vec::new()) {
            Ok(_) => written(|dst| view.encode(version, dst)),
            // What 3.1 only describes otherwise is read and not written.
            Err(error) => {
                assert_eq!(version, Version::V3_1, "{hex}: {error}");
                continue;
            }
        };
        if again == read {
            same += 1;
            continue;
        }
        assert_eq!(version, Version::V3_1, "{hex}");
        let frame = words::frame(version, &options, &again).unwrap();
        let view_again = View::of(version, &options, &frame).unwrap().unwrap();
        assert_eq!(packet(&view_again), packet(&view), "{hex}");
    }
    assert!(same > 20, "{same}");
}

/// Real clients write the bytes that we write.
#[test]
fn what_real_clients_sent_is_written_as_it_was_read() {
    for (version, read) in captured() {
        let (version, options) = (words::version(version), DecodeOptions::new());
        let frame = words::frame(version, &options, &read).unwrap();
        let view = View::of(version, &options, &frame).unwrap().unwrap();
        assert_eq!(
            hex::encode(written(|dst| view.encode(version, dst))),
            hex::encode(read)
        );
    }
}

#[test]
fn packets_are_built_from_plain_values() {
    let connect = Connect::new(Version::V5_0, "dev12")
        .with_clean_start(false)
        .with_keep_alive(60)
        .with_will(
            Will::new("w/t", b"gone")
                .with_qos(QoS::AtLeastOnce)
                .with_retain(true),
        )
        .with_user_name("u")
        .with_password(b"pw");
    assert_eq!(
        written(|dst| connect.encode(dst)),
        bytes(
            "10 25 0004 4d515454 05 ec 003c 00 0005 6465763132 00 0003 772f74 0004 676f6e65 0001 75 0002 7077"
        ),
    );
    let with = connect
        .with_properties([Property::SessionExpiryInterval(30)])
        .with_will_properties([Property::WillDelayInterval(5)]);
    assert_eq!(
        written(|dst| with.encode(dst)),
        bytes(
            "10 2f 0004 4d515454 05 ec 003c 05 11 0000001e 0005 6465763132 05 18 00000005 0003 772f74 0004 676f6e65
             0001 75 0002 7077"
        ),
    );
    let bridge = Connect::new(Version::V3_1, "b").with_bridge(true);
    assert_eq!(
        written(|dst| bridge.encode(dst)),
        bytes("10 0f 0006 4d5149736470 83 02 0000 0001 62"),
    );

    let publish = Publish::at_least_once("t", id(10), b"x")
        .with_dup(true)
        .with_retain(true);
    assert_eq!(
        written(|dst| publish.encode(Version::V5_0, dst)),
        bytes("3b 07 0001 74 000a 00 78"),
    );
    assert_eq!(
        written(|dst| publish.encode(Version::V3_1_1, dst)),
        bytes("3b 06 0001 74 000a 78"),
    );
    let alias =
        Publish::exactly_once("", id(1), b"").with_properties([Property::TopicAlias(id(3))]);
    assert_eq!(
        written(|dst| alias.encode(Version::V5_0, dst)),
        bytes("34 08 0000 0001 03 23 0003"),
    );

    let wanted = [
        Subscription::new("a/#", QoS::ExactlyOnce)
            .with_retain_as_published(true)
            .with_retain_handling(RetainHandling::DoNotSend),
        Subscription::new("+", QoS::AtMostOnce).with_no_local(true),
    ];
    let subscribe = Subscribe::new(id(7), Subscriptions::new(&wanted).unwrap());
    assert_eq!(
        written(|dst| subscribe.encode(Version::V5_0, dst)),
        bytes("82 0d 0007 00 0003 612f23 2a 0001 2b 04"),
    );
    let unsubscribe = Unsubscribe::new(id(7), Filters::new(&["a/#", "+"]).unwrap());
    assert_eq!(
        written(|dst| unsubscribe.encode(Version::V3_1_1, dst)),
        bytes("a2 0a 0007 0003 612f23 0001 2b"),
    );
    assert_eq!(
        written(|dst| View::Pingreq.encode(Version::V5_0, dst)),
        [0xC0, 0x00]
    );
    assert_eq!(
        written(|dst| View::Pingresp.encode(Version::V3_1, dst)),
        [0xD0, 0x00]
    );
}

/// Lengths of two, three and four bytes.
#[test]
fn long_packets_have_long_lengths() {
    let topic = "t".repeat(200);
    for payload in [0, 100, 16_384, 200_000] {
        let payload = vec![0x78; payload];
        let publish = Publish::new(&topic, &payload);
        let properties = [Property::UserProperty("a", &topic); 3];
        let written = written(|dst| {
            publish
                .with_properties(properties.iter().copied())
                .encode(Version::V5_0, dst)
        });
        let options = DecodeOptions::new();
        let frame = words::frame(Version::V5_0, &options, &written).unwrap();
        let Some(View::Publish(read)) = View::of(Version::V5_0, &options, &frame).unwrap() else {
            panic!("a PUBLISH");
        };
        assert_eq!((read.topic(), read.payload()), (&*topic, &*payload));
        assert!(read.properties().iter().eq(properties.iter().copied()));
    }
}

/// The error that `encode` gives, and that it writes nothing then.
fn refusal(encode: impl Fn(&mut Vec<u8>) -> Result<usize, EncodeError>) -> EncodeError {
    let mut buffer = Vec::new();
    let error = encode(&mut buffer).unwrap_err();
    assert!(buffer.is_empty(), "{error}");
    error
}

/// V60
#[test]
fn what_a_decoder_refuses_is_not_written() {
    fn refused(packet: PacketType, kind: impl Into<Shown>) -> Shown {
        let kind = kind.into();
        shown!(EncodeError::Refused { packet, kind })
    }
    let publish = |publish: Publish<'_>, version| refusal(|dst| publish.encode(version, dst));
    for version in [Version::V5_0, Version::V3_1_1, Version::V3_1] {
        assert_eq!(
            publish(Publish::new("a/+", b""), version),
            refused(
                PacketType::Publish,
                shown!(ErrorKind::WildcardInTopicName { wildcard: '+' })
            )
        );
        assert_eq!(
            publish(Publish::new("a\0", b""), version),
            refused(PacketType::Publish, ErrorKind::NullCharacter)
        );
        assert_eq!(
            publish(Publish::new("a", b"").with_dup(true), version),
            refused(PacketType::Publish, ErrorKind::DupWithQos0)
        );
        let empty = if version == Version::V5_0 {
            ErrorKind::NoTopic
        } else {
            ErrorKind::EmptyTopicName
        };
        assert_eq!(
            publish(Publish::new("", b""), version),
            refused(PacketType::Publish, empty)
        );
        for (filter, kind) in [
            ("", ErrorKind::EmptyTopicFilter),
            ("a#", ErrorKind::MultiLevelWildcard),
            ("a+", ErrorKind::SingleLevelWildcard),
            ("a\0", ErrorKind::NullCharacter),
        ] {
            let list = [Subscription::new(filter, QoS::AtMostOnce)];
            let subscribe = Subscribe::new(id(1), Subscriptions::new(&list).unwrap());
            assert_eq!(
                refusal(|dst| subscribe.encode(version, dst)),
                refused(PacketType::Subscribe, kind)
            );
            let filters = ["b", filter];
            let unsubscribe = Unsubscribe::new(id(1), Filters::new(&filters).unwrap());
            assert_eq!(
                refusal(|dst| unsubscribe.encode(version, dst)),
                refused(PacketType::Unsubscribe, kind)
            );
        }
        let connect = Connect::new(version, "c");
        assert_eq!(
            refusal(|dst| connect.with_will(Will::new("#", b"")).encode(dst)),
            refused(
                PacketType::Connect,
                shown!(ErrorKind::WildcardInTopicName { wildcard: '#' })
            )
        );
        assert_eq!(
            refusal(|dst| connect.with_will(Will::new("", b"")).encode(dst)),
            refused(PacketType::Connect, ErrorKind::EmptyTopicName)
        );
        assert_eq!(
            refusal(|dst| connect.with_user_name("\0").encode(dst)),
            refused(PacketType::Connect, ErrorKind::NullCharacter)
        );
        assert_eq!(
            refusal(|dst| Connect::new(version, "\0").encode(dst)),
            refused(PacketType::Connect, ErrorKind::NullCharacter)
        );
        let alone = connect.with_password(b"p").encode(&mut Vec::new());
        assert_eq!(alone.is_ok(), version == Version::V5_0);
    }
    let shared = [Subscription::new("$share/g/t", QoS::AtMostOnce).with_no_local(true)];
    let subscribe = Subscribe::new(id(1), Subscriptions::new(&shared).unwrap());
    assert_eq!(
        refusal(|dst| subscribe.encode(Version::V5_0, dst)),
        refused(
            PacketType::Subscribe,
            ErrorKind::NoLocalOnSharedSubscription
        )
    );
    let data = [Property::AuthenticationData(b"d")];
    assert_eq!(
        refusal(|dst| Connect::new(Version::V5_0, "c")
            .with_properties(data)
            .encode(dst)),
        refused(PacketType::Connect, ErrorKind::AuthenticationDataAlone)
    );
    let response = [Property::ResponseTopic("a/#")];
    assert_eq!(
        refusal(|dst| Publish::new("t", b"")
            .with_properties(response)
            .encode(Version::V5_0, dst)),
        refused(PacketType::Publish, ErrorKind::WildcardInResponseTopic)
    );
    let will = Connect::new(Version::V5_0, "c").with_will(Will::new("w", b""));
    assert_eq!(
        refusal(|dst| will
            .with_properties(Properties::EMPTY)
            .with_will_properties(response)
            .encode(dst)),
        refused(PacketType::Connect, ErrorKind::WildcardInResponseTopic)
    );
}

/// V61
#[test]
fn fields_that_are_too_long_are_not_written() {
    let (fits, long) = ("x".repeat(65_535), "x".repeat(65_536));
    let too_long = |packet, field| shown!(EncodeError::FieldTooLong { packet, field });
    let connect = Connect::new(Version::V5_0, "c");
    let refused = |connect: Connect<'_>| refusal(|dst| connect.encode(dst));
    let packet = PacketType::Connect;
    assert_eq!(
        refused(Connect::new(Version::V5_0, &long)),
        too_long(packet, "client identifier")
    );
    assert_eq!(
        refused(connect.with_user_name(&long)),
        too_long(packet, "user name")
    );
    assert_eq!(
        refused(connect.with_password(long.as_bytes())),
        too_long(packet, "password")
    );
    assert_eq!(
        refused(connect.with_will(Will::new(&long, b""))),
        too_long(packet, "will topic")
    );
    assert_eq!(
        refused(connect.with_will(Will::new("w", long.as_bytes()))),
        too_long(packet, "will payload")
    );
    let full = Connect::new(Version::V5_0, &fits)
        .with_user_name(&fits)
        .with_password(fits.as_bytes())
        .with_will(Will::new(&fits, fits.as_bytes()));
    assert!(full.encode(&mut Vec::new()).is_ok());
    assert_eq!(
        refusal(|dst| Publish::new(&long, b"").encode(Version::V5_0, dst)),
        too_long(PacketType::Publish, "topic name")
    );
    let list = [Subscription::new(&long, QoS::AtMostOnce)];
    let subscribe = Subscribe::new(id(1), Subscriptions::new(&list).unwrap());
    assert_eq!(
        refusal(|dst| subscribe.encode(Version::V3_1_1, dst)),
        too_long(PacketType::Subscribe, "topic filter")
    );
    let filters = [&*long];
    let unsubscribe = Unsubscribe::new(id(1), Filters::new(&filters).unwrap());
    assert_eq!(
        refusal(|dst| unsubscribe.encode(Version::V3_1_1, dst)),
        too_long(PacketType::Unsubscribe, "topic filter")
    );
}

/// V62, V63
#[test]
fn what_a_version_cannot_say_is_not_written() {
    let not_in = |error| match error {
        EncodeError::NotInVersion { version, .. } => version,
        other => panic!("{other}"),
    };
    for version in [Version::V3_1_1, Version::V3_1] {
        let property = [Property::UserProperty("a", "b")];
        let publish = Publish::new("t", b"").with_properties(property);
        assert_eq!(not_in(refusal(|dst| publish.encode(version, dst))), version);
        let connect = Connect::new(version, "c").with_properties(property);
        assert_eq!(not_in(refusal(|dst| connect.encode(dst))), version);
        for subscription in [
            Subscription::new("t", QoS::AtMostOnce).with_no_local(true),
            Subscription::new("t", QoS::AtMostOnce).with_retain_as_published(true),
            Subscription::new("t", QoS::AtMostOnce).with_retain_handling(RetainHandling::SendIfNew),
        ] {
            let list = [subscription];
            let subscribe = Subscribe::new(id(1), Subscriptions::new(&list).unwrap());
            assert_eq!(
                not_in(refusal(|dst| subscribe.encode(version, dst))),
                version
            );
        }
    }
    let encode = |connect: Connect<'_>| connect.encode(&mut Vec::new());
    let bridge = Connect::new(Version::V5_0, "c").with_bridge(true);
    assert_eq!(not_in(encode(bridge).unwrap_err()), Version::V5_0);
    let empty = Connect::new(Version::V3_1_1, "");
    assert!(encode(empty).is_ok());
    assert_eq!(
        not_in(encode(empty.with_clean_start(false)).unwrap_err()),
        Version::V3_1_1
    );
    for (len, writes) in [(0, false), (1, true), (23, true), (24, false)] {
        let client_id = "ä".repeat(len);
        let connect = Connect::new(Version::V3_1, &client_id);
        assert_eq!(encode(connect).is_ok(), writes, "{len} characters");
    }
}

/// V64, and who sends what.
#[test]
fn limits_and_sides_are_kept() {
    let publish = Publish::new("t", b"0123456789");
    let options = |max| EncodeOptions::new().max_packet_size(max);
    let mut buffer = Vec::new();
    assert_eq!(
        publish
            .encode_with(Version::V5_0, &options(15), &mut buffer)
            .unwrap_err(),
        shown!(EncodeError::PacketTooLarge {
            packet: PacketType::Publish,
            len: 16,
            max: 15
        })
    );
    assert!(buffer.is_empty());
    assert_eq!(
        publish.encode_with(Version::V5_0, &options(16), &mut buffer),
        Ok(16)
    );
    assert!(
        View::Pingreq
            .encode_with(Version::V5_0, &options(1), &mut buffer)
            .is_err()
    );

    let from = |sender| EncodeOptions::new().sender(sender);
    let write = |view: View<'_>, sender| {
        view.encode_with(Version::V5_0, &from(sender), &mut Vec::new())
            .is_ok()
    };
    let filters = Filters::new(&["a"]).unwrap();
    let list = [Subscription::new("a", QoS::AtMostOnce)];
    let subscriptions = Subscriptions::new(&list).unwrap();
    for (view, client, server) in [
        (View::Connect(Connect::new(Version::V5_0, "c")), true, false),
        (View::Publish(publish), true, true),
        (
            View::Subscribe(Subscribe::new(id(1), subscriptions)),
            true,
            false,
        ),
        (
            View::Unsubscribe(Unsubscribe::new(id(1), filters)),
            true,
            false,
        ),
        (View::Pingreq, true, false),
        (View::Pingresp, false, true),
    ] {
        assert_eq!(write(view, Side::Client), client, "{view:?}");
        assert_eq!(write(view, Side::Server), server, "{view:?}");
    }
    // [MQTT-3.3.4-6]
    let identified = bytes("30 06 0001 74 02 0b01");
    let read = DecodeOptions::new();
    let frame = words::frame(Version::V5_0, &read, &identified).unwrap();
    let view = View::of(Version::V5_0, &read, &frame).unwrap().unwrap();
    assert_eq!(
        view.encode_with(Version::V5_0, &from(Side::Client), &mut buffer)
            .unwrap_err(),
        shown!(EncodeError::PropertySender {
            id: PropertyId::SubscriptionIdentifier,
            sender: Side::Client
        })
    );
}
