//! A look at some folders of a set: what a look at everything would tell of them.

use super::{
    ASIDE, Below, Descent, Here, LINKS, ROOM, UNCLEAR,
    entry::{Named, Verdict},
};
use crate::corpus::folder::SetFolder;
use crate::corpus::places::Places;
use crate::corpus::root::{Entries, Kind, Located};
use crate::corpus::walk_error::WalkError;
use crate::corpus::within::{Baseline, Depth, Folders};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Arc,
};

impl Descent<'_, '_> {
    /// Goes through some folders.
    pub(in crate::corpus) fn within(
        &mut self,
        folders: &Folders,
        baseline: Baseline,
    ) -> Result<(), WalkError> {
        if baseline.root != self.folder.root().identity() {
            self.widen("the folder of the set is another one");
        }
        if baseline.rules_above != self.folder.rules_above().fingerprint() {
            self.widen("the rules above the folder of the set have changed");
        }
        self.room = baseline.room;
        let folders = folders.below(self.folder.root().path());
        self.parts(folders.into_iter())
    }

    /// Goes through those of some folders that have come with all that they hold.
    pub(in crate::corpus) fn within_new(&mut self, folders: &Folders) -> Result<(), WalkError> {
        let folders = folders.below(self.folder.root().path()).into_iter();
        self.parts(folders.filter(|(_, depth)| *depth == Depth::Whole))
    }

    fn parts(&mut self, folders: impl Iterator<Item = (PathBuf, Depth)>) -> Result<(), WalkError> {
        self.is_within = true;
        for (folder, depth) in folders {
            if !self.is_over() {
                self.part(&folder, depth)?;
            }
        }
        match self.wider.or(self.is_full.then_some(ROOM)) {
            None => Ok(()),
            Some(reason) => Err(WalkError::Wider {
                set: self.set.name.clone(),
                reason,
            }),
        }
    }

    /// Goes through a folder, named below the root without links.
    fn part(&mut self, path: &Path, depth: Depth) -> Result<(), WalkError> {
        let set_folder = Arc::clone(&self.folder);
        let root = set_folder.root();
        if self.may_be_aside(path) {
            self.widen(ASIDE);
            return Ok(());
        }
        let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
            match depth {
                Depth::Direct => return self.top(Depth::Direct),
                Depth::Whole => self.widen("the folder of the set has come or is gone"),
            }
            return Ok(());
        };
        // Where it is not there, or not to be looked at, nothing is left of it.
        self.looked.note_whole(path);
        let way = match root.find(above) {
            Ok(Some(Located::Folder(way))) => way,
            Ok(Some(Located::File(_)) | None) => return Ok(()),
            Err(_) => {
                self.widen(UNCLEAR);
                return Ok(());
            }
        };
        if way.path() != above {
            self.widen(LINKS);
            return Ok(());
        }
        let Ok(folder) = way.list(root) else {
            self.widen(UNCLEAR);
            return Ok(());
        };
        drop(way);
        if !self.goes_into(&set_folder, above) {
            return Ok(());
        }
        let rules = set_folder.rules_of(above);
        if rules.unread().is_some() {
            self.widen(UNCLEAR);
        }
        let here = Here {
            folder: &folder,
            path: above,
            real: above,
            place: self.places.add(Places::TOP, above.as_os_str()),
            rules: &rules,
        };
        match folder.kind(name) {
            Kind::Folder => self.subfolder(&here, name, depth, &mut Below::default()),
            Kind::Link => self.widen(LINKS),
            Kind::File | Kind::Other => {}
        }
        Ok(())
    }

    /// Whether a walk from the root comes to a folder.
    fn goes_into(&self, set_folder: &SetFolder, path: &Path) -> bool {
        let mut folders = path.ancestors();
        folders.all(|folder| match (folder.parent(), folder.file_name()) {
            (Some(above), Some(name)) => {
                let rules = set_folder.rules_of(above);
                let verdict = self.verdict(folder, name, true, &rules);
                matches!(verdict, Verdict::Admitted)
                    && !set_folder.root().is_private(folder)
                    && name.to_str().is_some()
            }
            _ => true,
        })
    }

    /// The folders in one that is looked at directly: those that a walk goes into are as they were.
    pub(super) fn leave_out(&mut self, here: &Here<'_>, folders: &Entries) {
        let set_folder = Arc::clone(&self.folder);
        let mut left_out = Entries::default();
        for (name, kind) in folders.iter() {
            let path = here.path.join(name);
            match self.named(&set_folder, here, name, kind) {
                Named::PassedOver | Named::LeftOut => {}
                _ if !self.has_room(&path) => return,
                Named::Refused(reason) => self.skip(&path, reason),
                Named::LinkedFolder | Named::File(_) => left_out.push(name, Some(kind)),
            }
        }
        // Who may list a folder may not always go into it.
        if here
            .folder
            .folder(set_folder.root(), OsStr::new("."))
            .is_err()
        {
            self.widen(UNCLEAR);
        }
        self.looked.note_direct(here.path, left_out);
    }
}
