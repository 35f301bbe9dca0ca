//! `docent check`: what a configuration serves.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    auth::{KeyRing, SealingKeyError, SealingKeys},
    config::{AudienceSettings, ConfigError, PathFault, Settings, readable_root},
    error::{Failure, Kind},
    platform::{self, Environment, INSTALLED_CONFIG},
    search::{Report, SetReport},
    service,
};

use super::{
    documents::{Documents, explain, refuse_private},
    exit, key,
    proposals::Proposals,
    report,
    search::Format,
    status::denials,
    style::Style,
    viewpoint::{LookAs, Viewpoint},
};

/// Read a configuration and its documents, and show what would be served
///
/// It starts no server and changes no index. Started by root, it looks as the service's user does. With
/// `--verbose`, it names every file that is skipped.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent check                       see what the service would serve, and what it skips
  docent check ./docs                     see what becomes of the files of a folder
  docent check ./docs -v                  name every file that is skipped, with its reason
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
    /// `all`: every skipped file is named.
    pub(super) fn run(self, environment: &Environment, all: bool) -> anyhow::Result<()> {
        let config = self.documents.config();
        // The service reads its own configuration itself; any other is that of the person who asks.
        let others = (config != Some(Path::new(INSTALLED_CONFIG))).then(|| self.settings());
        let others = others.transpose()?;
        let viewpoint = self.look_as.take(environment, config)?;
        others
            .map_or_else(|| self.settings(), Ok)
            .and_then(|settings| self.look(settings, environment, &viewpoint, all))
            .map_err(|error| viewpoint.explain(error))
    }

    fn settings(&self) -> anyhow::Result<Found> {
        let example = "docent check ./docs";
        let served = || self.documents.settings_to_serve(example);
        if self.config_only {
            return Ok(Found::from(served()?));
        }
        match (self.documents.settings(example), self.documents.config()) {
            (Ok(settings), _) => Ok(Found::from(settings)),
            // Folders that are missing are no reason to keep silent about the others.
            (Err(fault), Some(_)) => match served() {
                Ok(settings) => {
                    let mut found = Found::from(settings);
                    found.set_absent_apart();
                    found.faults = vec![fault];
                    Ok(found)
                }
                Err(_) => Err(fault),
            },
            (Err(fault), None) => {
                let (there, missing) = self.documents.apart();
                let Some(there) = there else {
                    return Err(fault);
                };
                let mut found = Found::from(there.settings(example)?);
                for (path, fault) in missing {
                    found.absent.push(Absent {
                        name: None,
                        path,
                        problem: fault.told(),
                    });
                    found.faults.push(explain(ConfigError::Path(fault)));
                }
                Ok(found)
            }
        }
    }

    fn look(
        &self,
        mut found: Found,
        environment: &Environment,
        viewpoint: &Viewpoint,
        all: bool,
    ) -> anyhow::Result<()> {
        let private = self.documents.private(environment, None, None);
        refuse_private(&found.settings, &private)?;
        match KeyRing::load(&found.settings.access) {
            // They are for the service to read, and for nobody else.
            Err(ConfigError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::PermissionDenied
                    && matches!(viewpoint, Viewpoint::Onlooker(_)) => {}
            Err(ConfigError::Unreadable { path, source }) => {
                return Err(key::unreadable(&path, &source).because(source).into());
            }
            keys => drop(keys.map_err(explain)?),
        }
        match SealingKeys::load(&found.settings.access) {
            Err(SealingKeyError::Unreadable { error, .. })
                if error.kind() == io::ErrorKind::PermissionDenied
                    && matches!(viewpoint, Viewpoint::Onlooker(_)) => {}
            Err(error) => {
                return Err(Failure::new(Kind::Config, error.to_string())
                    .help("make a new one with `docent key new`, once the file is out of the way, or bring back the one that was there")
                    .into());
            }
            Ok(_) => {}
        }
        if self.config_only {
            return Ok(());
        }
        let unseen = found.set_absent_apart();
        let Found {
            settings,
            absent,
            faults,
        } = &found;
        if settings.docs.is_empty() {
            return found.end(unseen, environment);
        }
        let report = service::check(settings, &private)
            .map_err(|error| unreadable(settings).unwrap_or(error))?;
        let proposals = Proposals::of(settings, &private.and_files(settings.secret_files()));
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => {
                let mut shown = report::json(&settings.docs, &report);
                for (set, proposal) in shown["sets"]
                    .as_array_mut()
                    .into_iter()
                    .flatten()
                    .zip(proposals.json())
                {
                    set["proposed"] = proposal;
                }
                shown["missing"] = absent.iter().map(Absent::json).collect();
                if settings.access.is_private() {
                    let audiences = settings.access.audiences.iter();
                    let audience = |audience: &AudienceSettings| json!({ "name": audience.name.as_str(), "docs": audience.docs });
                    shown["audiences"] = audiences.map(audience).collect();
                }
                writeln!(stdout, "{shown:#}")?;
            }
            Format::Text => {
                if let Some(config) = self.documents.config()
                    && absent.is_empty()
                    && faults.is_empty()
                {
                    writeln!(stdout, "{} has no errors", config.display())?;
                }
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                write!(stdout, "{}", report::text(&settings.docs, &report, style))?;
                let told = if all {
                    every_file(&report)
                } else {
                    more_files(&report).to_owned()
                };
                write!(stdout, "{told}")?;
                if self.documents.config().is_some() {
                    write!(stdout, "{}", proposals.text(settings))?;
                }
                write!(stdout, "{}", audiences(settings, &report))?;
                if let Some(seen) = viewpoint.told() {
                    writeln!(stdout, "{}", style.aside(&format!("({seen})")))?;
                }
            }
        }
        if self.documents.config() == Some(Path::new(INSTALLED_CONFIG)) {
            warn_of_homes(settings)?;
            warn_of_namespaces()?;
        }
        stdout.flush()?;
        let has_pages = report::pages(&report) > 0;
        if has_pages || !absent.is_empty() || !faults.is_empty() {
            return found.end(unseen, environment);
        }
        let name = "name a folder that holds Markdown, HTML or text";
        let help = if report.sets.iter().all(|set| set.skipped.is_empty()) {
            name.to_owned()
        } else {
            format!("the reasons above say why files are skipped; {name}")
        };
        let failure = Failure::new(Kind::NoInput, "there is no readable document");
        Err(failure.help(help).into())
    }
}

