//! What names in a page stand for: its front matter, its site's configuration, what it defines itself; and where its labels stand.

use super::super::front_matter::{self, scalar};
use super::include;
use crate::config::Generator;
use crate::corpus::{Site, document::Source};
use serde_json::Value;
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};

/// A page may define this many names.
const MOST: usize = 1000;
/// Longer texts are no values of names, in bytes.
const LONGEST: usize = 4096;

/// The names of a page.
pub(super) struct Names<'a> {
    source: &'a Source<'a>,
    page: &'a Value,
    own: HashMap<String, String>,
    /// What the labels of the page name.
    labels: HashMap<String, String>,
    /// Titles of other pages that have been asked for.
    titles: RefCell<HashMap<String, Option<String>>>,
    /// Jekyll's configuration, where the site's names do not have it.
    jekyll: OnceCell<Option<Value>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(source: &'a Source<'a>, page: &'a Value) -> Self {
        Self {
            source,
            page,
            own: HashMap::new(),
            labels: HashMap::new(),
            titles: RefCell::default(),
            jekyll: OnceCell::new(),
        }
    }

    /// Whether the site is made by the generator of this name.
    pub(super) fn is_of(&self, generator: &str) -> bool {
        is_of(self.source.site, generator)
    }

    /// Whether Liquid goes through all of the page, code too.
    pub(super) fn is_jekyll(&self) -> bool {
        self.is_of("jekyll") || self.jekyll().is_some()
    }

    /// Defines a name in the page itself.
    pub(super) fn define(&mut self, name: &str, value: &str) {
        if self.own.len() < MOST && value.len() <= LONGEST {
            self.own.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The text that a name stands for: `page.title`, `site.version`, `config.extra.version`, `version`.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        if let Some(own) = self.own.get(name) {
            return Some(own.clone());
        }
        let front = [
            "page.meta.",
            "page.",
            "$frontmatter.",
            "frontmatter.",
            "frontMatter.",
            "$page.frontmatter.",
            "$page.",
            "meta.",
        ]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix));
        if let Some(name) = front
            && let Some(value) = path(self.page, name).and_then(scalar)
        {
            return Some(value);
        }
        for table in ["substitutions", "myst.substitutions"] {
            if let Some(value) = path(self.page, table)
                .and_then(|table| path(table, name))
                .and_then(scalar)
            {
                return Some(value);
            }
        }
        let variables = &self.source.site.variables;
        let bare = [
            "config.",
            "site.params.",
            "site.",
            "book.",
            "$site.",
            "$theme.",
        ]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
        let known = variables
            .get(name)
            .or_else(|| variables.get(bare))
            .or_else(|| variables.get(&format!("extra.{bare}")))
            .or_else(|| variables.get(&format!("extra.{name}")));
        if let Some(value) = known {
            return Some(value.clone());
        }
        let name = name.strip_prefix("site.")?;
        path(self.jekyll()?, name).and_then(scalar)
    }

    /// A parameter of the page's front matter.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        path(self.page, name)
            .or_else(|| {
                self.page
                    .get("params")
                    .and_then(|params| path(params, name))
            })
            .and_then(scalar)
    }

    /// Notes what a label of the page names.
    pub(super) fn label(&mut self, label: &str, title: &str) {
        if self.labels.len() < MOST && title.len() <= LONGEST {
            self.labels.insert(label.to_owned(), title.to_owned());
        }
    }

    /// The heading that a label of this page names.
    pub(super) fn labelled(&self, label: &str) -> Option<&str> {
        self.labels.get(label).map(String::as_str)
    }

    /// The title of another page, named as links name it.
    pub(super) fn title_of(&self, target: &str) -> Option<String> {
        let target = target.split(['#', '?']).next().unwrap_or(target);
        if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            return None;
        }
        if let Some(known) = self.titles.borrow().get(target) {
            return known.clone();
        }
        let is_page = target.rsplit_once('.').is_some_and(|(_, extension)| {
            matches!(extension, "md" | "mdx" | "rst" | "markdown" | "qmd")
        });
        let title = match is_page {
            true => include::read(self.source, target).and_then(|text| title(&text)),
            false => [".md", ".rst", "/index.md"]
                .iter()
                .find_map(|end| include::read(self.source, &format!("{target}{end}")))
                .and_then(|text| title(&text)),
        };
        self.titles
            .borrow_mut()
            .insert(target.to_owned(), title.clone());
        title
    }

    /// Whether the set has a page of this name beside this one, or from its root.
    pub(super) fn has_page(&self, name: &str) -> bool {
        if let Some(known) = self.titles.borrow().get(name) {
            return known.is_some();
        }
        let title = include::read(self.source, name).map(|text| title(&text).unwrap_or_default());
        let is_there = title.is_some();
        self.titles.borrow_mut().insert(name.to_owned(), title);
        is_there
    }

    fn jekyll(&self) -> Option<&Value> {
        self.jekyll
            .get_or_init(|| {
                let text = (self.source.include)("_config.yml")?;
                let value = serde_saphyr::from_str::<Value>(&text).ok()?;
                // Jupyter Book calls its own so too.
                let is_book = ["sphinx", "execute", "parse"]
                    .iter()
                    .any(|key| value.get(key).is_some());
                (value.is_object() && !is_book).then_some(value)
            })
            .as_ref()
    }
}

/// Whether a site is made by the generator that the configuration calls so.
pub(super) fn is_of(site: &Site, generator: &str) -> bool {
    Generator::NAMES
        .iter()
        .any(|(name, known)| *name == generator && *known == site.generator)
}

/// The title of a page's source: of its front matter, else its first heading.
fn title(text: &str) -> Option<String> {
    let (front, body) = front_matter::split(text);
    if front.title.is_some() {
        return front.title;
    }
    let mut previous = "";
    for line in body.lines().take(200) {
        if let Some(title) = line.strip_prefix("# ") {
            let title = title.split(" {#").next().unwrap_or(title);
            return Some(title.trim().to_owned());
        }
        let is_rule = line.len() >= 3
            && line.bytes().all(|b| b == line.as_bytes()[0])
            && line.starts_with(['=', '-', '#', '*', '~']);
        if is_rule && !previous.trim().is_empty() && line.len() + 2 >= previous.len() {
            return Some(previous.trim().to_owned());
        }
        previous = line;
    }
    None
}

/// A value by its dotted path.
fn path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .take(8)
        .try_fold(value, |value, key| value.get(key))
}
