//! How the documents stand, written down beside the index for `docent status`, which is another process.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    time::SystemTime,
};

use serde::{Deserialize, Serialize};

use super::{indexes::Index, skipped::is_fault};
use crate::{
    corpus::Skip,
    durable,
    error::printable,
    search::{Loss, Report, SetReport},
};

/// The file in the cache directory.
const FILE: &str = "standing.json";
/// A change of what it says.
const VERSION: u32 = 1;
/// What a configuration has more sets than, is not all written down.
const MAX_ENTRIES: usize = 100;
const MAX_TEXT: usize = 1_000;
/// Files that are not served and are named of each set.
const MAX_NAMED: usize = 3;
/// A longer one was written by somebody else.
const MAX_BYTES: u64 = 4 << 20;

/// What came of the last look at the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    version: u32,
    /// Sets that keep the pages they had, as too few are left.
    pub losses: Vec<LostPages>,
    /// Sets that are larger than they may be.
    #[serde(default)]
    pub full: Vec<FullSet>,
    /// Why the index could not be brought up to date.
    pub error: Option<String>,
    /// The sets that are served.
    #[serde(default)]
    pub sets: Vec<ServedSet>,
    /// When what is served last changed, in seconds since 1970.
    #[serde(default)]
    pub updated: Option<u64>,
    /// Since when it cannot be brought up to date, in seconds since 1970.
    #[serde(default)]
    pub failing_since: Option<u64>,
}

/// A set that is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedSet {
    /// Name of the set.
    pub set: String,
    /// Its pages.
    pub pages: usize,
    /// Their sections.
    pub sections: usize,
    /// Files and folders that are passed over, for whatever reason.
    pub skipped: usize,
    /// Those among them that somebody may want to see served.
    pub unserved: usize,
    /// The first of these, each with its reason.
    pub first_unserved: Vec<String>,
}

/// A set that keeps the pages it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostPages {
    /// Name of the set.
    pub set: String,
    /// Pages that are served.
    pub before: usize,
    /// Pages that are left.
    pub after: usize,
}

/// A set of which not everything is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullSet {
    /// Name of the set.
    pub set: String,
    /// The first file or folder that is not looked at.
    pub first: String,
    /// The limit that is exceeded.
    pub limit: Limit,
}

/// A limit of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Files and folders.
    MaxFiles(u64),
    /// Bytes of all files.
    MaxSize(u64),
}

impl ServedSet {
    fn of(set: &SetReport) -> Self {
        let unserved = || set.skipped.iter().filter(|file| is_fault(&file.reason));
        let named = unserved().take(MAX_NAMED);
        Self {
            set: set.name.clone(),
            pages: set.pages,
            sections: set.sections,
            skipped: set.skipped.len(),
            unserved: unserved().count(),
            first_unserved: named
                .map(|file| shown(&format!("{}: {}", file.path, file.reason)))
                .collect(),
        }
    }

    /// That there are more files that are not served than are named; `None` where there are not.
    pub fn more_unserved(&self) -> Option<String> {
        let more = self.unserved.saturating_sub(self.first_unserved.len());
        let more = Some(more).filter(|more| *more > 0)?;
        Some(format!(
            "and {} more: `docent check` lists all of them",
            super::thousands(more)
        ))
    }

    /// What there is of it, in a line.
    pub fn told(&self) -> String {
        let noun = if self.pages == 1 { "page" } else { "pages" };
        let pages = super::thousands(self.pages);
        match self.skipped {
            0 => format!("{pages} {noun}"),
            1 => format!("{pages} {noun}, 1 file passed over"),
            skipped => format!(
                "{pages} {noun}, {} files passed over",
                super::thousands(skipped)
            ),
        }
    }
}

impl FullSet {
    /// What of a set is beyond its limits.
    pub fn of(set: &SetReport) -> Option<Self> {
        let (first, limit) = set.skipped.iter().find_map(|file| match file.reason {
            Skip::BeyondMaxFiles { limit } => Some((&file.path, Limit::MaxFiles(limit))),
            Skip::BeyondMaxSize { limit } => Some((&file.path, Limit::MaxSize(limit))),
            _ => None,
        })?;
        Some(Self {
            set: set.name.clone(),
            first: shown(first),
            limit,
        })
    }

    /// What is wrong, in a line.
    pub fn told(&self) -> String {
        let (limit, what) = match self.limit {
            Limit::MaxFiles(limit) => (limit, "files and folders"),
            Limit::MaxSize(limit) => (limit, "bytes of documents"),
        };
        let limit = super::thousands(usize::try_from(limit).unwrap_or(usize::MAX));
        format!(
            "`{}` has more than {limit} {what}: {} and what comes after it is not served",
            self.set, self.first
        )
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.limit {
            Limit::MaxFiles(_) => "leave some out with `exclude`, or raise `max_files`",
            Limit::MaxSize(_) => "leave some out with `exclude`, or raise `max_size`",
        }
    }
}

fn seconds(moment: SystemTime) -> Option<u64> {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    since.ok().map(|since| since.as_secs())
}

fn shown(text: &str) -> String {
    printable(text).chars().take(MAX_TEXT).collect()
}

impl LostPages {
    pub(super) fn of(loss: &Loss) -> Self {
        Self {
            set: loss.set.clone(),
            before: loss.before,
            after: loss.after,
        }
    }

