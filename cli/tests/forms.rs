//! The forms in which people paste bytes: what is judged is what was pasted, or nothing.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

fn decode(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["decode", "--json"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The bytes that were judged, `None` if the input was refused as a whole.
fn judged(output: &Output) -> Option<Vec<u8>> {
    if output.status.code() == Some(2) {
        return None;
    }
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut bytes = Vec::new();
    for line in text.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        bytes.extend(hex::decode(object["bytes"].as_str().unwrap()).unwrap());
    }
    Some(bytes)
}

fn joined(bytes: &[u8], separator: &str, one: impl Fn(&u8) -> String) -> String {
    let all: Vec<String> = bytes.iter().map(one).collect();
    all.join(separator)
}

fn printable(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    }
}

/// Lines of sixteen bytes: an offset, what `columns` makes of them, and the characters.
fn dump(
    bytes: &[u8],
    offset: impl Fn(usize) -> String,
    columns: impl Fn(&[u8]) -> String,
    characters: impl Fn(&[u8]) -> String,
) -> String {
    let mut text = String::new();
    for (number, line) in bytes.chunks(16).enumerate() {
        let columns = columns(line);
        writeln!(text, "{}{columns}{}", offset(16 * number), characters(line)).unwrap();
    }
    text
}

fn two(byte: &u8) -> String {
    format!("{byte:02x}")
}

