//! A test or more for each rule of `tests/spec/views.md`: what is refused, where, by which statement, and the answer.

use mqtt_reason::Version::{self, V3_1, V3_1_1, V5_0};
use mqtt_reason::view::{self, Publish, View};
use mqtt_reason::{DecodeError, DecodeOptions, ErrorKind, PropertyId, Side};

use crate::golden::bytes;
use crate::words::frame;

/// What a receiver of `version` makes of a packet.
fn read(version: Version, sender: Option<Side>, hex: &str) -> Result<(), DecodeError> {
    let bytes = bytes(hex);
    let mut options = DecodeOptions::new();
    if let Some(sender) = sender {
        options = options.sender(sender);
    }
    let frame = frame(version, &options, &bytes)?;
    View::of(version, &options, &frame).map(|view| assert!(view.is_some(), "{hex}"))
}

/// Something that is refused: rule of the page, version, sender, bytes; offset, rule of the specification, answer.
type Refused = (
    &'static str,
    Version,
    Option<Side>,
    &'static str,
    usize,
    &'static str,
    Option<u8>,
);

const NO: Option<Side> = None;
const CLIENT: Option<Side> = Some(Side::Client);
const SERVER: Option<Side> = Some(Side::Server);
const MALFORMED: Option<u8> = Some(0x81);
const PROTOCOL: Option<u8> = Some(0x82);
const FILTER: Option<u8> = Some(0x8F);
const NAME: Option<u8> = Some(0x90);
const CLOSE: Option<u8> = None;

