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
                    // The library does not look into it; the command does.
                    if name != "publish-body-is-not-read" {
                        vectors.push(read(name, text));
                    }
                }
            }
        }
        // None is lost: there were 669 when the guard was set, with the one left out.
        assert!(vectors.len() >= 668, "only {} golden frames", vectors.len());
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
    ///
    /// What the library hands on as a frame is a packet here. It knows no answer to a CONNACK of 3.x either: the
    /// server would not understand it.
    fn agrees(found: &Value, expected: &Value) -> bool {
        let v3_connack = found["error"]
            .as_str()
            .is_some_and(|error| error.starts_with("a 3.x CONNACK"));
        expected
            .as_object()
            .unwrap()
            .iter()
            .all(|(key, value)| match key.as_str() {
                "result" if value == "frame" => found[key] == "packet",
                "answer" if v3_connack => found[key].is_null(),
                _ => found.get(key) == Some(value),
            })
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
    /// The lines of the design: these keys in this order, and no others.
    #[test]
    fn json_has_its_keys_in_a_fixed_order() {
        for (hex, line) in [
            (
                PUBACK,
                concat!(
                    r#"{"result":"packet","mqtt":"5.0","packet":"PUBACK","length":18,"packet_id":10,"reason_code":135,"#,
                    r#""reason_name":"Not authorized","properties":{"reason_string":"no","user_properties":[["k","v"]]},"#,
                    r#""failure":true,"advice":["The message is refused, the Packet Identifier is free; the connection stays open.","#,
                    r#""Check in the server's access rules whether the sender may publish to the topic."],"#,
                    r#""encoded":"4010000a870c1f00026e6f2600016b000176","#,
                    r#""bytes":"4010000a870c1f00026e6f2600016b000176","at":0}"#,
                ),
            ),
            (
                "300b0003612f620068656c6c6f",
                concat!(
                    r#"{"result":"packet","mqtt":"5.0","packet":"PUBLISH","length":13,"topic":"a/b","qos":0,"retain":false,"#,
                    r#""dup":false,"payload_length":5,"properties":{},"failure":false,"#,
                    r#""hint":"MQTT 3.1.1 reads it differently: PUBLISH to \"a/b\" with a payload of 6 bytes (--mqtt 3.1.1)","#,
                    r#""encoded":"300b0003612f620068656c6c6f","bytes":"300b0003612f620068656c6c6f","at":0}"#,
                ),
            ),
            (
                "4005000a",
                r#"{"result":"incomplete","mqtt":"5.0","packet":"PUBACK","needed":3,"bytes":"4005000a","at":0}"#,
            ),
            (
                "4004000a8b00",
                concat!(
                    r#"{"result":"error","mqtt":"5.0","packet":"PUBACK","class":"protocol_error","answer":130,"offset":4,"#,
                    r#""rule":"MQTT-3.4.2-1","field":"Reason Code","error":"reason code 0x8b is not defined for PUBACK","#,
                    r#""action":"answer with DISCONNECT 0x82 Protocol Error","bytes":"4004000a8b00","at":0}"#,
                ),
            ),
            (
                "2003010000",
                r#"{"result":"packet","mqtt":"5.0","packet":"CONNACK","length":5,"session_present":true,"reason_code":0,"reason_name":"Success","properties":{},"failure":false,"encoded":"2003010000","bytes":"2003010000","at":0}"#,
            ),
            (
                "d000",
                r#"{"result":"packet","mqtt":"5.0","packet":"PINGRESP","length":2,"failure":false,"encoded":"d000","bytes":"d000","at":0}"#,
            ),
        ] {
            let output = run(&["decode", "--json", hex], b"");
            assert_eq!(stdout(&output), format!("{line}\n"));
        }
        let output = run(&["decode", "--json", "f000"], b"");
        let object = &objects(&output)[0];
        assert_eq!(object["encoded"], Value::Null);
        assert!(
            object["odd"][0].as_str().unwrap().contains("AUTH without"),
            "{object}"
        );
    }

    /// CONNECT, PUBLISH, SUBSCRIBE and UNSUBSCRIBE in both layouts.
    #[test]
    fn the_other_six_are_packets_with_their_fields() {
        let objects = |args: &[&str]| {
            let output = run(&[&["decode", "--json"], args].concat(), b"");
            assert_eq!(status(&output), Some(0), "{output:?}");
            objects(&output)
        };
        let has = |object: &Value, expected: Value| {
            for (key, value) in expected.as_object().unwrap() {
                assert_eq!(&object[key], value, "{key}: {object}");
            }
            assert_eq!(object["encoded"], object["bytes"], "{object}");
        };
        // Will, User Name and Password.
        let v5 = "102b00044d51545405ee003c0321000a00016305180000000500017400026869000175000870617373776f7264";
        let found = objects(&[v5]);
        has(
            &found[0],
            json!({
                "result": "packet", "mqtt": "5.0", "packet": "CONNECT", "level": 5, "bridge": false, "client_id": "c",
                "clean_start": true, "keep_alive": 60, "user_name": "u", "password_length": 8,
                "properties": {"receive_maximum": 10},
                "will": {
                    "topic": "t", "qos": 1, "retain": true, "payload_length": 2,
                    "properties": {"will_delay_interval": 5},
                },
            }),
        );
        let v3 = "100d00044d5154548402003c000163";
        let found = objects(&[v3, "900400010001"]);
        has(
            &found[0],
            json!({"mqtt": "3.1.1", "level": 132, "bridge": true, "client_id": "c", "clean_start": true}),
        );
        assert_eq!(found[0].get("properties"), None);
        assert_eq!(found[0].get("will"), None);
        // The CONNECT tells the version of what follows.
        assert_eq!(found[1]["reason_codes"], json!([0, 1]));
        assert_eq!(found[1].get("hint"), None);
        let found = objects(&["100c00044d51545463023c3c0000"]);
        assert_eq!(found[0]["mqtt"], Value::Null);
        assert_eq!(found[0]["protocol_name"], "MQTT");
        assert_eq!(found[0]["level"], 99);
        let found = objects(&["8209 0001 02 0b05 0001 74 2d"]);
        has(
            &found[0],
            json!({
                "packet_id": 1, "properties": {"subscription_identifiers": [5]},
                "subscriptions": [{
                    "filter": "t", "qos": 1, "no_local": true, "retain_as_published": true, "retain_handling": 2,
                }],
            }),
        );
        let found = objects(&["--mqtt", "3.1.1", "8206000a00017401", "a205000a000174"]);
        has(
            &found[0],
            json!({"subscriptions": [{"filter": "t", "qos": 1}]}),
        );
        has(&found[1], json!({"filters": ["t"], "packet_id": 10}));
    }

    #[test]
    fn bytes_come_from_arguments_from_a_file_or_from_standard_input() {
        let bytes = hex::decode(PUBACK).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("capture.bin");
        fs::write(&file, &bytes).unwrap();
        let file = file.to_str().unwrap();
        let spaced = "0x40 0x10, 0:0A 87 c\r\n1f00026e6f\t2600016b000176\n";
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
            assert_eq!(objects(&output)[0]["bytes"], PUBACK, "{args:?}");
            assert_eq!(objects(&output).len(), 1, "{args:?}");
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
        // Where the packet ends is known, whatever its flags are.
        assert_eq!(results, ["packet", "error", "packet"]);
        assert_eq!(status(&output), Some(1));
        let output = run(&["decode", "--json", good, "41ffffffff7f", good], b"");
        assert_eq!(objects(&output).len(), 2);
        assert!(stderr(&output).contains("what follows is not decoded"));

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
                "3008000161006c6c6f21",
                "9005000a000187",
                "e000",
            ],
            b"",
        );
        assert_eq!(
            stdout(&output),
            "\
PUBACK id 10: 0x87 Not authorized. The sender of the PUBLISH is not allowed to publish this message.
    Reason String: \"no\"
    User Property: \"k\" = \"v\"
    note    The message is refused, the Packet Identifier is free; the connection stays open.
    note    Check in the server's access rules whether the sender may publish to the topic.
PUBLISH: topic \"a\", QoS 0, payload 4 bytes
    hint    MQTT 3.1.1 reads it differently: PUBLISH to \"a\" with a payload of 5 bytes (--mqtt 3.1.1)
SUBACK id 10: 2 codes
     1  0x01 Granted QoS 1. The subscription is accepted; messages come at QoS 1 at most, which may be lower than asked for.
     2  0x87 Not authorized. The Client is not allowed to make this subscription.
    note    This subscription does not exist; the connection and the other subscriptions stay.
    note    Check in the server's access rules whether this client may subscribe to the topic filter.
DISCONNECT: 0x00 Normal disconnection. The connection is closed in good order; sent by the Client, it makes the Server discard the Will Message.
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
PUBACK id 10: 0x00 Success. The QoS 1 message is accepted and its publication continues.
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
        let text = stdout(&output);
        assert!(
            text.contains("hint    MQTT 3.1.1 reads it: CONNACK with 0x05"),
            "{text}"
        );
        assert!(text.contains("read it with --mqtt 3.1.1"), "{text}");
        assert!(
            text.contains("connect again with 3.1.1") && !text.contains("0x81"),
            "{text}"
        );
        let output = run(&["decode", "4005000a87"], b"");
        assert_eq!(
            stdout(&output),
            "PUBACK incomplete: 5 bytes are there, 2 more needed\n    40 05 00 0a 87\n"
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
            "error: half a byte: '400' has an odd number of digits at column 1\n  400\n  ^\n"
        );
        assert_eq!(
            usage_error(&["decode"]),
            "error: nothing to decode: there is not a single byte\n"
        );
        assert!(usage_error(&["decode", "--file", "/does/not/exist"]).contains("/does/not/exist"));
        usage_error(&["decode", "--file", "x", "40"]);
        usage_error(&["decode", "--mqtt", "6", "40"]);
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

mod decode_streams {
    use super::*;

    /// Nothing is read to the end before the first packet is judged, whatever the form of the input.
    #[test]
    fn each_packet_is_answered_before_the_next_one_comes() {
        for (args, pieces) in [
            (
                &["decode", "--json"][..],
                [&b"40 02 00 0a\n"[..], b"[64, 2, 0, 11]\n"],
            ),
            (
                &["decode", "--json", "--file", "-"],
                [b"\x40\x02\x00\x0a\x40", b"\x02\x00\x0b"],
            ),
            (&["decode"], [b"4002000a\n", b"4002000b\n"]),
        ] {
            let mut child = mqtt_reason()
                .args(args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            let mut output = BufReader::new(child.stdout.take().unwrap());
            for piece in pieces {
                input.write_all(piece).unwrap();
                let mut line = String::new();
                output.read_line(&mut line).unwrap();
                assert!(line.contains("PUBACK"), "{args:?}: {line}");
            }
            drop(input);
            assert!(child.wait().unwrap().success());
        }
    }

    /// What never ends is judged, and its beginning at once.
    #[test]
    fn input_without_an_end_is_judged() {
        for (args, piece) in [
            (&["decode", "--json"][..], &[0; 4096][..]),
            (&["decode", "--json", "--lines"], &[0; 4096]),
            (&["decode", "--json"], b"4002000a4002000a"),
        ] {
            let mut child = mqtt_reason()
                .args(args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            let writer = std::thread::spawn(move || while input.write_all(piece).is_ok() {});
            let mut line = String::new();
            let mut output = BufReader::new(child.stdout.take().unwrap());
            output.read_line(&mut line).unwrap();
            assert!(line.starts_with(r#"{"result":""#), "{args:?}: {line}");
            child.kill().unwrap();
            child.wait().unwrap();
            writer.join().unwrap();
        }
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
            line(b"\xFF\xFE", "error");
            line(b"40\x0002", "error");
            line(b"c000", "packet");
            line(b"ff", "error");
            line(b"400", "error");
        }
        line(&long, "packet");
        line(&zeros, "error");
        line("größe".as_bytes(), "error");
        // Blank lines and comments are none.
        input.extend_from_slice(b"\n \r\n# 4002000a\n");
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
    fn several_packets_in_a_line_are_several_packets() {
        let output = run(
            &["decode", "--lines", "--json"],
            b"\n4002000aff\n40 0z\n900400010000e000\n[64,2,0,10]\n16 03 01 00\n",
        );
        let told: Vec<_> = objects(&output)
            .iter()
            .map(|object| {
                json!([
                    object["result"],
                    object["packet"],
                    object["at"],
                    object["line"]
                ])
            })
            .collect();
        assert_eq!(
            told,
            [
                json!(["packet", "PUBACK", 0, 2]),
                json!(["error", "AUTH", 4, 2]),
                json!(["error", null, 0, 3]),
                json!(["packet", "SUBACK", 0, 4]),
                json!(["packet", "DISCONNECT", 6, 4]),
                json!(["packet", "PUBACK", 0, 5]),
                json!(["error", null, 0, 6]),
            ]
        );
        let not_hex = &objects(&output)[2];
        assert_eq!(not_hex["error"], "not hex: 'z' at column 5");
        assert_eq!(
            (&not_hex["class"], not_hex.get("packet")),
            (&Value::Null, None)
        );
        assert_eq!(status(&output), Some(1));
    }

    #[test]
    fn how_lines_were_read_is_said_once() {
        let lines = b"[64,2,0,10]\n4002000b\n[64,2,0,12]\n";
        let output = run(&["decode", "--lines", "--json"], lines);
        assert_eq!(objects(&output).len(), 3);
        assert_eq!(
            stderr(&output),
            "note: the numbers are taken as decimal; if they are hexadecimal, add --as hex\n"
        );
    }

    #[test]
    fn people_see_the_number_of_a_line_that_is_wrong() {
        let output = run(&["decode", "--lines"], b"4002000a\nff\nxyz\n");
        assert_eq!(
            stdout(&output),
            "\
PUBACK id 10: 0x00 Success. The QoS 1 message is accepted and its publication continues.
line 2: AUTH refused: fixed header flags 0b1111 are not those of AUTH
    ff
    ^^
    rule    [MQTT-3.15.1-1] of MQTT 5.0
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
        fs::write(&file, "4002000a\n\n4002000b\n").unwrap();
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
            let value = code.as_u8();
            let start = format!("{value:#04x}   {value:<4} {name}  ");
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
0x92 Packet Identifier not found (146, a failure, MQTT 5.0)
  PACKET   NAME                         SENDER            MEANING
  PUBREL   Packet Identifier not found  client or server  The PUBREC named an unknown Packet Identifier: harmless during recovery, otherwise the Session States differ.
  PUBCOMP  Packet Identifier not found  client or server  The PUBREL named an unknown Packet Identifier: harmless during recovery, otherwise the Session States differ.

  PACKET   WHAT FOLLOWS                                                     WHAT TO DO
  PUBREL   PUBCOMP must follow all the same; the connection stays open.     Nothing during recovery after a reconnect; otherwise the two sides hold different Session States.
  PUBCOMP  The Packet Identifier is free again; the connection stays open.  Nothing during recovery after a reconnect; otherwise the two sides hold different Session States.

  IN 3.x   3.1.1                          3.1
  PUBREL   none: PUBREL carries no code   none: PUBREL carries no code
  PUBCOMP  none: PUBCOMP carries no code  none: PUBCOMP carries no code
";
        for code in [
            "0x92",
            "146",
            "Packet Identifier not found",
            "packet-identifier-not-found",
            "PACKETIDENTIFIERNOTFOUND",
            "92h",
            "16#92",
            "0x92 (146)",
            "packet id not found",
        ] {
            assert_eq!(table(&[code]), expected, "{code}");
        }
        assert_eq!(table(&["0x92", "146"]), format!("{expected}\n{expected}"));
        let spelled = table(&["MQTT_RC_PACKET_ID_NOT_FOUND"]);
        assert!(spelled.ends_with(expected), "{spelled}");
    }

    /// Without --mqtt all versions are searched.
    #[test]
    fn a_code_of_an_older_version_is_found() {
        let text = table(&["5"]);
        for part in [
            "0x05 Connection Refused, not authorized (5, a failure, MQTT 3.1.1 CONNACK",
            "many servers answer so to a wrong password",
            "MQTT 5.0 has no code 0x05 (5).",
            "MQTT_ERR_CONN_REFUSED",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let text = table(&["not authorised"]);
        assert!(
            text.contains("0x87 Not authorized (135") && text.contains("0x05 Connection"),
            "{text}"
        );
        let text = table(&["7"]);
        assert!(text.contains("a number of the library's own"), "{text}");
        let text = table(&["--packet", "connack", "5"]);
        assert!(
            text.contains("MQTT 3.1.1 CONNACK") && !text.contains("MQTT_ERR"),
            "{text}"
        );
    }

    #[test]
    fn lines_ranges_and_properties_are_explained() {
        let text = table(&["Client auto-1 disconnected, rc=142"]);
        assert!(text.starts_with("0x8e Session taken over"), "{text}");
        assert!(text.contains("do not reconnect at once"), "{text}");
        // Words without quotes are one line.
        assert_eq!(
            table(&["session", "taken", "over"]),
            table(&["session taken over"])
        );
        let text = table(&["0x80-0x83"]);
        assert_eq!(rows(&text).len(), 5, "{text}");
        let text = table(&["Receive Maximum"]);
        assert!(
            text.starts_with("0x21 Receive Maximum (33, a property"),
            "{text}"
        );
        assert!(text.contains("§3.1.2.11.3"), "{text}");
        let text = table(&["--", "-2"]);
        assert_eq!(text, table(&["-2"]));
    }

    #[test]
    fn json_is_an_object_an_answer() {
        let output = run(&["explain", "--json", "0x87", "5", "-2", "0x21"], b"");
        assert_eq!(status(&output), Some(0));
        let objects = objects(&output);
        let results: Vec<_> = objects
            .iter()
            .map(|object| object["result"].clone())
            .collect();
        assert_eq!(
            results,
            ["code", "code", "library", "library", "property", "library"]
        );
        assert_eq!(objects[0]["reason_code"], 135);
        assert_eq!(objects[0]["packets"].as_array().unwrap().len(), 6);
        assert_eq!(objects[1]["mqtt"], "3.1.1");
        assert_eq!(objects[4]["identifier"], 33);
        let output = run(&["explain", "--json"], b"");
        assert_eq!(super::objects(&output).len(), 43);
        let output = run(&["explain", "--json", "banana"], b"");
        assert_eq!(status(&output), Some(2));
        assert_eq!(super::objects(&output)[0]["result"], "error");
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
        assert!(rows(&v3_1_1)[6].ends_with("0x00 (0) Granted QoS 0"));
        let v3_1 = table(&["--mqtt", "3.1", "--packet", "suback"]);
        assert_eq!(rows(&v3_1).len(), 4);
        assert!(rows(&v3_1)[3].contains("Not in the table of this version"));
        for code in [
            "5",
            "0x05",
            "not authorized",
            "Connection Refused: not authorized",
        ] {
            let text = table(&["--mqtt", "3.1.1", code]);
            assert_eq!(rows(&text).len(), 1, "{code}");
            assert!(text.contains("0x87 (135) Not authorized"), "{text}");
        }
        assert!(
            usage_error(&["explain", "--mqtt", "3.1", "--packet", "puback"]).contains("no code")
        );
    }

    #[test]
    fn unknown_codes_are_met_with_a_suggestion() {
        for (code, suggestion) in [
            ("87", "0x87 (135) Not authorized"),
            ("not autorised", "0x87 (135) Not authorized"),
            (
                "packet identifer in use",
                "0x91 (145) Packet Identifier in use",
            ),
            ("0x06x", "give a number"),
            ("", "give a number"),
            ("999", "give a number"),
        ] {
            let message = usage_error(&["explain", code]);
            assert!(message.contains(suggestion), "{code}: {message}");
        }
        let message = usage_error(&["explain", "--packet", "pubrel", "0x87"]);
        assert!(
            message.contains("0x92 (146) Packet Identifier not found"),
            "{message}"
        );
        let message = usage_error(&["explain", "--mqtt", "3.1.1", "server unavailabel"]);
        assert!(
            message.contains("0x03 (3) Connection Refused, Server unavailable"),
            "{message}"
        );
        let message = usage_error(&["explain", "--mqtt", "3.1.1", "135"]);
        assert!(
            message.contains("elsewhere it is 0x87 (135) Not authorized of MQTT 5.0"),
            "{message}"
        );
        assert!(message.contains("give a number (5, 0x05)"), "{message}");
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
            (&["publish"], "PUBLISH needs --topic"),
            (&["published"], "invalid value 'published'"),
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
fn completions_and_manual_pages_are_printed() {
    for (args, part) in [
        (&["completions", "bash"][..], "complete"),
        (&["completions", "zsh"], "#compdef mqtt-reason"),
        (&["completions", "fish"], "explain"),
        (&["man"], ".TH mqtt-reason 1"),
        (&["man", "decode"], "capture.bin"),
        (&["man", "tap"], "upstream"),
    ] {
        let output = run(args, b"");
        assert_eq!(status(&output), Some(0), "{args:?}");
        assert!(stdout(&output).contains(part), "{args:?}");
    }
    usage_error(&["man", "banana"]);
    usage_error(&["completions", "banana"]);
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
