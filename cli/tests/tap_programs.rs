//! `mqtt-reason tap` between real programs.
//!
//! `-- --ignored` needs paho-mqtt from PyPI (`MQTT_REASON_PYTHON` names the python that has it) and Debian's
//! mosquitto and mosquitto-clients.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

#[path = "embedding/programs.rs"]
mod programs;
mod tap_support;

use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tap_support::*;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

/// mosquitto with one user, `alice`.
struct Mosquitto {
    _child: Child,
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

async fn mosquitto(more: &str) -> Mosquitto {
    let folder = tempfile::tempdir().unwrap();
    let passwords = folder.path().join("passwords");
    let made = programs::run(
        Command::new(programs::find("mosquitto_passwd"))
            .args(["-b", "-c"])
            .arg(&passwords)
            .args(["alice", "wonderland"]),
    )
    .await;
    assert!(made.success, "{made:?}");
    // A port that was free a moment ago.
    let address = free_address("127.0.0.1").await;
    let settings = format!(
        "listener {} 127.0.0.1\nallow_anonymous false\npassword_file {}\nuser root\n{}",
        address.port(),
        passwords.display(),
        more.replace("FOLDER", &folder.path().display().to_string())
    );
    let file = folder.path().join("mosquitto.conf");
    fs::write(&file, settings).unwrap();
    let child = Command::new(programs::find("mosquitto"))
        .arg("-c")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    within(async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    Mosquitto {
        _child: child,
        _folder: folder,
        address,
    }
}

fn connacks(events: &[Value]) -> Vec<(&str, u64, &str)> {
    events
        .iter()
        .filter(|event| event["packet"] == "CONNACK")
        .map(|event| {
            assert_eq!(event["from"], "server");
            assert_eq!(event["result"], "packet", "{event}");
            (
                event["mqtt"].as_str().unwrap(),
                event["reason_code"].as_u64().unwrap(),
                event["reason_name"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
#[ignore = "needs paho-mqtt and mosquitto-clients"]
async fn shows_why_mosquitto_refuses_paho() {
    let mosquitto = mosquitto("").await;
    let tap = Tap::start(mosquitto.address, &["--json"]).await;
    let port = &tap.address.port().to_string();
    for version in ["5.0", "3.1.1"] {
        let output = programs::paho(&[port, version, "alice", "wrong"]).await;
        assert!(output.text.contains("Not authorized"), "{output:?}");
        let talk = ["subscribe", "news/#", "2", "publish", "news/today", "2"];
        let arguments = [&[port, version, "alice", "wonderland"][..], &talk].concat();
        let output = programs::paho(&arguments).await;
        assert!(output.success, "{output:?}");
        assert!(
            output.text.contains("message news/today hello 2"),
            "{output:?}"
        );
    }
    let events = tap.stop_json().await;
    assert_eq!(
        connacks(&events),
        [
            ("5.0", 0x87, "Not authorized"),
            ("5.0", 0x00, "Success"),
            ("3.1.1", 5, "Connection Refused, not authorized"),
            ("3.1.1", 0, "Connection Accepted"),
        ]
    );
    // Everything of QoS 2 and SUBSCRIBE was told, from both sides, and nothing was refused or missed.
    for name in ["PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "DISCONNECT"] {
        let count = events
            .iter()
            .filter(|event| event["packet"] == name)
            .count();
        let expected = match name {
            "SUBACK" | "DISCONNECT" => 2,
            _ => 4,
        };
        assert!(count >= expected, "{count} {name} in {events:?}");
    }
    for result in ["error", "finding", "note"] {
        assert!(!results(&events).contains(&result), "{events:?}");
    }
}

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn shows_why_mosquitto_refuses_its_own_clients() {
    let mosquitto = mosquitto("").await;
    let mut tap = Tap::start(mosquitto.address, &[]).await;
    let port = tap.address.port().to_string();
    for (version, line) in [
        ("5", "server CONNACK: 0x87 Not authorized"),
        (
            "311",
            "server CONNACK: 0x05 Connection Refused, not authorized",
        ),
    ] {
        let output = programs::run(
            Command::new(programs::find("mosquitto_sub"))
                .args(["-h", "127.0.0.1", "-p", &port, "-V", version])
                .args(["-u", "alice", "-P", "wrong", "-t", "news", "-W", "20"]),
        )
        .await;
        assert!(!output.success);
        let text = output.text.to_lowercase();
        assert!(text.contains("not authori"), "{output:?}");
        tap.line(&[line]).await;
    }
    println!("{}", tap.stop().await.join("\n"));
}
