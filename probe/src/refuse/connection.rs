//! One client's connection: bytes in and out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::session::{Session, Step};
use super::{Shared, proxy};

/// How long a client may take to close after the connection was ended.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// No packet may be larger: the refuser keeps it whole.
const MAX_PACKET_SIZE: usize = 16 * 1024 * 1024;

/// How many answers wait for a client that does not read; then nothing more is read from it.
pub(super) const QUEUE: usize = 1024;

/// What the writer of a connection is given.
#[derive(Debug)]
pub(super) enum Out {
    Send(Vec<u8>),
    Close,
}

/// Serves one client until either side has ended the connection.
pub(super) async fn run(client: TcpStream, shared: Arc<Shared>, number: u32) {
    let result = if shared.upstream.is_some() {
        proxy::run(client, &shared, number).await
    } else {
        serve(client, &shared, number).await
    };
    let end = match result {
        Ok(()) => "closed".to_owned(),
        Err(error) => format!("closed: {error}"),
    };
    shared.record(number, None, &[]);
    shared.note(number, end);
}

async fn serve(client: TcpStream, shared: &Shared, number: u32) -> io::Result<()> {
    let (mut input, output) = client.into_split();
    let (out, outgoing) = mpsc::channel(QUEUE);
    let mut writer = tokio::spawn(write(output, outgoing));
    let mut tasks = JoinSet::new();
    let mut session = Session::new(&shared.rules);
    let mut buffer = BytesMut::new();
    loop {
        while let Some((packet, len, steps)) = session.receive(&buffer) {
            shared.record(number, packet, buffer.get(..len).unwrap_or_default());
            drop(buffer.split_to(len.min(buffer.len())));
            for step in steps {
                match step {
                    Step::Send(bytes, delay) => {
                        later(&mut tasks, &out, Out::Send(bytes), delay).await;
                    }
                    Step::Close(delay) => later(&mut tasks, &out, Out::Close, delay).await,
                    Step::Note(text) => shared.note(number, text),
                }
            }
            if session.is_over() || buffer.is_empty() {
                break;
            }
        }
        if session.is_over() {
            break;
        }
        if buffer.len() > MAX_PACKET_SIZE {
            return Err(io::Error::other(
                "the client's packet is larger than 16 MiB",
            ));
        }
        tokio::select! {
            read = input.read_buf(&mut buffer) => {
                if read? == 0 {
                    return Ok(());
                }
            }
            // A connection that was to be ended later.
            _ = &mut writer => break,
        }
    }
    // What is still to be sent goes out; then the client is left the time to close first. What it sends is recorded.
    drop(out);
    while tasks.join_next().await.is_some() {}
    if !writer.is_finished() {
        let _ = writer.await;
    }
    let rest = async {
        loop {
            let mut bytes = BytesMut::new();
            if input.read_buf(&mut bytes).await? == 0 {
                return io::Result::Ok(());
            }
            shared.record(number, None, &bytes);
        }
    };
    timeout(CLOSE_LIMIT, rest).await.unwrap_or(Ok(()))
}

/// Gives `item` to the writer after the delay; what has no delay keeps its order.
pub(super) async fn later(
    tasks: &mut JoinSet<()>,
    out: &mpsc::Sender<Out>,
    item: Out,
    delay: Duration,
) {
    if delay.is_zero() {
        // The writer is gone: so is the connection.
        let _ = out.send(item).await;
        return;
    }
    let (out, at) = (out.clone(), Instant::now() + delay);
    tasks.spawn(async move {
        sleep_until(at).await;
        let _ = out.send(item).await;
    });
}

/// Writes what it is given; after `Close` nothing more.
pub(super) async fn write(mut output: impl AsyncWrite + Unpin, mut outgoing: mpsc::Receiver<Out>) {
    while let Some(item) = outgoing.recv().await {
        match item {
            Out::Send(bytes) => {
                if output.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Out::Close => break,
        }
    }
    let _ = output.shutdown().await;
}
