//! A mosquitto bridge and `examples/broker`: a bridge is a Client that answers 0x10 No matching subscribers to every
//! message that nobody takes on its side. It must not be cut off for that.
//!
//! `cargo test --all-features --test bridge -- --ignored`; `tests/real/README.md` says how to install mosquitto.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

#[path = "real/broker.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod mosquitto;
#[path = "../examples/broker/main.rs"]
#[expect(dead_code, reason = "the test does not call the program's main")]
mod ours;
#[path = "real/programs.rs"]
mod programs;

/// A mosquitto that is a bridge to our broker in this version, and that nobody is connected to.
fn bridge(address: SocketAddr, version: &str) -> mosquitto::Broker {
    mosquitto::Broker::start(&[
        "allow_anonymous true",
        "connection ours",
        &format!("address {address}"),
        &format!("bridge_protocol_version {version}"),
        "remote_clientid bridge",
        "remote_username alice",
        "remote_password wonderland",
        "notifications false",
        "restart_timeout 1",
        "topic # in 1",
    ])
}

/// Publishes `news` with QoS 1 to our broker, as alice, and waits for its PUBACK.
async fn publish(address: SocketAddr, id: u8) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let connect = b"\x10\x21\0\x04MQTT\x05\xc2\0\x3c\0\0\x01p\0\x05alice\0\x0awonderland";
    stream.write_all(connect).await.unwrap();
    let publish = [0x32, 0x0A, 0, 4, b'n', b'e', b'w', b's', 0, id, 0, b'm'];
    stream.write_all(&publish).await.unwrap();
    let mut read = Vec::new();
    while !read.ends_with(&[0x40, 0x02, 0x00, id]) {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "{read:02x?}");
    }
    stream.write_all(&[0xE0, 0x00]).await.unwrap();
}

/// Messages to the bridge over one connection: the last shows that the PUBACKs of the three before it were taken.
async fn takes_messages(version: &str, puback: [&str; 4]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let broker = tokio::spawn(ours::serve(listener, async {
        let _ = stopped.await;
    }));

    let version = version.to_owned();
    let (bridge, mut log) = tokio::task::spawn_blocking(move || {
        let bridge = bridge(address, &version);
        let log = bridge.wait_for_log_lines("Received SUBACK");
        (bridge, log)
    })
    .await
    .unwrap();
    for (id, puback) in (1..).zip(puback) {
        publish(address, id).await;
        log.extend(tokio::task::block_in_place(|| {
            bridge.wait_for_log_lines(puback)
        }));
    }
    let connections = log.iter().filter(|line| line.contains("sending CONNECT"));
    assert_eq!(connections.count(), 1, "{log:#?}");
    assert!(
        !log.iter().any(|line| line.contains("Received DISCONNECT")),
        "{log:#?}"
    );
    stop.send(()).unwrap();
    broker.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_bridge_of_5_0_keeps_its_connection_when_nobody_takes_its_messages() {
    takes_messages(
        "mqttv50",
        ["(m1, rc16)", "(m2, rc16)", "(m3, rc16)", "(m4, rc16)"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_bridge_of_3_1_1_keeps_its_connection_too() {
    takes_messages(
        "mqttv311",
        ["(m1, rc0)", "(m2, rc0)", "(m3, rc0)", "(m4, rc0)"],
    )
    .await;
}
