//! Owned packets: the same memory, no copies, and no more allocations than `Bytes` makes itself.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::num::NonZeroUsize;
use std::ops::Range;

use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use mqtt_reason::v3::Version as V3;
use mqtt_reason::v5::{
    Connack, Disconnect, DisconnectReason, Packet, Property, Puback, PubackReason,
};
use mqtt_reason::{
    DecodeOptions, EncodeError, EncodeOptions, ErrorKind, OwnedDecoded, OwnedFrame, OwnedPacket,
    PacketId, PacketType, Side, Version,
};

#[macro_use]
#[path = "shown/mod.rs"]
mod shown;

/// PUBACK 0x87 with the Reason String "no", MQTT 5.0 §3.4.
const PUBACK: [u8; 11] = [
    0x40, 0x09, 0x00, 0x0A, 0x87, 0x05, 0x1F, 0x00, 0x02, b'n', b'o',
];
/// PINGREQ, MQTT 5.0 §3.12.
const PINGREQ: [u8; 2] = [0xC0, 0x00];
/// CONNACK 5 of 3.1.1, §3.2.
const CONNACK_3: [u8; 4] = [0x20, 0x02, 0x00, 0x05];

fn id() -> PacketId {
    PacketId::new(10).unwrap()
}

fn packet<P: std::fmt::Debug>(decoded: OwnedDecoded<P>) -> P {
    match decoded {
        OwnedDecoded::Packet(packet) => packet,
        other => panic!("not a packet: {other:?}"),
    }
}

fn addresses(bytes: &[u8]) -> Range<*const u8> {
    bytes.as_ptr_range()
}

#[test]
fn takes_a_packet_without_moving_its_bytes() {
    let mut buffer = BytesMut::from(&[&PUBACK[..], &PINGREQ, &CONNACK_3].concat()[..]);
    let all = addresses(&buffer);
    let owned = packet(OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap());
    assert_eq!(addresses(owned.bytes()).start, all.start);
    assert_eq!(addresses(&buffer).start, addresses(owned.bytes()).end);

    let OwnedDecoded::Frame(frame) = OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap()
    else {
        panic!("PINGREQ is passed through");
    };
    assert_eq!(addresses(frame.bytes()).start, addresses(owned.bytes()).end);
    assert_eq!(frame.packet_type(), PacketType::Pingreq);

    let connack = packet(OwnedPacket::decode(Version::V3_1_1, &mut buffer).unwrap());
    assert_eq!(addresses(connack.bytes()).end, all.end);
    assert!(buffer.is_empty());
}

#[test]
fn lends_text_from_the_buffer_it_was_taken_from() {
    let mut buffer = BytesMut::from(&PUBACK[..]);
    let all = addresses(&buffer);
    let owned = packet(OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap());
    let clone = owned.clone();
    let mqtt_reason::Packet::V5(Packet::Puback(puback)) = clone.packet() else {
        panic!("it is a PUBACK");
    };
    let text = puback.properties().reason_string().unwrap();
    assert_eq!(text, "no");
    assert_eq!(addresses(text.as_bytes()).end, all.end);
    assert_eq!(owned.bytes().slice_ref(text.as_bytes())[..], *b"no");
    assert_eq!(addresses(&owned.into_bytes()), all);
}

#[test]
fn allocates_the_reference_count_of_bytes_and_nothing_else() {
    let mut buffer = BytesMut::from(&PUBACK.repeat(100)[..]);
    // The first split makes `BytesMut` share its buffer: one small allocation, whatever the buffer's size.
    let first = measure(|| {
        packet(OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap());
    });
    assert_eq!(first.count_total, 1);
    assert!(first.bytes_total <= 64, "{first:?}");

    let options = DecodeOptions::new()
        .sender(Side::Client)
        .max_packet_size(64);
    let others = measure(|| {
        for _ in 0..50 {
            let owned =
                packet(OwnedPacket::decode_with(Version::V5_0, &options, &mut buffer).unwrap());
            let clone = owned.clone();
            assert_eq!(clone.packet(), owned.packet());
            drop(clone.into_bytes());
        }
    });
    assert_eq!(others.count_total, 0, "{others:?}");
}

