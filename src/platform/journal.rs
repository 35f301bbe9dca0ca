//! Where log lines go: the journal with fields, or stderr for people to read.

use std::{
    fs::File,
    io::{self, IsTerminal as _},
    os::{fd::AsFd as _, unix::fs::MetadataExt as _},
};

use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use super::Environment;

/// Where log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogSink {
    /// journald: fields as `DOCENT_QUERY` and so on, `journalctl -t docent`.
    Journal,
    /// stderr, one line an event.
    Stderr,
}

/// Tells whether stderr is the journal: systemd.exec(5), `$JOURNAL_STREAM`.
pub fn log_sink(environment: &Environment) -> LogSink {
    let stream = environment.journal_stream.as_deref();
    match stream.zip(stderr_identity()) {
        Some((stream, (device, inode))) if stream == format!("{device}:{inode}") => {
            LogSink::Journal
        }
        _ => LogSink::Stderr,
    }
}

/// Starts logging for the whole process, with `directives` such as `warn,docent=info`.
///
/// A journal that does not answer is not worth stopping for: stderr serves in its place.
pub fn start_log(environment: &Environment, directives: &str) {
    let filter = || EnvFilter::builder().parse_lossy(directives);
    if log_sink(environment) == LogSink::Journal
        && let Ok(journal) = tracing_journald::layer()
    {
        let journal = journal
            .with_syslog_identifier("docent".to_owned())
            .with_field_prefix(Some("DOCENT".to_owned()));
        // Fails only where logging has been started before, as tests may.
        let _ = tracing_subscriber::registry()
            .with(filter())
            .with(journal)
            .try_init();
        return;
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(io::stderr().is_terminal() && !environment.no_color)
        .with_writer(io::stderr);
    let _ = tracing_subscriber::registry()
        .with(filter())
        .with(lines)
        .try_init();
}

fn stderr_identity() -> Option<(u64, u64)> {
    let stderr = io::stderr().as_fd().try_clone_to_owned().ok()?;
    let metadata = File::from(stderr).metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stream_that_stderr_is_counts() {
        let sink = |stream: Option<String>| {
            log_sink(&Environment {
                journal_stream: stream,
                ..Environment::default()
            })
        };
        let (device, inode) = stderr_identity().unwrap();
        assert_eq!(sink(Some(format!("{device}:{inode}"))), LogSink::Journal);
        assert_eq!(
            sink(Some(format!("{device}:{}", inode + 1))),
            LogSink::Stderr
        );
        assert_eq!(sink(Some("nonsense".to_owned())), LogSink::Stderr);
        assert_eq!(sink(None), LogSink::Stderr);
    }
}
