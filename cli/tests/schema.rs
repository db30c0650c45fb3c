//! Everything printed with --json is described in the schema.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use jsonschema::Validator;
use mqtt_reason::{PropertyId, ReasonCode};
use serde_json::Value;

fn validator() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/mqtt-reason.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Runs the command and checks every line; returns how many there were.
fn check(validator: &Validator, args: &[&str], input: &str) -> usize {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(args)
        .write_stdin(input)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&object)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{args:?}\n{line}\n{errors:#?}");
    }
    text.lines().count()
}

#[test]
fn what_decode_prints_is_described() {
    let validator = validator();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut count = 0;
    for (folder, version) in [("v3", "3.1.1"), ("v3", "3.1"), ("v5", "5.0")] {
        let mut input = String::new();
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for entry in text.split("\n[") {
                let digits: String = entry
                    .lines()
                    .skip(1)
                    .filter(|line| !line.starts_with(['#', '=']))
                    .flat_map(str::split_whitespace)
                    .collect();
                input.push_str(&digits);
                input.push('\n');
            }
        }
        count += check(
            &validator,
            &["decode", "--json", "--lines", "--mqtt", version],
            &input,
        );
        count += check(
            &validator,
            &["decode", "--json", "--lines", "--from", "server"],
            &input,
        );
    }
    assert!(count > 1000, "only {count} lines");
    for input in [
        "16 03 01 02 00",
        "xyz",
        "<<64,2>>",
        "20 02 00 00",
        "",
        "64,2,0,42",
        "40 05 00",
    ] {
        check(&validator, &["decode", "--json"], input);
    }
}

