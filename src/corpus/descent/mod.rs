//! Goes through the folders of a set. What it comes upon is told one after the other, and no list of it is kept: only the folders
//! are remembered, since each is entered once.

mod aside;
mod entry;
mod parts;

use super::built::{BuiltPages, SPHINX_SOURCES, page_beside, pages_of_sphinx};
use super::document::Skip;
use super::folder::SetFolder;
use super::found::{File, Found, Skipped};
use super::places::{Place, Places};
use super::root::{
    Entries, Folder, Identity, Kind, Located, MAX_DEPTH, Stamp, is_absence, too_deep,
};
use super::rules::{RuleFile, Rules, is_hidden};

use super::selection::patterns;
use super::walk_error::WalkError;
use super::within::{Baseline, Depth, Looked, Room};
use crate::config::DocSet;
use aside::Aside;
use entry::{Named, admit};
use ignore::overrides::Override;
use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How often a folder is looked through under other names while patterns leave out all of it.
const MAX_LOOKS: u8 = 8;
/// How many more names a folder may have than the set files, of which some may be hidden or left out; in a small
/// set these.
const NAMES: u64 = 4;
const FEW_NAMES: u64 = 4_096;

const LINKS: &str = "a link leads to another folder";
const SOURCES: &str = "a built site has its sources beside it";
const ROOM: &str = "there may be no room for more files";
const ASIDE: &str = "a folder may be no documentation, by what is in it";
const UNCLEAR: &str = "a folder on the way cannot be looked at";

/// What is told of a walk.
pub(super) enum Told<'a> {
    Files(&'a mut dyn FnMut(Found)),
    /// Of each folder, before it is looked at; `false`: that is enough.
    Folders(&'a mut dyn FnMut(&Path) -> bool),
}

/// A walk through the folder of a set.
pub(super) struct Descent<'s, 't> {
    set: &'s DocSet,
    patterns: Override,
    folder: Arc<SetFolder>,
    told: Told<'t>,
    /// The folders that have been gone through, by the paths under which they were.
    places: Places,
    taken: HashMap<Identity, Place>,
    /// How often a folder has been looked through for nothing.
    looks: HashMap<Identity, u8>,
    /// Links to folders, gone when all that has a path without links is read: of several paths to a
    /// folder, that one is its name.
    links: BTreeMap<PathBuf, Link>,
    /// Folders that are passed over, unless there are no pages but theirs.
    aside: Vec<Aside>,
    has_pages: bool,
    takes_all: bool,
    built: BuiltPages,
    /// Files that may be sources of pages which links lead to.
    hanging: Vec<File>,
    /// Hidden files and those that are left out take none.
    room: Room,
    /// There is more than the set has room for.
    is_full: bool,
    /// Nobody wants to know of more.
    is_stopped: bool,
    /// Some folders are looked at, not everything.
    is_within: bool,
    /// Why a look within folders does not do.
    wider: Option<&'static str>,
    looked: Looked,
}

/// A link to a folder: the place that it stands in, and the rules there.
struct Link {
    above: Place,
    rules: Arc<Rules>,
}

/// The folder that is being looked through.
#[derive(Clone, Copy)]
struct Here<'a> {
    folder: &'a Folder,
    path: &'a Path,
    /// Without links.
    real: &'a Path,
    place: Place,
    rules: &'a Arc<Rules>,
}

/// What was found in a folder and below it.
#[derive(Default)]
struct Below {
    /// Files that are read, or passed over for a reason of their own.
    any: bool,
    /// Files that `include` or `exclude` leave out.
    left_out: bool,
}

impl<'s, 't> Descent<'s, 't> {
    pub(super) fn new(
        set: &'s DocSet,
        folder: Arc<SetFolder>,
        told: Told<'t>,
    ) -> Result<Self, WalkError> {
        Ok(Self {
            set,
            patterns: patterns(set, folder.root().path())?,
            folder,
            told,
            places: Places::below(Path::new("")),
            taken: HashMap::new(),
            looks: HashMap::new(),
            links: BTreeMap::new(),
            aside: Vec::new(),
            has_pages: false,
            takes_all: false,
            built: BuiltPages::default(),
            hanging: Vec::new(),
            room: Room {
                files: set.max_files,
                bytes: set.max_size,
            },
            is_full: false,
            is_stopped: false,
            is_within: false,
            wider: None,
            looked: Looked::default(),
        })
    }

