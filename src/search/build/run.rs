//! Documents -> a segment, gathered in memory up to a bound.

use super::adjacent::Adjacent;
use super::norms;
use super::vocabulary::{Counter, Vocabulary, Word};
use crate::config::Language;
use crate::corpus::{self, Document, Parsed, Stamp};
use crate::search::definitions::{name_hash, names_of_title};
use crate::search::names::key;
use crate::search::scoring::{self, Statistics, norm};
use crate::search::segment::{
    Coding, Definer, Definition, DefinitionWriter, FileRecord, FileWriter, Inbound, InboundWriter,
    Lengths, LexiconWriter, LinkWriter, Outcome, PageEntry, PageWriter, PostingsWriter, Segment,
    TermLists, narrow, seal,
};
use crate::search::titles::{title_hash, title_key};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What is written with a run about the pages that it replaces: by the position of the set and the path.
pub(in crate::search) type Inherit<'a> = dyn Fn(u32, &str) -> Option<Inbound> + Sync + 'a;

/// A segment that is being gathered, and those that were written when it became too large.
pub(in crate::search) struct Runs<'a> {
    /// Folders of the runs are made beside each other here.
    folder: PathBuf,
    /// Number of the worker, in the names of its folders.
    worker: usize,
    language: Language,
    /// What scores are relative to; `None`: to what each run holds.
    statistics: Option<Statistics>,
    inherit: &'a Inherit<'a>,
    /// In bytes, beside the vocabulary's.
    budget: usize,
    run: Option<Run>,
    written: Vec<PathBuf>,
}

impl<'a> Runs<'a> {
    pub(in crate::search) fn new(
        folder: &Path,
        worker: usize,
        language: Language,
        statistics: Option<Statistics>,
        inherit: &'a Inherit<'a>,
        budget: usize,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            worker,
            language,
            statistics,
            inherit,
            budget,
            run: None,
            written: Vec::new(),
        }
    }

    /// Adds what was read of a file.
    pub(in crate::search) fn add(
        &mut self,
        set: u32,
        path: &str,
        parsed: Parsed,
    ) -> io::Result<()> {
        let run = match &mut self.run {
            Some(run) => run,
            none => {
                let name = format!("run-{}-{}", self.worker, self.written.len());
                none.insert(Run::create(&self.folder.join(name), self.language)?)
            }
        };
        run.add(set, path, parsed)?;
        if run.memory() > self.budget {
            self.flush()?;
        }
        Ok(())
    }

    /// The folders of all runs, complete.
    pub(in crate::search) fn finish(mut self) -> io::Result<Vec<PathBuf>> {
        self.flush()?;
        Ok(self.written)
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(run) = self.run.take() {
            self.written.push(run.folder.clone());
            run.finish(self.statistics, self.inherit)?;
        }
        Ok(())
    }
}

/// A segment that is being gathered.
pub(in crate::search) struct Run {
    folder: PathBuf,
    /// Of pages that tell none.
    language: corpus::Language,
    vocabulary: Vocabulary,
    contents: PageWriter,
    links: LinkWriter,
    pages: Vec<RunPage>,
    files: Vec<RunFile>,
    text: Gathered<(Word, u32)>,
    pieces: Gathered<(Word, u32, u32)>,
    titles: Gathered<(Word, u32)>,
    /// Names, hashed, with the pages that define them, in the order in which these came.
    definitions: Vec<(u32, Definition)>,
    // Kept from page to page for their memory.
    words: Words,
    adjacent: Adjacent,
    in_text: Counter,
    in_piece: Counter,
}

#[derive(Default)]
struct Words {
    title: Vec<Word>,
    headings: Vec<Word>,
    piece: Vec<Word>,
    symbols: Vec<Word>,
    piece_lengths: Vec<u32>,
}

struct RunPage {
    set: u32,
    path: String,
    title_hash: u32,
    entry: PageEntry,
    /// In the order in which they came.
    file: usize,
}

struct RunFile {
    set: u32,
    record: FileRecord,
}

