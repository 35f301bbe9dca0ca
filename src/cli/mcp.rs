//! `docent mcp`: the tools over standard input and output.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;

use crate::{
    platform::Environment,
    search::{Progress, Report},
    service::{Companion, Endpoint, Observer},
};

use super::documents::{Documents, cache_dir, refuse_private};

/// Answer an assistant on this machine over standard input and output
///
/// For assistants that start a program and talk to it (MCP over stdio), such as Claude Desktop. It opens no port, ends
/// with its input, and shares the index of a `docent serve` that reads the same documents with the same
/// cache directory. Standard output has messages alone; the log goes to standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent mcp ./docs                       answer from a folder
  docent mcp --config docent.toml         answer from what a configuration names

In the file of an assistant, with whole paths:
  {\"mcpServers\": {\"docent\": {\"command\": \"/usr/bin/docent\", \"args\": [\"mcp\", \"/srv/docs\"]}}}")]
pub(super) struct Mcp {
    #[command(flatten)]
    documents: Documents,

    /// Where to keep the index [default: ~/.cache/docent]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

impl Mcp {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let settings = self.documents.settings_to_serve("docent mcp ./docs")?;
        let cache_dir = cache_dir(environment, self.cache_dir.as_deref())?;
        let private = self.documents.private(environment, None, Some(&cache_dir));
        refuse_private(&settings, &private)?;
        if io::stdin().is_terminal() {
            tracing::warn!(
                "assistants start this and talk to it over standard input; people use `docent search`, or `docent serve`"
            );
        }
        let companion = Companion {
            settings,
            cache_dir,
            private,
        };
        let observer: Arc<dyn Observer> = Arc::new(Quiet);
        companion.run(&observer, io::stdin(), io::stdout())
    }
}

/// Nobody looks on.
struct Quiet;

impl Observer for Quiet {
    fn progress(&self, _: Progress) {}

    fn indexed(&self, _: Option<&str>, _: &Report) {}

    fn listening(&self, _: &Endpoint, _: &[Endpoint]) {}
}