#[rustfmt::skip]
const REFUSED: &[Refused] = &[
    ("V1", V5_0, NO, "83 07 000a 00 0001 61 00", 0, "MQTT-3.8.1-1", MALFORMED),
    ("V1", V5_0, NO, "a0 06 000a 00 0001 61", 0, "MQTT-3.10.1-1", MALFORMED),
    ("V1", V5_0, NO, "11 0d 0004 4d515454 05 02 003c 00 0000", 0, "MQTT-2.1.3-1", MALFORMED),
    ("V1", V5_0, NO, "c1 00", 0, "MQTT-2.1.3-1", MALFORMED),
    ("V1", V3_1_1, NO, "80 06 000a 0001 61 00", 0, "MQTT-3.8.1-1", CLOSE),
    ("V1", V3_1_1, NO, "d8 00", 0, "MQTT-2.2.2-2", CLOSE),
    ("V2", V5_0, SERVER, "82 07 000a 00 0001 61 00", 0, "2.1.2", PROTOCOL),
    ("V2", V5_0, SERVER, "10 0d 0004 4d515454 05 02 003c 00 0000", 0, "2.1.2", PROTOCOL),
    ("V2", V5_0, SERVER, "a2 06 000a 00 0001 61", 0, "2.1.2", PROTOCOL),
    ("V2", V5_0, SERVER, "c0 00", 0, "2.1.2", PROTOCOL),
    ("V2", V5_0, CLIENT, "d0 00", 0, "2.1.2", PROTOCOL),
    ("V3", V5_0, NO, "36 06 0001 74 000a 00", 0, "MQTT-3.3.1-4", MALFORMED),
    ("V3", V3_1_1, NO, "36 05 0001 74 000a", 0, "MQTT-3.3.1-4", CLOSE),
    ("V3", V3_1, NO, "36 05 0001 74 000a", 0, "3.3", CLOSE),
    ("V4", V5_0, NO, "38 04 0001 74 00", 0, "MQTT-3.3.1-2", MALFORMED),
    ("V4", V3_1_1, NO, "38 03 0001 74", 0, "MQTT-3.3.1-2", CLOSE),
    ("V5", V5_0, NO, "c0 01 00", 1, "3.12.1", MALFORMED),
    ("V5", V5_0, NO, "d0 01 00", 1, "3.13.1", MALFORMED),
    ("V5", V3_1_1, NO, "c0 01 00", 1, "3.12.1", CLOSE),
    ("V5", V3_1, NO, "d0 01 00", 1, "3.13", CLOSE),
    ("V12", V5_0, NO, "10 07 0004 4dff5454 05", 5, "MQTT-1.5.4-1", MALFORMED),
    ("V12", V5_0, NO, "10 06 0004 4d515454", 8, "2.1.4", MALFORMED),
    ("V12", V5_0, NO, "10 05 0004 4d5154", 2, "2.1.4", MALFORMED),
    ("V13", V5_0, NO, "10 0d 0004 4d515454 05 03 003c 00 0000", 9, "MQTT-3.1.2-3", MALFORMED),
    ("V13", V5_0, NO, "10 0c 0004 4d515454 04 03 003c 0000", 9, "MQTT-3.1.2-3", CLOSE),
    ("V14", V5_0, NO, "10 0d 0004 4d515454 05 0a 003c 00 0000", 9, "MQTT-3.1.2-11", MALFORMED),
    ("V14", V5_0, NO, "10 0d 0004 4d515454 05 22 003c 00 0000", 9, "MQTT-3.1.2-13", MALFORMED),
    ("V14", V3_1_1, NO, "10 0c 0004 4d515454 04 12 003c 0000", 9, "MQTT-3.1.2-13", CLOSE),
    ("V14", V3_1_1, NO, "10 0c 0004 4d515454 04 22 003c 0000", 9, "MQTT-3.1.2-15", CLOSE),
    ("V15", V5_0, NO, "10 13 0004 4d515454 05 1e 003c 00 0000 00 0001 77 0000", 9, "MQTT-3.1.2-12", MALFORMED),
    ("V15", V3_1_1, NO, "10 11 0004 4d515454 04 1e 003c 0000 0001 77 0000", 9, "MQTT-3.1.2-14", CLOSE),
    ("V15", V3_1, NO, "10 13 0006 4d5149736470 03 1e 003c 0000 0001 77 0000", 11, "3.1", CLOSE),
    ("V16", V3_1_1, NO, "10 0f 0004 4d515454 04 42 003c 0000 0001 70", 9, "MQTT-3.1.2-22", CLOSE),
    ("V16", V3_1, NO, "10 11 0006 4d5149736470 03 42 003c 0000 0001 70", 11, "3.1", CLOSE),
    ("V17", V5_0, NO, "10 09 0004 4d515454 05 02 00", 10, "2.1.4", MALFORMED),
    ("V18", V5_0, NO, "10 10 0004 4d515454 05 02 003c 03 23 0001 0000", 13, "2.2.2.2", MALFORMED),
    ("V18", V5_0, NO, "10 12 0004 4d515454 05 02 003c 05 18 00000001 0000", 13, "2.2.2.2", MALFORMED),
    ("V18", V5_0, NO, "10 0a 0004 4d515454 05 02 003c", 12, "MQTT-2.2.2-1", MALFORMED),
    ("V19", V5_0, NO, "10 10 0004 4d515454 05 02 003c 03 21 0000 0000", 14, "3.1.2.11.3", PROTOCOL),
    ("V19", V5_0, NO, "10 12 0004 4d515454 05 02 003c 05 27 00000000 0000", 14, "3.1.2.11.4", PROTOCOL),
    ("V20", V5_0, NO, "10 0f 0004 4d515454 05 02 003c 02 19 02 0000", 14, "3.1.2.11.6", PROTOCOL),
    ("V20", V5_0, NO, "10 0f 0004 4d515454 05 02 003c 02 17 ff 0000", 14, "3.1.2.11.7", PROTOCOL),
    ("V21", V5_0, NO, "10 10 0004 4d515454 05 02 003c 03 16 0000 0000", 12, "3.1.2.11.10", PROTOCOL),
    ("V22", V5_0, NO, "10 0b 0004 4d515454 05 02 003c 00", 13, "2.1.4", MALFORMED),
    ("V22", V5_0, NO, "10 0e 0004 4d515454 05 02 003c 00 0001 ff", 15, "MQTT-1.5.4-1", MALFORMED),
    ("V22", V5_0, NO, "10 0f 0004 4d515454 05 02 003c 00 0002 6100", 16, "MQTT-1.5.4-2", MALFORMED),
    ("V22", V3_1_1, NO, "10 0d 0004 4d515454 04 02 003c 0001 ff", 14, "MQTT-1.5.3-1", CLOSE),
    ("V22", V3_1_1, NO, "10 0d 0004 4d515454 04 02 003c 0001 00", 14, "MQTT-1.5.3-2", CLOSE),
    ("V22", V3_1, NO, "10 0f 0006 4d5149736470 03 02 003c 0001 ff", 16, "2.5", CLOSE),
    ("V23", V5_0, NO, "10 16 0004 4d515454 05 06 003c 00 0000 03 21 0001 0001 77 0000", 16, "2.2.2.2", MALFORMED),
    ("V23", V5_0, NO, "10 1d 0004 4d515454 05 06 003c 00 0000 0a 18 00000001 18 00000001 0001 77 0000", 21, "3.1.3.2.2", PROTOCOL),
    ("V24", V5_0, NO, "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 23 0000", 18, "MQTT-4.7.0-1", NAME),
    ("V24", V5_0, NO, "10 12 0004 4d515454 05 06 003c 00 0000 00 0000 0000", 16, "MQTT-4.7.3-1", NAME),
    ("V24", V3_1_1, NO, "10 11 0004 4d515454 04 06 003c 0000 0001 2b 0000", 16, "MQTT-4.7.1-1", CLOSE),
    ("V24", V3_1, NO, "10 12 0006 4d5149736470 03 06 003c 0000 0000 0000", 16, "Appendix A", CLOSE),
    ("V25", V5_0, NO, "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0001", 19, "2.1.4", MALFORMED),
    ("V26", V5_0, NO, "10 0d 0004 4d515454 05 82 003c 00 0000", 15, "2.1.4", MALFORMED),
    ("V26", V3_1_1, NO, "10 0f 0004 4d515454 04 c2 003c 0000 0001 75", 17, "2.2.3", CLOSE),
    ("V26", V3_1, NO, "10 0f 0006 4d5149736470 03 c2 003c 0000 00", 16, "2.1", CLOSE),
    ("V27", V5_0, NO, "10 10 0004 4d515454 05 02 003c 00 0000 0001 75", 15, "2.3", MALFORMED),
    ("V30", V5_0, NO, "30 05 0002 74ff 00", 5, "MQTT-1.5.4-1", MALFORMED),
    ("V30", V5_0, NO, "30 03 0003 74", 2, "2.1.4", MALFORMED),
    ("V31", V5_0, NO, "32 06 0001 74 0000 00", 5, "MQTT-2.2.1-3", PROTOCOL),
    ("V31", V5_0, SERVER, "34 06 0001 74 0000 00", 5, "MQTT-2.2.1-4", PROTOCOL),
    ("V31", V3_1_1, NO, "32 05 0001 74 0000", 5, "MQTT-2.3.1-1", CLOSE),
    ("V31", V3_1, NO, "32 05 0001 74 0000", 5, "2.4", CLOSE),
    ("V31", V5_0, NO, "32 04 0001 74 00", 5, "2.1.4", MALFORMED),
    ("V32", V5_0, NO, "30 07 0001 74 03 21 0001", 6, "2.2.2.2", MALFORMED),
    ("V32", V5_0, NO, "30 06 0001 74 02 7e 00", 6, "2.2.2.2", MALFORMED),
    ("V33", V5_0, NO, "30 06 0001 74 02 01 02", 7, "3.3.2.3.2", PROTOCOL),
    ("V34", V5_0, NO, "30 07 0001 74 03 23 0000", 7, "3.3.2.3.4", Some(0x94)),
    ("V35", V5_0, NO, "30 09 0001 74 05 08 0002 612b", 10, "MQTT-3.3.2-14", PROTOCOL),
    ("V35", V5_0, NO, "10 17 0004 4d515454 05 06 003c 00 0000 04 08 0001 23 0001 77 0000", 19, "MQTT-3.3.2-14", PROTOCOL),
    ("V36", V5_0, NO, "30 06 0001 74 02 0b 00", 7, "3.3.2.3.8", PROTOCOL),
    ("V37", V5_0, CLIENT, "30 06 0001 74 02 0b 01", 6, "MQTT-3.3.4-6", PROTOCOL),
    ("V38", V5_0, NO, "30 03 0000 00", 4, "3.3.2.1", PROTOCOL),
    ("V38", V5_0, NO, "32 07 0000 000a 02 01 00", 6, "3.3.2.1", PROTOCOL),
    ("V40", V3_1_1, NO, "30 02 0000", 2, "MQTT-4.7.3-1", CLOSE),
    ("V40", V3_1, NO, "30 02 0000", 2, "Appendix A", CLOSE),
    ("V40", V5_0, NO, "82 06 000a 00 0000 00", 5, "MQTT-4.7.3-1", FILTER),
    ("V40", V3_1_1, NO, "a2 04 000a 0000", 4, "MQTT-4.7.3-1", CLOSE),
    ("V41", V5_0, NO, "30 06 0003 742f23 00", 6, "MQTT-3.3.2-2", NAME),
    ("V41", V3_1_1, NO, "30 05 0003 2b2f74", 4, "MQTT-3.3.2-2", CLOSE),
    ("V41", V3_1, NO, "30 05 0003 2b2f74", 4, "Appendix A", CLOSE),
    ("V42", V5_0, NO, "30 06 0003 740074 00", 5, "MQTT-1.5.4-2", MALFORMED),
    ("V42", V3_1, NO, "30 05 0003 740074", 5, "2.5", CLOSE),
    ("V42", V5_0, NO, "a2 07 000a 00 0002 7400", 8, "MQTT-1.5.4-2", MALFORMED),
    ("V42", V3_1, NO, "a2 06 000a 0002 7400", 7, "2.5", CLOSE),
    ("V43", V5_0, NO, "82 0a 000a 00 0004 612f2362 00", 9, "MQTT-4.7.1-1", FILTER),
    ("V43", V3_1_1, NO, "a2 06 000a 0002 6123", 7, "MQTT-4.7.1-2", CLOSE),
    ("V43", V3_1, NO, "a2 06 000a 0002 6123", 7, "Appendix A", CLOSE),
    ("V44", V5_0, NO, "82 08 000a 00 0002 2b61 00", 7, "MQTT-4.7.1-2", FILTER),
    ("V44", V3_1_1, NO, "a2 06 000a 0002 612b", 7, "MQTT-4.7.1-3", CLOSE),
    ("V44", V3_1, NO, "a2 06 000a 0002 612b", 7, "Appendix A", CLOSE),
    ("V45", V5_0, NO, "82 0f 000a 00 0009 2473686172652f2f74 00", 14, "MQTT-4.8.2-1", FILTER),
    ("V45", V5_0, NO, "a2 0c 000a 00 0007 2473686172652f", 14, "MQTT-4.8.2-1", FILTER),
    ("V46", V5_0, NO, "82 11 000a 00 000b 2473686172652f672b2f74 00", 15, "MQTT-4.8.2-2", FILTER),
    ("V46", V5_0, NO, "82 0e 000a 00 0008 2473686172652f67 00", 15, "MQTT-4.8.2-2", FILTER),
    ("V46", V5_0, NO, "a2 0e 000a 00 0009 2473686172652f672f", 16, "MQTT-4.8.2-2", FILTER),
    ("V50", V5_0, NO, "82 07 0000 00 0001 61 00", 2, "MQTT-2.2.1-3", PROTOCOL),
    ("V50", V5_0, NO, "a2 06 0000 00 0001 61", 2, "MQTT-2.2.1-3", PROTOCOL),
    ("V50", V3_1_1, NO, "82 06 0000 0001 61 00", 2, "MQTT-2.3.1-1", CLOSE),
    ("V50", V3_1, NO, "a2 05 0000 0001 61", 2, "2.4", CLOSE),
    ("V51", V5_0, NO, "82 09 000a 02 01 00 0001 61 00", 5, "2.2.2.2", MALFORMED),
    ("V51", V5_0, NO, "a2 08 000a 02 0b 01 0001 61", 5, "2.2.2.2", MALFORMED),
    ("V52", V5_0, NO, "82 09 000a 02 0b 00 0001 61 00", 6, "3.8.2.1.2", PROTOCOL),
    ("V52", V5_0, NO, "82 0b 000a 04 0b01 0b01 0001 61 00", 7, "3.8.2.1.2", PROTOCOL),
    ("V52", V5_0, NO, "82 0a 000a 03 0b 8100 0001 61 00", 6, "MQTT-1.5.5-1", MALFORMED),
    ("V53", V5_0, NO, "82 03 000a 00", 5, "MQTT-3.8.3-2", PROTOCOL),
    ("V53", V5_0, NO, "a2 03 000a 00", 5, "MQTT-3.10.3-2", PROTOCOL),
    ("V53", V3_1_1, NO, "82 02 000a", 4, "MQTT-3.8.3-3", CLOSE),
    ("V53", V3_1_1, NO, "a2 02 000a", 4, "MQTT-3.10.3-2", CLOSE),
    ("V53", V3_1, NO, "82 02 000a", 4, "3.8", CLOSE),
    ("V53", V3_1, NO, "a2 02 000a", 4, "3.10", CLOSE),
    ("V54", V5_0, NO, "82 0b 000a 00 0001 61 00 0001 ff 00", 11, "MQTT-1.5.4-1", MALFORMED),
    ("V54", V5_0, NO, "a2 06 000a 00 0002 61", 5, "2.1.4", MALFORMED),
    ("V55", V5_0, NO, "82 06 000a 00 0001 61", 8, "2.1.4", MALFORMED),
    ("V56", V5_0, NO, "82 07 000a 00 0001 61 40", 8, "MQTT-3.8.3-5", MALFORMED),
    ("V56", V3_1_1, NO, "82 06 000a 0001 61 04", 7, "MQTT-3-8.3-4", CLOSE),
    ("V57", V5_0, NO, "82 07 000a 00 0001 61 03", 8, "3.8.3.1", PROTOCOL),
    ("V57", V3_1_1, NO, "82 06 000a 0001 61 03", 7, "MQTT-3-8.3-4", CLOSE),
    ("V57", V3_1, NO, "82 06 000a 0001 61 ff", 7, "3.8", CLOSE),
    ("V58", V5_0, NO, "82 07 000a 00 0001 61 30", 8, "3.8.3.1", PROTOCOL),
    ("V59", V5_0, NO, "82 10 000a 00 000a 2473686172652f672f74 04", 17, "MQTT-3.8.3-4", PROTOCOL),
];