#[test]
fn what_explain_prints_is_described() {
    let validator = validator();
    let mut words: Vec<String> = ReasonCode::all()
        .map(|code| code.as_u8().to_string())
        .collect();
    words.extend(PropertyId::ALL.iter().map(|id| id.name().to_owned()));
    words.extend(["5", "-2", "7", "rc=5", "0x80-0x82", "not authorised"].map(str::to_owned));
    let args: Vec<&str> = ["explain", "--json", "--"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .collect();
    assert!(check(&validator, &args, "") > 80);
    for args in [
        &["explain", "--json"][..],
        &["explain", "--json", "--mqtt", "3.1"],
        &["explain", "--json", "--packet", "suback"],
        &["explain", "--json", "banana"],
    ] {
        assert!(check(&validator, args, "") > 0, "{args:?}");
    }
}

#[test]
fn what_check_prints_is_described() {
    let transcript = "\
client 10 10 00 04 4d 51 54 54 05 02 00 3c 00 00 03 61 62 63
+0.1 server 20 03 00 00 00
+0.2 client 82 0c 00 01 00 00 01 61 01 00 01 62 01
+0.3 server 90 04 00 01 00 01
+0.4 client 32 0a 00 01 61 00 05 00 68 65 6c 6c
+0.5 server 50 02 00 05
+0.6 server 40 04 00 0a 8b 00
+0.7 client e0 00
client closes
server closes
";
    let validator = validator();
    assert!(check(&validator, &["check", "--json", "-"], transcript) > 6);
}

#[test]
fn what_encode_prints_is_described() {
    let validator = validator();
    for args in [
        &[
            "encode",
            "--json",
            "connect",
            "-n",
            "c",
            "-U",
            "u",
            "-P",
            "p",
            "--will-topic",
            "t",
            "-W",
            "1",
        ][..],
        &[
            "encode", "--json", "publish", "-t", "a", "-d", "x", "--mqtt", "3.1.1",
        ],
        &[
            "encode",
            "--json",
            "subscribe",
            "--packet-id",
            "1",
            "-f",
            "a",
            "-I",
            "3",
        ],
        &[
            "encode",
            "--json",
            "unsubscribe",
            "--packet-id",
            "1",
            "-f",
            "a",
        ],
        &["encode", "--json", "pingreq"],
        &[
            "encode", "--json", "connack", "--reason", "0x87", "-s", "no",
        ],
        &[
            "encode",
            "--json",
            "suback",
            "--packet-id",
            "1",
            "--reason",
            "5",
            "--reason",
            "0x87",
        ],
        &[
            "encode",
            "--json",
            "suback",
            "--packet-id",
            "1",
            "--reason",
            "0x87",
        ],
        &["encode", "--json", "disconnect", "--long-form"],
    ] {
        let good = !args.contains(&"5");
        assert_eq!(check(&validator, args, ""), usize::from(good), "{args:?}");
    }
}

/// A broker that accepts every CONNECT and answers PINGREQ; SUBSCRIBE gets a code that no table has.
fn serve(mut stream: TcpStream) -> Option<()> {
    let mut v5 = true;
    loop {
        let mut first = [0; 2];
        stream.read_exact(&mut first).ok()?;
        let mut body = vec![0; usize::from(first[1])];
        stream.read_exact(&mut body).ok()?;
        match first[0] >> 4 {
            1 => {
                v5 = body.get(6) == Some(&5);
                let connack: &[u8] = if v5 {
                    &[0x20, 3, 0, 0, 0]
                } else {
                    &[0x20, 2, 0, 0]
                };
                stream.write_all(connack).ok()?;
            }
            8 if v5 => stream
                .write_all(&[0x90, 4, *body.first()?, *body.get(1)?, 0, 0x05])
                .ok()?,
            12 => stream.write_all(&[0xD0, 0]).ok()?,
            14 => return None,
            _ => {}
        }
    }
}

#[test]
fn what_probe_prints_is_described() {
    let validator = validator();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    let args = [
        "probe",
        "broker",
        &address,
        "--json",
        "--mqtt",
        "5.0",
        "--only",
        "K01,H02,S01,V43",
    ];
    assert!(check(&validator, &args, "") > 3);
    assert!(
        check(
            &validator,
            &["probe", "broker", &address, "--list", "--json"],
            ""
        ) > 100
    );
    let client = ["probe", "client", "--listen", "127.0.0.1:0", "--json"];
    let list = [&client[..], &["--list", "--", "true"]].concat();
    assert!(check(&validator, &list, "") > 20);
    // A command that does not connect shows nothing.
    let played = [
        &client[..],
        &["--mqtt", "3.1.1", "--only", "X", "--", "true"],
    ]
    .concat();
    check(&validator, &played, "");
}

/// Every object says which keys it may have: an unknown one is refused everywhere. What `tap` prints is checked against
/// the same schema in its own tests, line by line; `refuse` prints no JSON.
#[test]
fn no_object_takes_unknown_keys() {
    fn walk(value: &Value, path: &str, open: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                let is_object = match object.get("type") {
                    Some(Value::String(kind)) => kind == "object",
                    Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
                    _ => false,
                };
                let closed = ["additionalProperties", "unevaluatedProperties"]
                    .iter()
                    .any(|key| object.get(*key) == Some(&Value::Bool(false)));
                if is_object && !closed {
                    open.push(path.to_owned());
                }
                for (key, inner) in object {
                    walk(inner, &format!("{path}/{key}"), open);
                }
            }
            Value::Array(items) => {
                for item in items {
                    walk(item, path, open);
                }
            }
            _ => {}
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/mqtt-reason.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut open = Vec::new();
    walk(&schema, "", &mut open);
    // Parts of others, which close them.
    open.retain(|path| !matches!(path.as_str(), "/$defs/place" | "/$defs/tap_line" | "/$defs"));
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn a_schema_that_takes_everything_would_prove_nothing() {
    let validator = validator();
    for object in [
        r#"{"result":"packet"}"#,
        r#"{"result":"error","class":null,"packet":"PUBACK","error":"x"}"#,
        r#"{"result":"incomplete","needed":3,"bytes":"40","more":1}"#,
        r#"{"result":"unknown"}"#,
        r#"{}"#,
    ] {
        let object: Value = serde_json::from_str(object).unwrap();
        assert!(!validator.is_valid(&object), "{object}");
    }
}
