//! Addresses and connections: TCP, TLS, WebSocket, and WebSocket in TLS.
//!
//! The command's `tap` and `refuse`, and the probe, all take the same addresses.

mod address;
mod tls;
mod websocket;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

pub use address::{Address, AddressError, Transport};
pub use tls::TlsOptions;

use websocket::Inside;

/// How long one address may take to accept a connection.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// It cannot be tried: a file that cannot be read, a name that no certificate can be for.
    #[error("{0}")]
    Setup(String),
    /// The server cannot be reached.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It was reached, but TLS or WebSocket did not come about.
    #[error("{0}")]
    Handshake(String),
}

/// Makes connections to one address. It is made once, before the first connection: what is wrong with the options
/// is known then.
///
/// ```no_run
/// use mqtt_reason_probe::net::{Connector, TlsOptions};
///
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let connector = Connector::new("tls://broker.example".parse()?, &TlsOptions::default())?;
/// let connection = connector.connect().await?;
/// println!("connected from {}", connection.local_addr()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Connector {
    address: Address,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Connector {
    /// Makes a connector.
    ///
    /// # Errors
    ///
    /// The options of TLS cannot be followed.
    pub fn new(address: Address, options: &TlsOptions) -> Result<Self, ConnectError> {
        let tls = match address.transport().is_tls() {
            true => Some((tls::connector(options)?, tls::server_name(address.host())?)),
            false => None,
        };
        Ok(Self { address, tls })
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// The IP addresses that the host's name stands for now.
    ///
    /// # Errors
    ///
    /// The name cannot be resolved.
    pub async fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let host = self.address.host();
        let found = tokio::net::lookup_host((host, self.address.port())).await?;
        Ok(found.collect())
    }

    /// Connects, and shakes hands as the transport demands: what passes then is MQTT.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, or TLS or WebSocket do not come about.
    pub async fn connect(&self) -> Result<Connection, ConnectError> {
        let tcp = self.connect_tcp(|_| true).await?;
        self.shake_hands(tcp).await
    }

    /// Connects without WebSocket: what passes then is what a client sends who speaks WebSocket itself. TLS is spoken
    /// where the transport demands it. Only addresses that `may` allows are tried.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, or TLS does not come about.
    pub async fn connect_raw(
        &self,
        may: impl Fn(SocketAddr) -> bool,
    ) -> Result<Connection, ConnectError> {
        let tcp = self.connect_tcp(may).await?;
        self.encrypt(tcp).await
    }

    /// Connects to the first address that accepts within [`CONNECT_LIMIT`].
    async fn connect_tcp(
        &self,
        may: impl Fn(SocketAddr) -> bool,
    ) -> Result<TcpStream, ConnectError> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name stands for no address");
        for address in self.resolve().await? {
            if !may(address) {
                last = io::Error::new(io::ErrorKind::AddrInUse, "that is the tap itself");
                continue;
            }
            match tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => {
                    // Small packets are not held back here. It is a wish, not a condition.
                    let _ = tcp.set_nodelay(true);
                    return Ok(tcp);
                }
                Ok(Err(error)) => last = error,
                Err(_) => {
                    let text = format!("no answer within {} s", CONNECT_LIMIT.as_secs());
                    last = io::Error::new(io::ErrorKind::TimedOut, text);
                }
            }
        }
        Err(last.into())
    }

    /// What the transport demands on top of TCP.
    ///
    /// # Errors
    ///
    /// TLS or WebSocket do not come about.
    pub async fn shake_hands(&self, tcp: TcpStream) -> Result<Connection, ConnectError> {
        let connection = self.encrypt(tcp).await?;
        if !self.address.transport().is_websocket() {
            return Ok(connection);
        }
        let inside = within_limit(websocket::connect(&self.address, connection.stream)).await?;
        Ok(Connection {
            stream: Stream::WebSocket(Box::new(inside)),
        })
    }

    async fn encrypt(&self, tcp: TcpStream) -> Result<Connection, ConnectError> {
        let Some((connector, name)) = &self.tls else {
            return Ok(tcp.into());
        };
        let handshake = async {
            let tls = connector.connect(name.clone(), tcp).await;
            tls.map_err(|error| ConnectError::Handshake(tls::explain(&error)))
        };
        Ok(Connection {
            stream: Stream::Tls(Box::new(within_limit(handshake).await?)),
        })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.address).finish()
    }
}

async fn within_limit<T>(
    handshake: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    match tokio::time::timeout(CONNECT_LIMIT, handshake).await {
        Ok(result) => result,
        Err(_) => Err(ConnectError::Handshake(format!(
            "the handshake was not done within {} s",
            CONNECT_LIMIT.as_secs()
        ))),
    }
}

/// A connection over any transport. What is read and written is MQTT (with [`Connector::connect_raw`], what the
/// client sends).
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    WebSocket(Box<Inside<Self>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref().0,
            Self::WebSocket(inside) => inside.get_ref().tcp(),
        }
    }
}

impl Connection {
    /// The TCP connection below, to ask it, or to set its options. Whoever reads or writes there breaks the connection.
    #[must_use]
    pub fn tcp(&self) -> &TcpStream {
        self.stream.tcp()
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// The system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().local_addr()
    }

    /// The other end's address.
    ///
    /// # Errors
    ///
    /// The system does not tell.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().peer_addr()
    }

    /// Ends the connection with a reset, as a program that crashed would.
    pub fn reset(self) {
        reset(self.tcp());
    }
}

/// Makes a connection end with a reset when it is dropped.
pub fn reset(tcp: &TcpStream) {
    // Where the system refuses, it ends as usual.
    let _ = tcp.set_zero_linger();
}

impl From<TcpStream> for Connection {
    fn from(tcp: TcpStream) -> Self {
        Self {
            stream: Stream::Tcp(tcp),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buffer),
            Self::WebSocket(inside) => Pin::new(inside.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, bytes),
            Self::WebSocket(inside) => Pin::new(inside.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
            Self::WebSocket(inside) => Pin::new(inside.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
            Self::WebSocket(inside) => Pin::new(inside.as_mut()).poll_shutdown(cx),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