#[test]
fn what_a_rule_forbids_is_refused_at_its_place() {
    for (name, version, sender, hex, offset, rule, answer) in REFUSED {
        let Err(error) = read(*version, *sender, hex) else {
            panic!("{name}: {hex} decodes");
        };
        let found = (
            error.offset(),
            error.rule(),
            error.answer().map(|code| code.as_u8()),
        );
        assert_eq!(found, (*offset, *rule, *answer), "{name}: {hex}: {error}");
        assert!(error.packet().is_some(), "{name}: {hex}");
    }
}

/// What no rule forbids: rule of the page, version, sender, bytes.
#[rustfmt::skip]
const SOUND: &[(&str, Version, Option<Side>, &str)] = &[
    ("V1, 3.1", V3_1, NO, "8f 06 000a 0001 61 00"),
    ("V1, 3.1", V3_1, NO, "cf 00"),
    ("V2", V5_0, SERVER, "30 04 0001 74 00"),
    ("V2", V5_0, CLIENT, "30 04 0001 74 00"),
    ("V2", V5_0, CLIENT, "c0 00"),
    ("V2", V5_0, SERVER, "d0 00"),
    ("V4, 3.1", V3_1, NO, "38 03 0001 74"),
    ("V10: no version", V5_0, CLIENT, "10 0a 0004 4d515454 06 ff ff ff"),
    ("V10: 3.1.1 with the name of 3.1", V3_1_1, NO, "10 09 0006 4d5149736470 04"),
    ("V11: no bridge of 5.0", V5_0, NO, "10 07 0004 4d515454 85"),
    ("V13, 3.1", V3_1, NO, "10 0e 0006 4d5149736470 03 03 003c 0000"),
    ("V14, 3.1", V3_1, NO, "10 0e 0006 4d5149736470 03 3a 003c 0000"),
    ("V16, 5.0", V5_0, NO, "10 10 0004 4d515454 05 42 003c 00 0000 0001 70"),
    ("V21, with a method", V5_0, NO, "10 13 0004 4d515454 05 02 003c 06 160000 150000 0000"),
    ("V22, 3.1.1", V3_1_1, NO, "10 0c 0004 4d515454 04 00 003c 0000"),
    ("V22, 3.1: U+0000", V3_1, NO, "10 0f 0006 4d5149736470 03 02 003c 0001 00"),
    ("V22, 3.1: 24 characters", V3_1, NO,
        "10 26 0006 4d5149736470 03 02 003c 0018 616161616161616161616161616161616161616161616161"),
    ("V25", V3_1, NO, "10 14 0006 4d5149736470 03 06 003c 0000 0001 77 0001 ff"),
    ("V26, 3.1", V3_1, NO, "10 0e 0006 4d5149736470 03 c2 003c 0000"),
    ("V33", V5_0, NO, "30 07 0001 74 02 01 01 ff"),
    ("V35", V5_0, NO, "30 07 0001 74 03 08 0000"),
    ("V36", V5_0, NO, "30 08 0001 74 04 0b01 0b01"),
    ("V37", V5_0, SERVER, "30 06 0001 74 02 0b 01"),
    ("V38", V5_0, NO, "30 06 0000 03 23 0001"),
    ("V39", V5_0, NO, "30 04 0001 74 00"),
    ("V47", V5_0, NO, "a2 0b 000a 00 0006 247368617265"),
    ("V47, 3.1.1", V3_1_1, NO, "a2 0d 000a 0009 2473686172652f2f74"),
    ("V56, 3.1", V3_1, NO, "82 06 000a 0001 61 fe"),
    ("V59, another filter", V5_0, NO, "82 07 000a 00 0001 61 04"),
    ("V59, without it", V5_0, NO, "82 10 000a 00 000a 2473686172652f672f74 00"),
];

