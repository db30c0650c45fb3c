//! Counters since the start, and who serves them to Prometheus.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::Side;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::relay::How;

/// The longest request that is read, in bytes.
const REQUEST: usize = 8 * 1024;
/// How long a request may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How many requests are served at a time.
const AT_A_TIME: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    packet: &'static str,
    reason_code: u8,
    from: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FindingLabels {
    rule: &'static str,
    kind: &'static str,
    by: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    packet: &'static str,
    rule: &'static str,
    from: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CloseLabels {
    by: &'static str,
    how: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SideLabel {
    from: &'static str,
}

/// What is counted.
pub(super) struct Metrics {
    registry: Registry,
    connections: Counter,
    open: Gauge,
    unreachable: Counter,
    codes: Family<CodeLabels, Counter>,
    findings: Family<FindingLabels, Counter>,
    errors: Family<ErrorLabels, Counter>,
    closes: Family<CloseLabels, Counter>,
    client_bytes: Counter,
    server_bytes: Counter,
}

/// The word of the JSON for a side.
pub(super) const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// The word of the JSON for who ended something.
pub(super) const fn by_name(by: Option<Side>) -> &'static str {
    match by {
        Some(side) => side_name(side),
        None => "tap",
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let bytes = Family::<SideLabel, Counter>::default();
        let of = |from| bytes.get_or_create_owned(&SideLabel { from });
        let mut metrics = Self {
            registry: Registry::with_prefix("mqtt_reason"),
            connections: Counter::default(),
            open: Gauge::default(),
            unreachable: Counter::default(),
            codes: Family::default(),
            findings: Family::default(),
            errors: Family::default(),
            closes: Family::default(),
            client_bytes: of("client"),
            server_bytes: of("server"),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "connections",
            "Connections accepted from clients",
            metrics.connections.clone(),
        );
        registry.register(
            "open_connections",
            "Connections that are open",
            metrics.open.clone(),
        );
        registry.register(
            "upstream_unreachable",
            "Connections that ended because the upstream could not be reached",
            metrics.unreachable.clone(),
        );
        registry.register(
            "codes",
            "Reason codes and return codes by packet, code and sender",
            metrics.codes.clone(),
        );
        registry.register(
            "findings",
            "Findings across packets by rule, kind and side",
            metrics.findings.clone(),
        );
        registry.register(
            "errors",
            "Packets that do not decode by packet, rule and sender",
            metrics.errors.clone(),
        );
        registry.register(
            "closes",
            "First sides that ended by side and manner",
            metrics.closes.clone(),
        );
        registry.register("bytes", "Bytes by the side that sent them", bytes.clone());
        metrics
    }

    pub(super) fn accepted(&self) {
        self.connections.inc();
        self.open.inc();
    }

    pub(super) fn ended(&self) {
        self.open.dec();
    }

    pub(super) fn unreachable(&self) {
        self.unreachable.inc();
    }

    pub(super) fn bytes(&self, from: Side, len: u64) {
        match from {
            Side::Client => self.client_bytes.inc_by(len),
            Side::Server => self.server_bytes.inc_by(len),
        };
    }

    pub(super) fn close(&self, by: Option<Side>, how: How) {
        let labels = CloseLabels {
            by: by_name(by),
            how: how.name(),
        };
        self.closes.get_or_create(&labels).inc();
    }

    pub(super) fn code(&self, packet: &'static str, reason_code: u8, from: Side) {
        let labels = CodeLabels {
            packet,
            reason_code,
            from: side_name(from),
        };
        self.codes.get_or_create(&labels).inc();
    }

    pub(super) fn finding(&self, rule: &'static str, kind: &'static str, by: Side) {
        let by = side_name(by);
        let labels = FindingLabels { rule, kind, by };
        self.findings.get_or_create(&labels).inc();
    }

    pub(super) fn error(&self, packet: &'static str, rule: &'static str, from: Side) {
        let from = side_name(from);
        let labels = ErrorLabels { packet, rule, from };
        self.errors.get_or_create(&labels).inc();
    }

    /// All of it, in the text format of OpenMetrics, which Prometheus reads.
    fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

/// Serves the counters at `/metrics`, for as long as it is polled.
pub(super) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((socket, _)) => {
                let metrics = Arc::clone(&metrics);
                tokio::spawn(async move {
                    let _ = timeout(LIMIT, answer(socket, &metrics)).await;
                    drop(place);
                });
            }
            // No file descriptor left, for example.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Answers one request, and closes.
async fn answer(mut socket: TcpStream, metrics: &Metrics) -> io::Result<()> {
    let mut request = Vec::new();
    let (status, body) = loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(&request) {
            Ok(httparse::Status::Partial) if request.len() < REQUEST => {}
            Ok(httparse::Status::Complete(_)) => {
                let path = parsed.path.unwrap_or_default();
                let path = path.split('?').next().unwrap_or_default();
                break match (parsed.method, path) {
                    (Some("GET"), "/metrics") => ("200 OK", metrics.text()),
                    (Some("HEAD"), "/metrics") => ("200 OK", String::new()),
                    (Some("GET" | "HEAD"), _) => {
                        ("404 Not Found", "the counters are at /metrics\n".to_owned())
                    }
                    _ => ("405 Method Not Allowed", String::new()),
                };
            }
            _ => break ("400 Bad Request", String::new()),
        }
        if socket.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    };
    let kind = match status {
        "200 OK" => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(answer.as_bytes()).await?;
    socket.shutdown().await?;
    // What it still sends must not turn the answer into a reset.
    while socket.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}
