//! Documents -> the next generation: what has changed is read into a small segment of its own.

use super::build::{Input, Links, Runs, merge};
use super::draft::{Built, Draft};
use super::frames::Framing;
use super::known::{Known, Place};
use super::look::{LastLook, Looked, LookedSet, Looking, gone};
use super::loss::{Fewer, Loss};
use super::manifest::{KeptLoss, KnownFrame, KnownSegment, KnownSet, Manifest, next_number};
use super::report::{Doubtful, FoundEditions, Progress, Report, SetReport};
use super::segment::{FileRecord, Outcome, Segment};
use super::shelf::{BuildLock, Shelf};
use super::snapshot::Snapshot;
use super::store_error::StoreError;
use super::terms::QueryParser;
use super::view::{MAX_SEGMENTS, View};
use super::withheld::Withheld;
use crate::config::{DocSet, Language};
use crate::corpus::{self, Frame, Look, PrivatePaths, Selection, Site, Skipped, ToRead};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// What all workers together hold of what they read before they write it; in bytes.
const BUDGET: usize = 48 << 20;
/// A worker for so many files.
const FILES_A_WORKER: usize = 32;

/// What an update starts from and what it needs to know.
pub(super) struct Update<'a, 'l> {
    pub(super) sets: &'a [DocSet],
    pub(super) language: Language,
    pub(super) parser: &'a QueryParser,
    pub(super) private: &'a PrivatePaths,
    /// What is taken out of documents before they are indexed.
    pub(super) withheld: &'a Withheld,
    pub(super) shelf: &'a Shelf,
    pub(super) lock: BuildLock,
    /// Is changed to what will be.
    pub(super) known: Known,
    /// What is known, as it is on the disk.
    pub(super) sound: Manifest,
    /// Why there is nothing to start from, or not all of it.
    pub(super) why: Option<&'static str>,
    /// Losses that are taken over where they are still the same.
    pub(super) accepted: Vec<Loss>,
    pub(super) recipe: String,
    pub(super) selections: Vec<String>,
    pub(super) rebuild: bool,
    pub(super) look: &'l Look,
    pub(super) last: LastLook,
}

/// Segments that were written for the next generation.
#[derive(Default)]
struct Made {
    segments: Vec<Arc<Segment>>,
    /// Where each is, by its name.
    folders: HashMap<String, PathBuf>,
}

impl Made {
    fn add(&mut self, segment: Arc<Segment>, folder: PathBuf) {
        self.folders.insert(segment.name().to_owned(), folder);
        self.segments.push(segment);
    }
}

/// What is to be done about the losses of the sets, by their positions.
#[derive(Default)]
struct Losses {
    /// These go on with the pages that they had.
    kept: Vec<Option<KeptLoss>>,
    /// These go on with the pages that are left.
    accepted: Vec<(usize, KeptLoss)>,
    /// Other files are wanted of these than before: fewer pages are no accident.
    reselected: HashSet<usize>,
}

impl Losses {
    /// Whether a set goes on with the pages that it had.
    fn keeps(&self, set: usize) -> bool {
        self.kept.get(set).is_some_and(Option::is_some)
    }
}

