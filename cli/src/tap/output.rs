//! Where lines go: a thread of its own for each output, which alone waits for it. Whoever relays never does.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// How many bytes may wait for an output. What is more than that is counted and not written.
const WAITING: usize = 32 * 1024 * 1024;
/// How much is written at once, in bytes.
const BUFFER: usize = 64 * 1024;
/// How long a failed output is left alone before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The way to one output.
#[derive(Clone)]
pub(super) struct Output {
    lines: Sender<Vec<u8>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    waiting: AtomicUsize,
    lost: AtomicU64,
}

/// Ends when an output has written everything after its last owner is gone.
pub(super) type Written = oneshot::Receiver<()>;

impl Output {
    /// Starts the thread. What is wrong with the output is said by `say`, once.
    pub(super) fn start(
        name: &'static str,
        out: impl FnOnce() -> Box<dyn Write> + Send + 'static,
        say: impl Fn(String) + Send + 'static,
    ) -> (Self, Written) {
        let (lines, queue) = channel();
        let state = Arc::<State>::default();
        let (done, written) = oneshot::channel();
        let output = Self {
            lines,
            state: Arc::clone(&state),
        };
        thread::spawn(move || {
            let writer = Writer {
                name,
                out: out(),
                state,
                buffer: Vec::new(),
                done: 0,
                failed: None,
                said: false,
            };
            writer.run(&queue, say);
            // Nobody waits for it any more if the time to end is over.
            let _ = done.send(());
        });
        (output, written)
    }

    /// Writes a line, or counts it if too many are waiting.
    pub(super) fn line(&self, line: Vec<u8>) {
        let len = line.len();
        if self.is_full() {
            self.state.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.state.waiting.fetch_add(len, Ordering::Relaxed);
        // The thread outlives every owner of the other end.
        let _ = self.lines.send(line);
    }

    /// Whether the next line would not be written.
    pub(super) fn is_full(&self) -> bool {
        self.state.waiting.load(Ordering::Relaxed) > WAITING
    }
}

/// What the thread holds.
struct Writer {
    name: &'static str,
    out: Box<dyn Write>,
    state: Arc<State>,
    /// What is not written yet, from `done` on.
    buffer: Vec<u8>,
    done: usize,
    /// When nothing could be written the last time.
    failed: Option<Instant>,
    /// The failure has been said.
    said: bool,
}

impl Writer {
    /// Writes lines until there are no more, and hands them on whenever none is waiting.
    fn run(mut self, queue: &Receiver<Vec<u8>>, say: impl Fn(String)) {
        loop {
            let line = match queue.try_recv() {
                Ok(line) => line,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    self.write(&say);
                    match queue.recv() {
                        Ok(line) => line,
                        Err(_) => break,
                    }
                }
            };
            self.state.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            if self.failed.is_some() && self.buffer.len() >= BUFFER {
                self.state.lost.fetch_add(1, Ordering::Relaxed);
            } else {
                self.buffer.extend(line);
            }
            if self.buffer.len() >= BUFFER {
                self.write(&say);
            }
        }
        self.failed = None;
        self.write(&say);
    }

    /// Writes what the output takes. What it does not take is kept, so that no line is ever torn.
    fn write(&mut self, say: &impl Fn(String)) {
        if self.failed.is_some_and(|failed| failed.elapsed() < RETRY) {
            return;
        }
        self.failed = None;
        while let Some(rest) = self.buffer.get(self.done..).filter(|rest| !rest.is_empty()) {
            let error = match self.out.write(rest) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(len) => {
                    self.done += len;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.failed = Some(Instant::now());
            if !std::mem::replace(&mut self.said, true) {
                say(format!(
                    "cannot write to {}: {error}; connections are relayed all the same",
                    self.name
                ));
            }
            return;
        }
        self.buffer.clear();
        self.done = 0;
        self.said = false;
        let lost = self.state.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            say(format!(
                "{lost} lines were not written to {}: it did not take them in time",
                self.name
            ));
        }
    }
}

/// Standard output, without a buffer of its own.
#[cfg(unix)]
pub(super) fn stdout() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// Standard output, without a buffer of its own.
#[cfg(windows)]
pub(super) fn stdout() -> io::Result<std::fs::File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}
