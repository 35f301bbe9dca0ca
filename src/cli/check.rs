//! `docent check`: what a configuration serves.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use clap::Args;

use crate::{
    config::{PathFault, Settings},
    error::{Failure, Kind},
    platform::{self, Environment},
    service,
};

use super::{
    documents::{Documents, INSTALLED_CONFIG},
    report,
    search::Format,
    style::Style,
};

/// Read a configuration and its documents, and show what would be served
///
/// It starts no server and changes no index.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    documents: Documents,

    /// Only read the configuration, not the documents: quick, and silent where nothing is wrong
    #[arg(long, conflicts_with_all = ["paths", "format"])]
    config_only: bool,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Check {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let settings = self.documents.settings()?;
        if self.config_only {
            return Ok(());
        }
        let report = service::check(&settings)?;
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", report::json(&settings.docs, &report))?,
            Format::Text => {
                if let Some(config) = self.documents.config() {
                    writeln!(stdout, "{} has no errors", config.display())?;
                }
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                write!(stdout, "{}", report::text(&settings.docs, &report, style))?;
            }
        }
        if self.documents.config() == Some(Path::new(INSTALLED_CONFIG)) {
            warn_of_homes(&settings)?;
        }
        if report::pages(&report) == 0 {
            return Err(Failure::new(Kind::NoInput, "there is no readable document")
                .help("the reasons above say why files are skipped; name a folder that holds Markdown, HTML or text")
                .into());
        }
        Ok(())
    }
}

/// What a person reads here, the service may not see.
fn warn_of_homes(settings: &Settings) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    for set in &settings.docs {
        let Some(home) = platform::hidden_home(&set.root) else {
            continue;
        };
        let path = set.root.clone();
        let fault = PathFault::HiddenHome { path, home };
        writeln!(stderr, "warning: {fault}")?;
        if let Some(help) = fault.help() {
            writeln!(stderr, "  help: {help}")?;
        }
    }
    Ok(())
}
