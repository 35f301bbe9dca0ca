//! The files of a document set: what is read, and what is passed over with a reason.
//!
//! They are told one after the other, and no list of them is kept: only the folders are remembered, since each is
//! entered once.

use super::built::{BuiltPages, SPHINX_SOURCES, page_beside, pages_of_sphinx};
use super::document::Skip;
use super::folder::SetFolder;
use super::format::Format;
use super::found::{File, Found, Skipped};
use super::places::{Place, Places};
use super::root::{
    Entries, Folder, Identity, Kind, Located, MAX_DEPTH, PrivatePaths, RootError, Stamp, real_root,
    too_deep,
};
use super::rules::{RuleFile, Rules, is_hidden};
use super::selection::patterns;
use super::walk_error::WalkError;
use crate::config::DocSet;
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

/// What of a set is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Within<'a> {
    /// All of it.
    Everything,
    /// Some folders.
    Folders(&'a Folders),
}

/// Some folders of a set.
#[derive(Debug)]
pub enum Folders {}

/// The folder of a set as a walk found it, for questions about what its pages include.
#[derive(Debug)]
pub struct Listing {
    folder: Arc<SetFolder>,
}

/// Looks through the folder of a set and tells each file once: honours `.gitignore`, leaves out hidden files and what
/// docent keeps for itself, follows links that stay inside the root, and goes through each folder once.
///
/// The files of a folder come before those of the folders in it, both in the order of their names; what links lead to
/// comes last. Do not rely on more of an order than that. Where the set has no room for more (`max_files`, `max_size`), it ends with
/// the first that is beyond: which one that is changes only as the files before it do.
///
/// # Errors
/// Where the root cannot be read or is docent's own, or a pattern of the set is none.
pub fn list(
    set: &DocSet,
    private: &PrivatePaths,
    within: Within<'_>,
    each: &mut dyn FnMut(Found),
) -> Result<Listing, WalkError> {
    match within {
        Within::Everything => {}
        Within::Folders(folders) => match *folders {},
    }
    let folder = walk(set, private, Told::Files(each))?;
    Ok(Listing { folder })
}

/// Tells the folders that [`list`] goes through, by their paths without links, and those that it cannot: whatever
/// changes what it finds changes in one of them. Each is told before it is looked at, so that whoever watches
/// it from then on misses nothing; one may be told more than once.
///
/// # Errors
/// As [`list`].
pub fn folders(
    set: &DocSet,
    private: &PrivatePaths,
    each: &mut dyn FnMut(&Path),
) -> Result<(), WalkError> {
    walk(set, private, Told::Folders(each)).map(|_| ())
}

fn walk(set: &DocSet, private: &PrivatePaths, told: Told<'_>) -> Result<Arc<SetFolder>, WalkError> {
    let (root, is_folder) = real_root(&set.root).map_err(|source| WalkError::Root {
        root: set.root.clone(),
        source,
    })?;
    let (folder, file) = match (is_folder, root.parent(), root.file_name()) {
        (false, Some(folder), Some(file)) => (folder, Some(file)),
        _ => (root.as_path(), None),
    };
    let opened = SetFolder::open(folder, private, file.is_some());
    let folder = opened.map_err(|error| match error {
        RootError::Unreadable(source) => WalkError::Root {
            root: set.root.clone(),
            source,
        },
        RootError::Private(holder) => own(set, holder),
    })?;
    let mut walk = Walk {
        set,
        patterns: patterns(set, folder.root().path())?,
        folder: Arc::new(folder),
        told,
        places: Places::below(Path::new("")),
        taken: HashMap::new(),
        looks: HashMap::new(),
        links: BTreeMap::new(),
        built: BuiltPages::default(),
        hanging: Vec::new(),
        files: 0,
        bytes: 0,
        is_full: false,
    };
    match file {
        Some(file) => walk.single(file)?,
        None => walk.everything()?,
    }
    Ok(walk.folder)
}

impl Listing {
    /// The stamp of a file that a page may include, as it is now; `None` where there is none.
    pub fn included(&self, path: &str) -> Option<Stamp> {
        self.folder.stamp_of_included(path)
    }

    /// The folder, without links, whose changes tell of a file that a page may include: never one out of
    /// the set, a hidden one, or docent's own.
    pub fn folder_of_included(&self, path: &str) -> Option<PathBuf> {
        self.folder.folder_of_included(path)
    }
}

fn own(set: &DocSet, holder: PathBuf) -> WalkError {
    WalkError::Private {
        set: set.name.clone(),
        root: set.root.clone(),
        holder,
    }
}

