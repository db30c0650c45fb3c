//! The command `mqtt-reason`: every subcommand, good and bad input, exit statuses, and all golden frames.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::assert::OutputAssertExt;
use mqtt_reason::{Decoded, ReasonCode, v3, v5};
use serde_json::{Value, json};

fn mqtt_reason() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"));
    command.stdin(Stdio::null());
    command
}

/// Runs the command with these arguments and this standard input.
fn run(args: &[&str], input: &[u8]) -> Output {
    assert_cmd::Command::from_std(mqtt_reason())
        .args(args)
        .write_stdin(input)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

/// One JSON value a line.
fn objects(output: &Output) -> Vec<Value> {
    stdout(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The usage error that the arguments cause, which prints nothing else.
fn usage_error(args: &[&str]) -> String {
    let output = run(args, b"");
    assert_eq!(status(&output), Some(2), "{args:?}: {output:?}");
    assert_eq!(stdout(&output), "", "{args:?}");
    let message = stderr(&output);
    assert!(message.starts_with("error: "), "{args:?}: {message}");
    message
}

mod golden_frames {
    use super::*;

    struct Vector {
        name: String,
        options: Vec<String>,
        bytes: Vec<u8>,
        expected: Vec<Value>,
    }

    fn vectors() -> Vec<Vector> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
        let mut vectors = Vec::new();
        for folder in ["v3", "v5"] {
            for file in fs::read_dir(root.join(folder)).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                for entry in text.split("\n[") {
                    let (name, text) = entry.split_once("]\n").unwrap();
                    vectors.push(read(name, text));
                }
            }
        }
        // None is lost: there were 669 when the guard was set.
        assert!(vectors.len() >= 669, "only {} golden frames", vectors.len());
        vectors
    }

    fn read(name: &str, text: &str) -> Vector {
        let (mut options, mut digits, mut expected) = (Vec::new(), String::new(), Vec::new());
        for line in text.lines() {
            if let Some(flags) = line.strip_prefix("# options:") {
                options.extend(flags.split_whitespace().map(str::to_owned));
            } else if let Some(object) = line.strip_prefix("=>") {
                expected.push(serde_json::from_str(object).unwrap());
            } else if !line.starts_with('#') {
                digits.extend(line.split_whitespace());
            }
        }
        let bytes = hex::decode(&digits).unwrap();
        Vector {
            name: name.to_owned(),
            options,
            bytes,
            expected,
        }
    }

    /// Each key of an expectation is present and equal.
    fn agrees(found: &Value, expected: &Value) -> bool {
        expected
            .as_object()
            .unwrap()
            .iter()
            .all(|(key, value)| found.get(key) == Some(value))
    }

    fn is_good(object: &Value) -> bool {
        object["result"] == "packet" || object["result"] == "frame"
    }

    #[test]
    fn are_decoded_as_they_say() {
        let mut wrong = Vec::new();
        for vector in vectors() {
            let output = assert_cmd::Command::from_std(mqtt_reason())
                .args(["decode", "--json"])
                .args(&vector.options)
                .write_stdin(hex::encode(&vector.bytes))
                .output()
                .unwrap();
            let found = objects(&output);
            let agree = found.len() == vector.expected.len()
                && found
                    .iter()
                    .zip(&vector.expected)
                    .all(|(found, expected)| agrees(found, expected));
            let good = vector.expected.iter().all(is_good);
            if !agree || status(&output) != Some(i32::from(!good)) {
                wrong.push(format!("{}: {}", vector.name, stdout(&output)));
            }
        }
        assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn are_shown_to_people_and_end_with_the_same_status() {
        for vector in vectors().iter().step_by(7) {
            let args: Vec<&str> = vector.options.iter().map(String::as_str).collect();
            let args = [&["decode"], args.as_slice()].concat();
            let output = run(&args, hex::encode(&vector.bytes).as_bytes());
            let good = vector.expected.iter().all(is_good);
            assert_eq!(status(&output), Some(i32::from(!good)), "{}", vector.name);
            for object in &vector.expected {
                let packet = object["packet"].as_str().unwrap_or("");
                assert!(stdout(&output).contains(packet), "{}", vector.name);
            }
            assert!(!stdout(&output).contains('\x1B'), "colours in a pipe");
        }
    }

    /// The library's `Serialize` and the command must not drift apart.
    #[test]
    fn are_serialized_by_the_library_as_by_the_command() {
        for vector in vectors() {
            let version = vector.options.iter().position(|option| option == "--mqtt");
            // Names of 3.1 are the command's.
            let is_v3 = match version.map(|at| vector.options[at + 1].as_str()) {
                None => false,
                Some("3.1.1") => true,
                Some(_) => continue,
            };
            if !vector.options.is_empty() && !is_v3 || vector.options.len() > 2 {
                continue;
            }
            let library = match is_v3 {
                true => match v3::decode(v3::Version::V3_1_1, &vector.bytes) {
                    Ok(Decoded::Packet { packet, .. }) => serde_json::to_value(packet).unwrap(),
                    Ok(_) => continue,
                    Err(error) => serde_json::to_value(error).unwrap(),
                },
                false => match v5::decode(&vector.bytes) {
                    Ok(Decoded::Packet { packet, .. }) => serde_json::to_value(packet).unwrap(),
                    Ok(_) => continue,
                    Err(error) => serde_json::to_value(error).unwrap(),
                },
            };
            let args: Vec<&str> = vector.options.iter().map(String::as_str).collect();
            let args = [&["decode", "--json"], args.as_slice()].concat();
            let output = run(&args, hex::encode(&vector.bytes).as_bytes());
            let command = &objects(&output)[0];
            assert!(agrees(command, &library), "{command}\n{library}");
        }
    }
}

mod decode {
    use super::*;

    const PUBACK: &str = "4010000a870c1f00026e6f2600016b000176";
    const PUBACK_JSON: &str = concat!(
        r#"{"result":"packet","mqtt":"5.0","packet":"PUBACK","length":18,"packet_id":10,"reason_code":135,"#,
        r#""reason_name":"Not authorized","properties":{"reason_string":"no","user_properties":[["k","v"]]},"#,
        r#""encoded":"4010000a870c1f00026e6f2600016b000176"}"#,
    );

    /// The lines of the design, byte for byte.
    #[test]
    fn json_has_its_keys_in_a_fixed_order() {
        for (hex, line) in [
            (PUBACK, PUBACK_JSON),
            (
                "9005000a000187",
                r#"{"result":"packet","mqtt":"5.0","packet":"SUBACK","length":7,"packet_id":10,"reason_codes":[1,135],"reason_names":["Granted QoS 1","Not authorized"],"properties":{},"encoded":"9005000a000187"}"#,
            ),
            (
                "300a0003612f6268656c6c6f",
                r#"{"result":"frame","mqtt":"5.0","packet":"PUBLISH","length":12}"#,
            ),
            ("4005000a", r#"{"result":"incomplete","needed":3}"#),
            (
                "4004000a8b00",
                r#"{"result":"error","packet":"PUBACK","class":"protocol_error","answer":130,"offset":4,"rule":"MQTT-3.4.2-1","error":"reason code 0x8b is not defined for PUBACK"}"#,
            ),
            (
                "2003010000",
                r#"{"result":"packet","mqtt":"5.0","packet":"CONNACK","length":5,"session_present":true,"reason_code":0,"reason_name":"Success","properties":{},"encoded":"2003010000"}"#,
            ),
            (
                "f000",
                r#"{"result":"packet","mqtt":"5.0","packet":"AUTH","length":2,"reason_code":0,"reason_name":"Success","properties":{},"encoded":null}"#,
            ),
        ] {
            let output = run(&["decode", "--json", hex], b"");
            assert_eq!(stdout(&output), format!("{line}\n"));
        }
    }

    #[test]
    fn bytes_come_from_arguments_from_a_file_or_from_standard_input() {
        let bytes = hex::decode(PUBACK).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("capture.bin");
        fs::write(&file, &bytes).unwrap();
        let file = file.to_str().unwrap();
        let spaced = "0x40 0x10, 00:0A 87 0c\r\n1f00026e6f\t2600016b000176\n";
        for (args, input) in [
            (vec!["decode", "--json", PUBACK], Vec::new()),
            (
                vec![
                    "decode",
                    "--json",
                    "40",
                    "10",
                    "000a870c1f00026e6f2600016b000176",
                ],
                Vec::new(),
            ),
            (vec!["decode", "--json"], PUBACK.into()),
            (vec!["decode", "--json"], spaced.into()),
            (vec!["decode", "--json", spaced], Vec::new()),
            (vec!["decode", "--json", "--file", file], Vec::new()),
            (vec!["decode", "--json", "--file", "-"], bytes.clone()),
            (vec!["decode", "--json", "--lines", PUBACK], Vec::new()),
        ] {
            let output = run(&args, &input);
            assert_eq!(stdout(&output), format!("{PUBACK_JSON}\n"), "{args:?}");
            assert_eq!(status(&output), Some(0));
        }
    }

    #[test]
    fn a_stream_goes_on_after_a_refused_body_and_stops_after_a_bad_header() {
        let good = "4002000a";
        let bad_body = "4004000a8b00";
        let output = run(&["decode", "--json", good, bad_body, good], b"");
        let results: Vec<_> = objects(&output)
            .iter()
            .map(|object| object["result"].clone())
            .collect();
        assert_eq!(results, ["packet", "error", "packet"]);
        assert_eq!(status(&output), Some(1));

        let bad_header = "4102000a";
        let output = run(&["decode", "--json", good, bad_header, good], b"");
        let results: Vec<_> = objects(&output)
            .iter()
            .map(|object| object["result"].clone())
            .collect();
        assert_eq!(results, ["packet", "error"]);
        assert_eq!(stderr(&output), "note: the last 8 bytes are not decoded\n");
        assert_eq!(status(&output), Some(1));

        // Too large for us, sent by the wrong side: where the packet ends is known all the same.
        let output = run(
            &[
                "decode",
                "--json",
                "--max-packet-size",
                "4",
                "--from",
                "client",
                "9003000a00",
                "2003000000",
                good,
            ],
            b"",
        );
        let classes: Vec<_> = objects(&output)
            .iter()
            .map(|object| object["class"].clone())
            .collect();
        assert_eq!(
            classes,
            [
                json!("protocol_error"),
                json!("protocol_error"),
                Value::Null
            ]
        );
    }

    #[test]
    fn flags_turn_on_the_rules_of_the_circumstances() {
        for (flags, hex, class) in [
            (["--from", "client"], "9003000a00", "protocol_error"),
            (
                ["--from", "server"],
                "e007000511000000 00",
                "protocol_error",
            ),
            (["--max-packet-size", "3"], "4002000a", "packet_too_large"),
            (
                ["--from=server", "--no-problem-information"],
                "4008000a00041f000161",
                "protocol_error",
            ),
            (["--mqtt", "3.1.1"], "f000", "malformed"),
        ] {
            let args = [&["decode", "--json", hex], flags.as_slice()].concat();
            let output = run(&args, b"");
            assert_eq!(objects(&output)[0]["class"], class, "{args:?}");
            assert_eq!(status(&output), Some(1));
        }
    }

    #[test]
    fn people_see_a_packet_a_line_and_its_properties_below() {
        let output = run(
            &[
                "decode",
                PUBACK,
                "300a0003612f6268656c6c6f",
                "9005000a000187",
                "e000",
            ],
            b"",
        );
        assert_eq!(
            stdout(&output),
            "\
PUBACK id 10: 0x87 Not authorized. The sender is not allowed to publish this message.
    Reason String: \"no\"
    User Property: \"k\" = \"v\"
PUBLISH: 12 bytes, carries no reason code
SUBACK id 10: 2 codes
     1  0x01 Granted QoS 1. The subscription is accepted; messages come at QoS 1 at most, which may be lower than asked for.
     2  0x87 Not authorized. The Client is not allowed to make this subscription.
DISCONNECT: 0x00 Normal disconnection. The connection is closed in good order; the Server discards the Will Message.
"
        );
        assert_eq!(status(&output), Some(0));
    }

    #[test]
    fn people_see_the_byte_that_is_to_blame() {
        let output = run(&["decode", "4002000a", "4004000a8b00"], b"");
        assert_eq!(
            stdout(&output),
            "\
PUBACK id 10: 0x00 Success. The QoS 1 message is accepted and its publication goes on.
at byte 4: PUBACK refused: reason code 0x8b is not defined for PUBACK
    40 04 00 0a 8b 00
                ^^
    rule    [MQTT-3.4.2-1] of MQTT 5.0
    class   protocol error
    action  answer with DISCONNECT 0x82 Protocol Error
"
        );
        let output = run(&["decode", "--mqtt", "3.1", "20020006"], b"");
        assert_eq!(
            stdout(&output),
            "\
CONNACK refused: return code 0x06 is not defined for CONNACK
    20 02 00 06
             ^^
    rule    §3.2 of MQTT 3.1
    class   protocol error
    action  close the connection
"
        );
        let output = run(&["decode", "20020005"], b"");
        assert!(stdout(&output).contains("hint    read it with --mqtt 3.1.1"));
        let output = run(&["decode", "4005000a87"], b"");
        assert_eq!(
            stdout(&output),
            "incomplete: 5 bytes are there, 2 more needed\n    40 05 00 0a 87\n"
        );
        assert_eq!(status(&output), Some(1));
    }

    #[test]
    fn text_of_a_peer_cannot_reach_the_terminal_as_a_control_sequence() {
        // A Reason String with ESC [ 2 J, which clears a screen.
        let output = run(&["decode", "400b000a87071f00041b5b324a"], b"");
        assert_eq!(status(&output), Some(0));
        assert!(
            stdout(&output).contains(r#""\u{1b}[2J""#),
            "{}",
            stdout(&output)
        );
        let output = run(&["decode", "--lines"], b"\x1B[2J\n");
        assert!(!stdout(&output).contains('\x1B'));
    }

    #[test]
    fn colours_are_shown_only_where_they_are_wanted() {
        for (variable, coloured) in [("CLICOLOR_FORCE", true), ("NO_COLOR", false)] {
            let mut command = mqtt_reason();
            command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
            let output = command
                .env(variable, "1")
                .args(["decode", PUBACK])
                .output()
                .unwrap();
            assert_eq!(stdout(&output).contains('\x1B'), coloured, "{variable}");
        }
    }

    #[test]
    fn wrong_usage_ends_with_2_and_says_why() {
        assert_eq!(
            usage_error(&["decode", "40 02", "0z"]),
            "error: not hex: 'z' at column 8\n  40 02 0z\n         ^\n"
        );
        assert_eq!(
            usage_error(&["decode", "400"]),
            "error: half a byte: '0' stands alone at column 3\n  400\n    ^\n"
        );
        assert_eq!(
            usage_error(&["decode"]),
            "error: nothing to decode: there is not a single byte\n"
        );
        assert!(usage_error(&["decode", "--file", "/does/not/exist"]).contains("/does/not/exist"));
        usage_error(&["decode", "--file", "x", "40"]);
        usage_error(&["decode", "--mqtt", "4", "40"]);
        usage_error(&["decode", "--from", "broker", "40"]);
        usage_error(&["decode", "--max-packet-size", "0", "40"]);
        let output = run(&["decode"], b"40 02\r\n00 0g\r\n");
        assert_eq!(status(&output), Some(2));
        assert_eq!(
            stderr(&output),
            "error: not hex: 'g' at column 5 of line 2\n  00 0g\n      ^\n"
        );
    }
}

mod decode_lines {
    use super::*;

    #[test]
    fn every_line_gets_one_object_whatever_is_in_it() {
        let mut input = Vec::new();
        let mut results = Vec::new();
        let mut line = |bytes: &[u8], result: &'static str| {
            input.extend_from_slice(bytes);
            input.push(b'\n');
            results.push(result);
        };
        let long = [b"4002000a".as_slice(), &[b' '; 3_000_000]].concat();
        let zeros = vec![b'0'; 2_000_000];
        for _ in 0..1500 {
            line(b"4002000a", "packet");
            line(b"4002000a\r", "packet");
            line(b"", "incomplete");
            line(b"\xFF\xFE", "error");
            line(b"40\x0002", "error");
            line(b"c000", "frame");
            line(b"4002000aff", "error");
            line(b"400", "error");
        }
        line(&long, "packet");
        line(&zeros, "error");
        line("größe".as_bytes(), "error");
        input.extend_from_slice(b"4003");
        results.push("incomplete");

        let output = run(&["decode", "--lines", "--json"], &input);
        assert_eq!(status(&output), Some(1));
        let objects = objects(&output);
        assert_eq!(objects.len(), results.len());
        for (object, result) in objects.iter().zip(results) {
            assert_eq!(object["result"], result);
        }
    }

    #[test]
    fn left_over_bytes_and_text_that_is_not_hex_are_errors() {
        let output = run(
            &["decode", "--lines", "--json"],
            b"\n4002000aff\n40 0z\nc0000000",
        );
        assert_eq!(
            stdout(&output),
            concat!(
                r#"{"result":"incomplete","needed":2}"#,
                "\n",
                r#"{"result":"error","packet":"PUBACK","class":"malformed","answer":129,"offset":4,"rule":"2.1.4","error":"1 byte left over after the packet"}"#,
                "\n",
                r#"{"result":"error","class":null,"error":"not hex: 'z' at column 5"}"#,
                "\n",
                r#"{"result":"error","packet":"PINGREQ","class":"malformed","answer":129,"offset":2,"rule":"2.1.4","error":"2 bytes left over after the packet"}"#,
                "\n",
            )
        );
        let output = run(
            &["decode", "--lines", "--json", "--mqtt", "3.1.1"],
            b"e00000",
        );
        assert_eq!(objects(&output)[0]["answer"], Value::Null);
        assert_eq!(objects(&output)[0]["rule"], "2.2.3");
    }

    #[test]
    fn people_see_the_number_of_a_line_that_is_wrong() {
        let output = run(&["decode", "--lines"], b"4002000a\n4002000aff\nxyz\n");
        assert_eq!(
            stdout(&output),
            "\
PUBACK id 10: 0x00 Success. The QoS 1 message is accepted and its publication goes on.
line 2: PUBACK refused: 1 byte left over after the packet
    40 02 00 0a ff
                ^^
    rule    §2.1.4 of MQTT 5.0
    class   malformed packet
    action  answer with DISCONNECT 0x81 Malformed Packet
line 3: not hex: 'x' at column 1
    xyz
    ^
"
        );
    }

    #[test]
    fn lines_come_from_a_file_or_from_arguments_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("frames.txt");
        fs::write(&file, "4002000a\n\n").unwrap();
        let output = run(
            &[
                "decode",
                "--lines",
                "--json",
                "--file",
                file.to_str().unwrap(),
            ],
            b"",
        );
        assert_eq!(objects(&output).len(), 2);
        let output = run(
            &["decode", "--lines", "--json", "4002000a", "zz", "5002000a"],
            b"",
        );
        let results: Vec<_> = objects(&output)
            .iter()
            .map(|object| object["result"].clone())
            .collect();
        assert_eq!(results, ["packet", "error", "packet"]);
        assert_eq!(status(&output), Some(1));
    }

    #[test]
    fn no_lines_are_no_objects() {
        let output = run(&["decode", "--lines", "--json"], b"");
        assert_eq!((status(&output), stdout(&output)), (Some(0), String::new()));
    }

    #[test]
    fn each_line_is_answered_before_the_next_one_is_read() {
        let mut child = mqtt_reason()
            .args(["decode", "--lines", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..3 {
            input.write_all(b"4002000a\n").unwrap();
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            assert!(line.starts_with(r#"{"result":"packet""#), "{line}");
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        for mode in [&["decode", "--lines", "--json"][..], &["decode", "--lines"]] {
            let mut child = mqtt_reason()
                .args(mode)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let mut input = child.stdin.take().unwrap();
            // The command ends before it has read all of this.
            let lines = b"4002000a\n".repeat(100_000);
            let _ = input.write_all(&lines);
            drop(input);
            let mut message = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut message)
                .unwrap();
            assert_eq!(message, "");
            assert!(child.wait().unwrap().success());
        }
    }
}

mod explain {
    use super::*;

    fn table(args: &[&str]) -> String {
        let output = run(&[&["explain"], args].concat(), b"");
        assert_eq!(status(&output), Some(0), "{output:?}");
        stdout(&output)
    }

    /// The lines of the table that start a row.
    fn rows(table: &str) -> Vec<&str> {
        table
            .lines()
            .filter(|line| line.starts_with("0x"))
            .collect()
    }

    #[test]
    fn the_table_has_a_row_for_each_pair_of_value_and_name() {
        let table = table(&[]);
        let rows = rows(&table);
        assert_eq!(rows.len(), 45);
        let pairs: BTreeSet<_> = ReasonCode::table()
            .map(|meaning| (meaning.code, meaning.name))
            .collect();
        assert_eq!(pairs.len(), 45);
        for (code, name) in pairs {
            let start = format!("{:#04x}   {name}  ", code.as_u8());
            assert!(rows.iter().any(|row| row.starts_with(&start)), "{start}");
        }
        for meaning in ReasonCode::table() {
            let line = table.lines().find(|line| {
                let words: Vec<_> = line.split([' ', ',']).collect();
                words.contains(&meaning.packet.name()) && line.ends_with(meaning.help)
            });
            assert!(line.unwrap().contains(&meaning.sent_by.to_string()));
        }
        let header = table.lines().next().unwrap();
        let columns: Vec<_> = header.split_whitespace().collect();
        assert_eq!(columns, ["VALUE", "NAME", "PACKETS", "SENDER", "MEANING"]);
    }

    #[test]
    fn a_packet_has_its_rows() {
        for (packet, count) in [
            ("CONNACK", 22),
            ("puback", 9),
            ("pubrec", 9),
            ("PUBREL", 2),
            ("pubcomp", 2),
            ("suback", 12),
            ("Unsuback", 7),
            ("disconnect", 30),
            ("auth", 3),
        ] {
            assert_eq!(rows(&table(&["--packet", packet])).len(), count, "{packet}");
        }
    }

    #[test]
    fn number_and_name_explain_the_same() {
        let expected = "\
0x87 Not authorized (135, a failure)
  PACKET      NAME            SENDER            MEANING
  CONNACK     Not authorized  server            The Client is not allowed to connect.
  PUBACK      Not authorized  client or server  The sender is not allowed to publish this message.
  PUBREC      Not authorized  client or server  The sender is not allowed to publish this message.
  SUBACK      Not authorized  server            The Client is not allowed to make this subscription.
  UNSUBACK    Not authorized  server            The Client is not allowed to unsubscribe.
  DISCONNECT  Not authorized  server            The Client is not allowed to do what it asked for.

  IN 3.x      3.1.1                                    3.1
  CONNACK     0x05 Connection Refused, not authorized  0x05 Connection Refused: not authorized
  PUBACK      none: PUBACK carries no code             none: PUBACK carries no code
  PUBREC      none: PUBREC carries no code             none: PUBREC carries no code
  SUBACK      0x80 Failure                             none
  UNSUBACK    none: UNSUBACK carries no code           none: UNSUBACK carries no code
  DISCONNECT  none: the Server closes the connection   none: the Server closes the connection
";
        for code in [
            "0x87",
            "135",
            "Not authorized",
            "not-authorized",
            "NOTAUTHORIZED",
        ] {
            assert_eq!(table(&[code]), expected, "{code}");
        }
        assert_eq!(table(&["0x87", "135"]), format!("{expected}\n{expected}"));
    }

    #[test]
    fn every_code_is_explained_in_every_packet() {
        for code in ReasonCode::all() {
            let text = table(&[&code.as_u8().to_string()]);
            for meaning in code.meanings() {
                assert!(
                    text.contains(meaning.help) && text.contains(meaning.name),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn older_versions_have_tables_of_their_own() {
        let v3_1_1 = table(&["--mqtt", "3.1.1"]);
        assert_eq!(rows(&v3_1_1).len(), 10);
        assert!(v3_1_1.contains("Connection Refused, Server unavailable"));
        assert!(rows(&v3_1_1)[6].ends_with("0x00 Granted QoS 0"));
        let v3_1 = table(&["--mqtt", "3.1", "--packet", "suback"]);
        assert_eq!(rows(&v3_1).len(), 4);
        assert!(rows(&v3_1)[3].contains("Not in the table of this version"));
        for code in [
            "5",
            "0x05",
            "not authorized",
            "Connection Refused: not authorized",
        ] {
            let row = table(&["--mqtt", "3.1.1", code]);
            assert_eq!(rows(&row).len(), 1, "{code}");
            assert!(row.contains("0x87 Not authorized"), "{row}");
        }
        assert!(
            usage_error(&["explain", "--mqtt", "3.1", "--packet", "puback"]).contains("no code")
        );
    }

    #[test]
    fn unknown_codes_are_met_with_a_suggestion() {
        for (code, suggestion) in [
            ("87", "0x87 Not authorized"),
            ("not autorised", "0x87 Not authorized"),
            ("taken over", "0x8e Session taken over"),
            ("packet id in use", "0x91 Packet Identifier in use"),
            ("0x03", "give a number"),
            ("", "give a number"),
            ("256", "give a number"),
        ] {
            let message = usage_error(&["explain", code]);
            assert!(message.contains(suggestion), "{code}: {message}");
        }
        let message = usage_error(&["explain", "--packet", "pubrel", "0x87"]);
        assert!(
            message.contains("0x92 Packet Identifier not found"),
            "{message}"
        );
        let message = usage_error(&["explain", "--mqtt", "3.1.1", "unavailable", "7"]);
        assert!(
            message.contains("0x03 Connection Refused, Server unavailable"),
            "{message}"
        );
        usage_error(&["explain", "--packet", "publish"]);
    }
}

mod encode {
    use super::*;

    fn hex_of(args: &[&str]) -> String {
        let output = run(&[&["encode"], args].concat(), b"");
        assert_eq!(status(&output), Some(0), "{args:?}: {output:?}");
        stdout(&output).trim_end().to_owned()
    }

    #[test]
    fn packets_are_written_in_their_shortest_form() {
        for (args, hex) in [
            (&["connack"][..], "2003000000"),
            (&["CONNACK", "--session-present"], "2003010000"),
            (&["puback", "--packet-id", "10"], "4002000a"),
            (
                &["pubrec", "--packet-id", "10", "--reason", "Quota exceeded"],
                "5003000a97",
            ),
            (
                &["pubrel", "--packet-id", "65535", "--reason", "0x92"],
                "6203ffff92",
            ),
            (
                &["pubcomp", "--packet-id", "10", "--reason", "success"],
                "7002000a",
            ),
            (
                &[
                    "suback",
                    "--packet-id",
                    "10",
                    "--reason",
                    "Granted QoS 1",
                    "--reason",
                    "135",
                ],
                "9005000a000187",
            ),
            (
                &["unsuback", "--packet-id", "1", "--reason", "17"],
                "b00400010011",
            ),
            (&["disconnect"], "e000"),
            (&["disconnect", "--reason", "Session taken over"], "e0018e"),
            (
                &[
                    "auth",
                    "--reason",
                    "24",
                    "--authentication-method",
                    "A",
                    "--authentication-data",
                    "00 FF",
                ],
                "f00b18091500014116000200ff",
            ),
            (
                &["connack", "--mqtt", "3.1.1", "--session-present"],
                "20020100",
            ),
            (
                &[
                    "connack",
                    "--mqtt",
                    "3.1",
                    "--reason",
                    "identifier rejected",
                ],
                "20020002",
            ),
            (
                &[
                    "suback",
                    "--mqtt",
                    "3.1",
                    "--packet-id",
                    "3",
                    "--reason",
                    "Granted QoS 1",
                ],
                "9003000301",
            ),
            (
                &[
                    "suback",
                    "--mqtt",
                    "3.1.1",
                    "--packet-id",
                    "3",
                    "--reason",
                    "Failure",
                ],
                "9003000380",
            ),
            (
                &["puback", "--mqtt", "3.1.1", "--packet-id", "10"],
                "4002000a",
            ),
            (
                &["pubrec", "--mqtt", "3.1.1", "--packet-id", "10"],
                "5002000a",
            ),
            (
                &["pubrel", "--mqtt", "3.1.1", "--packet-id", "10"],
                "6202000a",
            ),
            (
                &["pubcomp", "--mqtt", "3.1", "--packet-id", "10"],
                "7002000a",
            ),
            (
                &["unsuback", "--mqtt", "3.1", "--packet-id", "10"],
                "b002000a",
            ),
            (&["disconnect", "--mqtt", "3.1.1"], "e000"),
        ] {
            assert_eq!(hex_of(args), hex, "{args:?}");
        }
    }

    #[test]
    fn all_properties_are_decoded_again() {
        let hex = hex_of(&[
            "connack",
            "--reason",
            "Use another server",
            "--session-expiry-interval",
            "3600",
            "--receive-maximum",
            "20",
            "--maximum-qos",
            "1",
            "--retain-available",
            "1",
            "--maximum-packet-size",
            "65536",
            "--assigned-client-identifier",
            "client-1",
            "--topic-alias-maximum",
            "10",
            "--reason-string",
            "-- full --",
            "--user-property",
            "k=v=w",
            "--user-property",
            "=",
            "--wildcard-subscription-available",
            "true",
            "--subscription-identifiers-available",
            "0",
            "--shared-subscription-available",
            "false",
            "--server-keep-alive",
            "60",
            "--response-information",
            "reply/",
            "--server-reference",
            "other.example",
            "--authentication-method",
            "SCRAM-SHA-1",
            "--authentication-data",
            "00ff10",
        ]);
        let output = run(&["decode", "--json", &hex], b"");
        let object = &objects(&output)[0];
        assert_eq!(object["encoded"], hex.as_str());
        assert_eq!(object["reason_code"], 0x9C);
        assert_eq!(
            object["properties"],
            json!({
                "session_expiry_interval": 3600, "receive_maximum": 20, "maximum_qos": 1, "retain_available": 1,
                "maximum_packet_size": 65536, "assigned_client_identifier": "client-1", "topic_alias_maximum": 10,
                "reason_string": "-- full --", "user_properties": [["k", "v=w"], ["", ""]],
                "wildcard_subscription_available": 1, "subscription_identifiers_available": 0,
                "shared_subscription_available": 0, "server_keep_alive": 60, "response_information": "reply/",
                "server_reference": "other.example", "authentication_method": "SCRAM-SHA-1",
                "authentication_data": "00ff10",
            })
        );
    }

    #[test]
    fn raw_bytes_are_read_back_by_decode() {
        let output = run(
            &[
                "encode",
                "puback",
                "--packet-id",
                "10",
                "--reason",
                "0x87",
                "--raw",
            ],
            b"",
        );
        assert_eq!(output.stdout, [0x40, 0x03, 0x00, 0x0A, 0x87]);
        let output = run(&["decode", "--json", "--file", "-"], &output.stdout);
        assert_eq!(objects(&output)[0]["reason_code"], 0x87);
    }

    #[test]
    fn what_the_receiver_does_not_take_is_left_out() {
        let puback = [
            "puback",
            "--packet-id",
            "10",
            "--reason-string",
            "no",
            "--user-property",
            "k=v",
        ];
        let with = |flags: &[&str]| hex_of(&[&puback, flags].concat());
        assert_eq!(with(&[]), "4010000a000c1f00026e6f2600016b000176");
        assert_eq!(with(&["--max-packet-size", "17"]), "4009000a00051f00026e6f");
        assert_eq!(with(&["--max-packet-size", "4"]), "4002000a");
        assert_eq!(with(&["--no-problem-information"]), "4002000a");
        assert_eq!(
            usage_error(&[
                "encode",
                "puback",
                "--packet-id",
                "10",
                "--max-packet-size",
                "3"
            ]),
            "error: PUBACK of 4 bytes is larger than the receiver's maximum of 3\n"
        );
    }

    #[test]
    fn what_makes_no_packet_is_refused() {
        for (args, message) in [
            (&["puback"][..], "PUBACK needs --packet-id"),
            (&["suback", "--reason", "0"], "SUBACK needs --packet-id"),
            (&["suback", "--packet-id", "1"], "SUBACK needs --reason"),
            (
                &["suback", "--mqtt", "3.1", "--packet-id", "1"],
                "SUBACK needs --reason",
            ),
            (
                &["puback", "--packet-id", "0"],
                "not a number from 1 to 65535",
            ),
            (
                &["connack", "--packet-id", "1"],
                "CONNACK has no packet identifier",
            ),
            (
                &["disconnect", "--packet-id", "1"],
                "DISCONNECT has no packet identifier",
            ),
            (
                &["auth", "--session-present"],
                "AUTH has no session present",
            ),
            (
                &["puback", "--packet-id", "1", "--session-present"],
                "PUBACK has no session present",
            ),
            (
                &["connack", "--session-present", "--reason", "0x80"],
                "[MQTT-3.2.2-6]",
            ),
            (
                &[
                    "connack",
                    "--mqtt",
                    "3.1.1",
                    "--session-present",
                    "--reason",
                    "1",
                ],
                "[MQTT-3.2.2-4]",
            ),
            (
                &["connack", "--mqtt", "3.1", "--session-present"],
                "cannot be said in MQTT 3.1",
            ),
            (
                &[
                    "puback",
                    "--packet-id",
                    "1",
                    "--reason",
                    "0",
                    "--reason",
                    "0",
                ],
                "one code only",
            ),
            (
                &["puback", "--packet-id", "1", "--receive-maximum", "3"],
                "not a property of PUBACK",
            ),
            (
                &[
                    "puback",
                    "--packet-id",
                    "1",
                    "--mqtt",
                    "3.1",
                    "--reason-string",
                    "a",
                ],
                "no properties",
            ),
            (
                &[
                    "puback",
                    "--packet-id",
                    "1",
                    "--mqtt",
                    "3.1",
                    "--reason",
                    "0",
                ],
                "carries no code",
            ),
            (
                &["auth", "--reason", "0x18"],
                "give --authentication-method",
            ),
            (
                &["auth", "--mqtt", "3.1.1"],
                "there is no AUTH in MQTT 3.1.1",
            ),
            (
                &[
                    "suback",
                    "--mqtt",
                    "3.1",
                    "--packet-id",
                    "1",
                    "--reason",
                    "0x80",
                ],
                "MQTT 3.1",
            ),
            (
                &["connack", "--from", "client"],
                "must not be sent by a client",
            ),
            (
                &["disconnect", "--from", "client", "--reason", "0x87"],
                "must not be sent by a client",
            ),
            (&["connack", "--maximum-qos", "2"], "2 is not in 0..=1"),
            (
                &["connack", "--authentication-data", "0g"],
                "'g' at column 2",
            ),
            (&["connack", "--user-property", "k"], "no = in it"),
            (&["publish"], "invalid value 'publish'"),
        ] {
            let found = usage_error(&[&["encode"], args].concat());
            assert!(found.contains(message), "{args:?}: {found}");
        }
    }

    #[test]
    fn a_code_of_another_packet_is_met_with_those_of_this_one() {
        let message = usage_error(&["encode", "puback", "--packet-id", "1", "--reason", "0x93"]);
        for meaning in ReasonCode::table().filter(|row| row.packet.name() == "PUBACK") {
            assert!(message.contains(meaning.name), "{message}");
        }
        assert!(!message.contains("Banned"));
    }
}

#[test]
fn help_and_version_are_there() {
    for args in [
        &["--help"][..],
        &["explain", "--help"],
        &["decode", "--help"],
        &["encode", "--help"],
    ] {
        let output = run(args, b"");
        assert_eq!(status(&output), Some(0));
        assert!(stdout(&output).contains("Examples:"), "{args:?}");
    }
    mqtt_reason()
        .arg("--version")
        .assert()
        .success()
        .stdout(format!("mqtt-reason {}\n", env!("CARGO_PKG_VERSION")));
    mqtt_reason().assert().code(2);
}
