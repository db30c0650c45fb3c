//! Finding and running the programs of others.

use std::env;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No program may take longer than this; all take a second or two.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The path of a program, looked for where brokers are installed, too.
///
/// # Panics
///
/// If the program is missing: the test was asked for and cannot be run.
pub(crate) fn find(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{name}` is not installed: see tests/real/README.md"))
}

/// Runs a program to its end and returns its standard output.
///
/// # Panics
///
/// If it cannot be started, fails, or is not done in time; `hint` says what to do then.
pub(crate) fn run(command: &mut Command, hint: &str) -> String {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{shown} cannot be started: {error}; {hint}"));
    let output = reader(child.stdout.take());
    let errors = reader(child.stderr.take());
    let end = Instant::now() + TIME_LIMIT;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
            other => {
                // Reaped or not: it is not done in time, and the test fails.
                let _ = child.kill();
                let _ = child.wait();
                panic!("{shown} was not done within {TIME_LIMIT:?}: {other:?}");
            }
        }
    };
    let (output, errors) = (text(output), text(errors));
    assert!(
        status.success(),
        "{shown} failed, {status}; {hint}\n{errors}"
    );
    output
}

/// Reads a pipe to its end, so that the program never waits for room in it.
fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes)
                .expect("a pipe to a child can be read");
        }
        bytes
    })
}

fn text(reader: thread::JoinHandle<Vec<u8>>) -> String {
    let bytes = reader.join().expect("the reader does not panic");
    String::from_utf8_lossy(&bytes).into_owned()
}
