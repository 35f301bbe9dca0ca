//! A walk's findings as lists.

use docent::{
    config::DocSet,
    corpus::{self, File, Found, PrivatePaths, Skipped, WalkError, Within},
};

/// What a walk has told, in the order of the paths.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) files: Vec<File>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Everything in a set.
pub(crate) fn list(set: &DocSet, private: &PrivatePaths) -> Result<Listed, WalkError> {
    let mut listed = Listed::default();
    corpus::list(set, private, Within::Everything, &mut |found| match found {
        Found::File(file) => listed.files.push(file),
        Found::Skipped(file) => listed.skipped.push(file),
    })?;
    listed.files.sort_by(|a, b| a.path.cmp(&b.path));
    listed.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listed)
}

impl Listed {
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }
}
