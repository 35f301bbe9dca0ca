//! A file of a set -> its documents.

use super::decode::decode;
use super::document::{Document, Page, Skip, Source};
use super::doubt::Doubt;
use super::format::{Format, front_matter, uncompressed_name};
use super::found::File;
use super::frame::{Frame, Marks, Trace};
use super::include::{Included, Includes};
use super::invisible::shown_name;
use super::kind::Kind;
use super::language::written;
use super::order::contents;
use super::outline::outline;
use super::own::{around, own, trace_of};
use super::root::Stamp;
use super::selection::size_limit;
use super::site::Site;
use super::slug::Slugs;
use super::url::{page_url, part_of_file, published_name};
use crate::config::DocSet;
use flate2::read::MultiGzDecoder;
use std::{
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

/// Larger files are converted one at a time, whatever the number of threads; in bytes.
const LARGE: usize = 1 << 20;
static TURN: Mutex<()> = Mutex::new(());

/// What a thread that calls [`read`] needs as its stack, in bytes: docent's converters keep to
/// a bounded depth, this is for the parsers below them.
pub const READ_STACK: usize = 16 << 20;

/// What one file holds.
#[derive(Debug)]
pub struct Parsed {
    /// What the file was before it was read.
    pub stamp: Stamp,
    /// Its pages, one or as many as an index lists; else why it has nothing to serve.
    pub documents: Result<Vec<Document>, Skip>,
    /// Its text may not be what its author wrote.
    pub doubt: Option<Doubt>,
    /// Files of the set that it asked for: where one comes, changes or goes, so does this file.
    pub includes: Vec<Included>,
    /// What its page is compared with others by.
    pub trace: Trace,
}

/// Reads and converts one file of a set, without a look at the others: see [`convert`].
pub fn read(set: &DocSet, site: &Site, file: &File) -> Parsed {
    convert(set, site, file).finish(set, site, &Frame::default())
}

/// A file that is converted, and not yet cut into documents.
#[derive(Debug)]
pub struct Converted {
    file: File,
    stamp: Stamp,
    doubt: Option<Doubt>,
    content: Result<Content, Skip>,
    includes: Vec<Included>,
}

#[derive(Debug)]
struct Content {
    format: Format,
    pages: Vec<Page>,
    /// Of its only page.
    marks: Option<Marks>,
    slugs: Slugs,
    /// The pages that its table of contents names.
    contents: Vec<String>,
}

/// Reads and converts one file of a set. A fault in a converter costs the one file that shows
/// it, not the service.
pub fn convert(set: &DocSet, site: &Site, file: &File) -> Converted {
    if Format::is_told_by_beginning(&file.path)
        && let Ok((beginning, stamp)) = file.folder.beginning(&file.path, Format::BEGINNING)
        && !Format::may_begin(&file.path, &beginning)
    {
        return Converted {
            file: file.clone(),
            stamp,
            doubt: None,
            content: Err(Skip::UnknownFormat),
            includes: Vec::new(),
        };
    }
    let limit = size_limit(set, uncompressed_name(&file.path));
    let (bytes, stamp) = match file.folder.page(&file.path, limit) {
        Ok(read) => read,
        Err(reason) => {
            return Converted {
                file: file.clone(),
                stamp: file.stamp,
                content: Err(reason),
                doubt: None,
                includes: Vec::new(),
            };
        }
    };
    let includes = Includes::new(&file.folder, set.max_file_size);
    let mut doubt = None;
    let content = unless_at_fault(|| content(set, site, &file.path, bytes, &includes, &mut doubt));
    Converted {
        file: file.clone(),
        stamp,
        doubt,
        content,
        includes: includes.into_asked(),
    }
}

impl Converted {
    /// The file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What its page is compared with others by; empty where it holds none, or several.
    pub fn trace(&self) -> Trace {
        match &self.content {
            Ok(content) => content.trace(uncompressed_name(&self.file.path)),
            Err(_) => Trace::default(),
        }
    }

    /// About how much memory it takes, in bytes.
    pub fn size(&self) -> usize {
        let content = self.content.as_ref().map(|content| {
            let pages = content.pages.iter();
            pages.map(|page| page.markdown.len()).sum::<usize>()
        });
        content.unwrap_or_default() + 1_024
    }

    /// What of its page is left out, in words.
    pub fn left_out(&self, frame: &Frame) -> Vec<String> {
        match &self.content {
            Ok(Content { format, pages, .. }) if pages.len() == 1 => around(
                &pages[0],
                *format,
                uncompressed_name(&self.file.path),
                frame,
            ),
            _ => Vec::new(),
        }
    }

    /// Its documents, without what the set has around them.
    pub fn finish(self, set: &DocSet, site: &Site, frame: &Frame) -> Parsed {
        let path = &self.file.path;
        let mut trace = Trace::default();
        let documents = self.content.and_then(|content| {
            unless_at_fault(|| {
                trace = content.trace(uncompressed_name(path));
                content.documents(set, site, frame, path)
            })
        });
        Parsed {
            stamp: self.stamp,
            documents,
            doubt: self.doubt,
            includes: self.includes,
            trace,
        }
    }
}

/// What a piece of work has come to, unless it ran into a fault of docent's.
fn unless_at_fault<T>(work: impl FnOnce() -> Result<T, Skip>) -> Result<T, Skip> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Skip::Malformed {
            reason: "docent could not make sense of it; please report this file".to_owned(),
        })
    })
}

