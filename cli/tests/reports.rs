//! What people reported and asked in public, tried on the command: what it must say now.
//!
//! A row: the arguments, the input, the exit status, and what must stand in the output of either kind.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::process::Output;

struct Row {
    /// What was asked, in a few words.
    report: &'static str,
    args: &'static [&'static str],
    input: &'static str,
    status: i32,
    says: &'static [&'static str],
    not: &'static [&'static str],
}

const DECODE: &[&str] = &["decode"];

macro_rules! rows {
    ($($report:literal: $args:expr, $input:expr => $status:literal [$($says:literal),*] $(not [$($not:literal),*])?;)+) => {
        &[$(Row {
            report: $report,
            args: $args,
            input: $input,
            status: $status,
            says: &[$($says),*],
            not: &[$($($not),*)?],
        }),+]
    };
}

const ROWS: &[Row] = rows! {
    // Input forms.
    "a CONNACK printed by an Arduino": &["decode", "--mqtt", "3.1.1"], "0x20 0x2 0x0 0x1" => 0
        ["0x01 Connection Refused, unacceptable protocol version"];
    "a JavaScript array": DECODE, "[ 0x40, 0x2, 0x0, 0x9, ]" => 0 ["PUBACK id 9"];
    "is the last zero needed": DECODE, "4003002a00" => 0 ["PUBACK id 42: 0x00 Success"];
    "received bytes of MQTT-C": &["decode", "--mqtt", "3.1.1"], "0x20 0x2 0x1 0x0 0x32 0x7 0x0 0x1 0x6f 0x0 0x1 0x68 0x69" => 0
        ["session present", "PUBLISH id 1: topic \"o\""];
    "an Erlang log": DECODE, "RECV <<64,2,0,2>>" => 0 ["PUBACK id 2"];
    "an Erlang log without brackets": DECODE, "64,2,0,42" => 2 ["--as decimal", "--as hex"] not ["PUBREL"];
    "decimal when it is said": &["decode", "--as", "decimal"], "64,2,0,42" => 0 ["PUBACK id 42"];
    "a Dart list": DECODE, "[49, 10, 0, 3, 97, 47, 98, 0, 104, 101, 108, 108]" => 0 ["PUBLISH", "a/b"];
    "bytes of one digit": DECODE, "40 4 0 a 10 0" => 0 ["PUBACK id 10: 0x10"];
    "a hex dump of a whole frame": DECODE,
        "0000   00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.\n\
         0010   00 2c 12 34 40 00 40 06 00 00 7f 00 00 01 7f 00   .,.4@.@.........\n\
         0020   00 01 07 5b d4 31 00 00 00 01 00 00 00 02 50 18   ...[.1........P.\n\
         0030   01 00 00 00 00 00 20 02 00 05                     ...... ...\n" => 1
        ["a 3.x CONNACK with return code 5", "only what TCP carries"];
    "MQTTnet's form": DECODE, "20-03-00-87-00" => 0 ["0x87 Not authorized"];
    "Node's form": DECODE, "<Buffer 20 03 00 87 00>" => 0 ["0x87 Not authorized"];
    "a Python literal": &["decode", "--mqtt", "3.1.1"], "b' \\x02\\x00\\x05'" => 0 ["0x05"];
    "base64": DECODE, "IAMAhwA=" => 2 ["base64", "--as base64"];
    "base64 that is named": &["decode", "--as", "base64"], "IAMAhwA=" => 0 ["0x87 Not authorized"];
    "body only": DECODE, "0001 90 48 1f 0002 6e6f" => 1
        ["packet type 0 is reserved", "a body without its fixed header", "40 09 for a PUBACK"];
    // Versions.
    "a bridge's CONNECT": DECODE, "10 0d 00 04 4d 51 54 54 84 02 00 3c 00 01 63" => 0
        ["MQTT 3.1.1 (level 132, a bridge)", "client \"c\""];
    "a 5.0 CONNACK read as 3.1.1": &["decode", "--mqtt", "3.1.1"], "20030084 00" => 1
        ["MQTT 5.0 reads it: CONNACK with 0x84 Unsupported Protocol Version"];
    "a 3.1.1 CONNACK to a 5.0 client": DECODE, "20 02 00 01" => 1
        ["does not speak MQTT 5.0", "connect again with 3.1.1", "--mqtt 3.1.1", "unacceptable protocol version"]
        not ["0x81"];
    "UNSUBACK without codes": DECODE, "b003 0002 00" => 1 ["UNSUBACK without a single code", "0x82"];
    "SUBACK with flags": &["decode", "--mqtt", "3.1.1"], "92 03 00 01 01 40 02 00 0a" => 1
        ["fixed header flags 0b0010 are not those of SUBACK", "PUBACK id 10"];
    "the most pasted SUBACK": DECODE, "90 03 00 01 80" => 1
        ["MQTT 3.1.1 reads it: SUBACK id 1 with 0x80 Failure"];
    "a SUBACK that both versions read": DECODE, "90 04 00 01 00 01" => 0 ["MQTT 3.1.1 reads it differently"];
    "an UNSUBACK of 3.1.1": DECODE, "b0 02 00 02" => 1 ["MQTT 3.1.1 reads it"];
    "a length in two bytes": DECODE, "20 82 00 00 00" => 1 ["MQTT 3.1.1 reads it: CONNACK"];
    "a length in two bytes, 3.1.1": &["decode", "--mqtt", "3.1.1"], "20 82 00 00 00" => 0 ["more bytes than it needs"];
    "CONNECT, CONNACK and SUBACK of 3.1.1 in one paste": DECODE,
        "10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00 20 02 00 00 90 03 00 01 00" => 0
        ["CONNACK: 0x00 Connection Accepted", "SUBACK id 1: 0x00 Success - Maximum QoS 0"];
    "short names of versions": &["decode", "--mqtt", "v311", "20020005"], "" => 0 ["not authorized"];
    // Verdicts that were right and stay.
    "PUBREC with 147": DECODE, "50 03 21 3c 93" => 1 ["reason code 0x93 is not defined for PUBREC"];
    "PUBREL with 0x10": DECODE, "62 03 00 01 10" => 1 ["reason code 0x10 is not defined for PUBREL"];
    "PUBREC 0x10": DECODE, "50 03 00 01 10" => 0 ["0x10 No matching subscribers", "PUBREL must follow"];
    "PUBREC refused": DECODE, "50 03 00 1d 87" => 0 ["no PUBREL follows", "the Packet Identifier is free"];
    "PUBREC error 145": DECODE, "50 03 00 1d 91" => 0 ["different Session States"];
    "two SUBACK codes invented": DECODE, "90 05 00 01 00 a3 a4" => 1 ["0xa3"];
    "Maximum QoS 2": DECODE, "20 05 00 00 02 24 02" => 1 ["Maximum QoS (0x24) must not be 2"];
    "two Authentication Data": DECODE, "f0 10 18 0e 15 00 01 61 16 00 02 31 32 16 00 02 33 34" => 1
        ["Authentication Data (0x16) occurs twice"];
    "CONNACK without a body and a PINGREQ": DECODE, "20 00 c0 00" => 1 ["CONNACK", "PINGREQ"];
    "a CONNACK and a SUBACK in one paste": DECODE, "20090000062a0129012801 900400010003" => 1
        ["Shared Subscription Available", "reason code 0x03 is not defined for SUBACK"];
    "a CONNACK with its label": DECODE, "CONNACK: 20090000062a0129012801" => 0 ["Shared Subscription Available"];
    "PUBREL for an unknown identifier": DECODE, "70 03 00 01 92" => 0 ["harmless during recovery"];
    "Server Reference": DECODE, "20 13 00 9c 10 1c 00 0d 6f 74 68 65 72 2e 65 78 61 6d 70 6c 65" => 0
        ["Server Reference: \"other.example\""];
    "SUBSCRIBE with first byte 0x80": DECODE, "80 06 00 01 00 01 61 00" => 1 ["SUBSCRIBE", "flags"];
    "PINGRESP with a payload": DECODE, "d0 02 00 00" => 1 ["PINGRESP"];
    "QoS 3": DECODE, "36 05 00 01 61 00 01" => 1 ["PUBLISH"];
    "DISCONNECT 0xFF": DECODE, "e0 01 ff" => 1 ["0xff"];
    "what is incomplete": DECODE, "20 12 00 00" => 1 ["CONNACK incomplete"];
    // What is not MQTT.
    "a ClientHello": DECODE, "16 03 01 02 00 01 00 01 fc 03 03" => 2 ["TLS"] not ["CONNECT:", "refused"];
    "a TLS alert": DECODE, "15 03 03 00 02 02 28" => 2 ["TLS", "alert"] not ["refused"];
    "an HTTP answer": DECODE, "48 54 54 50 2f 31 2e 31 20 34 30 30" => 2 ["HTTP"] not ["PUBACK"];
    "an HTTP answer as it is": DECODE, "HTTP/1.1 400 Bad Request\r\n\r\n" => 2 ["HTTP"];
    "a modem's text": DECODE, "0d 0a 43 4c 4f 53 45 44 0d 0a" => 2 ["CLOSED"] not ["reserved"];
    "a PROXY header": DECODE, "50 52 4f 58 59 20 54 43 50 34" => 2 ["PROXY"] not ["incomplete"];
    "a capture file": DECODE, "d4 c3 b2 a1 02 00 04 00" => 2 ["use `check`"];
    // Codes.
    "rc 5": &["explain", "rc=5"], "" => 0 ["Connection Refused, not authorized", "a wrong password"];
    "5 of CONNACK": &["explain", "--packet", "connack", "5"], "" => 0 ["not authorized"];
    "7": &["explain", "7"], "" => 0 ["library's own", "MQTT_ERR_CONN_LOST"];
    "16": &["explain", "rc=16"], "" => 0 ["MQTT_ERR_KEEPALIVE"];
    "19": &["explain", "19"], "" => 0 ["library's own", "MOSQ_ERR_KEEPALIVE"] not ["Re-authenticate"];
    "-2": &["explain", "-2"], "" => 0 ["MQTT_CONNECT_FAILED"];
    "-4": &["explain", "-4"], "" => 0 ["MQTT_CONNECTION_TIMEOUT"];
    "141": &["explain", "141"], "" => 0 ["Keep Alive timeout"];
    "0x8E and its number": &["explain", "0x8E (142)"], "" => 0
        ["Session taken over", "do not reconnect at once", "of its own"];
    "0x95": &["explain", "0x95"], "" => 0 ["Do not send the same packet again"];
    "PUBREC 0x87": &["explain", "--packet", "pubrec", "0x87"], "" => 0 ["no PUBREL follows"];
    "PUBACK 0x87 and 3.1.1": &["explain", "--packet", "puback", "0x87"], "" => 0
        ["acknowledges it as usual or closes the connection"];
    "a library's constant": &["explain", "MQTT_RC_NOT_AUTHORIZED"], "" => 0 ["0x87 Not authorized (135"];
    "British spelling": &["explain", "Connection Refused: not authorised."], "" => 0 ["0x05"];
    "malformed": &["explain", "malformed"], "" => 0 ["0x81 Malformed Packet"];
    "3 of SUBACK": &["explain", "--packet", "suback", "3"], "" => 2 ["0x02 (2) Granted QoS 2"];
    "147 of PUBACK": &["explain", "--packet", "puback", "147"], "" => 2 ["0x97 (151) Quota exceeded"];
    "135 in 3.1.1": &["explain", "--mqtt", "3.1.1", "135"], "" => 2 ["Not authorized of MQTT 5.0"];
    "a name of a documented enumeration": &["explain", "MqttConnectionBadUserNameOrPassword"], "" => 0
        ["0x86 Bad User Name or Password (134", "FactoryTalk View SE 16.00"];
    "one that 5.0 does not have": &["explain", "MqttConnectionUnacceptableProtocolVersion"], "" => 0
        ["0x01 Connection Refused, unacceptable protocol version"];
    "wrong password": &["explain", "wrong password"], "" => 0 ["0x86", "0x04"];
    "identifier rejected": &["explain", "identifier rejected"], "" => 0 ["0x02"];
    "unacceptable protocol level": &["explain", "unacceptable protocol level"], "" => 0 ["0x01"];
    "takeover": &["explain", "takeover"], "" => 0 ["0x8e Session taken over"];
    "an unknown constant of a tutorial": &["explain", "MQTT_CONNECT_BAD_AUTHENTICATION"], "" => 0 ["0x04"];
    "a range": &["explain", "0x80-0x8f"], "" => 0 ["0x80", "0x8f"];
    "a number with its escape": &["explain", "\\x87"], "" => 0 ["0x87 Not authorized"];
    "a property by number": &["explain", "0x21"], "" => 0 ["0x21 Receive Maximum (33, a property of MQTT 5.0)"];
    "nonsense": &["explain", "world"], "" => 2 ["is no code of MQTT"] not ["0x00"];
    "a text of mosquitto": &["explain", "The connection was lost."], "" => 0 ["MOSQ_ERR_CONN_LOST"];
    // Other versions than asked for.
    "PUBACK of 5.0 read as 3.1.1": &["decode", "--mqtt", "3.1.1"], "40 03 00 0a 87" => 1 ["MQTT 5.0 reads it"];
    "DISCONNECT of 5.0 read as 3.1.1": &["decode", "--mqtt", "3.1.1"], "e0 01 8e" => 1 ["MQTT 5.0 reads it"];
    "AUTH read as 3.1.1": &["decode", "--mqtt", "3.1.1"], "f0 00" => 1 ["MQTT 5.0 reads it"];
    "a SUBACK of two codes of 3.1.1": DECODE, "90 04 00 01 01 80" => 1 ["MQTT 3.1.1 reads it"];
    // Lines of a capture and of a log.
    "blank lines, comments, two packets in a line": &["decode", "--lines", "--mqtt", "3.1.1"],
        "\n# c\n40020001\n\n900400010000e000\n" => 0 ["PUBACK id 1", "SUBACK id 1", "DISCONNECT"];
    "a time in front": DECODE, "12:30:01 40 02 00 01" => 0 ["PUBACK id 1", "left out"];
    "a time or bytes": DECODE, "12:30:01 40 02 00" => 2 ["paste the bytes alone"];
    "a quoted mail": DECODE, "> 20 03 00 87 00" => 0 ["0x87 Not authorized"];
    "words of od": DECODE, " 0240 0100\n" => 2 ["od -An -t x1"];
    // Writing.
    "a CONNECT with a Will": &["encode", "connect", "-n", "c", "--will-topic", "t", "--mqtt", "3.1.1"], "" => 0
        ["101200044d515454040600000001630001740000"];
    "a Reason String that does not fit": &["encode", "puback", "--packet-id", "1", "--reason", "0x90",
        "--reason-string", "no such topic is allowed here", "--max-packet-size", "20"], "" => 0
        ["4003000190", "Reason String is left out"];
    "the long form": &["encode", "disconnect", "--reason", "0x8e", "--long-form"], "" => 0 ["e0028e00"];
    "the long form of an acknowledgement": &["encode", "puback", "--packet-id", "0x0a", "--reason", "135", "--long-form"],
        "" => 0 ["4004000a8700"];
    "a PUBREL without a code": &["encode", "pubrel", "--packet-id", "10"], "" => 0 ["6202000a"];
    "an invented SUBACK code": &["encode", "suback", "--packet-id", "1", "--reason", "0xa3"], "" => 2 ["no code of SUBACK"];
    "UNSUBACK without codes cannot be written": &["encode", "unsuback", "--packet-id", "1"], "" => 2 ["needs --reason"];
};

fn run(row: &Row) -> Output {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(row.args)
        .write_stdin(row.input)
        .output()
        .unwrap()
}

#[test]
fn every_report_is_answered() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let output = run(row);
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let missing: Vec<_> = row
            .says
            .iter()
            .filter(|part| !text.contains(**part))
            .collect();
        let too_much: Vec<_> = row
            .not
            .iter()
            .filter(|part| text.contains(**part))
            .collect();
        let status = output.status.code();
        if status != Some(row.status) || !missing.is_empty() || !too_much.is_empty() {
            wrong.push(format!(
                "{}: status {status:?}, missing {missing:?}, must not be there {too_much:?}\n{text}",
                row.report
            ));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
