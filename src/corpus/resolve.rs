//! Which page of a set a link means.
//!
//! Sources name pages in many ways: relative paths with or without an extension, paths on the
//! published site, absolute URLs, and (`ref:KIND:NAME`) arguments of shortcodes and macros. All
//! of them are looked up here by one name, the *stem*: the path in lower case without extension
//! and without a final `index`.

use super::document::Link;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// How many leading folders of a site path may lie above the set: `/en-US/docs/Web/API`.
const MAX_ABOVE: usize = 3;
/// How many final parts of a stem a reference may name.
const MAX_TAIL: usize = 3;
/// Pages that share a tail beyond this many are not told apart by it.
const MAX_NAMESAKES: usize = 16;

/// A page's number in the order in which it was added.
pub type PageNumber = u32;

/// The pages of a set by the names that links use. Names are kept as hashes, some 100 bytes a page: a set may
/// have a million.
#[derive(Debug, Default)]
pub struct Targets {
    stems: Names,
    tails: Names,
    titles: Names,
    /// The folder of each page's stem.
    folders: Vec<u64>,
}

/// Names, hashed, with the pages that have them; in order once all are there.
#[derive(Debug, Default)]
struct Names(Vec<(u64, PageNumber)>);

impl Names {
    fn add(&mut self, name: &str, page: PageNumber) {
        self.0.push((hash(name), page));
    }

