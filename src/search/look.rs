//! A look at the documents: which files are as they were, which must be read, which are gone.

use super::known::{Known, Place, Seen};
use super::loss::Fingerprint;
use super::manifest::{Manifest, RootMark};
use super::report::Missing;
use super::segment::{FileRecord, Segment};
use super::store_error::StoreError;
use crate::config::DocSet;
use crate::corpus::{
    self, Baseline, File, Folders, Found, Listing, Look, PrivatePaths, Site, Skip, Skipped, Stamp,
    WalkError, Within,
};
use crate::error::chain;
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

/// What was found of all sets.
pub(super) struct Looked {
    /// Files that must be read, with the position of their set.
    pub(super) to_read: Vec<(usize, File)>,
    pub(super) seen: Seen,
    pub(super) sets: Vec<LookedSet>,
    pub(super) missing: Vec<Missing>,
}

/// What was found of a set.
#[derive(Default)]
pub(super) struct LookedSet {
    /// Its files, where all of it was looked at.
    pub(super) files: Fingerprint,
    /// Passed over.
    pub(super) skipped: Vec<Skipped>,
    /// `None`: it is missing.
    pub(super) listing: Option<Listing>,
    pub(super) root: Option<RootMark>,
    /// Only some folders were looked at.
    pub(super) is_partial: bool,
}

/// What a look within folders rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct LastLook {
    /// The generation that it has led to.
    pub(super) manifest: Manifest,
    /// Of each set that a look within folders will do for: what it was, and which files were passed over.
    sets: Vec<Option<(Baseline, Vec<Skipped>)>>,
}

/// What is looked at, and what is known before.
pub(super) struct Looking<'a> {
    pub(super) sets: &'a [DocSet],
    /// What the site of each says of itself now.
    pub(super) sites: &'a [Site],
    pub(super) private: &'a PrivatePaths,
    pub(super) known: &'a Known,
    /// All files must be read.
    pub(super) rebuild: bool,
    pub(super) look: &'a Look,
    pub(super) last: &'a LastLook,
}

impl Looking<'_> {
    /// Looks at all sets. A set whose folder cannot be read, such as a disk that is not mounted yet, does not stop the others.
    ///
    /// # Errors
    /// Where a pattern of a set is none, or no set can be read and nothing is known of any.
    pub(super) fn run(&self) -> Result<Looked, StoreError> {
        let mut looked = Looked {
            to_read: Vec::new(),
            seen: Seen::none_of(self.known),
            sets: Vec::with_capacity(self.sets.len()),
            missing: Vec::new(),
        };
        let mut first_error = None;
        for position in 0..self.sets.len() {
            let of_set = self.within_folders(position, &mut looked);
            let of_set = match of_set.map_or_else(|| self.set(position, None, &mut looked), Ok) {
                Ok(of_set) => of_set,
                Err(error @ (WalkError::Pattern { .. } | WalkError::Wider { .. })) => {
                    return Err(error.into());
                }
                Err(error @ (WalkError::Root { .. } | WalkError::Private { .. })) => {
                    looked.missing.push(Missing {
                        set: self.sets[position].name.clone(),
                        reason: chain(&error),
                    });
                    first_error.get_or_insert(error);
                    LookedSet {
                        root: self.known.set(position).and_then(|set| set.root),
                        ..LookedSet::default()
                    }
                }
            };
            looked.sets.push(of_set);
        }
        match first_error {
            Some(error)
                if self.known.inputs.is_empty() && looked.missing.len() == self.sets.len() =>
            {
                Err(error.into())
            }
            _ => Ok(looked),
        }
    }

    /// Looks at the folders of a set that are named; `None` where all of it is to be looked at.
    fn within_folders(&self, position: usize, looked: &mut Looked) -> Option<LookedSet> {
        let Look::Folders(folders) = self.look else {
            return None;
        };
        let before = self.known.set(position)?;
        if self.rebuild || self.last.manifest != self.known.manifest || before.loss.is_some() {
            return None;
        }
        let (baseline, skipped) = self.last.sets.get(position)?.as_ref()?;
        let (files, seen) = (looked.to_read.len(), looked.seen.clone());
        let mut of_set = self.set(position, Some((folders, *baseline)), looked).ok();
        if let Some(of_set) = &mut of_set {
            let listing = of_set.listing.as_ref();
            let elsewhere = skipped
                .iter()
                .filter(|file| listing.is_some_and(|it| !it.covers(&file.path)));
            of_set.skipped.extend(elsewhere.cloned());
            of_set.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        } else {
            looked.to_read.truncate(files);
            looked.seen = seen;
        }
        of_set
    }

    fn set(
        &self,
        position: usize,
        within: Option<(&Folders, Baseline)>,
        looked: &mut Looked,
    ) -> Result<LookedSet, WalkError> {
        let set = &self.sets[position];
        let known = self.known;
        let before = known.set(position).and_then(|set| set.root);
        // Before the walk: a folder that takes the root's place meanwhile is looked at once more.
        let now = RootMark::of(&set.root);
        let is_same_root = before.is_none() || now.is_none() || before == now;
        let mut of_set = LookedSet {
            root: now.or(before),
            is_partial: within.is_some(),
            ..LookedSet::default()
        };
        let wider = |reason| WalkError::Wider {
            set: set.name.clone(),
            reason,
        };
        if of_set.is_partial && !is_same_root {
            return Err(wider("its root is another folder"));
        }
        let known_site = known.set(position).map(|set| &set.site);
        let is_same_site = known_site == Some(&self.sites[position]);
        if of_set.is_partial && !is_same_site {
            return Err(wider("its site says something else of itself"));
        }
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let mut including = Vec::new();
        let mut note = |found: Found| match found {
            Found::Skipped(file) => of_set.skipped.push(file),
            Found::File(file) => {
                of_set.files.add(&file.path, file.stamp);
                let place = known.find_file(number, &file.path);
                let place = place.filter(|_| is_same_root && is_same_site && !self.rebuild);
                let record = place.and_then(|place| known.file(place));
                match place
                    .zip(record)
                    .filter(|(_, record)| record.stamp == file.stamp)
                {
                    None => looked.to_read.push((position, file)),
                    // What was refused for a moment may be given now.
                    Some((_, record))
                        if record.is_unreadable() && self.can_be_read(position, &file) =>
                    {
                        looked.to_read.push((position, file));
                    }
                    Some((place, record)) if record.includes.is_empty() => looked.seen.add(place),
                    Some((place, record)) => including.push((place, record, file)),
                }
            }
        };
        let extent = match within {
            Some((folders, baseline)) => Within::Folders(folders, baseline),
            None => Within::Everything,
        };
        let listing = corpus::list(set, self.private, extent, &mut note)?;
        let mut includes = Includes {
            listing: &listing,
            stamps: HashMap::new(),
        };
        for (place, record, file) in including {
            match includes.are_unchanged(&record) {
                true => looked.seen.add(place),
                false => looked.to_read.push((position, file)),
            }
        }
        if of_set.is_partial {
            let elsewhere = known.files(Segment::including_files);
            let mut elsewhere =
                elsewhere.filter(|(of, file)| *of == number && !listing.covers(&file.path));
            if elsewhere.any(|(_, file)| !includes.are_unchanged(&file)) {
                return Err(wider("what a page elsewhere includes has changed"));
            }
        }
        of_set.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        of_set.listing = Some(listing);
        Ok(of_set)
    }

    /// Whether a file that was refused is given now.
    fn can_be_read(&self, position: usize, file: &File) -> bool {
        let read = corpus::read(&self.sets[position], &self.sites[position], file);
        !matches!(read.documents, Err(Skip::Unreadable { .. }))
    }
}

