//! R85 to R91: Maximum Packet Size and Request Problem Information.

use mqtt_reason::v5::{
    Auth, AuthReason, Connack, ConnackReason, Property, Puback, PubackReason, Suback, SubackReason,
};
use mqtt_reason::{
    DecodeOptions, Encode, EncodeError, EncodeOptions, ErrorClass, ErrorKind, PacketType,
    PropertyId, Side, Version, frame, v3,
};

use crate::support::{
    ONE_OF_EACH, ONE_OF_EACH_V3, V3, bytes, id, received, received_v3, refuses, refuses_v3,
    template_of, written,
};

/// A packet as a receiver without limits gets it, without User Properties, and without Reason String too.
struct Shed {
    packet: PacketType,
    whole: &'static str,
    without_user_properties: &'static str,
    bare: &'static str,
}

/// Each packet with a Reason String between two User Properties.
const SHED: [Shed; 9] = [
    Shed {
        packet: PacketType::Connack,
        whole: "20 16 00 87 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "20 08 00 87 05 1F 00 02 6E 6F",
        bare: "20 03 00 87 00",
    },
    Shed {
        packet: PacketType::Puback,
        whole: "40 17 00 0A 87 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "40 09 00 0A 87 05 1F 00 02 6E 6F",
        bare: "40 03 00 0A 87",
    },
    Shed {
        packet: PacketType::Pubrec,
        whole: "50 17 00 0A 00 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "50 09 00 0A 00 05 1F 00 02 6E 6F",
        bare: "50 02 00 0A",
    },
    Shed {
        packet: PacketType::Pubrel,
        whole: "62 17 00 0A 92 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "62 09 00 0A 92 05 1F 00 02 6E 6F",
        bare: "62 03 00 0A 92",
    },
    Shed {
        packet: PacketType::Pubcomp,
        whole: "70 17 00 0A 92 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "70 09 00 0A 92 05 1F 00 02 6E 6F",
        bare: "70 03 00 0A 92",
    },
    Shed {
        packet: PacketType::Suback,
        whole: "90 18 00 0A 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77 01 87",
        without_user_properties: "90 0A 00 0A 05 1F 00 02 6E 6F 01 87",
        bare: "90 05 00 0A 00 01 87",
    },
    Shed {
        packet: PacketType::Unsuback,
        whole: "B0 17 00 0A 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77 87",
        without_user_properties: "B0 09 00 0A 05 1F 00 02 6E 6F 87",
        bare: "B0 04 00 0A 00 87",
    },
    Shed {
        packet: PacketType::Disconnect,
        whole: "E0 15 00 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "E0 07 00 05 1F 00 02 6E 6F",
        bare: "E0 00",
    },
    Shed {
        packet: PacketType::Auth,
        whole: "F0 19 18 17 15 00 01 41 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77",
        without_user_properties: "F0 0B 18 09 15 00 01 41 1F 00 02 6E 6F",
        bare: "F0 06 18 04 15 00 01 41",
    },
];

/// MQTT 5.0 §3.1.2.11.4, §3.2.2.3.6, [MQTT-3.1.2-24], [MQTT-3.2.2-15]: whose limit it is depends on who sends.
#[test]
fn r85_a_packet_above_the_maximum_is_too_large() {
    for (packet, first, rest) in ONE_OF_EACH {
        let hex = format!("{first:02X} {rest}");
        let len = u32::try_from(bytes(&hex).len()).expect("short");
        received(&hex).at_most(len).packet();

        let max = len - 1;
        let kind = shown!(ErrorKind::PacketTooLarge { len, max });
        received(&hex).at_most(max).too_large("MQTT-3.1.2-24", kind);
        let from_server = received(&hex).at_most(max).from(Side::Server);
        from_server.too_large("MQTT-3.1.2-24", kind);
        if !matches!(
            packet,
            PacketType::Connack | PacketType::Suback | PacketType::Unsuback
        ) {
            let from_client = received(&hex).at_most(max).from(Side::Client);
            from_client.too_large("MQTT-3.2.2-15", kind);
        }
    }
}

/// MQTT 5.0 §3.1.2.11.4: nothing of the body is needed to refuse it, whatever its type.
#[test]
fn r85_a_packet_above_the_maximum_is_refused_by_its_fixed_header() {
    let max = 1_024;
    for (hex, len) in [
        ("40 FF FF FF 7F", 268_435_460),
        ("30 FF FF FF 7F", 268_435_460),
        ("20 FE 07", 1_025),
        ("10 FE 07", 1_025),
        ("82 80 08", 1_027),
    ] {
        let kind = shown!(ErrorKind::PacketTooLarge { len, max });
        received(hex).at_most(max).too_large("MQTT-3.1.2-24", kind);
        let options = DecodeOptions::new().max_packet_size(max);
        let error =
            frame::total_len_with(Version::V5_0, &options, &bytes(hex)).expect_err("too large");
        assert_eq!(error.kind(), kind);
    }
    // 1,024 bytes are not too many.
    let options = DecodeOptions::new().max_packet_size(max);
    let total = frame::total_len_with(Version::V5_0, &options, &bytes("20 FD 07"));
    assert_eq!(total, Ok(Some(1_024)));
}