#[test]
fn what_no_rule_forbids_decodes() {
    for (name, version, sender, hex) in SOUND {
        if let Err(error) = read(*version, *sender, hex) {
            panic!("{name}: {hex}: {error}");
        }
    }
}

/// V10, V11: the version that a CONNECT asks for counts, whatever the connection was taken for.
#[test]
fn a_connect_is_read_in_its_own_version() {
    for (hex, version, bridge, level) in [
        ("10 0d 0004 4d515454 05 02 003c 00 0000", V5_0, false, 5),
        ("10 0c 0004 4d515454 04 02 003c 0000", V3_1_1, false, 4),
        ("10 0c 0004 4d515454 84 02 003c 0000", V3_1_1, true, 132),
        ("10 0e 0006 4d5149736470 03 02 003c 0000", V3_1, false, 3),
        ("10 0e 0006 4d5149736470 83 02 003c 0000", V3_1, true, 131),
    ] {
        let bytes = bytes(hex);
        for taken_for in [V5_0, V3_1_1, V3_1] {
            let options = DecodeOptions::new();
            let frame = frame(taken_for, &options, &bytes).unwrap();
            assert_eq!(frame.connect_version(), Some(version));
            let Some(View::Connect(connect)) = View::of(taken_for, &options, &frame).unwrap()
            else {
                panic!("{hex}");
            };
            assert_eq!(
                (connect.version(), connect.bridge(), connect.level()),
                (version, bridge, level)
            );
        }
    }
    let bytes = bytes("10 0a 0004 4d515458 07 ff ff ff");
    let options = DecodeOptions::new();
    let frame = frame(V5_0, &options, &bytes).unwrap();
    let Some(View::UnknownConnect(connect)) = View::of(V5_0, &options, &frame).unwrap() else {
        panic!("no version has it");
    };
    assert_eq!((connect.protocol_name(), connect.level()), ("MQTX", 7));
}