impl Looked {
    pub(super) fn is_missing(&self, set: usize) -> bool {
        self.sets.get(set).is_none_or(|set| set.listing.is_none())
    }

    /// Whether only some folders of a set were looked at.
    pub(super) fn is_partial(&self) -> bool {
        self.sets.iter().any(|set| set.is_partial)
    }

    /// What the next look within folders rests on, once the generation that this one leads to is there.
    pub(super) fn last(&self, manifest: Manifest) -> LastLook {
        let of_set = |set: &LookedSet| {
            let baseline = set.listing.as_ref()?.baseline()?;
            Some((baseline, set.skipped.clone()))
        };
        LastLook {
            manifest,
            sets: self.sets.iter().map(of_set).collect(),
        }
    }

    /// The folders whose changes tell of included files.
    pub(super) fn included(&self, known: &Known) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        let mut asked = BTreeSet::new();
        for (set, file) in known.files(Segment::including_files) {
            let of_set = self.sets.get(set as usize);
            let Some(listing) = of_set.and_then(|set| set.listing.as_ref()) else {
                continue;
            };
            for (path, _) in &file.includes {
                let folder = Path::new(path).parent().map(Path::to_owned);
                if asked.insert((set, folder)) {
                    folders.extend(listing.folder_of_included(path));
                }
            }
        }
        folders
    }
}

/// Files that pages include, each looked at once however many pages do.
struct Includes<'a> {
    listing: &'a Listing,
    stamps: HashMap<String, Option<Stamp>>,
}

impl Includes<'_> {
    fn are_unchanged(&mut self, file: &FileRecord) -> bool {
        file.includes.iter().all(|(path, stamp)| {
            let now = match self.stamps.get(path) {
                Some(now) => *now,
                None => *self
                    .stamps
                    .entry(path.clone())
                    .or_insert_with(|| self.listing.included(path)),
            };
            now == *stamp
        })
    }
}

/// What is gone: files that are known, and were not seen where they would have been.
pub(super) fn gone(
    known: &Known,
    looked: &Looked,
    is_kept: impl Fn(usize, &FileRecord) -> bool,
    may_keep: impl Fn(usize) -> bool,
) -> Vec<Place> {
    let mut gone = Vec::new();
    for (number, of_set) in (0u32..).zip(&looked.sets) {
        let set = number as usize;
        let mut note = |place: Place| {
            if !may_keep(set) || !known.file(place).is_some_and(|file| is_kept(set, &file)) {
                gone.push(place);
            }
        };
        match of_set.listing.as_ref().filter(|_| of_set.is_partial) {
            None => known.unseen(&looked.seen, number, "").for_each(note),
            Some(listing) => {
                for (folder, _) in listing.looked_at() {
                    let unseen = known.unseen(&looked.seen, number, folder);
                    let is_covered = |place: &Place| {
                        let key = known.inputs[place.0].segment.file_key(place.1);
                        key.is_some_and(|(_, path)| listing.covers(path))
                    };
                    unseen.filter(is_covered).for_each(&mut note);
                }
            }
        }
    }
    gone.sort_unstable();
    gone.dedup();
    gone
}
