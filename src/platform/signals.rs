//! Signals that ask the process to stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels the token at the first SIGINT or SIGTERM; a second one ends the process at once.
///
/// # Errors
/// Where the handlers cannot be installed.
pub fn cancel_on_signal(stop: CancellationToken) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        let status = loop {
            let status = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
            if stop.is_cancelled() {
                break status;
            }
            tracing::info!("stopping: running calls may finish; a second signal ends them");
            stop.cancel();
        };
        std::process::exit(status);
    });
    Ok(())
}