/// V37: the kind names property and sender.
#[test]
fn a_property_from_the_wrong_side_is_named() {
    let error = read(V5_0, CLIENT, "30 06 0001 74 02 0b 01").unwrap_err();
    let id = PropertyId::SubscriptionIdentifier;
    let sender = Side::Client;
    assert_eq!(
        error.kind(),
        shown!(ErrorKind::PropertySender { id, sender })
    );
}

/// The beginning of a PUBLISH, whatever there is of its payload.
#[test]
fn a_publish_is_read_from_its_head() {
    let options = DecodeOptions::new();
    let whole = bytes("32 10 0001 74 000a 05 02 00000001 78787878 78");
    for there in 0..=whole.len() {
        let head = Publish::head(V5_0, &options, &whole[..there]).unwrap();
        match head {
            Some(publish) => {
                assert!(there >= 13);
                assert_eq!(
                    (publish.topic(), publish.payload().len()),
                    ("t", there - 13)
                );
                assert_eq!(publish.properties().message_expiry_interval(), Some(1));
            }
            None => assert!(there < 13, "{there}"),
        }
    }
    // What is wrong is told as soon as it is there.
    let wild = bytes("30 7f 0001 23");
    let error = Publish::head(V5_0, &options, &wild).unwrap_err();
    assert_eq!((error.offset(), error.rule()), (4, "MQTT-3.3.2-2"));
    // What can never fit is told when all is there.
    let short = bytes("30 03 00ff 74");
    assert_eq!(Publish::head(V5_0, &options, &short[..4]).unwrap(), None);
    assert_eq!(
        Publish::head(V5_0, &options, &short).unwrap_err().kind(),
        ErrorKind::Truncated
    );
    assert_eq!(Publish::head(V5_0, &options, &bytes("c000")).unwrap(), None);
}