    fn sort(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    fn of(&self, name: &str) -> &[(u64, PageNumber)] {
        let hash = hash(name);
        let start = self.0.partition_point(|(other, _)| *other < hash);
        let rest = &self.0[start..];
        &rest[..rest.partition_point(|(other, _)| *other == hash)]
    }

    fn first(&self, name: &str) -> Option<PageNumber> {
        self.of(name).first().map(|(_, page)| *page)
    }
}

fn hash(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

impl Targets {
    /// Adds a page; pages are numbered from 0.
    pub fn add(&mut self, path: &str, title: &str, aliases: &[String]) {
        let number = PageNumber::try_from(self.folders.len()).unwrap_or(PageNumber::MAX);
        let own = stem(path);
        for name in std::iter::once(own.clone()).chain(aliases.iter().map(|alias| stem(alias))) {
            if name.is_empty() && !own.is_empty() {
                continue;
            }
            for tail in tails(&name) {
                self.tails.add(tail, number);
            }
            self.stems.add(&name, number);
        }
        self.titles.add(&title.to_lowercase(), number);
        self.folders.push(hash(parent(&own)));
    }
}

/// Finds pages by the names that links use.
#[derive(Debug)]
pub struct Resolver {
    base_url: Option<String>,
    targets: Targets,
    /// For each kind of reference, how often its plain cases led below a folder.
    votes: HashMap<String, HashMap<u64, u32>>,
}

impl Resolver {
    /// A resolver for a set of these pages that is published at `base_url`. Of several pages with one name,
    /// the first that was added has it.
    pub fn new(base_url: Option<&str>, mut targets: Targets) -> Self {
        for names in [&mut targets.stems, &mut targets.tails, &mut targets.titles] {
            names.sort();
        }
        Self {
            base_url: base_url.map(str::to_owned),
            targets,
            votes: HashMap::new(),
        }
    }

    /// Learns from a page's references where each kind of them leads, so that [`Self::resolve`]
    /// can choose between namesakes: most `HTMLElement` macros lead below `elements/`.
    pub fn learn<'a>(&mut self, links: impl Iterator<Item = &'a Link>) {
        for link in links {
            let Some((kind, name)) = reference(&link.destination) else {
                continue;
            };
            if kind.is_empty() {
                continue;
            }
            if let [(_, only)] = self.named(&name) {
                let folder = self.targets.folders[*only as usize];
                *self
                    .votes
                    .entry(kind.to_lowercase())
                    .or_default()
                    .entry(folder)
                    .or_default() += 1;
            }
        }
    }

    /// The page that a link on the page `from` means; `None` for one that leads elsewhere.
    pub fn resolve(&self, from: &str, destination: &str) -> Option<PageNumber> {
        if let Some((kind, name)) = reference(destination) {
            return self.resolve_reference(kind, &name);
        }
        let destination = percent_decode_str(destination).decode_utf8_lossy();
        let path = destination.split(['#', '?']).next().unwrap_or_default();
        if path.is_empty() {
            return None;
        }
        if let Some(base) = &self.base_url
            && let Some(below) = below_base(base, path)
        {
            return self.targets.stems.first(&stem(below));
        }
        if has_scheme(path) || path.starts_with("//") {
            return None;
        }
        match path.strip_prefix('/') {
            Some(site_path) => self.resolve_site_path(site_path),
            None => self.resolve_relative(from, path),
        }
    }

    fn resolve_site_path(&self, path: &str) -> Option<PageNumber> {
        let published = self.base_url.as_deref().and_then(path_of);
        let below = published.and_then(|base| path.strip_prefix(base));
        below
            .and_then(|below| self.targets.stems.first(&stem(below)))
            .or_else(|| self.below(path).map(|(_, page)| page))
    }

    /// The page that this path names, or that it names without its first folders; with how many these are.
    pub fn below(&self, path: &str) -> Option<(usize, PageNumber)> {
        let full = stem(path);
        let mut rest = full.as_str();
        for above in 0..=MAX_ABOVE {
            if let Some(page) = self.targets.stems.first(rest) {
                return Some((above, page));
            }
            rest = rest.split_once('/')?.1;
        }
        None
    }

    /// The pages whose names end with this path, as far as these are told apart by it.
    pub fn ending(&self, path: &str) -> impl Iterator<Item = PageNumber> {
        let full = stem(path);
        let parts = full.rmatch_indices('/').nth(MAX_TAIL - 1);
        let tail = parts.map_or(full.as_str(), |(slash, _)| &full[slash + 1..]);
        let pages = match tail.is_empty() {
            true => &[],
            false => self.targets.tails.of(tail),
        };
        pages.iter().map(|(_, page)| *page)
    }

    /// The pages with this title, but for the case of its letters.
    pub fn titled(&self, title: &str) -> impl Iterator<Item = PageNumber> {
        let pages = self.targets.titles.of(&title.to_lowercase());
        pages.iter().map(|(_, page)| *page)
    }

    fn resolve_relative(&self, from: &str, path: &str) -> Option<PageNumber> {
        let beside = stem(&join_at_root(parent(from), path));
        // Site generators also resolve against the page's URL, where `setup.md` is `setup/`.
        let below = || stem(&join_at_root(&stem(from), path));
        let stems = &self.targets.stems;
        stems
            .first(&beside)
            .or_else(|| stems.first(&below()))
            .or_else(|| self.resolve_name(path))
    }

    /// The one page of this name, wherever it is: `[[Page]]` names it so.
    fn resolve_name(&self, path: &str) -> Option<PageNumber> {
        if path.contains('/') || !path.ends_with(".md") {
            return None;
        }
        match self.targets.tails.of(&stem(path)) {
            [(_, only)] => Some(*only),
            _ => None,
        }
    }

    fn resolve_reference(&self, kind: &str, name: &str) -> Option<PageNumber> {
        match self.named(name) {
            [] => None,
            [(_, only)] => Some(*only),
            namesakes => {
                let votes = self.votes.get(&kind.to_lowercase())?;
                let votes_for = |page: PageNumber| {
                    let folder = self.targets.folders[page as usize];
                    votes.get(&folder).copied().unwrap_or(0)
                };
                namesakes
                    .iter()
                    .map(|(_, page)| *page)
                    .max_by_key(|page| votes_for(*page))
                    .filter(|page| votes_for(*page) > 0)
            }
        }
    }

    /// The pages that a reference's name fits: by the end of a path, else by the title.
    fn named(&self, name: &str) -> &[(u64, PageNumber)] {
        let plain = name.trim_end_matches("()");
        let by_path = stem(&plain.replace('.', "/"));
        let lookups = [stem(plain), by_path];
        let by_tail = lookups
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| self.targets.tails.of(name))
            .find(|pages| !pages.is_empty());
        let pages = by_tail.unwrap_or_else(|| self.targets.titles.of(&name.to_lowercase()));
        match pages.len() > MAX_NAMESAKES {
            true => &[],
            false => pages,
        }
    }
}

/// `ref:KIND:NAME` or `ref:NAME` -> kind (may be empty) and name.
fn reference(destination: &str) -> Option<(&str, String)> {
    let rest = destination.strip_prefix("ref:")?;
    let (kind, name) = rest.split_once(':').unwrap_or(("", rest));
    Some((
        kind,
        percent_decode_str(name).decode_utf8_lossy().into_owned(),
    ))
}

/// The name under which a path is looked up.
pub(super) fn stem(path: &str) -> String {
    let path = path.trim_matches('/').to_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    let without_extension = match file.rsplit_once('.') {
        Some((name, extension)) if is_page_extension(extension) && !name.is_empty() => {
            &path[..path.len() - extension.len() - 1]
        }
        _ => path.as_str(),
    };
    let (folder, file) = without_extension
        .rsplit_once('/')
        .unwrap_or(("", without_extension));
    match file {
        "index" | "_index" | "readme" => folder.to_owned(),
        _ => without_extension.to_owned(),
    }
}

fn is_page_extension(extension: &str) -> bool {
    matches!(
        extension,
        "md" | "mdx"
            | "markdown"
            | "qmd"
            | "rmd"
            | "html"
            | "htm"
            | "xhtml"
            | "rst"
            | "adoc"
            | "asciidoc"
            | "asc"
            | "txt"
            | "ipynb"
    )
}

