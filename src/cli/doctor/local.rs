//! What can be seen on the machine that serves: the configuration, the documents, the index, the units.

use std::path::Path;

use crate::{
    cli::{
        documents::{Documents, refuse_private},
        status::{Health, Units},
    },
    config::{ConfigError, DocSet, PathFault, Settings, readable_root},
    corpus::Skip,
    doctor::{Cause, Finding, Subject},
    platform::{self, Environment, INSTALLED_CONFIG},
    search::SetReport,
    service::{self, Standing},
};

/// What is wrong in the file, fault by fault.
pub(super) fn configuration(config: &Path, fault: Option<ConfigError>) -> Vec<Finding> {
    const ABOUT: Subject = Subject::Configuration;
    const HELP: &str = "mend it, and look again with `docent check --config-only`";
    let wrong = |message: &str, help: Option<&str>| {
        Finding::error(
            ABOUT,
            Cause::ConfigurationInvalid,
            message,
            help.unwrap_or(HELP),
        )
    };
    match fault {
        None => vec![Finding::ok(
            ABOUT,
            format!("{} has no errors", config.display()),
        )],
        Some(ConfigError::Invalid { diagnostics, more }) => {
            let told = diagnostics
                .iter()
                .map(|it| wrong(&it.message, it.help.as_deref()));
            let more = more.map(|more| wrong(&more.to_string(), None));
            told.chain(more).collect()
        }
        Some(ConfigError::Path(fault)) => vec![path_fault(None, &fault)],
        Some(fault) => vec![wrong(&format!("{:#}", anyhow::Error::from(fault)), None)],
    }
}

/// Whether the documents can be read, and whether there are any.
pub(super) fn documents(
    environment: &Environment,
    config: &Path,
    settings: &Settings,
) -> Vec<Finding> {
    let private = Documents::of_config(config).private(environment, None, None);
    if let Err(error) = refuse_private(settings, &private) {
        let help = error.help.clone().unwrap_or_default();
        let message = format!("{:#}", anyhow::Error::from(error));
        return vec![Finding::error(
            Subject::Documents,
            Cause::ConfigurationInvalid,
            message,
            help,
        )];
    }
    let mut findings = Vec::new();
    let mut there = settings.clone();
    there.docs.retain(|set| match fault(set, config) {
        Some(fault) => {
            findings.push(path_fault(Some(set), &fault));
            false
        }
        None => true,
    });
    if there.docs.is_empty() {
        return findings;
    }
    match service::check(&there, &private) {
        Ok(report) => findings.extend(report.sets.iter().flat_map(set)),
        Err(error) => findings.push(Finding::error(
            Subject::Documents,
            Cause::DocumentsUnreadable,
            format!("{error:#}"),
            "see what `docent check` says of them",
        )),
    }
    findings
}

fn fault(set: &DocSet, config: &Path) -> Option<PathFault> {
    let hidden = || {
        let home = platform::hidden_home(&set.root)?;
        let path = set.root.clone();
        Some(PathFault::HiddenHome { path, home })
    };
    let is_installed = config == Path::new(INSTALLED_CONFIG);
    is_installed
        .then(hidden)
        .flatten()
        .or_else(|| readable_root(&set.root).err())
}

fn path_fault(set: Option<&DocSet>, fault: &PathFault) -> Finding {
    let cause = match fault {
        PathFault::Missing { .. } | PathFault::NotDocuments { .. } => Cause::DocumentsMissing,
        PathFault::Unreadable { .. } | PathFault::HiddenHome { .. } => Cause::DocumentsUnreadable,
    };
    let whose = set.map_or_else(String::new, |set| {
        format!("the documents of `{}`: ", set.name)
    });
    let message = format!("{whose}{}", fault.told());
    let help = fault
        .help()
        .unwrap_or_else(|| "correct the path".to_owned());
    Finding::error(Subject::Documents, cause, message, help)
}

fn set(set: &SetReport) -> Vec<Finding> {
    const ABOUT: Subject = Subject::Documents;
    let unreadable =
        |reason: &Skip| matches!(reason, Skip::Unreadable { .. } | Skip::RulesUnread { .. });
    let unread: Vec<_> = set
        .skipped
        .iter()
        .filter(|file| unreadable(&file.reason))
        .collect();
    let mut findings = Vec::new();
    if let Some(first) = unread.first() {
        let message = format!(
            "`{}` has {} that cannot be read, such as {}: {}",
            set.name,
            match unread.len() {
                1 => "a file or folder".to_owned(),
                many => format!("{many} files and folders"),
            },
            first.path,
            first.reason
        );
        let help = "let the user that docent runs as read them (`chmod -R o+rX`, or a group), or leave them out with `exclude`";
        let finding = match set.pages {
            0 => Finding::error(ABOUT, Cause::DocumentsUnreadable, message, help),
            _ => Finding::warning(ABOUT, Cause::DocumentsUnreadable, message, help),
        };
        findings.push(finding);
    }
    let full = service::FullSet::of(set);
    if let Some(full) = &full {
        findings.push(Finding::warning(
            ABOUT,
            Cause::DocumentsIncomplete,
            full.told(),
            full.help(),
        ));
    }
    if set.pages == 0 && unread.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::DocumentsEmpty,
            format!("`{}` holds no document that can be read ({} files are skipped)", set.name, set.skipped.len()),
            "name a folder that holds Markdown, HTML, reStructuredText, AsciiDoc, manual pages or text; `docent check -v` says why files are skipped",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            format!(
                "`{}` has {} pages; {} files are skipped",
                set.name,
                set.pages,
                set.skipped.len()
            ),
        ));
    }
    findings
}

/// What the service has written down of its last look. `is_served`: there should be a service.
pub(super) fn index(
    settings: &Settings,
    cache_dir: Option<&Path>,
    is_served: bool,
) -> Vec<Finding> {
    const ABOUT: Subject = Subject::Index;
    let Some(standing) = cache_dir.and_then(Standing::read) else {
        let missing = || {
            Finding::warning(
                ABOUT,
                Cause::IndexMissing,
                "the service has not made an index yet, or not one that may be looked at",
                "start it (`systemctl start docent.service`), and look with sudo",
            )
        };
        return is_served.then(missing).into_iter().collect();
    };
    let is_configured = |name: &str| settings.docs.iter().any(|set| set.name == name);
    let mut findings = Vec::new();
    if let Some(error) = &standing.error {
        let message = format!("the index is not up to date: {error}");
        let help = "docent tries again by itself; journalctl -u docent.service tells more";
        findings.push(Finding::warning(ABOUT, Cause::IndexOutdated, message, help));
    }
    for loss in standing
        .losses
        .iter()
        .filter(|loss| is_configured(&loss.set))
    {
        findings.push(Finding::warning(
            ABOUT,
            Cause::IndexOutdated,
            loss.told(),
            loss.help(),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            "the last look at the documents was taken over whole",
        ));
    }
    findings
}

/// The units, as far as systemd runs them.
pub(super) fn service(units: &Units) -> Vec<Finding> {
    const ABOUT: Subject = Subject::Service;
    let Some((standing, faults)) = units.judged() else {
        return Vec::new();
    };
    if faults.is_empty() {
        return vec![Finding::ok(ABOUT, standing)];
    }
    let told = faults.into_iter().map(|fault| {
        let help = fault
            .help
            .unwrap_or_else(|| "journalctl -u docent.service tells more".to_owned());
        match fault.health {
            Health::Broken => Finding::error(ABOUT, Cause::ServiceDown, fault.message, help),
            _ => Finding::warning(ABOUT, Cause::ServiceDown, fault.message, help),
        }
    });
    told.collect()
}
