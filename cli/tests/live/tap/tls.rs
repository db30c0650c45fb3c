//! `mqtt-reason tap` with an upstream that speaks TLS.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use super::support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server with a certificate of its own, for `localhost`, that answers CONNECT of 5.0 with CONNACK and DISCONNECT.
async fn server() -> (SocketAddr, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            // Who does not trust it goes away.
            let Ok(mut tls) = acceptor.accept(socket).await else {
                continue;
            };
            let mut connect = [0; CONNECT_5.len()];
            tls.read_exact(&mut connect).await.unwrap();
            assert_eq!(connect, CONNECT_5);
            tls.write_all(&[CONNACK_5, &[0xE0, 0x01, 0x8B]].concat())
                .await
                .unwrap();
            tls.shutdown().await.unwrap();
        }
    });
    (address, file)
}

#[tokio::test]
async fn speaks_tls_to_the_server_and_none_to_the_client() {
    let (address, ca) = server().await;
    let upstream = format!("tls://localhost:{}", address.port());
    let ca = ca.path().to_str().unwrap();
    for trust in [&["--cafile", ca][..], &["--insecure"]] {
        let mut tap = Tap::start_to(&upstream, &[trust, &["--json"]].concat()).await;
        let mut client = tap.connect().await;
        client.write_all(CONNECT_5).await.unwrap();
        let expected = [CONNACK_5, &[0xE0, 0x01, 0x8B]].concat();
        assert_eq!(read_to_end(&mut client).await, expected);
        let disconnect = tap.packet(1, "DISCONNECT").await;
        assert_eq!(disconnect["reason_code"], 0x8B);
        let closing = tap.event(1, "closing").await;
        assert_eq!(
            (&closing["by"], &closing["how"]),
            (&"server".into(), &"fin".into())
        );
        tap.stop().await;
    }
}

#[tokio::test]
async fn says_why_it_does_not_trust_a_server_and_what_to_do() {
    let (address, ca) = server().await;
    let ca = ca.path().to_str().unwrap();
    let (other, other_ca) = server().await;
    let other_ca = other_ca.path().to_str().unwrap();
    let (plain, plain_address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = plain.accept().await.unwrap();
            let _ = socket.write_all(CONNACK_5).await;
            let _ = socket.read(&mut [0; 1024]).await;
        }
    });
    for (host, port, ca, expected) in [
        ("localhost", address.port(), other_ca, "--cafile"),
        ("127.0.0.1", other.port(), other_ca, "for another name"),
        (
            "localhost",
            plain_address.port(),
            ca,
            "does not speak TLS on this port",
        ),
    ] {
        let upstream = format!("mqtts://{host}:{port}");
        let mut tap = Tap::start_to(&upstream, &["--json", "--cafile", ca]).await;
        let mut client = tap.connect().await;
        assert_eq!(read_to_end(&mut client).await, b"");
        let closing = tap.event(1, "closing").await;
        assert_eq!(closing["by"], "tap");
        let text = closing["text"].as_str().unwrap();
        assert!(text.contains(expected), "{text}");
        tap.stop().await;
    }
}
