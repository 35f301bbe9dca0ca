//! The document sets: whether the service can read what it is to serve.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    acme::rfc3339,
    config::{ConfigError, DocSet, PathFault, Settings, readable_root},
    service::{Index, ServedSet, Standing, indexes},
};

use super::section::{Health, Section};
use crate::cli::report::count;

/// How the documents of a configuration stand. `cache_dir`: where the service writes down what came of
/// its last look.
pub(super) fn section(
    settings: Result<Settings, ConfigError>,
    cache_dir: Option<&Path>,
) -> Section {
    let mut section = Section::new("documents");
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            section.refuse(error);
            section.field("documents", Value::Null);
            // Of audiences, the settings would tell.
            if let Some(standing) = cache_dir.and_then(Standing::read) {
                tell(&standing, |_| true, &mut section);
            }
            return section;
        }
    };
    let indexes = cache_dir.map_or_else(Vec::new, |cache_dir| indexes(&settings, cache_dir));
    let standing = Standing::of_all(&indexes);
    let mut sets = Vec::new();
    for set in &settings.docs {
        let fault = readable_root(&set.root).err();
        let path = set.root.display().to_string();
        let known = standing.as_ref().and_then(|standing| {
            let mut sets = standing.sets.iter();
            sets.find(|known| set.name == *known.set)
        });
        match known {
            Some(known) => {
                section.line(set.name.as_str(), format!("{}, from {path}", known.told()));
            }
            None => section.line(set.name.as_str(), path.as_str()),
        }
        for file in known.into_iter().flat_map(|known| &known.first_unserved) {
            section.line("", format!("not served: {file}"));
        }
        if let Some(more) = known.and_then(ServedSet::more_unserved) {
            section.line("", more);
        }
        sets.push(json!({
            "name": set.name,
            "path": path,
            "problem": fault.as_ref().map(PathFault::told),
            "pages": known.map(|known| known.pages),
            "sections": known.map(|known| known.sections),
            "skipped": known.map(|known| known.skipped),
            "unserved": known.map(|known| known.unserved),
            "first_unserved": known.map(|known| &known.first_unserved),
        }));
        if let Some(fault) = fault {
            judge(set, &fault, &mut section);
        }
    }
    section.field("documents", sets);
    if settings.access.is_private() {
        tell_audiences(&settings, &indexes, &mut section);
    }
    if let Some(standing) = standing {
        let moment = |seconds: Option<u64>| {
            let since = Duration::from_secs(seconds?);
            Some(rfc3339(SystemTime::UNIX_EPOCH.checked_add(since)?))
        };
        let updated = moment(standing.updated);
        if let Some(updated) = &updated {
            section.line("last change", updated.as_str());
        }
        section.field("updated", json!(updated));
        section.field("failing_since", json!(moment(standing.failing_since)));
        let is_configured = |name: &str| settings.docs.iter().any(|set| set.name == name);
        tell(&standing, is_configured, &mut section);
    }
    section
}

/// Who may read what, and how many pages that is.
fn tell_audiences(settings: &Settings, indexes: &[Index], section: &mut Section) {
    let mut audiences = Vec::new();
    for audience in &settings.access.audiences {
        let index = indexes
            .iter()
            .find(|index| index.audience.as_ref() == Some(&audience.name));
        let standing = index.and_then(|index| Standing::read(&index.folder));
        let pages = standing.as_ref().map(|standing| {
            let pages = standing.sets.iter().map(|set| set.pages);
            pages.sum::<usize>()
        });
        let docs = audience.docs.join(", ");
        let told = match pages {
            Some(pages) => format!("{} reads {docs}: {}", audience.name, count(pages, "page")),
            None => format!("{} reads {docs}", audience.name),
        };
        section.line("audience", told);
        audiences.push(json!({
            "name": audience.name.as_str(),
            "docs": audience.docs,
            "pages": pages,
            "index_error": standing.and_then(|standing| standing.error),
        }));
    }
    section.field("audiences", audiences);
    for set in settings.docs_of_nobody() {
        let message = format!("`{}` is in no audience: nobody may read it", set.name);
        let help = "name it in `docs` of an [[audience]], or take it out of the configuration";
        section.finding(Health::Attention, message, Some(help.to_owned()));
    }
}

/// What the service has found, of sets that are still configured.
fn tell(standing: &Standing, is_configured: impl Fn(&str) -> bool, section: &mut Section) {
    let losses = standing.losses.iter();
    let losses: Vec<_> = losses.filter(|loss| is_configured(&loss.set)).collect();
    for loss in &losses {
        section.finding(Health::Attention, loss.told(), Some(loss.help().to_owned()));
    }
    let full = standing.full.iter();
    let full: Vec<_> = full.filter(|full| is_configured(&full.set)).collect();
    for full in &full {
        section.finding(Health::Attention, full.told(), Some(full.help().to_owned()));
    }
    if let Some(error) = &standing.error {
        let message = match standing
            .failing_since
            .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since)))
        {
            Some(since) => format!(
                "the index is not up to date, since {}: {error}",
                rfc3339(since)
            ),
            None => format!("the index is not up to date: {error}"),
        };
        let help = "docent tries again by itself; journalctl -u docent.service tells more";
        section.finding(Health::Attention, message, Some(help.to_owned()));
    }
    section.field("losses", json!(losses));
    section.field("full", json!(full));
    section.field("index_error", json!(standing.error));
}

fn judge(set: &DocSet, fault: &PathFault, section: &mut Section) {
    let message = format!("the documents of `{}`: {}", set.name, fault.told());
    section.finding(Health::Broken, message, fault.help());
}
