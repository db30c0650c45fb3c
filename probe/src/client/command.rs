//! The client under test: a command that is started once for each scenario.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How much of what a client prints is kept.
const OUTPUT_LIMIT: usize = 256 * 1024;

/// How long a client that is asked to end may take before it is ended.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// What takes the place of `{host}` and the like.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub(super) host: String,
    pub(super) port: u16,
    /// The Client Identifier to use.
    pub(super) id: String,
    /// `connect`, `subscribe` or `publish`.
    pub(super) action: &'static str,
    pub(super) topic: String,
    pub(super) qos: u8,
    /// How many messages to publish at once.
    pub(super) count: usize,
    pub(super) user: String,
    pub(super) password: String,
    /// The Authentication Method to name.
    pub(super) method: String,
}

/// The command's words.
#[derive(Clone, Debug)]
pub(super) struct Template(Vec<String>);

impl Template {
    pub(super) fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Whether some word has this placeholder, such as `{id}`.
    pub(super) fn has(&self, placeholder: &str) -> bool {
        self.0.iter().any(|word| word.contains(placeholder))
    }

    fn filled(&self, values: &Values) -> Vec<String> {
        let replacements = [
            ("{host}", values.host.clone()),
            ("{port}", values.port.to_string()),
            ("{id}", values.id.clone()),
            ("{action}", values.action.to_owned()),
            ("{topic}", values.topic.clone()),
            ("{qos}", values.qos.to_string()),
            ("{count}", values.count.to_string()),
            ("{user}", values.user.clone()),
            ("{password}", values.password.clone()),
            ("{auth-method}", values.method.clone()),
        ];
        let fill = |word: &String| {
            replacements
                .iter()
                .fold(word.clone(), |word, (name, value)| {
                    word.replace(name, value)
                })
        };
        self.0.iter().map(fill).collect()
    }

    /// Starts the client, in a process group of its own.
    pub(super) fn start(&self, values: &Values) -> io::Result<Client> {
        let words = self.filled(values);
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the command is empty"))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            // What a Python program prints is wanted when it prints it: it may be ended at any time.
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot start {program}: {error}"))
        })?;
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        let output = Arc::new(Mutex::new(Vec::new()));
        let readers = [
            child
                .stdout
                .take()
                .map(|out| tokio::spawn(collect(out, Arc::clone(&output)))),
            child
                .stderr
                .take()
                .map(|out| tokio::spawn(collect(out, Arc::clone(&output)))),
        ];
        Ok(Client {
            child,
            group,
            output,
            readers,
            exit: None,
        })
    }
}

/// A client that runs.
#[derive(Debug)]
pub(super) struct Client {
    child: Child,
    /// Its process group, until that was ended.
    group: Option<i32>,
    output: Arc<Mutex<Vec<u8>>>,
    readers: [Option<JoinHandle<()>>; 2],
    exit: Option<ExitStatus>,
}

impl Client {
    /// Waits for its end. May be dropped and called again.
    pub(super) async fn exited(&mut self) -> Option<ExitStatus> {
        let status = self.child.wait().await.ok();
        self.exit = status;
        status
    }

    /// Ends it and everything that it has started; what it has printed, and how it ended by itself, if it did.
    pub(super) async fn end(mut self) -> (String, Option<ExitStatus>) {
        if self.exit.is_none() {
            self.exit = self.child.try_wait().ok().flatten();
        }
        let exit = self.exit;
        // It may want to say its last words; it need not.
        if exit.is_none() {
            self.signal_group(false);
            let _ = tokio::time::timeout(LAST_WORDS, self.child.wait()).await;
        }
        self.signal_group(true);
        self.group = None;
        let _ = self.child.kill().await;
        for reader in self.readers.iter_mut().flatten() {
            let _ = tokio::time::timeout(Duration::from_millis(500), reader).await;
        }
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        (String::from_utf8_lossy(&output).into_owned(), exit)
    }

    /// Asks all processes of its group to end, or ends them.
    #[cfg(unix)]
    fn signal_group(&self, kill: bool) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // The group has the number of the process that was started, and is there as long as one of its processes is.
        if let Some(group) = self.group.and_then(Pid::from_raw) {
            let signal = if kill { Signal::KILL } else { Signal::TERM };
            // Nobody is left: nothing to end.
            let _ = kill_process_group(group, signal);
        }
    }

    #[cfg(not(unix))]
    fn signal_group(&self, _kill: bool) {}
}

impl Drop for Client {
    /// A run that is given up leaves nothing behind, either.
    fn drop(&mut self) {
        self.signal_group(true);
    }
}

/// Reads what a client prints; what is beyond the limit is read and dropped.
async fn collect(mut from: impl AsyncRead + Unpin, to: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
        let room = OUTPUT_LIMIT.saturating_sub(to.len());
        to.extend(buffer.iter().take(count.min(room)));
    }
}
