//! One call of a tool, from its arguments to the answer and its line in the log.

use std::time::{Duration, Instant};

use super::{
    arguments::Arguments,
    asker::Asker,
    budget::Budget,
    familiar::Familiar,
    library::Holdings,
    log,
    pool::caught,
    reply::Reply,
    seen::Matched,
    site::Site,
    tools::{self, Outcome},
    words::Words,
};

/// A call of a tool that there is.
pub(super) struct ToolCall {
    pub(super) tool: tools::Name,
    pub(super) arguments: Arguments,
    /// What the answer may take.
    pub(super) budget: Budget,
    /// For the log.
    pub(super) asker: Asker,
    /// docent's public address, for tools that name pages of docent's own.
    pub(super) site: Option<Site>,
}

impl ToolCall {
    /// Whether the answer is there in a moment.
    pub(super) fn is_short(&self, familiar: &Familiar) -> bool {
        self.query().is_some_and(|query| familiar.knows(query))
    }

    /// Answers it, and logs that. A fault is this call's: it is answered as an error, and logged once, with what was
    /// asked. The time that it took is returned with it.
    pub(super) fn answer(&self, holdings: &Holdings, words: Words) -> (Reply, Duration) {
        let (reply, took) = self.logged(words, || {
            let site = self.site.as_ref().map(Site::as_str);
            let snapshot = &holdings.snapshot;
            tools::call(self.tool, &self.arguments, snapshot, site, self.budget)
        });
        let is_exact = reply.matched == Some(Matched::Exact);
        if let Some(query) = self.query().filter(|_| is_exact) {
            holdings.familiar.learn(query, took);
        }
        (reply, took)
    }

    /// The words of a search that asks for nothing else.
    fn query(&self) -> Option<&str> {
        tools::plain_query(&self.arguments).filter(|_| self.tool.is_search())
    }

    fn logged(&self, words: Words, run: impl FnOnce() -> Outcome) -> (Reply, Duration) {
        let started = Instant::now();
        let Outcome { asked, reply } = caught(run).unwrap_or_else(|fault| Outcome {
            asked: String::new(),
            reply: Reply::failed(&fault.told(words)),
        });
        let took = started.elapsed();
        if let Some(fault) = &reply.fault {
            let arguments = self.arguments.to_string();
            log::failed(self.tool, &arguments, fault, &self.asker, words);
        } else {
            log::answered(self.tool, &asked, &reply, took, &self.asker, words);
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
    use crate::{
        mcp::{
            asker::{Endpoint, Pseudonym},
            seen::Seen,
        },
        search::{PageRef, SearchError},
    };

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

    fn asker(client: &str) -> Asker {
        Asker {
            endpoint: Endpoint::Mcp,
            client: client.to_owned(),
            protocol: Some("2025-11-25"),
            address: Some(Pseudonym::of([192, 0, 2, 1].into())),
            admission: None,
        }
    }

    #[test]
    fn a_fault_is_an_answer_and_one_line_with_what_was_asked() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        let asked = format!("quince{}\n", " and more".repeat(10_000));
        let call = ToolCall {
            site: None,
            tool: tools::Name::Search,
            arguments: Arguments::new(json!({ "query": asked }).as_object().cloned()),
            budget: Budget::default(),
            asker: asker("client/1"),
        };
        let broken = SearchError::Index(std::io::Error::other("passages are damaged"));
        tracing::subscriber::with_default(subscriber, || {
            let panics = call.logged(Words::Written, || panic!("an end that is not there"));
            let fails = call.logged(Words::Written, || Outcome {
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
    fn a_line_tells_what_was_shown_to_whom_and_withholds_words_where_it_must() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        let call = |tool| ToolCall {
            site: None,
            tool,
            arguments: Arguments::new(json!({ "query": "quince jelly" }).as_object().cloned()),
            budget: Budget::default(),
            asker: asker("client/1"),
        };
        let mut seen = Seen::default();
        seen.pages.push(&PageRef {
            set: "kitchen".to_owned(),
            path: "jams and jellies.md".to_owned(),
            ..PageRef::default()
        });
        let found = || Outcome {
            asked: "quince jelly".to_owned(),
            reply: Reply {
                matched: Some(Matched::Relaxed),
                seen: seen.clone(),
                ..Reply::text("text".to_owned(), 1)
            },
        };
        let mut nowhere = Reply::error("text".to_owned());
        nowhere.seen.missing.push_id("kitchen/quince");
        let missing = || Outcome {
            asked: "kitchen/quince".to_owned(),
            reply: Reply {
                seen: nowhere.seen.clone(),
                ..Reply::error("text".to_owned())
            },
        };
        let address = Pseudonym::of([192, 0, 2, 1].into());
        let shared = format!(
            " client=\"client/1\" protocol=\"2025-11-25\" endpoint=\"mcp\" address={address}"
        );
        tracing::subscriber::with_default(subscriber, || {
            for words in [Words::Written, Words::Withheld] {
                call(tools::Name::Search).logged(words, found);
                call(tools::Name::Read).logged(words, missing);
                call(tools::Name::Search).logged(words, || panic!("no quince"));
            }
        });
        let lines = lines.0.lock().unwrap();
        let [search, read, fault, withheld @ ..] = &lines[..] else {
            panic!("{lines:?}");
        };
        for (line, parts) in [
            (
                search,
                &[
                    "tool=\"search\" query=\"quince jelly\" hits=1 outcome=\"relaxed\"",
                    "pages=\"kitchen/jams%20and%20jellies.md\" microseconds=",
                    &shared,
                ][..],
            ),
            (
                read,
                &[
                    "tool=\"read\"",
                    "outcome=\"missing\" missing=\"kitchen/quince\"",
                    &shared,
                ],
            ),
            (fault, &["no quince", "quince jelly", &shared]),
        ] {
            for part in parts {
                assert!(line.contains(part), "{part}: {line}");
            }
        }
        assert_eq!(withheld.len(), 3);
        for line in withheld {
            assert!(!line.contains("quince"), "{line}");
            assert!(line.contains(&shared), "{line}");
        }
        assert!(withheld[2].contains("tool_call.rs"), "{}", withheld[2]);
    }

    #[test]
    fn only_the_first_results_of_plain_words_may_be_there_in_a_moment() {
        let familiar = Familiar::new();
        familiar.learn("quince jelly", Duration::from_micros(20));
        let is_short = |tool, arguments: serde_json::Value| {
            let call = ToolCall {
                site: None,
                tool,
                arguments: Arguments::new(arguments.as_object().cloned()),
                budget: Budget::default(),
                asker: asker(""),
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
