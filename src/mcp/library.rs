//! What is served at the moment: the index, and the texts made from it once a generation.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig, Tool};

use super::{fence::Fence, instructions};
use crate::search::Snapshot;

/// How long a client may take lists and pages for fresh: documents change while docent runs.
pub(super) const FRESH_MS: u64 = 60_000;

/// The documents on offer. Readers go on with the generation they started with while the next
/// one takes its place.
pub struct Library {
    current: ArcSwap<Holdings>,
    pub(super) fence: Fence,
}

/// One generation of the index, with what clients are told about it.
pub struct Holdings {
    /// The index.
    pub snapshot: Arc<Snapshot>,
    pub(super) tools: Vec<Tool>,
    pub(super) config: ServerConfig,
}

impl Library {
    /// Opens with a first generation of the index.
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        Self {
            current: ArcSwap::from_pointee(Holdings::new(snapshot)),
            fence: Fence::random(),
        }
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
        let sets = snapshot.sets();
        let tools = instructions::tools(sets);
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_completions()
            .build();
        let server = Implementation::new("docent", env!("CARGO_PKG_VERSION"))
            .with_title("docent")
            .with_description("A team's documentation, for assistants");
        let config = ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(instructions::instructions(sets));
        Self {
            tools,
            config,
            snapshot,
        }
    }
}
