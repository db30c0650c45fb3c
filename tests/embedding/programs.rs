//! Finding and running the programs of others, each with a limit on its time.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// No program may take longer than this; all take a second or two.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// What a program has printed, on both outputs, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) success: bool,
}

/// The path of a program of Debian's packages `mosquitto` and `mosquitto-clients`.
pub(crate) fn find(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is missing: install Debian's mosquitto and mosquitto-clients")
        })
}

/// A run of `paho_client.py` with these arguments, by the Python that `MQTT_REASON_PYTHON` names.
pub(crate) async fn paho(arguments: &[&str]) -> Output {
    let python = env::var_os("MQTT_REASON_PYTHON").unwrap_or_else(|| "python3".into());
    let script = include_str!("paho_client.py");
    let output = run(Command::new(&python).args(["-c", script]).args(arguments)).await;
    assert!(
        !output.text.contains("No module named"),
        "paho-mqtt is missing: `pip install paho-mqtt` into a virtual environment and name its python in \
         MQTT_REASON_PYTHON\n{}",
        output.text
    );
    output
}

/// Runs a program to its end.
pub(crate) async fn run(command: &mut Command) -> Output {
    let shown = format!("{:?}", command.as_std());
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{shown} cannot be started: {error}"));
    let output = timeout(TIME_LIMIT, child.wait_with_output())
        .await
        .unwrap_or_else(|_| panic!("{shown} was not done within {TIME_LIMIT:?}"))
        .expect("the output of a child can be read");
    let text = [output.stdout, output.stderr].concat();
    Output {
        text: String::from_utf8_lossy(&text).into_owned(),
        success: output.status.success(),
    }
}
