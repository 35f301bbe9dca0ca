//! The path of a page, read for what may be a version or a language in it.

use super::part::{Part, is_bare_number, is_language};
use super::said::Said;
use std::ops::Range;

/// Folders of a path that are looked at.
const MAX_FOLDERS: usize = 16;
/// Folders that hold one for each language.
const CONTAINERS: &[&str] = &[
    "i18n",
    "l10n",
    "lang",
    "langs",
    "languages",
    "locale",
    "locales",
    "translated",
    "translated_docs",
    "translations",
];
/// What Docusaurus calls its plug-ins, and where their pages are in its default language.
const PLUGINS: &[(&str, &str)] = &[
    ("docusaurus-plugin-content-docs", "docs"),
    ("docusaurus-plugin-content-blog", "blog"),
    ("docusaurus-plugin-content-pages", "src/pages"),
];

/// What is known of the names of versions before paths are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Folders that are versions, whatever they are called: no other is.
    pub(super) listed: Option<Vec<String>>,
    /// No folder is a version.
    pub(super) none: bool,
    pub(super) said: Said,
}

/// How a version is written in paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// A folder.
    Folder,
    /// Docusaurus: `versioned_docs/version-1.2/`, beside `docs/` for the one in work.
    Docusaurus,
    /// Docusaurus in another language: `version-1.2/` beside `current/`.
    Translated,
    /// Antora: the folder of a component, whatever it is called.
    Component,
}

/// What a piece of a path may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Nothing,
    Version(Written),
    /// A number alone.
    Bare,
    Language,
    /// What stands before a language, or for the version in work: it is no part of the page's name.
    Frame,
}

impl Means {
    pub(super) fn is_version(self) -> bool {
        matches!(self, Self::Version(_) | Self::Bare)
    }

    /// Whether it may be part of what a page is called, once versions (or languages) are left out.
    fn is_kept(self, dimension: Dimension) -> bool {
        !matches!(
            (self, dimension),
            (Self::Frame, _)
                | (Self::Language, Dimension::Version)
                | (
                    Self::Version(_) | Self::Bare,
                    Dimension::Language | Dimension::Suffix
                )
        )
    }
}

/// What pages of a family differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Dimension {
    Version,
    Language,
    /// A language that a file's name ends with: `setup.de.md`.
    Suffix,
}

/// A folder of a path, or some that belong together.
#[derive(Debug, Clone)]
pub(super) struct Piece<'a> {
    /// What it is called.
    pub(super) text: &'a str,
    pub(super) means: Means,
    /// Where it stands in the path, with the slash behind it.
    pub(super) range: Range<usize>,
}

/// A path, cut into its pieces.
#[derive(Debug, Clone)]
pub(super) struct Path<'a> {
    pub(super) whole: &'a str,
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) file: &'a str,
    /// The language that the file's name ends with, and where it stands in the path with its dot.
    pub(super) suffix: Option<(&'a str, Range<usize>)>,
}

