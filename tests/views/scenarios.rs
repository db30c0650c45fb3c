//! The packets that brokers are sent to see how they answer: each breaks one rule, or none.
//!
//! The last column is what a packet is refused as by a Server; 5.0: the class, or the closer code to answer with.

use mqtt_reason::Version::{V3_1_1, V5_0};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, DecodeOptions, Decoded, ErrorClass, Frame, Side, Version, v3, v5};

use crate::golden::bytes;

/// What a Server makes of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expected {
    /// It decodes.
    Sound,
    /// 0x81.
    Malformed,
    /// 0x82.
    ProtocolError,
    /// A protocol error with a closer code.
    Answer(u8),
    /// 3.1.1: refused; there is nothing to answer.
    Close,
}
use Expected::{Answer, Close, Malformed, ProtocolError, Sound};

struct Row {
    id: &'static str,
    version: Version,
    hex: &'static str,
    what: &'static str,
    expected: Expected,
}

const fn row(
    id: &'static str,
    version: Version,
    hex: &'static str,
    what: &'static str,
    expected: Expected,
) -> Row {
    Row {
        id,
        version,
        hex,
        what,
        expected,
    }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("F01", V5_0, "c000", "PINGREQ as the first packet", Sound),
    row("F02", V5_0, "300800046d722f740078", "PUBLISH QoS 0 as the first packet", Sound),
    row("F03", V5_0, "820a00010000046d722f7400", "SUBSCRIBE as the first packet", Sound),
    row("F04", V5_0, "f006180415000158", "AUTH 0x18 with a method as the first packet", Sound),
    row("F05", V5_0, "e000", "DISCONNECT 0x00 as the first packet", Sound),
    row("F06", V5_0, "40020001", "PUBACK as the first packet", Sound),
    row("F07", V5_0, "2003000000", "CONNACK as the first packet", ProtocolError),
    row("C01", V5_0, "101300044d5154540502003c0000066d7233323730", "a second CONNECT on the same connection", Sound),
    row("C02", V5_0, "101300044d5154580502003c0000066d7233323731", "protocol name MQTX, level 5", Sound),
    row("C03", V5_0, "101300044d5154540602003c0000066d7233323732", "protocol version 6", Sound),
    row("C04", V5_0, "101300044d5154547f02003c0000066d7233323733", "protocol version 127", Sound),
    row("C05", V5_0, "101300044d5154540503003c0000066d7233323734", "reserved bit 0 of Connect Flags set", Malformed),
    row("C06", V5_0, "111300044d5154540502003c0000066d7233323735", "fixed header flags 0x11", Malformed),
    row("C07", V5_0, "101a00044d515454051e003c0000066d72333237360000017700016d", "Will QoS 3", Malformed),
    row("C08", V5_0, "101300044d515454050a003c0000066d7233323737", "Will Flag 0 with Will QoS 1", Malformed),
    row("C09", V5_0, "101300044d5154540522003c0000066d7233323738", "Will Flag 0 with Will Retain 1", Malformed),
    row("C10", V5_0, "101300044d5154540582003c0000066d7233323739", "User Name Flag 1, no User Name in the payload", Malformed),
    row("C11", V5_0, "101a00044d5154540502003c0000076d723332373130000475736572", "User Name in the payload, flag 0", Malformed),
    row("C12", V5_0, "101500044d5154540502003c0000076d72333237313100", "one byte too many behind the payload", Malformed),
    row("C13", V5_0, "100f00044d5154540502003c0000206162", "Client Identifier longer than the packet", Malformed),
    row("C14", V5_0, "100b00044d5154540502003c00", "no Client Identifier at all", Malformed),
    row("C15", V5_0, "101000044d5154540502003c00000361c0af", "Client Identifier with an overlong UTF-8 form (C0 AF)", Malformed),
    row("C16", V5_0, "101100044d5154540502003c00000461eda080", "Client Identifier with a surrogate (ED A0 80)", Malformed),
    row("C17", V5_0, "101000044d5154540502003c000003610062", "Client Identifier with U+0000", Malformed),
    row("C18", V5_0, "100d00044d5154540502003c000000", "empty Client Identifier, Clean Start 1", Sound),
    row("C19", V5_0, "101200044d5154540500003c05110000001e0000", "empty Client Identifier, Clean Start 0", Sound),
    row("C20", V5_0, "102400044d5154540502003c0000174162303132333435363738396162636465666768696a6b", "Client Identifier of 23 letters and digits", Sound),
    row("C22", V5_0, "101e00044d5154540502003c0a1100000001110000000100076d723332373133", "Session Expiry Interval twice", ProtocolError),
    row("C23", V5_0, "101700044d5154540502003c0321000000076d723332373134", "Receive Maximum 0", ProtocolError),
    row("C24", V5_0, "101900044d5154540502003c05270000000000076d723332373135", "Maximum Packet Size 0", ProtocolError),
    row("C25", V5_0, "101600044d5154540502003c02190200076d723332373136", "Request Response Information 2", ProtocolError),
    row("C26", V5_0, "101600044d5154540502003c02170200076d723332373137", "Request Problem Information 2", ProtocolError),
    row("C27", V5_0, "101600044d5154540502003c027e0000076d723332373138", "unknown property 0x7E", Malformed),
    row("C28", V5_0, "101700044d5154540502003c0323000100076d723332373139", "a PUBLISH property (Topic Alias)", Malformed),
    row("C29", V5_0, "101800044d5154540502003c041600017800076d723332373230", "Authentication Data without Method", ProtocolError),
    row("C30", V5_0, "102600044d5154540502003c131500106d7174742d726561736f6e2d78797a2100066d7232373231", "unknown Authentication Method", Sound),
    row("C31", V5_0, "101400044d5154540502003c7f00076d723332373232", "Property Length past the end of the packet", Malformed),
    row("C32", V5_0, "101500044d5154540502003c800000076d723332373233", "Property Length 0 in two bytes (80 00)", Malformed),
    row("C33", V5_0, "101b00044d5154540502003c072600016b0001ff00076d723332373234", "User Property value with bad UTF-8", Malformed),
    row("C34", V5_0, "10950000044d5154540502003c0000086d726e6f6e6d696e", "Remaining Length not minimal", Malformed),
    row("C35", V5_0, "10ffffffff01", "Remaining Length of five bytes (FF FF FF FF 01)", Malformed),
    row("C36", V5_0, "101d00044d5154540506003c0000076d723332373235000003612f2300016d", "Will Topic a/#", Answer(0x90)),
    row("C37", V5_0, "101a00044d5154540506003c0000076d72333237323600000000016d", "empty Will Topic", Answer(0x90)),
    row("C38", V5_0, "101c00044d5154540506003c0000076d723332373237000002610000016d", "Will Topic with U+0000", Malformed),
    row("C39", V5_0, "102500044d5154540506003c0000076d7232373332380a1800000001180000000200017700016d", "Will Delay Interval twice", ProtocolError),
    row("C40", V5_0, "101e00044d5154540506003c0000076d7233323732390321000100017700016d", "a CONNECT property (Receive Maximum) among the Will Properties", Malformed),
    row("C41", V5_0, "101d00044d5154540506003c0000076d7233323733300201010001770001ff", "Will with Payload Format Indicator 1 and payload FF", Sound),
    row("C42", V5_0, "101b00044d5154540526003c0000076d7233323733310000017700016d", "Will Retain 1 although Retain Available is 0", Sound),
    row("C43", V5_0, "101b00044d5154540516003c0000076d7233323733320000017700016d", "Will QoS above Maximum QoS", Sound),
    row("C44", V5_0, "101f00044d51545405c2003c0000076d72323733333300026d72000577726f6e67", "wrong password", Sound),
    row("C45", V5_0, "101400044d5154540502003c0000076d723332373334", "no credentials", Sound),
    row("C47", V5_0, "101700044d5154540542003c0000076d723332373336000170", "Password without User Name", Sound),
    row("C48", V5_0, "101900044d5154540502003c05270000000200076d723332373337", "Maximum Packet Size 2 in CONNECT (no CONNACK fits)", Sound),
    row("H01", V5_0, "0000", "packet type 0", Malformed),
    row("H02", V5_0, "c100", "PINGREQ with flags 0xC1", Malformed),
    row("H03", V5_0, "c00100", "PINGREQ with a body", Malformed),
    row("H04", V5_0, "41020001", "PUBACK with flags 0x41", Malformed),
    row("H05", V5_0, "52020001", "PUBREC with flags 0x52", Malformed),
    row("H06", V5_0, "60020001", "PUBREL with flags 0x60", Malformed),
    row("H07", V5_0, "78020001", "PUBCOMP with flags 0x78", Malformed),
    row("H08", V5_0, "800a00010000046d722f7400", "SUBSCRIBE with flags 0x80", Malformed),
    row("H09", V5_0, "a00900010000046d722f74", "UNSUBSCRIBE with flags 0xA0", Malformed),
    row("H10", V5_0, "e100", "DISCONNECT with flags 0xE1", Malformed),
    row("H11", V5_0, "f106180415000178", "AUTH with flags 0xF1", Malformed),
    row("H12", V5_0, "4082000001", "PUBACK, Remaining Length 2 in two bytes", Malformed),
    row("H13", V5_0, "30ffffffff01", "Remaining Length of five bytes", Malformed),
    row("H14", V5_0, "2003000000", "CONNACK from the Client", ProtocolError),
    row("H15", V5_0, "900400010000", "SUBACK from the Client", ProtocolError),
    row("H16", V5_0, "b00400010000", "UNSUBACK from the Client", ProtocolError),
    row("H17", V5_0, "d000", "PINGRESP from the Client", ProtocolError),
    row("P01", V5_0, "360a00046d722f7400010078", "QoS 3", Malformed),
    row("P02", V5_0, "380800046d722f740078", "QoS 0 with DUP 1", Malformed),
    row("P03", V5_0, "320a00046d722f7400000078", "QoS 1 with Packet Identifier 0", ProtocolError),
    row("P04", V5_0, "300800046d722f2b0078", "Topic Name mr/+, QoS 0", Answer(0x90)),
    row("P05", V5_0, "300800046d722f230078", "Topic Name mr/#, QoS 0", Answer(0x90)),
    row("P06", V5_0, "320a00046d722f2b00010078", "Topic Name mr/+, QoS 1", Answer(0x90)),
    row("P07", V5_0, "300400000078", "empty Topic Name, no Topic Alias", ProtocolError),
    row("P08", V5_0, "300700036100620078", "Topic Name with U+0000", Malformed),
    row("P09", V5_0, "3006000261ff0078", "Topic Name with bad UTF-8 (FF)", Malformed),
    row("P10", V5_0, "30050020616200", "Topic Name longer than the packet", Malformed),
    row("P11", V5_0, "300b00046d722f740323000078", "Topic Alias 0", Answer(0x94)),
    row("P12", V5_0, "300b00046d722f740323ffff78", "Topic Alias 65535 above the announced maximum", Sound),
    row("P13", V5_0, "300700000323000178", "empty Topic Name with an alias never set", Sound),
    row("P14", V5_0, "300c00046d722f74040100010078", "Payload Format Indicator twice", ProtocolError),
    row("P15", V5_0, "301200046d722f740a0200000009020000000978", "Message Expiry Interval twice", ProtocolError),
    row("P16", V5_0, "300a00046d722f74020b0178", "Subscription Identifier from a Client", ProtocolError),
    row("P17", V5_0, "300e00046d722f7406080003612f2b78", "Response Topic with a wildcard", ProtocolError),
    row("P18", V5_0, "300a00046d722f74027e0078", "unknown property 0x7E", Malformed),
    row("P19", V5_0, "300b00046d722f740321000178", "a CONNECT property (Receive Maximum)", Malformed),
    row("P20", V5_0, "300800046d722f747f78", "Property Length past the end", Malformed),
    row("P21", V5_0, "300900046d722f74800078", "Property Length not minimal (80 00)", Malformed),
    row("P22", V5_0, "340a00046d722f7400010078", "QoS above Maximum QoS", Sound),
    row("P23", V5_0, "310800046d722f740078", "RETAIN 1", Sound),
    row("P26", V5_0, "321700116d722f6e6f626f64792f6d72333237333800070078", "QoS 1 to a topic nobody subscribed", Sound),
    row("P27", V5_0, "341700116d722f6e6f626f64792f6d72333237333900070078", "QoS 2 publish", Sound),
    row("P28", V5_0, "320f00096d722f64656e69656400070078", "QoS 1 to a forbidden topic", Sound),
    row("P29", V5_0, "340f00096d722f64656e69656400070078", "QoS 2 to a forbidden topic", Sound),
    row("P30", V5_0, "320c00046d722f740007020101ff", "Payload Format Indicator 1, payload FF, QoS 1", Sound),
    row("Q01", V5_0, "620203e7", "PUBREL for an unknown identifier", Sound),
    row("Q02", V5_0, "500203e7", "PUBREC for an unknown identifier", Sound),
    row("Q03", V5_0, "400203e7", "PUBACK for an unknown identifier", Sound),
    row("Q04", V5_0, "400300018b", "PUBACK with code 0x8B, not one of its codes", ProtocolError),
    row("Q05", V5_0, "5003000192", "PUBREC with code 0x92, not one of its codes", ProtocolError),
    row("Q06", V5_0, "6203000180", "PUBREL with code 0x80, not one of its codes", ProtocolError),
    row("Q07", V5_0, "7003000110", "PUBCOMP with code 0x10, not one of its codes", ProtocolError),
    row("Q08", V5_0, "4009000100051100000001", "PUBACK with a property of another packet (0x11)", Malformed),
    row("Q09", V5_0, "400c000100081f0001611f000162", "PUBACK with two Reason Strings", ProtocolError),
    row("Q10", V5_0, "400100", "PUBACK of Remaining Length 1", Malformed),
    row("Q11", V5_0, "400500010000ff", "PUBACK with bytes after its properties", Malformed),
    row("Q12", V5_0, "40020000", "PUBACK with Packet Identifier 0", ProtocolError),
    row("S01", V5_0, "8203000100", "no Topic Filter", ProtocolError),
    row("S02", V5_0, "820a00000000046d722f7400", "Packet Identifier 0", ProtocolError),
    row("S03", V5_0, "820a00010000046d722f74c0", "reserved option bits 0xC0", Malformed),
    row("S04", V5_0, "820a00010000046d722f7403", "Maximum QoS 3", ProtocolError),
    row("S05", V5_0, "820a00010000046d722f7430", "Retain Handling 3", ProtocolError),
    row("S06", V5_0, "8213000100000d2473686172652f672f6d722f7404", "No Local on a Shared Subscription", ProtocolError),
    row("S07", V5_0, "820c00010000066d722f232f7800", "filter mr/#/x", Answer(0x8F)),
    row("S08", V5_0, "820900010000036d722300", "filter mr#", Answer(0x8F)),
    row("S09", V5_0, "820b00010000056d722b2f7800", "filter mr+/x", Answer(0x8F)),
    row("S10", V5_0, "8206000100000000", "empty filter", Answer(0x8F)),
    row("S11", V5_0, "820f00010000092473686172652f2f7400", "filter $share//t", Answer(0x8F)),
    row("S12", V5_0, "8211000100000b2473686172652f672b2f7400", "filter $share/g+/t", Answer(0x8F)),
    row("S13", V5_0, "820e00010000082473686172652f6700", "filter $share/g", Answer(0x8F)),
    row("S14", V5_0, "820f00010000092473686172652f672f00", "filter $share/g/", Answer(0x8F)),
    row("S15", V5_0, "82080001000002610000", "filter with U+0000", Malformed),
    row("S16", V5_0, "82080001000002c32800", "filter with bad UTF-8", Malformed),
    row("S17", V5_0, "820c0001020b0000046d722f7400", "Subscription Identifier 0", ProtocolError),
    row("S18", V5_0, "820e0001040b010b0100046d722f7400", "Subscription Identifier twice", ProtocolError),
    row("S19", V5_0, "820d0001030b810000046d722f7400", "Subscription Identifier 1 in two bytes (81 00)", Malformed),
    row("S20", V5_0, "820c0001020b0100046d722f7400", "Subscription Identifier although not available", Sound),
    row("S21", V5_0, "820a00010000046d722f2300", "wildcard although not available", Sound),
    row("S22", V5_0, "8210000100000a2473686172652f672f7400", "shared although not available", Sound),
    row("S23", V5_0, "820900010000046d722f74", "filter without an options byte", Malformed),
    row("S24", V5_0, "820700010000206162", "filter longer than the packet", Malformed),
    row("S25", V5_0, "820c000102010000046d722f7400", "a PUBLISH property (0x01)", Malformed),
    row("S26", V5_0, "821812340000046d722f610000046d722f620100046d722f6302", "three filters, QoS 0, 1, 2", Sound),
    row("S27", V5_0, "821a12340000046d722f610000066d722f232f780000046d722f6302", "three filters, the second bad (mr/#/x)", Answer(0x8F)),
    row("S28", V5_0, "820f00010000096d722f64656e69656400", "forbidden filter", Sound),
    row("U01", V5_0, "a203000100", "no Topic Filter", ProtocolError),
    row("U02", V5_0, "a20900000000046d722f74", "Packet Identifier 0", ProtocolError),
    row("U03", V5_0, "a20d00050000086d722f6e65766572", "a filter never subscribed", Sound),
    row("U04", V5_0, "a21500050000046d722f6100046d722f6200046d722f63", "three filters, the second subscribed", Sound),
    row("U05", V5_0, "a20b00010000066d722f232f78", "bad filter mr/#/x", Answer(0x8F)),
    row("U06", V5_0, "a2060001000001ff", "filter with bad UTF-8", Malformed),
    row("U07", V5_0, "a20b0001020b0100046d722f74", "a property that UNSUBSCRIBE has not (0x0B)", Malformed),
    row("D01", V5_0, "e000", "DISCONNECT 0x00", Sound),
    row("D02", V5_0, "e00104", "DISCONNECT 0x04, short form E0 01 04", Sound),
    row("D03", V5_0, "e00105", "DISCONNECT with code 0x05, not in the table", ProtocolError),
    row("D04", V5_0, "e0018e", "DISCONNECT with 0x8E, a Server code", Sound),
    row("D05", V5_0, "e0070005110000001e", "Session Expiry Interval 30 although CONNECT had none", Sound),
    row("D06", V5_0, "e00c000a11000000001100000000", "Session Expiry Interval twice", ProtocolError),
    row("D07", V5_0, "e00400027e00", "unknown property 0x7E", Malformed),
    row("D08", V5_0, "e0050003210001", "a CONNACK property (0x21)", Malformed),
    row("D09", V5_0, "e00600041c000178", "Server Reference from a Client", Sound),
    row("D10", V5_0, "e002007f", "Property Length past the end", Malformed),
    row("A01", V5_0, "f006190415000178", "AUTH 0x19 without a method in CONNECT", Sound),
    row("A02", V5_0, "f006180415000178", "AUTH 0x18 after CONNACK, no method in CONNECT", Sound),
    row("A03", V5_0, "f000", "AUTH F0 00", ProtocolError),
    row("A04", V5_0, "f00619041f000178", "AUTH 0x19 without Authentication Method", ProtocolError),
    row("A05", V5_0, "f006200415000178", "AUTH with code 0x20, not in the table", ProtocolError),
    row("A06", V5_0, "f006000415000178", "AUTH with 0x00, the Server's code", ProtocolError),
    row("K01", V5_0, "c000", "PINGREQ", Sound),
    row("V01", V3_1_1, "101300044d5154540402003c00076d723332373431", "second CONNECT", Sound),
    row("V02", V3_1_1, "101300044d5154540403003c00076d723332373432", "reserved bit of Connect Flags", Close),
    row("V03", V3_1_1, "101600044d5154540442003c00076d723332373433000170", "Password Flag without User Name Flag", Close),
    row("V04", V3_1_1, "100c00044d5154540400003c0000", "empty Client Identifier, Clean Session 0", Sound),
    row("V05", V3_1_1, "100d00044d5154540902003c000178", "protocol level 9 (below the 5.0 layout only a 3.x Client understands it)", Sound),
    row("V06", V3_1_1, "4003000187", "PUBACK with a reason code (length 3)", Close),
    row("V07", V3_1_1, "e00104", "DISCONNECT with a reason code (E0 01 04)", Close),
    row("V08", V3_1_1, "f000", "AUTH (type 15)", Close),
    row("V09", V3_1_1, "8209000100046d722f7403", "SUBSCRIBE QoS 3", Close),
    row("V10", V3_1_1, "82020001", "SUBSCRIBE without filters", Close),
    row("V11", V3_1_1, "300700046d722f2b78", "PUBLISH to mr/+", Close),
    row("V12", V3_1_1, "820b000100066d722f232f7800", "bad filter mr/#/x", Close),
    row("V14", V3_1_1, "828900000100046d722f7400", "Remaining Length not minimal in SUBSCRIBE (legal in 3.1.1)", Sound),
    row("V15", V3_1_1, "101e00044d51545404c2003c00076d72333237343400026d72000577726f6e67", "wrong password", Sound),
];