/// What pages have, one page after another.
struct Gathered<T> {
    of_all: Vec<T>,
    /// Where that of each page ends.
    ends: Vec<usize>,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self {
            of_all: Vec::new(),
            ends: Vec::new(),
        }
    }
}

impl<T> Gathered<T> {
    fn end_page(&mut self) {
        self.ends.push(self.of_all.len());
    }

    fn of_page(&self, page: usize) -> &[T] {
        let start = page.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.of_all[start..self.ends[page]]
    }

    fn memory(&self) -> usize {
        // What is gathered is put in order beside itself.
        2 * size_of::<T>() * self.of_all.len()
    }
}

impl Run {
    fn create(folder: &Path, language: Language) -> io::Result<Self> {
        fs::create_dir(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            language: language.into(),
            vocabulary: Vocabulary::new(language.into()),
            contents: PageWriter::create(folder, Coding::Plain)?,
            links: LinkWriter::create(folder)?,
            pages: Vec::new(),
            files: Vec::new(),
            text: Gathered::default(),
            pieces: Gathered::default(),
            titles: Gathered::default(),
            definitions: Vec::new(),
            words: Words::default(),
            adjacent: Adjacent::default(),
            in_text: Counter::default(),
            in_piece: Counter::default(),
        })
    }

    fn memory(&self) -> usize {
        let gathered = self.text.memory() + self.pieces.memory() + self.titles.memory();
        let definitions = size_of_val(self.definitions.as_slice());
        gathered
            + definitions
            + self.vocabulary.memory()
            + self.pages.len() * 256
            + self.files.len() * 256
    }

    fn add(&mut self, set: u32, path: &str, parsed: Parsed) -> io::Result<()> {
        let file = self.files.len();
        let Parsed {
            stamp,
            documents,
            doubt,
            includes,
            trace,
        } = parsed;
        let mut cut = false;
        let outcome = match documents {
            Ok(documents) => {
                let first = self.pages.len();
                for (ordinal, document) in documents.iter().enumerate() {
                    cut |= document.cut;
                    self.page(set, file, ordinal, document)?;
                }
                let numbers = (first..self.pages.len()).map(narrow);
                Outcome::Pages(numbers.collect::<io::Result<_>>()?)
            }
            Err(skip) => Outcome::Skipped(skip),
        };
        let includes = includes.into_iter();
        let includes: Vec<(String, Option<Stamp>)> =
            includes.map(|file| (file.path, file.stamp)).collect();
        let record = FileRecord {
            path: path.to_owned(),
            stamp,
            includes,
            outcome,
            cut,
            doubt,
            trace,
        };
        self.files.push(RunFile { set, record });
        Ok(())
    }

    fn page(
        &mut self,
        set: u32,
        file: usize,
        ordinal: usize,
        document: &Document,
    ) -> io::Result<()> {
        let page = narrow(self.pages.len())?;
        let Words {
            title,
            headings,
            piece: words,
            symbols,
            piece_lengths,
        } = &mut self.words;
        title.clear();
        symbols.clear();
        piece_lengths.clear();
        let language = document.language.unwrap_or(self.language);
        self.vocabulary.speak(language);
        self.vocabulary.words(&document.title, title);
        self.adjacent.clear();
        self.adjacent.add(title, &self.vocabulary);
        self.vocabulary.symbols(&document.title, symbols);
        self.in_piece.add(title);
        let in_title = self.in_piece.drain();
        self.titles.of_all.extend(in_title);
        let mut lengths = Lengths {
            title: narrow(title.len())?,
            ..Lengths::default()
        };
        let mut section = None;
        // Where the words of the last heading start.
        let mut last = 0;
        for (number, piece) in document.pieces.iter().enumerate() {
            if section != Some(piece.section) {
                self.adjacent.end_text();
                section = Some(piece.section);
                headings.clear();
                for heading in &document.sections[piece.section].headings {
                    last = headings.len();
                    self.vocabulary.words(heading, headings);
                }
                if headings.is_empty() {
                    last = 0;
                }
            }
            words.clear();
            self.vocabulary.words(&piece.text, words);
            if piece.range.start == 0
                && let Some(heading) = document.sections[piece.section].headings.last()
            {
                self.in_text.add(&headings[last..]);
                self.adjacent.add(&headings[last..], &self.vocabulary);
                self.adjacent.end_text();
                lengths.body += narrow(headings.len() - last)?;
                self.vocabulary.symbols(heading, symbols);
            }
            self.vocabulary.symbols(&piece.text, symbols);
            self.in_text.add(words);
            self.adjacent.add(words, &self.vocabulary);
            lengths.body += narrow(words.len())?;
            for part in [&*title, headings, words] {
                self.in_piece.add(part);
            }
            let length = narrow(title.len() + headings.len() + words.len())?;
            piece_lengths.push(length);
            lengths.pieces += length;
            let number = narrow(number)?;
            let counted = self.in_piece.drain();
            self.pieces
                .of_all
                .extend(counted.map(|(word, count)| (word, number, count)));
        }
        self.in_text.add(symbols);
        lengths.symbols = narrow(symbols.len())?;
        let counted = self.in_text.drain();
        self.text.of_all.extend(counted);
        self.text.end_page();
        self.pieces.end_page();
        self.titles.end_page();

        let mut define = |name: u32, by: Definer| {
            self.definitions.push((name, Definition { page, by }));
        };
        names_of_title(&document.title).for_each(|name| define(name, Definer::Title));
        let named = |name: &str, by: Definer| define(name_hash(&key(name)), by);
        let pairs = self.adjacent.pairs();
        let mut entry = self
            .contents
            .contents(document, piece_lengths, lengths, pairs, named)?;
        entry.links_at = self.links.add(document)?;
        entry.set = set;
        entry.language = language;
        entry.ordinal = narrow(ordinal)?;
        debug_assert_eq!(page as usize, self.pages.len());
        self.pages.push(RunPage {
            set,
            path: document.path.clone(),
            title_hash: title_hash(&title_key(&document.title)),
            entry,
            file,
        });
        Ok(())
    }

    /// Writes what was gathered in order.
    fn finish(
        mut self,
        statistics: Option<Statistics>,
        inherit: &Inherit<'_>,
    ) -> io::Result<String> {
        let folder = &self.folder;
        let files = order(&self.files, |a, b| {
            (a.set, &a.record.path).cmp(&(b.set, &b.record.path))
        });
        let file_numbers = inverse(&files)?;
        let pages = order(&self.pages, |a, b| {
            let key = |page: &RunPage| (file_numbers[page.file], page.entry.ordinal);
            (a.set, &a.path)
                .cmp(&(b.set, &b.path))
                .then_with(|| key(a).cmp(&key(b)))
        });
        let page_numbers = inverse(&pages)?;

        let mut inbound_writer = InboundWriter::create(folder)?;
        let mut link_norms = Vec::with_capacity(pages.len());
        let mut links: Gathered<(Word, u32)> = Gathered::default();
        for place in &pages {
            let page = &self.pages[*place];
            let mut entry = page.entry;
            entry.file = file_numbers[page.file];
            self.contents.entry(entry, &page.path, page.title_hash)?;
            let mut inbound = inherit(page.set, &page.path).unwrap_or_default();
            let words = &mut self.words.piece;
            words.clear();
            self.vocabulary.speak(entry.language);
            for sentence in &inbound.sentences {
                self.vocabulary.words(sentence, words);
            }
            inbound.length = narrow(words.len())?;
            self.in_text.add(words);
            links.of_all.extend(self.in_text.drain());
            links.end_page();
            link_norms.push(norm(inbound.length));
            inbound_writer.add(&inbound)?;
        }
        let written = self.contents.finish(folder)?;
        let mut parts = written.parts;
        for (_, Definition { page, .. }) in &mut self.definitions {
            *page = page_numbers[*page as usize];
        }
        self.definitions.sort_unstable();
        self.definitions.dedup();
        let mut definitions = DefinitionWriter::create(folder)?;
        for (name, definition) in &self.definitions {
            definitions.add(*name, *definition)?;
        }
        parts.push(definitions.finish()?);
        parts.extend(inbound_writer.finish()?);
        parts.push(self.links.finish()?);
        parts.push(norms::write(folder, &written.norms, &link_norms)?);
        let mut writer = FileWriter::create(folder)?;
        for place in &files {
            let RunFile { set, record } = &mut self.files[*place];
            if let Outcome::Pages(numbers) = &mut record.outcome {
                for number in numbers {
                    *number = page_numbers[*number as usize];
                }
            }
            writer.add(*set, record)?;
        }
        parts.extend(writer.finish()?);

        let statistics = statistics.unwrap_or(written.statistics);
        let lengths = Segment::unfinished(folder, Coding::Plain, statistics, &parts)?;
        let terms = self.vocabulary.sorted();
        let text = Inverted::of(
            &self.text,
            &pages,
            self.vocabulary.len(),
            |(word, count), page| (*word, (page, *count)),
        )?;
        let titles = Inverted::of(
            &self.titles,
            &pages,
            self.vocabulary.len(),
            |(word, count), page| (*word, (page, *count)),
        )?;
        let in_order: Vec<usize> = (0..pages.len()).collect();
        let links = Inverted::of(
            &links,
            &in_order,
            self.vocabulary.len(),
            |(word, count), page| (*word, (page, *count)),
        )?;
        let pieces = Inverted::of(
            &self.pieces,
            &pages,
            self.vocabulary.len(),
            |(word, piece, count), page| (*word, (page, *piece, *count)),
        )?;
        let mut lexicon = LexiconWriter::create(folder)?;
        let mut postings = PostingsWriter::create(folder)?;
        let scale = &lengths.scales().pieces;
        for (term, word) in terms {
            let lists = TermLists {
                text: text.of_word(word),
                pieces: pieces.of_word(word),
                titles: titles.of_word(word),
                links: links.of_word(word),
                is_symbol: self.vocabulary.is_symbol(word),
            };
            let place = postings.add(&lists, |page, piece, count| {
                let norm = lengths.piece_norm(page, piece);
                scoring::steps_up(scale.share(scoring::frequency(count), norm))
            })?;
            lexicon.add(term.as_bytes(), &place)?;
        }
        parts.extend(lexicon.finish(folder)?);
        parts.push(postings.finish()?);
        seal(folder, Coding::Plain, statistics, parts)
    }
}