/// §4.7: filters and the names they match.
#[test]
fn filters_match_names_level_by_level() {
    for (filter, topic, matches) in [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        (
            "sport/tennis/player1/#",
            "sport/tennis/player1/ranking",
            true,
        ),
        ("sport/#", "sport", true),
        ("#", "a/b", true),
        ("sport/+", "sport", false),
        ("sport/+", "sport/", true),
        ("+/+", "/finance", true),
        ("/+", "/finance", true),
        ("+", "/finance", false),
        ("#", "$SYS/a", false),
        ("+/monitor/Clients", "$SYS/monitor/Clients", false),
        ("$SYS/#", "$SYS/", true),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ("a", "A", false),
        ("a/b", "a/b/c", false),
        ("a/b/c", "a/b", false),
    ] {
        assert_eq!(
            view::filter_matches(filter, topic),
            matches,
            "{filter} {topic}"
        );
    }
    assert_eq!(view::share("$share/g"), None);
    assert_eq!(view::share("$share/g/a/b"), Some(("g", "a/b")));
}

/// A Password and a Will payload are not in what `Debug` writes.
#[test]
fn debug_shows_no_secrets() {
    let bytes = bytes(
        "10 23 0004 4d515454 05 c6 003c 00 0001 63 00 0001 77 0005 7365637265 0001 75 0005 68756e7432",
    );
    let options = DecodeOptions::new();
    let frame = frame(V5_0, &options, &bytes).unwrap();
    let view = View::of(V5_0, &options, &frame).unwrap().unwrap();
    let text = format!("{view:?}");
    let numbers = format!("{:?}", b"hunt2");
    assert!(
        !text.contains("hunt") && !text.contains(&numbers[1..6]),
        "{text}"
    );
    assert!(text.contains("password_len: Some(5)") && text.contains("payload_len: 5"));
}
