//! The generation that there is: what is known of files and pages before they are looked at again.

use super::build::Input;
use super::manifest::{KnownSegment, KnownSet, Manifest};
use super::segment::{FileRecord, Segment};
use super::view::{Gone, View};
use std::sync::Arc;

/// A generation with its segments, opened.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) manifest: Manifest,
    /// In the order of the manifest.
    pub(super) inputs: Vec<Input>,
}

/// A file of a generation: the position of its segment, and its number there.
pub(super) type Place = (usize, u32);

/// Which files of a generation have been seen again.
#[derive(Debug, Clone)]
pub(super) struct Seen(Vec<Vec<u64>>);

impl Known {
    /// `segments` are those of the manifest, opened; `None` for those that cannot be.
    pub(super) fn of(mut manifest: Manifest, segments: Vec<Option<Arc<Segment>>>) -> Self {
        let known = std::mem::take(&mut manifest.segments)
            .into_iter()
            .zip(segments);
        let mut inputs = Vec::new();
        for (known, segment) in known {
            let Some(segment) = segment else {
                continue;
            };
            let mut known = known;
            known.pages_gone.retain(|page| *page < segment.page_count());
            known.files_gone.retain(|file| *file < segment.file_count());
            inputs.push(Input {
                segment,
                pages_gone: Gone::of(known.pages_gone.clone()),
                files_gone: Gone::of(known.files_gone.clone()),
            });
            manifest.segments.push(known);
        }
        Self { manifest, inputs }
    }

    pub(super) fn set(&self, set: usize) -> Option<&KnownSet> {
        self.manifest.sets.get(set)
    }

    /// Its pages.
    pub(super) fn view(&self) -> View {
        let inputs = self.inputs.iter();
        View::of(inputs.map(|input| (Arc::clone(&input.segment), input.pages_gone.clone())))
    }

    /// The large segment.
    pub(super) fn large(&self) -> Option<&Segment> {
        let segments = self.manifest.segments.iter().zip(&self.inputs);
        let mut large = segments.filter(|(known, _)| known.is_large);
        large.next().map(|(_, input)| &*input.segment)
    }

    pub(super) fn find_file(&self, set: u32, path: &str) -> Option<Place> {
        // What has changed last is likelier to change again.
        let inputs = self.inputs.iter().enumerate().rev();
        let mut found = inputs.filter_map(|(position, input)| {
            let file = input.segment.find_file(set, path)?;
            (!input.files_gone.contains(file)).then_some((position, file))
        });
        found.next()
    }

    /// `None` where it is damaged.
    pub(super) fn file(&self, (position, file): Place) -> Option<FileRecord> {
        self.inputs.get(position)?.segment.file(file)
    }

    /// Files that are left, of those that a segment marks.
    pub(super) fn files<'a, I: Iterator<Item = u32> + 'a>(
        &'a self,
        of: impl Fn(&'a Segment) -> I + 'a,
    ) -> impl Iterator<Item = (u32, FileRecord)> + 'a {
        self.inputs.iter().flat_map(move |input| {
            let left = of(&input.segment).filter(|file| !input.files_gone.contains(*file));
            left.filter_map(|file| input.segment.file_set(file).zip(input.segment.file(file)))
        })
    }

