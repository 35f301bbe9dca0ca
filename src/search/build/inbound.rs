//! Links of pages -> what is said of the pages that they lead to.
//!
//! A page that is linked to knows nothing of it, so each link is followed and its sentence put where those for its target
//! are gathered: on the disk, a stretch of pages a file, since all sentences together may be as large as the documents.

use super::vocabulary::{Counter, Vocabulary, Word};
use crate::corpus::{Language, Link, Resolver, Targets};
use crate::search::scoring::{Field, norm};
use crate::search::segment::{
    Coding, Inbound, InboundWriter, LexiconWriter, PostingsWriter, Sealed, Segment, TermLists,
    damaged, narrow,
};
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Beyond this many, further sentences say nothing new about a page.
const MAX_SENTENCES: usize = 200;
/// Beyond this many, the same sentences or not, further ones are not looked at.
const MAX_LOOKED_AT: u16 = 2_000;
/// So many of the pages that link to a page are known by their paths.
const MAX_SOURCES: u32 = 5;
/// Marks the length of a text that is no sentence, but the path of a page that links.
const SOURCE: u32 = 1 << 31;
/// Pages whose sentences are gathered in one file.
const STRETCH: u32 = 4_096;
/// What terms of sentences may take in memory before they are written; in bytes.
const BUDGET: usize = 24 << 20;
/// Pages between two pauses.
const SLICE: u32 = 256;

/// What is said of all pages of a segment.
pub(super) struct AllInbound {
    pub(super) parts: Vec<Sealed>,
    /// Of the sentences of each page.
    pub(super) norms: Vec<u8>,
    pub(super) field: Field,
    /// The terms of the sentences, with nothing but lists of links.
    pub(super) runs: Vec<Arc<Segment>>,
}

/// Follows all links of the pages of a segment, of which `pages` has pages and links; `link_bases` are the addresses by which
/// pages link to their own set. What is needed in between is kept in a folder of its own below `folder`.
pub(super) fn follow(
    pages: &Segment,
    link_bases: &[Option<String>],
    folder: &Path,
    pace: &(dyn Fn() + Sync),
) -> io::Result<AllInbound> {
    let scratch = folder.join("linking");
    fs::create_dir(&scratch)?;
    let mut gathered = Gathered::new(&scratch, pages.page_count());
    for (set, base_url) in (0u32..).zip(link_bases) {
        let range = pages.below(set, "");
        if !range.is_empty() {
            follow_set(pages, range, base_url.as_deref(), &mut gathered, pace)?;
        }
    }
    let inbound = gathered.write(pages, folder, &scratch, pace)?;
    Ok(inbound)
}

fn follow_set(
    pages: &Segment,
    range: Range<u32>,
    base_url: Option<&str>,
    gathered: &mut Gathered,
    pace: &(dyn Fn() + Sync),
) -> io::Result<()> {
    let mut links = pages.links();
    let mut page_of = |page: u32| {
        let entry = pages.page(page)?;
        Some((pages.head(&entry)?, links.read(&entry)?))
    };
    let mut targets = Targets::default();
    for page in range.clone() {
        let (head, links) = page_of(page).ok_or_else(|| damaged("a page"))?;
        targets.add(head.path, head.title, &links.aliases);
        if page % SLICE == 0 {
            pace();
        }
    }
    let mut resolver = Resolver::new(base_url, targets);
    for page in range.clone() {
        let (_, links) = page_of(page).ok_or_else(|| damaged("a page"))?;
        resolver.learn(links.links.iter().filter(|link| link.is_reference()));
        if page % SLICE == 0 {
            pace();
        }
    }
    let mut linked = HashSet::new();
    for page in range.clone() {
        let (head, links) = page_of(page).ok_or_else(|| damaged("a page"))?;
        linked.clear();
        for Link {
            destination,
            sentence,
        } in &links.links
        {
            let Some(target) = resolver.resolve(head.path, destination) else {
                continue;
            };
            let target = range.start + target;
            if target != page && target < range.end {
                let source = linked.insert(target).then_some(head.path);
                gathered.add(target, source, sentence)?;
            }
        }
        if page % SLICE == 0 {
            pace();
        }
    }
    Ok(())
}

/// Sentences, by the pages that they are about.
struct Gathered {
    folder: PathBuf,
    /// How many pages link to each.
    pages: Vec<u32>,
    /// How many sentences about it there were.
    sentences: Vec<u16>,
    stretches: Vec<Option<BufWriter<File>>>,
}

impl Gathered {
    fn new(folder: &Path, pages: u32) -> Self {
        let mut stretches = Vec::new();
        stretches.resize_with(pages.div_ceil(STRETCH) as usize, || None);
        Self {
            folder: folder.to_owned(),
            pages: vec![0; pages as usize],
            sentences: vec![0; pages as usize],
            stretches,
        }
    }

    /// `source`: the path of the page that links, with the first of its links.
    fn add(&mut self, target: u32, source: Option<&str>, sentence: &str) -> io::Result<()> {
        let place = target as usize;
        if let Some(path) = source {
            self.pages[place] += 1;
            if self.pages[place] <= MAX_SOURCES {
                self.write_text(target, SOURCE, path)?;
            }
        }
        if sentence.is_empty() || self.sentences[place] >= MAX_LOOKED_AT {
            return Ok(());
        }
        self.sentences[place] += 1;
        self.write_text(target, 0, sentence)
    }

    fn write_text(&mut self, target: u32, mark: u32, text: &str) -> io::Result<()> {
        let number = target / STRETCH;
        let stretch = match &mut self.stretches[number as usize] {
            Some(stretch) => stretch,
            none => {
                let file = File::create(self.folder.join(format!("stretch-{number}")))?;
                none.insert(BufWriter::with_capacity(1 << 15, file))
            }
        };
        stretch.write_all(&target.to_le_bytes())?;
        stretch.write_all(&(narrow(text.len())? | mark).to_le_bytes())?;
        stretch.write_all(text.as_bytes())
    }

