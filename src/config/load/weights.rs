//! `boost` and `demote` of `[search]`, and the versions of `[[docs]]`: what is searched, and what counts more.

use std::collections::HashSet;

use toml::Spanned;

use super::{
    super::{
        file::{BoostTable, VersionsValue},
        problem::{Complaint, listing, nearest},
        settings::DocSet,
        values::{choice, pattern},
        weights::{Boost, Factor, Versions},
    },
    Reader,
};

/// Boosts and patterns to demote at the most: each page is held against all of them.
const MAX_BOOSTS: usize = 100;
/// Names of versions at the most, and characters of one.
const MAX_VERSIONS: usize = 200;
const MAX_VERSION: usize = 64;

impl Reader<'_> {
    /// Gives each set the boosts that are for its pages.
    pub(super) fn boosts(
        &mut self,
        boosts: Option<Vec<Spanned<BoostTable>>>,
        demote: Option<Vec<Spanned<String>>>,
        docs: &mut [DocSet],
    ) {
        for boost in self.few(boosts, "boosts") {
            self.boost(boost, docs);
        }
        let demote = self.few(demote, "patterns");
        for path in self.list(Some(demote), pattern) {
            for set in &mut *docs {
                set.boosts.push(Boost {
                    path: Some(path.clone()),
                    factor: Factor::DEMOTED,
                });
            }
        }
    }

    fn boost(&mut self, boost: Spanned<BoostTable>, docs: &mut [DocSet]) {
        let span = boost.span();
        let BoostTable { set, path, factor } = boost.into_inner();
        if set.is_none() && path.is_none() {
            let complaint = Complaint::new("a boost of every page changes nothing")
                .help("add the `set` or the `path` that it is for, such as `path = \"guide/\"`");
            self.problems.push(complaint.at(span));
            return;
        }
        let Some(factor) = factor else {
            let complaint = Complaint::new("a boost has no `factor`")
                .help("add one, such as `factor = 1.5`; less than 1 demotes");
            self.problems.push(complaint.at(span));
            return;
        };
        let number = *factor.get_ref();
        let known = Factor::new(number).ok_or_else(|| {
            Complaint::new(format!("{number} is not between 0.1 and 10"))
                .help("1 changes nothing, 1.5 is much already, 0.5 puts pages behind others that answer as well")
        });
        let factor = self.value(factor.span(), known);
        let names: Vec<&str> = docs.iter().map(|set| set.name.as_str()).collect();
        let of_set = set.map(|set| self.value(set.span(), named(set.get_ref(), &names)));
        let path = path.map(|path| self.value(path.span(), pattern(path.get_ref())));
        let (Some(factor), false, false) = (factor, of_set == Some(None), path == Some(None))
        else {
            return;
        };
        let (of_set, path) = (of_set.flatten(), path.flatten());
        for set in docs {
            if of_set.as_ref().is_none_or(|name| *name == set.name) {
                let path = path.clone();
                set.boosts.push(Boost { path, factor });
            }
        }
    }

    /// What the versions that a set holds mean, and which is the default one.
    pub(super) fn versions(
        &mut self,
        versions: Option<Spanned<VersionsValue>>,
        default: Option<Spanned<String>>,
    ) -> (Versions, Option<String>) {
        let span = default.as_ref().map(Spanned::span);
        let default = self.text(default, version);
        let versions = versions.and_then(|value| {
            let parsed = match value.get_ref() {
                VersionsValue::Text(text) => {
                    choice("kind of versions", text, &Versions::NAMES).map(|made| made())
                }
                VersionsValue::Names(names) => listed(names).map(Versions::Listed),
            };
            self.value(value.span(), parsed)
        });
        let versions = versions.unwrap_or_default();
        if let (Some(span), Versions::None) = (span, &versions) {
            let complaint = Complaint::new("a default version of a set whose versions are none")
                .help("remove `default_version`, or set `versions` to \"default\" or \"all\"");
            self.problems.push(complaint.at(span));
        }
        (versions, default)
    }

    fn few<T>(&mut self, values: Option<Vec<Spanned<T>>>, what: &str) -> Vec<Spanned<T>> {
        let mut values = values.unwrap_or_default();
        if let Some(first) = values.get(MAX_BOOSTS) {
            let complaint = Complaint::new(format!("more than {MAX_BOOSTS} {what}"))
                .help("every page is held against all of them: one pattern may fit many pages");
            self.problems.push(complaint.at(first.span()));
            values.truncate(MAX_BOOSTS);
        }
        values
    }
}

fn named(name: &str, sets: &[&str]) -> Result<String, Complaint> {
    if sets.contains(&name) {
        return Ok(name.to_owned());
    }
    let meant = nearest(name, sets.iter().copied())
        .map(|name| format!("did you mean `{name}`? "))
        .unwrap_or_default();
    let known = listing(sets.iter().copied());
    Err(Complaint::new(format!("there is no document set `{name}`"))
        .help(format!("{meant}the sets are {known}")))
}

fn listed(names: &[String]) -> Result<Vec<String>, Complaint> {
    if names.is_empty() {
        return Err(Complaint::new("no version is named")
            .help("write \"default\" where the folders have numbers, or name the folders, the newest version first"));
    }
    if names.len() > MAX_VERSIONS {
        return Err(Complaint::new(format!("more than {MAX_VERSIONS} versions")));
    }
    let mut seen = HashSet::new();
    for name in names {
        version(name)?;
        if !seen.insert(name) {
            return Err(Complaint::new(format!("`{name}` is named twice")));
        }
    }
    Ok(names.to_vec())
}

fn version(text: &str) -> Result<String, Complaint> {
    let is_name = !text.trim().is_empty()
        && text.chars().count() <= MAX_VERSION
        && !text.contains(['/', '\\'])
        && !text.chars().any(char::is_control);
    if is_name {
        return Ok(text.trim().to_owned());
    }
    Err(
        Complaint::new(format!("`{text}` cannot be a version")).help(
            "write the name of the folder that holds it, without `/`, such as \"2.1\" or \"stable\"",
        ),
    )
}
