//! `encode` of CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE and the PINGs: what it writes `decode` reads, and what `decode`
//! tells is enough to write the same bytes again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

use std::process::Output;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Version};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

fn run(args: &[String]) -> Output {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(args)
        .output()
        .unwrap()
}

fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

/// The hex that `encode` prints, or why it does not.
fn encode(args: &[String]) -> Result<String, String> {
    let output = run(&[strings(&["encode"]), args.to_vec()].concat());
    match output.status.code() {
        Some(0) => Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
        _ => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

fn decode(version: &str, hex: &str) -> Value {
    let output = run(&strings(&["decode", "--json", "--mqtt", version, hex]));
    assert_eq!(output.status.code(), Some(0), "{version} {hex}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn version_of(name: &str) -> Version {
    match name {
        "5.0" => Version::V5_0,
        "3.1.1" => Version::V3_1_1,
        _ => Version::V3_1,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The flags for properties as `decode` tells them; `will` is in front of those of a Will.
fn property_flags(properties: &Value, will: &str) -> Vec<String> {
    let mut flags = Vec::new();
    for (key, value) in properties.as_object().into_iter().flatten() {
        let singular = match key.as_str() {
            "user_properties" => "user_property",
            "subscription_identifiers" => "subscription_identifier",
            key => key,
        };
        let option = match singular {
            "will_delay_interval" => "--will-delay-interval".to_owned(),
            name => format!("--{will}{}", name.replace('_', "-")),
        };
        let values: Vec<String> = match value {
            Value::Array(all) => all
                .iter()
                .map(|each| match each {
                    Value::Array(pair) => format!("{}={}", text(&pair[0]), text(&pair[1])),
                    each => text(each),
                })
                .collect(),
            value => vec![text(value)],
        };
        for value in values {
            flags.push(format!("{option}={value}"));
        }
    }
    flags
}

/// The flags that write the packet that `decode` tells; what it does not tell is in the bytes.
fn flags_of(object: &Value) -> Vec<String> {
    let bytes = hex::decode(object["bytes"].as_str().unwrap()).unwrap();
    let version = version_of(object["mqtt"].as_str().unwrap());
    let options = DecodeOptions::new();
    let Ok(Decoded::Frame(frame)) = mqtt_reason::decode(version, &bytes) else {
        panic!("{object}");
    };
    let view = View::of(version, &options, &frame).unwrap().unwrap();
    let mut flags = strings(&[
        object["packet"].as_str().unwrap(),
        "--mqtt",
        object["mqtt"].as_str().unwrap(),
    ]);
    for (key, option) in [
        ("packet_id", "--packet-id"),
        ("client_id", "--client-id"),
        ("keep_alive", "--keep-alive"),
        ("clean_start", "--clean-start"),
        ("user_name", "--user-name"),
        ("topic", "--topic"),
    ] {
        if let Some(value) = object.get(key) {
            flags.push(format!("{option}={}", text(value)));
        }
    }
    for key in ["bridge", "retain", "dup"] {
        if object.get(key) == Some(&Value::Bool(true)) {
            flags.push(format!("--{key}"));
        }
    }
    match view {
        View::Connect(connect) => {
            if let Some(password) = connect.password() {
                let password = std::str::from_utf8(password).unwrap();
                flags.push(format!("--password={password}"));
            }
            if let Some(will) = connect.will() {
                let told = &object["will"];
                flags.push(format!("--will-topic={}", text(&told["topic"])));
                flags.push(format!("--will-qos={}", told["qos"]));
                flags.push(format!("--will-payload-hex={}", spaced(will.payload())));
                if told["retain"] == true {
                    flags.push("--will-retain".to_owned());
                }
                flags.extend(property_flags(&told["properties"], "will-"));
            }
        }
        View::Publish(publish) => {
            flags.push(format!("--qos={}", object["qos"]));
            flags.push(format!("--payload-hex={}", spaced(publish.payload())));
        }
        _ => {}
    }
    for each in object["subscriptions"].as_array().into_iter().flatten() {
        flags.push(format!("--filter={}", text(&each["filter"])));
        flags.push(format!("--qos={}", each["qos"]));
        if let Some(no_local) = each.get("no_local") {
            flags.push(format!("--no-local={no_local}"));
            flags.push(format!(
                "--retain-as-published={}",
                each["retain_as_published"]
            ));
            flags.push(format!("--retain-handling={}", each["retain_handling"]));
        }
    }
    for filter in object["filters"].as_array().into_iter().flatten() {
        flags.push(format!("--filter={}", text(filter)));
    }
    flags.extend(property_flags(&object["properties"], ""));
    flags
}

fn spaced(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all.join(" ")
}

fn flag(name: &'static str, value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    value.prop_map(move |value| format!("--{name}={value}"))
}

/// Some of the flags, each at most once.
fn some(flags: Vec<BoxedStrategy<String>>) -> impl Strategy<Value = Vec<String>> {
    let each: Vec<_> = flags.into_iter().map(proptest::option::of).collect();
    each.prop_map(|flags| flags.into_iter().flatten().collect())
}

fn number(max: u32) -> impl Strategy<Value = String> {
    (1..=max).prop_map(|number| number.to_string())
}

const TEXT: &str = "[a-zA-Z0-9 =:äß-]{1,12}";
const TOPIC: &str = "[a-z0-9/]{1,10}";

/// The flags of a packet, with the version.
fn packet() -> impl Strategy<Value = Vec<String>> {
    let version = prop_oneof![Just("5.0"), Just("3.1.1"), Just("3.1")];
    version.prop_flat_map(|version| {
        let v5 = version == "5.0";
        let user = || {
            flag(
                "user-property",
                "[a-z]{0,4}=[a-z]{0,4}".prop_map(|pair| pair),
            )
            .boxed()
        };
        let only_v5 = move |flags: Vec<BoxedStrategy<String>>| match v5 {
            true => some(flags).boxed(),
            false => Just(Vec::new()).boxed(),
        };
        let will = (
            flag("will-topic", TOPIC),
            some(vec![
                flag("will-payload", TEXT).boxed(),
                flag("will-qos", "[012]").boxed(),
                Just("--will-retain".to_owned()).boxed(),
            ]),
            only_v5(vec![
                flag("will-delay-interval", number(u32::MAX)).boxed(),
                flag("will-payload-format-indicator", "[01]").boxed(),
                flag("will-message-expiry-interval", number(u32::MAX)).boxed(),
                flag("will-content-type", TEXT).boxed(),
                flag("will-response-topic", TOPIC).boxed(),
                flag("will-correlation-data", "[0-9a-f]{2}( [0-9a-f]{2}){0,4}").boxed(),
                flag("will-user-property", "[a-z]{0,4}=[a-z]{0,4}").boxed(),
            ]),
        )
            .prop_map(|(topic, fields, properties)| [vec![topic], fields, properties].concat());
        let login = (
            flag("user-name", TEXT),
            proptest::option::of(flag("password", TEXT)),
        )
            .prop_map(|(name, password)| [Some(name), password].into_iter().flatten().collect());
        let connect = (
            flag("client-id", "[a-z0-9]{1,20}"),
            some(vec![
                flag("keep-alive", number(65535)).boxed(),
                flag("clean-start", "[01]").boxed(),
            ]),
            proptest::option::of(login),
            proptest::option::of(will),
            match v5 {
                true => Just(false).boxed(),
                false => any::<bool>().boxed(),
            },
            only_v5(vec![
                flag("session-expiry-interval", number(u32::MAX)).boxed(),
                flag("request-problem-information", "[01]").boxed(),
                flag("request-response-information", "[01]").boxed(),
                flag("receive-maximum", number(65535)).boxed(),
                flag("maximum-packet-size", number(u32::MAX)).boxed(),
                flag("topic-alias-maximum", number(65535)).boxed(),
                user(),
                flag("authentication-method", TEXT).boxed(),
            ]),
        )
            .prop_map(|(id, fields, login, will, bridge, properties)| {
                let login: Vec<String> = login.unwrap_or_default();
                let bridge = if bridge {
                    strings(&["--bridge"])
                } else {
                    Vec::new()
                };
                [
                    strings(&["connect"]),
                    vec![id],
                    fields,
                    login,
                    will.unwrap_or_default(),
                    bridge,
                    properties,
                ]
                .concat()
            });
        let publish = (
            flag("topic", TOPIC),
            some(vec![
                flag("payload", TEXT).boxed(),
                Just("--retain".to_owned()).boxed(),
            ]),
            prop_oneof![
                Just(Vec::new()),
                (1..=2_u8, 1..=u16::MAX, any::<bool>()).prop_map(|(qos, id, dup)| {
                    let dup = if dup { strings(&["--dup"]) } else { Vec::new() };
                    [
                        vec![format!("--qos={qos}"), format!("--packet-id={id}")],
                        dup,
                    ]
                    .concat()
                })
            ],
            only_v5(vec![
                flag("payload-format-indicator", "[01]").boxed(),
                flag("message-expiry-interval", number(u32::MAX)).boxed(),
                flag("content-type", TEXT).boxed(),
                flag("response-topic", TOPIC).boxed(),
                flag("correlation-data", "[0-9a-f]{2}( [0-9a-f]{2}){0,4}").boxed(),
                flag("subscription-identifier", number(268_435_455)).boxed(),
                flag("topic-alias", number(65535)).boxed(),
                user(),
            ]),
        )
            .prop_map(|(topic, fields, delivery, properties)| {
                [
                    strings(&["publish"]),
                    vec![topic],
                    fields,
                    delivery,
                    properties,
                ]
                .concat()
            });
        let filter = prop_oneof![TOPIC, Just("a/#".to_owned()), Just("+/b".to_owned())];
        let one = (filter, 0..=2_u8, any::<bool>(), any::<bool>(), 0..=2_u8).prop_map(
            move |(filter, qos, no_local, as_published, handling)| {
                let mut flags = vec![format!("--filter={filter}"), format!("--qos={qos}")];
                if v5 {
                    flags.push(format!("--no-local={no_local}"));
                    flags.push(format!("--retain-as-published={as_published}"));
                    flags.push(format!("--retain-handling={handling}"));
                }
                flags
            },
        );
        let subscribe = (
            flag("packet-id", number(65535)),
            proptest::collection::vec(one, 1..4),
            only_v5(vec![
                flag("subscription-identifier", number(268_435_455)).boxed(),
                user(),
            ]),
        )
            .prop_map(|(id, list, properties)| {
                [strings(&["subscribe"]), vec![id], list.concat(), properties].concat()
            });
        let unsubscribe = (
            flag("packet-id", number(65535)),
            proptest::collection::vec(flag("filter", TOPIC), 1..4),
            only_v5(vec![user()]),
        )
            .prop_map(|(id, list, properties)| {
                [strings(&["unsubscribe"]), vec![id], list, properties].concat()
            });
        prop_oneof![
            4 => connect,
            4 => publish,
            3 => subscribe,
            2 => unsubscribe,
            1 => Just(strings(&["pingreq"])),
            1 => Just(strings(&["pingresp"])),
        ]
        .prop_map(move |flags| [flags, strings(&["--mqtt", version])].concat())
    })
}

#[test]
fn what_encode_writes_decode_reads_and_the_other_way_round() {
    let config = Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = match std::env::var_os("FORMS_RANDOM") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let result = runner.run(&packet(), |flags| {
        let version = flags.last().unwrap().clone();
        let written = encode(&flags).map_err(TestCaseError::fail)?;
        let object = decode(&version, &written);
        prop_assert_eq!(&object["mqtt"], version.as_str());
        prop_assert_eq!(&object["encoded"], written.as_str());
        // Each flag that has a key of its own is told.
        for flag in &flags {
            if let Some((name, value)) = flag
                .strip_prefix("--")
                .and_then(|flag| flag.split_once('='))
            {
                let key = name.replace('-', "_");
                if let Some(told) = object.get(&key).or_else(|| object["properties"].get(&key)) {
                    let told = text(told).replace("true", "1").replace("false", "0");
                    let value = value.replace("true", "1").replace("false", "0");
                    let value = if key == "correlation_data" {
                        value.replace(' ', "")
                    } else {
                        value
                    };
                    prop_assert_eq!(told, value, "{}", flag);
                }
            }
        }
        let again = encode(&flags_of(&object)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(again, written);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn short_options_and_files_do_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "pw\r\n").unwrap();
    let secret = secret.to_str().unwrap();
    for (one, other) in [
        (
            &[
                "connect",
                "-n",
                "c",
                "-K",
                "60",
                "-U",
                "u",
                "-P",
                "pw",
                "-e",
                "5",
                "-W",
                "9",
                "--will-topic",
                "t",
            ][..],
            &[
                "connect",
                "--client-id",
                "c",
                "--keep-alive",
                "60",
                "--user-name",
                "u",
                "--password-file",
                secret,
                "--session-expiry-interval",
                "5",
                "--will-delay-interval",
                "9",
                "--will-topic",
                "t",
            ][..],
        ),
        (
            &[
                "publish",
                "-t",
                "a",
                "-d",
                "hi",
                "-Q",
                "1",
                "--packet-id",
                "7",
                "-F",
                "1",
                "-E",
                "2",
                "-C",
                "x",
                "-T",
                "r",
                "-c",
                "00 ff",
                "-I",
                "3",
                "-I",
                "4",
                "-l",
                "5",
            ],
            &[
                "publish",
                "--topic",
                "a",
                "--payload-hex",
                "6869",
                "--qos",
                "1",
                "--packet-id",
                "0x7",
                "--payload-format-indicator",
                "1",
                "--message-expiry-interval",
                "2",
                "--content-type",
                "x",
                "--response-topic",
                "r",
                "--correlation-data",
                "00ff",
                "--subscription-identifier",
                "3",
                "--subscription-identifier",
                "4",
                "--topic-alias",
                "5",
            ],
        ),
        (
            &[
                "subscribe",
                "--packet-id",
                "1",
                "-f",
                "a",
                "-f",
                "b",
                "-Q",
                "2",
            ],
            &[
                "subscribe",
                "--packet-id",
                "1",
                "--filter",
                "a",
                "--filter",
                "b",
                "--qos",
                "2",
                "--qos",
                "2",
                "--no-local",
                "0",
            ],
        ),
    ] {
        assert_eq!(
            encode(&strings(one)).unwrap(),
            encode(&strings(other)).unwrap(),
            "{one:?}"
        );
    }
    let output = run(&strings(&["encode", "publish", "-t", "a", "--json"]));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["bytes"], "300400016100");
    assert_eq!(object["topic"], "a");
}

#[test]
fn what_no_packet_carries_is_refused() {
    for (args, says) in [
        (
            &["pingreq", "--topic", "x"][..],
            "PINGREQ has no --topic: PUBLISH has",
        ),
        (
            &["pingreq", "--packet-id", "1"],
            "PINGREQ has no packet identifier",
        ),
        (
            &["pingresp", "--from", "client"],
            "PINGRESP must not be sent by a client",
        ),
        (&["publish", "-t", "a/#"], "topic name contains '#'"),
        (
            &["publish", "-t", "a", "--packet-id", "1"],
            "no packet identifier with QoS 0",
        ),
        (
            &["publish", "-t", "a", "-Q", "1"],
            "PUBLISH needs --packet-id",
        ),
        (&["publish", "-t", "a", "--dup"], "PUBLISH"),
        (
            &["publish", "-t", "a", "-r", "1"],
            "Retain Available is not a property of PUBLISH",
        ),
        (
            &["publish", "-t", "a", "-s", "no"],
            "Reason String is not a property of PUBLISH",
        ),
        (
            &["publish", "-t", "a", "--reason", "0x87"],
            "carries no code",
        ),
        (
            &["publish", "-t", "a", "--mqtt", "3.1.1", "-l", "1"],
            "MQTT 3.1.1",
        ),
        (
            &["publish", "-t", "a", "--max-packet-size", "3"],
            "larger than the receiver's maximum of 3",
        ),
        (
            &["subscribe", "--packet-id", "1"],
            "SUBSCRIBE needs --filter",
        ),
        (&["subscribe", "-f", "a"], "SUBSCRIBE needs --packet-id"),
        (&["subscribe", "--packet-id", "1", "-f", "a#"], "SUBSCRIBE"),
        (
            &[
                "subscribe",
                "--packet-id",
                "1",
                "-f",
                "a",
                "-f",
                "b",
                "-f",
                "c",
                "-Q",
                "0",
                "-Q",
                "1",
            ],
            "2 times --qos for 3",
        ),
        (
            &[
                "subscribe",
                "--packet-id",
                "1",
                "-f",
                "a",
                "--no-local",
                "1",
                "--mqtt",
                "3.1.1",
            ],
            "MQTT 3.1.1",
        ),
        (
            &["connect", "--will-payload", "x"],
            "a Will needs --will-topic",
        ),
        (&["connect", "--mqtt", "3.1.1", "-P", "pw"], "CONNECT"),
        (
            &["connect", "--bridge"],
            "a bridge cannot be said in MQTT 5.0",
        ),
        (
            &["connect", "--from", "server"],
            "CONNECT must not be sent by a server",
        ),
        (&["connect", "-D", "00"], "CONNECT"),
        (
            &["puback", "--packet-id", "1", "--topic", "a"],
            "PUBACK has no --topic: PUBLISH has",
        ),
        (
            &["puback", "--packet-id", "1", "-W", "1"],
            "PUBACK has no Will",
        ),
    ] {
        let error = encode(&strings(args)).unwrap_err();
        assert!(error.contains(says), "{args:?}: {error}");
    }
}
