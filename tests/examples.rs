//! The programs in `examples/`: run here with clients of our own and, where they are installed, with those of others.
//!
//! `cargo test --all-features --test examples -- --ignored` needs paho-mqtt from PyPI (`MQTT_REASON_PYTHON` names the
//! python that has it) and Debian's mosquitto-clients.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::collections::VecDeque;
use std::io::{self, Read, Write};

#[path = "../examples/conversion/main.rs"]
mod conversion;
#[expect(dead_code, reason = "the tests do not call the program's main")]
#[path = "../examples/nom_embed.rs"]
mod nom_embed;
#[expect(dead_code, reason = "the tests do not call the program's main")]
#[path = "../examples/read_loop.rs"]
mod read_loop;

/// The example asserts that each of the nine packets is written as it was read.
#[test]
fn conversion_loses_nothing() {
    conversion::main().unwrap();
}

/// A connection whose other end has sent everything already, in reads of at most `size` bytes.
struct Script<'a> {
    input: VecDeque<u8>,
    size: usize,
    output: &'a mut Vec<u8>,
}

impl Read for Script<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.input.read(&mut buffer[..size])
    }
}

impl Write for Script<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the read loop answers to `packets`; the same whatever the reads return.
fn read_loop(packets: &[&[u8]]) -> (read_loop::End, Vec<u8>) {
    let [one, other] = [1, 4096].map(|size| {
        let mut output = Vec::new();
        let script = Script {
            input: packets.concat().into(),
            size,
            output: &mut output,
        };
        (read_loop::serve(script).unwrap(), output)
    });
    assert_eq!(one, other);
    one
}

const CONNECT_5: &[u8] = b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01c";
const CONNECT_3_1_1: &[u8] = b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c";
const CONNACK_5: &[u8] = &[0x20, 0x03, 0x00, 0x00, 0x00];

#[test]
fn read_loop_acknowledges_and_refuses_by_topic() {
    let (end, output) = read_loop(&[
        CONNECT_5,
        b"\x32\x08\0\x03new\0\x01\0",
        b"\x34\x08\0\x03new\0\x02\0",
        &[0x62, 0x02, 0x00, 0x02],
        &[0xC0, 0x00],
        b"\x32\x0d\0\x08secret/x\0\x03\0",
        &[0xE0, 0x00],
    ]);
    assert_eq!(end, read_loop::End::Closed);
    let mut refusal = vec![0x40, 0x00, 0x00, 0x03, 0x87, 0x24, 0x1F, 0x00, 0x21];
    refusal.extend_from_slice(b"topics below secret/ are reserved");
    refusal[1] = u8::try_from(refusal.len() - 2).unwrap();
    let expected = [
        CONNACK_5,
        &[0x40, 0x02, 0x00, 0x01],
        &[0x50, 0x02, 0x00, 0x02],
        &[0x70, 0x02, 0x00, 0x02],
        &[0xD0, 0x00],
        &refusal,
    ];
    assert_eq!(output, expected.concat());
}

#[test]
fn read_loop_speaks_3_1_1() {
    let (end, output) = read_loop(&[
        CONNECT_3_1_1,
        b"\x32\x0c\0\x08secret/x\0\x01",
        b"\x34\x07\0\x03new\0\x02",
        &[0x62, 0x02, 0x00, 0x02],
        &[0xC0, 0x00],
    ]);
    assert_eq!(end, read_loop::End::Closed);
    let expected = [
        &[0x20, 0x02, 0x00, 0x00][..],
        &[0x40, 0x02, 0x00, 0x01],
        &[0x50, 0x02, 0x00, 0x02],
        &[0x70, 0x02, 0x00, 0x02],
        &[0xD0, 0x00],
    ];
    assert_eq!(output, expected.concat());
}