    /// What has been looked at, and what looks within folders can rest on from now on.
    pub(super) fn finish(self) -> (Looked, Option<Baseline>) {
        let baseline = Baseline {
            root: self.folder.root().identity(),
            rules_above: self.folder.rules_above().fingerprint(),
            room: self.room,
        };
        let does = self.wider.is_none() && !self.is_full;
        (self.looked, does.then_some(baseline))
    }

    /// Goes through everything.
    pub(super) fn everything(&mut self) -> Result<(), WalkError> {
        self.looked.note_whole(Path::new(""));
        self.top(Depth::Whole)?;
        while let Some((path, link)) = self.links.pop_first()
            && !self.is_over()
        {
            if let Err(reason) = self.linked_folder(&path, &link) {
                self.skip(&path, reason);
            }
        }
        self.end_aside();
        for file in std::mem::take(&mut self.hanging) {
            let pages = pages_of_sphinx(&file.path);
            match pages.and_then(|pages| self.built.first(pages)) {
                Some(page) => self.skip(Path::new(&file.path), Skip::SourceOf { page }),
                None => self.tell(Found::File(file)),
            }
        }
        Ok(())
    }

    /// Passes folders over, or goes through them where there are no pages but theirs.
    fn end_aside(&mut self) {
        let aside = std::mem::take(&mut self.aside);
        if !self.has_pages && !aside.is_empty() {
            self.widen(ASIDE);
            // From here on, none is passed over.
            self.takes_all = true;
            for it in &aside {
                let link = Link {
                    above: it.above,
                    rules: Arc::clone(&it.rules),
                };
                if !self.is_over()
                    && let Err(reason) = self.linked_folder(&it.path, &link)
                {
                    self.skip(&it.path, reason);
                }
            }
            return;
        }
        for it in aside {
            self.skip(&it.path, it.skip());
        }
    }

    /// The root itself.
    fn top(&mut self, depth: Depth) -> Result<(), WalkError> {
        let folder = Arc::clone(&self.folder);
        let unreadable = |reason: Skip| WalkError::Root {
            root: self.set.root.clone(),
            source: io::Error::other(reason.to_string()),
        };
        let mut top = folder.root().list().map_err(unreadable)?;
        self.taken.insert(top.identity(), Places::TOP);
        self.enter(Path::new(""));
        let entries = match self.entries(&mut top) {
            Ok(entries) => entries,
            Err(reason) if reason.is_beyond() => {
                self.skip(Path::new("."), reason);
                return Ok(());
            }
            Err(reason) => return Err(unreadable(reason)),
        };
        let here = Here {
            folder: &top,
            path: Path::new(""),
            real: Path::new(""),
            place: Places::TOP,
            rules: folder.rules_above(),
        };
        self.look_through(here, &entries, depth);
        Ok(())
    }

    /// The one file of a set that is a file.
    pub(super) fn single(&mut self, file: &OsStr) -> Result<(), WalkError> {
        let folder = Arc::clone(&self.folder);
        let path = Path::new(file);
        self.looked.note_whole(Path::new(""));
        self.enter(Path::new(""));
        let stamp = folder.root().locate(path).and_then(|found| match found {
            Located::File(file) => file.stamp(),
            Located::Folder(_) => Err(Skip::Empty),
        });
        if stamp == Err(Skip::Private) {
            return Err(WalkError::own(self.set, self.set.root.clone()));
        }
        match admit(self.set, path, || stamp) {
            Ok(stamp) => self.file(path, stamp),
            Err(reason) => self.skip(path, reason),
        }
        Ok(())
    }

    /// A link to a folder.
    fn linked_folder(&mut self, path: &Path, link: &Link) -> Result<(), Skip> {
        let folder = Arc::clone(&self.folder);
        let located = folder.root().locate(path)?;
        folder.admit_target(path, &located)?;
        let real = located.path();
        let Located::Folder(way) = located else {
            // It was a link to a folder a moment ago.
            return Ok(());
        };
        let found = way.list(folder.root())?;
        drop(way);
        self.folder(found, path, &real, link.above, &link.rules, Depth::Whole)
            .map(|_| ())
    }

