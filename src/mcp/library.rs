//! What is served at the moment: the index, and the texts made from it once a generation.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use arc_swap::ArcSwap;
use rmcp::model::{
    CacheScope, ExtensionCapabilities, Implementation, MetaObject, SKILLS_EXTENSION_ID,
    ServerCapabilities, ServerConfig, Tool,
};

use super::{
    about::About,
    asker::{Asker, Endpoint},
    familiar::Familiar,
    instructions,
    log::Visit,
    pool::Failed,
    readers::Readers,
    report::Reports,
    sets::Label,
    skills::{self, Kept, PublishedFile, PublishedSkill, Skills},
    tools,
    words::Words,
};
use crate::search::{Query, SearchError, Snapshot};

/// The documents on offer. Readers go on with the generation they started with while the next
/// one takes its place.
pub struct Library {
    current: ArcSwap<Holdings>,
    /// Whose documentation it is. Held while what is served is replaced.
    about: Mutex<About>,
    /// Where it is looked into.
    readers: Readers,
    /// Others are shown something else, or nothing.
    is_apart: bool,
    /// Whether the log may have what is asked.
    logs_queries: AtomicBool,
    /// Whether assistants may report faults of the documentation.
    takes_reports: AtomicBool,
    pub(super) reports: Reports,
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
    /// Since when it is served.
    pub since: SystemTime,
    /// What is over soon in it.
    pub(super) familiar: Familiar,
    skills: Kept,
    about: About,
    tools: Vec<Tool>,
    chatgpt_tools: Vec<Tool>,
    pub(super) config: ServerConfig,
    /// What each result of a version without a handshake says of the server (MCP 2026-07-28, "Per-response
    /// protocol fields").
    pub(super) meta: MetaObject,
    /// The same as JSON.
    pub(super) meta_json: Vec<u8>,
}

impl Library {
    /// Opens with a first generation of the index, of which nobody has said yet whose it is: see [`Self::introduce`].
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        Self::with(snapshot, Readers::default(), false)
    }

    /// The same for one audience of several, whose libraries share the threads that look into them: no client is to show
    /// an answer to others than those that it is for.
    pub fn of_audience(snapshot: Arc<Snapshot>, readers: Readers) -> Self {
        Self::with(snapshot, readers, true)
    }

    fn with(snapshot: Arc<Snapshot>, readers: Readers, is_apart: bool) -> Self {
        Self {
            current: ArcSwap::from_pointee(Holdings::new(snapshot, &About::default())),
            about: Mutex::default(),
            readers,
            is_apart,
            logs_queries: AtomicBool::new(true),
            takes_reports: AtomicBool::new(false),
            reports: Reports::default(),
        }
    }

    /// Whether the log may have what is asked, in the words of whoever asks; it does from the start.
    pub fn log_queries(&self, may: bool) {
        self.logs_queries.store(may, Ordering::Relaxed);
    }

    /// Whether assistants may report faults of the documentation; they may not from the start.
    pub fn take_reports(&self, may: bool) {
        self.takes_reports.store(may, Ordering::Relaxed);
    }

    /// Whom clients may show answers to that they keep.
    pub(super) fn cache_scope(&self) -> CacheScope {
        match self.is_apart {
            true => CacheScope::Private,
            false => CacheScope::Public,
        }
    }

    pub(super) fn takes_reports(&self) -> bool {
        self.takes_reports.load(Ordering::Relaxed)
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
        let done = self.readers.searches().run(job).await;
        done.map_err(|failed| failed.told(self.words()))
    }

    /// The same for pages as a whole and lists of them, which may be large: whoever fetches many waits for their like, and no
    /// search waits for any.
    ///
    /// # Errors
    /// Where the job panics; others are none the worse for it.
    pub async fn page_aside<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failed> {
        let done = self.readers.pages().run(job).await;
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
        let health = self.readers.health();
        health.run(move || snapshot.search(&probe)).await??;
        Ok(())
    }

    /// Serves another generation from now on.
    pub fn replace(&self, snapshot: Arc<Snapshot>) {
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        self.current
            .store(Arc::new(Holdings::new(snapshot, &about)));
    }

    /// Tells clients from now on whose documentation it is.
    pub fn introduce(&self, new: About) {
        let mut about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        if *about != new {
            *about = new;
            let snapshot = Arc::clone(&self.current().snapshot);
            self.current
                .store(Arc::new(Holdings::new(snapshot, &about)));
        }
    }

    /// The generation that is served now.
    pub fn current(&self) -> Arc<Holdings> {
        self.current.load_full()
    }
}

