//! Several segments -> one, streaming: what is in memory at once are a few numbers a page.
//!
//! First the pages in the order of sets and paths, then what their links say, then the terms in order. What comes out depends
//! on the pages that are left alone, and not on the segments that they stood in.

use super::definitions::merge_definitions;
use super::inbound::follow;
use super::norms;
use crate::search::scoring::{Statistics, frequency, norm, steps_up};
use crate::search::segment::{
    Coding, FileWriter, InboundWriter, LexiconWriter, LinkWriter, Outcome, PageWriter,
    PostingsWriter, Segment, TermLists, damaged, seal,
};
use crate::search::titles::{title_hash, title_key};
use crate::search::view::Gone;
use std::{cmp::Reverse, collections::BinaryHeap, fs, io, path::Path, sync::Arc};

/// Texts up to this many bytes are kept as they are.
const PLAIN: u64 = 64 << 20;
/// Pages or terms between two pauses.
const SLICE: usize = 256;
/// A page or file that is gone.
const NONE: u32 = u32::MAX;

/// A segment with what is gone of it.
#[derive(Debug, Clone)]
pub(in crate::search) struct Input {
    pub(in crate::search) segment: Arc<Segment>,
    pub(in crate::search) pages_gone: Gone,
    pub(in crate::search) files_gone: Gone,
}

/// What a merge makes of links and statistics.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) enum Links<'a> {
    /// All links are followed, by the addresses by which pages link to their own set, and scores are relative to
    /// these pages alone.
    Followed(&'a [Option<String>]),
    /// What is said of each page stays, and scores are relative to another segment.
    Kept(Statistics),
}

/// A segment that was merged.
#[derive(Debug)]
pub(in crate::search) struct Merged {
    pub(in crate::search) name: String,
    /// Of each input, by the numbers of its files: their numbers now, or [`NONE`].
    files: Vec<Vec<u32>>,
}

impl Merged {
    /// The number that a file of an input has now.
    pub(in crate::search) fn file(&self, input: usize, file: u32) -> Option<u32> {
        number(&self.files, input, file)
    }
}

fn number(of: &[Vec<u32>], input: usize, number: u32) -> Option<u32> {
    let now = of.get(input)?.get(number as usize)?;
    Some(*now).filter(|now| *now != NONE)
}