#[test]
fn allocates_the_packet_once_when_it_is_built() {
    let properties = [Property::ReasonString("no")];
    let puback = Puback::new(id(), PubackReason::NotAuthorized).with_properties(&properties);
    let mut built = None;
    let allocations = measure(|| built = Some(OwnedPacket::new(&puback).unwrap()));
    assert_eq!(allocations.count_total, 1, "{allocations:?}");
    assert_eq!(allocations.bytes_total, PUBACK.len() as u64);
    let built = built.unwrap();
    assert_eq!(built.bytes()[..], PUBACK);
    let mqtt_reason::Packet::V5(Packet::Puback(built)) = built.packet() else {
        panic!("it is a PUBACK");
    };
    assert_eq!(built.reason(), PubackReason::NotAuthorized);
    assert!(built.properties().iter().eq(properties));
}

#[test]
fn detaches_from_the_buffer() {
    let mut buffer = BytesMut::from(&[&PUBACK[..], &PINGREQ, &CONNACK_3].concat()[..]);
    let all = addresses(&buffer);
    let owned = packet(OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap());
    let OwnedDecoded::Frame(frame) = OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap()
    else {
        panic!("PINGREQ is passed through");
    };
    let connack = packet(OwnedPacket::decode(Version::V3_1, &mut buffer).unwrap());

    let (puback_copy, frame_copy, connack_copy) =
        (owned.detached(), frame.detached(), connack.detached());
    for bytes in [
        puback_copy.bytes(),
        frame_copy.bytes(),
        connack_copy.bytes(),
    ] {
        assert!(!all.contains(&bytes.as_ptr()));
    }
    assert_eq!(puback_copy, owned);
    assert_eq!(frame_copy, frame);
    assert_eq!(connack_copy, connack);
    assert_eq!(connack_copy.version(), Version::V3_1);
}

#[test]
fn can_be_sent_and_shared() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<OwnedPacket>();
    check::<OwnedFrame>();
    check::<OwnedDecoded<OwnedPacket>>();
}

#[test]
fn leaves_the_buffer_alone_when_bytes_are_missing() {
    for len in 0..PUBACK.len() {
        let mut buffer = BytesMut::from(&PUBACK[..len]);
        let (before, capacity) = (buffer.clone(), buffer.capacity());
        let needed = match len {
            0 => 2,
            1 => 1,
            _ => PUBACK.len() - len,
        };
        assert_eq!(
            OwnedPacket::decode(Version::V5_0, &mut buffer),
            Ok(OwnedDecoded::Incomplete {
                needed: NonZeroUsize::new(needed).unwrap()
            })
        );
        assert_eq!((&buffer, buffer.capacity()), (&before, capacity));
    }
}

#[test]
fn reserves_nothing_for_a_length_that_is_only_claimed() {
    let mut buffer = BytesMut::from(&[0x40, 0xFF, 0xFF, 0xFF, 0x7F][..]);
    let allocations = measure(|| {
        for _ in 0..10 {
            let decoded = OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap();
            assert!(matches!(decoded, OwnedDecoded::Incomplete { .. }));
        }
    });
    assert_eq!(allocations.count_total, 0);
    assert_eq!(buffer.len(), 5);
}

#[test]
fn leaves_the_buffer_alone_on_an_error() {
    let mut buffer = BytesMut::from(&[0x40, 0x03, 0x00, 0x0A, 0x8B, 0xC0, 0x00][..]);
    let before = buffer.clone();
    let error = OwnedPacket::decode(Version::V5_0, &mut buffer).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ReasonCode { .. }));
    assert_eq!(buffer, before);
    let error = OwnedPacket::decode(Version::V3_1_1, &mut buffer).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RemainingLength { .. }));
    assert_eq!(buffer, before);
}

