//! Where log lines go: the journal with fields, or stderr for people to read.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    fs::File,
    io::{self, IsTerminal as _},
    os::{fd::AsFd as _, unix::fs::MetadataExt as _},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Value, Visit},
    span::{Attributes, Id, Record},
};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::{
    EnvFilter, Layer,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

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
            .with_field_prefix(Some("DOCENT".to_owned()))
            .with_priority_mappings(PRIORITIES);
        // Fails only where logging has been started before, as tests may.
        let _ = tracing_subscriber::registry()
            .with(filter())
            .with(Readable(journal))
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

/// syslog's words for it: what docent does every day is information, no notice.
const PRIORITIES: PriorityMappings = PriorityMappings {
    error: Priority::Error,
    warn: Priority::Warning,
    info: Priority::Informational,
    debug: Priority::Debug,
    trace: Priority::Debug,
};

/// Adds an event's fields to its message: `journalctl` shows only that, and a line that says
/// "the certificate was not renewed" without saying why helps nobody.
struct Readable<L>(L);

impl<S, L> Layer<S> for Readable<L>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.0.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.0.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut texts = Texts::default();
        event.record(&mut texts);
        let fields = event.metadata().fields();
        let message = texts.message();
        let values: Vec<Option<&dyn Value>> = fields
            .iter()
            .map(|field| {
                let text = if field.name() == MESSAGE {
                    Some(&message)
                } else {
                    texts.0.get(&field.index()).map(|(_, text)| text)
                };
                text.map(|text| text as &dyn Value)
            })
            .collect();
        let values = fields.value_set_all(&values);
        let event = match event.parent() {
            Some(parent) => Event::new_child_of(parent.clone(), event.metadata(), &values),
            None => Event::new(event.metadata(), &values),
        };
        self.0.on_event(&event, context);
    }
}

/// The field that holds the words of an event.
const MESSAGE: &str = "message";

/// What an event says, by the place of each field: name and text.
#[derive(Default)]
struct Texts(BTreeMap<usize, (&'static str, String)>);

impl Texts {
    /// The words, then the fields as `name=text`.
    fn message(&self) -> String {
        let (words, fields): (Vec<_>, Vec<_>) =
            self.0.values().partition(|(name, _)| *name == MESSAGE);
        let mut message = words.into_iter().map(|(_, text)| text.as_str()).collect();
        for (name, text) in fields {
            let gap = if String::is_empty(&message) { "" } else { " " };
            let quoted = text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '"');
            // Writing to a String does not fail.
            let _ = if quoted {
                write!(message, "{gap}{name}={text:?}")
            } else {
                write!(message, "{gap}{name}={text}")
            };
        }
        message
    }
}

impl Visit for Texts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0
            .insert(field.index(), (field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.index(), (field.name(), format!("{value:?}")));
    }
}

fn stderr_identity() -> Option<(u64, u64)> {
    let stderr = io::stderr().as_fd().try_clone_to_owned().ok()?;
    let metadata = File::from(stderr).metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

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

    /// Keeps the fields of each event, as the journal would get them.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut texts = Texts::default();
            event.record(&mut texts);
            let fields = texts
                .0
                .values()
                .map(|(name, text)| format!("{name}: {text}"));
            self.0.lock().unwrap().extend(fields);
        }
    }

    #[test]
    fn a_message_says_all_and_the_fields_stay() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(Readable(kept.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let error = io::Error::other("no route");
            tracing::info!(query = "rotate \"keys\"", hits = 8, "search");
            tracing::warn!(%error, after = ?Some(1), "not renewed");
        });
        insta::assert_snapshot!(kept.0.lock().unwrap().join("\n"), @r#"
        message: search query="rotate \"keys\"" hits=8
        query: rotate "keys"
        hits: 8
        message: not renewed error="no route" after=Some(1)
        error: no route
        after: Some(1)
        "#);
    }
}
