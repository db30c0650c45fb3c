//! `probe broker` against brokers that are played here.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics when it fails"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::thread;

use assert_cmd::Command;
use serde_json::Value;

/// A broker that accepts every CONNECT, answers PINGREQ and nothing else; `wrong` makes it answer SUBSCRIBE with a code
/// that no table has.
fn broker(wrong: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            thread::spawn(move || serve(stream, wrong));
        }
    });
    address
}

fn serve(mut stream: TcpStream, wrong: bool) -> Option<()> {
    let mut v5 = true;
    loop {
        let mut first = [0; 2];
        stream.read_exact(&mut first).ok()?;
        let mut body = vec![0; usize::from(first[1])];
        stream.read_exact(&mut body).ok()?;
        match first[0] >> 4 {
            1 => {
                v5 = body[6] == 5;
                let connack: &[u8] = if v5 {
                    &[0x20, 3, 0, 0, 0]
                } else {
                    &[0x20, 2, 0, 0]
                };
                stream.write_all(connack).ok()?;
            }
            8 if wrong && v5 => stream
                .write_all(&[0x90, 4, body[0], body[1], 0, 0x05])
                .ok()?,
            12 => stream.write_all(&[0xD0, 0]).ok()?,
            14 => return None,
            _ => {}
        }
    }
}

fn probe(args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("mqtt-reason").unwrap();
    command
        .args(["probe", "broker"])
        .args(args)
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn without_a_broker_it_says_so_and_exits_with_2() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let output = probe(&[&free.to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&free.to_string()));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_listener_that_says_nothing_is_no_broker() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || listener.incoming().for_each(drop));
    let output = probe(&[&address]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("CONNECT"));
}

#[test]
fn json_has_the_fields_of_a_scenario_and_a_summary() {
    let address = broker(false);
    let (output, strict) = thread::scope(|scope| {
        let strict = scope.spawn(|| probe(&[&address, "--only", "H02", "--strict"]));
        let output = probe(&[&address, "--json", "--only", "K01,H02,Q03,V43,P28"]);
        (output, strict.join().unwrap())
    });
    let lines = lines(&output);
    assert_eq!(lines.len(), 6);
    for line in &lines[..5] {
        for field in [
            "scenario", "title", "mqtt", "outcome", "demanded", "received", "rules", "why", "sent",
            "bytes", "ms",
        ] {
            assert!(line.get(field).is_some(), "{field} of {line}");
        }
    }
    let outcome = |id: &str| {
        let line = lines.iter().find(|line| line["scenario"] == id).unwrap();
        line["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("K01"), "as_demanded");
    assert_eq!(outcome("H02"), "not_noticed");
    assert_eq!(outcome("Q03"), "observed");
    assert_eq!(outcome("V43"), "as_demanded");
    assert_eq!(outcome("P28"), "skipped");
    let summary = &lines[5];
    assert_eq!(summary["result"], "summary");
    assert_eq!(summary["as_demanded"], 2);
    assert_eq!(summary["skipped"], 1);
    assert_eq!(output.status.code(), Some(0));
    // What is lenient counts with --strict, unless it is known.
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn wrong_is_told_with_all_that_shows_it_and_can_be_known() {
    let address = broker(true);
    let dir = tempfile::tempdir().unwrap();
    let known = dir.path().join("known.txt");
    fs::write(&known, "# a fault that is known\nS26 wrong # since ever\n").unwrap();
    let known = ["--only", "S26", "--known", known.to_str().unwrap()];
    // Each waits for seconds before it accuses anybody.
    let (output, with_known) = thread::scope(|scope| {
        let with_known = scope.spawn(|| probe(&[&[address.as_str()], &known[..]].concat()));
        let output = probe(&[&address, "--json", "--only", "S26"]);
        (output, with_known.join().unwrap())
    });
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let line = &lines[0];
    assert_eq!(line["outcome"], "wrong");
    assert_eq!(line["rules"][0], "MQTT-3.9.3-2");
    assert_eq!(line["violation"]["offset"], 5);
    assert!(
        line["violation"]["reproduce"]
            .as_str()
            .unwrap()
            .contains("printf")
    );
    assert!(line["violation"]["statement"].is_string());
    assert!(line["transcript"].as_array().unwrap().len() > 4);

    assert_eq!(with_known.status.code(), Some(0));
    let text = String::from_utf8_lossy(&with_known.stdout).into_owned();
    assert!(
        text.contains("MQTT-3.9.3-2") && text.contains("^^"),
        "{text}"
    );
}

#[test]
fn secrets_are_in_no_file_and_no_line() {
    let address = broker(false);
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (transcripts, html, junit) = (path("t"), path("p.html"), path("j.xml"));
    let secret = "correct horse";
    let output = probe(&[
        &address,
        "--json",
        "--only",
        "C20,C44,K01",
        "--user",
        "u",
        "--password",
        secret,
        "--transcript",
        &transcripts,
        "--html",
        &html,
        "--junit",
        &junit,
    ]);
    let mut all = String::from_utf8_lossy(&output.stdout).into_owned();
    for file in [html, junit] {
        all.push_str(&fs::read_to_string(file).unwrap());
    }
    let mut ids = Vec::new();
    for entry in fs::read_dir(&transcripts).unwrap() {
        let entry = entry.unwrap();
        ids.push(entry.file_name().into_string().unwrap());
        all.push_str(&fs::read_to_string(entry.path()).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
    ids.sort();
    assert_eq!(ids, ["C20.txt", "C44.txt", "K01.txt"]);
    assert!(!all.contains(secret) && !all.contains(&hex::encode(secret)));
    let lines = lines(&output);
    // A wrong password that is accepted, which --user says must not be.
    assert_eq!(lines[1]["outcome"], "wrong");
    assert!(lines[1]["sent"].as_str().unwrap().contains(".."));
    let transcript = format!("{transcripts}/K01.txt");
    let mut check = Command::cargo_bin("mqtt-reason").unwrap();
    let read = check.args(["check", &transcript]).output().unwrap();
    assert_eq!(
        read.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
}

#[test]
fn lists_what_would_be_considered() {
    let output = probe(&["127.0.0.1", "--list", "--only", "f", "--json"]);
    let lines = lines(&output);
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[0]["scenario"], "F01");
    let output = probe(&["127.0.0.1", "--list", "--mqtt", "3.1.1"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.lines().all(|line| line.starts_with('V')), "{text}");
    assert_eq!(
        probe(&["127.0.0.1", "--list", "--only", "nothing"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_placeholder_that_nothing_stands_for_is_refused() {
    for (placeholder, option) in [
        ("{user}", "--user"),
        ("-P{password}", "--password"),
        ("{auth-method}", "--auth-method"),
    ] {
        let output = Command::cargo_bin("mqtt-reason")
            .unwrap()
            .args(["probe", "client", "--listen", "127.0.0.1:0"])
            .args(["--", "client", placeholder])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(option), "{told}");
    }
}