/// What was accepted under stricter options is lent under the default ones.
#[test]
fn lends_what_any_options_accepted() {
    let connack = [
        0x20, 0x0A, 0x00, 0x87, 0x07, 0x26, 0x00, 0x01, b'k', 0x00, 0x01, b'v',
    ];
    let cases: [(&[u8], DecodeOptions); 7] = [
        (&PUBACK, DecodeOptions::new().sender(Side::Server)),
        (&PUBACK, DecodeOptions::new().max_packet_size(11)),
        (
            &connack,
            DecodeOptions::new()
                .sender(Side::Server)
                .request_problem_information(false),
        ),
        (
            &[0xE0, 0x01, 0x04],
            DecodeOptions::new().sender(Side::Client),
        ),
        (&[0xF0, 0x00], DecodeOptions::new().sender(Side::Server)),
        (
            &[0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x87],
            DecodeOptions::new().sender(Side::Server),
        ),
        (
            &[0xB0, 0x04, 0x00, 0x0A, 0x00, 0x11],
            DecodeOptions::new().sender(Side::Server),
        ),
    ];
    for (bytes, options) in cases {
        let owned = packet(
            OwnedPacket::decode_with(Version::V5_0, &options, &mut BytesMut::from(bytes)).unwrap(),
        );
        assert_eq!(owned.bytes()[..], *bytes);
        assert_eq!(
            owned.packet().packet_type(),
            PacketType::from_first_byte(bytes[0]).unwrap()
        );
    }
}

#[test]
fn is_equal_in_short_and_long_form() {
    let short = packet(
        OwnedPacket::decode(
            Version::V5_0,
            &mut BytesMut::from(&[0x40, 0x02, 0x00, 0x0A][..]),
        )
        .unwrap(),
    );
    let long = packet(
        OwnedPacket::decode(
            Version::V5_0,
            &mut BytesMut::from(&[0x40, 0x04, 0x00, 0x0A, 0x00, 0x00][..]),
        )
        .unwrap(),
    );
    assert_eq!(short, long);
    assert_ne!(
        short,
        OwnedPacket::new(&Puback::new(id(), PubackReason::UnspecifiedError)).unwrap()
    );
    assert_eq!(format!("{short:?}"), format!("{:?}", short.packet()));
}

#[test]
fn builds_within_the_options() {
    let properties = [
        Property::ReasonString("because"),
        Property::UserProperty("key", "value"),
    ];
    let puback = Puback::new(id(), PubackReason::NotAuthorized).with_properties(&properties);
    let options = EncodeOptions::new().max_packet_size(5);
    let owned = OwnedPacket::new_with(&options, &puback).unwrap();
    assert_eq!(owned.bytes()[..], [0x40, 0x03, 0x00, 0x0A, 0x87]);

    let from_client = EncodeOptions::new().sender(Side::Client);
    assert!(matches!(
        OwnedPacket::new_with(&from_client, &Connack::accepted(false)),
        Err(EncodeError::WrongDirection { .. })
    ));
    // The one decoded packet that cannot be built: D3, an AUTH without a method.
    let OwnedDecoded::Packet(auth) =
        OwnedPacket::decode(Version::V5_0, &mut BytesMut::from(&[0xF0, 0x00][..])).unwrap()
    else {
        panic!("it is an AUTH");
    };
    assert_eq!(auth.packet_type(), PacketType::Auth);
    assert_eq!(
        OwnedPacket::new(&auth.packet()).unwrap_err(),
        shown!(EncodeError::NoAuthenticationMethod {
            packet: PacketType::Auth
        })
    );
}

#[test]
fn builds_and_lends_packets_of_3_x() {
    use mqtt_reason::Packet as Any;
    use mqtt_reason::v3::{Connack, ConnackReturnCode, Packet};

    let refused = Packet::Connack(Connack::refused(ConnackReturnCode::NotAuthorized));
    let refused = Any::V3(V3::V3_1_1, refused);
    let owned = OwnedPacket::new(&refused).unwrap();
    assert_eq!(owned.bytes()[..], CONNACK_3);
    assert_eq!(owned.packet(), refused);
    assert_eq!(owned.version(), Version::V3_1_1);
    assert_eq!(format!("{owned:?}"), format!("{refused:?}"));
    assert_eq!(owned.clone().into_bytes()[..], CONNACK_3);

    let accepted = Packet::Connack(Connack::accepted(false));
    let accepted = OwnedPacket::new(&Any::V3(V3::V3_1_1, accepted)).unwrap();
    assert_ne!(accepted, owned);
    let present = Packet::Connack(Connack::accepted(true));
    assert!(OwnedPacket::new(&Any::V3(V3::V3_1_1, present)).is_ok());
    assert!(matches!(
        OwnedPacket::new(&Any::V3(V3::V3_1, present)),
        Err(EncodeError::NotInVersion { .. })
    ));
    assert!(matches!(
        OwnedPacket::new_with(
            &EncodeOptions::new().sender(Side::Server),
            &Any::V3(V3::V3_1_1, Packet::Disconnect)
        ),
        Err(EncodeError::WrongDirection { .. })
    ));

    // 3.1 ignores the byte that 3.1.1 forbids: the version goes with the bytes.
    let mut buffer = BytesMut::from(&[0x20, 0x02, 0xFF, 0x00][..]);
    let owned = packet(OwnedPacket::decode(Version::V3_1, &mut buffer).unwrap());
    let accepted = Packet::Connack(Connack::accepted(false));
    assert_eq!(owned.packet(), Any::V3(V3::V3_1, accepted));
}

