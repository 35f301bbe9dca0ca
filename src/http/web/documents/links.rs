//! Where the links of a page lead: to docent's own pages where these exist, else to where they are published.

use std::collections::HashMap;

use ammonia::Url;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::lookup::lookup;
use crate::{
    mcp::{Form, folder_path, page_path},
    search::{PageRef, Snapshot},
};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A place on the page itself.
    Here(String),
    /// A page or a folder of docent's: its route, which begins with a slash, and the fragment with its `#`.
    Own { route: String, fragment: String },
    /// Another site.
    Elsewhere(String),
    /// What nobody can open.
    Nowhere,
}

/// Different destinations of a page beyond this many are not looked up.
const MAX_LOOKUPS: usize = 4_000;
/// Longer destinations lead nowhere; in bytes.
const MAX_DESTINATION: usize = 4_096;
/// Folders in front of a path from the site's root that may lie above the set.
const MAX_ABOVE: usize = 3;

/// What does not stand in a URL as it is, besides what is encoded already.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Resolves the links of one page.
pub(super) struct Links<'a> {
    snapshot: &'a Snapshot,
    page: &'a PageRef,
    form: Form,
    known: HashMap<String, Target>,
}

impl<'a> Links<'a> {
    /// Links lead to pages in this form.
    pub(super) fn new(snapshot: &'a Snapshot, page: &'a PageRef, form: Form) -> Self {
        Self {
            snapshot,
            page,
            form,
            known: HashMap::new(),
        }
    }

    /// Where a link with this destination leads.
    pub(super) fn target(&mut self, destination: &str) -> Target {
        if destination.len() > MAX_DESTINATION {
            return Target::Nowhere;
        }
        if let Some(known) = self.known.get(destination) {
            return known.clone();
        }
        if self.known.len() >= MAX_LOOKUPS {
            return Target::Nowhere;
        }
        let target = self.resolve(destination.trim());
        self.known.insert(destination.to_owned(), target.clone());
        target
    }

    fn resolve(&self, destination: &str) -> Target {
        let (whole, fragment) = match destination.split_once('#') {
            Some((whole, fragment)) => (whole, encoded_fragment(fragment)),
            None => (destination, String::new()),
        };
        if whole.is_empty() {
            return match fragment.is_empty() {
                true => Target::Nowhere,
                false => Target::Here(fragment),
            };
        }
        if let Some(name) = whole.strip_prefix("ref:") {
            let name = name.rsplit(':').next().unwrap_or_default();
            let path = self.relative(&decoded(name));
            return path.map_or(Target::Nowhere, |path| {
                self.own(&self.page.set, &path, fragment)
            });
        }
        if let Some(rest) = whole.strip_prefix("//") {
            return elsewhere(&format!("https://{rest}"), &fragment);
        }
        match scheme(whole).as_deref() {
            Some("http" | "https") => self.absolute(whole, fragment),
            Some("mailto") => elsewhere(whole, ""),
            Some(_) => Target::Nowhere,
            None => self.path(whole, fragment),
        }
    }

    fn absolute(&self, url: &str, fragment: String) -> Target {
        for set in self.snapshot.sets() {
            let Some(base) = self.snapshot.base_url(&set.name) else {
                continue;
            };
            let Some(below) = url.strip_prefix(base) else {
                continue;
            };
            let below = below.split('?').next().unwrap_or_default();
            if let Some(path) = lookup(self.snapshot, &set.name, &decoded(below)) {
                return self.own(&set.name, &path, fragment);
            }
        }
        elsewhere(url, &fragment)
    }

    /// A path on the page's own site, or in its set.
    fn path(&self, whole: &str, fragment: String) -> Target {
        let path = decoded(whole.split('?').next().unwrap_or_default());
        let set = &self.page.set;
        let found = match path.strip_prefix('/') {
            Some(site_path) => self.below_root(site_path),
            None => self.relative(&path),
        };
        if let Some(found) = found {
            return self.own(set, &found, fragment);
        }
        let folder = joined(parent(&self.page.path), path.trim_start_matches('/'));
        if !path.starts_with('/')
            && !folder.is_empty()
            && self.snapshot.count_below(set, &folder) > 0
        {
            return Target::Own {
                route: format!("/{}", folder_path(set, &folder)),
                fragment,
            };
        }
        self.published(whole, &fragment)
    }

    fn below_root(&self, path: &str) -> Option<String> {
        let mut rest = path.trim_end_matches('/');
        for _ in 0..=MAX_ABOVE {
            if rest.is_empty() {
                return None;
            }
            if let Some(page) = lookup(self.snapshot, &self.page.set, rest) {
                return Some(page);
            }
            rest = rest.split_once('/')?.1;
        }
        None
    }

    /// Beside the file, or, as a browser reads it where `setup.md` is published as `setup/`, below it.
    fn relative(&self, path: &str) -> Option<String> {
        let from = &self.page.path;
        let set = &self.page.set;
        let beside = joined(parent(from), path);
        let stem = from
            .rsplit_once('.')
            .map_or(from.as_str(), |(stem, _)| stem);
        lookup(self.snapshot, set, &beside)
            .filter(|_| !beside.is_empty() || path.contains(".."))
            .or_else(|| lookup(self.snapshot, set, &joined(stem, path)))
    }

    fn own(&self, set: &str, path: &str, fragment: String) -> Target {
        Target::Own {
            route: format!("/{}", page_path(self.snapshot, set, path, self.form)),
            fragment,
        }
    }

    /// A file that is no page, where the set is published.
    fn published(&self, path: &str, fragment: &str) -> Target {
        let base = self.snapshot.base_url(&self.page.set);
        let folder = parent(&self.page.path);
        let from = base
            .and_then(|base| Url::parse(base).ok())
            .and_then(|base| {
                let folder = utf8_percent_encode(folder, UNSAFE).to_string();
                let slash = if folder.is_empty() { "" } else { "/" };
                base.join(&format!("{folder}{slash}")).ok()
            });
        let url = from.and_then(|from| from.join(path).ok());
        url.map_or(Target::Nowhere, |url| elsewhere(url.as_str(), fragment))
    }
}

/// Another site, where it is one.
fn elsewhere(url: &str, fragment: &str) -> Target {
    let url = utf8_percent_encode(url, UNSAFE).to_string();
    match Url::parse(&url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https" | "mailto") => {
            Target::Elsewhere(format!("{url}{fragment}"))
        }
        _ => Target::Nowhere,
    }
}

/// A fragment with its `#`, fit for a URL.
fn encoded_fragment(fragment: &str) -> String {
    match fragment {
        "" => String::new(),
        fragment => format!("#{}", utf8_percent_encode(fragment, UNSAFE)),
    }
}

/// The scheme of a URL (RFC 3986, section 3.1), in lower case; not a Windows drive or a C++ name.
fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn parent(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
}

/// A path in a folder; what climbs above the root stays there.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
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
