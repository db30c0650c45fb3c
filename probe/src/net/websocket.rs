//! MQTT in WebSocket frames, as a stream of the bytes inside.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Address, ConnectError};

/// The bytes in the binary messages of a WebSocket (MQTT 5.0 §6, 3.1.1 §6).
#[derive(Debug)]
pub(super) struct Inside<S> {
    socket: WebSocketStream<S>,
    rest: Bytes,
}

/// Asks for the subprotocol `mqtt` and waits until the server agrees.
pub(super) async fn connect<S>(address: &Address, stream: S) -> Result<Inside<S>, ConnectError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let scheme = address.transport().scheme();
    let uri = format!("{scheme}://{}{}", address.host_and_port(), address.path());
    let mut request = uri
        .into_client_request()
        .map_err(|error| ConnectError::Setup(error.to_string()))?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", HeaderValue::from_static("mqtt"));
    let (socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .map_err(|error| match error {
            Error::Io(error) => ConnectError::Io(error),
            error => ConnectError::Handshake(format!("WebSocket: {error}")),
        })?;
    Ok(Inside {
        socket,
        rest: Bytes::new(),
    })
}

impl<S> Inside<S> {
    /// What carries the WebSocket.
    pub(super) fn get_ref(&self) -> &S
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.socket.get_ref()
    }
}

fn io_error(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed | Error::AlreadyClosed => io::ErrorKind::BrokenPipe.into(),
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Inside<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => self.rest = bytes,
                Some(Ok(Message::Text(_))) => {
                    // [MQTT-6.0.0-1]: anything but a binary frame ends the connection.
                    let text = "a WebSocket text frame, where MQTT has binary ones";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                // PING is answered by the WebSocket itself.
                Some(Ok(_)) => {}
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                    return Poll::Ready(Ok(()));
                }
                Some(Err(error)) => return Poll::Ready(Err(io_error(error))),
            }
        }
        let len = self.rest.len().min(buffer.remaining());
        buffer.put_slice(self.rest.get(..len).unwrap_or_default());
        self.rest.advance(len);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Inside<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(io_error)?;
        let message = Message::Binary(Bytes::copy_from_slice(bytes));
        Pin::new(&mut self.socket)
            .start_send(message)
            .map_err(io_error)?;
        // As a socket does: what was taken is on its way without being asked for. If not all of it can go now, the
        // next call goes on.
        let _ = Pin::new(&mut self.socket)
            .poll_flush(cx)
            .map_err(io_error)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(io_error)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.socket).poll_close(cx)) {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(io_error(error))),
        }
    }
}
