//! A file of a set -> its documents.

use super::decode::decode;
use super::document::{Document, Page, Skip, Source};
use super::format::{Format, uncompressed_name};
use super::outline::{Anchors, outline};
use super::url::page_url;
use super::walk::File;
use crate::config::{DocSet, Generator};
use flate2::read::MultiGzDecoder;
use std::{
    cell::RefCell,
    fs,
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Component, Path},
};

/// How many other files one file may include, snippets of snippets counted.
const MAX_INCLUDES: usize = 64;

/// What a thread that calls [`read`] needs as its stack, in bytes: docent's converters keep to
/// a bounded depth, this is for the parsers below them.
pub const READ_STACK: usize = 16 << 20;

/// What one file holds.
#[derive(Debug)]
pub struct Parsed {
    /// Its pages: one, or as many as an index lists.
    pub documents: Vec<Document>,
    /// Files of the set whose text it includes: where one changes, so does this file.
    pub includes: Vec<String>,
}

/// Reads and converts one file of a set. A fault in a converter costs the one file that shows
/// it, not the service.
///
/// # Errors
/// The reason why the file has nothing to serve.
pub fn read(set: &DocSet, generator: Generator, file: &File) -> Result<Parsed, Skip> {
    catch_unwind(AssertUnwindSafe(|| convert(set, generator, file))).unwrap_or_else(|_| {
        Err(Skip::Malformed {
            reason: "docent could not make sense of it; please report this file".to_owned(),
        })
    })
}

fn convert(set: &DocSet, generator: Generator, file: &File) -> Result<Parsed, Skip> {
    let bytes = read_bounded(&file.location, set.max_file_size)?;
    let name = uncompressed_name(&file.path);
    let bytes = if name == file.path {
        bytes
    } else {
        inflate(&bytes, set.max_file_size)?
    };
    let text = decode(name, bytes)?;
    let format = Format::detect(name, &text).ok_or(Skip::UnknownFormat)?;
    let included = RefCell::new(Vec::new());
    let source = Source {
        path: name,
        text: &text,
        include: &|path| include(set, path, &included),
    };
    let pages = format.pages(&source)?;
    let documents: Vec<_> = pages
        .into_iter()
        .filter_map(|page| document(set, generator, format, &file.path, page))
        .collect();
    if documents.is_empty() {
        return Err(Skip::Empty);
    }
    Ok(Parsed {
        documents,
        includes: included.into_inner(),
    })
}

fn document(
    set: &DocSet,
    generator: Generator,
    format: Format,
    file: &str,
    mut page: Page,
) -> Option<Document> {
    // A folder's index page often has a description and no text.
    if page.markdown.trim().is_empty() {
        page.markdown = page.description.take()?;
    }
    let outline = outline(&page, anchors(format));
    if outline
        .pieces
        .iter()
        .all(|piece| piece.text.trim().is_empty())
    {
        return None;
    }
    let path = page.path.unwrap_or_else(|| file.to_owned());
    let url = page_url(
        set.base_url.as_deref(),
        generator,
        &path,
        page.permalink.as_deref(),
    );
    Some(Document {
        title: outline
            .title
            .or_else(|| first_heading(&outline.sections))
            .unwrap_or_else(|| file_title(&path)),
        path,
        url,
        description: page.description,
        aliases: page.aliases.into_iter().chain(page.permalink).collect(),
        sections: outline.sections,
        pieces: outline.pieces,
        links: outline.links,
    })
}

fn anchors(format: Format) -> Anchors {
    match format {
        Format::Markdown | Format::AsciiDoc | Format::ReStructuredText => Anchors::Slugs,
        Format::Html | Format::Man | Format::HugoIndex | Format::Text => Anchors::Named,
    }
}

fn first_heading(sections: &[super::Section]) -> Option<String> {
    sections
        .iter()
        .find_map(|section| section.headings.first().cloned())
}

/// `guide/getting-started.md` -> `getting started`.
fn file_title(path: &str) -> String {
    let file = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path);
    let file = uncompressed_name(file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = stem.replace(['-', '_'], " ");
    if words.trim().is_empty() {
        path.to_owned()
    } else {
        words.trim().to_owned()
    }
}

fn read_bounded(location: &Path, limit: u64) -> Result<Vec<u8>, Skip> {
    let unreadable = |error: std::io::Error| Skip::Unreadable {
        reason: error.to_string(),
    };
    let file = fs::File::open(location).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that has grown since it was listed.
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Skip::TooLarge { limit });
    }
    Ok(bytes)
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

/// Reads a file that another one includes; never one outside of the set's root.
fn include(set: &DocSet, path: &str, included: &RefCell<Vec<String>>) -> Option<String> {
    if included.borrow().len() >= MAX_INCLUDES {
        return None;
    }
    let path = path.trim_start_matches('/');
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !plain {
        return None;
    }
    let root = fs::canonicalize(&set.root).ok()?;
    let location = fs::canonicalize(root.join(path)).ok()?;
    if !location.starts_with(&root) || !location.is_file() {
        return None;
    }
    included.borrow_mut().push(path.to_owned());
    decode(path, read_bounded(&location, set.max_file_size).ok()?).ok()
}
