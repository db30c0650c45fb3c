//! `probe broker` against real brokers: what it says of them is what `docs/interop/results` has.
//!
//! `cargo test -p mqtt-reason-cli --test probe_programs -- --ignored`; `tests/real/README.md` says how to install them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

#[path = "../../tests/real/broker.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod mosquitto;
#[path = "../../tests/real/programs.rs"]
mod programs;

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Held by the test that plays: two brokers at a time would measure each other.
static ALONE: Mutex<()> = Mutex::new(());

/// Waits until no other test plays. One that failed before has left nothing behind.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The outcomes of a run by scenario.
type Outcomes = BTreeMap<String, String>;

/// What is there instead of an outcome if the machine was too busy to play the scenario: it can be compared with nothing.
const TOO_BUSY: &str = "observed: this machine is too busy";

/// The outcomes in lines of JSON, of which the last is the summary that must count them.
fn outcomes(lines: &str) -> Outcomes {
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (summary, scenarios) = lines.split_last().unwrap();
    assert_eq!(summary["result"], "summary");
    let mut outcomes = Outcomes::new();
    let mut counts = BTreeMap::new();
    for line in scenarios {
        let outcome = line["outcome"].as_str().unwrap();
        let is_busy = line["why"]
            .as_str()
            .unwrap()
            .starts_with("this machine is too busy");
        let kept = if is_busy { TOO_BUSY } else { outcome };
        let twice = outcomes.insert(line["scenario"].to_string(), kept.to_owned());
        assert_eq!(twice, None, "{line}");
        *counts.entry(outcome.to_owned()).or_insert(0) += 1;
        if outcome == "wrong" {
            assert!(!line["rules"].as_array().unwrap().is_empty(), "{line}");
        }
    }
    for (outcome, count) in summary.as_object().unwrap() {
        if outcome != "result" && outcome != "ms" {
            assert_eq!(*count, counts.remove(outcome).unwrap_or(0), "{outcome}");
        }
    }
    assert_eq!(counts, BTreeMap::new(), "all are counted");
    outcomes
}

/// Plays scenarios against a broker. The exit status is 1 if one is wrong that is not known, else 0.
fn probe(address: &str, options: &[&str]) -> Outcomes {
    let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["probe", "broker", address, "--json"])
        .args(options)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    let outcomes = outcomes(&String::from_utf8_lossy(&output.stdout));
    let is_wrong = outcomes.values().any(|outcome| outcome == "wrong");
    if options.contains(&"--known") {
        assert_eq!(output.status.code(), Some(0), "{outcomes:#?}\n{errors}");
    } else {
        assert_eq!(output.status.code(), Some(is_wrong.into()), "{errors}");
    }
    outcomes
}

