//! What a generator makes of the path of a page, where that depends on nothing else.

use crate::config::Generator;
use crate::corpus::slug::Slugs;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What may not stand as it is in a path (RFC 3986, section 3.3).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path as it stands in a URL; the part of it that browsers keep for themselves (docsify's `#/`) stays.
pub(in crate::corpus) fn encode(path: &str) -> String {
    let encoded = |path: &str| utf8_percent_encode(path, PATH).to_string();
    match path.strip_prefix("#/") {
        Some(path) => format!("#/{}", encoded(path)),
        None => encoded(path),
    }
}

/// How the names of files become those of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub(super) generator: Generator,
    pub(super) style: Style,
    /// The site has text in files whose names end with these besides.
    pub(super) more: Vec<String>,
    /// The languages whose pages stand beside those of the first, told by their names: `page.fr.md`.
    pub(super) languages: Vec<String>,
}

/// How an address ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Style {
    /// `guide/setup/`
    Slash,
    /// `guide/setup.html`
    Html,
    /// `guide/setup`
    Bare,
}

impl Names {
    pub(super) fn new(generator: Generator, style: Style) -> Self {
        Self {
            generator,
            style,
            more: Vec::new(),
            languages: Vec::new(),
        }
    }

    /// Whether front matter has a say in addresses.
    pub(super) fn has_slugs(&self) -> bool {
        self.generator == Generator::Starlight
    }

    /// The address of a page by its path below the folder of the pages.
    pub(super) fn address(&self, path: &str, front: Option<&Value>) -> Option<String> {
        if matches!(self.generator, Generator::Auto | Generator::None) {
            return Some(published_path(self.generator, path));
        }
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
        let prefix = match folder.is_empty() {
            true => String::new(),
            false => format!("{folder}/"),
        };
        let Some((stem, extension)) = file.rsplit_once('.') else {
            return Some(path.to_owned());
        };
        if is_html(extension) {
            return Some(match stem {
                "index" => prefix,
                _ => path.to_owned(),
            });
        }
        if !self.is_page(extension) {
            return Some(path.to_owned());
        }
        Some(match self.generator {
            Generator::Starlight => {
                let slug = front.and_then(|front| front.get("slug")?.as_str());
                starlight(&prefix, stem, slug)
            }
            Generator::Nextra => nextra(&prefix, stem)?,
            Generator::Docsify => match stem {
                "README" if prefix.is_empty() => String::new(),
                "README" => format!("#/{prefix}"),
                stem => format!("#/{prefix}{stem}"),
            },
            Generator::Wiki if stem == "Home" => String::new(),
            // A wiki knows no folders.
            Generator::Wiki => stem.replace(' ', "-"),
            Generator::Hugo => self.hugo(&prefix, stem),
            _ if self.is_index(stem) => match self.style {
                Style::Bare if self.generator != Generator::VitePress => {
                    prefix.trim_end_matches('/').to_owned()
                }
                _ if self.generator == Generator::MdBook => format!("{prefix}index.html"),
                _ => prefix,
            },
            _ => match self.style {
                Style::Slash => format!("{prefix}{stem}/"),
                Style::Html => format!("{prefix}{stem}.html"),
                Style::Bare => format!("{prefix}{stem}"),
            },
        })
    }