/// 3.1.1 and 3.1 have no Maximum Packet Size; a receiver or sender may have a limit all the same.
#[test]
fn r85_a_limit_is_kept_in_3_x() {
    for (packet, first, rest) in ONE_OF_EACH_V3 {
        let hex = format!("{first:02X} {rest}");
        let len = bytes(&hex).len();
        let max = u32::try_from(len - 1).expect("short");
        for version in V3 {
            received_v3(version, &hex).at_most(max + 1).packet();
            let rule = match version {
                v3::Version::V3_1_1 => "2.2.3",
                v3::Version::V3_1 => "2.1",
            };
            received_v3(version, &hex).at_most(max).refused(
                ErrorClass::PacketTooLarge,
                1,
                rule,
                shown!(ErrorKind::PacketTooLarge { len: max + 1, max }),
            );
            let unlimited = received_v3(version, &hex);
            let options = EncodeOptions::new().max_packet_size(max);
            let error = shown!(EncodeError::PacketTooLarge { packet, len, max });
            refuses_v3(version, &options, &unlimited.packet(), error);
            let mut buffer = Vec::new();
            let written = unlimited.packet().encode_with(
                version,
                &options.max_packet_size(max + 1),
                &mut buffer,
            );
            assert_eq!((written, buffer), (Ok(len), bytes(&hex)));
        }
    }
}

/// MQTT 5.0 [MQTT-3.2.2-19], [MQTT-3.2.2-20], [MQTT-3.4.2-2], [MQTT-3.4.2-3] and kin: at every limit, all of the
/// packet that fits; R87: and nothing if no more can be left out.
#[test]
fn r86_user_properties_go_first_then_the_reason_string() {
    for shed in &SHED {
        let packet = shed.packet;
        let received = received(shed.whole);
        let decoded = received.packet();
        assert_eq!(decoded.packet_type(), packet);
        let forms = [shed.whole, shed.without_user_properties, shed.bare].map(bytes);
        for max in 0..40 {
            let options = EncodeOptions::new().max_packet_size(max);
            let limit = usize::try_from(max).expect("small");
            match forms.iter().find(|form| form.len() <= limit) {
                Some(form) => assert_eq!(&written(&options, &decoded), form, "{packet} {max}"),
                None => {
                    let len = bytes(shed.bare).len();
                    let error = shown!(EncodeError::PacketTooLarge { packet, len, max });
                    refuses(&options, &decoded, error);
                }
            }
        }
    }
}

/// [MQTT-3.4.2-2], [MQTT-3.4.2-3]: the same for properties that were not decoded.
#[test]
fn r86_properties_from_a_list_are_left_out_like_decoded_ones() {
    let list = [
        Property::UserProperty("k", "v"),
        Property::ReasonString("no"),
        Property::UserProperty("k", "w"),
    ];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
    let whole = "40 17 00 0A 87 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77";
    for (max, hex) in [
        (u32::MAX, whole),
        (25, whole),
        (24, "40 09 00 0A 87 05 1F 00 02 6E 6F"),
        (11, "40 09 00 0A 87 05 1F 00 02 6E 6F"),
        (10, "40 03 00 0A 87"),
        (5, "40 03 00 0A 87"),
    ] {
        let options = EncodeOptions::new().max_packet_size(max);
        assert_eq!(written(&options, &puback), bytes(hex), "{max}");
    }
    assert_eq!(puback.encoded_len(), 25, "with all properties");
}

/// [MQTT-3.4.2-3]: also where the lengths take two bytes each, a packet exactly as large as the limit stays whole.
#[test]
fn r86_a_long_packet_that_just_fits_keeps_its_properties() {
    let value = "v".repeat(200);
    let list = [Property::UserProperty("k", &value)];
    let puback = Puback::new(id(10), PubackReason::NotAuthorized).with_properties(&list);
    let whole = [
        bytes("40 D3 01 00 0A 87 CE 01 26 00 01 6B 00 C8"),
        value.clone().into(),
    ]
    .concat();
    assert_eq!(whole.len(), 214);

    let options = EncodeOptions::new().max_packet_size(214);
    assert_eq!(written(&options, &puback), whole);
    let options = EncodeOptions::new().max_packet_size(213);
    assert_eq!(written(&options, &puback), bytes("40 03 00 0A 87"));
}

