//! The frames of the sets, as the pages of the next generation have them: worked out from what is known of the pages that are
//! compared, so that only those are read again which a change of the frame concerns.

use super::known::{Known, Place};
use super::look::Looked;
use super::manifest::KnownFrame;
use super::store_error::StoreError;
use crate::config::DocSet;
use crate::corpus::{self, Changes, File, Frame, Sample, Site, ToRead, Trace};
use std::collections::HashMap;

/// What is left of the pages that are known, and what is to come.
pub(super) struct Framing<'a> {
    pub(super) sets: &'a [DocSet],
    pub(super) sites: &'a [Site],
    pub(super) known: &'a Known,
    pub(super) looked: &'a Looked,
    /// In order.
    pub(super) gone: &'a [Place],
    /// These sets stay as they are.
    pub(super) keeps: &'a dyn Fn(usize) -> bool,
    /// Not all is known of what was compared.
    pub(super) is_unsure: bool,
}

/// The frames, and what is to be read by them.
pub(super) struct Framed {
    pub(super) frames: Vec<KnownFrame>,
    /// Those that have changed, some of them converted, and those that the frames concern.
    pub(super) to_read: Vec<(usize, ToRead)>,
    /// Where the latter are now.
    pub(super) again: Vec<Place>,
}

impl Framing<'_> {
    /// Converts what is compared and has changed, in so many threads.
    pub(super) fn run(&self, threads: usize) -> Result<Framed, StoreError> {
        let samples: Vec<_> = (0..self.sets.len()).map(|set| self.sample(set)).collect();
        let (compared, mut to_read) = self.converted(&samples, threads)?;
        let mut frames = Vec::new();
        let mut again = Vec::new();
        for (set, sample) in samples.into_iter().enumerate() {
            let before = self.known.set(set).map(|set| &set.frame);
            let Some(sample) = sample else {
                frames.push(KnownFrame {
                    sample: None,
                    frame: before
                        .map(|before| before.frame.clone())
                        .unwrap_or_default(),
                });
                continue;
            };
            let is_same = before.is_some_and(|before| before.sample.as_ref() == Some(&sample))
                && !self.is_unsure
                && !sample
                    .paths()
                    .any(|path| compared.contains_key(&(set, path.to_owned())));
            let frame = match before.filter(|_| is_same) {
                Some(before) => before.frame.clone(),
                None => self.frame(set, &sample, &compared),
            };
            let nothing = Frame::default();
            let changes = before
                .map_or(&nothing, |before| &before.frame)
                .changes(&frame);
            if !changes.is_empty() {
                self.concerned(set, &changes, &mut to_read, &mut again);
            }
            frames.push(KnownFrame {
                sample: Some(sample),
                frame,
            });
        }
        again.sort_unstable();
        Ok(Framed {
            frames,
            to_read,
            again,
        })
    }

    /// The files of a set whose pages are compared; `None` where it stays as it is.
    fn sample(&self, set: usize) -> Option<Sample> {
        if (self.keeps)(set) {
            return None;
        }
        let known = self
            .known
            .set(set)
            .and_then(|set| set.frame.sample.as_ref());
        let to_read = || self.changed(set).iter().map(|(_, file)| file.path.as_str());
        if let Some(mut sample) = known.filter(|_| !self.is_unsure).cloned() {
            let gone = self.gone.iter().filter_map(|place| self.path(set, *place));
            let mut gone = gone.filter(|path| !self.is_changed(set, path));
            if gone.all(|path| sample.remove(path)) {
                to_read().for_each(|path| sample.add(path));
                return Some(sample);
            }
        }
        let mut sample = Sample::default();
        self.left(set).for_each(|(_, path)| sample.add(path));
        to_read().for_each(|path| sample.add(path));
        Some(sample)
    }

    /// What has changed of a set.
    fn changed(&self, set: usize) -> &[(usize, File)] {
        let files = &self.looked.to_read;
        let start = files.partition_point(|(other, _)| *other < set);
        let end = files.partition_point(|(other, _)| *other <= set);
        &files[start..end]
    }

    fn is_changed(&self, set: usize, path: &str) -> bool {
        let changed = self.changed(set);
        changed
            .binary_search_by(|(_, file)| file.path.as_str().cmp(path))
            .is_ok()
    }

    /// Files of a set that stay as they are, unless the frame concerns them.
    fn left(&self, set: usize) -> impl Iterator<Item = (Place, &str)> {
        let inputs = self.known.inputs.iter().enumerate();
        let places = inputs.flat_map(|(position, input)| {
            let files = 0..input.segment.file_count();
            let left = files.filter(|file| !input.files_gone.contains(*file));
            left.map(move |file| (position, file))
        });
        let left = places.filter(|place| self.gone.binary_search(place).is_err());
        left.filter_map(move |place| Some((place, self.path(set, place)?)))
    }

    /// The path of a file, if it is one of this set.
    fn path(&self, set: usize, (position, file): Place) -> Option<&str> {
        let segment = &self.known.inputs.get(position)?.segment;
        let is_own = segment.file_set(file)? as usize == set;
        is_own
            .then(|| segment.file_key(file))
            .flatten()
            .map(|(_, path)| path)
    }

    /// Converts what is compared of what has changed. Returns what each is compared by, and all that has changed.
    #[allow(clippy::type_complexity, reason = "two lists, each by set and path")]
    fn converted(
        &self,
        samples: &[Option<Sample>],
        threads: usize,
    ) -> Result<(HashMap<(usize, String), Trace>, Vec<(usize, ToRead)>), StoreError> {
        let files = self.looked.to_read.iter().cloned();
        let (sampled, others): (Vec<_>, Vec<_>) = files.partition(|(set, file)| {
            let sample = samples.get(*set).and_then(Option::as_ref);
            sample.is_some_and(|sample| sample.holds(&file.path))
        });
        let count = threads.min(sampled.len());
        let converted = corpus::convert_all::<StoreError>(self.sets, self.sites, sampled, count)?;
        let mut compared = HashMap::new();
        let mut to_read = Vec::with_capacity(converted.len() + others.len());
        for page in converted {
            compared.insert((page.set, page.path), page.trace);
            to_read.push((page.set, page.file));
        }
        let others = others.into_iter();
        to_read.extend(others.map(|(set, file)| (set, ToRead::File(file))));
        Ok((compared, to_read))
    }

    fn frame(
        &self,
        set: usize,
        sample: &Sample,
        compared: &HashMap<(usize, String), Trace>,
    ) -> Frame {
        let number = u32::try_from(set).unwrap_or(u32::MAX);
        let traces = sample.paths().filter_map(|path| {
            if let Some(trace) = compared.get(&(set, path.to_owned())) {
                return Some((path, trace.clone()));
            }
            let place = self.known.find_file(number, path)?;
            let is_left = self.gone.binary_search(&place).is_err();
            let record = self.known.file(place).filter(|_| is_left)?;
            Some((path, record.trace))
        });
        let traces: Vec<_> = traces.collect();
        let pages: Vec<_> = traces.iter().map(|(path, trace)| (*path, trace)).collect();
        Frame::of(&pages)
    }

    /// Notes the files of a set that have not changed, and whose pages the frame leaves something else of.
    fn concerned(
        &self,
        set: usize,
        changes: &Changes,
        to_read: &mut Vec<(usize, ToRead)>,
        again: &mut Vec<Place>,
    ) {
        let listing = self
            .looked
            .sets
            .get(set)
            .and_then(|set| set.listing.as_ref());
        let Some(listing) = listing else {
            return;
        };
        for (place, _) in self.left(set) {
            let record = self.known.file(place);
            if let Some(record) = record.filter(|file| changes.concern(&file.path, &file.trace)) {
                let file = listing.file(record.path, record.stamp);
                to_read.push((set, ToRead::File(file)));
                again.push(place);
            }
        }
    }
}
