//! What the rest of docent knows of a document set: pages, their sections, their links.

use super::entry::Entry;
use super::kind::Kind;
use super::language::Language;
use super::site::Site;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

/// One file as a format's converter sees it: decoded text and where it stands.
pub struct Source<'a> {
    /// Path below the root of the set, with `/` between the parts.
    pub path: &'a str,
    /// The whole file, decoded to UTF-8, without a byte order mark, newlines as `\n`.
    pub text: &'a str,
    /// Reads another file of the same set, named relative to the root of the set, for
    /// snippets and includes. `None` when there is no such file or it may not be read.
    pub include: &'a dyn Fn(&str) -> Option<String>,
    /// What the site of the set says of itself.
    pub site: &'a Site,
}

/// A page as a converter hands it on: clean Markdown and what its front matter said.
///
/// `markdown` is CommonMark with GFM tables: no raw HTML, no comments, no front matter, no
/// template syntax. Headings are ATX (`## Title`), with ` {#anchor}` where the source names
/// one. Links keep the destination that the source gives; one that names a page by something
/// other than a path (a shortcode's argument, a macro) has the destination `ref:NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Where the page stands, for a file that holds several pages; `None`: the file's own path.
    pub path: Option<String>,
    /// As the source itself says it, such as in front matter; `None`: it is found out (`corpus/title`).
    pub title: Option<String>,
    /// The `<title>` of a built page.
    pub head: Option<HeadTitle>,
    /// One or two sentences, from front matter or `<meta name="description">`.
    pub description: Option<String>,
    /// Where the source says that the page is published: an absolute URL, or a path from the
    /// site's root (leading `/`), or a last path segment.
    pub permalink: Option<String>,
    /// For one of several pages of a file that is published as it stands: the page's address is the file's, with this
    /// fragment, in which no heading has an address of its own.
    pub fragment: Option<String>,
    /// Other names by which links may name this page, such as an MDN slug or Hugo aliases.
    pub aliases: Vec<String>,
    /// Its place among its siblings, from front matter: the lower goes first.
    pub weight: Option<Weight>,
    /// The language that it says it is in, as a tag: `<html lang>`, front matter.
    pub language: Option<String>,
    /// The page's text.
    pub markdown: String,
}

/// The `<title>` of a built page: its own name, and often the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadTitle {
    /// As it stands there.
    pub whole: String,
    /// Without what the page's generator is known to add.
    pub own: Option<String>,
}

impl Page {
    /// The permalink of a page that its site shows on another one alone: that of its folder. Its URL is that page's.
    pub(crate) const SHOWN_BY_ITS_FOLDER: &str = ".";
}

/// A place among siblings, as site generators write it into front matter (`weight`, `sidebar_position`, `nav_order`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Weight(i64);

impl Weight {
    /// Of a number, whose thousandths count.
    pub fn of(number: f64) -> Option<Self> {
        const MOST: f64 = 1e12;
        // Within these bounds nothing is lost but what lies beyond thousandths.
        #[allow(clippy::cast_possible_truncation)]
        let weight = || Self((number * 1_000.0).round() as i64);
        (number.abs() <= MOST).then(weight)
    }
}

/// One page of a document set, cut into sections, ready to index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Path below the root of the set, with `/` between the parts; its name inside the set.
    pub path: String,
    /// Never empty.
    pub title: String,
    /// Absolute, or `None` where neither the set nor the page says where it is published.
    pub url: Option<String>,
    /// What the source says of that, see [`Page::permalink`].
    pub permalink: Option<String>,
    /// One or two sentences, where the source has them.
    pub description: Option<String>,
    /// Other names by which links may name this page.
    pub aliases: Vec<String>,
    /// In reading order. The first may have no heading of its own.
    pub sections: Vec<Section>,
    /// What a search finds and shows: the sections, cut where they are long.
    pub pieces: Vec<Piece>,
    /// What it defines by name, section by section.
    pub entries: Vec<Entry>,
    /// Links to what may be other pages of the set, in reading order, each once.
    pub links: Vec<Link>,
    /// Its place among its siblings: the lower goes first.
    pub weight: Option<Weight>,
    /// The pages that its table of contents names, in order, as its source names them: relative to its folder, or from the
    /// root with a leading `/`. Empty for a page that orders no others.
    pub contents: Vec<String>,
    /// What it is for.
    pub kind: Kind,
    /// The language that it is written in; `None`: nothing tells it.
    pub language: Option<Language>,
    /// It has more headings or links than are looked at; no text is missing.
    pub cut: bool,
}

impl Document {
    /// Tells whether two pages say the same: their titles and all of their words and signs, hashed, whatever the markup and
    /// wherever their links lead.
    pub fn content(&self) -> u64 {
        let mut hasher = Xxh3::new();
        let mut add = |text: &str| {
            let mut buffer = [0; 4];
            let mut letters = String::with_capacity(text.len());
            for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
                let letter = match letter {
                    '‘' | '’' => '\'',
                    '“' | '”' => '"',
                    other => other,
                };
                letters.push_str(letter.encode_utf8(&mut buffer));
            }
            hasher.update(letters.as_bytes());
        };
        add(&self.title);
        add("\0");
        let mut section = None;
        for piece in &self.pieces {
            if section != Some(piece.section) {
                section = Some(piece.section);
                let headings = self
                    .sections
                    .get(piece.section)
                    .map(|section| &section.headings);
                add(headings
                    .and_then(|headings| headings.last())
                    .map_or("", String::as_str));
            }
            add(&piece.text);
        }
        hasher.digest()
    }
}

