//! The relay of one connection: bytes pass unchanged, and so does how a side ends.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use mqtt_reason::Side;
use mqtt_reason_probe::net::{Connection, reset};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::clients::Clients;
use super::clock::Clock;
use super::metrics::Metrics;
use super::queue::{Entry, Queue};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

thread_local! {
    /// What was read last. A connection takes memory only for what its receiver does not take at once.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; CHUNK]);
}

/// How a side ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum How {
    /// It closed the connection.
    Fin,
    /// It reset the connection, as a program does that crashed or did not read everything.
    Reset,
    /// The system gave it up, or the tap did.
    Timeout,
}

impl How {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
        }
    }

    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::Timeout,
            // TLS without its farewell.
            io::ErrorKind::UnexpectedEof => Self::Fin,
            _ => Self::Reset,
        }
    }
}

/// Who ended what, and how.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// `None` is the tap.
    pub(super) by: Option<Side>,
    pub(super) how: How,
    /// More about it, in words, where there is more.
    pub(super) why: Option<String>,
}

impl End {
    pub(super) const fn by(side: Side, how: How) -> Self {
        Self {
            by: Some(side),
            how,
            why: None,
        }
    }

    pub(super) fn by_tap(how: How, why: impl Into<String>) -> Self {
        Self {
            by: None,
            how,
            why: Some(why.into()),
        }
    }
}

/// How many bytes each side has sent.
#[derive(Default)]
pub(super) struct Counters {
    client: AtomicU64,
    server: AtomicU64,
}

impl Counters {
    const fn of(&self, side: Side) -> &AtomicU64 {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    pub(super) fn get(&self, side: Side) -> u64 {
        self.of(side).load(Ordering::Relaxed)
    }
}

/// Both ends of a connection, and where is told what passes.
pub(super) struct Relay<'a> {
    pub(super) client: TcpStream,
    pub(super) server: Connection,
    pub(super) queue: &'a Queue,
    pub(super) counters: &'a Counters,
    pub(super) metrics: &'a Metrics,
    pub(super) clients: &'a Clients,
    pub(super) clock: Clock,
    /// How long the second side may be silent when the first one has ended.
    pub(super) half_close: Duration,
}

/// What happens to the bytes of one side.
struct Direction {
    sender: Side,
    state: State,
    /// What was written may not be on its way yet (TLS).
    flush: bool,
}

enum State {
    Reading,
    Writing {
        bytes: Vec<u8>,
        done: usize,
    },
    /// The sender has closed: its receiver is told.
    ShuttingDown,
    Done,
}

/// Why relaying stopped, or goes on in one direction.
enum Event {
    /// The sender of a direction has ended.
    Ended(Side, How),
    /// This side takes nothing more.
    Gone(Side, How),
}

impl Direction {
    const fn new(sender: Side) -> Self {
        Self {
            sender,
            state: State::Reading,
            flush: false,
        }
    }