/// Writes what is left of several segments into a new folder. `pace` is called between slices of the work.
pub(in crate::search) fn merge(
    inputs: &[Input],
    folder: &Path,
    links: Links<'_>,
    pace: &(dyn Fn() + Sync),
) -> io::Result<Merged> {
    fs::create_dir(folder)?;
    let coding = match links {
        Links::Followed(_) => coding_of(inputs),
        Links::Kept(_) => Coding::Plain,
    };
    let file_order = order(
        inputs,
        |input, file| {
            let is_left = !input.files_gone.contains(file);
            is_left.then(|| input.segment.file_key(file)).flatten()
        },
        |input| input.segment.file_count(),
    );
    let mut files = numbering(inputs, |input| input.segment.file_count());
    for (number, (input, file)) in (0u32..).zip(file_order.clone()) {
        files[input][file as usize] = number;
    }
    let page_order = order(
        inputs,
        |input, page| {
            let is_left = !input.pages_gone.contains(page);
            is_left.then(|| input.segment.key(page)).flatten()
        },
        |input| input.segment.page_count(),
    );

    let mut writer = PageWriter::create(folder, coding)?;
    let mut link_writer = LinkWriter::create(folder)?;
    let mut inbound = match links {
        Links::Followed(_) => None,
        Links::Kept(_) => Some((InboundWriter::create(folder)?, Vec::new())),
    };
    let readers = inputs
        .iter()
        .map(|input| (input.segment.links(), input.segment.inbound()));
    let mut readers: Vec<_> = readers.collect();
    let mut pages = numbering(inputs, |input| input.segment.page_count());
    let mut page_count = 0;
    for group in Namesakes::of(page_order, inputs, &files) {
        for (input, page) in group {
            let segment = &inputs[input].segment;
            let (links, said) = &mut readers[input];
            let mut of_page = || {
                let entry = segment.page(page)?;
                Some((entry, segment.head(&entry)?, links.read(&entry)?))
            };
            let (page_entry, head, links) = of_page().ok_or_else(|| damaged("a page"))?;
            let copied = writer.copy(segment, &page_entry);
            let mut entry = copied.ok_or_else(|| damaged("a page"))??;
            entry.links_at = link_writer.copy(&links)?;
            entry.file = number(&files, input, entry.file).ok_or_else(|| damaged("a file"))?;
            writer.entry(entry, head.path, title_hash(&title_key(head.title)))?;
            if let Some((writer, norms)) = &mut inbound {
                let said = said.read(page).ok_or_else(|| damaged("a page"))?;
                norms.push(norm(said.length));
                writer.add(&said)?;
            }
            pages[input][page as usize] = page_count;
            page_count += 1;
            if (page_count as usize).is_multiple_of(SLICE) {
                pace();
            }
        }
    }
    let written = writer.finish(folder)?;
    let mut parts = written.parts;
    parts.push(link_writer.finish()?);
    let numbers = &pages;
    let definitions = (0..inputs.len()).map(|input| {
        let now = move |page: u32| number(numbers, input, page);
        (
            &*inputs[input].segment,
            Box::new(now) as Box<dyn Fn(u32) -> Option<u32>>,
        )
    });
    let definitions: Vec<_> = definitions.collect();
    parts.push(merge_definitions(&definitions, folder, pace)?);
    drop(definitions);

    let mut file_writer = FileWriter::create(folder)?;
    for (input, file) in file_order {
        let segment = &inputs[input].segment;
        let record = segment.file(file).zip(segment.file_set(file));
        let (mut record, set) = record.ok_or_else(|| damaged("a file"))?;
        if let Outcome::Pages(numbers) = &mut record.outcome {
            for page in numbers {
                *page = number(&pages, input, *page).ok_or_else(|| damaged("a file"))?;
            }
        }
        file_writer.add(set, &record)?;
    }
    parts.extend(file_writer.finish()?);

    let mut statistics = written.statistics;
    let mut sentences = Vec::new();
    let link_norms = match (links, inbound) {
        (Links::Followed(link_bases), _) => {
            let read = Segment::unfinished(folder, coding, statistics, &parts)?;
            let said = follow(&read, link_bases, folder, pace)?;
            statistics.links = said.field;
            parts.extend(said.parts);
            sentences = said.runs;
            said.norms
        }
        (Links::Kept(of), Some((writer, norms))) => {
            statistics = of;
            parts.extend(writer.finish()?);
            norms
        }
        (Links::Kept(_), None) => Vec::new(),
    };
    parts.push(norms::write(folder, &written.norms, &link_norms)?);

    let lengths = Segment::unfinished(folder, coding, statistics, &parts)?;
    let sources = inputs.iter().zip(&pages).map(|(input, pages)| Source {
        segment: &input.segment,
        pages: Some(pages),
        with_links: matches!(links, Links::Kept(_)),
    });
    let of_sentences = sentences.iter().map(|segment| Source {
        segment,
        pages: None,
        with_links: true,
    });
    let sources: Vec<_> = sources.chain(of_sentences).collect();
    parts.extend(merge_terms(&sources, &lengths, folder, pace)?);
    drop(sources);
    drop(sentences);
    let scratch = folder.join("linking");
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    let name = seal(folder, coding, statistics, parts)?;
    Ok(Merged { name, files })
}

/// How the texts of all pages that are left are kept.
fn coding_of(inputs: &[Input]) -> Coding {
    let mut length = 0;
    for input in inputs {
        for page in 0..input.segment.page_count() {
            if !input.pages_gone.contains(page) {
                let entry = input.segment.page(page);
                length += entry.map_or(0, |entry| u64::from(entry.text_length));
            }
        }
    }
    match length <= PLAIN {
        true => Coding::Plain,
        false => Coding::Compressed,
    }
}

