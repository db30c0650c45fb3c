//! R33 and R34: the Connect Acknowledge Flags.

use mqtt_reason::ErrorKind;
use mqtt_reason::v5::{Connack, ConnackReason};

use crate::support::{reads_and_writes, received, writes};

/// MQTT 5.0 §3.2.2.1, [MQTT-3.2.2-1]
#[test]
fn r33_reserved_connect_acknowledge_flags_are_malformed() {
    for (hex, flags) in [
        ("20 03 02 00 00", 0b0000_0010),
        ("20 03 04 00 00", 0b0000_0100),
        ("20 03 08 00 00", 0b0000_1000),
        ("20 03 10 00 00", 0b0001_0000),
        ("20 03 20 00 00", 0b0010_0000),
        ("20 03 40 00 00", 0b0100_0000),
        ("20 03 80 00 00", 0b1000_0000),
        ("20 03 03 00 00", 0b0000_0011),
        ("20 03 FF 87 00", 0b1111_1111),
    ] {
        received(hex).malformed(2, "MQTT-3.2.2-1", shown!(ErrorKind::ConnackFlags { flags }));
    }
}

/// MQTT 5.0 §3.2.2.1, [MQTT-3.2.2-1]: bit 0 is Session Present, the others are 0.
#[test]
fn r33_the_encoder_writes_session_present_and_no_other_flag() {
    reads_and_writes("20 03 00 00 00", Connack::accepted(false));
    reads_and_writes("20 03 01 00 00", Connack::accepted(true));
    assert!(!Connack::accepted(false).session_present());
    assert!(Connack::accepted(true).session_present());
}

/// MQTT 5.0 §3.2.2.1.1, [MQTT-3.2.2-6]
#[test]
fn r34_session_present_with_a_refusal_is_a_protocol_error() {
    for code in [
        0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97,
        0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
    ] {
        let kind = shown!(ErrorKind::SessionPresent { code });
        received(&format!("20 03 01 {code:02X} 00")).protocol_error(2, "MQTT-3.2.2-6", kind);
    }
}

/// MQTT 5.0 §3.2.2.1.1, [MQTT-3.2.2-6]: no constructor sets Session Present in a refusal.
#[test]
fn r34_the_encoder_writes_no_session_present_with_a_refusal() {
    for &reason in ConnackReason::ALL {
        let connack = Connack::refused(reason);
        assert!(!connack.session_present());
        assert_eq!(connack.reason(), reason);
        writes(&connack, &format!("20 03 00 {:02X} 00", reason.as_u8()));
    }
}