#[test]
fn takes_frames_of_every_type() {
    let mut buffer = BytesMut::from(&[&PUBACK[..], &[0x32, 0x03, 1, 2, 3], &[0xD0]].concat()[..]);
    let all = addresses(&buffer);
    let mut next = || OwnedFrame::decode(Version::V5_0, &mut buffer);
    let puback = next().unwrap().unwrap();
    let publish = next().unwrap().unwrap();
    assert_eq!(next(), Ok(None));
    assert_eq!(puback.packet_type(), PacketType::Puback);
    assert_eq!(puback.bytes()[..], PUBACK);
    assert_eq!(publish.packet_type(), PacketType::Publish);
    assert_eq!(publish.frame().flags(), 0b0010);
    assert_eq!(publish.frame().body(), [1, 2, 3]);
    assert_eq!(addresses(publish.bytes()).end, all.end.wrapping_sub(1));
    assert_eq!(buffer[..], [0xD0]);

    // The same by way of the typed packets.
    let mut buffer = BytesMut::from(&publish.bytes()[..]);
    assert_eq!(
        OwnedPacket::decode(Version::V5_0, &mut buffer).map(|decoded| match decoded {
            OwnedDecoded::Frame(frame) => frame.frame().body().to_vec(),
            other => panic!("not a frame: {other:?}"),
        }),
        Ok(vec![1, 2, 3])
    );

    let copy = OwnedFrame::from(publish.frame());
    assert_eq!(copy, publish);
    assert_eq!(copy.frame().body(), [1, 2, 3]);
    assert_ne!(copy, puback);
    assert_eq!(format!("{copy:?}"), format!("{:?}", copy.frame()));
    assert_eq!(
        copy.into_bytes(),
        Bytes::from_static(&[0x32, 0x03, 1, 2, 3])
    );
}

#[test]
fn learns_the_version_from_connect() {
    let version = |bytes: &[u8]| {
        let mut buffer = BytesMut::from(bytes);
        OwnedFrame::decode(Version::V3_1_1, &mut buffer)
            .unwrap()
            .unwrap()
            .frame()
            .connect_version()
    };
    assert_eq!(version(b"\x10\x07\0\x04MQTT\x05"), Some(Version::V5_0));
    assert_eq!(version(b"\x10\x07\0\x04MQTT\x04"), Some(Version::V3_1_1));
    assert_eq!(version(b"\x10\x09\0\x06MQIsdp\x03"), Some(Version::V3_1));
    // Bridges.
    assert_eq!(version(b"\x10\x07\0\x04MQTT\x84"), Some(Version::V3_1_1));
    assert_eq!(version(b"\x10\x09\0\x06MQIsdp\x83"), Some(Version::V3_1));
    for other in [
        &b"\x10\x07\0\x04MQTT\x03"[..],
        b"\x10\x07\0\x04MQTT\x06",
        b"\x10\x07\0\x04MQTT\x83",
        b"\x10\x07\0\x04MQTT\x85",
        b"\x10\x09\0\x06MQIsdp\x84",
        b"\x10\x09\0\x06MQIsdp\x04",
        b"\x10\x07\0\x04mqtt\x05",
        b"\x10\x06\0\x04MQTT",
        b"\x10\x00",
        b"\x30\x07\0\x04MQTT\x05",
    ] {
        assert_eq!(version(other), None, "{other:?}");
    }
}

#[test]
fn disconnects_for_every_listener_share_one_packet() {
    let shutdown =
        OwnedPacket::new(&Disconnect::new(DisconnectReason::ServerShuttingDown)).unwrap();
    let sent: Vec<Bytes> = (0..10).map(|_| shutdown.clone().into_bytes()).collect();
    assert!(
        sent.iter()
            .all(|bytes| bytes.as_ptr() == shutdown.bytes().as_ptr())
    );
}
