//! `mqtt-reason tap` as a relay: bytes, ends, limits, outputs. What it says of packets is tested in `tells.rs`.
//!
//! Everything happens on the loopback interface.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::*;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

#[tokio::test]
async fn relays_whatever_the_bytes_are() {
    let connects: [&[u8]; 4] = [&[], CONNECT_5, CONNECT_3_1_1, &[0x10, 0xFF, 0xFF]];
    for (seed, connect) in (1..).zip(connects) {
        let (tap, client, server) = connected(&[]).await;
        let requests = [connect, &noise(seed, 2_000_000)].concat();
        let replies = noise(seed + 100, 3_000_000);
        let (mut from_client, mut to_client) = server.into_split();
        let (mut from_server, mut to_server) = client.into_split();
        let (mut received_requests, mut received_replies) = (Vec::new(), Vec::new());
        within(async {
            tokio::join!(
                async {
                    write_in_pieces(&mut to_server, &requests, 0).await;
                    to_server.shutdown().await.unwrap();
                },
                async {
                    write_in_pieces(&mut to_client, &replies, 3).await;
                    to_client.shutdown().await.unwrap();
                },
                async {
                    from_client
                        .read_to_end(&mut received_requests)
                        .await
                        .unwrap()
                },
                async {
                    from_server
                        .read_to_end(&mut received_replies)
                        .await
                        .unwrap()
                },
            )
        })
        .await;
        assert!(received_requests == requests);
        assert!(received_replies == replies);
        tap.stop().await;
    }
}

/// As many connections as the limit on open files allows, at most `wanted`: the test holds two ends of each.
fn connection_count(wanted: usize) -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let limit = line
        .and_then(|line| line.split_whitespace().nth(3))
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(1024);
    let count = wanted.min((limit - 100) / 2);
    if count < wanted {
        eprintln!("{count} connections instead of {wanted}: only {limit} files may be open");
    }
    count
}

