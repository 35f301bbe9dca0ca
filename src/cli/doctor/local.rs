//! What can be seen on the machine that serves: the configuration, the documents, the index, the units.

use std::{fs, path::Path, time::SystemTime};

use crate::{
    cli::{
        documents::{Documents, refuse_private},
        report::count,
        status::{Health, Units},
    },
    config::{ConfigError, DocSet, PathFault, Settings, readable_root},
    corpus::Skip,
    doctor::{Cause, Finding, Subject},
    platform::{self, Environment, INSTALLED_CONFIG},
    search::{SetReport, Store},
    service::{self, Index, Standing, indexes},
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

/// Whether the documents can be read, and whether there are any; and what there is.
pub(super) fn documents(
    environment: &Environment,
    config: &Path,
    settings: &Settings,
) -> (Vec<Finding>, Vec<SetReport>) {
    let private = Documents::of_config(config).private(environment, None, None);
    if let Err(error) = refuse_private(settings, &private) {
        let help = error.help.clone().unwrap_or_default();
        let message = format!("{:#}", anyhow::Error::from(error));
        let finding = Finding::error(
            Subject::Documents,
            Cause::ConfigurationInvalid,
            message,
            help,
        );
        return (vec![finding], Vec::new());
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
        return (findings, Vec::new());
    }
    match service::check(&there, &private) {
        Ok(report) => {
            findings.extend(report.sets.iter().flat_map(set));
            return (findings, report.sets);
        }
        Err(error) => findings.push(Finding::error(
            Subject::Documents,
            Cause::DocumentsUnreadable,
            format!("{error:#}"),
            "see what `docent check` says of them",
        )),
    }
    (findings, Vec::new())
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
                "`{}`: {}; {}",
                set.name,
                count(set.pages, "page"),
                match set.skipped.len() {
                    0 => "nothing is skipped".to_owned(),
                    1 => "1 file is skipped".to_owned(),
                    many => format!("{} are skipped", count(many, "file")),
                }
            ),
        ));
    }
    findings
}

/// What the service has written down of its last look, and whether its index has what the documents have now.
/// `is_served`: there should be a service.
pub(super) fn index(
    settings: &Settings,
    sets: &[SetReport],
    cache_dir: Option<&Path>,
    is_served: bool,
) -> Vec<Finding> {
    const ABOUT: Subject = Subject::Index;
    let indexes = cache_dir.map_or_else(Vec::new, |cache_dir| indexes(settings, cache_dir));
    let Some(standing) = Standing::of_all(&indexes) else {
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
    let losses = standing.losses.iter();
    let losses: Vec<_> = losses.filter(|loss| is_configured(&loss.set)).collect();
    for loss in &losses {
        findings.push(Finding::warning(
            ABOUT,
            Cause::IndexOutdated,
            loss.told(),
            loss.help(),
        ));
    }
    if !findings.is_empty() {
        return findings;
    }
    for index in &indexes {
        let found = match compared(index, sets) {
            Ok(found) => found,
            Err(missing) => return vec![missing],
        };
        // Of a set that several may read, once.
        for finding in found {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    if findings.is_empty() {
        let of_nobody = |set: &&SetReport| settings.docs_of_nobody().any(|it| it.name == set.name);
        let served = sets.iter().filter(|set| !of_nobody(set));
        let pages = served.map(|set| set.pages).sum();
        let changed = indexes
            .iter()
            .filter_map(|index| changed(&index.folder))
            .max();
        let changed = changed.and_then(age);
        let changed = changed.map_or_else(String::new, |age| format!(", and changed {age} ago"));
        let what = if settings.access.is_private() {
            "the indexes of the audiences have"
        } else {
            "the index has"
        };
        let pages = count(pages, "page");
        let message = format!("{what} the {pages} that the documents have{changed}");
        findings.push(Finding::ok(ABOUT, message));
    }
    findings
}

/// Where an index has other pages than the documents; an error where there is none of this configuration.
fn compared(index: &Index, sets: &[SetReport]) -> Result<Vec<Finding>, Finding> {
    const ABOUT: Subject = Subject::Index;
    let settings = &index.settings;
    let store = Store::new(
        &index.folder,
        settings.docs.clone(),
        settings.search.clone(),
    )
    .ok();
    let Some(snapshot) = store.and_then(|store| store.open()) else {
        return Err(Finding::warning(
            ABOUT,
            Cause::IndexOutdated,
            "the index that is there is not of this configuration",
            "have the service follow it: `systemctl reload docent.service` (SIGHUP)",
        ));
    };
    let mut findings = Vec::new();
    let own = |set: &&SetReport| settings.docs.iter().any(|it| it.name == set.name);
    for set in sets.iter().filter(own) {
        let indexed = snapshot.sets().iter().find(|known| known.name == set.name);
        let indexed = indexed.map_or(0, |known| known.pages);
        if indexed != set.pages {
            let message = format!(
                "`{}` has {} pages, and the index {indexed}",
                set.name, set.pages
            );
            let help = "wait a moment, as documents may just have changed; if it stays, see whether the service runs: it follows changes by itself";
            findings.push(Finding::warning(ABOUT, Cause::IndexOutdated, message, help));
        }
    }
    Ok(findings)
}

/// When the newest index there was written.
fn changed(cache_dir: &Path) -> Option<SystemTime> {
    let folders = fs::read_dir(cache_dir).ok()?.flatten();
    let written = folders.filter_map(|folder| {
        folder
            .path()
            .join("current")
            .metadata()
            .ok()?
            .modified()
            .ok()
    });
    written.max()
}

/// How long ago that is.
fn age(written: SystemTime) -> Option<String> {
    let age = SystemTime::now().duration_since(written).ok()?.as_secs();
    Some(match age {
        0..120 => format!("{age} seconds"),
        120..7_200 => format!("{} minutes", age / 60),
        7_200..172_800 => format!("{} hours", age / 3_600),
        _ => format!("{} days", age / 86_400),
    })
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
