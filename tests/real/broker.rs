//! A mosquitto of the test's own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs;

/// How long anything may take before the test gives up; all of it takes a fraction of a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running mosquitto on a free port of 127.0.0.1; it ends with the value.
pub(crate) struct Broker {
    process: Child,
    address: SocketAddr,
    /// What it writes to its log, line by line.
    log: Receiver<String>,
    /// Its files.
    _folder: TempDir,
}

impl Broker {
    /// Starts mosquitto with these lines of configuration, in which `@passwords` and `@acl` stand for the files that
    /// let in alice with the password `secret`, and everyone to topics below `open/`, and `@folder` for their folder.
    ///
    /// # Panics
    ///
    /// If mosquitto is not installed or does not start.
    pub(crate) fn start(lines: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self::start_in(folder, lines)
    }

    /// Starts mosquitto with files that are in `folder` already.
    pub(crate) fn start_in(folder: TempDir, lines: &[&str]) -> Self {
        programs::run(
            Command::new(programs::find("mosquitto_passwd"))
                .args(["-b", "-c"])
                .arg(folder.path().join("passwords"))
                .args(["alice", "secret"]),
            "see tests/real/README.md",
        );
        fs::write(folder.path().join("acl"), "topic readwrite open/#\n")
            .expect("the ACL can be written");
        let lines = lines.iter().map(|line| {
            let path = folder.path().display();
            line.replace("@passwords", &format!("{path}/passwords"))
                .replace("@acl", &format!("{path}/acl"))
                .replace("@folder", &path.to_string())
        });
        let lines: Vec<String> = lines.collect();
        // Another program may take the port between the look for a free one and mosquitto's start.
        for _ in 0..5 {
            if let Some((process, address, log)) = start(folder.path(), &lines) {
                return Self {
                    process,
                    address,
                    log,
                    _folder: folder,
                };
            }
        }
        panic!("mosquitto does not start with: {}", lines.join("; "));
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until a line of the log holds `text`; returns the line.
    ///
    /// # Panics
    ///
    /// If no line does.
    pub(crate) fn wait_for_log(&self, text: &str) -> String {
        let lines = self.wait_for_log_lines(text);
        lines.into_iter().next_back().unwrap_or_default()
    }

    /// Waits until a line of the log holds `text`; returns the lines up to that one.
    ///
    /// # Panics
    ///
    /// If no line does.
    pub(crate) fn wait_for_log_lines(&self, text: &str) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        while let Some(rest) = end.checked_duration_since(Instant::now())
            && let Ok(line) = self.log.recv_timeout(rest)
        {
            let is_it = line.contains(text);
            lines.push(line);
            if is_it {
                return lines;
            }
        }
        panic!(
            "no line of mosquitto's log holds {text:?}:\n{}",
            lines.join("\n")
        );
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A free port of 127.0.0.1, another one each time, below those that the system gives to connections: those of other
/// tests could take it before mosquitto does.
fn free_address() -> SocketAddr {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(64);
    loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let port = 10_000 + u16::try_from(next).unwrap_or_default();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// One attempt to start mosquitto on a free port; `None` if it ends again.
fn start(folder: &Path, lines: &[String]) -> Option<(Child, SocketAddr, Receiver<String>)> {
    let address = free_address();
    let user = programs::run(Command::new("id").arg("-un"), "POSIX has it");
    let config = folder.join("mosquitto.conf");
    let text = format!(
        // As root, mosquitto would become another user, who cannot read the files.
        "user {}\nlistener {} 127.0.0.1\nlog_type all\nlog_dest stderr\n{}\n",
        user.trim(),
        address.port(),
        lines.join("\n"),
    );
    fs::write(&config, text).expect("the configuration can be written");
    let mut process = Command::new(programs::find("mosquitto"))
        .arg("-c")
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mosquitto can be started");
    let (sender, log) = mpsc::channel();
    let errors = process.stderr.take().expect("stderr is a pipe");
    thread::spawn(move || {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            // Read on when nobody listens: mosquitto must not wait for room in the pipe.
            let _ = sender.send(line);
        }
    });
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if !matches!(process.try_wait(), Ok(None)) {
            println!("{}", log.try_iter().collect::<Vec<_>>().join("\n"));
            return None;
        }
        if TcpStream::connect(address).is_ok() {
            return Some((process, address, log));
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = process.kill();
    let _ = process.wait();
    None
}

/// The dynamic security plugin, which comes with mosquitto.
///
/// # Panics
///
/// If it is not found.
pub(crate) fn dynamic_security() -> PathBuf {
    let name = "mosquitto_dynamic_security.so";
    let places = [
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/opt/homebrew/lib",
    ];
    let folders = places.iter().flat_map(|place| {
        let inner = fs::read_dir(place).into_iter().flatten().flatten();
        inner
            .map(|entry| entry.path())
            .chain([PathBuf::from(place)])
    });
    folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} is not installed: see tests/real/README.md"))
}