impl<'a> Update<'a, '_> {
    pub(super) fn run(
        mut self,
        open: impl Fn(&Path) -> std::io::Result<Arc<Segment>>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Draft<'a>, LastLook), StoreError> {
        let started = Instant::now();
        let rebuilt = match self.rebuild && (!self.known.inputs.is_empty() || self.why.is_some()) {
            true => Some("as asked"),
            false => self.why,
        };
        let mut look = self.look;
        let sites = self.sites_now();
        loop {
            let mut looked = self.looking(look, &sites).run()?;
            let mut losses = self.known_losses(&looked);
            looked
                .to_read
                .retain(|(set, _)| losses.kept[*set].is_none());
            looked
                .to_read
                .sort_by(|(a, x), (b, y)| (a, &x.path).cmp(&(b, &y.path)));
            let mut gone = self.gone(&looked, &losses)?;
            let read = looked.to_read.len();
            let mut outlines = self.outlines(&looked, &losses, &sites);
            if read == 0 && gone.is_empty() && self.stands(&losses, &outlines, &sites) {
                // What a crash has left behind.
                self.shelf.sweep(&self.known.manifest, &self.lock);
                let view = self.known.view();
                let report = self.report(&view, &looked, &losses, 0, rebuilt, started);
                let draft = Draft {
                    snapshot: Arc::new(self.snapshot(view)),
                    report,
                    built: None,
                };
                return Ok((draft, looked.last(self.known.manifest)));
            }
            let before = self.known.view();
            let scratch = self.shelf.building(&self.lock)?;
            let threads = corpus::readers();
            let keeps = |set: usize| looked.is_missing(set) || losses.keeps(set);
            let framed = self.framing(&looked, &keeps, &sites, &gone).run(threads)?;
            let read = framed.to_read.len();
            self.with_again(&mut gone, &framed.again, &losses);
            let frames: Vec<_> = framed
                .frames
                .iter()
                .map(|known| known.frame.clone())
                .collect();
            let mut made = Made::default();
            let to_read = framed.to_read;
            for folder in self.read(scratch.path(), &before, &sites, &frames, to_read, progress)? {
                made.add(open(&folder)?, folder);
            }
            let found = self.found_losses(&before, &looked, &losses, &gone, &made)?;
            if !found.is_empty() && looked.is_partial() {
                // What is told of a loss is told of all of the set.
                look = &Look::Everything;
                continue;
            }
            if !found.is_empty() {
                for (set, loss) in found {
                    losses.accepted.retain(|(other, _)| *other != set);
                    losses.kept[set] = Some(loss);
                }
                gone = self.gone(&looked, &losses)?;
                self.with_again(&mut gone, &framed.again, &losses);
                outlines = self.outlines(&looked, &losses, &sites);
            }
            self.replace(&gone, &losses, &mut made);
            self.known.manifest.sets =
                self.known_sets(&looked, &losses, &sites, outlines, framed.frames);
            let new = self.settle(scratch.path(), made, &open, progress)?;
            self.known.manifest.number = next_number(&self.known.manifest);
            self.known.manifest.recipe.clone_from(&self.recipe);
            let view = self.known.view();
            let report = self.report(&view, &looked, &losses, read, rebuilt, started);
            let draft = Draft {
                snapshot: Arc::new(self.snapshot(view)),
                report,
                built: Some(Built {
                    shelf: self.shelf,
                    manifest: self.known.manifest.clone(),
                    new,
                    lock: self.lock,
                    is_published: false,
                }),
            };
            return Ok((draft, looked.last(self.known.manifest)));
        }
    }

    fn framing<'b>(
        &'b self,
        looked: &'b Looked,
        keeps: &'b dyn Fn(usize) -> bool,
        sites: &'b [Site],
        gone: &'b [Place],
    ) -> Framing<'b> {
        Framing {
            sets: self.sets,
            sites,
            known: &self.known,
            looked,
            gone,
            keeps,
            is_unsure: self.why.is_some(),
        }
    }

    /// Adds the files that are read again by another frame, of sets that do not keep their pages.
    fn with_again(&self, gone: &mut Vec<Place>, again: &[Place], losses: &Losses) {
        let keeps = |place: &&Place| {
            let set = self.known.inputs[place.0].segment.file_set(place.1);
            set.is_some_and(|set| losses.keeps(set as usize))
        };
        gone.extend(again.iter().filter(|place| !keeps(place)));
        gone.sort_unstable();
        gone.dedup();
    }

    fn looking<'b>(&'b self, look: &'b Look, sites: &'b [Site]) -> Looking<'b> {
        Looking {
            sets: self.sets,
            sites,
            private: self.private,
            known: &self.known,
            rebuild: self.rebuild,
            look,
            last: &self.last,
        }
    }

    /// Whether the generation that there is is as it would be made, but for its files.
    fn stands(&self, losses: &Losses, outlines: &[Vec<String>], sites: &[Site]) -> bool {
        let known = &self.known.manifest.sets;
        let same_losses = known.iter().map(|set| &set.loss).eq(&losses.kept);
        let same_files = known.iter().map(|set| &set.selection).eq(&self.selections);
        let same_order = known.iter().map(|set| &set.outline).eq(outlines);
        let same_sites = known.iter().map(|set| &set.site).eq(sites);
        same_losses && same_files && same_order && same_sites && self.why.is_none()
    }

    /// Puts what was read in the place of what is gone; but a set that has lost too much keeps what it had.
    fn replace(&mut self, gone: &[Place], losses: &Losses, made: &mut Made) {
        self.known.remove(gone);
        let first_run = self.known.inputs.len();
        for run in made.segments.drain(..) {
            let name = run.name().to_owned();
            if !self.known.push(run) {
                made.folders.remove(&name);
            }
        }
        let keeps = |set: u32| losses.kept.get(set as usize).is_some_and(Option::is_some);
        let mut unwanted = Vec::new();
        for (position, input) in self.known.inputs.iter().enumerate().skip(first_run) {
            let files = 0..input.segment.file_count();
            let of_set = files.filter(|file| input.segment.file_set(*file).is_some_and(keeps));
            unwanted.extend(of_set.map(|file| (position, file)));
        }
        self.known.remove(&unwanted);
        self.known.drop_empty();
    }

    /// Reads what must be read into segments below a folder.
    fn read(
        &self,
        folder: &Path,
        before: &View,
        sites: &[Site],
        frames: &[Frame],
        files: Vec<(usize, ToRead)>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<PathBuf>, StoreError> {
        let of = files.len();
        let statistics = self.known.large().map(|large| *large.statistics());
        let inherit = |set: u32, path: &str| {
            let (position, page) = before.locate(before.find_page(set, path)?);
            before
                .segments()
                .get(position)?
                .segment
                .inbound()
                .read(page)
        };
        let count = corpus::readers().min(of.div_ceil(FILES_A_WORKER));
        let worker = |number| {
            let budget = BUDGET / count.max(1);
            Runs::new(folder, number, self.language, statistics, &inherit, budget)
        };
        let workers = (0..count).map(worker).collect();
        let done = AtomicUsize::new(0);
        let workers = corpus::read_all(
            self.sets,
            sites,
            frames,
            files.into_iter(),
            workers,
            |runs: &mut Runs<'_>, set, file, mut parsed| -> Result<(), StoreError> {
                if let Some(name) = self.sets.get(set).map(|set| &set.name) {
                    self.withheld.take_out(name, &mut parsed);
                }
                let set = u32::try_from(set).unwrap_or(u32::MAX);
                runs.add(set, &file.path, parsed)?;
                progress(Progress::Reading {
                    done: done.fetch_add(1, Ordering::Relaxed) + 1,
                    of,
                });
                Ok(())
            },
        )?;
        let mut folders = Vec::new();
        for runs in workers {
            folders.extend(runs.finish()?);
        }
        Ok(folders)
    }

    /// Puts segments together as far as a search needs it, gives the new ones their places, and returns their names.
    fn settle(
        &mut self,
        folder: &Path,
        mut made: Made,
        open: &impl Fn(&Path) -> std::io::Result<Arc<Segment>>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<String>, StoreError> {
        let is_whole = self.known.large().is_none() || self.rebuild;
        let segments = &self.known.manifest.segments;
        let is_crowded = segments.len() > MAX_SEGMENTS;
        let is_merged = |known: &KnownSegment| {
            let is_new = made.folders.contains_key(&known.name);
            is_whole || !known.is_large && (is_crowded || is_new)
        };
        let places = segments.iter().enumerate();
        let small = places.filter(|(_, known)| is_merged(known));
        let small: Vec<usize> = small.map(|(place, _)| place).collect();
        if is_whole || small.len() > 1 {
            progress(Progress::Linking);
            let inputs: Vec<Input> = small
                .iter()
                .map(|place| self.known.inputs[*place].clone())
                .collect();
            let link_bases = self.link_bases();
            let links = match self.known.large().filter(|_| !is_whole) {
                Some(large) => Links::Kept(*large.statistics()),
                None => Links::Followed(&link_bases),
            };
            let merged = folder.join("merged");
            merge(&inputs, &merged, links, &|| ())?;
            drop(inputs);
            let segment = open(&merged)?;
            made.folders.insert(segment.name().to_owned(), merged);
            self.known.replace(&small, segment, is_whole);
            if is_whole {
                for (set, base) in self.known.manifest.sets.iter_mut().zip(link_bases) {
                    set.link_base = base;
                }
            }
        }
        let names = || {
            let segments = &self.known.manifest.segments;
            segments.iter().map(|known| &known.name)
        };
        let mut new = Vec::new();
        for name in names() {
            if let Some(folder) = made.folders.get(name) {
                self.shelf.place(folder, name, &self.sound, &self.lock)?;
                new.push(name.clone());
            }
        }
        Ok(new)
    }

    /// Files that are gone, of sets that do not keep theirs.
    fn gone(&self, looked: &Looked, losses: &Losses) -> Result<Vec<Place>, StoreError> {
        let selections = self
            .sets
            .iter()
            .map(Selection::of)
            .collect::<Result<Vec<_>, _>>()?;
        let keeps = |set: usize| {
            looked.is_missing(set) || losses.kept.get(set).is_some_and(Option::is_some)
        };
        // What the settings do not ask for any more is not kept.
        let is_wanted = |set: usize, file: &FileRecord| {
            file.pages().is_empty() || selections[set].wants(&file.path, file.stamp.size)
        };
        Ok(gone(&self.known, looked, is_wanted, keeps))
    }

    /// What is to be done about the losses that an earlier update has told of.
    fn known_losses(&self, looked: &Looked) -> Losses {
        let mut losses = Losses::default();
        for (position, set) in self.sets.iter().enumerate() {
            losses.kept.push(None);
            let Some(known) = self.known.set(position) else {
                continue;
            };
            let is_reselected = self.selections.get(position) != Some(&known.selection);
            if is_reselected {
                losses.reselected.insert(position);
            }
            let Some(loss) = &known.loss else {
                continue;
            };
            let is_same = looked
                .sets
                .get(position)
                .is_some_and(|set| set.files.value() == loss.files);
            if looked.is_missing(position) {
                losses.kept[position] = Some(loss.clone());
            } else if self.rebuild || is_reselected || !is_same {
                // What has changed since is looked at anew.
            } else if loss.after > 0 && self.accepted.contains(&loss.named(&set.name)) {
                losses.accepted.push((position, loss.clone()));
            } else {
                losses.kept[position] = Some(loss.clone());
            }
        }
        losses
    }

    /// Sets that would lose too many of their pages.
    fn found_losses(
        &self,
        before: &View,
        looked: &Looked,
        losses: &Losses,
        gone: &[Place],
        made: &Made,
    ) -> Result<Vec<(usize, KeptLoss)>, StoreError> {
        let mut found = Vec::new();
        if self.rebuild || before.numbers() == 0 {
            return Ok(found);
        }
        let mut removed = vec![0; self.sets.len()];
        for (position, file) in gone {
            let set = self.known.inputs[*position].segment.file_set(*file);
            let record = self.known.file((*position, *file));
            if let (Some(set), Some(record)) = (set, record)
                && let Some(removed) = removed.get_mut(set as usize)
            {
                *removed += record.pages().len();
            }
        }
        for (set, number) in (0u32..).take(self.sets.len()).enumerate() {
            if losses.kept[set].is_some() || looked.is_missing(set) {
                continue;
            }
            let had = before.count_below(number, "");
            let read = made.segments.iter().map(|run| run.below(number, "").len());
            let mut fewer = Fewer {
                before: had,
                after: had.saturating_sub(removed[set]) + read.sum::<usize>(),
            };
            let is_known = losses.accepted.iter().any(|(other, _)| *other == set);
            let is_reselected = losses.reselected.contains(&set);
            if fewer.is_all() && is_reselected {
                // What is not wanted any more is no loss.
                fewer.before = self.wanted_pages(set)?;
            }
            if fewer.is_all() || fewer.is_much() && !is_known && !is_reselected {
                let loss = KeptLoss {
                    before: fewer.before,
                    after: fewer.after,
                    files: looked.sets[set].files.value(),
                };
                found.push((set, loss));
            }
        }
        Ok(found)
    }

    /// Pages of a set that its settings still ask for.
    fn wanted_pages(&self, set: usize) -> Result<usize, StoreError> {
        let selection = Selection::of(&self.sets[set])?;
        let files = self.known.files(|segment| 0..segment.file_count());
        let own = files.filter(|(of, file)| {
            *of as usize == set && selection.wants(&file.path, file.stamp.size)
        });
        Ok(own.map(|(_, file)| file.pages().len()).sum())
    }

    fn known_sets(
        &self,
        looked: &Looked,
        losses: &Losses,
        sites: &[Site],
        outlines: Vec<Vec<String>>,
        frames: Vec<KnownFrame>,
    ) -> Vec<KnownSet> {
        let sets = looked.sets.iter().zip(outlines).zip(frames).enumerate();
        type Found<'l> = ((&'l LookedSet, Vec<String>), KnownFrame);
        let set = |(position, ((looked, outline), frame)): (usize, Found<'_>)| {
            let before = self.known.set(position);
            let loss = losses.kept.get(position).cloned().flatten();
            KnownSet {
                site: sites.get(position).cloned().unwrap_or_default(),
                // What is kept is of the folder that was there before.
                root: match &loss {
                    Some(_) => before.and_then(|before| before.root),
                    None => looked.root,
                },
                selection: self.selections.get(position).cloned().unwrap_or_default(),
                link_base: before.and_then(|before| before.link_base.clone()),
                outline,
                frame: match &loss {
                    Some(_) => KnownFrame {
                        sample: None,
                        frame: before.map(|it| it.frame.frame.clone()).unwrap_or_default(),
                    },
                    None => frame,
                },
                loss,
            }
        };
        sets.map(set).collect()
    }

    /// The navigation of each set's site. A set that is missing, or keeps its pages, keeps it too.
    fn outlines(&self, looked: &Looked, losses: &Losses, sites: &[Site]) -> Vec<Vec<String>> {
        let sets = looked.sets.iter().zip(sites).enumerate();
        let outline = |(position, (set, site)): (usize, (&LookedSet, &Site))| {
            let is_kept = losses.kept.get(position).is_some_and(Option::is_some);
            match set.listing.as_ref().filter(|_| !is_kept) {
                Some(listing) => listing.outline(site.generator),
                None => {
                    let before = self.known.set(position);
                    before.map_or_else(Vec::new, |before| before.outline.clone())
                }
            }
        };
        sets.map(outline).collect()
    }

    /// The addresses by which pages link to their own set. One that is not configured stays the one that
    /// is known: it does no harm.
    fn link_bases(&self) -> Vec<Option<String>> {
        link_bases(self.sets, &self.known.manifest)
    }

    /// What the sites of all sets say of themselves now. A folder that is not there says nothing: it stays what is known.
    fn sites_now(&self) -> Vec<Site> {
        let site = |(position, set): (usize, &DocSet)| {
            let known = self.known.set(position).map(|set| set.site.clone());
            known
                .filter(|_| !set.root.exists())
                .unwrap_or_else(|| Site::of(set, self.private))
        };
        self.sets.iter().enumerate().map(site).collect()
    }

    fn snapshot(&self, view: View) -> Snapshot {
        let manifest = &self.known.manifest;
        let sites = sites(manifest);
        let outlines = outlines(manifest);
        Snapshot::open(
            manifest.number,
            view,
            self.parser.clone(),
            self.sets,
            sites,
            outlines,
            self.private,
        )
    }

    fn report(
        &self,
        view: &View,
        looked: &Looked,
        losses: &Losses,
        read: usize,
        rebuilt: Option<&'static str>,
        started: Instant,
    ) -> Report {
        let named = |set: usize, loss: &KeptLoss| loss.named(&self.sets[set].name);
        let kept = losses.kept.iter().enumerate();
        let accepted = losses.accepted.iter();
        let sets = (0u32..).zip(self.sets).zip(&looked.sets);
        let mut sets: Vec<_> = sets
            .map(|((position, set), looked)| SetReport {
                name: set.name.clone(),
                pages: view.count_below(position, ""),
                sections: view.sections_of(position),
                skipped: looked.skipped.clone(),
                cut: Vec::new(),
                doubtful: Vec::new(),
                left_out: None,
                editions: FoundEditions::default(),
                idle: Vec::new(),
            })
            .collect();
        for (set, file) in self.known.files(Segment::notable_files) {
            let Some(set) = sets.get_mut(set as usize) else {
                continue;
            };
            if file.cut {
                set.cut.push(file.path.clone());
            }
            if let Some(doubt) = file.doubt {
                let path = file.path.clone();
                set.doubtful.push(Doubtful { path, doubt });
            }
            if let Outcome::Skipped(reason) = file.outcome {
                set.skipped.push(Skipped {
                    path: file.path,
                    reason,
                });
            }
        }
        Report {
            sets,
            read,
            took: started.elapsed(),
            rebuilt,
            losses: kept
                .filter_map(|(set, loss)| Some(named(set, loss.as_ref()?)))
                .collect(),
            taken_over: accepted.map(|(set, loss)| named(*set, loss)).collect(),
            missing: looked.missing.clone(),
            included: looked.included(&self.known),
        }
    }
}

/// The site of each set, as a generation knows it.
pub(super) fn sites(known: &Manifest) -> Vec<Site> {
    known.sets.iter().map(|set| set.site.clone()).collect()
}

/// The navigation of each set's site, as a generation knows it.
pub(super) fn outlines(known: &Manifest) -> Vec<Vec<String>> {
    let sets = known.sets.iter();
    sets.map(|set| set.outline.clone()).collect()
}

/// See [`Update::link_bases`].
pub(super) fn link_bases(sets: &[DocSet], known: &Manifest) -> Vec<Option<String>> {
    let base = |(position, set): (usize, &DocSet)| {
        let known = || known.sets.get(position)?.link_base.clone();
        set.base_url.clone().or_else(known)
    };
    sets.iter().enumerate().map(base).collect()
}
