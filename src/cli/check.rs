//! `docent check`: what a configuration serves.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use clap::Args;

use crate::{
    config::{ConfigError, PathFault, Settings, readable_root},
    error::{Failure, Kind},
    platform::{self, Environment, INSTALLED_CONFIG},
    service,
};

use super::{
    documents::{Documents, explain, refuse_private},
    report,
    search::Format,
    status::denials,
    style::Style,
    viewpoint::{LookAs, Viewpoint},
};

/// Read a configuration and its documents, and show what would be served
///
/// It starts no server and changes no index. Started by root, it looks as the service's user does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent check                       see what the service would serve, and what it skips
  docent check ./docs                     see what becomes of each file of a folder
  docent check --config docent.toml       try a configuration
  docent check ./docs --format json       the same for a program, each skipped file with its reason")]
pub(super) struct Check {
    #[command(flatten)]
    documents: Documents,

    #[command(flatten)]
    look_as: LookAs,

    /// Only read the configuration, not the documents: quick, and silent where nothing is wrong
    #[arg(long, conflicts_with_all = ["paths", "format"])]
    config_only: bool,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Check {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let config = self.documents.config();
        // The service reads its own configuration itself; any other is that of the person who asks.
        let others = (config != Some(Path::new(INSTALLED_CONFIG))).then(|| self.settings());
        let others = others.transpose()?;
        let viewpoint = self.look_as.take(environment, config)?;
        others
            .map_or_else(|| self.settings(), Ok)
            .and_then(|settings| self.look(&settings, environment, &viewpoint))
            .map_err(|error| viewpoint.explain(error))
    }

    fn settings(&self) -> anyhow::Result<Settings> {
        if self.config_only {
            self.documents.settings_to_serve()
        } else {
            self.documents.settings()
        }
    }

    fn look(
        &self,
        settings: &Settings,
        environment: &Environment,
        viewpoint: &Viewpoint,
    ) -> anyhow::Result<()> {
        let private = self.documents.private(environment, None, None);
        refuse_private(settings, &private)?;
        if self.config_only {
            return Ok(());
        }
        let report = service::check(settings, &private)
            .map_err(|error| unreadable(settings).unwrap_or(error))?;
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", report::json(&settings.docs, &report))?,
            Format::Text => {
                if let Some(config) = self.documents.config() {
                    writeln!(stdout, "{} has no errors", config.display())?;
                }
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                write!(stdout, "{}", report::text(&settings.docs, &report, style))?;
                if let Some(seen) = viewpoint.told() {
                    writeln!(stdout, "{}", style.aside(&format!("({seen})")))?;
                }
            }
        }
        if self.documents.config() == Some(Path::new(INSTALLED_CONFIG)) {
            warn_of_homes(settings)?;
            warn_of_namespaces()?;
        }
        if report::pages(&report) == 0 {
            return Err(Failure::new(Kind::NoInput, "there is no readable document")
                .help("the reasons above say why files are skipped; name a folder that holds Markdown, HTML or text")
                .into());
        }
        Ok(())
    }
}

/// What is wrong with the folder of a set, and what to do about it.
fn unreadable(settings: &Settings) -> Option<anyhow::Error> {
    let mut roots = settings.docs.iter().map(|set| &set.root);
    let fault = roots.find_map(|root| readable_root(root).err())?;
    Some(explain(ConfigError::Path(fault)))
}

/// What runs here, the service may not.
fn warn_of_namespaces() -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    for denial in denials() {
        writeln!(
            stderr,
            "warning: {} cannot be started: {}",
            denial.unit(),
            denial.reason()
        )?;
        writeln!(stderr, "  help: {}", denial.help())?;
    }
    Ok(())
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
