//! `mqtt-reason tap` between real programs.
//!
//! `-- --ignored` needs what `tests/real/install.sh` installs: paho-mqtt and aiomqtt from PyPI (`MQTT_REASON_PYTHON`
//! names the python that has them), MQTT.js, and Debian's mosquitto and mosquitto-clients.

use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use super::programs;
use super::support::*;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
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

/// A program of mosquitto-clients, connected to the tap.
fn client(tap: &Tap, name: &str, version: &str, id: &str) -> Command {
    let mut command = Command::new(programs::find(name));
    command
        .args(["-h", "127.0.0.1", "-p", &tap.address.port().to_string()])
        .args(["-V", version, "-i", id, "-u", "alice", "-P", "wonderland"]);
    command
}

/// A client in the background, which ends with the test.
fn in_background(mut command: Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The first event on whatever connection that has these entries.
async fn event_with(tap: &mut Tap, entries: &[(&str, Value)]) -> Value {
    let parts: Vec<String> = entries
        .iter()
        .map(|(key, value)| format!("{:?}:{value}", key))
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    parse(&tap.line(&parts).await)
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

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn names_whom_mosquitto_refuses() {
    let mosquitto = mosquitto("").await;
    let mut tap = Tap::start(mosquitto.address, &["--json"]).await;
    for (version, code) in [("mqttv5", 0x87), ("mqttv311", 5)] {
        let mut command = client(&tap, "mosquitto_pub", version, version);
        let output = programs::run(command.args(["-P", "wrong", "-t", "t", "-m", "x"])).await;
        assert!(!output.success, "{output:?}");
        let entries = [("packet", "CONNACK".into()), ("client_id", version.into())];
        let connack = event_with(&mut tap, &entries).await;
        assert_eq!(connack["reason_code"], code);
        assert_eq!(connack["user_name"], "alice");
    }
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn names_who_takes_a_connection_over() {
    let mosquitto = mosquitto("").await;
    for version in ["mqttv5", "mqttv311"] {
        let mut tap = Tap::start(mosquitto.address, &["--json"]).await;
        let mut command = client(&tap, "mosquitto_sub", version, "twice");
        command.args(["-t", "news"]);
        let _first = in_background(command);
        tap.packet(1, "SUBACK").await;
        let mut command = client(&tap, "mosquitto_pub", version, "twice");
        let output = programs::run(command.args(["-t", "t", "-m", "x"])).await;
        assert!(output.success, "{output:?}");
        let closing = tap.event(1, "closing").await;
        assert_eq!(closing["by"], "server");
        assert_eq!(closing["same_client_id"]["connection"], 2, "{closing}");
        tap.stop().await;
    }
}

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn names_the_topic_that_mosquitto_does_not_allow() {
    let folder = tempfile::tempdir().unwrap();
    let acl = folder.path().join("acl");
    fs::write(&acl, "user alice\ntopic read ro/#\n").unwrap();
    let mosquitto = mosquitto(&format!("acl_file {}\n", acl.display())).await;
    let mut tap = Tap::start(mosquitto.address, &["--json", "--failures"]).await;
    for (qos, packet) in [("1", "PUBACK"), ("2", "PUBREC")] {
        let mut command = client(&tap, "mosquitto_pub", "mqttv5", "writer");
        programs::run(command.args(["-t", "ro/x", "-m", "x", "-q", qos])).await;
        let told = event_with(&mut tap, &[("packet", packet.into())]).await;
        assert_eq!(told["reason_code"], 0x87);
        assert_eq!(told["for"], "ro/x");
        assert_eq!(told["client_id"], "writer");
    }
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn names_the_packet_that_is_too_large_for_mosquitto() {
    let mosquitto = mosquitto("max_packet_size 3000\n").await;
    let mut tap = Tap::start(mosquitto.address, &["--json"]).await;
    // 3.1.1: the server can only close.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), noise(1, 5000)).unwrap();
    let mut command = client(&tap, "mosquitto_pub", "mqttv311", "large");
    let path = file.path().to_str().unwrap();
    let output = programs::run(command.args(["-t", "t", "-f", path, "-q", "1"])).await;
    assert!(!output.success, "{output:?}");
    let closing = tap.event(1, "closing").await;
    assert_eq!(closing["by"], "server");
    assert_eq!(closing["disconnect"], false);
    let text = closing["text"].as_str().unwrap();
    assert!(text.contains("too large"), "{text}");
    // 5.0: the server says so, and the packet is shown with the limit.
    let mut client = tap.connect().await;
    let login = b"\x10\x25\0\x04MQTT\x05\xc2\0\x3c\0\0\x05large\0\x05alice\0\x0awonderland";
    client.write_all(login).await.unwrap();
    tap.packet(2, "CONNACK").await;
    let publish = [&b"\x32\x8f\x27\0\x01t\0\x01\0"[..], &[b'x'; 5000]].concat();
    let publish = [&publish[..1], &[0x8E, 0x27], &publish[3..]].concat();
    client.write_all(&publish).await.unwrap();
    let disconnect = tap.packet(2, "DISCONNECT").await;
    assert_eq!(disconnect["reason_code"], 0x95);
    let before = disconnect["before"].as_array().unwrap().last().unwrap();
    assert_eq!(before["packet"], "PUBLISH");
    assert_eq!(before["length"], publish.len());
    let closing = tap.event(2, "closing").await;
    assert_eq!(closing["limit"]["value"], 3000, "{closing}");
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs mosquitto"]
async fn says_that_a_silent_client_was_closed() {
    let mosquitto = mosquitto("").await;
    let mut tap = Tap::start(mosquitto.address, &["--json"]).await;
    let mut client = tap.connect().await;
    let login = b"\x10\x25\0\x04MQTT\x04\xc2\0\x01\0\x06silent\0\x05alice\0\x0awonderland";
    client.write_all(login).await.unwrap();
    let closing = tap.event(1, "closing").await;
    assert_eq!(
        (&closing["by"], &closing["how"]),
        (&"server".into(), &"fin".into())
    );
    let text = closing["text"].as_str().unwrap();
    assert!(text.contains("1.5 × Keep Alive (1 s)"), "{text}");
    // The client is still there: it is told when the server closed, not when the client will.
    drop(client);
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs mosquitto"]
async fn looks_at_a_bridge_in_its_default_configuration() {
    let far = mosquitto("").await;
    let mut tap = Tap::start(far.address, &["--json"]).await;
    let settings = format!(
        "connection to-far\naddress {}\ntopic # both 1\nremote_username alice\nremote_password wonderland\n",
        tap.address
    );
    let near = mosquitto(&settings).await;
    let connect = event_with(&mut tap, &[("packet", "CONNECT".into())]).await;
    assert_eq!(connect["level"], 0x84, "{connect}");
    assert_eq!(connect["bridge"], true);
    assert_eq!(connect["mqtt"], "3.1.1");
    let number = connect["connection"].as_u64().unwrap();
    assert_eq!(tap.packet(number, "CONNACK").await["reason_code"], 0);
    assert_eq!(
        tap.packet(number, "SUBACK").await["for"],
        serde_json::json!(["#"])
    );
    // A message that goes over it is acknowledged.
    let port = near.address.port().to_string();
    let mut publish = Command::new(programs::find("mosquitto_pub"));
    publish
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-u",
            "alice",
            "-P",
            "wonderland",
        ])
        .args(["-t", "over/it", "-m", "x", "-q", "1"]);
    assert!(programs::run(&mut publish).await.success);
    let line = tap.line(&["PUBACK", "over/it"]).await;
    assert_eq!(parse(&line)["for"], "over/it");
    let events = tap.stop_json().await;
    assert!(!results(&events).contains(&"error"), "{events:?}");
    let violation = events.iter().find(|event| event["kind"] == "violation");
    assert_eq!(violation, None);
}

/// A certificate for `localhost`, and its key, for mosquitto and for the tap.
fn certificate() -> tempfile::TempDir {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
    fs::write(
        folder.path().join("key.pem"),
        made.signing_key.serialize_pem(),
    )
    .unwrap();
    folder
}

#[tokio::test]
#[ignore = "needs mosquitto-clients"]
async fn speaks_tls_to_mosquitto_and_names_tls_of_a_client() {
    let folder = certificate();
    let path = folder.path().display();
    let settings = format!("certfile {path}/cert.pem\nkeyfile {path}/key.pem\n");
    let mosquitto = mosquitto(&settings).await;
    let ca = format!("{path}/cert.pem");
    // TLS to the server, none to the client.
    let upstream = format!("mqtts://localhost:{}", mosquitto.address.port());
    let mut tap = Tap::start_to(&upstream, &["--json", "--cafile", &ca]).await;
    let mut command = client(&tap, "mosquitto_pub", "mqttv5", "plain");
    let output = programs::run(command.args(["-t", "t", "-m", "x", "-q", "1"])).await;
    assert!(output.success, "{output:?}");
    assert_eq!(tap.packet(1, "CONNACK").await["reason_code"], 0);
    tap.stop().await;
    // TLS of the client, passed through: named, and it works.
    let mut tap = Tap::start(mosquitto.address, &["--json"]).await;
    let mut command = Command::new(programs::find("mosquitto_pub"));
    command
        .args(["-h", "localhost", "-p", &tap.address.port().to_string()])
        .args(["-u", "alice", "-P", "wonderland", "--cafile", &ca])
        .args(["-t", "t", "-m", "x", "-q", "1"]);
    let output = programs::run(&mut command).await;
    assert!(output.success, "{output:?}");
    let note = tap.event(1, "note").await;
    assert!(note["text"].as_str().unwrap().contains("TLS"), "{note}");
    let closed = tap.event(1, "closed").await;
    assert!(closed["server_bytes"].as_u64().unwrap() > 1000);
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs paho-mqtt and mosquitto"]
async fn looks_into_a_websocket_of_mosquitto() {
    let port = free_address("127.0.0.1").await.port();
    let settings = format!("listener {port} 127.0.0.1\nprotocol websockets\n");
    let _mosquitto = mosquitto(&settings).await;
    let upstream = format!("ws://127.0.0.1:{port}");
    let mut tap = Tap::start_to(&upstream, &["--json"]).await;
    let script = format!(
        "import paho.mqtt.client as m\n\
         c = m.Client(m.CallbackAPIVersion.VERSION2, 'web', transport='websockets', protocol=m.MQTTv5)\n\
         c.username_pw_set('alice', 'wonderland')\n\
         c.on_connect = lambda c, *a: c.publish('t', 'x', 1)\n\
         c.on_publish = lambda c, *a: c.disconnect()\n\
         c.connect('127.0.0.1', {})\n\
         c.loop_forever()\n",
        tap.address.port()
    );
    let python = std::env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    let output = programs::run(Command::new(python).args(["-c", &script])).await;
    assert!(output.success, "{output:?}");
    assert_eq!(tap.packet(1, "CONNECT").await["client_id"], "web");
    assert_eq!(tap.packet(1, "CONNACK").await["reason_code"], 0);
    assert_eq!(tap.packet(1, "PUBACK").await["for"], "t");
    tap.stop().await;
}

#[tokio::test]
#[ignore = "needs aiomqtt and mosquitto"]
async fn finds_nothing_wrong_with_aiomqtt() {
    let mosquitto = mosquitto("").await;
    let mut tap = Tap::start(mosquitto.address, &["--json", "--all"]).await;
    let port = tap.address.port().to_string();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/embedding/aiomqtt_client.py"
    );
    let python = std::env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    for (number, version) in [(1, "5.0"), (2, "3.1.1")] {
        let mut command = Command::new(&python);
        command.args([script, &port, version, "alice", "wonderland"]);
        let output = programs::run(&mut command).await;
        for qos in 0..3 {
            let message = format!("message aio/{qos} hello {qos}");
            assert!(output.text.contains(&message), "{output:?}");
        }
        assert_eq!(tap.packet(number, "PUBREC").await["for"], "aio/2");
        tap.event(number, "closed").await;
    }
    let events = tap.stop_json().await;
    for result in ["error", "finding", "note"] {
        assert!(!results(&events).contains(&result), "{events:?}");
    }
}

#[tokio::test]
#[ignore = "needs MQTT.js and mosquitto"]
async fn finds_nothing_wrong_with_mqtt_js_and_names_it_when_it_is_refused() {
    let mosquitto = mosquitto("").await;
    let mut tap = Tap::start(mosquitto.address, &["--json", "--all"]).await;
    let port = tap.address.port().to_string();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/embedding/mqtt_js_client.js"
    );
    let node = |password: &str, version: &str| {
        let mut command = Command::new("node");
        if let Some(folder) = std::env::var_os("MQTT_REASON_NODE_PATH") {
            command.env("NODE_PATH", folder);
        }
        command.args([
            script, &port, version, "alice", password, "news/#", "news/x", "2",
        ]);
        command
    };
    for (number, version) in [(1, "4"), (3, "5")] {
        let output = programs::run(&mut node("wonderland", version)).await;
        assert!(output.text.contains("message news/x hello"), "{output:?}");
        let output = programs::run(&mut node("wrong", version)).await;
        assert!(!output.success, "{output:?}");
        assert_eq!(tap.packet(number, "PUBREC").await["for"], "news/x");
        let connack = tap.packet(number + 1, "CONNACK").await;
        assert_eq!(connack["failure"], true);
        assert_eq!(connack["client_id"], format!("mqtt-js-{version}"));
    }
    let events = tap.stop_json().await;
    for result in ["error", "finding", "note"] {
        assert!(!results(&events).contains(&result), "{events:?}");
    }
}