    /// Files of a set that are left below a folder, `""` being its root, or have that name, and have not been seen.
    pub(super) fn unseen<'a>(
        &'a self,
        seen: &'a Seen,
        set: u32,
        folder: &str,
    ) -> impl Iterator<Item = Place> + 'a {
        let folder = folder.to_owned();
        self.inputs
            .iter()
            .enumerate()
            .flat_map(move |(position, input)| {
                let files = input.segment.files_below(set, &folder);
                let unseen = files.map(move |file| (position, file));
                unseen.filter(move |(_, file)| {
                    !input.files_gone.contains(*file) && !seen.contains((position, *file))
                })
            })
    }

    /// Takes a file with all of its pages out.
    pub(super) fn remove(&mut self, files: &[Place]) {
        let mut gone: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
        gone.resize_with(self.inputs.len(), Default::default);
        for (position, file) in files {
            let record = self.file((*position, *file));
            let (pages, files) = &mut gone[*position];
            pages.extend(record.iter().flat_map(FileRecord::pages));
            files.push(*file);
        }
        for (position, (pages, files)) in gone.into_iter().enumerate() {
            if !files.is_empty() {
                self.add_gone(position, pages, files);
            }
        }
    }

    fn add_gone(&mut self, position: usize, pages: Vec<u32>, files: Vec<u32>) {
        let known = &mut self.manifest.segments[position];
        let input = &mut self.inputs[position];
        for (known, gone, more) in [
            (&mut known.pages_gone, &mut input.pages_gone, pages),
            (&mut known.files_gone, &mut input.files_gone, files),
        ] {
            known.extend(more);
            *gone = Gone::of(std::mem::take(known));
            *known = gone.pages().to_vec();
        }
    }

    /// Adds a segment after the others. One that is there already, of which all was gone, counts again; `false`: so it was.
    pub(super) fn push(&mut self, segment: Arc<Segment>) -> bool {
        let mut known = self.manifest.segments.iter_mut().zip(&mut self.inputs);
        if let Some((known, input)) = known.find(|(known, _)| known.name == segment.name()) {
            known.pages_gone.clear();
            known.files_gone.clear();
            input.pages_gone = Gone::default();
            input.files_gone = Gone::default();
            return false;
        }
        self.manifest.segments.push(KnownSegment {
            name: segment.name().to_owned(),
            is_large: false,
            pages_gone: Vec::new(),
            files_gone: Vec::new(),
        });
        self.inputs.push(Input {
            segment,
            pages_gone: Gone::default(),
            files_gone: Gone::default(),
        });
        true
    }

    /// Puts one segment in the place of those at some positions, whose work it is.
    pub(super) fn replace(&mut self, positions: &[usize], merged: Arc<Segment>, is_large: bool) {
        let kept = (0..self.inputs.len()).map(|position| !positions.contains(&position));
        self.retain(&kept.collect::<Vec<_>>());
        let name = merged.name().to_owned();
        self.push(merged);
        let segments = &mut self.manifest.segments;
        let position = segments.iter().position(|known| known.name == name);
        if let Some(position) = position.filter(|_| is_large) {
            // The large one is the first.
            self.inputs[..=position].rotate_right(1);
            segments[..=position].rotate_right(1);
            segments[0].is_large = true;
        }
    }

    /// Forgets segments of which nothing is left but the large one.
    pub(super) fn drop_empty(&mut self) {
        let is_empty = |(known, input): (&KnownSegment, &Input)| {
            let files = input.segment.file_count() as usize;
            !known.is_large && known.files_gone.len() == files
        };
        let segments = self.manifest.segments.iter().zip(&self.inputs);
        let kept: Vec<bool> = segments.map(|segment| !is_empty(segment)).collect();
        self.retain(&kept);
    }

    fn retain(&mut self, kept: &[bool]) {
        let is_kept = |position: usize| kept.get(position).copied().unwrap_or_default();
        let mut positions = 0..;
        self.inputs
            .retain(|_| positions.next().is_some_and(is_kept));
        let mut positions = 0..;
        self.manifest
            .segments
            .retain(|_| positions.next().is_some_and(is_kept));
    }
}

impl Seen {
    pub(super) fn none_of(known: &Known) -> Self {
        let words = |input: &Input| vec![0; input.segment.file_count() as usize / 64 + 1];
        Self(known.inputs.iter().map(words).collect())
    }

    pub(super) fn add(&mut self, (position, file): Place) {
        let words = self.0.get_mut(position);
        if let Some(word) = words.and_then(|words| words.get_mut(file as usize / 64)) {
            *word |= 1 << (file % 64);
        }
    }

    fn contains(&self, (position, file): Place) -> bool {
        let words = self.0.get(position);
        let word = words.and_then(|words| words.get(file as usize / 64));
        word.is_some_and(|word| word >> (file % 64) & 1 != 0)
    }
}
