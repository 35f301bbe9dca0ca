//! `docent check`: what a configuration serves.

use std::io::{self, Write as _};

use clap::Args;

use crate::platform::Environment;

use super::documents::Documents;

/// Read a configuration, and show what would be served
///
/// It starts no server and changes no index.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    documents: Documents,
}

impl Check {
    pub(super) fn run(self, _environment: &Environment) -> anyhow::Result<()> {
        let settings = self.documents.settings()?;
        let mut stdout = io::stdout().lock();
        for set in &settings.docs {
            writeln!(stdout, "{}  {}", set.name, set.root.display())?;
        }
        Ok(())
    }
}