fn numbering(inputs: &[Input], count: impl Fn(&Input) -> u32) -> Vec<Vec<u32>> {
    inputs
        .iter()
        .map(|input| vec![NONE; count(input) as usize])
        .collect()
}

/// What is left of all inputs, by input and number there, in the order of keys.
fn order<'a>(
    inputs: &'a [Input],
    key: impl Fn(&'a Input, u32) -> Option<(u32, &'a str)> + Clone + 'a,
    count: impl Fn(&Input) -> u32,
) -> InOrder<'a, impl Fn(&'a Input, u32) -> Option<(u32, &'a str)> + Clone> {
    let counts = inputs.iter().map(count).collect();
    let mut order = InOrder {
        inputs,
        key,
        counts,
        heap: BinaryHeap::new(),
    };
    for input in 0..inputs.len() {
        order.push(input, 0);
    }
    order
}

type Keyed<'a> = ((u32, &'a str), usize, u32);

#[derive(Clone)]
struct InOrder<'a, K> {
    inputs: &'a [Input],
    key: K,
    counts: Vec<u32>,
    heap: BinaryHeap<Reverse<Keyed<'a>>>,
}

impl<'a, K: Fn(&'a Input, u32) -> Option<(u32, &'a str)>> InOrder<'a, K> {
    fn push(&mut self, input: usize, from: u32) {
        for number in from..self.counts[input] {
            if let Some(key) = (self.key)(&self.inputs[input], number) {
                self.heap.push(Reverse((key, input, number)));
                return;
            }
        }
    }
}

impl<'a, K: Fn(&'a Input, u32) -> Option<(u32, &'a str)>> Iterator for InOrder<'a, K> {
    type Item = (usize, u32);

    fn next(&mut self) -> Option<(usize, u32)> {
        let Reverse((_, input, number)) = self.heap.pop()?;
        self.push(input, number + 1);
        Some((input, number))
    }
}

/// Pages with one path, which several files may have, are put in the order of those files.
struct Namesakes<'a, I: Iterator<Item = (usize, u32)>> {
    pages: std::iter::Peekable<I>,
    inputs: &'a [Input],
    files: &'a [Vec<u32>],
}

impl<'a, I: Iterator<Item = (usize, u32)>> Namesakes<'a, I> {
    fn of(pages: I, inputs: &'a [Input], files: &'a [Vec<u32>]) -> Self {
        Self {
            pages: pages.peekable(),
            inputs,
            files,
        }
    }
}

impl<I: Iterator<Item = (usize, u32)>> Iterator for Namesakes<'_, I> {
    type Item = Vec<(usize, u32)>;

    fn next(&mut self) -> Option<Vec<(usize, u32)>> {
        let first = self.pages.next()?;
        let key = |(input, page): (usize, u32)| self.inputs[input].segment.key(page);
        let mut group = vec![first];
        while let Some(next) = self.pages.next_if(|next| key(*next) == key(first)) {
            group.push(next);
        }
        group.sort_by_key(|(input, page)| {
            let entry = self.inputs[*input].segment.page(*page)?;
            Some((number(self.files, *input, entry.file), entry.ordinal))
        });
        Some(group)
    }
}

/// Where terms come from.
struct Source<'a> {
    segment: &'a Segment,
    /// The numbers that its pages have now; `None`: the same.
    pages: Option<&'a Vec<u32>>,
    with_links: bool,
}

impl Source<'_> {
    fn page(&self, page: u32) -> Option<u32> {
        match self.pages {
            None => Some(page),
            Some(pages) => pages
                .get(page as usize)
                .copied()
                .filter(|page| *page != NONE),
        }
    }
}