impl<'a> Path<'a> {
    pub(super) fn read(path: &'a str, names: &'a Names) -> Self {
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        let mut at = 0;
        if let Some((name, version, folder)) = names.said.component(path) {
            at = folder.len() + usize::from(!folder.is_empty());
            pieces.push(Piece {
                text: name,
                means: Means::Nothing,
                range: 0..0,
            });
            pieces.push(Piece {
                text: version,
                means: Means::Version(Written::Component),
                range: 0..at,
            });
        }
        while let Some((folder, rest)) = path[at..].split_once('/') {
            if pieces.len() >= MAX_FOLDERS {
                break;
            }
            let range = at..at + folder.len() + 1;
            at = range.end;
            let next = rest.split_once('/').map(|(next, _)| next);
            let plain = |text: &'a str, means: Means| Piece {
                text,
                means,
                range: range.clone(),
            };
            if let Some(docs) = versioned_docs(folder)
                && let Some(version) = next.filter(|next| next.starts_with("version-"))
                && !names.none
            {
                pieces.push(plain(docs, Means::Nothing));
                let end = at + version.len() + 1;
                pieces.push(Piece {
                    text: version,
                    means: Means::Version(Written::Docusaurus),
                    range: at..end,
                });
                at = end;
                continue;
            }
            let last = pieces.last().map(|piece| piece.means);
            if last == Some(Means::Language)
                && let Some((text, version)) = plugin(folder, next)
            {
                pieces.push(plain(text, Means::Nothing));
                if let Some(version) = version {
                    let end = at + version.len() + 1;
                    let means = match version {
                        "current" => Means::Frame,
                        _ if names.none => Means::Nothing,
                        _ => Means::Version(Written::Translated),
                    };
                    pieces.push(Piece {
                        text: version,
                        means,
                        range: at..end,
                    });
                    at = end;
                }
                continue;
            }
            let is_container = CONTAINERS.contains(&folder)
                && next.is_some_and(|next| Part::of(next) == Part::Language);
            pieces.push(match is_container {
                true => plain(folder, Means::Frame),
                false => plain(folder, means(folder, names)),
            });
        }
        let file = &path[at..];
        Self {
            whole: path,
            pieces,
            file,
            suffix: suffix(file)
                .map(|(language, range)| (language, at + range.start..at + range.end)),
        }
    }

    /// The pieces before one that a dimension leaves, hashed.
    pub(super) fn before(&self, piece: usize, dimension: Dimension) -> u64 {
        let mut hash = Hash::default();
        for piece in self.pieces[..piece]
            .iter()
            .filter(|it| it.means.is_kept(dimension))
        {
            hash.add(piece.text);
        }
        hash.finish()
    }

    /// The pieces from one on that a dimension leaves, hashed: with the file and without.
    pub(super) fn from(&self, piece: usize, dimension: Dimension) -> (u64, u64) {
        let mut hash = Hash::default();
        for piece in self.pieces[piece..]
            .iter()
            .filter(|it| it.means.is_kept(dimension))
        {
            hash.add(piece.text);
        }
        let folder = hash.finish();
        match (&self.suffix, dimension) {
            (Some((_, range)), Dimension::Version | Dimension::Suffix) => {
                let start = self.whole.len() - self.file.len();
                hash.write(&self.file[..range.start - start]);
                hash.add(&self.file[range.end - start..]);
            }
            _ => hash.add(self.file),
        }
        (hash.finish(), folder)
    }

    /// The same as text, for what is shown: the pieces before one, with a slash behind each.
    pub(super) fn key(&self, piece: usize, dimension: Dimension) -> String {
        let kept = self.pieces[..piece]
            .iter()
            .filter(|it| it.means.is_kept(dimension));
        kept.map(|piece| format!("{}/", piece.text)).collect()
    }

    /// Where a family may begin: the places before a piece that a dimension leaves, and the one before the file.
    pub(super) fn boundaries(&self, dimension: Dimension) -> impl Iterator<Item = usize> + '_ {
        let kept = self.pieces.iter().enumerate();
        let kept = kept.filter(move |(_, piece)| piece.means.is_kept(dimension));
        kept.map(|(at, _)| at).chain([self.pieces.len()])
    }

    /// The languages in it, hashed: pages of one language are of one context.
    pub(super) fn languages(&self) -> u64 {
        let mut hash = Hash::default();
        for piece in self.pieces.iter().filter(|it| it.means == Means::Language) {
            hash.add(piece.text);
        }
        if let Some((language, _)) = &self.suffix {
            hash.add(language);
        }
        hash.finish()
    }
}

/// A hash of texts in order, the same wherever it is made.
#[derive(Debug, Clone, Copy)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, text: &str) {
        self.write(text);
        self.write("\0");
    }

    fn write(&mut self, text: &str) {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(self) -> u64 {
        // Small hashes are a sample: all bits have to count.
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    }
}

fn means(folder: &str, names: &Names) -> Means {
    if names.none {
        return match Part::of(folder) {
            Part::Language => Means::Language,
            _ => Means::Nothing,
        };
    }
    if let Some(listed) = &names.listed {
        if listed.iter().any(|name| name.eq_ignore_ascii_case(folder)) {
            return Means::Version(Written::Folder);
        }
        return match Part::of(folder) {
            Part::Language => Means::Language,
            _ => Means::Nothing,
        };
    }
    if names.said.is_version(folder) {
        return Means::Version(Written::Folder);
    }
    match Part::of(folder) {
        Part::Language => Means::Language,
        part if part.is_version() => Means::Version(Written::Folder),
        _ if is_bare_number(folder) => Means::Bare,
        _ => Means::Nothing,
    }
}

/// `versioned_docs` are versions of `docs`, `api_versioned_docs` of `api`.
fn versioned_docs(folder: &str) -> Option<&str> {
    match folder {
        "versioned_docs" => Some("docs"),
        folder => folder
            .strip_suffix("_versioned_docs")
            .filter(|id| !id.is_empty()),
    }
}

/// What a folder of a language of Docusaurus holds, and the version that the next folder is.
fn plugin<'a>(folder: &'a str, next: Option<&'a str>) -> Option<(&'a str, Option<&'a str>)> {
    let (plugin, usual) = PLUGINS
        .iter()
        .find(|(plugin, _)| folder.starts_with(plugin))?;
    let text = match folder[plugin.len()..].strip_prefix('-') {
        Some(id) if !id.is_empty() => id,
        _ => usual,
    };
    let is_docs = *usual == "docs";
    let version = next.filter(|next| *next == "current" || next.starts_with("version-"));
    Some((text, version.filter(|_| is_docs)))
}

/// `de` of `setup.de.md`, and where it stands with its dot.
fn suffix(file: &str) -> Option<(&str, Range<usize>)> {
    let (stem, extension) = file.rsplit_once('.')?;
    let (before, language) = stem.rsplit_once('.')?;
    let is_told = language.is_ascii()
        && (2..=7).contains(&language.len())
        // `Evaluator.Id.html` is a class in another.
        && language.as_bytes()[..2].iter().all(u8::is_ascii_lowercase)
        && is_language(&language.to_ascii_lowercase());
    let is_page = !before.is_empty() && !extension.is_empty();
    (is_told && is_page).then(|| (language, before.len()..before.len() + 1 + language.len()))
}