    /// Relays until nothing more can be read or written now.
    fn poll<F, T>(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut F,
        to: &mut T,
        told: &Told<'_>,
    ) -> Poll<Event>
    where
        F: AsyncRead + Unpin,
        T: AsyncWrite + Unpin,
    {
        let receiver = other(self.sender);
        loop {
            match &mut self.state {
                State::Reading => {
                    let read = BUFFER.with_borrow_mut(|buffer| {
                        let mut buffer = ReadBuf::new(buffer);
                        match Pin::new(&mut *from).poll_read(cx, &mut buffer) {
                            Poll::Pending => return Poll::Pending,
                            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                            Poll::Ready(Ok(())) => {}
                        }
                        let bytes = buffer.filled();
                        if bytes.is_empty() {
                            return Poll::Ready(Ok(None));
                        }
                        // Before it is passed on, so that an answer cannot be told before its question.
                        told.tell(self.sender, bytes);
                        // Most of the time it can go at once.
                        Poll::Ready(Ok(Some(match Pin::new(&mut *to).poll_write(cx, bytes) {
                            Poll::Ready(Ok(len)) => Ok(bytes.get(len..).unwrap_or_default().into()),
                            Poll::Ready(Err(error)) => Err(error),
                            Poll::Pending => Ok(bytes.into()),
                        })))
                    });
                    match read {
                        Poll::Ready(Ok(Some(Ok(rest)))) => {
                            self.flush = true;
                            let rest: Vec<u8> = rest;
                            if !rest.is_empty() {
                                self.state = State::Writing {
                                    bytes: rest,
                                    done: 0,
                                };
                            }
                        }
                        Poll::Ready(Ok(Some(Err(error)))) => {
                            self.state = State::Done;
                            return Poll::Ready(Event::Gone(receiver, How::of(&error)));
                        }
                        Poll::Ready(Ok(None)) => {
                            self.state = State::ShuttingDown;
                            return Poll::Ready(Event::Ended(self.sender, How::Fin));
                        }
                        Poll::Ready(Err(error)) => {
                            let how = How::of(&error);
                            self.state = match how {
                                How::Fin => State::ShuttingDown,
                                _ => State::Done,
                            };
                            return Poll::Ready(Event::Ended(self.sender, how));
                        }
                        Poll::Pending => {
                            if self.flush {
                                match Pin::new(&mut *to).poll_flush(cx) {
                                    Poll::Ready(Ok(())) => self.flush = false,
                                    Poll::Ready(Err(error)) => {
                                        self.state = State::Done;
                                        let how = How::of(&error);
                                        return Poll::Ready(Event::Gone(receiver, how));
                                    }
                                    Poll::Pending => {}
                                }
                            }
                            return Poll::Pending;
                        }
                    }
                }
                State::Writing { bytes, done } => {
                    let rest = bytes.get(*done..).unwrap_or_default();
                    if rest.is_empty() {
                        self.state = State::Reading;
                        continue;
                    }
                    match Pin::new(&mut *to).poll_write(cx, rest) {
                        Poll::Ready(Ok(len)) if len > 0 => *done += len,
                        Poll::Pending => return Poll::Pending,
                        result => {
                            self.state = State::Done;
                            let how = match result {
                                Poll::Ready(Err(error)) => How::of(&error),
                                _ => How::Reset,
                            };
                            return Poll::Ready(Event::Gone(receiver, how));
                        }
                    }
                }
                State::ShuttingDown => match Pin::new(&mut *to).poll_shutdown(cx) {
                    Poll::Pending => return Poll::Pending,
                    // A receiver that is gone says so by itself.
                    Poll::Ready(_) => self.state = State::Done,
                },
                State::Done => return Poll::Pending,
            }
        }
    }
}

/// Where what passes is counted and left for being told.
struct Told<'a> {
    queue: &'a Queue,
    counters: &'a Counters,
    metrics: &'a Metrics,
    clients: &'a Clients,
    clock: Clock,
}

impl Told<'_> {
    fn tell(&self, side: Side, bytes: &[u8]) {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let before = self.counters.of(side).fetch_add(len, Ordering::Relaxed);
        if before == 0 && side == Side::Client {
            self.clients.unread();
        }
        self.metrics.bytes(side, len);
        self.queue.bytes(side, self.clock.now(), bytes);
    }
}

pub(super) const fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

