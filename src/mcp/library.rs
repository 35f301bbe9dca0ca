//! What is served at the moment: the index, and the texts made from it once a generation.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use arc_swap::ArcSwap;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig, Tool};

use super::{
    asker::Asker,
    familiar::Familiar,
    instructions,
    log::Visit,
    pool::{Failed, Pool},
    sets::Label,
    tools,
    words::Words,
};
use crate::search::{Query, SearchError, Snapshot};

/// The documents on offer. Readers go on with the generation they started with while the next
/// one takes its place.
pub struct Library {
    current: ArcSwap<Holdings>,
    /// Where it is looked into.
    readers: Pool,
    /// The same for whoever asks whether it answers at all: no crowd is before them.
    examiner: Pool,
    /// Whether the log may have what is asked.
    logs_queries: AtomicBool,
}

/// Why the documents do not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The index cannot be read.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// docent itself fails.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// One generation of the index, with what clients are told about it.
pub struct Holdings {
    /// The index.
    pub snapshot: Arc<Snapshot>,
    /// What is over soon in it.
    pub(super) familiar: Familiar,
    pub(super) tools: Vec<Tool>,
    pub(super) config: ServerConfig,
}

impl Library {
    /// Opens with a first generation of the index.
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        // Some wait for the disk while others search; each has buffers of its own.
        let readers = NonZero::<usize>::MIN.saturating_add(cores + 1);
        Self {
            current: ArcSwap::from_pointee(Holdings::new(snapshot)),
            readers: Pool::new("docent-read", readers),
            examiner: Pool::new("docent-health", NonZero::<usize>::MIN),
            logs_queries: AtomicBool::new(true),
        }
    }

    /// Whether the log may have what is asked, in the words of whoever asks; it does from the start.
    pub fn log_queries(&self, may: bool) {
        self.logs_queries.store(may, Ordering::Relaxed);
    }

    /// Logs what a person does on the pages.
    pub fn visit<'a>(&self, asker: &'a Asker) -> Visit<'a> {
        Visit {
            words: self.words(),
            asker,
        }
    }

    pub(super) fn words(&self) -> Words {
        if self.logs_queries.load(Ordering::Relaxed) {
            Words::Written
        } else {
            Words::Withheld
        }
    }

    /// Does what may take longer than a moment beside the threads that answer requests: whatever looks into the index, and
    /// whatever takes time with the length of a message. There are a few threads for it, however much is asked; who is first
    /// is served first.
    ///
    /// # Errors
    /// Where the job panics; others are none the worse for it.
    pub async fn aside<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failed> {
        let done = self.readers.run(job).await;
        done.map_err(|failed| failed.told(self.words()))
    }

    /// Tells whether a search is answered, however many wait for theirs.
    ///
    /// # Errors
    /// Where it is not.
    pub async fn examine(&self) -> Result<(), Unanswered> {
        let snapshot = Arc::clone(&self.current().snapshot);
        let probe = Query {
            limit: 1,
            ..Query::new("documentation")
        };
        self.examiner.run(move || snapshot.search(&probe)).await??;
        Ok(())
    }

    /// Serves another generation from now on.
    pub fn replace(&self, snapshot: Arc<Snapshot>) {
        self.current.store(Arc::new(Holdings::new(snapshot)));
    }

    /// The generation that is served now.
    pub fn current(&self) -> Arc<Holdings> {
        self.current.load_full()
    }
}

impl Holdings {
    fn new(snapshot: Arc<Snapshot>) -> Self {
        let sets = Label::of_all(snapshot.sets());
        let tools = tools::definitions(&sets);
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_completions()
            .build();
        let config = ServerConfig::new(capabilities)
            .with_server_info(implementation())
            .with_instructions(instructions::instructions(&sets));
        Self {
            familiar: Familiar::new(),
            tools,
            config,
            snapshot,
        }
    }
}

/// docent's name and version, as clients show them.
pub(super) fn implementation() -> Implementation {
    Implementation::new("docent", env!("CARGO_PKG_VERSION"))
        .with_title("docent")
        .with_description("A team's documentation, for assistants")
}

#[cfg(test)]
mod tests {
    use super::{Label, instructions::instructions, tools::definitions};
    use crate::search::SetSummary;

    fn sets(number: usize) -> Vec<SetSummary> {
        let set = |at| SetSummary {
            name: format!("set-{at}"),
            description: Some("What the team\nknows. ".repeat(40)),
            topics: vec!["Topic".repeat(50); 30],
            pages: 10 + at,
            sections: 100,
            title: None,
            first_title: Some("Title".repeat(50)),
            headlines: vec!["Headline".repeat(50); 30],
        };
        (0..number).map(set).collect()
    }

    #[test]
    fn texts_are_bounded_whatever_is_configured() {
        for number in [0, 1, 3, 100] {
            let sets = sets(number);
            let labels = Label::of_all(&sets);
            assert!(instructions(&labels).len() <= 2_048);
            for tool in definitions(&labels) {
                assert!(tool.description.unwrap().len() <= 2_048, "{}", tool.name);
            }
        }
        let sets = sets(100);
        assert!(instructions(&Label::of_all(&sets)).contains("more sets"));
    }
}
