//! What an update of the index does and has found.

use super::loss::Loss;
use crate::{
    config::{DocSet, Versions},
    corpus::{Doubt, Editions, Skipped, Version},
};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};

/// What a build is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files are read and indexed.
    Reading {
        /// Files read.
        done: usize,
        /// Files to read.
        of: usize,
    },
    /// Links between pages are followed, and what was read is put together.
    Linking,
}

/// What a build found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The document sets, in the order of the configuration.
    pub sets: Vec<SetReport>,
    /// Files that were read; the others had not changed.
    pub read: usize,
    /// How long it took.
    pub took: Duration,
    /// Why everything was read anew, or all of a damaged part, where an older index was there.
    pub rebuilt: Option<&'static str>,
    /// Sets that keep the pages they had, as too few are left.
    pub losses: Vec<Loss>,
    /// Losses that were accepted, and hold from now on.
    pub taken_over: Vec<Loss>,
    /// Sets whose folder could not be read: they keep the pages that they had, if any.
    pub missing: Vec<Missing>,
    /// Folders of which pages include files, wherever those are.
    pub included: BTreeSet<PathBuf>,
}

/// A set whose folder could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Name of the set.
    pub set: String,
    /// The folder, and why.
    pub reason: String,
}

/// What a build found in one document set.
#[derive(Debug, Clone)]
pub struct SetReport {
    /// Name of the set.
    pub name: String,
    /// Pages that are served.
    pub pages: usize,
    /// Their sections.
    pub sections: usize,
    /// Files that are not served, with the reasons.
    pub skipped: Vec<Skipped>,
    /// Files with more headings or links than are looked at; all of their text is served.
    pub cut: Vec<String>,
    /// Files whose text may not be what its author wrote; they are served.
    pub doubtful: Vec<Doubtful>,
    /// What the pages have around their own text, where that is looked at.
    pub left_out: Option<LeftOut>,
    /// The versions and languages that its folders tell apart, where that is looked at.
    pub editions: FoundEditions,
    /// Patterns of what counts more or less that no page is meant by, where that is looked at.
    pub idle: Vec<String>,
}

/// Versions and languages of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundEditions {
    /// The default one first, then the newest.
    pub versions: Vec<Version>,
    /// In the order of their names.
    pub languages: Vec<String>,
    /// Versions that the configuration lists, and that are not there.
    pub missing: Vec<String>,
    /// Folders beside those that the configuration lists, which would be versions too.
    pub unlisted: Vec<String>,
    /// The default version that the configuration names is not there.
    lacks_default: bool,
}

impl FoundEditions {
    /// As they are shown.
    pub fn of(editions: &Editions) -> Self {
        let shown = editions.shown().into_iter();
        Self {
            versions: shown
                .filter_map(|number| editions.versions().get(usize::from(number)).cloned())
                .collect(),
            languages: editions.languages().to_vec(),
            missing: Vec::new(),
            unlisted: Vec::new(),
            lacks_default: false,
        }
    }

    /// The same of a set.
    pub fn of_set(editions: &Editions, set: &DocSet) -> Self {
        let wanted = set.default_version.as_deref();
        let listed = match &set.versions {
            Versions::Listed(names) => names.as_slice(),
            _ => &[],
        };
        let missing = listed.iter().filter(|name| editions.asked(name).is_none());
        Self {
            missing: missing.cloned().collect(),
            lacks_default: wanted.is_some_and(|wanted| editions.asked(wanted).is_none()),
            ..Self::of(editions)
        }
    }

    /// The default version that the configuration of a set names, where there is none of that name.
    pub fn missing_default<'a>(&self, set: &'a DocSet) -> Option<&'a str> {
        set.default_version
            .as_deref()
            .filter(|_| self.lacks_default)
    }
}

/// A file whose text is not certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubtful {
    /// Path below the root of its set.
    pub path: String,
    /// Why.
    pub doubt: Doubt,
}

/// What is left out of the pages of a set, as it stands on most of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Blocks that differ from each other.
    pub blocks: usize,
    /// The longest of those that stand on most pages, in its words.
    pub example: String,
}
