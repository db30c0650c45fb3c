//! The commands of docs/interop/clients.md that reproduce what was reported of clients: each sends what the table says.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A row of the table.
#[derive(Debug)]
struct Row {
    command: Vec<String>,
    /// In hexadecimal; a dot stands for any digit.
    bytes: String,
}

/// The rows whose second column is a command.
fn rows() -> Vec<Row> {
    let text = include_str!("../../../docs/interop/clients.md");
    let row = |line: &str| {
        let mut cells = line.split('|').map(str::trim).skip(2);
        let command = cells.next()?.strip_prefix("`mqtt-reason ")?;
        let command = command.strip_suffix('`')?;
        let bytes = cells.next()?.trim_matches('`').replace(' ', "");
        let command = command.split(' ').map(|word| word.trim_matches('\''));
        Some(Row {
            command: command.map(str::to_owned).collect(),
            bytes,
        })
    };
    text.lines().filter_map(row).collect()
}

fn fits(pattern: &str, hex: &str) -> bool {
    pattern.len() == hex.len()
        && pattern
            .chars()
            .zip(hex.chars())
            .all(|(one, other)| one == '.' || one == other)
}

/// The end of a process that a test has started.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A client that is nothing but bytes: connects, does what it is told, and reads.
struct Client(TcpStream);

impl Client {
    fn connect(address: &str, id: &str, is_3_1_1: bool) -> Self {
        let mut body = b"\0\x04MQTT\x05\x02\0\x3C\0".to_vec();
        if is_3_1_1 {
            body = b"\0\x04MQTT\x04\x02\0\x3C".to_vec();
        }
        body.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        body.extend(id.as_bytes());
        let mut client = Self(TcpStream::connect(address).unwrap());
        let limit = Some(Duration::from_secs(20));
        client.0.set_read_timeout(limit).unwrap();
        client.send(0x10, &body);
        client
    }

    fn send(&mut self, first: u8, body: &[u8]) {
        let mut bytes = vec![first, u8::try_from(body.len()).unwrap()];
        bytes.extend(body);
        self.0.write_all(&bytes).unwrap();
    }

    fn act(&mut self, action: &str, qos: u8, is_3_1_1: bool) {
        let no_properties: &[u8] = if is_3_1_1 { b"" } else { b"\0" };
        match action {
            "subscribe" => {
                let body = [b"\0\x01", no_properties, b"\0\x03t/u\x01"].concat();
                self.send(0x82, &body);
            }
            "publish" => {
                let body = [b"\0\x03t/u\0\x02", no_properties, b"x"].concat();
                self.send(0x30 | qos << 1, &body);
            }
            _ => {}
        }
    }

    /// The next packet, of at most 127 bytes; `None` at the end of the connection.
    fn packet(&mut self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 2];
        self.0.read_exact(&mut bytes).ok()?;
        let len = usize::from(bytes[1]);
        bytes.resize(2 + len, 0);
        self.0.read_exact(&mut bytes[2..]).ok()?;
        Some(bytes)
    }
}

/// Not a test but the client of the others: they start this program with what it needs in its environment.
#[test]
fn plays_a_client() {
    let Ok(port) = env::var("PLAYED_PORT") else {
        return;
    };
    let value = |name: &str| env::var(name).unwrap();
    let is_3_1_1 = value("PLAYED_MQTT") == "3.1.1";
    let address = format!("127.0.0.1:{port}");
    let mut client = Client::connect(&address, &value("PLAYED_ID"), is_3_1_1);
    if client.packet().is_some() {
        let qos = value("PLAYED_QOS").parse().unwrap();
        client.act(&value("PLAYED_ACTION"), qos, is_3_1_1);
    }
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) && client.packet().is_some() {}
}

/// What `probe client` has sent, scenario by scenario.
fn sent_by_the_probe(command: &[String]) -> Vec<String> {
    let end = command.iter().position(|word| word == "--").unwrap();
    let is_3_1_1 = command.iter().any(|word| word == "3.1.1");
    let version = if is_3_1_1 { "3.1.1" } else { "5.0" };
    let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(&command[..end])
        .args(["--json", "--", "env"])
        .args(["PLAYED_PORT={port}", "PLAYED_ID={id}", "PLAYED_QOS={qos}"])
        .arg("PLAYED_ACTION={action}")
        .arg(format!("PLAYED_MQTT={version}"))
        .arg(env::current_exe().unwrap())
        .args(["--exact", "client_reports::plays_a_client"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let sent: Vec<_> = lines
        .filter_map(|line| Some(line.get("sent")?.as_str()?.to_owned()))
        .collect();
    assert!(
        !sent.is_empty(),
        "{command:?} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    sent
}

/// What `refuse` sends to a client that does what the options are about, but for what it sends to any client.
fn sent_by_refuse(command: &[String], is_3_1_1: bool) -> Vec<String> {
    // Port 1883 may be taken on the machine that tests.
    let words = command.iter().map(|word| match word.as_str() {
        "127.0.0.1:1883" => "127.0.0.1:0",
        word => word,
    });
    let mut child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(words)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let _ended = Ended(child);
    let line = said.next().unwrap().unwrap();
    let address = line.strip_prefix("listening on ").unwrap();
    let address = address.split(';').next().unwrap().to_owned();
    let has = |option: &str| command.iter().any(|word| word == option);
    let mut client = Client::connect(&address, "a", is_3_1_1);
    let connack = client.packet().unwrap();
    if has("--connack") {
        return vec![hex(&connack)];
    }
    if has("--disconnect") && !has("--topic") {
        return vec![hex(&client.packet().unwrap())];
    }
    let action = if has("--suback") {
        "subscribe"
    } else {
        "publish"
    };
    client.act(action, if has("--pubrec") { 2 } else { 1 }, is_3_1_1);
    vec![hex(&client.packet().unwrap())]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Panics unless the command of the row sends what the row says.
fn sends_what_it_says(row: &Row) {
    let is_3_1_1 = row.bytes.starts_with("90") && row.bytes.len() == 10;
    let sent = match row.command[0].as_str() {
        "probe" => sent_by_the_probe(&row.command),
        "refuse" => sent_by_refuse(&row.command, is_3_1_1),
        other => panic!("{other}"),
    };
    let wanted: Vec<_> = row.bytes.split(',').collect();
    assert_eq!(wanted.len(), sent.len(), "{row:?}: {sent:?}");
    for (wanted, sent) in wanted.iter().zip(&sent) {
        assert!(fits(wanted, sent), "{row:?}: {sent:?}");
    }
}

#[test]
fn each_command_sends_what_the_table_says() {
    let rows = rows();
    assert!(rows.len() >= 17, "{}", rows.len());
    // They do nothing but wait: all at once take as long as the longest.
    thread::scope(|scope| {
        for row in &rows {
            scope.spawn(|| sends_what_it_says(row));
        }
    });
}
