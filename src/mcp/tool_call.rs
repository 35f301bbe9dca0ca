//! One call of a tool, from its arguments to the answer and its line in the log.

use std::time::Instant;

use super::{
    arguments::Arguments,
    line::one_line,
    pool::caught,
    reply::Reply,
    tools::{self, Outcome},
};
use crate::search::Snapshot;

/// A call of a tool that there is.
pub(super) struct ToolCall {
    pub(super) tool: tools::Name,
    pub(super) arguments: Arguments,
    /// The client's name, for the log.
    pub(super) client: String,
}

impl ToolCall {
    /// Answers it, and logs that. It takes as long as a search takes. A fault is this call's: it is answered as an error, and
    /// logged once, with what was asked.
    pub(super) fn answer(&self, snapshot: &Snapshot) -> Reply {
        self.logged(|| tools::call(self.tool, &self.arguments, snapshot))
    }

    fn logged(&self, run: impl FnOnce() -> Outcome) -> Reply {
        let started = Instant::now();
        let Outcome { asked, reply } = caught(run).unwrap_or_else(|fault| Outcome {
            asked: String::new(),
            reply: Reply::failed(&fault),
        });
        let microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some(fault) = &reply.fault {
            tracing::error!(
                target: "docent::search",
                tool = self.tool.as_str(),
                arguments = one_line(&self.arguments.to_string(), 200),
                error = fault.as_str(),
                client = self.client,
                "a call failed"
            );
        } else if self.tool == tools::Name::Search {
            tracing::info!(
                target: "docent::search",
                tool = "search",
                query = one_line(&asked, 200),
                hits = reply.hits,
                microseconds,
                client = self.client,
                "search"
            );
        } else {
            tracing::debug!(
                target: "docent::search",
                tool = self.tool.as_str(),
                query = one_line(&asked, 200),
                hits = reply.hits,
                microseconds,
                client = self.client,
                "call"
            );
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fmt,
        sync::{Arc, Mutex},
    };

    use serde_json::json;
    use tracing::{Event, Subscriber, field::Visit};
    use tracing_subscriber::{
        Layer,
        layer::{Context, SubscriberExt as _},
    };

    use super::*;
    use crate::search::SearchError;

    /// Each line with its level and its fields.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
            self.0 += &format!(" {field}={value:?}");
        }
    }

    #[test]
    fn a_fault_is_an_answer_and_one_line_with_what_was_asked() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        let asked = format!("quince{}\n", " and more".repeat(10_000));
        let call = ToolCall {
            tool: tools::Name::Search,
            arguments: Arguments::new(json!({ "query": asked }).as_object().cloned()),
            client: "client/1".to_owned(),
        };
        let broken = SearchError::Index(std::io::Error::other("passages are damaged").into());
        tracing::subscriber::with_default(subscriber, || {
            let panics = call.logged(|| panic!("an end that is not there"));
            let fails = call.logged(|| Outcome {
                asked: asked.clone(),
                reply: Reply::broken(&broken),
            });
            for reply in [panics, fails] {
                assert!(
                    reply.is_error && !reply.text.contains("there"),
                    "{}",
                    reply.text
                );
                assert!(!reply.text.contains("damaged"), "{}", reply.text);
            }
        });
        let lines = lines.0.lock().unwrap();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for (line, why) in lines
            .iter()
            .zip(["an end that is not there", "passages are damaged"])
        {
            assert!(line.starts_with("ERROR"), "{line}");
            for part in ["quince and more", "client/1", why, "tool=\"search\""] {
                assert!(line.contains(part), "{part}: {line}");
            }
            assert!(line.len() < 1_000, "{line}");
        }
    }
}