/// What was gathered page by page, term by term.
struct Inverted<T> {
    of_all: Vec<T>,
    /// Where that of each word starts; one more at the end.
    starts: Vec<usize>,
}

impl<T: Copy + Default> Inverted<T> {
    /// `pages`: in which order they are numbered.
    fn of<S>(
        gathered: &Gathered<S>,
        pages: &[usize],
        words: usize,
        split: impl Fn(&S, u32) -> (Word, T),
    ) -> io::Result<Self> {
        let mut starts = vec![0; words + 1];
        for entry in &gathered.of_all {
            starts[split(entry, 0).0 as usize + 1] += 1;
        }
        for word in 0..words {
            starts[word + 1] += starts[word];
        }
        let mut next = starts.clone();
        let mut of_all = vec![T::default(); gathered.of_all.len()];
        for (number, place) in pages.iter().enumerate() {
            let number = narrow(number)?;
            for entry in gathered.of_page(*place) {
                let (word, posting) = split(entry, number);
                let at = &mut next[word as usize];
                of_all[*at] = posting;
                *at += 1;
            }
        }
        Ok(Self { of_all, starts })
    }

    fn of_word(&self, word: Word) -> &[T] {
        &self.of_all[self.starts[word as usize]..self.starts[word as usize + 1]]
    }
}

/// The places of items in the order that they are put in.
fn order<T>(items: &[T], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..items.len()).collect();
    places.sort_by(|a, b| compare(&items[*a], &items[*b]));
    places
}

/// By the place of an item, its number in an order.
fn inverse(order: &[usize]) -> io::Result<Vec<u32>> {
    let mut numbers = vec![0; order.len()];
    for (number, place) in order.iter().enumerate() {
        numbers[*place] = narrow(number)?;
    }
    Ok(numbers)
}