/// What is told of a walk.
enum Told<'a> {
    Files(&'a mut dyn FnMut(Found)),
    Folders(&'a mut dyn FnMut(&Path)),
}

struct Walk<'s, 't> {
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
    built: BuiltPages,
    /// Files that may be sources of pages which links lead to.
    hanging: Vec<File>,
    /// Files and folders, hidden ones and those that are left out apart.
    files: u64,
    /// In the files that are read.
    bytes: u64,
    /// There is more than the set has room for.
    is_full: bool,
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

/// Whether the walk goes on with a file or folder.
enum Verdict {
    Admitted,
    PassedOver,
    LeftOut,
}

/// What an entry of a folder is, by its name and where it leads.
enum Named<'a> {
    PassedOver,
    LeftOut,
    Refused(Skip),
    LinkedFolder,
    /// Where a link leads, if it is one.
    File(Option<Result<Located<'a>, Skip>>),
}

impl Walk<'_, '_> {
    fn everything(&mut self) -> Result<(), WalkError> {
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
        self.look_through(here, &entries);
        while let Some((path, link)) = self.links.pop_first()
            && !self.is_full
        {
            if let Err(reason) = self.linked_folder(&path, &link) {
                self.skip(&path, reason);
            }
        }
        for file in std::mem::take(&mut self.hanging) {
            let pages = pages_of_sphinx(&file.path);
            match pages.and_then(|pages| self.built.first(pages)) {
                Some(page) => self.skip(Path::new(&file.path), Skip::SourceOf { page }),
                None => self.tell(Found::File(file)),
            }
        }
        Ok(())
    }

    fn single(&mut self, file: &OsStr) -> Result<(), WalkError> {
        let folder = Arc::clone(&self.folder);
        let path = Path::new(file);
        self.enter(Path::new(""));
        let stamp = folder.root().locate(path).and_then(|found| match found {
            Located::File(file) => file.stamp(),
            Located::Folder(_) => Err(Skip::Empty),
        });
        if stamp == Err(Skip::Private) {
            return Err(own(self.set, self.set.root.clone()));
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
        self.folder(found, path, &real, link.above, &link.rules)
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
    ) -> Result<Below, Skip> {
        let identity = folder.identity();
        if let Some(taken) = self.taken.get(&identity) {
            return Err(again(&self.places.path(*taken), path));
        }
        if path.components().count() > MAX_DEPTH {
            return Err(too_deep());
        }
        self.enter(real);
        let entries = self.entries(&mut folder)?;
        let place = self.places.add(above, path.file_name().unwrap_or_default());
        self.taken.insert(identity, place);
        let here = Here {
            folder: &folder,
            path,
            real,
            place,
            rules,
        };
        let below = self.look_through(here, &entries);
        if below.left_out && !below.any {
            let looks = self.looks.entry(identity).or_default();
            *looks += 1;
            if *looks < MAX_LOOKS {
                self.taken.remove(&identity);
            }
        }
        Ok(below)
    }

    fn look_through(&mut self, here: Here<'_>, entries: &Entries) -> Below {
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
            below.any = true;
            return below;
        }
        // Before any file: which of them are built pages must be known when their sources come, last of all.
        let sources = entries.find(OsStr::new(SPHINX_SOURCES));
        let is_built = matches!(sources, Some(Kind::Folder | Kind::Link));
        if is_built {
            self.built.enter();
        }
        for (name, kind) in entries.iter() {
            if kind != Kind::Folder && !self.is_full {
                self.entry(&here, entries, name, kind, &mut below);
            }
        }
        let folders = entries.folders();
        for (name, _) in folders.iter().filter(|(name, _)| *name != SPHINX_SOURCES) {
            self.subfolder(&here, name, &mut below);
        }
        if sources == Some(Kind::Folder) {
            self.subfolder(&here, OsStr::new(SPHINX_SOURCES), &mut below);
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
        let located = match self.named(&set_folder, here, name, kind) {
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
        below.any = true;
        if matches!(self.told, Told::Folders(_)) {
            return;
        }
        let stamp = match self.stamp(here, &path, name, located) {
            Ok(stamp) => stamp,
            Err(reason) => return self.skip(&path, reason),
        };
        let page = name.to_str().and_then(page_beside);
        if let Some(page) = page.filter(|page| self.is_file(&set_folder, here, entries, page)) {
            let page = here.path.join(page).to_string_lossy().into_owned();
            return self.skip(&path, Skip::SourceOf { page });
        }
        self.file(&path, stamp);
    }

    fn subfolder(&mut self, here: &Here<'_>, name: &OsStr, below: &mut Below) {
        if self.is_full {
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
            found.and_then(|found| self.folder(found, &path, &real, here.place, here.rules));
        match found {
            Ok(found) => {
                below.any |= found.any;
                below.left_out |= found.left_out;
            }
            Err(reason) => self.skip(&path, reason),
        }
    }

    fn named<'f>(
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
    fn stamp(
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
    fn is_file(
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

    /// The rules for what a folder holds.
    fn rules(&mut self, entries: &Entries, path: &Path, above: &Arc<Rules>) -> Arc<Rules> {
        let mut files = RuleFile::ALL.to_vec();
        files.retain(|file| file.is_shown_by(|name| entries.find(name).is_some()));
        let folder = Arc::clone(&self.folder);
        folder.read_rules(path, above, &files, &mut |path, reason| {
            self.skip(path, reason);
        })
    }

    fn verdict(&self, path: &Path, name: &OsStr, is_folder: bool, rules: &Rules) -> Verdict {
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
        let limit = self.set.max_size;
        self.bytes = self.bytes.saturating_add(stamp.size);
        if self.bytes > limit {
            return self.end(path, Skip::BeyondMaxSize { limit });
        }
        self.built.note(&file.path);
        match pages_of_sphinx(&file.path) {
            None => self.tell(Found::File(file)),
            Some(_) if self.links.is_empty() => self.tell(Found::File(file)),
            Some(_) => self.hanging.push(file),
        }
    }

    /// Whether the set has room for one more file or folder.
    fn has_room(&mut self, path: &Path) -> bool {
        let limit = self.set.max_files;
        self.files += 1;
        if self.files > limit {
            self.end(path, Skip::BeyondMaxFiles { limit });
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
            each(&self.folder.root().path().join(real));
        }
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

/// Whether a file is worth opening.
fn admit(
    set: &DocSet,
    path: &Path,
    stamp: impl FnOnce() -> Result<Stamp, Skip>,
) -> Result<Stamp, Skip> {
    if !Format::is_candidate(path.to_str().ok_or(Skip::NameNotUtf8)?) {
        return Err(Skip::UnknownFormat);
    }
    let stamp = stamp()?;
    if stamp.size > set.max_file_size {
        return Err(Skip::TooLarge {
            limit: set.max_file_size,
        });
    }
    Ok(stamp)
}
