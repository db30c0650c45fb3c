//! One connection: packets in, packets out, and how it ends.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::{SinkExt, StreamExt};
use mqtt_reason::codec::{Answer, Codec, CodecError, Item};
use mqtt_reason::v5::{Connack, ConnackReason, Disconnect, DisconnectReason};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, DecodeOptions, OwnedFrame, PacketType, Side, Version, mapping, v3};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::codec::{Encoder, Framed};

use super::checker::Checker;
use super::{MAX_PACKET_SIZE, PATIENCE, Refusal};

/// Why a connection ends.
pub(super) enum End {
    /// The client is gone, or does not read.
    Gone,
    /// The client said DISCONNECT and does not want its Will published.
    Goodbye,
    /// The broker ends it, and says why where it can.
    Because(DisconnectReason, String),
    /// The codec has refused what the client sent.
    Refused(CodecError),
}

impl End {
    /// A packet that does not belong here.
    pub(super) fn unexpected(packet: PacketType) -> Self {
        let text = format!("{packet} is not expected");
        Self::Because(DisconnectReason::ProtocolError, text)
    }
}

impl From<CodecError> for End {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Refused { .. } | CodecError::NotConnect { .. } => Self::Refused(error),
            _ => Self::Gone,
        }
    }
}

impl From<Refusal> for End {
    fn from((reason, text): Refusal) -> Self {
        Self::Because(reason, text.to_owned())
    }
}

impl From<DecodeError> for End {
    fn from(error: DecodeError) -> Self {
        Self::Because((&error).into(), error.to_string())
    }
}

/// What a client has sent in a frame of one of the six packets without reason code.
pub(super) fn view<'a>(frame: &'a OwnedFrame, version: Version) -> Result<View<'a>, DecodeError> {
    let options = DecodeOptions::new().sender(Side::Client);
    // The codec has taken the other nine out.
    Ok(View::of(version, &options, &frame.frame())?.unwrap_or(View::Pingresp))
}

/// The connection itself.
pub(super) struct Link {
    framed: Framed<TcpStream, Codec>,
    /// Both sides of it, checked across packets.
    pub(super) checker: Checker,
}

impl Link {
    pub(super) fn new(socket: TcpStream) -> Self {
        let codec = Codec::server().max_packet_size(MAX_PACKET_SIZE);
        Self {
            framed: Framed::new(socket, codec),
            checker: Checker::new(),
        }
    }

    pub(super) fn codec(&mut self) -> &mut Codec {
        self.framed.codec_mut()
    }

    /// What the client sends next; `None` if it has closed.
    pub(super) async fn next(&mut self) -> Option<Result<Item, End>> {
        let item = self.framed.next().await?;
        if let Err(CodecError::Refused { error, .. }) = &item {
            self.checker.broken(error.packet());
        }
        Some(item.map_err(End::from))
    }

    /// Sends a packet to a client that reads; gives up on one that does not.
    pub(super) async fn send<T>(&mut self, packet: T) -> Result<(), End>
    where
        Codec: Encoder<T, Error = CodecError>,
    {
        match self.try_send(packet).await {
            Ok(()) => Ok(()),
            Err(CodecError::Io(_)) => Err(End::Gone),
            Err(error) => {
                eprintln!("not sent: {error}");
                Err(End::Gone)
            }
        }
    }

    /// The same for a packet that need not be one that can be sent.
    pub(super) async fn try_send<T>(&mut self, packet: T) -> Result<(), CodecError>
    where
        Codec: Encoder<T, Error = CodecError>,
    {
        let send = async {
            self.framed.feed(packet).await?;
            // What was sent before has been flushed: this is the packet.
            self.checker.sent(self.framed.write_buffer());
            self.framed.flush().await
        };
        match timeout(PATIENCE, send).await {
            Ok(sent) => sent,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        }
    }

    /// Sends a packet without a reason code.
    pub(super) async fn view(&mut self, view: &View<'_>, version: Version) -> Result<(), End> {
        let mut bytes = BytesMut::new();
        // It is one that can be written.
        let _ = view.encode(version, &mut bytes);
        match OwnedFrame::decode(version, &mut bytes) {
            Ok(Some(frame)) => self.send(frame).await,
            _ => Ok(()),
        }
    }

    /// Refuses a CONNECT: 5.0 with code and Reason String, 3.x with the return code that comes closest, if any does.
    pub(super) async fn refuse(&mut self, code: ConnackReason, text: &str) -> End {
        let sent = match self.framed.codec().version() {
            Some(Version::V5_0) => {
                self.send(Connack::refused(code).with_reason_string(text))
                    .await
            }
            _ => match mapping::connack_to_v3(code) {
                Some(code) => {
                    self.send(v3::Packet::Connack(v3::Connack::refused(code)))
                        .await
                }
                None => Ok(()),
            },
        };
        sent.err().unwrap_or(End::Gone)
    }

    /// Says why where the version can, and closes.
    pub(super) async fn close(mut self, end: End) {
        let (answer, text) = match &end {
            End::Refused(error) => (error.answer(), error.to_string()),
            End::Because(reason, text) if self.framed.codec().version() == Some(Version::V5_0) => {
                (Answer::Disconnect(*reason), text.clone())
            }
            _ => (Answer::Close, String::new()),
        };
        // Whether it arrives or not, the connection ends here.
        let _ = match answer {
            Answer::Connack(code) => {
                self.send(Connack::refused(code).with_reason_string(&text))
                    .await
            }
            Answer::Disconnect(code) => {
                self.send(Disconnect::new(code).with_reason_string(&text))
                    .await
            }
            Answer::Close => Ok(()),
        };
        linger(self.framed.into_inner()).await;
    }
}

/// Closes so that the client can read the last packet: a socket closed with unread bytes resets the connection.
async fn linger(mut socket: TcpStream) {
    let _ = timeout(Duration::from_secs(1), async {
        socket.shutdown().await?;
        let mut rest = [0; 4096];
        while socket.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    })
    .await;
}