    fn write(
        self,
        of: &Segment,
        folder: &Path,
        scratch: &Path,
        pace: &(dyn Fn() + Sync),
    ) -> io::Result<AllInbound> {
        let mut writer = InboundWriter::create(folder)?;
        let mut terms = Terms::new(scratch);
        let mut all = AllInbound {
            parts: Vec::new(),
            norms: Vec::with_capacity(self.pages.len()),
            field: Field::default(),
            runs: Vec::new(),
        };
        let mut page = 0u32;
        for (pages, stretch) in self.pages.chunks(STRETCH as usize).zip(self.stretches) {
            let said = match stretch {
                Some(stretch) => {
                    drop(
                        stretch
                            .into_inner()
                            .map_err(io::IntoInnerError::into_error)?,
                    );
                    let path = scratch.join(format!("stretch-{}", page / STRETCH));
                    let said = read(&path, page, pages.len())?;
                    fs::remove_file(path)?;
                    said
                }
                None => vec![Said::default(); pages.len()],
            };
            for (count, Said { sentences, sources }) in pages.iter().zip(said) {
                let length = terms.add(page, of.language(page), &sentences)?;
                if length > 0 {
                    all.field.add(length);
                }
                all.norms.push(norm(length));
                writer.add(&Inbound {
                    pages: *count,
                    sentences: if length > 0 { sentences } else { Vec::new() },
                    sources,
                    length,
                })?;
                if page.is_multiple_of(SLICE) {
                    pace();
                }
                page += 1;
            }
        }
        all.runs = terms.finish()?;
        all.parts = writer.finish()?;
        Ok(all)
    }
}

/// What is said of a page, and on which pages.
#[derive(Debug, Clone, Default)]
struct Said {
    sentences: Vec<String>,
    sources: Vec<String>,
}

/// What is said of the pages of a stretch, each sentence once a page.
fn read(path: &Path, first: u32, pages: usize) -> io::Result<Vec<Said>> {
    let mut all = vec![Said::default(); pages];
    let mut seen = HashSet::new();
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    loop {
        let mut numbers = [0; 8];
        match file.read_exact(&mut numbers) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(all),
            read => read?,
        }
        let [a, b, c, d, e, f, g, h] = numbers;
        let page = u32::from_le_bytes([a, b, c, d]).wrapping_sub(first);
        let length = u32::from_le_bytes([e, f, g, h]);
        let mut sentence = vec![0; (length & !SOURCE) as usize];
        file.read_exact(&mut sentence)?;
        let sentence = String::from_utf8(sentence).map_err(io::Error::other)?;
        let Some(Said { sentences, sources }) = all.get_mut(page as usize) else {
            continue;
        };
        if length & SOURCE != 0 {
            sources.push(sentence);
        } else if sentences.len() < MAX_SENTENCES && seen.insert((page, hash(&sentence))) {
            sentences.push(sentence);
        }
    }
}

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// Terms of sentences with the pages that they are about, gathered up to a bound.
struct Terms {
    folder: PathBuf,
    vocabulary: Vocabulary,
    counter: Counter,
    words: Vec<Word>,
    /// Term, page, and how often; in the order of pages.
    postings: Vec<(Word, u32, u32)>,
    runs: Vec<Arc<Segment>>,
}

impl Terms {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            vocabulary: Vocabulary::new(Language::default()),
            counter: Counter::default(),
            words: Vec::new(),
            postings: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds what is said of a page in this language, and returns how many terms that is.
    fn add(&mut self, page: u32, language: Language, sentences: &[String]) -> io::Result<u32> {
        self.words.clear();
        self.vocabulary.speak(language);
        for sentence in sentences {
            self.vocabulary.words(sentence, &mut self.words);
        }
        self.counter.add(&self.words);
        let counted = self.counter.drain();
        self.postings
            .extend(counted.map(|(word, count)| (word, page, count)));
        let memory = size_of_val(self.postings.as_slice()) + self.vocabulary.memory();
        let length = narrow(self.words.len())?;
        if memory > BUDGET {
            self.flush()?;
        }
        Ok(length)
    }

    fn finish(mut self) -> io::Result<Vec<Arc<Segment>>> {
        self.flush()?;
        Ok(self.runs)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.postings.is_empty() {
            return Ok(());
        }
        let folder = self.folder.join(format!("terms-{}", self.runs.len()));
        fs::create_dir(&folder)?;
        let mut lexicon = LexiconWriter::create(&folder)?;
        let mut writer = PostingsWriter::create(&folder)?;
        self.postings.sort_unstable();
        let mut links = Vec::new();
        for (term, word) in self.vocabulary.sorted() {
            let start = self.postings.partition_point(|(other, ..)| *other < word);
            let own = self.postings[start..]
                .iter()
                .take_while(|(other, ..)| *other == word);
            links.clear();
            links.extend(own.map(|(_, page, count)| (*page, *count)));
            let lists = TermLists {
                links: &links,
                ..TermLists::default()
            };
            let place = writer.add(&lists, |_, _, _| 0)?;
            lexicon.add(term.as_bytes(), &place)?;
        }
        let mut parts = lexicon.finish(&folder)?;
        parts.push(writer.finish()?);
        let run = Segment::unfinished(&folder, Coding::Plain, Default::default(), &parts)?;
        self.runs.push(Arc::new(run));
        self.postings.clear();
        self.vocabulary = Vocabulary::new(Language::default());
        self.counter = Counter::default();
        Ok(())
    }
}