/// Plays all scenarios and compares them with a committed run of the same version, if there is one. Those that differ
/// are played once more by themselves: the machine may have been too busy to keep the times of all.
fn agrees_with(results: &str, address: &str, options: &[&str]) {
    let mut played = probe(address, options);
    let file = root().join("docs/interop/results").join(results);
    let Ok(committed) = fs::read_to_string(file) else {
        println!("{results}: not among the results, nothing to compare with");
        return;
    };
    let committed = outcomes(&committed);
    let differ = |played: &Outcomes| -> Vec<String> {
        let ids = committed.keys().chain(played.keys());
        let mut ids: Vec<String> = ids
            .filter(|id| committed.get(*id) != played.get(*id))
            .map(|id| id.trim_matches('"').to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let again = differ(&played);
    if !again.is_empty() {
        println!("once more: {again:?}");
        let only = again.join(",");
        played.extend(probe(address, &[options, &["--only", &only]].concat()));
    }
    let of = |outcomes: &Outcomes, id: &str| outcomes.get(&format!("\"{id}\"")).cloned();
    let (busy, differ): (Vec<_>, Vec<_>) = differ(&played)
        .into_iter()
        .map(|id| (of(&committed, &id), of(&played, &id), id))
        .partition(|(_, now, _)| now.as_deref() == Some(TOO_BUSY));
    if !busy.is_empty() {
        println!("{results}: not compared, this machine is too busy: {busy:?}");
    }
    assert!(
        differ.is_empty(),
        "{results}: outcome there, outcome now, scenario: {differ:#?}"
    );
}

/// The version of mosquitto that is installed.
fn mosquitto_version() -> String {
    // It ends with 3 after its help.
    let output = Command::new(programs::find("mosquitto"))
        .arg("-h")
        .output()
        .unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = help.split_whitespace();
    assert_eq!(words.next(), Some("mosquitto"), "{help}");
    assert_eq!(words.next(), Some("version"), "{help}");
    words.next().unwrap().to_owned()
}

#[test]
#[ignore = "needs mosquitto"]
fn an_open_mosquitto() {
    let _alone = alone();
    let broker = mosquitto::Broker::start(&["allow_anonymous true", "max_packet_size 100000"]);
    let results = format!("mosquitto-{}-open.jsonl", mosquitto_version());
    agrees_with(&results, &broker.address().to_string(), &[]);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_mosquitto_with_passwords_and_an_access_list() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("mr"),
        "user alice\ntopic readwrite mr/#\n",
    )
    .unwrap();
    let lines = [
        "allow_anonymous false",
        "password_file @passwords",
        "acl_file @folder/mr",
        "max_qos 1",
        "retain_available false",
    ];
    let broker = mosquitto::Broker::start_in(folder, &lines);
    let results = format!("mosquitto-{}-restricted.jsonl", mosquitto_version());
    let options = [
        "--user",
        "alice",
        "--password",
        "secret",
        "--denied-topic",
        "denied",
    ];
    agrees_with(&results, &broker.address().to_string(), &options);
}

/// A program that prints a line that ends with the address it listens on; it ends with the value.
struct Listening {
    process: Child,
    address: String,
}

impl Listening {
    fn start(command: &mut Command, hint: &str) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}; {hint}"));
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        // What it prints later is for nobody.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = line.split_whitespace().next_back();
        let address = address
            .unwrap_or_else(|| panic!("{command:?} does not listen; {hint}"))
            .to_owned();
        Self { process, address }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs aedes"]
fn aedes_which_speaks_3_1_1() {
    let _alone = alone();
    let folder = env::var_os("MQTT_REASON_NODE_PATH").unwrap_or_default();
    let manifest = Path::new(&folder).join("aedes/package.json");
    let manifest = fs::read_to_string(&manifest).unwrap_or_else(|error| {
        panic!("{}: {error}; see tests/real/README.md", manifest.display())
    });
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/probe_programs/aedes.js");
    let broker = Listening::start(
        Command::new("node").env("NODE_PATH", &folder).arg(script),
        "see tests/real/README.md",
    );
    let results = format!("aedes-{}.jsonl", manifest["version"].as_str().unwrap());
    agrees_with(&results, &broker.address, &[]);
}

/// Ours does nothing wrong that is not known.
#[test]
#[ignore = "needs examples/broker, which it builds"]
fn our_own_broker() {
    let _alone = alone();
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "mqtt-reason", "--all-features"])
        .args(["--example", "broker"])
        .current_dir(root())
        .status()
        .unwrap();
    assert!(build.success(), "examples/broker can be built");
    let folder = Path::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .parent()
        .unwrap();
    let broker = Listening::start(
        Command::new(folder.join("examples/broker")).arg("127.0.0.1:0"),
        "it was built before",
    );
    let known = root().join("docs/interop/known/examples-broker.txt");
    let options = [
        "--user",
        "alice",
        "--password",
        "wonderland",
        "--denied-topic",
        "admin/probe",
        "--known",
        known.to_str().unwrap(),
    ];
    agrees_with("examples-broker.jsonl", &broker.address, &options);
}
