//! What is served at the moment: the index, and the texts made from it once a generation.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig, Tool};

use super::{fence::Fence, instructions, tools};
use crate::search::Snapshot;

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
        let tools = tools::definitions(sets);
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

#[cfg(test)]
mod tests {
    use super::{instructions::instructions, tools::definitions};
    use crate::search::SetSummary;

    fn sets(number: usize) -> Vec<SetSummary> {
        (0..number)
            .map(|at| SetSummary {
                name: format!("set-{at}"),
                description: Some("What the team\nknows. ".repeat(40)),
                pages: 10 + at,
                sections: 100,
                topics: vec!["Topic".repeat(50); 30],
            })
            .collect()
    }

    #[test]
    fn texts_are_bounded_whatever_the_index_holds() {
        for number in [0, 1, 3, 100] {
            let sets = sets(number);
            assert!(instructions(&sets).len() <= 2_048);
            for tool in definitions(&sets) {
                assert!(tool.description.unwrap().len() <= 2_048, "{}", tool.name);
            }
        }
        assert!(instructions(&sets(100)).contains("more sets"));
    }
}