#[test]
fn read_loop_answers_errors() {
    // PUBACK 0x8B: DISCONNECT 0x82 with the error as Reason String.
    let (end, output) = read_loop(&[CONNECT_5, &[0x40, 0x03, 0x00, 0x0A, 0x8B], CONNECT_5]);
    let text = "reason code 0x8b is not defined for PUBACK";
    assert_eq!(end, read_loop::End::Refused(text.to_owned()));
    assert_eq!(output[..5], *CONNACK_5);
    assert_eq!(output[5..8], [0xE0, 0x2F, 0x82]);
    assert!(output.ends_with(text.as_bytes()));
    // The same in 3.1.1: only closed.
    let (_, output) = read_loop(&[CONNECT_3_1_1, &[0x40, 0x03, 0x00, 0x0A, 0x8B]]);
    assert_eq!(output, [0x20, 0x02, 0x00, 0x00]);
    // Too large, by its header.
    let (_, output) = read_loop(&[CONNECT_5, &[0x30, 0xFF, 0xFF, 0xFF, 0x7F]]);
    assert_eq!(output[5..8], [0xE0, 0x42, 0x95]);
    // Closed inside a packet.
    let (end, _) = read_loop(&[CONNECT_5, &[0x40]]);
    assert_eq!(end, read_loop::End::ClosedInPacket);
    // No CONNECT, and one without a Client Identifier.
    let (end, output) = read_loop(&[&[0x40, 0x02, 0x00, 0x0A]]);
    assert!(matches!(end, read_loop::End::Refused(_)));
    assert!(output.is_empty());
    let (_, output) = read_loop(&[b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0"]);
    assert_eq!(output, [0x20, 0x02, 0x00, 0x02]);
    let (_, output) = read_loop(&[b"\x10\x0d\0\x04MQTT\x05\x02\0\x3c\0\0\0"]);
    assert_eq!(output, [0x20, 0x03, 0x00, 0x85, 0x00]);
}

#[test]
fn nom_grammar_takes_its_own_messages_and_ours() {
    use mqtt_reason::v5::{DisconnectReason, Packet};
    use nom_embed::{Message, Refusal, message};

    let stream = [
        &[0xC0, 0x00][..],
        b"\x30\x06\0\x01t\0hi",
        &[0x40, 0x03, 0x00, 0x0A, 0x87],
    ]
    .concat();
    let (rest, pingreq) = message(&stream).unwrap();
    let (rest, publish) = message(rest).unwrap();
    let (rest, puback) = message(rest).unwrap();
    assert!(rest.is_empty());
    assert_eq!(pingreq, Message::Pingreq);
    assert_eq!(
        publish,
        Message::Publish {
            topic: b"t",
            properties: b"",
            payload: b"hi"
        }
    );
    assert!(matches!(puback, Message::Reason(Packet::Puback(_))));

    for len in 0..5 {
        let part = [0x40, 0x03, 0x00, 0x0A, 0x87];
        assert!(message(&part[..len]).is_err_and(|error| error.is_incomplete()));
    }
    // Ours, and wrong: a failure that ends the `alt`, with the answer.
    let Err(nom::Err::Failure(refusal)) = message(&[0x40, 0x03, 0x00, 0x0A, 0x8B]) else {
        panic!("it is refused");
    };
    assert!(matches!(&refusal, Refusal::Packet(error) if error.offset() == 4));
    assert_eq!(refusal.answer(), DisconnectReason::ProtocolError);
    // From the wrong side: this broker reads what clients send.
    assert!(matches!(
        message(&[0x20, 0x03, 0x00, 0x00, 0x00]),
        Err(nom::Err::Failure(_))
    ));
    // Nobody's.
    let Err(nom::Err::Error(refusal)) = message(&[0x82, 0x00]) else {
        panic!("nobody takes it");
    };
    assert_eq!(refusal.answer(), DisconnectReason::MalformedPacket);
}

#[cfg(feature = "codec")]
#[path = "../examples/broker/main.rs"]
#[expect(dead_code, reason = "the tests do not call the program's main")]
mod broker;

#[cfg(feature = "codec")]
#[path = "embedding/programs.rs"]
mod programs;

#[cfg(feature = "codec")]
mod with_broker {
    use std::net::SocketAddr;
    use std::time::{Duration, Instant};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::process::Command;
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::broker;
    use super::programs::{Output, find, paho, run};

    /// A broker on a free port of the loopback interface.
    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        task: JoinHandle<std::io::Result<()>>,
    }

    async fn start() -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(broker::serve(listener, async {
            let _ = stopped.await;
        }));
        Running {
            address,
            stop,
            task,
        }
    }

    impl Running {
        fn port(&self) -> String {
            self.address.port().to_string()
        }

        /// A client that has sent `bytes` and read what was answered first.
        async fn client(&self, bytes: &[u8]) -> Client {
            let stream = TcpStream::connect(self.address).await.unwrap();
            let mut client = Client { stream };
            client.send(bytes).await;
            client
        }

        async fn stop(self) {
            self.stop.send(()).unwrap();
            timeout(Duration::from_secs(15), self.task)
                .await
                .unwrap()
                .unwrap()
                .unwrap();
        }
    }

    struct Client {
        stream: TcpStream,
    }

    impl Client {
        async fn send(&mut self, bytes: &[u8]) {
            self.stream.write_all(bytes).await.unwrap();
        }

        /// The next packet; empty at the end of the connection.
        async fn packet(&mut self) -> Vec<u8> {
            let read = async {
                let mut packet = vec![0; 2];
                if self.stream.read_exact(&mut packet).await.is_err() {
                    return Vec::new();
                }
                assert!(packet[1] < 0x80, "the tests keep to short packets");
                let mut body = vec![0; packet[1].into()];
                self.stream.read_exact(&mut body).await.unwrap();
                packet.extend(body);
                packet
            };
            timeout(Duration::from_secs(10), read).await.unwrap()
        }

        /// The next packet, with these bytes at its start and this text in it.
        async fn expect(&mut self, start: &[u8], text: &str) {
            let packet = self.packet().await;
            assert_eq!(packet[..1], start[..1], "{packet:02x?}");
            assert_eq!(packet[2..=start.len()], start[1..], "{packet:02x?}");
            let found = packet.windows(text.len().max(1));
            assert!(
                text.is_empty() || found.into_iter().any(|window| window == text.as_bytes()),
                "{packet:02x?} without {text}"
            );
        }

        async fn expect_end(&mut self) {
            assert_eq!(self.packet().await, b"");
        }
    }

    /// CONNECT with user and password, Clean Start, and this Keep Alive.
    fn connect(level: u8, id: &str, user: &str, password: &str, keep_alive: u8) -> Vec<u8> {
        let mut body = b"\0\x04MQTT".to_vec();
        body.extend([level, 0b1100_0010, 0, keep_alive]);
        if level == 5 {
            body.push(0);
        }
        for text in [id, user, password] {
            body.extend([0, u8::try_from(text.len()).unwrap()]);
            body.extend(text.bytes());
        }
        let mut packet = vec![0x10, u8::try_from(body.len()).unwrap()];
        packet.extend(body);
        packet
    }

    fn alice(level: u8, id: &str) -> Vec<u8> {
        connect(level, id, "alice", "wonderland", 60)
    }

    /// PUBLISH, or SUBSCRIBE where `rest` ends with subscription options.
    fn packet(first: u8, before: &[u8], text: &str, after: &[u8]) -> Vec<u8> {
        let len = before.len() + 2 + text.len() + after.len();
        let mut packet = vec![first, u8::try_from(len).unwrap()];
        packet.extend(before);
        packet.extend([0, u8::try_from(text.len()).unwrap()]);
        packet.extend(text.bytes());
        packet.extend(after);
        packet
    }

    #[tokio::test]
    async fn broker_refuses_with_code_and_reason_string() {
        let broker = start().await;
        let mut wrong = broker.client(&connect(5, "a", "alice", "wrong", 60)).await;
        wrong
            .expect(&[0x20, 0x00, 0x86], "user name and password do not match")
            .await;
        wrong.expect_end().await;
        let mut barred = broker
            .client(&connect(5, "a", "mallory", "barred", 60))
            .await;
        barred
            .expect(&[0x20, 0x00, 0x87], "this user may not connect")
            .await;

        let mut wrong = broker.client(&connect(4, "a", "alice", "wrong", 60)).await;
        assert_eq!(wrong.packet().await, [0x20, 0x02, 0x00, 0x04]);
        wrong.expect_end().await;
        let mut barred = broker
            .client(&connect(4, "a", "mallory", "barred", 60))
            .await;
        assert_eq!(barred.packet().await, [0x20, 0x02, 0x00, 0x05]);
        let mut unknown = broker.client(&alice(6, "a")).await;
        unknown.expect(&[0x20, 0x00, 0x84], "").await;

        let mut alice5 = broker.client(&alice(5, "a")).await;
        alice5.expect(&[0x20, 0x00, 0x00], "").await;
        // Publishing and subscribing to what is not hers.
        let secret = "admin/x";
        alice5.send(&packet(0x32, &[], secret, &[0, 7, 0])).await;
        alice5
            .expect(&[0x40, 0, 7, 0x87], "are for administrators")
            .await;
        alice5.send(&packet(0x34, &[], secret, &[0, 8, 0])).await;
        alice5
            .expect(&[0x50, 0, 8, 0x87], "are for administrators")
            .await;
        alice5.send(&packet(0x82, &[0, 9, 0], secret, &[1])).await;
        let suback = alice5.packet().await;
        assert_eq!((suback[0], suback.last()), (0x90, Some(&0x87)));
        // A PUBACK that no client sends.
        alice5.send(&[0x40, 0x03, 0x00, 0x01, 0x8B]).await;
        alice5
            .expect(&[0xE0, 0x82], "is not defined for PUBACK")
            .await;
        alice5.expect_end().await;
        broker.stop().await;
    }

    #[tokio::test]
    async fn broker_hands_messages_over_in_every_quality_of_service() {
        let broker = start().await;
        let mut subscriber = broker.client(&alice(5, "s")).await;
        subscriber.expect(&[0x20, 0x00, 0x00], "").await;
        subscriber
            .send(&packet(0x82, &[0, 1, 0], "t/+", &[2]))
            .await;
        assert_eq!(subscriber.packet().await, [0x90, 4, 0, 1, 0, 2]);

        for level in [4, 5] {
            let properties: &[u8] = if level == 5 { &[0] } else { &[] };
            let mut publisher = broker.client(&alice(level, "p")).await;
            assert_eq!(publisher.packet().await[0], 0x20);
            let publish = |flags: u8, id: &[u8]| {
                let after = [id, properties, b"hi"].concat();
                packet(0x30 | flags, &[], "t/x", &after)
            };
            publisher.send(&publish(0b0000, &[])).await;
            assert_eq!(subscriber.packet().await, b"\x30\x08\0\x03t/x\0hi");

            publisher.send(&publish(0b0010, &[0, 3])).await;
            assert_eq!(publisher.packet().await, [0x40, 2, 0, 3]);
            let delivered = subscriber.packet().await;
            assert_eq!(delivered[..7], *b"\x32\x0a\0\x03t/x");
            let id = [delivered[7], delivered[8]];
            subscriber.send(&[0x40, 2, id[0], id[1]]).await;

            for _ in 0..2 {
                // The second time as if PUBREC had been lost: not delivered again.
                publisher.send(&publish(0b0100, &[0, 4])).await;
                assert_eq!(publisher.packet().await, [0x50, 2, 0, 4]);
            }
            publisher.send(&[0x62, 2, 0, 4]).await;
            assert_eq!(publisher.packet().await, [0x70, 2, 0, 4]);
            let delivered = subscriber.packet().await;
            assert_eq!(delivered[..7], *b"\x34\x0a\0\x03t/x");
            let id = [delivered[7], delivered[8]];
            subscriber.send(&[0x50, 2, id[0], id[1]]).await;
            assert_eq!(subscriber.packet().await, [0x62, 2, id[0], id[1]]);
            subscriber.send(&[0x70, 2, id[0], id[1]]).await;

            publisher.send(&[0xC0, 0x00]).await;
            assert_eq!(publisher.packet().await, [0xD0, 0x00]);
        }
        subscriber.send(&packet(0xA2, &[0, 5, 0], "t/+", &[])).await;
        assert_eq!(subscriber.packet().await, [0xB0, 4, 0, 5, 0, 0]);
        subscriber.send(&packet(0xA2, &[0, 6, 0], "t/+", &[])).await;
        assert_eq!(subscriber.packet().await, [0xB0, 4, 0, 6, 0, 0x11]);
        broker.stop().await;
    }

    #[tokio::test]
    async fn broker_ends_connections_with_a_reason() {
        let broker = start().await;
        let mut first = broker.client(&alice(5, "same")).await;
        first.expect(&[0x20, 0x00, 0x00], "").await;
        let mut second = broker.client(&alice(5, "same")).await;
        second.expect(&[0x20, 0x00, 0x00], "").await;
        first.expect(&[0xE0, 0x8E], "").await;
        first.expect_end().await;

        let mut silent = broker
            .client(&connect(5, "silent", "alice", "wonderland", 1))
            .await;
        silent.expect(&[0x20, 0x00, 0x00], "").await;
        let start = Instant::now();
        silent.expect(&[0xE0, 0x8D], "keep alive").await;
        assert!(start.elapsed() > Duration::from_millis(1200));

        let mut old = broker.client(&alice(4, "old")).await;
        assert_eq!(old.packet().await, [0x20, 0x02, 0x00, 0x00]);
        broker.stop().await;
        second.expect(&[0xE0, 0x8B], "shutting down").await;
        second.expect_end().await;
        old.expect_end().await;
    }

    /// Rules across packets, which a codec cannot see. What the broker sends in answer is checked as well: in a debug
    /// build, as here, it would panic.
    #[tokio::test]
    async fn broker_answers_what_a_client_breaks_across_packets() {
        let broker = start().await;
        let breaches: [(&[u8], &str); 3] = [
            (
                &[0x40, 0x02, 0x00, 0x07],
                "packet identifier 7 is of no PUBLISH that waits for PUBACK [MQTT-2.2.1-5]",
            ),
            (
                &[0xE0, 0x07, 0x00, 0x05, 0x11, 0x00, 0x00, 0x00, 0x09],
                "Session Expiry Interval is not 0 although that of CONNECT is 0 or absent [3.14.2.2.2]",
            ),
            (
                &[0x70, 0x02, 0x00, 0x07],
                "packet identifier 7 is of no PUBREL that waits for PUBCOMP [MQTT-2.2.1-5]",
            ),
        ];
        for (bytes, text) in breaches {
            let mut client = broker.client(&alice(5, "a")).await;
            client.expect(&[0x20, 0x00, 0x00], "").await;
            client.send(bytes).await;
            client.expect(&[0xE0, 0x82], text).await;
            client.expect_end().await;
        }
        // 3.1.1 has no code for it.
        let mut client = broker.client(&alice(4, "a")).await;
        assert_eq!(client.packet().await, [0x20, 0x02, 0x00, 0x00]);
        client.send(&[0x40, 0x02, 0x00, 0x07]).await;
        client.expect_end().await;
        broker.stop().await;
    }

    /// Acknowledgements out of order break a statement, but are no error of the connection.
    #[tokio::test]
    async fn broker_lets_pass_what_ends_no_connection() {
        let broker = start().await;
        let mut client = broker.client(&alice(5, "a")).await;
        client.expect(&[0x20, 0x00, 0x00], "").await;
        client.send(&packet(0x82, &[0, 1, 0], "t", &[1])).await;
        assert_eq!(client.packet().await, [0x90, 4, 0, 1, 0, 1]);
        let mut ids = Vec::new();
        for id in [2, 3] {
            client.send(&packet(0x32, &[], "t", &[0, id, 0])).await;
            // The message and its PUBACK come in either order.
            for _ in 0..2 {
                let packet = client.packet().await;
                if packet[0] == 0x32 {
                    ids.push([packet[5], packet[6]]);
                }
            }
        }
        for [high, low] in ids.into_iter().rev() {
            client.send(&[0x40, 2, high, low]).await;
        }
        client.send(&[0xC0, 0x00]).await;
        assert_eq!(client.packet().await, [0xD0, 0x00]);
        broker.stop().await;
    }

    #[tokio::test]
    async fn broker_publishes_the_will_of_a_client_that_is_gone() {
        let broker = start().await;
        let mut subscriber = broker.client(&alice(4, "s")).await;
        assert_eq!(subscriber.packet().await[0], 0x20);
        subscriber.send(&packet(0x82, &[0, 1], "will", &[0])).await;
        assert_eq!(subscriber.packet().await, [0x90, 3, 0, 1, 0]);
        let mut connect = b"\x10\x00\0\x04MQTT\x04\xC6\0\x3c\0\x01w\0\x04will\0\x04gone".to_vec();
        connect.extend(b"\0\x05alice\0\x0awonderland");
        connect[1] = u8::try_from(connect.len() - 2).unwrap();
        let mut client = broker.client(&connect).await;
        assert_eq!(client.packet().await, [0x20, 0x02, 0x00, 0x00]);
        drop(client);
        assert_eq!(subscriber.packet().await, b"\x30\x0a\0\x04willgone");
        broker.stop().await;
    }

    fn lines(output: &Output) -> Vec<&str> {
        output.text.lines().collect()
    }

    #[tokio::test]
    #[ignore = "needs paho-mqtt and mosquitto-clients"]
    async fn broker_is_understood_by_paho() {
        let broker = start().await;
        let port = &broker.port();
        let output = paho(&[port, "5.0", "alice", "wrong"]).await;
        assert_eq!(
            lines(&output)[0],
            "connect 134 Bad user name or password (user name and password do not match)"
        );
        let output = paho(&[port, "3.1.1", "alice", "wrong"]).await;
        assert_eq!(lines(&output)[0], "connect 134 Bad user name or password");
        let output = paho(&[port, "3.1.1", "mallory", "barred"]).await;
        assert_eq!(lines(&output)[0], "connect 135 Not authorized");
        for version in ["5.0", "3.1.1"] {
            let output = paho(&[port, version, "alice", "wonderland"]).await;
            assert_eq!(lines(&output)[0], "connect 0 Success", "{output:?}");
            for qos in ["0", "1", "2"] {
                let output = paho(&[
                    port,
                    version,
                    "alice",
                    "wonderland",
                    "subscribe",
                    "news/#",
                    qos,
                    "publish",
                    "news/today",
                    qos,
                ])
                .await;
                assert!(output.success, "{output:?}");
                let granted = format!("suback {qos} Granted QoS {qos}");
                let message = format!("message news/today hello {qos}");
                for line in [granted, message] {
                    assert!(lines(&output).contains(&line.as_str()), "{output:?}");
                }
            }
        }
        let forbidden = ["publish", "admin/news", "1"];
        let output = paho(&[&[port, "5.0", "alice", "wonderland"][..], &forbidden].concat()).await;
        assert!(
            output.text.contains(
                "puback 135 Not authorized (topics below admin/ and $ are for administrators)"
            ),
            "{output:?}"
        );
        let forbidden = ["subscribe", "admin/#", "1"];
        let output = paho(&[&[port, "5.0", "alice", "wonderland"][..], &forbidden].concat()).await;
        assert!(
            output.text.contains("suback 135 Not authorized"),
            "{output:?}"
        );
        broker.stop().await;
    }

    /// A run of mosquitto_pub or mosquitto_sub against the broker.
    async fn mosquitto(broker: &Running, program: &str, arguments: &[&str]) -> Output {
        run(Command::new(find(program))
            .args(["-h", "127.0.0.1", "-p", &broker.port()])
            .args(arguments))
        .await
    }

    #[tokio::test]
    #[ignore = "needs paho-mqtt and mosquitto-clients"]
    async fn broker_is_understood_by_mosquitto_clients() {
        let broker = start().await;
        let alice = ["-u", "alice", "-P", "wonderland"];
        let connection_errors = [
            ("5", "wrong", "Bad User Name or Password"),
            ("311", "wrong", "bad user name or password"),
            ("31", "wrong", "bad user name or password"),
        ];
        for (version, password, expected) in connection_errors {
            let arguments = ["-V", version, "-u", "alice", "-P", password];
            let output = mosquitto(
                &broker,
                "mosquitto_pub",
                &[&arguments[..], &["-t", "x", "-m", "y"]].concat(),
            )
            .await;
            assert!(!output.success);
            assert!(output.text.contains(expected), "{output:?}");
        }
        let forbidden = ["-V", "5", "-q", "1", "-t", "admin/news", "-m", "hi", "-d"];
        let output = mosquitto(&broker, "mosquitto_pub", &[&alice[..], &forbidden].concat()).await;
        assert!(output.text.contains("Not authorized"), "{output:?}");

        for (version, qos) in [
            ("5", "0"),
            ("5", "1"),
            ("5", "2"),
            ("311", "2"),
            ("31", "1"),
        ] {
            let publish = ["-V", version, "-q", qos, "-t", "news", "-m", "hi"];
            let subscribe = [
                "-V", version, "-q", qos, "-t", "news", "-C", "1", "-W", "20",
            ];
            let subscribe = [&alice[..], &subscribe].concat();
            let received = mosquitto(&broker, "mosquitto_sub", &subscribe);
            let sent = async {
                // The subscription may come later than the first messages.
                for _ in 0..20 {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    let arguments = [&alice[..], &publish].concat();
                    let output = mosquitto(&broker, "mosquitto_pub", &arguments).await;
                    assert!(output.success, "{output:?}");
                }
            };
            tokio::select! {
                output = received => assert_eq!(output.text.trim(), "hi", "{output:?}"),
                () = sent => panic!("nothing was received with -V {version} -q {qos}"),
            }
        }
        broker.stop().await;
    }
}