/// One User Property is enough to make the packet too large, but all of them go.
#[test]
fn r86_all_user_properties_go_together() {
    let list = [
        Property::UserProperty("k", "v"),
        Property::UserProperty("k", "w"),
    ];
    let puback = Puback::success(id(10)).with_properties(&list);
    let options = EncodeOptions::new().max_packet_size(19);
    assert_eq!(written(&options, &puback), bytes("40 02 00 0A"));
    let options = EncodeOptions::new().max_packet_size(20);
    let whole = "40 12 00 0A 00 0E 26 00 01 6B 00 01 76 26 00 01 6B 00 01 77";
    assert_eq!(written(&options, &puback), bytes(whole));
}

/// MQTT 5.0 [MQTT-3.1.2-24], [MQTT-3.2.2-15]: other properties and codes are never left out.
#[test]
fn r87_a_packet_that_is_still_too_large_is_not_written() {
    let list = [
        Property::AssignedClientIdentifier("c"),
        Property::ReasonString("n"),
        Property::ServerKeepAlive(60),
    ];
    let connack = Connack::accepted(false).with_properties(&list);
    // Identifier 4 bytes, Keep Alive 3, flags, code and length 3, fixed header 2
    let options = EncodeOptions::new().max_packet_size(12);
    let hex = "20 0A 00 00 07 12 00 01 63 13 00 3C";
    assert_eq!(written(&options, &connack), bytes(hex));
    let (packet, len, max) = (PacketType::Connack, 12, 11);
    let options = EncodeOptions::new().max_packet_size(max);
    refuses(
        &options,
        &connack,
        shown!(EncodeError::PacketTooLarge { packet, len, max }),
    );

    let codes = [SubackReason::GrantedQos0; 8];
    let suback = Suback::new(id(10), &codes).expect("codes");
    let (packet, len, max) = (PacketType::Suback, 13, 12);
    let options = EncodeOptions::new().max_packet_size(max);
    refuses(
        &options,
        &suback,
        shown!(EncodeError::PacketTooLarge { packet, len, max }),
    );

    let list = [
        Property::AuthenticationMethod("A"),
        Property::AuthenticationData(&[0; 8]),
    ];
    let auth = Auth::without_properties(AuthReason::ContinueAuthentication).with_properties(&list);
    let (packet, len, max) = (PacketType::Auth, 19, 18);
    let options = EncodeOptions::new().max_packet_size(max);
    refuses(
        &options,
        &auth,
        shown!(EncodeError::PacketTooLarge { packet, len, max }),
    );
}

/// MQTT 5.0 [MQTT-3.2.2-19]: the limit of a CONNECT that is refused counts as well.
#[test]
fn r88_a_connack_that_refuses_keeps_the_limit() {
    let list = [Property::ReasonString("too many")];
    let connack = Connack::refused(ConnackReason::QuotaExceeded).with_properties(&list);
    let options = EncodeOptions::new().sender(Side::Server);
    let whole = "20 0E 00 97 0B 1F 00 08 74 6F 6F 20 6D 61 6E 79";
    assert_eq!(
        written(&options.max_packet_size(16), &connack),
        bytes(whole)
    );
    let bare = bytes("20 03 00 97 00");
    assert_eq!(written(&options.max_packet_size(15), &connack), bare);
}

/// MQTT 5.0 §3.1.2.11.7, [MQTT-3.1.2-29]: in every packet but CONNACK and DISCONNECT; the sender may be unknown.
#[test]
fn r89_the_encoder_leaves_out_problem_information_that_was_not_requested() {
    let options = EncodeOptions::new().request_problem_information(false);
    for shed in &SHED {
        let received = received(shed.whole);
        let expected = match shed.packet {
            PacketType::Connack | PacketType::Disconnect => shed.whole,
            _ => shed.bare,
        };
        for options in [options, options.sender(Side::Server)] {
            let written = written(&options, &received.packet());
            assert_eq!(written, bytes(expected), "{}", shed.packet);
        }
    }
}

/// The least size that is reported does not count what was left out, either.
#[test]
fn r89_a_limit_is_kept_without_problem_information() {
    let received =
        received("40 17 00 0A 87 13 26 00 01 6B 00 01 76 1F 00 02 6E 6F 26 00 01 6B 00 01 77");
    let options = EncodeOptions::new().request_problem_information(false);
    let (packet, len, max) = (PacketType::Puback, 5, 4);
    let five = options.max_packet_size(5);
    assert_eq!(written(&five, &received.packet()), bytes("40 03 00 0A 87"));
    let four = options.max_packet_size(max);
    let error = shown!(EncodeError::PacketTooLarge { packet, len, max });
    refuses(&four, &received.packet(), error);
}