fn content(
    set: &DocSet,
    site: &Site,
    path: &str,
    bytes: Vec<u8>,
    includes: &Includes<'_>,
    doubt: &mut Option<Doubt>,
) -> Result<Content, Skip> {
    let name = uncompressed_name(path);
    if let Some(reason) = site.publication.why_no_page(name) {
        let reason = reason.to_owned();
        return Err(Skip::NoPage { reason });
    }
    let bytes = if name == path {
        bytes
    } else {
        inflate(&bytes, size_limit(set, name))?
    };
    // What is packed is several times as large as its file.
    let large = match Format::of_bytes(name) {
        Some(_) => LARGE / 8,
        None => LARGE,
    };
    // Converting takes many times the memory of the text: large files take turns.
    let _turn = (bytes.len() > large).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(format) = Format::of_bytes(name) {
        return Ok(Content {
            marks: None,
            format,
            pages: format.pages_of_bytes(name, &bytes)?,
            slugs: Slugs::Named,
            contents: Vec::new(),
        });
    }
    let (text, doubtful) = decode(name, bytes)?;
    *doubt = doubtful;
    let format = Format::detect(name, &text).ok_or(Skip::UnknownFormat)?;
    let source = Source {
        path: name,
        text: &text,
        include: &|path| includes.text(path),
        site,
    };
    let pages = format.pages(&source)?;
    // A file that holds several pages is no table of contents of others.
    let contents = match pages.as_slice() {
        [_] => contents(name, &text),
        _ => Vec::new(),
    };
    let slugs = slugs(site, format, &text);
    let pages = pages.into_iter();
    let pages: Vec<_> = pages
        .map(|page| published(site, format, &source, page))
        .collect();
    Ok(Content {
        format,
        marks: match pages.as_slice() {
            [page] => Some(Marks::of(&page.markdown)),
            _ => None,
        },
        pages,
        slugs,
        contents,
    })
}

impl Content {
    fn trace(&self, path: &str) -> Trace {
        match self.pages.as_slice() {
            [page] => match &self.marks {
                Some(marks) => trace_of(page, marks, self.format, path),
                None => Trace::default(),
            },
            _ => Trace::default(),
        }
    }

    fn documents(
        self,
        set: &DocSet,
        site: &Site,
        frame: &Frame,
        path: &str,
    ) -> Result<Vec<Document>, Skip> {
        let size: usize = self.pages.iter().map(|page| page.markdown.len()).sum();
        let _turn = (size > LARGE).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        let nothing = Frame::default();
        let frame = if self.pages.len() == 1 {
            frame
        } else {
            &nothing
        };
        let mut marks = self.marks;
        let documents: Vec<_> = self
            .pages
            .into_iter()
            .filter_map(|page| {
                document(
                    set,
                    site,
                    (self.format, &self.slugs),
                    path,
                    page,
                    (frame, marks.take()),
                    &self.contents,
                )
            })
            .collect();
        if documents.is_empty() {
            return Err(Skip::Empty);
        }
        Ok(documents)
    }
}

