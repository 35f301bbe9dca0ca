//! What an entry of a folder is: whether it is read, and why not.

use super::{Descent, Here};
use crate::config::DocSet;
use crate::corpus::document::Skip;
use crate::corpus::folder::SetFolder;
use crate::corpus::format::Format;
use crate::corpus::root::{Entries, Kind, Located, Stamp};
use crate::corpus::rules::{Rules, is_hidden};
use crate::corpus::selection::size_limit;
use std::{ffi::OsStr, path::Path};

/// Whether the walk goes on with a file or folder.
pub(super) enum Verdict {
    Admitted,
    PassedOver,
    LeftOut,
}

/// What an entry of a folder is, by its name and where it leads.
pub(super) enum Named<'a> {
    PassedOver,
    LeftOut,
    Refused(Skip),
    LinkedFolder,
    /// Where a link leads, if it is one.
    File(Option<Result<Located<'a>, Skip>>),
}

impl Descent<'_, '_> {
    pub(super) fn named<'f>(
        &self,
        set_folder: &'f SetFolder,
        here: &Here<'_>,
        name: &OsStr,
        kind: Kind,
    ) -> Named<'f> {
        let root = set_folder.root();
        let path = here.path.join(name);
        let located = (kind == Kind::Link).then(|| root.locate(&path));
        let is_linked_folder = matches!(located, Some(Ok(Located::Folder(_))));
        let is_folder = is_linked_folder || kind == Kind::Folder;
        match self.verdict(&path, name, is_folder, here.rules) {
            Verdict::Admitted => {}
            Verdict::LeftOut if !is_folder => return Named::LeftOut,
            Verdict::LeftOut | Verdict::PassedOver => return Named::PassedOver,
        }
        if root.is_private(&here.real.join(name)) {
            return Named::Refused(Skip::Private);
        }
        if name.to_str().is_none() {
            return Named::Refused(Skip::NameNotUtf8);
        }
        match is_linked_folder {
            true => Named::LinkedFolder,
            false => Named::File(located),
        }
    }

    /// The stamp of a file that is worth opening.
    pub(super) fn stamp(
        &self,
        here: &Here<'_>,
        path: &Path,
        name: &OsStr,
        located: Option<Result<Located<'_>, Skip>>,
    ) -> Result<Stamp, Skip> {
        let Some(located) = located else {
            return admit(self.set, path, || {
                here.folder.stamp(self.folder.root(), name)
            });
        };
        let located = located?;
        admit(self.set, path, || {
            self.folder.admit_target(path, &located)?;
            match located {
                Located::File(file) => file.stamp(),
                Located::Folder(_) => Err(Skip::Empty),
            }
        })
    }

    /// Whether a name in a folder is one of a file that is read.
    pub(super) fn is_file(
        &self,
        set_folder: &SetFolder,
        here: &Here<'_>,
        entries: &Entries,
        name: &str,
    ) -> bool {
        let name = OsStr::new(name);
        let Some(kind) = entries.find(name).filter(|kind| *kind != Kind::Folder) else {
            return false;
        };
        match self.named(set_folder, here, name, kind) {
            Named::File(located) => self
                .stamp(here, &here.path.join(name), name, located)
                .is_ok(),
            _ => false,
        }
    }

    pub(super) fn verdict(
        &self,
        path: &Path,
        name: &OsStr,
        is_folder: bool,
        rules: &Rules,
    ) -> Verdict {
        let absolute = self.folder.root().path().join(path);
        match self.patterns.matched(&absolute, is_folder) {
            ignore::Match::Ignore(_) => Verdict::LeftOut,
            ignore::Match::Whitelist(_) => Verdict::Admitted,
            ignore::Match::None if is_hidden(name) || rules.ignore(&absolute, is_folder) => {
                Verdict::PassedOver
            }
            ignore::Match::None => Verdict::Admitted,
        }
    }

    /// Whether a link leads to a file in its own folder by one step, so that its changes are those of the folder; or out of
    /// the set, where nothing is shown.
    pub(super) fn leads_beside(&self, here: &Here<'_>, name: &OsStr, named: &Named<'_>) -> bool {
        match named {
            Named::File(Some(Ok(located))) => here
                .folder
                .link_beside(name)
                .is_some_and(|target| located.path() == here.real.join(target)),
            Named::File(Some(Err(reason))) => *reason == Skip::OutsideRoot,
            _ => false,
        }
    }
}

/// Whether a file is worth opening.
pub(super) fn admit(
    set: &DocSet,
    path: &Path,
    stamp: impl FnOnce() -> Result<Stamp, Skip>,
) -> Result<Stamp, Skip> {
    if !Format::is_candidate(path.to_str().ok_or(Skip::NameNotUtf8)?) {
        return Err(Skip::UnknownFormat);
    }
    let stamp = stamp()?;
    let limit = size_limit(set, path.to_str().unwrap_or_default());
    if stamp.size > limit {
        return Err(Skip::TooLarge { limit });
    }
    Ok(stamp)
}