/// The text from one heading to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Headings from the outermost to this section's own, without the page's title.
    pub headings: Vec<String>,
    /// The fragment that names this section in the page's URL.
    pub anchor: Option<String>,
    /// Markdown, the heading line included.
    pub markdown: String,
}

/// Part of a section: whole blocks, about 200 words at the most.
///
/// The pieces of a section follow one another and lose none of its text. A table row or a list item that is longer is a
/// piece of its own rather than cut. Code that is longer is cut where something of it ends; each part is shown as a fence
/// of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Number of the section, from 0.
    pub section: usize,
    /// Where it stands in the section's Markdown, in bytes.
    pub range: std::ops::Range<usize>,
    /// Where the fence or table stands in it that the piece begins in the middle of.
    pub head: Option<usize>,
    /// Its words without markup, for the index; without the section's heading.
    pub text: String,
}

/// A link from one page to what may be another page of the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// As the source writes it, without the fragment.
    pub destination: String,
    /// The text around the link, cut at the ends of its sentence; empty where it says no more than
    /// the link's own words.
    pub sentence: String,
}

impl Link {
    /// Whether the source names the page by something other than a path.
    pub fn is_reference(&self) -> bool {
        self.destination.starts_with("ref:")
    }
}

/// Why a file is not served. Its text completes "skipped: ".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Skip {
    /// Holds NUL bytes or the magic number of a format that is not text.
    #[error("not text")]
    Binary,
    /// Neither UTF-8 nor an encoding that the file declares.
    #[error("its text is neither UTF-8 nor {declared}")]
    Undecodable {
        /// The encoding that was tried.
        declared: String,
    },
    /// Larger than the set's `max_file_size`.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The operating system refused.
    #[error("not readable: {reason}")]
    Unreadable {
        /// In the operating system's words.
        reason: String,
    },
    /// A symbolic link that leads out of the set's root.
    #[error("a link that leads out of the folder")]
    OutsideRoot,
    /// A symbolic link to what is not served under its own name.
    #[error("a link to a hidden or ignored file or folder")]
    Hidden,
    /// A folder that the set holds under another path too, by a link or a mount.
    #[error("a folder that is read already: {path}")]
    SameFolder {
        /// The path under which it is read.
        path: String,
    },
    /// The state directory, the cache directory, the configuration, or a secret that it names.
    #[error("docent's own: keys, certificates, index or configuration")]
    Private,
    /// A folder whose file of rules cannot be followed: what it would have kept back is not known.
    #[error("what {file} leaves out is not known: {reason}")]
    RulesUnread {
        /// Name of the file of rules.
        file: String,
        /// Why.
        reason: String,
    },
    /// No page can be named by it.
    #[error("its name is not UTF-8")]
    NameNotUtf8,
    /// Marked as a draft, or as not to be published.
    #[error("a draft, or marked as not to be published")]
    Draft,
    /// A page that only sends the reader elsewhere.
    #[error("only redirects")]
    Redirect,
    /// No text is left once navigation and markup are gone.
    #[error("no text")]
    Empty,
    /// An index, search page or listing that a generator made, without text of its own.
    #[error("made by a site generator, not documentation")]
    Generated,
    /// The source of a built page that is in the set too.
    #[error("the source of a built page: {page}")]
    SourceOf {
        /// Path of the built page.
        page: String,
    },
    /// Claims a format that it does not keep to.
    #[error("not well-formed: {reason}")]
    Malformed {
        /// What is wrong, and where.
        reason: String,
    },
    /// The first of a set that has no room for it: more files and folders than `max_files`.
    #[error(
        "more than {limit} files and folders in the set, so neither this nor what comes after it is looked at; \
         leave some out with `exclude`, or raise `max_files`"
    )]
    BeyondMaxFiles {
        /// The limit.
        limit: u64,
    },
    /// The first of a set that has no room for it: more bytes to read than `max_size`.
    #[error(
        "more than {limit} bytes in the files of the set, so neither this nor what comes after it is looked at; \
         leave some out with `exclude`, or raise `max_size`"
    )]
    BeyondMaxSize {
        /// The limit, in bytes.
        limit: u64,
    },
    /// No converter for this kind of file.
    #[error("not a documentation format")]
    UnknownFormat,
    /// A document whose pages are pictures, or show none of their text.
    #[error("no text (a scan?)")]
    Scanned,
    /// The site that the file belongs to makes no page of it.
    #[error("{reason}")]
    NoPage {
        /// Why.
        reason: String,
    },
}

impl Skip {
    /// Whether the set is full: what comes after is not served either.
    pub fn is_beyond(&self) -> bool {
        matches!(
            self,
            Self::BeyondMaxFiles { .. } | Self::BeyondMaxSize { .. }
        )
    }
}