/// The lists of one term, gathered from several segments.
#[derive(Default)]
struct Lists {
    text: Vec<(u32, u32)>,
    pieces: Vec<(u32, u32, u32)>,
    titles: Vec<(u32, u32)>,
    links: Vec<(u32, u32)>,
    is_symbol: bool,
}

impl Lists {
    fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
        self.titles.clear();
        self.links.clear();
    }

    /// `None` where the segment is damaged.
    fn add(&mut self, source: &Source<'_>, term: u32) -> Option<()> {
        let postings = source.segment.postings(term)?;
        self.is_symbol = postings.is_symbol;
        for (page, count) in postings.pages.iter().filter(|(_, count)| *count > 0) {
            self.text
                .extend(source.page(page).map(|page| (page, u32::from(count))));
        }
        if !self.is_symbol {
            for (page, pieces) in postings.all_pieces() {
                if let Some(page) = source.page(page) {
                    self.pieces
                        .extend(pieces.map(|(piece, count)| (page, piece, count)));
                }
            }
        }
        let mut lists = vec![(postings.titles, &mut self.titles)];
        if source.with_links {
            lists.push((postings.links, &mut self.links));
        }
        for (from, to) in lists {
            let counted = from
                .iter()
                .filter_map(|(page, count)| Some((source.page(page)?, u32::from(count))));
            to.extend(counted);
        }
        Some(())
    }

    fn sort(&mut self) {
        for list in [&mut self.text, &mut self.titles, &mut self.links] {
            if !list.is_sorted() {
                list.sort_unstable();
            }
        }
        if !self.pieces.is_sorted() {
            self.pieces.sort_unstable();
        }
    }

    fn is_empty(&self) -> bool {
        let [text, titles, links] = [&self.text, &self.titles, &self.links];
        text.is_empty() && titles.is_empty() && links.is_empty() && self.pieces.is_empty()
    }
}

fn merge_terms(
    sources: &[Source<'_>],
    lengths: &Segment,
    folder: &Path,
    pace: &(dyn Fn() + Sync),
) -> io::Result<Vec<crate::search::segment::Sealed>> {
    let mut lexicon = LexiconWriter::create(folder)?;
    let mut postings = PostingsWriter::create(folder)?;
    let scale = &lengths.scales().pieces;
    let mut heap = BinaryHeap::new();
    let text = |source: usize, term: u32| -> Option<&[u8]> {
        let segment = sources[source].segment;
        (term < segment.term_count())
            .then(|| segment.term_text(term))
            .flatten()
    };
    for source in 0..sources.len() {
        if let Some(text) = text(source, 0) {
            heap.push(Reverse((text, source, 0u32)));
        }
    }
    let mut lists = Lists::default();
    let mut work = 0;
    while let Some(Reverse((term, ..))) = heap.peek().copied() {
        lists.clear();
        while let Some(Reverse((other, source, number))) = heap.peek().copied()
            && other == term
        {
            lists
                .add(&sources[source], number)
                .ok_or_else(|| damaged("a list of postings"))?;
            match text(source, number + 1) {
                Some(next) => {
                    if let Some(mut top) = heap.peek_mut() {
                        *top = Reverse((next, source, number + 1));
                    }
                }
                None => {
                    heap.pop();
                }
            }
        }
        if lists.is_empty() {
            continue;
        }
        lists.sort();
        let term_lists = TermLists {
            text: &lists.text,
            pieces: &lists.pieces,
            titles: &lists.titles,
            links: &lists.links,
            is_symbol: lists.is_symbol,
        };
        let place = postings.add(&term_lists, |page, piece, count| {
            steps_up(scale.share(frequency(count), lengths.piece_norm(page, piece)))
        })?;
        lexicon.add(term, &place)?;
        work += 1 + lists.pieces.len() / 64;
        if work >= SLICE {
            work = 0;
            pace();
        }
    }
    let mut parts = lexicon.finish(folder)?;
    parts.push(postings.finish()?);
    Ok(parts)
}