impl Holdings {
    /// The skills of the sets, and docent's own. Files may be read for it: best aside.
    pub(super) fn skills(&self) -> Arc<Skills> {
        self.skills.of(&self.snapshot, &self.about)
    }

    /// Skills for those who look for some before they connect, each name once. Files may be read for it: best aside.
    pub fn published_skills(&self) -> Vec<PublishedSkill> {
        self.skills().published()
    }

    /// A file of a skill, by its path among all files of skills. Files may be read for it: best aside.
    pub fn published_file(&self, path: &str) -> Option<PublishedFile> {
        self.skills().file(path)
    }

    /// The tools that are called where questions come in.
    pub(super) fn tools(&self, endpoint: Endpoint) -> &[Tool] {
        match endpoint {
            Endpoint::ChatGpt => &self.chatgpt_tools,
            _ => &self.tools,
        }
    }

    fn new(snapshot: Arc<Snapshot>, about: &About) -> Self {
        let sets = Label::of_all(snapshot.sets());
        let tools = tools::definitions(about, &sets);
        let chatgpt_tools = tools::chatgpt_definitions(about, &sets);
        let skills = ExtensionCapabilities::from_iter([(
            SKILLS_EXTENSION_ID.to_owned(),
            skills::settings(),
        )]);
        let capabilities = ServerCapabilities::builder()
            .enable_extensions_with(skills)
            .enable_tools()
            .enable_resources()
            .enable_completions()
            .build();
        let implementation = implementation(about);
        let meta = meta(&implementation);
        let config = ServerConfig::new(capabilities)
            .with_server_info(implementation)
            .with_instructions(instructions::instructions(about, &sets));
        Self {
            since: SystemTime::now(),
            familiar: Familiar::new(),
            skills: Kept::default(),
            about: about.clone(),
            tools,
            chatgpt_tools,
            config,
            meta_json: serde_json::to_vec(&meta).unwrap_or_else(|_| b"{}".to_vec()),
            meta,
            snapshot,
        }
    }
}

/// docent's name and version, and whose documentation it serves, as clients show them.
fn implementation(about: &About) -> Implementation {
    let title = about.title().unwrap_or_else(|| "docent".to_owned());
    let description = about.description();
    Implementation::new("docent", env!("CARGO_PKG_VERSION"))
        .with_title(title)
        .with_description(
            description.unwrap_or_else(|| "A team's documentation, for assistants".to_owned()),
        )
}

fn meta(implementation: &Implementation) -> MetaObject {
    let mut meta = MetaObject::new();
    if let Ok(implementation) = serde_json::to_value(implementation) {
        meta.insert(
            "io.modelcontextprotocol/serverInfo".to_owned(),
            implementation,
        );
    }
    meta
}

#[cfg(test)]
mod tests {
    use super::super::sets::tests::labelled;
    use super::{
        About, Label,
        tools::{chatgpt_definitions, definitions},
    };
    use crate::config::DocSet;

    #[test]
    fn descriptions_are_bounded_whatever_is_configured() {
        let about = About {
            title: Some("Title".repeat(500)),
            description: Some("What the team\nknows. ".repeat(400)),
        };
        let set = |at: usize| DocSet {
            title: Some("Title".repeat(50)),
            description: Some("What the team\nknows. ".repeat(40)),
            topics: vec!["Topic".repeat(50); 30],
            ..DocSet::new(format!("set-{at}"), "/srv")
        };
        for number in [0, 1, 3, 100] {
            let sets = labelled(&(0..number).map(set).collect::<Vec<_>>());
            let labels = Label::of_all(&sets);
            let all = definitions(&about, &labels).into_iter();
            for tool in all.chain(chatgpt_definitions(&about, &labels)) {
                assert!(tool.description.unwrap().len() <= 2_048, "{}", tool.name);
            }
        }
    }
}
