//! One call of a tool, from its arguments to the answer and its line in the log.

use std::time::{Duration, Instant};

use super::{
    arguments::Arguments,
    familiar::Familiar,
    library::Holdings,
    line::one_line,
    pool::caught,
    reply::Reply,
    tools::{self, Outcome},
};

/// A call of a tool that there is.
pub(super) struct ToolCall {
    pub(super) tool: tools::Name,
    pub(super) arguments: Arguments,
    /// The client's name, for the log.
    pub(super) client: String,
}

impl ToolCall {
    /// Whether the answer is there in a moment.
    pub(super) fn is_short(&self, familiar: &Familiar) -> bool {
        self.query().is_some_and(|query| familiar.knows(query))
    }

    /// Answers it, and logs that. A fault is this call's: it is answered as an error, and logged once, with what was
    /// asked. The time that it took is returned with it.
    pub(super) fn answer(&self, holdings: &Holdings) -> (Reply, Duration) {
        let (reply, took) =
            self.logged(|| tools::call(self.tool, &self.arguments, &holdings.snapshot));
        if let Some(query) = self.query().filter(|_| reply.is_exact) {
            holdings.familiar.learn(query, took);
        }
        (reply, took)
    }

    /// The words of a search that asks for nothing else.
    fn query(&self) -> Option<&str> {
        let is_search = self.tool == tools::Name::Search;
        tools::plain_query(&self.arguments).filter(|_| is_search)
    }

    fn logged(&self, run: impl FnOnce() -> Outcome) -> (Reply, Duration) {
        let started = Instant::now();
        let Outcome { asked, reply } = caught(run).unwrap_or_else(|fault| Outcome {
            asked: String::new(),
            reply: Reply::failed(&fault),
        });
        let took = started.elapsed();
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
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
        (reply, took)
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
        let broken = SearchError::Index(std::io::Error::other("passages are damaged"));
        tracing::subscriber::with_default(subscriber, || {
            let panics = call.logged(|| panic!("an end that is not there"));
            let fails = call.logged(|| Outcome {
                asked: asked.clone(),
                reply: Reply::broken(&broken),
            });
            for (reply, _) in [panics, fails] {
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

    #[test]
    fn only_the_first_results_of_plain_words_may_be_there_in_a_moment() {
        let familiar = Familiar::new();
        familiar.learn("quince jelly", Duration::from_micros(20));
        let is_short = |tool, arguments: serde_json::Value| {
            let call = ToolCall {
                tool,
                arguments: Arguments::new(arguments.as_object().cloned()),
                client: String::new(),
            };
            call.is_short(&familiar)
        };
        let search = tools::Name::Search;
        for short in [
            json!({ "query": "jelly quince" }),
            json!({ "query": "quince", "limit": 25, "page": 1 }),
            json!({ "query": "quince", "set": null, "page": "" }),
        ] {
            assert!(is_short(search, short.clone()), "{short}");
        }
        for other in [
            json!({ "query": "quince jam" }),
            json!({ "query": "quince", "set": "kitchen" }),
            json!({ "query": "quince", "page": 2 }),
            json!({ "query": "quince", "beyond": 1 }),
            json!({ "query": ["quince"] }),
            json!({}),
        ] {
            assert!(!is_short(search, other.clone()), "{other}");
        }
        assert!(!is_short(tools::Name::Read, json!({ "query": "quince" })));
    }
}
