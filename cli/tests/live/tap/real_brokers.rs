//! `mqtt-reason tap` in front of brokers other than mosquitto: aedes, amqtt, rumqttd and RabbitMQ, with paho as client.
//!
//! What the tap finds is looked at: these brokers break the rules that are named here, and no others. All of it needs
//! `tests/real/install.sh`, and is started with `-- --ignored`.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use super::programs;
use super::support::*;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

/// A broker that listens; it ends with the value, and so does everything that it has started.
struct Broker {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(group) = self.child.id() {
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &format!("-{group}")])
                .status();
        }
    }
}

/// Starts a broker that is told its port and a folder of its own, and waits until it takes connections.
async fn start(command: impl FnOnce(u16, &std::path::Path) -> Command) -> Broker {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address("127.0.0.1").await;
    let child = command(address.port(), folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let broker = Broker {
        child,
        address,
        _folder: folder,
    };
    within(async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    broker
}

/// A program beside the Python that `MQTT_REASON_PYTHON` names.
fn beside_python(name: &str) -> Command {
    let python = env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    let python = std::path::PathBuf::from(python);
    Command::new(
        python
            .parent()
            .map_or(name.into(), |folder| folder.join(name)),
    )
}

/// paho subscribes, publishes, and gets its message; in this version and quality of service.
async fn paho_talks(tap: &Tap, login: [&str; 2], version: &str, qos: &str) {
    let port = tap.address.port().to_string();
    let [user, password] = login;
    let arguments = [
        &port,
        version,
        user,
        password,
        "subscribe",
        "news/#",
        qos,
        "publish",
        "news/x",
        qos,
    ];
    let output = programs::paho(&arguments).await;
    assert!(output.success, "{output:?}");
    let message = format!("message news/x hello {qos}");
    assert!(output.text.contains(&message), "{output:?}");
}

/// What was found of whom.
fn found(events: &[Value]) -> Vec<(&str, &str, &str, &str)> {
    events
        .iter()
        .filter(|event| event["result"] == "finding" || event["result"] == "error")
        .map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or_default();
            assert_eq!(event["result"], "finding", "{event}");
            (text("kind"), text("by"), text("packet"), text("rule"))
        })
        .collect()
}

fn is_silent(events: &[Value]) {
    assert_eq!(found(events), [], "{events:#?}");
    assert!(!results(events).contains(&"note"), "{events:#?}");
}

/// A server of 3.1.1 answers a client of 5.0 as it must, and the tap says what to do.
async fn speaks_no_5_0(tap: &mut Tap, login: [&str; 2]) {
    let port = tap.address.port().to_string();
    let [user, password] = login;
    let output = programs::paho(&[&port, "5.0", user, password]).await;
    assert!(output.text.starts_with("connect 132 "), "{output:?}");
    let line = parse(&tap.line(&["connect again with 3.1.1", "CONNACK"]).await);
    assert_eq!(line["answer"], Value::Null, "{line}");
}

#[tokio::test]
#[ignore = "needs aedes and paho-mqtt"]
async fn aedes_breaks_nothing() {
    let broker = start(|port, _| {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/embedding/aedes_broker.js"
        );
        let mut command = Command::new("node");
        if let Some(folder) = env::var_os("MQTT_REASON_NODE_PATH") {
            command.env("NODE_PATH", folder);
        }
        command.args([script, &port.to_string(), "wonderland"]);
        command
    })
    .await;
    let login = ["alice", "wonderland"];
    let tap = Tap::start(broker.address, &["--json", "--all"]).await;
    for qos in ["0", "1", "2"] {
        paho_talks(&tap, login, "3.1.1", qos).await;
    }
    let port = tap.address.port().to_string();
    let output = programs::paho(&[&port, "3.1.1", "alice", "wrong"]).await;
    assert!(output.text.contains("Not authorized"), "{output:?}");
    let events = tap.stop_json().await;
    is_silent(&events);
    let refused = events
        .iter()
        .find(|event| event["packet"] == "CONNACK" && event["failure"] == true);
    let refused = refused.unwrap();
    assert_eq!(
        (
            &refused["reason_code"],
            &refused["client_id"],
            &refused["user_name"]
        ),
        (&5.into(), &"paho".into(), &"alice".into())
    );
    let mut tap = Tap::start(broker.address, &["--json"]).await;
    speaks_no_5_0(&mut tap, login).await;
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs amqtt and paho-mqtt"]
async fn amqtt_breaks_nothing() {
    let broker = start(|port, folder| {
        let file = folder.join("amqtt.yaml");
        let settings = format!(
            "listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{port}\nplugins:\n  \
             amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n"
        );
        fs::write(&file, settings).unwrap();
        let mut command = beside_python("amqtt");
        command.arg("-c").arg(file);
        command
    })
    .await;
    let login = ["alice", "wonderland"];
    let tap = Tap::start(broker.address, &["--json", "--all"]).await;
    for qos in ["0", "1", "2"] {
        paho_talks(&tap, login, "3.1.1", qos).await;
    }
    is_silent(&tap.stop_json().await);
}

/// rumqttd has a listener for each version.
fn rumqttd(version: &str) -> impl FnOnce(u16, &std::path::Path) -> Command {
    let listener = format!("{version}.1");
    move |port, folder| {
        let file = folder.join("rumqttd.toml");
        let settings = format!(
            "id = 0\n[router]\nid = 0\nmax_connections = 100\nmax_outgoing_packet_count = 200\n\
             max_segment_size = 104857600\nmax_segment_count = 10\n[{listener}]\nname = \"it\"\n\
             listen = \"127.0.0.1:{port}\"\nnext_connection_delay_ms = 1\n[{listener}.connections]\n\
             connection_timeout_ms = 60000\nmax_payload_size = 20480\nmax_inflight_count = 100\n\
             dynamic_filters = true\n"
        );
        fs::write(&file, settings).unwrap();
        let folder = env::var_os("MQTT_REASON_CARGO_ROOT").unwrap_or_default();
        let mut command = Command::new(std::path::Path::new(&folder).join("bin/rumqttd"));
        command.arg("-c").arg(file);
        command
    }
}