/// A configuration that can be followed as far as it goes.
struct Found {
    /// With the sets that can be read.
    settings: Settings,
    /// The sets that cannot.
    absent: Vec<Absent>,
    /// What reading the settings has said about those.
    faults: Vec<anyhow::Error>,
}

impl From<Settings> for Found {
    fn from(settings: Settings) -> Self {
        Self {
            settings,
            absent: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Found {
    /// Leaves the sets that can be read, and says what is wrong with the others.
    fn set_absent_apart(&mut self) -> Vec<anyhow::Error> {
        let mut faults = Vec::new();
        let absent = &mut self.absent;
        self.settings
            .docs
            .retain(|set| match readable_root(&set.root) {
                Ok(_) => true,
                Err(fault) => {
                    absent.push(Absent {
                        name: Some(set.name.clone()),
                        path: set.root.clone(),
                        problem: fault.told(),
                    });
                    faults.push(explain(ConfigError::Path(fault)));
                    false
                }
            });
        faults
    }

    /// Says what is wrong with each set that cannot be read; the last error decides how the command ends.
    fn end(self, faults: Vec<anyhow::Error>, environment: &Environment) -> anyhow::Result<()> {
        let mut faults: Vec<_> = faults.into_iter().chain(self.faults).collect();
        let last = faults.pop();
        for fault in &faults {
            exit::show(fault, environment);
        }
        last.map_or(Ok(()), Err)
    }
}

/// A set whose folder cannot be read.
struct Absent {
    /// `None`: it has none yet, as a path of the command line.
    name: Option<String>,
    path: PathBuf,
    problem: String,
}

impl Absent {
    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "path": self.path.display().to_string(),
            "problem": self.problem,
        })
    }
}

/// Every file that is not served, or not looked at as a whole, with all that is known of why.
fn every_file(report: &Report) -> String {
    let mut text = String::new();
    for set in &report.sets {
        for path in &set.cut {
            let path = report::printable(path);
            text += &format!(
                "{}/{path}: served, with more headings or links than are looked at\n",
                set.name
            );
        }
        for file in &set.doubtful {
            let path = report::printable(&file.path);
            text += &format!("{}/{path}: served, but {}\n", set.name, file.doubt);
        }
        for file in &set.skipped {
            let (path, reason) = (&file.path, file.reason.to_string());
            let (path, reason) = (report::printable(path), report::printable(&reason));
            text += &format!("{}/{path}: {reason}\n", set.name);
        }
    }
    text
}

/// Who may read what; nothing where everything is everybody's.
fn audiences(settings: &Settings, report: &Report) -> String {
    let mut text = String::new();
    for audience in &settings.access.audiences {
        let own = |set: &&SetReport| audience.docs.contains(&set.name);
        let pages = report.sets.iter().filter(own).map(|set| set.pages).sum();
        let (name, docs) = (&audience.name, audience.docs.join(", "));
        text += &format!(
            "audience `{name}` reads {docs}: {}\n",
            report::count(pages, "page")
        );
    }
    let access = &settings.access;
    let nobody_says = access.issuers.is_empty() && access.identity_headers.is_none();
    for audience in access
        .named()
        .filter(|it| nobody_says && !it.groups.is_empty())
    {
        text += &format!(
            "warning: `groups` of `{}` name nobody: there is no [[issuer]] and no [identity_headers] that says who is in one\n  \
             help: add one of these, or leave `groups` out where access keys are all that is used\n",
            audience.name
        );
    }
    for (inner, outer, audience) in settings.overlaps() {
        text += &format!(
            "warning: the folder of `{}` is within that of `{}`, which `{audience}` may read: so it reads these documents, too\n  \
             help: keep folders apart that are not for the same people; `exclude` keeps no page from including a file\n",
            inner.name, outer.name
        );
    }
    for set in settings.docs_of_nobody() {
        text += &format!(
            "warning: `{}` is in no audience: nobody may read it\n  help: name it in `docs` of an [[audience]]\n",
            set.name
        );
    }
    text
}

/// How to see what stands behind the examples.
fn more_files(report: &Report) -> &'static str {
    let is_long = |set: &SetReport| set.skipped.len().max(set.cut.len()) > report::EXAMPLES;
    if report.sets.iter().any(is_long) {
        "-v names every file\n"
    } else {
        ""
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