impl Relay<'_> {
    /// Relays until both sides have ended. `stopped` ends when the tap is to end.
    pub(super) async fn run(mut self, stopped: impl Future<Output = ()>) {
        let told = Told {
            queue: self.queue,
            counters: self.counters,
            metrics: self.metrics,
            clients: self.clients,
            clock: self.clock,
        };
        let mut requests = Direction::new(Side::Client);
        let mut replies = Direction::new(Side::Server);
        tokio::pin!(stopped);

        let first = tokio::select! {
            event = next(&mut requests, &mut replies, &mut self.client, &mut self.server, &told) => event,
            () = &mut stopped => {
                self.closing(End::by_tap(How::Fin, "the tap was ended"));
                self.closed(End::by_tap(How::Fin, "the tap was ended"));
                return;
            }
        };
        let gone = match first {
            Event::Ended(side, how) => {
                self.closing(End::by(side, how));
                match how {
                    How::Fin => side,
                    How::Reset | How::Timeout => return self.pass_on_reset(side),
                }
            }
            Event::Gone(side, how) => {
                let how = self.last_words(side, how, &mut requests, &mut replies, &told);
                self.closing(End::by(side, how));
                return self.pass_on_reset(side);
            }
        };

        // One side is gone. The other one may go on as long as it has something to say.
        let second = other(gone);
        let mut heard = self.counters.get(second);
        let mut limit = Instant::now() + self.half_close;
        loop {
            let ended = tokio::select! {
                event = next(&mut requests, &mut replies, &mut self.client, &mut self.server, &told) => Some(event),
                () = sleep_until(limit) => None,
                () = &mut stopped => {
                    return self.closed(End::by_tap(How::Fin, "the tap was ended"));
                }
            };
            match ended {
                Some(Event::Ended(side, how)) if side == second => {
                    return match how {
                        How::Fin => self.closed(End::by(second, How::Fin)),
                        how => {
                            reset(self.tcp(gone));
                            self.closed(End::by(second, how));
                        }
                    };
                }
                // Whoever was gone takes nothing more: what the second side sends is for nobody.
                Some(Event::Gone(side, _)) if side == gone => return self.pass_on_reset(gone),
                Some(Event::Ended(_, how)) => {
                    // The side that had closed resets now.
                    if how != How::Fin {
                        return self.pass_on_reset(gone);
                    }
                }
                // The last bytes of the side that has ended find no reader.
                Some(Event::Gone(_, how)) => return self.closed(End::by(second, how)),
                None => {
                    let now = self.counters.get(second);
                    if now == heard {
                        let text = format!(
                            "the {second} neither sent nor closed for {} s: the tap closed",
                            self.half_close.as_secs_f64()
                        );
                        reset(self.tcp(second));
                        return self.closed(End::by_tap(How::Timeout, text));
                    }
                    heard = now;
                    limit = Instant::now() + self.half_close;
                }
            }
        }
    }

    /// What a side that takes nothing more has still said, and how it ended.
    fn last_words(
        &mut self,
        side: Side,
        how: How,
        requests: &mut Direction,
        replies: &mut Direction,
        told: &Told<'_>,
    ) -> How {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let event = match side {
            Side::Client => requests.poll(&mut cx, &mut self.client, &mut self.server, told),
            Side::Server => replies.poll(&mut cx, &mut self.server, &mut self.client, told),
        };
        match event {
            Poll::Ready(Event::Ended(_, how)) => how,
            _ => how,
        }
    }

    const fn tcp_of_client(&self) -> &TcpStream {
        &self.client
    }

    fn tcp(&self, side: Side) -> &TcpStream {
        match side {
            Side::Client => self.tcp_of_client(),
            Side::Server => self.server.tcp(),
        }
    }

    /// The side opposite to `gone` gets a reset, as it would without the tap.
    fn pass_on_reset(&self, gone: Side) {
        let second = other(gone);
        reset(self.tcp(second));
        let text = format!("the {gone} is gone: the {second} got a reset");
        self.closed(End::by_tap(How::Reset, text));
    }

    fn closing(&self, end: End) {
        self.metrics.close(end.by, end.how);
        let time = self.clock.now();
        self.queue.event(Entry::Closing { time, end });
    }

    fn closed(&self, end: End) {
        let time = self.clock.now();
        self.queue.event(Entry::Closed { time, end });
    }
}

/// What happens next.
async fn next(
    requests: &mut Direction,
    replies: &mut Direction,
    client: &mut TcpStream,
    server: &mut Connection,
    told: &Told<'_>,
) -> Event {
    poll_fn(|cx| {
        if let Poll::Ready(event) = requests.poll(cx, client, server, told) {
            return Poll::Ready(event);
        }
        replies.poll(cx, server, client, told)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_say_how_a_side_ended() {
        for (kind, how) in [
            (io::ErrorKind::TimedOut, How::Timeout),
            (io::ErrorKind::HostUnreachable, How::Timeout),
            (io::ErrorKind::UnexpectedEof, How::Fin),
            (io::ErrorKind::ConnectionReset, How::Reset),
            (io::ErrorKind::BrokenPipe, How::Reset),
        ] {
            assert_eq!(How::of(&kind.into()), how);
        }
    }
}