/// A literal of bytes as Python prints it.
fn python(bytes: &[u8]) -> String {
    let inner = joined(bytes, "", |byte| match byte {
        b'\\' => r"\\".to_owned(),
        b'\'' => r"\'".to_owned(),
        b'\n' => r"\n".to_owned(),
        b'\r' => r"\r".to_owned(),
        b'\t' => r"\t".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("b'{inner}'")
}

/// A literal of bytes as Rust prints it: a zero is `\0`.
fn rust(bytes: &[u8]) -> String {
    let inner = joined(bytes, "", |byte| match byte {
        0 => r"\0".to_owned(),
        b'\\' => r"\\".to_owned(),
        b'"' => "\\\"".to_owned(),
        b'\n' => r"\n".to_owned(),
        b'\r' => r"\r".to_owned(),
        b'\t' => r"\t".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("b\"{inner}\"")
}

fn c_string(bytes: &[u8]) -> String {
    format!("\"{}\"", joined(bytes, "", |byte| format!("\\x{byte:02x}")))
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A frame of Ethernet, IPv4 and TCP around the bytes.
fn network(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![
        0x02, 0x42, 0xAC, 0x11, 0x00, 0x02, 0x40, 0x02, 0x00, 0x0A, 0x00, 0x01, 0x08, 0x00,
    ];
    let len = u16::try_from(40 + bytes.len()).unwrap();
    frame.extend([0x45, 0x00]);
    frame.extend(len.to_be_bytes());
    frame.extend([
        0x12, 0x34, 0x40, 0x00, 0x40, 0x06, 0x00, 0x00, 10, 0, 0, 1, 10, 0, 0, 2,
    ]);
    frame.extend([
        0x07, 0x5B, 0xD4, 0x31, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0x01, 0x00, 0, 0, 0, 0,
    ]);
    frame.extend(bytes);
    frame
}

/// Every form: its name, the text, and what it is called with `--as`, if that can be asked for.
fn forms(bytes: &[u8]) -> Vec<(&'static str, String, Option<&'static str>)> {
    let ascii = |line: &[u8]| line.iter().map(|byte| printable(*byte)).collect::<String>();
    let halves = |line: &[u8]| {
        let (first, second) = line.split_at(line.len().min(8));
        format!(
            "{:<23}  {:<23}",
            joined(first, " ", two),
            joined(second, " ", two)
        )
    };
    let groups = |line: &[u8]| {
        let groups: Vec<String> = line.chunks(2).map(|pair| joined(pair, "", two)).collect();
        format!("{:<39}", groups.join(" "))
    };
    let number = |byte: &u8| byte.to_string();
    let short = |byte: &u8| format!("{byte:x}");
    let c_hex = |byte: &u8| format!("0x{byte:02x}");
    vec![
        ("hex", joined(bytes, "", two), Some("hex")),
        (
            "upper",
            joined(bytes, "", |byte| format!("{byte:02X}")),
            Some("hex"),
        ),
        ("spaces", joined(bytes, " ", two), Some("hex")),
        ("colons", joined(bytes, ":", two), Some("hex")),
        (
            "dashes",
            joined(bytes, "-", |byte| format!("{byte:02X}")),
            Some("hex"),
        ),
        ("dots", joined(bytes, ".", two), Some("hex")),
        ("commas", joined(bytes, ",", two), Some("hex")),
        ("semicolons", joined(bytes, ";", two), Some("hex")),
        ("pipes", joined(bytes, "|", two), Some("hex")),
        ("underscores", joined(bytes, "_", two), Some("hex")),
        ("slashes", joined(bytes, "/", two), Some("hex")),
        ("no-break spaces", joined(bytes, "\u{A0}", two), Some("hex")),
        ("short", joined(bytes, " ", short), Some("hex")),
        ("short with commas", joined(bytes, ", ", short), Some("hex")),
        ("lines", joined(bytes, "\r\n", two), Some("hex")),
        (
            "byte order mark",
            format!("\u{FEFF}{}", joined(bytes, " ", two)),
            Some("hex"),
        ),
        ("0x", joined(bytes, " ", c_hex), Some("hex")),
        (
            "0x short",
            joined(bytes, " ", |byte| format!("0x{byte:x}")),
            Some("hex"),
        ),
        (
            "0x once",
            format!("0x{}", joined(bytes, "", two)),
            Some("hex"),
        ),
        (
            "dollar",
            joined(bytes, " ", |byte| format!("${byte:02X}")),
            Some("hex"),
        ),
        (
            "h",
            joined(bytes, " ", |byte| format!("{byte:02X}h")),
            Some("hex"),
        ),
        (
            "16#",
            joined(bytes, ", ", |byte| format!("16#{byte:02X}")),
            Some("hex"),
        ),
        (
            "escapes",
            joined(bytes, "", |byte| format!("\\x{byte:02x}")),
            Some("hex"),
        ),
        (
            "escapes and spaces",
            joined(bytes, " ", |byte| format!("\\x{byte:02x}")),
            Some("hex"),
        ),
        (
            "quoted",
            format!("\"{}\"", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "typographic quotes",
            format!("“{}”", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "Buffer",
            format!("<Buffer {}>", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "C array",
            format!("{{ {} }};", joined(bytes, ", ", c_hex)),
            Some("hex"),
        ),
        (
            "xxd -i",
            format!(
                "unsigned char p_bin[] = {{\n  {}\n}};\nunsigned int p_bin_len = {};\n",
                joined(bytes, ", ", c_hex),
                bytes.len()
            ),
            Some("hex"),
        ),
        (
            "Go",
            format!(
                "[]byte{{{}}}",
                joined(bytes, ", ", |byte| format!("0x{byte:x}"))
            ),
            Some("hex"),
        ),
        (
            "hex in brackets",
            format!("[{}]", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "comments",
            format!("{} // what was sent\n", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "block comment",
            format!("/* sent */ {}", joined(bytes, " ", two)),
            Some("hex"),
        ),
        (
            "Erlang",
            format!("<<{}>>", joined(bytes, ",", number)),
            Some("decimal"),
        ),
        (
            "Erlang in a log",
            format!("RECV <<{}>>", joined(bytes, ",", number)),
            Some("decimal"),
        ),
        (
            "decimal list",
            format!("[{}]", joined(bytes, ", ", number)),
            Some("decimal"),
        ),
        (
            "Uint8Array",
            format!(
                "Uint8Array({}) [ {} ]",
                bytes.len(),
                joined(bytes, ", ", number)
            ),
            Some("decimal"),
        ),
        (
            "Rust vec",
            format!("vec![{}]", joined(bytes, ", ", number)),
            Some("decimal"),
        ),
        (
            "Java",
            format!(
                "[{}]",
                joined(bytes, ", ", |byte| i8::from_ne_bytes([*byte]).to_string())
            ),
            Some("decimal"),
        ),
        (
            "decimal without brackets",
            joined(bytes, ",", number),
            Some("decimal"),
        ),
        (
            "decimal with spaces",
            joined(bytes, " ", number),
            Some("decimal"),
        ),
        ("Python", python(bytes), Some("escaped")),
        ("Rust", rust(bytes), Some("escaped")),
        ("C string", c_string(bytes), Some("escaped")),
        ("base64", base64(bytes), Some("base64")),
        (
            "xxd",
            dump(
                bytes,
                |at| format!("{at:08x}: "),
                groups,
                |line| format!("  {}", ascii(line)),
            ),
            Some("hex"),
        ),
        (
            "hexdump -C",
            dump(
                bytes,
                |at| format!("{at:08x}  "),
                halves,
                |line| format!("  |{}|", ascii(line)),
            ) + &format!("{:08x}\n", bytes.len()),
            Some("hex"),
        ),
        (
            "hexdump",
            dump(
                bytes,
                |at| format!("{at:07x} "),
                |line| {
                    let words: Vec<String> = line
                        .chunks(2)
                        .map(|pair| format!("{:02x}{:02x}", pair.get(1).unwrap_or(&0), pair[0]))
                        .collect();
                    words.join(" ")
                },
                |_| String::new(),
            ) + &format!("{:07x}\n", bytes.len()),
            Some("hex"),
        ),
        (
            "od -tx1",
            dump(
                bytes,
                |at| format!("{at:07o} "),
                |line| joined(line, " ", two),
                |_| String::new(),
            ) + &format!("{:07o}\n", bytes.len()),
            Some("hex"),
        ),
        (
            "Wireshark",
            dump(
                bytes,
                |at| format!("{at:04x}   "),
                |line| format!("{:<47}", joined(line, " ", two)),
                |line| format!("   {}", ascii(line)),
            ),
            Some("hex"),
        ),
        (
            "Wireshark without characters",
            dump(
                bytes,
                |at| format!("{at:04x}   "),
                |line| joined(line, " ", two),
                |_| String::new(),
            ),
            Some("hex"),
        ),
        (
            "tshark -x",
            dump(
                &network(bytes),
                |at| format!("{at:04x}  "),
                |line| format!("{:<47}", joined(line, " ", two)),
                |line| format!("   {}", ascii(line)),
            ),
            Some("hex"),
        ),
        (
            "tcpdump -X",
            "21:28:09.123456 IP 10.0.0.1.1883 > 10.0.0.2.54321: Flags [P.], length 5\n".to_owned()
                + &dump(
                    &network(bytes)[14..],
                    |at| format!("\t0x{at:04x}:  "),
                    groups,
                    |line| format!("  {}", ascii(line)),
                ),
            Some("hex"),
        ),
    ]
}

/// What logs and people put in front of bytes.
const PREFIXES: &[&str] = &[
    "12:30:01 ",
    "12:30:01.123 -> ",
    "[12:30:01] ",
    "2026-11-26T12:30:01Z ",
    "2026-11-26 12:30:01,123 [DEBUG] recv: ",
    "2026/11/26 12:30:01 ",
    "[2026-11-26 12:30:01] RX: ",
    "26.11.2026 12:30 ",
    "Nov 26 12:30:01 host app[123]: ",
    "<30>Nov 26 12:30:01 host app[123]: ",
    "1732529472: ",
    "1732529472.123 ",
    "[  12.345678] ",
    "0.001234 ",
    "[1234] ",
    "(1234) ",
    "D (12345) mqtt: ",
    "I (12345) mqtt: ",
    "11-26 12:30:01.123  1234  5678 D mqtt: ",
    "12: ",
    "1) ",
    "1. ",
    "001 ",
    "1234 ",
    "len=4 ",
    "pid=1234 ",
    "Recv [4]: ",
    "RX: ",
    "received 4 bytes: ",
    "10.0.0.1:1883 ",
    "127.0.0.1:54321 -> 127.0.0.1:1883 ",
    "> ",
    "> > ",
    "-> ",
    "<- ",
    "<12> ",
    "[INFO] ",
    "main.c:42: ",
];

/// Other ways in which the same bytes are printed: the packet is judged, or nothing is.
fn other_forms(bytes: &[u8]) -> Vec<(String, String)> {
    let ascii = |line: &[u8]| line.iter().map(|byte| printable(*byte)).collect::<String>();
    let mut forms = Vec::new();
    for prefix in PREFIXES {
        let (start, rest) = bytes.split_at(bytes.len().min(2));
        for (name, text) in [
            ("spaces", format!("{prefix}{}", joined(bytes, " ", two))),
            ("digits", format!("{prefix}{}", joined(bytes, "", two))),
            (
                "0x",
                format!(
                    "{prefix}{}",
                    joined(bytes, ", ", |byte| format!("0x{byte:02X}"))
                ),
            ),
            (
                "a list",
                format!("{prefix}[{}]", joined(bytes, ", ", |byte| byte.to_string())),
            ),
            (
                "two lines",
                format!(
                    "{prefix}{}\n{prefix}{}\n",
                    joined(start, " ", two),
                    joined(rest, " ", two)
                ),
            ),
        ] {
            forms.push((format!("{prefix:?} and {name}"), text));
        }
    }
    let halves = |line: &[u8]| {
        let (first, second) = line.split_at(line.len().min(8));
        let characters = match second {
            [] => ascii(first),
            second => format!("{} {}", ascii(first), ascii(second)),
        };
        format!(
            "{:<23}  {:<23}  {characters}",
            joined(first, " ", two),
            joined(second, " ", two)
        )
    };
    let follow = |indent: &str| {
        dump(
            bytes,
            |at| format!("{indent}{at:08X}  "),
            halves,
            |_| String::new(),
        )
    };
    let words = |size: usize, swapped: bool| {
        let words: Vec<String> = bytes
            .chunks(size)
            .map(|word| {
                let mut word = word.to_vec();
                word.resize(size, 0);
                if swapped {
                    word.reverse();
                }
                joined(&word, "", two)
            })
            .collect();
        format!(" {}\n", words.join(" "))
    };
    let heading = "===================================================================\nFollow: tcp,hex\n\
                   Filter: tcp.stream eq 0\nNode 0: 127.0.0.1:41250\nNode 1: 127.0.0.1:1883\n";
    for (name, text) in [
        ("tshark follow, client", format!("{heading}{}", follow(""))),
        ("tshark follow, server", format!("{heading}{}", follow("\t"))),
        ("od -tx2", words(2, true)),
        ("od -tx2 --endian=big", words(2, false)),
        ("od -tx4", words(4, true)),
        ("od -tx8", words(8, true)),
        ("binary", joined(bytes, " ", |byte| format!("0b{byte:08b}"))),
        ("binary, short", joined(bytes, " ", |byte| format!("0b{byte:b}"))),
        (
            "indices",
            bytes
                .iter()
                .enumerate()
                .map(|(index, byte)| format!("[{index}] = 0x{byte:02x}\n"))
                .collect(),
        ),
        (
            "a table of indices",
            bytes
                .iter()
                .enumerate()
                .map(|(index, byte)| format!("{index},{byte:02x}\n"))
                .collect(),
        ),
        (
            "an object of JSON",
            format!(
                "{{{}}}",
                bytes
                    .iter()
                    .enumerate()
                    .map(|(index, byte)| format!("\"{index}\":{byte}"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
        ),
        ("a number a line", joined(bytes, "\n", |byte| byte.to_string())),
        ("a byte a line", joined(bytes, "\n", |byte| format!("{byte:X}"))),
        (
            "a debugger's array",
            format!("$1 = {{{}}}", joined(bytes, ", ", |byte| format!("0x{byte:x}"))),
        ),
        (
            "decimal escapes",
            format!("\"{}\"", joined(bytes, "", |byte| format!("\\{byte:03}"))),
        ),
        (
            "PHP",
            format!("string({}) \"{}\"", bytes.len(), joined(bytes, "", two)),
        ),
        ("a quoted dump", follow("").lines().map(|line| format!("> {line}\n")).collect()),
        (
            "tcpdump -v -X",
            "12:30:01.123456 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 56)\n    \
             10.0.0.1.1883 > 10.0.0.2.54321: Flags [P.], cksum 0xfe2c (incorrect -> 0x1234), seq 1:5, ack 1, win 512, \
             options [nop,nop,TS val 1 ecr 1], length 4\n"
                .to_owned()
                + &dump(
                    &network(bytes)[14..],
                    |at| format!("\t0x{at:04x}:  "),
                    |line| {
                        let groups: Vec<String> =
                            line.chunks(2).map(|pair| joined(pair, "", two)).collect();
                        format!("{:<39}", groups.join(" "))
                    },
                    |line| format!("  {}", ascii(line)),
                ),
        ),
    ] {
        forms.push((name.to_owned(), text));
    }
    forms
}

/// Whatever stands in front of the bytes, and in whatever form they are printed.
#[test]
fn what_stands_around_the_bytes_is_not_judged() {
    let config = Config {
        cases: 6,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = match std::env::var_os("FORMS_RANDOM") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let result = runner.run(&packet(), |packet| {
        for (name, text) in other_forms(&packet) {
            let found = judged(&decode(&[], text.as_bytes()));
            prop_assert!(
                found.as_ref().is_none_or(|found| *found == packet),
                "{name}: {text:?} was read as {found:02x?}, not as {packet:02x?}"
            );
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// The usual packets behind the usual beginnings of lines are read, with --as hex as well.
#[test]
fn beginnings_of_lines_of_logs_are_left_out() {
    for packet in ["40020001", "2003008700", "9005000a000187", "d000"] {
        let packet = hex::decode(packet).unwrap();
        for prefix in [
            "12:30:01 ",
            "12:30:01.123 -> ",
            "[2026-11-26 12:30:01] ",
            "2026/11/26 12:30:01 ",
            "2026-11-26T12:30:01.123456Z ",
            "1732529472: ",
            "[  12.345678] ",
            "[1234] ",
            "12: ",
            "1) ",
            "len=4 ",
            "10.0.0.1:1883 -> ",
            "D (12345) mqtt: ",
            "2026-11-26 12:30:01,123 RX: ",
            "> ",
        ] {
            let text = format!("{prefix}{}", joined(&packet, " ", two));
            for args in [&[][..], &["--as", "hex"]] {
                let output = decode(args, text.as_bytes());
                assert_eq!(
                    judged(&output),
                    Some(packet.clone()),
                    "{text} {args:?}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
    }
    // What can be both is not guessed.
    for text in ["12:30:01 40 02 00", "[1234] 40 05 00", "20261126 40 02 00"] {
        assert_eq!(judged(&decode(&[], text.as_bytes())), None, "{text}");
    }
    // Bytes that look like a time are bytes where they make a packet.
    for (text, expected) in [
        ("20:03:00 87 00", "2003008700"),
        ("20-02-00 05", "20020005"),
    ] {
        let found = judged(&decode(&[], text.as_bytes())).map(hex::encode);
        assert_eq!(found.as_deref(), Some(expected), "{text}");
    }
}

/// Both directions of a connection in one text.
#[test]
fn both_directions_are_read_in_their_order_or_refused() {
    let heading = "Follow: tcp,hex\nFilter: tcp.stream eq 0\nNode 0: 127.0.0.1:41250\nNode 1: 127.0.0.1:1883\n";
    let good = format!(
        "{heading}00000000  10 13 00 04 4d 51 54 54  04 02 00 3c 00 07 61 75  ....MQTT ...<..au\n\
         00000010  74 6f 2d 31 31                                    to-11\n\
         \t00000000  20 02 00 00                                        ...\n\
         00000015  c0 00                                             ..\n\
         \t00000004  d0 00                                             ..\n"
    );
    let output = decode(&[], good.as_bytes());
    let found = judged(&output).map(hex::encode);
    let expected =
        "101300044d51545404020 03c00076175746f2d3131 20020000 c000 d000".replace(' ', "");
    assert_eq!(found, Some(expected));
    assert!(String::from_utf8_lossy(&output.stderr).contains("both directions"));
    for mixed in [
        format!(
            "{heading}00000000  30 05 00 01                                     0...\n\t00000000  d0 00   ..\n00000004  61 68 69   ahi\n"
        ),
        "Follow: tcp,raw\n30050001\n\td000\n616869\n".to_owned(),
    ] {
        let output = decode(&[], mixed.as_bytes());
        assert_eq!(judged(&output), None, "{mixed}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("one side alone"));
    }
}

/// Packets of all types, good and bad.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let good = prop_oneof![
        (
            1..=u16::MAX,
            prop_oneof![Just(0x00_u8), Just(0x10), Just(0x87), Just(0x97)]
        )
            .prop_map(|(id, code)| {
                let [high, low] = id.to_be_bytes();
                vec![0x40, 0x03, high, low, code]
            }),
        (1..=u16::MAX).prop_map(|id| {
            let [high, low] = id.to_be_bytes();
            vec![0x62, 0x02, high, low]
        }),
        (
            1..=u16::MAX,
            proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(2), Just(0x87)], 1..20)
        )
            .prop_map(|(id, codes)| {
                let mut packet = vec![0x90, u8::try_from(3 + codes.len()).unwrap()];
                packet.extend(id.to_be_bytes());
                packet.push(0);
                packet.extend(codes);
                packet
            }),
        (
            "[a-z0-9/ ]{1,12}",
            proptest::collection::vec(any::<u8>(), 0..40)
        )
            .prop_map(|(topic, payload)| {
                let mut packet = vec![
                    0x30,
                    u8::try_from(3 + topic.len() + payload.len()).unwrap(),
                    0,
                ];
                packet.push(u8::try_from(topic.len()).unwrap());
                packet.extend(topic.as_bytes());
                packet.push(0);
                packet.extend(payload);
                packet
            }),
        "[ -~]{0,30}".prop_map(|reason| {
            let len = u8::try_from(reason.len()).unwrap();
            let mut packet = vec![0xE0, len + 5, 0x8B, len + 3, 0x1F, 0, len];
            packet.extend(reason.as_bytes());
            packet
        }),
        Just(vec![0xC0, 0x00]),
        Just(vec![0x20, 0x02, 0x00, 0x05]),
        Just(vec![0x20, 0x03, 0x00, 0x87, 0x00]),
        Just(vec![0x40, 0x02, 0x00, 0x09]),
    ];
    let any_bytes =
        (1..=15_u8, proptest::collection::vec(any::<u8>(), 0..40)).prop_map(|(kind, body)| {
            let mut packet = vec![kind << 4, u8::try_from(body.len()).unwrap()];
            packet.extend(body);
            packet
        });
    prop_oneof![3 => good, 1 => any_bytes]
}

/// With `--as` the same packet; without it the same packet or exit status 2, never another.
#[test]
fn what_is_judged_is_what_was_pasted_or_nothing() {
    let config = Config {
        cases: 16,
        failure_persistence: None,
        ..Config::default()
    };
    // The same packets in every landing; `FORMS_RANDOM=1` draws others.
    let mut runner = match std::env::var_os("FORMS_RANDOM") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let result = runner.run(&packet(), |packet| {
        for (name, text, form) in forms(&packet) {
            let output = decode(&[], text.as_bytes());
            let found = judged(&output);
            prop_assert!(
                found.as_ref().is_none_or(|found| *found == packet),
                "{name}: {text:?} was read as {found:02x?}, not as {packet:02x?}"
            );
            if let Some(form) = form {
                // `\0` before a digit is octal to C and a zero to Rust: refused, too.
                let output = decode(&["--as", form], text.as_bytes());
                let found = judged(&output);
                let ambiguous = name == "Rust" && found.is_none();
                prop_assert!(
                    ambiguous || found.as_ref() == Some(&packet),
                    "{name} --as {form}: {text:?} was read as {found:02x?}, not as {packet:02x?}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Forms that are taken without being named: these packets have one reading in each.
#[test]
fn usual_packets_are_taken_in_every_form() {
    for packet in [
        "2003008700",
        "4002000a",
        "9005000a000187",
        "400b000a87071f000561206262 21",
    ] {
        let packet = hex::decode(packet.replace(' ', "")).unwrap();
        for (name, text, _) in forms(&packet) {
            let found = judged(&decode(&[], text.as_bytes()));
            let named = matches!(
                name,
                "base64" | "decimal without brackets" | "decimal with spaces"
            );
            match named {
                true => assert!(
                    found.is_none() || found == Some(packet.clone()),
                    "{name}: {text}"
                ),
                false => assert_eq!(found, Some(packet.clone()), "{name}: {text}"),
            }
        }
    }
}

/// The dumps that the real programs print, where they are installed.
#[test]
fn dumps_of_the_real_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.bin");
    let mut long = vec![0x30, 0x82, 0x01, 0, 4];
    long.extend(b"abcd\0");
    long.extend([0; 123]);
    for bytes in [
        hex::decode("2003008700").unwrap(),
        hex::decode("200300870040 02000a9005000a0001874002000a4002000b".replace(' ', "")).unwrap(),
        long,
    ] {
        std::fs::write(&file, &bytes).unwrap();
        let path = file.to_str().unwrap();
        for command in [
            &["xxd"][..],
            &["xxd", "-p"],
            &["xxd", "-i"],
            &["xxd", "-g1"],
            &["xxd", "-u", "-c", "8"],
            &["xxd", "-g4"],
            &["xxd", "-g3", "-c", "7"],
            &["xxd", "-g0"],
            &["xxd", "-a"],
            &["hexdump"],
            &["hexdump", "-C"],
            &["hexdump", "-v"],
            &["hexdump", "-x"],
            &["od", "-tx1"],
            &["od", "-An", "-tx1"],
            &["od", "-Ax", "-tx1"],
            &["od", "-Ad", "-tx1"],
            &["od", "-tx1z"],
            &["od", "-v", "-Ax", "-tx1z"],
        ] {
            let Ok(printed) = Command::new(command[0])
                .args(&command[1..])
                .arg(path)
                .output()
            else {
                eprintln!("skipped: {} is not installed", command[0]);
                continue;
            };
            let output = decode(&[], &printed.stdout);
            let found = judged(&output);
            // Without offsets nobody knows how many lines an asterisk stands for.
            if command.contains(&"-An") && found.is_none() {
                continue;
            }
            assert_eq!(
                found.as_ref(),
                Some(&bytes),
                "{command:?}: {}\n{}",
                String::from_utf8_lossy(&printed.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        for command in [
            &["od"][..],
            &["od", "-x"],
            &["od", "-c"],
            &["od", "-b"],
            &["od", "-a"],
            &["od", "-tu1"],
            &["od", "-td1"],
            &["od", "-tx4"],
            &["od", "-tx4z"],
            &["od", "-tx8"],
            &["od", "-An", "-td1"],
            &["od", "-An", "-tx2"],
            &["xxd", "-e", "-g2"],
            &["hexdump", "-b"],
            &["hexdump", "-c"],
            &["hexdump", "-d"],
            &["xxd", "-b"],
            &["xxd", "-e"],
        ] {
            let Ok(printed) = Command::new(command[0])
                .args(&command[1..])
                .arg(path)
                .output()
            else {
                continue;
            };
            let output = decode(&[], &printed.stdout);
            let found = judged(&output);
            assert!(
                found.is_none() || found.as_ref() == Some(&bytes),
                "{command:?}: {found:02x?}"
            );
        }
    }
}

/// What is left out in a paste is not guessed, and brackets follow the rules of the design.
#[test]
fn the_rules_of_brackets_are_kept() {
    for (text, expected) in [
        ("[40, 02, 0, 9]", Some("40020009")),
        ("[64, 2, 0, 9]", Some("40020009")),
        ("[40, 2, 0, 9]", Some("40020009")),
        ("(32, 3, 0, 135, 0)", Some("2003008700")),
        ("<<64,2,0,2>>", Some("40020002")),
        (
            "<<16,12,0,4,\"MQTT\",4,2,0,60,0,0>>",
            Some("100c00044d5154540402003c0000"),
        ),
        (
            "{0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0x3c, 0, 0}",
            None,
        ),
        ("[70, 2, 0, 9]", Some("70020009")),
        ("[49, 2, 0, 41]", None),
        ("64,2,0,42", None),
        ("20 2 0 5", Some("20020005")),
        ("32 3 0 135 0", None),
        ("<Buffer 20 03 ... 3 more bytes>", None),
        ("20 03 00 …", None),
        ("[12:34:56] RECV <<64,2,0,2>>", Some("40020002")),
        ("CONNACK: 2003008700", Some("2003008700")),
        ("20 03 zz 87 00", None),
        ("I (1230) mqtt: 40 02 00 01", Some("40020001")),
        (
            "{\"type\":\"Buffer\",\"data\":[64,2,0,1]}",
            Some("40020001"),
        ),
        ("0x7ffe1000:\t0x40\t0x02\t0x00\t0x01", Some("40020001")),
        ("00: 40 02 00 01", Some("40020001")),
        // tcpdump shows a space as a dot.
        (
            "\t0x0000:  2003 0087 0040 0200 01                   .....@...",
            Some("200300870040020001"),
        ),
        ("01000000 00000010 00000000 00000001", None),
        ("80 2 0 16 -64 0", None),
    ] {
        let output = decode(&[], text.as_bytes());
        let found = judged(&output).map(hex::encode);
        if text.starts_with("{0x10") {
            // 12 behind 0x10 is hexadecimal by the rules: an incomplete CONNECT, or nothing.
            assert!(
                found.is_none_or(|found| found.starts_with("1012")),
                "{text}"
            );
            continue;
        }
        assert_eq!(
            found.as_deref(),
            expected,
            "{text}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
