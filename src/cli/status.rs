//! `docent status`: how things stand, for a person and for monitoring.
mod certificate;
mod documents;
mod issuers;
mod keys;
mod section;
mod service;

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
    time::SystemTime,
};

use clap::Args;
use serde_json::{Map, Value, json};

use crate::{
    config::{ConfigError, Settings},
    error::printable,
    platform::{Environment, INSTALLED_CONFIG},
};

use super::{
    certificate::{Certificate, Configured},
    search::Format,
    style::Style,
    viewpoint::{LookAs, Viewpoint},
};

use section::{Finding, Section};

pub(super) use section::Health;
pub(super) use service::{Units, denials};

/// Show how things stand with the certificate, the service and its documents
///
/// It asks nobody but this machine. The exit status is 0 where all is good, 1 where something needs
/// attention, 2 where something does not work, and 64 or more where `status` itself failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent status                      see what the service sees
  sudo docent status --format json        the same for a program, with the same exit status")]
pub(super) struct Status {
    #[command(flatten)]
    certificate: Certificate,

    #[command(flatten)]
    look_as: LookAs,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Status {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let config = self.certificate.config()?;
        let is_installed = config == Path::new(INSTALLED_CONFIG);
        let units = is_installed.then(Units::ask);
        // The service reads its own configuration itself; any other is that of the person who asks.
        let others = (!is_installed).then(|| self.configured(environment));
        let others = others.transpose()?;
        let viewpoint = self.look_as.take(environment, Some(&config))?;
        let report = others
            .map_or_else(|| self.configured(environment), Ok)
            .and_then(|(configured, documents)| {
                let cache_dir = environment.cache_dir_of(&configured.config);
                let keys = documents
                    .as_ref()
                    .ok()
                    .and_then(|settings| keys::section(settings, &viewpoint, SystemTime::now()));
                let issuers = documents.as_ref().ok().and_then(|settings| {
                    let jwks = configured.state.jwks();
                    issuers::section(settings, &jwks, &viewpoint, SystemTime::now())
                });
                let documents = documents::section(documents, cache_dir.as_deref());
                let others = [Some(documents), keys, issuers];
                report(&configured, others, &viewpoint, units)
            })
            .map_err(|error| viewpoint.explain(error))?;
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", report.json())?,
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                stdout.write_all(report.text(style).as_bytes())?;
            }
        }
        Ok(report.health().into())
    }

    /// What concerns the certificate, and the documents beside it: neither waits for the other.
    fn configured(
        &self,
        environment: &Environment,
    ) -> anyhow::Result<(Configured, Result<Settings, ConfigError>)> {
        let configured = self.certificate.configured(environment)?;
        // Folders that are missing are findings of their own, each beside what is said of the others.
        let documents = Settings::load_to_serve(&configured.config);
        Ok((configured, documents))
    }
}

fn report(
    configured: &Configured,
    others: [Option<Section>; 3],
    viewpoint: &Viewpoint,
    units: Option<Units>,
) -> anyhow::Result<Report> {
    let now = SystemTime::now();
    let mut sections = vec![certificate::section(configured, viewpoint, now)?];
    sections.extend(units.map(|units| units.section()));
    sections.extend(others.into_iter().flatten());
    Ok(Report {
        sections,
        seen: viewpoint.told(),
    })
}

/// All of it, whoever it is said to.
struct Report {
    sections: Vec<Section>,
    /// Whose eyes have seen it, where that needs to be said.
    seen: Option<String>,
}

impl Report {
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.sections.iter().flat_map(|section| &section.findings)
    }

    fn health(&self) -> Health {
        let worst = self.findings().map(|finding| finding.health).max();
        worst.unwrap_or(Health::Good)
    }

    fn text(&self, style: Style) -> String {
        let mut text = String::new();
        for section in self
            .sections
            .iter()
            .filter(|section| !section.lines.is_empty())
        {
            text += &format!("{}\n", style.title(&one_line(&section.title)));
            for (label, value) in &section.lines {
                text += &format!("  {:<13}{}\n", one_line(label) + " ", one_line(value));
            }
        }
        if let Some(seen) = &self.seen {
            text += &format!("{}\n", style.aside(&format!("({})", one_line(seen))));
        }
        if self.findings().next().is_none() {
            text += "good: nothing needs attention\n";
        }
        for finding in self.findings() {
            let health = format!("{}:", finding.health.name());
            text += &format!("{} {}\n", style.error(&health), one_line(&finding.message));
            if let Some(help) = &finding.help {
                text += &format!("  help: {}\n", one_line(help));
            }
        }
        text
    }

    fn json(&self) -> Value {
        let mut all: Map<String, Value> = Map::new();
        for section in &self.sections {
            all.extend(section.fields.clone());
        }
        let findings: Vec<_> = self.findings().map(Finding::json).collect();
        all.insert("health".to_owned(), json!(self.health().name()));
        all.insert("findings".to_owned(), json!(findings));
        Value::Object(all)
    }
}

/// What a terminal does not obey, in one line.
fn one_line(text: &str) -> String {
    printable(&text.split(['\n', '\r']).collect::<Vec<_>>().join(" "))
}