    /// Goes through a folder that has not been gone through.
    fn folder(
        &mut self,
        mut folder: Folder,
        path: &Path,
        real: &Path,
        above: Place,
        rules: &Arc<Rules>,
        depth: Depth,
    ) -> Result<Below, Skip> {
        let identity = folder.identity();
        if let Some(taken) = self.taken.get(&identity) {
            let again = again(&self.places.path(*taken), path);
            self.widen("a folder is there twice");
            return Err(again);
        }
        if path.components().count() > MAX_DEPTH {
            return Err(too_deep());
        }
        self.enter(real);
        let entries = self.entries(&mut folder)?;
        if !self.takes_all
            && let Some(aside) = self.aside(path, &entries, above, rules)
        {
            self.widen_if_within(ASIDE);
            self.aside.push(aside);
            return Ok(Below::default());
        }
        let place = self.places.add(above, path.file_name().unwrap_or_default());
        self.taken.insert(identity, place);
        let here = Here {
            folder: &folder,
            path,
            real,
            place,
            rules,
        };
        let below = self.look_through(here, &entries, depth);
        if below.left_out && !below.any {
            let looks = self.looks.entry(identity).or_default();
            *looks += 1;
            if *looks < MAX_LOOKS {
                self.taken.remove(&identity);
            }
        }
        Ok(below)
    }

    fn look_through(&mut self, here: Here<'_>, entries: &Entries, depth: Depth) -> Below {
        let rules = self.rules(entries, here.path, here.rules);
        let here = Here {
            rules: &rules,
            ..here
        };
        let mut below = Below::default();
        if let Some(reason) = rules.unread() {
            let path = match here.path.as_os_str().is_empty() {
                true => Path::new("."),
                false => here.path,
            };
            self.skip(path, reason.clone());
            self.widen(UNCLEAR);
            below.any = true;
            return below;
        }
        // Before any file: which of them are built pages must be known when their sources come, last of all.
        let sources = entries.find(OsStr::new(SPHINX_SOURCES));
        let is_built = matches!(sources, Some(Kind::Folder | Kind::Link));
        if is_built {
            self.widen(SOURCES);
            self.built.enter();
        }
        for (name, kind) in entries.iter() {
            if kind != Kind::Folder && !self.is_over() {
                self.entry(&here, entries, name, kind, &mut below);
            }
        }
        let folders = entries.folders();
        if depth == Depth::Direct {
            self.leave_out(&here, &folders);
            return below;
        }
        for (name, _) in folders.iter().filter(|(name, _)| *name != SPHINX_SOURCES) {
            self.subfolder(&here, name, depth, &mut below);
        }
        if sources == Some(Kind::Folder) {
            self.subfolder(&here, OsStr::new(SPHINX_SOURCES), depth, &mut below);
        }
        // What links lead to may be pages of it.
        if is_built && self.links.is_empty() && self.hanging.is_empty() {
            self.built.leave();
        }
        below
    }

    /// Anything in a folder but a folder.
    fn entry(
        &mut self,
        here: &Here<'_>,
        entries: &Entries,
        name: &OsStr,
        kind: Kind,
        below: &mut Below,
    ) {
        let set_folder = Arc::clone(&self.folder);
        let path = here.path.join(name);
        let named = self.named(&set_folder, here, name, kind);
        if kind == Kind::Link && !is_hidden(name) && !self.leads_beside(here, name, &named) {
            self.widen(LINKS);
        }
        let located = match named {
            Named::PassedOver => return,
            Named::LeftOut => {
                below.left_out = true;
                return;
            }
            _ if !self.has_room(&path) => return,
            Named::Refused(reason) => return self.skip(&path, reason),
            Named::LinkedFolder => {
                let link = Link {
                    above: here.place,
                    rules: Arc::clone(here.rules),
                };
                self.links.insert(path, link);
                return;
            }
            Named::File(located) => located,
        };
        if let Some(reason) = self.copied(here.path, name) {
            return self.skip(&path, reason);
        }
        below.any = true;
        self.has_pages |= path.to_str().is_some_and(aside::is_page);
        if matches!(self.told, Told::Folders(_)) {
            return;
        }
        let stamp = match self.stamp(here, &path, name, located) {
            Ok(stamp) => stamp,
            Err(reason) => {
                if matches!(reason, Skip::Unreadable { .. }) && !is_absence(&reason) {
                    // So may be what is in the folders beside it.
                    self.widen_if_within(UNCLEAR);
                }
                return self.skip(&path, reason);
            }
        };
        if self.is_within && here.folder.has_other_names(name) {
            self.widen("a file has other names, which nobody tells of");
        }
        let page = name.to_str().and_then(page_beside);
        if let Some(page) = page.filter(|page| self.is_file(&set_folder, here, entries, page)) {
            let page = here.path.join(page).to_string_lossy().into_owned();
            return self.skip(&path, Skip::SourceOf { page });
        }
        self.file(&path, stamp);
    }

