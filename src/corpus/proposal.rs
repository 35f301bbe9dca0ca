//! What a document set may be called, for the operator to accept: read from the configuration of its site generator, else
//! from its index page.

use super::found::File;
use super::generator::shown;
use super::invisible::shown_name;
use super::read::read;
use super::root::{Located, PrivatePaths, read_above};
use super::site::Site;
use super::site_config::{ConfigFile, FILES, SiteConfig};
use super::walk::Opened;
use crate::config::{DocSet, Generator};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::path::{Component, Path, PathBuf};

/// A larger file is none that somebody has written.
const MAX_FILE: u64 = 1 << 20;
/// How many folders above the root are looked at, as for the generator.
const LEVELS_ABOVE: usize = 2;
/// In characters; longer ones are cut.
const MAX_TITLE: usize = 80;
const MAX_DESCRIPTION: usize = 200;
/// Pages that tell what a folder is about.
const INDEX_FILES: [&str; 9] = [
    "index.md",
    "_index.md",
    "README.md",
    "index.mdx",
    "index.html",
    "index.rst",
    "README.rst",
    "index.adoc",
    "README",
];

/// What the configuration of a set may say. All of it is in the words of files, so it is for a person to read first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The generator that the folder shows.
    pub generator: Option<Generator>,
    /// One line, without control characters.
    pub title: Option<String>,
    /// The same.
    pub description: Option<String>,
    /// An absolute address that ends in `/`.
    pub base_url: Option<String>,
}

impl Proposal {
    /// Of what there is in a set's folder, or beside it. Reads a few files of a bounded size.
    pub fn of(set: &DocSet, private: &PrivatePaths) -> Self {
        let opened = Opened::of(set, private);
        let generator = match (set.generator, &opened) {
            (Generator::Auto, Ok(opened)) => {
                shown(opened.folder.root().path(), Some(&opened.folder))
            }
            (Generator::Auto, Err(_)) => shown(&set.root, None),
            (named, _) => Some(named),
        };
        let mut proposal = Self {
            generator,
            ..Self::default()
        };
        let Ok(opened) = opened else {
            return proposal;
        };
        if opened.file.is_none()
            && let Some((folder, config)) = site_config(&opened)
        {
            proposal.base_url = base_url(&config, &folder, opened.folder.root().path());
            proposal.title = config.title.and_then(|text| line(&text, MAX_TITLE));
            proposal.description = config
                .description
                .and_then(|text| line(&text, MAX_DESCRIPTION));
        }
        if proposal.title.is_none() || proposal.description.is_none() {
            let (title, description) = index_page(set, &opened);
            proposal.title = proposal.title.or(title);
            proposal.description = proposal.description.or(description);
        }
        proposal
    }
}

/// The first file of a generator that says what the site is called, in the root or a folder above it, with its folder.
fn site_config(opened: &Opened) -> Option<(PathBuf, SiteConfig)> {
    let root = opened.folder.root().path();
    let found = |folder: &Path, file: &ConfigFile, bytes: Vec<u8>| {
        let config = (file.read)(&String::from_utf8_lossy(&bytes));
        config.title.is_some().then(|| (folder.to_owned(), config))
    };
    let mut within = FILES.iter().filter_map(|file| {
        let path = Path::new(file.path);
        let Ok(Some(Located::File(located))) = opened.folder.root().find(path) else {
            return None;
        };
        found(root, file, located.read(MAX_FILE).ok()?.0)
    });
    within.next().or_else(|| {
        let above = root.ancestors().skip(1).take(LEVELS_ABOVE);
        let above = above.flat_map(|folder| FILES.iter().map(move |file| (folder, file)));
        let mut above = above.filter_map(|(folder, file)| {
            let bytes = read_above(&folder.join(file.path), MAX_FILE).ok()??;
            found(folder, file, bytes)
        });
        above.next()
    })
}

/// Where the pages of a set are published: those of the site's folder of pages, or of a folder in it.
fn base_url(config: &SiteConfig, folder: &Path, root: &Path) -> Option<String> {
    let url = config.url.as_deref()?.trim();
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let is_plain = url.len() <= 500 && url.bytes().all(|byte| byte.is_ascii_graphic());
    if host.is_empty() || !is_plain || url.contains(['?', '#', '"', '\\']) {
        return None;
    }
    let docs = Path::new(config.docs.as_deref()?);
    let is_below = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !docs.components().all(is_below) {
        return None;
    }
    let docs: PathBuf = folder.join(docs).components().collect();
    let below = root.strip_prefix(docs).ok()?.to_str()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if !below.bytes().all(is_plain) {
        return None;
    }
    let url = url.trim_end_matches('/');
    Some(match below {
        "" => format!("{url}/"),
        below => format!("{url}/{below}/"),
    })
}

/// Title and description of the page that the folder begins with, or of the one page that the set is.
fn index_page(set: &DocSet, opened: &Opened) -> (Option<String>, Option<String>) {
    let single = opened.file.as_ref().and_then(|file| file.to_str());
    let mut names = single
        .into_iter()
        .chain(INDEX_FILES.into_iter().filter(|_| single.is_none()));
    let document = names.find_map(|name| {
        let Ok(Some(Located::File(located))) = opened.folder.root().find(Path::new(name)) else {
            return None;
        };
        let file = File {
            path: name.to_owned(),
            stamp: located.stamp().ok()?,
            folder: opened.folder.clone(),
        };
        let small = DocSet {
            max_file_size: MAX_FILE,
            ..set.clone()
        };
        let parsed = read(&small, &Site::published_by(Generator::None), &file);
        parsed.documents.ok()?.into_iter().next()
    });
    let Some(document) = document else {
        return (None, None);
    };
    let title = line(&document.title, MAX_TITLE);
    let named_by_file = title.as_deref().is_some_and(|title| {
        let is_name = |name: &&str| name.rsplit_once('.').map_or(*name, |(stem, _)| stem) == title;
        INDEX_FILES.iter().any(is_name) || title.eq_ignore_ascii_case("index")
    });
    let first = || paragraph(&document.sections.first()?.markdown);
    let description = document.description.clone().or_else(first);
    (
        title.filter(|_| !named_by_file),
        description.and_then(|text| line(&text, MAX_DESCRIPTION)),
    )
}

/// The text of the first paragraph.
fn paragraph(markdown: &str) -> Option<String> {
    let mut text = String::new();
    let mut is_inside = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Paragraph) => is_inside = true,
            Event::End(TagEnd::Paragraph) if !text.trim().is_empty() => return Some(text),
            Event::Text(part) | Event::Code(part) if is_inside => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            // What stands in lists, quotes and tables is no summary.
            Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::CodeBlock(_)) => return None,
            _ => {}
        }
    }
    None
}

/// One line without control and invisible characters, cut at the end of a word.
fn line(text: &str, most: usize) -> Option<String> {
    let shown = shown_name(text);
    let words = shown.split(|c: char| c.is_whitespace() || c.is_control());
    let mut line = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if line.chars().count() + 1 + word.chars().count() >= most {
            if !line.is_empty() {
                line.push('…');
            }
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    (!line.is_empty()).then_some(line)
}