fn document(
    set: &DocSet,
    site: &Site,
    (format, slugs): (Format, &Slugs),
    file: &str,
    page: Page,
    (frame, marks): (&Frame, Option<Marks>),
    contents: &[String],
) -> Option<Document> {
    let mut page = own(page, marks, format, uncompressed_name(file), frame);
    // A folder's index page often has a description and no text.
    if page.markdown.trim().is_empty() {
        page.markdown = page.description.take()?;
    }
    let outline = outline(&page, slugs);
    // Headings are words, too: of many pages of an API, the name is all that there is.
    let has_text = outline
        .pieces
        .iter()
        .any(|piece| !piece.text.trim().is_empty());
    let has_headings = outline.title.is_some()
        || outline
            .sections
            .iter()
            .any(|section| !section.headings.is_empty());
    if !has_text && (!has_headings || outline.sections.is_empty()) {
        return None;
    }
    let path = page.path.unwrap_or_else(|| file.to_owned());
    let within = page.fragment.map(|fragment| part_of_file(file, &fragment));
    let permalink = within.or_else(|| page.permalink.clone());
    let url = page_url(set.base_url.as_deref(), site, &path, permalink.as_deref());
    let published = published_name(site, &path).filter(|_| permalink.is_none());
    // A name may hide something as well as a text.
    let path = shown_name(&path).into_owned();
    let texts = outline.sections.iter().map(|it| it.markdown.as_str());
    let variable = |name: &str| site.variables.get(name).map(String::as_str);
    let language = written(page.language.as_deref(), &path, variable, texts);
    Some(Document {
        title: outline.title.unwrap_or_else(|| path.clone()),
        kind: Kind::of(
            &path,
            outline
                .sections
                .iter()
                .map(|section| section.markdown.as_str()),
        ),
        path,
        url,
        permalink,
        description: page.description,
        aliases: page
            .aliases
            .into_iter()
            .chain(page.permalink.filter(|it| it != Page::SHOWN_BY_ITS_FOLDER))
            .chain(published)
            .collect(),
        sections: outline.sections,
        pieces: outline.pieces,
        entries: outline.entries,
        links: outline.links,
        weight: page.weight,
        contents: contents.to_vec(),
        language,
        cut: outline.cut,
    })
}

/// Who makes the fragments of headings that have none.
fn slugs(site: &Site, format: Format, text: &str) -> Slugs {
    match format {
        Format::Markdown if site.slugs == Slugs::Docutils && text.contains("[^") => {
            Slugs::DocutilsUnnumbered
        }
        Format::Markdown => site.slugs.clone(),
        Format::ReStructuredText if text.contains("]_") => Slugs::DocutilsUnnumbered,
        Format::ReStructuredText => Slugs::Docutils,
        Format::AsciiDoc => {
            Slugs::of_asciidoc(text, |name| site.variables.get(name).map(String::as_str))
        }
        _ => Slugs::Named,
    }
}

/// A page with the address that its front matter gives it, as the generator of its site reads that.
fn published(site: &Site, format: Format, source: &Source<'_>, page: Page) -> Page {
    let is_part = page.permalink.as_deref() == Some(Page::SHOWN_BY_ITS_FOLDER);
    if format != Format::Markdown
        || page.path.is_some()
        || is_part
        || !site.publication.has_permalinks()
    {
        return page;
    }
    let front = front_matter(source.text);
    let mut aliases = page.aliases;
    aliases.extend(page.permalink);
    Page {
        permalink: site.publication.permalink(source.path, &front),
        aliases,
        ..page
    }
}

/// gzip (RFC 1952); a small file that becomes a large one is as large as that.
fn inflate(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Skip> {
    let mut inflated = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(limit + 1)
        .read_to_end(&mut inflated)
        .map_err(|error| Skip::Malformed {
            reason: format!("its gzip compression: {error}"),
        })?;
    if inflated.len() as u64 > limit {
        return Err(Skip::TooLarge { limit });
    }
    Ok(inflated)
}