/// A packet of any type, read by a Server.
fn read(version: Version, bytes: &[u8]) -> Result<usize, DecodeError> {
    let options = DecodeOptions::new().sender(Side::Client);
    let view = |frame: Frame<'_>| {
        View::of(version, &options, &frame).map(|view| {
            assert!(view.is_some(), "one of the six");
            frame.bytes().len()
        })
    };
    match version {
        Version::V5_0 => match v5::decode_with(&options, bytes)? {
            Decoded::Packet { len, .. } => Ok(len),
            Decoded::Frame(frame) => view(frame),
            Decoded::Incomplete { .. } => panic!("incomplete"),
        },
        _ => match v3::decode_with(v3::Version::V3_1_1, &options, bytes)? {
            Decoded::Packet { len, .. } => Ok(len),
            Decoded::Frame(frame) => view(frame),
            Decoded::Incomplete { .. } => panic!("incomplete"),
        },
    }
}

#[test]
fn each_scenario_is_refused_as_its_row_says_or_decodes() {
    for row in ROWS {
        let bytes = bytes(row.hex);
        let found = match read(row.version, &bytes) {
            Ok(len) => {
                assert_eq!(len, bytes.len(), "{}: all of it is one packet", row.id);
                Sound
            }
            Err(error) => match (error.answer(), error.class()) {
                (None, _) => Close,
                (Some(v5::DisconnectReason::MalformedPacket), ErrorClass::MalformedPacket) => {
                    Malformed
                }
                (Some(v5::DisconnectReason::ProtocolError), ErrorClass::ProtocolError) => {
                    ProtocolError
                }
                (Some(answer), ErrorClass::ProtocolError) => Answer(answer.as_u8()),
                (answer, class) => panic!("{}: {answer:?}, {class}", row.id),
            },
        };
        assert_eq!(found, row.expected, "{}: {}", row.id, row.what);
    }
    assert_eq!(ROWS.len(), 176);
}
