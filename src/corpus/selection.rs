//! Which files the settings of a set ask for.

use super::format::is_llms_full;
use super::walk_error::WalkError;
use crate::config::DocSet;
use ignore::overrides::{Override, OverrideBuilder};
use std::path::Path;

/// How many times larger than others a file may be that holds all pages of a site.
const TIMES: u64 = 4;

/// What `include`, `exclude` and `max_file_size` of a set say of a file, without a look at its folder.
pub struct Selection<'a> {
    set: &'a DocSet,
    patterns: Override,
}

impl<'a> Selection<'a> {
    /// # Errors
    /// Where a pattern of the set is none.
    pub fn of(set: &'a DocSet) -> Result<Self, WalkError> {
        let patterns = patterns(set, &set.root)?;
        Ok(Self { set, patterns })
    }

    /// Whether a file is wanted, by its path below the root and its size.
    pub fn wants(&self, path: &str, size: u64) -> bool {
        let relative = path;
        let path = self.set.root.join(path);
        let folders = path.ancestors().skip(1);
        let mut folders = folders.take_while(|folder| *folder != self.set.root);
        size <= size_limit(self.set, relative)
            && !self.patterns.matched(&path, false).is_ignore()
            && !folders.any(|folder| self.patterns.matched(folder, true).is_ignore())
    }
}

/// How large a file may be: one that holds all pages of a site is read a page at a time.
pub(super) fn size_limit(set: &DocSet, path: &str) -> u64 {
    match is_llms_full(path) {
        true => set.max_file_size.saturating_mul(TIMES),
        false => set.max_file_size,
    }
}

/// The patterns of a set, for paths below `root`.
pub(super) fn patterns(set: &DocSet, root: &Path) -> Result<Override, WalkError> {
    let mut builder = OverrideBuilder::new(root);
    let wrong = |pattern: String| {
        |source| WalkError::Pattern {
            set: set.name.clone(),
            pattern,
            source,
        }
    };
    let negated = set.exclude.iter().map(|pattern| format!("!{pattern}"));
    for pattern in set.include.iter().cloned().chain(negated) {
        builder.add(&pattern).map_err(wrong(pattern))?;
    }
    builder.build().map_err(wrong(String::new()))
}
