//! Everything printed with --json is described in the schema.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::path::Path;

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