/// The path of an address, without a slash in front: `https://docs.example.com/a/b/` -> `a/b/`; none where it has none.
fn path_of(address: &str) -> Option<&str> {
    let (_, path) = address.split_once("://")?.1.split_once('/')?;
    (!path.is_empty()).then_some(path)
}

/// What of an address stands below that of a set, which ends in a slash; by `http` or `https`.
pub(crate) fn below_base<'a>(base: &str, url: &'a str) -> Option<&'a str> {
    let plain = |url: &str| url.find("://").map(|at| at + 3);
    let (of_base, of_url) = (&base[plain(base)?..], &url[plain(url)?..]);
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let rest = of_url.strip_prefix(of_base);
    rest.or_else(|| (of_url == of_base.trim_end_matches('/')).then_some(""))
        .filter(|_| is_web(base) && is_web(url))
}

/// `a/b/c` -> `c`, `b/c`, `a/b/c`.
fn tails(stem: &str) -> impl Iterator<Item = &str> {
    stem.rmatch_indices('/')
        .map(|(slash, _)| &stem[slash + 1..])
        .chain(std::iter::once(stem))
        .take(MAX_TAIL)
}

fn parent(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
}

/// Joins a relative path to a folder; `..` above the root stays at the root.
pub(crate) fn join_at_root(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A URL scheme (RFC 3986, section 3.1), not a Windows drive or a C++ name.
fn has_scheme(destination: &str) -> bool {
    destination.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver() -> Resolver {
        let mut targets = Targets::default();
        for (path, title, alias) in [
            ("concepts/_index.md", "Concepts", ""),
            ("concepts/pods/_index.md", "Pods", ""),
            ("concepts/pods/lifecycle.md", "Pod Lifecycle", ""),
            (
                "web/api/element/click_event/index.md",
                "click",
                "Web/API/Element/click_event",
            ),
            ("html/elements/a/index.md", "<a>", ""),
            ("svg/element/a/index.md", "<a>", ""),
            ("html/elements/div/index.md", "<div>", ""),
        ] {
            let aliases = if alias.is_empty() {
                vec![]
            } else {
                vec![alias.to_owned()]
            };
            targets.add(path, title, &aliases);
        }
        Resolver::new(Some("https://example.com/docs/"), targets)
    }

    #[test]
    fn a_path_of_the_site_is_below_where_the_set_is_published() {
        let mut targets = Targets::default();
        for path in ["x.md", "b/x.md", "c/b/x.md"] {
            targets.add(path, path, &[]);
        }
        let resolver = Resolver::new(Some("https://example.com/a/b/"), targets);
        for (destination, page) in [
            ("/a/b/x/", Some(0)),
            ("/a/b/b/x/", Some(1)),
            ("/b/x/", Some(1)),
            ("/a/b/", None),
            ("/other/x", Some(0)),
        ] {
            assert_eq!(resolver.resolve("y.md", destination), page, "{destination}");
        }
        let found = |path| resolver.ending(path).collect::<Vec<_>>();
        assert_eq!(found("b/x.html"), [1, 2]);
        assert_eq!(found("z/c/b/x"), [2]);
        assert!(found("").is_empty());
        assert_eq!(resolver.below("z/b/x"), Some((1, 1)));
        assert_eq!(resolver.titled("B/X.MD").collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn links_lead_to_pages_however_the_source_writes_them() {
        let resolver = resolver();
        for (from, destination, page) in [
            ("concepts/pods/_index.md", "lifecycle.md", Some(2)),
            ("concepts/pods/_index.md", "./lifecycle/", Some(2)),
            ("concepts/pods/lifecycle.md", "../", Some(0)),
            ("concepts/pods/lifecycle.md", "../../../concepts/", Some(0)),
            ("concepts/_index.md", "/docs/concepts/pods/#what", Some(1)),
            (
                "concepts/_index.md",
                "https://example.com/docs/concepts/pods/",
                Some(1),
            ),
            ("x.md", "http://example.com/docs/concepts/", Some(0)),
            ("x.md", "https://example.com/docs", None),
            (
                "concepts/_index.md",
                "https://example.org/concepts/pods/",
                None,
            ),
            ("concepts/_index.md", "mailto:a@example.com", None),
            ("x.md", "/en-US/docs/Web/API/Element/click_event", Some(3)),
            ("x.md", "ref:domxref:Element.click_event", Some(3)),
            ("x.md", "ref:lifecycle", Some(2)),
            ("x.md", "ref:Pods", Some(1)),
            ("x.md", "ref:HTMLElement:a", None),
            ("x.md", "no/such.md", None),
            ("svg/x.md", "Lifecycle.md", Some(2)),
            ("svg/x.md", "a.md", None),
        ] {
            assert_eq!(
                resolver.resolve(from, destination),
                page,
                "{from} -> {destination}"
            );
        }
    }
}
