//! What ends a subcommand that would go on for ever.

use std::io;

/// Listens for signals from here on. What it returns ends when the process is asked to end.
#[cfg(unix)]
pub(crate) fn end_of_process() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from here on. What it returns ends when the process is asked to end.
#[cfg(windows)]
pub(crate) fn end_of_process() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}