    /// Why a file is no page.
    pub(super) fn why_no_page(&self, path: &str) -> Option<&'static str> {
        let file = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        if is_html(extension) {
            return None;
        }
        let mut parts = path.split('/');
        match (self.generator, stem) {
            (Generator::MdBook | Generator::GitBook, "SUMMARY")
            | (Generator::Docsify, "_sidebar" | "_navbar" | "_coverpage" | "_404")
            | (Generator::Wiki, "_Sidebar" | "_Footer" | "_Header") => Some(NAVIGATION),
            (Generator::Nextra, "_app" | "_document" | "_meta") => Some(NAVIGATION),
            (Generator::Quarto | Generator::Starlight, _)
                if parts.any(|part| part.starts_with('_')) =>
            {
                Some(PARTIAL)
            }
            (Generator::Mintlify, _) if parts.next() == Some("snippets") => Some(PARTIAL),
            _ => None,
        }
    }

    fn is_page(&self, extension: &str) -> bool {
        is_markup_extension(extension) || self.more.iter().any(|more| more == extension)
    }

    fn is_index(&self, stem: &str) -> bool {
        match self.generator {
            Generator::MkDocs | Generator::MdBook | Generator::GitBook => {
                matches!(stem, "index" | "README")
            }
            _ => stem == "index",
        }
    }

    /// Hugo writes addresses in lower case, without blanks.
    fn hugo(&self, prefix: &str, stem: &str) -> String {
        let named = stem.rsplit_once('.');
        let named = named.filter(|(_, language)| self.languages.iter().any(|it| it == language));
        let (stem, language) = match named {
            Some((stem, language)) => (stem, format!("{language}/")),
            None => (stem, String::new()),
        };
        let path = match stem {
            "index" | "_index" => format!("{language}{prefix}"),
            stem => format!("{language}{prefix}{stem}/"),
        };
        let words: Vec<&str> = path.split(' ').filter(|word| !word.is_empty()).collect();
        words.join("-").to_lowercase()
    }
}

/// Why what is shown beside pages is none.
pub(super) const NAVIGATION: &str = "navigation of its site, no page";
/// Why what is shown as a part of pages is none.
pub(super) const PARTIAL: &str = "a part of other pages, no page of its site";

/// Starlight makes a slug of each name on the way.
fn starlight(prefix: &str, stem: &str, slug: Option<&str>) -> String {
    if let Some(slug) = slug {
        let slug = slug.trim_matches('/');
        return match slug {
            "" | "index" => String::new(),
            slug => format!("{slug}/"),
        };
    }
    let path = format!("{prefix}{stem}");
    let path = match path.strip_suffix("index") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.trim_end_matches('/'),
        _ => &path,
    };
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| format!("{}/", Slugs::GitHub.base(part)))
        .collect()
}

/// Nextra has pages in files of their names, or in `page.mdx` of folders of their names.
fn nextra(prefix: &str, stem: &str) -> Option<String> {
    let parts = prefix.split('/').filter(|part| !part.is_empty());
    // Next.js groups files by folders in brackets, which no address has.
    let parts = parts.filter(|part| !(part.starts_with('(') && part.ends_with(')')));
    let mut parts: Vec<&str> = parts.collect();
    match parts.first() {
        Some(&"app") if stem == "page" => {
            parts.remove(0);
        }
        Some(&"app") => return None,
        _ if stem != "index" => parts.push(stem),
        _ => {}
    }
    Some(parts.join("/"))
}

/// The path below the site's root at which a generator publishes a file, by its name alone.
pub(in crate::corpus) fn published_path(generator: Generator, path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return path.to_owned();
    };
    if is_html(extension) {
        return if stem == "index" {
            prefix
        } else {
            path.to_owned()
        };
    }
    if generator == Generator::None || !is_markup_extension(extension) {
        return path.to_owned();
    }
    match stem {
        "index" | "_index" | "README" | "readme" => prefix,
        stem => format!("{prefix}{stem}/"),
    }
}

/// Whether a file is of a format of which generators make pages.
pub(in crate::corpus) fn is_markup(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| is_markup_extension(extension))
}

fn is_markup_extension(extension: &str) -> bool {
    matches!(
        extension.to_ascii_lowercase().as_str(),
        "md" | "mdx" | "markdown" | "mdown" | "rst" | "adoc" | "asciidoc" | "qmd" | "rmd" | "ipynb"
    )
}

pub(super) fn is_html(extension: &str) -> bool {
    matches!(extension, "html" | "htm" | "xhtml")
}