    /// What is wrong, in a line.
    pub fn told(&self) -> String {
        format!(
            "`{}` keeps its {} pages, as {} would be left of them",
            self.set,
            super::thousands(self.before),
            super::thousands(self.after)
        )
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.after {
            0 => "if they are gone for good, take the set out of the configuration",
            _ => {
                "if they are gone for good, `systemctl reload docent.service` (SIGHUP) takes that over"
            }
        }
    }
}

impl Standing {
    /// The standing as the service has written it last; `None` where there is none that can be read.
    pub fn read(cache_dir: &Path) -> Option<Self> {
        let file = File::open(cache_dir.join(FILE)).ok()?;
        let mut text = String::new();
        file.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        let standing: Self = serde_json::from_str(&text).ok()?;
        (standing.version == VERSION).then_some(standing)
    }

    /// How all documents stand that these indexes hold; `None` where nothing is written down of any.
    pub fn of_all<'a>(indexes: impl IntoIterator<Item = &'a Index>) -> Option<Self> {
        let read = |index: &Index| {
            let mut standing = Self::read(&index.folder)?;
            if let (Some(name), Some(error)) = (&index.audience, &mut standing.error) {
                *error = format!("for the audience `{name}`: {error}");
            }
            Some(standing)
        };
        let standings = indexes.into_iter().filter_map(read);
        standings.reduce(Self::and)
    }

    /// With another one, which may be of some of the same sets.
    fn and(mut self, other: Self) -> Self {
        let new = |one: &LostPages| self.losses.iter().all(|it| it.set != one.set);
        let new: Vec<_> = other.losses.into_iter().filter(new).collect();
        self.losses.extend(new);
        let new = |one: &FullSet| self.full.iter().all(|it| it.set != one.set);
        let new: Vec<_> = other.full.into_iter().filter(new).collect();
        self.full.extend(new);
        let new = |one: &ServedSet| self.sets.iter().all(|it| it.set != one.set);
        let new: Vec<_> = other.sets.into_iter().filter(new).collect();
        self.sets.extend(new);
        let since = [self.failing_since, other.failing_since].into_iter();
        Self {
            error: self.error.or(other.error),
            updated: self.updated.max(other.updated),
            failing_since: since.flatten().min(),
            ..self
        }
    }

    pub(super) fn of(report: &Report) -> Self {
        let losses = report.losses.iter().take(MAX_ENTRIES);
        Self {
            version: VERSION,
            losses: losses.map(LostPages::of).collect(),
            full: report
                .sets
                .iter()
                .filter_map(FullSet::of)
                .take(MAX_ENTRIES)
                .collect(),
            error: None,
            sets: report
                .sets
                .iter()
                .map(ServedSet::of)
                .take(MAX_ENTRIES)
                .collect(),
            updated: None,
            failing_since: None,
        }
    }

    /// Follows another one, with other documents or the same.
    pub(super) fn after(self, before: Option<&Self>, has_changed: bool, now: SystemTime) -> Self {
        let same = before.filter(|_| !has_changed);
        let updated = same.and_then(|before| before.updated);
        Self {
            updated: updated.or_else(|| seconds(now)),
            ..self
        }
    }

    /// The same documents, after a look that came to nothing.
    pub(super) fn failed(&self, error: &str, now: SystemTime) -> Self {
        Self {
            version: VERSION,
            error: Some(shown(error)),
            failing_since: self.failing_since.or_else(|| seconds(now)),
            ..self.clone()
        }
    }

    pub(super) fn write(&self, cache_dir: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        durable::replace(&cache_dir.join(FILE), &text, 0o600)
    }
}

/// Removes what was written down, where there is something.
pub(super) fn remove(cache_dir: &Path) {
    let _ = std::fs::remove_file(cache_dir.join(FILE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(Standing::read(cache.path()), None);
        let standing = Standing {
            version: VERSION,
            losses: vec![LostPages {
                set: "docs".to_owned(),
                before: 1_000,
                after: 3,
            }],
            full: vec![FullSet {
                set: "large".to_owned(),
                first: "z/page.md".to_owned(),
                limit: Limit::MaxFiles(10),
            }],
            error: None,
            sets: vec![ServedSet {
                set: "docs".to_owned(),
                pages: 1_000,
                sections: 4_000,
                skipped: 12,
                unserved: 1,
                first_unserved: vec!["a.md: too large".to_owned()],
            }],
            updated: None,
            failing_since: None,
        };
        let at = |seconds| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let first = standing.clone().after(None, false, at(100));
        assert_eq!(first.updated, Some(100));
        let same = standing.clone().after(Some(&first), false, at(200));
        assert_eq!(same, first, "which is no news");
        let changed = standing.after(Some(&first), true, at(200));
        assert_eq!(changed.updated, Some(200));
        let standing = changed.failed("another fault", at(300));
        let standing = standing.failed("a\u{1b}[2J line", at(400));
        assert_eq!(standing.failing_since, Some(300));
        standing.write(cache.path()).unwrap();
        assert_eq!(Standing::read(cache.path()), Some(standing.clone()));
        assert!(!standing.error.unwrap().contains('\u{1b}'));
        for text in [
            "",
            "{",
            "[]",
            "{\"version\":2,\"losses\":[],\"error\":null}",
        ] {
            std::fs::write(cache.path().join(FILE), text).unwrap();
            assert_eq!(Standing::read(cache.path()), None, "{text}");
        }
    }
}
