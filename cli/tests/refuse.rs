//! `mqtt-reason refuse`: its options, and one answer over a real connection.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn refuse(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"));
    command
        .args(["refuse", "--listen", "127.0.0.1:0"])
        .args(options);
    command
}

#[test]
fn what_cannot_be_is_wrong_usage() {
    for (options, said) in [
        (&["--puback", "0x8b"][..], "PUBACK has no reason code 0x8b"),
        (
            &["--disconnect", "4"],
            "DISCONNECT 0x04 must not be sent by a server",
        ),
        (&["--puback", "0x87:0"], "no number of a request"),
        (&["--puback", "0x87@x"], "no number of seconds"),
        (
            &["--puback", "0x87", "--topic", "a/#/b"],
            "'#' is not alone",
        ),
        (&["--upstream", "http://localhost"], "http"),
    ] {
        let output = refuse(options).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {text}");
        assert!(text.contains(said), "{options:?}: {text}");
    }
}

#[test]
fn answers_as_it_is_told() {
    let mut child = refuse(&["--connack", "0x8a", "--reason-string", "gone"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said.next().unwrap().unwrap();
    let address = line.strip_prefix("listening on ").unwrap();
    let address = address.split(';').next().unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    client
        .write_all(b"\x10\x0E\0\x04MQTT\x05\x02\0\x3C\0\0\x01a")
        .unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"\x20\x0A\0\x8A\x07\x1F\0\x04gone");
    child.kill().unwrap();
    child.wait().unwrap();
}