/// Half of them are idle after CONNECT, the others send and receive. The memory that all of them take is printed.
async fn relays_many(wanted: usize) -> u64 {
    const LEN: usize = 10_000;
    let count = connection_count(wanted);
    let (listener, address) = listener().await;
    let server = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        for _ in 0..count {
            let (mut socket, _) = listener.accept().await.unwrap();
            connections.spawn(async move {
                let (mut read, mut write) = socket.split();
                tokio::io::copy(&mut read, &mut write).await.unwrap();
                write.shutdown().await.unwrap();
            });
        }
        while let Some(result) = connections.join_next().await {
            result.unwrap();
        }
    });
    let mut tap = Tap::start(address, &["--json"]).await;
    let everybody = Arc::new(Barrier::new(count + 1));
    let done = Arc::new(Barrier::new(count + 1));
    let mut clients = JoinSet::new();
    for number in 0..count {
        let (everybody, done) = (Arc::clone(&everybody), Arc::clone(&done));
        let tap = tap.address;
        clients.spawn(async move {
            let mut socket = TcpStream::connect(tap).await.unwrap();
            let mut echo = vec![0; CONNECT_5.len()];
            socket.write_all(CONNECT_5).await.unwrap();
            socket.read_exact(&mut echo).await.unwrap();
            assert_eq!(echo, CONNECT_5);
            // From here on all of them are open.
            everybody.wait().await;
            if number % 2 == 0 {
                let bytes = noise(number as u64, LEN);
                let mut echo = vec![0; LEN];
                let (mut read, mut write) = socket.split();
                let (written, received) =
                    tokio::join!(write.write_all(&bytes), read.read_exact(&mut echo));
                written.unwrap();
                received.unwrap();
                assert!(echo == bytes, "connection {number}");
            }
            done.wait().await;
        });
    }
    let most = within(async {
        everybody.wait().await;
        let open = tap.memory("VmRSS");
        done.wait().await;
        while let Some(result) = clients.join_next().await {
            result.unwrap();
        }
        server.await.unwrap();
        let most = tap.memory("VmHWM");
        println!("{count} connections: {open} kB with all of them open, {most} kB at most");
        most
    })
    .await;
    // A connection without a byte is somebody else's, who looks which ports are open.
    let mut closed = 0;
    while closed < count {
        let line = tap.output.next().await.unwrap();
        if line.contains("\"result\":\"closed\"") && !line.contains("\"client_bytes\":0,") {
            closed += 1;
            let event = parse(&line);
            assert!(
                event["client_bytes"] == CONNECT_5.len()
                    || event["client_bytes"] == LEN + CONNECT_5.len(),
                "{line}"
            );
            assert_eq!(event["client_bytes"], event["server_bytes"]);
        }
    }
    tap.stop().await;
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_three_thousand_connections_half_of_them_idle() {
    let most = relays_many(3000).await;
    assert!(most < 200_000, "{most} kB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes more file descriptors than most systems give"]
async fn relays_ten_thousand_connections() {
    let most = relays_many(10_000).await;
    assert!(most < 500_000, "{most} kB");
}

#[tokio::test]
async fn tells_where_a_connection_comes_from_and_how_the_server_sees_it() {
    let (mut tap, client, server) = connected(&["--json"]).await;
    let opened = tap.event(1, "opened").await;
    assert_eq!(opened["peer"], client.local_addr().unwrap().to_string());
    let seen_by_server = server.peer_addr().unwrap();
    assert_eq!(opened["upstream_from"], seen_by_server.to_string());
    assert_eq!(opened["upstream_port"], seen_by_server.port());
    assert_eq!(opened["upstream"], server.local_addr().unwrap().to_string());
    tap.stop().await;
}

#[tokio::test]
async fn says_that_the_server_is_down_and_goes_on() {
    // On an address of its own: no other test is given its port while nobody listens there.
    let address = free_address("127.0.0.2").await;
    let mut tap = Tap::start(address, &["--json"]).await;
    let mut client = tap.connect().await;
    assert_eq!(read_to_end(&mut client).await, b"");
    let closing = tap.event(1, "closing").await;
    assert_eq!(closing["by"], "tap");
    let text = closing["text"].as_str().unwrap();
    assert!(text.contains("cannot be reached"), "{text}");
    assert!(text.contains("refused"), "{text}");
    let closed = tap.event(1, "closed").await;
    assert_eq!(
        (&closed["client_bytes"], &closed["server_bytes"]),
        (&0.into(), &0.into())
    );
    // It comes up: the next connection works.
    let back = TcpListener::bind(address).await.unwrap();
    let (mut client, mut server) = further(&tap, &back).await;
    pass(&mut client, &mut server, b"hello").await;
    let events = tap.stop_json().await;
    assert_eq!(results(&events)[..3], ["closing", "closed", "opened"]);
}

/// Every way in which a side can end, at the time when it ends: the other side is still there.
#[tokio::test]
async fn tells_who_ended_and_how_and_passes_it_on() {
    for by in ["client", "server"] {
        for how in ["fin", "reset"] {
            let (mut tap, client, server) = connected(&["--json"]).await;
            tap.event(1, "opened").await;
            let (first, mut second) = match by {
                "client" => (client, server),
                _ => (server, client),
            };
            match how {
                "fin" => drop(first),
                _ => reset(first),
            }
            let closing = tap.event(1, "closing").await;
            assert_eq!(closing["by"], by, "{closing}");
            assert_eq!(closing["how"], how, "{closing}");
            if how == "fin" {
                // The second side is still open, and is told of the first one's end.
                assert!(!tap.seen.iter().any(|line| line.contains("\"closed\"")));
                assert_eq!(read_to_end(&mut second).await, b"");
                drop(second);
                let closed = tap.event(1, "closed").await;
                assert_ne!(closed["by"], by);
                assert_eq!(closed["how"], "fin");
            } else {
                let end = within(second.read(&mut [0])).await;
                assert_eq!(
                    end.map_err(|error| error.kind()),
                    Err(ErrorKind::ConnectionReset)
                );
                let closed = tap.event(1, "closed").await;
                assert_eq!(closed["by"], "tap");
                assert_eq!(closed["how"], "reset");
            }
            tap.stop().await;
        }
    }
}

#[tokio::test]
async fn the_last_words_before_a_reset_arrive() {
    let (mut tap, mut client, mut server) = connected(&["--json"]).await;
    server.write_all(&[0xE0, 0x01, 0x81]).await.unwrap();
    assert_eq!(read_exactly(&mut client, 3).await, [0xE0, 0x01, 0x81]);
    // Closed with unread bytes, which resets the connection.
    client.write_all(&noise(1, 100_000)).await.unwrap();
    assert_eq!(within(server.peek(&mut [0])).await.unwrap(), 1);
    drop(server);
    let closing = tap.event(1, "closing").await;
    assert_eq!(
        (&closing["by"], &closing["how"]),
        (&"server".into(), &"reset".into())
    );
    let mut rest = Vec::new();
    let _ = within(client.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
    tap.stop().await;
}

#[tokio::test]
async fn keeps_a_half_closed_connection_open_while_something_comes() {
    let (mut tap, mut client, mut server) =
        connected(&["--json", "--half-close-timeout", "2"]).await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(read_to_end(&mut server).await, b"question");
    tap.event(1, "closing").await;
    // Longer than the limit in sum, but never silent for so long.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3) {
        pass(&mut server, &mut client, b"answer").await;
        sleep(Duration::from_millis(20)).await;
    }
    let answer = noise(7, 500_000);
    within(async {
        let (received, ()) = tokio::join!(read_to_end(&mut client), async {
            server.write_all(&answer).await.unwrap();
            server.shutdown().await.unwrap();
        });
        assert!(received == answer);
    })
    .await;
    let closed = tap.event(1, "closed").await;
    assert_eq!(
        (&closed["by"], &closed["how"]),
        (&"server".into(), &"fin".into())
    );
    tap.stop().await;
}

#[tokio::test]
async fn closes_a_connection_whose_second_side_is_silent() {
    for by_client in [true, false] {
        let (mut tap, client, server) = connected(&["--json", "--half-close-timeout", "0.2"]).await;
        let files = tap.files();
        let (first, mut second) = match by_client {
            true => (client, server),
            false => (server, client),
        };
        drop(first);
        // It is told that the first side has closed, and then does nothing.
        assert_eq!(read_to_end(&mut second).await, b"");
        let closed = tap.event(1, "closed").await;
        assert_eq!(
            (&closed["by"], &closed["how"]),
            (&"tap".into(), &"timeout".into())
        );
        within(async {
            while tap.files() > files - 2 {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        tap.stop().await;
    }
}

#[tokio::test]
async fn a_write_to_a_side_that_is_gone_ends_the_connection_at_once() {
    let (mut tap, client, mut server) = connected(&["--json"]).await;
    drop(client);
    assert_eq!(read_to_end(&mut server).await, b"");
    // The client is gone: its system answers these with a reset, and so does the tap.
    let failed = within(async {
        loop {
            if let Err(error) = server.write_all(&[0xD0, 0x00]).await {
                break error.kind();
            }
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert!(
        matches!(failed, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{failed}"
    );
    let closing = tap.event(1, "closing").await;
    assert_eq!(
        (&closing["by"], &closing["how"]),
        (&"client".into(), &"fin".into())
    );
    let closed = tap.event(1, "closed").await;
    assert_eq!(
        (&closed["by"], &closed["how"]),
        (&"tap".into(), &"reset".into())
    );
    tap.stop().await;
}

#[tokio::test]
async fn slows_down_a_sender_whose_reader_is_slow() {
    const LEN: usize = 200_000_000;
    let (tap, mut client, mut server) = connected(&[]).await;
    // The beginning of one large PUBLISH after CONNECT, so that it is looked at all the while.
    pass(&mut client, &mut server, CONNECT_5).await;
    let before = tap.memory("VmRSS");
    let sender = tokio::spawn(async move {
        let piece = noise(3, 1_000_000);
        server
            .write_all(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F])
            .await
            .unwrap();
        for _ in 0..LEN / piece.len() {
            server.write_all(&piece).await.unwrap();
        }
    });
    sleep(Duration::from_secs(1)).await;
    assert!(!sender.is_finished(), "somebody has buffered it all");
    let waiting = tap.memory("VmRSS");
    let piece = noise(3, 1_000_000);
    read_exactly(&mut client, 5).await;
    for _ in 0..LEN / piece.len() {
        assert!(read_exactly(&mut client, piece.len()).await == piece);
    }
    within(sender).await.unwrap();
    let most = tap.memory("VmHWM");
    println!("{before} kB before, {waiting} kB while the reader slept, {most} kB at most");
    assert!(most < 150_000, "{most} kB");
    tap.stop().await;
}

#[tokio::test]
async fn goes_on_when_nobody_reads_its_output() {
    const PUBACKS: usize = 300_000;
    let (listener, address) = listener().await;
    let (tap, _stdout) = Tap::start_unread(&address.to_string(), &["--json"], Stdio::piped()).await;
    let pubacks = [0x40, 0x02, 0x00, 0x01].repeat(PUBACKS);
    // As many connections as a small machine has threads: with all of them to tell, the rest must go on.
    let mut connections = Vec::new();
    for _ in 0..2 {
        let (mut client, mut server) = further(&tap, &listener).await;
        pass(&mut client, &mut server, CONNECT_5).await;
        connections.push((client, server));
    }
    for _ in 0..2 {
        for (client, server) in &mut connections {
            within(async {
                let (written, received) = tokio::join!(
                    client.write_all(&pubacks),
                    read_exactly(server, pubacks.len())
                );
                written.unwrap();
                assert!(received == pubacks);
            })
            .await;
        }
    }
    let most = tap.memory("VmHWM");
    assert!(most < 250_000, "{most} kB");
    // It ends all the same, although nobody ever reads, and does not wait for what is left to be told.
    tap.stop().await;
}

#[tokio::test]
async fn goes_on_when_its_reader_goes_away() {
    let (listener, address) = listener().await;
    let (mut tap, stdout) = Tap::start_unread(&address.to_string(), &[], Stdio::piped()).await;
    let handle = format!("/proc/{}/fd/1", tap.child.id().unwrap());
    let mut writer = fs::OpenOptions::new().write(true).open(handle).unwrap();
    drop(stdout);
    // It is gone when no program that another test is about to start holds a copy of it any more.
    let gone = within(async {
        loop {
            match writer.write_all(b"\n") {
                Ok(()) => sleep(Duration::from_millis(1)).await,
                Err(error) => break error.kind(),
            }
        }
    })
    .await;
    assert_eq!(gone, ErrorKind::BrokenPipe);
    let (mut client, mut server) = further(&tap, &listener).await;
    tap.errors
        .with("connections are relayed all the same")
        .await;
    for _ in 0..3 {
        pass(&mut client, &mut server, CONNECT_5).await;
        pass(&mut server, &mut client, CONNACK_5).await;
    }
    tap.stop().await;
}

#[tokio::test]
async fn goes_on_when_its_disk_is_full() {
    let (listener, address) = listener().await;
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let (mut tap, _) = Tap::start_unread(&address.to_string(), &["--json"], full.into()).await;
    let (mut client, mut server) = further(&tap, &listener).await;
    let line = tap.errors.with("cannot write to standard output").await;
    assert!(line.contains("No space left"), "{line}");
    let (mut other_client, mut other_server) = further(&tap, &listener).await;
    for _ in 0..3 {
        pass(&mut client, &mut server, CONNECT_5).await;
        pass(&mut other_server, &mut other_client, CONNACK_5).await;
    }
    tap.signal("TERM").await;
    assert_eq!(within(tap.child.wait()).await.unwrap().code(), Some(0));
    // It was said once.
    assert_eq!(tap.errors.next().await, None);
}

#[tokio::test]
async fn a_line_is_written_at_once_whoever_reads() {
    // A pipe and a file: the line is there while the connection is open and silent.
    let (listener, address) = listener().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let stdout = file.reopen().unwrap();
    let (tap, _) = Tap::start_unread(&address.to_string(), &["--json"], stdout.into()).await;
    let (mut client, mut server) = further(&tap, &listener).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    within(async {
        while !fs::read_to_string(file.path()).unwrap().contains("CONNECT") {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    file.flush().unwrap();
    tap.stop().await;
}

#[tokio::test]
async fn ends_with_connections_still_open() {
    for signal in ["INT", "TERM"] {
        let (mut tap, mut client, mut server) = connected(&["--json"]).await;
        pass(&mut client, &mut server, CONNECT_5).await;
        tap.event(1, "opened").await;
        tap.signal(signal).await;
        let closing = tap.event(1, "closing").await;
        assert_eq!(closing["by"], "tap");
        tap.event(1, "closed").await;
        assert_eq!(within(tap.child.wait()).await.unwrap().code(), Some(0));
        assert_eq!(read_to_end(&mut server).await, b"");
        assert_eq!(read_to_end(&mut client).await, b"");
    }
}

/// It waits up to 1.5 s for outputs that do not take what is left: not where nothing is left. A busy machine may take as
/// long once, but not ten times.
#[tokio::test]
async fn ends_at_once_when_everything_is_written() {
    let mut shortest = Duration::MAX;
    for _ in 0..10 {
        let (tap, _client, _server) = connected(&["--json"]).await;
        let start = Instant::now();
        tap.stop().await;
        shortest = shortest.min(start.elapsed());
        if shortest < Duration::from_millis(1500) {
            return;
        }
    }
    panic!("it took {shortest:?} and more to end");
}

/// The line on standard error says that Ctrl-C ends it, so it has to by then: while the line cannot be written yet,
/// signals are caught already.
#[tokio::test]
async fn can_be_ended_before_it_says_so() {
    const INT_AND_TERM: u64 = (1 << (2 - 1)) | (1 << (15 - 1));
    for signal in ["INT", "TERM"] {
        let (full, mut stderr) = tokio::net::unix::pipe::pipe().unwrap();
        full.writable().await.unwrap();
        while full.try_write(b"\n").is_ok() {}
        let mut child = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
            .args(["tap", "--listen", "127.0.0.1:0", "--upstream"])
            .arg("127.0.0.1:1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(full.into_blocking_fd().unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pid = child.id().unwrap();
        within(async {
            loop {
                let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
                let line = status
                    .lines()
                    .find(|line| line.starts_with("SigCgt"))
                    .unwrap();
                let caught = line.split_whitespace().nth(1).unwrap();
                let caught = u64::from_str_radix(caught, 16).unwrap();
                if caught & INT_AND_TERM == INT_AND_TERM {
                    break;
                }
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        let killed = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {pid}")])
            .status()
            .await;
        assert!(killed.unwrap().success());
        let mut text = String::new();
        let (status, read) =
            within(async { tokio::join!(child.wait(), stderr.read_to_string(&mut text)) }).await;
        assert!(status.unwrap().success());
        read.unwrap();
        assert!(text.contains("Ctrl-C ends it"), "{text}");
    }
}

async fn refused(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .arg("tap")
        .args(arguments)
        .output();
    let output = within(output).await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    text
}

#[tokio::test]
async fn refuses_addresses_that_are_none() {
    for (listen, upstream, expected) in [
        ("1884", "127.0.0.1:1", "a number alone is no host"),
        (":1884", "127.0.0.1:1", "it has no host"),
        ("127.0.0.1:99999", "127.0.0.1:1", "its port is none"),
        ("192.0.2.1:0", "127.0.0.1:1", "cannot listen on 192.0.2.1:0"),
        ("mqtts://127.0.0.1:0", "127.0.0.1:1", "listens without TLS"),
        ("127.0.0.1:0", "http://broker", "scheme"),
        ("127.0.0.1:0", "::1:1883", "brackets"),
        ("127.0.0.1:0", "user:secret@broker", "user and password"),
    ] {
        let text = refused(&["--listen", listen, "--upstream", upstream]).await;
        assert!(text.contains(expected), "{listen} {upstream}: {text}");
    }
    let cafile = [
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        "tls://localhost",
        "--cafile",
    ];
    let text = refused(&[&cafile[..], &["/nowhere/ca.pem"]].concat()).await;
    assert!(text.contains("/nowhere/ca.pem"), "{text}");
    let text = refused(&[&cafile[..], &["Cargo.toml"]].concat()).await;
    assert!(text.contains("no certificate"), "{text}");
}

#[tokio::test]
async fn refuses_a_loop_to_itself_whatever_it_is_called() {
    for (listen, upstream) in [
        ("127.0.0.3", "127.0.0.3"),
        ("0.0.0.0", "127.0.0.1"),
        ("0.0.0.0", "localhost"),
        ("0.0.0.0", "127.9.9.9"),
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "0.0.0.0"),
        ("localhost", "127.0.0.1"),
        ("[::]", "127.0.0.1"),
        ("[::]", "[::1]"),
        ("[::]", "localhost"),
        ("127.0.0.1", "[::ffff:127.0.0.1]"),
    ] {
        // Another program may take the port between the look for a free one and the tap's start.
        let mut tries = 0;
        let (listen, upstream, text) = loop {
            let port = free_address("127.0.0.1").await.port();
            let (listen, upstream) = (format!("{listen}:{port}"), format!("{upstream}:{port}"));
            let text = refused(&["--listen", &listen, "--upstream", &upstream]).await;
            tries += 1;
            if tries == 20 || !text.contains("in use") {
                break (listen, upstream, text);
            }
        };
        assert!(
            text.contains("is the tap itself"),
            "{listen} {upstream}: {text}"
        );
    }
}

#[tokio::test]
async fn raises_the_limit_on_open_files() {
    let (_listener, address) = listener().await;
    let script = format!(
        "ulimit -Sn 64; exec {} tap --listen 127.0.0.1:0 --upstream {address}",
        env!("CARGO_BIN_EXE_mqtt-reason")
    );
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    within(errors.next_line()).await.unwrap().unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id().unwrap())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let numbers: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(numbers[3], numbers[4], "{line}");
}

/// One request to the counters.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut socket = within(TcpStream::connect(address)).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    String::from_utf8(read_to_end(&mut socket).await).unwrap()
}

#[tokio::test]
async fn serves_its_counters() {
    let metrics = free_address("127.0.0.4").await;
    let (mut tap, mut client, mut server) =
        connected(&["--json", "--metrics", &metrics.to_string()]).await;
    pass(&mut client, &mut server, CONNECT_5).await;
    pass(&mut server, &mut client, CONNACK_5).await;
    reset(server);
    tap.event(1, "closed").await;
    let answer = ask(metrics, "GET /metrics HTTP/1.1\r\nHost: tap\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    for line in [
        "mqtt_reason_connections_total 1",
        "mqtt_reason_bytes_total{from=\"client\"} 16",
        "mqtt_reason_bytes_total{from=\"server\"} 5",
        "mqtt_reason_closes_total{by=\"server\",how=\"reset\"} 1",
        "# EOF",
    ] {
        assert!(
            answer.lines().any(|text| text == line),
            "no {line} in\n{answer}"
        );
    }
    assert!(
        ask(metrics, "GET / HTTP/1.1\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    assert!(
        ask(metrics, "POST /metrics HTTP/1.1\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 405 ")
    );
    assert!(
        ask(metrics, "\x10\x0c\0\x04MQTT\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 400 ")
    );
    tap.stop().await;
}

/// Time and memory of the relay beside a direct connection. It prints what it measures; only the memory is judged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measures_itself_beside_a_direct_connection() {
    const LEN: usize = 256 * 1024 * 1024;
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut buffer = vec![0; 64 * 1024];
                while socket.read(&mut buffer).await.unwrap_or(0) > 0 {}
                let _ = socket.write_all(b"done").await;
            });
        }
    });
    let tap = Tap::start(address, &[]).await;
    let mut seconds = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        for (seconds, address) in seconds.iter_mut().zip([address, tap.address]) {
            let mut socket = TcpStream::connect(address).await.unwrap();
            // Large PUBLISH packets, as heavy traffic has them.
            let publish = [&[0x30, 0x80, 0x80, 0x04][..], &noise(9, 65_536)].concat();
            let start = Instant::now();
            within(async {
                socket.write_all(CONNECT_5).await.unwrap();
                for _ in 0..LEN / publish.len() {
                    socket.write_all(&publish).await.unwrap();
                }
                socket.shutdown().await.unwrap();
                socket.read_to_end(&mut Vec::new()).await.unwrap();
            })
            .await;
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    let rates = seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        LEN as f64 / seconds[1] / 1e6
    });
    let most = tap.memory("VmHWM");
    println!(
        "{:.0} MB/s directly, {:.0} MB/s through the tap, {most} kB at most",
        rates[0], rates[1]
    );
    assert!(most < 150_000, "{most} kB");
    tap.stop().await;
}