/// MQTT 5.0 §3.1.2.11.7, [MQTT-3.1.2-29]
#[test]
fn r90_problem_information_that_was_not_requested_is_a_protocol_error() {
    for shed in &SHED {
        let packet = shed.packet;
        let template = template_of(packet);
        let method = match packet {
            PacketType::Auth => "15 00 01 41",
            _ => "",
        };
        let offset = template.offset + bytes(method).len();
        for (id, property) in [
            (PropertyId::ReasonString, "1F 00 01 6E"),
            (PropertyId::UserProperty, "26 00 01 6B 00 01 76"),
        ] {
            let hex = template.with(&format!("{method} {property}"));
            received(&hex).from(Side::Server).packet();
            let unknown = received(&hex).without_problem_information();
            let from_server = received(&hex)
                .without_problem_information()
                .from(Side::Server);
            for received in [unknown, from_server] {
                match packet {
                    PacketType::Connack | PacketType::Disconnect => {
                        assert_eq!(received.packet().packet_type(), packet);
                    }
                    _ => {
                        let kind = shown!(ErrorKind::ProblemInformation { packet, id });
                        received.protocol_error(offset, "MQTT-3.1.2-29", kind);
                    }
                }
            }
        }
    }
}

/// MQTT 5.0 [MQTT-3.1.2-29] binds the Server.
#[test]
fn r91_a_client_may_send_problem_information_in_any_case() {
    let options = EncodeOptions::new()
        .request_problem_information(false)
        .sender(Side::Client);
    for hex in [
        "40 0F 00 0A 87 0B 1F 00 01 6E 26 00 01 6B 00 01 76",
        "50 0F 00 0A 87 0B 1F 00 01 6E 26 00 01 6B 00 01 76",
        "62 0F 00 0A 92 0B 1F 00 01 6E 26 00 01 6B 00 01 76",
        "70 0F 00 0A 92 0B 1F 00 01 6E 26 00 01 6B 00 01 76",
        "E0 0D 00 0B 1F 00 01 6E 26 00 01 6B 00 01 76",
        "F0 11 18 0F 15 00 01 41 1F 00 01 6E 26 00 01 6B 00 01 76",
    ] {
        let received = received(hex)
            .without_problem_information()
            .from(Side::Client);
        assert_eq!(written(&options, &received.packet()), bytes(hex));
    }
}

/// Options that say nothing enforce nothing.
#[test]
fn r85_default_options_have_no_limit() {
    assert_eq!(DecodeOptions::default(), DecodeOptions::new());
    assert_eq!(EncodeOptions::default(), EncodeOptions::new());
    for shed in &SHED {
        let received = received(shed.whole);
        let written = written(&EncodeOptions::new(), &received.packet());
        assert_eq!(written, bytes(shed.whole));
    }
}

/// A slice cannot grow: nothing of a packet that does not fit is written to it.
#[test]
fn a_slice_that_is_too_small_is_left_untouched() {
    for shed in &SHED {
        let received = received(shed.whole);
        let whole = bytes(shed.whole);
        let needed = whole.len();
        for available in 0..needed {
            let mut buffer = vec![0xA5; available];
            let mut slice = buffer.as_mut_slice();
            let result = received.packet().encode(&mut slice);
            assert_eq!(slice.len(), available, "not advanced");
            let error = shown!(EncodeError::BufferTooSmall { needed, available });
            assert_eq!(result.expect_err("refused"), error);
            assert_eq!(buffer, vec![0xA5; available]);
        }
        // One byte more than needed stays as it was.
        let mut buffer = vec![0xA5; needed + 1];
        let mut slice = buffer.as_mut_slice();
        assert_eq!(received.packet().encode(&mut slice), Ok(needed));
        assert_eq!(slice.len(), 1);
        assert!(buffer.starts_with(&whole));
        assert_eq!(buffer.last(), Some(&0xA5));
    }
}

/// The same in 3.1.1 and 3.1.
#[test]
fn a_slice_that_is_too_small_is_left_untouched_in_3_x() {
    for (_, first, rest) in ONE_OF_EACH_V3 {
        let hex = format!("{first:02X} {rest}");
        let needed = bytes(&hex).len();
        for version in V3 {
            let received = received_v3(version, &hex);
            for available in 0..needed {
                let mut buffer = vec![0xA5; available];
                let mut slice = buffer.as_mut_slice();
                let result = received.packet().encode(version, &mut slice);
                let error = shown!(EncodeError::BufferTooSmall { needed, available });
                assert_eq!(result.expect_err("refused"), error);
                assert_eq!(buffer, vec![0xA5; available]);
            }
            let mut buffer = vec![0xA5; needed];
            let mut slice = buffer.as_mut_slice();
            assert_eq!(received.packet().encode(version, &mut slice), Ok(needed));
            assert_eq!(buffer, bytes(&hex));
        }
    }
}