    fn subfolder(&mut self, here: &Here<'_>, name: &OsStr, depth: Depth, below: &mut Below) {
        if self.is_over() {
            return;
        }
        let set_folder = Arc::clone(&self.folder);
        let path = here.path.join(name);
        match self.named(&set_folder, here, name, Kind::Folder) {
            Named::PassedOver | Named::LeftOut => return,
            _ if !self.has_room(&path) => return,
            Named::Refused(reason) => return self.skip(&path, reason),
            Named::LinkedFolder | Named::File(_) => {}
        }
        let real = here.real.join(name);
        let found = here
            .folder
            .folder(set_folder.root(), name)
            .inspect_err(|reason| {
                // Whoever follows the folders finds out that this one cannot be.
                if matches!(reason, Skip::Unreadable { .. }) {
                    self.enter(&real);
                }
            });
        let found =
            found.and_then(|found| self.folder(found, &path, &real, here.place, here.rules, depth));
        match found {
            Ok(found) => {
                below.any |= found.any;
                below.left_out |= found.left_out;
            }
            Err(reason) => self.skip(&path, reason),
        }
    }

    /// The rules for what a folder holds.
    fn rules(&mut self, entries: &Entries, path: &Path, above: &Arc<Rules>) -> Arc<Rules> {
        let mut files = RuleFile::ALL.to_vec();
        files.retain(|file| file.is_shown_by(|name| entries.find(name).is_some()));
        let folder = Arc::clone(&self.folder);
        folder.read_rules(path, above, &files, &mut |path, reason| {
            self.skip(path, reason);
        })
    }

    /// A file that is read, unless it is the source of a page that Sphinx has built.
    fn file(&mut self, path: &Path, stamp: Stamp) {
        let file = File {
            // Others are no files to be read.
            path: path.to_string_lossy().into_owned(),
            stamp,
            folder: Arc::clone(&self.folder),
        };
        let page = pages_of_sphinx(&file.path).and_then(|pages| self.built.first(pages));
        if let Some(page) = page {
            return self.skip(path, Skip::SourceOf { page });
        }
        let Some(bytes) = self.room.bytes.checked_sub(stamp.size) else {
            let limit = self.set.max_size;
            return self.end(path, Skip::BeyondMaxSize { limit });
        };
        self.room.bytes = bytes;
        self.built.note(&file.path);
        match pages_of_sphinx(&file.path) {
            None => self.tell(Found::File(file)),
            Some(_) if self.links.is_empty() => self.tell(Found::File(file)),
            Some(_) => self.hanging.push(file),
        }
    }

    /// Whether the set has room for one more file or folder.
    fn has_room(&mut self, path: &Path) -> bool {
        match self.room.files.checked_sub(1) {
            Some(files) => self.room.files = files,
            None => {
                let limit = self.set.max_files;
                self.end(path, Skip::BeyondMaxFiles { limit });
            }
        }
        !self.is_full
    }

    /// Ends the walk, except that what is known already is told.
    fn end(&mut self, path: &Path, reason: Skip) {
        if !std::mem::replace(&mut self.is_full, true) {
            self.skip(path, reason);
        }
    }

    /// What a folder holds.
    fn entries(&mut self, folder: &mut Folder) -> Result<Entries, Skip> {
        let limit = self.set.max_files;
        folder
            .entries(limit.saturating_mul(NAMES).max(FEW_NAMES))?
            .ok_or_else(|| {
                self.is_full = true;
                Skip::BeyondMaxFiles { limit }
            })
    }

    fn skip(&mut self, path: &Path, reason: Skip) {
        self.tell(Found::Skipped(Skipped {
            path: path.to_string_lossy().into_owned(),
            reason,
        }));
    }

    fn tell(&mut self, found: Found) {
        if let Told::Files(each) = &mut self.told {
            each(found);
        }
    }

    /// A folder, by its path without links, is looked at next.
    fn enter(&mut self, real: &Path) {
        if let Told::Folders(each) = &mut self.told {
            self.is_stopped |= !each(&self.folder.root().path().join(real));
        }
    }

    /// A look within folders does not do, now or the next time.
    fn widen(&mut self, reason: &'static str) {
        self.wider.get_or_insert(reason);
    }

    /// The same, but no matter where everything is looked at.
    fn widen_if_within(&mut self, reason: &'static str) {
        if self.is_within {
            self.widen(reason);
        }
    }

    /// Whether the rest is of no interest.
    fn is_over(&self) -> bool {
        self.is_full || self.is_stopped || self.is_within && self.wider.is_some()
    }
}

/// Why a folder is not read under a second path.
fn again(taken: &Path, path: &Path) -> Skip {
    if path.starts_with(taken) {
        return Skip::Unreadable {
            reason: "a link to a folder above it".to_owned(),
        };
    }
    Skip::SameFolder {
        path: taken.to_string_lossy().into_owned(),
    }
}