#[tokio::test]
#[ignore = "needs rumqttd and paho-mqtt"]
async fn rumqttd_breaks_nothing_with_a_client_that_takes_everything() {
    for (listener, version) in [("v4", "3.1.1"), ("v5", "5.0")] {
        let broker = start(rumqttd(listener)).await;
        let tap = Tap::start(broker.address, &["--json", "--all"]).await;
        for qos in ["0", "1", "2"] {
            paho_talks(&tap, ["alice", "wonderland"], version, qos).await;
        }
        is_silent(&tap.stop_json().await);
    }
}

/// rumqttd 0.20 sends as many messages as its own `max_inflight_count` allows, whatever Receive Maximum a client has in
/// its CONNECT: [MQTT-3.3.4-9].
#[tokio::test]
#[ignore = "needs rumqttd"]
async fn rumqttd_does_not_look_at_receive_maximum() {
    let broker = start(rumqttd("v5")).await;
    let tap = Tap::start(broker.address, &["--json", "--all"]).await;
    let mut client = tap.connect().await;
    // Receive Maximum 1, and no PUBACK from this client.
    let connect = b"\x10\x11\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\x01\0\x01c";
    client.write_all(connect).await.unwrap();
    let subscribe = b"\x82\x07\0\x01\0\0\x01t\x01";
    client.write_all(subscribe).await.unwrap();
    let read = async {
        let mut all = Vec::new();
        // CONNACK, SUBACK.
        while !all.windows(2).any(|two: &[u8]| two[0] == 0x90) {
            let mut some = [0; 256];
            let count = client.read(&mut some).await.unwrap();
            assert!(count > 0);
            all.extend(&some[..count]);
        }
    };
    within(read).await;
    for id in 2..5 {
        let publish = [&b"\x32\x06\0\x01t\0"[..], &[id, 0]].concat();
        client.write_all(&publish).await.unwrap();
    }
    let mut tap = tap;
    let line = tap.line(&["\"finding\""]).await;
    let finding = parse(&line);
    assert_eq!(
        (
            &finding["by"],
            &finding["rule"],
            &finding["about"]["packet"]
        ),
        (&"server".into(), &"MQTT-3.3.4-9".into(), &"CONNECT".into())
    );
    drop(client);
    let events = tap.stop_json().await;
    assert_eq!(
        found(&events),
        [("violation", "server", "PUBLISH", "MQTT-3.3.4-9")]
    );
}

/// RabbitMQ before 3.13 has no QoS 2: it answers such a PUBLISH with PUBACK, 3.1.1 [MQTT-3.3.4-1], and speaks no 5.0.
#[tokio::test]
#[ignore = "needs RabbitMQ and paho-mqtt"]
async fn rabbitmq_answers_qos_2_as_qos_1_and_speaks_no_5_0() {
    let (distribution, amqp) = (
        free_address("127.0.0.1").await.port(),
        free_address("127.0.0.1").await.port(),
    );
    let broker = start(|port, folder| {
        fs::write(folder.join("plugins"), "[rabbitmq_mqtt].\n").unwrap();
        let settings = format!(
            "mqtt.listeners.tcp.1 = 127.0.0.1:{port}\nlisteners.tcp.1 = 127.0.0.1:{amqp}\n"
        );
        fs::write(folder.join("rabbitmq.conf"), settings).unwrap();
        let mut command = Command::new("/usr/lib/rabbitmq/bin/rabbitmq-server");
        command
            .env("HOME", folder)
            .env("RABBITMQ_NODENAME", format!("test{port}@localhost"))
            .env("RABBITMQ_NODE_PORT", amqp.to_string())
            .env("RABBITMQ_DIST_PORT", distribution.to_string())
            .env("RABBITMQ_MNESIA_BASE", folder)
            .env("RABBITMQ_LOG_BASE", folder)
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("plugins"))
            .env("RABBITMQ_CONFIG_FILE", folder.join("rabbitmq"))
            .env("RABBITMQ_PID_FILE", folder.join("pid"));
        command
    })
    .await;
    let login = ["guest", "guest"];
    let tap = Tap::start(broker.address, &["--json", "--all"]).await;
    for qos in ["0", "1"] {
        paho_talks(&tap, login, "3.1.1", qos).await;
    }
    is_silent(&tap.stop_json().await);

    let mut tap = Tap::start(broker.address, &["--json", "--all"]).await;
    let port = tap.address.port().to_string();
    let mut client = tap.connect().await;
    let login = b"\x10\x1b\0\x04MQTT\x04\xc2\0\x3c\0\x01r\0\x05guest\0\x05guest";
    client.write_all(login).await.unwrap();
    tap.packet(1, "CONNACK").await;
    client.write_all(b"\x34\x05\0\x01t\0\x07").await.unwrap();
    tap.packet(1, "PUBACK").await;
    drop(client);
    programs::paho(&[&port, "5.0", "guest", "guest"]).await;
    let closing = tap.event(2, "closing").await;
    assert_eq!(closing["by"], "server");
    let text = closing["text"].as_str().unwrap();
    assert!(text.contains("may not speak MQTT 5.0"), "{text}");
    assert_eq!(
        found(&tap.stop_json().await),
        [("violation", "server", "PUBACK", "MQTT-3.3.4-1")]
    );
}
